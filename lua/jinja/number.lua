--- Integers of any length: BIG values, and exact arithmetic on them and on Lua's integers together.
---
--- A BIG is {sign = 1 | -1, n = limbs, [1..n] = limbs} in base 10^7, least significant first, and always lies outside
--- the 64-bit range: a result that fits becomes a Lua integer again, so an integer has one form only. Work grows with
--- the product of the lengths and is charged before it is done.
local value <const> = require "jinja.value"
local errors <const> = require "jinja.errors"
local fuel <const> = require "tocsin.fuel"
local json <const> = require "tocsin.json"
local getmetatable <const>, setmetatable <const>, tonumber <const> = getmetatable, setmetatable, tonumber
local math_type <const>, floor <const>, log <const> = math.type, math.floor, math.log
local format <const>, sub <const>, concat <const> = string.format, string.sub, table.concat
local gsub <const>, min_of <const>, max_of <const> = string.gsub, math.min, math.max
local BIG <const>, MININT <const> = value.BIG, math.mininteger
local raise <const>, spend <const> = errors.raise, fuel.spend
local BASE <const>, WIDTH <const> = 10000000, 7
local DIGITS_MAX <const> = 4300

local number <const> = {}

-- Magnitudes: {n=, [1..n]} without leading zeros -------------------------------------------------------------------

local function mag_of(i)
  if i == MININT then return { n = 3, 4775808, 7203685, 92233 } end
  if i < 0 then i = -i end
  local m, n = {}, 0
  while i > 0 do
    n = n + 1
    m[n] = i % BASE
    i = i // BASE
  end
  m.n = n
  return m
end

local function trim(m, n)
  while n > 0 and m[n] == 0 do
    m[n] = nil
    n = n - 1
  end
  m.n = n
  return m
end

local function mag_compare(a, b)
  if a.n ~= b.n then return a.n < b.n and -1 or 1 end
  for i = a.n, 1, -1 do
    if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end
  end
  return 0
end

local function mag_add(a, b)
  local r, carry, n = {}, 0, max_of(a.n, b.n)
  for i = 1, n do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    if s >= BASE then r[i], carry = s - BASE, 1 else r[i], carry = s, 0 end
  end
  if carry > 0 then
    n = n + 1
    r[n] = carry
  end
  r.n = n
  return r
end

-- a must not be smaller than b.
local function mag_sub(a, b)
  local r, borrow = {}, 0
  for i = 1, a.n do
    local s = a[i] - (b[i] or 0) - borrow
    if s < 0 then r[i], borrow = s + BASE, 1 else r[i], borrow = s, 0 end
  end
  return trim(r, a.n)
end

local function mag_mul(a, b)
  local r, an, bn = {}, a.n, b.n
  for i = 1, an + bn do r[i] = 0 end
  for i = 1, an do
    local x, carry, at = a[i], 0, i
    for j = 1, bn do
      local s = r[at] + x * b[j] + carry
      carry = s // BASE
      r[at] = s - carry * BASE
      at = at + 1
    end
    r[at] = carry
  end
  return trim(r, an + bn)
end

local function mag_divmod_small(a, d)
  local q, rest = {}, 0
  for i = a.n, 1, -1 do
    local s = rest * BASE + a[i]
    q[i] = s // d
    rest = s - q[i] * d
  end
  return trim(q, a.n), rest
end

-- Subtracts q * b from the window of r that starts at `at`; true when the result went below zero.
local function subtract_scaled(r, b, q, at)
  local borrow = 0
  for i = 1, b.n do
    local s = r[at + i] - q * b[i] - borrow
    borrow = -(s // BASE)
    r[at + i] = s + borrow * BASE
  end
  local top = at + b.n + 1
  r[top] = r[top] - borrow
  return r[top] < 0
end

local function add_back(r, b, at)
  local carry = 0
  for i = 1, b.n do
    local s = r[at + i] + b[i] + carry
    carry = s >= BASE and 1 or 0
    r[at + i] = s - carry * BASE
  end
  local top = at + b.n + 1
  r[top] = r[top] + carry
end

-- Knuth's algorithm D: quotient and remainder of magnitudes.
local function mag_divmod(a, b)
  if mag_compare(a, b) < 0 then return { n = 0 }, a end
  if b.n == 1 then
    local q, rest = mag_divmod_small(a, b[1])
    return q, trim({ rest }, 1)
  end
  local scale = BASE // (b[b.n] + 1)
  local factor = { n = 1, scale }
  local r, d = mag_mul(a, factor), mag_mul(b, factor)
  for i = r.n + 1, a.n + 1 do r[i] = 0 end
  local q, dn = {}, d.n
  local top, second = d[dn], d[dn - 1]
  for at = a.n - dn, 0, -1 do
    local two = r[at + dn + 1] * BASE + r[at + dn]
    local guess = min_of(two // top, BASE - 1)
    local rest = two - guess * top
    while rest < BASE and guess * second > rest * BASE + r[at + dn - 1] do
      guess = guess - 1
      rest = rest + top
    end
    if subtract_scaled(r, d, guess, at) then
      guess = guess - 1
      add_back(r, d, at)
    end
    q[at + 1] = guess
  end
  local rest = mag_divmod_small(trim(r, a.n + 1), scale)
  return trim(q, a.n - dn + 1), rest
end

-- Between magnitudes and values --------------------------------------------------------------------------------------

local function make(sign, m)
  local n = m.n
  if n == 0 then return 0 end
  if n < 3 then return sign * ((m[2] or 0) * BASE + m[1]) end
  if n == 3 and m[3] <= 92233 then
    local low = m[2] * BASE + m[1]
    if m[3] < 92233 or low <= 72036854775807 then return sign * (m[3] * BASE * BASE + low) end
    if sign < 0 and low == 72036854775808 then return MININT end
  end
  m.sign = sign
  return setmetatable(m, BIG)
end

local function parts(v)
  if getmetatable(v) == BIG then return v.sign, v end
  return v < 0 and -1 or 1, mag_of(v)
end

local function charge(a, b) spend(a.n * b.n + a.n + b.n + 10) end

function number.is_big(v) return getmetatable(v) == BIG end

--- An integer from decimal digits with an optional sign (nothing else in it).
---@param digits string
function number.parse(digits)
  local sign, first = 1, sub(digits, 1, 1)
  if first == "-" or first == "+" then
    sign = first == "-" and -1 or 1
    digits = sub(digits, 2)
  end
  if #digits <= 18 then return sign * math.tointeger(tonumber(digits)) end
  fuel.bytes(#digits)
  local m, n, to = {}, 0, #digits
  while to > 0 do
    n = n + 1
    m[n] = math.tointeger(tonumber(sub(digits, max_of(1, to - WIDTH + 1), to)))
    to = to - WIDTH
  end
  return make(sign, trim(m, n))
end

--- Decimal digits of an integer, whatever its length.
function number.digits(v)
  if getmetatable(v) ~= BIG then return format("%d", v) end
  fuel.bytes(v.n * 40)
  local out, n = { v.sign < 0 and "-" or "", format("%d", v[v.n]) }, v.n
  for i = n - 1, 1, -1 do out[n - i + 2] = format("%07d", v[i]) end
  return concat(out)
end

--- What str() gives; too many digits raise as in Python.
function number.to_string(v)
  local s = number.digits(v)
  if #s > DIGITS_MAX + (v.sign < 0 and 1 or 0) then
    raise("ValueError", "Exceeds the limit (4300 digits) for integer string conversion")
  end
  return s
end

--- The nearest float; nil past a double's range.
function number.to_float(v)
  if getmetatable(v) ~= BIG then return v * 1.0 end -- adding would lose the sign of -0.0
  if v.n > 45 then return nil end
  local f = tonumber(number.digits(v)) + 0.0
  if f - f ~= 0 then return nil end
  return f
end

--- The integer part of a finite float, exactly.
function number.from_float(f)
  local i = math.tointeger(f < 0 and -floor(-f) or floor(f))
  if i then return i end
  return number.parse((gsub(format("%.0f", f), "%..*", "")))
end

-- Arithmetic on integers of either form ------------------------------------------------------------------------------

local function signed_add(sa, a, sb, b)
  spend(max_of(a.n, b.n) + 10)
  if sa == sb then return make(sa, mag_add(a, b)) end
  local order = mag_compare(a, b)
  if order == 0 then return 0 end
  if order > 0 then return make(sa, mag_sub(a, b)) end
  return make(sb, mag_sub(b, a))
end

function number.add(x, y)
  local sa, a = parts(x)
  local sb, b = parts(y)
  return signed_add(sa, a, sb, b)
end

function number.sub(x, y)
  local sa, a = parts(x)
  local sb, b = parts(y)
  return signed_add(sa, a, -sb, b)
end

function number.mul(x, y)
  local sa, a = parts(x)
  local sb, b = parts(y)
  charge(a, b)
  return make(sa * sb, mag_mul(a, b))
end

function number.neg(x)
  local s, m = parts(x)
  local copy = table.move(m, 1, m.n, 1, { n = m.n })
  return make(-s, copy)
end

--- Python's divmod: the quotient is floored, the remainder has the divisor's sign. The divisor is not zero.
function number.divmod(x, y)
  local sa, a = parts(x)
  local sb, b = parts(y)
  charge(a, b)
  local q, r = mag_divmod(a, b)
  r = table.move(r, 1, r.n, 1, { n = r.n })
  local quotient, rest = make(sa * sb, q), make(sa, r)
  if sa ~= sb and rest ~= 0 then
    return number.sub(quotient, 1), number.add(rest, y)
  end
  return quotient, rest
end

--- -1, 0 or 1.
function number.compare(x, y)
  local sa, a = parts(x)
  local sb, b = parts(y)
  if sa ~= sb then return sa < sb and -1 or 1 end
  return sa * mag_compare(a, b)
end

--- A BIG against a float, exactly; nil when it is NaN.
function number.compare_float(x, f)
  if f ~= f then return nil end
  if f - f ~= 0 then return f > 0 and -1 or 1 end
  return number.compare(x, number.from_float(f))
end

local function log2_of(v)
  local _, m = parts(v)
  local n = m.n
  if n == 0 then return 0 end
  local lead = m[n] * 1.0
  for i = n - 1, max_of(1, n - 3), -1 do lead = lead * BASE + m[i] end
  return log(lead, 2) + max_of(0, n - 4) * 23.253496664211536
end

--- x ** e for an integer e ≥ 0. What it costs is known, and charged, before the first multiplication.
function number.pow(x, e)
  if e == 0 or x == 1 then return 1 end
  if x == 0 then return 0 end
  if x == -1 then return select(2, number.divmod(e, 2)) == 0 and 1 or -1 end
  local exponent = number.to_float(e) or math.huge
  local limbs = log2_of(x) * exponent / 23.25
  if limbs > 2 then spend(floor(min_of(limbs * limbs + 10, 2.0 ^ 62))) end
  if math_type(e) ~= "integer" then raise("OverflowError", "exponent too large") end
  local _, base = parts(x)
  local negative = getmetatable(x) == BIG and x.sign < 0 or getmetatable(x) ~= BIG and x < 0
  local result, left = { n = 1, 1 }, e
  while true do
    if left % 2 == 1 then result = mag_mul(result, base) end
    left = left // 2
    if left == 0 then break end
    base = mag_mul(base, base)
  end
  return make(negative and e % 2 == 1 and -1 or 1, result)
end

--- Number of bits of the magnitude.
function number.bit_length(v)
  if v == 0 then return 0 end
  local guess = max_of(0, floor(log2_of(v)) - 1)
  local _, m = parts(v)
  local power = number.pow(2, guess)
  while true do
    local _, p = parts(power)
    if mag_compare(m, p) < 0 then return guess end
    power = number.add(power, power)
    guess = guess + 1
  end
end

--- x / y as the nearest float; nil when it is past a double's range. The divisor is not zero.
function number.true_divide(x, y)
  local sa, a = parts(x)
  local sb, b = parts(y)
  if a.n == 0 then return sb * 0.0 end
  -- A quotient of about 60 bits whose last bit also stands for the rest is rounded once, by the conversion.
  local shift = 60 - floor(log2_of(x) - log2_of(y))
  local _, scale = parts(number.pow(2, math.abs(shift)))
  if shift > 0 then a = mag_mul(a, scale) else b = mag_mul(b, scale) end
  charge(a, b)
  local q, r = mag_divmod(a, b)
  local whole = make(1, q)
  if r.n > 0 then whole = whole | 1 end
  local f = whole + 0.0
  if shift > 1000 then f, shift = f * 2.0 ^ -1000, shift - 1000 end
  f = f * 2.0 ^ -shift
  if f - f ~= 0 then return nil end
  return sa * sb * f
end

--- Digits in base 2 … 36, lower case, without sign or prefix.
function number.in_base(v, base)
  local _, m = parts(v)
  if m.n == 0 then return "0" end
  local width = base == 2 and 20 or base == 8 and 7 or 5
  local chunk = math.tointeger(base ^ width)
  local out, n = {}, 0
  charge(m, m)
  while m.n > 0 do
    local rest
    m, rest = mag_divmod_small(m, chunk)
    for _ = 1, width do
      n = n + 1
      local digit = rest % base
      out[n] = string.char(digit < 10 and 48 + digit or 87 + digit)
      rest = rest // base
    end
  end
  return (gsub(string.reverse(concat(out, "", 1, n)), "^0+", ""))
end

--- The integer of digits in a base; the digits are valid for it.
function number.from_base(digits, base)
  if base == 10 then return number.parse(digits) end
  spend(#digits * #digits // 50 + 10)
  local result, chunk, scale = 0, 0, 1
  for i = 1, #digits do
    chunk = chunk * base + tonumber(sub(digits, i, i), 36)
    scale = scale * base
    if scale > BASE or i == #digits then
      result = number.add(number.mul(result, scale), chunk)
      chunk, scale = 0, 1
    end
  end
  return result
end

-- A dict finds a float and an integer of the same value under one key.
function BIG.key(v)
  local f = number.to_float(v)
  if f and number.compare_float(v, f) == 0 then return f end
  return "\xffi" .. number.digits(v)
end

BIG.str = number.to_string
BIG.repr = number.to_string
BIG.truth = function() return true end
BIG.__json = number.digits

json.set_types { list = value.LIST, dict = value.DICT, tuple = value.TUPLE, big = number.parse }

return number
