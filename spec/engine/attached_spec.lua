--- Groups that follow another, reminders of who acknowledged, and groups that nobody resolves.
local calling = require "calling"
local json = require "tocsin.json"

local MINUTE <const>, HOUR <const>, DAY <const> = 60 * 1000, 3600 * 1000, 86400 * 1000

local function notify(...) return { type = "notify_persons", users = { ... } } end
local function wait(minutes) return { type = "wait", wait_ms = minutes * MINUTE } end

describe("an attached group", function()
  local w, hook, root, follower

  before_each(function()
    w = calling.open()
    w:user "ada"
    hook = w:hook(w:chain { wait(5), notify "ada" })
    w:post(hook, { key = "root" })
    w:post(hook, { key = "follower" })
    root, follower = 1, 2
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function public_id(id) return w:api(200, "GET", "alert_groups/").results[#w:groups() + 1 - id].id end
  local function attach(id, to) return w:must(id, "attach", { root_alert_group_id = public_id(to) }) end
  local function states()
    local out = {}
    for i, group in ipairs(w:groups()) do out[i] = w.state(group) end
    return out
  end

  it("calls nobody, and shows what it follows", function()
    attach(follower, root)
    w:advance(HOUR)
    assert.same({ "05:00 ada sms" }, w:calls(root))
    assert.same({}, w:calls(follower))
    assert.equal(public_id(root), w:api(200, "GET", "alert_groups/" .. public_id(follower)).root_alert_group_id)
    assert.same({ "attached attached_by_api" }, w:lines(follower, "attached"))
  end)

  it("does what its root does", function()
    attach(follower, root)
    local steps = { { "acknowledge", "acknowledged" }, { "unacknowledge", "firing" }, { "silence", "silenced", { delay = 3600 } },
      { "unsilence", "firing" }, { "resolve", "resolved" }, { "unresolve", "firing" } }
    for _, step in ipairs(steps) do
      w:must(root, step[1], step[3])
      assert.same({ step[2], step[2] }, states())
    end
    assert.same({ "acknowledged acknowledged_by_api", "acknowledged done_to_root" },
      { w:lines(root, "acknowledged")[1], w:lines(follower, "acknowledged")[1] })
  end)

  it("is unsilenced when the silence of its root is over", function()
    attach(follower, root)
    w:must(root, "silence", { delay = 600 })
    w:advance(10 * MINUTE)
    assert.same({ "firing", "firing" }, states())
  end)

  it("follows the sources of its root, and has its own", function()
    attach(follower, root)
    w:post(hook, { key = "root", ack = true })
    assert.same({ "acknowledged", "acknowledged" }, states())
    w:post(hook, { key = "follower", state = "ok" })
    assert.same({ "acknowledged", "resolved" }, states())
    w:post(hook, { key = "root", state = "ok" })
    assert.same({ "resolved", "resolved" }, states())
  end)

  it("takes over what its root is", function()
    w:must(root, "acknowledge")
    attach(follower, root)
    assert.same({ "acknowledged", "acknowledged" }, states())
    w:must(root, "unacknowledge")
    w:must(follower, "unattach")
    w:must(root, "silence", { delay = 600 })
    attach(follower, root)
    assert.same({ "silenced", "silenced" }, states())
  end)

  it("refuses to be acted on itself", function()
    attach(follower, root)
    for _, verb in ipairs { "acknowledge", "resolve", "unsilence" } do
      assert.equal("Can't " .. verb .. " an attached alert group", w:refused(follower, verb))
    end
  end)

  it("is called for again once it is unattached", function()
    attach(follower, root)
    w:advance(HOUR)
    w:must(follower, "unattach")
    w:advance(5 * MINUTE)
    assert.same({ "65:00 ada sms" }, w:calls(follower))
  end)

  it("is unattached when its root is deleted, and wiped with it when that is wiped", function()
    attach(follower, root)
    w:remove(root, "delete")
    assert.same({ "unattached root_deleted" }, w:lines(follower, "unattached"))
    w:post(hook, { key = "other" })
    w:must(follower, "attach", { root_alert_group_id = w:api(200, "GET", "alert_groups/").results[1].id })
    w:remove(3, "wipe")
    assert.is_truthy(w:groups()[1].wiped_at)
  end)

  it("is refused where it makes no sense", function()
    local function refused(id, to) return w:refused(id, "attach", { root_alert_group_id = public_id(to) }) end
    assert.equal("Can't attach an alert group to itself", refused(root, root))
    w:post(hook, { key = "third" })
    attach(follower, root)
    assert.equal("Can't attach an alert group that others are attached to", refused(root, 3))
    assert.equal("Can't attach to an alert group that is attached", refused(3, follower))
    w:must(root, "resolve")
    assert.equal("Can't attach to an alert group that is resolved", refused(3, root))
    assert.equal("Can't unattach an unattached alert group", w:refused(3, "unattach"))
    local status, answer = w:act(3, "attach", { root_alert_group_id = 7 })
    assert.equal(400, status)
    assert.is_truthy(answer.root_alert_group_id)
  end)
end)

describe("an acknowledge", function()
  local w, token, hook

  local function open(settings)
    w = calling.open { settings = settings }
    w:user "ada"
    token = w:person "bob"
    hook = w:hook(w:chain { notify "ada" })
    w:post(hook, { key = "a" })
    w:must(1, "acknowledge", nil, token)
  end
  after_each(function()
    w:check_invariants()
    w:close()
  end)
  local function reminders() return #w:lines(1, "acknowledge_reminder") end

  it("is not asked about by default", function()
    open {}
    w:advance(DAY)
    assert.equal(0, reminders())
  end)

  it("is asked about again and again, for two weeks", function()
    open { acknowledge_remind = 3600 }
    w:advance(3 * HOUR)
    assert.equal(3, reminders())
    w:advance(20 * DAY)
    assert.equal(14 * 24, reminders())
  end)

  it("is taken back when nobody confirms it, and the calls begin anew", function()
    open { acknowledge_remind = 3600, unacknowledge_after = 300 }
    w:advance(HOUR + 5 * MINUTE)
    assert.same({ "unacknowledged acknowledge_timed_out" }, w:lines(1, "unacknowledged"))
    assert.same({ "00:00 ada sms", "65:00 ada sms" }, w:calls(1))
  end)

  it("stays when it is confirmed, and is asked about after the rest of the time", function()
    open { acknowledge_remind = 3600, unacknowledge_after = 300 }
    w:advance(HOUR + 4 * MINUTE)
    w:must(1, "confirm", nil, token)
    w:advance(55 * MINUTE)
    assert.equal(2, reminders())
    assert.same({}, w:lines(1, "unacknowledged"))
    assert.equal("Only the person who acknowledged an alert group can confirm it", w:refused(1, "confirm"))
  end)
end)

describe("a group whose source never resolves", function()
  local w, hook
  before_each(function()
    w = calling.open()
    hook = w:integration { templates = { grouping_key = "{{ payload.key }}" }, auto_resolve_after = 600 }
    w:post(hook, { key = "a" })
  end)
  after_each(function() w:close() end)

  it("is resolved when it was quiet for so long", function()
    w:advance(5 * MINUTE)
    w:post(hook, { key = "a" })
    w:advance(10 * MINUTE - 1)
    assert.equal("firing", w.state(w:groups()[1]))
    w:advance(1)
    assert.equal("resolved", w.state(w:groups()[1]))
    assert.same({ "resolved quiet_for_long" }, w:lines(1, "resolved"))
  end)

  it("and the setting has bounds that name the field", function()
    assert.equal(600, hook.auto_resolve_after)
    assert.is_truthy(w:api(400, "PUT", "integrations/" .. hook.id .. "/", { auto_resolve_after = 5 }).auto_resolve_after)
    assert.equal(json.null, w:configure(hook, { auto_resolve_after = json.null }).auto_resolve_after)
  end)
end)
