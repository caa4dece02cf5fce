--- Templates beside the one that is rendered: to include, to import from, to extend.
local expression <const> = require "generator.expression"
local statement <const> = require "generator.statement"
local make <const>, body <const>, tag <const> = expression.make, statement.body, statement.tag

local inherit <const> = {}

local BLOCKS <const> = { "head", "main", "foot" }

local function block(g, name, text)
  return tag(g, "block " .. name .. g:maybe(20, { " scoped" })) .. text .. tag(g, "endblock")
end

local function base_of(g)
  local text = "<" .. statement.make(g, 0)
  for _, name in ipairs(BLOCKS) do
    local inner = body(g, 0)
    if name == "main" and g:chance(40) then inner = inner .. block(g, "deep", "d{{ q }}{{ a }}") end
    local placed = block(g, name, inner)
    if g:chance(25) then placed = "{% for q in p.li %}" .. placed .. "{% endfor %}" end
    if g:chance(10) then placed = "{% if p.b %}" .. placed .. "{% endif %}" end
    text = text .. placed .. g:maybe(15, { "{{ self.head() }}", "{{ self.nope }}", "{% block req required %}{% endblock %}" })
  end
  return text .. ">"
end

-- What stands in a child: blocks of the parent, what they use, and text that is not printed.
local function child_parts(g, parent)
  local parts <const> = { tag(g, "extends " .. parent) }
  for _, name in ipairs(BLOCKS) do
    if g:chance(50) then
      parts[#parts + 1] = block(g, name, g:maybe(50, { "{{ super() }}", "{{ super() ~ '!' }}", "{{ super.super() }}", "{{ self.foot() }}" }) .. body(g, 1))
    end
  end
  if g:chance(20) then parts[#parts + 1] = block(g, "deep", "D{{ super() }}") end
  if g:chance(15) then parts[#parts + 1] = block(g, "req", "R") end
  if g:chance(40) then table.insert(parts, g:up_to(#parts), statement.make(g, 1)) end
  return parts
end

local function library(g)
  return "{% macro lm(a, b=2) %}" .. body(g, 0) .. "({{ a }}{{ b }}{{ t }}){% endmacro %}{% macro sees() %}{{ t }}{{ a }}{{ q }}{% endmacro %}{% set lv = "
    .. make(g, "any", 1) .. " %}{% set _p = 1 %}text"
end

-- They may stand in a loop of another, which would never end if they made what it runs over grow.
local function in_loop(f)
  return function(g)
    g.loops = g.loops + 1
    local made <const> = f(g)
    g.loops = g.loops - 1
    return made
  end
end

--- name → source
inherit.templates = in_loop(function(g)
  return {
    one = statement.make(g, 1), two = "2{{ a }}{{ q }}" .. statement.make(g, 0), base = base_of(g), lib = library(g),
    mid = table.concat(child_parts(g, "'base'")),
  }
end)

--- The parts of a template that extends another.
inherit.parts = in_loop(function(g)
  return child_parts(g, g:pick { "'base'", "'base'", "'mid'", "'mid'", "'nope'", "['base']", "p.s", "'ba' ~ 'se'", "('base' if p.b else 'mid')" })
end)

return inherit
