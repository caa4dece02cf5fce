--- Escalation chains and their steps over the API.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local CHAINS <const>, STEPS <const> = "/api/v1/escalation_chains/", "/api/v1/escalation_policies/"

describe("escalation over the API", function()
  local c, chain, ann, bob

  before_each(function()
    c = client.open()
    chain = client.expect(c, 201, "POST", CHAINS, { name = "ops", team_id = "" })
    ann = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ann" }).id
    bob = client.expect(c, 201, "POST", "/api/v1/users/", { username = "bob" }).id
  end)
  after_each(function() client.close(c) end)

  local function create(body, status)
    body.escalation_chain_id = body.escalation_chain_id or chain.id
    return client.expect(c, status or 201, "POST", STEPS, body)
  end

  local function put(step, body, status)
    return client.expect(c, status or 200, "PUT", STEPS .. step.id .. "/", body)
  end

  local function ask(sql, ...)
    return assert(client.write(c, { sql = sql, args = { ... } })).rows
  end

  local function public_id(prefix, id)
    local key = ask("SELECT value FROM setting WHERE name = 'id_key'")[1].value
    return require("tocsin.ids").new(require("tocsin.crypto").unhex(key)).encode(prefix, id)
  end

  local function version()
    return ask("SELECT version FROM escalation_chain WHERE name = 'ops'")[1].version
  end

  local function steps()
    local list = {}
    for i, step in ipairs(client.expect(c, 200, "GET", STEPS .. "?escalation_chain_id=" .. chain.id).results) do
      list[i] = step.type .. "@" .. step.position
    end
    return list
  end

  describe("a chain", function()
    it("is created, renamed, filtered and deleted", function()
      assert.same({ "ops", json.null }, { chain.name, chain.team_id })
      local team = client.expect(c, 201, "POST", "/api/v1/teams/", { name = "db" })
      local other = client.expect(c, 201, "POST", CHAINS, { name = "other", team_id = team.id })
      assert.same({ other }, client.expect(c, 200, "GET", CHAINS .. "?team_id=" .. team.id).results)
      assert.same({ chain }, client.expect(c, 200, "GET", CHAINS .. "?team_id=null").results)
      assert.same({ chain }, client.expect(c, 200, "GET", CHAINS .. "?name=ops").results)
      local before = version()
      assert.equal("oops", client.expect(c, 200, "PUT", CHAINS .. chain.id .. "/", { name = "oops" }).name)
      assert.equal(before + 1, ask("SELECT version FROM escalation_chain WHERE name = 'oops'")[1].version)
      client.expect(c, 204, "DELETE", CHAINS .. other.id .. "/")
      client.expect(c, 404, "GET", CHAINS .. other.id .. "/")
    end)

    it("has a name of its own, of 1 to 100 characters", function()
      assert.is_table(client.expect(c, 400, "POST", CHAINS, { name = "ops" }).name)
      assert.is_table(client.expect(c, 400, "POST", CHAINS, {}).name)
      assert.is_table(client.expect(c, 400, "POST", CHAINS, { name = " " }).name)
      assert.is_table(client.expect(c, 400, "POST", CHAINS, { name = json.null }).name)
      assert.is_table(client.expect(c, 400, "POST", CHAINS, { name = ("x"):rep(101) }).name)
      client.expect(c, 201, "POST", CHAINS, { name = ("é"):rep(100) })
      assert.is_table(client.expect(c, 400, "POST", CHAINS, { name = "x", team_id = "TNONE" }).team_id)
    end)

    it("that is deleted takes its steps along, and routes have none any more", function()
      local step = create { type = "wait", duration = 60 }
      local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook",
        default_route = { escalation_chain_id = chain.id } })
      assert.equal(chain.id, hook.default_route.escalation_chain_id)
      local before = ask("SELECT version FROM integration")[1].version
      client.expect(c, 204, "DELETE", CHAINS .. chain.id .. "/")
      client.expect(c, 404, "GET", STEPS .. step.id .. "/")
      assert.equal(json.null, client.expect(c, 200, "GET", "/api/v1/integrations/" .. hook.id).default_route.escalation_chain_id)
      assert.equal(before + 1, ask("SELECT version FROM integration")[1].version)
    end)
  end)

  describe("a step", function()
    it("shows the fields of its type and no others", function()
      local function shown(body)
        local step = create(body)
        assert.same(step, client.expect(c, 200, "GET", STEPS .. step.id))
        step.id, step.escalation_chain_id, step.position = nil, nil, nil
        return step
      end
      assert.same({ type = "wait", duration = 300 }, shown { type = "wait", duration = 300, important = false })
      assert.same({ type = "wait", duration = 5400 }, shown { type = "wait", duration = "01:30:00" })
      assert.same({ type = "wait", duration = json.null }, shown { type = "wait" })
      assert.same({ type = "notify_persons", important = true, persons_to_notify = { ann, bob } },
        shown { type = "notify_persons", persons_to_notify = { ann, bob, ann }, important = true, duration = 60 })
      assert.same({ type = "notify_person_next_each_time", important = true, persons_to_notify_next_each_time = { bob, ann } },
        shown { type = "notify_person_next_each_time", persons_to_notify_next_each_time = { bob, ann }, important = true })
      assert.same({ type = "repeat_escalation" }, shown { type = "repeat_escalation" })
      assert.same({ type = "resolve" }, shown { type = "resolve", important = true })
      assert.same({ type = "notify_whole_channel" }, shown { type = "notify_whole_channel" })
      assert.same({ type = json.null }, shown { type = json.null })
      assert.same({ type = "notify_if_time_from_to", notify_if_time_from = "22:00:00Z", notify_if_time_to = "06:30:00Z" },
        shown { type = "notify_if_time_from_to", notify_if_time_from = "22:00:00Z", notify_if_time_to = "06:30:00Z" })
      assert.same({ type = "notify_if_num_alerts_in_window", num_alerts_in_window = 3, num_minutes_in_window = 1440 },
        shown { type = "notify_if_num_alerts_in_window", num_alerts_in_window = 3, num_minutes_in_window = 1440 })
    end)

    it("names schedules, teams, groups and webhooks that exist", function()
      ask "INSERT INTO schedule (id, type, name, created_at) VALUES (1, 'web', 's', 1)"
      ask "INSERT INTO user_group (id, external_id, name, handle) VALUES (1, 'S1', 'On call', 'oncall')"
      local group = client.expect(c, 200, "GET", "/api/v1/user_groups/?slack_handle=oncall").results[1]
      assert.same({ id = group.id, type = "slack_based", slack = { id = "S1", name = "On call", handle = "oncall" } }, group)
      local team = client.expect(c, 201, "POST", "/api/v1/teams/", { name = "db" }).id
      local made = create { type = "notify_user_group", group_to_notify = group.id }
      assert.same({ group.id, false }, { made.group_to_notify, made.important })
      assert.equal(team, create({ type = "notify_team_members", team_to_notify = team }).team_to_notify)
      local schedule = public_id("S", 1)
      assert.equal(schedule, create({ type = "notify_on_call_from_schedule", notify_on_call_from_schedule = schedule })
        .notify_on_call_from_schedule)
      for field, kind in pairs { notify_on_call_from_schedule = "notify_on_call_from_schedule", team_to_notify = "notify_team_members",
        group_to_notify = "notify_user_group", action_to_trigger = "trigger_webhook" } do
        for _, id in ipairs { "XNONE", team:sub(2), 5 } do
          assert.is_table(create({ type = kind, [field] = id }, 400)[field], field)
        end
        assert.equal(json.null, create({ type = kind, [field] = "" })[field])
      end
      client.expect(c, 204, "DELETE", "/api/v1/teams/" .. team .. "/")
      assert.equal(7, #steps())
    end)

    it("refuses what is out of bounds and says which field it was", function()
      local function refused(field, body)
        assert.is_table(create(body, 400)[field], field .. " " .. json.encode(body))
      end
      for _, duration in ipairs { 59, 86401, -60, 1.5, "x", "1:2:3", "24:00:01", true, {} } do
        refused("duration", { type = "wait", duration = duration })
      end
      for _, kind in ipairs { "declare_incident", "notify_next_on_call_from_schedule", "", "WAIT", 1, true } do
        refused("type", { type = kind })
      end
      refused("type", {})
      for _, text in ipairs { "22:00", "24:00:00Z", "22:60:00Z", "22:00:60Z", "22:00:00", "22:00:00+01", 22, true } do
        refused("notify_if_time_from", { type = "notify_if_time_from_to", notify_if_time_from = text, notify_if_time_to = "06:00:00Z" })
        refused("notify_if_time_to", { type = "notify_if_time_from_to", notify_if_time_from = "06:00:00Z", notify_if_time_to = text })
      end
      for _, n in ipairs { 0, 1441, -1, 2.5, "x" } do
        refused("num_minutes_in_window", { type = "notify_if_num_alerts_in_window", num_alerts_in_window = 1, num_minutes_in_window = n })
      end
      refused("num_alerts_in_window", { type = "notify_if_num_alerts_in_window", num_alerts_in_window = -1 })
      refused("num_alerts_in_window", { type = "notify_if_num_alerts_in_window", num_alerts_in_window = 1000001 })
      refused("important", { type = "notify_persons", important = "yes" })
      for _, list in ipairs { "x", 1, { "UNONE" }, { ann, json.null }, { { ann } }, { a = ann }, true } do
        refused("persons_to_notify", { type = "notify_persons", persons_to_notify = list })
      end
      local many = {}
      for i = 1, 1001 do many[i] = ann end
      refused("persons_to_notify", { type = "notify_persons", persons_to_notify = many })
      assert.is_table(client.expect(c, 400, "POST", STEPS, { type = "wait" }).escalation_chain_id)
      refused("escalation_chain_id", { type = "wait", escalation_chain_id = "FNONE" })
      assert.same({}, steps())
      assert.equal(1, version())
    end)

    it("that becomes another type forgets what the old one had", function()
      local step = create { type = "notify_persons", persons_to_notify = { ann }, important = true }
      assert.same({ step.id, 60 }, { put(step, { type = "wait", duration = 60 }).id, put(step, {}).duration })
      local again = put(step, { type = "notify_persons" })
      assert.same({ {}, false }, { again.persons_to_notify, again.important })
      local row = ask("SELECT wait_ms, users FROM escalation_step")[1]
      assert.same({ json.null, "[]" }, { row.wait_ms, row.users })
    end)

    it("keeps what is not sent, and takes null as nothing", function()
      local step = create { type = "notify_persons", persons_to_notify = { ann, bob }, important = true }
      assert.same(step, put(step, { type = "notify_persons" }))
      assert.same(step, put(step, step))
      assert.same({}, put(step, { persons_to_notify = json.null }).persons_to_notify)
      local wait = create { type = "wait", duration = 60 }
      assert.equal(json.null, put(wait, { duration = json.null }).duration)
      local other = client.expect(c, 201, "POST", CHAINS, { name = "other" })
      assert.is_table(put(step, { escalation_chain_id = other.id }, 400).escalation_chain_id)
    end)

    it("takes a list of people under either name, as Terraform sends it", function()
      local step = create { type = "notify_person_next_each_time", persons_to_notify = { bob } }
      assert.same({ bob }, step.persons_to_notify_next_each_time)
      assert.same({ ann }, put(step, { persons_to_notify = { ann } }).persons_to_notify_next_each_time)
      assert.same({ bob }, put(step, { persons_to_notify = { ann }, persons_to_notify_next_each_time = { bob } })
        .persons_to_notify_next_each_time)
    end)

    it("does not show people who are gone", function()
      local step = create { type = "notify_persons", persons_to_notify = { ann, bob } }
      client.expect(c, 204, "DELETE", "/api/v1/users/" .. ann .. "/")
      assert.same({ bob }, client.expect(c, 200, "GET", STEPS .. step.id).persons_to_notify)
      assert.is_table(put(step, { persons_to_notify = { ann } }, 400).persons_to_notify)
    end)

    it("stands where it is put", function()
      create { type = "wait", duration = 60 }
      create { type = "resolve" }
      local last = create { type = "repeat_escalation", position = 0 }
      assert.same({ "repeat_escalation@0", "wait@1", "resolve@2" }, steps())
      put(last, { position = 2, manual_order = true })
      assert.same({ "resolve@0", "wait@1", "repeat_escalation@2" }, steps())
      put(last, { position = -1 })
      client.expect(c, 204, "DELETE", STEPS .. last.id .. "/")
      assert.same({ "resolve@0", "wait@1" }, steps())
      assert.is_table(create({ type = "wait", position = -2 }, 400).position)
      local other = client.expect(c, 201, "POST", CHAINS, { name = "other" })
      assert.equal(0, create({ type = "wait", escalation_chain_id = other.id }).position)
    end)

    it("counts up the chain's version with each write", function()
      local step = create { type = "wait", duration = 60 }
      assert.equal(2, version())
      put(step, { duration = 120 })
      assert.equal(3, version())
      client.expect(c, 204, "DELETE", STEPS .. step.id .. "/")
      assert.equal(4, version())
    end)

    it("is one of 200 at most", function()
      for i = 1, 200 do
        ask("INSERT INTO escalation_step (escalation_chain_id, position, type) SELECT id, $1, 'resolve' FROM escalation_chain", i)
      end
      assert.is_table(create({ type = "wait" }, 400).escalation_chain_id)
      local last = client.expect(c, 200, "GET", STEPS .. "?perpage=1&page=200").results[1]
      put(last, { position = 0 })
    end)

    it("is taken by the next alert group, while those that run keep theirs", function()
      client.expect(c, 200, "PUT", "/api/v1/users/" .. ann .. "/", { role = "editor" })
      client.expect(c, 200, "PUT", "/api/v1/users/" .. bob .. "/", { role = "editor" })
      local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook",
        default_route = { escalation_chain_id = chain.id } })
      local function open(n)
        client.post(c, hook, { n = n })
        return client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1]
      end
      local function paged(group)
        local list = {}
        for i, page in ipairs(client.expect(c, 200, "GET", "/api/v1/alert_groups/" .. group.id).paged_users) do list[i] = page.id end
        return list
      end
      create { type = "wait", duration = 60 }
      local second = create { type = "notify_persons", persons_to_notify = { ann }, important = true }
      local first = open(1)
      assert.same({ "waiting", chain.id, "ops", 1 }, { first.escalation.state, first.escalation.escalation_chain_id,
        first.escalation.name, first.escalation.step })
      assert.is_string(first.escalation.next_at)
      put(second, { persons_to_notify = { bob } })
      local other = open(2)
      assert.same({ {}, {} }, { paged(first), paged(other) })
      engine.advance(c.core, 60000)
      assert.same({ { ann }, { bob } }, { paged(first), paged(other) })
      local page = client.expect(c, 200, "GET", "/api/v1/alert_groups/" .. first.id).paged_users[1]
      assert.same({ true, "string" }, { page.important, type(page.started_at) })
      local plain = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook" })
      client.post(c, plain, "{}")
      local none = client.expect(c, 200, "GET", "/api/v1/alert_groups/").results[1]
      assert.same({ json.null, {}, json.null }, { none.escalation, none.paged_users, none.root_alert_group_id })
    end)

    it("is written by admins, read by all", function()
      local step = create { type = "resolve" }
      for _, role in ipairs { "viewer", "editor" } do
        local headers = { authorization = (client.add_token(c, role)) }
        assert.equal(200, (client.request(c, "GET", STEPS .. step.id, nil, headers)))
        assert.equal(403, (client.request(c, "POST", STEPS, { type = "resolve", escalation_chain_id = chain.id }, headers)))
        assert.equal(403, (client.request(c, "PUT", STEPS .. step.id .. "/", { type = "wait" }, headers)))
        assert.equal(403, (client.request(c, "DELETE", STEPS .. step.id .. "/", nil, headers)))
        assert.equal(403, (client.request(c, "DELETE", CHAINS .. chain.id .. "/", nil, headers)))
      end
    end)

    it("leaves a trail", function()
      local step = create { type = "wait", duration = 60 }
      put(step, { duration = 120 })
      local trail = ask("SELECT action, object, before, after FROM audit ORDER BY id DESC LIMIT 1")[1]
      assert.same({ "update", "escalation_policy", 60000, 120000 }, { trail.action, trail.object,
        json.decode(trail.before).wait_ms, json.decode(trail.after).wait_ms })
    end)
  end)
end)
