--- What generated code needs besides the runtime: dicts and their items, and the joints of autoescape.
local errors <const> = require "jinja.errors"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local access <const> = require "jinja.access"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local getmetatable <const>, type <const> = getmetatable, type
local unpack <const> = table.unpack
local DICT <const>, NULL <const>, normal <const> = value.DICT, value.NULL, value.normal
local hot <const> = require "tocsin.access"
local json_item <const> = require("tocsin.json").item

local support <const> = {}

local function to_list(v, n) return registry.filters.list(v, n) end

--- Stands for a slice among several subscripts.
support.SLICE = value.undef_hint("slice")

--- Calls a filter or test with arguments that are only known when it runs.
---@param list table {n=, …}
function support.apply(f, input, list, kwargs)
  local n = list.n
  local args = table.move(list, 1, n, 1, {})
  args[n + 1] = kwargs
  return f(input, n, unpack(args, 1, n + 1))
end

--- The text of what a call block or filter block writes: it is not converted.
---@return string
function support.written(v)
  if type(v) == "string" then return v end
  local s = value.text_of(v)
  if s then return s end
  errors.raise("TypeError", "sequence item 0: expected str instance, " .. value.type_name(v) .. " found")
end

--- A value that is there.
function support.known(v)
  if getmetatable(v) == value.UNDEF then text.fail_undef(v) end
  return v
end

--- Raises for anything but a namespace.
function support.namespace(v)
  if getmetatable(v) ~= value.NAMESPACE then
    errors.raise("TemplateRuntimeError", "cannot assign attribute on non-namespace object")
  end
end

--- Markup(v).
function support.safe(v)
  if getmetatable(v) == value.MARKUP then return v end
  return value.markup(text.str(v))
end

function support.too_deep() errors.raise("RecursionError", "maximum recursion depth exceeded") end

-- Dicts ----------------------------------------------------------------------------------------------------------------

--- `v.get(key)`, `v.get(key, default)`, without making a table of a payload where a walk in C will do.
---@param default any?  nil: not given
function support.get(v, key, default)
  if type(key) ~= "string" then return access.method(v, "get", default == nil and 1 or 2, key, default) end
  if type(v) == "userdata" and value.type_of(v) == DICT then
    local x, is_missing = json_item(v, key)
    if x ~= nil then return x end
    if is_missing then return default == nil and NULL or default end
    v = value.plain(v)
  end
  if getmetatable(v) ~= DICT then return access.method(v, "get", default == nil and 1 or 2, key, default) end
  local x = v.v[key]
  if x ~= nil then return x end
  if default == nil then return NULL end
  return default
end

-- Loops over items ------------------------------------------------------------------------------------------------------

--- What `for a, b in v.items()` runs over: the dict itself or the payload's object, or a list of pairs.
function support.items_of(v)
  if type(v) == "userdata" and value.type_of(v) == DICT then return v end
  v = value.plain(v)
  if getmetatable(v) == DICT then return v end
  return to_list(access.method(v, "items", 0), 0)
end

--- How many items that are.
support.items_length = sequence.size

local function changed() errors.raise("RuntimeError", "dictionary changed size during iteration") end

-- at: index, size at the beginning, dict. One table instead of a closure and its upvalues.
local function next_item(at)
  local i <const>, dict <const> = at[1] + 1, at[3]
  if dict.n ~= at[2] then changed() end
  at[1] = i
  local key = dict.k[i]
  if type(key) == "string" then return key, dict.v[key] end
  if key ~= nil then return key, dict.v[normal(key)] end
end

local function general_pairs(source)
  if getmetatable(source) == DICT then return next_item, { 0, source.n, source } end
  local i, size = 0, source.n
  return function()
    i = i + 1
    if i <= size then return sequence.unpack(source[i], 2) end
  end
end

--- What a generic `for` takes to go over the keys and values of what `items_of` gave: no tuple is made for each of them.
support.pairs = hot.pairs(function(source) return general_pairs(value.plain(source)) end)

--- The same for `v.items()`.
support.pairs_of = hot.pairs(function(v) return general_pairs(value.plain(support.items_of(v))) end)

return support
