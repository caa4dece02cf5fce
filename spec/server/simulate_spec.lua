--- `tocsin simulate`: the timeline of an alert that nobody answers, from a data folder that stays as it is.
local calling <const> = require "calling"
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local server <const> = require "server"

local MINUTE <const> = 60000
local AT <const> = "2026-09-21T12:00:00Z"

describe("simulate", function()
  local folder, data, w

  before_each(function()
    folder = server.folder()
    data = folder .. "/data"
    w = calling.open { data = data }
  end)
  after_each(function()
    if w then w:close() end
    server.remove(folder)
  end)

  local function close()
    w:close()
    w = nil
  end
  local function simulate(words, payload)
    local list = { "simulate", "--data", data, "--at", AT }
    if payload then table.move({ "--payload", "-" }, 1, 2, #list + 1, list) end
    return server.run(table.move(words, 1, #words, #list + 1, list), payload, folder)
  end
  -- The lines, each without its wall time.
  local function lines(words, payload)
    local code, out, err = simulate(words, payload == nil and '{"title":"Disk is full","key":"a"}' or payload)
    assert.same({ 0, "" }, { code, err }, out)
    local list = {}
    for line in out:gmatch("([^\n]+)\n") do list[#list + 1] = line:gsub("^(%S+)  %d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d", "%1") end
    return list
  end
  local function notify(...) return { type = "notify_persons", users = { ... } } end
  local function wait(minutes) return { type = "wait", wait_ms = minutes * MINUTE } end
  local function hook(steps) return w:hook(w:chain(steps), { name = "hook" }) end
  local HOOK <const> = { "--integration", "hook" }

  it("shows who is called when, by what and why, until nobody has answered", function()
    w:provider("twilio", { account_sid = "AC00000000000000000000000000000000", auth_token = "t", from = "+15005550006" })
    local number = { phone = "+15551235678" }
    w:user("ada", { rules = { "sms", 5, "phone_call" }, addresses = { sms = number, phone_call = number } })
    w:user("bob", { important = { "sms" }, addresses = { sms = number } })
    local step = notify "bob"
    step.is_important = 1
    hook { notify "ada", wait(15), step }
    close()
    assert.same({
      '00:00:00  "Disk is full" of hook, default route, escalation chain "chain 1"',
      "00:00:00  escalation step 1: notify ada (default rules)",
      "00:00:00    ada  sms  +1…78  (first rule)",
      "00:00:00  escalation step 2: wait 15 min",
      "00:05:00    ada  phone_call  +1…78  (next rule, after its wait)",
      "00:15:00  escalation step 3: notify bob (important rules)",
      "00:15:00    bob  sms  +1…78  (first rule)",
      "00:15:00  the escalation has no more steps",
      "00:20:00  nobody answered",
      "People called: 2, messages to them: 3, problems: 0.",
    }, lines(HOOK))
    local _, out = simulate(HOOK, "{}")
    assert.truthy(out:find("\n00:05:00  2026-09-21 12:05:00    ada  phone_call", 1, true), out)
  end)

  it("says what goes wrong: no contact method, no provider, nobody on call, a step without anything", function()
    w:user("ada", { rules = { "sms", 5, "email" }, without = { email = true }, addresses = { sms = { phone = "+15551235678" } } })
    local schedule = w:insert("schedule", { type = "web", name = "Database", created_at = 1 })
    hook { notify "ada", { type = "notify_on_call_from_schedule", schedule_id = schedule }, { position = 2 }, { type = "trigger_webhook", webhook_id = 9 } }
    close()
    assert.same({
      '00:00:00  "Disk is full" of hook, default route, escalation chain "chain 1"',
      "00:00:00  escalation step 1: notify ada (default rules)",
      "00:00:00    ada  sms  (first rule)  FAILED: No provider carries sms. Add one, or switch one on.",
      '00:00:00  escalation step 2: notify who is on call on "Database" – FAILED: nobody is on call',
      "00:00:00  escalation step 3: not configured – FAILED: step not configured",
      "00:00:00  escalation step 4: send the webhook one that is gone – FAILED: webhook gone",
      "00:00:00  the escalation has no more steps",
      "00:00:00    ada  email  FAILED: has no contact method for it",
      "00:05:00  nobody answered",
      "Nobody would have been called; problems: 5.",
    }, lines(HOOK))
  end)

  it("takes turns, sends webhooks, begins again and ends with a step that resolves", function()
    w:provider("twilio", { account_sid = "AC00000000000000000000000000000000", auth_token = "t", from = "+15005550006" })
    for _, name in ipairs { "ada", "bob" } do w:user(name, { addresses = { sms = { phone = "+15551235678" } } }) end
    local webhook = w:insert("webhook", { name = "lights", trigger_type = "escalation", url = "https://lights.example.org/", created_at = 1 })
    local in_turn = { type = "notify_person_next_each_time", users = { "ada", "bob" }, last_user = w.users.ada }
    hook { in_turn, wait(1), { type = "trigger_webhook", webhook_id = webhook }, { type = "resolve" } }
    close()
    local list = lines(HOOK)
    assert.same({
      "00:00:00  escalation step 1: notify the next in turn of ada, bob (default rules)",
      "00:00:00    bob  sms  +1…78  (first rule)",
      "00:00:00  escalation step 2: wait 1 min",
      '00:01:00  escalation step 3: send the webhook "lights"',
      "00:01:00  escalation step 4: resolve",
      "00:01:00  resolved",
      '00:01:00    webhook "lights"  (escalation)',
      "People called: 1, messages to them: 1, problems: 0.",
    }, table.move(list, 2, #list, 1, {}))
    assert.same(list, lines(HOOK)) -- whose turn it is has not changed
  end)

  it("names the alert group in each line when the alert opens several", function()
    w:user("ada", { addresses = { sms = { phone = "+15551235678" } } })
    w:hook(w:chain { notify "ada" }, { type = "grafana", name = "panels" })
    close()
    local opened = {}
    for _, line in ipairs(lines({ "--integration", "panels" }, '{"alerts":[{"title":"one","ruleId":1},{"title":"two","ruleId":2}]}')) do
      opened[#opened + 1] = line:match('^00:00:00  (#%d  "%a+") of panels')
    end
    assert.same({ '#1  "one"', '#2  "two"' }, opened)
    local code, _, err = simulate({ "--integration", "panels" }, '{"state":"paused"}')
    assert.same({ 1, "tocsin simulate: the alert opens no alert group\n" }, { code, err })
  end)

  it("asks the schedule who is on call at the virtual moment", function()
    local schedule = w:insert("schedule", { type = "web", name = "Database", created_at = 1 })
    for i, name in ipairs { "ada", "bob" } do
      local id = w:user(name, { rules = {}, addresses = {} })
      w:insert("shift", { type = "recurrent_event", name = "shift " .. i, schedule_id = schedule, start_time = ("2026-09-21T%02d:00:00"):format(12 * (i - 1)),
        rotation_start = "2026-09-21T00:00:00", duration_ms = 12 * 60 * MINUTE, frequency = "daily", interval = 1, users = "[" .. id .. "]",
        rolling_users = "[]", created_at = 1, source = "web" })
    end
    hook { { type = "notify_on_call_from_schedule", schedule_id = schedule } }
    close()
    local function on_call(at)
      local _, out = simulate({ "--integration", "hook", "--at", at, "--json" }, "{}")
      return out:match('"user":"(%a+)"')
    end
    assert.same({ "ada", "bob", "bob" }, { on_call "2026-09-22T11:59:59Z", on_call "2026-09-22T12:00", on_call "2026-09-22T13:59+02:00" == "ada" and "bob" })
  end)

  it("asks the last good copy of a calendar, fetches nothing and tells no room", function()
    local id = w:user("ada", { addresses = { sms = { phone = "+15551235678" } } })
    w:api(201, "POST", "schedules/", { name = "ical", type = "ical", ical_url_primary = "https://cal.example/a.ics", slack = { channel_id = "C1" } })
    w:answer(w:outgoing()[1], { status = 200, body = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260901T120000Z\r\nDURATION:PT12H\r\n" ..
      "RRULE:FREQ=DAILY\r\nSUMMARY:ada\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" })
    hook { { type = "notify_on_call_from_schedule", schedule_id = 1 } }
    close()
    local function at(moment) return (select(2, simulate({ "--integration", "hook", "--at", moment, "--json" }, "{}"))) end
    assert.is_truthy(at "2026-09-23T12:00:00Z":find('"user":"ada"', 1, true))
    assert.is_falsy(at "2026-09-23T11:59:59Z":find('"user":"ada"', 1, true))
    assert.is_falsy(at "2026-09-23T23:59:00Z":find('slack', 1, true))
    assert.is_number(id)
  end)

  it("changes nothing and sends nothing, also while a server has the folder", function()
    w:user("ada", { addresses = { sms = { phone = "+15551235678" } } })
    local h = hook { notify "ada", wait(1), notify "ada" }
    w:post(h, { key = "a" })
    local function state()
      return { w:groups(), w:column "SELECT count(*) FROM notification", w:column "SELECT count(*) FROM api_token" }
    end
    local before = state()
    local live = lines(HOOK)
    assert.same(before, state())
    close()
    local function files() return raw.shell(("cd %s && find . ! -type d -exec sha256sum {} + | sort"):format(data)) end
    before = files()
    assert.same(live, lines(HOOK))
    assert.equal(before, files())
    assert.truthy(before:find("secret.key", 1, true))
    assert.equal("", raw.shell(("find /tmp -maxdepth 2 -lname '%s/*' 2>/dev/null"):format(data)))
  end)

  describe("with maintenance windows", function()
    local h
    local function window(fields)
      local made = { integration_id = h.id }
      for name, value in pairs(fields) do made[name] = value end
      return w:api(201, "POST", "maintenance_windows/", made)
    end
    local function two_steps()
      w:provider("twilio", { account_sid = "AC00000000000000000000000000000000", auth_token = "t", from = "+15005550006" })
      local number = { phone = "+15551235678" }
      for _, name in ipairs { "ada", "bob" } do w:user(name, { rules = { "sms" }, addresses = { sms = number } }) end
      h = hook { notify "ada", wait(15), notify "bob" }
    end
    -- calling.open starts the clock at 2026-09-21T14:13:20Z.
    local function at(moment, more)
      local list = table.move(HOOK, 1, #HOOK, 3, { "--at", moment })
      return lines(table.move(more or {}, 1, #(more or {}), #list + 1, list))
    end
    local CALLS <const> = {
      "escalation step 1: notify ada (default rules)", "  ada  sms  +1…78  (first rule)", "escalation step 2: wait 15 min",
      "escalation step 3: notify bob (default rules)", "  bob  sms  +1…78  (first rule)", "the escalation has no more steps", "nobody answered",
    }
    local function texts(list)
      for i, line in ipairs(list) do list[i] = line:gsub("^%d%d:%d%d:%d%d  ", "") end
      return list
    end

    it("that run says who collects, and that it goes on when the window ends", function()
      two_steps()
      window { mode = "maintenance", duration = 3600, name = "Move" }
      close()
      local list = at "2026-09-21T14:20:00Z"
      assert.equal('00:00:00  collected by the maintenance "Move: Maintenance of hook for 1 hour": nobody is called', list[2])
      assert.equal("00:53:20  the maintenance has ended: the group is called for", list[3])
      assert.equal("00:53:20    ada  sms  +1…78  (first rule)", list[5])
      assert.same(CALLS, table.move(texts(list), 4, 10, 1, {}))
      assert.equal("People called: 2, messages to them: 2, problems: 0.", list[#list])
      list = at("2026-09-21T14:20:00Z", { "--for", "30m" })
      assert.same({ "It would go on after 30m; see --for.", "Nobody would have been called; problems: 0." }, { list[3], list[4] })
      assert.same(CALLS, table.move(texts(at "2026-09-21T15:20:00Z"), 2, 8, 1, {})) -- over by then
      assert.same(CALLS, table.move(texts(at "2026-09-21T13:40:00Z"), 2, 8, 1, {})) -- not begun: groups before it go on
    end)

    it("that debug says who would have been called, and whom it calls then", function()
      two_steps()
      window { mode = "debug", duration = 3600 }
      close()
      local list = at "2026-09-21T14:20:00Z"
      assert.same({
        '00:00:00  "Disk is full" of hook, default route, escalation chain "chain 1"',
        '00:00:00  debug by "Maintenance of hook for 1 hour": nobody is called',
        "00:00:00  escalation step 1: notify ada (default rules)",
        "00:00:00    ada would have been called (default rules)",
        "00:00:00  escalation step 2: wait 15 min",
        "00:15:00  escalation step 3: notify bob (default rules)",
        "00:15:00    bob would have been called (default rules)",
        "00:15:00  the escalation has no more steps",
      }, table.move(list, 1, 8, 1, {}))
      assert.equal("People called: 2, messages to them: 2, problems: 0, calls withheld: 2.", list[#list])
      assert.truthy(table.concat(list, "\n"):find("00:53:20  the maintenance has ended: the group is called for", 1, true))
    end)

    it("that are planned counts them when they run, also those that repeat", function()
      two_steps()
      window { mode = "maintenance", duration = 3600, start = "2026-09-25T02:00:00", time_zone = "Europe/Paris", frequency = "weekly",
        resolve_at_end = true }
      close()
      for _, moment in ipairs { "2026-09-25T00:10:00Z", "2026-10-30T01:10:00Z" } do -- summer time, and winter time
        local list = at(moment)
        assert.matches("collected by the maintenance", list[2])
        assert.equal("00:50:00  resolved, as the maintenance has ended", list[3])
      end
      assert.same(CALLS, table.move(texts(at "2026-10-30T00:10:00Z"), 2, 8, 1, {}))
      assert.same(CALLS, table.move(texts(at "2026-09-24T23:59:59Z"), 2, 8, 1, {}))
    end)

    it("looks back at one that is over, and leaves the folder as it is", function()
      two_steps()
      local made = window { mode = "maintenance", duration = 60 }
      w:post(h, { key = "real" })
      w:advance(120000)
      assert.equal("ended", w:api(200, "GET", "maintenance_windows/" .. made.id .. "/").state)
      local before = { w:rows "SELECT * FROM maintenance", w:groups() }
      assert.matches("collected by", at "2026-09-21T14:13:30Z"[2])
      assert.same({ w:rows "SELECT * FROM maintenance", w:groups() }, before)
      local list = lines({ "--group", "2", "--at", "2026-09-21T14:13:30Z" }, false)
      assert.equal("collected by", list[2]:match "collected by", list[2])
    end)
  end)

  it("begins with nothing on its way, whatever waits in the folder", function()
    w:provider("ntfy", {})
    w:user("ada", { rules = { "ntfy", 5, "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    w:user("bob", { rules = { "ntfy" }, addresses = { ntfy = { topic = "bob-phone" } } })
    w:post(w:hook(w:chain { notify "bob" }, { name = "before" }), { key = "before", title = "Before" })
    hook { notify "ada" }
    w:rows "UPDATE notification SET due_at = 1 WHERE state = 'waiting'"
    close()
    local list = lines(HOOK)
    assert.matches("^00:00:00    ada  ntfy", list[3])
    assert.matches("^00:05:00    ada  ntfy", list[#list - 2])
    assert.equal("00:10:00  nobody answered", list[#list - 1])
  end)

  it("shows a stored group's last alert once more, as it came", function()
    w:user("ada", { rules = { "sms" }, addresses = { sms = { phone = "+15551235678" } } })
    local h = hook { wait(1), notify "ada" }
    w:post(h, { title = "first" })
    assert.equal(200, (w:send(h, "title=second+alert&key=b", { ["content-type"] = "application/x-www-form-urlencoded" })))
    close()
    assert.equal('00:00:00  "second alert" of hook, default route, escalation chain "chain 1"', lines({ "--group", "2" }, false)[1])
    local code, _, err = simulate { "--group", "7" }
    assert.same({ 1, "tocsin simulate: there is no alert group with the number 7\n" }, { code, err })
  end)

  it("looks as far as it is told, and prints JSON lines", function()
    w:user("ada", { rules = { "sms" }, addresses = { sms = { phone = "+15551235678" } } })
    local h = hook { wait(90), notify "ada" }
    local id = h.id
    close()
    local list = lines { "--integration", id, "--for", "1h" }
    assert.equal("It would go on after 1h; see --for.", list[#list - 1])
    local _, out = simulate({ "--integration", id, "--json" }, "{}")
    local events = {}
    for line in out:gmatch("[^\n]+") do events[#events + 1] = cjson.decode(line) end
    assert.same({ "opened", "step", "step", "page", "notification" }, { events[1].event, events[2].event, events[3].event, events[4].event, events[5].event })
    assert.same({ "ada", "sms", 90 * MINUTE, "2026-09-21T13:30:00Z", "failed" },
      { events[5].user, events[5].channel, events[5].after_ms, events[5].at, events[5].state })
    assert.equal("unanswered", events[#events].event)
  end)

  it("says what is wrong with its words, the alert and the folder", function()
    hook {}
    w:integration { name = "twice" }
    local team = w:insert("team", { name = "db" })
    w:rows("INSERT INTO integration (type, name, token, templates_default, created_at, team_id) VALUES ('webhook', 'twice', 'x', '{}', 1, $1)", team)
    close()
    local function is(code, sentence, words, payload)
      local c, out, err = simulate(words, payload)
      assert.same({ code, "" }, { c, out }, err)
      assert.truthy(err:find(sentence, 1, true), err)
    end
    is(2, "--integration is missing", {})
    is(2, "--payload is missing", HOOK)
    is(2, "unexpected '--wat'", { "--wat", "1" })
    is(2, "unexpected 'x'", { "x" })
    is(2, "--group needs a value", { "--group" })
    is(2, "--group must be the number", { "--group", "one" })
    is(2, "--group stands instead of", { "--group", "1" }, "{}")
    is(2, "--at must be a moment", { "--group", "1", "--at", "tomorrow" })
    is(2, "--at must be a moment", { "--group", "1", "--at", "9999-01-01T00:00" })
    is(2, "--for must be a length", { "--group", "1", "--for", "1y" })
    is(2, "--for must be a length", { "--group", "1", "--for", "9999999d" })
    is(1, "there is no integration with the name or id 'nope'", { "--integration", "nope" }, "{}")
    is(1, "several integrations have the name 'twice'", { "--integration", "twice" }, "{}")
    is(1, "the alert is refused with 400: ", HOOK, "{")
    is(1, "no.json: No such file", { "--integration", "hook", "--payload", "no.json" })
    is(1, "No such file or directory", { "--group", "1", "--data", folder .. "/none" })
    is(1, "cannot be copied: unable to open database", { "--group", "1", "--data", folder })
    raw.shell(("cd %s && mkdir odd old && echo text > odd/tocsin.db && " ..
      "sqlite3 old/tocsin.db 'PRAGMA user_version=1; PRAGMA application_id=1953457011; CREATE TABLE x (y)'"):format(folder))
    is(1, "cannot be copied: file is not a database", { "--group", "1", "--data", folder .. "/odd" })
    is(1, "has schema 1, and this program", { "--group", "1", "--data", folder .. "/old" })
    local c, _, err = server.run({ "simulate", "--group", "1" }, nil, folder)
    assert.same({ 2, "tocsin simulate: --data is missing: the server's data folder\n" }, { c, err })
  end)
end)
