--- Sign-in by an identity provider: the way there, and what becomes of who comes back. /sign-in/oidc[/callback]
--
-- A person is known by the provider's own name for them (subject); before it is, by an e-mail address that the provider has
-- verified and that is one person's here. Groups decide about role and teams where the settings say so.
local account = require("api.account")
local attempts = require("api.attempts")
local group_mapping = require("api.group_mapping")
local json = require("tocsin.json")
local keys = require("keys")
local oidc = require("api.oidc")
local page = require("web.page")
local port = require("tocsin.port")
local query_string = require("api.query")
local seal = require("tocsin.seal")
local session = require("api.session")
local sign_in = require("api.sign_in")
local store = require("tocsin.store")
local texts = require("web.texts")

local LIFE_US <const>, NAME_MAX <const>, EMAIL_MAX <const> = 600000000, 190, 254
local COOKIE <const> = "oidc"
local ROLES <const> = { viewer = true, editor = true, admin = true }

local function failed(request, status, sentence)
  return page.message(request, status, texts.sign_in.not_in, sentence, { path = "/sign-in", text = texts.sign_in.link })
end

local function not_now(request)
  local wait = attempts.take("link", nil, request.client.address)
  return wait > 0 and failed(request, 429, sign_in.too_many(wait)) or nil
end

-- GET /sign-in/oidc: sends the person there.
local function go(request)
  local s = oidc.settings()
  if not s then return nil end
  local refusal = not_now(request)
  if refusal then return refusal end
  local url, memory = oidc.begin(s, request.base_url)
  if not url then return failed(request, 502, memory) end
  memory.is, memory.until_at, memory.next = "oidc", request.now + LIFE_US, page.own_path(query_string.get(request.query, "next"))
  return page.lead_to(url, session.set_cookie(request, COOKIE, assert(seal.seal(json.encode(memory))), LIFE_US // 1000000))
end

-- What was remembered when the person left, if it is this sign-in that they come back from.
local function memory_of(request)
  local sealed = session.own_cookie(request, COOKIE)
  local text = sealed and #sealed < 8192 and seal.open(sealed)
  local memory = text and json.decode(text)
  local state = query_string.get(request.query, "state")
  local is_good = type(memory) == "table" and memory.is == "oidc" and memory.until_at > request.now and state ~= nil and
    memory.state == state
  return is_good and memory or nil
end

local function is_text(text, max)
  local length = type(text) == "string" and utf8.len(text)
  return length and length <= max and string.find(text, "%S") ~= nil and not string.find(text, "%c")
end

-- The person as the claims tell of them.
local function person_of(claims)
  local email = is_text(claims.email, EMAIL_MAX) and string.find(claims.email, "^[^%s@]+@[^%s@]+$") and claims.email or nil
  if claims.email_verified ~= true and claims.email_verified ~= "true" then email = nil end
  local username = email and #email <= NAME_MAX and email or
    is_text(claims.preferred_username, NAME_MAX) and claims.preferred_username or string.sub(claims.sub, 1, NAME_MAX)
  if not utf8.len(username) then username = claims.sub end
  return { username = username, email = email, name = is_text(claims.name, NAME_MAX) and claims.name or username }
end

local FIELDS <const> = "SELECT u.id, u.username, u.name, u.role, a.is_break_glass, a.oidc_issuer, a.oidc_subject " ..
  "FROM user AS u LEFT JOIN account AS a ON a.user_id = u.id WHERE u.deleted_at IS NULL AND "

-- Who it is here: a row; nil when nobody; or nil and a sentence.
local function find(s, claims, person)
  local known = store.row(FIELDS .. "a.oidc_issuer = $1 AND a.oidc_subject = $2", s.oidc_issuer, claims.sub)
  if known or not person.email then return known end
  local found = store.rows(FIELDS .. "lower(u.email) = lower($1) ORDER BY u.id LIMIT 2", person.email)
  if #found > 1 then return nil, string.format(texts.oidc.two, person.email) end
  local one = found[1]
  if one and one.oidc_subject and one.oidc_issuer == s.oidc_issuer then
    return nil, string.format(texts.oidc.other, person.email)
  end
  return one
end

local function link(user, s, claims)
  return { sql = "INSERT INTO account (user_id, oidc_issuer, oidc_subject) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO " ..
    "UPDATE SET oidc_issuer = excluded.oidc_issuer, oidc_subject = excluded.oidc_subject",
    args = { user, s.oidc_issuer, claims.sub } }
end

local IN_TEAM <const> = "INSERT INTO team_member (team_id, user_id) SELECT id, $1 FROM team WHERE name = $2 " ..
  "ON CONFLICT DO NOTHING"
local NOT_IN_TEAM <const> = "DELETE FROM team_member WHERE user_id = $1 AND team_id IN (SELECT id FROM team WHERE name = $2)"

local function teams(user, s, groups)
  local statements, wanted = {}, group_mapping.teams(s.oidc_teams, groups)
  for _, name in ipairs(keys.sorted(wanted)) do
    statements[#statements + 1] = { sql = wanted[name] and IN_TEAM or NOT_IN_TEAM, args = { user, name } }
  end
  return statements
end

-- What is written before the session: the account and its rights as they are from now on. Nil and a sentence to refuse.
local function admit(request, s, claims)
  local person = person_of(claims)
  local groups = group_mapping.set(claims[s.oidc_groups_claim])
  local user, why = find(s, claims, person)
  if why then return nil, why end
  local role = group_mapping.role(s.oidc_roles, groups, s.oidc_default_role)
  -- The way in for emergencies does not depend on somebody else's groups.
  if user and (user.is_break_glass == 1 or not role) then role = user.role end
  role = role or s.oidc_default_role
  if not ROLES[role] then return nil, texts.oidc.no_role end
  if user then
    local changes = role ~= user.role and {
      { sql = "UPDATE user SET role = $1, version = version + 1 WHERE id = $2", args = { role, user.id } },
      { sql = "DELETE FROM session WHERE user_id = $1", args = { user.id } },
      account.trail("user", user.id, "role_by_groups", user.id, { role = role }, request.now),
    } or {}
    local is_linked = user.oidc_issuer == s.oidc_issuer and user.oidc_subject == claims.sub
    return user.id, account.statements(changes, not is_linked and link(user.id, s, claims) or {}, teams(user.id, s, groups))
  end
  if not s.oidc_create then return nil, texts.oidc.nobody end
  person.role = role
  local id = { ref = 1, column = "id" }
  return id, account.statements(account.create(person, request.now), link(id, s, claims), teams(id, s, groups),
    account.trail("user", id, "create", id, { username = person.username, role = role, method = "oidc" }, request.now))
end

local function open(request, s, claims, next_path)
  local id, statements = admit(request, s, claims)
  if not id then return failed(request, 403, statements) end
  local opens, cookie = session.open(request, id, "oidc")
  local result, sentence, code = port.call("write", { statements = account.statements(statements, opens,
    account.trail("user", id, "sign_in", id, { method = "oidc", address = request.client.address }, request.now)) })
  if result then return page.see_other(request, next_path, cookie .. session.drop_cookie(COOKIE)) end
  if code ~= "CONFLICT" then error({ code = code, sentence = sentence }) end
  return failed(request, 403, texts.oidc.taken)
end

-- GET /sign-in/oidc/callback: the person is back, with a code or with an error.
local function come_back(request)
  local s = oidc.settings()
  if not s then return nil end
  local refusal = not_now(request)
  if refusal then return refusal end
  local memory = memory_of(request)
  if not memory then return failed(request, 400, texts.oidc.too_late) end
  local problem, code = query_string.get(request.query, "error"), query_string.get(request.query, "code")
  if problem or not code then
    return failed(request, 403, texts.oidc.refused .. (problem and ": " .. string.sub(problem, 1, 100) or "") .. ".")
  end
  local claims, why = oidc.finish(s, request.base_url, code, memory, request.now)
  if not claims then return failed(request, 502, why) end
  attempts.good("link", nil, request.client.address)
  return open(request, s, claims, page.own_path(memory.next))
end

return { routes = {
  { "/sign-in/oidc", "GET", go, "open" },
  { "/sign-in/oidc/callback", "GET", come_back, "open" },
} }
