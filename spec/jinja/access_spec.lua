--- Attributes and items: which is found first, what is missing, and what the sandbox hides.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local json <const> = require "tocsin.json"
local raised <const> = require "raised"

local NULL <const> = value.NULL

local function show(v) return R.str(v) end

describe("access", function()
  local payload <const> = json.payload [[{"items": [1], "values": {"B": 2}, "title": "T", "_x": 1, "__class__": "c"}]]

  it("finds methods before members behind a dot, members first in brackets", function()
    for _, p in ipairs { payload, json.expand(payload) } do
      assert.is_true(R.test "callable"(R.attr(p, "items"), 0))
      assert.equal("[1]", show(R.item(p, "items")))
      assert.equal(2, R.path(R.item(p, "values"), "B"))
      assert.equal("", show(R.path(p, "values", "B")))
      assert.equal("T", R.path(p, "title"))
    end
  end)

  it("fails only where an Undefined is used, and says what was missing", function()
    local missing <const> = R.path(payload, "a")
    assert.equal("", show(missing))
    assert.same({ "UndefinedError", "'dict object' has no attribute 'a'" }, { raised(R.path, payload, "a", "b") })
    assert.same({ "UndefinedError", "'x' is undefined" }, { raised(R.attr, R.undef "x", "y") })
    assert.same({ "UndefinedError", "list object has no element 3" }, { raised(R.add, R.item(R.list(0), 3), 1) })
    assert.same({ "UndefinedError", "'None' has no attribute 'x'" }, { raised(R.call, R.attr(NULL, "x"), 0) })
    assert.same({ "UndefinedError", "list object has no element -4" }, { raised(R.attr, R.item(R.list(1, 1), -4), "a") })
  end)

  it("hides what begins with an underscore, except a dict's own members", function()
    assert.equal(1, R.attr(payload, "_x"))
    assert.equal("c", R.item(payload, "__class__"))
    local hidden <const> = R.attr(payload, "__class__")
    assert.equal("", show(hidden))
    assert.is_false(R.test "defined"(hidden, 0))
    local message <const> = "access to attribute '__class__' of 'dict' object is unsafe."
    assert.same({ "SecurityError", message }, { raised(R.attr, hidden, "x") })
    assert.same({ "SecurityError", message }, { raised(R.call, hidden, 0) })
    for _, v in ipairs { "s", 1, 1.5, true, R.list(0), R.tuple(0), R.undef "u", R.markup "m", R.global "range" } do
      local name <const> = "__class__"
      assert.equal("SecurityError", (raised(R.attr, R.attr(v, name), "mro")))
    end
  end)

  it("has nothing of Lua in reach", function()
    for _, v in ipairs { "s", 1, R.list(1, 1), R.dict(1, "a", 1), R.tuple(0), R.global "dict", R.global "cycler",
      R.attr("s", "upper"), R.gen(function() end), R.int "99999999999999999999" } do
      for _, name in ipairs { "n", "k", "v", "s", "call", "self", "methods", "name", "rep", "gsub", "byte", "fields", "dict",
        "next", "sign", "hint" } do
        assert.equal(value.UNDEF, getmetatable(R.attr(v, name)), name)
      end
    end
  end)
end)
