--- A line of the trail of changes: who changed what, from what to what, when and from where.
local field = require("api.field")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local keys = require("keys")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

-- The resources whose changes stand in the trail, each by the name of its objects there.
local NAMES = { "integration", "route", "escalation_chain", "escalation_policy", "team", "user", "notification_rule",
  "contact_method", "provider", "webhook", "resolution_note", "schedule", "on_call_shift", "shift_swap", "maintenance_window",
  "api_token", "alert_group" }

local function resource_of(object)
  for _, name in ipairs(NAMES) do
    if name == object then return require("resources." .. name) end
  end
end

-- Column → the field that shows it as it is.
local function fields_of(object)
  local r, found = resource_of(object), {}
  for _, f in ipairs(r and r.fields or {}) do
    local column = f.column or f[1]
    if f.type and not f.show and not found[column] then found[column] = f end
  end
  return found
end

-- JSON in a text is shown as JSON.
local function plain(value)
  if type(value) == "table" then return writer.raw(json.encode(value)) end
  local is_json = type(value) == "string" and string.find(value, "^[%[{]") and json.is_valid(value)
  return is_json and writer.raw(value) or value
end

-- Columns as the API calls them, ids as it writes them; what has no field by itself keeps its column's name.
local function show_values(column)
  return function(row)
    local values = row[column] and json.decode(row[column])
    if type(values) ~= "table" then return nil end
    local fields, object = fields_of(row.object), writer.object()
    for _, name in ipairs(keys.sorted(values)) do
      local f, value = fields[name], values[name]
      if value == json.null then value = nil end
      local shown = f and value ~= "(hidden)" and field.show_of(f) or function(_, v) return plain(v) end
      local is_good, out = pcall(shown, f, value)
      if is_good then writer.put(object, f and f[1] or name, out) end
    end
    return object
  end
end

local NAME_OF <const> = { user = "SELECT username AS name FROM user WHERE id = $1",
  api = "SELECT name FROM api_token WHERE id = $1" }
local PREFIX_OF <const> = { user = "U", api = "TK" }

local function show_by(row)
  local from = NAME_OF[row.by]
  local found = from and store.row(from, row.by_id)
  return writer.object("type", row.by, "id", from and ids.encode(PREFIX_OF[row.by], row.by_id), "name",
    found and found.name or row.by_name)
end

local function show_object_id(row)
  local r = resource_of(row.object)
  return r and row.object_id and ids.encode(r.prefix, row.object_id)
end

-- A public id says by its letters of what it is.
local function add_object_id(q, values)
  local parts, args = { "1 = 0" }, {}
  for _, name in ipairs(NAMES) do
    local key = ids.decode(require("resources." .. name).prefix, values[#values])
    if key then
      parts[#parts + 1] = "(t.object = ? AND t.object_id = ?)"
      args[#args + 1], args[#args + 2] = name, key
    end
  end
  q.add("AND (" .. table.concat(parts, " OR ") .. ")", table.unpack(args))
end

local function add_moment(condition)
  return function(q, values)
    local at = time.parse_moment(values[#values])
    if not at then return "Expected a moment such as 2026-05-19T12:00:00Z." end
    q.add("AND " .. condition, at)
  end
end

return {
  name = "audit", table = "audit", prefix = "AU", path = "audit",
  methods = { "list", "get" }, area = "audit", belongs = {},
  page_size = 50, order = "t.id DESC",
  columns = "t.by, t.by_id, t.by_name, t.object_id, t.before, t.after",
  weight = "COALESCE(length(t.before), 0) + COALESCE(length(t.after), 0)",
  filters = {
    { "object", "t.object = ?" },
    { "object_id", add = add_object_id },
    { "action", "t.action = ?" },
    { "user_id", "t.by = 'user' AND t.by_id = ?", type = "user" },
    { "token_id", "t.token_id = ?", type = "api_token" },
    { "via", "t.via = ?" },
    { "from", add = add_moment("t.at >= ?") },
    { "to", add = add_moment("t.at <= ?") },
    { "before_id", "t.id < ?", type = "audit" },
    { "after_id", "t.id > ?", type = "audit" },
  },
  fields = {
    { "id", type = "id", prefix = "AU" },
    { "at", type = "time" },
    { "by", show = show_by, shape = { object = { { "type", "text" }, { "id", "id?" }, { "name", "text?" } } } },
    { "via", type = "text", nullable = true, readonly = true },
    { "token_id", type = "ref", to = "api_token", nullable = true, readonly = true },
    { "address", type = "text", nullable = true, readonly = true },
    { "action", type = "text" },
    { "object", type = "text" },
    { "object_id", shape = "id?", show = show_object_id },
    { "before", shape = { map = "any", null = true }, show = show_values("before") },
    { "after", shape = { map = "any", null = true }, show = show_values("after") },
  },
}
