--- The meaning of one alert: labels, title, grouping id, resolve, acknowledge and route. The hot path of the I/O loops.
---
--- Called from C: `configure` when a loop first meets a version of an integration, `render` for each alert. What can be
--- known beforehand (compiled templates, which variables they mention) is worked out in `configure`, so the
--- common alert costs four renderings and a handful of small tables.
--- The module keeps the compiled integrations of its Lua state; one state belongs to one thread.
local json <const> = require("tocsin.json")
local template <const> = require("template")
local labels <const> = require("labels")
local counts <const> = require("counts")
local integration <const> = require("integration")
local silences <const> = require("silences")
local sorted <const> = require("keys").sorted
local value <const> = require("jinja.value")
local ipairs <const>, next <const>, concat <const> = ipairs, next, table.concat
local compiled <const>, render <const>, is_true <const> = template.get, template.render, template.is_true
local dict_copy <const>, new_dict <const> = value.dict_copy, value.new_dict

local signal = {}

local configured <const> = {}

-- Routes are regular expressions over this text of the payload.
local payload_text <const> = compiled("{{ payload | json_dumps }}")
local regex_search <const> = compiled("{{ text | regex_search(term) }}")

-- A template, shared by all integrations with this text, and what it needs from the context beyond the payload.
local function prepare(source)
  local t = compiled(source)
  t.uses_labels = template.reads(t, "labels")
  return t
end

-- The customised text, even when it is empty; null and absent are the default.
local function overlay(defaults, custom, field)
  local own = type(custom) == "table" and custom[field]
  if type(own) == "string" then return own end
  local text = type(defaults) == "table" and defaults[field]
  return type(text) == "string" and text or nil
end

local ROUTE_TYPES <const> = { jinja2 = true, regex = true, labels = true }

local function prepare_route(route)
  local out = { id = route.id, type = route.type, field = "route:" .. route.id }
  if route.is_default or not ROUTE_TYPES[route.type] then return nil end
  if route.type == "labels" then
    out.labels = type(route.labels) == "table" and route.labels or {}
    return #out.labels > 0 and out or nil
  end
  if type(route.term) ~= "string" or route.term == "" then return nil end
  if route.type == "jinja2" then out.template = prepare(route.term) else out.term = route.term end
  return out
end

local function prepare_routes(c, routes)
  c.routes = {}
  for _, route in ipairs(routes or {}) do
    local prepared = prepare_route(route)
    c.routes[#c.routes + 1] = prepared
    if route.is_default or not c.default_route then c.default_route = route.id end
    if prepared and prepared.term then c.has_regex = true end
  end
  for _, route in ipairs(routes or {}) do
    if route.is_default then c.default_route = route.id end
  end
end

local function prepare_templates(c, of)
  local function prepared(field) return of(field) and prepare(of(field)) end
  c.grouping_id = prepared("grouping_id")
  c.resolve = prepared("resolve_condition")
  c.acknowledge = prepared("acknowledge_condition")
  local title = of("web_title") or of("title")
  if not title then return end
  c.title = prepare(title)
  if template.mentions(title, "source_link") then c.source_link = prepared("source_link") end
end

-- Every template text of the integration that renders here.
local function all_sources(c, config, of)
  local sources = {}
  for _, field in ipairs { "grouping_id", "resolve_condition", "acknowledge_condition", "source_link", "web_title", "title" } do
    sources[#sources + 1] = of(field)
  end
  for _, label in ipairs(type(config.dynamic_labels) == "table" and config.dynamic_labels or {}) do
    if type(label.template) == "string" then sources[#sources + 1] = label.template end
  end
  if type(config.multi_label_template) == "string" then sources[#sources + 1] = config.multi_label_template end
  for _, route in ipairs(config.routes or {}) do
    if route.type == "jinja2" and type(route.term) == "string" then sources[#sources + 1] = route.term end
  end
  if c.has_regex then sources[#sources + 1] = "{{ payload }}" end
  return sources
end

-- Whether labels are needed before it is known which group the alert belongs to.
local function decides_by_labels(c)
  for _, t in ipairs { c.grouping_id or {}, c.resolve or {}, c.acknowledge or {} } do
    if t.uses_labels then return true end
  end
  for _, route in ipairs(c.routes) do
    if route.labels or route.template and route.template.uses_labels then return true end
  end
  return false
end

--- Compiles an integration. The JSON is documented at `config_integration.json` in core/engine/config.h.
---@param id integer
---@param version integer
---@param json_text string
---@return integer flags 1: the type has `receive`, 2: `split`; 8: its file is broken; 16: it takes GET; 32: it has a door
---@return string|nil why what is wrong with the file
function signal.configure(id, version, json_text)
  local config = assert(json.decode(json_text))
  local c = { version = version, name = config.name, type = config.type }
  prepare_routes(c, config.routes)
  local function of(field) return overlay(config.templates_default, config.templates_custom, field) end
  prepare_templates(c, of)
  c.labels = labels.plan(config)
  c.silences = silences.prepare(config.silences, prepare)
  c.decides_by_labels = decides_by_labels(c)
  c.needs_counts = counts.are_needed(c.type, all_sources(c, config, of))
  configured[id] = c
  return integration.flags(c.type)
end

---@param id integer
function signal.forget(id)
  configured[id] = nil
end

-- One alert on its way: c the compiled integration, raw the payload as it came, context, labels (a dict or nil), problems,
-- field_fuel. Each template sees labels and counted payloads of its own if it may change them.
local function run(s, t, limit)
  local context = s.context
  if t.uses_labels then
    local own = s.labels or new_dict()
    context.labels = t.run.mutates and dict_copy(own) or own
  end
  if s.c.needs_counts and t.run and t.run.mutates then context.payload = counts.add(json.fresh(s.raw)) end
  local text, failed = render(t, context, limit, s.field_fuel)
  context.payload = s.payload
  return text, failed
end

local function matches_labels(route, dict)
  if not dict then return false end
  for _, wanted in ipairs(route.labels) do
    if labels.get(dict, wanted.key) ~= wanted.value then return false end
  end
  return true
end

local function matches_regex(s, route)
  if not s.payload_text then
    local text, failed = run(s, payload_text)
    if failed then return text, true end
    s.payload_text = text
  end
  return render(regex_search, { text = s.payload_text, term = route.term }, nil, s.field_fuel)
end

-- Whether a route takes the alert; nil when its condition has failed, then with what it says.
local function matches(s, route)
  if route.type == "labels" then return matches_labels(route, s.labels) end
  local text, failed
  if route.template then text, failed = run(s, route.template) else text, failed = matches_regex(s, route) end
  if failed then return nil, text end
  return is_true(text), text
end

local function choose_route(s)
  for _, route in ipairs(s.c.routes) do
    local is_taken, text = matches(s, route)
    if is_taken then return route.id end
    if is_taken == nil then s.problems[route.field] = text end
  end
  return s.c.default_route
end

local function condition(s, t, field)
  if not t then return false end
  local text, failed = run(s, t)
  if failed then s.problems[field] = text return false end
  return is_true(text)
end

local function grouping_of(s)
  if not s.c.grouping_id then return nil end
  local text, failed = run(s, s.c.grouping_id)
  if failed then s.problems.grouping_id = text return nil end
  return text ~= "" and text or nil
end

local function silenced(s, now)
  return silences.until_of(s.c.silences, now, function(t)
    local text, failed = run(s, t)
    return not failed and is_true(text)
  end)
end

local function title_of(s)
  local c = s.c
  if not c.title then return "" end
  s.context.integration_name = c.name
  if c.source_link then
    local link, failed = run(s, c.source_link)
    if not failed then s.context.source_link = link end
  end
  local text, failed = run(s, c.title, template.title_limit)
  if failed then s.problems.web_title = text end
  return text ~= "None" and text or ""
end

local function add_labels(s)
  local plan <const> = s.c.labels
  if plan and not s.labels then s.labels = labels.compute(plan, s.context, s.problems, s.field_fuel) end
end

local function problems_json(problems)
  if next(problems) == nil then return nil end
  local out = {}
  for i, field in ipairs(sorted(problems)) do out[i] = json.encode(field) .. ":" .. json.encode(problems[field]) end
  return "{" .. concat(out, ",") .. "}"
end

-- One alert at a time is rendered in a state: its tables are used again by the next one.
local current <const> = { context = {}, problems = {} }

local function begin(c, raw, payload, field_fuel)
  local s <const>, context <const> = current, current.context
  s.c, s.raw, s.payload, s.field_fuel, s.labels, s.payload_text = c, raw, payload, field_fuel, nil, nil
  if next(s.problems) ~= nil then s.problems = {} end
  context.payload, context.labels, context.integration_name, context.source_link = payload, nil, nil, nil
  return s
end

local function begin_with(id, payload, now_us, field_fuel)
  local c = configured[id]
  if not c then error("signal.render: integration " .. tostring(id) .. " is not configured", 0) end
  template.set_now(now_us)
  return begin(c, payload, c.needs_counts and counts.add(payload) or payload, field_fuel), c
end

--- What one alert means. Without `field_fuel` (on an I/O loop) a spent budget is raised and C moves the alert to the slow
--- lane; with it every template has that much fuel and what runs past it is that field's problem.
---@param id integer
---@param payload any payload userdata or scalar
---@param now_us integer
---@param field_fuel integer?
---@param is_open nil|fun(grouping_id: string, route_id: integer): boolean  given, an alert for which it is true is not
---  rendered the words that only an opening group needs
---@return string? grouping_id nil: the alert is a group of its own
---@return boolean is_resolve
---@return boolean is_acknowledge
---@return integer route_id
---@return string? title nil: left out, and so are the labels
---@return string? labels JSON object
---@return string? problems JSON object: field to error text
---@return integer? silenced_until moment: a silence by matchers covers it
function signal.render(id, payload, now_us, field_fuel, is_open)
  local s <const>, c <const> = begin_with(id, payload, now_us, field_fuel)
  if c.decides_by_labels then add_labels(s) end
  local grouping_id = grouping_of(s)
  local is_resolve = condition(s, c.resolve, "resolve_condition")
  local is_acknowledge = condition(s, c.acknowledge, "acknowledge_condition")
  local route_id = choose_route(s)
  local silenced_until = c.silences and not is_resolve and silenced(s, now_us) or nil
  if is_open and grouping_id and is_open(grouping_id, route_id) then
    return grouping_id, is_resolve, is_acknowledge, route_id, nil, nil, problems_json(s.problems), silenced_until
  end
  add_labels(s)
  local title = title_of(s)
  return grouping_id, is_resolve, is_acknowledge, route_id, title, s.labels and labels.to_json(s.labels),
    problems_json(s.problems), silenced_until
end

local function told(s, t)
  if not t then return nil end
  local text, failed = run(s, t)
  return { text = text, is_true = not failed and is_true(text), has_failed = failed or false }
end

--- How `render` comes to its answer, for people who ask why: what each template printed, every route tried in turn, also
--- those behind the one that is taken.
---@return {grouping_id: table?, resolve_condition: table?, acknowledge_condition: table?, routes: table[], default_route:
---integer}
function signal.explain(id, payload, now_us, field_fuel)
  local s <const>, c <const> = begin_with(id, payload, now_us, field_fuel)
  add_labels(s)
  local out <const> = { routes = {}, default_route = c.default_route, grouping_id = told(s, c.grouping_id),
    resolve_condition = told(s, c.resolve), acknowledge_condition = told(s, c.acknowledge) }
  for i, route in ipairs(c.routes) do
    local is_taken, text = matches(s, route)
    out.routes[i] = { id = route.id, is_true = is_taken or false, has_failed = is_taken == nil, text = text }
  end
  return out
end

return signal
