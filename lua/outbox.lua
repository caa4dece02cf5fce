--- What leaves the house: a row of the outbox becomes the request of its provider, and the provider's answer a state.
---
--- Runs in the pager's Lua state, which reads rows. What is on its way stands in `sends` until its answer is judged, so
--- that an answer is read with the very words it belongs to.
local actor_names <const> = require("actor_names")
local allowance <const> = require("allowance")
local bundle <const> = require("bundle")
local channel <const> = require("channel")
local channels <const> = require("channels")
local fuel <const> = require("tocsin.fuel")
local group_state <const> = require("group_state")
local ids <const> = require("tocsin.ids")
local json <const> = require("tocsin.json")
local links <const> = require("links")
local render <const> = require("render")
local seal <const> = require("tocsin.seal")
local sending <const> = require("watch.sending")
local store <const> = require("tocsin.store")
local thread_words <const> = require("thread_words")
local webhook <const> = require("webhook")

local type <const>, pairs <const>, ipairs <const>, find <const> = type, pairs, ipairs, string.find

local outbox = {}

local sends <const> = {} -- id of the notification → { type, send }

local FUEL <const> = 5000000 -- of each template, as in the slow lane
local stocks <const> = {} -- of an integration or a webhook: what its templates may still spend here

-- Rows ----------------------------------------------------------------------------------------------------------------

local function decoded(text)
  local v = text and json.decode(text)
  return type(v) == "table" and v or {}
end

-- The values of a settings or address column, the secret ones opened.
local function opened(text, fields)
  local values = decoded(text)
  for name in pairs(channel.secrets(fields)) do
    local v = values[name]
    if type(v) == "string" and find(v, "^sealed:") then
      local clear, why = seal.open(v)
      values[name] = clear or error(why, 0)
    end
  end
  return values
end

local function notification_of(id)
  return store.row("SELECT n.id, n.kind, n.alert_group_id, n.user_id, n.contact_method_id, n.provider_id, n.channel, " ..
    "n.is_important, n.state, n.key, n.attempt, n.external_id, n.detail, " ..
    "n.created_at, c.address, c.is_enabled, u.name, u.username, u.deleted_at " ..
    "FROM notification AS n LEFT JOIN contact_method AS c ON c.id = n.contact_method_id " ..
    "LEFT JOIN user AS u ON u.id = n.user_id WHERE n.id = $1", id)
end

-- What channels take some kinds for.
local SENT_AS <const> = { info = "post", call = "post", remind = "page" }

local ROOM_KINDS <const> = { post = true, update = true, info = true, thread = true, call = true }
local SHOWING <const> = { post = true, update = true } -- the message itself
local INFO_LIFE <const> = 3600 * 1000000 -- who is on call now is no news later

local function is_to_room(n) return ROOM_KINDS[n.kind] and not n.contact_method_id end

-- What the room shows of the group, once it has been posted.
local function message_of(n)
  local row = store.row("SELECT external_id, thread_id, told_seq FROM message WHERE alert_group_id = $1 AND channel = $2 AND " ..
    "target = $3", n.alert_group_id, n.channel, decoded(n.detail).room)
  return row and row.external_id and row or nil
end

local function group_of(id)
  return store.row("SELECT g.id, g.title, g.labels, g.alerts_count, g.started_at, g.acknowledged_at, g.integration_id, " ..
    "g.acknowledged_by, g.acknowledged_by_id, g.resolved_at, g.resolved_by, g.resolved_by_id, g.silenced_at, " ..
      "g.silenced_until, " ..
    "g.wiped_at, g.first_alert_id, g.last_alert_id, g.is_demo, g.is_debug, i.name AS integration, i.type, " ..
      "i.templates_default, " ..
    "i.templates FROM alert_group AS g " ..
    "JOIN integration AS i ON i.id = g.integration_id WHERE g.id = $1", id)
end

-- The provider whose turn it is: the one that was named, else the first that is switched on and carries the channel. A page
-- does not end with its provider; what was posted in a room does.
local function provider_of(n)
  local is_gone = n.kind == "page" and n.provider_id and not store.row("SELECT id FROM provider WHERE id = $1", n.provider_id)
  if is_gone then n.provider_id = nil end
  local rows = store.rows("SELECT id, type, settings, is_enabled FROM provider WHERE id = $1 OR " ..
    "($1 IS NULL AND is_enabled = 1) ORDER BY position, id", n.provider_id or json.null)
  for _, row in ipairs(rows) do
    for _, carried in ipairs(channel.load(row.type) and channel.carries(row.type) or {}) do
      if carried == n.channel and row.is_enabled == 1 then return row end
    end
  end
end

-- Where the room of a route is: the first field of the channel's addresses, or a provider of its own, by id or name.
local function find_room(n)
  local room = decoded(n.detail).room
  if room == "" or n.provider_id then return end
  for _, row in ipairs(store.rows("SELECT id, name, type FROM provider WHERE is_enabled = 1 ORDER BY position, id")) do
    local spec = row.type == n.channel and channel.load(row.type)
    if spec and #spec.address == 0 and (row.name == room or ids.encode("P", row.id) == room) then n.provider_id = row.id end
  end
end

local function address_of(n, spec)
  if not is_to_room(n) then return opened(n.address or decoded(n.detail).address, spec.address) end
  local field = spec.address[1]
  return field and { [field[1]] = decoded(n.detail).room } or {}
end

-- The sentence about a room that cannot be one.
local function why_no_room(n, spec, address)
  if n.kind == "call" and not (spec.mention and spec.mention.everyone) then
    return spec.name .. " has no way to call everybody in a room, and does not tell who is there."
  end
  if not is_to_room(n) or decoded(n.detail).user_group then return nil end
  local problem = channel.check_values(spec.address, address)[1]
  return problem and "The room of the route is not right: " .. problem[2]
end

-- Words ---------------------------------------------------------------------------------------------------------------

local function link_of(g, public_url)
  return public_url ~= "" and public_url .. "/alert-groups/" .. ids.encode("I", g.id) or nil
end

-- A person who gets a page of a group in debug mode is called by hand: that nobody is called is for rooms.
local function facts_of(g, n, public_url)
  local names = actor_names.of(g.id)
  return { number = g.id, id = ids.encode("I", g.id), state = group_state.of(g), link = link_of(g, public_url),
    is_debug = g.is_debug == 1 and SHOWING[n.kind] or nil,
    alerts_count = g.alerts_count, integration = g.integration, started_at = g.started_at,
    acknowledged_by = group_state.who(g.acknowledged_by, g.acknowledged_by_id, names),
    resolved_by = group_state.who(g.resolved_by, g.resolved_by_id, names) }
end

-- A person hears of the alert that began it, a room sees the latest.
local function payload_of(g, kind)
  local id = (kind == "page" or kind == "cancel" or kind == "remind") and g.first_alert_id or g.last_alert_id
  local row = store.row("SELECT payload, parsed FROM alert WHERE id = $1", id)
  return row and (row.parsed or row.payload) or "{}"
end

-- What a message will show, in the words of engine/posts.c; nil when it can show nothing else later.
local function shown_of(n, g, provider)
  if not g or not SHOWING[n.kind] or not channel.can(provider.type, "update", n.channel) then return nil end
  local at = g.wiped_at or g.resolved_at or g.acknowledged_at or g.silenced_at or 0
  return string.format("%s%s %d %d", g.is_debug == 1 and "debug " or "", group_state.of(g), at, g.alerts_count)
end

local function stock_of(kind, id, now)
  local key = kind .. id
  stocks[key] = stocks[key] or allowance.new(now)
  return stocks[key]
end

-- Calls f(...); the stock pays for what it spends.
local function metered(stock, f, ...)
  local before = fuel.left() or 0
  local results = table.pack(f(...))
  allowance.spend(stock, before - (fuel.left() or 0))
  return table.unpack(results, 1, results.n)
end

local function render_group(g, n, look, facts, units)
  local ok, shows = pcall(render.alert, {
    integration = { name = g.integration, type = g.type },
    defaults = decoded(g.templates_default), templates = decoded(g.templates),
    payload_text = payload_of(g, n.kind), labels = decoded(g.labels), variables = { number = g.id, link = facts.link },
    channel = look, fuel = units })
  return ok and shows or { title = g.title }
end

local function is_out_of_budget(error_text) return error_text and find(error_text, "past its budget", 1, true) end

-- What ran out of less fuel than it should have had says nothing; the title is the one that was rendered when the group opened.
local function without_errors(g, look, shows)
  local e = shows.errors
  if is_out_of_budget(e.title) then shows.title = channels[look].plain(g.title, "title") end
  if is_out_of_budget(e.message) then shows.message = nil end
  return shows
end

-- The texts of a group. Whose templates have cost everybody much time lately gets less of it.
local function text_of(g, n, look, facts, now)
  if not channels[look] then look = "sms" end
  local stock = stock_of("integration", g.integration_id, now)
  local units = allowance.fuel(stock, now, FUEL)
  local shows = metered(stock, render_group, g, n, look, facts, units)
  if units < FUEL and shows.errors then shows = without_errors(g, look, shows) end
  local prefix = g.is_demo == 1 and "Demo: " or facts.is_debug and "Debug: " or ""
  if shows.title then shows.title = prefix .. shows.title end
  return shows
end

-- How a page is called off later: each by itself, or the latest for all; nil when it cannot be.
local function cancels_of(n, provider)
  if n.kind ~= "page" or not channel.can(provider.type, "cancel", n.channel) then return nil end
  return channel.can(provider.type, "replace", n.channel) and "latest" or "each"
end

-- A test says what its row says (a code), else the words of every test.
local function sealed_text(n)
  local sealed = decoded(n.detail).text
  return sealed and json.decode(assert(seal.open(sealed)))
end

local NOTE_LINES_MAX <const> = 20 -- of one note; the next one goes on

local NEWS <const> = "SELECT seq, action, reason, by, by_id, detail FROM group_log WHERE alert_group_id = $1 AND " ..
  "seq > $2 AND action IN ('" .. table.concat(thread_words.ACTIONS, "', '") .. "') ORDER BY seq LIMIT $3"

-- What the thread was not told yet; nil when there is nothing.
local function note_text(n, g, look, message)
  local lines = store.rows(NEWS, g.id, message.told_seq or 0, NOTE_LINES_MAX)
  local sentences = thread_words.sentences(lines, actor_names.of(g.id))
  if #sentences == 0 then return nil end
  local shape = channels[look] or channels.sms
  for i, sentence in ipairs(sentences) do sentences[i] = shape.plain(sentence, "message") end
  n.told = lines[#lines].seq
  return { title = sentences[1], message = sentences[2] and table.concat(sentences, "\n", 2) or nil }
end

-- Everybody in a room is asked to look at a message above, which has the alert's words and what can be done.
local function call_text(g, n, look, facts, now)
  local shape, shows = channels[look] or channels.sms, text_of(g, n, look, facts, now)
  return { title = shape.plain(string.format("#%d ", g.id), "title") .. shows.title,
    message = shape.plain("Everybody here is asked to look at this alert group and to acknowledge it.", "message"),
    source_link = facts.link }
end

local function words_of(n, g, provider, facts, spec, message, now)
  local look = channel.look(provider.type, n.channel)
  if n.kind == "thread" then return note_text(n, g, look, message) end
  if n.kind == "call" then return call_text(g, n, look, facts, now) end
  if g then return text_of(g, n, look, facts, now) end
  if n.kind == "cancel" then return { title = "The alert group was deleted" } end
  return n.kind == "info" and sending.text(n, look) or sealed_text(n)
end

-- Whose links a message has: a person's own, or those of whoever is in the room; nil: none.
local function linked_user(n, has_room_links)
  if n.user_id or not SHOWING[n.kind] then return n.user_id end
  return has_room_links and links.ROOM or nil
end

-- Whom a message calls, in the channel's own words.
local function mention_of(n, spec)
  if n.kind == "call" then return spec.mention and spec.mention.everyone end
  return n.kind == "info" and sending.mention(n, spec) or nil
end

local function send_of(n, g, provider, now, public_url, has_room_links)
  local facts, spec = g and facts_of(g, n, public_url), channel.load(provider.type)
  local message = (n.kind == "update" or n.kind == "thread") and message_of(n) or nil
  local membership = n.kind == "info" and sending.membership(n, spec) or nil
  return { kind = membership and "membership" or SENT_AS[n.kind] or n.kind, is_reminder = n.kind == "remind" or nil,
    now = now, key = n.key,
    channel = n.channel, is_important = n.is_important == 1, group = n.kind ~= "call" and facts or nil, membership = membership,
    mention = mention_of(n, spec),
    account = opened(provider.settings, spec.settings), address = address_of(n, spec),
    text = not membership and words_of(n, g, provider, facts, spec, message or {}, now) or nil,
    links = links.of(public_url, provider.id, g and g.id, linked_user(n, has_room_links), now),
    user = n.user_id and { name = n.name, username = n.username },
    message = message or n.external_id and { external_id = n.external_id } or nil }
end

-- Doors ---------------------------------------------------------------------------------------------------------------

local function why_not(n, g, now)
  if not n or n.state ~= "waiting" then return "not_waiting" end
  if n.kind == "info" and now - n.created_at > INFO_LIFE then return "too_late" end
  if n.kind == "info" and n.contact_method_id and (not n.address or n.is_enabled ~= 1) then return "contact_method_gone" end
  if n.kind == "cancel" then return not n.address and "contact_method_gone" or nil end -- it rings, whatever became of the rest
  if n.alert_group_id and not g then return "group_deleted" end
  if n.kind == "test" and not n.address and not decoded(n.detail).address then return "contact_method_gone" end
  if n.kind == "call" and group_state.of(g) ~= "firing" then return "answered" end
  if n.kind == "remind" then
    if not n.address or n.is_enabled ~= 1 then return "contact_method_gone" end
    local is_theirs = g.acknowledged_by == "user" and g.acknowledged_by_id == n.user_id
    if group_state.of(g) ~= "acknowledged" or not is_theirs then return "not_theirs_any_more" end
  end
  if n.user_id and n.kind ~= "page" and (not n.name or n.deleted_at) then return "user_gone" end
end

-- Why a page can never arrive: somebody is missing a call, so that it is told, and their next rule comes.
local function why_never(n)
  if n.kind ~= "page" then return nil end
  if not n.name or n.deleted_at then return "This person is gone." end
  if not n.address then return "The contact method was deleted before the message left." end
  if n.is_enabled ~= 1 then return "The contact method was switched off before the message left." end
end

local function headers_of(request)
  local out = json.array()
  for i, header in ipairs(request.headers or {}) do out[i] = json.array { header[1], header[2] } end
  return out
end

-- Whether the request goes where the operator said: only an address can name a server of its own, and people write those.
local function is_trusted(kind)
  for _, field in ipairs(channel.load(kind).address) do
    if field.type == "url" then return false end
  end
  return true
end

local function send_webhook(n, now, verdict, request, body, record)
  if verdict == "skip" then return verdict, request end
  if verdict == "fail" then return verdict, json.encode { error = request }, nil, record end
  sends[n.id] = { now = now }
  return verdict, json.encode { method = request.method, url = request.url, headers = headers_of(request),
    keep = request.keep, redirects = request.redirects, address = n.kind ~= "webhook" and request.name or "", trusted = false },
    body, record
end

-- A webhook may wait for what its templates have cost: they have to say all that they say, or nothing.
local function prepare_webhook(n, id, now, prepare, ...)
  local stock = stock_of("webhook", id, now)
  local wait = allowance.wait_ms(stock, now)
  if wait > 0 then return "hold", json.encode { after_ms = wait } end
  return send_webhook(n, now, metered(stock, prepare, ...))
end

-- The address of a page or test that goes by an outgoing webhook; nil for all others.
local function personal_address(n)
  if n.kind ~= "page" and n.kind ~= "test" or n.channel ~= "webhook" then return nil end
  local address = opened(n.address or decoded(n.detail).address, channel.load("webhook").address)
  return address.webhook and address
end

-- What a provider that called back expects of us: made by its file then, and sealed, since some have the token in the address.
local function prepare_request(n, provider)
  local clear, why = seal.open(decoded(n.detail).request or "")
  if not clear then return "fail", json.encode { provider = provider.id, error = why } end
  local request = json.decode(clear)
  sends[n.id] = { is_request = true }
  return "send", json.encode { provider = provider.id, address = "", target = "", trusted = is_trusted(provider.type),
    method = request.method, url = request.url, headers = headers_of(request) }, request.body
end

--- The request that carries a notification.
---@param id integer row of `notification`
---@param now integer µs
---@param public_url string without a final slash; "" when people cannot reach us
---@param phone_limit integer calls and text messages to one person a day, 0: no limit
---@param email_limit integer the same of e-mails
---@param room_links integer 1: messages in rooms have links that act
---@return "send"|"skip"|"fail"|"hold" verdict
---@return string json hold: {after_ms}, then ask again; send: {provider, provider_limit, target_limit, target, address,
---  trusted, method, url, headers,
---  keep, mail, shown, carried, cancels, notes, told}; skip: the reason; fail: {provider, address, error, carried,
---  limited}
---@return string? body
---@return string? record JSON of what a webhook sends
function outbox.prepare(id, now, public_url, phone_limit, email_limit, room_links)
  local n = notification_of(id)
  local g = n and n.alert_group_id and group_of(n.alert_group_id)
  local reason = why_not(n, g, now)
  if reason then return "skip", reason end
  if n.kind == "webhook" then
    local detail = json.decode(n.detail)
    return prepare_webhook(n, detail.webhook, now, webhook.prepare, n, detail, g, now, public_url)
  end
  local never = why_never(n)
  if never then return "fail", json.encode { error = never } end
  local personal = personal_address(n)
  if personal then
    return prepare_webhook(n, personal.webhook, now, webhook.prepare_personal, n, personal, g, now, public_url)
  end
  local carried, more = bundle.carried(n, now)
  local remaining, over = bundle.remaining(n, now, { phone = phone_limit, email = email_limit })
  if over then return "fail", json.encode { error = over, carried = carried, limited = true } end
  if n.kind == "post" or n.kind == "info" or n.kind == "call" then find_room(n) end
  local provider = provider_of(n)
  if not provider then
    return "fail", json.encode { carried = carried,
      error = n.provider_id and "The provider of this message is switched off, or it is gone."
        or "No provider carries " .. n.channel .. ". Add one, or switch one on." }
  end
  if n.kind == "request" then return prepare_request(n, provider) end
  local send = send_of(n, g, provider, now, public_url, room_links == 1)
  if send.membership and #send.membership.people == 0 then return "skip", "nobody_has_an_address" end
  if n.kind == "thread" and not send.text then return "skip", "nothing_to_tell" end
  send.more, send.remaining = more > 0 and more or nil, remaining
  local masked = channel.masked(provider.type, send.address)
  local request, why = nil, why_no_room(n, channel.load(provider.type), send.address)
  if not why then request, why = channel.request(provider.type, send) end
  if not request then return "fail", json.encode { provider = provider.id, address = masked, error = why, carried = carried } end
  sends[id] = { type = provider.type, send = send }
  local limits = channel.load(provider.type).limits or {}
  local mail = request.mail
  return "send", json.encode { provider = provider.id, address = masked, carried = carried,
    target = send.membership and send.membership.group or channel.target(provider.type, send.address),
    shown = shown_of(n, g, provider), cancels = cancels_of(n, provider),
    notes = SHOWING[n.kind] and channel.can(provider.type, "notes", n.channel) or nil, told = n.told,
    provider_limit = limits.per_provider and json.array(limits.per_provider),
    target_limit = limits.per_target and json.array(limits.per_target),
    trusted = is_trusted(provider.type), method = request.method, url = request.url or mail.url,
    headers = headers_of(request), keep = request.keep,
    mail = mail and { from = mail.from, to = mail.to, user = mail.user, password = mail.password, tls = mail.tls } },
    mail and mail.data or request.body
end

--- What came back.
---@param id integer
---@param status integer
---@param headers_json string lower-cased names
---@param body string
---@return "sent"|"retry"|"failed" state
---@return string json {id, thread, after_ms, error, gone}
function outbox.judge(id, status, headers_json, body)
  local sent = sends[id]
  sends[id] = nil
  if sent.is_request then return "sent", "{}" end -- nobody waits for the answer
  local response = { status = status, headers = decoded(headers_json), body = body }
  local result = sent.type and channel.result(sent.type, response, sent.send) or webhook.result(response, sent.now)
  return result.state, json.encode { id = result.id, thread = result.thread, after_ms = result.after_ms, error = result.error,
    gone = result.gone }
end

--- Nothing came back.
function outbox.forget(id) sends[id] = nil end

--- The channels whose addresses are URLs: what they carry goes to many servers.
---@return string JSON
function outbox.spread()
  local out = json.array()
  for _, name in ipairs(channel.list()) do
    for _, carried in ipairs(is_trusted(name) and {} or channel.carries(name)) do out[#out + 1] = carried end
  end
  return json.encode(out)
end

return outbox
