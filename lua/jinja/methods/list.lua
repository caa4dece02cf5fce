--- Methods of list and tuple.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local errors <const> = require "jinja.errors"
local raise <const>, NULL <const>, integer <const> = errors.raise, value.NULL, args.integer
local insert <const>, remove <const>, move <const> = table.insert, table.remove, table.move

local function methods_of(type_name)
  local methods = {}
  return methods, function(name, params, required, f)
    methods[name] = args.bind({ name = name, type = type_name, params = params, required = required, builtin = true }, f)
  end
end

local list <const>, define <const> = methods_of "list"
local tuple <const>, define_tuple <const> = methods_of "tuple"

define("append", { "object" }, 1, function(t, v)
  local n = t.n + 1
  t[n] = v
  t.n = n
  return NULL
end)

define("clear", {}, 0, function(t)
  fuel.spend(t.n)
  for i = t.n, 1, -1 do t[i] = nil end
  t.n = 0
  return NULL
end)

define("copy", {}, 0, function(t)
  fuel.spend(2 * t.n)
  return value.list(move(t, 1, t.n, 1, { n = t.n }))
end)

define("extend", { "iterable" }, 1, function(t, items)
  local more = sequence.items(items)
  local n = more.n
  move(more, 1, n, t.n + 1, t)
  t.n = t.n + n
  return NULL
end)

define("insert", { "index", "object" }, 2, function(t, i, v)
  i = integer(i)
  local n = t.n
  if i < 0 then i = i + n end
  if i < 0 then i = 0 elseif i > n then i = n end
  fuel.spend(n - i)
  insert(t, i + 1, v)
  t.n = n + 1
  return NULL
end)

define("pop", { "index" }, 0, function(t, i)
  local n = t.n
  i = i == nil and -1 or integer(i)
  if n == 0 then raise("IndexError", "pop from empty list") end
  if i < 0 then i = i + n end
  if i < 0 or i >= n then raise("IndexError", "pop index out of range") end
  fuel.spend(n - i)
  t.n = n - 1
  return remove(t, i + 1)
end)

local function place_of(t, v, from, to)
  fuel.spend(5 * t.n)
  for i = from, to do
    if compare.eq(t[i], v) then return i end
  end
end

define("remove", { "value" }, 1, function(t, v)
  local i = place_of(t, v, 1, t.n)
  if not i then raise("ValueError", "list.remove(x): x not in list") end
  t.n = t.n - 1
  remove(t, i)
  return NULL
end)

define("reverse", {}, 0, function(t)
  local n = t.n
  fuel.spend(n)
  for i = 1, n // 2 do t[i], t[n - i + 1] = t[n - i + 1], t[i] end
  return NULL
end)

local function sorted_keys(t, key)
  if key == nil or key == NULL then return t end
  local keys = { n = t.n }
  for i = 1, t.n do
    fuel.spend(10)
    keys[i] = access.call(key, 1, t[i])
  end
  return keys
end

function list.sort(t, n, kwargs)
  if n > 0 then raise("TypeError", "sort() takes no positional arguments") end
  kwargs = kwargs or {}
  for i = 1, #kwargs do
    if kwargs[i] ~= "key" and kwargs[i] ~= "reverse" then
      raise("TypeError", "'" .. kwargs[i] .. "' is an invalid keyword argument for sort()")
    end
  end
  local sorted = sequence.sort(t, sorted_keys(t, kwargs.key), kwargs.reverse ~= nil and args.c_int(kwargs.reverse) ~= 0)
  move(sorted, 1, sorted.n, 1, t)
  return NULL
end

for _, each in ipairs { { "list", define }, { "tuple", define_tuple } } do
  local type_name <const>, def <const> = each[1], each[2]

  def("count", { "value" }, 1, function(t, v)
    fuel.spend(5 * t.n)
    local found = 0
    for i = 1, t.n do
      if compare.eq(t[i], v) then found = found + 1 end
    end
    return found
  end)

  def("index", { "value", "start", "stop" }, 1, function(t, v, from, to)
    if from == NULL or to == NULL then
      raise("TypeError", "slice indices must be integers or have an __index__ method")
    end
    local first, count = sequence.slice_of(t.n, from, to, 1)
    local i = place_of(t, v, first + 1, first + count)
    if i then return i - 1 end
    if type_name == "tuple" then raise("ValueError", "tuple.index(x): x not in tuple") end
    raise("ValueError", text.repr(v) .. " is not in list")
  end)
end

access.add_methods(value.LIST, list)
access.add_methods(value.TUPLE, tuple)

-- A tuple whose items have names: {label=, names=, shape=}, see `value.named_tuple`.
value.TUPLE.attr = function(t, name)
  for i, own in ipairs(t.named and t.named.names or {}) do
    if own == name then return t[i] end
  end
end

return list
