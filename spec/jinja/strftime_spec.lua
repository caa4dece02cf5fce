--- strftime and strptime: the directives of glibc and of Python.
require "tocsin.core"
local calendar <const> = require "jinja.calendar"
local strftime <const> = require "jinja.strftime"

local DAY <const> = calendar.day(2024, 3, 5)
local AT <const> = { day = DAY, us = ((14 * 60 + 7) * 60 + 9) * 1000000 + 42, offset = 19800000000, zone = "IST" }

describe("a format", function()
  it("writes what the system's strftime writes", function()
    local seconds <const> = DAY * 86400 + (14 * 60 + 7) * 60 + 9
    for _, pattern in ipairs { "%a %A %b %B %d %e %H %I %j %m %M %p %S %u %U %V %w %W %y %Y %G %g %C %D %F %T %R %r %h %%", "%n%t|%c|%x|%X" } do
      assert.equal(os.date("!" .. pattern, seconds), strftime.format(AT, pattern))
    end
  end)

  it("writes microseconds, the zone and glibc's flags", function()
    assert.equal("000042 +0530 IST", strftime.format(AT, "%f %z %Z"))
    assert.equal("5 3 TUE  5", strftime.format(AT, "%-d %-m %^a %_d"))
    assert.equal("%Q", strftime.format(AT, "%Q"))
    assert.equal("+05:30", strftime.offset_text(19800000000, ":"))
  end)
end)

describe("a parse", function()
  it("takes what the format wrote", function()
    for _, pattern in ipairs { "%Y-%m-%d %H:%M:%S.%f %z", "%d %b %Y %I:%M:%S.%f %p %z", "%j %Y %H %M %S %f %z", "%G-W%V-%u %H:%M:%S.%f%z" } do
      local fields <const> = strftime.parse(strftime.format(AT, pattern), pattern)
      assert.same({ AT.day, AT.us, AT.offset }, { fields.day, fields.us, fields.offset }, pattern)
    end
  end)

  it("refuses what does not fit, or is no day", function()
    assert.is_nil(strftime.parse("2023-02-29", "%Y-%m-%d"))
    assert.is_nil(strftime.parse("2024-02-29x", "%Y-%m-%d"))
    assert.is_nil(strftime.parse("24", "%H"))
    assert.is_nil(strftime.parse("1", "%Q"))
  end)
end)
