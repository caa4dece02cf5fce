--- ntfy's publishing as JSON. https://docs.ntfy.sh/publish/#publish-as-json and the limits of https://docs.ntfy.sh/config/
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local action = fake.typed({
  view = object { label = required(text {}), url = required(fake.url()), clear = fake.boolean },
  http = object { label = required(text {}), url = required(fake.url()), method = fake.one_of("GET", "POST", "PUT"), headers = fake.any,
    body = text {}, clear = fake.boolean },
}, "action")

local message = object {
  topic = required(text { pattern = "^[-_A-Za-z0-9]+$", max = 64 }), message = text { max = 4096, unit = "bytes", blank = true },
  title = text {}, tags = list(text {}), priority = fake.integer(1, 5), actions = list(action, 3), click = fake.url(),
  attach = fake.url(), markdown = fake.boolean, icon = fake.url(), filename = text {}, delay = text {}, email = text {}, call = text {},
  sequence_id = text { pattern = "^[-_A-Za-z0-9]+$", max = 64 },
}

local function refusal(status, code, error, headers)
  return fake.json(status, { code = code, http = status, error = error, link = "https://ntfy.sh/docs/publish/" }, headers)
end

return {
  handle = fake.provider {
    routes = { { path = "(/)", max = 32768, shape = message, answer = function(body, _, state)
      state.count = (state.count or 0) + 1
      state.messages = state.messages or {}
      state.messages[#state.messages + 1] = body
      return fake.json(200, { id = "sPs71M8A2T", time = 1767225600, expires = 1767268800, event = "message", topic = body.topic, message = body.message })
    end } },
    is_allowed = function(r, state) return r.headers.authorization == "Bearer " .. state.account.token end,
    refusal = function() return refusal(400, 40024, "invalid request: request body must be valid JSON") end,
    faults = {
      unauthorized = function() return refusal(401, 40101, "unauthorized") end,
      limited = function() return refusal(429, 42901, "limit reached: too many requests", { ["retry-after"] = "5" }) end,
      gone = function() return refusal(403, 40301, "forbidden") end,
      down = fake.down,
    },
  },
  limited_ms = 5000,
}
