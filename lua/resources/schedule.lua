--- A schedule: who is on call when, by shifts or by calendars that are fetched.
local body = require("api.body")
local channel = require("channel")
local errors = require("api.errors")
local field = require("api.field")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local managed = require("api.managed")
local recurrence = require("api.recurrence")
local rules = require("schedule_rules")
local schedule = require("tocsin.schedule")
local store = require("tocsin.store")
local time = require("api.time")
local warning = require("api.warning")
local writer = require("api.writer")

local ADDRESS_MAX = 100

-- Where a schedule's messages can go: Slack besides says whose group follows who is on call.
local ROOMS = {}
for i, room in ipairs(channel.rooms()) do
  ROOMS[i] = { name = room.name, upper = room.upper, keys = { room.key, room.name == "slack" and "user_group_id" or nil } }
end
local SHIFTS = { type = "refs", to = "on_call_shift", max = 1000 }

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

local function store_shifts(value, request, c)
  local text, why = "[]", nil
  local before = c.old and json.encode(shift_ids(c.old))
  if value ~= json.null then text, why = field.check_of(SHIFTS)(SHIFTS, value, request, before) end
  if not text then return nil, why end
  c.shifts = json.decode(text)
  return {}
end

local AHEAD = 30 * 86400000000

local function user_list(users)
  local list = {}
  for i, id in ipairs(users) do list[i] = ids.encode("U", id) end
  return writer.list(list)
end

-- Both fields are one question.
local function on_call(row, request)
  row.on_call = row.on_call or schedule.ask({ what = "on_call", id = row.id, at = request.now, ["until"] = request.now + AHEAD })
    or { users = {}, next_at = json.null }
  return row.on_call
end

local function show_on_call(row, request) return user_list(on_call(row, request).users) end

-- Whose shift begins next, in thirty days; null: nobody's does.
local function show_next(row, request)
  local answer = on_call(row, request)
  return answer.next_at ~= json.null and writer.object("start", time.text(answer.next_at), "users", user_list(answer.next)) or nil
end

local function show_room(room)
  return function(row)
    local block, object = json.decode(row.channels)[room.name] or {}, writer.object()
    for _, key in ipairs(room.keys) do writer.put(object, key, block[key]) end
    return object
  end
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

-- The column, its blocks and their members in a fixed order.
local function rooms_text(stored)
  local object = writer.object()
  for _, room in ipairs(ROOMS) do
    local block = writer.object()
    for _, key in ipairs(stored[room.name] and room.keys or {}) do
      if stored[room.name][key] then writer.put(block, key, stored[room.name][key]) end
    end
    if block.n > 0 then writer.put(object, room.name, block) end
  end
  return writer.text(object)
end

-- Lays the block that was sent for a channel over the stored one; null takes it away.
local function store_room(room)
  return function(value, _, c)
    c.rooms = c.rooms or c.old and json.decode(c.old.channels) or {}
    local block = value ~= json.null and c.rooms[room.name] or {}
    if value ~= json.null and not body.is_object(value) then return nil, "Expected a dictionary." end
    for _, key in ipairs(value ~= json.null and room.keys or {}) do
      local sent = value[key]
      if sent == json.null or sent == "" then block[key] = nil
      elseif type(sent) == "string" and (utf8.len(sent) or ADDRESS_MAX + 1) <= ADDRESS_MAX then
        block[key] = room.upper and string.upper(sent) or sent
      elseif sent ~= nil then
        return nil, { { key, "Expected a text of at most " .. ADDRESS_MAX .. " characters or null." } }
      end
    end
    c.rooms[room.name] = next(block) and block or nil
    return { channels = rooms_text(c.rooms) }
  end
end

local function show_notify(row)
  local options, object = rules.options(json.decode(row.notify)), writer.object()
  for _, option in ipairs(rules.OPTIONS) do writer.put(object, option[1], options[option[1]]) end
  return object
end

local function is_option(option, value)
  for _, choice in ipairs(option.choices or { true, false }) do
    if value == choice then return true end
  end
  return false
end

-- Only what differs from what holds anyway is kept.
local function store_notify(value, _, c)
  if value == json.null then return { notify = "{}" } end
  if not body.is_object(value) then return nil, "Expected a dictionary." end
  local stored, object, usual = c.old and json.decode(c.old.notify) or {}, writer.object(), rules.options({})
  for _, option in ipairs(rules.OPTIONS) do
    local name = option[1]
    local sent = value[name]
    if sent ~= nil and not is_option(option, sent) then
      local choices = option.choices and table.concat(option.choices, ", ") or "true, false"
      return nil, { { name, "Must be one of: " .. choices .. "." } }
    end
    if sent ~= nil then stored[name] = sent end
    if stored[name] ~= nil and stored[name] ~= usual[name] then writer.put(object, name, stored[name]) end
  end
  return { notify = writer.text(object) }
end

-- What was found at the last look at the days ahead; null: nobody has looked yet.
local function show_warnings(row)
  local watched = store.row("SELECT warnings FROM schedule_watch WHERE schedule_id = $1", row.id)
  return watched and warning.show_list(json.decode(watched.warnings)) or nil
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

local CALENDAR = { null = true, object = { { "fetched_at", "time?" }, { "tried_at", "time?" }, { "error", "text?" } } }
local CALENDARS = { object = { { "primary", CALENDAR }, { "overrides", CALENDAR } } }
local NEXT = { null = true, object = { { "start", "time" }, { "users", { list = "id" } } } }

local function room_shape(room, is_sent)
  local members = {}
  for i, key in ipairs(room.keys) do members[i] = { key, { "text?", max = ADDRESS_MAX }, optional = is_sent } end
  return { object = members }
end

local function notify_shape(is_sent)
  local members = {}
  for i, option in ipairs(rules.OPTIONS) do
    members[i] = { option[1], option.choices and { choice = option.choices } or "boolean", optional = is_sent }
  end
  return { object = members }
end

local resource = {
  name = "schedule", table = "schedule", prefix = "S", path = "schedules",
  files = { { folder = "schedules", by = { "name" } } },
  examples = { { name = "new", type = "calendar", time_zone = "UTC" }, { name = "new web", type = "web", time_zone = "UTC" },
    { name = "new ical", type = "ical", ical_url_primary = "https://cal.example.org/b.ics" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "schedules", belongs = { { "team", "team_id" } },
  page_size = 50, order = "t.id",
  columns = "t.channels, t.notify, t.version",
  filters = { { "name", "t.name = ?" }, { "team_id", "t.team_id = ?", type = "team" } },
  unique = { ["schedule.name"] = { "name", "Schedule with this name already exists." } },
  fields = {
    { "id", type = "id", prefix = "S" },
    { "team_id", type = "ref", to = "team", nullable = true, loose_null = true },
    { "name", type = "text", max = 200, required = true },
    { "type", type = "choice", choices = { "web", "calendar", "ical" }, required = true, create_only = true },
    { "time_zone", type = "text", max = 64, column = "timezone", nullable = true,
      check_text = recurrence.check_timezone, when = when("web", "calendar") },
    { "ical_url_primary", type = "text", max = 500, nullable = true, check_text = check_url, when = when("ical") },
    { "ical_url_overrides", type = "text", max = 500, nullable = true, blank_null = true, check_text = check_url,
      when = when("ical", "calendar") },
    { "calendars", shape = CALENDARS, show = show_calendars, when = when("ical", "calendar") },
    { "enable_web_overrides", type = "boolean", when = when("calendar") },
    { "on_call_now", shape = { list = "id" }, show = show_on_call },
    { "on_call_next", shape = NEXT, show = show_next },
    { "shifts", names = "on_call_shift", is_set = true, nullable = true,
      shape = { list = "id", max = 1000 }, show = show_shifts, store = store_shifts, when = when("web",
      "calendar") },
    managed.field "schedule",
  },
  guard = function(row) return { table = "schedule", id = row.id, version = row.version } end,
  before_write = before_write,
}

for _, room in ipairs(ROOMS) do
  table.insert(resource.fields, { room.name, nullable = true, shape = room_shape(room, false), takes = room_shape(room, true),
    show = show_room(room), store = store_room(room),
    when = room.name ~= "slack" and function(row) return json.decode(row.channels)[room.name] ~= nil end or nil })
end
table.insert(resource.fields, { "notify", usual = rules.options({}), nullable = true,
  shape = notify_shape(false), takes = notify_shape(true),
  show = show_notify, store = store_notify })
table.insert(resource.fields, { "warnings", shape = { list = warning.SHAPE, null = true }, show = show_warnings })

return resource
