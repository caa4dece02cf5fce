--- How long a group can be silenced for, as choices of a form.
local texts <const> = require "web.texts"

local silences <const> = {}

local SECONDS <const> = { 1800, 3600, 7200, 14400, 28800, 43200, 86400, 604800, 0 } -- 0: for ever

---A list of seconds and words.
function silences.list()
  local list <const> = {}
  for i, seconds in ipairs(SECONDS) do list[i] = { value = seconds, text = texts.silences[tostring(seconds)] } end
  return list
end

return silences
