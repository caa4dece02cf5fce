--- `'…' % x`: Python's printf-style formatting.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local arith <const> = require "jinja.arith"
local text <const> = require "jinja.text"
local literal <const> = require "jinja.literal"
local errors <const> = require "jinja.errors"
local digits <const> = require "jinja.digits"
local math_type <const>, getmetatable <const>, type <const> = math.type, getmetatable, type
local format <const>, sub <const>, find <const>, byte <const> = string.format, string.sub, string.find, string.byte
local rep <const>, upper <const>, concat <const>, tointeger <const> = string.rep, string.upper, table.concat, math.tointeger
local raise <const>, type_of <const> = errors.raise, value.type_of
local TUPLE <const>, DICT <const>, LIST <const>, UNDEF <const> = value.TUPLE, value.DICT, value.LIST, value.UNDEF
local WIDTH_MAX <const> = 2147483647

local printf <const> = {}

--- The state of one formatting: `s` and `at` in it, `values`/`next` the arguments, `mapping` for %(key)s.
---@class jinja.Printf

local function next_value(p)
  local v
  if p.values then
    v = p.values[p.next]
    if p.next > p.values.n then v = nil end
    p.next = p.next + 1
  elseif not p.used then
    v = p.single
    p.used = true
  end
  if v == nil then raise("TypeError", "not enough arguments for format string") end
  return v
end

local function incomplete() raise("ValueError", "incomplete format") end

-- %(key)…: takes the value of the mapping as the single argument.
local function take_key(p)
  local depth, start = 1, p.at + 1
  local i = start
  while depth > 0 do
    local c = byte(p.s, i)
    if not c then raise("ValueError", "incomplete format key") end
    if c == 41 then depth = depth - 1 elseif c == 40 then depth = depth + 1 end
    i = i + 1
  end
  fuel.spend(2 * (i - start))
  if not p.mapping then raise("TypeError", "format requires a mapping") end
  local key = sub(p.s, start, i - 2)
  local v
  if getmetatable(p.mapping) == DICT then
    v = value.dict_get(p.mapping, key)
    if v == nil then raise("KeyError", text.repr(key)) end
  else
    text.must_exist(p.mapping)
    raise("TypeError", type_of(p.mapping).name .. " indices must be integers or slices, not str")
  end
  p.values, p.single, p.used, p.at = nil, v, false, i
end

local function star(p)
  local v = next_value(p)
  if type(v) == "boolean" then v = v and 1 or 0 end
  if math_type(v) ~= "integer" then raise("TypeError", "* wants int") end
  if v > WIDTH_MAX or v < -WIDTH_MAX then raise("OverflowError", "Python int too large to convert to C int") end
  p.at = p.at + 1
  return v
end

local function count_of(p, word)
  local from, to = find(p.s, "^%d+", p.at)
  if not from then return nil end
  p.at = to + 1
  local n = tointeger(tonumber(sub(p.s, from, to)))
  if not n or n > WIDTH_MAX then raise("ValueError", word .. " too big") end
  return n
end

local function take_flags(p, spec)
  while true do
    local c = sub(p.s, p.at, p.at)
    if c == "-" then spec.left = true
    elseif c == "+" then spec.plus = true
    elseif c == " " then spec.blank = true
    elseif c == "#" then spec.alt = true
    elseif c == "0" then spec.zero = true
    else return end
    fuel.spend(5)
    p.at = p.at + 1
  end
end

local function take_width(p, spec)
  if byte(p.s, p.at) == 42 then
    spec.width = star(p)
    if spec.width < 0 then spec.left, spec.width = true, -spec.width end
  else
    spec.width = count_of(p, "width") or 0
  end
  if byte(p.s, p.at) ~= 46 then return end
  p.at = p.at + 1
  if byte(p.s, p.at) == 42 then
    spec.precision = math.max(0, star(p))
  else
    spec.precision = count_of(p, "precision") or 0
  end
end

-- Pads a converted piece; `sign` and `prefix` come before the zeros of a numeric one.
local function pad(spec, sign, prefix, body)
  local length = #sign + #prefix + utf.len(body)
  if spec.width <= length then return sign .. prefix .. body end
  local fill = spec.width - length
  fuel.bytes(fill)
  if spec.left then return sign .. prefix .. body .. rep(" ", fill) end
  if spec.zero and spec.numeric then return sign .. prefix .. rep("0", fill) .. body end
  return rep(" ", fill) .. sign .. prefix .. body
end

local function sign_of(spec, negative)
  if negative then return "-" end
  return spec.plus and "+" or spec.blank and " " or ""
end

local function integer_of(v, c)
  local x = arith.numeric(v)
  if math_type(x) == "float" then
    if c == "x" or c == "o" or c == "X" then
      raise("TypeError", "%" .. c .. " format: an integer is required, not float")
    end
    return digits.truncate(x)
  end
  if x then return x end
  local decimal = c ~= "x" and c ~= "o" and c ~= "X"
  if decimal then text.must_exist(v) end
  raise("TypeError", format("%%%s format: %s is required, not %s", c, decimal and "a real number" or "an integer",
    type_of(v).name))
end

local BASES <const> = { x = 16, X = 16, o = 8 }

local function format_integer(spec, v, c)
  local x = integer_of(v, c)
  local negative = digits.is_negative(x)
  local body, prefix = digits.of(negative and arith.neg(x) or x, BASES[c] or 10), ""
  if spec.precision and spec.precision > #body then
    fuel.bytes(spec.precision)
    body = rep("0", spec.precision - #body) .. body
  end
  if spec.alt and BASES[c] then prefix = c == "o" and "0o" or "0x" end
  spec.numeric = true
  if c == "X" then body, prefix = upper(body), upper(prefix) end
  return pad(spec, sign_of(spec, negative), prefix, body)
end

local function format_float(spec, v, c)
  local x = arith.numeric(v)
  if not x then
    text.must_exist(v)
    raise("TypeError", "must be real number, not " .. type_of(v).name)
  end
  local body = digits.float(arith.to_float(x), c, spec.precision or 6, spec.alt)
  local negative = byte(body) == 45
  spec.numeric = true
  return pad(spec, sign_of(spec, negative), "", negative and sub(body, 2) or body)
end

local function format_char(spec, v)
  local x = arith.numeric(v)
  if math_type(x) == "integer" then
    if x < 0 or x > 0x10ffff then raise("OverflowError", "%c arg not in range(0x110000)") end
    return pad(spec, "", "", literal.character(x))
  end
  if getmetatable(x) == value.BIG then raise("OverflowError", "%c arg not in range(0x110000)") end
  local s = value.text_of(v)
  if not s or utf.len(s) ~= 1 then raise("TypeError", "%c requires int or char") end
  return pad(spec, "", "", s)
end

local function format_text(spec, v, c, show)
  local s = c == "s" and show.str(v) or c == "r" and show.repr(v) or c == "a" and show.ascii(v)
  if spec.precision then s = utf.sub(s, 0, spec.precision) end
  if spec.width == 0 then return s end
  return pad(spec, "", "", s)
end

local INTEGER <const> = { d = true, i = true, u = true, x = true, o = true, X = true }
local FLOAT <const> = { e = true, E = true, f = true, F = true, g = true, G = true }

local function convert(p, show)
  if byte(p.s, p.at) == 37 then
    p.at = p.at + 1
    return "%"
  end
  if byte(p.s, p.at) == 40 then take_key(p) end
  local spec = {}
  take_flags(p, spec)
  take_width(p, spec)
  if find(p.s, "^[hlL]", p.at) then p.at = p.at + 1 end
  local _, last = find(p.s, "^" .. utf8.charpattern, p.at)
  if not last then incomplete() end
  local c, index = sub(p.s, p.at, last), p.at
  p.at = last + 1
  local v = next_value(p)
  if c == "s" or c == "r" or c == "a" then return format_text(spec, v, c, show) end
  if INTEGER[c] then return format_integer(spec, v, c) end
  if FLOAT[c] then return format_float(spec, v, c) end
  if c == "c" then return format_char(spec, v) end
  raise("ValueError", format("unsupported format character '%s' (0x%x) at index %d", c, utf8.codepoint(c),
    utf.len(sub(p.s, 1, index - 1))))
end

local PLAIN <const> = { str = text.str, repr = text.repr, ascii = text.ascii }
local ESCAPED <const> = {
  str = text.escaped,
  repr = function(v) return utf.escape_html(text.repr(v)) end,
  ascii = function(v) return utf.escape_html(text.ascii(v)) end,
}

-- What Python takes for a mapping here: anything with items that is neither tuple nor text.
local function is_mapping(v)
  local T = type_of(v)
  return T == DICT or T == LIST or T == UNDEF or T == value.RANGE or T == value.BYTES
end

--- s % x. `escaped`: arguments are HTML-escaped, as a Markup template does.
---@return string
function printf.format(s, x, escaped)
  x = value.plain(x)
  local p = { s = s, at = 1, next = 1 }
  if getmetatable(x) == TUPLE then p.values = x else p.single = x end
  if is_mapping(x) then p.mapping = x end
  local out, n, show = {}, 0, escaped and ESCAPED or PLAIN
  fuel.bytes(#s)
  while true do
    local from = find(s, "%", p.at, true)
    n = n + 1
    out[n] = sub(s, p.at, (from or 0) - 1)
    if not from then break end
    p.at = from + 1
    fuel.spend(100)
    n = n + 1
    out[n] = convert(p, show)
  end
  local unused = p.values and p.next <= p.values.n or not p.values and not p.used
  if unused and not p.mapping then raise("TypeError", "not all arguments converted during string formatting") end
  local done = concat(out)
  fuel.bytes(#done)
  return done
end

--- a % b: formatting when `a` is text, else the remainder.
function printf.mod(a, b)
  if type(a) == "string" then return printf.format(a, b, false) end
  if getmetatable(a) == value.MARKUP then return value.markup(printf.format(a.s, b, true)) end
  return arith.mod(a, b)
end

return printf
