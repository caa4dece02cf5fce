--- Calendars that are fetched: when, with what, and what counts when that fails (it begins at 2026-09-21 14:13:20).
local calling <const> = require("calling")
local engine <const> = require("tocsin.engine")
local json <const> = require("tocsin.json")

local URL <const>, OTHER <const> = "https://cal.example/a.ics", "https://cal.example/b.ics"
local MINUTE <const>, DAY <const> = 60 * 1000, 24 * 3600 * 1000
local BEGAN <const> = "2026-09-21T14:13:20Z"

local function calendar(who)
  return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260901T000000Z\r\nDURATION:P1D\r\nRRULE:FREQ=DAILY\r\nSUMMARY:" .. who ..
    "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
end

describe("the calendar of a schedule", function()
  local w, made

  before_each(function()
    w = calling.open()
    for _, name in ipairs { "ada", "bob" } do w:user(name) end
    made = w:api(201, "POST", "schedules/", { name = "ical", type = "ical", ical_url_primary = URL })
    w.hook_ = w:hook(w:chain { { type = "notify_on_call_from_schedule", schedule_id = 1 } })
  end)
  after_each(function() w:close() end)

  -- What is asked of calendars' servers since the last look, as addresses.
  local asked = {}
  local function urls()
    local list = {}
    asked = w:outgoing()
    for i, letter in ipairs(asked) do list[i] = letter.url end
    return list
  end
  -- The one question that is there is answered.
  local function answer(with)
    assert.equal(1, #asked)
    w:answer(asked[1], with)
  end
  local function good(who, headers) answer { status = 200, body = calendar(who), headers = headers or {} } end
  local function fetch(with)
    w:advance(10 * MINUTE)
    assert.same({ URL }, urls())
    answer(with)
  end
  local function called(key)
    w:post(w.hook_, { key = key })
    local groups = w:groups()
    return table.concat(w:calls(groups[#groups].id), " ")
  end
  local function shown() return w:api(200, "GET", "schedules/" .. made.id) end
  local function primary() return shown().calendars.primary end
  local function copy() return w:rows("SELECT * FROM schedule_copy WHERE part = 'primary'")[1] or {} end
  local function metric(name)
    local _, text = engine.request(w.core, "GET", "/metrics", {}, "")
    return tonumber(text:match("\ntocsin_" .. name .. " (%d+)"))
  end

  describe("is fetched", function()
    it("at once, and says who is on call as soon as it is there", function()
      assert.same({ URL }, urls())
      assert.equal("", called "a")
      assert.equal(json.null, primary())
      good "ada"
      assert.equal("00:00 ada sms", called "b")
      assert.equal(1, #shown().on_call_now)
      assert.same({ fetched_at = BEGAN, tried_at = BEGAN, error = json.null }, primary())
    end)

    it("every ten minutes, and not twice while the answer is awaited", function()
      urls()
      good "ada"
      w:advance(10 * MINUTE - 1)
      assert.same({}, urls())
      w:advance(1)
      assert.same({ URL }, urls())
      local awaited = asked
      w:advance(60 * MINUTE)
      assert.same({}, urls())
      asked = awaited
      good "bob"
      assert.equal("00:00 bob sms", called "a")
      assert.equal(2, metric "calendars_fetched_total")
    end)

    it("at once when its address is another one, and who was named at the old one is not on call any more", function()
      urls()
      good "ada"
      w:api(200, "PUT", "schedules/" .. made.id, { ical_url_primary = OTHER })
      assert.same({ OTHER }, urls())
      assert.equal("", called "a")
      good "bob"
      assert.equal("00:00 bob sms", called "b")
    end)

    it("from the new address although the old one has not answered, whose answer is dropped", function()
      urls()
      local old = asked
      w:api(200, "PUT", "schedules/" .. made.id, { ical_url_primary = OTHER })
      assert.same({ OTHER }, urls())
      good "bob"
      asked = old
      good "ada"
      assert.equal("00:00 bob sms", called "a")
      assert.same({}, urls())
    end)

    it("at once and whole when somebody wants it reloaded", function()
      urls()
      good("ada", { etag = '"1"' })
      w:advance(MINUTE)
      assert.equal(made.id, w:api(200, "POST", "schedules/" .. made.id .. "/reload/", {}).id)
      assert.same({ URL }, urls())
      assert.is_nil(asked[1].headers["if-none-match"])
      good "bob"
      assert.equal("00:00 bob sms", called "a")
      w:api(404, "POST", "schedules/SNOBODY/reload/", {})
    end)

    it("for overrides too, unless these are made in the web", function()
      urls()
      good "ada"
      w:api(200, "PUT", "schedules/" .. made.id, { ical_url_overrides = OTHER })
      assert.same({ OTHER }, urls())
      good "bob"
      assert.equal("00:00 bob sms", called "a")
      local other = w:api(201, "POST", "schedules/", { name = "api", type = "calendar", time_zone = "UTC", ical_url_overrides = OTHER })
      assert.same({ OTHER }, urls())
      w:api(200, "PUT", "schedules/" .. other.id, { enable_web_overrides = true })
      good "ada"
      w:advance(10 * MINUTE)
      assert.equal(URL .. " " .. OTHER, table.concat(urls(), " "))
    end)

    it("a few at a time, however many there are", function()
      for i = 1, 19 do
        w:api(201, "POST", "schedules/", { name = "more " .. i, type = "ical", ical_url_primary = URL .. "?" .. i })
      end
      local seen, rounds = 0, 0
      while #urls() > 0 do
        assert.is_true(#asked <= 8)
        seen, rounds = seen + #asked, rounds + 1
        for _, letter in ipairs(asked) do w:answer(letter, { status = 200, body = calendar "ada" }) end
      end
      assert.equal(20, seen)
      assert.is_true(rounds >= 3)
    end)
  end)

  describe("that is known", function()
    it("is asked for only if it has changed, and stays when it has not", function()
      urls()
      good("ada", { etag = '"one"', ["last-modified"] = "Mon, 21 Sep 2026 10:00:00 GMT" })
      w:advance(10 * MINUTE)
      urls()
      assert.equal('"one"', asked[1].headers["if-none-match"])
      assert.is_nil(asked[1].headers["if-modified-since"])
      answer { status = 304 }
      assert.same({ fetched_at = "2026-09-21T14:23:20Z", tried_at = "2026-09-21T14:23:20Z", error = json.null }, primary())
      assert.equal("00:00 ada sms", called "a")
    end)

    it("is asked for by its time where the server has no tags", function()
      urls()
      good("ada", { ["last-modified"] = "Mon, 21 Sep 2026 10:00:00 GMT" })
      w:advance(10 * MINUTE)
      urls()
      assert.equal("Mon, 21 Sep 2026 10:00:00 GMT", asked[1].headers["if-modified-since"])
    end)

    it("is not written again when the same comes, and read again once a day", function()
      urls()
      good "ada"
      local events = copy().events_to
      for _ = 1, 3 do fetch { status = 200, body = calendar "ada" } end
      assert.equal(events, copy().events_to)
      w:advance(DAY)
      urls()
      answer { status = 200, body = calendar "ada" }
      assert.is_true(copy().events_to > events)
    end)
  end)

  describe("that cannot be fetched", function()
    it("leaves the last good copy, says so, and counts", function()
      urls()
      good "ada"
      fetch { failure = "REFUSED" }
      assert.equal("00:00 ada sms", called "a")
      assert.same({ fetched_at = BEGAN, tried_at = "2026-09-21T14:23:20Z", error = "It failed as the spec wanted it." }, primary())
      fetch { status = 404, body = "not here" }
      assert.equal("The calendar's server answered with the status 404.", primary().error)
      assert.equal(2, metric "calendars_failed_total")
      w:advance(10 * MINUTE)
      urls()
      assert.equal(1, metric "calendars_failing")
      good "bob"
      assert.equal(json.null, primary().error)
      assert.equal("00:00 bob sms", called "b")
      w:advance(10 * MINUTE)
      assert.equal(0, metric "calendars_failing")
    end)

    it("or brings something else is the same", function()
      urls()
      good "ada"
      for _, text in ipairs { "", "<html>503</html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT", "\xff\xfe" } do
        fetch { status = 200, body = text }
        assert.equal("string", type(primary().error), text)
        assert.equal("00:00 ada sms", called(text .. "x"))
      end
      assert.equal(calendar "ada", copy().ical)
    end)

    it("or has more events than anybody has shifts is the same", function()
      urls()
      good "ada"
      local function crowd(minutes) return (calendar "bob":gsub("DURATION:P1D", "DURATION:PT1M"):gsub("FREQ=DAILY", "FREQ=MINUTELY;INTERVAL=" .. minutes)) end
      fetch { status = 200, body = crowd(2) }
      assert.equal("The calendar has more than 20000 events in two months.", primary().error)
      assert.equal("00:00 ada sms", called "a")
      fetch { status = 200, body = crowd(5) }
      assert.equal(json.null, primary().error)
    end)

    it("goes on for as long as it lasts", function()
      urls()
      good "ada"
      for _ = 1, 70 do
        w:advance(DAY)
        urls()
        answer { failure = "TIMEOUT" }
      end
      assert.equal(BEGAN, primary().fetched_at)
      assert.equal("00:00 ada sms", called "a")
    end)

    it("and was never there, leaves nobody on call", function()
      urls()
      answer { failure = "NO_NAME" }
      assert.equal("", called "a")
      assert.equal(json.null, primary().fetched_at)
      assert.equal("It failed as the spec wanted it.", primary().error)
    end)
  end)

  it("is forgotten with its schedule", function()
    urls()
    w:api(204, "DELETE", "schedules/" .. made.id)
    good "ada"
    assert.same({}, copy())
    w:advance(60 * MINUTE)
    assert.same({}, urls())
  end)
end)
