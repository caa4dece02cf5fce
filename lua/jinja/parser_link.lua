--- The statements that speak of other templates: extends, include, import, from; and names that are given to something
--- without being a target.
local errors <const> = require "jinja.errors"
local cursor <const> = require "jinja.parser_cursor"
local X <const> = require "jinja.parser_expression"
local advance <const>, expect <const>, fail <const>, look <const> = cursor.advance, cursor.expect, cursor.fail, cursor.look
local at_name <const>, skip_name <const> = cursor.at_name, cursor.skip_name
local parse_expression <const> = X.parse_expression
local sub <const>, raise <const> = string.sub, errors.raise

local links <const> = {}

-- Names ----------------------------------------------------------------------------------------------------------------

local NOT_NAMES <const> = {
  ["true"] = true, ["false"] = true, ["none"] = true, ["True"] = true, ["False"] = true, ["None"] = true,
}

--- The name that a macro or an import gives.
function links.parse_target_name(p)
  local line, name = p.lines[p.pos], expect(p, "name")
  if NOT_NAMES[name] then fail(p, "can't assign to 'name'", line) end
  return { t = "name", name = name, line = line }
end
local parse_target_name <const> = links.parse_target_name

--- A macro or an import may take the name `loop`; until the next iteration it means that.
function links.note_stored(p, name)
  local use = name == "loop" and p.loop_use
  if not use then return end
  use.mentions, use.is_stored = use.mentions + 1, true
end
local note_stored <const> = links.note_stored

-- Statements -----------------------------------------------------------------------------------------------------------

local L <const> = {}

-- `with context` or `without context`, into the node.
local function skip_context(p, node)
  if not (at_name(p, "with") or at_name(p, "without")) then return false end
  local kind, value = look(p)
  if kind ~= "name" or value ~= "context" then return false end
  node.with_context = at_name(p, "with")
  advance(p)
  advance(p)
  return true
end

-- What another template is handed may be changed there.
local function note_link(p, node)
  p.links = true
  p.calls = p.calls + 1
  local use = node.with_context and p.loop_use
  while use do
    use.links = true
    use = use.outer
  end
  return node
end

L["extends"] = function(p, line)
  p.links = true
  return { t = "extends", line = line, template = parse_expression(p) }
end

L["include"] = function(p, line)
  local node = { t = "include", line = line, with_context = true, template = parse_expression(p) }
  if at_name(p, "ignore") then
    local kind, value = look(p)
    if kind == "name" and value == "missing" then
      advance(p)
      advance(p)
      node.ignore_missing = true
    end
  end
  skip_context(p, node)
  return note_link(p, node)
end

L["import"] = function(p, line)
  local node = { t = "import", line = line, template = parse_expression(p), names = {} }
  if not skip_name(p, "as") then cursor.unexpected(p, "as") end
  node.names[1] = parse_target_name(p).name
  note_stored(p, node.names[1])
  skip_context(p, node)
  return note_link(p, node)
end

-- A name, and the one it gets here.
local function parse_imported(p)
  local name = parse_target_name(p)
  if sub(name.name, 1, 1) == "_" then
    raise("TemplateAssertionError", "names starting with an underline can not be imported", name.line)
  end
  local exported = name.name
  if skip_name(p, "as") then name = parse_target_name(p) end
  return exported, name.name
end

L["from"] = function(p, line)
  local node = { t = "import", line = line, template = parse_expression(p), names = {}, exports = {} }
  if not skip_name(p, "import") then cursor.unexpected(p, "import") end
  while true do
    if node.names[1] then expect(p, ",") end
    if p.kind ~= "name" then expect(p, "name") end
    if skip_context(p, node) then break end
    local n = #node.names + 1
    node.exports[n], node.names[n] = parse_imported(p)
    note_stored(p, node.names[n])
    if skip_context(p, node) or p.kind ~= "," then break end
  end
  return note_link(p, node)
end

--- Tag → parser of what follows it.
links.statements = L

return links
