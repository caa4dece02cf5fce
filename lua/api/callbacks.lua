--- Providers call back: what people did in a chat, on the phone or by text message, and what became of a message.
---
--- /callbacks/<provider id>, with anything behind it. The provider's file verifies the request (lua/channels); here its
--- events become deeds of the person who has that address, states of the notification, and requests of the outbox.
local channel = require("channel")
local crypto = require("tocsin.crypto")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local people_at = require("api.people_at")
local port = require("tocsin.port")
local rights = require("api.rights")
local secrets = require("api.secrets")
local seal = require("tocsin.seal")
local store = require("tocsin.store")

local callbacks = {}

local TEXT = "text/plain; charset=utf-8"
local BODY_MAX = 1048576
local EVENTS_MAX, REQUESTS_MAX = 20, 20

local REGRETS = {
  unknown = "Nobody here has this address as a contact method, so nothing was done.",
  not_allowed = "You may not act on this alert group, so nothing was done.",
  gone = "This alert group does not exist any more.",
  busy = "Nothing could be written just now. Try again.",
}

-- Who ---------------------------------------------------------------------------------------------------------------

-- The one who was called by this message: nobody else knows its key.
local function called(provider, event)
  local n = event.key and store.row("SELECT user_id FROM notification WHERE key = $1 AND provider_id = $2 AND " ..
    "alert_group_id = $3",
    event.key, provider.id, event.group)
  return n and n.user_id
end

local function actor_of(provider, spec, event)
  local id = called(provider, event) or event.user_address and people_at.map(provider, spec)[event.user_address]
  local user = id and store.row("SELECT id FROM user WHERE id = $1 AND deleted_at IS NULL", id)
  if not user then return nil, REGRETS.unknown end
  if not store.row("SELECT id FROM alert_group WHERE id = $1", event.group) then return nil, REGRETS.gone end
  if not rights.person_for(user.id, event.group) then return nil, REGRETS.not_allowed end
  return user.id
end

-- What ----------------------------------------------------------------------------------------------------------------

-- A deed of a person; the sentence why nothing was done.
local function act(provider, spec, event)
  local user, why = actor_of(provider, spec, event)
  if not user then return why end
  local once = event.once and string.sub(crypto.sha256_hex(provider.id .. ":" .. event.verb .. ":" .. event.once), 1, 32)
  local result, sentence, code = port.call("act", { group = event.group, verb = event.verb, by = "user", by_id = user,
    once = once, source = string.sub(provider.type, 1, 31), silence_ms = event.silence_ms })
  if result then return nil end
  if code == "NOT_FOUND" then return REGRETS.gone end
  return code == "INVALID" and sentence .. "." or REGRETS.busy
end

-- What is known later stands higher: "delivered" that comes after "read" changes nothing.
local RANKS = { sent = 0, retry = 0, delivered = 1, no_answer = 2, busy = 2, cancelled = 2, failed = 2, answered = 3, read = 3 }
local ARRIVED = { delivered = true, answered = true, read = true }

local function attempt_of(provider, event)
  local from = "SELECT d.id, d.notification_id, d.state, n.state AS whole FROM delivery AS d JOIN notification AS n " ..
    "ON n.id = d.notification_id WHERE d.provider_id = $1 AND "
  local last = " ORDER BY d.id DESC LIMIT 1"
  local row
  if event.external_id then row = store.row(from .. "d.external_id = $2" .. last, provider.id, event.external_id) end
  if not row and event.key then row = store.row(from .. "n.key = $2" .. last, provider.id, event.key) end
  return row
end

local function write(statements)
  for _, statement in ipairs(statements) do json.array(statement.args) end
  local result, sentence = port.call("write", { statements = json.array(statements), is_outbox = true })
  if not result then error("a callback could not be written down: " .. sentence, 0) end
end

-- Another one may be noted at the same moment: then it is looked at again.
local TRIES = 5

local function note_state(provider, event)
  local rank = RANKS[event.state]
  for _ = 1, TRIES do
    local row = attempt_of(provider, event)
    if not row or not rank or rank <= (RANKS[row.state] or 0) then return end
    local whole = ARRIVED[event.state] and "delivered" or event.state == "failed" and "failed" or row.whole
    local result, sentence, code = port.call("delivery_status", { delivery = row.id, from = row.state, state = event.state,
      whole = whole, error = event.error, external_id = event.external_id })
    if result then return end
    if code ~= "CONFLICT" then error("a callback could not be written down: " .. sentence, 0) end
  end
end

-- Requests that the provider expects of us, such as "the button was seen": made once, and their answers matter to nobody.
local function hand_over(provider, requests, now)
  local statements = {}
  for i, request in ipairs(requests) do
    local key = crypto.hex(crypto.random_bytes(16))
    local sealed = i <= REQUESTS_MAX and seal.seal(json.encode(request)) -- some APIs have the token in the address
    if sealed then
      statements[#statements + 1] = { args = { provider.id, channel.carries(provider.type)[1], "request:" .. key, key, now,
        json.encode { request = sealed } }, sql = "INSERT INTO notification (kind, provider_id, channel, target, " ..
          "state, reason, key, " ..
        "due_at, created_at, detail) VALUES ('request', $1, $2, $3, 'waiting', 'called_back', $4, $5, $5, $6)" }
    end
  end
  if #statements > 0 then write(statements) end
end

-- Answers -------------------------------------------------------------------------------------------------------------

local function header_lines(headers)
  local out = "Cache-Control: no-store\r\n"
  for name, value in pairs(headers or {}) do
    local is_fit = string.find(name, "^[%w%-]+$") and not string.find(value, "%c")
    if is_fit and string.lower(name) ~= "content-type" then out = out .. name .. ": " .. value .. "\r\n" end
  end
  return out
end

local function reply(answer)
  answer = answer or { status = 200, headers = {}, body = "" }
  return answer.status, (answer.headers or {})["content-type"] or TEXT, answer.body or "", header_lines(answer.headers)
end

local function refuse(provider, why, status)
  -- Whoever forges requests does not fill the log with them.
  if port.call("throttle", { token = -provider.id }).wait == 0 then
    port.call("log", { level = "warn", message = string.format("Provider %s called back and was refused: %s. If it is really " ..
      "the provider, check its secrets, and that public_url is the address it was given.", ids.encode("P", provider.id), why) })
  end
  return status or 403, TEXT, "Refused: " .. why .. ".", header_lines()
end

---Does what a provider's events say; the answer to the provider, when there was a request.
---@param provider table row of `provider`
---@param spec table its channel's file
---@param events table see lua/channels/README.md
---@param now integer µs
function callbacks.take(provider, spec, events, now)
  local regret
  for i, event in ipairs(events) do
    if i > EVENTS_MAX then break end
    if event.verb == "status" then note_state(provider, event)
    else
      local why = act(provider, spec, event)
      if why and event.regret then events.requests[event.request] = event.regret(why) end
      regret = why or regret
    end
  end
  local instead = regret and events.regret and events.regret(regret) or {}
  hand_over(provider, instead.requests or events.requests or {}, now)
  return reply(instead.answer or events.answer)
end

local function provider_of(path)
  local id = string.match(path, "^/callbacks/(%w+)")
  id = id and ids.decode("P", id)
  return id and store.row("SELECT id, type, settings FROM provider WHERE id = $1 AND is_enabled = 1", id)
end

---Answers /callbacks/<provider id>.
---@return integer status
---@return string content_type
---@return string body
---@return string extra_headers
function callbacks.handle(method, path, query, headers_json, body, now, base_url)
  local provider = provider_of(path)
  local spec = provider and channel.load(provider.type)
  if not spec or not spec.inbound then return 404, TEXT, "Not found.", header_lines() end
  if #body > BODY_MAX then return 413, TEXT, "The body is too large.", header_lines() end
  local account, problem = secrets.open(spec.settings, provider.settings)
  if not account then error(problem, 0) end
  local url = string.gsub(base_url, "/+$", "") .. path .. (query ~= "" and "?" .. query or "")
  local events, why, status = channel.inbound(provider.type, { method = method, url = url, headers = json.decode(headers_json),
    body = body,
    now = now }, account)
  if not events then return refuse(provider, why, status) end
  return callbacks.take(provider, spec, events, now)
end

return callbacks
