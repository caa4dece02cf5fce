--- The second factor of a person: the app's codes, and recovery codes for when the app is gone.
--
-- The secret is sealed in the database. A code is good once: the step of the last one is stored in the write that uses it.
-- A recovery code is a row that the write takes away.
local crypto = require("tocsin.crypto")
local seal = require("tocsin.seal")
local totp = require("totp")

local second_factor = {}

local SECRET_BYTES <const>, RECOVERY_CODES <const> = 20, 10
local PURPOSE <const> = "recovery codes"
local LETTERS <const> = "abcdefghjkmnpqrstuvwxyz23456789" -- none that look like another

-- Keyed: ten characters could be tried out by who has the database.
local function digest_of(user, code) return crypto.base64url(seal.sign(PURPOSE, user .. "\n" .. code)) end

local function new_recovery_code()
  local out = {}
  while #out < 10 do
    local byte = string.byte(crypto.random_bytes(1))
    if byte < 256 - 256 % #LETTERS then
      local at = byte % #LETTERS + 1
      out[#out + 1] = string.sub(LETTERS, at, at)
    end
  end
  return table.concat(out)
end

---Begins an enrolment: nothing is asked of the person at sign-in until a code has confirmed it.
---@param user integer
---@return string secret bytes
---@return table[] statements
function second_factor.start(user)
  local secret = crypto.random_bytes(SECRET_BYTES)
  return secret, { { sql = "INSERT INTO account (user_id, totp_secret) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET " ..
    "totp_secret = excluded.totp_secret WHERE account.totp_at IS NULL", args = { user, assert(seal.seal(secret)) } } }
end

---The secret of an account's row, or nil.
function second_factor.secret(row)
  return row.totp_secret and assert(seal.open(row.totp_secret))
end

-- What was typed, without blanks and dashes; nil when it can be neither kind of code.
local function plain(code)
  code = type(code) == "string" and #code <= 40 and string.lower((string.gsub(code, "[%s-]", ""))) or ""
  if string.find(code, "^%d%d%d%d%d%d$") then return code, "app" end
  if #code == 10 and not string.find(code, "%W") then return code, "recovery" end
end

---The statement that uses a code up, or nil when it is wrong. It fails when the code was used meanwhile.
---@param row table id, totp_secret, totp_step
---@param typed any
---@param now integer µs
function second_factor.use(row, typed, now)
  local code, kind = plain(typed)
  if kind == "recovery" then
    return { sql = "DELETE FROM recovery_code WHERE user_id = $1 AND digest = $2", args = { row.id, digest_of(row.id, code) },
      expect = 1 }
  end
  local step = kind and totp.find(second_factor.secret(row), code, now, row.totp_step or 0)
  return step and { sql = "UPDATE account SET totp_step = $1 WHERE user_id = $2 AND totp_step < $1 AND totp_secret = $3",
    args = { step, row.id, row.totp_secret }, expect = 1 }
end

---New recovery codes; those before are void.
---@return string[] codes shown once
---@return table[] statements
function second_factor.recovery_codes(user)
  local codes, statements = {}, { { sql = "DELETE FROM recovery_code WHERE user_id = $1", args = { user } } }
  for i = 1, RECOVERY_CODES do
    local code = new_recovery_code()
    codes[i] = string.sub(code, 1, 5) .. "-" .. string.sub(code, 6)
    statements[#statements + 1] = { sql = "INSERT INTO recovery_code (user_id, digest) VALUES ($1, $2)",
      args = { user, digest_of(user, code) } }
  end
  return codes, statements
end

return second_factor
