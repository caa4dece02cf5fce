--- Where the installed Jinja2, MarkupSafe or Python is older than the ones we follow (Jinja2 3.1.6, MarkupSafe 3.0,
--- Python 3.12), or fails in a way that nobody wants: each with the text that ours prints.
local list <const> = require("differential").list()

local function row(template, expect, context) list:case(template, context, { expect = expect }) end

-- Python 3.12 adds floats with compensation.
row("{{ [0.1, 0.2, 0.3]|sum }}", "0.6")
row("{{ ([0.1] * 10)|sum }}|{{ [{'v': 0.1}, {'v': 0.2}, {'v': 0.3}]|sum('v') }}", "1.0|0.6")
row("{{ [1e16, 1.0, -1e16]|sum }}", "1.0")
-- Jinja2 3.1.5 and 3.1.6.
row("{{ '1e400'|int }}{{ 'inf'|int(3) }}", "03")
row("{% set ns = namespace() %}{% set a, ns.b = 1, 2 %}{{ a }}{{ ns.b }}", "12")
row("{% if t %}{{ x }}{% set x = 1 %}{% elif f %}{% set x = 2 %}{% else %}{% set x = 3 %}{% endif %}{{ x }}", "ctx1",
  '{"t":true,"f":false,"x":"ctx"}')
row("{% set =}{{ c }}{% endset %}", "TemplateSyntaxError: unexpected '='")
row("{{ '@a@b.com x@y@z.org @a a@b.com'|urlize }}",
  '@a@b.com <a href="mailto:x@y@z.org">x@y@z.org</a> @a <a href="mailto:a@b.com">a@b.com</a>')
-- MarkupSafe 3.
row("{{ ('a<'|safe).replace('<', '-') }}", "a-")
row("{{ [('aB'|safe).casefold(), ('aB'|safe).removeprefix('a'), ('aB'|safe).removesuffix('B')] }}",
  "[Markup('ab'), Markup('B'), Markup('a')]")
row("{{ ('<B'|safe).casefold() is escaped }}{{ ('&'|e).removeprefix('&') is escaped }}{{ ('&'|e).removesuffix(';') is escaped }}",
  "TrueTrueTrue")
row("{{ ('<B'|safe).casefold() + '<' }}{{ ('<B'|safe).removeprefix('<') + '<' }}{{ ('<B'|safe).removesuffix('B') + '<' }}",
  "<b&lt;B&lt;<&lt;")
row("{{ ('lit'|e).strip('<') }}{{ ('<b'|safe).lstrip('<') }}{{ ('b<'|safe).rstrip('<') }}", "litbb")
row("{{ ('a<b'|safe).partition('<') }}", "(Markup('a'), Markup('<'), Markup('b'))")
row("{{ ('a<b'|safe).rpartition(2) }}", "TypeError: must be str, not int")
row("{{ ('a<b'|safe).translate({60: '&'}) is escaped }}{{ ('a<'|safe).translate('&' * 99) }}", "True&&")
-- Python 3.12.
row("{{ v|iso8601_to_time|datetimeformat('%:z') }}", "+05:30", '{"v":"2023-11-22T15:30:00+05:30"}')
row("{{ ['\u{1FAE8}'] }}{{ '\u{1FAE8}'.isprintable() }}", "['\u{1FAE8}']True")
local IS_INTEGER <const> = { "method int.is_integer", "method bool.is_integer" }
local function is_integer(template, expect) list:case(template, nil, { expect = expect, uses = IS_INTEGER }) end
is_integer("{{ (5).is_integer() }}{{ true.is_integer() }}", "TrueTrue")
is_integer("{{ (10 ** 30).is_integer() }}{{ false.is_integer() }}{{ (-5).is_integer() }}", "TrueTrueTrue")
is_integer("{{ 5.is_integer(1) }}{{ true.is_integer() }}", "TypeError: int.is_integer() takes no arguments (1 given)")
-- A later `regex` turns flags on from where they stand.
row("{{ 'aB'|regex_replace('b(?i)', 'x') }}", "aB")
-- The generator of `unique` got another name.
row("{{ [1]|unique }}", "<generator object sync_do_unique at 0x7f0000000000>")
-- The filter of a block set may not name a variable that the template uses nowhere else: the reference stops with an
-- AssertionError of its own compiler.
row("{% set a | replace('b', n | string) | upper %}abc{% endset %}{{ a }}", "A3C", '{"n":3}')
-- A constant that overflows is infinite in every expression; the reference knows it only where it prints.
row("{{ 1e999 - x }}{{ (1e999).is_integer() }}", "infFalse", '{"x":1}')

return list
