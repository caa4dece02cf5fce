--- datetime, date, time and timedelta as values.
require "tocsin.core"
local R <const> = require "jinja.runtime"
local datetime <const> = require "jinja.datetime"
local isoformat <const> = require "jinja.isoformat"
local raised <const> = require "raised"

local function at(s) return datetime.from_fields(isoformat.parse(s)) end
local function show(v) return R.str(v) end

describe("a datetime", function()
  it("prints itself with what it has", function()
    assert.equal("2024-02-29 01:00:00", show(at "2024-02-29T01:00:00"))
    assert.equal("2024-02-29 01:00:00.000005+05:30", show(at "2024-02-29T01:00:00.000005+05:30"))
    assert.equal("datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)", R.repr(datetime.at(0, datetime.UTC)))
  end)

  it("is moved by a timedelta, and two of them are one apart", function()
    assert.equal("2024-03-01 00:30:00", show(R.add(at "2024-02-29T23:30:00", datetime.delta(0, 3600000000))))
    assert.equal("1 day, 0:00:00", show(R.sub(at "2024-03-01", at "2024-02-29")))
    assert.equal("5:30:00", show(R.sub(at "2024-02-29T00:00:00Z", at "2024-02-29T00:00:00+05:30")))
    assert.equal("-1 day, 23:59:59", show(datetime.delta(0, -1000000)))
  end)

  it("compares across zones, and not with one that has none", function()
    assert.is_true(R.eq(at "2024-02-29T05:30:00+05:30", at "2024-02-29T00:00:00Z"))
    assert.is_true(R.lt(at "2024-02-29T00:00:00+05:30", at "2024-02-29T00:00:00Z"))
    assert.is_false(R.eq(at "2024-02-29", at "2024-02-29T00:00:00Z"))
    assert.same({ "TypeError", "can't compare offset-naive and offset-aware datetimes" },
      { raised(R.lt, at "2024-02-29", at "2024-02-29T00:00:00Z") })
    assert.same({ "TypeError", "can't subtract offset-naive and offset-aware datetimes" },
      { raised(R.sub, at "2024-02-29", at "2024-02-29T00:00:00Z") })
  end)

  it("stays within the years that there are", function()
    assert.same({ "OverflowError", "date value out of range" }, { raised(R.add, at "9999-12-31", datetime.delta(1, 0)) })
  end)

  it("goes to another zone and keeps its moment", function()
    local moved <const> = datetime.to_zone(at "2024-02-29T00:00:00Z", datetime.timezone(19800000000))
    assert.equal("2024-02-29 05:30:00+05:30", show(moved))
    assert.equal("2024-02-29 05:30:00+05:30", show(datetime.to_zone(at "2024-02-29", datetime.timezone(19800000000))))
    assert.equal(R.method(at "2024-02-29T00:00:00Z", "timestamp", 0), R.method(moved, "timestamp", 0))
  end)

  it("has its attributes and methods", function()
    local v <const> = at "2024-02-29T01:02:03.000004"
    assert.equal("2024 2 29 1 2 3 4", table.concat({ R.attr(v, "year"), R.attr(v, "month"), R.attr(v, "day"), R.attr(v, "hour"),
      R.attr(v, "minute"), R.attr(v, "second"), R.attr(v, "microsecond") }, " "))
    assert.equal("2023-02-28 01:02:03.000004", show(R.method(v, "replace", 2, 2023, 2, { "day", day = 28 })))
    assert.same({ "ValueError", "day is out of range for month" }, { raised(R.method, v, "replace", 1, 2023) })
    assert.equal("01:02:03.000004", show(R.method(v, "time", 0)))
    assert.equal("29/02/24", datetime.strftime(v, "%d/%m/%y"))
  end)
end)
