--- Does it arrive? Test messages to contact methods and through providers, and codes that prove whose an address is.
--
-- What is sent is a row of the outbox like any other: the answer is its id, and GET /notifications/<id>/ its state.
local addresses = require("api.addresses")
local audit = require("api.audit")
local body = require("api.body")
local change = require("api.change")
local channel = require("channel")
local contact_method = require("resources.contact_method")
local crypto = require("tocsin.crypto")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local notification = require("resources.notification")
local port = require("tocsin.port")
local rows = require("api.rows")
local seal = require("tocsin.seal")
local store = require("tocsin.store")
local writer = require("api.writer")

local contact_check = {}

local SECOND, MINUTE, HOUR = 1000000, 60000000, 3600000000
local HOURLY_MAX = 10 -- tests and codes to one person on one channel
local CODE_LIFE, CODE_PAUSE, TRIES_MAX = 10 * MINUTE, MINUTE, 5
local BY_CODE = { sms = true, phone_call = true, email = true }

local ACCEPTED = { object = { { "id", "id",
  about = "Of the notification: GET /notifications/<id>/ tells what becomes of it." } } }
local CODE = { object = { { "code", "text", about = "The six digits." } } }
local TEST = { object = { { "channel", "text", optional = true }, { "address", { map = "any" }, optional = true } } }

local function write(statements)
  for _, statement in ipairs(statements) do json.array(statement.args) end
  return port.call("write", { statements = json.array(statements), is_outbox = true })
end

local function own_method(request)
  local row = rows.by_id(contact_method, request.id)
  if not row then return nil, errors.not_found() end
  return store.row("SELECT id, user_id, channel, address, provider_id, verified_at FROM contact_method WHERE id = $1", row.id)
end

local function wait_of(row, now)
  local sent = store.row("SELECT count(*) AS n, min(created_at) AS first FROM notification WHERE user_id = $1 " ..
    "AND channel = $2 AND " ..
    "kind = 'test' AND created_at > $3", row.user_id, row.channel, now - HOUR)
  return sent.n >= HOURLY_MAX and (sent.first + HOUR - now) // SECOND + 1 or nil
end

-- A row of the outbox. `fields` are columns besides those of every test.
local function message(fields, now)
  fields.kind, fields.state, fields.reason, fields.due_at, fields.created_at = "test", "waiting", "test", now, now
  fields.key = crypto.hex(crypto.random_bytes(16))
  return change.insert("notification", fields)
end

local function to_method(row, now, detail)
  return message({ user_id = row.user_id, contact_method_id = row.id, provider_id = row.provider_id, channel = row.channel,
    target = "contact:" .. row.id, detail = detail }, now)
end

---A message with words of its own to a contact method: a statement for the outbox.
---@param words {title: string, message: string?}
function contact_check.message(row, now, words)
  return to_method(row, now, json.encode { text = assert(seal.seal(json.encode(words))) })
end

---Writes statements whose last one is a message; returns its key, or nil and the refusal.
function contact_check.put(statements)
  local result, sentence, code = write(statements)
  if not result then return nil, change.port_error(sentence, code) end
  return result.rows[1].id
end

local function accepted(statements)
  local key, refusal = contact_check.put(statements)
  return refusal or { status = 202, value = writer.object("id", ids.encode(notification.prefix, key)) }
end

---POST /contact_methods/<id>/test/
contact_check.test_method = {
  about = "Sends a test message to a contact method.", status = 202, gives = ACCEPTED,
  answer = function(request)
    local row, refusal = own_method(request)
    if not row then return refusal end
    local wait = wait_of(row, request.now)
    if wait then return errors.throttled(wait) end
    return accepted { to_method(row, request.now) }
  end,
}

-- Codes ---------------------------------------------------------------------------------------------------------------

-- With the address: a code proves nothing of another one. Keyed, since six digits are soon tried out.
local function digest(row, code)
  return crypto.base64url(seal.sign("codes of contact methods", row.id .. "\n" .. row.address .. "\n" .. code))
end

local function words_of(row, code)
  local shown = row.channel == "phone_call" and string.gsub(code, "%d", "%0, ", 5) or code
  return { title = "Your Tocsin code is " .. shown,
    message = "It is good for ten minutes. If you did not ask for it, do nothing." }
end

local function too_soon(row, now)
  local last = store.row("SELECT expires_at FROM contact_code WHERE contact_method_id = $1", row.id)
  local wait = last and last.expires_at - CODE_LIFE + CODE_PAUSE - now or 0
  return wait > 0 and (wait + SECOND - 1) // SECOND or wait_of(row, now)
end

---POST /contact_methods/<id>/verify_start/ sends a code; one that was sent before is void.
contact_check.start = {
  about = "Sends a code of six digits; one that was sent before is void.", status = 202, gives = ACCEPTED,
  answer = function(request)
    local row, refusal = own_method(request)
    if not row then return refusal end
    if not BY_CODE[row.channel] then
      return errors.detail(400, "Codes are sent to sms, phone_call and email only. Send a test instead.")
    end
    local wait = too_soon(row, request.now)
    if wait then return errors.throttled(wait) end
    local code = string.format("%06d", string.unpack("<I4", crypto.random_bytes(4)) % 1000000)
    return accepted {
      { sql = "INSERT OR REPLACE INTO contact_code (contact_method_id, digest, expires_at, tries) VALUES ($1, $2, $3, 0)",
        args = { row.id, digest(row, code), request.now + CODE_LIFE } },
      contact_check.message(row, request.now, words_of(row, code)),
    }
  end,
}

-- Counts the try before it is judged, so that many at once are no more than many after each other.
local function take_try(row, now)
  local result, sentence, code = write { { sql = "UPDATE contact_code SET tries = tries + 1 WHERE contact_method_id = $1 AND " ..
    "tries < $2 AND expires_at > $3 RETURNING digest", args = { row.id, TRIES_MAX, now }, expect = 1 } }
  if result then return result.rows[1].digest end
  if code ~= "CONFLICT" then return nil, change.port_error(sentence, code) end
  return nil, errors.field("code", "There is no code that is still good. Ask for a new one.")
end

local function mark(request, row)
  local result, sentence, code = write {
    { sql = "DELETE FROM contact_code WHERE contact_method_id = $1", args = { row.id } },
    { sql = "UPDATE contact_method SET verified_at = $1 WHERE id = $2 AND address = $3", args = { request.now, row.id,
      row.address }, expect = 1 },
    audit.statement(request, contact_method, "update", row.id, { verified_at = request.now }, { verified_at = row.verified_at }),
  }
  if result then return { status = 200, value = rows.show(contact_method, rows.by_key(contact_method, row.id), request) } end
  if code == "CONFLICT" then return errors.field("code", "The address was changed meanwhile. Ask for a new code.") end
  return change.port_error(sentence, code)
end

---POST /contact_methods/<id>/verify/ with {"code": "123456"}
contact_check.verify = {
  about = "Takes the code that was sent: the address is verified.", takes = CODE, gives = { ref = "ContactMethod" },
  answer = function(request)
    local row, refusal = own_method(request)
    if not row then return refusal end
    local sent
    sent, refusal = body.object(request)
    if not sent then return refusal end
    local code = type(sent.code) == "string" and string.gsub(sent.code, "%s", "") or ""
    if not string.find(code, "^%d%d%d%d%d%d$") then return errors.field("code", "Expected the six digits that were sent.") end
    local stored
    stored, refusal = take_try(row, request.now)
    if not stored then return refusal end
    if not crypto.equal(stored, digest(row, code)) then return errors.field("code", "This is not the code that was sent.") end
    return mark(request, row)
  end,
}

-- Providers -----------------------------------------------------------------------------------------------------------

local function carried(provider, wanted)
  for _, name in ipairs(channel.carries(provider.type)) do
    if wanted == nil or name == wanted then return name end
  end
end

-- The address that was sent, or else the one of whoever asks.
local function address_for(request, provider, name, sent)
  if #channel.load(provider.type).address == 0 then return "{}" end
  if sent ~= nil then
    if not body.is_object(sent) then return nil, errors.field("address", "Expected a dictionary.") end
    local text, wrong = addresses.take(name, { provider_id = provider.id }, sent, {}, request)
    if not text then return nil, errors.fields { { "address", wrong } } end
    return text
  end
  local own = request.actor.user_id and store.row("SELECT address FROM contact_method WHERE user_id = $1 AND channel = $2 AND " ..
    "(provider_id IS NULL OR provider_id = $3) ORDER BY provider_id IS NULL, id LIMIT 1", request.actor.user_id, name,
      provider.id)
  if own then return own.address end
  return nil, errors.field("address", "Say where the test goes: you have no contact method on " .. name .. ".")
end

---POST /providers/<id>/test/ with {"channel", "address"}, both optional
contact_check.test_provider = {
  about = "Sends a test message through a provider.", takes = TEST, status = 202, gives = ACCEPTED,
  answer = function(request)
    local id = ids.decode("P", request.id)
    local provider = id and store.row("SELECT id, type, is_enabled FROM provider WHERE id = $1", id)
    if not provider then return errors.not_found() end
    if not channel.load(provider.type) then return errors.detail(400, "There is no file for this type any more.") end
    if provider.is_enabled ~= 1 then return errors.detail(400, "The provider is switched off.") end
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local name = carried(provider, sent.channel)
    if not name then return errors.field("channel", "The provider does not carry this channel.") end
    local address
    address, refusal = address_for(request, provider, name, sent.address)
    if not address then return refusal end
    return accepted { message({ provider_id = provider.id, channel = name, target = "provider:" .. provider.id,
      detail = json.encode { address = address } }, request.now) }
  end,
}

return contact_check
