--- The addresses that bring mails to integrations: as people write them down, and whose one is.
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")
local mime = require("tocsin.mime")
local port = require("tocsin.port")
local store = require("tocsin.store")

local mail_address = {}

local function domain() return port.call("settings", { names = json.array { "email_domain" } }).email_domain end

---`<token>@<email_domain>`; nil where no domain is set: then every domain that leads here will do.
---@return string?
function mail_address.of(token)
  local own = domain()
  return own ~= "" and token .. "@" .. own or nil
end

local TOKENS <const> = "SELECT id, type, token FROM integration WHERE deleted_at IS NULL UNION ALL " ..
  "SELECT i.id, i.type, k.token FROM integration_key AS k JOIN integration AS i ON i.id = k.integration_id " ..
  "WHERE k.type IN ('generic', 'email') AND i.deleted_at IS NULL"

---The integration that an address is of, and what stands behind its `+` ("": nothing); nil: nobody's. The same as the listener's
---(core/engine/mail_in.c). All tokens are looked at, each in time that does not depend on how much of it is right.
---@return {id: integer, type: string}|nil
---@return string? dedup
function mail_address.find(address)
  local token, dedup = mime.address(address, domain())
  if not token then return nil end
  local small, found = string.lower(token), nil
  for _, row in ipairs(store.rows(TOKENS)) do
    if crypto.equal(row.token, token) or crypto.equal(row.token, small) then found = row end
  end
  return found, dedup
end

return mail_address
