--- Templates with their contexts, for the comparison with the real Jinja2: {template, context as JSON, options=}.
local X <const> = [[{"x": "ctx", "n": 3, "l": [1, 2, 3], "d": {"a": 1, "b": {"c": [10, 20]}, "items": "I"}, "s": "abc",
  "z": null, "t": true, "f": false, "e": "", "el": [], "fl": 2.5, "h": "<b>&"}]]

local plain <const> = {
  -- text, whitespace, comments, raw
  "", "a", "a\n", "a\n\n", "\n", "a\r\nb\rc\r\n", "{ {", "}} %} #}", "{{ 1 }}\n", " {{- 1 -}} \n x", "a {#- c -#} b",
  "{#-#}x", "a{##}b", "a {%- if t -%} b {%- endif -%} c", "{{--1}}", "{{ - 1 }}", "{{ -1 }}", "{{- 1}}", "{{ 1-}} x",
  "{{ 1 --}}", "{{+ x }}", "{{ x +}}", "{%+ if t +%} a {% endif %}", "{# a {# b #} c", "{#", "{# a", "a{#",
  "{% raw %}{{ x }}{% endraw %}", "{% raw %}{% raw %}{% endraw %}", "a {%- raw -%} {{ b }} {%- endraw -%} c",
  "{% raw %}", "{% raw %}x", "{%raw%}{{{%endraw%}", "{% raw -%}\n x \n{% endraw +%}\ny", "a\u{A0}{{- 1 -}}\u{2003}b",
  "a\u{200B}{{- 1 -}}b", "\u{FEFF}a", "{{ 'a\r\nb' }}", "x{# \n #}y\n{{ 1 }}", "{% if t %}\n a\n{% endif %}\n",
  -- literals
  "{{ 1_000 }}", "{{ 0x_ff }}", "{{ 0b101 }} {{ 0o17 }} {{ 0XFF }}", "{{ 012 }}", "{{ 00 }}", "{{ 1e3 }}", "{{ 1.5e-3 }}",
  "{{ 00.5 }}", "{{ 1. }}", "{{ .5 }}", "{{ 1__0 }}", "{{ 99999999999999999999 }}", "{{ 0xffffffffffffffffff }}",
  "{{ 18446744073709551615 }}", "{{ 9223372036854775807 }}", "{{ 1e999 }}", "{{ 1E5 }}", "{{ 1.0 }}", "{{ 123456789.125 }}",
  "{{ 'a' 'b' \"c\" }}", "{{ '\\n\\t\\\\\\'' }}", "{{ '\\d\\x41\\u00e9\\101' }}", "{{ '\\x4' }}", "{{ '\\u12' }}",
  "{{ '\\U00110000' }}", "{{ '\\q' }}", "{{ 'é\\é' }}", "{{ 'a\\\nb' }}", "{{ '''x''' }}", "{{ 'abc }}", "{{ '\\N{x}' }}",
  "{{ \"it's\" }}", "{{ true }} {{ True }} {{ false }} {{ none }} {{ None }} {{ TRUE }} {{ null }}",
  "{{ [] }} {{ [1,2,] }} {{ () }} {{ (1,) }} {{ (1, 2) }} {{ {} }} {{ {'a': 1,} }}", "{{ 1, 2 }}", "{{ (1) }}",
  "{{ [,] }}", "{{ [1,,2] }}", "{{ {'a'} }}", "{{ {'a': {}} }}", "{{{'a': 1}.a}}", "{{ {1: 'a', true: 'b'} }}",
  "{{ }}", "{{ 1 1 }}", "{{ $ }}", "{{ a ! b }}", "{{ ) }}", "{{ (] }}", "{{ ( }}", "{{ x", "{% if x", "{%", "{{",
  -- operators
  "{{ 2 ** 3 ** 2 }}", "{{ -2 ** 2 }}", "{{ 2 - 3 | abs }}", "{{ -3.7 | int }}", "{{ 'a' ~ 'b' | upper }}",
  "{{ 'X' in 'xyz' | upper }}", "{{ not x | length }}", "{{ 1 ~ 2 * 3 }}", "{{ 1 ~ 2 + 3 }}", "{{ 10 / 4 | float }}",
  "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }}", "{{ 1 + 2 * 3 - 4 }}", "{{ (1 + 2) * 3 }}",
  "{{ 1 < 2 }} {{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 == 1 != 2 }}", "{{ 1 in [1] == true }}", "{{ 1 not in l }}",
  "{{ 2 in l }}", "{{ not 1 in l }}", "{{ not not x }}", "{{ 1 and 2 }} {{ 0 and 2 }} {{ 0 or 3 }} {{ '' or z }}",
  "{{ x or n }} {{ e or n }} {{ f or e or z }} {{ t and x and n }}", "{{ nope or 'y' }} {{ nope and 1 }}",
  "{{ 1 if t }} {{ 1 if f }}|{{ 'a' if f else 'b' }}", "{{ 'x' if false if true else 'y' }}",
  "{{ 1 if f else 2 if f else 3 }}", "{{ (x or n) ~ (e or n) }}", "{{ [e or 1, t and 2, 3 if f else 4] }}",
  "{{ 'a' * 3 }} {{ l + [4] }} {{ 'a' + 'b' }}", "{{ + 5 }} {{ -n }} {{ --n }}", "{{ not }}", "{{ 1 + not x }}",
  "{{ 1 + }}", "{{ * 2 }}", "{{ a b }}", "{{ f(**k, a=1) }}", "{{ f(a=1, 2) }}", "{{ f(*a, 1) }}", "{{ dict(a=1, a=2) }}",
  "{{ {**x} }}", "{{ [*x] }}", "{{ lambda: 1 }}", "{{ x := 1 }}", "{{ 1 & 2 }}", "{{ x.-1 }}", "{{ x.'a' }}",
  "{{ 1 / 0 }}", "{{ 1 + 'a' }}", "{{ 'a' < 1 }}", "{{ nope + 1 }}", "{{ nope.a.b }}", "{{ d.q.r }}", "{{ -nope }}",
  "{{ n < 5 and n > 1 }}", "{{ (n < 5) + 1 }}", "{{ (1, 2) == (1, 2) }}", "{{ 'a' if (1, 2) }}", "{{ 1 < nope }}",
  "{{ l | first if l else 'none' }}", "{{ (t or nope.x) and 1 }}", "{{ f and nope.x }}", "{{ 1 < 0 < nope.x }}",
  -- access and calls
  "{{ d.a }} {{ d['a'] }} {{ d.b.c[1] }} {{ d['b']['c'].0 }} {{ l.0 }} {{ l[-1] }}",
  "{{ d['items'] }}", "{{ d.nope }}|{{ d['nope'] }}|{{ l[9] }}|{{ l['a'] }}", "{{ d.nope.x }}", "{{ l[9].x }}", "{{ z.x.y }}",
  "{{ s[0] }} {{ s[1:] }} {{ s[:-1] }} {{ s[::-1] }} {{ s[::2] }} {{ l[1:2] }} {{ s[:] }}", "{{ s[n:] }}", "{{ s[:e] }}",
  "{{ s.upper() }} {{ s.replace('a', 'x') }} {{ s.split('b') }} {{ 'x,y'.split(',')[1] }}", "{{ d.get('a') }}",
  "{{ d.get('q', 'w') }} {{ d.get('q') }} {{ d.get(nope) }}", "{{ d.get('b').c }}", "{{ d.keys() | list }}",
  "{{ d.a.b.c }}", "{{ d[] }}", "{{ d[1, 2] }}", "{{ s() }}", "{{ nope() }}", "{{ d.nope() }}", "{{ 5() }}", "{{ s.nope() }}",
  "{{ dict(a=1, b=x) }}", "{{ dict(d, c=2) }}", "{{ dict(**d) }}", "{{ dict([('a', 1)]) }}", "{{ s.split(*[',']) }}",
  "{{ s.split(sep='b') }}", "{{ s.split(*['b'], **{'maxsplit': 1}) }}", "{{ x['up' ~ 'per']() }}", "{{ 'a.b'.split('.', 1) }}",
  "{{ {'critical': 'C', 'warning': 'W'}[x] | default('D') }}", "{{ {'ctx': 'C'}[x] }}", "{{ x in ['ctx', 'b'] }}",
  "{{ x in ('a', 'b') }}", "{{ [[1, 2], [3]][0][1] }}", "{{ d.b.c.0 }}", "{{ (d.a, d.b.c) }}", "{{ d._x }}", "{{ s.__class__ }}",
  "{{ s.__class__.x }}", "{{ a.0.1 }}", "{{ l.0.x }}", "{{ nope.x }}", "{{ nope[0] }}", "{{ nope[0:1] }}",
  -- filters and tests
  "{{ x | upper | lower }}", "{{ l | join(', ') }}", "{{ nope | default('d') }}", "{{ nope.y | default('d') }}",
  "{{ e | default('d', true) }}", "{{ e | default(default_value='d', boolean=true) }}", "{{ l | sort(reverse=true) }}",
  "{{ x | nofilter }}", "{% if t %}{{ x | nofilter }}{% endif %}", "{% if f %}{{ x | nofilter }}{% endif %}ok",
  "{% if f %}{% for i in l %}{{ i | nofilter }}{% endfor %}{% endif %}ok", "{{ x | nofilter if f else 1 }}",
  "{{ x is notest }}", "{% if x is notest %}{% endif %}", "{{ 1 if f and x is notest else 2 }}", "{{ x | a.b }}",
  "{{ x is defined }} {{ nope is defined }} {{ nope is undefined }} {{ z is none }} {{ 3 is odd }} {{ 4 is divisibleby 2 }}",
  "{{ x is not none }} {{ 2 + 3 is odd }} {{ 5 is gt 2 + 1 }}", "{{ 5 is gt -1 }}", "{{ 3 is odd if c else d }}",
  "{{ x is a is b }}", "{{ 3 is in l }}", "{{ 5 is in [1, 5] }}", "{{ 6 is divisibleby(3) }}", "{{ a | sort[0] }}",
  "{{ (l | sort)[0] }}", "{{ l | map('string') | list }}", "{{ [1, 2, 3, 4] | select('even') | list }}",
  "{{ l | length }} {{ l | count }} {{ l | sum }}", "{{ s | replace('a', 'b') | upper ~ 1 }}", "{{ x | }}", "{{ x | 1 }}",
  "{{ l | join(*['-']) }}", "{{ l | sort(**{'reverse': true}) }}", "{{ x | default }}", "{{ x|upper(1) }}",
  -- if
  "{% if x %}a{% endif %}", "{% if nope %}a{% else %}b{% endif %}", "{% if f %}a{% elif n == 3 %}b{% else %}c{% endif %}",
  "{% if f %}a{% elif z %}b{% elif (x or e) == 'ctx' %}c{% else %}d{% endif %}", "{% if x: %}a{% endif %}",
  "{% if f %}{% elif (z or f) %}1{% elif (e or x) %}2{% elif nope.x.y %}3{% else %}4{% endif %}",
  "{% if 1, 0 %}y{% endif %}", "{% if () %}y{% else %}n{% endif %}", "{% if 1 if c else 0 %}{% endif %}", "{% if nope.x %}{% endif %}",
  "{% if not (x and n) or f %}y{% else %}n{% endif %}", "{% if x == 'ctx' and n > 2 and 'b' in s %}y{% endif %}",
  "{% if t and (f or (e or n)) %}y{% endif %}", "{% if (d.get('q') or d.get('a')) == 1 %}y{% endif %}", "{% if %}", "{% if x %}",
  "{% elseif %}", "{% if x %}{% elseif y %}{% endif %}", "{% if x %}{% else if y %}{% endif %}", "{% if x %}{% endfor %}",
  "{% if 'a' %}1{% endif %}{% if '' %}2{% endif %}{% if 0 %}3{% endif %}{% if none %}4{% endif %}{% if 0.0 %}5{% endif %}",
  -- set
  "{% set a = 1 %}{{ a }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set (a, (b, c)) = [1, [2, 3]] %}{{ a }}{{ b }}{{ c }}",
  "{% set x = 1, 2 %}{{ x }}", "{% set x = x ~ 1 %}{{ x }}", "{% set a = 1 %}{% set a = a + 1 %}{{ a }}", "{{ x }}{% set x = 1 %}{{ x }}",
  "{% set true = 1 %}", "{% set 1 = 1 %}", "{% set [a] = 1 %}", "{% set a.b = 1 %}", "{% set x.b = 1 %}", "{% set x['a'] = 1 %}",
  "{% set x += 1 %}", "{% set x = y = 1 %}", "{% set a, b = [1] %}", "{% set a, b = [1, 2, 3] %}", "{% set a, b = 5 %}",
  "{% set a, b = 'xy' %}{{ b }}{{ a }}", "{% set a, a = 1, 2 %}{{ a }}", "{% set for = 5 %}{{ for }}{{ if }}{{ in }}",
  "{% set ns = namespace(a=1) %}{% for i in l %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}", "{% set ns = namespace() %}{{ ns.q }}|",
  "{% set x %}b{{ n }}{% endset %}{{ x }}", "{% set x | upper %}b{{ n }}c{% endset %}{{ x }}", "{% set x %}{{ x }}b{% endset %}{{ x }}",
  "{{ x }}{% set x %}{{ x }}b{% endset %}{{ x }}", "{% set a | replace('b', n | string) | upper %}abc{% endset %}{{ a }}",
  "{% set ns = namespace() %}{% set a, ns.b = 1, 2 %}{{ a }}{{ ns.b }}", "{% set ns = namespace() %}{% set ns.v %}q{% endset %}{{ ns.v }}", "{% set a %}{% set b %}1{% endset %}{{ b }}2{% endset %}{{ a }}{{ b }}",
  "{% set x %}", "{% set x %}{% endset", "{% set %}", "{% set x = %}", "{% set x = 1", "{% set _ = l.append(4) %}{{ l }}",
  "{% set a = d.copy() %}{% set _ = a.pop('a') %}{{ a }}{{ d }}", "{% set a = l %}{% set _ = a.append(9) %}{{ l }}",
  "{% if f %}{% set x = 1 %}{% endif %}{{ x }}", "{% if t %}{% set y = 5 %}{% endif %}{{ y }}", "{% if f %}{% set y = 5 %}{% endif %}{{ y }}|",
  "{% if t %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}", "{% if f %}{% set a = 1 %}{% elif t %}{% set a = 2 %}{% endif %}{{ a }}",
  "{% if t %}{% set a = 1 %}{% if f %}{% set b = 1 %}{% else %}{% set b = 2 %}{% endif %}{% endif %}{{ a }}{{ b }}",
  "{{ a }}{% set a = 1 %}{{ a }}", "{% set a = a %}{{ a is defined }}", "{% set x = 1 if f else 2 %}{{ x }}", "{% set x = l | first %}{{ x }}",
  -- for
  "{% for i in l %}{{ i }}{% endfor %}", "{% for i in s %}{{ i }},{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}",
  "{% for k, v in d.b.items() %}{{ k }}={{ v }}{% endfor %}", "{% for i in nope %}x{% else %}none{% endfor %}", "{% for i in z %}{% endfor %}",
  "{% for i in 5 %}{% endfor %}", "{% for i in el %}x{% else %}empty{% endfor %}", "{% for i in l if i > 1 %}{{ i }}{% endfor %}",
  "{% for i in l if i > 5 %}x{% else %}e{% endfor %}", "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }};{% endfor %}",
  "{% for i in l %}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}",
  "{% for i in l if i != 2 %}{{ loop.index }}/{{ loop.length }}{{ loop.last }} {% endfor %}", "{% for i in l %}{{ loop.cycle('a', 'b') }}{% endfor %}",
  "{% for i in l %}{{ loop.cycle() }}{% endfor %}", "{% for i in l %}{{ loop.previtem }}-{{ loop.nextitem }};{% endfor %}",
  "{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %}", "{% for i in l %}{{ loop }}{% endfor %}", "{% for i in l %}{{ loop.foo }}|{% endfor %}",
  "{% for i in l %}{{ loop(i) }}{% endfor %}", "{{ loop }}|{% for i in l %}{% endfor %}{{ loop }}|{{ i }}", "{% for i in l %}{{ loop['index'] }}{% endfor %}",
  "{% for i in l | map('string') %}{{ i }}{{ loop.last }}{{ loop.length }}{% endfor %}", "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }};{% endfor %}",
  "{% for (a, (b, c)) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in l %}{% endfor %}", "{% for a, b in ['xyz'] %}{% endfor %}",
  "{% for a, in x %}{% endfor %}", "{% for x in l %}{{ x }}{% endfor %}{{ x }}", "{% for x in x %}{{ x }}{% endfor %}", "{% for true in l %}{% endfor %}",
  "{% for i in l %}{% for j in l %}{{ i * j }}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}", "{% for i in l %}{% for j in el %}{% else %}{{ loop.index }}{% endfor %}{% endfor %}",
  "{% for i in l %}{% for j in loop.cycle([1], [2, 3]) %}{{ j }}{{ loop.length }}{% endfor %};{% endfor %}", "{% for i in 1, 2, 3 %}{{ i }}{% endfor %}",
  "{% for i in a if c else b %}{% endfor %}", "{% for i in (l if t else el) %}{{ i }}{% endfor %}", "{% for i in l if i is odd if t else false %}{{ i }}{% endfor %}",
  "{% for i in l if loop.index > 1 %}{% endfor %}", "{% for i in l: %}{{ i }}{% endfor %}", "{% for loop in l %}{% endfor %}", "{% for i in l %}{% set loop = 1 %}{% endfor %}",
  "{% for i in l %}{% for j in l %}{% set loop = 1 %}{% endfor %}{% endfor %}", "{% set loop = 1 %}{{ loop }}{% for i in l %}{{ loop.index }}{% endfor %}{{ loop }}",
  "{% set x = 0 %}{% for i in l %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}", "{% set x = 'o' %}{% for i in l %}{% if loop.first %}{% set x = i %}{% endif %}{{ x }}{% endfor %}",
  "{% for i in l %}{% set q = i %}{{ q }}{% endfor %}{{ q }}|", "{% for i in l %}{{ q }}{% set q = i %}{% endfor %}", "{% for i in l %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}",
  "{% for i in l %}{% if i == 2 %}{% set y = i %}{% endif %}{{ y }},{% endfor %}", "{% set y = 0 %}{% for i in l if i > y %}{% set y = 5 %}{{ y }}{% endfor %}",
  "{% for i in l if x == 'ctx' %}{% set x = i %}{{ x }}{% endfor %}", "{% for k, v in d.items() %}{{ loop.index }}{{ k }}{% if not loop.last %}, {% endif %}{% endfor %}",
  "{% for i in l recursive %}{{ i }}{% if i == 1 %}{{ loop([7, 8]) }}{% endif %}{{ loop.depth }}{% endfor %}", "{% for i in [[1, [2]], 3] recursive %}{% if i is iterable %}({{ loop(i) }}){% else %}{{ i }}@{{ loop.depth0 }}{% endif %}{% else %}E{% endfor %}",
  "{% for i in [[], 3] recursive %}{% if i is iterable %}({{ loop(i) }}){% else %}{{ i }}{% endif %}{% else %}E{% endfor %}", "{% for i in l recursive %}{{ loop.index }}{% endfor %}",
  "{% for i in [1, [2, [3]]] if i recursive %}{{ loop(i) if i is sequence else i }}{{ loop.last }}{% endfor %}", "{% for i in range(3) %}{{ i }}{% endfor %}", "{% for i in range(2, 8, 3) %}{{ i }}{{ loop.last }}{% endfor %}",
  "{% for i in l %}{% set _ = l.append(9) if loop.index < 3 %}{{ i }}{{ loop.last }}{% endfor %}", "{% for x in l recursive %}{% for y in l %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}",
  "{% for i in l %}{{ loop.index if loop.first else '' }}{{ '' if loop.last else ',' }}{% endfor %}", "{% for i in l %}{% if loop.index is even %}{{ i }}{% endif %}{% endfor %}", "{% for %}", "{% for i %}{% endfor %}", "{% for i in %}{% endfor %}", "{% for i in l %}",
  "{% for i in l %}{% else %}", "{% for i in l %}{% else %}{% else %}{% endfor %}", "{% for i in l|sort(reverse=true) %}{{ i }}{% endfor %}",
  -- macros
  "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=4, a=5) }} {{ m() }}", "{% macro m(v='d') %}[{{ v }}]{% endmacro %}{{ m() }}{{ m(nope) }}{{ m(none) }}",
  "{% macro m(a, b=a ~ 'x', c=b ~ 'y') %}{{ c }}{% endmacro %}{{ m(1) }}", "{% macro m(a=b, b=2) %}{{ a }}|{{ b }}{% endmacro %}{{ m() }}", "{% macro m(y=x) %}{{ y }}{% endmacro %}{{ m() }}{% set x = 2 %}{{ m() }}",
  "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, a=3) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=1) }}",
  "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}", "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}body{{ x }}{% endcall %}", "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a + b }}{% endcall %}",
  "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "{% macro m() %}x{% endmacro %}{% call m() %}b{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}",
  "{% macro f() %}{{ y }}{% endmacro %}{% set y = 3 %}{{ f() }}", "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
  "{{ m }}{% macro m() %}{% endmacro %}{{ m }}", "{% macro m(a, b=1) %}{{ caller }}{% endmacro %}{{ m.name }} {{ m.arguments }} {{ m.catch_kwargs }} {{ m.catch_varargs }} {{ m.caller }}",
  "{% if t %}{% macro m() %}M{% endmacro %}{% endif %}{{ m() }}", "{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m }}|", "{% macro o() %}{% macro i() %}I{% endmacro %}{{ i() }}{% endmacro %}{{ o() }}{{ i }}|",
  "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "{% macro m(x) %}{% set x = x ~ '!' %}{{ x }}{% endmacro %}{{ m('q') }}{{ x }}", "{% macro m() %}{% set x = 1 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
  "{% macro m() %}{{ x }}{% set x = 1 %}{{ x }}{% endmacro %}{{ m() }}", "{% for i in l %}{% macro m() %}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}", "{% macro m(l=[]) %}{% set _ = l.append(1) %}{{ l }}{% endmacro %}{{ m() }}{{ m() }}",
  "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m(*a) %}{% endmacro %}", "{% macro m(caller) %}{{ caller }}{% endmacro %}", "{% macro m(caller=1) %}{{ caller }}{% endmacro %}{{ m() }}", "{% call 1 %}{% endcall %}", "{% call x %}{% endcall %}",
  "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}{% for i in l %}{% call m() %}{{ i }}{{ loop.index }}{% endcall %}{% endfor %}", "{% macro w(k) %}<{{ caller(k) }}>{% endmacro %}{% call(v) w(k='z') %}{{ v }}{{ x }}{% endcall %}",
  "{% macro m(a, b, c, d, e, f, g, h) %}{{ a }}{{ h }}{% endmacro %}{{ m(1, 2, 3, 4, 5, 6, 7, 8) }}", "{% macro m() %}{{ kwargs.a }}{% endmacro %}{{ m(a=1) }}{{ m() }}|", "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}{{ m(1) }}",
  "{% macro m() %}{% for i in l %}{{ i }}{% endfor %}{% endmacro %}{% set v = m() %}{{ v | length }}{{ v }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ [1, 2] | map('string') | map('upper') | list }}{{ m(m(1)) }}", "{% macro m() %}", "{% macro %}{% endmacro %}", "{% macro m %}{% endmacro %}",
  "{% call s.upper() %}{% endcall %}", "{% macro m() %}a{% if f %}b{% endif %}{% endmacro %}{{ m() ~ m() }}", "{% set a = 1 %}{% macro m() %}{{ a }}{% endmacro %}{% for a in l %}{{ m() }}{% endfor %}", "{% with a = 1 %}{% macro m() %}{{ a }}{% endmacro %}{{ m() }}{% endwith %}{{ a }}",
  -- with, filter, autoescape, print
  "{% with %}{% set z = 1 %}{{ z }}{% endwith %}{{ z }}", "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}|", "{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% with a, b = (1, 2) %}{{ a }}{% endwith %}",
  "{% with (a, b) = (1, 2) %}{{ a }}{{ b }}{% endwith %}", "{% with x = x ~ 1 %}{{ x }}{% endwith %}{{ x }}", "{% with a = 1 %}{% with b = a %}{% set a = 5 %}{{ a }}{{ b }}{% endwith %}{{ a }}{% endwith %}", "{% with a %}{% endwith %}", "{% with a = 1 b = 2 %}{% endwith %}",
  "{% filter upper %}a{{ x }}{% endfilter %}", "{% filter replace('a', n | string) | upper %}abc{% endfilter %}", "{% filter length %}abc{% endfilter %}", "{% filter upper %}{% set q = 1 %}{{ q }}a{% endfilter %}{{ q }}|", "{% filter nofilter %}a{% endfilter %}", "{% filter %}{% endfilter %}",
  "{% for i in l %}{% filter upper %}{{ i }}a{% endfilter %}{% endfor %}", "{% autoescape true %}{{ h }}{{ h | safe }}{{ '<i>' }}<p>{% endautoescape %}{{ h }}", "{% autoescape false %}{{ h }}{% endautoescape %}", "{% autoescape true %}{{ h ~ '<' }}{{ h ~ ('<i>' | safe) }}{% endautoescape %}",
  "{% autoescape true %}{% set a %}<b>{{ h }}{% endset %}{{ a }}{% endautoescape %}", "{% autoescape true %}{% macro m() %}<b>{{ h }}{% endmacro %}{{ m() }}{% endautoescape %}", "{% macro m() %}<b>{{ h }}{% endmacro %}{% autoescape true %}{{ m() }}{% endautoescape %}", "{% autoescape true %}{% filter upper %}<b>{{ h }}{% endfilter %}{% endautoescape %}",
  "{% autoescape true %}{{ [h, '<'] | join(',') }}{{ (h | e) }}{{ h | upper }}{% endautoescape %}", "{% autoescape t %}{{ h }}{{ h ~ 'x' }}{% endautoescape %}", "{% autoescape f %}{{ h }}{{ h ~ 'x' }}{{ [h] | join }}{% endautoescape %}", "{% autoescape true %}{% for i in [h] %}{{ i }}{% endfor %}{% endautoescape %}",
  "{% autoescape true %}{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}<b>{{ h }}{% endcall %}{% endautoescape %}", "{% autoescape true %}{% for i in [h, [h]] recursive %}{{ loop(i) if i is not string else i }}<b>{% endfor %}{% endautoescape %}", "{% print x, 1 %}{% print %}{% print (1, 2) %}", "{% print x y %}",
  -- blocks and other templates
  "{% block a %}x{{ x }}{% endblock %}", "{% block a %}x{% endblock a %}{{ self.a() }}", "{% set q = 1 %}{% block a %}{{ q }}{% endblock %}", "{% for i in l %}{% block a %}{{ i }}{% endblock %}{% endfor %}", "{% for i in l %}{% block a scoped %}{{ i }}{{ loop.index }}{% endblock %}{% endfor %}",
  "{% block a %}{% set q = 1 %}{{ q }}{% endblock %}{{ q }}|", "{% block a %}{% endblock %}{% block a %}{% endblock %}", "{% block a %}{{ super() }}{% endblock %}", "{% block a %}{% block b %}B{% endblock %}{% endblock %}{{ self.b() }}", "{% block a required %}{% endblock %}", "{% block a required %}x{% endblock %}",
  "{% block a-b %}{% endblock %}", "{{ self.nope() }}", "{% block a %}1{% endblock b %}", "{% set q = 1 %}{% for i in [1] %}{% set q = 2 %}{% block a %}{{ q }}{% endblock %}{% endfor %}", "{% if t %}{% set q = 7 %}{% endif %}{% block a %}{{ q }}{% endblock %}", "{% block a %}{{ q }}{% endblock %}{% set q = 1 %}{{ self.a() }}",
  "{% for i in l %}{% block a scoped %}{% block b scoped %}{{ i }}{% endblock %}{% endblock %}{% endfor %}", "{% with k = 5 %}{% block a scoped %}{{ k }}{% endblock %}{% block b %}{{ k }}{% endblock %}{% endwith %}", "{% macro m() %}M{% endmacro %}{% block a %}{{ m() }}{% endblock %}",
  "{% include 'x' %}", "{% include 'x' ignore missing %}ok", "{% include nope %}", "{% include ['a', 'b'] %}", "{% include [] %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% from 'x' import y as z, w with context %}", "{% from 'x' import _y %}", "{% extends 'x' %}", "{% if f %}{% include 'x' %}{% extends 'y' %}{% endif %}ok",
  "{% include x %}", "{% include 'x' without context %}", "{% for i in l %}{% extends 'x' %}{% endfor %}", "{% import 'x' %}", "{% from 'x' %}", "{% include ['a'] ignore missing %}k", "{% extends nope %}",
  -- tags and ends
  "{% foo %}", "{% %}", "{% 1 %}", "{% endif %}", "{% if x %}{% foo %}{% endif %}", "{% for i in l %}{% if x %}{% endfor %}", "{% if x %}{% for i in l %}{% endif %}", "{% do 1 %}", "{% break %}", "{% If x %}{% endif %}", "{% raw %}{% endraw", "{% with %}{% endif %}", "{% set x %}{% endif %}", "{% macro m() %}{% endfor %}",
  "{{ x }", "{{ {'a': 1 }}", "{{ [1 }}", "{{ x²  }}", "{{ é }}", "{{ “x” }}", "{{ 1 }}{{ $ }}{{ 1 1 }}", "{{ 1 1 }}{{ $ }}", "{% set a = 1 %}}", "{{ a; b }}", "{{ 'a'.b.c }}", "{{ @ }}", "é{{ ? }}", "{{ x\u{A0}}}",
}

local cases <const> = {}
for _, template in ipairs(plain) do cases[#cases + 1] = { template, X } end

local function with(options, list)
  for _, template in ipairs(list) do cases[#cases + 1] = { template, X, options = options } end
end

with('{"trim_blocks": true}', {
  "{% if t %}\na\n{% endif %}\nb\n", "{# c #}\nx", "{{ x }}\ny", "{% raw %}\n a\n{% endraw %}\nb", "{% if t +%}\na{% endif %}", "{% if t -%}\n\n a{% endif %}",
})
with('{"lstrip_blocks": true}', {
  "  {% if t %}\n  a\n  {% endif %}\n", "  {# c #}\nx", "  {{ x }}", "a  {% if t %}b{% endif %}", "  {%+ if t %}b{% endif %}", "\t {% raw %} a\n  {% endraw %}", "{% if t %}  {% endif %}", "x\n  {%- if t %}a{% endif %}",
  "{# a #}  {# b #}", "{# a #}\n  {# b #}c",
})
with('{"trim_blocks": true, "lstrip_blocks": true}', {
  "<ul>\n  {% for i in l %}\n    <li>{{ i }}</li>\n  {% endfor %}\n</ul>\n", "  {# x #}\n  a\n", "  {% set a = 1 %}\n\n{{ a }}", "{% if t %}\n  {% if t %}\n  b\n  {% endif %}\n{% endif %}\n",
})
with('{"keep_trailing_newline": true}', { "a\n", "a\n\n", "\n", "a\r\n", "{% if t %}x{% endif %}\n" })
with('{"autoescape": true}', { "{{ h }}", "<{{ h }}>{{ '<' }}", "{% set a %}<{{ h }}{% endset %}{{ a }}", "{{ [h] }}", "{% macro m(a) %}<i>{{ a }}</i>{% endmacro %}{{ m(h) }}{{ m(h) | length }}", "{{ h | safe }}", "{{ '<' if t }}{{ n }}{{ nope }}" })
with('{"extensions": ["do", "loopcontrols"]}', {
  "{% do l.append(4) %}{{ l }}", "{% do 1, 2 %}x", "{% for i in l %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% for i in l %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
  "{% for i in l %}{% break %}{% else %}E{% endfor %}", "{% for i in l %}{% continue %}{% else %}E{% endfor %}", "{% for i in l %}{% if i == 2 %}{% break %}{% endif %}{% else %}E{% endfor %}", "{% for i in l %}{% for j in l %}{% if j == 2 %}{% break %}{% endif %}{{ j }}{% endfor %}{{ i }}{% endfor %}",
  "{% for i in l %}a{% set x %}q{% if i == 2 %}{% continue %}{% endif %}w{% endset %}{{ x }}{% endfor %}", "{% for i in l if i > 1 %}{% if i == 3 %}{% continue %}{% endif %}{{ loop.index }}{{ i }}{% endfor %}", "{% for i in l %}{% set q = i %}{% if q == 1 %}{% continue %}{% endif %}{% set w = q %}{{ w }}{% endfor %}",
  "{% do %}", "{% for i in l %}{% filter upper %}a{% if i == 2 %}{% break %}{% endif %}b{% endfilter %}{% endfor %}",
})

return cases
