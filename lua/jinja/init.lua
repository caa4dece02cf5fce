--- Jinja2 templates: `jinja.new(options)` → environment, `env:compile(source)` → template, `template:render(context)`.
---
--- A context is a plain Lua table name → value; a payload from `tocsin.json` or a value of the runtime. Nothing is
--- raised: a failure is `nil, error` with `{class=, message=, line=, template=}`, the last where it is another template.
--- A template keeps nothing between renderings, and one that may change the payload works on a copy of it.
local errors <const> = require "jinja.errors"
local lexer <const> = require "jinja.lexer"
local parser <const> = require "jinja.parser"
local compiler <const> = require "jinja.compiler"
local runtime <const> = require "jinja.runtime"
local json <const> = require "tocsin.json"
local fuel <const> = require "tocsin.fuel"
local program <const> = require "tocsin.program"
local pcall <const>, xpcall <const>, type <const>, next <const>, error <const> = pcall, xpcall, type, next, error
local find <const>, sub <const>, setmetatable <const> = string.find, string.sub, setmetatable
local line_of <const>, lua_string <const> = require("tocsin.trace").line, require("tocsin.text").lua_string
local begin <const>, mark <const>, drop <const> = runtime.begin, runtime.mark, runtime.drop
local run_program <const> = program.run
local NULL <const> = json.null

local CHUNK <const> = "=template"
local BYTE_COST <const>, TOKEN_COST <const> = 2, 100 -- fuel: a token takes about a microsecond from text to Lua
local LATER_BYTES <const>, LATER_PEAK <const> = 8192, 30 -- of a template whose Lua function may wait

---@class jinja.Environment
local Environment <const> = {}
Environment.__index = Environment

---@class jinja.Template
---@field program userdata?  what renders it in C, until that gives up
---@field run function?  what renders it in Lua; nil: not made yet, of `text`
---@field mutates boolean  it may change values it is given
---@field escapes boolean  it turns autoescape on or off, and may end without turning it back
local Template <const> = {}
Template.__index = Template

local jinja <const> = {}

-- Errors ---------------------------------------------------------------------------------------------------------------

local MEMORY <const> = "not enough memory"

-- Any error value as one of ours: fuel and memory raise their own, the rest is a bug of the engine.
local function as_error(e)
  if errors.is(e) then return e end
  if type(e) == "table" and e.class then return errors.new(e.class, e.message) end
  local text = tostring(e)
  if find(text, MEMORY, 1, true) then return errors.new("MemoryError", "the template ran out of memory") end
  if find(text, "stack overflow", 1, true) then
    return errors.new("RecursionError", "maximum recursion depth exceeded")
  end
  return errors.new("InternalError", text)
end

-- Runs where the error was raised: finds the line of generated code that led there.
local function locate(e)
  if type(e) == "string" and find(e, MEMORY, 1, true) then return e end
  e = as_error(e)
  if not e.line then e.lua_line, e.chunk = line_of(CHUNK) end
  return e
end

-- Environment ----------------------------------------------------------------------------------------------------------

--- Makes an environment.
---@param options table?  filters, tests (name → f(value, n, args…, kwargs)), globals (name → value), autoescape,
---  trim_blocks, lstrip_blocks, keep_trailing_newline (booleans), extensions ({["do"] = true, loopcontrols = true}),
---  loader(name) → source or nil: what include, import and extends find; only_lua: nothing is rendered in C
---@return jinja.Environment
function jinja.new(options)
  local env = {}
  for name, value in next, options or {} do env[name] = value end
  env.runtime, env.loaded = runtime, {}
  local globals <const> = env.globals
  env.global = globals and function(name)
    local v = globals[name]
    if v ~= nil then return v end
    return runtime.global(name)
  end or runtime.global
  return setmetatable(env, Environment)
end

-- Does what C knows of an environment (core/jinja) hold for this one?
local function has_programs(env)
  return not env.autoescape and not env.tests and not env.only_lua
    and (env.is_oncall or not env.filters and not env.globals)
end

-- Makes the Lua function of a template.
local function make_function(template, tree, name)
  local env <const> = template.env
  local result <const> = compiler.compile(tree, env, name)
  local chunk <const>, why <const> = load(result.source, name and CHUNK .. ":" .. name or CHUNK, "t", {})
  if not chunk then errors.raise("TemplateSyntaxError", "the template is too complex: " .. why) end
  template.map, template.source = result.map, result.source
  template.run, template.blocks = chunk(env.runtime, result.constants)
end

-- A template that C renders needs no Lua function until C gives up. What has a program has no fault that only the compiler
-- would find, unless it is nested too deeply for Lua; and making the function has to fit the memory of a rendering.
local function may_wait(tree, source) return tree.peak <= LATER_PEAK and #source <= LATER_BYTES end

local function compile(env, source, name)
  fuel.spend(BYTE_COST * #source)
  local tokens = lexer.tokenize(source, env)
  fuel.spend(TOKEN_COST * tokens.n)
  local tree = parser.parse(tokens, env)
  local template = setmetatable({
    program = not name and has_programs(env) and program.build(tree, env.is_oncall) or nil,
    text = source, env = env,
    -- What another template does with the values is not known here.
    mutates = tree.mutates or tree.links and env.loader ~= nil,
    escapes = tree.escapes,
  }, Template)
  if not (template.program and may_wait(tree, source)) then make_function(template, tree, name) end
  return template
end

--- Compiles a template.
---@param source string  valid UTF-8
---@return jinja.Template? template
---@return jinja.Error? error
function Environment:compile(source)
  local ok, result = pcall(compile, self, source)
  if ok then return result end
  return nil, as_error(result)
end

--- The template of that name, for templates that use each other. Raises what is wrong with it.
---@param name string
---@return jinja.Template? template  nil when the loader knows none
function Environment:load(name)
  local source = self.loader and self.loader(name)
  if not source then return nil end
  local known = self.loaded[name]
  if not known or known.text ~= source then
    local ok, template = pcall(compile, self, source, name)
    if not ok then
      local e = as_error(template)
      e.template = e.template or name
      error(e, 0)
    end
    known = { text = source, template = template }
    self.loaded[name] = known
  end
  return known.template
end

-- Template -------------------------------------------------------------------------------------------------------------

-- The context with payloads of its own.
local function fresh(context)
  local own = {}
  for name, value in next, context do
    if type(value) == "userdata" and value ~= NULL then value = json.fresh(value) end
    own[name] = value
  end
  return own
end

-- Line and template of an error, by the line of the chunk it came from.
local function place(template, e)
  local name = sub(e.chunk, #CHUNK + 2)
  if name ~= "" then
    e.template = name
    template = template.env.loaded[name].template
  end
  e.line, e.lua_line, e.chunk = template.map[e.lua_line], nil, nil
end

-- The environment that rendered last, and to its end: there is nothing to begin anew for it.
local begun

--- Makes the Lua function, unless there is one. The template was read before, and charged for then.
function Template:finish()
  if not self.run then make_function(self, parser.parse(lexer.tokenize(self.text, self.env), self.env)) end
end

--- Does it look `name` up in its context?
---@param name string
---@return boolean
function Template:reads(name)
  if self.program then return program.reads(self.program, name) end
  return find(self.source, "ctx[" .. lua_string(name) .. "]", 1, true) ~= nil
end

--- Renders the template.
---@param context table<string, any>
---@return string? text
---@return jinja.Error? error
function Template:render(context)
  if self.program then
    local text <const> = run_program(self.program, context)
    if text then return text end
  end
  if not self.run then
    local ok <const>, e <const> = pcall(self.finish, self)
    if not ok then return nil, as_error(e) end
  end
  if self.mutates then context = fresh(context) end
  local env <const> = self.env
  if begun ~= env or self.escapes then begin(env) end
  begun = nil
  local from <const> = mark()
  local ok, result = xpcall(self.run, locate, context)
  if ok then
    begun = env
    return result
  end
  drop(from)
  local e = as_error(result)
  if e.lua_line then place(self, e) end
  return nil, e
end

return jinja
