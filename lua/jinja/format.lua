--- `str.format`, `format_map` and the format specifications of `{:…}`.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local arith <const> = require "jinja.arith"
local number <const> = require "jinja.number"
local text <const> = require "jinja.text"
local digits <const> = require "jinja.digits"
local access <const> = require "jinja.access"
local literal <const> = require "jinja.literal"
local errors <const> = require "jinja.errors"
local math_type <const>, getmetatable <const>, type <const> = math.type, getmetatable, type
local sub <const>, find <const>, match <const>, byte <const> = string.sub, string.find, string.match, string.byte
local rep <const>, upper <const>, concat <const>, lower <const> = string.rep, string.upper, table.concat, string.lower
local raise <const>, type_of <const> = errors.raise, value.type_of
local DICT <const>, MARKUP <const> = value.DICT, value.MARKUP
local CHAR <const> = utf8.charpattern
local WIDTH_MAX <const> = 2147483647

local formatting <const> = {}

-- The specification --------------------------------------------------------------------------------------------------

local ALIGN <const> = { ["<"] = true, [">"] = true, ["="] = true, ["^"] = true }

local function take_align(spec, s)
  local _, first = find(s, "^" .. CHAR)
  if not first then return 1 end
  local second = sub(s, first + 1, first + 1)
  if ALIGN[second] then
    spec.fill, spec.align = sub(s, 1, first), second
    return first + 2
  end
  if ALIGN[sub(s, 1, 1)] then
    spec.align = sub(s, 1, 1)
    return 2
  end
  return 1
end

local function take_count(s, at)
  local found = match(s, "^%d+", at)
  if not found then return nil, at end
  local n = math.tointeger(tonumber(found))
  if not n or n > WIDTH_MAX then raise("ValueError", "Too many decimal digits in format string") end
  return n, at + #found
end

-- A one-letter option at a place: the option or nil, and the place behind it.
local function take(s, at, set)
  local c = match(s, "^" .. set, at)
  return c, c and at + 1 or at
end

--- Takes a specification apart.
local function parse(s, T)
  local spec = {}
  local at = take_align(spec, s)
  spec.sign, at = take(s, at, "[-+ ]")
  spec.no_negative_zero, at = take(s, at, "z")
  spec.alt, at = take(s, at, "#")
  if not spec.fill then
    local zero
    zero, at = take(s, at, "0")
    if zero then
      spec.fill = "0"
      spec.zero = true
    end
  end
  spec.width, at = take_count(s, at)
  spec.group, at = take(s, at, "[,_]")
  local second = match(s, "^[,_]", at)
  if second then
    raise("ValueError", second == spec.group and "Cannot specify '" .. second .. "' with '" .. second .. "'."
      or "Cannot specify both ',' and '_'.")
  end
  local point
  point, at = take(s, at, "%.")
  if point then
    spec.precision, at = take_count(s, at)
    if not spec.precision then raise("ValueError", "Format specifier missing precision") end
  end
  local kind = sub(s, at)
  if utf.len(kind) > 1 then
    raise("ValueError", "Invalid format specifier '" .. s .. "' for object of type '" .. T.name .. "'")
  end
  spec.kind = kind ~= "" and kind or nil
  return spec
end

local function unknown_code(spec, T)
  raise("ValueError", "Unknown format code '" .. spec.kind .. "' for object of type '" .. T.name .. "'")
end

-- Padding ------------------------------------------------------------------------------------------------------------

local function fill_of(spec, count)
  local fill = spec.fill or " "
  fuel.bytes(count * #fill)
  return rep(fill, count)
end

local function align_text(spec, align, s)
  local missing = (spec.width or 0) - utf.len(s)
  if missing <= 0 then return s end
  if align == ">" then return fill_of(spec, missing) .. s end
  if align == "^" then
    local left = missing // 2
    return fill_of(spec, left) .. s .. fill_of(spec, missing - left)
  end
  return s .. fill_of(spec, missing)
end

local GROUP_EVERY <const> = { b = 4, o = 4, x = 4, X = 4 }

-- Sign, prefix, digits (with separators) and the rest, padded.
local function align_number(spec, negative, prefix, row, rest)
  local sign = negative and "-" or spec.sign == "+" and "+" or spec.sign == " " and " " or ""
  local align = spec.align or (spec.zero and "=" or ">")
  local outside = #sign + #prefix + #rest
  if spec.group then
    local inside = align == "=" and (spec.fill or "") == "0" and (spec.width or 0) - outside or 0
    if inside > 0 then fuel.bytes(2 * inside) end
    row = digits.group(row, GROUP_EVERY[spec.kind] or 3, spec.group, inside)
  end
  if align == "=" then
    local missing = (spec.width or 0) - outside - #row
    return sign .. prefix .. (missing > 0 and fill_of(spec, missing) or "") .. row .. rest
  end
  return align_text(spec, align, sign .. prefix .. row .. rest)
end

-- By type ------------------------------------------------------------------------------------------------------------

local function format_text(s, spec, T)
  if spec.kind and spec.kind ~= "s" then unknown_code(spec, T) end
  if spec.sign then
    raise("ValueError", (spec.sign == " " and "Space" or "Sign") .. " not allowed in string format specifier")
  end
  if spec.alt then raise("ValueError", "Alternate form (#) not allowed in string format specifier") end
  if spec.align == "=" then raise("ValueError", "'=' alignment not allowed in string format specifier") end
  if spec.group then raise("ValueError", "Cannot specify '" .. spec.group .. "' with 's'.") end
  if spec.precision then s = utf.sub(s, 0, spec.precision) end
  return align_text(spec, spec.align or "<", s)
end

local FLOAT_KINDS <const> = { e = true, E = true, f = true, F = true, g = true, G = true, n = true, ["%"] = true }
local BASES <const> = { b = 2, o = 8, x = 16, X = 16, d = 10, n = 10 }
local PREFIXES <const> = { b = "0b", o = "0o", x = "0x", X = "0X" }

local function float_body(f, spec)
  local kind, precision = spec.kind, spec.precision
  if not kind then
    if not precision then
      local s = text.str(f)
      if spec.alt and not find(s, ".", 1, true) then s = string.gsub(s, "e", ".e", 1) end
      return s
    end
    return digits.general(f, precision, spec.alt)
  end
  precision = precision or 6
  if kind == "%" then return digits.float(f * 100.0, "f", precision, spec.alt) .. "%" end
  if kind == "n" then kind = "g" end
  if lower(kind) == "g" and precision == 0 then precision = 1 end
  return digits.float(f, kind, precision, spec.alt)
end

local function format_float(f, spec, T)
  if spec.kind and not FLOAT_KINDS[spec.kind] then unknown_code(spec, T) end
  if spec.group and spec.kind == "n" then raise("ValueError", "Cannot specify '" .. spec.group .. "' with 'n'.") end
  local body = float_body(f, spec)
  local negative = byte(body) == 45
  if negative then body = sub(body, 2) end
  if spec.no_negative_zero and not find(body, "[1-9a-zA-Z]") then negative = false end
  local row, rest = match(body, "^(%d+)(.*)$")
  if not row then row, rest = "", body end
  return align_number(spec, negative, "", row, rest)
end

local function format_integer(x, spec, T)
  local kind = spec.kind or "d"
  if FLOAT_KINDS[kind] and kind ~= "n" then return format_float(arith.to_float(x), spec, T) end
  if not BASES[kind] and kind ~= "c" then unknown_code(spec, T) end
  if spec.precision then raise("ValueError", "Precision not allowed in integer format specifier") end
  if spec.no_negative_zero then
    raise("ValueError", "Negative zero coercion (z) not allowed in format specifier with integer format code '" ..
      kind .. "'")
  end
  if spec.group and (kind == "c" or kind == "n" or spec.group == "," and kind ~= "d") then
    raise("ValueError", "Cannot specify '" .. spec.group .. "' with '" .. kind .. "'.")
  end
  if kind == "c" then
    if spec.sign then raise("ValueError", "Sign not allowed with integer format specifier 'c'") end
    if spec.alt then raise("ValueError", "Alternate form (#) not allowed with integer format specifier 'c'") end
    if math_type(x) ~= "integer" or x < 0 or x > 0x10ffff then
      raise("OverflowError", "%c arg not in range(0x110000)")
    end
    local align = spec.align or ">"
    return align_text(spec, align == "=" and ">" or align, literal.character(x))
  end
  local negative = digits.is_negative(x)
  local row = digits.of(negative and arith.neg(x) or x, BASES[kind])
  if kind == "X" then row = upper(row) end
  return align_number(spec, negative, spec.alt and PREFIXES[kind] or "", row, "")
end

--- format(v, spec).
---@return string
function formatting.value(v, s)
  v = value.plain(v)
  if s == "" then return text.str(v) end
  local T = type_of(v)
  if T.format then return T.format(v, s) end
  local t = value.text_of(v)
  if t then return format_text(t, parse(s, value.STR), value.STR) end
  local x = arith.numeric(v)
  if not x then raise("TypeError", "unsupported format string passed to " .. T.name .. ".__format__") end
  if math_type(x) == "float" then return format_float(x, parse(s, T), T) end
  return format_integer(x, parse(s, T), T)
end

-- The template string ------------------------------------------------------------------------------------------------

-- Literal text up to the next field; the place behind the field's "{", or nil at the end.
local function take_literal(s, at, out)
  while true do
    local from = find(s, "[{}]", at)
    if not from then
      out[#out + 1] = sub(s, at)
      return nil
    end
    local c = sub(s, from, from)
    if sub(s, from + 1, from + 1) ~= c then
      if c == "}" then raise("ValueError", "Single '}' encountered in format string") end
      if from == #s then raise("ValueError", "Single '{' encountered in format string") end
      out[#out + 1] = sub(s, at, from - 1)
      return from + 1
    end
    fuel.spend(10)
    out[#out + 1] = sub(s, at, from)
    at = from + 2
  end
end

local function take_name(s, at)
  local i = at
  while true do
    local stop = find(s, "[{}:![]", i)
    if not stop then raise("ValueError", "expected '}' before end of string") end
    local c = sub(s, stop, stop)
    if c == "{" then raise("ValueError", "unexpected '{' in field name") end
    if c ~= "[" then return sub(s, at, stop - 1), c, stop + 1 end
    fuel.spend(5)
    i = (find(s, "]", stop, true) or #s) + 1
  end
end

local function take_spec(s, at)
  local depth, i = 1, at
  while true do
    local stop = find(s, "[{}]", i)
    if not stop then
      raise("ValueError", depth > 1 and "unmatched '{' in format spec" or "expected '}' before end of string")
    end
    fuel.spend(5)
    depth = depth + (sub(s, stop, stop) == "{" and 1 or -1)
    if depth == 0 then return sub(s, at, stop - 1), stop + 1 end
    i = stop + 1
  end
end

local function take_field(s, at)
  local name, stop
  name, stop, at = take_name(s, at)
  local conversion, spec = nil, ""
  if stop == "!" then
    local _, last = find(s, "^" .. CHAR, at)
    if not last then raise("ValueError", "end of string while looking for conversion specifier") end
    conversion = sub(s, at, last)
    stop, at = sub(s, last + 1, last + 1), last + 2
    if stop ~= "}" and stop ~= ":" then
      raise("ValueError", stop == "" and "unmatched '{' in format spec" or "expected ':' after conversion specifier")
    end
  end
  if stop == ":" then spec, at = take_spec(s, at) end
  return name, conversion, spec, at
end

-- The steps of "a.b[c]" behind its first name.
local function follow(v, path)
  local at = 1
  while at <= #path do
    fuel.spend(10)
    local c = sub(path, at, at)
    if c == "." then
      local name = match(path, "^[^.[]*", at + 1)
      if name == "" then raise("ValueError", "Empty attribute in format string") end
      v = access.attr(v, name)
      at = at + 1 + #name
    elseif c == "[" then
      local stop = find(path, "]", at, true)
      if not stop then raise("ValueError", "Missing ']' in format string") end
      local key = sub(path, at + 1, stop - 1)
      if key == "" then raise("ValueError", "Empty attribute in format string") end
      v = access.item(v, match(key, "^%d+$") and number.parse(key) or key)
      at = stop + 1
    else
      raise("ValueError", "Only '.' or '[' may follow ']' in format field specifier")
    end
  end
  return v
end

local function named(f, name)
  local kwargs, v = f.kwargs, nil
  if type(kwargs) == "table" and getmetatable(kwargs) == nil then
    v = kwargs[name]
  elseif kwargs and getmetatable(kwargs) == DICT then
    v = value.dict_get(kwargs, name)
  elseif kwargs then
    text.must_exist(kwargs)
    raise("TypeError", "'" .. type_of(kwargs).name .. "' object is not subscriptable")
  end
  if v == nil then raise("KeyError", text.repr(name)) end
  return v
end

local function mixed_numbering()
  raise("ValueError", "cannot switch from manual field specification to automatic field numbering")
end

-- Numbers the fields that have no name, as string.Formatter does.
local function numbered(f, name)
  if name == "" then
    if f.auto == false then mixed_numbering() end
    f.auto = (f.auto or 0) + 1
    return tostring(f.auto - 1)
  end
  if match(name, "^%d+$") then
    if f.auto then mixed_numbering() end
    f.auto = false
  end
  return name
end

local function look_up(f, name)
  name = numbered(f, name)
  local first, path = match(name, "^([^.[]*)(.*)$")
  local v
  if match(first, "^%d+$") then
    local i = math.tointeger(tonumber(first)) or math.maxinteger
    if i >= f.values.n then raise("IndexError", "tuple index out of range") end
    v = f.values[i + 1]
  else
    v = named(f, first)
  end
  return follow(v, path)
end

local function convert(v, conversion)
  if not conversion then return v end
  if conversion == "s" then return text.str(v) end
  if conversion == "r" then return text.repr(v) end
  if conversion == "a" then return text.ascii(v) end
  raise("ValueError", "Unknown conversion specifier " .. conversion)
end

local function field_text(f, v, spec)
  if not f.escaped then return formatting.value(v, spec) end
  if getmetatable(v) == MARKUP then
    if spec ~= "" then raise("ValueError", "Unsupported format specification for Markup.") end
    return v.s
  end
  return utf.escape_html(formatting.value(v, spec))
end

local function expand(f, s, depth)
  if depth < 0 then raise("ValueError", "Max string recursion exceeded") end
  local out, at = {}, 1
  fuel.bytes(#s)
  while true do
    at = take_literal(s, at, out)
    if not at then break end
    fuel.spend(250)
    local name, conversion, spec
    name, conversion, spec, at = take_field(s, at)
    local v = convert(look_up(f, name), conversion)
    out[#out + 1] = field_text(f, v, expand(f, spec, depth - 1))
  end
  local done = concat(out)
  fuel.bytes(#done)
  return done
end

--- s.format(*values, **kwargs). `kwargs` is keywords, or the mapping of format_map.
---@param values table {n=, …}
---@param escaped boolean  a Markup template: fields are HTML-escaped
---@return string
function formatting.format(s, values, kwargs, escaped)
  return expand({ values = values, kwargs = kwargs, escaped = escaped }, s, 2)
end

return formatting
