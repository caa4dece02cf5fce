--- What Web Push, and signatures of chats, are made of: the vectors of the RFCs, and Python's cryptography as the judge.
require "tocsin.core"
local crypto <const> = require "tocsin.crypto"

local function un(text) return assert(crypto.unbase64((text:gsub("%s", "")))) end
local function unhex(text) return assert(crypto.unhex((text:gsub("%s", "")))) end

describe("HKDF", function() -- RFC 5869, appendix A
  it("gives the standard's examples", function()
    assert.equal("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
      crypto.hex(crypto.hkdf(unhex "000102030405060708090a0b0c", ("\x0b"):rep(22), unhex "f0f1f2f3f4f5f6f7f8f9", 42)))
    local function run(from, to)
      local bytes = {}
      for i = from, to do bytes[#bytes + 1] = string.char(i) end
      return table.concat(bytes)
    end
    assert.equal("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
      .. "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
      crypto.hex(crypto.hkdf(run(0x60, 0xaf), run(0x00, 0x4f), run(0xb0, 0xff), 82)))
    assert.equal("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
      crypto.hex(crypto.hkdf("", ("\x0b"):rep(22), "", 42)))
    assert.equal("", crypto.hkdf("", "", "", 0))
    assert.equal(1024, #crypto.hkdf("s", "k", ("i"):rep(1024), 1024))
  end)

  it("refuses more than there is room for", function()
    assert.has_error(function() crypto.hkdf("", "", "", 1025) end)
    assert.has_error(function() crypto.hkdf("", "", "", -1) end)
    assert.has_error(function() crypto.hkdf("", "", ("i"):rep(1025), 1) end)
  end)
end)

-- RFC 8291, section 5 and appendix A.
local PLAIN <const> = "When I grow up, I want to be a watermelon"
local AS_PRIVATE <const> = un "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
local AS_PUBLIC <const> = un "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
local UA_PRIVATE <const> = un "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
local UA_PUBLIC <const> = un "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
local SALT <const> = un "DGv6ra1nlYgDCS1FRnbzlw"
local AUTH <const> = un "BTBZMqHH6r4Tts7J_aSIgg"

describe("a push message", function()
  it("is encrypted as RFC 8291 shows it, step by step", function()
    assert.equal(AS_PUBLIC, crypto.p256_public(AS_PRIVATE))
    assert.equal(UA_PUBLIC, crypto.p256_public(UA_PRIVATE))
    local shared = crypto.p256_agree(AS_PRIVATE, UA_PUBLIC)
    assert.equal("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs", crypto.base64url(shared))
    assert.equal(shared, crypto.p256_agree(UA_PRIVATE, AS_PUBLIC))
    local input = crypto.hkdf(AUTH, shared, "WebPush: info\0" .. UA_PUBLIC .. AS_PUBLIC, 32)
    assert.equal("S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg", crypto.base64url(input))
    local key = crypto.hkdf(SALT, input, "Content-Encoding: aes128gcm\0", 16)
    assert.equal("oIhVW04MRdy2XN9CiKLxTg", crypto.base64url(key))
    local nonce = crypto.hkdf(SALT, input, "Content-Encoding: nonce\0", 12)
    assert.equal("4h_95klXJ5E_qnoN", crypto.base64url(nonce))
    local encrypted = crypto.aes128gcm(key, nonce, PLAIN .. "\2")
    assert.equal(un("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
      .. "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"),
      SALT .. string.pack(">I4s1", 4096, AS_PUBLIC) .. encrypted)
  end)
end)

describe("AES-128-GCM", function() -- the test cases of its specification (McGrew and Viega)
  it("gives the standard's examples", function()
    local zero <const> = ("\0"):rep(16)
    assert.equal("58e2fccefa7e3061367f1d57a4e7455a", crypto.hex(crypto.aes128gcm(zero, ("\0"):rep(12), "")))
    assert.equal("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf", crypto.hex(crypto.aes128gcm(zero, ("\0"):rep(12), zero)))
    assert.equal("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
      .. "4d5c2af327cd64a62cf35abd2ba6fab4",
      crypto.hex(crypto.aes128gcm(unhex "feffe9928665731c6d6a8f9467308308", unhex "cafebabefacedbaddecaf888",
        unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          .. "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"))))
  end)

  it("takes keys and nonces of their lengths only", function()
    assert.has_error(function() crypto.aes128gcm("short", ("\0"):rep(12), "") end)
    assert.has_error(function() crypto.aes128gcm(("\0"):rep(32), ("\0"):rep(12), "") end)
    assert.has_error(function() crypto.aes128gcm(("\0"):rep(16), ("\0"):rep(16), "") end)
  end)
end)

--- What Python's cryptography says to this program, fed with lines.
local function judge(program, lines)
  local name = os.tmpname()
  local file <close> = assert(io.open(name, "wb"))
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
  local pipe <close> = assert(io.popen("/usr/bin/python3 -W ignore -c '" .. program .. "' < " .. name .. " 2>&1"))
  local said = pipe:read("a")
  os.remove(name)
  return said
end

describe("a key of P-256", function()
  it("is fresh each time, fits its public half, and agrees with any other", function()
    local seen = {}
    for _ = 1, 20 do
      local a, a_public = crypto.p256_new()
      local b, b_public = crypto.p256_new()
      assert.is_nil(seen[a])
      seen[a] = true
      assert.equal(32, #a)
      assert.matches("^\4", a_public)
      assert.equal(65, #a_public)
      assert.equal(a_public, crypto.p256_public(a))
      assert.equal(crypto.p256_agree(a, b_public), crypto.p256_agree(b, a_public))
    end
  end)

  it("is nothing else: no zero, no number past the order, no point beside the curve", function()
    local order <const> = unhex "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    local last <const> = order:sub(1, 31) .. "\x50"
    for _, bad in ipairs { "", "x", ("\0"):rep(32), order, ("\xff"):rep(32), ("x"):rep(31), ("x"):rep(33) } do
      assert.is_nil(crypto.p256_public(bad))
      assert.is_nil(crypto.p256_sign(bad, "data"))
      assert.is_nil(crypto.p256_agree(bad, UA_PUBLIC))
    end
    assert.equal(65, #crypto.p256_public(last))
    for _, bad in ipairs { "", "\0", ("\4"):rep(65), "\2" .. UA_PUBLIC:sub(2), "\4" .. ("\0"):rep(64), UA_PUBLIC:sub(1, 64), UA_PUBLIC .. "x",
      UA_PUBLIC:sub(1, 64) .. string.char(UA_PUBLIC:byte(65) ~ 1), "\2" .. UA_PUBLIC:sub(2, 33) } do
      assert.is_nil(crypto.p256_agree(AS_PRIVATE, bad))
    end
  end)

  it("signs as ES256 says: an independent library believes it, and not another's", function()
    local program <const> = [[
import sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
for line in sys.stdin:
    public, data, signature = (bytes.fromhex(word) for word in line.strip().split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        print("good")
    except InvalidSignature:
        print("bad")
]]
    local lines, expected = {}, {}
    for i = 1, 40 do
      local private, public = crypto.p256_new()
      local data = crypto.random_bytes(i * 7)
      local signature = crypto.p256_sign(private, i % 4 == 0 and data .. "x" or data)
      assert.equal(64, #signature)
      lines[i] = table.concat({ crypto.hex(public), crypto.hex(data), crypto.hex(signature) }, ",")
      expected[i] = i % 4 == 0 and "bad" or "good"
    end
    assert.equal(table.concat(expected, "\n") .. "\n", judge(program, lines))
  end)
end)

describe("an Ed25519 signature", function() -- RFC 8032, section 7.1
  local vectors <const> = {
    { "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
    { "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
  }

  it("is believed when it is right, and never otherwise", function()
    for _, v in ipairs(vectors) do
      local key, data, signature = unhex(v[1]), unhex(v[2]), unhex(v[3])
      assert.is_true(crypto.ed25519_verify(key, data, signature))
      assert.is_false(crypto.ed25519_verify(key, data .. "x", signature))
      for _, at in ipairs { 1, 32, 33, 64 } do
        local changed = signature:sub(1, at - 1) .. string.char(signature:byte(at) ~ 1) .. signature:sub(at + 1)
        assert.is_false(crypto.ed25519_verify(key, data, changed))
      end
      assert.is_false(crypto.ed25519_verify(unhex(vectors[1][1]), data .. "y", signature))
      assert.is_false(crypto.ed25519_verify(key:sub(2), data, signature))
      assert.is_false(crypto.ed25519_verify(key, data, signature:sub(2)))
      assert.is_false(crypto.ed25519_verify(("\0"):rep(32), data, ("\0"):rep(64)))
    end
  end)
end)

describe("base64url", function()
  it("is without padding and in the alphabet of URLs", function()
    assert.equal("-_8", crypto.base64url "\xfb\xff")
    assert.equal("", crypto.base64url "")
    for i = 1, 40 do
      local bytes = crypto.random_bytes(i)
      assert.matches("^[%w_-]+$", crypto.base64url(bytes))
      assert.equal(bytes, crypto.unbase64(crypto.base64url(bytes)))
    end
  end)
end)
