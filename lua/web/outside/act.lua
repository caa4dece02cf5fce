--- The page behind a signed link: GET shows what would be done and does nothing, since mail scanners and previews follow
--- every link; POST does it as the person to whom the link was sent, or as nobody known when it was posted to a room.
local actor_names = require("actor_names")
local encode = require("sending.encode")
local group_state = require("group_state")
local inbound = require("sending.inbound")
local ids = require("tocsin.ids")
local links = require("links")
local page = require("web.page")
local port = require("tocsin.port")
local rights = require("api.rights")
local store = require("tocsin.store")
local texts = require("web.texts")
local words = require("sending.words")

local NOTE_MAX <const> = 3000 -- characters

-- The address is the permission: it is not passed on as a referrer. ntfy's page in a browser posts from its own origin, and
-- shows a failure when it may not read the answer.
local HEADERS <const> = "Referrer-Policy: no-referrer\r\nAccess-Control-Allow-Origin: *\r\n"

local function answer_of(request, status, heading, shows, more)
  shows.heading = heading
  return page.answer(request, "act.html", shows, status, HEADERS .. (more or ""))
end

local function group_of(id)
  return store.row("SELECT id, title, acknowledged_at, acknowledged_by, acknowledged_by_id, silenced_at, resolved_at, " ..
    "resolved_by, resolved_by_id FROM alert_group WHERE id = $1", id)
end

local function person_of(deed)
  if not rights.person_for(deed.user, deed.group) then
    return nil, texts.act.gone_person
  end
  local user = store.row("SELECT id, name FROM user WHERE id = $1", deed.user)
  return { by = "user", by_id = user.id, source = "link", name = user.name }
end

local function room_of(provider, group)
  local row = store.row("SELECT type FROM provider WHERE id = $1 AND is_enabled = 1", provider)
  if not row then return nil, texts.act.gone_room end
  return { by = "room", by_id = provider, source = string.sub(row.type, 1, 31),
    name = group_state.who("room", provider, actor_names.of(group)) }
end

-- Who acts; nil and why not.
local function actor_of(deed)
  if deed.provider then return room_of(deed.provider, deed.group) end
  return person_of(deed)
end

local function state_of(g)
  local names = actor_names.of(g.id)
  return words.state { state = group_state.of(g),
    acknowledged_by = group_state.who(g.acknowledged_by, g.acknowledged_by_id, names),
    resolved_by = group_state.who(g.resolved_by, g.resolved_by_id, names) }
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

local function id_of(g) return ids.encode("I", g.id) end

local function already(request, g)
  return answer_of(request, 200, texts.act.already, { group = name_of(g), group_id = id_of(g),
    text = string.format(texts.act.nothing_left, state_of(g)) })
end

local function refused(request, status, sentence, g)
  return answer_of(request, status, texts.act.not_done, { group = g and name_of(g), text = sentence })
end

-- What is asked before it is done; `sentence`: what was wrong with it.
local function ask(request, deed, actor, g, sentence, written)
  local as = deed.verb == "silence" and texts.act.as_silence or texts.act.as
  return answer_of(request, sentence and 409 or 200, words.label(deed.verb) .. "?", { group = name_of(g), group_id = id_of(g),
    text = sentence or state_of(g) .. ".",
    button = words.label(deed.verb), asks = deed.verb == "resolve", written = written,
    note = string.format(as, actor.name) })
end

-- A note that came with the form; nil and a sentence when it is none.
local function note_of(body)
  local text = string.match(encode.read_form(body or "").note or "", "^%s*(.-)%s*$")
  local length = utf8.len(text)
  if not length then return nil, texts.act.no_text end
  if length > NOTE_MAX then return nil, string.format(texts.act.too_long, NOTE_MAX) end
  return text
end

local function do_it(request, deed, actor)
  local note, wrong = note_of(request.body)
  if not note then return ask(request, deed, actor, group_of(deed.group), wrong) end
  local result, sentence, code = port.call("act", { group = deed.group, verb = deed.verb, by = actor.by, by_id = actor.by_id,
    source = actor.source, silence_ms = deed.verb == "silence" and inbound.SILENCE_MS or nil,
    note = deed.verb == "resolve" and note or nil })
  local g = group_of(deed.group)
  if not g or code == "NOT_FOUND" then return refused(request, 410, texts.act.deleted) end
  if result then
    return answer_of(request, 200, texts.act.done, { group = name_of(g), group_id = id_of(g), text = state_of(g) .. "." })
  end
  if code ~= "INVALID" then
    return answer_of(request, 503, texts.act.not_done, { group = name_of(g), text = texts.act.not_now }, "Retry-After: 5\r\n")
  end
  if is_done(deed.verb, g) then return already(request, g) end
  if deed.verb == "resolve" and note == "" then return ask(request, deed, actor, g, sentence .. ".") end
  return refused(request, 409, sentence .. ".", g)
end

-- /act/<token>
local function answer(request)
  local deed = links.read(request.id, request.now)
  if not deed then return refused(request, 403, texts.act.not_valid) end
  if deed.is_expired then return refused(request, 410, texts.act.expired) end
  local g = group_of(deed.group)
  if not g then return refused(request, 410, texts.act.deleted) end
  local actor, why = actor_of(deed)
  if not actor then return refused(request, 403, why) end
  if is_done(deed.verb, g) then return already(request, g) end
  if request.method == "POST" then return do_it(request, deed, actor) end
  return ask(request, deed, actor, g)
end

return { routes = {
  { "/act/:token", "GET", answer, "open" },
  { "/act/:token", "POST", answer, "open", is_for_other_sites = true },
} }
