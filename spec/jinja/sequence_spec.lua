--- Iteration, length, slices, unpacking and sorting.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local sequence <const> = require "jinja.sequence"
local value <const> = require "jinja.value"
local raised <const> = require "raised"

local NULL <const> = value.NULL
local function show(v) return R.str(v) end

describe("a sequence", function()
  it("slices as Python does", function()
    local l <const> = R.list(5, 0, 1, 2, 3, 4)
    assert.equal("[4, 3, 2, 1, 0]", show(R.slice(l, nil, nil, -1)))
    assert.equal("[1, 3]", show(R.slice(l, 1, nil, 2)))
    assert.equal("[]", show(R.slice(l, 3, 1, NULL)))
    assert.equal("[4, 2, 0]", show(R.slice(l, 99, -99, -2)))
    assert.equal("[0]", show(R.slice(l, math.mininteger, math.maxinteger, math.maxinteger)))
    assert.equal("[4]", show(R.slice(l, nil, nil, math.mininteger)))
    assert.same({ "ValueError", "slice step cannot be zero" }, { raised(R.slice, l, nil, nil, 0) })
  end)

  it("is iterated by characters, keys, items", function()
    local function items(v) return show(value.list(sequence.copy(v))) end
    assert.equal("['é', '中']", items "é中")
    assert.equal("['a', 'b']", items(R.dict(2, "a", 1, "b", 2)))
    assert.equal("[('a', 1)]", items(R.method(R.dict(1, "a", 1), "items", 0)))
    assert.equal("[]", items(R.undef "x"))
    assert.same({ "TypeError", "'int' object is not iterable" }, { raised(sequence.iter, 5) })
    assert.is_false(sequence.is_iterable(NULL))
  end)

  it("has a length, or none", function()
    assert.equal(2, sequence.length "é中")
    assert.equal(0, sequence.length(R.undef "x"))
    assert.is_nil(sequence.size(R.gen(function() end)))
    assert.same({ "TypeError", "object of type 'int' has no len()" }, { raised(sequence.length, 5) })
  end)

  it("is copied where it shall be changed, and not where it is read", function()
    local l <const> = R.list(2, 1, 2)
    assert.equal(l, sequence.items(l))
    assert.are_not.equal(l, sequence.copy(l))
  end)

  it("is unpacked into exactly as many names", function()
    assert.same({ "a", "b" }, { sequence.unpack("ab", 2) })
    assert.same({ "ValueError", "not enough values to unpack (expected 3, got 2)" }, { raised(sequence.unpack, R.list(2, 1, 2), 3) })
    assert.same({ "ValueError", "too many values to unpack (expected 1)" }, { raised(sequence.unpack, R.list(2, 1, 2), 1) })
    assert.same({ "TypeError", "cannot unpack non-iterable int object" }, { raised(sequence.unpack, 5, 2) })
  end)

  it("is sorted stably, in reverse too, and not changed by it", function()
    local items <const> = { n = 4, "b1", "a1", "b2", "a2" }
    local keys <const> = { n = 4, "b", "a", "b", "a" }
    assert.same({ n = 4, "a1", "a2", "b1", "b2" }, sequence.sort(items, keys))
    assert.same({ n = 4, "b1", "b2", "a1", "a2" }, sequence.sort(items, keys, true))
    assert.equal("b1", items[1])
    assert.same({ "TypeError", "'<' not supported between instances of 'str' and 'int'" },
      { raised(sequence.sort, { n = 2, 1, "a" }, { n = 2, 1, "a" }) })
  end)
end)
