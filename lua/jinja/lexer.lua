--- Template text to tokens.
---
--- Works on bytes: `string.find` with positions, no copies of the text. The result is three parallel arrays. An error
--- is the last token, of kind "error": the parser raises it when it gets there, so that a mistake further up in the
--- template is reported first, as in Jinja2, which lexes while it parses. Messages count in code points.
local errors <const> = require "jinja.errors"
local literal <const> = require "jinja.literal"
local byte <const>, sub <const>, find <const>, gsub <const> = string.byte, string.sub, string.find, string.gsub
local format <const>, utf8_len <const> = string.format, utf8.len
local scan_name

---@class jinja.Tokens
---@field n integer
---@field kinds string[]   an operator's own text, or name string integer float data variable_begin … eof error
---@field values any[]
---@field lines integer[]
local lexer <const> = {}

-- Spaces as Python's \s sees them, past ASCII.
local WIDE_SPACE <const> = {
  ["\u{85}"] = true, ["\u{A0}"] = true, ["\u{1680}"] = true, ["\u{2028}"] = true, ["\u{2029}"] = true,
  ["\u{202F}"] = true, ["\u{205F}"] = true, ["\u{3000}"] = true,
}
for c = 0x2000, 0x200A do WIDE_SPACE[utf8.char(c)] = true end

--- The place behind the whitespace that begins at `pos`.
local function skip_space(source, pos)
  while true do
    local _, last = find(source, "^[\t-\r\28-\32]+", pos)
    if last then pos = last + 1 end
    local b = byte(source, pos)
    if not b or b < 0x80 then return pos end
    if WIDE_SPACE[sub(source, pos, pos + 1)] then
      pos = pos + 2
    elseif WIDE_SPACE[sub(source, pos, pos + 2)] then
      pos = pos + 3
    else
      return pos
    end
  end
end

--- The last place before the whitespace that ends at `last`.
local function strip_end(source, first, last)
  while last >= first do
    local b = byte(source, last)
    if b >= 9 and b <= 13 or b >= 28 and b <= 32 then
      last = last - 1
    elseif b < 0x80 then
      return last
    elseif WIDE_SPACE[sub(source, last - 1, last)] and last - 1 >= first then
      last = last - 2
    elseif WIDE_SPACE[sub(source, last - 2, last)] and last - 2 >= first then
      last = last - 3
    else
      return last
    end
  end
  return last
end

local function push(L, kind, value)
  local n = L.n + 1
  L.n = n
  L.kinds[n], L.values[n], L.lines[n] = kind, value, L.line
end

local function fail(L, message)
  push(L, "error", errors.new("TemplateSyntaxError", message, L.line))
  return nil
end

-- Counts the newlines before `pos` that were not counted yet; L.newline is the first of those, or past every place.
local function count_lines(L, pos)
  local at = L.newline
  while at < pos do
    L.line = L.line + 1
    at = find(L.source, "\n", at + 1, true) or math.maxinteger
  end
  L.newline = at
end

-- Inside a tag -------------------------------------------------------------------------------------------------------

local CLOSER <const> = { ["("] = ")", ["["] = "]", ["{"] = "}" }
local IS_CLOSER <const> = { [")"] = true, ["]"] = true, ["}"] = true }
local OPERATORS <const> = {}
for op in string.gmatch("// ** == != >= <= + - / * % ~ [ ] ( ) { } > < = . : | , ;", "%S+") do OPERATORS[op] = true end

local function unexpected_char(L, pos)
  local char = string.match(L.source, "^[%z\1-\127\194-\244][\128-\191]*", pos) or sub(L.source, pos, pos)
  local shown
  if char == "'" then
    shown = "\"'\""
  elseif find(char, "^[ -~]$") and char ~= "\\" then
    shown = "'" .. char .. "'"
  else
    shown = require("tocsin.text").str_repr(char)
  end
  local offset = utf8_len(L.source, 1, pos - 1, true) or pos - 1
  return fail(L, format("unexpected char %s at %d", shown, offset))
end

local function lex_operator(L, pos)
  local op = sub(L.source, pos, pos + 1)
  if not OPERATORS[op] then
    op = sub(L.source, pos, pos)
    if not OPERATORS[op] then return unexpected_char(L, pos) end
  end
  local depth = L.depth
  if CLOSER[op] then
    depth = depth + 1
    L.depth, L.closers[depth] = depth, CLOSER[op]
  elseif IS_CLOSER[op] then
    if depth == 0 then return fail(L, "unexpected '" .. op .. "'") end
    local expected = L.closers[depth]
    if expected ~= op then return fail(L, "unexpected '" .. op .. "', expected '" .. expected .. "'") end
    L.depth = depth - 1
  end
  push(L, op, op)
  return pos + #op
end

-- Behind digits with single underscores between them; nil when there is no digit.
local function digits_end(source, pos)
  local _, last = find(source, "^%d+", pos)
  if not last then return nil end
  while true do
    local _, more = find(source, "^_%d+", last + 1)
    if not more then return last + 1 end
    last = more
  end
end

-- Behind the float at `pos`, or nil. A float does not follow a dot: `a.0.1` is two subscripts.
local function float_end(source, pos)
  if byte(source, pos - 1) == 46 then return nil end
  local stop = digits_end(source, pos)
  local fraction = byte(source, stop) == 46 and digits_end(source, stop + 1)
  local _, mark = find(source, "^[eE][+-]?", fraction or stop)
  return mark and digits_end(source, mark + 1) or fraction or nil
end

local RADIX_DIGITS <const> = { b = "^_?[01]+", o = "^_?[0-7]+", x = "^_?%x+" }

local function integer_end(source, pos)
  if byte(source, pos) ~= 48 then return digits_end(source, pos) end
  local pattern = RADIX_DIGITS[string.lower(sub(source, pos + 1, pos + 1))] or "^_?0+"
  local stop = pattern == "^_?0+" and pos + 1 or pos + 2
  local first = stop
  while true do
    local _, last = find(source, pattern, stop)
    if not last then break end
    stop = last + 1
  end
  if stop == first then return pos + 1 end
  return stop
end

local function lex_number(L, pos)
  local source = L.source
  local stop = float_end(source, pos)
  if stop then
    push(L, "float", literal.float(sub(source, pos, stop - 1)))
    return stop
  end
  stop = integer_end(source, pos)
  push(L, "integer", literal.integer(sub(source, pos, stop - 1)))
  return stop
end

local function lex_string(L, pos)
  local source = L.source
  local quote = sub(source, pos, pos)
  local pattern = quote == "'" and "['\\]" or '["\\]'
  local at = pos + 1
  while true do
    at = find(source, pattern, at)
    if not at then return unexpected_char(L, pos) end
    if byte(source, at) ~= 92 then break end
    at = at + 2
  end
  local value, why = literal.string(sub(source, pos + 1, at - 1))
  if not value then return fail(L, why) end
  push(L, "string", value)
  count_lines(L, at)
  return at + 1
end

-- A name with characters past ASCII. Its extent is that of word characters; not every word is an identifier.
function scan_name(L, pos)
  local text <const> = require "tocsin.text"
  local source, stop = L.source, pos
  while true do
    local char = string.match(source, "^[%z\1-\127\194-\244][\128-\191]*", stop)
    if not char or not (text.is(char, "alnum") or text.is("a" .. char, "identifier")) then break end
    stop = stop + #char
  end
  if stop == pos then return unexpected_char(L, pos) end
  local name = sub(source, pos, stop - 1)
  if not text.is(name, "identifier") then return fail(L, "Invalid character in identifier") end
  push(L, "name", name)
  return stop
end

local function lex_name(L, pos)
  local source = L.source
  local _, last = find(source, "^[%w_]*", pos)
  local after = byte(source, last + 1)
  if after and after >= 0x80 then return scan_name(L, pos) end
  push(L, "name", sub(source, pos, last))
  return last + 1
end

-- What a token can be by its first byte.
local LEX <const> = {}
for b = 0, 127 do LEX[b] = lex_operator end
for b = 128, 255 do LEX[b] = scan_name end
for b = 48, 57 do LEX[b] = lex_number end
for _, range in ipairs { { 65, 90 }, { 97, 122 }, { 95, 95 } } do
  for b = range[1], range[2] do LEX[b] = lex_name end
end
LEX[34], LEX[39] = lex_string, lex_string

-- Behind the end of a tag at `pos`, or nil when it does not end there.
local function tag_end(L, pos, closing, signs)
  local source = L.source
  if sub(source, pos, pos + 1) == closing then
    pos = pos + 2
    if closing == "%}" and L.trim_blocks and byte(source, pos) == 10 then pos = pos + 1 end
    return pos
  end
  if find(source, signs, pos) and sub(source, pos + 1, pos + 2) == closing then
    if byte(source, pos) == 45 then return skip_space(source, pos + 3) end
    return pos + 3
  end
end

local function lex_tag(L, pos, kind, closing, signs)
  local source = L.source
  push(L, kind .. "_begin")
  while true do
    local b = byte(source, pos)
    if b == 32 then -- most often the only one
      pos = pos + 1
      b = byte(source, pos)
    end
    if b and (b <= 32 or b >= 0x80) then
      local behind = skip_space(source, pos)
      if behind ~= pos then
        pos = behind
        count_lines(L, pos)
        b = byte(source, pos)
      end
    end
    if not b then return nil end
    if L.depth == 0 and (b == 125 or b == 37 or b == 45 or b == 43) then
      local behind = tag_end(L, pos, closing, signs)
      if behind then
        push(L, kind .. "_end")
        count_lines(L, behind)
        return behind
      end
    end
    pos = LEX[b](L, pos)
    if not pos then return nil end
  end
end

-- Outside of tags ----------------------------------------------------------------------------------------------------

local function lex_comment(L, pos)
  local source = L.source
  local at = find(source, "#}", pos, true)
  if not at then
    if pos > #source then return nil end
    return fail(L, "Missing end of comment tag")
  end
  local sign = at > pos and byte(source, at - 1)
  local behind = at + 2
  if sign == 45 then
    behind = skip_space(source, behind)
  elseif sign ~= 43 and L.trim_blocks and byte(source, behind) == 10 then
    behind = behind + 1
  end
  count_lines(L, behind)
  return behind
end

-- Behind `raw` or `endraw` when the tag that opens at `at` is that, with the sign of its opening; else nil.
local function raw_tag(L, at, word, signs)
  local source = L.source
  local sign = byte(source, at + 2)
  if sign ~= 45 and sign ~= 43 then sign = nil end
  local pos = skip_space(source, at + (sign and 3 or 2))
  if sub(source, pos, pos + #word - 1) ~= word then return nil end
  pos = skip_space(source, pos + #word)
  if sub(source, pos, pos + 2) == "-%}" then return skip_space(source, pos + 3), sign end
  if sub(source, pos, pos + 1) == "%}" then
    pos = pos + 2
    if word == "endraw" and L.trim_blocks and byte(source, pos) == 10 then pos = pos + 1 end
    return pos, sign
  end
  if signs and sub(source, pos, pos + 2) == "+%}" then return pos + 3, sign end
end

-- Pushes the data from `first` to `last`, shortened as the sign of the tag behind it asks.
local function push_data(L, first, last, sign, strippable)
  local source = L.source
  if sign == 45 then
    last = strip_end(source, first, last)
  elseif sign ~= 43 and strippable and L.lstrip_blocks then
    local line = last
    while line >= first and byte(source, line) ~= 10 do line = line - 1 end
    local starts = line >= first or first == 1 or byte(source, first - 1) == 10
    if starts and line < last and skip_space(source, line + 1) > last then last = line end
  end
  if last >= first then push(L, "data", sub(source, first, last)) end
end

local function lex_raw(L, pos)
  local source, at = L.source, pos
  while true do
    at = find(source, "{%", at, true)
    if not at then
      if pos > #source then return nil end
      return fail(L, "Missing end of raw directive")
    end
    local behind, sign = raw_tag(L, at, "endraw", true)
    if behind then
      push_data(L, pos, at - 1, sign, true)
      count_lines(L, behind)
      return behind
    end
    at = at + 2
  end
end

local function lex_root(L)
  local source, pos = L.source, 1
  while pos do
    local at = find(source, "{[{%%#]", pos)
    if not at then
      if pos <= #source then push(L, "data", sub(source, pos)) end
      return
    end
    local kind, sign = byte(source, at + 1), byte(source, at + 2)
    local raw, raw_sign
    if kind == 37 then raw, raw_sign = raw_tag(L, at, "raw") end
    if raw then sign = raw_sign end
    push_data(L, pos, at - 1, sign, kind ~= 123)
    pos = at + ((sign == 45 or sign == 43) and 3 or 2)
    count_lines(L, pos)
    if raw then
      count_lines(L, raw)
      pos = lex_raw(L, raw)
    elseif kind == 123 then
      pos = lex_tag(L, pos, "variable", "}}", "^-")
    elseif kind == 37 then
      pos = lex_tag(L, pos, "block", "%}", "^[-+]")
    else
      pos = lex_comment(L, pos)
    end
  end
end

--- The source as positions and line numbers see it: line ends are \n, and one at the very end is dropped.
---@param source string
---@param keep_trailing_newline boolean?
---@return string
function lexer.normalise(source, keep_trailing_newline)
  if find(source, "\r", 1, true) then source = gsub(source, "\r\n?", "\n") end
  if not keep_trailing_newline and byte(source, -1) == 10 then source = sub(source, 1, -2) end
  return source
end

--- Splits a template into tokens. Never raises.
---@param source string
---@param options table  trim_blocks, lstrip_blocks, keep_trailing_newline
---@return jinja.Tokens
function lexer.tokenize(source, options)
  source = lexer.normalise(source, options.keep_trailing_newline)
  local L = {
    source = source, line = 1, newline = find(source, "\n", 1, true) or math.maxinteger, depth = 0, closers = {},
    n = 0, kinds = {}, values = {}, lines = {},
    trim_blocks = options.trim_blocks, lstrip_blocks = options.lstrip_blocks,
  }
  lex_root(L)
  local last = L.n
  push(L, "eof")
  if last > 0 then L.lines[last + 1] = L.lines[last] end
  return L
end

return lexer
