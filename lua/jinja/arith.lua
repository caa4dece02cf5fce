--- The operators + - * / // % ** and unary + -, with Python's types, results and error texts.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, setmetatable <const> = type, getmetatable, setmetatable
local math_type <const>, fmod <const>, floor <const>, move <const> = math.type, math.fmod, math.floor, table.move
local format <const>, rep <const> = string.format, string.rep
local raise <const>, spend <const> = errors.raise, fuel.spend
local type_of <const>, plain <const> = value.type_of, value.plain
local LIST <const>, TUPLE <const>, BIG <const> = value.LIST, value.TUPLE, value.BIG
local MARKUP <const>, UNDEF <const>, MININT <const> = value.MARKUP, value.UNDEF, math.mininteger
local SHORT <const> = 256 -- bytes that are joined without asking

local arith <const> = {}

--- int, float or BIG of a number or bool; nil for everything else.
local function numeric(v)
  if math_type(v) then return v end
  if v == true then return 1 elseif v == false then return 0 end
  if getmetatable(v) == BIG then return v end
end
arith.numeric = numeric

local function to_float(v)
  local f = number.to_float(v)
  if not f then raise("OverflowError", "int too large to convert to float") end
  return f
end
arith.to_float = to_float

local function unsupported(op, a, b)
  if getmetatable(a) == UNDEF then text.fail_undef(a) end
  if getmetatable(b) == UNDEF then text.fail_undef(b) end
  raise("TypeError", format("unsupported operand type(s) for %s: '%s' and '%s'", op, type_of(a).name, type_of(b).name))
end

-- Types of other files (datetime, timedelta) bring their own arithmetic.
local function foreign(op, a, b)
  local f = type(a) == "table" and getmetatable(a).arith or type(b) == "table" and getmetatable(b).arith
  local r = f and f(op, a, b) or nil
  if r == nil then unsupported(op, a, b) end
  return r
end

-- Numbers of either kind ---------------------------------------------------------------------------------------------

local function is_float(v) return math_type(v) == "float" end

-- Python's float_divmod: the remainder has the divisor's sign, the quotient agrees with it.
local function float_divmod(a, b)
  local rest = fmod(a, b)
  local div = (a - rest) / b
  if rest ~= 0 then
    if (b < 0) ~= (rest < 0) then
      rest = rest + b
      div = div - 1.0
    end
  else
    rest = (b < 0 or 1 / b < 0) and -0.0 or 0.0
  end
  if div ~= div or div - div ~= 0 then return div, rest end
  if div == 0 then
    local sign = (a < 0 or a == 0 and 1 / a < 0) ~= (b < 0)
    return sign and -0.0 or 0.0, rest
  end
  local whole = floor(div) + 0.0
  if div - whole > 0.5 then whole = whole + 1.0 end
  return whole, rest
end

local function int_add(a, b)
  if math_type(a) and math_type(b) then
    local r = a + b
    if (a ~ r) & (b ~ r) >= 0 then return r end
  end
  return number.add(a, b)
end

local function int_sub(a, b)
  if math_type(a) and math_type(b) then
    local r = a - b
    if (a ~ b) & (a ~ r) >= 0 then return r end
  end
  return number.sub(a, b)
end

local HALF <const> = 1 << 31
local function int_mul(a, b)
  if math_type(a) and math_type(b) then
    if a < HALF and a > -HALF and b < HALF and b > -HALF then return a * b end
    local r = a * b
    if a == 0 or (b ~= MININT and a ~= MININT and r // a == b and r % a == 0) then return r end
  end
  return number.mul(a, b)
end

local function int_divmod(a, b)
  if math_type(a) and math_type(b) and not (b == -1 and a == MININT) then return a // b, a % b end
  return number.divmod(a, b)
end

local function divide(a, b)
  if is_float(a) or is_float(b) then
    a, b = to_float(a), to_float(b)
    if b == 0 then raise("ZeroDivisionError", "float division by zero") end
    return a / b
  end
  if b == 0 then raise("ZeroDivisionError", "division by zero") end
  local limit = 1 << 53
  if math_type(a) and math_type(b) and a <= limit and a >= -limit and b <= limit and b >= -limit then return a / b end
  local f = number.true_divide(a, b)
  if not f then raise("OverflowError", "integer division result too large for a float") end
  return f
end

local function floor_divide(a, b)
  if is_float(a) or is_float(b) then
    a, b = to_float(a), to_float(b)
    if b == 0 then raise("ZeroDivisionError", "float floor division by zero") end
    return (float_divmod(a, b))
  end
  if b == 0 then raise("ZeroDivisionError", "integer division or modulo by zero") end
  return (int_divmod(a, b))
end

local function remainder(a, b)
  if is_float(a) or is_float(b) then
    a, b = to_float(a), to_float(b)
    if b == 0 then raise("ZeroDivisionError", "float modulo") end
    local _, rest = float_divmod(a, b)
    return rest
  end
  if b == 0 then raise("ZeroDivisionError", "integer modulo by zero") end
  local _, rest = int_divmod(a, b)
  return rest
end

local function float_power(a, b)
  if a == 0 and b < 0 then raise("ZeroDivisionError", "0.0 cannot be raised to a negative power") end
  if a < 0 and b ~= floor(b) and a - a == 0 and b - b == 0 then
    raise("TypeError", "complex numbers are not supported")
  end
  local r = a ^ b
  if r - r ~= 0 and r == r and a - a == 0 and b - b == 0 then
    raise("OverflowError", "(34, 'Numerical result out of range')")
  end
  return r
end

local function power(a, b)
  if is_float(a) or is_float(b) then return float_power(to_float(a), to_float(b)) end
  local negative = math_type(b) and b < 0 or getmetatable(b) == BIG and b.sign < 0
  if negative then return float_power(to_float(a), to_float(b)) end
  return number.pow(a, b)
end

-- Text and sequences -------------------------------------------------------------------------------------------------

local function join_text(a, b)
  local n = #a + #b
  if n > SHORT then fuel.bytes(n) end
  return a .. b
end

local function join_sequences(a, b)
  local n = a.n + b.n
  spend(2 * n)
  local out = move(a, 1, a.n, 1, { n = n })
  return setmetatable(move(b, 1, b.n, a.n + 1, out), getmetatable(a))
end

-- How often a sequence is repeated; nil when `v` is no integer.
local function times(v)
  v = numeric(v)
  if math_type(v) == "integer" then return v < 0 and 0 or v end
  if v and getmetatable(v) == BIG then raise("OverflowError", "cannot fit 'int' into an index-sized integer") end
end

local TEXT_MAX <const> = 1 << 40 -- bytes: past what a machine has

-- A size that may be past any integer, as something that can be charged.
local function charged(length, count)
  local size = length * (count + 0.0)
  return size < 1e15 and floor(size) or 1000000000000000
end

local function repeat_text(s, count)
  if s == "" or count == 0 then return "" end
  local bytes <const> = charged(#s, count)
  fuel.bytes(bytes)
  if bytes > TEXT_MAX then raise("MemoryError", "the template ran out of memory") end -- outside every budget
  return rep(s, count)
end

local function repeat_items(t, count)
  local n = t.n
  if n == 0 then count = 0 end
  spend(2 * charged(n, count))
  local out = { n = n * count }
  for i = 0, count - 1 do move(t, 1, n, i * n + 1, out) end
  return setmetatable(out, getmetatable(t))
end

-- A sequence times an integer; nil when `v` is no sequence.
local function repeated(v, count)
  local T = type_of(v)
  if T ~= value.STR and T ~= LIST and T ~= TUPLE and T ~= MARKUP then return nil end
  text.must_exist(count)
  local k = times(count)
  if not k then
    raise("TypeError", "can't multiply sequence by non-int of type '" .. type_of(count).name .. "'")
  end
  if T == value.STR then return repeat_text(v, k) end
  if T == MARKUP then return value.markup(repeat_text(v.s, k)) end
  return repeat_items(plain(v), k)
end

local function add_markup(a, b)
  local x = type(a) == "string" and utf.escape_html(a) or a.s
  local y = type(b) == "string" and utf.escape_html(b) or b.s
  return value.markup(join_text(x, y))
end

local function add_other(a, b)
  local s, t = value.text_of(a), value.text_of(b)
  if s and t then return add_markup(a, b) end
  a, b = plain(a), plain(b)
  local A, B = type_of(a), type_of(b)
  if A == B and (A == LIST or A == TUPLE) then return join_sequences(a, b) end
  text.must_exist(a)
  text.must_exist(b)
  if A == value.STR or A == LIST or A == TUPLE then
    raise("TypeError", format('can only concatenate %s (not "%s") to %s', A.name, B.name, A.name))
  end
  return foreign("+", a, b)
end

-- The operators ------------------------------------------------------------------------------------------------------

--- a + b.
function arith.add(a, b)
  local ta, tb = math_type(a), math_type(b)
  if ta and tb then
    local r = a + b
    if ta == "integer" and tb == "integer" and (a ~ r) & (b ~ r) < 0 then return number.add(a, b) end
    return r
  end
  if type(a) == "string" and type(b) == "string" then return join_text(a, b) end
  local x, y = numeric(a), numeric(b)
  if not (x and y) then return add_other(a, b) end
  if is_float(x) or is_float(y) then return to_float(x) + to_float(y) end
  return int_add(x, y)
end

--- a - b.
function arith.sub(a, b)
  local x, y = numeric(a), numeric(b)
  if not (x and y) then return foreign("-", a, b) end
  if is_float(x) or is_float(y) then return to_float(x) - to_float(y) end
  return int_sub(x, y)
end

--- a * b.
function arith.mul(a, b)
  local x, y = numeric(a), numeric(b)
  if not (x and y) then
    local r = repeated(a, b)
    if r == nil then
      text.must_exist(a)
      r = repeated(b, a)
    end
    if r ~= nil then return r end
    return foreign("*", a, b)
  end
  if is_float(x) or is_float(y) then return to_float(x) * to_float(y) end
  return int_mul(x, y)
end

--- a / b.
function arith.div(a, b)
  local x, y = numeric(a), numeric(b)
  if not (x and y) then return foreign("/", a, b) end
  return divide(x, y)
end

--- a // b.
function arith.floordiv(a, b)
  local x, y = numeric(a), numeric(b)
  if not (x and y) then return foreign("//", a, b) end
  return floor_divide(x, y)
end

--- a % b for what is no text; the runtime sends text to printf.
function arith.mod(a, b)
  local x, y = numeric(a), numeric(b)
  if not (x and y) then return foreign("%", a, b) end
  return remainder(x, y)
end

--- a ** b.
function arith.pow(a, b)
  local x, y = numeric(a), numeric(b)
  if not (x and y) then
    if getmetatable(a) == UNDEF or getmetatable(b) == UNDEF then unsupported("**", a, b) end
    raise("TypeError", format("unsupported operand type(s) for ** or pow(): '%s' and '%s'",
      type_of(a).name, type_of(b).name))
  end
  return power(x, y)
end

local function unary(sign, v)
  text.must_exist(v)
  local f = type(v) == "table" and getmetatable(v).neg
  if f then
    if sign == "-" then return f(v) end
    return v
  end
  raise("TypeError", format("bad operand type for unary %s: '%s'", sign, type_of(v).name))
end

--- -a.
function arith.neg(a)
  local x = numeric(a)
  if not x then return unary("-", a) end
  if is_float(x) then return -x end
  if math_type(x) and x ~= MININT then return -x end
  return number.neg(x)
end

--- +a.
function arith.pos(a)
  local x = numeric(a)
  if x then return x end
  return unary("+", a)
end

return arith
