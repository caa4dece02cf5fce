--- Random templates over random payloads: case(seed) is the same every time.
---
--- Its parts are in generator/: choices, payloads, expressions and the calls in them, formats, statements, templates that
--- use each other. One template in eight is damaged as text, one in six is nothing but calls: an error hides what comes
--- after it, so each of them stands alone. Every third case is plain: made to end without an error (generator/plain.lua).
local random <const> = require "generator.random"
local payload <const> = require "generator.payload"
local plain <const> = require "generator.plain"
local expression <const> = require "generator.expression"
require "generator.calls"
require "generator.format"
local statement <const> = require "generator.statement"
local inherit <const> = require "generator.inherit"

local generator <const> = {}

-- Damage ---------------------------------------------------------------------------------------------------------------

local PIECES <const> = { "{", "}", "%", "#", "(", ")", "[", "]", "'", '"', ",", ".", "|", "-", "+", ":", "=", "~", " if ", " in ", " not ", " is ", " else ",
  "{{", "}}", "{%", "%}", " and ", "\\", "\n", "{% endif %}", "{% else %}", "\u{E9}", "$", "!", "for", " " }

local function damaged(g, text)
  local places <const> = {}
  for at in utf8.codes(text) do places[#places + 1] = at end
  places[#places + 1] = #text + 1
  local i <const> = g:up_to(#places)
  local at <const> = places[i]
  local how <const> = g:up_to(4)
  if how == 1 then return string.sub(text, 1, at - 1) end
  local behind <const> = places[math.min(i + g:up_to(3), #places)]
  if how == 2 then return string.sub(text, 1, at - 1) .. string.sub(text, behind) end
  return string.sub(text, 1, at - 1) .. g:pick(PIECES) .. string.sub(text, how == 3 and at or behind)
end

-- Options --------------------------------------------------------------------------------------------------------------

local function options_of(g)
  local options <const> = { '"sum":true' }
  for _, name in ipairs { "trim_blocks", "lstrip_blocks", "keep_trailing_newline", "autoescape" } do
    if g:chance(9) then options[#options + 1] = '"' .. name .. '":true' end
  end
  local extensions <const> = {}
  for _, name in ipairs { "do", "loopcontrols" } do
    g.extensions[name] = g:chance(20)
    if g.extensions[name] then extensions[#extensions + 1] = '"' .. name .. '"' end
  end
  if #extensions > 0 then options[#options + 1] = '"extensions":[' .. table.concat(extensions, ",") .. "]" end
  return "{" .. table.concat(options, ",") .. "}"
end

-- Cases ----------------------------------------------------------------------------------------------------------------

local function statements_of(g)
  local parts <const> = {}
  for i = 1, g:up_to(5) do parts[i] = statement.make(g, 2) end
  return parts
end

local function calls_of(g)
  local open <const>, close <const> = "{{ ", g:chance(20) and "|string|length }}" or " }}"
  local parts <const> = {}
  for i = 1, g:up_to(2) do parts[i] = open .. expression.make(g, "call", 1) .. close end
  return parts
end

-- Damage that makes a slice of constants which fails: a decision (lua/jinja/README.md) of its own.
local function has_failing_slice(text)
  return string.find(text, "%[[^%]]*%d%.%a[^%]]*:") or string.find(text, "%[[^%]]*:[^%]]*%d%.%a") or string.find(text, "%d%[[^%]]*:")
end

local function damage(g, parts)
  local text <const> = damaged(g, table.concat(parts))
  if has_failing_slice(text) then return end
  -- What is no target at all is seen later by Jinja2 before 3.1.5, which looks a token ahead, and knows neither
  -- `set a, b.c` nor `set b.c, a`.
  if string.find(text, "set%s*[^%w%s(_\128-\255]") or string.find(text, "set[%w%s_]*,[%w%s_,]*%.") or
    string.find(text, "set[%w%s_]*%.[%w%s_]*,") then return end
  parts[g:up_to(#parts)] = text
end

local function plain_case(seed)
  local parts <const>, context <const> = plain.parts(random.new(seed))
  return { table.concat(parts), context, parts = parts, options = plain.OPTIONS, seed = seed, is_plain = true }
end

--- The case of a seed, as the corpus has them; `parts` are its statements. PLAIN=1: plain ones only.
function generator.case(seed)
  if seed % 3 == 0 or os.getenv "PLAIN" then return plain_case(seed) end
  local g <const> = random.new(seed)
  g.names, g.blocks, g.loops, g.buffers, g.extensions = {}, 0, 0, 0, {}
  local context <const>, options <const> = payload.json(g), options_of(g)
  local parts <const> = (g:chance(17) and calls_of or g:chance(12) and inherit.parts or statements_of)(g)
  local templates <const> = inherit.templates(g)
  if g:chance(12) then damage(g, parts) end
  if g:chance(6) then
    local newline <const> = g:pick { "\r\n", "\r" }
    for i, part in ipairs(parts) do parts[i] = string.gsub(part, "\n", newline) end
  end
  if g:chance(20) then parts[#parts] = parts[#parts] .. "\n" end
  return { table.concat(parts), context, parts = parts, templates = templates, options = options, seed = seed }
end

--- The same case with one of its parts left out, for each part.
function generator.smaller(case)
  local list <const> = {}
  for i = 1, #case.parts > 1 and #case.parts or 0 do
    local parts <const> = table.move(case.parts, 1, #case.parts, 1, {})
    table.remove(parts, i)
    list[i] = { table.concat(parts), case[2], parts = parts, templates = case.templates, options = case.options, seed = case.seed }
  end
  return list
end

return generator
