--- How long lists of 50 among a million alert groups take by each filter, and what 2,000 reads/s over the API cost those who send
--- alerts: lists.lua FOLDER
local million <const> = require "million"
local patience <const> = require "patience"
local uv <const> = require "luv"

local FOLDER <const> = arg[1] .. "/lists"
local TRIES <const>, SECONDS <const> = 15, 6
local LIST_MS <const>, SEARCH_MS <const> = 20, 50
local READS <const> = 2000 -- a second

local s, team, hooks, route = million.start(FOLDER)

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
million.stop(s, FOLDER)
print(("  %.0f alerts/s alone, %.0f/s beside %.0f reads/s (%.0f %%), which took %.0f %% of a core"):format(alone, beside, reads, beside / alone * 100, share * 100))
assert(#slow == 0, "too slow: " .. table.concat(slow, ", "))
