--- Sets: what `-` makes of a dict's keys or items. And how keys, items and sets compare: as sets.
---
--- A set is a dict whose values do not count, so its items keep the order in which they came; Python's have none.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local errors <const> = require "jinja.errors"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local getmetatable <const>, setmetatable <const> = getmetatable, setmetatable
local KEYS <const>, ITEMS <const> = value.KEYS, value.ITEMS

local SET <const> = value.descriptor "set"
local IS_SET <const> = { [KEYS] = true, [ITEMS] = true, [SET] = true }
local UNORDERED <const> = 2 -- neither is in the other

local function new() return setmetatable({ dict = value.new_dict() }, SET) end

local function add(s, item) value.dict_set(s.dict, item, true) end

local function has(s, item)
  if getmetatable(s) ~= SET then return compare.contains(item, s) end
  return s.dict.v[value.normal(item)] ~= nil
end

-- The items of any iterable as a set of its own.
local function set_of(v)
  local s = new()
  for item in sequence.iter(v) do
    fuel.spend(10)
    add(s, item)
  end
  return s
end

-- What is in `a` and, as `wanted` says, in `b` or not.
local function filtered(a, b, wanted)
  local out = new()
  for item in sequence.iter(a) do
    fuel.spend(10)
    if has(b, item) == wanted then add(out, item) end
  end
  return out
end

local function is_within(a, b)
  for item in sequence.iter(a) do
    fuel.spend(10)
    if not has(b, item) then return false end
  end
  return true
end

-- -1, 0, 1 or UNORDERED; nil when one of them is no set.
local function order(a, b)
  if not (IS_SET[getmetatable(a)] and IS_SET[getmetatable(b)]) then return nil end
  if a.dict.n == b.dict.n then return is_within(a, b) and 0 or UNORDERED end
  if a.dict.n < b.dict.n then return is_within(a, b) and -1 or UNORDERED end
  return is_within(b, a) and 1 or UNORDERED
end

-- A view takes anything that can be iterated on its other side, a set only a set or a view.
local function arith(op, a, b)
  local A, B = getmetatable(a), getmetatable(b)
  if op ~= "-" or A == value.UNDEF then return nil end
  if A == KEYS or A == ITEMS or B == KEYS or B == ITEMS then return filtered(a, set_of(b), false) end
  if A == SET and B == SET then return filtered(a, b, false) end
end

for T in next, IS_SET do T.compare, T.arith = order, arith end

SET.eq = function(a, b) return order(a, b) == 0 end
KEYS.eq, ITEMS.eq = SET.eq, SET.eq
SET.key = value.LIST.key
SET.truth = function(s) return s.dict.n > 0 end
SET.size = function(s) return s.dict.n end
SET.iter = function(s) return sequence.iter(s.dict) end
SET.contains = function(item, s) return has(s, item) end
SET.write = function(out, s, depth, seen)
  if s.dict.n == 0 then
    out[#out + 1] = "set()"
    return
  end
  for i = 1, s.dict.n do
    out[#out + 1] = i == 1 and "{" or ", "
    text.write(out, s.dict.k[i], depth, seen)
  end
  out[#out + 1] = "}"
end

local function method(name, f)
  local signature = { name = name, type = "set", params = { "other" }, required = 1, builtin = true }
  return args.bind(signature, f)
end

-- One that takes any number of others, each in turn; of none, it is a copy.
local function folded(name, f)
  return function(s, n, ...)
    local others, kwargs = args.open(n, ...)
    if kwargs and #kwargs > 0 then errors.raise("TypeError", name .. "() takes no keyword arguments") end
    local out = set_of(s)
    for i = 1, n do out = f(out, others[i]) end
    return out
  end
end

access.add_methods(SET, {
  union = folded("union", function(s, other)
    for item in sequence.iter(other) do
      fuel.spend(10)
      add(s, item)
    end
    return s
  end),
  intersection = folded("intersection", function(s, other) return filtered(s, set_of(other), true) end),
  difference = folded("difference", function(s, other) return filtered(s, set_of(other), false) end),
  issubset = method("issubset", function(s, other) return is_within(s, set_of(other)) end),
  issuperset = method("issuperset", function(s, other) return is_within(set_of(other), s) end),
  isdisjoint = method("isdisjoint", function(s, other) return filtered(s, set_of(other), true).dict.n == 0 end),
  copy = args.bind({ name = "copy", type = "set", params = {}, builtin = true }, set_of),
})

return SET
