--- Links that act: an address that holds what is to be done, to which group, by whom and until when, signed with the key
--- of the data folder. There is no row for it, so it can be neither counted nor taken back before it expires.
local crypto <const> = require("tocsin.crypto")
local ids <const> = require("tocsin.ids")
local seal <const> = require("tocsin.seal")

local links = {}

local PURPOSE <const> = "links"
local LIFE_US <const> = 7 * 86400 * 1000000

-- One letter each, because text messages are short.
local LETTERS <const> = { acknowledge = "a", unacknowledge = "A", resolve = "r", unresolve = "R", silence = "s", unsilence = "S",
  confirm = "c" }
local VERBS <const> = {}
for verb, letter in pairs(LETTERS) do VERBS[letter] = verb end

--- In place of a person: whoever is in the room to which the link was posted.
links.ROOM = "room"

--- The token of a link: "<letter>.<group>.<user, or - and the room's provider>.<second it expires>.<signature>".
---@param verb string
---@param group integer
---@param user integer a person, or the negative id of the provider that posts to the room
---@param now integer µs
---@return string
function links.token(verb, group, user, now)
  local text = string.format("%s.%d.%d.%d", LETTERS[verb], group, user, (now + LIFE_US) // 1000000)
  return text .. "." .. crypto.base64url(seal.sign(PURPOSE, text))
end

--- What a token says, or nil when it is not ours.
---@param token string
---@param now integer µs
---@return {verb: string, group: integer, user: integer?, provider: integer?, is_expired: boolean}?
function links.read(token, now)
  local text, signature = string.match(token, "^(%a%.%d+%.%-?%d+%.%d+)%.([%w_-]+)$")
  local bytes = text and #token <= 120 and crypto.unbase64(signature)
  if not bytes or not seal.is_signed(PURPOSE, text, bytes) then return nil end
  local letter, group, user, expires = string.match(text, "^(%a)%.(%d+)%.(%-?%d+)%.(%d+)$")
  if not VERBS[letter] then return nil end -- of a newer version
  user = math.tointeger(tonumber(user))
  return { verb = VERBS[letter], group = math.tointeger(tonumber(group)), user = user > 0 and user or nil,
    provider = user < 0 and -user or nil,
    is_expired = now >= math.tointeger(tonumber(expires)) * 1000000 }
end

--- The address at which a provider may call back.
---@param public_url string
---@param provider integer
---@return string
function links.inbound(public_url, provider)
  return string.gsub(public_url, "/+$", "") .. "/callbacks/" .. ids.encode("P", provider)
end

--- The links of a message; nil when people cannot reach us. Those of a person's own message act as that person, those in a
--- room (`links.ROOM`) as nobody known.
---@param public_url string
---@param provider integer
---@param group integer?
---@param who integer|"room"|nil user, or links.ROOM
---@param now integer µs
---@return table<string, string>?
function links.of(public_url, provider, group, who, now)
  if public_url == "" then return nil end
  local out = { inbound = links.inbound(public_url, provider) }
  if who == links.ROOM then who = -provider end
  for verb in pairs(group and who and LETTERS or {}) do
    out[verb] = string.gsub(public_url, "/+$", "") .. "/act/" .. links.token(verb, group, who, now)
  end
  return out
end

return links
