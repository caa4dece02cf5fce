--- A receiver of Standard Webhooks.
--- https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
local crypto = require "tocsin.crypto"
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local body = object {
  version = required(fake.integer(1, 1)), kind = required(text {}), key = required(text {}), sent_at = required(fake.integer(0)), is_important = required(fake.boolean),
  title = required(text { max = 500, unit = "points" }), message = text { max = 20000, unit = "points", blank = true }, image_url = fake.url(), source_link = fake.url(),
  group = object { id = text {}, number = required(fake.integer(1)), state = required(text {}), link = fake.url(), alerts_count = fake.integer(0), integration = text {},
    route = text {}, started_at = fake.integer(0), acknowledged_by = text {} },
  links = object { acknowledge = fake.url(), resolve = fake.url(), silence = fake.url() }, user = object { name = text {}, username = text {} }, more = fake.integer(1),
}

return {
  handle = fake.provider {
    routes = { { path = "(/ann)", shape = body, headers = { ["webhook-id"] = true, ["webhook-timestamp"] = true, ["webhook-signature"] = true },
      answer = function() return fake.answer(204) end } },
    is_allowed = function(r, state)
      local key = crypto.unbase64(state.address.secret:match "^whsec_(.*)$")
      local signed = ("%s.%s.%s"):format(r.headers["webhook-id"], r.headers["webhook-timestamp"], r.body)
      return r.headers["webhook-signature"] == "v1," .. crypto.base64(crypto.hmac("sha256", key, signed))
    end,
    faults = {
      unauthorized = function() return fake.answer(401) end,
      limited = function() return fake.answer(429, "", { ["retry-after"] = "9" }) end,
      gone = function() return fake.answer(410) end,
      down = fake.down,
    },
  },
  limited_ms = 9000,
}
