--- Sign-in by a real identity provider, and by one that misbehaves.
local cjson <const> = require "cjson"
local oidc <const> = require "oidc_provider"
local raw <const> = require "raw_http"
local server <const> = require "server"

local PUBLIC <const> = "https://tocsin.example.org"
local SECRET <const> = "a secret: with/odd+signs"

describe("sign-in by an identity provider", function()
  local provider, s, jar
  setup(function() provider = oidc.start(PUBLIC .. "/sign-in/oidc/callback") end)
  teardown(function() provider:stop() end)

  local function start(settings, client, secret)
    local args = { "--public-url", PUBLIC, "--oidc-issuer", provider.issuer, "--oidc-client-id", client or "rs", "--oidc-name", "Harbour ID" }
    for name, value in pairs(settings or {}) do
      args[#args + 1] = "--" .. name
      args[#args + 1] = value
    end
    local env = { "TOCSIN_OIDC_CLIENT_SECRET=" .. (secret or SECRET), "PATH=" .. os.getenv "PATH", "TZ=UTC" }
    for _, name in ipairs { "ASAN_OPTIONS", "TSAN_OPTIONS" } do
      if os.getenv(name) then env[#env + 1] = name .. "=" .. os.getenv(name) end
    end
    s = server.start { args = args, env = env }
    s:make_token()
    jar = {}
  end
  before_each(function()
    provider:ask { ["do"] = "break", how = "none" }
    provider:ask { ["do"] = "person", account = "sub-1",
      claims = { name = "Ann Lee", preferred_username = "ann", email = "ann@example.org", email_verified = true, groups = { "staff", "ops" } } }
    provider:ask { ["do"] = "login", account = "sub-1" }
  end)
  after_each(function() s:finish() end)

  local function go(path, change) return oidc.sign_in(provider, s.port, PUBLIC, jar, path, change) end
  local function person(claims, account)
    provider:ask { ["do"] = "person", account = account or "sub-1", claims = claims }
    provider:ask { ["do"] = "login", account = account or "sub-1" }
  end
  local function me()
    local answer = oidc.get(s.port, "/api/v1/users/current", jar)
    return answer.status == 200 and cjson.decode(answer.body) or nil
  end
  local function why(answer) return answer.body:match "<h1>.-</h1>.-<p>(.-)</p>" end
  local function ask(sql) return (raw.shell(('sqlite3 %s/tocsin.db "%s"'):format(s.data, sql)):gsub("\n$", "")) end

  it("makes an account at the first time, and finds it by the provider's own name for the person afterwards", function()
    start()
    local page = oidc.get(s.port, "/sign-in?next=/alert-groups", jar)
    assert.truthy(page.body:find("Sign in with Harbour ID", 1, true))
    local path = page.body:match 'href="(/sign%-in/oidc[^"]*)"':gsub("&amp;", "&")
    local answer = go(path)
    assert.same({ 303, "/alert-groups" }, { answer.status, answer.headers.location })
    local ann = me()
    assert.same({ "ann@example.org", "Ann Lee", "ann@example.org", "viewer" }, { ann.username, ann.name, ann.email, ann.role })
    assert.is_nil(jar["__Host-tocsin_oidc"])
    person { name = "Ann B. Lee", email = "other@example.org", email_verified = true }
    jar = {}
    assert.equal(303, go().status)
    assert.equal(ann.id, me().id)
    assert.equal("1", ask "SELECT count(*) FROM user")
    assert.equal("oidc,oidc", ask "SELECT group_concat(method) FROM session")
  end)

  for _, client in ipairs { "es", "public" } do
    it("works with a client that " .. (client == "es" and "signs with ES256" or "has no secret"), function()
      start(nil, client, client == "public" and "" or nil)
      assert.equal(303, go().status)
      assert.equal("Ann Lee", me().name)
    end)
  end

  it("asks for the rest where the token holds no more than a name", function()
    start { ["oidc-roles"] = "ops=editor", ["oidc-scopes"] = "openid email profile groups" }
    provider:ask { ["do"] = "login", account = "sub-1", small = true }
    assert.equal(303, go().status)
    assert.same({ "ann@example.org", "editor" }, { me().email, me().role })
  end)

  it("finds who is there by an address that the provider has verified, and by no other", function()
    start()
    local id = s:api("POST", "/users/", { username = "ann", email = "ANN@example.org", role = "editor" }).id
    person { email = "ann@example.org", email_verified = false, preferred_username = "mallory" }
    assert.equal(303, go().status)
    assert.same({ "mallory", cjson.null, "viewer" }, { me().username, me().email, me().role })
    jar = {}
    person({ email = "ann@example.org", email_verified = true }, "sub-2")
    assert.equal(303, go().status)
    assert.same({ id, "ann", "editor" }, { me().id, me().username, me().role })
    jar = {}
    person({ email = "ann@example.org", email_verified = true }, "sub-3")
    assert.truthy(why(go()):find("belongs to another sign-in", 1, true))
    s:api("POST", "/users/", { username = "ann2", email = "two@example.org" })
    s:api("POST", "/users/", { username = "ann3", email = "two@example.org" })
    person({ email = "two@example.org", email_verified = true }, "sub-4")
    assert.truthy(why(go()):find("More than one person", 1, true))
    person({ preferred_username = "ann" }, "sub-5")
    assert.truthy(why(go()):find("already", 1, true))
    assert.is_nil(me())
  end)

  it("lets nobody new in where accounts are made by admins", function()
    start { ["oidc-create"] = "off" }
    assert.same({ 403, "There is no account for you here. Ask an admin." }, { go().status, why(go()) })
    s:api("POST", "/users/", { username = "ann", email = "ann@example.org" })
    assert.equal(303, go().status)
  end)

  it("takes role and teams from the groups, anew each time, but not from who is there for emergencies", function()
    start { ["oidc-roles"] = "staff=viewer, ops = editor,root=admin", ["oidc-default-role"] = "none", ["oidc-teams"] = "ops=Harbour, dev=Builders",
      ["oidc-scopes"] = "openid email profile groups" }
    local harbour, builders = s:api("POST", "/teams/", { name = "Harbour" }).id, s:api("POST", "/teams/", { name = "Builders" }).id
    local other = s:api("POST", "/teams/", { name = "Other" }).id
    assert.equal(303, go().status)
    assert.same({ "editor", { harbour } }, { me().role, me().teams })
    s:api("PUT", "/teams/" .. other .. "/", { members = { me().id } })
    local before = jar
    jar = {}
    person { email = "ann@example.org", email_verified = true, groups = { "root", "dev", 5 } }
    assert.equal(303, go().status)
    assert.same({ "admin", { builders, other } }, { me().role, me().teams })
    local now = jar
    jar = before
    assert.is_nil(me()) -- what it may is what it may from the next sign-in on
    jar = {}
    person { email = "ann@example.org", email_verified = true, groups = { "guests" } }
    assert.same({ 403, "You have no role here. Ask an admin." }, { go().status, why(go()) })
    ask "UPDATE account SET is_break_glass = 1"
    assert.equal(303, go().status)
    assert.equal("admin", me().role)
    assert.truthy(now)
  end)

  it("is believed only where it began, once, and in time", function()
    start()
    -- Somebody else's way back in this browser: without the cookie, with another state, with a code that was used.
    local way
    go(nil, function(url) way = url return PUBLIC .. "/sign-in" end)
    local mine = jar
    jar = {}
    local answer = oidc.get(s.port, way:sub(#PUBLIC + 1), jar)
    assert.same({ 400, "This is not the sign-in that began in this browser, or it took too long." }, { answer.status, why(answer) })
    jar = mine
    assert.equal(400, oidc.get(s.port, (way:gsub("state=[^&]+", "state=x")):sub(#PUBLIC + 1), jar).status)
    assert.equal(400, oidc.get(s.port, (way:gsub("state=[^&]+&?", "")):sub(#PUBLIC + 1), jar).status)
    local kept = {}
    for name, value in pairs(jar) do kept[name] = value end
    assert.equal(303, oidc.get(s.port, way:sub(#PUBLIC + 1), jar).status)
    local again = oidc.get(s.port, way:sub(#PUBLIC + 1), kept)
    assert.same({ 502, true }, { again.status, why(again):find("invalid_grant", 1, true) ~= nil })
    assert.equal("1", ask "SELECT count(*) FROM session")
  end)

  it("leads nowhere else afterwards", function()
    start()
    for _, evil in ipairs { "//evil.example", "https://evil.example", "/%5Cevil.example", "/%0d%0aX:y" } do
      assert.equal("/", go("/sign-in/oidc?next=" .. evil).headers.location)
      jar = {}
    end
  end)

  it("says what it can of a provider that does not let somebody in, or is not well", function()
    start()
    provider:ask { ["do"] = "login", account = "sub-1", refuse = true }
    local refused = go()
    assert.same({ 403, "The identity provider did not let you in: access_denied." }, { refused.status, why(refused) })
    provider:ask { ["do"] = "login", account = "sub-1" }
    for how, sentence in pairs { down = "cannot be reached", garbage = "something else", big = "larger than it may be", wrong_issuer = "something else than oidc_issuer" } do
      provider:ask { ["do"] = "break", how = how }
      local answer = oidc.get(s.port, "/sign-in/oidc", jar)
      assert.equal(502, answer.status)
      assert.truthy(why(answer):find(sentence, 1, true), how .. ": " .. why(answer))
    end
    provider:ask { ["do"] = "break", how = "old_keys" }
    local answer = go()
    assert.same({ 502, true }, { answer.status, why(answer):find("not signed by a key of its issuer", 1, true) ~= nil })
    assert.is_nil(me())
    for _, text in ipairs { "<script>alert(1)</script>", ("x"):rep(3000) } do
      local shown = go(nil, function(url) return PUBLIC .. "/sign-in/oidc/callback?error=" .. text:gsub("[<>()/]", function(c) return ("%%%02x"):format(c:byte()) end) ..
        "&state=" .. (url:match "state=([^&]+)") end)
      assert.equal(403, shown.status)
      assert.is_nil(shown.body:find("<script>", 1, true))
      assert.truthy(#shown.body < 6000)
    end
  end)

  it("holds up nobody else while the provider is slow", function()
    start()
    provider:ask { ["do"] = "break", how = "slow" }
    local waiting = raw.connect(s.port)
    provider:ask { ["do"] = "seen" }
    waiting:send("GET /sign-in/oidc HTTP/1.1\r\nHost: x\r\n\r\n")
    server.wait(function() return #provider:ask({ ["do"] = "seen" }).paths > 0 end, "the provider to be asked")
    local second = oidc.get(s.port, "/sign-in/oidc", {})
    assert.truthy(why(second):find("Others are signing in", 1, true), why(second))
    assert.equal(200, s:request("GET", "/api/v1/info/").status)
    assert.equal(502, assert(waiting:read { patience = 20 }).status)
    waiting:close()
  end)

  it("is no page where there is no provider", function()
    s = server.start()
    for _, path in ipairs { "/sign-in/oidc", "/sign-in/oidc/callback?code=x&state=y" } do assert.equal(404, s:request("GET", path).status) end
  end)
end)
