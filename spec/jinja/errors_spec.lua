--- Error values: what they print, and which of them OnCall shows as a warning.
require "tocsin.core"
local errors <const> = require "jinja.errors"
local raised <const> = require "raised"

describe("an error", function()
  it("has a class, a message and perhaps a line", function()
    local e <const> = errors.new("TypeError", "no", 3)
    assert.is_true(errors.is(e))
    assert.same({ "TypeError", "no", 3 }, { e.class, e.message, e.line })
    assert.equal("TypeError: no", tostring(e))
    assert.same({ "KeyError", "'a'" }, { raised(errors.raise, "KeyError", "'a'") })
    assert.is_false(errors.is { class = "TypeError", message = "no" })
  end)

  it("is the data's fault or the template's", function()
    assert.equal("Template Warning: 'x' is undefined", errors.text(errors.new("UndefinedError", "'x' is undefined")))
    assert.equal("Template Error: unexpected '}'", errors.text(errors.new("TemplateSyntaxError", "unexpected '}'")))
  end)
end)
