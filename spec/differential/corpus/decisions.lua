--- Where ours differs from Jinja2 on purpose: each row of the table in lua/jinja/README.md, with what ours does.
local list <const> = require("differential").list()

local function row(template, expect, context) list:case(template, context, { expect = expect }) end

row("{{ '\\N{BULLET}' }}", "TemplateSyntaxError: unknown Unicode character name")
row("{{ 'aab'|regex_search('(?<=a+)b') }}", "error: look-behind requires fixed-width pattern")
row("{{ 'ab'|regex_search('(?:abc){e<=1}') }}", "error: fuzzy matching is not supported at position 7")
row("{{ 'ba-b'|regex_replace('(?:(?P<n>a)|(?P<n>b))+-(?P=n)', '<>') }}", "<>")
row("{{ 'x'|regex_search('a(?i){2}') }}", "error: nothing to repeat at position 5")
row("{{ '2050-07-01T00:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%H:%M %Z', 'Europe/Paris') }}", "02:00 CEST")
row("{{ '1900-01-01T00:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%T %z', 'Europe/Paris') }}", "00:09:21 +000921")

-- Jinja2 folds these before it knows of autoescape; they stay what they are at run time here.
list:case("{{ '<'|safe ~ '&' }}", nil, { options = '{"autoescape": true}', expect = "<&amp;" })

-- Jinja2 folds what is constant and drops what fails, or what it decides.
row("{{ 5[0:1] }}", "TypeError: 'int' object is not subscriptable")
row("{{ [][1.b:] }}", "TypeError: slice indices must be integers or None or have an __index__ method")
row("{{ 'ab'|length or 1|nope }}", "TemplateAssertionError: No filter named 'nope'.")

-- What is left out.
row("{{ 'a'.encode('utf-16') }}", "LookupError: unknown encoding: utf-16")
row("{{ dict['a'] is defined }}", "False")
row("{{ nope is sameas nope }}", "True")
row("{{ d.keys().mapping is defined }}", "False", '{"d":{}}')
row("{% filter first %}{% endfilter %}{{ nope.x }}", "TypeError: sequence item 0: expected str instance, Undefined found")

-- As many items as before, but others: CPython sees it where its table happens to end.
row("{% set c = d.copy() %}{% for k in c %}{% if k == 'a' %}{{ c.pop('a') }}{{ c.setdefault('z', 9) }}{% endif %}{{ k }}{% endfor %}", "19acz",
  '{"d":{"a":1,"b":2,"c":3}}')

row("{{ dict(**{'<'|e: 1}) }}", "{'&lt;': 1}")

-- Jinja2 makes a generator of the macro, and lets the text out of the set block.
local templates <const> = { part = "part" }
list:case("{% macro m() %}[{% include 'part' without context %}]{% endmacro %}{{ m() }}", nil,
  { templates = templates, expect = "[part]" })
list:case("{% filter upper %}[{% include 'part' without context %}]{% endfilter %}", nil, { templates = templates, expect = "[PART]" })
list:case("{% set a %}[{% include 'part' without context %}]{% endset %}{{ a }}", nil,
  { templates = templates, expect = "[part]" })

return list
