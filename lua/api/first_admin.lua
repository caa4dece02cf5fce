--- The way in of the first admin: a link that a start prints while nobody can sign in.
local account = require("api.account")
local port = require("tocsin.port")
local sign_in_link = require("api.sign_in_link")

local first_admin = {}

local function rows_of(...)
  local result, sentence = port.call("write", { statements = account.statements(...), is_outbox = true })
  if not result then error(sentence, 0) end
  return result.rows
end

---A new link, good for a day and until the next start; nil when an admin can sign in.
---@param base_url string
---@param now integer µs
---@return string|nil url
function first_admin.link(base_url, now)
  if #rows_of { sql = account.ADMIN_SQL .. " LIMIT 1", args = {} } > 0 then return nil end
  local path, statements = sign_in_link.new("first_admin", nil, now)
  rows_of(statements)
  return string.gsub(base_url, "/+$", "") .. path
end

return first_admin
