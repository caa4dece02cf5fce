--- The trail of changes: every write leaves a line that says who, what, from what to what and from where, and no secret.
local client = require "api_client"
local json = require "tocsin.json"
local world = require "team_world"

describe("the trail of changes", function()
  local w
  setup(function() w = world.open() end)
  teardown(function() world.close(w) end)

  local function ask(who, method, path, body) return world.ask(w, who, method, path, body) end

  local function lines(query)
    local status, answer = ask("admin", "GET", "audit/" .. (query or ""))
    assert.equal(200, status)
    return answer.results, answer
  end

  it("tells a change in the words of the API", function()
    assert.equal(200, (ask("editor", "PUT", "schedules/" .. w.none.schedule .. "/", { name = "new name", team_id = w.teams.own })))
    local line = lines()[1]
    assert.same({ "update", "schedule", w.none.schedule, "token" }, { line.action, line.object, line.object_id, line.via })
    assert.same({ type = "user", id = w.editor.id, name = "ed" }, line.by)
    assert.same({ { name = "none thing", team_id = json.null }, { name = "new name", team_id = w.teams.own } }, { line.before, line.after })
    assert.same(line, select(2, ask("admin", "GET", "audit/" .. line.id .. "/")))
    assert.equal(200, (ask("editor", "PUT", "schedules/" .. w.none.schedule .. "/", { name = "none thing", team_id = json.null })))
  end)

  it("is for admins", function()
    for _, path in ipairs { "audit/", "audit/export/" } do
      assert.same({ 403, 403, 200 }, { (ask("viewer", "GET", path)), (ask("editor", "GET", path)), (ask("admin", "GET", path)) })
    end
    assert.equal(405, (ask("admin", "DELETE", "audit/" .. lines()[1].id .. "/")))
    assert.equal(405, (ask("admin", "POST", "audit/", {})))
  end)

  it("is found by object, person, time, action and place, and read on from an id", function()
    local all = lines "?perpage=1000"
    assert.is_true(#all > 40)
    local function only(query, is_right)
      local found = lines("?perpage=1000&" .. query)
      assert.is_true(#found > 0, query)
      local count = 0
      for _, one in ipairs(all) do count = count + (is_right(one) and 1 or 0) end
      assert.equal(count, #found, query)
      for _, one in ipairs(found) do assert.is_true(is_right(one), query) end
    end
    only("object=webhook", function(one) return one.object == "webhook" end)
    only("object_id=" .. w.own.route, function(one) return one.object_id == w.own.route end)
    only("user_id=" .. w.editor.id, function(one) return one.by.id == w.editor.id end)
    only("action=create", function(one) return one.action == "create" end)
    only("via=token", function(one) return one.via == "token" end)
    only("from=2026-01-01T00:00:00Z&to=2099-01-01T00:00:00Z", function() return true end)
    assert.same({}, lines "?to=2020-01-01T00:00:00Z")
    assert.equal(400, (ask("admin", "GET", "audit/?from=soon")))
    assert.same(all[11], lines("?perpage=1&before_id=" .. all[10].id)[1])
    assert.equal(9, #lines("?after_id=" .. all[10].id))
    assert.same({}, lines "?object_id=X123")
  end)

  it("never holds a secret", function()
    local _, made = ask("editor", "POST", "api_tokens/", { name = "quiet" })
    ask("admin", "POST", "webhooks/", { name = "signed", url = "https://example.org/", trigger_type = "escalation", http_method = "POST",
      password = "pass-word-1", signing_secret = "secret-2", authorization_header = "Bearer three-3" })
    local _, integration = ask("admin", "POST", "integrations/", { type = "webhook", name = "keyed", token = "integration-key-4" })
    ask("admin", "POST", "providers/", { type = "telegram", name = "t", settings = { token = "12345:telegram-5" } })
    ask("admin", "DELETE", "integrations/" .. integration.id .. "/")
    ask("editor", "POST", "schedules/" .. w.own.schedule .. "/export_token/")
    local text = json.encode(client.write(w.c, { sql = "SELECT * FROM audit", args = {} }).rows)
    for _, secret in ipairs { made.token, string.sub(made.token, 1, 8), "pass-word-1", "secret-2", "three-3", "integration-key-4",
      "telegram-5", "sealed:" } do
      assert.is_nil(string.find(text, secret, 1, true), secret)
    end
    assert.is_truthy(string.find(text, "(hidden)", 1, true))
  end)

  it("goes out as NDJSON and CSV, oldest first, in pieces that name the next", function()
    local status, text, headers = ask("admin", "GET", "audit/export/?object=team")
    assert.equal(200, status)
    local names = {}
    for line in string.gmatch(text, "[^\n]+") do names[#names + 1] = json.decode(line).after.name end
    assert.same({ "own", "other", "shared" }, names)
    assert.is_nil(string.find(headers or "", "Link:", 1, true))
    ask("admin", "PUT", "teams/" .. w.teams.other .. "/", { name = '=1+1,"x"' })
    status, text = ask("admin", "GET", "audit/export/?format=csv&object=team&action=update")
    assert.equal(200, status)
    assert.matches("^id,at,by,via,token_id,address,action,object,object_id,before,after\r\n[^\n]+\r\n$", text)
    assert.is_truthy(string.find(text, [["{""name"":""=1+1,\""x\""""}"]], 1, true), text)
    assert.equal(400, (ask("admin", "GET", "audit/export/?format=xml")))
  end)

  it("of what a person does to their own columns, to windows, heartbeats and groups is kept too", function()
    local function newest() local line = lines()[1]; return line.action .. " " .. line.object end
    local _, settings = ask("viewer", "GET", "alertgroup_table_settings/")
    ask("viewer", "PUT", "alertgroup_table_settings/", { visible = settings.hidden, hidden = settings.visible })
    ask("viewer", "PUT", "alertgroup_table_settings/", { visible = settings.visible, hidden = settings.hidden })
    assert.equal("update user", newest())
    ask("editor", "POST", "integrations/" .. w.own.integration .. "/heartbeat_arm/")
    assert.equal("heartbeat_arm integration", newest())
    ask("editor", "POST", "integrations/" .. w.own.integration .. "/maintenance_start/", { mode = "debug", duration = 3600 })
    assert.equal("create maintenance_window", newest())
    ask("editor", "POST", "integrations/" .. w.own.integration .. "/maintenance_stop/")
    assert.equal("stop maintenance_window", newest())
    ask("editor", "DELETE", "alert_groups/" .. w.own.alert_group .. "/", { mode = "delete" })
    assert.same({ "delete alert_group", w.own.alert_group }, { newest(), lines()[1].object_id })
  end)

  it("forgets what is older than the setting says, a few lines at a time", function()
    client.write(w.c, { sql = "UPDATE audit SET at = 1 WHERE id <= 15", args = {} })
    client.write(w.c, { sql = "INSERT INTO setting (name, value) VALUES ('audit_days', '30') ON CONFLICT (name) DO UPDATE SET value = '30'",
      args = {} })
    local function old()
      return client.write(w.c, { sql = "SELECT count(*) AS n FROM audit WHERE at = 1", args = {} }).rows[1].n
    end
    assert.equal(15, old())
    ask("admin", "POST", "teams/", { name = "t1" })
    assert.equal(5, old())
    ask("admin", "POST", "teams/", { name = "t2" })
    assert.equal(0, old())
  end)
end)
