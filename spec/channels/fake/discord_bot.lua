--- Discord's API for messages of a bot. https://discord.com/developers/docs/resources/message#create-message, …#edit-message,
--- https://discord.com/developers/docs/components/reference
local fake = require "fake_provider"

local text, required, object, list = fake.text, fake.required, fake.object, fake.list

local embed = object {
  title = text { max = 256 }, description = text { max = 4096 }, url = fake.url(), color = fake.integer(0, 0xFFFFFF), image = object { url = required(fake.url()) },
}
local option = object { label = required(text { max = 100 }), value = required(text { max = 100 }), description = text { max = 100 }, default = fake.boolean }
local component = object {
  type = required(fake.integer(2, 3)), style = fake.integer(1, 5), label = text { max = 80 }, custom_id = text { max = 100 }, url = fake.url(), disabled = fake.boolean,
  placeholder = text { max = 150 }, options = list(option, 25), min_values = fake.integer(0, 25), max_values = fake.integer(1, 25),
}
local row = object { type = required(fake.integer(1, 1)), components = required(list(component, 5)) }
local edited = {
  content = text { max = 2000 }, embeds = list(embed, 10), components = list(row, 5), flags = fake.integer(0),
  allowed_mentions = required(object { parse = required(list(fake.one_of("roles", "users", "everyone"))) }),
}
local created = { nonce = text { max = 25 }, enforce_nonce = fake.boolean, tts = fake.boolean }
for key, shape in pairs(edited) do created[key] = shape end

local function refusal(status, code, words) return fake.json(status, { message = words, code = code }) end

-- What the reference says beside the shapes.
local function judge(body, state)
  local function complain(what) table.insert(state.complaints, what) end
  if #body.allowed_mentions.parse > 0 then complain("the message may mention somebody") end
  local seen = {}
  for _, one in ipairs(body.components or {}) do
    for _, c in ipairs(one.components) do
      if not c.custom_id or seen[c.custom_id] then complain("a component without a custom_id of its own") end
      seen[c.custom_id or ""] = true
      if c.type == 3 and #one.components > 1 then complain("a select shares its row") end
      if c.type == 2 and not (c.style and c.label) then complain("a button without style or label") end
    end
  end
end

local function sent(body, state, room, id)
  judge(body, state)
  return fake.json(200, { type = 0, content = body.content, embeds = body.embeds, id = id, channel_id = room })
end

return {
  handle = fake.provider {
    routes = {
      { path = "/api/v10/channels/(%d+)/messages", shape = object(created), answer = function(body, _, state, captures)
        state.message = "1503435956000247"
        return sent(body, state, captures[1], state.message)
      end },
      { method = "PATCH", path = "/api/v10/channels/(%d+)/messages/(%d+)", shape = object(edited), answer = function(body, _, state, captures)
        if captures[2] ~= state.message then return refusal(404, 10008, "Unknown Message") end
        return sent(body, state, captures[1], captures[2])
      end },
    },
    is_allowed = function(r, state) return r.headers.authorization == "Bot " .. state.account.token end,
    refusal = function(complaints) return refusal(400, 50035, "Invalid Form Body: " .. complaints[1]) end,
    faults = {
      unauthorized = function() return refusal(401, 0, "401: Unauthorized") end,
      limited = function() return fake.json(429, { message = "You are being rate limited.", retry_after = 1.337, global = false }, { ["retry-after"] = "2" }) end,
      gone = function() return refusal(404, 10003, "Unknown Channel") end,
      down = fake.down,
    },
  },
  limited_ms = 1337,
}
