--- tocsin.zone against Python's zoneinfo: every zone of the system, and the seconds around the turns of the clock.
require "tocsin.core"
local zone = require "tocsin.zone"

describe("time zones", function()
  it("agree with Python's everywhere", function()
    local pipe <close> = assert(io.popen("/usr/bin/python3 spec/script/zone_cases.py 12"))
    local seen, wrong = 0, {}
    for line in pipe:lines() do
      local name, at, offset, abbreviation = line:match("^(%S+) (%S+) (%S+) (%S+)")
      local got, short = zone.offset(name, math.tointeger(at))
      if got ~= tonumber(offset) or short ~= abbreviation then wrong[#wrong + 1] = line .. " but " .. tostring(got) end
      seen = seen + 1
    end
    assert.same({}, { table.unpack(wrong, 1, 5) })
    assert.is_true(seen > 7000)
  end)

  it("are found in any case and spelled properly", function()
    assert.equal("America/New_York", zone.name("america/new_york"))
    assert.equal("America/Argentina/Buenos_Aires", zone.name("AMERICA/argentina/BUENOS_aires"))
    assert.equal("UTC", zone.name("utc"))
    assert.equal("Etc/GMT+5", zone.name("etc/gmt+5"))
    assert.equal("CEST", select(2, zone.offset("europe/berlin", 1690000000)))
    assert.is_true(select(3, zone.offset("europe/berlin", 1690000000)))
  end)

  it("are nothing else", function()
    for _, name in ipairs { "", "potato", "..", "../zoneinfo/Europe/Paris", "Europe/../Europe/Paris", "/Europe/Paris", "Europe",
      "Europe/", "Europe//Paris", "./UTC", "posix/Europe/Paris", "right/UTC", "POSIX/UTC", "localtime", "tzdata.zi", "zone.tab",
      "Europe/Paris\0", "Europe/Par\0is", ("x"):rep(5000), "leapseconds", "Europe/Paris/", "\xff", "Factory" } do
      assert.is_nil(zone.name(name), name)
      assert.is_nil(zone.offset(name, 0), name)
    end
  end)

  it("answer at the ends of the integers", function()
    assert.equal(7200, (zone.offset("Africa/Johannesburg", math.maxinteger)))
    assert.equal("number", type(zone.offset("Europe/Paris", math.maxinteger)))
    assert.equal("number", type(zone.offset("Europe/Paris", math.mininteger)))
  end)
end)
