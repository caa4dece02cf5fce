--- Hashes, signatures, random bytes, and public ids.
require "tocsin.core"
local crypto = require "tocsin.crypto"
local ids = require "tocsin.ids"

local function file_of(text)
  local name = os.tmpname()
  local file <close> = assert(io.open(name, "wb"))
  file:write(text)
  return name
end

describe("crypto", function()
  it("hashes as coreutils does", function()
    for _, text in ipairs { "", "abc", ("x"):rep(1000), "\0\255" } do
      local name = file_of(text)
      for _, size in ipairs { "256", "512" } do
        local pipe <close> = assert(io.popen(("sha%ssum %s"):format(size, name)))
        assert.equal(pipe:read("a"):match("^%x+"), crypto["sha" .. size .. "_hex"](text))
      end
      os.remove(name)
    end
  end)

  it("signs as the standards' examples do", function() -- RFC 4231, case 2; RFC 2202, case 2
    local function sign(algorithm) return crypto.hex(crypto.hmac(algorithm, "Jefe", "what do ya want for nothing?")) end
    assert.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", sign "sha256")
    assert.equal("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", sign "sha1")
    assert.matches("^af45d2e376484031617f78d2b58a6b1b", sign "sha384")
    assert.matches("^164b7a7bfcf819e2e395fbe73b56e0a3", sign "sha512")
    assert.has_error(function() sign "md5" end)
  end)

  it("draws tokens of the alphabet, never twice the same", function()
    local seen = {}
    for _ = 1, 200 do
      local token = crypto.random_token(32)
      assert.matches("^[A-Za-z0-9]+$", token)
      assert.equal(32, #token)
      assert.is_nil(seen[token])
      seen[token] = true
    end
    assert.equal(16, #crypto.random_bytes(16))
    assert.equal("", crypto.random_bytes(0))
    assert.has_error(function() crypto.random_bytes(5000) end)
    assert.has_error(function() crypto.random_token(-1) end)
  end)

  it("compares", function()
    assert.is_true(crypto.equal("secret", "secret"))
    assert.is_true(crypto.equal("", ""))
    assert.is_false(crypto.equal("secret", "secreT"))
    assert.is_false(crypto.equal("secret", "secrets"))
  end)

  it("encodes and decodes", function()
    for _, bytes in ipairs { "", "f", "fo", "foo", "foob", "\0\255\254\253", crypto.random_bytes(100) } do
      assert.equal(bytes, crypto.unhex(crypto.hex(bytes)))
      assert.equal(bytes, crypto.unbase64(crypto.base64(bytes)))
      local url = crypto.base64(bytes):gsub("%+", "-"):gsub("/", "_")
      assert.equal(bytes, crypto.unbase64(url))
      assert.equal(bytes, crypto.unbase64((url:gsub("=", ""))))
    end
    assert.equal("Zm9vYg==", crypto.base64("foob"))
    assert.equal("00ff", crypto.hex("\0\255"))
    for _, text in ipairs { "0", "0g", "00 11", "zz" } do assert.is_nil(crypto.unhex(text)) end
    for _, text in ipairs { "Z", "Zm9v!", "Zm 9v", "Zm9v\n", "+-" .. "__", "=" } do assert.is_nil(crypto.unbase64(text)) end
  end)
end)

describe("ids", function()
  local own = ids.new("0123456789abcdef")

  it("go there and back", function()
    for _, id in ipairs { 0, 1, 2, 1000000, (1 << 60) - 1 } do
      local text = own.encode("I", id)
      assert.matches("^I[A-NP-Z1-9]+$", text)
      assert.equal(13, #text)
      assert.equal(id, own.decode("I", text))
    end
  end)

  it("belong to a prefix and a key", function()
    local text = own.encode("I", 7)
    assert.is_nil(own.decode("R", text))
    assert.is_nil(own.decode("R", "R" .. text:sub(2)) == 7 or nil)
    assert.not_equal(text, ids.new("0123456789abcdeg").encode("I", 7))
    for _, wrong in ipairs { "", "I", "\0", text:lower(), text .. "A", text:sub(1, -2), "I" .. ("0"):rep(12),
      "I" .. ("9"):rep(12) } do
      assert.is_nil(own.decode("I", wrong))
    end
  end)

  it("refuse what no row has, and say when there is no key", function()
    assert.has_error(function() own.encode("I", -1) end)
    assert.has_error(function() own.encode("I", 1 << 60) end)
    assert.has_error(function() own.encode("LONG", 1) end)
    assert.has_error(function() ids.new("short") end)
    assert.has_error(function() ids.encode("I", 1) end, "no id key is known here")
  end)
end)
