--- Filters and tests by their names, and those that an environment brings.
require "tocsin.core"
local registry <const> = require "jinja.registry"
local R <const> = require "jinja.runtime"
local raised <const> = require "raised"

describe("the registry", function()
  after_each(function() registry.begin() end)

  it("has Jinja2's filters and tests under all their names", function()
    assert.is_true(registry.has("filter", "upper"))
    assert.is_true(registry.has("test", "divisibleby"))
    assert.is_false(registry.has("filter", "datetimeformat"))
    assert.equal(registry.named("filter", "e"), registry.named("filter", "escape"))
  end)

  it("knows those of the environment that renders, and forgets them with it", function()
    registry.begin { shout = function(v) return v .. "!" end }
    assert.equal("a!", registry.named("filter", "shout")("a", 0))
    registry.begin()
    assert.is_false(registry.has("filter", "shout"))
  end)

  it("says which name there is none of", function()
    assert.same({ "TemplateRuntimeError", "No filter named 'nope'." }, { raised(registry.named, "filter", "nope") })
    assert.equal("TemplateRuntimeError", (raised(registry.named, "test", R.undef "x")))
  end)

  it("turns autoescape on and says what it was", function()
    assert.is_falsy(registry.escape(true))
    assert.is_true(registry.escape(false))
  end)
end)
