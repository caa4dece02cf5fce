--- Links that let somebody in once: for the first admin, by invitation, for a new password.
require "tocsin.core"
local browser = require "browser"
local calling = require "calling"
local client = require "api_client"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local sign_in_link = require "api.sign_in_link"

local PASSWORD <const>, OTHER <const> = "correct horse battery", "another long password"
local MAIL <const> = { host = "mail.example.org", from = "tocsin@example.org" }

describe("a link that lets somebody in", function()
  local w, c, b
  local function open(settings)
    if w then w:close() end
    settings = settings or {}
    settings.deliver = 1
    w = calling.open { settings = settings }
    c, b = w.client, browser.new(w.core)
  end
  before_each(function() open() end)
  after_each(function()
    w:close()
    w = nil
  end)

  local function ask(sql, ...) return assert(client.write(c, { sql = sql, args = { ... } })).rows end
  local function link(kind, id)
    local path, statements = sign_in_link.new(kind, id, engine.now(w.core))
    assert(client.write(c, table.unpack(statements)))
    return path
  end
  local function user(name, fields)
    fields = fields or {}
    fields.username, fields.role = name, fields.role or "editor"
    return client.expect(c, 201, "POST", "/api/v1/users/", fields)
  end
  local function choose(path, password) return b:post(path, { password = password, again = password }) end
  -- The text of a mail, its parts decoded.
  local function text_of(mail)
    return (mail.data:gsub("\r\n\r\n([%w+/=\r\n]+)\r\n%-%-", function(part) return crypto.unbase64((part:gsub("%s", ""))) end))
  end
  local function count(what) return ask("SELECT count(*) AS n FROM " .. what)[1].n end

  describe("as the first admin", function()
    local FIELDS <const> = { name = "Ann Lee", email = "ann@example.org", password = PASSWORD, again = PASSWORD }

    it("shows a form as often as it is opened, and makes the account when it is sent", function()
      local path = link("first_admin")
      for _ = 1, 3 do
        local shown = b:get(path)
        assert.equal(200, shown.status)
        assert.truthy(shown.text:find('name="email"', 1, true))
        assert.truthy(shown.headers:find("Referrer-Policy: same-origin", 1, true))
      end
      assert.same({ 0, 0 }, { count "user", count "session" })
      local made = b:post(path, FIELDS)
      assert.same({ 303, "/" }, { made.status, made.location })
      local me = b:get("/api/v1/users/current").json
      assert.same({ "ann@example.org", "Ann Lee", "admin" }, { me.username, me.name, me.role })
      assert.equal(410, b:get(path).status)
      assert.equal(1, count "user")
    end)

    it("refuses what is no account, and keeps what was typed", function()
      local path = link("first_admin")
      for field, values in pairs { name = { "", " ", "a\nb", ("n"):rep(191) }, email = { "", "x", "a b@c", ("e"):rep(190) .. "@x" },
        password = { "", "short", "ann@example.org", ("x"):rep(1025) } } do
        for _, value in ipairs(values) do
          local sent = { name = FIELDS.name, email = FIELDS.email, password = PASSWORD, again = PASSWORD }
          sent[field] = value
          if field == "password" then sent.again = value end
          local answer = b:post(path, sent)
          assert.equal(400, answer.status, field .. " " .. value)
          assert.truthy(browser.problem(answer))
          if field == "password" then assert.truthy(answer.text:find('value="Ann Lee"', 1, true)) end
        end
      end
      assert.equal(400, b:post(path, { name = "A", email = "a@x", password = PASSWORD, again = OTHER }).status)
      assert.equal(303, b:post(path, FIELDS).status)
    end)

    it("is used by one of many at once, and by nobody once there is an admin", function()
      local path = link("first_admin")
      local list = {}
      for i = 1, 4 do
        list[i] = { "POST", path, { ["content-type"] = "application/x-www-form-urlencoded", origin = "http://tocsin.test" },
          ("name=A&email=a%d@example.org&password=correct+horse+battery"):format(i) }
      end
      local statuses = {}
      for _, answer in ipairs(engine.together(w.core, list)) do statuses[answer[1]] = (statuses[answer[1]] or 0) + 1 end
      assert.same({ [303] = 1, [410] = 3 }, statuses)
      assert.equal(1, count "user")
      local late = link("first_admin")
      assert.equal(410, b:post(late, FIELDS).status)
      assert.equal(1, count "user")
    end)

    it("is good for a day", function()
      local path = link("first_admin")
      w:advance(86400000)
      assert.equal(410, b:get(path).status)
      assert.equal(410, b:post(path, FIELDS).status)
    end)
  end)

  describe("by invitation", function()
    it("is shown to the admin where no mail can be sent, and lets the person choose a password", function()
      local ann = user("ann", { email = "ann@example.org" })
      local answer = client.expect(c, 200, "POST", "/api/v1/users/" .. ann.id .. "/invite/")
      assert.same({ "invite", false }, { answer.kind, answer.is_sent })
      local path = answer.link:match "^http://tocsin.test(/invite/[%w_-]+)$"
      local newer = client.expect(c, 200, "POST", "/api/v1/users/" .. ann.id .. "/invite/").link:match "(/invite/.*)"
      assert.equal(410, b:get(path).status) -- one is good
      assert.truthy(b:get(newer).text:find("Welcome, ann", 1, true))
      assert.equal(410, b:get((newer:gsub("invite", "reset"))).status)
      assert.equal(303, choose(newer, PASSWORD).status)
      assert.equal(ann.id, b:get("/api/v1/users/current").json.id)
      assert.equal("reset", client.expect(c, 200, "POST", "/api/v1/users/" .. ann.id .. "/invite/").kind)
    end)

    it("is for admins to make, and not for who may do nothing", function()
      local ann, none = user "ann", user("bob", { role = "none" })
      for _, role in ipairs { "viewer", "editor" } do
        assert.equal(403, (client.request(c, "POST", "/api/v1/users/" .. ann.id .. "/invite/", nil, { authorization = client.add_token(c, role) })))
      end
      client.expect(c, 400, "POST", "/api/v1/users/" .. none.id .. "/invite/")
      client.expect(c, 404, "POST", "/api/v1/users/UAAAAAAAAAAAA/invite/")
    end)

    it("goes by mail where there is a provider and an address to link to, and nobody else sees it", function()
      open { public_url = "https://tocsin.example.org" }
      w:provider("email", MAIL)
      local ann = user("ann", { email = "ann@example.org", name = "Ann <b>" })
      local answer = client.expect(c, 200, "POST", "/api/v1/users/" .. ann.id .. "/invite/")
      assert.same({ true, json.null }, { answer.is_sent, answer.link })
      local mail = w:outgoing()[1]
      assert.equal("ann@example.org", mail.to)
      local text = text_of(mail)
      local path = text:match "https://tocsin.example.org(/invite/[%w_-]+)"
      assert.equal(51, #path)
      assert.truthy(mail.data:find("Subject: You are invited to Tocsin", 1, true))
      assert.truthy(text:find("<p>Ann &lt;b&gt;, an account", 1, true))
      assert.is_nil(json.encode(ask "SELECT * FROM notification"):find(path:match "[^/]+$", 1, true))
      assert.is_nil(json.encode(ask "SELECT * FROM sign_in_link"):find(path:match "[^/]+$", 1, true))
    end)
  end)

  describe("for a new password", function()
    local function reset(name) return b:post("/reset", { name = name }) end
    local function mails()
      local list = {}
      for _ = 1, 3 do
        for _, letter in ipairs(w:outgoing()) do
          list[#list + 1] = letter
          w:answer(letter, { status = 250, body = "250 ok" })
        end
        w:advance(5000)
      end
      return list
    end

    before_each(function()
      open { public_url = "https://tocsin.example.org" }
      b.headers.origin = "https://tocsin.example.org"
      w:provider("email", MAIL)
    end)

    it("is sent to who has an address, and the answer is the same for everybody", function()
      local ann = user("ann", { email = "ann@example.org" })
      user("lost")
      user("none", { email = "none@example.org", role = "none" })
      local first
      for _, name in ipairs { "ann", "ANN@example.org", "nobody", "lost", "none", "<script>" } do
        local before = ask "SELECT (SELECT count(*) FROM notification) AS n"
        local answer = reset(name)
        answer.text = answer.text:gsub("nonce[-=][\"]?%x+", "")
        answer.headers = answer.headers:gsub("nonce%-%x+", "")
        first = first or answer
        assert.same({ 200, first.text, first.headers }, { answer.status, answer.text, answer.headers }, name)
        assert.truthy(before)
      end
      local sent = mails()
      assert.same({ 2, "ann@example.org" }, { #sent, sent[1].to })
      assert.equal(1, count("sign_in_link WHERE user_id IS NOT NULL"))
      assert.equal(1, count("sign_in_link"))
      assert.truthy(ann)
    end)

    it("acts once, ends all sessions, and leaves the second factor as it is", function()
      local ann = user("ann", { email = "ann@example.org" })
      local id = ask("SELECT id FROM user")[1].id
      choose(link("invite", id), PASSWORD)
      ask("UPDATE account SET totp_at = 1, totp_secret = 'x' WHERE user_id = $1", id)
      assert.equal(200, b:get("/account").status)
      reset "ann"
      local path = text_of(mails()[1]):match "(/reset/[%w_-]+)"
      local other = browser.new(w.core, { origin = "https://tocsin.example.org" })
      assert.truthy(other:get(path).text:find("A new password", 1, true))
      assert.equal(200, b:get("/account").status)
      assert.equal(400, other:post(path, { password = "short", again = "short" }).status)
      local done = other:post(path, { password = OTHER, again = OTHER })
      assert.same({ 303, "/sign-in" }, { done.status, done.location })
      assert.equal(303, b:get("/account").status)
      assert.equal(410, other:post(path, { password = PASSWORD, again = PASSWORD }).status)
      assert.equal(1, count "account WHERE totp_at = 1")
      assert.truthy(ann)
    end)

    it("is good for two hours, and for nobody who was deleted", function()
      local ann = user("ann", { email = "ann@example.org" })
      local path = link("reset", ask("SELECT id FROM user")[1].id)
      w:advance(7199000)
      assert.equal(200, b:get(path).status)
      w:advance(1000)
      assert.equal(410, b:get(path).status)
      local newer = link("reset", ask("SELECT id FROM user")[1].id)
      client.expect(c, 204, "DELETE", "/api/v1/users/" .. ann.id)
      assert.equal(410, b:get(newer).status)
    end)

    it("is not asked for without end", function()
      local statuses = {}
      for i = 1, 5 do statuses[i] = reset("nobody").status end
      assert.same({ 200, 200, 200, 429, 429 }, statuses)
      assert.equal(200, reset("somebody").status)
    end)

    it("is not sent where the address in it would be the asker's own words", function()
      open()
      w:provider("email", MAIL)
      user("ann", { email = "ann@example.org" })
      assert.equal(303, b:post("/reset", { name = "ann" }, { host = "evil.example" }).status)
      assert.same({}, w:outgoing())
      assert.truthy(b:get("/reset").text:find("Ask an admin", 1, true))
    end)
  end)

  it("cannot be guessed at without end", function()
    local statuses = {}
    for i = 1, 31 do statuses[i] = b:get("/invite/" .. ("A"):rep(43)).status end
    assert.same({ 410, 410, 429 }, { statuses[1], statuses[30], statuses[31] })
  end)
end)

describe("sessions over the API", function()
  it("are one's own, and everybody's for an admin", function()
    local c = client.open()
    local people = {}
    for _, name in ipairs { "ann", "bob" } do
      local user = client.expect(c, 201, "POST", "/api/v1/users/", { username = name, role = name == "ann" and "viewer" or "admin" })
      local b = browser.new(c.core, { ["user-agent"] = "program of " .. name })
      b:post(client.expect(c, 200, "POST", "/api/v1/users/" .. user.id .. "/invite/").link:match "(/invite/.*)", { password = PASSWORD })
      b.user, people[name] = user, b
    end
    local ann, bob = people.ann, people.bob
    local own = ann:get("/api/v1/sessions/").json
    assert.equal(1, own.count)
    local one = own.results[1]
    assert.same({ ann.user.id, "link", "127.0.0.1", "program of ann", true }, { one.user_id, one.method, one.address, one.agent, one.is_current })
    assert.is_nil(json.encode(own):find(ann.jar.tocsin_session, 1, true))
    assert.equal(2, bob:get("/api/v1/sessions/").json.count)
    local theirs = bob:get("/api/v1/sessions/?user_id=" .. bob.user.id).json.results[1]
    assert.equal(404, ann:get("/api/v1/sessions/" .. theirs.id).status)
    assert.equal(404, ann:request("DELETE", "/api/v1/sessions/" .. theirs.id).status)
    assert.equal(204, bob:request("DELETE", "/api/v1/sessions/" .. one.id).status)
    assert.equal(303, ann:get("/account").status)
    assert.equal(204, bob:request("DELETE", "/api/v1/sessions/" .. theirs.id).status)
    assert.equal(303, bob:get("/account").status)
    client.close(c)
  end)

  it("end when their person's role becomes another one", function()
    local c = client.open()
    local user = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann", role = "viewer" })
    local b = browser.new(c.core)
    b:post(client.expect(c, 200, "POST", "/api/v1/users/" .. user.id .. "/invite/").link:match "(/invite/.*)", { password = PASSWORD })
    client.expect(c, 200, "PUT", "/api/v1/users/" .. user.id, { role = "viewer", name = "Ann" })
    assert.equal(200, b:get("/account").status)
    client.expect(c, 200, "PUT", "/api/v1/users/" .. user.id, { role = "admin" })
    assert.equal(303, b:get("/account").status)
    client.close(c)
  end)
end)
