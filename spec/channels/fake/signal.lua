--- signal-cli-rest-api. https://bbernhard.github.io/signal-cli-rest-api/ (POST /v2/send)
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local message = object {
  number = required(text { pattern = "^%+%d+$" }), recipients = required(fake.list(text { pattern = "^[+%a]" })), message = required(text { max = 2000, unit = "bytes" }),
  text_mode = fake.one_of("normal", "styled"), base64_attachments = fake.any, mentions = fake.any, quote_author = text {}, sticker = text {}, notify_self = fake.boolean,
  edit_timestamp = fake.integer(0), link_preview = fake.any,
}

return {
  handle = fake.provider {
    routes = { { path = "(/v2/send)", shape = message, answer = function() return fake.json(201, { timestamp = "1767225600123" }) end } },
    is_allowed = function() return true end,
    refusal = function(complaints) return fake.json(400, { error = complaints[1] }) end,
    faults = {
      unauthorized = function() return fake.answer(401, "Unauthorized") end, -- of a proxy: it has no accounts itself
      limited = function() return fake.answer(429, "", { ["retry-after"] = "4" }) end,
      gone = function() return fake.json(400, { error = "Unregistered user +15558675310" }) end,
      down = fake.down,
    },
  },
  limited_ms = 4000,
}
