--- The page of one's own account: password, second factor, and where one is signed in.
--
-- What weakens or takes over an account asks for the password again, counted as a try to sign in: a phone that was left
-- open is not enough.
local account = require("api.account")
local attempts = require("api.attempts")
local hasher = require("tocsin.password")
local ids = require("tocsin.ids")
local form_state = require("web.form").state
local page = require("web.page")
local password = require("api.password")
local port = require("tocsin.port")
local qr = require("qr")
local second_factor = require("api.second_factor")
local sent_of = require("web.account.sent")
local session = require("api.session")
local sign_in = require("api.sign_in")
local store = require("tocsin.store")
local tabs = require("web.people.tabs")
local texts = require("web.texts")
local time = require("api.time")
local totp = require("totp")

local ISSUER <const> = "Tocsin"
local OWN <const> = "SELECT u.id, u.username, u.name, u.email, u.role, a.password, a.totp_secret, a.totp_at, a.totp_step, " ..
  "(SELECT count(*) FROM recovery_code AS r WHERE r.user_id = u.id) AS recovery_left FROM user AS u LEFT JOIN account AS a " ..
  "ON a.user_id = u.id WHERE u.id = $1 AND u.deleted_at IS NULL"

-- Who asks: the row of the person and the session, or nil and the way to the sign-in.
local function who(request)
  local found = session.of(request.headers, request.now)
  local user = found and store.row(OWN, found.user_id)
  if user then return user, found end
  return nil, page.see_other(request, "/sign-in?next=/account")
end

local function write(...)
  local result, sentence, code = port.call("write", { is_outbox = true, statements = account.statements(...) })
  if result then return true end
  if code == "CONFLICT" then return false end
  error({ code = code, sentence = sentence })
end

local function day(us) return us and string.sub(time.text(us), 1, 10) end
local function minute(us) return day(us) .. " " .. string.sub(time.text(us), 12, 16) .. " UTC" end

-- "Firefox on Linux" of a User-Agent, or its beginning.
local function device_of(agent)
  if not agent then return texts.account.unknown end
  local browser = string.find(agent, "Edg/") and "Edge" or string.find(agent, "Firefox/") and "Firefox" or
    string.find(agent, "Chrome/") and "Chrome" or string.find(agent, "Safari/") and "Safari" or nil
  local system = string.find(agent, "Android") and "Android" or string.find(agent, "iPhone") and "iPhone" or
    string.find(agent, "iPad") and "iPad" or string.find(agent, "Windows") and "Windows" or
    string.find(agent, "Mac OS X") and "macOS" or string.find(agent, "Linux") and "Linux" or nil
  if browser then return system and browser .. " on " .. system or browser end
  return string.match(agent, "^[%g ]*")
end

local function sessions_of(user, found)
  local list = {}
  for i, row in ipairs(store.rows("SELECT id, created_at, seen_at, address, agent FROM session WHERE user_id = $1 AND " ..
    "expires_at > $2 ORDER BY id = $3 DESC, seen_at DESC", user.id, found.now, found.id)) do
    list[i] = { id = ids.encode("SE", row.id), agent = device_of(row.agent),
      address = row.address or texts.account.unknown_address, created_at = minute(row.created_at),
      seen_at = minute(row.seen_at), is_current = row.id == found.id }
  end
  return list
end

local function show(request, user, found, status, more, headers)
  found.now = request.now
  local shows = { heading = texts.account.title, user = { name = user.name, email = user.email, role = user.role,
      username = user.username }, has_password = user.password ~= nil, totp_at = day(user.totp_at),
    recovery_left = user.recovery_left, sessions = sessions_of(user, found),
    form = form_state {}, tabs = request.actor and tabs.own(request) or false }
  for name, value in pairs(more or {}) do shows[name] = value end
  return page.answer(request, "account.html", shows, status, headers)
end

-- GET /account
local function show_own(request)
  local user, found = who(request)
  if not user then return found end
  return show(request, user, found, 200)
end

-- The same for a form: also what was sent.
local function own(request)
  local sent, refusal = sent_of.read(request)
  if not sent then return nil, refusal end
  local user, found = who(request)
  return user, found, sent
end

-- Is it really them? nil, or a status and a sentence.
local function doubt(request, user, typed)
  if password.unfit(typed) then return 400, password.unfit(typed) end
  local wait = attempts.take("sign_in", user.username, request.client.address)
  if wait > 0 then return 429, sign_in.too_many(wait) end
  if not hasher.is_right(user.password, typed) then return 403, texts.account.not_yours end
  attempts.good("sign_in", user.username, request.client.address)
end

-- POST /account/password: password, new_password, again
local function change_password(request)
  local user, found, sent = own(request)
  if not user then return found end
  local function refuse(status, why) return show(request, user, found, status, { problem = why }) end
  local why = password.problem(sent.new_password, user)
  if why then return refuse(400, why) end
  if sent.again and sent.again ~= sent.new_password then return refuse(400, texts.account.not_same) end
  local status, sentence = doubt(request, user, sent.password)
  if status then return refuse(status, sentence) end
  local rotated, cookie = session.rotate(request, found.id)
  write(account.end_sessions(user.id, found.id), account.set_password(user.id, hasher.hash(sent.new_password), request.now),
    rotated, account.trail("user", user.id, "change_password", user.id, { address = request.client.address }, request.now))
  return show(request, user, found, 200, { success = texts.account.changed }, cookie)
end

local function show_secret(request, user, secret, status, problem)
  local uri = totp.uri(secret, ISSUER, user.username)
  return page.answer(request, "totp.html", { heading = texts.totp.app, uri = uri, qr = qr.svg(uri) or "", form = form_state {},
    secret = string.gsub(totp.base32(secret), "....", "%0 "), problem = problem }, status)
end

local function start(request, user)
  local secret, statements = second_factor.start(user.id)
  write(statements)
  return show_secret(request, user, secret, 200)
end

local function show_codes(request, user, found, what, more)
  local codes, statements = second_factor.recovery_codes(user.id)
  local rotated, cookie = session.rotate(request, found.id)
  if not write(more, account.end_sessions(user.id, found.id), rotated, statements,
    account.trail("user", user.id, what, user.id, { address = request.client.address }, request.now)) then return nil end
  return page.answer(request, "recovery.html", { heading = texts.totp.codes, codes = codes }, 200, cookie)
end

local function confirm(request, user, found, sent)
  local secret = not user.totp_at and second_factor.secret(user)
  if not secret then return show(request, user, found, 400, { problem = texts.totp.nothing }) end
  local wait = attempts.take("sign_in", user.username, request.client.address)
  if wait > 0 then return show_secret(request, user, secret, 429, sign_in.too_many(wait)) end
  local use = second_factor.use(user, sent.code, request.now)
  local done = use and string.find(use.sql, "^UPDATE") and show_codes(request, user, found, "start_totp", {
    use, { sql = "UPDATE account SET totp_at = $1 WHERE user_id = $2 AND totp_at IS NULL", args = { request.now, user.id },
      expect = 1 } })
  if not done then return show_secret(request, user, secret, 400, texts.totp.wrong) end
  attempts.good("sign_in", user.username, request.client.address)
  return done
end

local function drop(request, user, found)
  local rotated, cookie = session.rotate(request, found.id)
  write(account.drop_totp(user.id), account.end_sessions(user.id, found.id), rotated,
    account.trail("user", user.id, "drop_totp", user.id, { address = request.client.address }, request.now))
  user.totp_at = nil
  return show(request, user, found, 200, { success = texts.totp.dropped }, cookie)
end

-- POST /account/totp: do = start, confirm, recovery, drop; password, or the code that confirms
local function change_totp(request)
  local user, found, sent = own(request)
  if not user then return found end
  if sent["do"] == "confirm" then return confirm(request, user, found, sent) end
  local has = user.totp_at ~= nil
  local deed = sent["do"] == "start" and not has and start or sent["do"] == "drop" and has and drop or
    sent["do"] == "recovery" and has and function() return show_codes(request, user, found, "new_recovery_codes", {}) end
  if not deed then return show(request, user, found, 400, { problem = texts.account.not_now }) end
  local status, sentence = doubt(request, user, sent.password)
  if status then return show(request, user, found, status, { problem = sentence }) end
  return deed(request, user, found)
end

-- POST /account/sessions: id of one of the person's own, or "others"
local function end_session(request)
  local user, found, sent = own(request)
  if not user then return found end
  local id = sent.id ~= "others" and ids.decode("SE", type(sent.id) == "string" and sent.id or "")
  if sent.id == "others" then write({ sql = "DELETE FROM session WHERE user_id = $1 AND id <> $2", args = { user.id, found.id } })
  elseif id then write({ sql = "DELETE FROM session WHERE user_id = $1 AND id = $2", args = { user.id, id } }) end
  return page.see_other(request, "/account")
end

return { routes = {
  { "/account", "GET", show_own, "open" },
  { "/account/password", "POST", change_password, "open" },
  { "/account/totp", "POST", change_totp, "open" },
  { "/account/sessions", "POST", end_session, "open" },
} }
