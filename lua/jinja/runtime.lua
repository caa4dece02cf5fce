--- What the generated code of a template calls: the border that README.md describes.
local fuel <const> = require "tocsin.fuel"
local hot <const> = require "tocsin.access"
local output <const> = require("tocsin.output").open(require("jinja.text").str)
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local arith <const> = require "jinja.arith"
local text <const> = require "jinja.text"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local access <const> = require "jinja.access"
local printf <const> = require "jinja.printf"
local loop <const> = require "jinja.loop"
local macro <const> = require "jinja.macro"
local globals <const> = require "jinja.globals"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
require "jinja.methods"
require "jinja.filters"
require "jinja.tests"
require "jinja.set"
local type <const>, getmetatable <const>, setmetatable <const> = type, getmetatable, setmetatable
local concat <const>, move <const> = table.concat, table.move
local str <const>, attr <const> = text.str, access.attr
local undef_item <const> = value.undef_item
local LIST <const>, TUPLE <const>, DICT <const>, MARKUP <const> = value.LIST, value.TUPLE, value.DICT, value.MARKUP
local SHORT <const> = 256 -- bytes that are joined without asking

local R <const> = {
  attr = access.attr, item = access.item, slice = sequence.slice,
  call = access.call, method = access.method,
  call_spread = access.call_spread, method_spread = access.method_spread,
  add = arith.add, sub = arith.sub, mul = arith.mul, div = arith.div, floordiv = arith.floordiv,
  mod = printf.mod, pow = arith.pow, neg = arith.neg, pos = arith.pos,
  eq = compare.eq, ne = compare.ne, lt = compare.lt, le = compare.le, gt = compare.gt, ge = compare.ge,
  contains = compare.contains, truth = compare.truth,
  write = output.write, mark = output.mark, cut = output.cut, drop = output.drop,
  str = str, str_escaped = text.escaped, repr = text.repr,
  markup = value.markup, int = number.parse,
  undef = value.undef, undef_hint = value.undef_hint, undef_item = value.undef_item,
  iter = sequence.iter, each = hot.each(sequence.iter), unpack = sequence.unpack, gen = value.gen,
  loop = loop.new, loop_next = loop.next,
  set_attr = globals.set_attr,
  spend = fuel.spend, fail = errors.raise,
  globals = globals.names, filters = registry.filters, tests = registry.tests,
}

-- Names and filters --------------------------------------------------------------------------------------------------

--- A global, or Undefined.
function R.global(name)
  local v = R.globals[name]
  if v == nil then return value.undef(name) end
  return v
end

--- The filter's function, nil when there is none. `escaped`: for use inside {% autoescape true %}.
function R.filter(name, escaped)
  return escaped and registry.escaping[name] or registry.filters[name]
end

--- The test's function, nil when there is none.
function R.test(name) return registry.tests[name] end

-- Paths --------------------------------------------------------------------------------------------------------------

-- The first step that is not plain decides: from there on, one attribute at a time.
local function steps(v, a, b, c, d, e)
  v = attr(v, a)
  if b == nil then return v end
  v = attr(v, b)
  if c == nil then return v end
  v = attr(v, c)
  if d == nil then return v end
  v = attr(v, d)
  if e == nil then return v end
  return attr(v, e)
end

-- What an Undefined says of a payload's object.
local AN_OBJECT <const> = setmetatable({ n = 0, k = {}, v = {} }, DICT)

--- v.a.b.c.d.e, with one to five names (more: chain the calls). A plain walk is done in C.
local function missing(name) return undef_item(AN_OBJECT, name) end
R.path = hot.path(steps, missing, DICT)

--- R.truth(R.path(…)).
R.has = hot.has(steps, missing, DICT, compare.truth)

-- Literals -----------------------------------------------------------------------------------------------------------

--- A list of n items.
function R.list(n, ...) return setmetatable({ n = n, ... }, LIST) end

--- A tuple of n items.
function R.tuple(n, ...) return setmetatable({ n = n, ... }, TUPLE) end

--- A dict of n keys, each followed by its value.
function R.dict(n, ...)
  local d = setmetatable({ n = 0, k = {}, v = {} }, DICT)
  if n > 0 then
    local flat = { ... }
    for i = 1, 2 * n, 2 do value.dict_set(d, flat[i], flat[i + 1]) end
  end
  return d
end

--- The same from a table that is ready: {n=, [1..n]}, or {n=, k=, v=} with distinct str keys. Taken over.
function R.new_list(t) return setmetatable(t, LIST) end
function R.new_tuple(t) return setmetatable(t, TUPLE) end
function R.new_dict(t) return setmetatable(t, DICT) end

-- Text ---------------------------------------------------------------------------------------------------------------

local function concat_all(n, ...)
  local parts, size = { ... }, 0
  for i = 1, n do
    local s = parts[i]
    if type(s) ~= "string" then
      s = str(s)
      parts[i] = s
    end
    size = size + #s
  end
  if size > SHORT then fuel.bytes(size) end
  return concat(parts, "", 1, n)
end

--- `a ~ b ~ …`.
function R.concat(n, a, b, c, ...)
  if n > 3 then return concat_all(n, a, b, c, ...) end
  a, b, c = str(a), str(b), n == 3 and str(c) or ""
  local size = #a + #b + #c
  if size > SHORT then fuel.bytes(size) end
  return a .. b .. c
end

--- The same inside {% autoescape true %}: escaped, and Markup when any part is Markup.
function R.concat_escaped(n, ...)
  local parts, has_markup = { ... }, false
  for i = 1, n do
    if getmetatable(parts[i]) == MARKUP then has_markup = true end
  end
  if not has_markup then return R.concat(n, ...) end
  for i = 1, n do parts[i] = text.escaped(parts[i]) end
  return value.markup(R.concat(n, table.unpack(parts, 1, n)))
end

-- Loops and calls ----------------------------------------------------------------------------------------------------

--- The array behind a list or tuple, to be read up to its `n` at each step; nil for everything else.
function R.array(v)
  local T = getmetatable(v)
  if T == LIST or T == TUPLE then return v, v.n end
  v = value.plain(v)
  if getmetatable(v) == LIST then return v, v.n end
end

--- How many items there are, when that is known without consuming them; else nil.
R.loop_length = sequence.size

--- A list with the items of an iterable added: the `*args` of a call.
function R.spread(list, iterable)
  local items = sequence.items(iterable)
  list = list or setmetatable({ n = 0 }, LIST)
  move(items, 1, items.n, list.n + 1, list)
  list.n = list.n + items.n
  return list
end

--- Keywords with those of a mapping added: the `**kwargs` of a call.
function R.spread_kw(kwargs, mapping)
  mapping = value.plain(mapping)
  kwargs = kwargs or {}
  text.must_exist(mapping)
  if getmetatable(mapping) ~= DICT then
    errors.raise("TypeError", "argument after ** must be a mapping, not " .. value.type_name(mapping))
  end
  fuel.spend(10 * mapping.n)
  for i = 1, mapping.n do
    local key, v = value.dict_at(mapping, i)
    local name = value.text_of(key)
    if not name then errors.raise("TypeError", "keywords must be strings") end
    if kwargs[name] ~= nil then
      errors.raise("TypeError", "got multiple values for keyword argument " .. text.repr(name))
    end
    kwargs[#kwargs + 1] = name
    kwargs[name] = v
  end
  return kwargs
end

-- Macros of one rendering share how deep they are; a state renders one template at a time.
local state <const> = { depth = 0 }

--- A macro value; see macro.lua for the fields.
function R.macro(m) return macro.new(m, state) end

--- Called before each rendering: what a failed one left behind is forgotten.
---@param env table  filters, tests of the environment, or nil
function R.begin(env)
  state.depth = 0
  registry.begin(env.filters, env.tests, env.autoescape)
end

return R
