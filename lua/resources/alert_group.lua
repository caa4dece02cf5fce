--- An alert group: one problem, its state, and the alerts that told of it.
local actor_names = require("actor_names")
local alert = require("resources.alert")
local group_state = require("group_state")
local labels = require("api.labels")
local rows = require("api.rows")
local sources = require("api.group_sources")
local time = require("api.time")
local writer = require("api.writer")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local store = require("tocsin.store")

-- A group is closed (is_open = 0) exactly when it is resolved, so every state leans on one of the two partial indexes.
local STATES = {
  open = "t.is_open = 1",
  new = "t.is_open = 1 AND t.acknowledged_at IS NULL AND t.silenced_at IS NULL",
  acknowledged = "t.is_open = 1 AND t.acknowledged_at IS NOT NULL",
  silenced = "t.is_open = 1 AND t.acknowledged_at IS NULL AND t.silenced_at IS NOT NULL",
  resolved = "t.is_open = 0",
}
STATES.firing = STATES.new

-- Nearly all groups are closed: the `+` keeps the planner from fetching each through the index.
local function add_state(q, values)
  local condition = STATES[string.lower(values[#values])]
  if not condition then return "Must be one of the following: new, acknowledged, resolved, silenced, open" end
  if condition == STATES.resolved then condition = "+" .. condition end
  q.add("AND " .. condition)
end

local function is_resolved(values) return STATES[string.lower(values[#values])] == STATES.resolved end

-- Open groups only: those that are resolved are nearly all, and the walk through the newest finds them at once.
local function state_source(values)
  local condition = STATES[string.lower(values[#values])]
  return condition and condition ~= STATES.resolved and sources.state(condition) or nil
end

-- Two moments joined by `_`, both inclusive.
local function add_started_at(q, values)
  local from, to = sources.range(values[#values])
  if not from then return "Invalid range value" end
  q.add("AND t.started_at BETWEEN ? AND ?", from, to)
end

local function started_at_source(values)
  local from, to = sources.range(values[#values])
  return from and sources.started_at(from, to)
end

-- Titles are never a condition: a list that is searched begins with what is found.
local function add_search() return "Search for something else than blanks." end

local function search_source(values)
  return string.find(values[#values], "[^%s%c]") and sources.search(values) or nil
end

-- The index is filled a moment after a group opens; the newest groups are looked through instead.
local LABEL = "AND (EXISTS (SELECT 1 FROM label AS l WHERE l.key = ? AND l.value = ? AND l.alert_group_id = t.id) " ..
  "OR (t.id > COALESCE((SELECT " ..
  "CAST(value AS INTEGER) FROM setting WHERE name = 'groups_indexed_to'), 0) AND " .. labels.holding("t.labels") .. "))"

local function add_labels(q, values)
  for key, value in labels.wanted(values) do
    q.add(LABEL, key, value, json.encode(key) .. ":" .. json.encode(value))
  end
end

local function state_by(row)
  local _, _, by, id = group_state.of(row)
  return group_state.who(by, id, actor_names.of(row.id))
end

-- Who acted is shown when it was a person of ours.
local function user_of(by, id)
  return by == "user" and id and ids.encode("U", id) or nil
end

local function permalinks(row, request)
  return writer.object("slack", nil, "slack_app", nil, "telegram", nil,
    "web", request.base_url .. "/alert-groups/" .. ids.encode("I", row.id))
end

local function last_alert(row, request)
  if not row.last_payload then return nil end
  return rows.show(alert, { id = row.last_alert_id, alert_group_id = row.id, received_at = row.last_received_at,
    payload = row.last_payload, parsed = row.last_parsed, wiped_at = row.wiped_at }, request)
end

-- How far its chain has come; null when nobody was called for it. People who were called directly have no chain.
local function escalation(row)
  if not row.escalation then return nil end
  local walk = store.row("SELECT p.escalation_chain_id, p.name, e.step, e.next_at FROM escalation AS e " ..
    "JOIN escalation_plan AS p ON p.id = e.plan_id WHERE e.alert_group_id = $1", row.id) or {}
  return writer.object("state", row.escalation, "escalation_chain_id", walk.escalation_chain_id and
    ids.encode("F", walk.escalation_chain_id), "name", walk.name, "step", walk.step, "next_at", time.text(walk.next_at))
end

-- The people who were called for it.
local function paged_users(row)
  local list = {}
  local pages = store.rows("SELECT user_id, is_important, state, started_at FROM page WHERE alert_group_id = $1 " ..
    "ORDER BY started_at, user_id", row.id)
  for i, page in ipairs(pages) do
    list[i] = writer.object("id", ids.encode("U", page.user_id), "important", page.is_important == 1, "state", page.state,
      "started_at", time.text(page.started_at))
  end
  return writer.list(list)
end

local STATE_NAMES = { "firing", "acknowledged", "silenced", "resolved" }

local PERMALINKS = { object = { { "slack", "text?" }, { "slack_app", "text?" }, { "telegram", "text?" }, { "web", "text" } } }

local ESCALATION = { null = true, object = { { "state", "text" }, { "escalation_chain_id", "id?" }, { "name", "text?" },
  { "step", "integer?" }, { "next_at", "time?" } } }

local PAGED = { list = { object = { { "id", "id" }, { "important", "boolean" }, { "state", "text" }, { "started_at",
  "time" } } } }

return {
  name = "alert_group", table = "alert_group", prefix = "I", path = "alert_groups",
  methods = { "list", "get" }, area = "alerts",
  -- The groups that collect for maintenance windows are in no team: who sees a window sees its group. Who was called for a
  -- group sees it too.
  belongs = { { "integration", "integration_id", where = "@.type <> 'maintenance'" } }, is_large = true,
  also = { "EXISTS (SELECT 1 FROM page AS called WHERE called.alert_group_id = @.id AND called.user_id = ?)",
    { "maintenance_window", "alert_group_id" } }, seen_source = sources.seen,
  seen_condition = sources.seen_condition,
  page_size = 50, order = "t.id DESC",
  join = "LEFT JOIN integration AS i ON i.id = t.integration_id LEFT JOIN route AS r ON r.id = t.route_id " ..
    "LEFT JOIN alert AS a ON a.id = t.last_alert_id",
  columns = "t.acknowledged_by, t.acknowledged_by_id, t.resolved_by, t.resolved_by_id, t.silenced_by_id, t.labels, " ..
    "t.last_alert_id, t.wiped_at, t.grouping_id, " ..
    "i.team_id, r.id AS live_route_id, a.received_at AS last_received_at, a.payload AS last_payload, a.parsed AS last_parsed",
  weight = "COALESCE(length(a.payload), 0) + COALESCE(length(a.parsed), 0)",
  count_max = 10000,
  count_with_several = 1000,
  blocks = { all = sources.all, indexed_to = sources.indexed_to },
  -- Of several filters a list begins with the one whose source has the fewest ids; of those that have many, with the first.
  filters = {
    { "id", "t.id = ?", type = "alert_group", source = sources.id },
    { "root_alert_group_id", "t.root_id = ?", type = "alert_group", source = sources.root },
    { "search", add = add_search, source = search_source, is_first = true,
      about = "Words of titles, all of them, the last one also as the beginning of a word; #12 is the group of that number." },
    { "state", add = add_state, source = state_source, is_closed = is_resolved,
      shape = { choice = { "new", "firing", "acknowledged", "silenced", "resolved", "open" } },
      about = "open: all that are not resolved." },
    { "label", add = add_labels, source = sources.label, is_steady = true, is_repeated = true,
      about = "key:value; all of several." },
    { "route_id", "t.route_id = ?", type = "route", source = sources.route, is_steady = true,
      is_seen = sources.is_route_of_source },
    { "integration_id", "t.integration_id = ?", type = "integration", source = sources.integration, is_steady = true,
      is_seen = sources.is_of_source },
    { "started_at", add = add_started_at, source = started_at_source, is_steady = true,
      about = "Two moments, YYYY-MM-DDTHH:MM:SS in UTC, joined by _." },
    { "team_id", "t.integration_id IN (SELECT id FROM integration WHERE team_id = ?)", type = "team", source = sources.team,
      condition = sources.team_condition, is_steady = true, is_seen = function() return true end },
  },
  fields = {
    { "id", type = "id", prefix = "I" },
    { "integration_id", type = "ref", to = "integration" },
    { "team_id", shape = "id?", show = function(row) return row.team_id and ids.encode("T", row.team_id) end },
    { "route_id", shape = "id?", show = function(row) return row.live_route_id and ids.encode("R", row.live_route_id) end },
    { "alerts_count", type = "integer" },
    { "state", shape = { choice = STATE_NAMES }, show = function(row) return (group_state.of(row)) end },
    { "created_at", type = "time", column = "started_at" },
    { "resolved_at", type = "time" },
    { "resolved_by", shape = "id?", show = function(row) return user_of(row.resolved_by, row.resolved_by_id) end },
    { "acknowledged_at", type = "time" },
    { "acknowledged_by", shape = "id?", show = function(row) return user_of(row.acknowledged_by, row.acknowledged_by_id) end },
    { "labels", shape = labels.SHAPE, show = function(row) return labels.show_object(row.labels) end },
    { "title", type = "text" },
    { "permalinks", shape = PERMALINKS, show = permalinks },
    { "silenced_at", type = "time" },
    { "silenced_until", type = "time" },
    { "last_alert", shape = { ref = "Alert", null = true }, show = last_alert },
    { "root_alert_group_id", type = "ref", to = "alert_group", column = "root_id" },
    { "escalation", type = "text", shape = ESCALATION, show = escalation },
    { "paged_users", shape = PAGED, show = paged_users },
    { "is_demo", type = "boolean" },
    { "is_debug", type = "boolean" },
    { "state_by", shape = "text?", show = state_by, about = "Who or what brought it into its state, in words." },
    { "grouping_id", type = "text", shape = "text?", about = "What its alerts have in common; its first 1,000 characters." },
  },
}
