--- Which variable a name means: the static analysis that decides what a scope owns and how it starts.
---
--- A scope owns the names assigned in it. On entry such a name is a copy of the enclosing variable ("alias"), or, when
--- there is none, the context's value ("context") if its first occurrence here is a read or stands in an `if` branch,
--- and nothing ("missing") otherwise. A name that is only read belongs to the innermost enclosing scope that knows it,
--- else to this one, from the context. Bodies of nested scopes are not looked into; `if` makes no scope.
local scope <const> = {}

---@class jinja.Var
---@field name string
---@field start "param"|"alias"|"context"|"missing"
---@field outer jinja.Var?  of an alias
---@field stored boolean?  assigned in this scope
---@field code string?  the Lua expression of the variable, set by the compiler
---@field sure boolean?  surely has a value where the compiler is now
---@field inline table?  of `loop`: the Lua names of the counters that replace the loop object

---@class jinja.Scope
---@field parent jinja.Scope?
---@field refs table<string, jinja.Var>
---@field [integer] jinja.Var  in order of appearance

---@return jinja.Scope
function scope.new(parent) return { parent = parent, refs = {} } end

--- The variable of that name, or nil.
---@return jinja.Var?
function scope.find(s, name)
  repeat
    local var = s.refs[name]
    if var then return var end
    s = s.parent
  until not s
end
local find <const> = scope.find

local function define(s, name, start, outer)
  local var = { name = name, start = start, outer = outer }
  s.refs[name] = var
  s[#s + 1] = var
  return var
end

--- Declares what a scope is given: loop targets, parameters.
function scope.param(s, name)
  local var = s.refs[name] or define(s, name, "param")
  var.start, var.stored = "param", true
  return var
end
local param <const> = scope.param

local function load_name(s, name)
  if not find(s, name) then define(s, name, "context") end
end

local function store_name(s, name, in_branch)
  local var = s.refs[name]
  if not var then
    local outer = s.parent and find(s.parent, name)
    var = define(s, name, outer and "alias" or in_branch and "context" or "missing", outer)
  end
  var.stored = true
end

local LEAVES <const> = { const = true, data = true }

--- The names read in an expression.
local function visit(s, node)
  while node.t == "attr" do node = node[1] end
  if node.t == "name" then return load_name(s, node.name) end
  for i = 1, #node do
    local child = node[i]
    if child and not LEAVES[child.t] then visit(s, child) end
  end
end
scope.visit = visit

local function store_target(s, node, in_branch)
  if node.t == "name" then
    store_name(s, node.name, in_branch)
  elseif node.t == "nsref" then
    load_name(s, node.name)
  else
    for i = 1, #node do store_target(s, node[i], in_branch) end
  end
end

--- Declares the names of a target as given to the scope.
function scope.param_target(s, node)
  if node.t == "name" then
    param(s, node.name)
  else
    for i = 1, #node do scope.param_target(s, node[i]) end
  end
end

local visit_body

-- What a statement reads and assigns in the scope around it.
local STATEMENTS <const> = {
  output = visit,
  set = function(s, node, in_branch)
    visit(s, node.value)
    store_target(s, node.target, in_branch)
  end,
  setblock = function(s, node, in_branch) store_target(s, node.target, in_branch) end,
  ["for"] = function(s, node) visit(s, node.iter) end,
  ["if"] = function(s, node)
    for i = 1, #node.branches, 2 do
      visit(s, node.branches[i])
      visit_body(s, node.branches[i + 1], true)
    end
    if node.otherwise then visit_body(s, node.otherwise, true) end
  end,
  macro = function(s, node, in_branch) store_name(s, node.name, in_branch) end,
  callblock = function(s, node) visit(s, node.call) end,
  filterblock = function(s, node) visit(s, node.filter) end,
  with = function(s, node)
    for i = 1, #node.values do visit(s, node.values[i]) end
  end,
  include = function(s, node) visit(s, node.template) end,
  extends = function(s, node) visit(s, node.template) end,
  import = function(s, node, in_branch)
    visit(s, node.template)
    for i = 1, #node.names do store_name(s, node.names[i], in_branch) end
  end,
  ["do"] = function(s, node) visit(s, node.value) end,
}

--- The names of a body that is part of this scope.
function visit_body(s, body, in_branch)
  for i = 1, #body do
    local f = STATEMENTS[body[i].t]
    if f then f(s, body[i], in_branch) end
  end
end
scope.visit_body = visit_body

--- Every scope's stored names, innermost first: what a scoped block is handed.
---@return table<string, jinja.Var>
function scope.stored(s)
  local all = {}
  while s do
    for i = 1, #s do
      local var = s[i]
      if var.stored and not all[var.name] then all[var.name] = var end
    end
    s = s.parent
  end
  return all
end

-- Special names of macros ----------------------------------------------------------------------------------------------

local seek_body

local function seek(node, wanted, found)
  if node.t == "name" then
    if wanted[node.name] then found[node.name] = true end
    return
  end
  for i = 1, #node do
    if node[i] then seek(node[i], wanted, found) end
  end
end

-- An assigned name is no longer the special one.
local function forget(node, wanted)
  if node.t == "name" then
    wanted[node.name] = nil
  else
    for i = 1, #node do forget(node[i], wanted) end
  end
end

local function seek_function(node, wanted, found)
  for _, name in ipairs(node.params) do wanted[name.name] = nil end
  for _, default in pairs(node.defaults) do seek(default, wanted, found) end
  seek_body(node.body, wanted, found)
end

local SEEK <const> = {
  output = seek,
  set = function(node, wanted, found)
    forget(node.target, wanted)
    seek(node.value, wanted, found)
  end,
  setblock = function(node, wanted, found)
    forget(node.target, wanted)
    if node.filter then seek(node.filter, wanted, found) end
    seek_body(node.body, wanted, found)
  end,
  ["for"] = function(node, wanted, found)
    forget(node.target, wanted)
    seek(node.iter, wanted, found)
    seek_body(node.body, wanted, found)
    if node.otherwise then seek_body(node.otherwise, wanted, found) end
    if node.test then seek(node.test, wanted, found) end
  end,
  ["if"] = function(node, wanted, found)
    for i = 1, #node.branches, 2 do
      seek(node.branches[i], wanted, found)
      seek_body(node.branches[i + 1], wanted, found)
    end
    if node.otherwise then seek_body(node.otherwise, wanted, found) end
  end,
  macro = seek_function,
  callblock = function(node, wanted, found)
    seek(node.call, wanted, found)
    seek_function(node, wanted, found)
  end,
  filterblock = function(node, wanted, found)
    seek_body(node.body, wanted, found)
    seek(node.filter, wanted, found)
  end,
  with = function(node, wanted, found)
    for i = 1, #node.targets do forget(node.targets[i], wanted) end
    for i = 1, #node.values do seek(node.values[i], wanted, found) end
    seek_body(node.body, wanted, found)
  end,
  autoescape = function(node, wanted, found)
    seek(node.option, wanted, found)
    seek_body(node.body, wanted, found)
  end,
  include = function(node, wanted, found) seek(node.template, wanted, found) end,
  extends = function(node, wanted, found) seek(node.template, wanted, found) end,
  import = function(node, wanted, found) seek(node.template, wanted, found) end,
  ["do"] = function(node, wanted, found) seek(node.value, wanted, found) end,
}

function seek_body(body, wanted, found)
  for i = 1, #body do
    local f = SEEK[body[i].t]
    if f then f(body[i], wanted, found) end
  end
end

--- Which of the wanted names a body reads before it assigns them, bodies of nested statements included.
---@param wanted string[]
---@return table<string, boolean>
function scope.mentions(body, wanted)
  local set, found = {}, {}
  for _, name in ipairs(wanted) do set[name] = true end
  seek_body(body, set, found)
  return found
end

return scope
