--- The page behind a signed link: GET shows what would be done and does nothing, since mail scanners and previews follow
--- every link; POST does it as the person to whom the link was sent, or as nobody known when it was posted to a room.
local asset = require("tocsin.asset")
local crypto = require("tocsin.crypto")
local encode = require("sending.encode")
local group_state = require("group_state")
local inbound = require("sending.inbound")
local jinja = require("jinja")
local links = require("links")
local port = require("tocsin.port")
local rights = require("api.rights")
local store = require("tocsin.store")
local words = require("sending.words")

local act = {}

local NOTE_MAX <const> = 3000 -- characters

local HTML = "text/html; charset=utf-8"

-- The address is the permission: it is neither cached nor indexed nor passed on as a referrer. ntfy's page in a browser
-- posts from its own origin, and shows a failure when it may not read the answer.
local HEADERS = "Content-Security-Policy: default-src 'none'; style-src 'nonce-%s'; base-uri 'none'; " ..
  "form-action 'self'; frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n" ..
  "X-Robots-Tag: noindex, nofollow\r\nAccess-Control-Allow-Origin: *\r\n"

local function page(status, heading, shows, more)
  local nonce = crypto.hex(crypto.random_bytes(16))
  local template = assert(jinja.new({}):compile(asset.get("lua/web/act.html")))
  local text = assert(template:render({ nonce = nonce, heading = heading, group = shows.group or "", text = shows.text or "",
    button = shows.button or "", note = shows.note or "", asks = shows.asks or false, written = shows.written or "" }))
  return status, HTML, text, string.format(HEADERS, nonce) .. (more or "")
end

local function group_of(id)
  return store.row("SELECT id, title, acknowledged_at, acknowledged_by, acknowledged_by_id, silenced_at, resolved_at, resolved_by, " ..
    "resolved_by_id FROM alert_group WHERE id = $1", id)
end

local function person_of(deed)
  if not rights.person_for(deed.user, deed.group) then
    return nil, "The person to whom this link was sent may not act any more."
  end
  local user = store.row("SELECT id, name FROM user WHERE id = $1", deed.user)
  return { by = "user", by_id = user.id, source = "link", name = user.name }
end

local function room_of(provider)
  local row = store.row("SELECT type FROM provider WHERE id = $1 AND is_enabled = 1", provider)
  if not row then return nil, "The provider that posted this link was removed or switched off." end
  return { by = "room", by_id = 0, source = string.sub(row.type, 1, 31), name = group_state.who("room") }
end

-- Who acts; nil and why not.
local function actor_of(deed)
  if deed.provider then return room_of(deed.provider) end
  return person_of(deed)
end

local function name_of_user(id)
  local user = id and store.row("SELECT name FROM user WHERE id = $1", id)
  return user and user.name
end

local function state_of(g)
  return words.state { state = group_state.of(g), acknowledged_by = group_state.who(g.acknowledged_by, g.acknowledged_by_id, name_of_user),
    resolved_by = group_state.who(g.resolved_by, g.resolved_by_id, name_of_user) }
end

local function name_of(g) return string.format("#%d %s", g.id, g.title) end

-- Whether what the link asks for is so already. A silence can always be begun anew.
local function is_done(verb, g)
  local is_acknowledged = g.acknowledged_at ~= nil and not g.resolved_at
  if verb == "acknowledge" then return is_acknowledged end
  if verb == "resolve" then return g.resolved_at ~= nil end
  if verb == "unresolve" then return g.resolved_at == nil end
  if verb == "unacknowledge" then return not g.resolved_at and not is_acknowledged end
  if verb == "confirm" then return false end
  return verb == "unsilence" and not g.resolved_at and not is_acknowledged and not g.silenced_at
end

local function already(g)
  return page(200, "Already done", { group = name_of(g), text = state_of(g) .. ". There is nothing left to do." })
end

local function refused(status, sentence, g)
  return page(status, "Not done", { group = g and name_of(g), text = sentence })
end

-- What is asked before it is done; `sentence`: what was wrong with it.
local function ask(deed, actor, g, sentence, written)
  return page(sentence and 409 or 200, words.label(deed.verb) .. "?", { group = name_of(g), text = sentence or state_of(g) .. ".",
    button = words.label(deed.verb), asks = deed.verb == "resolve", written = written,
    note = "You act as " .. actor.name .. (deed.verb == "silence" and ", for 30 minutes." or ".") })
end

-- A note that came with the form; nil and a sentence when it is none.
local function note_of(body)
  local text = string.match(encode.read_form(body or "").note or "", "^%s*(.-)%s*$")
  local length = utf8.len(text)
  if not length then return nil, "The note is not UTF-8." end
  if length > NOTE_MAX then return nil, "A note has " .. NOTE_MAX .. " characters at most." end
  return text
end

local function do_it(deed, actor, body)
  local note, wrong = note_of(body)
  if not note then return ask(deed, actor, group_of(deed.group), wrong) end
  local result, sentence, code = port.call("act", { group = deed.group, verb = deed.verb, by = actor.by, by_id = actor.by_id,
    source = actor.source, silence_ms = deed.verb == "silence" and inbound.SILENCE_MS or nil,
    note = deed.verb == "resolve" and note or nil })
  local g = group_of(deed.group)
  if not g or code == "NOT_FOUND" then return refused(410, "This alert group was deleted.") end
  if result then return page(200, "Done", { group = name_of(g), text = state_of(g) .. "." }) end
  if code ~= "INVALID" then
    return page(503, "Not done", { group = name_of(g), text = "Nothing can be written just now. Try again." },
      "Retry-After: 5\r\n")
  end
  if is_done(deed.verb, g) then return already(g) end
  if deed.verb == "resolve" and note == "" then return ask(deed, actor, g, sentence .. ".") end
  return refused(409, sentence .. ".", g)
end

local function answer(method, deed, body)
  if not deed then return refused(403, "This link is not valid. Open the newest message, or the alert group itself.") end
  if deed.is_expired then return refused(410, "This link has expired. Links act for seven days.") end
  local g = group_of(deed.group)
  if not g then return refused(410, "This alert group was deleted.") end
  local actor, why = actor_of(deed)
  if not actor then return refused(403, why) end
  if is_done(deed.verb, g) then return already(g) end
  if method == "POST" then return do_it(deed, actor, body) end
  return ask(deed, actor, g)
end

---Answers /act/<token>.
---@return integer status
---@return string content_type
---@return string body
---@return string extra_headers
function act.handle(method, path, _, _, body, now)
  if method ~= "GET" and method ~= "POST" then
    return page(405, "Not done", { text = "A link is opened by GET and acts by POST." }, "Allow: GET, HEAD, POST\r\n")
  end
  local token = string.match(path, "^/act/([^/]+)/?$")
  return answer(method, token and links.read(token, now), body)
end

return act
