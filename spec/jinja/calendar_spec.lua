--- Days and dates: day 0 is the first of January 1970.
require "tocsin.core"
local calendar <const> = require "jinja.calendar"

describe("the calendar", function()
  it("counts the same days as the system, from the first year to the last", function()
    assert.equal(calendar.FIRST, calendar.day(1, 1, 1))
    assert.equal(calendar.LAST, calendar.day(9999, 12, 31))
    for day = -30000, 60000, 97 do
      local there <const> = os.date("!*t", day * 86400)
      assert.same({ there.year, there.month, there.day }, { calendar.date(day) })
      assert.equal(day, calendar.day(there.year, there.month, there.day))
      assert.equal((there.wday + 5) % 7, calendar.weekday(day))
      assert.equal(there.yday, calendar.day_of_year(day))
      local y, w, d = os.date("!%G %V %u", day * 86400):match "(%d+) (%d+) (%d+)"
      assert.same({ tonumber(y), tonumber(w), tonumber(d) }, { calendar.iso(day) })
      assert.equal(day, calendar.iso_day(calendar.iso(day)))
    end
  end)

  it("knows leap years and months", function()
    assert.is_true(calendar.is_leap(2000))
    assert.is_false(calendar.is_leap(1900))
    assert.equal(29, calendar.month_length(2024, 2))
    assert.equal(28, calendar.month_length(2100, 2))
  end)

  it("has a week 53 only in long years", function()
    assert.equal(calendar.day(2021, 1, 1), calendar.iso_day(2020, 53, 5))
    assert.is_nil(calendar.iso_day(2021, 53, 1))
  end)
end)
