--- The runtime's values, filters, tests and methods. One template a line; every group has one context.
local list <const> = require("differential").list()

-- Printing and repr ----------------------------------------------------------------------------------------------------

list:lines('{"f":[0.0001,1e-05,0.1,0.30000000000000004,1000000000000000.0,1e16,123456789.12345679,5e-324,1.7976931348623157e308,-0.0,5.684341886080802e-14,100.0,1e22,2.5],"i":[0,-1,9223372036854775807,-9223372036854775808,9223372036854775808,123456789012345678901234567890],"s":["it\'s","say \\"hi\\"","both \' and \\"","tab\\tnl\\ncr\\r","back\\\\slash","\\u00e9\\u4e2d\\ud83d\\ude00","\\u00a0\\u00ad\\u200b\\u200d\\u202e\\u2028\\u3000\\ufeff\\ue000","\\u0000\\u001f\\u007f\\u0080"],"n":null,"b":[true,false],"d":{"b":1,"a":{"x":[1,{"y":null}]},"":2},"e":[[],{},""]}', [=[
{{ f }}
{{ i }}
{{ '[{:014c}]'.format(1) }}|{{ '[{:14c}]'.format(97) }}|{{ '[{:<14c}]'.format(97) }}|{{ '[{:=14c}]'.format(97) }}
{{ '[%05c]' % 123456789012345678901234567890 }}
{{ '[%c]' % 9223372036854775807 }}
{{ '[%c]' % 'ab' }}
{{ '{:#c}'.format(97) }}
{{ '{:+c}'.format(97) }}
{{ '[%c]' % 1.5 }}
{{ {''|e: 1}|list }}{{ {('<'|e): 1} }}
{% for x in [0.5, 3.0, 1e16, 1e22, 123.456, 0.0001, 1e-7, 100000.0, 0.0] %}{{ '{:#}|{:#.3}|{:#g}|{:#.0f}|{:#.2e}|{:#.1}'.format(x, x, x, x, x, x) }};{% endfor %}
{% for x in f %}{{ '{:.1}|{:.2}|{:.0}|{:.17}|{:+}|{:,}|{:_}|{:012}|{:<12}|{:.3%}|{:n}'.format(x, x, x, x, x, x, x, x, x, x, x) }};{% endfor %}
{{ '{:.1}|{:.0}|{:#.0}|{:.2}'.format(0.0, 0.0, 0.0, 0.0) }}
{{ '[%.0%]' % true }}
{{ '[%5%]' % () }}
{{ '[%5%]' % 1 }}
{{ '[%-%]' % (1,) }}
{{ '%(a)%' % {'a': 1} }}
{{ '%l%' % 1 }}
{{ '%ld %hd %Ld' % (1, 2, 3) }}
{{ s }}
{{ n }}{{ b }}
{{ d }}
{{ e }}
{% for x in f %}{{ x }};{% endfor %}
{% for x in i %}{{ x }};{% endfor %}
{{ (1,) }}{{ (1, 2) }}{{ () }}{{ [()] }}
{{ {1: 'a', 2.5: 'b', true: 'c', none: 'd', (1, 2): 'e'} }}
{{ {1: 'a', 1.0: 'b', true: 'c'} }}
{{ {'a': 1, 'b': 2, 'a': 3} }}
{{ [nope, {'k': nope}] }}
{{ [('<b>'|e), ('x'|safe)] }}
{{ d.keys() }}{{ d.values() }}{{ d.items() }}
{{ 1e999 }}{{ [1e999, -1e999] }}
{{ 1e3 }} {{ 1.50 }} {{ 0.1 + 0.2 }} {{ 1e100 }} {{ 1e-7 }}
{{ true }}{{ false }}{{ none }}
{{ [true, none, 1.0] }}
{{ namespace(a=1, b='x') }}
{{ dict }}{{ namespace }}{{ cycler }}{{ joiner }}
{{ d.get }}
{{ [1]|map('upper') }}{{ [1]|select }}{{ [1]|batch(2) }}{{ [1]|slice(2) }}{{ {}|items }}
{{ [1]|reverse }}{{ (1,)|reverse }}
{% set l = [1] %}{% set _ = l.append(l) %}{{ l }}
{% set l = {} %}{% set _ = l.update(a=l) %}{{ l }}
{{ 'a' ~ 1 ~ none ~ 2.0 ~ nope ~ [1] }}
{{ range(3) }}{{ range(1, 4) }}{{ range(0, 10, 3) }}
{{ (range(10))[2:8:2] }}{{ range(10)[-1] }}{{ range(5)[9] }}
{{ range(10)[::3] }}{{ range(10)[::-3] }}{{ range(10)[5:2] }}{{ range(2, 20, 3)[1:4] }}{{ range(5)[7:] }}{{ range(9, 0, -2)[1:3] }}{{ range(9, 0, -2)[::-1] }}
{{ range(5)[::9223372036854775807] }}{{ range(5)[::-9223372036854775807] }}{{ range(10)[::3]|list }}{{ range(10)[::-3]|list }}
{{ range(-9223372036854775807 - 1, 9223372036854775807, 9223372036854775807)|list }}{{ range(9223372036854775807, -9223372036854775807 - 1, -9223372036854775807)|list }}
{{ range(9223372036854775807, -9223372036854775807 - 1, -9223372036854775807 - 1)|list }}{{ range(5, 5)|list }}{{ range(5, 6, 9223372036854775807)|list }}
{{ range(-9223372036854775807 - 1, 9223372036854775807, 3) }}
{{ 'a'.encode() }}{{ 'hé'.encode() }}{{ "it's".encode() }}
{{ 'a'.encode('nope', {}) }}
{{ 'a'.encode().decode('nope', 1) }}
{{ 'a'.encode('latin1', 3) }}
{{ (() if true) and 1|nope }}|{{ (not [0]) and 1|nope }}|{{ [0] or 1|nope }}
{{ ((0 or []) if 1 else x) and 1|nope }}
{{ [x] and 1|nope }}
{{ ('a' if 0) or 1|nope }}
]=])

-- Arithmetic -----------------------------------------------------------------------------------------------------------

list:lines(nil, [=[
{{ 1 + 2 }} {{ 1 + 2.0 }} {{ true + true }} {{ 'a' + 'b' }} {{ [1] + [2] }} {{ (1,) + (2,) }}
{{ 9223372036854775807 + 1 }} {{ -9223372036854775807 - 2 }} {{ 9223372036854775807 * 9223372036854775807 }}
{{ 4611686018427387904 * 2 }} {{ 3037000500 * 3037000500 }} {{ -4611686018427387904 * 2 }} {{ 9223372036854775808 - 1 }}
{{ 2 ** 62 }} {{ 2 ** 63 }} {{ 2 ** 64 }} {{ 2 ** 200 }} {{ (-3) ** 41 }} {{ 10 ** 30 // 7 }} {{ 10 ** 30 % 7 }}
{{ -10 ** 30 // 7 }} {{ (-10) ** 31 % 7 }} {{ 10 ** 30 // -7 }} {{ 10 ** 30 % -7 }}
{{ 7 / 2 }} {{ 6 / 2 }} {{ -7 // 2 }} {{ -7 % 2 }} {{ 7 // -2 }} {{ 7 % -2 }} {{ 7 // 2 }}
{{ -7.5 // 2 }} {{ -7.5 % 2 }} {{ 7.5 % -2 }} {{ -5.0 % 5 }} {{ 5.0 % -5 }} {{ 2.5 // 0.1 }} {{ 3.0 // 0.1 }} {{ 0.0 // -1 }}
{{ 1e308 * 10 }} {{ 1e308 * 10 - 1e308 * 10 }} {{ 9007199254740993 / 1 }} {{ 10 ** 40 / 10 ** 20 }} {{ 1 / 3 }} {{ 10 ** 400 / 10 ** 399 }}
{{ 18446744073709551615 / 3 }} {{ 2 ** 100 / 3 }} {{ 2 ** 53 + 1.0 }} {{ 123456789012345678901234567890 / 1e10 }}
{{ 10 ** 400 / 3 }}
{{ 10 ** 400 * 1.0 }}
{{ 2 ** -1 }} {{ 2.0 ** 3 }} {{ 4 ** 0.5 }} {{ (-2) ** 3 }} {{ 0 ** 0 }} {{ 1.5 ** 2 }} {{ 10 ** -2 }}
{{ 0 ** -1 }}
{{ 10.0 ** 400 }}
{{ 1 / 0 }}
{{ 1.0 / 0 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1.0 // 0 }}
{{ 1.0 % 0 }}
{{ -9223372036854775808 // -1 }} {{ -(-9223372036854775808) }} {{ (-9223372036854775808)|abs }}
{{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ 'ab' * 0 }} {{ 'ab' * -1 }} {{ [1, 2] * 2 }} {{ 2 * (1,) }} {{ 'a' * true }}
{{ 'a' * 2.0 }}
{{ 'a' * 'b' }}
{{ [1] * none }}
{{ 'a' + 1 }}
{{ 1 + 'a' }}
{{ [1] + (2,) }}
{{ [1] + 'a' }}
{{ {} + {} }}
{{ none + 1 }}
{{ 'a' - 'b' }}
{{ 'a' / 2 }}
{{ 'a' // 2 }}
{{ 'a' ** 2 }}
{{ [] % 2 }}
{{ -'a' }}
{{ +[] }}
{{ -none }}
{{ -true }} {{ +true }} {{ +5 }} {{ -0.0 }} {{ - 3 }}
{{ nope + 1 }}
{{ 1 + nope }}
{{ 'a' + nope }}
{{ nope * 2 }}
{{ 2 * nope }}
{{ 'a' * nope }}
{{ -nope }}
{{ nope ** 2 }}
{{ 1 ~ 2 + 3 }}
{{ ('<'|e) + '<' }} {{ '<' + ('<'|e) }} {{ ('<'|e) * 2 }} {{ '%s' % ('<'|e) }} {{ ('%s<'|safe) % '<' }}
{{ ('<'|e) + 1 }}
{{ 12345678901234567890 + 1.5 }} {{ 12345678901234567890 - 12345678901234567889 }} {{ 12345678901234567890 * 0 }}
{{ 12345678901234567890 // 10 ** 10 }} {{ 12345678901234567890 % 1000 }} {{ 12345678901234567890 * -1 }} {{ -(12345678901234567890) }}
{{ 0.1 + 0.7 }} {{ 1.1 * 3 }} {{ 100 * 1.1 }} {{ 5 // 2.0 }} {{ 5 % 2.5 }} {{ 1e20 // 3 }} {{ 1e20 % 3 }}
{{ (0.5).is_integer() }} {{ (2.0).is_integer() }} {{ (255).bit_length() }} {{ (-1).bit_length() }} {{ (2**70).bit_length() }} {{ 5 .real }} {{ (0.75).as_integer_ratio() }}
]=])

-- Comparison, membership, truth ----------------------------------------------------------------------------------------

list:lines('{"p":{"a":1,"b":[1,2],"n":null,"s":"text","big":18446744073709551615}}', [=[
{{ 1 == 1.0 }} {{ 1 == true }} {{ 0 == false }} {{ 'a' == 'a' }} {{ none == none }} {{ 1 == '1' }} {{ [] == () }}
{{ [1, 2] == [1, 2.0] }} {{ (1,) == (1,) }} {{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }} {{ {'a': 1} == {'a': 2} }} {{ {} == {} }}
{{ 9007199254740993 == 9007199254740992.0 }} {{ 2**64 == 2.0**64 }} {{ p.big == 18446744073709551615 }} {{ p.big != 2**64 }} {{ 2**64 in [2**64] }}
{{ nope == nope }} {{ nope == none }} {{ nope == 1 }} {{ nope != 1 }} {{ nope == other }} {{ ('<'|e) == '&lt;' }} {{ '&lt;' == ('<'|e) }}
{{ 1 < 2 }} {{ 1 < 1.5 }} {{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ 'é' > 'z' }} {{ [1, 2] < [1, 3] }} {{ [1] < [1, 2] }} {{ (1, 'a') < (1, 'b') }}
{{ true < 2 }} {{ false <= 0 }} {{ 2**64 > 1 }} {{ 2**64 < 1e30 }} {{ 1e30 > 2**64 }} {{ -2**64 < 0 }} {{ 2**64 >= 2**64 }} {{ 2**65 > 2**64 }}
{{ 1 < 'a' }}
{{ 'a' < 1 }}
{{ none < 1 }}
{{ {} < {} }}
{{ [] < () }}
{{ [1] < ['a'] }}
{{ 1 <= none }}
{{ 'a' >= 1 }}
{{ [1] > 1 }}
{{ nope < 1 }}
{{ 1 > nope }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 in [1] == true }}
{{ 'a' in 'abc' }} {{ '' in 'abc' }} {{ 'x' not in 'abc' }} {{ 1 in [1, 2] }} {{ 1.0 in [1] }} {{ true in [1] }} {{ 'a' in {'a': 1} }} {{ 1 in {true: 1} }} {{ 'a' in p }}
{{ 'a' in nope }} {{ nope in [1] }} {{ nope in [nope] }} {{ [1] in [[1]] }} {{ none in [none] }} {{ 'a' in ('a', 'b') }} {{ 'k' in {'k': 1}.keys() }} {{ 1 in {'k': 1}.values() }} {{ ('k', 1) in {'k': 1}.items() }}
{{ 1 in 'abc' }}
{{ nope in 'abc' }}
{{ 1 in 5 }}
{{ 'a' in none }}
{{ [] in {} }}
{{ 3 in [1, 2, 3]|map('int') }} {{ 3 in range(5) }} {{ 7 in range(5) }} {{ 4 in range(0, 10, 3) }} {{ 'a' in range(3) }}
{{ not 0 }} {{ not '' }} {{ not [] }} {{ not {} }} {{ not none }} {{ not nope }} {{ not 0.0 }} {{ not '0' }} {{ not [0] }} {{ not ([]|map('upper')) }} {{ not namespace() }} {{ not (''|safe) }}
{{ 1 and 0 }} {{ 0 or 'x' }} {{ none or nope or 0 }} {{ 'a' and 'b' }} {{ p.n or 'none' }} {{ p.b and p.b[0] }}
{{ 'yes' if p.b else 'no' }} {{ 'x' if false }} {{ p.get('zz') or 'd' }}
{{ p.a == 1 and p.s == 'text' }} {{ p.b == [1, 2] }} {{ p == p }} {{ p.b is sameas p.b }} {{ [] is sameas [] }}
{{ {'a': 1}.keys() == {'a': 2}.keys() }} {{ {'a': 1}.items() == {'a': 1}.items() }} {{ range(3) == range(0, 3, 1) }}
]=])

-- Access and undefined -------------------------------------------------------------------------------------------------

list:lines('{"payload":{"title":"T","items":["data"],"values":{"B":2},"list":[10,20,30],"s":"hello","n":null,"i":5,"f":1.5,"_x":"under","__class__":"cls","alerts":[{"labels":{"a":"x"},"v":1},{"labels":{},"v":2}]}}', [=[
{{ payload.title }} {{ payload['title'] }} {{ payload.nope }} {{ payload['nope'] }}
{{ payload.a.b }}
{{ payload.nope.x | default('d') }}
{{ payload.get('a').b }}
{{ payload.get('a').b.c }}
{{ payload.items }}
{{ payload['items'] }} {{ payload.values.B }} {{ payload['values'].B }} {{ payload['values']['B'] }}
{{ payload.values|length }}
{% for c in payload.items %}{{ c }}{% endfor %}
{{ payload.list[0] }} {{ payload.list[-1] }} {{ payload.list[5] }} {{ payload.list['0'] }} {{ payload.list.0 }} {{ payload.list[1.0] }} {{ payload.list[true] }}
{{ payload.list[1:] }} {{ payload.list[:-1] }} {{ payload.list[::-1] }} {{ payload.list[5:] }} {{ payload.s[1:3] }} {{ payload.s[::-1] }} {{ payload.s[-2:] }} {{ payload.s[::2] }} {{ payload.s[-100:100] }} {{ payload.s[4:1:-1] }}
{{ payload.s[0] }} {{ payload.s[-1] }} {{ payload.s[9] }} {{ payload.s.upper() }} {{ payload.s['upper']() }} {{ payload.s.nope }} {{ payload.i.x }} {{ payload.n.x }} {{ payload.n['x'] }}
{{ payload.s[::0] }}
{% set s = payload.s %}{{ s['a':] }}
{{ payload.n[0:1] }}
{{ payload.i[0:1] }}
{{ payload.nope[0:1] }}
{{ payload[nope] }} {{ payload[none] }} {{ payload[[]] }} {{ payload[1, 2] }} {{ payload[1] }}
{{ payload.get([]) }}
{{ payload._x }} {{ payload['_x'] }} {{ payload['__class__'] }} {{ payload.__class__ }}|{{ payload.__class__ is defined }}
{{ payload.__class__.x }}
{{ payload.s.__class__ }}|{{ payload.s.__len__() }}
{{ ''.__class__.__mro__ }}
{{ payload.list.append.__self__ }}|{{ payload|attr('__class__') }}
{{ payload.nope() }}
{{ payload.title() }}
{{ payload.s.nope() }}
{{ nope() }}
{{ nope.x }}
{{ nope['x'] }}
{{ nope[0] }}
{{ 5() }}
{{ none() }}
{{ 'a'() }}
{{ payload.s|attr('upper') is callable }} {{ payload|attr('title') }} {{ payload|attr('items') is callable }}
{{ payload.alerts[0].labels.a }} {{ payload.alerts[1].labels.a }} {{ payload.alerts[0]['labels']['a'] }}
{{ payload.alerts[9].labels }}
{{ payload.alerts[1].labels.a.b }}
{{ payload.list.x.y }}
{{ payload.i.x.y }}
{{ payload.n.x.y }}
{{ payload.list[7].y }}
{{ payload.get('title') }} {{ payload.get('zz') }} {{ payload.get('zz', 'd') }} {{ payload.get('n', 'd') }} {{ payload.get(nope) }} {{ payload.get(nope, 'd') }}
{{ payload.get('values', {}).get('B') }} {{ payload.get('zz', {}).get('B', 0) }}
{{ payload.get() }}
{{ payload.get(1, 2, 3) }}
{{ payload.get('a', default=1) }}
{{ {'critical': 'red', 'warning': 'orange'}[payload.nope] | default('grey') }} {{ {'a': 1}['a'] }} {{ {1: 'x'}[1] }} {{ {1: 'x'}[1.0] }} {{ {1: 'x'}[true] }} {{ {none: 'x'}[none] }} {{ {(1, 2): 'x'}[1, 2] }} {{ {nope: 'x'}[zip] }}
{{ nope is defined }} {{ nope }} {{ nope|length }} {{ nope|list }} {{ nope|join(',') }} {{ nope|upper }} {{ nope|default('d') }} {{ nope or 'x' }}
{{ nope|int }}
{{ nope|float }}
{{ nope|abs }}
{{ nope|round }}
{{ nope|indent }}
{{ nope|dictsort }}
{{ nope|filesizeformat }}
{{ nope|attr('x') }}
{{ nope|tojson }}
{{ nope|first }}{{ nope|last }}{{ nope|sum }}{{ nope|sort }}{{ nope|map('upper')|list }}{{ nope|select|list }}{{ nope|unique|list }}{{ nope|groupby('x') }}{{ nope|reverse|list }}{{ nope|min }}{{ nope|max }}
{{ nope|trim }}{{ nope|title }}{{ nope|replace('a', 'b') }}{{ nope|e }}{{ nope|urlencode }}{{ nope|striptags }}{{ nope|truncate }}{{ nope|wordcount }}{{ nope|items|list }}{{ nope|string }}{{ nope|capitalize }}
{{ nope|first|length }} {{ [nope] == [nope2] }} {{ {nope: 1} }} {{ nope is none }} {{ nope is string }} {{ nope is iterable }} {{ nope is sequence }} {{ nope is callable }} {{ nope is mapping }}
{{ '%s' % nope }} {{ '%s|%s' % (nope, 1) }} {{ '{}'.format(nope) }} {{ '{:5}'.format(1) }}
{{ '%d' % nope }}
{{ '{:5}'.format(nope) }}
{{ 'a'.join(nope) }} {{ 'abc'.replace('a', nope) }}
{% for x in nope %}x{% else %}empty{% endfor %}
{% for x in none %}{% endfor %}
{% for x in 5 %}{% endfor %}
{% for x in true %}{% endfor %}
{% for a, b in [[1, 2], (3, 4)] %}{{ a }}{{ b }}{% endfor %}{% for a, b in {'x': 1}.items() %}{{ a }}={{ b }}{% endfor %}{% for a, b in ['xy'] %}{{ a }}{{ b }}{% endfor %}
{% for a, b in [1] %}{% endfor %}
{% for a, b in [[1]] %}{% endfor %}
{% for a, b in [[1, 2, 3]] %}{% endfor %}
{% for c in 'héé' %}{{ c }}.{% endfor %}
{{ namespace(a=1).a }} {{ namespace(a=1)['a'] }} {{ namespace(a=1).b }} {{ namespace({'items': 1}).items }}
{% set ns = namespace(n=0) %}{% for x in [1, 2, 3] %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}
{% set ns = payload %}{% set ns.x = 1 %}
{{ namespace(a=1)|length }}
{{ namespace(1) }}
{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set _ = c.reset() %}{{ c.current }}
{{ cycler() }}
{% set j = joiner() %}{{ j() }}x{{ j() }}y{{ j() }}{% set j = joiner('|') %}{{ j() }}{{ j() }}
{{ dict(a=1, b=2) }} {{ dict({'a': 1}, b=2) }} {{ dict([('x', 1), ['y', 2]]) }} {{ dict() }} {{ dict({'a': 1}, **{'b': 3}) }}
{{ dict(1) }}
{{ dict(['abcdefghijkl']) }}
{{ dict([1]) }}
{{ dict(**{1: 2}) }}
{{ dict({}, {}) }}
{{ range() }}
{{ range('a') }}
{{ range(1, 2, 0) }}
{{ range(1000000000) }}
{{ range(5)|list }} {{ range(5, 0, -2)|list }} {{ range(0)|list }} {{ range(3)|length }} {{ range(4)|sum }} {{ range(4)|last }} {{ range(3)|reverse|list }}
{{ lipsum(0) }}
{{ payload['s']['__class__'] }}|{{ payload.s['nope'] }}
{{ payload.alerts|map(attribute='v')|list }} {{ payload.alerts|map(attribute='labels.a')|list }} {{ payload.alerts|map(attribute='labels.a', default='-')|join(',') }}
]=])

-- printf and str.format ------------------------------------------------------------------------------------------------

list:lines('{"f":3.14159,"inf":1e400,"i":42,"s":"héllo","l":[1,2],"d":{"a":1,"b":"x"},"n":null,"big":123456789012345678901234567890,"neg":-7}', [=[
{{ '%d' % i }} {{ '%5d|' % i }} {{ '%-5d|' % i }} {{ '%05d' % i }} {{ '%+d' % i }} {{ '% d' % i }} {{ '%d' % f }} {{ '%d' % -3.9 }} {{ '%d' % true }} {{ '%i' % i }} {{ '%u' % i }}
{{ '%x' % 255 }} {{ '%X' % 255 }} {{ '%o' % 8 }} {{ '%#x' % 255 }} {{ '%#X' % 255 }} {{ '%#o' % 8 }} {{ '%x' % -255 }} {{ '%08x' % 255 }} {{ '%#08x' % 255 }} {{ '%x' % big }} {{ '%o' % big }}
{{ '%d' % big }} {{ '%.3d' % 5 }} {{ '%5.3d|' % 5 }} {{ '%+.3d' % 5 }} {{ '%-+6d|' % 5 }} {{ '%05d' % neg }} {{ '% 05d' % 7 }} {{ '%.0d' % 0 }}
{{ '%f' % f }} {{ '%.2f' % f }} {{ '%8.2f|' % f }} {{ '%-8.2f|' % f }} {{ '%08.2f' % -3.14159 }} {{ '%+.1f' % f }} {{ '%e' % f }} {{ '%.3E' % f }} {{ '%g' % f }} {{ '%G' % 1e-10 }} {{ '%g' % 1e10 }} {{ '%#g' % 1.0 }} {{ '%.0f' % 2.5 }} {{ '%#.0f' % 2.5 }} {{ '%.2f' % 1.005 }} {{ '%f' % 3 }} {{ '%f' % big }} {{ '%.3f' % true }}
{{ '%f' % inf }} {{ '%F' % inf }} {{ '%05.1f' % -inf }} {{ '%e' % 0 }} {{ '%.0e' % 15 }} {{ '%g' % 100000 }} {{ '%g' % 1000000 }} {{ '%g' % 0.0001 }} {{ '%g' % 0.00001 }}
{{ '%.120f' % 0.1 }} {{ '%.30f' % 1.1 }} {{ '%.10f' % 1e15 }}
{{ '%s' % s }} {{ '%10s|' % s }} {{ '%-10s|' % s }} {{ '%.2s' % s }} {{ '%r' % s }} {{ '%a' % s }} {{ '%s' % n }} {{ '%s' % [1, 'a'] }} {{ '%s' % 1.0 }} {{ '%r' % 'x' }} {{ '%5s|%-5s|' % ('a', 'b') }}
{{ '%c' % 65 }} {{ '%c' % 'é' }} {{ '%c' % 233 }} {{ '%3c|' % 'x' }}
{{ '%s and %s' % (1, 2) }} {{ '%%' % () }} {{ '100%%' % () }} {{ '%s' % (1,) }} {{ '%(a)s-%(b)s' % d }} {{ '%(a)05d' % d }} {{ 'abc' % {} }} {{ 'abc' % [1] }} {{ '%s' % d }} {{ '%*d|' % (5, 42) }} {{ '%-*d|' % (5, 42) }} {{ '%.*f' % (2, 3.14159) }} {{ '%ld' % 5 }}
{{ '%d' % 'x' }}
{{ '%d' % n }}
{{ '%x' % 1.5 }}
{{ '%x' % 'a' }}
{{ '%f' % 'x' }}
{{ '%c' % 'ab' }}
{{ '%c' % 1114112 }}
{{ '%c' % 1.5 }}
{{ '%s %s' % 'a' }}
{{ '%s' % (1, 2) }}
{{ 'abc' % 1 }}
{{ 'abc' % 'x' }}
{{ '%(a)s' % 1 }}
{{ '%(zz)s' % d }}
{{ '%(a' % d }}
{{ '%z' % 1 }}
{{ 'é%z' % 1 }}
{{ 'abc%' % 1 }}
{{ '%*d' % ('a', 1) }}
{{ '%d' % inf }}
{{ '%s' % () }}
{{ '%s, %s!'|format('a', 'b') }} {{ '%(x)s'|format(x=1) }} {{ 'x'|format }} {{ '%d'|format(3.7) }} {{ '%s'|format([1, 2]) }}
{{ '%s'|format }}
{{ '%s'|format(1, 2) }}
{{ '%s %(a)s'|format(1, a=2) }}
{{ '{}'.format(1) }} {{ '{} {}'.format('a', 'b') }} {{ '{1} {0}'.format('a', 'b') }} {{ '{x}'.format(x=5) }} {{ '{0.a}'.format(d) }} {{ '{0[a]}'.format(d) }} {{ '{l[1]}'.format(l=l) }} {{ '{0[0]}'.format(l) }} {{ '{{}}'.format() }} {{ '{0}{0}'.format('x') }}
{{ '{!r}'.format(s) }} {{ '{!s}'.format(1) }} {{ '{!a}'.format(s) }} {{ '{0!r:>10}|'.format('ab') }} {{ '{:{}}|'.format('a', 5) }} {{ '{:{w}.{p}f}'.format(3.14159, w=8, p=2) }}
{{ '{:5}|{:<5}|{:>5}|{:^5}|{:*^6}|{:é>4}'.format('a', 'b', 'c', 'd', 'ef', 'g') }} {{ '{:.2}'.format('héllo') }} {{ '{:05}'.format('ab') }} {{ '{:s}'.format('x') }}
{{ '{:5}|{:<5}|{:^5}|{:05}|{:+}|{: }|{:-}'.format(42, 42, 42, 42, 42, 42, 42) }} {{ '{:x} {:X} {:o} {:b} {:#x} {:#b} {:#o} {:c}'.format(255, 255, 8, 5, 255, 5, 8, 65) }} {{ '{:,} {:_} {:,}'.format(1234567, 1234567, 123) }} {{ '{:010,} {:08,} {:_x} {:012_x}'.format(1234, 1234, 123456789, 123456789) }} {{ '{:=+6}'.format(5) }} {{ '{:*=6}'.format(-5) }} {{ '{:d}'.format(true) }} {{ '{:5}'.format(true) }} {{ '{}'.format(true) }} {{ '{:n}'.format(1234) }} {{ '{:,}'.format(big) }} {{ '{:x}'.format(big) }}
{{ '{:.2f} {:8.3f}|{:<8.1f}|{:+.1f} {:e} {:.2e} {:E} {:g} {:G} {:%} {:.1%}'.format(f, f, f, f, f, f, f, f, 1e-10, 0.5, 0.256) }} {{ '{:f}'.format(3) }} {{ '{:.3}'.format(1234.0) }} {{ '{:.3}'.format(3.0) }} {{ '{:.4}'.format(1234.0) }} {{ '{:.5}'.format(1234.0) }} {{ '{:,.2f}'.format(1234567.891) }} {{ '{:012,.2f}'.format(1234.5) }} {{ '{}'.format(1e16) }} {{ '{:}'.format(1.0) }} {{ '{:10}|'.format(1.5) }} {{ '{:010}'.format(-1.5) }} {{ '{:.0f}'.format(2.5) }} {{ '{:#.0f}'.format(2.5) }} {{ '{:n}'.format(1234.5) }} {{ '{:g}'.format(1000000) }} {{ '{:.10}'.format(0.1) }} {{ '{:.3}'.format(0.0) }} {{ '{:.2}'.format(1e-5) }}
{{ '{:z.1f}'.format(-0.01) }} {{ '{:.1f}'.format(-0.01) }} {{ '{:f}'.format(inf) }} {{ '{:010f}'.format(-inf) }} {{ '{:F}'.format(inf) }} {{ '{:+}'.format(inf) }}
{{ '{:d}'.format('x') }}
{{ '{:d}'.format(1.5) }}
{{ '{:s}'.format(1) }}
{{ '{:,}'.format('x') }}
{{ '{:=5}'.format('x') }}
{{ '{:+}'.format('x') }}
{{ '{:.2}'.format(5) }}
{{ '{:5}'.format(n) }}
{{ '{:5}'.format(l) }}
{{ '{:,x}'.format(5) }}
{{ '{:.}'.format(1.5) }}
{{ '{:,_}'.format(5) }}
{{ '{:zz}'.format(5) }}
{{ '{:c}'.format(-1) }}
{{ '{:+c}'.format(65) }}
{{ '{'.format(1) }}
{{ '}'.format(1) }}
{{ '{0'.format(1) }}
{{ '{a'.format(a=1) }}
{{ '{!'.format(1) }}
{{ '{!x}'.format(1) }}
{{ '{!rx}'.format(1) }}
{{ '{0.}'.format(1) }}
{{ '{0[}'.format(1) }}
{{ '{0[]}'.format(l) }}
{{ '{0[0]x}'.format(l) }}
{{ '{a{b}}'.format(a=1) }}
{{ '{} {0}'.format(1) }}
{{ '{0} {}'.format(1) }}
{{ '{:{:{}}}'.format(1, 2, 3) }}
{{ '{}'.format() }}
{{ '{5}'.format(1) }}
{{ '{x}'.format(y=1) }}
{{ '{.a}'.format(d) }}
{{ '{0.__class__}'.format(s) }}|{{ '{0.nope}'.format(s) }}|{{ '{0[zz]}'.format(d) }}
{{ '{0.__class__.__name__}'.format(s) }}
{{ '{0.nope.x}'.format(s) }}
{{ '{a} {b}'.format_map(d) }} {{ '{:>{w}}'.format('x', w=3) }}
{{ '{zz}'.format_map(d) }}
{{ '{a}'.format_map() }}
{{ '{a}'.format_map(d, 1) }}
{{ ('<{}>'|safe).format('<') }} {{ ('{:5}|'|safe).format('<') }} {{ ('{!r}'|safe).format('<') }} {{ ('{}'|safe).format('<'|e) }} {{ '{}'.format('<'|e) }}
{{ ('{:5}'|safe).format('<'|e) }}
{{ '{:>8}|{:^8}|{:<8}'.format(1.5, true, 'é') }} {{ '{:#x}|{:#010x}|{:<#8x}|'.format(31, 31, 31) }} {{ '{0:{1}}'.format(5, 3) }} {{ '{:_}'.format(1234567.5) }} {{ '{:b}'.format(-5) }} {{ '{:08.3f}'.format(-3.14159) }} {{ '{:>+8}'.format(5) }} {{ '{:^+9.2f}|'.format(5) }}
]=])

-- Methods of str -------------------------------------------------------------------------------------------------------

list:lines('{"s":"Hello World","u":"h\\u00e9ll\\u00f6 W\\u00f6rld","w":"  a  b  c ","e":"","m":"a,b,,c","nl":"a\\nb\\r\\nc\\rd\\u2028e\\u0085f\\n","g":"\\u039f\\u0394\\u039f\\u03a3 stra\\u00dfe \\ufb01 \\u01c6x \\u0130","d":"12\\u00b2\\u00bd\\u0663"}', [=[
{{ s.upper() }} {{ s.lower() }} {{ s.title() }} {{ s.capitalize() }} {{ s.swapcase() }} {{ s.casefold() }} {{ "they're bill's".title() }}
{{ u.upper() }} {{ u.lower() }} {{ u.title() }} {{ u.capitalize() }} {{ u.swapcase() }}
{{ g.upper() }} {{ g.lower() }} {{ g.title() }} {{ g.capitalize() }} {{ g.casefold() }} {{ g.swapcase() }}
{{ s.center(20) }}| {{ s.center(20, '*') }} {{ 'abc'.center(6, '-') }} {{ 'ab'.center(5) }}| {{ s.ljust(15, '.') }} {{ s.rjust(15) }} {{ u.ljust(12, 'é') }} {{ 'x'.zfill(4) }} {{ '-5'.zfill(4) }} {{ '+5'.zfill(1) }} {{ 'abc'.center(2) }}
{{ s.center(20, 'ab') }}
{{ s.center('x') }}
{{ s.center(20, 5) }}
{{ s.find('o') }} {{ s.find('o', 5) }} {{ s.find('zz') }} {{ s.rfind('o') }} {{ s.index('o') }} {{ s.count('l') }} {{ s.count('') }} {{ s.find('') }} {{ s.find('o', -4) }} {{ s.find('o', 0, 3) }} {{ s.count('l', 3, -1) }} {{ u.find('W') }} {{ u.rfind('ö') }} {{ s.rfind('o', 0, 5) }} {{ s.find('H', none, 1) }}
{{ s.index('zz') }}
{{ s.rindex('zz') }}
{{ s.find(1) }}
{{ s.find() }}
{{ s.find('a', 'b') }}
{{ s.startswith('He') }} {{ s.startswith('he') }} {{ s.endswith('ld') }} {{ s.startswith(('x', 'H')) }} {{ s.endswith(('x', 'y')) }} {{ s.startswith('World', 6) }} {{ s.startswith('') }} {{ s.endswith('Hello', 0, 5) }} {{ s.startswith(()) }}
{{ s.startswith(1) }}
{{ s.startswith(none) }}
{{ s.startswith(['H']) }}
{{ s.startswith((1,)) }}
{{ s.startswith() }}
{{ s.split() }} {{ w.split() }} {{ w.split(' ') }} {{ w.split(none, 1) }} {{ m.split(',') }} {{ m.split(',', 1) }} {{ m.split(sep=',', maxsplit=2) }} {{ e.split() }} {{ e.split(',') }} {{ m.rsplit(',', 1) }} {{ w.rsplit(none, 1) }} {{ 'a--b--c'.split('--') }} {{ s.split('zz') }} {{ w.split(maxsplit=1) }} {{ m.split(',', -1) }} {{ m.split(',', 0) }} {{ w.split(none, 0) }} {{ u.split() }}
{{ s.split('') }}
{{ s.split(1) }}
{{ s.split(',', 'x') }}
{{ s.split(nope=1) }}
{{ s.split(',', 1, 2) }}
{{ nl.splitlines() }} {{ nl.splitlines(true) }} {{ e.splitlines() }} {{ 'a\n\nb'.splitlines() }} {{ nl.splitlines(keepends=true) }}
{{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }} {{ s.partition('zz') }} {{ s.rpartition('zz') }}
{{ s.partition('') }}
{{ s.partition(1) }}
{{ w.strip() }}|{{ w.lstrip() }}|{{ w.rstrip() }}|{{ 'xxaxx'.strip('x') }} {{ 'abcba'.strip('ab') }} {{ 'éaé'.strip('é') }} {{ w.strip(none) }} {{ 'www.x.com'.lstrip('w.') }} {{ '\u00a0 x\u2003'.strip() }}
{{ s.strip(1) }}
{{ s.replace('l', 'L') }} {{ s.replace('l', 'L', 1) }} {{ s.replace('', '-') }} {{ s.replace('zz', 'x') }} {{ u.replace('ö', 'oe') }} {{ s.replace('l', '', 2) }} {{ s.replace('l', 'L', 0) }} {{ u.replace('', '.') }} {{ e.replace('', 'x') }}
{{ s.replace('l') }}
{{ s.replace('l', 1) }}
{{ s.replace(1, 'x') }}
{{ s.replace('l', none) }}
{{ s.replace('a', 'b', 'c') }}
{{ s.replace(old='a', new='b') }}
{{ ','.join(['a', 'b']) }} {{ ','.join('abc') }} {{ ','.join({'x': 1, 'y': 2}) }} {{ ''.join([]) }} {{ '-'.join(('a',)) }} {{ ', '.join(['a', 'b']|map('upper')) }}
{{ ','.join([1]) }}
{{ ','.join(['a', none]) }}
{{ ','.join(5) }}
{{ ','.join() }}
{{ 'abc'.isalpha() }} {{ 'ab1'.isalnum() }} {{ '12'.isdigit() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }} {{ '½'.isnumeric() }} {{ 'abc'.islower() }} {{ 'ABC'.isupper() }} {{ 'Abc Def'.istitle() }} {{ ' \t'.isspace() }} {{ 'abc'.isascii() }} {{ 'é'.isascii() }} {{ 'a1'.isidentifier() }} {{ '1a'.isidentifier() }} {{ 'a\n'.isprintable() }} {{ ''.isalpha() }} {{ ''.isascii() }} {{ ''.isprintable() }} {{ 'Σ'.isupper() }} {{ '٣'.isdecimal() }}
{{ 'TestHook'.removeprefix('Test') }} {{ 'MiscTests'.removesuffix('Tests') }} {{ 'abc'.removeprefix('x') }} {{ 'abc'.removesuffix('') }}
{{ 'abc'.removeprefix(1) }}
{{ 'a\tb'.expandtabs() }} {{ 'a\tb'.expandtabs(4) }} {{ 'ab\tc\nd\te'.expandtabs(tabsize=4) }}
{{ 'abc'.translate({97: 'x', 98: none, 99: 100}) }}
{{ s.upper(1) }}
{{ s.upper(x=1) }}
{{ s.zfill() }}
{{ u|length }} {{ u[1] }} {{ u[-1] }} {{ u[1:4] }} {{ u[::-1] }} {{ '👩‍👩‍👧'|length }} {{ '🇫🇷'|length }}
{{ ('<b>'|safe).upper() }} {{ ('<b>'|safe).replace('b', '<') }} {{ ('a,b'|safe).split(',') }} {{ (', '|safe).join(['<', ('<'|safe)]) }} {{ ('a'|safe).center(5, '<') }} {{ ('<b>x</b> &amp; y'|safe).striptags() }} {{ ('&lt;'|safe).unescape() }} {{ ('a'|safe).partition('b') }} {{ ('ab'|safe)[0] }} {{ ('ab'|safe)[0:1] }} {{ ('ab'|safe).isalpha() }}
{{ [('<b>'|safe).upper(), ('a b'|safe).split(), ('ab'|safe)[0], ('a'|safe) * 2, ('a'|safe) + '<'] }}
{{ 'a'.encode().decode() }} {{ 'héllo'.encode('utf-8').decode('utf-8') }} {{ 'abc'.encode('ascii') }} {{ 'é'.encode('ascii', 'ignore') }} {{ 'é'.encode('latin-1') }} {{ 'aé'.encode('ascii', 'replace') }} {{ 'é'.encode('ascii', 'xmlcharrefreplace') }}
{{ 'é'.encode('ascii') }}
{{ 'x'.encode('nope') }}
]=])

-- Methods of list, tuple and dict --------------------------------------------------------------------------------------

list:lines('{"l":[3,1,2],"d":{"a":1,"b":2,"c":3},"n":[[1,2],[3]]}', [=[
{{ l.append(4) }}{{ l }} {% set _ = l.extend([5, 6]) %}{{ l }} {% set _ = l.insert(0, 'x') %}{{ l }} {% set _ = l.insert(-1, 'y') %}{{ l }} {% set _ = l.insert(99, 'z') %}{{ l }} {{ l.pop() }} {{ l.pop(0) }} {{ l.pop(-2) }} {{ l }}
{{ l.index(1) }} {{ l.count(1) }} {{ l.copy() }} {% set _ = l.reverse() %}{{ l }} {% set _ = l.sort() %}{{ l }} {% set _ = l.sort(reverse=true) %}{{ l }} {% set _ = l.remove(1) %}{{ l }} {% set _ = l.clear() %}{{ l }}
{{ l.index(9) }}
{{ l.remove(9) }}
{{ [].pop() }}
{{ l.pop(9) }}
{{ l.pop('a') }}
{{ l.pop(1, 2) }}
{{ l.append() }}
{{ l.append(1, 2) }}
{{ l.extend(5) }}
{{ l.insert(1) }}
{{ l.sort(1) }}
{{ l.sort(nope=1) }}
{{ [1, 'a'].sort() }}
{{ l.index(3, 1) }}
{{ l.index(2, 1, 3) }} {{ l.index(2, -2) }} {{ (1, 2, 1).count(1) }} {{ (1, 2).index(2) }} {{ [1.0, true, 1].count(1) }}
{{ (1, 2).index(9) }}
{{ (1, 2).append(3) }}
{{ l.nope() }}
{% set m = l %}{% set _ = m.append(9) %}{{ l }}
{% for x in l %}{{ x }}{% if x == 3 %}{% set _ = l.append(7) %}{% endif %}{% endfor %}
{{ d.get('a') }} {{ d.get('z') }} {{ d.get('z', 0) }} {{ d.items()|list }} {{ d.keys()|list }} {{ d.values()|list }} {{ d.pop('a') }} {{ d }} {{ d.pop('z', 'def') }} {{ d.setdefault('q', 5) }} {{ d.setdefault('b', 9) }} {{ d }} {{ d.update({'b': 0}, x=1) }} {{ d }} {{ d.popitem() }} {{ d }} {{ d.copy() }} {{ d.clear() }} {{ d }}
{{ d.pop('z') }}
{{ d.pop() }}
{{ {}.popitem() }}
{{ d.update(5) }}
{{ d.update([1]) }}
{{ d.update([(1, 2, 3)]) }}
{{ d.setdefault('z') }} {{ d }} {{ d.fromkeys(['x', 'y'], 0) }} {{ {}.fromkeys('ab') }} {{ dict.fromkeys(['k']) }}
{{ d.get([]) }}
{{ {[]: 1} }}
{{ {{}: 1} }}
{% set _ = d.pop('a') %}{% set _ = d.update(a=9) %}{{ d }}
{% set _ = d.update(b=9) %}{{ d }}
{% set v = d.values() %}{% set k = d.keys() %}{% set _ = d.update(z=26) %}{{ v|list }}{{ k|list }}{{ v|length }}{{ 'z' in k }}
{{ d.keys()[0] }}|{{ d.items()|length }}|{{ d.keys()|first }}|{{ d.values()|last }}|{{ d.keys()|sort }}|{{ d.values()|sum }}
{% for k in d %}{% set _ = d.pop(k) %}{% endfor %}
{% for k in d %}{{ k }}{% set _ = d.update(new=1) %}{% endfor %}
{% set c = d.copy() %}{% set _ = c.pop('a') %}{% set _ = c.pop('nope', None) %}{{ c }} {{ d }}
{% set x = {1: 'a', 2.5: 'b', none: 'c', (1, 2): 'd', true: 'e'} %}{{ x[2.5] }}{{ x[(1, 2)] }}{{ x.get(1) }}{{ x.pop(none) }}{{ x }}{{ x|length }}{% for k, v in x.items() %}{{ k }}={{ v }};{% endfor %}{{ x.copy() == x }}
{{ d.keys().isdisjoint(['z']) }} {{ d.items() }} {{ n[0].copy() }} {{ n[1].pop() }} {{ n }}
{{ {(1, [2]): 1} }}
{{ {('a', 1): 'x', ('a', 1.0): 'y', ('b',): 'z'} }} {{ {2**70: 'big'}[2**70] }} {{ {2**70: 'big'}.get(2.0**70) }} {{ {1.5: 1, 1.5: 2} }}
]=])

-- Filters over text ----------------------------------------------------------------------------------------------------

list:lines('{"s":"hello big world","u":"h\\u00e9llo w\\u00f6rld","long":"The quick brown fox jumps over the lazy dog again and again","lines":"one\\ntwo\\n\\nthree","h":"<a href=\\"x\\">it\'s & \\u00e9</a>","n":null}', [=[
{{ s|upper }} {{ s|capitalize }} {{ s|title }} {{ s|lower }} {{ u|title }} {{ 'foo-bar foo_bar (x) it\'s [y {z <w'|title }} {{ none|upper }} {{ 5|title }} {{ [1]|trim }} {{ true|lower }} {{ 1.50|string }} {{ none|capitalize }}
{{ s|center(21) }}| {{ s|center }}| {{ 5|center(4) }}| {{ u|center(13) }}|
{{ '  x '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ 'xa '|trim(none) }}|{{ 5|trim }}
{{ 'x'|trim(5) }}
{{ long|truncate(20) }} {{ long|truncate(20, true) }} {{ long|truncate(20, false, '…') }} {{ long|truncate(20, true, '', 0) }} {{ s|truncate(11) }} {{ s|truncate(9) }} {{ s|truncate(11, leeway=0) }} {{ 'abcdefghijklmnop'|truncate(8) }} {{ u|truncate(5, true, '') }} {{ u|truncate(3, leeway=0) }} {{ ''|truncate }} {{ long|truncate(length=10, end='>>') }} {{ ('<b>aaaaaaaaaaaaaaaaaaaaaaa'|safe)|truncate(10, true, '<') }}
{{ s|truncate(2) }}
{{ s|truncate(5, leeway=-1) }}
{{ 5|truncate }}
{{ s|wordcount }} {{ u|wordcount }} {{ ''|wordcount }} {{ 'a-b c_d 1'|wordcount }} {{ 5|wordcount }}
{{ lines|indent }} {{ lines|indent(2) }} {{ lines|indent(2, true) }} {{ lines|indent(2, false, true) }} {{ lines|indent('>> ') }} {{ lines|indent(width=1, first=true, blank=true) }} {{ ''|indent }}| {{ 'a\n'|indent }}| {{ 'a\r\nb'|indent }}
{{ 5|indent }}
{{ none|indent }}
{{ lines|indent([]) }}
{{ s|replace('o', '0') }} {{ s|replace('o', '0', 1) }} {{ s|replace('', '-') }} {{ 123|replace(2, 'x') }} {{ s|replace('o', none) }} {{ s|replace('l', '', 0) }} {{ s|replace('l', 'L', -1) }} {{ none|replace('N', 'n') }} {{ h|e|replace('&', '+') }}
{{ s|replace('a') }}
{{ s|replace('a', 'b', 'c') }}
{{ h|e }} {{ h|escape }} {{ h|e|e }} {{ h|e|forceescape }} {{ h|safe }} {{ h|safe|e }} {{ h|forceescape }} {{ 5|e }} {{ none|e }} {{ ['<']|e }} {{ h|e|upper }} {{ h|e|string }} {{ h|e|length }}
{{ h|striptags }} {{ '<!-- x --><p>a   b</p> &lt;c&gt; &eacute; &#233; &#xe9; &amp;amp;'|striptags }} {{ 5|striptags }} {{ 'a < b'|striptags }} {{ '<a><b>'|striptags }} {{ 'x<!-- a > b -->y'|striptags }}
{{ 'a b/c?d=é&e'|urlencode }} {{ {'a b': 'c/d', 'é': 1}|urlencode }} {{ [('k', 'v w'), ('x', none)]|urlencode }} {{ 5|urlencode }} {{ none|urlencode }} {{ '-_.~'|urlencode }} {{ ''|urlencode }} {{ {}|urlencode }}
{{ [1]|urlencode }}
{{ ['abc']|urlencode }}
{{ {'class': 'x', 'id': 'a"b', 'n': none, 'u': nope, 't': true}|xmlattr }} {{ {}|xmlattr }} {{ {'a': '<'}|xmlattr(false) }} {{ {'a': '<'|safe}|xmlattr }}
{{ {'a b': 1}|xmlattr }}
{{ {'a>': 1}|xmlattr }}
{{ [1]|xmlattr }}
{{ {1: 2}|xmlattr }}
{{ ['a', 1, none, 2.0, true]|join }} {{ ['a', 'b']|join(', ') }} {{ 'abc'|join('-') }} {{ {'x': 1, 'y': 2}|join('+') }} {{ []|join(',') }} {{ [1, 2]|join(none) }} {{ [{'a': 1}, {'a': 2}]|join('|', attribute='a') }} {{ [[1, 2], [3, 4]]|join(',', 1) }} {{ ['<', '<'|e]|join('&') }} {{ [1, 2]|join(d='-') }}
{{ 5|join }}
{{ none|join }}
{{ [{'a': 1}]|join(',', 'b.c') }}
{{ 'x'|upper(1) }}
{{ 'x'|upper(foo=1) }}
{{ 'x'|replace }}
{{ 'x'|truncate(1, 2, 3, 4, 5) }}
{{ 'x'|default(1, 2, 3) }}
{{ 'x'|center(width=3, width2=4) }}
{{ none|default('d') }} {{ none|default('d', true) }} {{ ''|default('d') }} {{ ''|default('d', true) }} {{ nope|default }} {{ nope|d('x') }} {{ 0|default(5, boolean=true) }} {{ nope|default(default_value=7) }} {{ false|default('d', 1) }} {{ nope|default(none) }}
{{ s|list }} {{ u|list }} {{ s|first }} {{ s|last }} {{ u|last }} {{ s|reverse }} {{ u|reverse }} {{ ('ab'|safe)|reverse }} {{ ('ab'|safe)|first }} {{ s|length }} {{ u|count }}
{{ s|batch(4)|list }} {{ 'abc'|sort }} {{ 'bca'|sort(reverse=true) }} {{ 'abca'|unique|list }} {{ 'hello'|max }} {{ 'hello'|min }} {{ 'abc'|map('upper')|join }}
{{ s|nofilter }}
{{ '<b>'|e|capitalize }} {{ ('<b>x'|safe)|title }} {{ [('a'|safe)|upper, ('a b'|safe)|title, ('a'|safe)|trim, ('a'|safe)|center(3), ('a'|safe)|truncate, ('a'|safe)|indent, ('a'|safe)|string, ('a'|safe)|default('x'), ('a'|safe)|replace('a', 'b'), 'x'|safe|join, ('a'|safe)|striptags] }}
]=])

-- Filters over sequences -----------------------------------------------------------------------------------------------

list:lines('{"l":[3,1,2],"w":["banana","Apple","cherry","apple"],"p":[{"n":"bob","a":30,"t":{"x":1}},{"n":"Al","a":25,"t":{"x":2}},{"n":"cy","a":30,"t":{"x":0}}],"d":{"b":2,"A":1,"c":0},"nest":[[3,"c"],[1,"a"],[2,"b"]],"mixed":[1,"a",null,2.5,true],"e":[]}', [=[
{{ l|length }} {{ d|length }} {{ e|count }} {{ (1, 2)|length }} {{ d.keys()|length }} {{ nope|length }}
{{ 5|length }}
{{ none|length }}
{{ l|map('string')|length }}
{{ true|length }}
{{ l|first }} {{ l|last }} {{ e|first }} {{ e|last }} {{ d|first }} {{ d|last }} {{ (1, 2)|last }} {{ l|map('string')|first }} {{ d.items()|last }}
{{ l|map('string')|last }}
{{ 5|first }}
{{ 5|last }}
{{ none|first }}
{{ l|list }} {{ d|list }} {{ d.items()|list }} {{ l|map('string')|list }} {{ (1, 2)|list }}
{{ 5|list }}
{{ none|list }}
{{ l|reverse|list }} {{ d|reverse|list }} {{ (1, 2)|reverse|list }} {{ d.items()|reverse|list }} {{ l|map('string')|reverse }} {{ e|reverse|list }}
{{ 5|reverse }}
{{ none|reverse }}
{{ l|sort }} {{ w|sort }} {{ w|sort(case_sensitive=true) }} {{ w|sort(reverse=true) }} {{ l|sort(true) }} {{ d|sort }} {{ nest|sort }} {{ [none, none]|sort }} {{ [true, 0, 2.5]|sort }} {{ e|sort }} {{ [[2, 1], [1, 5], [1, 2]]|sort }} {{ [('b', 1), ('a', 2)]|sort }}
{{ p|sort(attribute='a')|map(attribute='n')|list }} {{ p|sort(attribute='a,n')|map(attribute='n')|list }} {{ p|sort(attribute='t.x')|map(attribute='n')|join }} {{ p|sort(attribute='n', reverse=true)|map(attribute='n')|join(',') }} {{ nest|sort(attribute=1) }} {{ nest|sort(attribute='0') }} {{ p|sort(reverse=true, attribute='a')|map(attribute='n')|list }}
{{ mixed|sort }}
{{ [none, 1]|sort }}
{{ p|sort }}
{{ p|sort(attribute='zz') }}
{{ 5|sort }}
{{ w|unique|list }} {{ w|unique(true)|list }} {{ [1, 1.0, true, '1']|unique|list }} {{ p|unique(attribute='a')|map(attribute='n')|list }} {{ [none, nope, none]|unique|list }} {{ [(1, 2), (1, 2)]|unique|list }}
{{ [[1], [1]]|unique|list }}
{{ l|min }} {{ l|max }} {{ w|min }} {{ w|max }} {{ w|min(case_sensitive=true) }} {{ p|max(attribute='a') }} {{ p|min(attribute='n') }} {{ e|min }} {{ d|max }} {{ [1, 1.0]|max }} {{ [true, 1]|min }} {{ (1, 5)|max }}
{{ mixed|max }}
{{ 5|max }}
{{ [none, 1]|min }}
{{ l|sum }} {{ [1, 2.5]|sum }} {{ e|sum }} {{ p|sum(attribute='a') }} {{ l|sum(start=10) }} {{ [[1], [2]]|sum(start=[]) }} {{ [true, true]|sum }} {{ p|sum('t.x') }} {{ [2**63, 1]|sum }} {{ [1e308, 1e308]|sum }} {{ e|sum(start=none) }}
{{ w|sum }}
{{ [none]|sum }}
{{ l|sum(start='a') }}
{{ 5|sum }}
{{ l|map('string')|list }} {{ w|map('upper')|list }} {{ p|map(attribute='n')|list }} {{ p|map(attribute='zz', default='-')|list }} {{ p|map(attribute='t.x')|list }} {{ nest|map('first')|list }} {{ nest|map('join', '-')|list }} {{ l|map('round', 2, 'ceil')|list }} {{ w|map('replace', 'a', 'X')|list }} {{ w|map('truncate', 5, end='')|list }} {{ none|map('upper')|list }} {{ nest|map(attribute=1)|list }} {{ e|map('nope')|list }} {{ p|map(attribute='values')|list }} {{ p|map('attr', 'items')|map('string')|first|length > 5 }}
{{ l|map|list }}
{{ l|map('nope')|list }}
{{ l|map(upper)|list }}
{{ p|map(attribute='a', foo=1)|list }}
{{ 5|map('upper')|list }}
{{ p|map(attribute='zz.y')|list }}
{{ l|map('upper', 1)|list }}
{{ l|select('odd')|list }} {{ l|select|list }} {{ l|reject('odd')|list }} {{ l|select('gt', 1)|list }} {{ l|select('>', 1)|list }} {{ l|select('in', [1, 2])|list }} {{ mixed|select('number')|list }} {{ mixed|reject('none')|list }} {{ mixed|reject|list }} {{ w|select('equalto', 'Apple')|list }} {{ l|select('divisibleby', 2)|list }} {{ d|select('eq', 'A')|list }} {{ none|select|list }} {{ e|select('nope')|list }}
{{ l|select('nope')|list }}
{{ l|select('gt')|list }}
{{ l|select(5)|list }}
{{ 5|select|list }}
{{ p|selectattr('a')|list|length }} {{ p|selectattr('a', 'eq', 30)|map(attribute='n')|list }} {{ p|rejectattr('a', '==', 30)|map(attribute='n')|list }} {{ p|selectattr('t.x')|map(attribute='n')|list }} {{ p|selectattr('zz', 'defined')|list }} {{ p|rejectattr('zz')|list|length }} {{ p|selectattr('n', 'in', ['bob', 'cy'])|map(attribute='a')|sum }} {{ nest|selectattr(0, 'gt', 1)|list }} {{ p|selectattr('n', 'lower')|map(attribute='n')|list }}
{{ p|selectattr|list }}
{{ p|selectattr('zz.y')|list }}
{{ p|selectattr('a', 'nope')|list }}
{{ p|selectattr('a', 'gt', 'x')|list }}
{{ l|batch(2)|list }} {{ l|batch(2, 'x')|list }} {{ l|batch(5, 0)|list }} {{ d|batch(2)|list }} {{ e|batch(2)|list }} {{ l|batch(linecount=1)|list }} {{ l|batch(2, none)|list }} {{ l|batch(0)|list }}
{{ l|batch }}
{{ 5|batch(2)|list }}
{{ l|slice(2)|list }} {{ l|slice(2, 'x')|list }} {{ l|slice(5)|list }} {{ l|slice(5, 'x')|list }} {{ range(10)|slice(3)|list }} {{ range(10)|slice(3, 'x')|list }} {{ 'abcdefg'|slice(3)|map('join')|list }}
{{ l|slice(0)|list }}
{{ l|slice('a')|list }}
{{ l|slice(2.0)|list }}
{{ p|groupby('a') }}
{% for k, g in p|groupby('a') %}{{ k }}:{{ g|map(attribute='n')|join(',') }};{% endfor %}{% for g in p|groupby('t.x') %}{{ g.grouper }}{{ g.list|length }}{{ g[0] }}{{ g['list']|length }} {% endfor %}{% for k, g in w|groupby(0) %}{{ k }}{{ g }}{% endfor %}{{ nest|groupby(1)|list|length }} {{ p|groupby('zz', default='none')|map(attribute='grouper')|list }} {{ [{'x': 'a'}, {'x': 'A'}, {'x': 'b'}]|groupby('x')|map(attribute=0)|list }} {{ [{'x': 'a'}, {'x': 'A'}]|groupby('x', case_sensitive=true)|map(attribute=0)|list }}
{{ p|groupby }}
{{ p|groupby('zz') }}
{{ mixed|groupby('x') }}
{{ d|dictsort }} {{ d|dictsort(true) }} {{ d|dictsort(by='value') }} {{ d|dictsort(reverse=true) }} {{ d|dictsort(false, 'value', true) }} {{ {}|dictsort }}
{{ d|dictsort(by='x') }}
{{ {1: 1, 'a': 2}|dictsort }}
{{ l|dictsort }}
{{ d|items|list }} {% for k, v in d|items %}{{ k }}{{ v }}{% endfor %} {{ nope|items|list }}
{{ l|items|list }}
{{ none|items|list }}
{% set g = l|map('string') %}{{ g|list }}{{ g|list }} {% set g = l|select %}{% for x in g %}{{ x }}{% endfor %}{% for x in g %}{{ x }}{% endfor %} {{ (l|map('string')) is iterable }} {{ 2 in l|map('int') }}
{{ (l|map('string'))[0] }}|
{{ p|map(attribute='a')|unique|list }} {{ p|map(attribute='n')|map('length')|sum }} {{ p|sum(attribute='a') / p|length }} {{ (p|selectattr('a', 'gt', 26)|list)[0].n }} {{ p|map(attribute='n')|sort|join(',') }} {{ l|sort|reverse|list }} {{ w|map('lower')|unique|sort|list }}
{{ l|random in l }} {{ e|random }}|
{{ [3, 1]|sort(foo=1) }}
{{ w|map('upper')|batch(2)|map('join', '+')|list }} {{ range(6)|batch(2)|map('sum')|list }} {{ range(6)|slice(2)|map('first')|list }}
{{ {'a': {'items': [1, 2]}}|attr('a') }}|{{ {'a': 1}|attr('a') }}|{{ 'x'|attr('nope') }}
{{ {'a': 1}|attr(5) }}
]=])

-- Filters over numbers, JSON and the rest ------------------------------------------------------------------------------

list:lines('{"f":42.55,"inf":1e400,"neg":-2.5,"i":42,"big":123456789012345678901234567890,"s":"12.7","n":null,"j":{"b":[1,2.5,null,true],"a":"<x> & \'q\' \\u00e9 \\ud83d\\ude00 \\u2028 \\u007f \\"","k":{}}}', [=[
{{ -5|abs }} {{ (-5)|abs }} {{ neg|abs }} {{ true|abs }} {{ (-big)|abs }} {{ (-0.0)|abs }}
{{ 'a'|abs }}
{{ none|abs }}
{{ [1]|abs }}
{{ '42'|int }} {{ ' 42 '|int }} {{ '4_2'|int }} {{ '42.9'|int }} {{ '1e3'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ '0x1A'|int }} {{ '0x1A'|int(0, 16) }} {{ '1A'|int(0, 16) }} {{ '0b11'|int(base=2) }} {{ '0o17'|int(0, 8) }} {{ '0x1f'|int(base=0) }} {{ '017'|int(base=0) }} {{ '-7'|int }} {{ '+7'|int }} {{ ''|int }} {{ '4__2'|int }} {{ '_42'|int }} {{ 3.99|int }} {{ -3.99|int }} {{ true|int }} {{ none|int }} {{ none|int(none) }} {{ []|int(5) }} {{ '٣'|int }} {{ big|int }} {{ '123456789012345678901234567890'|int }} {{ 1e20|int }} {{ 'nan'|int(3) }} {{ '- 7'|int }} {{ 'z'|int(0, 36) }} {{ '0x'|int(base=16) }} {{ '0'|int(base=0) }} {{ '00'|int(base=0) }} {{ '0b2'|int(0, 2) }}
{{ inf|int }}
{{ '5'|int(base=99) }} {{ '5'|int(base=1) }}
{{ '5'|int(base='x') }}
{{ '42'|float }} {{ ' 4.5 '|float }} {{ '1e3'|float }} {{ '1_0.5'|float }} {{ 'inf'|float }} {{ '-Infinity'|float }} {{ 'NaN'|float }} {{ 'x'|float }} {{ 'x'|float(1.5) }} {{ ''|float }} {{ '.5'|float }} {{ '5.'|float }} {{ '.'|float }} {{ 'e5'|float }} {{ '1e'|float }} {{ '0x10'|float }} {{ none|float }} {{ true|float }} {{ []|float('d') }} {{ i|float }} {{ '٣.٥'|float }} {{ big|float }} {{ '1e400'|float }} {{ '1e-400'|float }} {{ '+.5e-1'|float }} {{ '1__0'|float }}
{{ (10**400)|float }}
{{ f|round }} {{ f|round(1) }} {{ f|round(1, 'floor') }} {{ f|round(1, 'ceil') }} {{ 2.5|round }} {{ 3.5|round }} {{ 0.5|round }} {{ -0.5|round }} {{ 2.675|round(2) }} {{ 1.15|round(1) }} {{ 1250|round(-2) }} {{ 1350|round(-2) }} {{ 42|round }} {{ 42|round(1) }} {{ 12|round(1, 'ceil') }} {{ 1234.5|round(-2) }} {{ 1e300|round(2) }} {{ 0.1|round(20) }} {{ 5.015|round(2) }} {{ neg|round }} {{ neg|round(0, 'ceil') }} {{ neg|round(0, 'floor') }} {{ true|round }} {{ f|round(none) }} {{ inf|round }} {{ big|round(-10) }} {{ 15|round(-1) }} {{ 25|round(-1) }} {{ -15|round(-1) }} {{ 150.0|round(-2) }} {{ 250.0|round(-2) }} {{ 42.55|round(method='floor') }} {{ 1.5|round(-1) }} {{ 0.0|round(2) }} {{ 20|round(-2, 'ceil') }} {{ 1e22|round(-22) }} {{ 5e22|round(-23) }}
{{ 's'|round }}
{{ none|round }}
{{ 5|round(0, 'x') }}
{{ 5|round('a') }}
{{ 5.5|round('a') }}
{{ 's'|round(1, 'ceil') }}
{{ 0|filesizeformat }} {{ 1|filesizeformat }} {{ 1.9|filesizeformat }} {{ 999|filesizeformat }} {{ 1000|filesizeformat }} {{ 999999|filesizeformat }} {{ 1234567|filesizeformat }} {{ 1024|filesizeformat(true) }} {{ 1048576|filesizeformat(binary=true) }} {{ -5|filesizeformat }} {{ '1234'|filesizeformat }} {{ 1e24|filesizeformat }} {{ 1e27|filesizeformat }} {{ 1e30|filesizeformat }} {{ 1e26|filesizeformat(true) }} {{ big|filesizeformat }} {{ true|filesizeformat }}
{{ 'x'|filesizeformat }}
{{ none|filesizeformat }}
{{ j|tojson }} {{ [1, 2.0, none, true, 'é<']|tojson }} {{ {}|tojson }} {{ []|tojson }} {{ (1, 2)|tojson }} {{ 'a'|tojson }} {{ 5|tojson }} {{ 1e16|tojson }} {{ 1e-7|tojson }} {{ -0.0|tojson }} {{ inf|tojson }} {{ big|tojson }} {{ {1: 'a', 2: 'b'}|tojson }} {{ {true: 1}|tojson }} {{ {none: 1}|tojson }} {{ {1.5: 1}|tojson }} {{ ('<'|safe)|tojson }}
{{ j|tojson(2) }} {{ j|tojson(indent=0) }} {{ []|tojson(2) }} {{ [[], {}]|tojson(1) }} {{ [1]|tojson('--') }}
{{ nope|tojson }}
{{ [nope]|tojson }}
{{ (l|default([]))|map('x')|tojson }}
{{ {(1, 2): 3}|tojson }}
{{ {1: 1, 'a': 2}|tojson }}
{{ {}.keys()|tojson }}
{{ ('<'|tojson) + '<' }} {{ ('<'|tojson) ~ '<' }} {{ j|tojson|length > 5 }}
]=])

-- Tests ----------------------------------------------------------------------------------------------------------------

list:lines('{"d":{"a":1},"l":[1,2],"s":"text","n":null,"i":5,"f":2.5,"b":true}', [=[
{{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(3) }} {{ 2.5 is odd }} {{ true is odd }} {{ 2.0 is even }} {{ -3 is odd }} {{ 2**70 is even }} {{ 7.5 is divisibleby 2.5 }}
{{ 's' is odd }}
{{ none is even }}
{{ 5 is divisibleby 0 }}
{{ 5 is divisibleby }}
{{ i is defined }} {{ nope is defined }} {{ nope is undefined }} {{ n is none }} {{ i is none }} {{ b is boolean }} {{ 1 is boolean }} {{ b is true }} {{ 1 is true }} {{ false is false }} {{ 0 is false }}
{{ i is integer }} {{ b is integer }} {{ f is integer }} {{ 2**70 is integer }} {{ f is float }} {{ i is float }} {{ i is number }} {{ f is number }} {{ b is number }} {{ s is number }} {{ 2**70 is number }}
{{ s is string }} {{ ('x'|safe) is string }} {{ i is string }} {{ d is mapping }} {{ l is mapping }} {{ namespace() is mapping }} {{ s is sequence }} {{ l is sequence }} {{ d is sequence }} {{ (1,) is sequence }} {{ i is sequence }} {{ d.keys() is sequence }} {{ l|map('x') is sequence }} {{ n is sequence }} {{ range(3) is sequence }} {{ ('x'|safe) is sequence }}
{{ s is iterable }} {{ l is iterable }} {{ d is iterable }} {{ d.items() is iterable }} {{ (l|map('x')) is iterable }} {{ i is iterable }} {{ n is iterable }} {{ range(3) is iterable }} {{ namespace() is iterable }} {{ b is iterable }}
{{ 'abc' is lower }} {{ 'ABC' is upper }} {{ 'Abc' is lower }} {{ '123' is lower }} {{ true is lower }} {{ 'a1' is lower }} {{ none is upper }} {{ 'É' is upper }}
{{ s is sameas s }} {{ 1 is sameas 1 }} {{ 1 is sameas true }} {{ 1 is sameas 1.0 }} {{ none is sameas none }} {{ l is sameas l }} {{ [] is sameas [] }} {{ true is sameas true }}
{{ s.upper is callable }} {{ s is callable }} {{ dict is callable }} {{ range is callable }} {{ joiner() is callable }} {{ cycler(1) is callable }}
{{ ('x'|e) is escaped }} {{ 'x' is escaped }} {{ ('x'|tojson) is escaped }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ 'nope' is test }} {{ '==' is test }}
{{ 1 is in [1, 2] }} {{ 'a' is in 'abc' }} {{ 'a' is in d }} {{ 3 is not in l }} {{ 1 is eq 1 }} {{ 1 is equalto 1.0 }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is lessthan 2 }} {{ 2 is gt 1 }} {{ 2 is greaterthan 1 }} {{ 2 is ge 2 }} {{ 2 is le 2 }}
{{ 1 is in 5 }}
{{ 1 is lt 'a' }}
{{ 5 is gt -1 }}
{{ 1 is eq }}
{{ 1 is eq(1, 2) }}
{{ 1 is defined(1) }}
{{ 1 is nope }}
{{ i is not defined }} {{ nope is not defined }} {{ not i is none }} {{ i is number and i is odd }} {{ 'x' if s is string else 'y' }}
]=])

-- wordwrap, urlize, pprint ---------------------------------------------------------------------------------------------

list:lines('{"t":"The quick brown fox jumps over the lazy dog, and then long-hyphenated-words come--like this--and some verylongwordwithoutanybreaks","nl":"first line here\\nsecond   line\\n\\n  indented third line","u":"h\\u00e9llo w\\u00f6rld h\\u00e9llo-w\\u00f6rld na\\u00efve"}', [=[
{{ t|wordwrap(20) }}
{{ t|wordwrap(10) }}
{{ t|wordwrap(10, false) }}
{{ t|wordwrap(20, wrapstring='|') }}
{{ t|wordwrap(12, true, '|', false) }}
{{ t|wordwrap(1) }}
{{ nl|wordwrap(8) }}
{{ nl|wordwrap }}
{{ u|wordwrap(6) }}
{{ ''|wordwrap }}{{ '   '|wordwrap }}{{ 'a  b   c'|wordwrap(3) }}
{{ 'a-b ab-cd a1-b2 ab-1c --foo foo-- a--b ab--cd x_y-z_w aa-b-cc -aa-bb'|wordwrap(2, false, '|') }}
{{ '----------abc-----def'|wordwrap(4, true, '|') }} {{ "it's-ok \\"quoted\\"--word a.b--c"|wordwrap(3, false, '|') }}
{{ t|wordwrap(0) }}
{{ t|wordwrap(-1) }}
{{ 5|wordwrap }}
{{ t|wordwrap('a') }}
{{ t|wordwrap(9.5) }}
]=])

list:lines('{"t":"see http://example.com/a?b=c&d=e, (https://x.org/y_(z)) or www.foo.net. Mail me@x.com <mailto:you@y.org> bare.com foo.bar ftp://x.y http://localhost:3000/x http://127.0.0.1:80/ http://[::1]/ x@y HTTP://UP.COM example.info/path"}', [=[
{{ t|urlize }}
{{ t|urlize(10) }}
{{ t|urlize(10, true) }}
{{ t|urlize(nofollow=true, target='_blank') }}
{{ t|urlize(rel='b a') }}
{{ 'tel:123 ftp://x.y skype:me'|urlize(extra_schemes=['tel:', 'ftp://']) }}
{{ 'x'|urlize(extra_schemes=['x']) }}
{{ 'http://é.com http://a.b.c www.com www. http:// https://x http://x.y1 http://xn--abc.com http://x.xn--p1ai a.b.com aa.com é.org'|urlize }}
{{ 'http://a.com:80 http://a.com:123456 http://a.com:/x http://999.1.1.1 http://1.2.3 http://[1:2:3:4:5:6:7:8] http://[g::1] http://[1:2]'|urlize }}
{{ '(http://a.com) ((http://a.com)) <http://a.com> http://a.com). http://a.com/(x). http://a.com/((x)) (a.com'|urlize }}
{{ 'a@b.c a.b@c-d.e a@b a@.b a@b. a@b.c-d mailto:a@b.c mailto:x www.a@b.com a:b@c.d a@b@c.de é@é.é'|urlize }}
{{ '<b>http://a.com</b> "http://a.com" \\'http://a.com\\''|urlize }} {{ none|urlize }} {{ 5|urlize }} {{ ('<b>'|safe)|urlize }}
{{ 'x\\u00a0http://a.com\\u2003y  z'|urlize }} {{ 'http://a.com/%20x#frag?q'|urlize }} {{ 'httpss://a.com wwwx.com WWW.A.com'|urlize }} {{ 'aaa.bbb.museum www.museum'|urlize }}
]=])

list:lines('{"d":{"b":[1,2,3],"a":{"x":"y","long":"some quite long text that goes on and on for a while, to be sure"},"c":null,"e":[],"f":{}},"s":"word one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen","l":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","cccccccccccccccccccccc"],"deep":{"k1":{"k2":{"k3":["value number one is here","value number two is here",{"z":1,"y":[1,2,{"q":"rrrrrrrrrrrrrrrrrrrrrrrr"}]}]}}},"m":"line one\\nline two is a little longer than line one and must be split at some place, yes\\n"}', [=[
{{ d|pprint }}
{{ s|pprint }}
{{ l|pprint }}
{{ deep|pprint }}
{{ [s, s]|pprint }}
{{ {'key': s, 'other': [s]}|pprint }}
{{ m|pprint }}
{{ [m]|pprint }}
{{ (l,)|pprint }}
{{ (l, l)|pprint }}
{{ 5|pprint }}{{ none|pprint }}{{ 'x'|pprint }}{{ []|pprint }}{{ ''|pprint }}{{ 1.5|pprint }}{{ nope|pprint }}
{{ {1: 'a', 'b': 2, none: 3, (1, 2): 4}|pprint }}
{{ {'b': 1, 'a': 2}|pprint }}{{ {10: 1, 9: 2}|pprint }}
{{ range(40)|list|pprint }}
{{ {'a': 'x' * 100}|pprint }}
{{ ('<' * 90)|e|pprint }}
]=])

-- Under autoescape -----------------------------------------------------------------------------------------------------

list:lines('{"h":"<b>&","l":["<",1,null],"d":{"k":"<v>"}}', [=[
{% autoescape true %}{{ h }}{{ h|safe }}{{ h|e }}{{ h|upper }}{{ l }}{{ 5 }}{{ none }}{{ nope }}{{ '<' ~ h }}{{ '<' ~ (h|safe) }}{{ h + '<' }}{% endautoescape %}{{ h }}
{% autoescape true %}{{ l|join('&') }}{{ ['<'|safe, '<']|join('&') }}{{ ['<']|join('&'|safe) }}{{ l|join }}{{ h|replace('<', '&') }}{{ (h|safe)|replace('b', '<') }}{{ h|replace('<'|safe, '>') }}{{ h|replace('b', '<'|safe) }}{% endautoescape %}
{% autoescape true %}{{ d|xmlattr }}{{ 'http://a.com <'|urlize }}{{ d|tojson }}{{ h|title }}{{ h|truncate(3, true, '<', 0) }}{{ h|indent }}{{ h|striptags }}{{ h|center(8) }}{{ h|wordwrap(2) }}{{ h|default('<') }}{{ nope|default('<') }}{{ h|first }}{{ h|list }}{% endautoescape %}
{% autoescape true %}{% set x %}<{{ h }}{% endset %}{{ x }}{% macro m(a) %}<{{ a }}{% endmacro %}{{ m('<') }}{{ m('<') + '<' }}{{ ('%s<'|safe) % '<' }}{{ '%s' % '<' }}{{ ('{}'|safe).format('<') }}{{ '<%s>'|format('&') }}{% endautoescape %}
{% autoescape true %}{% for c in h %}{{ c }}{% endfor %}{{ h[0] }}{{ (h|safe)[0] }}{{ h|string }}{{ h|map('upper')|join }}{{ [h]|pprint }}{{ h|forceescape }}{{ (h|e)|forceescape }}{{ h|urlencode }}{{ h|length }}{% endautoescape %}
]=])

return list
