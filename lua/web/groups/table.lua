--- The table of alert groups, `/`: filters live in the address, and what is done to those that are selected is a form.
local actor_names <const> = require "actor_names"
local ask <const> = require "web.ask"
local group <const> = require "resources.alert_group"
local group_state <const> = require "group_state"
local guide <const> = require "web.guide.guide"
local ids <const> = require "tocsin.ids"
local integration <const> = require "resources.integration"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local rows <const> = require "api.rows"
local silences <const> = require "web.groups.silences"
local statement <const> = require "api.statement"
local store <const> = require "tocsin.store"
local team <const> = require "resources.team"
local texts <const> = require "web.texts"
local time <const> = require "api.time"
local times <const> = require "web.times"
local user <const> = require "resources.user"

local PAGE <const>, COUNT_MAX <const> = 50, 999
local STATES <const> = { "open", "firing", "acknowledged", "silenced", "resolved", "all" }
local KEPT <const> = { "state", "search", "integration_id", "team_id", "label", "person", "from", "to" } -- in links and forms

local function condition(sql, ...)
  local values <const> = table.pack(...)
  return { { add = function(q) q.add("AND " .. sql, table.unpack(values)) end }, {} }
end

-- What the address asks for -----------------------------------------------------------------------------------------------

local function state_of(request)
  local wanted = query_string.get(request.query, "state")
  for _, state in ipairs(STATES) do
    if state == wanted then return state end
  end
  return "open"
end

local function add_person(list, text)
  local id = ids.decode("U", text)
  if not id then return end
  list[#list + 1] = condition("(t.acknowledged_by = 'user' AND t.acknowledged_by_id = ? OR t.id IN (SELECT alert_group_id " ..
    "FROM page WHERE user_id = ?))", id, id)
end

-- A day or a minute, as fields of forms give them.
local function moment_of(text, rest)
  return text and time.parse(string.match(text, "T") and text .. ":00" or text .. rest)
end

local function add_times(list, request)
  local from <const> = moment_of(query_string.get(request.query, "from"), "T00:00:00")
  local to <const> = moment_of(query_string.get(request.query, "to"), "T23:59:59")
  if from then list[#list + 1] = condition("t.started_at >= ?", from) end
  if to then list[#list + 1] = condition("t.started_at <= ?", to) end
end

-- The filters of the page besides those that the API has under the same names.
local function filters_of(request)
  local list <const> = {}
  add_person(list, query_string.get(request.query, "person") or "")
  add_times(list, request)
  return list
end

-- The request that the API's filters look at.
local function asked(request, state)
  return setmetatable({ query = query_string.with(request.query, "state", state ~= "all" and state or nil) },
    { __index = request })
end

-- Rows -------------------------------------------------------------------------------------------------------------------

local SHOWN <const> = "SELECT t.id, t.title, t.alerts_count, t.started_at, t.acknowledged_at, " ..
  "t.acknowledged_by, t.acknowledged_by_id, t.resolved_at, t.resolved_by, t.resolved_by_id, t.silenced_at, t.silenced_until, " ..
  "t.silenced_by_id, t.labels, t.is_demo, t.is_debug, i.name AS integration, m.name AS team, " ..
  "COALESCE(i.templates ->> 'source_link', i.templates_default ->> 'source_link', '') <> '' AS has_source, " ..
  "(SELECT count(*) FROM alert_group AS f WHERE f.root_id = t.id) AS attached FROM alert_group AS t " ..
  "LEFT JOIN integration AS i ON i.id = t.integration_id LEFT JOIN team AS m ON m.id = i.team_id " ..
  "WHERE t.id IN (SELECT value FROM json_each($1)) ORDER BY t.id DESC"
local PEOPLE <const> = "SELECT p.alert_group_id, u.name FROM page AS p JOIN user AS u ON u.id = p.user_id " ..
  "WHERE p.alert_group_id IN (SELECT value FROM json_each($1)) ORDER BY p.started_at"

local function labels_of(row)
  local list <const> = {}
  for key, text in pairs(json.decode(row.labels or "{}")) do list[#list + 1] = { key = key, value = tostring(text) } end
  table.sort(list, function(a, b) return a.key < b.key end)
  return list
end

local function shown(row, people, now)
  local state <const>, at <const>, by <const>, by_id <const> = group_state.of(row)
  local since <const> = at or row.started_at
  return { id = ids.encode("I", row.id), number = row.id, title = row.title, alerts = row.alerts_count, state = state,
    by = group_state.who(by, by_id, actor_names.of(row.id)) or false, since = times.apart(since, now),
      since_at = time.text(since), opened = times.apart(row.started_at, now),
    opened_at = time.text(row.started_at), integration = row.integration or "", team = row.team or "", labels = labels_of(row),
    people = table.concat(people or {}, ", "), is_demo = row.is_demo == 1, is_debug = row.is_debug == 1,
    has_source = row.has_source == 1, attached = row.attached }
end

local function shown_rows(keys, now)
  local list <const>, people <const> = json.encode(json.array(keys)), {}
  for _, row in ipairs(store.rows(PEOPLE, list)) do
    local of = people[row.alert_group_id] or {}
    people[row.alert_group_id], of[#of + 1] = of, row.name
  end
  local out <const> = {}
  for i, row in ipairs(store.rows(SHOWN, list)) do out[i] = shown(row, people[row.id], now) end
  return out
end

-- One page of them and the key where the next begins, or the API's refusal of a filter.
local function find(request, state)
  local fixed <const> = filters_of(request)
  local before <const> = ids.decode("I", query_string.get(request.query, "before") or "")
  local keys <const>, refusal <const> = rows.keys(group, asked(request, state), fixed, PAGE + 1, nil, before)
  if not keys then return nil, refusal end
  local has_more <const> = #keys > PAGE
  keys[PAGE + 1] = nil
  return shown_rows(keys, request.now), has_more and ids.encode("I", keys[PAGE]) or nil
end

-- What stands around them -------------------------------------------------------------------------------------------------

-- The address with another state and from the beginning.
local function address(request, name, text)
  local query <const> = {}
  for _, kept in ipairs(KEPT) do
    for _, given in ipairs(kept ~= name and query_string.all(request.query, kept) or {}) do
      if given ~= "" then query[#query + 1] = { kept, given } end
    end
  end
  if text then query[#query + 1] = { name, text } end
  return #query > 0 and "/?" .. query_string.text(query) or "/"
end

local function count_of(request, state)
  if state == "resolved" or state == "all" then return "" end -- nobody waits for how many there ever were
  local count <const> = rows.count(group, asked(request, state), filters_of(request), COUNT_MAX + 1) or 0
  return count > COUNT_MAX and COUNT_MAX .. "+" or tostring(count)
end

local function tabs(request, current, is_counted)
  local list <const> = {}
  for i, state in ipairs(STATES) do
    list[i] = { id = state, count = is_counted and count_of(request, state) or "", is_current = state == current,
      url = address(request, "state", state ~= "open" and state or nil) }
  end
  return list
end

-- What one can choose among: the first thousand by name that this actor sees.
local function choices(request, r, chosen)
  local q <const>, list <const> = statement.new(), {}
  q.add(string.format("SELECT t.id, t.name FROM %s AS t WHERE 1 = 1", r.table))
  if r.live then q.add("AND t." .. r.live) end
  rights.add_list(q, r, request.actor)
  q.add("ORDER BY t.name LIMIT 1000")
  for i, row in ipairs(store.rows(q.text(), table.unpack(q.args))) do
    local id = ids.encode(r.prefix, row.id)
    list[i] = { id = id, name = row.name, is_chosen = id == chosen }
  end
  return list
end

local function form_of(request, state)
  local function given(name) return query_string.get(request.query, name) or "" end
  return {
    state = state, search = given "search", labels = query_string.all(request.query, "label"), from = given "from",
      to = given "to",
    integrations = choices(request, integration, given "integration_id"),
    teams = choices(request, team, given "team_id"),
    people = choices(request, user, given "person"),
    is_filtered = address(request, "state") ~= "/",
  }
end

local function columns_of(request) return ask.view(request, "/api/v1/alertgroup_table_settings/") end

-- Those that stand on the page, and all that match: as many as one deed may be done to.
local MATCHING_MAX <const> = 1000

-- The public ids of the groups that a parsed query of the table matches, newest first.
local function matching(request, query)
  local asking <const> = setmetatable({ query = query }, { __index = request })
  local state <const> = state_of(asking)
  local list <const> = rows.keys(group, asked(asking, state), filters_of(asking), MATCHING_MAX) or {}
  for i, key in ipairs(list) do list[i] = ids.encode("I", key) end
  return list
end

-- GET /; with `part=rows` what changes while one looks at it, with `part=tabs` the states with their counts. To count what a
-- filter leaves may take longer than to show it, so those counts come after the page.
local function table_of(request)
  local state <const>, part <const> = state_of(request), query_string.get(request.query, "part")
  local here <const> = address(request)
  local is_filtered <const> = address(request, "state") ~= "/"
  local context <const> = { state = state, here = here, joint = string.find(here, "?", 1, true) and "&" or "?",
    tabs = tabs(request, state, part == "tabs" or not is_filtered), are_counts_later = is_filtered and part ~= "tabs" }
  if part == "tabs" then return page.answer(request, "groups_tabs.html", context) end
  local found <const>, next_page <const> = find(request, state)
  if not found then return page.failed(request, next_page.status, texts.groups.bad_filter) end
  context.groups, context.next_page, context.columns = found, next_page, columns_of(request)
  context.is_first = query_string.get(request.query, "before") == nil
  context.may_act, context.silences = rights.may(request.actor, "alerts", "write"), silences.list()
  if part == "rows" then return page.answer(request, "groups_rows.html", context) end
  context.guide = guide.of(request, #found > 0)
  context.form, context.htmx = form_of(request, state), page.static_url(request, "htmx.js")
  return page.answer(request, "groups.html", context)
end

return {
  matching = matching,
  nav = { text = texts.groups.title, path = "/", right = "alerts:read" },
  routes = { { "/", "GET", table_of, "alerts:read" } },
}
