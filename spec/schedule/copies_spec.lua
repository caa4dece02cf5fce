--- Copies of fetched calendars: the last good one counts, whatever comes after it (it begins at 2026-09-21 14:13:20).
local calling <const> = require "calling"
local engine <const> = require "tocsin.engine"
local json <const> = require "tocsin.json"

local URL <const>, DAY <const> = "https://cal.example/a.ics", 24 * 3600 * 1000

local function calendar(who)
  return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260901T000000Z\r\nDURATION:P1D\r\nRRULE:FREQ=DAILY\r\nSUMMARY:" .. who ..
    "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
end

describe("a fetched calendar", function()
  local w, made

  before_each(function()
    w = calling.open()
    for _, name in ipairs { "ada", "bob" } do w:user(name) end
    made = w:api(201, "POST", "schedules/", { name = "ical", type = "ical", ical_url_primary = URL })
    w.hook_ = w:hook(w:chain { { type = "notify_on_call_from_schedule", schedule_id = 1 } })
  end)
  after_each(function() w:close() end)

  local function fetched(fields)
    fields.schedule, fields.part, fields.url = 1, fields.part or "primary", fields.url or URL
    return engine.port_text(w.core, "calendar", json.encode(fields))
  end
  local function called(key)
    w:post(w.hook_, { key = key })
    local groups = w:groups()
    return table.concat(w:calls(groups[#groups].id), " ")
  end
  local function shown() return w:api(200, "GET", "schedules/" .. made.id) end

  it("says who is on call as soon as it is there", function()
    assert.equal("", called "a")
    assert(fetched { text = calendar "ada" })
    assert.equal("00:00 ada sms", called "b")
    assert.equal(1, #shown().on_call_now)
    assert(fetched { text = calendar "bob" })
    assert.equal("00:00 bob sms", called "c")
    assert.same({ fetched_at = "2026-09-21T14:13:20Z", tried_at = "2026-09-21T14:13:20Z", error = json.null }, shown().calendars.primary)
  end)

  it("stays when the next fetch fails or brings something else, and says so", function()
    assert(fetched { text = calendar "ada" })
    w:advance(DAY)
    assert(fetched { error = "cal.example: connection refused" })
    assert.equal("00:00 ada sms", called "a")
    assert.same({ fetched_at = "2026-09-21T14:13:20Z", tried_at = "2026-09-22T14:13:20Z", error = "cal.example: connection refused" }, shown().calendars.primary)
    for _, text in ipairs { "", "<html>503</html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT" } do
      local answer, why = fetched { text = text }
      assert.is_nil(answer)
      assert.equal(why, shown().calendars.primary.error)
    end
    assert.equal("00:00 ada sms", called "b")
    assert(fetched { text = calendar "bob" })
    assert.equal(json.null, shown().calendars.primary.error)
  end)

  it("goes on for sixty days without a fetch, and in the API for ever", function()
    assert(fetched { text = calendar "ada" })
    w:advance(59 * DAY)
    assert.equal("00:00 ada sms", called "a")
    w:advance(3 * DAY)
    assert.equal("", called "b")
    assert.equal(1, #shown().on_call_now)
  end)

  it("of an address that the schedule no longer has is dropped", function()
    assert.is_nil(fetched { text = calendar "ada", url = "https://cal.example/old.ics" })
    assert.is_nil(fetched { text = calendar "ada", part = "overrides" })
    assert.equal(json.null, shown().calendars.primary)
    w:rows "DELETE FROM schedule"
    assert.is_nil(fetched { text = calendar "ada" })
  end)
end)
