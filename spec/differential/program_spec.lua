--- What C renders by itself (core/jinja): each of its abilities is met in the corpus, in cases that it renders to the end.
require "tocsin.core"
local differential <const> = require "differential"
local coverage <const> = require "program_coverage"
local mutants <const> = require "differential_mutants"

local EACH_MIN <const> = 3
local IN_LUA_MAX <const> = 0.01 -- of the renderings of our integrations

describe("templates in C", function()
  local cases <const>, answers <const>, others <const> = coverage.in_c((function()
    local all <const> = differential.corpus()
    return all, differential.ask(all)
  end)())

  it("have every ability shown by cases of the corpus", function()
    io.write(string.format("programs: %d cases of the corpus are rendered in C\n", #cases))
    assert.equal("", coverage.rare(coverage.count(cases, answers), EACH_MIN))
  end)

  -- What takes a template out of C (a slice of a key, a list of pairs) makes it slower, not wrong.
  it("are all templates of OnCall's documentation, and nearly all of our integrations", function()
    local in_c, in_lua, documented = 0, 0, {}
    for _, case in ipairs(cases) do in_c = in_c + (case.file == "integrations" and 1 or 0) end
    for _, case in ipairs(others) do
      if case.file == "integrations" then in_lua = in_lua + 1 end
      if case.file == "documented" then documented[#documented + 1] = case[1] .. "\n  " .. case[2] end
    end
    io.write(string.format("programs: %d renderings of integrations in C, %d in Lua\n", in_c, in_lua))
    assert.equal("", table.concat(documented, "\n"))
    assert.is_true(in_c > 100 and in_lua <= IN_LUA_MAX * (in_c + in_lua))
  end)

  -- A case that would show another text if a filter gave something else shows that C's gives the right one.
  it("are among those that notice a broken filter, test or method", function()
    local unnoticed <const>, count <const> = mutants.survivors(cases, answers, coverage.callees())
    io.write(string.format("programs: %d broken filters, tests, globals and methods\n", count))
    assert.equal("", unnoticed)
  end)
end)
