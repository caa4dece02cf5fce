--- A step of a person's own list: wait, or notify them by a channel. There is a list for important notifications.
local change = require("api.change")
local channels = require("channel")
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local managed = require("api.managed")
local ordering = require("api.ordering")
local store = require("tocsin.store")

local DEFAULT_WAIT_MS = 300000
local RULES_MAX = 100 -- of one list: what a page takes along (core/store/page_rows.c)
local DURATION = { type = "duration", min = 60, max = 86400 }
local CHANNELS = { mobile_app = true, mobile_app_critical = true } -- and what a channel's file carries
for _, name in ipairs(channels.carried()) do CHANNELS[name] = true end

local TYPES = { "wait" }
for name in pairs(CHANNELS) do TYPES[#TYPES + 1] = "notify_by_" .. name end
table.sort(TYPES)

local function store_type(value, _, c)
  local name = type(value) == "string" and string.match(value, "^notify_by_(.+)$") or nil
  if value ~= "wait" and not CHANNELS[name or ""] then
    return nil, "Must be wait, or notify_by_ and the name of a channel."
  end
  c.is_wait = name == nil
  return { channel = name or json.null }
end

local function store_duration(value, _, c)
  if value == json.null then return {} end
  local stored, why = field.check_of(DURATION)(DURATION, value)
  if not stored then return nil, why end
  c.wait_ms = stored
  return {}
end

-- Only waits have a duration.
local function take_duration(c)
  local is_wait = c.is_wait
  if is_wait == nil then is_wait = c.old.channel == nil end
  if not is_wait then
    c.values.wait_ms = json.null
    return c.wait_ms and errors.field("duration", "Only a wait has a duration.") or nil
  end
  c.values.wait_ms = c.wait_ms or (c.old and c.old.wait_ms) or DEFAULT_WAIT_MS
end

-- A critical push goes to the same device as every other.
local function is_own(method_id, user_id, name)
  if name == "mobile_app_critical" then name = "mobile_app" end
  return store.row("SELECT id FROM contact_method WHERE id = $1 AND user_id = $2 AND channel = $3", method_id, user_id, name)
end

-- A rule may say which of a person's methods on its channel it means.
local function check_method(c, user_id)
  local method, name = c.values.contact_method_id, c.values.channel
  local before = c.old and c.old.channel or json.null
  if method == nil and name ~= nil and name ~= before then c.values.contact_method_id = json.null end
  if method == nil or method == json.null then return end
  name = name or before
  if name == json.null or not is_own(method, user_id, name) then
    return errors.field("contact_method_id", "This person has no such contact method on the rule's channel.")
  end
end

local function guard_new(c)
  local row = store.row("SELECT version FROM user WHERE id = $1 AND deleted_at IS NULL", c.values.user_id)
  if not row then return errors.field("user_id", "This person was just deleted.") end
  c.guard = { table = "user", id = c.values.user_id, version = row.version }
end

local function before_write(_, c)
  if c.kind == "delete" then return end
  local refusal = not c.old and guard_new(c) or take_duration(c) or check_method(c, c.guard.id)
  if refusal then return refusal end
  local is_important = c.values.is_important or (c.old and c.old.is_important) or 0
  local others = store.rows(
    "SELECT id, position FROM notification_rule WHERE user_id = $1 AND is_important = $2 AND id <> $3",
    c.guard.id, is_important, c.old and c.old.id or 0)
  if #others >= RULES_MAX and not c.old then
    return errors.field("user_id", string.format("A person has at most %d rules of each kind.", RULES_MAX))
  end
  ordering.move(c, change, "notification_rule", others)
end

local function add_important(q, values)
  local value = ({ ["true"] = 1, ["false"] = 0 })[string.lower(values[#values])]
  if not value then return "Must be true or false." end
  q.add("AND t.is_important = ?", value)
end

return {
  name = "notification_rule", table = "notification_rule", prefix = "N", path = "personal_notification_rules",
  files = { { of = "user", as = "notification_rules", parent = "user_id", by = { "type" }, is_ordered = true,
    apart = "important" } },
  examples = { { user_id = "@user", type = "wait", duration = 60 }, { user_id = "@user", type = "notify_by_sms",
    important = true } },
  methods = { "list", "get", "create", "update", "delete" }, area = "notification_settings", belongs = {}, owner = "user_id",
  page_size = 50, order = "t.user_id, t.is_important, t.position, t.id",
  live = "user_id IN (SELECT id FROM user WHERE deleted_at IS NULL)",
  join = "JOIN user AS u ON u.id = t.user_id",
  columns = "t.position, t.channel, t.wait_ms, u.version AS user_version",
  filters = { { "user_id", "t.user_id = ?", type = "user", unknown = "User not found." }, { "important", add = add_important,
    shape = "boolean" } },
  fields = {
    { "id", type = "id", prefix = "N" },
    { "user_id", type = "ref", to = "user", required = true, create_only = true },
    ordering.position,
    ordering.manual_order,
    { "type", required = true, shape = { choice = TYPES }, show = function(row) return row.channel and "notify_by_" ..
      row.channel or "wait" end,
      store = store_type },
    { "duration", nullable = true, shape = { "integer", min = 60, max = 86400, about = "Seconds." }, store = store_duration,
      when = function(row) return not row.channel end,
      show = function(row) return field.show_of(DURATION)(DURATION, row.wait_ms) end },
    { "important", type = "boolean", column = "is_important", create_only = true },
    { "contact_method_id", type = "ref", to = "contact_method", nullable = true, loose_null = true },
    managed.field "notification_rule",
  },
  guard = function(row) return { table = "user", id = row.user_id, version = row.user_version } end,
  before_write = before_write,
}
