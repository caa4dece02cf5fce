--- The expressions of a template: tokens to syntax tree. Half of the parser; `parser.lua` is the other.
---
--- A node is {t = kind, line = first line, [1..] = its child nodes in the order in which Jinja2 visits them}. Binary
--- operators are read by precedence climbing: all levels are left associative. Depth is bounded, so that what walks
--- the tree later may recurse.
---
--- kinds: const{kind=, value=} name{name=} nsref{name=, attr=} attr{name=} item slice{from=, to=, step=} call filter
--- test bin{op=} and or not neg pos concat compare{ops=} cond list tuple dict
--- call, filter and test hold {node, arguments…, keyword values…, *a, **k}; nargs, keys, star, star2 tell them apart.
local errors <const> = require "jinja.errors"
local json <const> = require "tocsin.json"
local raise <const> = errors.raise
local error <const>, concat <const>, type <const> = error, table.concat, type

local DEPTH_MAX <const> = 250 -- of what is nested: brackets, unary operators
local CHAIN_MAX <const> = 3000 -- of what is chained: operators, filters, attributes

-- Names that change the object they are called on.
local MUTATORS <const> = {
  append = true, clear = true, extend = true, insert = true, pop = true, popitem = true, remove = true,
  reverse = true, setdefault = true, sort = true, update = true,
}

---@class jinja.parser_expression
local X <const> = {}

-- Tokens -------------------------------------------------------------------------------------------------------------

local DESCRIPTIONS <const> = {
  block_begin = "begin of statement block", block_end = "end of statement block",
  variable_begin = "begin of print statement", variable_end = "end of print statement",
  data = "template data / text", eof = "end of template",
}

--- Raises a syntax error at the current token.
function X.fail(p, message, line) raise("TemplateSyntaxError", message, line or p.lines[p.pos]) end
local fail <const> = X.fail

--- What messages call the current token.
function X.describe(p)
  if p.kind == "name" then return p.values[p.pos] end
  return DESCRIPTIONS[p.kind] or p.kind
end
local describe <const> = X.describe

--- Goes to the next token; an error of the lexer is raised when it is reached.
function X.advance(p)
  local pos = p.pos + 1
  local kind = p.kinds[pos]
  if not kind then return end
  if kind == "error" then error(p.values[pos], 0) end
  p.pos, p.kind = pos, kind
end
local advance <const> = X.advance

--- The kind of the token after the current one, and its value.
function X.look(p)
  local pos = p.pos + 1
  local kind = p.kinds[pos]
  if kind == "error" then error(p.values[pos], 0) end
  return kind or "eof", p.values[pos]
end
local look <const> = X.look

--- Raises that the current token is not the expected one.
function X.unexpected(p, expected)
  if p.kind == "eof" then fail(p, "unexpected end of template, expected '" .. expected .. "'.") end
  fail(p, "expected token '" .. expected .. "', got '" .. describe(p) .. "'")
end

--- Takes a token of this kind and returns its value.
function X.expect(p, kind)
  if p.kind ~= kind then X.unexpected(p, DESCRIPTIONS[kind] or kind) end
  local value = p.values[p.pos]
  advance(p)
  return value
end
local expect <const> = X.expect

--- Is the current token this name?
function X.at_name(p, name) return p.kind == "name" and p.values[p.pos] == name end
local at_name <const> = X.at_name

--- Takes the name if it is there.
function X.skip_name(p, name)
  if p.kind ~= "name" or p.values[p.pos] ~= name then return false end
  advance(p)
  return true
end
local skip_name <const> = X.skip_name

local function deeper(p)
  local depth = p.depth + 1
  if depth > DEPTH_MAX then fail(p, "the expression is nested too deeply") end
  p.depth = depth
end

local function longer(p, length)
  if length > CHAIN_MAX then fail(p, "the expression is too long") end
  return length + 1
end

-- Operands -----------------------------------------------------------------------------------------------------------

local parse_expression, parse_tuple, parse_unary, parse_binary, parse_postfix

local CONSTANTS <const> = {
  ["true"] = { "bool", true }, ["True"] = { "bool", true },
  ["false"] = { "bool", false }, ["False"] = { "bool", false },
  ["none"] = { "none", json.null }, ["None"] = { "none", json.null },
}

local function constant(line, kind, value) return { t = "const", kind = kind, value = value, line = line } end

local function parse_name(p, line, with_namespace)
  local name = p.values[p.pos]
  advance(p)
  local known = CONSTANTS[name]
  if known then return constant(line, known[1], known[2]) end
  if with_namespace and p.kind == "." then
    advance(p)
    return { t = "nsref", name = name, attr = expect(p, "name"), line = line }
  end
  if name == "loop" then
    local use = p.loop_use
    if use then use.mentions = use.mentions + 1 end
  end
  return { t = "name", name = name, line = line }
end

local function parse_string(p, line)
  local value = p.values[p.pos]
  advance(p)
  if p.kind == "string" then
    local parts = { value }
    while p.kind == "string" do
      parts[#parts + 1] = p.values[p.pos]
      advance(p)
    end
    value = concat(parts)
  end
  if MUTATORS[value] then p.mutations = p.mutations + 1 end
  return constant(line, "str", value)
end

local function parse_number(p, line)
  local kind, value = p.kind, p.values[p.pos]
  advance(p)
  if kind == "float" then return constant(line, "float", value) end
  return constant(line, type(value) == "string" and "big" or "int", value)
end

local function parse_list(p, line)
  local node = { t = "list", line = line }
  advance(p)
  while p.kind ~= "]" do
    if node[1] then expect(p, ",") end
    if p.kind == "]" then break end
    node[#node + 1] = parse_expression(p)
  end
  expect(p, "]")
  return node
end

local function parse_dict(p, line)
  local node = { t = "dict", line = line }
  advance(p)
  while p.kind ~= "}" do
    if node[1] then expect(p, ",") end
    if p.kind == "}" then break end
    local n = #node
    node[n + 1] = parse_expression(p)
    expect(p, ":")
    node[n + 2] = parse_expression(p)
  end
  expect(p, "}")
  return node
end

local function parse_group(p)
  advance(p)
  local node = parse_tuple(p, "group")
  expect(p, ")")
  return node
end

--- A name, literal, or bracketed expression.
---@param with_namespace boolean?  `a.b` is an assignment target
function X.parse_primary(p, with_namespace)
  local kind, line = p.kind, p.lines[p.pos]
  if kind == "name" then return parse_name(p, line, with_namespace) end
  if kind == "string" then return parse_string(p, line) end
  if kind == "integer" or kind == "float" then return parse_number(p, line) end
  local parse = kind == "(" and parse_group or kind == "[" and parse_list or kind == "{" and parse_dict
  if not parse then fail(p, "unexpected '" .. describe(p) .. "'", line) end
  deeper(p)
  local node = parse(p, line)
  p.depth = p.depth - 1
  return node
end
local parse_primary <const> = X.parse_primary

-- Postfix ------------------------------------------------------------------------------------------------------------

-- `loop.x` with one of these needs no loop object.
local PLAIN_LOOP <const> = {
  index = true, index0 = true, first = true, depth = true, depth0 = true,
  last = true, length = true, revindex = true, revindex0 = true,
}

local function is_loop(node) return node.t == "name" and node.name == "loop" end

local function parse_dot(p, node, line)
  advance(p)
  local kind, value = p.kind, p.values[p.pos]
  if kind == "name" then
    advance(p)
    if MUTATORS[value] then p.mutations = p.mutations + 1 end
    local use = p.loop_use
    if use and is_loop(node) and PLAIN_LOOP[value] then
      use.plain = use.plain + 1
      use[value] = true
    end
    return { t = "attr", name = value, line = line, node }
  end
  if kind ~= "integer" then
    advance(p)
    raise("TemplateSyntaxError", "expected name or number", line)
  end
  local arg = parse_number(p, p.lines[p.pos])
  return { t = "item", line = line, node, arg }
end

local function parse_bound(p)
  local kind = p.kind
  if kind == ":" or kind == "]" or kind == "," then return nil end
  return parse_expression(p)
end

local function parse_subscribed(p)
  local line, from = p.lines[p.pos], nil
  if p.kind ~= ":" then
    from = parse_expression(p)
    if p.kind ~= ":" then return from end
  end
  advance(p)
  local node = { t = "slice", line = line, from = from }
  node.to = parse_bound(p)
  if p.kind == ":" then
    advance(p)
    node.step = parse_bound(p)
  end
  for _, part in next, { from or false, node.to or false, node.step or false } do
    if part then node[#node + 1] = part end
  end
  return node
end

local function parse_brackets(p, node, line)
  advance(p)
  local arg = { t = "tuple", line = line }
  while p.kind ~= "]" do
    if arg[1] then expect(p, ",") end
    arg[#arg + 1] = parse_subscribed(p)
  end
  expect(p, "]")
  if #arg == 1 then arg = arg[1] end
  return { t = "item", line = line, node, arg }
end

local function bad_call(p, line) fail(p, "invalid syntax for function call expression", line) end

local function parse_argument(p, node, line, values)
  if p.kind == "*" then
    if node.star or node.star2 then bad_call(p, line) end
    advance(p)
    node.star = parse_expression(p)
  elseif p.kind == "**" then
    if node.star2 then bad_call(p, line) end
    advance(p)
    node.star2 = parse_expression(p)
  elseif p.kind == "name" and look(p) == "=" then
    if node.star2 then bad_call(p, line) end
    local keys = node.keys
    keys[#keys + 1] = p.values[p.pos]
    advance(p)
    advance(p)
    values[#values + 1] = parse_expression(p)
  else
    if node.star or node.star2 or node.keys[1] then bad_call(p, line) end
    node[#node + 1] = parse_expression(p)
  end
end

local function check_keys(keys, line)
  local seen = {}
  for i = 1, #keys do
    if seen[keys[i]] then raise("SyntaxError", "keyword argument repeated: " .. keys[i], line) end
    seen[keys[i]] = true
  end
end

-- Reads `(…)` into a call, filter or test whose first child is there.
local function parse_arguments(p, node)
  local line, values = p.lines[p.pos], {}
  deeper(p)
  advance(p)
  local some = false
  while p.kind ~= ")" do
    if some then
      expect(p, ",")
      if p.kind == ")" then break end
    end
    parse_argument(p, node, line, values)
    some = true
  end
  expect(p, ")")
  p.depth = p.depth - 1
  node.nargs = #node - 1
  for i = 1, #values do node[#node + 1] = values[i] end
  if node.star then node[#node + 1] = node.star end
  if node.star2 then node[#node + 1] = node.star2 end
  if node.keys[2] then check_keys(node.keys, line) end
end

-- A call through a value that the template computed may be a method that changes the payload.
local function note_call(p, callee, node)
  if callee.t == "attr" then
    local use = p.loop_use
    if use and callee.name == "cycle" and is_loop(callee[1]) and node.nargs > 0 and #node == node.nargs + 1 then
      use.plain = use.plain + 1
      use.cycle = true
    end
  elseif callee.t == "name" then
    p.called[callee.name] = true
    p.calls = p.calls + 1
  else
    p.mutations = p.mutations + 1
  end
end

local function parse_call(p, callee)
  local node = { t = "call", line = p.lines[p.pos], nargs = 0, keys = {}, callee }
  parse_arguments(p, node)
  note_call(p, callee, node)
  return node
end

function parse_postfix(p, node)
  local length = 0
  while true do
    local kind = p.kind
    if kind == "." then
      node = parse_dot(p, node, p.lines[p.pos])
    elseif kind == "[" then
      deeper(p)
      node = parse_brackets(p, node, p.lines[p.pos])
      p.depth = p.depth - 1
    elseif kind == "(" then
      node = parse_call(p, node)
    else
      return node
    end
    length = longer(p, length)
  end
end

-- Filters and tests --------------------------------------------------------------------------------------------------

local function dotted_name(p)
  local name = expect(p, "name")
  while p.kind == "." do
    advance(p)
    name = name .. "." .. expect(p, "name")
  end
  return name
end

-- One filter, from its name on.
local function parse_filter(p, input)
  local line = p.lines[p.pos]
  local node = { t = "filter", line = line, nargs = 0, keys = {}, input }
  node.name = dotted_name(p)
  if p.kind == "(" then parse_arguments(p, node) end
  return node
end

--- `| f | g(…)`; with `inline`, the first filter has no bar in front.
function X.parse_filters(p, node, inline)
  local length = 0
  while p.kind == "|" or inline do
    if not inline then advance(p) end
    inline = false
    node = parse_filter(p, node)
    length = longer(p, length)
  end
  return node
end

local TEST_ARGUMENT <const> = {
  name = true, string = true, integer = true, float = true, ["("] = true, ["["] = true, ["{"] = true,
}

local function parse_test(p, input)
  local line = p.lines[p.pos]
  advance(p)
  local negated = skip_name(p, "not")
  local node = { t = "test", line = line, nargs = 0, keys = {}, input }
  node.name = dotted_name(p)
  if p.kind == "(" then
    parse_arguments(p, node)
  elseif TEST_ARGUMENT[p.kind] and not (at_name(p, "else") or at_name(p, "or") or at_name(p, "and")) then
    if at_name(p, "is") then fail(p, "You cannot chain multiple tests with is") end
    node[2], node.nargs = parse_postfix(p, parse_primary(p)), 1
  end
  if negated then return { t = "not", line = line, node } end
  return node
end

local function parse_filter_expression(p, node)
  local length = 0
  while true do
    local kind = p.kind
    if kind == "|" then
      advance(p)
      node = parse_filter(p, node)
    elseif kind == "(" then
      node = parse_call(p, node)
    elseif kind == "name" and p.values[p.pos] == "is" then
      node = parse_test(p, node)
    else
      return node
    end
    length = longer(p, length)
  end
end

-- Operators ----------------------------------------------------------------------------------------------------------

local OR <const>, AND <const>, NOT <const>, COMPARE <const>, ADD <const>, CONCAT <const> = 1, 2, 3, 4, 5, 6
local MUL <const>, POW <const> = 7, 8
local LEVELS <const> = {
  ["=="] = COMPARE, ["!="] = COMPARE, ["<"] = COMPARE, ["<="] = COMPARE, [">"] = COMPARE, [">="] = COMPARE,
  ["+"] = ADD, ["-"] = ADD, ["~"] = CONCAT, ["*"] = MUL, ["/"] = MUL, ["//"] = MUL, ["%"] = MUL, ["**"] = POW,
}
local WORD_LEVELS <const> = { ["or"] = OR, ["and"] = AND, ["in"] = COMPARE, ["not"] = COMPARE }

function parse_unary(p, with_filter)
  local kind = p.kind
  local node
  if kind == "-" or kind == "+" then
    local line = p.lines[p.pos]
    deeper(p)
    advance(p)
    node = { t = kind == "-" and "neg" or "pos", line = line, parse_unary(p, false) }
    p.depth = p.depth - 1
  else
    node = parse_primary(p)
  end
  node = parse_postfix(p, node)
  if with_filter then return parse_filter_expression(p, node) end
  return node
end

local function parse_not(p)
  local line = p.lines[p.pos]
  deeper(p)
  advance(p)
  local node = { t = "not", line = line, parse_binary(p, NOT) }
  p.depth = p.depth - 1
  return node
end

-- The comparison operator at hand, taken; nil when there is none.
local function comparison(p)
  local kind = p.kind
  if kind == "name" then
    local word = p.values[p.pos]
    if word == "in" then
      advance(p)
      return "in"
    end
    if word ~= "not" then return nil end
    local next_kind, next_word = look(p)
    if next_kind ~= "name" or next_word ~= "in" then return nil end
    advance(p)
    advance(p)
    return "notin"
  end
  if LEVELS[kind] ~= COMPARE then return nil end
  advance(p)
  return kind
end

local function parse_comparison(p, left, line)
  local node = { t = "compare", line = line, ops = {}, left }
  while true do
    local op = comparison(p)
    if not op then break end
    node.ops[#node.ops + 1] = op
    node[#node + 1] = parse_binary(p, ADD)
  end
  if not node[2] then return nil end
  return node
end

local function parse_concat(p, left, line)
  local node = { t = "concat", line = line, left }
  while p.kind == "~" do
    advance(p)
    node[#node + 1] = parse_binary(p, MUL)
  end
  return node
end

--- Reads operators of at least this level.
function parse_binary(p, least)
  local line, left = p.lines[p.pos], nil
  if least <= NOT and at_name(p, "not") then left = parse_not(p)
  elseif least <= POW then left = parse_unary(p, true) end
  local length = 0
  while true do
    local op = p.kind
    local level
    if op == "name" then
      op = p.values[p.pos]
      level = WORD_LEVELS[op]
    else
      level = LEVELS[op]
    end
    if not level or level < least then return left end
    if level == COMPARE then
      local node = parse_comparison(p, left, line)
      if not node then return left end
      left = node
    elseif level == CONCAT then
      left = parse_concat(p, left, line)
    else
      advance(p)
      local right = level == POW and parse_unary(p, true) or parse_binary(p, level + 1)
      left = level > AND and { t = "bin", op = op, line = line, left, right } or { t = op, line = line, left, right }
    end
    length = longer(p, length)
  end
end

local function parse_conditional(p)
  local line = p.lines[p.pos]
  local node = parse_binary(p, OR)
  local length = 0
  while skip_name(p, "if") do
    local test, other = parse_binary(p, OR), nil
    if skip_name(p, "else") then
      deeper(p)
      other = parse_conditional(p)
      p.depth = p.depth - 1
    end
    node = { t = "cond", line = line, test, node, other }
    line = p.lines[p.pos]
    length = longer(p, length)
  end
  return node
end

parse_expression = parse_conditional
X.parse_expression = parse_expression

local function parse_plain(p) return parse_binary(p, OR) end
local function parse_target_item(p) return parse_primary(p, true) end

-- How each element is read, by the place of the tuple.
local ELEMENT <const> = {
  group = parse_expression, full = parse_expression, test = parse_plain, target = parse_primary,
  set = parse_target_item,
}

--- An expression, or several with commas between: a tuple.
---@param place "full"|"group"|"test"|"target"|"set"
function parse_tuple(p, place)
  local line, parse = p.lines[p.pos], ELEMENT[place]
  local node, is_tuple = { t = "tuple" }, false
  while true do
    if node[1] then expect(p, ",") end
    local kind = p.kind
    if kind == "variable_end" or kind == "block_end" or kind == ")" then break end
    node[#node + 1] = parse(p)
    if p.kind ~= "," then break end
    is_tuple = true
    line = p.lines[p.pos]
  end
  if not is_tuple then
    if node[1] then return node[1] end
    if place ~= "group" then fail(p, "Expected an expression, got '" .. describe(p) .. "'") end
  end
  node.line = line
  return node
end
X.parse_tuple = parse_tuple

--- A new parser over the tokens of a template.
---@param tokens jinja.Tokens
function X.open(tokens)
  local p = {
    kinds = tokens.kinds, values = tokens.values, lines = tokens.lines, pos = 0, kind = "initial",
    depth = 0, mutations = 0, calls = 0, called = {}, assigned = {}, loop_use = nil,
  }
  advance(p)
  return p
end

return X
