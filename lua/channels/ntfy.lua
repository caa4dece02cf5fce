--- ntfy: a push message to a topic, self-hosted or ntfy.sh, with a button that acknowledges in one tap.
---
--- Published as JSON, because headers hold neither line breaks nor every language. All messages of a group carry one
--- sequence_id: servers from 2.16 on replace the notification on the phone, older ones show another. What calls a page off
--- is therefore a quiet message with the same id.
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local cut <const>, encode <const>, reply <const>, words <const> = sending.cut, sending.encode, sending.reply, sending.words
local concat <const>, format <const> = table.concat, string.format

local ntfy = {
  name = "ntfy",
  about = "Push messages through ntfy.sh or your own ntfy server",
  docs = { "https://docs.ntfy.sh/publish/", "https://docs.ntfy.sh/config/" },
  settings = {
    { "url", type = "url", default = "https://ntfy.sh", about = "Address of the ntfy server" },
    { "token", type = "text", secret = true, max = 100, pattern = "^tk_%w+$", hint = "An access token begins with tk_.", about = "Access token" },
    { "username", type = "text", max = 100, about = "User, when there is no token" },
    { "password", type = "text", secret = true, max = 200, about = "Password of the user" },
  },
  address = {
    { "topic", type = "text", secret = true, required = true, pattern = "^[%w_-]+$", max = 64,
      hint = "A topic has up to 64 letters, digits, - and _.", about = "Topic, hard to guess" },
  },
  limits = { per_target = { 1, 1000 }, per_provider = { 60, 60000 } },
  can = { cancel = true, replace = true },
  sample = { account = { token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" }, address = { topic = "ann-phone-2Kd8" } },
}

local MESSAGE_MAX <const>, TITLE_MAX <const>, ACTIONS_MAX <const> = 4096, 1000, 3 -- bytes, bytes, buttons

local function actions(send)
  local out = json.array()
  for _, action in ipairs(words.linked_actions(send)) do
    if #out < ACTIONS_MAX then
      out[#out + 1] = { action = "http", label = action.label, url = action.url, method = "POST", clear = true }
    end
  end
  return #out > 0 and out or nil
end

local function priority(send)
  if send.kind == "cancel" or send.group and send.group.state ~= "firing" then return 2 end
  return send.is_important and 5 or send.kind == "page" and 4 or 3
end

local function message(send)
  local lines = words.notes(send)
  if send.group then table.insert(lines, 1, words.footer(send.group)) end
  local link = words.link(send)
  if link then lines[#lines + 1] = link end
  local tail = concat(lines, "\n")
  local text = send.text.message or ""
  return cut.keep(text, (text ~= "" and tail ~= "" and "\n\n" or "") .. tail, MESSAGE_MAX, "bytes")
end

local function authorisation(account)
  if account.token then return { encode.bearer(account.token) } end
  if account.username then return { encode.basic(account.username, account.password or "") } end
end

function ntfy.request(send)
  return encode.json_request("POST", encode.base(send.account.url) .. "/", {
    topic = send.address.topic,
    title = cut.to(words.title(send), TITLE_MAX, "bytes"),
    message = message(send),
    priority = priority(send),
    click = words.link(send),
    attach = send.text.image_url,
    actions = send.kind ~= "cancel" and actions(send) or nil,
    sequence_id = send.group and format("group-%d", send.group.number) or nil,
  }, authorisation(send.account))
end

local RULES <const> = {
  name = "ntfy",
  why = function(object) return reply.at(object, "error") end,
  advice = {
    [401] = "Put a valid token, or user and password, into the settings",
    [403] = "Give the token or user permission to write to the topic",
    [404] = "Check the server's address",
    [413] = "The server allows less than 4,096 bytes a message: raise its message-size-limit",
    [507] = "The server has no room left for topics or attachments",
  },
}
-- Over the day's quota: asking again in a minute is of no use.
local SPENT <const> = { [42908] = true, [42909] = true }

function ntfy.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if not refused then return { state = "sent", id = reply.find(response.body or "", "id") } end
  if SPENT[object.code] then
    return { state = "failed", error = reply.joined(refused.error, "Use a server of your own, or raise the visitor's limit") }
  end
  return refused
end

ntfy.examples = {
  { "a page", send = {}, expect = { request = { method = "POST", url = "https://ntfy.sh/",
    headers = { Authorization = "Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" },
    json = { topic = "ann-phone-2Kd8", title = "#12 Disk of db-1 is full", priority = 4, sequence_id = "group-12",
      message = "97 % used.\n\n#12 · Firing · 3 alerts · Shop · production\nhttps://tocsin.example.org/alert-groups/I4ZQ7",
      click = "https://tocsin.example.org/alert-groups/I4ZQ7",
      actions = { { action = "http", label = "Acknowledge", url = "https://tocsin.example.org/act/ack1", method = "POST", clear = true },
        { label = "Resolve" }, { label = "Silence" } } } } } },
  { "an important page with user and password", send = { is_important = true, account = { token = false, username = "ann", password = "secret1" },
      links = false }, expect = { request = { headers = { Authorization = "Basic YW5uOnNlY3JldDE=" }, json = { priority = 5 }, lacks = { "actions" } } } },
  { "called off", send = { kind = "cancel", group = { state = "acknowledged", acknowledged_by = "Bob" } },
    expect = { request = { json = { priority = 2, title = "Acknowledged: #12 Disk of db-1 is full", sequence_id = "group-12" },
      has = { "Acknowledged by Bob" }, lacks = { "actions" } } } },
  { "published", response = { status = 200, body = [[{"id":"sPs71M8A2T","time":1767225600,"expires":1767268800,"event":"message","topic":"ann-phone-2Kd8","message":"97 % used."}]] },
    expect = { state = "sent", id = "sPs71M8A2T" } },
  { "too many requests", response = { status = 429, headers = { ["retry-after"] = "5" },
      body = [[{"code":42901,"http":429,"error":"limit reached: too many requests","link":"https://ntfy.sh/docs/publish/#limitations"}]] },
    expect = { state = "retry", after_ms = 5000, error = "ntfy answered 429: limit reached: too many requests" } },
  { "the day's messages are spent", response = { status = 429, body = [[{"code":42908,"http":429,"error":"limit reached: daily message quota reached"}]] },
    expect = { state = "failed" } },
  { "a protected topic", response = { status = 403, body = [[{"code":40301,"http":403,"error":"forbidden"}]] },
    expect = { state = "failed", error = "ntfy answered 403: forbidden. Give the token or user permission to write to the topic" } },
  { "the server restarts", response = { status = 502, body = "<html>Bad Gateway</html>" }, expect = { state = "retry", error = "ntfy answered 502" } },
}

return ntfy
