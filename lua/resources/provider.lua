--- An account at a destination: a Slack workspace, a mail server, a Twilio account. Its type is a file in lua/channels.
local body = require("api.body")
local change = require("api.change")
local channel = require("channel")
local chores = require("api.chores")
local errors = require("api.errors")
local json = require("tocsin.json")
local managed = require("api.managed")
local secrets = require("api.secrets")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local function check_type(value)
  local spec, problems = channel.load(value)
  if spec then return value end
  return nil, problems[1]
end

local function store_settings(value, _, c)
  if not body.is_object(value) then return nil, "Expected a dictionary." end
  c.settings = value
  return {}
end

-- The settings as the type's file describes them, laid over those that are stored.
local function take_settings(c)
  local spec, problems = channel.load(c.old and c.old.type or c.values.type)
  if not spec then return errors.field("settings", problems[1]) end
  if not c.old then c.settings = channel.fresh(c.values.type, c.settings or {}) end
  local laid = secrets.merge(spec.settings, c.settings or {}, c.old and json.decode(c.old.settings) or {})
  local wrong = secrets.problems(spec.settings, laid)
  if #wrong > 0 then return errors.fields { { "settings", wrong } } end
  c.values.settings = secrets.text(spec.settings, laid)
  if c.old and c.values.settings ~= c.old.settings then
    c.before[#c.before + 1] = change.still("provider", c.old.id, "settings", c.old.settings)
    -- It may be another account now: what it is asked begins anew.
    c.before[#c.before + 1] = { sql = "DELETE FROM chore WHERE provider_id = $1", args = { c.old.id } }
  end
end

local function fill_new(c)
  local v = c.values
  v.name = v.name or channel.load(v.type).name
  v.position = v.position or store.row("SELECT COALESCE(max(position), -1) + 1 AS n FROM provider").n
  v.created_at = c.now
end

local function before_write(_, c)
  if c.kind == "delete" then return end
  if c.kind == "create" then fill_new(c) end
  if c.settings or not c.old then return take_settings(c) end
end

-- A type whose file is gone shows no settings.
local function show_settings(row)
  local spec = channel.load(row.type)
  return secrets.show(spec and spec.settings or {}, json.decode(row.settings))
end

local function show_carries(row)
  local spec, list = channel.load(row.type), {}
  for i, name in ipairs(spec and channel.carries(row.type) or {}) do list[i] = name end
  return writer.list(list)
end

local SYNC = { list = { object = { { "what", "text" }, { "synced_at", "time?" }, { "failed_at", "time?" }, { "failure",
  "text?" } } } }

-- What it is asked regularly, and whether that works.
local function show_sync(row)
  local list = {}
  for i, one in ipairs(chores.states(row)) do
    list[i] = writer.object("what", one.what, "synced_at", time.text(one.synced_at), "failed_at", time.text(one.failed_at),
      "failure", one.failure or json.null)
  end
  return writer.list(list)
end

return {
  name = "provider", table = "provider", prefix = "P", path = "providers",
  files = { { folder = "providers", by = { "name" } } },
  examples = { { type = "ntfy", name = "new" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "providers", belongs = {},
  page_size = 50, order = "t.position, t.id",
  columns = "t.settings",
  filters = { { "name", "t.name = ?" }, { "type", "t.type = ?" } },
  unique = { ["provider.name"] = { "name", "A provider with this name already exists." } },
  fields = {
    { "id", type = "id", prefix = "P" },
    { "type", type = "text", max = 64, required = true, create_only = true, check_text = check_type },
    { "name", type = "text", max = 100 },
    { "carries", shape = { list = "text" }, show = show_carries },
    { "position", type = "integer", min = 0, max = 1000000 },
    { "is_enabled", type = "boolean" },
    { "settings", shape = { map = "any" }, show = show_settings, store = store_settings },
    { "sync", shape = SYNC, show = show_sync },
    { "created_at", type = "time" },
    managed.field "provider",
  },
  before_write = before_write,
}
