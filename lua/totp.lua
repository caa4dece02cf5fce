--- Time-based one-time passwords (RFC 6238): six digits of SHA-1 every thirty seconds, as every authenticator app knows them.
local crypto = require "tocsin.crypto"

local totp = {}

local STEP_US <const>, DIGITS <const>, WINDOW <const> = 30000000, 6, 1
local ALPHABET <const> = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

---Base 32 (RFC 4648) without padding: how people type a secret.
function totp.base32(bytes)
  local out, bits, count = {}, 0, 0
  for i = 1, #bytes do
    bits, count = bits << 8 | string.byte(bytes, i), count + 8
    while count >= 5 do
      count = count - 5
      local at = bits >> count & 31
      out[#out + 1] = string.sub(ALPHABET, at + 1, at + 1)
    end
    bits = bits & (1 << count) - 1
  end
  if count > 0 then
    local at = bits << 5 - count & 31
    out[#out + 1] = string.sub(ALPHABET, at + 1, at + 1)
  end
  return table.concat(out)
end

---The code of a secret at a step (RFC 4226).
---@param secret string bytes
---@param step integer
---@return string six digits
function totp.code(secret, step)
  local mac = crypto.hmac("sha1", secret, string.pack(">I8", step))
  local offset = string.byte(mac, #mac) & 15
  local number = string.unpack(">I4", mac, offset + 1) & 0x7fffffff
  return string.format("%0" .. DIGITS .. "d", number % 10 ^ DIGITS // 1 | 0)
end

---The step of a moment.
function totp.step(now) return now // STEP_US end

---The step, of the one before to the one after now, at which a secret has this code; nil when it is none of theirs.
---@param secret string
---@param code string
---@param now integer µs
---@param used integer the newest step that was used: it and those before are void
---@return integer|nil
function totp.find(secret, code, now, used)
  local step, found = totp.step(now), nil
  for at = step - WINDOW, step + WINDOW do
    -- Each is compared, so that the time says nothing of which it was.
    if crypto.equal(totp.code(secret, at), code) and at > used then found = found or at end
  end
  return found
end

local function escape(text)
  return (string.gsub(text, "[^%w%-._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

---The address by which an app takes a secret over.
function totp.uri(secret, issuer, name)
  return string.format("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=30", escape(issuer),
    escape(name), totp.base32(secret), escape(issuer), DIGITS)
end

return totp
