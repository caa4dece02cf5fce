--- Messages of Amazon SNS: what of one is signed, and which addresses in it may be believed. Pure.
---
--- https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html (read 2026-11).
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

local sns = {}

local NOTIFICATION <const> = { "Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type" }
local CONFIRMATION <const> = { "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type" }
local SIGNED <const> = { Notification = NOTIFICATION, SubscriptionConfirmation = CONFIRMATION,
  UnsubscribeConfirmation = CONFIRMATION }

local DIGESTS <const> = { ["1"] = "sha1", ["2"] = "sha256" }

local function text_of(v) return type(v) == "string" and v or nil end

---The envelope in a body, or nil: a raw message, or something else.
---@param body string
---@return table|nil
function sns.envelope(body)
  local value = json.decode(body)
  if type(value) ~= "table" or not SIGNED[value.Type] or not text_of(value.Signature) then return nil end
  return value
end

---Is this an address of Amazon SNS itself, over HTTPS? Nothing else is ever fetched: the body is anybody's.
---@param url any
---@return boolean
function sns.is_amazon(url)
  local host = text_of(url) and #url <= 2000 and string.match(url, "^https://([%w.-]+)/[%w%-._~/?&=%%:+]*$")
  return host ~= nil and (string.find(host, "^sns%.[%w-]+%.amazonaws%.com$") ~= nil
    or string.find(host, "^sns%.[%w-]+%.amazonaws%.com%.cn$") ~= nil)
end

---The text that is signed: names and values, a line each, in the order of the document.
---@param envelope table
---@return string
function sns.signed_text(envelope)
  local lines = {}
  for _, name in ipairs(SIGNED[envelope.Type]) do
    local value = text_of(envelope[name])
    if value then lines[#lines + 1] = name .. "\n" .. value .. "\n" end
  end
  return table.concat(lines)
end

---Is the envelope signed by this certificate?
---@param envelope table
---@param pem string
---@param now_s integer
---@return boolean
function sns.is_signed(envelope, pem, now_s)
  local digest = DIGESTS[tostring(envelope.SignatureVersion)]
  local signature = crypto.unbase64(envelope.Signature)
  return digest ~= nil and signature ~= nil
    and crypto.certificate_verify(pem, digest, now_s, sns.signed_text(envelope), signature)
end

---Is the envelope's topic among those that the operator named (by white space or commas)?
---@param envelope table
---@param topics string
---@return boolean
function sns.is_of(envelope, topics)
  for topic in string.gmatch(topics, "[^%s,]+") do
    if envelope.TopicArn == topic then return true end
  end
  return false
end

return sns
