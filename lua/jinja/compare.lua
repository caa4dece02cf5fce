--- Truth, equality, order and membership, with Python's rules across types.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local hot <const> = require "tocsin.access"
local json <const> = require "tocsin.json"
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, math_type <const> = type, getmetatable, math.type
local find <const>, format <const> = string.find, string.format
local raise <const>, expand <const>, spend <const> = errors.raise, json.expand, fuel.spend
local NULL <const>, normal <const>, type_of <const> = value.NULL, value.normal, value.type_of
local LIST <const>, TUPLE <const>, DICT <const>, BIG <const> = value.LIST, value.TUPLE, value.DICT, value.BIG
local MARKUP <const>, UNDEF <const>, GEN <const>, RANGE <const> = value.MARKUP, value.UNDEF, value.GEN, value.RANGE
local KEYS <const>, VALUES <const>, ITEMS <const> = value.KEYS, value.VALUES, value.ITEMS
local DEPTH_MAX <const> = 500
local SHORT <const> = 256 -- bytes that are searched without asking

local compare <const> = {}

--- bool(v).
---@return boolean
local truth <const> = hot.truth(function(v)
  local n = v.n
  if n then return n ~= 0 end
  local f = getmetatable(v).truth
  if f then return f(v) end
  return true
end)
compare.truth = truth

UNDEF.truth = function() return false end
MARKUP.truth = function(m) return m.s ~= "" end
value.BYTES.truth = function(b) return b.s ~= "" end
local function view_truth(view) return view.dict.n ~= 0 end
KEYS.truth, VALUES.truth, ITEMS.truth = view_truth, view_truth, view_truth

-- Equality -----------------------------------------------------------------------------------------------------------

local deep_eq

-- Elements of containers are equal when they are the same object, too: a NaN is equal to itself there.
local function same(a, b, depth)
  if a == b or (a ~= a and b ~= b) then return true end
  return deep_eq(a, b, depth)
end

local function sequence_eq(a, b, depth)
  if a.n ~= b.n then return false end
  spend(5 * a.n)
  for i = 1, a.n do
    if not same(a[i], b[i], depth) then return false end
  end
  return true
end

local function dict_eq(a, b, depth)
  if a.n ~= b.n then return false end
  spend(10 * a.n)
  local av, bv = a.v, b.v
  for i = 1, a.n do
    local key = a.k[i]
    if type(key) ~= "string" then key = normal(key) end
    local x = bv[key]
    if x == nil or not same(av[key], x, depth) then return false end
  end
  return true
end

local function view_eq(a, b, depth)
  local T = getmetatable(a)
  if T == VALUES or a.dict.n ~= b.dict.n then return false end
  if T == ITEMS then return dict_eq(a.dict, b.dict, depth) end
  spend(10 * a.dict.n)
  for i = 1, a.dict.n do
    if b.dict.v[normal(a.dict.k[i])] == nil then return false end
  end
  return true
end

local by_type <const> = {
  [LIST] = sequence_eq,
  [TUPLE] = sequence_eq,
  [DICT] = dict_eq,
  [KEYS] = view_eq,
  [VALUES] = view_eq,
  [ITEMS] = view_eq,
  [BIG] = function(a, b) return number.compare(a, b) == 0 end,
  [UNDEF] = function() return true end,
  [value.BYTES] = function(a, b) return a.s == b.s end,
  [value.METHOD] = function(a, b) return a.call == b.call and a.self == b.self end,
  [RANGE] = function(a, b)
    return a.n == b.n and (a.n == 0 or a.start == b.start and (a.n == 1 or a.step == b.step))
  end,
}

local function number_eq(a, b)
  if a == true then a = 1 elseif a == false then a = 0 end
  if b == true then b = 1 elseif b == false then b = 0 end
  if a == b then return true end
  if getmetatable(a) == BIG and math_type(b) == "float" then return number.compare_float(a, b) == 0 end
  if getmetatable(b) == BIG and math_type(a) == "float" then return number.compare_float(b, a) == 0 end
  return false
end

-- a == b for what raw equality did not settle.
function deep_eq(a, b, depth)
  local ta, tb = type(a), type(b)
  if ta == tb and (ta == "string" or ta == "number") then return false end
  if ta == "userdata" and a ~= NULL then
    a, ta = expand(a), "table"
    if a == b then return true end
  end
  if tb == "userdata" and b ~= NULL then
    b, tb = expand(b), "table"
    if a == b then return true end
  end
  if ta == "table" and tb == "table" then
    local A, B = getmetatable(a), getmetatable(b)
    if A == MARKUP and B == MARKUP then return a.s == b.s end
    if A == B then
      local f = by_type[A] or A.eq
      if not f then return false end
      if depth > DEPTH_MAX then raise("RecursionError", "maximum recursion depth exceeded in comparison") end
      return f(a, b, depth + 1)
    end
    local f = A.eq or B.eq
    return f ~= nil and f(a, b) or false
  end
  if ta == "string" and tb == "table" then return getmetatable(b) == MARKUP and b.s == a end
  if tb == "string" and ta == "table" then return getmetatable(a) == MARKUP and a.s == b end
  return number_eq(a, b)
end

local function general_eq(a, b) return deep_eq(a, b, 0) end

--- a == b.
---@return boolean
compare.eq = hot.equal(general_eq)

--- a != b.
---@return boolean
compare.ne = hot.unequal(general_eq)

-- Order --------------------------------------------------------------------------------------------------------------

local function not_ordered(op, a, b)
  text.must_exist(a)
  text.must_exist(b)
  raise("TypeError", format("'%s' not supported between instances of '%s' and '%s'", op, type_of(a).name, type_of(b).name))
end

local order

local function sequence_order(op, a, b, depth)
  if depth > DEPTH_MAX then raise("RecursionError", "maximum recursion depth exceeded in comparison") end
  local n = a.n < b.n and a.n or b.n
  for i = 1, n do
    spend(10)
    if not same(a[i], b[i], depth) then return order(op, a[i], b[i], depth) end
  end
  return a.n == b.n and 0 or a.n < b.n and -1 or 1
end

local function simple_order(a, b)
  if a < b then return -1 elseif a > b then return 1 elseif a == b then return 0 end
  return nil
end

local function as_number(v)
  if v == true then return 1 elseif v == false then return 0 end
  if math_type(v) or getmetatable(v) == BIG then return v end
end

local function number_order(a, b)
  local big_a, big_b = getmetatable(a) == BIG, getmetatable(b) == BIG
  if not big_a and not big_b then return simple_order(a, b) end
  if big_a and math_type(b) == "float" then return number.compare_float(a, b) end
  if big_b and math_type(a) == "float" then
    local c = number.compare_float(b, a)
    return c and -c
  end
  return number.compare(a, b)
end

-- -1, 0, 1, or nil when one is NaN. `op` is for the error text.
function order(op, a, b, depth)
  local x, y = as_number(a), as_number(b)
  if x and y then return number_order(x, y) end
  local s, t = value.text_of(a), value.text_of(b)
  if s and t then return simple_order(s, t) end
  a, b = value.plain(a), value.plain(b)
  local A, B = getmetatable(a), getmetatable(b)
  if type(a) == "table" and A == B then
    if A == LIST or A == TUPLE then return sequence_order(op, a, b, depth + 1) end
  end
  local f = type(a) == "table" and A.compare or type(b) == "table" and B.compare
  local c = f and f(a, b)
  if c then return c end
  not_ordered(op, a, b)
end

--- a < b. Sorting uses this one.
compare.lt = hot.order(function(a, b) return order("<", a, b, 0) == -1 end, "<")

--- a <= b.
compare.le = hot.order(function(a, b)
  local c = order("<=", a, b, 0)
  return c == -1 or c == 0
end, "<=")

--- a > b.
compare.gt = hot.order(function(a, b) return order(">", a, b, 0) == 1 end, ">")

--- a >= b.
compare.ge = hot.order(function(a, b)
  local c = order(">=", a, b, 0)
  return c == 1 or c == 0
end, ">=")

-- Membership ---------------------------------------------------------------------------------------------------------

local function text_contains(item, s)
  local part = value.text_of(item)
  if not part then
    raise("TypeError", "'in <string>' requires string as left operand, not " .. type_of(item).name)
  end
  if #s <= SHORT then return find(s, part, 1, true) ~= nil end
  return utf.find(s, part) >= 0
end

local function sequence_contains(item, t)
  local n, is_text = t.n, type(item) == "string"
  if n > 16 then spend(5 * n) end
  for i = 1, n do
    local x = t[i]
    if x == item or (x ~= x and item ~= item) then return true end
    if not (is_text and type(x) == "string") and deep_eq(x, item, 0) then return true end
  end
  return false
end

local contains_of <const> = {
  [LIST] = sequence_contains,
  [TUPLE] = sequence_contains,
  [DICT] = function(item, d) return d.v[normal(item)] ~= nil end,
  [KEYS] = function(item, view) return view.dict.v[normal(item)] ~= nil end,
  [ITEMS] = function(item, view)
    if getmetatable(item) ~= TUPLE or item.n ~= 2 then return false end
    local v = view.dict.v[normal(item[1])]
    return v ~= nil and same(v, item[2], 0)
  end,
  [VALUES] = function(item, view)
    spend(5 * view.dict.n)
    for _, v in next, view.dict.v do
      if same(v, item, 0) then return true end
    end
    return false
  end,
  [UNDEF] = function() return false end,
  [MARKUP] = function(item, m) return text_contains(item, m.s) end,
  [value.BYTES] = function(item, b)
    if item == true then item = 1 elseif item == false then item = 0 end
    if math_type(item) == "integer" then
      if item < 0 or item > 255 then raise("ValueError", "byte must be in range(0, 256)") end
      return find(b.s, string.char(item), 1, true) ~= nil
    end
    if getmetatable(item) ~= value.BYTES then
      raise("TypeError", "a bytes-like object is required, not '" .. type_of(item).name .. "'")
    end
    return find(b.s, item.s, 1, true) ~= nil
  end,
  [GEN] = function(item, g)
    for x in g.next do
      spend(10)
      if same(x, item, 0) then return true end
    end
    return false
  end,
  [RANGE] = function(item, r)
    local x = as_number(item)
    if not x or getmetatable(x) == BIG or r.n == 0 then return false end
    local last = r.start + (r.n - 1) * r.step
    return (x - r.start) % r.step == 0 and x >= math.min(r.start, last) and x <= math.max(r.start, last)
  end,
}
contains_of[value.REVERSED] = contains_of[GEN]

--- item in container.
---@return boolean
compare.contains = hot.contains(function(item, container)
  if getmetatable(container) == LIST then return sequence_contains(item, container) end
  if type(container) == "string" then return text_contains(item, container) end
  container = value.plain(container)
  local kind = type(container) == "table" and getmetatable(container)
  local f = kind and (contains_of[kind] or kind.contains)
  if f then return f(item, container) end
  raise("TypeError", "argument of type '" .. type_of(container).name .. "' is not iterable")
end, LIST, TUPLE, DICT)

return compare
