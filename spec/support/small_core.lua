--- A core in a few lines for specs of integration files: real signals, grouping by the plain rule, no clock, no store.
local json = require "tocsin.json"
local signal = require "signal"
local receive = require "receive"

local small_core = {}

local function new_id(core)
  core.ids = core.ids + 1
  return core.ids
end

local function find_group(core, key, is_resolve)
  for i = #core.list, 1, -1 do
    local group = core.list[i]
    if key and group.grouping_id == key and (group.state ~= "resolved" or is_resolve) then return group end
  end
end

local function accept(core, id, text)
  local key, is_resolve, is_acknowledge, route, title, labels, problems =
    signal.render(id, assert(json.payload(text)), 0)
  local group = find_group(core, key, is_resolve)
  if not group then
    group = { id = new_id(core), grouping_id = key, state = "firing", title = title, route = route, alerts_count = 0,
              labels = labels and json.decode(labels) or {} }
    core.list[#core.list + 1] = group
  end
  group.alerts_count = group.alerts_count + 1
  group.problems = problems and json.decode(problems) or {}
  if is_acknowledge and group.state == "firing" then group.state = "acknowledged" end
  if is_resolve then group.state = "resolved" end
end

local Core = {}
Core.__index = Core

function Core:reset()
  self.list, self.tokens = {}, {}
end

function Core:create(spec)
  local id = new_id(self)
  local flags = signal.configure(id, 1, json.encode { id = id, type = spec.type, name = spec.name,
    templates_default = spec.templates, templates_custom = spec.custom or {},
    labels = json.array(spec.labels or {}), dynamic_labels = json.array(spec.dynamic_labels or {}),
    routes = json.array { { id = 77, is_default = true, type = "jinja2" } } })
  self.tokens["t" .. id] = { id = id, flags = flags, type = spec.type }
  return "t" .. id
end

function Core:post(kind, token, bytes)
  local integration = self.tokens[token]
  if not integration or integration.type ~= kind then return 403 end
  local payload, why = json.payload(bytes)
  if why then return 400 end
  local parts = integration.flags & 2 ~= 0 and receive.split(kind, payload)
  for _, text in ipairs(parts and json.decode(parts) or { bytes }) do accept(self, integration.id, text) end
  return 200
end

function Core:groups()
  local out = {}
  for i, group in ipairs(self.list) do
    out[i] = {}
    for key, v in pairs(group) do out[i][key] = v end
  end
  return out
end

function Core:close() self.list = {} end

function small_core.new()
  local core = setmetatable({ ids = 0 }, Core)
  core:reset()
  return core
end

return small_core
