--- The Lua half of template_fuzz.c: compiles and renders one case, and says whether the state is as it was.
local jinja <const> = require "jinja"
local errors <const> = require "jinja.errors"
local oncall <const> = require "jinja.oncall"
local registry <const> = require "jinja.registry"
local runtime <const> = require "jinja.runtime"
local value <const> = require "jinja.value"
local environment <const> = require "environment"
local fuel <const> = require "tocsin.fuel"
local json <const> = require "tocsin.json"
local type <const>, next <const>, pairs <const>, getmetatable <const> = type, next, pairs, getmetatable
local math_type <const>, find <const> = math.type, string.find

local target <const> = {}

-- Environments ---------------------------------------------------------------------------------------------------------

-- The templates that the one of this run may include, import and extend.
local parts = {}
local function loader(name) return parts[name] end

local options_of_bit <const> = { "autoescape", "trim_blocks", "lstrip_blocks", "keep_trailing_newline" }
local EXTENSIONS <const>, PARTS <const> = 16, 128

local known <const> = {}
local function environment_of(flags)
  local bits <const> = flags & 31
  if known[bits] then return known[bits] end
  local options <const> = { filters = oncall.filters, globals = environment.env.globals, is_oncall = true, loader = loader }
  for i, name in ipairs(options_of_bit) do options[name] = bits & 1 << i - 1 ~= 0 end
  if bits & EXTENSIONS ~= 0 then options.extensions = { ["do"] = true, loopcontrols = true } end
  known[bits] = jinja.new(options)
  return known[bits]
end

-- One run --------------------------------------------------------------------------------------------------------------

-- The members of the payload are variables too: parts of it as the core gives them, or values from a copy.
local function context_of(payload, flags)
  local context <const> = { payload = payload }
  local all <const> = value.plain(json.fresh(payload))
  if getmetatable(all) == value.DICT then
    for i = 1, all.n do
      local name <const> = all.k[i]
      local part <const> = flags & PARTS ~= 0 and json.item(payload, name)
      if context[name] == nil then context[name] = json.is_payload(part) and part or all.v[name] end
    end
  end
  return context
end

-- What is wrong with an error value, or nil.
local function fault_of(e)
  if not errors.is(e) and getmetatable(e) == nil then return "an error value of no type" end
  if type(e.class) ~= "string" or type(e.message) ~= "string" then return "an error without class or message" end
  if e.line ~= nil and (math_type(e.line) ~= "integer" or e.line < 1) then return "a line that is none" end
  if e.template ~= nil and not parts[e.template] then return "a template that is none" end
end

local function refused(e)
  local fault <const> = fault_of(e)
  if fault then return fault, tostring(e) end
  return nil, e.message, e.class
end

-- The rendering without the program in C, if there is one.
local function render_in_lua(template, context)
  local program <const> = template.program
  template.program = nil
  local text <const>, e <const> = template:render(context)
  template.program = program
  return text, e
end

--- Renders twice, the second time in Lua: what a template prints depends on nothing but its context.
---@return string? fault  what must not be
---@return string? text  the output, or the error's message
---@return string? class  of the error
function target.run(flags, source, payload, one, two, three)
  parts = { a = one, b = two, c = three }
  local template <const>, why <const> = environment_of(flags):compile(source)
  if not template then return refused(why) end
  local text <const>, e <const> = template:render(context_of(payload, flags))
  if not text then return refused(e) end
  if type(text) ~= "string" then return "the output is no text" end
  if not template.program and fuel.left() < fuel.INLINE // 2 or find(source .. one .. two .. three, "random", 1, true) then return nil, text end
  local again <const>, other <const> = render_in_lua(template, context_of(payload, flags))
  if again == text or other and other.class == "FuelError" or other and other.class == "MemoryError" then return nil, text end
  return "it renders otherwise the second time, in Lua: " .. (again or tostring(other)), text
end

-- The state ------------------------------------------------------------------------------------------------------------

local SECRET <const> = "the-alert-of-somebody-else"
local canary <const> = assert(environment.env:compile [[
{%- set ns = namespace(n=0) %}{% macro m(x) %}<{{ x|upper }}>{% endmacro -%}
{% for k, v in payload.items() %}{% set ns.n = ns.n + v|length %}{{ loop.index }}{{ m(k) }}{% endfor -%}
{{ ns.n }}{{ payload.nothing is defined }}{{ {}.x }}{{ [3, 1, 2]|sort|join(',') }}{{ 2 ** 70 }}{{ '%s' % 1.5 }}]])
local EXPECTED <const> = "1<A>2<SECRET>28False1,2,311805916207174113034241.5"

local function count(t)
  local n = 0
  for _ in next, t do n = n + 1 end
  return n
end

-- How many entries there are in each table that templates share.
local function census()
  local counts <const> = { count(_G), count(registry.filters), count(registry.tests), count(registry.escaping),
    count(runtime), count(runtime.globals), count(oncall.filters), getmetatable "" and 1 or 0 }
  for _, T in pairs(value) do
    if type(T) == "table" and T.methods then
      counts[#counts + 1] = count(T)
      counts[#counts + 1] = count(T.methods)
    end
  end
  table.sort(counts)
  return table.concat(counts, " ")
end
local CENSUS <const> = census()

--- Whether what the state knows is what it knew, and it renders as it should.
---@return string? fault
function target.check(payload)
  local text <const>, e <const> = canary:render { payload = payload }
  if text ~= EXPECTED then return "the state is broken: " .. (text or tostring(e)) end
  local now <const> = census()
  if now ~= CENSUS then return "shared tables have changed: " .. CENSUS .. " -> " .. now end
  if fuel.left() == 0 or json.null ~= value.NULL then return "the state is broken" end
end

--- What only the canary's payload says.
target.SECRET = SECRET

return target
