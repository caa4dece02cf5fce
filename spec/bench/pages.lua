--- How soon a page leaves: from the 200 of an alert to its request at the provider, with nothing else going on, and while
--- one integration storms, one channel hangs and one template loops: pages.lua FOLDER SECONDS
local uv <const> = require "luv"
local server <const> = require "server"

local FOLDER <const>, SECONDS <const> = arg[1], tonumber(arg[2])
local USERS <const>, EVERY_MS <const> = 20, 40

local function rows(provider_port, silent_port)
  local out = { ("INSERT INTO provider (id, type, name, position, settings, created_at) VALUES (1, 'gotify', 'quick', 0, " ..
    "'{\"url\":\"http://127.0.0.1:%d\"}', 1), (2, 'ntfy', 'hangs', 1, '{\"url\":\"http://127.0.0.1:%d\"}', 1);"):format(provider_port, silent_port) }
  local ids = {}
  for i = 1, USERS do
    ids[i] = i
    out[#out + 1] = ("INSERT INTO user (id, username, name, role, created_at) VALUES (%d, 'u%02d', 'U', 'editor', 1);"):format(i, i)
    out[#out + 1] = ("INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (%d, 'gotify', '{\"token\":\"t%d\"}', 1), " ..
      "(%d, 'ntfy', '{\"topic\":\"t%d\"}', 1);"):format(i, i, i, i)
    out[#out + 1] = ("INSERT INTO notification_rule (user_id, position, channel) VALUES (%d, 0, 'gotify');"):format(i)
  end
  out[#out + 1] = "INSERT INTO user (id, username, name, role, created_at) VALUES (99, 'hung', 'Hung', 'editor', 1);" ..
    "INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (99, 'ntfy', '{\"topic\":\"hung\"}', 1);" ..
    "INSERT INTO notification_rule (user_id, position, channel) VALUES (99, 0, 'ntfy');" ..
    "INSERT INTO escalation_chain (id, name) VALUES (1, 'quick'), (2, 'hangs');" ..
    "INSERT INTO escalation_step (escalation_chain_id, position, type, users) VALUES (1, 0, 'notify_person_next_each_time', '[" ..
    table.concat(ids, ",") .. "]'), (2, 0, 'notify_persons', '[99]');" ..
    "UPDATE route SET escalation_chain_id = 1 WHERE integration_id = (SELECT id FROM integration WHERE name = 'quick');" ..
    "UPDATE route SET escalation_chain_id = 2 WHERE integration_id = (SELECT id FROM integration WHERE name = 'hangs');"
  return table.concat(out, "\n")
end

-- A server that answers every request at once (or never), and tells when each came.
local function listen(on_body)
  local tcp = uv.new_tcp()
  assert(tcp:bind("127.0.0.1", 0))
  tcp:listen(64, function()
    local client, got = uv.new_tcp(), ""
    tcp:accept(client)
    client:read_start(function(_, bytes)
      if not bytes then return client:close() end
      if not on_body then return end
      got = got .. bytes
      local head_end = select(2, got:find("\r\n\r\n", 1, true))
      local length = tonumber(got:match("[Cc]ontent%-[Ll]ength: (%d+)"))
      if not head_end or not length or #got < head_end + length then return end
      on_body(got:sub(head_end + 1))
      got = ""
      client:write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"id\":1}")
    end)
  end)
  return tcp:getsockname().port
end

-- Posts bodies over one kept connection; `on_answer(n)` for each.
local function poster(port, path, body_of, on_answer)
  local p = { n = 0, tcp = uv.new_tcp(), is_busy = false }
  p.tcp:connect("127.0.0.1", port, function(why)
    assert(not why, why)
    p.tcp:read_start(function(_, bytes)
      if not bytes then return end
      p.is_busy = false
      if on_answer then on_answer(p.n) end
    end)
  end)
  function p.post()
    if p.is_busy then return end
    p.n, p.is_busy = p.n + 1, true
    local body = body_of(p.n)
    p.tcp:write(("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(path, #body, body))
  end
  return p
end

local function every(ms, f)
  local timer = uv.new_timer()
  timer:start(ms, ms, f)
  return timer
end

local function percentile(list, p) return list[math.max(1, math.ceil(#list * p))] end

local function run_for(ms)
  local is_over = false
  local timer = uv.new_timer()
  timer:start(ms, 0, function() is_over = true end)
  while not is_over do uv.run("once") end
  timer:close()
end

local accepted, arrived, salt = {}, {}, 0

-- One measurement of SECONDS → how many, and sorted latencies in ms.
local function measure(s, path)
  accepted, arrived, salt = {}, {}, salt + 100000
  local base = salt
  local p = poster(s.port, path, function(n) return ('{"key":"p%d","title":"page %d"}'):format(base + n, base + n) end,
    function(n) accepted[base + n] = uv.hrtime() end)
  local timer = every(EVERY_MS, p.post)
  run_for(SECONDS * 1000)
  timer:close()
  run_for(1000)
  local out, missing = {}, 0
  for n, at in pairs(accepted) do
    if arrived[n] then out[#out + 1] = math.max(0, arrived[n] - at) / 1e6
    else missing = missing + 1 end
  end
  table.sort(out)
  assert(missing == 0, missing .. " pages did not arrive")
  return out
end

local function report(what, list, target)
  print(("  %-34s %4d pages  p50 %6.2f ms  p99 %6.2f ms  most %6.2f ms (target: p99 %d)"):format(what, #list, percentile(list, 0.5),
    percentile(list, 0.99), list[#list], target))
end

os.execute("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER)
local data <const> = FOLDER .. "/pages"
local quick_port = listen(function(body)
  local n = tonumber(body:match("page (%d+)"))
  if n then arrived[n] = uv.hrtime() end
end)
local silent_port = listen()
local s = server.start { data = data }
s:make_token()
local paths = {}
for _, name in ipairs { "quick", "hangs", "storm", "loops" } do
  paths[name] = s:api("POST", "/integrations/", { type = "webhook", name = name, templates = { grouping_key = "{{ payload.key }}",
    web = name == "loops" and { title = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}" } or nil } })
    .link:match("//[^/]*(/.*)$")
end
assert(s:stop() == 0)
local file = assert(io.popen("sqlite3 -bail " .. data .. "/tocsin.db", "w"))
file:write(rows(quick_port, silent_port))
assert(file:close())
s = server.start { data = data }

print("a page, from the 200 of its alert to its request at the provider")
measure(s, paths.quick) -- warm
report("alone", measure(s, paths.quick), 50)
local hanging = poster(s.port, paths.hangs, function(n) return ('{"key":"h%d"}'):format(n) end)
local looping = poster(s.port, paths.loops, function(n) return ('{"key":"l%d"}'):format(n) end)
local timers = { every(100, hanging.post), every(50, looping.post) }
local storm = assert(uv.spawn("wrk", { args = { "-t2", "-c100", "-d" .. SECONDS + 4 .. "s", "-s", "spec/bench/storm.wrk.lua",
  ("http://127.0.0.1:%d%s"):format(s.port, paths.storm) } }, function() end))
run_for(2000)
local stored = io.popen(("sqlite3 -readonly %s/tocsin.db 'SELECT COUNT(*) FROM alert'"):format(data))
local before = tonumber(stored:read("a"))
stored:close()
local list = measure(s, paths.quick)
stored = io.popen(("sqlite3 -readonly %s/tocsin.db 'SELECT COUNT(*) FROM alert'"):format(data))
local rate = (tonumber(stored:read("a")) - before) / (SECONDS + 1)
stored:close()
report(("beside %.0f alerts/s, a hang, a loop"):format(rate), list, 250)
for _, timer in ipairs(timers) do timer:close() end
storm:kill("sigkill")
s:stop("sigkill")
os.execute("rm -rf " .. FOLDER)
os.exit(0)
