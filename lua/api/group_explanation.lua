--- GET /alert_groups/<id>/explanation/: what is made of its last alert now, and why: the words of each channel, the grouping id,
--- the conditions, and every route with what it said.
---
--- The integration's configuration counts as it is now; the group keeps what was computed when its alerts came.
local backtest_plan = require("api.backtest_plan")
local channels = require("channels")
local errors = require("api.errors")
local field = require("api.field")
local fuel = require("tocsin.fuel")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local query_string = require("api.query")
local render = require("render")
local signal = require("signal")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local group_explanation = {}

local ID <const> = -3 -- of the integration in signal.configure: it is compiled for each question

local CHANNEL = { "channel", type = "choice", choices = channels.names, about = "Only the words of this channel." }
local ALERT = { "alert_id", type = "text", blank = true, about = "Of this alert of the group instead of the last one." }
local SAID = { null = true, object = { { "template", "text?" }, { "text", "text" }, { "is_true", "boolean" },
  { "has_failed", "boolean" } } }
local ROUTE = { object = { { "id", "id" }, { "is_default", "boolean" }, { "routing_type", "text" }, { "condition", "text?" },
  { "text", "text?" }, { "is_true", "boolean" }, { "has_failed", "boolean" }, { "is_taken", "boolean" } } }
local WORDS = { object = { { "channel", "text" }, { "title", "text?" }, { "message", "text?" }, { "is_html", "boolean",
  about = "The message is safe HTML." }, { "image_url", "text?" } } }
local SHOWN = { object = { { "alert_id", "id?" }, { "at", "time?" }, { "payload", "text?", about = "As templates see it." },
  { "source_link", "text?" }, { "words", { list = WORDS } },
  { "grouping_id", SAID }, { "resolve_condition", SAID }, { "acknowledge_condition", SAID }, { "routes", { list = ROUTE } } } }

local FOUND <const> = "SELECT g.id, g.labels, g.wiped_at, g.integration_id, a.id AS alert_id, a.received_at, a.payload, " ..
  "a.parsed FROM alert_group AS g LEFT JOIN alert AS a ON a.id = COALESCE($1, g.last_alert_id) AND a.alert_group_id = g.id " ..
  "WHERE g.id = $2"

local function words_of(channel, o)
  o.channel = channel
  local ok, shows = pcall(render.alert, o)
  if not ok then shows = {} end
  local has_html = channel == "web" or channel == "email"
  return writer.object("channel", channel, "title", shows.title, "message", shows.message, "is_html", has_html,
    "image_url", shows.image_url), shows.source_link
end

local function rendered(row, config, wanted, link)
  local o = { integration = { name = config.name, type = config.type }, defaults = config.templates_default,
    templates = config.templates_custom, payload_text = row.parsed or row.payload, labels = json.decode(row.labels or "{}"),
    variables = { number = row.id, link = link }, fuel = fuel.SLOW }
  local list, source_link = {}, nil
  for _, channel in ipairs(wanted and { wanted } or channels.names) do
    list[#list + 1], source_link = words_of(channel, o)
  end
  return writer.list(list), source_link
end

local function template_of(config, name)
  local own = config.templates_custom[name]
  if type(own) == "string" then return own end
  local default = config.templates_default[name]
  return type(default) == "string" and default or nil
end

local function said(config, name, told)
  return told and writer.object("template", template_of(config, name), "text", told.text, "is_true", told.is_true,
    "has_failed", told.has_failed) or nil
end

-- The condition of a route as a text: a template, a pattern, or the labels that a group must have.
local function condition_of(route)
  if route.type ~= "labels" then return route.term end
  local parts = {}
  for i, label in ipairs(route.labels) do parts[i] = label.key .. "=" .. label.value end
  return table.concat(parts, ", ")
end

local function routes_of(config, told)
  local by_id, list, is_over = {}, {}, false
  for _, one in ipairs(told.routes) do by_id[one.id] = one end
  for i, route in ipairs(config.routes) do
    local one = by_id[route.id] or { is_true = false, has_failed = false }
    local is_taken = not is_over and (one.is_true or route.is_default)
    is_over = is_over or is_taken
    list[i] = writer.object("id", ids.encode("R", route.id), "is_default", route.is_default, "routing_type", route.type,
      "condition", not route.is_default and condition_of(route) or nil, "text", one.text, "is_true", one.is_true, "has_failed",
      one.has_failed, "is_taken", is_taken)
  end
  return writer.list(list)
end

local function explained(row, config)
  signal.configure(ID, row.received_at, json.encode(config))
  local payload = json.payload(row.parsed or row.payload)
  local ok, told = pcall(signal.explain, ID, payload, row.received_at, fuel.SLOW)
  signal.forget(ID)
  return ok and told or nil
end

local function show(row, wanted, link)
  local integration = not row.wiped_at and row.payload and backtest_plan.by_key(row.integration_id)
  if not integration or not json.is_valid(row.parsed or row.payload) then
    return writer.object("alert_id", nil, "at", nil, "payload", not row.wiped_at and (row.parsed or row.payload) or nil,
      "source_link", nil, "words", writer.list {}, "grouping_id", nil,
      "resolve_condition", nil, "acknowledge_condition", nil, "routes", writer.list {})
  end
  local config = backtest_plan.config(integration)
  local words, source_link = rendered(row, config, wanted, link)
  local told = explained(row, config) or { routes = {} }
  return writer.object("alert_id", ids.encode("A", row.alert_id), "at", time.text(row.received_at), "payload",
    row.parsed or row.payload, "source_link", source_link, "words", words, "grouping_id", said(config, "grouping_id",
      told.grouping_id),
    "resolve_condition", said(config, "resolve_condition", told.resolve_condition),
    "acknowledge_condition", said(config, "acknowledge_condition", told.acknowledge_condition),
    "routes", routes_of(config, told))
end

group_explanation.get = {
  about = "What its integration makes of its last alert now, and why: words, grouping id, conditions, routes.",
  query = { CHANNEL, ALERT }, gives = SHOWN,
  answer = function(request)
    local wanted, why = query_string.get(request.query, "channel"), nil
    if wanted then wanted, why = field.check_of(CHANNEL)(CHANNEL, wanted) end
    if why then return errors.field("channel", why) end
    local key = ids.decode("I", request.id)
    local alert = query_string.get(request.query, "alert_id")
    local row = key and store.row(FOUND, alert and (ids.decode("A", alert) or 0) or json.null, key)
    if not row then return errors.not_found() end
    return { status = 200, value = show(row, wanted, request.base_url .. "/alert-groups/" .. request.id) }
  end,
}

return group_explanation
