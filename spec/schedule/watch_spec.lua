--- What the room of a schedule is told, and its people (it begins on Monday 2026-09-21 at 14:13:20).
local calling <const> = require("calling")
local engine <const> = require("tocsin.engine")
local json <const> = require("tocsin.json")

local SECOND <const>, HOUR <const> = 1000, 3600 * 1000
local DAY <const> = 24 * HOUR

describe("the room of a schedule", function()
  local w, users

  local function user(name, address)
    users[name] = w:api(201, "POST", "users/", { username = name, name = name:gsub("^%l", string.upper), email = name .. "@example.com", role = "editor" }).id
    local id = w:rows("SELECT max(id) AS id FROM user")[1].id
    w:insert("notification_rule", { user_id = id, is_important = 0, position = 0, channel = "slack" })
    w:insert("contact_method", { user_id = id, channel = "slack", address = json.encode { id = address }, created_at = 1 })
  end

  before_each(function()
    users = {}
    w = calling.open { settings = { deliver = 1 } }
    w:provider("slack", { token = "xoxb-1", api_url = "https://slack.example/api" })
    user("ada", "U0ADA")
    user("bob", "U0BOB")
    user("eve", "U0EVE")
  end)
  after_each(function() w:close() end)

  local function groups(...)
    local list = json.array {}
    for i, name in ipairs { ... } do list[i] = json.array { users[name] } end
    return list
  end

  local function shift(fields)
    for name, v in pairs { name = "watch", type = "rolling_users", start = "2026-09-21T09:00:00", duration = 86400, frequency = "daily",
      rolling_users = groups("ada", "bob"), start_rotation_from_user_index = 0 } do
      if fields[name] == nil then fields[name] = v end
    end
    return w:api(201, "POST", "on_call_shifts/", fields)
  end

  local function schedule(shifts, fields)
    fields = fields or {}
    local list = json.array {}
    for i, one in ipairs(shifts) do list[i] = one.id end
    for name, v in pairs { name = "sea watch", type = "calendar", time_zone = "Europe/Paris", shifts = list, slack = { channel_id = "C0ROOM" } } do
      if fields[name] == nil then fields[name] = v end
    end
    local made = w:api(201, "POST", "schedules/", fields)
    w:advance(2 * SECOND)
    return made
  end

  -- What was posted since the last look, all taken by Slack: "channel: text of each block".
  local function words(v, out)
    if type(v) ~= "table" then return end
    if v.type == "mrkdwn" then out[#out + 1] = v.text end
    for _, key in ipairs { "blocks", "attachments", "text", "elements" } do words(v[key], out) end
    for _, item in ipairs(v) do words(item, out) end
  end
  local count = 0
  local function said()
    local list, letters = {}, w:outgoing()
    while #letters > 0 do
      for _, letter in ipairs(letters) do
        local body, out = json.decode(letter.body), {}
        words(body, out)
        list[#list + 1] = body.channel .. ": " .. table.concat(out, " / ")
        count = count + 1
        w:answer(letter, { status = 200, body = ('{"ok":true,"channel":"C0ROOM","ts":"%d.0"}'):format(count) })
      end
      w:advance(2 * SECOND) -- a room takes one in a second
      letters = w:outgoing()
    end
    return list
  end

  describe("is told at a hand-over", function()
    it("who is on call now, who is next and when on the schedule's clock", function()
      schedule { shift {} }
      assert.same({}, said())
      w:advance(17 * HOUR) -- Tuesday 07:13 UTC, 09:13 in Paris
      assert.same({ "C0ROOM: *sea watch: Bob is on call now* / <@U0BOB> / Next: *Ada*, Wed 23 Sep 09:00 (Europe/Paris)." }, said())
      w:advance(DAY)
      assert.same({ "C0ROOM: *sea watch: Ada is on call now* / <@U0ADA> / Next: *Bob*, Thu 24 Sep 09:00 (Europe/Paris)." }, said())
    end)

    it("at the moment it happens", function()
      schedule { shift {} }
      w:advance(16 * HOUR + 46 * 60 * SECOND + 38 * SECOND - 1) -- 06:59:59.999 UTC
      assert.same({}, said())
      w:advance(1)
      assert.equal(1, #said())
    end)

    it("once, however often it is looked at", function()
      schedule { shift {} }
      w:advance(17 * HOUR)
      assert.equal(1, #said())
      for i = 1, 3 do
        shift { name = "unused " .. i }
        w:advance(10 * SECOND)
      end
      assert.same({}, said())
    end)

    it("when somebody is put in for somebody else", function()
      local made = schedule { shift {} }
      local swap = w:api(201, "POST", "shift_swaps/", { schedule = made.id, beneficiary = users.ada, swap_start = "2026-09-21T14:14:00Z", swap_end = "2026-09-21T16:00:00Z" })
      w:advance(2 * SECOND)
      said()
      w:api(200, "POST", "shift_swaps/" .. swap.id .. "/take/", { benefactor = users.eve })
      w:advance(60 * SECOND)
      local list = said()
      assert.equal(2, #list)
      assert.is_truthy(list[1]:find("Eve takes over from Ada", 1, true))
      assert.equal("C0ROOM: *sea watch: Eve is on call now* / <@U0EVE> / Next: *Ada*, Mon 21 Sep 18:00 (Europe/Paris).", list[2])
    end)

    it("that nobody is on call, and everybody is called", function()
      schedule { shift { type = "single_event", users = json.array { users.ada }, start = "2026-09-21T09:00:00", duration = 8 * 3600 } }
      w:advance(3 * HOUR)
      assert.same({ "C0ROOM: *sea watch: nobody is on call now* / <!channel> / *Ada* was until now.\nNobody is planned to follow." }, said())
    end)

    it("that nobody is on call, and who was is called, or nobody, as the schedule says", function()
      local day = shift { type = "single_event", users = json.array { users.ada }, start = "2026-09-21T09:00:00", duration = 8 * 3600 }
      schedule({ day }, { notify = { empty_slot = "mention_previous" } })
      schedule({ day }, { name = "other", notify = { empty_slot = "inform" } })
      w:advance(47 * 60 * SECOND)
      local list = said()
      table.sort(list)
      assert.equal("C0ROOM: *other: nobody is on call now* / *Ada* was until now.\nNobody is planned to follow.", list[1])
      assert.equal("C0ROOM: *sea watch: nobody is on call now* / <@U0ADA> / *Ada* was until now.\nNobody is planned to follow.", list[2])
    end)

    it("and who is next is called too, or nobody at all, as the schedule says", function()
      local turns = shift {}
      schedule({ turns }, { notify = { mention_next = true } })
      schedule({ turns }, { name = "quiet", notify = { mention_current = false } })
      schedule({ turns }, { name = "silent", notify = { frequency = "never" } })
      w:advance(17 * HOUR)
      local list = said()
      table.sort(list)
      assert.equal(2, #list)
      assert.is_falsy(list[1]:find("<@", 1, true))
      assert.is_truthy(list[2]:find("<@U0BOB> <@U0ADA>", 1, true))
    end)

    it("not of what changed while it was not on the list, nor for the first time", function()
      local made = schedule({ shift {} }, { slack = { channel_id = json.null } })
      w:advance(17 * HOUR)
      w:api(200, "PUT", "schedules/" .. made.id, { slack = { channel_id = "C0ROOM" } })
      w:advance(10 * SECOND)
      assert.same({}, said())
      w:advance(DAY)
      assert.equal(1, #said())
    end)

    it("in other chats too, and names do no harm there", function()
      w:provider("telegram", { token = "1:abc", api_url = "https://telegram.example" })
      w:api(200, "PUT", "users/" .. users.bob, { name = "<b>*Bob*</b> [x](http://evil.example) @channel" })
      schedule({ shift {} }, { name = "a & <b>", telegram = { id = "-100" }, slack = json.null })
      w:advance(17 * HOUR)
      local sent = w:outgoing()
      assert.equal(1, #sent)
      local text = json.decode(sent[1].body).text
      assert.is_truthy(text:find("a &amp; &lt;b&gt;", 1, true))
      assert.is_truthy(text:find("&lt;b&gt;*Bob*&lt;/b&gt; [x](http://evil.example) @channel", 1, true))
      assert.is_falsy(text:find("<a ", 1, true))
    end)

    it("not an hour later, when that is no news any more", function()
      w:rows "UPDATE provider SET is_enabled = 0"
      w:provider("ntfy", {})
      w:rows "DELETE FROM provider WHERE type = 'slack'"
      w:provider("slack", { token = "xoxb-1", api_url = "https://slack.example/api" })
      schedule { shift {} }
      w:advance(17 * HOUR)
      local letter = w:outgoing()[1]
      w:advance(2 * HOUR)
      w:answer(letter, { failure = "TIMEOUT" })
      w:advance(2 * SECOND)
      assert.same({}, w:outgoing())
      assert.same({ "failed" }, w:column "SELECT state FROM notification")
    end)
  end)

  describe("is told what is wrong ahead", function()
    local function week(fields)
      fields.type, fields.start, fields.duration = "single_event", fields.start or "2026-09-21T00:00:00", fields.duration or 40 * 86400
      fields.users = fields.users or json.array { users.ada }
      return shift(fields)
    end

    it("when somebody makes a hole, and again on Monday if it is still there", function()
      local long = week {}
      local made = schedule { long }
      assert.same({}, w:api(200, "GET", "schedules/" .. made.id).warnings)
      w:api(200, "PUT", "on_call_shifts/" .. long.id, { duration = 5 * 86400 })
      w:advance(2 * SECOND)
      assert.same({ "C0ROOM: *sea watch: something is wrong ahead* / • Nobody is on call from Sat 26 Sep 00:00 to Wed 21 Oct 16:13 (Europe/Paris)." }, said())
      shift { name = "unused" }
      w:advance(DAY)
      assert.same({}, said())
      assert.equal("gap", w:api(200, "GET", "schedules/" .. made.id).warnings[1].kind)
      w:api(200, "PUT", "on_call_shifts/" .. long.id, { duration = 8 * 86400 })
      w:advance(5 * DAY + 21 * HOUR)
      assert.same({}, said())
      w:advance(HOUR)
      assert.same({ "C0ROOM: *sea watch: still wrong in the next 30 days* / • Nobody is on call from Tue 29 Sep 00:00 to Wed 28 Oct 13:00 (Europe/Paris)." }, said())
    end)

    it("but not on Monday when nothing is, nor at any time when it does not want to know", function()
      schedule { week { duration = 100 * 86400 } }
      schedule({ week { duration = 86400 * 2 } }, { name = "other", notify = { reports = false, frequency = "never" } })
      w:advance(7 * DAY)
      assert.same({}, said())
    end)

    it("when a person leaves, whose shifts are nobody's", function()
      local made = schedule { week { name = "the *week*", users = json.array { users.ada, users.eve } } }
      w:api(204, "DELETE", "users/" .. users.eve)
      w:advance(2 * SECOND)
      assert.same({ "C0ROOM: *sea watch: Ada is on call now* / <@U0ADA> / Nobody is planned to follow.",
        "C0ROOM: *sea watch: something is wrong ahead* / • The shift the *week*: a person of it does not exist any more" }, said())
      local list = w:api(200, "GET", "schedules/" .. made.id .. "/warnings").results
      assert.equal("missing_person a person of it does not exist any more", list[1].kind .. " " .. list[1].text)
      w:api(204, "DELETE", "users/" .. users.ada)
      w:advance(2 * SECOND)
      local text = table.concat(said(), "\n")
      assert.is_truthy(text:find("nobody is on call now", 1, true))
      assert.is_truthy(text:find("The shift the *week* from Mon 21 Sep 00:00 to Sat 31 Oct 00:00 (Europe/Paris) has nobody.", 1, true))
    end)

    it("when nobody could reach a person, by the rules by which they would be called", function()
      local made = schedule { week {} }
      local function warning()
        w:advance(2 * SECOND)
        local list = w:api(200, "GET", "schedules/" .. made.id).warnings
        return list[1] and list[1].user == users.ada and list[1].text or #list
      end
      assert.equal(0, warning())
      w:rows("UPDATE contact_method SET failed_at = 1 WHERE address = '{\"id\":\"U0ADA\"}'")
      assert.equal("no rule leads to a contact method that works", warning())
      assert.is_truthy(said()[1]:find("*Ada* cannot be reached: no rule leads to a contact method that works.", 1, true))
      w:rows "UPDATE contact_method SET failed_at = NULL"
      w:insert("notification_rule", { user_id = 1, is_important = 1, position = 0, channel = "sms" })
      assert.equal("no important rule leads to a contact method that works", warning())
      w:insert("contact_method", { user_id = 1, channel = "email", address = "{}", created_at = 1 })
      w:rows "DELETE FROM notification_rule"
      assert.equal(0, warning()) -- without any rule there is e-mail
      w:rows "UPDATE contact_method SET is_enabled = 0 WHERE channel = 'email'"
      assert.equal("no rule leads to a contact method that works", warning())
      w:rows "UPDATE user SET role = 'viewer'"
      assert.equal("viewers are not called", warning())
    end)

    it("when its calendar cannot be fetched any more", function()
      local made = schedule({}, { type = "ical", ical_url_primary = "https://cal.example/a.ics" })
      local function fetch(with)
        local letters = w:outgoing()
        w:answer(letters[1], with)
        w:advance(2 * SECOND)
      end
      local event = "UID:1\r\nDTSTART:20260901T000000Z\r\nDURATION:P1D\r\nRRULE:FREQ=DAILY\r\nSUMMARY:ada\r\n"
      fetch { status = 200, body = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" .. event .. "END:VEVENT\r\nEND:VCALENDAR\r\n" }
      assert.same({ "C0ROOM: *sea watch: Ada is on call now* / <@U0ADA> / Nobody is planned to follow." }, said())
      w:advance(10 * 60 * SECOND)
      fetch { status = 500 }
      assert.same({ "C0ROOM: *sea watch: something is wrong ahead* / " ..
        "• The calendar cannot be fetched, the last good copy counts. primary: The calendar's server answered with the status 500." }, said())
      assert.equal("calendar_failed", w:api(200, "GET", "schedules/" .. made.id).warnings[1].kind)
    end)

    it("in ten lines, however much it is", function()
      local long = week {}
      local made = schedule { long }
      local hours = shift { type = "recurrent_event", duration = 3600, users = json.array { users.ada } }
      w:api(200, "PUT", "schedules/" .. made.id, { shifts = json.array { hours.id } })
      w:advance(2 * SECOND)
      local text = table.concat(said(), "\n")
      assert.is_truthy(text:find("And 21 more.", 1, true), text)
    end)
  end)

  describe("is told of a swap", function()
    local function ask(made, from, to)
      local swap = w:api(201, "POST", "shift_swaps/", { schedule = made.id, beneficiary = users.bob, swap_start = from, swap_end = to, description = "a *wedding*" })
      w:advance(2 * SECOND)
      return swap
    end
    local quiet = { notify = { frequency = "never", reports = false } }

    it("when somebody asks for it, four, three, two and one weeks, three, two, one and half a day before", function()
      local made = schedule({ shift {} }, quiet)
      ask(made, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
      assert.same({ "C0ROOM: *sea watch: Bob asks for a swap* / Who takes what *Bob* has from Sun 1 Nov 01:00 to Mon 2 Nov 01:00 (Europe/Paris)?\na *wedding*" }, said())
      local days, day = {}, 0
      while day < 41 do
        w:advance(12 * HOUR)
        day = day + 0.5
        for _ = 1, #said() do days[#days + 1] = day end
      end
      assert.same({ 12.5, 19.5, 26.5, 33.5, 37.5, 38.5, 39.5, 40 }, days) -- 1 November is 40.4 days away
    end)

    it("when it is taken, and not any more then", function()
      local made = schedule({ shift {} }, quiet)
      local swap = ask(made, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
      said()
      w:api(200, "POST", "shift_swaps/" .. swap.id .. "/take/", { benefactor = users.eve })
      w:advance(2 * SECOND)
      assert.same({ "C0ROOM: *sea watch: Eve takes over from Bob* / *Eve* is on call instead of *Bob* from Sun 1 Nov 01:00 to Mon 2 Nov 01:00 (Europe/Paris)." }, said())
      w:advance(45 * DAY)
      assert.same({}, said())
    end)

    it("not any more when it is gone", function()
      local made = schedule({ shift {} }, quiet)
      local swap = ask(made, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
      said()
      w:api(204, "DELETE", "shift_swaps/" .. swap.id)
      w:advance(2 * SECOND)
      assert.same({ "C0ROOM: *sea watch: Bob needs no swap any more* / What *Bob* has from Sun 1 Nov 01:00 to Mon 2 Nov 01:00 (Europe/Paris) stays theirs." }, said())
      w:advance(45 * DAY)
      assert.same({}, said())
    end)

    it("and so are the phones of those who could take it, and of both when it is taken", function()
      local sample = require("channel").load("webpush").sample
      w:provider("webpush", sample.account)
      for _, row in ipairs(w:rows "SELECT id FROM user") do
        w:insert("contact_method", { user_id = row.id, channel = "mobile_app", verified_at = 1, address = json.encode(sample.address), created_at = 1 })
      end
      local made = schedule({ shift { rolling_users = groups("ada", "bob", "eve") } }, { slack = json.null, notify = quiet.notify })
      local swap = ask(made, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
      local function told() return w:column "SELECT u.username FROM notification AS n JOIN user AS u ON u.id = n.user_id WHERE n.kind = 'info' ORDER BY n.id" end
      assert.same({ "ada", "eve" }, told())
      w:api(200, "POST", "shift_swaps/" .. swap.id .. "/take/", { benefactor = users.eve })
      w:advance(2 * SECOND)
      assert.same({ "ada", "eve", "bob", "eve" }, told())
    end)
  end)

  describe("is not all that follows who is on call:", function()
    local function groups_put()
      local list = {}
      for _, letter in ipairs(w:outgoing()) do
        if letter.url:find("usergroups.users.update", 1, true) then list[#list + 1] = json.decode(letter.body) end
        w:answer(letter, { status = 200, body = '{"ok":true}' })
      end
      return list
    end
    local slack = { user_group_id = "S0GROUP" }

    it("a user group of Slack does, at once and at every hand-over", function()
      local made = schedule({ shift { rolling_users = json.array { json.array { users.ada, users.eve }, json.array { users.bob } } } }, { slack = slack })
      assert.same({ { usergroup = "S0GROUP", users = "U0ADA,U0EVE" } }, groups_put())
      shift { name = "unused" }
      w:advance(2 * SECOND)
      assert.same({}, groups_put())
      w:advance(17 * HOUR)
      assert.same({ { usergroup = "S0GROUP", users = "U0BOB" } }, groups_put())
      w:api(200, "PUT", "schedules/" .. made.id, { slack = { user_group_id = "S0OTHER" } })
      w:advance(2 * SECOND)
      assert.same({ { usergroup = "S0OTHER", users = "U0BOB" } }, groups_put())
    end)

    it("but it never is empty", function()
      schedule({ shift { type = "single_event", users = json.array { users.ada }, start = "2026-09-21T09:00:00", duration = 8 * 3600 } }, { slack = slack })
      assert.equal(1, #groups_put())
      w:rows "DELETE FROM contact_method"
      w:advance(2 * HOUR)
      assert.same({}, groups_put())
      schedule({ shift { name = "other" } }, { name = "other", slack = { user_group_id = "S0NOBODY" } })
      assert.same({}, groups_put())
      assert.same({ "nobody_has_an_address" }, w:column "SELECT error FROM notification WHERE state = 'cancelled'")
    end)
  end)

  describe("is named in the API", function()
    it("by its channel, with what it is told; null takes it away", function()
      local made = schedule({ shift {} }, { telegram = { id = "-100" }, notify = { frequency = "never", mention_next = true } })
      assert.same({ id = "-100" }, made.telegram)
      assert.same({ frequency = "never", mention_current = true, mention_next = true, empty_slot = "mention_all", reports = true }, made.notify)
      local changed = w:api(200, "PUT", "schedules/" .. made.id, { telegram = json.null, notify = { frequency = "each_shift" } })
      assert.is_nil(changed.telegram)
      assert.equal("C0ROOM", changed.slack.channel_id)
      assert.same({ frequency = "each_shift", mention_current = true, mention_next = true, empty_slot = "mention_all", reports = true }, changed.notify)
    end)

    it("and the field that is wrong is named too", function()
      local path = "schedules/" .. schedule({ shift {} }).id
      for _, case in ipairs { { "notify", 5 }, { "notify", { frequency = "daily" } }, { "notify", { mention_next = "yes" } }, { "notify", { empty_slot = json.null } },
        { "telegram", "x" }, { "telegram", { id = 5 } }, { "telegram", { id = ("x"):rep(101) } }, { "slack", { channel_id = json.array {} } } } do
        assert.is_not_nil(w:api(400, "PUT", path, { [case[1]] = case[2] })[case[1]], case[1])
      end
    end)
  end)

  it("of many schedules is told by each, and one that was deleted keeps none of the others from it", function()
    local turns = shift {}
    for i = 1, 25 do
      w:api(201, "POST", "schedules/", { name = "s" .. i, type = "calendar", time_zone = "UTC", shifts = json.array { turns.id }, slack = { channel_id = "C0ROOM" .. i } })
    end
    w:advance(5 * SECOND)
    assert.equal(25, w:rows("SELECT count(*) AS n FROM schedule_watch")[1].n)
    w:advance(19 * HOUR)
    local list = said()
    assert.equal(25, #list)
    local before = w:rows("SELECT max(looked_at) AS at FROM schedule_watch")[1].at
    w:api(200, "PUT", "on_call_shifts/" .. turns.id, { rolling_users = groups("eve") })
    w:advance(5 * SECOND)
    assert.equal(25, #said())
    assert.is_true(before < w:rows("SELECT min(looked_at) AS at FROM schedule_watch")[1].at)
  end)

  it("does not keep pages waiting, however many hand over at the same time", function()
    local turns = shift {}
    for i = 1, 200 do
      w:rows("INSERT INTO schedule (type, name, timezone, channels, created_at) VALUES ('calendar', $1, 'UTC', $2, 1)", "s" .. i, '{"slack":{"channel_id":"C0ROOM' .. i .. '"}}')
    end
    assert.is_string(turns.id)
    w:rows "INSERT INTO schedule_shift (schedule_id, shift_id) SELECT id, 1 FROM schedule"
    w:advance(60 * SECOND)
    w:advance(18 * HOUR + 44 * 60 * SECOND + 40 * SECOND) -- 08:59
    assert.same({}, said())
    local hook = w:hook(w:chain { { type = "notify_persons", users = { 1 } } })
    w:advance(70 * SECOND)
    assert.is_true(w:rows("SELECT count(*) AS n FROM notification WHERE due_at IS NOT NULL")[1].n > 150)
    w:post(hook, { key = "a" })
    w:advance(SECOND)
    local seconds, reached = 1, false
    while not reached and seconds < 100 do
      for _, letter in ipairs(w:outgoing()) do
        reached = reached or json.decode(letter.body).channel == "U0ADA"
        w:answer(letter, { status = 200, body = '{"ok":true,"channel":"C0ROOM","ts":"1.0"}' })
      end
      w:advance(SECOND)
      seconds = seconds + 1
    end
    assert.is_true(seconds <= 3, seconds)
  end)

  it("is not the only one to know of gaps: so do the metrics", function()
    local function metric(name)
      local _, text = engine.request(w.core, "GET", "/metrics", {}, "")
      return tonumber(text:match("\ntocsin_" .. name .. " (%d+)"))
    end
    assert.equal(0, metric "schedules_uncovered")
    local day = shift { type = "single_event", users = json.array { users.ada }, start = "2026-09-21T09:00:00", duration = 8 * 3600 }
    local one = schedule { day }
    schedule({ shift {} }, { name = "other" })
    assert.equal("0 1", metric "schedules_uncovered" .. " " .. metric "schedules_with_gaps")
    w:advance(3 * HOUR)
    assert.equal("1 1", metric "schedules_uncovered" .. " " .. metric "schedules_with_gaps")
    w:api(204, "DELETE", "schedules/" .. one.id)
    w:advance(2 * SECOND)
    assert.equal("0 0", metric "schedules_uncovered" .. " " .. metric "schedules_with_gaps")
  end)

  it("is looked after beside others, also when its schedule cannot be read", function()
    local made = schedule { shift {} }
    w:rows("UPDATE schedule SET notify = '[', name = 'broken' WHERE name = 'sea watch'")
    schedule({ shift {} }, { name = "other" })
    w:advance(17 * HOUR)
    assert.is_truthy(table.concat(said(), "\n"):find("other: Bob is on call now", 1, true))
    assert.is_string(made.id)
    assert.is_true(engine.now(w.core) > 0)
  end)
end)
