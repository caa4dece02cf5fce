--- Expressions to Lua: half of the compiler; `compiler.lua` is the other.
---
--- A compiled expression is a piece of Lua text and its weight: 0 for what may be repeated and never changes within a
--- statement (a literal, a variable, a temporary), else about the number of registers it needs. What gets heavier than
--- WEIGHT_MAX is put into a temporary, so that neither registers nor the nesting of Lua's parser run out.
--- What needs statements (`and`, `or`, conditions) writes them in front; whatever stands to the left of it in the same
--- expression is then put into temporaries before them, which keeps the order of evaluation.
local errors <const> = require "jinja.errors"
local json <const> = require "tocsin.json"
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local support <const> = require "jinja.support"
local emit <const>, use <const>, quote <const> = writer.emit, writer.use, writer.quote
local constant <const>, temp <const> = writer.constant, writer.temp
local concat <const>, format <const>, sub <const> = table.concat, string.format, string.sub

local WEIGHT_MAX <const> = 40
local ARGUMENTS_MAX <const> = 6 -- what R.call and R.method take
local INLINE_MAX <const> = 40 -- elements of a literal that are passed as arguments
local PATH_MAX <const> = 5 -- names that R.path takes

local E <const> = {} -- node kind → f(g, node) → code, weight
local X <const> = {}

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

-- Compiles one operand; what the operands before it still have to evaluate moves in front of its statements.
local function operand(g, codes, weights, i, node)
  local mark = g.n
  local code, weight
  if node then code, weight = expression(g, node) else code, weight = g.filter_input, 0 end
  if weight > WEIGHT_MAX then code, weight = keep(g, code), 0 end
  codes[i], weights[i] = code, weight
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

--- Compiles the children of a node from `first` to `last`, evaluated in that order.
---@return string[] codes
---@return integer weight  of a call with them as arguments
local function operands(g, node, first, last)
  local codes, weights = {}, {}
  for i = first, last do operand(g, codes, weights, i - first + 1, node[i]) end
  local weight = #codes + 2
  for i = 1, #codes do
    if weights[i] + i + 2 > weight then weight = weights[i] + i + 2 end
  end
  return codes, weight
end

--- A condition: Lua text that gives a Lua boolean.
local function condition(g, node)
  local special = X.conditions[node.t]
  if special then return special(g, node) end
  local code, weight = expression(g, node)
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

-- A call of `name` with the number of values and the values.
local function build(g, name, codes, count, weight)
  local n = #codes
  if n <= INLINE_MAX then
    if n == 0 then return use(g, name) .. "(0)", 3 end
    return use(g, name) .. "(" .. count .. ", " .. concat(codes, ", ") .. ")", weight + 1
  end
  local unpack = constant(g, table.unpack)
  return format("%s(%d, %s({%s}, 1, %d))", use(g, name), count, unpack, concat(codes, ", "), n), 60
end

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

local function operand_or_fixed(g, codes, weights, i, node)
  if is_fixed(node) then
    codes[i], weights[i] = fixed(g, node), 0
  else
    operand(g, codes, weights, i, node)
  end
end

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

-- `loop.index` and the like, when this loop has counters in place of a loop object.
local LOOP <const> = {
  index = function(loop) return loop.index end,
  index0 = function(loop) return "(" .. loop.index .. " - 1)" end,
  first = function(loop) return "(" .. loop.index .. " == 1)" end,
  last = function(loop) return "(" .. loop.index .. " == " .. loop.length .. ")" end,
  length = function(loop) return loop.length end,
  revindex = function(loop) return "(" .. loop.length .. " - " .. loop.index .. " + 1)" end,
  revindex0 = function(loop) return "(" .. loop.length .. " - " .. loop.index .. ")" end,
  depth = function() return "1" end,
  depth0 = function() return "0" end,
}
local LOOP_BOOLEANS <const> = { first = true, last = true }

local function inline_loop(g, node)
  if node.t ~= "name" or node.name ~= "loop" then return nil end
  local var = scope.find(g.scope, "loop")
  return var and var.inline
end

function X.is_loop_boolean(g, node)
  return node.t == "attr" and LOOP_BOOLEANS[node.name] and inline_loop(g, node[1])
end

-- Attributes and items -------------------------------------------------------------------------------------------------

local DICT_METHODS <const> = {
  get = true, items = true, keys = true, values = true, pop = true, popitem = true, setdefault = true, update = true,
  copy = true, clear = true, fromkeys = true,
}

-- The key when `node` is a step that means the same as an attribute of that name.
local function path_key(node)
  if node.t == "attr" then return node.name end
  if node.t ~= "item" or node[2].t ~= "const" or node[2].kind ~= "str" then return nil end
  local key = node[2].value
  if DICT_METHODS[key] or sub(key, 1, 1) == "_" then return nil end
  return key
end

-- `self.name`: the block of that name.
local function block_reference(g, node)
  local base = node[1]
  if base.t ~= "name" or base.name ~= "self" then return nil end
  local var = scope.find(g.scope, "self")
  if not var or not var.is_self then return nil end
  return g.blocks[node.name] or false
end

local function block_attr(g, node, block)
  if block then
    return format("%s{name = %s, params = {}, body = %s}", use(g, "macro"), quote(node.name), block.code), 5
  end
  return format("%s(%s)", use(g, "undef_hint"),
    quote("'jinja2.runtime.TemplateReference object' has no attribute '" .. node.name .. "'")), 3
end

-- A step that `E.attr` treats on its own ends a path.
local function is_special(g, node)
  return node.t == "attr" and (inline_loop(g, node[1]) or block_reference(g, node) ~= nil)
end

local function path(g, node)
  local keys, n = {}, 0
  local key = path_key(node)
  while key and n < PATH_MAX do
    n = n + 1
    keys[n] = quote(key)
    node = node[1]
    key = not is_special(g, node) and path_key(node)
  end
  local base, weight = expression(g, node)
  if weight > WEIGHT_MAX then base = keep(g, base) end
  for i = 1, n // 2 do keys[i], keys[n + 1 - i] = keys[n + 1 - i], keys[i] end
  return format("%s(%s, %s)", use(g, "path"), base, concat(keys, ", ")), weight + n + 2
end

function E.attr(g, node)
  local loop = inline_loop(g, node[1])
  if loop then return LOOP[node.name](loop), 1 end
  local block = block_reference(g, node)
  if block ~= nil then return block_attr(g, node, block) end
  return path(g, node)
end

local function slice(g, node)
  local arg = node[2]
  local parts = { node[1] }
  for _, part in ipairs { "from", "to", "step" } do
    if arg[part] then parts[#parts + 1] = arg[part] end
  end
  local codes, weight = operands(g, parts, 1, #parts)
  local at, args = 1, { codes[1] }
  for i, part in ipairs { "from", "to", "step" } do
    if arg[part] then at = at + 1 end
    args[i + 1] = arg[part] and codes[at] or "nil"
  end
  return use(g, "slice") .. "(" .. concat(args, ", ") .. ")", weight + 2
end

function E.slice(g, node)
  -- A slice that is one of several subscripts: a key that no value has.
  local codes = operands(g, node, 1, #node)
  for i = 1, #codes do emit(g, temp(g) .. " = " .. codes[i]) end
  return constant(g, support.SLICE), 0
end

function E.item(g, node)
  if node[2].t == "slice" then return slice(g, node) end
  if path_key(node) then return path(g, node) end
  local codes, weights = {}, {}
  operand_or_fixed(g, codes, weights, 1, node[1])
  operand(g, codes, weights, 2, node[2])
  return use(g, "item") .. "(" .. codes[1] .. ", " .. codes[2] .. ")", weights[1] + weights[2] + 4
end

-- Calls ----------------------------------------------------------------------------------------------------------------

-- `{"a", "b", a = …, b = …}`: the keyword arguments, or nil.
local function keyword_table(keys, codes, at)
  if #keys == 0 then return nil end
  local parts = {}
  for i = 1, #keys do parts[i] = quote(keys[i]) end
  for i = 1, #keys do parts[#parts + 1] = "[" .. quote(keys[i]) .. "] = " .. codes[at + i] end
  return "{" .. concat(parts, ", ") .. "}"
end

-- The positional arguments as a list and the keywords merged, for calls with `*a`, `**k` or many arguments.
local function spread_arguments(g, node, codes)
  local n, at = node.nargs, 1 + node.nargs
  local list = build(g, "list", { table.unpack(codes, 2, at) }, n, 0)
  local keywords = keyword_table(node.keys, codes, at) or "nil"
  at = at + #node.keys
  if node.star then
    at = at + 1
    list = format("%s(%s, %s)", use(g, "spread"), list, codes[at])
  end
  if node.star2 then
    keywords = format("%s(%s, %s)", use(g, "spread_kw"), keywords, codes[at + 1])
  end
  return list, keywords
end

-- `n, args…[, keywords]` as the text behind a comma.
local function plain_arguments(node, codes)
  local parts = { format("%d", node.nargs) }
  for i = 2, node.nargs + 1 do parts[i] = codes[i] end
  parts[#parts + 1] = keyword_table(node.keys, codes, 1 + node.nargs)
  return concat(parts, ", ")
end

local function is_spread(node) return node.star or node.star2 or node.nargs > ARGUMENTS_MAX end

local function loop_cycle(g, node, loop)
  local codes = operands(g, node, 2, #node)
  return format("({%s})[(%s - 1) %% %d + 1]", concat(codes, ", "), loop.index, #codes), 60
end

local function method_call(g, node)
  local callee = node[1]
  local loop = inline_loop(g, callee[1])
  if loop and callee.name == "cycle" then return loop_cycle(g, node, loop) end
  local block = block_reference(g, callee)
  if block and #node == 1 then return block.code .. "()", 2 end
  if block ~= nil then return nil end
  local codes, weights = {}, {}
  operand_or_fixed(g, codes, weights, 1, callee[1])
  local weight = 0
  for i = 2, #node do operand(g, codes, weights, i, node[i]) end
  for i = 1, #node do weight = math.max(weight, weights[i] + i + 4) end
  local name = quote(callee.name)
  if callee.name == "get" and #node == node.nargs + 1 and (node.nargs == 1 or node.nargs == 2) then
    return format("%s(%s)", constant(g, support.get), concat(codes, ", ")), weight
  end
  if is_spread(node) then
    local list, keywords = spread_arguments(g, node, codes)
    return format("%s(%s, %s, %s, %s)", use(g, "method_spread"), codes[1], name, list, keywords), weight + 60
  end
  return format("%s(%s, %s, %s)", use(g, "method"), codes[1], name, plain_arguments(node, codes)), weight
end

local function value_call(g, node)
  local codes, weight = operands(g, node, 1, #node)
  if is_spread(node) then
    local list, keywords = spread_arguments(g, node, codes)
    return format("%s(%s, %s, %s)", use(g, "call_spread"), codes[1], list, keywords), weight + 60
  end
  return format("%s(%s, %s)", use(g, "call"), codes[1], plain_arguments(node, codes)), weight + 2
end

function E.call(g, node)
  local code, weight
  if node[1].t == "attr" then code, weight = method_call(g, node) end
  if not code then code, weight = value_call(g, node) end
  if g.escape and node[1].t == "name" then
    -- A macro's text is safe where it is called under autoescape.
    code, weight = format("%s(%s, %s)", constant(g, support.macro_markup), E.name(g, node[1]), code), weight + 3
    if g.escape ~= true then code = format("%s(%s, %s)", constant(g, support.if_escaped), g.escape, code) end
  end
  return code, weight
end

-- Filters and tests ----------------------------------------------------------------------------------------------------

local function lookup(g, kind, name, escaped)
  local own = g.options[kind .. "s"]
  return own and own[name] or g.runtime[kind](name, escaped)
end

-- The Lua name of a filter or test. An unknown one is refused here, or in an `if` branch when it is reached.
local function callable(g, node)
  local kind = node.t
  local f = lookup(g, kind, node.name, g.escape == true)
  if f then
    if g.escape and g.escape ~= true then
      return format("(%s and %s or %s)", g.escape, constant(g, lookup(g, kind, node.name, true)), constant(g, f))
    end
    return constant(g, f)
  end
  local sentence = "No " .. kind .. " named '" .. node.name .. "'"
  if not g.soft then errors.raise("TemplateAssertionError", sentence .. ".", node.line) end
  return constant(g, function() errors.raise("TemplateRuntimeError", sentence .. " found.") end)
end

function E.filter(g, node)
  local f = callable(g, node)
  local codes, weight = operands(g, node, 1, #node)
  if node.star or node.star2 then
    local list, keywords = spread_arguments(g, node, codes)
    return format("%s(%s, %s, %s, %s)", constant(g, support.apply), f, codes[1], list, keywords), weight + 60
  end
  return format("%s(%s, %s)", f, codes[1], plain_arguments(node, codes)), weight + 2
end
E.test = E.filter

-- Operators ------------------------------------------------------------------------------------------------------------

local ARITHMETIC <const> = {
  ["+"] = "add", ["-"] = "sub", ["*"] = "mul", ["/"] = "div", ["//"] = "floordiv", ["%"] = "mod", ["**"] = "pow",
}

function E.bin(g, node)
  local codes, weight = operands(g, node, 1, 2)
  return format("%s(%s, %s)", use(g, ARITHMETIC[node.op]), codes[1], codes[2]), weight
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
}

local function comparison(g, op, left, right)
  if op == "in" then return format("%s(%s, %s)", use(g, "contains"), left, right) end
  if op == "notin" then return format("(not %s(%s, %s))", use(g, "contains"), left, right) end
  return format("%s(%s, %s)", use(g, COMPARE[op]), left, right)
end

-- `a < b < c`: each operand once, and no further than needed.
local function comparison_chain(g, node)
  local left = stable(g, node[1])
  local result = temp(g)
  local right
  for i, op in ipairs(node.ops) do
    if i > 1 then writer.open(g, "if " .. result .. " then") end
    right = stable(g, node[i + 1])
    emit(g, result .. " = " .. comparison(g, op, left, right))
    left = right
  end
  for _ = 2, #node.ops do writer.close(g) end
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

-- Two conditions; the second is evaluated only when it matters.
local function logic(g, node)
  local op = node.t
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
  const = function(_, node)
    local value, kind = node.value, node.kind
    if kind == "str" then value = value ~= ""
    elseif kind == "none" then value = false
    elseif kind == "int" or kind == "float" then value = value ~= 0
    elseif kind == "big" then value = true end
    return value and "true" or "false", 0
  end,
}

E["not"] = negation

-- The value of `a and b`, `a or b` is that of an operand.
local function choice(g, node)
  if is_boolean(node) then return logic(g, node) end
  local op = node.t
  local t = temp(g)
  local left, weight = expression(g, node[1])
  if op == "or" and weight == 0 then
    local mark = g.n
    local right, right_weight = expression(g, node[2])
    if g.n == mark and right_weight <= WEIGHT_MAX then
      -- What is true for Jinja is true for Lua.
      return format("(%s(%s) and %s or %s)", use(g, "truth"), left, left, right), right_weight + 3
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
  local message = "the inline if-expression on line %d evaluated to false and no else section was defined."
  return use(g, "undef_hint") .. "(" .. quote(format(message, node.line)) .. ")"
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

function E.cond(g, node)
  local soft = g.soft
  g.soft = true
  local code, weight
  local test, test_weight = condition(g, node[1])
  local other = node[3]
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

--- The text that a piece of output surely is, or nil.
---@return string?
function X.literal_text(g, node)
  if node.t == "data" then return node.text end
  if node.t ~= "const" or g.escape then return nil end
  local f = LITERAL_TEXT[node.kind]
  return f and f(node.value)
end

--- Compiles what `{{ node }}` prints: Lua text that gives a string.
function X.printed(g, node)
  local code, weight = expression(g, node)
  if g.escape then
    local f = use(g, "str_escaped")
    if g.escape ~= true then f = format("(%s and %s or %s)", g.escape, f, use(g, "str")) end
    return f .. "(" .. code .. ")", weight + 2
  end
  if node.t == "concat" then return code, weight end
  return use(g, "str") .. "(" .. code .. ")", weight + 2
end

return X
