--- Calendars that others subscribe to: of a schedule and of a person (it is 2026-09-21 14:13:20).
local client <const> = require "api_client"
local rota <const> = require "rota"
local engine <const> = require "tocsin.engine"
local ical_text <const> = require "ical_text"
local json <const> = require "tocsin.json"
local schedule <const> = require "tocsin.schedule"

local API <const> = "/api/v1/"

describe("an exported calendar", function()
  local c, people, made

  before_each(function()
    c = client.open()
    people = {}
    for _, name in ipairs { "ada", "bob" } do
      people[name] = client.expect(c, 201, "POST", API .. "users/", { username = name, role = "editor" }).id
    end
    local shift = client.expect(c, 201, "POST", API .. "on_call_shifts/", { name = "watch", type = "rolling_users", start = "2026-09-01T00:30:00",
      duration = 1800, frequency = "hourly", interval = 6, rolling_users = json.array { json.array { people.ada }, json.array { people.bob } },
      start_rotation_from_user_index = 0 })
    local half = client.expect(c, 201, "POST", API .. "on_call_shifts/", { name = "half", type = "override", start = "2026-09-21T00:00:00",
      duration = 600, users = json.array { people.ada } })
    made = client.expect(c, 201, "POST", API .. "schedules/", { name = "sea; watch", type = "calendar", time_zone = "UTC",
      shifts = json.array { shift.id, half.id } })
  end)
  after_each(function() client.close(c) end)

  local function address(path)
    return (client.expect(c, 201, "POST", API .. path).export_url:gsub("^https?://[^/]*", ""))
  end

  local function fetch(path)
    local status, text, kind = engine.request(c.core, "GET", path, {}, "")
    assert.equal(200, status, text)
    assert.equal("text/calendar; charset=utf-8", kind)
    return text
  end

  local function names(text, from, to)
    local answer = assert(schedule.ask { what = "calendar", text = text, from = rota.utc(from), to = rota.utc(to) })
    local lines = {}
    for i, e in ipairs(answer.events) do lines[i] = rota.text(e[1]) .. " to " .. rota.text(e[2]):sub(12) .. " " .. e[6] end
    return lines, answer.events
  end

  it("of a schedule says who is on call, by an address that needs no other token", function()
    local text = fetch(address("schedules/" .. made.id .. "/export_token"))
    assert.same({ "2026-09-21 00:00 to 00:10 ada", "2026-09-21 00:30 to 01:00 ada", "2026-09-21 06:30 to 07:00 bob",
      "2026-09-21 12:30 to 13:00 ada", "2026-09-21 18:30 to 19:00 bob" }, (names(text, "2026-09-21", "2026-09-22")))
    assert.truthy(text:find("X-WR-CALNAME:sea\\; watch\r\n", 1, true))
    assert.truthy(text:find("REFRESH-INTERVAL;VALUE=DURATION:PT1H", 1, true))
    assert.equal(1, select(2, text:gsub("PRIORITY:1", "")))
  end)

  it("of a person holds their shifts of every schedule", function()
    local text = fetch(address("users/" .. people.bob .. "/schedule_export_token"))
    assert.same({ "2026-09-21 06:30 to 07:00 sea; watch: bob", "2026-09-21 18:30 to 19:00 sea; watch: bob" }, (names(text, "2026-09-21", "2026-09-22")))
  end)

  it("of a person holds what they took over, and what calendars give them, but not what others have", function()
    local path = address("users/" .. people.bob .. "/schedule_export_token")
    client.expect(c, 201, "POST", API .. "schedules/", { name = "others", type = "calendar", time_zone = "UTC", shifts = json.array {
      client.expect(c, 201, "POST", API .. "on_call_shifts/", { name = "x", type = "single_event", start = "2026-10-01T00:00:00", duration = 3600,
        users = json.array { people.ada } }).id } })
    local swapped = client.expect(c, 200, "GET", API .. "schedules/?name=others").results[1].id
    assert.same({}, (names(fetch(path), "2026-10-01", "2026-10-01 00:20")))
    local swap = client.expect(c, 201, "POST", API .. "shift_swaps/", { schedule = swapped, beneficiary = people.ada,
      swap_start = "2026-10-01T00:00:00Z", swap_end = "2026-10-02T00:00:00Z" })
    client.expect(c, 200, "POST", API .. "shift_swaps/" .. swap.id .. "/take/", { benefactor = people.bob })
    assert.same({ "2026-10-01 00:00 to 01:00 others: bob" }, (names(fetch(path), "2026-10-01", "2026-10-01 02:00")))
    client.expect(c, 201, "POST", API .. "schedules/", { name = "ical", type = "ical", ical_url_primary = "https://cal.example/x.ics" })
    local letter = json.decode(assert(engine.port_text(c.core, "outgoing", "{}")))[1]
    local body = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261002T020000Z\r\nDURATION:PT1H\r\nSUMMARY:bob\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert(engine.port_text(c.core, "answer", json.encode { id = letter.id, status = 200, body = body }))
    assert.same({ "2026-10-02 02:00 to 03:00 ical: bob" }, (names(fetch(path), "2026-10-02 02:00", "2026-10-02 03:00")))
  end)

  it("names every event differently, and the same way tomorrow", function()
    local path = address("schedules/" .. made.id .. "/export_token")
    local function uids(text)
      local found, count = {}, 0
      for uid in text:gsub("\r\n ", ""):gmatch "UID:([^\r]*)" do
        assert(not found[uid], uid)
        found[uid], count = true, count + 1
      end
      return found, count
    end
    local today, count = uids(fetch(path))
    engine.advance(c.core, 24 * 3600 * 1000)
    local same = 0
    for uid in pairs((uids(fetch(path)))) do same = same + (today[uid] and 1 or 0) end
    assert.is_true(count > 700 and same >= count - 6, count .. " " .. same)
  end)

  describe("that was changed", function()
    local path, day

    before_each(function()
      day = client.expect(c, 201, "POST", API .. "on_call_shifts/", { name = "day", type = "single_event", start = "2026-09-25T00:00:00",
        duration = 3600, level = 5, users = json.array { people.ada } })
      local other = client.expect(c, 201, "POST", API .. "schedules/", { name = "one day", type = "calendar", time_zone = "UTC", shifts = json.array { day.id } })
      path = address("schedules/" .. other.id .. "/export_token")
      fetch(path)
    end)

    local function change(fields) client.expect(c, 200, "PUT", API .. "on_call_shifts/" .. day.id, fields) end
    -- "start status sequence" of each event, as the text says
    local function told()
      local lines = {}
      for event in fetch(path):gsub("\r\n ", ""):gmatch "BEGIN:VEVENT(.-)END:VEVENT" do
        lines[#lines + 1] = ("%s %s %s"):format(event:match "DTSTART:%d+T(%d%d)", event:match "STATUS:(%u+)", event:match "SEQUENCE:(%d+)")
      end
      return lines
    end

    it("says the same twice, and that nobody is busy", function()
      assert.same({ "00 CONFIRMED 0" }, told())
      assert.same({ "00 CONFIRMED 0" }, told())
      assert.is_truthy(fetch(path):find("\r\nTRANSP:TRANSPARENT\r\n", 1, true))
    end)

    it("takes back what is gone, until its time has passed", function()
      change { start = "2026-09-25T05:00:00", rotation_start = "2026-09-25T05:00:00" }
      assert.same({ "00 CANCELLED 1", "05 CONFIRMED 0" }, told())
      assert.same({ "00 CANCELLED 1", "05 CONFIRMED 0" }, told())
      assert.equal(1, #(names(fetch(path), "2026-09-25", "2026-09-26")))
      engine.advance(c.core, 20 * 24 * 3600 * 1000)
      assert.same({}, told())
    end)

    it("counts what is changed, and what comes back", function()
      change { duration = 7200 }
      assert.same({ "00 CONFIRMED 1" }, told())
      change { users = json.array { people.bob } }
      assert.same({ "00 CONFIRMED 0", "00 CANCELLED 2" }, (function() local list = told() table.sort(list, function(a, b) return a > b end) return list end)())
      change { users = json.array { people.ada } }
      assert.same({ "00 CONFIRMED 3", "00 CANCELLED 1" }, (function() local list = told() table.sort(list, function(a, b) return a > b end) return list end)())
    end)

    it("forgets with its address", function()
      client.expect(c, 204, "DELETE", API .. "on_call_shifts/" .. day.id)
      assert.same({ "00 CANCELLED 1" }, told())
      local id = client.expect(c, 200, "GET", API .. "schedules/?name=one%20day").results[1].id
      path = address("schedules/" .. id .. "/export_token")
      assert.same({}, told())
    end)

    it("is not written down at every look", function()
      local long = address("schedules/" .. made.id .. "/export_token")
      local function stored() return client.write(c, { sql = "SELECT events FROM export_told ORDER BY object_id LIMIT 1", args = {} }).rows[1].events end
      fetch(long)
      local before = stored()
      engine.advance(c.core, 12 * 3600 * 1000)
      fetch(long)
      assert.equal(before, stored())
      engine.advance(c.core, 13 * 3600 * 1000)
      fetch(long)
      assert.are_not.equal(before, stored())
    end)
  end)

  it("is read by others", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(fetch(address("schedules/" .. made.id .. "/export_token")))
    file:close()
    local pipe <close> = assert(io.popen("/usr/bin/python3 -W ignore -c 'import icalendar, sys; print(len(icalendar.Calendar.from_ical(open(sys.argv[1], \"rb\").read())" ..
      ".walk(\"VEVENT\")))' " .. path))
    assert.is_true(tonumber(pipe:read "a") > 700)
    os.remove(path)
  end)

  it("is shown to nobody without its token, and a new address ends the old one", function()
    local first = address("schedules/" .. made.id .. "/export_token")
    local second = address("schedules/" .. made.id .. "/export_token")
    local function status(path) return (engine.request(c.core, "GET", path, {}, "")) end
    assert.equal(403, status(first))
    assert.equal(200, status(second))
    assert.equal(403, status(API .. "schedules/" .. made.id .. "/export"))
    assert.equal(403, status(API .. "schedules/" .. made.id .. "/export?token="))
    assert.equal(403, status(API .. "schedules/SNONE/export?token=" .. second:match "token=(.*)"))
    assert.equal(403, status(API .. "users/" .. people.ada .. "/schedule_export?token=" .. second:match "token=(.*)"))
    client.expect(c, 204, "DELETE", API .. "schedules/" .. made.id .. "/export_token")
    assert.equal(403, status(second))
    assert.equal(405, (engine.request(c.core, "POST", second, {}, "")))
    local viewer = client.add_token(c, "viewer")
    assert.equal(403, (client.request(c, "POST", API .. "schedules/" .. made.id .. "/export_token", nil, { authorization = viewer })))
    assert.equal(403, (client.request(c, "POST", API .. "users/" .. people.ada .. "/schedule_export_token", nil, { authorization = viewer })))
  end)

  it("is folded without cutting a character, and escaped", function()
    local text = ical_text.write({ name = "n", now = 0 }, { { uid = "1", from = 0, to = 3600000000, summary = ("ü,"):rep(60) .. "\nx;\\\1" } })
    for line in text:gmatch "[^\r]*\r\n" do assert.is_true(#line <= 77) end
    assert.is_truthy(utf8.len((text:gsub("\r\n ", ""))))
    local answer = assert(schedule.ask { what = "calendar", text = text, from = 0, to = 1000000 })
    assert.equal(("ü,"):rep(60) .. "\nx;\\", answer.events[1][6])
  end)
end)
