--- Markup: its methods give Markup and escape what they are given; escape, safe and autoescape around it.
local list <const> = require("differential").list()

list:lines('{"a":"<b> x&amp;{} ","b":" 1b\\tB\\n<i>{a}","m":"a<b>c</b> &lt;d&gt;"}', [=[
{{ (a|safe).upper }}{{ (a|safe).join }}{{ (a|safe).unescape }}{{ [('<'|safe).zfill, ('<'|safe).partition] }}
{% set r = (a|safe).capitalize() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).capitalize()] }}{{ (''|safe).capitalize() if 'capita' != 'index(' else '' }}
{{ [(b|safe).capitalize()] }}
{% set r = (a|safe).center(9,'<') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).center(9,'<')] }}{{ (''|safe).center(9,'<') if 'center' != 'index(' else '' }}
{{ [(b|safe).center(9,'<')] }}
{% set r = (a|safe).count('b') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).count('b')] }}{{ (''|safe).count('b') if 'count(' != 'index(' else '' }}
{{ [(b|safe).count('b')] }}
{% set r = (a|safe).encode() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).encode()] }}{{ (''|safe).encode() if 'encode' != 'index(' else '' }}
{{ [(b|safe).encode()] }}
{% set r = (a|safe).endswith('&') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).endswith('&')] }}{{ (''|safe).endswith('&') if 'endswi' != 'index(' else '' }}
{{ [(b|safe).endswith('&')] }}
{% set r = (a|safe).expandtabs() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).expandtabs()] }}{{ (''|safe).expandtabs() if 'expand' != 'index(' else '' }}
{{ [(b|safe).expandtabs()] }}
{% set r = (a|safe).find('&') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).find('&')] }}{{ (''|safe).find('&') if 'find('' != 'index(' else '' }}
{{ [(b|safe).find('&')] }}
{% set r = (a|safe).format('<') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).format('<')] }}{{ (''|safe).format('<') if 'format' != 'index(' else '' }}
{{ [(b|safe).format('<')] }}
{% set r = (a|safe).format_map({'a':'<'}) %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).format_map({'a':'<'})] }}{{ (''|safe).format_map({'a':'<'}) if 'format' != 'index(' else '' }}
{{ [(b|safe).format_map({'a':'<'})] }}
{% set r = (a|safe).index('b') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).index('b')] }}{{ (''|safe).upper() if 'index(' != 'index(' else '' }}
{{ [(b|safe).index('b')] }}
{% set r = (a|safe).isalnum() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isalnum()] }}{{ (''|safe).isalnum() if 'isalnu' != 'index(' else '' }}
{{ [(b|safe).isalnum()] }}
{% set r = (a|safe).isalpha() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isalpha()] }}{{ (''|safe).isalpha() if 'isalph' != 'index(' else '' }}
{{ [(b|safe).isalpha()] }}
{% set r = (a|safe).isascii() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isascii()] }}{{ (''|safe).isascii() if 'isasci' != 'index(' else '' }}
{{ [(b|safe).isascii()] }}
{% set r = (a|safe).isdecimal() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isdecimal()] }}{{ (''|safe).isdecimal() if 'isdeci' != 'index(' else '' }}
{{ [(b|safe).isdecimal()] }}
{% set r = (a|safe).isdigit() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isdigit()] }}{{ (''|safe).isdigit() if 'isdigi' != 'index(' else '' }}
{{ [(b|safe).isdigit()] }}
{% set r = (a|safe).isidentifier() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isidentifier()] }}{{ (''|safe).isidentifier() if 'isiden' != 'index(' else '' }}
{{ [(b|safe).isidentifier()] }}
{% set r = (a|safe).islower() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).islower()] }}{{ (''|safe).islower() if 'islowe' != 'index(' else '' }}
{{ [(b|safe).islower()] }}
{% set r = (a|safe).isnumeric() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isnumeric()] }}{{ (''|safe).isnumeric() if 'isnume' != 'index(' else '' }}
{{ [(b|safe).isnumeric()] }}
{% set r = (a|safe).isprintable() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isprintable()] }}{{ (''|safe).isprintable() if 'isprin' != 'index(' else '' }}
{{ [(b|safe).isprintable()] }}
{% set r = (a|safe).isspace() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isspace()] }}{{ (''|safe).isspace() if 'isspac' != 'index(' else '' }}
{{ [(b|safe).isspace()] }}
{% set r = (a|safe).istitle() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).istitle()] }}{{ (''|safe).istitle() if 'istitl' != 'index(' else '' }}
{{ [(b|safe).istitle()] }}
{% set r = (a|safe).isupper() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).isupper()] }}{{ (''|safe).isupper() if 'isuppe' != 'index(' else '' }}
{{ [(b|safe).isupper()] }}
{% set r = (a|safe).join(['<','&amp;']) %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).join(['<','&amp;'])] }}{{ (''|safe).join(['<','&amp;']) if 'join([' != 'index(' else '' }}
{{ [(b|safe).join(['<','&amp;'])] }}
{% set r = (a|safe).ljust(9,'<') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).ljust(9,'<')] }}{{ (''|safe).ljust(9,'<') if 'ljust(' != 'index(' else '' }}
{{ [(b|safe).ljust(9,'<')] }}
{% set r = (a|safe).lower() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).lower()] }}{{ (''|safe).lower() if 'lower(' != 'index(' else '' }}
{{ [(b|safe).lower()] }}
{% set r = (a|safe).lstrip() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).lstrip()] }}{{ (''|safe).lstrip() if 'lstrip' != 'index(' else '' }}
{{ [(b|safe).lstrip()] }}
{% set r = (a|safe).partition('b') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).partition('b')] }}{{ (''|safe).partition('b') if 'partit' != 'index(' else '' }}
{{ [(b|safe).partition('b')] }}
{% set r = (a|safe).replace('b','<') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).replace('b','<')] }}{{ (''|safe).replace('b','<') if 'replac' != 'index(' else '' }}
{{ [(b|safe).replace('b','<')] }}
{% set r = (a|safe).rfind('b') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).rfind('b')] }}{{ (''|safe).rfind('b') if 'rfind(' != 'index(' else '' }}
{{ [(b|safe).rfind('b')] }}
{% set r = (a|safe).rindex('b') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).rindex('b')] }}{{ (''|safe).upper() if 'rindex' != 'index(' else '' }}
{{ [(b|safe).rindex('b')] }}
{% set r = (a|safe).rjust(9,'>') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).rjust(9,'>')] }}{{ (''|safe).rjust(9,'>') if 'rjust(' != 'index(' else '' }}
{{ [(b|safe).rjust(9,'>')] }}
{% set r = (a|safe).rpartition('b') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).rpartition('b')] }}{{ (''|safe).rpartition('b') if 'rparti' != 'index(' else '' }}
{{ [(b|safe).rpartition('b')] }}
{% set r = (a|safe).rsplit() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).rsplit()] }}{{ (''|safe).rsplit() if 'rsplit' != 'index(' else '' }}
{{ [(b|safe).rsplit()] }}
{% set r = (a|safe).rstrip() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).rstrip()] }}{{ (''|safe).rstrip() if 'rstrip' != 'index(' else '' }}
{{ [(b|safe).rstrip()] }}
{% set r = (a|safe).split() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).split()] }}{{ (''|safe).split() if 'split(' != 'index(' else '' }}
{{ [(b|safe).split()] }}
{% set r = (a|safe).splitlines() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).splitlines()] }}{{ (''|safe).splitlines() if 'splitl' != 'index(' else '' }}
{{ [(b|safe).splitlines()] }}
{% set r = (a|safe).startswith('<') %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).startswith('<')] }}{{ (''|safe).startswith('<') if 'starts' != 'index(' else '' }}
{{ [(b|safe).startswith('<')] }}
{% set r = (a|safe).strip() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).strip()] }}{{ (''|safe).strip() if 'strip(' != 'index(' else '' }}
{{ [(b|safe).strip()] }}
{% set r = (a|safe).striptags() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).striptags()] }}{{ (''|safe).striptags() if 'stript' != 'index(' else '' }}
{{ [(b|safe).striptags()] }}
{% set r = (a|safe).swapcase() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).swapcase()] }}{{ (''|safe).swapcase() if 'swapca' != 'index(' else '' }}
{{ [(b|safe).swapcase()] }}
{% set r = (a|safe).title() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).title()] }}{{ (''|safe).title() if 'title(' != 'index(' else '' }}
{{ [(b|safe).title()] }}
{% set r = (a|safe).translate({98:'<'}) %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).translate({98:'<'})] }}{{ (''|safe).translate({98:'<'}) if 'transl' != 'index(' else '' }}
{{ [(b|safe).translate({98:'<'})] }}
{% set r = (a|safe).unescape() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).unescape()] }}{{ (''|safe).unescape() if 'unesca' != 'index(' else '' }}
{{ [(b|safe).unescape()] }}
{% set r = (a|safe).upper() %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).upper()] }}{{ (''|safe).upper() if 'upper(' != 'index(' else '' }}
{{ [(b|safe).upper()] }}
{% set r = (a|safe).zfill(9) %}{{ r }}|{{ [r] }}|{{ r is escaped }}
{{ [('<b>&'|e).zfill(9)] }}{{ (''|safe).zfill(9) if 'zfill(' != 'index(' else '' }}
{{ [(b|safe).zfill(9)] }}
{{ (m|safe).striptags() }}|{{ (m|safe).unescape() }}|{{ [(m|safe).unescape()] }}|{{ [(m|safe).striptags()] }}
{{ ('<a'|safe).escape('<') }}{{ ('<'|e).escape(none) }}{{ [('x'|safe).escape(5)] }}
{{ [(''|e).escape('&'|safe)] }}{{ ('x'|safe).escape([1, '<']) }}
{{ (m|safe).escape() }}
{{ (m|safe).unescape().upper() }}{{ ('&eacute;&#233;&#xe9;&nope;&amp;amp;'|safe).unescape() }}
{{ ('<p>a</p>\n<!-- x > y --><b  c="d">e'|safe).striptags() }}
{{ (m|safe).find('&lt;') }}{{ (m|e).find('<') }}{{ (''|safe).find('') }}
{{ (m|safe) + '<' }}{{ '<' + (m|safe) }}{{ [(m|safe) + '<'] }}{{ (m|safe) * 2 }}{{ 2 * ('<'|e) }}
{{ (m|safe) + 1 }}
{{ 1 + (m|safe) }}
{{ ('%s'|safe) % '<' }}{{ ('%s-%s'|safe) % ('<', '<'|safe) }}{{ ('%(a)s'|safe) % {'a': '<'} }}{{ ('%r'|safe) % '<' }}{{ ('%d %.1f'|safe) % (3, 2.5) }}
{{ '%s' % (m|safe) }}{{ ['%s' % (m|safe)] }}{{ ['{}'.format(m|safe)] }}{{ [('{}'|safe).format(m)] }}
{{ ('{0} {0!r} {x:>5}'|safe).format('<', x='&') }}{{ ('{:<8}|'|safe).format('<'|safe) }}
{{ [(m|safe)[0], (m|safe)[1:3], (m|safe)[-1], (m|safe)[::-1]] }}{{ (m|safe)|length }}{{ (m|safe)|list }}
{{ (m|safe) == m }}{{ (m|safe) < 'b' }}{{ m in [m|safe] }}{{ {(m|safe): 1}[m] }}{{ 'a' in (m|safe) }}{{ (m|safe) is string }}
{{ [m|safe|upper, m|safe|lower, m|safe|trim, m|safe|title, m|safe|string, m|safe|capitalize, m|safe|center(30), m|safe|indent, m|safe|default('x')] }}
{{ [m|safe|truncate(5, true, '<', 0), m|safe|replace('b', '<'), m|safe|join('<'), m|safe|reverse, m|safe|first, m|safe|last, m|safe|striptags, m|safe|wordwrap(5)] }}
{{ [m|e|e, m|e|forceescape, m|forceescape, m|safe|safe, m|safe|urlize, m|safe|format, m|safe|int, m|safe|list|first] }}
{{ m|e|urlencode }}|{{ m|safe|wordcount }}|{{ m|safe|tojson }}|{{ [m|tojson] }}|{{ m|safe|pprint }}|{{ m|safe|xmlattr if false else 1 }}
{{ [m|safe ~ '<', '<' ~ (m|safe)] }}{{ [('<'|e) ~ 1] }}
{{ (m|safe).join('ab') }}{{ [(', '|safe).join(['<', 1, none])] }}
{{ 'x'.join([m|safe]) }}{{ ['x'.join([m|safe])] }}{{ 'a<'.replace('<', '<'|e) }}{{ ['<'.replace('<', '&'|e)] }}
{% autoescape true %}{{ m }}{{ m|safe }}{{ m|e }}{{ [m] }}{{ {'k': m} }}{{ none }}{{ 1.5 }}{{ nope }}{{ true }}{% endautoescape %}
{% autoescape true %}{{ m ~ '<' }}{{ (m|safe) ~ '<' }}{{ '<' ~ 1 ~ none }}{{ '<' + '&' }}{{ '<' * 2 }}{{ '<'|upper }}{{ ('<'|e)|upper }}{% endautoescape %}
{% autoescape true %}{% set x %}{{ m }}<{% endset %}{{ x }}|{{ [x] }}|{{ x is escaped }}|{{ x|length }}{% endautoescape %}
{% autoescape true %}{% macro f(a) %}<i>{{ a }}</i>{% endmacro %}{{ f('<') }}{{ [f(1)] }}{{ f(f('&')) }}{% set y = f('x') %}{{ y }}{% endautoescape %}
{% autoescape true %}{% call(x) (m|safe).join(['<']) %}{% endcall %}{% endautoescape %}
{% autoescape true %}{% macro f() %}<{{ caller('<') }}>{% endmacro %}{% call(x) f() %}<b>{{ x }}{{ m }}{% endcall %}{% endautoescape %}
{% autoescape true %}{% filter upper %}<b>{{ '<' }}{% endfilter %}{% filter replace('b', '<') %}b{{ '&' }}{% endfilter %}{% endautoescape %}
{% autoescape true %}{{ ['<', '&'|safe]|join('>') }}{{ ['<']|join('<'|safe) }}{{ ['<', 1]|join }}{{ m|replace('<', '>') }}{{ m|replace('<'|safe, '>') }}{{ (m|safe)|replace('a', '<') }}{% endautoescape %}
{% autoescape true %}{{ {'a': '<', 'b': none, 'c': 1}|xmlattr }}{{ 'http://a.com?a=1&b=2'|urlize }}{{ m|urlize }}{{ {'a': '<'}|tojson }}{{ m|pprint }}{% endautoescape %}
{% autoescape false %}{{ m }}{% autoescape true %}{{ m }}{% endautoescape %}{{ m }}{% endautoescape %}{{ m }}
{% autoescape true %}{% for c in '<&' %}{{ c }}{% if loop.last %}{{ '>' }}{% endif %}{% endfor %}{% with q = '"' %}{{ q }}{% endwith %}{% endautoescape %}
{% autoescape true %}{{ '<%s>' % '&' }}{{ '<{}>'.format('&') }}{{ '%s'|format('<') }}{{ '<'|format }}{{ '<' if true else '>' }}{{ '<' or 1 }}{{ ('<', 1) }}{% endautoescape %}
{% autoescape true %}{{ loop is defined }}{{ m|truncate(4, true, '<', 0) }}{{ m|indent(2, true) }}{{ m|wordwrap(3) }}{{ m|center(24) }}{{ m|striptags }}{{ m|title }}{{ m|trim('a') }}{% endautoescape %}
{% autoescape true %}{{ m|first }}{{ m|last }}{{ m|list }}{{ m|reverse }}{{ m|sort|join }}{{ m|map('upper')|join }}{{ [m]|map('e')|join }}{{ m|batch(2)|list }}{% endautoescape %}
]=])

list:lines('{"m":"<b>&","l":["<",1,null],"t":true}', [=[
{{ m }}{{ m|safe }}{{ m|e }}{{ m ~ '<' }}{{ '<' }}<
{% autoescape false %}{{ m }}{% endautoescape %}{{ m }}
{% macro f(a) %}<{{ a }}>{% endmacro %}{{ f(m) }}{{ f(m)|upper }}{{ [f('<')] }}{{ f(m) ~ '<' }}
{% set x %}<{{ m }}>{% endset %}{{ x }}{{ x ~ '&' }}{{ x|length }}
{% set x = '<' %}{{ x }}{{ x * 3 }}{{ [x] }}{{ l }}{{ l|join('<') }}
{% set x | length %}abc{% endset %}{{ [x] }}{% set y | list %}<{% endset %}{{ [y] }}{% set z | replace('a', '<') %}a&{% endset %}{{ [z] }}
{% for x in l %}{{ x }}{{ loop.index }}{% endfor %}{{ l|first }}{{ l|tojson }}
{% filter lower %}<B>{{ m }}{% endfilter %}{{ '<'|default('x') }}{{ nope|default('<') }}
{{ m|replace('<', '>') }}{{ m|replace('<'|safe, '>'|safe) }}{{ m|striptags }}{{ m|urlize }}{{ m|forceescape }}
{% block a %}<{{ m }}>{% endblock %}{{ self.a() }}
{% call(x) f2(1) %}{% endcall %}
{% macro f2() %}{{ caller() }}{% endmacro %}{% call f2() %}<{{ m }}{% endcall %}
{{ namespace(a=m).a }}{{ cycler('<', '&').next() }}{% set j = joiner('<') %}{{ j() }}{{ j() }}{{ lipsum(0) }}
{{ m.upper() }}{{ (m|e).upper() }}{{ m[0] }}{{ m[:2] }}{{ m.split('b') }}{{ 1 < 2 }}{{ not m }}{{ m if t }}
{{ '%s<' % m }}{{ ('%s<'|safe) % m }}{{ '{}<'.format(m) }}{{ m + '<' }}{{ (m|e) + '<' }}
]=], { options = '{"autoescape": true}' })

return list
