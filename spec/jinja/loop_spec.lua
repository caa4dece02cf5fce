--- The `loop` object, as a value.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local raised <const> = require "raised"

describe("a loop object", function()
  local function all(l, name)
    local out <const> = {}
    while R.loop_next(l) ~= nil do out[#out + 1] = R.str(R.attr(l, name)) end
    return table.concat(out, " ")
  end

  it("counts from both ends, looks back and ahead", function()
    for name, expect in pairs { index = "1 2 3", index0 = "0 1 2", revindex = "3 2 1", revindex0 = "2 1 0", first = "True False False",
      last = "False False True", length = "3 3 3", previtem = " a b", nextitem = "b c ", depth = "1 1 1" } do
      assert.equal(expect, all(R.loop(R.list(3, "a", "b", "c")), name), name)
    end
  end)

  it("knows the length of what has none, by reading it to its end", function()
    local n = 0
    local l <const> = R.loop(R.gen(function() n = n + 1 return n <= 3 and n or nil end))
    R.loop_next(l)
    assert.equal(3, R.attr(l, "length"))
    assert.equal("2", R.str(R.loop_next(l)))
  end)

  it("cycles and notices changes", function()
    local l <const> = R.loop(R.list(3, 1, 1, 2))
    local out <const> = {}
    local item = R.loop_next(l)
    while item do
      out[#out + 1] = R.method(l, "cycle", 2, "odd", "even") .. R.str(R.method(l, "changed", 1, item))
      item = R.loop_next(l)
    end
    assert.same({ "oddTrue", "evenFalse", "oddTrue" }, out)
    assert.same({ "TypeError", "no items for cycling given" }, { raised(R.method, l, "cycle", 0) })
  end)

  it("is called only where it is recursive", function()
    local l <const> = R.loop(R.list(1, 1))
    assert.same({ "TypeError", "The loop must have the 'recursive' marker to be called recursively." }, { raised(R.call, l, 1, R.list(0)) })
    local deep <const> = R.loop(R.list(1, 1), { recurse = function(_, depth0) return "depth " .. depth0 end })
    assert.equal("depth 1", R.call(deep, 1, R.list(0)))
  end)
end)
