--- `tocsin token`: makes API tokens, or takes over those of an OnCall database, in the running server or in the data folder.
local account = require "api.account"
local audit = require "api.audit"
local auth = require "api.auth"
local console = require "tocsin.console"
local flags = require "command.flags"
local json = require "tocsin.json"
local keys = require "keys"
local port = require "tocsin.port"
local rights = require "api.rights"
local time = require "api.time"

local token = {}

local HELP = [[
tocsin token create --data DIR --name NAME [--role viewer|editor|admin] [--user U] [--scope S,S] [--expires WHEN]
tocsin token import --data DIR --name NAME --token-key K --digest D [--role …] [--user U] [--scope S,S] [--expires WHEN]

create prints a new API token once, alone on standard output; only its digest is stored. import takes over what another
installation stored of a token, which then works here as it is. Both work while the server runs.
  --data DIR       the server's data folder
  --name NAME      what the token is for
  --role ROLE      viewer, editor or admin (default admin); a person's token does no more than the person may
  --user U         username or e-mail address of the person whose token it is (default: nobody's)
  --scope S,S      what it may do, of that: read, write, or of one area: alerts:write (default: everything)
  --expires WHEN   90d, 12h, or a moment such as 2027-05-19T12:00:00Z (default: never)
  --token-key K    its first eight digits
  --digest D       its SHA-512, 128 hexadecimal digits
]]

local NAME_MAX <const> = 200
local ROLES <const> = { viewer = true, editor = true, admin = true }
local UNITS <const> = { h = 3600000000, d = 86400000000 }

local function fail(sentence, code)
  console.err("tocsin token: " .. sentence .. "\n")
  return code or 2
end

-- The scopes of --scope as they are stored; nil and a sentence.
local function scopes_of(text)
  if not text then return json.null end
  local found = {}
  for scope in string.gmatch(text, "[^,%s]+") do
    if not rights.is_scope(scope) then
      return nil, string.format("--scope: '%s' is none; they are read, write, and AREA:read or AREA:write of %s", scope,
        table.concat(keys.sorted(rights.AREAS), ", "))
    end
    found[scope] = true
  end
  if not next(found) then return nil, "--scope names no scope" end
  return json.encode(json.array(keys.sorted(found)))
end

local function expiry_of(text, now)
  if not text then return json.null end
  local count, unit = string.match(text, "^(%d%d?%d?%d?%d?)([hd])$")
  local at = count and now + tonumber(count) * UNITS[unit] or time.parse_moment(text)
  if not at then return nil, "--expires must be like 90d, 12h or 2027-05-19T12:00:00Z, not '" .. text .. "'" end
  if at <= now then return nil, "--expires lies in the past" end
  return at
end

-- The key of the person whom --user means, or null.
local function person_of(f)
  if not f.user then return json.null end
  local result, sentence = port.call("write", { data = f.data,
    statements = account.statements { sql = account.FIND_SQL, args = { f.user } } })
  if not result then return nil, sentence end
  local first, second = result.rows[1], result.rows[2]
  if not first then return nil, "nobody has the username or e-mail address '" .. f.user .. "'" end
  if second and string.lower(first.username) ~= string.lower(f.user) then
    return nil, "more than one person has this e-mail address; name the username"
  end
  return first.id
end

local function is_hex(text, count) return text and #text == count and not string.find(text, "%X") end

-- What is stored of the token: of a new one, or as it was given.
local function secret_of(f, is_import)
  if not is_import then
    local text, stored = auth.new_token()
    return stored, text .. "\n"
  end
  if not is_hex(f["token-key"], 8) then return nil, "--token-key must be the token's first eight hexadecimal digits" end
  if not is_hex(f.digest, 128) then return nil, "--digest must be 128 hexadecimal digits" end
  return { token_key = string.lower(f["token-key"]), digest = string.lower(f.digest) }, ""
end

local function columns_of(f, is_import, now)
  if not f.data then return nil, "--data is missing: the server's data folder" end
  if not f.name then return nil, "--name is missing: what the token is for" end
  local length = utf8.len(f.name)
  if not length or length > NAME_MAX then return nil, "--name must be UTF-8 of at most " .. NAME_MAX .. " characters" end
  local row = { name = f.name, role = f.role or "admin", created_at = now }
  if not ROLES[row.role] then return nil, "--role must be viewer, editor or admin, not '" .. row.role .. "'" end
  local why, stored
  row.scopes, why = scopes_of(f.scope)
  if why then return nil, why end
  row.expires_at, why = expiry_of(f.expires, now)
  if why then return nil, why end
  stored, why = secret_of(f, is_import)
  if not stored then return nil, why end
  row.token_key, row.digest = stored.token_key, stored.digest
  return row, why
end

-- One that is there already is not made twice.
local INSERT <const> = "INSERT INTO api_token (name, role, scopes, expires_at, user_id, token_key, digest, created_at) " ..
  "SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM api_token WHERE digest = $7) RETURNING id"

local function write(f, row, now)
  local who = { via = "command", by_name = console.user() }
  local line = audit.statement({ actor = who, now = now }, { name = "api_token" }, "create",
    { ref = 1, column = "id" }, row)
  return port.call("write", { data = f.data, statements = account.statements({ sql = INSERT, expect = 1, args = { row.name,
    row.role, row.scopes, row.expires_at, row.user_id, row.token_key, row.digest, row.created_at } }, line) })
end

local COMMANDS <const> = {
  create = { data = "value", name = "value", role = "value", user = "value", scope = "value", expires = "value" },
  import = { data = "value", name = "value", role = "value", user = "value", scope = "value", expires = "value",
    ["token-key"] = "value", digest = "value" },
}

--- main(words_json, now) → exit code
function token.main(words_json, now)
  local words = json.decode(words_json)
  local command = COMMANDS[words[1]]
  local f, why = flags.parse("token", { table.unpack(words, command and 2 or 1) }, command or COMMANDS.create)
  if f and f.help then
    console.out(HELP)
    return 0
  end
  if not command then return fail("the commands are `token create` and `token import`; see `tocsin token --help`") end
  if not f then return fail(why) end
  local row, printed = columns_of(f, words[1] == "import", now)
  if not row then return fail(printed) end
  row.user_id, why = person_of(f)
  if why then return fail(why, 1) end
  local ok, sentence, code = write(f, row, now)
  if not ok then return fail(code == "CONFLICT" and "this token is here already" or sentence, 1) end
  console.out(printed)
  return 0
end

return token
