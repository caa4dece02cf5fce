--- Equality, order, truth and membership.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local json <const> = require "tocsin.json"
local raised <const> = require "raised"

local NULL <const> = value.NULL

local function show(v) return R.str(v) end

describe("equality and order", function()
  it("look at values, not at forms", function()
    assert.is_true(R.eq(1, true))
    assert.is_true(R.eq(R.list(1, 1), R.list(1, 1.0)))
    assert.is_false(R.eq(R.list(0), R.tuple(0)))
    assert.is_true(R.eq(R.dict(2, "a", 1, "b", 2), R.dict(2, "b", 2, "a", 1)))
    assert.is_false(R.eq(9007199254740993, 9007199254740992.0))
    assert.is_true(R.eq(R.markup "x", "x"))
    assert.is_true(R.eq(json.payload [[{"a":[1]}]], R.dict(1, "a", R.list(1, 1))))
    assert.is_true(R.lt("Z", "a"))
    assert.is_false(R.lt(0.0 / 0.0, 1))
    assert.same({ "TypeError", "'<' not supported between instances of 'str' and 'int'" }, { raised(R.lt, "a", 1) })
    assert.same({ "TypeError", "'>=' not supported between instances of 'NoneType' and 'int'" }, { raised(R.ge, NULL, 1) })
  end)

  it("end on values that hold themselves", function()
    local a <const>, b <const> = R.list(0), R.list(0)
    R.method(a, "append", 1, a)
    R.method(b, "append", 1, b)
    assert.equal("RecursionError", (raised(R.eq, a, b)))
    assert.equal("RecursionError", (raised(R.lt, a, b)))
    assert.equal("[[...]]", show(a))
    local deep = R.list(0)
    for _ = 1, 600 do deep = R.list(1, deep) end
    assert.equal("RecursionError", (raised(R.str, deep)))
  end)
end)
