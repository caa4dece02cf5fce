--- Work and size are charged before they happen: hostile templates stop at once, and at the same place each time.
require "tocsin.core"
local fuel <const> = require "tocsin.fuel"
local jinja <const> = require "jinja"
local json <const> = require "tocsin.json"
local oncall <const> = require "jinja.oncall"

local HUNDRED <const> = '{"l":[' .. string.rep("1,", 99) .. '1],"t":"' .. string.rep("ab -", 250) .. '"}'

-- Each would run for ever, or build gigabytes.
local hostile <const> = {
  "{{ 'a' * 10**9 }}", "{{ 'a' * 10**18 }}", "{{ [1] * 10**9 }}", "{{ (1,) * 10**12 }}", "{{ ('a'|safe) * 10**9 }}",
  "{{ 10**(10**8) }}", "{{ 2**(10**7) }}", "{{ (10**4000)**4000 }}", "{{ 7**(10**12) }}",
  "{{ 'x'|center(10**9) }}", "{{ 'x'.ljust(10**9) }}", "{{ 'x'.zfill(10**9) }}", "{{ 'x\\ty'.expandtabs(10**9) }}",
  "{{ 'x'|indent(10**9) }}",
  "{{ ('a\\n' * 2000)|indent('x' * 2000) }}", "{{ '%1000000000d' % 1 }}", "{{ '%.1000000000f' % 1.5 }}",
  "{{ '{:1000000000}'.format(1) }}", "{{ '{:01000000000,}'.format(1) }}", "{{ '%*d' % (10**9, 1) }}",
  "{{ ('a' * 5000).replace('', 'b' * 5000) }}", "{{ ('a' * 5000)|replace('a', 'b' * 5000) }}",
  "{{ ('b' * 3000).join(range(3000)|map('string')|list) }}", "{{ range(3000)|join('b' * 3000) }}",
  "{{ range(100000)|list|length }}", "{{ range(100000)|map('string')|list|length }}", "{{ range(100000)|sum }}",
  "{{ 100000 in range(100000)|map('int') }}", "{{ range(100000)|batch(1)|list|length }}", "{{ [1]|batch(10**9, 0)|list }}",
  "{{ [1]|slice(10**9)|list }}", "{{ range(100000)|sort|first }}", "{{ range(100000)|unique|list|length }}",
  "{{ range(100000)|groupby(0)|length }}", "{{ range(100000)|reverse|list|length }}", "{{ range(100000)|max }}",
  "{% for x in range(100000) %}{% endfor %}", "{% for x in l %}{% set _ = l.append(x) %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{% for z in l %}{{ loop.index }}{% endfor %}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ l|tojson }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ l == l.copy() }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ l|string }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ 5 in l }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ t|upper|length }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ t|wordwrap(3)|length }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ t|urlize|length }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ {'k': t}|pprint|length }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ t|striptags|length }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ t.split()|length }}{% endfor %}{% endfor %}",
  "{% for x in l %}{% for y in l %}{{ 'zz' in t }}{{ t.find('zz') }}{% endfor %}{% endfor %}",
  "{% set ns = namespace(s='ab') %}{% for x in l %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
  "{% set ns = namespace(s=[1]) %}{% for x in l %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
  "{% set ns = namespace(s=[1]) %}{% for x in l %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
  "{% set ns = namespace(s=[1]) %}{% for x in l %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}" ..
    "{% set ms = namespace(s=[1]) %}{% for x in l %}{% set ms.s = [ms.s, ms.s] %}{% endfor %}{{ ns.s == ms.s }}",
  "{% set ns = namespace(s=(1,)) %}{% for x in l %}{% set ns.s = (ns.s, ns.s) %}{% endfor %}{{ {ns.s: 1}|length }}",
  "{% set ns = namespace(s=[1]) %}{% for x in l %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s|tojson }}",
  "{% set ns = namespace(s=[1]) %}{% for x in l %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s|pprint }}",
  "{% set ns = namespace(n=3) %}{% for x in l %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
  "{% set d = {} %}" ..
    "{% for x in l %}{% for y in l %}{% set _ = d.update({x ~ y ~ loop.index: d.copy()}) %}{% endfor %}{% endfor %}",
  "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}" ..
    "{% macro n(a) %}{% if a %}{{ n(a - 1) }}{{ n(a - 1) }}{% endif %}{% endmacro %}{{ n(60) }}",
  "{{ lipsum(10**9) }}", "{{ lipsum(5, min=10**9, max=10**10) }}", "{{ ('-' * 100000 ~ 'a')|wordwrap(2) }}",
  "{{ ('x(' * 9000 ~ ')' * 9000)|urlize }}",
  "{{ ('a' * 60000)|wordwrap(1) }}", "{{ ('a-' * 60000)|wordwrap(3) }}",
  "{{ ('9' * 4000)|int * ('9' * 4000)|int // 7 ** 4000 }}{{ '9' * 90000|int }}{{ ('f' * 60000)|int(0, 16) }}",
  "{{ ('{' * 50000).format(1) }}{{ ('{0}' * 50000).format('x' * 100) }}", "{{ ('%%' * 500000) % () }}",
  -- More comes than was known when it was charged for: loop objects, and lists that grow meanwhile.
  "{% for y in l %}{% for x in range(100000) %}{{ loop|select('none')|first }}{% endfor %}{% endfor %}",
  "{% for y in l %}{% for x in range(100000) %}{{ loop|unique|first }}{% endfor %}{% endfor %}",
  "{% for y in l %}{% for x in range(100000) %}{{ loop|batch(0)|first|length }}{% endfor %}{% endfor %}",
  "{% for x in range(100000) %}{{ loop|list|length }}{% endfor %}{{ range(100000)|list }}",
  "{% set big, gs = [], [] %}{% for x in l %}{{ gs.append(big|map('string')) }}{{ big.extend(l * 3) }}{% endfor %}"
    .. "{% for g in gs %}{{ g|list|length }}{% endfor %}",
  "{% set big, gs = [], [] %}{% for x in l %}{{ gs.append(big|select('none')) }}{{ big.extend(l * 3) }}{% endfor %}"
    .. "{% for g in gs %}{{ g|first }}{% endfor %}",
  "{% set ns = namespace(t=()) %}{% for x in l %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {}[ns.t] }}",
  "{% set ns = namespace(t=()) %}{% for x in range(3500) %}{% set ns.t = (ns.t,) %}{% endfor %}"
    .. "{% for x in l %}{{ {ns.t: 1}|length }}{% endfor %}",
  "{% set s = t * 60 %}{% for x in l %}{{ s.encode() }}{% endfor %}",
  "{% set s = t * 60 %}{% for x in l %}{{ s.encode().hex() }}{% endfor %}",
  "{% set s = t * 60 %}{% for x in l %}{{ s.encode('latin1', 'ignore')|length }}{% endfor %}",
  "{% set s = t * 60 %}{% for x in l %}{{ s.translate({97: 'b'})|length }}{% endfor %}",
  "{% set s = '.' * 60000 %}{% for x in l %}{{ [s]|map(attribute=s)|list|length }}{% endfor %}",
  "{% set s = '0.' * 30000 %}{% for x in l %}{{ l.append(l) }}{{ [l]|map(attribute=s)|list|length }}{% endfor %}",
  "{% set s = ',' * 60000 %}{% for x in l %}{{ [1, 2]|sort(attribute=s)|length }}{% endfor %}",
  "{% set s = '{' * 60000 %}{% for x in l %}{{ s.format()|length }}{% endfor %}",
  "{% set s = '{0' ~ '[0]' * 20000 ~ '}' %}{% for x in l %}{{ s.format('x')|length }}{% endfor %}",
  "{% set s = '%' ~ ' ' * 60000 ~ 's' %}{% for x in l %}{{ s % 1 }}{% endfor %}",
  "{% set s = t * 60 %}{% for x in l %}{{ s % {} }}{% endfor %}{{ range(100000)|list }}",
  "{% set s = t * 60 %}{% for x in l %}{{ s|datetimeparse(s) }}{% endfor %}",
  "{% set s = '%%' * 30000 %}{% for x in l %}{{ s|datetimeparse(s) }}{% endfor %}",
  "{% set s = '1' * 60000 %}{% for x in l %}{{ s|int }}{{ s|float }}{% endfor %}",
  "{% for x in range(9000) %}{{ '%.50f' % 1e300 }}{% endfor %}",
  "{{ [1]|batch(2**62, 0)|list }}", "{{ [1]|batch(2**63 - 1, 0)|list }}", "{{ lipsum(2**62) }}", "{{ lipsum(2**63 - 1, max=2**62) }}",
  "{{ lipsum(2**62, true, -5, -2) }}", "{{ 15|round(-9223372036854775807 - 1) }}",
  "{{ range(90000)|list|sort(attribute='a.b.c') }}", "{{ dict.fromkeys(range(90000), 1)|length }}",
}

-- What looks dear and is not, because the algorithm is a good one.
local cheap <const> = {
  "{{ ('(' * 9000 ~ ')' * 9000)|urlize|length }}", "{{ ('<' * 90000)|striptags|length }}",
  "{{ ('<!--' * 20000)|striptags|length }}", "{{ ('ab' * 20000).count('a' * 9000 ~ 'c') }}",
  "{{ 'a' * 9000 ~ 'c' in 'a' * 90000 }}", "{{ ('a' * 9000).count('a' * 4000 ~ 'b' ~ 'a' * 4000) }}",
  "{{ range(100000)|length }}{{ range(100000)|last }}{{ 99999 in range(100000) }}{{ range(100000)[5:][3] }}",
  "{{ ((' ' * 50000) ~ 'x' ~ (' ' * 50000))|trim }}{{ ('x' * 90000)|title|length }}{{ ('a.' * 40000)|urlize|length }}",
  "{{ ('a@' * 30000)|urlize|length }}{{ ('a--' * 9000)|wordwrap(9000)|length }}",
}

local function render(source, units)
  local template <const> = assert(jinja.new { filters = oncall.filters }:compile(source))
  local all <const> = json.expand(json.payload(HUNDRED))
  local context <const> = { l = all.v.l, t = all.v.t }
  local ok <const>, text <const>, e = fuel.with(units, function()
    local out <const>, why <const> = template:render(context)
    return out or false, why
  end)
  if not ok then e = text end
  return ok and text or nil, e
end

describe("hostile templates", function()
  for _, source in ipairs(hostile) do
    it("stop: " .. source, function()
      local before <const> = os.clock()
      local text <const>, e = render(source, fuel.INLINE)
      local seconds <const> = os.clock() - before
      assert.is_nil(text)
      assert.equal("FuelError", e.class, e.class .. ": " .. tostring(e.message))
      assert.is_true(seconds < 0.5, "took " .. seconds .. " s")
    end)
  end
end)

describe("templates that only look hostile", function()
  for _, source in ipairs(cheap) do
    it("end: " .. source, function()
      local before <const> = os.clock()
      local text <const>, e <const> = render(source, fuel.SLOW)
      assert.is_string(text, e and e.class)
      assert.is_true(os.clock() - before < 0.2)
    end)
  end
end)

describe("fuel", function()
  it("is charged for integers that are written out", function()
    for _, literal in ipairs { "0x" .. string.rep("f", 20000), "0b" .. string.rep("1", 40000) } do
      local ok, template, e = fuel.with(fuel.INLINE, function() return jinja.new {}:compile("{{ " .. literal .. " > 1 }}") end)
      assert.is_true(ok)
      assert.is_nil(template)
      assert.equal("FuelError", e.class)
    end
    local template, e = jinja.new {}:compile("{{ " .. string.rep("1", 4301) .. " }}")
    assert.is_nil(template)
    assert.equal("ValueError", e.class)
    assert.is_truthy(jinja.new {}:compile("{{ " .. string.rep("1", 4300) .. " }}"))
  end)

  it("is the same for the same template", function()
    local function used(source)
      local left
      fuel.with(1000000, function()
        assert(jinja.new {}:compile(source)):render { l = json.expand(json.payload "[3,1,2]") }
        left = fuel.left()
      end)
      return left
    end
    local source <const> = "{{ l|sort|join(',') }}{{ l|map('string')|list }}{{ 'x' * 100 }}{{ 2 ** 100 }}"
    local first <const> = used(source)
    assert.is_true(first > 0 and first < 1000000)
    for _ = 1, 3 do assert.equal(first, used(source)) end
  end)
end)
