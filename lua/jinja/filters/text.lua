--- Filters over text: case, cutting, padding, replacing, joining, formatting.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local arith <const> = require "jinja.arith"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local printf <const> = require "jinja.printf"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local type <const>, getmetatable <const>, concat <const> = type, getmetatable, table.concat
local raise <const>, type_of <const> = errors.raise, value.type_of
local soft <const>, str <const>, markup <const> = text.soft, text.str, value.markup
local STR <const>, MARKUP <const>, NULL <const> = value.STR, value.MARKUP, value.NULL
local filter <const> = registry.filter
local SHORT <const> = 256 -- bytes that are joined without asking

local function wrap(s, is_markup)
  if is_markup then return markup(s) end
  return s
end

-- Case and padding ---------------------------------------------------------------------------------------------------

for name, f in next, { upper = utf.upper, lower = utf.lower, capitalize = utf.capitalize, title = utf.title_words } do
  filter(name, { name = "do_" .. name, params = {}, subject = "s" }, function(v)
    local s, is_markup = soft(v)
    -- The title filter joins its words with "".join, which is plain.
    return wrap(f(s), is_markup and name ~= "title")
  end)
end

filter("string", { name = "soft_str", params = {}, subject = "s" }, function(v)
  local s, is_markup = soft(v)
  return wrap(s, is_markup)
end)

filter("center", { name = "do_center", params = { "width" }, subject = "value" }, function(v, width)
  local s, is_markup = soft(v)
  return wrap(utf.center(s, width == nil and 80 or args.integer(width)), is_markup)
end)

filter("trim", { name = "do_trim", params = { "chars" }, subject = "value" }, function(v, chars)
  local s, is_markup = soft(v)
  if chars == NULL then chars = nil end
  if chars ~= nil then
    chars = value.text_of(chars)
    if not chars then raise("TypeError", "strip arg must be None or str") end
  end
  return wrap(utf.strip(s, chars), is_markup)
end)

filter("wordcount", { name = "do_wordcount", params = {}, subject = "s" }, function(v)
  return utf.words((soft(v)))
end)

-- Cutting ------------------------------------------------------------------------------------------------------------

local function last_space(s)
  local i = utf.rfind(s, " ")
  return i >= 0 and utf.sub(s, 0, i) or s
end

-- s[:stop] of what has turned out to be too long.
local function head_of(v, stop, killwords)
  local s, is_markup = value.text_of(v), getmetatable(v) == MARKUP
  if not s then
    local T = type_of(v)
    sequence.slice(v, nil, stop)
    if not killwords then raise("AttributeError", "'" .. T.name .. "' object has no attribute 'rsplit'") end
    raise("TypeError", string.format('can only concatenate %s (not "str") to %s', T.name, T.name))
  end
  s = utf.slice(s, nil, stop)
  return wrap(killwords and s or last_space(s), is_markup)
end

filter("truncate", { name = "do_truncate", hidden = 2, params = { "length", "killwords", "end", "leeway" }, subject = "s" },
  function(v, length, killwords, ending, leeway)
    if length == nil then length = 255 end
    if ending == nil then ending = "..." end
    if leeway == nil or leeway == NULL then leeway = 5 end
    local size = sequence.length(ending)
    if compare.lt(length, size) then
      raise("AssertionError", "expected length >= " .. size .. ", got " .. str(length))
    end
    if compare.lt(leeway, 0) then raise("AssertionError", "expected leeway >= 0, got " .. str(leeway)) end
    if compare.le(sequence.length(v), arith.add(length, leeway)) then return v end
    local stop = args.integer(arith.sub(length, size))
    return arith.add(head_of(v, stop, killwords and compare.truth(killwords)), ending)
  end)

local function indented_lines(s, indention, blank)
  local lines = utf.splitlines(s .. "\n", false)
  local size = 0
  for i = 1, lines.n do size = size + #lines[i] + #indention + 1 end
  fuel.bytes(size)
  for i = 2, lines.n do
    if blank or lines[i] ~= "" then lines[i] = indention .. lines[i] end
  end
  return concat(lines, "\n", 1, lines.n)
end

filter("indent", { name = "do_indent", params = { "width", "first", "blank" }, subject = "s" },
  function(v, width, first, blank)
    if width == nil then width = 4 end
    local indention = value.text_of(width) or arith.mul(" ", width)
    local s, is_markup = value.text_of(v), getmetatable(v) == MARKUP
    if not s then
      text.must_exist(v)
      if type_of(v) == value.LIST then raise("AttributeError", "'list' object has no attribute 'splitlines'") end
      raise("TypeError", "unsupported operand type(s) for +=: '" .. type_of(v).name .. "' and 'str'")
    end
    local done = indented_lines(s, indention, blank and compare.truth(blank))
    if first and compare.truth(first) then done = indention .. done end
    return wrap(done, is_markup)
  end)

-- Replacing ----------------------------------------------------------------------------------------------------------

local REPLACE <const> = { name = "do_replace", hidden = 2, params = { "old", "new", "count" }, required = 2, subject = "s" }

local function how_often(count)
  if count == nil or count == NULL then return nil end
  count = args.integer(count)
  return count >= 0 and count or nil
end

filter("replace", REPLACE, function(v, old, new, count)
  return utf.replace(str(v), str(old), str(new), how_often(count))
end)

registry.escaping.replace = args.bind(REPLACE, function(v, old, new, count)
  local is_markup = getmetatable(v) == MARKUP
  if getmetatable(old) == MARKUP or getmetatable(new) == MARKUP and not is_markup then
    v, is_markup = markup(text.escaped(v)), true
  end
  local s = soft(v)
  if not is_markup then return utf.replace(s, (soft(old)), (soft(new)), how_often(count)) end
  return markup(utf.replace(s, (soft(old)), text.escaped(new), how_often(count)))
end)

-- Joining ------------------------------------------------------------------------------------------------------------

local JOIN <const> = { name = "sync_do_join", hidden = 2, params = { "d", "attribute" }, subject = "value" }

local function attributes_of(items, attribute)
  local parts, out = access.parts(attribute), { n = items.n }
  for i = 1, items.n do out[i] = access.follow(items[i], parts) end
  return out
end

local function joined(items, separator, show)
  local out, size = {}, 0
  for i = 1, items.n do
    local v = items[i]
    local s = type(v) == "string" and show == str and v or show(v)
    out[i] = s
    size = size + #s + #separator
  end
  if size > SHORT then fuel.bytes(size) end
  return concat(out, separator)
end

local function joinable(v, attribute)
  local items = sequence.items(v)
  if attribute ~= nil and attribute ~= NULL then return attributes_of(items, attribute) end
  return items
end

filter("join", JOIN, function(v, separator, attribute)
  return joined(joinable(v, attribute), separator == nil and "" or str(separator), str)
end)

local function any_markup(items)
  for i = 1, items.n do
    if getmetatable(items[i]) == MARKUP then return true end
  end
  return false
end

registry.escaping.join = args.bind(JOIN, function(v, separator, attribute)
  local items = joinable(v, attribute)
  if separator == nil then separator = "" end
  if getmetatable(separator) ~= MARKUP and not any_markup(items) then return joined(items, str(separator), str) end
  return markup(joined(items, text.escaped(separator), text.escaped))
end)

-- Formatting ---------------------------------------------------------------------------------------------------------

registry.filters.format = function(v, n, ...)
  local given, kwargs = args.open(n, ...)
  if kwargs and kwargs.value ~= nil then
    raise("TypeError", "do_format() got multiple values for argument 'value'")
  end
  if kwargs and #kwargs > 0 and n > 0 then
    raise("FilterArgumentError", "can't handle positional and keyword arguments at the same time")
  end
  local operand = value.tuple(given)
  if kwargs and #kwargs > 0 then
    operand = value.new_dict()
    for i = 1, #kwargs do value.dict_set(operand, kwargs[i], kwargs[kwargs[i]]) end
  end
  local s, is_markup = soft(v)
  return wrap(printf.format(s, operand, is_markup), is_markup)
end

-- URLs ---------------------------------------------------------------------------------------------------------------

local function quoted(v) return (string.gsub(utf.url_quote(str(v), ""), "%%20", "+")) end

local function query_of(pairs_of)
  local out = {}
  for i = 1, pairs_of.n do
    local key, v = sequence.unpack(pairs_of[i], 2)
    out[i] = quoted(key) .. "=" .. quoted(v)
  end
  return concat(out, "&")
end

filter("urlencode", { name = "do_urlencode", params = {}, subject = "value" }, function(v)
  v = value.plain(v)
  local T = type_of(v)
  if T == STR or T == MARKUP or not sequence.is_iterable(v) then return utf.url_quote(str(v), "/") end
  if T ~= value.DICT then return query_of(sequence.items(v)) end
  return query_of(sequence.items(setmetatable({ dict = v }, value.ITEMS)))
end)

return registry
