--- Moments and spans as people say them. Pure.
local times <const> = {}

local MINUTE <const>, HOUR <const>, DAY <const> = 60, 3600, 86400

--- How long: "12 s", "4 min", "3 h 5 min", "2 d 4 h".
---@param seconds integer
function times.span(seconds)
  if seconds < MINUTE then return string.format("%d s", seconds) end
  if seconds < HOUR then return string.format("%d min", seconds // MINUTE) end
  local large, rest, unit
  if seconds < DAY then large, rest, unit = seconds // HOUR .. " h", seconds % HOUR // MINUTE, " min"
  else large, rest, unit = seconds // DAY .. " d", seconds % DAY // HOUR, " h" end
  return rest > 0 and large .. " " .. rest .. unit or large
end

--- How long ago, or in how long.
---@param at integer µs UTC
---@param now integer µs UTC
function times.apart(at, now)
  local seconds = (now - at) // 1000000
  if seconds >= -1 and seconds < 2 then return "now" end
  if seconds < 0 then return "in " .. times.span(-seconds) end
  return times.span(seconds) .. " ago"
end

return times
