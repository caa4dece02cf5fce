--- What one payload means to an integration and looks like on every channel, under changes that nobody has saved: the template
--- editor's answer.
---
--- The meaning comes from the very code that renders alerts as they arrive (signal.lua), the looks from the one that renders
--- messages. Templates that do not compile are taken: their error, with its line, is what one wants to see.
local backtest_plan <const> = require "api.backtest_plan"
local body <const> = require "api.body"
local channels <const> = require "channels"
local counts <const> = require "counts"
local demo_alert <const> = require "api.demo_alert"
local environment <const> = require "environment"
local errors <const> = require "api.errors"
local fuel <const> = require "tocsin.fuel"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local labels <const> = require "labels"
local labels_of_api <const> = require "api.labels"
local render <const> = require "render"
local signal <const> = require "signal"
local source_health <const> = require "api.source_health"
local store <const> = require "tocsin.store"
local template <const> = require "template"
local templates <const> = require "api.templates"
local value <const> = require "jinja.value"
local writer <const> = require "api.writer"

local preview <const> = {}

local DRAFT <const> = -3 -- id of the draft in signal.configure
local BEHAVIOUR <const> = { "grouping_id", "resolve_condition", "acknowledge_condition", "source_link" }

-- The payload ----------------------------------------------------------------------------------------------------------------

local ONE <const> = "SELECT a.id, a.payload, a.parsed FROM alert AS a JOIN alert_group AS g ON g.id = a.alert_group_id " ..
  "WHERE a.id = $1 AND g.integration_id = $2 AND g.wiped_at IS NULL"
local NEWEST <const> = "JOIN alert AS a ON a.id = g.last_alert_id " ..
  "WHERE g.wiped_at IS NULL AND g.is_demo = 0 ORDER BY a.id DESC LIMIT 1"

-- What templates see of bytes: what is no JSON is a text.
local function as_json(bytes)
  if bytes == "" then return "{}" end
  if not json.is_valid(bytes) then return json.encode(writer.utf8(bytes)) end
  return (string.gsub(bytes, "^\xEF\xBB\xBF", ""))
end

local function stored(row)
  return row and { from = "alert", alert_id = row.id, text = as_json(row.parsed or row.payload) }
end

local function example(row, now)
  local list = demo_alert.example_alerts(row.type, now)
  return { from = "example", text = as_json(list and list[1] or "") }
end

-- { from, alert_id, text }, or nil and the refusal.
local function payload_of(request, row, sent)
  if sent.payload ~= nil then
    return { from = "sent", text = json.encode(json.item(json.payload(request.body), "payload")) }
  end
  if sent.alert_id ~= nil then
    local key <const> = type(sent.alert_id) == "string" and ids.decode("A", sent.alert_id)
    local found <const> = key and stored(store.row(ONE, key, row.id))
    if found then return found end
    return nil, errors.field("alert_id", "This integration has no such alert.")
  end
  return stored(source_health.newest(row.id, "SELECT a.id, a.payload, a.parsed", NEWEST)[1]) or example(row, request.now)
end

-- What it means ---------------------------------------------------------------------------------------------------------------

-- Texts of templates that nothing else shows, and what is wrong with any.
local function new_sheet(config, text)
  local payload <const> = json.payload(text)
  local sheet <const> = { problems = {}, config = config, payload = payload, texts = {} }
  sheet.context = { payload = counts.are_needed(config.type, { "{{ payload }}" }) and counts.add(payload) or payload }
  return sheet
end

local function note(sheet, name, text, line)
  for _, known in ipairs(sheet.problems) do
    if known.name == name then return end
  end
  sheet.problems[#sheet.problems + 1] = { name = name, text = text, line = line }
end

-- The text of one template; its error is noted under the name.
local function try(sheet, name, source)
  if type(source) ~= "string" then return nil end
  local text <const>, failed <const>, line <const> = template.render(template.fetch(source), sheet.context, nil, fuel.SLOW)
  if failed then note(sheet, name, text, line) end
  return not failed and text or nil
end

local function source_of(config, field)
  local own <const> = config.templates_custom[field]
  if type(own) == "string" then return own end
  return config.templates_default[field]
end

-- The labels in the order in which they are computed, with those that fail.
local function try_labels(sheet)
  local config <const> = sheet.config
  for _, label in ipairs(config.dynamic_labels) do try(sheet, "label:" .. label.key, label.template) end
  local multi <const> = config.multi_label_template
  if type(multi) == "string" and multi ~= "" then
    local text <const> = try(sheet, "multi_label_template", multi)
    local object <const> = text and value.plain(json.payload(text))
    sheet.multi = text
    sheet.is_object = type(object) == "table" and value.type_of(object) == value.DICT
    if text and not sheet.is_object then note(sheet, "multi_label_template", "This prints no JSON object.") end
  end
  local plan <const> = labels.plan(config)
  local dict <const> = plan and labels.compute(plan, sheet.context, {}, fuel.SLOW)
  sheet.context.labels = dict or value.new_dict()
  return dict and labels.to_json(dict)
end

local NAMES <const> = { grouping_id = "grouping_key", resolve_condition = "resolve_signal",
  acknowledge_condition = "acknowledge_signal", source_link = "source_link" }

local function meaning(sheet, now)
  local config <const> = sheet.config
  signal.configure(DRAFT, 1, json.encode(config))
  local grouping_id <const>, is_resolve <const>, is_acknowledge <const>, route_id <const>, _, label_text <const> =
    signal.render(DRAFT, sheet.payload, now, fuel.SLOW)
  signal.forget(DRAFT)
  for _, field in ipairs(BEHAVIOUR) do
    sheet.texts[NAMES[field]] = try(sheet, NAMES[field], source_of(config, field))
  end
  for i, route in ipairs(config.routes) do
    if route.type == "jinja2" and not route.is_default then try(sheet, "route:" .. i, route.term) end
  end
  return { grouping_id = grouping_id, is_resolve = is_resolve, is_acknowledge = is_acknowledge, route_id = route_id,
    labels = label_text }
end

-- What it looks like ----------------------------------------------------------------------------------------------------------

local function looks(sheet, label_text, text, now)
  local config <const>, out <const> = sheet.config, writer.object()
  for _, name in ipairs(channels.names) do
    local shown <const> = render.alert { integration = { name = config.name, type = config.type },
      defaults = config.templates_default, templates = config.templates_custom, payload_text = text,
      labels = json.decode(label_text or "{}"), variables = {}, now = now, channel = name, fuel = fuel.SLOW }
    for _, field in ipairs(channels[name].fields) do
      local why <const> = shown.errors and shown.errors[field]
      if why then note(sheet, name .. "." .. field, why, shown.lines[field]) end
    end
    writer.put(out, name, writer.object("title", shown.title, "message", shown.message, "image_url", shown.image_url,
      "source_link", shown.source_link))
  end
  return out
end

local function place_of(config, route_id)
  for i, route in ipairs(config.routes) do
    if route.id == route_id then return i, route.is_default end
  end
end

local function show_problems(sheet)
  local list <const> = {}
  for i, p in ipairs(sheet.problems) do list[i] = writer.object("template", p.name, "text", p.text, "line", p.line) end
  return writer.list(list)
end

local function show(config, payload, now)
  local sheet <const> = new_sheet(config, payload.text)
  environment.set_now(now)
  local label_text <const> = try_labels(sheet)
  local means <const> = meaning(sheet, now)
  local seen <const> = looks(sheet, label_text, payload.text, now)
  local place <const>, is_default <const> = place_of(config, means.route_id)
  local texts <const> = writer.object()
  for _, field in ipairs(BEHAVIOUR) do writer.put(texts, NAMES[field], sheet.texts[NAMES[field]]) end
  writer.put(texts, "multi_label_template", sheet.multi)
  return writer.object("payload_from", payload.from, "alert_id", payload.alert_id and ids.encode("A", payload.alert_id),
    "payload", writer.raw(payload.text), "grouping_id", means.grouping_id, "is_resolve", means.is_resolve,
    "is_acknowledge", means.is_acknowledge, "route", place, "is_default_route", is_default or false,
    "labels", labels_of_api.show_object(means.labels), "is_json_object", sheet.is_object, "texts", texts, "channels", seen,
    "problems", show_problems(sheet))
end

-- The handler -----------------------------------------------------------------------------------------------------------------

local SENT <const> = { object = { { "payload", "any", optional = true },
  { "alert_id", "id", optional = true, about = "A stored alert; without it and a payload the newest, else an example." } } }
for _, member in ipairs(backtest_plan.SHAPE.object) do
  if member[1] ~= "last" then table.insert(SENT.object, member) end
end

local LOOK <const> = { object = { { "title", "text?" }, { "message", "text?" }, { "image_url", "text?" },
  { "source_link", "text?" } } }
local LOOKS <const>, TEXTS <const> = { object = {} }, { object = {} }
for i, name in ipairs(channels.names) do LOOKS.object[i] = { name, LOOK } end
for i, field in ipairs(BEHAVIOUR) do TEXTS.object[i] = { NAMES[field], "text?" } end
table.insert(TEXTS.object, { "multi_label_template", "text?" })

---POST /integrations/<id>/preview/
preview.create = {
  about = "What a payload means to the integration and looks like on every channel, with changes that are sent and not saved.",
  takes = SENT,
  gives = { object = { { "payload_from", { choice = { "sent", "alert", "example" } } }, { "alert_id", "id?" },
    { "payload", "any" }, { "grouping_id", "text?" }, { "is_resolve", "boolean" }, { "is_acknowledge", "boolean" },
    { "route", "integer?", about = "The place of the route that takes it, from 1." }, { "is_default_route", "boolean" },
    { "labels", labels_of_api.SHAPE },
    { "is_json_object", "boolean?", about = "Does the multi-label template print a JSON object?" }, { "texts", TEXTS },
    { "channels", LOOKS },
    { "problems", { list = { object = { { "template", "text" }, { "text", "text" }, { "line", "integer?" } } } } } } },
  answer = function(request)
    local key <const> = ids.decode("C", request.id)
    local row <const> = key and backtest_plan.find(request.id)
    if not row or row.id ~= key then return errors.not_found() end
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local payload
    payload, refusal = payload_of(request, row, sent)
    if not payload then return refusal end
    sent.payload, sent.alert_id = nil, nil
    local config <const>, wrong <const> = backtest_plan.changed(row, sent, true)
    if not config then return errors.fields(wrong) end
    return { status = 200, value = show(config, payload, request.now) }
  end,
}

-- Templates -------------------------------------------------------------------------------------------------------------------

local ROW <const> = "SELECT id, type, templates, templates_default FROM integration WHERE id = $1 AND deleted_at IS NULL"

-- Where the text of a template without words of its own comes from: its own default, the web's, or the one of all channels.
local function default_of(defaults, one)
  if not one.channel then return defaults[one.field] end
  return (render.template_of({ defaults = defaults }, one.channel, one.of))
end

local TEMPLATE <const> = { object = { { "name", "text" }, { "custom", "text?" }, { "default", "text?" },
  { "is_neutral", "boolean", about = "The default is neutral Markdown, which the channel converts." } } }

---GET /integrations/<id>/templates/
preview.templates = {
  about = "Every template of the integration: its own text, and the default that counts without one.",
  gives = { object = { { "templates", { list = TEMPLATE } } } },
  answer = function(request)
    local key <const> = ids.decode("C", request.id)
    local row <const> = key and store.row(ROW, key)
    if not row then return errors.not_found() end
    local custom <const>, defaults <const>, list <const> = json.decode(row.templates), json.decode(row.templates_default), {}
    for i, one in ipairs(templates.each()) do
      list[i] = writer.object("name", one.name, "custom", custom[one.field], "default", default_of(defaults, one),
        "is_neutral", one.channel ~= nil and defaults[one.field] == nil)
    end
    return { status = 200, value = writer.object("templates", writer.list(list)) }
  end,
}

return preview
