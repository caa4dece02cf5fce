--- Expressions to Lua: half of the compiler; `compiler.lua` is the other.
---
--- A compiled expression is a piece of Lua text and its weight: 0 for what may be repeated and never changes within a
--- statement (a literal, a variable, a temporary), else about the number of registers it needs. What gets heavier than
--- WEIGHT_MAX is put into a temporary, so that neither registers nor the nesting of Lua's parser run out.
--- What needs statements (`and`, `or`, conditions) writes them in front; whatever stands to the left of it in the same
--- expression is then put into temporaries before them, which keeps the order of evaluation.
local json <const> = require "tocsin.json"
local repr <const> = require("jinja.text").repr
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local literal <const> = require "jinja.literal"
local emit <const>, use <const>, quote <const> = writer.emit, writer.use, writer.quote
local constant <const>, temp <const> = writer.constant, writer.temp
local concat <const>, format <const> = table.concat, string.format

local WEIGHT_MAX <const> = 40
local INLINE_MAX <const> = 40 -- elements of a literal that are passed as arguments

local E <const> = {} -- node kind → f(g, node) → code, weight; compiler_access.lua has the others
local X <const> = { kinds = E, WEIGHT_MAX = WEIGHT_MAX }

--- Compiles an expression.
---@return string code
---@return integer weight
local function expression(g, node)
  return E[node.t](g, node)
end
X.expression = expression

-- Puts a value into a temporary.
local function keep(g, code)
  local t = temp(g)
  emit(g, t .. " = " .. code)
  return t
end
X.keep = keep

--- Compiles an expression to something of weight 0.
local function stable(g, node)
  local code, weight = expression(g, node)
  if weight > 0 then return keep(g, code) end
  return code
end
X.stable = stable

-- Compiles an operand; without a node it is what a filter block wrote.
local function light(g, node)
  if not node then return g.filter_input, 0 end
  local code, weight = expression(g, node)
  if weight > WEIGHT_MAX then return keep(g, code), 0 end
  return code, weight
end

--- Compiles one operand; what the operands before it still have to evaluate moves in front of its statements.
function X.operand(g, codes, weights, i, node)
  local mark = g.n
  codes[i], weights[i] = light(g, node)
  if g.n == mark then return end
  for j = 1, i - 1 do
    if weights[j] > 0 then
      local t = temp(g)
      mark = mark + 1
      writer.insert(g, mark, t .. " = " .. codes[j])
      codes[j], weights[j] = t, 0
    end
  end
end

local operand <const> = X.operand

--- Compiles the children of a node from `first` to `last`, evaluated in that order.
---@return string[] codes
---@return integer weight  of a call with them as arguments
function X.operands(g, node, first, last)
  if first == last then -- most often
    local code, weight = light(g, node[first])
    return { code }, weight + 3
  end
  local codes, weights = {}, {}
  for i = first, last do operand(g, codes, weights, i - first + 1, node[i]) end
  local weight = #codes + 2
  for i = 1, #codes do
    if weights[i] + i + 2 > weight then weight = weights[i] + i + 2 end
  end
  return codes, weight
end

local operands <const> = X.operands

--- A condition: Lua text that gives a Lua boolean.
local function condition(g, node)
  local special = X.conditions[node.t]
  if special then return special(g, node) end
  local code, weight = X.path(g, node, "has")
  if code then return code, weight end
  code, weight = expression(g, node)
  if X.is_loop_boolean(g, node) then return code, weight end
  return use(g, "truth") .. "(" .. code .. ")", weight + 2
end
X.condition = condition

-- Literals -------------------------------------------------------------------------------------------------------------

local CONSTANTS <const> = {
  str = function(_, value) return quote(value) end,
  int = function(_, value) return format("%d", value) end,
  bool = function(_, value) return value and "true" or "false" end,
  none = function(g) return constant(g, json.null) end,
  big = function(g, digits) return constant(g, g.runtime.int(digits)) end,
  float = function(_, value)
    if value == math.huge then return "(1/0)" end
    return format("%a", value)
  end,
}

function E.const(g, node) return CONSTANTS[node.kind](g, node.value), 0 end

--- A piece of Lua that the compiler wrote itself.
function E.lua(_, node) return node.code, 0 end

--- A call of `name` with the number of values and the values.
function X.build(g, name, codes, count, weight)
  local n = #codes
  if n <= INLINE_MAX then
    if n == 0 then return use(g, name) .. "(0)", 3 end
    return use(g, name) .. "(" .. count .. ", " .. concat(codes, ", ") .. ")", weight + 1
  end
  local unpack = constant(g, table.unpack)
  return format("%s(%d, %s({%s}, 1, %d))", use(g, name), count, unpack, concat(codes, ", "), n), 60
end

local build <const> = X.build

local function is_scalar(node) return node.t == "const" and node.kind ~= "big" end

-- Is it a literal of literals, which a use that only reads may share between renderings?
local function is_fixed(node)
  if node.t ~= "list" and node.t ~= "tuple" and node.t ~= "dict" then return false end
  for i = 1, #node do
    if not is_scalar(node[i]) then return false end
  end
  return true
end

-- A fixed literal is built once, when the template is compiled.
local function fixed(g, node)
  local values = {}
  for i = 1, #node do values[i] = node[i].value end
  local count = node.t == "dict" and #values // 2 or #values
  return constant(g, g.runtime[node.t](count, table.unpack(values, 1, #values)))
end

--- The same as `operand`, for a place where the value is only read: a literal of literals is not built again.
function X.operand_or_fixed(g, codes, weights, i, node)
  if is_fixed(node) then
    codes[i], weights[i] = fixed(g, node), 0
  else
    operand(g, codes, weights, i, node)
  end
end

local operand_or_fixed <const> = X.operand_or_fixed

function E.list(g, node)
  local codes, weight = operands(g, node, 1, #node)
  return build(g, "list", codes, #node, weight)
end

function E.tuple(g, node)
  local codes, weight = operands(g, node, 1, #node)
  return build(g, "tuple", codes, #node, weight)
end

function E.dict(g, node)
  local codes, weight = operands(g, node, 1, #node)
  return build(g, "dict", codes, #node // 2, weight)
end

-- Names ----------------------------------------------------------------------------------------------------------------

function E.name(g, node)
  local var = scope.find(g.scope, node.name)
  if not var then error("a name that the scopes do not know: " .. node.name) end
  if var.sure then return var.code, 0 end
  return format("(%s == nil and %s(%s) or %s)", var.code, use(g, "undef"), quote(node.name), var.code), 3
end

local LOOP_BOOLEANS <const> = { first = true, last = true }

-- Is it `loop.first` or `loop.last` as arithmetic on counters?
local function is_loop_boolean(g, node)
  if node.t ~= "attr" or not LOOP_BOOLEANS[node.name] or node[1].t ~= "name" or node[1].name ~= "loop" then return false end
  local var = scope.find(g.scope, "loop")
  return var and var.inline
end
X.is_loop_boolean = is_loop_boolean

-- Operators ------------------------------------------------------------------------------------------------------------

local ARITHMETIC <const> = {
  ["+"] = "add", ["-"] = "sub", ["*"] = "mul", ["/"] = "div", ["//"] = "floordiv", ["%"] = "mod", ["**"] = "pow",
}

function E.bin(g, node)
  local codes, weight = operands(g, node, 1, 2)
  return use(g, ARITHMETIC[node.op]) .. "(" .. codes[1] .. ", " .. codes[2] .. ")", weight
end

function E.neg(g, node)
  if node[1].t == "const" and node[1].kind == "int" then return "(-" .. format("%d", node[1].value) .. ")", 0 end
  local codes, weight = operands(g, node, 1, 1)
  return use(g, "neg") .. "(" .. codes[1] .. ")", weight
end

function E.pos(g, node)
  local codes, weight = operands(g, node, 1, 1)
  return use(g, "pos") .. "(" .. codes[1] .. ")", weight
end

function E.concat(g, node)
  local codes, weight = operands(g, node, 1, #node)
  if g.escape and g.escape ~= true then
    local both = format("(%s and %s or %s)", g.escape, use(g, "concat_escaped"), use(g, "concat"))
    return format("%s(%d, %s({%s}, 1, %d))", both, #codes, constant(g, table.unpack), concat(codes, ", "), #codes), 60
  end
  return build(g, g.escape and "concat_escaped" or "concat", codes, #codes, weight)
end

local COMPARE <const> = {
  ["=="] = "eq", ["!="] = "ne", ["<"] = "lt", ["<="] = "le", [">"] = "gt", [">="] = "ge",
  ["in"] = "contains", notin = "contains",
}

local function comparison(g, op, left, right)
  local code = use(g, COMPARE[op]) .. "(" .. left .. ", " .. right .. ")"
  return op == "notin" and "(not " .. code .. ")" or code
end

-- `a < b < c`: each operand once, and no further than needed.
local function comparison_chain(g, node)
  local left = stable(g, node[1])
  local result = temp(g)
  for i, op in ipairs(node.ops) do
    if i > 1 then writer.open(g, "if " .. result .. " then") end
    local right = stable(g, node[i + 1])
    emit(g, result .. " = " .. comparison(g, op, left, right))
    if i > 1 then writer.close(g) end
    left = right
  end
  return result, 0
end

function E.compare(g, node)
  if node.ops[2] then return comparison_chain(g, node) end
  local codes, weights = {}, {}
  operand(g, codes, weights, 1, node[1])
  operand_or_fixed(g, codes, weights, 2, node[2])
  return comparison(g, node.ops[1], codes[1], codes[2]), weights[1] + weights[2] + 4
end

-- Logic ----------------------------------------------------------------------------------------------------------------

-- Does this expression give a Lua boolean, so that Lua's `and`, `or` and `not` can be used on it?
local function is_boolean(node)
  local kind = node.t
  if kind == "compare" or kind == "not" or kind == "test" then return true end
  if kind == "const" then return node.kind == "bool" end
  return (kind == "and" or kind == "or") and is_boolean(node[1]) and is_boolean(node[2])
end

-- Literals on the left that decide: the right side is not even compiled, whatever filters it names.
local function is_decided(node) return literal.truth(node[1]) == (node.t == "or") end

-- Two conditions; the second is evaluated only when it matters.
local function logic(g, node)
  local op = node.t
  if is_decided(node) then return condition(g, node[1]) end
  local left, left_weight = condition(g, node[1])
  if left_weight > WEIGHT_MAX then left, left_weight = keep(g, left), 0 end
  local mark = g.n
  local right, right_weight = condition(g, node[2])
  if right_weight > WEIGHT_MAX then right, right_weight = keep(g, right), 0 end
  if g.n == mark then return "(" .. left .. " " .. op .. " " .. right .. ")", math.max(left_weight, right_weight) + 2 end
  local t = temp(g)
  writer.insert(g, mark + 1, t .. " = " .. left)
  writer.insert(g, mark + 2, "if " .. (op == "or" and "not " or "") .. t .. " then")
  emit(g, t .. " = " .. right)
  emit(g, "end")
  return t, 0
end

local function negation(g, node)
  local even = false
  repeat
    node, even = node[1], not even
  until node.t ~= "not"
  local code, weight = condition(g, node)
  if not even then return code, weight end
  return "(not " .. code .. ")", weight + 1
end

X.conditions = {
  ["and"] = logic, ["or"] = logic, ["not"] = negation, compare = expression, test = expression,
  const = function(_, node) return literal.truth(node) and "true" or "false", 0 end,
}

E["not"] = negation

-- The value of `a and b`, `a or b` is that of an operand.
local function choice(g, node)
  if is_boolean(node) then return logic(g, node) end
  if is_decided(node) then return expression(g, node[1]) end
  local op = node.t
  local t = temp(g)
  local left, weight = expression(g, node[1])
  if op == "or" and weight == 0 then
    local mark = g.n
    local right, right_weight = expression(g, node[2])
    if g.n == mark and right_weight <= WEIGHT_MAX then
      -- What is true for Jinja is true for Lua.
      return "(" .. use(g, "truth") .. "(" .. left .. ") and " .. left .. " or " .. right .. ")", right_weight + 3
    end
    writer.insert(g, mark + 1, t .. " = " .. left)
    writer.insert(g, mark + 2, format("if not %s(%s) then", use(g, "truth"), t))
    emit(g, t .. " = " .. right)
    emit(g, "end")
    return t, 0
  end
  emit(g, t .. " = " .. left)
  writer.open(g, format("if %s%s(%s) then", op == "or" and "not " or "", use(g, "truth"), t))
  emit(g, t .. " = " .. expression(g, node[2]))
  writer.close(g)
  return t, 0
end
E["and"], E["or"] = choice, choice

local function inline_undefined(g, node)
  local message = "the inline if-expression on line %d%s evaluated to false and no else section was defined."
  local place = g.name and " in " .. repr(g.name) or ""
  return use(g, "undef_hint") .. "(" .. quote(format(message, node.line, place)) .. ")"
end

local function is_truthy_literal(node)
  return node.t == "const" and node.kind ~= "bool"
end

-- Writes `if … elseif … else` that put the value of a chain of conditionals into `t`.
local function conditional_chain(g, node, t, test)
  local depth = 1
  writer.open(g, "if " .. test .. " then")
  while true do
    emit(g, t .. " = " .. expression(g, node[2]))
    local other = node[3]
    if not other or other.t ~= "cond" then
      emit(g, "else")
      emit(g, t .. " = " .. (other and expression(g, other) or inline_undefined(g, node)))
      break
    end
    node = other
    local mark = g.n
    local code = condition(g, node[1])
    if g.n == mark then
      emit(g, "elseif " .. code .. " then")
    else
      writer.insert(g, mark + 1, "else")
      writer.open(g, "if " .. code .. " then")
      depth = depth + 1
    end
  end
  for _ = 1, depth do writer.close(g) end
end

-- `a if x if y …`: the outermost test first; a temporary says whether none has failed yet, so that nothing nests.
local function conditional_stack(g, node)
  local t, passed = temp(g), temp(g)
  emit(g, passed .. " = true")
  while node.t == "cond" do
    writer.open(g, "if " .. passed .. " then")
    emit(g, passed .. " = " .. condition(g, node[1]))
    writer.open(g, "if not " .. passed .. " then")
    emit(g, t .. " = " .. (node[3] and expression(g, node[3]) or inline_undefined(g, node)))
    writer.close(g)
    writer.close(g)
    node = node[2]
  end
  writer.open(g, "if " .. passed .. " then")
  emit(g, t .. " = " .. expression(g, node))
  writer.close(g)
  return t, 0
end

function E.cond(g, node)
  local soft = g.soft
  g.soft = true
  local code, weight
  local other = node[3]
  if node[2].t == "cond" then
    code, weight = conditional_stack(g, node)
    g.soft = soft
    return code, weight
  end
  local test, test_weight = condition(g, node[1])
  if is_truthy_literal(node[2]) and other and is_scalar(other) then
    local yes, yes_weight = expression(g, node[2])
    code, weight = format("(%s and %s or %s)", test, yes, expression(g, other)), test_weight + yes_weight + 2
  else
    code, weight = temp(g), 0
    conditional_chain(g, node, code, test)
  end
  g.soft = soft
  return code, weight
end

-- Printing -------------------------------------------------------------------------------------------------------------

local LITERAL_TEXT <const> = {
  str = function(value) return value end,
  int = function(value) return format("%d", value) end,
  big = function(value) return value end,
  bool = function(value) return value and "True" or "False" end,
  none = function() return "None" end,
}

--- The text that a literal in the output surely is, or nil.
---@return string?
function X.literal_text(g, node)
  if node.t ~= "const" or g.escape then return nil end
  local f = LITERAL_TEXT[node.kind]
  return f and f(node.value)
end

-- `a if b` prints nothing when b is false: without a value that says why.
local function with_else(node)
  if node.t ~= "cond" or node[2].t == "cond" then return node end
  local other = node[3] and with_else(node[3]) or { t = "const", kind = "str", value = "", line = node.line }
  if other == node[3] then return node end
  return { t = "cond", line = node.line, node[1], node[2], other }
end

--- Compiles what `{{ node }}` prints: Lua text that gives a string.
function X.printed(g, node)
  node = with_else(node)
  local code, weight = expression(g, node)
  if g.escape then
    local f = use(g, "str_escaped")
    if g.escape ~= true then f = format("(%s and %s or %s)", g.escape, f, use(g, "str")) end
    return f .. "(" .. code .. ")", weight + 2
  end
  if node.t == "concat" then return code, weight end
  return use(g, "str") .. "(" .. code .. ")", weight + 2
end

--- The same for the buffer, which makes a text of every value itself.
function X.written(g, node)
  if g.escape then return (X.printed(g, node)) end
  return (expression(g, node.t == "cond" and with_else(node) or node))
end

--- Does its evaluation neither fail nor change anything?
function X.is_settled(g, node)
  if g.escape or node.t ~= "name" then return false end
  local var = scope.find(g.scope, node.name)
  return var ~= nil and var.sure
end

return X
