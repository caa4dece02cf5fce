--- The pages behind links that let somebody in once, and the one that asks for such a link: /invite/…, /reset, /reset/….
local account = require("api.account")
local attempts = require("api.attempts")
local hasher = require("tocsin.password")
local letters = require("api.letters")
local form_state = require("web.form").state
local page = require("web.page")
local password = require("api.password")
local port = require("tocsin.port")
local sent_of = require("web.account.sent")
local session = require("api.session")
local sign_in = require("api.sign_in")
local sign_in_link = require("api.sign_in_link")
local store = require("tocsin.store")
local texts = require("web.texts")

local NAME_MAX <const>, EMAIL_MAX <const> = 190, 254
local TO_SIGN_IN <const> = { path = "/sign-in", text = texts.sign_in.link }

local FOUND <const> = "SELECT l.id, l.kind, l.user_id, l.expires_at, l.used_at, u.username, u.name, u.email, u.role " ..
  "FROM sign_in_link AS l LEFT JOIN user AS u ON u.id = l.user_id AND u.deleted_at IS NULL WHERE l.digest = $1"

local function gone(request) return page.message(request, 410, texts.link.gone, texts.link.gone_why, TO_SIGN_IN) end

local function not_now(request, wait)
  return page.message(request, 429, texts.link.not_now, sign_in.too_many(wait), nil, "Retry-After: " .. wait .. "\r\n")
end

-- The link of a path while it is good, or nil and the answer.
local function find(request)
  local folder = string.match(request.path, "^/(%l+)/")
  local wait = attempts.take("link", nil, request.client.address)
  if wait > 0 then return nil, not_now(request, wait) end
  local digest = sign_in_link.digest(request.path, folder)
  local link = digest and store.row(FOUND, digest)
  if not link or link.used_at or link.expires_at <= request.now or sign_in_link.folder(link.kind) ~= folder or
    link.user_id and (not link.username or link.role == "none") then return nil, gone(request) end
  attempts.good("link", nil, request.client.address)
  return link
end

local function form(request, link, status, problem, sent)
  local shows = { problem = problem, username = link.username, form = form_state(sent or {}) }
  if link.kind == "first_admin" then
    shows.is_first, shows.heading, shows.button = true, texts.link.first, texts.link.first_do
    shows.sentence = texts.link.first_why
  elseif link.kind == "invite" then
    shows.heading, shows.button = string.format(texts.link.welcome, link.name), texts.sign_in.title
    shows.sentence = string.format(texts.link.choose, link.username)
  else
    shows.heading, shows.button = texts.link.new, texts.link.change
    shows.sentence = string.format(texts.link.choose_new, link.username)
  end
  return page.answer(request, "new_password.html", shows, status)
end

-- GET /invite/… and /reset/…: the form, and nothing is done.
local function show(request)
  local link, refusal = find(request)
  return link and form(request, link, 200) or refusal
end

local function is_text(text, max)
  local length = type(text) == "string" and utf8.len(text)
  return length and length <= max and string.find(text, "%S") and not string.find(text, "%c")
end

-- What is wrong with what was sent; otherwise the person is filled in.
local function problem_of(link, sent, person)
  if link.kind == "first_admin" then
    person.name, person.email, person.role = sent.name, sent.email, "admin"
    person.username = sent.email
    if not is_text(sent.name, NAME_MAX) then return string.format(texts.link.name_wrong, NAME_MAX) end
    if not is_text(sent.email, NAME_MAX) or not string.find(sent.email, "^[^%s@]+@[^%s@]+$") then
      return string.format(texts.link.email_wrong, NAME_MAX)
    end
  end
  local why = password.problem(sent.password, person)
  if why then return why end
  if sent.again and sent.again ~= sent.password then return texts.link.not_same end
end

-- Whose account it is from now on, as statements: the first admin is made here, once.
local function opening(request, link, person, hash)
  local id = link.user_id or { ref = 2, column = "id" }
  local made = not link.user_id and {
    account.create(person, request.now),
    { sql = "SELECT 1 WHERE NOT EXISTS (" .. account.ADMIN_SQL .. ")", args = {}, expect = 1 },
  } or {}
  return id, account.statements(sign_in_link.use(link.id, request.now), made, account.set_password(id, hash, request.now),
    account.end_sessions(id), account.trail("user", id, link.kind, id, { address = request.client.address }, request.now))
end

-- POST /invite/… and /reset/…: password, again; for the first admin also name and email
local function take(request)
  local sent, refusal = sent_of.read(request)
  if not sent then return refusal end
  local link
  link, refusal = find(request)
  if not link then return refusal end
  local person = { username = link.username, name = link.name, email = link.email }
  local why = problem_of(link, sent, person)
  if why then return form(request, link, 400, why, sent) end
  local id, statements = opening(request, link, person, hasher.hash(sent.password))
  local next_page = page.see_other(request, "/sign-in")
  if link.kind ~= "reset" then
    local opens, cookie = session.open(request, id, "link")
    statements = account.statements(statements, opens)
    next_page = page.see_other(request, link.kind == "first_admin" and "/" or "/profile", cookie)
  end
  local result, sentence, code = port.call("write", { statements = statements })
  if result then return next_page end
  if code == "CONFLICT" then return gone(request) end
  error({ code = code, sentence = sentence })
end

-- GET /reset
local function show_ask(request)
  if not letters.provider() then return page.message(request, 200, texts.link.new, texts.link.no_mail, TO_SIGN_IN) end
  return page.answer(request, "ask_reset.html", { heading = texts.link.new, form = form_state {} })
end

-- Only a person who gets in by a password can be sent a link for a new one.
local function may_reset(user)
  if not user or not user.email or not sign_in.may_use_password(user) then return false end
  return user.password ~= nil or user.oidc_subject == nil
end

-- POST /reset: name. The answer is the same for everybody, and so is the work: one commit.
local function ask(request)
  local sent, refusal = sent_of.read(request)
  if not sent then return refusal end
  local name = type(sent.name) == "string" and string.match(sent.name, "^%s*(.-)%s*$") or ""
  local provider = letters.provider()
  if name == "" or #name > EMAIL_MAX or not utf8.len(name) or not provider then return page.see_other(request, "/reset") end
  local wait = attempts.take("mail", name, request.client.address)
  if wait > 0 then return not_now(request, wait) end
  local user = sign_in.find(name)
  local is_sent = may_reset(user)
  local path, statements = sign_in_link.new("reset", is_sent and user.id or 0, request.now)
  local letter = letters.statement("reset", provider, is_sent and user or { id = 0, name = name, email = name },
    request.base_url .. path, request.now)
  if not is_sent then statements, letter = { statements[1] }, {} end
  local result, sentence, code = port.call("write", { is_outbox = true, statements = account.statements(statements, letter) })
  if not result then error({ code = code, sentence = sentence }) end
  return page.message(request, 200, texts.link.look, texts.link.sent, TO_SIGN_IN)
end

return { routes = {
  { "/invite/:token", "GET", show, "open" },
  { "/invite/:token", "POST", take, "open" },
  { "/reset", "GET", show_ask, "open" },
  { "/reset", "POST", ask, "open" },
  { "/reset/:token", "GET", show, "open" },
  { "/reset/:token", "POST", take, "open" },
} }
