--- Which variable a name means, seen from what templates print. The context has x = "ctx".
require "tocsin.core"
local jinja <const> = require "jinja"
local value <const> = require "jinja.value"
local parser <const> = require "jinja.parser"
local lexer <const> = require "jinja.lexer"
local scope <const> = require "jinja.scope"
local env <const> = jinja.new { only_lua = true }

local function render(source)
  local template <const> = assert(env:compile(source))
  local l <const> = value.list { n = 3, 1, 2, 3 }
  return assert(template:render { x = "ctx", l = l })
end

-- The variables that a template's own scope has, as "name:start", in order.
local function variables(source)
  local s <const> = scope.new(nil)
  scope.visit_body(s, parser.parse(lexer.tokenize(source, {}), {}).body)
  local shown <const> = {}
  for i, var in ipairs(s) do shown[i] = var.name .. ":" .. var.start end
  return table.concat(shown, " ")
end

local CASES <const> = {
  { "forgets what a loop sets", "{% set x = 0 %}{% for i in l %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}", "1 2 3 0" },
  { "copies the outer value into every iteration",
    "{% set x = 'o' %}{% for i in l %}{% if loop.first %}{% set x = i %}{% endif %}{{ x }}{% endfor %}", "1oo" },
  { "makes no scope for if", "{% if true %}{% set y = 5 %}{% endif %}{{ y }}", "5" },
  { "forgets what with sets", "{% with %}{% set z = 1 %}{% endwith %}{{ z }}", "" },
  { "starts a name that is first assigned as missing", "{% set x %}{{ x }}b{% endset %}{{ x }}", "b" },
  { "starts a name that is first read from the context", "{{ x }}{% set x %}{{ x }}b{% endset %}{{ x }}", "ctxctxb" },
  { "reads the right side first", "{% set x = x ~ 1 %}{{ x }}", "ctx1" },
  { "starts a name that only branches assign from the context", "{% if false %}{% set x = 1 %}{% endif %}{{ x }}", "ctx" },
  { "hands macros variables, not values", "{% macro f() %}{{ y }}{% endmacro %}{% set y = 3 %}{{ f() }}", "3" },
  { "evaluates defaults when a macro is called",
    "{% macro m(y=x) %}{{ y }}{% endmacro %}{{ m() }}{% set x = 2 %}{{ m() }}", "2" },
  { "does not show a macro the loop that calls it",
    "{% macro m() %}{{ i }}{% endmacro %}{% for i in l %}{{ m() }}{% endfor %}", "" },
  { "shows a call body what is around the call",
    "{% macro m(x) %}{{ caller() }}{% endmacro %}{% call m(1) %}{{ x }}{% endcall %}", "ctx" },
  { "evaluates an iterable outside of its loop", "{% for x in x %}{{ x }}{% endfor %}{{ x }}", "ctxctx" },
  { "evaluates all values of with outside", "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}", "21" },
  { "ends loop variables with their loop", "{% for i in l %}{% endfor %}{{ i }}{{ loop }}", "" },
  { "shows a loop's if the outer variables",
    "{% set y = 1 %}{% for i in l if i > y %}{% set y = 9 %}{{ i }}{{ y }} {% endfor %}", "29 39 " },
  { "keeps macros of an iteration in it",
    "{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}", "123False" },
  { "gives every iteration its own variables", "{% set ns = namespace(all=[]) %}{% for i in l %}{% set v = i * 2 %}"
    .. "{% macro m() %}{{ v }}{% endmacro %}{% set ns.all = ns.all + [m] %}{% endfor %}"
    .. "{% for m in ns.all %}{{ m() }}{% endfor %}", "246" },
  { "shows a block the template's names only", "{% set q = 1 %}{% for i in l %}{% set q = 2 %}{% block a %}{{ q }}{{ i }}"
    .. "{% endblock %}{% endfor %}", "111" },
  { "shows a scoped block everything", "{% for i in l %}{% block a scoped %}{{ i }}{{ loop.last }} {% endblock %}{% endfor %}",
    "1False 2False 3True " },
}

describe("a scope", function()
  for _, case in ipairs(CASES) do
    it(case[1], function() assert.equal(case[3], render(case[2])) end)
  end

  it("lists its names in the order of their first occurrence", function()
    assert.equal("a:missing b:context", variables("{% set a = 1 %}{{ a }}{{ b }}{% set b = 2 %}"))
    assert.equal("c:context a:context", variables("{% if c %}{% set a = 1 %}{% endif %}"))
    assert.equal("l:context", variables("{% for i in l %}{{ i }}{{ b }}{% endfor %}"))
    assert.equal("m:missing", variables("{% macro m(a=b) %}{{ c }}{% endmacro %}"))
  end)

  it("copies an outer name that it assigns", function()
    local outer <const> = scope.new(nil)
    scope.param(outer, "a")
    local inner <const> = scope.new(outer)
    scope.visit_body(inner, parser.parse(lexer.tokenize("{{ a }}{% set a = 1 %}", {}), {}).body)
    assert.equal("alias", inner.refs.a.start)
    assert.equal(outer.refs.a, inner.refs.a.outer)
  end)

  it("keeps variables right when there are more than Lua has locals", function()
    local sets, prints, expected = {}, {}, {}
    for i = 1, 300 do
      sets[i] = "{% set v" .. i .. " = i + " .. i .. " %}"
      prints[i] = "{{ v" .. i .. " }},"
    end
    for i = 1, 3 do
      for k = 1, 300 do expected[#expected + 1] = (i + k) .. "," end
    end
    local body <const> = table.concat(sets) .. "{% macro m() %}" .. table.concat(prints) .. "{% endmacro %}"
    assert.equal(table.concat(expected), render("{% set ns = namespace(all=[]) %}{% for i in l %}" .. body
      .. "{% set ns.all = ns.all + [m] %}{% endfor %}{% for m in ns.all %}{{ m() }}{% endfor %}"))
  end)
end)
