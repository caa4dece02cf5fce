--- Shifts that people change or delete while they run keep their past: a rotation of the web ends now and goes on as
--- another shift, with whom it would have gone on; one that is deleted ends now.
local calendar = require("jinja.calendar")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local query_string = require("api.query")
local schedule = require("tocsin.schedule")
local store = require("tocsin.store")
local zone = require("tocsin.zone")

local rotation = {}

local SECOND, DAY = 1000000, 86400000000
local AHEAD = 400 * DAY -- a rotation of months has a turn in it

-- Clocks on the wall --------------------------------------------------------------------------------------------------

local function zone_of(row)
  if row.timezone then return row.timezone end
  local owner = row.schedule_id and store.row("SELECT type, timezone FROM schedule WHERE id = $1", row.schedule_id)
  return owner and owner.type ~= "web" and owner.timezone or "UTC"
end

local function wall_of(at, name)
  local seconds = at // SECOND
  seconds = seconds + (zone.offset(name, seconds) or 0)
  local year, month, day = calendar.date(seconds // 86400)
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, seconds % 86400 // 3600, seconds % 3600 // 60,
    seconds % 60)
end

-- Seconds of a wall time, as if it were UTC.
local function seconds_of(wall)
  local n = {}
  for digits in string.gmatch(wall, "%d+") do n[#n + 1] = math.tointeger(tonumber(digits)) end
  return calendar.day(n[1], n[2], n[3]) * 86400 + n[4] * 3600 + n[5] * 60 + n[6]
end

local function moment_of(wall, name)
  local seconds = seconds_of(wall)
  local guess = seconds - (zone.offset(name, seconds) or 0)
  return (seconds - (zone.offset(name, guess) or 0)) * SECOND
end

-- Whose turn it is ------------------------------------------------------------------------------------------------------

local function list_of(text) return text and json.decode(text) or nil end

-- The shift written out with its groups as people 1, 2, 3 … It has no end: what it would go on as is asked for.
local function written(row, count)
  local turns, users = json.array(), json.array()
  for i = 1, count do turns[i], users[i] = json.array({ i }), { id = i, username = tostring(i) } end
  return { id = 1, type = "web", users = users, shifts = json.array({ { id = 1, type = row.type, timezone = zone_of(row),
    start_time = row.start_time, duration_ms = row.duration_ms, rotation_start = row.rotation_start, source = row.source,
    frequency = row.frequency, interval = row.interval, week_start = row.week_start, start_index = row.start_index,
    by_day = list_of(row.by_day), by_month = list_of(row.by_month), by_monthday = list_of(row.by_monthday),
    rolling_users = turns } }) }
end

-- The slot at a moment, or the next; nil: there is none.
local function slot_at(row, at)
  local count = #json.decode(row.rolling_users)
  for _, to in ipairs(count > 0 and { at + 1, at + AHEAD } or {}) do
    local answer = schedule.ask({ what = "slots", schedule = written(row, count), from = at, to = to })
    local first
    for _, slot in ipairs(answer and answer.slots or {}) do
      if not first or slot.from < first.from then first = slot end
    end
    if first then return first end
  end
end

local function group_text(group)
  local copy = { table.unpack(group) }
  table.sort(copy)
  return table.concat(copy, " ")
end

-- Where the group of the old list stands in the new one; or who has its place.
local function index_in(old_groups, new_groups, turn)
  for i, group in ipairs(new_groups) do
    if group_text(group) == group_text(old_groups[turn]) then return i - 1 end
  end
  return #new_groups > 0 and (turn - 1) % #new_groups or 0
end

-- Changing --------------------------------------------------------------------------------------------------------------

local COLUMNS = "type, name, team_id, schedule_id, timezone, level, start_time, duration_ms, rotation_start, frequency, " ..
  "interval, until_time, week_start, by_day, by_month, by_monthday, users, rolling_users, start_index, source, successor_id"

local function full_row(id) return store.row("SELECT " .. COLUMNS .. " FROM shift WHERE id = $1", id) end

local ROTATES = { rolling_users = true, recurrent_event = true }

local function changed_columns(c, row)
  local changed, count = {}, 0
  for name, value in pairs(c.values) do
    local before = row[name]
    if before == nil then before = json.null end
    if value ~= before then
      changed[name] = value
      if name ~= "name" and name ~= "until_time" then count = count + 1 end
    end
  end
  return changed, count
end

local function is_same_index(c, row) return c.values.start_index == nil or c.values.start_index == row.start_index end

-- The shift that comes after: the old one with what was changed, from `wall` on. Its first turn is that of those who would
-- have it.
local function next_row(row, c, wall, name)
  local new = {}
  for column, value in pairs(row) do new[column] = value end
  for column, value in pairs(c.values) do new[column] = value ~= json.null and value or nil end
  new.rotation_start, new.successor_id, new.created_at = wall, nil, c.now
  if row.type ~= "rolling_users" or not is_same_index(c, row) then return new end
  new.start_index = 0
  local first = slot_at(new, moment_of(wall, name))
  local turn = first and slot_at(row, first.from)
  local old_groups, new_groups = json.decode(row.rolling_users), json.decode(new.rolling_users)
  new.start_index = turn and index_in(old_groups, new_groups, turn.users[1]) or 0
  return new
end

---Whether a change goes on as another shift, which is then `c.successor`: that of a rotation that has started does, unless
---`force_update` was sent. Returns a refusal or nil.
---@param c table the change (api/change.lua); `is_forced`
function rotation.decide(c)
  local row = full_row(c.old.id)
  if c.is_forced or not row or row.source ~= "web" or not row.schedule_id or not ROTATES[row.type] then return nil end
  local name = zone_of(row)
  local now_wall = wall_of(c.now, name)
  local changed, count = changed_columns(c, row)
  if row.rotation_start > now_wall or next(changed) == nil then return nil end
  local is_over = row.until_time and row.until_time <= now_wall
  if count == 0 and (changed.until_time == nil or not is_over) then -- its past stays as it is
    local till = changed.until_time
    if till and till ~= json.null and till < now_wall then c.values.until_time = now_wall end
    return nil
  end
  if row.successor_id then
    local id = ids.encode("O", row.successor_id)
    return errors.detail(400, "This rotation has ended and goes on as " .. id .. ": change that one.")
  end
  local asked = c.values.rotation_start
  local wall = asked and asked ~= json.null and asked > now_wall and asked or now_wall
  c.successor = next_row(row, c, wall, name)
  c.ends = row.until_time and row.until_time < wall and row.until_time or wall
  if c.successor.start_index ~= row.start_index then c.values.start_index = c.successor.start_index end
end

---Ends the old shift in the row of the change, and has its successor made. Called when what was sent has been checked.
---@param c table the change
---@param change table api/change.lua
function rotation.go_on(c, change)
  if not c.successor then return end
  local ended, successor = c.old.id, c.successor
  c.trail = { successor = json.encode({ rotation_start = successor.rotation_start, name = successor.name }) }
  c.values = { until_time = c.ends }
  c.shows = function() return change.insert("shift", successor) end
  c.after[#c.after + 1] = c.shows
  c.after[#c.after + 1] = function()
    return { sql = "UPDATE shift SET successor_id = (SELECT max(id) FROM shift) WHERE id = $1", args = { ended }, expect = 1 }
  end
end

-- Deleting --------------------------------------------------------------------------------------------------------------

local function ended(row, now_wall)
  if ROTATES[row.type] then
    local till = row.until_time and row.until_time < now_wall and row.until_time or now_wall
    return { sql = "UPDATE shift SET until_time = $1 WHERE id = $2", args = { till }, expect = 1 }
  end
  local lasted = (seconds_of(now_wall) - seconds_of(row.start_time)) * 1000
  return { sql = "UPDATE shift SET duration_ms = $1 WHERE id = $2", args = { math.min(lasted, row.duration_ms) }, expect = 1 }
end

---The deletion of a shift that a schedule owns and that has started: it ends now. With `?force=true` it goes whole.
---@param request table
---@param c table the change
function rotation.delete(request, c)
  local row = full_row(c.old.id)
  if not row or not row.schedule_id or string.lower(query_string.get(request.query, "force") or "") == "true" then return end
  local now_wall = wall_of(c.now, zone_of(row))
  local started = ROTATES[row.type] and row.rotation_start or row.start_time
  if started >= now_wall then return end
  c.instead = ended(row, now_wall)
  c.instead.args[2] = c.old.id
end

return rotation
