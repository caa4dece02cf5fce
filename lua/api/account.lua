--- Accounts: the statements that make people who can sign in, and change by what they do. They are the same for the API,
--- the pages and the commands.
local json = require("tocsin.json")

local account = {}

---Is there an admin who can sign in? A SELECT that gives a row when there is one.
account.ADMIN_SQL = "SELECT 1 AS found FROM user AS u JOIN account AS a ON a.user_id = u.id WHERE u.deleted_at IS NULL AND " ..
  "u.role = 'admin' AND (a.password IS NOT NULL OR a.oidc_subject IS NOT NULL)"

---The person whom a name means: `$1` is a username or an e-mail address. A username comes before another one's address.
account.FIND_SQL = "SELECT u.id, u.username, u.name, u.email, u.role, a.password, a.password_at, a.is_break_glass, " ..
  "a.totp_secret, a.totp_at, a.totp_step, a.oidc_subject FROM user AS u LEFT JOIN account AS a ON a.user_id = u.id " ..
  "WHERE u.deleted_at IS NULL AND " ..
  "(lower(u.username) = lower($1) OR lower(u.email) = lower($1)) " ..
  "ORDER BY lower(u.username) = lower($1) DESC, u.id LIMIT 2"

---Makes a person, unless somebody has the username or the address already. Gives back `id`.
---@param person {username: string, name: string, email: string|nil, role: string, timezone: string|nil}
function account.create(person, now)
  return { sql = "INSERT INTO user (username, name, email, role, timezone, created_at) SELECT $1, $2, $3, $4, $5, $6 WHERE " ..
    "NOT EXISTS (SELECT 1 FROM user WHERE deleted_at IS NULL AND (lower(username) IN (lower($1), lower($3)) OR lower(email) " ..
    "IN (lower($1), lower($3)))) RETURNING id", args = { person.username, person.name, person.email or json.null, person.role,
      person.timezone or "UTC", now }, expect = 1 }
end

---Stores a new password.
---@param user any key or reference
function account.set_password(user, hash, now)
  return { sql = "INSERT INTO account (user_id, password, password_at) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO UPDATE " ..
    "SET password = excluded.password, password_at = excluded.password_at", args = { user, hash, now } }
end

---Marks the admin who may sign in with a password where passwords are switched off.
function account.mark_break_glass(user)
  return { sql = "INSERT INTO account (user_id, is_break_glass) VALUES ($1, 1) ON CONFLICT (user_id) DO UPDATE SET " ..
    "is_break_glass = 1", args = { user } }
end

---Takes the second factor and its recovery codes away.
function account.drop_totp(user)
  return {
    { sql = "UPDATE account SET totp_secret = NULL, totp_at = NULL WHERE user_id = $1", args = { user } },
    { sql = "DELETE FROM recovery_code WHERE user_id = $1", args = { user } },
  }
end

---Ends the sessions of a person, but for one, and voids the links they were sent.
---@param except integer|nil session
function account.end_sessions(user, except)
  return {
    { sql = "DELETE FROM session WHERE user_id = $1 AND id <> $2", args = { user, except or 0 } },
    { sql = "DELETE FROM sign_in_link WHERE user_id = $1", args = { user } },
  }
end

---A line in the trail of changes about a person's account; it says what was done, never a secret.
---@param by "user"|"api"|"system"
---@param by_id integer|nil
---@param action string
---@param user any key or reference
---@param after table<string, any> `address`: from where; `by_name`: who ran a command
function account.trail(by, by_id, action, user, after, now)
  local told = {}
  for name, value in pairs(after) do told[name] = name ~= "address" and name ~= "by_name" and value or nil end
  return { sql = "INSERT INTO audit (at, by, by_id, by_name, via, address, action, object, object_id, before, after) " ..
    "VALUES ($1, $2, $3, $4, $5, $6, $7, 'user', $8, NULL, $9)", args = { now, by, by_id or json.null,
      after.by_name or json.null, by == "system" and "command" or "session", after.address or json.null, action, user,
      next(told) and json.encode(told) or json.null } }
end

---A list of statements as the port takes it, from statements and lists of them.
function account.statements(...)
  local out = json.array()
  for _, one in ipairs { ... } do
    for _, statement in ipairs(one.sql and { one } or one) do
      json.array(statement.args)
      out[#out + 1] = statement
    end
  end
  return out
end

return account
