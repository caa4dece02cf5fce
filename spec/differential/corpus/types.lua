--- Methods of the types that a template seldom holds: bool, date, time, timezone, range, views of dicts and sets of them.
local list <const> = require("differential").list()

list:lines('{"t":true,"f":false}', [=[
{{ t.as_integer_ratio() }}{{ f.as_integer_ratio() }}{{ t.bit_count() }}{{ f.bit_count() }}{{ t.bit_length() }}{{ f.bit_length() }}{{ t.conjugate() }}{{ f.conjugate() }}
{{ [t.as_integer_ratio(), t.bit_count(), t.bit_length(), t.conjugate()] }}{{ t.conjugate() is boolean }}{{ t.real }}{{ t.imag }}{{ t.numerator }}{{ t.denominator }}
{{ t.as_integer_ratio()[0] + t.bit_count() + t.bit_length() + t.conjugate() }}
]=])

local MOMENT <const> = '{"m":"2024-02-29T13:05:09.000120+05:30","n":"2024-12-30T00:00:00"}'
list:lines(MOMENT, [=[
{% set d = (m|iso8601_to_time).date() %}{{ d.ctime() }}|{{ d.isocalendar() }}|{{ d.isoformat() }}|{{ d.isoweekday() }}|{{ d.replace(day=1) }}|{{ d.strftime('%d/%m/%y %j %H') }}|{{ d.toordinal() }}|{{ d.weekday() }}
{% set d = (n|iso8601_to_time).date() %}{{ d.ctime() }}|{{ d.isocalendar() }}|{{ d.isoformat() }}|{{ d.isoweekday() }}|{{ d.replace(2023, 2) }}|{{ d.strftime('%A %e') }}|{{ d.toordinal() }}|{{ d.weekday() }}
{% set d = (n|iso8601_to_time).date() %}{{ d.ctime() ~ d.isocalendar().week ~ d.isoformat()[:4] ~ d.isoweekday() ~ d.replace(year=1) ~ d.strftime('%Y') ~ d.toordinal() ~ d.weekday() }}
{{ (n|iso8601_to_time).date().replace(month=2) }}
{{ (n|iso8601_to_time).date().strftime(5) }}
{% set d = (m|iso8601_to_time).time() %}{{ d.dst() }}|{{ d.isoformat() }}|{{ d.strftime('%H-%M-%S.%f %Y') }}|{{ d.tzname() }}|{{ d.utcoffset() }}|{{ d.isoformat('minutes') }}
{% set d = (m|iso8601_to_time).timetz() %}{{ d.dst() }}|{{ d.isoformat() }}|{{ d.strftime('%H-%M-%S.%f %z') }}|{{ d.tzname() }}|{{ d.utcoffset() }}|{{ d.isoformat(timespec='hours') }}
{% set d = (n|iso8601_to_time).timetz() %}{{ d.dst() }}|{{ d.isoformat() }}|{{ d.strftime('%T') }}|{{ d.tzname() }}|{{ d.utcoffset() }}|{{ (n|iso8601_to_time).dst() }}{{ (m|iso8601_to_time).dst() }}
{% set z = (m|iso8601_to_time).tzinfo %}{{ z.tzname(none) }}|{{ z.utcoffset(none) }}|{{ z.tzname(m|iso8601_to_time) }}
{{ time().tzinfo.tzname(none) }}|{{ time().tzinfo.utcoffset(none) }}|{{ time().tzinfo.tzname(time()) ~ time().tzinfo.utcoffset(time()) }}
{% set z = ('2024-02-29T13:05:09-08:00'|iso8601_to_time).tzinfo %}{{ z.tzname(none) }}{{ z.utcoffset(none) }}
{{ time().tzinfo.tzname() }}
{{ time().tzinfo.utcoffset(5) }}
{{ time().tzinfo.tzname('x') }}
{{ (n|iso8601_to_time).toordinal() - (m|iso8601_to_time).toordinal() }}{{ (n|iso8601_to_time).dst() is none }}{{ (n|iso8601_to_time).date().toordinal() % 7 }}{{ (m|iso8601_to_time).date().weekday() }}
{{ time().toordinal() }}
{{ time().toordinal() }}|{{ (m|iso8601_to_time).toordinal() }}|{{ (n|iso8601_to_time).toordinal() + 1 }}
{{ (m|iso8601_to_time).timetz() }}|{{ time().timetz() }}|{{ [(n|iso8601_to_time).timetz()] }}|{{ (n|iso8601_to_time).dst() }}|{{ time().dst() }}{{ time().dst() is none }}
{{ time().fromisoformat('2024-02-29') }}|{{ time().fromisoformat('2024-02-29T01:02+01:00') }}|{{ [time().fromisoformat('20240229T0102')] }}
{{ time().fromisoformat(m) == m|iso8601_to_time }}|{{ (n|iso8601_to_time).fromisoformat(m) }}
{{ time().fromisoformat('nope') }}
{{ time().fromisoformat(5) }}
]=])

list:lines('{"d":{"a":1,"b":2},"e":{"b":3,"c":4}}', [=[
{{ range(3).count(1) }}{{ range(0, 9, 2).count(3) }}{{ range(3).count('x') }}{{ range(3).index(2) }}{{ range(0, 9, 2).index(4) }}
{{ range(2).count(1.0) }}{{ range(2).count(true) }}{{ range(2).index(0) }}
{{ range(5, 0, -1).count(3) }}{{ range(5, 0, -1).index(3) }}
{{ range(3).index(7) }}
{{ d.keys().isdisjoint(e) }}{{ d.keys().isdisjoint(['x']) }}{{ d.keys().isdisjoint('xyz') }}{{ d.items().isdisjoint(e.items()) }}{{ d.items().isdisjoint([('a', 1)]) }}
{{ d.keys().isdisjoint(e.keys()) }}{{ d.items().isdisjoint([]) }}{{ d.items().isdisjoint(d.items()) }}
{{ d.items().isdisjoint(['ab']) }}{{ d.keys().isdisjoint({}) }}
{{ d.keys().isdisjoint(5) }}
{{ d.items().isdisjoint(none) }}
{% set s = d.keys() - e.keys() %}{{ s.copy() }}{{ s.difference(['a']) }}{{ s.intersection(d) }}{{ s.isdisjoint(e) }}{{ s.issubset(d) }}{{ s.issuperset(d) }}{{ s.union([]) }}
{% set s = e.keys() - d.keys() %}{{ s.copy() == s }}{{ s.difference() }}{{ s.intersection('xyc') }}{{ s.isdisjoint('xyz') }}{{ s.issubset([]) }}{{ s.issuperset('c') }}{{ s.union(['c']) }}
{% set s = d.keys() - ['a', 'b'] %}{{ s.copy() }}{{ s.difference(d) }}{{ s.intersection(d) }}{{ s.isdisjoint(d) }}{{ s.issubset(d) }}{{ s.issuperset(d) }}{{ s.union('c') }}{{ s|length }}
{{ (d.keys() - e.keys()).issubset(5) }}
{{ (d.keys() - e.keys()).union(5) }}
{% set s = d.keys() - e.keys() %}{{ s.union(['x'], [])|sort }}{{ s.union() }}{{ s.difference(['x'], 'a') }}{{ s.intersection([]) }}{{ s.intersection() }}{{ s.intersection('abc', 'ax') }}{{ s }}
{{ (d.keys() - e.keys()).union(other=[]) }}
]=])

-- Bytes that are no text.
list:lines('{"s":"hé"}', [=[
{{ s.encode('latin-1').decode() }}
{{ s.encode().decode('ascii') }}
{{ s.encode('latin-1').decode('utf-8') }}
{{ s.encode('latin-1').decode('latin-1') }}{{ s.encode().decode('ascii', 'ignore') }}
]=])

return list
