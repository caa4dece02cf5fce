--- What a source may leave out: every field of an integration's examples missing, null and empty in turn, and bodies of other shapes.
local json <const> = require "tocsin.json"
local integration <const> = require "integration"
local receive <const> = require "receive"
local render <const> = require "render"
local signal <const> = require "signal"

local gaps = {}

local SHAPES <const> = { "5", "true", "[]", '[1,"a"]', "[[]]", "[{}]", "{}", '""', '"text"' }
local DEPTH <const> = 4
local FUEL <const> = 2000000

-- Calls f(body, where) for every body with one gap.
local function each_gap(value, f)
  local function walk(t, path, depth)
    for key, old in pairs(t) do
      local here = path .. "." .. key
      for _, gap in ipairs { json.null, "" } do
        t[key] = gap
        f(json.encode(value), here .. (gap == "" and " empty" or " null"))
      end
      if type(key) == "string" then
        t[key] = nil
        f(json.encode(value), here .. " missing")
      end
      t[key] = old
      if depth < DEPTH and type(old) == "table" and old ~= json.null then walk(old, here, depth + 1) end
    end
  end
  walk(value, "", 1)
end

local function configure(spec, defaults)
  signal.configure(1, 1, json.encode { id = 1, type = spec.type, name = spec.name, templates_default = defaults, templates_custom = {},
    labels = json.array {}, dynamic_labels = json.array(integration.labels(spec)),
    routes = json.array { { id = 7, is_default = true, type = "jinja2" } } })
end

-- Every error of a template over one body, by field.
local function errors_of(spec, defaults, text)
  local problems <const> = select(7, signal.render(1, assert(json.payload(text)), 0, FUEL))
  local out = problems and json.decode(problems) or {}
  local o = { integration = { name = spec.name, type = spec.type }, defaults = defaults, payload_text = text, variables = {} }
  for field, why in pairs(render.neutral(o).errors or {}) do out[field] = why end
  o.channel = "phone_call"
  for field, why in pairs(render.alert(o).errors or {}) do out["phone_call " .. field] = why end
  if spec.split then out.split = select(2, receive.parts(spec, text)) end
  return out
end

--- Every error of a template or a function that a gap in an example causes, as sentences.
---@param spec table a loaded file
---@param bodies string[] JSON texts: its examples as templates see them
---@return string[] sentences
---@return integer count bodies that were tried
function gaps.errors(spec, bodies)
  local defaults <const> = integration.templates(spec)
  local out, count = {}, 0
  local function try(text, where)
    count = count + 1
    for field, why in pairs(errors_of(spec, defaults, text)) do out[#out + 1] = ("%s, %s: %s"):format(where, field, why) end
  end
  configure(spec, defaults)
  for _, shape in ipairs(SHAPES) do try(shape, "the body " .. shape) end
  for _, body in ipairs(bodies) do
    local value = json.decode(body)
    if type(value) == "table" then each_gap(value, try) end
  end
  return out, count
end

return gaps
