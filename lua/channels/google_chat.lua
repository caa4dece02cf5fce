--- Google Chat: cards in a space through its webhook; all of a group in one thread.
---
--- The words stand in a card: its texts know HTML and can mention nobody (who is called stands above it). A webhook cannot edit what it posted. Its address
--- is the secret, and one webhook is one space: a route names the provider.
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const>, reply <const> = sending.compose, sending.cut, sending.encode, sending.reply
local syntax <const>, words <const> = sending.syntax, sending.words
local format <const>, gsub <const> = string.format, string.gsub

local google_chat = {
  name = "Google Chat",
  about = "Cards in a Google Chat space, in one thread for each alert group",
  docs = {
    "https://developers.google.com/workspace/chat/quickstart/webhooks", "https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create",
    "https://developers.google.com/workspace/chat/format-messages#card-formatting", "https://developers.google.com/workspace/chat/limits",
  },
  look = { google_chat = "telegram" },
  settings = {
    { "url", type = "url", required = true, secret = true, pattern = "/v1/spaces/[%w_-]+/messages%?", hint = "A webhook's URL looks like https://chat.googleapis.com/v1/spaces/…/messages?key=…",
      about = "URL of the space's webhook" },
  },
  address = {},
  room = { key = "id" },
  mention = { everyone = "<users/all>" },
  limits = { per_provider = { 1, 1000 } },
  can = { thread = true, notes = true },
  sample = {
    account = { url = "https://chat.googleapis.com/v1/spaces/AAAAGCYeSRY/messages?key=AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI&token=s3cr3tTokenOfTheWebhook" },
    address = {},
  },
}

local TEXT_MAX <const>, BODY_MAX <const> = 20000, 32000 -- bytes of the words, bytes of a message

-- Cards know b, i, u, s, a and br; the look's other tags go.
local S <const> = setmetatable({ br = "<br>", gap = "<br><br>" }, { __index = syntax.telegram })

local function card_text(send, limit)
  local sound = { kind = send.kind, group = send.group, links = send.links, more = send.more, remaining = send.remaining,
    text = { title = send.text.title, message = S.sound(send.text.message), source_link = send.text.source_link } }
  local text = compose.text(sound, S, limit, "bytes", { without_title = true, buttons = true, without_mention = true })
  text = gsub(gsub(text, "</?code>", ""), "</?pre>", "")
  return (gsub(text, "\n", "<br>"))
end

local function button_list(send)
  local buttons = json.array()
  for _, action in ipairs(words.linked_actions(send)) do buttons[#buttons + 1] = { text = action.label, onClick = { openLink = { url = action.url } } } end
  local link = send.group and send.group.link
  if link then buttons[#buttons + 1] = { text = "Open", onClick = { openLink = { url = link } } } end
  return #buttons > 0 and { buttonList = { buttons = buttons } } or nil
end

local function title_of(send)
  local shown = { text = { title = S.strip(send.text.title) }, group = send.group }
  return cut.to(words.title(shown), 500, "bytes")
end

local function body_of(send, limit)
  local widgets, text = json.array(), card_text(send, limit)
  if text ~= "" then widgets[1] = { textParagraph = { text = text } } end
  if send.text.image_url then widgets[#widgets + 1] = { image = { imageUrl = send.text.image_url, altText = "Image" } } end
  widgets[#widgets + 1] = button_list(send)
  local card = { header = { title = title_of(send) } }
  if #widgets > 0 then card.sections = json.array { { widgets = widgets } } end
  return { text = send.mention, cardsV2 = json.array { { cardId = "alert", card = card } }, fallbackText = title_of(send),
    thread = send.group and { threadKey = format("group-%d", send.group.number) } or nil }
end

function google_chat.request(send)
  local url = encode.with_query(send.account.url, { { "messageReplyOption", send.group and "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" or nil } })
  local limit = TEXT_MAX
  local request = encode.json_request("POST", url, body_of(send, limit))
  while #request.body > BODY_MAX and limit > 100 do
    limit = limit // 2
    request = encode.json_request("POST", url, body_of(send, limit))
  end
  request.keep = 65536 -- the answer repeats the message
  return request
end

local NEW <const> = "Make a new webhook in the space and put its URL into the settings"
local RULES <const> = {
  name = "Google Chat", why = function(object) return reply.at(object, "error", "message") end,
  advice = { [400] = NEW, [401] = NEW, [403] = NEW, [404] = NEW .. ": the space or the webhook was deleted" }, gone = { [404] = true },
}

function google_chat.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  return refused or { state = "sent", id = reply.at(object, "name"), thread = reply.at(object, "thread", "name") }
end

google_chat.examples = {
  { "a page", send = {}, expect = { request = { method = "POST",
    url = "https://chat.googleapis.com/v1/spaces/AAAAGCYeSRY/messages?key=AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI&token=s3cr3tTokenOfTheWebhook&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD",
    json = { fallbackText = "#12 Disk of db-1 is full", thread = { threadKey = "group-12" }, cardsV2 = { { card = { header = { title = "#12 Disk of db-1 is full" }, sections = { { widgets = {
      { textParagraph = { text = '97 % used.<br><br>#12 · Firing · 3 alerts · Shop · production<br><a href="https://grafana.example.org/d/1">Source</a>' } },
      { buttonList = { buttons = { { text = "Acknowledge", onClick = { openLink = { url = "https://tocsin.example.org/act/ack1" } } }, {}, {}, { text = "Open" } } } } } } } } } } } } } },
  { "a group in its room, resolved", send = { kind = "post", group = { state = "resolved" } }, expect = { request = { json = { fallbackText = "Resolved: #12 Disk of db-1 is full" }, lacks = { "act/ack1" } } } },
  { "a line in the thread", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false } }, expect = { request = { json = { thread = { threadKey = "group-12" } } } } },
  { "posted", response = { status = 200, body = [[{"name":"spaces/AAAAGCYeSRY/messages/UBHHVc_AAAA.UBHHVc","thread":{"name":"spaces/AAAAGCYeSRY/threads/UBHHVc"},"createTime":"2026-01-01T00:00:00Z"}]] },
    expect = { state = "sent", id = "spaces/AAAAGCYeSRY/messages/UBHHVc_AAAA.UBHHVc" } },
  { "too fast", response = { status = 429, body = [[{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}]] }, expect = { state = "retry" } },
  { "deleted", response = { status = 404, body = [[{"error":{"code":404,"message":"Resource not found","status":"NOT_FOUND"}}]] }, expect = { state = "failed", gone = true } },
}

return google_chat
