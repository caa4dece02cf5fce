--- Pushover: push messages that ring until somebody answers (priority 2), and stop when the group is acknowledged.
---
--- An emergency message has a receipt: with it the ringing is called off, and Pushover tells us who acknowledged. That call
--- is not signed by Pushover, so its address carries a signature of ours.
local crypto <const> = require("tocsin.crypto")
local sending <const> = require("sending")
local cut <const>, encode <const>, inbound <const>, reply <const> = sending.cut, sending.encode, sending.inbound, sending.reply
local words <const> = sending.words
local concat <const>, find <const>, format <const>, gsub <const> = table.concat, string.find, string.format, string.gsub

local pushover = {
  name = "Pushover",
  about = "Push messages that ring until somebody answers",
  docs = { "https://pushover.net/api", "https://pushover.net/api/receipts" },
  settings = {
    { "token", type = "text", secret = true, required = true, max = 30, pattern = "^%w+$", about = "API token of the application" },
    { "retry", type = "integer", min = 30, max = 10800, default = 60, about = "Seconds between two rings of an important page" },
    { "expire", type = "integer", min = 30, max = 10800, default = 1800, about = "Seconds after which it rings no more" },
    { "api_url", type = "url", default = "https://api.pushover.net", about = "Where the API is" },
  },
  address = {
    { "user", type = "text", secret = true, required = true, max = 30, pattern = "^%w+$", about = "User or group key" },
    { "device", type = "text", max = 25, pattern = "^[%w_,-]+$", aside = true, about = "One device only" },
    { "sound", type = "text", max = 20, pattern = "^%l+$", aside = true, about = "Sound" },
  },
  limits = { per_target = { 1, 1000 }, per_provider = { 2, 1000 } },
  can = { cancel = true },
  sample = {
    account = { token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi" },
    address = { user = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG" },
  },
}

local MESSAGE_MAX <const>, TITLE_MAX <const>, URL_MAX <const> = 1024, 250, 512 -- characters

local function signature(account, number, key)
  return crypto.hex(crypto.hmac("sha256", account.token, format("acknowledge:%d:%s", number, key)))
end

local function callback(send)
  local url = send.links and send.links.inbound
  if not url or not send.group then return nil end
  local number = send.group.number
  return encode.with_query(url, { { "group", number }, { "key", send.key }, { "sign", signature(send.account, number, send.key) } })
end

local function message(send)
  local lines = words.notes(send)
  if send.group then table.insert(lines, 1, words.footer(send.group)) end
  for i, line in ipairs(lines) do lines[i] = cut.to(line, 200, "points") end
  for _, action in ipairs(words.linked_actions(send)) do
    if action.verb == "acknowledge" and #action.url < 400 then lines[#lines + 1] = action.label .. ": " .. action.url end
  end
  local tail = concat(lines, "\n")
  local text = send.text.message or ""
  if text == "" and tail == "" then return send.text.title end
  return cut.keep(text, (text ~= "" and tail ~= "" and "\n\n" or "") .. tail, MESSAGE_MAX, "points")
end

local function cancel(send)
  local receipt = send.message and send.message.external_id
  if not receipt or not find(receipt, "^%w+$") then return nil, "Pushover: there is no receipt to call off" end
  return encode.form_request(format("%s/1/receipts/%s/cancel.json", encode.base(send.account.api_url), receipt), { { "token", send.account.token } })
end

function pushover.request(send)
  if send.kind == "cancel" then return cancel(send) end
  local account, address = send.account, send.address
  local rings = send.is_important and send.group ~= nil and send.group.state == "firing"
  local link = words.link(send)
  if link and #link > URL_MAX then link = nil end
  return encode.form_request(encode.base(account.api_url) .. "/1/messages.json", {
    { "token", account.token }, { "user", address.user }, { "device", address.device }, { "sound", address.sound },
    { "title", cut.to(words.title(send), TITLE_MAX, "points") }, { "message", message(send) },
    { "url", link }, { "url_title", link and "Open" or nil },
    { "priority", rings and 2 or send.kind == "page" and 1 or 0 },
    { "retry", rings and account.retry or nil }, { "expire", rings and account.expire or nil }, { "callback", rings and callback(send) or nil },
    { "timestamp", send.now // 1000000 },
  })
end

local function why(object)
  return type(object.errors) == "table" and type(object.errors[1]) == "string" and concat(object.errors, "; ") or nil
end

local RULES <const> = { name = "Pushover", why = why }

function pushover.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if not refused then
    return { state = "sent", id = reply.at(object, "receipt") or reply.at(object, "request") }
  end
  if response.status == 429 then
    return { state = "failed", error = reply.joined(refused.error, "The application's messages of this month are spent: buy more, or use another application") }
  end
  if refused.state == "retry" then return refused end
  if object.token == "invalid" then
    refused.error = reply.joined(refused.error, "Put the application's API token into the settings")
  elseif object.user == "invalid" then
    refused.error, refused.gone = reply.joined(refused.error, "Check the user key"), true
  elseif send.kind == "cancel" and response.status == 404 then
    return { state = "sent" } -- it has expired by itself
  end
  return refused
end

function pushover.inbound(request, account)
  local query = encode.read_form((gsub(request.url, "^[^?]*%??", "")))
  local number = math.tointeger(tonumber(query.group or ""))
  if not number or not query.key or not inbound.is_same(query.sign, signature(account, number, query.key)) then
    return nil, "Pushover: the address is not signed by us"
  end
  local fields = encode.read_form(request.body)
  local events = { answer = { status = 200, headers = {}, body = "" } }
  if fields.acknowledged == "1" then
    events[1] = { verb = "acknowledge", group = number, user_address = fields.acknowledged_by, key = query.key, external_id = fields.receipt, once = query.key }
  end
  return events
end

pushover.examples = {
  { "a page", send = {}, expect = { request = { method = "POST", url = "https://api.pushover.net/1/messages.json", form = {
    token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi", user = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", title = "#12 Disk of db-1 is full",
    message = "97 % used.\n\n#12 · Firing · 3 alerts · Shop · production\nAcknowledge: https://tocsin.example.org/act/ack1",
    url = "https://tocsin.example.org/alert-groups/I4ZQ7", priority = "1", timestamp = "1767225600" }, lacks = { "retry=" } } } },
  { "an important page rings", send = { is_important = true, address = { device = "phone", sound = "siren" } }, expect = { request = { form = {
    priority = "2", retry = "60", expire = "1800", device = "phone", sound = "siren",
    callback = "https://tocsin.example.org/inbound/p1?group=12&key=n-41&sign=521d3351f42fb7722e6cd71569f918a185ab8d9e6cfb3b5998b1198e2285d7e3" } } } },
  { "called off", send = { kind = "cancel", message = { external_id = "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy" } }, expect = { request = {
    url = "https://api.pushover.net/1/receipts/rLqVuqTRh62UzxtmqiaLzQmVcPgiCy/cancel.json", form = { token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi" } } } },
  { "accepted", response = { status = 200, body = [[{"status":1,"request":"647d2300-702c-4b38-8b2f-d56326ae460b"}]] },
    expect = { state = "sent", id = "647d2300-702c-4b38-8b2f-d56326ae460b" } },
  { "accepted with a receipt", response = { status = 200, body = [[{"receipt":"rLqVuqTRh62UzxtmqiaLzQmVcPgiCy","status":1,"request":"647d2300"}]] },
    expect = { state = "sent", id = "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy" } },
  { "a wrong user", response = { status = 400, body = [[{"user":"invalid","errors":["user identifier is invalid"],"status":0,"request":"5042853c"}]] },
    expect = { state = "failed", gone = true, error = "Pushover answered 400: user identifier is invalid. Check the user key" } },
  { "the month is spent", response = { status = 429, body = [[{"message":"cannot send","errors":["application is over its monthly message limit"],"status":0}]] },
    expect = { state = "failed" } },
  { "overloaded", response = { status = 500 }, expect = { state = "retry" } },
  { "acknowledged on the phone", inbound = { url = "https://tocsin.example.org/inbound/p1?group=12&key=n-41&sign=521d3351f42fb7722e6cd71569f918a185ab8d9e6cfb3b5998b1198e2285d7e3",
      body = "receipt=rLqVuqTRh62UzxtmqiaLzQmVcPgiCy&acknowledged=1&acknowledged_at=1767225660&acknowledged_by=uQiRzpo4DXghDmr9QzzfQu27cmVRsG&acknowledged_by_device=phone" },
    expect = { events = { { verb = "acknowledge", group = 12, user_address = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", external_id = "rLqVuqTRh62UzxtmqiaLzQmVcPgiCy" } } } },
  { "another group's acknowledge", inbound = { url = "https://tocsin.example.org/inbound/p1?group=13&key=n-41&sign=521d3351f42fb7722e6cd71569f918a185ab8d9e6cfb3b5998b1198e2285d7e3", body = "acknowledged=1" },
    expect = { refused = "not signed by us" } },
}

return pushover
