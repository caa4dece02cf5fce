--- Positions in an ordered list (routes, steps, personal rules): what moves when one element is put somewhere.
--
-- Positions are unique within the list and may have gaps; deleting closes none. A plain move shifts what lies between
-- by one; a manual one (Terraform) takes the place when it is free and else swaps with who has it.
local field = require("api.field")

local ordering = {}

local LAST = -1
local POSITION = { "position", type = "integer", min = LAST }

---The fields `position` and `manual_order` of an ordered resource: what they ask for is kept in the change until its
---`before_write` places the row.
ordering.position = {
  "position", file = false, shape = { "integer", min = LAST, about = "Its place in the list; -1 is the last." },
    show = function(row) return row.position end,
  store = function(value, _, c)
    local why
    c.position, why = field.check_of(POSITION)(POSITION, value)
    if not c.position then return nil, why end
    return {}
  end,
}
ordering.manual_order = {
  "manual_order", file = false, write_only = true, shape = "boolean", about = "Swap places instead of moving the others.",
  store = function(value, _, c)
    if type(value) ~= "boolean" then return nil, "Must be a valid boolean." end
    c.is_manual = value
    return {}
  end,
}

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

---Puts the row of a change where it was asked to be, and the others of its list out of the way in the same write.
---@param change table api.change
---@param others table {id, position} of the list without this row
function ordering.move(c, change, table_name, others)
  local position, moved = ordering.place(others, c.old and c.old.position, c.position, c.is_manual)
  c.values.position = position
  for _, other in ipairs(others) do
    if moved[other.id] then
      c.before[#c.before + 1] = change.update(table_name, { position = moved[other.id] }, other.id)
    end
  end
end

return ordering
