--- The template editor of an integration, `/integrations/<id>/templates`: payload, templates of one channel, and what they
--- make, beside each other; saved, tried on stored alerts, or taken along as a file.
local ask <const> = require "web.ask"
local channels <const> = require "channels"
local demo_alert <const> = require "api.demo_alert"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local json_text <const> = require "web.json_text"
local line_difference <const> = require "line_difference"
local looks <const> = require "web.integrations.looks"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"
local times <const> = require "web.times"
local time <const> = require "api.time"

local editor <const> = {}

-- What an alert means, then every channel, in the order of the tabs.
local CHANNELS <const> = { "meaning", table.unpack(channels.names) }
local RECENT <const> = 30

-- The payload ------------------------------------------------------------------------------------------------------------------

-- The newest alerts to choose among: of each of the newest groups the last one.
local function recent_of(request, one, chosen)
  local found <const> = ask.get(request, "/api/v1/alert_groups/", { integration_id = one.id, perpage = RECENT }) or
    ask.get(request, "/api/v1/alert_groups/", { integration_id = one.id, perpage = 1 }) or { results = {} }
  local list <const> = {}
  for _, group in ipairs(found.results) do
    if group.last_alert ~= json.null then
      list[#list + 1] = { id = group.last_alert.id, is_chosen = group.last_alert.id == chosen,
        text = times.apart(time.parse_moment(group.last_alert.created_at), request.now) .. ": " .. group.title }
    end
  end
  return list
end

-- The text of a stored alert's payload, laid out; nil: there is no such alert.
local function stored(request, id)
  local alert <const> = string.find(id, "^%w+$") and ask.view(request, "/api/v1/alerts/" .. id .. "/")
  local payload <const> = alert and json.item(alert, "payload")
  return payload ~= nil and payload and json_text.indented(json.encode(payload)) or nil
end

local function example(one, now)
  local alerts <const> = demo_alert.example_alerts(one.type, now)
  local text <const> = alerts and alerts[1] or "{}"
  return json.is_valid(text) and json_text.indented(text) or json.encode(text)
end

-- The payload that an editor begins with: the alert that was asked for, the newest, or the type's example.
local function first_payload(request, one, recent)
  local asked <const> = query_string.get(request.query, "alert_id") or recent[1] and recent[1].id
  return asked and stored(request, asked) or example(one, request.now)
end

-- Templates --------------------------------------------------------------------------------------------------------------------

local function channel_of(name) return string.match(name, "^([%l_]+)%.") or "meaning" end

-- Every template by its name: { custom, default, is_neutral, channel }.
local function templates_of(request)
  local answer <const> = ask.get(request, shared.api(request.id, "templates/"))
  local list <const> = answer and answer.templates or {}
  for _, one in ipairs(list) do
    one.channel = channel_of(one.name)
    one.default = one.default ~= json.null and one.default or ""
    one.custom = one.custom ~= json.null and one.custom or nil
  end
  return list
end

local function same_lines(text) return (string.gsub(string.gsub(text, "\r\n?", "\n"), "\n$", "")) end

-- What was typed: null where it is the default.
local function typed(one, sent)
  local text <const> = sent["t." .. one.name]
  if not text then return nil end
  local is_same <const> = same_lines(text) == same_lines(one.default) and not one.custom
  return (is_same or form.is_ticked(sent, "default." .. one.name)) and json.null or text
end

-- The changes of one channel's templates as the API takes them.
local function changes_of(list, channel, sent)
  local out <const> = {}
  for _, one in ipairs(list) do
    local text <const> = one.channel == channel and typed(one, sent)
    if text then
      local block <const>, name <const> = string.match(one.name, "^(.*)%.(.*)$")
      if block then
        out[block] = out[block] or {}
        out[block][name] = text
      else
        out[one.name] = text
      end
    end
  end
  return out
end

-- What is wrong with templates, by their fields of the form.
local function at_fields(problem)
  for name, why in pairs(problem.fields) do
    local template <const> = string.match(name, "^templates%.(.*)$")
    if template then problem.fields["t." .. template] = why end
  end
  return problem
end

-- The result -------------------------------------------------------------------------------------------------------------------

local function yes(is_so, name) return texts.editor[is_so and name or name .. "_not"] end

local function meaning_of(answer)
  local route <const> = answer.is_default_route and texts.routes.default or string.format(texts.editor.route, answer.route)
  return { grouping_id = answer.grouping_id ~= json.null and answer.grouping_id or false,
    resolves = yes(answer.is_resolve, "resolves"), acknowledges = yes(answer.is_acknowledge, "acknowledges"),
    route = route, labels = answer.labels,
    source_link = answer.texts.source_link ~= json.null and answer.texts.source_link or false, texts = answer.texts }
end

local function problems_of(answer, channel)
  local list <const> = {}
  for _, p in ipairs(answer.problems) do
    list[#list + 1] = { template = p.template, text = p.text, line = p.line ~= json.null and p.line or false,
      is_here = channel_of(p.template) == channel }
  end
  return list
end

-- What the payload makes with the changes; `bad`: why there is nothing to show.
local function result_of(request, one, channel, changes, payload_text)
  local payload <const>, why <const> = json.payload(payload_text)
  if why then return { bad = texts.demo.bad_json .. " " .. why, is_payload = true } end
  local answer <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "preview/"),
    { payload = payload, templates = changes })
  if not answer then return { bad = select(2, next(problem.fields)) or problem.detail } end
  local context <const> = { is_resolve = answer.is_resolve, base_url = request.base_url, now = request.now }
  local shown <const>, others <const> = {}, {}
  for _, name in ipairs(CHANNELS) do
    if name ~= "meaning" then
      local look <const> = { name = texts.channels[name], look = looks.of(name, one, answer.channels[name], context) }
      table.insert(name == channel and shown or others, look)
    end
  end
  return { bad = false, shown = shown, others = others, meaning = meaning_of(answer),
    problems = problems_of(answer, channel) }
end

-- The page ---------------------------------------------------------------------------------------------------------------------

local function channel_asked(request, sent)
  local asked <const> = sent and sent.channel or query_string.get(request.query, "channel")
  for _, name in ipairs(CHANNELS) do
    if name == asked then return name end
  end
  return "meaning"
end

local function tabs_of(one, list, current)
  local custom <const>, tabs <const> = {}, {}
  for _, t in ipairs(list) do custom[t.channel] = custom[t.channel] or t.custom ~= nil end
  for i, name in ipairs(CHANNELS) do
    tabs[i] = { text = name == "meaning" and texts.editor.meaning or texts.channels[name], is_current = name == current,
      is_custom = custom[name] or false, path = "/integrations/" .. one.id .. "/templates?channel=" .. name }
  end
  return tabs
end

-- The templates of a channel as fields: what was typed, or what counts now; with the difference to the default.
local function fields_of(list, channel, sent)
  local fields <const>, given <const> = {}, {}
  for _, one in ipairs(list) do
    if one.channel == channel then
      local text <const> = sent and sent["t." .. one.name] or one.custom or one.default
      local is_default <const> = same_lines(text) == same_lines(one.default)
      given["t." .. one.name] = text
      fields[#fields + 1] = { name = one.name, field = "t." .. one.name, tick = "default." .. one.name,
        title = texts.editor.fields[string.match(one.name, "([%l_]+)$")], is_custom = one.custom ~= nil,
        is_neutral = one.is_neutral,
        difference = not is_default and line_difference.of(one.default, text) or false,
        is_short = string.find(one.name, "title$") ~= nil or string.find(one.name, "url$") ~= nil or channel == "meaning" }
    end
  end
  return fields, given
end

local function shown(request, one, sent, problem)
  local channel <const>, list <const> = channel_asked(request, sent), templates_of(request)
  local recent <const> = recent_of(request, one, sent and sent.alert_id or query_string.get(request.query, "alert_id"))
  local payload <const> = sent and sent.payload or first_payload(request, one, recent)
  local fields <const>, given <const> = fields_of(list, channel, sent)
  given.payload = payload
  return shared.answer_of(request, one, "templates", "integration_templates.html", { channel = channel, fields = fields,
    form = form.state(given, problem and at_fields(problem)), recent = recent, channels = tabs_of(one, list, channel),
    result = result_of(request, one, channel, sent and changes_of(list, channel, sent) or {}, payload) },
    problem and form.status(problem))
end

---GET /integrations/<id>/templates
local function show(request)
  local one <const> = shared.get(request)
  return one and shown(request, one)
end

---POST /integrations/<id>/templates/preview: the part of the page that shows the result.
local function preview(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local channel <const> = channel_asked(request, sent)
  return page.answer(request, "template_result.html", { channel = channel,
    result = result_of(request, one, channel, changes_of(templates_of(request), channel, sent), sent.payload or "{}") })
end

---GET /integrations/<id>/templates/payload?alert_id=: the payload of a stored alert, as text.
local function payload(request)
  local text <const> = stored(request, query_string.get(request.query, "alert_id") or "")
  return text and page.text(text)
end

local DEEDS <const> = {}

function DEEDS.save(request, one, sent, changes, channel)
  local saved <const>, problem <const> = ask.send(request, "PUT", shared.api(one.id), { templates = changes })
  if not saved then return shown(request, one, sent, problem) end
  return page.see_other(request, "/integrations/" .. one.id .. "/templates?channel=" .. channel)
end

function DEEDS.backtest(request, one, sent, changes)
  local run <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "backtest/"), { templates = changes })
  if not run then return shown(request, one, sent, problem) end
  return page.see_other(request, "/backtests/" .. run.id .. "?integration=" .. one.id)
end

function DEEDS.file(request, one, sent, changes)
  local file <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "file/"), { templates = changes })
  return file and page.text(file.text, file.name) or shown(request, one, sent, problem)
end

function DEEDS.load(request, one, sent)
  sent.payload = stored(request, sent.alert_id or "") or example(one, request.now)
  return shown(request, one, sent)
end

---POST /integrations/<id>/templates: previews, loads a payload, begins a backtest or saves.
local function submit(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local deed <const>, channel <const> = DEEDS[sent["do"] or ""], channel_asked(request, sent)
  if not deed then return shown(request, one, sent) end
  return deed(request, one, sent, changes_of(templates_of(request), channel, sent), channel)
end

editor.routes = {
  { "/integrations/:id/templates", "GET", show, "integrations:operate", "integration" },
  { "/integrations/:id/templates", "POST", submit, "integrations:operate", "integration" },
  { "/integrations/:id/templates/preview", "POST", preview, "integrations:operate", "integration" },
  { "/integrations/:id/templates/payload", "GET", payload, "integrations:read", "integration" },
}

return editor
