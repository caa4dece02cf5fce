--- ID tokens: what is believed of them, by tokens that another's library signed.
require "tocsin.core"
local crypto <const> = require "tocsin.crypto"
local jwt <const> = require "jwt"
local oidc_provider <const> = require "oidc_provider"

local NOW_S <const> = 1790000000
local EXPECTED <const> = { issuer = "https://id.example.org", client = "tocsin", nonce = "n0nce", now = NOW_S * 1000000 }

describe("an ID token", function()
  local provider
  setup(function() provider = oidc_provider.start "http://127.0.0.1/" end)
  teardown(function() provider:stop() end)

  local function claims(more)
    local all = { iss = EXPECTED.issuer, aud = "tocsin", sub = "ann", exp = NOW_S + 300, iat = NOW_S, nonce = "n0nce" }
    for name, value in pairs(more or {}) do all[name] = value ~= "nil" and value or nil end
    return all
  end
  local function sign(content, header, key)
    return provider:ask({ ["do"] = "sign", key = key or "RS256", header = header or { alg = "RS256", kid = "RS256" }, claims = content }).token
  end
  local function read(token, keys) return jwt.read(token, keys or provider.jwks, EXPECTED) end
  local function refused(sentence, token, keys)
    local found, why = read(token, keys)
    assert.is_nil(found)
    assert.equal(sentence, why)
  end

  it("is read when it is signed by a published key and meant for us", function()
    assert.equal("ann", assert(read(sign(claims()))).sub)
    assert.equal("ann", assert(read(sign(claims(), { alg = "RS256" }))).sub) -- no key is named: each is tried
    assert.equal("ann", assert(read(sign(claims(), { alg = "ES256", kid = "ES256" }, "ES256"))).sub)
    assert.equal("ann", assert(read(sign(claims { aud = { "tocsin" } }))).sub)
    assert.equal("ann", assert(read(sign(claims { aud = { "other", "tocsin" }, azp = "tocsin" }))).sub)
    assert.equal("ann", assert(read(sign(claims { exp = NOW_S - 59, iat = NOW_S + 59 }))).sub) -- clocks differ
  end)

  it("is refused when its claims say something else", function()
    for sentence, list in pairs {
      ["it was issued by somebody else"] = { { iss = "https://id.example.org/" }, { iss = "nil" }, { iss = 5 } },
      ["it was issued for another server"] = { { aud = "other" }, { aud = "nil" }, { aud = { "other", "tocsin" } }, { aud = { "other", "tocsin" }, azp = "other" },
        { azp = "other" }, { aud = {} } },
      ["it has expired"] = { { exp = NOW_S - 60 }, { exp = "nil" }, { exp = "9999999999" } },
      ["it is of the future"] = { { iat = NOW_S + 61 }, { nbf = NOW_S + 61 }, { iat = "x" } },
      ["it answers another sign-in"] = { { nonce = "other" }, { nonce = "nil" }, { nonce = 5 } },
      ["it names nobody"] = { { sub = "" }, { sub = "nil" }, { sub = 5 }, { sub = ("s"):rep(256) } },
    } do
      for _, more in ipairs(list) do refused(sentence, sign(claims(more))) end
    end
  end)

  it("is refused when nobody signed it whose keys are published", function()
    local UNSIGNED <const> = "it is not signed by a key of its issuer"
    refused(UNSIGNED, sign(claims(), nil, "other"))
    refused(UNSIGNED, sign(claims(), { alg = "ES256", kid = "RS256" }, "ES256"))
    refused(UNSIGNED, sign(claims(), { alg = "RS256", kid = "unknown" }))
    refused(UNSIGNED, sign(claims(), { alg = "ES256", kid = "ES256" }, "RS256"))
    local head, body, mac = sign(claims()):match "^(.-)%.(.-)%.(.-)$"
    local other = sign(claims { sub = "root" }):match "^.-%.(.-)%."
    refused(UNSIGNED, head .. "." .. other .. "." .. mac)
    local bytes = crypto.unbase64(mac)
    refused(UNSIGNED, head .. "." .. body .. "." .. crypto.base64url(string.char(bytes:byte() ~ 1) .. bytes:sub(2)))
    refused(UNSIGNED, head .. "." .. body .. "." .. crypto.base64url(bytes:sub(2)))
    refused(UNSIGNED, head .. "." .. body .. "." .. crypto.base64url(("\0"):rep(256)))
    for _, keys in ipairs { {}, { 5, {}, { kty = "RSA" }, { kty = "RSA", n = "AQAB", e = "AQAB" }, { kty = "EC", crv = "P-256", x = "AA", y = "AA" } } } do
      refused(UNSIGNED, sign(claims()), keys)
    end
    refused(UNSIGNED, sign(claims()), "keys")
    -- Keys for something else are not for this.
    local hidden = {}
    for i, key in ipairs(provider.jwks) do hidden[i] = { kty = key.kty, n = key.n, e = key.e, crv = key.crv, x = key.x, y = key.y, use = "enc" } end
    refused(UNSIGNED, sign(claims()), hidden)
  end)

  it("is refused when it chooses another way to be checked", function()
    local UNKNOWN <const> = "it is not signed as RS256 or ES256"
    local _, body, mac = sign(claims()):match "^(.-)%.(.-)%.(.-)$"
    for _, header in ipairs { { alg = "none" }, { alg = "HS256" }, { alg = "PS256" }, {}, { alg = "RS256", crit = { "x" } }, { alg = 5 } } do
      refused(UNKNOWN, sign(claims(), header))
    end
    -- Signed with the public key as if it were a shared secret.
    local head = crypto.base64url '{"alg":"HS256","kid":"RS256"}'
    refused(UNKNOWN, head .. "." .. body .. "." .. crypto.base64url(crypto.hmac("sha256", provider.jwks[1].n, head .. "." .. body)))
    for _, junk in ipairs { "", "..", "a.b.c", ("a"):rep(70000), body .. "." .. body .. "." .. mac, "{}", 5, "é.é.é",
      crypto.base64url "[]" .. "." .. body .. "." .. mac } do
      refused(junk == body .. "." .. body .. "." .. mac and UNKNOWN or "it is no token", junk)
    end
    refused("it is no token", nil)
  end)

  it("is refused when the key is too short to mean anything", function()
    assert.is_false(crypto.rs256_verify(("\xff"):rep(128), "\1\0\1", "data", ("\1"):rep(128)))
    assert.is_false(crypto.rs256_verify("", "", "data", ""))
    assert.is_false(crypto.rs256_verify(("\xff"):rep(2000), "\1\0\1", "data", "x"))
    assert.is_false(crypto.rs256_verify(("\xff"):rep(256), "\1", "data", "data"))
    for _, pem in ipairs { "", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ("x"):rep(70000) } do
      assert.is_false(crypto.certificate_verify(pem, "sha256", 1, "data", "x"))
    end
    assert.is_false(crypto.p256_verify("\4" .. ("\1"):rep(64), "data", ("\1"):rep(64)))
    assert.is_false(crypto.p256_verify("", "data", ""))
    local private, public = crypto.p256_new()
    assert.is_true(crypto.p256_verify(public, "data", crypto.p256_sign(private, "data")))
    assert.is_false(crypto.p256_verify(public, "datb", crypto.p256_sign(private, "data")))
    assert.is_false(crypto.p256_verify(public, "data", ("\0"):rep(64)))
    assert.is_false(crypto.p256_verify(public, "data", ("\xff"):rep(64)))
  end)
end)
