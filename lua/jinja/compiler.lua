--- Syntax tree to Lua source: macros, call blocks and blocks, and the chunk around everything.
---
--- A template becomes one chunk that returns `main(context) → text`. Macros are Lua closures, so they see later
--- assignments around them, as they should. Blocks are functions beside `main`; they see names, not variables.
local errors <const> = require "jinja.errors"
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local support <const> = require "jinja.support"
local X <const> = require "jinja.compiler_expression"
local C <const> = require "jinja.compiler_statement"
local loops <const> = require "jinja.compiler_loop"
local emit <const>, use <const>, quote <const> = writer.emit, writer.use, writer.quote
local constant <const> = writer.constant
local format <const>, concat <const> = string.format, table.concat

local PARAMETERS_MAX <const> = 60
local RECURSION_MAX <const> = 190
local STEP <const>, LINE_COST <const> = require("tocsin.fuel").STEP, 5 -- fuel: of a call, and of each line it runs

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

-- The scope of a macro: its parameters, then the special names that its body mentions.
local function macro_scope(g, node)
  local s = scope.new(g.scope)
  local explicit_caller
  for i, param in ipairs(node.params) do
    scope.param(s, param.name)
    if param.name == "caller" then explicit_caller = i end
  end
  local special = scope.mentions(node.body, { "caller", "kwargs", "varargs" })
  if explicit_caller and special.caller and not node.defaults[explicit_caller] then
    errors.raise("TemplateAssertionError", 'When defining macros or call blocks the special "caller" argument must be'
      .. " omitted or be given a default.", node.line)
  end
  local extra = {}
  for _, name in ipairs { "caller", "kwargs", "varargs" } do
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
  if g.escape then parts[#parts + 1] = "escaped = " .. tostring(g.escape) end
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
    C.function_body(g, node.body)
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

-- What a scoped block is handed: every variable in sight that its place assigns.
local function scoped_variables(g)
  local parts = {}
  for name, var in pairs(scope.stored(g.scope)) do
    if not var.is_self then parts[#parts + 1] = "[" .. quote(name) .. "] = " .. var.code end
  end
  table.sort(parts)
  return format("%s(%s, {%s})", constant(g, support.derive), g.in_block and "scoped" or "nil", concat(parts, ", "))
end

S["block"] = function(g, node)
  if node.required then
    emit(g, format("%s(%s, %s)", use(g, "fail"), quote("TemplateRuntimeError"),
      quote("Required block '" .. node.name .. "' not found")))
  end
  local argument = node.scoped and scoped_variables(g) or g.in_block and "scoped" or ""
  C.append(g, g.blocks[node.name].code .. "(" .. argument .. ")")
end

local function register_blocks(g, blocks)
  for i, node in ipairs(blocks) do
    if g.blocks[node.name] then
      errors.raise("TemplateAssertionError", "block '" .. node.name .. "' defined twice", node.line)
    end
    g.blocks[node.name] = { code = "B[" .. i .. "]", node = node }
  end
end

-- The scope of a function that stands alone: `self`, and in a block `super`, are given.
local function root_scope(body, block)
  local s = scope.new(nil)
  local special = scope.mentions(body, { "self", block and "super" or nil })
  for name in pairs(special) do scope.param(s, name) end
  scope.visit_body(s, body)
  return s, special
end

local function bind_special(g, s, special, block)
  if special.self then
    local var = s.refs.self
    var.is_self, var.sure = true, true
    var.code = writer.declare(g, use(g, "undef") .. '("self")')
  end
  if special.super then
    local var = s.refs.super
    var.sure = true
    var.code = writer.declare(g, format("%s(%s)", use(g, "undef_hint"),
      quote("there is no parent block called '" .. block.name .. "'.")))
  end
end

local function root_body(g, body, block)
  local s, special = root_scope(body, block)
  bind_special(g, s, special, block)
  g.scope, g.soft = s, false
  C.begin_scope(g, s)
  C.function_body(g, body, block and "depth = depth - 1" or nil)
end

local function write_main(g, tree)
  local outer = writer.open_function(g, "local function main(" .. (g.has_blocks and "context" or "ctx") .. ")", true)
  local at = emit(g, "")
  g.toplevel = true
  root_body(g, tree.body)
  g.toplevel = false
  g.code[at] = format("%s(%d)", use(g, "spend"), STEP + LINE_COST * (g.n - at))
  local begin = (g.has_blocks and "ctx, vars = context, {} " or "") .. (g.is_deep and "depth = 0 " or "")
  g.code[g.fn.head] = begin .. g.code[g.fn.head]
  writer.close_function(g, outer)
end

local function write_block(g, node)
  g.in_block = true
  as_deep_function(g, g.blocks[node.name].code .. " = function(scoped)", function()
    root_body(g, node.body, node)
  end, true)
  g.in_block = false
end

--- Compiles a tree.
---@param tree table  of parser.parse
---@param env table  runtime, filters, tests (own ones, or nil), global(name) → value
---@return table result  {source=, map=, constants=}: the chunk takes (runtime, constants) and returns main(context)
function compiler.compile(tree, env)
  local g = writer.new(env.runtime)
  g.options, g.global, g.mutates = env, env.global, tree.mutates
  g.escape, g.blocks, g.has_blocks = env.autoescape or false, {}, tree.blocks[1] ~= nil
  g.is_deep = g.has_blocks
  register_blocks(g, tree.blocks)
  write_main(g, tree)
  for _, node in ipairs(tree.blocks) do write_block(g, node) end
  emit(g, "return main")
  local head = (g.is_deep and " local depth = 0" or "") .. (g.has_blocks and " local ctx, vars, B = nil, nil, {}" or "")
  local source, map = writer.finish(g, head)
  return { source = source, map = map, constants = g.constants }
end

return compiler
