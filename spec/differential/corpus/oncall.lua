--- OnCall's filters and `time`, and the values of time: parsing, printing, arithmetic, attributes, zones, regular expressions.
local list <const> = require("differential").list()

list:lines('{"u":"2023-11-22T15:30:00Z","o":"2023-11-22T15:30:00.123456+05:30","v":"2023-11-22 15:30:00","d":"2023-11-22","bad":"yesterday","n":null,"i":1700666999,"f":1700666999.25,"ms":1700666999000}', [=[
{{ u|iso8601_to_time }}|{{ o|iso8601_to_time }}|{{ v|iso8601_to_time }}|{{ d|iso8601_to_time }}|{{ bad|iso8601_to_time }}|{{ n|iso8601_to_time }}|{{ i|iso8601_to_time }}|{{ nope|iso8601_to_time }}|{{ ''|iso8601_to_time }}
{% for s in ['20231122', '2023-W47-3', '2023W473', '2023-11-22T15', '2023-11-22T1530', '2023-11-22T15:30', '20231122T153000Z', '2023-11-22x15:30', '2023-11-22T15:30:00,5', '2023-11-22T15:30:00.123456789', '2023-11-22T15:30-08', '2023-11-22T15:30+0530', '2023-11-22T15:30:00 +05:30', '2023-1-2 3:4', '2023-1-2T3:4:5.6 Z'] %}{{ s|iso8601_to_time }};{% endfor %}
{% for s in ['2023-11-22T15:30:00z', '2023-11-22T24:00', '2023-11-22T15:60', '2023-13-01', '2023-02-29', '2024-02-29', ' 2023-11-22', '2023-11-22 ', '23-11-22', '2023/11/22', '2023-11-22T15:30:00+24:00', '2023-11-22T15:30:00+23:59:59.5', '2023-W54-1', '0000-01-01', '2023-1-2', '2023-11-22T', '12:30', '2023-11-22T15:30:61'] %}{{ s|iso8601_to_time }};{% endfor %}
{{ [u|iso8601_to_time, o|iso8601_to_time, v|iso8601_to_time] }}{{ {'k': d|iso8601_to_time} }}{{ ['2023-11-22T15:30:00-00:30'|iso8601_to_time, '0001-01-01'|iso8601_to_time] }}
{{ u|iso8601_to_time|datetimeformat }}|{{ u|iso8601_to_time|datetimeformat('%Y-%m-%d') }}|{{ o|iso8601_to_time|datetimeformat('%H:%M:%S.%f %z %Z') }}|{{ v|iso8601_to_time|datetimeformat('[%z%Z]') }}|{{ n|datetimeformat }}|{{ u|datetimeformat }}|{{ 5|datetimeformat }}|{{ u|iso8601_to_time|datetimeformat(format='%d') }}
{{ u|iso8601_to_time|datetimeformat('%a %A %b %B %c %d %e %F %H %I %j %m %M %p %R %S %T %u %U %V %w %W %x %X %y %Y %% %D %G %h %g %C') }}|{{ u|iso8601_to_time|datetimeformat('%-d %-m %-H %-I %-M %_d %02d %-j %n%t|') }}|{{ u|iso8601_to_time|datetimeformat('') }}|{{ u|iso8601_to_time|datetimeformat('é→ %H') }}
{{ '2023-01-02T03:04:05Z'|iso8601_to_time|datetimeformat('%-d/%-m %-H:%-M:%-S %e|%_H|%_m') }}{{ '0099-05-01'|iso8601_to_time|datetimeformat('%Y %y %C') }}{{ '2023-01-01'|iso8601_to_time|datetimeformat('%U %W %V %G %u %w %j') }}{{ '2024-12-30'|iso8601_to_time|datetimeformat('%V %G %g') }}
{{ o|iso8601_to_time|datetimeformat('[%4z|%4Z|%-z|%_Z|%^Z|%#z|%-f|%^p|%#p|%8p|%08p|%_8p|%-8p|%-5d|%_5d|%^5a|%5%|%05n|%3t|%010F|%_10T|%-3H|%Ey|%Od|%#a|%#B|%^b|%012c|%3Y]') }}
{{ o|iso8601_to_time|datetimeformat('[%--d|%-_d|%0-d|%_0e|%00d|%-00d|%-|%_]') }}|{{ d|iso8601_to_time|datetimeformat('%z%Z%4Z%5z') }}
{{ u|iso8601_to_time|datetimeformat('%02j|%002j|%1d|%01Y|%2Y|%_1j|%-2j|%5j|%1H') }}
{{ u|iso8601_to_time|datetimeformat('%^c|%#c|%^x|%_c|%-c|%^p') }}
{{ nope|datetimeformat }}
{{ u|iso8601_to_time|datetimeformat(none) }}|{{ u|iso8601_to_time|datetimeformat(5) }}
{{ u|iso8601_to_time|datetimeformat('%H', 1) }}
{{ u|iso8601_to_time|datetimeformat_as_timezone }}|{{ u|iso8601_to_time|datetimeformat_as_timezone('%H:%M %Z %z', 'Europe/Paris') }}|{{ u|iso8601_to_time|datetimeformat_as_timezone('%H:%M %Z', tz='america/new_york') }}|{{ o|iso8601_to_time|datetimeformat_as_timezone('%F %T %Z', 'Asia/Kolkata') }}|{{ v|iso8601_to_time|datetimeformat_as_timezone('%H:%M %Z', 'Asia/Tokyo') }}
{% for z in ['UTC', 'America/Chicago', 'America/Sao_Paulo', 'Australia/Adelaide', 'Pacific/Auckland', 'Europe/London', 'Asia/Kathmandu', 'Africa/Lagos', 'EST', 'GMT', 'Etc/GMT+5', 'US/Pacific'] %}{{ u|iso8601_to_time|datetimeformat_as_timezone('%d %H:%M %Z %z', z) }};{{ '2023-07-01T00:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%d %H:%M %Z', z) }};{% endfor %}
{{ '2023-03-12T06:59:59Z'|iso8601_to_time|datetimeformat_as_timezone('%T %Z', 'America/New_York') }}{{ '2023-03-12T07:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%T %Z', 'America/New_York') }}{{ '2023-11-05T05:59:59Z'|iso8601_to_time|datetimeformat_as_timezone('%T %Z', 'America/New_York') }}{{ '2023-11-05T06:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%T %Z', 'America/New_York') }}
{{ '2040-07-01T00:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%T %Z', 'Asia/Tokyo') }}{{ '1990-07-01T00:00:00Z'|iso8601_to_time|datetimeformat_as_timezone('%T %Z', 'Europe/Berlin') }}
{{ u|iso8601_to_time|datetimeformat_as_timezone('%H', 'potato') }}
{{ u|iso8601_to_time|datetimeformat_as_timezone('%H', 'Europe/Nowhere') }}
{{ u|iso8601_to_time|datetimeformat_as_timezone('%H', none) }}
{{ n|datetimeformat_as_timezone('%H', 'UTC') }}|{{ 'x'|datetimeformat_as_timezone }}|{{ u|iso8601_to_time|datetimeformat_as_timezone(none) }}
{{ nope|datetimeformat_as_timezone }}
{{ '15:30 / 22-11-2023'|datetimeparse }}|{{ '2023-11-22'|datetimeparse('%Y-%m-%d') }}|{{ '22 Nov 2023'|datetimeparse('%d %b %Y') }}|{{ 'Wednesday, november 22'|datetimeparse('%A, %B %d') }}|{{ '1:05 PM'|datetimeparse('%I:%M %p') }}|{{ '20231122T153000+0200'|datetimeparse('%Y%m%dT%H%M%S%z') }}|{{ '12:00:00.5'|datetimeparse('%H:%M:%S.%f') }}
{{ '2023-326'|datetimeparse('%Y-%j') }}|{{ '23'|datetimeparse('%y') }}|{{ '70'|datetimeparse('%y') }}|{{ '10:00 UTC'|datetimeparse('%H:%M %Z') }}|{{ '2023 47 3'|datetimeparse('%G %V %u') }}|{{ '100%'|datetimeparse('%H0%%') }}|{{ 'a  b 5'|datetimeparse('a b %d') }}|{{ '11/22/23'|datetimeparse('%x') }}|{{ '15:30:00'|datetimeparse('%X') }}|{{ 'Wed Nov 22 15:30:00 2023'|datetimeparse('%c') }}
{{ 'x'|datetimeparse }}|{{ '2023-11-22 '|datetimeparse('%Y-%m-%d') }}|{{ '2023-02-30'|datetimeparse('%Y-%m-%d') }}|{{ n|datetimeparse }}|{{ 5|datetimeparse }}|{{ nope|datetimeparse }}|{{ ''|datetimeparse('') }}|{{ '1'|datetimeparse('%q') }}|{{ '25:00'|datetimeparse('%H:%M') }}|{{ '15:30'|datetimeparse(format='%H:%M') }}
{{ i|timestamp_to_datetime }}|{{ f|timestamp_to_datetime }}|{{ 0|timestamp_to_datetime }}|{{ -1.5|timestamp_to_datetime }}|{{ ms|timestamp_to_datetime }}|{{ n|timestamp_to_datetime }}|{{ '5'|timestamp_to_datetime }}|{{ true|timestamp_to_datetime }}|{{ nope|timestamp_to_datetime }}|{{ 0.0000015|timestamp_to_datetime }}|{{ [i|timestamp_to_datetime] }}
{{ 1e20|timestamp_to_datetime }}
{{ 67768036191676799|timestamp_to_datetime }}{{ -67768040609740800|timestamp_to_datetime }}
{{ 67768036191676800|timestamp_to_datetime }}
{{ -67768040609740801|timestamp_to_datetime }}
{{ 9223372036854775807|timestamp_to_datetime }}
{{ 9223372036854775808|timestamp_to_datetime }}
{{ i|timestamp_to_datetime|datetimeformat('%Y') }}{{ (ms / 1000)|timestamp_to_datetime }}{{ (i|timestamp_to_datetime).year }}
{{ '1h'|timedeltaparse }}|{{ '-30m'|timedeltaparse }}|{{ '+2d'|timedeltaparse }}|{{ '1w'|timedeltaparse }}|{{ '90s'|timedeltaparse }}|{{ '1M'|timedeltaparse }}|{{ '1y'|timedeltaparse }}|{{ '1Q'|timedeltaparse }}|{{ 'x'|timedeltaparse }}|{{ ''|timedeltaparse }}|{{ n|timedeltaparse }}|{{ 5|timedeltaparse }}|{{ nope|timedeltaparse }}|{{ '1h\n'|timedeltaparse }}|{{ ' 1h'|timedeltaparse }}|{{ '1 h'|timedeltaparse }}
{{ ['1h'|timedeltaparse, '-1s'|timedeltaparse, '0s'|timedeltaparse, '400d'|timedeltaparse] }}{{ '1d'|timedeltaparse }}{{ '-1d'|timedeltaparse }}{{ '25h'|timedeltaparse }}{{ '-25h'|timedeltaparse }}
{{ '99999999999d'|timedeltaparse }}
{{ '9999999999d'|timedeltaparse }}
{{ (u|iso8601_to_time) - ('1h'|timedeltaparse) }}|{{ u|iso8601_to_time + '1d'|timedeltaparse }}|{{ '1d'|timedeltaparse + u|iso8601_to_time }}|{{ u|iso8601_to_time - o|iso8601_to_time }}|{{ v|iso8601_to_time - d|iso8601_to_time }}
{{ u|iso8601_to_time > o|iso8601_to_time }}{{ u|iso8601_to_time == u|iso8601_to_time }}{{ v|iso8601_to_time == u|iso8601_to_time }}{{ d|iso8601_to_time < v|iso8601_to_time }}{{ [v|iso8601_to_time, d|iso8601_to_time]|sort|first }}{{ [v|iso8601_to_time, d|iso8601_to_time]|max }}
{{ v|iso8601_to_time < u|iso8601_to_time }}
{{ v|iso8601_to_time - u|iso8601_to_time }}
{{ u|iso8601_to_time + 1 }}
{{ u|iso8601_to_time + u|iso8601_to_time }}
{{ u|iso8601_to_time < 5 }}
{{ u|iso8601_to_time == 5 }}{{ (u|iso8601_to_time) != none }}{{ (u|iso8601_to_time) in [u|iso8601_to_time] }}
{{ ('1h'|timedeltaparse) * 2 }}|{{ 3 * ('1h'|timedeltaparse) }}|{{ ('1h'|timedeltaparse) / 2 }}|{{ ('1h'|timedeltaparse) / ('7m'|timedeltaparse) }}|{{ ('1h'|timedeltaparse) // 7 }}|{{ ('1h'|timedeltaparse) // ('7m'|timedeltaparse) }}|{{ ('1h'|timedeltaparse) % ('7m'|timedeltaparse) }}|{{ -('1h'|timedeltaparse) }}|{{ +('1h'|timedeltaparse) }}|{{ ('-1h'|timedeltaparse)|abs }}|{{ ('1h'|timedeltaparse) * 0.5 }}
{{ ('1h'|timedeltaparse) / 0 }}
{{ ('1h'|timedeltaparse) + 5 }}
{{ ('1h'|timedeltaparse) < 5 }}
{{ ('1h'|timedeltaparse) * 'a' }}
{{ ('1h'|timedeltaparse) < ('2h'|timedeltaparse) }}{{ ('60m'|timedeltaparse) == ('1h'|timedeltaparse) }}{{ 'y' if '0s'|timedeltaparse else 'n' }}{{ ['2h'|timedeltaparse, '1h'|timedeltaparse]|sort }}{{ ['2h'|timedeltaparse, '1h'|timedeltaparse]|sum(start='0s'|timedeltaparse) }}
{% set t = '36h'|timedeltaparse %}{{ t.days }}|{{ t.seconds }}|{{ t.microseconds }}|{{ t.total_seconds() }}|{{ t.total_seconds()|int }}|{{ t.nope }}|{{ t|string }}
{% set t = '-90s'|timedeltaparse %}{{ t.days }}|{{ t.seconds }}|{{ t.microseconds }}|{{ t.total_seconds() }}|{{ t.max }}|{{ t.min }}|{{ t.resolution }}
{{ ('1d'|timedeltaparse).days }}{{ ('1d'|timedeltaparse).seconds }}{{ (('1d'|timedeltaparse) / 7).microseconds }}{{ ('0s'|timedeltaparse).total_seconds() }}{{ ('1h'|timedeltaparse).max > ('1h'|timedeltaparse).min }}{{ ('1s'|timedeltaparse).resolution }}
{{ [('1s'|timedeltaparse).max, ('1s'|timedeltaparse).min, ('1s'|timedeltaparse).resolution] }}
{% set t = o|iso8601_to_time %}{{ t.year }} {{ t.month }} {{ t.day }} {{ t.hour }} {{ t.minute }} {{ t.second }} {{ t.microsecond }} {{ t.tzinfo }} {{ t.utcoffset() }} {{ t.tzname() }} {{ t.weekday() }} {{ t.isoweekday() }} {{ t.isoformat() }} {{ t.isoformat(' ') }} {{ t.isoformat(timespec='minutes') }} {{ t.ctime() }} {{ t.timestamp() }} {{ t.date() }} {{ t.time() }} {{ t.strftime('%j') }}
{{ ('2024-02-29 23:59:59+05:30'|iso8601_to_time).replace(-1, [], 1) }}
{{ ('2024-02-29 23:59:59+05:30'|iso8601_to_time).date().replace(0, 'x') }}
{% set t = u|iso8601_to_time %}{{ t.year }} {{ t.month }} {{ t.day }} {{ t.hour }} {{ t.minute }} {{ t.second }} {{ t.microsecond }} {{ t.tzinfo }} {{ t.utcoffset() }} {{ t.tzname() }} {{ t.weekday() }} {{ t.isoweekday() }} {{ t.isoformat() }} {{ t.isoformat('_', 'hours') }} {{ t.ctime() }} {{ t.timestamp() }} {{ t.date() }} {{ t.time() }} {{ t.strftime('%H') }} {{ t.replace(hour=1) }} {{ t.astimezone() }}
{% set t = v|iso8601_to_time %}{{ t.year }} {{ t.month }} {{ t.day }} {{ t.hour }} {{ t.minute }} {{ t.second }} {{ t.microsecond }} {{ t.tzinfo }} {{ t.utcoffset() }} {{ t.tzname() }} {{ t.weekday() }} {{ t.isoweekday() }} {{ t.isoformat() }} {{ t.ctime() }} {{ t.timestamp() }} {{ [t.date(), t.time()] }} {{ t.strftime('%d') }} {{ t.replace(2020, 2) }} {{ t.replace(tzinfo=none) }} {{ t.astimezone() }}
{{ (u|iso8601_to_time).replace(month=13) }}
{{ (u|iso8601_to_time).replace(day=31, month=2) }}
{{ (u|iso8601_to_time).replace(nope=1) }}
{{ (u|iso8601_to_time).replace(hour='1') }}
{{ (u|iso8601_to_time).replace(microsecond=5, second=1) }}{{ (u|iso8601_to_time).astimezone(('2023-01-01T00:00+02:00'|iso8601_to_time).tzinfo) }}
{{ (u|iso8601_to_time).isoformat(timespec='nope') }}
{{ (u|iso8601_to_time).nope }}|{{ (u|iso8601_to_time)['year'] }}|{{ (u|iso8601_to_time).date().isoformat() }}|{{ (u|iso8601_to_time).time().isoformat() }}|{{ (u|iso8601_to_time).date().year }}|{{ (u|iso8601_to_time).time().hour }}
{{ '{:%H:%M}'.format(u|iso8601_to_time) }}|{{ '{}'.format(u|iso8601_to_time) }}|{{ '%s'|format(u|iso8601_to_time) }}|{{ u|iso8601_to_time ~ '' }}|{{ '{:>30}'.format('1h'|timedeltaparse|string) }}
{{ '{:>30}'.format('1h'|timedeltaparse) }}
{{ u|iso8601_to_time|tojson }}
{{ [u|iso8601_to_time]|json_dumps }}|{{ [u|iso8601_to_time]|tojson_pretty }}|{{ u|iso8601_to_time|string|tojson }}
{{ time() }}|{{ time()|datetimeformat('%d-%m-%Y %H') }}|{{ time().year }}|{{ (time() - '1h'|timedeltaparse)|datetimeformat }}|{{ time() > u|iso8601_to_time }}|{{ time()|datetimeformat_as_timezone('%H:%M', 'Europe/Paris') }}
{{ time().timestamp()|int }}{{ time().isoformat() }}{{ time() - time() }}
{{ time(1) }}
{{ time is callable }}{{ time().tzinfo }}
]=])

list:lines('{"s":"host-12 is down\\nhost-3 is up","e":"","u":"h\\u00e9llo W\\u00f6rld 42","n":null,"i":5}', [=[
{{ s|regex_replace('host-(\\d+)', 'H\\1') }}|{{ s|regex_replace("\d+", "#") }}|{{ s|regex_replace('(?P<n>\\d+)', '<\\g<n>>') }}|{{ s|regex_replace('\\s+', '_') }}|{{ s|regex_replace('^host', 'X') }}|{{ s|regex_replace('(?m)^host', 'X') }}|{{ s|regex_replace('zzz', 'x') }}
{{ 'abc'|regex_replace('b*', '-') }}|{{ 'abc'|regex_replace('', '-') }}|{{ 'aab'|regex_replace('a', '\\g<0>\\g<0>') }}|{{ 'a.b'|regex_replace('\\.', '$1&') }}|{{ u|regex_replace('\\w+', 'w') }}|{{ u|regex_replace('é', 'e') }}|{{ 'a'|regex_replace('a', '\\n\\t\\\\') }}|{{ 'ab'|regex_replace('(a)|(b)', '[\\1\\2]') }}
{{ 'x'|regex_replace('x', '\\101\\x41\\u0041') }}|{{ 'aB'|regex_replace('(?i)b', 'x') }}|{{ 'foo bar'|regex_replace('(\\w+) (\\w+)', '\\2 \\1') }}|{{ 'a\nb'|regex_replace('a.b', 'x') }}|{{ 'a\nb'|regex_replace('(?s)a.b', 'x') }}|{{ 'abc'|regex_replace('(?x) b # comment', 'x') }}|{{ e|regex_replace('^$', 'empty') }}
{{ s|regex_replace(find='is', replace='was') }}|{{ n|regex_replace('a', 'b') }}|{{ i|regex_replace('a', 'b') }}|{{ nope|regex_replace('a', 'b') }}|{{ s|regex_replace(5, 'b') }}
{{ 'x'|regex_replace('a{2}^{2}', '-') }}
{{ 'x'|regex_replace('^{2}x', '-') }}
{{ 'x'|regex_replace('^*x', '-') }}
{{ 'x'|regex_replace('\\b+x', '-') }}
{{ 'x'|regex_replace('x$?', '-') }}
{{ 'x'|regex_replace('(?=x)*x', '-') }}
{{ [s|e|regex_replace('zz', 'x'), s|safe|regex_replace('is', 'x'), ''|safe|regex_replace('x*', '')] }}
{{ s|regex_replace('(', 'x') }}
{{ s|regex_replace('*', 'x') }}
{{ s|regex_replace('[', 'x') }}
{{ s|regex_replace('[z-a]', 'x') }}
{{ s|regex_replace('a{2,1}', 'x') }}
{{ s|regex_replace('host', '\\9') }}
{{ s|regex_replace('host', '\\g<nope>') }}
{{ s|regex_replace('host', '\\q') }}
{{ ['I'|safe|regex_replace('..', '-'), 'I'|safe|regex_replace('.', '-'), 'I'|safe|regex_replace('x', '-'), ''|e|regex_replace('$', '')] }}
{{ ['I'|e|regex_replace('(.)(.)', '\\2\\1'), 'I'|e|regex_replace('I(?=x)', '\\7')] }}
{{ s|regex_replace('host') }}
{{ s|regex_replace('\\q', '') }}
{{ s|regex_match('host') }}{{ s|regex_match('is') }}{{ s|regex_match('.*down') }}{{ s|regex_match('HOST') }}{{ s|regex_match('(?i)HOST') }}{{ s|regex_match('') }}{{ e|regex_match('') }}{{ e|regex_match('a') }}{{ n|regex_match('a') }}{{ i|regex_match('5') }}{{ nope|regex_match('a') }}{{ s|regex_match(value='host') }}
{{ s|regex_match(')') }}
{{ s|regex_match('a', pattern='b') }}
{{ s|regex_match }}
{{ s|regex_search('down') }}{{ s|regex_search('^is') }}{{ s|regex_search('up$') }}{{ s|regex_search('down$') }}{{ s|regex_search('(?m)down$') }}{{ s|regex_search('\\bhost\\b') }}{{ s|regex_search("\\d{2}") }}{{ s|regex_search('(?<=-)3') }}{{ s|regex_search('(?!x)host') }}{{ n|regex_search('a') }}{{ s|regex_search(none) }}{{ s|regex_search('(a|b|is)\\s') }}
{{ s|regex_search('(?P<a>h)(?P=a)') }}{{ 'hh'|regex_search('(?P<a>h)(?P=a)') }}{{ 'aXa'|regex_search('(a)X\\1') }}{{ u|regex_search('Wörld\\s\\d+\\Z') }}{{ u|regex_search('\\p{Lu}') }}{{ u|regex_search('[[:digit:]]') }}{{ 'a'|regex_search('[^\\W\\d_]') }}{{ '\u00a0'|regex_search('\\s') }}{{ 'é'|regex_search('(?a)\\w') }}{{ 'ab'|regex_search('a(?#c)b') }}{{ 'a{,x'|regex_search('a{,x') }}{{ 'aa'|regex_match('a{,2}$') }}
{{ s|regex_search('+') }}
{{ s|regex_search('\\') }}
{{ s|regex_search('(?P<1>a)') }}
{{ s|regex_search('(?z)') }}
{{ (s|regex_search('down')) and (s|regex_match('host')) }}{{ 'x' if s|regex_search('critical') else 'y' }}{% if s|regex_search('down') %}D{% endif %}{{ {'a': 1}|json_dumps|regex_search('"a": 1') }}
]=])

list:lines('{"p":{"b":1,"a":[1,2.5,null,true,{"x":"\\u00e9<&>\'\\""}],"c":{},"d":[]},"s":"{\\"k\\": [1, 2.0, null, \\"\\\\u00e9\\"]}","bad":"{","n":null}', [=[
{{ p|tojson_pretty }}|{{ [1, [2]]|tojson_pretty }}|{{ []|tojson_pretty }}|{{ {}|tojson_pretty }}|{{ 'é\n'|tojson_pretty }}|{{ n|tojson_pretty }}|{{ 1.0|tojson_pretty }}|{{ nope|tojson_pretty }}|{{ {1: 2}|tojson_pretty }}|{{ {(1, 2): 3}|tojson_pretty }}|{{ (1, 2)|tojson_pretty }}|{{ {'b': 1, 1: 2}|tojson_pretty }}|{{ [1]|map('string')|tojson_pretty }}
{{ p|json_dumps }}|{{ 'é🙂\u2028\x7f'|json_dumps }}|{{ n|json_dumps }}|{{ nope|json_dumps }}|{{ [1e16, 1e-7, -0.0, 1e22, 123456789012345678901]|json_dumps }}|{{ {none: 1, true: 2, 1.5: 3}|json_dumps }}|{{ {(1, 2): 1}|json_dumps }}|{{ p.items()|json_dumps }}|{{ ('<'|e)|json_dumps }}
{{ (1e400)|json_dumps if false else 'k' }}{% set x = [] %}{% set _ = x.append(x) %}{{ x|json_dumps }}{{ x|tojson_pretty }}
{{ p|tojson_pretty(2) }}
{{ p|json_dumps(indent=2) }}
{% set x = s|parse_json %}{{ x }}|{{ x.k[3] }}|{{ x['k']|length }}|{{ bad|parse_json }}|{{ n|parse_json }}|{{ 5|parse_json }}|{{ nope|parse_json }}|{{ '1'|parse_json + 1 }}|{{ '"a"'|parse_json }}|{{ 'NaN'|parse_json }}|{{ '[1,]'|parse_json }}|{{ ''|parse_json }}|{{ ' [1] '|parse_json }}|{{ '{"a":1,"a":2}'|parse_json }}|{{ 'null'|parse_json }}|{{ 'Infinity'|parse_json }}|{{ '-0'|parse_json }}{{ '-0.0'|parse_json }}|{{ '1e5'|parse_json }}|{{ '123456789012345678901'|parse_json }}|{{ "{'a': 1}"|parse_json }}|{{ '[1] x'|parse_json }}|{{ '01'|parse_json }}|{{ '"\t"'|parse_json }}
{{ (s|parse_json).k.append(1) }}{% set y = s|parse_json %}{{ y.update(z=1) }}{{ y }}{{ y|tojson }}{% for k, v in y.items() %}{{ k }}{% endfor %}{{ s|parse_json == s|parse_json }}
{{ 'aGVsbG8='|b64decode }}|{{ 'aGVsbG8'|b64decode }}|{{ 'aGV sbG8=\n'|b64decode }}|{{ '!!!'|b64decode }}|{{ ''|b64decode }}|{{ n|b64decode }}|{{ 5|b64decode }}|{{ nope|b64decode }}|{{ 'w6k='|b64decode }}|{{ '/w=='|b64decode }}|{{ 'SGVsbG8==='|b64decode }}|{{ 'é'|b64decode }}|{{ 'YQ==YQ=='|b64decode }}|{{ 'YQ=='|b64decode|upper }}|{{ 'eyJhIjogMX0='|b64decode|parse_json }}|{{ 'a-b_'|b64decode }}|{{ '=YQ=='|b64decode }}
{{ 'YQ=='|b64decode(1) }}
{{ 'aGk='|b64decode }}{{ ('aGk='|e)|b64decode }}{{ ['aGk=', 'YQ==']|map('b64decode')|join(',') }}
{{ ['1h', '2m']|map('timedeltaparse')|list }}{{ ['2023-01-01', 'x']|map('iso8601_to_time')|list }}{{ ['[1]', 'x']|map('parse_json')|list }}{{ ['a1', 'b']|select('string')|map('regex_replace', '\\d', '#')|list }}{{ [0, 1]|map('timestamp_to_datetime')|list }}{{ ['a', 'b']|map('regex_match', 'a')|list }}{{ ['ba', 'b']|map('regex_search', 'a')|list }}{{ [[1], {'a': 1}]|map('json_dumps')|list }}{{ [[1]]|map('tojson_pretty')|list }}
{{ dict(p, **p.a[4]) }}{{ dict(a=1, **{'b': 2}) }}{{ p|tojson }}{{ p|tojson + '<' }}
]=])
return list
