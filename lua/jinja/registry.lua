--- Where filters and tests are found by name; the files that hold them fill it as they load.
local errors <const> = require "jinja.errors"
local text <const> = require "jinja.text"
local value <const> = require "jinja.value"
local args <const> = require "jinja.args"

local NONE <const> = {}

local registry <const> = {
  filters = {}, -- name → f(value, n, args…, kwargs)
  escaping = {}, -- the same for those that differ inside {% autoescape true %}
  tests = {}, -- name → f(value, n, args…, kwargs) → boolean
}

--- Adds a filter: f(value, a1, a2, …), nil for what is not given.
---@param names string  names, apart by blanks
---@param sig jinja.Signature
function registry.filter(names, sig, f)
  local bound = args.bind(sig, f)
  for name in string.gmatch(names, "%S+") do registry.filters[name] = bound end
  return bound
end

-- Raised when a template gives a name that is not there as a value, as in map("nope").
local function unknown(kind, name)
  local message = "No " .. kind .. " named " .. text.repr(name) .. "."
  if getmetatable(name) == value.UNDEF then
    message = message .. " (" .. text.undef_message(name) .. "; did you forget to quote the callable name?)"
  end
  errors.raise("TemplateRuntimeError", message)
end

--- What renders now: the filters and tests of its environment, and the context, in which {% autoescape %} turns `escaped`
--- on and off. A state renders one template at a time.
local own <const> = { filter = {}, test = {}, context = { escaped = false } }
registry.own = own

--- From now on, these filters and tests go before the built-in ones.
---@param filters table?
---@param tests table?
---@param escaped boolean?  autoescape, where a template does not say
function registry.begin(filters, tests, escaped)
  own.filter, own.test, own.context = filters or NONE, tests or NONE, { escaped = escaped or false }
end

--- Turns autoescape on or off in the context that renders now; what it was.
function registry.escape(on)
  local context <const> = own.context
  local was <const> = context.escaped
  context.escaped = on
  return was
end

--- Is there one of that name?
---@param kind "filter" | "test"
function registry.has(kind, key)
  return own[kind][key] ~= nil or registry[kind .. "s"][key] ~= nil
end

--- The filter or test that a value names.
---@param kind "filter" | "test"
function registry.named(kind, name)
  value.normal(name) -- looked up in a dict, it must have a hash
  local key = value.text_of(name)
  local found = key and (own[kind][key] or kind == "filter" and own.context.escaped and registry.escaping[key]
    or registry[kind .. "s"][key])
  if not found then unknown(kind, name) end
  return found
end

return registry
