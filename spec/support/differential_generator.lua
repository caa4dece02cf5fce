--- Random templates over random payloads: case(seed) is the same every time.
---
--- Expressions are made for a wanted type, so that most of them work and errors do not hide what comes after them; one in
--- thirty takes a variable of any type instead. Assigned names are not names of the payload: what a name means before it
--- is assigned in every branch changed between Jinja2 3.1.2 and 3.1.6. What decides stands on no constant: Jinja2 folds it
--- and never looks at the rest. One template in eight is damaged as text.
local generator <const> = {}

local G <const> = {}
G.__index = G

-- Randomness -----------------------------------------------------------------------------------------------------------

-- xorshift64*: the same numbers on every machine.
local function next_random(g)
  local x = g.state
  x = x ~ (x >> 12)
  x = x ~ (x << 25)
  x = x ~ (x >> 27)
  g.state = x
  return (x * 2685821657736338717) >> 11
end

function G:up_to(n) return next_random(self) % n + 1 end
function G:chance(percent) return self:up_to(100) <= percent end
function G:pick(list) return list[self:up_to(#list)] end

--- Runs one of the functions or gives one of the texts.
function G:one(list, ...)
  local choice <const> = self:pick(list)
  if type(choice) == "function" then return choice(self, ...) end
  return choice
end

-- Payloads -------------------------------------------------------------------------------------------------------------

local WORDS <const> = { "", "a", "b", "alpha", "Beta", "GAMMA delta", "x-y_z", "12", "-3", "4.5", "h\u{E9}llo", "\u{4E2D}\u{6587}",
  "<b>&amp;", "it's", "say \\\"hi\\\"", "a,b,,c", "line\\none", "  pad ", "\u{1F600}", "critical", "%s %d", "{} {0}", "true" }
local FLOATS <const> = { "0.5", "-1.25", "2.75", "0.1", "1e-07", "1e+16", "123456.789", "-0.0", "3.0", "1e+22", "99.995" }
local INTS <const> = { "0", "1", "2", "3", "-1", "7", "-12", "42", "100", "255" }
local BIGS <const> = { "9223372036854775807", "-9223372036854775808", "18446744073709551616", "123456789012345678901234567890" }

local J <const> = {}
function J.int(g) return g:pick(INTS) end
function J.float(g) return g:pick(FLOATS) end
function J.str(g) return '"' .. g:pick(WORDS) .. '"' end
function J.bool(g) return g:chance(50) and "true" or "false" end
function J.scalar(g) return g:one { J.int, J.float, J.str, J.bool, "null" } end

local function json_list(g, make, most)
  local items <const> = {}
  for i = 1, g:up_to((most or 4) + 1) - 1 do items[i] = make(g) end
  return "[" .. table.concat(items, ",") .. "]"
end

local KEYS <const> = { "a", "b", "k", "item", "name", "x y", "\u{E9}", "value", "_p", "n1" }
local function json_dict(g, make)
  local items <const>, seen <const> = {}, {}
  for _ = 1, g:up_to(4) - 1 do
    local key <const> = g:pick(KEYS)
    if not seen[key] then items[#items + 1] = '"' .. key .. '":' .. make(g) end
    seen[key] = true
  end
  return "{" .. table.concat(items, ",") .. "}"
end

local function json_record(g)
  return '{"n":' .. J.int(g) .. ',"s":' .. J.str(g) .. ',"t":' .. J.scalar(g) .. ',"d":' .. json_dict(g, J.int) .. "}"
end

local function json_tree(g, depth)
  if depth <= 0 or g:chance(40) then return J.scalar(g) end
  local function child() return json_tree(g, depth - 1) end
  return g:chance(50) and json_list(g, child) or json_dict(g, child)
end

local function payload(g)
  return table.concat {
    '{"p":{"i":', J.int(g), ',"j":', J.int(g), ',"big":', g:pick(BIGS), ',"f":', J.float(g), ',"s":', J.str(g), ',"r":', J.str(g),
    ',"b":', J.bool(g), ',"z":null,"li":', json_list(g, J.int), ',"ls":', json_list(g, J.str), ',"lf":', json_list(g, J.float),
    ',"lr":', json_list(g, json_record, 3), ',"d":', json_dict(g, J.int), ',"e":', json_dict(g, J.str), ',"tree":',
    json_tree(g, 3), '},"t":', J.str(g), ',"n":', J.int(g), ',"m":', json_list(g, J.scalar), "}",
  }
end

-- Expressions ----------------------------------------------------------------------------------------------------------

local VARIABLES <const> = {
  int = { "p.i", "p.j", "n", "p['i']" }, float = { "p.f" }, str = { "p.s", "p.r", "t", "p['s']" }, bool = { "p.b" },
  ints = { "p.li" }, strs = { "p.ls" }, floats = { "p.lf" }, records = { "p.lr" }, dict = { "p.d" }, texts = { "p.e" },
  any = { "p.tree", "p.z", "m", "nope", "p.nope", "p.big", "p.i", "p.f", "p.s", "p.b", "p.li", "p.d", "p.lr", "a", "b", "c" },
}
local E <const> = {}

local function make(g, kind, depth)
  if g:chance(3) then return g:pick(VARIABLES.any) end
  local own <const> = g.names[kind]
  if own and #own > 0 and g:chance(30) then return g:pick(own) end
  if depth <= 0 then return g:one(E[kind].leaves) end
  return g:one(E[kind].inner, depth - 1)
end
function G:make(kind, depth) return make(self, kind, depth) end

local PIECE <const> = { small = true, width = true, word = true, key = true, cmp = true }

local function piece(g, name)
  if name == "small" then return tostring(g:up_to(6) - 2) end
  if name == "width" then return tostring(g:up_to(14)) end
  if name == "word" then return "'" .. g:pick { "a", "-", ", ", "x", "\u{E9}", "<", "", " " } .. "'" end
  if name == "key" then return "'" .. g:pick(KEYS) .. "'" end
  return g:pick { "==", "!=", "<", "<=", ">", ">=" }
end

-- "…$int…": each $kind is an expression of that kind, in parentheses where a method or item of it is meant. Such a
-- pattern is a function of g and depth.
local function pattern(text)
  return function(g, depth)
    return (string.gsub(text, "%$(%a+)([.%[]?)", function(name, behind)
      if PIECE[name] then return piece(g, name) .. behind end
      local inner <const> = make(g, name, depth or 0)
      return (behind ~= "" and "(" .. inner .. ")" or inner) .. behind
    end))
  end
end

local function kind(leaves, inner)
  local made <const> = { leaves = {}, inner = {} }
  for i, text in ipairs(leaves) do made.leaves[i] = text end
  for i, text in ipairs(inner) do made.inner[i] = pattern(text) end
  for _, text in ipairs(leaves) do made.inner[#made.inner + 1] = text end
  return made
end

E.int = kind({ "p.i", "p.j", "n", "0", "1", "2", "7", "p['j']" }, {
  "($int + $int)", "($int - $int)", "($int * $small)", "($int // 3)", "($int % 5)", "(-$int)", "($int ** 2)", "$int|abs", "$str|length",
  "$ints|length", "$ints|sum", "$dict|length", "$str|int", "$float|int", "$float|round|int", "$ints|first", "$ints|last", "$ints|max",
  "$ints|min", "($int if $bool else $int)", "(p.i or $int)", "(p.j and $int)", "$str|wordcount", "$dict[$key]", "$dict.get($key, 0)",
  "$str.count($word)", "$str.find($word)", "$ints[$small]", "$records|sum(attribute='n')", "$any|default(5)", "$any|int",
  "$ints.count($int)", "p.big", "(p.big // 7)", "(p.big + $int)", "(p.big % 1000)", "$dict.values()|sum", "$records|length", "$any|int(3)",
  "($str|list|length)", "$int|int", "($int|string|length)", "$float.__class__|length", "($ints|unique|list|length)",
})
E.float = kind({ "p.f", "0.5", "2.25", "1e3" }, {
  "($float + $float)", "($float - $int)", "($float * $small)", "($int / 4)", "($float / 8)", "($float // 2)", "($float % 3)", "$str|float",
  "$int|float", "$float|round", "$float|round(1)", "$float|round(2, 'floor')", "$float|round(1, 'ceil')", "$float|abs", "(-$float)",
  "$floats|sum", "$floats|first", "$floats|max", "($float if $bool else $float)", "$any|float(1.5)", "$int|round(-1)", "($int ** -1)",
})
E.str = kind({ "p.s", "p.r", "t", "'lit'", "'\u{E9}\u{4E2D}'", "''", "'A b'", '"q\'"' }, {
  "$str|upper", "$str|lower", "$str|title", "$str|capitalize", "$str|trim", "($str ~ $str)", "($str ~ $any)", "($str + $str)", "($str * $small)",
  "$str|replace($word, $word)", "$str|truncate($width)", "$str|truncate($width, true, '', 0)", "$str|center($width)", "$any|string",
  "$str|e", "$str|escape|string", "$strs|join($word)", "$ints|join(', ')", "$any|join('-')", "$strs|first", "$strs|last", "$str|reverse",
  "$str[$small]", "$str[$small:]", "$str[:$small]", "$str[::-1]", "$str.upper()", "$str.strip()", "$str.split()|join('_')",
  "$str.replace($word, $word)", "$str.title()", "$str.center($width, '*')", "$str.zfill($width)", "$str.ljust($width)", "$any|tojson",
  "$any|json_dumps", "$str|urlencode", "$str|striptags", "$str|wordwrap($width)", "$str|indent(2)", "($str if $bool else $str)",
  "(p.s or $str)", "($any|default('d'))", "($any|default('d', true))", "'%s'|format($any)", "'%d|%5s'|format($int, $str)", "'%.2f'|format($float)",
  "'{}:{}'.format($any, $str)", "'{:>5}|{:<4}|{:^6}'.format($int, $str, $str)", "$texts[$key]", "$texts.get($key, 'none')", "$any|pprint",
  "$str|regex_replace('[a-z]+', '#')", "$str|regex_replace('(.)(.)', '\\\\2\\\\1')", "$int|filesizeformat", "$records|map(attribute='s')|join(',')",
  "$str|forceescape", "$str|urlize", "$texts|xmlattr", "$str.join($strs)", "(t|safe ~ $str)", "($str|e + $str)", "$any|tojson_pretty",
  "p.s|b64decode", "'%5.1f%%'|format($float)", "'%r'|format($any)", "'{0!r:>8}'.format($str)", "'{:,}'.format($int)", "'{:08.3f}'.format($float)",
  "$str.partition($word)|join('|')", "$str.swapcase()", "$str|list|sort|join", "($str|safe).replace('a', $str|string)",
})
-- Formats of every shape, right ones more often than wrong ones.
local function maybe(g, percent, list) return g:chance(percent) and g:pick(list) or "" end

local function printf_of(g)
  local spec <const> = "%" .. maybe(g, 30, { "-", "0", "+", " ", "#", "-+", "0+" }) .. maybe(g, 40, { "1", "5", "12" })
    .. maybe(g, 30, { ".0", ".2", ".", ".10" }) .. g:pick { "s", "r", "d", "i", "x", "X", "o", "e", "E", "f", "F", "g", "G", "c", "a", "%", "u", "y" }
  return "'[" .. spec .. "]' % " .. make(g, g:pick { "int", "float", "str", "any", "bool" }, 0)
end

local function format_of(g)
  local spec <const> = maybe(g, 30, { "<", ">", "^", "=", "*<", "\u{E9}^", "0>" }) .. maybe(g, 20, { "+", "-", " " }) .. maybe(g, 10, { "#" })
    .. maybe(g, 15, { "0" }) .. maybe(g, 50, { "1", "6", "14" }) .. maybe(g, 15, { ",", "_" }) .. maybe(g, 30, { ".0", ".2", ".7" })
    .. maybe(g, 60, { "s", "d", "x", "X", "o", "b", "c", "e", "E", "f", "F", "g", "G", "n", "%" })
  return "'[{:" .. spec .. "}]'.format(" .. make(g, g:pick { "int", "float", "str", "bool", "any" }, 0) .. ")"
end

local MOMENTS <const> = { "'2023-11-22T15:30:00Z'", "'2024-02-29 23:59:59.999999+05:30'", "'1999-12-31'", "'2023-W47-3T15'", "p.s", "'2023-3-26T1:30 Z'" }

local function moment_of(g)
  local directives <const> = {}
  for i = 1, g:up_to(4) do
    -- Zones stand without flags: with them, Python asks the C library, which knows the server's zone alone.
    directives[i] = g:chance(15) and g:pick { "%z", "%Z" } or "%" .. maybe(g, 25, { "-", "_", "0", "^", "#" }) .. maybe(g, 10, { "4", "02" })
      .. g:pick { "a", "A", "b", "B", "c", "d", "e", "F", "H", "I", "j", "m", "M", "p", "S", "T", "u", "U", "V", "w", "W", "x", "X", "y", "Y", "%", "D", "G", "R", "h" }
  end
  local zone <const> = maybe(g, 40, { ", 'Europe/Paris'", ", 'America/New_York'", ", 'Asia/Kolkata'", ", tz='utc'" })
  return "(" .. g:pick(MOMENTS) .. "|iso8601_to_time|" .. (zone ~= "" and "datetimeformat_as_timezone" or "datetimeformat") .. "('"
    .. table.concat(directives, g:pick { "", " ", "/" }) .. "'" .. zone .. "))"
end

local function regex_of(g)
  local parts <const> = { g:pick { "", "(?i)", "(?P<n>.)" } }
  for i = 2, g:up_to(4) + 1 do
    parts[i] = g:pick { "a", "[a-z]", "\\\\d", "\\\\w", "\\\\s", ".", "(a|b)", "(?:x|-)", "[^b]", "\\\\b", "^", "$", "(?=a)", "\u{E9}", "(.)", "\\\\W", "[[:alpha:]]" }
      .. maybe(g, 40, { "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{,2}" })
  end
  local replace <const> = g:pick { "-", "<\\\\g<0>>", "", "\\\\1", "$1", "\\\\n" }
  -- Of an empty Markup in which nothing is found, `regex` gives back the Markup, of any other a str.
  return "(" .. make(g, "str", 1) .. " ~ '')|regex_replace('" .. table.concat(parts) .. "', '" .. replace .. "')"
end
for _ = 1, 3 do
  for _, f in ipairs { printf_of, format_of, moment_of, regex_of } do table.insert(E.str.inner, f) end
end

E.bool = kind({ "p.b", "true", "false", "none is none" }, {
  "($int $cmp $int)", "($str $cmp $str)", "($float $cmp $int)", "($any == $any)", "($any != $any)", "(not $bool)", "(p.b and $bool)",
  "(p.b or $bool)", "($str in $str)", "($int in $ints)", "($str not in $strs)", "($key in $dict)", "($any is defined)", "($any is none)",
  "($any is string)", "($any is number)", "($any is mapping)", "($any is sequence)", "($any is iterable)", "($int is odd)", "($int is even)",
  "($int is divisibleby 3)", "($str is upper)", "($any is sameas none)", "$str.startswith($word)", "$str.isdigit()", "($int < $int < $int)",
  "($str|regex_search('[0-9]'))", "($str|regex_match('[a-z]'))", "($any is eq $any)", "($int is gt 2)", "($any is callable)", "($any is undefined)",
  "($ints == $ints)", "($strs < $strs)", "$str.endswith(('a', $word))", "($any is integer)", "($any is float)", "($any is boolean)", "($any in $any)",
})
E.ints = kind({ "p.li", "[1, 2, 3]", "[]", "range(4)|list" }, {
  "[$int, $int]", "($ints + $ints)", "$ints|sort", "$ints|sort(reverse=true)", "$ints|reverse|list", "$ints|unique|list", "$ints|select('odd')|list",
  "$ints|reject('gt', 2)|list", "$ints|map('abs')|list", "$ints[$small:]", "$ints[::2]", "$records|map(attribute='n')|list", "$dict.values()|list",
  "$strs|map('length')|list", "range($width)|list", "($ints if $bool else $ints)", "($ints * 2)", "$ints|batch(2)|first", "($any|list)",
  "$ints|slice(2)|list|first", "$strs|map('int')|list", "$dict|dictsort|map('last')|list",
})
E.floats = kind({ "p.lf", "[0.5, 1.25]" }, { "[$float, $float]", "$floats|sort", "$ints|map('float')|list", "$floats|map('round', 1)|list", "$floats|reject('lt', 1)|list" })
E.strs = kind({ "p.ls", "['b', 'A', 'c']", "[]" }, {
  "[$str, $str]", "($strs + $strs)", "$strs|sort", "$strs|sort(case_sensitive=true)", "$strs|unique|list", "$strs|map('upper')|list", "$str.split()",
  "$str.split($word ~ ',')", "$str|list", "$dict|list", "$dict.keys()|list", "$records|map(attribute='s')|list", "$strs|select('string')|list",
  "$ints|map('string')|list", "$strs|map('truncate', 3, true, '')|list", "$texts.values()|list", "$strs|reverse|list", "$strs|select|list",
  "$strs[$small:]", "$str.splitlines()", "$strs|map('default', 'x')|list", "$strs|map('trim')|map('title')|list", "$strs|batch(2, 'z')|first",
})
E.dict = kind({ "p.d", "{'a': 1, 'k': 2}", "{}" }, {
  "{'a': $int, $str: $int}", "dict($dict, b=$int)", "dict(a=$int)", "$dict.copy()", "($dict if $bool else $dict)", "dict($dict, **p.d)",
})
E.texts = kind({ "p.e", "{'a': 'x'}" }, { "{'name': $str, $key: $str}", "dict($texts, k=$str)", "(p.e or {'b': 'c'})" })
E.records = kind({ "p.lr" }, {
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
})

-- Statements -----------------------------------------------------------------------------------------------------------

local S <const> = {}
local body

local TEXTS <const> = { "text ", "\n", "  \n", " a\n b ", "\u{E9}{ ", "}} ", "\n\n", "- ", "<b>", ": " }
local TARGETS <const> = { "a", "b", "c" }

-- `{%`, perhaps with whitespace control.
local function tag(g, inner)
  return (g:chance(12) and "{%- " or g:chance(3) and "{%+ " or "{% ") .. inner .. (g:chance(12) and " -%}" or " %}")
end

local function print_of(g, expression)
  return (g:chance(8) and "{{- " or "{{ ") .. expression .. (g:chance(8) and " -}}" or " }}")
end

function S.text(g) return g:pick(TEXTS) end
function S.print(g, depth)
  return print_of(g, make(g, g:pick { "int", "float", "str", "str", "bool", "ints", "strs", "dict", "any", "any", "records", "texts" }, depth))
end
function S.peek(g) return print_of(g, g:pick { "a", "b", "c", "a is defined", "[a, b]", "loop.index", "q", "r" }) end
function S.comment(g) return (g:chance(50) and "{#-" or "{#") .. " note {{ x }} " .. (g:chance(30) and "-#}" or "#}") end
function S.raw() return "{% raw %}{{ a }}{% if %}{% endraw %}" end

function S.set(g, depth)
  if g:chance(12) then
    return tag(g, "set a, b = " .. make(g, g:pick { "int", "str" }, depth) .. ", " .. make(g, "any", depth))
  end
  return tag(g, "set " .. g:pick(TARGETS) .. " = " .. make(g, g:pick { "int", "str", "ints", "dict", "any" }, depth))
end

function S.set_block(g, depth)
  local filter <const> = g:chance(30) and g:pick { " | upper", " | trim", " | replace('a', 'o')", " | length" } or ""
  return tag(g, "set " .. g:pick(TARGETS) .. filter) .. body(g, depth) .. tag(g, "endset")
end

S["if"] = function(g, depth)
  local text = tag(g, "if " .. make(g, g:pick { "bool", "bool", "any" }, depth)) .. body(g, depth)
  if g:chance(30) then text = text .. tag(g, "elif " .. make(g, "bool", depth)) .. body(g, depth) end
  if g:chance(50) then text = text .. tag(g, "else") .. body(g, depth) end
  return text .. tag(g, "endif")
end

-- Runs `f` with more names of a kind to choose from.
local function with_names(g, kind_of_name, names, f)
  local outer <const> = g.names
  g.names = setmetatable({ [kind_of_name] = names }, { __index = outer })
  local result <const> = f()
  g.names = outer
  return result
end

local LOOP_PRINTS <const> = { "loop.index", "loop.first", "loop.last", "loop.length", "loop.revindex0", "loop.cycle('x', 'y')", "loop.previtem",
  "loop.nextitem", "loop.changed(q)", "loop.depth", "loop.index0 ~ '/' ~ loop.length" }

local LOOPS <const> = {
  { "q", "ints", "int", { "q" } }, { "q", "strs", "str", { "q" } }, { "q", "records", "int", { "q.n", "q['n']" } },
  { "q", "any", "any", { "q" } }, { "q", "str", "str", { "q" } }, { "q", "dict", "str", { "q" } }, { "q", "records", "str", { "q.s" } },
}

S["for"] = function(g, depth)
  local head, names, kind_of_name
  if g:chance(25) then
    head, kind_of_name, names = "for q, r in " .. make(g, "dict", depth) .. ".items()", "int", { "r" }
  else
    local loop <const> = g:pick(LOOPS)
    head, kind_of_name, names = "for " .. loop[1] .. " in " .. make(g, loop[2], depth), loop[3], loop[4]
  end
  g.loops = g.loops + 1
  local text <const> = with_names(g, kind_of_name, names, function()
    if g:chance(15) then head = head .. " if " .. make(g, "bool", 1) end
    local text = tag(g, head) .. body(g, depth)
    if g:chance(50) then text = text .. print_of(g, g:pick(LOOP_PRINTS)) end
    if g:chance(20) then text = text .. tag(g, "else") .. body(g, depth) end
    return text .. tag(g, "endfor")
  end)
  g.loops = g.loops - 1
  return text
end

S["with"] = function(g, depth)
  local name <const> = g:pick(TARGETS)
  return tag(g, "with " .. name .. " = " .. make(g, "any", depth)) .. body(g, depth) .. print_of(g, name) .. tag(g, "endwith")
end

function S.macro(g, depth)
  local text = tag(g, "macro mac(q, r=" .. make(g, "any", 0) .. ")")
    .. with_names(g, "any", { "q", "r", "varargs", "kwargs" }, function() return body(g, depth) end) .. print_of(g, "q") .. tag(g, "endmacro")
  for _ = 1, g:up_to(2) do
    text = text .. print_of(g, g:pick { "mac(", "mac(r=1, q=" } .. make(g, "any", 1) .. ")")
  end
  return text
end

function S.call(g, depth)
  return "{% macro wrap(w) %}[{{ caller(w) }}{{ caller(w)|length }}]{% endmacro %}" .. tag(g, "call(q) wrap(" .. make(g, "any", 1) .. ")")
    .. body(g, depth) .. "{{ q }}" .. tag(g, "endcall")
end

function S.filter(g, depth)
  return tag(g, "filter " .. g:pick { "upper", "trim", "replace('a', 'b')", "title|trim", "e", "indent(2)", "wordwrap(8)" }) .. body(g, depth) .. tag(g, "endfilter")
end

function S.autoescape(g, depth)
  return tag(g, "autoescape " .. g:pick { "true", "true", "false" }) .. body(g, depth) .. tag(g, "endautoescape")
end

function S.namespace(g, depth)
  return tag(g, "set ns = namespace(v=" .. make(g, "int", 1) .. ")") .. tag(g, "for q in " .. make(g, "ints", depth))
    .. tag(g, "set ns.v = ns.v + q") .. tag(g, "endfor") .. "{{ ns.v }}"
end

function S.recursive(g)
  return tag(g, "for q in p.tree recursive") .. g:pick { "{{ loop.depth }}", "{{ loop.index }}", "" } .. "{{ q }}"
    .. "{% if q is mapping %}({{ loop(q.values()) }}){% elif q is iterable and q is not string %}<{{ loop(q) }}>{% endif %}" .. tag(g, "endfor")
end

-- Not in a loop, which would never end when it runs over what grows.
function S.changes(g, depth)
  if g.loops > 0 then return S.peek(g) end
  return tag(g, "set " .. g:pick(TARGETS) .. " = " .. g:pick { "p.li.append(", "p.d.update(k=", "p.ls.insert(0, ", "m.append(" } .. make(g, "any", depth) .. ")")
end

function S.block(g, depth)
  g.blocks = g.blocks + 1
  local name <const> = "blk" .. g.blocks
  return tag(g, "block " .. name .. (g:chance(40) and " scoped" or "")) .. body(g, depth) .. tag(g, "endblock") .. (g:chance(20) and "{{ self." .. name .. "() }}" or "")
end

function S.include(g) return tag(g, "include '" .. g:pick { "one", "two" } .. "'" .. g:pick { "", " with context", " ignore missing" }) end

local SIMPLE <const> = { S.text, S.print, S.print, S.print, S.peek, S.peek, S.set, S.set, S.comment }
local COMPLEX <const> = { S["if"], S["if"], S["for"], S["for"], S["for"], S.set_block, S["with"], S.macro, S.call, S.filter, S.autoescape, S.namespace,
  S.recursive, S.changes, S.raw, S.block, S.include }

local function statement(g, depth)
  if depth > 0 and g:chance(55) then return g:pick(COMPLEX)(g, depth - 1) end
  return g:pick(SIMPLE)(g, g:up_to(3))
end

function body(g, depth)
  local parts <const> = {}
  for i = 1, g:up_to(3) do parts[i] = statement(g, depth) end
  return table.concat(parts)
end

-- Damage ---------------------------------------------------------------------------------------------------------------

local PIECES <const> = { "{", "}", "%", "#", "(", ")", "[", "]", "'", '"', ",", ".", "|", "-", "+", ":", "=", "~", " if ", " in ", " not ", " is ", " else ",
  "{{", "}}", "{%", "%}", " and ", "\\", "\n", "{% endif %}", "{% else %}", "\u{E9}", "$", "!", "for", " " }

local function damaged(g, text)
  local places <const> = {}
  for at in utf8.codes(text) do places[#places + 1] = at end
  places[#places + 1] = #text + 1
  local i <const> = g:up_to(#places)
  local at <const> = places[i]
  local how <const> = g:up_to(4)
  if how == 1 then return string.sub(text, 1, at - 1) end
  local behind <const> = places[math.min(i + g:up_to(3), #places)]
  if how == 2 then return string.sub(text, 1, at - 1) .. string.sub(text, behind) end
  return string.sub(text, 1, at - 1) .. g:pick(PIECES) .. string.sub(text, how == 3 and at or behind)
end

-- Cases ----------------------------------------------------------------------------------------------------------------

--- The case of a seed, as the corpus has them; `parts` are its statements.
function generator.case(seed)
  local g <const> = setmetatable({ state = (seed * 0x9E3779B97F4A7C15) ~ 0x1234567, names = {}, blocks = 0, loops = 0 }, G)
  if g.state == 0 then g.state = 1 end
  for _ = 1, 4 do next_random(g) end
  local context <const> = payload(g)
  local parts <const> = {}
  for i = 1, g:up_to(5) do parts[i] = statement(g, 2) end
  local templates <const> = { one = statement(g, 1), two = "2{{ a }}{{ q }}" .. statement(g, 0) }
  if g:chance(12) then
    local text <const> = damaged(g, table.concat(parts))
    -- What is no target at all is seen later by Jinja2 before 3.1.5, which looks a token ahead.
    if not string.find(text, "set%s*[^%w%s(_\128-\255]") then parts[g:up_to(#parts)] = text end
  end
  local options = '{"sum":true'
  if g:chance(10) then options = options .. ',"trim_blocks":true,"lstrip_blocks":true' end
  if g:chance(8) then options = options .. ',"autoescape":true' end
  return { table.concat(parts), context, parts = parts, templates = templates, options = options .. "}", seed = seed }
end

--- The same case with one of its parts left out, for each part.
function generator.smaller(case)
  local list <const> = {}
  for i = 1, #case.parts > 1 and #case.parts or 0 do
    local parts <const> = table.move(case.parts, 1, #case.parts, 1, {})
    table.remove(parts, i)
    list[i] = { table.concat(parts), case[2], parts = parts, templates = case.templates, options = case.options, seed = case.seed }
  end
  return list
end

return generator
