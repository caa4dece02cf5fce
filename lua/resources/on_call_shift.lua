--- An on-call shift: when it begins, how long it lasts, how it recurs, and whose turn it is. Its type says which of its
--- fields it has; the others are neither kept nor shown.
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local managed = require("api.managed")
local recurrence = require("api.recurrence")
local rotation = require("api.rotation")
local store = require("tocsin.store")
local writer = require("api.writer")

local USERS_MAX, GROUPS_MAX = 1000, 1000
local RECURRING_MAX_MS = 366 * 86400000

-- Fields that a type does not have, by column.
local RULE = { "frequency", "interval", "until_time", "by_day", "by_month", "by_monthday" }
local LACKS = {
  single_event = { RULE, { "rolling_users", "start_index" } },
  override = { RULE, { "rolling_users", "start_index", "level" } },
  recurrent_event = { { "rolling_users", "start_index" } },
  rolling_users = { { "users" } },
}
local OWN = { "frequency", "interval", "until_time", "by_day", "by_month", "by_monthday", "rolling_users", "start_index", "users",
  "level" }

local function has(kind, column)
  for _, part in ipairs(LACKS[kind] or {}) do
    for _, name in ipairs(part) do
      if name == column then return false end
    end
  end
  return true
end

-- A field that is shown when the shift's type has it.
local function own(f)
  local column = f.column or f[1]
  f.when = f.when or function(row) return has(row.type, column) end
  return f
end

local function number_in(...)
  local ranges = { ... }
  return function(value)
    local n = type(value) == "number" and math.tointeger(value)
    for _, range in ipairs(ranges) do
      if n and n >= range[1] and n <= range[2] then return n end
    end
  end
end

-- --- people ---

local function is_user(id) return store.row("SELECT id FROM user WHERE id = $1 AND deleted_at IS NULL", id) ~= nil end

local function user_of(value)
  local id = type(value) == "string" and ids.decode("U", value)
  return id and is_user(id) and id or nil
end

-- People whom nobody knows are left out, as the reference does; in turns they are refused, since turns would move.
local function people_of(list, is_strict)
  local found, seen = json.array(), {}
  for i = 1, #list do
    local id = user_of(list[i])
    if not id and is_strict then return nil, string.format("User does not exist {'%s'}", tostring(list[i])) end
    if id and not seen[id] then found[#found + 1] = id end
    if id then seen[id] = true end
  end
  return found
end

local function store_users(value)
  if value == json.null then return { users = "[]" } end
  if not body.is_list(value) then return nil, "Expected a list of ids." end
  if #value > USERS_MAX then return nil, string.format("Ensure this field has no more than %d elements.", USERS_MAX) end
  return { users = json.encode(people_of(value)) }
end

local function store_rolling(value)
  if value == json.null then return { rolling_users = "[]" } end
  if not body.is_list(value) then return nil, "Expected a list of lists of ids." end
  if #value > GROUPS_MAX then return nil, string.format("Ensure this field has no more than %d elements.", GROUPS_MAX) end
  local groups = json.array()
  for i = 1, #value do
    if not body.is_list(value[i]) or #value[i] > USERS_MAX then return nil, "Expected a list of lists of ids." end
    local people, why = people_of(value[i], true)
    if not people then return nil, why end
    groups[i] = people
  end
  return { rolling_users = json.encode(groups) }
end

local function show_people(list)
  local shown = {}
  for _, id in ipairs(list) do
    if is_user(id) then shown[#shown + 1] = ids.encode("U", id) end
  end
  return writer.list(shown)
end

local function show_users(row)
  local list = json.decode(row.users)
  if #list == 0 and row.type == "override" then list = json.decode(row.rolling_users)[1] or {} end
  return show_people(list)
end

local function show_rolling(row)
  local groups = {}
  for i, group in ipairs(json.decode(row.rolling_users)) do groups[i] = show_people(group) end
  return writer.list(groups)
end

-- --- the rules of a whole shift ---

local value_of = change.value_of

local function check_rule(c, kind)
  local frequency, week_start = value_of(c, "frequency"), value_of(c, "week_start")
  if kind ~= "recurrent_event" and kind ~= "rolling_users" then return nil end
  if not frequency then return errors.field("frequency", "This field is required for this type of shift.") end
  if frequency == "weekly" and not week_start then
    return errors.field("week_start", "This field is required for weekly shifts.")
  end
  if value_of(c, "duration_ms") > RECURRING_MAX_MS then
    return errors.field("duration", "A shift that recurs lasts at most 366 days.")
  end
end

local function check_turns(c, kind)
  if kind ~= "rolling_users" then return nil end
  local groups, index = json.decode(value_of(c, "rolling_users") or "[]"), c.values.start_index
  if not c.old and index == nil then return errors.field("start_rotation_from_user_index", "This field is required.") end
  if #groups > 0 and (value_of(c, "start_index") or 0) >= #groups then
    return errors.field("start_rotation_from_user_index", "There is no such group in rolling_users: they are counted from 0.")
  end
  if value_of(c, "frequency") ~= "daily" then return nil end
  if value_of(c, "by_monthday") then
    return errors.field("by_monthday", "Days of a month cannot be selected for people who take turns daily.")
  end
  local by_day = value_of(c, "by_day")
  if by_day and (value_of(c, "interval") or 1) > #json.decode(by_day) then
    return errors.field("interval", "Must be at most the number of days in by_day.")
  end
end

local function check_end(c)
  local till = value_of(c, "until_time")
  if till and till < value_of(c, "start_time") then
    return errors.field("until", "Must not be earlier than the start.")
  end
end

-- A web schedule owns its shifts; of a calendar schedule only the overrides are its own.
local function check_schedule(c, kind)
  local id = c.values.schedule_id
  if not id or id == json.null then return nil end
  local row = store.row("SELECT type FROM schedule WHERE id = $1", id)
  if row and (row.type == "web" or (row.type == "calendar" and kind == "override")) then return nil end
  return errors.field("schedule", "Only a web schedule has shifts of its own, and a calendar schedule overrides.")
end

local function fill_new(c)
  local v = c.values
  v.created_at = c.now
  v.rotation_start = v.rotation_start or v.start_time
  v.source = v.source or "api"
end

-- Keeps what belongs to the type.
local function keep_own(c, kind)
  for _, column in ipairs(OWN) do
    if not has(kind, column) then c.values[column] = nil end
  end
  if value_of(c, "frequency") ~= "weekly" and c.values.week_start == json.null then c.values.week_start = nil end
end

local function before_write(request, c)
  if c.kind == "delete" then return rotation.delete(request, c) end
  local kind = c.old and c.old.type or c.values.type
  if not c.old then fill_new(c) end
  if c.values.rotation_start == json.null then c.values.rotation_start = value_of(c, "start_time") end
  keep_own(c, kind)
  local refusal = c.old and rotation.decide(c) or check_rule(c, kind) or check_turns(c, kind) or check_end(c) or
    check_schedule(c, kind)
  return refusal or rotation.go_on(c, change)
end

local function store_forced(value, _, c)
  if type(value) ~= "boolean" then return nil, "Must be a valid boolean." end
  c.is_forced = value
  return {}
end

local function store_source(value, _, c)
  if c.old then return {} end
  return { source = ({ [0] = "web", [3] = "terraform" })[value] or "api" }
end

local function store_week_start(value)
  if value == json.null then return { week_start = json.null } end
  local day = recurrence.day_of(value)
  if not day then return nil, "Must be one of: " .. table.concat(recurrence.DAYS, ", ") .. "." end
  return { week_start = day }
end

local IN_SCHEDULE = "(t.schedule_id = ? OR t.id IN (SELECT shift_id FROM schedule_shift WHERE schedule_id = ?))"

local function add_schedule(q, _, id)
  id = id or 0
  q.add("AND " .. IN_SCHEDULE, id, id)
end

-- What is over is history: files neither hold nor touch it.
local function is_over(shown, now)
  local is_recurring = shown.frequency ~= nil and shown.frequency ~= json.null
  local till = shown["until"]
  if not is_recurring then
    return recurrence.moment(shown.start, shown.time_zone) + shown.duration * 1000000 <= now
  end
  return till ~= nil and till ~= json.null and recurrence.moment(till, shown.time_zone) <= now
end

local function is_own(shown, now) return shown.schedule ~= json.null and not is_over(shown, now) end

-- Shared ones have a file each; a schedule's own, and its overrides, stand in the file of the schedule.
local FILES = {
  { folder = "on_call_shifts", by = { "name" }, is_here = function(shown) return shown.schedule == json.null end },
  { of = "schedule", as = "own_shifts", parent = "schedule", by = { "name" }, more = { force_update = true },
    is_here = is_own, fits = function(row) return row.type ~= "override" end },
  { of = "schedule", as = "overrides", parent = "schedule", by = { "name" },
    is_here = is_own, fits = function(row) return row.type == "override" end },
}

return {
  name = "on_call_shift", table = "shift", prefix = "O", path = "on_call_shifts",
  files = FILES,
  examples = {
    { name = "new", type = "recurrent_event", start = "2026-01-01T00:00:00", duration = 3600, frequency = "weekly",
      week_start = "MO" },
    { name = "new rolling", type = "rolling_users", start = "2026-01-01T00:00:00", duration = 3600, frequency = "daily",
      rolling_users = { { "@user" } }, start_rotation_from_user_index = 0 },
    { name = "new single", type = "single_event", start = "2026-01-01T00:00:00", duration = 3600, users = { "@user" } },
  },
  methods = { "list", "get", "create", "update", "delete" }, area = "schedules",
  belongs = { { "team", "team_id" }, { "schedule", "schedule_id", nullable = true } },
  page_size = 50, order = "t.id",
  columns = "t.by_day, t.by_month, t.by_monthday, t.users, t.rolling_users, t.week_start, t.source, t.successor_id, " ..
    "t.version",
  filters = { { "name", "t.name = ?" }, { "schedule_id", add = add_schedule, type = "schedule" },
    { "team_id", "t.team_id = ?", type = "team" } },
  fields = {
    { "id", type = "id", prefix = "O" },
    { "team_id", type = "ref", to = "team", nullable = true, loose_null = true },
    { "schedule", type = "ref", to = "schedule", column = "schedule_id", nullable = true, loose_null = true, create_only = true },
    { "name", type = "text", max = 200, required = true },
    { "type", type = "choice", choices = { "single_event", "recurrent_event", "rolling_users", "override" }, required = true,
      create_only = true },
    { "time_zone", type = "text", max = 64, column = "timezone", nullable = true, blank_null = true,
      check_text = recurrence.check_timezone },
    own { "level", type = "integer", min = 0, max = 1000000 },
    { "start", type = "text", column = "start_time", required = true, check_text = recurrence.check_wall },
    { "duration", type = "duration", column = "duration_ms", required = true, min = 1 },
    { "rotation_start", type = "text", nullable = true, check_text = recurrence.check_wall },
    own { "frequency", type = "choice", choices = recurrence.FREQUENCIES, nullable = true },
    own { "interval", type = "integer", min = 1, max = recurrence.INTERVAL_MAX, nullable = true },
    own { "until", type = "text", column = "until_time", nullable = true, check_text = recurrence.check_wall },
    { "week_start", nullable = true, shape = { choice = recurrence.DAYS }, show = function(row) return row.week_start end,
      store = store_week_start,
      when = function(row) return row.frequency == "weekly" end },
    own(recurrence.by_day()),
    own { "by_month", nullable = true, shape = { list = "integer", null = true }, show = recurrence.show_list("by_month"),
      store = recurrence.store_list("by_month", "months, 1 to 12", number_in({ 1, 12 })) },
    own { "by_monthday", nullable = true, shape = { list = "integer", null = true }, show = recurrence.show_list("by_monthday"),
      store = recurrence.store_list("by_monthday", "days of a month, 1 to 31 or -1 to -31", number_in({ 1, 31 }, { -31, -1 })) },
    own { "users", names = "user", nullable = true, shape = { list = "id" }, show = show_users, store = store_users },
    own { "rolling_users", names = "user", nullable = true, shape = { list = { list = "id" } }, show = show_rolling,
      store = store_rolling },
    own { "start_rotation_from_user_index", type = "integer", column = "start_index", min = 0, max = GROUPS_MAX,
      nullable = true, null = 0 },
    { "source", write_only = true, shape = "any", store = store_source },
    { "force_update", write_only = true, shape = "boolean", store = store_forced },
    { "successor", shape = "id", show = function(row) return ids.encode("O", row.successor_id) end,
      when = function(row) return row.successor_id ~= nil end },
    managed.field "on_call_shift",
  },
  guard = function(row) return { table = "shift", id = row.id, version = row.version } end,
  before_write = before_write,
}
