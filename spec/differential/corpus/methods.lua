--- Every method of every type a template can hold, with its edges: widths, sets, positions, wrong arguments, Unicode.
local list <const> = require("differential").list()

-- str ------------------------------------------------------------------------------------------------------------------

list:lines('{"s":"Hello, World","u":"\\u00dcber STRASSE \\u00df \\ufb01 \\u01c6","t":"  pad\\t\\n","n":"42","e":"","k":"\\u039f\\u0394\\u039f\\u03a3","i":"\\u0130x","mix":"a1 B2-c3_d4"}', [=[
{{ s.capitalize() }}|{{ u.capitalize() }}|{{ e.capitalize() }}|{{ 'ǆABC'.capitalize() }}|{{ '1ABC'.capitalize() }}
{{ mix.capitalize() }}|{{ k.capitalize() }}|{{ i.capitalize() }}
{{ s.capitalize(1) }}
{{ s.casefold() }}|{{ u.casefold() }}|{{ k.casefold() }}|{{ i.casefold()|length }}
{{ 'ẞß'.casefold() }}|{{ e.casefold() }}|{{ 'Ångström'.casefold() == 'ångström' }}
{{ 'İ'.casefold()|length }}{{ 'Straße'.casefold() == 'STRASSE'.casefold() }}
{{ s.center(20) }}|{{ s.center(20, '*') }}|{{ s.center(3) }}|{{ 'ab'.center(5) }}|{{ 'abc'.center(6, '-') }}
{{ 'é'.center(4, '→') }}|{{ ''.center(3, '.') }}|{{ 'x'.center(0) }}|{{ 'x'.center(-5) }}
{{ s.center() }}
{{ s.center(20, 'ab') }}
{{ s.center('20') }}
{{ s.center(20, '') }}
{{ s.count('l') }}{{ s.count('o', 5) }}{{ s.count('o', 0, 5) }}{{ s.count('') }}{{ s.count('zz') }}{{ e.count('') }}
{{ 'aaaa'.count('aa') }}{{ 'ééé'.count('é', 1) }}{{ s.count('l', -3) }}{{ s.count('l', 100) }}{{ s.count('', 5) }}
{{ s.count(1) }}
{{ "a'b\"c\\d\n".encode() }}{{ "a'b".encode() }}{{ 'a"b'.encode() }}{{ '~[]-^ \x7f\x00'.encode() }}
{{ s.encode() }}|{{ 'é'.encode() }}|{{ 'é'.encode('latin-1') }}|{{ 'é'.encode('ascii', 'replace') }}
{{ 'é→'.encode('ascii', 'ignore') }}{{ 'é→'.encode('ascii', 'xmlcharrefreplace') }}{{ 'é→'.encode('ascii', 'backslashreplace') }}
{{ 'é'.encode('ascii') }}
{{ '→'.encode('latin1') }}
{{ 'é'.encode('us-ascii', 'strict') }}
{{ 'x'.encode('nope') }}
{{ 'x'.encode('klingon-8') }}
{{ 'é'.encode().decode() }}{{ 'abc'.encode('ascii').decode('ascii') }}{{ 'é'.encode('latin1').decode('latin1') }}
{{ 'x'.encode().hex() }}{{ 'é→'.encode().hex() }}{{ ''.encode().hex() }}
{{ 'abc'.encode().hex() }}{{ 'ÿ'.encode('latin1').hex() }}
{{ 'abc'.encode().hex()|length }}{{ 'abc'.encode().decode('utf-8') }}
{{ 'é'.encode('latin1').decode() }}
{{ s.endswith('ld') }}{{ s.endswith('') }}{{ s.endswith(('x', 'World')) }}{{ s.endswith('Hello', 0, 5) }}{{ s.endswith(()) }}
{{ 'naïve'.endswith('ve') }}{{ 'x'.endswith('xx') }}{{ s.endswith('lo', 2, 5) }}{{ s.endswith('o', -1) }}
{{ s.endswith(none) }}
{{ s.endswith(['d']) }}
{{ s.endswith(('d', 1)) }}
{{ s.endswith((1, 'd')) }}
{{ 'a\tb'.expandtabs() }}|{{ 'a\tb'.expandtabs(4) }}|{{ 'ab\tc\n\td'.expandtabs(3) }}|{{ '\t'.expandtabs(0) }}|{{ 'é\tx'.expandtabs(4) }}
{{ 'a\tb'.expandtabs(tabsize=2) }}|{{ 'a\r\tb'.expandtabs(4) }}|{{ 'a\tb'.expandtabs(-1) }}
{{ s.find('o') }}{{ s.find('o', 5) }}{{ s.find('o', 5, 7) }}{{ s.find('zz') }}{{ s.find('') }}{{ s.find('', 50) }}{{ s.find('l', -4) }}
{{ 'ééx'.find('x') }}{{ 'ééx'.find('é', 1) }}{{ e.find('') }}{{ e.find('a') }}{{ s.find('World', none, none) }}
{{ s.find() }}
{{ s.find(none) }}
{{ s.find('o', 'x') }}
{{ '{} {}'.format(1, 'a') }}|{{ '{1}{0}'.format('a', 'b') }}|{{ '{x}-{y}'.format(x=1, y=2) }}|{{ '{{}}'.format() }}
{{ '{:>8}|{:<8}|{:^8}|{:*^9}'.format('a', 'b', 'c', 'd') }}
{{ '{:05d}|{:+d}|{: d}|{:,}|{:_}|{:x}|{:#x}|{:b}|{:o}|{:X}'.format(42, 42, 42, 1234567, 1234567, 255, 255, 5, 8, 255) }}
{{ '{:.2f}|{:10.3f}|{:e}|{:.3e}|{:g}|{:%}|{:.1%}|{:n}'.format(3.14159, 2.5, 12345.678, 0.00012, 1e20, 0.256, 0.256, 1234) }}
{{ '{:010,}|{:010_x}|{:=+8}|{:<08}'.format(1234, 65535, 5, 5) }}
{{ '{0[a]}|{0.b}|{1[0]}|{2}'.format({'a': 1, 'b': 2}, [9], none) }}
{{ '{!r}|{!s}|{!a}|{!r:>6}'.format('é', 'é', 'é', 'x') }}
{{ '{:{}}|{:{w}.{p}f}'.format('a', 5, 3.14159, w=8, p=2) }}
{{ '{:.3}|{:5.2}|{:c}'.format('abcdef', 'xyz', 233) }}
{{ '{}{}{}'.format(true, none, [1]) }}|{{ '{:5}|{:<6}|{:d}'.format(true, false, true) }}
{{ '{:.3}|{:.0f}|{:.1f}|{}'.format(1234.5, 2.5, 0.25, 1e16) }}
{{ '{0.__class__}'.format(1) }}
{{ '{}'.format() }}
{{ '{x}'.format(y=1) }}
{{ '{'.format() }}
{{ '}'.format() }}
{{ '{0}{}'.format(1, 2) }}
{{ '{}{0}'.format(1, 2) }}
{{ '{:d}'.format('a') }}
{{ '{:,}'.format('a') }}
{{ '{:z}'.format(1) }}
{{ '{:5}'.format(none) }}
{{ '{:5}'.format([1]) }}
{{ '{!x}'.format(1) }}
{{ '{a}{b}'.format_map({'a': 1, 'b': 'x'}) }}|{{ '{a[0]}'.format_map({'a': [5]}) }}|{{ ''.format_map({}) }}
{{ '{a:>4}|{a!r}'.format_map({'a': 'q'}) }}
{{ '{zz}'.format_map({'a': 1}) }}
{{ '{}'.format_map({}) }}
{{ s.index('W') }}{{ s.index('o', 5) }}{{ s.index('l', -3) }}{{ 'éa'.index('a') }}
{{ s.index('q') }}
{{ s.index('H', 1) }}
{{ 'abc1'.isalnum() }}{{ ''.isalnum() }}{{ 'é½'.isalnum() }}{{ 'a b'.isalnum() }}{{ '²'.isalnum() }}{{ 'a-b'.isalnum() }}
{{ n.isalnum() }}{{ mix.isalnum() }}{{ '中'.isalnum() }}
{{ 'abc'.isalnum(1) }}
{{ 'abc'.isalpha() }}{{ 'éß'.isalpha() }}{{ 'a1'.isalpha() }}{{ ''.isalpha() }}{{ '中文'.isalpha() }}{{ 'ª'.isalpha() }}
{{ k.isalpha() }}{{ ' a'.isalpha() }}
{{ 'x'.isalpha() }}{{ '_'.isalpha() }}
{{ 'abc'.isascii() }}{{ 'é'.isascii() }}{{ ''.isascii() }}{{ '\x7f'.isascii() }}{{ '\x80'.isascii() }}
{{ u.isascii() }}{{ s.isascii() }}
{{ n.isascii() }}{{ '→'.isascii() }}
{{ '123'.isdecimal() }}{{ '²'.isdecimal() }}{{ '٣'.isdecimal() }}{{ ''.isdecimal() }}{{ '1.5'.isdecimal() }}
{{ n.isdecimal() }}{{ '-1'.isdecimal() }}
{{ '½'.isdecimal() }}{{ '１２'.isdecimal() }}
{{ '123'.isdigit() }}{{ '²'.isdigit() }}{{ '٣'.isdigit() }}{{ '½'.isdigit() }}{{ ''.isdigit() }}{{ '①'.isdigit() }}
{{ n.isdigit() }}{{ '1 2'.isdigit() }}
{{ '٠١٢'.isdigit() }}{{ 'a'.isdigit() }}
{{ 'abc'.isidentifier() }}{{ '1a'.isidentifier() }}{{ '_é'.isidentifier() }}{{ ''.isidentifier() }}{{ 'for'.isidentifier() }}
{{ 'a b'.isidentifier() }}{{ 'a-b'.isidentifier() }}{{ '变量'.isidentifier() }}
{{ mix.isidentifier() }}{{ '_'.isidentifier() }}
{{ 'abc'.islower() }}{{ 'aBc'.islower() }}{{ '123'.islower() }}{{ 'a1'.islower() }}{{ 'é'.islower() }}{{ ''.islower() }}{{ 'ª'.islower() }}
{{ s.islower() }}{{ 'ǆ'.islower() }}{{ 'ǅ'.islower() }}
{{ 'ß'.islower() }}{{ 'ΣΑΣ'.islower() }}
{{ '½'.isnumeric() }}{{ '五'.isnumeric() }}{{ '12'.isnumeric() }}{{ '1.2'.isnumeric() }}{{ ''.isnumeric() }}{{ 'Ⅷ'.isnumeric() }}
{{ n.isnumeric() }}{{ '²'.isnumeric() }}
{{ 'x'.isnumeric() }}{{ '٣'.isnumeric() }}
{{ 'abc'.isprintable() }}{{ 'a\n'.isprintable() }}{{ ''.isprintable() }}{{ ' '.isprintable() }}{{ '\u00a0'.isprintable() }}{{ '\u200b'.isprintable() }}
{{ u.isprintable() }}{{ t.isprintable() }}
{{ '😀'.isprintable() }}{{ '\ue000'.isprintable() }}{{ '\u0301'.isprintable() }}
{{ ' \t\n'.isspace() }}{{ ''.isspace() }}{{ ' a'.isspace() }}{{ '\u00a0\u3000\u2028'.isspace() }}{{ '\u200b'.isspace() }}{{ '\x1c\x85'.isspace() }}
{{ t.isspace() }}{{ '\x0b\x0c'.isspace() }}
{{ e.isspace() }}{{ '\ufeff'.isspace() }}
{{ 'Hello World'.istitle() }}{{ 'Hello world'.istitle() }}{{ "They'Re"['istitle']() }}{{ ''.istitle() }}{{ '1A'.istitle() }}{{ 'A1b'.istitle() }}
{{ s.istitle() }}{{ 'ǅa'.istitle() }}
{{ 'ABC'.istitle() }}{{ 'A B C'.istitle() }}
{{ 'ABC'.isupper() }}{{ 'ABc'.isupper() }}{{ '1'.isupper() }}{{ 'A1'.isupper() }}{{ ''.isupper() }}{{ 'ÀÉ'.isupper() }}
{{ k.isupper() }}{{ s.isupper() }}
{{ 'Ⅷ'.isupper() }}{{ 'ǅ'.isupper() }}
{{ ', '.join(['a', 'b']) }}|{{ ''.join('abc') }}|{{ '-'.join([]) }}|{{ '-'.join({'x': 1, 'y': 2}) }}|{{ '→'.join(('é', 'ü')) }}
{{ ','.join([1]) }}
{{ ','.join(['a', none]) }}
{{ ','.join(5) }}
{{ ','.join(none) }}
{{ ','.join(['a','b']|map('upper')) }}|{{ ','.join({'a': 1}.keys()) }}|{{ ','.join(nope) }}
{{ 'ab'.ljust(5) }}|{{ 'ab'.ljust(5, '.') }}|{{ 'abc'.ljust(2) }}|{{ 'é'.ljust(3, 'ü') }}|
{{ ''.ljust(2, '0') }}|{{ 'x'.ljust(-1) }}|
{{ 'x'.ljust(3, 5) }}
{{ s.lower() }}|{{ u.lower() }}|{{ k.lower() }}|{{ i.lower()|length }}|{{ 'ΑΣ ΑΣΑ Σ'.lower() }}|{{ 'İ'.lower()|list|length }}
{{ 'ÀÇ'.lower() }}{{ ''.lower() }}{{ 'ΣΣ.'.lower() }}{{ 'ẞ'.lower() }}
{{ t.lstrip() }}|{{ 'xxyx'.lstrip('x') }}|{{ 'abcab'.lstrip('ba') }}|{{ '\u3000a'.lstrip() }}|{{ 'a'.lstrip('') }}|{{ 'éa'.lstrip('é') }}
{{ '0042'.lstrip('0') }}|{{ '---'.lstrip('-') }}|{{ 'a'.lstrip(none) }}
{{ 'a'.lstrip(1) }}
{{ 'a=b=c'.partition('=') }}{{ 'abc'.partition('=') }}{{ 'é→ü'.partition('→') }}{{ ''.partition('x') }}
{{ ('k: v'.partition(': '))[2] }}{{ 'aXXb'.partition('XX') }}
{{ 'abc'.partition('') }}
{{ 'abc'.partition(1) }}
{{ 'TestHook'.removeprefix('Test') }}|{{ 'abc'.removeprefix('x') }}|{{ 'abc'.removeprefix('') }}|{{ 'éa'.removeprefix('é') }}
{{ 'aa'.removeprefix('a') }}|{{ ''.removeprefix('a') }}
{{ 'abc'.removeprefix(1) }}
{{ 'a.log'.removesuffix('.log') }}|{{ 'abc'.removesuffix('x') }}|{{ 'abc'.removesuffix('') }}|{{ 'aé'.removesuffix('é') }}
{{ 'aa'.removesuffix('a') }}|{{ ''.removesuffix('') }}
{{ 'abc'.removesuffix(none) }}
{{ s.replace('o', '0') }}|{{ s.replace('l', 'L', 1) }}|{{ 'abc'.replace('', '-') }}|{{ 'abc'.replace('', '-', 2) }}|{{ 'éé'.replace('é', 'e') }}
{{ 'aaa'.replace('aa', 'b') }}|{{ s.replace('o', '', 0) }}|{{ s.replace('o', 'x', -1) }}|{{ ''.replace('', 'x') }}
{{ s.replace('o') }}
{{ s.replace('o', none) }}
{{ s.replace(1, 'a') }}
{{ s.replace('a', 'b', 'c') }}
{{ s.rfind('o') }}{{ s.rfind('o', 0, 8) }}{{ s.rfind('zz') }}{{ s.rfind('') }}{{ 'éxé'.rfind('é') }}{{ s.rfind('l', 5) }}
{{ 'aXbXc'.rfind('X', 0, -2) }}{{ e.rfind('') }}
{{ s.rfind(none) }}
{{ s.rindex('o') }}{{ s.rindex('o', 0, 5) }}{{ 'éxé'.rindex('x') }}
{{ s.rindex('l') }}{{ '/a/b/c'.rindex('/') }}
{{ s.rindex('q') }}
{{ 'ab'.rjust(5) }}|{{ 'ab'.rjust(5, '0') }}|{{ 'abc'.rjust(2) }}|{{ 'é'.rjust(3, '→') }}
{{ '7'.rjust(3, '0') }}|{{ ''.rjust(2, '*') }}
{{ 'x'.rjust(none) }}
{{ 'a.b.c'.rpartition('.') }}{{ 'abc'.rpartition('.') }}{{ 'é→ü→'.rpartition('→') }}
{{ ('/var/log/syslog'.rpartition('/'))[2] }}{{ ''.rpartition('x') }}
{{ 'abc'.rpartition('') }}
{{ 'a,b,c'.rsplit(',', 1) }}{{ ' a b  c '.rsplit() }}{{ ' a b  c '.rsplit(none, 1) }}{{ 'a,b'.rsplit(',') }}{{ 'abc'.rsplit('x') }}
{{ 'a--b--c'.rsplit('--', maxsplit=1) }}{{ ''.rsplit() }}{{ ''.rsplit(',') }}{{ 'a→b'.rsplit('→') }}
{{ 'a'.rsplit('') }}
{{ t.rstrip() }}|{{ 'xyxx'.rstrip('x') }}|{{ '1.500'.rstrip('0') }}|{{ 'a\u3000'.rstrip() }}|{{ 'aé'.rstrip('é') }}
{{ 'https://x/'.rstrip('/') }}|{{ '   '.rstrip() }}|
{{ 'a'.rstrip([]) }}
{{ 'a,b,,c'.split(',') }}{{ ' a  b '.split() }}{{ ' a  b '.split(' ') }}{{ 'a b c'.split(none, 1) }}{{ 'a,b,c'.split(',', 1) }}
{{ '  a  b  c '.split(none, 1) }}{{ ''.split() }}{{ ''.split(',') }}{{ 'abc'.split('b') }}{{ 'a::b'.split('::') }}{{ 'a→b'.split('→') }}
{{ 'a b'.split(sep=' ') }}{{ 'a b c'.split(maxsplit=1) }}{{ 'a b c'.split(' ', maxsplit=0) }}{{ 'a\u2003b\x1cc'.split() }}
{{ 'a'.split('') }}
{{ 'a'.split(1) }}
{{ 'a'.split(',', 'x') }}
{{ 'a'.split(nope=1) }}
{{ 'a\nb\r\nc'.splitlines() }}{{ 'a\n\nb\n'.splitlines() }}{{ 'a\nb'.splitlines(true) }}{{ ''.splitlines() }}{{ '\n'.splitlines() }}
{{ 'a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g'.splitlines()|length }}{{ 'a\rb'.splitlines(keepends=true) }}
{{ 'a\tb'.splitlines() }}{{ t.splitlines() }}
{{ s.startswith('Hell') }}{{ s.startswith('') }}{{ s.startswith(('x', 'H')) }}{{ s.startswith('World', 7) }}{{ s.startswith('ello', 1, 5) }}
{{ 'éa'.startswith('é') }}{{ s.startswith('hello') }}{{ e.startswith('') }}{{ e.startswith('a') }}
{{ s.startswith(5) }}
{{ s.startswith({'H': 1}) }}
{{ s.startswith() }}
{{ t.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.strip('ab') }}|{{ '"q"'.strip('"') }}|{{ '\u00a0x\u2003'.strip() }}|{{ 'éaé'.strip('é') }}
{{ '[a]'.strip('[]') }}|{{ ''.strip() }}|{{ 'aaa'.strip('a') }}|{{ 'a'.strip(none) }}
{{ 'a'.strip(2) }}
{{ s.swapcase() }}|{{ u.swapcase() }}|{{ 'ß'.swapcase() }}|{{ 'ŉ'.swapcase() }}
{{ ''.swapcase() }}|{{ mix.swapcase() }}
{{ k.swapcase() }}|{{ 'ﬁ'.swapcase() }}
{{ s.title() }}|{{ "they're bill's".title() }}|{{ 'x_y-z 1a'.title() }}|{{ 'ßa ﬁn'.title() }}|{{ ''.title() }}
{{ mix.title() }}|{{ u.title() }}|{{ 'éa ÉA'.title() }}
{{ 'ǆ ǆ'.title() }}|{{ 'HELLO'.title() }}
{{ 'abc'.translate({97: 'X', 98: none}) }}|{{ 'abc'.translate({}) }}|{{ 'é'.translate({233: 'e'}) }}
{{ 'abc'.translate({99: 122}) }}|{{ ''.translate({97: 'b'}) }}|{{ 'aa'.translate({97: 'xyz'}) }}
{{ 'abc'.translate(5) }}
{{ 'abc'.translate({97: 1.5}) }}
{{ s.upper() }}|{{ u.upper() }}|{{ 'ŉ ǰ'.upper() }}|{{ 'ΐ'.upper()|length }}|{{ ''.upper() }}
{{ mix.upper() }}{{ 'ı'.upper() }}{{ 'ǆ'.upper() }}
{{ '42'.zfill(5) }}|{{ '-42'.zfill(6) }}|{{ '+1'.zfill(4) }}|{{ 'abc'.zfill(2) }}|{{ ''.zfill(3) }}|{{ '--1'.zfill(5) }}|{{ 'é'.zfill(3) }}
{{ n.zfill(3) }}|{{ '-'.zfill(3) }}
{{ '1'.zfill('3') }}
{{ s.nope() }}
{{ s.nope }}|{{ s.upper is callable }}|{{ s.__len__ }}
{{ s.upper.nope }}|{{ s['upper']() }}
{{ s.format.x.y }}
]=])

-- dict -----------------------------------------------------------------------------------------------------------------

list:lines('{"d":{"b":1,"a":2,"c":{"x":[1]}},"e":{}}', [=[
{{ d.clear() }}{{ d }}
{% set x = {'a': 1} %}{{ x.clear() }}{{ x }}{{ x|length }}
{{ e.clear() }}{{ e }}{{ e.clear(1) }}
{% set c = d.copy() %}{% set _ = c.pop('a') %}{{ c }}{{ d }}
{% set c = d.copy() %}{{ c.c.x.append(2) }}{{ d.c.x }}
{{ e.copy() }}{{ d.copy() == d }}{{ d.copy().update(z=1) }}
{{ {}.fromkeys(['a', 'b']) }}{{ {}.fromkeys('xy', 0) }}{{ dict.fromkeys([1, 2], 'v') }}
{{ {}.fromkeys([]) }}{{ {}.fromkeys([1, 1, 2]) }}{{ d.fromkeys(d) }}
{{ {}.fromkeys(5) }}
{{ {}.fromkeys([[]]) }}
{{ d.get('a') }}{{ d.get('z') }}{{ d.get('z', 'dflt') }}{{ d.get('c').x }}{{ d.get('z', {}).get('q') }}{{ d.get(1) }}{{ d.get(none) }}
{{ d.get(nope) }}{{ d.get('z', none) }}{{ d.get('a', 1/0 if false else 3) }}{{ d.get('z').q }}
{{ d.get('z').q.r }}
{{ d.get() }}
{{ d.get('a', 'b', 'c') }}
{{ d.get([]) }}
{{ d.get(key='a') }}
{{ d.items() }}{{ d.items()|list }}{{ d.items()|length }}{{ ('a', 2) in d.items() }}{{ e.items() }}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for p in d.items() %}{{ p[0] }}{% endfor %}
{{ d.items(1) }}
{{ (d.items())[0] }}|{{ d.items() == d.items() }}{{ d.items() is iterable }}{{ d.items() is sequence }}
{{ d.keys() }}{{ d.keys()|list }}{{ 'a' in d.keys() }}{{ d.keys()|length }}{{ (d.keys())[0] }}{{ e.keys() }}
{{ d.keys()|sort }}{{ d.keys()|join }}{{ d.keys() == {'a': 1, 'b': 1, 'c': 1}.keys() }}
{{ d.keys().x.y }}
{% set k = {'a': 1} %}{% set ks = k.keys() %}{{ k.update(b=2) }}{{ ks }}
{{ d.pop('a') }}{{ d }}{{ d.pop('zz', 'none') }}{{ d.pop('zz', none) }}
{{ d.pop('zz') }}
{{ d.pop() }}
{{ d.pop(1) }}
{{ d.pop((1, 2)) }}
{{ d.popitem() }}{{ d }}{{ d.popitem() }}{{ d.popitem() }}{{ d }}
{% set x = {'k': none} %}{{ x.popitem() }}{{ x }}
{{ e.popitem() }}
{{ d.popitem(1) }}
{{ d.setdefault('a', 9) }}{{ d.setdefault('n', []) }}{{ d.n.append(1) }}{{ d.n }}{{ d.setdefault('m') }}{{ d }}
{% set x = {} %}{{ x.setdefault(1, 'a') }}{{ x.setdefault(true, 'b') }}{{ x }}
{{ d.setdefault() }}
{{ d.setdefault([], 1) }}
{{ d.update({'a': 5, 'z': 6}) }}{{ d }}{{ d.update(q=1) }}{{ d.update([('r', 2)]) }}{{ d.update([['s', 3]], t=4) }}{{ d }}
{{ e.update() }}{{ e }}{{ e.update({}) }}{{ e.update(nope) }}
{{ d.update(5) }}
{{ d.update([1]) }}
{{ d.update(['ab']) }}{{ d }}
{{ d.update(['abc']) }}
{{ d.update({}, {}) }}
{{ d.values() }}{{ d.values()|list }}{{ d.values()|length }}{{ 2 in d.values() }}{{ e.values() }}
{{ {'a': 1, 'b': 2}.values()|sum }}{{ {'a': 1, 'b': 2}.values()|max }}{{ d.values() is sequence }}
{% for i in 'ab' %}{{ {'a': 'x'}.pop('a', none) }}{{ {'a': 1}.update(b=1) }}{{ ({'a': 1})['pop']('a') }}{{ {'a': 1}|attr('pop')('a') }}{{ {}.setdefault('q', i) }}{% endfor %}
{% macro m() %}{{ {'a': 'x'}.popitem() }}{{ {'b': 1}.get('b') }}{{ {}.clear() }}{% endmacro %}{{ m() }}{{ m() }}
{{ (d.values())[0] }}|{{ d.values() == d.values() }}
{{ {'a': 1}.keys() - ['a'] }}
{{ {'a': 1, 'b': 2}.keys() - ['a'] }}
{{ {'a': 1}.items() - [('a', 1)] }}
{{ ({'a': 1, 'b': 2}.keys() - ['a'])|list }}
{{ ['a'] - {'a': 1}.keys() }}
{{ {'a': 1}.keys() - {'b': 1}.keys() }}
{{ {'a': 1}.keys() - 5 }}
{{ {'a': 1}.values() - [1] }}
{{ {'a': 1}.keys() < {'a': 1, 'b': 2}.keys() }}
{{ {'a': 1}.keys() <= {'a': 1}.keys() }}
{{ {'a': 1}.keys() > {}.keys() }}
{{ {'a': 1}.keys() == ['a'] }}
{{ {'a': 1}.items() >= {'a': 1}.items() }}
{{ {'a': 1}.keys() < ['a'] }}
{{ {'a': 1}.keys().isdisjoint(['b']) }}
{{ ({'a': 1}.keys() - []).union(['b'])|sort }}
{{ {'a': 1}.keys() + ['a'] }}
{{ {'a': 1}.keys()|reverse|list }}
{{ ({'a': 1, 'b': 2}.keys() - ['a'])|length }}{{ 'b' in ({'a': 1, 'b': 2}.keys() - ['a']) }}{{ ({'a': 1}.keys() - ['a']) is sequence }}{{ ({'a': 1}.keys() - ['a']) is iterable }}
{% for x in {'a': 1, 'b': 2}.keys() - ['a'] %}{{ x }}{% endfor %}
{{ ({'a': 1}.keys() - ['a']) == ({}.keys() - []) }}{{ 1 if {'a': 1}.keys() - ['a'] else 0 }}
{{ ({'a': 1}.keys() - ['a'])|tojson }}
{{ nope - {'a': 1}.keys() }}
{{ {'a': 1}.keys() - nope }}
{{ ({'a': 1, 'b': 2}.keys() - ['a']).intersection('abc')|sort }}{{ ({'a': 1}.keys() - []).difference(['a']) }}{{ ({'a': 1}.keys() - []).issubset('ab') }}{{ ({'a': 1}.keys() - []).issuperset(['b']) }}{{ ({'a': 1}.keys() - []).isdisjoint(['b']) }}{{ ({'a': 1}.keys() - []).copy() }}
{{ (d.keys() - ['a']) - (d.keys() - ['b']) }}
{{ (d.keys() - ['a']) - ['b'] }}
{{ (d.keys() - ['a']) < (d.keys()) }}{{ (d.keys() - ['zz']) == d.keys() }}{{ (d.keys() - []) != d.keys() }}{{ d.keys() >= (d.keys() - ['a']) }}
{{ {(d.keys() - ['a']): 1} }}
{{ [d.keys() - d.keys()] }}{{ (d.keys() - ['a', 'b', 'c'])|length }}{{ (d.keys() - e.keys())|sort }}
{{ (d.items() - [])|length }}
{{ [[]] - d.keys() }}
{{ (d.keys() - [])[0] }}|{{ (d.keys() - []).nope }}
{{ d.nope() }}
{{ d.items.x }}|{{ d.get.x }}|{{ d.values is callable }}
{% for k in d %}{{ d.pop(k) }}{% endfor %}
{% for k in d %}{% set _ = d.update(zz=1) %}{% endfor %}
{% for k in d.copy() %}{% set _ = d.pop(k) %}{% endfor %}{{ d }}
{% set _ = d.pop('b') %}{% set _ = d.update(b=3) %}{{ d }}{% set _ = d.update(a=0) %}{{ d }}
]=])

-- list and tuple -------------------------------------------------------------------------------------------------------

list:lines('{"l":[3,1,2],"m":["b","A","c"],"n":[[2,"x"],[1,"y"]],"e":[]}', [=[
{% for i in 'ab' %}{{ [1, 2].pop() }}{{ [1].append(2) }}{{ ['x']['pop']() }}{{ [3, 1].sort() }}{{ [1, 2].index(2) }}{{ (1, 2).count(2) }}{% endfor %}
{{ l.append(4) }}{{ l }}{{ l.append([5]) }}{{ l }}{{ l|length }}
{% set x = [] %}{% for i in 'abc' %}{% set _ = x.append(i ~ loop.index) %}{% endfor %}{{ x }}
{{ l.append() }}
{{ l.append(1, 2) }}
{{ l.clear() }}{{ l }}{{ e.clear() }}{{ e }}
{% set x = [1, 2] %}{% set y = x %}{{ x.clear() }}{{ y }}
{{ l.clear(1) }}
{% set c = l.copy() %}{{ c.append(9) }}{{ c }}{{ l }}{{ e.copy() }}
{% set c = n.copy() %}{{ c[0].append(9) }}{{ n }}
{{ l.copy() == l }}{{ l.copy(1) }}
{{ l.count(1) }}{{ l.count(9) }}{{ [1, 1.0, true, '1'].count(1) }}{{ [[1], [1]].count([1]) }}{{ e.count(1) }}
{{ m.count('A') }}{{ [none, none].count(none) }}
{{ l.count() }}
{{ l.extend([7, 8]) }}{{ l }}{{ l.extend('ab') }}{{ l }}{{ l.extend({'k': 1}) }}{{ l }}{{ l.extend(()) }}
{{ e.extend(l|map('string')) }}{{ e }}{{ e.extend(e) }}{{ e }}
{{ l.extend(5) }}
{{ l.extend(none) }}
{{ l.index(1) }}{{ l.index(2, 1) }}{{ m.index('c', -1) }}{{ l.index(3, 0, 1) }}{{ [1, true].index(true) }}
{{ n.index([1, 'y']) }}
{{ l.index(9) }}
{{ l.index('1') }}
{{ l.index(3, 1) }}
{{ l.insert(0, 'x') }}{{ l }}{{ l.insert(-1, 'y') }}{{ l }}{{ l.insert(99, 'z') }}{{ l.insert(-99, 'w') }}{{ l }}
{{ e.insert(0, none) }}{{ e }}
{{ l.insert(0) }}
{{ l.insert('0', 1) }}
{{ l.pop() }}{{ l }}{{ l.pop(0) }}{{ l }}{{ l.pop(-1) }}{{ l }}
{{ l.pop(true) }}{{ l }}
{{ e.pop() }}
{{ l.pop(9) }}
{{ l.pop('0') }}
{{ l.remove(1) }}{{ l }}{{ m.remove('A') }}{{ m }}
{% set x = [1, true, 1.0] %}{{ x.remove(1) }}{{ x }}
{{ l.remove(9) }}
{{ l.remove() }}
{{ l.reverse() }}{{ l }}{{ m.reverse() }}{{ m }}{{ e.reverse() }}{{ e }}
{% set x = [1] %}{{ x.reverse() }}{{ x }}
{{ l.reverse(1) }}
{{ l.sort() }}{{ l }}{{ m.sort() }}{{ m }}{{ n.sort() }}{{ n }}{{ l.sort(reverse=true) }}{{ l }}
{{ e.sort() }}{{ e }}{{ m.sort(key=none) }}{{ m }}
{% set x = [1, 'a'] %}{{ x.sort() }}
{{ l.sort(1) }}
{% set x = [2, 1.5, true] %}{{ x.sort() }}{{ x }}
{{ (1, 2, 1).count(1) }}{{ ().count(1) }}{{ ('a', 'b').count('a') }}{{ (1, true).count(1.0) }}
{{ (3, 1, 2).index(1) }}{{ ('a', 'b', 'a').index('a', 1) }}{{ (1, 2).index(true) }}
{{ (1, 2).count() }}
{{ (1, 2).index(3) }}
{{ (1, 2).index(2, 0, 1) }}
{{ (1, 2).append(3) }}
{{ (1, 2).nope }}|{{ l.nope }}|{{ l['append'](1) }}{{ l }}
{{ (1, 2).count(1, 2) }}
]=])

-- int and float --------------------------------------------------------------------------------------------------------

list:lines('{"i":42,"z":0,"m":-8,"big":340282366920938463463374607431768211455,"f":2.5,"w":3.0,"t":true,"g":1e300}', [=[
{{ i.as_integer_ratio() }}{{ m.as_integer_ratio() }}{{ t.as_integer_ratio() }}
{{ z.as_integer_ratio() }}
{{ big.as_integer_ratio() }}
{{ i.bit_count() }}{{ z.bit_count() }}{{ m.bit_count() }}{{ big.bit_count() }}{{ t.bit_count() }}
{{ (255).bit_count() }}{{ (2 ** 40).bit_count() }}
{{ (-1).bit_count() }}{{ (2 ** 70 - 1).bit_count() }}
{{ i.bit_length() }}{{ z.bit_length() }}{{ m.bit_length() }}{{ big.bit_length() }}
{{ (1).bit_length() }}{{ (2 ** 63).bit_length() }}{{ (2 ** 64).bit_length() }}
{{ i.bit_length(1) }}
{{ i.conjugate() }}{{ m.conjugate() }}{{ t.conjugate() }}
{{ z.conjugate() }}{{ big.conjugate() }}
{{ (5).conjugate() }}{{ f.conjugate() }}{{ (0.1).conjugate() }}
{{ i.denominator }}{{ i.numerator }}{{ i.real }}{{ i.imag }}{{ t.real }}{{ t.numerator }}
{{ z.denominator }}{{ z.numerator }}{{ z.real }}{{ z.imag }}
{{ big.denominator }}{{ big.numerator }}{{ big.real }}{{ big.imag }}
{{ f.as_integer_ratio() }}{{ w.as_integer_ratio() }}{{ (0.1).as_integer_ratio() }}
{{ (-0.75).as_integer_ratio() }}{{ (0.0).as_integer_ratio() }}
{{ g.as_integer_ratio()|length }}
{{ g.as_integer_ratio(1) }}
{{ f.is_integer() }}{{ w.is_integer() }}
{{ g.is_integer() }}{{ (0.0).is_integer() }}
{{ (-0.5).is_integer() }}{{ (1e15).is_integer() }}
{{ f.real }}{{ f.imag }}{{ w.conjugate() }}
{{ w.real }}{{ w.imag }}{{ f.nope }}
{{ g.real == g }}{{ g.imag }}{{ g.conjugate() == g }}
{{ i.nope }}|{{ i.upper }}|{{ none.x }}|{{ true.x }}
{{ i.upper() }}
{{ none.get('x') }}
]=])
return list
