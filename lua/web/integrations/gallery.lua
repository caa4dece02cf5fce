--- Choosing a source, and making an integration of it: `/integrations/new` with a tile for each, `/integrations/new/<type>` with
--- what the source's file tells before anything is made.
local ask <const> = require "web.ask"
local channels <const> = require "channels"
local form <const> = require "web.form"
local html <const> = require "channels.html"
local integration <const> = require "integration"
local json <const> = require "tocsin.json"
local json_text <const> = require "web.json_text"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local render <const> = require "render"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"
local types <const> = require "web.integrations.types"
local view <const> = require "web.view"

local gallery <const> = {}

local FUEL <const> = 5000000
local BEHAVIOUR <const> = { "grouping_id", "resolve_condition", "acknowledge_condition", "source_link" }
local LOOKS <const> = { "web", "sms", "phone_call" }

---GET /integrations/new
local function show(request)
  local search <const> = query_string.get(request.query, "search") or ""
  local tiles <const> = {}
  for i, one in ipairs(types.find(search)) do tiles[i] = { type = one.type, name = one.name, about = one.about } end
  return shared.answer(request, "integrations_gallery.html", { tiles = tiles, search = search })
end

-- The templates of a file as rows: what an alert means, then the words, each with the channel that they are of.
local function templates_of(spec)
  local rows <const> = {}
  for _, field in ipairs(BEHAVIOUR) do
    if spec[field] then rows[#rows + 1] = { name = field, of = texts.gallery.behaviour, text = spec[field] } end
  end
  for _, field in ipairs { "title", "message", "image_url" } do
    if spec[field] then rows[#rows + 1] = { name = field, of = texts.gallery.neutral, text = spec[field] } end
  end
  for _, channel in ipairs(channels.names) do
    for _, field in ipairs(channels[channel].fields) do
      local text <const> = spec[channel] and spec[channel][field]
      if text then rows[#rows + 1] = { name = field, of = texts.channels[channel], text = text } end
    end
  end
  return rows
end

-- What the first example looks like to people.
local function looks_of(one, now)
  local alerts <const> = require("api.demo_alert").example_alerts(one.type, now)
  if not alerts or not alerts[1] or not json.is_valid(alerts[1]) then return {} end
  local list <const> = {}
  for _, name in ipairs(LOOKS) do
    local shown <const> = render.alert { integration = { name = one.name, type = one.type },
      defaults = integration.templates(one.spec), templates = {}, payload_text = alerts[1], labels = {}, variables = {},
      now = now, channel = name, fuel = FUEL }
    local is_html <const> = name == "web"
    list[#list + 1] = { channel = texts.channels[name], title = is_html and view.html(shown.title) or shown.title,
      message = is_html and shown.message and view.html(shown.message) or false }
  end
  return list
end

local function connect_of(request, one)
  local url <const> = string.format("%s/integrations/v1/%s/…/", request.base_url, one.type)
  return view.html(html.from_markdown(integration.connect(one.spec, { url = url, name = one.name })))
end

local function about(request, one, values, problem)
  local example <const> = one.spec.examples and one.spec.examples[1]
  local text <const> = example and example.payload
  return shared.answer(request, "integrations_type.html", { one = { type = one.type, name = one.name, about = one.about },
    connect = connect_of(request, one), example = text and (json.is_valid(text) and json_text.indented(text) or text) or false,
    example_name = example and example[1] or false, looks = looks_of(one, request.now), templates = templates_of(one.spec),
    form = form.state(values, problem), teams = form.choices(shared.teams(request)),
    may_write = shared.may(request, "write") }, problem and form.status(problem))
end

---GET /integrations/new/<type>
local function show_type(request)
  local one <const> = types.get(request.id)
  return one and about(request, one, { name = "" })
end

---POST /integrations/new/<type>
local function create(request)
  local one <const>, sent <const> = types.get(request.id), form.read(request)
  if not one then return nil end
  local bare <const> = function(name) return string.match(sent[name] or "", "^%s*(.-)%s*$") end
  local made <const>, problem <const> = ask.send(request, "POST", "/api/v1/integrations/", {
    type = one.type, name = bare "name" ~= "" and bare "name" or nil,
    description_short = form.text_or_null(sent.description_short), team_id = form.text_or_null(sent.team_id),
    token = bare "token" ~= "" and bare "token" or nil })
  if made then return page.see_other(request, "/integrations/" .. made.id) end
  return about(request, one, sent, problem)
end

gallery.routes = {
  { "/integrations/new", "GET", show, "integrations:read" },
  { "/integrations/new/:token", "GET", show_type, "integrations:read", "none" },
  { "/integrations/new/:token", "POST", create, "integrations:write", "none" },
}

return gallery
