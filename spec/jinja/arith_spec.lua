--- The operators on every kind of number, and what they say of other values.
require "tocsin.core"
local arith <const> = require "jinja.arith"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

local BIG <const> = number.parse "18446744073709551616" -- 2 ** 64

describe("arithmetic", function()
  for _, case in ipairs {
    { "div", 7, 2, "3.5" }, { "div", 6, 2, "3.0" }, { "floordiv", -7, 2, "-4" }, { "floordiv", 7, -2, "-4" },
    { "floordiv", -7.0, 2, "-4.0" }, { "mod", -7, 3, "2" }, { "mod", 7, -3, "-2" }, { "mod", -7.5, 2, "0.5" },
    { "pow", 2, 64, "18446744073709551616" }, { "pow", 2, -1, "0.5" }, { "pow", -2, 3, "-8" }, { "pow", 0, 0, "1" },
    { "add", math.maxinteger, 1, "9223372036854775808" }, { "sub", math.mininteger, 1, "-9223372036854775809" },
    { "mul", math.maxinteger, math.maxinteger, "85070591730234615847396907784232501249" },
    { "mul", math.mininteger, -1, "9223372036854775808" }, { "floordiv", math.mininteger, -1, "9223372036854775808" },
    { "add", true, true, "2" }, { "sub", BIG, BIG, "0" }, { "sub", BIG, 1, "18446744073709551615" },
    { "mod", BIG, 10, "6" }, { "floordiv", BIG, -3, "-6148914691236517206" }, { "div", BIG, 2, "9.223372036854776e+18" },
    { "mul", "ab", 3, "ababab" }, { "mul", 2, "x", "xx" }, { "mul", "x", -1, "" },
  } do
    it(("makes %s %s %s"):format(text.repr(case[2]), case[1], text.repr(case[3])), function()
      assert.equal(case[4], text.str(arith[case[1]](case[2], case[3])))
    end)
  end

  it("negates past 64 bits", function()
    assert.equal("9223372036854775808", text.str(arith.neg(math.mininteger)))
    assert.equal("-18446744073709551616", text.str(arith.neg(BIG)))
    assert.equal("1", text.str(arith.pos(true)))
  end)

  it("says what it cannot do", function()
    assert.same({ "ZeroDivisionError", "division by zero" }, { raised(arith.div, 1, 0) })
    assert.same({ "ZeroDivisionError", "float floor division by zero" }, { raised(arith.floordiv, 1.0, 0) })
    assert.same({ "ZeroDivisionError", "integer modulo by zero" }, { raised(arith.mod, 1, 0) })
    assert.same({ "ZeroDivisionError", "0.0 cannot be raised to a negative power" }, { raised(arith.pow, 0, -1) })
    assert.same({ "TypeError", "unsupported operand type(s) for +: 'int' and 'str'" }, { raised(arith.add, 1, "a") })
    assert.same({ "TypeError", 'can only concatenate str (not "int") to str' }, { raised(arith.add, "a", 1) })
    assert.same({ "TypeError", "bad operand type for unary -: 'str'" }, { raised(arith.neg, "a") })
    assert.same({ "TypeError", "unsupported operand type(s) for -: 'NoneType' and 'int'" }, { raised(arith.sub, value.NULL, 1) })
    assert.same({ "OverflowError", "int too large to convert to float" }, { raised(arith.add, arith.pow(10, 400), 1.0) })
  end)

  it("knows which values are numbers", function()
    assert.equal(1, arith.numeric(true))
    assert.equal(BIG, arith.numeric(BIG))
    assert.is_nil(arith.numeric "1")
    assert.equal(1.8446744073709552e19, arith.to_float(BIG))
  end)
end)
