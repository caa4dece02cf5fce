--- Sets: what `-` makes of a dict's views, and how they compare.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local raised <const> = require "raised"

describe("a set", function()
  local function keys(...)
    local d <const> = R.dict(0)
    for _, k in ipairs { ... } do R.method(d, "setdefault", 2, k, 1) end
    return R.method(d, "keys", 0)
  end

  it("is what is left of one view without another", function()
    assert.equal("{'a', 'c'}", R.str(R.sub(keys("a", "b", "c"), keys "b")))
    assert.equal("set()", R.str(R.sub(keys "a", R.list(1, "a"))))
    assert.is_false(R.truth(R.sub(keys "a", keys "a")))
  end)

  it("compares as sets do", function()
    assert.is_true(R.lt(keys "a", keys("a", "b")))
    assert.is_false(R.lt(keys("a", "c"), keys("a", "b")))
    assert.is_true(R.eq(keys("a", "b"), keys("b", "a")))
    assert.is_true(R.contains("c", R.sub(keys("a", "c"), keys "a")))
  end)

  it("has a set's methods", function()
    local s <const> = R.sub(keys("a", "b"), keys "b")
    assert.equal("{'a', 'x'}", R.str(R.method(s, "union", 1, R.list(1, "x"))))
    assert.equal("set()", R.str(R.method(s, "intersection", 1, R.list(1, "x"))))
    assert.is_true(R.method(s, "issubset", 1, R.list(2, "a", "b")))
    assert.is_true(R.method(s, "isdisjoint", 1, R.list(1, "x")))
    assert.equal("TypeError", (raised(R.sub, s, R.list(0))))
  end)
end)
