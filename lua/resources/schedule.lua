--- A schedule: who is on call when, by shifts or by calendars that are fetched.
local body = require("api.body")
local errors = require("api.errors")
local field = require("api.field")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local schedule = require("tocsin.schedule")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")
local zone = require("tocsin.zone")

local ADDRESS_MAX = 100
local SHIFTS = { type = "refs", to = "on_call_shift", max = 1000 }

local function check_timezone(value)
  local name = zone.name(value)
  if name then return name end
  return nil, string.format('"%s" is no time zone: expected a name such as Europe/Paris.', value)
end

-- `webcal:` is how calendars are subscribed to by hand.
local function check_url(value)
  value = string.gsub(value, "^webcal:", "https:")
  if string.find(value, "^https?://[^%s/]+%S*$") then return value end
  return nil, "Enter a valid URL, http or https."
end

local function when(...)
  local types = { ... }
  return function(row)
    for _, name in ipairs(types) do
      if row.type == name then return true end
    end
    return false
  end
end

-- The shifts of a web schedule are its own, those of a calendar schedule are linked; its own are its overrides.
local function shift_ids(row)
  local sql = row.type == "web" and "SELECT id FROM shift WHERE schedule_id = $1 ORDER BY id"
    or "SELECT shift_id AS id FROM schedule_shift WHERE schedule_id = $1 ORDER BY shift_id"
  local list = json.array()
  for i, shift in ipairs(store.rows(sql, row.id)) do list[i] = shift.id end
  return list
end

local function show_shifts(row)
  local list = {}
  for i, id in ipairs(shift_ids(row)) do list[i] = ids.encode("O", id) end
  return writer.list(list)
end

local function store_shifts(value, _, c)
  local text, why = "[]", nil
  if value ~= json.null then text, why = field.check_of(SHIFTS)(SHIFTS, value) end
  if not text then return nil, why end
  c.shifts = json.decode(text)
  return {}
end

local function show_on_call(row, request)
  local answer = schedule.ask({ what = "on_call", id = row.id, at = request.now })
  local list = {}
  for i, id in ipairs(answer and answer.users or {}) do list[i] = ids.encode("U", id) end
  return writer.list(list)
end

local function show_slack(row)
  local slack = json.decode(row.channels).slack or {}
  return writer.object("channel_id", slack.channel_id, "user_group_id", slack.user_group_id)
end

-- How the last fetch of each calendar went, and how old the copy is that counts.
local function show_calendars(row)
  local object = writer.object("primary", nil, "overrides", nil)
  local copies = store.rows("SELECT part, fetched_at, tried_at, error FROM schedule_copy WHERE schedule_id = $1", row.id)
  for _, copy in ipairs(copies) do
    object[copy.part == "primary" and 2 or 4] = writer.object("fetched_at", time.text(copy.fetched_at), "tried_at",
      time.text(copy.tried_at), "error", copy.error)
  end
  return object
end

local function slack_text(slack)
  local object = writer.object()
  for _, name in ipairs { "channel_id", "user_group_id" } do
    if slack[name] then writer.put(object, name, slack[name]) end
  end
  return object.n == 0 and "{}" or writer.text(writer.object("slack", object))
end

local function store_slack(value, _, c)
  local slack = value ~= json.null and c.old and json.decode(c.old.channels).slack or {}
  if value == json.null then return { channels = "{}" } end
  if not body.is_object(value) then return nil, "Expected a dictionary." end
  for _, name in ipairs { "channel_id", "user_group_id" } do
    local sent = value[name]
    if sent == json.null or sent == "" then slack[name] = nil
    elseif type(sent) == "string" and (utf8.len(sent) or ADDRESS_MAX + 1) <= ADDRESS_MAX then slack[name] = string.upper(sent)
    elseif sent ~= nil then
      return nil, { { name, "Expected a text of at most " .. ADDRESS_MAX .. " characters or null." } }
    end
  end
  return { channels = slack_text(slack) }
end

-- What a type cannot do without.
local REQUIRED = { calendar = { "time_zone", "timezone" }, ical = { "ical_url_primary", "ical_url_primary" } }

local function check_type(c, kind)
  local needed = REQUIRED[kind]
  local value = needed and c.values[needed[2]]
  if needed and value == nil and not c.old then return errors.field(needed[1], "This field is required.") end
  if needed and value == json.null then return errors.field(needed[1], "This field may not be null.") end
end

-- Only what the type uses is kept.
local USES = {
  web = { timezone = true },
  calendar = { timezone = true, ical_url_overrides = true, enable_web_overrides = true },
  ical = { ical_url_primary = true, ical_url_overrides = true },
}
local COLUMNS = { "timezone", "ical_url_primary", "ical_url_overrides", "enable_web_overrides" }

-- A calendar at another address is another calendar.
local function drop_copies(c)
  for part, column in pairs { primary = "ical_url_primary", overrides = "ical_url_overrides" } do
    local url = c.values[column]
    if url ~= nil and url ~= (c.old[column] or json.null) then
      c.before[#c.before + 1] = { sql = "DELETE FROM schedule_copy WHERE schedule_id = $1 AND part = $2",
        args = { c.old.id, part } }
    end
  end
end

local function same_list(a, b)
  table.sort(a)
  table.sort(b)
  return table.concat(a, ",") == table.concat(b, ",")
end

local function refuse_shifts(c, kind)
  for _, id in ipairs(c.shifts) do
    local row = store.row("SELECT schedule_id FROM shift WHERE id = $1", id)
    if kind == "web" and row and row.schedule_id and (not c.old or row.schedule_id ~= c.old.id) then
      return errors.field("shifts", "A shift of another web schedule cannot be taken over.")
    end
  end
end

local function put_shifts(c, kind)
  if not c.shifts or kind == "ical" then return end
  if c.old and same_list(c.shifts, shift_ids(c.old)) then return end
  local refusal = refuse_shifts(c, kind)
  if refusal then return refusal end
  c.trail = { shifts = json.encode(c.shifts) }
  if c.old then
    c.before[#c.before + 1] = { sql = kind == "web" and "UPDATE shift SET schedule_id = NULL WHERE schedule_id = $1"
      or "DELETE FROM schedule_shift WHERE schedule_id = $1", args = { c.old.id } }
  end
  for _, id in ipairs(c.shifts) do
    c.after[#c.after + 1] = function(key)
      if kind == "web" then return { sql = "UPDATE shift SET schedule_id = $1 WHERE id = $2", args = { key, id }, expect = 1 } end
      return { sql = "INSERT INTO schedule_shift (schedule_id, shift_id) VALUES ($1, $2)", args = { key, id }, expect = 1 }
    end
  end
end

local function before_write(_, c)
  if c.kind == "delete" then return end
  local kind = c.old and c.old.type or c.values.type
  local refusal = check_type(c, kind)
  if refusal then return refusal end
  for _, column in ipairs(COLUMNS) do
    if not USES[kind][column] then c.values[column] = nil end
  end
  if c.old then drop_copies(c) else c.values.created_at = c.now end
  return put_shifts(c, kind)
end

return {
  name = "schedule", table = "schedule", prefix = "S", path = "schedules",
  methods = { "list", "get", "create", "update", "delete" }, read = "viewer", write = "editor",
  page_size = 50, order = "t.id",
  columns = "t.channels, t.version",
  filters = { { "name", "t.name = ?" }, { "team_id", "t.team_id = ?", type = "team" } },
  unique = { ["schedule.name"] = { "name", "Schedule with this name already exists." } },
  fields = {
    { "id", type = "id", prefix = "S" },
    { "team_id", type = "ref", to = "team", nullable = true, loose_null = true },
    { "name", type = "text", max = 200, required = true },
    { "type", type = "choice", choices = { "web", "calendar", "ical" }, required = true, create_only = true },
    { "time_zone", type = "text", max = 64, column = "timezone", nullable = true, check_text = check_timezone,
      when = when("web", "calendar") },
    { "ical_url_primary", type = "text", max = 500, nullable = true, check_text = check_url, when = when("ical") },
    { "ical_url_overrides", type = "text", max = 500, nullable = true, blank_null = true, check_text = check_url,
      when = when("ical", "calendar") },
    { "calendars", show = show_calendars, when = when("ical", "calendar") },
    { "enable_web_overrides", type = "boolean", when = when("calendar") },
    { "slack", nullable = true, show = show_slack, store = store_slack },
    { "on_call_now", show = show_on_call },
    { "shifts", nullable = true, show = show_shifts, store = store_shifts, when = when("web", "calendar") },
  },
  guard = function(row) return { table = "schedule", id = row.id, version = row.version } end,
  before_write = before_write,
}
