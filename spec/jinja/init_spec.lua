--- The door: environments, templates, and what is told of a failure.
require "tocsin.core"
local jinja <const> = require "jinja"

describe("an environment", function()
  local env <const> = jinja.new {
    autoescape = true, trim_blocks = true, filters = { shout = function(v) return v .. "!" end }, globals = { who = "Ada" },
    loader = function(name) return ({ base = "[{% block b %}{% endblock %}]", bad = "\n{{ }}" })[name] end,
  }

  it("renders with its options, filters, globals and loader", function()
    assert.equal("Ada! &lt;[x]", env:compile("{{ who|shout }} {{ '<' }}"):render {} ..
      env:compile("{% extends 'base' %}{% block b %}x{% endblock %}"):render {})
    assert.equal("a", env:compile("{% if true %}\na{% endif %}"):render {})
  end)

  it("tells a syntax error when it compiles, with its line", function()
    local template <const>, e <const> = env:compile "a\n{{ 1 +"
    assert.is_nil(template)
    assert.same({ "TemplateSyntaxError", 2 }, { e.class, e.line })
  end)

  it("tells an error of rendering with its line, and in which template", function()
    local text <const>, e <const> = env:compile("a\n\n{{ nope.x }}"):render {}
    assert.is_nil(text)
    assert.same({ "UndefinedError", "'nope' is undefined", 3 }, { e.class, e.message, e.line })
    local _, of_other <const> = env:compile("{% include 'bad' %}"):render {}
    assert.same({ "TemplateSyntaxError", 2, "bad" }, { of_other.class, of_other.line, of_other.template })
  end)

  it("keeps nothing between renderings", function()
    local t <const> = assert(env:compile "{% set x = (x or 0) + 1 %}{{ x }}")
    assert.equal("11", t:render {} .. t:render {})
  end)
end)
