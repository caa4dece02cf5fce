--- What a backtest compares: an integration's configuration as it is, and as it would be with the changes that were sent.
---
--- The changes are fields of the API's own shapes: `templates` laid over those that are customised, lists of labels, and
--- `routes`, the whole list without the default one. Both configurations come out as signal.configure takes them.
local body = require("api.body")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local keys = require("keys")
local labels = require("api.labels")
local routing_term = require("api.routing_term")
local store = require("tocsin.store")
local template = require("template")
local templates = require("api.templates")

local backtest_plan = {}

local LAST_DEFAULT <const>, LAST_MAX <const> = 10000, 100000
local ROUTES_MAX <const> = 200
local TERM_MAX <const> = 1024

local COLUMNS <const> = "SELECT id, type, name, templates_default, templates, labels, static_labels, dynamic_labels, " ..
  "labels_template, allow_resolve FROM integration WHERE deleted_at IS NULL AND "

---The integration of a public id or, for commands, of a name; nil and a sentence.
function backtest_plan.find(text)
  local id = ids.decode("C", text)
  local row = id and store.row(COLUMNS .. "id = $1", id)
  if row then return row end
  local rows = store.rows(COLUMNS .. "name = $1 LIMIT 2", text)
  if #rows == 1 then return rows[1] end
  if #rows > 1 then return nil, "several integrations have the name '" .. text .. "': name it by its id" end
  return nil, "there is no integration with the name or id '" .. text .. "'"
end

---The integration of a key, in the columns that `config` reads; nil when it is deleted.
function backtest_plan.by_key(id) return store.row(COLUMNS .. "id = $1", id) end

local function decoded(text) return json.decode(text or "[]") end

local function routes_of(id)
  local list = json.array()
  for i, row in ipairs(store.rows("SELECT id, is_default, routing_type, routing_regex, routing_labels FROM route " ..
    "WHERE integration_id = $1 ORDER BY is_default, position, id", id)) do
    list[i] = { id = row.id, is_default = row.is_default == 1, type = row.routing_type, term = row.routing_regex,
      labels = decoded(row.routing_labels) }
  end
  return list
end

---An integration's configuration as signal.configure takes it, with `allow_resolve`, as a table.
---@param row table of `find`
function backtest_plan.config(row)
  return { id = row.id, type = row.type, name = row.name, templates_default = json.decode(row.templates_default),
    templates_custom = json.decode(row.templates), labels = decoded(row.labels), static_labels = decoded(row.static_labels),
    dynamic_labels = decoded(row.dynamic_labels), multi_label_template = row.labels_template,
    allow_resolve = row.allow_resolve, routes = routes_of(row.id) }
end

-- The changes ------------------------------------------------------------------------------------------------------------

local function check_template(text)
  local ok, why = template.check(text)
  if not ok then return why end
end

local function no_check() end

local function take_list(part, check)
  return function(new, name, value, is_draft)
    if value == json.null then new[name] = json.array() return nil end
    local text, why = labels.take(value, part, is_draft and part == "template" and no_check or check,
      name == "labels" and json.encode(new.labels))
    if not text then return why end
    new[name] = json.decode(text)
  end
end

local function route_labels(sent)
  if sent == nil or sent == json.null then return json.array() end
  local text, why = labels.take(sent, "value", labels.check_value)
  if not text then return nil, why end
  return json.decode(text)
end

-- One route of the list; those that exist keep their id, the others have the negative of their place.
local function route_of(new, sent, place)
  if not body.is_object(sent) then return nil, "expected a dictionary." end
  local kind = sent.routing_type or "regex"
  local route = { id = -place, is_default = false, type = kind, term = sent.routing_regex }
  if sent.id ~= nil then
    route.id = type(sent.id) == "string" and ids.decode("R", sent.id)
    local is_known = false
    for _, old in ipairs(new.routes) do is_known = is_known or old.id == route.id and not old.is_default end
    if not is_known then return nil, "the integration has no such route." end
  end
  local why
  route.labels, why = route_labels(sent.routing_labels)
  if why then return nil, why end
  if kind == "labels" then return route end
  if not routing_term.is_needed(kind) then return nil, "routing_type must be one of: regex, jinja2, labels." end
  if type(route.term) ~= "string" or utf8.len(route.term) == nil or utf8.len(route.term) > TERM_MAX then
    return nil, string.format("routing_regex must be a text of at most %d characters.", TERM_MAX)
  end
  why = routing_term.problem(kind, route.term)
  if why then return nil, why end
  return route
end

local function take_routes(new, _, value)
  if not body.is_list(value) or #value > ROUTES_MAX then
    return string.format("Expected a list of at most %d routes, without the default one.", ROUTES_MAX)
  end
  local list, seen = json.array(), {}
  for place, sent in ipairs(value) do
    local route, why = route_of(new, sent, place)
    if route and seen[route.id] then why = "it is there twice." end
    if why then return string.format("Route %d: %s", place, why) end
    list[place], seen[route.id] = route, true
  end
  for _, old in ipairs(new.routes) do
    if old.is_default then list[#list + 1] = old end
  end
  new.routes = list
end

local TAKE <const> = {
  templates = function(new, _, value, is_draft)
    local custom, wrong = templates.merge(new.templates_custom, value, is_draft)
    if not custom then return wrong end
    new.templates_custom = custom
  end,
  labels = take_list("value", labels.check_value),
  static_labels = take_list("value", labels.check_value),
  dynamic_labels = take_list("template", check_template),
  multi_label_template = function(new, name, value, is_draft)
    if value ~= json.null then
      if type(value) ~= "string" then return "Not a valid string." end
      local why = not is_draft and check_template(value)
      if why then return why end
    end
    new[name] = value
  end,
  allow_resolve = function(new, name, value)
    if type(value) ~= "boolean" then return "Must be a valid boolean." end
    new[name] = value and 1 or 0
  end,
  routes = take_routes,
  last = function(new, _, value)
    if math.type(value) ~= "integer" or value < 1 or value > LAST_MAX then
      return string.format("Expected a whole number from 1 to %d.", LAST_MAX)
    end
    new.last = value
  end,
}

---What can be sent.
backtest_plan.SHAPE = { object = {
  { "templates", templates.SENT }, { "labels", labels.SENT }, { "static_labels", labels.SENT }, { "dynamic_labels", labels.SENT },
  { "multi_label_template", "text?" }, { "allow_resolve", "boolean" },
  { "routes", { max = ROUTES_MAX, list = { object = { { "id", "id", optional = true },
    { "routing_type", { choice = { "regex", "jinja2", "labels" } }, optional = true },
    { "routing_regex", { "text?", max = TERM_MAX }, optional = true }, { "routing_labels", labels.SENT, optional = true } } } } },
  { "last", { "integer", min = 1, max = LAST_MAX }, about = "How many of the last alerts." } } }
for _, member in ipairs(backtest_plan.SHAPE.object) do member.optional = true end

---A configuration with changes that were sent laid over it.
---@param row table of `find`
---@param sent table the changes
---@param is_draft boolean? templates that do not compile are taken too
---@return table|nil config as signal.configure takes it
---@return table? wrong a list of {name, sentence}
function backtest_plan.changed(row, sent, is_draft)
  local new, wrong = backtest_plan.config(row), {}
  for _, name in ipairs(keys.sorted(sent)) do
    local take = TAKE[name]
    local why = "This cannot be changed here."
    if take then why = take(new, name, sent[name], is_draft) end
    if why then wrong[#wrong + 1] = { name, why } end
  end
  if #wrong > 0 then return nil, wrong end
  return new
end

---@param row table of `find`
---@param sent table the changes
---@return table|nil plan {old, new: configurations as JSON, last, integration_id}
---@return table? refusal the 400 that names every bad field
function backtest_plan.make(row, sent)
  local old, new, wrong = backtest_plan.config(row), backtest_plan.changed(row, sent)
  if not new then return nil, errors.fields(wrong) end
  local last = new.last or LAST_DEFAULT
  new.last = nil
  return { old = json.encode(old), new = json.encode(new), last = last, integration_id = row.id }
end

return backtest_plan
