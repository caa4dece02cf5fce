--- Zulip's messages. https://zulip.com/api/send-message, https://zulip.com/api/update-message, https://zulip.com/api/rest-error-handling
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local CONTENT = text { max = 10000, unit = "points" }
local message = object {
  type = required(fake.one_of("direct", "private", "stream", "channel")), to = required(text {}), content = required(CONTENT),
  topic = text { max = 60, unit = "points", pattern = "^[^\n]+$" },
  queue_id = text {}, local_id = text {}, read_by_sender = text {},
}
local update = object {
  content = CONTENT, topic = text { max = 60, unit = "points" }, propagate_mode = fake.one_of("change_one", "change_later", "change_all"),
  send_notification_to_old_thread = text {}, send_notification_to_new_thread = text {}, stream_id = fake.integer(1),
}

local function refusal(status, code, words, more, headers)
  local body = { result = "error", code = code, msg = words }
  for key, value in pairs(more or {}) do body[key] = value end
  return fake.json(status, body, headers)
end

local function quiet(body, state)
  if body.content:find "@_?%*" or body.content:find "#%*%*" then table.insert(state.complaints, "the message mentions somebody: " .. body.content:sub(1, 300)) end
end

return {
  handle = fake.provider {
    routes = {
      { path = "(/api/v1/messages)", body = "form", shape = message, answer = function(body, _, state)
        quiet(body, state)
        if body.type == "stream" and not body.topic then return refusal(400, "BAD_REQUEST", "Topic couldn't be empty") end
        state.id = 42
        return fake.json(200, { id = 42, msg = "", result = "success" })
      end },
      { method = "PATCH", path = "/api/v1/messages/(%d+)", body = "form", shape = update, answer = function(body, _, state, captures)
        quiet(body, state)
        if tonumber(captures[1]) ~= state.id then return refusal(400, "BAD_REQUEST", "Invalid message(s)") end
        return fake.json(200, { msg = "", result = "success" })
      end },
    },
    is_allowed = function(r, state) return r.headers.authorization == fake.basic(state.account.email, state.account.key) end,
    refusal = function(complaints) return refusal(400, "BAD_REQUEST", complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "UNAUTHORIZED", "Invalid API key") end,
      limited = function()
        return refusal(429, "RATE_LIMIT_HIT", "API usage exceeded rate limit", { ["retry-after"] = 28.706807374954224 }, { ["retry-after"] = "28.706807374954224" })
      end,
      gone = function() return refusal(400, "STREAM_DOES_NOT_EXIST", "Channel 'alerts' does not exist", { stream = "alerts" }) end,
      down = fake.down,
    },
  },
  limited_ms = 28707,
}
