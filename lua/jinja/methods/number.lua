--- Methods and attributes of int (bool, BIG) and float, and of range.
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local arith <const> = require "jinja.arith"
local digits <const> = require "jinja.digits"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local errors <const> = require "jinja.errors"
local floor <const> = math.floor
local raise <const> = errors.raise

local function define(type_name, methods)
  local out = {}
  for name, f in next, methods do
    out[name] = args.bind({ name = name, type = type_name, params = {}, builtin = true }, f)
  end
  return out
end

local function bit_count(x)
  local binary = digits.is_negative(x) and arith.neg(x) or x
  return select(2, string.gsub(number.in_base(binary, 2), "1", ""))
end

-- bool counts as int.
local function as_int(f)
  return function(v)
    if v == true then v = 1 elseif v == false then v = 0 end
    return f(v)
  end
end

local int <const> = define("int", {
  bit_length = as_int(number.bit_length),
  bit_count = as_int(bit_count),
  conjugate = as_int(function(v) return v end),
  is_integer = function() return true end,
  as_integer_ratio = as_int(function(v) return value.pair(v, 1) end),
})
access.add_methods(value.INT, int)
access.add_methods(value.BOOL, int)
access.add_methods(value.BIG, int)

local function ratio(f)
  if f ~= f then raise("ValueError", "cannot convert NaN to integer ratio") end
  if f - f ~= 0 then raise("OverflowError", "cannot convert Infinity to integer ratio") end
  local power = 0
  while f ~= floor(f) do f, power = f * 2, power + 1 end
  return value.pair(number.from_float(f), number.pow(2, power))
end

access.add_methods(value.FLOAT, define("float", {
  is_integer = function(f) return f - f == 0 and f == floor(f) end,
  conjugate = function(f) return f end,
  as_integer_ratio = ratio,
}))

local function int_attr(v, name)
  if v == true then v = 1 elseif v == false then v = 0 end
  if name == "real" or name == "numerator" then return v end
  if name == "imag" then return 0 end
  if name == "denominator" then return 1 end
end
value.INT.attr, value.BOOL.attr, value.BIG.attr = int_attr, int_attr, int_attr

value.FLOAT.attr = function(f, name)
  if name == "real" then return f elseif name == "imag" then return 0.0 end
end

value.RANGE.attr = function(r, name)
  if name == "start" or name == "stop" or name == "step" then return r[name] end
end

local one <const> = { name = "index", type = "range", params = { "value" }, required = 1, builtin = true }
access.add_methods(value.RANGE, {
  index = args.bind(one, function(r, v)
    if not compare.contains(v, r) then raise("ValueError", "sequence.index(x): x not in sequence") end
    return (math.tointeger(arith.numeric(v)) - r.start) // r.step
  end),
  count = args.bind(one, function(r, v) return compare.contains(v, r) and 1 or 0 end),
})

return int
