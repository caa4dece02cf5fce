--- Working hours of a person: for each weekday a list of {"start", "end"}, "HH:MM:SS" on the clocks of their time zone.
local json = require("tocsin.json")
local writer = require("api.writer")

local working_hours = {}

local DAYS <const> = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }
local WEEKDAYS <const> = 5
local USUAL <const> = { { start = "09:00:00", ["end"] = "17:00:00" } }
local PIECES_MAX <const> = 24 -- of a day

---What they look like, shown and sent.
local PIECE <const> = { object = { { "start", "text" }, { "end", "text" } } }
working_hours.SHAPE, working_hours.SENT = { object = {} }, { object = {} }
for i, day in ipairs(DAYS) do
  working_hours.SHAPE.object[i] = { day, { list = PIECE } }
  working_hours.SENT.object[i] = { day, { list = PIECE, max = PIECES_MAX }, optional = true }
end

-- A time of day; 24:00:00 is the end of one.
local function time_of(text)
  local h, m, s = string.match(type(text) == "string" and text or "", "^(%d%d):(%d%d):(%d%d)$")
  h, m, s = tonumber(h), tonumber(m), tonumber(s)
  if not h or m > 59 or s > 59 or h > 24 or h == 24 and m + s > 0 then return nil end
  return text
end

local function problem_of_piece(piece, before)
  if type(piece) ~= "table" then return "Expected objects with start and end." end
  for name in pairs(piece) do
    if name ~= "start" and name ~= "end" then return "Expected objects with start and end." end
  end
  local from, to = time_of(piece.start), time_of(piece["end"])
  if not from or not to then return "Expected start and end as HH:MM:SS." end
  if from >= to then return "An end must be after its start." end
  if before and from < before then return "Hours of a day must be in order and not overlap." end
end

local function problem_of_day(list)
  if getmetatable(list) ~= json.array_mt then return "Expected a list of start and end for each weekday." end
  if #list > PIECES_MAX then return "A day has " .. PIECES_MAX .. " pieces at most." end
  local before
  for _, piece in ipairs(list) do
    local why = problem_of_piece(piece, before)
    if why then return why end
    before = piece["end"]
  end
end

-- The days of an object in order, each piece with its members in order.
local function object_of(days)
  local out = writer.object()
  for i, day in ipairs(DAYS) do
    local list = {}
    for k, piece in ipairs(days and days[day] or not days and i <= WEEKDAYS and USUAL or {}) do
      list[k] = writer.object("start", piece.start, "end", piece["end"])
    end
    writer.put(out, day, writer.list(list))
  end
  return out
end

---Where nothing was set: Monday to Friday from 9 to 17.
working_hours.USUAL = {}
for i = 1, WEEKDAYS do working_hours.USUAL[DAYS[i]] = USUAL end

---Checks what was sent: columns to store, or nil and a sentence. A weekday that is not sent is free.
function working_hours.store(value)
  if value == json.null then return { working_hours = value } end
  if type(value) ~= "table" or getmetatable(value) == json.array_mt then return nil, "Expected a dictionary of weekdays." end
  local known = {}
  for _, day in ipairs(DAYS) do
    known[day] = true
    local why = value[day] ~= nil and problem_of_day(value[day]) or nil
    if why then return nil, day .. ": " .. why end
  end
  for day in pairs(value) do
    if not known[day] then return nil, "There is no weekday '" .. tostring(day) .. "'." end
  end
  return { working_hours = writer.text(object_of(value)) }
end

---What an answer shows: Monday to Friday from 9 to 17 where nothing was set.
function working_hours.show(row)
  return object_of(row.working_hours and json.decode(row.working_hours))
end

return working_hours
