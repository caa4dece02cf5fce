--- ID tokens of OpenID Connect: signed JSON (RFC 7515, 7519), checked against the keys of who issued them.
---
--- Only RS256 and ES256 are known. What a token says of its own key – an algorithm, an address, a key inside of it – is
--- not believed: the algorithm must fit a key that the issuer publishes.
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

local jwt = {}

local TOKEN_MAX <const>, SKEW_S <const>, KEYS_MAX <const> = 65536, 60, 100

local function bytes_of(text) return type(text) == "string" and crypto.unbase64(text) or nil end

local function object_of(part)
  local text = bytes_of(part)
  local value = text and json.decode(text)
  return type(value) == "table" and getmetatable(value) ~= json.array_mt and value or nil
end

local VERIFY <const> = {
  RS256 = function(key, data, signature)
    local n, e = bytes_of(key.n), bytes_of(key.e)
    return key.kty == "RSA" and n ~= nil and e ~= nil and crypto.rs256_verify(n, e, data, signature)
  end,
  ES256 = function(key, data, signature)
    local x, y = bytes_of(key.x), bytes_of(key.y)
    return key.kty == "EC" and key.crv == "P-256" and x ~= nil and y ~= nil and #x == 32 and #y == 32 and
      crypto.p256_verify("\4" .. x .. y, data, signature)
  end,
}

local function is_for(key, header)
  return type(key) == "table" and (key.use == nil or key.use == "sig") and (key.alg == nil or key.alg == header.alg) and
    (header.kid == nil or key.kid == header.kid)
end

-- Is the token signed by one of the keys?
local function is_signed(header, data, signature, keys)
  local verify = VERIFY[header.alg]
  for i, key in ipairs(keys) do
    if i > KEYS_MAX then break end
    if is_for(key, header) and verify(key, data, signature) then return true end
  end
  return false
end

local function is_among(value, wanted)
  if value == wanted then return true, 1 end
  if getmetatable(value) ~= json.array_mt then return false, 0 end
  for _, one in ipairs(value) do
    if one == wanted then return true, #value end
  end
  return false, #value
end

local function number(value) return type(value) == "number" and value or nil end

-- What is wrong with the claims, or nil.
local function problem_of(claims, expected)
  if claims.iss ~= expected.issuer then return "it was issued by somebody else" end
  local is_ours, count = is_among(claims.aud, expected.client)
  if not is_ours or count > 1 and claims.azp ~= expected.client then return "it was issued for another server" end
  if claims.azp ~= nil and claims.azp ~= expected.client then return "it was issued for another server" end
  local now = expected.now // 1000000
  if not number(claims.exp) or claims.exp <= now - SKEW_S then return "it has expired" end
  if claims.iat ~= nil and (not number(claims.iat) or claims.iat > now + SKEW_S) then return "it is of the future" end
  if claims.nbf ~= nil and (not number(claims.nbf) or claims.nbf > now + SKEW_S) then return "it is of the future" end
  if type(claims.nonce) ~= "string" or not crypto.equal(claims.nonce, expected.nonce) then return "it answers another sign-in" end
  local sub = claims.sub
  if type(sub) ~= "string" or sub == "" or #sub > 255 or not utf8.len(sub) then return "it names nobody" end
end

---The claims of an ID token, or nil and what is wrong with it.
---@param token any
---@param keys any the list `keys` of a JSON Web Key Set
---@param expected {issuer: string, client: string, nonce: string, now: integer}
---@return table<string, any>|nil
---@return string|nil
function jwt.read(token, keys, expected)
  if type(token) ~= "string" or #token > TOKEN_MAX then return nil, "it is no token" end
  local head, body, mac = string.match(token, "^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$")
  local header, claims, signature = object_of(head), object_of(body), bytes_of(mac)
  if not header or not claims or not signature then return nil, "it is no token" end
  if not VERIFY[header.alg] or header.crit ~= nil then return nil, "it is not signed as RS256 or ES256" end
  if type(keys) ~= "table" or not is_signed(header, head .. "." .. body, signature, keys) then
    return nil, "it is not signed by a key of its issuer"
  end
  local why = problem_of(claims, expected)
  if why then return nil, why end
  return claims
end

return jwt
