--- How often templates are compiled: once for each text in a Lua state, and not before they are needed.
require "tocsin.core"
local environment = require "environment"
local integration = require "integration"
local json = require "tocsin.json"
local render = require "render"
local signal = require "signal"
local template = require "template"

local INTEGRATIONS <const> = 1000

describe("templates", function()
  local compiled -- text → how often, of those with a comment: checking a type's file compiles others
  before_each(function()
    compiled = {}
    local compile <const> = getmetatable(environment.env).compile
    environment.env.compile = function(env, source)
      if source:find("{#", 1, true) then compiled[source] = (compiled[source] or 0) + 1 end
      return compile(env, source)
    end
  end)
  after_each(function() environment.env.compile = nil end)

  local function total()
    local texts, times = 0, 0
    for _, n in pairs(compiled) do texts, times = texts + 1, times + n end
    return texts, times
  end

  -- The configuration of a new integration on its type's own templates; `mark` makes their texts ones of this test alone.
  local function config(type_name, mark)
    local defaults = {}
    for name, text in pairs(integration.templates(assert(integration.load(type_name)))) do defaults[name] = text .. mark end
    return json.encode { type = type_name, name = "n", templates_default = defaults, templates_custom = {},
      labels = json.array {}, dynamic_labels = json.array { { key = "severity", template = "{{ payload.severity }}" .. mark } },
      multi_label_template = "{}" .. mark,
      routes = json.array { { id = 9, type = "jinja2", term = "{{ payload.x }}" .. mark }, { id = 10, is_default = true } } }
  end

  it("of a thousand integrations on default templates are compiled once for each text", function()
    local text = config("alertmanager", "{# shared #}")
    signal.configure(5001, 1, text)
    local texts, times = total()
    assert.same({ 6, 6 }, { texts, times })
    collectgarbage()
    local before = collectgarbage "count"
    for i = 2, INTEGRATIONS do signal.configure(5000 + i, 1, text) end
    collectgarbage()
    local each = (collectgarbage "count" - before) * 1024 / (INTEGRATIONS - 1)
    assert.same({ texts, times }, { total() })
    assert.is_true(each < 2500, each .. " bytes for each further integration")
    for i = 1, INTEGRATIONS do
      local title = select(5, signal.render(5000 + i, json.payload '{"labels":{"alertname":"Down"}}', 0))
      assert.equal("Down", title)
    end
    assert.same({ texts, times }, { total() })
    for i = 1, INTEGRATIONS do signal.forget(5000 + i) end
  end)

  it("differ where their texts differ", function()
    for i = 1, 3 do signal.configure(7000 + i, 1, config("webhook", "{# own " .. i .. " #}")) end
    local texts, times = total()
    assert.equal(texts, times)
    assert.equal(0, texts % 3)
  end)

  it("of a channel are compiled when an alert is first rendered for it, and are those that the loop compiled", function()
    local defaults = { title = "{{ payload.a }}{# lazy #}", web_message = "{{ payload.b }}{# lazy #}", slack_message = "{{ payload.c }}{# lazy #}" }
    signal.configure(8000, 1, json.encode { type = "webhook", name = "n", templates_default = defaults, templates_custom = {},
      labels = json.array {}, dynamic_labels = json.array {}, routes = json.array { { id = 9, is_default = true } } })
    assert.same({ ["{{ payload.a }}{# lazy #}"] = 1 }, compiled)
    for _ = 1, 3 do
      assert.equal("x", render.neutral { integration = { name = "n" }, defaults = defaults, payload_text = '{"a":"x"}' }.title)
    end
    assert.same({ ["{{ payload.a }}{# lazy #}"] = 1, ["{{ payload.b }}{# lazy #}"] = 1 }, compiled)
  end)

  it("that nobody keeps are let go when too many others came, and compiled again", function()
    local kept = template.get "kept{# bound #}"
    template.fetch "kept{# bound #}"
    for _ = 1, 2 do
      for i = 1, 600 do template.fetch("{{ payload.x" .. i .. " }}{# bound #}") end
      collectgarbage()
    end
    assert.equal(kept, template.get "kept{# bound #}")
    assert.equal(1, compiled["kept{# bound #}"])
    assert.equal(2, compiled["{{ payload.x1 }}{# bound #}"])
  end)

  it("are not compiled for a check when they are already", function()
    local kept = template.get "{{ payload.saved }}{# check #}"
    assert.is_true(template.check(kept.source))
    assert.same({ [kept.source] = 1 }, compiled)
  end)
end)
