--- The identity provider: what it says of itself, the way to it, and what it answers (OpenID Connect, code flow with PKCE).
--
-- Everything is asked anew at each sign-in: its addresses, its keys. That is rare enough, and nothing is ever stale.
local crypto = require("tocsin.crypto")
local encode = require("sending.encode")
local json = require("tocsin.json")
local jwt = require("jwt")
local port = require("tocsin.port")
local query_string = require("api.query")

local oidc = {}

local TIMEOUT_MS <const>, KEEP <const> = 5000, 262144
local CALLBACK <const> = "/sign-in/oidc/callback"
local SETTINGS <const> = { "oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_name", "oidc_scopes", "oidc_groups_claim",
  "oidc_roles", "oidc_default_role", "oidc_teams", "oidc_create" }

---The settings about it, or nil when there is none.
function oidc.settings()
  local s = port.call("settings", { names = json.array { table.unpack(SETTINGS) } })
  return s.oidc_issuer ~= "" and s or nil
end

-- One request that has to bring a JSON object: it, or nil and a sentence.
local function ask(what, method, url, headers, body)
  local answer, sentence, code = port.call("fetch", { method = method, url = url, headers = json.array(headers),
    body = body or "", timeout_ms = TIMEOUT_MS, keep = KEEP })
  if not answer then
    return nil, code == "FULL" and "Others are signing in just now." or what .. " cannot be asked: " .. sentence
  end
  if answer.failure then return nil, what .. " cannot be reached: " .. answer.failure end
  local value = json.decode(answer.body)
  if answer.status < 200 or answer.status > 299 then
    local why = type(value) == "table" and type(value.error) == "string" and ": " .. string.sub(value.error, 1, 100) or ""
    return nil, string.format("%s answered %d%s.", what, answer.status, why)
  end
  if type(value) ~= "table" or getmetatable(value) == json.array_mt then return nil, what .. " answered with something else." end
  return value
end

local function is_url(text, issuer)
  if type(text) ~= "string" or #text > 2000 or string.find(text, "[%c%s\"<>\\]") then return false end
  return string.find(text, "^https://[^/]") ~= nil or string.find(issuer, "^http://") ~= nil and
    string.find(text, "^http://[^/]") ~= nil
end

-- What the provider says of itself, or nil and a sentence.
local function discover(s)
  local issuer = string.gsub(s.oidc_issuer, "/+$", "")
  local found, why = ask("The identity provider", "GET", issuer .. "/.well-known/openid-configuration", {
    json.array { "accept", "application/json" } })
  if not found then return nil, why end
  if type(found.issuer) ~= "string" or string.gsub(found.issuer, "/+$", "") ~= issuer then
    return nil, "The identity provider calls itself something else than oidc_issuer."
  end
  for _, name in ipairs { "authorization_endpoint", "token_endpoint", "jwks_uri" } do
    if not is_url(found[name], issuer) then return nil, "The identity provider does not say its " .. name .. "." end
  end
  return found
end

local function random() return crypto.base64url(crypto.random_bytes(32)) end

---Where the person goes to sign in, and what has to be remembered until they are back; nil and a sentence.
---@return string|nil url
---@return table|string memory {state, nonce, verifier}
function oidc.begin(s, base_url)
  local found, why = discover(s)
  if not found then return nil, why end
  local memory = { state = random(), nonce = random(), verifier = random() }
  local query = query_string.text { { "response_type", "code" }, { "client_id", s.oidc_client_id },
    { "redirect_uri", base_url .. CALLBACK }, { "scope", s.oidc_scopes }, { "state", memory.state }, { "nonce", memory.nonce },
    { "code_challenge", crypto.base64url(crypto.unhex(crypto.sha256_hex(memory.verifier))) },
    { "code_challenge_method", "S256" } }
  local joint = string.find(found.authorization_endpoint, "?", 1, true) and "&" or "?"
  return found.authorization_endpoint .. joint .. query, memory
end

-- The secret goes into a header unless the provider wants it in the form.
local function credentials(s, found, fields)
  local headers = { json.array { "content-type", "application/x-www-form-urlencoded" },
    json.array { "accept", "application/json" } }
  local methods, wants_form = found.token_endpoint_auth_methods_supported, false
  if getmetatable(methods) == json.array_mt then
    wants_form = true
    for _, method in ipairs(methods) do
      if method == "client_secret_basic" then wants_form = false end
    end
  end
  if s.oidc_client_secret == "" or wants_form then
    fields[#fields + 1] = { "client_id", s.oidc_client_id }
    if s.oidc_client_secret ~= "" then fields[#fields + 1] = { "client_secret", s.oidc_client_secret } end
  else
    local function coded(text) return string.sub(query_string.text { { "", text } }, 2) end
    headers[3] = json.array(encode.basic(coded(s.oidc_client_id), coded(s.oidc_client_secret)))
  end
  return headers
end

local function tokens_of(s, found, base_url, code, memory)
  local fields = { { "grant_type", "authorization_code" }, { "code", code }, { "redirect_uri", base_url .. CALLBACK },
    { "code_verifier", memory.verifier } }
  local headers = credentials(s, found, fields)
  return ask("The identity provider", "POST", found.token_endpoint, headers, query_string.text(fields))
end

-- Providers that keep ID tokens small tell the rest to who asks with the access token.
local function add_userinfo(s, found, tokens, claims)
  local is_complete = claims.email ~= nil and (claims[s.oidc_groups_claim] ~= nil or s.oidc_roles == "" and s.oidc_teams == "")
  local token = tokens.access_token
  if is_complete or not is_url(found.userinfo_endpoint, s.oidc_issuer) or type(token) ~= "string" or
    string.find(token, "[^%g]") then return claims end
  local more, why = ask("The identity provider", "GET", found.userinfo_endpoint, { json.array(encode.bearer(token)),
    json.array { "accept", "application/json" } })
  if not more then return nil, why end
  if more.sub ~= claims.sub then return nil, "The identity provider tells about somebody else." end
  for name, value in pairs(more) do
    if claims[name] == nil then claims[name] = value end
  end
  return claims
end

---What the provider says of the person who comes back with a code: the claims, or nil and a sentence.
---@param memory table as oidc.begin made it
function oidc.finish(s, base_url, code, memory, now)
  local found, why = discover(s)
  if not found then return nil, why end
  local tokens
  tokens, why = tokens_of(s, found, base_url, code, memory)
  if not tokens then return nil, why end
  local set
  set, why = ask("The identity provider", "GET", found.jwks_uri, { json.array { "accept", "application/json" } })
  if not set then return nil, why end
  local claims
  claims, why = jwt.read(tokens.id_token, set.keys, { issuer = found.issuer, client = s.oidc_client_id, nonce = memory.nonce,
    now = now })
  if not claims then return nil, "What the identity provider sent is not to be trusted: " .. why .. "." end
  return add_userinfo(s, found, tokens, claims)
end

return oidc
