--- Clocks that are turned: a shift's times are those of the clock on the wall, its length too.
--
-- A time that comes twice is the first of the two; a time that is skipped is read on the clock before the change.
local rota <const> = require "rota"

describe("a rotation over a change of clocks", function()
  -- zone, a day without and a day with the change; the hand-over stays at nine.
  for _, case in ipairs {
    { "Europe/Berlin", "2026-03-28", "2026-03-30" }, { "Europe/Berlin", "2026-10-24", "2026-10-26" },
    { "America/New_York", "2026-03-07", "2026-03-09" }, { "America/New_York", "2026-10-31", "2026-11-02" },
    { "Australia/Lord_Howe", "2026-04-04", "2026-04-06" }, { "Australia/Lord_Howe", "2026-10-03", "2026-10-05" },
    { "America/St_Johns", "2026-03-07", "2026-03-09" }, { "America/St_Johns", "2026-10-31", "2026-11-02" },
    { "Asia/Kathmandu", "2026-03-28", "2026-03-30" }, { "Pacific/Chatham", "2026-04-04", "2026-04-06" },
    { "Africa/Casablanca", "2026-02-14", "2026-02-16" }, { "Pacific/Apia", "2026-01-01", "2026-01-03" },
  } do
    it("hands over at nine in " .. case[1] .. " after " .. case[2], function()
      local r = rota.new { zone = case[1], shifts = { { turns = "ann bob", every = "daily", start = "2025-01-01 09:00", hours = 24 } } }
      local lines = rota.final(r, case[2] .. " 12:00", case[3] .. " 12:00")
      assert.is_true(#lines >= 2)
      for i = 2, #lines do assert.truthy(lines[i]:find("^[%d-]+ 09:00 to"), lines[i]) end
      assert.same({}, rota.gaps(r, case[2] .. " 12:00", case[3] .. " 12:00"))
    end)
  end

  -- zone, a Monday in the week of the change, hours of that week and of the one after.
  for _, case in ipairs {
    { "Europe/Berlin", "2026-03-23", 167 }, { "Europe/Berlin", "2026-10-19", 169 },
    { "America/New_York", "2026-03-02", 167 }, { "America/New_York", "2026-10-26", 169 },
    { "America/St_Johns", "2026-03-02", 167 }, { "America/St_Johns", "2026-10-26", 169 }, -- -3:30, -2:30
    { "Australia/Adelaide", "2026-09-28", 167 }, { "Australia/Adelaide", "2026-03-30", 169 }, -- +9:30, +10:30
    { "Australia/Lord_Howe", "2026-09-28", 167.5 }, { "Australia/Lord_Howe", "2026-03-30", 168.5 }, -- +10:30, +11
    { "Pacific/Chatham", "2026-09-21", 167 }, { "Pacific/Chatham", "2026-03-30", 169 }, -- +12:45, +13:45
    { "Asia/Kathmandu", "2026-03-23", 168 }, { "Asia/Kolkata", "2026-10-19", 168 }, -- +5:45, +5:30
    { "Africa/Cairo", "2026-04-20", 167 }, { "Africa/Cairo", "2026-10-26", 169 }, -- on a Friday
  } do
    it("hands over on Monday at nine in " .. case[1] .. ", and the week of " .. case[2] .. " has its own length", function()
      local r = rota.new { zone = case[1], shifts = { { turns = "ann bob", every = "weekly", start = "2025-01-06 09:00", hours = 168 } } }
      local day = rota.utc(case[2]) + 36 * 3600 * 1000000 -- Tuesday, whatever the zone
      local slots = rota.ask(r, { what = "final", from = day, to = day + 14 * 86400000000 }).final
      local whole = rota.ask(r, { what = "slots", from = day, to = day + 1 }).slots[1]
      assert.equal(case[3] * 3600, (whole.to - whole.from) / 1000000)
      for i = 2, #slots do assert.truthy(rota.text(slots[i].from, case[1]):find(" 09:00$")) end
      assert.equal(3, #slots)
      assert.are_not.same(slots[1].users, slots[2].users)
    end)
  end

  it("gives the repeated hour to who has it, to the minute, at :45", function()
    -- Chatham, 5 April 2026: 03:45 comes twice, at 13:00 and 14:00 UTC the day before.
    local r = rota.new { zone = "UTC", shifts = { { turns = "ann bob", every = "daily", zone = "Pacific/Chatham", start = "2026-04-01 03:30", hours = 24 } } }
    assert.same({ "2026-04-03 13:45 to 2026-04-04 13:45 bob", "2026-04-04 13:45 to 2026-04-05 14:45 ann" }, rota.final(r, "2026-04-03 13:45", "2026-04-05 14:45"))
  end)

  it("makes a night an hour shorter and another an hour longer", function()
    local r = rota.new { zone = "UTC", shifts = { { users = "ann", every = "daily", zone = "Europe/Berlin", start = "2026-01-01 20:00", hours = 12 } } }
    assert.same({ "2026-03-28 19:00 to 2026-03-29 06:00 ann" }, rota.final(r, "2026-03-28 12:00", "2026-03-29 12:00"))
    assert.same({ "2026-10-24 18:00 to 2026-10-25 07:00 ann" }, rota.final(r, "2026-10-24 12:00", "2026-10-25 12:00"))
  end)

  it("reads a skipped time on the clock before the change", function()
    local r = rota.new { zone = "UTC", shifts = { { users = "ann", start = "2026-03-29 02:30", zone = "Europe/Berlin", hours = 2 } } }
    assert.same({ "2026-03-29 01:30 to 2026-03-29 02:30 ann" }, rota.final(r, "2026-03-28", "2026-03-30")) -- 03:30 to 04:30 there
  end)

  it("takes the first of two equal times", function()
    local r = rota.new { zone = "UTC", shifts = { { users = "ann", start = "2026-10-25 02:30", zone = "Europe/Berlin", hours = 1 } } }
    assert.same({ "2026-10-25 00:30 to 2026-10-25 02:30 ann" }, rota.final(r, "2026-10-24", "2026-10-26"))
  end)

  it("drops a shift that lies in the skipped hour, and leaves no gap", function()
    local r = rota.new { zone = "UTC", shifts = { { turns = "ann bob eve", every = "hourly", zone = "Europe/Berlin", start = "2026-03-29 00:00", hours = 1 } } }
    assert.same({ "2026-03-28 23:00 to 2026-03-29 00:00 ann", "2026-03-29 00:00 to 2026-03-29 01:00 bob",
      "2026-03-29 01:00 to 2026-03-29 02:00 ann", "2026-03-29 02:00 to 2026-03-29 03:00 bob" }, rota.final(r, "2026-03-28 23:00", "2026-03-29 03:00"))
  end)

  it("knows a change of half an hour", function()
    local r = rota.new { zone = "UTC", shifts = { { users = "ann", every = "daily", zone = "Australia/Lord_Howe", start = "2026-01-01 20:00", hours = 12 } } }
    assert.same({ "2026-10-03 09:30 to 2026-10-03 21:00 ann" }, rota.final(r, "2026-10-03 08:00", "2026-10-04 08:00")) -- +10:30 to +11
    assert.same({ "2026-04-04 09:00 to 2026-04-04 21:30 ann" }, rota.final(r, "2026-04-04 08:00", "2026-04-05 08:00"))
  end)

  it("knows offsets of three quarters of an hour", function()
    local r = rota.new { zone = "UTC", shifts = { { users = "ann", every = "daily", zone = "Asia/Kathmandu", start = "2026-01-01 06:00", hours = 6 } } }
    assert.same({ "2026-06-01 00:15 to 2026-06-01 06:15 ann" }, rota.final(r, "2026-06-01", "2026-06-02"))
  end)

  it("survives a day that a country skipped", function()
    local r = rota.new { zone = "UTC", shifts = { { turns = "ann bob eve", every = "daily", zone = "Pacific/Apia", start = "2011-12-28", hours = 24 } } }
    assert.same({ "2011-12-28 10:00 to 2011-12-29 10:00 ann", "2011-12-29 10:00 to 2011-12-30 10:00 bob",
      "2011-12-30 10:00 to 2011-12-31 10:00 ann", "2011-12-31 10:00 to 2012-01-01 00:00 bob" }, rota.final(r, "2011-12-28 10:00", "2012-01-01"))
  end)
end)

describe("the zone of a shift", function()
  local shift <const> = { users = "ann", start = "2026-07-01 09:00", hours = 1 }

  it("is its own, else the schedule's, else UTC", function()
    local function at(zone, own)
      local r = rota.new { zone = zone, shifts = { { users = "ann", start = shift.start, hours = 1, zone = own } } }
      r.zone = "UTC"
      return rota.final(r, "2026-07-01", "2026-07-02")[1]
    end
    assert.equal("2026-07-01 01:00 to 2026-07-01 02:00 ann", at("Europe/Berlin", "Asia/Singapore"))
    assert.equal("2026-07-01 07:00 to 2026-07-01 08:00 ann", at "Europe/Berlin")
    assert.equal("2026-07-01 09:00 to 2026-07-01 10:00 ann", at())
  end)

  it("is UTC in a web schedule, unless the shift has its own", function()
    local r = rota.new { zone = "Europe/Berlin", type = "web", shifts = { shift } }
    r.zone = "UTC"
    assert.equal("2026-07-01 09:00 to 2026-07-01 10:00 ann", rota.final(r, "2026-07-01", "2026-07-02")[1])
  end)
end)
