--- One template as OnCall runs it: its length limits, its cut, and its errors as the text that people see.
---
--- What does not compile is a template that renders its error, because that is what people shall see where the text
--- would have been. `template.check` is for those who want to refuse it.
local environment <const> = require("environment")
local fuel <const> = require("tocsin.fuel")
local limits <const> = require("tocsin.limits")
local find <const>, sub <const>, format <const> = string.find, string.sub, string.format
local lower <const>, match <const> = string.lower, string.match
local bounded <const>, MEMORY <const> = fuel.bounded, fuel.MEMORY
local offset <const>, codepoints <const> = utf8.offset, utf8.len

local template = {
  source_limit = limits.template, -- code points of a template
  text_limit = limits.rendering,  -- code points of a rendering
  title_limit = limits.title,     -- code points of a title
}

local env <const> = environment.env

template.set_now = environment.set_now

-- The error classes that Python's OnCall shows as a warning: the data's fault rather than the template's.
local WARNING <const> = {
  TypeError = true, KeyError = true, ValueError = true, UndefinedError = true, UnicodeError = true,
  UnicodeDecodeError = true, UnicodeEncodeError = true, JSONDecodeError = true, UnknownTimeZoneError = true,
}

---@class template
---@field run table? what jinja compiled
---@field failed string? the error text of a source that does not compile
---@field source string

--- The visible text of an error of the Jinja layer.
---@param err {class: string, message: string}|string
---@return string
function template.error_text(err)
  if type(err) ~= "table" then return "Template Error: " .. tostring(err) end
  return (WARNING[err.class] and "Template Warning: " or "Template Error: ") .. tostring(err.message)
end

-- Whether `text` has more than `limit` code points; bytes bound them, so short texts are not counted.
local function is_longer(text, limit)
  return #text > limit and offset(text, limit + 2) ~= nil
end

--- `text` with at most `limit` code points; what was cut shows as "..".
---@param text string
---@param limit integer
---@return string
function template.cut(text, limit)
  if not is_longer(text, limit) then return text end
  return sub(text, 1, offset(text, limit + 1) - 1) .. ".."
end

-- A spent budget is not the template's fault alone: inline it ends the whole alert, and C decides what comes next.
local function is_out_of_budget(err)
  return type(err) ~= "table" or err.class == "FuelError" or err.class == "MemoryError"
end

--- Compiling is charged too (about 1 µs a token): a budget spent by it is raised, not kept as the template's error.
---@param source string
---@return template
function template.compile(source)
  if is_longer(source, template.source_limit) then
    return { source = source, failed = format("Template Error: Template exceeds length limit (%d > %d)",
      codepoints(source) or #source, template.source_limit) }
  end
  local run, err = env:compile(source)
  if run then return { source = source, run = run } end
  if is_out_of_budget(err) then error(err, 0) end
  return { source = source, failed = template.error_text(err), line = err.line }
end

-- Compiled templates by their text, shared by everything in this Lua state. Weak: one lives as long as an integration
-- or the list below holds it.
local known <const> = setmetatable({}, { __mode = "v" })

-- What was fetched lately, held for those who render by text. Full, it starts anew: what nothing else holds is collected
-- and compiled again when it is next needed.
local RECENT_MAX <const> = 500
local recent, recent_count = {}, 0

--- The compiled template of a text: compiled once in a Lua state, when it is first asked for.
---@param source string
---@return template
function template.get(source)
  local t = known[source]
  if not t then
    t = template.compile(source)
    known[source] = t
  end
  return t
end

--- The same for who does not keep it: it is held until RECENT_MAX others were fetched.
---@param source string
---@return template
function template.fetch(source)
  local t = recent[source]
  if t then return t end
  if recent_count >= RECENT_MAX then recent, recent_count = {}, 0 end
  t = template.get(source)
  recent[source], recent_count = t, recent_count + 1
  return t
end

--- Compiles only to see whether it would; what is compiled already would.
---@param source string
---@return true|nil ok
---@return string? sentence
---@return integer? line
function template.check(source)
  local ok, t = pcall(template.get, source)
  if not ok then return nil, "Template Error: the template takes too much work to compile" end
  if not t.failed then return true end
  return nil, t.failed, t.line
end

local OUT_OF_BUDGET <const> = "Template Error: the template ran past its budget (a loop or a text too long)"

--- Renders. The second result says that the text is an error's. Without `field_fuel` a spent budget is raised as it
--- came; with it the template has that much fuel and `fuel.MEMORY` for itself, and running past them is its visible error.
---@param t template
---@param context table<string, any>
---@param limit integer? code points, default `text_limit`
---@param field_fuel integer?
---@return string text
---@return boolean failed
---@return integer? line of the template where it failed, as far as that is known
function template.render(t, context, limit, field_fuel)
  if t.failed then return t.failed, true, t.line end
  local ok, text, err
  if field_fuel then
    ok, text, err = bounded(field_fuel, MEMORY, t.run.render, t.run, context)
    if not ok then text, err = nil, text end
  else
    text, err = t.run:render(context)
  end
  if text then
    limit = limit or template.text_limit
    return #text <= limit and text or template.cut(text, limit), false
  end
  if not is_out_of_budget(err) then return template.error_text(err), true, err.line end
  if not field_fuel then error(err, 0) end
  return OUT_OF_BUDGET, true
end

--- Whether the rendering of a condition means yes.
---@param text string
---@return boolean
function template.is_true(text)
  if text == "False" or text == "" then return false end
  if text == "True" then return true end
  local word = match(text, "^(%w+)%s*$", find(text, "%S"))
  word = word and lower(word)
  return word == "1" or word == "true" or word == "ok"
end

--- Whether a compiled template looks `name` up in its context.
---@param t template
---@param name string
---@return boolean
function template.reads(t, name)
  return t.run ~= nil and t.run:reads(name)
end

--- Whether `source` mentions `name` at all; used to leave out work that a template cannot need.
---@param source string
---@param name string
---@return boolean
function template.mentions(source, name)
  return find(source, name, 1, true) ~= nil
end

return template
