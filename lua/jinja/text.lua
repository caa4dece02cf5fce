--- str() and repr() of every value, and the messages of Undefined.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local json <const> = require "tocsin.json"
local print_c <const> = require "tocsin.print"
local value <const> = require "jinja.value"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, math_type <const> = type, getmetatable, math.type
local format <const>, concat <const>, unpack <const> = string.format, table.concat, table.unpack
local float_repr <const>, str_repr <const> = utf.float_repr, utf.str_repr
local raise <const>, expand <const>, NULL <const> = errors.raise, json.expand, value.NULL
local LIST <const>, TUPLE <const>, DICT <const> = value.LIST, value.TUPLE, value.DICT
local MARKUP <const>, UNDEF <const> = value.MARKUP, value.UNDEF
local normal <const>, type_of <const> = value.normal, value.type_of
local DEPTH_MAX <const> = 500

local text <const> = {}

local write

local function write_items(out, v, depth, seen)
  fuel.spend(10 * v.n)
  for i = 1, v.n do
    if i > 1 then out[#out + 1] = ", " end
    write(out, v[i], depth, seen)
  end
end

local function write_dict(out, d, depth, seen)
  local keys, values = d.k, d.v
  fuel.spend(20 * d.n)
  out[#out + 1] = "{"
  for i = 1, d.n do
    local key = keys[i]
    local plain = type(key) == "string"
    if i > 1 then out[#out + 1] = ", " end
    write(out, key, depth, seen)
    out[#out + 1] = ": "
    write(out, values[plain and key or normal(key)], depth, seen)
  end
  out[#out + 1] = "}"
end

local function write_container(out, v, T, depth, seen)
  if depth > DEPTH_MAX then
    raise("RecursionError", "maximum recursion depth exceeded while getting the repr of an object")
  end
  if seen[v] then
    out[#out + 1] = T == DICT and "{...}" or T == LIST and "[...]" or "(...)"
    return
  end
  if v.named and v.named.shape then
    out[#out + 1] = format(v.named.shape, unpack(v, 1, v.n))
    return
  end
  seen[v] = true
  if T == DICT then
    write_dict(out, v, depth, seen)
  elseif T == LIST then
    out[#out + 1] = "["
    write_items(out, v, depth, seen)
    out[#out + 1] = "]"
  else
    out[#out + 1] = "("
    write_items(out, v, depth, seen)
    out[#out + 1] = v.n == 1 and ",)" or ")"
  end
  seen[v] = nil
end

-- Appends repr(v). `seen` holds the containers that are being written.
function write(out, v, depth, seen)
  local t = type(v)
  local piece
  if t == "string" then
    piece = str_repr(v)
  elseif t == "number" then
    piece = math_type(v) == "integer" and format("%d", v) or float_repr(v)
  elseif t == "boolean" then
    piece = v and "True" or "False"
  elseif v == NULL then
    piece = "None"
  else
    if t == "userdata" then v = expand(v) end
    local T = getmetatable(v)
    if T == DICT or T == LIST or T == TUPLE then return write_container(out, v, T, depth + 1, seen) end
    if T.write then return T.write(out, v, depth + 1, seen) end
    piece = T.repr(v)
  end
  out[#out + 1] = piece
end

text.write = write

--- repr(v).
---@return string
function text.repr(v)
  local t = type(v)
  if t == "string" then return str_repr(v) end
  local out = {}
  write(out, v, 0, {})
  if #out == 1 then return out[1] end
  local s = concat(out)
  fuel.bytes(#s)
  return s
end

--- str(v): what `{{ v }}` prints.
---@return string
local str <const> = require("tocsin.access").text(function(v)
  local t = type(v)
  if t == "number" then return float_repr(v) end
  if t == "userdata" then return print_c.repr(v) or text.repr(v) end
  local f = getmetatable(v).str
  if f then return f(v) end
  return text.repr(v)
end)
text.str = str

--- str(v), but Markup stays Markup: what filters that keep it work on. Also says whether it was Markup.
---@return string text, boolean is_markup
function text.soft(v)
  if type(v) == "string" then return v, false end
  if getmetatable(v) == MARKUP then return v.s, true end
  return str(v), false
end

--- ascii(v): repr with everything outside ASCII escaped.
function text.ascii(v)
  if type(v) == "string" then return utf.str_ascii(v) end
  local shown = text.repr(v)
  fuel.spend(10 * #shown)
  return (string.gsub(shown, utf8.charpattern, function(c)
    if #c == 1 then return c end
    local code = utf8.codepoint(c)
    return format(code < 0x100 and "\\x%02x" or code < 0x10000 and "\\u%04x" or "\\U%08x", code)
  end))
end

local escape_html <const> = utf.escape_html

--- The HTML-escaped text of a value; Markup is taken as it is.
---@return string
function text.escaped(v)
  if type(v) == "string" then return escape_html(v) end
  local T = getmetatable(v)
  if T == MARKUP then return v.s end
  if T and T.is_html then return str(v) end
  return escape_html(str(v))
end

-- Undefined ----------------------------------------------------------------------------------------------------------

--- What an Undefined says when it is used.
---@return string
function text.undef_message(u)
  if u.hint then return u.hint end
  if u.obj == nil then return str_repr(u.name) .. " is undefined" end
  local T = type_of(u.obj)
  local label = T == TUPLE and u.obj.named and u.obj.named.label or T.label
  local name = u.name
  if getmetatable(name) == MARKUP then name = name.s end
  if type(name) ~= "string" then return label .. " has no element " .. text.repr(name) end
  return str_repr(label) .. " has no attribute " .. str_repr(name)
end

--- Raises what using this Undefined raises.
function text.fail_undef(u) raise(u.class or "UndefinedError", text.undef_message(u)) end

--- Raises when a value is Undefined.
function text.must_exist(v)
  if getmetatable(v) == UNDEF then text.fail_undef(v) end
end

-- The rest of the types ----------------------------------------------------------------------------------------------

UNDEF.str = function() return "" end
UNDEF.repr = function() return "Undefined" end
MARKUP.str = function(m) return m.s end
MARKUP.repr = function(m) return "Markup(" .. str_repr(m.s) .. ")" end

-- Addresses cannot be reproduced; every object is shown at the same one.
local ADDRESS <const> = "0x7f0000000000"
text.ID = format("%d", ADDRESS)
local function at(shape) return function(v) return format(shape, v.origin or v.name or v.fn, ADDRESS) end end
value.GEN.repr = at "<generator object %s at %s>"
value.FUNCTION.repr = at "<function %s at %s>"
value.REVERSED.repr = function(v) return format("<%s object at %s>", v.origin or "list_reverseiterator", ADDRESS) end
value.CLASS.repr = function(c) return "<class '" .. c.shown .. "'>" end
value.METHOD.repr = function(m)
  local T <const> = type_of(m.self)
  local shown <const> = T.python and T.python[m.fn]
  if shown then return "<bound method " .. shown .. " of " .. text.repr(m.self) .. ">" end
  return format("<built-in method %s of %s object at %s>", m.fn, T.name, ADDRESS)
end
value.RANGE.repr = function(r)
  if r.step == 1 then return format("range(%d, %d)", r.start, r.stop) end
  return format("range(%d, %d, %d)", r.start, r.stop, r.step)
end

local function write_view(out, view, depth, seen)
  local T, d = getmetatable(view), view.dict
  fuel.spend(20 * d.n)
  out[#out + 1] = T.name .. "(["
  for i = 1, d.n do
    if i > 1 then out[#out + 1] = ", " end
    local key, item = value.dict_at(d, i)
    if T == value.KEYS then
      write(out, key, depth, seen)
    elseif T == value.VALUES then
      write(out, item, depth, seen)
    else
      write(out, value.pair(key, item), depth, seen)
    end
  end
  out[#out + 1] = "])"
end
value.KEYS.write, value.VALUES.write, value.ITEMS.write = write_view, write_view, write_view

local BYTE_ESCAPES <const> = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
for code = 0, 255 do
  local c = string.char(code)
  BYTE_ESCAPES[c] = BYTE_ESCAPES[c] or (code < 0x20 or code > 0x7e) and format("\\x%02x", code) or nil
end

value.BYTES.repr = function(b)
  fuel.spend(5 * #b.s)
  local shown = string.gsub(b.s, "[\\\0-\x1f\x7f-\xff]", BYTE_ESCAPES)
  if not string.find(b.s, "'", 1, true) then return "b'" .. shown .. "'" end
  if not string.find(b.s, '"', 1, true) then return 'b"' .. shown .. '"' end
  return "b'" .. string.gsub(shown, "'", "\\'") .. "'"
end

return text
