--- Sign-in behind a proxy that has asked for the password itself and names the person in a header. Only a proxy of
--- `trusted_proxies` is believed, and only a header that came once; the worker has looked at both.
local account = require("api.account")
local json = require("tocsin.json")
local port = require("tocsin.port")
local session = require("api.session")
local sign_in = require("api.sign_in")

local header_sign_in = {}

local NAME_MAX <const> = 190
local ROLES <const> = { viewer = true, editor = true, admin = true }

local function is_name(text)
  local length = utf8.len(text)
  return length and length <= NAME_MAX and string.find(text, "%S") ~= nil and not string.find(text, "%c")
end

---Opens a session for whom the proxy names: the line of its cookie, or nil and a sentence that refuses.
---@return string|nil cookie
---@return string sentence
function header_sign_in.take(request)
  local name = request.client.person
  if not is_name(name) then return nil, "The proxy names somebody in a way that cannot be read." end
  local settings = port.call("settings", { names = json.array { "header_sign_in", "header_create" } })
  local user, made = sign_in.find(name), {}
  local id = user and user.id or { ref = 1, column = "id" }
  if user and not ROLES[user.role] then return nil, "You have no role here. Ask an admin." end
  if not user and not settings.header_create then
    return nil, "There is no account for " .. name .. " here. Ask an admin."
  elseif not user then
    local person = { username = name, name = name, role = "viewer" }
    person.email = string.find(name, "^[^%s@]+@[^%s@]+$") and name or nil
    made = { account.create(person, request.now), account.trail("user", id, "create", id, { username = name, role = "viewer",
      method = "header" }, request.now) }
  end
  local opens, cookie = session.open(request, id, "header", settings.header_sign_in .. ": " .. name)
  local result, sentence, code = port.call("write", { is_outbox = user ~= nil, statements = account.statements(made, opens,
    account.trail("user", id, "sign_in", id, { method = "header", address = request.client.address }, request.now)) })
  if result then return cookie end
  if code == "CONFLICT" then return nil, "Somebody here has this name already. Ask an admin." end
  error({ code = code, sentence = sentence })
end

return header_sign_in
