--- Recurrence rules against dateutil, and against the library with which OnCall reads calendars.
local rota <const> = require "rota"
local json <const> = require "tocsin.json"
local schedule <const> = require "tocsin.schedule"

local COUNT <const>, SEED <const> = os.getenv "RULES" or "80", os.getenv "SEED" or "5"
local MARGIN <const> = 3 * 86400 -- the library takes a day more or less at the window's ends

local function line(from, to) return rota.text(from * 1000000) .. " to " .. rota.text(to * 1000000) end

local function lines_of(events)
  local lines = {}
  for i, e in ipairs(events) do lines[i] = line(e[1], e[2]) end
  return lines
end

-- Starts inside of the window, as a set: where the clocks skip an hour the library has none of its own opinion.
local function inner(list, window, get)
  local set = {}
  for _, e in ipairs(list) do
    local at = get(e)
    if at > window[1] + MARGIN and at < window[2] - MARGIN then set[rota.text(at * 1000000)] = true end
  end
  return set
end

describe("recurrence rules", function()
  it("start when dateutil and the library say so", function()
    local pipe <close> = assert(io.popen(("/usr/bin/python3 -W ignore spec/schedule/calendar_cases.py %s %s"):format(COUNT, SEED)))
    local seen, events, compared = 0, 0, 0
    for text in pipe:lines() do
      local case = json.decode(text)
      local answer = assert(schedule.ask { what = "calendar", text = case.text, from = case.window[1] * 1000000, to = case.window[2] * 1000000 })
      local got = {}
      for i, e in ipairs(answer.events) do got[i] = { e[1] // 1000000, e[2] // 1000000 } end
      assert.same(lines_of(case.events), lines_of(got), case.text)
      if case.library ~= json.null then
        local theirs = inner(case.library, case.window, function(at) return at end)
        local ours = inner(got, case.window, function(e) return e[1] end)
        for at in pairs(ours) do assert(theirs[at], "the library has no " .. at .. " in " .. case.text) end
        compared = compared + 1
      end
      seen, events = seen + 1, events + #got
    end
    assert.equal(math.tointeger(tonumber(COUNT)), seen)
    assert.is_true(events > seen and compared > seen // 20)
  end)
end)
