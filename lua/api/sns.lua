--- What becomes of a request of Amazon SNS whose signature is to be checked, and the confirmation of a subscription.
---
--- Called from C on a worker (core/engine/intake_sign.c). A certificate is fetched once and kept as long as this state lives.
local json = require("tocsin.json")
local port = require("tocsin.port")
local sns = require("sns")

local api_sns = {}

local TIMEOUT_MS <const>, KEEP <const>, KEPT_MAX <const> = 8000, 65536, 16

local kept, count = {}, 0

local function fetch(url)
  local answer, sentence = port.call("fetch", { method = "GET", url = url, headers = json.array {}, body = "",
    timeout_ms = TIMEOUT_MS, keep = KEEP, is_guarded = true })
  if not answer then return nil, sentence end
  if answer.failure then return nil, answer.failure end
  if answer.status ~= 200 then return nil, "the answer is " .. answer.status, true end
  return answer.body
end

-- The certificate, or nil with the verdict: what Amazon's own server does not have is a forgery.
local function certificate_of(url)
  if not sns.is_amazon(url) or not string.find(url, "%.pem$") then
    return nil, "refused", "SigningCertURL is not an address of Amazon SNS."
  end
  if kept[url] then return kept[url] end
  local pem, why, is_answer = fetch(url)
  if not pem then
    return nil, is_answer and "refused" or "later", "The certificate at SigningCertURL cannot be fetched: " .. why
  end
  if count >= KEPT_MAX then kept, count = {}, 0 end
  kept[url], count = pem, count + 1
  return pem
end

local function check(envelope, topics, now_us)
  if topics ~= "" and not sns.is_of(envelope, topics) then
    return "refused", "The message is of a topic that the integration's signing_secret does not name."
  end
  local pem, verdict, why = certificate_of(envelope.SigningCertURL)
  if not pem then return verdict, why end
  if sns.is_signed(envelope, pem, now_us // 1000000) then return "pass" end
  return "refused", "The signature of the message does not go with the certificate at SigningCertURL."
end

-- Subscriptions that cannot be confirmed from here become an alert with the link, for a person to open.
local function confirm(envelope)
  if not sns.is_amazon(envelope.SubscribeURL) then return "refused", "SubscribeURL is not an address of Amazon SNS." end
  return fetch(envelope.SubscribeURL) and "confirmed" or "pass"
end

---@param body string
---@param topics string ARNs that are allowed, or "": all, and only confirmations are looked at
---@param now_us integer
---@return "pass"|"confirmed"|"refused"|"later" verdict
---@return string|nil sentence
function api_sns.judge(body, topics, now_us)
  local envelope = sns.envelope(body)
  if not envelope then
    if topics == "" then return "pass" end
    return "refused", "The message is not signed: switch raw message delivery off."
  end
  local verdict, why = check(envelope, topics, now_us)
  local is_confirmation = envelope.Type == "SubscriptionConfirmation"
  if verdict == "pass" and is_confirmation then return confirm(envelope) end
  if verdict == "later" and topics == "" then return "pass" end
  return verdict, why
end

return api_sns
