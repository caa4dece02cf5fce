--- Secrets at rest (core/base/seal.h) as the API's Lua has them.
require "tocsin.core"
local crypto <const> = require "tocsin.crypto"
local script_process <const> = require "script_process"
local seal <const> = require "tocsin.seal"
local uv <const> = require "luv"

local KEY <const> = ("k"):rep(32)

describe("a sealed text", function()
  local own = seal.new(KEY)

  it("opens to what it was, whatever it was", function()
    for _, text in ipairs { "", "x", "xoxb-1234", "\0\255\n", ("s"):rep(65536), "sealed:1:abc" } do
      local sealed = assert(own.seal(text))
      assert.matches("^sealed:1:[%w_-]+$", sealed)
      assert.equal(text, own.open(sealed))
    end
  end)

  it("shows nothing of the text, and is another each time", function()
    local one, two = own.seal "xoxb-1234", own.seal "xoxb-1234"
    assert.not_equal(one, two)
    assert.is_nil(crypto.unbase64(one:sub(10)):find("xoxb", 1, true))
  end)

  it("is what libsodium's secretbox says it is", function()
    local bytes = crypto.unbase64(own.seal("text"):sub(10))
    assert.equal(24 + 16 + 4, #bytes)
  end)

  it("does not open when a bit of it changed, or under another key", function()
    local sealed = own.seal "secret"
    local bytes = crypto.unbase64(sealed:sub(10))
    for i = 1, #bytes do
      local changed = bytes:sub(1, i - 1) .. string.char(bytes:byte(i) ~ 1) .. bytes:sub(i + 1)
      local text = crypto.base64(changed):gsub("%+", "-"):gsub("/", "_"):gsub("=", "")
      local opened, why = own.open("sealed:1:" .. text)
      assert.is_nil(opened)
      assert.matches("was changed, or sealed with another key", why)
    end
    assert.is_nil((seal.new(("l"):rep(32)).open(sealed)))
  end)

  it("says what it is when it is none", function()
    for _, text in ipairs { "", "secret", "sealed:", "sealed:1", "sealed:1:", "sealed:x:AAAA", "sealed:1:!!!!", "sealed:1:" .. ("A"):rep(50),
      "Sealed:1:AAAA", "sealed:1:" .. ("A"):rep(200000), "sealed:-1:" .. ("A"):rep(80):sub(1, 40), "sealed:1:AA==\0" } do
      local opened, why = own.open(text)
      assert.is_nil(opened)
      assert.equal("the stored secret is no sealed text; enter it again", why)
    end
    local _, why = own.open("sealed:7:" .. own.seal("x"):sub(10))
    assert.matches("needs key 7, which is not in secret.key", why)
    _, why = own.seal(("s"):rep(65537))
    assert.equal("a secret has at most 65536 bytes, not 65537", why)
  end)

  it("is shown as 16 asterisks, and nothing as nothing", function()
    assert.equal(("*"):rep(16), own.mask(own.seal "x"))
    assert.equal(("*"):rep(16), seal.MASK)
    assert.equal("", own.mask "")
    assert.is_nil(own.mask(nil))
  end)

  it("needs a key", function()
    assert.has_error(function() seal.new "short" end)
    assert.has_error(function() seal.seal "x" end, "no key for secrets is known here")
    assert.has_error(function() seal.open "x" end, "no key for secrets is known here")
  end)
end)

describe("the keys of a file", function()
  local folder

  local function write(text)
    local file <close> = assert(io.open(folder .. "/secret.key", "wb"))
    file:write(text)
    assert(uv.fs_chmod(folder .. "/secret.key", 384)) -- rw-------
  end

  local function line(number, letter) return ("tocsin-key:%d:%s\n"):format(number, crypto.base64(letter:rep(32))) end

  before_each(function() folder = assert(uv.fs_mkdtemp("/tmp/tocsin-spec-XXXXXX")) end)
  after_each(function() os.execute("rm -r " .. folder) end)

  local source <const> = [[local seal = require "tocsin.seal"
    return { seal = function(text) return (assert(seal.seal(text))) end, open = function(text) return seal.open(text) end }]]

  local function call(what, text)
    local answers = script_process.run({ t = source }, { script_process.call("t", what, { text }) }, { secrets = folder })
    return answers[1].results[1], answers[1].results[2]
  end

  it("all open, and the newest seals: so a key is changed", function()
    write(line(1, "a"))
    local old = call("seal", "secret")
    assert.matches("^sealed:1:", old)
    assert.equal("secret", seal.new(("a"):rep(32)).open(old))
    write("# two keys\n\n" .. line(2, "b") .. line(1, "a"))
    local new = call("seal", "secret")
    assert.matches("^sealed:2:", new)
    assert.equal("secret", call("open", old))
    assert.equal("secret", call("open", new))
    write(line(2, "b"))
    assert.equal("secret", call("open", new))
    local _, why = call("open", old)
    assert.matches("needs key 1", why)
  end)
end)

describe("a signed text", function()
  local one, two = seal.new(("a"):rep(32)), seal.new(("b"):rep(32))

  it("is good for its purpose, text and key only", function()
    local signature = one.sign("links", "a.1")
    assert.equal(16, #signature)
    assert.is_true(one.is_signed("links", "a.1", signature))
    for _, wrong in ipairs { { "codes", "a.1", signature }, { "links", "a.2", signature }, { "links", "a.1", signature .. "x" },
        { "links", "a.1", signature:sub(1, -2) }, { "links", "a.1", "" }, { "link", "sa.1", signature } } do
      assert.is_false(one.is_signed(table.unpack(wrong)))
    end
    assert.is_false(two.is_signed("links", "a.1", signature))
  end)
end)
