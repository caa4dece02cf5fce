--- Links that let somebody in once: the first admin, who was invited, who asks for a new password. A link is 32 random
--- bytes; stored is their digest. Opening one does nothing, since mail scanners follow every link: its form acts.
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")

local sign_in_link = {}

local HOUR <const> = 3600000000
local LIFE_US <const> = { first_admin = 24 * HOUR, invite = 7 * 24 * HOUR, reset = 2 * HOUR }
local FOLDERS <const> = { first_admin = "/invite/", invite = "/invite/", reset = "/reset/" }
local TOKEN_LENGTH <const> = 43 -- 32 bytes in base64url

local function digest_of(bytes) return crypto.sha256_hex(bytes) end

---Makes a link: its path, and the statements that store it. What the same person was sent before is void, and so are
---earlier links for the first admin.
---@param kind "first_admin"|"invite"|"reset"
---@param user any key or reference to it; nil for the first admin
---@param now integer µs
---@return string path
---@return table[] statements
---@return integer expires_at
function sign_in_link.new(kind, user, now)
  local bytes = crypto.random_bytes(32)
  return FOLDERS[kind] .. crypto.base64url(bytes), {
    { sql = "DELETE FROM sign_in_link WHERE " .. (user and "user_id = $1" or "kind = $1"), args = { user or kind } },
    { sql = "INSERT INTO sign_in_link (kind, user_id, digest, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
      args = { kind, user or json.null, digest_of(bytes), now, now + LIFE_US[kind] } },
  }, now + LIFE_US[kind]
end

---The folder that links of a kind are in.
function sign_in_link.folder(kind) return string.match(FOLDERS[kind], "%l+") end

---What finds a link by the last part of its path, or nil when that cannot be one.
---@return string|nil digest
function sign_in_link.digest(path, folder)
  local token = string.match(path, "^/" .. folder .. "/([%w_-]+)/?$")
  local bytes = token and #token == TOKEN_LENGTH and crypto.unbase64(token)
  return bytes and digest_of(bytes)
end

---The statement that uses a link up; it fails when somebody else did, or it is too late.
function sign_in_link.use(id, now)
  return { sql = "UPDATE sign_in_link SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1",
    args = { now, id }, expect = 1 }
end

return sign_in_link
