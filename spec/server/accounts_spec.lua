--- People made and let in by commands, and the way in of the first admin, through a real server.
local raw <const> = require "raw_http"
local server <const> = require "server"

describe("the command `tocsin user`", function()
  local folder
  before_each(function() folder = server.folder() end)
  after_each(function() server.remove(folder) end)

  local function run(input, ...) return server.run({ "user", ... }, input) end
  local function create(input, email, ...)
    return run(input, "create", "--data", folder, "--email", email, "--password-stdin", ...)
  end
  local function ask(sql)
    return (raw.shell("sqlite3 " .. folder .. "/tocsin.db \"" .. sql .. "\""):gsub("\n$", ""))
  end

  it("makes people, in the folder and through the server that runs in it", function()
    assert.equal(0, (create("correct horse battery\n", "ann@example.org", "--name", "Ann", "--role", "admin")))
    local s = server.start { data = folder }
    assert.equal(0, (create("battery horse correct", "bob@example.org", "--username", "bob", "--break-glass")))
    assert.equal("ann@example.org|Ann|admin|0\nbob|bob|viewer|1", ask("SELECT username, name, role, is_break_glass " ..
      "FROM user JOIN account ON user_id = id ORDER BY id"))
    assert.equal("create|create", ask("SELECT group_concat(action, '|') FROM audit WHERE object = 'user'"))
    s:finish()
  end)

  it("stores nothing of a password but an argon2id hash", function()
    create("correct horse battery\n", "ann@example.org")
    assert.matches("^%$argon2id%$v=19%$m=65536,t=2,p=1%$", ask "SELECT password FROM account")
    assert.equal("", raw.shell("grep -l 'horse' " .. folder .. "/*"))
  end)

  it("refuses what would be nobody, or somebody else", function()
    create("correct horse battery", "ann@example.org")
    for _, case in ipairs {
      { 1, "already", "ANN@example.org" }, { 1, "already", "x@example.org", "--username", "Ann@Example.org" },
      { 2, "--email must be", "no address" }, { 2, "--email must be", "a@b\nc" }, { 2, "--role must be", "b@example.org", "--role", "root" },
      { 2, "--name must be", "b@example.org", "--name", " " }, { 2, "--username must be", "b@example.org", "--username", ("u"):rep(191) },
      { 2, "unexpected '--password'", "b@example.org", "--password", "x" },
    } do
      local code, out, err = create("correct horse battery", table.unpack(case, 3))
      assert.same({ case[1], "" }, { code, out }, case[3])
      assert.truthy(err:find(case[2], 1, true), err)
    end
    assert.equal("1", ask "SELECT count(*) FROM user")
  end)

  it("takes a password of ten to 1,024 characters that is not the name, and drops one newline", function()
    for _, case in ipairs { { "ninechars", "at least" }, { ("é"):rep(1025), "at most" }, { ("x"):rep(1048576), "at most" },
      { "a.person@EXAMPLE.org\n", "must not be" }, { "invalid \xff utf-8 text", "UTF-8" }, { "ten chars\n\n\n", nil }, { ("é"):rep(1024), nil },
      { "пароль из букв\n", nil } } do
      local code, _, err = create(case[1], "a.person@example.org")
      assert.equal(case[2] and 2 or 0, code, case[2])
      assert.truthy(not case[2] or err:find(case[2], 1, true), err)
      if code == 0 then ask "DELETE FROM account; DELETE FROM user" end
    end
  end)

  it("prints a link for who has no password yet, and for who has lost it", function()
    local _, invite = run("", "create", "--data", folder, "--email", "ann@example.org")
    assert.matches("^/invite/[%w_-]+\n$", invite)
    assert.equal(43, #invite:match("/invite/(.*)\n"))
    local _, reset = run("", "reset-password", "--data", folder, "--user", "ANN@example.org", "--reset-totp")
    assert.matches("^/reset/[%w_-]+\n$", reset)
    assert.equal("reset", ask "SELECT group_concat(kind) FROM sign_in_link")
    assert.equal("0", ask("SELECT count(*) FROM sign_in_link WHERE digest LIKE '%" .. reset:match("/reset/(.*)\n") .. "%'"))
    local code, _, err = run("", "reset-password", "--data", folder, "--user", "bob")
    assert.same({ 1, true }, { code, err:find("nobody has the username", 1, true) ~= nil })
  end)
end)

describe("a server where nobody can sign in", function()
  it("prints a new link for the first admin at each start, until there is one who can", function()
    local folder, links = server.folder(), {}
    for i = 1, 2 do
      local s = server.start { data = folder, args = i == 2 and { "--public-url", "https://tocsin.example.org/" } or nil }
      server.wait(function() return s.out[2] end, "the link")
      links[i] = s.out[2]:match "once, within a day: (.*)$"
      if i == 1 then assert.equal("http://127.0.0.1:" .. s.port, links[i]:match "^(.*)/invite/[%w_-]+$")
      else assert.equal("https://tocsin.example.org", links[i]:match "^(.*)/invite/[%w_-]+$") end
      s:finish()
    end
    assert.not_equal(links[1]:match "[^/]+$", links[2]:match "[^/]+$")
    assert.equal("1", raw.shell("sqlite3 " .. folder .. "/tocsin.db 'SELECT count(*) FROM sign_in_link'"):match "%d+")
    server.run({ "user", "create", "--data", folder, "--email", "ann@example.org", "--role", "admin", "--password-stdin" }, "correct horse battery")
    local s = server.start { data = folder }
    s:request("GET", "/health")
    s:finish()
    assert.equal(1, #s.out)
    server.remove(folder)
  end)
end)

describe("a server behind a proxy that knows people", function()
  local s
  local function start(...)
    s = server.start { args = { "--trusted-proxies", "127.0.0.1", "--header-sign-in", "remote-user", ... } }
    s:make_token()
  end
  after_each(function() s:finish() end)

  local function get(path, headers) return s:request("GET", path, { headers = headers, anonymous = true }) end
  local function cookie_of(answer) return (answer.headers["set-cookie"] or ""):match "^(tocsin_session=[^;]+)" end

  it("lets in whom it names, for as long as it names them", function()
    start()
    s:api("POST", "/users/", { username = "ann", email = "ann@example.org", role = "editor" })
    for _, name in ipairs { "ann", "ANN@example.org" } do
      local answer = get("/sign-in?next=/alert-groups", { ["Remote-User"] = name })
      assert.same({ 303, "/alert-groups" }, { answer.status, answer.headers.location })
      local cookie = cookie_of(answer)
      local function me(headers)
        headers.Cookie = cookie
        return get("/api/v1/users/current", headers).status
      end
      assert.equal(200, me { ["Remote-User"] = name })
      assert.equal(403, me {})
      assert.equal(403, me { ["Remote-User"] = "bob" })
    end
  end)

  it("lets in nobody else", function()
    start()
    s:api("POST", "/users/", { username = "ann", role = "editor" })
    s:api("POST", "/users/", { username = "none", role = "none" })
    for name, sentence in pairs { bob = "There is no account for bob here", none = "You have no role here", ["<b>"] = "&lt;b&gt;", ["\xff"] = "cannot be read" } do
      local answer = get("/sign-in", { ["Remote-User"] = name })
      assert.equal(403, answer.status)
      assert.truthy(answer.body:find(sentence, 1, true), answer.body)
    end
    local twice = get("/sign-in", { ["Remote-User"] = "ann", ["remote-user"] = "ann" })
    assert.same({ 200 }, { twice.status, cookie_of(twice) })
  end)

  it("makes accounts where it may", function()
    start("--header-create", "on")
    local cookie = cookie_of(get("/sign-in", { ["Remote-User"] = "new@example.org" }))
    local me = get("/api/v1/users/current", { ["Remote-User"] = "new@example.org", Cookie = cookie }).json
    assert.same({ "new@example.org", "new@example.org", "viewer" }, { me.username, me.email, me.role })
  end)

  it("is not believed when it is none of those that are listed", function()
    s = server.start { args = { "--trusted-proxies", "10.0.0.0/8", "--header-sign-in", "remote-user" } }
    s:make_token()
    s:api("POST", "/users/", { username = "ann", role = "admin" })
    local answer = get("/sign-in", { ["Remote-User"] = "ann", ["X-Forwarded-For"] = "10.0.0.1" })
    assert.same({ 200 }, { answer.status, cookie_of(answer) })
  end)
end)

describe("who has tried too often", function()
  it("is let in again by a command", function()
    local s = server.start()
    local code = server.run({ "user", "create", "--data", s.data, "--email", "ann@example.org", "--password-stdin" }, "correct horse battery")
    assert.equal(0, code)
    local function try(password)
      return s:request("POST", "/sign-in", { body = { name = "ann@example.org", password = password } }).status
    end
    for _ = 1, 10 do assert.equal(401, try "wrong horse battery") end
    assert.equal(429, try "correct horse battery")
    assert.equal(0, (server.run { "user", "unlock", "--data", s.data }))
    assert.equal(200, try "correct horse battery")
    s:finish()
  end)
end)

describe("settings about sign-in", function()
  it("that mean nothing stop the start", function()
    for _, case in ipairs { { "oidc_issuer", "--oidc-issuer", "id.example.org" }, { "oidc_client_id", "--oidc-issuer", "https://id.example.org" },
      { "oidc_roles", "--oidc-roles", "ops" }, { "oidc_roles", "--oidc-roles", "ops=root" }, { "oidc_teams", "--oidc-teams", "=Harbour" },
      { "oidc_default_role", "--oidc-default-role", "root" }, { "trusted_proxies", "--header-sign-in", "remote-user" },
      { "header_sign_in", "--header-sign-in", "Remote User", "--trusted-proxies", "127.0.0.1" }, { "session_idle", "--session-idle", "1" } } do
      local folder = server.folder()
      local code, _, err = server.run({ "serve", "--data", folder, "--listen", "127.0.0.1:0", table.unpack(case, 2) })
      assert.equal(2, code)
      assert.truthy(err:find(case[1], 1, true), err)
      server.remove(folder)
    end
  end)
end)
