--- The types a template can hold: their metatables, constructors, and the ordered dict.
---
--- A metatable here is a *type descriptor*, a plain table without metamethods:
---   name     what Python calls the type in error texts        label   how an Undefined's message names it
---   methods  name → f(self, n, args…, kwargs)                  attr    f(self, name) → value or nil
---   python   name → full name of each method that Python prints as a bound one: it is not written in C there
---   str repr truth eq compare key arith neg format call iter size   as far as the type has them
---   is_html  its text is safe under autoescape
--- Types that Lua represents natively (str, int, float, bool, None) have descriptors too, found by `type_of`.
---
--- A dict is {n = count, k = {keys in order}, v = {normal key → value}}. A str key is its own normal key, so dicts that
--- come from JSON (str keys only) need nothing more. Other keys are put in `k` as they are and in `v` under `normal(key)`:
--- True is 1, an integral float its integer (Lua does that itself), every Undefined one and the same key; tuples, NaN and
--- big integers are strings that start with the byte 0xFF, which no str contains. There are no tombstones:
--- deleting closes the gap in `k` and so costs a scan, which is charged.
local json <const> = require "tocsin.json"
local fuel <const> = require "tocsin.fuel"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, setmetatable <const> = type, getmetatable, setmetatable
local math_type <const>, format <const>, remove <const> = math.type, string.format, table.remove
local concat <const>, move <const>, unpack <const> = table.concat, table.move, table.unpack
local raise <const>, expand <const>, is_object <const> = errors.raise, json.expand, json.is_object
local NULL <const> = json.null

local value <const> = { NULL = NULL }

--- Every type there is.
value.types = {}

local function descriptor(name, label)
  local T = { name = name, label = label or name .. " object", methods = {} }
  value.types[#value.types + 1] = T
  return T
end

local LIST <const>, TUPLE <const>, DICT <const> = descriptor "list", descriptor "tuple", descriptor "dict"
local STR <const>, INT <const>, FLOAT <const> = descriptor "str", descriptor "int", descriptor "float"
local BOOL <const>, NONE <const> = descriptor "bool", descriptor("NoneType", "None")
local BIG <const>, MARKUP <const> = descriptor "int", descriptor("Markup", "markupsafe.Markup object")
local UNDEF <const> = descriptor("Undefined", "jinja2.runtime.Undefined object")
local GEN <const>, RANGE <const>, BYTES <const> = descriptor "generator", descriptor "range", descriptor "bytes"
local KEYS <const>, VALUES <const> = descriptor "dict_keys", descriptor "dict_values"
local ITEMS <const>, REVERSED <const> = descriptor "dict_items", descriptor "list_reverseiterator"
local METHOD <const> = descriptor "builtin_function_or_method"
local FUNCTION <const>, CLASS <const> = descriptor "function", descriptor "type"

value.LIST, value.TUPLE, value.DICT, value.STR, value.INT, value.FLOAT = LIST, TUPLE, DICT, STR, INT, FLOAT
value.BOOL, value.NONE, value.BIG, value.MARKUP, value.UNDEF = BOOL, NONE, BIG, MARKUP, UNDEF
value.GEN, value.RANGE, value.BYTES, value.REVERSED = GEN, RANGE, BYTES, REVERSED
value.KEYS, value.VALUES, value.ITEMS = KEYS, VALUES, ITEMS
value.METHOD, value.FUNCTION, value.CLASS = METHOD, FUNCTION, CLASS

--- A new type descriptor, for types that live in other files.
value.descriptor = descriptor

--- The descriptor of any value. A payload counts as what it stands for.
---@return table descriptor
local function type_of(v)
  local t = type(v)
  if t == "table" then return getmetatable(v) end
  if t == "string" then return STR end
  if t == "number" then return math_type(v) == "integer" and INT or FLOAT end
  if t == "boolean" then return BOOL end
  if v == NULL then return NONE end
  return is_object(v) and DICT or LIST
end
value.type_of = type_of

--- What Python's error texts call the type of a value.
---@return string
function value.type_name(v) return type_of(v).name end

--- A payload as the table it stands for; every other value as it is.
function value.plain(v)
  if type(v) == "userdata" and v ~= NULL then return expand(v) end
  return v
end

---@param t table  {n = N, [1..N]}; taken over
function value.list(t) return setmetatable(t, LIST) end

---@param t table  {n = N, [1..N]}; taken over
function value.tuple(t) return setmetatable(t, TUPLE) end

---@param t table  {n = N, [1..N]}; taken over
---@param named table  {names = of the items, label = how an Undefined's message names it, shape = its repr where that is
---  not a tuple's: a format of its items}
function value.named_tuple(t, named)
  t.named = named
  return setmetatable(t, TUPLE)
end

function value.pair(a, b) return setmetatable({ n = 2, a, b }, TUPLE) end

function value.markup(s) return setmetatable({ s = s }, MARKUP) end

--- A one-shot lazy sequence.
---@param next_item fun(): any  the next item, nil at the end
---@param size integer?  an upper bound of the number of items, for charging what is built on it
---@param origin string?  the name Python shows in its repr
function value.gen(next_item, size, origin)
  return setmetatable({ next = next_item, size = size or 0, origin = origin }, GEN)
end

--- A method bound to its object.
---@param call fun(self: any, n: integer, ...): any
function value.method(self, call, name) return setmetatable({ self = self, call = call, fn = name }, METHOD) end

--- An Undefined. `obj` nil: a name that is nowhere. With `class`, using it raises that class.
function value.undef(name) return setmetatable({ name = name }, UNDEF) end
function value.undef_item(obj, name) return setmetatable({ obj = obj, name = name }, UNDEF) end
function value.undef_hint(hint, class) return setmetatable({ hint = hint, class = class }, UNDEF) end

--- The text of a str or Markup; nil for everything else.
---@return string?
function value.text_of(v)
  if type(v) == "string" then return v end
  if getmetatable(v) == MARKUP then return v.s end
end

-- Keys ---------------------------------------------------------------------------------------------------------------

local function no_hash(v) raise("TypeError", "unhashable type: '" .. type_of(v).name .. "'") end

local normal

-- Elements of a tuple key are written so that equal elements, and no others, give equal text.
local function serial(key)
  local k = normal(key)
  local t = type(k)
  if t == "string" then return #k .. ":" .. k end
  if t == "number" then
    local i = math.tointeger(k)
    return i and format("i%d", i) or format("f%a", k)
  end
  if k == NULL then return "N" end
  return format("o%p", k)
end

local function tuple_key(t)
  local parts, size = {}, 0
  fuel.spend(10 * t.n)
  for i = 1, t.n do
    parts[i] = serial(t[i])
    size = size + #parts[i]
  end
  if size > 256 then fuel.bytes(size) end
  return "\xff(" .. concat(parts, ",")
end

--- The key under which a dict's `v` holds a key. Raises TypeError for what Python cannot hash.
function normal(key)
  local t = type(key)
  if t == "string" then return key end
  if t == "number" then
    if key ~= key then return "\xffnan" end
    return key
  end
  if t == "boolean" then return key and 1 or 0 end
  if t == "userdata" then
    if key == NULL then return NULL end
    no_hash(key)
  end
  local T = getmetatable(key)
  if T == MARKUP then return key.s end
  if T == TUPLE then return tuple_key(key) end
  if T == UNDEF then return UNDEF end
  if T.key then return T.key(key) end
  return key
end
value.normal = normal
LIST.key, DICT.key, KEYS.key, ITEMS.key = no_hash, no_hash, no_hash, no_hash

--- Can it be a dict's key?
---@return boolean
function value.is_hashable(key)
  if type(key) == "userdata" then return key == NULL end
  if type(key) ~= "table" then return true end
  local T = getmetatable(key)
  if T ~= TUPLE then return T.key ~= no_hash end
  fuel.spend(10 * key.n)
  for i = 1, key.n do
    if not value.is_hashable(key[i]) then return false end
  end
  return true
end

-- Dicts --------------------------------------------------------------------------------------------------------------

function value.new_dict() return setmetatable({ n = 0, k = {}, v = {} }, DICT) end

--- The value under a key, or nil.
function value.dict_get(d, key)
  if type(key) == "string" then return d.v[key] end
  return d.v[normal(key)]
end

--- Sets a key. An old key keeps its place and its first spelling, a new one goes last.
function value.dict_set(d, key, v)
  local nk = key
  if type(key) ~= "string" then nk = normal(key) end
  local values = d.v
  if values[nk] == nil then
    local n = d.n + 1
    d.n = n
    d.k[n] = key
  end
  values[nk] = v
end

local function position(d, nk)
  local keys = d.k
  if keys[d.n] == nk then return d.n end
  if d.n > 16 then fuel.spend(2 * d.n) end
  for i = 1, d.n do
    if keys[i] == nk then return i end
  end
  for i = 1, d.n do
    if normal(keys[i]) == nk then return i end
  end
end

--- Takes a key out; the value it had, or nil when it was not there.
function value.dict_del(d, key)
  local nk = key
  if type(key) ~= "string" then nk = normal(key) end
  local old = d.v[nk]
  if old == nil then return nil end
  remove(d.k, position(d, nk))
  d.n = d.n - 1
  d.v[nk] = nil
  return old
end

--- Key and value at a place of the order.
function value.dict_at(d, i)
  local key = d.k[i]
  local v = d.v[key]
  if v == nil or type(key) ~= "string" then v = d.v[normal(key)] end
  return key, v
end

--- A shallow copy.
function value.dict_copy(d)
  local n, from, values = d.n, d.k, d.v
  local k, v
  if n > 100 then k, v = move(from, 1, n, 1, {}), {} else k, v = { unpack(from, 1, n) }, {} end
  if n > 16 then fuel.spend(20 * n) end
  for i = 1, n do
    local nk = k[i]
    if type(nk) ~= "string" then nk = normal(nk) end
    v[nk] = values[nk]
  end
  return setmetatable({ n = n, k = k, v = v }, DICT)
end

return value
