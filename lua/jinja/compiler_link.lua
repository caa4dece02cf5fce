--- `include`, `import`, `from` and `extends` to Lua: calls of inherit.lua with what the other template is handed.
local errors <const> = require "jinja.errors"
local writer <const> = require "jinja.writer"
local scope <const> = require "jinja.scope"
local inherit <const> = require "jinja.inherit"
local repr <const> = require("jinja.text").repr
local X <const> = require "jinja.compiler_expression"
local C <const> = require "jinja.compiler_statement"
local emit <const>, quote <const>, constant <const> = writer.emit, writer.quote, writer.constant
local expression <const>, append <const>, assigned <const> = X.expression, C.append, C.assigned
local concat <const>, format <const> = table.concat, string.format

local S <const> = C.statements

-- Every variable in sight that its place assigns, as a Lua table.
local function own_variables(g)
  local parts = {}
  for name, var in pairs(scope.stored(g.scope)) do
    if not var.is_special then parts[#parts + 1] = "[" .. quote(name) .. "] = " .. var.code end
  end
  table.sort(parts)
  return "{" .. concat(parts, ", ") .. "}"
end

--- What a scoped block or another template is handed.
function C.derived_variables(g)
  return format("%s(%s, %s)", constant(g, inherit.derive), g.in_block and "scoped" or "nil", own_variables(g))
end

S["include"] = function(g, node)
  local template = expression(g, node.template)
  append(g, format("%s(S, %s, %s, %s)", constant(g, inherit.include), template, tostring(node.ignore_missing or false),
    node.with_context and C.derived_variables(g) or "nil"))
end

-- An imported name, like any other assigned one, but a module that imports it does not hand it on.
local function imported(g, name, code)
  local var = scope.find(g.scope, name)
  emit(g, var.code .. " = " .. code)
  assigned(g, var)
  if g.toplevel then emit(g, format("S.hidden[%s] = true", quote(name))) end
end

S["import"] = function(g, node)
  local module = X.keep(g, format("%s(S, %s, %s)", constant(g, inherit.import), (expression(g, node.template)),
    node.with_context and C.derived_variables(g) or "nil"))
  if not node.exports then return imported(g, node.names[1], module) end
  local place = "line " .. node.line .. (g.name and " in " .. repr(g.name) or "")
  for i, name in ipairs(node.names) do
    imported(g, name, format("%s(%s, %s, %s)", constant(g, inherit.exported), module, quote(node.exports[i]), quote(place)))
  end
end

S["extends"] = function(g, node)
  if not g.toplevel then
    errors.raise("TemplateAssertionError", "cannot use extend from a non top-level scope", node.line)
  end
  emit(g, format("%s(parent)", constant(g, inherit.extends_once)))
  emit(g, format("parent = %s(S, %s)", constant(g, inherit.extends), (expression(g, node.template))))
  if not g.branch then g.is_extended = true end
end

return C
