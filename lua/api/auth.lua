--- Who asks: the API token of a request, and what its role may do.
--
-- A token is 32 random bytes as 64 hex digits. Stored are its first eight characters, to find it, and the SHA-512 of
-- the bytes, so that tokens of the reference's database work as they are. Digests are compared in constant time.
local crypto = require("tocsin.crypto")
local errors = require("api.errors")
local store = require("tocsin.store")

local auth = {}

local RANK = { viewer = 1, editor = 2, admin = 3 }
local KEY_LENGTH, TOKEN_LENGTH = 8, 64

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

local FOUND = "SELECT t.id, t.name, t.role, t.user_id, t.digest, t.expires_at, t.revoked_at, u.role AS user_role " ..
  "FROM api_token AS t LEFT JOIN user AS u ON u.id = t.user_id AND u.deleted_at IS NULL WHERE t.token_key = $1"

-- What a token may do now: no more than its person, whose role may have changed since it was made.
local function role_of(row)
  local own, user = RANK[row.role], RANK[row.user_role]
  if not own or row.user_id and not user then return nil end
  return user and user < own and row.user_role or row.role
end

local function is_usable(row, now)
  row.role = role_of(row)
  return not row.revoked_at and (not row.expires_at or row.expires_at > now) and row.role ~= nil
end

---The api_token row behind a request, with the role it has today, or nil and the 403.
function auth.check(headers, now)
  local token = token_of(headers)
  if not token then return nil, errors.invalid_token() end
  local digest = auth.digest(token)
  for _, row in ipairs(store.rows(FOUND, string.sub(token, 1, KEY_LENGTH))) do
    if crypto.equal(row.digest, digest) and is_usable(row, now) then return row end
  end
  return nil, errors.invalid_token()
end

---Who acts with this token, for logs: the person it belongs to, or the token itself.
---@return string by "user" or "api"
---@return integer id
function auth.actor(token)
  if token.user_id then return "user", token.user_id end
  return "api", token.id
end

---May this token do what needs `role`?
function auth.allows(token, role)
  return RANK[token.role] >= RANK[role]
end

return auth
