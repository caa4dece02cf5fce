--- Webex's messages. https://developer.webex.com/docs/api/v1/messages/create-a-message, …/edit-a-message
local fake = require "fake_provider"

local text, required, object = fake.text, fake.required, fake.object

local WORDS = text { max = 7439, unit = "bytes" }
local message = object {
  roomId = text {}, toPersonId = text {}, toPersonEmail = text { pattern = "^[^@]+@[^@]+$" }, parentId = text {}, text = WORDS, markdown = WORDS, html = WORDS, files = fake.any,
  attachments = fake.any,
}
local update = object { roomId = required(text {}), text = WORDS, markdown = WORDS, html = WORDS }

local function refusal(status, words, headers)
  return fake.json(status, { message = words, errors = { { description = words } }, trackingId = "ROUTER_5B4A" }, headers)
end

local function quiet(body, state)
  if body.markdown:find "<@%w" then table.insert(state.complaints, "the message mentions somebody") end
end

return {
  handle = fake.provider {
    routes = {
      { path = "(/v1/messages)", shape = message, answer = function(body, _, state)
        quiet(body, state)
        if (body.roomId == nil) == (body.toPersonEmail == nil) then return refusal(400, "Exactly one of roomId, toPersonId or toPersonEmail is required.") end
        state.id = "TWVzc2FnZQ"
        return fake.json(200, { id = state.id, roomId = "Um9vbQ", roomType = "group", text = body.text, markdown = body.markdown, created = "2026-01-01T00:00:00.000Z" })
      end },
      { method = "PUT", path = "/v1/messages/([%w_=-]+)", shape = update, answer = function(body, _, state, captures)
        quiet(body, state)
        if captures[1] ~= state.id then return refusal(404, "Could not find a message with provided ID.") end
        return fake.json(200, { id = state.id, roomId = body.roomId, text = body.text })
      end },
    },
    is_allowed = function(r, state) return r.headers.authorization == "Bearer " .. state.account.token end,
    refusal = function(complaints) return refusal(400, complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, "The request requires a valid access token set in the Authorization request header.") end,
      limited = function() return refusal(429, "Too many requests.", { ["retry-after"] = "17" }) end,
      gone = function() return refusal(404, "Could not find a room with provided ID.") end,
      down = fake.down,
    },
  },
  limited_ms = 17000,
}
