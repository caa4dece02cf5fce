--- Python's calling rules for what is written in Lua: positions, keywords, defaults and the error texts.
---
--- Every callable of the runtime has one form: f(subject, n, a1 … an, kwargs). `kwargs` is nil, or a table with the names
--- in order at [1..] and each value under its name. `args.bind` wraps a plain function f(subject, a1, a2, …), which gets
--- nil for what was not given; no value of a template is nil.
local value <const> = require "jinja.value"
local errors <const> = require "jinja.errors"
local raise <const>, type_of <const> = errors.raise, value.type_of
local format <const>, concat <const> = string.format, table.concat
local pack <const>, unpack <const> = table.pack, table.unpack

local args <const> = {}

---@class jinja.Signature
---@field name string  as Python shows it: "do_replace", "replace"
---@field params string[]  names, in order, without the subject
---@field required integer?  how many must be given (default 0)
---@field hidden integer?  what else Python counts as an argument before them (default 1: the subject)
---@field builtin boolean?  a function written in C: its error texts differ, and it takes no keywords
---@field keywords boolean?  a builtin that takes keywords all the same
---@field parsed boolean?  a builtin whose count is wrong in the older words, "find() takes at least 1 argument"
---@field operator boolean?  one of Python's operator functions
---@field subject string?  the name of the subject's parameter, which a keyword cannot give again

local function plural(n, word) return n == 1 and word or word .. "s" end

local function builtin_count(sig, n)
  local least, most = sig.required or 0, #sig.params
  if sig.operator then raise("TypeError", format("%s expected 2 arguments, got %d", sig.name, n + 1)) end
  if sig.keywords or sig.parsed then
    raise("TypeError", format("%s() takes at %s %d %s (%d given)", sig.name, n < least and "least" or "most",
      n < least and least or most, plural(n < least and least or most, "argument"), n))
  end
  if most == 0 then
    raise("TypeError", format("%s.%s() takes no arguments (%d given)", sig.type or "str", sig.name, n))
  elseif least == most and most == 1 then
    raise("TypeError", format("%s.%s() takes exactly one argument (%d given)", sig.type or "str", sig.name, n))
  end
  if least == most then raise("TypeError", format("%s expected %d arguments, got %d", sig.name, most, n)) end
  local bound = n < least and least or most
  raise("TypeError", format("%s expected at %s %d %s, got %d", sig.name, n < least and "least" or "most", bound,
    plural(bound, "argument"), n))
end

local function quoted_list(names)
  if #names < 3 then return concat(names, " and ") end
  return concat(names, ", ", 1, #names - 1) .. ", and " .. names[#names]
end

local function missing(sig, given)
  local names = {}
  for i = 1, sig.required or 0 do
    if given[i] == nil then names[#names + 1] = "'" .. sig.params[i] .. "'" end
  end
  if #names == 0 then return end
  if sig.builtin then builtin_count(sig, given.n) end
  raise("TypeError", format("%s() missing %d required positional %s: %s", sig.name, #names,
    plural(#names, "argument"), quoted_list(names)))
end

local function too_many(sig, n)
  if sig.builtin then builtin_count(sig, n) end
  local hidden = sig.hidden or 1
  local least, most = (sig.required or 0) + hidden, #sig.params + hidden
  local takes = least == most and tostring(most) or format("from %d to %d", least, most)
  raise("TypeError", format("%s() takes %s positional %s but %d %s given", sig.name, takes, plural(most, "argument"),
    n + hidden, n + hidden == 1 and "was" or "were"))
end

local function place_of(sig, name)
  for i = 1, #sig.params do
    if sig.params[i] == name then return i end
  end
end

local function take_keywords(sig, given, kwargs)
  if sig.builtin and not sig.keywords and #kwargs > 0 then
    raise("TypeError", format("%s.%s() takes no keyword arguments", sig.type or "str", sig.name))
  end
  for i = 1, #kwargs do
    local name = kwargs[i]
    local place = place_of(sig, name)
    if not place and name ~= sig.subject then
      local shape = sig.builtin and "'%s' is an invalid keyword argument for %s()"
      raise("TypeError", shape and format(shape, name, sig.name)
        or format("%s() got an unexpected keyword argument '%s'", sig.name, name))
    end
    if not place or given[place] ~= nil then
      raise("TypeError", format("%s() got multiple values for argument '%s'", sig.name, name))
    end
    given[place] = kwargs[name]
  end
end

local function general(sig, f, subject, n, ...)
  local given = { n = n, ... }
  local kwargs = given[n + 1]
  given[n + 1] = nil
  if kwargs then take_keywords(sig, given, kwargs) end
  if n > #sig.params then too_many(sig, n) end
  missing(sig, given)
  return f(subject, unpack(given, 1, #sig.params))
end

--- Wraps f(subject, a1 … a5) into the runtime's calling form.
---@param sig jinja.Signature
function args.bind(sig, f)
  local least, most = sig.required or 0, #sig.params
  assert(most <= 6)
  return function(subject, n, a, b, c, d, e, g, h)
    if n >= least and n <= most and
      (n == 0 and a == nil or n == 1 and b == nil or n == 2 and c == nil or n == 3 and d == nil or n == 4 and e == nil
        or n == 5 and g == nil or n == 6 and h == nil) then
      return f(subject, a, b, c, d, e, g)
    end
    return general(sig, f, subject, n, a, b, c, d, e, g, h)
  end
end

--- Positional arguments as an array, and the keywords: for callables that take any number.
---@return table given {n=, …}
---@return table? kwargs
function args.open(n, ...)
  local given = pack(...)
  local kwargs = given[n + 1]
  for i = given.n, n + 1, -1 do given[i] = nil end
  given.n = n
  return given, kwargs
end

--- An integer argument of a builtin: int or bool.
---@return integer
function args.integer(v)
  if math.type(v) == "integer" then return v end
  if v == true then return 1 elseif v == false then return 0 end
  if value.NULL == v then raise("TypeError", "'NoneType' object cannot be interpreted as an integer") end
  if type_of(v) == value.BIG then raise("OverflowError", "Python int too large to convert to C ssize_t") end
  raise("TypeError", "'" .. type_of(v).name .. "' object cannot be interpreted as an integer")
end

--- An integer argument that is an int of C.
---@return integer
function args.c_int(v)
  if type_of(v) ~= value.BIG then v = args.integer(v) end
  if type_of(v) == value.BIG or v > 0x7fffffff or v < -0x80000000 then
    raise("OverflowError", "Python int too large to convert to C int")
  end
  return v
end

--- What the texts about an argument's type call it: None is not called by its type.
function args.shown_type(v) return v == value.NULL and "None" or type_of(v).name end

--- The text of a str argument; raises the given sentence plus the type's name otherwise.
---@return string
function args.text(v, sentence)
  local s = value.text_of(v)
  if not s then raise("TypeError", sentence .. args.shown_type(v)) end
  return s
end


return args
