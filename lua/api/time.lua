--- Moments in API answers and filters: integer microseconds UTC to and from ISO 8601 text.
local time = {}

local DAY = 86400000000

-- Days since 1970-01-01 of a proleptic Gregorian date; years begin in March, so the leap day is the last.
local function days_of(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = year // 400
  local of_era = year - era * 400
  local of_year = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

local function date_of(days)
  days = days + 719468
  local era = days // 146097
  local of_era = days - era * 146097
  local year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
  local month_index = (5 * of_year + 2) // 153
  local month = month_index < 10 and month_index + 3 or month_index - 9
  return year_of_era + era * 400 + (month <= 2 and 1 or 0), month, of_year - (153 * month_index + 2) // 5 + 1
end

---`2026-05-19T12:37:01.430444Z`; the fraction is left out when it is zero. nil stays nil.
function time.text(at)
  if not at then return nil end
  local year, month, day = date_of(at // DAY)
  local us = at % DAY
  local seconds, fraction = us // 1000000, us % 1000000
  local clock = string.format("%02d:%02d:%02d", seconds // 3600, seconds // 60 % 60, seconds % 60)
  return string.format("%04d-%02d-%02dT%s%sZ", year, month, day, clock,
    fraction > 0 and string.format(".%06d", fraction) or "")
end

---Microseconds of `YYYY-MM-DDTHH:MM:SS`, or nil when it is no such moment.
function time.parse(text)
  local part = { string.match(text, "^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)$") }
  if #part == 0 then return nil end
  for i, digits in ipairs(part) do part[i] = math.tointeger(tonumber(digits)) end
  local year, month, day, hour, minute, second = table.unpack(part)
  if hour > 23 or minute > 59 or second > 59 or month < 1 or month > 12 or day < 1 then return nil end
  local days = days_of(year, month, day)
  local y, m, d = date_of(days)
  if y ~= year or m ~= month or d ~= day then return nil end
  return days * DAY + (hour * 3600 + minute * 60 + second) * 1000000
end

return time
