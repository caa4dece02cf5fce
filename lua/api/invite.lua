--- What admins do for those who cannot get in: an invitation or a link for a new password, and an end of the second factor.
local account = require("api.account")
local audit = require("api.audit")
local change = require("api.change")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local letters = require("api.letters")
local port = require("tocsin.port")
local sign_in_link = require("api.sign_in_link")
local store = require("tocsin.store")
local time = require("api.time")
local user = require("resources.user")
local writer = require("api.writer")

local invite = {}

local PERSON <const> = "SELECT u.id, u.name, u.email, u.role, a.password FROM user AS u LEFT JOIN account AS a " ..
  "ON a.user_id = u.id WHERE u.id = $1 AND u.deleted_at IS NULL"

local function person_of(request) return store.row(PERSON, (ids.decode(user.prefix, request.id))) end

local function write(...)
  local result, sentence, code = port.call("write", { is_outbox = true, statements = account.statements(...) })
  if not result then return change.port_error(sentence, code) end
end

local function send(request)
  local person = person_of(request)
  if not person then return errors.not_found() end
  if person.role == "none" then return errors.detail(400, "This person has no role, so there is nothing to sign in to.") end
  local kind = person.password and "reset" or "invite"
  local path, statements, expires_at = sign_in_link.new(kind, person.id, request.now)
  local provider = person.email and letters.provider()
  local url = request.base_url .. path
  local refusal = write(statements, provider and letters.statement(kind, provider, person, url, request.now) or {},
    audit.line(request, kind, "user", person.id, json.null, json.encode { is_sent = provider ~= nil }))
  if refusal then return refusal end
  return { status = 200, headers = "Cache-Control: no-store\r\n", value = writer.object("kind", kind, "is_sent", provider ~= nil,
    "link", not provider and url or nil, "expires_at", time.text(expires_at)) }
end

---POST /users/<id>/invite/
invite.send = {
  answer = send,
  about = "Makes a link by which the person chooses a password, once. It goes by mail; where no mail can be sent it is in the " ..
    "answer, for the admin to hand over.",
  gives = { object = { { "kind", { choice = { "invite", "reset" } } }, { "is_sent", "boolean" }, { "link", "text?" },
    { "expires_at", "time" } } },
}

local function reset_totp(request)
  local person = person_of(request)
  if not person then return errors.not_found() end
  local refusal = write(account.drop_totp(person.id), account.end_sessions(person.id),
    audit.statement(request, user, "update", person.id, { totp = json.null }, {}))
  return refusal or { status = 204 }
end

---POST /users/<id>/totp_reset/
invite.reset_totp = { answer = reset_totp, status = 204,
  about = "Takes the second factor of a person away, and ends their sessions." }

return invite
