--- What an alert looks like on one channel: title, message, image and source link, from templates and payload.
---
--- Lookup of a field: the customised `<channel>_<field>`; the integration's own default `<channel>_<field>`; for channels
--- `from_web` the default `web_<field>`; the neutral default `<field>`. The first two are in the channel's syntax, the
--- last two neutral text that the channel converts. An empty text is empty; a missing or null one is looked up further.
--- An error of a template is that field's text, so that people see it where they miss the words.
local json <const> = require("tocsin.json")
local value <const> = require("jinja.value")
local channels <const> = require("channels")
local counts <const> = require("counts")
local keys <const> = require("keys")
local markdown <const> = require("markdown")
local template <const> = require("template")
local type <const>, pairs <const>, ipairs <const>, find <const> = type, pairs, ipairs, string.find

local render = {}

local WEB_FIELDS <const> = { "title", "message", "image_url" }

local function text_in(templates, field)
  local text = templates and templates[field]
  return type(text) == "string" and text or nil
end

-- The template of a field: source, and whether it is in the channel's own syntax.
local function find_template(o, name, field)
  local key = name .. "_" .. field
  local own = text_in(o.templates, key) or text_in(o.defaults, key)
  if own then return own, true end
  local web = channels[name].from_web and text_in(o.defaults, "web_" .. field)
  if web then return web, false end
  return text_in(o.defaults, field), false
end

--- The template of a channel's field, and whether it is in the channel's own syntax.
---@param o {templates: table?, defaults: table}
---@return string? source
---@return boolean is_own
function render.template_of(o, name, field) return find_template(o, name, field) end

local function labels_dict(labels)
  if type(labels) ~= "table" then return value.new_dict() end
  if getmetatable(labels) == value.DICT then return value.dict_copy(labels) end
  local dict = value.new_dict()
  for _, key in ipairs(keys.sorted(labels)) do value.dict_set(dict, key, labels[key]) end
  return dict
end

-- A copy of a payload with every text escaped: what customised templates of an escaping channel expect.
local function escaped(v, escape, depth)
  local t = value.plain(v)
  if type(t) == "string" then return escape(t) end
  if type(t) ~= "table" or depth > 128 then return t end
  local kind = value.type_of(t)
  if kind == value.LIST then
    local out = { n = t.n }
    for i = 1, t.n do out[i] = escaped(t[i], escape, depth + 1) end
    return value.list(out)
  elseif kind == value.DICT then
    local out = value.new_dict()
    for i = 1, t.n do value.dict_set(out, escape(t.k[i]), escaped(t.v[t.k[i]], escape, depth + 1)) end
    return out
  end
  return t
end

--- A copy of a value with every text and key of it replaced.
---@param v any
---@param escape fun(text: string): string
---@return any
function render.escaped(v, escape) return escaped(v, escape, 0) end

local function is_counted(o)
  local sources = {}
  for _, set in ipairs { o.templates or {}, o.defaults or {} } do
    for _, text in pairs(set) do
      if type(text) == "string" then sources[#sources + 1] = text end
    end
  end
  return counts.are_needed(o.integration.type or "", sources)
end

local function payload_of(o)
  local payload = o.payload
  if o.payload_text then payload = assert(json.payload(o.payload_text)) end
  return payload
end

local function new_context(o)
  local payload = payload_of(o)
  if is_counted(o) then payload = counts.add(payload) end
  if o.now then template.set_now(o.now) end
  local variables = o.variables or {}
  return {
    payload = payload,
    labels = labels_dict(o.labels),
    integration_name = o.integration.name,
    grafana_oncall_alert_group_id = variables.number,
    grafana_oncall_incident_id = variables.number,
    grafana_oncall_link = variables.link,
  }
end

local function copy_of(context)
  local copy = {}
  for key, v in pairs(context) do copy[key] = v end
  return copy
end

-- What a template sees: one that may change values has labels and payload of its own.
local function seen_by(t, o, context)
  if not (t.run and t.run.mutates) then return context end
  local own = copy_of(context)
  own.labels, own.payload = value.dict_copy(context.labels), json.fresh(payload_of(o))
  if is_counted(o) then own.payload = counts.add(own.payload) end
  return own
end

-- One field: text (nil when it printed None), "own" | "neutral" | "error", of an error its line. Nothing without a template.
local function render_field(o, context, name, field)
  local source, is_own = find_template(o, name, field)
  if not source then return nil end
  local t = template.fetch(source)
  local ctx = seen_by(t, o, context)
  if is_own and channels[name].escapes_payload then
    ctx = copy_of(ctx)
    ctx.payload = escaped(ctx.payload, channels[name].escape, 0)
  end
  local limit = field == "title" and template.title_limit or template.text_limit
  local text, failed, line = template.render(t, ctx, limit, o.fuel)
  if failed then return text, "error", line end
  if text == "None" then return nil, is_own and "own" or "neutral" end
  return text, is_own and "own" or "neutral"
end

-- What every other channel may print of the web templates.
local function add_web_variables(o, context)
  for _, field in ipairs(WEB_FIELDS) do
    local name = "web_" .. field
    if find_template(o, "web", field) then
      context[name] = render_field(o, context, "web", field) or json.null
    else
      context[name] = name .. " is not set"
    end
  end
end

local function mentions_web(o, name)
  for _, field in ipairs(channels[name].fields) do
    local source = find_template(o, name, field)
    if source and find(source, "web_", 1, true) then return true end
  end
  return false
end

local function link_of(o, context, errors)
  local source = text_in(o.templates, "source_link") or text_in(o.defaults, "source_link")
  context.source_link = json.null
  if not source then return nil end
  local t = template.fetch(source)
  local text, failed = template.render(t, seen_by(t, o, context), nil, o.fuel)
  if failed then errors.source_link = text end
  context.source_link = text
  return not failed and markdown.safe_url(text) or nil
end

local function convert(channel, text, kind, field)
  if kind == "error" then return channel.plain(text, field) end
  if kind == "own" then return channel.own(text, field) end
  return channel.convert(text, field)
end

---@class render_options
---@field integration {name: string, type: string?}
---@field templates table<string, string>? customised: flat field to text
---@field defaults table<string, string> the integration's copy of its file's templates
---@field payload any? a payload value
---@field payload_text string? or its JSON text
---@field labels table? key to value
---@field variables {number: integer?, link: string?}? of the alert group
---@field now integer? µs since 1970: what `time()` says
---@field channel string
---@field fuel integer? budget of each template; nil: the call's own

--- Renders one alert for one channel.
---@param o render_options
---@return {title: string, message: string?, image_url: string?, source_link: string?, errors: table<string, string>?,
---  lines: table<string, integer>} lines: of templates, where errors are
function render.alert(o)
  local name = o.channel
  local channel = assert(channels[name], "unknown channel")
  local context, out, errors = new_context(o), { lines = {} }, {}
  out.source_link = link_of(o, context, errors)
  if name ~= "web" and mentions_web(o, name) then add_web_variables(o, context) end
  for _, field in ipairs(channel.fields) do
    local text, kind, line = render_field(o, context, name, field)
    if kind == "error" then errors[field], out.lines[field] = text, line end
    if text and field == "image_url" then
      out.image_url = kind ~= "error" and find(text, "^[hH][tT][tT][pP]") and markdown.safe_url(text) or nil
    elseif text then
      out[field] = convert(channel, text, kind, field)
    end
  end
  if not out.title or not find(out.title, "%S") then out.title = channel.fallback_title end
  if next(errors) then out.errors = errors end
  return out
end

--- The alert's neutral texts before any channel converts them: what a template editor and `tocsin check` compare.
---@param o render_options `channel` is not used
---@return {title: string?, message: string?, image_url: string?, source_link: string?, errors: table<string, string>?}
function render.neutral(o)
  local context, out, errors = new_context(o), {}, {}
  out.source_link = link_of(o, context, errors)
  for _, field in ipairs(WEB_FIELDS) do
    local text, kind = render_field(o, context, "web", field)
    if kind == "error" then errors[field] = text end
    out[field] = text
  end
  if next(errors) then out.errors = errors end
  return out
end

return render
