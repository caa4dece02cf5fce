--- A key: a further token of an integration, of a kind that its senders know. All keys of one share its alert groups.
local errors = require("api.errors")
local integration = require("integration")
local json = require("tocsin.json")
local mail_address = require("api.mail_address")
local store = require("tocsin.store")
local token_form = require("api.token_form")

-- What a kind of key is told: the address behind the server's own.
local PATHS <const> = { generic = "/api/v2/generic/incoming", grafana = "/api/v2/grafana/incoming",
  site24x7 = "/api/v2/site24x7/incoming", prometheusAlertmanager = "/api/v2/prometheusalertmanager/incoming" }
local TYPES <const> = { "generic", "grafana", "site24x7", "prometheusAlertmanager", "email" }

local function link(row, request)
  if row.type == "email" then
    local address = mail_address.of(row.token)
    return address and "mailto:" .. address or nil
  end
  return PATHS[row.type] and request.base_url .. PATHS[row.type] .. "?token=" .. row.token or nil
end

local function before_write(_, c)
  if c.kind ~= "create" then return end
  local v = c.values
  local row = store.row("SELECT version, type FROM integration WHERE id = $1 AND deleted_at IS NULL", v.integration_id)
  if not row then return errors.field("integration_id", "This integration was just deleted.") end
  local spec = integration.load(row.type)
  if not (spec and spec.has_keys) then
    return errors.field("integration_id", "Integrations of this type have one token and no further keys.")
  end
  v.token = v.token ~= json.null and v.token or token_form.new("uuid")
  v.created_at = c.now
  c.guard = { table = "integration", id = v.integration_id, version = row.version }
end

return {
  name = "integration_key", table = "integration_key", prefix = "K", path = "integration_keys",
  files = { { of = "integration", as = "keys", parent = "integration_id", by = { "name" } } },
  examples = { { integration_id = "@integration", name = "a", type = "grafana" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "integrations",
  belongs = { { "integration", "integration_id" } },
  page_size = 50, order = "t.integration_id, t.id",
  live = "integration_id IN (SELECT id FROM integration WHERE deleted_at IS NULL)",
  join = "JOIN integration AS i ON i.id = t.integration_id",
  columns = "t.token, t.type, i.version AS integration_version",
  filters = { { "integration_id", "t.integration_id = ?", type = "integration" } },
  unique = {
    ["integration_key.token"] = { "token", "Another key or integration has this token." },
    integration_key_by_token = { "token", "Another key or integration has this token." },
    integration_key_by_name = { "name", "The integration has a key of this name." },
  },
  fields = {
    { "id", type = "id", prefix = "K" },
    { "integration_id", type = "ref", to = "integration", required = true, create_only = true },
    { "name", type = "text", max = 100, required = true },
    { "type", type = "choice", choices = TYPES, required = true, create_only = true },
    { "token", type = "text", file = "by hand", create_only = true, check_text = token_form.check },
    { "link", shape = "text?", show = link },
    { "created_at", type = "time" },
  },
  guard = function(row) return { table = "integration", id = row.integration_id, version = row.integration_version } end,
  before_write = before_write,
}
