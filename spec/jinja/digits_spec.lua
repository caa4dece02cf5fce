--- Numbers as digits: any base, any precision, rounding on the exact value, groups.
require "tocsin.core"
local digits <const> = require "jinja.digits"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"

describe("digits", function()
  it("are of any base, past 64 bits too", function()
    assert.equal("ff", digits.of(255, 16))
    assert.equal("0", digits.of(0, 2))
    assert.equal("10000000000000000", digits.of(number.parse "18446744073709551616", 16))
    assert.equal("2000000000000000000000", digits.of(number.parse "18446744073709551616", 8))
  end)

  it("round to the nearest, half to even, on the exact value", function()
    assert.equal(0.0, digits.round(0.5, 0))
    assert.equal(2.0, digits.round(1.5, 0))
    assert.equal(2.67, digits.round(2.675, 2))
    assert.equal(1e16, digits.round(1e16, 2))
    assert.equal(200.0, digits.round(150.0, -2))
    assert.equal("120", text.str(digits.round_integer(125, 10)))
    assert.equal("140", text.str(digits.round_integer(135, 10)))
    assert.equal("130", text.str(digits.round_integer(125, 10, true)))
  end)

  it("show floats in the styles of C and of Python", function()
    assert.equal("1.50", digits.float(1.5, "f", 2))
    assert.equal("1.500000e+00", digits.float(1.5, "e", 6))
    assert.equal("1.5", digits.float(1.5, "g", 6))
    assert.equal("1e+20", digits.general(1e20, 5))
    assert.equal("2.0", digits.general(2.0, 5))
    assert.equal("1000000000000000000000.0000000000", digits.float(1e21, "f", 10))
  end)

  it("stand in groups, with zeros in front to a width", function()
    assert.equal("1,234,567", digits.group("1234567", 3, ",", 0))
    assert.equal("0,012", digits.group("12", 3, ",", 5))
    assert.equal("dead_beef", digits.group("deadbeef", 4, "_", 0))
  end)

  it("come from floats cut towards zero", function()
    assert.equal("-1", text.str(digits.truncate(-1.9)))
    assert.equal("10000000000000000303786028427003666890752", text.str(digits.truncate(1e40)))
    assert.is_true(digits.is_negative(-0.0) or not digits.is_negative(0.0))
    assert.is_true(digits.is_negative(number.parse "-18446744073709551616"))
  end)
end)
