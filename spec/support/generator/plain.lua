--- Random templates of what people write most: lookups, loops, conditions, common filters, tests and methods with the
--- arguments they are made for. Nearly all of them end without an error, and most are rendered in C (core/jinja).
---
--- A name holds one kind of value wherever it is set, so that what is made of it works; whether it is set where it is read
--- is left to chance. Shapes are texts in which `$kind` stands for an expression of that kind.
local plain <const> = {}

-- Payloads -------------------------------------------------------------------------------------------------------------

local WORDS <const> = { "", "a", "b", "alpha", "Beta gamma", "x-y_z", "12", "-3", "4.5", "h\u{E9}llo w\u{F6}rld", "\u{4E2D}\u{6587}", "<b>&amp;", "it's",
  "say \\\"hi\\\"", "a,b,,c", "line\\none\\n\\n two", "  pad ", "\u{1F600} smile", "critical", "%s %d", "k=v; k2=v2", "HTTP 500: /api/v1?x=1&y=2", "\u{DF}\u{FB01}\u{130}",
  "\u{3A3}\u{391}\u{3A3}", "\u{A0}x\u{2003}", "tab\\there", "node-1.example.org:9100", "back\\\\slash", "\\u0000nul", "a-b", "AbC dEf", "e\u{301}", "one two three four five six" }
local KEYS <const> = { "alertname", "severity", "job", "instance", "a", "b", "x y", "\u{E9}", "items", "get", "_p", "Zone" }
local TIMES <const> = { "2024-05-04T02:11:42.317Z", "2026-12-31 23:59:59", "2023-01-01T00:00:00", "2024-02-29T12:30:00+02:00", "2025-07-08T09:10:11.123456Z" }
local INTS <const> = { "0", "1", "2", "3", "-1", "7", "-12", "42", "100", "255", "86400", "9223372036854775807" }
local FLOATS <const> = { "0.5", "-1.25", "2.75", "0.1", "1e-07", "1e+16", "123456.789", "-0.0", "3.0", "99.995" }

local function json_str(g) return '"' .. g:pick(WORDS) .. '"' end
local function json_int(g) return g:pick(INTS) end
local function json_float(g) return g:pick(FLOATS) end
local function json_any(g) return g:one { json_str, json_str, json_int, json_float, "true", "false", "null" } end
local function json_list(g, make, most)
  local items <const> = {}
  for i = 1, g:up_to((most or 5) + 1) - 1 do items[i] = make(g) end
  return "[" .. table.concat(items, ",") .. "]"
end
local function json_dict(g, make)
  local items <const>, seen <const> = {}, {}
  for _ = 1, g:up_to(6) - 1 do
    local key <const> = g:pick(KEYS)
    if not seen[key] then items[#items + 1] = '"' .. key .. '":' .. make(g) end
    seen[key] = true
  end
  return "{" .. table.concat(items, ",") .. "}"
end
local function json_alert(g)
  return '{"status":' .. g:pick { '"firing"', '"firing"', '"resolved"' } .. ',"labels":' .. json_dict(g, json_str) .. ',"n":' .. g:up_to(9) - 3
    .. ',"name":' .. json_str(g) .. ',"startsAt":"' .. g:pick(TIMES) .. '","value":' .. json_float(g) .. g:maybe(30, { ',"extra":' .. json_any(g) }) .. "}"
end

local function context_of(g)
  return table.concat {
    '{"payload":{"title":', json_str(g), ',"text":', json_str(g), ',"count":', json_int(g), ',"ratio":', json_float(g), ',"ok":', g:pick { "true", "false" },
    ',"none":null,"at":"', g:pick(TIMES), '","tags":', json_list(g, json_str), ',"nums":', json_list(g, function() return g:up_to(20) - 8 end), ',"floats":',
    json_list(g, json_float), ',"labels":', json_dict(g, json_str), ',"counts":', json_dict(g, function() return g:up_to(20) - 5 end), ',"alerts":',
    json_list(g, json_alert, 4), ',"rows":', json_list(g, function() return "[" .. g:up_to(5) .. "," .. json_str(g) .. "]" end), ',"mixed":',
    json_list(g, json_any), ',"empty":{},"deep":{"a":{"b":{"c":', json_any(g), ',"l":[[1,2],[3]]}}}},"n":', json_int(g), ',"t":', json_str(g), ',"flag":',
    g:pick { "true", "false", "null" }, ',"list":', json_list(g, json_any), "}",
  }
end

-- Expressions ----------------------------------------------------------------------------------------------------------

local END <const> = ""
local SHAPES <const> = {
  small = { "0", "1", "2", "3", "-1", "-2" }, width = { "3", "5", "8", "12", "20" }, bool = { "true", "false" },
  word = { "'a'", "'b'", "'-'", "', '", "','", "' '", "'\u{E9}'", "'x'", "'al'", "'\\n'" }, key = { "'alertname'", "'severity'", "'job'", "'a'", "'b'", "'x y'", "'nope'", "'Zone'", "'\u{E9}'" },
  cmp = { "==", "!=", "<", "<=", ">", ">=" }, divisor = { "1", "2", "3", "7", "-2" },
  at = { "0", "1", "2", "5", "-1", "-2", "-9", "none", "n if n == 2 else 1" },
  pattern = { "'a+'", "'[0-9]+'", "'(\\\\w+)-(\\\\w+)'", "'^\\\\s*'", "'(?i)B'", "'\u{E9}|x'", "'$'" }, with = { "''", "'<\\\\g<0>>'", "'-'", "'\\\\\\\\'" },
  time = { "payload.at", "'2024-05-04T02:11:42.317Z'", "$record.startsAt" }, format = { "'%Y-%m-%d %H:%M:%S'", "'%d.%m.%y %I %p'", "'%A %B %a %b %f %%'", "'\u{E9}%H'" },

  int = { "payload.count", "n", "0", "1", "7", "-4", "1_000", "0x1F", "payload['count']", END, "($smallint + $smallint)", "($smallint - $smallint)", "($smallint * $small)", "($int // $divisor)",
    "($int % $divisor)", "(-$smallint)", "(+$int)", "$smallint|abs", "$str|length", "$list|length", "$dict|count", "$ints|sum", "$records|sum(attribute='n')", "$floats|first|int",
    "(payload.ratio)|int", "'42'|int", "$smallint|float|int", "($int if $test else $smallint)", "(payload.count or $int)", "$str|wordcount", "$dict.get('nope', 5)", "($counts).get($key, $small)",
    "($str).find($word)", "($ints + [3])[0]", "($ints + [3])[-1]", "([4] + $ints)|max", "([4] + $ints)|min", "$any|default(5)|string|length", "($test + 1)", "$float|round|int", "$list|list|length",
    "($ints + [9])|first", "([9] + $ints)|last", "$smallint|round", "($str).split($word)|length" },
  smallint = { "1", "2", "3", "5", "-2", "loop.index", END, "$ints|length", "$str|length", "($smallint + $small)" },
  float = { "payload.ratio", "0.5", "2.25", "1e3", END, "($smallint / 4)", "($float + 1)", "($float * $small)", "($float - $float)", "$float|round(1)", "$smallint|float", "$floats|sum", "'4.5'|float",
    "(-$float)", "$float|abs", "(true / 2)", "($floats + [1.5])|max", "$float|round(2)", "($float / $divisor)" },
  str = { "payload.title", "payload.text", "t", "'lit'", "'\u{E9}t\u{E9}'", "payload['title']", END, "$record.name", "$record.status", "$str|upper", "$str|lower", "$str|title", "$str|capitalize", "$str|trim",
    "$str|trim($word)", "$str|replace($word, $word)", "$str|replace($word, $str, 1)", "$str|truncate($width, true, '..', 0)", "$str|truncate($width, leeway=0)", "$str|indent(2)",
    "$str|indent($width, true)", "$str|indent('> ', first=true, blank=true)", "$str|wordwrap($width)", "$str|urlencode", "$any|string", "$str|reverse", "($str).upper()", "($str).lower()",
    "($str).title()", "($str).capitalize()", "($str).strip()", "($str).strip($word)", "($str).lstrip()", "($str).rstrip($word)", "($str).replace($word, $word)", "($str).replace($word, $word, 1)",
    "($str ~ $any)", "($str + $str)", "($int ~ '-' ~ $str ~ $float)", "($str)[$at:]", "($str)[:$at]", "($str)[$at:$at]", "$list|join", "$list|join($word)", "$records|join(', ', attribute='name')",
    "$word.join($strs)", "($str).split($word)[0]", "($str).split()|join('|')", "($str).rsplit($word, 1)|join('|')", "($str).splitlines()|join('/')", "'%s=%d'|format($str, $smallint)",
    "'%s/%05.1f|%-4d|%s'|format($any, $float, $smallint, $str)", "($str if $test else 'no')", "(payload.nope or $str)", "$str|default('D', true)", "payload.nope|default($str)", "($dict).get($key, 'dflt')",
    "$record|string", "$str|regex_replace($pattern, $with)", "$time|iso8601_to_time|datetimeformat($format)", "$time|iso8601_to_time|datetimeformat", "$time|iso8601_to_time|datetimeformat_as_timezone($format, 'Europe/Berlin')", "$time|iso8601_to_time|string", "$smallint|timestamp_to_datetime|datetimeformat", "$strs|map('upper')|join($word)", "$list|map('string')|join",
    "$strs|first|default('-')", "$list|string", "($strs + ['z'])|min", "($strs + ['z'])|max", "$list|last|default('-', true)|string", "('a', 'b')[1]", "(($str).split($word, 1))[-1]", "$tuple|join('.')",
    "($str ~ 'x')[0]", "($str ~ 'x')[-1]", "cycle", "$str|string", "$list|tojson", "$dict|tojson_pretty", "$record|json_dumps", "$counts|tojson($width)", "($word * $smallint)", "('%s|%s' % ($any, $int))", "('%.1f' % $float)",
    "'[1, {\"a\": \"b\", \"c\": null}]'|parse_json|string", "($list|tojson|parse_json)|string", "(payload.none.x)|string" },
  test = { "true", "false", "payload.ok", END, "$int $cmp $int", "$float $cmp $int", "$str $cmp $str", "$str == $str", "$any == $any", "$any != $any", "$str in $str", "$str in $strs", "$str not in $strs",
    "$key in $dict", "$key not in $dict", "$any in $list", "$int < $int < $int", "not $any", "($any and $any)", "($test or $test)", "$any is defined", "$any is not none", "$any is none", "$any is string",
    "$any is number", "$any is mapping", "$any is iterable", "$any is sequence", "$any is boolean", "$any is integer", "$any is float", "$any is true", "$any is false", "$int is odd", "$int is even",
    "$int is divisibleby($divisor)", "$any is eq($any)", "$any is ne $any", "$int is gt($int)", "$int is le $int", "$str is lt($str)", "$float is ge($int)", "$any is in($list)", "($str).startswith($word)",
    "($str).endswith($word)", "$str|regex_search($pattern)", "$str|regex_match($pattern)", "$any is undefined", "payload.deep.a.b.c is defined", "$str|safe is escaped", "[$int, $str] == [$int, $str]",
    "($int, 1) < ($int, 2)", "not ($test)", "$key in ($dict).keys()", "$any is sameas none" },
  ints = { "payload.nums", "[1, 2, 3]", "[]", END, "[$int, $smallint]", "$ints|sort", "$ints|unique|list", "$ints|reverse|list", "($ints + $ints)", "($ints)[$at:$at]", "$ints|select('odd')|list", "$ints|reject('gt', 2)|list",
    "$records|map(attribute='n')|list", "($counts).values()|list", "$ints|sort(reverse=true)", "$strs|map('length')|list", "$ints|list" },
  floats = { "payload.floats", END, "[0.5, $float]", "$floats|sort", "($floats)[:$at]", "$ints|map('float')|list" },
  strs = { "payload.tags", "['b', 'a', 'C']", END, "[$str, $str]", "$strs|sort", "$strs|unique|list", "($str).split($word)", "($str).split()", "$strs|map('upper')|list", "($dict).keys()|list", "($dict).values()|list",
    "$records|map(attribute='name')|list", "($strs)[$at:]", "$strs|reverse|list", "$strs|sort(reverse=true, case_sensitive=true)", "$strs|select('string')|list", "$strs|map('replace', $word, $word)|list",
    "($str).splitlines()", "$strs|select('in', $strs)|list", "$strs|reject('eq', $str)|list", "$dict|list", "($strs).copy()", "$strs|map('trim')|list" },
  list = { "payload.nums", "payload.tags", "payload.mixed", "list", END, "$ints", "$strs", "$floats", "$rows", "$tuple", "$records", "[$any, $any]", "$dict|dictsort", "$counts|dictsort(by='value')", "($dict).items()|list", "[]", "$dict|items|list",
    "$records|selectattr('status', 'eq', 'firing')|list", "$records|rejectattr('extra')|list", "$records|groupby('status')", "$list|list", "$records|selectattr('extra', 'defined')|list",
    "payload.deep.a.b.l", "$records|sort(attribute='n')", "$list|select|list", "$list|reject('none')|list", "$rows|map('first')|list", "$rows|sort(attribute=1)", "$records|map(attribute='labels')|list" },
  rows = { "payload.rows", "[(1, 'a'), (2, 'b')]", END, "($dict).items()|list" }, tuple = { "(1, 2)", "()", END, "($int, $str)", "($any,)", "($str, $int, $any)", "($tuple)[$at:]" },
  records = { "payload.alerts", END, "payload.alerts|sort(attribute='name')", "payload.alerts|selectattr('status', 'eq', 'firing')|list", "payload.alerts[:2]", "[{'n': 1, 'name': $str, 'status': 'x', 'startsAt': payload.at}]" },
  record = { "{'n': 1, 'name': t, 'status': 'x', 'startsAt': payload.at}", END, "(payload.alerts + [{'n': 1, 'name': 'dflt', 'status': 'firing', 'startsAt': payload.at, 'labels': {}}])[0]", "{'n': 5, 'name': $str, 'status': 'r', 'startsAt': payload.at, 'labels': {'a': 'b'}}" },
  dict = { "payload.labels", "{}", "payload.empty", END, "{'a': 'x', 'b': $str}", "payload.labels.copy()", "{$key: $str}", "$record.labels", "dict(a='x', b=$str)", "dict($dict, **{$key: $str})", "dict($dict)", "payload['labels']" },
  counts = { "payload.counts", END, "{'a': 1, 'b': $smallint}", "dict(k=3)", "dict($counts, z=$smallint)", "{1: 2, 'z': $smallint}" },
  any = { "n", "t", "none", "nope", "flag", "payload.ratio", "payload.none", "payload.nope", "payload.tags", "payload.deep.a.b.c", "list[0]", END, "$int", "$str", "$str", "$float", "$test", "$list", "$dict", "payload.deep['a'].b['nope']", "$tuple", "payload.labels[$key]",
    "payload.labels.alertname", "payload.mixed[$small]", "list[0]", "$record.extra", "($dict)[$key]", "payload.alerts[0]", "(payload.mixed + [])[$small]", "$strs|first", "$ints|last", "payload['deep']",
    "($ints|sum if $test)", "payload.counts.b", "payload.title.x", "payload.none.a", "($record|tojson|parse_json).labels", "payload.tags[9]", "(1 if flag)" },
}
-- What stands before END are leaves: at no depth only they are drawn. Where there is none, a shape is a mere piece.
local LEAVES <const> = {}
for kind, shapes in pairs(SHAPES) do
  for i, text in ipairs(shapes) do
    if text == END then LEAVES[kind] = i - 1 end
  end
  if LEAVES[kind] then table.remove(shapes, LEAVES[kind] + 1) end
end

local function make(g, kind, depth)
  local own <const> = g.vars[kind]
  if own and #own > 0 and g:chance(35) then return g:pick(own) end
  local shapes <const>, leaves <const> = SHAPES[kind], LEAVES[kind]
  local shape = leaves and (depth <= 0 or g:chance(35)) and shapes[g:up_to(leaves)] or g:pick(shapes)
  if shape == "cycle" then shape = #g.loops > 0 and "loop.cycle($str, 'even')" or "'none'" end
  if shape == "loop.index" and #g.loops == 0 then shape = "4" end
  return (string.gsub(shape, "%$(%a+)", function(name)
    local text <const> = make(g, name, depth - 1)
    return LEAVES[name] and string.find(text, "[ |]") and "(" .. text .. ")" or text
  end))
end

-- Statements -----------------------------------------------------------------------------------------------------------

-- The names that are set, by what they hold; `any` ones hold whatever.
local NAMES <const> = { int = { "i1", "i2" }, str = { "s1", "s2" }, strs = { "l1", "l2" }, dict = { "d1", "d2" }, any = { "a", "b", "c", "_" }, ints = { "k1" }, counts = { "c1" } }
local KINDS <const> = { "int", "str", "strs", "dict", "any", "any", "ints", "counts" }
local TEXTS <const> = { "text ", "\n", "  \n", " a\n b ", "\u{E9} ", "- ", "<b>", ": ", "| " }

local S <const> = {}
local body

local function tag(g, inner) return (g:chance(12) and "{%- " or "{% ") .. inner .. (g:chance(12) and " -%}" or " %}") end
local function print_of(text) return "{{ " .. text .. " }}" end

-- Runs `f` in a scope: names that it sets are gone behind it.
local function scoped(g, f)
  local outer <const>, outer_loops <const>, had_ns <const>, vars <const> = g.vars, g.loops, g.has_ns, {}
  for kind, names in pairs(outer) do vars[kind] = table.move(names, 1, #names, 1, {}) end
  g.vars, g.loops = vars, table.move(outer_loops, 1, #outer_loops, 1, {})
  local text <const> = f()
  g.vars, g.loops, g.has_ns = outer, outer_loops, had_ns
  return text
end

local function know(g, kind, name)
  g.vars[kind] = g.vars[kind] or {}
  table.insert(g.vars[kind], name)
end

function S.text(g) return g:pick(TEXTS) end
function S.print(g, depth) return print_of(make(g, g:pick(KINDS), depth)) end
function S.prints(g, depth) return print_of(make(g, g:pick { "int", "float", "str", "str", "test", "list", "any", "record", "counts", "tuple" }, depth)) end
function S.peek(g)
  local parts <const> = {}
  for i = 1, g:up_to(3) do
    local name <const> = g:pick { "a", "b", "c", "i1", "i2", "s1", "s2", "l1", "d1", "k1", "x", "y", "z", "ns.v", "t", "n" }
    parts[i] = name == "ns.v" and g.has_ns and "{{ ns.v }}" or name ~= "ns.v" and print_of(name .. g:maybe(30, { " is defined", "|default('-')", " or 'none'" })) or ""
  end
  return table.concat(parts, ".")
end

function S.set(g, depth)
  local kind <const> = g:pick(KINDS)
  local name <const> = g:pick(NAMES[kind])
  if g:chance(8) then
    know(g, "int", "i1")
    return tag(g, "set i1, a = " .. make(g, "int", depth) .. ", " .. make(g, "any", depth))
  end
  local text <const> = tag(g, "set " .. name .. " = " .. make(g, kind, depth))
  if kind ~= "any" then know(g, kind, name) end
  return text
end

function S.set_block(g, depth)
  local name <const> = g:pick(NAMES.str)
  local text <const> = tag(g, "set " .. name .. g:maybe(30, { " | upper", " | trim", " | replace('a', 'o')", " | title", " | indent(3)" })) .. scoped(g, function() return body(g, depth) end)
  know(g, "str", name)
  return text .. tag(g, "endset")
end

function S.filter_block(g, depth)
  return tag(g, "filter " .. g:pick { "upper", "trim", "replace('a', 'b')", "title|trim", "indent(2)", "wordwrap(12)", "truncate(9, true, '', 0)", "replace('a', t)", "regex_replace('a', 'A')" })
    .. scoped(g, function() return body(g, depth) end) .. tag(g, "endfilter")
end

-- Changes to what the template made itself; the payload's own are Lua's affair.
function S.change(g, depth)
  local dict <const>, list <const> = g.vars.own_dict, g.vars.own_list
  local change
  if dict and #dict > 0 and g:chance(60) then
    change = g:pick(dict) .. g:pick { ".pop($key, none)", ".pop($key, $str)", ".update({$key: $str})", ".setdefault($key, $str)", ".update(payload.labels)" }
  elseif list and #list > 0 then
    change = g:pick(list) .. g:pick { ".append($str)", ".append($str)", ".append($int)" }
  else
    local name <const>, is_dict <const> = g:pick { "o1", "o2" }, g:chance(60)
    know(g, is_dict and "own_dict" or "own_list", name .. (is_dict and "d" or "l"))
    return tag(g, "set " .. name .. (is_dict and "d = " .. g:pick { "payload.labels.copy()", "{}", "{'a': 'x'}", "dict(b='y')" } or "l = " .. g:pick { "[]", "['q']", "payload.tags|list" }))
  end
  change = string.gsub(change, "%$(%a+)", function(kind) return make(g, kind, 1) end)
  local how <const> = g:up_to(3)
  return (how == 1 and tag(g, "do " .. change) or how == 2 and tag(g, "set _ = " .. change) or print_of(change)) .. g:maybe(40, { print_of((string.match(change, "^%w+"))) })
end

function S.namespace(g, depth)
  g.has_ns = true
  return tag(g, "set ns = namespace(v=" .. make(g, "smallint", 1) .. ", s='')") .. tag(g, "for q in " .. make(g, "ints", depth)) .. tag(g, "set ns.v = ns.v + " .. g:pick { "1", "loop.index", "q % 7" })
    .. g:maybe(40, { tag(g, "set ns.s = ns.s ~ q") }) .. g:maybe(30, { tag(g, "if ns.v > 3") .. "{{ ns.v }};" .. tag(g, "endif") }) .. tag(g, "endfor") .. "{{ ns.v }}{{ ns.s }}{{ ns.nope is defined }}"
end

S["if"] = function(g, depth)
  local text = tag(g, "if " .. make(g, g:pick { "test", "test", "any" }, depth)) .. scoped(g, function() return body(g, depth) end)
  while g:chance(25) do text = text .. tag(g, "elif " .. make(g, "test", depth)) .. scoped(g, function() return body(g, depth) end) end
  if g:chance(45) then text = text .. tag(g, "else") .. scoped(g, function() return body(g, depth) end) end
  return text .. tag(g, "endif")
end

local LOOPS <const> = {
  { "x", "ints", "int", "x" }, { "x", "strs", "str", "x" }, { "x", "records", "str", "x.name" }, { "x", "records", "dict", "x.labels" }, { "x", "str", "str", "x" }, { "x", "dict", "str", "x" },
  { "x, y", "dict", "str", "y", ".items()" }, { "x, y", "counts", "int", "y", ".items()" }, { "x, y", "dict", "str", "x", "|dictsort" }, { "x, y", "rows", "any", "y" }, { "x", "list", "any", "x" },
  { "x", "tuple", "any", "x" }, { "x", "dict", "str", "x", ".keys()" }, { "x", "counts", "int", "x", ".values()" }, { "x, y", "records", "any", "x", "|groupby('status')" },
  { "x, y", "dict", "str", "y", "|items" }, { "x", "strs", "str", "x", "|map('upper')" }, { "x", "records", "str", "x.name", "|selectattr('status', 'eq', 'firing')" }, { "x, y", "strs", "any", "x", "|map('list')|select('eq', ['a', 'b'])" },
  { "t", "strs", "str", "t" }, { "x, y", "counts", "any", "y", "|dictsort(by='value', reverse=true)" }, { "x", "any", "any", "x", "|default([], true)|list" },
}
local COUNTERS <const> = { "loop.index", "loop.index0", "loop.first", "loop.last", "loop.length", "loop.revindex", "loop.revindex0", "loop.depth", "loop.depth0", "loop.cycle('odd', 'even')",
  "', ' if not loop.last", "loop.index ~ '/' ~ loop.length", "loop.index is odd", "loop.index % 2", "loop.cycle(x, 1, 'z')" }

S["for"] = function(g, depth)
  local loop <const> = g:pick(LOOPS)
  local head = "for " .. loop[1] .. " in " .. (loop[5] and "(" .. make(g, loop[2], depth) .. ")" .. loop[5] or make(g, loop[2], depth))
  local text <const> = scoped(g, function()
    know(g, loop[3], loop[4])
    if g:chance(25) then head = head .. " if " .. (make(g, "test", 1):gsub("loop%.index", "2"):gsub("loop%.cycle%b()", "'w'")) end
    -- What a condition says, and when it is asked.
    if g.has_ns and g:chance(10) then head = string.gsub(head, " if .*", "") .. g:pick { " if ns.v % 3", " if ns.v > loop_nope|default(2)", " if x != ns.s" } end
    g.loops[#g.loops + 1] = loop
    return tag(g, head) .. body(g, depth) .. (g:chance(70) and print_of(g:pick(COUNTERS)) or "")
  end)
  return text .. (g:chance(25) and tag(g, "else") .. scoped(g, function() return body(g, depth) end) or "") .. tag(g, "endfor")
end

S["with"] = function(g, depth)
  local kind <const> = g:pick { "int", "str", "any", "dict" }
  local name <const> = g:pick(NAMES[kind])
  local value <const> = make(g, kind, depth)
  return scoped(g, function()
    know(g, kind, name)
    return tag(g, "with " .. name .. " = " .. value .. g:maybe(30, { ", z = 1", ", x = t", ", a = " .. name })) .. body(g, depth) .. print_of(name) .. tag(g, "endwith")
  end)
end

-- Parameters, what is known of them, and calls.
local MACROS <const> = {
  { "x", { str = { "x" } }, { "($str)", "(x=$str)" } }, { "x, y=2", { str = { "x" }, int = { "y" } }, { "($str)", "($str, $int)", "($str, y=$int)" } },
  { "x, y=x", { str = { "x", "y" } }, { "($str)", "($str, $str)" } }, { "x='d', y=i1", { str = { "x" } }, { "()", "($str)", "(y=$int)" } }, { "", {}, { "()" } },
  { "x, y=none, z=[]", { any = { "x", "y" } }, { "($any)", "($any, $any)", "($any, z=$list)", "()" } }, { "x={}, t='own'", { dict = { "x" }, str = { "t" } }, { "()", "($dict)", "($dict, $str)" } },
}

function S.macro(g, depth)
  if g.in_macro or #g.loops > 0 and g:chance(80) then return S.print(g, depth) end
  if g:chance(20) then
    return "{% macro down(k, a='') %}{{ k }}{{ a }}{% if k > 0 %}" .. g:pick { "{{ down(k - 1) }}", "{{ down(k - 1, a ~ 'x') }}", "{% set i1 = k %}{{ down(k - 1)|upper }}{{ i1 }}" }
      .. "{% endif %}{% endmacro %}{{ down(" .. g:up_to(5) .. ") }}"
  end
  local macro <const>, name <const> = g:pick(MACROS), "mac" .. g:up_to(2)
  g.in_macro = true
  local text = scoped(g, function()
    g.vars, g.loops = macro[2], {}
    return tag(g, "macro " .. name .. "(" .. macro[1] .. ")") .. scoped(g, function() return body(g, depth) end) .. g:maybe(50, { "{{ a }}{{ s1 }}{{ i2 }}", "{{ t }}{{ x }}" }) .. tag(g, "endmacro")
  end)
  g.in_macro = false
  for _ = 1, g:up_to(3) do
    local call <const> = name .. string.gsub(g:pick(macro[3]), "%$(%a+)", function(kind) return make(g, kind, 1) end)
    text = text .. g:maybe(30, { S.set(g, 1) }) .. (g:chance(75) and print_of(call .. g:maybe(20, { "|upper", " ~ '!'", "|length" })) or tag(g, "set s1 = " .. call) .. "{{ s1 }}")
  end
  return text
end

function S.count(g) return g.has_ns and tag(g, "set ns.v = ns.v + 1") or S.text(g) end

local SIMPLE <const> = { S.count, S.text, S.print, S.prints, S.print, S.prints, S.peek, S.set, S.set, S.change }
local COMPLEX <const> = { S["if"], S["if"], S["for"], S["for"], S["for"], S["for"], S.set_block, S["with"], S.macro, S.macro, S.filter_block, S.namespace }

local function statement(g, depth)
  if depth > 0 and g:chance(50) then return g:pick(COMPLEX)(g, depth - 1) end
  return g:pick(SIMPLE)(g, g:up_to(3) - 1)
end

function body(g, depth)
  local parts <const> = {}
  for i = 1, g:up_to(3) do parts[i] = statement(g, depth) end
  return table.concat(parts)
end

--- The case of a generator's choices.
---@return string[] parts  its statements
---@return string context  JSON
function plain.parts(g)
  g.vars, g.loops = {}, {}
  local context <const>, parts <const> = context_of(g), {}
  for i = 1, g:up_to(6) do parts[i] = statement(g, 3) end
  return parts, context
end

plain.OPTIONS = '{"sum":true,"extensions":["do"]}'

return plain
