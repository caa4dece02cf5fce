--- Dicts and their keys.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

local NULL <const> = value.NULL

local function show(v) return R.str(v) end

describe("a dict", function()
  it("has one key for 1, 1.0 and True: the first spelling and the last value", function()
    assert.equal("{1: 'c'}", show(R.dict(3, 1, "a", 1.0, "b", true, "c")))
    assert.equal("{True: 'c'}", show(R.dict(2, true, "a", 1, "c")))
  end)

  it("takes None, tuples, floats, big integers and Undefined as keys", function()
    local d <const> = R.dict(6, NULL, "n", R.tuple(2, 1, "x"), "t", 2.5, "f", R.int "36893488147419103232", "b",
      R.undef "u", "u", R.tuple(2, "1", "x"), "other")
    assert.equal("n", R.item(d, NULL))
    assert.equal("t", R.item(d, R.tuple(2, 1.0, "x")))
    assert.equal("other", R.item(d, R.tuple(2, "1", "x")))
    assert.equal("f", R.item(d, 2.5))
    assert.equal("b", R.item(d, 36893488147419103232.0))
    assert.equal("u", R.item(d, R.undef "another"))
  end)

  it("keeps tuples apart whatever their text", function()
    local d <const> = R.dict(4, R.tuple(2, "a", "b,1:c"), 1, R.tuple(3, "a", "b", "c"), 2, R.tuple(1, R.tuple(0)), 3,
      R.tuple(1, ""), 4)
    assert.equal(4, d.n)
  end)

  it("refuses keys that cannot be hashed, but a lookup of one is only undefined", function()
    assert.same({ "TypeError", "unhashable type: 'list'" }, { raised(R.dict, 1, R.list(0), 1) })
    assert.same({ "TypeError", "unhashable type: 'dict'" }, { raised(R.dict, 1, R.tuple(1, R.dict(0)), 1) })
    assert.equal("", show(R.item(R.dict(0), R.list(0))))
  end)

  it("keeps its order through deletion and re-adding", function()
    local d <const> = R.dict(3, "a", 1, "b", 2, "c", 3)
    assert.equal(1, R.method(d, "pop", 1, "a"))
    value.dict_set(d, "a", 9)
    value.dict_set(d, "b", 8)
    assert.equal("{'b': 8, 'c': 3, 'a': 9}", show(d))
    assert.equal("('a', 9)", show(R.method(d, "popitem", 0)))
  end)
end)
