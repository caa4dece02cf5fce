--- A push service and the browser behind it. https://www.rfc-editor.org/rfc/rfc8030 (headers, answers),
--- https://www.rfc-editor.org/rfc/rfc8291 and rfc8188 (the body, decrypted here with the browser's key), rfc8292 (who sends)
local crypto = require "tocsin.crypto"
local fake = require "fake_provider"
local json = require "tocsin.json"

local text, required, object = fake.text, fake.required, fake.object

local BROWSER_PRIVATE = crypto.unbase64 "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"

local function xor(a, b)
  local out = {}
  for i = 1, #a do out[i] = string.char(a:byte(i) ~ b:byte(i)) end
  return table.concat(out)
end

-- Counter mode undoes itself; the tag is then that of the text, encrypted again.
local function open(key, nonce, sealed)
  local n = #sealed - 16
  local plain = xor(sealed:sub(1, n), crypto.aes128gcm(key, nonce, ("\0"):rep(n)):sub(1, n))
  return crypto.aes128gcm(key, nonce, plain) == sealed and plain or nil
end

local function decrypt(body, state)
  local salt, size, sender, at = string.unpack(">c16I4s1", body)
  if size < 18 or #body - at + 1 > size or #sender ~= 65 then return nil, "has a header that is wrong" end
  local secret = crypto.p256_agree(BROWSER_PRIVATE, sender)
  if not secret then return nil, "has no key in its header" end
  local input = crypto.hkdf(crypto.unbase64(state.address.auth), secret, "WebPush: info\0" .. crypto.p256_public(BROWSER_PRIVATE) .. sender, 32)
  local plain = open(crypto.hkdf(salt, input, "Content-Encoding: aes128gcm\0", 16), crypto.hkdf(salt, input, "Content-Encoding: nonce\0", 12), body:sub(at))
  if not plain then return nil, "cannot be decrypted" end
  return plain:match "^(.*)\2%z*$"
end

local payload = object {
  version = required(fake.integer(1, 1)), kind = required(text {}), title = required(text { max = 400, unit = "bytes" }), body = text { blank = true }, is_important = fake.boolean,
  tag = required(text {}), url = fake.url(), number = fake.integer(1), state = text {}, links = object { acknowledge = fake.url(), resolve = fake.url(), silence = fake.url() },
}

local function is_ours(r, state)
  local head, claims, signature, key = (r.headers.authorization or ""):match "^vapid t=([%w_-]+)%.([%w_-]+)%.([%w_-]+), k=([%w_-]+)$"
  if not head or crypto.unbase64(head) ~= '{"typ":"JWT","alg":"ES256"}' or #crypto.unbase64(signature) ~= 64 then return false end
  local c = json.decode(crypto.unbase64(claims))
  local now = state.now or 1767225600
  return c.aud == r.url:match "^https://[^/]+" and c.exp > now and c.exp <= now + 86400 and c.sub == state.account.subject
    and key == crypto.base64url(crypto.p256_public(crypto.unbase64(state.account.private_key)))
end

local HEADERS = { ttl = true, urgency = true, topic = true, ["content-encoding"] = true }

local function take(body, r, state)
  local function complain(where, what) table.insert(state.complaints, where .. " " .. what) end
  text { pattern = "^%d+$" } (r.headers.ttl, "TTL", complain)
  fake.one_of("very-low", "low", "normal", "high") (r.headers.urgency, "Urgency", complain)
  if r.headers.topic then text { max = 32, pattern = "^[%w_-]+$" } (r.headers.topic, "Topic", complain) end
  if r.headers["content-encoding"] ~= "aes128gcm" then complain("Content-Encoding", "is another") end
  local plain, why = decrypt(body, state)
  if not plain then complain("the body", why or "has no end") else payload(json.decode(plain), "payload", complain) end
  state.shown = plain
  return fake.answer(201, "", { location = "https://push.example.net/message/qDIYHNcfAIPP_5ITvURr-d6BGt" })
end

return {
  handle = fake.provider {
    routes = { { path = "/push/([%w_-]+)", body = "text", max = 4096, headers = HEADERS, answer = take } },
    is_allowed = is_ours,
    faults = {
      unauthorized = function()
        return fake.answer(403, "the VAPID credentials in the authorization header do not correspond to the credentials used to create the subscriptions.")
      end,
      limited = function() return fake.answer(429, "", { ["retry-after"] = "60" }) end,
      gone = function() return fake.answer(410) end,
      down = fake.down,
    },
  },
  limited_ms = 60000,
  visible = function(request)
    return (decrypt(request.body, { address = { auth = "BTBZMqHH6r4Tts7J_aSIgg" } }))
  end,
}
