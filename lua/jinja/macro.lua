--- Macros and call bodies as values.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local errors <const> = require "jinja.errors"
local registry <const> = require "jinja.registry"
local setmetatable <const>, unpack <const> = setmetatable, table.unpack
local raise <const>, spend <const>, own <const> = errors.raise, fuel.spend, registry.own
local DEPTH_MAX <const> = 190 -- the reference fails at about 197
local CALL_FUEL <const> = 30

local MACRO <const> = value.descriptor("Macro", "jinja2.runtime.Macro object")

local macro <const> = {}

---@class jinja.Macro
---@field name string?  nil for a call body
---@field params string[]
---@field body function  (a1 … aN [, caller] [, kwargs] [, varargs]) → string; nil for a missing parameter
---@field caller boolean  the body mentions `caller`
---@field kwargs boolean  … `kwargs`
---@field varargs boolean  … `varargs`
---@field home table  the context of its template, in which its body runs
---@field state {depth: integer}  shared by all macros of a rendering

---@param m jinja.Macro  taken over
function macro.new(m, state)
  m.state, m.home = state, own.context
  m.simple = not (m.caller or m.kwargs or m.varargs)
  return setmetatable(m, MACRO)
end

local function shown(m) return m.name and text.repr(m.name) or "None" end

-- Where the caller is under autoescape, the text is safe.
local function finish(m, caller, s)
  m.state.depth = m.state.depth - 1
  own.context = caller
  if caller.escaped then return value.markup(s) end
  return s
end

-- The context of the caller.
local function enter(m)
  spend(CALL_FUEL)
  local depth = m.state.depth + 1
  if depth > DEPTH_MAX then raise("RecursionError", "maximum recursion depth exceeded") end
  m.state.depth = depth
  local caller = own.context
  own.context = m.home
  return caller
end

-- The keywords that are left, as the body's kwargs.
local function keywords_dict(kwargs, taken)
  local d = value.new_dict()
  for i = 1, kwargs and #kwargs or 0 do
    local name = kwargs[i]
    if not taken[name] then value.dict_set(d, name, kwargs[name]) end
  end
  return d
end

local function refuse_keywords(m, d)
  if d.n == 0 then return end
  if value.dict_get(d, "caller") ~= nil then
    raise("TypeError", "macro " .. shown(m) .. " was invoked with two values for the special caller argument. " ..
      "This is most likely a bug.")
  end
  raise("TypeError", "macro " .. shown(m) .. " takes no keyword argument " .. text.repr(d.k[1]))
end

-- Fills parameters that no position gave from the keywords.
local function fill(m, given, kwargs, taken)
  local has_caller = false
  for i = given.n + 1, #m.params do
    local name = m.params[i]
    if kwargs and kwargs[name] ~= nil then
      given[i] = kwargs[name]
      taken[name] = true
    end
    if name == "caller" then has_caller = true end
  end
  return has_caller
end

local function is_explicit(m)
  for i = 1, #m.params do
    if m.params[i] == "caller" then return true end
  end
  return false
end

local function surplus(given, count)
  local more = { n = math.max(0, given.n - count) }
  return value.tuple(table.move(given, count + 1, given.n, 1, more))
end

-- Jinja2's binding of arguments, in its order.
local function general(m, n, ...)
  local given, kwargs = args.open(n, ...)
  local count, taken = #m.params, {}
  local extra = surplus(given, count)
  for i = count + 1, given.n do given[i] = nil end
  local has_caller = fill(m, given, kwargs, taken)
  if n >= count then has_caller = is_explicit(m) end
  local last = count
  if m.caller and not has_caller then
    last = last + 1
    given[last] = kwargs and kwargs.caller or value.undef_hint "No caller defined"
    taken.caller = true
  end
  local rest = keywords_dict(kwargs, taken)
  if m.kwargs then
    last = last + 1
    given[last] = rest
  else
    refuse_keywords(m, rest)
  end
  if m.varargs then
    last = last + 1
    given[last] = extra
  elseif n > count then
    raise("TypeError", "macro " .. shown(m) .. " takes not more than " .. count .. " argument(s)")
  end
  local caller = enter(m)
  return finish(m, caller, m.body(unpack(given, 1, last)))
end

MACRO.call = function(m, n, a, b, c, d, e, g, h, ...)
  if m.simple and n <= #m.params and n <= 3 and (n == 0 and a == nil or n == 1 and b == nil or n == 2 and c == nil
    or n == 3 and d == nil) then
    local caller = enter(m)
    return finish(m, caller, m.body(a, b, c))
  end
  return general(m, n, a, b, c, d, e, g, h, ...)
end

MACRO.repr = function(m) return m.name and "<Macro " .. text.repr(m.name) .. ">" or "<Macro anonymous>" end

MACRO.attr = function(m, name)
  if name == "name" then return m.name or value.NULL end
  if name == "catch_kwargs" then return m.kwargs or false end
  if name == "catch_varargs" then return m.varargs or false end
  if name == "caller" then return m.caller or false end
  if name == "arguments" then
    return value.tuple(table.move(m.params, 1, #m.params, 1, { n = #m.params }))
  end
end

return macro
