--- The pprint filter: Python's pprint.pformat, 80 columns wide, dict keys sorted.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local arith <const> = require "jinja.arith"
local text <const> = require "jinja.text"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local getmetatable <const>, type <const> = getmetatable, type
local concat <const>, rep <const> = table.concat, string.rep
local LIST <const>, TUPLE <const>, DICT <const> = value.LIST, value.TUPLE, value.DICT
local type_of <const>, plain <const> = value.type_of, value.plain
local WIDTH <const> = 80
local DEPTH_MAX <const> = 200

-- Keys that cannot be compared are in the order of their types' names.
local function key_less(a, b)
  if value.text_of(a) and value.text_of(b) or arith.numeric(a) and arith.numeric(b) then return compare.lt(a, b) end
  return type_of(a).name < type_of(b).name
end

local function sorted_keys(d)
  local keys = { n = d.n }
  for i = 1, d.n do keys[i] = d.k[i] end
  return sequence.sort(keys, keys, false, key_less)
end

-- repr(v) with sorted keys ---------------------------------------------------------------------------------------------

-- A tuple whose items have names is shown as it prints.
local function is_container(v)
  local T = type(v) == "table" and getmetatable(v)
  return T == LIST or T == TUPLE and not v.named or T == DICT
end

local write

local function write_items(out, v, open)
  local T = getmetatable(v)
  out[#out + 1] = T == LIST and "[" or "("
  for i = 1, v.n do
    if i > 1 then out[#out + 1] = ", " end
    write(out, v[i], open)
  end
  out[#out + 1] = T == LIST and "]" or v.n == 1 and ",)" or ")"
end

local function write_dict(out, d, open)
  local keys = sorted_keys(d)
  out[#out + 1] = "{"
  for i = 1, keys.n do
    if i > 1 then out[#out + 1] = ", " end
    write(out, keys[i], open)
    out[#out + 1] = ": "
    write(out, value.dict_get(d, keys[i]), open)
  end
  out[#out + 1] = "}"
end

function write(out, v, open)
  v = plain(v)
  if not is_container(v) then
    out[#out + 1] = text.repr(v)
  elseif open[v] then
    out[#out + 1] = "<Recursion on " .. type_of(v).name .. " with id=" .. text.ID .. ">"
  else
    open.depth = open.depth + 1
    if open.depth > DEPTH_MAX then errors.raise("RecursionError", "maximum recursion depth exceeded") end
    open[v] = true
    fuel.spend(10 * v.n + 10)
    if getmetatable(v) == DICT then write_dict(out, v, open) else write_items(out, v, open) end
    open[v] = nil
    open.depth = open.depth - 1
  end
end

local function repr_of(p, v)
  local out = {}
  write(out, v, p.open)
  local s = concat(out)
  fuel.bytes(#s)
  return s
end

-- Layout ---------------------------------------------------------------------------------------------------------------

local function put(p, s) p.out[#p.out + 1] = s end

local function new_line(p, indent)
  fuel.bytes(indent + 10)
  put(p, "\n" .. rep(" ", indent))
end

-- A line's words, each with the blanks behind it.
local function words_of(line)
  local parts, n, chars, at = {}, 0, utf.chars(line), 1
  while at <= chars.n do
    local start = at
    while at <= chars.n and not utf.is(chars[at], "space") do at = at + 1 end
    while at <= chars.n and utf.is(chars[at], "space") do at = at + 1 end
    n = n + 1
    parts[n] = concat(chars, "", start, at - 1)
  end
  return parts, n
end

-- Cuts a line into pieces whose repr is not wider than `width`; the very last one has `allowance` less.
local function cut_line(line, chunks, width, allowance)
  local parts, n = words_of(line)
  local current = ""
  for i = 1, n do
    local candidate = current .. parts[i]
    if i == n then width = width - allowance end
    if utf.len(utf.str_repr(candidate)) > width then
      if current ~= "" then chunks[#chunks + 1] = utf.str_repr(current) end
      current = parts[i]
    else
      current = candidate
    end
  end
  if current ~= "" then chunks[#chunks + 1] = utf.str_repr(current) end
end

local function format_text(p, s, indent, allowance, level)
  local lines, chunks, shown = utf.splitlines(s, true), {}, ""
  if level == 1 then indent, allowance = indent + 1, allowance + 1 end
  local width = WIDTH - indent
  for i = 1, lines.n do
    local less = i == lines.n and allowance or 0
    shown = utf.str_repr(lines[i])
    if utf.len(shown) <= width - less then
      chunks[#chunks + 1] = shown
    else
      cut_line(lines[i], chunks, width, less)
    end
  end
  if #chunks == 1 then return put(p, shown) end
  if level == 1 then put(p, "(") end
  for i = 1, #chunks do
    if i > 1 then new_line(p, indent) end
    put(p, chunks[i])
  end
  if level == 1 then put(p, ")") end
end

local format

local function format_items(p, v, indent, allowance, level)
  local is_list = getmetatable(v) == LIST
  local close = is_list and "]" or v.n == 1 and ",)" or ")"
  put(p, is_list and "[" or "(")
  for i = 1, v.n do
    if i > 1 then
      put(p, ",")
      new_line(p, indent + 1)
    end
    format(p, v[i], indent + 1, i == v.n and allowance + #close or 1, level)
  end
  put(p, close)
end

local function format_dict(p, d, indent, allowance, level)
  local keys = sorted_keys(d)
  put(p, "{")
  for i = 1, keys.n do
    if i > 1 then
      put(p, ",")
      new_line(p, indent + 1)
    end
    local key = repr_of(p, keys[i])
    put(p, key .. ": ")
    format(p, value.dict_get(d, keys[i]), indent + utf.len(key) + 3, i == keys.n and allowance + 1 or 1, level)
  end
  put(p, "}")
end

function format(p, v, indent, allowance, level)
  v = plain(v)
  local shown = repr_of(p, v)
  local is_text = type(v) == "string" and v ~= ""
  if utf.len(shown) <= WIDTH - indent - allowance or not is_text and not is_container(v) or p.open[v] then
    return put(p, shown)
  end
  if is_text then return format_text(p, v, indent, allowance, level + 1) end
  p.open[v] = true
  p.open.depth = p.open.depth + 1
  if getmetatable(v) == DICT then
    format_dict(p, v, indent, allowance, level + 1)
  else
    format_items(p, v, indent, allowance, level + 1)
  end
  p.open.depth = p.open.depth - 1
  p.open[v] = nil
end

registry.filter("pprint", { name = "do_pprint", params = {}, subject = "value" }, function(v)
  local p = { out = {}, open = { depth = 0 } }
  format(p, v, 0, 0, 0)
  local done = concat(p.out)
  fuel.bytes(#done)
  return done
end)

return registry
