--- One step of an escalation chain. Its type says which of its fields it has; the others are neither kept nor shown.
local change = require("api.change")
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local managed = require("api.managed")
local ordering = require("api.ordering")
local store = require("tocsin.store")

local DAY = 86400
local ALERTS_MAX, MINUTES_MAX = 1000000, 1440
local STEPS_MAX = 200 -- of one chain: what a running escalation takes along (core/store/escalation_rows.c)

-- Type → the columns that it uses.
local COLUMNS = {
  wait = { "wait_ms" },
  notify_persons = { "users", "is_important" },
  notify_person_next_each_time = { "users", "is_important" },
  notify_on_call_from_schedule = { "schedule_id", "is_important" },
  notify_user_group = { "user_group_id", "is_important" },
  notify_team_members = { "team_id", "is_important" },
  notify_whole_channel = {},
  notify_if_time_from_to = { "from_time", "to_time" },
  notify_if_num_alerts_in_window = { "num_alerts", "num_minutes" },
  trigger_webhook = { "webhook_id" },
  repeat_escalation = {},
  resolve = {},
}
local TYPES = { "wait", "notify_persons", "notify_person_next_each_time", "notify_on_call_from_schedule", "notify_user_group",
  "notify_team_members", "notify_whole_channel", "notify_if_time_from_to", "notify_if_num_alerts_in_window",
  "trigger_webhook", "repeat_escalation", "resolve" }

-- Every column of a type, and what it holds in a step of another type.
local EMPTY = { wait_ms = json.null, users = "[]", is_important = 0, schedule_id = json.null, user_group_id = json.null,
  team_id = json.null, from_time = json.null, to_time = json.null, num_alerts = json.null, num_minutes = json.null,
  webhook_id = json.null }

local function has(kind, column)
  for _, name in ipairs(COLUMNS[kind] or {}) do
    if name == column then return true end
  end
  return false
end

-- A field that is shown when the step's type uses its column.
local function own(f)
  local column = f.column
  f.when = f.when or function(row) return has(row.type, column) end
  return f
end

local PEOPLE = { type = "refs", to = "user" }
local LISTS = { notify_persons = "persons_to_notify", notify_person_next_each_time = "persons_to_notify_next_each_time" }

-- Both lists of people are one column, and either name is taken for either type: Terraform's provider sends the first
-- name for both.
local function people(kind)
  local name = LISTS[kind]
  return own { name, type = "refs", to = "user", column = "users", nullable = true,
    when = function(row) return row.type == kind end,
    store = function(value, request, c)
      local text, why = EMPTY.users, nil
      if value ~= json.null then text, why = field.check_of(PEOPLE)(PEOPLE, value, request) end
      if not text then return nil, why end
      c.people = c.people or {}
      c.people[name] = text
      return {}
    end }
end

-- Keeps what belongs to the type, and empties what belonged to the one before.
local function keep_own(c, kind)
  local is_new_type = c.old and kind ~= c.old.type
  local sent = c.people or {}
  c.values.users = sent[LISTS[kind]] or select(2, next(sent))
  for column, empty in pairs(EMPTY) do
    if not has(kind, column) then c.values[column] = is_new_type and empty or nil end
  end
end

local function type_of(c)
  if c.values.type == json.null then return nil end
  return c.values.type or (c.old and c.old.type)
end

local function guard_new(c)
  local chain = store.row("SELECT version FROM escalation_chain WHERE id = $1", c.values.escalation_chain_id)
  if not chain then return errors.field("escalation_chain_id", "This escalation chain was just deleted.") end
  c.guard = { table = "escalation_chain", id = c.values.escalation_chain_id, version = chain.version }
end

local function before_write(_, c)
  if c.kind == "delete" then return end
  local refusal = not c.old and guard_new(c) or nil
  if refusal then return refusal end
  keep_own(c, type_of(c))
  local others = store.rows("SELECT id, position FROM escalation_step WHERE escalation_chain_id = $1 AND id <> $2",
    c.guard.id, c.old and c.old.id or 0)
  if #others >= STEPS_MAX and not c.old then
    return errors.field("escalation_chain_id", string.format("An escalation chain has at most %d steps.", STEPS_MAX))
  end
  ordering.move(c, change, "escalation_step", others)
end

return {
  name = "escalation_policy", table = "escalation_step", prefix = "E", path = "escalation_policies",
  files = { { of = "escalation_chain", as = "steps", parent = "escalation_chain_id", by = { "type" }, is_ordered = true } },
  examples = {
    { escalation_chain_id = "@escalation_chain", type = "wait", duration = 60 },
    { escalation_chain_id = "@escalation_chain", type = "notify_persons", persons_to_notify = { "@user" }, important = true },
    { escalation_chain_id = "@escalation_chain", type = "notify_person_next_each_time",
      persons_to_notify_next_each_time = { "@user" } },
    { escalation_chain_id = "@escalation_chain", type = "notify_on_call_from_schedule",
      notify_on_call_from_schedule = "@schedule" },
    { escalation_chain_id = "@escalation_chain", type = "notify_user_group", group_to_notify = "@user_group" },
    { escalation_chain_id = "@escalation_chain", type = "notify_team_members", team_to_notify = "@team" },
    { escalation_chain_id = "@escalation_chain", type = "trigger_webhook", action_to_trigger = "@webhook" },
    { escalation_chain_id = "@escalation_chain", type = "notify_if_time_from_to", notify_if_time_from = "08:00:00Z",
      notify_if_time_to = "17:00:00Z" },
    { escalation_chain_id = "@escalation_chain", type = "notify_if_num_alerts_in_window", num_alerts_in_window = 3,
      num_minutes_in_window = 5 },
  },
  methods = { "list", "get", "create", "update", "delete" }, area = "chains",
  belongs = { { "escalation_chain", "escalation_chain_id" } },
  page_size = 50, order = "t.escalation_chain_id, t.position, t.id",
  join = "JOIN escalation_chain AS c ON c.id = t.escalation_chain_id",
  columns = "t.position, c.version AS chain_version",
  filters = { { "escalation_chain_id", "t.escalation_chain_id = ?", type = "escalation_chain" } },
  fields = {
    { "id", type = "id", prefix = "E" },
    { "escalation_chain_id", type = "ref", to = "escalation_chain", required = true, create_only = true },
    ordering.position,
    ordering.manual_order,
    { "type", type = "choice", choices = TYPES, required = true, nullable = true },
    own { "duration", type = "duration", column = "wait_ms", min = 60, max = DAY, nullable = true, loose_null = true },
    own { "important", type = "boolean", column = "is_important" },
    people "notify_persons",
    people "notify_person_next_each_time",
    own { "notify_on_call_from_schedule", type = "ref", to = "schedule", column = "schedule_id", nullable = true,
      loose_null = true },
    own { "group_to_notify", type = "ref", to = "user_group", column = "user_group_id", nullable = true, loose_null = true },
    own { "team_to_notify", type = "ref", to = "team", column = "team_id", nullable = true, loose_null = true },
    own { "action_to_trigger", type = "ref", to = "webhook", column = "webhook_id", nullable = true, loose_null = true },
    own { "notify_if_time_from", type = "clock", column = "from_time", nullable = true, loose_null = true },
    own { "notify_if_time_to", type = "clock", column = "to_time", nullable = true, loose_null = true },
    own { "num_alerts_in_window", type = "integer", column = "num_alerts", min = 0, max = ALERTS_MAX, nullable = true },
    own { "num_minutes_in_window", type = "integer", column = "num_minutes", min = 1, max = MINUTES_MAX, nullable = true },
    managed.field "escalation_policy",
  },
  guard = function(row) return { table = "escalation_chain", id = row.escalation_chain_id, version = row.chain_version } end,
  before_write = before_write,
}
