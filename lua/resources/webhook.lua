--- An outgoing webhook: what is requested where when something happens to an alert group.
local body = require("api.body")
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local labels = require("api.labels")
local managed = require("api.managed")
local secrets = require("api.secrets")
local template = require("template")

local TEMPLATE_MAX, URL_MAX = template.source_limit, 8000
local METHODS = { "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" }
local TRIGGERS = { "escalation", "alert group created", "acknowledge", "resolve", "silence", "unsilence", "unresolve",
  "unacknowledge", "status change", "personal notification" }
local FILTER = { type = "refs", to = "integration" }

-- What a preset fixes, whatever is sent: clients send every field they know.
local PRESETS = {
  simple_webhook = { http_method = "POST", trigger_type = "escalation", forward_all = 1, headers = json.null,
    data = json.null, trigger_template = json.null, username = json.null, password = json.null,
    authorization_header = json.null, integration_filter = "[]" },
  advanced_webhook = {},
}

local function is_plain(text) return not string.find(text, "{[{%%#]") end

local function check_template(text)
  local ok, why = template.check(text)
  if not ok then return nil, why end
  return text
end

local function check_url(text)
  if is_plain(text) and not string.find(text, "^[Hh][Tt][Tt][Pp][Ss]?://[^/%s]%S*$") then
    return nil, "Enter a URL that begins with http:// or https://, or a template of one."
  end
  return check_template(text)
end

local function check_headers(text)
  if is_plain(text) and not body.is_object(json.decode(text)) then
    return nil, "Expected a JSON object of header names and values, or a template of one."
  end
  return check_template(text)
end

local function optional(name, max, check)
  return { name, type = "text", max = max, nullable = true, blank_null = true, check_text = check }
end

-- No integration means all of them, and is shown as null; an empty list means that all it named are gone.
local function show_filter(row)
  if row.integration_filter == "[]" then return nil end
  return field.show_of(FILTER)(FILTER, row.integration_filter)
end

local function check_required(c)
  local wrong = {}
  for _, name in ipairs { "trigger_type", "http_method" } do
    if c.values[name] == nil then wrong[#wrong + 1] = { name, "This field is required." } end
  end
  if #wrong > 0 then return errors.fields(wrong) end
end

local function before_write(request, c)
  if c.kind == "delete" then return end
  local preset = c.values.preset or (c.old and c.old.preset)
  for column, value in pairs(PRESETS[preset] or {}) do c.values[column] = value end
  if c.old then return end
  c.values.user_id = request.actor.user_id
  c.values.created_at = c.now
  return check_required(c)
end

return {
  name = "webhook", table = "webhook", prefix = "WH", path = "webhooks",
  files = { { folder = "webhooks", by = { "name" } } },
  examples = { { name = "new", url = "https://x.test", http_method = "POST", trigger_type = "resolve" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "webhooks", belongs = { { "team", "team_id" } },
  page_size = 50, order = "t.id",
  live = "deleted_at IS NULL",
  columns = "t.labels",
  filters = { { "name", "t.name = ?" }, { "team_id", "t.team_id = ?", type = "team" },
    { "label", add = labels.add_list_filter("t.labels") } },
  unique = { ["webhook.name"] = { "name", "A webhook with this name already exists." } },
  fields = {
    { "id", type = "id", prefix = "WH" },
    { "name", type = "text", max = 100, required = true },
    { "is_webhook_enabled", type = "boolean", column = "is_enabled" },
    { "team", type = "ref", to = "team", column = "team_id", nullable = true, loose_null = true },
    { "url", type = "text", max = URL_MAX, required = true, check_text = check_url },
    { "http_method", type = "choice", choices = METHODS },
    optional("headers", TEMPLATE_MAX, check_headers),
    optional("data", TEMPLATE_MAX, check_template),
    { "forward_all", type = "boolean" },
    optional("trigger_template", TEMPLATE_MAX, check_template),
    { "trigger_type", type = "choice", choices = TRIGGERS },
    { "integration_filter", type = "refs", to = "integration", nullable = true, null = "[]", show = show_filter },
    optional("username", 100),
    secrets.field("password", 1000),
    secrets.field("authorization_header", 2000),
    secrets.field("signing_secret", 1000),
    { "preset", type = "choice", choices = { "simple_webhook", "advanced_webhook" }, nullable = true, blank_null = true },
    { "labels", nullable = true, shape = labels.SHAPE, takes = labels.SENT,
      show = function(row) return labels.show_list(row.labels, "value") end,
      store = labels.store("labels", "value", labels.check_value) },
    managed.field "webhook",
  },
  delete_sql = "UPDATE webhook SET deleted_at = $1, password = NULL, authorization_header = NULL, signing_secret = NULL " ..
    "WHERE id = $2",
  before_write = before_write,
}
