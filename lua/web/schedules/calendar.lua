--- A schedule's calendar as tables: strips of a week or two in half hours, a month in days. Pure: slots of the API in, cells out.
---
--- A strip is a row of a table whose cells span half hours, so that no style stands in the page and readers hear names and times.
local calendar <const> = require "jinja.calendar"
local clock <const> = require "web.clock"
local texts <const> = require "web.texts"

local drawn <const> = {}

local DAY <const>, CELL <const> = 86400000000, 1800000000
local CELLS <const> = DAY // CELL
local COLOURS <const> = 8

---Midnight on the wall of the Monday on or before this µs on the wall.
function drawn.monday(shown)
  local day <const> = shown // DAY
  return (day - calendar.weekday(day)) * DAY
end

local function who(slot)
  local names <const> = {}
  for i, user in ipairs(slot.users) do names[i] = user.username or "?" end
  if #names > 0 then return table.concat(names, ", ") end
  return type(slot.text) == "string" and slot.text or texts.schedule.nobody
end

-- Everybody has a colour of their own, as far as there are colours.
local function colour_of(slot, known)
  local user <const> = slot.users[1]
  if not user then return "nobody" end
  if not known[user.id] then
    known.count = (known.count or 0) + 1
    known[user.id] = "person" .. (known.count - 1) % COLOURS
  end
  return known[user.id]
end

-- A slot on the wall: from, to, words.
local function item_of(slot, on, known)
  local from <const>, to <const> = clock.read(slot.start), clock.read(slot["end"])
  return { from = on:wall(from), to = on:wall(to), who = who(slot), colour = colour_of(slot, known),
    times = on:minute(from) .. "–" .. on:minute(to), is_override = slot.is_override,
    title = string.format("%s, %s – %s", who(slot), on:day(from) .. " " .. on:minute(from), on:day(to) .. " " .. on:minute(to)) }
end

local function gap_of(gap, on)
  local item <const> = item_of({ start = gap.start, ["end"] = gap["end"], users = {}, text = texts.schedule.gap }, on, {})
  item.colour = "gap"
  return item
end

-- Those that overlap stand below each other: a list of rows of items without overlaps.
local function rows_of(items)
  table.sort(items, function(a, b) return a.from < b.from end)
  local rows <const> = {}
  for _, item in ipairs(items) do
    local at = 1
    while rows[at] and rows[at][#rows[at]].to > item.from do at = at + 1 end
    rows[at] = rows[at] or {}
    table.insert(rows[at], item)
  end
  return rows
end

-- A row as cells of a table: {span, and what is in it}.
local function cells_of(row, first, count)
  local cells <const>, at = {}, 0
  for _, item in ipairs(row) do
    local from <const> = math.max(at, math.min(count, (item.from - first + CELL // 2) // CELL))
    local to <const> = math.max(from, math.min(count, (item.to - first + CELL // 2) // CELL))
    if to > from then
      if from > at then cells[#cells + 1] = { span = from - at } end
      cells[#cells + 1] = { span = to - from, item = item }
      at = to
    end
  end
  if at < count then cells[#cells + 1] = { span = count - at } end
  return cells
end

local function lane(name, items, first, days)
  local rows <const> = {}
  for i, row in ipairs(rows_of(items)) do rows[i] = cells_of(row, first, days * CELLS) end
  if #rows == 0 then rows[1] = cells_of({}, first, days * CELLS) end
  return { name = name, rows = rows }
end

---The lanes of a strip: who is on call in the end, overrides, and each layer from the highest down.
---@param answer table of GET /schedules/<id>/slots/
---@param on Clock
---@param first integer midnight of the first day on the wall, µs
---@param days integer
function drawn.lanes(answer, on, first, days)
  local known <const>, final <const>, overrides <const>, levels <const>, order <const> = {}, {}, {}, {}, {}
  for _, slot in ipairs(answer.final) do final[#final + 1] = item_of(slot, on, known) end
  for _, gap in ipairs(answer.gaps) do final[#final + 1] = gap_of(gap, on) end
  for _, slot in ipairs(answer.slots) do
    local item <const> = item_of(slot, on, known)
    if slot.is_override then overrides[#overrides + 1] = item
    else
      if not levels[slot.level] then levels[slot.level], order[#order + 1] = {}, slot.level end
      table.insert(levels[slot.level], item)
    end
  end
  table.sort(order, function(a, b) return a > b end)
  local lanes <const> = { lane(texts.schedule.final, final, first, days) }
  lanes[1].is_final = true
  if #overrides > 0 then lanes[2] = lane(texts.schedule.overrides, overrides, first, days) end
  for _, level in ipairs(order) do
    lanes[#lanes + 1] = lane(level > 0 and string.format(texts.schedule.level, level) or texts.schedule.no_level, levels[level],
      first, days)
  end
  return lanes
end

---Days of a strip: the date, and whether it is today.
function drawn.days(on, first, count)
  local list <const> = {}
  for i = 1, count do
    local at <const> = on:utc(first + (i - 1) * DAY)
    list[i] = { text = on:day(at), is_today = on:date(at) == on:date(on.now), date = on:date(at) }
  end
  return list
end

-- What is on one day of the wall: its part of each slot.
local function on_day(items, from)
  local list <const> = {}
  for _, item in ipairs(items) do
    if item.from < from + DAY and item.to > from then
      local is_whole <const> = item.from <= from and item.to >= from + DAY
      list[#list + 1] = { who = item.who, colour = item.colour, title = item.title, is_override = item.is_override,
        times = not is_whole and item.times or false }
    end
  end
  return list
end

---Weeks of a month view: each seven days with who is on call.
function drawn.weeks(answer, on, first, count)
  local known <const>, items <const>, weeks <const> = {}, {}, {}
  for _, slot in ipairs(answer.final) do items[#items + 1] = item_of(slot, on, known) end
  for _, gap in ipairs(answer.gaps) do items[#items + 1] = gap_of(gap, on) end
  table.sort(items, function(a, b) return a.from < b.from end)
  for w = 1, count do
    weeks[w] = drawn.days(on, first + (w - 1) * 7 * DAY, 7)
    for d, day in ipairs(weeks[w]) do day.slots = on_day(items, first + ((w - 1) * 7 + d - 1) * DAY) end
  end
  return weeks
end

---The same as a list: one line a slot.
function drawn.list(answer, on)
  local known <const>, items <const> = {}, {}
  for _, slot in ipairs(answer.final) do items[#items + 1] = item_of(slot, on, known) end
  for _, gap in ipairs(answer.gaps) do items[#items + 1] = gap_of(gap, on) end
  table.sort(items, function(a, b) return a.from < b.from end)
  return items
end

drawn.DAY, drawn.CELLS = DAY, CELLS

return drawn
