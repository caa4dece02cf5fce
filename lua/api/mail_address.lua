--- The address that brings mails to an integration, as people write it down.
local json = require("tocsin.json")
local port = require("tocsin.port")

local mail_address = {}

---`<token>@<email_domain>`; nil where no domain is set: then every domain that leads here will do.
---@return string?
function mail_address.of(token)
  local domain = port.call("settings", { names = json.array { "email_domain" } }).email_domain
  return domain ~= "" and token .. "@" .. domain or nil
end

return mail_address
