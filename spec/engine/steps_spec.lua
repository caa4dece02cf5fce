--- Steps and rules at their edges, as stories on virtual time.
local calling = require "calling"
local client = require "api_client"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const>, HOUR <const>, DAY <const> = 1000, 60 * 1000, 3600 * 1000, 86400 * 1000
local MIDNIGHT <const> = 1789948800 -- 2026-09-21T00:00:00Z

describe("a step", function()
  local w

  local function open_at(clock)
    local h, m, s = clock:match "^(%d+):(%d+):(%d+)$"
    w = calling.open { start_at = (MIDNIGHT + (h * 60 + m) * 60 + s) * 1000000 // 1 }
    w:user "ada"
  end
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function notify(...) return { type = "notify_persons", users = { ... } } end
  local function wait(minutes) return { type = "wait", wait_ms = minutes * MINUTE } end
  local function post(steps)
    local hook = w:hook(w:chain(steps))
    w:post(hook, { key = "a" })
    return hook
  end

  describe("that lets go on in a window of the day (UTC)", function()
    -- now, from, to → when it goes on, after the alert
    for _, case in ipairs {
      { "09:00:00", "09:00:00Z", "17:00:00Z", 0, "at its first second" },
      { "16:59:59", "09:00:00Z", "17:00:00Z", 0, "at its last second" },
      { "17:00:00", "09:00:00Z", "17:00:00Z", 16 * HOUR, "at its end: the next morning" },
      { "08:59:59", "09:00:00Z", "17:00:00Z", SECOND, "a second before" },
      { "23:00:00", "22:00:00Z", "06:00:00Z", 0, "over midnight, in the evening" },
      { "05:59:59", "22:00:00Z", "06:00:00Z", 0, "over midnight, in the morning" },
      { "06:00:00", "22:00:00Z", "06:00:00Z", 16 * HOUR, "over midnight, at its end" },
      { "12:00:00", "22:00:00Z", "06:00:00Z", 10 * HOUR, "over midnight, at noon" },
      { "12:00:00", "12:00:00Z", "12:00:00Z", 0, "of no length, at its moment" },
      { "12:00:01", "12:00:00Z", "12:00:00Z", DAY - SECOND, "of no length, a second late" },
    } do
      it(case[5], function()
        open_at(case[1])
        post { { type = "notify_if_time_from_to", from_time = case[2]:sub(1, 8), to_time = case[3]:sub(1, 8) }, notify "ada" }
        if case[4] > 0 then
          w:advance(case[4] - SECOND // 2)
          assert.same({}, w:calls(1))
          w:advance(SECOND // 2)
        end
        assert.equal(1, #w:calls(1))
        assert.equal(case[4], w:rows("SELECT n.created_at - g.started_at AS t FROM notification AS n, alert_group AS g")[1].t // 1000)
      end)
    end
  end)

  for _, kind in ipairs { "notify_persons", "notify_person_next_each_time", "notify_on_call_from_schedule", "notify_team_members",
    "notify_user_group" } do
    it("of type " .. kind .. " calls by the important rules when it is important, else by the default ones", function()
      open_at "00:00:00"
      local bob = w:user("bob", { rules = { "email" }, important = { "phone_call" } })
      w:insert("team", { name = "db" })
      w:rows("INSERT INTO team_member (team_id, user_id) VALUES (1, $1)", bob)
      w:insert("user_group", { external_id = "S1", name = "On call", handle = "oncall" })
      w:rows("INSERT INTO user_group_member (user_group_id, user_id) VALUES (1, $1)", bob)
      w:insert("schedule", { type = "web", name = "rota", created_at = 1 })
      w:insert("shift", { type = "override", name = "all", schedule_id = 1, start_time = "2026-09-21T00:00:00", created_at = 1, source = "web",
        rotation_start = "2026-09-21T00:00:00", duration_ms = DAY, users = "[" .. bob .. "]", rolling_users = "[[" .. bob .. "]]" })
      for i = 0, 1 do
        post { { type = kind, is_important = i, users = { "bob" }, team_id = 1, user_group_id = 1, schedule_id = 1 } }
      end
      assert.same({ "00:00 bob email" }, w:calls(1))
      assert.same({ "00:00 bob phone_call!" }, w:calls(2))
    end)
  end

  it("is the first again after each restart, of the chain as it is then", function()
    open_at "00:00:00"
    w:user "bob"
    local hook = w:hook(w:chain { wait(5), notify "ada" })
    w:post(hook, { key = "a" })
    local function change(names)
      w:rows("UPDATE escalation_step SET users = $1 WHERE type = 'notify_persons'", "[" .. w.users[names] .. "]")
      w:rows "UPDATE escalation_chain SET version = version + 1"
    end
    for i, restart in ipairs { { "acknowledge", "unacknowledge" }, { "resolve", "unresolve" }, { "silence", "unsilence", { delay = -1 } } } do
      change(i % 2 == 1 and "bob" or "ada")
      w:must(1, restart[1], restart[3])
      w:advance(MINUTE)
      w:must(1, restart[2])
      w:advance(5 * MINUTE - 1)
      assert.equal(i - 1, #w:calls(1))
      w:advance(1)
      assert.matches(i % 2 == 1 and " bob sms$" or " ada sms$", w:calls(1)[i])
    end
  end)

  it("that waits for alerts goes on with the one that comes after days, and only if enough came together", function()
    open_at "00:00:00"
    local hook = post { { type = "notify_if_num_alerts_in_window", num_alerts = 1, num_minutes = 10 }, notify "ada" }
    w:advance(6 * DAY)
    w:post(hook, { key = "a" })
    assert.same({}, w:calls(1))
    w:advance(10 * MINUTE)
    w:post(hook, { key = "a" })
    assert.equal(1, #w:calls(1))
    assert.same({ "escalation_paused too_few_alerts", "escalation_step notify_if_num_alerts_in_window", "escalation_step notify_persons",
      "escalation_finished end_of_chain" }, w:lines(1, "escalation_paused", "escalation_step", "escalation_finished"))
  end)

  it("after step runs for a week, without a moment between what is due together", function()
    open_at "00:00:00"
    w:user "bob"
    post { notify "ada", wait(24 * 60), notify "bob", wait(4 * 60), { type = "repeat_escalation" }, { type = "resolve" } }
    w:advance(7 * DAY)
    local calls = w:calls(1)
    assert.equal(12, #calls)
    for pass = 0, 5 do
      local at = pass * 28 * 60
      assert.equal(("%02d:00 ada sms"):format(at), calls[2 * pass + 1])
      assert.equal(("%02d:00 bob sms"):format(at + 24 * 60), calls[2 * pass + 2])
    end
    assert.equal("last_step", w:groups()[1].resolved_by)
    assert.equal((6 * 28) * 3600 * 1000000, w:groups()[1].resolved_at - w:groups()[1].started_at)
  end)
end)

describe("personal rules", function()
  local w

  before_each(function() w = calling.open() end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)
  local function page(name)
    w:post(w:hook(w:chain { { type = "notify_persons", users = { name } } }), { key = "a" })
  end

  it("go on as they are now when they are changed while somebody is being called", function()
    local ada = w:user("ada", { rules = { "sms", 5, "phone_call" } })
    page "ada"
    w:advance(MINUTE)
    w:rows "DELETE FROM notification_rule WHERE channel = 'phone_call'"
    w:insert("notification_rule", { user_id = ada, position = 7, channel = "email" })
    w:insert("contact_method", { user_id = ada, channel = "email", address = "{}", created_at = 1 })
    w:advance(HOUR)
    assert.same({ "00:00 ada sms", "05:00 ada email" }, w:calls(1))
  end)

  it("end, visibly, when all of them are deleted meanwhile", function()
    w:user("ada", { rules = { "sms", 5, "phone_call" } })
    page "ada"
    w:rows "DELETE FROM notification_rule"
    w:advance(5 * MINUTE)
    assert.same({ "00:00 ada sms" }, w:calls(1))
    w:advance(5 * MINUTE)
    assert.equal("unanswered", w:escalation(1))
  end)

  it("wait five minutes where nobody said how long", function()
    local ada = w:user("ada", { rules = { "sms", 5, "email" } })
    w:rows("UPDATE notification_rule SET wait_ms = NULL WHERE user_id = $1", ada)
    page "ada"
    w:advance(HOUR)
    assert.same({ "00:00 ada sms", "05:00 ada email" }, w:calls(1))
  end)

  it("go by several channels at once, and wait several times", function()
    w:user("ada", { rules = { "sms", "email", 1, 1, "phone_call", 60, "sms" } })
    page "ada"
    w:advance(2 * HOUR)
    assert.same({ "00:00 ada sms", "00:00 ada email", "02:00 ada phone_call", "62:00 ada sms" }, w:calls(1))
  end)

  it("stop for who is called for two groups only where somebody answered", function()
    w:user("ada", { rules = { "sms", 5, "phone_call" } })
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "a" })
    w:post(hook, { key = "b" })
    w:must(1, "acknowledge")
    w:advance(10 * MINUTE)
    assert.same({ "00:00 ada sms" }, w:calls(1))
    assert.same({ "00:00 ada sms", "05:00 ada phone_call" }, w:calls(2))
  end)
end)

describe("a reminder of an acknowledge", function()
  local w
  before_each(function() w = calling.open { settings = { acknowledge_remind = 3600, unacknowledge_after = 300 } } end)
  after_each(function() w:close() end)
  local function reminded()
    w:advance(3 * HOUR)
    return #w:lines(1, "acknowledge_reminder") > 0
  end

  it("is for people: not for sources, nor tokens of no person", function()
    w:user "ada"
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "a", ack = true })
    assert.is_false(reminded())
    w:must(1, "unacknowledge")
    w:must(1, "acknowledge")
    assert.is_false(reminded())
    w:must(1, "unacknowledge")
    w:must(1, "acknowledge", nil, (client.add_token(w.client, "editor", { user_id = w.users.ada })))
    assert.is_true(reminded())
  end)

  it("is void once the group is resolved, unacknowledged or attached", function()
    local hook = w:hook(w:chain { { type = "wait", wait_ms = MINUTE } })
    local token = w:person "eve"
    for i, deed in ipairs { "resolve", "unacknowledge", "attach" } do
      w:post(hook, { key = "k" .. i })
      w:must(i, "acknowledge", nil, token)
      w:must(i, deed, deed == "attach" and { root_alert_group_id = w:api(200, "GET", "alert_groups/").results[2].id } or nil, token)
    end
    w:advance(3 * HOUR)
    for i = 1, 3 do assert.same({}, w:lines(i, "acknowledge_reminder"), i) end
  end)

  describe("reaches who acknowledged", function()
    local ada, token

    local function open(rules)
      w:close()
      w = calling.open { settings = { acknowledge_remind = 3600, unacknowledge_after = 300, deliver = 1,
        public_url = "https://tocsin.example.org" } }
      w:provider("ntfy", {})
      ada = w:user("ada", { rules = rules or { 5, "ntfy", "sms" }, addresses = { ntfy = { topic = "ada-phone" } } })
      token = client.add_token(w.client, "editor", { user_id = ada })
      w:post(w:hook(w:chain { { type = "wait", wait_ms = 20 * HOUR } }), { key = "a", title = "Disk" })
      w:must(1, "acknowledge", nil, token)
      w:advance(HOUR)
    end
    local function link(body)
      for _, action in ipairs(body.actions) do
        if action.label == "I still have it" then return (action.url:gsub("^https://tocsin.example.org", "")) end
      end
    end

    it("by the first rule that notifies, and a link says that they still have it", function()
      open()
      local letters = w:outgoing()
      assert.equal(1, #letters)
      local body = json.decode(letters[1].body)
      assert.matches("^Still yours%? #1 ", body.title)
      assert.equal("ada-phone", body.topic)
      assert.equal(200, (engine.request(w.core, "POST", link(body), {}, "")))
      assert.same({ "acknowledge_confirmed confirmed_by_user" }, w:lines(1, "acknowledge_confirmed"))
      w:answer(letters[1], { status = 200, body = "{}" })
      w:advance(54 * MINUTE)
      assert.equal("acknowledged", w.state(w:groups()[1]))
      w:advance(MINUTE)
      assert.equal(1, #w:outgoing())
    end)

    it("but not when it is not theirs any more", function()
      open()
      w:outgoing()
      w:must(1, "unacknowledge", nil, token)
      w:advance(MINUTE)
      w:must(1, "acknowledge", nil, (w:person "bob"))
      w:advance(61 * MINUTE)
      assert.same({ ada }, w:column "SELECT user_id FROM notification WHERE kind = 'remind'")
    end)

    it("by no channel when they have no contact method for it, and everything else goes on", function()
      open { "telegram" }
      w:rows "DELETE FROM contact_method"
      w:advance(5 * MINUTE)
      assert.equal("firing", w.state(w:groups()[1]))
      assert.same({ "acknowledge_reminder timer_due" }, w:lines(1, "acknowledge_reminder"))
    end)
  end)
end)
