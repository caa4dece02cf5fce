--- The error value that a function of the template engine raises.
local errors <const> = require "jinja.errors"

--- Calls f(...): class and message of the error it raises, or nil when it returns. Any other error is raised again.
---@return string? class, string? message
return function(f, ...)
  local ok, e = pcall(f, ...)
  if ok then return nil end
  if not errors.is(e) and not (type(e) == "table" and e.class) then error(e, 0) end
  return e.class, e.message
end
