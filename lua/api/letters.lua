--- Mails about accounts: invitations and links for a new password, through a provider that carries e-mail.
--
-- They are rows of the outbox like any other message; the text is sealed, since the link in it opens a door.
local channel = require("channel")
local crypto = require("tocsin.crypto")
local encode = require("sending.encode")
local json = require("tocsin.json")
local port = require("tocsin.port")
local seal = require("tocsin.seal")
local store = require("tocsin.store")

local letters = {}

local WORDS <const> = {
  invite = { "You are invited to Tocsin", "%s, an account was made for you. Choose a password within seven days:" },
  reset = { "A new password for Tocsin",
    "%s, somebody, hopefully you, asked for a new password. Choose one within two hours; if it was not you, do nothing:" },
}

---The provider that a mail would leave by: its id, or nil. Where `public_url` is not set there is none either: the
---address in a mail would be the one that whoever asked for it put into the Host header.
---@return integer|nil
function letters.provider()
  if port.call("settings", { names = json.array { "public_url" } }).public_url == "" then return nil end
  for _, row in ipairs(store.rows("SELECT id, type FROM provider WHERE is_enabled = 1 ORDER BY position, id")) do
    for _, carried in ipairs(channel.load(row.type) and channel.carries(row.type) or {}) do
      if carried == "email" then return row.id end
    end
  end
end

---The statement that sends a link to a person.
---@param kind "invite"|"reset"
---@param provider integer
---@param person table name, email
---@param url string
---@param now integer µs
function letters.statement(kind, provider, person, url, now)
  local words = WORDS[kind]
  local text = json.encode { title = words[1], message = string.format("<p>%s</p><p><a href=\"%s\">%s</a></p>",
    encode.xml(string.format(words[2], person.name)), encode.xml(url), encode.xml(url)) }
  return { sql = "INSERT INTO notification (kind, provider_id, channel, target, state, reason, key, due_at, created_at, " ..
    "detail) VALUES ('test', $1, 'email', $2, 'waiting', $3, $4, $5, $5, $6)",
    args = { provider, "account:" .. person.id, kind,
      crypto.hex(crypto.random_bytes(16)), now, json.encode { address = json.encode { email = person.email },
        text = assert(seal.seal(text)) } } }
end

return letters
