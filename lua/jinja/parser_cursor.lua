--- Where the parser is in the tokens: looking, taking, and saying what was expected instead.
local errors <const> = require "jinja.errors"
local raise <const>, error <const> = errors.raise, error

local DEPTH_MAX <const> = 250 -- of what is nested: brackets, unary operators

---@class jinja.parser_cursor
local X <const> = { CHAIN_MAX = 3000 } -- of what is chained: operators, filters, attributes

local DESCRIPTIONS <const> = {
  block_begin = "begin of statement block", block_end = "end of statement block",
  variable_begin = "begin of print statement", variable_end = "end of print statement",
  data = "template data / text", eof = "end of template",
}

--- Raises a syntax error at the current token.
function X.fail(p, message, line) raise("TemplateSyntaxError", message, line or p.lines[p.pos]) end
local fail <const> = X.fail

--- Notes an error that the reference's own compiler only finds in the Python it generates: other errors come first.
function X.fail_late(p, message, line) p.late = p.late or errors.new("SyntaxError", message, line) end

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
  if kind == "error" then error(p.values[pos], 0) end
  p.pos, p.kind = pos, kind
end
local advance <const> = X.advance

--- The kind of the token after the current one, and its value.
function X.look(p)
  local pos = p.pos + 1
  local kind = p.kinds[pos]
  if kind == "error" then error(p.values[pos], 0) end
  return kind, p.values[pos]
end

--- Raises that the current token is not the expected one.
function X.unexpected(p, expected)
  if p.kind == "eof" then fail(p, "unexpected end of template, expected '" .. expected .. "'.") end
  fail(p, "expected token '" .. expected .. "', got '" .. describe(p) .. "'")
end

--- Takes a token of this kind and returns its value.
function X.expect(p, kind)
  if p.kind ~= kind then X.unexpected(p, DESCRIPTIONS[kind] or kind) end
  local pos = p.pos
  advance(p)
  return p.values[pos]
end

--- Is the current token this name?
function X.at_name(p, name) return p.kind == "name" and p.values[p.pos] == name end

--- Takes the name if it is there.
function X.skip_name(p, name)
  if p.kind ~= "name" or p.values[p.pos] ~= name then return false end
  advance(p)
  return true
end

--- Goes one bracket or unary operator deeper; the caller takes it back from `p.depth`.
function X.deeper(p)
  local depth = p.depth + 1
  if depth > DEPTH_MAX then fail(p, "the expression is nested too deeply") end
  p.depth = depth
  if depth > p.peak then p.peak = depth end
end

--- Raises that a chain has more than CHAIN_MAX links.
function X.too_long(p) fail(p, "the expression is too long") end

--- A new parser over the tokens of a template.
---@param tokens jinja.Tokens
function X.open(tokens)
  local p = {
    kinds = tokens.kinds, values = tokens.values, lines = tokens.lines, pos = 0, kind = "initial",
    depth = 0, peak = 0, mutations = 0, calls = 0, settings = 0, called = {}, assigned = {}, given = {}, loop_use = nil,
  }
  advance(p)
  return p
end

return X
