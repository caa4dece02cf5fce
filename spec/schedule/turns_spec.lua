--- Whose turn it is, what is new among warnings, when a report or a reminder is due: the pure rules of what rooms are told.
local rules <const> = require "schedule_rules"
local warnings <const> = require "schedule_warnings"

local function slot(from, to, ...) return { from = from, to = to, users = { ... } } end

describe("a turn", function()
  it("is that of all who are on call, and ends when one of them comes or goes", function()
    local turn = rules.turn({ slot(0, 10, 1), slot(0, 20, 2), slot(10, 30, 3) }, 5)
    assert.same({ users = { 1, 2 }, change_at = 10, next = { 2, 3 }, next_at = 10 }, turn)
  end)

  it("goes on through slots of the same people, without a break", function()
    assert.same({ users = { 1 }, next = {}, change_at = 30 }, rules.turn({ slot(0, 10, 1), slot(10, 20, 1), slot(15, 30, 1) }, 0))
  end)

  it("is followed after a gap, by the same people or others", function()
    assert.same({ users = { 1 }, change_at = 10, next = { 1 }, next_at = 20 }, rules.turn({ slot(0, 10, 1), slot(20, 30, 1) }, 0))
    assert.same({ users = {}, change_at = 20, next = { 2 }, next_at = 20 }, rules.turn({ slot(20, 30, 2) }, 0))
    assert.same({ users = {}, next = {} }, rules.turn({}, 0))
  end)

  it("is what one finds by looking at every moment", function()
    local function at(list, moment)
      local set, out = {}, {}
      for _, s in ipairs(list) do
        for _, id in ipairs(s.from <= moment and moment < s.to and s.users or {}) do set[id] = true end
      end
      for id in pairs(set) do out[#out + 1] = id end
      table.sort(out)
      return out
    end
    local function slow(list, now)
      local turn = { users = at(list, now), next = {} }
      for moment = now + 1, 60 do
        local users = at(list, moment)
        if not turn.change_at and not rules.same(users, turn.users) then turn.change_at = moment end
        if turn.change_at and #users > 0 then
          turn.next, turn.next_at = users, moment
          return turn
        end
      end
      return turn
    end
    math.randomseed(7)
    for _ = 1, 2000 do
      local list = {}
      for i = 1, math.random(0, 6) do
        local from = math.random(0, 40)
        list[i] = slot(from, from + math.random(1, 15), math.random(1, 3), math.random(4, 5))
      end
      assert.same(slow(list, 3), rules.turn(list, 3))
    end
  end)

  it("is found at once among thousands of slots", function()
    local list = {}
    for i = 1, 20000 do list[i] = slot(i, i + 1, 1) end
    local from = os.clock()
    assert.equal(20001, rules.turn(list, 1).change_at)
    assert.is_true(os.clock() - from < 2)
  end)
end)

describe("a warning", function()
  local function gap(from, to) return { kind = "gap", from = from, to = to } end

  it("is new when its time was looked at before and nothing was wrong then", function()
    local list = { gap(5, 10), gap(20, 30), gap(100, 110) }
    assert.same({ gap(20, 30) }, warnings.new(list, { gap(0, 6) }, 50))
    assert.same({}, warnings.new(list, list, 1000))
    assert.same(list, warnings.new(list, {}, 1000))
  end)

  it("of a person, a shift or a calendar is the same one at whatever time", function()
    local person, shift = { kind = "unreachable_person", user = 1, from = 5, to = 6 }, { kind = "missing_person", shift = 1, text = "x" }
    assert.same({}, warnings.new({ person, shift }, { { kind = "unreachable_person", user = 1, from = 50, to = 60 }, shift }, 1000))
    assert.same({ person }, warnings.new({ person }, { { kind = "unreachable_person", user = 2, from = 5, to = 6 } }, 1000))
  end)
end)

describe("a report", function()
  local DAY <const>, HOUR <const> = 86400000000, 3600000000
  local MONDAY <const> = 4 * DAY -- 5 January 1970

  it("is due every Monday at noon", function()
    local noon = MONDAY + 12 * HOUR
    assert.equal(noon, rules.next_report(MONDAY))
    assert.equal(noon, rules.next_report(noon - 1))
    assert.equal(noon + 7 * DAY, rules.next_report(noon))
    assert.equal(noon + 7 * DAY, rules.next_report(MONDAY + 6 * DAY + 23 * HOUR))
  end)
end)

describe("a swap", function()
  local DAY <const> = 86400000000
  local function step(fields, now) return { rules.swap_step(fields, now) } end

  it("that nobody looked after for weeks is reminded of once", function()
    assert.same({ "reminder", 39 * DAY }, step({ status = "open", from = 40 * DAY, told = "open", told_at = 0 }, 38 * DAY))
    assert.same({ nil, 39 * DAY }, step({ status = "open", from = 40 * DAY, told = "open", told_at = 38 * DAY }, 38 * DAY))
  end)

  it("that was asked for and taken before anybody looked is told once, and one that was withdrawn before is not", function()
    assert.same({ "taken" }, step({ status = "taken", from = DAY }, 0))
    assert.same({}, step({ status = "deleted", from = DAY }, 0))
    assert.same({ "withdrawn" }, step({ status = "deleted", from = DAY, told = "open", told_at = 0 }, 0))
    assert.same({}, step({ status = "past_due", from = DAY, told = "open", told_at = 0 }, 2 * DAY))
  end)
end)
