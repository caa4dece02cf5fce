--- `tocsin import oncall` against a fake of its public API.
require "tocsin.core"
local fake_oncall <const> = require "fake_oncall"
local patience <const> = require "patience"
local server <const> = require "server"

-- Each command opens a core of its own and sends it many requests.
patience.ms = math.max(patience.ms, 40000)

describe("an OnCall", function()
  local folder, fake, running
  before_each(function()
    folder = server.folder()
    fake = fake_oncall.start()
  end)
  after_each(function()
    if running then running:finish() end
    running = nil
    fake.stop()
    server.remove(folder)
  end)

  local function import(code, ...)
    local words = { "import", "oncall", "--url", fake.url, "--token", fake.token, ... }
    local got, out, err = server.run(words, nil, folder)
    assert.equal(code, got, table.concat(words, " ") .. "\n" .. out .. err)
    return out, err
  end
  local function has(out, text) assert.truthy(out:find(text, 1, true), text .. "\n--\n" .. out) end
  local function start()
    running = server.start { data = folder .. "/data" }
    running.expects = '"level":"warn"' -- a calendar that is nowhere, and nobody carries mail
    running:make_token()
  end
  local function one(path)
    local answer = running:api("GET", path)
    assert.equal(1, answer.count, path)
    return answer.results[1]
  end

  it("is taken over with keys, names, order and reasons, and is all the same the second time", function()
    start()
    fake.throttle_every, fake.fail_next = 12, true
    local out, err = import(2, "--data", "data", "--plan")
    assert.is_true(fake.throttled > 0)
    has(err, "OnCall asks for patience: going on in 1 s.")
    assert.equal(0, running:api("GET", "/integrations/").count)
    fake.throttle_every = nil
    assert.equal(out, (import(0, "--data", "data", "--apply")))
    has(out, "added   integrations/prometheus.yaml\n")
    has(out, "cannot  integrations/strange.yaml\n    cannot: type: There is no integration type \"no_such_type\".")
    has(out, "    cannot: steps[5].type: ")
    has(out, 'users/ada.yaml')
    has(out, "cannot: the phone number is not told over the API")
    has(out, "cannot: password: the secret is not told over the API: set it by hand")
    has(out, "note    integrations/direct-paging.yaml: integrations of the type direct_paging are made by the server")
    has(out, "note    users: the field 'brand_new' is not known here and is left out")
    has(out, "users: the user UGONE is not told of, and is left out")

    local i = one "/integrations/?name=Prometheus"
    has(i.link, "/integrations/v1/alertmanager/KeyOfPrometheus0000000001/")
    assert.equal("main", i.description_short)
    assert.equal("*{{ payload.title }}*", i.templates.slack.title)
    assert.equal("SRE", running:api("GET", "/teams/" .. i.team_id .. "/").name)
    assert.is_nil(i.managed_by)
    local routes = running:api("GET", "/routes/?integration_id=" .. i.id).results
    assert.same({ "a", "{{ payload.severity == 'critical' }}" }, { routes[1].routing_regex, routes[2].routing_regex })
    assert.same({ 3, true, "C1" }, { #routes, routes[3].is_the_last_route, routes[1].slack.channel_id })
    local chain = one "/escalation_chains/?name=Day"
    assert.equal(chain.id, i.default_route.escalation_chain_id)
    local steps, kinds = running:api("GET", "/escalation_policies/?escalation_chain_id=" .. chain.id).results, {}
    for k, step in ipairs(steps) do kinds[k] = step.type end
    assert.same({ "notify_persons", "wait", "notify_on_call_from_schedule", "trigger_webhook", "notify_user_group", "repeat_escalation" }, kinds)
    assert.equal(2, #steps[1].persons_to_notify)
    assert.is_true(steps[3].important)
    local web = one "/schedules/?name=Web"
    assert.equal(web.id, steps[3].notify_on_call_from_schedule)
    assert.equal(2, #web.shifts)
    local calendar = one "/schedules/?name=Calendar"
    local nights = running:api("GET", "/on_call_shifts/" .. calendar.shifts[1] .. "/")
    assert.same({ "Nights", 1, "Asia/Tokyo" }, { nights.name, #nights.users, nights.time_zone })
    local ada = one "/users/?username=ada"
    local rules = running:api("GET", "/personal_notification_rules/?user_id=" .. ada.id).results
    assert.same({ "notify_by_slack", "wait", "notify_by_email" }, { rules[1].type, rules[2].type, rules[3].type })
    assert.equal(2, running:api("GET", "/contact_methods/?user_id=" .. ada.id).count)
    assert.equal(2, #one("/teams/?name=SRE").members)

    -- An alert that was meant for OnCall is taken.
    assert.equal(200, running:request("POST", "/integrations/v1/alertmanager/KeyOfPrometheus0000000001/", { body = { title = "x" } }).status)

    out = import(0, "--data", "data", "--plan")
    assert.is_nil(out:find("\nadded", 1, true) or out:find("\nchanged", 1, true), out)
    has(out, "same    integrations/prometheus.yaml\n")
    assert.matches("%d+ same, 0 added, 0 changed, 1 not possible", out)
    import(0, "--data", "data", "--apply")
  end)

  it("is followed where it changes, and nothing of ours is taken away", function()
    start()
    import(0, "--data", "data", "--apply")
    local ada = one "/users/?username=ada"
    running:api("PUT", "/users/" .. ada.id .. "/", { role = "editor" })
    running:api("POST", "/contact_methods/", { user_id = ada.id, channel = "sms", address = { phone = "+15551234567" } })
    running:api("POST", "/teams/", { name = "Ours" })
    fake.data.escalation_chains[1].name = "Day"
    fake.data.integrations[1].description_short = "moved"
    table.remove(fake.data.routes, 2)
    local out = import(2, "--data", "data", "--plan")
    has(out, 'changed integrations/prometheus.yaml\n    description_short: "main" → "moved"\n')
    assert.matches("0 added, 1 changed", out)
    import(0, "--data", "data", "--apply")
    assert.equal(2, running:api("GET", "/teams/").count)
    assert.equal(3, running:api("GET", "/contact_methods/?user_id=" .. ada.id).count)
    assert.equal("editor", one("/users/?username=ada").role)
    assert.equal(2, running:api("GET", "/routes/?integration_id=" .. one("/integrations/?name=Prometheus").id).count)
  end)

  it("becomes files, too, from which another server is made", function()
    import(0, "--to", "c")
    local code, out, err = server.run({ "apply", "c", "--data", "data" }, nil, folder)
    assert.equal(1, code, out)
    has(err, 'c/integrations/strange.yaml:')
    has(err, "c/escalation_chains/day.yaml:")
    os.remove(folder .. "/c/integrations/strange.yaml")
    os.execute(("sed -i '/declare_incident/d' %s/c/escalation_chains/day.yaml"):format(folder))
    code, out, err = server.run({ "apply", "c", "--data", "data" }, nil, folder)
    assert.equal(1, code, out) -- a group of a chat that is not known here
    has(err, 'there is no user group "ops"')
    os.execute(("sed -i '/group_to_notify/d' %s/c/escalation_chains/day.yaml"):format(folder))
    code, out, err = server.run({ "apply", "c", "--data", "data" }, nil, folder)
    assert.equal(0, code, out .. err)
    start()
    has(one("/integrations/?name=Prometheus").link, "KeyOfPrometheus0000000001")
  end)

  it("that hides keys is taken over with those of a file", function()
    for _, shown in ipairs(fake.data.integrations) do shown.link = nil end
    local file <close> = assert(io.open(folder .. "/keys", "w"))
    file:write("# keys\nCAM FromTheFile1234567890\nGrafana AlsoFromTheFile123456\n")
    file:close()
    import(0, "--data", "data", "--apply", "--keys", "keys")
    start()
    has(one("/integrations/?name=Prometheus").link, "/FromTheFile1234567890/")
    has(one("/integrations/?name=Grafana").link, "/AlsoFromTheFile123456/")
  end)

  it("that is not there, refuses the token, or talks nonsense is told in a sentence, and nothing is changed", function()
    local function fails(text, ...)
      local code, out, err = server.run({ "import", "oncall", ... }, nil, folder)
      assert.equal(1, code, out .. err)
      has(err, text)
    end
    fails("Invalid token. (is the token one of an admin of this server?)", "--url", fake.url, "--token", "x", "--data", "data", "--plan")
    fake.data.users[1] = "text"
    fake.data.schedules[1].shifts = "text"
    fake.data.on_call_shifts[1].start = { 1 }
    fake.data.on_call_shifts[2].duration = fake.data
    fake.data.on_call_shifts[2].duration = nil
    fake.data.integrations[1].default_route = "text"
    fake.data.integrations[1].templates = { 1 }
    fake.data.webhooks[1].name = { 1 }
    fake.data.escalation_policies[1].type = nil
    local code, out, err = server.run({ "import", "oncall", "--url", fake.url, "--token", fake.token, "--data", "data", "--apply" }, nil, folder)
    assert.equal(0, code, out .. err)
    has(out, "cannot")
    fails("refuses connections on port 1", "--url", "http://127.0.0.1:1", "--token", "x", "--data", "data", "--plan")
  end)
end)
