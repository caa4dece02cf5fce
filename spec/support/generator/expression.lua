--- Random expressions: made for a wanted kind of value, so that most of them work.
---
--- `E[kind]` holds the shapes of a kind: texts in which `$kind` stands for an expression of that kind, or functions of the
--- choices and a depth. One expression in thirty is a variable of any type instead of what was wanted.
local payload <const> = require "generator.payload"

local expression <const> = {}

local VARIABLES <const> = {
  int = { "p.i", "p.j", "n", "p['i']" }, float = { "p.f" }, str = { "p.s", "p.r", "t", "p['s']" }, bool = { "p.b" },
  ints = { "p.li" }, strs = { "p.ls" }, floats = { "p.lf" }, records = { "p.lr" }, dict = { "p.d" }, texts = { "p.e" },
  any = { "p.tree", "p.z", "m", "nope", "p.nope", "p.big", "p.i", "p.f", "p.s", "p.b", "p.li", "p.d", "p.lr", "a", "b", "c" },
}
local E <const> = {}

--- An expression of a kind.
local function make(g, kind, depth)
  if g:chance(3) then return g:pick(VARIABLES.any) end
  local own <const> = g.names[kind]
  if own and #own > 0 and g:chance(30) then return g:pick(own) end
  if depth <= 0 then return g:one(E[kind].leaves, 0) end
  return g:one(E[kind].inner, depth - 1)
end
expression.make = make

-- What is no expression of a kind, but a piece of one.
local PIECES <const> = {
  small = function(g) return tostring(g:up_to(6) - 2) end,
  width = function(g) return tostring(g:up_to(14)) end,
  word = { "'a'", "'-'", "', '", "'x'", "'\u{E9}'", "'<'", "''", "' '" },
  plain = { "'a'", "'-'", "', '", "'x'", "'\u{E9}'", "' '" }, -- the same escaped
  key = function(g) return "'" .. g:pick(payload.KEYS) .. "'" end,
  cmp = { "==", "!=", "<", "<=", ">", ">=" },
  op = { "+", "-", "*", "/", "//", "%", "~" },
  at = { "", "", "0", "1", "2", "5", "-1", "-2", "-9", "none", "p.i", "p.b" },
  step = { "", "1", "2", "3", "-1", "-2", "-3", "none", "p.j" },
  -- An argument of any kind; no big integers, which would be widths past a bound.
  arg = { "0", "1", "2", "-1", "3", "7", "1.5", "none", "true", "false", "''", "'a'", "'x, '", "' '", "'\u{E9}'", "p.s", "p.f", "p.li", "p.ls", "p.d",
    "p.b", "p.z", "nope", "t", "('a', 'b')", "[1, 2]", "{'a': 1}", "t|e" },
}

local function piece(g, name)
  local shapes <const> = PIECES[name]
  return type(shapes) == "table" and g:pick(shapes) or shapes(g)
end

-- "…$int…": each $kind is an expression of that kind, in parentheses where a method or item of it is meant. Such a
-- pattern is a function of g and depth.
local function pattern(text)
  return function(g, depth)
    return (string.gsub(text, "%$(%a+)([.%[]?)", function(name, behind)
      if PIECES[name] then return piece(g, name) .. behind end
      local inner <const> = make(g, name, depth or 0)
      return (behind ~= "" and "(" .. inner .. ")" or inner) .. behind
    end))
  end
end

expression.pattern = pattern

local function kind(leaves, inner)
  local made <const> = { leaves = {}, inner = {} }
  for i, text in ipairs(leaves) do made.leaves[i] = text end
  for i, text in ipairs(inner) do made.inner[i] = pattern(text) end
  for _, text in ipairs(leaves) do made.inner[#made.inner + 1] = text end
  return made
end

E.int = kind({ "p.i", "p.j", "n", "0", "1", "2", "7", "p['j']", "0x1F", "0b101", "0O17", "1_000", "-0", "+3" }, {
  "($int + $int)", "($int - $int)", "($int * $small)", "($int // 3)", "($int % 5)", "(-$int)", "($int ** 2)", "$int|abs", "$str|length",
  "$ints|length", "$ints|sum", "$dict|length", "$str|int", "$float|int", "$float|round|int", "$ints|first", "$ints|last", "$ints|max",
  "$ints|min", "($int if $bool else $int)", "(p.i or $int)", "(p.j and $int)", "$str|wordcount", "$dict[$key]", "$dict.get($key, 0)",
  "$str.count($word)", "$str.find($word)", "$ints[$small]", "$records|sum(attribute='n')", "$any|default(5)", "$any|int",
  "$ints.count($int)", "p.big", "(p.big // 7)", "(p.big + $int)", "(p.big % 1000)", "$dict.values()|sum", "$records|length", "$any|int(3)",
  "($str|list|length)", "$int|int", "($int|string|length)", "$float.__class__|length", "($ints|unique|list|length)",
  "$big", "($int ** $small)", "($int // $int)", "($int % $int)", "($bool + $int)", "$moment.year", "$moment.minute", "$moment.isoweekday()", "$delta.days",
  "$delta.seconds", "$str|int(p.i, 16)", "$int.bit_length()", "$str.index($word)", "$str.rfind($word, $small)", "$ints.index($int)", "$float|round|int",
  "$tuple.count($any)", "$tuple|length", "($int if $bool)", "$call", "$dict.setdefault($key, $int)",
})
E.big = kind({ "p.big", "12345678901234567890123", "0xFFFFFFFFFFFFFFFFFF", "-1_000_000_000_000_000_000_000" }, {
  "($big + $big)", "($big - $int)", "($int - $big)", "($big * $big)", "($big * $int)", "($big // $int)", "($big // $big)", "($int // $big)", "($big % $int)",
  "($big % $big)", "($int % $big)", "(-$big)", "($big ** 2)", "(2 ** $width ** 2)", "$big|abs", "$big|int", "$big|string|int", "$big|round(-3)", "$ints|sum(start=$big)",
  "[$big, $big]|max", "[$big, $float]|min", "('%d' % $big)|int", "$big|tojson|int",
})
E.float = kind({ "p.f", "0.5", "2.25", "1e3", "1.5e-3", "1_0.2_5", "2E0" }, {
  "($float + $float)", "($float - $int)", "($float * $small)", "($int / 4)", "($float / 8)", "($float // 2)", "($float % 3)", "$str|float",
  "$int|float", "$float|round", "$float|round(1)", "$float|round(2, 'floor')", "$float|round(1, 'ceil')", "$float|abs", "(-$float)",
  "$floats|sum", "$floats|first", "$floats|max", "($float if $bool else $float)", "$any|float(1.5)", "$int|round(-1)", "($int ** -1)",
  "($big / $int)", "($int / $big)", "($big / $big)", "($big * $float)", "($big + $float)", "($big // $float)", "($big % $float)", "$big|float", "($float // $float)",
  "($float % $float)", "($float ** 2)", "($float / $float)", "$delta.total_seconds()", "$moment.timestamp()", "$floats|sum(start=$float)", "$floats|min",
})
E.str = kind({ "p.s", "p.r", "t", "'lit'", "'\u{E9}\u{4E2D}'", "''", "'A b'", '"q\'"', "'a' \"b\"", "'\\x41\\u00e9\\n\\'\\q\\101'",
  "'<i>&'", "'line\nbreak'" }, {
  "$str|upper", "$str|lower", "$str|title", "$str|capitalize", "$str|trim", "($str ~ $str)", "($str ~ $any)", "($str + $str)", "($str * $small)",
  "$str|replace($word, $word)", "$str|truncate($width)", "$str|truncate($width, true, '', 0)", "$str|center($width)", "$any|string",
  "$str|e", "$str|escape|string", "$strs|join($word)", "$ints|join(', ')", "$any|join('-')", "$strs|first", "$strs|last", "$str|reverse",
  "$str[$small]", "$str[$small:]", "$str[:$small]", "$str[::-1]", "$str.upper()", "$str.strip()", "$str.split()|join('_')",
  "$str.replace($plain, $word)", "$str.title()", "$str.center($width, '*')", "$str.zfill($width)", "$str.ljust($width)", "$any|tojson",
  "$any|json_dumps", "$str|urlencode", "$str|striptags", "$str|wordwrap($width)", "$str|indent(2)", "($str if $bool else $str)",
  "(p.s or $str)", "($any|default('d'))", "($any|default('d', true))", "'%s'|format($any)", "'%d|%5s'|format($int, $str)", "'%.2f'|format($float)",
  "'{}:{}'.format($any, $str)", "'{:>5}|{:<4}|{:^6}'.format($int, $str, $str)", "$texts[$key]", "$texts.get($key, 'none')", "$any|pprint",
  "$str|regex_replace('[a-z]+', '#')", "$str|regex_replace('(.)(.)', '\\\\2\\\\1')", "$int|filesizeformat", "$records|map(attribute='s')|join(',')",
  "$str|forceescape", "$str|urlize", "$texts|xmlattr", "$str.join($strs)", "(t|safe ~ $str)", "($str|e + $str)", "$any|tojson_pretty",
  "p.s|b64decode", "'%5.1f%%'|format($float)", "'%r'|format($any)", "'{0!r:>8}'.format($str)", "'{:,}'.format($int)", "'{:08.3f}'.format($float)",
  "$str.partition($plain)|join('|')", "$str.swapcase()", "$str|list|sort|join", "($str|safe).replace('a', $str|string)",
  "$str[$at:$at:$step]", "$str[$at:$at]", "$str[$at:$at:$step]|upper", "$big|string", "'{:,}'.format($big)", "'%x' % $big", "'%s' % $tuple", "'%s %s' % $tuple",
  "$moment|string", "$delta|string", "$moment.isoformat()", "$moment.strftime('%d.%m.%y %H')", "'{:%H:%M}'.format($moment)", "'%s' % $moment", "$moment.tzname()",
  "$moment.ctime()", "$moment.date()", "$moment|datetimeformat", "$call", "$call", "($str $op $any)", "$str|safe", "($str|e)[$at:$at]", "($str|e * 2)",
  "$float|string", "$any|e|e", "{'a': $str}.a", "'%(a)s|%(b)5s' % {'a': $any, 'b': $str}", "'%*d' % ($width, $int)", "'%.*f' % ($small, $float)",
  "'{0} {1!r} {0:>4}'.format($str, $any)", "'{a} {b[0]} {b.x}'.format(a=$any, b=$str)", "'{:{}}|{:>{w}}'.format($str, $width, $int, w=$width)",
  "'{a[k]}{a[item]}'.format(a=$dict)", "'{0.year}'.format($moment)", "'{}{{}}{}'.format($int, $float)", "'{a}'.format_map($texts)",
})

E.bool = kind({ "p.b", "true", "false", "none is none" }, {
  "($int $cmp $int)", "($str $cmp $str)", "($float $cmp $int)", "($any == $any)", "($any != $any)", "(not $bool)", "(p.b and $bool)",
  "(p.b or $bool)", "($str in $str)", "($int in $ints)", "($str not in $strs)", "($key in $dict)", "($any is defined)", "($any is none)",
  "($any is string)", "($any is number)", "($any is mapping)", "($any is sequence)", "($any is iterable)", "($int is odd)", "($int is even)",
  "($int is divisibleby 3)", "($str is upper)", "($any is sameas none)", "$str.startswith($word)", "$str.isdigit()", "($int < $int < $int)",
  "($str|regex_search('[0-9]'))", "($str|regex_match('[a-z]'))", "($any is eq $any)", "($int is gt 2)", "($any is callable)", "($any is undefined)",
  "($ints == $ints)", "($strs < $strs)", "$str.endswith(('a', $word))", "($any is integer)", "($any is float)", "($any is boolean)", "($any in $any)",
  "($any $cmp $any)", "($big $cmp $big)", "($big $cmp $float)", "($big $cmp $int)", "($moment $cmp $moment)", "($delta $cmp $delta)", "($tuple $cmp $tuple)",
  "($strs $cmp $strs)", "($any is not none)", "($any is not string)", "($any is in $ints)", "($any is sameas true)", "($int is divisibleby($int))", "($any is escaped)",
  "($any is true)", "($any is false)", "($str is filter)", "('upper' is filter)", "($str is test)", "($int is eq 3)", "($int is ne $int)", "($float is lt 3)",
  "($int is ge(2))", "($str is lower)", "(not $any)", "($any and p.b)", "($int < $float <= $big)", "($str < $str > $str)", "($int in [1, $int, 2])",
  "($key in $texts)", "($any not in $any)", "($dict == $dict)", "($tuple in [$tuple])", "$ints|length is gt 1", "$call is none",
})
E.ints = kind({ "p.li", "[1, 2, 3]", "[]", "range(4)|list" }, {
  "$ints[$at:$at:$step]", "$ints[$at:$at]", "($ints|slice($width))|map('length')|list", "range($small, $width)|list", "range($width, 0, -2)|list",
  "$ints|map('add')|list",
  "$ints|batch(3, 0)|map('sum')|list", "$ints|select('divisibleby', 2)|list", "$ints|select('in', $ints)|list", "$ints|sort|reverse|list", "$ints.copy()",
  "$dict.items()|map('last')|list", "$ints|rejectattr('x')|list", "[$big, $int]", "($ints,)|first", "$str|map('int', 7)|list",
  "[$int, $int]", "($ints + $ints)", "$ints|sort", "$ints|sort(reverse=true)", "$ints|reverse|list", "$ints|unique|list", "$ints|select('odd')|list",
  "$ints|reject('gt', 2)|list", "$ints|map('abs')|list", "$ints[$small:]", "$ints[::2]", "$records|map(attribute='n')|list", "$dict.values()|list",
  "$strs|map('length')|list", "range($width)|list", "($ints if $bool else $ints)", "($ints * 2)", "$ints|batch(2)|first", "($any|list)",
  "$ints|slice(2)|list|first", "$strs|map('int')|list", "$dict|dictsort|map('last')|list",
})
E.floats = kind({ "p.lf", "[0.5, 1.25]" }, { "[$float, $float]", "$floats|sort", "$ints|map('float')|list", "$floats|map('round', 1)|list",
  "$floats|reject('lt', 1)|list" })
E.strs = kind({ "p.ls", "['b', 'A', 'c']", "[]" }, {
  "$strs[$at:$at:$step]", "$str.split($word, 1)", "$str.rsplit($word, $small)", "$str.splitlines(true)", "$str.partition($plain)|list",
  "$strs|map('replace', $word, $word)|list",
  "$strs|map('center', $width)|list", "$strs|select('in', $str)|list", "$strs|reject('eq', $str)|list", "$strs|map('e')|list",
  "$strs|sort(reverse=true, case_sensitive=true)",
  "$texts.items()|map('join', '=')|list", "$texts|dictsort(by='value')|map('first')|list", "$strs|map('upper')", "$records|groupby('s')|map(attribute='grouper')|list",
  "$strs|unique(true)|list", "$texts|items|map('first')|list",
  "[$str, $str]", "($strs + $strs)", "$strs|sort", "$strs|sort(case_sensitive=true)", "$strs|unique|list", "$strs|map('upper')|list", "$str.split()",
  "$str.split($word ~ ',')", "$str|list", "$dict|list", "$dict.keys()|list", "$records|map(attribute='s')|list", "$strs|select('string')|list",
  "$ints|map('string')|list", "$strs|map('truncate', 3, true, '')|list", "$texts.values()|list", "$strs|reverse|list", "$strs|select|list",
  "$strs[$small:]", "$str.splitlines()", "$strs|map('default', 'x')|list", "$strs|map('trim')|map('title')|list", "$strs|batch(2, 'z')|first",
})
E.dict = kind({ "p.d", "{'a': 1, 'k': 2}", "{}" }, {
  "{'a': $int, $str: $int}", "dict($dict, b=$int)", "dict(a=$int)", "$dict.copy()", "($dict if $bool else $dict)", "dict($dict, **p.d)",
  "dict($dict, **$dict)", "dict($dict.items())", "{$int: $int, $str: $int, $bool: 3}", "{1: $int, 1.0: $int, true: $int}", "dict([['a', $int], ($key, 2)])",
  "dict(**$dict)",
  "dict.fromkeys($strs, $int)", "{$tuple: $int}", "{'a': {'k': $int}}.a", "namespace(a=$int, **p.d)",
})
E.tuple = kind({ "()", "(1, 'x')", "(p.i,)", "(p.s, p.i)", "(p.f, p.s, none)" }, {
  "($any, $any)", "($int,)", "($int, $str, $float)", "($tuple + $tuple)", "($tuple * $small)", "$tuple[$at:$at:$step]", "$str.partition($plain)", "$str.rpartition($plain)",
  "$dict.items()|first", "$dict|dictsort|last", "$records|groupby('n')|first", "(($int, $str), [$any])"
})
E.moment = kind({ "('2023-11-22T15:30:00Z'|iso8601_to_time)", "('2024-02-29 23:59:59.999999+05:30'|iso8601_to_time)", "time()", "('1999-12-31'|iso8601_to_time)",
  "(p.i|timestamp_to_datetime)", "(1700000000.25|timestamp_to_datetime)", "('12:30 / 01-02-2024'|datetimeparse)",
  "('2024-03-31 01:59 +0100'|datetimeparse('%Y-%m-%d %H:%M %z'))" }, {
  "($moment + $delta)", "($moment - $delta)", "($delta + $moment)", "$moment.replace(day=3)", "$moment.replace(hour=$int, minute=$width)", "$moment.replace(tzinfo=none)",
  "$moment.astimezone($moment.tzinfo)", "$moment.isoformat()|iso8601_to_time", "[$moment, $moment]|max", "[$moment, $moment]|sort|first",
  "($moment if $bool else $moment)",
  "$moment|string|iso8601_to_time", "$moment|datetimeformat('%Y%m%dT%H%M')|iso8601_to_time", "$moment.timestamp()|timestamp_to_datetime", "$int|timestamp_to_datetime",
  "$float|timestamp_to_datetime",
})
E.delta = kind({ "('1h'|timedeltaparse)", "('3d'|timedeltaparse)", "('-90s'|timedeltaparse)", "('2w'|timedeltaparse)", "('0m'|timedeltaparse)",
  "('+15m'|timedeltaparse)" }, {
  "($delta + $delta)", "($delta - $delta)", "($delta * $int)", "($small * $delta)", "($delta * $float)", "($delta / 3)", "($delta / $float)", "($delta // $width)",
  "(-$delta)",
  "(+$delta)", "$delta|abs", "($moment - $moment)", "($delta % $delta)", "($delta // $delta)", "($delta / $delta)", "[$delta, $delta]|sum(start=$delta)",
  "[$delta, $delta]|max",
  "$moment.utcoffset()", "($delta * $bool)",
})
E.texts = kind({ "p.e", "{'a': 'x'}" }, { "{'name': $str, $key: $str}", "dict($texts, k=$str)", "(p.e or {'b': 'c'})" })
E.records = kind({ "p.lr" }, {
  "$records[$at:$at:$step]", "$records|selectattr('d.a')|list", "$records|selectattr('n', 'in', $ints)|list", "$records|selectattr('t', 'defined')|list",
  "$records|rejectattr('s', 'eq', $str)|list", "$records|groupby('n')|map('last')|sum(start=[])", "$records|sort(attribute='t')",
  "$records|unique(attribute='s', case_sensitive=true)|list",
  "$records|batch(2)|first", "$records|sort(case_sensitive=true, attribute='s')",
  "$records|sort(attribute='n')", "$records|sort(attribute='s,n')", "$records|selectattr('t')|list", "$records|rejectattr('n', 'gt', 2)|list",
  "$records|selectattr('s', 'in', $strs)|list", "$records|unique(attribute='n')|list", "$records[:2]", "($records + [{'n': $int, 's': $str, 't': $any, 'd': $dict}])",
  "$records|reverse|list", "$records|sort(attribute='n', reverse=true)",
})
E.any = kind({ "p.tree", "m", "p.z", "p", "nope", "p.nope", "none", "a", "b", "c", "p.lr", "p.d", "(1, 'x')", "()", "p.big" }, {
  "$int", "$float", "$str", "$bool", "$ints", "$strs", "$dict", "$records", "$texts", "[$any, $any]", "{$str: $any}", "($any, $any)", "$records|groupby('n')",
  "$dict|dictsort", "$dict.items()|list", "$texts|items|list", "$any|list", "$records|first", "$records|map(attribute='d.a')|list", "$any[$small]", "$any[$key]",
  "$any.name", "$any|first", "$any|attr('x')", "$records|map(attribute='t', default='?')|list", "($any if $bool)", "$any|default($any)",
  "$str|parse_json", "$any|json_dumps|parse_json", "$strs|batch(2)|list", "$ints|slice(3)|list", "$any|select|list", "$any|max", "$any|min", "$any|sort",
  "$any|unique|list", "$any|e", "$any|length", "$dict.get($key)", "$texts.pop($key, none)", "$any|dictsort", "$any|reverse|list", "$str|iso8601_to_time",
  "$int|timestamp_to_datetime", "($int|timestamp_to_datetime) - ('1h'|timedeltaparse)", "$records|max(attribute='n')", "$records|min(attribute='s')",
  "$tuple", "$moment", "$delta", "$big", "$call", "$call", "[$moment, $delta]", "[$str|e, $any]", "{$tuple: $any}", "p.tree[$at:$at]", "m[$at:$at:$step]",
  "$records|groupby('t', default=$any)",
  "$records|groupby('d.a', default=0)", "$any.items()|list", "$any.0", "$any.a.b", "$any[$key][$key]", "$any|first|default('none')", "$any|dictsort(reverse=true)",
  "$any|list|last",
  "cycler($any, $any).next()", "cycler($any).current", "joiner($word)", "namespace(a=$any)", "namespace(a=$any).a", "dict()", "range($width)", "lipsum(0)",
  "$any|batch($small)|list",
  "$any|slice($small)|list", "$any|map($word)|list", "$any|sum", "$any|join", "$any|sort(reverse=$any)", "($any $op $any)", "(-$any)", "(+$any)",
  "$str.encode()", "$dict.keys()", "$dict.values()", "$dict.items()", "$texts.popitem()", "$any|items|list", "$any|safe", "$any|tojson(indent=2)", "$any|attr($key)",
  "$moment.tzinfo", "$moment.date()", "$moment.time()", "$any|max(case_sensitive=true)", "[[$any], {'a': $any}]", "'%r' % ($any,)", "($any, $any)|map('upper')|list",
  "$any and $any", "$any or $any",
})

--- Adds a shape to a kind, so many times.
function expression.add(kind_of_value, shape, times)
  for _ = 1, times do table.insert(E[kind_of_value].inner, type(shape) == "string" and pattern(shape) or shape) end
end

--- Adds a kind whose shapes are functions of the choices and a depth.
function expression.add_kind(name, shapes) E[name] = { leaves = shapes, inner = shapes } end

return expression
