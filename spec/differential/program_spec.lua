--- What C renders by itself (core/jinja): each of its abilities is met in the corpus, in cases that it renders to the end.
require "tocsin.core"
local differential <const> = require "differential"
local coverage <const> = require "program_coverage"
local mutants <const> = require "differential_mutants"

local EACH_MIN <const> = 3

describe("templates in C", function()
  local cases <const>, answers <const>, others <const> = coverage.in_c((function()
    local all <const> = differential.corpus()
    return all, differential.ask(all)
  end)())

  it("have every ability shown by cases of the corpus", function()
    io.write(string.format("programs: %d cases of the corpus are rendered in C\n", #cases))
    assert.equal("", coverage.rare(coverage.count(cases, answers), EACH_MIN))
  end)

  it("are all templates of our integrations and of OnCall's documentation", function()
    local found <const> = {}
    for _, case in ipairs(others) do
      if case.file == "integrations" or case.file == "documented" then found[#found + 1] = case[1] .. "\n  " .. case[2] end
    end
    assert.equal("", table.concat(found, "\n"))
  end)

  -- A case that would show another text if a filter gave something else shows that C's gives the right one.
  it("are among those that notice a broken filter, test or method", function()
    local unnoticed <const>, count <const> = mutants.survivors(cases, answers, coverage.callees())
    io.write(string.format("programs: %d broken filters, tests, globals and methods\n", count))
    assert.equal("", unnoticed)
  end)
end)
