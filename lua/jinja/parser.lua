--- The statements of a template: tokens to syntax tree.
---
--- Kinds of statement: output{[1..] = expressions and data} for if set setblock macro callblock filterblock with
--- autoescape block include import from extends do break continue; a body is a list of statements.
--- The tree's root also says what the compiler wants to know before it starts: `mutates` (the template may change a
--- value it was given) and, at each `for`, how its body uses `loop`.
local cursor <const> = require "jinja.parser_cursor"
local links <const> = require "jinja.parser_link"
local X <const> = require "jinja.parser_expression"
local advance <const>, expect <const>, fail <const> = cursor.advance, cursor.expect, cursor.fail
local skip_name <const>, describe <const> = cursor.skip_name, cursor.describe
local parse_expression <const>, parse_tuple <const> = X.parse_expression, X.parse_tuple
local parse_target_name <const>, note_stored <const> = links.parse_target_name, links.note_stored
local concat <const>, find <const> = table.concat, string.find

local NESTING_MAX <const> = 260 -- statements within each other

local parser <const> = {}

-- Unknown tags and ends ------------------------------------------------------------------------------------------------

local function is_expected(p, name)
  for i = 1, #p.ends do
    for _, tag in ipairs(p.ends[i]) do
      if tag == name then return true end
    end
  end
  return false
end

-- `name` nil: the template ended.
local function fail_tag(p, name, line)
  local looking = p.ends[#p.ends]
  local parts = { name and "Encountered unknown tag '" .. name .. "'." or "Unexpected end of template." }
  if looking then
    local tags = "'" .. concat(looking, "' or '") .. "'"
    parts[2] = name and is_expected(p, name)
      and "You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for " .. tags .. "."
      or "Jinja was looking for the following tags: " .. tags .. "."
  end
  local innermost = p.tags[#p.tags]
  if innermost then
    parts[#parts + 1] = "The innermost block that needs to be closed is '" .. innermost .. "'."
  end
  fail(p, concat(parts, " "), line)
end

-- Bodies ---------------------------------------------------------------------------------------------------------------

local parse_statement

local function parse_print(p, output)
  advance(p)
  output[#output + 1] = parse_tuple(p, "full")
  expect(p, "variable_end")
end

local function is_end(p, ends)
  if not ends or p.kind ~= "name" then return false end
  local name = p.values[p.pos]
  return name == ends[1] or name == ends[2] or name == ends[3]
end

-- Statements up to one of the end tags, which stays the current token, or up to the end of the template.
local function parse_body(p, ends)
  local body, output = {}, nil
  while p.kind ~= "eof" do
    local kind, line = p.kind, p.lines[p.pos]
    if kind == "block_begin" then
      output = nil
      advance(p)
      if is_end(p, ends) then return body end
      body[#body + 1] = parse_statement(p)
      expect(p, "block_end")
    else
      if not output then
        output = { t = "output", line = line, nil, nil, nil, nil } -- room for some
        body[#body + 1] = output
      end
      if kind == "data" then
        output[#output + 1] = { t = "data", line = line, text = p.values[p.pos] }
        advance(p)
      else
        parse_print(p, output)
      end
    end
  end
  return body
end

-- The body of a block statement, from behind its header to its end tag.
local function parse_block_body(p, ends, drop)
  if p.kind == ":" then advance(p) end
  expect(p, "block_end")
  local nesting = #p.ends + 1
  p.ends[nesting] = ends
  if nesting > NESTING_MAX then fail(p, "blocks are nested too deeply") end
  if nesting > p.peak then p.peak = nesting end
  local body = parse_body(p, ends)
  if p.kind == "eof" then fail_tag(p, nil) end
  p.ends[nesting] = nil
  if drop then advance(p) end
  return body
end

local ENDS <const> = {}
for _, tag in ipairs { "if", "for", "set", "with", "autoescape", "block", "call", "filter", "macro" } do
  ENDS["end" .. tag] = { "end" .. tag }
end
local IF_ENDS <const>, FOR_ENDS <const> = { "elif", "else", "endif" }, { "endfor", "else" }

-- Targets --------------------------------------------------------------------------------------------------------------

local function is_assignable(node)
  if node.t == "tuple" then
    for i = 1, #node do
      if not is_assignable(node[i]) then return false end
    end
    return true
  end
  return node.t == "name" or node.t == "nsref"
end

-- Notes the names that a target assigns; `loop` may not be one of them inside a for statement.
local function note_target(p, node)
  if node.t == "tuple" then
    for i = 1, #node do note_target(p, node[i]) end
  elseif node.t == "name" then
    p.assigned[node.name] = true
    if node.name == "loop" and p.outer_for and not p.outer_for.assigns_loop then
      p.outer_for.assigns_loop = node.line
    end
  end
end

-- Jinja2's names of what is no target.
local NODE_NAMES <const> = {
  attr = "getattr", item = "getitem", cond = "condexpr",
  ["+"] = "add", ["-"] = "sub", ["*"] = "mul", ["/"] = "div", ["//"] = "floordiv", ["%"] = "mod", ["**"] = "pow",
}

---@param place "target"|"set"
local function parse_target(p, place)
  local use = p.loop_use
  p.loop_use = nil
  local node = parse_tuple(p, place)
  p.loop_use = use
  if not is_assignable(node) then
    local name = node.op or node.t
    fail(p, "can't assign to '" .. (NODE_NAMES[name] or name) .. "'", node.line)
  end
  return node
end

-- Statements -----------------------------------------------------------------------------------------------------------

local S <const> = {}
for tag, parse in pairs(links.statements) do S[tag] = parse end

S["set"] = function(p, line)
  local target = parse_target(p, "set")
  note_target(p, target)
  if p.kind == "=" then
    advance(p)
    return { t = "set", line = line, target = target, value = parse_tuple(p, "full") }
  end
  local filter = X.parse_filters(p, false)
  return { t = "setblock", line = line, target = target, filter = filter, body = parse_block_body(p, ENDS.endset, true) }
end

local function parse_for_body(p, node)
  local outer = p.loop_use
  local use = { mentions = 0, plain = 0, outer = outer }
  local changes = p.mutations + p.calls
  p.loop_use, node.loop_use = use, use
  node.body = parse_block_body(p, FOR_ENDS)
  node.may_change = p.mutations + p.calls > changes
  p.loop_use = outer
  -- A template that is included sees the loop where the body, too, speaks of one.
  local is_used = use.mentions > 0 or use.inner or node.recursive
  if is_used and outer then outer.inner = true end
  if is_used and use.links then use.mentions = use.mentions + 1 end
end

S["for"] = function(p, line)
  local node = { t = "for", line = line }
  local outer = p.outer_for
  p.outer_for = outer or node
  p.for_depth = p.for_depth + 1
  node.target = parse_target(p, "target")
  note_target(p, node.target)
  if not skip_name(p, "in") then cursor.unexpected(p, "in") end
  node.iter = parse_tuple(p, "test")
  local changes <const> = p.mutations + p.calls + p.settings
  if skip_name(p, "if") then node.test = parse_expression(p) end
  node.recursive = skip_name(p, "recursive")
  parse_for_body(p, node)
  node.is_uneven = node.test and p.mutations + p.calls + p.settings > changes -- does it matter when the condition is asked?
  local tag = p.values[p.pos]
  advance(p)
  p.for_depth = p.for_depth - 1
  if tag == "else" then node.otherwise = parse_block_body(p, ENDS.endfor, true) end
  p.outer_for = outer
  return node
end

-- node.branches = {test, body, test, body, …}, node.lines of the tests
S["if"] = function(p, line)
  local branches, lines, n, otherwise = { nil, nil }, { line }, 0, nil
  local tag
  repeat
    lines[n // 2 + 1] = p.lines[p.pos]
    branches[n + 1] = parse_tuple(p, "test")
    branches[n + 2] = parse_block_body(p, IF_ENDS)
    n = n + 2
    tag = p.values[p.pos]
    advance(p)
  until tag ~= "elif"
  if n // 2 > p.peak then p.peak = n // 2 end
  if tag == "else" then otherwise = parse_block_body(p, ENDS.endif, true) end
  return { t = "if", line = line, branches = branches, lines = lines, otherwise = otherwise }
end

S["with"] = function(p, line)
  local node = { t = "with", line = line, targets = {}, values = {} }
  while p.kind ~= "block_end" do
    local n = #node.targets
    if n > 0 then expect(p, ",") end
    local target = parse_target(p, "target")
    node.targets[n + 1] = target
    local outer = p.outer_for
    p.outer_for = nil
    note_target(p, target)
    p.outer_for = outer
    expect(p, "=")
    node.values[n + 1] = parse_expression(p)
  end
  node.body = parse_block_body(p, ENDS.endwith, true)
  return node
end

S["autoescape"] = function(p, line)
  local option = parse_expression(p)
  p.escapes = true
  return { t = "autoescape", line = line, option = option, body = parse_block_body(p, ENDS.endautoescape, true) }
end

-- `(a, b=1)`: params are names, defaults belong to the last of them.
local function parse_signature(p, node)
  expect(p, "(")
  while p.kind ~= ")" do
    local n = #node.params
    if n > 0 then expect(p, ",") end
    local param = parse_target_name(p)
    for i = 1, n do
      if node.params[i].name == param.name then
        cursor.fail_late(p, "duplicate argument '" .. param.name .. "' in function definition", param.line)
      end
    end
    p.assigned[param.name] = true
    if p.kind == "=" then
      advance(p)
      node.defaults[n + 1] = parse_expression(p)
      node.first_default = node.first_default or n + 1
    elseif node.first_default then
      fail(p, "non-default argument follows default argument")
    end
    node.params[n + 1] = param
  end
  expect(p, ")")
end

-- The body of what becomes a function: a loop around it is not its own.
local function parse_function_body(p, ends)
  local depth = p.for_depth
  p.for_depth = 0
  local body = parse_block_body(p, ends, true)
  p.for_depth = depth
  return body
end

S["macro"] = function(p, line)
  local node = { t = "macro", line = line, params = {}, defaults = {} }
  node.name = parse_target_name(p).name
  note_stored(p, node.name)
  parse_signature(p, node)
  node.body = parse_function_body(p, ENDS.endmacro)
  return node
end

S["call"] = function(p, line)
  local node = { t = "callblock", line = line, params = {}, defaults = {} }
  if p.kind == "(" then parse_signature(p, node) end
  node.call = parse_expression(p)
  if node.call.t ~= "call" then fail(p, "expected call", line) end
  node.body = parse_function_body(p, ENDS.endcall)
  return node
end

S["filter"] = function(p, line)
  local filter = X.parse_filters(p, false, true)
  return { t = "filterblock", line = line, filter = filter, body = parse_block_body(p, ENDS.endfilter, true) }
end

S["print"] = function(p, line)
  local node = { t = "output", line = line }
  while p.kind ~= "block_end" do
    if node[1] then expect(p, ",") end
    node[#node + 1] = parse_expression(p)
  end
  return node
end

local function is_blank(body)
  for i = 1, #body do
    if body[i].t ~= "output" then return false end
    for _, piece in ipairs(body[i]) do
      if piece.t ~= "data" or find(piece.text, "%S") then return false end
    end
  end
  return true
end

S["block"] = function(p, line)
  local node = { t = "block", line = line, name = expect(p, "name") }
  node.scoped = skip_name(p, "scoped")
  node.required = skip_name(p, "required")
  if p.kind == "-" then
    fail(p, "Block names in Jinja have to be valid Python identifiers and may not contain hyphens,"
      .. " use an underscore instead.")
  end
  p.blocks[#p.blocks + 1] = node
  local use = p.loop_use
  if use and node.scoped then use.mentions = use.mentions + 1 end
  p.loop_use = nil
  node.body = parse_function_body(p, ENDS.endblock)
  p.loop_use = use
  if node.required and not is_blank(node.body) then
    fail(p, "Required blocks can only contain comments or whitespace")
  end
  skip_name(p, node.name)
  return node
end

-- Extensions.

local function parse_do(p, line) return { t = "do", line = line, value = parse_tuple(p, "full") } end

local function parse_loop_control(p, line, tag)
  if p.for_depth == 0 then cursor.fail_late(p, "'" .. tag .. "' outside loop", line) end
  return { t = tag, line = line }
end

local EXTENSIONS <const> = {
  ["do"] = { ["do"] = parse_do },
  loopcontrols = { ["break"] = parse_loop_control, ["continue"] = parse_loop_control },
}

--- The tags that begin a statement, those of all extensions too.
---@return string[]
function parser.tags()
  local names = {}
  for tag in pairs(S) do names[#names + 1] = tag end
  for _, statements in pairs(EXTENSIONS) do
    for tag in pairs(statements) do names[#names + 1] = tag end
  end
  return names
end

local function statements_of(extensions)
  if not extensions then return S end
  local all = setmetatable({}, { __index = S })
  for name in pairs(extensions) do
    for tag, parse in pairs(EXTENSIONS[name] or error("unknown extension " .. name)) do all[tag] = parse end
  end
  return all
end

function parse_statement(p)
  local line = p.lines[p.pos]
  if p.kind ~= "name" then fail(p, "tag name expected", line) end
  local tag = p.values[p.pos]
  local parse = p.statements[tag]
  if not parse then fail_tag(p, tag, line) end
  p.tags[#p.tags + 1] = tag
  advance(p)
  local node = parse(p, line, tag)
  p.tags[#p.tags] = nil
  return node
end

--- Reads a template. Raises TemplateSyntaxError or TemplateAssertionError.
---@param tokens jinja.Tokens
---@param options table  extensions = {["do"] = true, loopcontrols = true}
---@return table tree  {body=, blocks=, mutates=, links=, escapes=, given=}: links to other templates; has an
---  autoescape; which of self, super, caller, kwargs and varargs it mentions at all; peak: how deep it is nested, by
---  statements, by brackets, or by elif
function parser.parse(tokens, options)
  local p = cursor.open(tokens)
  p.tags, p.ends, p.blocks, p.for_depth = {}, {}, {}, 0
  p.statements = statements_of(options.extensions)
  local body = parse_body(p, nil)
  if p.kind ~= "eof" then fail(p, "unexpected '" .. describe(p) .. "'") end
  if p.late then error(p.late, 0) end
  local mutates = p.mutations > 0
  for name in pairs(p.called) do
    if p.assigned[name] then mutates = true end
  end
  return {
    body = body, blocks = p.blocks, mutates = mutates, links = p.links or false, escapes = p.escapes or false,
    given = p.given, peak = p.peak,
  }
end

return parser
