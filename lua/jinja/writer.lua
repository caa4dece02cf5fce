--- The Lua text that the compiler writes: lines, local variables, temporaries, nesting, and what the chunk is given.
---
--- Lua allows a function 200 locals and 255 upvalues and registers, and its parser 200 levels. So:
---   * a variable is a local `v7` as long as few are in sight, and else a slot `S2[5]` of a table that is made anew
---     for every run of the function or loop body it belongs to, which keeps closures right;
---   * temporaries `t1…` belong to a function and are free again with each statement, past 30 they are in a table;
---   * functions of the runtime and constants are locals of the chunk up to a number, fields past it;
---   * blocks nested deeper than 60 do without `do … end`, past 170 the template is refused.
--- A line of Lua belongs to one line of the template; `map` says to which, so errors find their line at no cost.
local errors <const> = require "jinja.errors"
local concat <const>, insert <const> = table.concat, table.insert

local LOCALS_MAX <const>, ROOTS_MAX <const>, TEMPS_MAX <const>, SHARED_MAX <const> = 70, 50, 30, 100
local DO_MAX <const>, NESTING_MAX <const> = 60, 170

local writer <const> = {}

--- A new writer.
---@param runtime table
function writer.new(runtime)
  return {
    code = {}, map = {}, n = 0, line = 1, -- the text
    runtime = runtime, used = {}, constants = {}, constant_codes = {}, shared_names = {}, shared_values = {},
    ids = 0, active = 0, nest = 0, fn = nil, instance = nil,
  }
end

-- Text -----------------------------------------------------------------------------------------------------------------

--- Adds a line; returns its index.
function writer.emit(g, text)
  local n = g.n + 1
  g.n = n
  g.code[n], g.map[n] = text, g.line
  return n
end
local emit <const> = writer.emit

--- Puts a line before the one at `index`.
function writer.insert(g, index, text)
  insert(g.code, index, text)
  insert(g.map, index, g.map[index] or g.line)
  g.n = g.n + 1
end

--- A Lua string literal of printable ASCII.
---@type fun(s: string): string
writer.quote = require("tocsin.text").lua_string

-- Nesting --------------------------------------------------------------------------------------------------------------

--- Opens a Lua block with this head.
function writer.open(g, head)
  local nest = g.nest + 1
  if nest > NESTING_MAX then errors.raise("TemplateSyntaxError", "blocks are nested too deeply", g.line) end
  g.nest = nest
  return emit(g, head)
end

function writer.close(g, tail)
  g.nest = g.nest - 1
  emit(g, tail or "end")
end

--- Opens `do` for a scope, unless too many are open. Gives what `leave` needs.
function writer.enter(g)
  local mark = { active = g.active, forced = g.forced, is_block = g.nest < DO_MAX }
  if mark.is_block then
    writer.open(g, "do")
  else
    g.forced = true
  end
  return mark
end

function writer.leave(g, mark)
  g.active, g.forced = mark.active, mark.forced
  if mark.is_block then writer.close(g) end
end

-- Variables ------------------------------------------------------------------------------------------------------------

local function new_id(g)
  g.ids = g.ids + 1
  return g.ids
end

local function slot(g, instance)
  if not instance.slots then
    instance.id, instance.slots = new_id(g), 0
    local head = instance.head
    g.code[head] = g.code[head] .. " local S" .. instance.id .. " = {}"
  end
  instance.slots = instance.slots + 1
  return "S" .. instance.id .. "[" .. instance.slots .. "]"
end

--- A name for a new variable. The caller declares it.
---@return string code
---@return boolean is_local  false: it is a slot, which only needs its first value
function writer.variable(g)
  if g.active >= LOCALS_MAX or g.forced then return slot(g, g.instance), false end
  g.active = g.active + 1
  return "v" .. new_id(g), true
end
local variable <const> = writer.variable

--- Makes a variable with this value.
---@return string code
function writer.declare(g, value)
  local code, is_local = variable(g)
  emit(g, (is_local and "local " or "") .. code .. " = " .. value)
  return code
end

--- A variable of the function at hand that is read from the context once, when the function begins.
---@param read fun(code: string): string  the statement that gives the variable its value
function writer.root(g, name, read)
  local root = g.fn.root
  local code = root.names[name]
  if code then return code end
  local text
  if root.count < ROOTS_MAX then
    root.count = root.count + 1
    code = "v" .. new_id(g)
    text = "local " .. code .. " " .. read(code)
  else
    code = slot(g, root.instance)
    text = read(code)
  end
  root.names[name] = code
  g.code[root.head] = g.code[root.head] .. " " .. text
  return code
end

-- Temporaries ----------------------------------------------------------------------------------------------------------

local function temp_name(k) return k <= TEMPS_MAX and "t" .. k or "T[" .. k .. "]" end

--- A temporary that no line of the current statement has used.
function writer.temp(g)
  local fn = g.fn
  local k = fn.temps + 1
  fn.temps = k
  if k > fn.temp_max then fn.temp_max = k end
  return temp_name(k)
end

--- A statement begins: temporaries are free again.
function writer.statement(g, line)
  g.line = line
  g.fn.temps = 0
end

-- Functions and loops ---------------------------------------------------------------------------------------------------

--- Begins the run of a function or loop body, whose slots are its own.
function writer.enter_instance(g)
  local outer = g.instance
  g.instance = { head = emit(g, "") }
  return outer
end

--- Opens a function. `is_root`: it reads names from the context itself and not through the function around it.
---@return table state  for `close_function`
function writer.open_function(g, head, is_root)
  local outer = { fn = g.fn, instance = g.instance, active = g.active, forced = g.forced, nest = g.nest }
  writer.open(g, head)
  g.forced = false
  local fn = { temps = 0, temp_max = 0, head = emit(g, ""), loops = {}, captures = {} }
  g.fn = fn
  writer.enter_instance(g)
  fn.root = g.fn.root or outer.fn and outer.fn.root
  if is_root then fn.root = { names = {}, count = 0, head = emit(g, ""), instance = g.instance } end
  return outer
end

local function temps_of(fn)
  if fn.temp_max == 0 then return "" end
  local names = {}
  for k = 1, math.min(fn.temp_max, TEMPS_MAX) do names[k] = "t" .. k end
  return "local " .. concat(names, ", ") .. (fn.temp_max > TEMPS_MAX and " local T = {}" or "")
end

function writer.close_function(g, outer, tail)
  local fn = g.fn
  g.code[fn.head] = temps_of(fn) .. " " .. g.code[fn.head]
  g.fn, g.instance, g.active, g.forced = outer.fn, outer.instance, outer.active, outer.forced
  writer.close(g, tail)
end

-- What the chunk is given ----------------------------------------------------------------------------------------------

-- A local of the chunk for what `code` gives, or `code` itself when there are many.
local function share(g, code)
  local count = #g.shared_names + 1
  if count > SHARED_MAX then return code end
  local name = "r" .. count
  g.shared_names[count], g.shared_values[count] = name, code
  return name
end

--- The Lua name of a function of the runtime.
function writer.use(g, name)
  local code = g.used[name]
  if code then return code end
  if not g.runtime[name] then error("the runtime has no function " .. name) end
  code = share(g, "R." .. name)
  g.used[name] = code
  return code
end

--- The Lua name of a value that the compiler hands to the chunk.
function writer.constant(g, value)
  local code = g.constant_codes[value]
  if code then return code end
  local index = #g.constants + 1
  code = share(g, "K[" .. index .. "]")
  g.constants[index], g.constant_codes[value] = value, code
  return code
end

--- The whole chunk: `local R, K = …`, then the lines. The map's first line is the head.
---@return string source
---@return integer[] map  line of Lua → line of the template
function writer.finish(g, head)
  local shared = #g.shared_names == 0 and ""
    or " local " .. concat(g.shared_names, ", ") .. " = " .. concat(g.shared_values, ", ")
  insert(g.code, 1, "local R, K = ..." .. shared .. head)
  insert(g.map, 1, 1)
  return concat(g.code, "\n"), g.map
end

return writer
