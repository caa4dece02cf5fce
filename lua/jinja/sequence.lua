--- Iteration, length, slices and stable sorting over everything that holds items.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local payload_size <const>, payload_items <const> = require("tocsin.json").size, require("tocsin.json").items
local value <const> = require "jinja.value"
local compare <const> = require "jinja.compare"
local text <const> = require "jinja.text"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, setmetatable <const> = type, getmetatable, setmetatable
local math_type <const>, move <const> = math.type, table.move
local raise <const>, spend <const> = errors.raise, fuel.spend
local type_of <const>, plain <const> = value.type_of, value.plain
local LIST <const>, TUPLE <const>, DICT <const>, NULL <const> = value.LIST, value.TUPLE, value.DICT, value.NULL
local MARKUP <const>, UNDEF <const>, GEN <const>, RANGE <const> = value.MARKUP, value.UNDEF, value.GEN, value.RANGE
local KEYS <const>, VALUES <const>, ITEMS <const> = value.KEYS, value.VALUES, value.ITEMS

local sequence <const> = {}

-- The items of a payload's array without making tables of them, or nil.
local function payload_list(v)
  local items = type(v) == "userdata" and v ~= NULL and payload_items(v)
  return items and setmetatable(items, LIST)
end

-- Iterators ----------------------------------------------------------------------------------------------------------

local function over_array(t)
  local i = 0
  return function()
    i = i + 1
    if i <= t.n then return t[i] end
  end
end

local function over_dict(d, pick)
  local i, n = 0, d.n
  return function()
    if d.n ~= n then raise("RuntimeError", "dictionary changed size during iteration") end
    i = i + 1
    if i <= n then return pick(d, i) end
  end
end

local function key_at(d, i) return d.k[i] end
local function value_at(d, i)
  local _, v = value.dict_at(d, i)
  return v
end
local function pair_at(d, i) return value.pair(value.dict_at(d, i)) end

local function over_range(r)
  local i = -1
  return function()
    i = i + 1
    if i < r.n then return r.start + i * r.step end
  end
end

local iterators <const> = {
  [LIST] = over_array,
  [TUPLE] = over_array,
  [DICT] = function(d) return over_dict(d, key_at) end,
  [KEYS] = function(view) return over_dict(view.dict, key_at) end,
  [VALUES] = function(view) return over_dict(view.dict, value_at) end,
  [ITEMS] = function(view) return over_dict(view.dict, pair_at) end,
  [UNDEF] = function() return function() end end,
  [GEN] = function(g) return g.next end,
  [value.REVERSED] = function(g) return g.next end,
  [RANGE] = over_range,
  [MARKUP] = function(m) return over_array(utf.chars(m.s)) end,
}

local function iterator_of(v)
  if type(v) ~= "table" then return nil end
  local T = getmetatable(v)
  return iterators[T] or T.iter
end

--- Can it be iterated?
---@return boolean
function sequence.is_iterable(v)
  return type(v) == "string" or iterator_of(plain(v)) ~= nil
end

--- A function that gives the next item at each call, nil at the end.
---@return fun(): any
local function iter(v)
  if type(v) == "string" then return over_array(utf.chars(v)) end
  v = plain(v)
  local f = iterator_of(v)
  if not f then raise("TypeError", "'" .. type_of(v).name .. "' object is not iterable") end
  return f(v)
end
sequence.iter = iter

--- How many items there can be at most, without looking at them: what work over them is charged by.
---@return integer
function sequence.bound(v)
  if type(v) == "string" then return #v end
  v = plain(v)
  if type(v) ~= "table" then return 0 end
  local T = getmetatable(v)
  if T == GEN or T == value.REVERSED then return v.size end
  if T == MARKUP then return #v.s end
  if v.dict then return v.dict.n end
  return v.n or 0
end

--- An iterator of v for what was charged for `paid` items already. There may be more: a list has grown since, or the end
--- is not known, as with a loop object. Each of them is charged as it comes.
---@return fun(): any
function sequence.charged(v, paid)
  local step <const> = iter(v)
  return function()
    paid = paid - 1
    if paid < 0 then spend(10) end
    return step()
  end
end

local function collect(v, paid)
  local t, n = {}, 0
  for x in sequence.charged(v, paid + 1) do
    n = n + 1
    t[n] = x
  end
  t.n = n
  return t
end

--- All items as a plain array {n=, …}, charged by their number. It may be the container itself: never change it.
---@return table items
function sequence.items(v)
  if type(v) == "string" then return utf.chars(v) end
  local own = payload_list(v)
  if own then return own end
  v = plain(v)
  local T = type(v) == "table" and getmetatable(v)
  if T == LIST or T == TUPLE then
    if v.n > 16 then spend(10 * v.n) end
    return v
  end
  local bound <const> = sequence.bound(v)
  spend(10 * bound + 10)
  return collect(v, bound)
end

--- The same as an array of one's own.
---@return table items
function sequence.copy(v)
  local t = sequence.items(v)
  local T = getmetatable(t)
  if T == LIST or T == TUPLE then return move(t, 1, t.n, 1, { n = t.n }) end
  return t
end

-- Length -------------------------------------------------------------------------------------------------------------

local function view_size(view) return view.dict.n end
local function counted(v) return v.n end
local sizes <const> = {
  [LIST] = counted,
  [TUPLE] = counted,
  [DICT] = counted,
  [RANGE] = counted,
  [KEYS] = view_size,
  [VALUES] = view_size,
  [ITEMS] = view_size,
  [UNDEF] = function() return 0 end,
  [MARKUP] = function(m) return utf.len(m.s) end,
  [value.BYTES] = function(b) return #b.s end,
}

--- len(v), or nil for what has none.
---@return integer?
function sequence.size(v)
  local t <const> = type(v)
  if t == "string" then return utf.len(v) end
  if t == "userdata" and v ~= NULL then return payload_size(v) end
  if t ~= "table" then return nil end
  local T = getmetatable(v)
  local f = sizes[T] or T.size
  return f and f(v)
end

--- len(v).
---@return integer
function sequence.length(v)
  if getmetatable(v) == LIST then return v.n end
  local n = sequence.size(v)
  if not n then raise("TypeError", "object of type '" .. type_of(v).name .. "' has no len()") end
  return n
end

-- Slices -------------------------------------------------------------------------------------------------------------

local function bound_of(v)
  if v == nil or v == NULL then return nil end
  if math_type(v) == "integer" then return v end
  if type(v) == "boolean" then return v and 1 or 0 end
  if getmetatable(v) == value.BIG then return v.sign < 0 and math.mininteger or math.maxinteger end
  raise("TypeError", "slice indices must be integers or None or have an __index__ method")
end

local function clamp(i, n, low, high)
  if i < 0 then
    i = i + n
    if i < low then return low end
  elseif i > high then
    return high
  end
  return i
end

--- The places, counted from zero, that a slice of `n` items takes: first, count, step, and where it ends.
function sequence.slice_of(n, from, to, step)
  from, to, step = bound_of(from), bound_of(to), bound_of(step) or 1
  if step == 0 then raise("ValueError", "slice step cannot be zero") end
  local first, last
  if step > 0 then
    first = from and clamp(from, n, 0, n) or 0
    last = to and clamp(to, n, 0, n) or n
    if last <= first then return first, 0, step, last end
    return first, (last - first - 1) // step + 1, step, last
  end
  first = from and clamp(from, n, -1, n - 1) or n - 1
  last = to and clamp(to, n, -1, n - 1) or -1
  if last >= first then return first, 0, step, last end
  -- A step below -n takes one item, as -n does, which can be negated.
  return first, (first - last - 1) // -(step < -n and -n or step) + 1, step, last
end

local function slice_array(t, from, to, step)
  local first, count, stride = sequence.slice_of(t.n, from, to, step)
  spend(2 * count)
  local out = { n = count }
  if stride == 1 then
    move(t, first + 1, first + count, 1, out)
  else
    for i = 1, count do out[i] = t[first + (i - 1) * stride + 1] end
  end
  return setmetatable(out, getmetatable(t))
end

--- v[from:to:step]; absent parts are nil or None.
function sequence.slice(v, from, to, step)
  if type(v) == "string" then return utf.slice(v, bound_of(from), bound_of(to), sequence.step_of(step)) end
  local own = payload_list(v)
  if own then return slice_array(own, from, to, step) end
  v = plain(v)
  local T = type_of(v)
  if T == LIST or T == TUPLE then return slice_array(v, from, to, step) end
  if T == MARKUP then return value.markup(sequence.slice(v.s, from, to, step)) end
  text.must_exist(v)
  if T == DICT then
    local function shown(x) return x == nil and "None" or text.repr(x) end
    raise("KeyError", "slice(" .. shown(from) .. ", " .. shown(to) .. ", " .. shown(step) .. ")")
  end
  if T == RANGE then
    local first, count, stride, last = sequence.slice_of(v.n, from, to, step)
    local start, stop = v.start + first * v.step, v.start + last * v.step
    return setmetatable({ start = start, stop = stop, step = v.step * stride, n = count }, RANGE)
  end
  if T == value.BYTES then
    local first, count, stride = sequence.slice_of(#v.s, from, to, step)
    local out = {}
    spend(10 * count)
    for i = 1, count do out[i] = string.sub(v.s, first + (i - 1) * stride + 1, first + (i - 1) * stride + 1) end
    return setmetatable({ s = table.concat(out) }, value.BYTES)
  end
  raise("TypeError", "'" .. T.name .. "' object is not subscriptable")
end

--- A slice's step for `utf.slice`: nil, or an integer that is not zero.
function sequence.step_of(step)
  step = bound_of(step)
  if step == 0 then raise("ValueError", "slice step cannot be zero") end
  return step
end

-- Unpacking ----------------------------------------------------------------------------------------------------------

local function unpack_error(got, count)
  if got > count then raise("ValueError", "too many values to unpack (expected " .. count .. ")") end
  raise("ValueError", "not enough values to unpack (expected " .. count .. ", got " .. got .. ")")
end

-- The items of anything but a list, as far as `count` and one more.
local function first_items(v, count)
  if type(v) ~= "string" and not iterator_of(plain(v)) then
    raise("TypeError", "cannot unpack non-iterable " .. type_of(v).name .. " object")
  end
  local t, n = {}, 0
  for x in iter(v) do
    n = n + 1
    t[n] = x
    if n > count then break end
  end
  t.n = n
  return t
end

--- The items of v, which must be `count`.
---@return any ...
function sequence.unpack(v, count)
  local T = getmetatable(v)
  if T ~= TUPLE and T ~= LIST then v = first_items(v, count) end
  if v.n ~= count then unpack_error(v.n, count) end
  if count == 2 then return v[1], v[2] end
  return table.unpack(v, 1, count)
end

-- Sorting ------------------------------------------------------------------------------------------------------------

local function all_of(keys, n, kind)
  for i = 1, n do
    local k = keys[i]
    if kind == "string" and type(k) ~= "string" or kind == "number" and (not math_type(k) or k ~= k) then return false end
  end
  return true
end

-- Merges index[lo..mid] and index[mid+1..hi]; the right one goes first only when it must. Without `less` the keys are
-- all numbers or all texts, for which Lua's own `<` will do.
local function merge(index, spare, keys, lo, mid, hi, less, reverse)
  local i, j, at = lo, mid + 1, lo
  while i <= mid and j <= hi do
    local a, b = keys[index[i]], keys[index[j]]
    if reverse then a, b = b, a end
    local right_first
    if less then right_first = less(b, a) else right_first = b < a end
    if right_first then
      spare[at] = index[j]
      j = j + 1
    else
      spare[at] = index[i]
      i = i + 1
    end
    at = at + 1
  end
  move(index, i, mid, at, spare)
  move(index, j, hi, at + mid - i + 1, spare)
end

--- Sorts items by their keys, stably, also in reverse. The items' array is not changed.
---@param items table {n=, …}
---@param keys table {n=, …} one key an item
---@param less (fun(a: any, b: any): boolean)?  `<` when nil
---@return table sorted {n=, …}
function sequence.sort(items, keys, reverse, less)
  local n = items.n
  less = less or compare.lt
  if all_of(keys, n, "string") or all_of(keys, n, "number") then less = nil end
  local index, spare = {}, {}
  for i = 1, n do index[i] = i end
  local width = 1
  while width < n do
    spend(15 * n)
    for lo = 1, n, 2 * width do
      local mid = lo + width - 1
      if mid >= n then
        move(index, lo, n, lo, spare)
      else
        merge(index, spare, keys, lo, mid, math.min(mid + width, n), less, reverse)
      end
    end
    index, spare = spare, index
    width = 2 * width
  end
  local out = { n = n }
  for i = 1, n do out[i] = items[index[i]] end
  return out
end

return sequence
