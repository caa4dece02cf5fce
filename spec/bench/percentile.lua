--- Percentiles of what a benchmark measured.
local M <const> = {}

--- The value that the part `p` (0 to 1) of a sorted list does not exceed; nil for an empty list.
function M.of(list, p) return list[math.max(1, math.ceil(#list * p))] end

return M
