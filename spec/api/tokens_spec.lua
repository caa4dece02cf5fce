--- API tokens as people make and use them: scopes, expiry, whose they are, and those that come from an OnCall database.
local client = require "api_client"
local auth = require "api.auth"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local time = require "api.time"
local world = require "team_world"

local TOKENS <const> = "api_tokens/"
local DAY_MS <const> = 86400000

describe("API tokens", function()
  local w
  setup(function() w = world.open() end)
  teardown(function() world.close(w) end)

  local function ask(who, method, path, body) return world.ask(w, who, method, path, body) end

  local function make(who, body)
    body.name = body.name or "spec"
    local status, answer = ask(who, "POST", TOKENS, body)
    assert.equal(201, status, json.encode(answer))
    return answer
  end

  -- One request with a token's text.
  local function with(text, method, path, body)
    return client.request(w.c, method, "/api/v1/" .. path, body, { authorization = text })
  end

  local function row_of(made)
    return client.write(w.c, { sql = "SELECT * FROM api_token WHERE digest = $1", args = { auth.digest(made.token) } }).rows[1]
  end

  it("are shown once, stored hashed, and do what their person may", function()
    local made = make("editor", { name = "mine" })
    assert.matches("^%x+$", made.token)
    assert.same({ 64, "editor", json.null, json.null, w.editor.id }, { #made.token, made.role, made.scopes, made.expires_at, made.user_id })
    local status, again = ask("editor", "GET", TOKENS .. made.id .. "/")
    assert.same({ 200, nil }, { status, again.token })
    for _, row in ipairs(client.write(w.c, { sql = "SELECT * FROM api_token", args = {} }).rows) do
      for _, value in pairs(row) do assert.not_equal(made.token, value) end
    end
    assert.equal(200, (with(made.token, "GET", "users/current/")))
    assert.equal(403, (with(made.token, "POST", "integrations/", { type = "webhook" })))
    assert.equal(204, (ask("editor", "DELETE", TOKENS .. made.id .. "/")))
    assert.equal(403, (with(made.token, "GET", "users/current/")))
    assert.equal(404, (ask("editor", "GET", TOKENS .. made.id .. "/")))
  end)

  it("are one's own; admins see and end those of all", function()
    local made = make("viewer", { name = "hers" })
    local function seen(who)
      local _, answer = ask(who, "GET", TOKENS .. "?perpage=1000")
      for _, one in ipairs(answer.results) do
        if one.id == made.id then return true end
      end
      return false
    end
    assert.same({ true, false, true }, { seen "viewer", seen "editor", seen "admin" })
    for _, method in ipairs { "GET", "PUT", "DELETE" } do
      assert.equal(404, (ask("editor", method, TOKENS .. made.id .. "/", { name = "x" })), method)
    end
    assert.equal(200, (ask("viewer", "PUT", TOKENS .. made.id .. "/", { name = "renamed" })))
    assert.equal(204, (ask("admin", "DELETE", TOKENS .. made.id .. "/")))
  end)

  it("are made for oneself, by admins also for nobody", function()
    assert.equal(403, (ask("editor", "POST", TOKENS, { name = "x", user_id = w.viewer.id })))
    assert.equal(403, (ask("admin", "POST", TOKENS, { name = "x", user_id = w.viewer.id })))
    assert.equal(403, (ask("editor", "POST", TOKENS, { name = "x", user_id = json.null })))
    assert.equal(json.null, make("admin", { user_id = json.null, role = "viewer" }).user_id)
    assert.equal(json.null, make(nil, { role = "viewer" }).user_id)
  end)

  it("can do no more than who makes them, and no longer", function()
    local function refused(text, body)
      body.name = "x"
      local status, answer = with(text, "POST", TOKENS, body)
      assert.equal(400, status, json.encode(answer))
      return next(answer)
    end
    assert.equal("role", refused(w.editor.token, { role = "admin" }))
    local soon = time.text(engine.now(w.c.core) + 3600000000)
    local narrow = make("editor", { scopes = { "alerts:read", "tokens:write" }, expires_at = soon }).token
    assert.equal("scopes", refused(narrow, { scopes = { "alerts:write" } }))
    assert.equal("scopes", refused(narrow, { scopes = { "read" } }))
    assert.equal("expires_at", refused(narrow, { expires_at = json.null }))
    assert.equal("expires_at", refused(narrow, { expires_at = "2999-01-01T00:00:00Z" }))
    local _, made = with(narrow, "POST", TOKENS, { name = "x" })
    assert.same({ { "alerts:read", "tokens:write" }, soon }, { made.scopes, made.expires_at })
    assert.equal(403, (with(make("editor", { scopes = { "read" } }).token, "POST", TOKENS, { name = "x" })))
  end)

  it("keep what they may do once they are made", function()
    local made = make("editor", { scopes = { "read" } })
    for field, value in pairs { role = "viewer", scopes = { "write" }, expires_at = "2999-01-01T00:00:00Z", user_id = w.viewer.id } do
      local status, answer = ask("editor", "PUT", TOKENS .. made.id .. "/", { [field] = value })
      assert.equal(400, status, field)
      assert.same({ "This field cannot be changed once it is set." }, answer[field] or answer)
    end
    local _, same = ask("editor", "PUT", TOKENS .. made.id .. "/", { scopes = { "read" }, role = "editor", name = "n" })
    assert.same({ { "read" }, "n" }, { same.scopes, same.name })
  end)

  it("with scopes do that and nothing else", function()
    local group = "alert_groups/" .. w.own.alert_group .. "/"
    local function may(scopes)
      local text = make("editor", { scopes = scopes }).token
      return { (with(text, "GET", group)), (with(text, "POST", group .. "silence/", { delay = 60 })),
        (with(text, "GET", "schedules/")), (with(text, "PUT", "schedules/" .. w.own.schedule .. "/", {})) }
    end
    assert.same({ 200, 403, 200, 403 }, may { "read" })
    assert.same({ 200, 200, 200, 200 }, may { "write" })
    assert.same({ 200, 403, 403, 403 }, may { "alerts:read" })
    assert.same({ 200, 200, 403, 403 }, may { "alerts:write" })
    assert.same({ 200, 403, 200, 200 }, may { "alerts:read", "schedules:write" })
    assert.equal(403, (with(make("viewer", { scopes = { "write" } }).token, "PUT", "schedules/" .. w.own.schedule .. "/", {})))
  end)

  it("say when they have expired", function()
    local made = make("editor", { expires_at = time.text(engine.now(w.c.core) + DAY_MS * 1000) })
    assert.equal(200, (with(made.token, "GET", "info/")))
    engine.advance(w.c.core, DAY_MS)
    local status, answer = with(made.token, "GET", "info/")
    assert.same({ 403, "This token has expired." }, { status, answer.detail })
  end)

  it("know within minutes when they were used last", function()
    local made = make("editor", {})
    assert.equal(json.null, row_of(made).last_used_at)
    with(made.token, "GET", "info/")
    local first = row_of(made).last_used_at
    assert.equal(engine.now(w.c.core), first)
    engine.advance(w.c.core, 60000)
    with(made.token, "GET", "info/")
    assert.equal(first, row_of(made).last_used_at)
    engine.advance(w.c.core, 600000)
    with(made.token, "GET", "info/")
    assert.equal(engine.now(w.c.core), row_of(made).last_used_at)
  end)

  it("of an OnCall database are taken over by what is stored of them", function()
    local text, stored = auth.new_token()
    assert.equal(403, (ask("editor", "POST", TOKENS, { name = "x", token_key = stored.token_key, digest = stored.digest })))
    assert.equal(400, (ask("admin", "POST", TOKENS, { name = "x", digest = stored.digest })))
    local made = make("admin", { token_key = stored.token_key, digest = stored.digest, user_id = w.viewer.id })
    assert.same({ nil, "viewer", w.viewer.id }, { made.token, made.role, made.user_id })
    local status, current = with(text, "GET", "users/current/")
    assert.same({ 200, "vi" }, { status, current.username })
    local again
    status, again = ask("admin", "POST", TOKENS, { name = "x", token_key = stored.token_key, digest = stored.digest })
    assert.same({ 400, { "This token is here already." } }, { status, again.digest })
  end)

  it("are 25 of a person at most", function()
    local _, list = ask("viewer", "GET", TOKENS)
    for _ = list.count + 1, 25 do make("viewer", {}) end
    local status, answer = ask("viewer", "POST", TOKENS, { name = "x" })
    assert.same({ 400, { "A person has at most 25 tokens." } }, { status, answer.user_id })
  end)
end)
