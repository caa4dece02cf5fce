--- Templates rendered by us and by the real Jinja2: the same bytes, or an error of the same class.
require "tocsin.core"
local json <const> = require "tocsin.json"
local jinja <const> = require "jinja"
local cases <const> = require "jinja_cases"

-- Where the installed Jinja2 differs from the one we follow, or fails in a way nobody wants: template → what we do.
local KNOWN <const> = {
  -- The filter of a block set may not name a variable that the template uses nowhere else: the reference stops with
  -- an AssertionError in its own compiler.
  ["{% set a | replace('b', n | string) | upper %}abc{% endset %}{{ a }}"] = "A3C",
  -- From 3.1.5 on; an older one has a syntax error.
  ["{% set ns = namespace() %}{% set a, ns.b = 1, 2 %}{{ a }}{{ ns.b }}"] = "12",
}

local function escape(char) return string.format("\\u%04x", string.byte(char)) end
local function quote(text) return '"' .. string.gsub(text, '[%c"\\]', escape) .. '"' end

-- The answers of the reference, in order, behind its versions.
local function ask()
  local input <const> = os.tmpname()
  local file <const> = assert(io.open(input, "w"))
  for _, case in ipairs(cases) do
    file:write('{"template":', quote(case[1]), ',"context":', (string.gsub(case[2], "\n", " ")), ',"options":',
      case.options or "{}", "}\n")
  end
  file:close()
  local pipe <const> = assert(io.popen("/usr/bin/python3 spec/support/jinja_oracle.py < " .. input))
  local answers <const> = {}
  for line in pipe:lines() do answers[#answers + 1] = assert(json.decode(line)) end
  pipe:close()
  os.remove(input)
  return answers
end

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

local function context_of(text)
  local context <const> = {}
  local all <const> = json.expand(json.payload(text))
  for i = 1, all.n do context[all.k[i]] = all.v[all.k[i]] end
  return context
end

local function render(case)
  local template, e = jinja.new(options_of(case.options or "{}")):compile(case[1])
  if not template then return nil, e end
  return template:render(context_of(case[2]))
end

-- A sentence when ours is not the reference's answer.
local function difference(case, theirs)
  local text, e = render(case)
  local known <const> = KNOWN[case[1]]
  if known then return text ~= known and "expected " .. known .. ", got " .. tostring(text or e) or nil end
  if theirs.output then
    if text == theirs.output then return nil end
    return string.format("%s\n  theirs %q\n  ours   %s", case[1], theirs.output, text and string.format("%q", text) or e)
  end
  if e and e.class == theirs.class then return nil end
  return string.format("%s\n  theirs %s: %s\n  ours   %s", case[1], theirs.class, theirs.message, tostring(text or e))
end

describe("Jinja2 and ours", function()
  local answers <const> = ask()
  local versions <const> = table.remove(answers, 1)

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
