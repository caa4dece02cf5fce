--- Template text to tokens: the door to the lexer in C (`core/jinja/lexer.h`), and its errors as Jinja2 words them.
---
--- The result is three parallel arrays. An error is the last token, of kind "error": the parser raises it when it gets
--- there, so that a mistake further up in the template is reported first, as in Jinja2, which lexes while it parses.
--- Messages count in code points.
local errors <const> = require "jinja.errors"
local literal <const> = require "jinja.literal"
local str_repr <const> = require("tocsin.text").str_repr
local scan <const> = require("tocsin.lexer").scan
local byte <const>, sub <const>, find <const>, gsub <const> = string.byte, string.sub, string.find, string.gsub
local match <const>, format <const>, utf8_len <const> = string.match, string.format, utf8.len

---@class jinja.Tokens
---@field n integer
---@field kinds string[]   an operator's own text, or name string integer float data variable_begin … error eof eof
---@field values any[]
---@field lines integer[]
local lexer <const> = {}

-- What is wrong, by the name of the fault: f(source, at, detail) → a sentence.
local SENTENCES <const> = {
  character = function(source, at)
    local char <const> = match(source, "^[%z\1-\127\194-\244][\128-\191]*", at) or sub(source, at, at)
    return format("unexpected char %s at %d", str_repr(char), utf8_len(source, 1, at - 1, true) or at - 1)
  end,
  closer = function(source, at, expected)
    local unexpected <const> = "unexpected '" .. sub(source, at, at) .. "'"
    return expected == "" and unexpected or unexpected .. ", expected '" .. expected .. "'"
  end,
  identifier = function() return "Invalid character in identifier" end,
  comment = function() return "Missing end of comment tag" end,
  raw = function() return "Missing end of raw directive" end,
  depth = function() return "the expression is nested too deeply" end,
  literal = function(_, _, sentence) return sentence end,
}

--- The source as positions and line numbers see it: line ends are \n, and one at the very end is dropped.
---@param source string
---@param keep_trailing_newline boolean?
---@return string
function lexer.normalise(source, keep_trailing_newline)
  if find(source, "\r", 1, true) then source = gsub(source, "\r\n?", "\n") end
  if not keep_trailing_newline and byte(source, -1) == 10 then source = sub(source, 1, -2) end
  return source
end

--- Splits a template into tokens.
---@param source string
---@param options table  trim_blocks, lstrip_blocks, keep_trailing_newline
---@return jinja.Tokens
function lexer.tokenize(source, options)
  source = lexer.normalise(source, options.keep_trailing_newline)
  local kinds <const>, values <const>, lines <const>, n, fault <const>, at <const>, detail <const> =
    scan(source, options.trim_blocks, options.lstrip_blocks, literal)
  if fault then
    values[n] = errors.new("TemplateSyntaxError", SENTENCES[fault](source, at, detail), lines[n])
    n = n + 1
  end
  -- The end is where the last token is; it stands there twice, for a parser that goes one step past it.
  kinds[n], kinds[n + 1] = "eof", "eof"
  if n > 1 then lines[n] = lines[n - 1] end
  lines[n + 1] = lines[n]
  return { n = n, kinds = kinds, values = values, lines = lines }
end

return lexer
