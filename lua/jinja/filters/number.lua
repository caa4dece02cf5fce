--- Filters over numbers: abs, int, float, round, filesizeformat.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local arith <const> = require "jinja.arith"
local digits <const> = require "jinja.digits"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local compare <const> = require "jinja.compare"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local math_type <const>, floor <const>, type <const> = math.type, math.floor, type
local match <const>, gsub <const>, find <const>, lower <const> = string.match, string.gsub, string.find, string.lower
local format <const> = string.format
local raise <const>, type_of <const>, NULL <const> = errors.raise, value.type_of, value.NULL
local filter <const>, numeric <const> = registry.filter, arith.numeric

filter("abs", { name = "abs", params = {} }, function(v)
  local x = numeric(v)
  if x then
    if math_type(x) == "float" then return math.abs(x) end
    return digits.is_negative(x) and arith.neg(x) or x
  end
  local neg = type(v) == "table" and type_of(v).neg
  if not neg then
    raise("TypeError", "bad operand type for abs(): '" .. type_of(v).name .. "'")
  end
  local other = neg(v)
  return compare.lt(v, other) and other or v
end)

-- Reading numbers ----------------------------------------------------------------------------------------------------

-- The text of a number in ASCII. Long ones are looked through several times.
local function readable(s)
  if #s > 64 then fuel.spend(#s) end
  return utf.ascii_digits(s)
end

-- Digits with single underscores between them, without those; nil when there is anything else.
local function without_underscores(s)
  if not find(s, "_", 1, true) then return s end
  if find(s, "^_") or find(s, "_$") or find(s, "__", 1, true) then return nil end
  return (gsub(s, "_", ""))
end

local PREFIX_BASE <const> = { x = 16, o = 8, b = 2 }

-- The digits behind a prefix like 0x, and the base they are in.
local function split_prefix(body, base)
  local letter, rest = match(body, "^0([xobXOB])_?(.*)$")
  local of_letter = letter and PREFIX_BASE[lower(letter)]
  if of_letter and (base == of_letter or base == 0) then return rest, of_letter end
  if base ~= 0 then return body, base end
  -- Without a prefix base 0 is decimal, and has no leading zeros.
  if find(body, "^0[0_]*[1-9]") then return nil end
  return body, 10
end

--- int(s, base) of a str; nil when Python raises ValueError.
local function parse_integer(s, base)
  base = base == nil and 10 or numeric(base)
  if math_type(base) ~= "integer" then return nil end
  local sign, body = match(readable(s), "^%s*([+-]?)(%w[%w_]*)%s*$")
  if not body or base ~= 0 and (base < 2 or base > 36) then return nil end
  body, base = split_prefix(body, base)
  body = body and without_underscores(body)
  if not body or body == "" then return nil end
  body = lower(body)
  local allowed = base <= 10 and "[0-" .. string.char(47 + base) .. "]" or "[0-9a-" .. string.char(86 + base) .. "]"
  if not find(body, "^" .. allowed .. "+$") or base == 10 and #body > 4300 then return nil end
  local x = number.from_base(body, base)
  return sign == "-" and arith.neg(x) or x
end

local WORDS <const> = { inf = math.huge, infinity = math.huge, nan = 0.0 / 0.0 }

--- float(s) of a str; nil when Python raises ValueError.
local function parse_float(s)
  local sign, body = match(readable(s), "^%s*([+-]?)(%S+)%s*$")
  if not body then return nil end
  local f = WORDS[lower(body)]
  if not f then
    local mantissa, exponent = match(body, "^([%d_.]+)(.*)$")
    if not mantissa then return nil end
    local whole, fraction = match(mantissa, "^([%d_]*)%.?([%d_]*)$")
    if not whole or whole == "" and fraction == "" then return nil end
    whole, fraction = without_underscores(whole), without_underscores(fraction)
    local power = exponent == "" and "0" or match(exponent, "^[eE]([+-]?%d[%d_]*)$")
    power = power and without_underscores(power)
    if not (whole and fraction and power) then return nil end
    f = tonumber("0" .. whole .. "." .. fraction .. "e" .. power) + 0.0
  end
  return sign == "-" and -f or f
end

--- float(v), or nil when Python raises TypeError or ValueError.
local function try_float(v)
  local s = value.text_of(v)
  if s then return parse_float(s) end
  local x = numeric(v)
  if x then return arith.to_float(x) end
  text.must_exist(v)
end

-- int(v) for what is no text; nil when Python raises TypeError or ValueError.
local function try_integer(v)
  local x = numeric(v)
  if x == nil then return text.must_exist(v) end
  if math_type(x) ~= "float" then return x end
  if x ~= x then return nil end
  return digits.truncate(x)
end

filter("int", { name = "do_int", params = { "default", "base" }, subject = "value" }, function(v, default, base)
  local s = value.text_of(v)
  local x
  if s then
    x = parse_integer(s, base)
    if not x then
      local f = parse_float(s)
      if f and f - f == 0 then x = digits.truncate(f) end
    end
  else
    x = try_integer(v)
  end
  if x ~= nil then return x end
  if default == nil then return 0 end
  return default
end)

filter("float", { name = "do_float", params = { "default" }, subject = "value" }, function(v, default)
  local f = try_float(v)
  if f then return f end
  if default == nil then return 0.0 end
  return default
end)

-- Rounding -----------------------------------------------------------------------------------------------------------

local function round_common(v, precision)
  local x = numeric(v)
  if not x then raise("TypeError", "type " .. type_of(v).name .. " doesn't define __round__ method") end
  local places = precision ~= NULL and args.integer(precision) or nil
  if math_type(x) ~= "float" then
    if not places or places >= 0 then return x end
    return digits.round_integer(x, number.pow(10, number.neg(places)))
  end
  if places then return digits.round(x, places) end
  return digits.truncate(digits.round(x, 0))
end

local function to_integer(v, upwards)
  local x = numeric(v)
  if not x then
    text.must_exist(v)
    raise("TypeError", "must be real number, not " .. type_of(v).name)
  end
  if math_type(x) ~= "float" then return x end
  if x - x ~= 0 then return digits.truncate(x) end
  return number.from_float((upwards and math.ceil(x) or floor(x)) + 0.0)
end

filter("round", { name = "do_round", params = { "precision", "method" }, subject = "value" }, function(v, precision, method)
  if method == nil then method = "common" end
  value.normal(method) -- looked up in a set, it must have a hash
  method = value.text_of(method)
  if precision == nil then precision = 0 end
  if method == "common" then return round_common(v, precision) end
  if method ~= "ceil" and method ~= "floor" then
    raise("FilterArgumentError", "method must be common, ceil or floor")
  end
  local scale = arith.pow(10, precision)
  return arith.div(to_integer(arith.mul(v, scale), method == "ceil"), scale)
end)

-- Sizes --------------------------------------------------------------------------------------------------------------

local PREFIXES <const> = { "k", "M", "G", "T", "P", "E", "Z", "Y" }

local function is_below(f, unit)
  if math_type(unit) then return f < unit end
  return number.compare_float(unit, f) == 1
end

local function size_of(v)
  local f = try_float(v)
  if f then return f end
  if value.text_of(v) then raise("ValueError", "could not convert string to float: " .. text.repr(v)) end
  raise("TypeError", "float() argument must be a string or a real number, not '" .. type_of(v).name .. "'")
end

filter("filesizeformat", { name = "do_filesizeformat", params = { "binary" }, subject = "value" }, function(v, binary)
  binary = binary ~= nil and compare.truth(binary)
  local f, base = size_of(v), binary and 1024 or 1000
  if f == 1 then return "1 Byte" end
  if f < base then return text.str(digits.truncate(f)) .. " Bytes" end
  local unit
  for i = 1, #PREFIXES do
    unit = number.pow(base, i + 1)
    local suffix = binary and (PREFIXES[i] == "k" and "K" or PREFIXES[i]) .. "iB" or PREFIXES[i] .. "B"
    if is_below(f, unit) or i == #PREFIXES then
      return format("%.1f %s", base * f / number.to_float(unit), suffix)
    end
  end
end)

return registry
