--- Schedules, shifts and swaps over the API (it is 2026-09-21 14:13:20).
local client <const> = require "api_client"
local json <const> = require "tocsin.json"

local API <const> = "/api/v1/"

describe("over the API", function()
  local c, people

  before_each(function()
    c = client.open()
    people = {}
    for _, name in ipairs { "ada", "bob", "eve" } do
      people[name] = client.expect(c, 201, "POST", API .. "users/", { username = name, email = name .. "@example.com", role = "editor" }).id
    end
  end)
  after_each(function() client.close(c) end)

  local function ask(status, method, path, body) return client.expect(c, status, method, API .. path, body) end

  local function groups(...)
    local list = json.array {}
    for i, names in ipairs { ... } do
      list[i] = json.array {}
      for n, name in ipairs(names) do list[i][n] = people[name] end
    end
    return list
  end

  local function shift(fields, status)
    for name, v in pairs { name = "watch", type = "rolling_users", start = "2026-09-21T00:00:00", duration = 86400, frequency = "daily",
      rolling_users = groups({ "ada" }, { "bob" }), start_rotation_from_user_index = 0 } do
      if fields[name] == nil then fields[name] = v end
    end
    return ask(status or 201, "POST", "on_call_shifts/", fields)
  end

  local function calendar(fields)
    fields = fields or {}
    for name, v in pairs { name = "sea watch", type = "calendar", time_zone = "Europe/Paris" } do
      if fields[name] == nil then fields[name] = v end
    end
    return ask(201, "POST", "schedules/", fields)
  end

  local function final(schedule, from, to)
    local lines = {}
    for i, row in ipairs(ask(200, "GET", ("schedules/%s/final_shifts?start_date=%s&end_date=%s"):format(schedule.id, from, to)).results) do
      lines[i] = row.shift_start .. " " .. row.shift_end .. " " .. row.user_username
    end
    return lines
  end

  describe("a schedule", function()
    it("is made of shifts, and says who is on call", function()
      local one = shift { level = 1 }
      local made = calendar { shifts = json.array { one.id }, slack = { channel_id = "c0abc", user_group_id = json.null } }
      assert.same({ id = made.id, team_id = json.null, name = "sea watch", type = "calendar", time_zone = "Europe/Paris",
        ical_url_overrides = json.null, calendars = { primary = json.null, overrides = json.null },
        enable_web_overrides = false, slack = { channel_id = "C0ABC", user_group_id = json.null }, warnings = json.null,
        on_call_next = { start = "2026-09-21T22:00:00Z", users = { people.bob } },
        notify = { frequency = "each_shift", mention_current = true, mention_next = false, empty_slot = "mention_all", reports = true },
        on_call_now = { people.ada }, shifts = { one.id } }, made)
      assert.same(made, ask(200, "GET", "schedules/" .. made.id))
      assert.same({ made }, ask(200, "GET", "schedules/?name=sea%20watch").results)
      assert.same({}, ask(200, "GET", "schedules/?name=other").results)
    end)

    it("may be written back as it was read, and nothing changes", function()
      local made = calendar { shifts = json.array { shift({}).id } }
      assert.same(made, ask(200, "PUT", "schedules/" .. made.id, made))
      local one = ask(200, "GET", "on_call_shifts/" .. made.shifts[1])
      assert.same(one, ask(200, "PUT", "on_call_shifts/" .. one.id, one))
    end)

    it("takes other shifts, a new name and no shifts", function()
      local made = calendar { shifts = json.array { shift({}).id } }
      local other = shift { rolling_users = groups { "eve" } }
      assert.same({ people.eve }, ask(200, "PUT", "schedules/" .. made.id, { shifts = json.array { other.id } }).on_call_now)
      assert.equal("west", ask(200, "PUT", "schedules/" .. made.id, { name = "west" }).name)
      assert.same({ people.eve }, ask(200, "GET", "schedules/" .. made.id).on_call_now)
      assert.same({}, ask(200, "PUT", "schedules/" .. made.id, { shifts = json.array {} }).on_call_now)
      ask(204, "DELETE", "schedules/" .. made.id)
      ask(404, "GET", "schedules/" .. made.id)
      ask(200, "GET", "on_call_shifts/" .. other.id)
    end)

    it("of the web owns its shifts", function()
      local web = ask(201, "POST", "schedules/", { name = "web", type = "web", time_zone = "Europe/Paris" })
      local one = shift { schedule = web.id, source = 0 }
      assert.equal(web.id, one.schedule)
      assert.same({ one.id }, ask(200, "GET", "schedules/" .. web.id).shifts)
      local cover = shift { schedule = web.id, type = "override", users = json.array { people.eve }, start = "2026-09-21T14:00:00", duration = 3600 }
      assert.same({ people.eve }, ask(200, "GET", "schedules/" .. web.id).on_call_now)
      assert.same({ one, cover }, ask(200, "GET", "on_call_shifts/?schedule_id=" .. web.id).results)
      ask(204, "DELETE", "schedules/" .. web.id)
      ask(404, "GET", "on_call_shifts/" .. one.id)
    end)

    it("names the field that is wrong", function()
      local function wrong(fields)
        local names = {}
        for name in pairs(ask(400, "POST", "schedules/", fields)) do names[#names + 1] = name end
        table.sort(names)
        return table.concat(names, " ")
      end
      assert.equal("name type", wrong {})
      assert.equal("type", wrong { name = "x", type = "moon" })
      assert.equal("time_zone", wrong { name = "x", type = "calendar" })
      assert.equal("time_zone", wrong { name = "x", type = "calendar", time_zone = "Mars" })
      assert.equal("ical_url_primary", wrong { name = "x", type = "ical" })
      assert.equal("ical_url_primary", wrong { name = "x", type = "ical", ical_url_primary = "file:///etc/passwd" })
      assert.equal("ical_url_primary", wrong { name = "x", type = "ical", ical_url_primary = "https://e.example/" .. ("x"):rep(500) })
      assert.equal("name", wrong { name = ("x"):rep(201), type = "web" })
      assert.equal("shifts", wrong { name = "x", type = "web", shifts = json.array { "ONONE" } })
      assert.equal("slack", wrong { name = "x", type = "web", slack = { channel_id = 5 } })
      calendar()
      assert.equal("name", wrong { name = "sea watch", type = "web" })
      local made = ask(200, "GET", "schedules/?name=sea+watch").results[1]
      assert.is_table(ask(400, "PUT", "schedules/" .. made.id, { type = "web" }).type)
      assert.is_table(ask(400, "PUT", "schedules/" .. made.id, { time_zone = json.null }).time_zone)
    end)

    it("of a calendar keeps its address, and drops the copy of another one", function()
      local made = ask(201, "POST", "schedules/", { name = "ical", type = "ical", ical_url_primary = "webcal://cal.example/a.ics" })
      assert.same({ "https://cal.example/a.ics", json.null }, { made.ical_url_primary, made.ical_url_overrides })
      assert.is_nil(made.shifts)
      assert(client.write(c, { sql = "INSERT INTO schedule_copy (schedule_id, part, ical) SELECT id, 'primary', 'x' FROM schedule", args = {} }))
      local function copies() return client.write(c, { sql = "SELECT count(*) AS n FROM schedule_copy", args = {} }).rows[1].n end
      ask(200, "PUT", "schedules/" .. made.id, { ical_url_primary = made.ical_url_primary, name = "b" })
      assert.equal(1, copies())
      ask(200, "PUT", "schedules/" .. made.id, { ical_url_primary = "https://cal.example/b.ics" })
      assert.equal(0, copies())
    end)
  end)

  describe("a shift", function()
    it("shows the fields of its type", function()
      local rolling = shift { level = 2, by_day = json.array { "MO", "tu", "MO" }, frequency = "weekly", week_start = "MO", interval = 2, time_zone = "asia/kathmandu" }
      assert.same({ id = rolling.id, team_id = json.null, schedule = json.null, name = "watch", type = "rolling_users", time_zone = "Asia/Kathmandu",
        level = 2, start = "2026-09-21T00:00:00", duration = 86400, rotation_start = "2026-09-21T00:00:00", frequency = "weekly",
        interval = 2, ["until"] = json.null, week_start = "MO", by_day = { "MO", "TU" }, by_month = json.null, by_monthday = json.null,
        rolling_users = groups({ "ada" }, { "bob" }), start_rotation_from_user_index = 0 }, rolling)
      local single = shift { type = "single_event", users = json.array { people.ada, "UNONE" } }
      assert.same({ id = single.id, team_id = json.null, schedule = json.null, name = "watch", type = "single_event", time_zone = json.null,
        level = 0, start = "2026-09-21T00:00:00", duration = 86400, rotation_start = "2026-09-21T00:00:00", users = { people.ada } }, single)
      local recurrent = shift { type = "recurrent_event", users = json.null, by_month = json.array { 1, 12 }, by_monthday = json.array { -1, 15 } }
      assert.same({ json.null, json.null, { 1, 12 }, { -1, 15 }, {} }, { recurrent.by_day, recurrent.interval, recurrent.by_month, recurrent.by_monthday, recurrent.users })
      assert.is_nil(recurrent.rolling_users)
      local cover = shift { type = "override", users = json.array { people.ada } }
      assert.is_nil(cover.level)
      assert.same({ people.ada }, cover.users)
    end)

    it("names the field that is wrong", function()
      local function wrong(fields)
        local names = {}
        for name in pairs(shift(fields, 400)) do names[#names + 1] = name end
        table.sort(names)
        return table.concat(names, " ")
      end
      for name, value in pairs { start = "yesterday", duration = 0, type = "moon", frequency = "yearly", interval = 0, by_day = json.array { "1MO" },
        by_month = json.array { 13 }, by_monthday = json.array { 0 }, level = -1, rolling_users = json.array { "x" },
        start_rotation_from_user_index = 2, time_zone = "Mars", ["until"] = "2020-01-01T00:00:00", name = "", rotation_start = "2026-02-30T00:00:00",
        week_start = "XX", schedule = "SNONE", team_id = "TNONE" } do
        assert.equal(name, wrong { [name] = value })
      end
      assert.equal("rolling_users", wrong { rolling_users = json.array { json.array { people.ada, "UNONE" } } })
      assert.equal("frequency", wrong { frequency = json.null })
      assert.equal("week_start", wrong { frequency = "weekly" })
      assert.equal("by_monthday", wrong { by_monthday = json.array { 1 } })
      assert.equal("interval", wrong { by_day = json.array { "MO" }, interval = 2 })
      assert.equal("duration", wrong { duration = 367 * 86400 })
      assert.equal("schedule", wrong { schedule = calendar().id })
      assert.equal("duration name start start_rotation_from_user_index", (function()
        local names = {}
        for name in pairs(ask(400, "POST", "on_call_shifts/", { type = "rolling_users", frequency = "daily", duration = -1, name = " ", start = 5,
          start_rotation_from_user_index = "x" })) do names[#names + 1] = name end
        table.sort(names)
        return table.concat(names, " ")
      end)())
    end)

    it("is changed in part, and keeps what its type does not have out", function()
      local one = shift {}
      local changed = ask(200, "PUT", "on_call_shifts/" .. one.id, { rolling_users = groups({ "eve" }, { "ada", "bob" }), users = json.array { people.eve } })
      assert.same(groups({ "eve" }, { "ada", "bob" }), changed.rolling_users)
      assert.is_nil(changed.users)
      assert.is_table(ask(400, "PUT", "on_call_shifts/" .. one.id, { start_rotation_from_user_index = 5 }).start_rotation_from_user_index)
      assert.is_table(ask(400, "PUT", "on_call_shifts/" .. one.id, { type = "override" }).type)
      assert.equal("weekly", ask(200, "PUT", "on_call_shifts/" .. one.id, { frequency = "weekly", week_start = "SU" }).frequency)
      ask(204, "DELETE", "on_call_shifts/" .. one.id)
    end)

    it("does not show people who are gone", function()
      local one = shift {}
      ask(204, "DELETE", "users/" .. people.ada)
      assert.same(groups({}, { "bob" }), ask(200, "GET", "on_call_shifts/" .. one.id).rolling_users)
    end)
  end)

  describe("final shifts", function()
    it("are one row for each person of each shift, cut to the days that were asked for", function()
      local made = calendar { time_zone = "UTC", shifts = json.array { shift({ start = "2026-09-20T12:00:00",
        rolling_users = groups({ "ada" }, { "bob", "eve" }) }).id } }
      assert.same({ "2026-09-21T00:00:00Z 2026-09-21T12:00:00Z ada", "2026-09-21T12:00:00Z 2026-09-22T12:00:00Z bob",
        "2026-09-21T12:00:00Z 2026-09-22T12:00:00Z eve", "2026-09-22T12:00:00Z 2026-09-23T00:00:00Z ada" }, final(made, "2026-09-21", "2026-09-22"))
      assert.same({ "2026-09-21T06:30:00Z 2026-09-21T07:00:00Z ada" }, final(made, "2026-09-21T06:30", "2026-09-21T07:00"))
      local row = ask(200, "GET", "schedules/" .. made.id .. "/final_shifts/?start_date=2026-09-21&end_date=2026-09-21")
      assert.same({ user_pk = people.ada, user_email = "ada@example.com", user_username = "ada", shift_start = "2026-09-21T00:00:00Z",
        shift_end = "2026-09-21T12:00:00Z" }, row.results[1])
      assert.same({ json.null, json.null, 3, 50, 1, 1 }, { row.next, row.previous, row.count, row.page_size, row.current_page_number, row.total_pages })
    end)

    it("refuse what is no time or too long", function()
      local path = "schedules/" .. calendar().id .. "/final_shifts/?"
      local both = ask(400, "GET", path)
      assert.is_table(both.start_date)
      assert.is_table(both.end_date)
      assert.is_table(ask(400, "GET", path .. "start_date=2026-09-32&end_date=2026-09-22").start_date)
      assert.is_table(ask(400, "GET", path .. "start_date=2026-09-23&end_date=2026-09-22").start_date)
      assert.is_table(ask(400, "GET", path .. "start_date=2026-09-23&end_date=2027-09-24").end_date)
      ask(200, "GET", path .. "start_date=2026-09-23&end_date=2027-09-23")
      ask(404, "GET", "schedules/SNONE/final_shifts/?start_date=2026-09-23&end_date=2026-09-23")
    end)
  end)

  describe("warnings", function()
    it("name gaps ahead, shifts of nobody and people who cannot be reached", function()
      local day = shift { type = "single_event", users = json.array { people.ada, people.bob }, start = "2026-09-21T00:00:00", duration = 10 * 86400 }
      local none = shift { type = "single_event", users = json.array {}, start = "2026-09-25T00:00:00", duration = 3600 }
      local last = shift { type = "single_event", users = json.array { people.ada }, start = "2026-10-02T00:00:00", duration = 30 * 86400 }
      local made = calendar { time_zone = "UTC", shifts = json.array { day.id, none.id, last.id } }
      assert(client.write(c, { sql = "INSERT INTO contact_method (user_id, channel, address, verified_at, created_at) SELECT id, 'sms', '{}', 1, 1 " ..
        "FROM user WHERE username = 'ada'", args = {} }))
      assert(client.write(c, { sql = "INSERT INTO notification_rule (user_id, position, channel) SELECT id, 0, 'sms' FROM user", args = {} }))
      local lines = {}
      for i, w in ipairs(ask(200, "GET", "schedules/" .. made.id .. "/warnings").results) do
        lines[i] = table.concat({ w.kind, w.start, w["end"], w.shift ~= json.null and w.shift or w.user ~= json.null and w.user or "-" }, " ")
      end
      assert.same({ "unreachable_person 2026-09-21T14:13:20Z 2026-10-01T00:00:00Z " .. people.bob,
        "empty_shift 2026-09-25T00:00:00Z 2026-09-25T01:00:00Z " .. none.id, "gap 2026-10-01T00:00:00Z 2026-10-02T00:00:00Z -" }, lines)
      ask(404, "GET", "schedules/SNONE/warnings")
    end)
  end)

  describe("the quality", function()
    local function quality(made, query)
      local q = ask(200, "GET", "schedules/" .. made.id .. "/quality" .. (query or ""))
      local over = {}
      for i, one in ipairs(q.overloaded_users) do over[i] = one.username .. " " .. one.score end
      return ("%d %d %d %s"):format(q.total_score, q.covered, q.balance, table.concat(over, ", "))
    end

    it("is whole when somebody is always on call and all have the same share", function()
      assert.equal("100 100 100 ", quality((calendar { time_zone = "UTC", shifts = json.array { shift({}).id } })))
    end)

    it("is half when half of the time nobody is, and names who has more than their share", function()
      local day = shift { name = "days", duration = 12 * 3600, rolling_users = groups({ "ada" }, { "ada" }, { "ada" }, { "bob" }) }
      local made = calendar { time_zone = "UTC", shifts = json.array { day.id } }
      assert.equal("41 50 33 ada 50", quality(made)) -- 75% and 25% of the time: a third, and half more than the mean
      assert.equal("75 50 100 ", quality(made, "?date=2026-09-21&days=1"))
      assert.equal("37 50 25 ada 60", quality(made, "?date=2026-09-21&days=5"))
    end)

    it("counts the time once in which several are on call, and is nothing without anybody", function()
      local both = shift { type = "recurrent_event", users = json.array { people.ada, people.bob } }
      assert.equal("100 100 100 ", quality((calendar { time_zone = "UTC", shifts = json.array { both.id } })))
      assert.equal("0 0 0 ", quality((calendar { name = "empty", time_zone = "UTC" })))
    end)

    it("is refused of no time at all", function()
      local path = "schedules/" .. calendar({}).id .. "/quality?"
      assert.is_table(ask(400, "GET", path .. "date=monday").date)
      for _, days in ipairs { "0", "367", "-1", "1.5", "many", "99999999999999999999" } do
        assert.is_table(ask(400, "GET", path .. "days=" .. days).days)
      end
      ask(404, "GET", "schedules/SNONE/quality")
    end)
  end)

  describe("a swap", function()
    local made

    before_each(function() made = calendar { time_zone = "UTC", shifts = json.array { shift({}).id } } end)

    local function swap(fields, status)
      for name, v in pairs { schedule = made.id, beneficiary = people.bob, swap_start = "2026-09-22T00:00:00Z", swap_end = "2026-09-22T12:00:00.000000Z" } do
        if fields[name] == nil then fields[name] = v end
      end
      return ask(status or 201, "POST", "shift_swaps/", fields)
    end

    it("is open until somebody takes it, and then changes who is on call", function()
      local one = swap { description = "a wedding" }
      assert.same({ id = one.id, created_at = "2026-09-21T14:13:20Z", updated_at = "2026-09-21T14:13:20Z", schedule = made.id,
        swap_start = "2026-09-22T00:00:00Z", swap_end = "2026-09-22T12:00:00Z", beneficiary = people.bob, benefactor = json.null,
        description = "a wedding", status = "open" }, one)
      assert.same({ "2026-09-22T00:00:00Z 2026-09-23T00:00:00Z bob" }, final(made, "2026-09-22", "2026-09-22"))
      assert.equal("A shift swap request cannot be taken by its own beneficiary",
        ask(400, "POST", "shift_swaps/" .. one.id .. "/take/", { benefactor = people.bob }).detail)
      assert.is_table(ask(400, "POST", "shift_swaps/" .. one.id .. "/take/", {}).benefactor)
      local taken = ask(200, "POST", "shift_swaps/" .. one.id .. "/take/", { benefactor = people.eve })
      assert.same({ "taken", people.eve }, { taken.status, taken.benefactor })
      assert.same({ "2026-09-22T00:00:00Z 2026-09-22T12:00:00Z eve", "2026-09-22T12:00:00Z 2026-09-23T00:00:00Z bob" }, final(made, "2026-09-22", "2026-09-22"))
      assert.truthy(ask(400, "POST", "shift_swaps/" .. one.id .. "/take/", { benefactor = people.ada }).detail:find "not in a state")
      ask(400, "PUT", "shift_swaps/" .. one.id, { swap_end = "2026-09-23T12:00:00Z" })
      ask(204, "DELETE", "shift_swaps/" .. one.id)
      assert.same({ "2026-09-22T00:00:00Z 2026-09-23T00:00:00Z bob" }, final(made, "2026-09-22", "2026-09-22"))
      ask(404, "GET", "shift_swaps/" .. one.id)
    end)

    it("is listed from now on, by schedule, by person and by whether it is open", function()
      local one, two = swap {}, swap { beneficiary = people.ada, swap_start = "2026-09-25T02:00:00+02:00", swap_end = "2026-09-26T00:00:00" }
      assert.equal("2026-09-25T00:00:00Z", two.swap_start)
      ask(200, "POST", "shift_swaps/" .. one.id .. "/take", { benefactor = people.eve })
      local function list(query)
        local found = {}
        for i, row in ipairs(ask(200, "GET", "shift_swaps/" .. query).results) do found[i] = row.id end
        return found
      end
      assert.same({ one.id, two.id }, list "")
      assert.same({ two.id }, list "?open_only=true")
      assert.same({ two.id }, list("?beneficiary=" .. people.ada))
      assert.same({ one.id }, list("?benefactor=" .. people.eve))
      assert.same({ two.id }, list "?starting_after=2026-09-23T00:00:00Z")
      assert.same({ one.id, two.id }, list("?schedule_id=" .. made.id .. "&starting_after=2020-01-01T00:00:00"))
      assert.same({}, list "?schedule_id=SNONE")
      ask(400, "GET", "shift_swaps/?starting_after=soon")
      require "tocsin.engine".advance(c.core, 36 * 3600 * 1000)
      assert.same({ two.id }, list "")
      assert.equal("taken", ask(200, "GET", "shift_swaps/" .. one.id).status)
    end)

    it("names the field that is wrong", function()
      assert.is_table(swap({ swap_start = "x" }, 400).swap_start)
      assert.is_table(swap({ swap_start = 5 }, 400).swap_start)
      assert.is_table(swap({ swap_end = "2026-09-21T20:00:00Z" }, 400).swap_end)
      assert.is_table(swap({ swap_start = "2026-09-20T20:00:00Z" }, 400).swap_start)
      assert.is_table(swap({ beneficiary = "UNONE" }, 400).beneficiary)
      assert.is_table(swap({ schedule = "SNONE" }, 400).schedule)
      assert.is_table(swap({ description = ("x"):rep(3001) }, 400).description)
      local one = swap {}
      assert.equal("2026-09-23T00:00:00Z", ask(200, "PUT", "shift_swaps/" .. one.id, { swap_end = "2026-09-23T00:00:00Z" }).swap_end)
      assert.same(ask(200, "GET", "shift_swaps/" .. one.id), ask(200, "PUT", "shift_swaps/" .. one.id, ask(200, "GET", "shift_swaps/" .. one.id)))
    end)
  end)
end)
