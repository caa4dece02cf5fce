--- The counter that stops a rendering.
require "tocsin.core"
local fuel = require "tocsin.fuel"
local json = require "tocsin.json"

describe("fuel", function()
  it("costs nothing outside a budget", function()
    assert.is_nil(fuel.left())
    for _ = 1, 100 do fuel.spend(1000000) end
    assert.is_false(fuel.is_spent())
  end)

  it("stops at the same place every time", function()
    local function count()
      local n = 0
      local ok, e = fuel.with(1000, function()
        while true do fuel.spend(7) n = n + 1 end
      end)
      assert.is_false(ok)
      assert.equal("FuelError", e.class)
      assert.matches("budget", tostring(e))
      return n
    end
    assert.equal(142, count())
    assert.equal(142, count())
  end)

  it("is not escaped by pcall", function()
    local rounds = 0
    local ok = fuel.with(1000, function()
      for _ = 1, 50 do
        pcall(function() while true do fuel.spend(10) end end)
        assert.is_true(fuel.is_spent())
        fuel.spend(0)
        rounds = rounds + 1
      end
    end)
    assert.is_false(ok)
    assert.equal(0, rounds)
  end)

  it("gives a part no more than the whole has, and charges the whole", function()
    local ok, left = fuel.with(1000, function()
      fuel.spend(100)
      assert.is_false((fuel.with(300, function() while true do fuel.spend(10) end end)))
      assert.equal(600, fuel.left())
      local _, inner = fuel.with(100000, fuel.left)
      assert.equal(600, inner)
      return fuel.left()
    end)
    assert.is_true(ok)
    assert.equal(600, left)
    assert.is_nil(fuel.left())
  end)

  it("hands results and errors through", function()
    assert.same({ true, 1, nil, 3 }, { fuel.with(10, function() return 1, nil, 3 end) })
    local thrown = {}
    local ok, e = fuel.with(10, error, thrown)
    assert.is_false(ok)
    assert.equal(thrown, e)
  end)

  it("counts bytes that C helpers read", function()
    local text = '["' .. ("x"):rep(100000) .. '"]'
    local ok, used = fuel.with(1000000, function()
      local before = fuel.left()
      json.decode(text)
      return before - fuel.left()
    end)
    assert.is_true(ok and used > #text / 16)
    assert.is_false((fuel.with(100, json.decode, text)))
  end)

  it("refuses nonsense", function()
    assert.has_error(function() fuel.spend(-1) end)
    assert.has_error(function() fuel.bytes(-1) end)
    assert.is_false((fuel.with(10, fuel.spend, math.maxinteger)))
  end)
end)
