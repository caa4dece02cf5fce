--- A message about a schedule when it leaves: its words as the channel says them, whom it mentions there, and who is in a
--- user group now.
local channels <const> = require("channels")
local json <const> = require("tocsin.json")
local secrets <const> = require("api.secrets")
local store <const> = require("tocsin.store")

local sending = {}

-- Addresses on the channel of the people whom the row names.
local function addresses_of(n, detail, spec)
  local out = {}
  for _, id in ipairs(detail.people or {}) do
    local row = store.row("SELECT address FROM contact_method WHERE user_id = $1 AND channel = $2 AND is_enabled = 1 " ..
      "ORDER BY verified_at IS NULL, id LIMIT 1", id, n.channel)
    out[#out + 1] = row and secrets.open(spec.address, row.address)
  end
  return out
end

--- People and everybody in the channel's own words, which stand apart from what was converted: data can mention nobody.
---@param n table row of `notification`, of kind info
---@param spec table the channel's file
---@return string? mention
function sending.mention(n, spec)
  local detail, list = json.decode(n.detail), {}
  if not spec.mention then return nil end
  if detail.everyone then list[1] = spec.mention.everyone end
  for _, address in ipairs(spec.mention.person and addresses_of(n, detail, spec) or {}) do
    list[#list + 1] = spec.mention.person(address)
  end
  return #list > 0 and table.concat(list, " ") or nil
end

--- The texts of a message.
---@param n table row of `notification`, of kind info
---@param look string
---@return {title: string, message: string}
function sending.text(n, look)
  local detail, shape = json.decode(n.detail), channels[look] or channels.sms
  return { title = shape.convert(detail.title, "title"), message = shape.convert(detail.message, "message") }
end

--- The user group that a row is about and who belongs to it, by their addresses; nil: it is a message.
---@return {group: string, people: string[]}|nil
function sending.membership(n, spec)
  local detail, people = json.decode(n.detail), {}
  if not detail.user_group then return nil end
  for _, address in ipairs(addresses_of(n, detail, spec)) do
    if spec.mention.person(address) then people[#people + 1] = address[spec.address[1][1]] end
  end
  return { group = detail.user_group, people = people }
end

return sending
