--- The operands of an expression: names, literals, brackets, and what follows them: attributes, calls, filters, tests.
---
--- What is inside brackets is an expression again; `parser_expression.lua` puts its functions into this table.
local errors <const> = require "jinja.errors"
local cursor <const> = require "jinja.parser_cursor"
local json <const> = require "tocsin.json"
local advance <const>, expect <const>, fail <const>, look <const> = cursor.advance, cursor.expect, cursor.fail, cursor.look
local at_name <const>, skip_name <const>, describe <const> = cursor.at_name, cursor.skip_name, cursor.describe
local deeper <const>, too_long <const>, CHAIN_MAX <const> = cursor.deeper, cursor.too_long, cursor.CHAIN_MAX
local raise <const>, concat <const>, type <const> = errors.raise, table.concat, type

-- Names that change the object they are called on.
local MUTATORS <const> = {
  append = true, clear = true, extend = true, insert = true, pop = true, popitem = true, remove = true,
  reverse = true, setdefault = true, sort = true, update = true,
}

---@class jinja.parser_operand
---@field parse_expression fun(p: table): table
---@field parse_tuple fun(p: table, place: string): table
local X <const> = {}

-- Operands -----------------------------------------------------------------------------------------------------------

-- Names that are more than a variable: constants, `loop`, and what a function is given when its body mentions it.
local TRUE <const>, FALSE <const> = { kind = "bool", value = true }, { kind = "bool", value = false }
local NONE <const>, LOOP <const>, GIVEN <const> = { kind = "none", value = json.null }, {}, {}
local WORDS <const> = {
  ["true"] = TRUE, ["True"] = TRUE, ["false"] = FALSE, ["False"] = FALSE, none = NONE, None = NONE, loop = LOOP,
  self = GIVEN, super = GIVEN, caller = GIVEN, kwargs = GIVEN, varargs = GIVEN,
}

local function constant(line, kind, value) return { t = "const", kind = kind, value = value, line = line } end

local function parse_name(p, line, with_namespace)
  local name = p.values[p.pos]
  advance(p)
  local word = WORDS[name]
  if word and word.kind then return constant(line, word.kind, word.value) end
  if with_namespace and p.kind == "." then
    advance(p)
    p.settings = p.settings + 1
    return { t = "nsref", name = name, attr = expect(p, "name"), line = line }
  end
  if word == LOOP then
    local use = p.loop_use
    if use then use.mentions = use.mentions + 1 end
  elseif word == GIVEN then
    p.given[name] = true
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
    node[#node + 1] = X.parse_expression(p)
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
    node[n + 1] = X.parse_expression(p)
    expect(p, ":")
    node[n + 2] = X.parse_expression(p)
  end
  expect(p, "}")
  return node
end

local function parse_group(p)
  advance(p)
  local node = X.parse_tuple(p, "group")
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

local NOTED <const> = {}
for _, names in ipairs { MUTATORS, PLAIN_LOOP } do
  for name in pairs(names) do NOTED[name] = true end
end

local function is_loop(node) return node.t == "name" and node.name == "loop" end

local function note_attribute(p, node, name)
  if MUTATORS[name] then p.mutations = p.mutations + 1 end
  local use = p.loop_use
  if use and PLAIN_LOOP[name] and is_loop(node) then
    use.plain = use.plain + 1
    use[name] = true
  end
end

-- `.a.b.c`: most of what expressions are, so the cursor takes it in one step. Gives the length of the chain, too.
local function parse_names(p, node, length)
  local kinds, values, lines, pos = p.kinds, p.values, p.lines, p.pos
  while kinds[pos] == "." and kinds[pos + 1] == "name" do
    local name = values[pos + 1]
    if NOTED[name] then note_attribute(p, node, name) end
    node = { t = "attr", name = name, line = lines[pos], node }
    pos, length = pos + 2, length + 1
    if length > CHAIN_MAX then too_long(p) end
  end
  p.pos = pos - 1
  advance(p)
  return node, length
end

-- `.0`; anything else is a mistake.
local function parse_dot(p, node, line)
  advance(p)
  if p.kind ~= "integer" then
    advance(p)
    raise("TemplateSyntaxError", "expected name or number", line)
  end
  local arg = parse_number(p, p.lines[p.pos])
  return { t = "item", line = line, node, arg }
end

local function parse_bound(p)
  local kind = p.kind
  if kind == ":" or kind == "]" or kind == "," then return nil end
  return X.parse_expression(p)
end

local function parse_subscribed(p)
  local line, from = p.lines[p.pos], nil
  if p.kind ~= ":" then
    from = X.parse_expression(p)
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

local LITERAL <const> = { const = true, list = true, tuple = true, dict = true }

local function parse_brackets(p, node, line)
  advance(p)
  local arg, has_slice = { t = "tuple", line = line }, false
  while p.kind ~= "]" do
    if arg[1] then expect(p, ",") end
    local part = parse_subscribed(p)
    arg[#arg + 1] = part
    has_slice = has_slice or part.t == "slice"
  end
  expect(p, "]")
  if #arg == 1 then
    arg = arg[1]
  elseif has_slice and not LITERAL[node.t] then
    -- Jinja2 writes the slice into a tuple of Python's, where it cannot stand; of a literal it knows the item before.
    cursor.fail_late(p, "invalid syntax", line)
  end
  return { t = "item", line = line, node, arg }
end

local NO_KEYS <const> = {}

local function bad_call(p, line) fail(p, "invalid syntax for function call expression", line) end

-- Keyword values stand in the node behind the positional ones: none of those may follow.
local function parse_argument(p, node, line)
  if p.kind == "*" then
    if node.star or node.star2 then bad_call(p, line) end
    advance(p)
    node.star = X.parse_expression(p)
  elseif p.kind == "**" then
    if node.star2 then bad_call(p, line) end
    advance(p)
    node.star2 = X.parse_expression(p)
  elseif p.kind == "name" and look(p) == "=" then
    if node.star2 then bad_call(p, line) end
    if node.keys == NO_KEYS then node.keys = {} end
    local keys = node.keys
    local n = #keys + 1
    keys[n] = p.values[p.pos]
    advance(p)
    advance(p)
    node[1 + node.nargs + n] = X.parse_expression(p)
  else
    if node.star or node.star2 or node.keys[1] then bad_call(p, line) end
    local n = node.nargs + 1
    node[n + 1], node.nargs = X.parse_expression(p), n
  end
end

local function check_keys(p, keys, line)
  local seen = {}
  for i = 1, #keys do
    if seen[keys[i]] then cursor.fail_late(p, "keyword argument repeated: " .. keys[i], line) end
    seen[keys[i]] = true
  end
end

-- Reads `(…)` into a call, filter or test whose first child is there.
local function parse_arguments(p, node)
  local line = p.lines[p.pos]
  deeper(p)
  advance(p)
  while p.kind ~= ")" do
    parse_argument(p, node, line)
    if p.kind ~= ")" then expect(p, ",") end
  end
  advance(p)
  p.depth = p.depth - 1
  if node.star then node[#node + 1] = node.star end
  if node.star2 then node[#node + 1] = node.star2 end
  if node.keys[2] then check_keys(p, node.keys, line) end
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
  local node = { t = "call", line = p.lines[p.pos], nargs = 0, keys = NO_KEYS, callee, nil, nil } -- room for arguments
  parse_arguments(p, node)
  note_call(p, callee, node)
  return node
end

--- What follows an operand directly: `.name`, `[…]`, `(…)`.
function X.parse_postfix(p, node)
  local length = 0
  while true do
    local kind = p.kind
    if kind == "." then
      if look(p) == "name" then
        node, length = parse_names(p, node, length)
      else
        node = parse_dot(p, node, p.lines[p.pos])
      end
    elseif kind == "[" then
      deeper(p)
      node = parse_brackets(p, node, p.lines[p.pos])
      p.depth = p.depth - 1
    elseif kind == "(" then
      node = parse_call(p, node)
    else
      return node
    end
    length = length + 1
    if length > CHAIN_MAX then too_long(p) end
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
  local line, name = p.lines[p.pos], dotted_name(p)
  local node = { t = "filter", line = line, name = name, nargs = 0, keys = NO_KEYS, input, nil }
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
    length = length + 1
    if length > CHAIN_MAX then too_long(p) end
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
  local node = { t = "test", line = line, name = dotted_name(p), nargs = 0, keys = NO_KEYS, input, nil }
  if p.kind == "(" then
    parse_arguments(p, node)
  elseif TEST_ARGUMENT[p.kind] and not (at_name(p, "else") or at_name(p, "or") or at_name(p, "and")) then
    if at_name(p, "is") then fail(p, "You cannot chain multiple tests with is") end
    node[2], node.nargs = X.parse_postfix(p, parse_primary(p)), 1
  end
  if negated then return { t = "not", line = line, node } end
  return node
end

--- The filters and tests behind an operand.
function X.parse_filter_expression(p, node)
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
    length = length + 1
    if length > CHAIN_MAX then too_long(p) end
  end
end

return X
