--- What C renders by itself (core/jinja): the plain use of each of its abilities, and where it must not go on.
local list <const> = require("differential").list()

local CONTEXT <const> = '{"p":{"s":"Disk full on db-1","l":[3,1,2],"w":["b","A","c"],"d":{"b":"2","a":"1","items":"i"},"n":5,"f":2.5,"neg":-7,"z":null,"o":[{"k":"x","v":1},{"k":"y","v":2},{"k":"x","v":3}],"at":"2024-05-04T02:11:42.317Z","t":"one\\ntwo\\n\\nthree","e":[],"u":"\u{E9}t\u{E9} \u{4E2D}"},"n":5,"x":"ctx"}'

list:lines(CONTEXT, [=[
{{ 1 <= p.n }}{{ p.n <= 5 }}{{ p.f <= 2 }}{{ 'a' <= p.s }}
{{ p.n >= 5 }}{{ p.f >= 3 }}{{ p.s >= 'a' }}{{ [1, 2] >= [1] }}
{{ 0 <= p.n >= 5 }}{{ 1 < 2 <= 3 > 2 >= 2 == 2 != 3 }}
{{ +p.n }}{{ +p.f }}{{ +true }}
{{ +p.neg * -p.neg }}{{ - - p.n }}
{{ p.nope|d('x') }}{{ p.z|d('x') }}{{ p.z|d('x', true) }}{{ p.n|d(1) }}
{{ p.at|iso8601_to_time|datetimeformat }}|{{ p.at|iso8601_to_time|datetimeformat('%d.%m.%Y %H:%M:%S.%f') }}
{{ '2024-12-31 23:59:59'|iso8601_to_time|datetimeformat('%j'|replace('%j', '%I:%M %p %a %A %b %B %y %%')) }}
{{ p.at|iso8601_to_time|datetimeformat(format='%Y-%m-%d') }}
{{ p.s|regex_match('Disk') }}{{ p.s|regex_match('full') }}{{ p.s|regex_match('.*db-\\d') }}
{{ p.u|regex_search('t.') }}{{ p.s|regex_search('^full') }}{{ p.s|regex_match('d') }}{{ p.s|regex_match('(?i)d') }}
{{ p.s|urlencode }}{{ p.u|urlencode }}{{ 'a/b?c=d&e'|urlencode }}{{ 5|urlencode }}
{{ dict(a=1, b='x') }}{{ dict() }}{{ dict(a=p.n).a }}
{% set c = dict(k=p.l) %}{{ c.k }}{{ c|length }}{{ dict(z=1)['z'] }}
{% for i in p.l %}{{ loop.cycle('odd', 'even') }}{{ loop.cycle(i) }}{% endfor %}
{% for i in p.l %}{% for j in p.w %}{{ loop.cycle('a', 'b') }}{% endfor %}{{ loop.cycle('x', i, 'z') }}{% endfor %}
{% for i in p.l %}{{ loop.depth }}{{ loop.depth0 }}{{ loop.index0 }}{{ loop.revindex0 }}{{ loop.revindex }}{% endfor %}
{% for i in p.e %}{% else %}{% for k in p.d %}{{ loop.depth }}{{ loop.depth0 }}{{ loop.index0 }}{{ loop.revindex0 }}{{ loop.revindex }}{% endfor %}{% endfor %}
{% for i in p.l if i > 1 %}{{ loop.index0 }}{{ loop.revindex0 }}{{ loop.revindex }}{{ loop.length }}{{ loop.last }}{% endfor %}
{% for c in 'a\u00e9b' %}{{ loop.index0 }}{{ c }}{{ loop.revindex }}{{ loop.last }}{% endfor %}{{ loop is defined }}
{{ p.d.copy().setdefault('a', 'z') }}{{ p.d.copy().setdefault('q', 'z') }}{{ p.d.copy().setdefault('q') }}
{% set c = p.d.copy() %}{{ c.setdefault('q', 9) }}{{ c.setdefault('q', 8) }}{{ c }}{{ p.d }}
{% set c = {} %}{% set _ = c.setdefault('a', 'b') %}{{ c.setdefault('a') }}{{ c.a }}{{ c|length }}
{% set c = {'a': 'x'} %}{{ c.update({'b': 'y'}) }}{{ c }}
{% set c = p.d.copy() %}{% set _ = c.update({'a': 'n', 'new': p.s}) %}{{ c }}{% set _ = c.update(p.d) %}{{ c }}
{% set c = {} %}{{ c.update(p.o[0]) }}{{ c.k }}{{ c.update({}) }}{{ c }}
{% set c = p.l.copy() %}{{ c.append(4) }}{{ c }}{{ p.l }}{{ [1].copy() }}
{% set c = p.w|list %}{% set e = c.copy() %}{{ c.append('z') }}{{ c }}{{ e }}{{ c.copy() == c }}
{% set c = [1, 2, 3] %}{{ c.pop() }}{{ c.pop(0) }}{{ c }}{{ c.pop(-1) }}{{ c }}
{% set c = p.l.copy() %}{{ c.pop(1) }}{{ c }}{{ c.pop(-2) }}{{ c }}{{ [7].pop() }}
{% set c = p.w|list %}{% for i in p.l %}{{ c.pop(0) }}{% endfor %}{{ c }}
{{ p.s.find('full') }}{{ p.s.find('nope') }}{{ p.u.find('\u4e2d') }}{{ p.s.find('') }}
{{ 'abcabc'.find('c') }}{{ ''.find('a') }}
{% if p.s.find('disk') < 0 %}{{ p.s.lower().find('disk') }}{% endif %}
{{ ', '.join(p.w) }}{{ ''.join(p.u) }}{{ '-'.join(p.d) }}{{ '+'.join([]) }}
{{ 'xxaxx'.strip('x') }}|{{ '  a '.strip() }}|{{ '\u00a0a\u2003'.strip() }}|{{ 'xyax'.strip('yx') }}
{{ ' a '.strip()|length }}{{ p.s.strip('D1') }}
{{ '  a '.lstrip() }}|{{ 'xxax'.lstrip('x') }}
{{ p.s.lstrip('Disk ') }}|{{ '\n\ta'.lstrip() }}
{{ '  a '.rstrip() }}|{{ 'xxax'.rstrip('x') }}
{{ p.s.rstrip('1-db') }}|{{ 'a\n\n'.rstrip() }}|
{{ p.s.rsplit(' ', 1)[1] }}{{ 'a,b,c'.rsplit(',', 1) }}{{ 'a b  c'.rsplit() }}
{{ 'a.b.c'.rsplit('.') }}{{ 'a.b.c'.rsplit('.', 1)[0] }}
{{ p.t.splitlines() }}{{ p.t.splitlines()[0] }}{{ 'a\r\nb\x0bc'.splitlines()|length }}
{{ p.s is eq(p.s) }}{{ p.l|select('==', 3)|list }}{{ p.o|selectattr('k', '==', 'x')|map(attribute='v')|list }}
{{ p.w|reject('==', 'A')|join }}{{ p.l|select('==', 9)|first is defined }}
{{ p.neg|abs }}{{ (-2.5)|abs }}{{ (0 - p.n)|abs }}
{{ 'x'|int(7) }}{{ 'x'|int }}{{ p.s|int(default=3) }}{{ p.z|int(-1) }}{{ p.l|int(2) }}
{{ 'x'|float(1.5) }}{{ p.z|float(default=2.5) }}{{ p.s|float }}{{ p.d|float('d') }}
{{ (p.s|safe) is escaped }}{{ p.s is escaped }}{{ p.s|e is escaped }}{{ '<b>'|safe }}{{ '<b>'|e }}{{ '<b>'|escape }}
{{ '<a>'|escape }}{{ p.s|escape is escaped }}{{ ('<'|e)|e }}
{{ p.d.get('a') }}{{ p.d.get('zz') }}{{ p.d.get('zz', 'dflt') }}{{ {'k': 1}.get('k', 2) }}{{ p.d.get('items') }}
{{ p.d.keys() is mapping }}{{ p.d.keys()|list }}{{ 'a' in p.d.keys() }}{{ p.d.keys()|join }}
{% set ns = namespace(v=1) %}{{ ns.v }}{{ ns.nope }}{{ ns.nope is defined }}{{ ns.v is defined }}
{{ '%700d'|format(5) }}
{{ '%0999d|%-999d|%99.1f'|format(5, 6, 7.5)|length }}{{ '%.999f'|format(1.5) }}
{{ ('x' * 3) }}{{ 'b' in p.nope }}{{ p.w[::-1] }}
]=])

-- JSON; attributes of what has none; texts repeated and formatted.
list:lines([[{"p":{"o":{"b":[1,2.5,"<a> & 'q'",null,true],"a":{"z":"\u00e9","y":{}},"e":[]},"s":"text","z":null,"j":"{\"k\": [1, {\"x\": \"y\"}], \"f\": 1.5}","n":3,"bad":"{nope"}}]], [=[
{{ p.o|tojson }}{{ p.s|tojson }}{{ p.n|tojson }}{{ p.z|tojson }}{{ 2.5|tojson }}
{{ p.o|tojson(2) }}{{ [1, 'b', {'k': p.o.a}]|tojson(indent=1) }}{{ []|tojson(4) }}{{ {}|tojson(none) }}
{{ p.o|tojson is escaped }}{{ {'b': 1, 'a': (1, p.s)}|tojson }}{{ p.o|tojson|regex_search('q') }}
{{ p.o|tojson|length > 5 }}{{ p.o|tojson|replace('"', '') }}{{ (p.s|e)|tojson }}
{{ p.o|tojson_pretty }}{{ {'b': p.o, 'a': [], 'c': [{}]}|tojson_pretty }}
{{ p.s|tojson_pretty }}{{ [1, [2, [3]]]|tojson_pretty }}{{ nope|tojson_pretty }}
{{ {'k': [p.z, p.n]}|tojson_pretty }}{{ p.o.e|tojson_pretty }}{{ p.o.b|tojson_pretty }}
{% set c = p.o.copy() %}{% set _ = c.pop('a') %}{{ c|tojson_pretty|length }}{{ c|tojson_pretty }}
{{ p.o|json_dumps }}{{ p.s|json_dumps }}{{ p.o.a|json_dumps|upper }}
{{ {'b': 1, 'a': [true, none, 1.0]}|json_dumps }}{{ 5|json_dumps }}
{{ (1, 'é')|json_dumps }}{{ [dict(a=p.o.e)]|json_dumps }}
{{ nope|json_dumps }}
{{ (p.j|parse_json).k }}{{ (p.j|parse_json).k[1].x }}{{ (p.j|parse_json).f + 1 }}
{% set j = p.j|parse_json %}{% for k, v in j.items() %}{{ k }}={{ v }};{% endfor %}{{ j|tojson }}{{ j == p.j|parse_json }}
{{ '[3, 1, 2]'|parse_json|sort }}{{ '"x"'|parse_json }}{{ ' 5 '|parse_json + 1 }}{{ 'null'|parse_json is none }}
{{ p.bad|parse_json }}{{ '[NaN]'|parse_json }}{{ p.n|parse_json }}
{% set j = '{"a": {"b": 1}}'|parse_json %}{{ j.update({'c': 2}) }}{{ j }}{{ j.a.pop('b') }}{{ j }}
{{ '{"a": 1, "a": 2}'|parse_json }}{{ '{"a": 12345678901234567890}'|parse_json }}{{ '1e400'|parse_json }}
{{ p.z.name }}{{ p.z.a is defined }}{{ p.z['x'] is defined }}{{ p.s.name }}{{ p.s.nope is defined }}{{ p.s['nope']|default('d') }}
{{ [p.o, p.s]|map(attribute='a')|list|length }}{{ (p.z or {}).name }}{{ p.s.title() }}
{{ p.z.name.x }}
{{ p.s.title }}
{{ p.z.__class__ }}{{ p.s['upper']() }}{{ p.s._x is defined }}
{{ '-' * p.n }}{{ p.n * 'ab' }}{{ 'x' * 0 }}{{ 'x' * -3 }}{{ '' * 9 }}{{ 'é' * true }}
{{ ('=' * p.s|length) ~ '|' }}{{ '  ' * 2 }}
{{ p.s * p.n }}{{ p.s * 2.0 }}
{{ '%s-%s' % (p.s, p.n) }}{{ '%d%%' % p.n }}{{ '%.2f' % 2.345 }}{{ '%5.1f|%-4d|%04d' % (1.25, 3, p.n) }}
{{ '%s' % p.o.e }}{{ '%s %s' % ('a', p.z) }}{{ 'x' % () }}{{ '%s' % (p.o.a,) }}{{ '%s' % nope }}
{{ '%s' % p.o }}{{ '%(n)s' % p }}{{ 'x' % [] }}
{{ '%s %s' % p.s }}
{{ '%d' % p.s }}
{{ 'x' % 1 }}
]=])

-- Times, and dicts made of dicts.
list:lines('{"at":"2024-05-04T02:11:42.317Z","off":"2024-02-29T12:30:00+02:00","naive":"2026-12-31 23:59:59","ms":1714788702317,"s":1714788702,"f":1714788702.25,"d":{"a":1,"b":2},"pairs":[["k",1],["z",2]]}', [=[
{{ s|timestamp_to_datetime|datetimeformat }}{{ s|timestamp_to_datetime }}{{ 0|timestamp_to_datetime }}
{{ f|timestamp_to_datetime|datetimeformat('%H:%M:%S.%f') }}{{ (ms / 1000)|timestamp_to_datetime }}{{ (-0.5)|timestamp_to_datetime }}
{{ (ms // 1000)|timestamp_to_datetime|datetimeformat('%A %j %T %F') }}{{ 1.0000005|timestamp_to_datetime }}
{{ ms|timestamp_to_datetime }}{{ 'x'|timestamp_to_datetime }}
{{ at|iso8601_to_time }}|{{ off|iso8601_to_time }}|{{ naive|iso8601_to_time }}|{{ '2024-05-04T02:11:42-05:30'|iso8601_to_time }}
{{ at|iso8601_to_time|string|length }}{{ (naive|iso8601_to_time) ~ '!' }}{{ [naive|iso8601_to_time]|join }}
{{ at|iso8601_to_time|datetimeformat_as_timezone('%d %b %H:%M %Z', 'Europe/Berlin') }}{{ off|iso8601_to_time|datetimeformat_as_timezone('%H:%M %z', 'Asia/Kolkata') }}
{{ naive|iso8601_to_time|datetimeformat_as_timezone(tz='America/New_York') }}{{ s|timestamp_to_datetime|datetimeformat_as_timezone('%F %T %Z%z', 'Asia/Tokyo') }}
{{ at|iso8601_to_time|datetimeformat_as_timezone }}{{ at|iso8601_to_time|datetimeformat_as_timezone('%H:%M:%S') }}{{ at|iso8601_to_time|datetimeformat_as_timezone('%H %Z', 'utc') }}
{{ at|iso8601_to_time|datetimeformat_as_timezone('%H', 'America/St_Johns') }}{{ '2024-11-03T06:30:00Z'|iso8601_to_time|datetimeformat_as_timezone('%H:%M %Z', 'America/New_York') }}
{{ at|iso8601_to_time|datetimeformat_as_timezone('%H', 'Nowhere/At_All') }}
{{ at|iso8601_to_time|datetimeformat('%Z|%z|%H') }}{{ naive|iso8601_to_time|datetimeformat('[%Z%z]') }}
{{ at|iso8601_to_time|datetimeformat('%j') }}{{ naive|iso8601_to_time|datetimeformat('%j %I') }}{{ 'no time'|iso8601_to_time }}{{ d|iso8601_to_time }}
{{ dict(d) }}{{ dict(d, c=3) }}{{ dict(d, a=9, **{'x': 1}) }}{{ dict(**d) }}{{ dict(d.items()) }}{{ dict(pairs) }}{{ dict([('p', 1)], q=2) }}
{% set l = {} %}{% set l = dict(l, **d) %}{% set l = dict(l, **{'status': s}) %}{{ l|tojson }}{{ d }}
{% set c = dict(d) %}{% set _ = c.update({'a': 'new'}) %}{{ c }}{{ d }}{{ dict(c, **d) == d }}
{{ dict(d, a=1, **{'a': 2}) }}
{{ dict(d, d) }}
{{ dict(5) }}
{{ dict(nope) }}
{{ dict(nope, a=1) }}
{{ namespace(**d).b }}{{ namespace(a=1, **d) }}
{{ dict(**nope) }}
{{ dict('ab') }}
{% macro m(a, b=0) %}{{ a }}-{{ b }}{% endmacro %}{{ m(**d) }}{{ m(1, **{'b': 5}) }}
]=])

-- Lazy filters and lengths of loops where values change.
list:lines('{"l":[3,1,2],"o":[{"k":"x"},{"k":"y"}],"d":{"a":1,"b":2}}', [=[
{% set c = l.copy() %}{{ c.append(5) }}{{ c|map('string')|join('-') }}{{ c|select('odd')|list }}{{ c|reverse|join }}{{ c|unique|sort }}
{% set c = o|map(attribute='k')|list %}{{ c.append('z') }}{{ c|map('upper')|select('in', ['X', 'Z'])|join(',') }}{{ o|selectattr('k', 'eq', 'x')|map(attribute='k')|first }}
{% set c = l.copy() %}{% set g = c|map('string') %}{{ c.append(9) }}{{ g|list }}
{% set c = l.copy() %}{% set g = c|select('odd')|default([]) %}{{ c.append(9) }}{{ g|list }}{{ c|reverse|default(1)|list }}
{% set c = l.copy() %}{{ c|map('string')|join(c.pop()|string) }}{{ c|reject('gt', 1)|join(c.append(0)|string) }}
{% set c = l.copy() %}{% for x in c|map('string') %}{{ x }}{% if loop.first %}{{ c.append(7) }}{% endif %}{% endfor %}
{% set c = l.copy() %}{% filter upper %}{{ c.append('q') }}{% endfilter %}{% set s | list | join %}{{ c|reverse|join }}{% endset %}{{ s }}
{% set c = d.copy() %}{% for k in d %}{{ c.pop(k) }}{{ ', ' if not loop.last }}{{ loop.length }}{{ loop.revindex }}{% endfor %}{{ c }}
{% set c = d.copy() %}{% for k, v in d.items() %}{{ k }}={{ c.pop(k) }}{% if not loop.last %}; {% endif %}{% endfor %}{{ c|length }}
{% set c = l.copy() %}{% for x in c %}{% if loop.first %}{{ c.append(4) }}{% endif %}{{ loop.last }}{{ x }}{% endfor %}
{% set c = l.copy() %}{% for x in c %}{{ c.pop() }}{{ loop.length }}{% endfor %}
{% set c = l.copy() %}{% for x in l if x != c.pop() %}{{ x }}{{ loop.last }}{% endfor %}{{ c }}
{% for x in l %}{{ l.pop(0) }}{{ loop.last }}{{ loop.length }}{% endfor %}{{ l }}
]=])

-- A condition whose answer depends on when it is asked, beside what asks for the items to come.
list:lines('{"l":[3,1,2,4,5]}', [=[
{% set c = [1, 2, 3, 4, 5, 6, 7, 8] %}{% for x in l if x != c.pop() %}{{ x }}{{ loop.last }}{% endfor %}{{ c }}
{% set c = [1, 2, 3, 4, 5, 6, 7, 8] %}{% for x in l if x != c.pop() %}{{ x }}{{ loop.length }}{{ c }}{% endfor %}{{ c }}
{% set ns = namespace(v=0) %}{% macro m() %}{% set ns.v = ns.v + 1 %}{{ ns.v }}{% endmacro %}{% for x in l if m() != '2' %}{{ x }}{{ loop.last }}{{ ns.v }}{% endfor %}
{% set ns = namespace(v=0) %}{% macro m() %}{% set ns.v = ns.v + 1 %}{{ ns.v }}{% endmacro %}{% for x in l if x != ns.v %}{{ m() }}{{ x }}{{ loop.revindex }}{% endfor %}
{% set ns = namespace(s=[1]) %}{% for x in l if x not in ns.s %}{% set ns.s = ns.s + [2] %}{{ x }}{{ loop.last }}{% endfor %}
{% set ns = namespace(s=[1]) %}{% for x in l if x not in ns.s %}{% set ns.s = ns.s + [2] %}{{ x }}{{ loop.length }}{% endfor %}
{% set ns = namespace(s=[1]) %}{% for x in l if x not in ns.s %}{% set ns.s = ns.s + [2] %}{{ x }}{{ loop.index }}{{ loop.first }}{% endfor %}
{% set ns = namespace(s=[1]) %}{% for (x, y) in [(3, 1), (1, 2), (2, 2), (4, 1)] if x not in ns.s %}{% set ns.s = ns.s + [y] %}{{ x }}{{ loop.last }}{{ loop.nextitem }}{% else %}none{% endfor %}{{ ns.s }}
{% set ns = namespace(s=[1]) %}{% for x in [l, [l, 3]] if x not in ns.s recursive %}{% set ns.s = ns.s + [2] %}{{ loop.last }}{{ loop(x) if x is iterable else x }}{% endfor %}
{% set ns = namespace(s=l) %}{% for x in ns.s %}{% set ns.s = ns.s + [2] %}{{ x }}{{ loop.last }}{% endfor %}
]=])

-- A dict that changes while it is gone through: as large as before, but other items.
list:lines('{"d":{"a":1,"b":2,"c":3}}', [=[
{% set c = d.copy() %}{% for k, v in c.items() %}{% set _ = c.update({k: v + 1}) %}{{ k }}{{ v }}{% endfor %}{{ c }}
{% set c = d.copy() %}{% for k in d %}{% set _ = c.pop(k) %}{{ c }}{% endfor %}
{% set c = d.copy() %}{% for k in c %}{% set _ = c.pop(k) %}{% endfor %}
]=])

list:texts(CONTEXT, [=[
{% do p.n %}{% do p.d.get('a') %}a{% set c = p.l.copy() %}{% do c.append(p.n) %}{{ c }}
----
{% set c = p.d.copy() %}{% do c.pop('a') %}{% do c.pop('nope', none) %}{{ c }}{% for k in p.w %}{% do c.update({k: loop.index}) %}{% endfor %}{{ c }}
----
{% for i in p.l %}{% do p.s.upper() %}{% do 1 + 1 %}{{ i }}{% endfor %}
]=], { options = '{"extensions":["do"]}' })

return list
