--- Telegram: the HTML subset of the Bot API, and messages of a bot, edited in place, with buttons.
---
--- A customised template is that HTML already. A message holds 4,096 characters, of which title, message, state and links
--- share; Telegram refuses a message with a torn or unknown tag as a whole, so such a one loses its tags.
local html <const> = require("channels.html")
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const> = sending.compose, sending.cut, sending.encode
local inbound <const>, reply <const>, syntax <const> = sending.inbound, sending.reply, sending.syntax
local words <const> = sending.words
local concat <const>, format <const> = table.concat, string.format
local find <const>, match <const> = string.find, string.match

local telegram = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  limit = { title = 500, message = 3500 },
  -- Customised templates were written for payloads whose strings are escaped before they are rendered.
  escapes_payload = true,
}

local escape <const> = syntax.telegram.escape
telegram.escape = escape

local writer <const> = setmetatable({
  text = escape,
  code = function(text) return "<code>" .. escape(text) .. "</code>" end,
  strong = function(inner) return "<b>" .. inner .. "</b>" end,
  em = function(inner) return "<i>" .. inner .. "</i>" end,
  link = function(inner, url) return format('<a href="%s">%s</a>', escape(url), inner) end,
  paragraph = function(lines) return concat(lines, "\n") end,
  heading = function(lines) return "<b>" .. concat(lines) .. "</b>" end,
  list = markdown.items("• "),
  quote = function(lines) return "<i>" .. concat(lines, "\n") .. "</i>" end,
  block = function(text) return "<pre>" .. escape(text) .. "</pre>" end,
}, { __index = html.writer })

local function to_html(text) return markdown.write(text, writer) end

--- Neutral Markdown to Telegram's HTML.
---@param text string
---@param field "title"|"message"
---@return string
function telegram.convert(text, field)
  if field == "title" then return escape(plain.cut(plain.one_line(text), telegram.limit.title)) end
  return markdown.fit(text, to_html, telegram.limit.message, "\n…")
end

--- A customised template's HTML. What is too long loses its tags, because a torn tag would be refused.
---@param text string
---@param field "title"|"message"
---@return string
function telegram.own(text, field)
  local limit = telegram.limit[field]
  if utf8.len(text) and utf8.len(text) <= limit then return text end
  return escape(plain.cut(plain.from_markup(text), limit))
end

---@param text string
---@return string
function telegram.plain(text) return escape(text) end

-- Sending -----------------------------------------------------------------------------------------------------------

telegram.name = "Telegram"
telegram.about = "Messages of a bot to people and groups, edited in place, with buttons"
telegram.docs = {
  "https://core.telegram.org/bots/api#sendmessage", "https://core.telegram.org/bots/api#editmessagetext",
  "https://core.telegram.org/bots/api#html-style", "https://core.telegram.org/bots/api#getupdates",
  "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this",
}
telegram.settings = {
  { "token", type = "text", secret = true, required = true, max = 100, pattern = "^%d+:[%w_-]+$",
    hint = "A bot's token looks like 123456:ABC-DEF1234.", about = "Token of the bot, from @BotFather" },
  { "webhook_secret", type = "text", secret = true, max = 256, pattern = "^[%w_-]+$",
    about = "secret_token of setWebhook, when Telegram shall call us; without it we ask Telegram" },
  { "api_url", type = "url", default = "https://api.telegram.org", about = "Where the Bot API is" },
}
telegram.address = {
  { "id", type = "text", required = true, max = 64, pattern = "^[-@]?[%w_]+$",
    hint = "A chat's id such as 123456789 or -1001234567890, or @channelname.", about = "Chat id: send /start to the bot to learn yours" },
  { "topic", type = "integer", min = 1, aside = true, about = "Topic of a forum group (message_thread_id)" },
}
telegram.room = { key = "id" }
telegram.limits = { per_target = { 1, 1000 }, per_provider = { 30, 1000 } }
telegram.can = { update = true, thread = true, buttons = true }
telegram.sample = { account = { token = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11" }, address = { id = "-1001234567890" } }

local TEXT_MAX <const> = 4096
local S <const> = syntax.telegram

local function keyboard(send)
  local rows, row = json.array(), json.array()
  for _, action in ipairs(words.actions(send)) do
    if action.verb == "silence" then
      rows[#rows + 1] = json.array {
        { text = "Silence 1 h", callback_data = inbound.value("silence", send.group.number, 3600000) },
        { text = "Silence 4 h", callback_data = inbound.value("silence", send.group.number, 14400000) },
      }
    else
      row[#row + 1] = { text = action.label, callback_data = inbound.value(action.verb, send.group.number) }
    end
  end
  if #row > 0 then table.insert(rows, 1, row) end
  return { inline_keyboard = rows }
end

local function parts_of(id) return match(id or "", "^(.+)/(%d+)$") end

local function text_of(send)
  local text = {}
  for key, value in pairs(send.text) do text[key] = value end
  text.title, text.message = S.sound(text.title), S.sound(text.message)
  local shown = { kind = send.kind, text = text, group = send.group, links = send.links, more = send.more, remaining = send.remaining }
  local buttons = #words.actions(send) > 0
  return compose.text(shown, S, TEXT_MAX, "utf16", { buttons = buttons })
end

local function method(send, name, body)
  local account = send.account
  local request = encode.json_request("POST", format("%s/bot%s/%s", encode.base(account.api_url), account.token, name), body)
  request.keep = 65536 -- the answer repeats the message
  return request
end

function telegram.request(send)
  local known = send.message and (send.kind == "thread" and send.message.thread_id or send.message.external_id)
  local chat, number = parts_of(known)
  if not chat and (send.kind == "update" or send.kind == "thread") then return nil, "Telegram: the message is not known" end
  local body = {
    chat_id = chat or send.address.id, text = text_of(send), parse_mode = "HTML",
    link_preview_options = { is_disabled = not send.text.image_url, url = send.text.image_url },
  }
  if send.kind == "update" then
    body.message_id, body.reply_markup = math.tointeger(tonumber(number)), keyboard(send)
    return method(send, "editMessageText", body)
  end
  body.message_thread_id = send.address.topic
  if send.kind == "thread" then
    body.reply_parameters = { message_id = math.tointeger(tonumber(number)), allow_sending_without_reply = true }
  elseif #words.actions(send) > 0 then
    body.reply_markup = keyboard(send)
  end
  return method(send, "sendMessage", body)
end

local ADVICE <const> = {
  { "chat not found", "Check the chat id; a person must have sent /start to the bot", true },
  { "bot was blocked", "The person has blocked the bot", true },
  { "user is deactivated", "The account was deleted", true },
  { "bot was kicked", "Add the bot to the group again", true },
  { "bot is not a member", "Add the bot to the group or channel", true },
  { "can't initiate conversation", "The person must send /start to the bot first", true },
  { "not enough rights", "Give the bot the right to post there" },
  { "need administrator rights", "Make the bot an administrator of the channel" },
  { "message to edit not found", "The message was deleted in Telegram" },
  { "message can't be edited", "Telegram lets it be edited no more" },
  { "unauthorized", "Put the bot's current token into the settings" },
  { "not found", "Put the bot's token into the settings" },
}

local function refusal_of(status, object)
  local what = reply.at(object, "description") or "no answer of the Bot API"
  local sentence = format("Telegram refused the message: %s", what)
  local moved = reply.at(object, "parameters", "migrate_to_chat_id")
  if moved then
    return { state = "failed", error = format("%s. The group has become a supergroup: its id is now %s", sentence, moved), gone = true }
  end
  for _, row in ipairs(ADVICE) do
    if find(string.lower(what), row[1], 1, true) then
      return { state = "failed", error = reply.joined(sentence, row[2]), gone = row[3] }
    end
  end
  if status == 403 then return { state = "failed", error = reply.joined(sentence, "Add the bot there, or send /start to it"), gone = true } end
  return { state = "failed", error = sentence }
end

local RULES <const> = {
  name = "Telegram", why = function(object) return reply.at(object, "description") end,
  after = function(object) return (tonumber(reply.at(object, "parameters", "retry_after")) or -0.001) * 1000 end,
  advice = { -- of a poll; what is sent has its own
    [401] = "Put the bot's current token into the settings", [404] = "Put the bot's token into the settings",
    [409] = "Delete the bot's webhook (deleteWebhook) or put its secret_token into the settings, and let one server only ask for this bot",
  },
}

function telegram.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if refused and refused.state == "retry" then return refused end
  if refused then
    if find(tostring(object.description), "message is not modified", 1, true) then return { state = "sent", id = send.message and send.message.external_id } end
    return refusal_of(response.status, object)
  end
  local body = response.body or ""
  local number = reply.at(object, "result", "message_id") or reply.find(body, "message_id")
  local chat = reply.at(object, "result", "chat", "id") or match(body, '"chat"%s*:%s*{%s*"id"%s*:%s*(%-?%d+)') or send.address.id
  local id = number and format("%s/%s", chat, number)
  return { state = "sent", id = id, thread = id }
end

-- Coming in ---------------------------------------------------------------------------------------------------------

local function answer_button(account, query, text)
  return method({ account = account }, "answerCallbackQuery", { callback_query_id = query.id, text = cut.to(text, 200, "points") })
end

local function answer_start(account, chat)
  return method({ account = account }, "sendMessage", { chat_id = chat, text = format("The id of this chat is %s", chat) })
end

local function id_text(v) return math.type(v) == "integer" and format("%d", v) or type(v) == "string" and v or nil end

local function read_update(update, account, events)
  local query, message = update.callback_query, update.message
  if type(query) == "table" and type(query.id) == "string" then
    local event = inbound.event(query.data, id_text(reply.at(query, "from", "id")), query.id)
    local text = event and format("%s #%d …", words.label(event.verb), event.group) or "This button means nothing here."
    events.requests[#events.requests + 1] = answer_button(account, query, text)
    if not event then return end
    event.request, event.regret = #events.requests, function(why) return answer_button(account, query, why) end
    events[#events + 1] = event
  elseif type(message) == "table" and type(message.text) == "string" and find(message.text, "^/start") then
    local chat = id_text(reply.at(message, "chat", "id"))
    if chat then events.requests[#events.requests + 1] = answer_start(account, chat) end
  end
end

function telegram.inbound(request, account)
  if not account.webhook_secret then return nil, "Telegram: there is no webhook_secret in the settings" end
  if not inbound.is_same(request.headers["x-telegram-bot-api-secret-token"], account.webhook_secret) then
    return nil, "Telegram: the secret token is wrong"
  end
  local update = json.decode(request.body)
  if type(update) ~= "table" then return nil, "Telegram: the body is no update" end
  local events = { requests = {}, answer = { status = 200, headers = {}, body = "" } }
  read_update(update, account, events)
  return events
end

-- Few at a time: all of an answer has to fit (a message can be some 100 KiB of JSON), and what one brings is done before the next.
local POLL_SECONDS <const>, POLL_UPDATES <const>, POLL_KEEP <const> = 25, 10, 4194304

telegram.poll = {
  request = function(account, from)
    if account.webhook_secret then return nil, "Telegram calls us" end
    local request = method({ account = account }, "getUpdates", {
      offset = from, limit = POLL_UPDATES, timeout = POLL_SECONDS, allowed_updates = json.array { "message", "callback_query" } })
    request.keep, request.timeout_ms = POLL_KEEP, (POLL_SECONDS + 10) * 1000
    return request
  end,
  read = function(response, account)
    local events = { requests = {} }
    local refused, object = reply.refusal(response, { now = 0 }, RULES)
    if refused then events.error, events.after_ms = refused.error, refused.after_ms return events end
    for _, update in ipairs(type(object.result) == "table" and object.result or {}) do
      if type(update) == "table" and math.type(update.update_id) == "integer" then
        events.next = math.max(events.next or 0, update.update_id + 1)
        read_update(update, account, events)
      end
    end
    return events
  end,
}

telegram.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = {
    method = "POST", url = "https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/sendMessage",
    json = { chat_id = "-1001234567890", parse_mode = "HTML", link_preview_options = { is_disabled = true },
      text = '<a href="https://tocsin.example.org/alert-groups/I4ZQ7"><b>#12 Disk of db-1 is full</b></a>\n97 % used.\n\n' ..
        '#12 · Firing · 3 alerts · Shop · production\n<a href="https://grafana.example.org/d/1">Source</a>',
      reply_markup = { inline_keyboard = { { { text = "Acknowledge", callback_data = "acknowledge:12" }, { callback_data = "resolve:12" } },
        { { callback_data = "silence:12:3600000" }, { callback_data = "silence:12:14400000" } } } } } } } },
  { "a page whose customised template has a torn tag", send = { address = { id = "42", topic = 7 }, text = { title = "<b>Disk", message = "a < b &amp; <i>c</i>" } },
    expect = { request = { json = { chat_id = "42", message_thread_id = 7 }, has = { "a &lt; b &amp; c", "<b>#12 Disk</b>" } } } },
  { "acknowledged, in place", send = { kind = "update", group = { state = "acknowledged", acknowledged_by = "<Ann>" }, message = { external_id = "-1001234567890/77" } },
    expect = { request = { url = "https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/editMessageText",
      json = { chat_id = "-1001234567890", message_id = 77 }, has = { "Acknowledged by &lt;Ann&gt;", "unacknowledge:12" } } } },
  { "a comment", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false }, message = { external_id = "42/77", thread_id = "42/77" } },
    expect = { request = { json = { chat_id = "42", reply_parameters = { message_id = 77 } }, lacks = { "reply_markup" } } } },
  { "sent", response = { status = 200, body = [[{"ok":true,"result":{"message_id":77,"from":{"id":123456,"is_bot":true},"chat":{"id":-1001234567890,"type":"supergroup"},"date":1767225600,"text":"x"}}]] },
    expect = { state = "sent", id = "-1001234567890/77" } },
  { "nothing new", send = { kind = "update", message = { external_id = "42/77" } }, response = { status = 400,
      body = [[{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new message content is the same"}]] },
    expect = { state = "sent", id = "42/77" } },
  { "too fast", response = { status = 429, body = [[{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}]] },
    expect = { state = "retry", after_ms = 35000 } },
  { "blocked", response = { status = 403, body = [[{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}]] },
    expect = { state = "failed", gone = true, error = "Telegram refused the message: Forbidden: bot was blocked by the user. The person has blocked the bot" } },
  { "a group that moved", response = { status = 400, body = [[{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1009}}]] },
    expect = { state = "failed", gone = true } },
  { "a button, by webhook", account = { webhook_secret = "s3cret" }, inbound = { headers = { ["x-telegram-bot-api-secret-token"] = "s3cret" },
      body = [[{"update_id":5,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":1111,"is_bot":false},"message":{"message_id":77,"chat":{"id":42}},"data":"silence:12:3600000"}}]] },
    expect = { events = { { verb = "silence", group = 12, silence_ms = 3600000, user_address = "1111" } },
      requests = { { url = "https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/answerCallbackQuery",
        body = [[{"callback_query_id":"4382bfdwdsb323b2d9","text":"Silence #12 …"}]] } } } },
  { "somebody else's webhook", account = { webhook_secret = "s3cret" }, inbound = { headers = { ["x-telegram-bot-api-secret-token"] = "guess" }, body = "{}" },
    expect = { refused = "the secret token is wrong" } },
  { "updates that were asked for", poll = { status = 200, headers = {},
      body = [[{"ok":true,"result":[{"update_id":7,"message":{"message_id":1,"chat":{"id":1111},"text":"/start"}},{"update_id":9,"callback_query":{"id":"1","from":{"id":1111},"data":"acknowledge:12"}},{"update_id":8,"callback_query":{"id":"2","from":{"id":1111},"data":"drop tables"}}]}]] },
    expect = { next = 10, events = { { verb = "acknowledge", group = 12, user_address = "1111" } }, requests = { { method = "POST" }, {}, {} } } },
}

return telegram
