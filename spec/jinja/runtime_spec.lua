--- The border that generated code calls: names, filters, paths and what it writes.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local json <const> = require "tocsin.json"
local raised <const> = require "raised"

describe("the runtime", function()
  it("gives a global or an Undefined, a filter or nothing", function()
    assert.equal("", R.str(R.global "nope"))
    assert.same({ "UndefinedError", "'nope' is undefined" }, { raised(R.attr, R.global "nope", "x") })
    assert.is_nil(R.filter "nope")
    assert.is_nil(R.test "nope")
  end)

  it("has other functions for the filters that know of autoescape", function()
    local list <const> = R.list(2, "<", R.markup "&")
    assert.equal("<&", R.str(R.filter "join"(list, 0)))
    assert.equal("&lt;&", R.str(R.filter("join", true)(list, 0)))
  end)

  it("walks a payload as it walks a table", function()
    local payload <const> = json.payload [[{"a": {"b": [{"c": 1}], "items": 2}}]]
    for _, p in ipairs { payload, json.expand(payload) } do
      assert.equal(1, R.path(R.item(R.path(p, "a", "b"), 0), "c"))
      assert.is_true(R.test "callable"(R.path(p, "a", "items"), 0))
      assert.same({ "UndefinedError", "'dict object' has no attribute 'x'" }, { raised(R.path, p, "a", "x", "y") })
    end
  end)
end)
