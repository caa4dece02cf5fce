--- The plan of a group: what is still to come, compared with what then comes.
local calling = require "calling"
local client = require "api_client"
local json = require "tocsin.json"
local engine = require "tocsin.engine"

local MINUTE <const>, HOUR <const> = 60 * 1000, 3600 * 1000

describe("the escalation plan of a group", function()
  local w, group

  before_each(function()
    w = calling.open { settings = { deliver = 1, acknowledge_remind = 3600, unacknowledge_after = 300 } }
    w:provider("ntfy", {})
    w:provider("twilio", { account_sid = "AC0123456789abcdef0123456789abcdef", auth_token = "12345", from = "+15550100" })
    w:user("ada", { rules = { "ntfy", 5, "sms" }, important = { "sms", 1, "ntfy" },
      addresses = { ntfy = { topic = "ada-phone" }, sms = { phone = "+15558675310" } } })
    w:user("bob", { rules = { "ntfy", 20, "ntfy" }, addresses = { ntfy = { topic = "bob-phone" } } })
    group = nil
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function public_id() return w:api(200, "GET", "alert_groups/").results[1].id end
  local function plan()
    group = group or public_id()
    return w:api(200, "GET", "alert_groups/" .. group .. "/escalation_plan/").plan
  end
  local function clock(ms) return ("%02d:%02d:%02d"):format(ms // HOUR, ms // MINUTE % 60, ms // 1000 % 60) end

  local function words(e)
    if e.event == "notification" then return ("%s %s%s"):format(e.user.username, e.channel, e.important and "!" or "") end
    if e.event == "step" then return "step " .. e.type .. (e.problem ~= json.null and " " .. e.problem or "") end
    if e.event == "page_withheld" then return e.user.username .. " withheld" end
    if e.event == "page_failed" then return ("%s failed %s"):format(e.user.username, e.problem) end
    return e.event
  end
  -- "00:05:00 bob ntfy", in order.
  local function shown(list, from)
    local out = {}
    for i, e in ipairs(list) do out[i] = clock(e.after_ms + (from or 0)) .. " " .. words(e) end
    return out
  end

  local PLAIN <const> = { unanswered = "unanswered", acknowledge_reminder = "acknowledge_reminder", unsilenced = "silence_ended",
    unacknowledged = "acknowledge_timed_out" }
  local function line_words(row)
    if row.action == "escalation_step" then return "step " .. row.type end
    if row.action == "escalation_failed" or row.action == "escalation_paused" then return "step " .. (row.type or "not_configured") .. " " .. row.reason end
    if row.action == "page_failed" then return w.names[json.decode(row.detail).user] .. " failed " .. row.reason end
    if row.action == "page_withheld" then return w.names[json.decode(row.detail).user] .. " withheld" end
    if row.action == "resolved" then return row.by == "timer" and "resolved" or nil end
    return PLAIN[row.action]
  end
  -- What happens within `ms` from now, in the same words: every message is answered at once.
  local function lived(ms)
    local start = engine.now(w.core)
    local seen = w:rows("SELECT coalesce(max(id), 0) AS n FROM delivery")[1].n
    local log = w:rows("SELECT max(seq) AS n FROM group_log WHERE alert_group_id = 1")[1].n
    for _ = 1, ms // 30000 do
      for _, letter in ipairs(w:outgoing()) do w:answer(letter, { status = 200, body = '{"id":"m1","sid":"SM1","status":"queued"}' }) end
      w:advance(30000)
    end
    local out = {}
    for _, row in ipairs(w:rows("SELECT d.at, n.user_id, n.channel, n.is_important FROM delivery AS d JOIN notification AS n ON " ..
      "n.id = d.notification_id WHERE d.id > $1 AND n.kind = 'page' ORDER BY d.at, d.id", seen)) do
      out[#out + 1] = { at = row.at, text = ("%s %s%s"):format(w.names[row.user_id], row.channel, row.is_important == 1 and "!" or "") }
    end
    for _, row in ipairs(w:rows("SELECT l.*, s.type FROM group_log AS l LEFT JOIN escalation AS e ON e.alert_group_id = l.alert_group_id " ..
      "LEFT JOIN plan_step AS s ON s.plan_id = e.plan_id AND s.position = json_extract(l.detail, '$.step') " ..
      "WHERE l.alert_group_id = 1 AND l.seq > $1 ORDER BY l.seq", log)) do
      local text = line_words(row)
      if text then out[#out + 1] = { at = row.at, text = text } end
    end
    local lines = {}
    for i, one in ipairs(out) do lines[i] = clock((one.at - start) // 1000) .. " " .. one.text end
    table.sort(lines)
    return lines
  end
  local function sorted(list)
    table.sort(list)
    return list
  end

  local function open(steps, fields) w:post(w:hook(w:chain(steps), fields), { key = "a" }) end
  local function notify(...) return { type = "notify_persons", users = { ... } } end
  local function wait(minutes) return { type = "wait", wait_ms = minutes * MINUTE } end

  it("tells who is called when and by what, in order of time", function()
    open { wait(1), notify("ada", "bob"), wait(10), { type = "notify_persons", users = { "ada" }, is_important = 1 } }
    assert.same({ "00:01:00 step notify_persons", "00:01:00 ada ntfy", "00:01:00 bob ntfy", "00:01:00 step wait", "00:06:00 ada sms",
      "00:11:00 step notify_persons", "00:11:00 ada sms!", "00:12:00 ada ntfy!", "00:21:00 bob ntfy", "00:26:00 unanswered" }, shown(plan()))
    local list = plan()
    assert.same({ 2, false, "bob" }, { list[1].step, list[1].important, list[1].users[2].username })
    assert.equal(list[6].at, list[4]["until"])
    assert.is_truthy(list[2].contact_method_id:find "^CM")
    assert.is_truthy(list[2].user.id:find "^U")
    assert.matches("^2026%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$", list[1].at)
  end)

  it("of a chain is that of a group which opens now", function()
    local steps = { wait(1), notify("ada", "bob"), wait(10), { type = "notify_persons", users = { "ada" }, is_important = 1 } }
    local key = w:chain(steps)
    local chain = w:api(200, "GET", "escalation_chains/").results[1].id
    local foretold = w:api(200, "GET", "escalation_chains/" .. chain .. "/plan/")
    assert.is_false(foretold.is_truncated)
    w:post(w:hook(key), { key = "a" })
    assert.equal("wait", table.remove(foretold.plan, 1).type) -- it runs as the group opens
    assert.same(shown(plan()), shown(foretold.plan))
  end)

  describe("is what then happens:", function()
    local function comes_true(ms)
      local foretold = sorted(shown(plan()))
      assert.is_true(#foretold > 0)
      assert.same(foretold, (lived(ms)))
      assert.same({}, plan())
    end

    it("from the beginning, with repeats and turns", function()
      open { wait(2), { type = "notify_person_next_each_time", users = { "bob", "ada" } }, wait(3), { type = "repeat_escalation" } }
      comes_true(3 * HOUR)
    end)
    it("from the middle of people's rules", function()
      open { notify("ada", "bob"), wait(30), notify "bob" }
      w:must(1, "page", { user_id = w:api(200, "GET", "users/?username=ada").results[1].id, important = true })
      lived(3 * MINUTE)
      comes_true(2 * HOUR)
    end)
    it("when somebody is called again, whose rules begin anew", function()
      open { wait(1), notify "bob", wait(10), notify "bob" }
      comes_true(2 * HOUR)
    end)
    it("with all that goes wrong", function()
      w:user("eve", { role = "viewer" })
      w:user("dan", { rules = { "sms", 1, "ntfy" }, without = { sms = true, ntfy = true } })
      open { wait(1), notify("eve", "dan"), { type = "notify_team_members", team_id = 99 }, { type = json.null }, { type = "wait" },
        { type = "trigger_webhook", webhook_id = 5 }, notify "ada" }
      comes_true(HOUR)
    end)
    it("when somebody has been deleted since they were called", function()
      open { notify("ada", "bob"), wait(2), notify "ada" }
      lived(MINUTE)
      for _, name in ipairs { "ada", "bob" } do
        w:api(204, "DELETE", "users/" .. w:api(200, "GET", "users/?username=" .. name).results[1].id .. "/")
      end
      comes_true(HOUR)
    end)
    it("with the schedule of each moment", function()
      local id = w:insert("schedule", { type = "web", name = "rota", created_at = 1 })
      local start <const> = 1790000000
      local function stamp(at) return os.date("!%Y-%m-%dT%H:%M:%S", at) end
      for i, name in ipairs { "ada", "bob" } do
        w:insert("shift", { type = "override", name = name, schedule_id = id, start_time = stamp(start + (i - 1) * 1800),
          rotation_start = stamp(start + (i - 1) * 1800), duration_ms = 30 * MINUTE, created_at = 1, source = "web",
          users = "[" .. w.users[name] .. "]", rolling_users = "[[" .. w.users[name] .. "]]" })
      end
      local on_call = { type = "notify_on_call_from_schedule", schedule_id = id }
      open { wait(1), on_call, wait(35), on_call, wait(30), on_call }
      local list = shown(plan())
      assert.same({ "00:01:00 step notify_on_call_from_schedule", "00:01:00 ada ntfy" }, { list[1], list[2] })
      assert.is_truthy(table.concat(list, "\n"):find("00:36:00 bob ntfy", 1, true))
      assert.is_truthy(table.concat(list, "\n"):find("01:06:00 step notify_on_call_from_schedule no_one_on_call", 1, true))
      comes_true(3 * HOUR)
    end)
    it("for a group that calls nobody", function()
      open { wait(1), notify "ada", wait(5), { type = "trigger_webhook", webhook_id = 9 } }
      w:rows "UPDATE alert_group SET is_debug = 1"
      assert.is_truthy(table.concat(shown(plan()), "\n"):find("00:01:00 ada withheld", 1, true))
      comes_true(2 * HOUR)
    end)
    it("of a whole room", function()
      w:rows "INSERT INTO chat_channel (id, provider_id, external_id, name) VALUES (1, 1, 'C1', 'ops')"
      open { wait(1), { type = "notify_whole_channel" } }
      comes_true(HOUR)
    end)
    it("when a silence is over", function()
      open { notify "ada", wait(5), notify "bob" }
      lived(MINUTE)
      w:must(1, "silence", { delay = 1800 })
      comes_true(2 * HOUR)
    end)
    it("when an acknowledge is not confirmed", function()
      open { notify "ada" }
      local token = client.add_token(w.client, "editor", { user_id = w.users.ada })
      w:must(1, "acknowledge", nil, token)
      assert.same({ "01:00:00 acknowledge_reminder" }, shown(plan()))
      lived(61 * MINUTE)
      assert.same({ "00:04:00 acknowledge_timed_out", "00:04:00 step notify_persons", "00:04:00 ada ntfy", "00:09:00 ada sms",
        "00:14:00 unanswered" }, shown(plan()))
      comes_true(HOUR)
    end)
    it("when a step resolves", function()
      open { notify "bob", wait(10), { type = "resolve" }, notify "ada" }
      lived(MINUTE)
      comes_true(HOUR)
    end)
    it("when its source falls quiet", function()
      open({ notify "bob" }, { auto_resolve_after = 900 })
      lived(MINUTE)
      local list = shown(plan())
      assert.equal("resolved", list[#list]:sub(10))
      comes_true(HOUR)
    end)
    it("for people who were called without a chain", function()
      w:post(w:integration(), { key = "b" })
      w:must(1, "page", { user_id = w:api(200, "GET", "users/?username=bob").results[1].id })
      lived(MINUTE)
      comes_true(HOUR)
    end)
    it("for a message that waits to go with others", function()
      local hook = w:hook(w:chain { notify "ada" })
      w:post(hook, { key = "first" })
      lived(MINUTE)
      w:post(hook, { key = "second" })
      local list = shown(plan())
      assert.equal("00:01:00 ada ntfy", list[1])
    end)
  end)

  it("says what stands in the way of a message", function()
    w:rows "UPDATE provider SET is_enabled = 0 WHERE type = 'ntfy'"
    open { wait(1), notify "bob" }
    assert.equal("no_provider", plan()[2].problem)
  end)

  it("shows webhooks, and a count of alerts that stops it", function()
    w:api(201, "POST", "webhooks/", { name = "t", url = "https://tickets.example.org/", http_method = "POST", trigger_type = "escalation" })
    open { wait(1), { type = "trigger_webhook", webhook_id = 1 }, { type = "notify_if_num_alerts_in_window", num_alerts = 3,
      num_minutes = 5 }, notify "ada" }
    local list = plan()
    assert.same({ "00:01:00 step trigger_webhook", "00:01:00 webhook", "00:01:00 step notify_if_num_alerts_in_window too_few_alerts" },
      shown(list))
    assert.is_truthy(list[2].webhook_id:find "^WH")
    assert.equal(list[2].webhook_id, list[1].webhook_id)
  end)

  it("is empty when nothing is to come: answered, resolved, attached, unanswered, without a chain", function()
    open { notify "ada", wait(5), notify "bob" }
    assert.is_true(#plan() > 0)
    w:must(1, "silence", { delay = -1 })
    assert.same({}, plan())
    w:must(1, "unsilence")
    w:must(1, "acknowledge")
    assert.same({}, plan())
    w:must(1, "unacknowledge")
    assert.is_true(#plan() > 0)
    w:must(1, "resolve")
    assert.same({}, plan())
  end)

  it("writes nothing", function()
    open { wait(1), { type = "notify_person_next_each_time", users = { "ada", "bob" } } }
    local function rows()
      return w:rows("SELECT (SELECT count(*) FROM notification) AS n, (SELECT group_concat(last_user) FROM escalation_step) AS l, " ..
        "(SELECT count(*) FROM page) AS p, (SELECT count(*) FROM job) AS j")
    end
    local before = rows()
    plan()
    assert.same(before, rows())
  end)

  it("ends somewhere, however many people and rules there are", function()
    local names = {}
    for i = 1, 30 do
      names[i] = "user" .. i
      w:user(names[i], { rules = { "ntfy", 1, "ntfy", 1, "ntfy", 1, "ntfy", 1, "ntfy", 1, "ntfy", 1, "ntfy" } })
    end
    open { wait(1), notify(table.unpack(names)), wait(8), { type = "repeat_escalation" } }
    group = public_id()
    local answer = w:api(200, "GET", "alert_groups/" .. group .. "/escalation_plan")
    assert.same({ true, true }, { answer.is_truncated, #answer.plan >= 1000 and #answer.plan < 1040 })
    assert.equal("waiting", answer.escalation)
  end)

  it("is read by viewers, of a group that is there", function()
    open { notify "ada" }
    group = public_id()
    local viewer = { authorization = (client.add_token(w.client, "viewer")) }
    assert.equal(200, (client.request(w.client, "GET", "/api/v1/alert_groups/" .. group .. "/escalation_plan/", nil, viewer)))
    w:api(404, "GET", "alert_groups/INOBODY/escalation_plan/")
    w:api(405, "POST", "alert_groups/" .. group .. "/escalation_plan/")
  end)
end)
