--- The built-in tests, by name: f(value, n, args…, kwargs) → boolean.
local utf <const> = require "tocsin.text"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local arith <const> = require "jinja.arith"
local printf <const> = require "jinja.printf"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local type <const>, getmetatable <const>, math_type <const> = type, getmetatable, math.type
local type_of <const>, NULL <const> = value.type_of, value.NULL
local UNDEF <const>, MARKUP <const>, DICT <const> = value.UNDEF, value.MARKUP, value.DICT
local tests <const> = registry.tests

local function define(names, f, params, function_name, hidden)
  for name in string.gmatch(names, "%S+") do
    tests[name] = args.bind({ name = function_name or "test_" .. name, params = params or {},
      required = params and #params, hidden = hidden, subject = "value" }, f)
  end
end

-- The tests that everybody uses take no arguments and are taken as they are when none are given.
local function quick(name, f)
  local bound = args.bind({ name = "test_" .. name, params = {}, subject = "value" }, f)
  tests[name] = function(v, n, a, b)
    if n == 0 and a == nil then return f(v) end
    return bound(v, n, a, b)
  end
end

quick("defined", function(v) return getmetatable(v) ~= UNDEF end)
quick("undefined", function(v) return getmetatable(v) == UNDEF end)
quick("none", function(v) return v == NULL end)
quick("true", function(v) return v == true end)
quick("false", function(v) return v == false end)
quick("boolean", function(v) return type(v) == "boolean" end)
quick("string", function(v) return type(v) == "string" or getmetatable(v) == MARKUP end)
quick("mapping", function(v) return type_of(v) == DICT end)
quick("integer", function(v) return math_type(v) == "integer" or getmetatable(v) == value.BIG end)
quick("float", function(v) return math_type(v) == "float" end)
quick("number", function(v) return arith.numeric(v) ~= nil end)
quick("iterable", sequence.is_iterable)
quick("escaped", function(v) return getmetatable(v) == MARKUP end)
quick("callable", access.is_callable)

local SEQUENCES <const> = {
  [value.STR] = true, [MARKUP] = true, [value.LIST] = true, [value.TUPLE] = true, [DICT] = true,
  [value.RANGE] = true, [value.BYTES] = true, [UNDEF] = true,
}
quick("sequence", function(v) return SEQUENCES[type_of(v)] or false end)

-- These use `%`, which formats when the value is text.
define("odd", function(v) return compare.eq(printf.mod(v, 2), 1) end)
define("even", function(v) return compare.eq(printf.mod(v, 2), 0) end)
define("divisibleby", function(v, by) return compare.eq(printf.mod(v, by), 0) end, { "num" })

define("lower", function(v) return utf.is(text.str(v), "lower") end)
define("upper", function(v) return utf.is(text.str(v), "upper") end)

-- What cannot be a key of a dict raises here, as it does when Python looks into its table of names.
define("filter", function(v) return registry.has("filter", value.normal(v)) end, nil, nil, 2)
define("test", function(v) return registry.has("test", value.normal(v)) end, nil, nil, 2)

-- Objects are the same when they are one table; numbers and texts when they are equal and of one type.
define("sameas", function(a, b)
  return rawequal(value.plain(a), value.plain(b)) and math_type(a) == math_type(b)
end, { "other" })

define("in", function(item, container) return compare.contains(item, container) end, { "seq" })

for names, f in next, {
  ["eq equalto =="] = compare.eq,
  ["ne !="] = compare.ne,
  ["lt lessthan <"] = compare.lt,
  ["le <="] = compare.le,
  ["gt greaterthan >"] = compare.gt,
  ["ge >="] = compare.ge,
} do
  local word <const> = string.match(names, "%S+")
  local bound <const> = args.bind({ name = word, params = { "b" }, required = 1, builtin = true, operator = true }, f)
  for name in string.gmatch(names, "%S+") do tests[name] = bound end
end

return tests
