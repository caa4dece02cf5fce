--- Methods of str, and of Markup, whose methods escape their str arguments and give Markup.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local access <const> = require "jinja.access"
local sequence <const> = require "jinja.sequence"
local formatting <const> = require "jinja.format"
local literal <const> = require "jinja.literal"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, math_type <const> = type, getmetatable, math.type
local concat <const>, sub <const> = table.concat, string.sub
local raise <const>, type_of <const>, text_of <const> = errors.raise, value.type_of, value.text_of
local NULL <const>, TUPLE <const>, LIST <const>, DICT <const> = value.NULL, value.TUPLE, value.LIST, value.DICT
local MARKUP <const> = value.MARKUP
local bind <const>, integer <const> = args.bind, args.integer

local str <const> = {}

local function define(name, params, required, f, style)
  str[name] = bind({ name = name, type = "str", params = params, required = required, builtin = true,
    keywords = style == "keywords", parsed = style == "parsed" }, f)
end

-- Arguments ----------------------------------------------------------------------------------------------------------

local function bound(v)
  if v == nil or v == NULL then return nil end
  if math_type(v) == "integer" then return v end
  if type(v) == "boolean" then return v and 1 or 0 end
  if getmetatable(v) == value.BIG then return v.sign < 0 and math.mininteger or math.maxinteger end
  raise("TypeError", "slice indices must be integers or None or have an __index__ method")
end

local function string_argument(name, place, v)
  local s = text_of(v)
  if not s then
    local where = place and " argument " .. place or " argument"
    raise("TypeError", name .. "()" .. where .. " must be str, not " .. args.shown_type(v))
  end
  return s
end

local function must_be_str(v) return args.text(v, "must be str, not ") end

-- Plain transformations ----------------------------------------------------------------------------------------------

for _, name in ipairs { "upper", "lower", "title", "capitalize", "swapcase", "casefold" } do
  local f <const> = utf[name]
  define(name, {}, 0, function(s) return f(s) end)
end

for name, class in next, { isalnum = "alnum", isalpha = "alpha", isascii = "ascii", isdecimal = "decimal",
  isdigit = "digit", isidentifier = "identifier", islower = "lower", isnumeric = "numeric",
  isprintable = "printable", isspace = "space", istitle = "title", isupper = "upper" } do
  define(name, {}, 0, function(s) return utf.is(s, class) end)
end

local function fill_character(fill)
  if fill == nil then return " " end
  local s = text_of(fill)
  if not s then raise("TypeError", "The fill character must be a unicode character, not " .. type_of(fill).name) end
  if utf.len(s) ~= 1 then raise("TypeError", "The fill character must be exactly one character long") end
  return s
end

for _, name in ipairs { "center", "ljust", "rjust" } do
  local f <const> = utf[name]
  define(name, { "width", "fillchar" }, 1, function(s, width, fill)
    return f(s, integer(width), fill_character(fill))
  end)
end

define("zfill", { "width" }, 1, function(s, width) return utf.zfill(s, integer(width)) end)
define("expandtabs", { "tabsize" }, 0, function(s, size)
  return utf.expandtabs(s, size == nil and 8 or args.c_int(size))
end, "keywords")

for name, where in next, { strip = false, lstrip = "l", rstrip = "r" } do
  define(name, { "chars" }, 0, function(s, chars)
    if chars == NULL then chars = nil end
    if chars ~= nil then
      chars = text_of(chars)
      if not chars then raise("TypeError", name .. " arg must be None or str") end
    end
    return utf.strip(s, chars, where or nil)
  end)
end

define("removeprefix", { "prefix" }, 1, function(s, prefix)
  prefix = string_argument("removeprefix", nil, prefix)
  if sub(s, 1, #prefix) == prefix then return sub(s, #prefix + 1) end
  return s
end)

define("removesuffix", { "suffix" }, 1, function(s, suffix)
  suffix = string_argument("removesuffix", nil, suffix)
  if suffix ~= "" and sub(s, -#suffix) == suffix then return sub(s, 1, -#suffix - 1) end
  return s
end)

define("replace", { "old", "new", "count" }, 2, function(s, old, new, count)
  old, new = string_argument("replace", 1, old), string_argument("replace", 2, new)
  count = count ~= nil and integer(count) or -1
  if count < 0 then count = nil end
  return utf.replace(s, old, new, count)
end)

-- Searching ----------------------------------------------------------------------------------------------------------

for _, name in ipairs { "find", "rfind", "count" } do
  local f <const> = utf[name]
  define(name, { "sub", "start", "end" }, 1, function(s, part, from, to)
    return f(s, must_be_str(part), bound(from), bound(to))
  end, "parsed")
end

for name, search in next, { index = "find", rindex = "rfind" } do
  local f <const> = utf[search]
  define(name, { "sub", "start", "end" }, 1, function(s, part, from, to)
    local i = f(s, must_be_str(part), bound(from), bound(to))
    if i < 0 then raise("ValueError", "substring not found") end
    return i
  end, "parsed")
end

for name, test in next, { startswith = "starts", endswith = "ends" } do
  local f <const> = utf[test]
  define(name, { "prefix", "start", "end" }, 1, function(s, affix, from, to)
    from, to = bound(from), bound(to)
    local one = text_of(affix)
    if one then return f(s, one, from, to) end
    if getmetatable(affix) ~= TUPLE then
      raise("TypeError", name .. " first arg must be str or a tuple of str, not " .. type_of(affix).name)
    end
    for i = 1, affix.n do
      local part = text_of(affix[i])
      if not part then
        raise("TypeError", "tuple for " .. name .. " must only contain str, not " .. type_of(affix[i]).name)
      end
      if f(s, part, from, to) then return true end
    end
    return false
  end, "parsed")
end

-- Splitting and joining ----------------------------------------------------------------------------------------------

for _, name in ipairs { "split", "rsplit" } do
  local f <const> = utf[name]
  define(name, { "sep", "maxsplit" }, 0, function(s, separator, most)
    if separator == NULL then separator = nil end
    if separator ~= nil then
      separator = args.text(separator, "must be str or None, not ")
      if separator == "" then raise("ValueError", "empty separator") end
    end
    most = most ~= nil and integer(most) or -1
    if most < 0 then most = nil end
    return value.list(f(s, separator, most))
  end, "keywords")
end

define("splitlines", { "keepends" }, 0, function(s, keep)
  return value.list(utf.splitlines(s, keep ~= nil and args.c_int(keep) ~= 0))
end, "keywords")

for name, right in next, { partition = false, rpartition = true } do
  define(name, { "sep" }, 1, function(s, separator)
    separator = must_be_str(separator)
    if separator == "" then raise("ValueError", "empty separator") end
    local a, b, c = utf.partition(s, separator, right)
    return value.tuple { n = 3, a, b, c }
  end)
end

define("join", { "iterable" }, 1, function(s, items)
  if not sequence.is_iterable(items) then raise("TypeError", "can only join an iterable") end
  local list = sequence.items(items)
  local out, size = {}, 0
  for i = 1, list.n do
    local part = text_of(list[i])
    if not part then
      raise("TypeError", "sequence item " .. i - 1 .. ": expected str instance, " .. type_of(list[i]).name .. " found")
    end
    out[i] = part
    size = size + #part + #s
  end
  fuel.bytes(size)
  return concat(out, s)
end)

-- Formatting ---------------------------------------------------------------------------------------------------------

function str.format(s, n, ...)
  local given, kwargs = args.open(n, ...)
  return formatting.format(s, given, kwargs, false)
end

local function mapping_of(n, ...)
  local given, kwargs = args.open(n, ...)
  if kwargs then raise("TypeError", "format_map() takes no keyword arguments") end
  if n ~= 1 then raise("TypeError", "format_map() takes exactly one argument (" .. n .. " given)") end
  return value.plain(given[1])
end

function str.format_map(s, n, ...)
  return formatting.format(s, { n = 0 }, mapping_of(n, ...), false)
end

local ENCODINGS <const> = {
  ["utf-8"] = 0x10ffff, utf8 = 0x10ffff, ascii = 0x7f, ["us-ascii"] = 0x7f,
  ["latin-1"] = 0xff, latin1 = 0xff, ["iso-8859-1"] = 0xff,
}

-- The codec and handler that `method` was given: name, highest code point, handler. Types are looked at before names.
local function codec(method, encoding, handler)
  local name = encoding == nil and "utf-8" or string_argument(method, "'encoding'", encoding)
  if handler ~= nil then handler = string_argument(method, "'errors'", handler) end
  local limit = ENCODINGS[string.lower(name)]
  if not limit then raise("LookupError", "unknown encoding: " .. name) end
  return name, limit, handler
end

local function encoded(s, limit, name, handler)
  local out, n = {}, 0
  fuel.spend(8 * #s)
  for _, code in utf8.codes(s) do
    n = n + 1
    if code <= limit then
      out[n] = string.char(code)
    elseif handler == "ignore" then
      out[n] = ""
    elseif handler == "replace" then
      out[n] = "?"
    elseif handler == "xmlcharrefreplace" then
      out[n] = "&#" .. code .. ";"
    elseif handler == "backslashreplace" then
      out[n] = sub(utf.str_ascii(utf8.char(code)), 2, -2)
    else
      raise("UnicodeEncodeError", string.format("'%s' codec can't encode character %s in position %d: ordinal not in range(%d)",
        name, utf.str_ascii(utf8.char(code)), n - 1, limit + 1))
    end
  end
  return concat(out)
end

define("encode", { "encoding", "errors" }, 0, function(s, ...)
  local name, limit, handler = codec("encode", ...)
  if limit < 0x10ffff then s = encoded(s, limit, name, handler) end
  return setmetatable({ s = s }, value.BYTES)
end, "keywords")

-- What each byte past ASCII, or each wrong one of UTF-8, becomes; nil where that is an error.
local REPLACED <const> = { replace = "\u{FFFD}", ignore = "" }

-- One byte a character: Latin 1, or ASCII with a handler for what is past it.
local function decoded_bytes(s, limit, name, handler)
  fuel.spend(8 * #s)
  return (string.gsub(s, "[\128-\255]", function(c)
    local code = string.byte(c)
    if code <= limit then return utf8.char(code) end
    return REPLACED[handler] or raise("UnicodeDecodeError", string.format(
      "'%s' codec can't decode byte 0x%02x: ordinal not in range(128)", name, code))
  end))
end

-- Bytes are a sequence of integers.
value.BYTES.iter = function(b)
  local i = 0
  return function()
    i = i + 1
    return string.byte(b.s, i)
  end
end
value.BYTES.item = function(b, key)
  local i = key == true and 1 or key == false and 0 or key
  if math_type(i) ~= "integer" then return nil end
  if i < 0 then i = i + #b.s end
  return i >= 0 and string.byte(b.s, i + 1) or nil
end

access.add_methods(value.BYTES, {
  decode = bind({ name = "decode", type = "bytes", params = { "encoding", "errors" }, builtin = true, keywords = true },
    function(b, ...)
      local name, limit, handler = codec("decode", ...)
      if limit < 0x10ffff then return decoded_bytes(b.s, limit, name, handler) end
      if not utf.valid_utf8(b.s) then raise("UnicodeDecodeError", "'utf-8' codec can't decode bytes") end
      return b.s
    end),
  hex = bind({ name = "hex", type = "bytes", params = {}, builtin = true }, function(b)
    fuel.spend(20 * #b.s)
    return (string.gsub(b.s, ".", function(c) return string.format("%02x", string.byte(c)) end))
  end),
})

-- What stands in a translation table, which may be anything that has items, for a character; nil where nothing does.
local function entry_of(t, code)
  local T <const> = type_of(t)
  if T == DICT then return value.dict_get(t, code) end
  text.must_exist(t)
  if type(t) ~= "string" and T ~= value.MARKUP and T ~= value.LIST and T ~= value.TUPLE and not T.item and T ~= value.RANGE then
    raise("TypeError", "'" .. T.name .. "' object is not subscriptable")
  end
  local v <const> = access.item(t, code)
  if getmetatable(v) ~= value.UNDEF or v.obj ~= t then return v end
end

-- What a translation table gives for a character: text, "" for None, nil when it is not in the table.
local function translated(t, code)
  local v = entry_of(t, code)
  if v == nil then return nil end
  if v == NULL then return "" end
  if math_type(v) == "integer" and v >= 0 and v <= 0x10ffff then return literal.character(v) end
  return args.text(v, "character mapping must return integer, None or str, not ")
end

define("translate", { "table" }, 1, function(s, t)
  t = value.plain(t)
  local out, n = {}, 0
  fuel.spend(10 * #s)
  for _, code in utf8.codes(s) do
    n = n + 1
    out[n] = translated(t, code) or utf8.char(code)
  end
  local done = concat(out)
  fuel.bytes(#done)
  return done
end)

access.add_methods(value.STR, str)

-- Markup -------------------------------------------------------------------------------------------------------------

local function wrap(v)
  if type(v) == "string" then return value.markup(v) end
  local T = getmetatable(v)
  if T == LIST or T == TUPLE then
    for i = 1, v.n do v[i] = value.markup(v[i]) end
  end
  return v
end

local markup <const> = {}

for name, f in next, str do
  markup[name] = function(m, n, a, b, c, d) return wrap(f(m.s, n, a, b, c, d)) end
end

for _, name in ipairs { "ljust", "rjust", "center" } do
  local f <const> = str[name]
  markup[name] = function(m, n, width, fill, kwargs)
    if n > 1 then fill = text.escaped(fill) end
    return wrap(f(m.s, n, width, fill, kwargs))
  end
end

function markup.replace(m, n, old, new, count, kwargs)
  if n > 1 then new = text.escaped(new) end
  return wrap(str.replace(m.s, n, old, new, count, kwargs))
end

function markup.join(m, n, items, kwargs)
  if n ~= 1 then return wrap(str.join(m.s, n, items, kwargs)) end
  local list = sequence.copy(items)
  for i = 1, list.n do list[i] = text.escaped(list[i]) end
  return wrap(str.join(m.s, 1, value.list(list), kwargs))
end

function markup.format(m, n, ...)
  local given, kwargs = args.open(n, ...)
  return value.markup(formatting.format(m.s, given, kwargs, true))
end

function markup.format_map(m, n, ...)
  return value.markup(formatting.format(m.s, { n = 0 }, mapping_of(n, ...), true))
end

markup.escape = bind({ name = "Markup.escape", params = { "s" }, required = 1 }, function(_, v)
  return value.markup(text.escaped(v))
end)
markup.striptags = bind({ name = "striptags", params = {} }, function(m) return utf.striptags(m.s) end)
markup.unescape = bind({ name = "unescape", params = {} }, function(m) return utf.unescape_html(m.s) end)

access.add_methods(MARKUP, markup)

MARKUP.python = {}
for name in string.gmatch("join partition rpartition rsplit split splitlines striptags unescape", "%S+") do
  MARKUP.python[name] = "Markup." .. name
end
for name in string.gmatch("capitalize center expandtabs ljust lower lstrip replace rjust rstrip strip swapcase title"
  .. " translate upper zfill", "%S+") do
  MARKUP.python[name] = "str." .. name
end

return str
