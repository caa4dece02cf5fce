--- What the number and string literals of a template mean.
local fuel <const> = require "tocsin.fuel"
local errors <const> = require "jinja.errors"
local byte <const>, sub <const>, find <const>, gsub <const> = string.byte, string.sub, string.find, string.gsub
local format <const>, concat <const>, char <const> = string.format, table.concat, utf8.char
local tonumber <const>, math_type <const> = tonumber, math.type

local literal <const> = {}

-- Numbers ------------------------------------------------------------------------------------------------------------

local BASE <const>, BASE_DIGITS <const> = 10000000, "%07d"
local DIGITS_MAX <const> = 4300 -- Python reads no more decimal ones

-- Decimal digits of a number of any length that is written in base 2, 8 or 16.
local function to_decimal(digits, radix)
  fuel.spend(#digits * #digits // 8)
  local limbs = { 0 }
  for i = 1, #digits do
    local carry = tonumber(sub(digits, i, i), radix)
    for j = 1, #limbs do
      local x = limbs[j] * radix + carry
      limbs[j], carry = x % BASE, x // BASE
    end
    if carry > 0 then limbs[#limbs + 1] = carry end
  end
  local parts = { format("%d", limbs[#limbs]) }
  for j = #limbs - 1, 1, -1 do parts[#parts + 1] = format(BASE_DIGITS, limbs[j]) end
  return concat(parts)
end

local RADIX <const> = { b = 2, B = 2, o = 8, O = 8, x = 16, X = 16 }
local SHORT <const> = { [2] = 62, [8] = 20, [16] = 15 } -- digits that surely fit 63 bits

--- The value of an integer literal: a Lua integer, or the decimal digits as a string when it has more than 64 bits.
---@param text string
---@return integer|string
function literal.integer(text)
  text = gsub(text, "_", "")
  local radix = RADIX[sub(text, 2, 2)]
  if radix then
    local digits = gsub(sub(text, 3), "^0+", "")
    if #digits <= SHORT[radix] then return tonumber(digits, radix) or 0 end
    text = to_decimal(digits, radix)
  elseif #text > DIGITS_MAX then
    errors.raise("ValueError", format("Exceeds the limit (%d digits) for integer string conversion: value has %d digits; "
      .. "use sys.set_int_max_str_digits() to increase the limit", DIGITS_MAX, #text))
  end
  local value = tonumber(text)
  if math_type(value) == "integer" then return value end
  return (gsub(text, "^0+", ""))
end

--- The value of a float literal.
---@param text string
---@return number
function literal.float(text) return tonumber((gsub(text, "_", ""))) + 0.0 end

-- Strings ------------------------------------------------------------------------------------------------------------

local SIMPLE <const> = {
  ["\\"] = "\\", ["'"] = "'", ['"'] = '"', a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v",
  ["\n"] = "",
}
local HEX <const> = { x = 2, u = 4, U = 8 }
local TRUNCATED <const> = {
  x = "truncated \\xXX escape", u = "truncated \\uXXXX escape", U = "truncated \\UXXXXXXXX escape",
}

--- The character of a code point. A lone surrogate cannot be in UTF-8.
---@param n integer
---@return string
function literal.character(n)
  if n >= 0xD800 and n <= 0xDFFF then n = 0xFFFD end
  return char(n)
end
local code_point <const> = literal.character

local function hex_escape(text, at, letter)
  local count = HEX[letter]
  local digits = sub(text, at + 2, at + 1 + count)
  if #digits < count or not find(digits, "^%x+$") then return nil, TRUNCATED[letter] end
  local n = tonumber(digits, 16)
  if n > 0x10FFFF then return nil, "illegal Unicode character" end
  return code_point(n), at + 2 + count
end

local function octal_escape(text, at)
  local _, last = find(text, "^[0-7][0-7]?[0-7]?", at + 1)
  return code_point(tonumber(sub(text, at + 1, last), 8)), last + 1
end

-- Python decodes escapes after writing every other character as an escape of its own: a backslash in front of one
-- shows that spelling.
local function foreign_escape(text, at)
  local n = utf8.codepoint(text, at + 1, at + 1, true)
  local shape = n < 0x100 and "\\x%02x" or n < 0x10000 and "\\u%04x" or "\\U%08x"
  return format(shape, n), at + 1 + #char(n)
end

local function named_escape(text, at)
  if not find(text, "^{[^}]+}", at + 2) then return nil, "malformed \\N character escape" end
  return nil, "unknown Unicode character name"
end

-- The text that the escape at `at` stands for and the place behind it, or nil and what is wrong with it.
local function escape(text, at)
  local letter = sub(text, at + 1, at + 1)
  local simple = SIMPLE[letter]
  if simple then return simple, at + 2 end
  if HEX[letter] then return hex_escape(text, at, letter) end
  if letter == "N" then return named_escape(text, at) end
  local b = byte(letter)
  if b >= 48 and b <= 55 then return octal_escape(text, at) end
  if b >= 0x80 then return foreign_escape(text, at) end
  return "\\" .. letter, at + 2
end

--- The value of a string literal without its quotes, or nil and what is wrong with it.
---@param text string
---@return string? value
---@return string? why
function literal.string(text)
  local at = find(text, "\\", 1, true)
  if not at then return text end
  local parts, n, from = {}, 0, 1
  while at do
    local piece, behind = escape(text, at)
    if not piece then return nil, behind end
    parts[n + 1], parts[n + 2] = sub(text, from, at - 1), piece
    n, from = n + 2, behind
    at = find(text, "\\", from, true)
  end
  parts[n + 1] = sub(text, from)
  return concat(parts)
end

-- How many items a node has when all of them are literals; nil for any other.
local function known_count(node)
  for i = 1, #node do
    if literal.truth(node[i]) == nil then return nil end
  end
  return #node
end

local function branch_truth(node, test)
  if test == nil then return nil end
  local branch <const> = node[test and 2 or 3]
  return branch and literal.truth(branch)
end

--- Is what a node of the syntax tree says true? Known of what is made of literals, `not`, `and`, `or` and `if` alone, which
--- Jinja2 folds too; nil of all else.
---@param node table
---@return boolean?
function literal.truth(node)
  local kind <const> = node.t
  if kind == "const" then
    local v <const> = node.value
    return v ~= false and v ~= 0 and v ~= "" and node.kind ~= "none"
  end
  if kind == "list" or kind == "tuple" or kind == "dict" then
    local count <const> = known_count(node)
    return count and count > 0
  end
  if kind ~= "not" and kind ~= "and" and kind ~= "or" and kind ~= "cond" then return nil end
  local first <const> = literal.truth(node[1])
  if kind == "cond" then return branch_truth(node, first) end
  if first == nil then return nil end
  if kind == "not" then return not first end
  if first == (kind == "or") then return first end
  return literal.truth(node[2])
end

return literal
