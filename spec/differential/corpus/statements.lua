--- Loops, macros, calls, scopes, namespaces, whitespace, comments, raw, blocks and extensions.
local list <const> = require("differential").list()

local CONTEXT <const> = '{"l":[1,2,3],"e":[],"d":{"a":1,"b":2},"s":"abc","x":"ctx","n":null,"t":true,"f":false,"tree":[{"v":1,"c":[{"v":2,"c":[{"v":3,"c":[]}]},{"v":4,"c":[]}]},{"v":5,"c":[]}],"pairs":[[1,"a"],[2,"b"]],"nested":[[1,[2,3]],[4,[5,6]]]}'

list:lines(CONTEXT, [=[
{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}
{% for i in l %}{% set q = loop %}{{ q.index }}{{ q.index0 }}{{ q.revindex }}{{ q.revindex0 }}{{ q.first }}{{ q.last }}{{ q.length }}{{ q.depth }}{{ q.depth0 }}{{ q.previtem }}{{ q.nextitem }};{% endfor %}
{% for i in l|map('string') %}{{ loop['index'] }}{{ loop['index0'] }}{{ loop['revindex'] }}{{ loop['revindex0'] }}{{ loop['first'] }}{{ loop['last'] }}{{ loop['length'] }}{{ loop['depth'] }}{{ loop['depth0'] }};{% endfor %}
{% for i in l %}{{ loop.previtem }}|{{ loop.nextitem }}|{{ loop.previtem is defined }}{{ loop.nextitem is undefined }};{% endfor %}
{% for i in l %}{{ loop.previtem.x }}{% endfor %}
{% for i in l %}{{ loop|attr('index0') }}{{ loop|attr('depth0') }}{{ loop|attr('revindex0') }}{{ loop|attr('revindex') }}{{ loop|attr('previtem') }}{{ loop|attr('nextitem') }}{% endfor %}
{% for i in l %}{{ loop.cycle('a', 'b') }}{{ loop.cycle(*['x', 'y', 'z']) }}{{ loop.changed(i > 1) }}{{ loop.changed(i, 1) }};{% endfor %}
{% for i in l %}{% set q = loop %}{{ q.cycle(1, 2) }}{{ q.changed() }}{{ q['cycle']('o', 'e') }}{% endfor %}
{% for i in [1, 1, 2, 2, 1] %}{% if loop.changed(i) %}{{ i }}{% endif %}{% endfor %}
{% for i in l %}{{ loop.cycle() }}{% endfor %}
{% for i in l %}{{ loop.cycle }}{{ [loop.changed] }}{% endfor %}{% for i in l|map('string') recursive %}{{ loop.cycle|e }}{% endfor %}
{{ cycler(1).next|string|replace('0x', '')|truncate(50) }}{{ [cycler(1).reset]|string|truncate(50) }}
{% for i in l %}{{ loop.last() }}{% endfor %}
{% for i in l %}{{ loop.index(i, k=1) }}{% endfor %}
{% for i in l %}{{ loop.length(*l) }}{% endfor %}
{% for i in l %}{{ loop.index0.bit_length() }}{{ loop.last.real }}{{ loop.first.conjugate() }}{% endfor %}
{% for i in l %}{% call loop.first() %}{% endcall %}{% endfor %}
{% for i in l %}{{ loop }}{% endfor %}{% for i in l|map('upper') %}{{ loop }}{% endfor %}
{% for i in l %}{{ loop.nope }}{{ loop|length }}{{ loop is iterable }}{{ loop is callable }}{% endfor %}
{% for i in l %}{{ loop([1]) }}{% endfor %}
{% for n in tree recursive %}{{ n.v }}{{ loop.depth }}{{ loop.depth0 }}{% if n.c %}({{ loop(n.c) }}){% endif %}{% endfor %}
{% for n in tree recursive %}{{ loop.index }}/{{ loop.length }}:{{ n.v }}{{ loop(n.c) }}{% else %}-{% endfor %}
{% for n in tree recursive %}{{ n.v }}{% for m in n.c %}{{ loop.depth }}{% endfor %}{{ loop(n.c)|upper }}{% endfor %}
{% for n in tree if n.v > 1 recursive %}{{ n.v }}{{ loop(n.c) }}{% endfor %}
{% for n in tree recursive %}{{ loop(5) }}{% endfor %}
{% for n in tree recursive %}{{ loop() }}{% endfor %}
{% for i in e %}x{% else %}empty{% endfor %}{% for i in nope %}x{% else %}undef{% endfor %}{% for i in '' %}{% else %}str{% endfor %}{% for i in {} %}{% else %}dict{% endfor %}{% for i in l if i > 5 %}x{% else %}filtered{% endfor %}
{% for i in l if i != 2 %}{{ i }}{{ loop.index }}{{ loop.length }}{{ loop.last }};{% endfor %}{% for i in l if loop is defined %}{{ i }}{% else %}no{% endfor %}
{% for k in d %}{{ k }}{% endfor %}{% for k, v in d.items() %}{{ k }}{{ v }}{{ loop.index }}{{ loop.last }}{% endfor %}{% for v in d.values() %}{{ v }}{% endfor %}{% for c in s %}{{ c }}-{% endfor %}{% for i in range(3) %}{{ i }}{% endfor %}{% for i in (1, 2) %}{{ i }}{% endfor %}
{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}{% for a, (b, c) in nested %}{{ a }}{{ b }}{{ c }}{% endfor %}{% for (a, b) in pairs %}{{ b }}{% endfor %}{% for a, b in ['xy', 'zw'] %}{{ b }}{{ a }}{% endfor %}{% for a, b in [{'p': 1, 'q': 2}] %}{{ a }}{{ b }}{% endfor %}
{% for a, b in l %}{% endfor %}
{% for a, b in [[1]] %}{% endfor %}
{% for a, b in [[1, 2, 3]] %}{% endfor %}
{% for a, b in [n] %}{% endfor %}
{% for i in n %}{% endfor %}
{% for i in 5 %}{% endfor %}
{% for i in t %}{% endfor %}
{% for i in nope.x %}{% endfor %}
{% for i in l %}{% for j in l %}{{ i }}{{ j }}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}
{% for i in l %}{% set o = loop %}{% for j in s %}{{ o.index }}{{ loop.index }}{{ j }}{% endfor %};{% endfor %}
{% for i in l %}{% set x = i %}{{ x }}{% endfor %}{{ x }}{{ i is defined }}{{ loop is defined }}
{% for x in [x] %}{{ x }}{% endfor %}{% for x in x %}{{ x }}{% endfor %}
{% set q = [] %}{% for i in l %}{% set _ = q.append(i * 2) %}{% endfor %}{{ q }}{% set m = [1] %}{% for i in m %}{% if m|length < 4 %}{% set _ = m.append(i + 1) %}{% endif %}{{ i }}{% endfor %}
{% set ns = namespace(n=0, l=[]) %}{% for i in l %}{% set ns.n = ns.n + i %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.n }}{{ ns.l }}{{ ns }}{{ ns.zz }}{{ ns['n'] }}
{% set ns = namespace({'a': 1}, b=2) %}{% set ns.c %}x{{ ns.a }}{% endset %}{{ ns.c }}{{ ns.items }}{{ ns.b }}{{ namespace() }}{{ namespace([('q', 1)]).q }}
{% set ns = {} %}{% set ns.x = 1 %}
{% set x.y = 1 %}
{% set nope.y = 1 %}
{{ namespace(1) }}
{{ namespace({}, {}) }}
{% if t %}1{% elif f %}2{% else %}3{% endif %}{% if f %}1{% elif t %}2{% else %}3{% endif %}{% if f %}1{% elif f %}2{% else %}3{% endif %}{% if nope %}1{% endif %}{% if not nope %}n{% endif %}{% if e or d %}d{% endif %}
{% if 0 %}a{% elif '' %}b{% elif none %}c{% elif [] %}d{% elif 0.0 %}e{% elif '0' %}f{% endif %}{% if (1, 2) %}t{% endif %}{% if () %}{% else %}et{% endif %}{% if 1, 2 %}bt{% endif %}{% if x: %}colon{% endif %}
{% if nope.x %}{% endif %}
{% if x is defined and x == 'ctx' and not (l|length < 3) %}yes{% endif %}{{ 'a' if x == 'ctx' else 'b' }}{{ 'a' if f }}|{{ ('a' if f) is undefined }}{{ 'p' if t else nope.x }}
{{ ('a' if f).x }}
{% set a = 1 %}{% set b, c = 2, 3 %}{% set (d1, (e1, f1)) = (4, (5, 6)) %}{% set g = 1, 2 %}{{ a }}{{ b }}{{ c }}{{ d1 }}{{ e1 }}{{ f1 }}{{ g }}{% set a, b = b, a %}{{ a }}{{ b }}
{% set a, b = [1] %}
{% set a, b = 5 %}
{% set a, b = 'xyz' %}
{% set a, b = nope %}
{% set z %}  block {{ x }} {% endset %}[{{ z }}]{% set z | trim | upper %}  block {{ x }} {% endset %}[{{ z }}]{% set w %}{% set inner = 5 %}{{ inner }}{% endset %}{{ w }}{{ inner is defined }}
{% with %}{% set a = 1 %}{{ a }}{% endwith %}{{ a is defined }}{% with a = 1, b = 2 %}{{ a }}{{ b }}{{ x }}{% endwith %}{% with x = x ~ 1 %}{{ x }}{% with x = x ~ 2 %}{{ x }}{% endwith %}{{ x }}{% endwith %}{{ x }}{% with a = 5, b = a %}{{ b is defined }}{% endwith %}{% with a, b = 1, 2 %}{{ a }}{% endwith %}
{% with (a, b) = (1, 2), c = 3 %}{{ a }}{{ b }}{{ c }}{% endwith %}{% with a = l %}{{ a.append(4) }}{{ l }}{% endwith %}
{% for x in l %}{% macro loop(n) %}m{{ n }}{% endmacro %}{{ loop(x) }}{{ loop.index }}|{% endfor %}
{% for x in l %}{{ loop.index }}{% macro loop(n) %}m{{ n }}{% endmacro %}{{ loop(x) }}|{% endfor %}{{ loop is defined }}
{% for x in l if x > 1 %}{{ loop.length }}{% if x == 2 %}{% macro loop() %}m{% endmacro %}{% endif %}{{ loop.name }}{{ loop.index }}|{% else %}none{% endfor %}
{% for x in l %}{% macro loop() %}m{% endmacro %}{% for y in l %}{{ loop.index }}{% endfor %}{{ loop() }}|{% endfor %}
{% for x in [l, [l]] recursive %}{{ loop.depth }}{% macro loop(n) %}m{{ n }}{% endmacro %}{{ loop([x]) }}|{% endfor %}
{% for x in l %}{% with %}{% macro loop() %}m{% endmacro %}{{ loop() }}{% endwith %}{{ loop.index }}{{ loop.last }}|{% endfor %}
{% for x in l %}{% macro loop() %}{{ loop.index }}{{ loop.name }}{% endmacro %}{{ loop() }}|{% endfor %}
{% for x in l %}{% macro m() %}{{ loop.index }}{% endmacro %}{{ m() }}{% macro loop() %}m{% endmacro %}{{ m() }}|{% endfor %}
{% macro m() %}M{% endmacro %}{{ m() }}{{ m }}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}
{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}|{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=6) }}{{ m(1, c=9) }}{{ m() }}{{ m.arguments }}{{ m.name }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}
{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{{ caller is defined }}{% endmacro %}{{ m(1, 2, 3, x=4) }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}{{ m.arguments }}{{ m['name'] }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=1) }}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}
{% macro m(a) %}{{ a.b }}{% endmacro %}{{ m() }}
{% macro m(a) %}{{ a is defined }}{{ a }}{% endmacro %}{{ m() }}{{ m(nope) }}{{ m(none) }}
{% macro m(v='d') %}[{{ v }}]{% endmacro %}{{ m(d.missing) }}{{ m() }}{{ m(none) }}{{ m(v='') }}
{% macro m(q=[]) %}{{ q.append(1) }}{{ q }}{% endmacro %}{{ m() }}{{ m() }}
{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}{% macro fact(n) %}{{ 1 if n < 2 else n * (fact(n - 1)|int) }}{% endmacro %}{{ fact(10) }}
{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}
{% macro outer() %}{% macro inner() %}I{{ x }}{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}{{ inner is defined }}
{% macro m() %}{{ y }}{% endmacro %}{% set y = 3 %}{{ m() }}{% set y = 4 %}{{ m() }}{% for y in [9] %}{{ m() }}{% endfor %}{% with y = 8 %}{{ m() }}{% endwith %}
{% macro m(x) %}{% set x = x ~ '!' %}{{ x }}{% endmacro %}{{ m('a') }}{{ x }}{% macro k(x, y=x) %}{{ y }}{% endmacro %}{{ k(1) }}{{ k() }}
{{ m() }}{% macro m() %}late{% endmacro %}
{% macro wrap(t) %}<{{ t }}>{{ caller() }}</{{ t }}>{% endmacro %}{% call wrap('b') %}body {{ x }}{% endcall %}{% call wrap(t='i') %}{% call wrap('u') %}in{% endcall %}{% endcall %}
{% macro each(items) %}{% for i in items %}{{ caller(i, loop.index) }}{% endfor %}{% endmacro %}{% call(i, n) each(l) %}{{ n }}={{ i }};{% endcall %}{% call(i, n=9, m=7) each(l) %}{{ m }}{{ n }}{% endcall %}
{% macro opt() %}{% if caller %}{{ caller() }}{% else %}none{% endif %}{% endmacro %}{{ opt() }}{% call opt() %}c{% endcall %}{% macro ca(x, caller=none) %}{{ caller }}{% endmacro %}{{ ca(1) }}
{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}
{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}
{% macro m() %}{{ caller }}{{ caller.name }}{{ caller.arguments }}{% endmacro %}{% call(a) m() %}y{% endcall %}
{% call l.append(5) %}{% endcall %}
{% call d.get('a') %}{% endcall %}
{% call x %}{% endcall %}
{% macro m(caller) %}{{ caller() }}{% endmacro %}
{% macro m(a=1, b) %}{% endmacro %}
{% macro m(a, a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}
{% macro m(*a) %}{% endmacro %}
{% macro m(a) %}{{ a }}{% endmacro %}{{ m(*[1]) }}{{ m(**{'a': 2}) }}{{ [1, 2]|map('string')|map('upper')|list }}{{ m(m(m('x'))) }}{{ m is callable }}{{ m is defined }}
{% if t %}{% macro c() %}C{% endmacro %}{% endif %}{{ c() }}{% for i in [1] %}{% macro lm() %}L{{ i }}{% endmacro %}{{ lm() }}{% endfor %}{{ lm is defined }}
{% filter upper %}a{% filter replace('B', 'q') %}b{% endfilter %}{{ x }}{% endfilter %}{% filter e %}<{% endfilter %}
{% print 1 %}{% print 'a', 'b' %}{% print %}{% print x|upper %}{% print (1, 2) %}
{% raw %}{{ x }}{% if %}{# c #}{% endraw %}{%- raw -%}  a  {%- endraw -%}  b{% raw %}{% endraw %}{% raw %}{{ '{%' }} %}{% endraw %}
{# c #}a{#- c -#} b {# multi {{ x }} {% if %} #}c{##}{#-#}
a  {%- if t %} b {% endif -%}  c{{- x }} d {{ x -}} e {#- z #} f {%+ if t +%} g {%- endif %}
{% set c = cycler('a', 'b', 'c') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}{{ c.current }}{% for i in l %}{{ c.next() }}{% endfor %}
{% set c = cycler(1) %}{{ c.current }}{{ c.next() }}{{ c.next() }}{{ c.reset() }}{{ c.items }}{{ c.pos }}{{ c.current }}
{% set c = cycler(*l) %}{% for i in s %}{{ c.next() }}{% endfor %}{{ c.reset() }}{{ c.current }}
{{ cycler() }}
{% set j = joiner() %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}{% set k = joiner(' | ') %}{{ k() }}{{ k() }}{{ k() }}{{ k.sep }}{{ joiner(sep=';')() }}
{% set j = joiner() %}{{ j(1) }}
{{ dict(a=1, b=2) }}{{ dict(d, c=3) }}{{ dict([('x', 1)], **d) }}{{ dict() }}{{ dict(pairs) }}{{ dict(['ab', 'cd']) }}{{ dict(d) == d }}
{{ dict(1) }}
{{ dict([1]) }}
{{ dict(['abc']) }}
{{ dict({}, {}) }}
{{ dict(**{1: 2}) }}
{{ dict(a=1, **{'a': 2}) }}
{{ range(5)|list }}{{ range(2, 5)|list }}{{ range(5, 0, -2)|list }}{{ range(0)|list }}{{ range(3)[1] }}{{ 2 in range(3) }}{{ range(3)|length }}{{ range(3) == range(3) }}{{ range(3) }}{{ range(10)[2:5] }}
{{ range(1, 2, 0) }}
{{ range(1000000) }}
{{ range('a') }}
{{ range() }}
{{ range(1.5) }}
{{ lipsum(0) }}|{{ lipsum(0, false) }}|{{ lipsum(n=0) is string }}|{{ lipsum(2)|length > 50 }}{{ '<p>' in lipsum(1) }}{{ '<p>' in lipsum(1, html=false) }}
{{ lipsum(1, false, 3, 5)|wordcount < 6 }}{{ lipsum(html=false) is string }}{{ lipsum(2, true) is escaped }}{{ lipsum is callable }}
{{ lipsum('x') }}
{% block b %}B{{ x }}{% endblock %}{{ self.b() }}{% block c %}{{ self.b() }}{% endblock c %}
{% set y = 1 %}{% block b %}{{ y }}{% set y = 2 %}{{ y }}{% endblock %}{{ y }}{% for i in [1] %}{% block q %}{{ i is defined }}{% endblock %}{% block r scoped %}{{ i }}{% endblock %}{% endfor %}
{% block a %}{% endblock %}{% block a %}{% endblock %}
{% block a %}{{ super() }}{% endblock %}
{% block a %}{{ super is defined }}{{ self.a is defined }}{{ self.nope is defined }}{% endblock %}{{ self.nope }}
{{ self.nope() }}
{% block a required %}{% endblock %}
{% block a required %}x{% endblock %}
{% block a-b %}{% endblock %}
{% block 1 %}{% endblock %}
{% block a %}{% endblock b %}
{% for self in l %}{{ self }}{% endfor %}{{ self is defined }}
{% autoescape x %}<{{ '<' ~ x }}{% endautoescape %}{% autoescape false %}{{ '<' }}{% endautoescape %}{% autoescape true %}{{ '<' }}{% set v = '<' %}{% endautoescape %}{{ v is defined }}
{% autoescape f %}{{ x ~ '<' }}{% endautoescape %}{% autoescape t %}{{ ('<' ~ x) }}{{ x|e }}{% endautoescape %}
{% if x %}{% set v1 = 1 %}{% else %}{% set v2 = 2 %}{% endif %}{{ v1 }}{{ v2 }}{% if f %}{% set x = 'no' %}{% endif %}{{ x }}{% for i in l %}{% if i == 1 %}{% set w = i %}{% endif %}{{ w }}{% endfor %}
{{ x }}{% set x = 1 %}{{ x }}{% set x %}{{ x }}2{% endset %}{{ x }}{% macro g() %}{{ x }}{% endmacro %}{{ g() }}
{% set loop = 1 %}{{ loop }}{% for i in l %}{{ loop.index }}{% endfor %}{{ loop }}
{% for i in l %}{% set loop = 1 %}{% endfor %}
{% for loop in l %}{{ loop }}{% endfor %}
{% set for = 5 %}{{ for }}{{ if }}{{ in }}{{ is }}{% set set = 1 %}{{ set }}{% set true1 = 2 %}{{ true1 }}{{ self1 }}
{% set true = 1 %}
{% set none = 1 %}
{% set 'a' = 1 %}
{% set a.b.c = 1 %}
{% set a[0] = 1 %}
{% set a += 1 %}
{% do l.append(1) %}
{% break %}
{% continue %}
{% import 'x' as y %}
{% from 'x' import y %}
{% include 'x' %}
{% include ['x', 'y'] %}
{% include 'x' ignore missing %}ok{% include ['x', 'y'] ignore missing %}{% include nope ignore missing %}
{% include nope %}
{% include [] %}
{% include x ~ '.html' %}
{% extends 'x' %}
{% extends nope %}
{% if f %}{% include 'x' %}{% extends 'y' %}{% import 'z' as z %}{% endif %}ok
{% from 'x' import _a %}
{% from 'x' import a, b as c with context %}
{% import 'x' as y without context %}
]=])

local extensions <const> = { options = '{"extensions": ["do", "loopcontrols"]}' }
list:lines(CONTEXT, [=[
{% do l.append(4) %}{{ l }}{% do d.update(z=1) %}{{ d }}{% do x %}{% do 5 %}
{% do nope.x %}
{% for i in l %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}{% for i in l %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% else %}e{% endfor %}
{% for i in l %}{% for c in s %}{% if c == 'b' %}{% break %}{% endif %}{{ c }}{% endfor %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}
{% for i in l %}{% with q = i %}{% if q == 2 %}{% continue %}{% endif %}{{ q }}{% endwith %}{% endfor %}{% for i in l recursive %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for i in l if i > 1 %}{% if loop.last %}{% continue %}{% endif %}{{ loop.index }}{% endfor %}{% for k, v in d.items() %}{% if k == 'a' %}{% continue %}{% endif %}{{ v }}{% endfor %}
{% for i in l %}{% autoescape true %}{% if i == 2 %}{% continue %}{% endif %}{{ '<' }}{% endautoescape %}{% endfor %}
{% for i in l %}{% if loop.index == 2 %}{% continue %}{% endif %}{{ loop.previtem }}{{ loop.nextitem }}{% endfor %}
{% for i in l %}{% if i %}{% if i > 1 %}{% break %}{% endif %}{% else %}{% continue %}{% endif %}{{ i }}{% endfor %}
{% break %}
{% for i in l %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
]=], extensions)

list:texts(CONTEXT, [=[
{% for i in l %}
  - {{ i }}
{% endfor %}
end

----
{%- for i in l -%}
  {{ i }},
{%- endfor %}

  {%- if t %}
    yes
  {%- endif -%}

tail
----
{% if t -%}

   x

{%- endif %}
{{ x -}}   
   y
{#- comment
over lines -#}
   z
----
{% macro row(k, v) -%}
  <tr><td>{{ k }}</td><td>{{ v }}</td></tr>
{%- endmacro %}
<table>
{% for k, v in d.items() %}
  {{ row(k, v) }}
{% endfor %}
</table>
----
{% raw -%}
   {{ x }}
{%- endraw %}
{% set y %}
 multi
 line {{ x }}
{% endset %}
[{{ y }}]
----
{% filter indent(4, true) %}
a
  b

c
{% endfilter %}
----
{{ 'a
b' }}{{ "x\
y" }}{{ {
  'k': [1,
        2],
} }}{% if t
  and x %}ok{% endif %}
----
   {% set a = 1 %}   
{{ a }}
	{% if t %}	tab	{% endif %}	
----
{% call(i)
   l.copy() %}{% endcall %}
]=])

for _, options in ipairs { '{"trim_blocks": true}', '{"lstrip_blocks": true}', '{"trim_blocks": true, "lstrip_blocks": true}',
  '{"keep_trailing_newline": true}', '{"trim_blocks": true, "keep_trailing_newline": true}' } do
  list:texts(CONTEXT, [=[
{% for i in l %}
  {% if i > 1 %}
    {{ i }}
  {% endif %}
{% endfor %}

----
  {# c #}
a
  {#- c -#}
b
   {# c +#}
c
----
  {% raw %}
   {{ x }}
  {% endraw %}
z
----
x   {% set a = 1 %}
  {%+ set b = 2 %}
  {%- set c = 3 +%}
  {{ a }}
	{% if t %}y{% endif %}  
----
{% if t %}

{% endif %}{# a #}

b
----
{% macro m() %}
  q
{% endmacro %}
{{ m() }}
  {% block z %}
  in
  {% endblock %}
----
<ul>
    {% for k, v in d.items() %}
    <li>{{ k }}</li>  {% if loop.last %}last{% endif %}
    {% else %}
    none
    {% endfor %}
</ul>
]=], { options = options })
end
return list
