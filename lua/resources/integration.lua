--- An integration: one source of alerts with a URL of its own.
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local field = require("api.field")
local heartbeat = require("api.heartbeat")
local integration = require("integration")
local json = require("tocsin.json")
local keys = require("keys")
local labels = require("api.labels")
local mail_address = require("api.mail_address")
local maintenance = require("api.maintenance")
local managed = require("api.managed")
local route_channels = require("api.route_channels")
local secrets = require("api.secrets")
local source_health = require("api.source_health")
local store = require("tocsin.store")
local template = require("template")
local time = require("api.time")
local templates = require("api.templates")
local token_form = require("api.token_form")
local writer = require("api.writer")

local CHAIN = { "escalation_chain_id", type = "ref", to = "escalation_chain", nullable = true, loose_null = true }

local function link(row, request)
  return string.format("%s/integrations/v1/%s/%s/", request.base_url, row.type, row.token)
end

local USUAL_ROUTE = {}
for _, channel in ipairs(route_channels.CHANNELS) do USUAL_ROUTE[channel[1]] = { enabled = channel.enabled or false } end

local function address(row) return row.type == "inbound_email" and mail_address.of(row.token) or nil end

local function check_type(value)
  if string.find(value, "^legacy_") then return nil, "This integration type is deprecated." end
  if value == "maintenance" then return nil, "The integration of this type is made by the first maintenance window." end
  if value == "direct_paging" then return nil, "An integration of this type is made by the first page of its team." end
  for _, known in ipairs(integration.list()) do
    if known == value then
      local spec, problems = integration.load(value)
      if not spec then return nil, "The file of this integration type has a problem: " .. problems[1] end
      return value
    end
  end
  return nil, string.format('There is no integration type "%s".', value)
end

local function sorted_text(texts)
  local object = writer.object()
  for _, name in ipairs(keys.sorted(texts)) do writer.put(object, name, texts[name]) end
  return writer.text(object)
end

local function store_templates(value, _, c)
  local stored = c.old and json.decode(c.old.templates) or {}
  local custom, wrong = templates.merge(stored, value)
  if not custom then return nil, wrong end
  return { templates = sorted_text(custom) }
end

local function check_template(text)
  local ok, why = template.check(text)
  if not ok then return why end
end

local function check_labels_template(text)
  local why = check_template(text)
  if why then return nil, why end
  return text
end

-- The default route's columns go to its own row, in the same write.
local function store_default_route(value, request, c)
  if not body.is_object(value) then return nil, "Expected a dictionary." end
  local columns, wrong = {}, {}
  local chain = value.escalation_chain_id
  if chain ~= nil then
    local why
    if field.is_null(CHAIN, chain, json.null) then columns.escalation_chain_id = json.null
    else columns.escalation_chain_id, why = field.check_of(CHAIN)(CHAIN, chain, request, c.old and c.old.default_route_chain) end
    if why then wrong[#wrong + 1] = { "escalation_chain_id", why } end
  end
  local stored = c.old and json.decode(c.old.default_route_channels) or {}
  for _, channel in ipairs(route_channels.CHANNELS) do
    local sent = value[channel[1]]
    local why = sent ~= nil and sent ~= json.null and route_channels.merge(channel, stored, sent)
    if why then wrong[#wrong + 1] = { channel[1], why } end
  end
  columns.channels = route_channels.text(stored)
  c.default_route = columns
  if #wrong > 0 then return nil, wrong end
  return {}
end

local function show_default_route(row)
  local object = writer.object("id", field.show_of({ type = "ref" })({ to = "route" }, row.default_route_id),
    "escalation_chain_id", field.show_of(CHAIN)(CHAIN, row.default_route_chain))
  local stored = json.decode(row.default_route_channels or "{}")
  for _, channel in ipairs(route_channels.CHANNELS) do
    writer.put(object, channel[1], route_channels.show(channel, stored))
  end
  return object
end

-- What the default route looks like, shown and sent.
local DEFAULT_ROUTE = { object = { { "id", "id" }, { "escalation_chain_id", "id?" } } }
local DEFAULT_ROUTE_SENT = { object = { { "escalation_chain_id", "id?", optional = true } } }
for _, channel in ipairs(route_channels.CHANNELS) do
  table.insert(DEFAULT_ROUTE.object, { channel[1], route_channels.shape(channel) })
  table.insert(DEFAULT_ROUTE_SENT.object, { channel[1], route_channels.sent_shape(channel), optional = true })
end

-- The source's name, with a number when the team has one of that name.
local function free_name(name, team_id)
  for n = 1, 1000 do
    local candidate = n == 1 and name or name .. " " .. n
    if not store.row("SELECT id FROM integration WHERE name = $1 AND COALESCE(team_id, 0) = $2 AND deleted_at IS NULL",
      candidate, team_id) then return candidate end
  end
  return name
end

-- What is managed as code gets what is written there and no more: labels that the type brings along would be a
-- difference in every plan.
local function is_as_code(request)
  return string.find(request.headers["user-agent"] or "", "Terraform", 1, true) ~= nil
end

local function fill_new(request, c)
  local v = c.values
  local spec = assert(integration.load(v.type))
  v.token = v.token or token_form.new(spec.token_form)
  v.name = v.name or free_name(spec.name, v.team_id ~= json.null and v.team_id or 0)
  v.templates_default = sorted_text(integration.templates(spec))
  if not v.dynamic_labels and not is_as_code(request) then
    local list = {}
    for i, label in ipairs(integration.labels(spec)) do
      list[i] = writer.object("key", label.key, "template", label.template)
    end
    v.dynamic_labels = writer.text(writer.list(list))
  end
  v.created_at = c.now
  v.verify = integration.rule(spec) or json.null
  local route = c.default_route or {}
  route.is_default = 1
  c.after[#c.after + 1] = function(key)
    route.integration_id = key
    return change.insert("route", route)
  end
end

local function is_new_default_route(c)
  local chain, old = c.default_route.escalation_chain_id, c.old
  return chain ~= nil and chain ~= (old.default_route_chain or json.null)
    or c.default_route.channels ~= route_channels.text(json.decode(old.default_route_channels or "{}"))
end

-- With a secret comes the rule of the type's file as it is now: a source that signs in another way since needs its secret
-- set once more.
local function take_secret(c)
  if type(c.values.signing_secret) ~= "string" then return end
  local spec = integration.load(c.old and c.old.type or c.values.type)
  if spec and integration.takes_secret(spec) then c.values.verify = integration.rule(spec) return end
  return errors.field("signing_secret",
    "Sources of this type sign nothing that could be checked: the key in the URL is their secret.")
end

local AUTO_RESOLVE <const> = { "auto_resolve_after", type = "integer", min = 60, max = 31536000 }

-- Seconds without an alert after which a group is over; null: never.
local function store_auto_resolve(value)
  if value == json.null then return { auto_resolve_ms = json.null } end
  local seconds, why = field.check_of(AUTO_RESOLVE)(AUTO_RESOLVE, value)
  if not seconds then return nil, why end
  return { auto_resolve_ms = seconds * 1000 }
end

-- Every word stands somewhere in the name or the description.
local function add_search(q, values)
  for word in string.gmatch(values[#values], "[^%s%c]+") do
    q.add("AND instr(lower(t.name || ' ' || COALESCE(t.description_short, '')), lower(?)) > 0", word)
  end
end

return {
  name = "integration", table = "integration", prefix = "C", path = "integrations", free_name = free_name,
  files = { { folder = "integrations", by = { "name", "team_id" },
    is_here = function(shown) return shown.type ~= "maintenance" and shown.type ~= "direct_paging" end } },
  examples = { { type = "goalert", name = "new" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "integrations", belongs = { { "team", "team_id" } },
  page_size = 50, order = "t.id",
  live = "deleted_at IS NULL",
  join = "LEFT JOIN route AS d ON d.integration_id = t.id AND d.is_default = 1 " ..
    "LEFT JOIN heartbeat AS h ON h.integration_id = t.id " .. maintenance.JOIN,
  columns = "t.token, t.version, t.auto_resolve_ms, t.templates, t.labels, t.static_labels, t.dynamic_labels, " ..
    "t.signing_secret, d.id AS default_route_id, d.escalation_chain_id AS default_route_chain, " ..
    "d.channels AS default_route_channels, " ..
    heartbeat.COLUMNS .. ", " .. maintenance.COLUMNS,
  filters = { { "name", "t.name = ?" }, { "type", "t.type = ?" },
    { "search", add = add_search, about = "Words of names and descriptions, whatever their case; all of them." },
    { "team_id", "t.team_id = ?", type = "team" },
    { "label", add = labels.add_list_filter("t.labels"), is_repeated = true, about = "key:value; all of several." } },
  unique = {
    ["integration.token"] = { "token", "Another integration has this token." },
    ["integration.token is a key"] = { "token", "A key of another integration has this token." },
    integration_by_token = { "token", "Another integration has this token." },
    integration_by_name = { "name", "An integration with this name already exists for this team" },
  },
  fields = {
    { "id", type = "id", prefix = "C" },
    { "name", type = "text", max = 150 },
    { "description_short", type = "text", max = 250, nullable = true, blank = true },
    { "team_id", type = "ref", to = "team", nullable = true, loose_null = true },
    { "link", shape = "text", show = link },
    { "inbound_email", shape = "text?", show = address },
    { "type", type = "text", required = true, create_only = true, check_text = check_type },
    { "default_route", names = { escalation_chain_id = "escalation_chain" }, only_shown = { id = true }, usual = USUAL_ROUTE,
      shape = DEFAULT_ROUTE, takes = DEFAULT_ROUTE_SENT, show = show_default_route,
      store = store_default_route },
    { "templates", shape = templates.SHAPE, takes = templates.SENT,
      show = function(row) return templates.show(json.decode(row.templates)) end, store = store_templates },
    { "heartbeat", only_shown = heartbeat.ONLY_SHOWN, usual = heartbeat.USUAL, shape = heartbeat.SHAPE,
      takes = heartbeat.SENT, show = function(row, request) return heartbeat.show(row, link(row, request)) end,
      store = heartbeat.store },
    { "maintenance_mode", shape = "text?", show = function(row) return row.maintenance_mode end },
    { "maintenance_started_at", shape = "time?", show = maintenance.moment("maintenance_started_at") },
    { "maintenance_end_at", shape = "time?", show = maintenance.moment("maintenance_end_at") },
    { "token", type = "text", file = "by hand", create_only = true, check_text = token_form.check },
    secrets.field("signing_secret", 1000),
    { "rate_limit", usual = 0, type = "integer", min = 0, max = 100000000 },
    { "labels", nullable = true, shape = labels.OWN_SHAPE, takes = labels.SENT,
      show = function(row) return labels.show_own(row.labels) end,
      store = labels.store("labels", "value", labels.check_value, true) },
    { "static_labels", nullable = true, shape = labels.SHAPE, takes = labels.SENT,
      show = function(row) return labels.show_list(row.static_labels, "value") end,
      store = labels.store("static_labels", "value", labels.check_value) },
    { "dynamic_labels", nullable = true, shape = labels.SHAPE, takes = labels.SENT,
      show = function(row) return labels.show_list(row.dynamic_labels, "template") end,
      store = labels.store("dynamic_labels", "template", check_template) },
    { "multi_label_template", type = "text", column = "labels_template", max = 50000, nullable = true,
      check_text = check_labels_template },
    { "last_alert_at", shape = "time?", about = "When the source last said something: no demo counts.",
      show = function(row) return time.text(source_health.last_alert_at(row.id)) end },
    { "allow_resolve", usual = true, type = "boolean" },
    { "auto_resolve_after", nullable = true, shape = { "integer?", min = 60, max = 31536000 }, store = store_auto_resolve,
      show = function(row) return row.auto_resolve_ms and row.auto_resolve_ms // 1000 end },
    managed.field "integration",
  },
  guard = function(row) return { table = "integration", id = row.id, version = row.version } end,
  delete_sql = "UPDATE integration SET deleted_at = $1 WHERE id = $2",
  after_write = function(request, c)
    if c.is_heartbeat_off then heartbeat.settle(c.old, request) end
  end,
  before_write = function(request, c)
    if c.kind == "delete" and c.old.type == "maintenance" then
      return errors.detail(400, "The groups of maintenance windows belong to this integration: it cannot be deleted.")
    end
    local refusal = take_secret(c)
    if refusal then return refusal end
    if c.kind == "create" then fill_new(request, c)
    elseif c.default_route and is_new_default_route(c) then
      c.trail = { default_route_chain = c.default_route.escalation_chain_id, default_route_channels = c.default_route.channels }
      c.before[1] = change.update("route", c.default_route, c.old.default_route_id)
    end
  end,
}
