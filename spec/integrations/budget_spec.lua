--- Templates that would not end: inline they leave the loop at once, in the slow lane each costs its own field only.
require "tocsin.core"
local fuel = require "tocsin.fuel"
local json = require "tocsin.json"
local signal = require "signal"

local ENDLESS <const> = "{% for a in payload.l %}{% for b in payload.l %}{% for c in payload.l %}{% for d in payload.l %}x"
  .. "{% endfor %}{% endfor %}{% endfor %}{% endfor %}"
local PAYLOAD <const> = '{"h":"db-1","l":[' .. ("1,"):rep(199) .. "1]}"

local function configure(templates)
  signal.configure(1, 1, json.encode { type = "webhook", name = "n", templates_default = templates, templates_custom = {},
    labels = json.array {}, dynamic_labels = json.array {}, routes = json.array { { id = 9, is_default = true } } })
end

describe("a template that does not end", function()
  for name, text in pairs { loop = ENDLESS, text = "{{ 'a' * 10 ** 9 }}", power = "{{ 10 ** (10 ** 9) }}",
    growing = "{% set ns = namespace(s='aaaaaaaaaa') %}{% for a in payload.l %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}" } do
    it(name .. ": inline it is raised, so that C moves the alert to the slow lane, or it is an error at once", function()
      configure { grouping_id = text, title = "{{ payload.h }}" }
      local from = os.clock()
      local ok, result = fuel.with(200000, signal.render, 1, json.payload(PAYLOAD), 0)
      assert.is_true(os.clock() - from < 0.5)
      if ok then assert.is_nil(result) else assert.equal("FuelError", result.class) end
    end)

    it(name .. ": in the slow lane it is that field's problem and the others render", function()
      configure { grouping_id = text, title = "{{ payload.h }}", resolve_condition = "1" }
      local from = os.clock()
      local ok, grouping_id, is_resolve, _, route, title, _, problems =
        fuel.with(5000000 * 16, signal.render, 1, json.payload(PAYLOAD), 0, 5000000)
      assert.is_true(os.clock() - from < 2)
      assert.same({ true, nil, true, 9, "db-1" }, { ok, grouping_id, is_resolve, route, title })
      assert.matches("^Template [EW]%a+: ", json.decode(problems).grouping_id)
    end)
  end

  it("range: is bounded like every loop", function()
    configure { grouping_id = "{% for i in range(10**9) %}x{% endfor %}", title = "{% for i in range(3) %}{{ i }}{% endfor %}" }
    local ok, grouping_id, _, _, _, title, _, problems = fuel.with(80000000, signal.render, 1, json.payload(PAYLOAD), 0, 5000000)
    assert.same({ true, nil, "012" }, { ok, grouping_id, title })
    assert.matches("^Template Error: ", json.decode(problems).grouping_id)
  end)

  it("that is too much to compile spends the call's budget and is not kept as an error", function()
    local template = require "template"
    local source = ("{{ a.b | upper }}"):rep(2000)
    local ok, err = fuel.with(10000, template.compile, source)
    assert.same({ false, "FuelError" }, { ok, err.class })
    assert.matches("too much work", select(3, fuel.with(10000, template.check, source)))
    assert.is_true(template.check(source))
  end)

  it("as a title shows the error", function()
    configure { title = ENDLESS }
    local ok, _, _, _, _, title = fuel.with(80000000, signal.render, 1, json.payload(PAYLOAD), 0, 5000000)
    assert.is_true(ok)
    assert.equal("Template Error: the template ran past its budget (a loop or a text too long)", title)
  end)

  it("is forgotten with the alert: the next one is whole", function()
    configure { title = "{% if payload.l %}" .. ENDLESS .. "{% else %}fine{% endif %}" }
    fuel.with(200000, signal.render, 1, json.payload(PAYLOAD), 0)
    local ok, _, _, _, _, title = fuel.with(200000, signal.render, 1, json.payload "{}", 0)
    assert.same({ true, "fine" }, { ok, title })
  end)
end)
