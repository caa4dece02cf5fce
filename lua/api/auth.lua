--- Who asks: the person or the API token behind a request. Nobody else looks at headers for that.
--
-- A token is 32 random bytes as 64 hex digits. Stored are its first eight characters, to find it, and the SHA-512 of
-- the bytes, so that tokens of the reference's database work as they are. Digests are compared in constant time.
local crypto = require("tocsin.crypto")
local errors = require("api.errors")
local json = require("tocsin.json")
local port = require("tocsin.port")
local session = require("api.session")
local store = require("tocsin.store")

local auth = {}

local RANK = { viewer = 1, editor = 2, admin = 3 }
local KEY_LENGTH, TOKEN_LENGTH = 8, 64
local USE_NOTED_EVERY = 600000000

---The digest that is stored for a token: hex SHA-512 of its hex-decoded bytes.
function auth.digest(token)
  return crypto.sha512_hex(crypto.unhex(token))
end

---A new token, and what is stored of it.
---@return string token shown once
---@return table columns of api_token: token_key, digest
function auth.new_token()
  local token = crypto.hex(crypto.random_bytes(TOKEN_LENGTH // 2))
  return token, { token_key = string.sub(token, 1, KEY_LENGTH), digest = auth.digest(token) }
end

local function token_of(headers)
  local value = headers.authorization or ""
  local token = string.match(value, "^[Bb][Ee][Aa][Rr][Ee][Rr] +(%S+)$") or value
  if #token == TOKEN_LENGTH and not string.find(token, "%X") then return token end
end

local FOUND = "SELECT t.id, t.name, t.role, t.user_id, t.digest, t.expires_at, t.revoked_at, t.scopes, t.last_used_at, " ..
  "u.role AS user_role, u.username FROM api_token AS t LEFT JOIN user AS u ON u.id = t.user_id AND u.deleted_at IS NULL " ..
  "WHERE t.token_key = $1"
local PERSON = "SELECT id, username, name, role FROM user WHERE id = $1 AND deleted_at IS NULL"
local TEAMS = "SELECT team_id FROM team_member WHERE user_id = $1"

-- What a token may do now: no more than its person, whose role may have changed since it was made.
local function role_of(row)
  local own, user = RANK[row.role], RANK[row.user_role]
  if not own or row.user_id and not user then return nil end
  return user and user < own and row.user_role or row.role
end

local function teams_of(user_id)
  local teams = {}
  for _, row in ipairs(user_id and store.rows(TEAMS, user_id) or {}) do teams[row.team_id] = true end
  return teams
end

local function scopes_of(row)
  local set = row.scopes and {}
  for _, scope in ipairs(row.scopes and json.decode(row.scopes) or {}) do set[scope] = true end
  return set
end

-- To know which tokens nobody uses any more, some minutes are near enough: no request waits for the disk but one in ten
-- minutes, and none fails for it.
local function note_use(row, now)
  if row.last_used_at and now - row.last_used_at < USE_NOTED_EVERY then return end
  port.call("write", { is_outbox = true, statements = json.array { { args = json.array { now, row.id },
    sql = "UPDATE api_token SET last_used_at = $1 WHERE id = $2" } } })
end

local function of_token(headers, now)
  local token = token_of(headers)
  local digest = token and auth.digest(token)
  for _, row in ipairs(token and store.rows(FOUND, string.sub(token, 1, KEY_LENGTH)) or {}) do
    local role = role_of(row)
    if crypto.equal(row.digest, digest) and not row.revoked_at and role then
      if row.expires_at and row.expires_at <= now then return nil, errors.detail(403, "This token has expired.") end
      note_use(row, now)
      return { token_id = row.id, user_id = row.user_id, role = role, name = row.username or row.name,
        scopes = scopes_of(row), expires_at = row.expires_at, teams = teams_of(row.user_id) }
    end
  end
  return nil, errors.invalid_token()
end

local SAFE = { GET = true, HEAD = true } -- anything else has to come from a page of ours

---A person as one who acts, without a token or a session; nil when they are gone or may do nothing.
function auth.person(user_id)
  local user = store.row(PERSON, user_id)
  if not user or not RANK[user.role] then return nil end
  return { user_id = user.id, role = user.role, name = user.username, full_name = user.name, teams = teams_of(user.id) }
end

local function of_session(request, found)
  local actor = auth.person(found.user_id)
  if not actor then return nil, errors.forbidden() end
  if not SAFE[request.method] and not session.is_from_us(request) then
    return nil, errors.detail(403, "This request does not come from a page of this server.")
  end
  actor.session_id = found.id
  return actor
end

---Who asks, as `request.actor`: { token_id or session_id, user_id of the person if it is one, role, name, teams = set of
---ids, scopes = set or nil for all; full_name of a person in a session }; or nil and the 403. A token comes before a cookie.
function auth.of(request)
  local found = not request.headers.authorization and session.of(request.headers, request.now)
  if found then return of_session(request, found) end
  return of_token(request.headers, request.now)
end

---Who did it, for logs: the person, or the token that belongs to none, or the house itself.
---@return string by "user", "api" or "system"
---@return integer id 0 for the house
function auth.by(actor)
  if actor.user_id then return "user", actor.user_id end
  if actor.token_id then return "api", actor.token_id end
  return "system", 0
end

---How an actor comes in, for the trail of changes: with a token, in a session, or as what it says of itself (`via`).
function auth.via(actor)
  return actor.via or actor.token_id and "token" or actor.session_id and "session" or "system"
end

---May this actor do what needs `role`?
function auth.allows(actor, role)
  return RANK[actor.role] >= RANK[role]
end

return auth
