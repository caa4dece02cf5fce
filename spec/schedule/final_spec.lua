--- The final schedule: who gives way to whom, swaps, gaps, people who are gone.
local rota <const> = require "rota"
local json <const> = require "tocsin.json"
local schedule <const> = require "tocsin.schedule"

describe("the final schedule", function()
  it("puts levels over each other and overrides over all", function()
    local r = rota.new {
      { users = "ann", every = "daily", start = "2026-01-05", hours = 24, level = 1 },
      { users = "cid", every = "daily", start = "2026-01-05 09:00", hours = 8, level = 2 },
      { users = "dan", type = "override", start = "2026-01-06 12:00", hours = 1 },
    }
    assert.same({
      "2026-01-06 00:00 to 2026-01-06 09:00 ann", "2026-01-06 09:00 to 2026-01-06 12:00 cid", "2026-01-06 12:00 to 2026-01-06 13:00 dan",
      "2026-01-06 13:00 to 2026-01-06 17:00 cid", "2026-01-06 17:00 to 2026-01-07 00:00 ann",
    }, rota.final(r, "2026-01-06", "2026-01-07"))
    assert.equal("dan", rota.at(r, "2026-01-06 12:30"))
    assert.equal("cid", rota.at(r, "2026-01-06 13:00"))
  end)

  it("lets equal levels be on call together", function()
    local r = rota.new {
      { users = "ann", start = "2026-01-05 00:00", hours = 24, level = 1 },
      { users = "cid", start = "2026-01-05 09:00", hours = 8, level = 2 },
      { users = "eve", start = "2026-01-05 09:00", hours = 3, level = 2 },
    }
    assert.same({
      "2026-01-05 00:00 to 2026-01-05 09:00 ann", "2026-01-05 09:00 to 2026-01-05 17:00 cid", "2026-01-05 09:00 to 2026-01-05 12:00 eve",
      "2026-01-05 17:00 to 2026-01-06 00:00 ann",
    }, rota.final(r, "2026-01-05", "2026-01-06"))
    assert.equal("cid+eve", rota.at(r, "2026-01-05 10:00"))
  end)

  it("lets the low level into every hole of the high one", function()
    local r = rota.new {
      { users = "ann", start = "2026-01-05", hours = 48, level = 0 },
      { users = "bob", every = "hourly", interval = 12, start = "2026-01-05 06:00", hours = 6, level = 5 },
    }
    assert.same({
      "2026-01-05 00:00 to 2026-01-05 06:00 ann", "2026-01-05 06:00 to 2026-01-05 12:00 bob", "2026-01-05 12:00 to 2026-01-05 18:00 ann",
      "2026-01-05 18:00 to 2026-01-06 00:00 bob", "2026-01-06 00:00 to 2026-01-06 06:00 ann",
    }, rota.final(r, "2026-01-05", "2026-01-06 06:00"))
  end)

  it("gives an override's time back when its people are gone", function()
    local r = rota.new { gone = "zoe",
      shifts = { { users = "ann", start = "2026-01-05", hours = 24 }, { users = "zoe", type = "override", start = "2026-01-05 10:00", hours = 2 } } }
    assert.same({ "2026-01-05 00:00 to 2026-01-06 00:00 ann" }, rota.final(r, "2026-01-05", "2026-01-07"))
    assert.same({ "2026-01-05 10:00 to 2026-01-05 12:00 nobody" }, rota.empty(r, "2026-01-05", "2026-01-07"))
  end)

  it("finds the gaps, and not those of less than a minute", function()
    local r = rota.new {
      { users = "ann", start = "2026-01-05 01:00", minutes = 60 }, { users = "bob", start = "2026-01-05 02:00:59", minutes = 60 },
      { users = "cid", start = "2026-01-05 03:01:59", minutes = 60 },
    }
    assert.same({ "2026-01-05 00:00 to 2026-01-05 01:00", "2026-01-05 03:00:59 to 2026-01-05 03:01:59",
      "2026-01-05 04:01:59 to 2026-01-05 06:00" }, rota.gaps(r, "2026-01-05", "2026-01-05 06:00"))
    assert.same({ "2026-01-05 00:00 to 2026-01-06 00:00" }, rota.gaps(rota.new {}, "2026-01-05", "2026-01-06"))
  end)

  it("is empty without shifts, and nobody is on call", function()
    assert.same({}, rota.final(rota.new {}, "2026-01-05", "2026-01-06"))
    assert.equal("nobody", rota.at(rota.new {}, "2026-01-05"))
  end)
end)

describe("a swap", function()
  local shift <const> = { turns = "ann+bob eve", every = "daily", start = "2026-01-05", hours = 24 }

  it("gives a part of a shift away, and only the beneficiary's", function()
    local r = rota.new { shifts = { shift }, swaps = { { "2026-01-05 10:00", "2026-01-06 10:00", "ann", "cid" } } }
    assert.same({
      "2026-01-05 00:00 to 2026-01-05 10:00 ann+bob", "2026-01-05 10:00 to 2026-01-06 00:00 bob+cid",
      "2026-01-06 00:00 to 2026-01-07 00:00 eve",
    }, rota.final(r, "2026-01-05", "2026-01-07"))
    assert.equal("bob+cid", rota.at(r, "2026-01-05 10:00"))
  end)

  it("may be passed on by another one", function()
    local r = rota.new { shifts = { shift }, swaps = { { "2026-01-06", "2026-01-07", "eve", "cid" }, { "2026-01-06 06:00", "2026-01-06 12:00", "cid", "dan" } } }
    assert.same({ "2026-01-06 00:00 to 2026-01-06 06:00 cid", "2026-01-06 06:00 to 2026-01-06 12:00 dan",
      "2026-01-06 12:00 to 2026-01-07 00:00 cid" }, rota.final(r, "2026-01-06", "2026-01-07"))
  end)

  it("with somebody of the same group leaves one of them", function()
    local r = rota.new { shifts = { shift }, swaps = { { "2026-01-05", "2026-01-06", "ann", "bob" } } }
    assert.same({ "2026-01-05 00:00 to 2026-01-06 00:00 bob" }, rota.final(r, "2026-01-05", "2026-01-06"))
  end)

  it("with somebody who is gone is none", function()
    local r = rota.new { shifts = { shift }, gone = "zoe", swaps = { { "2026-01-06", "2026-01-07", "eve", "zoe" } } }
    assert.equal("eve", rota.at(r, "2026-01-06 10:00"))
  end)
end)

describe("overrides of a calendar schedule", function()
  local shifts <const> = { { users = "ann", start = "2026-01-05", hours = 24 },
    { users = "bob", type = "override", linked = false, start = "2026-01-05 10:00", hours = 2 } }

  it("made in the web count only when the schedule takes them", function()
    assert.equal("ann", rota.at(rota.new { shifts = shifts }, "2026-01-05 11:00"))
    assert.equal("bob", rota.at(rota.new { shifts = shifts, web_overrides = true }, "2026-01-05 11:00"))
  end)
end)

describe("a question about schedules", function()
  local function refused(question)
    local answer, sentence, code = schedule.ask(question)
    assert.is_nil(answer)
    return code, sentence
  end

  it("that is none is refused with a sentence", function()
    local some = rota.new {}.row
    assert.equal("INVALID", refused { what = "potato" })
    assert.equal("INVALID", refused { what = "final", from = 0, to = 1 })
    assert.equal("INVALID", refused { what = "final", schedule = some })
    assert.equal("INVALID", refused { what = "final", schedule = some, from = 5, to = 4 })
    assert.equal("INVALID", refused { what = "final", schedule = some, from = math.mininteger, to = math.maxinteger })
    assert.equal("LIMIT", refused { what = "final", schedule = some, from = 0, to = rota.utc "2000-01-01" })
  end)

  it("whose answer would be too long is refused", function()
    local list = {}
    for i = 1, 20 do list[i] = { users = "ann", every = "hourly", start = "2026-01-01", hours = 1 } end
    local code, sentence = refused { what = "final", schedule = rota.new(list).row, from = rota.utc "2026-01-01", to = rota.utc "2026-12-31" }
    assert.equal("LIMIT", code)
    assert.truthy(sentence:find("100000", 1, true))
  end)

  it("names what it could not use, and goes on without it", function()
    local r = rota.new { { users = "ann", start = "2026-01-05", hours = 24 }, { users = "bob", start = "2026-99-05", hours = 24 },
      { users = "eve", start = "2026-01-05", hours = 24, zone = "Mars/Olympus" } }
    local answer = rota.ask(r, { what = "on_call", at = rota.utc "2026-01-05 11:00" })
    assert.same({ 1, 3 }, answer.users)
    assert.truthy(answer.problem:find("shift 2", 1, true))
    assert.equal(json.null, rota.ask(rota.new {}, { what = "on_call", at = 0 }).problem)
  end)

  it("with numbers from nowhere is answered or refused, quickly", function()
    local wild <const> = { math.mininteger, -1, 0, 1, 1e15 // 1 | 0, math.maxinteger }
    for _, every in ipairs { "hourly", "daily", "weekly", "monthly" } do
      for _, interval in ipairs(wild) do
        for _, length in ipairs(wild) do
          local r = rota.new { { turns = "ann bob", every = every, interval = interval, start = "0001-01-01", rotation_start = "9999-12-31",
            minutes = 1, first = interval, till = "9999-12-31" } }
          r.row.shifts[1].duration_ms = length
          r.row.shifts[1].level = length
          local answer = schedule.ask { what = "final", schedule = r.row, from = rota.utc "2026-01-01", to = rota.utc "2026-02-01" }
          assert.is_true(answer == nil or #answer.final >= 0)
        end
      end
    end
  end)
end)
