--- What generated code needs besides the runtime.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local json <const> = require "tocsin.json"
local support <const> = require "jinja.support"
local raised <const> = require "raised"

describe("support", function()
  it("calls a filter whose arguments are known when it runs", function()
    local f <const> = R.filter "replace"
    assert.equal("b", support.apply(f, "a", { n = 2, "a", "b" }))
    assert.equal("xa", support.apply(f, "aa", { n = 2, "a", "x" }, { "count", count = 1 }))
  end)

  it("gets a key of a payload as of a dict", function()
    local payload <const> = json.payload [[{"a": 1, "n": null}]]
    for _, p in ipairs { payload, json.expand(payload) } do
      assert.equal(1, support.get(p, "a"))
      assert.equal("None", R.str(support.get(p, "n", 5)))
      assert.equal(5, support.get(p, "z", 5))
      assert.equal("None", R.str(support.get(p, "z")))
    end
    assert.equal("UndefinedError", (raised(support.get, "text", "z")))
  end)

  it("goes over the items of a payload in the order of the wire, and of what only looks like one", function()
    local function shown(v)
      local out <const> = {}
      for key, item in support.pairs_of(v) do out[#out + 1] = R.str(key) .. "=" .. R.str(item) end
      return table.concat(out, " ")
    end
    local payload <const> = json.payload [[{"z": 1, "a": 2}]]
    assert.equal("z=1 a=2", shown(payload))
    assert.equal("z=1 a=2", shown(json.expand(payload)))
    assert.equal("UndefinedError", (raised(shown, R.list(0))))
  end)

  it("refuses what is not there, and what is no namespace", function()
    assert.same({ "UndefinedError", "'x' is undefined" }, { raised(support.known, R.undef "x") })
    assert.equal("TemplateRuntimeError", (raised(support.namespace, R.dict(0))))
    assert.equal("RecursionError", (raised(support.too_deep)))
  end)
end)
