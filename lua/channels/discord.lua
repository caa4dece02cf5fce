--- Discord: messages in a channel through its webhook, edited in place.
---
--- A webhook cannot have buttons that act, so the links stand in the message. allowed_mentions is empty: nothing in an alert
--- can call anybody. The webhook's address is the secret, and one webhook is one channel: a route names the provider.
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const>, reply <const> = sending.compose, sending.cut, sending.encode, sending.reply
local syntax <const>, words <const> = sending.syntax, sending.words
local find <const>, match <const> = string.find, string.match

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
  limits = { per_provider = { 5, 2000 } },
  can = { update = true },
  sample = { account = { url = "https://discord.com/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11" }, address = {} },
}

local DESCRIPTION_MAX <const>, CONTENT_MAX <const> = 4000, 2000 -- characters; an embed's description holds 4,096

local function colour(send)
  return tonumber(string.sub(words.COLOURS[send.group and send.group.state or "resolved"], 2), 16)
end

local function body_of(send)
  local embed = { description = compose.text(send, syntax.markdown, DESCRIPTION_MAX, "utf16"), color = colour(send) }
  if send.text.image_url then embed.image = { url = send.text.image_url } end
  -- What a phone shows of the message; the embed has it all.
  local state = send.group and words.state(send.group) .. ": " or ""
  return { content = cut.keep_markup(syntax.markdown.escape(state) .. send.text.title, "", CONTENT_MAX, "utf16", syntax.markdown),
    embeds = json.array { embed }, allowed_mentions = { parse = json.array() } }
end

function discord.request(send)
  local url = encode.base(send.account.url)
  if send.kind == "update" then
    local id = send.message and send.message.external_id
    if not id or not find(id, "^%d+$") then return nil, "Discord: the message to update is not known" end
    return encode.json_request("PATCH", url .. "/messages/" .. id, body_of(send))
  end
  local request = encode.json_request("POST", url .. "?wait=true", body_of(send))
  request.keep = 65536 -- the answer repeats the message before it says its id
  return request
end

local RULES <const> = {
  name = "Discord", why = function(object) return reply.at(object, "message") end,
  after = function(object) return (tonumber(reply.at(object, "retry_after")) or -0.001) * 1000 end,
  advice = {
    [401] = "Make a new webhook and put its URL into the settings", [403] = "Make a new webhook and put its URL into the settings",
    [404] = "The webhook or the message was deleted in Discord: make a new webhook and put its URL into the settings",
  },
  gone = { [404] = true, [401] = true },
}

function discord.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if refused then return refused end
  local id = reply.at(object, "id") or match(response.body or "", '"id"%s*:%s*"(%d+)"%s*,%s*"channel_id"')
  return { state = "sent", id = id or send.message and send.message.external_id }
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
