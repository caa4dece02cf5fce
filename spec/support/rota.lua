--- Schedules written out for specs of `tocsin.schedule`: shifts in a few words, answers as lines that one can read.
--
-- Times in and out are texts "2026-03-29 02:30" on the clock of a zone (UTC unless given).
require "tocsin.core"
local calendar <const> = require "jinja.calendar"
local json <const> = require "tocsin.json"
local schedule <const> = require "tocsin.schedule"
local zone <const> = require "tocsin.zone"

local rota = {}

local function number(text) return math.tointeger(tonumber(text)) end

--- µs of a text read as UTC
function rota.utc(text)
  local year, month, day, hour, minute, second = text:match "^(%d+)-(%d+)-(%d+)[ T]?(%d*):?(%d*):?(%d*)"
  return (calendar.day(number(year), number(month), number(day)) * 86400 + (number(hour) or 0) * 3600 + (number(minute) or 0) * 60 +
    (number(second) or 0)) * 1000000
end

--- the text of a moment on the clock of a zone
function rota.text(at, zone_name)
  local seconds = at // 1000000
  seconds = seconds + (zone.offset(zone_name or "UTC", seconds))
  local year, month, day = calendar.date(seconds // 86400)
  local text = ("%04d-%02d-%02d %02d:%02d"):format(year, month, day, seconds % 86400 // 3600, seconds % 3600 // 60)
  return seconds % 60 == 0 and text or ("%s:%02d"):format(text, seconds % 60)
end

local function wall(text) return text and (text:gsub(" ", "T") .. (#text == 10 and "T00:00:00" or #text == 16 and ":00" or "")) end

local function number_of(people, name)
  for i, known in ipairs(people) do
    if known == name then return i end
  end
  people[#people + 1] = name
  return #people
end

local function ids(people, names)
  local list = json.array {}
  for i, name in ipairs(names) do list[i] = number_of(people, name) end
  return list
end

local function names_of(text)
  local list = {}
  for name in text:gmatch "[^+]+" do list[#list + 1] = name end
  return list
end

-- Groups are words, people of one joined by "+": "ann+bob eve".
local function groups_of(people, text)
  local list = json.array {}
  for word in text:gmatch "%S+" do list[#list + 1] = ids(people, names_of(word)) end
  return list
end

local function hours(s) return s.hours and s.hours * 3600000 or s.minutes and s.minutes * 60000 end

local function shift_row(people, s, i)
  local takes_turns = s.turns ~= nil
  local row = {
    id = s.id or i, type = s.type or (takes_turns and "rolling_users") or (s.every and "recurrent_event") or "single_event",
    timezone = s.zone, level = s.level or 0, start_time = wall(s.start), duration_ms = hours(s), source = s.source or "api",
    rotation_start = wall(s.rotation_start or s.start), frequency = s.every, interval = s.interval or 1, until_time = wall(s.till),
    week_start = s.week_start or "MO", start_index = s.first or 0, linked = s.linked ~= false,
    by_day = s.days and json.array(names_of((s.days:gsub(" ", "+")))), by_month = s.months and json.array(s.months),
    by_monthday = s.dates and json.array(s.dates),
  }
  if takes_turns then row.rolling_users = groups_of(people, s.turns)
  else row.users = ids(people, names_of((s.users or ""):gsub(" ", "+"))) end
  return row
end

--- A schedule of shifts: { zone, type, shifts = { … }, swaps = { {from, to, beneficiary, benefactor} }, gone = "name", calendars }
function rota.new(options)
  local people, shifts, swaps = {}, json.array {}, json.array {}
  for i, s in ipairs(options.shifts or options) do shifts[i] = shift_row(people, s, i) end
  for i, s in ipairs(options.swaps or {}) do
    swaps[i] = { from = rota.utc(s[1]), to = rota.utc(s[2]), beneficiary = number_of(people, s[3]), benefactor = number_of(people, s[4]) }
  end
  for _, name in ipairs(options.people or {}) do number_of(people, name) end
  local users = json.array {}
  for i, name in ipairs(people) do
    if name ~= options.gone then users[#users + 1] = { id = i, username = name, email = name .. "@example.com" } end
  end
  return { people = people, zone = options.zone, row = { id = 1, type = options.type or "calendar", timezone = options.zone,
    enable_web_overrides = options.web_overrides, shifts = shifts, swaps = swaps, users = users, copies = options.calendars } }
end

local function people_text(r, list)
  local words = {}
  for i, id in ipairs(list) do words[i] = r.people[id] or "?" .. id end
  table.sort(words)
  return #words == 0 and "nobody" or table.concat(words, "+")
end

--- The answer to a question about a rota; an error when it was refused.
function rota.ask(r, question)
  question.schedule = r.row
  return assert(schedule.ask(question))
end

local function lines_of(r, slots)
  local lines = {}
  for i, s in ipairs(slots) do
    lines[i] = rota.text(s.from, r.zone) .. " to " .. rota.text(s.to, r.zone) .. (s.users and " " .. people_text(r, s.users) or "")
  end
  return lines
end

--- "from to who" for each slot of the final schedule between two UTC texts; times on the rota's own clock.
function rota.final(r, from, to) return lines_of(r, rota.ask(r, { what = "final", from = rota.utc(from), to = rota.utc(to) }).final) end

--- The gaps; and the slots without anybody, as lines.
function rota.gaps(r, from, to)
  local lines = lines_of(r, rota.ask(r, { what = "final", from = rota.utc(from), to = rota.utc(to) }).gaps)
  for i, line in ipairs(lines) do lines[i] = line:gsub(" nobody$", "") end
  return lines
end
function rota.empty(r, from, to) return lines_of(r, rota.ask(r, { what = "final", from = rota.utc(from), to = rota.utc(to) }).empty) end

--- Who is on call at a UTC text.
function rota.at(r, text) return people_text(r, rota.ask(r, { what = "on_call", at = rota.utc(text) }).users) end

--- The next hand-over before `till`: its time and people.
function rota.next(r, text, till)
  local answer = rota.ask(r, { what = "on_call", at = rota.utc(text), ["until"] = rota.utc(till) })
  if answer.next_at == json.null then return "none" end
  return rota.text(answer.next_at, r.zone) .. " " .. people_text(r, answer.next)
end

return rota
