--- ISO 8601 text as a moment: Python's datetime.fromisoformat (3.12) and Django's more lenient form.
---
--- Answers are the fields of strftime.lua: {day=, us=, offset=, zone=}; nil when the text is no moment.
local calendar <const> = require "jinja.calendar"
local byte <const>, sub <const>, find <const>, match <const> = string.byte, string.sub, string.find, string.match
local format <const>, rep <const> = string.format, string.rep
local DAY_US <const> = 86400000000

local isoformat <const> = {}

local function number(s, from, width)
  local text = sub(s, from, from + width - 1)
  if #text == width and find(text, "^%d+$") then return tonumber(text) end
end

-- How many bytes the date takes.
local function date_length(s)
  if #s == 7 then return 7 end
  if sub(s, 5, 5) == "-" then
    if sub(s, 6, 6) ~= "W" then return 10 end
    if sub(s, 9, 9) ~= "-" then return 8 end
    if #s == 9 then return nil end
    return find(s, "^%d", 11) and 8 or 10
  end
  if sub(s, 5, 5) ~= "W" then return 8 end
  local last = 8
  while find(s, "^%d", last) do last = last + 1 end
  last = last - 1 -- bytes up to the end of the digits
  if last < 9 then return last end
  return last % 2 == 0 and 7 or 8
end

local function week_date(s, at, has_dash, year)
  local week, weekday = number(s, at, 2), 1
  if not week then return nil end
  if #s > at + 1 then
    if (sub(s, at + 2, at + 2) == "-") ~= has_dash then return nil end
    weekday = number(s, at + 2 + (has_dash and 1 or 0), 1)
    if not weekday then return nil end
  end
  return calendar.iso_day(year, week, weekday)
end

local function valid_day(year, month, day)
  if not (year and month and day) or year < 1 or month < 1 or month > 12 then return nil end
  if day < 1 or day > calendar.month_length(year, month) then return nil end
  return calendar.day(year, month, day)
end

local function parse_date(s)
  local year, has_dash = number(s, 1, 4), sub(s, 5, 5) == "-"
  local at = has_dash and 6 or 5
  if not year or year < 1 then return nil end
  if sub(s, at, at) == "W" then return week_date(s, at + 1, has_dash, year) end
  local month = number(s, at, 2)
  if (sub(s, at + 2, at + 2) == "-") ~= has_dash then return nil end
  return valid_day(year, month, number(s, at + 2 + (has_dash and 1 or 0), 2))
end

-- A fraction of a second from `at` on; its microseconds, and whether the text goes on behind it.
local function parse_fraction(s, at, last)
  local width = last - at + 1 < 6 and last - at + 1 or 6
  local us = width > 0 and number(s, at, width)
  if not us then return nil end
  local rest = find(s, "[^%d]", at + width) or #s + 1
  return us * math.tointeger(10 ^ (6 - width)), rest <= #s
end

-- Python reads the clock of s[from..last] but looks at the byte behind it too: HH[:MM[:SS[.f+]]], with or without
-- colons. Microseconds, and whether the whole text goes on; nil when it is no clock.
local function parse_clock(s, from, last)
  local parts, colons, at = { 0, 0, 0 }, true, from
  for i = 1, 3 do
    parts[i] = number(s, at, 2)
    if not parts[i] then return nil end
    local mark = sub(s, at + 2, at + 2)
    at = at + 3
    if i == 1 then colons = mark == ":" end
    if at > last then
      return parts, 0, mark ~= ""
    elseif not (colons and mark == ":") then
      if mark == "." or mark == "," then break end
      if colons then return nil end
      at = at - 1
    end
  end
  local us, goes_on = parse_fraction(s, at, last)
  if us then return parts, us, goes_on end
end

local function clock_us(parts, us)
  if parts[1] > 23 or parts[2] > 59 or parts[3] > 59 then return nil end
  return ((parts[1] * 60 + parts[2]) * 60 + parts[3]) * 1000000 + us
end

-- The zone behind the sign at `mark`; µs east of UTC.
local function parse_zone(s, mark)
  local sign = sub(s, mark, mark)
  if sign == "Z" then return mark == #s and 0 or nil end
  local parts, us, goes_on = parse_clock(s, mark + 1, #s)
  if not parts or goes_on then return nil end
  local offset = ((parts[1] * 60 + parts[2]) * 60 + parts[3]) * 1000000 + us
  if offset >= DAY_US then return nil end
  if offset < 1000000 then return 0 end -- as Python, which looks at the seconds alone
  return sign == "-" and -offset or offset
end

-- Microseconds of the day and offset of a clock text.
local function parse_time(s)
  local mark = find(s, "[-+Z]")
  local parts, us, goes_on = parse_clock(s, 1, mark and mark - 1 or #s)
  if not parts or (goes_on and not mark) then return nil end
  local of_day = clock_us(parts, us)
  if not of_day or not mark then return of_day end
  local offset = parse_zone(s, mark)
  if offset then return of_day, offset end
end

local function separator_length(s, at)
  local c = byte(s, at)
  return c < 0x80 and 1 or c < 0xe0 and 2 or c < 0xf0 and 3 or 4
end

--- datetime.fromisoformat.
---@return table?
function isoformat.parse(s)
  if #s < 7 then return nil end
  local length = date_length(s)
  local day = length and parse_date(sub(s, 1, length))
  if not day then return nil end
  if #s <= length then return { day = day, us = 0 } end
  local us, offset = parse_time(sub(s, length + 1 + separator_length(s, length + 1)))
  if us then return { day = day, us = us, offset = offset } end
end

local function lenient_zone(text)
  if text == "" then return true end
  if text == "Z" then return true, 0 end
  local sign, h, m = match(text, "^([+-])(%d%d):?(%d%d)$")
  if not sign then sign, h = match(text, "^([+-])(%d%d)$") end
  if not sign then return false end
  local minutes = tonumber(h) * 60 + tonumber(m or 0)
  if minutes >= 1440 then return false end
  return true, (sign == "-" and -minutes or minutes) * 60000000, format("%s%02d%02d", sign, minutes // 60, minutes % 60)
end

-- ":S[.f…]" or nothing in front of the zone.
local function lenient_seconds(rest)
  local s, after = match(rest, "^:(%d%d?)(.*)$")
  if not s then return 0, 0, rest end
  local f, behind = match(after, "^[.,](%d+)(.*)$")
  if not f or #f > 12 then return tonumber(s), 0, after end
  return tonumber(s), tonumber(sub(f .. rep("0", 6), 1, 6)), behind
end

--- django.utils.dateparse.parse_datetime: what fromisoformat refuses may have single digits and blanks before the zone.
---@return table?
function isoformat.parse_lenient(s)
  local fields = isoformat.parse(s)
  if fields then return fields end
  local year, month, d, h, m, rest = match(s, "^(%d%d%d%d)%-(%d%d?)%-(%d%d?)[T ](%d%d?):(%d%d?)(.*)$")
  if not year then return nil end
  local seconds, us, zone = lenient_seconds(rest)
  local ok, offset, name = lenient_zone(match(zone, "^%s*(.-)\n?$"))
  local day = valid_day(tonumber(year), tonumber(month), tonumber(d))
  local of_day = clock_us({ tonumber(h), tonumber(m), seconds }, us)
  if ok and day and of_day then return { day = day, us = of_day, offset = offset, zone = name } end
end

return isoformat
