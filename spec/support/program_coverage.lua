--- What of the corpus is rendered in C (core/jinja) to the end, and what of a program's abilities that exercises.
---
--- An ability is "filter upper", "method str.get", "statement for", "operator //", "compare notin", "loop revindex",
--- "expression cond": what a program can call says the core, the rest is the kinds of syntax that it has nodes for.
local differential <const> = require "differential"
local lexer <const> = require "jinja.lexer"
local parser <const> = require "jinja.parser"
local program <const> = require "tocsin.program"
local value <const> = require "jinja.value"

local coverage <const> = {}

local SYNTAX <const> = {}
for kind, names in pairs {
  statement = "output if set for do macro with setblock filterblock",
  expression = "name attr const filter compare call item slice and or not test bin cond concat tuple list dict neg pos nsref",
  operator = "+ - * / // %", compare = "== != < <= > >= in notin",
  loop = "index index0 first last length revindex revindex0 depth depth0 cycle",
} do
  for name in string.gmatch(names, "%S+") do SYNTAX[#SYNTAX + 1] = kind .. " " .. name end
end

-- The types whose methods programs know.
local TYPES <const> = { str = value.STR, dict = value.DICT, list = value.LIST }

-- "method get" as the types have it: "method dict.get".
local function methods_of(name)
  local uses <const> = {}
  for kind, T in pairs(TYPES) do
    if T.methods[name] then uses[#uses + 1] = "method " .. kind .. "." .. name end
  end
  return uses
end

--- What programs call, as the reference names it when it is used.
function coverage.callees()
  local all <const> = {}
  for _, callee in ipairs(program.callees()) do
    local kind <const>, name <const> = string.match(callee, "^(%S+) (.+)$")
    if kind ~= "method" then all[#all + 1] = callee end
    for _, use in ipairs(kind == "method" and methods_of(name) or {}) do all[#all + 1] = use end
  end
  return all
end

--- Every ability.
function coverage.abilities()
  local all <const> = coverage.callees()
  table.move(SYNTAX, 1, #SYNTAX, #all + 1, all)
  return all
end

--- The cases that C renders to the end from payloads, and their answers; and those with a text that it does not render.
function coverage.in_c(cases, answers)
  local some <const>, theirs <const>, others <const> = {}, {}, {}
  for i, case in ipairs(cases) do
    local env <const> = differential.environment(case, true)
    local text <const>, _, is_in_c <const> = differential.render(case, env, "payload")
    if text and is_in_c then
      some[#some + 1], theirs[#some + 1] = case, answers[i]
    elseif text then
      others[#others + 1] = case
    end
  end
  return some, theirs, others
end

-- Counts what a syntax tree holds; `seen` is what this case has shown already.
local function walk(node, note)
  local kind <const> = node.t
  if kind then
    note((kind == "output" or kind == "data") and "statement output" or "statement " .. kind)
    note("expression " .. kind)
    if kind == "bin" then note("operator " .. node.op) end
    for _, op in ipairs(kind == "compare" and node.ops or {}) do note("compare " .. op) end
    if kind == "attr" and node[1].t == "name" and node[1].name == "loop" then note("loop " .. node.name) end
  end
  for _, child in pairs(node) do
    if type(child) == "table" then walk(child, note) end
  end
end

local function syntax_of(case)
  local env <const> = differential.environment(case, true)
  local seen <const> = {}
  walk(parser.parse(lexer.tokenize(case[1], env), env), function(use) seen[use] = true end)
  return seen
end

--- How many of these cases have each ability: {ability → count}.
function coverage.count(cases, answers)
  local counts <const> = {}
  for _, ability in ipairs(coverage.abilities()) do counts[ability] = 0 end
  local function note(use) if counts[use] then counts[use] = counts[use] + 1 end end
  for i, case in ipairs(cases) do
    for use in pairs(syntax_of(case)) do note(use) end
    for _, use in ipairs(answers[i].uses) do note(use) end
  end
  return counts
end

--- What fewer cases than `least` have, one a line.
function coverage.rare(counts, least)
  local found <const> = {}
  for ability, count in pairs(counts) do
    if count < least then found[#found + 1] = ability .. ": " .. count end
  end
  table.sort(found)
  return table.concat(found, "\n")
end

return coverage
