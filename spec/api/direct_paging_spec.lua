--- POST /escalation/: a person calls people or a team.
local calling = require "calling"
local json = require "tocsin.json"

local MINUTE <const> = 60 * 1000

describe("direct paging", function()
  local w

  before_each(function()
    w = calling.open()
    w:user("ada", { rules = { "sms", 5, "phone_call" }, important = { "phone_call" } })
    w:user("bob", { rules = { "sms" } })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function id(name) return w:api(200, "GET", "users/?username=" .. name).results[1].id end
  local function page(body) return w:api(200, "POST", "escalation/", body) end
  local function payload() return json.decode(w:rows("SELECT CAST(payload AS TEXT) AS p FROM alert ORDER BY id DESC LIMIT 1")[1].p).oncall end
  local function team(...)
    local members = {}
    for i, name in ipairs { ... } do members[i] = id(name) end
    return w:api(201, "POST", "teams/", { name = "Storage", members = json.array(members) }).id
  end

  it("opens a group and calls the people it names", function()
    local group = page { users = { { id = id "ada", important = true }, { id = id "bob" } }, title = "The shop is slow",
      message = "Look at <b>db-1</b>", source_url = "https://chat.example.org/17" }
    assert.same({ "The shop is slow", "firing", 1 }, { group.title, group.state, group.alerts_count })
    assert.same({ id "ada", true }, { group.paged_users[1].id, group.paged_users[1].important })
    assert.same({ "00:00 ada phone_call!", "00:00 bob sms" }, w:calls(1))
    local sent = payload()
    assert.same({ "The shop is slow", "Look at <b>db-1</b>", "https://chat.example.org/17", false },
      { sent.title, sent.message, sent.permalink, sent.important })
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", sent.uid)
    assert.equal(36, #sent.uid)
    assert.same({ "page_started direct_paging", "page_started direct_paging" }, w:lines(1, "page_started"))
  end)

  it("names who calls whom when there is no title", function()
    local token = w:person "eve"
    local client = require "api_client"
    local status, group = client.request(w.client, "POST", "/api/v1/escalation/",
      { users = { { id = id "ada" }, { id = id "bob" } } }, { authorization = token })
    assert.same({ 200, "eve is paging ada, bob to join escalation" }, { status, group.title })
    assert.equal("eve", payload().author_username)
  end)

  it("never merges two pages, and makes one integration with two routes", function()
    for _ = 1, 3 do page { users = { { id = id "ada" } }, title = "The same words" } end
    assert.equal(3, #w:groups())
    local list = w:api(200, "GET", "integrations/").results
    assert.same({ 1, "Direct paging (No team)", "direct_paging" }, { #list, list[1].name, list[1].type })
    local routes = w:api(200, "GET", "routes/?integration_id=" .. list[1].id).results
    assert.same({ 2, "{{ payload.oncall.important }}" }, { #routes, routes[1].routing_regex })
  end)

  it("calls a team by the chain of its route, the important one by its own", function()
    local storage = team("ada", "bob")
    page { team = storage, title = "first" }
    w:rows("UPDATE route SET escalation_chain_id = $1 WHERE is_default = 0",
      w:chain { { type = "wait", wait_ms = MINUTE }, { type = "notify_persons", users = { "bob" } } })
    w:rows("UPDATE integration SET version = version + 1")
    page { team = storage, title = "second", important_team_escalation = true }
    w:advance(2 * MINUTE)
    assert.same({ "01:00 bob sms" }, w:calls(2))
    assert.equal("Direct paging (Storage team)", w:api(200, "GET", "integrations/").results[1].name)
  end)

  it("calls the members of a team whose route has no chain, and says so when it has none", function()
    page { team = team("ada", "bob"), important_team_escalation = true }
    assert.same({ "00:00 ada phone_call!", "00:00 bob sms!" }, w:calls(1))
    assert.matches(" is paging Storage to join escalation$", w:groups()[1].title)
    local empty = w:api(201, "POST", "teams/", { name = "Empty" }).id
    page { team = empty }
    assert.same({ "page_failed team_is_empty" }, w:lines(2, "page_failed"))
    w:advance(5 * MINUTE)
    assert.same({ "unanswered nobody_answered" }, w:lines(2, "unanswered"))
  end)

  it("calls who is on call on a schedule, and says so when nobody is", function()
    local shift = w:api(201, "POST", "on_call_shifts/", { name = "always", type = "recurrent_event", start = "2026-01-01T00:00:00",
      duration = 86400, frequency = "daily", users = { id "ada" } }).id
    local rota = w:api(201, "POST", "schedules/", { name = "Storage rota", type = "calendar", time_zone = "UTC", shifts = { shift } }).id
    local empty = w:api(201, "POST", "schedules/", { name = "Nobody", type = "calendar", time_zone = "UTC" }).id
    page { schedules = { { id = rota, important = true }, { id = empty } }, users = { { id = id "bob" } } }
    assert.same({ "00:00 bob sms", "00:00 ada phone_call!" }, w:calls(1))
    assert.matches(" is paging bob, Storage rota, Nobody to join escalation$", w:groups()[1].title)
    assert.same({ "page_failed no_one_on_call" }, w:lines(1, "page_failed"))
    assert.same({ '{"schedule":2}' }, w:column "SELECT detail FROM group_log WHERE reason = 'no_one_on_call'")
    local there = w:api(200, "GET", "alert_groups/").results[1].id
    w:must(1, "acknowledge")
    page { alert_group_id = there, schedules = { { id = rota } } }
    assert.equal("00:00 ada sms", w:calls(1)[3])
    for _, bad in ipairs { { schedules = { { id = "SNOBODY" } } }, { schedules = {} }, { schedules = "x" }, { schedules = { { important = true } } },
      { schedules = { { id = rota, important = "yes" } } }, { schedules = { { id = rota } }, team = team "ada" } } do
      w:api(400, "POST", "escalation/", bad)
    end
    assert.equal(1, #w:groups())
  end)

  it("adds people to a group that is there, whatever answer it has", function()
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "a" })
    w:must(1, "acknowledge")
    local there = w:api(200, "GET", "alert_groups/").results[1].id
    local group = page { alert_group_id = there, users = { { id = id "bob" } } }
    assert.same({ there, "acknowledged" }, { group.id, group.state })
    assert.same({ "00:00 ada sms", "00:00 bob sms" }, w:calls(1))
    assert.equal(1, #w:groups())
    page { alert_group_id = there, team = team "ada" }
    assert.equal("00:00 ada sms", w:calls(1)[3])
    w:must(1, "resolve")
    assert.equal("Cannot add responders for a resolved alert group",
      w:api(400, "POST", "escalation/", { alert_group_id = there, users = { { id = id "bob" } } }).detail)
  end)

  it("refuses in the reference's words, and leaves nothing behind", function()
    local function refused(body) return w:api(400, "POST", "escalation/", body) end
    local bob, storage = id "bob", team "ada"
    w:user("eve", { role = "viewer" })
    assert.equal("No team or user(s) specified", refused({ title = "x" }).detail)
    assert.same({ "users and team are mutually exclusive" }, refused({ users = { { id = bob } }, team = storage }).non_field_errors)
    assert.same({ "Alert group I404 does not exist" }, refused({ users = { { id = bob } }, alert_group_id = "I404" }).non_field_errors)
    assert.same({ "alert_group_id and (title, message, source_url) are mutually exclusive" },
      refused({ users = { { id = bob } }, alert_group_id = "I404", title = "x" }).non_field_errors)
    assert.same({ "User U404 does not exist" }, refused({ users = { { id = "U404" } } }).users)
    assert.same({ "Only editors and admins are called." }, refused({ users = { { id = id "eve" } } }).users)
    for _, bad in ipairs { { users = "U1" }, { users = { "U1" } }, { users = { { id = bob, important = "?" } } }, { team = "T404" },
      { users = { { id = bob } }, source_url = "javascript:alert(1)" }, { users = { { id = bob } }, title = ("x"):rep(1001) },
      { users = { { id = bob } }, message = { 1 } } } do
      assert.is_nil(refused(bad).detail)
    end
    assert.same({}, w:groups())
    assert.same({}, w:api(200, "GET", "integrations/").results)
  end)

  it("has an integration that nobody makes by hand, and a name that gives way", function()
    w:api(400, "POST", "integrations/", { type = "direct_paging", name = "x" })
    w:integration { name = "Direct paging (No team)" }
    page { users = { { id = id "ada" } } }
    assert.equal("Direct paging (No team) 2", w:api(200, "GET", "integrations/").results[2].name)
  end)

  it("survives texts of every kind", function()
    for _, title in ipairs { "{{ 7 * 7 }}", "</script>", "\u{1F525} \"quoted\" \\ back", ("ä"):rep(1000) } do
      local group = page { users = { { id = id "ada" } }, title = title }
      assert.equal(title, payload().title)
      assert.equal(title:sub(1, 20), group.title:sub(1, 20))
    end
  end)
end)
