--- Days and dates: the proleptic Gregorian calendar as numbers of days since 1970-01-01.
local calendar <const> = {}

--- First and last day that a date can be: 0001-01-01 and 9999-12-31.
calendar.FIRST, calendar.LAST = -719162, 2932896

---@return boolean
function calendar.is_leap(year) return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0) end

local LENGTHS <const> = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

---@return integer  days of a month
function calendar.month_length(year, month)
  if month == 2 and calendar.is_leap(year) then return 29 end
  return LENGTHS[month]
end

--- The day of a date. Counted from March, so that a leap day comes last.
---@return integer
function calendar.day(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local century_part = year // 4 - year // 100 + year // 400
  return year * 365 + century_part + (153 * (month - 3) + 2) // 5 + day - 1 - 719468
end

--- Year, month and day of month of a day.
---@return integer year
---@return integer month
---@return integer day
function calendar.date(day)
  local z = day + 719468
  local era = z // 146097
  local of_era = z - era * 146097
  local year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year + year // 4 - year // 100)
  local shifted = (5 * of_year + 2) // 153
  local month = shifted < 10 and shifted + 3 or shifted - 9
  return year + era * 400 + (month <= 2 and 1 or 0), month, of_year - (153 * shifted + 2) // 5 + 1
end

--- Monday is 0.
---@return integer
function calendar.weekday(day) return (day + 3) % 7 end

--- 1 for the first of January.
---@return integer
function calendar.day_of_year(day)
  local year = calendar.date(day)
  return day - calendar.day(year, 1, 1) + 1
end

local function first_iso_day(year) -- the Monday of the week with the fourth of January
  local fourth = calendar.day(year, 1, 4)
  return fourth - calendar.weekday(fourth)
end

--- ISO year, week and weekday (Monday is 1).
---@return integer year
---@return integer week
---@return integer weekday
function calendar.iso(day)
  local year = calendar.date(day)
  if day < first_iso_day(year) then year = year - 1
  elseif day >= first_iso_day(year + 1) then year = year + 1 end
  local first = first_iso_day(year)
  return year, (day - first) // 7 + 1, (day - first) % 7 + 1
end

--- The day of an ISO week date; nil when the year has no such week.
---@return integer?
function calendar.iso_day(year, week, weekday)
  if week < 1 or weekday < 1 or weekday > 7 then return nil end
  local day = first_iso_day(year) + (week - 1) * 7 + weekday - 1
  if first_iso_day(year) + week * 7 > first_iso_day(year + 1) then return nil end
  return day
end

return calendar
