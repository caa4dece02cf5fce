--- The template editor's answers of the API: previews of drafts, templates with their defaults; and how a source does.
require "tocsin.core"
local json <const> = require "tocsin.json"
local world <const> = require "world"

describe("previews", function()
  local w, hook

  before_each(function()
    w = world.open()
    hook = w:integration { name = "Backups" }
  end)
  after_each(function() w:close() end)

  local function preview(body, status) return w:api(status or 200, "POST", "integrations/" .. hook.id .. "/preview/", body or {}) end
  local function problem(shown, name)
    for _, p in ipairs(shown.problems) do
      if p.template == name then return p end
    end
  end

  it("show the type's example before anything came, then the newest alert, or one that is named", function()
    assert.equal("example", preview().payload_from)
    w:post(hook, { title = "one", alert_uid = "1" })
    w:post(hook, { title = "two", alert_uid = "2" })
    local newest = preview()
    assert.same({ "alert", "two", "two" }, { newest.payload_from, newest.payload.title, newest.channels.web.title })
    local alerts = w:api(200, "GET", "alerts/").results
    assert.equal("one", preview({ alert_id = alerts[2].id }).channels.sms.title)
    local other = w:integration { name = "Other" }
    w:post(other, { title = "elsewhere" })
    local foreign = w:api(200, "GET", "alerts/").results[1].id
    assert.truthy(preview({ alert_id = foreign }, 400).alert_id)
    assert.truthy(preview({ alert_id = "x" }, 400).alert_id)
  end)

  it("show what a draft would mean and look like, and save nothing", function()
    local shown = preview { payload = { title = "Disk", state = "over", host = "db-1" }, templates = { grouping_key = "{{ payload.host }}",
      resolve_signal = "{{ payload.state == 'over' }}", slack = { title = "*{{ payload.title }}* on {{ payload.host }}" } },
      dynamic_labels = { { key = { name = "host" }, value = { name = "{{ payload.host }}" } } },
      multi_label_template = '{"team": "web"}',
      routes = { { routing_type = "jinja2", routing_regex = "{{ labels.team == 'web' }}" } } }
    assert.equal("sent", shown.payload_from)
    assert.same({ "db-1", true, false }, { shown.grouping_id, shown.is_resolve, shown.is_acknowledge })
    assert.equal("True", shown.texts.resolve_signal)
    assert.equal("*Disk* on db-1", shown.channels.slack.title)
    assert.equal("Disk: db-1", shown.channels.web.title)
    assert.same({ 1, false }, { shown.route, shown.is_default_route })
    assert.same({ "host", "team" }, { shown.labels[1].key.name, shown.labels[2].key.name })
    assert.is_true(shown.is_json_object)
    assert.same({}, shown.problems)
    assert.equal(json.null, w:api(200, "GET", "integrations/" .. hook.id .. "/").templates.slack.title)
  end)

  it("say at which line a template fails, when it does not compile and when it does not render", function()
    local shown = preview { payload = { title = "x" }, templates = { grouping_key = "a\n{{ payload.", slack = { message = "one\ntwo\n{{ payload.a.b }}" } } }
    assert.equal(2, problem(shown, "grouping_key").line)
    assert.equal(3, problem(shown, "slack.message").line)
    assert.truthy(problem(shown, "slack.message").text:find("no attribute 'a'", 1, true))
    assert.equal(json.null, shown.grouping_id)
    shown = preview { multi_label_template = "[1]" }
    assert.is_false(shown.is_json_object)
    assert.truthy(problem(shown, "multi_label_template"))
  end)

  it("keep the order of a payload's members", function()
    local status, text = require("tocsin.engine").request(w.core, "POST", "/api/v1/integrations/" .. hook.id .. "/preview/",
      { authorization = w.client.token }, '{"payload": {"z": 1, "a": 2.50, "m": {}}, "templates": {"grouping_key": "{{ payload }}"}}')
    assert.equal(200, status)
    assert.truthy(text:find([["grouping_id":"{'z': 1, 'a': 2.5, 'm': {}}"]], 1, true), text)
    assert.truthy(text:find('"payload":{"z":1,"a":2.5,"m":{}}', 1, true), text)
  end)

  it("run out of fuel rather than for ever", function()
    local shown = preview { templates = { web = { title = "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}" } } }
    assert.truthy(problem(shown, "web.title"))
  end)

  it("refuse what is no template", function()
    assert.truthy(preview({ templates = { nope = "x" } }, 400).templates)
    assert.truthy(preview({ templates = { slack = { title = 7 } } }, 400).templates)
    assert.truthy(preview({ nope = 1 }, 400).nope)
    w:api(404, "POST", "integrations/CNONE/preview/", {})
  end)

  it("list every template with its default", function()
    w:configure(hook, { templates = { slack = { title = "mine" } } })
    local by_name = {}
    for _, one in ipairs(w:api(200, "GET", "integrations/" .. hook.id .. "/templates/").templates) do by_name[one.name] = one end
    assert.equal("mine", by_name["slack.title"].custom)
    assert.is_true(by_name["slack.title"].is_neutral)
    assert.truthy(by_name["slack.title"].default)
    assert.equal(json.null, by_name["sms.title"].custom)
    assert.is_false(by_name.grouping_key.is_neutral)
  end)
end)

describe("the health of a source", function()
  local w, hook

  before_each(function()
    w = world.open()
    hook = w:integration { name = "Backups", rate_limit = 3 }
  end)
  after_each(function() w:close() end)

  local function health() return w:api(200, "GET", "integrations/" .. hook.id .. "/health/") end

  it("says when it last sent, what was refused and how much of its limit is used", function()
    local new = health()
    assert.same({ json.null, 0, 0, 0, 3 }, { new.last_alert_at, new.alerts, new.refused, new.requests, new.rate_limit })
    w:api(200, "POST", "integrations/" .. hook.id .. "/send_demo_alert/", {})
    assert.equal(json.null, health().last_alert_at)
    w:post(hook, { title = "one" })
    w:advance(60000)
    w:post(hook, { title = "two" })
    assert.equal(400, (w:send(hook, "{")))
    local now = health()
    assert.truthy(now.last_alert_at ~= json.null)
    assert.equal(now.last_alert_at, w:api(200, "GET", "integrations/" .. hook.id .. "/").last_alert_at)
    assert.same({ 3, 1, 3 }, { now.alerts, now.refused, now.requests })
    w:advance(301000)
    assert.equal(0, health().requests)
  end)

  it("names the templates that failed, each with its newest alert", function()
    w:configure(hook, { templates = { grouping_key = "{{ payload.a.b }}" } })
    w:post(hook, { title = "one" })
    w:post(hook, { title = "two" })
    local now = health()
    assert.equal(1, #now.problems)
    assert.same({ "grouping_id", w:api(200, "GET", "alerts/").results[1].id }, { now.problems[1].field, now.problems[1].alert_id })
    assert.equal(2, now.template_errors)
  end)

  it("is found by words, by type", function()
    w:integration { name = "Zabbix of the port", type = "zabbix", description_short = "Cranes and Gates" }
    local function names(query)
      local list = {}
      for i, one in ipairs(w:api(200, "GET", "integrations/?" .. query).results) do list[i] = one.name end
      return list
    end
    assert.same({ "Zabbix of the port" }, names "search=gates%20zabb")
    assert.same({}, names "search=gates%20backups")
    assert.same({ "Zabbix of the port" }, names "type=zabbix")
    assert.same({ "Backups" }, names "type=webhook")
    assert.same({}, names "search=%25")
  end)
end)
