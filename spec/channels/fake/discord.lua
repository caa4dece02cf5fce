--- Discord's webhooks. https://discord.com/developers/docs/resources/webhook#execute-webhook, …#edit-webhook-message,
--- limits of https://discord.com/developers/docs/resources/message#embed-object-embed-limits
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local embed = object {
  title = text { max = 256 }, description = text { max = 4096 }, url = fake.url(), color = fake.integer(0, 0xFFFFFF), image = object { url = required(fake.url()) },
  footer = object { text = required(text { max = 2048 }) }, fields = list(fake.any, 25), timestamp = text {},
}
local mentions = object { parse = required(list(fake.one_of("roles", "users", "everyone"))) }
local message = object {
  content = text { max = 2000 }, embeds = list(embed, 10), allowed_mentions = required(mentions), username = text { max = 80 }, avatar_url = fake.url(),
  tts = fake.boolean, flags = fake.integer(0), thread_name = text {},
}

local function refusal(status, code, words) return fake.json(status, { message = words, code = code }) end

local function total(body, complain)
  local n = fake.units.utf16(body.content or "")
  for _, e in ipairs(body.embeds or {}) do n = n + fake.units.utf16(e.description or "") end
  if n > 6000 + 2000 then complain("body", "has more than 6,000 characters in its embeds") end
  if #body.allowed_mentions.parse > 0 then complain("body", "may mention somebody") end
end

local function sent(body, _, state, id)
  total(body, function(where, what) table.insert(state.complaints, where .. " " .. what) end)
  return fake.json(200, { type = 0, content = body.content, embeds = body.embeds, id = id, channel_id = "199737254929760256" })
end

return {
  handle = fake.provider {
    routes = {
      { path = "/api/webhooks/(%d+)/[%w_-]+", shape = message, query = { wait = fake.one_of("true", "false"), thread_id = text {} }, answer = function(body, r, state)
        state.message = "1503435956000247"
        return sent(body, r, state, state.message)
      end },
      { method = "PATCH", path = "/api/webhooks/%d+/[%w_-]+/messages/(%d+)", shape = message, answer = function(body, r, state, captures)
        if captures[1] ~= state.message then return refusal(404, 10008, "Unknown Message") end
        return sent(body, r, state, captures[1])
      end },
    },
    is_allowed = function(r, state) return r.url:sub(1, #state.account.url) == state.account.url end,
    refusal = function(complaints) return refusal(400, 50035, "Invalid Form Body: " .. complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, 50027, "Invalid Webhook Token") end,
      limited = function() return fake.json(429, { message = "You are being rate limited.", retry_after = 1.337, global = false }, { ["retry-after"] = "2" }) end,
      gone = function() return refusal(404, 10015, "Unknown Webhook") end,
      down = fake.down,
    },
  },
  limited_ms = 1337,
}
