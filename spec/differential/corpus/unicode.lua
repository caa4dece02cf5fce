--- Text past ASCII: code points, widths, case, order, repr, whitespace, names, escapes.
local list <const> = require("differential").list()

list:lines('{"s":"H\\u00e9llo W\\u00f6rld","z":"\\u4e2d\\u6587\\u5b57","e":"\\ud83d\\udc69\\u200d\\ud83d\\ude80 \\ud83c\\udde9\\ud83c\\uddea","c":"e\\u0301x","r":"\\u05d0\\u05d1","w":"\\u00a0 \\u2003a\\u3000","mix":["z","\\u00e9","e","\\u00c9","Z","\\u00df","\\ud83d\\ude00","\\uffff"],"sp":"a\\u2028b\\u0085c\\u001cd","b":"\\u0000\\u0001\\u007f\\u0080\\u00ad\\ufeff\\ue000\\ufffd"}', [=[
{{ s|length }}{{ z|length }}{{ e|length }}{{ c|length }}{{ mix|join|length }}
{{ s[1] }}{{ s[-1] }}{{ z[1:] }}{{ e[0] }}{{ e[::-1] }}{{ c[::-1] }}{{ z[::2] }}{{ s[1:8:3] }}{{ z[5] }}|{{ s[::-2] }}
{{ s|upper }}{{ s|lower }}{{ s|title }}{{ s|capitalize }}{{ s|swapcase if false else s.swapcase() }}{{ z|upper }}{{ 'straße'|upper }}{{ 'ΌΣΟΣ'|lower }}{{ 'ǈ'|title }}{{ 'ﬀ'|capitalize }}
{{ s|center(20) }}|{{ z|center(7) }}|{{ e|center(12) }}|{{ s.ljust(14, '→') }}|{{ z.rjust(5, '文') }}|{{ '%5s|%-5s|%.2s'|format(z, z, z) }}|{{ '{:>5}|{:é^7}|{:.2}'.format(z, z, z) }}
{{ s|truncate(5, true, '…', 0) }}{{ z|truncate(2, true, '', 0) }}{{ s|wordwrap(5) }}{{ s|wordcount }}{{ z|wordcount }}{{ c|wordcount }}{{ s|reverse }}{{ z|list }}{{ z|batch(2)|list }}{{ s|first }}{{ s|last }}
{{ [s, z, e, c, r, w, sp, b] }}
{{ s|tojson }}{{ e|tojson }}{{ b|tojson }}{{ sp|json_dumps }}{{ b|json_dumps }}{{ e|tojson_pretty }}{{ s|pprint }}{{ b|pprint }}
{{ mix|sort }}{{ mix|sort(case_sensitive=true) }}{{ mix|min }}{{ mix|max }}{{ mix|unique|list }}{{ 'é' < 'z' }}{{ 'é' > 'z' }}{{ '\uffff' < '😀' }}{{ mix|map('upper')|list }}{{ mix|map('length')|list }}
[{{ w|trim }}][{{ w.strip() }}][{{ w.lstrip() }}][{{ w.rstrip() }}]{{ w.split() }}{{ sp.splitlines() }}{{ sp.split() }}{{ s.split('ö') }}{{ z.partition('文') }}{{ w|striptags }}
{{ s|urlencode }}{{ z|urlencode }}{{ {'ключ': 'знач'}|urlencode }}{{ s|e }}{{ s|replace('ö', 'oe') }}{{ s|regex_replace('[é-ö]', '_') }}{{ z|regex_search('\\w{3}') }}{{ s.find('W') }}{{ s.index('ö') }}{{ s.count('l') }}{{ 'ö' in s }}{{ s.startswith('Hé') }}{{ s.replace('é', '') }}
{% set ñame = 1 %}{{ ñame }}{{ имя is defined }}{% set 变量 = [1] %}{{ 变量[0] }}{% for é in z %}{{ é }}-{% endfor %}{% macro añadir(ü='ü') %}{{ ü }}{% endmacro %}{{ añadir() }}{{ añadir(ü='x') }}{{ añadir.name }}
{{ 'é' ~ z ~ 1 }}{{ 'é' * 3 }}{{ 'é' + 'ü' }}{{ {'é': 1}.é }}{{ {'é': 1}['é'] }}{{ '\u00e9\xe9\U0001F600\351' }}{{ 'é' == 'e\u0301' }}{{ 'é'|length }}{{ 'e\u0301'|length }}
é{{ 1 }}→{# ü #}😀{% raw %}中{{ }}{% endraw %}{{ '中' }}{%- if true -%}   ñ   {%- endif -%}　x {{- '　' -}}   y
{{ '\N{NOPE}' }}
{{ '\N' }}
{{ '\N{' }}
{{ 'a\x0' }}
{{ 'a\u00' }}
{{ 'a\U0011000' }}
{{ 'a\U00110000' }}
{{ x² }}
{{ a→b }}
{{ é$ }}
{{ “q” }}
{{ 'é' $ }}
{{ s.upper().lower().title() }}{{ 'ŒUVRE'.lower() }}{{ 'ĳ'.title() }}{{ 'ʼn'.upper() }}{{ 'İI'.lower() }}{{ 'ıi'.upper() }}{{ 'Ǆ'.capitalize() }}{{ 'ꙮ'.upper() }}{{ 'ა'.upper() }}{{ 'Ა'.lower() }}
{{ '٣' is number }}{{ '٣'|int + 1 }}{{ '٣.٥'|float }}{{ '１２'|int }}{{ '²'|int(7) }}{{ '½'|float(7) }}{{ '－5'|int(9) }}{{ '\u00a05\u2003'|int }}
{{ s|xmlattr if false }}{{ {'é': 'ü<'}|xmlattr }}{{ 'http://exämple.com/ü'|urlize }}{{ 'ü@exämple.de'|urlize }}{{ s|indent }}{{ s|striptags }}{{ '&eacute;&#x4e2d;&#128512;&notit;'|striptags }}{{ z|tojson|length }}
{{ 'é'.encode() }}{{ 'é中😀'.encode('utf-8').hex() }}{{ '%c'|format(233) }}{{ '%c'|format('é') }}{{ '{:c}'.format(20013) }}{{ '%a'|format('é') }}{{ '{!a}'.format('中') }}{{ '%r'|format('é\u200b') }}
{{ '%c'|format('éé') }}
{{ '%c'|format(1114112) }}
{{ '{:c}'.format(-1) }}
{{ dict(é=1) }}{{ namespace(ü=2).ü }}{{ {'a': 'é', 'b': ['→']} }}{{ ('é',) }}{{ [['\\', "'", '"', '\'"']] }}{{ ['\t\n\r\x0b\x1b'] }}
]=])
return list
