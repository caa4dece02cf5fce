--- A demo alert: the way of every alert, a group of its own that is marked, and nobody called unless that was asked for.
local calling = require "calling"
local client = require "api_client"
local json = require "tocsin.json"

describe("a demo alert", function()
  local w, hook

  before_each(function()
    w = calling.open()
    w:user("ada")
    hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function send(integration, body, status)
    return w:api(status or 200, "POST", "integrations/" .. integration.id .. "/send_demo_alert/", body)
  end

  it("is the type's first example, in a group of its own that says so", function()
    local answer = send(hook)
    assert.equal("debug", answer.mode)
    local group = w:api(200, "GET", "alert_groups/" .. answer.alert_group_ids[1] .. "/")
    assert.same({ "Disk is full: db-1", true, true, 1 }, { group.title, group.is_demo, group.is_debug, group.alerts_count })
    assert.equal("Disk is full", group.last_alert.payload.title)
    send(hook)
    assert.equal(2, #w:groups())
    w:post(hook, w:alerts(1)[1].payload)
    assert.equal(3, #w:groups())
    assert.same({ 1, 1, 0 }, w:column "SELECT is_demo FROM alert_group ORDER BY id")
    assert.equal("registered demo_alert source", w:log(1)[1])
    assert.equal("registered first_alert source", w:log(3)[1])
  end)

  it("pages nobody, and the log tells who would have been", function()
    send(hook)
    w:advance(3600 * 1000)
    assert.same({}, w:calls(1))
    assert.same({ "page_withheld debug" }, w:lines(1, "page_withheld"))
    assert.equal('{"user":' .. w.users.ada .. ',"important":false}',
      w:rows("SELECT detail FROM group_log WHERE action = 'page_withheld'")[1].detail)
    assert.same({}, w:lines(1, "unanswered"))
    assert.same({}, w:lines(1, "page_started"))
  end)

  it("pages when that is asked for", function()
    send(hook, { mode = "page" })
    assert.same({ "00:00 ada sms" }, w:calls(1))
    assert.same({ 1, 0 }, { w:groups()[1].is_demo, w:groups()[1].is_debug })
  end)

  it("lets somebody be called by name all the same", function()
    send(hook)
    w:must(1, "page", { user_id = w:api(200, "GET", "users/?username=ada").results[1].id })
    assert.same({ "00:00 ada sms" }, w:calls(1))
  end)

  it("may be any payload, in the order of the wire, and takes routes, templates and labels as others do", function()
    w:configure(hook, { dynamic_labels = { { key = { name = "k" }, value = { name = "{{ payload.k }}" } } },
      templates = { resolve_signal = "{{ payload.over }}" } })
    local route = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ labels.k == 'v' }}" })
    local function post(text)
      local status, answer = client.request(w.client, "POST", "/api/v1/integrations/" .. hook.id .. "/send_demo_alert/",
        text, { authorization = w.client.token })
      assert.equal(200, status, type(answer) == "table" and json.encode(answer) or answer)
      return w:api(200, "GET", "alert_groups/" .. answer.alert_group_ids[1] .. "/")
    end
    local group = post('{"demo_alert_payload":{"z":12345678901234567890123,"k":"v","a":null}}')
    assert.equal(route.id, group.route_id)
    assert.equal('{"z":12345678901234567890123,"k":"v","a":null}', w:alerts(1)[1].payload)
    assert.equal("k", group.labels[1].key.name)
    assert.equal("resolved", post('{"demo_alert_payload":{"over":true}}').state)
  end)

  it("becomes as many alerts as the integration's file makes of it", function()
    local legacy = w:integration { type = "grafana" }
    local answer = send(legacy, { demo_alert_payload = { alerts = json.array {
      { status = "firing", labels = { alertname = "a" } }, { status = "firing", labels = { alertname = "b" } } } } })
    assert.equal(2, #answer.alert_group_ids)
    assert.equal(2, #w:groups())
  end)

  it("is refused by the field that is wrong", function()
    assert.is_table(send(hook, { mode = "loud" }, 400).mode)
    assert.is_table(send(hook, { demo_alert_payload = 7 }, 400).demo_alert_payload)
    assert.equal(0, #w:groups())
    w:api(404, "POST", "integrations/CAAAAAAAAAAAA/send_demo_alert/", {})
    local id = w:insert("integration", { type = "direct_paging", name = "d", token = "tttttttttttt", templates_default = "{}", created_at = 1 })
    w:insert("route", { integration_id = id, is_default = 1 })
    for _, one in ipairs(w:api(200, "GET", "integrations/").results) do
      if one.type == "direct_paging" then send(one, {}, 400) end
    end
  end)

  it("says in its messages that it is one", function()
    local loud = calling.open { settings = { deliver = 1 } }
    loud:provider("ntfy", { token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" })
    loud:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    local integration = loud:hook(loud:chain { { type = "notify_persons", users = { "ada" } } })
    loud:api(200, "POST", "integrations/" .. integration.id .. "/send_demo_alert/", { mode = "page" })
    local function next_title()
      local letter = loud:outgoing()[1]
      loud:answer(letter, { status = 200, body = '{"id":"m1","event":"message"}' })
      return json.decode(letter.body).title
    end
    assert.matches("Demo: Disk is full: db%-1$", next_title())
    loud:advance(150 * 1000)
    loud:post(integration, '{"key":"a","title":"Disk of db-2 is full"}')
    assert.matches("^#2 Disk of db%-2 is full$", next_title())
    loud:close()
  end)
end)
