--- People who are called for a group directly, and people who are not to be called any more.
local calling = require "calling"
local json = require "tocsin.json"

local MINUTE <const> = 60 * 1000

describe("a responder", function()
  local w, hook, group

  before_each(function()
    w = calling.open()
    w:user("ada", { rules = { "sms", 5, "phone_call" }, important = { "phone_call" } })
    w:user("bob", { rules = { "sms", 5, "phone_call", 5, "email" } })
    hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "a" })
    group = 1
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function public_user(name)
    return w:api(200, "GET", "users/?username=" .. name).results[1].id
  end
  local function page(name, important) w:must(group, "page", { user_id = public_user(name), important = important }) end
  local function unpage(name) w:must(group, "unpage", { user_id = public_user(name) }) end

  it("is called by their own rules beside those of the chain", function()
    page "bob"
    w:advance(6 * MINUTE)
    assert.same({ "00:00 ada sms", "00:00 bob sms", "05:00 ada phone_call", "05:00 bob phone_call" }, w:calls(group))
    assert.same({ "page_started step_due", "page_started direct_paging" }, w:lines(group, "page_started"))
    local line = w:rows("SELECT by, detail FROM group_log WHERE reason = 'direct_paging'")[1]
    assert.same({ "api", ('{"user":%d,"important":false}'):format(w.users.bob) }, { line.by, line.detail })
  end)

  it("is called although the group was acknowledged or silenced before", function()
    for _, verb in ipairs { "acknowledge", "silence" } do
      w:must(group, verb, verb == "silence" and { delay = 3600 } or nil)
      local before = #w:calls(group)
      page "bob"
      w:advance(6 * MINUTE)
      assert.equal(before + 2, #w:calls(group))
      w:must(group, "un" .. verb)
    end
  end)

  it("is called by the important list when it is important", function()
    w:must(group, "acknowledge")
    page("ada", true)
    local calls = w:calls(group)
    assert.equal("00:00 ada phone_call!", calls[#calls])
  end)

  it("is left in peace by an answer that comes after the call", function()
    w:must(group, "acknowledge")
    page "bob"
    w:advance(MINUTE)
    w:must(group, "acknowledge") -- taken over
    w:advance(30 * MINUTE)
    assert.same({ "00:00 ada sms", "00:00 bob sms" }, w:calls(group))
    assert.equal("Can't acknowledge an acknowledged alert group", w:refused(group, "acknowledge"))
    assert.equal("stopped", w:rows("SELECT state FROM page WHERE user_id = $1", w.users.bob)[1].state)
  end)

  it("is left in peace by an answer of the very same moment", function()
    w:must(group, "acknowledge")
    page "bob"
    w:must(group, "unacknowledge")
    w:must(group, "acknowledge")
    w:advance(30 * MINUTE)
    assert.same({ "00:00 ada sms", "00:00 bob sms", "00:00 ada sms" }, w:calls(group))
  end)

  it("is not called any more when they were taken away, and others are", function()
    page "bob"
    w:advance(MINUTE)
    unpage "bob"
    w:advance(30 * MINUTE)
    assert.same({ "00:00 ada sms", "00:00 bob sms", "05:00 ada phone_call" }, w:calls(group))
    assert.same({ "page_stopped unpaged" }, w:lines(group, "page_stopped"))
    local waiting = w:rows("SELECT state, error FROM notification WHERE user_id = $1", w.users.bob)[1]
    assert.same({ "cancelled", "unpaged" }, { waiting.state, waiting.error })
  end)

  it("who was taken away can be called again", function()
    page "bob"
    unpage "bob"
    page "bob"
    w:advance(5 * MINUTE)
    assert.same({ "05:00 bob phone_call" }, { w:calls(group)[5] })
  end)

  it("leads to nobody answered when the last one is taken away", function()
    unpage "ada"
    w:advance(5 * MINUTE)
    assert.equal("unanswered", w:escalation(group))
  end)

  describe("of a group without a chain", function()
    local function open()
      w:post(w:integration(), { key = "b" })
      group = 2
    end
    it("leads to nobody answered too, once the last rule is done", function()
      open()
      page "bob"
      w:advance(15 * MINUTE - 1)
      assert.equal("finished", w:escalation(group))
      w:advance(1)
      assert.equal("unanswered", w:escalation(group))
      assert.same({ "unanswered nobody_answered" }, w:lines(group, "unanswered"))
      local shown = w:api(200, "GET", "alert_groups/").results[1].escalation
      assert.same({ "unanswered", json.null }, { shown.state, shown.escalation_chain_id })
      w:must(group, "acknowledge")
      assert.equal("stopped", w:escalation(group))
      w:must(group, "unacknowledge")
      page "bob"
      w:advance(16 * MINUTE)
      assert.same({ "unanswered nobody_answered", "unanswered nobody_answered" }, w:lines(group, "unanswered"))
    end)
    it("leads to nothing when somebody answers in time, and leaves no timer", function()
      open()
      page "bob"
      w:advance(11 * MINUTE)
      w:must(group, "resolve")
      assert.same({}, w:column("SELECT kind FROM job WHERE alert_group_id = 2"))
      w:advance(60 * MINUTE)
      assert.same({}, w:lines(group, "unanswered"))
    end)
    it("who cannot be reached at all leads there as well", function()
      local dan = w:user("dan", { rules = { "sms" }, without = { sms = true } })
      open()
      page "dan"
      w:advance(5 * MINUTE)
      assert.same({ "page_failed no_contact_method" }, w:lines(group, "page_failed"))
      assert.equal("unanswered", w:escalation(group))
      assert.is_truthy(dan)
    end)
    it("that was unanswered by its chain is told of again when one who was added does not answer either", function()
      w:advance(10 * MINUTE)
      assert.equal("unanswered", w:escalation(group))
      page "bob"
      assert.equal("finished", (function()
        w:advance(10 * MINUTE)
        return w:escalation(group)
      end)())
      w:advance(5 * MINUTE)
      assert.equal("unanswered", w:escalation(group))
    end)
  end)

  it("is refused for a resolved group, and one who is not called cannot be taken away", function()
    assert.equal("This person is not being called for the alert group",
      w:refused(group, "unpage", { user_id = public_user "bob" }))
    unpage "ada"
    assert.equal("This person is not being called for the alert group",
      w:refused(group, "unpage", { user_id = public_user "ada" }))
    w:must(group, "resolve")
    assert.equal("Cannot add responders for a resolved alert group", w:refused(group, "page", { user_id = public_user "bob" }))
  end)

  it("is refused by name when nobody is meant or they may not be called", function()
    w:user("eve", { role = "viewer" })
    for _, bad in ipairs { {}, { user_id = "U404" }, { user_id = 7 }, { user_id = public_user "eve" },
      { user_id = public_user "bob", important = "yes" } } do
      local status, answer = w:act(group, "page", bad)
      assert.equal(400, status)
      assert.is_truthy(answer.user_id or answer.important)
    end
    local status = w:act(group, "unpage", { user_id = "U404" })
    assert.equal(400, status)
    assert.same({ "00:00 ada sms" }, w:calls(group))
  end)
end)

describe("an attached group", function()
  it("calls off those who are being called for it", function()
    local w = calling.open()
    w:user("ada", { rules = { "sms", 5, "phone_call" } })
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "root" })
    w:post(hook, { key = "follower" })
    w:must(2, "attach", { root_alert_group_id = w:api(200, "GET", "alert_groups/").results[2].id })
    assert.equal("Cannot add responders for an attached alert group",
      w:refused(2, "page", { user_id = w:api(200, "GET", "users/").results[1].id }))
    w:advance(10 * MINUTE)
    assert.same({ "00:00 ada sms" }, w:calls(2))
    assert.same({ "00:00 ada sms", "05:00 ada phone_call" }, w:calls(1))
    w:close()
  end)
end)
