--- Values of time in templates: datetime, date, time, timedelta and timezone, with Python's arithmetic and texts.
---
--- datetime {day = days since 1970-01-01, us = microseconds of the day, tz = timezone | nil}; date {day=};
--- time {us=, tz=}; timedelta {day=, us=} with 0 <= us < a day; timezone {offset = µs east of UTC, zone = name | nil}.
--- Each type is a descriptor as value.lua says. Nothing here reads a clock.
local fuel <const> = require "tocsin.fuel"
local calendar <const> = require "jinja.calendar"
local strftime <const> = require "jinja.strftime"
local isoformat <const> = require "jinja.isoformat"
local value <const> = require "jinja.value"
local errors <const> = require "jinja.errors"
local number <const> = require "jinja.number"
local args <const> = require "jinja.args"
local getmetatable <const>, setmetatable <const>, math_type <const> = getmetatable, setmetatable, math.type
local format <const>, concat <const> = string.format, table.concat
local raise <const>, type_of <const>, NULL <const> = errors.raise, value.type_of, value.NULL
local bind <const> = args.bind

local DAY <const> = 86400000000 -- microseconds
local DELTA_DAYS <const> = 999999999

local DATETIME <const>, DATE <const> = value.descriptor "datetime.datetime", value.descriptor "datetime.date"
local TIME <const>, TIMEDELTA <const> = value.descriptor "datetime.time", value.descriptor "datetime.timedelta"
local TIMEZONE <const> = value.descriptor "datetime.timezone"

local datetime <const> = { DATETIME = DATETIME, DATE = DATE, TIME = TIME, TIMEDELTA = TIMEDELTA, TIMEZONE = TIMEZONE }

-- Making ---------------------------------------------------------------------------------------------------------

--- A datetime; raises OverflowError outside of the years 1 to 9999. `us` may lie outside of the day.
---@return table
local function new(day, us, tz)
  day, us = day + us // DAY, us % DAY
  if day < calendar.FIRST or day > calendar.LAST then raise("OverflowError", "date value out of range") end
  return setmetatable({ day = day, us = us, tz = tz }, DATETIME)
end
datetime.new = new

---@return table
local function timezone(offset, zone) return setmetatable({ offset = offset, zone = zone }, TIMEZONE) end
datetime.timezone = timezone
datetime.UTC = timezone(0)

---@return table
local function delta(day, us)
  day, us = day + us // DAY, us % DAY
  if day < -DELTA_DAYS or day > DELTA_DAYS then
    raise("OverflowError", format("days=%d; must have magnitude <= %d", day, DELTA_DAYS))
  end
  return setmetatable({ day = day, us = us }, TIMEDELTA)
end
datetime.delta = delta

--- From the fields that isoformat and strftime read.
---@return table
function datetime.from_fields(f) return new(f.day, f.us, f.offset and timezone(f.offset, f.zone)) end

--- The moment `us` microseconds after 1970-01-01 00:00 UTC.
---@return table
function datetime.at(us, tz) return new(0, us, tz) end

-- Text -----------------------------------------------------------------------------------------------------------

local function zone_name(tz)
  if tz.zone then return tz.zone end
  return tz.offset == 0 and "UTC" or "UTC" .. strftime.offset_text(tz.offset, ":")
end

local function clock_text(us)
  local seconds = us // 1000000
  local text = format("%02d:%02d:%02d", seconds // 3600, seconds // 60 % 60, seconds % 60)
  return us % 1000000 == 0 and text or format("%s.%06d", text, us % 1000000)
end

local function date_text(day) return format("%04d-%02d-%02d", calendar.date(day)) end

local function zone_text(tz) return tz and strftime.offset_text(tz.offset, ":") or "" end

local function delta_parts(d)
  local text = ""
  if d.day ~= 0 then text = format("%d day%s, ", d.day, (d.day == 1 or d.day == -1) and "" or "s") end
  local seconds = d.us // 1000000
  text = format("%s%d:%02d:%02d", text, seconds // 3600, seconds // 60 % 60, seconds % 60)
  return d.us % 1000000 == 0 and text or format("%s.%06d", text, d.us % 1000000)
end

local function delta_repr(d)
  local parts = {}
  if d.day ~= 0 then parts[1] = format("days=%d", d.day) end
  if d.us // 1000000 ~= 0 then parts[#parts + 1] = format("seconds=%d", d.us // 1000000) end
  if d.us % 1000000 ~= 0 then parts[#parts + 1] = format("microseconds=%d", d.us % 1000000) end
  return "datetime.timedelta(" .. (#parts > 0 and concat(parts, ", ") or "0") .. ")"
end

local function timezone_repr(tz)
  if tz.offset == 0 and not tz.zone then return "datetime.timezone.utc" end
  local text = "datetime.timezone(" .. delta_repr(delta(0, tz.offset))
  return text .. (tz.zone and ", '" .. tz.zone .. "'" or "") .. ")"
end

-- "15, 30" and, where they are not zero, seconds and microseconds.
local function clock_repr(us)
  local seconds = us // 1000000
  local text = format("%d, %d", seconds // 3600, seconds // 60 % 60)
  if us % 60000000 ~= 0 then text = format("%s, %d", text, seconds % 60) end
  return us % 1000000 == 0 and text or format("%s, %d", text, us % 1000000)
end

local function tz_repr(tz) return tz and ", tzinfo=" .. timezone_repr(tz) or "" end

function DATETIME.str(d) return date_text(d.day) .. " " .. clock_text(d.us) .. zone_text(d.tz) end
function DATETIME.repr(d)
  return format("datetime.datetime(%d, %d, %d, ", calendar.date(d.day)) .. clock_repr(d.us) .. tz_repr(d.tz) .. ")"
end
function DATE.str(d) return date_text(d.day) end
function DATE.repr(d) return format("datetime.date(%d, %d, %d)", calendar.date(d.day)) end
function TIME.str(t) return clock_text(t.us) .. zone_text(t.tz) end
function TIME.repr(t) return "datetime.time(" .. clock_repr(t.us) .. tz_repr(t.tz) .. ")" end
TIMEDELTA.str, TIMEDELTA.repr = delta_parts, delta_repr
TIMEZONE.str, TIMEZONE.repr = zone_name, timezone_repr
function TIMEDELTA.truth(d) return d.day ~= 0 or d.us ~= 0 end

--- The value by a strftime format.
---@return string
function datetime.strftime(v, pattern)
  local tz = v.tz
  return strftime.format({ day = v.day or -25567, us = v.us or 0, offset = tz and tz.offset, zone = tz and zone_name(tz) },
    pattern)
end
local function format_value(v, spec) return spec == "" and type_of(v).str(v) or datetime.strftime(v, spec) end
DATETIME.format, DATE.format, TIME.format = format_value, format_value, format_value

-- Comparison -----------------------------------------------------------------------------------------------------

local function order(a, b) return a < b and -1 or a > b and 1 or 0 end

local function order_pair(day_a, us_a, day_b, us_b) return day_a ~= day_b and order(day_a, day_b) or order(us_a, us_b) end

-- Day and µs on the clock of UTC.
local function utc(v)
  local us = v.us - (v.tz and v.tz.offset or 0)
  return (v.day or 0) + us // DAY, us % DAY
end

local function order_moments(a, b)
  local day_a, us_a = utc(a)
  return order_pair(day_a, us_a, utc(b))
end

local function is_aware(v) return v.tz ~= nil end

local function compare_zoned(T, what)
  return function(a, b)
    local A, B = getmetatable(a), getmetatable(b)
    if T == DATETIME and (A == DATE or B == DATE) then
      raise("TypeError", "can't compare datetime.datetime to datetime.date")
    end
    if A ~= T or B ~= T then return nil end
    if is_aware(a) ~= is_aware(b) then raise("TypeError", "can't compare offset-naive and offset-aware " .. what) end
    return order_moments(a, b)
  end
end
DATETIME.compare, TIME.compare = compare_zoned(DATETIME, "datetimes"), compare_zoned(TIME, "times")

function DATE.compare(a, b)
  if getmetatable(a) == DATETIME or getmetatable(b) == DATETIME then return DATETIME.compare(a, b) end
  if getmetatable(a) ~= DATE or getmetatable(b) ~= DATE then return nil end
  return order(a.day, b.day)
end

function TIMEDELTA.compare(a, b)
  if getmetatable(a) ~= TIMEDELTA or getmetatable(b) ~= TIMEDELTA then return nil end
  return order_pair(a.day, a.us, b.day, b.us)
end

local function eq_zoned(a, b)
  return getmetatable(a) == getmetatable(b) and is_aware(a) == is_aware(b) and order_moments(a, b) == 0
end
DATETIME.eq, TIME.eq = eq_zoned, eq_zoned
function DATE.eq(a, b) return getmetatable(a) == getmetatable(b) and a.day == b.day end
function TIMEDELTA.eq(a, b) return getmetatable(a) == getmetatable(b) and a.day == b.day and a.us == b.us end
function TIMEZONE.eq(a, b) return getmetatable(a) == getmetatable(b) and a.offset == b.offset end

-- Keys of dicts: equal values, and no others, have equal keys.
local function key_zoned(v)
  local day, us = utc(v)
  return format("\xff%s %d %d %s", type_of(v).name, day, us, v.tz and "z" or "")
end
DATETIME.key, TIME.key = key_zoned, key_zoned
function DATE.key(d) return format("\xffdate %d", d.day) end
function TIMEDELTA.key(d) return format("\xffdelta %d %d", d.day, d.us) end
function TIMEZONE.key(tz) return format("\xffzone %d", tz.offset) end

-- Arithmetic -----------------------------------------------------------------------------------------------------

-- In microseconds: an integer of any size.
local function total(d) return number.add(number.mul(d.day, DAY), d.us) end

local function of_microseconds(us)
  local day, rest = number.divmod(us, DAY)
  if number.is_big(day) then raise("OverflowError", "Python int too large to convert to C int") end
  return delta(day, rest)
end

-- The nearest integer to a / b, half to even.
local function divide_rounded(a, b)
  local quotient, rest = number.divmod(a, b)
  local half = number.compare(number.mul(rest, 2), b)
  if number.compare(b, 0) < 0 then half = -half end
  local _, odd = number.divmod(quotient, 2)
  return (half > 0 or half == 0 and odd == 1) and number.add(quotient, 1) or quotient
end

-- A float as two integers whose quotient it is.
local function ratio_of(f)
  if f ~= f then raise("ValueError", "cannot convert NaN to integer ratio") end
  if f - f ~= 0 then raise("OverflowError", "cannot convert Infinity to integer ratio") end
  local power = 0
  while f ~= f // 1 do f, power = f * 2, power + 1 end
  return number.from_float(f), number.pow(2, power)
end

local function number_of(v)
  if v == true then return 1 elseif v == false then return 0 end
  return (math_type(v) or number.is_big(v)) and v or nil
end

local function multiply(d, n)
  if math_type(n) ~= "float" then return of_microseconds(number.mul(total(d), n)) end
  local above, below = ratio_of(n)
  return of_microseconds(divide_rounded(number.mul(total(d), above), below))
end

local ZERO <const> = {
  ["/"] = "division by zero", ["//"] = "integer division or modulo by zero", ["%"] = "integer modulo by zero",
}

local function divide_by_delta(op, a, b)
  if b == 0 then raise("ZeroDivisionError", ZERO[op]) end
  if op == "/" then return number.true_divide(a, b) end
  local quotient, rest = number.divmod(a, b)
  if op == "//" then return quotient end
  return of_microseconds(rest)
end

local function divide(op, a, b)
  if getmetatable(b) == TIMEDELTA then return divide_by_delta(op, total(a), total(b)) end
  local n = number_of(b)
  local is_float = math_type(n) == "float"
  if not n or op == "%" or op == "//" and is_float then return nil end
  if n == 0 then raise("ZeroDivisionError", is_float and "float division by zero" or ZERO[op]) end
  if op == "//" then return of_microseconds((number.divmod(total(a), n))) end
  if not is_float then return of_microseconds(divide_rounded(total(a), n)) end
  local above, below = ratio_of(n)
  return of_microseconds(divide_rounded(number.mul(total(a), below), above))
end

local function shift(v, d, sign)
  if getmetatable(v) == DATE then
    local day = v.day + sign * d.day
    if day < calendar.FIRST or day > calendar.LAST then raise("OverflowError", "date value out of range") end
    return setmetatable({ day = day }, DATE)
  end
  return new(v.day + sign * d.day, v.us + sign * d.us, v.tz)
end

local function add(a, b)
  local A, B = getmetatable(a), getmetatable(b)
  if A == TIMEDELTA and B == TIMEDELTA then return delta(a.day + b.day, a.us + b.us) end
  if B == TIMEDELTA and (A == DATETIME or A == DATE) then return shift(a, b, 1) end
  if A == TIMEDELTA and (B == DATETIME or B == DATE) then return shift(b, a, 1) end
end

local function subtract(a, b)
  local A, B = getmetatable(a), getmetatable(b)
  if A == TIMEDELTA and B == TIMEDELTA then return delta(a.day - b.day, a.us - b.us) end
  if B == TIMEDELTA and (A == DATETIME or A == DATE) then return shift(a, b, -1) end
  if A == DATE and B == DATE then return delta(a.day - b.day, 0) end
  if A ~= DATETIME or B ~= DATETIME then return nil end
  if is_aware(a) ~= is_aware(b) then raise("TypeError", "can't subtract offset-naive and offset-aware datetimes") end
  local day_a, us_a = utc(a)
  local day_b, us_b = utc(b)
  return delta(day_a - day_b, us_a - us_b)
end

--- The result of an operator, or nil when these operands have none. Either may be a value of these types.
local function arith(op, a, b)
  if op == "+" then return add(a, b) end
  if op == "-" then return subtract(a, b) end
  if op == "*" then
    local d, n = a, number_of(b)
    if getmetatable(a) ~= TIMEDELTA then d, n = b, number_of(a) end
    return getmetatable(d) == TIMEDELTA and n and multiply(d, n) or nil
  end
  if getmetatable(a) == TIMEDELTA and ZERO[op] then return divide(op, a, b) end
end
for _, T in ipairs { DATETIME, DATE, TIME, TIMEDELTA, TIMEZONE } do T.arith = arith end

function TIMEDELTA.neg(d) return delta(-d.day, -d.us) end
function TIMEDELTA.abs(d) return d.day < 0 and TIMEDELTA.neg(d) or d end

-- Attributes -----------------------------------------------------------------------------------------------------

local function clock_field(v, name)
  if name == "hour" then return v.us // 3600000000 end
  if name == "minute" then return v.us // 60000000 % 60 end
  if name == "second" then return v.us // 1000000 % 60 end
  if name == "microsecond" then return v.us % 1000000 end
  if name == "tzinfo" then return v.tz or NULL end
  if name == "fold" then return 0 end
end

local DATE_FIELDS <const> = { year = 1, month = 2, day = 3 }

function DATE.attr(v, name)
  local place = DATE_FIELDS[name]
  if place then return (select(place, calendar.date(v.day))) end
end

local RESOLUTION <const> = delta(0, 1)
local LIMITS <const> = { min = new(calendar.FIRST, 0), max = new(calendar.LAST, DAY - 1), resolution = RESOLUTION }
local DELTA_LIMITS <const> = { min = delta(-999999999, 0), max = delta(999999999, DAY - 1), resolution = RESOLUTION }

function DATETIME.attr(v, name) return DATE.attr(v, name) or clock_field(v, name) or LIMITS[name] end
TIME.attr = clock_field
function TIMEDELTA.attr(d, name)
  if name == "days" then return d.day end
  if name == "seconds" then return d.us // 1000000 end
  if name == "microseconds" then return d.us % 1000000 end
  return DELTA_LIMITS[name]
end

-- Methods --------------------------------------------------------------------------------------------------------

local function method(types, name, params, required, f)
  local bound = bind({ name = name, params = params, required = required }, f)
  for i = 1, #types do types[i].methods[name] = bound end
end

local DATES <const>, CLOCKS <const>, BOTH <const> = { DATETIME, DATE }, { DATETIME, TIME }, { DATETIME, DATE, TIME }

method(BOTH, "strftime", { "format" }, 1, function(v, pattern)
  local text = value.text_of(pattern)
  if not text then raise("TypeError", "strftime() argument 1 must be str, not " .. type_of(pattern).name) end
  return datetime.strftime(v, text)
end)
method(DATES, "weekday", {}, 0, function(v) return calendar.weekday(v.day) end)
method(DATES, "isoweekday", {}, 0, function(v) return calendar.weekday(v.day) + 1 end)
method(DATES, "toordinal", {}, 0, function(v) return v.day + 719163 end)
local ISO_WEEK <const> = { names = { "year", "week", "weekday" }, label = "datetime.IsoCalendarDate object",
  shape = "datetime.IsoCalendarDate(year=%d, week=%d, weekday=%d)" }
method(DATES, "isocalendar", {}, 0, function(v)
  local year, week, weekday = calendar.iso(v.day)
  return value.named_tuple({ n = 3, year, week, weekday }, ISO_WEEK)
end)
method(DATES, "ctime", {}, 0, function(v)
  return strftime.format({ day = v.day, us = v.us or 0 }, "%a %b %e %H:%M:%S ") .. format("%04d", (calendar.date(v.day)))
end)
method(CLOCKS, "utcoffset", {}, 0, function(v) return v.tz and delta(0, v.tz.offset) or NULL end)
method(CLOCKS, "tzname", {}, 0, function(v) return v.tz and zone_name(v.tz) or NULL end)
method(CLOCKS, "dst", {}, 0, function() return NULL end)
method({ DATE }, "isoformat", {}, 0, function(v) return date_text(v.day) end)

-- timespec → clock text without the zone; nil for an unknown one.
local function spec_text(us, spec)
  if spec == "auto" then return clock_text(us) end
  local text = clock_text(us - us % 1000000)
  if spec == "hours" then return string.sub(text, 1, 2) elseif spec == "minutes" then return string.sub(text, 1, 5) end
  if spec == "seconds" then return text end
  if spec == "milliseconds" then return format("%s.%03d", text, us % 1000000 // 1000) end
  if spec == "microseconds" then return format("%s.%06d", text, us % 1000000) end
  raise("ValueError", "Unknown timespec value")
end

local function timespec(v, place)
  return v == nil and "auto" or args.text(v, format("isoformat() argument %d must be str, not ", place))
end

method({ DATETIME }, "isoformat", { "sep", "timespec" }, 0, function(v, sep, spec)
  local between <const> = sep == nil and "T" or value.text_of(sep)
  if not between or utf8.len(between) ~= 1 then
    raise("TypeError", "isoformat() argument 1 must be a unicode character, not " .. args.shown_type(sep))
  end
  return date_text(v.day) .. between .. spec_text(v.us, timespec(spec, 2))
    .. zone_text(v.tz)
end)
method({ TIME }, "isoformat", { "timespec" }, 0, function(v, spec)
  return spec_text(v.us, timespec(spec, 1)) .. zone_text(v.tz)
end)
method({ DATETIME }, "date", {}, 0, function(v) return setmetatable({ day = v.day }, DATE) end)
method({ DATETIME }, "time", {}, 0, function(v) return setmetatable({ us = v.us }, TIME) end)
method({ DATETIME }, "timetz", {}, 0, function(v) return setmetatable({ us = v.us, tz = v.tz }, TIME) end)
--- What has no zone is looked up a day earlier too, in case clocks were turned back; for the first day there is none.
function datetime.is_first_day(v) return not v.tz and v.day == calendar.FIRST end

local function local_utc(v)
  if datetime.is_first_day(v) then raise("ValueError", "year 0 is out of range") end
  return utc(v)
end

method({ DATETIME }, "timestamp", {}, 0, function(v)
  local day, us = local_utc(v)
  return (day * DAY + us) / 1000000
end)

--- A datetime on the clock of another zone; naive ones are taken as UTC.
---@return table
function datetime.to_zone(v, tz)
  local day, us = local_utc(v)
  return new(day, us + tz.offset, tz)
end

method({ DATETIME }, "astimezone", { "tz" }, 0, function(v, tz)
  if tz == nil or tz == NULL then return datetime.to_zone(v, timezone(0, "UTC")) end
  if getmetatable(tz) ~= TIMEZONE then
    raise("TypeError", "tzinfo argument must be None or of a tzinfo subclass, not type '" .. type_of(tz).name .. "'")
  end
  return datetime.to_zone(v, tz)
end)

local function field(given, old, low, high, message)
  if given == nil then return old end
  local n = args.c_int(given)
  if n < low or n > high then raise("ValueError", message) end
  return n
end

-- Arguments are looked at for their types first, in order.
local function check_integers(...)
  for i = 1, select("#", ...) do
    if select(i, ...) ~= nil then args.c_int((select(i, ...))) end
  end
end

local function replaced_day(v, year, month, day)
  local y, m, d = calendar.date(v.day)
  y = field(year, y, 1, 9999, "year " .. tostring(year) .. " is out of range")
  m = field(month, m, 1, 12, "month must be in 1..12")
  d = field(day, d, 1, 31, "day is out of range for month")
  if d > calendar.month_length(y, m) then raise("ValueError", "day is out of range for month") end
  return calendar.day(y, m, d)
end

local function replaced_us(v, hour, minute, second, microsecond)
  local h = field(hour, clock_field(v, "hour"), 0, 23, "hour must be in 0..23")
  local m = field(minute, clock_field(v, "minute"), 0, 59, "minute must be in 0..59")
  local s = field(second, clock_field(v, "second"), 0, 59, "second must be in 0..59")
  return ((h * 60 + m) * 60 + s) * 1000000 + field(microsecond, v.us % 1000000, 0, 999999, "microsecond must be in 0..999999")
end

method({ DATE }, "replace", { "year", "month", "day" }, 0, function(v, year, month, day)
  check_integers(year, month, day)
  return setmetatable({ day = replaced_day(v, year, month, day) }, DATE)
end)

local REPLACE <const> = { "year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo" }
local IS_FIELD <const> = { fold = true }
for _, name in ipairs(REPLACE) do IS_FIELD[name] = true end

DATETIME.methods.replace = function(v, n, ...)
  local given, kwargs = args.open(n, ...)
  local new_value = {}
  if n > #REPLACE then raise("TypeError", format("replace() takes at most %d arguments (%d given)", #REPLACE, n)) end
  for i = 1, n do new_value[REPLACE[i]] = given[i] end
  for i = 1, kwargs and #kwargs or 0 do
    local name = kwargs[i]
    if not IS_FIELD[name] then raise("TypeError", format("'%s' is an invalid keyword argument for replace()", name)) end
    if new_value[name] ~= nil then
      raise("TypeError", format("argument for replace() given by name ('%s') and position", name))
    end
    new_value[name] = kwargs[name]
  end
  local g, tz = new_value, v.tz
  check_integers(g.year, g.month, g.day, g.hour, g.minute, g.second, g.microsecond)
  if g.tzinfo == NULL then tz = nil elseif getmetatable(g.tzinfo) == TIMEZONE then tz = g.tzinfo end
  return new(replaced_day(v, g.year, g.month, g.day), replaced_us(v, g.hour, g.minute, g.second, g.microsecond), tz)
end

method({ TIMEDELTA }, "total_seconds", {}, 0, function(d) return number.true_divide(total(d), 1000000) end)
local function about_moment(name, f)
  method({ TIMEZONE }, name, { "dt" }, 1, function(tz, v)
    if v ~= NULL and getmetatable(v) ~= DATETIME then
      raise("TypeError", name .. "(dt) argument must be a datetime instance or None, not " .. type_of(v).name)
    end
    return f(tz)
  end)
end
about_moment("utcoffset", function(tz) return delta(0, tz.offset) end)
about_moment("tzname", zone_name)

method({ DATETIME }, "fromisoformat", { "date_string" }, 1, function(_, s)
  local text = value.text_of(s)
  if not text then raise("TypeError", "fromisoformat: argument must be str") end
  fuel.bytes(#text)
  local fields = isoformat.parse(text)
  if not fields then raise("ValueError", "Invalid isoformat string: " .. require("tocsin.text").str_repr(text)) end
  return datetime.from_fields(fields)
end)

return datetime
