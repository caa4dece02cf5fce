--- /api/v1/alert_groups/ and /api/v1/alerts/ through a whole core.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local time = require "api.time"

local GROUPS, ALERTS = "/api/v1/alert_groups/", "/api/v1/alerts/"

describe("alert groups over the API", function()
  local c, integration

  before_each(function()
    c = client.open()
    integration = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", templates = {
      grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}",
      web = { title = "T {{ payload.key }}" } } })
  end)
  after_each(function() client.close(c) end)

  local function post(payload) client.post(c, integration, payload) end
  local function groups(query) return client.expect(c, 200, "GET", GROUPS .. (query or "")).results end
  local function act(id, verb, body) return client.expect(c, 200, "POST", GROUPS .. id .. "/" .. verb .. "/", body) end

  it("are what the alerts made of them", function()
    post '{"key": "a", "n":1.0}'
    engine.advance(c.core, 1500)
    post '{"key": "a", "n":2}'
    local group = groups()[1]
    assert.same({ 2, "firing", "T a", integration.id, integration.default_route.id },
      { group.alerts_count, group.state, group.title, group.integration_id, group.route_id })
    assert.equal(group.id, group.last_alert.alert_group_id)
    assert.same({ key = "a", n = 2 }, group.last_alert.payload)
    assert.is_truthy(string.find(group.permalinks.web, group.id, 1, true))
    assert.same({ json.null, json.null, json.null }, { group.resolved_at, group.acknowledged_by, group.permalinks.slack })
    assert.is_truthy(string.match(group.created_at, "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d"))
    assert.same(group, client.expect(c, 200, "GET", GROUPS .. group.id .. "/"))
    client.expect(c, 404, "GET", GROUPS .. "IAAAAAAAAAAAA/")
    client.expect(c, 404, "GET", GROUPS .. "x/")
  end)

  it("show a payload as the bytes that came", function()
    local bytes = '{"key":"a", "big":123456789012345678901234567890, "f":1.0,"u":"\\u00e9","dup":1,"dup":2}'
    post(bytes)
    local _, text = engine.request(c.core, "GET", ALERTS, { authorization = c.token })
    assert.is_truthy(string.find(text, bytes, 1, true))
  end)

  it("are acted on, and say no as the reference does", function()
    post { key = "a" }
    local id = groups()[1].id
    local function state() return client.expect(c, 200, "GET", GROUPS .. id).state end
    local function refused(verb, body) return client.expect(c, 400, "POST", GROUPS .. id .. "/" .. verb .. "/", body).detail end
    assert.equal("Can't unacknowledge an unacknowledged alert group", refused "unacknowledge")
    assert.equal("", act(id, "acknowledge"))
    assert.equal("acknowledged", state())
    assert.equal("Can't acknowledge an acknowledged alert group", refused "acknowledge")
    act(id, "unacknowledge")
    act(id, "silence", { delay = 3600 })
    assert.equal("silenced", state())
    act(id, "unsilence")
    assert.equal("firing", state())
    act(id, "silence", { delay = -1 })
    assert.equal(json.null, client.expect(c, 200, "GET", GROUPS .. id).silenced_until)
    act(id, "resolve")
    assert.equal("Can't resolve a resolved alert group", refused "resolve")
    assert.equal("Can't acknowledge a resolved alert group", refused "acknowledge")
    act(id, "unresolve")
    assert.equal("firing", state())
    client.expect(c, 404, "POST", GROUPS .. "IAAAAAAAAAAAA/resolve/")
    client.expect(c, 405, "GET", GROUPS .. id .. "/resolve/")
    client.expect(c, 404, "POST", GROUPS .. id .. "/explode/")
  end)

  it("need a whole number of seconds to be silenced", function()
    post { key = "a" }
    local path = GROUPS .. groups()[1].id .. "/silence"
    for _, body in ipairs { {}, { delay = "soon" }, { delay = 1.5 }, { delay = -2 }, { delay = json.null } } do
      assert.is_table(client.expect(c, 400, "POST", path, body).delay)
    end
    local status = client.request(c, "POST", path, "delay=60", { authorization = c.token,
      ["content-type"] = "application/x-www-form-urlencoded" })
    assert.equal(200, status)
  end)

  it("wake up when their silence ends", function()
    post { key = "a" }
    local id = groups()[1].id
    act(id, "silence", { delay = 60 })
    engine.advance(c.core, 61000)
    assert.equal("firing", client.expect(c, 200, "GET", GROUPS .. id).state)
  end)

  it("are filtered", function()
    for _, key in ipairs { "a", "b", "c", "d" } do post { key = key } end
    local by = {}
    for _, group in ipairs(groups()) do by[group.title] = group.id end
    act(by["T a"], "acknowledge")
    act(by["T b"], "resolve")
    act(by["T c"], "silence", { delay = 60 })
    local function titles(query)
      local list = {}
      for i, group in ipairs(groups(query)) do list[i] = group.title end
      return table.concat(list, ",")
    end
    assert.equal("T d,T c,T b,T a", titles())
    assert.equal("T d", titles "?state=new")
    assert.equal("T a", titles "?state=acknowledged")
    assert.equal("T b", titles "?state=Resolved")
    assert.equal("T c", titles "?state=silenced")
    assert.equal("T b", titles("?state=resolved&id=" .. by["T b"]))
    assert.equal("T b", titles("?state=resolved&integration_id=" .. integration.id))
    assert.equal("", titles("?state=new&id=" .. by["T b"]))
    assert.equal("T d,T c,T b,T a", titles "?team_id=null")
    assert.equal("", titles "?integration_id=CNONE")
    assert.equal("", titles "?id=nonsense")
    assert.equal("T d,T c,T a", titles "?state=open")
    assert.is_table(client.expect(c, 400, "GET", GROUPS .. "?state=nonsense").state)
    assert.equal(4, client.expect(c, 200, "GET", GROUPS).count)
    assert.equal(1, client.expect(c, 200, "GET", GROUPS .. "?state=resolved").count)
  end)

  it("are filtered by when they began", function()
    post { key = "a" }
    local from = string.sub(groups()[1].created_at, 1, 19)
    local to = string.sub(time.text(time.parse(from) + 1000000), 1, 19)
    engine.advance(c.core, 5000)
    post { key = "b" }
    assert.equal(1, client.expect(c, 200, "GET", GROUPS .. "?started_at=" .. from .. "_" .. to).count)
    assert.equal(2, client.expect(c, 200, "GET", GROUPS .. "?started_at=" .. from .. "_2099-01-01T00:00:00").count)
    for _, bad in ipairs { "x", from, from .. "_", from .. "_2023-02-30T00:00:00" } do
      assert.same({ "Invalid range value" }, client.expect(c, 400, "GET", GROUPS .. "?started_at=" .. bad).started_at)
    end
  end)

  it("are filtered by labels, all of which they have", function()
    client.expect(c, 200, "PUT", "/api/v1/integrations/" .. integration.id, { dynamic_labels = json.array {
      { key = { name = "env" }, value = { name = "{{ payload.env }}" } },
      { key = { name = "db" }, value = { name = "{{ payload.db }}" } } } })
    post { key = "a", env = "prod", db = "x" }
    post { key = "b", env = "prod", db = "y" }
    engine.advance(c.core, 5000)
    local function count(query) return client.expect(c, 200, "GET", GROUPS .. query).count end
    assert.equal(2, count "?label=env:prod")
    assert.equal(1, count "?label=env:prod&label=db:y")
    assert.equal(0, count "?label=env:test")
    assert.equal(2, count "?label=env:prod&label=nonsense&label=a:b:c")
  end)

  it("lose their labels with their words when they are wiped, indexed or not", function()
    client.expect(c, 200, "PUT", "/api/v1/integrations/" .. integration.id, { dynamic_labels = json.array {
      { key = { name = "env" }, value = { name = "{{ payload.env }}" } },
      { key = { name = "db" }, value = { name = "{{ payload.db }}" } } } })
    for _, is_indexed in ipairs { true, false } do
      post { key = is_indexed and "x" or "y", env = "secret", db = "alice" }
      if is_indexed then engine.advance(c.core, 5000) end
      local id = groups()[1].id
      assert.equal(1, client.expect(c, 200, "GET", GROUPS .. "?label=db:alice").count)
      client.expect(c, 204, "DELETE", GROUPS .. id .. "/")
      local wiped = client.expect(c, 200, "GET", GROUPS .. id)
      assert.same({}, wiped.labels)
      assert.equal(0, client.expect(c, 200, "GET", GROUPS .. "?label=db:alice").count)
      engine.advance(c.core, 5000)
      assert.equal(0, client.expect(c, 200, "GET", GROUPS .. "?label=db:alice").count)
      for _, sql in ipairs { "SELECT * FROM label", "SELECT * FROM alert_group", "SELECT * FROM alert", "SELECT * FROM group_log", "SELECT * FROM job" } do
        local rows = json.encode(client.write(c, { sql = sql, args = {} }))
        assert.is_nil(string.find(rows, "alice", 1, true), sql)
      end
    end
  end)

  it("take with them what webhooks were told of them", function()
    local function rows(sql, ...) return assert(client.write(c, { sql = sql, args = { ... } })).rows end
    for _, mode in ipairs { "wipe", "delete" } do
      post { key = mode }
      local id = groups()[1].id
      rows("INSERT INTO webhook (name, trigger_type, created_at) VALUES ($1, 'resolve', 1)", mode)
      rows([[INSERT INTO webhook_response (webhook_id, alert_group_id, trigger_type, at, url, request_headers, request_data, trigger_result,
        content, error, event_data) SELECT (SELECT max(id) FROM webhook), max(id), 'resolve', 1, 'alice', 'alice', 'alice', 'alice', 'alice',
        'alice', 'alice' FROM alert_group]])
      client.expect(c, 204, "DELETE", GROUPS .. id .. "/", { mode = mode })
      local left = rows("SELECT * FROM webhook_response")
      assert.equal(1, #left)
      assert.is_nil(string.find(json.encode(left), "alice", 1, true))
    end
  end)

  it("are wiped or deleted", function()
    post { key = "secret" }
    post { key = "other" }
    local other, secret = groups()[1].id, groups()[2].id
    client.expect(c, 204, "DELETE", GROUPS .. secret .. "/")
    local wiped = client.expect(c, 200, "GET", GROUPS .. secret)
    assert.equal("resolved", wiped.state)
    assert.is_nil(string.find(json.encode(wiped), "secret", 1, true))
    assert.is_table(client.expect(c, 400, "DELETE", GROUPS .. other, { mode = "burn" }).mode)
    client.expect(c, 204, "DELETE", GROUPS .. other, { mode = "delete" })
    client.expect(c, 404, "GET", GROUPS .. other)
    client.expect(c, 404, "DELETE", GROUPS .. other, { mode = "delete" })
    assert.equal(1, client.expect(c, 200, "GET", ALERTS).count)
  end)

  it("tell a person's action from a source's", function()
    assert(client.write(c, { sql = "INSERT INTO user (username, name, role, created_at) VALUES ($1, $1, 'editor', $2)", args = { "ann", 1 } }))
    local token = client.add_token(c, "editor", { user_id = 1 })
    local headers = { authorization = token }
    post { key = "a" }
    post { key = "b" }
    post { key = "b", state = "ok" }
    local a, b = groups()[2].id, groups()[1].id
    assert.equal(200, (client.request(c, "POST", GROUPS .. a .. "/resolve/", nil, headers)))
    local status, me = client.request(c, "GET", "/api/v1/users/current/", nil, headers)
    assert.same({ 200, "ann" }, { status, me.username })
    assert.equal(me.id, client.expect(c, 200, "GET", GROUPS .. a).resolved_by)
    assert.equal(json.null, client.expect(c, 200, "GET", GROUPS .. b).resolved_by)
    assert.equal("resolved", client.expect(c, 200, "GET", GROUPS .. b).state)
  end)

  describe("'s alerts", function()
    it("are listed newest first, and by group", function()
      for i = 1, 3 do post { key = "a", n = i } end
      post { key = "b", n = 4 }
      local all = client.expect(c, 200, "GET", ALERTS)
      assert.same({ 4, 4, 1 }, { all.count, all.results[1].payload.n, all.results[4].payload.n })
      local group = groups()[2].id
      local page = client.expect(c, 200, "GET", ALERTS .. "?perpage=2&alert_group_id=" .. group)
      assert.same({ 3, 2, 3, 2 }, { page.count, page.total_pages, page.results[1].payload.n, page.results[2].payload.n })
      page = client.expect(c, 200, "GET", ALERTS .. "?perpage=2&page=2&alert_group_id=" .. group)
      assert.same({ 1, 1 }, { #page.results, page.results[1].payload.n })
      assert.equal(group, page.results[1].alert_group_id)
      local alert = page.results[1]
      assert.same(alert, client.expect(c, 200, "GET", ALERTS .. alert.id))
      assert.equal(1, client.expect(c, 200, "GET", ALERTS .. "?id=" .. alert.id).count)
      assert.equal(0, client.expect(c, 200, "GET", ALERTS .. "?alert_group_id=INONE").count)
    end)

    it("are searched without regard to case", function()
      post { key = "a", text = "Disk FULL on db1" }
      post { key = "b", text = "fine" }
      assert.equal(1, client.expect(c, 200, "GET", ALERTS .. "?search=disk%20full").count)
      assert.equal(0, client.expect(c, 200, "GET", ALERTS .. "?search=%25").count)
      assert.equal(1, client.expect(c, 200, "GET", ALERTS .. "?search=fine&alert_group_id=" .. groups()[1].id).count)
    end)

    it("of a size that no page should have are asked for in parts", function()
      local long = string.rep("x", 3 << 20)
      for i = 1, 3 do post { key = "k" .. i, text = long } end
      assert.is_truthy(string.find(client.expect(c, 400, "GET", ALERTS).detail, "perpage", 1, true))
      assert.equal(2, #client.expect(c, 200, "GET", ALERTS .. "?perpage=2").results)
    end)
  end)
end)
