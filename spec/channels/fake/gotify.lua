--- Gotify's message endpoint. https://gotify.net/api-docs (createMessage), https://gotify.net/docs/msgextras
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local message = object {
  title = text {}, message = required(text {}), priority = fake.integer(0, 10),
  extras = object {
    ["client::display"] = object { contentType = fake.one_of("text/plain", "text/markdown") },
    ["client::notification"] = object { click = object { url = fake.url() }, bigImageUrl = fake.url() },
  },
}

local function refusal(status, error, description)
  return fake.json(status, { error = error, errorCode = status, errorDescription = description })
end

return {
  handle = fake.provider {
    routes = { { path = "(/message)", shape = message, headers = { ["x-gotify-key"] = true }, answer = function(body)
      return fake.json(200, { id = 25, appid = 5, message = body.message, title = body.title, priority = body.priority, date = "2026-01-01T00:00:00Z" })
    end } },
    is_allowed = function(r, state) return r.headers["x-gotify-key"] == state.address.token end,
    refusal = function(complaints) return refusal(400, "Bad Request", complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "Unauthorized", "you need to provide a valid access token or user credentials to access this api") end,
      limited = function() return fake.answer(429, "", { ["retry-after"] = "3" }) end,
      gone = function() return refusal(403, "Forbidden", "you are not allowed to access this api") end,
      down = fake.down,
    },
  },
  limited_ms = 3000,
}
