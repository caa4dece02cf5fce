--- /api/v1/integrations/ through a whole core.
local client = require "api_client"
local json = require "tocsin.json"

local PATH = "/api/v1/integrations/"

describe("integrations over the API", function()
  local c

  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function create(body) return client.expect(c, 201, "POST", PATH, body) end
  local function refused(method, path, body) return client.expect(c, 400, method, path, body) end

  it("are created with only a type", function()
    local made = create { type = "webhook" }
    assert.is_truthy(string.match(made.id, "^C[A-NP-Z1-9]+$"))
    assert.equal("Webhook", made.name)
    assert.equal(25, #made.token)
    assert.is_truthy(string.find(made.link, "/integrations/v1/webhook/" .. made.token .. "/", 1, true))
    assert.equal(made.link .. "heartbeat/", made.heartbeat.link)
    assert.equal(json.null, made.templates.grouping_key)
    assert.equal(json.null, made.templates.slack.title)
    assert.same({ json.null, json.null, json.null }, { made.team_id, made.inbound_email, made.maintenance_mode })
    assert.is_truthy(string.match(made.default_route.id, "^R"))
    assert.same({ channel_id = json.null, enabled = true }, made.default_route.slack)
    assert.same(made, client.expect(c, 200, "GET", PATH .. made.id .. "/"))
    assert.same(made, client.expect(c, 200, "GET", PATH .. made.id))
    assert.equal("Webhook 2", create({ type = "webhook" }).name)
  end)

  it("keep the members in the reference's order", function()
    local made = create { type = "webhook" }
    local _, text = require("tocsin.engine").request(c.core, "GET", PATH .. made.id, { authorization = c.token })
    local order = { "id", "name", "description_short", "team_id", "link", "inbound_email", "type", "default_route", "templates" }
    local at = 1
    for _, name in ipairs(order) do
      at = assert(string.find(text, '"' .. name .. '":', at, true), name)
    end
  end)

  it("take a token that is given, once", function()
    local made = create { type = "webhook", name = "old", token = "mReAoNwDm0eMwKo1mTeTwYo-_" }
    assert.equal("mReAoNwDm0eMwKo1mTeTwYo-_", made.token)
    local why = refused("POST", PATH, { type = "alertmanager", name = "new", token = made.token })
    assert.is_string(why.token[1])
    for _, token in ipairs { "short12", string.rep("a", 129), "with space", "slash/es", "" } do
      assert.is_table(refused("POST", PATH, { type = "webhook", name = "x", token = token }).token, token)
    end
    client.expect(c, 204, "DELETE", PATH .. made.id .. "/")
    create { type = "webhook", name = "again", token = made.token }
  end)

  it("refuse a type that there is not, and a change of it", function()
    assert.is_table(refused("POST", PATH, { type = "no_such" }).type)
    assert.is_table(refused("POST", PATH, { type = "legacy_alertmanager" }).type)
    assert.is_table(refused("POST", PATH, { type = "../webhook" }).type)
    assert.same({ type = { "This field is required." } }, refused("POST", PATH, {}))
    local made = create { type = "webhook" }
    assert.is_table(refused("PUT", PATH .. made.id, { type = "alertmanager" }).type)
    client.expect(c, 200, "PUT", PATH .. made.id, { type = "webhook" })
  end)

  it("name every bad field at once", function()
    local why = refused("POST", PATH, { type = "webhook", name = string.rep("n", 151), rate_limit = -1, team_id = "TXXX",
      description_short = string.rep("d", 251), labels = "x" })
    assert.same({ "description_short", "labels", "name", "rate_limit", "team_id" }, (function()
      local names = {}
      for name in pairs(why) do names[#names + 1] = name end
      table.sort(names)
      return names
    end)())
  end)

  it("are named once in a team", function()
    create { type = "webhook", name = "mine" }
    assert.is_table(refused("POST", PATH, { type = "webhook", name = "mine" }).name)
    local other = create { type = "webhook", name = "yours" }
    assert.is_table(refused("PUT", PATH .. other.id, { name = "mine" }).name)
    assert(client.write(c, { sql = "INSERT INTO team (name) VALUES ($1)", args = { "ops" } }))
    local team = client.expect(c, 200, "GET", "/api/v1/teams/").results[1].id
    local theirs = create { type = "webhook", name = "mine", team_id = team }
    assert.equal(team, theirs.team_id)
    for _, nothing in ipairs { "", "null", json.null } do
      assert.equal(json.null, client.expect(c, 200, "PUT", PATH .. theirs.id, { name = "third", team_id = nothing }).team_id)
    end
    client.expect(c, 200, "PUT", PATH .. theirs.id, { team_id = team })
    assert.equal(1, client.expect(c, 200, "GET", PATH .. "?team_id=" .. team).count)
    assert.equal(2, client.expect(c, 200, "GET", PATH .. "?team_id=null").count)
    client.expect(c, 400, "GET", PATH .. "?team_id=TNONE")
    assert.equal("mine", client.expect(c, 200, "GET", PATH .. "?name=mine").results[1].name)
  end)

  it("change only what is sent", function()
    local made = create { type = "webhook", name = "a", description_short = "d", rate_limit = 300,
      templates = { grouping_key = "{{ payload.k }}", slack = { title = "S", message = "" } } }
    assert.equal("", made.templates.slack.message)
    local put = client.expect(c, 200, "PUT", PATH .. made.id .. "/", { templates = { web = { title = "W" } } })
    assert.same({ "a", "d", 300, "{{ payload.k }}", "S", "W" }, { put.name, put.description_short, put.rate_limit,
      put.templates.grouping_key, put.templates.slack.title, put.templates.web.title })
    put = client.expect(c, 200, "PUT", PATH .. made.id .. "/", { templates = { slack = json.null, grouping_key = json.null },
      description_short = json.null })
    assert.same({ json.null, json.null, "W", json.null }, { put.templates.slack.title, put.templates.grouping_key,
      put.templates.web.title, put.description_short })
    client.expect(c, 200, "PATCH", PATH .. made.id, { name = "b" })
    assert.equal("b", client.expect(c, 200, "GET", PATH .. made.id).name)
  end)

  it("refuse templates that do not compile, by name", function()
    local made = create { type = "webhook" }
    local why = refused("PUT", PATH .. made.id, { templates = { grouping_key = "{{ payload.", slack = { title = "{% if %}" },
      web = { title = string.rep("x", 50001), colour = "red" }, sms = 5, resolve_signal = 7, teams = {} } })
    local wrong = why.templates
    assert.is_string(wrong.grouping_key[1])
    assert.is_string(wrong.slack.title[1])
    assert.is_string(wrong.web.title[1])
    assert.is_string(wrong.web.colour[1])
    assert.is_string(wrong.sms[1])
    assert.is_string(wrong.resolve_signal[1])
    assert.is_string(wrong.teams[1])
    client.expect(c, 200, "PUT", PATH .. made.id, { templates = { web = { title = string.rep("x", 50000) } } })
  end)

  it("refuse a label's template that lacks a quote, and say where", function()
    local made = create { type = "webhook" }
    local labels = { { key = { name = "severity" }, value = { name = '{{ payload.get("severity) }}' } } }
    local why = refused("PUT", PATH .. made.id, { dynamic_labels = labels }).dynamic_labels
    assert.is_truthy(string.find(why[1], "unexpected char '\"' at 15", 1, true), why[1])
  end)

  it("render with the templates that were saved, at once", function()
    local made = create { type = "webhook", templates = { web = { title = "T {{ payload.a }}" }, grouping_key = "g" } }
    client.post(c, made, { a = 1 })
    client.expect(c, 200, "PUT", PATH .. made.id, { templates = { web = { title = "U {{ payload.a }}" }, grouping_key = "h" } })
    client.post(c, made, { a = 2 })
    local groups = client.expect(c, 200, "GET", "/api/v1/alert_groups/?integration_id=" .. made.id).results
    assert.same({ "U 2", "T 1" }, { groups[1].title, groups[2].title })
  end)

  it("give the default route its channels", function()
    local made = create { type = "webhook", default_route = { slack = { channel_id = "ch1", enabled = false },
      telegram = { id = "Z1", enabled = true } } }
    assert.same({ channel_id = "CH1", enabled = false }, made.default_route.slack)
    local put = client.expect(c, 200, "PUT", PATH .. made.id, { default_route = { slack = { enabled = true } } })
    assert.same({ channel_id = "CH1", enabled = true }, put.default_route.slack)
    assert.same({ id = "Z1", enabled = true }, put.default_route.telegram)
    local why = refused("PUT", PATH .. made.id, { default_route = { escalation_chain_id = "FNONE", slack = { enabled = 5 } } })
    assert.is_table(why.default_route.escalation_chain_id)
    assert.is_table(why.default_route.slack.enabled)
  end)

  it("carry labels", function()
    local label = { key = { name = "env" }, value = { name = "prod" } }
    local made = create { type = "webhook", labels = json.array { label },
      dynamic_labels = json.array { { key = { name = "k" }, value = { name = "{{ payload.k }}" } } } }
    assert.equal("prod", made.labels[1].value.name)
    assert.equal("{{ payload.k }}", made.dynamic_labels[1].value.name)
    assert.is_table(refused("PUT", PATH .. made.id, { dynamic_labels = json.array {
      { key = { name = "k" }, value = { name = "{{" } } } }).dynamic_labels)
    client.post(c, made, { k = "v" })
    local labels = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].labels
    assert.same({ "env", "prod", "k", "v" }, { labels[1].key.name, labels[1].value.id, labels[2].key.id, labels[2].value.name })
  end)

  it("are gone at once when deleted, their groups stay", function()
    local made = create { type = "webhook" }
    client.post(c, made, { a = 1 })
    assert.equal("", client.expect(c, 204, "DELETE", PATH .. made.id))
    client.expect(c, 404, "GET", PATH .. made.id)
    client.expect(c, 404, "DELETE", PATH .. made.id)
    client.expect(c, 404, "PUT", PATH .. made.id, { name = "x" })
    client.expect(c, 404, "GET", "/api/v1/routes/" .. made.default_route.id)
    assert.equal(0, client.expect(c, 200, "GET", PATH).count)
    local path = string.match(made.link, "/integrations/.*")
    assert.equal(403, (client.request(c, "POST", path, "{}")))
    assert.equal(made.id, client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1].integration_id)
  end)

  it("are paged", function()
    for i = 1, 5 do create { type = "webhook", name = "n" .. i } end
    local page = client.expect(c, 200, "GET", PATH .. "?perpage=2&page=2")
    assert.same({ 5, 2, 2, 3 }, { page.count, page.page_size, page.current_page_number, page.total_pages })
    assert.same({ "n3", "n4" }, { page.results[1].name, page.results[2].name })
    local next_path = string.match(page.next, "/api/.*")
    assert.equal("n5", client.expect(c, 200, "GET", next_path).results[1].name)
    assert.equal("n5", client.expect(c, 200, "GET", PATH .. "?perpage=2&page=99").results[1].name)
  end)

  it("refuse bodies that are no object", function()
    for _, text in ipairs { "[]", "3", "null", '"x"', "{", '{"a":1}}', "\xff" } do
      client.expect(c, 400, "POST", PATH, text)
    end
    assert.is_truthy(string.find(client.expect(c, 400, "POST", PATH, "{").detail, "JSON parse error", 1, true))
  end)

  it("explain themselves on GET of their URL", function()
    local made = create { type = "webhook", name = "<script>alert(1)</script>" }
    local path = string.match(made.link, "/integrations/.*")
    local status, page, headers = client.request(c, "GET", path)
    assert.equal(200, status)
    assert.is_nil(string.find(page, "<script>", 1, true))
    assert.is_truthy(string.find(page, made.link, 1, true))
    assert.is_truthy(string.find(page, "curl -X POST", 1, true))
    assert.is_truthy(string.find(headers, "default-src 'none'", 1, true))
    assert.equal(403, (client.request(c, "GET", "/integrations/v1/webhook/nothing-here-0/")))
    assert.equal(400, (client.request(c, "GET", (string.gsub(path, "webhook", "alertmanager", 1)))))
  end)
end)
