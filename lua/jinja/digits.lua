--- Numbers as digits: floats in the printf styles, integers in a base, truncation and rounding.
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local errors <const> = require "jinja.errors"
local getmetatable <const>, math_type <const>, floor <const> = getmetatable, math.type, math.floor
local format <const>, rep <const>, sub <const>, find <const> = string.format, string.rep, string.sub, string.find
local lower <const>, upper <const>, gsub <const>, match <const> = string.lower, string.upper, string.gsub, string.match
local raise <const> = errors.raise
local C_PRECISION_MAX <const> = 99 -- string.format takes no more

local digits <const> = {}

function digits.is_negative(x)
  if getmetatable(x) == value.BIG then return x.sign < 0 end
  return x < 0
end

--- int(f).
function digits.truncate(f)
  if f ~= f then raise("ValueError", "cannot convert float NaN to integer") end
  if f - f ~= 0 then raise("OverflowError", "cannot convert float infinity to integer") end
  return number.from_float(f)
end

--- Digits of an integer that is not negative.
---@return string
function digits.of(x, base)
  if base ~= 10 then
    if base == 16 and math_type(x) then return format("%x", x) end
    return number.in_base(x, base)
  end
  if math_type(x) and x ~= math.mininteger then return format("%d", x) end
  return number.to_string(x)
end

-- mantissa and power of two of a finite float that is not negative.
local function take_apart(f)
  local power = 0
  while f ~= floor(f) or f >= 2.0 ^ 53 do
    if f >= 2.0 ^ 53 then f, power = f / 2, power + 1 else f, power = f * 2, power - 1 end
  end
  return math.tointeger(f), power
end

-- %.<precision>f beyond what C is asked for: exact, half to even.
local function long_fixed(f, precision)
  fuel.bytes(precision * 4)
  -- A double has at most 1074 digits after the point.
  local kept = precision < 1074 and precision or 1074
  local mantissa, power = take_apart(f)
  local scaled = number.mul(mantissa, number.pow(10, kept))
  if power >= 0 then
    scaled = number.mul(scaled, number.pow(2, power))
  else
    local unit = number.pow(2, -power)
    local rest
    scaled, rest = number.divmod(scaled, unit)
    local order = number.compare(number.add(rest, rest), unit)
    local _, odd = number.divmod(scaled, 2)
    if order > 0 or order == 0 and odd == 1 then scaled = number.add(scaled, 1) end
  end
  local all = number.digits(scaled)
  all = rep("0", kept + 1 - #all) .. all
  return sub(all, 1, #all - kept) .. "." .. sub(all, #all - kept + 1) .. rep("0", precision - kept)
end

--- A float in the style of C's %e %f %g (upper case: E F G), with any precision.
---@return string
function digits.float(f, style, precision, alt)
  local small = lower(style)
  local s
  if f ~= f then
    s = "nan"
  elseif f - f ~= 0 then
    s = f > 0 and "inf" or "-inf"
  elseif small == "f" and precision > C_PRECISION_MAX then
    local negative = f < 0 or 1 / f < 0
    s = (negative and "-" or "") .. long_fixed(negative and -f or f, precision)
  else
    if precision > C_PRECISION_MAX then precision = C_PRECISION_MAX end
    if precision > 20 or f > 1e20 or f < -1e20 then fuel.spend(300) end -- hundreds of digits
    s = format("%" .. (alt and "#" or "") .. "." .. format("%d", precision) .. small, f)
  end
  return small == style and s or upper(s)
end

-- Shortens "1.500e+05" to "1.5e+05".
local function strip_zeros(s)
  local body, exponent = match(s, "^([^e]*)(.*)$")
  if find(body, ".", 1, true) then body = gsub(gsub(body, "0+$", ""), "%.$", "") end
  return body .. exponent
end

--- A float as format(f, ".<precision>") shows it: like %g, but never without a point or an exponent.
---@return string
function digits.general(f, precision, alt)
  if f - f ~= 0 or f ~= f then return digits.float(f, "g", precision, false) end
  if precision == 0 then precision = 1 end
  local scientific = digits.float(f, "e", precision - 1, false)
  local exponent = tonumber(match(scientific, "e(.*)$"))
  if exponent < -4 or exponent + 1 > precision - 1 then
    return alt and digits.float(f, "e", precision - 1, true) or strip_zeros(scientific)
  end
  local s = digits.float(f, "g", precision, alt)
  if not find(s, "[.e]") then s = s .. ".0" end
  return s
end

--- round(f, places) for a float: to the nearest, half to even, on its exact value.
---@return number
function digits.round(f, places)
  if f ~= f or f - f ~= 0 or f == 0 then return f end
  if places >= 0 then
    if places > 330 then return f end
    -- With an exponent it is read as a float, and keeps the sign of a zero.
    return tonumber(digits.float(f, "f", places, false) .. "e0")
  end
  if places < -310 then return f < 0 and -0.0 or 0.0 end
  local unit = number.pow(10, -places)
  local exact = number.from_float(f)
  local r = number.to_float(digits.round_integer(exact, unit, f ~= floor(f)))
  if r == 0 then return f < 0 and -0.0 or 0.0 end
  return r
end

--- An integer to the nearest multiple of `unit`, half to even; `more`: its exact value is a little further from zero.
function digits.round_integer(x, unit, more)
  local negative = digits.is_negative(x)
  if negative then x = number.neg(x) end
  local q, rest = number.divmod(x, unit)
  local order = number.compare(number.add(rest, rest), unit)
  local _, odd = number.divmod(q, 2)
  if order > 0 or order == 0 and (odd == 1 or more) then q = number.add(q, 1) end
  local r = number.mul(q, unit)
  return negative and number.neg(r) or r
end

--- Puts separators into a row of digits, from the right; with zeros in front until it is `width` long.
---@return string
function digits.group(row, every, separator, width)
  local function grouped(s)
    local head = #s % every
    local out = head > 0 and { sub(s, 1, head) } or {}
    for i = head + 1, #s, every do out[#out + 1] = sub(s, i, i + every - 1) end
    return table.concat(out, separator)
  end
  local s = grouped(row)
  if #s >= width then return s end
  -- The zeros that make it wide enough: every group of `every` digits brings one separator.
  local need = width - (width // (every + 1))
  if need < #row then need = #row end
  s = grouped(rep("0", need - #row) .. row)
  while #s < width do
    row = "0" .. (#row < need and rep("0", need - #row) .. row or row)
    s = grouped(row)
    need = #row
  end
  return s
end

return digits
