--- A person's own webhook: the page as JSON, posted to an address of their own, signed. Or one of the outgoing webhooks with
--- the trigger "personal notification" (lua/webhook.lua), which needs no provider.
---
--- The signature is that of Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", so ready-made checkers read it. The id
--- is the notification's key, the same in every attempt.
local crypto <const> = require("tocsin.crypto")
local cut <const> = require("sending.cut")
local json <const> = require("tocsin.json")
local reply <const> = require("sending.reply")
local format <const> = string.format

local webhook = {
  name = "Webhook",
  about = "A page as JSON to an address of your own",
  docs = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  settings = {},
  address = {
    { "url", type = "url", secret = true, about = "Address that takes a POST" },
    { "webhook", type = "text", max = 20, pattern = "^WH%w+$", about = "Instead of it: an outgoing webhook for personal notifications" },
    { "context", type = "text", secret = true, aside = true, max = 10000, about = "JSON that its templates see as event.user" },
    { "secret", type = "text", secret = true, aside = true, max = 200, about = "Key of the signature" },
    { "authorization", type = "text", secret = true, aside = true, max = 1000, about = "Value of the header Authorization" },
  },
  limits = { per_target = { 5, 1000 } },
  sample = { account = {}, address = { url = "https://hooks.example.org/ann", secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" } },
}

local MESSAGE_MAX <const> = 20000 -- code points

local function group_of(group)
  return group and { id = group.id, number = group.number, state = group.state, link = group.link, alerts_count = group.alerts_count,
    integration = group.integration, route = group.route, started_at = group.started_at, acknowledged_by = group.acknowledged_by }
end

local function links_of(links)
  return links and { acknowledge = links.acknowledge, resolve = links.resolve, silence = links.silence }
end

local function body_of(send)
  return assert(json.encode {
    version = 1, kind = send.kind, key = send.key, sent_at = send.now, is_important = send.is_important == true,
    title = cut.to(send.text.title, 500, "points"), message = send.text.message and cut.to(send.text.message, MESSAGE_MAX, "points"),
    image_url = send.text.image_url, source_link = send.text.source_link, group = group_of(send.group), links = links_of(send.links),
    user = send.user and { name = send.user.name, username = send.user.username }, more = send.more,
  })
end

-- A secret of Standard Webhooks is "whsec_" and base64; any other text is the key itself.
local function key_of(secret)
  local code = string.match(secret, "^whsec_(.+)$")
  return code and crypto.unbase64(code) or secret
end

function webhook.request(send)
  if not send.address.url then return nil, "The webhook: there is no address" end
  local address, body, stamp = send.address, body_of(send), format("%d", send.now // 1000000)
  local headers = { { "Content-Type", "application/json" }, { "Webhook-Id", send.key }, { "Webhook-Timestamp", stamp } }
  if address.secret then
    local code = crypto.base64(crypto.hmac("sha256", key_of(address.secret), format("%s.%s.%s", send.key, stamp, body)))
    headers[#headers + 1] = { "Webhook-Signature", "v1," .. code }
  end
  if address.authorization then headers[#headers + 1] = { "Authorization", address.authorization } end
  return { method = "POST", url = address.url, headers = headers, body = body }
end

local CHECK <const> = "Check the address and what it asks for"
local RULES <const> = {
  name = "The webhook", advice = { [400] = CHECK, [401] = CHECK, [403] = CHECK, [404] = CHECK, [410] = "The address is no more: remove it" },
  gone = { [404] = true, [410] = true },
}

function webhook.result(response, send)
  return (reply.refusal(response, send, RULES)) or { state = "sent", id = response.headers and response.headers["webhook-id"] }
end

webhook.examples = {
  { "a page", send = {}, expect = { request = { method = "POST", url = "https://hooks.example.org/ann",
    headers = { ["Webhook-Id"] = "n-41", ["Webhook-Timestamp"] = "1767225600", ["Content-Type"] = "application/json" },
    json = { version = 1, kind = "page", key = "n-41", title = "Disk of db-1 is full", message = "97 % used.", is_important = false,
      group = { number = 12, id = "I4ZQ7", state = "firing", alerts_count = 3 }, links = { acknowledge = "https://tocsin.example.org/act/ack1" }, user = { username = "ann" } } } } },
  { "a header of one's own, and no signature", send = { address = { secret = false, authorization = "Bearer abc" } },
    expect = { request = { headers = { Authorization = "Bearer abc" } } } },
  { "no address", send = { address = { url = false } }, expect = { refused = "there is no address" } },
  { "taken", response = { status = 204 }, expect = { state = "sent" } },
  { "busy", response = { status = 503, headers = { ["retry-after"] = "120" } }, expect = { state = "retry", after_ms = 120000 } },
  { "gone", response = { status = 410 }, expect = { state = "failed", gone = true, error = "The webhook answered 410. The address is no more: remove it" } },
  { "a redirect is not followed", response = { status = 302, headers = { location = "http://169.254.169.254/" } }, expect = { state = "failed", error = "The webhook answered 302" } },
}

return webhook
