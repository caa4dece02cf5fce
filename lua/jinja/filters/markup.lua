--- Filters around HTML and JSON: escaping, Markup, attributes, tags; and default and attr.
local utf <const> = require "tocsin.text"
local fuel <const> = require "tocsin.fuel"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local args <const> = require "jinja.args"
local arith <const> = require "jinja.arith"
local access <const> = require "jinja.access"
local compare <const> = require "jinja.compare"
local sequence <const> = require "jinja.sequence"
local registry <const> = require "jinja.registry"
local errors <const> = require "jinja.errors"
local print <const> = require "jinja.json_print"
local getmetatable <const>, find <const>, concat <const> = getmetatable, string.find, table.concat
local raise <const>, type_of <const> = errors.raise, value.type_of
local MARKUP <const>, UNDEF <const>, NULL <const> = value.MARKUP, value.UNDEF, value.NULL
local truth <const>, filter <const> = compare.truth, registry.filter

filter("escape e", { name = "escape", params = {}, subject = "s" }, function(v)
  if getmetatable(v) == MARKUP then return v end
  return value.markup(text.escaped(v))
end)

filter("forceescape", { name = "do_forceescape", params = {}, subject = "value" }, function(v)
  return value.markup(utf.escape_html(text.str(v)))
end)

filter("safe", { name = "do_mark_safe", params = {}, subject = "value" }, function(v)
  return value.markup(text.str(v))
end)

filter("striptags", { name = "do_striptags", params = {}, subject = "value" }, function(v)
  return utf.striptags(text.str(v))
end)

filter("tojson", { name = "do_tojson", hidden = 2, params = { "indent" }, subject = "value" }, function(v, indent)
  if indent == NULL then indent = nil end
  if indent ~= nil then
    text.must_exist(indent)
    indent = value.text_of(indent) or arith.mul(" ", args.integer(indent))
  end
  return value.markup(print.dumps(v, { sort = true, ascii = true, html = true, indent = indent }))
end)

local XMLATTR <const> = { name = "do_xmlattr", hidden = 2, params = { "autospace" }, subject = "d" }

local function attribute(key, v)
  local name = value.text_of(key)
  if not name then
    raise("TypeError", "expected string or bytes-like object, got '" .. type_of(key).name .. "'")
  end
  if find(name, "[%s/>=]") then raise("ValueError", "Invalid character in attribute name: " .. text.repr(key)) end
  return text.escaped(key) .. '="' .. text.escaped(v) .. '"'
end

local function xmlattr(d, autospace)
  local out = {}
  for pair in sequence.iter(access.pairs_of(d)) do
    local key, v = sequence.unpack(pair, 2)
    fuel.spend(20)
    if v ~= NULL and getmetatable(v) ~= UNDEF then out[#out + 1] = attribute(key, v) end
  end
  local done = concat(out, " ")
  if done ~= "" and (autospace == nil or truth(autospace)) then done = " " .. done end
  return done
end

filter("xmlattr", XMLATTR, xmlattr)
registry.escaping.xmlattr = args.bind(XMLATTR, function(d, autospace) return value.markup(xmlattr(d, autospace)) end)

-- default and attr ---------------------------------------------------------------------------------------------------

local general_default <const> = args.bind({ name = "do_default", params = { "default_value", "boolean" }, subject = "value" },
  function(v, default, boolean)
    if getmetatable(v) == UNDEF or boolean ~= nil and truth(boolean) and not truth(v) then
      if default == nil then return "" end
      return default
    end
    return v
  end)

-- The most used filter of all: its plain form is taken here.
local function default(v, n, fallback, a, b)
  if n == 1 and a == nil then
    if getmetatable(v) == UNDEF then return fallback end
    return v
  end
  return general_default(v, n, fallback, a, b)
end
registry.filters.default, registry.filters.d = default, default

filter("attr", { name = "do_attr", hidden = 2, params = { "name" }, required = 1, subject = "obj" }, function(v, name)
  local s = value.text_of(name)
  if not s then raise("TypeError", "attribute name must be string, not '" .. type_of(name).name .. "'") end
  return access.only_attr(v, s)
end)

return registry
