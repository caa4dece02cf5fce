--- Syntax tree to Lua source: macros, call blocks and blocks, and the chunk around everything.
---
--- A template becomes one chunk that returns `main(context) → text`. Macros are Lua closures, so they see later
--- assignments around them, as they should. Blocks are functions beside `main`; they see names, not variables.
local errors <const> = require "jinja.errors"
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local support <const> = require "jinja.support"
local inherit <const> = require "jinja.inherit"
local X <const> = require "jinja.compiler_expression"
local C <const> = require "jinja.compiler_statement"
local loops <const> = require "jinja.compiler_loop"
require "jinja.compiler_link"
local emit <const>, use <const>, quote <const> = writer.emit, writer.use, writer.quote
local constant <const> = writer.constant
local format <const>, concat <const> = string.format, table.concat

local PARAMETERS_MAX <const> = 60
local RECURSION_MAX <const> = 190
local STEP <const>, LINE_COST <const> = require("tocsin.fuel").STEP, 5 -- fuel: of a call, and of each line it runs

-- Names that functions are given when they are mentioned there.
local OF_MACROS <const>, OF_BLOCKS <const>, OF_MAIN <const> = { "caller", "kwargs", "varargs" }, { "self", "super" }, { "self" }
local NONE <const> = {}

local S <const> = C.statements
local compiler <const> = {}

-- Functions ------------------------------------------------------------------------------------------------------------

-- Opens a function; `f` writes what is inside.
local function as_function(g, head, f, is_root)
  local outer = writer.open_function(g, head, is_root)
  local at = emit(g, "")
  local branch = g.branch
  g.branch = nil
  f()
  g.branch = branch
  g.code[at] = g.code[at] .. format("%s(%d)", use(g, "spend"), STEP + LINE_COST * (g.n - at))
  writer.close_function(g, outer)
end

-- The same for one that may call itself other than as a macro, whose depth the runtime bounds. `f` writes
-- `depth = depth - 1` where the function returns.
local function as_deep_function(g, head, f, is_root)
  g.is_deep = true
  as_function(g, head, function()
    emit(g, format("depth = depth + 1 if depth > %d then %s() end", RECURSION_MAX, constant(g, support.too_deep)))
    f()
  end, is_root)
end
loops.as_function = as_deep_function

-- Which of these names a body mentions. Most templates mention none, and nothing is searched.
local function mentions(g, body, names)
  local some
  for _, name in ipairs(names) do
    if g.given[name] then
      some = some or {}
      some[#some + 1] = name
    end
  end
  return some and scope.mentions(body, some) or NONE
end

-- The scope of a macro: its parameters, then the special names that its body mentions.
local function macro_scope(g, node)
  local s = scope.new(g.scope)
  local explicit_caller
  for i, param in ipairs(node.params) do
    scope.param(s, param.name)
    if param.name == "caller" then explicit_caller = i end
  end
  local special = mentions(g, node.body, OF_MACROS)
  if explicit_caller and special.caller and not node.defaults[explicit_caller] then
    errors.raise("TemplateAssertionError", 'When defining macros or call blocks the special "caller" argument must be'
      .. " omitted or be given a default.", node.line)
  end
  local extra = {}
  for _, name in ipairs(OF_MACROS) do
    if special[name] and not s.refs[name] then
      scope.param(s, name)
      extra[#extra + 1] = name
    end
  end
  for _, default in pairs(node.defaults) do scope.visit(s, default) end
  scope.visit_body(s, node.body)
  return s, extra
end

-- Parameters that were not given: the default, or an Undefined that says so.
local function fill_defaults(g, node, s)
  for i, param in ipairs(node.params) do
    local var = s.refs[param.name]
    writer.statement(g, param.line)
    writer.open(g, "if " .. var.code .. " == nil then")
    if node.defaults[i] then
      emit(g, var.code .. " = " .. X.expression(g, node.defaults[i]))
    else
      emit(g, format("%s = %s(%s)", var.code, use(g, "undef_hint"),
        quote("parameter '" .. param.name .. "' was not provided")))
    end
    writer.close(g)
    var.sure = true
  end
end

local function macro_table(g, node, extra, body)
  local names = {}
  for i, param in ipairs(node.params) do names[i] = quote(param.name) end
  local parts = { "params = {" .. concat(names, ", ") .. "}", "body = " .. body }
  if node.name then parts[#parts + 1] = "name = " .. quote(node.name) end
  for _, name in ipairs(extra) do parts[#parts + 1] = name .. " = true" end
  return use(g, "macro") .. "{" .. concat(parts, ", ") .. "}"
end

-- Writes the function of a macro or call block; gives the Lua text of the macro's value.
local function macro(g, node)
  local s, extra = macro_scope(g, node)
  if #node.params > PARAMETERS_MAX then
    errors.raise("TemplateSyntaxError", "a macro has more than " .. PARAMETERS_MAX .. " parameters", node.line)
  end
  local body, codes = writer.temp(g), {}
  local active = g.active
  local function param(name)
    g.ids = g.ids + 1
    codes[#codes + 1] = "v" .. g.ids
    s.refs[name].code = codes[#codes]
  end
  for _, node_param in ipairs(node.params) do param(node_param.name) end
  for _, name in ipairs(extra) do
    param(name)
    s.refs[name].sure = true
  end
  as_function(g, "function " .. body .. "(" .. concat(codes, ", ") .. ")", function()
    g.active = active + #codes
    local outer = C.enter_scope(g, s)
    C.begin_scope(g, s)
    fill_defaults(g, node, s)
    C.with_own_output(g, function() C.function_body(g, node.body) end)
    C.leave_scope(g, outer)
  end)
  return macro_table(g, node, extra, body)
end

S["macro"] = function(g, node)
  local code = macro(g, node)
  local var = scope.find(g.scope, node.name)
  emit(g, var.code .. " = " .. code)
  C.assigned(g, var)
end

-- The call of a call block with `caller` as one more keyword argument.
local function with_caller(call, caller)
  local node = { t = "call", line = call.line, nargs = call.nargs, keys = {}, star = call.star, star2 = call.star2 }
  local last = 1 + call.nargs + #call.keys
  for i = 1, #call.keys do node.keys[i] = call.keys[i] end
  node.keys[#node.keys + 1] = "caller"
  for i = 1, last do node[i] = call[i] end
  node[last + 1] = { t = "lua", code = caller }
  for i = last + 1, #call do node[i + 1] = call[i] end
  return node
end

S["callblock"] = function(g, node)
  local caller = X.keep(g, macro(g, node))
  local code = X.expression(g, with_caller(node.call, caller))
  C.append(g, constant(g, support.written) .. "(" .. code .. ")")
end

-- Blocks ---------------------------------------------------------------------------------------------------------------

local function block_call(g, node)
  local argument = node.scoped and C.derived_variables(g) or g.in_block and "scoped" or "nil"
  C.append(g, format("%s(S, %s, %s%s)", constant(g, inherit.block), quote(node.name), argument,
    node.required and ", true" or ""))
end

-- At the top level of a child, blocks are only there for the parent to call.
S["block"] = function(g, node)
  if not (g.may_extend and g.toplevel) then return block_call(g, node) end
  if g.is_extended then return end
  writer.open(g, "if not parent then")
  block_call(g, node)
  writer.close(g)
end

local function check_blocks(blocks)
  local seen = {}
  for _, node in ipairs(blocks) do
    if seen[node.name] then
      errors.raise("TemplateAssertionError", "block '" .. node.name .. "' defined twice", node.line)
    end
    seen[node.name] = true
  end
end

-- The scope of a function that stands alone: `self`, and in a block `super`, are given.
local function root_scope(g, body, block)
  local s = scope.new(nil)
  local special = mentions(g, body, block and OF_BLOCKS or OF_MAIN)
  for name in pairs(special) do scope.param(s, name) end
  scope.visit_body(s, body)
  return s, special
end

local function bind_special(g, s, special, block)
  local function bind(name, code)
    local var = s.refs[name]
    var.is_special, var.sure = true, true
    var.code = writer.declare(g, code)
  end
  if special.self then bind("self", format(block and "%s(S, scoped)" or "%s(S)", constant(g, inherit.self))) end
  if special.super then bind("super", format("%s(S, %s, scoped, level)", constant(g, inherit.super), quote(block.name))) end
end

local function root_body(g, body, block, leave)
  local s, special = root_scope(g, body, block)
  bind_special(g, s, special, block)
  g.scope, g.soft = s, false
  C.begin_scope(g, s)
  C.function_body(g, body, leave)
end

-- Is there an `extends` among the statements of the top level?
local function has_extends(body)
  for _, node in ipairs(body) do
    if node.t == "extends" then return true end
    if node.t == "if" then
      for i = 2, #node.branches, 2 do
        if has_extends(node.branches[i]) then return true end
      end
      if node.otherwise and has_extends(node.otherwise) then return true end
    end
  end
  return false
end

local function write_main(g, tree)
  local outer = writer.open_function(g, "local function main(ctx" .. (g.linked and ", S)" or ")"), true)
  local at = emit(g, "")
  g.toplevel = true
  g.may_extend = has_extends(tree.body)
  root_body(g, tree.body, nil, g.may_extend
    and format("if parent then text = text .. %s(S, parent) end", constant(g, inherit.parent)) or nil)
  g.toplevel, g.may_extend, g.is_extended = false, false, false
  g.code[at] = format("%s(%d)", use(g, "spend"), STEP + LINE_COST * (g.n - at))
  local begin = g.is_deep and (g.linked and "if not S then depth = 0 end " or "depth = 0 ") or ""
  if g.linked then
    local function new_state(ctx, blocks) return inherit.state(g.options, g.name, ctx, blocks) end
    begin = begin .. "S = S or " .. constant(g, new_state) .. "(ctx, B) local vars, parent = S.vars, nil "
  end
  g.code[g.fn.head] = begin .. g.code[g.fn.head]
  writer.close_function(g, outer)
end

local function write_block(g, node)
  g.in_block = true
  as_deep_function(g, "B[" .. quote(node.name) .. "] = function(S, scoped, level)", function()
    g.code[g.fn.head] = "local ctx, vars = S.ctx, S.vars " .. g.code[g.fn.head]
    root_body(g, node.body, node, "depth = depth - 1")
  end, true)
  g.in_block = false
end

--- Compiles a tree.
---@param tree table  of parser.parse
---@param env table  runtime, filters, tests (own ones, or nil), global(name) → value
---@param name string?  under which others know the template; it then takes part in inheritance whatever it holds
---@return table result  {source=, map=, constants=}: the chunk takes (runtime, constants) and returns main(context) and
---  its blocks by name
function compiler.compile(tree, env, name)
  local g = writer.new(env.runtime)
  g.options, g.global, g.mutates, g.name = env, env.global, tree.mutates, name
  g.escape, g.escapes, g.links, g.given = env.autoescape or false, tree.escapes, tree.links, tree.given
  g.linked = name ~= nil or tree.links or tree.blocks[1] ~= nil
    or mentions(g, tree.body, OF_MAIN).self ~= nil
  g.is_deep = tree.blocks[1] ~= nil
  check_blocks(tree.blocks)
  write_main(g, tree)
  for _, node in ipairs(tree.blocks) do write_block(g, node) end
  emit(g, g.linked and "return main, B" or "return main")
  local head = (g.is_deep and " local depth = 0" or "") .. (g.linked and " local B = {}" or "")
  local source, map = writer.finish(g, head)
  return { source = source, map = map, constants = g.constants }
end

return compiler
