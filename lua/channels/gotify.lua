--- Gotify: push messages of your own server.
local sending <const> = require("sending")
local cut <const>, encode <const>, reply <const>, words <const> = sending.cut, sending.encode, sending.reply, sending.words

local gotify = {
  name = "Gotify",
  about = "Push messages of your own Gotify server",
  docs = { "https://gotify.net/docs/pushmsg", "https://gotify.net/docs/msgextras", "https://gotify.net/api-docs" },
  settings = { { "url", type = "url", required = true, about = "Address of the Gotify server" } },
  address = { { "token", type = "text", secret = true, required = true, max = 100, pattern = "^[%w._-]+$", about = "Token of an application in Gotify" } },
  limits = { per_target = { 5, 1000 }, per_provider = { 50, 1000 } },
  sample = { account = { url = "https://gotify.example.org" }, address = { token = "AbCdEf123456789" } },
}

local MESSAGE_MAX <const>, TITLE_MAX <const> = 8000, 500 -- ours: Gotify names no limit

local function message(send)
  local tail, text = words.tail(send), send.text.message or ""
  if send.group then tail = words.footer(send.group) .. (tail ~= "" and "\n" .. tail or "") end
  local all = cut.keep(text, (text ~= "" and tail ~= "" and "\n\n" or "") .. tail, MESSAGE_MAX, "points")
  return all ~= "" and all or send.text.title -- a message is required
end

local function extras(send)
  local link = words.link(send)
  return { ["client::display"] = { contentType = "text/plain" },
    ["client::notification"] = (link or send.text.image_url) and { click = link and { url = link }, bigImageUrl = send.text.image_url } or nil }
end

function gotify.request(send)
  local is_firing = not send.group or send.group.state == "firing"
  return encode.json_request("POST", encode.base(send.account.url) .. "/message", {
    title = cut.to(words.title(send), TITLE_MAX, "points"), message = message(send),
    priority = not is_firing and 2 or send.is_important and 10 or send.kind == "page" and 8 or 5,
    extras = extras(send),
  }, { { "X-Gotify-Key", send.address.token } })
end

local RULES <const> = {
  name = "Gotify", why = function(object) return reply.at(object, "errorDescription") or reply.at(object, "error") end,
  advice = {
    [401] = "Check the application's token in Gotify", [403] = "Use the token of an application, not of a client",
    [404] = "Check the server's address",
  },
  gone = { [401] = true, [403] = true },
}

function gotify.result(response, send)
  local refused = reply.refusal(response, send, RULES)
  return refused or { state = "sent", id = reply.find(response.body or "", "id") }
end

gotify.examples = {
  { "a page", send = { is_important = true }, expect = { request = { method = "POST", url = "https://gotify.example.org/message",
    headers = { ["X-Gotify-Key"] = "AbCdEf123456789" },
    json = { title = "#12 Disk of db-1 is full", priority = 10, message = "97 % used.\n\n#12 · Firing · 3 alerts · Shop · production\n" ..
      "Acknowledge: https://tocsin.example.org/act/ack1\nResolve: https://tocsin.example.org/act/res1\nSilence: https://tocsin.example.org/act/sil1\n" ..
      "https://tocsin.example.org/alert-groups/I4ZQ7",
      extras = { ["client::notification"] = { click = { url = "https://tocsin.example.org/alert-groups/I4ZQ7" } } } } } } },
  { "accepted", response = { status = 200, body = [[{"id":25,"appid":5,"message":"97 % used.","title":"x","priority":10,"date":"2026-01-01T00:00:00Z"}]] },
    expect = { state = "sent", id = "25" } },
  { "a wrong token", response = { status = 401, body = [[{"error":"Unauthorized","errorCode":401,"errorDescription":"you need to provide a valid access token or user credentials to access this api"}]] },
    expect = { state = "failed", gone = true } },
  { "a proxy that is busy", response = { status = 429, headers = { ["retry-after"] = "3" } }, expect = { state = "retry", after_ms = 3000 } },
}

return gotify
