--- Templates that use each other: blocks, `extends`, `include`, `import`, through the loader of the environment.
---
--- A template that takes part ("linked") is rendered with a state: what it assigned at its top level, its blocks with
--- those of its parents behind them, and how deep includes are. A parent renders with the state of its child, an
--- included or imported template with one of its own. Nothing of it outlives the rendering.
local fuel <const> = require "tocsin.fuel"
local errors <const> = require "jinja.errors"
local registry <const> = require "jinja.registry"
local value <const> = require "jinja.value"
local text <const> = require "jinja.text"
local sequence <const> = require "jinja.sequence"
local compare <const> = require "jinja.compare"
local getmetatable <const>, setmetatable <const>, next <const> = getmetatable, setmetatable, next
local byte <const>, format <const>, concat <const> = string.byte, string.format, table.concat
local raise <const>, UNDEF <const>, own_state <const> = errors.raise, value.UNDEF, registry.own
local DEPTH_MAX <const> = 60 -- of templates within templates

local inherit <const> = {}

---@class jinja.State
---@field env jinja.Environment
---@field name string?  the template's; nil for one that was compiled from text
---@field ctx table  the variables it was given
---@field vars table<string, any>  what its top level assigned
---@field hidden table<string, boolean>  of these, what it imported itself: not handed on
---@field blocks table<string, function[]>  by name, the innermost child's first
---@field depth integer

--- A state for a template with these blocks.
---@param blocks table<string, function>
---@return jinja.State
function inherit.state(env, name, ctx, blocks, depth)
  local stacks = {}
  for block, f in next, blocks do stacks[block] = { f } end
  return { env = env, name = name, ctx = ctx, vars = {}, hidden = {}, blocks = stacks, depth = depth or 0 }
end

-- Names ----------------------------------------------------------------------------------------------------------------

--- The variables that a block sees by name: those of a scoped block's place, then those of the template.
function inherit.lookup(scoped, vars, ctx, name)
  local v = scoped and scoped[name]
  if v == nil then v = vars[name] end
  if v == nil then v = ctx[name] end
  return v
end

--- What a scoped block is handed: the variables at its place over those of the block around it.
function inherit.derive(outer, own)
  for name, v in next, outer or {} do
    if own[name] == nil then own[name] = v end
  end
  return own
end

-- Everything a template sees, as the context of another one.
local function everything(S, own)
  local all = {}
  for name, v in next, S.ctx do all[name] = v end
  for name, v in next, S.vars do all[name] = v end
  for name, v in next, own or {} do all[name] = v end
  return all
end

-- Blocks ---------------------------------------------------------------------------------------------------------------

local BLOCK <const> = value.descriptor("BlockReference", "jinja2.runtime.BlockReference object")
local SELF <const> = value.descriptor("TemplateReference", "jinja2.runtime.TemplateReference object")

local function block_reference(S, name, level, scoped)
  return setmetatable({ S = S, name = name, level = level, scoped = scoped }, BLOCK)
end

--- Renders the block that is `level` parents up.
local function render_block(S, name, scoped, level)
  return S.blocks[name][level](S, scoped, level)
end

--- Renders a block where it stands.
---@param required boolean?  a child must have it
function inherit.block(S, name, scoped, required)
  if required and #S.blocks[name] < 2 then raise("TemplateRuntimeError", "Required block '" .. name .. "' not found") end
  return render_block(S, name, scoped, 1)
end

--- `super` in a block: the block behind it.
function inherit.super(S, name, scoped, level)
  if not S.blocks[name][level + 1] then
    return value.undef_hint("there is no parent block called " .. text.repr(name) .. ".")
  end
  return block_reference(S, name, level + 1, scoped)
end

--- `self`: the blocks by name, which see what the block around it does.
function inherit.self(S, scoped) return setmetatable({ S = S, scoped = scoped }, SELF) end

BLOCK.call = function(b, n)
  if n ~= 0 then
    raise("TypeError", "BlockReference.__call__() takes 1 positional argument but " .. n + 1 .. " were given")
  end
  local out = render_block(b.S, b.name, b.scoped, b.level)
  if own_state.context.escaped then return value.markup(out) end
  return out
end
BLOCK.attr = function(b, name)
  if name == "super" then return inherit.super(b.S, b.name, b.scoped, b.level) end
  if name == "name" then return b.name end
end
BLOCK.repr = function() return "<jinja2.runtime.BlockReference object at 0x7f0000000000>" end
SELF.attr = function(v, name)
  if v.S.blocks[name] then return block_reference(v.S, name, 1, v.scoped) end
end
SELF.repr = function(v) return format("<TemplateReference %s>", v.S.name and text.repr(v.S.name) or "None") end

-- Loading --------------------------------------------------------------------------------------------------------------

local function name_of(v)
  if getmetatable(v) == UNDEF then text.must_exist(v) end
  return text.str(v)
end

local function load_one(S, v)
  local name = name_of(v)
  local template = value.text_of(v) and S.env:load(name)
  if not template then raise("TemplateNotFound", name) end
  return template, name
end

-- The first of several names that there is; otherwise nil and what was tried.
local function load_first(S, names)
  local shown = {}
  for v in sequence.iter(names) do
    fuel.spend(10)
    local is_undefined = getmetatable(v) == UNDEF
    local template = not is_undefined and value.text_of(v) and S.env:load(name_of(v))
    if template then return template, name_of(v) end
    shown[#shown + 1] = is_undefined and text.undef_message(v) or text.str(v)
  end
  return nil, "none of the templates given were found: " .. concat(shown, ", ")
end

-- What an include, which may name several, means. Nothing when there is none and that is allowed.
local function load_any(S, v, may_miss)
  if value.text_of(v) or getmetatable(v) == UNDEF then
    local name = name_of(v)
    local template = S.env:load(name)
    if not template and not may_miss then raise("TemplateNotFound", name) end
    return template, name
  end
  if not compare.truth(v) then
    if may_miss then return nil end
    raise("TemplatesNotFound", "Tried to select from an empty list of templates.")
  end
  local template, name = load_first(S, v)
  if not template and not may_miss then raise("TemplatesNotFound", name) end
  return template, name
end

-- The text of a template on its own, and its state.
local function render(S, template, name, ctx)
  local depth = S.depth + 1
  if depth > DEPTH_MAX then raise("RecursionError", "maximum recursion depth exceeded") end
  local own, outer = inherit.state(S.env, name, ctx, template.blocks, depth), own_state.context
  own_state.context = { escaped = S.env.autoescape or false }
  local out = template.run(ctx, own)
  own_state.context = outer
  return out, own
end

-- Statements -----------------------------------------------------------------------------------------------------------

--- `{% include v %}`: the text.
---@param own table?  the variables around it; nil: without context
function inherit.include(S, v, may_miss, own)
  local template, name = load_any(S, v, may_miss)
  if not template then return "" end
  return (render(S, template, name, own and everything(S, own) or {}))
end

--- Before `{% extends v %}` looks at its name: there is no parent yet.
---@param parent table?  of an earlier extends
function inherit.extends_once(parent)
  if parent then raise("TemplateRuntimeError", "extended multiple times") end
end

--- `{% extends v %}`: the parent, whose blocks stand behind those that are there.
function inherit.extends(S, v)
  value.normal(v) -- the name is looked up in a dict, which says so when it cannot be
  local template = load_one(S, v)
  for name, f in next, template.blocks do
    local stack = S.blocks[name] or {}
    S.blocks[name] = stack
    stack[#stack + 1] = f
  end
  return template
end

--- The text of the parent.
function inherit.parent(S, template)
  S.depth = S.depth + 1
  if S.depth > DEPTH_MAX then raise("RecursionError", "maximum recursion depth exceeded") end
  local out = template.run(everything(S), S)
  S.depth = S.depth - 1
  return out
end

local MODULE <const> = value.descriptor("TemplateModule", "jinja2.environment.TemplateModule object")
MODULE.attr = function(m, name) return m.exports[name] end
MODULE.str = function(m) return m.text end
MODULE.is_html = true
MODULE.repr = function(m) return format("<TemplateModule %s>", text.repr(m.name)) end

--- `{% import v %}`: the module, whose attributes are what the template assigned and its macros.
---@param own table?  the variables around it; nil: without context
function inherit.import(S, v, own)
  local template, name = load_one(S, v)
  local out, state = render(S, template, name, own and everything(S, own) or {})
  local exports = {}
  for key, x in next, state.vars do
    if byte(key) ~= 95 and not state.hidden[key] then exports[key] = x end
  end
  return setmetatable({ name = name, text = out, exports = exports }, MODULE)
end

--- A name of a module, for `{% from %}`.
---@param place string  where the import stands
function inherit.exported(module, name, place)
  local v = module.exports[name]
  if v ~= nil then return v end
  return value.undef_hint(format("the template %s (imported on %s) does not export the requested name %s",
    text.repr(module.name), place, text.repr(name)))
end

return inherit
