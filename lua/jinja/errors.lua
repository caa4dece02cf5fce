--- Error values of the template engine: what went wrong, under the name Python gives it.
local setmetatable <const>, getmetatable <const>, error <const> = setmetatable, getmetatable, error

---@class jinja.Error
---@field class string  Python's or Jinja2's class name: "TypeError", "UndefinedError" …
---@field message string  what str(e) shows
---@field line integer?  line of the template, where one is known
---@field template string?  the name of the template that it is a line of; nil for the one that is rendered
local ERROR <const> = {}
ERROR.__tostring = function(e) return e.class .. ": " .. e.message end

-- Classes that OnCall shows as "Template Warning"; every other class is a "Template Error".
local WARNINGS <const> = {
  TypeError = true, KeyError = true, ValueError = true, UndefinedError = true, UnknownTimeZoneError = true,
  UnicodeError = true, UnicodeDecodeError = true, UnicodeEncodeError = true, JSONDecodeError = true,
}

local errors <const> = {}

--- Makes an error value.
---@param class string
---@param message string
---@param line integer?
---@return jinja.Error
function errors.new(class, message, line)
  return setmetatable({ class = class, message = message, line = line }, ERROR)
end

--- Raises an error value.
---@param class string
---@param message string
---@param line integer?
function errors.raise(class, message, line)
  error(setmetatable({ class = class, message = message, line = line }, ERROR), 0)
end

--- Is this an error value of ours?
---@return boolean
function errors.is(e) return getmetatable(e) == ERROR end

--- The text that is shown in place of a rendering that failed.
---@param e jinja.Error
---@return string
function errors.text(e)
  return (WARNINGS[e.class] and "Template Warning: " or "Template Error: ") .. e.message
end

return errors
