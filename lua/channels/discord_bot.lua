--- Discord, by a bot: messages in channels and to people, edited in place, with buttons.
---
--- What a button sends comes to the app's Interactions Endpoint URL and is signed with the app's key (Ed25519, over a time that
--- is not taken later than five minutes). Discord tries that with wrong signatures and wants 401 for them.
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local cut <const>, encode <const>, inbound <const> = sending.cut, sending.encode, sending.inbound
local message <const>, reply <const>, words <const> = sending.discord, sending.reply, sending.words
local match <const>, sub <const> = string.match, string.sub

local discord_bot = {
  name = "Discord (bot)",
  about = "Messages of a bot in Discord channels and to people, edited in place, with buttons",
  docs = {
    "https://discord.com/developers/docs/resources/message#create-message", "https://discord.com/developers/docs/resources/message#edit-message",
    "https://discord.com/developers/docs/components/reference", "https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint",
    "https://discord.com/developers/docs/interactions/receiving-and-responding", "https://discord.com/developers/docs/topics/rate-limits",
  },
  look = { discord_bot = "mattermost" },
  settings = {
    { "token", type = "text", secret = true, required = true, max = 200, pattern = "^[%w._-]+$", about = "Token of the bot (Bot page of the app)" },
    { "public_key", type = "text", max = 64, pattern = "^" .. string.rep("%x", 64) .. "$", hint = "A public key has 64 hexadecimal digits.",
      about = "Public Key of the app (General Information), whose Interactions Endpoint URL leads here: with it messages have buttons; without it links" },
    { "api_url", type = "url", default = "https://discord.com/api/v10", about = "Where the API is" },
  },
  address = {
    { "id", type = "text", required = true, pattern = "^%d+$", max = 20, hint = "A channel's id is a number (Developer Mode, Copy Channel ID).",
      about = "Channel id; for a person the id of their direct messages with the bot" },
    { "user", type = "text", aside = true, person = true, pattern = "^%d+$", max = 20, hint = "A user's id is a number (Developer Mode, Copy User ID).",
      about = "Id of the person's user, so that the buttons they press act as them" },
  },
  room = { key = "id" },
  mention = { everyone = message.EVERYONE },
  limits = { per_target = { 5, 5000 }, per_provider = { 50, 1000 } },
  can = { update = true, buttons = true },
  sample = {
    account = { token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", public_key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8" },
    address = { id = "199737254929760256" },
  },
}

local ROW <const>, BUTTON <const>, SELECT <const> = 1, 2, 3 -- types of components
local PRIMARY <const>, SECONDARY <const> = 1, 2 -- styles of buttons

local function button(action, group)
  return { type = BUTTON, style = action.verb == "acknowledge" and PRIMARY or SECONDARY, label = action.label,
    custom_id = inbound.value(action.verb, group.number) }
end

local function silence_menu(action, group)
  local options = json.array()
  for i, silence in ipairs(words.SILENCES) do options[i] = { label = silence[1], value = inbound.value("silence", group.number, silence[2]) } end
  return { type = SELECT, custom_id = "silence", placeholder = action.label, options = options }
end

-- Buttons share a row; a menu has its own. Without any the list is empty, which takes away those of before.
local function components(send)
  local rows, buttons = json.array(), json.array()
  for _, action in ipairs(words.actions(send)) do
    if action.verb == "silence" then rows[1] = { type = ROW, components = json.array { silence_menu(action, send.group) } }
    else buttons[#buttons + 1] = button(action, send.group) end
  end
  if #buttons > 0 then table.insert(rows, 1, { type = ROW, components = buttons }) end
  return rows
end

-- A message is known by its channel and its number: "199737254929760256/1503435956000247".
local function parts_of(id) return match(id or "", "^(%d+)/(%d+)$") end

function discord_bot.request(send)
  local account, has_buttons = send.account, send.account.public_key ~= nil
  local room, id = parts_of(send.message and send.message.external_id)
  if send.kind == "update" and not id then return nil, "Discord: the message to update is not known" end
  local path = encode.base(account.api_url) .. "/channels/" .. (send.kind == "update" and room or send.address.id) .. "/messages"
  local body = message.body(send, has_buttons and #words.actions(send) > 0)
  body.components = has_buttons and components(send) or nil
  local headers = { { "Authorization", "Bot " .. account.token } }
  local request
  if send.kind == "update" then request = encode.json_request("PATCH", path .. "/" .. id, body, headers)
  else
    body.nonce, body.enforce_nonce = sub(send.key, -25), true -- the same message again is answered with the first
    request = encode.json_request("POST", path, body, headers)
  end
  request.keep = 65536 -- the answer repeats the message before it says its id
  return request
end

local RULES <const> = message.rules {
  [401] = "Put the bot's current token into the settings", [403] = "Let the bot see the channel, send messages and embed links there",
  [404] = "Check the channel's id; the channel or the message may have been deleted",
}
RULES.gone = { [404] = true }

function discord_bot.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if refused then return refused end
  local room = reply.at(object, "channel_id") or match(response.body or "", '"channel_id"%s*:%s*"(%d+)"') or send.address.id
  local id = message.id(response, object)
  return { state = "sent", id = id and room .. "/" .. id or send.message and send.message.external_id }
end

-- Coming in ---------------------------------------------------------------------------------------------------------

local function answer_of(body) return { status = 200, headers = { ["content-type"] = "application/json" }, body = json.encode(body) } end

local PING <const>, COMPONENT <const> = 1, 3                       -- types of interactions
local PONG <const>, MESSAGE <const>, LATER <const> = 1, 4, 6       -- types of answers; LATER: the message is edited when it is
local EPHEMERAL <const> = 64                                       -- seen by the person alone

-- What is said when nothing was done, to the person alone.
local function regret(why)
  return { answer = answer_of { type = MESSAGE, data = { content = cut.to(why, 2000, "utf16"), flags = EPHEMERAL,
    allowed_mentions = { parse = json.array() } } } }
end

local function is_signed(request, public_key)
  local stamp, signature = request.headers["x-signature-timestamp"], crypto.unhex(request.headers["x-signature-ed25519"] or "")
  if not signature or not inbound.is_recent(stamp, request.now, 300) then return false end
  return crypto.ed25519_verify(crypto.unhex(public_key), stamp .. request.body, signature)
end

local function value_of(data)
  if type(data) ~= "table" then return nil end
  return type(data.values) == "table" and data.values[1] or data.custom_id
end

function discord_bot.inbound(request, account)
  if not account.public_key then return nil, "Discord: there is no public key in the settings" end
  if not is_signed(request, account.public_key) then return nil, "Discord: the signature is wrong or too old", 401 end
  local body = json.decode(request.body)
  if type(body) ~= "table" then return nil, "Discord: the body is no interaction" end
  if body.type == PING then return { answer = answer_of { type = PONG } } end
  local user = reply.at(body, "member", "user", "id") or reply.at(body, "user", "id")
  local event = body.type == COMPONENT and inbound.event(value_of(body.data), type(user) == "string" and user or nil, reply.at(body, "id"))
  if not event then return regret("This means nothing here.") end
  return { event, answer = answer_of { type = LATER }, regret = regret }
end

discord_bot.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = { method = "POST", url = "https://discord.com/api/v10/channels/199737254929760256/messages",
    headers = { Authorization = "Bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs" },
    json = { content = "Firing: Disk of db-1 is full", allowed_mentions = { parse = {} }, nonce = "n-41", enforce_nonce = true,
      embeds = { { color = 0xa30200, description = "[**\\#12 Disk of db-1 is full**](https://tocsin.example.org/alert-groups/I4ZQ7)\n97 % used.\n\n" ..
        "\\#12 · Firing · 3 alerts · Shop · production\n[Source](https://grafana.example.org/d/1)" } },
      components = { { type = 1, components = { { type = 2, style = 1, label = "Acknowledge", custom_id = "acknowledge:12" }, { custom_id = "resolve:12" } } },
        { components = { { type = 3, custom_id = "silence", options = { { label = "30 minutes", value = "silence:12:1800000" }, {}, {}, {}, {} } } } } } } } } },
  { "a page of a bot whose app sends us nothing", send = { account = { public_key = false } }, expect = { request = { has = { "act/ack1" }, lacks = { "components" } } } },
  { "resolved, in place", send = { kind = "update", group = { state = "resolved" }, message = { external_id = "199737254929760256/1503435956000247" } },
    expect = { request = { method = "PATCH", url = "https://discord.com/api/v10/channels/199737254929760256/messages/1503435956000247",
      json = { content = "Resolved: Disk of db-1 is full", components = { { components = { { custom_id = "unresolve:12" } } } } }, lacks = { "nonce" } } } },
  { "a page", send = {}, expect = { request = { has = { "acknowledge:12" } } } },
  { "an update of a message that nobody knows", send = { kind = "update" }, expect = { refused = "the message to update is not known" } },
  { "posted", response = { status = 200, body = [[{"type":0,"content":"Firing: x","id":"1503435956000247","channel_id":"199737254929760256"}]] },
    expect = { state = "sent", id = "199737254929760256/1503435956000247" } },
  { "too fast", response = { status = 429, headers = { ["retry-after"] = "65" }, body = [[{"message":"You are being rate limited.","retry_after":64.57,"global":false}]] },
    expect = { state = "retry", after_ms = 64570 } },
  { "not let in", response = { status = 403, body = [[{"message":"Missing Access","code":50001}]] },
    expect = { state = "failed", error = "Discord answered 403: Missing Access. Let the bot see the channel, send messages and embed links there" } },
  { "deleted", response = { status = 404, body = [[{"message":"Unknown Channel","code":10003}]] }, expect = { state = "failed", gone = true } },
  { "Discord tries the endpoint", inbound = { headers = { ["x-signature-timestamp"] = "1767225600",
      ["x-signature-ed25519"] = "25aa4784bff62901fdfb578701f99af3dd1d7ebd0a0de05316b3453d30c2d592ce160c002a6c878a7fae2e0dd551179e7f002c0a600c04899e3c5fd7e652d00a" },
      body = [[{"type":1}]] }, expect = { events = {}, answer = { status = 200, body = '{"type":1}' } } },
  { "a button in a channel", inbound = { headers = { ["x-signature-timestamp"] = "1767225600",
      ["x-signature-ed25519"] = "fcbe7dccb482260d7dd37d4833090225222b23bc599366cbcebddfa18a8dc4a09496a5fb5ba89bd98773731d9eef52d6d64e70d8aaeae39f82db1a20cdcabf00" },
      body = [[{"type":3,"member":{"user":{"id":"80351110224678912"}},"data":{"custom_id":"acknowledge:12","component_type":2}}]] },
    expect = { events = { { verb = "acknowledge", group = 12, user_address = "80351110224678912" } }, answer = { body = '{"type":6}' } } },
  { "the menu in a direct message", inbound = { headers = { ["x-signature-timestamp"] = "1767225600",
      ["x-signature-ed25519"] = "5a21ae86bf8edd896e9e14a019aa1537e0e06bd04c7fb970933baccaabae5f8dcb77d4986b3b39088eb3666c4d8f38ee3601135f85c8dd1defc9e22b298d3d0f" },
      body = [[{"type":3,"user":{"id":"80351110224678912"},"data":{"custom_id":"silence","component_type":3,"values":["silence:12:14400000"]}}]] },
    expect = { events = { { verb = "silence", group = 12, silence_ms = 14400000, user_address = "80351110224678912" } } } },
  { "a forged button", inbound = { headers = { ["x-signature-timestamp"] = "1767225600",
      ["x-signature-ed25519"] = "fcbe7dccb482260d7dd37d4833090225222b23bc599366cbcebddfa18a8dc4a09496a5fb5ba89bd98773731d9eef52d6d64e70d8aaeae39f82db1a20cdcabf00" },
      body = [[{"type":3,"member":{"user":{"id":"80351110224678912"}},"data":{"custom_id":"acknowledge:13","component_type":2}}]] }, expect = { refused = "signature is wrong" } },
  { "a button of five minutes ago, replayed", inbound = { now = 1767225901000000, headers = { ["x-signature-timestamp"] = "1767225600",
      ["x-signature-ed25519"] = "25aa4784bff62901fdfb578701f99af3dd1d7ebd0a0de05316b3453d30c2d592ce160c002a6c878a7fae2e0dd551179e7f002c0a600c04899e3c5fd7e652d00a" },
      body = [[{"type":1}]] }, expect = { refused = "too old" } },
}

return discord_bot
