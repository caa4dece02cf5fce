--- Methods of dict and of its views.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local sequence <const> = require "jinja.sequence"
local compare <const> = require "jinja.compare"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, setmetatable <const> = type, getmetatable, setmetatable
local raise <const>, NULL <const>, DICT <const> = errors.raise, value.NULL, value.DICT
local dict_set <const>, dict_del <const> = value.dict_set, value.dict_del

local dict <const> = {}

local function define(name, params, required, f)
  dict[name] = args.bind({ name = name, type = "dict", params = params, required = required, builtin = true }, f)
end

local get <const> = args.bind({ name = "get", type = "dict", params = { "key", "default" }, required = 1, builtin = true },
  function(d, key, default)
    local v = value.dict_get(d, key)
    if v ~= nil then return v end
    if default ~= nil then return default end
    return NULL
  end)

-- The most used method of all: the two plain forms are taken here.
function dict.get(d, n, key, default, kwargs)
  if type(key) == "string" and (n == 1 and default == nil or n == 2 and kwargs == nil) then
    local v = d.v[key]
    if v ~= nil then return v end
    if n == 2 then return default end
    return NULL
  end
  return get(d, n, key, default, kwargs)
end

local function view(T) return function(d) return setmetatable({ dict = d }, T) end end
define("keys", {}, 0, view(value.KEYS))
define("values", {}, 0, view(value.VALUES))
define("items", {}, 0, view(value.ITEMS))

define("copy", {}, 0, value.dict_copy)

-- An empty dict does not look at the key.
define("pop", { "key", "default" }, 1, function(d, key, default)
  local v
  if d.n > 0 then v = dict_del(d, key) end
  if v ~= nil then return v end
  if default ~= nil then return default end
  raise("KeyError", text.repr(key))
end)

define("popitem", {}, 0, function(d)
  if d.n == 0 then raise("KeyError", "'popitem(): dictionary is empty'") end
  local key, v = value.dict_at(d, d.n)
  dict_del(d, key)
  return value.pair(key, v)
end)

define("setdefault", { "key", "default" }, 1, function(d, key, default)
  local v = value.dict_get(d, key)
  if v ~= nil then return v end
  if default == nil then default = NULL end
  dict_set(d, key, default)
  return default
end)

define("clear", {}, 0, function(d)
  d.n, d.k, d.v = 0, {}, {}
  return NULL
end)

define("fromkeys", { "iterable", "value" }, 1, function(_, keys, v)
  local d, list = value.new_dict(), sequence.items(keys)
  if v == nil then v = NULL end
  for i = 1, list.n do dict_set(d, list[i], v) end
  return d
end)

local function add_pair(d, pair, place)
  if not sequence.is_iterable(pair) then
    raise("TypeError", "cannot convert dictionary update sequence element #" .. place .. " to a sequence")
  end
  local two = sequence.items(pair)
  if two.n ~= 2 then
    raise("ValueError", string.format("dictionary update sequence element #%d has length %d; 2 is required", place, two.n))
  end
  dict_set(d, two[1], two[2])
end

--- Puts what dict(…) or update(…) is given into a dict: a mapping or pairs, then keywords.
local function merge(d, source, kwargs)
  source = value.plain(source)
  text.must_exist(source)
  if getmetatable(source) == DICT then
    fuel.spend(10 * source.n)
    for i = 1, source.n do dict_set(d, value.dict_at(source, i)) end
  elseif source ~= nil then
    local pairs_ = sequence.items(source)
    for i = 1, pairs_.n do add_pair(d, pairs_[i], i - 1) end
  end
  for i = 1, kwargs and #kwargs or 0 do dict_set(d, kwargs[i], kwargs[kwargs[i]]) end
  return d
end

function dict.update(d, n, ...)
  local given, kwargs = args.open(n, ...)
  if n > 1 then raise("TypeError", "update expected at most 1 argument, got " .. n) end
  merge(d, given[1], kwargs)
  return NULL
end

access.add_methods(DICT, dict)

local function isdisjoint(v, other)
  local list = sequence.items(other)
  for i = 1, list.n do
    if compare.contains(list[i], v) then return false end
  end
  return true
end
local signature <const> = { name = "isdisjoint", type = "dict_keys", params = { "other" }, required = 1, builtin = true }
access.add_methods(value.KEYS, { isdisjoint = args.bind(signature, isdisjoint) })
access.add_methods(value.ITEMS, { isdisjoint = args.bind(signature, isdisjoint) })

return { merge = merge }
