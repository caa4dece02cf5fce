--- Rocket.Chat's messages. https://developer.rocket.chat/apidocs/post-message, https://developer.rocket.chat/apidocs/update-message
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local TEXT = text { max = 5000 }
local message = object {
  roomId = text { pattern = "^%w+$" }, channel = text { pattern = "^[#@]" }, text = required(TEXT), alias = text {}, emoji = text {}, avatar = fake.url(), attachments = fake.any,
  tmid = text { pattern = "^%w+$" }, parseUrls = fake.boolean, customFields = fake.any,
}
local update = object { roomId = required(text {}), msgId = required(text {}), text = required(TEXT), previewUrls = fake.any, customFields = fake.any }
local HEADERS = { ["x-auth-token"] = true, ["x-user-id"] = true }

local function quiet(body, state)
  for _, name in ipairs { "@all", "@here" } do
    if body.text:find(name, 1, true) then table.insert(state.complaints, "the message mentions " .. name) end
  end
end

local function sent(body, room, id)
  return fake.json(200, { ts = 1481748965123, channel = "alerts", message = { msg = body.text, rid = room, _id = id, u = { username = "tocsin" } }, success = true })
end

return {
  handle = fake.provider {
    routes = {
      { path = "(/api/v1/chat%.postMessage)", headers = HEADERS, shape = message, answer = function(body, _, state)
        quiet(body, state)
        if (body.channel == nil) == (body.roomId == nil) then return fake.json(400, { success = false, error = "[invalid-params]" }) end
        state.id = "jC9chsFddTvsbFQG7"
        return sent(body, "GENERAL", state.id)
      end },
      { path = "(/api/v1/chat%.update)", headers = HEADERS, shape = update, answer = function(body, _, state)
        quiet(body, state)
        if body.msgId ~= state.id then return fake.json(400, { success = false, error = 'No message found with the id of "x".' }) end
        return sent(body, body.roomId, body.msgId)
      end },
    },
    is_allowed = function(r, state) return r.headers["x-auth-token"] == state.account.token and r.headers["x-user-id"] == state.account.user_id end,
    refusal = function(complaints) return fake.json(400, { success = false, error = complaints[1] }) end,
    faults = {
      unauthorized = function() return fake.json(401, { status = "error", message = "You must be logged in to do this." }) end,
      limited = function()
        return fake.json(429, { success = false,
          error = "Error, too many requests. Please slow down. You must wait 46 seconds before trying this endpoint again. [error-too-many-requests]" })
      end,
      gone = function() return fake.json(400, { success = false, error = "[invalid-channel]" }) end,
      down = fake.down,
    },
  },
  limited_ms = 46000,
}
