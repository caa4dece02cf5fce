--- Whom a provider's events and lists mean: the people who have an address there as a contact method.
--
-- Verified ones count before others, because anybody can write down anybody's number; of several people with an unverified
-- one nobody is meant.
local channel = require("channel")
local secrets = require("api.secrets")
local store = require("tocsin.store")

local people_at = {}

-- The field of an address that says who the person is.
local function person_field(spec)
  for _, field in ipairs(spec.address) do
    if field.person then return field end
  end
  return spec.address[1]
end

local METHODS = "SELECT m.user_id, m.address, m.verified_at FROM contact_method AS m JOIN user AS u ON u.id = m.user_id " ..
  "WHERE m.channel = $1 AND u.deleted_at IS NULL AND " ..
  "(m.provider_id IS NULL OR m.provider_id = $2 OR m.second_provider_id = $2) " ..
  "ORDER BY m.verified_at IS NULL, m.id"

---Everybody by their address at this provider.
---@param provider table row of `provider`
---@param spec table its channel's file
---@return table<string, integer> users
function people_at.map(provider, spec)
  local field, verified, claimed = person_field(spec), {}, {}
  for _, name in ipairs(field and channel.carries(provider.type) or {}) do
    for _, row in ipairs(store.rows(METHODS, name, provider.id)) do
      local address = secrets.open(spec.address, row.address)
      local value = address and address[field[1]]
      local key = value ~= nil and tostring(value) or nil
      if key and row.verified_at then verified[key] = verified[key] or row.user_id
      elseif key then claimed[key] = (claimed[key] == nil or claimed[key] == row.user_id) and row.user_id or false end
    end
  end
  for key, user in pairs(claimed) do verified[key] = verified[key] or user or nil end
  return verified
end

return people_at
