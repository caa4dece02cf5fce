--- What a template that does not compile is told: the reference's own words, class and line.
require "tocsin.core"
local jinja <const> = require "jinja"
local env <const> = jinja.new { extensions = { ["do"] = true, loopcontrols = true } }

local SYNTAX <const>, ASSERTION <const> = "TemplateSyntaxError", "TemplateAssertionError"

-- {source, message, class (syntax when absent), line (1 when absent)}
local ERRORS <const> = {
  { "{{ }}", "Expected an expression, got 'end of print statement'" },
  { "{{ 1 1 }}", "expected token 'end of print statement', got 'integer'" },
  { "{{ 'a' b }}", "expected token 'end of print statement', got 'b'" },
  { "{{ a | sort[0] }}", "expected token 'end of print statement', got '['" },
  { "{{ (1 }}", "unexpected '}', expected ')'" },
  { "{{ x", "unexpected end of template, expected 'end of print statement'." },
  { "{{", "unexpected 'end of template'" },
  { "{{ 1 +", "unexpected 'end of template'" },
  { "{% set x %}{% endset", "unexpected end of template, expected 'end of statement block'." },
  { "{{ not }}", "unexpected 'end of print statement'" },
  { "{{ x.-1 }}", "expected name or number" },
  { "{{ x is a is b }}", "You cannot chain multiple tests with is" },
  { "{{ f(a=1, 2) }}", "invalid syntax for function call expression" },
  { "{{ f(**k, a=1) }}", "invalid syntax for function call expression" },
  { "{{ f(*a, 1) }}", "invalid syntax for function call expression" },
  { "{{ f(a=1, a=2) }}", "keyword argument repeated: a", "SyntaxError" },
  { "{{ {'a'} }}", "expected token ':', got '}'" },
  { "{{ [1,,2] }}", "unexpected ','" },
  { "{% 1 %}", "tag name expected" },
  { "{% foo %}", "Encountered unknown tag 'foo'." },
  { "a\n{% endif %}", "Encountered unknown tag 'endif'.", SYNTAX, 2 },
  { "{% if x %}\n{% foo %}{% endif %}", "Encountered unknown tag 'foo'. Jinja was looking for the following tags: 'elif' "
    .. "or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.", SYNTAX, 2 },
  { "{% if x %}{% for i in y %}{% endif %}", "Encountered unknown tag 'endif'. You probably made a nesting mistake. Jinja "
    .. "is expecting this tag, but currently looking for 'endfor' or 'else'. The innermost block that needs to be "
    .. "closed is 'for'." },
  { "{% for i in y %}", "Unexpected end of template. Jinja was looking for the following tags: 'endfor' or 'else'. The "
    .. "innermost block that needs to be closed is 'for'." },
  { "{% if x %}{% else %}", "Unexpected end of template. Jinja was looking for the following tags: 'endif'. The "
    .. "innermost block that needs to be closed is 'if'." },
  { "{% with %}", "Unexpected end of template. Jinja was looking for the following tags: 'endwith'. The innermost block "
    .. "that needs to be closed is 'with'." },
  { "{% set 1 = 2 %}", "can't assign to 'const'" },
  { "{% set true = 2 %}", "can't assign to 'const'" },
  { "{% set [a] = 2 %}", "can't assign to 'list'" },
  { "{% set (a, 1) = 2 %}", "can't assign to 'tuple'" },
  { "{% macro true() %}{% endmacro %}", "can't assign to 'name'" },
  { "{% set x['a'] = 1 %}", "expected token 'end of statement block', got '['" },
  { "{% for a, in x %}{% endfor %}", "expected token 'in', got 'x'" },
  { "{% if 1 if c else 0 %}{% endif %}", "expected token 'end of statement block', got 'if'" },
  { "{% for i in x %}{% set loop = 1 %}{% endfor %}",
    "Can't assign to special loop variable in for-loop target", ASSERTION },
  { "{% macro m(a=1, b) %}{% endmacro %}", "non-default argument follows default argument" },
  { "{% macro m(caller) %}{{ caller }}{% endmacro %}", 'When defining macros or call blocks the special "caller" argument '
    .. "must be omitted or be given a default.", ASSERTION },
  { "{% call x %}{% endcall %}", "expected call" },
  { "{% block a %}{% endblock %}\n{% block a %}{% endblock %}", "block 'a' defined twice", ASSERTION, 2 },
  { "{% block a-b %}{% endblock %}", "Block names in Jinja have to be valid Python identifiers and may not contain "
    .. "hyphens, use an underscore instead." },
  { "{% block a required %}x{% endblock %}", "Required blocks can only contain comments or whitespace" },
  { "{% from 'a' import _b %}", "names starting with an underline can not be imported", ASSERTION },
  { "{% for i in x %}{% extends 'a' %}{% endfor %}", "cannot use extend from a non top-level scope", ASSERTION },
  { "\n{{ x | nofilter }}", "No filter named 'nofilter'.", ASSERTION, 2 },
  { "{{ x is notest }}", "No test named 'notest'.", ASSERTION },
  { "{% if x %}{% for i in y %}{{ i | nofilter }}{% endfor %}{% endif %}", "No filter named 'nofilter'.", ASSERTION },
  { "{% break %}", "'break' outside loop", "SyntaxError" },
  { "{{ 1 1 }}{{ $ }}", "expected token 'end of print statement', got 'integer'" },
  { "{{ 1 }}{{ $ }}{{ 1 1 }}", "unexpected char '$' at 10" },
}

describe("the parser", function()
  for _, case in ipairs(ERRORS) do
    it("refuses " .. string.gsub(case[1], "\n", " "), function()
      local template, e = env:compile(case[1])
      assert.is_nil(template)
      assert.same({ case[2], case[3] or SYNTAX, case[4] or 1 }, { e.message, e.class, e.line })
    end)
  end

  it("takes an unknown filter or test in a branch", function()
    for _, source in ipairs { "{% if false %}{{ 1 | nope }}{% endif %}", "{{ 1 if true else 1 | nope }}",
      "{% if false and 1 is nope %}{% endif %}" } do
      assert(env:compile(source))
    end
    local _, e = env:compile("{% if true %}{{ 1 | nope }}{% endif %}"):render {}
    assert.same({ "TemplateRuntimeError", "No filter named 'nope' found." }, { e.class, e.message })
  end)

  it("knows the tags of extensions only when they are asked for", function()
    local _, e = jinja.new():compile("{% do 1 %}")
    assert.equal("Encountered unknown tag 'do'.", e.message)
    assert.equal("", env:compile("{% do 1 %}"):render {})
  end)

  it("says which templates may change what they are given", function()
    local changing <const> = {
      "{{ d.pop('a') }}", "{% set f = d.update %}", "{{ d['append'](1) }}", "{{ d | attr('clear') }}", "{{ d[x]() }}",
      "{% set f = d[x] %}{{ f() }}", "{{ (d | attr(x))() }}", "{% macro m(f) %}{{ f() }}{% endmacro %}{{ m(d[x]) }}",
      "{% for f in d | map(attribute='sort') %}{{ f() }}{% endfor %}",
    }
    for _, source in ipairs(changing) do assert.is_true(env:compile(source).mutates, source) end
    local reading <const> = {
      "{{ d.a }}", "{{ d[x] }}", "{{ l | sort | reverse | list }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1) }}",
      "{{ dict(a=1) }}", "{% for k, v in d.items() %}{{ loop.cycle(1, 2) }}{% endfor %}",
    }
    for _, source in ipairs(reading) do assert.is_false(env:compile(source).mutates, source) end
  end)
end)
