--- `tocsin token create`: makes an API token, in the running server or in the data folder itself.
local crypto = require "tocsin.crypto"
local console = require "tocsin.console"
local flags = require "command.flags"
local json = require "tocsin.json"
local port = require "tocsin.port"

local token = {}

local HELP = [[
tocsin token create --data DIR --name NAME [--role viewer|editor|admin]

Prints a new API token once, alone on standard output; only its digest is stored. Works while the server runs.
  --data DIR    the server's data folder
  --name NAME   what the token is for
  --role ROLE   viewer, editor or admin (default admin)
]]

local FLAGS <const> = { data = "value", name = "value", role = "value" }
local NAME_MAX <const> = 200
local ROLES <const> = { viewer = true, editor = true, admin = true }

local function fail(sentence)
  console.err("tocsin token: " .. sentence .. "\n")
  return 2
end

--- main(words_json, now) → exit code
function token.main(words_json, now)
  local words = json.decode(words_json)
  local is_create = words[1] == "create"
  local f, why = flags.parse("token", { table.unpack(words, is_create and 2 or 1) }, FLAGS)
  if f and f.help then
    console.out(HELP)
    return 0
  end
  if not is_create then return fail("the only command is `token create`; see `tocsin token --help`") end
  if not f then return fail(why) end
  if not f.data then return fail("--data is missing: the server's data folder") end
  if not f.name then return fail("--name is missing: what the token is for") end
  local length = utf8.len(f.name)
  if not length or length > NAME_MAX then return fail("--name must be UTF-8 of at most " .. NAME_MAX .. " characters") end
  local role = f.role or "admin"
  if not ROLES[role] then return fail("--role must be viewer, editor or admin, not '" .. role .. "'") end

  local secret = crypto.random_bytes(32)
  local text = crypto.hex(secret)
  local ok, sentence = port.call("write", { data = f.data, statements = json.array { {
    sql = "INSERT INTO api_token (name, role, token_key, digest, created_at) VALUES ($1, $2, $3, $4, $5)",
    args = json.array { f.name, role, string.sub(text, 1, 8), crypto.sha512_hex(secret), now },
  } } })
  if not ok then
    console.err("tocsin token: " .. sentence .. "\n")
    return 1
  end
  console.out(text .. "\n")
  return 0
end

return token
