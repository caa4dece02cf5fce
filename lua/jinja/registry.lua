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

-- The filters and tests of the environment that renders now; a state renders one template at a time.
local own <const> = { filter = {}, test = {} }

--- From now on, these filters and tests go before the built-in ones.
---@param filters table?
---@param tests table?
function registry.begin(filters, tests)
  own.filter, own.test = filters or NONE, tests or NONE
end

--- Is there one of that name?
---@param kind "filter" | "test"
function registry.has(kind, key)
  return own[kind][key] ~= nil or registry[kind .. "s"][key] ~= nil
end

--- The filter or test that a value names.
---@param kind "filter" | "test"
function registry.named(kind, name)
  local key = value.text_of(name)
  local found = key and (own[kind][key] or registry[kind .. "s"][key])
  if not found then unknown(kind, name) end
  return found
end

return registry
