--- Mattermost: Markdown much like the neutral one, and posts of a bot, edited in place, with buttons.
---
--- A customised template is sent as it is. Data can mention people by a bare `@name` there, so an at sign of neutral text
--- before a word gets a zero-width joiner behind it. What a button sends back is not signed by Mattermost, and nothing in it
--- says when it was pressed: its context carries a signature of ours over what it does and the notification that showed it, so
--- nobody who finds the address can press a button that was never shown, nor one that was pressed a second time.
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local compose <const>, encode <const>, inbound <const> = sending.compose, sending.encode, sending.inbound
local reply <const>, words <const>, syntax <const> = sending.reply, sending.words, sending.syntax
local gsub <const>, find <const>, format <const> = string.gsub, string.find, string.format

local mattermost = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  from_web = true,
  limit = { title = 500, message = 8000 },
}

-- Marks that the neutral dialect leaves alone and Mattermost would not.
local escape <const> = syntax.markdown.escape

local writer <const> = syntax.writer(syntax.markdown)

local function to_markdown(text) return markdown.write(text, writer) end

---@param text string
---@param field "title"|"message"
---@return string
function mattermost.convert(text, field)
  if field == "title" then return escape(plain.cut(plain.one_line(text), mattermost.limit.title)) end
  return markdown.fit(text, to_markdown, mattermost.limit.message, "\n…")
end

---@param text string
---@param field "title"|"message"
---@return string
function mattermost.own(text, field)
  return plain.cut(text, mattermost.limit[field])
end

---@param text string
---@return string
function mattermost.plain(text) return escape(text) end

-- Sending -----------------------------------------------------------------------------------------------------------

mattermost.name = "Mattermost"
mattermost.about = "Posts of a bot, edited in place, with buttons"
mattermost.docs = {
  "https://api.mattermost.com/#tag/posts/operation/CreatePost", "https://api.mattermost.com/#tag/posts/operation/PatchPost",
  "https://developers.mattermost.com/integrate/plugins/interactive-messages/", "https://developers.mattermost.com/integrate/reference/message-attachments/",
  "https://docs.mattermost.com/configure/rate-limiting-configuration-settings.html",
}
mattermost.settings = {
  { "url", type = "url", required = true, about = "Address of the Mattermost server" },
  { "token", type = "text", secret = true, required = true, max = 100, pattern = "^%w+$", about = "Access token of a bot account" },
}
mattermost.address = {
  { "id", type = "text", required = true, pattern = "^[%l%d]+$", max = 26, hint = "A channel's id has 26 small letters and digits.",
    about = "Channel id (channel menu, View Info); for a person the id of their direct channel with the bot" },
  { "user", type = "text", aside = true, person = true, pattern = "^[%l%d]+$", max = 26, hint = "A user's id has 26 small letters and digits.",
    about = "Id of the person's user, so that the buttons they press act as them" },
}
mattermost.room = { key = "id" }
mattermost.mention = { everyone = "@channel" }
mattermost.limits = { per_target = { 2, 1000 }, per_provider = { 10, 1000 } }
mattermost.can = { update = true, thread = true, notes = true, buttons = true }
mattermost.sample = {
  account = { url = "https://chat.example.org", token = "xr3j5x3p4pfk7kk6ck7b4e6ghh" }, address = { id = "4xp9fdt77pncbef59f4k1qe83o" },
}

local TEXT_MAX <const> = 7600 -- characters of an attachment's text; a post's properties hold 800,000

local function signature(account, value, key)
  return crypto.hex(crypto.hmac("sha256", account.token, value .. " " .. key))
end

local function button(action, send, value, label)
  return { id = gsub(value, "%W", ""), name = label or action.label, type = "button", style = action.verb == "acknowledge" and "primary" or "default",
    integration = { url = send.links.inbound, context = { value = value, key = send.key, sign = signature(send.account, value, send.key) } } }
end

local function buttons(send)
  local out = json.array()
  if not (send.links and send.links.inbound) then return out end
  for _, action in ipairs(words.actions(send)) do
    local is_silence = action.verb == "silence"
    local value = inbound.value(action.verb, send.group.number, is_silence and 3600000 or nil)
    out[#out + 1] = button(action, send, value, is_silence and "Silence 1 h" or nil)
  end
  return out
end

local function post_of(send)
  local actions = buttons(send)
  local attachment = {
    fallback = words.title { text = { title = syntax.markdown.strip(send.text.title) }, group = send.group },
    color = words.COLOURS[send.group and send.group.state or "resolved"],
    text = compose.text(send, syntax.markdown, TEXT_MAX, "utf16", { buttons = #actions > 0, without_mention = true }),
    image_url = send.text.image_url,
  }
  if #actions > 0 then attachment.actions = actions end
  return { message = send.mention or "", props = { attachments = json.array { attachment } } }
end

local function call(send, method, path, body)
  local request = encode.json_request(method, encode.base(send.account.url) .. "/api/v4/" .. path, body, { encode.bearer(send.account.token) })
  request.keep = 131072 -- the answer repeats the post
  return request
end

function mattermost.request(send)
  local known = send.message and (send.kind == "thread" and send.message.thread_id or send.message.external_id)
  if (send.kind == "update" or send.kind == "thread") and not find(known or "", "^[%l%d]+$") then return nil, "Mattermost: the post is not known" end
  if send.kind == "update" then return call(send, "PUT", "posts/" .. known .. "/patch", post_of(send)) end
  if send.kind == "thread" then
    local text = compose.text(send, syntax.markdown, TEXT_MAX, "utf16")
    return call(send, "POST", "posts", { channel_id = send.address.id, root_id = known, message = text })
  end
  local body = post_of(send)
  body.channel_id = send.address.id
  return call(send, "POST", "posts", body)
end

local RULES <const> = {
  name = "Mattermost", why = function(object) return reply.at(object, "message") end,
  advice = {
    [401] = "Put a valid access token of the bot into the settings", [403] = "Add the bot to the team and the channel",
    [404] = "Check the server's address and the channel id; the post may have been deleted", [413] = "The server allows shorter posts only",
  },
}

function mattermost.result(response, send)
  local refused = reply.refusal(response, send, RULES)
  if refused then
    -- Seconds until its limiter takes the next request.
    local reset = response.headers and response.headers["x-ratelimit-reset"]
    if response.status == 429 then refused.after_ms = refused.after_ms or reset and reply.bounded((tonumber(reset) or -1) * 1000) end
    return refused
  end
  local id = reply.find(response.body or "", "id") or send.message and send.message.external_id
  return { state = "sent", id = id, thread = id }
end

local function answer_of(body)
  return { status = 200, headers = { ["content-type"] = "application/json" }, body = body }
end

function mattermost.inbound(request, account)
  local body = json.decode(request.body)
  local value, key = reply.at(body, "context", "value"), reply.at(body, "context", "key")
  local sign = reply.at(body, "context", "sign")
  local is_whole = type(value) == "string" and type(key) == "string" and type(sign) == "string"
  if not is_whole or not inbound.is_same(sign, signature(account, value, key)) then
    return nil, "Mattermost: the button is not signed by us"
  end
  local user = reply.at(body, "user_id")
  return { inbound.event(value, type(user) == "string" and user or nil, key),
    answer = answer_of "{}", regret = function(why) return { answer = answer_of(json.encode { ephemeral_text = why }) } end }
end

-- Who is in a channel that the bot is in, some at a time.
local PAGE <const>, LIST_KEEP <const> = 200, 1048576

local function members_request(account, at, room)
  local path = format("/api/v4/channels/%s/members", encode.percent(room))
  return { method = "GET", url = encode.with_query(encode.base(account.url) .. path, { { "page", at or "0" }, { "per_page", PAGE } }),
    headers = { encode.bearer(account.token) }, keep = LIST_KEEP }
end

local function read_members(response, now, at)
  local refused, object = reply.refusal(response, { now = now }, RULES)
  if refused then return { error = refused.error, after_ms = refused.after_ms } end
  local items = {}
  for _, one in ipairs(object) do
    local id = reply.at(one, "user_id")
    if type(id) == "string" and find(id, "^[%l%d]+$") and #id <= 26 then items[#items + 1] = id end
  end
  return { items = items, next = #object >= PAGE and tostring((tonumber(at) or 0) + 1) or nil }
end

mattermost.lists = { members = { request = members_request, read = read_members } }

mattermost.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = { method = "POST", url = "https://chat.example.org/api/v4/posts",
    headers = { Authorization = "Bearer xr3j5x3p4pfk7kk6ck7b4e6ghh" },
    json = { channel_id = "4xp9fdt77pncbef59f4k1qe83o", message = "", props = { attachments = { { color = "#a30200", fallback = "#12 Disk of db-1 is full",
      text = "[**\\#12 Disk of db-1 is full**](https://tocsin.example.org/alert-groups/I4ZQ7)\n97 % used.\n\n\\#12 · Firing · 3 alerts · Shop · production\n[Source](https://grafana.example.org/d/1)",
      actions = { { id = "acknowledge12", name = "Acknowledge", integration = { url = "https://tocsin.example.org/inbound/p1",
        context = { value = "acknowledge:12", sign = "953e22cacec55bf445f39ea059c22bc62b8e1075830d6f71c2f9558519fe0f8c" } } }, { name = "Resolve" }, { name = "Silence 1 h" } } } } } } } } },
  { "a page without a public address", send = { links = false }, expect = { request = { lacks = { "actions" } } } },
  { "acknowledged, in place", send = { kind = "update", group = { state = "acknowledged", acknowledged_by = "@ann" }, message = { external_id = "8xk1ctb9ifn3fmmhgtjkkdpzbh" } },
    expect = { request = { method = "PUT", url = "https://chat.example.org/api/v4/posts/8xk1ctb9ifn3fmmhgtjkkdpzbh/patch", has = { "Acknowledged by @\u{200D}ann", "unacknowledge:12" } } } },
  { "a line in the thread", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false }, message = { external_id = "x", thread_id = "8xk1ctb9ifn3fmmhgtjkkdpzbh" } },
    expect = { request = { json = { root_id = "8xk1ctb9ifn3fmmhgtjkkdpzbh", message = "**Ann was called.**" } } } },
  { "posted", response = { status = 201, body = [[{"id":"8xk1ctb9ifn3fmmhgtjkkdpzbh","create_at":1767225600000,"channel_id":"4xp9fdt77pncbef59f4k1qe83o","message":""}]] },
    expect = { state = "sent", id = "8xk1ctb9ifn3fmmhgtjkkdpzbh", thread = "8xk1ctb9ifn3fmmhgtjkkdpzbh" } },
  { "too fast", response = { status = 429, headers = { ["x-ratelimit-limit"] = "10", ["x-ratelimit-remaining"] = "0", ["x-ratelimit-reset"] = "1" }, body = "limit exceeded" },
    expect = { state = "retry", after_ms = 1000 } },
  { "not in the channel", response = { status = 403, body = [[{"id":"api.context.permissions.app_error","message":"You do not have the appropriate permissions.","status_code":403}]] },
    expect = { state = "failed", error = "Mattermost answered 403: You do not have the appropriate permissions. Add the bot to the team and the channel" } },
  { "who is in a channel", list = "members", room = "4xp9fdt77pncbef59f4k1qe83o", expect = { request = { method = "GET",
    url = "https://chat.example.org/api/v4/channels/4xp9fdt77pncbef59f4k1qe83o/members?page=0&per_page=200", headers = { Authorization = "Bearer xr3j5x3p4pfk7kk6ck7b4e6ghh" } } } },
  { "members", list = "members", response = { status = 200, body = [=[[{"channel_id":"4xp9fdt77pncbef59f4k1qe83o","user_id":"9ojw1kfqqtfmbqh8hqnyhgs5zw","roles":"channel_user"},{"user_id":5},null]]=] },
    expect = { items = { "9ojw1kfqqtfmbqh8hqnyhgs5zw" } } },
  { "members of a channel without the bot", list = "members", response = { status = 403, body = [[{"message":"You do not have the appropriate permissions."}]] },
    expect = { error = "Mattermost answered 403: You do not have the appropriate permissions. Add the bot to the team and the channel" } },
  { "a call of everybody", send = { kind = "post", mention = "@channel", group = false, links = false }, expect = { request = { json = { message = "@channel" } } } },
  { "a button", inbound = { body = [[{"user_id":"9ojw1kfqqtfmbqh8hqnyhgs5zw","user_name":"ann","channel_id":"4xp9fdt77pncbef59f4k1qe83o","post_id":"8xk1ctb9ifn3fmmhgtjkkdpzbh","type":"","context":{"value":"acknowledge:12","key":"n-41","sign":"953e22cacec55bf445f39ea059c22bc62b8e1075830d6f71c2f9558519fe0f8c"}}]] },
    expect = { events = { { verb = "acknowledge", group = 12, user_address = "9ojw1kfqqtfmbqh8hqnyhgs5zw", once = "n-41" } }, answer = { body = "{}" } } },
  { "a button of another group", inbound = { body = [[{"user_id":"u","context":{"value":"acknowledge:13","key":"n-41","sign":"953e22cacec55bf445f39ea059c22bc62b8e1075830d6f71c2f9558519fe0f8c"}}]] }, expect = { refused = "not signed by us" } },
}

return mattermost
