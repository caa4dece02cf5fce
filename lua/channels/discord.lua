--- Discord: messages in a channel through its webhook, edited in place.
---
--- A webhook cannot have buttons that act, so the links stand in the message (a bot can: discord_bot.lua). The webhook's
--- address is the secret, and one webhook is one channel: a route names the provider.
local sending <const> = require("sending")
local encode <const>, message <const>, reply <const> = sending.encode, sending.discord, sending.reply
local find <const> = string.find

local discord = {
  name = "Discord",
  about = "Messages in a Discord channel, edited in place",
  docs = {
    "https://discord.com/developers/docs/resources/webhook#execute-webhook", "https://discord.com/developers/docs/resources/webhook#edit-webhook-message",
    "https://discord.com/developers/docs/resources/message#embed-object-embed-limits", "https://discord.com/developers/docs/topics/rate-limits",
  },
  look = { discord = "mattermost" },
  settings = {
    { "url", type = "url", required = true, secret = true, pattern = "/webhooks/%d+/[%w_-]+$",
      hint = "A webhook's URL looks like https://discord.com/api/webhooks/123/abc.", about = "Webhook URL (channel settings, Integrations)" },
  },
  address = {},
  room = { key = "id" },
  mention = { everyone = message.EVERYONE },
  limits = { per_provider = { 5, 2000 } },
  can = { update = true },
  sample = { account = { url = "https://discord.com/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11" }, address = {} },
}

function discord.request(send)
  local url = encode.base(send.account.url)
  if send.kind == "update" then
    local id = send.message and send.message.external_id
    if not id or not find(id, "^%d+$") then return nil, "Discord: the message to update is not known" end
    return encode.json_request("PATCH", url .. "/messages/" .. id, message.body(send))
  end
  local request = encode.json_request("POST", url .. "?wait=true", message.body(send))
  request.keep = 65536 -- the answer repeats the message before it says its id
  return request
end

local RULES <const> = message.rules {
  [401] = "Make a new webhook and put its URL into the settings", [403] = "Make a new webhook and put its URL into the settings",
  [404] = "The webhook or the message was deleted in Discord: make a new webhook and put its URL into the settings",
}

function discord.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  return refused or { state = "sent", id = message.id(response, object) or send.message and send.message.external_id }
end

discord.examples = {
  { "a page", send = {}, expect = { request = { method = "POST",
    url = "https://discord.com/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11?wait=true",
    json = { content = "Firing: Disk of db-1 is full", allowed_mentions = { parse = {} }, embeds = { { color = 0xa30200,
      description = "[**\\#12 Disk of db-1 is full**](https://tocsin.example.org/alert-groups/I4ZQ7)\n97 % used.\n\n\\#12 · Firing · 3 alerts · Shop · production\n" ..
        "[Acknowledge](https://tocsin.example.org/act/ack1) · [Resolve](https://tocsin.example.org/act/res1) · [Silence](https://tocsin.example.org/act/sil1) · [Source](https://grafana.example.org/d/1)" } } } } } },
  { "a group in its room, with a picture", send = { kind = "post", text = { image_url = "https://img.example.org/1.png" } },
    expect = { request = { json = { embeds = { { image = { url = "https://img.example.org/1.png" } } } } } } },
  { "resolved, in place", send = { kind = "update", group = { state = "resolved" }, message = { external_id = "1234567890" } },
    expect = { request = { method = "PATCH", json = { content = "Resolved: Disk of db-1 is full" }, lacks = { "act/ack1" } } } },
  { "posted", response = { status = 200, body = [[{"type":0,"content":"Firing: x","embeds":[],"id":"1234567890","channel_id":"42"}]] }, expect = { state = "sent", id = "1234567890" } },
  { "too fast", response = { status = 429, headers = { ["retry-after"] = "65" }, body = [[{"message":"You are being rate limited.","retry_after":64.57,"global":false}]] },
    expect = { state = "retry", after_ms = 64570 } },
  { "deleted", response = { status = 404, body = [[{"message":"Unknown Webhook","code":10015}]] }, expect = { state = "failed", gone = true } },
}

return discord
