--- What existing clients of the reference send and expect: bodies of its Go client, write-back of what was read, the throttle.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local API <const> = "/api/v1/"

describe("a client of the reference", function()
  local c
  after_each(function() client.close(c) end)

  local function send(status, method, path, text)
    local got, body = engine.request(c.core, method, API .. path, { authorization = c.token, ["content-type"] = "application/json",
      accept = "application/json", ["user-agent"] = "amixr-api-go-client" }, text)
    assert.equal(status, got, method .. " " .. path .. ": " .. body)
    return body ~= "" and json.decode(body) or nil
  end

  it("creates and updates integrations and routes with the bodies of the Go client", function()
    c = client.open()
    local hook = send(201, "POST", "integrations/", [[{"team_id":"","name":"tf","type":"webhook","templates":{"grouping_key":"{{ payload.k }}",
      "resolve_signal":null,"acknowledge_signal":null,"source_link":null,"slack":{"title":"t","message":null,"image_url":null},
      "web":null,"msteams":null,"telegram":null,"phone_call":{"title":null},"sms":null,"email":{"title":null,"message":"m"},"mobile_app":null},
      "default_route":{"id":"","escalation_chain_id":null,"slack":{"channel_id":null,"enabled":true},"telegram":{"id":null,"enabled":false}},
      "labels":[{"key":{"name":"site"},"value":{"name":"north"}}],"dynamic_labels":[{"key":{"name":"l"},"value":{"name":"{{ payload.l }}"}}]}]])
    assert.same({ "{{ payload.k }}", "t", "m" }, { hook.templates.grouping_key, hook.templates.slack.title, hook.templates.email.message })
    local same = send(200, "PUT", "integrations/" .. hook.id .. "/", [[{"name":"tf","team_id":"null","templates":{"slack":null},"labels":null,"dynamic_labels":null,
      "default_route":{"escalation_chain_id":"","slack":null}}]])
    assert.same({ json.null, "{{ payload.k }}", 0 }, { same.templates.slack.title, same.templates.grouping_key, #same.labels })
    local first = send(201, "POST", "routes", '{"integration_id":"' .. hook.id .. [[","escalation_chain_id":"","position":0,"routing_regex":"a",
      "routing_type":"regex","slack":null,"telegram":null,"msteams":null,"manual_order":true}]])
    local second = send(201, "POST", "routes/", '{"integration_id":"' .. hook.id .. '","position":0,"routing_regex":"b","manual_order":true}')
    assert.same({ 1, 0 }, { send(200, "GET", "routes/" .. first.id .. "/").position, second.position })
    send(200, "PUT", "routes/" .. first.id .. "/", '{"position":0,"routing_type":"jinja2","routing_regex":"{{ true }}","manual_order":true}')
    assert.equal(1, send(200, "GET", "routes/" .. second.id).position)
    assert.equal(3, send(200, "GET", "routes?integration_id=" .. hook.id).count)
  end)

  it("may write back what it read, and nothing changes", function()
    c = client.open()
    local hook = send(201, "POST", "integrations/", '{"type":"alertmanager","name":"am","multi_label_template":"{}","allow_resolve":false}')
    local route = send(201, "POST", "routes/", '{"integration_id":"' .. hook.id .. '","routing_regex":"x","slack":{"channel_id":"C1","enabled":false}}')
    for path, fields in pairs { ["integrations/" .. hook.id] = "integration", ["routes/" .. route.id] = "route",
      ["routes/" .. hook.default_route.id] = "route" } do
      local before = select(2, engine.request(c.core, "GET", API .. path .. "/", { authorization = c.token }))
      send(200, "PUT", path .. "/", before)
      send(200, "PATCH", path .. "/", before)
      assert.equal(before, (select(2, engine.request(c.core, "GET", API .. path .. "/", { authorization = c.token }))), fields)
    end
    assert.same({ "{}", false }, { send(200, "GET", "integrations/" .. hook.id).multi_label_template, send(200, "GET", "integrations/" .. hook.id).allow_resolve })
    send(400, "PUT", "integrations/" .. hook.id, '{"multi_label_template":"{{"}')
    send(400, "PUT", "integrations/" .. hook.id, '{"allow_resolve":null}')
    assert.equal(json.null, send(200, "PUT", "integrations/" .. hook.id, '{"multi_label_template":null}').multi_label_template)
  end)

  it("is slowed down together with the other tokens of its person", function()
    c = client.open { settings = { api_rate_limit = 3 } }
    for _, name in ipairs { "ann", "bob" } do
      assert(client.write(c, { sql = "INSERT INTO user (username, name, role, created_at) VALUES ($1, $1, 'admin', 0)", args = { name } }))
    end
    local first, second = client.add_token(c, "viewer", { user_id = 1 }), client.add_token(c, "viewer", { user_id = 1 })
    local other = client.add_token(c, "viewer", { user_id = 2 })
    local function ask(token) return (engine.request(c.core, "GET", API .. "info/", { authorization = token })) end
    assert.same({ 200, 200, 200, 429, 429, 200 }, { ask(first), ask(second), ask(first), ask(second), ask(first), ask(other) })
  end)

  it("is slowed down by token when the server says so", function()
    c = client.open { settings = { api_rate_limit = 3 } }
    local function ask(token)
      return engine.request(c.core, "GET", API .. "info/", { authorization = token or c.token })
    end
    for _ = 1, 3 do
      assert.equal(200, (ask()))
      engine.advance(c.core, 10000)
    end
    local status, body, _, headers = ask()
    assert.equal(429, status)
    assert.equal('{"detail":"Request was throttled. Expected available in 30 seconds."}', body)
    assert.equal(1, headers:find("RateLimit-Reset: 30\r\nRetry-After: 30\r\n", 1, true))
    assert.equal(403, (ask(("0"):rep(64))))
    assert.equal(200, (ask((client.add_token(c, "viewer")))))
    engine.advance(c.core, 29000)
    assert.matches("in 1 second%.", (select(2, ask())))
    engine.advance(c.core, 1000)
    assert.equal(200, (ask()))
    assert.equal(429, (ask()))
    engine.advance(c.core, 3600000)
    for _ = 1, 3 do assert.equal(200, (ask())) end
    assert.equal(429, (ask()))
  end)
end)
