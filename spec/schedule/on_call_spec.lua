--- An escalation step that calls who is on call: through the core, on virtual time (it begins at 2026-09-21 14:13:20).
local calling <const> = require "calling"
local json <const> = require "tocsin.json"

local HOUR <const> = 3600 * 1000

describe("an escalation to who is on call", function()
  local w, schedule

  before_each(function()
    w = calling.open()
    schedule = w:insert("schedule", { type = "calendar", name = "sea watch", timezone = "Europe/Paris", created_at = 1 })
    for _, name in ipairs { "ada", "bob", "eve" } do w:user(name) end
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function text(...)
    local list = json.array {}
    for i, group in ipairs { ... } do
      list[i] = type(group) == "table" and json.array(group) or w.users[group]
      for n, name in ipairs(type(group) == "table" and group or {}) do list[i][n] = w.users[name] end
    end
    return json.encode(list)
  end

  local function shift(columns)
    for name, v in pairs { type = "rolling_users", name = "watch", level = 1, duration_ms = 12 * HOUR, interval = 1, frequency = "daily",
      created_at = 1, source = "api" } do
      if columns[name] == nil then columns[name] = v end
    end
    columns.rotation_start = columns.start_time
    local id = w:insert("shift", columns)
    w:rows("INSERT INTO schedule_shift (schedule_id, shift_id) VALUES ($1, $2)", schedule, id)
    return id
  end

  local function open(key)
    w:post(w.hook_, { key = key or "a" })
    local groups = w:groups()
    return groups[#groups].id
  end
  local function chain() w.hook_ = w:hook(w:chain { { type = "notify_on_call_from_schedule", schedule_id = schedule } }) end

  it("calls those whose turn it is, in the schedule's own time", function()
    -- In Paris it is 16:13. Days are from 04:20 to 16:20, nights from 16:20.
    shift { start_time = "2026-09-20T04:20:00", rolling_users = text({ "ada" }, { "bob" }) }
    shift { start_time = "2026-09-20T16:20:00", rolling_users = text({ "eve" }) }
    chain()
    assert.same({ "00:00 bob sms" }, w:calls(open "a"))
    w:advance(HOUR)
    assert.same({ "00:00 eve sms" }, w:calls(open "b"))
    w:advance(12 * HOUR)
    assert.same({ "00:00 ada sms" }, w:calls(open "c"))
  end)

  it("knows a swap, a new shift and a person who left as soon as they are written", function()
    local first = shift { start_time = "2026-09-21T00:00:00", duration_ms = 24 * HOUR, rolling_users = text { "ada" } }
    chain()
    assert.same({ "00:00 ada sms" }, w:calls(open "a"))
    w:insert("shift_swap", { schedule_id = schedule, swap_start_at = 0, swap_end_at = 2000000000000000, beneficiary_id = w.users.ada,
      benefactor_id = w.users.bob, created_at = 1, updated_at = 1 })
    assert.same({ "00:00 bob sms" }, w:calls(open "b"))
    w:rows("UPDATE user SET deleted_at = 5 WHERE id = $1", w.users.bob)
    assert.same({ "00:00 ada sms" }, w:calls(open "c"))
    shift { start_time = "2026-09-21T00:00:00", duration_ms = 24 * HOUR, level = 2, rolling_users = text { "eve", "ada" } }
    local calls = w:calls(open "d")
    table.sort(calls)
    assert.same({ "00:00 ada sms", "00:00 eve sms" }, calls)
    w:rows("DELETE FROM shift WHERE id > $1", first)
    assert.same({ "00:00 ada sms" }, w:calls(open "e"))
  end)

  it("says so when nobody is on call, or the schedule is gone, and goes on", function()
    shift { start_time = "2026-09-20T00:00:00", duration_ms = HOUR, rolling_users = text { "ada" } }
    w.hook_ = w:hook(w:chain { { type = "notify_on_call_from_schedule", schedule_id = schedule },
      { type = "notify_on_call_from_schedule", schedule_id = 99 }, { type = "notify_persons", users = { "eve" } } })
    local id = open()
    assert.same({ "escalation_failed no_one_on_call", "escalation_failed schedule_gone" }, w:lines(id, "escalation_failed"))
    assert.same({ "00:00 eve sms" }, w:calls(id))
  end)

  it("asks at the moment of the step, not of the alert", function()
    shift { start_time = "2026-09-20T04:20:00", rolling_users = text { "ada" } }
    shift { start_time = "2026-09-20T16:20:00", rolling_users = text { "eve" } }
    w.hook_ = w:hook(w:chain { { type = "wait", wait_ms = HOUR }, { type = "notify_on_call_from_schedule", schedule_id = schedule } })
    local id = open()
    w:advance(HOUR)
    assert.same({ "60:00 eve sms" }, w:calls(id))
  end)
end)
