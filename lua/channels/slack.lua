--- Slack: mrkdwn, and one message a group through the Web API with buttons.
---
--- Look: a customised template is mrkdwn already and is sent as it is. `&`, `<` and `>` of data are escaped, so data can
--- make no link, no mention (`<@U…>`, `<!channel>`) and no tag. Bare `@here` stays text because messages are sent without
--- link_names. Sending: what may be wrong with an image must not lose the message, so it is no block but an attachment
--- that Slack fetches later. An answer of 200 with ok = false is a refusal.
local crypto <const> = require("tocsin.crypto")
local json <const> = require("tocsin.json")
local markdown <const> = require("markdown")
local plain <const> = require("channels.plain")
local sending <const> = require("sending")
local cut <const>, encode <const>, inbound <const>, reply <const> = sending.cut, sending.encode, sending.inbound, sending.reply
local words <const> = sending.words
local find <const>, format <const>, gsub <const>, match <const> = string.find, string.format, string.gsub, string.match
local concat <const> = table.concat

local slack = {
  fields = { "title", "message", "image_url" },
  fallback_title = "Incident",
  limit = { title = 500, message = 2800 }, -- a section block holds 3,000
}

local ESCAPES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
local function escape(text) return (gsub(text, "[&<>]", ESCAPES)) end

local writer <const> = {
  between = "\n",
  text = escape,
  code = function(text) return "`" .. escape(text) .. "`" end,
  strong = function(inner) return "*" .. inner .. "*" end,
  em = function(inner) return "_" .. inner .. "_" end,
  link = function(inner, url) return concat { "<", (gsub(escape(url), "|", "%%7C")), "|", (gsub(inner, "|", "¦")), ">" } end,
  paragraph = function(lines) return concat(lines, "\n") end,
  heading = function(lines) return "*" .. concat(lines) .. "*" end,
  list = markdown.items("• "),
  quote = function(lines) return "> " .. concat(lines, "\n> ") end,
  block = function(text) return "```\n" .. escape((gsub(text, "```", "'''"))) .. "\n```" end,
}

local function to_mrkdwn(text) return markdown.write(text, writer) end

--- Neutral Markdown to mrkdwn, within Slack's limits.
---@param text string
---@param field "title"|"message"
---@return string
function slack.convert(text, field)
  if field == "title" then return escape(plain.cut(plain.one_line(text), slack.limit.title)) end
  return markdown.fit(text, to_mrkdwn, slack.limit.message, "\n…")
end

--- A customised template's mrkdwn: a title is one line, a message is cut.
---@param text string
---@param field "title"|"message"
---@return string
function slack.own(text, field)
  if field == "title" then return plain.one_line(text) end
  return plain.cut(text, slack.limit.message)
end

---@param text string
---@return string
function slack.plain(text) return escape(text) end

-- Sending -----------------------------------------------------------------------------------------------------------

slack.name = "Slack"
slack.about = "Messages in channels and to people, updated in place, with buttons"
slack.docs = {
  "https://docs.slack.dev/reference/methods/chat.postMessage", "https://docs.slack.dev/reference/methods/chat.update",
  "https://docs.slack.dev/reference/block-kit/blocks", "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  "https://docs.slack.dev/apis/web-api/rate-limits", "https://docs.slack.dev/reference/methods/conversations.list",
  "https://docs.slack.dev/reference/methods/conversations.members", "https://docs.slack.dev/reference/methods/usergroups.list",
  "https://docs.slack.dev/reference/methods/usergroups.users.update",
}
slack.settings = {
  { "token", type = "text", secret = true, required = true, max = 300, pattern = "^xox[%w.%-]+$",
    hint = "A bot token begins with xoxb-.", about = "Bot User OAuth Token with the scopes chat:write, channels:read, groups:read and usergroups:read" },
  { "signing_secret", type = "text", secret = true, max = 100,
    about = "Signing Secret of the app: with it messages have buttons; without it links" },
  { "api_url", type = "url", default = "https://slack.com/api", about = "Where the Web API is" },
}
slack.address = {
  { "id", type = "text", required = true, max = 30, pattern = "^[CDGUW][A-Z0-9]+$",
    hint = "An id such as C0123456789 (channel) or U0123456789 (person), not a name.", about = "Channel id or member id" },
}
slack.room = { key = "channel_id", enabled = true, upper = true }
slack.mention = { person = function(address) return match(address.id or "", "^[UW][A-Z0-9]+$") and "<@" .. address.id .. ">" end,
  everyone = "<!channel>" }
slack.limits = { per_target = { 1, 1000 }, per_provider = { 50, 60000 } }
slack.can = { update = true, thread = true, notes = true, buttons = true, membership = true }
slack.sample = {
  account = { token = "xoxb-1111-2222-abcdefgh", signing_secret = "8f742231b10e8888abcd99yyyzzz85a5" },
  address = { id = "C024BE91L" },
}

local SECTION_MAX <const> = 3000 -- characters of a section's text
local MARKUP <const> = { strip = plain.from_markup, escape = escape }

local function section(text)
  return { type = "section", text = { type = "mrkdwn", text = text } }
end

local function link(url, label)
  return concat { "<", (gsub(escape(url), "|", "%%7C")), "|", label, ">" }
end

-- The title as one bold link to the group. A title with markup of its own is left as it was written.
local function headline(send)
  local title, group = send.text.title, send.group
  local url = group and group.link
  local label = gsub(group and format("#%d %s", group.number, title) or title, "|", "¦")
  if not find(title, "[<>*]") then
    local line = "*" .. (url and link(url, label) or label) .. "*"
    if cut.size(line, "utf16") <= SECTION_MAX then return line end
  end
  return cut.keep_markup(title, url and "\n" .. link(url, format("#%d", group.number)) or "", SECTION_MAX, "utf16", MARKUP)
end

local function button(action, group)
  return { type = "button", action_id = action.verb, text = { type = "plain_text", text = action.label },
    value = inbound.value(action.verb, group.number), style = action.verb == "acknowledge" and "primary" or nil }
end

local function silence_menu(action, group)
  local options = json.array()
  for i, silence in ipairs(words.SILENCES) do
    options[i] = { text = { type = "plain_text", text = silence[1] }, value = inbound.value("silence", group.number, silence[2]) }
  end
  return { type = "static_select", action_id = "silence", placeholder = { type = "plain_text", text = action.label }, options = options }
end

local function buttons(send)
  local elements = json.array()
  for i, action in ipairs(words.actions(send)) do
    elements[i] = (action.verb == "silence" and silence_menu or button)(action, send.group)
  end
  return #elements > 0 and { type = "actions", elements = elements } or nil
end

local function links_line(send)
  local parts = {}
  for i, action in ipairs(words.linked_actions(send)) do parts[i] = link(action.url, action.label) end
  return #parts > 0 and concat(parts, " · ") or nil
end

local function context(send)
  local lines = { send.group and escape(words.footer(send.group)) }
  for _, note in ipairs(words.notes(send)) do lines[#lines + 1] = escape(note) end
  if send.text.source_link then lines[#lines + 1] = link(send.text.source_link, "Source") end
  if #lines == 0 then return nil end
  local text = cut.keep_markup(concat(lines, "\n"), "", SECTION_MAX, "utf16", MARKUP)
  return { type = "context", elements = json.array { { type = "mrkdwn", text = text } } }
end

local function body_blocks(send)
  local blocks = json.array()
  local message = send.text.message
  if message and find(message, "%S") then blocks[1] = section(cut.keep_markup(message, "", SECTION_MAX, "utf16", MARKUP)) end
  blocks[#blocks + 1] = context(send)
  local has_buttons = send.account.signing_secret
  local links = not has_buttons and links_line(send)
  if links then blocks[#blocks + 1] = section(cut.to(links, SECTION_MAX, "utf16")) end
  if has_buttons then blocks[#blocks + 1] = buttons(send) end
  return blocks
end

local function attachments(send)
  local colour = words.COLOURS[send.group and send.group.state or "resolved"]
  local out, blocks = json.array(), body_blocks(send)
  if #blocks > 0 then out[1] = { color = colour, blocks = blocks } end
  if send.text.image_url then
    out[#out + 1] = { color = colour, fallback = "Image", image_url = send.text.image_url }
  end
  return out
end

-- What a notification on a phone shows; a message with blocks shows it nowhere else.
local function fallback(send)
  local state = send.group and send.group.state ~= "firing" and escape(words.state(send.group)) .. ": " or ""
  return cut.keep_markup(state .. send.text.title, "", SECTION_MAX, "utf16", MARKUP)
end

-- A message is known by its conversation and its moment: "C024BE91L/1503435956.000247".
local function parts_of(id)
  return match(id or "", "^([CDGUW][A-Z0-9]+)/([%d.]+)$")
end

local function thread_body(send)
  local conversation, ts = parts_of(send.message and (send.message.thread_id or send.message.external_id))
  if not ts then return nil, "the message to answer is not known" end
  local text = send.text.title .. (send.text.message and "\n" .. send.text.message or "")
  return { channel = conversation, thread_ts = ts, text = cut.keep_markup(text, "", SECTION_MAX, "utf16", MARKUP) }
end

local function message_body(send)
  local body = { channel = send.address.id, text = fallback(send), blocks = json.array { section(headline(send)) },
    attachments = attachments(send) }
  if send.mention then body.blocks[2] = section(cut.to(send.mention, SECTION_MAX, "utf16")) end -- in an attachment it calls nobody
  if send.kind ~= "update" then return body end
  body.channel, body.ts = parts_of(send.message and send.message.external_id)
  if not body.ts then return nil, "the message to update is not known" end
  return body
end

-- The members of a user group are others now. A group cannot be without members, so it is not asked to be.
local function membership_request(send)
  return encode.json_request("POST", encode.base(send.account.api_url) .. "/usergroups.users.update",
    { usergroup = send.membership.group, users = concat(send.membership.people, ",") }, { encode.bearer(send.account.token) })
end

function slack.request(send)
  if send.kind == "membership" then return membership_request(send) end
  local is_update = send.kind == "update"
  local make = send.kind == "thread" and thread_body or message_body
  local body, why = make(send)
  if not body then return nil, "Slack: " .. why end
  if not is_update then body.unfurl_links, body.unfurl_media = false, false end
  local request = encode.json_request("POST", encode.base(send.account.api_url) .. (is_update and "/chat.update" or "/chat.postMessage"),
    body, { encode.bearer(send.account.token) })
  request.keep = 65536 -- the answer repeats the message
  return request
end

local REFUSALS <const> = {
  ratelimited = { retry = true }, rate_limited = { retry = true }, fatal_error = { retry = true }, internal_error = { retry = true },
  service_unavailable = { retry = true }, request_timeout = { retry = true },
  invalid_auth = "Put the app's current bot token into the settings",
  not_authed = "Put the app's bot token into the settings",
  account_inactive = "The app was removed: install it again and put its new token into the settings",
  token_revoked = "The token was revoked: install the app again and put its new token into the settings",
  token_expired = "The token has expired: put the new one into the settings",
  missing_scope = "Give the app the scope chat:write and install it again",
  no_permission = "Give the app the scope chat:write and install it again",
  org_login_required = "The workspace is being moved to an Enterprise organisation: install the app there",
  not_in_channel = "Invite the app to the channel (/invite)",
  channel_not_found = { "Check the id, and invite the app to the channel if it is a private one", gone = true },
  is_archived = { "The channel is archived: choose another one", gone = true },
  user_not_found = { "Check the member id", gone = true },
  user_disabled = { "The member's account is deactivated", gone = true },
  messages_tab_disabled = "Switch on the Messages Tab in the app's App Home",
  restricted_action = "A setting of the workspace keeps the app from posting there",
  restricted_action_read_only_channel = "The channel is read-only for the app",
  cant_update_message = "The message belongs to another app",
  message_not_found = "The message was deleted in Slack",
  edit_window_closed = "The workspace lets messages be edited for a while only",
}

local MEMBERSHIP_REFUSALS <const> = setmetatable({
  missing_scope = "Give the app the scope usergroups:write and install it again",
  no_permission = "Give the app the scope usergroups:write and install it again",
  permission_denied = "A setting of the workspace keeps the app from changing user groups",
  no_such_subteam = "Check the id of the user group",
  invalid_users = "Check the member ids of the people who are on call",
}, { __index = REFUSALS })

function slack.result(response, send)
  local refused, object = reply.refusal(response, send, { name = "Slack" })
  if refused then return refused end
  local body = response.body or ""
  if object.ok == true or object.ok == nil and find(body, '^%s*{%s*"ok"%s*:%s*true') then
    local conversation, ts = reply.find(body, "channel"), reply.find(body, "ts")
    local id = conversation and ts and conversation .. "/" .. ts or nil
    return { state = "sent", id = id, thread = id }
  end
  local code = object.error or reply.find(body, "error") or "no answer of the Web API"
  local refusals = send.kind == "membership" and MEMBERSHIP_REFUSALS or REFUSALS
  return reply.by_code("Slack", code, nil, refusals, reply.retry_after(response, send.now))
end

-- Coming in: block actions, signed with the app's secret.

local function is_signed(request, secret)
  local stamp, signature = request.headers["x-slack-request-timestamp"], request.headers["x-slack-signature"]
  if not inbound.is_recent(stamp, request.now, 300) then return false end
  local expected = "v0=" .. crypto.hex(crypto.hmac("sha256", secret, concat { "v0:", stamp, ":", request.body }))
  return inbound.is_same(signature, expected)
end

local OK <const> = { status = 200, headers = {}, body = "" }

-- Said to the person alone, and only to the Slack that signed.
local function regret_of(payload)
  local url = payload.response_url
  return function(why)
    if type(url) ~= "string" then return {} end
    return { requests = { encode.json_request("POST", url, { response_type = "ephemeral", replace_original = false, text = escape(why) }) } }
  end
end

local function events_of(payload)
  local events = { answer = OK, regret = regret_of(payload) }
  if payload.type ~= "block_actions" or type(payload.actions) ~= "table" then return events end
  for _, action in ipairs(payload.actions) do
    local value = type(action) == "table" and (reply.at(action, "selected_option", "value") or action.value)
    events[#events + 1] = inbound.event(value, reply.at(payload, "user", "id"), reply.at(action, "action_ts"))
  end
  return events
end

function slack.inbound(request, account)
  if not account.signing_secret then return nil, "Slack: there is no signing secret in the settings" end
  if not is_signed(request, account.signing_secret) then return nil, "Slack: the signature is wrong or too old" end
  local text = find(request.body, "^%s*{") and request.body or encode.read_form(request.body).payload
  local payload = text and json.decode(text)
  if type(payload) ~= "table" then return nil, "Slack: there is no payload" end
  if payload.type == "url_verification" and type(payload.challenge) == "string" then
    return { answer = { status = 200, headers = { ["content-type"] = "text/plain" }, body = payload.challenge } }
  end
  return events_of(payload)
end

-- Lists: which rooms and user groups there are, and who is in them. Slack lets each be asked about twenty times a minute.

local LIST_REFUSALS <const> = setmetatable({
  missing_scope = "Give the app the scopes channels:read, groups:read and usergroups:read and install it again",
  no_permission = "Give the app the scopes channels:read, groups:read and usergroups:read and install it again",
}, { __index = REFUSALS })
local PAGE <const>, KEEP <const>, PAUSE_MS <const> = "200", 4194304, 3000

local function list_request(account, name, args)
  return { method = "GET", url = encode.with_query(encode.base(account.api_url) .. "/" .. name, args),
    headers = { encode.bearer(account.token) }, keep = KEEP }
end

-- The items of a page that are what they should be; `take` makes one of them.
local function read_page(response, now, field, take)
  local refused, object = reply.refusal(response, { now = now }, { name = "Slack" })
  if not refused and object.ok ~= true then
    refused = reply.by_code("Slack", reply.at(object, "error") or "no answer of the Web API", nil, LIST_REFUSALS, reply.retry_after(response, now))
  end
  if refused then return { error = gsub(refused.error, "the message", "the list", 1), after_ms = refused.after_ms } end
  local items, next_at = {}, reply.at(object, "response_metadata", "next_cursor")
  for _, one in ipairs(type(object[field]) == "table" and object[field] or {}) do items[#items + 1] = take(one) end
  return { items = items, next = next_at ~= "" and next_at or nil }
end

local function id_of(one)
  local id = type(one) == "string" and one or reply.at(one, "id")
  return type(id) == "string" and find(id, "^[A-Z0-9]+$") and #id <= 30 and id or nil
end

local function text_at(one, name) return cut.to(cut.clean(tostring(reply.at(one, name) or "")), 100, "points") end

local function room_of(one)
  local id = id_of(one)
  return id and { id = id, name = text_at(one, "name") }
end

local function group_of(one)
  local id, members = id_of(one), {}
  for _, user in ipairs(type(one) == "table" and type(one.users) == "table" and one.users or {}) do members[#members + 1] = id_of(user) end
  return id and { id = id, name = text_at(one, "name"), handle = text_at(one, "handle"), members = members }
end

slack.lists = {
  rooms = { pause_ms = PAUSE_MS,
    request = function(account, at)
      return list_request(account, "conversations.list", { { "exclude_archived", "true" }, { "types", "public_channel,private_channel" },
        { "limit", PAGE }, { "cursor", at } })
    end,
    read = function(response, now) return read_page(response, now, "channels", room_of) end },
  groups = { pause_ms = PAUSE_MS,
    request = function(account) return list_request(account, "usergroups.list", { { "include_users", "true" } }) end,
    read = function(response, now) return read_page(response, now, "usergroups", group_of) end },
  members = { pause_ms = PAUSE_MS,
    request = function(account, at, room)
      return list_request(account, "conversations.members", { { "channel", room }, { "limit", PAGE }, { "cursor", at } })
    end,
    read = function(response, now) return read_page(response, now, "members", id_of) end },
}

slack.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = {
    method = "POST", url = "https://slack.com/api/chat.postMessage",
    headers = { Authorization = "Bearer xoxb-1111-2222-abcdefgh" },
    json = { channel = "C024BE91L", text = "Disk of db-1 is full", unfurl_links = false,
      blocks = { { type = "section", text = { text = "*<https://tocsin.example.org/alert-groups/I4ZQ7|#12 Disk of db-1 is full>*" } } },
      attachments = { { color = "#a30200", blocks = {
        { type = "section", text = { text = "97 % used." } },
        { type = "context", elements = { { text = "#12 · Firing · 3 alerts · Shop · production\n<https://grafana.example.org/d/1|Source>" } } },
        { type = "actions", elements = { { value = "acknowledge:12" }, { value = "resolve:12" }, { action_id = "silence" } } } } } } } } } },
  { "a page to a person whose app has no buttons", send = { address = { id = "U024BE7LH" }, account = { signing_secret = false }, more = 2 },
    expect = { request = { json = { channel = "U024BE7LH" }, has = { "And 2 more alert groups.", "<https://tocsin.example.org/act/ack1|Acknowledge>" },
      lacks = { '"actions"' } } } },
  { "acknowledged, in place", send = { kind = "update", group = { state = "acknowledged", acknowledged_by = "Ann <ann@x>" },
      message = { external_id = "C024BE91L/1503435956.000247" } },
    expect = { request = { url = "https://slack.com/api/chat.update", json = { channel = "C024BE91L", ts = "1503435956.000247",
      text = "Acknowledged by Ann &lt;ann@x&gt;: Disk of db-1 is full" }, has = { "unacknowledge:12", "#daa038" } } } },
  { "a line in the thread", send = { kind = "thread", text = { title = "Ann was called.", message = false },
      message = { external_id = "C024BE91L/1503435956.000247" } },
    expect = { request = { json = { channel = "C024BE91L", thread_ts = "1503435956.000247", text = "Ann was called." } } } },
  { "an update of a message that nobody knows", send = { kind = "update" }, expect = { refused = "the message to update is not known" } },
  { "who is on call is a user group", send = { kind = "membership", membership = { group = "S0614TZR7", people = { "U060R4BJ4", "U060RNRCZ" } } },
    expect = { request = { method = "POST", url = "https://slack.com/api/usergroups.users.update",
      json = { usergroup = "S0614TZR7", users = "U060R4BJ4,U060RNRCZ" } } } },
  { "a user group that is not there", send = { kind = "membership", membership = { group = "S1", people = { "U1" } } },
    response = { status = 200, body = [[{"ok":false,"error":"no_such_subteam"}]] },
    expect = { state = "failed", error = "Slack refused the message: no_such_subteam. Check the id of the user group" } },
  { "posted", response = { status = 200, body = [[{"ok":true,"channel":"C024BE91L","ts":"1503435956.000247","message":{"text":"x"}}]] },
    expect = { state = "sent", id = "C024BE91L/1503435956.000247", thread = "C024BE91L/1503435956.000247" } },
  { "too fast", response = { status = 429, headers = { ["retry-after"] = "30" }, body = [[{"ok":false,"error":"ratelimited"}]] },
    expect = { state = "retry", after_ms = 30000 } },
  { "not in the channel", response = { status = 200, body = [[{"ok":false,"error":"not_in_channel"}]] },
    expect = { state = "failed", error = "Slack refused the message: not_in_channel. Invite the app to the channel (/invite)" } },
  { "an archived channel", response = { status = 200, body = [[{"ok":false,"error":"is_archived"}]] }, expect = { state = "failed", gone = true } },
  { "a button", inbound = { now = 1531420618000000, headers = { ["x-slack-request-timestamp"] = "1531420618",
      ["x-slack-signature"] = "v0=f6bfe34be2ef94b2a7ddada45735d2611934b2d795aef698beec1e0a13eb55d5" },
      body = "payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U024BE7LH%22%7D%2C%22actions%22%3A%5B%7B%22action_id%22%3A%22acknowledge%22%2C%22value%22%3A%22acknowledge%3A12%22%7D%5D%7D" },
    expect = { events = { { verb = "acknowledge", group = 12, user_address = "U024BE7LH" } }, answer = { status = 200 } } },
  { "a forged button", inbound = { now = 1531420618000000, headers = { ["x-slack-request-timestamp"] = "1531420618",
      ["x-slack-signature"] = "v0=0000000000000000000000000000000000000000000000000000000000000000" }, body = "payload=%7B%7D" },
    expect = { refused = "the signature is wrong" } },
  { "a request of an hour ago, replayed", inbound = { now = 1531420618000000 + 301000000,
      headers = { ["x-slack-request-timestamp"] = "1531420618", ["x-slack-signature"] = "v0=f6bfe34be2ef94b2a7ddada45735d2611934b2d795aef698beec1e0a13eb55d5" }, body = "x" },
    expect = { refused = "too old" } },
  { "the second page of rooms", list = "rooms", at = "dXNlcjpVMEc5V0ZYTlo=", expect = { request = { method = "GET",
    url = "https://slack.com/api/conversations.list?exclude_archived=true&types=public_channel%2Cprivate_channel&limit=200&cursor=dXNlcjpVMEc5V0ZYTlo%3D",
    headers = { Authorization = "Bearer xoxb-1111-2222-abcdefgh" } } } },
  { "rooms, and more of them", list = "rooms", response = { status = 200,
      body = [[{"ok":true,"channels":[{"id":"C012AB3CD","name":"general","is_archived":false},{"id":5},null],"response_metadata":{"next_cursor":"dGVhbTpDMDYxRkE1UEI="}}]] },
    expect = { items = { { id = "C012AB3CD", name = "general" } }, next = "dGVhbTpDMDYxRkE1UEI=" } },
  { "user groups", list = "groups", expect = { request = { url = "https://slack.com/api/usergroups.list?include_users=true" } } },
  { "user groups and who is in them", list = "groups", response = { status = 200,
      body = [[{"ok":true,"usergroups":[{"id":"S0614TZR7","name":"On call","handle":"oncall","users":["U060R4BJ4","U060RNRCZ"]},{"id":"S0615G0KT","name":"Empty","handle":"empty"}]}]] },
    expect = { items = { { id = "S0614TZR7", name = "On call", handle = "oncall", members = { "U060R4BJ4", "U060RNRCZ" } }, { id = "S0615G0KT" } } } },
  { "who is in a room", list = "members", room = "C024BE91L", expect = { request = {
    url = "https://slack.com/api/conversations.members?channel=C024BE91L&limit=200" } } },
  { "members", list = "members", response = { status = 200, body = [[{"ok":true,"members":["U023BECGF","U061F7AUR"],"response_metadata":{"next_cursor":""}}]] },
    expect = { items = { "U023BECGF", "U061F7AUR" } } },
  { "a list that the app may not see", list = "rooms", response = { status = 200, body = [[{"ok":false,"error":"missing_scope","needed":"channels:read"}]] },
    expect = { error = "Slack refused the list: missing_scope. Give the app the scopes channels:read, groups:read and usergroups:read and install it again" } },
  { "lists too often", list = "groups", response = { status = 429, headers = { ["retry-after"] = "30" }, body = "" },
    expect = { error = "Slack answered 429", after_ms = 30000 } },
}

return slack
