--- Rocket.Chat: messages of a bot, edited in place.
local sending <const> = require("sending")
local compose <const>, encode <const>, reply <const> = sending.compose, sending.encode, sending.reply
local syntax <const> = sending.syntax
local find <const>, match <const> = string.find, string.match

local rocketchat = {
  name = "Rocket.Chat",
  about = "Messages of a bot, edited in place",
  docs = {
    "https://developer.rocket.chat/apidocs/post-message", "https://developer.rocket.chat/apidocs/update-message",
    "https://developer.rocket.chat/docs/message-object", "https://docs.rocket.chat/docs/rate-limiter",
  },
  look = { rocketchat = "mattermost" },
  settings = {
    { "url", type = "url", required = true, about = "Address of the Rocket.Chat server" },
    { "user_id", type = "text", required = true, max = 50, pattern = "^%w+$", about = "Id of the bot's user" },
    { "token", type = "text", secret = true, required = true, max = 100, pattern = "^[%w_-]+$", about = "Personal access token of the bot" },
  },
  address = {
    { "id", type = "text", required = true, max = 100, pattern = "^[#@]?[%w._-]+$", hint = "Such as #alerts, @ann, or a room's id.", about = "#channel, @user or room id" },
  },
  room = { key = "id" },
  mention = { person = function(address) return match(address.id or "", "^@[%w._-]+$") end, everyone = "@all" },
  limits = { per_target = { 2, 1000 }, per_provider = { 10, 1000 } },
  can = { update = true, thread = true, notes = true },
  sample = { account = { url = "https://rocket.example.org", user_id = "aobEdbYhXfu5hkeqG", token = "9HqLlyZOugoStsXCUfD_0YdwnNnunAJF8V47U3QHXSq" }, address = { id = "#alerts" } },
}

local TEXT_MAX <const> = 5000 -- characters: the server's default (Message_MaxAllowedSize)

local function call(send, path, body)
  local account = send.account
  local request = encode.json_request("POST", encode.base(account.url) .. "/api/v1/" .. path, body, { { "X-Auth-Token", account.token }, { "X-User-Id", account.user_id } })
  request.keep = 65536 -- the answer repeats the message before it says its id
  return request
end

function rocketchat.request(send)
  local text, known = compose.text(send, syntax.markdown, TEXT_MAX, "utf16"), send.message
  local room, id = match(known and (send.kind == "thread" and known.thread_id or known.external_id) or "", "^(.+)/(%w+)$")
  if not id and (send.kind == "update" or send.kind == "thread") then return nil, "Rocket.Chat: the message is not known" end
  if send.kind == "update" then return call(send, "chat.update", { roomId = room, msgId = id, text = text }) end
  local body = { text = text, tmid = send.kind == "thread" and id or nil, parseUrls = false }
  if room and send.kind == "thread" then body.roomId = room
  elseif find(send.address.id, "^[#@]") then body.channel = send.address.id
  else body.roomId = send.address.id end
  return call(send, "chat.postMessage", body)
end

local RULES <const> = {
  name = "Rocket.Chat", why = function(object) return reply.at(object, "error") or reply.at(object, "message") end,
  after = function(object) return (tonumber(match(tostring(object.error), "wait (%d+) seconds")) or -0.001) * 1000 end,
  advice = {
    [401] = "Put the bot's user id and a valid token into the settings", [403] = "Give the bot the right to post there", [404] = "Check the server's address",
    [400] = "Check the room, and that the bot is in it",
  },
}

function rocketchat.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if refused then return refused end
  if object.success == false then return { state = "failed", error = "Rocket.Chat refused the message: " .. tostring(reply.at(object, "error")) } end
  local room, number = reply.at(object, "message", "rid"), reply.at(object, "message", "_id")
  local id = room and number and room .. "/" .. number or send.message and send.message.external_id
  return { state = "sent", id = id, thread = id }
end

rocketchat.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = { method = "POST", url = "https://rocket.example.org/api/v1/chat.postMessage",
    headers = { ["X-Auth-Token"] = "9HqLlyZOugoStsXCUfD_0YdwnNnunAJF8V47U3QHXSq", ["X-User-Id"] = "aobEdbYhXfu5hkeqG" },
    json = { channel = "#alerts", parseUrls = false }, has = { "[**\\\\#12 Disk of db-1 is full**](https://tocsin.example.org/alert-groups/I4ZQ7)", "act/ack1" } } } },
  { "a page to a room by id", send = { address = { id = "GENERAL" } }, expect = { request = { json = { roomId = "GENERAL" } } } },
  { "acknowledged, in place", send = { kind = "update", group = { state = "acknowledged", acknowledged_by = "@all" }, message = { external_id = "GENERAL/jC9chsFddTvsbFQG7" } },
    expect = { request = { url = "https://rocket.example.org/api/v1/chat.update", json = { roomId = "GENERAL", msgId = "jC9chsFddTvsbFQG7" }, lacks = { "@all" } } } },
  { "a line in the thread", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false }, message = { thread_id = "GENERAL/jC9chsFddTvsbFQG7" } },
    expect = { request = { json = { roomId = "GENERAL", tmid = "jC9chsFddTvsbFQG7", text = "**Ann was called.**" } } } },
  { "sent", response = { status = 200, body = [[{"ts":1481748965123,"channel":"general","message":{"msg":"x","rid":"GENERAL","_id":"jC9chsFddTvsbFQG7"},"success":true}]] },
    expect = { state = "sent", id = "GENERAL/jC9chsFddTvsbFQG7", thread = "GENERAL/jC9chsFddTvsbFQG7" } },
  { "too fast", response = { status = 429, body = [[{"success":false,"error":"Error, too many requests. Please slow down. You must wait 46 seconds before trying this endpoint again. [error-too-many-requests]"}]] },
    expect = { state = "retry", after_ms = 46000 } },
  { "logged out", response = { status = 401, body = [[{"status":"error","message":"You must be logged in to do this."}]] }, expect = { state = "failed" } },
}

return rocketchat
