--- Values, filters, tests and methods against the real Jinja2: the corpus is rendered with plain values, with a payload,
--- and once more, so that a template that changes what it is given or leaves something behind shows.
require "tocsin.core"
local json <const> = require "tocsin.json"
local jinja <const> = require "jinja"
local reference <const> = require "jinja_reference"
local cases <const> = dofile "spec/jinja/corpus_runtime.lua"

-- The context with `payload` as it came from the wire; nil when there is none.
local function wired(text)
  local payload <const> = text and string.match(text, '^{"payload":(.*)}$')
  return payload and { payload = (json.payload(payload)) }
end

local function differences(answers, make_context)
  local found <const> = {}
  local env <const> = jinja.new {}
  for i, case in ipairs(cases) do
    local context <const> = make_context(case[2])
    if context then
      local template, e = env:compile(case[1])
      local text
      if template then
        text, e = template:render(context)
        local again, other <const> = template:render(make_context(case[2]))
        if text ~= again or (e and e.message) ~= (other and other.message) then
          found[#found + 1] = case[1] .. "\n  twice: " .. tostring(text or e) .. " / " .. tostring(again or other)
        end
      end
      found[#found + 1] = reference.difference(case, answers[i], text, e)
    end
  end
  return table.concat(found, "\n")
end

describe("the runtime and Jinja2's", function()
  local answers <const> = reference.ask(cases)

  it("are compared over a broad corpus", function()
    assert.is_true(#cases >= 600)
    assert.equal(#cases, #answers)
  end)

  it("agree on plain values", function() assert.equal("", differences(answers, reference.context)) end)
  it("agree on payloads", function() assert.equal("", differences(answers, wired)) end)
end)
