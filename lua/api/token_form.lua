--- What tokens of integrations look like: made here, and checked when one is brought along from another system.
local crypto = require("tocsin.crypto")

local token_form = {}

local LENGTH <const> = 25

--- A random UUID.
function token_form.uuid()
  local hex = crypto.hex(crypto.random_bytes(16))
  return string.format("%s-%s-4%s-%x%s-%s", string.sub(hex, 1, 8), string.sub(hex, 9, 12), string.sub(hex, 14, 16),
    8 + tonumber(string.sub(hex, 17, 17), 16) % 4, string.sub(hex, 18, 20), string.sub(hex, 21, 32))
end

--- A new one in the form that a type's senders expect: "uuid", "hex" (32 digits), or nil for ours.
---@param form string?
function token_form.new(form)
  if form == "uuid" then return token_form.uuid() end
  if form == "hex" then return crypto.hex(crypto.random_bytes(16)) end
  return crypto.random_token(LENGTH)
end

--- The token, or nil and what is wrong with it.
function token_form.check(value)
  if string.find(value, "^[%w_-]+$") and #value >= 8 and #value <= 128 then return value end
  return nil, "A token has 8 to 128 characters of A-Z, a-z, 0-9, - and _."
end

return token_form
