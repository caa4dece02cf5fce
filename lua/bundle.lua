--- What a message to a person carries for others of their groups, and how many they may still get today.
local store <const> = require("tocsin.store")
local json <const> = require("tocsin.json")

local bundle = {}

local CARRIED_MAX <const> = 1000 -- by one message; what is left goes with the next
local DAY_US <const> = 86400 * 1000000

--- The notifications that a page carries: to the same contact method, due, and for other groups. Those of groups that have
--- an answer are not waiting any more.
---@param n table row of `notification`
---@param now integer µs
---@return integer[] ids
---@return integer groups how many others
function bundle.carried(n, now)
  local ids, groups, seen = json.array(), 0, { [n.alert_group_id or 0] = true }
  if n.kind ~= "page" then return ids, 0 end
  local rows = store.rows("SELECT id, alert_group_id FROM notification WHERE contact_method_id = $1 AND is_important = $2 " ..
    "AND state <> 'cancelled' AND state <> 'failed' AND carrier_id IS NULL AND state = 'waiting' AND due_at <= $3 " ..
    "AND kind = 'page' AND alert_group_id <> $4 ORDER BY id LIMIT $5",
    n.contact_method_id, n.is_important, now, n.alert_group_id, CARRIED_MAX)
  for i, row in ipairs(rows) do
    ids[i] = row.id
    if not seen[row.alert_group_id] then groups = groups + 1 end
    seen[row.alert_group_id] = true
  end
  return ids, groups
end

-- Channels that count together, the setting with their limit, and from how many left on a message says so.
local KINDS <const> = {
  { limit = "phone", says = 2, sms = true, phone_call = true, names = "'sms', 'phone_call'",
    error = "This person has had %d calls and text messages in a day: that is the limit (daily_phone_limit)." },
  { limit = "email", says = 20, email = true, names = "'email'",
    error = "This person has had %d e-mails in a day: that is the limit (daily_email_limit)." },
}

--- Whether a person may get this message, by what left in the last 24 hours.
---@param n table row of `notification`
---@param now integer µs
---@param limits {phone: integer, email: integer} 0: none
---@return integer|nil remaining messages after this one, when they are few
---@return string|nil error the limit is reached
function bundle.remaining(n, now, limits)
  for _, kind in ipairs(n.kind == "page" and KINDS or {}) do
    local limit = limits[kind.limit]
    if kind[n.channel] and limit > 0 then
      local sent = store.row("SELECT count(*) AS n FROM notification WHERE user_id = $1 AND channel IN (" .. kind.names .. ") " ..
        "AND created_at > $2 AND ended_at > $3 AND state = 'sent' AND carrier_id IS NULL", n.user_id, now - 2 * DAY_US,
          now - DAY_US).n
      if sent >= limit then return nil, string.format(kind.error, sent) end
      local left = limit - sent - 1
      return left <= kind.says and left or nil
    end
  end
end

return bundle
