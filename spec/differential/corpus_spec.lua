--- The corpus, rendered by the real Jinja2 and by ours: the same bytes, or an error of the same class.
require "tocsin.core"
local differential <const> = require "differential"
local coverage <const> = require "differential_coverage"
local mutants <const> = require "differential_mutants"
local universe <const> = require "differential_universe"

local CASES_MIN <const>, EACH_MIN <const> = 1500, 3

local function first_of(found)
  return table.concat(found, "\n", 1, math.min(#found, 40)) .. (#found > 40 and "\n… " .. #found .. " in all" or "")
end

describe("Jinja2 and ours", function()
  local cases <const> = differential.corpus()
  local answers <const>, about <const> = differential.ask(cases)
  local everything <const> = universe.all(about.universe)

  local function differences(shape, with_programs)
    local found <const> = {}
    for i, case in ipairs(cases) do
      local env <const> = differential.environment(case, with_programs)
      local text <const>, e <const> = differential.render(case, env, shape)
      found[#found + 1] = differential.difference(case, answers[i], text, e)
      local again <const>, other <const> = differential.render(case, env, shape)
      if text ~= again or (e and e.message) ~= (other and other.message) then
        found[#found + 1] = case[1] .. "\n  twice: " .. tostring(text or e) .. " / " .. tostring(again or other)
      end
    end
    return first_of(found)
  end

  it("are compared over a broad corpus", function()
    assert.is_true(#cases >= CASES_MIN)
    assert.matches("^3%.1", about.versions.jinja2)
    local seen <const>, repeated <const> = {}, {}
    for _, case in ipairs(cases) do
      local key <const> = table.concat({ case[1], case[2] or "", case.options or "" }, "\0")
      if seen[key] and not case.templates then repeated[#repeated + 1] = case.file .. ": " .. case[1] end
      seen[key] = true
    end
    assert.equal("", table.concat(repeated, "\n"))
  end)

  it("agree on plain values", function() assert.equal("", differences "plain") end)
  it("agree on payloads", function() assert.equal("", differences "payload") end)
  it("agree where templates are rendered in C", function() assert.equal("", differences("payload", true)) end)
  it("agree where C reads values of Lua's", function() assert.equal("", differences("plain", true)) end)

  it("meet in every tag, filter, test, global, method and kind of error", function()
    local counts <const> = coverage.count(answers, everything)
    coverage.print(counts, #cases, about.versions)
    assert.equal("", coverage.rare(counts, EACH_MIN))
  end)

  it("would miss what is added without cases", function()
    local registry <const>, value <const> = require "jinja.registry", require "jinja.value"
    registry.filters.newcomer, registry.tests.newcomer, value.LIST.methods.newcomer = print, print, print
    local now <const> = universe.all(about.universe)
    local rare <const> = coverage.rare(coverage.count(answers, now), EACH_MIN)
    local unnoticed <const> = mutants.survivors(cases, answers, { "filter newcomer" })
    registry.filters.newcomer, registry.tests.newcomer, value.LIST.methods.newcomer = nil, nil, nil
    assert.equal("filter newcomer: 0\ntest newcomer: 0\nmethod list.newcomer: 0", rare)
    assert.matches("filter newcomer: gives None", unnoticed, 1, true)
  end)

  it("differ as soon as one filter, test or method is broken", function()
    local unnoticed <const>, count <const> = mutants.survivors(cases, answers, everything)
    io.write(string.format("mutants: %d broken filters, tests, globals, methods and attributes\n", count))
    assert.equal("", unnoticed)
  end)
end)
