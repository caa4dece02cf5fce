--- Access to Lua: attributes, items, calls, filters and tests. A part of the expressions.
local errors <const> = require "jinja.errors"
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local support <const> = require "jinja.support"
local registry <const> = require "jinja.registry"
local X <const> = require "jinja.compiler_expression"
local emit <const>, use <const>, quote <const> = writer.emit, writer.use, writer.quote
local constant <const>, temp <const> = writer.constant, writer.temp
local expression <const>, operand <const>, operands <const> = X.expression, X.operand, X.operands
local operand_or_fixed <const>, build <const>, keep <const> = X.operand_or_fixed, X.build, X.keep
local concat <const>, format <const>, sub <const> = table.concat, string.format, string.sub

local ARGUMENTS_MAX <const> = 6 -- what R.call and R.method take
local PATH_MAX <const> = 5 -- names that R.path takes

local E <const> = X.kinds

-- Loop counters --------------------------------------------------------------------------------------------------------

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
local function inline_loop(g, node)
  if node.t ~= "name" or node.name ~= "loop" then return nil end
  local var = scope.find(g.scope, "loop")
  return var and var.inline
end

-- Attributes and items -------------------------------------------------------------------------------------------------

local DICT_METHODS <const> = {
  get = true, items = true, keys = true, values = true, pop = true, popitem = true, setdefault = true, update = true,
  copy = true, clear = true, fromkeys = true,
}

-- The key when `node` is a step that means the same as an attribute of that name; a loop's counters are none.
local function path_key(g, node)
  if node.t == "attr" then
    local base = node[1]
    return (base.name ~= "loop" or not inline_loop(g, base)) and node.name or nil
  end
  if node.t ~= "item" or node[2].t ~= "const" or node[2].kind ~= "str" then return nil end
  local key = node[2].value
  if DICT_METHODS[key] or sub(key, 1, 1) == "_" then return nil end
  return key
end

--- The walk by names that an expression is, by `call` ("path", or "has" for the truth of what is there); nil when it is none.
function X.path(g, node, call)
  local keys, n = ")", 0
  local key = path_key(g, node)
  if not key then return nil end
  repeat
    n, keys, node = n + 1, ", " .. quote(key) .. keys, node[1]
    key = path_key(g, node)
  until not key or n == PATH_MAX
  local base, weight = expression(g, node)
  if weight > X.WEIGHT_MAX then base = keep(g, base) end
  return use(g, call) .. "(" .. base .. keys, weight + n + 2
end

function E.attr(g, node)
  local code, weight = X.path(g, node, "path")
  if code then return code, weight end
  return LOOP[node.name](inline_loop(g, node[1])), 1
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
  local code, weight = X.path(g, node, "path")
  if code then return code, weight end
  local codes, weights = {}, {}
  -- An item may be a method that changes the literal.
  local read = g.mutates and operand or operand_or_fixed
  read(g, codes, weights, 1, node[1])
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
  if node.nargs == 0 and not node.keys[1] then return "0" end
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

-- Methods of a literal that leave it as it is.
local READERS <const> = { get = true, items = true, keys = true, values = true, count = true, index = true, join = true }

-- What may turn out to be an Undefined.
local MAY_MISS <const> = { name = true, attr = true, item = true, call = true, filter = true, cond = true }

-- Is there an argument that may fail?
local function has_steps(call)
  for i = 2, #call do
    if call[i].t ~= "const" and call[i].t ~= "name" then return true end
  end
  return call.star ~= nil or call.star2 ~= nil
end

local function method_call(g, node)
  local callee = node[1]
  local codes, weights = {}, {}
  local read = READERS[callee.name] and operand_or_fixed or operand
  read(g, codes, weights, 1, callee[1])
  local weight = 0
  -- An Undefined has no methods, and says so before the arguments are looked at.
  if has_steps(node) and MAY_MISS[callee[1].t] then codes[1] = format("%s(%s)", constant(g, support.known), codes[1]) end
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
  return use(g, "method") .. "(" .. codes[1] .. ", " .. name .. ", " .. plain_arguments(node, codes) .. ")", weight
end

local function value_call(g, node)
  local codes, weight = operands(g, node, 1, #node)
  if is_spread(node) then
    local list, keywords = spread_arguments(g, node, codes)
    return format("%s(%s, %s, %s)", use(g, "call_spread"), codes[1], list, keywords), weight + 60
  end
  return use(g, "call") .. "(" .. codes[1] .. ", " .. plain_arguments(node, codes) .. ")", weight + 2
end

function E.call(g, node)
  local callee = node[1]
  if callee.t ~= "attr" then return value_call(g, node) end
  local loop = inline_loop(g, callee[1])
  if not loop then return method_call(g, node) end
  if callee.name == "cycle" then return loop_cycle(g, node, loop) end
  return value_call(g, node) -- there is no object whose method it could be: a counter is called, which says no
end

-- Filters and tests ----------------------------------------------------------------------------------------------------

local function lookup(g, kind, name, escaped)
  local own = g.options[kind .. "s"]
  return own and own[name] or g.runtime[kind](name, escaped)
end

-- The Lua name of a filter or test. An unknown one is refused here, or in an `if` branch when it is reached. In a template
-- that turns autoescape on and off it is known at run time what a filter, which may be a macro's, is to do.
local function callable(g, node)
  local kind = node.t
  local f, escaping = lookup(g, kind, node.name, false), lookup(g, kind, node.name, true)
  if f then
    if f == escaping then return constant(g, f) end
    if not g.escapes then return constant(g, g.escape and escaping or f) end
    return format("(%s.context.escaped and %s or %s)", constant(g, registry.own), constant(g, escaping), constant(g, f))
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
  return f .. "(" .. codes[1] .. ", " .. plain_arguments(node, codes) .. ")", weight + 2
end
E.test = E.filter

return X
