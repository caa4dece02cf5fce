--- What generated code needs besides the runtime: blocks, other templates, and the joints of autoescape.
local errors <const> = require "jinja.errors"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local access <const> = require "jinja.access"
local sequence <const> = require "jinja.sequence"
local compare <const> = require "jinja.compare"
local registry <const> = require "jinja.registry"
local getmetatable <const>, type <const>, next <const> = getmetatable, type, next
local unpack <const>, concat <const> = table.unpack, table.concat
local DICT <const>, NULL <const>, normal <const> = value.DICT, value.NULL, value.normal
local json_path <const> = require("tocsin.json").path

local support <const> = {}

local function to_list(v, n) return registry.filters.list(v, n) end

--- Stands for a slice among several subscripts.
support.SLICE = value.undef_hint("slice")

--- Calls a filter or test with arguments that are only known when it runs.
---@param list table {n=, …}
function support.apply(f, input, list, kwargs)
  local n = list.n
  local args = table.move(list, 1, n, 1, {})
  args[n + 1] = kwargs
  return f(input, n, unpack(args, 1, n + 1))
end

--- The text of what a call block or filter block writes: it is not converted.
---@return string
function support.written(v)
  if type(v) == "string" then return v end
  local s = value.text_of(v)
  if s then return s end
  errors.raise("TypeError", "sequence item 0: expected str instance, " .. value.type_name(v) .. " found")
end

--- Under autoescape the result of a macro is safe.
function support.macro_markup(f, result)
  if type(result) == "string" and type(f) == "table" and getmetatable(f).name == "Macro" then
    return value.markup(result)
  end
  return result
end

--- `result` where a run-time flag says that autoescape is on, else its text.
function support.if_escaped(flag, result)
  if not flag and getmetatable(result) == value.MARKUP then return result.s end
  return result
end

function support.too_deep() errors.raise("RecursionError", "maximum recursion depth exceeded") end

-- Dicts ----------------------------------------------------------------------------------------------------------------

--- `v.get(key)`, `v.get(key, default)`, without making a table of a payload where a walk in C will do.
---@param default any?  nil: not given
function support.get(v, key, default)
  if type(key) ~= "string" then return access.method(v, "get", default == nil and 1 or 2, key, default) end
  if type(v) == "userdata" and v ~= NULL then
    local x, is_missing = json_path(v, key)
    if x ~= nil then return x end
    if is_missing then return default == nil and NULL or default end
    v = value.plain(v)
  end
  if getmetatable(v) ~= DICT then return access.method(v, "get", default == nil and 1 or 2, key, default) end
  local x = v.v[key]
  if x ~= nil then return x end
  if default == nil then return NULL end
  return default
end

-- Loops over items ------------------------------------------------------------------------------------------------------

--- What `for a, b in v.items()` runs over: the dict itself, or a list of pairs. Either has its length in `n`.
function support.items_of(v)
  v = value.plain(v)
  if getmetatable(v) == DICT then return v end
  return to_list(access.method(v, "items", 0), 0)
end

local function changed() errors.raise("RuntimeError", "dictionary changed size during iteration") end

--- An iterator of the keys and values of what `items_of` gave: no tuple is made for each of them.
function support.pairs(source)
  local i, size = 0, source.n
  if getmetatable(source) ~= DICT then
    return function()
      i = i + 1
      if i <= size then return sequence.unpack(source[i], 2) end
    end
  end
  local keys <const>, values <const> = source.k, source.v
  return function()
    if source.n ~= size then changed() end
    i = i + 1
    local key = keys[i]
    if type(key) == "string" then return key, values[key] end
    if key ~= nil then return key, values[normal(key)] end
  end
end

-- Blocks ---------------------------------------------------------------------------------------------------------------

--- The variables that a block sees by name: those of a scoped block's place, then those of the template.
function support.lookup(scoped, vars, ctx, name)
  local v = scoped and scoped[name]
  if v == nil then v = vars[name] end
  if v == nil then v = ctx[name] end
  return v
end

--- What a scoped block is handed: the variables at its place over those of the block around it.
function support.derive(outer, own)
  for name, v in next, outer or {} do
    if own[name] == nil then own[name] = v end
  end
  return own
end

-- Other templates ------------------------------------------------------------------------------------------------------

local function name_of(v)
  if getmetatable(v) == value.UNDEF then text.must_exist(v) end
  return text.str(v)
end

-- What `include` chooses from: any iterable of names.
local function names_of(v)
  local shown = {}
  if getmetatable(v) == value.UNDEF then text.must_exist(v) end
  if not compare.truth(v) then return "Tried to select from an empty list of templates." end
  for name in sequence.iter(v) do shown[#shown + 1] = name_of(name) end
  return "none of the templates given were found: " .. concat(shown, ", ")
end

--- There are no other templates: raises that this one was not found.
function support.not_found(v) errors.raise("TemplateNotFound", name_of(v)) end

--- The same for an include, which may choose from several and may be allowed to find nothing.
---@param ignore boolean
function support.not_included(v, ignore)
  local class, message = "TemplateNotFound", value.text_of(v)
  if not message then class, message = "TemplatesNotFound", names_of(v) end
  if not ignore then errors.raise(class, message) end
end

return support
