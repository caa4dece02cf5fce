--- Web Push on the wire: the encrypted body (RFC 8291 in RFC 8188's coding) and the sender's signed name (RFC 8292).
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local format <const>, match <const>, pack <const> = string.format, string.match, string.pack

local web_push = {}

local RECORD_SIZE <const> = 4096

--- Bytes that encryption adds: salt, record size, key, delimiter and tag.
web_push.OVERHEAD = 16 + 4 + 1 + 65 + 1 + 16

--- The body for one browser. One record, so `text` has at most 4096 - OVERHEAD bytes.
---@param text string
---@param receiver string the browser's public key, 65 bytes
---@param auth string the browser's secret, 16 bytes
---@param salt string 16 random bytes
---@param private string a private key made for this message
---@return string? body nil when one of them is no key
function web_push.encrypt(text, receiver, auth, salt, private)
  local public = crypto.p256_public(private)
  local shared = public and crypto.p256_agree(private, receiver)
  if not shared then return nil end
  local input = crypto.hkdf(auth, shared, "WebPush: info\0" .. receiver .. public, 32)
  local key = crypto.hkdf(salt, input, "Content-Encoding: aes128gcm\0", 16)
  local nonce = crypto.hkdf(salt, input, "Content-Encoding: nonce\0", 12)
  return salt .. pack(">I4s1", RECORD_SIZE, public) .. crypto.aes128gcm(key, nonce, text .. "\2")
end

local LIFE <const> = 12 * 3600 -- seconds; a push service takes at most 24 hours

--- The value of the header Authorization for an endpoint.
---@param endpoint string
---@param subject string mailto: or https: address of who runs the server
---@param private string
---@param now integer µs
---@return string? value nil when the key is none
function web_push.authorization(endpoint, subject, private, now)
  local public = crypto.p256_public(private)
  if not public then return nil end
  local claims = { aud = match(endpoint, "^(https?://[^/]+)"), exp = now // 1000000 // 3600 * 3600 + LIFE, sub = subject }
  local head = crypto.base64url('{"typ":"JWT","alg":"ES256"}') .. "." .. crypto.base64url(assert(json.encode(claims)))
  return format("vapid t=%s.%s, k=%s", head, crypto.base64url(crypto.p256_sign(private, head)), crypto.base64url(public))
end

return web_push
