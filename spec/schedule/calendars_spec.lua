--- Calendars as others publish them: what their events mean, and that no text from outside takes long or breaks anything.
local rota <const> = require "rota"
local json <const> = require "tocsin.json"
local schedule <const> = require "tocsin.schedule"

local function calendar(lines, head)
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" .. (head or "") .. lines:gsub("^%s+", ""):gsub("\n%s*", "\r\n") .. "\r\nEND:VCALENDAR\r\n"
end

local function event(lines) return "BEGIN:VEVENT\n" .. lines .. "\nEND:VEVENT" end

--- "from to text" of each event in a window, and the whole answer.
local function read(text, from, to)
  local answer, sentence, code = schedule.ask { what = "calendar", text = text, from = rota.utc(from or "2026-01-01"), to = rota.utc(to or "2027-01-01") }
  if not answer then return nil, code, sentence end
  local lines = {}
  for i, e in ipairs(answer.events) do
    lines[i] = rota.text(e[1]) .. " to " .. rota.text(e[2]) .. (e[3] > 0 and " L" .. e[3] or "") .. " " .. tostring(e[6])
  end
  return lines, answer
end

local function one(lines, from, to) return (read(calendar(event(lines)), from, to)) end

describe("an event of a calendar", function()
  it("has a start, an end and a name", function()
    assert.same({ "2026-05-01 09:00 to 2026-05-01 17:00 ada" }, one "UID:1\nDTSTART:20260501T090000Z\nDTEND:20260501T170000Z\nSUMMARY:ada")
    assert.same({ "2026-05-01 09:00 to 2026-05-02 10:30 ada" }, one "UID:1\nDTSTART:20260501T090000Z\nDURATION:P1DT1H30M\nSUMMARY:ada")
    assert.same({}, one "UID:1\nDTSTART:20260501T090000Z\nSUMMARY:ada")
    assert.same({}, one "UID:1\nDTSTART:20260501T090000Z\nDTEND:20260501T080000Z\nSUMMARY:ada")
  end)

  it("has a level in front of its name", function()
    local function level(summary) return one("UID:1\nDTSTART:20260501T090000Z\nDTEND:20260501T170000Z\nSUMMARY:" .. summary)[1]:sub(38) end
    assert.equal("L2 ada", level "[L2] ada")
    assert.equal("L2 ada", level "[L2]ada ")
    assert.equal("ada", level "[L0] ada")
    assert.equal("[L] ada", level "[L] ada")
    assert.equal("[Lx] ada", level "[Lx] ada")
    assert.equal("ada [L2]", level "ada [L2]")
    assert.equal("L1000000 ada", level "[L99999999999999999999] ada")
  end)

  it("is a whole day in the calendar's zone when it has no times", function()
    assert.same({ "2026-05-01 00:00 to 2026-05-02 00:00 ada" }, one "UID:1\nDTSTART;VALUE=DATE:20260501\nSUMMARY:ada")
    local text = calendar(event "UID:1\nDTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260504\nSUMMARY:ada", "X-WR-TIMEZONE:America/New_York\r\n")
    assert.same({ "2026-05-01 04:00 to 2026-05-04 04:00 ada" }, (read(text)))
    local _, answer = read(text)
    assert.is_true(answer.events[1][4])
  end)

  it("is in the zone that it names: of the database, of Windows, with a prefix, of the calendar", function()
    local function at(zone, head)
      return read(calendar(event("UID:1\nDTSTART" .. (zone and ";TZID=" .. zone or "") .. ":20260701T090000\nDURATION:PT1H\nSUMMARY:a"), head))[1]:sub(12, 16)
    end
    assert.equal("07:00", at "Europe/Berlin")
    assert.equal("07:00", at "W. Europe Standard Time")
    assert.equal("03:30", at '"India Standard Time"')
    assert.equal("07:00", at "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin")
    assert.equal("09:00", at(nil))
    assert.equal("03:15", at(nil, "X-WR-TIMEZONE:Asia/Kathmandu\r\n"))
    assert.equal("03:15", at("Nowhere", "X-WR-TIMEZONE:Nepal Standard Time\r\n"))
  end)

  it("is in a zone that only the calendar knows", function()
    local zone = "BEGIN:VTIMEZONE\nTZID:Our zone\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0230\nTZOFFSETTO:+0130\n" ..
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0130\nTZOFFSETTO:+0230\n" ..
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    local text = calendar(zone .. event "UID:1\nDTSTART;TZID=Our zone:20260328T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nSUMMARY:a")
    assert.same({ "2026-03-28 10:30 to 2026-03-28 11:30 a", "2026-03-29 09:30 to 2026-03-29 10:30 a" }, (read(text)))
    local fixed = zone:gsub("RRULE:[^\n]*\n", ""):gsub("BEGIN:DAYLIGHT.-END:DAYLIGHT\n", "")
    assert.same({ "2026-07-01 10:30 to 2026-07-01 11:30 a" }, (read(calendar(fixed .. event "UID:1\nDTSTART;TZID=Our zone:20260701T120000\nDURATION:PT1H\nSUMMARY:a"))))
  end)

  it("keeps its hours when clocks are turned", function()
    assert.same({ "2026-03-27 20:00 to 2026-03-28 07:00 ada", "2026-03-28 20:00 to 2026-03-29 06:00 ada", "2026-03-29 19:00 to 2026-03-30 06:00 ada" },
      one("UID:1\nDTSTART;TZID=Europe/Berlin:20260101T210000\nDTEND;TZID=Europe/Berlin:20260102T080000\nRRULE:FREQ=DAILY\nSUMMARY:ada",
        "2026-03-28", "2026-03-30"))
  end)

  it("may be folded, long-winded and between things that do not matter", function()
    local text = "\xef\xbb\xbfbegin:vcalendar\nX-NOTE:" .. ("x"):rep(300000) .. "\nBEGIN:VTODO\nBEGIN:VALARM\nEND:VALARM\nEND:VTODO\nBEGIN:VEVENT\nUID:1\n" ..
      "DESCRIPTION:" .. ("d"):rep(100000) .. "\nBEGIN:VALARM\nTRIGGER:-PT5M\nSUMMARY:not me\nEND:VALARM\n" ..
      "dtstart:2026\n 0501T09\n\t0000Z\nDURATION:PT1H\nSUMMARY:a\n da\nEND:VEVENT\nend:vcalendar"
    assert.same({ "2026-05-01 09:00 to 2026-05-01 10:00 ada" }, (read(text)))
  end)
end)

describe("an event that recurs", function()
  local NINE <const> = "UID:1\nDTSTART;TZID=Europe/Berlin:20260504T090000\nDTEND;TZID=Europe/Berlin:20260504T100000\nSUMMARY:ada\n"
  local function days(lines, from, to)
    local got = {}
    for i, line in ipairs(read(calendar(lines), from, to)) do got[i] = line:sub(6, 10) .. line:sub(37) end
    return table.concat(got, " ")
  end

  it("leaves out its EXDATEs and adds its RDATEs", function()
    assert.equal("05-04 ada 05-06 ada 05-07 ada 05-20 ada", days(event(NINE ..
      "RRULE:FREQ=DAILY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20260505T090000\nRDATE;TZID=Europe/Berlin:20260520T090000")))
    assert.equal("05-04 ada 05-07 ada", days(event(NINE .. "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260505T070000Z,20260506T070000Z")))
    assert.equal("05-04 ada 05-06 ada", days(event(NINE .. "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260505")))
  end)

  it("ends by its UNTIL, in UTC, on a day or on the wall", function()
    assert.equal("05-04 ada 05-05 ada", days(event(NINE .. "RRULE:FREQ=DAILY;UNTIL=20260505T070000Z")))
    assert.equal("05-04 ada", days(event(NINE .. "RRULE:FREQ=DAILY;UNTIL=20260505T065959Z")))
    assert.equal("05-04 ada 05-05 ada", days(event(NINE .. "RRULE:FREQ=DAILY;UNTIL=20260505")))
    assert.equal("05-04 ada 05-05 ada", days(event(NINE .. "RRULE:FREQ=DAILY;UNTIL=20260505T090000")))
  end)

  it("has instances that are moved, renamed or cancelled", function()
    local master = event(NINE .. "RRULE:FREQ=DAILY;COUNT=3")
    local function instance(lines) return "\n" .. event("UID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260505T090000\n" .. lines) end
    assert.equal("05-04 ada 05-06 ada 05-09 bob", days(master .. instance "DTSTART:20260509T070000Z\nDTEND:20260509T080000Z\nSUMMARY:bob"))
    assert.equal("05-04 ada 05-06 ada", days(master .. instance "DTSTART:20260505T070000Z\nDTEND:20260505T080000Z\nSTATUS:CANCELLED"))
    assert.equal("05-04 ada 05-05 eve 05-06 ada", days(master .. instance "DTSTART:20260505T070000Z\nDURATION:PT1H\nSUMMARY:bob\nSEQUENCE:1" ..
      instance "DTSTART:20260505T070000Z\nDURATION:PT1H\nSUMMARY:eve\nSEQUENCE:3" .. instance "DTSTART:20260505T070000Z\nDURATION:PT1H\nSUMMARY:zoe\nSEQUENCE:2"))
    -- Moved out of the window, and into it from far away.
    assert.equal("05-04 ada 05-06 ada", days(master .. instance "DTSTART:20270105T070000Z\nDURATION:PT1H\nSUMMARY:bob"))
    assert.equal("01-05 bob", days(master .. instance "DTSTART:20270105T070000Z\nDURATION:PT1H\nSUMMARY:bob", "2027-01-01", "2027-02-01"))
    assert.equal("", days(event(NINE .. "RRULE:FREQ=DAILY;COUNT=3\nSTATUS:CANCELLED")))
  end)

  it("is replaced by a newer one of its UID, and is one of many without", function()
    assert.equal("05-04 eve", days(event(NINE) .. "\n" .. event((NINE .. "SEQUENCE:2"):gsub("ada", "eve"))))
    local anonymous = NINE:gsub("UID:1\n", "")
    assert.equal("05-04 ada 05-04 eve", days(event(anonymous) .. "\n" .. event((anonymous:gsub("ada", "eve")))))
  end)
end)

describe("a schedule of calendars", function()
  local function at(calendars, text, options)
    options = options or {}
    options.type, options.calendars, options.people = "ical", calendars, { "ada", "bob", "Eve Q" }
    return rota.at(rota.new(options), text)
  end
  local function says(summary, more) return calendar(event("UID:" .. summary .. "\nDTSTART:20260501T090000Z\nDTEND:20260501T170000Z\nSUMMARY:" .. summary .. (more or ""))) end

  it("finds people by username, e-mail address, description or the only attendee", function()
    assert.equal("ada", at({ primary = says "ada" }, "2026-05-01 10:00"))
    assert.equal("Eve Q", at({ primary = says "[L1] Eve Q" }, "2026-05-01 10:00"))
    assert.equal("bob", at({ primary = says "BOB@example.com" }, "2026-05-01 10:00"))
    assert.equal("bob", at({ primary = says("on call", "\nDESCRIPTION:bob") }, "2026-05-01 10:00"))
    assert.equal("bob", at({ primary = says("on call", "\nATTENDEE;CN=Bob:MAILTO:bob@example.com") }, "2026-05-01 10:00"))
    assert.equal("nobody", at({ primary = says("on call", "\nATTENDEE:mailto:bob@example.com\nATTENDEE:mailto:ada@example.com") }, "2026-05-01 10:00"))
    assert.equal("nobody", at({ primary = says "Ada" }, "2026-05-01 10:00"))
    assert.equal("nobody", at({ primary = says "ada and bob" }, "2026-05-01 10:00"))
  end)

  it("shows how it calls a person whom nobody knows", function()
    local r = rota.new { type = "ical", calendars = { primary = says "[L3] zoe" } }
    local answer = rota.ask(r, { what = "final", from = rota.utc "2026-05-01", to = rota.utc "2026-05-02" })
    assert.same({ {}, 1, "zoe", 3 }, { answer.final, #answer.empty, answer.empty[1].text, answer.empty[1].level })
  end)

  it("puts the calendar of overrides over the other", function()
    assert.equal("bob", at({ primary = says "[L9] ada", overrides = says "bob" }, "2026-05-01 10:00"))
    assert.equal("ada", at({ primary = says "[L9] ada", overrides = says "bob" }, "2026-05-01 10:00", { web_overrides = true }))
  end)

  it("goes on with the other calendar when one is broken, and says so", function()
    local r = rota.new { type = "ical", people = { "ada" }, calendars = { primary = says "ada", overrides = "<html>503</html>" } }
    local answer = rota.ask(r, { what = "on_call", at = rota.utc "2026-05-01 10:00" })
    assert.same({ 1 }, answer.users)
    assert.truthy(answer.problem:find("calendar of overrides: This is no calendar", 1, true))
  end)
end)

describe("hostile text", function()
  local function refused(text, code, words)
    local lines, got, sentence = read(text)
    assert.is_nil(lines)
    assert.equal(code, got)
    assert.truthy(sentence:find(words, 1, true), sentence)
  end

  it("that is no calendar is refused with a sentence", function()
    refused("", "INVALID", "no calendar")
    refused("<html>", "INVALID", "no calendar")
    refused("BEGIN:VCALENDAR\nBEGIN:VEVENT", "INVALID", "cut off")
    refused("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", "INVALID", "line 3")
    refused("END:VCALENDAR", "INVALID", "line 1")
    refused("BEGIN:VCALENDAR\n\0END:VCALENDAR", "INVALID", "not text")
  end)

  it("that is too much is refused with its limit", function()
    refused(("x"):rep(8 * 1024 * 1024 + 1), "LIMIT", "8 MiB")
    refused(calendar(("BEGIN:VEVENT\nEND:VEVENT\n"):rep(20001)), "LIMIT", "20000 events")
    refused(calendar(event("DTSTART:20260101T000000Z\nDURATION:PT1S\nEXDATE:" .. ("20260101T000000Z,"):rep(20000))), "LIMIT", "256 KiB")
    refused(calendar(event "UID:1\nDTSTART:20250101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"), "LIMIT", "100000 events")
    refused(calendar(event "UID:1\nDTSTART:20250101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"), "LIMIT", "steps")
    refused(calendar(event("UID:1\nDTSTART:20260101T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY;COUNT=2000000000;BYHOUR=3;BYMONTHDAY=31;BYMONTH=2\nSUMMARY:a"):rep(200, "\n")),
      "LIMIT", "steps")
  end)

  it("recurs where it never does, and takes no time", function()
    local lines = {}
    for i = 1, 2000 do lines[i] = event("UID:" .. i .. "\nDTSTART:19700101T000000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") end
    assert.same({}, (read(calendar(table.concat(lines, "\n")))))
  end)

  it("is nested however deep", function()
    local deep = ("BEGIN:VEVENT\n"):rep(100000) .. ("END:VEVENT\n"):rep(100000)
    assert.same({}, (read("BEGIN:VCALENDAR\n" .. deep .. "END:VCALENDAR")))
    assert.same({}, (read(("BEGIN:VCALENDAR\n"):rep(50000) .. ("END:VCALENDAR\n"):rep(50000))))
  end)

  it("says what kinds its values are, and lies", function()
    for _, name in ipairs { "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "UID", "STATUS", "SEQUENCE", "SUMMARY", "DESCRIPTION", "ATTENDEE",
      "RECURRENCE-ID" } do
      for _, kind in ipairs { "TEXT", "INTEGER", "DATE", "DATE-TIME", "PERIOD", "RECUR", "DURATION", "BOOLEAN", "FLOAT", "BINARY", "URI", "CAL-ADDRESS", "UTC-OFFSET", "X-Y" } do
        for _, value in ipairs { "5", "20260501", "20260501T090000Z", "20260501T090000Z/PT1H", "FREQ=DAILY", "PT1H", "TRUE", "x", "",
          "+0100", "-99999999999999999999", ";;,,\\" } do
          local text = calendar(event(name .. ";VALUE=" .. kind .. ":" .. value .. "\nDTSTART:20260501T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nSUMMARY:a"))
          assert.is_true(read(text) ~= nil, text)
        end
      end
    end
  end)

  it("is read or refused, whatever is changed in a good calendar", function()
    math.randomseed(7)
    local good = calendar("BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n" ..
      "END:STANDARD\nEND:VTIMEZONE\n" .. event("UID:1\nDTSTART;TZID=Z:20260504T090000\nDTEND;TZID=Z:20260504T100000\nRRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR;BYSETPOS=1,-1;COUNT=9\n" ..
      "EXDATE;TZID=Z:20260601T090000\nRDATE;VALUE=PERIOD:20260601T090000Z/PT1H\nSUMMARY:[L1] ada\nATTENDEE;CN=\"x\":mailto:a@b.c\nSEQUENCE:1\nSTATUS:CONFIRMED"))
    local pieces = { "\n", "\r\n ", ":", ";", "=", ",", "BEGIN:VEVENT\n", "END:VEVENT\n", "99999999999", "-", "\"",
       "\\", "\xff", "T", "FREQ=SECONDLY;", "BYDAY=", "VALUE=DATE", "TZID=" }
    local seen = 0
    for _ = 1, 20000 do
      local text = good
      for _ = 1, math.random(1, 4) do
        local at, how = math.random(#text), math.random(3)
        local piece = how == 1 and "" or how == 2 and pieces[math.random(#pieces)] or string.char(math.random(1, 255))
        text = text:sub(1, at - 1) .. piece .. text:sub(at + math.random(0, 3))
      end
      if read(text, "2026-05-01", "2026-09-01") then seen = seen + 1 end
    end
    assert.is_true(seen > 1000)
  end)
end)

describe("stored events", function()
  it("are what was read", function()
    local text = calendar(event "UID:1\nDTSTART:20260501T090000Z\nDURATION:PT1H\nSUMMARY:[L2] ada\nDESCRIPTION:x")
    local answer = assert(schedule.ask { what = "calendar", text = text, from = rota.utc "2026-01-01", to = rota.utc "2027-01-01" })
    assert.same({ { rota.utc "2026-05-01 09:00", rota.utc "2026-05-01 10:00", 2, false, "1", "ada", "x", json.null } }, answer.events)
    assert.same({ 1, 0 }, { answer.count, answer.skipped })
  end)
end)
