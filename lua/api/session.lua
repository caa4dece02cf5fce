--- Sessions: the cookie of who has signed in, 32 random bytes of which the digest is stored.
--
-- Under TLS the cookie has the prefix `__Host-`, so that no other host of the domain can set it. A digest is of the
-- cookie's name too: a session that was opened under one name is worth nothing under the other.
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")
local port = require("tocsin.port")
local store = require("tocsin.store")

local session = {}

local PLAIN <const>, SECURE <const> = "tocsin_session", "__Host-tocsin_session"
local COOKIE_LENGTH <const> = 43 -- 32 bytes in base64url
local SECOND <const> = 1000000
local SEEN_EVERY_US <const> = 300 * SECOND -- how exactly it is known when a session was last used
local AGENT_MAX <const>, KEPT_MAX <const> = 200, 50

local function settings() return port.call("settings", { names = json.array { "session_idle", "session_limit" } }) end

local function is_secure(request) return string.find(request.base_url, "^https:") ~= nil end

-- A cookie of a request by name, or nil.
local function cookie(headers, name)
  for pair in string.gmatch(headers.cookie or "", "[^;]+") do
    local found, value = string.match(pair, "^%s*([^=]+)=(.-)%s*$")
    if found == name then return value end
  end
end

-- The digest of the session that a cookie of this name names.
local function digest_of(headers, name)
  local value = cookie(headers, name)
  local bytes = value and #value == COOKIE_LENGTH and crypto.unbase64(value)
  return bytes and crypto.sha256_hex(name .. "=" .. bytes)
end

local FOUND <const> = "SELECT id, user_id, method, header, created_at, seen_at, expires_at FROM session WHERE digest = $1"

local function find(headers)
  for _, name in ipairs { SECURE, PLAIN } do
    local digest = digest_of(headers, name)
    local row = digest and store.row(FOUND, digest)
    if row then return row end
  end
end

-- A session that a proxy's header opened ends when the proxy names somebody else.
local function is_of_header(row, headers)
  if row.method ~= "header" then return true end
  local name, value = string.match(row.header or "", "^([^:]+): (.*)$")
  return name ~= nil and headers[name] == value
end

---The session behind a request's cookie, or nil. Notes now and then that it is used.
---@param headers table lower-case name → value
---@param now integer µs UTC
---@return {id: integer, user_id: integer, method: string}|nil
function session.of(headers, now)
  if not headers.cookie then return nil end
  local row = find(headers)
  if not row or row.expires_at <= now or not is_of_header(row, headers) then return nil end
  local idle_us = settings().session_idle * SECOND
  if row.seen_at + idle_us <= now then return nil end
  if row.seen_at + math.min(SEEN_EVERY_US, idle_us // 4) <= now then
    -- What cannot be noted just now is noted by the next request.
    port.call("write", { is_outbox = true, statements = json.array { { sql = "UPDATE session SET seen_at = $1 WHERE id = $2",
      args = json.array { now, row.id } } } })
  end
  return row
end

-- What a cookie of ours is called: under TLS no other host of the domain can set it.
local function name_of(request, what) return (is_secure(request) and "__Host-tocsin_" or "tocsin_") .. what end

---The line that hands out a cookie.
---@param what string the last part of its name
---@param life_s integer seconds
function session.set_cookie(request, what, value, life_s)
  return string.format("Set-Cookie: %s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s\r\n", name_of(request, what), value,
    life_s, is_secure(request) and "; Secure" or "")
end

---The value of a cookie that `set_cookie` handed out, or nil.
function session.own_cookie(request, what) return cookie(request.headers, name_of(request, what)) end

---The lines that take a cookie away, under both of its names.
function session.drop_cookie(what)
  return "Set-Cookie: tocsin_" .. what .. "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax\r\n" ..
    "Set-Cookie: __Host-tocsin_" .. what .. "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure\r\n"
end

-- A new value of the session's cookie: its line for the answer, and its digest.
local function new_cookie(request, limit_s)
  local bytes = crypto.random_bytes(32)
  return session.set_cookie(request, "session", crypto.base64url(bytes), limit_s),
    crypto.sha256_hex(name_of(request, "session") .. "=" .. bytes)
end

-- Text of the client that is shown again: cut, and valid UTF-8.
local function shown(text)
  text = text and string.sub(text, 1, AGENT_MAX)
  if text and not utf8.len(text) then text = string.gsub(text, "[\x80-\xff]", "?") end
  return text or json.null
end

---Opens a session for a person: the statements that store it, and the header line that hands its cookie out. The session
---that the request came with ends, whoever's it was.
---@param user any key or reference
---@param method "password"|"link"|"oidc"|"header"
---@param header string|nil "name: value" that the proxy sent
---@return table[] statements
---@return string line
function session.open(request, user, method, header)
  local now, limit_s = request.now, settings().session_limit
  local line, digest = new_cookie(request, limit_s)
  local old = find(request.headers)
  return {
    { sql = "DELETE FROM session WHERE expires_at <= $1 OR id = $2 OR id IN (SELECT id FROM session WHERE user_id = $3 " ..
      "ORDER BY id DESC LIMIT -1 OFFSET $4)", args = { now, old and old.id or 0, user, KEPT_MAX - 1 } },
    { sql = "INSERT INTO session (digest, user_id, method, header, created_at, seen_at, expires_at, address, agent) " ..
      "VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)", args = { digest, user, method, header or json.null, now,
        now + limit_s * SECOND, shown(request.client.address), shown(request.headers["user-agent"]) } },
  }, line
end

---Gives a session another cookie, after a change of what it may or of how its person gets in.
function session.rotate(request, id)
  local row = store.row("SELECT expires_at FROM session WHERE id = $1", id)
  local line, digest = new_cookie(request, math.max(1, ((row and row.expires_at or 0) - request.now) // SECOND))
  return { { sql = "UPDATE session SET digest = $1 WHERE id = $2", args = { digest, id } } }, line
end

---Does a request come from a page of ours? A browser sends its cookie with whatever page asks it to. What newer browsers
---say themselves cannot be said by a page; older ones name the origin.
---@return boolean
function session.is_from_us(request)
  local headers = request.headers
  if headers["sec-fetch-site"] then return headers["sec-fetch-site"] == "same-origin" end
  return headers.origin ~= nil and headers.origin == string.match(request.base_url, "^%a+://[^/]+")
end

return session
