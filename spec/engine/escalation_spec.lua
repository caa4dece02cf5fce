--- Escalation and people's own rules through the core, on virtual time: who is called, when, and when it stops.
local calling = require "calling"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const>, HOUR <const> = 1000, 60 * 1000, 3600 * 1000

describe("an escalation", function()
  local w, hook

  before_each(function() w = calling.open() end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function open(steps)
    hook = w:hook(w:chain(steps))
    w:post(hook, { key = "a" })
    return w:groups()[1].id
  end
  local function notify(...) return { type = "notify_persons", users = { ... } } end
  local function wait(minutes) return { type = "wait", wait_ms = minutes * MINUTE } end

  describe("calls people", function()
    it("at once, in the transaction of the alert", function()
      w:user "ada"
      local id = open { notify "ada" }
      assert.same({ "00:00 ada sms" }, w:calls(id))
      assert.same({ "escalation_step notify_persons", "page_started step_due", "escalation_finished end_of_chain" },
        w:lines(id, "escalation_step", "page_started", "escalation_finished"))
    end)

    it("after its waits, exactly when they are over", function()
      w:user "ada"
      w:user "bob"
      local id = open { notify "ada", wait(5), notify "bob", wait(1), notify "ada" }
      w:advance(5 * MINUTE - 1)
      assert.same({ "00:00 ada sms" }, w:calls(id))
      w:advance(1)
      assert.same({ "00:00 ada sms", "05:00 bob sms" }, w:calls(id))
      w:advance(HOUR)
      assert.same({ "00:00 ada sms", "05:00 bob sms", "06:00 ada sms" }, w:calls(id))
    end)

    it("by the important list where the step says so, and by the default list where that is empty", function()
      w:user("ada", { rules = { "email" }, important = { "sms", 1, "phone_call" } })
      w:user("bob", { rules = { "email" } })
      local step = notify("ada", "bob")
      step.is_important = 1
      local id = open { step }
      w:advance(MINUTE)
      assert.same({ "00:00 ada sms!", "00:00 bob email!", "01:00 ada phone_call!" }, w:calls(id))
    end)

    it("by e-mail when they have no rules", function()
      local ada = w:user("ada", { rules = {} })
      w:insert("contact_method", { user_id = ada, channel = "email", address = "{}", created_at = 1 })
      assert.same({ "00:00 ada email" }, w:calls(open { notify "ada" }))
    end)

    it("of a team and of a user group", function()
      w:user "ada"
      w:user "bob"
      local team = w:insert("team", { name = "db" })
      w:rows("INSERT INTO team_member (team_id, user_id) VALUES ($1, $2)", team, w.users.bob)
      local group = w:insert("user_group", { external_id = "S1", name = "On call", handle = "oncall" })
      w:rows("INSERT INTO user_group_member (user_group_id, user_id) VALUES ($1, $2)", group, w.users.ada)
      local id = open { { type = "notify_team_members", team_id = team }, { type = "notify_user_group", user_group_id = group } }
      assert.same({ "00:00 bob sms", "00:00 ada sms" }, w:calls(id))
    end)

    it("in turn, one group after the other", function()
      for _, name in ipairs { "cid", "ada", "bob" } do w:user(name) end
      hook = w:hook(w:chain { { type = "notify_person_next_each_time", users = { "cid", "ada", "bob" } } })
      local called = {}
      for i = 1, 4 do
        w:post(hook, { key = "k" .. i })
        called[i] = w:calls(w:groups()[i].id)[1]:match("%s(%a+)")
      end
      assert.same({ "ada", "bob", "cid", "ada" }, called)
    end)
  end)

  describe("is stopped", function()
    local id
    before_each(function()
      w:user("ada", { rules = { "sms", 1, "phone_call" } })
      w:user "bob"
      id = open { notify "ada", wait(10), notify "bob" }
    end)
    local function nobody_else()
      w:advance(HOUR)
      assert.same({ "00:00 ada sms" }, w:calls(id))
      assert.equal("stopped", w:escalation(id))
      assert.equal(0, #w:rows "SELECT id FROM job WHERE kind <> 'unsilence'")
    end

    it("by an acknowledge", function()
      w:must(id, "acknowledge")
      nobody_else()
    end)
    it("by a resolve of the source", function()
      w:post(hook, { key = "a", state = "ok" })
      nobody_else()
    end)
    it("by silence, and begins anew when that is over", function()
      w:must(id, "silence", { delay = 1800 })
      w:advance(30 * MINUTE - 1)
      assert.same({ "00:00 ada sms" }, w:calls(id))
      w:advance(10 * MINUTE + 1)
      assert.same({ "00:00 ada sms", "30:00 ada sms", "31:00 ada phone_call", "40:00 bob sms" }, w:calls(id))
    end)
    it("and begins anew when it is unacknowledged", function()
      w:must(id, "acknowledge")
      w:advance(2 * MINUTE)
      w:must(id, "unacknowledge")
      w:advance(MINUTE)
      assert.same({ "00:00 ada sms", "02:00 ada sms", "03:00 ada phone_call" }, w:calls(id))
    end)
    it("with everything that has not left yet", function()
      w:must(id, "acknowledge")
      local row = w:rows("SELECT state, error FROM notification")[1]
      assert.same({ "cancelled", "answered" }, { row.state, row.error })
    end)
  end)

  describe("repeats", function()
    it("five times after the first pass", function()
      w:user "ada"
      local id = open { notify "ada", wait(1), { type = "repeat_escalation" } }
      w:advance(HOUR)
      assert.equal(6, #w:calls(id))
      assert.equal("unanswered", w:escalation(id))
    end)
    it("without a wait too, and comes to an end", function()
      w:user "ada"
      assert.equal(6, #w:calls(open { notify "ada", { type = "repeat_escalation" } }))
    end)
  end)

  it("of many people and no waits goes on in pieces, so that others come in between, and calls each as often as it says", function()
    local everybody = {}
    for i = 1, 60 do
      everybody[i] = "u" .. i
      w:user(everybody[i], { rules = { "sms" } })
    end
    w:rows "CREATE TABLE seen (kind TEXT)"
    w:rows "CREATE TRIGGER job_comes AFTER INSERT ON job BEGIN INSERT INTO seen VALUES (NEW.kind); END"
    local id = open { { type = "notify_persons", users = everybody }, { type = "notify_persons", users = everybody }, { type = "repeat_escalation" } }
    local called = {}
    for _, row in ipairs(w:rows("SELECT user_id, count(*) AS n FROM notification WHERE alert_group_id = $1 GROUP BY user_id", id)) do called[#called + 1] = row.n end
    assert.equal(60, #called)
    for _, n in ipairs(called) do assert.equal(12, n) end
    assert.equal(6, w:rows("SELECT count(*) AS n FROM seen WHERE kind = 'escalate'")[1].n) -- after 120 people each, of 720
    assert.equal("finished", w:escalation(id))
  end)

  it("resolves its group by a step, which ends the calls", function()
    w:user("ada", { rules = { "sms", 10, "email" } })
    local id = open { notify "ada", wait(5), { type = "resolve" }, notify "ada" }
    w:advance(HOUR)
    local group = w:groups()[1]
    assert.same({ "resolved", "last_step" }, { w.state(group), group.resolved_by })
    assert.same({ "00:00 ada sms" }, w:calls(id))
  end)

  describe("goes on only", function()
    it("within a window of time, else at its next beginning", function()
      w:user "ada"
      local start <const> = 1790000000 -- when the core is opened
      local function clock(after) return os.date("!%H:%M:%SZ", start + after) end
      local id = open { { type = "notify_if_time_from_to", from_time = clock(3600), to_time = clock(7200) }, notify "ada" }
      w:advance(HOUR - SECOND)
      assert.same({}, w:calls(id))
      w:advance(SECOND)
      assert.equal(1, #w:calls(id))
      local within = w:hook(w:chain { { type = "notify_if_time_from_to", from_time = clock(0), to_time = clock(7200) }, notify "ada" })
      w:post(within, { key = "b" })
      assert.same({ "00:00 ada sms" }, w:calls(w:groups()[2].id))
    end)

    it("after more alerts than a number within some minutes; the wait is told once", function()
      w:user "ada"
      local id = open { { type = "notify_if_num_alerts_in_window", num_alerts = 2, num_minutes = 5 }, notify "ada" }
      assert.equal("paused", w:escalation(id))
      w:advance(4 * MINUTE)
      w:post(hook, { key = "a" })
      w:advance(2 * MINUTE)
      w:post(hook, { key = "a" }) -- the first is too old now
      assert.same({}, w:calls(id))
      w:post(hook, { key = "a" })
      assert.same({ "06:00 ada sms" }, w:calls(id))
      assert.same({ "escalation_paused too_few_alerts" }, w:lines(id, "escalation_paused"))
    end)
  end)

  it("goes on at once after more than no alerts, which is a number too", function()
    w:user "ada"
    local id = open { { type = "notify_if_num_alerts_in_window", num_alerts = 0, num_minutes = 5 }, notify "ada" }
    assert.same({}, w:lines(id, "escalation_failed"))
    assert.same({ "00:00 ada sms" }, w:calls(id))
  end)

  describe("keeps to the steps it began with", function()
    it("when its chain is changed meanwhile", function()
      w:user "ada"
      w:user "bob"
      local id = open { wait(1), notify "ada" }
      w:rows("UPDATE escalation_step SET users = $1 WHERE type = 'notify_persons'", "[" .. w.users.bob .. "]")
      w:rows("UPDATE escalation_chain SET version = version + 1")
      w:post(hook, { key = "b" })
      w:advance(MINUTE)
      assert.same({ "01:00 ada sms" }, w:calls(id))
      assert.same({ "01:00 bob sms" }, w:calls(w:groups()[2].id))
    end)
  end)

  describe("says what went wrong and goes on", function()
    local cases = {
      { "a step that was never configured", { type = json.null }, "step_not_configured" },
      { "a team that is gone", { type = "notify_team_members", team_id = 99 }, "team_gone" },
      { "a user group that is gone", { type = "notify_user_group", user_group_id = 99 }, "user_group_gone" },
      { "a webhook that is gone", { type = "trigger_webhook", webhook_id = 99 }, "webhook_gone" },
      { "nobody named", { type = "notify_persons" }, "no_one_to_notify" },
      { "only users who are gone", { type = "notify_persons", users = { 99 } }, "no_one_to_notify" },
      { "no number of alerts", { type = "notify_if_num_alerts_in_window", num_minutes = 5 }, "step_not_configured" },
      { "no window for the alerts", { type = "notify_if_num_alerts_in_window", num_alerts = 5 }, "step_not_configured" },
      { "no window of time", { type = "notify_if_time_from_to" }, "step_not_configured" },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        w:user "ada"
        local id = open { case[2], notify "ada" }
        assert.same({ "escalation_failed " .. case[3] }, w:lines(id, "escalation_failed"))
        assert.same({ "00:00 ada sms" }, w:calls(id))
      end)
    end

    it("a wait without a length: five minutes", function()
      w:user "ada"
      local id = open { { type = "wait" }, notify "ada" }
      w:advance(HOUR)
      assert.same({ "escalation_failed wait_not_configured" }, w:lines(id, "escalation_failed"))
      assert.same({ "05:00 ada sms" }, w:calls(id))
    end)

    it("a person without a contact method, whose next rule comes at once", function()
      w:user("ada", { rules = { "sms", "email" }, without = { sms = true } })
      local id = open { notify "ada" }
      assert.same({ "page_failed no_contact_method" }, w:lines(id, "page_failed"))
      assert.same({ "00:00 ada email" }, w:calls(id))
    end)

    it("a person who may not be notified", function()
      w:user("eve", { role = "viewer" })
      local id = open { notify "eve" }
      assert.same({ "page_failed role_may_not_be_notified" }, w:lines(id, "page_failed"))
      assert.same({}, w:calls(id))
    end)
  end)

  describe("at its end", function()
    it("says that nobody answered, some time after the last call", function()
      w:user("ada", { rules = { "sms", 30, "phone_call" } })
      local id = open { notify "ada" }
      assert.equal("finished", w:escalation(id))
      w:advance(34 * MINUTE)
      assert.equal("finished", w:escalation(id))
      w:advance(MINUTE)
      assert.equal("unanswered", w:escalation(id))
      assert.same({ "unanswered nobody_answered" }, w:lines(id, "unanswered"))
      w:must(id, "acknowledge")
      assert.equal("stopped", w:escalation(id))
    end)
    it("waits as long after a last call that comes at the moment when the wait would be over", function()
      w:user("ada", { rules = { "sms", 5, "phone_call" } })
      local id = open { notify "ada" }
      w:advance(10 * MINUTE - 1)
      assert.equal("finished", w:escalation(id))
      w:advance(1)
      assert.equal("unanswered", w:escalation(id))
    end)
    it("says nothing when somebody did", function()
      w:user "ada"
      local id = open { notify "ada" }
      w:advance(MINUTE)
      w:must(id, "acknowledge")
      w:advance(HOUR)
      assert.same({}, w:lines(id, "unanswered"))
    end)
  end)

  it("survives a restart, and does at once what fell due meanwhile", function()
    local folder = os.tmpname()
    os.remove(folder)
    local first = calling.open { data = folder, start_at = 1790000000000000 }
    first:user "ada"
    first:post(first:hook(first:chain { wait(5), notify "ada", wait(5), notify "ada" }), { key = "a" })
    first:close()
    local again = calling.open { data = folder, start_at = 1790000000000000 + 8 * 60 * 1000000 }
    again.names = first.names
    again:advance(5 * MINUTE)
    assert.same({ "08:00 ada sms", "13:00 ada sms" }, again:calls(1))
    again:close()
    os.execute("rm -r " .. folder)
  end)

  it("begins with a person's list anew when they are called again", function()
    w:user("ada", { rules = { "sms", 10, "phone_call" } })
    local id = open { notify "ada", wait(4), notify "ada" }
    w:advance(HOUR)
    assert.same({ "00:00 ada sms", "04:00 ada sms", "14:00 ada phone_call" }, w:calls(id))
  end)

  it("a group without a chain calls nobody", function()
    hook = w:integration()
    w:post(hook, { key = "a" })
    assert.is_nil(w:escalation(w:groups()[1].id))
  end)
end)
