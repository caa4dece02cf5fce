--- Moments in API answers and filters: integer microseconds UTC to and from ISO 8601 text.
local calendar = require("jinja.calendar")

local time = {}

local DAY = 86400000000

---`2026-05-19T12:37:01.430444Z`; the fraction is left out when it is zero. nil stays nil.
function time.text(at)
  if not at then return nil end
  local year, month, day = calendar.date(at // DAY)
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
  if hour > 23 or minute > 59 or second > 59 or month < 1 or month > 12 then return nil end
  if day < 1 or day > calendar.month_length(year, month) then return nil end
  return calendar.day(year, month, day) * DAY + (hour * 3600 + minute * 60 + second) * 1000000
end

local function seconds_of(sign, hours, minutes)
  local n = (tonumber(hours) * 60 + tonumber(minutes)) * 60
  return math.tointeger(sign == "-" and -n or n)
end

---Microseconds of an ISO 8601 moment: seconds and their fraction may be missing, and so may the zone, which is UTC then.
function time.parse_moment(text)
  if type(text) ~= "string" then return nil end
  local clock, fraction, zone = string.match(text, "^(%d%d%d%d%-%d%d%-%d%d[T ]%d%d:%d%d:?%d?%d?)%.?(%d*)(.*)$")
  if not clock or #fraction > 6 then return nil end
  clock = string.gsub(clock, " ", "T")
  local at = time.parse(#clock == 16 and clock .. ":00" or clock)
  local sign, hours, minutes = string.match(zone, "^([+-])(%d%d):?(%d%d)$")
  if not at or (zone ~= "" and zone ~= "Z" and not sign) then return nil end
  if fraction ~= "" then at = at + math.tointeger(tonumber(string.sub(fraction .. "000000", 1, 6))) end
  return at - (sign and seconds_of(sign, hours, minutes) or 0) * 1000000
end

---Microseconds of `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`, and whether it was a day alone.
function time.parse_day(text)
  if string.find(text, "^%d%d%d%d%-%d%d%-%d%d$") then return time.parse(text .. "T00:00:00"), true end
  if string.find(text, "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d$") then return time.parse(text .. ":00"), false end
end

return time
