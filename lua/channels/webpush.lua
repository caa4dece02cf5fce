--- Web Push: notifications in browsers and UnifiedPush apps, without a vendor's account.
---
--- The payload is encrypted for the browser and says what our service worker shows. Every message of a group has one topic,
--- so a push service and a phone keep the last only; what calls a page off is such a message. Each message is encrypted with a
--- key and salt of its own, so two requests for the same message differ: the one place where chance enters a channel.
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local cut <const>, reply <const>, web_push <const>, words <const> = sending.cut, sending.reply, sending.web_push, sending.words
local concat <const>, find <const>, format <const> = table.concat, string.find, string.format

local webpush = {
  name = "Web Push",
  about = "Notifications in browsers and UnifiedPush apps, without a vendor's account",
  docs = {
    "https://www.rfc-editor.org/rfc/rfc8030", "https://www.rfc-editor.org/rfc/rfc8291", "https://www.rfc-editor.org/rfc/rfc8292",
    "https://www.rfc-editor.org/rfc/rfc8188", "https://unifiedpush.org/developers/spec/server/", "https://developer.mozilla.org/en-US/docs/Web/API/PushSubscription",
  },
  carries = { "webpush", "mobile_app", "mobile_app_critical" },
  look = { webpush = "mobile_app", mobile_app = "mobile_app", mobile_app_critical = "mobile_app" },
  settings = {
    { "subject", type = "text", required = true, max = 300, pattern = "^%a+:[^%s]+@?[^%s]+$", hint = "Such as mailto:ops@example.org.",
      about = "How a push service reaches you: mailto: or https: address" },
    { "private_key", type = "text", secret = true, required = true, max = 43, pattern = "^[%w_-]+$", about = "Private key (VAPID); made when left out" },
    { "public_key", type = "text", max = 87, pattern = "^[%w_-]+$", about = "Public key, for browsers; made with the private one" },
  },
  address = {
    { "endpoint", type = "url", required = true, secret = true, about = "Endpoint of the subscription" },
    { "p256dh", type = "text", required = true, max = 100, pattern = "^[%w_=+/-]+$", aside = true, about = "Public key of the subscription" },
    { "auth", type = "text", required = true, secret = true, max = 50, pattern = "^[%w_=+/-]+$", aside = true, about = "Secret of the subscription" },
  },
  limits = { per_target = { 5, 1000 }, per_provider = { 100, 1000 } },
  can = { cancel = true, replace = true },
  sample = {
    account = { subject = "mailto:ops@example.org", private_key = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw" },
    address = { endpoint = "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
      p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", auth = "BTBZMqHH6r4Tts7J_aSIgg" },
  },
}

--- A pair of keys for a provider that is created without one.
---@param settings table<string, any> what was given
---@return table<string, any> more
function webpush.fresh(settings)
  local private = type(settings.private_key) == "string" and crypto.unbase64(settings.private_key) or nil
  local public = private and crypto.p256_public(private)
  if settings.private_key and not public then return {} end
  if not private then private, public = crypto.p256_new() end
  return { private_key = crypto.base64url(private), public_key = crypto.base64url(public) }
end

local TEXT_MAX <const> = 4096 - web_push.OVERHEAD -- bytes before encryption
local TTL <const> = 3600 -- seconds that a push service keeps what it cannot deliver

local function payload_of(send, message, links)
  return assert(json.encode {
    version = 1, kind = send.kind, title = cut.to(words.title(send), 400, "bytes"), body = message, is_important = send.is_important == true,
    tag = send.group and format("group-%d", send.group.number) or "tocsin", url = links and words.link(send) or nil,
    number = send.group and send.group.number, state = send.group and send.group.state, links = links,
  })
end

local function links_of(send)
  local out
  for _, action in ipairs(words.linked_actions(send)) do
    if #action.url <= 400 then
      out = out or {}
      out[action.verb] = action.url
    end
  end
  return out
end

-- The payload with as much of the words as fits.
local function text_of(send)
  local lines = words.notes(send)
  if send.text.message then table.insert(lines, 1, send.text.message) end
  local message, limit, links = concat(lines, "\n"), 2500, links_of(send) or {}
  local text = payload_of(send, cut.to(message, limit, "bytes"), links)
  while #text > TEXT_MAX and limit > 50 do
    limit = limit // 2
    text = payload_of(send, cut.to(message, limit, "bytes"), links)
  end
  return #text <= TEXT_MAX and text or payload_of(send, "", nil)
end

local function headers_of(send, authorization)
  local is_urgent = send.kind == "page" and (send.group == nil or send.group.state == "firing")
  local headers = {
    { "Content-Type", "application/octet-stream" }, { "Content-Encoding", "aes128gcm" }, { "Authorization", authorization },
    { "TTL", format("%d", TTL) }, { "Urgency", is_urgent and "high" or "normal" },
  }
  if send.group then headers[#headers + 1] = { "Topic", format("group-%d", send.group.number) } end
  return headers
end

function webpush.request(send)
  local address, account = send.address, send.account
  local receiver, auth, private = crypto.unbase64(address.p256dh), crypto.unbase64(address.auth), crypto.unbase64(account.private_key)
  local authorization = private and web_push.authorization(address.endpoint, account.subject, private, send.now)
  if not authorization then return nil, "Web Push: the private key in the settings is none: put the right one there, or make another provider" end
  local once = crypto.p256_new() -- its public half is found again
  local body = receiver and auth and #auth == 16 and web_push.encrypt(text_of(send), receiver, auth, crypto.random_bytes(16), once)
  if not body then return nil, "Web Push: the browser's keys are none: subscribe again on this device" end
  return { method = "POST", url = address.endpoint, headers = headers_of(send, authorization), body = body }
end

local AGAIN <const> = "Subscribe again on this device"
local RULES <const> = {
  name = "The push service", advice = {
    [400] = AGAIN, [401] = AGAIN .. ": the server's key is another one now", [403] = AGAIN .. ": the server's key is another one now",
    [404] = "The subscription is gone: subscribe again on this device", [410] = "The subscription is gone: subscribe again on this device",
    [413] = "The push service takes smaller messages only",
  },
  gone = { [404] = true, [410] = true },
}

function webpush.result(response, send)
  local refused = reply.refusal(response, send, RULES)
  if refused then return refused end
  local location = response.headers and response.headers.location
  return { state = "sent", id = location and not find(location, "[%s%c]") and cut.to(cut.clean(location), 300, "bytes") or nil }
end

webpush.examples = {
  { "a page", send = { is_important = true }, expect = { request = { method = "POST", url = "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    headers = { TTL = "3600", Urgency = "high", Topic = "group-12", ["Content-Encoding"] = "aes128gcm" }, lacks = { "Disk of db-1" } } } },
  { "called off", send = { kind = "cancel", group = { state = "acknowledged" } }, expect = { request = { headers = { Urgency = "normal", Topic = "group-12" } } } },
  { "keys that are none", send = { address = { p256dh = "BCVxsr7N" } }, expect = { refused = "the browser's keys are none" } },
  { "a private key that is none", send = { account = { private_key = "AAAA" } }, expect = { refused = "the private key in the settings is none" } },
  { "taken", response = { status = 201, headers = { location = "https://push.example.net/message/qDIYHNcfAIPP_5ITvURr-d6BGt" } },
    expect = { state = "sent", id = "https://push.example.net/message/qDIYHNcfAIPP_5ITvURr-d6BGt" } },
  { "too many", response = { status = 429, headers = { ["retry-after"] = "60" } }, expect = { state = "retry", after_ms = 60000 } },
  { "unsubscribed", response = { status = 410 }, expect = { state = "failed", gone = true } },
}

return webpush
