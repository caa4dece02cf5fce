--- Sign-in with passwords, sessions and what guards them, as a browser and a program meet them.
require "tocsin.core"
local browser = require "browser"
local client = require "api_client"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local PASSWORD <const>, OTHER <const> = "correct horse battery", "another long password"
local FORM <const> = "application/x-www-form-urlencoded"

describe("signing in", function()
  local c, b
  -- A hash takes a tenth of a second: made once.
  local function open(settings)
    c = client.open { settings = settings }
    b = browser.new(c.core)
  end
  before_each(function() open() end)
  after_each(function() client.close(c) end)

  local function ask(sql, ...) return assert(client.write(c, { sql = sql, args = { ... } })).rows end
  local function one(sql, ...) return ask(sql, ...)[1] end

  -- The hash of PASSWORD, computed by the server itself the first time.
  local hash
  local function person(name, fields)
    fields = fields or {}
    local id = ask("INSERT INTO user (username, name, email, role, created_at) VALUES ($1, $1, $2, $3, 1) RETURNING id", name,
      fields.email or name .. "@example.org", fields.role or "editor")[1].id
    if not hash then
      local link = browser.new(c.core)
      local path, statements = require("api.sign_in_link").new("invite", id, engine.now(c.core))
      assert(client.write(c, table.unpack(statements)))
      assert(link:post(path, { password = PASSWORD }).status == 303)
      hash = one("SELECT password FROM account WHERE user_id = $1", id).password
      ask "DELETE FROM session"
      ask "DELETE FROM audit"
    end
    ask("INSERT OR REPLACE INTO account (user_id, password, password_at, is_break_glass) VALUES ($1, $2, 1, $3)", id, hash, fields.break_glass or 0)
    return id
  end
  local function hashed()
    local _, text = engine.request(c.core, "GET", "/metrics", {}, "")
    return tonumber(text:match "\ntocsin_passwords_hashed_total (%d+)")
  end
  local function me() return b:get "/api/v1/users/current" end

  describe("as a program", function()
    it("gives a session whose cookie opens the API, until it is signed out", function()
      local id = person "ann"
      assert.equal(403, me().status)
      local answer = b:sign_in("ann", PASSWORD)
      assert.same({ "ann", "ann", "editor" }, { answer.json.username, answer.json.name, answer.json.role })
      assert.equal(answer.json.id, me().json.id)
      assert.matches("Set%-Cookie: tocsin_session=[%w_-]+; Path=/; Max%-Age=2592000; HttpOnly; SameSite=Lax\r\n", answer.headers)
      local stored = one "SELECT * FROM session"
      assert.same({ id, "password", 64 }, { stored.user_id, stored.method, #stored.digest })
      assert.is_nil(json.encode(stored):find(b.jar.tocsin_session, 1, true))
      local before = b.jar.tocsin_session
      assert.equal(204, b:send_json("/sign-out", {}).status)
      assert.is_nil(b.jar.tocsin_session)
      b.jar.tocsin_session = before
      assert.equal(403, me().status)
      assert.same({ "sign_in", "sign_out" }, { one("SELECT action FROM audit ORDER BY id").action, one("SELECT action FROM audit ORDER BY id DESC").action })
    end)

    it("takes the e-mail address too, and either in any case", function()
      person "ann"
      for _, name in ipairs { "ANN", " ann@example.org ", "Ann@Example.ORG" } do b:sign_in(name, PASSWORD) end
    end)

    it("does not guess whom an address of two means", function()
      person("ann", { email = "team@example.org" })
      person("bob", { email = "team@example.org" })
      assert.equal(401, b:send_json("/sign-in", { name = "team@example.org", password = PASSWORD }).status)
      b:sign_in("bob", PASSWORD)
    end)

    it("marks the cookie as of this host alone under TLS, and takes it under no other name", function()
      open { public_url = "https://tocsin.test" }
      person "ann"
      local answer = b:sign_in("ann", PASSWORD)
      assert.matches("Set%-Cookie: __Host%-tocsin_session=[%w_-]+; Path=/; Max%-Age=%d+; HttpOnly; SameSite=Lax; Secure\r\n", answer.headers)
      assert.equal(200, me().status)
      b.jar = { tocsin_session = b.jar["__Host-tocsin_session"] }
      assert.equal(403, me().status)
    end)

    it("refuses what is no try at all without any work", function()
      person "ann"
      local before = hashed()
      for _, sent in ipairs { { name = "ann", password = ("x"):rep(1025) }, { name = "ann", password = 5 }, { name = "ann" }, { password = PASSWORD },
        { name = { 1 }, password = PASSWORD }, { name = ("a"):rep(255), password = PASSWORD },
        { name = " ", password = PASSWORD } } do
        local answer = b:send_json("/sign-in", sent)
        assert.equal(400, answer.status, answer.text)
      end
      assert.equal(413, b:send_json("/sign-in", { name = "ann", password = ("x"):rep(1048576) }).status)
      for _, body in ipairs { "", "[]", '{"name":"ann","password":"\xff\xfe"}', "null", "{", '"x"', "{\"name\":\"ann\",\"password\":\"" .. PASSWORD .. "\"" } do
        assert.equal(400, b:request("POST", "/sign-in", body, { ["content-type"] = "application/json", origin = false }).status, body)
      end
      assert.equal(before, hashed())
    end)

    it("takes passwords in every script to the last letter", function()
      local id = person "ann"
      local path, statements = require("api.sign_in_link").new("reset", id, engine.now(c.core))
      assert(client.write(c, table.unpack(statements)))
      local unicode = "пароль 🔑 naïve\0end"
      assert.equal(303, b:post(path, { password = unicode, again = unicode }).status)
      b:sign_in("ann", unicode)
      for _, wrong in ipairs { "пароль 🔑 naïve", "пароль 🔑 naive\0end", "ПАРОЛЬ 🔑 naïve\0end", unicode .. " " } do
        assert.equal(401, b:send_json("/sign-in", { name = "ann", password = wrong }).status)
      end
    end)
  end)

  describe("wrongly", function()
    it("says and does the same, whoever does not get in", function()
      person "ann"
      person("gone", { role = "none" })
      local nobody = ask "INSERT INTO user (username, name, role, created_at) VALUES ('nopass', 'nopass', 'admin', 1) RETURNING id"
      assert.truthy(nobody)
      local deleted = person "deleted"
      ask("UPDATE user SET deleted_at = 1 WHERE id = $1", deleted)
      hashed()
      local first
      for _, name in ipairs { "ann", "nobody", "gone", "nopass", "deleted", "x' OR '1'='1" } do
        local before, sessions = hashed(), one("SELECT count(*) AS n FROM session").n
        local password = name == "ann" and OTHER or PASSWORD
        local answer = b:send_json("/sign-in", { name = name, password = password })
        first = first or answer
        assert.same({ 401, first.text, first.headers }, { answer.status, answer.text, answer.headers }, name)
        -- As much work: a hash each, whether there is anything to compare with or not.
        assert.equal(1, hashed() - before, name)
        assert.equal(sessions, one("SELECT count(*) AS n FROM session").n)
      end
    end)

    it("is slowed down by account and address, without telling who exists, and not for others", function()
      person "ann"
      person "bob"
      for _, name in ipairs { "ann", "nobody" } do
        local from = { ["x-client"] = name }
        for _ = 1, 10 do assert.equal(401, b:send_json("/sign-in", { name = name, password = OTHER }, from).status) end
        local before = hashed()
        local answer = b:send_json("/sign-in", { name = name, password = name == "ann" and PASSWORD or OTHER }, from)
        assert.equal(429, answer.status)
        assert.equal("There is room for another one in 60 seconds.", answer.json.detail:match "There.*")
        assert.matches("Retry%-After: 60\r\n", answer.headers)
        assert.equal(before, hashed())
      end
      b:sign_in("bob", PASSWORD)
      engine.advance(c.core, 60000)
      b:sign_in("ann", PASSWORD)
      -- Who got in owes nothing any more.
      for _ = 1, 9 do assert.equal(401, b:send_json("/sign-in", { name = "ann", password = OTHER }).status) end
    end)

    it("costs an address that tries many names all of its tries", function()
      local tries, status = 0
      repeat
        tries = tries + 1
        status = b:send_json("/sign-in", { name = "name" .. tries, password = OTHER }).status
      until status ~= 401 or tries > 40
      assert.same({ 429, 31 }, { status, tries })
    end)
  end)

  describe("with the form", function()
    it("shows one that a phone can use, and leads where the person wanted to go", function()
      person "ann"
      local shown = b:get "/sign-in?next=/alert-groups/I1%3Fa%3Db"
      assert.equal(200, shown.status)
      for _, part in ipairs { 'name="viewport"', '<label for="email">Username', '<input name="password"', 'autocomplete="current-password"',
        '<form method="post" action="/sign-in">', '<input type="hidden" name="next" value=', "default-src 'none'" } do
        assert.truthy((shown.text .. shown.headers):find(part, 1, true), part)
      end
      assert.is_nil(shown.text:find("<script>", 1, true))
      assert.equal(1, select(2, shown.text:gsub("<form", "")))
      local answer = b:post("/sign-in", { email = "ann", password = PASSWORD, next = browser.hidden(shown, "next") })
      assert.same({ 303, "/alert-groups/I1?a=b" }, { answer.status, answer.location })
      assert.equal(1, select(2, answer.headers:gsub("Set%-Cookie:", "")))
      assert.is_nil(answer.headers:find("Secure", 1, true))
      assert.equal(303, b:get("/sign-in?next=/x").status)
      assert.equal(200, b:get("/account").status)
    end)

    it("leads nowhere else", function()
      person "ann"
      for _, evil in ipairs { "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example",
        "/a\r\nSet-Cookie: x=y", "/%0d%0aX: y\0", " /x", "", "x", "/x#y", '/"><script>', "/ä" } do
        local answer = b:post("/sign-in", { email = "ann", password = PASSWORD, next = evil })
        assert.equal(303, answer.status)
        assert.truthy(answer.location == "/", evil .. " → " .. tostring(answer.location))
        assert.is_nil(answer.headers:find("x=y", 1, true))
        b.jar = {}
        local shown = b:request("GET", "/sign-in?next=" .. evil:gsub("%c", ""):gsub(" ", "+"))
        assert.equal("/", browser.hidden(shown, "next"))
      end
    end)

    it("shows what was wrong, with the name as text and never the password", function()
      local answer = b:post("/sign-in", { email = '"><script>x</script>', password = "<secret>!" })
      assert.same({ 401, "This name and password do not go together." }, { answer.status, browser.problem(answer) })
      assert.is_nil(answer.text:find("<script>", 1, true))
      assert.is_nil(answer.text:find("secret", 1, true))
      assert.truthy(answer.text:find('name="email" id="email" type="text" value="&#34;&gt;&lt;script&gt;x&lt;/script&gt;"', 1, true))
    end)

    it("is not sent by pages of others", function()
      person "ann"
      local fields = { email = "ann", password = PASSWORD }
      for _, headers in ipairs { { origin = "http://evil.example" }, { origin = "null" }, { origin = false }, { origin = "http://tocsin.test.evil.example" },
        { origin = "http://tocsin.test:81" }, { ["sec-fetch-site"] = "cross-site" }, { ["sec-fetch-site"] = "same-site" }, { ["sec-fetch-site"] = "none" } } do
        local answer = b:post("/sign-in", fields, headers)
        assert.same({ 403, {} }, { answer.status, b.jar }, json.encode(headers))
      end
      local text = json.encode(fields)
      for _, headers in ipairs { { origin = "http://evil.example" }, { ["sec-fetch-site"] = "cross-site" }, { ["content-type"] = "text/plain", origin = false },
        { ["content-type"] = FORM .. "; application/json", origin = false } } do
        if not headers["content-type"] then headers["content-type"] = "application/json" end
        assert.equal(403, b:request("POST", "/sign-in", text, headers).status)
      end
      assert.equal(303, b:post("/sign-in", fields, { ["sec-fetch-site"] = "same-origin", origin = false }).status)
    end)
  end)

  describe("and the session", function()
    it("is a new one at each sign-in: nobody can choose another's cookie", function()
      person "ann"
      local chosen = ("A"):rep(43)
      b.jar.tocsin_session = chosen
      b:sign_in("ann", PASSWORD)
      local first = b.jar.tocsin_session
      assert.not_equal(chosen, first)
      b:sign_in("ann", PASSWORD)
      local second = b.jar.tocsin_session
      assert.not_equal(first, second)
      b.jar.tocsin_session = first
      assert.equal(403, me().status)
      b.jar.tocsin_session = second
      assert.equal(200, me().status)
      assert.equal(1, one("SELECT count(*) AS n FROM session").n)
    end)

    it("ends when it was not used for long, and after its time in any case", function()
      open { session_idle = 3600, session_limit = 7200 }
      person "ann"
      b:sign_in("ann", PASSWORD)
      engine.advance(c.core, 3599000)
      assert.equal(200, me().status)
      engine.advance(c.core, 3400000)
      assert.equal(200, me().status)
      engine.advance(c.core, 202000)
      assert.equal(403, me().status)
      b:sign_in("ann", PASSWORD)
      engine.advance(c.core, 3600000)
      assert.equal(403, me().status)
    end)

    it("may not be used to change anything from pages of others", function()
      person("ann", { role = "admin" })
      b:sign_in("ann", PASSWORD)
      local function create(headers)
        headers["content-type"] = "application/json"
        return b:request("POST", "/api/v1/teams/", json.encode { name = "t" .. math.random(1 << 40) }, headers).status
      end
      assert.equal(201, create {})
      assert.equal(201, create { origin = false, ["sec-fetch-site"] = "same-origin" })
      for _, headers in ipairs { { origin = "http://evil.example" }, { origin = false }, { ["sec-fetch-site"] = "cross-site" }, { origin = "null" } } do
        assert.equal(403, create(headers))
      end
      for _, path in ipairs { "/sign-out", "/account/password", "/account/totp", "/account/sessions" } do
        assert.equal(403, b:post(path, {}, { origin = "http://evil.example" }).status, path)
      end
      assert.equal(200, me().status)
    end)

    it("ends with the person, and cookies that are none open nothing", function()
      local id = person "ann"
      b:sign_in("ann", PASSWORD)
      for _, junk in ipairs { "", "x", ("A"):rep(43), ("A"):rep(5000), "%00", b.jar.tocsin_session .. "=", b.jar.tocsin_session:sub(1, 42) } do
        local other = browser.new(c.core)
        other.jar.tocsin_session = junk
        assert.equal(403, other:get("/api/v1/users/current").status, junk)
        assert.equal(303, other:get("/account").status, junk)
      end
      assert.equal(204, (client.request(c, "DELETE", "/api/v1/users/" .. me().json.id)))
      assert.equal(403, me().status)
      assert.same({ n = 0 }, one("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM account WHERE user_id = $1) AS n", id))
    end)
  end)

  describe("and the page of the account", function()
    it("is for who is signed in, and lists where they are, each of which they can end", function()
      person "ann"
      person "bob"
      assert.same({ 303, "/sign-in?next=/account" }, { b:get("/account").status, b:get("/account").location })
      b:sign_in("ann", PASSWORD)
      local phone = browser.new(c.core, { ["user-agent"] = "Mozilla/5.0 (Linux; Android 15) <b>x</b> Chrome/140 Safari/5" })
      phone:sign_in("ann", PASSWORD)
      local other = browser.new(c.core)
      other:sign_in("bob", PASSWORD)
      local shown = b:get "/account"
      assert.truthy(shown.text:find("Chrome on Android", 1, true))
      assert.truthy(shown.text:find("127.0.0.1", 1, true))
      assert.is_nil(shown.text:find(PASSWORD, 1, true))
      assert.is_nil(shown.text:find("argon2", 1, true))
      local id = shown.text:match 'name="id" value="(SE%w+)"'
      assert.equal(303, other:post("/account/sessions", { id = id }).status)
      assert.equal(200, phone:get("/account").status) -- bob cannot end it
      b:post("/account/sessions", { id = id })
      assert.equal(303, phone:get("/account").status)
      phone:sign_in("ann", PASSWORD)
      b:post("/account/sessions", { id = "others" })
      assert.equal(303, phone:get("/account").status)
      assert.equal(200, b:get("/account").status)
      assert.equal(200, other:get("/account").status)
    end)

    it("changes the password for who knows the old one, ends the other sessions and gives this one another cookie", function()
      person "ann"
      b:sign_in("ann", PASSWORD)
      local phone = browser.new(c.core)
      phone:sign_in("ann", PASSWORD)
      local function change(old, new, again)
        return b:post("/account/password", { password = old, new_password = new, again = again or new })
      end
      for _, case in ipairs { { 403, "not your password", OTHER, OTHER }, { 400, "at least", PASSWORD, "short" }, { 400, "not the same", PASSWORD, OTHER, OTHER .. "x" },
        { 400, "must not be", PASSWORD, "Ann@example.org" }, { 400, "at most", PASSWORD, ("x"):rep(1025) } } do
        local answer = change(table.unpack(case, 3))
        assert.equal(case[1], answer.status)
        assert.truthy(browser.problem(answer):find(case[2], 1, true), browser.problem(answer))
      end
      local before = b.jar.tocsin_session
      assert.equal(200, change(PASSWORD, OTHER).status)
      assert.not_equal(before, b.jar.tocsin_session)
      assert.equal(200, b:get("/account").status)
      assert.equal(303, phone:get("/account").status)
      local thief = browser.new(c.core)
      thief.jar.tocsin_session = before
      assert.equal(303, thief:get("/account").status)
      assert.equal(401, phone:send_json("/sign-in", { name = "ann", password = PASSWORD }).status)
      phone:sign_in("ann", OTHER)
      assert.is_nil(json.encode(ask "SELECT after FROM audit"):find(OTHER, 1, true))
    end)

    it("counts guesses of the old password as tries to sign in", function()
      person "ann"
      b:sign_in("ann", PASSWORD)
      local statuses = {}
      for _ = 1, 11 do
        local status = b:post("/account/password", { password = OTHER, new_password = OTHER, again = OTHER }).status
        statuses[status] = (statuses[status] or 0) + 1
      end
      assert.same({ [403] = 10, [429] = 1 }, statuses)
    end)
  end)

  it("by password can be switched off but for who is marked", function()
    open { password_sign_in = "off" }
    person "ann"
    person("root", { role = "admin", break_glass = 1 })
    assert.equal(401, b:send_json("/sign-in", { name = "ann", password = PASSWORD }).status)
    b:sign_in("root", PASSWORD)
  end)

  it("has pages that refuse what they are not for", function()
    for _, case in ipairs { { 405, "PUT", "/sign-in" }, { 405, "DELETE", "/account" }, { 405, "GET", "/account/password" }, { 404, "GET", "/account/x" },
      { 404, "GET", "/sign-in/x" }, { 404, "GET", "/invite" }, { 404, "GET", "/invite/a/b" }, { 410, "GET", "/invite/x" }, { 410, "GET", "/reset/" .. ("A"):rep(43) },
      { 410, "POST", "/reset/" .. ("A"):rep(43) }, { 404, "GET", "/sign-inx" } } do
      assert.equal(case[1], b:request(case[2], case[3], "").status, case[2] .. " " .. case[3])
    end
    assert.equal(413, b:post("/sign-in", { email = ("x"):rep(40000) }).status)
  end)

end)
