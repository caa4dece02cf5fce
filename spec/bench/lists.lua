--- How long lists of 50 among a million alert groups take by each filter, on the first page and far down, for an admin and for a member
--- of one team: lists.lua FOLDER
local million <const> = require "million"
local server <const> = require "server"
local uv <const> = require "luv"

local FOLDER <const> = arg[1] .. "/lists"
local TRIES <const> = 8
local LIST_MS <const>, SEARCH_MS <const>, SEVERAL_MS <const> = 20, 50, 50
local PAGES <const> = { 1, 200, 1000000 } -- the last one too

local s, team, hooks, route = million.start(FOLDER)
local person = s:api("POST", "/users/", { username = "member", role = "editor" }).id
s:api("PUT", "/teams/" .. team .. "/", { members = { person } })
s:api("PUT", "/integrations/" .. hooks[5].id .. "/", { team_id = s:api("POST", "/teams/", { name = "others" }).id })
local code, out = server.run { "token", "create", "--data", s.data, "--name", "member", "--user", "member" }
assert(code == 0)
local tokens <const> = { admin = s.token, ["member of a team"] = out:match "%x+" }

-- The first time, and the best of some tries: what it costs without what else the machine does.
local function times_of(query, page)
  local best, first = math.huge, nil
  for _ = 1, TRIES do
    local from = uv.hrtime()
    s:api("GET", "/alert_groups/?" .. query .. "&page=" .. page)
    best = math.min(best, (uv.hrtime() - from) / 1e6)
    first = first or best
  end
  return best, first
end

local slow = {}
local function measure(name, query, limit, pages)
  local texts = {}
  for i, page in ipairs(pages or PAGES) do
    local ms, first = times_of(query, page)
    texts[i] = ("%6.1f (%6.1f)"):format(ms, first)
    if ms > limit then slow[#slow + 1] = name .. " page " .. page end
  end
  print(("  %-28s %s"):format(name, table.concat(texts, "  ")))
end

local DAY <const>, DAYS <const> = "started_at=2025-06-20T00:00:00_2025-06-21T00:00:00", "started_at=2020-06-20T00:00:00_2040-06-21T00:00:00"
local HOOK <const> = "integration_id=" .. hooks[3].id
local ONE <const> = { { "no filter", "" }, { "integration", HOOK }, { "route", "route_id=" .. route }, { "team", "team_id=" .. team },
  { "no team", "team_id=null" }, { "state new", "state=new" }, { "state acknowledged", "state=acknowledged" }, { "state silenced", "state=silenced" },
  { "state resolved", "state=resolved" }, { "a day", DAY }, { "all days", DAYS }, { "a label of half of them", "label=env:prod" },
  { "a rare label", "label=host:host-7" } }
local SEVERAL <const> = { { "resolved, a label", "state=resolved&label=env:prod" }, { "integration, a label", "label=env:prod&" .. HOOK },
  { "two labels", "label=env:prod&label=host:host-8" }, { "a day, a label", "label=env:prod&" .. DAY }, { "new, all days", "state=new&" .. DAYS },
  { "new, integration", "state=new&" .. HOOK }, { "four", "state=resolved&label=env:prod&" .. HOOK .. "&" .. DAYS } }

for _, actor in ipairs { "admin", "member of a team" } do
  s.token = tokens[actor]
  print("lists of 50 among a million alert groups, " .. actor .. ", ms (the first time): page 1, 200, the last")
  for _, one in ipairs(ONE) do measure(one[1], one[2], LIST_MS) end
  for _, one in ipairs(SEVERAL) do measure(one[1], one[2], SEVERAL_MS) end
  for _, words in ipairs { "disk", "kafka+replica", "host-7", "cert" } do measure("search " .. words, "search=" .. words, SEARCH_MS, { 1 }) end
end
s.token = tokens.admin
million.stop(s, FOLDER)
assert(#slow == 0, "too slow: " .. table.concat(slow, ", "))
