--- Who may ask the API what, and what it answers to everything else.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"

describe("the API", function()
  local c

  setup(function() c = client.open() end)
  teardown(function() client.close(c) end)

  local function status_of(headers, method, path)
    return (client.request(c, method or "GET", path or "/api/v1/info/", nil, headers))
  end

  it("takes a raw token, and one after Bearer", function()
    assert.equal(200, status_of { authorization = c.token })
    assert.equal(200, status_of { authorization = "Bearer " .. c.token })
    assert.equal(200, status_of { authorization = "bearer  " .. c.token })
  end)

  it("answers 403 to every other", function()
    local wrong = { {}, { authorization = "" }, { authorization = "Bearer" }, { authorization = "Basic " .. c.token },
      { authorization = string.sub(c.token, 1, 63) }, { authorization = c.token .. "0" },
      { authorization = string.rep("0", 64) }, { authorization = string.rep("z", 64) },
      { authorization = string.sub(c.token, 1, 8) .. string.rep("0", 56) }, { authorization = c.token .. " x" } }
    for i, headers in ipairs(wrong) do
      local status, body = client.request(c, "GET", "/api/v1/info/", nil, headers)
      assert.equal(403, status, i)
      assert.same({ detail = "Invalid token." }, body)
    end
  end)

  it("refuses tokens that were revoked or ran out", function()
    local now = engine.now(c.core)
    assert.equal(403, status_of { authorization = (client.add_token(c, "admin", { revoked_at = 1 })) })
    assert.equal(403, status_of { authorization = (client.add_token(c, "admin", { expires_at = now - 1 })) })
    assert.equal(200, status_of { authorization = (client.add_token(c, "admin", { expires_at = now + 60000000 })) })
  end)

  it("lets each role do what it may", function()
    local viewer = { authorization = (client.add_token(c, "viewer")) }
    local editor = { authorization = (client.add_token(c, "editor")) }
    local made = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "roles" })
    client.post(c, made, { a = 1 })
    local group = client.expect(c, 200, "GET", "/api/v1/alert_groups/?integration_id=" .. made.id).results[1].id
    assert.equal(200, status_of(viewer, "GET", "/api/v1/integrations/"))
    assert.equal(403, status_of(viewer, "POST", "/api/v1/integrations/"))
    assert.equal(403, status_of(editor, "POST", "/api/v1/integrations/"))
    assert.equal(403, status_of(editor, "DELETE", "/api/v1/integrations/" .. made.id))
    assert.equal(403, status_of(viewer, "POST", "/api/v1/alert_groups/" .. group .. "/resolve/"))
    assert.equal(403, status_of(viewer, "DELETE", "/api/v1/alert_groups/" .. group))
    assert.equal(200, status_of(editor, "POST", "/api/v1/alert_groups/" .. group .. "/resolve/"))
  end)

  it("lets a token do no more than its person may today", function()
    local made = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ada", role = "admin" })
    local ada = client.write(c, { sql = "SELECT id FROM user", args = {} }).rows[1].id
    local function set(role) client.expect(c, 200, "PUT", "/api/v1/users/" .. made.id, { role = role }) end
    local of_ada = { authorization = (client.add_token(c, "admin", { user_id = ada })) }
    local to_read = { authorization = (client.add_token(c, "viewer", { user_id = ada })) }
    local function may(headers) return { status_of(headers, "GET"), status_of(headers, "POST", "/api/v1/integrations/") } end
    assert.same({ 200, 400 }, may(of_ada))
    assert.same({ 200, 403 }, may(to_read))
    set "viewer"
    assert.same({ 200, 403 }, may(of_ada))
    set "none"
    assert.same({ 403, 403 }, may(of_ada))
    assert.same({ 403, 403 }, may(to_read))
    set "admin"
    assert.same({ 200, 400 }, may(of_ada))
    client.expect(c, 204, "DELETE", "/api/v1/users/" .. made.id)
    assert.same({ 403, 403 }, may(of_ada))
  end)

  it("says 404 and 405 in JSON", function()
    for _, path in ipairs { "/api/v1/nothing/", "/api/v1/", "/api/v1/integrations/a/b/c/", "/api/v1/integrations//" } do
      assert.same({ detail = "Not found." }, client.expect(c, 404, "GET", path), path)
    end
    local answer, headers = client.expect(c, 405, "PUT", "/api/v1/integrations/")
    assert.equal('Method "PUT" not allowed.', answer.detail)
    assert.is_truthy(string.find(headers, "Allow: GET, POST", 1, true))
    client.expect(c, 405, "POST", "/api/v1/alerts/")
  end)

  it("knows the installation and the people", function()
    assert.is_string(client.expect(c, 200, "GET", "/api/v1/info").url)
    local organization = client.expect(c, 200, "GET", "/api/v1/organizations/").results[1]
    assert.same(organization, client.expect(c, 200, "GET", "/api/v1/organizations/" .. organization.id))
    client.expect(c, 404, "GET", "/api/v1/users/current/")
    assert.equal(0, client.expect(c, 200, "GET", "/api/v1/escalation_chains/").count)
    assert.equal(100, client.expect(c, 200, "GET", "/api/v1/users/").page_size)
  end)
end)
