--- Templates in C stay within their bounds: what a template makes grow or loop is charged, and then given to Lua, which
--- says what is wrong. What C renders of these, Lua renders too.
require "tocsin.core"
local fuel <const> = require "tocsin.fuel"
local jinja <const> = require "jinja"
local json <const> = require "tocsin.json"
local oncall <const> = require "jinja.oncall"
local program <const> = require "tocsin.program"

-- Payload whose texts and keys are long, and alike for long.
local function wide_object()
  local parts <const> = {}
  for i = 1, 300 do parts[i] = string.format('"%s%04d":1', string.rep("k", 400), i) end
  return "{" .. table.concat(parts, ",") .. "}"
end
local PAYLOAD <const> = table.concat {
  '{"l":[', string.rep("1,", 99), '1],"t":"', string.rep("ab -", 250), '","w":"', string.rep("word ", 12000), '","u":"', string.rep("\u{E9}", 30000),
  '","many":[', string.rep('"x",', 3000), '"y"],"same":"', string.rep("a", 100000), '","nums":[', string.rep("5,3,", 5000), "1],",
  '"wide":', wide_object(), ',"key":"', string.rep("k", 404), '","rows":[', string.rep('{"n":1,"s":"b"},', 2000), '{"n":0,"s":"a"}]}',
}

-- A million times.
local function each(body)
  return "{% for x in l %}{% for y in l %}{% for z in l %}" .. body .. "{% endfor %}{% endfor %}{% endfor %}"
end

local hostile <const> = {
  "{% for x in same %}{% for y in same %}{% endfor %}{% endfor %}",
  "{% for a in l %}{% for b in l %}{% for c in l %}{% for d in l %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
  "{% set ns = namespace(s=t) %}{% for x in l %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
  "{% set ns = namespace(s=t) %}{% for x in l %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s|length }}",
  "{% set ns = namespace(s=l) %}{% for x in l %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s|length }}",
  "{% set ns = namespace(s=l) %}{% for x in l %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
  "{% set ns = namespace(s=[1], o=[1]) %}{% for x in l %}{% set ns.s = [ns.s, ns.s] %}{% set ns.o = [ns.o, ns.o] %}{% endfor %}{{ ns.s == ns.o }}",
  "{% set ns = namespace(s=1, o=1) %}{% for x in nums %}{% set ns.s = [ns.s] %}{% set ns.o = [ns.o] %}{% endfor %}{{ ns.s == ns.o }}{{ ns.s < ns.o }}",
  "{% set ns = namespace(s=1, o=1) %}{% for x in nums %}{% set ns.s = {'a': ns.s} %}{% set ns.o = {'a': ns.o} %}{% endfor %}{{ ns.s == ns.o }}",
  "{% set ns = namespace(s=1) %}{% for x in nums %}{% set ns.s = (ns.s, 1) %}{% endfor %}{{ ns.s }}{{ [ns.s]|sort }}",
  "{% set ns = namespace(s='') %}{% for x in nums %}{% set ns.s %}{{ ns.s }}{{ t }}{% endset %}{% endfor %}",
  "{% set c = [] %}{% for x in l %}{% for y in c %}{{ c.append(y) }}{% endfor %}{{ c.append(1) }}{% endfor %}",
  "{% set c = [1] %}{% for x in c %}{% set _ = c.append(x) %}{% endfor %}",
  "{% set c = {} %}{% for x in nums %}{% set _ = c.update({x ~ loop.index: t}) %}{% endfor %}{{ c|length }}"
    .. "{% for a in l %}{% for b in l %}{{ c|string|length }}{% endfor %}{% endfor %}",
  "{% macro m(a) %}{{ m(a) }}{% endmacro %}{{ m(1) }}",
  "{% macro m(a) %}{{ m(a ~ a) }}{{ m(a ~ a) }}{% endmacro %}{{ m('x') }}",
  "{% macro n(a) %}{% if a %}{{ n(a - 1) }}{{ n(a - 1) }}{% endif %}{% endmacro %}{{ n(38) }}",
  "{% macro n(a) %}{% for x in l %}{{ n(a) if a }}{{ n(a - 1) if a }}{% endfor %}{% endmacro %}{{ n(30) }}",
  "{{ (w * 3)|replace('', w) }}", "{{ w|replace('o', w) }}", "{{ w.replace('', t) }}", "{{ w.split(' ')|join(t) }}", "{{ t.join(many) }}",
  "{{ w|indent(60)|replace(' ', t) }}", "{{ (w|replace(' ', '\n'))|indent(t, true, true) }}",
  "{% filter replace('a', t) %}{% filter replace('b', t) %}{{ t }}{% endfilter %}{% endfilter %}",
  "{{ many|join(t)|replace('b', t) }}", "{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ wide }}{{ 'x' * 2000000 }}",
  each "{{ x }}", each "{% if same == w %}{% endif %}", each "{% if same == same ~ '' %}a{% endif %}", each "{{ 'zz' in same }}",
  each "{{ same|upper|length }}", each "{{ u|length }}", each "{{ u[-1] }}", each "{{ u[5:9] }}", each "{{ wide[key] is defined }}",
  each "{{ wide.get(key) }}", each "{{ key in wide }}", each "{{ key in wide.keys() }}", each "{{ 9 in nums }}", each "{{ nums == nums }}",
  each "{{ nums|sort|first }}", each "{{ nums|unique|first }}", each "{{ nums|sum }}", each "{{ nums|max }}", each "{{ nums|reverse|first }}",
  each "{{ nums|map('string')|first }}", each "{{ nums|select('odd')|first }}", each "{{ rows|groupby('s')|length }}", each "{{ rows|map(attribute='s')|first }}",
  each "{{ rows|sort(attribute='n')|first|length }}", each "{{ rows|selectattr('n', 'eq', 0)|first|length }}", each "{{ rows|sum(attribute='n') }}",
  each "{{ nums|list|length }}", each "{{ nums[1:]|length }}", each "{{ nums.copy()|length }}", each "{{ (nums + nums)|length }}",
  each "{{ wide.copy()|length }}", each "{{ wide|dictsort|length }}", each "{{ wide|items|first|length }}", each "{{ wide.items()|list|length }}",
  each "{{ w|wordcount }}", each "{{ w|wordwrap(9)|length }}", each "{{ w|truncate(9) }}", each "{{ w|trim|length }}", each "{{ w.strip('xyz')|length }}",
  each "{{ w|title|length }}", each "{{ w|urlencode|length }}", each "{{ w|escape|length }}", each "{{ w.split()|length }}", each "{{ w.rsplit(' ')|length }}",
  each "{{ w.splitlines()|length }}", each "{{ w.find('zz') }}", each "{{ w.startswith('x') }}{{ w|regex_search('zz$') }}", each "{{ w|regex_replace('o', '')|length }}",
  each "{{ w|reverse|length }}", each "{{ [w]|string|length }}", each "{{ '%s'|format(w)|length }}", each "{% set a = w ~ 'x' %}", each "{% set a %}{{ w }}{% endset %}",
  each("{{ " .. string.rep("not ", 150) .. "x }}"), each("{{ " .. string.rep("x and ", 150) .. "x }}"), each("{{ '' ~ " .. string.rep("'' ~ ", 3000) .. "'' }}"),
  each("{% if x > 2 %}" .. string.rep("{% elif x > 3 %}", 2000) .. "{% endif %}"), each(string.rep("{% if x > 2 %}{% endif %}", 1500)),
  each("{{ [" .. string.rep("x,", 3000) .. "1]|length }}"), each("{{ 0 " .. string.rep("< x ", 2000) .. " }}"),
}

local function template_of(source) return jinja.new({ filters = oncall.filters, is_oncall = true }):compile(source) end

-- Every name of the payload is a variable.
local function context_of()
  local context <const>, payload <const> = {}, json.payload(PAYLOAD)
  for name in string.gmatch("l t w u many same nums wide key rows", "%a+") do context[name] = json.item(payload, name) end
  return context
end

-- What C alone makes of it: the text or nothing, units, seconds.
local function run(template, units)
  local context <const> = context_of()
  local since <const> = os.clock()
  local text, left
  fuel.with(units, function()
    text = program.run(template.program, context)
    left = fuel.left()
  end)
  return text, units - left, os.clock() - since
end

describe("programs", function()
  for _, source in ipairs(hostile) do
    local shown <const> = #source > 150 and string.sub(source, 1, 150) .. "…" or source
    it("are bounded: " .. shown, function()
      local template <const> = assert(template_of(source))
      if not template.program then return end
      -- Sanitizers and a busy machine make a unit longer than its 10 ns.
      local slower <const> = os.getenv "SPEC_SAN" ~= "" and 60 or 12
      for _, units in ipairs { fuel.INLINE, fuel.SLOW } do
        local text <const>, used <const>, seconds <const> = run(template, units)
        assert.is_true(seconds < math.min(used, units) * 1e-8 * slower + 0.004, string.format("%.1f ms for %d units", seconds * 1e3, used))
        if text then
          template:finish()
          template.program = nil
          local _, again <const> = fuel.with(fuel.SLOW * 100, function() return (template:render(context_of())) end)
          assert.equal(text, again)
          return
        end
      end
    end)
  end

  -- Macros in statements in statements, around expressions in expressions; and lists in lists that are compared and printed.
  it("fit into a small stack", function()
    local deep <const> = string.rep("{% if n %}{% for q in 'x' %}", 20) .. "{{ " .. string.rep("[", 60) .. "m(n - 1)|upper|string|lower" .. string.rep("]", 60)
      .. "|string|length }}" .. string.rep("{% endfor %}{% endif %}", 20)
    local sources <const> = {
      "{% macro m(n) %}" .. deep .. "{% endmacro %}{{ m(39) }}",
      "{% macro m(n) %}{{ n }}{% if n %}" .. string.rep("{% filter upper %}", 90) .. "{{ m(n - 1) }}"
        .. string.rep("{% endfilter %}", 90) .. "{% endif %}{% endmacro %}{{ m(39) }}",
      "{% set ns = namespace(s=1, o=1) %}{% for x in '" .. string.rep("x", 3000) .. "' %}{% set ns.s = [ns.s] %}{% set ns.o = [ns.o] %}{% endfor %}{{ ns.s == ns.o }}",
      "{{ " .. string.rep("(", 180) .. "1" .. string.rep(" + 1)", 180) .. " }}",
    }
    local script <const> = {}
    for i, source in ipairs(sources) do
      script[i] = string.format("local t = assert(jinja.new({}):compile(%q)) assert(t.program) program.run(t.program, {})", source)
    end
    local name <const> = os.tmpname()
    local file <const> = assert(io.open(name, "w"))
    file:write('require "tocsin.core" local jinja, program = require "jinja", require "tocsin.program" ', table.concat(script, " "), ' print "done"')
    file:close()
    local pipe <const> = assert(io.popen((os.getenv "SPEC_SAN" == "" and "ulimit -s 512; " or "LD_PRELOAD=$SPEC_PRELOAD ") .. "lua5.4 " .. name .. " 2>&1"))
    local said <const> = pipe:read "a"
    pipe:close()
    os.remove(name)
    assert.equal("done\n", said)
  end)

  it("are made of most of these", function()
    local count = 0
    for _, source in ipairs(hostile) do count = count + (template_of(source).program and 1 or 0) end
    assert.is_true(count > #hostile * 0.9, count .. " of " .. #hostile)
  end)
end)
