--- Positions in an ordered list (routes): what moves when one element is put somewhere.
--
-- Positions are unique within the list and may have gaps; deleting closes none. A plain move shifts what lies between
-- by one; a manual one (Terraform) takes the place when it is free and else swaps with who has it.
local ordering = {}

local LAST = -1

local function highest(list)
  local position = -1
  for _, item in ipairs(list) do position = math.max(position, item.position) end
  return position
end

local function swap(list, own, wanted)
  for _, item in ipairs(list) do
    if item.position == wanted then return wanted, { [item.id] = own } end
  end
  return wanted, {}
end

local function shift(list, own, wanted)
  local moved = {}
  for _, item in ipairs(list) do
    local at = item.position
    if own < wanted and at > own and at <= wanted then moved[item.id] = at - 1
    elseif wanted < own and at >= wanted and at < own then moved[item.id] = at + 1 end
  end
  return wanted, moved
end

---Puts an element at a position.
---@param list table the others: {id, position} each
---@param own integer|nil its position now; nil for a new one, which comes last first
---@param wanted integer|nil the position asked for; -1 is the last; nil keeps it
---@param is_manual boolean swap instead of shifting
---@return integer position of the element
---@return table moved id → new position of the others
function ordering.place(list, own, wanted, is_manual)
  own = own or highest(list) + 1
  if wanted == LAST then wanted = math.max(highest(list), own) end
  if wanted == nil or wanted == own then return own, {} end
  return (is_manual and swap or shift)(list, own, wanted)
end

return ordering
