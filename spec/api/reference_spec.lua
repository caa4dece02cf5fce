--- Small things of OnCall's API that scripts and its clients lean on, one by one (the large ones have specs of their own).
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local API <const> = "/api/v1/"
local CHOICE <const> = "Select a valid choice. That choice is not one of the available choices."

describe("as the reference does, the API", function()
  local c
  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function expect(status, method, path, body) return client.expect(c, status, method, API .. path, body) end

  it("falls back to defaults for bad numbers, and to the last page past the end", function()
    for i = 1, 5 do expect(201, "POST", "escalation_chains", { name = "chain " .. i }) end
    local function page(query)
      local p = expect(200, "GET", "escalation_chains?" .. query)
      return { p.current_page_number, p.total_pages, p.page_size, #p.results, p.count }
    end
    assert.same({ 3, 3, 2, 1, 5 }, page "perpage=2&page=99")
    for _, bad in ipairs { "x", "-1", "0", "1.5", "", "99999999999999999999" } do
      assert.same({ 1, 1, 50, 5, 5 }, page("page=" .. bad), bad)
      assert.same({ 1, 1, 50, 5, 5 }, page("perpage=" .. bad), bad)
    end
    local middle = expect(200, "GET", "escalation_chains/?perpage=2&page=2&name=")
    assert.equal("http://tocsin.test/api/v1/escalation_chains/?perpage=2&name=&page=3", middle.next)
    assert.equal("http://tocsin.test/api/v1/escalation_chains/?perpage=2&name=", middle.previous)
  end)

  it("takes an empty text, the text null and null for no team, in filters the text null", function()
    local team = expect(201, "POST", "teams", { name = "db" }).id
    for _, path in ipairs { "escalation_chains", "integrations", "webhooks", "actions", "schedules", "on_call_shifts" } do
      local name = (path == "webhooks") and "team" or "team_id"
      local made
      for i, none in ipairs { "", "null", json.null } do
        made = expect(201, "POST", path, { name = path .. i, type = ({ integrations = "webhook", schedules = "web",
          on_call_shifts = "single_event" })[path], url = "https://x.test", http_method = "GET", trigger_type = "resolve",
          start = "2030-01-01T00:00:00", duration = 60, [name] = none })
        assert.equal(json.null, made[name], path)
      end
      assert.equal(team, expect(200, "PUT", path .. "/" .. made.id, { [name] = team })[name])
      local found = expect(200, "GET", path .. "?team_id=" .. team).results
      assert.equal(made.id, found[#found].id)
      assert.is_true(expect(200, "GET", path .. "?team_id=null").count >= 2)
      assert.same({ team_id = { CHOICE } }, expect(400, "GET", path .. "?team_id=TNOBODY"))
      assert.is_table(expect(400, "PUT", path .. "/" .. made.id, { [name] = "TNOBODY" })[name])
    end
  end)

  it("lists the personal rules of everybody, or of one person that exists", function()
    local people = {}
    for i, name in ipairs { "ann", "bob" } do
      people[i] = expect(201, "POST", "users", { username = name, role = "editor" }).id
      expect(201, "POST", "personal_notification_rules", { user_id = people[i], type = "notify_by_sms", important = true })
      expect(201, "POST", "personal_notification_rules", { user_id = people[i], type = "notify_by_email" })
    end
    local listed = {}
    for i, rule in ipairs(expect(200, "GET", "personal_notification_rules").results) do
      listed[i] = { rule.user_id, rule.important }
    end
    assert.same({ { people[1], false }, { people[1], true }, { people[2], false }, { people[2], true } }, listed)
    assert.equal(2, expect(200, "GET", "personal_notification_rules?important=true").count)
    assert.equal(1, expect(200, "GET", "personal_notification_rules?important=false&user_id=" .. people[2]).count)
    assert.same({ user_id = { "User not found." } }, expect(400, "GET", "personal_notification_rules?user_id=UNOBODY"))
    expect(400, "GET", "personal_notification_rules?important=maybe")
  end)

  it("refuses roles that do not exist, and finds people whatever the case", function()
    expect(201, "POST", "users", { username = "Ann", email = "Ann@Example.org", role = "editor" })
    for _, query in ipairs { "username=ANN", "email=ann@example.org", "roles=1", "roles=0&roles=1", "roles=editor" } do
      assert.equal(1, expect(200, "GET", "users?" .. query).count, query)
    end
    assert.is_table(expect(400, "GET", "users?roles=x").roles)
  end)

  it("filters routes by their type, and swaps by a day", function()
    local hook = expect(201, "POST", "integrations", { type = "webhook" }).id
    expect(201, "POST", "routes", { integration_id = hook, routing_type = "jinja2", routing_regex = "{{ true }}" })
    assert.equal(1, expect(200, "GET", "routes?routing_type=jinja2&integration_id=" .. hook).count)
    assert.equal(0, expect(200, "GET", "shift_swaps?starting_after=2020-01-01").count)
    expect(400, "GET", "shift_swaps?starting_after=yesterday")
  end)

  it("takes the range of started_at in one form only, both ends in it", function()
    local hook = expect(201, "POST", "integrations", { type = "webhook" })
    client.post(c, hook, "{}")
    local at = expect(200, "GET", "alert_groups").results[1].created_at:sub(1, 19)
    for range, count in pairs { [at .. "_" .. at] = 1, ["2020-01-01T00:00:00_" .. at] = 1, [at .. "_2040-01-01T00:00:00"] = 1,
      ["2020-01-01T00:00:00_2020-01-02T00:00:00"] = 0 } do
      assert.equal(count, expect(200, "GET", "alert_groups?started_at=" .. range).count, range)
    end
    for _, bad in ipairs { at, at .. "_", "_" .. at, at .. "Z_" .. at .. "Z", "2020-01-01_2021-01-01", "a_b", at .. "_" .. at .. "_" .. at } do
      assert.same({ started_at = { "Invalid range value" } }, expect(400, "GET", "alert_groups?started_at=" .. bad))
    end
  end)

  it("gives a shift no interval that nobody asked for", function()
    local shift = { type = "recurrent_event", name = "s", start = "2030-01-01T00:00:00", duration = 60, frequency = "daily",
      interval = json.null }
    local made = expect(201, "POST", "on_call_shifts", shift)
    assert.equal(json.null, made.interval)
    assert.equal(json.null, expect(200, "PUT", "on_call_shifts/" .. made.id, shift).interval)
    assert.equal(2, expect(200, "PUT", "on_call_shifts/" .. made.id, { interval = 2 }).interval)
  end)

  it("gives an integration of Terraform's the labels that it sent, and others those of their type", function()
    local function labels_of(agent)
      local status, text = engine.request(c.core, "POST", API .. "integrations/", { authorization = c.token, ["user-agent"] = agent },
        json.encode { type = "alertmanager", name = agent })
      assert.equal(201, status, text)
      return #json.decode(text).dynamic_labels
    end
    assert.equal(0, labels_of "Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-grafana/v4.1.0")
    assert.is_true(labels_of "curl/7.88.1" > 0)
  end)

  describe("relays calls and texts of other installations", function()
    local function verified(email, channel)
      local id = expect(201, "POST", "users", { username = email, email = email, role = "editor" }).id
      local method = expect(201, "POST", "contact_methods", { user_id = id, channel = channel, address = { phone = "+15558675310" } })
      expect(200, "PUT", "contact_methods/" .. method.id, { is_verified = true })
    end

    it("to people whose number is verified", function()
      verified("ann@example.org", "phone_call")
      verified("bob@example.org", "sms")
      assert.same({}, expect(200, "POST", "make_call", { email = "Ann@example.org", message = "Disk is full" }))
      assert.same({}, expect(200, "POST", "send_sms/", { email = "bob@example.org", message = "Disk is full" }))
      local sent = assert(client.write(c, { sql = "SELECT channel, kind, detail FROM notification ORDER BY id", args = {} })).rows
      assert.same({ { "phone_call", "test" }, { "sms", "test" } }, { { sent[1].channel, sent[1].kind }, { sent[2].channel, sent[2].kind } })
      assert.is_nil(sent[1].detail:find("Disk", 1, true)) -- sealed
      assert.same({ error = "user-not-found" }, expect(404, "POST", "send_sms", { email = "ann@example.org", message = "x" }))
      assert.same({ error = "user-not-found" }, expect(404, "POST", "make_call", { email = "eve@example.org", message = "x" }))
    end)

    it("sixty a minute at most, and only with an address and words", function()
      verified("ann@example.org", "sms")
      local body = { email = "ann@example.org", message = "x" }
      for _ = 1, 60 do expect(200, "POST", "send_sms", body) end
      assert.same({ error = "limit-exceeded" }, expect(400, "POST", "send_sms", body))
      engine.advance(c.core, 61000)
      expect(200, "POST", "send_sms", body)
      for name, values in pairs { email = { 7, "x", "", json.null, ("a"):rep(251) .. "@b.c" }, message = { {}, "", ("x"):rep(1025), json.null } } do
        for _, value in ipairs(values) do
          local bad = { email = body.email, message = body.message }
          bad[name] = value
          assert.is_table(expect(400, "POST", "send_sms", bad)[name])
        end
      end
      assert.is_table(expect(400, "POST", "make_call", {}).email)
      local viewer = { authorization = (client.add_token(c, "viewer")) }
      assert.equal(403, (client.request(c, "POST", API .. "make_call", body, viewer)))
    end)
  end)
end)
