--- `for` to Lua.
---
--- Three shapes, by what the body wants of `loop`: nothing; counters (`loop.index`, `loop.last` …), which become locals
--- and arithmetic; anything else, which takes a loop object of the runtime. `loop.length` and `loop.last` count the
--- items before the loop begins; a template that may change a list while it runs over it gets the object instead.
local errors <const> = require "jinja.errors"
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local support <const> = require "jinja.support"
local X <const> = require "jinja.compiler_expression"
local C <const> = require "jinja.compiler_statement"
local emit <const>, use <const>, constant <const> = writer.emit, writer.use, writer.constant
local format <const>, concat <const> = string.format, table.concat

local STEP <const>, LINE_COST <const> = require("tocsin.fuel").STEP, 5 -- fuel: of an iteration, and of each of its lines
local HIDDEN_LOCALS <const> = 6 -- that Lua's `for` takes
local LOOPS_MAX <const> = 24

local S <const> = C.statements
local L <const> = {}

local function wants_length(loop) return loop.last or loop.length or loop.revindex or loop.revindex0 end

---@return "none"|"counters"|"object"
local function kind_of(g, node)
  local loop <const> = node.loop_use
  if loop.mentions == 0 then return "none" end
  if loop.mentions ~= loop.plain then return "object" end
  if wants_length(loop) and (node.is_uneven or g.mutates and node.may_change) then return "object" end
  return "counters"
end

-- Targets --------------------------------------------------------------------------------------------------------------

local function is_flat(target)
  local seen = {}
  for i = 1, #target do
    local item = target[i]
    if item.t ~= "name" or seen[item.name] then return false end
    seen[item.name] = true
  end
  return #target > 0
end

-- `local v5, v6 = unpack(item, 2)`; nil when one of them is no Lua local.
local function unpack_line(g, s, target, item)
  local names = {}
  for i = 1, #target do
    local var = s.refs[target[i].name]
    local is_local
    var.code, is_local = writer.variable(g)
    names[i] = var.code
    if not is_local then return nil end
  end
  return format("local %s = %s(%s, %d)", concat(names, ", "), use(g, "unpack"), item, #target)
end

-- Gives the targets their values from the Lua local `item`.
local function bind(g, s, target, item)
  if target.t == "name" then
    local var = s.refs[target.name]
    var.code, var.sure = item, true
    return
  end
  local line = is_flat(target) and unpack_line(g, s, target, item)
  if line then
    emit(g, line)
    for i = 1, #target do s.refs[target[i].name].sure = true end
    return
  end
  for i = 1, #s do
    if s[i].start == "param" and s[i].name ~= "loop" then s[i].code = nil end
  end
  C.declare_params(g, s)
  local outer = C.enter_scope(g, s)
  C.assign(g, target, item)
  C.leave_scope(g, outer)
end

-- The condition of a loop's `if`: it sees the targets and what is around the loop.
local function test_code(g, node, s)
  local inner = scope.new(g.scope)
  scope.param_target(inner, node.target)
  scope.visit(inner, node.test)
  for i = 1, #inner do
    local var = inner[i]
    if var.start == "param" then var.code, var.sure = s.refs[var.name].code, true end
  end
  local outer = C.enter_scope(g, inner)
  C.begin_scope(g, inner)
  local code = X.condition(g, node.test)
  C.leave_scope(g, outer)
  return code
end

-- Iteration ------------------------------------------------------------------------------------------------------------

local function open_loop(g, head)
  local fn = g.fn
  fn.loop_depth = (fn.loop_depth or 0) + 1
  if fn.loop_depth > LOOPS_MAX then errors.raise("TemplateSyntaxError", "loops are nested too deeply", g.line) end
  local state = { active = g.active, instance = g.instance }
  g.active = g.active + HIDDEN_LOCALS
  writer.open(g, head)
  writer.enter_instance(g)
  state.head = emit(g, "")
  return state
end

local function close_loop(g, state)
  local cost = STEP + LINE_COST * (g.n - state.head)
  g.code[state.head] = format("%s(%d)", use(g, "spend"), cost)
  g.active, g.instance = state.active, state.instance
  g.fn.loop_depth = g.fn.loop_depth - 1
  writer.close(g)
end

local function item_name(g)
  g.ids = g.ids + 1
  return "v" .. g.ids
end

-- Runs the loop's `if` over all items beforehand; gives the list of those that stay.
local function collect(g, node, source)
  local list = writer.declare(g, use(g, "list") .. "(0)")
  local item = item_name(g)
  local state = open_loop(g, format("for %s in %s(%s) do", item, use(g, "each"), source))
  local s = scope.new(g.scope)
  scope.param_target(s, node.target)
  bind(g, s, node.target, item)
  writer.open(g, "if " .. test_code(g, node, s) .. " then")
  emit(g, format("%s.n = %s.n + 1 %s[%s.n] = %s", list, list, list, list, item))
  writer.close(g)
  close_loop(g, state)
  return list
end

-- The items that the loop's `if` wants, asked for one by one: what it says may depend on what was done before.
local function filtered(g, node, source)
  local items <const> = writer.declare(g, format("%s(%s)", use(g, "iter"), source))
  local code <const>, item <const> = writer.declare(g, "nil"), item_name(g)
  L.as_function(g, code .. " = function()", function()
    local state <const>, s <const> = open_loop(g, format("for %s in %s do", item, items)), scope.new(g.scope)
    scope.param_target(s, node.target)
    bind(g, s, node.target, item)
    writer.open(g, "if " .. test_code(g, node, s) .. " then")
    emit(g, "depth = depth - 1 do return " .. item .. " end")
    writer.close(g)
    close_loop(g, state)
    emit(g, "depth = depth - 1")
  end)
  return format("%s(%s)", use(g, "gen"), code)
end

-- Counters in place of a loop object; gives what to iterate over.
local function count(g, node, source)
  local loop, counters = node.loop_use, { index = writer.declare(g, "0") }
  if wants_length(loop) and node.pairs then
    counters.length = writer.declare(g, format("%s(%s)", constant(g, support.items_length), source))
  elseif wants_length(loop) then
    source = writer.declare(g, source)
    counters.length = writer.declare(g, format("%s(%s)", use(g, "loop_length"), source))
    emit(g, format("if %s == nil then %s = %s(%s, 0) %s = %s.n end", counters.length, source,
      constant(g, g.runtime.filter("list")), source, counters.length, source))
  end
  return counters, source
end

-- Opens the loop with its targets bound.
local function open_with_targets(g, s, node, iterator)
  if not node.pairs then
    local item = item_name(g)
    local state = open_loop(g, format("for %s in %s do", item, iterator))
    bind(g, s, node.target, item)
    return state
  end
  local key, item = s.refs[node.target[1].name], s.refs[node.target[2].name]
  key.code, key.sure, item.code, item.sure = item_name(g), true, item_name(g), true
  return open_loop(g, format("for %s, %s in %s do", key.code, item.code, iterator))
end

-- The loop itself. `plan`: iterator (Lua text behind `in`), loop (code of the loop object), counters, test, flag.
local function iterate(g, node, plan)
  local s = scope.new(g.scope)
  if plan.loop or plan.counters then
    local var = scope.param(s, "loop")
    var.code, var.inline, var.sure = plan.loop, plan.counters, true
  end
  scope.param_target(s, node.target)
  scope.visit_body(s, node.body)
  local state = open_with_targets(g, s, node, plan.iterator)
  if node.loop_use.is_stored then s.refs.loop.code = writer.declare(g, plan.loop) end
  if plan.test then writer.open(g, "if " .. test_code(g, node, s) .. " then") end
  if plan.counters then emit(g, plan.counters.index .. " = " .. plan.counters.index .. " + 1") end
  local loops, outer = g.fn.loops, C.enter_scope(g, s)
  local frame = { captures = #g.fn.captures }
  loops[#loops + 1] = frame
  C.begin_scope(g, s)
  C.body(g, node.body)
  loops[#loops] = nil
  C.leave_scope(g, outer)
  if plan.flag then emit(g, plan.flag .. " = false") end
  if frame.label then emit(g, "::" .. frame.label .. "::") end
  if plan.test then writer.close(g) end
  close_loop(g, state)
end

local function otherwise(g, node, flag)
  writer.open(g, "if " .. flag .. " then")
  C.in_scope(g, C.inner(g, node.otherwise), function() C.body(g, node.otherwise) end)
  writer.close(g)
end

-- Everything from the iterable in `source` on. `options`: what R.loop is told, as Lua text.
local function run(g, node, source, kind, options)
  local plan, is_counted = { test = node.test }, kind == "counters" and wants_length(node.loop_use)
  if node.otherwise then plan.flag = writer.declare(g, "true") end
  if node.test and (kind == "object" or is_counted) then
    source, plan.test = (node.is_uneven and filtered or collect)(g, node, source), nil
  end
  if kind == "object" then
    plan.loop = writer.declare(g, format("%s(%s, %s)", use(g, "loop"), source, options))
    plan.iterator = use(g, "loop_next") .. ", " .. plan.loop
  else
    if kind == "counters" then plan.counters, source = count(g, node, source) end
    local over <const> = not node.pairs and use(g, "each") or constant(g, is_counted and support.pairs or support.pairs_of)
    plan.iterator = over .. "(" .. source .. ")"
  end
  iterate(g, node, plan)
  if plan.flag then otherwise(g, node, plan.flag) end
end

-- A recursive loop is a function of what it runs over.
local function recursive(g, node)
  local source = X.stable(g, node.iter)
  local mark = writer.enter(g)
  local code = writer.declare(g, "nil")
  L.as_function(g, code .. " = function(iterable, depth0)", function()
    C.begin_output(g)
    local recurse = code
    if g.escape then
      recurse = format("function(i, d) return %s(%s(i, d)) end", use(g, "markup"), code)
    end
    run(g, node, "iterable", "object", format("{recurse = %s, depth0 = depth0}", recurse))
    emit(g, "local text = " .. C.end_output(g) .. " depth = depth - 1 return text")
  end)
  C.append(g, code .. "(" .. source .. ", 0)")
  writer.leave(g, mark)
end

-- `for a, b in x.items()`, which needs neither a view nor tuples.
local function is_pairs(node, kind)
  local iter, target = node.iter, node.target
  if kind == "object" or node.test and kind == "counters" and wants_length(node.loop_use) then return false end
  return iter.t == "call" and #iter == 1 and iter[1].t == "attr" and iter[1].name == "items"
    and not (iter[1][1].t == "name" and (iter[1][1].name == "self" or iter[1][1].name == "loop"))
    and target.t == "tuple" and #target == 2 and is_flat(target)
end

S["for"] = function(g, node)
  if node.assigns_loop then
    errors.raise("TemplateAssertionError", "Can't assign to special loop variable in for-loop target", node.assigns_loop)
  end
  if node.recursive then return recursive(g, node) end
  local kind = kind_of(g, node)
  node.pairs = is_pairs(node, kind)
  local source = X.stable(g, node.pairs and node.iter[1][1] or node.iter)
  local mark = writer.enter(g)
  if node.pairs and kind == "counters" and wants_length(node.loop_use) then
    source = writer.declare(g, format("%s(%s)", constant(g, support.items_of), source))
  end
  run(g, node, source, kind, "{depth0 = 0}")
  writer.leave(g, mark)
end

-- Output of a capture that is left is dropped.
local function leave_captures(g, frame)
  local from = g.fn.captures[frame.captures + 1]
  if from then emit(g, format("%s(%s)", use(g, "drop"), from)) end
end

S["break"] = function(g)
  local loops = g.fn.loops
  leave_captures(g, loops[#loops])
  emit(g, "break")
end

S["continue"] = function(g)
  local loops = g.fn.loops
  local frame = loops[#loops]
  leave_captures(g, frame)
  if not frame.label then
    g.ids = g.ids + 1
    frame.label = "c" .. g.ids
  end
  emit(g, "goto " .. frame.label)
end

return L
