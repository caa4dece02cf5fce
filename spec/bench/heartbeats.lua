--- What 10,000 armed heartbeats of a minute cost, silent and beating, and how soon missed ones are noticed while alerts storm:
--- heartbeats.lua FOLDER
local uv <const> = require "luv"
local patience <const> = require "patience"
local server <const> = require "server"
local socket <const> = require "socket"

local FOLDER <const> = arg[1] .. "/heartbeats"
local COUNT <const>, INTERVAL <const> = 10000, 60
local IDLE <const>, BEATING <const> = 8, 30 -- seconds; all within the grace after the start
local MISSED <const> = 1000                  -- that fall silent, with alerts all the while
local CONNECTIONS <const> = 16

local ROWS <const> = [[
CREATE TEMP TABLE n AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d) SELECT i FROM r;
INSERT INTO integration (type, name, token, templates_default, created_at)
  SELECT o.type, 'beats ' || n.i, printf('beat%%021d', n.i), o.templates_default, 1 FROM n JOIN integration AS o ON o.name = 'first';
INSERT INTO route (integration_id, is_default) SELECT id, 1 FROM integration WHERE name LIKE 'beats %%';
UPDATE heartbeat SET interval_ms = %d, state = 'alive', state_at = 1 WHERE integration_id IN (SELECT id FROM integration WHERE name LIKE 'beats %%');
]]

local function sh(command) assert(os.execute(command), command) end

local function ask(sql)
  local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/data/tocsin.db \"%s\""):format(FOLDER, sql)))
  return pipe:read("a")
end

--- CPU seconds of a process, by its scheduler's count in nanoseconds.
local function cpu_of(pid)
  local sum = 0
  for task in io.popen("ls /proc/" .. pid .. "/task"):lines() do
    local f = io.open(("/proc/%d/task/%s/schedstat"):format(pid, task))
    if f then
      sum = sum + tonumber(f:read("n"))
      f:close()
    end
  end
  return sum / 1e9
end

local BEAT <const> = "POST /integrations/v1/formatted_webhook/beat%021d/heartbeat/ HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n"
local HEALTH <const> = "GET /health?%d HTTP/1.1\r\nHost: b\r\n\r\n"

-- Sends beats at an even pace, one integration after the other, over kept connections.
local function beat(port, from, to, seconds, request)
  local clients, sent, back = {}, 0, 0
  for i = 1, CONNECTIONS do
    local tcp = uv.new_tcp()
    tcp:connect("127.0.0.1", port, function(why)
      assert(not why, why)
      tcp:read_start(function(_, bytes)
        for _ in (bytes or ""):gmatch("HTTP/1%.1 200") do back = back + 1 end
      end)
    end)
    clients[i] = tcp
  end
  patience.pause(200)
  local started, timer, total = uv.hrtime(), uv.new_timer(), to - from + 1
  timer:start(0, 5, function()
    local due = math.min(total, math.floor((uv.hrtime() - started) / 1e9 / seconds * total))
    while sent < due do
      clients[sent % CONNECTIONS + 1]:write((request or BEAT):format(from + sent))
      sent = sent + 1
    end
  end)
  patience.pause((seconds + 1) * 1000)
  timer:close()
  for _, tcp in ipairs(clients) do tcp:close() end
  assert(back == total, ("%d of %d beats were answered"):format(back, total))
end

local function start() return server.start { data = FOLDER .. "/data" } end

sh("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER)
local s = start()
s:make_token()
local first = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "first" })
s:stop()
local file <close> = assert(io.popen("sqlite3 " .. FOLDER .. "/data/tocsin.db", "w"))
file:write(ROWS:format(COUNT, INTERVAL * 1000))
file:close()
s = start()
patience.pause(2000)

local before = cpu_of(s.pid)
patience.pause(IDLE * 1000)
local idle = (cpu_of(s.pid) - before) / IDLE * 100
-- What as many requests cost that do nothing, for comparison: mostly waking up.
before = cpu_of(s.pid)
beat(s.port, 1, COUNT // 6, 5, HEALTH)
local plain = (cpu_of(s.pid) - before) / (COUNT // 6) * (COUNT / INTERVAL) * 100
-- Once in an interval each, as they would; none is missed meanwhile.
before = cpu_of(s.pid)
beat(s.port, 1, COUNT, BEATING)
local beating = (cpu_of(s.pid) - before) / COUNT * (COUNT / INTERVAL) * 100
print(("  %d armed heartbeats of %d s: %.2f %% of a core silent; %.0f beats/s: %.2f %%, of which %.2f %% are requests as such"):format(COUNT,
  INTERVAL, idle, COUNT / INTERVAL, beating, plain))

-- Those that go on beat once more; the last ones do not, while alerts storm past the time when they are missed.
local storm = io.popen(("wrk -t1 -c32 -d%ds -s spec/bench/storm.wrk.lua http://127.0.0.1:%d%s >/dev/null 2>&1 &"):format(
  INTERVAL, s.port, first.link:match("^https?://[^/]+(/.*)$")))
storm:close()
beat(s.port, 1, COUNT - MISSED, 20)
local deadline = socket.gettime() + INTERVAL
repeat
  patience.pause(1000)
  local n = tonumber(ask("SELECT count(*) FROM heartbeat_event WHERE event = 'missing'"))
until n >= MISSED or socket.gettime() > deadline
local late = {}
for text in ask("SELECT (at - last_beat_at) / 1000 - " .. INTERVAL * 1000 ..
  " FROM heartbeat_event WHERE event = 'missing' AND last_beat_at IS NOT NULL ORDER BY 1"):gmatch("%-?%d+") do late[#late + 1] = tonumber(text) end
local stored = tonumber(ask("SELECT count(*) FROM alert"))
s:stop()
assert(#late >= MISSED, #late .. " missed ones were noticed")
local worst = late[#late]
print(("  %d missed ones noticed while %d alerts came: p50 %d ms, p99 %d ms, worst %d ms after they were due"):format(#late, stored,
  late[#late // 2], late[math.ceil(#late * 0.99)], worst))
sh("rm -rf " .. FOLDER)
assert(idle < 1 and beating - plain < 1, "10,000 heartbeats cost more than 1 % of a core")
assert(worst <= 1000, "a missed beat was noticed too late")
