--- What people send back: button values and reply codes as verbs, and the checks of who signed.
local crypto <const> = require("tocsin.crypto")
local words <const> = require("sending.words")
local find <const>, format <const>, lower <const>, match <const> = string.find, string.format, string.lower, string.match
local tonumber <const> = tonumber

local inbound = {}

--- The value of a button: "silence:12:1800000".
---@param verb string
---@param number integer
---@param silence_ms integer?
---@return string
function inbound.value(verb, number, silence_ms)
  return silence_ms and format("%s:%d:%d", verb, number, silence_ms) or format("%s:%d", verb, number)
end

--- An event from the value of a button, or nil.
---@param value any
---@param user_address string?
---@param once any what only this press has
---@return table?
function inbound.event(value, user_address, once)
  if type(value) ~= "string" or #value > 100 then return nil end
  local verb, number, silence_ms = match(value, "^(%l+):(%d+):?(%d*)$")
  if not verb or not words.is_verb(verb) or #number > 15 or #silence_ms > 12 then return nil end
  return { verb = verb, group = tonumber(number), silence_ms = tonumber(silence_ms), user_address = user_address,
    once = type(once) == "string" and once or nil }
end

local CODES <const> = {
  a = "acknowledge", ack = "acknowledge", acknowledge = "acknowledge",
  r = "resolve", res = "resolve", resolve = "resolve", c = "resolve", close = "resolve",
  s = "silence", silence = "silence",
}

inbound.SILENCE_MS = 1800000 -- of a key or a reply that says no time

--- An event from what a person wrote: "12a", "12 ack", "ack 12", "#12 resolve"; nil for anything else.
---@param text string
---@param user_address string
---@param once string? the message's id
---@return table?
function inbound.reply(text, user_address, once)
  text = lower(text)
  if #text > 200 then return nil end
  local number, code = match(text, "^%s*#?(%d+)%s*'?\"?(%l+)[%s.!]*$")
  if not number then code, number = match(text, "^%s*(%l+)%s*#?(%d+)[%s.!]*$") end
  local verb = code and CODES[code]
  if not verb or #number > 15 then return nil end
  return { verb = verb, group = tonumber(number), user_address = user_address, once = once,
    silence_ms = verb == "silence" and inbound.SILENCE_MS or nil }
end

--- Whether two texts are the same, in a time that tells nothing.
---@param given string?
---@param expected string
---@return boolean
function inbound.is_same(given, expected)
  return given ~= nil and expected ~= "" and crypto.equal(given, expected)
end

--- Whether a time in seconds (as text) lies within so many seconds of now.
---@param text string?
---@param now integer µs
---@param seconds integer
---@return boolean
function inbound.is_recent(text, now, seconds)
  if not text or not find(text, "^%d+$") or #text > 12 then return false end
  return math.abs(tonumber(text) - now // 1000000) <= seconds
end

return inbound
