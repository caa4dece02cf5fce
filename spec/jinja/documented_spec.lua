--- The 13 templates that OnCall's documentation shows in 17 places, slips included: what each prints or is refused for.
---
--- They are cases of the comparison with Jinja2 too (spec/differential/corpus/documented.lua), which holds their texts.
require "tocsin.core"
local differential <const> = require "differential"
local template <const> = require "template"

local cases <const> = dofile "spec/differential/corpus/documented.lua"
local TEMPLATES <const>, PLACES <const> = 13, 17

describe("the templates of OnCall's documentation", function()
  it("are all here", function()
    local seen <const>, templates, places = {}, 0, 0
    for _, case in ipairs(cases) do
      if not seen[case[1]] then templates = templates + 1 end
      seen[case[1]] = true
      places = places + case.places
      assert.is_truthy(case.prints or case.refused or case.fails, case[1])
    end
    assert.same({ TEMPLATES, PLACES }, { templates, places })
  end)

  for _, case in ipairs(cases) do
    local outcome <const> = case.prints and "prints " .. case.prints or case.refused and "is refused: " .. case.refused or "fails: " .. case.fails
    it(string.format("%q %s", case[1], outcome), function()
      local saves <const>, sentence <const> = template.check(case[1])
      assert.equal(case.refused == nil, saves == true)
      assert.equal(case.refused and string.gsub(case.refused, "^%a+", "Template Error"), sentence)
      local env <const> = differential.environment(case)
      local compiled <const>, e = env:compile(case[1])
      if case.refused then
        assert.is_nil(compiled)
        assert.equal(case.refused, e.class .. ": " .. e.message)
        return
      end
      for _, shape in ipairs { "plain", "payload" } do
        local text
        text, e = differential.render(case, env, shape)
        assert.equal(case.prints or case.fails, text or e.class .. ": " .. e.message)
      end
    end)
  end
end)
