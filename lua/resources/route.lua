--- A route: which alerts of an integration go where. The first that matches wins; the default one always matches.
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local labels = require("api.labels")
local managed = require("api.managed")
local ordering = require("api.ordering")
local route_channels = require("api.route_channels")
local routing_term = require("api.routing_term")
local store = require("tocsin.store")

local function check_condition(c)
  local kind = c.values.routing_type or (c.old and c.old.routing_type) or "regex"
  local term = c.values.routing_regex
  if term == nil and c.old then term = c.old.routing_regex end
  if not routing_term.is_needed(kind) then return nil end
  if term == nil or term == json.null then return errors.field("routing_regex", "This field is required.") end
  local why = routing_term.problem(kind, term)
  return why and errors.field("routing_regex", why) or nil
end

-- The default route has neither a condition nor a place; sending what it has is no change.
local function check_default(c)
  for name, stored in pairs(c.values) do
    if (name == "routing_type" or name == "routing_regex" or name == "routing_labels") and
      stored ~= (c.old[name] or json.null) then
      return errors.detail(400, "The default route takes what no other route took: its condition cannot be changed.")
    end
  end
  if c.position and c.position ~= c.old.position then
    return errors.detail(400, "The default route is always the last: it cannot be moved.")
  end
end

local function place(c, integration_id)
  ordering.move(c, change, "route", store.rows(
    "SELECT id, position FROM route WHERE integration_id = $1 AND is_default = 0 AND id <> $2",
    integration_id, c.old and c.old.id or 0))
end

local function guard_new(c)
  local row = store.row("SELECT version FROM integration WHERE id = $1 AND deleted_at IS NULL", c.values.integration_id)
  if not row then return errors.field("integration_id", "This integration was just deleted.") end
  c.guard = { table = "integration", id = c.values.integration_id, version = row.version }
end

local function before_write(_, c)
  local is_default = c.old and c.old.is_default == 1
  if c.kind == "delete" then
    return is_default and errors.detail(400, "The default route cannot be deleted.") or nil
  end
  if is_default then return check_default(c) end
  local refusal = check_condition(c) or (not c.old and guard_new(c)) or nil
  if refusal then return refusal end
  place(c, c.old and c.old.integration_id or c.values.integration_id)
end

local function store_labels(value)
  if value == json.null then return { routing_labels = json.null } end
  local text, why = labels.take(value, "value", labels.check_value)
  if not text then return nil, why end
  return { routing_labels = text }
end

local resource = {
  name = "route", table = "route", prefix = "R", path = "routes",
  files = { { of = "integration", as = "routes", parent = "integration_id", is_ordered = true,
    is_within = function(row) return row.is_default == 1 end,
    is_here = function(shown) return not shown.is_the_last_route end } },
  examples = { { integration_id = "@integration", routing_regex = "a" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "integrations",
  belongs = { { "integration", "integration_id" } },
  page_size = 25, order = "t.integration_id, t.is_default, t.position, t.id",
  live = "integration_id IN (SELECT id FROM integration WHERE deleted_at IS NULL)",
  join = "JOIN integration AS i ON i.id = t.integration_id",
  columns = "t.is_default, t.position, t.channels, t.routing_labels, i.version AS integration_version",
  filters = {
    { "integration_id", "t.integration_id = ?", type = "integration" },
    { "routing_regex", "t.routing_regex = ?" },
    { "routing_type", "t.routing_type = ?" },
  },
  fields = {
    { "id", type = "id", prefix = "R" },
    { "integration_id", type = "ref", to = "integration", required = true, create_only = true },
    { "escalation_chain_id", type = "ref", to = "escalation_chain", nullable = true, loose_null = true },
    { "routing_type", type = "choice", choices = { "regex", "jinja2", "labels" } },
    { "routing_regex", type = "text", max = 1024, nullable = true },
    { "routing_labels", nullable = true, shape = { list = labels.SHAPE.list, null = true }, takes = labels.SENT,
      store = store_labels,
      show = function(row) return row.routing_labels and labels.show_list(row.routing_labels, "value") end },
    ordering.position,
    ordering.manual_order,
    { "is_the_last_route", type = "boolean", column = "is_default", readonly = true },
    managed.field "route",
  },
  guard = function(row) return { table = "integration", id = row.integration_id, version = row.integration_version } end,
  before_write = before_write,
}

for _, channel in ipairs(route_channels.CHANNELS) do
  table.insert(resource.fields, {
    channel[1], nullable = true, usual = { enabled = channel.enabled or false },
    shape = route_channels.shape(channel), takes = route_channels.sent_shape(channel),
    show = function(row) return route_channels.show(channel, json.decode(row.channels)) end,
    store = function(value, _, c)
      if value == json.null then return {} end
      if not body.is_object(value) then return nil, "Expected a dictionary." end
      c.channels = c.channels or (c.old and json.decode(c.old.channels)) or {}
      local why = route_channels.merge(channel, c.channels, value)
      if why then return nil, why end
      return { channels = route_channels.text(c.channels) }
    end,
  })
end

return resource
