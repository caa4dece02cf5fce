--- Attributes, items and calls: `a.b`, `a[b]`, `f(…)`, `a.b(…)`, with the sandbox's rule for names that begin with `_`.
---
--- `a.b` tries the attribute first and then the item, `a["b"]` the item first; a lookup never fails, it gives an
--- Undefined that fails when it is used.
local utf <const> = require "tocsin.text"
local json <const> = require "tocsin.json"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, math_type <const> = type, getmetatable, math.type
local byte <const>, match <const>, unpack <const> = string.byte, string.match, table.unpack
local raise <const> = errors.raise
local type_of <const>, plain <const>, undef_item <const> = value.type_of, value.plain, value.undef_item
local LIST <const>, TUPLE <const>, DICT <const>, STR <const> = value.LIST, value.TUPLE, value.DICT, value.STR
local MARKUP <const>, UNDEF <const>, RANGE <const>, NULL <const> = value.MARKUP, value.UNDEF, value.RANGE, value.NULL
local setmetatable <const> = setmetatable
local payload_item <const> = json.item
local UNDERSCORE <const> = 95
local ARGUMENTS_MAX <const> = 10000
local SHORT_PATH <const> = 8 -- parts that are followed without asking

local access <const> = {}

-- What Python objects have under names with underscores: there, but not to be used.
local UNSAFE <const> = {}
for name in string.gmatch([[class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne
  new reduce reduce_ex repr setattr sizeof str subclasshook add contains getitem getnewargs iter len mod mul rmod rmul
  class_getitem delitem setitem reversed iadd imul ior or ror abs and bool ceil divmod float floor floordiv index int
  invert lshift neg pos pow radd rand rdivmod rfloordiv rlshift round rpow rrshift rshift rsub rtruediv rxor sub truediv
  trunc xor getformat call module text_signature html html_format dict weakref slots]], "%S+") do
  UNSAFE["__" .. name .. "__"] = true
end
-- What only functions and classes have.
local UNSAFE_OF_CALLABLE <const> = { __name__ = true, __qualname__ = true, __self__ = true, __mro__ = true }
local UNSAFE_OF_TYPE <const>, UNSAFE_OF_FUNCTION <const> = {}, {}
for name in string.gmatch("bases base mro name qualname subclasses dictoffset basicsize flags itemsize weakrefoffset", "%S+") do
  UNSAFE_OF_TYPE["__" .. name .. "__"] = true
end
for name in string.gmatch("globals closure code defaults kwdefaults annotations name qualname get wrapped builtins", "%S+") do
  UNSAFE_OF_FUNCTION["__" .. name .. "__"] = true
end

local DICT_METHODS <const>, STR_METHODS <const> = DICT.methods, STR.methods

-- Names that `dict.name` does not look up among the items.
local DICT_NAMES <const> = setmetatable({}, { __index = UNSAFE })
access.dict_names = DICT_NAMES

--- Adds the methods of a type: name → f(self, n, args…, kwargs).
function access.add_methods(T, methods)
  for name, f in next, methods do
    T.methods[name] = f
    if T == DICT then DICT_NAMES[name] = true end
  end
end

-- The Undefined of such an attribute: its use is refused.
local function unsafe(v, name)
  local shown = match(type_of(v).name, "[^.]*$")
  return value.undef_hint("access to attribute " .. utf.str_repr(name) .. " of '" .. shown .. "' object is unsafe.",
    "SecurityError")
end

-- The attribute of a value, or nil.
local function own_attr(v, T, name)
  local m = T.methods[name]
  if m then
    -- The sandbox puts a function of its own in the place of these two.
    if (name == "format" or name == "format_map") and (T == STR or T == MARKUP) then
      return setmetatable({ name = T.name .. "." .. name, self = v, call = m }, value.FUNCTION)
    end
    return value.method(v, m, name)
  end
  if T.attr then
    local x = T.attr(v, name)
    if x ~= nil then return x end
  end
  if byte(name) ~= UNDERSCORE then return nil end
  local more = T == value.CLASS and UNSAFE_OF_TYPE or T == value.FUNCTION and UNSAFE_OF_FUNCTION
    or type(v) == "table" and v.call and UNSAFE_OF_CALLABLE
  if UNSAFE[name] or more and more[name] then return unsafe(v, name) end
end

-- Has a dict or list, or its sandbox, more to say about such a key than its items do?
local function is_special(T, key)
  return type(key) == "string" and (T.methods[key] or byte(key) == UNDERSCORE)
end

local function general_attr(v, name)
  local T = type_of(v)
  -- What a list of a payload does not have needs no table of its items.
  if T == LIST and not is_special(T, name) then return undef_item(v, name) end
  v = plain(v)
  if T == UNDEF then
    if UNSAFE[name] then return unsafe(v, name) end
    text.fail_undef(v)
  end
  local x = own_attr(v, T, name)
  if x == nil and T == DICT then x = v.v[name] end
  if x == nil then return undef_item(v, name) end
  return x
end

--- v.name.
local function attr(v, name)
  if getmetatable(v) == DICT and not DICT_NAMES[name] then
    local x = v.v[name]
    if x ~= nil then return x end
    return undef_item(v, name)
  end
  return general_attr(v, name)
end
access.attr = attr

--- v.name without the item: the attribute alone, or Undefined.
function access.only_attr(v, name)
  v = plain(v)
  local T = type_of(v)
  if T == UNDEF then return general_attr(v, name) end
  local x = own_attr(v, T, name)
  if x == nil then return undef_item(v, name) end
  return x
end

-- Items --------------------------------------------------------------------------------------------------------------

local function place(key)
  if math_type(key) == "integer" then return key end
  if key == true then return 1 elseif key == false then return 0 end
end

local function at(t, i)
  local n = t.n
  if i < 0 then i = i + n end
  if i >= 0 and i < n then return t[i + 1] end
end

-- The item of a value, or nil.
local function own_item(v, T, key)
  if T == DICT then
    if value.is_hashable(key) then return v.v[value.normal(key)] end
    return nil
  end
  if T.item then return T.item(v, key) end
  local i = place(key)
  if not i then return nil end
  if T == LIST or T == TUPLE then return at(v, i) end
  if T == STR then return utf.at(v, i) end
  if T == MARKUP then
    local c = utf.at(v.s, i)
    return c and value.markup(c)
  end
  if T == RANGE then
    if i < 0 then i = i + v.n end
    if i >= 0 and i < v.n then return v.start + i * v.step end
  end
end

-- payload[key] as long as the payload has no table; nil when it takes the table to know.
local function lazy_item(v, T, key)
  if type(key) ~= "string" and math_type(key) ~= "integer" then return nil end
  local x, is_missing = payload_item(v, key)
  if is_missing and not is_special(T, key) then return undef_item(v, key) end
  return x
end

local function general_item(v, key)
  local T = type_of(v)
  if type(v) == "userdata" and v ~= NULL then
    local x = lazy_item(v, T, key)
    if x ~= nil then return x end
    v = plain(v)
  end
  if T == UNDEF then text.fail_undef(v) end
  local x = own_item(v, T, key)
  if x == nil then
    local name = value.text_of(key)
    if name then x = own_attr(v, T, name) end
  end
  if x == nil then return undef_item(v, key) end
  return x
end

--- v[key].
local function item(v, key)
  local T = getmetatable(v)
  if T == DICT then
    if type(key) == "string" then
      local x = v.v[key]
      if x ~= nil then return x end
      if not DICT_NAMES[key] then return undef_item(v, key) end
    end
  elseif T == LIST and math_type(key) == "integer" then
    local n = v.n
    if key < 0 then key = key + n end
    if key >= 0 and key < n then return v[key + 1] end
    return undef_item(v, key >= 0 and key or key - n)
  end
  return general_item(v, key)
end
access.item = item

-- Calls --------------------------------------------------------------------------------------------------------------

local function not_callable(f)
  text.must_exist(f)
  raise("TypeError", "'" .. type_of(f).name .. "' object is not callable")
end

--- Calls a value with n ≤ 6 positional arguments, then the keywords.
local function call(f, n, a, b, c, d, e, g, h)
  if type(f) ~= "table" then not_callable(f) end
  local own = f.call
  if own then return own(f.self, n, a, b, c, d, e, g, h) end
  local of_type = getmetatable(f).call
  if of_type then return of_type(f, n, a, b, c, d, e, g, h) end
  not_callable(f)
end
access.call = call

--- Can it be called?
function access.is_callable(f)
  if type(f) ~= "table" then return false end
  return f.call ~= nil or getmetatable(f).call ~= nil or getmetatable(f) == UNDEF
end

-- The arguments of a call as a Lua array that ends with the keywords.
local function spread(list, kwargs)
  local n = list.n
  if n > ARGUMENTS_MAX then raise("RuntimeError", "too many arguments: " .. n) end
  fuel.spend(5 * n)
  local all = table.move(list, 1, n, 1, {})
  all[n + 1] = kwargs
  return all, n
end

--- v.items(): a dict's view, or what something else answers to that.
function access.pairs_of(v)
  v = plain(v)
  if getmetatable(v) == DICT then return setmetatable({ dict = v }, value.ITEMS) end
  text.must_exist(v)
  local items = access.only_attr(v, "items")
  if getmetatable(items) ~= UNDEF then return call(items, 0) end
  raise("AttributeError", "'" .. type_of(v).name .. "' object has no attribute 'items'")
end

--- Calls a value with any number of positional arguments.
---@param list table {n=, …}
function access.call_spread(f, list, kwargs)
  if type(f) ~= "table" then not_callable(f) end
  local all, n = spread(list, kwargs)
  if f.call then return f.call(f.self, n, unpack(all, 1, n + 1)) end
  local of_type = getmetatable(f).call
  if of_type then return of_type(f, n, unpack(all, 1, n + 1)) end
  not_callable(f)
end

-- The function behind v.name for a call, when there is one that needs no bound method.
local function method_of(v, name)
  local t = type(v)
  if t == "table" then return getmetatable(v).methods[name] end
  if t == "string" then return STR.methods[name] end
  return type_of(v).methods[name]
end

--- v.name(…) with n ≤ 6 positional arguments, then the keywords.
function access.method(v, name, n, a, b, c, d, e, g, h)
  local m
  if getmetatable(v) == DICT then
    m = DICT_METHODS[name]
    if m then return m(v, n, a, b, c, d, e, g, h) end
  elseif type(v) == "string" then
    m = STR_METHODS[name]
    if m then return m(v, n, a, b, c, d, e, g, h) end
  end
  m = method_of(v, name)
  if m then return m(plain(v), n, a, b, c, d, e, g, h) end
  return call(attr(v, name), n, a, b, c, d, e, g, h)
end

--- v.name(*list, **kwargs).
function access.method_spread(v, name, list, kwargs)
  local m = method_of(v, name)
  if not m then return access.call_spread(attr(v, name), list, kwargs) end
  local all, n = spread(list, kwargs)
  return m(plain(v), n, unpack(all, 1, n + 1))
end

--- Splits an attribute path: "a.b.0" → {"a", "b", 0}; an integer or None stands for itself.
---@return table parts
function access.parts(path)
  local s = value.text_of(path)
  if not s then
    if path == nil or path == NULL then return {} end
    return { path }
  end
  local parts, n = {}, 0
  for part in string.gmatch(s .. ".", "([^.]*)%.") do
    n = n + 1
    if n > SHORT_PATH then fuel.spend(20) end
    parts[n] = match(part, "^%d+$") and number.parse(part) or part
  end
  return parts
end

--- Follows parts, item first at each step. A `default` replaces every Undefined on the way.
function access.follow(v, parts, default)
  for i = 1, #parts do
    if i > SHORT_PATH then fuel.spend(10) end
    v = item(v, parts[i])
    if default ~= nil and default ~= NULL and getmetatable(v) == UNDEF then v = default end
  end
  return v
end

return access
