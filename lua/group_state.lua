--- The state of an alert group and who brought it there, told by the columns of its row. Pure.
local group_state = {}

local ACTORS <const> = { source = "the source", room = "somebody in the room", api = "the API", timer = "a timer",
  last_step = "the last step of the escalation", wiped = "the wiping of its texts" }

---@alias group_state "firing"|"acknowledged"|"silenced"|"resolved"

--- The state, since when, and who is behind it: a word of `group_by` (core/store/group_rows.h), and the key of the person,
--- token or room's provider.
---@param row table columns of `alert_group`
---@return group_state state
---@return integer? since µs UTC; nil while it fires
---@return string? by
---@return integer? by_id
function group_state.of(row)
  if row.resolved_at then return "resolved", row.resolved_at, row.resolved_by, row.resolved_by_id end
  if row.acknowledged_at then return "acknowledged", row.acknowledged_at, row.acknowledged_by, row.acknowledged_by_id end
  if row.silenced_at then return "silenced", row.silenced_at, (row.silenced_by_id or 0) > 0 and "user" or nil,
    row.silenced_by_id end
  return "firing"
end

--- Who it was in words, to stand after "by"; nil when there is nobody to name.
---@param by string?
---@param id integer?
---@param names fun(id: integer?, by: string): string? the name of a person, or of a room ("room") by its provider
---@return string?
function group_state.who(by, id, names)
  if by == "user" then return names(id, by) or "a person who is gone" end
  local room = by == "room" and (id or 0) > 0 and names(id, by)
  if room then return "somebody in " .. room end
  return ACTORS[by]
end

return group_state
