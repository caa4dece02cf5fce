--- Where one person is reached on one channel. The address has the fields of the provider types that may carry it.
local addresses = require("api.addresses")
local body = require("api.body")
local errors = require("api.errors")
local json = require("tocsin.json")
local managed = require("api.managed")
local rights = require("api.rights")
local secrets = require("api.secrets")
local store = require("tocsin.store")

local METHODS_MAX = 50 -- of one person

local function is_own(request, user_id)
  return request.actor.user_id == user_id or rights.may(request.actor, "notification_settings", "others")
end

local function check_channel(value)
  if #addresses.types(value) > 0 then return value end
  return nil, string.format('No kind of provider carries "%s".', value)
end

local function store_address(value, _, c)
  if not body.is_object(value) then return nil, "Expected a dictionary." end
  c.address = value
  return {}
end

-- Only an admin says that an address works without a test.
local function store_verified(value, request, c)
  if type(value) ~= "boolean" then return nil, "Must be a valid boolean." end
  if value == (c.old ~= nil and c.old.verified_at ~= nil) then return {} end
  if value and not rights.may(request.actor, "notification_settings", "others") then return nil, "Only an admin may set this." end
  c.is_verified = value
  return {}
end

-- Secrets, and to others what is personal, are shown as asterisks.
local function show_address(row, request)
  local is_hidden = not is_own(request, row.user_id) and function(f) return f.personal end or nil
  return secrets.show(addresses.fields(row.channel, row), json.decode(row.address), is_hidden)
end

local function guard_new(c)
  local row = store.row("SELECT version, (SELECT count(*) FROM contact_method AS m WHERE m.user_id = u.id) AS methods " ..
    "FROM user AS u WHERE u.id = $1 AND u.deleted_at IS NULL", c.values.user_id)
  if not row then return errors.field("user_id", "This person was just deleted.") end
  if row.methods >= METHODS_MAX then
    return errors.field("user_id", string.format("A person has at most %d contact methods.", METHODS_MAX))
  end
  c.guard = { table = "user", id = c.values.user_id, version = row.version }
  c.values.created_at = c.now
end

-- The row as it will be, as far as an address depends on it.
local function after_change(c)
  local function value(name)
    local v = c.values[name]
    if v == nil and c.old then v = c.old[name] end
    if v == json.null then return nil end
    return v
  end
  return value("channel"), { provider_id = value("provider_id"), second_provider_id = value("second_provider_id") }
end

local function take_address(c, request)
  if c.old and not c.address and c.values.provider_id == nil and c.values.second_provider_id == nil then return end
  local channel_name, row = after_change(c)
  local stored = c.old and json.decode(c.old.address) or {}
  local text, wrong = addresses.take(channel_name, row, c.address or {}, stored, request)
  if not text then return errors.fields { { "address", wrong } } end
  c.values.address = text
  if c.old and text == c.old.address then return end
  c.values.verified_at, c.values.failed_at, c.values.failure = json.null, json.null, json.null
end

local function before_write(request, c)
  if c.kind == "delete" then return end
  local refusal = not c.old and guard_new(c) or addresses.check_providers(after_change(c)) or take_address(c, request)
  if refusal then return refusal end
  if c.is_verified ~= nil then c.values.verified_at = c.is_verified and c.now or json.null end
end

return {
  name = "contact_method", table = "contact_method", prefix = "CM", path = "contact_methods",
  files = { { of = "user", as = "contact_methods", parent = "user_id", by = { "channel", "name" }, keeps = true } },
  examples = { { user_id = "@user", channel = "ntfy", address = { topic = "t" } } },
  methods = { "list", "get", "create", "update", "delete" }, area = "notification_settings", belongs = {}, owner = "user_id",
  page_size = 50, order = "t.user_id, t.id",
  live = "user_id IN (SELECT id FROM user WHERE deleted_at IS NULL)",
  join = "JOIN user AS u ON u.id = t.user_id",
  columns = "t.address, t.verified_at, u.version AS user_version",
  filters = { { "user_id", "t.user_id = ?", type = "user" }, { "channel", "t.channel = ?" } },
  fields = {
    { "id", type = "id", prefix = "CM" },
    { "user_id", type = "ref", to = "user", required = true, create_only = true },
    { "channel", type = "text", max = 64, required = true, create_only = true, check_text = check_channel },
    { "name", type = "text", max = 100, blank = true },
    { "address", required = true, names = { webhook = "webhook" }, shape = { map = "any" },
      show = show_address, store = store_address },
    { "provider_id", type = "ref", to = "provider", nullable = true, loose_null = true },
    { "second_provider_id", type = "ref", to = "provider", nullable = true, loose_null = true },
    { "is_enabled", type = "boolean" },
    { "is_verified", shape = "boolean", show = function(row) return row.verified_at ~= nil end, store = store_verified },
    { "failed_at", type = "time" },
    { "failure", type = "text", readonly = true },
    { "created_at", type = "time" },
    managed.field "contact_method",
  },
  guard = function(row) return { table = "user", id = row.user_id, version = row.user_version } end,
  before_write = before_write,
}
