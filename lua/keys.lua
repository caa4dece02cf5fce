--- The keys of a table in one order: what is printed, stored or compared must not follow the order of a hash.
local pairs <const>, tostring <const>, sort <const> = pairs, tostring, table.sort

local keys = {}

local function is_before(a, b) return tostring(a) < tostring(b) end

--- All keys, sorted as text.
---@param t table
---@return any[]
function keys.sorted(t)
  local out = {}
  for key in pairs(t) do out[#out + 1] = key end
  sort(out, is_before)
  return out
end

return keys
