--- JSON text of template values, as Python's json.dumps prints it: the filters tojson, tojson_pretty and json_dumps.
---
--- A payload that nobody touched is printed in C; everything else is walked here. Failures are error values:
--- TypeError for what JSON cannot hold, ValueError for a circle.
local utf <const> = require "tocsin.text"
local print_c <const> = require "tocsin.print"
local json <const> = require "tocsin.json"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local errors <const> = require "jinja.errors"
local type <const>, math_type <const>, getmetatable <const> = type, math.type, getmetatable
local format <const>, rep <const>, match <const> = string.format, string.rep, string.match
local concat <const>, sort <const> = table.concat, table.sort
local raise <const>, type_of <const> = errors.raise, value.type_of
local LIST <const>, TUPLE <const>, DICT <const> = value.LIST, value.TUPLE, value.DICT
local BIG <const>, MARKUP <const>, NULL <const> = value.BIG, value.MARKUP, value.NULL
local DEPTH_MAX <const> = 500

local json_print <const> = {}

---@class jinja.JsonStyle
---@field sort boolean?  keys by code point
---@field ascii boolean?  \uXXXX for what is not ASCII
---@field html boolean?  \u003c … for < > & '
---@field indent string?  text before an item for each level; nil: all on one line

local write

local function class_name(v) return match(type_of(v).name, "[^.]+$") end

local function number_text(v)
  if math_type(v) == "integer" then return format("%d", v) end
  if v ~= v then return "NaN" end
  if v == math.huge then return "Infinity" end
  if v == -math.huge then return "-Infinity" end
  return utf.float_repr(v)
end

local function key_text(key)
  if type(key) == "string" then return key end
  if key == true then return "true" end
  if key == false then return "false" end
  if key == NULL then return "null" end
  if type(key) == "number" then return number_text(key) end
  local T = getmetatable(key)
  if T == MARKUP then return key.s end
  if T == BIG then return BIG.str(key) end
  raise("TypeError", "keys must be str, int, float, bool or None, not " .. class_name(key))
end

-- What may be compared with what when keys are sorted.
local function kind_of(key)
  if value.text_of(key) then return "text" end
  if type(key) == "number" or type(key) == "boolean" or getmetatable(key) == BIG then return "number" end
  return key
end

local function rank(key)
  if type(key) == "boolean" then return key and 1 or 0 end
  if getmetatable(key) == BIG then return key.sign * math.huge end
  if key ~= key then return -math.huge end
  return value.text_of(key) or key
end

local function check_comparable(keys, n)
  for i = 2, n do
    if kind_of(keys[i]) ~= kind_of(keys[i - 1]) then
      raise("TypeError", format("'<' not supported between instances of '%s' and '%s'", type_of(keys[i]).name,
        type_of(keys[i - 1]).name))
    end
  end
end

-- The keys of a dict, sorted.
local function sorted_keys(d)
  local keys, n = {}, d.n
  fuel.spend(50 * n)
  for i = 1, n do keys[i] = d.k[i] end
  check_comparable(keys, n)
  sort(keys, function(a, b) return rank(a) < rank(b) end)
  return keys
end

local function gap(out, style, depth)
  out[#out + 1] = "\n"
  if style.indent == "" then return end
  fuel.bytes(#style.indent * depth)
  out[#out + 1] = rep(style.indent, depth)
end

local function before_item(out, style, first, depth)
  if not first then out[#out + 1] = style.indent and "," or ", " end
  if style.indent then gap(out, style, depth) end
end

local function write_list(out, v, style, depth, open)
  out[#out + 1] = "["
  for i = 1, v.n do
    before_item(out, style, i == 1, depth)
    write(out, v[i], style, depth, open)
  end
  if style.indent and v.n > 0 then gap(out, style, depth - 1) end
  out[#out + 1] = "]"
end

local function write_dict(out, d, style, depth, open)
  local keys = style.sort and sorted_keys(d) or d.k
  out[#out + 1] = "{"
  for i = 1, d.n do
    local key = keys[i]
    before_item(out, style, i == 1, depth)
    out[#out + 1] = utf.json_string(key_text(key), style.ascii, style.html)
    out[#out + 1] = ": "
    write(out, value.dict_get(d, key), style, depth, open)
  end
  if style.indent and d.n > 0 then gap(out, style, depth - 1) end
  out[#out + 1] = "}"
end

local function write_container(out, v, T, style, depth, open)
  if open[v] then raise("ValueError", "Circular reference detected") end
  if depth > DEPTH_MAX then raise("RecursionError", "maximum recursion depth exceeded while encoding a JSON object") end
  fuel.spend(10 * v.n + 10)
  open[v] = true
  if T == DICT then write_dict(out, v, style, depth + 1, open) else write_list(out, v, style, depth + 1, open) end
  open[v] = nil
end

local function write_object(out, v, style, depth, open)
  if type(v) == "userdata" then
    local printed = print_c.dumps(v, style.sort, style.ascii, style.html, style.indent, depth)
    if printed then out[#out + 1] = printed return end
    v = json.expand(v)
  end
  local T = getmetatable(v)
  if T == DICT or T == LIST or T == TUPLE then
    write_container(out, v, T, style, depth, open)
  elseif T == MARKUP then
    out[#out + 1] = utf.json_string(v.s, style.ascii, style.html)
  elseif T == BIG then
    out[#out + 1] = BIG.str(v)
  else
    raise("TypeError", "Object of type " .. class_name(v) .. " is not JSON serializable")
  end
end

-- Appends the text of `v`; `open` holds the containers that are being written.
function write(out, v, style, depth, open)
  local t = type(v)
  if t == "string" then
    out[#out + 1] = utf.json_string(v, style.ascii, style.html)
  elseif t == "number" then
    out[#out + 1] = number_text(v)
  elseif t == "boolean" then
    out[#out + 1] = v and "true" or "false"
  elseif v == NULL then
    out[#out + 1] = "null"
  else
    write_object(out, v, style, depth, open)
  end
end

--- The JSON text of a value.
---@param v any  a template value
---@param style jinja.JsonStyle
---@return string
function json_print.dumps(v, style)
  local out = {}
  write(out, v, style, 0, {})
  if #out == 1 then return out[1] end
  local size = 0
  for i = 1, #out do size = size + #out[i] end
  fuel.bytes(size)
  return concat(out)
end

local COMPACT <const> = { ascii = true }
local PRETTY <const> = { sort = true, indent = "    " }
local HTML <const> = { sort = true, ascii = true, html = true }

--- As the filter json_dumps prints it.
---@return string
function json_print.compact(v) return json_print.dumps(v, COMPACT) end

--- As the filter tojson_pretty prints it.
---@return string
function json_print.pretty(v) return json_print.dumps(v, PRETTY) end

--- As the filter tojson prints it, before it becomes Markup. `indent` is what the template gave: None, a number of
--- blanks, or a text.
---@return string
function json_print.tojson(v, indent)
  if indent == nil or indent == NULL then return json_print.dumps(v, HTML) end
  if indent == true then indent = 1 elseif indent == false then indent = 0 end
  local unit = value.text_of(indent)
  if not unit then
    if math_type(indent) ~= "integer" then
      raise("TypeError", format("can't multiply sequence by non-int of type '%s'", type_of(indent).name))
    end
    unit = utf.rep(" ", indent)
  end
  return json_print.dumps(v, { sort = true, ascii = true, html = true, indent = unit })
end

return json_print
