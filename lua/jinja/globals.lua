--- The names every template knows: dict, range, namespace, cycler, joiner, lipsum.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local dict <const> = require "jinja.methods.dict"
local errors <const> = require "jinja.errors"
local setmetatable <const>, format <const>, concat <const> = setmetatable, string.format, table.concat
local raise <const>, bind <const> = errors.raise, args.bind
local CHARGED_MAX <const> = 1 << 28 -- more than any budget, and its square times eight is an integer still
local RANGE_MAX <const> = 100000 -- Jinja2's sandbox refuses longer ones

local globals <const> = {}

local function class(name, shown, call)
  globals[name] = setmetatable({ name = name, shown = shown, call = call }, value.CLASS)
end

-- dict ---------------------------------------------------------------------------------------------------------------

class("dict", "dict", function(_, n, ...)
  local given, kwargs = args.open(n, ...)
  if n > 1 then raise("TypeError", "dict expected at most 1 argument, got " .. n) end
  return dict.merge(value.new_dict(), given[1], kwargs)
end)

-- The class has its methods as attributes, which is of use for dict.fromkeys alone.
value.CLASS.attr = function(c, name)
  local m = c.name == "dict" and name == "fromkeys" and value.DICT.methods.fromkeys
  if m then return value.method(value.new_dict(), m, name) end
end

-- range --------------------------------------------------------------------------------------------------------------

-- How many steps reach across a distance; both count as unsigned, as what wraps around is.
local function steps(distance, step)
  distance = distance - 1
  if step < 0 then return math.ult(distance, step) and 1 or 2 end
  if distance >= 0 then return distance // step + 1 end
  local q = (distance >> 1) // step << 1
  if not math.ult(distance - q * step, step) then q = q + 1 end
  return q + 1
end

local function range(_, from, to, step)
  from = args.integer(from)
  if to == nil then from, to = 0, from else to = args.integer(to) end
  step = step == nil and 1 or args.integer(step)
  if step == 0 then raise("ValueError", "range() arg 3 must not be zero") end
  local count = 0
  if step > 0 and from < to then
    count = steps(to - from, step)
  elseif step < 0 and from > to then
    count = steps(from - to, -step)
  end
  if count < 0 or count > RANGE_MAX then
    raise("OverflowError", "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).")
  end
  return setmetatable({ start = from, stop = to, step = step, n = count }, value.RANGE)
end

globals.range = setmetatable({
  name = "safe_range",
  call = bind({ name = "range", params = { "start", "stop", "step" }, required = 1, builtin = true }, range),
}, value.FUNCTION)

-- namespace ----------------------------------------------------------------------------------------------------------

local NAMESPACE <const> = value.descriptor("Namespace", "jinja2.utils.Namespace object")
NAMESPACE.attr = function(ns, name) return ns.fields.v[name] end
NAMESPACE.write = function(out, ns, depth, seen)
  out[#out + 1] = "<Namespace "
  text.write(out, ns.fields, depth, seen)
  out[#out + 1] = ">"
end
value.NAMESPACE = NAMESPACE

class("namespace", "jinja2.utils.Namespace", function(_, n, ...)
  local given, kwargs = args.open(n, ...)
  if n > 1 then raise("TypeError", "dict expected at most 1 argument, got " .. n) end
  return setmetatable({ fields = dict.merge(value.new_dict(), given[1], kwargs) }, NAMESPACE)
end)

--- {% set ns.name = v %}.
local function set_attr(ns, name, v)
  if getmetatable(ns) ~= NAMESPACE then
    raise("TemplateRuntimeError", "cannot assign attribute on non-namespace object")
  end
  value.dict_set(ns.fields, name, v)
end

-- cycler and joiner --------------------------------------------------------------------------------------------------

local CYCLER <const> = value.descriptor("Cycler", "jinja2.utils.Cycler object")
CYCLER.repr = function() return "<jinja2.utils.Cycler object at 0x7f0000000000>" end
CYCLER.attr = function(c, name)
  if name == "current" then return c.items[c.pos + 1] end
  if name == "items" or name == "pos" then return c[name] end
end

CYCLER.python = { next = "Cycler.next", reset = "Cycler.reset" }

local function cycler_method(name, f)
  return bind({ name = "Cycler." .. name, params = {} }, f)
end

access.add_methods(CYCLER, {
  next = cycler_method("next", function(c)
    local item = c.items[c.pos + 1]
    c.pos = (c.pos + 1) % c.items.n
    return item
  end),
  reset = cycler_method("reset", function(c)
    c.pos = 0
    return value.NULL
  end),
})

class("cycler", "jinja2.utils.Cycler", function(_, n, ...)
  local given, kwargs = args.open(n, ...)
  if kwargs and #kwargs > 0 then
    raise("TypeError", "Cycler.__init__() got an unexpected keyword argument '" .. kwargs[1] .. "'")
  end
  if n == 0 then raise("RuntimeError", "at least one item has to be provided") end
  return setmetatable({ items = value.tuple(given), pos = 0 }, CYCLER)
end)

local JOINER <const> = value.descriptor("Joiner", "jinja2.utils.Joiner object")
JOINER.repr = function() return "<jinja2.utils.Joiner object at 0x7f0000000000>" end
JOINER.attr = function(j, name)
  if name == "sep" or name == "used" then return j[name] end
end
JOINER.call = bind({ name = "Joiner.__call__", params = {} }, function(j)
  if j.used then return j.sep end
  j.used = true
  return ""
end)

class("joiner", "jinja2.utils.Joiner", bind({ name = "Joiner.__init__", params = { "sep" } }, function(_, sep)
  if sep == nil then sep = ", " end
  return setmetatable({ sep = sep, used = false }, JOINER)
end))

-- lipsum -------------------------------------------------------------------------------------------------------------

local WORDS <const> = {}
for word in string.gmatch([[lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut
  labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea
  commodo consequat]], "%a+") do
  WORDS[#WORDS + 1] = word
end

-- One sentence of so many words. The words follow each other in order: a rendering is the same every time.
local function paragraph(count, start)
  local out = {}
  for i = 1, count do out[i] = WORDS[(start + i) % #WORDS + 1] end
  return utf.capitalize(concat(out, " ")) .. "."
end

local function lipsum(_, n, html, least, most)
  n = n == nil and 5 or args.integer(n)
  least, most = least == nil and 20 or args.integer(least), most == nil and 100 or args.integer(most)
  if least >= most then raise("ValueError", format("empty range for randrange() (%d, %d, %d)", least, most, most - least)) end
  local out = {}
  if n > 0 then fuel.bytes(math.min(n, CHARGED_MAX) * (math.max(0, math.min(most, CHARGED_MAX)) + 64) * 8) end
  for i = 1, n do out[i] = paragraph(least + (i * 7) % (most - least), i * 3) end
  if html ~= nil and not compare.truth(html) then return concat(out, "\n\n") end
  for i = 1, n do out[i] = "<p>" .. out[i] .. "</p>" end
  return value.markup(concat(out, "\n"))
end

globals.lipsum = setmetatable({
  name = "generate_lorem_ipsum",
  call = bind({ name = "generate_lorem_ipsum", hidden = 0, params = { "n", "html", "min", "max" } }, lipsum),
}, value.FUNCTION)

--- `names`: what templates see, by name.
return { names = globals, set_attr = set_attr }
