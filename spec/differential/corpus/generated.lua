--- What random templates found, each made small, with what stands beside it.
local list <const> = require("differential").list()

-- groupby's tuples, and those of isocalendar, have names.
list:lines('{"p":[{"n":1,"s":"a"},{"n":2,"s":"b"}],"d":"2024-05-17"}', [=[
{{ (p|groupby('n')|first).n.x }}
{{ (p|groupby('n')|first)['s'].x }}
{{ (p|groupby('n')|first).grouper }}{{ (p|groupby('n')|first)['list'] }}{{ (p|groupby('n')|first)[:1].grouper }}
{{ (d|iso8601_to_time).isocalendar() }}{{ (d|iso8601_to_time).isocalendar().week }}{{ (d|iso8601_to_time).isocalendar()[2] }}{{ [(d|iso8601_to_time).isocalendar()] }}
{{ (d|iso8601_to_time).isocalendar()|list }}{{ (d|iso8601_to_time).isocalendar()[:2] }}{{ (d|iso8601_to_time).isocalendar() == (2024, 20, 5) }}
{{ (d|iso8601_to_time).isocalendar().nope.x }}
]=])

-- Of several directives for one thing, the last one counts.
list:lines("{}", [=[
{{ 'mar 7'|datetimeparse('%b %m') }}|{{ '7 mar'|datetimeparse('%m %b') }}|{{ 'mar may'|datetimeparse('%b %B') }}|{{ 'march Jul'|datetimeparse('%B %b') }}
{{ '69 2001'|datetimeparse('%y %Y') }}|{{ '2001 69'|datetimeparse('%Y %y') }}|{{ '13 5'|datetimeparse('%H %I') }}|{{ '5 13'|datetimeparse('%I %H') }}|{{ '5 13 pm'|datetimeparse('%I %H %p') }}
{{ '2024 7 Mon 3'|datetimeparse('%Y %U %a %w') }}|{{ '2024 7 3 Mon'|datetimeparse('%Y %U %w %a') }}|{{ '2024 7 9 Mon'|datetimeparse('%Y %U %W %a') }}|{{ '2024 9 7 Mon'|datetimeparse('%Y %W %U %a') }}
]=])

-- What stands for a dict: a table of any kind to translate with, whatever has `items`; bytes are integers.
list:lines('{"s":"ab<"}', [=[
{{ s.translate('é') }}{{ s.translate(['x'] * 98) }}{{ s.translate(('y',) * 99) }}{{ (s|e).translate('é' * 100) }}{{ s.translate([none, 5, 'z'] * 40) }}{{ s.translate({}) }}
{{ s.translate(5) }}
{{ ''.translate(5) }}{{ ''.translate(nope) }}
{{ s.translate(nope) }}
{{ s.translate([[]] * 99) }}
{{ s.translate(range(200)) }}{{ s.translate(s.encode()) }}
{{ namespace(items=5)|dictsort }}
{{ namespace(items={'b': 1, 'a': 2}.items)|dictsort }}{{ namespace(items={'b': 1, 'a': 2}.items)|xmlattr }}
{{ namespace(items=5)|xmlattr }}
{{ s|xmlattr }}
{{ s.encode()|list }}{{ s.encode()[0] }}{{ s.encode()[-1] }}{{ s.encode()[1:] }}{{ s.encode()[::-1] }}{{ s.encode()[9] is defined }}{{ s.encode()|join(',') }}{{ s.encode()|max }}
{% for b in s.encode() %}{{ b }}{{ loop.last }}{% endfor %}{{ 97 in s.encode() }}{{ s.encode()|sort }}{{ s.encode()|batch(2)|list }}
{{ nope|wordwrap(5, true, 7) }}
{{ s|wordwrap(5, true, 7) }}
{{ 5|wordwrap }}
{{ (9223372036854775807 + 2.25)|timestamp_to_datetime }}
{{ 67768036191676800|timestamp_to_datetime }}
]=])

-- False is given, not left out.
list:lines('{"s":"abcdefgh ij","d":"2024-05-17T01:02:03"}', [=[
{{ s|truncate(false) }}
{{ s|truncate(5, end=false) }}
{{ s|truncate(5, true, '', false) }}|{{ s|center(false) }}|{{ (s ~ '\nx')|indent(false) }}|{{ (s ~ '\nx')|indent(true) }}
{{ d|iso8601_to_time|datetimeformat(false) }}{{ d|iso8601_to_time|datetimeformat(none) }}{{ d|iso8601_to_time|datetimeformat_as_timezone('%H', false) }}{{ d|iso8601_to_time|datetimeformat_as_timezone(false) }}{{ d|datetimeparse(false) }}
{% set j = joiner(false) %}{{ j() }}{{ j() }}{% set j = joiner(none) %}{{ j() }}{{ j() }}{{ j.sep }}
{{ false in s.encode() }}{{ 97 in s.encode() }}{{ 'bc'.encode() in s.encode() }}
{{ 256 in s.encode() }}
{{ 'a' in s.encode() }}
]=])

-- None is a bound of a slice and of what texts look for, but not of what lists do; big integers repeat nothing.
list:lines('{"l":[1,2,3],"b":-1000000000000000000000}', [=[
{{ l.index(2, none) }}
{{ (1, 2).index(2, 0, none) }}
{{ 'abc'.index('b', none, none) }}{{ l[none:none] }}{{ l.index(2, 1, 9) }}
{{ [] * b }}
{{ '' * b }}
{{ b * (1,) }}
]=])

-- Durations are counted in integers of any size, and rounded once.
list:lines('{"f":1e-07,"g":1e22,"n":3}', [=[
{{ ('3d'|timedeltaparse) / f }}|{{ ('3d'|timedeltaparse) * f }}|{{ ('1s'|timedeltaparse) / 3 }}|{{ ('1s'|timedeltaparse) / -3 }}|{{ ('-1s'|timedeltaparse) / n }}|{{ ('1s'|timedeltaparse) * 0.1 }}|{{ ('1w'|timedeltaparse) * 0.3333333 }}
{{ ('1s'|timedeltaparse) * 5e-07 }}|{{ ('1s'|timedeltaparse) * 1.5e-06 }}|{{ ('1s'|timedeltaparse) * -1.5e-06 }}|{{ ('1s'|timedeltaparse) / 2000000 }}|{{ ('1s'|timedeltaparse) * 3 / 2000000 }}|{{ ('1s'|timedeltaparse) // -7 }}|{{ ('1s'|timedeltaparse) // 7.0 is defined if false }}
{{ ('999999999d'|timedeltaparse) / ('1s'|timedeltaparse) }}|{{ ('999999999d'|timedeltaparse) // ('7s'|timedeltaparse) }}|{{ ('999999999d'|timedeltaparse) % ('7s'|timedeltaparse) }}|{{ ('999999999d'|timedeltaparse).total_seconds() }}|{{ ('999999999d'|timedeltaparse) / 7 }}|{{ ('999999999d'|timedeltaparse) * 1.0 }}
{{ ('1s'|timedeltaparse) * g }}
{{ ('1s'|timedeltaparse) * 9223372036854775808 }}
{{ ('1s'|timedeltaparse) / 9223372036854775808 }}|{{ ('1s'|timedeltaparse) // 9223372036854775808 }}|{{ ('-1s'|timedeltaparse) // 9223372036854775808 }}
{{ ('1s'|timedeltaparse) * (g * g * 1e300) }}
{{ ('1s'|timedeltaparse) / 0.0 }}
{{ ('1s'|timedeltaparse) % 2 }}
{{ ('1s'|timedeltaparse) // 2.0 }}
{{ ('1s'|timedeltaparse) / ('0s'|timedeltaparse) }}
{{ (('1s'|timedeltaparse) * ('1s'|timedeltaparse)) }}
]=])

-- Integers that C takes as an int.
list:lines('{"s":"a\\nb\\tc","l":[1,2]}', [=[
{{ s.splitlines(2) }}{{ s.splitlines(0) }}{{ s.expandtabs(false) }}{{ s.expandtabs(-1) }}{{ l|sort(reverse=2) }}{{ s.splitlines(keepends=-2147483648) }}
{{ s.splitlines('x') }}
{{ s.splitlines(none) }}
{{ s.splitlines(2147483648) }}
{{ s.expandtabs(none) }}
{{ s.expandtabs(9223372036854775808) }}
{{ l|sort(reverse=9223372036854775807) }}
{{ l|sort(reverse='x') }}
{{ ['a', 1]|sort(reverse=none) }}
{{ l.sort(reverse=2147483648) }}
]=])

-- `self` in a scoped block hands on what that block sees.
list:lines('{"l":[7,8]}', [=[
{% for q in l %}{% block a scoped %}{{ q }}{{ self.b() }}{% endblock %}{% endfor %}{% block b %}<{{ q }}>{% endblock %}{{ self.b() }}
{% for q in l %}{% block c %}{{ q }}{{ self.d() }}{% endblock %}{% endfor %}{% block d %}<{{ q }}>{% endblock %}
]=])

-- Whether a macro's text is safe, and what a filter in it does, is up to who calls it.
local LIB <const> = { lib = "{% macro m(a) %}<{{ t }}{{ a }}{{ [t]|join }}>{% endmacro %}{% macro n() %}{{ m(1) ~ '<' }}{{ m() is escaped }}{% endmacro %}" }
list:lines('{"t":"&x"}', [=[
{% autoescape true %}{% import 'lib' as l %}{{ l.m('<') }}{{ l.n() }}{{ l.m(2) is escaped }}{% endautoescape %}
{% autoescape true %}{% from 'lib' import m, n %}{{ m('<') }}{{ n() }}{{ m(2) is escaped }}{{ m(t)|upper }}{% endautoescape %}
{% import 'lib' as l %}{{ l.m('<') is escaped }}{% autoescape true %}{{ [l.m('<')] }}{{ l['m'](3) }}{{ (l|attr('m'))(3) }}{% endautoescape %}
{% macro m() %}<{{ t }}{{ [t, '&'|safe]|join }}{{ t|replace('x', '>'|e) }}>{% endmacro %}{% macro n() %}{{ m() is escaped }}{{ m() }}{% endmacro %}{% autoescape true %}{{ n() }}{{ m() }}{% endautoescape %}{{ n() }}{{ m() }}
{% macro m() %}{{ [['<']]|map('join')|list }}{% endmacro %}{{ m() }}{% autoescape true %}{{ m() }}{{ [['<']]|map('join')|first }}{% endautoescape %}
{% macro w() %}{{ caller() }}|{{ caller() is escaped }}{% endmacro %}{% autoescape true %}{% call w() %}<{{ t }}{{ [t]|join }}>{% endcall %}{% endautoescape %}{% call w() %}<{{ t }}{{ [t]|join }}>{% endcall %}
{% block b %}{{ t }}{{ [t]|join }}{% endblock %}{% autoescape true %}{{ self.b() }}{{ self.b() is escaped }}{% endautoescape %}{{ self.b() is escaped }}
{% set ns = namespace() %}{% autoescape true %}{% macro m() %}{{ t }}{{ [t]|join }}{% endmacro %}{% set ns.m = m %}{{ m() is escaped }}{% endautoescape %}{{ ns.m() }}{{ ns.m() is escaped }}
{% macro m() %}{{ t }}{% endmacro %}{% autoescape t %}{{ m() }}{{ [t]|join is escaped }}{{ m() is escaped }}{% endautoescape %}{% autoescape f %}{{ m() is escaped }}{% endautoescape %}
]=], { templates = LIB })
list:lines('{"t":"&x"}', [=[
{% for q in [1, 2] %}{% autoescape true %}{% break %}{% endautoescape %}{% endfor %}{% macro m() %}{% endmacro %}{{ m() is escaped }}{{ [t]|join }}{{ t }}
{% for q in [1, 2] %}{% autoescape true %}{% continue %}{% endautoescape %}{% endfor %}{{ [t]|join is escaped }}
]=], { options = '{"extensions":["loopcontrols"]}' })
list:lines('{"t":"&x"}', [=[
{% macro m() %}{{ t }}{{ [t]|join }}{% endmacro %}{{ m() }}{{ m() is escaped }}{% autoescape false %}{{ m() }}{{ m() is escaped }}{{ [t]|join }}{% endautoescape %}
{% import 'lib' as l %}{{ l.m('<') }}{% autoescape false %}{{ l.n() }}{{ l.m(2) is escaped }}{% endautoescape %}
]=], { options = '{"autoescape":true}', templates = LIB })

-- The separator of isoformat is one character, its precision a text.
list:lines('{"d":"2024-05-17T01:02:03"}', [=[
{{ (d|iso8601_to_time).isoformat([], 'x') }}
{{ (d|iso8601_to_time).isoformat('') }}
{{ (d|iso8601_to_time).isoformat('ab') }}
{{ (d|iso8601_to_time).isoformat('T', 5) }}
{{ (d|iso8601_to_time).isoformat('é', 'minutes') }}{{ (d|iso8601_to_time).isoformat(timespec='hours') }}
]=])

-- What must have a hash, and what an empty dict does not look at.
list:lines('{"e":{},"d":{"a":1}}', [=[
{{ e.pop([]) }}
{{ e.pop([], 5) }}{{ e.pop({}, none) }}
{{ d.pop([], 5) }}
{{ e.setdefault([]) }}
{{ e.get([]) }}
{{ 2.5|round(1, []) }}
{{ [1]|select([])|list }}
{{ [1]|map({})|list }}
{{ []|select([])|list }}{{ []|map([])|list }}
]=])

-- A slice beside other keys cannot be written by the reference; a time's fields are ints of C; the first day has none before.
list:lines('{"m":[1],"big":9223372036854775807,"min":-9223372036854775808}', [=[
{{ m[5, :2] }}
{{ m[:2, 5] }}
{{ m[:,:] }}
{% if false %}{{ m[5,:2] }}{% endif %}
{{ m[1:2,] }}
{{ [1][5, :2] }}{{ (1,)[:, 1] is defined }}
{{ time().replace(hour=min) }}
{{ time().replace(day=big) }}
{{ time().replace(year=2147483648) }}
{{ time().replace(year=10000) }}
{{ ('0001-01-01T12:00'|iso8601_to_time).timestamp() }}
{{ ('0001-01-01T12:00'|iso8601_to_time).astimezone() }}
{{ ('0001-01-01T12:00'|iso8601_to_time)|datetimeformat_as_timezone('%Y') }}{{ ('0001-01-02T12:00'|iso8601_to_time).timestamp() }}{{ ('0001-01-01T12:00Z'|iso8601_to_time).timestamp() }}
{{ ('0001-01-01T12:00'|iso8601_to_time)|datetimeformat_as_timezone('%Y', 'nowhere') }}
]=])

-- A dict has no slices, and fails as one whose key is not there.
list:lines('{"d":{"a":1}}', [=[
{{ d[0:1] }}
{{ d[:] }}
{{ d['a':] }}
]=])

-- One name for several groups.
list:lines('{"s":"host=x on y","a":"aXb acb"}', [=[
{{ s|regex_replace('host=(?P<h>\\w+)|on (?P<h>\\w+)', '<\\g<h>>') }}
{{ a|regex_replace('(?P<n>a)X(?P<n>b)', '[\\g<n>\\1]') }}{{ a|regex_replace('(?P<n>a)(c)(?P<n>b)', '[\\g<n>|\\1|\\2]') }}
{{ 'abccc'|regex_replace('(?P<n>a)|(b)|(?P<n>c)(?P=n)', '<\\1,\\2>') }}{{ 'aaabb'|regex_replace('(?P<n>a)(?P<n>b)?(?P=n)', '<\\1>') }}
{{ 'aaabb'|regex_replace('(?P<n>a)(?P<n>b)?\\1+', '<\\1>') }}{{ 'abb aba'|regex_replace('((?P<n>a)|(?P<n>b))+(?P=n)', '<\\2>') }}
{{ 'xa yb xc yb'|regex_replace('(?:x(?P<n>a)|y(?P<n>b)|x)(?(n)|c)', '<\\1>') }}{{ 'on y'|regex_search('a=(?P<h>.)|on (?P<h>.)') }}{{ 'on y'|regex_match('a=(?P<h>.)|on (?P<h>.)$') }}
{{ 'aba'|regex_search('(?P<n>a)(?P<n>b)(?1)') }}
{{ 'aba'|regex_search('(?P<n>a)(?P<n>b)(?P>n)') }}
{{ 'ab'|regex_replace('(?P<n>a)(?P<n>b)', '\\2') }}
{{ 'ab'|regex_search('(?P<n>a)(?P<n>b)\\2') }}
{{ 'ac bc'|regex_replace('(?|(?P<n>a)|(?P<m>b))(?P<n>c)', '<\\1>') }}
]=])

-- A group by number in \g<…> is looked for before anything is found, one in \1 only then.
list:lines('{"s":"abc"}', [=[
{{ s|regex_replace('x', '\\g<1>') }}
{{ s|regex_replace('(x)', '\\g<2>') }}
{{ s|regex_replace('(x)', '\\g<1>') }}{{ s|regex_replace('x', '\\1') }}{{ s|regex_replace('x', '\\g<0>') }}
{{ s|regex_replace('a', '\\1') }}
{{ s|regex_replace('....', '\\g<1>') }}{{ ''|regex_replace('a', '\\g<n>') }}{{ 'éé'|regex_replace('...', '\\q') }}
{{ 'éé'|regex_replace('..x?', '\\q') }}
{{ ''|regex_replace('$(?=a)^[^b]', '\\g<n>') }}{{ 'x'|regex_replace('(?=a)b.', '\\g<1>') }}
{{ ''|regex_replace('(?=a)', '\\g<n>') }}
{{ 'x'|regex_replace('(?=a)b', '\\g<n>') }}
]=])

-- An address in a text that is wrapped, and the number of a value within itself.
list:lines('{"d":{"a":"long enough to need more than one line","b":"as this line does not fit in eighty characters"},"s":"abc"}', [=[
{% filter wordwrap(8) %}{{ s|map('upper') }}{% endfilter %}
{% set _ = d.update(c=d) %}{{ d|pprint }}
]=])

return list
