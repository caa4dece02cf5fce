--- Templates rendered by us and by the real Jinja2: the same bytes, or an error of the same class.
require "tocsin.core"
local json <const> = require "tocsin.json"
local jinja <const> = require "jinja"
local cases <const> = require "jinja_cases"
local reference <const> = require "jinja_reference"

-- Where the installed Jinja2 differs from the one we follow, or fails in a way nobody wants: template → what we do.
local KNOWN <const> = {
  -- The filter of a block set may not name a variable that the template uses nowhere else: the reference stops with
  -- an AssertionError in its own compiler.
  ["{% set a | replace('b', n | string) | upper %}abc{% endset %}{{ a }}"] = "A3C",
  -- From 3.1.5 on; an older one has a syntax error.
  ["{% set ns = namespace() %}{% set a, ns.b = 1, 2 %}{{ a }}{{ ns.b }}"] = "12",
  -- From 3.1.5 on a name that every branch sets starts as the context's value, too; before, as missing.
  ["{% if t %}{{ x }}{% set x = 1 %}{% elif f %}{% set x = 2 %}{% else %}{% set x = 3 %}{% endif %}{{ x }}"] = "ctx1",
}

local function options_of(text)
  local options <const> = {}
  for name, value in pairs(json.decode(text)) do options[name] = value end
  if options.extensions then
    local set <const> = {}
    for _, name in ipairs(options.extensions) do set[name] = true end
    options.extensions = set
  end
  return options
end

local function render(case)
  local template, e = jinja.new(options_of(case.options or "{}")):compile(case[1])
  if not template then return nil, e end
  return template:render(reference.context(case[2]))
end

local function difference(case, theirs)
  local text <const>, e <const> = render(case)
  local known <const> = KNOWN[case[1]]
  if known then return text ~= known and "expected " .. known .. ", got " .. tostring(text or e) or nil end
  return reference.difference(case, theirs, text, e)
end

describe("Jinja2 and ours", function()
  local answers <const>, versions <const> = reference.ask(cases)

  it("are compared over a broad corpus", function()
    assert.is_true(#cases >= 400)
    assert.equal(#cases, #answers)
    assert.matches("^3%.1", versions.jinja2)
  end)

  it("agree", function()
    local differences <const> = {}
    for i, case in ipairs(cases) do
      differences[#differences + 1] = difference(case, answers[i])
    end
    assert.equal("", table.concat(differences, "\n"))
  end)
end)
