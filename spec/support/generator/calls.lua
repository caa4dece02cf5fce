--- Every filter, test and method that ours registers, called with arguments of every kind; what is registered later is
--- drawn too.
---
--- Half of the calls have the arguments that a person would write, the others any: what is wrong with them must be found
--- in the same order.
local datetime <const> = require "jinja.datetime"
local oncall <const> = require "jinja.oncall"
local registry <const> = require "jinja.registry"
local value <const> = require "jinja.value"
local expression <const> = require "generator.expression"
local make <const>, pattern <const> = expression.make, expression.pattern

-- Not the same twice, different on purpose, or younger than the reference.
local LEFT_OUT <const> = { random = true, sameas = true, is_integer = true, regex_match = true, regex_search = true, regex_replace = true }

-- Names of parameters, right for some.
local KEYWORDS <const> = { "attribute", "default", "case_sensitive", "reverse", "by", "width", "first", "blank", "length", "killwords", "end", "leeway",
  "indent", "fill_with", "precision", "method", "base", "binary", "count", "d", "chars", "start", "boolean", "sep", "maxsplit", "keepends", "tabsize",
  "encoding", "rel", "target", "nofollow", "trim_url_limit", "autospace", "wrapstring", "break_long_words", "format", "tz", "old", "new", "default_value",
  "seq", "value", "s", "name" }

-- Arguments as people write them, by name; `|` parts alternatives.
local RIGHT <const> = {}
for line in string.gmatch([[
  attr $key
  batch $width|$width, $any|$small, fill_with=$arg
  center $width|width=$width|$width, '*'|$width, $word
  d $any|$any, true|default_value=$any, boolean=true
  default $any|$any, $bool|boolean=true
  dictsort true|false, 'value'|by='value'|reverse=true|case_sensitive=true, by='key', reverse=$bool|by='nope'
  filesizeformat true|binary=$bool
  float 1.5|$any
  format $any|$any, $any|a=$any|$int, $float, $str
  groupby 0|'n'|'s', ''|attribute='d.a', default=$int|'t', case_sensitive=true
  indent 2|width=$small, first=true|'> '|$small, true, true|blank=true|first=$bool, blank=$bool
  int 7|0, 16|$any, 2|base=0|0, 8
  join $word|$word, 's'|attribute='n'|d=$word, attribute='s'
  map 'upper'|'int'|attribute='n'|attribute='n', default=$any|'replace', $word, $word|attribute=0|'default', 5|'string'|'length'
  max true|attribute='n'|attribute=0
  min false|attribute='s'|case_sensitive=true
  reject 'odd'|'none'|'gt', 2|'eq', $any
  rejectattr 'n'|'n', 'eq', $int|'s', 'in', $strs|'t', 'none'
  replace $word, $word|$word, $word, $small|$str, $str|$arg, $arg, count=$small
  round $small|$small, 'floor'|method='ceil'|1, 'nope'|precision=2
  select 'even'|'string'|'lt', 3|'defined'|'sameas', none
  selectattr 'n'|'t', 'defined'|'n', 'lt', $int|'d.a'
  slice $width|$width, $any|2, fill_with=$arg
  sort true|reverse=$bool, case_sensitive=true|attribute='n'|attribute='n,s'|attribute=0|case_sensitive=$bool
  sum attribute='n'|start=$any|0, $int|attribute=0
  tojson 2|indent=$small|0
  trim $word|'ab '|chars=$arg
  truncate $width|$width, true|$width, false, '>', 0|length=$width, end=$word|$width, killwords=$bool, leeway=$small
  unique true|attribute='n'|case_sensitive=$bool, attribute='s'
  urlize 10|nofollow=true|target='_blank'|rel='a b'|$width, true, $word
  wordwrap $width|$width, false|width=$width, wrapstring=$word|$width, break_on_hyphens=$bool
  xmlattr false|autospace=$bool
  datetimeformat '%Y-%m-%d'|format='%H'|'%j %%'
  datetimeformat_as_timezone '%H:%M %Z', 'Asia/Kolkata'|tz='Europe/Paris'|'%z', 'nowhere'|format='%c', tz='UTC'
  datetimeparse '%Y'|'%d/%m/%Y'|format='%H:%M'
  divisibleby $int|2|0
  in $any|$strs|$str
  sameas $any|none
  count $word|$word, $at1|$any
  find $word|$word, $at1, $at1
  index $word|$int|$word, 1
  rfind $word|$word, $at1, $at1
  rindex $word
  encode 'utf-8'|'ascii'|'ascii', 'ignore'|'latin-1', 'replace'
  endswith $word|($word, 'b')|$word, $at1
  startswith $word|('a', $word)|$word, $at1, $at1
  expandtabs 4|tabsize=2|$small
  format_map $texts|$dict
  ljust $width|$width, '*'
  rjust $width|$width, '\u{E9}'
  lstrip $word|'ab -'
  rstrip $word|none
  strip $word|'xy '
  partition $word|'-'
  rpartition $word|', '
  removeprefix $word|'a'
  removesuffix $word|'a'
  split $word|none, 1|$word, $small|sep=$word, maxsplit=1|' '
  rsplit $word|none, 1|$word, $small|maxsplit=1
  splitlines true|keepends=$bool
  translate {97: 'x', 98: none}|{}
  zfill $width|3
  get $key|$key, $any|$any
  pop $key|$key, $any|$small|
  setdefault $key|$key, $any
  update $dict|a=$any|$texts, k=1
  fromkeys $strs|$strs, $any
  append $any
  extend $ints|$str|$any
  insert $small, $any
  remove $int|$any
  replace_moment day=3|hour=$int|year=2024, month=2|tzinfo=none
  strftime '%Y'|'%d.%m.%Y %H:%M'|'%A %B'
  isoformat ' '|timespec='minutes'|'T', 'seconds'
  astimezone $moment.tzinfo|none
  is_integer
  wordcount
]], "[^\n]+") do
  local name <const>, patterns <const> = string.match(line, "^%s*(%S+)%s*(.*)$")
  local list <const> = {}
  for text in string.gmatch(patterns .. "|", "([^|]*)|") do list[#list + 1] = pattern((string.gsub(text, "%$at1", "$small"))) end
  RIGHT[name] = list
end

-- What a filter is likely to be given.
local SUBJECT <const> = {}
for kind, names in pairs {
  records = "groupby map max min reject rejectattr select selectattr sort sum unique batch slice first last list length count join random",
  ints = "sum max min unique sort select reject batch slice map reverse first last join list length",
  strs = "join unique sort map select reject first last batch slice",
  dict = "dictsort items xmlattr urlencode length list tojson pprint tojson_pretty json_dumps",
  texts = "xmlattr urlencode items dictsort",
  float = "round abs int filesizeformat float", int = "abs round filesizeformat float int timestamp_to_datetime",
  moment = "datetimeformat datetimeformat_as_timezone",
} do
  for name in string.gmatch(names, "%S+") do
    SUBJECT[name] = SUBJECT[name] or {}
    table.insert(SUBJECT[name], kind)
  end
end

local function sorted_names(...)
  local names <const>, seen <const> = {}, {}
  for _, t in ipairs { ... } do
    for name in pairs(t) do
      if not seen[name] and not LEFT_OUT[name] and string.find(name, "^%a") then names[#names + 1] = name end
      seen[name] = true
    end
  end
  table.sort(names)
  return names
end

-- Arguments in parentheses, or nothing where that may be.
local function arguments(g, depth, name, is_method)
  local right <const> = RIGHT[name]
  if right and g:chance(60) then return "(" .. g:pick(right)(g, depth) .. ")" end
  if g:chance(right and 25 or 60) then return is_method and "()" or "" end
  local list <const> = {}
  for i = 1, g:up_to(3) do list[i] = g:chance(50) and pattern "$arg"(g, depth) or make(g, g:pick { "str", "bool", "strs", "float" }, 0) end
  if g:chance(20) then list[#list] = g:pick(KEYWORDS) .. "=" .. list[#list] end
  return "(" .. table.concat(list, ", ") .. ")"
end

local FILTERS <const> = sorted_names(registry.filters, oncall.filters)

local function filter_call(g, depth)
  local name <const> = g:pick(FILTERS)
  local kinds <const> = SUBJECT[name]
  local kind <const> = kinds and g:chance(60) and g:pick(kinds) or g:pick { "str", "str", "any", "int", "float", "strs", "dict", "tuple", "moment", "delta" }
  local text <const> = make(g, kind, depth) .. "|" .. name .. arguments(g, depth, name)
  -- What is lazy is read, or shown; the generator of `unique` had another name before Jinja2 3.1.6.
  return name ~= "unique" and g:chance(50) and "(" .. text .. ")" or "(" .. text .. "|list)"
end

local TESTS <const> = sorted_names(registry.tests)

local function test_call(g, depth)
  return "(" .. make(g, g:pick { "any", "int", "str", "float", "strs" }, depth) .. " is " .. g:pick { "", "", "not " } .. g:pick(TESTS)
    .. (g:chance(50) and "(" .. pattern "$arg"(g, depth) .. ")" or g:chance(50) and "(" .. make(g, "any", depth) .. ")" or "") .. ")"
end

local OBJECTS <const> = {
  { "str", value.STR }, { "str", value.STR }, { "str|e", value.MARKUP }, { "dict", value.DICT }, { "ints", value.LIST }, { "strs", value.LIST },
  { "tuple", value.TUPLE }, { "int", value.INT }, { "float", value.FLOAT }, { "big", value.BIG }, { "moment", datetime.DATETIME }, { "delta", datetime.TIMEDELTA },
}
for _, object in ipairs(OBJECTS) do
  object[3] = sorted_names(object[2].methods)
end

-- Before MarkupSafe 3, Markup escaped what it gave these; they are drawn of texts that are surely plain.
local PLAIN <const> = { replace = true, strip = true, lstrip = true, rstrip = true, translate = true, partition = true, rpartition = true, removeprefix = true,
  removesuffix = true, casefold = true }

local function method_call(g, depth)
  local object <const> = g:pick(OBJECTS)
  if #object[3] == 0 then return filter_call(g, depth) end
  local name <const> = g:pick(object[3])
  local right <const> = object[1] == "moment" and name == "replace" and "replace_moment" or name
  local kind <const> = string.match(object[1], "^%a+")
  local how <const> = PLAIN[name] and kind == "str" and "|list|join" or string.sub(object[1], #kind + 1)
  return "(" .. make(g, kind, depth) .. how .. ")." .. name .. arguments(g, depth, right, true)
end

expression.add_kind("call", { filter_call, filter_call, method_call, method_call, test_call })
