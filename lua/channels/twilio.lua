--- Twilio: text messages that can be answered, and phone calls that are answered with a key.
---
--- A call reads the alert twice and takes one key: 1 acknowledge, 2 resolve, 3 silence for 30 minutes. Keys, replies and
--- what became of a call come back to links.inbound, signed by Twilio with the account's auth token over that very URL.
local crypto <const> = require("tocsin.crypto")
local sending <const> = require("sending")
local cut <const>, encode <const>, inbound <const>, reply <const> = sending.cut, sending.encode, sending.inbound, sending.reply
local words <const> = sending.words
local concat <const>, format <const> = table.concat, string.format
local find <const>, gsub <const>, sub <const> = string.find, string.gsub, string.sub

local twilio = {
  name = "Twilio",
  about = "Text messages and phone calls",
  docs = {
    "https://www.twilio.com/docs/messaging/api/message-resource", "https://www.twilio.com/docs/voice/api/call-resource",
    "https://www.twilio.com/docs/voice/twiml/gather", "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
    "https://www.twilio.com/docs/api/errors",
  },
  carries = { "sms", "phone_call" },
  settings = {
    { "account_sid", type = "text", required = true, pattern = "^AC%x+$", max = 34, hint = "An account SID begins with AC.", about = "Account SID" },
    { "auth_token", type = "text", secret = true, required = true, max = 100, about = "Auth token of the account" },
    { "from", type = "text", pattern = "^%+?[%w ]+$", max = 20, about = "Sending number (+15551234567) or sender name" },
    { "messaging_service_sid", type = "text", pattern = "^MG%x+$", max = 34, about = "Messaging service, instead of a number for text messages" },
    { "replies", type = "boolean", default = false,
      about = "People may answer text messages: the number's messaging webhook points to this provider's inbound address" },
    { "language", type = "text", pattern = "^%a%a%-%a%a%a?$", max = 6, default = "en-US", about = "Language of the voice" },
    { "api_url", type = "url", default = "https://api.twilio.com", about = "Where the REST API is" },
  },
  address = {
    { "phone", type = "text", required = true, personal = true, pattern = "^%+[1-9]%d%d%d%d%d%d%d+$", max = 16,
      hint = "A number in international form: +15551234567.", about = "Phone number" },
  },
  limits = { per_target = { 1, 1000 }, per_provider = { 30, 1000 } },
  can = { cancel = { "phone_call" } },
  sample = {
    account = { account_sid = "AC0123456789abcdef0123456789abcdef", auth_token = "12345", from = "+15550100" },
    address = { phone = "+15558675310" },
  },
}

local BODY_MAX <const>, TWIML_MAX <const> = 1600, 4000 -- characters

-- Sending -----------------------------------------------------------------------------------------------------------

local function api(send, path)
  return format("%s/2010-04-01/Accounts/%s/%s.json", encode.base(send.account.api_url), send.account.account_sid, path)
end

local function post(send, path, fields)
  return encode.form_request(api(send, path), fields, { encode.basic(send.account.account_sid, send.account.auth_token) })
end

local function callback(send, what)
  local url = send.links and send.links.inbound
  return url and encode.with_query(url, { { "do", what }, { "group", what == "key" and send.group and send.group.number or nil }, { "key", send.key } })
end

local function hint(send)
  local group = send.group
  if not group then return nil end
  if send.account.replies then return format("Reply %da to acknowledge, %dr to resolve.", group.number, group.number) end
  for _, action in ipairs(words.linked_actions(send)) do
    if action.verb == "acknowledge" then return action.label .. ": " .. action.url end
  end
end

local function sms_text(send)
  local lines = words.notes(send)
  lines[#lines + 1] = hint(send)
  lines[#lines + 1] = send.group and send.group.link
  local tail = #lines > 0 and "\n" .. concat(lines, "\n") or ""
  return cut.keep(words.title(send), tail, BODY_MAX, "utf16")
end

local function sms(send)
  local account = send.account
  if not account.from and not account.messaging_service_sid then
    return nil, "Twilio: the settings name neither a sending number nor a messaging service"
  end
  if send.kind == "cancel" then return nil, "Twilio: a text message cannot be called back" end
  return post(send, "Messages", {
    { "To", send.address.phone }, { "From", not account.messaging_service_sid and account.from or nil },
    { "MessagingServiceSid", account.messaging_service_sid }, { "Body", sms_text(send) },
    { "StatusCallback", callback(send, "status") },
  })
end

local function say(text, language, loop)
  return format('<Say language="%s"%s>%s</Say>', encode.xml(language), loop and ' loop="2"' or "", encode.xml(text))
end

local function document(...)
  return '<?xml version="1.0" encoding="UTF-8"?><Response>' .. concat({ ... }) .. "</Response>"
end

local function gather(url, ...)
  return format('<Gather numDigits="1" timeout="10" method="POST" action="%s">%s</Gather>', encode.xml(url), concat({ ... }))
end

local KEYS_TEXT <const> = "Press 1 to acknowledge, 2 to resolve, 3 to silence for 30 minutes."

local function spoken(send, longest)
  local parts = { send.group and format("Alert group %d.", send.group.number) or "Message.", cut.to(send.text.title, longest, "points") .. "." }
  for _, note in ipairs(words.notes(send)) do parts[#parts + 1] = note end
  return concat(parts, " ")
end

local function twiml(send, longest)
  local language, url = send.account.language, callback(send, "key")
  local text = spoken(send, longest)
  if not url or not send.group then return document(say(text, language, true)) end
  return document(gather(url, say(text .. " " .. KEYS_TEXT, language, true)), say("No key was pressed. Goodbye.", language))
end

local function call(send)
  if not find(send.account.from or "", "^%+%d+$") then return nil, "Twilio: a call needs a sending number in the settings (from)" end
  local status = callback(send, "status")
  local text = twiml(send, 300)
  if cut.size(text, "utf16") > TWIML_MAX then text = twiml(send, 80) end
  return post(send, "Calls", {
    { "To", send.address.phone }, { "From", send.account.from }, { "Twiml", text }, { "Timeout", 40 },
    { "StatusCallback", status }, { "StatusCallbackEvent", status and "completed" or nil },
  })
end

-- A call that rings or waits is taken back; one that somebody hears goes on.
local function hang_up(send)
  local sid = send.message and send.message.external_id
  if not sid or not find(sid, "^CA%x+$") then return nil, "Twilio: the call to take back is not known" end
  return post(send, "Calls/" .. sid, { { "Status", "canceled" } })
end

function twilio.request(send)
  if send.channel == "sms" then return sms(send) end
  return (send.kind == "cancel" and hang_up or call)(send)
end

-- Answers -----------------------------------------------------------------------------------------------------------

local REFUSALS <const> = {
  [20003] = "Check account SID and auth token in the settings",
  [20005] = "The account is suspended: see the Twilio console",
  [20404] = "Check the account SID in the settings",
  [21211] = { "Check the phone number", gone = true },
  [21217] = { "Check the phone number", gone = true },
  [21214] = { "The number cannot be called", gone = true },
  [21614] = { "The number takes no text messages: it is no mobile number", gone = true },
  [21610] = { "The person has answered STOP: they must send START to the number", gone = true },
  [21212] = "Check the sending number in the settings",
  [21606] = "The sending number cannot send text messages, or not to this country",
  [21659] = "The sending number does not belong to the account",
  [21210] = "The sending number is not verified for calls",
  [21408] = "Allow the country under Messaging, Geo permissions in the Twilio console",
  [21215] = "Allow the country under Voice, Geo permissions in the Twilio console",
  [21608] = "A trial account reaches verified numbers only: verify the number or upgrade the account",
  [21219] = "A trial account reaches verified numbers only: verify the number or upgrade the account",
  [21611] = { retry = true },
  [20429] = { retry = true },
}

function twilio.result(response, send)
  local refused, object = reply.refusal(response, send, { name = "Twilio", why = function(o) return reply.at(o, "message") end })
  if not refused then return { state = "sent", id = reply.find(response.body or "", "sid") } end
  if refused.state == "retry" then return refused end
  local code = reply.at(object, "code")
  if send.kind == "cancel" and response.status == 400 then return { state = "sent" } end -- it has ended by itself
  if not code then return refused end
  return reply.by_code("Twilio", code, reply.at(object, "message"), REFUSALS, reply.retry_after(response, send.now))
end

-- Coming in ---------------------------------------------------------------------------------------------------------
--
-- The signature holds no time. A call or a message has an id (SID) in what is signed, and each counts once for a group.

local function is_signed(request, list, token)
  table.sort(list, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  local parts = { request.url }
  for _, pair in ipairs(list) do parts[#parts + 1] = pair[1] .. pair[2] end
  return inbound.is_same(request.headers["x-twilio-signature"], crypto.base64(crypto.hmac("sha1", token, concat(parts))))
end

local function answer(...)
  return { status = 200, headers = { ["content-type"] = "text/xml" }, body = document(...) }
end

local KEYS <const> = {
  ["1"] = { "acknowledge", "Acknowledged" }, ["2"] = { "resolve", "Resolved" }, ["3"] = { "silence", "Silenced for 30 minutes" },
}

-- Who was called, or who calls: the other end is our own number.
local function person(fields)
  return sub(fields.Direction or "", 1, 8) == "outbound" and fields.To or fields.From
end

local function key_pressed(request, account, query, fields)
  local key, number = KEYS[fields.Digits or ""], math.tointeger(tonumber(query.group or ""))
  if not key or not number then
    return { answer = answer(gather(request.url, say("This key means nothing here. " .. KEYS_TEXT, account.language)), say("Goodbye.", account.language)) }
  end
  return {
    { verb = key[1], group = number, user_address = person(fields), silence_ms = key[1] == "silence" and inbound.SILENCE_MS or nil, key = query.key, once = fields.CallSid },
    answer = answer(say(format("%s. Goodbye.", key[2]), account.language), "<Hangup/>"),
    regret = function(why) return { answer = answer(say(why .. " Goodbye.", account.language), "<Hangup/>") } end,
  }
end

local STATES <const> = {
  completed = "answered", busy = "busy", ["no-answer"] = "no_answer", failed = "failed", canceled = "cancelled",
  delivered = "delivered", read = "read", undelivered = "failed",
}

local function status_of(query, fields)
  local state = STATES[fields.CallStatus or fields.MessageStatus or ""]
  local events = { answer = { status = 204, headers = {}, body = "" } }
  local code = fields.ErrorCode
  events[1] = state and { verb = "status", key = query.key, state = state, external_id = fields.CallSid or fields.MessageSid,
    error = code and "Twilio error " .. code or nil } or nil
  return events
end

local HELP <const> = "Answer with a number and a letter: 12a acknowledges alert group 12, 12r resolves it, 12s silences it for 30 minutes."

local function text_answer(text) return answer("<Message>", encode.xml(text), "</Message>") end

local function message_of(fields)
  local event = inbound.reply(fields.Body or "", fields.From, fields.MessageSid)
  if not event then return { answer = text_answer(HELP) } end
  return { event, answer = text_answer(format("#%d: %s received.", event.group, event.verb)),
    regret = function(why) return { answer = text_answer(format("#%d: %s", event.group, why)) } end }
end

function twilio.inbound(request, account)
  local fields, list = encode.read_form(request.method == "POST" and request.body or "")
  if not is_signed(request, list, account.auth_token) then return nil, "Twilio: the signature is wrong" end
  local query = encode.read_form((gsub(request.url, "^[^?]*%??", "")))
  if query["do"] == "key" then return key_pressed(request, account, query, fields) end
  if query["do"] == "status" then return status_of(query, fields) end
  if fields.Body and fields.From then return message_of(fields) end
  return { answer = answer(say("This number only sends alerts. Goodbye.", account.language)) }
end

twilio.examples = {
  { "a text message", send = { channel = "sms" }, expect = { request = { method = "POST",
    url = "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json",
    headers = { ["Content-Type"] = "application/x-www-form-urlencoded",
      Authorization = "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjoxMjM0NQ==" },
    form = { To = "+15558675310", From = "+15550100", StatusCallback = "https://tocsin.example.org/inbound/p1?do=status&key=n-41",
      Body = "#12 Disk of db-1 is full\nAcknowledge: https://tocsin.example.org/act/ack1\nhttps://tocsin.example.org/alert-groups/I4ZQ7" } } } },
  { "a text message that can be answered, with what else waits", send = { channel = "sms", account = { replies = true }, more = 214, remaining = 2, links = false },
    expect = { request = { form = { Body = "#12 Disk of db-1 is full\nAnd 214 more alert groups.\n2 messages left today.\n" ..
      "Reply 12a to acknowledge, 12r to resolve.\nhttps://tocsin.example.org/alert-groups/I4ZQ7" } } } },
  { "a call", send = { channel = "phone_call", text = { title = "Disk of db 1 is full & <slow>" } }, expect = { request = {
    url = "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls.json",
    form = { To = "+15558675310", From = "+15550100", Timeout = "40", Twiml = '<?xml version="1.0" encoding="UTF-8"?><Response>' ..
      '<Gather numDigits="1" timeout="10" method="POST" action="https://tocsin.example.org/inbound/p1?do=key&amp;group=12&amp;key=n-41">' ..
      '<Say language="en-US" loop="2">Alert group 12. Disk of db 1 is full &amp; &lt;slow&gt;. Press 1 to acknowledge, 2 to resolve, 3 to silence for 30 minutes.</Say></Gather>' ..
      '<Say language="en-US">No key was pressed. Goodbye.</Say></Response>' } } } },
  { "a call without a public address", send = { channel = "phone_call", links = false },
    expect = { request = { lacks = { "Gather", "StatusCallback" }, has = { "Alert%20group%2012" } } } },
  { "a call taken back", send = { channel = "phone_call", kind = "cancel", message = { external_id = "CA00112233445566778899aabbccddeeff" } },
    expect = { request = { url = "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls/CA00112233445566778899aabbccddeeff.json",
      form = { Status = "canceled" } } } },
  { "a call from a name", send = { channel = "phone_call", account = { from = "Tocsin" } }, expect = { refused = "a call needs a sending number" } },
  { "queued", response = { status = 201, body = [[{"account_sid":"AC0123456789abcdef0123456789abcdef","body":"x","sid":"SM0011","status":"queued","error_code":null}]] },
    expect = { state = "sent", id = "SM0011" } },
  { "too many at once", response = { status = 429, body = [[{"code":20429,"message":"Too Many Requests","more_info":"https://www.twilio.com/docs/errors/20429","status":429}]] },
    expect = { state = "retry", error = "Twilio answered 429: Too Many Requests" } },
  { "a wrong token", response = { status = 401, body = [[{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}]] },
    expect = { state = "failed", error = "Twilio refused the message: Authenticate (20003). Check account SID and auth token in the settings" } },
  { "no such number", response = { status = 400, body = [[{"code":21211,"message":"The 'To' number is not a valid phone number.","status":400}]] },
    expect = { state = "failed", gone = true } },
  { "a full queue", response = { status = 400, body = [[{"code":21611,"message":"This 'From' number has exceeded the maximum number of queued messages","status":400}]] },
    expect = { state = "retry" } },
  { "key 1", inbound = { url = "https://tocsin.example.org/inbound/p1?do=key&group=12&key=n-41",
      headers = { ["x-twilio-signature"] = "Wqkqq4gboOmdHwfBXEgp+YnUbl4=" },
      body = "CallSid=CA01&Direction=outbound-api&From=%2B15550100&To=%2B15558675310&Digits=1" },
    expect = { events = { { verb = "acknowledge", group = 12, user_address = "+15558675310", key = "n-41" } }, answer = { status = 200, headers = { ["content-type"] = "text/xml" } } } },
  { "key 3", inbound = { url = "https://tocsin.example.org/inbound/p1?do=key&group=12&key=n-41",
      headers = { ["x-twilio-signature"] = "g31+SAB8QthAqnDNLsXbEzAtf24=" },
      body = "Direction=outbound-api&From=%2B15550100&To=%2B15558675310&Digits=3" },
    expect = { events = { { verb = "silence", group = 12, silence_ms = 1800000 } } } },
  { "key 9", inbound = { url = "https://tocsin.example.org/inbound/p1?do=key&group=12&key=n-41",
      headers = { ["x-twilio-signature"] = "f3HNuD8AXKL2r8AIHo7ixoN9GQU=" },
      body = "Direction=outbound-api&From=%2B15550100&To=%2B15558675310&Digits=9" },
    expect = { events = {} } },
  { "nobody answered", inbound = { url = "https://tocsin.example.org/inbound/p1?do=status&key=n-41",
      headers = { ["x-twilio-signature"] = "orMvHBXV4gFCC8VDGa4Cqqt0EsY=" },
      body = "CallSid=CA01&CallStatus=no-answer&To=%2B15558675310" },
    expect = { events = { { verb = "status", key = "n-41", state = "no_answer", external_id = "CA01" } }, answer = { status = 204 } } },
  { "undelivered", inbound = { url = "https://tocsin.example.org/inbound/p1?do=status&key=n-41",
      headers = { ["x-twilio-signature"] = "rQhI0s3ct+HvbGaMzENyZYzBQuk=" },
      body = "MessageSid=SM01&MessageStatus=undelivered&ErrorCode=30003" },
    expect = { events = { { verb = "status", state = "failed", external_id = "SM01", error = "Twilio error 30003" } } } },
  { "a reply", inbound = { url = "https://tocsin.example.org/inbound/p1",
      headers = { ["x-twilio-signature"] = "+tcGiYRilFsn9DogAw2w5xwyWl0=" },
      body = "MessageSid=SM02&From=%2B15558675310&To=%2B15550100&Body=%2012A%20" },
    expect = { events = { { verb = "acknowledge", group = 12, user_address = "+15558675310" } } } },
  { "thanks", inbound = { url = "https://tocsin.example.org/inbound/p1",
      headers = { ["x-twilio-signature"] = "kIDRztMxLOnbskNwDRLPohhcFXE=" },
      body = "MessageSid=SM03&From=%2B15558675310&To=%2B15550100&Body=thanks%21" },
    expect = { events = {} } },
  { "a forged key", inbound = { url = "https://tocsin.example.org/inbound/p1?do=key&group=12",
      headers = { ["x-twilio-signature"] = "ADfddxtOuHC0WGjpgCiWYUEQgRM=" },
      body = "Digits=1" },
    expect = { refused = "the signature is wrong" } },
}

return twilio
