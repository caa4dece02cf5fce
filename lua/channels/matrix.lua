--- Matrix: messages in a room, edited in place; a notification's key is the transaction id, so nothing is sent twice.
---
--- Rooms must not be encrypted. An empty m.mentions says that a message mentions nobody, whatever it holds.
local json <const> = require("tocsin.json")
local sending <const> = require("sending")
local compose <const>, cut <const>, encode <const>, reply <const> = sending.compose, sending.cut, sending.encode, sending.reply
local syntax <const>, words <const> = sending.syntax, sending.words
local find <const>, format <const> = string.find, string.format

local matrix = {
  name = "Matrix",
  about = "Messages in a Matrix room, edited in place",
  docs = {
    "https://spec.matrix.org/v1.11/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid", "https://spec.matrix.org/v1.11/client-server-api/#event-replacements",
    "https://spec.matrix.org/v1.11/client-server-api/#threading", "https://spec.matrix.org/v1.11/client-server-api/#rate-limiting",
    "https://spec.matrix.org/v1.11/client-server-api/#size-limits", "https://spec.matrix.org/v1.11/client-server-api/#user-and-room-mentions",
  },
  look = { matrix = "web" },
  settings = {
    { "url", type = "url", required = true, about = "Address of the homeserver" },
    { "token", type = "text", secret = true, required = true, max = 1000, pattern = "^[%w._=-]+$", about = "Access token of the bot's account" },
  },
  address = {
    { "id", type = "text", required = true, max = 255, pattern = "^![^%s]+$", hint = "A room id begins with ! (room settings, Advanced), and the room is not encrypted.", about = "Room id" },
  },
  room = { key = "id" },
  mention = { everyone = "@room" },
  limits = { per_target = { 2, 1000 }, per_provider = { 10, 1000 } },
  can = { update = true, thread = true, notes = true },
  sample = { account = { url = "https://matrix.example.org", token = "syt_dG9jc2lu_AbCdEfGhIjKlMnOp_1aBcDe" }, address = { id = "!636q39766251:example.org" } },
}

local HTML_MAX <const>, PLAIN_MAX <const> = 12000, 5000 -- bytes; an edit holds both twice, and an event 65,536

local function plain_text(send)
  if send.kind == "thread" then send = { kind = "thread", text = send.text } end
  local lines = { send.group and words.footer(send.group) }
  local tail = words.tail(send)
  if tail ~= "" then lines[#lines + 1] = tail end
  local below = table.concat(lines, "\n")
  local head = format("%s%s%s", send.mention and send.mention .. " " or "", words.title(send), send.text.message and "\n" .. syntax.html.strip(send.text.message) or "")
  return cut.keep(syntax.html.strip(head), below ~= "" and "\n" .. below or "", PLAIN_MAX, "bytes")
end

local function content_of(send)
  return {
    msgtype = send.kind == "thread" and "m.notice" or "m.text", body = plain_text(send),
    format = "org.matrix.custom.html", formatted_body = compose.text(send, syntax.html, HTML_MAX, "bytes"),
    ["m.mentions"] = send.mention and { room = true } or json.raw("{}"),
  }
end

function matrix.request(send)
  local content, known = content_of(send), send.message
  if send.kind == "update" then
    local id = known and known.external_id
    if not find(id or "", "^%$%S+$") then return nil, "Matrix: the message to update is not known" end
    local new = content
    content = content_of(send)
    content.body, content["m.new_content"] = "* " .. content.body, new
    content["m.relates_to"] = { rel_type = "m.replace", event_id = id }
  elseif send.kind == "thread" then
    local id = known and (known.thread_id or known.external_id)
    if not find(id or "", "^%$%S+$") then return nil, "Matrix: the message to answer is not known" end
    content["m.relates_to"] = { rel_type = "m.thread", event_id = id }
  end
  return encode.json_request("PUT", format("%s/_matrix/client/v3/rooms/%s/send/m.room.message/%s", encode.base(send.account.url),
    encode.percent(send.address.id), encode.percent(send.key)), content, { encode.bearer(send.account.token) })
end

local RULES <const> = {
  name = "Matrix", why = function(object) return reply.at(object, "error") end,
  after = function(object) return tonumber(reply.at(object, "retry_after_ms")) or -1 end,
  advice = {
    [401] = "Put a valid access token into the settings", [403] = "Invite the bot's account to the room, let it join, and let it post",
    [404] = "Check the room id and the homeserver's address", [413] = "The homeserver takes smaller events only",
  },
}

function matrix.result(response, send)
  local refused, object = reply.refusal(response, send, RULES)
  if refused then return refused end
  local id = send.kind == "update" and send.message and send.message.external_id or reply.at(object, "event_id")
  return { state = "sent", id = id, thread = id }
end

matrix.examples = {
  { "a group in its room", send = { kind = "post" }, expect = { request = { method = "PUT",
    url = "https://matrix.example.org/_matrix/client/v3/rooms/%21636q39766251%3Aexample.org/send/m.room.message/n-41",
    headers = { Authorization = "Bearer syt_dG9jc2lu_AbCdEfGhIjKlMnOp_1aBcDe" },
    json = { msgtype = "m.text", format = "org.matrix.custom.html", ["m.mentions"] = {},
      body = "#12 Disk of db-1 is full\n97 % used.\n#12 · Firing · 3 alerts · Shop · production\nAcknowledge: https://tocsin.example.org/act/ack1\n" ..
        "Resolve: https://tocsin.example.org/act/res1\nSilence: https://tocsin.example.org/act/sil1\nhttps://tocsin.example.org/alert-groups/I4ZQ7",
      formatted_body = '<a href="https://tocsin.example.org/alert-groups/I4ZQ7"><strong>#12 Disk of db-1 is full</strong></a><br>\n97 % used.<br>\n' ..
        '#12 · Firing · 3 alerts · Shop · production<br>\n<a href="https://tocsin.example.org/act/ack1">Acknowledge</a> · <a href="https://tocsin.example.org/act/res1">Resolve</a> · ' ..
        '<a href="https://tocsin.example.org/act/sil1">Silence</a> · <a href="https://grafana.example.org/d/1">Source</a>' } } } },
  { "a page", send = {}, expect = { request = { method = "PUT" } } },
  { "acknowledged, in place", send = { kind = "update", key = "n/42", group = { state = "acknowledged", acknowledged_by = "Ann" }, message = { external_id = "$YUwRidLecu:example.org" } },
    expect = { request = { url = "https://matrix.example.org/_matrix/client/v3/rooms/%21636q39766251%3Aexample.org/send/m.room.message/n%2F42",
      json = { ["m.relates_to"] = { rel_type = "m.replace", event_id = "$YUwRidLecu:example.org" }, ["m.new_content"] = { msgtype = "m.text" } }, has = { "Acknowledged by Ann" } } } },
  { "a line in the thread", send = { kind = "thread", text = { title = "Ann was called.", message = false, source_link = false }, message = { thread_id = "$YUwRidLecu" } },
    expect = { request = { json = { msgtype = "m.notice", ["m.relates_to"] = { rel_type = "m.thread", event_id = "$YUwRidLecu" } } } } },
  { "sent", response = { status = 200, body = [[{"event_id":"$YUwRidLecu:example.org"}]] }, expect = { state = "sent", id = "$YUwRidLecu:example.org", thread = "$YUwRidLecu:example.org" } },
  { "too fast", response = { status = 429, body = [[{"errcode":"M_LIMIT_EXCEEDED","error":"Too many requests","retry_after_ms":2000}]] }, expect = { state = "retry", after_ms = 2000 } },
  { "not in the room", response = { status = 403, body = [[{"errcode":"M_FORBIDDEN","error":"User @tocsin:example.org not in room"}]] },
    expect = { state = "failed", error = "Matrix answered 403: User @tocsin:example.org not in room. Invite the bot's account to the room, let it join, and let it post" } },
}

return matrix
