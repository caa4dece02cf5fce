--- Filters over sequences that look at once: length, first, last, list, reverse, sum, random.
local utf <const> = require "tocsin.text"
local value <const> = require "jinja.value"
local args <const> = require "jinja.args"
local arith <const> = require "jinja.arith"
local access <const> = require "jinja.access"
local sequence <const> = require "jinja.sequence"
local text <const> = require "jinja.text"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local type <const>, math_type <const>, abs <const> = type, math.type, math.abs
local setmetatable <const>, getmetatable <const> = setmetatable, getmetatable
local raise <const>, type_of <const>, plain <const> = errors.raise, value.type_of, value.plain
local LIST <const>, TUPLE <const>, NULL <const> = value.LIST, value.TUPLE, value.NULL
local filter <const> = registry.filter

local general_length <const> = args.bind({ name = "len", params = {} }, sequence.length)
local function length(v, n, a, b)
  if n == 0 and a == nil then return sequence.length(v) end
  return general_length(v, n, a, b)
end
registry.filters.length, registry.filters.count = length, length

filter("list", { name = "sync_do_list", params = {}, subject = "value" }, function(v)
  return value.list(sequence.copy(v))
end)

filter("first", { name = "sync_do_first", hidden = 2, params = {}, subject = "seq" }, function(v)
  local x
  if getmetatable(v) == LIST then x = v[1] else x = sequence.iter(v)() end
  if x == nil then return value.undef_hint "No first item, sequence was empty." end
  return x
end)

-- Which iterator reversed() makes of a type; nil for what has none.
local REVERSED_NAME <const> = {
  [LIST] = "list_reverseiterator",
  [TUPLE] = "reversed",
  [value.DICT] = "dict_reversekeyiterator",
  [value.KEYS] = "dict_reversekeyiterator",
  [value.VALUES] = "dict_reversevalueiterator",
  [value.ITEMS] = "dict_reverseitemiterator",
  [value.RANGE] = "range_iterator",
  [value.UNDEF] = "reversed",
  [value.MARKUP] = "reversed",
  [value.STR] = "reversed",
}

filter("last", { name = "do_last", hidden = 2, params = {}, subject = "seq" }, function(v)
  local T = type_of(v)
  if not REVERSED_NAME[T] then raise("TypeError", "'" .. T.name .. "' object is not reversible") end
  local x
  if T == LIST or T == TUPLE then
    v = plain(v)
    x = v[v.n]
  elseif T == value.STR then
    x = utf.at(v, -1)
  else
    local items = sequence.items(v)
    x = items[items.n]
    if T == value.MARKUP and x then x = value.markup(x) end
  end
  if x == nil then return value.undef_hint "No last item, sequence was empty." end
  return x
end)

local function backwards(items, origin)
  local i = items.n + 1
  local function next_item()
    i = i - 1
    return items[i]
  end
  return setmetatable({ next = next_item, size = items.n, origin = origin }, value.REVERSED)
end

filter("reverse", { name = "do_reverse", params = {}, subject = "value" }, function(v)
  local T = type_of(v)
  if T == value.STR then return utf.reverse(v) end
  if T == value.MARKUP then return value.markup(utf.reverse(v.s)) end
  if not sequence.is_iterable(v) then raise("FilterArgumentError", "argument must be iterable") end
  if REVERSED_NAME[T] then return backwards(sequence.items(v), REVERSED_NAME[T]) end
  local items = sequence.copy(v)
  local out, n = { n = items.n }, items.n
  for i = 1, n do out[i] = items[n - i + 1] end
  return value.list(out)
end)

filter("random", { name = "do_random", hidden = 2, params = {}, subject = "seq" }, function(v)
  local n = sequence.length(v)
  if n == 0 then return value.undef_hint "No random item, sequence was empty." end
  local place = math.random(0, n - 1)
  local x = access.item(v, place)
  if type_of(v) == value.DICT and getmetatable(x) == value.UNDEF then raise("KeyError", tostring(place)) end
  return x
end)

-- Sums ---------------------------------------------------------------------------------------------------------------

-- Adds floats from place i on as Python 3.12 does, carrying what each addition lost. Stops at anything but a number.
local function sum_floats(items, i, total)
  local lost = 0.0
  while i <= items.n do
    local x = items[i]
    local kind = math_type(x)
    if kind == "float" then
      local t = total + x
      if abs(total) >= abs(x) then lost = lost + ((total - t) + x) else lost = lost + ((x - t) + total) end
      total = t
    elseif kind == "integer" then
      total = total + x
    elseif type(x) == "boolean" then
      total = total + (x and 1 or 0)
    else
      break
    end
    i = i + 1
  end
  if lost - lost == 0 then total = total + lost end
  return total, i
end

local function sum(items, total)
  local i = 1
  if math_type(total) == "integer" then
    while i <= items.n and math_type(total) ~= "float" do
      total = arith.add(total, items[i])
      i = i + 1
    end
  end
  if math_type(total) == "float" then total, i = sum_floats(items, i, total) end
  for j = i, items.n do total = arith.add(total, items[j]) end
  return total
end

filter("sum", { name = "sync_do_sum", hidden = 2, params = { "attribute", "start" }, subject = "iterable" },
  function(v, attribute, start)
    local items = sequence.items(v)
    if attribute ~= nil and attribute ~= NULL then
      local parts, of = access.parts(attribute), { n = items.n }
      for i = 1, items.n do of[i] = access.follow(items[i], parts) end
      items = of
    end
    if start == nil then start = 0 end
    if items.n > 0 then text.must_exist(start) end
    if value.text_of(start) then raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]") end
    return sum(items, start)
  end)


return registry
