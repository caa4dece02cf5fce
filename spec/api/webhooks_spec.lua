--- Outgoing webhooks over the API, under both of their names.
local client = require "api_client"
local json = require "tocsin.json"

local HOOKS <const>, ACTIONS <const> = "/api/v1/webhooks/", "/api/v1/actions/"

describe("webhooks over the API", function()
  local c
  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function create(body, status)
    for name, value in pairs { name = "hook", url = "https://example.com/x", http_method = "POST", trigger_type = "escalation" } do
      if body[name] == nil then body[name] = value end
    end
    return client.expect(c, status or 201, "POST", HOOKS, body)
  end

  local function put(hook, body, status)
    return client.expect(c, status or 200, "PUT", HOOKS .. hook.id .. "/", body)
  end

  local function ask(sql, ...)
    return assert(client.write(c, { sql = sql, args = { ... } })).rows
  end

  it("have labels, and are found by them", function()
    local function label(key, value) return { key = { id = key, name = key }, value = { id = value, name = value } } end
    local hook = create { name = "a", labels = { label("team", "db"), label("env", "prod") } }
    local other = create { name = "b", labels = { label("team", "DB") } }
    assert.same({ label("team", "db"), label("env", "prod") }, hook.labels)
    local function found(query) return client.expect(c, 200, "GET", HOOKS .. query).results end
    assert.same({ hook }, found "?label=team:db&label=env:prod")
    assert.same({ other }, found "?label=team:DB")
    assert.same({}, found "?label=team:db&label=env:test")
    assert.same({ "DB", "db" }, (function()
      local names = {}
      for i, value in ipairs(client.expect(c, 200, "GET", "/api/v1/labels/values/?key=team")) do names[i] = value.name end
      return names
    end)())
    assert.equal(0, #put(hook, { labels = json.null }).labels)
    assert.matches("twice", put(hook, { labels = { label("a", "1"), label("a", "2") } }, 400).labels[1])
    assert.matches("200 characters", put(hook, { labels = { label("a", string.rep("v", 201)) } }, 400).labels[1])
  end)

  it("are created with defaults, read back equal, changed in part and deleted", function()
    local hook = create {}
    for name, value in pairs { name = "hook", is_webhook_enabled = true, team = json.null, url = "https://example.com/x",
      http_method = "POST", headers = json.null, data = json.null, forward_all = true, trigger_template = json.null,
      trigger_type = "escalation", integration_filter = json.null, username = json.null, preset = json.null } do
      assert.equal(value, hook[name], name)
    end
    assert.same(hook, client.expect(c, 200, "GET", HOOKS .. hook.id))
    assert.same(hook, put(hook, hook))
    hook.name = "renamed"
    assert.same(hook, put(hook, { name = "renamed" }))
    assert.same({ hook }, client.expect(c, 200, "GET", HOOKS .. "?name=renamed").results)
    client.expect(c, 204, "DELETE", HOOKS .. hook.id .. "/")
    client.expect(c, 404, "GET", HOOKS .. hook.id .. "/")
    assert.equal(0, client.expect(c, 200, "GET", HOOKS).count)
    assert.equal("renamed", create({ name = "renamed" }).name)
  end)

  it("need a name of their own, a URL, a method and a trigger", function()
    for _, name in ipairs { "name", "url", "http_method", "trigger_type" } do
      local body = { name = "n", url = "http://x.test", http_method = "POST", trigger_type = "escalation" }
      body[name] = nil
      assert.is_table(client.expect(c, 400, "POST", HOOKS, body)[name], name)
      body[name] = json.null
      assert.is_table(client.expect(c, 400, "POST", HOOKS, body)[name], name)
    end
    create {}
    assert.is_table(create({}, 400).name)
  end)

  it("refuse what is out of bounds and say which field it was", function()
    local wrong = {
      name = { ("x"):rep(101), " ", 5.5 .. "\0" }, url = { "", "ftp://x", "x.test", "http://", "http://a b", "{{ x", ("{{ x }}"):rep(1200) },
      http_method = { "HEAD", "post", "", 1 }, trigger_type = { "incident", "", "Escalation", 0 },
      headers = { "x", "[1]", "{{ x", '"a"' }, data = { "{% if %}", ("x"):rep(50001), {}, '{{ a | to_json }}' },
      trigger_template = { "{{ 1 + }}" }, forward_all = { "true", json.null, 1 }, is_webhook_enabled = { json.null, "yes" },
      integration_filter = { "CNONE", { "CNONE" }, { json.null }, true }, username = { ("u"):rep(101), {} },
      preset = { "grafana", 1 }, team = { "TNONE", 1 },
    }
    for field, values in pairs(wrong) do
      for _, value in ipairs(values) do
        assert.is_table(create({ [field] = value }, 400)[field], field .. " " .. json.encode { value })
      end
    end
    assert.equal(0, client.expect(c, 200, "GET", HOOKS).count)
  end)

  it("take templates, and nothing for null and the empty text", function()
    local hook = create { url = "{{ alert_payload.url }}/x", headers = '{"A": "{{ alert_group_id }}"}',
      data = '{"a": "{{ alert_payload.foo.bar | tojson() }}"}', trigger_template = "{{ true }}", trigger_type = "status change" }
    assert.equal("{{ alert_payload.url }}/x", hook.url)
    hook = put(hook, { headers = "", data = json.null, trigger_template = "", username = "" })
    assert.same({ json.null, json.null, json.null, json.null }, { hook.headers, hook.data, hook.trigger_template, hook.username })
    assert.equal('{"A": "b"}', put(hook, { headers = '{"A": "b"}' }).headers)
    assert.equal("null", put(hook, { data = "null" }).data)
  end)

  it("are for some integrations or all", function()
    local one = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook" }).id
    local hook = create { integration_filter = { one, one } }
    assert.same({ one }, hook.integration_filter)
    assert.same(hook, put(hook, {}))
    client.expect(c, 204, "DELETE", "/api/v1/integrations/" .. one .. "/")
    assert.same({}, put(hook, {}).integration_filter)
    assert.equal(json.null, put(hook, { integration_filter = json.null }).integration_filter)
    assert.equal(json.null, put(hook, { integration_filter = json.array() }).integration_filter)
  end)

  it("of a preset keep what it fixes", function()
    local hook = client.expect(c, 201, "POST", HOOKS, { name = "simple", url = "https://example.com", preset = "simple_webhook",
      http_method = "GET", trigger_type = "resolve", forward_all = false, data = "x" })
    assert.same({ "simple_webhook", "POST", "escalation", true, json.null },
      { hook.preset, hook.http_method, hook.trigger_type, hook.forward_all, hook.data })
    assert.same(hook, put(hook, { http_method = "PUT", headers = "{}" }))
    assert.same({ "PUT", "advanced_webhook" }, (function()
      local changed = put(hook, { preset = "advanced_webhook", http_method = "PUT" })
      return { changed.http_method, changed.preset }
    end)())
    client.expect(c, 201, "POST", HOOKS, { name = "short", url = "https://example.com", preset = "simple_webhook" })
  end)

  it("show what came back, newest first, whatever the trigger is now", function()
    local hook = create { trigger_type = "status change" }
    for i = 1, 3 do
      ask("INSERT INTO webhook_response (webhook_id, trigger_type, at, url, status, content, event_data) SELECT id, 'resolve', $1, " ..
        "'https://example.com/x', 200 + $1, '{\"id\":1}', '{}' FROM webhook", i)
    end
    local page = client.expect(c, 200, "GET", HOOKS .. hook.id .. "/responses/?perpage=2")
    assert.same({ 3, 2, 203, 202, '{"id":1}', "1970-01-01T00:00:00.000003Z", json.null }, { page.count, #page.results,
      page.results[1].status_code, page.results[2].status_code, page.results[1].content, page.results[1].timestamp,
      page.results[1].request_trigger })
    assert.matches("/api/v1/webhooks/" .. hook.id .. "/responses/%?perpage=2&page=2$", page.next)
    local other = create { name = "other" }
    assert.equal(0, client.expect(c, 200, "GET", HOOKS .. other.id .. "/responses").count)
    client.expect(c, 404, "GET", HOOKS .. "WHNONE/responses/")
    client.expect(c, 405, "POST", HOOKS .. hook.id .. "/responses/")
    client.expect(c, 204, "DELETE", HOOKS .. hook.id .. "/")
    client.expect(c, 404, "GET", HOOKS .. hook.id .. "/responses/")
  end)

  it("have an older name, with older names of fields", function()
    local team = client.expect(c, 201, "POST", "/api/v1/teams/", { name = "db" }).id
    local action = client.expect(c, 201, "POST", ACTIONS, { name = "a", url = "https://example.com", user = "u", team_id = team,
      forward_whole_payload = false, data = "d" })
    assert.same({ "u", team, false, "POST", "escalation", nil, nil, nil }, { action.user, action.team_id,
      action.forward_whole_payload, action.http_method, action.trigger_type, action.username, action.team, action.preset })
    local hook = client.expect(c, 200, "GET", HOOKS .. action.id)
    assert.same({ "u", team, false }, { hook.username, hook.team, hook.forward_all })
    assert.same({ action }, client.expect(c, 200, "GET", ACTIONS .. "?team_id=" .. team).results)
    action.user = "v"
    assert.same(action, client.expect(c, 200, "PUT", ACTIONS .. action.id .. "/", action))
    assert.is_table(client.expect(c, 400, "POST", ACTIONS, { name = "a", url = "https://example.com" }).name)
    assert.is_table(client.expect(c, 400, "POST", ACTIONS, { name = "b", url = "x" }).url)
    client.expect(c, 204, "DELETE", ACTIONS .. action.id .. "/")
    client.expect(c, 404, "GET", HOOKS .. action.id .. "/")
    assert.same({ { object = "webhook" } }, ask "SELECT DISTINCT object FROM audit WHERE object <> 'team'")
  end)

  it("are what a step can trigger", function()
    local hook = create {}
    local chain = client.expect(c, 201, "POST", "/api/v1/escalation_chains/", { name = "ops" }).id
    local step = client.expect(c, 201, "POST", "/api/v1/escalation_policies/", { escalation_chain_id = chain,
      type = "trigger_webhook", action_to_trigger = hook.id })
    assert.equal(hook.id, step.action_to_trigger)
    client.expect(c, 204, "DELETE", HOOKS .. hook.id .. "/")
    assert.is_table(client.expect(c, 400, "PUT", "/api/v1/escalation_policies/" .. step.id .. "/",
      { action_to_trigger = hook.id }).action_to_trigger)
  end)

  it("are written by admins, read by all", function()
    local hook = create {}
    for _, role in ipairs { "viewer", "editor" } do
      local headers = { authorization = (client.add_token(c, role)) }
      assert.equal(200, (client.request(c, "GET", HOOKS .. hook.id .. "/responses", nil, headers)))
      assert.equal(403, (client.request(c, "POST", HOOKS, { name = "x" }, headers)))
      assert.equal(403, (client.request(c, "PUT", ACTIONS .. hook.id .. "/", { name = "x" }, headers)))
      assert.equal(403, (client.request(c, "DELETE", HOOKS .. hook.id .. "/", nil, headers)))
    end
  end)
end)

describe("resolution notes over the API", function()
  local c, group
  local NOTES <const> = "/api/v1/resolution_notes/"

  before_each(function()
    c = client.open()
    local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook" })
    client.post(c, hook, { n = 1 })
    client.post(c, hook, { n = 2 })
    group = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].id
  end)
  after_each(function() client.close(c) end)

  it("are written, read, changed and deleted", function()
    local note = client.expect(c, 201, "POST", NOTES, { alert_group_id = group, text = "rebooted", source = "slack", author = "UX" })
    assert.same({ group, json.null, "web", "rebooted" }, { note.alert_group_id, note.author, note.source, note.text })
    assert.matches("^2026%-", note.created_at)
    note.text = "unplugged"
    assert.same(note, client.expect(c, 200, "PUT", NOTES .. note.id .. "/", note))
    assert.same({ note }, client.expect(c, 200, "GET", NOTES .. "?alert_group_id=" .. group).results)
    assert.equal(0, client.expect(c, 200, "GET", NOTES .. "?alert_group_id=INONE").count)
    client.expect(c, 204, "DELETE", NOTES .. note.id .. "/")
    client.expect(c, 404, "GET", NOTES .. note.id)
    assert.equal(0, client.expect(c, 200, "GET", NOTES).count)
  end)

  it("name their author, and need an editor", function()
    local user = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann", role = "editor" })
    local key = assert(client.write(c, { sql = "SELECT id FROM user", args = {} })).rows[1].id
    local headers = { authorization = (client.add_token(c, "editor", { user_id = key })) }
    local status, note = client.request(c, "POST", NOTES, { alert_group_id = group, text = "x" }, headers)
    assert.same({ 201, user.id }, { status, note.author })
    local viewer = { authorization = (client.add_token(c, "viewer")) }
    assert.equal(403, (client.request(c, "POST", NOTES, { alert_group_id = group, text = "x" }, viewer)))
    assert.equal(403, (client.request(c, "DELETE", NOTES .. note.id, nil, viewer)))
    assert.equal(200, (client.request(c, "GET", NOTES .. note.id, nil, viewer)))
  end)

  it("have 1 to 3,000 characters, a group, and stay where they were written", function()
    for _, text in ipairs { "", " ", ("x"):rep(3001), json.null, {}, "\0" } do
      assert.is_table(client.expect(c, 400, "POST", NOTES, { alert_group_id = group, text = text }).text)
    end
    assert.is_table(client.expect(c, 400, "POST", NOTES, { alert_group_id = group }).text)
    assert.is_table(client.expect(c, 400, "POST", NOTES, { text = "x" }).alert_group_id)
    assert.is_table(client.expect(c, 400, "POST", NOTES, { text = "x", alert_group_id = "INONE" }).alert_group_id)
    local note = client.expect(c, 201, "POST", NOTES, { alert_group_id = group, text = ("é"):rep(3000) })
    local other = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[2].id
    assert.is_table(client.expect(c, 400, "PUT", NOTES .. note.id, { alert_group_id = other }).alert_group_id)
    assert(client.write(c, { sql = "UPDATE resolution_note SET source = 'slack'", args = {} }))
    client.expect(c, 400, "PUT", NOTES .. note.id, { text = "y" })
    client.expect(c, 204, "DELETE", "/api/v1/alert_groups/" .. group, { mode = "delete" })
    client.expect(c, 404, "GET", NOTES .. note.id)
    assert.same({ { n = 0 } }, assert(client.write(c, { sql = "SELECT count(*) AS n FROM resolution_note", args = {} })).rows)
  end)
end)
