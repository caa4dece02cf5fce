--- A million jobs that are not due yet: how soon the server listens, how late one that is due runs, and what memory holds;
--- what it costs to set the wall clock meanwhile, forward and back; then 100,000 that are overdue after a stop, and 200,000
--- messages that wait for destinations that hang: timers.lua FOLDER
local uv <const> = require "luv"
local called <const> = require "called"
local patience <const> = require "patience"
local percentile <const> = require "percentile"
local receiver <const> = require "receiver"
local server <const> = require "server"

local FOLDER <const> = arg[1]
local PENDING <const>, PROBES <const>, OVERDUE <const>, WAITING <const> = 1000000, 200, 100000, 100000
local SECOND <const>, APART_US <const> = 1000000, 15000

local function memory_of(pid)
  local f <close> = assert(io.open("/proc/" .. pid .. "/status"))
  return tonumber(f:read("a"):match("VmRSS:%s+(%d+) kB")) / 1024
end

local function now_us()
  local s, us = uv.gettimeofday()
  return s * SECOND + us
end

-- Groups number `from` to `to` whose escalation goes on at `due_sql` (an expression of n): the plan's step calls one person.
local function waiting_groups(from, to, plan_sql, due_sql)
  return ([[
CREATE TEMP TABLE n (n INTEGER PRIMARY KEY, plan INTEGER, due INTEGER);
WITH RECURSIVE r(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM r WHERE n < %d) INSERT INTO n SELECT n, %s, %s FROM r;
INSERT INTO alert_group (id, integration_id, route_id, grouping_hash, is_open, title, alerts_count, last_alert_at, started_at, escalation)
  SELECT n, 1, 1, n, 1, 'group', 0, 1, 1, 'waiting' FROM n;
INSERT INTO escalation (alert_group_id, plan_id, step, epoch, started_at, next_at) SELECT n, plan, 0, 1, 1, due FROM n;
INSERT INTO job (kind, due_at, priority, alert_group_id, detail) SELECT 'escalate', due, 10, n, '1 0' FROM n;
DROP TABLE n;
]]):format(from, to, plan_sql, due_sql)
end

-- A plan for each person.
local PLANS <const> = "INSERT INTO escalation_plan (id, escalation_chain_id, version, name) SELECT id, 1, id, 'c' FROM user; " ..
  "INSERT INTO plan_step (plan_id, position, step_id, type, is_important, users) SELECT id, 0, 1, 'notify_persons', 0, '[' || id || ']' FROM user;" ..
  "DELETE FROM notification_rule WHERE channel IS NULL;"

-- Rules of people that have come to their end: what a long stop leaves most of.
local function overdue(count)
  return ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d) INSERT INTO job (kind, due_at, detail) " ..
    "SELECT 'page', 1, '1 1' FROM r;"):format(count)
end

-- Messages for one room and for many people, at a provider that hangs.
local function waiting_messages(count)
  return ([[
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d)
INSERT INTO notification (kind, alert_group_id, channel, target, state, reason, key, due_at, created_at, detail)
  SELECT 'post', 1, 'ntfy', 'room:ntfy:r', 'waiting', 'bench', 'r' || n, %d, %d, '{"room":"r"}' FROM r;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %d)
INSERT INTO notification (kind, channel, target, state, reason, key, due_at, created_at, detail)
  SELECT 'test', 'ntfy', 'address:' || n, 'waiting', 'bench', 't' || n, %d, %d, '{"address":"{\"topic\":\"t\"}"}' FROM r;
]]):format(count, now_us(), now_us(), count, now_us(), now_us())
end

local function start(c)
  local from = uv.hrtime()
  c:start()
  return (uv.hrtime() - from) / 1e6
end

-- How late each of the groups from `first` on was paged, in ms, sorted; `due(i)` in µs.
local function lateness(fake, first, due)
  local out, seen = {}, {}
  for _, request in ipairs(fake.requests) do
    local number = tonumber(request.body:match('"number":(%d+)'))
    if number and number >= first and number < first + PROBES and not seen[number] then
      seen[number] = true
      out[#out + 1] = (request.at_us - due(number - first)) / 1000
    end
  end
  table.sort(out)
  return out
end

local probes = 0

-- Jobs that become due one by one while all else waits; each calls somebody who was not called yet.
local function probe(c, fake, what)
  local begin, first = now_us() + 4 * SECOND, (2 + probes) * 1000000 + 1
  c:sql(waiting_groups(first, first + PROBES - 1, ("n - %d + 1 + %d"):format(first, probes * PROBES), ("%d + (n - %d) * %d"):format(begin, first, APART_US)))
  probes = probes + 1
  local listening = start(c)
  patience.pause(math.max(0, (begin - now_us()) // 1000) + APART_US // 1000 * PROBES + 1500)
  local late = lateness(fake, first, function(i) return begin + i * APART_US end)
  print(("  %-52s start to listening %4.0f ms (target 1000)  %d of %d due ran, late p50 %6.2f ms  p99 %6.2f ms  most %6.2f ms (target 50)  %5.1f MB"):format(
    what, listening, #late, PROBES, percentile.of(late, 0.5) or 0, percentile.of(late, 0.99) or 0, late[#late] or 0, memory_of(c.server.pid)))
  assert(#late == PROBES, "not every due job ran")
  assert(c:stop("sigkill"))
end

-- The wall clock is set while alerts come, each of which pages somebody: how long the longest had to wait for its answer.
local function set_clock(c, file, seconds)
  local f = assert(io.open(file .. ".new", "w"))
  f:write(seconds)
  f:close()
  assert(os.rename(file .. ".new", file)) -- never half a file
  local begin, longest, told, followed = uv.hrtime(), 0, c:count_log "clock_was_set", nil
  repeat
    local from = uv.hrtime()
    assert(c:post("set " .. from) == 200, "an alert was refused while the clock was set")
    longest = math.max(longest, (uv.hrtime() - from) / 1e6)
    patience.pause(5)
    followed = followed or c:count_log "clock_was_set" > told and (uv.hrtime() - begin) / 1e6 or nil
  until followed and uv.hrtime() - begin > 5e9 or uv.hrtime() - begin > 120e9
  return longest, assert(followed, "the clock was not followed")
end

-- Until every job and message has its new moment; seconds.
local function moved(c)
  local begin = uv.hrtime()
  server.wait(function()
    patience.pause(100)
    return c:ask "SELECT count(*) FROM setting WHERE name = 'clock_move'" == "0"
  end, "the rows to be moved")
  return (uv.hrtime() - begin) / 1e9
end

local function clock(c, file)
  c.options.env = server.preloaded("set_clock", { SET_CLOCK = file })
  c:start()
  patience.pause(1000)
  local before = 0
  for _, seconds in ipairs { 7200, 3600 } do
    local longest, followed = set_clock(c, file, seconds)
    print(("  the wall clock set to %+d s: the longest wait of an alert %6.0f ms (target 250), followed within %5.0f ms, all was moved %4.1f s later")
      :format(seconds - before, longest, followed, moved(c)))
    before = seconds
  end
  assert(c:stop("sigkill"))
  c.options.env = nil
  local listening = start(c)
  print(("  set back by an hour while it was down: start to listening %4.0f ms (target 1000), all was moved %4.1f s later"):format(listening, moved(c)))
  assert(c:stop("sigkill"))
  os.remove(file)
end

server.patience_ms = 60000
os.execute("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER .. "/timers")
local fake, silent = receiver.open(), receiver.open()
fake.on_request = function(request) request.at_us = now_us() end
silent.status = nil
local people = {}
for i = 1, 3 * PROBES do people["u" .. i] = { ("http://127.0.0.1:%d/u%d"):format(fake.port, i) } end
local c = called.new { data = FOLDER .. "/timers", people = people, steps = {} }
c:sql(PLANS .. ("INSERT INTO provider (id, type, name, position, settings, created_at) VALUES (2, 'ntfy', 'hangs', 1, '{\"url\":\"http://127.0.0.1:%d\"}', 1);")
  :format(silent.port))
print("a job, from its moment to the request at the provider that it leads to")
probe(c, fake, "alone")
c:sql(waiting_groups(1000, 1000 + PENDING - 1, "1", ("%d + n * 80000"):format(now_us() + 3600 * SECOND)))
probe(c, fake, ("beside %d that wait"):format(PENDING))
clock(c, FOLDER .. "/set")
c:sql(waiting_messages(WAITING))
probe(c, fake, ("and %d messages for who hangs"):format(2 * WAITING))
clock(c, FOLDER .. "/set")
c:sql(overdue(OVERDUE))
local from = uv.hrtime()
c:start()
server.wait(function()
  patience.pause(100)
  return c:ask "SELECT count(*) FROM job WHERE due_at = 1" == "0"
end, "the overdue jobs")
print(("  %d overdue jobs were done %.1f s after the start"):format(OVERDUE, (uv.hrtime() - from) / 1e9))
c:stop("sigkill")
fake:close()
silent:close()
os.execute("rm -rf " .. FOLDER)
