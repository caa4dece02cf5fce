--- Every kind of error, at compile time and at run time: the same class, and Jinja2's own words.
local list <const> = require("differential").list()

list:lines('{"l":[1,2],"d":{"a":1},"s":"x","n":null,"i":5}', [=[
{% if %}
{% if x %}
{% if x %}{% endfor %}
{% for x in l %}{% endif %}
{% for x in l %}
{% for x l %}{% endfor %}
{% for in l %}{% endfor %}
{% for x in %}{% endfor %}
{% for 5 in l %}{% endfor %}
{% for x.y in l %}{% endfor %}
{% for x in l if %}{% endfor %}
{% for x in l %}{% else %}{% else %}{% endfor %}
{% for a, in l %}{% endfor %}
{% if a %}{% else %}{% elif b %}{% endif %}
{% if a %}{% else if b %}{% endif %}
{% if a %}{% elseif b %}{% endif %}
{% endif %}
{% else %}
{% endfor %}
{% foo %}
{% for x in l %}{% foo %}{% endfor %}
{% if a %}{% for x in l %}{% endif %}{% endfor %}
{% block a %}{% if x %}{% endblock %}
{% macro m() %}{% endcall %}
{% set %}
{% set x %}
{% set x = %}
{% set x = 1 2 %}
{% set x, = 1 %}
{% set (a + b) = 1 %}
{% set (a - b) = 1 %}
{% set (a * b) = 1 %}
{% set (a / b) = 1 %}
{% set (a // b) = 1 %}
{% set (a % b) = 1 %}
{% set (a ** b) = 1 %}
{% set (a ~ b) = 1 %}
{% set (a < b) = 1 %}
{% set (a and b) = 1 %}
{% set (a or b) = 1 %}
{% set (not b) = 1 %}
{% set (-b) = 1 %}
{% set (+b) = 1 %}
{% set (b()) = 1 %}
{% set (b|x) = 1 %}
{% set (b is x) = 1 %}
{% set (b.c) = 1 %}
{% set (b[0]) = 1 %}
{% set [b] = 1 %}
{% set {} = 1 %}
{% set () = 1 %}
{% set (b if c else d) = 1 %}
{% for (a + b) in l %}{% endfor %}
{% for b() in l %}{% endfor %}
{% with (a + b) = 1 %}{% endwith %}
{% set (a, b + c) = 1 %}
{% set (a in b) = 1 %}
{% set (a[1:2]) = 1 %}
{% set 5 = 1 %}
{% set x.y.z = 1 %}
{% macro %}{% endmacro %}
{% macro m %}{% endmacro %}
{% macro m( %}{% endmacro %}
{% macro m(5) %}{% endmacro %}
{% macro m(a b) %}{% endmacro %}
{% call %}{% endcall %}
{% call 5 %}{% endcall %}
{% filter %}{% endfilter %}
{% filter nope %}{% endfilter %}
{% filter 5 %}{% endfilter %}
{% with a %}{% endwith %}
{% with a = %}{% endwith %}
{% with a = 1 b = 2 %}{% endwith %}
{% autoescape %}{% endautoescape %}
{% raw %}
{% raw %}{% endra %}
{# open
{% print 1
{{ 1
{{ (1 }}
{{ [1 }}
{{ {1: } }}
{{ {1 2} }}
{{ 1 + }}
{{ + }}
{{ a. }}
{{ a.5.b }}
{{ a[ }}
{{ a[1 }}
{{ a(1 }}
{{ a(1,,2) }}
{{ a(,) }}
{{ a(b=) }}
{{ a(5=1) }}
{{ a|  }}
{{ a|5 }}
{{ a|b( }}
{{ a is }}
{{ a is 5 }}
{{ a is not }}
{{ a if }}
{{ a if b else }}
{{ not }}
{{ a in }}
{{ a not b }}
{{ a == }}
{{ 'a }}
{{ "a }}
{{ a ? b }}
{{ a && b }}
{{ a = 1 }}
{{ a; b }}
{{ a | b | }}
{{ `a` }}
{{ a @ b }}
{{ 0x }}
{{ 0b2 }}
{{ 1_ }}
{{ 1e }}
{{ 'a' 5 }}
{{ 5 'a' }}
{{ 5 5.5 }}
{{ } }}
{{ ] }}
{{ ) }}
{{ (] }}
{{ [} }}
{{ {) }}
{% if 1 }}
{{ 1 %}
{% include %}
{% include 'a' 'b' %}
{% import 'a' %}
{% import 'a' as %}
{% import 'a' as 5 %}
{% from 'a' %}
{% from 'a' import %}x
{% from 'a' import b c %}
{% from 'a' import b, _c %}
{% extends %}
{% if i %}{% extends 'a' %}{% endif %}
{% for x in l %}{% extends 'a' %}{% endfor %}
{% block %}{% endblock %}
{% block a b %}{% endblock %}
{% endblock a %}
{% block a %}{% block a %}{% endblock %}{% endblock %}
{% block a %}{% block b %}{% endblock %}{% endblock %}{% block a %}{% block b %}{% endblock %}{% endblock %}
{{ i|nope }}
{{ i is nope }}
{{ i|nope.nope }}
{{ 1 or i|nope }}{{ 0 and i|nope }}{% if true or i is nope %}y{% endif %}{{ 'a' if true else i|nope }}
{{ 0 or i|nope }}
{{ i or i|nope }}
{% if n %}{{ i|nope }}{% endif %}{{ i is nope }}
{% for x in [] %}{{ x|nope }}{% endfor %}
{% macro m() %}{{ 1|nope }}{% endmacro %}
{% if n %}{{ i|nope }}{% endif %}ok
{% if i %}{{ i|nope }}{% endif %}ok
{% if i %}{{ i is nope }}{% endif %}ok
{{ i|nope if i else 2 }}
{{ i if i else i|nope }}
{{ [1]|map('nope')|list }}
{{ [1]|select('nope')|list }}
{{ [1]|sort(attribute='a.b') }}
{{ nope.x }}
{{ nope[0] }}
{{ nope() }}
{{ nope.get(l.x.y) }}
{{ d.gone.get(l.x.y) }}
{{ d.gone.join(1 / 0) }}
{{ i.gone(1 / 0) }}
{{ nope(1 / 0) }}
{{ l[9].strip('a' + 1) }}
{{ nope.get(*1) }}
{{ nope.x(a=1 / 0) }}
{{ nope + 1 }}
{{ nope + d.zz }}
{{ nope - d.zz }}
{{ nope * d.zz }}
{{ nope / d.zz }}
{{ nope < d.zz }}
{{ d.zz % nope }}
{{ d.zz ** nope }}
{{ d.zz // nope }}
{{ l + nope }}
{{ s + nope }}
{{ s * nope }}
{{ s % nope }}
{{ nope % s }}
{{ nope == d.zz }}{{ nope != d.zz }}{{ nope in [d.zz] }}
{{ nope ~ d.zz ~ 1 }}
{{ 1 + nope }}
{{ -nope }}
{{ nope < 1 }}
{{ nope ** 2 }}
{{ nope[1:2] }}
{{ nope.x.y }}
{{ d.x.y }}
{{ d['x']['y'] }}
{{ l[9].x }}
{{ l.x.y }}
{{ s.x.y }}
{{ n.x.y }}
{{ i.x.y }}
{{ l.nope() }}
{{ d.nope() }}
{{ n.nope() }}
{{ d[[]].x }}
{{ l['a'].x }}
{{ l[1.5].x }}
{{ d[none].x }}
{{ ('a' if false).x }}
{{ s.__class__.x }}
{{ s.__class__() }}
{{ s.__class__ + 1 }}
{{ s.__class__.__mro__ }}
{{ s['__class__'].x }}
{{ d.__init__.x }}
{{ l.__len__() }}
{{ m.__call__.x }}{% macro m() %}{% endmacro %}
{{ (s|attr('__class__')).x }}
{{ '{0.__class__.__mro__}'.format(s) }}
{{ '{0.__class__.x}'.format(s) }}
{{ s.upper.__self__.x }}
{{ self.__class__.x }}
{{ dict.__bases__.x }}
{{ range.__globals__.x }}
{{ i() }}
{{ 's'() }}
{{ n() }}
{{ l() }}
{{ d() }}
{{ (1, 2)() }}
{{ 1 + 'a' }}
{{ 'a' + 1 }}
{{ 'a' - 'b' }}
{{ [1] + (2,) }}
{{ (1,) + [2] }}
{{ {} + {} }}
{{ none + 1 }}
{{ 'a' * 'b' }}
{{ 'a' * 1.5 }}
{{ [1] * none }}
{{ 'a' / 2 }}
{{ -'a' }}
{{ +[] }}
{{ -none }}
{{ 'a' ** 2 }}
{{ [] // 2 }}
{{ 1 % 'a' }}
{{ 1 < 'a' }}
{{ 'a' >= 1 }}
{{ [] > {} }}
{{ none < none }}
{{ {} <= {} }}
{{ [1] < ['a'] }}
{{ (1,) < [1] }}
{{ 1 in 2 }}
{{ 1 in 'a' }}
{{ [] in {} }}
{{ {} in {} }}
{{ none in none }}
{{ {[]: 1} }}
{{ {{}: 1} }}
{{ n[0:1] }}
{{ i[0:1] }}
{{ l[::0] }}
{{ l['a':] }}
{{ l[1.5:] }}
{{ s[none:'b'] }}
{{ 1 / 0 }}
{{ 1.0 / 0 }}
{{ 1 // 0 }}
{{ 1 % 0 }}
{{ 1.5 // 0 }}
{{ 1.5 % 0 }}
{{ 0 ** -1 }}
{{ 0.0 ** -2 }}
{{ 10.0 ** 400 }}
{{ 10 ** 400 * 1.0 }}
{{ (10 ** 400)|float }}
{{ 10 ** 400 / 3 }}
{{ 1e308 * 10 }}
{{ 10 ** 5000 }}
{{ (2 ** 64)|round(1)|string|length }}{{ 'a' * (2 ** 70) }}
{{ [1] * (2 ** 64) }}
{{ l[2 ** 70] }}{{ s[2 ** 70] }}
{% for x in ['inf', '-inf'] %}{{ x|float|int }}{% endfor %}
{{ 'nan'|float|int }}
{{ l.pop(9) }}
{{ [].pop() }}
{{ d.pop('zz') }}
{{ {}.popitem() }}
{{ l.index(9) }}
{{ l.remove(9) }}
{{ s.index('q') }}
{{ ''.join([1]) }}
{{ s.split('') }}
{{ s.encode('nope') }}
{{ 'x'.encode('utf-99') }}
{{ 'é'.encode('ascii') }}
{{ 'ÿ→'.encode('latin-1') }}
{{ '中'.encode('ascii', 'strict') }}
{{ '%d' % 'a' }}
{{ '%s %s' % 1 }}
{{ '%s' % (1, 2) }}
{{ '%z' % 1 }}
{{ '%' % 1 }}
{{ '%(a)s' % 1 }}
{{ '%(a)s' % {} }}
{{ '%(a' % {} }}
{{ '%*d' % ('a', 1) }}
{{ '%c' % 'ab' }}
{{ '%x' % 1.5 }}
{{ '%f' % 'a' }}
{{ '{}'.format() }}
{{ '{1}'.format(1) }}
{{ '{a}'.format() }}
{{ '{:d}'.format('a') }}
{{ '{:d}'.format(1.5) }}
{{ '{:q}'.format(1) }}
{{ '{:s}'.format(1) }}
{{ '{'.format() }}
{{ '}'.format() }}
{{ '{!z}'.format(1) }}
{{ '{a b}'.format(1) }}
{{ '{:{}}'.format(1) }}
{{ '{0[}'.format([1]) }}
{{ '{0.}'.format(1) }}
{{ l|dictsort }}
{{ n|dictsort }}
{{ s|dictsort }}
{{ i|items|list }}
{{ d|dictsort(by='z') }}
{{ s|truncate(1) }}
{{ 'long text here'|truncate(1, false, '...', 0) }}
{{ 'long text here'|truncate(5, false, '......', 0) }}
{{ l|slice(0)|list }}
{{ l|reverse|length }}
{{ i|reverse }}
{{ '%s'|format(1, b=2) }}
{{ '%s%s'|format(*[1], b=2) }}
{{ 'a'|format(1, 2, x=3) }}
{{ i|reverse|list }}
{{ n|reverse }}
{{ l|map|list }}
{{ l|map()|list }}
{{ l|map(foo=1)|list }}
{{ d|map(attribute='a', b=1)|list }}
{{ l|selectattr|list }}
{{ l|rejectattr()|list }}
{{ l|round(1, 'q') }}
{{ 1|round(1, 'q') }}
{{ l|batch|list }}
{{ i|batch(2)|list }}
{{ s|wordwrap(-1) }}
{{ {'a b': 1}|xmlattr }}
{{ {'a/b': 1}|xmlattr }}
{{ {'': 1}|xmlattr }}
{{ l|xmlattr }}
{{ l|urlize }}{{ s|urlize(extra_schemes=['x']) }}
{{ l|tojson(indent='x') }}
{{ {1, 2} }}
{{ dict(**5) }}
{{ dict(*5) }}
{{ s.upper(**{'a': 1}) }}
{{ s.center(*[1, 'ab']) }}
{{ d.get(*[]) }}
{{ loop }}
{{ loop.index }}
{{ caller() }}
{{ super() }}
{{ varargs.x }}
{{ cycler() }}
{{ cycler(a=1) }}
{{ cycler().next() }}
{{ joiner(1, 2) }}
{{ namespace(5) }}
{% set q = namespace() %}{{ q.a.b }}
{% set d.x = 1 %}
{% set nope.x = 1 / 0 %}
{% set l.x = nope.y %}
{% set q = namespace() %}{% set q.a = q.b.c %}
{{ d|truncate(0, true, '', 0) }}
{{ {'a': 1, 'b': 2}|truncate(1, true, '', 0) }}
{{ [1, 2, 3]|truncate(1, true, '', 0) }}
{{ [1, 2, 3]|truncate(1, false, '', 0) }}
{{ i|truncate(0, true, '', 0) }}
{{ (1, 2)|truncate(1, true, '', 0) }}
{% set l.x = 1 %}
{% set s.x = 1 %}
{% set i.x = 1 %}
{% include 'gone' %}
{% include ['gone', 'away'] %}
{% include ['a', 'b', 'c'] %}
{% include ['only'] %}
{% import 'gone' as g %}
{% from 'gone' import g %}
{% extends 'gone' %}
{% include 5 %}
{% include n %}
{% include nope %}
{% extends nope %}
{% import nope as x %}
{% include [] %}
{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}
{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}
{% block a %}{{ self.a() }}{% endblock %}
{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}
{% set x = [] %}{% set _ = x.append(x) %}{{ x == [x] }}
{% set x = [] %}{% set _ = x.append(x) %}{% set y = [] %}{% set _ = y.append(y) %}{{ x == y }}
{% for k in d %}{% set _ = d.update({'z': 1}) %}{% endfor %}
{% for k in d %}{% set _ = d.pop(k) %}{% endfor %}
{% for k in {'a': 1, 'b': 2} %}{% set _ = d.clear() %}{% endfor %}ok
{% for k, v in d.items() %}{% set _ = d.update({'z': 1}) %}{% endfor %}
{{ f(a=1, a=2) }}
{{ dict(x=1, x=1) }}
{{ d|default(default_value=1, default_value=2) }}
{% macro m(x, x) %}{% endmacro %}
{% continue %}
{% do 5 %}
{% trans %}a{% endtrans %}
{% debug %}
]=])

-- Where the mistake is: the line of a syntax error is ours to say; its words are Jinja2's.
list:texts('{"l":[1,2]}', [=[
a
{% if x %}
b
{{ 1 + }}
----
{% for i in l %}
{{ i }
{% endfor %}
----
line
{# comment
{{ x }}
----
{% if x %}
{% for y in l %}
{% endif %}
----
{{ {
 'a': 1
 'b': 2 } }}
----
{{ l
   .nope
   .x }}
----
{% macro m() %}
{{ 1/0 }}
{% endmacro %}

{{ m() }}
]=])

return list
