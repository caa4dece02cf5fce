--- How often passwords and codes may be tried, and letters asked for: by account, by client address, and by both.
--
-- Counted before they are judged, so that many at once are no more than many after each other; what was no guess is
-- given back. One address can keep a person from signing in from that address only. Names that belong to nobody are
-- counted like others.
local port = require("tocsin.port")

local attempts = {}

local LIMITS <const> = {
  sign_in = { both = { 10, 60000 }, account = { 60, 60000 }, address = { 30, 10000 } },
  mail = { both = { 3, 600000 }, account = { 5, 1800000 }, address = { 20, 60000 } },
  link = { address = { 30, 10000 } },
}

---What is counted of an address: who has one of IPv6 has all of its network.
---@param address string
---@return string
function attempts.network_of(address)
  address = string.match(address, "^::ffff:(%d+%.%d+%.%d+%.%d+)$") or address
  if not string.find(address, ":", 1, true) then return address end
  local head, tail = string.match(address, "^(.-)::(.*)$")
  local groups = {}
  for group in string.gmatch(head or address, "%x+") do groups[#groups + 1] = group end
  local after = select(2, string.gsub(tail or "", "[%x.]+", ""))
  while tail and #groups + after < 8 do groups[#groups + 1] = "0" end
  for group in string.gmatch(tail or "", "%x+") do groups[#groups + 1] = group end
  for i = 1, 4 do groups[i] = string.format("%x", tonumber(groups[i] or "0", 16) or 0) end
  return table.concat(groups, ":", 1, 4) .. "::"
end

local function keys_of(what, account, address)
  local limits, network = LIMITS[what], attempts.network_of(address)
  account = account and string.lower(account)
  local keys = {}
  local function add(limit, ...)
    if limit then keys[#keys + 1] = { key = table.concat({ what, ... }, "\n"), burst = limit[1], every_ms = limit[2] } end
  end
  add(limits.both, account, network)
  add(limits.account, account)
  add(limits.address, "", network)
  return keys
end

---Counts a try. 0: it may go on; else there is room again in so many seconds.
---@param what "sign_in"|"mail"|"link"
---@param account string|nil a name as it was sent
---@param address string of the client
function attempts.take(what, account, address)
  return port.call("attempt", { keys = keys_of(what, account, address) }).wait
end

---It was right: what the account owes is forgotten, and the address gets its try back.
function attempts.good(what, account, address)
  local keys = keys_of(what, account, address)
  port.call("attempt", { keys = { keys[#keys] }, give_back = true })
  keys[#keys] = nil
  port.call("attempt", { keys = keys, forget = true })
end

return attempts
