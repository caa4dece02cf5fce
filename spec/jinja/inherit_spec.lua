--- Templates through a loader: what the comparison with Jinja2 does not show. Lines of errors, changed sources, payloads.
require "tocsin.core"
local json <const> = require "tocsin.json"
local jinja <const> = require "jinja"

local function environment(sources) return jinja.new { loader = function(name) return sources[name] end } end

local function render(env, source, context)
  local template <const> = assert(env:compile(source))
  return template:render(context or {})
end

describe("templates that use each other", function()
  it("say in which template and line an error is", function()
    local env <const> = environment {
      fails = "a\n\n{{ nope.x }}", wrong = "a\n{{ 1 + }}", parent = "{% block a %}{% endblock %}\n{{ nope.x }}",
      calls = "{% macro m() %}\n{{ nope.x }}{% endmacro %}",
    }
    for source, place in pairs {
      ["\n{% include 'fails' %}"] = "fails 3",
      ["\n{% include 'wrong' %}"] = "wrong 2",
      ["{% extends 'parent' %}"] = "parent 2",
      ["{% extends 'parent' %}{% block a %}\n\n\n{{ nope.x }}{% endblock %}"] = "own 4",
      ["{% import 'calls' as c %}{{ c.m() }}"] = "calls 2",
      ["\n{% include 'gone' %}"] = "own 2",
      ["{% include 'fails' ignore missing %}"] = "fails 3",
    } do
      local text <const>, e <const> = render(env, source)
      assert.is_nil(text)
      assert.equal(place, (e.template or "own") .. " " .. e.line, source)
    end
  end)

  it("see a source that has changed", function()
    local sources <const> = { a = "one" }
    local env <const> = environment(sources)
    assert.equal("one", render(env, "{% include 'a' %}"))
    sources.a = "two"
    assert.equal("two", render(env, "{% include 'a' %}"))
    sources.a = nil
    assert.equal("TemplateNotFound", select(2, render(env, "{% include 'a' %}")).class)
  end)

  it("change no payload for the next rendering", function()
    local env <const> = environment { changes = "{{ p.pop('a') }}{% for x in p.l %}{{ p.l.clear() }}{% endfor %}" }
    local context <const> = { p = (json.payload '{"a":1,"l":[1]}') }
    for _ = 1, 2 do assert.equal("1None|{'l': []}", render(env, "{% include 'changes' %}|{{ p }}", context)) end
  end)

  it("keep nothing of a rendering that failed", function()
    local env <const> = environment { base = "[{% block a %}{% endblock %}]", deep = "{% include 'deep' %}" }
    local template <const> = assert(env:compile "{% extends 'base' %}{% block a %}{{ x.y }}{% endblock %}")
    assert.equal("UndefinedError", select(2, template:render {}).class)
    assert.equal("[]", template:render { x = json.expand(json.payload "{}") })
    assert.equal("RecursionError", select(2, render(env, "{% include 'deep' %}")).class)
    assert.equal("[]", render(env, "{% include 'base' %}"))
  end)
end)
