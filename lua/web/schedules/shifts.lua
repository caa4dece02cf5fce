--- The rotations and shifts of a schedule: as sentences, and the form that makes and changes them.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local shared <const> = require "web.schedules.shared"
local texts <const> = require "web.texts"

local shifts <const> = {}

local DAYS <const> = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" }
local UNITS <const> = { "hourly", "daily", "weekly", "monthly" }
local LENGTHS <const> = { { "days", 86400 }, { "hours", 3600 }, { "minutes", 60 } }
local TURNS_MAX <const>, EMPTY <const> = 60, 2 -- lines of turns; those that wait to be filled

-- As sentences ----------------------------------------------------------------------------------------------------------------

local function turns_of(shift)
  if type(shift.rolling_users) == "table" then return shift.rolling_users end
  return type(shift.users) == "table" and #shift.users > 0 and { shift.users } or {}
end

local function people_text(shift, names)
  local list <const> = {}
  for i, turn in ipairs(turns_of(shift)) do list[i] = string.gsub(shared.named(turn, names), ", ", " + ") end
  return #list > 0 and table.concat(list, ", ") or texts.shift.nobody
end

local function every_text(shift)
  local n <const> = math.type(shift.interval) == "integer" and shift.interval or 1
  if n == 1 then return texts.shift.every_one[shift.frequency] end
  return string.format(texts.shift.every_many, n, texts.shift.units[shift.frequency])
end

local function sentence(shift, names)
  local start <const> = string.gsub(shift.start, "T", " ")
  local from <const> = string.sub(start, 1, 16)
  if type(shift.frequency) ~= "string" then return string.format(texts.shift.once, people_text(shift, names), from) end
  return string.format(texts.shift.sentence, people_text(shift, names), every_text(shift), from)
end

---The shifts of a schedule as lines; overrides that are over are left out.
function shifts.list(request, one, names)
  local list <const>, now <const> = {}, string.sub(clock.in_zone("UTC", request.now):date(request.now), 1, 10)
  if one.type == "ical" then return list end
  for _, shift in ipairs(ask.list(request, shared.SHIFTS, { schedule_id = one.id }) or {}) do
    local till <const> = shared.text_of(shift["until"])
    local is_over <const> = till and string.sub(till, 1, 10) < now or shift.type == "override" and string.sub(shift.start, 1,
      10) < now
    if not is_over then
      list[#list + 1] = { id = shift.id, name = shift.name, kind = texts.shift.kinds[shift.type], text = sentence(shift, names),
        level = math.type(shift.level) == "integer" and shift.level > 0 and string.format(texts.schedule.level,
          shift.level) or false,
        is_override = shift.type == "override" }
    end
  end
  return list
end

-- The form ----------------------------------------------------------------------------------------------------------------

local function length_of(seconds)
  for _, unit in ipairs(LENGTHS) do
    if seconds % unit[2] == 0 then return seconds // unit[2], unit[1] end
  end
  return seconds // 60, "minutes"
end

-- What the form shows of a shift that is there.
local function values_of(shift)
  local length <const>, unit <const> = length_of(shift.duration)
  local days <const> = {}
  for _, day in ipairs(type(shift.by_day) == "table" and shift.by_day or {}) do days[day] = true end
  return { name = shift.name, start = string.sub(shift.start, 1, 16), zone = shared.text_of(shift.time_zone) or "",
    frequency = shared.text_of(shift.frequency) or "",
    interval = math.type(shift.interval) == "integer" and shift.interval or 1, length = length, length_unit = unit, days = days,
    level = math.type(shift.level) == "integer" and shift.level or 0, ["until"] = string.sub(shared.text_of(shift["until"]) or
      "", 1, 16) }, turns_of(shift)
end

-- A new rotation: a week each, from next Monday, nine o'clock.
local function first_values(request, one)
  local on <const> = shared.text_of(one.time_zone) and clock.in_zone(one.time_zone, request.now) or clock.of(request)
  local today <const> = on:wall(request.now) // 86400000000
  local monday <const> = today + (7 - (today + 3) % 7) % 7
  local at <const> = on:utc((monday == today and monday or monday) * 86400000000 + 9 * 3600000000)
  return { name = "", start = shared.field_of(at, on), zone = on.zone, frequency = "weekly", interval = 1, length = 7,
    length_unit = "days", days = {},
    level = 1, ["until"] = "" }, {}
end

local function lines_of(turns)
  local lines <const> = {}
  for i = 1, math.min(#turns + EMPTY, TURNS_MAX) do
    local turn <const>, places = turns[i] or {}, {}
    for k = 1, math.max(2, #turn + 1) do places[k] = turn[k] or "" end
    lines[i] = { number = i, places = places }
  end
  return lines
end

local function choices(list, names)
  local out <const> = {}
  for i, value in ipairs(list) do out[i] = { value = value, text = names[value] } end
  return out
end

local function show(request, o, problem)
  local units <const> = {}
  for i, unit in ipairs(LENGTHS) do units[i] = unit[1] end
  local users <const> = shared.people(request)
  return shared.answer(request, "shift.html", { one = o.schedule, shift = o.shift or false, kind = o.kind,
    lines = lines_of(o.turns), form = form.state(o.values, problem),
    users = form.choices(users, "username"), frequencies = choices(UNITS, texts.shift.units), length_units = choices(units,
      texts.shift.length_units),
    days = choices(DAYS, texts.shift.day_names), is_rotation = o.kind == "rolling_users",
      recurs = o.kind == "rolling_users" or o.kind == "recurrent_event",
    turns_wrong = problem and (problem.fields.rolling_users or problem.fields.users or
      problem.fields.start_rotation_from_user_index) or false,
    may_write = rights.may(request.actor, "schedules", "write"), action = o.shift and "/on-call-shifts/" .. o.shift.id or
      "/schedules/" .. o.schedule.id .. "/shifts/new" },
    problem and form.status(problem) or 200)
end

local function sent_turns(request)
  local turns <const> = json.array {}
  for i = 1, TURNS_MAX do
    local turn <const> = json.array {}
    for _, id in ipairs(form.all(request, "turn" .. i)) do
      if id ~= "" then turn[#turn + 1] = id end
    end
    if #turn > 0 then turns[#turns + 1] = turn end
  end
  return turns
end

local function seconds_of(sent)
  local number <const> = form.number_or_null(sent.length)
  for _, unit in ipairs(LENGTHS) do
    if unit[1] == sent.length_unit and math.type(number) == "integer" and
      math.abs(number) < 1 << 30 then return number * unit[2] end
  end
  return number
end

-- A moment of a form as the API has it: with seconds.
local function wall_of(text)
  local bare <const> = form.text_or_null(text)
  return bare ~= json.null and #bare == 16 and bare .. ":00" or bare
end

-- What was sent as the API takes it, and as the form shows it again.
local function read(request, kind)
  local sent <const>, days <const>, set <const>, turns <const> = form.read(request), json.array {}, {}, sent_turns(request)
  for _, day in ipairs(form.all(request, "days")) do days[#days + 1], set[day] = day, true end
  local object <const> = { name = sent.name, start = wall_of(sent.start), duration = seconds_of(sent),
    time_zone = form.text_or_null(sent.zone) }
  if kind ~= "override" then object.level = form.number_or_null(sent.level) end
  if kind == "rolling_users" or kind == "recurrent_event" then
    object.frequency, object.interval = sent.frequency, form.number_or_null(sent.interval)
    object.by_day, object["until"] = #days > 0 and days or json.null, wall_of(sent["until"])
    if sent.frequency == "weekly" then object.week_start = "MO" end
  end
  if kind == "rolling_users" then object.rolling_users = turns
  else object.users = turns[1] or json.array {} end
  sent.days = set
  return object, sent, turns
end

-- The problem with the names of the form's fields.
local function named(problem)
  local names <const> = { duration = "length", time_zone = "zone", by_day = "days", rotation_start = "start",
    week_start = "frequency" }
  local fields <const> = {}
  for name, why in pairs(problem.fields) do fields[names[name] or name] = why end
  return { status = problem.status, detail = problem.detail, fields = fields }
end

local function new(request)
  local one <const> = ask.get(request, shared.PATH .. request.id)
  local values <const>, turns <const> = first_values(request, one)
  return show(request, { schedule = one, kind = "rolling_users", values = values, turns = turns })
end

-- A schedule made by the API names its shifts; one made here owns them.
local function link(request, one, made)
  local list <const> = json.array { table.unpack(one.shifts) }
  list[#list + 1] = made.id
  return select(2, ask.send(request, "PUT", shared.PATH .. one.id .. "/", { shifts = list }))
end

local function create(request)
  local one <const> = ask.get(request, shared.PATH .. request.id)
  local object <const>, sent <const>, turns <const> = read(request, "rolling_users")
  object.type, object.rotation_start, object.start_rotation_from_user_index = "rolling_users", object.start, 0
  if one.type == "web" then object.schedule = one.id else object.team_id = one.team_id end
  local made, problem = ask.send(request, "POST", shared.SHIFTS, object)
  if made and one.type == "calendar" then problem = link(request, one, made) end
  if problem then return show(request, { schedule = one, kind = "rolling_users", values = sent, turns = turns },
    named(problem)) end
  return page.see_other(request, "/schedules/" .. one.id)
end

-- The schedule that owns a shift, else the first that names it.
local function schedule_of(request, shift)
  if shared.text_of(shift.schedule) then return ask.get(request, shared.PATH .. shift.schedule) end
  for _, one in ipairs(ask.list(request, shared.PATH) or {}) do
    for _, id in ipairs(type(one.shifts) == "table" and one.shifts or {}) do
      if id == shift.id then return one end
    end
  end
  return { id = "", name = texts.schedules.title }
end

local function edit(request)
  local shift <const> = ask.get(request, shared.SHIFTS .. request.id)
  local values <const>, turns <const> = values_of(shift)
  return show(request, { schedule = schedule_of(request, shift), shift = shift, kind = shift.type, values = values,
    turns = turns })
end

local function back(request, one) return page.see_other(request, one.id ~= "" and "/schedules/" .. one.id or "/schedules") end

local function save(request)
  local shift <const> = ask.get(request, shared.SHIFTS .. request.id)
  local one <const> = schedule_of(request, shift)
  local object <const>, sent <const>, turns <const> = read(request, shift.type)
  if object.start ~= shift.start then object.rotation_start = object.start end
  local _, problem <const> = ask.send(request, "PUT", shared.SHIFTS .. request.id .. "/", object)
  if problem then return show(request, { schedule = one, shift = shift, kind = shift.type, values = sent, turns = turns },
    named(problem)) end
  return back(request, one)
end

local function delete(request)
  local shift <const> = ask.get(request, shared.SHIFTS .. request.id)
  local one <const> = schedule_of(request, shift)
  local _, problem <const> = ask.send(request, "DELETE", shared.SHIFTS .. request.id .. "/")
  if not problem then return back(request, one) end
  local values <const>, turns <const> = values_of(shift)
  return show(request, { schedule = one, shift = shift, kind = shift.type, values = values, turns = turns }, problem)
end

shifts.routes = {
  { "/schedules/:id/shifts/new", "GET", new, "schedules:write", "schedule" },
  { "/schedules/:id/shifts/new", "POST", create, "schedules:write", "schedule" },
  { "/on-call-shifts/:id", "GET", edit, "schedules:read", "on_call_shift" },
  { "/on-call-shifts/:id", "POST", save, "schedules:write", "on_call_shift" },
  { "/on-call-shifts/:id/delete", "POST", delete, "schedules:write", "on_call_shift" },
}

return shifts
