--- Integers of any length, and the operators on numbers.
require "tocsin.core"
local number <const> = require "jinja.number"
local arith <const> = require "jinja.arith"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

local parse <const>, digits <const> = number.parse, number.digits

-- A seeded row of integers of all lengths, around the places where their form changes.
local function integers(count)
  math.randomseed(20240517)
  local out <const> = { parse "9223372036854775808", parse "-9223372036854775808", parse "-9223372036854775809",
    parse "9223372036854775807", 0, 1, -1, 10000000, 100000000000000, parse "1000000000000000000000" }
  while #out < count do
    local row <const> = {}
    for i = 1, math.random(1, 60) do row[i] = math.random(i == 1 and 1 or 0, 9) end
    out[#out + 1] = parse((math.random(2) == 1 and "-" or "") .. table.concat(row))
  end
  return out
end

describe("big integers", function()
  it("keep their digits", function()
    for _, text in ipairs { "0", "-1", "123456789012345678", "9223372036854775807", "9223372036854775808",
      "-9223372036854775808", "100000000000000000000000000000000", "-98765432109876543210987654321" } do
      assert.equal(text, digits(parse(text)))
    end
  end)

  it("are Lua integers whenever they fit", function()
    assert.equal(math.maxinteger, parse "9223372036854775807")
    assert.equal(math.mininteger, parse "-9223372036854775808")
    assert.equal(5, number.sub(parse "18446744073709551616", parse "18446744073709551611"))
    assert.equal(math.mininteger, number.neg(parse "9223372036854775808"))
    assert.equal("integer", math.type(number.add(math.maxinteger, -1)))
  end)

  it("obey the laws of arithmetic", function()
    local all <const> = integers(60)
    for i, a in ipairs(all) do
      local b <const> = all[i % #all + 1]
      assert.equal(0, number.compare(number.sub(number.add(a, b), b), a))
      assert.equal(0, number.compare(number.mul(a, b), number.mul(b, a)))
      if b ~= 0 then
        local q <const>, r <const> = number.divmod(a, b)
        assert.equal(digits(a), digits(number.add(number.mul(q, b), r)))
        assert.is_true(r == 0 or number.compare(r, 0) == number.compare(b, 0), "the rest has the divisor's sign")
        assert.is_true(number.compare(number.compare(r, 0) < 0 and number.neg(r) or r,
          number.compare(b, 0) < 0 and number.neg(b) or b) < 0)
      end
      assert.equal(0, number.compare(number.from_base(number.in_base(a, 16), 16),
        number.compare(a, 0) < 0 and number.neg(a) or a))
    end
  end)

  it("have the powers, shifts and quotients Python has", function()
    assert.equal("1606938044258990275541962092341162602522202993782792835301376", digits(number.pow(2, 200)))
    assert.equal("-36472996377170786403", digits(number.pow(-3, 41)))
    assert.equal(201, number.bit_length(number.pow(2, 200)))
    assert.equal(200, number.bit_length(number.sub(number.pow(2, 200), 1)))
    assert.equal(3333333333333333.5, number.true_divide(parse "10000000000000000000000", parse "3000000") + 0.0)
    assert.equal(9007199254740992.0, number.true_divide(9007199254740993, 1))
    assert.equal(1e20, number.true_divide(number.pow(10, 40), number.pow(10, 20)))
    assert.is_nil(number.true_divide(number.pow(10, 400), 3))
    assert.is_nil(number.to_float(number.pow(10, 400)))
  end)

  it("compare exactly with floats", function()
    assert.equal(0, number.compare_float(number.pow(2, 64), 2.0 ^ 64))
    assert.equal(1, number.compare_float(number.add(number.pow(2, 64), 1), 2.0 ^ 64))
    assert.equal(-1, number.compare_float(number.pow(10, 30), math.huge))
    assert.is_nil(number.compare_float(number.pow(10, 30), 0.0 / 0.0))
  end)

  it("are not printed past 4300 digits", function()
    assert.equal(4300, #number.to_string(parse(string.rep("9", 4300))))
    assert.same({ "ValueError", "Exceeds the limit (4300 digits) for integer string conversion" },
      { raised(number.to_string, parse(string.rep("9", 4301))) })
  end)
end)

describe("operators on numbers", function()
  it("never wrap around", function()
    assert.equal("9223372036854775808", digits(arith.add(math.maxinteger, 1)))
    assert.equal("-9223372036854775809", digits(arith.sub(math.mininteger, 1)))
    assert.equal("9223372036854775808", digits(arith.mul(math.mininteger, -1)))
    assert.equal("9223372036854775808", digits(arith.floordiv(math.mininteger, -1)))
    assert.equal("9223372036854775808", digits(arith.neg(math.mininteger)))
    assert.equal("85070591730234615847396907784232501249", digits(arith.mul(math.maxinteger, math.maxinteger)))
    assert.equal(math.mininteger, arith.mul(1 << 62, -2))
  end)

  it("divide floats as Python does", function()
    assert.equal(24.0, arith.floordiv(2.5, 0.1))
    assert.equal(29.0, arith.floordiv(3.0, 0.1))
    assert.equal(-4.0, arith.floordiv(-7.5, 2))
    assert.equal(0.5, arith.mod(-7.5, 2))
    assert.equal("0x0p+0", string.format("%a", arith.mod(-5.0, 5)))
    assert.equal("-0x0p+0", string.format("%a", arith.mod(5.0, -5)))
  end)

  it("name the division that failed", function()
    assert.same({ "ZeroDivisionError", "division by zero" }, { raised(arith.div, 1, 0) })
    assert.same({ "ZeroDivisionError", "float division by zero" }, { raised(arith.div, 1.0, 0) })
    assert.same({ "ZeroDivisionError", "integer division or modulo by zero" }, { raised(arith.floordiv, 1, 0) })
    assert.same({ "ZeroDivisionError", "integer modulo by zero" }, { raised(arith.mod, 1, 0) })
    assert.same({ "ZeroDivisionError", "float floor division by zero" }, { raised(arith.floordiv, 1, 0.0) })
    assert.same({ "ZeroDivisionError", "float modulo" }, { raised(arith.mod, 1, 0.0) })
    assert.same({ "OverflowError", "(34, 'Numerical result out of range')" }, { raised(arith.pow, 10.0, 400) })
  end)

  it("do not coerce text", function()
    assert.same({ "TypeError", 'can only concatenate str (not "int") to str' }, { raised(arith.add, "5", 1) })
    assert.same({ "TypeError", "unsupported operand type(s) for -: 'str' and 'int'" }, { raised(arith.sub, "5", 1) })
    assert.same({ "TypeError", "bad operand type for unary -: 'str'" }, { raised(arith.neg, "5") })
    assert.equal("555", arith.mul("5", 3))
    assert.equal(value.LIST, getmetatable(arith.mul(value.list { n = 1, 7 }, 2)))
  end)
end)
