--- Pushover's messages and receipts. https://pushover.net/api, https://pushover.net/api/receipts
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local KEY = text { pattern = "^%w+$", max = 30 }
local message = object {
  token = required(KEY), user = required(KEY), message = required(text { max = 1024, unit = "points" }), title = text { max = 250, unit = "points" },
  device = text { pattern = "^[%w_,-]+$" }, url = fake.url(512), url_title = text { max = 100, unit = "points" }, priority = fake.integer(-2, 2), sound = text {},
  timestamp = fake.integer(0), retry = fake.integer(30), expire = fake.integer(1, 10800), callback = fake.url(), html = fake.one_of("1"), monospace = fake.one_of("1"),
  tags = text {}, ttl = fake.integer(1),
}

local function refusal(status, errors, more)
  local body = { status = 0, request = "5042853c-402d-4a18-abcb-168734a801de", errors = errors }
  for key, value in pairs(more or {}) do body[key] = value end
  return fake.json(status, body)
end

local function post(body)
  if body.priority == "2" and not (body.retry and body.expire) then return refusal(400, { "retry and expire are required" }) end
  return fake.json(200, { status = 1, request = "647d2300-702c-4b38-8b2f-d56326ae460b", receipt = body.priority == "2" and "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy" or nil })
end

return {
  handle = fake.provider {
    routes = {
      { path = "(/1/messages%.json)", body = "form", shape = message, answer = post },
      { path = "/1/receipts/(%w+)/cancel%.json", body = "form", shape = object { token = required(KEY) },
        answer = function() return fake.json(200, { status = 1, request = "647d2300" }) end },
    },
    is_allowed = function(r, state) return fake.form(r.body).token == state.account.token end,
    refusal = function(complaints) return refusal(400, complaints) end,
    faults = {
      unauthorized = function() return refusal(400, { "application token is invalid" }, { token = "invalid" }) end,
      limited = function() return fake.answer(503, "", { ["retry-after"] = "5" }) end,
      gone = function() return refusal(400, { "user identifier is invalid" }, { user = "invalid" }) end,
      down = fake.down,
    },
  },
  limited_ms = 5000,
}
