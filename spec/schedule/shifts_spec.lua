--- Shifts against an independent implementation: dateutil's rules, zoneinfo's zones, OnCall's way of taking turns.
local rota <const> = require "rota"
local json <const> = require "tocsin.json"
local schedule <const> = require "tocsin.schedule"

local COUNT <const>, SEED <const> = os.getenv "SHIFTS" or "400", os.getenv "SEED" or "11"

local function row_of(case)
  local row = { id = 1, type = case.groups > 0 and "rolling_users" or "recurrent_event", timezone = case.timezone, linked = true,
    start_time = case.start_time, rotation_start = case.start_time, duration_ms = case.minutes * 60000, frequency = case.frequency,
    interval = case.interval, week_start = case.week_start, by_day = case.by_day, by_month = case.by_month, by_monthday = case.by_monthday }
  if case.groups > 0 then
    row.rolling_users = json.array {}
    for i = 1, case.groups do row.rolling_users[i] = json.array { i } end
  else
    row.users = json.array { 1 }
  end
  return row
end

local function slots_of(case)
  local users = json.array { { id = 1 }, { id = 2 }, { id = 3 }, { id = 4 } }
  local answer = assert(schedule.ask { what = "slots", from = case.window[1] * 1000000, to = case.window[2] * 1000000,
    schedule = { type = "calendar", shifts = json.array { row_of(case) }, users = users } })
  local lines = {}
  for i, s in ipairs(answer.slots) do lines[i] = ("%s to %s %d"):format(rota.text(s.from), rota.text(s.to), s.users[1]) end
  table.sort(lines)
  return lines
end

describe("shifts", function()
  it("occur when dateutil says they do, and turns go as OnCall's", function()
    local pipe <close> = assert(io.popen(("/usr/bin/python3 spec/schedule/shift_cases.py %s %s"):format(COUNT, SEED)))
    local seen, slots = 0, 0
    for line in pipe:lines() do
      local case = json.decode(line)
      local expected = {}
      for i, s in ipairs(case.slots) do expected[i] = ("%s to %s %d"):format(rota.text(s[1] * 1000000), rota.text(s[2] * 1000000), s[3]) end
      table.sort(expected)
      local got = slots_of(case)
      case.slots = nil
      assert.same(expected, got, json.encode(case))
      seen, slots = seen + 1, slots + #got
    end
    assert.equal(math.tointeger(tonumber(COUNT)), seen)
    assert.is_true(slots > seen * 3)
  end)
end)
