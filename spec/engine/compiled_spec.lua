--- A thousand integrations that use the same templates share what was compiled of them.
require "tocsin.core"
local environment <const> = require "environment"
local signal <const> = require "signal"
local json <const> = require "tocsin.json"

describe("templates", function()
  local compile <const> = environment.env.compile
  local compiled

  before_each(function()
    compiled = {}
    rawset(environment.env, "compile", function(env, source)
      compiled[#compiled + 1] = source
      return compile(env, source)
    end)
  end)
  after_each(function() rawset(environment.env, "compile", nil) end)

  local DEFAULTS <const> = { grouping_id = "{{ payload.one }}", resolve_condition = "{{ payload.two }}", web_title = "{{ payload.three }}" }

  local function configure(first, last, custom)
    for id = first, last do
      signal.configure(id, 1, json.encode { type = "webhook", routes = { { id = id, is_default = true } },
        templates_default = DEFAULTS, templates_custom = custom })
    end
  end

  it("of a source are compiled once, however many integrations use them", function()
    configure(910001, 910001)
    local times <const>, first <const> = {}, #compiled
    configure(910002, 911000)
    assert.equal(first, #compiled)
    for _, source in ipairs(compiled) do times[source] = (times[source] or 0) + 1 end
    for _, source in pairs(DEFAULTS) do assert.equal(1, times[source]) end
  end)

  it("are compiled once by their text, whoever wrote it", function()
    configure(920001, 920001)
    compiled = {}
    configure(920002, 921000, { web_title = "one of a kind {{ payload.x }}" })
    assert.same({ "one of a kind {{ payload.x }}" }, compiled)
  end)
end)
