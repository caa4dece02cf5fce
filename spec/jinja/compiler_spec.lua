--- The compiled template: what it costs, where it stops, what it may touch, and how deep a template can be.
require "tocsin.core"
local fuel <const> = require "tocsin.fuel"
local json <const> = require "tocsin.json"
local jinja <const> = require "jinja"
local errors <const> = require "jinja.errors"
local value <const> = require "jinja.value"
local env <const> = jinja.new { only_lua = true }
local rep <const> = string.rep

local function context()
  return { x = 1, y = false, l = value.list { n = 1, 7 }, payload = json.payload '{"a": {"b": [1, 2]}, "s": "t"}' }
end

local function render(source, of)
  local template <const> = assert((of or env):compile(source))
  return template:render(context())
end

local function nested(open, close, count, inside) return rep(open, count) .. inside .. rep(close, count) end

local function numbered(count, text)
  local parts <const> = {}
  for i = 1, count do parts[i] = string.gsub(text, "#", tostring(i)) end
  return table.concat(parts)
end

-- What the reference can do at least: {template, output (a start of it)}.
local DEEP <const> = {
  { nested("{% for i in l %}", "{% endfor %}", 20, "{{ i }}"), "7" },
  { nested("{% for i in l %}{% if loop.last %}", "{% endif %}{% endfor %}", 20, "{{ loop.length }}"), "1" },
  { nested("{% for i in l %}{{ loop.changed(i) }}", "{% endfor %}", 20, ""), rep("True", 20) },
  { nested("{% for i in l recursive %}", "{% endfor %}", 20, "{{ i }}"), "7" },
  { nested("{% if x %}", "{% endif %}", 98, "a"), "a" },
  { nested("{% if [y or x] %}", "{% endif %}", 98, "a"), "a" },
  { numbered(98, "{% macro m#() %}") .. "a" .. rep("{% endmacro %}", 98), "" },
  { nested("{% with %}", "{% endwith %}", 244, "a"), "a" },
  { numbered(244, "{% with a# = #, x = x ~ 1 %}") .. "{{ a1 + a244 }}{{ x | length }}" .. rep("{% endwith %}", 244), "245245" },
  { "{{ " .. nested("(", ")", 100, "x") .. " }}", "1" },
  { "{{ " .. nested("[", "]", 100, "x") .. " }}", rep("[", 100) .. "1" },
  { "{{ " .. nested("[" .. rep("1,", 30), "]", 30, "x") .. " }}", "[1, 1" },
  { "{{ " .. nested("dict(a=", ")", 100, "x") .. " }}", "{'a': {'a'" },
  { "{{ x" .. rep(" + 1", 2000) .. " }}", "2001" },
  { "{{ 1" .. rep(" ** 1", 197) .. " }}", "1" },
  { "{{ 1" .. rep(" == 1", 197) .. " }}", "True" },
  { "{{ 1" .. rep(" and x", 197) .. " }}", "1" },
  { "{{ 0" .. rep(" or y", 197) .. " }}", "False" },
  { "{% if 0" .. rep(" or payload.get('q') and (x or y)", 197) .. " %}a{% else %}b{% endif %}", "b" },
  { "{{ " .. rep("not ", 197) .. "x }}", "False" },
  { "{{ " .. rep("-", 197) .. "x }}", "-1" },
  { "{{ x" .. rep(" | abs", 197) .. " }}", "1" },
  { "{{ " .. rep("1 if y else ", 197) .. "2 }}", "2" },
  { "{{ " .. rep("x if (y or payload.get('q')) else ", 197) .. "2 }}", "2" },
  { "{{ 3" .. rep(" if x", 197) .. " }}", "3" },
  { "{{ 1" .. rep(" ~ 1", 20000) .. " }}", rep("1", 20001) },
  { "{% if y %}a" .. rep("{% elif y %}b", 2900) .. "{% else %}c{% endif %}", "c" },
  { "{{ [" .. rep("1, ", 5000) .. "] | length }}", "5000" },
  { "{{ [" .. rep("y or 1, ", 2000) .. "] | sum }}", "2000" },
  { "{{ {" .. numbered(2000, "#: x, ") .. "} | length }}", "2000" },
  { numbered(1000, "{% set v# = # %}") .. numbered(1000, "{{ v# }}"), "123456789101112" },
  { numbered(1000, "{{ u# }}") .. "a", "a" },
  { numbered(300, "{% macro m#(a, b=x) %}{{ a }}{{ b }}{% endmacro %}") .. numbered(300, "{{ m#(2) }}"), rep("21", 300) },
  { nested("{% set q %}a", "{% endset %}{{ q }}", 50, ""), rep("a", 50) },
  { nested("{% filter upper %}a", "{% endfilter %}", 50, ""), rep("A", 50) },
  { "{% macro f(n) %}{{ f(n - 1) if n else 'end' }}{% endmacro %}{{ f(180) }}", "end" },
  { rep("x", 50000), rep("x", 50000) },
}

-- Deeper than anything real: an error that says so.
local TOO_DEEP <const> = {
  "{{ " .. nested("(", ")", 5000, "x") .. " }}", "{{ " .. nested("f(", ")", 5000, "x") .. " }}",
  "{{ " .. rep("-", 20000) .. "x }}", "{{ " .. rep("not ", 10000) .. "x }}", "{{ x" .. rep("+1", 20000) .. " }}",
  "{{ x" .. rep(".a", 20000) .. " }}", "{{ " .. rep("1 if y else ", 4000) .. "1 }}",
  nested("{% if x %}", "{% endif %}", 3000, ""), nested("{% for i in l %}", "{% endfor %}", 300, ""),
  nested("{% macro m() %}", "{% endmacro %}", 300, ""), nested("{% with %}", "{% endwith %}", 1000, ""),
  "{% set " .. nested("(", ",)", 1000, "a") .. " = 1 %}",
}

describe("a template that C renders", function()
  local own <const> = jinja.new()

  it("gets its Lua function when C gives up", function()
    local template <const> = assert(own:compile("{{ payload.a.b[0] + x }}{{ x.y.z }}"))
    assert.is_nil(template.run)
    local text <const>, e <const> = template:render(context())
    assert.same({ nil, "UndefinedError" }, { text, e.class })
    assert.is_function(template.run)
    assert.is_true(template:reads "payload" and template:reads "x" and not template:reads "a")
  end)

  it("is refused when it is compiled all the same", function()
    for _, source in ipairs(TOO_DEEP) do
      local template <const>, e <const> = own:compile(source)
      assert.is_nil(template)
      assert.equal("TemplateSyntaxError", e.class)
    end
  end)

  it("can always be made a Lua function, however deep", function()
    local chain <const> = {}
    for i = 1, 160 do chain[i] = "{% elif x < 1 < x %}" end
    local sources <const> = { "{% if y %}" .. table.concat(chain) .. "{% endif %}" }
    for depth = 1, 200 do
      sources[#sources + 1] = "{{ " .. rep("x.a or (", depth) .. "x" .. rep(")", depth) .. " }}"
      sources[#sources + 1] = "{{ " .. rep("1 if x < 1 < x else ", depth) .. "2 }}"
      sources[#sources + 1] = nested("{% if x < 1 < x %}", "{% endif %}", depth, "")
    end
    for _, source in ipairs(sources) do
      local template <const> = own:compile(source)
      if template then template:finish() end
    end
  end)
end)

describe("a compiled template", function()
  it("takes time in proportion to its length, on one line and with texts side by side too", function()
    local function seconds(piece, count)
      local source, least = rep(piece, count), math.huge
      for _ = 1, 3 do
        local from = os.clock()
        assert(env:compile(source))
        least = math.min(least, os.clock() - from)
      end
      return least
    end
    for _, piece in ipairs { "{{ '" .. rep("a", 50) .. "' }}", "{% raw %}{{ x }}{% endraw %}\n", "{{ x }} is " } do
      local short, long = seconds(piece, 4000), seconds(piece, 40000)
      assert.is_true(long < 30 * short, ("%s: %.3f s, ten times as long %.3f s"):format(piece, short, long))
    end
  end)

  it("can be as deep, long and wide as the reference's, and more", function()
    for _, case in ipairs(DEEP) do
      local text, e = render(case[1])
      assert(text, string.sub(case[1], 1, 60) .. ": " .. tostring(e))
      assert.equal(case[2], string.sub(text, 1, #case[2]), string.sub(case[1], 1, 60))
    end
  end)

  it("is refused when it is too deep", function()
    for _, source in ipairs(TOO_DEEP) do
      local template, e = env:compile(source)
      assert.is_nil(template)
      assert.equal("TemplateSyntaxError", e.class)
      assert.matches("too deeply$", (string.gsub(e.message, "too long$", "too deeply")))
    end
  end)

  it("stops endless recursion", function()
    for _, source in ipairs { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% for i in l recursive %}{{ loop(l) }}{% endfor %}", "{% block a %}{{ self.a() }}{% endblock %}" } do
      local template <const> = assert(env:compile(source))
      for _ = 1, 2 do
        local text, e = template:render(context())
        assert.is_nil(text)
        assert.same({ "RecursionError", "maximum recursion depth exceeded" }, { e.class, e.message })
      end
    end
  end)

  it("names no identifier of the template in its Lua", function()
    local source <const> = assert(env:compile("{% set os = end_ %}{% macro goto_(until_) %}{{ until_.repeat_ }}{% endmacro %}"
      .. "{% for nil_ in os %}{{ nil_ | default('\\x00]]\"\\n') }}{% endfor %}{{ é }}")).source
    for line in string.gmatch(source, "[^\n]+") do
      local code <const> = string.gsub(line, '"[^"]*"', '""')
      for name in string.gmatch(code, "[%a_][%w_]*") do
        assert.is_nil(string.match(name, "_$") or (name == "os" and name) or nil, line)
      end
    end
    assert.is_nil(string.find(source, "[^ -~\n]"))
  end)

  it("runs in an empty environment", function()
    local template <const> = assert(env:compile("{{ print }}{{ os }}{{ string }}{{ _G }}{{ R }}{{ K }}{{ out }}{{ n }}|"))
    assert.equal("|", template:render {})
  end)

  it("says at which line of the template it failed", function()
    local cases <const> = {
      ["a\n{{ x.y.z }}"] = 2, ["{{ x }}\n{{ x }}{{\n q.r\n}}"] = 3,
      ["{% for i in l %}\n{% if i %}\n{{ i + 'a' }}\n{% endif %}{% endfor %}"] = 3,
      ["{% macro m(a) %}\n{{ a.b.c }}{% endmacro %}\n\n{{ m(1) }}"] = 2, ["{% set a = 1 %}\n{% set b = a + [] %}{{ b }}"] = 2,
      ["\n{% if x %}{% elif y %}{% endif %}\n{% for i in 5 %}{% endfor %}"] = 3,
      ["{% block a %}\n\n{{ 1 // 0 }}{% endblock %}"] = 3, ["{{ x\n }}{% set c %}\n{{ q.r }}{% endset %}"] = 3,
    }
    for source, line in pairs(cases) do
      local text, e = render(source)
      assert.is_nil(text)
      assert.equal(line, e.line, source .. ": " .. tostring(e))
    end
  end)

  it("tells what people see of an error", function()
    local _, e = render("{{ q.r }}")
    assert.equal("Template Warning: 'q' is undefined", errors.text(e))
    _, e = render("{{ 1 // 0 }}")
    assert.equal("Template Error: integer division or modulo by zero", errors.text(e))
    _, e = env:compile("{{ 1 1 }}")
    assert.equal("Template Error: expected token 'end of print statement', got 'integer'", errors.text(e))
  end)

  it("leaves the payload as it came", function()
    local payload <const> = json.payload '{"a": {"b": 1, "c": 2}, "l": [1]}'
    local taking <const> = assert(env:compile("{{ payload.a.pop('b') }}{% set _ = payload.update({'a': 3}) %}{{ payload.a }}"))
    local reading <const> = assert(env:compile("{{ payload }}"))
    for _ = 1, 2 do
      assert.equal("13", taking:render { payload = payload })
      assert.equal("{'a': {'b': 1, 'c': 2}, 'l': [1]}", reading:render { payload = payload })
    end
  end)

  it("keeps nothing between renderings", function()
    local template <const> = assert(env:compile("{% set a = ['x'] %}{% set _ = a.append(1) %}{{ a }}{{ 'x' in ['x', 'y'] }}"
      .. "{% macro m(l=[]) %}{% set _ = l.append(1) %}{{ l }}{% endmacro %}{{ m() }}{{ m() }}{{ {'k': 'v'}['k'] }}"))
    for _ = 1, 3 do assert.equal("['x', 1]True[1][1]v", template:render {}) end
  end)

  it("takes filters, tests and globals of its environment", function()
    local own <const> = jinja.new {
      filters = { ["twice.over"] = function(v, n, times) return rep(v, n == 1 and times or 2) end },
      tests = { seven = function(v) return v == 7 end },
      globals = { seven = 7 },
    }
    assert.equal("aaaaaTrueFalse7", render("{{ 'a' | twice.over }}{{ 'a' | twice.over(3) }}{{ seven is seven }}"
      .. "{{ x is seven }}{{ seven }}", own))
    assert.is_nil(env:compile("{{ 'a' | twice.over }}"))
  end)

  it("evaluates from left to right, and no more than it needs", function()
    local log = {}
    local own <const> = jinja.new { filters = { log = function(v)
      log[#log + 1] = v
      return v
    end } }
    local cases <const> = {
      ["{{ [1|log, (0|log or 2|log), 3|log, (4|log if 5|log else 6|log)] }}"] = "1 0 2 3 5 4",
      ["{{ 1|log ~ (2|log and 3|log) ~ 4|log }}"] = "1 2 3 4",
      ["{{ 1|log < 2|log < 0|log < 9|log }}"] = "1 2 0",
      ["{{ {1|log: (0|log or 2|log), 3|log: 4|log} }}"] = "1 0 2 3 4",
      ["{{ dict(a=1|log, b=(0|log or 2|log), c=3|log) }}"] = "1 0 2 3",
      ["{{ 1|log }}{{ 0|log or 2|log }}{% set q = 3|log %}{{ 4|log }}"] = "1 0 2 3 4",
      ["{% if 1|log and (0|log or 2|log) and 3|log %}{% elif 9|log %}{% endif %}"] = "1 0 2 3",
      ["{% if 0|log %}{% elif [0|log or 2|log] and 3|log %}{{ 4|log }}{% endif %}"] = "0 0 2 3 4",
      ["{% with a = 1|log, b = 0|log or 2|log, c = 3|log %}{% endwith %}"] = "1 0 2 3",
      ["{{ 1|log if 0|log else 2|log if 3|log else 4|log }}"] = "0 3 2",
    }
    for source, order in pairs(cases) do
      log = {}
      assert(render(source, own))
      assert.equal(order, table.concat(log, " "), source)
    end
  end)
end)

describe("fuel", function()
  -- Renders with a budget; gives the error's class, or nil, and what was spent.
  local function metered(budget, source)
    local template <const> = assert(env:compile(source))
    local class, spent
    local ok, why = fuel.with(budget, function()
      local text, e = template:render(context())
      class, spent = not text and e.class or nil, budget - fuel.left()
    end)
    assert(ok, tostring(why))
    return class, spent
  end

  it("ends what would not end", function()
    for _, source in ipairs {
      "{% for i in range(100000) %}{% endfor %}", "{% for i in range(100000) if i < 0 %}{% endfor %}",
      "{% for i in range(100000) %}{% for j in range(100000) %}{{ j }}{% endfor %}{% endfor %}",
      "{% macro m(n) %}{% for i in range(100) %}{{ m(n + 1) if n < 20 }}{% endfor %}{% endmacro %}{{ m(0) }}",
      "{% for i in range(100000) recursive %}{% endfor %}", "{{ range(100000) | map('string') | list }}",
      "{% for i in range(100000) %}{{ loop.last }}{% endfor %}",
    } do
      local class <const> = metered(100000, source)
      assert.equal("FuelError", class, source)
    end
  end)

  it("stops at the same place every time", function()
    local source <const> = "{% for i in range(50) %}{{ i }}{% if i is odd %}{{ loop.index }}{% endif %}{% endfor %}"
    local _, first = metered(1000000, source)
    local _, second = metered(1000000, source)
    assert.equal(first, second)
    assert.is_nil((metered(first + 1, source)))
    assert.equal("FuelError", (metered(first - 1, source)))
  end)

  it("is spent by compilation, by what there is to compile", function()
    local function cost(source)
      local spent
      assert(fuel.with(50000000, function()
        assert(env:compile(source))
        spent = 50000000 - fuel.left()
      end))
      return spent
    end
    local one <const> = cost(rep("{{ x }}", 100))
    assert.is_true(one > 10000)
    assert.is_true(cost(rep("{{ x }}", 1000)) > 9 * one)
    local ok = fuel.with(1000, function()
      local template, e = env:compile(rep("{{ x }}", 1000))
      assert.is_nil(template)
      assert.equal("FuelError", e.class)
    end)
    assert.is_true(ok)
  end)
end)
