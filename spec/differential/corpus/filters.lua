--- Every filter with its arguments by place and by name, on every kind of value, and with what it refuses.
local list <const> = require("differential").list()

local function each(context, filter_list, values)
  for _, f in ipairs(filter_list) do
    for _, v in ipairs(values) do list:case("{{ " .. v .. "|" .. f .. " }}", context) end
  end
end

-- What each filter makes of each kind of value: its text, or its kind of error.
each('{"d":{"b":1,"a":"x"},"l":[2,1],"s":"Ab c","n":null}', {
  "abs", "batch(2)|list", "capitalize", "center(7)", "count", "dictsort", "e", "filesizeformat", "first", "float", "format",
  "forceescape", "groupby(0)", "indent", "int", "items|list", "join('-')", "last", "length", "list", "lower",
  "map('string')|list", "max", "min", "pprint", "reject|list", "replace('a', 'b')", "reverse|list",
  "round", "safe", "select|list", "slice(2)|list", "sort", "string", "striptags", "sum", "title", "tojson", "trim",
  "truncate(3)", "unique|list", "upper", "urlencode", "urlize", "wordcount", "wordwrap(2)", "xmlattr", "default('D')",
  "default('D', true)", "attr('x')", "rejectattr('a')|list", "selectattr('a')|list",
}, { "d", "l", "s", "n", "5", "2.5", "true", "nope" })

list:lines('{"f":[1.5,-2.5,0.5,2.675,1e16,123456.789],"big":123456789012345678901234567890,"s":"text","z":-0.0}', [=[
{% for x in f %}{{ x|round }} {{ x|round(1) }} {{ x|round(2, 'ceil') }} {{ x|round(1, method='floor') }} {{ x|abs }} {{ x|int }};{% endfor %}
{{ 1250|round(-2) }}{{ 1350|round(-2) }}{{ 42|round(1) }}{{ 42|round(1, 'ceil') }}{{ 5|round(precision=-1) }}{{ 15|round(-1) }}{{ big|round(-3) }}
{{ [z / 8, z // 2, z % 5, z * 2, z / -1, z + 0, z - 0, z // -2, z ** 1, -z, z|abs, z|round, z|float, z|int] }}
{{ 1|round(0, 'nope') }}
{{ 's'|round }}
{{ 2.5|round('1') }}
{{ 2.5|round(none) }}
{{ true|round }}{{ true|round(1) }}{{ false|abs }}{{ true|abs }}{{ big|abs }}{{ (-big)|abs }}{{ (0-0.0)|abs }}
{{ '12'|int }}{{ ' 12 '|int }}{{ '1_000'|int }}{{ '0x1A'|int(base=16) }}{{ '1A'|int(0, 16) }}{{ '0b11'|int(0, 2) }}{{ '0o17'|int(0, 8) }}{{ '0x1f'|int(0, 0) }}{{ '077'|int }}
{{ '42.9'|int }}{{ '1e3'|int }}{{ '-7.5'|int }}{{ ''|int }}{{ 'x'|int }}{{ 'x'|int(9) }}{{ 'x'|int(default=7) }}{{ none|int }}{{ []|int }}{{ {}|int('d') }}{{ '٣'|int }}{{ '+5'|int }}{{ '- 5'|int }}
{{ 1e20|int }}{{ 2.99|int }}{{ -2.99|int }}{{ true|int }}{{ big|int }}{{ '123456789012345678901234567890'|int }}{{ 'nan'|int }}{{ '1__0'|int }}{{ '0x10'|int }}
{{ 'z'|int(0, 36) }}{{ 'Zz'|int(0, 36) }}{{ '12'|int(0, 1) }}
{{ '12'|int(0, 37) }}
{{ '12'|int(0, 'x') }}
{{ nope|int }}
{{ '1.5'|float }}{{ ' 2 '|float }}{{ '1e5'|float }}{{ 'x'|float }}{{ 'x'|float(9) }}{{ 'x'|float(default='d') }}{{ none|float }}{{ []|float }}{{ '1_0.5'|float }}{{ 'inf'|float }}{{ '-Infinity'|float }}{{ 'NaN'|float }}{{ '.5'|float }}{{ '5.'|float }}
{{ 5|float }}{{ true|float }}{{ big|float }}{{ '0x10'|float }}{{ '1e400'|float }}{{ ''|float }}{{ '٣.٥'|float }}{{ '1 2'|float }}
{{ nope|float }}
{{ 0|filesizeformat }}|{{ 1|filesizeformat }}|{{ 999|filesizeformat }}|{{ 1000|filesizeformat }}|{{ 1024|filesizeformat(true) }}|{{ 1500000|filesizeformat }}|{{ 1048576|filesizeformat(binary=true) }}
{{ 999999|filesizeformat }}|{{ 1e24|filesizeformat }}|{{ 1e27|filesizeformat }}|{{ '1234'|filesizeformat }}|{{ 1.9|filesizeformat }}|{{ -5|filesizeformat }}|{{ -5000|filesizeformat }}|{{ 1e12|filesizeformat(true) }}
{{ 'x'|filesizeformat }}
{{ none|filesizeformat }}
{{ [1, 2, 3]|sum }}{{ [0.5, 0.25]|sum }}{{ []|sum }}{{ []|sum(start=5) }}{{ [1]|sum(start=0.5) }}{{ [[1], [2]]|sum(start=[]) }}{{ [true, 1]|sum }}{{ [big, 1]|sum }}
{{ [{'a': 1}, {'a': 2}]|sum('a') }}{{ [{'a': {'b': 1.5}}]|sum(attribute='a.b') }}{{ [[1, 2], [3, 4]]|sum(1) }}{{ [{'a': 1}]|sum('a', 10) }}{{ {1: 'a', 2: 'b'}|sum }}
{{ ['a', 'b']|sum }}
{{ [{'b': 1}]|sum('a') }}
{{ [1, none]|sum }}
{{ ['a']|sum(start='') }}
]=])

list:lines('{"l":[3,1,2],"w":["banana","Apple","cherry","apple"],"p":[{"n":"bob","a":30,"t":{"x":1}},{"n":"Al","a":25,"t":{"x":0}},{"n":"cy","a":30,"t":{"x":1}}],"m":[{"a":1},{"b":2}],"d":{"z":1,"Y":2,"x":3},"mix":[1,"a"],"u":["\\u00e9","e","z","\\u00c9"]}', [=[
{{ l|sort }}{{ l|sort(true) }}{{ l|sort(reverse=true) }}{{ w|sort }}{{ w|sort(case_sensitive=true) }}{{ w|sort(false, true) }}{{ u|sort }}{{ d|sort }}{{ 'hello'|sort }}
{{ p|sort(attribute='n')|map(attribute='n')|join }}{{ p|sort(attribute='a,n')|map(attribute='n')|join }}{{ p|sort(attribute='t.x')|map(attribute='n')|join }}{{ p|sort(true, attribute='a')|map(attribute='n')|join }}
{{ [[2, 'b'], [1, 'z'], [2, 'A']]|sort }}{{ [[2, 1], [1, 9]]|sort(attribute=1) }}{{ [[2, 1], [1, 9]]|sort(attribute='0') }}{{ [(1, 2), (1, 1)]|sort }}{{ []|sort }}{{ nope|sort }}{{ [true, 0, 0.5]|sort }}
{{ mix|sort }}
{{ m|sort(attribute='a') }}
{{ p|sort }}
{{ 5|sort }}
{{ [none, 1]|sort }}
{{ d|dictsort }}{{ d|dictsort(true) }}{{ d|dictsort(by='value') }}{{ d|dictsort(false, 'value', true) }}{{ d|dictsort(reverse=true) }}{{ {}|dictsort }}{{ {'b': 'B', 'a': 'a'}|dictsort(false, 'value') }}
{{ d|dictsort(by='nope') }}
{{ l|dictsort }}
{{ {1: 'a', 'b': 2}|dictsort }}
{{ {2: 'a', 1: 'b'}|dictsort }}{{ {none: 1}|dictsort }}{{ {(2, 1): 'a', (1, 2): 'b'}|dictsort }}
{% for g in p|groupby('a') %}{{ g.grouper }}:{{ g.list|map(attribute='n')|join(',') }};{{ g[0] }}{{ g|length }}{% endfor %}
{% for k, v in p|groupby('t.x') %}{{ k }}={{ v|length }};{% endfor %}{% for k, v in w|groupby(0) %}{{ k }}{{ v }};{% endfor %}
{{ p|groupby('a')|pprint }}{{ p|groupby('a')|first|pprint }}
{{ p|groupby('a') }}{{ []|groupby('x') }}{{ nope|groupby('x') }}{{ [[1, 2], [1, 3]]|groupby(0) }}
{% for k, v in [{'n': 'CA'}, {'n': 'ca'}, {'n': 'NY'}]|groupby('n') %}{{ k }}{{ v|length }}{% endfor %}{% for k, v in [{'n': 'CA'}, {'n': 'ca'}]|groupby('n', case_sensitive=true) %}{{ k }}{{ v|length }}{% endfor %}
{{ m|groupby('a', default=0) }}{{ m|groupby('a', 5) }}
{{ m|groupby('a') }}
{{ p|groupby }}
{{ l|min }}{{ l|max }}{{ w|min }}{{ w|max }}{{ w|min(true) }}{{ w|max(case_sensitive=true) }}{{ p|min(attribute='a') }}{{ p|max(attribute='t.x') }}{{ []|min }}{{ []|max }}{{ 'hello'|max }}{{ d|min }}{{ nope|max }}{{ [1, 1.0, true]|max }}
{{ mix|min }}
{{ mix|max }}
{{ []|min is undefined }}{{ ([]|max).x }}
{{ w|unique|list }}{{ w|unique(true)|list }}{{ l|unique|list }}{{ [1, 1.0, true, '1']|unique|list }}{{ p|unique(attribute='a')|map(attribute='n')|list }}{{ 'hello'|unique|join }}{{ []|unique|list }}{{ [none, none]|unique|list }}{{ w|unique(case_sensitive=true)|list|length }}
{{ [[1], [1]]|unique|list }}
{{ l|first }}{{ w|last }}{{ 'abc'|first }}{{ 'abc'|last }}{{ d|first }}{{ d|last }}{{ []|first }}{{ []|last }}{{ d.values()|first }}{{ d.items()|last }}{{ (1, 2)|last }}{{ l|map('string')|first }}
{{ l|map('string')|last }}
{{ 5|first }}
{{ 5|last }}
{{ l|length }}{{ 'é→'|length }}{{ d|count }}{{ ()|length }}{{ nope|length }}{{ d.keys()|length }}{{ range(5)|length }}
{{ l|map('string')|length }}
{{ none|length }}
{{ l|reverse|list }}{{ 'abc'|reverse }}{{ (1, 2)|reverse|list }}{{ d|reverse|list }}{{ ''|reverse }}{{ 'é→x'|reverse }}{{ range(3)|reverse|list }}{{ l|map('string')|reverse|list }}
{{ 5|reverse }}
{{ l|join }}{{ l|join(', ') }}{{ l|join(d=';') }}{{ l|join(none) }}{{ l|join(1) }}{{ p|join(',', 'n') }}{{ p|join('|', attribute='t.x') }}{{ [[1, 2], [3, 4]]|join(',', 1) }}{{ d|join('-') }}{{ 'abc'|join('.') }}{{ nope|join(',') }}{{ [none, 1.5, [1], nope]|join('/') }}{{ []|join('x') }}
{{ 5|join }}
{{ p|join(',', 'zz') }}|{{ m|join(',', attribute='a') }}
{{ m|join(',', attribute='a.b') }}
{{ l|list }}{{ 'é→'|list }}{{ d|list }}{{ d.items()|list }}{{ nope|list }}{{ ()|list }}{{ range(3)|list }}{{ l|map('string')|list }}
{{ 5|list }}
{{ l|batch(2)|list }}{{ l|batch(2, 'x')|list }}{{ l|batch(linecount=5, fill_with=0)|list }}{{ 'abcde'|batch(2)|list }}{{ []|batch(3)|list }}{{ d|batch(2)|list }}{{ l|batch(1)|list }}{{ l|batch(2, none)|list }}{% for r in range(7)|batch(3, '-') %}{{ r|join }};{% endfor %}
{{ l|batch(0)|list }}{{ l|batch(-1)|list }}{{ l|batch(1.5)|list }}
{{ 5|batch(2)|list }}
{{ l|batch('2')|list }}
{{ l|slice(2)|list }}{{ l|slice(2, 'x')|list }}{{ range(10)|slice(3)|list }}{{ range(10)|slice(3, fill_with='-')|list }}{{ 'abc'|slice(5)|list }}{{ []|slice(2)|list }}{{ l|slice(slices=1)|list }}
{{ l|slice(0)|list }}
{{ l|slice(-1)|list }}{{ l|slice(true)|list }}
{{ l|slice('x')|list }}
{{ [1, 0, '', 'a', none, [], [0], nope]|select|list }}{{ [1, 0, '', 'a', none]|reject|list }}{{ l|select('odd')|list }}{{ l|reject('odd')|list }}{{ l|select('gt', 1)|list }}{{ l|select('in', [1, 2])|list }}{{ l|reject('divisibleby', 3)|list }}{{ l|select('==', 2)|list }}{{ 'aBc'|select('upper')|join }}{{ d|select('lower')|list }}
{{ l|select('nope')|list }}
{{ l|select(1)|list }}
{{ []|select('nope')|list }}{{ none|select|list }}{{ nope|reject|list }}
{{ 5|select|list }}
{{ l|select('gt')|list }}
{{ p|selectattr('a')|map(attribute='n')|list }}{{ p|selectattr('a', 'gt', 25)|map(attribute='n')|list }}{{ p|selectattr('t.x')|map(attribute='n')|list }}{{ p|selectattr('t.x', 'equalto', 0)|map(attribute='n')|list }}{{ p|rejectattr('a', 'eq', 30)|map(attribute='n')|list }}{{ p|rejectattr('t.x')|map(attribute='n')|list }}{{ m|selectattr('a', 'defined')|list }}{{ m|rejectattr('a', 'undefined')|list }}{{ [[1, 0], [0, 1]]|selectattr(1)|list }}
{{ p|selectattr('n', 'in', ['bob', 'cy'])|list|length }}{{ p|selectattr('n', 'lower')|map(attribute='n')|list }}{{ []|selectattr('x')|list }}{{ nope|selectattr('x')|list }}{{ m|rejectattr('a')|list }}
{{ p|selectattr|list }}
{{ p|rejectattr()|list }}
{{ m|selectattr('a.b')|list }}
{{ p|selectattr('a', 'nope')|list }}
{{ l|map('string')|list }}{{ w|map('upper')|list }}{{ w|map('replace', 'a', 'o')|list }}{{ p|map(attribute='n')|list }}{{ p|map(attribute='t.x')|list }}{{ m|map(attribute='a', default='?')|list }}{{ m|map(attribute='a')|list }}{{ [[1, 2], [3]]|map('sum')|list }}{{ [[1, 2], [3]]|map('join', '-')|list }}{{ w|map('truncate', 3, true, '', leeway=0)|list }}{{ [[1, 2]]|map(attribute=0)|list }}
{{ none|map('upper')|list }}{{ ''|map('upper')|list }}{{ nope|map('upper')|list }}{{ 0|map('upper')|list }}{{ d|map('upper')|list }}{{ 'ab'|map('upper')|list }}{{ p|map(attribute='n')|map('upper')|map('first')|join }}
{{ 5|map('upper')|list }}
{{ l|map('nope')|list }}
{{ l|map|list }}
{{ l|map(upper)|list }}
{{ p|map(attribute='n', foo=1)|list }}
{{ l|map('upper', attribute='x')|list }}
{{ m|map(attribute='a.b')|list }}
{{ m|map(attribute='a.b', default=0)|list }}
{{ d|items|list }}{{ {}|items|list }}{{ nope|items|list }}{% for k, v in d|items %}{{ k }}{{ v }}{% endfor %}
{{ l|items|list }}
{{ [5]|random }}{{ []|random }}{{ 'a'|random }}{{ [5]|random(1) }}
{{ nope|random }}
{{ {'x': 1}|random }}
{{ {0: 'x'}|random }}{{ l|random in l }}{{ 'abc'|random in 'abc' }}{{ (1, 1)|random }}
{{ 5|random }}
{{ none|random }}
]=])

list:lines('{"t":"The quick brown fox jumps over the lazy dog.","p":"one\\n\\n  two\\nthree\\n","h":"<p>Hi <b>there</b> &amp; you</p><!-- c -->","u":"h\\u00e9llo w\\u00f6rld \\u4e2d\\u6587","l":"averyveryverylongword and short ones-with-hyphens"}', [=[
{{ t|truncate(10) }}|{{ t|truncate(10, true) }}|{{ t|truncate(10, end='…') }}|{{ t|truncate(40) }}|{{ t|truncate(42) }}|{{ t|truncate(44) }}|{{ t|truncate(5, false, '', 0) }}|{{ t|truncate(10, leeway=0) }}|{{ t|truncate(length=12, killwords=true, end='!', leeway=1) }}
{{ u|truncate(8, true, '→', 0) }}|{{ l|truncate(10, leeway=0) }}|{{ ''|truncate }}|{{ ('x' * 300)|truncate|length }}|{{ ('x ' * 130)|truncate|length }}|{{ t|truncate(3, true) }}
{{ t|truncate(2) }}
{{ t|truncate(5, leeway=-1) }}
{{ t|truncate('5') }}
{{ 5|truncate(3) }}
{{ p|indent }}|{{ p|indent(2) }}|{{ p|indent(2, true) }}|{{ p|indent(2, false, true) }}|{{ p|indent(width='> ', first=true, blank=true) }}|{{ ''|indent }}|{{ 'a\r\nb'|indent(1) }}|{{ 'a\n'|indent }}|{{ p|indent(0) }}
{{ p|indent('') }}|{{ 'a\x0bb\u2028c'|indent(1) }}|{{ '\n\n'|indent(2, true, true) }}|{{ p|indent(-1) }}
{{ 5|indent }}
{{ none|indent }}
{{ nope|indent }}
{{ t|wordwrap(10) }}|{{ t|wordwrap(10, wrapstring='|') }}|{{ l|wordwrap(8) }}|{{ l|wordwrap(8, false) }}|{{ l|wordwrap(8, break_on_hyphens=false) }}|{{ p|wordwrap(5) }}|{{ t|wordwrap }}|{{ ''|wordwrap(5) }}|{{ u|wordwrap(6) }}
{{ 'a--b—c d-e-f'|wordwrap(3) }}|{{ '  lead  and trail  '|wordwrap(6) }}|{{ 'a\tb\tc'|wordwrap(3) }}|{{ '-- x -y --zz 1-2'|wordwrap(4) }}|{{ 'foo-bar-baz'|wordwrap(5) }}|{{ t|wordwrap(1) }}
{{ t|wordwrap(0) }}
{{ 5|wordwrap }}
{{ t|wordcount }}{{ p|wordcount }}{{ u|wordcount }}{{ ''|wordcount }}{{ "it's a-b c_d 1.5"|wordcount }}{{ 5|wordcount }}{{ none|wordcount }}
{{ h|striptags }}|{{ '<a href="x>y">z</a>'|striptags }}|{{ 'a < b > c'|striptags }}|{{ '&lt;b&gt; &nbsp;x &copy &#9731; &hellip;'|striptags }}|{{ '<!-- a -->b<!-- c'|striptags }}|{{ '  a \n b '|striptags }}|{{ 5|striptags }}|{{ '<<b>>'|striptags }}
{{ t|title }}|{{ "it's foo-bar (baz) {qux} [x] <y> a_b 1st"|title }}|{{ 'ÉA ßx ǆx'|title }}|{{ 'a\u00a0b\tc'|title }}|{{ ''|title }}|{{ 5|title }}|{{ none|title }}
{{ t|upper }}|{{ u|upper }}|{{ u|lower }}|{{ t|capitalize }}|{{ 'ßa'|capitalize }}|{{ 'ß'|upper }}|{{ none|lower }}|{{ [1, 'A']|lower }}
{{ ' x '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ 'abcba'|trim(chars='ab') }}|{{ 5|trim }}|{{ '\u3000x\u00a0'|trim }}|{{ ' x '|trim(none) }}|{{ 'a'|trim('') }}
{{ 'x'|trim(5) }}
{{ t|center(50) }}|{{ 'x'|center }}|{{ 'ab'|center(5) }}|{{ 'é'|center(width=4) }}|{{ 5|center(3) }}|{{ 'x'|center(0) }}
{{ 'x'|center('5') }}
{{ t|replace('o', '0') }}|{{ t|replace('o', '0', 1) }}|{{ t|replace('', '-', 3) }}|{{ 5|replace('5', 'five') }}|{{ t|replace('The', none) }}|{{ t|replace('o', '', count=2) }}|{{ 'aaa'|replace('a', 'b', -1) }}|{{ 'aaa'|replace('a', 'b', 0) }}|{{ t|replace(old='q', new='Q') }}|{{ t|replace('e', 3) }}
{{ t|replace('a') }}
{{ t|replace('a', 'b', 'c') }}
{{ 'a'|format(1, value=2) }}
{{ [1]|select('odd', value=2)|list }}
{{ [1]|rejectattr('a', context=2)|list }}
{{ [1]|map('abs', value=2)|list }}
{{ '%s-%s'|format(1, 'a') }}|{{ '%(a)s'|format(a=5) }}|{{ '%d%%'|format(50) }}|{{ 'x'|format }}|{{ '%5.1f|%-5s|%05d'|format(3.14159, 'a', 42) }}|{{ '%s'|format([1]) }}|{{ '%s'|format(nope) }}|{{ '%x %o %e %g'|format(255, 8, 1234.5, 0.0001) }}
{{ '%s'|format(1, a=2) }}
{{ '%s %s'|format(1) }}
{{ '%s'|format(1, 2) }}
{{ '%d'|format('x') }}
{{ '%q'|format(1) }}
{{ '%'|format(1) }}
{{ '%(a)s'|format(1) }}
{{ '%(a)s'|format(b=1) }}
{{ '%(a'|format(a=1) }}
{{ 'a b&c=d/é'|urlencode }}|{{ {'a b': 'c&d', 'x': 1, 'y': '/'}|urlencode }}|{{ [('a', 1), ('b', 'é')]|urlencode }}|{{ 5|urlencode }}|{{ none|urlencode }}|{{ ''|urlencode }}|{{ '~-_.'|urlencode }}|{{ '→'|urlencode }}|{{ true|urlencode }}|{{ {}|urlencode }}
{{ [1, 2]|urlencode }}
{{ [('a', 1, 2)]|urlencode }}
{{ 'see http://a.com, https://b.org/x?y=1&z. and www.c.net (www.d.com) foo.bar x@y.com mailto:q@r.org'|urlize }}
{{ 'http://averylongdomainname.com/path'|urlize(15) }}|{{ 'http://a.com'|urlize(nofollow=true) }}|{{ 'http://a.com'|urlize(target='_blank') }}|{{ 'http://a.com'|urlize(rel='x y') }}|{{ 'tel:123 ftp://x.com'|urlize(extra_schemes=['tel:', 'ftp:']) }}|{{ 'a.com b.org c.io'|urlize }}|{{ '<http://a.com>'|urlize }}|{{ 'http://localhost:3000'|urlize }}
{{ 'x'|urlize(extra_schemes=['bad']) }}
{{ {'class': 'a b', 'id': 5, 'x': none, 'y': nope, 'z': '<"'}|xmlattr }}|{{ {}|xmlattr }}|{{ {'a': 1}|xmlattr(false) }}|{{ {'a': 1}|xmlattr(autospace=true) }}|{{ {'a': true}|xmlattr }}
{{ {'a b': 1}|xmlattr }}
{{ {'a>': 1}|xmlattr }}
{{ {'a=': 1}|xmlattr }}
{{ nope.x|d }}
{{ none|d }}|{{ nope|d(default_value='v') }}|{{ 0|d(1, true) }}
{{ h|escape }}|{{ h|escape|escape }}|{{ none|escape }}
{{ h|e }}|{{ h|escape }}|{{ h|forceescape }}|{{ h|e|e }}|{{ '"\''|e }}|{{ 5|e }}|{{ none|e }}|{{ [1, '<']|e }}|{{ nope|e }}|{{ h|safe }}|{{ h|safe|e }}|{{ 5|safe }}|{{ [h|safe] }}
{{ h|string }}|{{ 5|string }}|{{ none|string }}|{{ [1, 'a']|string }}|{{ nope|string }}|{{ [h|e|string] }}|{{ 1.0|string }}|{{ {'a': none}|string }}
{{ nope|default }}|{{ nope|default('x') }}|{{ none|default('x') }}|{{ none|default('x', true) }}|{{ ''|d('x', true) }}|{{ ''|d('x') }}|{{ 0|default('x', boolean=true) }}|{{ nope|d(none) }}|{{ nope|d([1]) }}|{{ d.x|default(default_value='q') }}|{{ false|d('x', false) }}|{{ nope.x is defined if false else 'k' }}
{{ nope.x|default('y') }}
{{ nope|default('a', true, 1) }}
{{ t|attr('upper')() }}|{{ {'a': 1}|attr('a') }}|{{ {'a': 1}|attr('get')('a') }}|{{ t|attr('nope') }}|{{ 5|attr('real') }}|{{ nope|attr('x') is defined }}
{{ t|attr('__class__') }}|{{ t|attr(5) }}
{{ (t|attr('__class__')).x }}
{{ t|attr('nope').x }}
{{ 5|tojson }}|{{ 'a"<>&\''|tojson }}|{{ [1, 2.5, none, true]|tojson }}|{{ {'b': 1, 'a': [2]}|tojson }}|{{ {'b': 1, 'a': [2]}|tojson(2) }}|{{ u|tojson }}|{{ []|tojson }}|{{ {}|tojson(indent=1) }}|{{ (1, 2)|tojson }}|{{ {1: 2, none: 3}|tojson if false else {1: 2}|tojson }}|{{ [[]]|tojson(1) }}|{{ 1e400|tojson if false else 1e22|tojson }}
{{ nope|tojson }}
{{ [nope]|tojson }}
{{ {(1, 2): 3}|tojson }}
{{ {1: 2, 'a': 3}|tojson }}
{{ [1]|map('string')|tojson }}
{{ {'a': 1}.items()|tojson }}
{{ t|pprint }}|{{ 5|pprint }}|{{ {'b': 1, 'a': 2}|pprint }}|{{ (t ~ t ~ t)|pprint }}|{{ [t, t, t]|pprint }}|{{ nope|pprint }}|{{ {'k': {'n': [t, {'z': u}]}, 'j': none}|pprint }}|{{ (1,)|pprint }}|{{ range(30)|list|pprint }}
{{ t|nope }}
{{ t|upper(1) }}
{{ t|upper(x=1) }}
{{ t|truncate(1, 2, 3, 4, 5) }}
{{ t|center(width=10, width=5) }}
{{ t|center(10, width=5) }}
{{ t|replace(*['o', '0']) }}|{{ t|replace(**{'old': 'o', 'new': '0'}) }}|{{ t|truncate(*[10], **{'end': '!'}) }}|{{ [1, 2]|join(*['-']) }}
{% filter upper %}a{{ t }}{% endfilter %}|{% filter replace('a', 'b')|upper %}aa{% endfilter %}|{% filter trim %}  x {% endfilter %}|{% filter indent(2) %}a
{% filter length %}abc{% endfilter %}
{% filter list %}abc{% endfilter %}
{% set x | upper | trim %} abc {% endset %}[{{ x }}]{% set y | length %}abc{% endset %}{{ y + 1 }}{% set z | replace('a', 'b') %}aa{% endset %}{{ z }}
]=])
return list
