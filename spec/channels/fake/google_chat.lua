--- A space's webhook in Google Chat. https://developers.google.com/workspace/chat/quickstart/webhooks,
--- https://developers.google.com/workspace/chat/api/reference/rest/v1/cards, 32,000 bytes a message
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local TAGS = { b = true, i = true, u = true, s = true, a = true, br = true, font = true }

local function card_text(v, where, complain)
  text {} (v, where, complain)
  for name in v:gmatch "</?([^%s<>/]*)" do
    if not TAGS[name] then complain(where, "has the tag " .. name) end
  end
end

local button = object { text = required(text {}), onClick = required(object { openLink = required(object { url = required(fake.url()) }) }) }
local widget = function(v, where, complain)
  object { textParagraph = object { text = required(card_text) }, image = object { imageUrl = required(fake.url()), altText = text {} },
    buttonList = object { buttons = required(list(button)) } } (v, where, complain)
  if next(v) == nil or next(v, next(v)) then complain(where, "must be one widget") end
end
local card = object {
  header = object { title = required(text {}), subtitle = text {} }, sections = list(object { header = text {}, widgets = required(list(widget, 100)) }, 100),
}
local message = object {
  text = text { max = 4096 }, cardsV2 = list(object { cardId = required(text {}), card = required(card) }), fallbackText = text {},
  thread = object { threadKey = text { max = 4000 } },
}

local function refusal(status, code, words) return fake.json(status, { error = { code = status, message = words, status = code } }) end

return {
  handle = fake.provider {
    routes = { { path = "/v1/spaces/([%w_-]+)/messages", max = 32000, shape = message,
      query = { key = text {}, token = text {}, threadKey = text {}, messageReplyOption = fake.one_of("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", "REPLY_MESSAGE_OR_FAIL") },
      answer = function(_, _, _, captures)
        local name = "spaces/" .. captures[1]
        return fake.json(200, { name = name .. "/messages/UBHHVc_AAAA.UBHHVc", thread = { name = name .. "/threads/UBHHVc" }, createTime = "2026-01-01T00:00:00Z" })
      end } },
    is_allowed = function(r) return r.args.token == "s3cr3tTokenOfTheWebhook" end,
    refusal = function(complaints) return refusal(400, "INVALID_ARGUMENT", complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "UNAUTHENTICATED", "The request is missing a valid API key: AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI") end,
      limited = function() return refusal(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).") end,
      gone = function() return refusal(404, "NOT_FOUND", "Resource not found") end,
      down = fake.down,
    },
  },
}
