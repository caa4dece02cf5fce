--- Webex: messages of a bot in a space or to a person, edited in place.
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const>, reply <const> = sending.compose, sending.cut, sending.encode, sending.reply
local syntax <const>, words <const> = sending.syntax, sending.words
local find <const>, gsub <const>, match <const> = string.find, string.gsub, string.match

local webex = {
  name = "Webex",
  about = "Messages of a bot in a space or to a person, edited in place",
  docs = {
    "https://developer.webex.com/docs/api/v1/messages/create-a-message", "https://developer.webex.com/docs/api/v1/messages/edit-a-message",
    "https://developer.webex.com/docs/basics", "https://developer.webex.com/docs/formatting-messages",
  },
  look = { webex = "mattermost" },
  settings = {
    { "token", type = "text", secret = true, required = true, max = 500, pattern = "^[%w_-]+$", about = "Access token of a bot" },
    { "api_url", type = "url", default = "https://webexapis.com/v1", about = "Where the REST API is" },
  },
  address = { { "id", type = "text", required = true, max = 254, pattern = "^[^%s]+$", about = "Space id, or a person's e-mail address" } },
  room = { key = "id" },
  mention = { person = function(address) return find(address.id or "", "^[%w._+-]+@[%w.-]+$") and "<@personEmail:" .. address.id .. ">" end, everyone = "<@all>" },
  limits = { per_target = { 1, 1000 }, per_provider = { 5, 1000 } },
  can = { update = true, thread = true, notes = true },
  sample = {
    account = { token = "NDI0MjQyNDI0MjQyNDI0MjQyNDItZjE0YmIwYzRkMTU0" },
    address = { id = "Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0" },
  },
}

local MARKDOWN_MAX <const>, TEXT_MAX <const> = 7000, 1000 -- bytes; Webex takes 7,439 of each, and line ends grow

-- A line break is two blanks and a newline there; what they add is taken off beforehand.
local function markdown_of(send)
  local text = compose.text(send, syntax.markdown, MARKDOWN_MAX, "bytes")
  local limit = MARKDOWN_MAX
  while #text + 2 * select(2, gsub(text, "\n", "")) > 7439 and limit > 500 do
    limit = limit - 500
    text = compose.text(send, syntax.markdown, limit, "bytes")
  end
  return (gsub(text, "\n", "  \n"))
end

local function fallback(send)
  return cut.to(syntax.markdown.strip(words.title(send)), TEXT_MAX, "bytes")
end

local function parts_of(id) return match(id or "", "^([%w_=-]+)/([%w_=-]+)$") end

function webex.request(send)
  local known, base = send.message, encode.base(send.account.api_url) .. "/messages"
  local room, id = parts_of(known and (send.kind == "thread" and known.thread_id or known.external_id))
  if not id and (send.kind == "update" or send.kind == "thread") then return nil, "Webex: the message is not known" end
  local body, headers = { markdown = markdown_of(send), text = fallback(send) }, { encode.bearer(send.account.token) }
  local request
  if send.kind == "update" then
    body.roomId = room
    request = encode.json_request("PUT", base .. "/" .. id, body, headers)
  else
    if send.kind == "thread" then body.roomId, body.parentId = room, id
    elseif find(send.address.id, "@", 1, true) then body.toPersonEmail = send.address.id
    else body.roomId = send.address.id end
    request = encode.json_request("POST", base, body, headers)
  end
  request.keep = 65536 -- the answer repeats the message
  return request
end

local RULES <const> = {
  name = "Webex", why = function(object) return reply.at(object, "message") end,
  advice = {
    [401] = "Put the bot's current access token into the settings", [403] = "Add the bot to the space", [404] = "Check the space id, and add the bot to the space",
    [400] = "Check the space id or e-mail address; a message can be edited ten times",
  },
}

function webex.result(response, send)
  local refused = reply.refusal(response, send, RULES)
  if refused then return refused end
  local body = response.body or ""
  local room, number = reply.find(body, "roomId"), reply.find(body, "id")
  local id = room and number and room .. "/" .. number or send.message and send.message.external_id
  return { state = "sent", id = id, thread = id }
end

webex.examples = {
  { "a group in its space", send = { kind = "post" }, expect = { request = { method = "POST", url = "https://webexapis.com/v1/messages",
    headers = { Authorization = "Bearer NDI0MjQyNDI0MjQyNDI0MjQyNDItZjE0YmIwYzRkMTU0" },
    json = { roomId = "Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0", text = "#12 Disk of db-1 is full" },
    has = { "[**\\\\#12 Disk of db-1 is full**](https://tocsin.example.org/alert-groups/I4ZQ7)  \\n97 % used." } } } },
  { "a page to a person", send = { address = { id = "ann@example.org" } }, expect = { request = { json = { toPersonEmail = "ann@example.org" } } } },
  { "resolved, in place", send = { kind = "update", group = { state = "resolved" }, message = { external_id = "Um9vbQ/TWVzc2FnZQ" } },
    expect = { request = { method = "PUT", url = "https://webexapis.com/v1/messages/TWVzc2FnZQ", json = { roomId = "Um9vbQ", text = "Resolved: #12 Disk of db-1 is full" } } } },
  { "a line in the thread", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false }, message = { thread_id = "Um9vbQ/TWVzc2FnZQ" } },
    expect = { request = { json = { roomId = "Um9vbQ", parentId = "TWVzc2FnZQ" } } } },
  { "sent", response = { status = 200, body = [[{"id":"TWVzc2FnZQ","roomId":"Um9vbQ","roomType":"group","text":"x","created":"2026-01-01T00:00:00.000Z"}]] },
    expect = { state = "sent", id = "Um9vbQ/TWVzc2FnZQ", thread = "Um9vbQ/TWVzc2FnZQ" } },
  { "too fast", response = { status = 429, headers = { ["retry-after"] = "17" }, body = [[{"message":"Too many requests.","errors":[{"description":"Too many requests."}],"trackingId":"ROUTER_1"}]] },
    expect = { state = "retry", after_ms = 17000 } },
  { "an old token", response = { status = 401, body = [[{"message":"The request requires a valid access token set in the Authorization request header.","trackingId":"ROUTER_1"}]] },
    expect = { state = "failed", error = "Webex answered 401: The request requires a valid access token set in the Authorization request header. Put the bot's current access token into the settings" } },
}

return webex
