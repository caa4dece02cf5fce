--- `tocsin user`: makes people and lets in who is locked out, in the running server or in the data folder itself.
local account = require "api.account"
local console = require "tocsin.console"
local flags = require "command.flags"
local json = require "tocsin.json"
local password = require "api.password"
local hasher = require "tocsin.password"
local port = require "tocsin.port"
local sign_in_link = require "api.sign_in_link"

local user = {}

local HELP = [[
tocsin user create --data DIR --email E [--name N] [--username U] [--role viewer|editor|admin]
                   [--password-stdin] [--break-glass]
tocsin user reset-password --data DIR --user U [--password-stdin] [--reset-totp] [--break-glass]
tocsin user unlock --data DIR

Works while the server runs. Passwords are read from standard input, never from the command line; one newline at the
end is dropped. Without --password-stdin a link is printed that lets the person choose one, once.
  --data DIR         the server's data folder
  --email E          e-mail address
  --name N           what the person is called (default: the username)
  --username U       default: the e-mail address
  --user U           username or e-mail address of somebody who is there
  --role ROLE        viewer, editor or admin (default viewer)
  --password-stdin   read the password from standard input
  --reset-totp       take the second factor away
  --break-glass      may sign in with the password where passwords are switched off

reset-password also ends the person's sessions. unlock forgets wrong tries to sign in: who has to wait may try again.
]]

local ROLES <const> = { viewer = true, editor = true, admin = true }
local EMAIL_MAX <const>, NAME_MAX <const> = 254, 190

local function fail(sentence, code)
  console.err("tocsin user: " .. sentence .. "\n")
  return code or 2
end

-- Runs statements → rows of the last, or nil, a sentence and a code.
local function write(data, ...)
  local result, sentence, code = port.call("write", { data = data, statements = account.statements(...) })
  return result and result.rows, sentence, code
end

local function is_text(text, max)
  local length = utf8.len(text)
  return length and length <= max and string.find(text, "%S") and not string.find(text, "%c")
end

local function read_password(person)
  local text, why = console.read("-")
  if not text then return nil, why end
  text = string.gsub(text, "\r?\n$", "")
  why = password.problem(text, person)
  if why then return nil, why end
  return hasher.hash(text)
end

-- The person as the flags describe them, or nil and a sentence.
local function person_of(given)
  if not given.email then return nil, "--email is missing" end
  if not is_text(given.email, EMAIL_MAX) or not string.find(given.email, "^[^%s@]+@[^%s@]+$") then
    return nil, "--email must be an e-mail address of at most " .. EMAIL_MAX .. " characters"
  end
  local person = { email = given.email, username = given.username or given.email, role = given.role or "viewer" }
  person.name = given.name or person.username
  for _, field in ipairs { "username", "name" } do
    if not is_text(person[field], NAME_MAX) then
      return nil, "--" .. field .. " must be UTF-8 of 1 to " .. NAME_MAX .. " characters"
    end
  end
  if not ROLES[person.role] then return nil, "--role must be viewer, editor or admin, not '" .. person.role .. "'" end
  return person
end

-- The hash of a password that is to be set, or a link that asks for one: statements, and what is printed.
local function opening(given, person, id, kind, now)
  if not given["password-stdin"] then
    local path, statements = sign_in_link.new(kind, id, now)
    return statements, path .. "\n"
  end
  local hash, why = read_password(person)
  if not hash then return nil, why end
  return { account.set_password(id, hash, now) }, ""
end

local function create(given, now)
  local person, why = person_of(given)
  if not person then return fail(why) end
  local id = { ref = 1, column = "id" }
  local opens, printed = opening(given, person, id, "invite", now)
  if not opens then return fail(printed) end
  local rows, sentence, code = write(given.data, account.create(person, now), opens,
    given["break-glass"] and account.mark_break_glass(id) or {},
    account.trail("system", nil, "create", id, { username = person.username, email = person.email, name = person.name,
      role = person.role, is_break_glass = given["break-glass"] or nil, by_name = console.user() }, now))
  if rows then
    console.out(printed)
    return 0
  end
  if code == "CONFLICT" then return fail("somebody has the username or the e-mail address already", 1) end
  return fail(sentence, 1)
end

-- Whom --user means, or nil and an exit code.
local function find(given)
  if not given.user then return nil, fail("--user is missing: a username or an e-mail address") end
  local rows, sentence = write(given.data, { sql = account.FIND_SQL, args = { given.user } })
  if not rows then return nil, fail(sentence, 1) end
  local first, second = rows[1], rows[2]
  if not first then return nil, fail("nobody has the username or e-mail address '" .. given.user .. "'", 1) end
  if second and string.lower(first.username) ~= string.lower(given.user) then
    return nil, fail("more than one person has this e-mail address; name the username", 1)
  end
  for name, value in pairs(first) do
    if value == json.null then first[name] = nil end
  end
  return first
end

local function reset_password(given, now)
  local person, exit = find(given)
  if not person then return exit end
  local opens, printed = opening(given, person, person.id, "reset", now)
  if not opens then return fail(printed) end
  local rows, sentence = write(given.data, account.end_sessions(person.id), opens,
    given["reset-totp"] and account.drop_totp(person.id) or {},
    given["break-glass"] and account.mark_break_glass(person.id) or {},
    account.trail("system", nil, "reset_password", person.id, { reset_totp = given["reset-totp"] or nil,
      is_break_glass = given["break-glass"] or nil, by_name = console.user() }, now))
  if not rows then return fail(sentence, 1) end
  console.out(printed)
  return 0
end

-- Tries are counted in the server's memory, by keys that only it knows.
local function unlock(given)
  local result, sentence = port.call("attempt", { data = given.data, forget_all = true })
  return result and 0 or fail(sentence, 1)
end

local COMMANDS <const> = {
  create = { create, { data = "value", email = "value", name = "value", username = "value", role = "value",
    ["password-stdin"] = "alone", ["break-glass"] = "alone" } },
  ["reset-password"] = { reset_password, { data = "value", user = "value", ["password-stdin"] = "alone",
    ["reset-totp"] = "alone", ["break-glass"] = "alone" } },
  unlock = { unlock, { data = "value" } },
}

--- main(words_json, now) → exit code
function user.main(words_json, now)
  local words = json.decode(words_json)
  local command = COMMANDS[words[1]]
  local given, why = flags.parse("user", { table.unpack(words, command and 2 or 1) }, command and command[2] or {})
  if given and given.help then
    console.out(HELP)
    return 0
  end
  if not command then return fail("the commands are create, reset-password and unlock; see `tocsin user --help`") end
  if not given then return fail(why) end
  if not given.data then return fail("--data is missing: the server's data folder") end
  return command[1](given, now)
end

return user
