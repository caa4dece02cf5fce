--- The Apprise API's stateful endpoint. https://github.com/caronc/apprise-api#api-details (POST /notify/{KEY})
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local message = object {
  title = text {}, body = required(text {}), type = fake.one_of("info", "success", "warning", "failure"), format = fake.one_of("text", "markdown", "html"), tag = text {},
  attach = fake.any, attachment = fake.any,
}

return {
  handle = fake.provider {
    routes = { { path = "/notify/([%w_-]+)", shape = message, answer = function(_, _, state, captures)
      if captures[1] ~= state.address.id then return fake.answer(204) end
      return fake.answer(200, "", { ["content-type"] = "text/html" })
    end } },
    is_allowed = function() return true end,
    refusal = function(complaints) return fake.json(400, { error = complaints[1] }) end,
    faults = {
      unauthorized = function() return fake.answer(403, "Forbidden: team-shop-7Qx") end, -- of a proxy: it has no accounts itself
      limited = function() return fake.answer(503, "", { ["retry-after"] = "8" }) end,
      gone = function() return fake.answer(204) end,
      down = fake.down,
    },
  },
  limited_ms = 8000,
}
