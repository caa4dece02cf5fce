--- ISO 8601 as Python and Django read it.
require "tocsin.core"
local calendar <const> = require "jinja.calendar"
local isoformat <const> = require "jinja.isoformat"

local DAY <const>, HOUR <const> = calendar.day(2024, 2, 29), 3600000000

describe("fromisoformat", function()
  for _, case in ipairs {
    { "2024-02-29", { day = DAY, us = 0 } },
    { "20240229T01", { day = DAY, us = HOUR } },
    { "2024-W09-4", { day = DAY, us = 0 } },
    { "2024-02-29T01:00:00.5", { day = DAY, us = HOUR + 500000 } },
    { "2024-02-29 01:00Z", { day = DAY, us = HOUR, offset = 0 } },
    { "2024-02-29T01:00:00+05:30", { day = DAY, us = HOUR, offset = 5.5 * HOUR } },
    { "2024-02-29é010000,123456789", { day = DAY, us = HOUR + 123456 } },
    { "2023-02-29" }, { "2024-2-9" }, { "2024-02-29T25:00" }, { "2024-02-29T01:00:60" }, { "2024-02-29T" }, { "" },
    { "2024-02-29T01:00+24:00" }, { "2024-W54-1" }, { "0000-01-01" },
  } do
    it("reads " .. case[1], function()
      local fields <const> = isoformat.parse(case[1])
      assert.same(case[2], fields and { day = fields.day, us = fields.us, offset = fields.offset and math.tointeger(fields.offset) })
    end)
  end
end)

describe("Django's parse_datetime", function()
  it("takes single digits and blanks before the zone", function()
    local fields <const> = isoformat.parse_lenient "2024-2-29 1:00:00 +0530"
    assert.same({ DAY, HOUR, 5.5 * HOUR }, { fields.day, fields.us, fields.offset })
    assert.is_nil(isoformat.parse_lenient "2024-2-30 1:00")
    assert.is_nil(isoformat.parse_lenient "yesterday")
  end)
end)
