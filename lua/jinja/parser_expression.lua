--- The expressions of a template: tokens to syntax tree. Half of the parser; `parser.lua` is the other.
---
--- A node is {t = kind, line = first line, [1..] = its child nodes in the order in which Jinja2 visits them}. Binary
--- operators are read by precedence climbing: all levels are left associative. Depth is bounded, so that what walks
--- the tree later may recurse.
---
--- kinds: const{kind=, value=} name{name=} nsref{name=, attr=} attr{name=} item slice{from=, to=, step=} call filter
--- test bin{op=} and or not neg pos concat compare{ops=} cond list tuple dict
--- call, filter and test hold {node, arguments…, keyword values…, *a, **k}; nargs, keys, star, star2 tell them apart.
local cursor <const> = require "jinja.parser_cursor"
local X <const> = require "jinja.parser_operand"
local advance <const>, fail <const>, look <const> = cursor.advance, cursor.fail, cursor.look
local skip_name <const>, describe <const> = cursor.skip_name, cursor.describe
local deeper <const>, too_long <const>, CHAIN_MAX <const> = cursor.deeper, cursor.too_long, cursor.CHAIN_MAX
local parse_primary <const>, parse_postfix <const> = X.parse_primary, X.parse_postfix
local parse_filter_expression <const> = X.parse_filter_expression

local parse_unary, parse_binary

-- Operators ----------------------------------------------------------------------------------------------------------

local OR <const>, AND <const>, NOT <const>, COMPARE <const>, ADD <const>, CONCAT <const> = 1, 2, 3, 4, 5, 6
local MUL <const>, POW <const> = 7, 8
local LEVELS <const> = {
  ["=="] = COMPARE, ["!="] = COMPARE, ["<"] = COMPARE, ["<="] = COMPARE, [">"] = COMPARE, [">="] = COMPARE,
  ["+"] = ADD, ["-"] = ADD, ["~"] = CONCAT, ["*"] = MUL, ["/"] = MUL, ["//"] = MUL, ["%"] = MUL, ["**"] = POW,
}
local WORD_LEVELS <const> = { ["or"] = OR, ["and"] = AND, ["in"] = COMPARE, ["not"] = COMPARE }

-- What may stand behind an operand and belongs to it.
local POSTFIX <const> = { ["."] = true, ["["] = true, ["("] = true }
local FILTER <const> = { ["|"] = true, ["("] = true, name = true }

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
  if POSTFIX[p.kind] then node = parse_postfix(p, node) end
  if with_filter and FILTER[p.kind] then return parse_filter_expression(p, node) end
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

-- What may stand behind a whole expression.
local BEHIND <const> = {
  variable_end = true, block_end = true, [","] = true, [")"] = true, ["]"] = true, ["}"] = true, [":"] = true,
}

--- Reads operators of at least this level.
function parse_binary(p, least)
  local line <const>, left = p.lines[p.pos]
  if least <= NOT and p.kind == "name" and p.values[p.pos] == "not" then
    left = parse_not(p)
  else
    left = parse_unary(p, true)
  end
  if BEHIND[p.kind] then return left end
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
    length = length + 1
    if length > CHAIN_MAX then too_long(p) end
  end
end

-- An operand of one token: most expressions are no more.
local OPERAND <const> = { name = true, string = true, integer = true, float = true }

local function parse_conditional(p)
  local pos = p.pos
  if OPERAND[p.kind] and BEHIND[p.kinds[pos + 1]] and p.values[pos] ~= "not" then return parse_primary(p) end
  local line = p.lines[pos]
  local node = parse_binary(p, OR)
  local length = 0
  while p.kind == "name" and skip_name(p, "if") do
    local test, other = parse_binary(p, OR), nil
    if skip_name(p, "else") then
      deeper(p)
      other = parse_conditional(p)
      p.depth = p.depth - 1
    end
    node = { t = "cond", line = line, test, node, other }
    line = p.lines[p.pos]
    length = length + 1
    if length > CHAIN_MAX then too_long(p) end
  end
  return node
end

X.parse_expression = parse_conditional

local function parse_plain(p) return parse_binary(p, OR) end
local function parse_target_item(p) return parse_primary(p, true) end

-- How each element is read, by the place of the tuple.
local ELEMENT <const> = {
  group = parse_conditional, full = parse_conditional, test = parse_plain, target = parse_primary,
  set = parse_target_item,
}

local TUPLE_END <const> = { variable_end = true, block_end = true, [")"] = true }

--- An expression, or several with commas between: a tuple.
---@param place "full"|"group"|"test"|"target"|"set"
function X.parse_tuple(p, place)
  local parse, line, first = ELEMENT[place], p.lines[p.pos], nil
  if not TUPLE_END[p.kind] then
    first = parse(p)
    if p.kind ~= "," then return first end
  elseif place ~= "group" then
    fail(p, "Expected an expression, got '" .. describe(p) .. "'")
  end
  local node = { t = "tuple", line = line, first }
  while p.kind == "," do
    node.line = p.lines[p.pos]
    advance(p)
    if TUPLE_END[p.kind] then break end
    node[#node + 1] = parse(p)
  end
  return node
end

return X
