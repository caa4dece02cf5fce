--- Zulip: its Markdown, and messages of a bot: a topic for each alert group, or to a person; edited in place.
---
--- Zulip reads no backslashes, so marks of data become HTML's references. A topic is the thread of a group.
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const>, reply <const> = sending.compose, sending.cut, sending.encode, sending.reply
local syntax <const> = sending.syntax
local find <const>, format <const> = string.find, string.format

local S <const> = syntax.zulip

local zulip = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  from_web = true,
  limit = { title = 500, message = 8000 },
}

local writer <const> = syntax.writer(S)
local function to_markdown(text) return markdown.write(text, writer) end

---@param text string
---@param field "title"|"message"
---@return string
function zulip.convert(text, field)
  if field == "title" then return S.escape(plain.cut(plain.one_line(text), zulip.limit.title)) end
  return markdown.fit(text, to_markdown, zulip.limit.message, "\n…")
end

zulip.own = zulip.convert

---@param text string
---@return string
function zulip.plain(text) return S.escape(text) end

-- Sending -----------------------------------------------------------------------------------------------------------

zulip.name = "Zulip"
zulip.about = "Messages of a bot, with a topic for each alert group, edited in place"
zulip.docs = { "https://zulip.com/api/send-message", "https://zulip.com/api/update-message", "https://zulip.com/api/rest-error-handling",
  "https://zulip.com/help/format-your-message-using-markdown" }
zulip.settings = {
  { "url", type = "url", required = true, about = "Address of the organisation, such as https://example.zulipchat.com" },
  { "email", type = "text", required = true, max = 254, pattern = "^[^%s@:]+@[^%s@:]+$", about = "E-mail address of the bot" },
  { "key", type = "text", secret = true, required = true, max = 100, pattern = "^%w+$", about = "API key of the bot" },
}
zulip.address = {
  { "id", type = "text", max = 60, about = "Channel (stream), by name or id" },
  { "user", type = "text", max = 254, pattern = "^[^%s,%[%]\"]+$", about = "Person, by e-mail address or user id, instead of a channel" },
}
zulip.room = { key = "id" }
zulip.mention = { everyone = "@**all**" }
zulip.limits = { per_target = { 5, 1000 }, per_provider = { 200, 60000 } }
zulip.can = { update = true, thread = true, notes = true }
zulip.sample = {
  account = { url = "https://example.zulipchat.com", email = "tocsin-bot@example.zulipchat.com", key = "gjA04ZYcqXKalvYMA8OeXSfzUOLrtbZv" },
  address = { id = "alerts" },
}

local CONTENT_MAX <const>, TOPIC_MAX <const> = 10000, 60 -- bytes, code points

local function topic_of(send)
  if not send.group then return "Tocsin" end
  return cut.to(format("#%d %s", send.group.number, plain.one_line(S.strip(send.text.title))), TOPIC_MAX, "points")
end

local function person(user)
  return json.encode(json.array { find(user, "^%d+$") and math.tointeger(tonumber(user)) or user })
end

function zulip.request(send)
  local account, address = send.account, send.address
  local headers = { encode.basic(account.email, account.key) }
  local url = encode.base(account.url) .. "/api/v1/messages"
  local content = compose.text(send, S, CONTENT_MAX, "bytes")
  if send.kind == "update" then
    local id = send.message and send.message.external_id
    if not id or not find(id, "^%d+$") then return nil, "Zulip: the message to update is not known" end
    local request = encode.form_request(url .. "/" .. id, { { "content", content } }, headers)
    request.method = "PATCH"
    return request
  end
  if address.user then
    return encode.form_request(url, { { "type", "private" }, { "to", person(address.user) }, { "content", content } }, headers)
  end
  if not address.id then return nil, "Zulip: the address names neither a channel nor a person" end
  local topic = send.kind == "thread" and send.message and send.message.thread_id or topic_of(send)
  return encode.form_request(url, { { "type", "stream" }, { "to", address.id }, { "topic", topic }, { "content", content } }, headers)
end

local RULES <const> = {
  name = "Zulip", why = function(object) return reply.at(object, "msg") end,
  after = function(object) return (tonumber(reply.at(object, "retry-after")) or -0.001) * 1000 end,
  advice = { [401] = "Check the bot's e-mail address and API key in the settings", [403] = "Let the bot post to the channel", [404] = "Check the organisation's address" },
}
local CODES <const> = {
  STREAM_DOES_NOT_EXIST = { "Check the channel's name, and subscribe the bot if it is a private one", gone = true },
  USER_DEACTIVATED = "Activate the bot again", REALM_DEACTIVATED = "The organisation was deactivated",
}

function zulip.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if not refused then
    local id = reply.find(response.body or "", "id") or send.message and send.message.external_id
    return { state = "sent", id = id, thread = topic_of(send) }
  end
  local known = refused.state == "failed" and CODES[object.code]
  if known then return reply.by_code("Zulip", object.code, reply.at(object, "msg"), CODES) end
  return refused
end

zulip.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = { method = "POST", url = "https://example.zulipchat.com/api/v1/messages",
    headers = { Authorization = "Basic dG9jc2luLWJvdEBleGFtcGxlLnp1bGlwY2hhdC5jb206Z2pBMDRaWWNxWEthbHZZTUE4T2VYU2Z6VU9McnRiWnY=" },
    form = { type = "stream", to = "alerts", topic = "#12 Disk of db-1 is full",
      content = "[**&#35;12 Disk of db-1 is full**](https://tocsin.example.org/alert-groups/I4ZQ7)\n97 % used.\n\n&#35;12 · Firing · 3 alerts · Shop · production\n" ..
        "[Acknowledge](https://tocsin.example.org/act/ack1) · [Resolve](https://tocsin.example.org/act/res1) · [Silence](https://tocsin.example.org/act/sil1) · [Source](https://grafana.example.org/d/1)" } } } },
  { "a page to a person", send = { address = { id = false, user = "ann@example.org" } }, expect = { request = { form = { type = "private", to = '["ann@example.org"]' } } } },
  { "acknowledged, in place", send = { kind = "update", group = { state = "acknowledged", acknowledged_by = "@**all**" }, message = { external_id = "42" } },
    expect = { request = { method = "PATCH", url = "https://example.zulipchat.com/api/v1/messages/42", lacks = { "%40%2A%2Aall" } } } },
  { "a line in the topic", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false }, message = { thread_id = "#12 Disk" } },
    expect = { request = { form = { topic = "#12 Disk" } } } },
  { "sent", response = { status = 200, body = [[{"id":42,"msg":"","result":"success"}]] }, expect = { state = "sent", id = "42", thread = "#12 Disk of db-1 is full" } },
  { "too fast", response = { status = 429, headers = { ["retry-after"] = "28.706807374954224" }, body = [[{"code":"RATE_LIMIT_HIT","msg":"API usage exceeded rate limit","result":"error","retry-after":28.706807374954224}]] },
    expect = { state = "retry", after_ms = 28707 } },
  { "no such channel", response = { status = 400, body = [[{"code":"STREAM_DOES_NOT_EXIST","msg":"Channel 'nonexistent' does not exist","result":"error","stream":"nonexistent"}]] },
    expect = { state = "failed", gone = true } },
}

return zulip
