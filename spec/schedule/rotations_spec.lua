--- Rotations: who takes turns with whom, and when the turn ends.
local rota <const> = require "rota"

describe("a rotation", function()
  it("hands over every week", function()
    local r = rota.new { { turns = "ann bob eve", every = "weekly", start = "2026-01-05 09:00", hours = 168 } }
    assert.same({
      "2026-01-05 09:00 to 2026-01-12 09:00 ann",
      "2026-01-12 09:00 to 2026-01-19 09:00 bob",
      "2026-01-19 09:00 to 2026-01-26 09:00 eve",
      "2026-01-26 09:00 to 2026-02-01 00:00 ann",
    }, rota.final(r, "2026-01-05", "2026-02-01"))
    assert.equal("bob", rota.at(r, "2026-01-12 09:00")) -- at the hand-over itself the next one is on call
    assert.equal("ann", rota.at(r, "2026-01-12 08:59:59"))
    assert.equal("nobody", rota.at(r, "2026-01-05 08:59:59"))
    assert.equal("2026-01-19 09:00 eve", rota.next(r, "2026-01-13", "2026-02-01"))
    assert.equal("none", rota.next(r, "2026-01-13", "2026-01-15"))
  end)

  it("is at the right turn years later", function()
    local r = rota.new { { turns = "ann bob eve", every = "daily", start = "2000-01-01", hours = 24 } }
    -- 9,496 days: 3,165 rounds and one.
    assert.equal("bob", rota.at(r, "2025-12-31 12:00"))
    assert.equal("eve", rota.at(r, "2026-01-01 12:00"))
  end)

  it("keeps people of one group on call together", function()
    local r = rota.new { { turns = "ann+bob eve", every = "daily", start = "2026-01-05", hours = 24 } }
    assert.equal("ann+bob", rota.at(r, "2026-01-05 10:00"))
    assert.equal("eve", rota.at(r, "2026-01-06 10:00"))
  end)

  it("begins with the group that it is told to begin with", function()
    local r = rota.new { { turns = "ann bob eve", every = "daily", start = "2026-01-05", hours = 24, first = 2 } }
    assert.equal("eve", rota.at(r, "2026-01-05 10:00"))
    assert.equal("ann", rota.at(r, "2026-01-06 10:00"))
  end)

  it("keeps one group for the whole week when days are selected", function()
    local r = rota.new { { turns = "ann bob", every = "weekly", days = "MO WE FR", start = "2026-01-05 09:00", hours = 8 } }
    assert.same({
      "2026-01-05 09:00 to 2026-01-05 17:00 ann", "2026-01-07 09:00 to 2026-01-07 17:00 ann", "2026-01-09 09:00 to 2026-01-09 17:00 ann",
      "2026-01-12 09:00 to 2026-01-12 17:00 bob", "2026-01-14 09:00 to 2026-01-14 17:00 bob", "2026-01-16 09:00 to 2026-01-16 17:00 bob",
      "2026-01-19 09:00 to 2026-01-19 17:00 ann",
    }, rota.final(r, "2026-01-01", "2026-01-20"))
  end)

  it("hands over at the week's start that it names", function()
    local sunday = rota.new { { turns = "ann bob", every = "weekly", days = "SA SU", start = "2026-01-03", hours = 24, week_start = "SU" } }
    assert.equal("ann", rota.at(sunday, "2026-01-03 12:00"))
    assert.equal("bob", rota.at(sunday, "2026-01-04 12:00"))
    local monday = rota.new { { turns = "ann bob", every = "weekly", days = "SA SU", start = "2026-01-03", hours = 24, week_start = "MO" } }
    assert.equal("ann", rota.at(monday, "2026-01-04 12:00"))
    assert.equal("bob", rota.at(monday, "2026-01-10 12:00"))
  end)

  it("hands over day by day when it is daily and days are selected", function()
    local r = rota.new { { turns = "ann bob eve", every = "daily", days = "MO TU WE TH FR", start = "2026-01-05 09:00", hours = 8 } }
    local got = {}
    for day = 5, 20 do got[#got + 1] = rota.at(r, ("2026-01-%02d 12:00"):format(day)) end
    assert.same({ "ann", "bob", "eve", "ann", "bob", "nobody", "nobody", "eve", "ann", "bob", "eve", "ann", "nobody", "nobody", "bob",
      "eve" }, got)
  end)

  it("gives each group as many selected days as the interval says", function()
    local r = rota.new { { turns = "ann bob", every = "daily", interval = 2, days = "MO WE FR", start = "2026-01-05", hours = 24 } }
    local got = {}
    for _, day in ipairs { 5, 7, 9, 12, 14, 16, 19 } do got[#got + 1] = rota.at(r, ("2026-01-%02d 12:00"):format(day)) end
    assert.same({ "ann", "ann", "bob", "bob", "ann", "ann", "bob" }, got)
  end)

  it("leaves out what an interval leaves out", function()
    local r = rota.new { { turns = "ann bob", every = "weekly", interval = 2, start = "2026-01-05", hours = 168 } }
    assert.same({ "2026-01-05 00:00 to 2026-01-12 00:00 ann", "2026-01-19 00:00 to 2026-01-26 00:00 bob",
      "2026-02-02 00:00 to 2026-02-09 00:00 ann" }, rota.final(r, "2026-01-01", "2026-02-10"))
  end)

  it("goes by months, also by days from their end", function()
    local r = rota.new { { turns = "ann bob", every = "monthly", dates = { 1, -1 }, start = "2026-01-01 08:00", hours = 4 } }
    assert.same({
      "2026-01-01 08:00 to 2026-01-01 12:00 ann", "2026-01-31 08:00 to 2026-01-31 12:00 ann",
      "2026-02-01 08:00 to 2026-02-01 12:00 bob", "2026-02-28 08:00 to 2026-02-28 12:00 bob",
      "2026-03-01 08:00 to 2026-03-01 12:00 ann", "2026-03-31 08:00 to 2026-03-31 12:00 ann",
    }, rota.final(r, "2026-01-01", "2026-04-01"))
  end)

  it("skips months that do not have its day", function()
    local r = rota.new { { turns = "ann bob", every = "monthly", start = "2026-01-31", hours = 24 } }
    assert.same({ "2026-01-31 00:00 to 2026-02-01 00:00 ann", "2026-03-31 00:00 to 2026-04-01 00:00 ann",
      "2026-05-31 00:00 to 2026-06-01 00:00 ann", "2026-07-31 00:00 to 2026-08-01 00:00 ann",
      "2026-08-31 00:00 to 2026-09-01 00:00 bob" }, rota.final(r, "2026-01-01", "2026-09-01"))
  end)

  it("goes by hours", function()
    local r = rota.new { { turns = "ann bob", every = "hourly", interval = 6, start = "2026-01-05", hours = 6 } }
    assert.same({ "2026-01-05 00:00 to 2026-01-05 06:00 ann", "2026-01-05 06:00 to 2026-01-05 12:00 bob",
      "2026-01-05 12:00 to 2026-01-05 18:00 ann", "2026-01-05 18:00 to 2026-01-06 00:00 bob" }, rota.final(r, "2026-01-05", "2026-01-06"))
  end)

  it("begins at the first occurrence after its rotation start", function()
    local r = rota.new { { turns = "ann bob", every = "weekly", start = "2026-01-05", rotation_start = "2026-01-15", hours = 168 } }
    assert.same({ "2026-01-19 00:00 to 2026-01-26 00:00 ann", "2026-01-26 00:00 to 2026-02-01 00:00 bob" },
      rota.final(r, "2026-01-01", "2026-02-01"))
  end)

  it("of the web begins in the middle of an occurrence, and is cut where it ends", function()
    local r = rota.new { { turns = "ann bob", every = "weekly", start = "2026-01-05", rotation_start = "2026-01-15", hours = 168,
      till = "2026-01-23 12:00", source = "web" } }
    assert.same({ "2026-01-15 00:00 to 2026-01-19 00:00 ann", "2026-01-19 00:00 to 2026-01-23 12:00 bob" },
      rota.final(r, "2026-01-01", "2026-02-01"))
  end)

  it("of the API ends with the last occurrence that begins by its end", function()
    local r = rota.new { { turns = "ann bob", every = "daily", start = "2026-01-05", hours = 24, till = "2026-01-07" } }
    assert.same({ "2026-01-05 00:00 to 2026-01-06 00:00 ann", "2026-01-06 00:00 to 2026-01-07 00:00 bob",
      "2026-01-07 00:00 to 2026-01-08 00:00 ann" }, rota.final(r, "2026-01-01", "2026-02-01"))
  end)

  it("that begins on a day that is not selected waits for the first selected one of a week", function()
    -- Wednesday; Friday would be nearer, but turns are counted from the Monday, as OnCall counts them.
    local r = rota.new { { turns = "ann bob", every = "weekly", days = "MO FR", start = "2026-01-07", hours = 24 } }
    assert.same({ "2026-01-12 00:00 to 2026-01-13 00:00 ann", "2026-01-16 00:00 to 2026-01-17 00:00 ann",
      "2026-01-19 00:00 to 2026-01-20 00:00 bob" }, rota.final(r, "2026-01-01", "2026-01-22"))
  end)

  it("without a frequency happens once, with its first group", function()
    local r = rota.new { { turns = "ann bob", start = "2026-01-05 10:00", hours = 3 } }
    assert.same({ "2026-01-05 10:00 to 2026-01-05 13:00 ann" }, rota.final(r, "2026-01-01", "2027-01-01"))
  end)

  it("of days that never come costs nothing and calls nobody", function()
    local r = rota.new { { turns = "ann", every = "monthly", dates = { 30 }, months = { 2 }, start = "2026-01-01", rotation_start = "2026-01-02",
      hours = 24 } }
    assert.same({}, rota.final(r, "2026-01-01", "2027-12-31"))
  end)
end)

describe("an event", function()
  it("that recurs calls all of its people", function()
    local r = rota.new { { users = "ann bob", every = "weekly", days = "TU TH", start = "2026-01-06 22:00", hours = 10 } }
    assert.same({ "2026-01-06 22:00 to 2026-01-07 08:00 ann+bob", "2026-01-08 22:00 to 2026-01-09 08:00 ann+bob",
      "2026-01-13 22:00 to 2026-01-14 00:00 ann+bob" }, rota.final(r, "2026-01-01", "2026-01-14"))
  end)

  it("has its start as its first occurrence, whatever its rule says", function()
    local r = rota.new { { users = "ann", every = "weekly", days = "MO", start = "2026-01-07", hours = 24 } }
    assert.same({ "2026-01-07 00:00 to 2026-01-08 00:00 ann", "2026-01-12 00:00 to 2026-01-13 00:00 ann" },
      rota.final(r, "2026-01-01", "2026-01-15"))
  end)

  it("of months is in those months only", function()
    local r = rota.new { { users = "ann", every = "daily", months = { 2 }, start = "2026-02-27", hours = 24 } }
    assert.same({ "2026-02-27 00:00 to 2026-02-28 00:00 ann", "2026-02-28 00:00 to 2026-03-01 00:00 ann",
      "2027-02-01 00:00 to 2027-02-02 00:00 ann" }, rota.final(r, "2026-01-01", "2027-02-02"))
  end)

  it("that happens once may last for years", function()
    local r = rota.new { { users = "ann", start = "2020-01-01", hours = 24 * 3650 } }
    assert.equal("ann", rota.at(r, "2026-05-01"))
  end)
end)
