--- The names of those who act on an alert group: people, and rooms to which links that act were posted.
local channel <const> = require("channel")
local store <const> = require("tocsin.store")

local actor_names = {}

local ROOMS <const> = "SELECT m.target, c.name FROM message AS m LEFT JOIN chat_channel AS c ON c.provider_id = m.provider_id " ..
  "AND c.external_id = m.target WHERE m.alert_group_id = $1 AND m.provider_id = $2 LIMIT 2"

--- The room in which a provider posted a group, such as "#alerts (Rocket.Chat)"; nil when the provider is gone.
---@param group integer
---@param provider integer?
---@return string?
function actor_names.room(group, provider)
  local row = provider and store.row("SELECT type, name FROM provider WHERE id = $1", provider)
  local spec = row and channel.load(row.type)
  if not spec then return nil end
  local rooms = #spec.address > 0 and store.rows(ROOMS, group, provider) or {}
  local name = #rooms == 1 and (rooms[1].name or rooms[1].target) or row.name
  return string.format("%s (%s)", name, spec.name)
end

--- The name of a person.
---@param id integer?
---@return string?
function actor_names.person(id)
  local user = id and store.row("SELECT name FROM user WHERE id = $1", id)
  return user and user.name
end

--- Names for `group_state.who`.
---@param group integer
---@return fun(id: integer?, by: string?): string?
function actor_names.of(group)
  return function(id, by)
    if by == "room" then return actor_names.room(group, id) end
    return actor_names.person(id)
  end
end

return actor_names
