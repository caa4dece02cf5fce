--- Sign-in with name and password, and with a code where the person has a second factor.
--
-- One way for everybody: the try is counted, the person looked up, a password computed – against the hash of nobody when
-- there is none – and only then anything is said, the same to all who were wrong. The page asks for the code in a second
-- step; the ticket that it sends along, sealed and good for five minutes, says that the password was right.
local account = require("api.account")
local attempts = require("api.attempts")
local hasher = require("tocsin.password")
local json = require("tocsin.json")
local password = require("api.password")
local port = require("tocsin.port")
local seal = require("tocsin.seal")
local second_factor = require("api.second_factor")
local session = require("api.session")
local store = require("tocsin.store")

local sign_in = {}

local TICKET_US <const>, NAME_MAX <const> = 300000000, 254
local MAY_SIGN_IN <const> = { viewer = true, editor = true, admin = true }

local WRONG <const> = { status = 401, sentence = "This name and password do not go together." }
local WRONG_CODE <const> = { status = 401, sentence = "This code is not right, or it was used already." }

---The person whom a username or e-mail address means; nil when it is nobody's, or the address of two.
function sign_in.find(name)
  local found = store.rows(account.FIND_SQL, name)
  if #found == 2 and string.lower(found[1].username) ~= string.lower(name) then return nil end
  return found[1]
end

---May this person, if it is one, get in by a password?
function sign_in.may_use_password(user)
  if not user or not MAY_SIGN_IN[user.role] then return false end
  return user.is_break_glass == 1 or port.call("settings", { names = json.array { "password_sign_in" } }).password_sign_in
end

---Opens a session for a person who has shown who they are: {cookie, user}, or what a write said.
---@param first table[] statements that have to hold, such as the use of a code
---@param method string
---@param header string|nil
function sign_in.open(request, user, method, first, header)
  local opens, cookie = session.open(request, user.id, method, header)
  local result, sentence, code = port.call("write", { is_outbox = true, statements = account.statements(first, opens,
    account.trail("user", user.id, "sign_in", user.id, { method = method, address = request.client.address }, request.now)) })
  if result then return { status = 200, user = user, cookie = cookie } end
  if code == "CONFLICT" then return WRONG_CODE end
  error({ code = code, sentence = sentence })
end

---What is said to who may try again in so many seconds.
function sign_in.too_many(wait)
  return string.format("Too many tries. There is room for another one in %d second%s.", wait, wait == 1 and "" or "s")
end

local function wait_of(request, name)
  local wait = attempts.take("sign_in", name, request.client.address)
  return wait > 0 and { status = 429, wait = wait, sentence = sign_in.too_many(wait) } or nil
end

-- The password was right: the code comes next, or the session.
local function go_on(request, name, user, code)
  local first = {}
  if user.totp_at then
    if code == nil or code == "" then
      return { status = 401, needs_code = true, sentence = "A code of the second factor is needed.",
        ticket = assert(seal.seal(json.encode { user = user.id, name = name, until_at = request.now + TICKET_US,
          password_at = user.password_at, is = "ticket" })) }
    end
    first[1] = second_factor.use(user, code, request.now)
    if not first[1] then return WRONG_CODE end
  end
  local done = sign_in.open(request, user, "password", first)
  if done.cookie then attempts.good("sign_in", name, request.client.address) end
  return done
end

---@param sent {name: any, password: any, code: any}
---@return {status: integer, sentence: string|nil, wait: integer|nil, needs_code: boolean|nil, ticket: string|nil,
---  user: table|nil, cookie: string|nil}
function sign_in.with_password(request, sent)
  local name = type(sent.name) == "string" and string.match(sent.name, "^%s*(.-)%s*$") or ""
  if name == "" then return { status = 400, sentence = "Who are you? Give your username or e-mail address." } end
  if #name > NAME_MAX or not utf8.len(name) then return { status = 400, sentence = "This is no username or e-mail address." } end
  local unfit = password.unfit(sent.password)
  if unfit then return { status = 400, sentence = unfit } end
  local wait = wait_of(request, name)
  if wait then return wait end
  local user = sign_in.find(name)
  local hash = sign_in.may_use_password(user) and user.password or nil
  if not hasher.is_right(hash, sent.password) then return WRONG end
  return go_on(request, name, user, sent.code)
end

---The second step of the page: the ticket of the first, and a code.
function sign_in.with_ticket(request, sent)
  local text = type(sent.ticket) == "string" and #sent.ticket < 4096 and seal.open(sent.ticket)
  local ticket = text and json.decode(text)
  if not ticket or ticket.is ~= "ticket" or ticket.until_at <= request.now then
    return { status = 401, is_over = true, sentence = "That took too long. Please begin again." }
  end
  local wait = wait_of(request, ticket.name)
  if wait then return wait end
  local user = sign_in.find(ticket.name)
  if not sign_in.may_use_password(user) or user.id ~= ticket.user or user.password_at ~= ticket.password_at then return WRONG end
  return go_on(request, ticket.name, user, sent.code == nil and "" or sent.code)
end

return sign_in
