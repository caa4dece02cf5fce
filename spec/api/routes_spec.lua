--- /api/v1/routes/ through a whole core.
local client = require "api_client"
local json = require "tocsin.json"

local PATH = "/api/v1/routes/"

describe("routes over the API", function()
  local c, integration

  before_each(function()
    c = client.open()
    integration = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook" })
  end)
  after_each(function() client.close(c) end)

  local function create(body)
    body.integration_id = integration.id
    return client.expect(c, 201, "POST", PATH, body)
  end

  local function terms()
    local list = {}
    for i, route in ipairs(client.expect(c, 200, "GET", PATH .. "?integration_id=" .. integration.id).results) do
      list[i] = (route.is_the_last_route and "default" or route.routing_regex) .. "@" .. route.position
    end
    return list
  end

  it("are created last, before the default one", function()
    local made = create { routing_regex = "a", escalation_chain_id = json.null }
    assert.same({ integration.id, "regex", "a", 0, false, json.null }, { made.integration_id, made.routing_type,
      made.routing_regex, made.position, made.is_the_last_route, made.escalation_chain_id })
    create { routing_regex = "b" }
    assert.same({ "a@0", "b@1", "default@0" }, terms())
    assert.same(made, client.expect(c, 200, "GET", PATH .. made.id))
  end)

  it("are put where they are asked to be", function()
    create { routing_regex = "a" }
    create { routing_regex = "b" }
    local last = create { routing_regex = "c", position = 0 }
    assert.same({ "c@0", "a@1", "b@2", "default@0" }, terms())
    client.expect(c, 200, "PUT", PATH .. last.id, { position = -1 })
    assert.same({ "a@0", "b@1", "c@2", "default@0" }, terms())
    client.expect(c, 200, "PUT", PATH .. last.id, { position = 0, manual_order = true })
    assert.same({ "c@0", "b@1", "a@2", "default@0" }, terms())
    client.expect(c, 200, "PUT", PATH .. last.id, { position = 10, manual_order = true })
    assert.same({ "b@1", "a@2", "c@10", "default@0" }, terms())
    client.expect(c, 204, "DELETE", PATH .. last.id)
    client.expect(c, 404, "GET", PATH .. last.id)
    assert.same({ "b@1", "a@2", "default@0" }, terms())
    for _, position in ipairs { -2, 2147483648, 1.5, "x" } do
      client.expect(c, 400, "PUT", PATH .. create({ routing_regex = "z" }).id, { position = position })
    end
  end)

  it("refuse conditions that do not compile", function()
    local function refused(body)
      body.integration_id = integration.id
      return client.expect(c, 400, "POST", PATH, body).routing_regex
    end
    assert.is_table(refused { routing_regex = "(" })
    assert.is_table(refused { routing_regex = "{{ payload.", routing_type = "jinja2" })
    assert.is_table(refused { routing_regex = string.rep("a", 1025) })
    assert.is_table(refused { routing_regex = "" })
    assert.is_table(refused {})
    assert.is_table(refused { routing_regex = json.null })
    assert.is_table(client.expect(c, 400, "POST", PATH, { integration_id = integration.id, routing_regex = "a",
      routing_type = "sql" }).routing_type)
    assert.is_table(client.expect(c, 400, "POST", PATH, { routing_regex = "a" }).integration_id)
    assert.is_table(client.expect(c, 400, "POST", PATH, { routing_regex = "a", integration_id = "CNONE" }).integration_id)
    local made = create { routing_regex = "(a)" }
    local why = client.expect(c, 400, "PUT", PATH .. made.id, { routing_type = "jinja2", routing_regex = "{{" })
    assert.is_table(why.routing_regex)
    create { routing_regex = string.rep("a", 1024) }
  end)

  it("take alerts as soon as they are saved", function()
    local made = create { routing_regex = "{{ payload.team == 'db' }}", routing_type = "jinja2" }
    client.post(c, integration, { team = "db", n = 1 })
    client.post(c, integration, { team = "web", n = 2 })
    local groups = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results
    assert.same({ integration.default_route.id, made.id }, { groups[1].route_id, groups[2].route_id })
    assert.equal(1, client.expect(c, 200, "GET", "/api/v1/alert_groups/?route_id=" .. made.id).count)
    client.expect(c, 204, "DELETE", PATH .. made.id)
    assert.equal(json.null, client.expect(c, 200, "GET", "/api/v1/alert_groups/" .. groups[2].id).route_id)
    client.post(c, integration, { team = "db", n = 3 })
    assert.equal(integration.default_route.id, client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].route_id)
  end)

  it("by labels carry them", function()
    local label = { key = { name = "env" }, value = { name = "prod" } }
    local made = create { routing_type = "labels", routing_labels = json.array { label } }
    assert.equal("env", made.routing_labels[1].key.name)
    assert.equal(json.null, made.routing_regex)
  end)

  it("keep the default one last and unconditional", function()
    local id = integration.default_route.id
    client.expect(c, 400, "DELETE", PATH .. id)
    client.expect(c, 400, "PUT", PATH .. id, { routing_regex = "a" })
    client.expect(c, 400, "PUT", PATH .. id, { position = 3 })
    local put = client.expect(c, 200, "PUT", PATH .. id, { slack = { channel_id = "C9" } })
    assert.same({ true, "C9" }, { put.is_the_last_route, put.slack.channel_id })
  end)

  it("post to every channel whose file has rooms", function()
    local id = integration.default_route.id
    local rooms = require("channel").rooms()
    assert.is_true(#rooms >= 5)
    for i, room in ipairs(rooms) do
      local put = client.expect(c, 200, "PUT", PATH .. id, { [room.name] = { [room.key] = "C" .. i, enabled = true } })
      assert.same({ "C" .. i, true }, { put[room.name][room.key], put[room.name].enabled })
    end
    assert.same({ "slack", "channel_id", true }, { rooms[1].name, rooms[1].key, rooms[1].enabled })
    client.expect(c, 400, "PUT", PATH .. id, { discord = { id = 5 } })
  end)

  it("leave a trail of who changed what", function()
    local made = create { routing_regex = "a" }
    client.expect(c, 200, "PUT", PATH .. made.id, { routing_regex = "b" })
    client.expect(c, 204, "DELETE", PATH .. made.id)
    local trail = assert(client.write(c, { sql = "SELECT action, object, before, after FROM audit ORDER BY id DESC LIMIT 3",
      args = {} })).rows
    assert.same({ "delete", "update", "create" }, { trail[1].action, trail[2].action, trail[3].action })
    assert.same({ "a", "b" }, { json.decode(trail[2].before).routing_regex, json.decode(trail[2].after).routing_regex })
    local all = assert(client.write(c, { sql = "SELECT group_concat(after) AS text FROM audit", args = {} })).rows[1].text
    assert.is_nil(string.find(all, integration.token, 1, true))
  end)

  it("leave no trail of what changes nothing", function()
    local made = create { routing_regex = "a" }
    local function count()
      return assert(client.write(c, { sql = "SELECT count(*) AS n, (SELECT sum(version) FROM integration) AS v FROM audit", args = {} })).rows[1]
    end
    local before = count()
    local root = "/api/v1/integrations/" .. integration.id
    local function same(path, body, method)
      local shown = client.expect(c, 200, "GET", path)
      assert.same(shown, client.expect(c, 200, method or "PUT", path, body))
      assert.same(before, count(), json.encode(body))
    end
    for _, path in ipairs { PATH .. made.id, root } do
      same(path, json.raw "{}")
      same(path, json.raw "{}", "PATCH")
      same(path, { unknown = 1 })
    end
    same(PATH .. made.id, { routing_regex = "a", routing_type = made.routing_type, position = made.position })
    same(root, { name = integration.name, templates = json.raw "{}" })
    same(root, { default_route = json.raw "{}" })
    client.expect(c, 200, "PUT", PATH .. made.id, { routing_regex = "b", position = made.position })
    assert.equal(before.n + 1, count().n)
    client.expect(c, 200, "PUT", root, { default_route = { slack = { channel_id = "C7" } } })
    assert.equal(before.n + 2, count().n)
    local line = assert(client.write(c, { sql = "SELECT before, after FROM audit ORDER BY id DESC LIMIT 1", args = {} })).rows[1]
    assert.same({ nil, "C7" }, { string.match(line.before, "C7"), string.match(line.after, "C7") })
  end)

  it("filter by an exact condition", function()
    create { routing_regex = "a.c" }
    create { routing_regex = "abc" }
    assert.equal(1, client.expect(c, 200, "GET", PATH .. "?routing_regex=a.c").count)
  end)
end)
