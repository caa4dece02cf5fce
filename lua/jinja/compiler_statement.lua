--- Statements to Lua: scopes, assignment, output, `if`, `with`, captures. Loops and functions have files of their own.
---
--- Jinja2's scopes, which copy outer variables in and forget their own, are Lua blocks: entering a scope that owns `x`
--- writes `local v7 = v3`; in a loop that is inside the body, fresh for every iteration.
--- All functions write to one buffer (core/script/bind_output.c): each remembers where it ends when it begins, and cuts its
--- own part off as its result. One whose body is only text, prints and sets ("direct") returns one `..` of its pieces.
--- A capture (block set, filter block) is cut off like a function's output.
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local literal <const> = require "jinja.literal"
local support <const> = require "jinja.support"
local registry <const> = require "jinja.registry"
local inherit <const> = require "jinja.inherit"
local X <const> = require "jinja.compiler_access"
local emit <const>, use <const>, quote <const> = writer.emit, writer.use, writer.quote
local constant <const>, statement <const> = writer.constant, writer.statement
local expression <const>, condition <const>, literal_text <const> = X.expression, X.condition, X.literal_text
local concat <const>, format <const> = table.concat, string.format

local WRITTEN_MAX <const> = 12 -- pieces of one call
local DIRECT_MAX <const> = 20 -- prints that are joined by one `..`

local S <const> = {} -- statement kind → f(g, node)

local C <const> = { statements = S }

-- Scopes ---------------------------------------------------------------------------------------------------------------

-- A name from the context is read once, where the function that uses it begins.
local function context_read(g, name)
  return writer.root(g, name, function(code)
    local found = g.in_block
      and format("%s(scoped, vars, ctx, %s)", constant(g, inherit.lookup), quote(name))
      or format("ctx[%s]", quote(name))
    return format("%s = %s if %s == nil then %s = %s(%s) end", code, found, code, code, constant(g, g.global), quote(name))
  end)
end

local function first_value(g, var)
  if var.start == "alias" then return var.outer.code, var.outer.sure end
  if var.start == "context" then return context_read(g, var.name), true end
  return "nil", false
end

--- Declares the variables of a scope that begins here. Those that it is given have their code already.
function C.begin_scope(g, s)
  local names, values, n = {}, {}, 0
  for i = 1, #s do
    local var = s[i]
    if var.start ~= "param" then
      local value, sure = first_value(g, var)
      var.sure, var.code = sure, value
      if var.stored then
        local code, is_local = writer.variable(g)
        var.code = code
        if is_local then
          n = n + 1
          names[n], values[n] = code, value
        else
          emit(g, code .. " = " .. value)
        end
      end
    end
  end
  if n > 0 then emit(g, "local " .. concat(names, ", ") .. " = " .. concat(values, ", ")) end
end

--- Makes `s` the scope at hand. An inner scope is not the top level, and knows its filters when it is compiled.
function C.enter_scope(g, s)
  local outer = { scope = g.scope, toplevel = g.toplevel, soft = g.soft }
  g.scope, g.toplevel, g.soft = s, false, false
  return outer
end

function C.leave_scope(g, outer) g.scope, g.toplevel, g.soft = outer.scope, outer.toplevel, outer.soft end

--- Compiles statements in the scope at hand.
function C.body(g, statements)
  for i = 1, #statements do
    local node = statements[i]
    statement(g, node.line)
    S[node.t](g, node)
  end
end
local body <const> = C.body

--- Runs `f` inside a scope, in a Lua block of its own.
function C.in_scope(g, s, f)
  local mark = writer.enter(g)
  local outer = C.enter_scope(g, s)
  C.begin_scope(g, s)
  f()
  C.leave_scope(g, outer)
  writer.leave(g, mark)
end
local in_scope <const> = C.in_scope

--- A new scope inside the one at hand for these statements.
function C.inner(g, statements)
  local s = scope.new(g.scope)
  if statements then scope.visit_body(s, statements) end
  return s
end

-- Assignment -----------------------------------------------------------------------------------------------------------

--- A variable has a value from here on; what happens in a branch only, `if` takes back.
function C.set_sure(g, var)
  if var.sure then return end
  var.sure = true
  if g.branch then g.branch[#g.branch + 1] = var end
end

local function assigned(g, var)
  C.set_sure(g, var)
  if g.linked and g.toplevel then
    emit(g, format("vars[%s] = %s", quote(var.name), var.code))
    if g.links then emit(g, format("S.hidden[%s] = nil", quote(var.name))) end
  end
end
C.assigned = assigned

local assign

local function assign_tuple(g, target, code)
  local parts, nested, seen = {}, {}, {}
  for i = 1, #target do
    local item = target[i]
    if item.t == "name" and not seen[item.name] then
      seen[item.name] = true
      parts[i] = scope.find(g.scope, item.name).code
    else
      parts[i] = writer.temp(g)
      nested[#nested + 1] = { item, parts[i] }
    end
  end
  if not parts[1] then parts[1] = writer.temp(g) end
  emit(g, format("%s = %s(%s, %d)", concat(parts, ", "), use(g, "unpack"), code, #target))
  for i = 1, #target do
    if target[i].t == "name" then assigned(g, scope.find(g.scope, target[i].name)) end
  end
  for _, pair in ipairs(nested) do assign(g, pair[1], pair[2]) end
end

--- Assigns a Lua value to a target.
function assign(g, target, code)
  if target.t == "name" then
    local var = scope.find(g.scope, target.name)
    emit(g, var.code .. " = " .. code)
    assigned(g, var)
  elseif target.t == "nsref" then
    local object = X.stable(g, { t = "name", name = target.name, line = target.line })
    emit(g, format("%s(%s, %s, %s)", use(g, "set_attr"), object, quote(target.attr), code))
  else
    assign_tuple(g, target, code)
  end
end
C.assign = assign

-- Output ---------------------------------------------------------------------------------------------------------------

-- Puts the pieces that still have to be evaluated into variables, before the line at `mark` + 1.
local function settle(g, mark)
  local direct = g.fn.direct
  for j = 1, #direct do
    if direct.weights[j] > 0 then
      local code, is_local = writer.variable(g)
      mark = mark + 1
      writer.insert(g, mark, (is_local and "local " or "") .. code .. " = " .. direct[j])
      direct[j], direct.weights[j] = code, 0
    end
  end
end

-- What `ns.name` is assigned to must be a namespace, which is looked at before the value.
local function check_namespaces(g, target)
  if target.t == "nsref" then
    local object = X.stable(g, { t = "name", name = target.name, line = target.line })
    emit(g, constant(g, support.namespace) .. "(" .. object .. ")")
  elseif target.t == "tuple" then
    for i = 1, #target do check_namespaces(g, target[i]) end
  end
end

S["set"] = function(g, node)
  if g.fn.direct then settle(g, g.n) end
  check_namespaces(g, node.target)
  local code, weight = expression(g, node.value)
  if node.target.t == "nsref" and weight > 0 then code = X.keep(g, code) end
  assign(g, node.target, code)
end

S["do"] = function(g, node)
  if g.fn.direct then settle(g, g.n) end
  emit(g, writer.temp(g) .. " = " .. expression(g, node.value))
end

--- Adds a piece of output: Lua text that gives a string.
function C.append(g, code)
  emit(g, use(g, "write") .. "(" .. code .. ")")
end
local append <const> = C.append

local function add_direct(g, item)
  local direct = g.fn.direct
  local mark = g.n
  local code, weight
  if type(item) == "string" then code, weight = quote(item), 0 else code, weight = X.printed(g, item) end
  if g.n > mark then settle(g, mark) end
  direct[#direct + 1] = code
  direct.weights[#direct] = weight
end

-- Joins neighbours whose text is known; gives strings and nodes.
local function merge(g, node)
  local items, n, texts = {}, 0, nil
  for i = 1, #node do
    local piece = node[i]
    local text = piece.text or literal_text(g, piece)
    if text and type(items[n]) == "string" then
      texts = texts or { items[n] }
      texts[#texts + 1] = text
    elseif text ~= "" then
      if texts then items[n], texts = concat(texts), nil end
      n = n + 1
      items[n] = text or piece
    end
  end
  if texts then items[n] = concat(texts) end
  return items
end

-- What is written by one call: texts, then one expression, then variables of its line. Nothing that is evaluated comes after
-- something whose text may fail, or which it may change.
local function append_all(g, items)
  local codes, n, line = {}, 0, nil
  for i = 1, #items do
    local item = items[i]
    local is_text = type(item) == "string"
    local is_alone = not is_text and line and not (item.line == line and X.is_settled(g, item))
    if n == WRITTEN_MAX or is_alone then
      append(g, concat(codes, ", ", 1, n))
      n, line = 0, nil
    end
    n = n + 1
    if is_text then
      codes[n] = quote(item)
    else
      line = item.line
      statement(g, line)
      codes[n] = X.written(g, item)
    end
  end
  if n > 0 then append(g, concat(codes, ", ", 1, n)) end
end

-- What a child template prints outside of its blocks is nothing: it is not even evaluated where that is sure.
local function output(g, node)
  local items = merge(g, node)
  if not g.fn.direct then return append_all(g, items) end
  for i = 1, #items do
    local item = items[i]
    if type(item) ~= "string" then statement(g, item.line) end
    add_direct(g, item)
  end
end

S["output"] = function(g, node)
  if not g.may_extend then return output(g, node) end
  if g.is_extended then return end
  writer.open(g, "if not parent then")
  output(g, node)
  writer.close(g)
end

--- Compiles something whose output is its own, also in a child template.
function C.with_own_output(g, f)
  local outer = g.may_extend
  g.may_extend = false
  f()
  g.may_extend = outer
end

local function is_direct(statements)
  local prints = 0
  for i = 1, #statements do
    local node = statements[i]
    if node.t == "output" then
      prints = prints + #node
    elseif node.t ~= "set" and node.t ~= "do" then
      return false
    end
  end
  return prints <= DIRECT_MAX
end

--- Begins the output of a Lua function.
function C.begin_output(g) emit(g, "local from = " .. use(g, "mark") .. "()") end

--- Lua text that gives what it wrote.
function C.end_output(g) return use(g, "cut") .. "(from)" end

--- Compiles the statements of a function that returns its output.
---@param leave string?  a statement before the return
function C.function_body(g, statements, leave)
  local fn = g.fn
  local result
  if not g.may_extend and is_direct(statements) then
    local direct = { weights = {} }
    fn.direct = direct
    body(g, statements)
    result = direct[1] and concat(direct, " .. ") or '""'
  else
    C.begin_output(g)
    body(g, statements)
    result = C.end_output(g)
  end
  -- In parentheses it is no tail call, so that an error still finds this function's line.
  if leave then
    emit(g, "local text = " .. result .. " " .. leave .. " return text")
  else
    emit(g, "return (" .. result .. ")")
  end
end

-- Captures -------------------------------------------------------------------------------------------------------------

--- Compiles statements and gives a temporary that holds what they wrote.
local function capture(g, statements)
  local captures = g.fn.captures
  local from = writer.declare(g, use(g, "mark") .. "()")
  captures[#captures + 1] = from
  body(g, statements)
  captures[#captures] = nil
  statement(g, g.line)
  local t = writer.temp(g)
  emit(g, format("%s = %s(%s)", t, use(g, "cut"), from))
  return t
end

local function as_markup(g, code)
  if not g.escape then return code end
  local safe = constant(g, support.safe)
  if g.escape == true then return safe .. "(" .. code .. ")" end
  return format("(%s and %s(%s) or %s)", g.escape, safe, code, code)
end

local function filtered(g, filter, input)
  local outer = g.filter_input
  g.filter_input = X.keep(g, as_markup(g, input))
  local code = expression(g, filter)
  g.filter_input = outer
  return code
end

S["setblock"] = function(g, node)
  local s = C.inner(g, node.body)
  if node.filter then scope.visit(s, node.filter) end
  local result
  in_scope(g, s, function()
    C.with_own_output(g, function() result = capture(g, node.body) end)
    if node.filter then result = X.keep(g, filtered(g, node.filter, result)) end
  end)
  assign(g, node.target, as_markup(g, result))
end

S["filterblock"] = function(g, node)
  local s = C.inner(g, node.body)
  scope.visit(s, node.filter)
  in_scope(g, s, function()
    local code = filtered(g, node.filter, capture(g, node.body))
    append(g, constant(g, support.written) .. "(" .. code .. ")")
  end)
end

-- Branches -------------------------------------------------------------------------------------------------------------

local function branch(g, statements, counts)
  local outer = g.branch
  local sure = {}
  g.branch = sure
  body(g, statements)
  g.branch = outer
  for _, var in ipairs(sure) do
    var.sure = false
    counts[var] = (counts[var] or 0) + 1
  end
end

-- Opens the next branch; gives how many more `end` it needs.
local function next_branch(g, node, i)
  local mark = g.n
  statement(g, node.lines[i // 2 + 1])
  local code = condition(g, node.branches[i])
  if i == 1 then
    writer.open(g, "if " .. code .. " then")
    return 1
  end
  if g.n == mark then
    emit(g, "elseif " .. code .. " then")
    return 0
  end
  writer.insert(g, mark + 1, "else")
  writer.open(g, "if " .. code .. " then")
  return 1
end

S["if"] = function(g, node)
  local soft, depth, counts = g.soft, 0, {}
  g.soft = true
  for i = 1, #node.branches, 2 do
    depth = depth + next_branch(g, node, i)
    branch(g, node.branches[i + 1], counts)
  end
  if node.otherwise then
    emit(g, "else")
    branch(g, node.otherwise, counts)
  end
  for _ = 1, depth do writer.close(g) end
  g.soft = soft
  -- Set in every branch there is: set.
  local every = #node.branches // 2 + 1
  for var, count in pairs(counts) do
    if node.otherwise and count == every then C.set_sure(g, var) end
  end
end

-- with, autoescape -----------------------------------------------------------------------------------------------------

--- Gives codes to the variables that a scope is given, and declares them.
function C.declare_params(g, s)
  local names = {}
  for i = 1, #s do
    local var = s[i]
    if var.start == "param" and not var.code then
      local is_local
      var.code, is_local = writer.variable(g)
      if is_local then names[#names + 1] = var.code end
    end
  end
  if names[1] then emit(g, "local " .. concat(names, ", ")) end
end

S["with"] = function(g, node)
  local values = {}
  for i = 1, #node.values do values[i] = X.stable(g, node.values[i]) end
  local s = scope.new(g.scope)
  for i = 1, #node.targets do scope.param_target(s, node.targets[i]) end
  scope.visit_body(s, node.body)
  local mark = writer.enter(g)
  local outer = C.enter_scope(g, s)
  C.declare_params(g, s)
  C.begin_scope(g, s)
  for i = 1, #node.targets do assign(g, node.targets[i], values[i]) end
  body(g, node.body)
  C.leave_scope(g, outer)
  writer.leave(g, mark)
end

S["autoescape"] = function(g, node)
  local s = scope.new(g.scope)
  scope.visit(s, node.option)
  scope.visit_body(s, node.body)
  in_scope(g, s, function()
    local outer = g.escape
    if node.option.t == "const" then
      g.escape = literal.truth(node.option)
    else
      g.escape = writer.declare(g, (condition(g, node.option)))
    end
    local escape = constant(g, registry.escape)
    local was = writer.declare(g, format("%s(%s)", escape, g.escape))
    body(g, node.body)
    emit(g, format("%s(%s)", escape, was))
    g.escape = outer
  end)
end

return C
