--- Everything there is to use in a template: what the reference names, and what our own registries hold.
---
--- A filter, test, global, method, tag or class of error that is added to the engine is in here by itself, and so without
--- cases in the corpus until somebody writes them.
local globals <const> = require "jinja.globals"
local oncall <const> = require "jinja.oncall"
local parser <const> = require "jinja.parser"
local registry <const> = require "jinja.registry"
local value <const> = require "jinja.value"

local universe <const> = {}

--- A type's name as Python's `type(x).__name__` has it.
function universe.type_name(T) return string.match(T.name, "[^.]*$") end

-- Of the engine alone: what a template cannot bring about, or the reference does not bound.
local OWN_ERRORS <const> = { InternalError = true, MemoryError = true }

local function add_errors(add)
  local pipe <const> = assert(io.popen("cat lua/jinja/*.lua lua/jinja/*/*.lua"))
  local source <const> = pipe:read "a"
  for _, pattern in ipairs { 'raise%("(%a+)"', '"(%u%a+Error)"' } do
    for class in string.gmatch(source, pattern) do
      if not OWN_ERRORS[class] then add("error", class) end
    end
  end
  pipe:close()
end

--- The names that ours adds to the reference's, "kind name" each.
---@param theirs string[]
---@return string[]
function universe.all(theirs)
  local all <const>, seen <const> = {}, {}
  local function add_use(use)
    if not seen[use] then all[#all + 1] = use end
    seen[use] = true
  end
  local function add(kind, name) add_use(kind .. " " .. name) end
  for _, use in ipairs(theirs) do add_use(use) end
  for _, tag in ipairs(parser.tags()) do add("tag", tag) end
  for kind, list in pairs { filter = { registry.filters, oncall.filters, registry.escaping }, test = { registry.tests }, global = { globals.names } } do
    for _, names in ipairs(list) do
      for name in pairs(names) do add(kind, name) end
    end
  end
  for _, T in ipairs(value.types) do
    for name in pairs(T.methods) do add("method", universe.type_name(T) .. "." .. name) end
  end
  add_errors(add)
  table.sort(all)
  return all
end

return universe
