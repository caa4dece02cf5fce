--- Every test: on every kind of value, negated, with arguments, by name in select, and with what it refuses.
local list <const> = require("differential").list()

local CONTEXT <const> = '{"d":{"a":1},"l":[1],"s":"Ab","e":"","n":null,"i":4,"z":0,"f":2.5,"t":true,"b":123456789012345678901234567890}'
local NAMES <const> = {
  "odd", "even", "divisibleby(3)", "divisibleby 2", "defined", "undefined", "none", "boolean", "true", "false", "integer",
  "float", "number", "string", "mapping", "sequence", "iterable", "callable", "lower", "upper", "escaped", "sameas(4)",
  "sameas none", "in([1, 4, 'Ab'])", "in 'xAbx'", "filter", "test", "eq(4)", "equalto(2.5)", "ne('Ab')", "gt(1)",
  "greaterthan(3)", "ge(4)", "lt(3)", "lessthan('B')", "le(4)",
}

for _, name in ipairs(NAMES) do
  list:case("{{ i is " .. name .. " }}|{{ i is not " .. name .. " }}|{{ not (i is " .. name .. ") }}", CONTEXT)
  for _, v in ipairs { "d", "l", "s", "n", "f", "t", "nope", "b" } do
    list:case("{{ " .. v .. " is " .. name .. " }}", CONTEXT)
  end
end

list:lines(CONTEXT, [=[
{{ [1, 2, 3, 4]|select('odd')|list }}{{ [1, 2]|reject('even')|list }}{{ [1, 2, 3]|select('!=', 2)|list }}{{ [1, 2, 3]|select('>', 1)|list }}{{ [1, 2, 3]|select('>=', 2)|list }}{{ [1, 2, 3]|select('<', 2)|list }}{{ [1, 2, 3]|select('<=', 2)|list }}{{ [1, 2, 3]|select('==', 2)|list }}
{{ [1, 'a', none]|select('string')|list }}{{ [1, 'a', none]|select('!=', none)|list }}{{ ['b', 'a', 'c']|select('<', 'c')|list }}{{ ['b', 'a']|reject('<=', 'a')|list }}{{ [1, 2]|reject('>', 1)|list }}{{ [1, 2]|reject('>=', 1)|list }}
{{ [1, 5]|select('<', 3)|list }}{{ [{'v': 1}, {'v': 9}]|selectattr('v', '>', 5)|list }}{{ [{'v': 1}, {'v': 9}]|selectattr('v', '<=', 5)|list }}{{ [{'v': 1}]|rejectattr('v', '!=', 1)|list }}{{ [{'v': 1}]|selectattr('v', '>=', 1)|list }}
{{ [1, 2, 3]|select('!=', 2)|list }}{{ [1, 2.0, '2']|reject('!=', 2)|list }}
{{ 'upper' is filter }}{{ 'nope' is filter }}{{ 'd' is filter }}{{ 'iso8601_to_time' is filter }}{{ '' is filter }}{{ none is filter }}{{ 5 is filter }}
{{ 'odd' is test }}{{ 'nope' is test }}{{ '==' is test }}{{ 'in' is test }}{{ (1, 2) is test }}{{ 1.5 is test }}
{{ [] is filter }}
{{ {} is test }}
{{ 3 is odd and 4 is even }}{{ 3 is odd or nope.x }}{{ 2 + 3 is odd }}{{ 5 is gt 2 + 1 }}{{ 4 is divisibleby 2 and 1 }}
{{ 5 is gt(2) }}{{ 5 is gt 2 }}{{ 5 is lt 2 }}{{ 5 is eq 5.0 }}{{ 5 is ne '5' }}{{ 'a' is lt 'b' }}{{ [1] is lt [2] }}
{{ s is upper }}{{ 'AB' is upper }}{{ 'ab' is lower }}{{ '12' is lower }}{{ 12 is upper }}{{ true is lower }}{{ none is upper }}{{ 'É' is upper }}{{ 'ß' is lower }}
{{ dict is callable }}{{ s.upper is callable }}{{ 5 is callable }}{{ cycler is callable }}{{ joiner() is callable }}{{ nope is callable }}{{ range is callable }}{{ d is callable }}
{{ 'x'|safe is escaped }}{{ 'x'|e is escaped }}{{ 'x' is escaped }}{{ ('x'|safe)|upper is escaped }}{{ ['x'|safe] is escaped }}{{ d|tojson is escaped }}
{{ d.keys() is sequence }}{{ d.keys() is iterable }}{{ range(3) is sequence }}{{ () is sequence }}{{ [1]|map('string') is iterable }}{{ [1]|map('string') is sequence }}{{ 's' is sequence }}{{ nope is sequence }}{{ namespace() is mapping }}{{ namespace() is iterable }}
{{ 1 is sameas true }}{{ true is sameas true }}{{ none is sameas none }}{{ [] is sameas [] }}{{ l is sameas l }}{{ 'a' is sameas 'a' }}{{ 1 is sameas 1.0 }}{{ d is sameas(d) }}
{{ 1 is integer }}{{ 1.0 is integer }}{{ true is integer }}{{ b is integer }}{{ true is number }}{{ 1.0 is float }}{{ 1 is float }}{{ '1' is number }}{{ none is number }}
{{ 1 is true }}{{ true is true }}{{ 0 is false }}{{ false is false }}{{ true is boolean }}{{ 1 is boolean }}{{ n is none }}{{ nope is none }}
{{ d.a is defined }}{{ d.z is defined }}{{ d.z is undefined }}{{ nope is not defined }}{{ d['z'] is defined }}{{ l[5] is defined }}{{ n is defined }}{{ loop is defined }}{{ dict is defined }}
{{ d.z.y is defined }}
{{ 'a' is in 'abc' }}{{ 1 is in [1, 2] }}{{ 'a' is in {'a': 1} }}{{ 5 is in nope }}{{ 1 is not in [2] }}{{ [1] is in [[1]] }}
{{ 1 is in 5 }}
{{ 1 is in 'abc' }}
{{ 5 is divisibleby 0 }}
{{ 5 is divisibleby(0.0) }}
{{ 5 is divisibleby }}
{{ 5 is divisibleby(1, 2) }}
{{ 5 is odd(1) }}
{{ 5 is gt }}
{{ 5 is gt -1 }}
{{ 5 is gt('a') }}
{{ none is lt(1) }}
{{ 5 is sameas }}
{{ 5 is nope }}
{{ 5 is not nope }}
{{ 5 is nope if false else 1 }}
{% if false %}{{ 5 is nope }}{% endif %}ok
{% if true %}{{ 5 is nope }}{% endif %}
{% if true %}{{ 5|nope }}{% endif %}
{% if false %}{% for i in l %}{{ 5|nope }}{% endfor %}{% endif %}
{{ x is a is b }}
{{ 3 is odd if t else 2 }}
{{ (3 is odd) if t else 2 }}
{{ 5 is defined.x }}
{{ 5 is x.y }}
{{ 2.5 is odd }}{{ true is odd }}{{ -3 is odd }}{{ -4 is even }}{{ 0 is even }}{{ 2.0 is even }}
{{ 's' is odd }}
{{ '%d' is odd }}
{{ none is odd }}
{{ nope is gt 1 }}
{{ 1 is undefined }}{{ nope is undefined }}{{ none is undefined }}{{ [nope][0] is undefined }}{{ ([]|first) is undefined }}
{{ 4 is ge 4 }}{{ 4 is le 3 }}{{ 4 is greaterthan 5 }}{{ 4 is lessthan 5 }}{{ 4 is ne 4 }}{{ 5 is le 5 }}{{ 1 is greaterthan 0 }}{{ 9 is lessthan 3 }}
]=])
return list
