--- How long lists of 50 among a million alert groups take by each filter, and what 2,000 reads/s over the API cost those who send
--- alerts: lists.lua FOLDER
local patience <const> = require "patience"
local server <const> = require "server"
local uv <const> = require "luv"

local FOLDER <const> = arg[1] .. "/lists"
local GROUPS <const>, TRIES <const>, SECONDS <const> = 1000000, 15, 6
local LIST_MS <const>, SEARCH_MS <const> = 20, 50
local READS <const> = 2000 -- a second

-- A million groups of five integrations, a hundredth of them open, as they are when every list is filled.
local ROWS <const> = [[
PRAGMA synchronous = OFF;
CREATE TEMP TABLE n AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d) SELECT i, abs(random() %% 1000) AS r FROM r;
CREATE TEMP TABLE way AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, id, integration_id FROM route WHERE is_default = 1;
CREATE TEMP TABLE word (k INTEGER PRIMARY KEY, w TEXT);
INSERT INTO word VALUES (0,'disk'),(1,'latency'),(2,'kafka'),(3,'replica'),(4,'memory'),(5,'certificate'),(6,'queue'),(7,'postgres'),(8,'backup'),(9,'node');
INSERT INTO alert_group (id, integration_id, route_id, title, is_open, labels, alerts_count, first_alert_id, last_alert_id, last_alert_at, started_at,
  acknowledged_at, resolved_at, silenced_at)
  SELECT i, integration_id, id, a.w || ' ' || b.w || ' on host-' || (r %% 500) || '.example.org', r < 10, printf('{"env":"%%s","host":"host-%%d"}',
    CASE r %% 2 WHEN 0 THEN 'prod' ELSE 'test' END, r %% 500), 1, i, i, 1750000000000000 + i * 20000000, 1750000000000000 + i * 20000000,
    CASE WHEN r < 3 THEN 1 END, CASE WHEN r >= 10 THEN 1 END, CASE WHEN r = 9 THEN 1 END
  FROM n JOIN way ON way.k = i %% 5 JOIN word AS a ON a.k = r %% 10 JOIN word AS b ON b.k = (r / 10) %% 10 ORDER BY i;
INSERT INTO alert (id, alert_group_id, received_at, payload) SELECT id, id, started_at, CAST('{"title":"' || title || '"}' AS BLOB) FROM alert_group;
INSERT INTO label (key, value, alert_group_id) SELECT 'env', labels ->> 'env', id FROM alert_group ORDER BY 2, 3;
INSERT INTO label (key, value, alert_group_id) SELECT 'host', labels ->> 'host', id FROM alert_group ORDER BY 2, 3;
INSERT INTO group_by_integration SELECT integration_id, id FROM alert_group ORDER BY 1, 2;
INSERT INTO group_by_route SELECT route_id, id FROM alert_group ORDER BY 1, 2;
INSERT INTO group_span SELECT MIN(id), MAX(id), MIN(started_at), MAX(started_at) FROM alert_group GROUP BY id / 2000;
INSERT INTO group_title (group_title) VALUES ('rebuild');
INSERT INTO setting (name, value) VALUES ('groups_indexed_to', '%d') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
DELETE FROM job;
]]

local function sh(command) assert(os.execute(command), command) end

sh("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER)
local s = server.start { data = FOLDER .. "/data" }
s:make_token()
local team, hooks = s:api("POST", "/teams/", { name = "db" }).id, {}
for i = 1, 5 do hooks[i] = s:api("POST", "/integrations/", { type = "webhook", name = "in " .. i, team_id = i == 3 and team or nil }) end
local route = s:api("GET", "/routes/?integration_id=" .. hooks[1].id).results[1].id
s:stop()
local file <close> = assert(io.popen("sqlite3 " .. FOLDER .. "/data/tocsin.db", "w"))
file:write(ROWS:format(GROUPS, GROUPS))
assert(file:close())
s = server.start { data = FOLDER .. "/data" }
s:make_token()
assert(s:api("GET", "/alert_groups/?perpage=1&page=" .. GROUPS).count == GROUPS)

-- The best of some tries: what it costs without what else the machine does.
local function time_of(query)
  local best = math.huge
  for _ = 1, TRIES do
    local from = uv.hrtime()
    s:api("GET", "/alert_groups/?" .. query)
    best = math.min(best, (uv.hrtime() - from) / 1e6)
  end
  return best
end

local slow = {}
local function measure(name, query, limit)
  local ms = time_of(query)
  print(("  %-28s %6.1f ms"):format(name, ms))
  if ms > limit then slow[#slow + 1] = name end
end

print("lists of 50 among a million alert groups:")
for _, one in ipairs { { "no filter", "" }, { "integration", "integration_id=" .. hooks[1].id }, { "route", "route_id=" .. route }, { "team", "team_id=" .. team },
  { "no team", "team_id=null" }, { "state new", "state=new" }, { "state acknowledged", "state=acknowledged" }, { "state silenced", "state=silenced" },
  { "state resolved", "state=resolved" }, { "a day", "started_at=2025-06-20T00:00:00_2025-06-21T00:00:00" },
  { "all days", "started_at=2020-06-20T00:00:00_2040-06-21T00:00:00" }, { "a label of half of them", "label=env:prod" },
  { "a rare label", "label=host:host-7" } } do
  measure(one[1], one[2], LIST_MS)
end
for _, words in ipairs { "disk", "kafka+replica", "host-7", "cert" } do measure("search " .. words, "search=" .. words, SEARCH_MS) end

-- Alerts that come alone, and while somebody reads: how many are taken a second, and how much CPU the readers had.
local function alerts_a_second()
  local pipe <close> = assert(io.popen(("wrk -t1 -c64 -d%ds -s spec/bench/alerts.wrk.lua http://127.0.0.1:%d%s -- tocsin 1000 7 2>&1"):format(SECONDS, s.port,
    hooks[2].link:match("^https?://[^/]+(/.*)$"))))
  local said = pipe:read "a"
  return assert(tonumber(said:match "Requests/sec:%s*([%d.]+)"), said)
end

local function cpu_of(pid, name)
  local sum = 0
  for task in io.popen("ls /proc/" .. pid .. "/task"):lines() do
    local comm, stat = io.open(("/proc/%d/task/%s/comm"):format(pid, task)), io.open(("/proc/%d/task/%s/schedstat"):format(pid, task))
    if comm and stat and comm:read("l"):find(name) then sum = sum + stat:read "n" end
    if comm then comm:close() end
    if stat then stat:close() end
  end
  return sum / 1e9
end

local alone = alerts_a_second()
local readers = assert(io.popen(([[cat > %s/read.lua <<'END'
wrk.headers["Authorization"] = "%s"
function delay() return %d end
END
wrk -t1 -c16 -d%ds -s %s/read.lua 'http://127.0.0.1:%d/api/v1/alert_groups/?state=new&perpage=1' 2>&1]]):format(FOLDER, s.token, 16 * 1000 // READS, SECONDS + 2, FOLDER,
  s.port)))
patience.pause(1000)
local before = cpu_of(s.pid, "worker")
local beside = alerts_a_second()
local share = (cpu_of(s.pid, "worker") - before) / SECONDS
local reads = tonumber(readers:read("a"):match "Requests/sec:%s*([%d.]+)")
readers:close()
s:stop()
sh("rm -rf " .. FOLDER)
print(("  %.0f alerts/s alone, %.0f/s beside %.0f reads/s (%.0f %%), which took %.0f %% of a core"):format(alone, beside, reads, beside / alone * 100, share * 100))
assert(#slow == 0, "too slow: " .. table.concat(slow, ", "))
