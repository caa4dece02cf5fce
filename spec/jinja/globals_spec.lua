--- range, dict, cycler, joiner, namespace, lipsum.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local raised <const> = require "raised"

local function call(name, ...) return R.call(R.global(name), select("#", ...), ...) end

describe("globals", function()
  it("range counts both ways and refuses what is too long", function()
    assert.equal("[5, 3, 1]", R.str(R.filter "list"(call("range", 5, 0, -2), 0)))
    assert.equal("range(0, 3)", R.str(call("range", 3)))
    assert.same({ "ValueError", "range() arg 3 must not be zero" }, { raised(call, "range", 1, 2, 0) })
    assert.equal("OverflowError", (raised(call, "range", 100001)))
    assert.equal("TypeError", (raised(call, "range", "3")))
  end)

  it("cycler goes round, joiner is empty once", function()
    local c <const>, j <const> = call("cycler", "a", "b"), call("joiner", ";")
    assert.equal("aba", R.method(c, "next", 0) .. R.method(c, "next", 0) .. R.method(c, "next", 0))
    assert.equal("b", R.attr(c, "current"))
    R.method(c, "reset", 0)
    assert.equal("a", R.attr(c, "current"))
    assert.equal(";", R.call(j, 0) .. R.call(j, 0))
    assert.same({ "RuntimeError", "at least one item has to be provided" }, { raised(call, "cycler") })
  end)

  it("namespace is what can be assigned to, and nothing else is", function()
    local ns <const> = call("namespace", R.dict(1, "a", 1))
    R.set_attr(ns, "b", 2)
    assert.equal("1 2", R.str(R.attr(ns, "a")) .. " " .. R.str(R.attr(ns, "b")))
    assert.same({ "TemplateRuntimeError", "cannot assign attribute on non-namespace object" }, { raised(R.set_attr, R.dict(0), "b", 2) })
  end)

  it("lipsum writes as many paragraphs as it is told, of as many words", function()
    local words <const> = select(2, call("lipsum", 1, false, 5, 6):gsub("%S+", ""))
    assert.equal(5, words)
    local _, paragraphs <const> = R.str(call("lipsum", 3)):gsub("<p>", "")
    assert.equal(3, paragraphs)
  end)
end)
