--- Random statements: every tag of the language, nested in each other.
---
--- Assigned names are not names of the payload: what a name means before it is assigned in every branch changed between
--- Jinja2 3.1.2 and 3.1.6. What decides stands on no constant: Jinja2 folds it and never looks at the rest.
local expression <const> = require "generator.expression"
local make <const> = expression.make

local statement <const> = {}

local S <const> = {}
local body

local TEXTS <const> = { "text ", "\n", "  \n", " a\n b ", "\u{E9}{ ", "}} ", "\n\n", "- ", "<b>", ": ", "\t", "\u{A0}", "\u{2003}\n", "%}", "#}\n", "# a\n", "{ %" }
local TARGETS <const> = { "a", "b", "c" }
local EVERY <const> = { "int", "float", "str", "str", "bool", "ints", "strs", "dict", "any", "any", "records", "texts", "tuple", "moment", "delta", "big", "call",
  "call" }

-- `{%`, perhaps with whitespace control.
local function tag(g, inner)
  return (g:chance(12) and "{%- " or g:chance(3) and "{%+ " or "{% ") .. inner .. (g:chance(12) and " -%}" or g:chance(2) and " +%}" or " %}")
end
statement.tag = tag

local function print_of(g, text)
  return (g:chance(8) and "{{- " or g:chance(2) and "{{+ " or "{{ ") .. text .. (g:chance(8) and " -}}" or " }}")
end

-- Runs `f` while a count of the generator is one more.
local function within(g, count, f)
  g[count] = g[count] + 1
  local text <const> = f()
  g[count] = g[count] - 1
  return text
end

function S.text(g) return g:pick(TEXTS) end
function S.print(g, depth) return print_of(g, make(g, g:pick(EVERY), depth)) end
function S.peek(g) return print_of(g, g:pick { "a", "b", "c", "a is defined", "[a, b]", "loop.index", "q", "r", "loop", "self", "caller", "varargs", "ns", "a, b" }) end
function S.comment(g) return g:pick { "{#", "{#-", "{#+" } .. " note {{ x }} " .. g:pick { "#}", "#}", "-#}", "+#}" } end
function S.raw(g)
  return g:pick { "{% raw %}", "{%- raw %}", "{% raw -%}", "{%raw%}" } .. g:pick { "{{ a }}{% if %}", " \n {# ", "" } .. g:pick { "{% endraw %}", "{%- endraw %}",
    "{% endraw -%}" }
end
function S.print_tag(g, depth) return tag(g, "print " .. make(g, "any", depth) .. g:maybe(40, { ", a", ", t, n" })) end

-- Assignments ----------------------------------------------------------------------------------------------------------

function S.set(g, depth)
  if g:chance(12) then return tag(g, "set a, b = " .. make(g, g:pick { "int", "str" }, depth) .. ", " .. make(g, "any", depth)) end
  if g:chance(6) then return tag(g, "set (a, (b, c)) = " .. make(g, "any", depth) .. ", " .. make(g, g:pick { "tuple", "strs" }, depth)) end
  if g:chance(4) then return tag(g, "set ns." .. g:pick(TARGETS) .. " = " .. make(g, "any", depth)) end
  return tag(g, "set " .. g:pick(TARGETS) .. " = " .. make(g, g:pick { "int", "str", "ints", "dict", "any", "tuple" }, depth) .. g:maybe(6, { ", 1", "," }))
end

function S.set_block(g, depth)
  local filter <const> = g:maybe(30, { " | upper", " | trim", " | replace('a', 'o')", " | length", " | e | title", " | wordwrap(7)", " | list" })
  return tag(g, "set " .. g:pick(TARGETS) .. filter) .. within(g, "buffers", function() return body(g, depth) end) .. tag(g, "endset")
end

-- Not in a loop, which would never end when it runs over what grows.
function S.changes(g, depth)
  if g.loops > 0 then return S.peek(g) end
  local change <const> = g:pick { "p.li.append(", "p.d.update(k=", "p.ls.insert(0, ", "m.append(", "p.ls.extend(", "p.li.remove(", "p.d.setdefault('z', ",
    "p.e.pop(", "p.li.pop(" }
    .. make(g, "any", depth) .. ")"
  if g.extensions["do"] and g:chance(60) then return tag(g, "do " .. change) end
  return tag(g, "set " .. g:pick(TARGETS) .. " = " .. change)
end

function S.namespace(g, depth)
  return tag(g, "set ns = namespace(v=" .. make(g, "int", 1) .. ")") .. tag(g, "for q in " .. make(g, "ints", depth))
    .. tag(g, "set ns.v = ns.v + q") .. tag(g, "endfor") .. "{{ ns.v }}" .. g:maybe(20, { "{{ ns }}", "{% set ns.w %}x{% endset %}{{ ns.w }}{{ ns.nope }}" })
end

-- Branches and loops ---------------------------------------------------------------------------------------------------

S["if"] = function(g, depth)
  local text = tag(g, "if " .. make(g, g:pick { "bool", "bool", "any" }, depth)) .. body(g, depth)
  if g:chance(30) then text = text .. tag(g, "elif " .. make(g, "bool", depth)) .. body(g, depth) end
  if g:chance(50) then text = text .. tag(g, "else") .. body(g, depth) end
  return text .. tag(g, "endif")
end

-- Runs `f` with more names of a kind to choose from.
local function with_names(g, kind_of_name, names, f)
  local outer <const> = g.names
  g.names = setmetatable({ [kind_of_name] = names }, { __index = outer })
  local result <const> = f()
  g.names = outer
  return result
end

local LOOP_PRINTS <const> = { "loop.index", "loop.first", "loop.last", "loop.length", "loop.revindex0", "loop.revindex", "loop.cycle('x', 'y')", "loop.cycle(q, r, 1)",
  "loop.previtem", "loop.nextitem", "loop.changed(q)", "loop.depth", "loop.depth0", "loop.index0 ~ '/' ~ loop.length", "loop", "loop['index']", "loop.nope",
  "loop.index is odd", "loop.cycle()", "loop.changed(loop.first, q)", "[loop.index, loop.last]", "loop.nextitem is defined", "(loop.previtem or q)", "loop|length" }

local LOOPS <const> = {
  { "q", "ints", "int", { "q" } }, { "q", "strs", "str", { "q" } }, { "q", "records", "int", { "q.n", "q['n']" } },
  { "q", "any", "any", { "q" } }, { "q", "str", "str", { "q" } }, { "q", "dict", "str", { "q" } }, { "q", "records", "str", { "q.s" } },
  { "(q, r)", "dict", "int", { "r" }, ".items()" }, { "q, (r, a)", "records", "any", { "q", "r" }, "|groupby('n')" }, { "q, r", "any", "any", { "q", "r" } },
  { "q", "tuple", "any", { "q" } }, { "q, r", "texts", "str", { "q", "r" }, "|dictsort" }, { "q", "strs", "str", { "q" }, "|map('upper')" },
  { "q", "ints", "any", { "q" }, "|batch(2, 0)" }, { "q, r", "texts", "str", { "q", "r" }, "|items" },
}

local function jump_of(g)
  if not g.extensions.loopcontrols or not g:chance(35) then return "" end
  local text <const> = tag(g, g:pick { "break", "continue" })
  return g:chance(80) and tag(g, "if " .. make(g, "bool", 1)) .. text .. tag(g, "endif") or text
end

S["for"] = function(g, depth)
  local loop <const> = g:chance(25) and { "q, r", "dict", "int", { "r" }, ".items()" } or g:pick(LOOPS)
  local head = "for " .. loop[1] .. " in " .. make(g, loop[2], depth) .. (loop[5] or "")
  local is_recursive <const> = g:chance(4)
  if is_recursive then g.buffers = g.buffers + 1 end
  local text <const> = within(g, "loops", function()
    return with_names(g, loop[3], loop[4], function()
      if g:chance(15) then head = head .. " if " .. make(g, "bool", 1) end
      if is_recursive then head = head .. " recursive" end
      local text = tag(g, head) .. (g:chance(30) and jump_of(g) or "") .. body(g, depth) .. jump_of(g)
      if g:chance(50) then text = text .. print_of(g, g:pick(LOOP_PRINTS)) end
      return text
    end)
  end)
  local otherwise <const> = g:chance(20) and tag(g, "else") .. body(g, depth) or ""
  if is_recursive then g.buffers = g.buffers - 1 end
  return text .. otherwise .. tag(g, "endfor")
end

-- A function of its own: without a context, Jinja2 makes something else of an include there.
function S.recursive(g, depth)
  return within(g, "buffers", function() return S.any_recursive(g, depth) end)
end

function S.any_recursive(g, depth)
  local own <const> = g:pick { "{{ loop.depth }}", "{{ loop.index }}", "{{ loop }}", "{{ loop.last }}{{ loop.previtem }}", "{{ loop.cycle('x', 'y') }}",
    "{% set a = q %}{{ a }}", "" }
  if g:chance(30) then
    return tag(g, "for q in [1, [2, p.tree], p.lr, p.li] recursive") .. own .. "{% if q is iterable and q is not string %}<{{ loop(q)" .. g:maybe(30, { "|upper",
      "|length", " ~ loop.depth" })
      .. " }}>" .. within(g, "loops", function() return body(g, math.min(depth, 1)) end) .. "{% else %}{{ q }}{% endif %}" .. g:maybe(40, { "{% else %}none" })
        .. tag(g, "endfor")
  end
  return tag(g, "for q in p.tree recursive") .. own .. "{{ q }}"
    .. "{% if q is mapping %}({{ loop(q.values()) }}){% elif q is iterable and q is not string %}<{{ loop(q) }}>{% endif %}" .. g:maybe(20, { "{% else %}-" })
    .. tag(g, "endfor")
end

-- Scopes ---------------------------------------------------------------------------------------------------------------

S["with"] = function(g, depth)
  local name <const> = g:pick(TARGETS)
  local head <const> = g:chance(10) and "with" or "with " .. name .. " = " .. make(g, "any", depth)
    .. (g:chance(20) and ", c = " .. g:pick { name, "n", make(g, "int", 1) } or g:chance(5) and ", (b, c) = p.li" or "")
  return tag(g, head) .. body(g, depth) .. print_of(g, name) .. tag(g, "endwith")
end

local function in_macro(g, names, f) return within(g, "buffers", function() return with_names(g, "any", names, f) end) end

function S.macro(g, depth)
  local parameters <const> = g:pick { "q, r=" .. make(g, "any", 0), "q, r=q", "q", "", "q='x', r=" .. make(g, "str", 1) }
  local names <const> = { "q", "r", "varargs", "kwargs", "varargs|length", "kwargs|dictsort", "kwargs.z" }
  local text = tag(g, "macro mac(" .. parameters .. ")") .. in_macro(g, names, function() return body(g, depth) end)
    .. print_of(g, g:pick { "q", "q", "q ~ r", "varargs", "kwargs", "caller", "caller is defined", "mac.name" }) .. tag(g, "endmacro")
  for _ = 1, g:up_to(2) do
    local argument <const> = make(g, "any", 1)
    text = text .. print_of(g, g:pick { "mac(" .. argument .. ")", "mac(r=1, q=" .. argument .. ")", "mac(" .. argument .. ", 2, 3)",
      "mac(1, z=" .. argument .. ")", "mac()",
      "mac(*p.li)", "mac(*p.ls, **p.d)", "mac(**p.d)", "mac(q=nope)", "mac", "mac.arguments", "mac.catch_varargs", "mac(" .. argument .. ")|upper" })
  end
  return text
end

function S.call(g, depth)
  if g:chance(30) then
    return "{% macro wrap2(a) %}{{ a }}(" .. g:pick { "{{ caller() }}", "{{ caller(1, 2) }}", "{{ caller.name }}", "{% if caller %}{{ caller(a) }}{% endif %}",
      "{{ caller(q=a) }}" }
      .. "){% endmacro %}" .. tag(g, g:pick { "call wrap2(1)", "call(q=5) wrap2(t)", "call(q, r=q) wrap2(n)", "call mac(1)" })
      .. in_macro(g, { "q", "r" }, function() return body(g, depth) end) .. tag(g, "endcall")
  end
  return "{% macro wrap(w) %}[{{ caller(w) }}{{ caller(w)|length }}]{% endmacro %}" .. tag(g, "call(q) wrap(" .. make(g, "any", 1) .. ")")
    .. in_macro(g, { "q" }, function() return body(g, depth) end) .. "{{ q }}" .. tag(g, "endcall")
end

function S.filter(g, depth)
  return tag(g, "filter " .. g:pick { "upper", "trim", "replace('a', 'b')", "title|trim", "e", "indent(2)", "wordwrap(8)", "length|string", "center(9)|upper",
    "truncate(6, true, '', 0)", "replace('a', t)", "list|length|string", "urlize", "striptags", "default('x', true)", "safe" })
    .. within(g, "buffers", function() return body(g, depth) end) .. tag(g, "endfilter")
end

function S.autoescape(g, depth)
  return tag(g, "autoescape " .. g:pick { "true", "true", "false" }) .. body(g, depth) .. tag(g, "endautoescape")
end

-- Values that keep something between their uses.
function S.keepers(g, depth)
  local name <const> = g:pick(TARGETS)
  if g:chance(50) then
    return tag(g, "set " .. name .. " = cycler(" .. make(g, "any", 1) .. ", 'y', n)") .. tag(g, "for q in " .. make(g, "ints", depth))
      .. "{{ " .. name .. ".next() }}" .. g:maybe(30, { "{{ a.current }}",
        "{% if q == 2 %}{{ b.reset() }}{% endif %}" }) .. tag(g, "endfor") .. "{{ " .. name .. ".current }}"
  end
  return tag(g, "set " .. name .. " = joiner(" .. g:pick { "", "'|'",
    "sep=t" } .. ")") .. tag(g, "for q in " .. make(g, "strs", depth)) .. "{{ " .. name .. "() }}{{ q }}" .. tag(g, "endfor")
end

-- Other templates ------------------------------------------------------------------------------------------------------

function S.block(g, depth)
  g.blocks = g.blocks + 1
  local name <const> = "blk" .. g.blocks
  if g:chance(3) then return "{% block " .. name .. " required %}" .. g:pick { "", " \n", "{# a #}", "text", "{{ a }}" } .. "{% endblock %}" end
  return tag(g, "block " .. name .. g:maybe(40, { " scoped" })) .. body(g, depth) .. g:maybe(5, { "{{ super() }}" })
    .. tag(g, "endblock" .. (g:chance(20) and " " .. name or "")) .. (g:chance(20) and "{{ self." .. name .. "() }}" or "")
end

function S.include(g)
  local what <const> = g:pick { "'one'", "'two'", "'one'", "'nope'", "['nope', 'two']", "('two', 'one')", "p.s", "'t' ~ 'wo'", "[]", "nope", "'base'" }
  -- Without a context, Jinja2 makes something else of it inside a macro, call block or set block.
  return tag(g, "include " .. what .. g:maybe(25, { " ignore missing" }) .. g:maybe(30, { " with context", g.buffers == 0 and " without context" or "" }))
end

function S.import(g, depth)
  local context <const> = g:maybe(40, { " with context", " without context" })
  local text <const> = g:chance(50) and tag(g, "import 'lib' as lib" .. context) .. print_of(g, g:pick { "lib.lm(1)", "lib.lm(t, b=n)", "lib.lv", "lib.nope",
    "lib.lm", "lib._p", "lib.sees()" })
    or tag(g, "from 'lib' import " .. g:pick { "lm", "lm as a", "lm, lv", "lv as b, sees", "nope as a" } .. context) .. print_of(g, g:pick { "lm(2)", "a",
      "a(1, 2)", "lv", "b", "sees()" })
  return text .. (g:chance(30) and body(g, depth) or "")
end

-- Every kind of statement ----------------------------------------------------------------------------------------------

local SIMPLE <const> = { S.text, S.text, S.print, S.print, S.print, S.print, S.peek, S.peek, S.set, S.set, S.comment, S.print_tag }
local COMPLEX <const> = { S["if"], S["if"], S["for"], S["for"], S["for"], S.set_block, S["with"], S.macro, S.call, S.filter, S.autoescape, S.namespace,
  S.recursive, S.changes, S.raw, S.block, S.include, S.import, S.keepers }

--- A statement; those that hold others are nested that deep.
function statement.make(g, depth)
  if depth > 0 and g:chance(55) then return g:pick(COMPLEX)(g, depth - 1) end
  return g:pick(SIMPLE)(g, g:up_to(3))
end

function body(g, depth)
  local parts <const> = {}
  for i = 1, g:up_to(3) do parts[i] = statement.make(g, depth) end
  return table.concat(parts)
end
statement.body = body

return statement
