--- The second factor: codes of an app, recovery codes, and the pages about them.
require "tocsin.core"
local browser = require "browser"
local client = require "api_client"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local qr = require "qr"
local raw = require "raw_http"
local totp = require "totp"

local PASSWORD <const> = "correct horse battery"

describe("a code of an app", function()
  it("is what RFC 6238 says", function()
    for second, code in pairs { [59] = "287082", [1111111109] = "081804", [1111111111] = "050471", [1234567890] = "005924", [2000000000] = "279037",
      [20000000000] = "353130" } do
      assert.equal(code, totp.code("12345678901234567890", totp.step(second * 1000000)))
    end
  end)
  it("is good for a step before and after, and not before one that was used", function()
    local now, secret = 1790000000000000, ("s"):rep(20)
    local step = totp.step(now)
    for by, good in pairs { [-2] = false, [-1] = true, [0] = true, [1] = true, [2] = false } do
      assert.equal(good and step + by or nil, totp.find(secret, totp.code(secret, step + by), now, 0), by)
    end
    assert.is_nil(totp.find(secret, totp.code(secret, step), now, step))
    assert.is_nil(totp.find(secret, totp.code(secret, step - 1), now, step))
    assert.equal(step + 1, totp.find(secret, totp.code(secret, step + 1), now, step))
  end)
  it("has a secret that people can type", function()
    for bytes, text in pairs { [""] = "", f = "MY", fo = "MZXQ", foo = "MZXW6", foob = "MZXW6YQ", fooba = "MZXW6YTB", foobar = "MZXW6YTBOI" } do
      assert.equal(text, totp.base32(bytes))
    end
    assert.equal("otpauth://totp/To%20c:a%40b%26?secret=MZXW6&issuer=To%20c&algorithm=SHA1&digits=6&period=30", totp.uri("foo", "To c", "a@b&"))
  end)
end)

describe("a QR code", function()
  it("is read back by another's reader, in every size", function()
    local folder = raw.shell("mktemp -d"):gsub("%s", "")
    for _, n in ipairs { 1, 14, 15, 40, 110, 120, 200, 300, 450, 600, 666 } do
      local text = {}
      for i = 1, n do text[i] = string.char(32 + i * 7 % 95) end
      text = table.concat(text)
      local dark, size = qr.modules(text)
      local file <close> = assert(io.open(folder .. "/" .. n, "w"))
      file:write(size, "\n", text, "\n")
      for y = 0, size - 1 do
        for x = 0, size - 1 do file:write(dark[y][x] and "1" or "0") end
        file:write("\n")
      end
    end
    assert.equal("11 read\n", raw.shell("node spec/support/qr_judge.js " .. folder .. "/* 2>&1; rm -rf " .. folder))
    assert.is_nil(qr.svg(("x"):rep(667)))
  end)
end)

describe("the second factor", function()
  local c, b, secret
  before_each(function()
    c = client.open()
    b = browser.new(c.core)
    local user = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann", email = "ann@example.org", role = "editor" })
    local invited = client.expect(c, 200, "POST", "/api/v1/users/" .. user.id .. "/invite/")
    b.user = user
    assert.equal(303, b:post(invited.link:match "//[^/]+(/.*)", { password = PASSWORD, again = PASSWORD }).status)
  end)
  after_each(function() client.close(c) end)

  local function ask(sql, ...) return assert(client.write(c, { sql = sql, args = { ... } })).rows end
  local function code(by) return totp.code(secret, totp.step(engine.now(c.core)) + (by or 0)) end
  local function unbase32(text)
    local bits, count, out = 0, 0, {}
    for letter in text:gsub(" ", ""):gmatch "." do
      bits, count = bits << 5 | ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):find(letter) - 1, count + 5
      if count >= 8 then
        count = count - 8
        out[#out + 1] = string.char(bits >> count & 255)
        bits = bits & (1 << count) - 1
      end
    end
    return table.concat(out)
  end
  -- Sets it up → recovery codes
  local function enrol()
    local shown = b:post("/account/totp", { ["do"] = "start", password = PASSWORD })
    assert.equal(200, shown.status)
    secret = unbase32(shown.text:match "secret: <code>([A-Z2-7 ]+)</code>")
    assert.truthy(shown.text:find("<svg xmlns", 1, true))
    assert.truthy(shown.text:find("otpauth://totp/Tocsin:ann", 1, true))
    local done = b:post("/account/totp", { ["do"] = "confirm", code = code() })
    assert.equal(200, done.status, browser.problem(done))
    local codes = {}
    for one in done.text:gmatch "<code>(%w+%-%w+)</code>" do codes[#codes + 1] = one end
    assert.equal(10, #codes)
    engine.advance(c.core, 30000)
    return codes
  end
  local function try(given, who)
    return (who or browser.new(c.core)):send_json("/sign-in", { name = "ann", password = PASSWORD, code = given })
  end

  it("is set up with the password and a first code, and asked for from then on", function()
    assert.equal(403, b:post("/account/totp", { ["do"] = "start", password = "wrong password" }).status)
    assert.equal(400, b:post("/account/totp", { ["do"] = "confirm", code = "123456" }).status)
    local phone = browser.new(c.core)
    phone:sign_in("ann", PASSWORD)
    b:post("/account/totp", { ["do"] = "start", password = PASSWORD })
    assert.equal(200, try().status) -- not confirmed yet
    enrol()
    assert.equal(303, phone:get("/account").status) -- other sessions have ended
    assert.equal(200, b:get("/account").status)
    local asked = try()
    assert.same({ 401, true }, { asked.status, asked.json.code_required })
    assert.is_nil(asked.headers:find("Set-Cookie", 1, true))
    for _, wrong in ipairs { "000000", "12345", "abcdef", "", code(-3), code(3), { 1 }, ("1"):rep(1000) } do
      assert.equal(401, try(wrong).status)
    end
    assert.equal(200, try(code()).status)
    assert.is_nil(json.encode(ask "SELECT * FROM account"):find(totp.base32(secret), 1, true))
  end)

  it("takes a code once, whoever is quicker", function()
    enrol()
    local now = code()
    assert.equal(200, try(now).status)
    assert.equal(401, try(now).status)
    assert.equal(401, try(code(-1)).status)
    assert.equal(200, try(code(1)).status)
  end)

  it("is asked for by a page of its own, whose ticket says that the password was right", function()
    enrol()
    local phone = browser.new(c.core)
    local first = phone:post("/sign-in", { email = "ann", password = PASSWORD, next = "/alert-groups" })
    local ticket = browser.hidden(first, "ticket")
    assert.same({ 200, "/alert-groups" }, { first.status, browser.hidden(first, "next") })
    assert.truthy(first.text:find("one-time-code", 1, true))
    assert.is_nil(first.text:find(PASSWORD, 1, true))
    local wrong = phone:post("/sign-in", { ticket = ticket, code = "000000" })
    assert.same({ 401, ticket }, { wrong.status, browser.hidden(wrong, "ticket") })
    assert.equal(401, phone:post("/sign-in", { ticket = ticket .. "A", code = code() }).status)
    assert.equal(401, phone:post("/sign-in", { ticket = "sealed:1:AAAA", code = code() }).status)
    local done = phone:post("/sign-in", { ticket = ticket, code = code(), next = "/alert-groups" })
    assert.same({ 303, "/alert-groups" }, { done.status, done.location })
    assert.equal(200, phone:get("/account").status)
    engine.advance(c.core, 300000)
    local late = browser.new(c.core):post("/sign-in", { ticket = ticket, code = code() })
    assert.same({ 401, "That took too long. Please begin again." }, { late.status, browser.problem(late) })
  end)

  it("has a ticket that is void when the password is another one by then", function()
    enrol()
    local ticket = browser.hidden(b.new(c.core):post("/sign-in", { email = "ann", password = PASSWORD }), "ticket")
    assert.equal(200, b:post("/account/password", { password = PASSWORD, new_password = PASSWORD .. "!", again = PASSWORD .. "!" }).status)
    assert.equal(401, browser.new(c.core):post("/sign-in", { ticket = ticket, code = code() }).status)
  end)

  it("counts guesses of codes as tries to sign in", function()
    enrol()
    local ticket = browser.hidden(browser.new(c.core):post("/sign-in", { email = "ann", password = PASSWORD }), "ticket")
    local statuses = {}
    for _ = 1, 12 do
      local status = browser.new(c.core):post("/sign-in", { ticket = ticket, code = "000000" }).status
      statuses[#statuses + 1] = status
    end
    assert.same({ 401, 429 }, { statuses[9], statuses[10] }) -- the password was the first
    assert.equal(429, try(code()).status)
  end)

  it("has recovery codes, each good once, however they are typed", function()
    local codes = enrol()
    assert.equal(200, try(codes[1]).status)
    assert.equal(401, try(codes[1]).status)
    assert.equal(200, try((codes[2]:upper():gsub("-", " "))).status)
    assert.truthy(b:get("/account").text:find("Recovery codes left: 8", 1, true))
    assert.is_nil(json.encode(ask "SELECT * FROM recovery_code"):find(codes[3]:sub(1, 5), 1, true))
    local new = b:post("/account/totp", { ["do"] = "recovery", password = PASSWORD })
    assert.equal(200, new.status)
    assert.equal(401, try(codes[3]).status)
    assert.equal(200, try(new.text:match "<code>(%w+%-%w+)</code>").status)
  end)

  it("is given up with the password, or taken away by an admin, who ends the sessions with it", function()
    enrol()
    assert.equal(403, b:post("/account/totp", { ["do"] = "drop", password = "wrong password" }).status)
    assert.equal(200, b:post("/account/totp", { ["do"] = "drop", password = PASSWORD }).status)
    assert.equal(200, try().status)
    enrol()
    assert.equal(403, (client.request(c, "POST", "/api/v1/users/" .. b.user.id .. "/totp_reset/", nil,
      { authorization = client.add_token(c, "editor") })))
    assert.equal(204, (client.request(c, "POST", "/api/v1/users/" .. b.user.id .. "/totp_reset/")))
    assert.equal(303, b:get("/account").status)
    assert.equal(200, try().status)
    assert.same({}, ask "SELECT * FROM recovery_code")
  end)
end)
