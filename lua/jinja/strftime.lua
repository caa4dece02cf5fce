--- Moments as text by a format, and text as moments: Python's strftime and strptime in the C locale.
---
--- Both speak of `fields`: {day = days since 1970-01-01, us = microseconds of the day, offset = µs east of UTC or nil,
--- zone = name or nil}.
local fuel <const> = require "tocsin.fuel"
local calendar <const> = require "jinja.calendar"
local errors <const> = require "jinja.errors"
local format <const>, sub <const>, find <const> = string.format, string.sub, string.find
local match <const>, lower <const>, upper <const> = string.match, string.lower, string.upper
local gsub <const>, rep <const> = string.gsub, string.rep
local insert <const>, raise <const> = table.insert, errors.raise

local strftime <const> = {}

local WEEKDAYS <const> = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" }
local MONTHS <const> = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December" }

--- "+05:30", with seconds and microseconds where there are any.
---@param colon string  what stands between the parts
---@return string
function strftime.offset_text(offset, colon)
  local sign = offset < 0 and "-" or "+"
  local us = offset < 0 and -offset or offset
  local seconds = us // 1000000
  us = us % 1000000
  local text = format("%s%02d%s%02d", sign, seconds // 3600, colon, seconds // 60 % 60)
  if seconds % 60 ~= 0 or us ~= 0 then text = format("%s%s%02d", text, colon, seconds % 60) end
  if us ~= 0 then text = format("%s.%06d", text, us) end
  return text
end

-- Format ---------------------------------------------------------------------------------------------------------

local function hour(f) return f.us // 3600000000 end
local function minute(f) return f.us // 60000000 % 60 end
local function second(f) return f.us // 1000000 % 60 end
local function hour12(f) return (hour(f) + 11) % 12 + 1 end
local function year(f) return (calendar.date(f.day)) end
local function week(f, weekday) return (calendar.day_of_year(f.day) + 6 - weekday) // 7 end

-- letter → value, width, padding. A value without width is text.
local WIDTH_MAX <const> = 1000

local DIRECTIVES <const> = {
  a = function(f) return sub(WEEKDAYS[calendar.weekday(f.day) + 1], 1, 3) end,
  A = function(f) return WEEKDAYS[calendar.weekday(f.day) + 1] end,
  b = function(f) return sub(MONTHS[select(2, calendar.date(f.day))], 1, 3) end,
  B = function(f) return MONTHS[select(2, calendar.date(f.day))] end,
  C = function(f) return year(f) // 100, 1, "0" end,
  d = function(f) return select(3, calendar.date(f.day)), 2, "0" end,
  e = function(f) return select(3, calendar.date(f.day)), 2, " " end,
  f = function(f) return format("%06d", f.us % 1000000) end,
  g = function(f) return calendar.iso(f.day) % 100, 2, "0" end,
  G = function(f) return (calendar.iso(f.day)), 1, "0" end,
  H = function(f) return hour(f), 2, "0" end,
  I = function(f) return hour12(f), 2, "0" end,
  j = function(f) return calendar.day_of_year(f.day), 3, "0" end,
  k = function(f) return hour(f), 2, " " end,
  l = function(f) return hour12(f), 2, " " end,
  m = function(f) return select(2, calendar.date(f.day)), 2, "0" end,
  M = function(f) return minute(f), 2, "0" end,
  n = function() return "\n" end,
  p = function(f) return hour(f) < 12 and "AM" or "PM" end,
  P = function(f) return hour(f) < 12 and "am" or "pm" end,
  s = function(f) return format("%d", f.day * 86400 + f.us // 1000000) end,
  S = function(f) return second(f), 2, "0" end,
  t = function() return "\t" end,
  u = function(f) return calendar.weekday(f.day) + 1, 1, "0" end,
  U = function(f) return week(f, (calendar.weekday(f.day) + 1) % 7), 2, "0" end,
  V = function(f) return select(2, calendar.iso(f.day)), 2, "0" end,
  w = function(f) return (calendar.weekday(f.day) + 1) % 7, 1, "0" end,
  W = function(f) return week(f, calendar.weekday(f.day)), 2, "0" end,
  y = function(f) return year(f) % 100, 2, "0" end,
  Y = function(f) return year(f), 1, "0" end,
  z = function(f) return f.offset and strftime.offset_text(f.offset, "") or "" end,
  Z = function(f) return f.zone or "" end,
  ["%"] = function() return "%" end,
}
DIRECTIVES.h = DIRECTIVES.b

local COMPOUND <const> = {
  c = "%a %b %e %H:%M:%S %Y", D = "%m/%d/%y", F = "%Y-%m-%d", R = "%H:%M", T = "%H:%M:%S", X = "%H:%M:%S", x = "%m/%d/%y",
  r = "%I:%M:%S %p",
}

-- As the C library does it: `-` no padding, `_` blanks, `0` zeros, `^` upper case, `#` the other case, in any number,
-- the last of a kind wins; then a width, for which even `-` pads.
local function padded(v, flags, width, fill, wanted)
  if width then v = format("%d", v) else width, fill = 0, " " end
  local pad = match(flags, ".*([-_0])")
  if pad == "0" then fill = "0" elseif pad then fill = " " end
  if pad == "-" then width = 0 end
  if wanted and wanted > width then width = wanted end
  return rep(fill, width - #v) .. v
end

-- Python answers these three itself, in their plain form; the C library, asked about the others, knows no zone.
local function odd_form(flags, width, letter)
  if letter == "f" then return nil end
  return letter == "Z" and padded("", flags, nil, nil, width) or ""
end

-- One directive; nil when the letter means nothing.
local function directive_text(f, flags, width, letter)
  if flags == ":" then return letter == "z" and (f.offset and strftime.offset_text(f.offset, ":") or "") or nil end
  local wanted = width ~= "" and math.min(tonumber(width), WIDTH_MAX) or nil
  if wanted then fuel.bytes(wanted) end
  if (wanted or flags ~= "") and find(letter, "[zZf]") then return odd_form(flags, wanted, letter) end
  if COMPOUND[letter] then
    local text = strftime.format(f, COMPOUND[letter])
    return padded(find(flags, "^", 1, true) and upper(text) or text, flags, nil, nil, wanted)
  end
  local directive = DIRECTIVES[letter]
  if not directive then return nil end
  local v, least, fill = directive(f)
  if not least and find(flags, "[#^]") then v = (letter == "p" and find(flags, "#", 1, true) and lower or upper)(v) end
  return padded(v, flags, least, fill, wanted)
end

--- The fields by a format. What is no directive is kept as it stands.
---@return string
function strftime.format(f, pattern)
  fuel.spend(#pattern * 4)
  return (gsub(pattern, "%%([-_0^#:]*)(%d*)[EO]?(.)", function(flags, width, letter)
    return directive_text(f, flags, width, letter)
  end))
end

-- Parse ----------------------------------------------------------------------------------------------------------

-- A directive is a function from text and place to the ends it may have, best first, as the alternatives of
-- Python's patterns stand. Ends are kept as a list; the matcher goes back when what follows does not fit.
local function digits(text, at, most)
  local n = 0
  while n < most and find(sub(text, at + n, at + n), "^%d") do n = n + 1 end
  return n
end

local function number(low, high, widest)
  return function(text, at)
    local ends = {}
    for n = digits(text, at, widest), 1, -1 do
      local v = tonumber(sub(text, at, at + n - 1))
      if v >= low and v <= high then ends[#ends + 1] = at + n end
    end
    return ends
  end
end

local function exact(width)
  return function(text, at) return digits(text, at, width) == width and { at + width } or {} end
end

local function day_of_month(text, at)
  if find(text, "^ [1-9]", at) then return { at + 2 } end
  return number(1, 31, 2)(text, at)
end

local function fraction(text, at)
  local ends = {}
  for n = digits(text, at, 6), 1, -1 do ends[#ends + 1] = at + n end
  return ends
end

local function names(list, length)
  return function(text, at)
    local ends = {}
    for i = 1, #list do
      local name = lower(length and sub(list[i], 1, length) or list[i])
      if lower(sub(text, at, at + #name - 1)) == name then ends[#ends + 1] = at + #name end
    end
    return ends
  end
end

local function zone_offset(text, at)
  if sub(text, at, at) == "Z" then return { at + 1 } end
  local _, e = find(text, "^[+-]%d%d:?[0-5]%d", at)
  if not e then return {} end
  local ends = { e + 1 }
  local _, with_seconds = find(text, "^:?[0-5]%d", e + 1)
  if with_seconds then
    insert(ends, 1, with_seconds + 1)
    local n = sub(text, with_seconds + 1, with_seconds + 1) == "." and digits(text, with_seconds + 2, 6) or 0
    if n > 0 then insert(ends, 1, with_seconds + 2 + n) end
  end
  return ends
end

local PARSERS <const> = {
  a = names(WEEKDAYS, 3), A = names(WEEKDAYS), b = names(MONTHS, 3), B = names(MONTHS), d = day_of_month, f = fraction,
  G = exact(4), H = number(0, 23, 2), I = number(1, 12, 2), j = number(1, 366, 3), m = number(1, 12, 2),
  M = number(0, 59, 2), p = names { "AM", "PM" }, S = number(0, 61, 2), u = number(1, 7, 1), U = number(0, 53, 2),
  V = number(0, 53, 2), w = number(0, 6, 1), W = number(0, 53, 2), y = exact(2), Y = exact(4), z = zone_offset,
  Z = names { "UTC", "GMT" },
}
local PARSE_COMPOUND <const> = { c = "%a %b %d %H:%M:%S %Y", x = "%m/%d/%y", X = "%H:%M:%S" }

-- The step at a place of the format and the place behind it; nil for a bad one.
local function next_step(pattern, at)
  local space = match(pattern, "^%s+", at)
  if space then return { space = true }, at + #space end
  local letter = match(pattern, "^%%(.?)", at)
  if not letter then
    local plain = match(pattern, "^[^%%%s]+", at)
    return { text = lower(plain) }, at + #plain
  end
  if letter == "%" then return { text = "%" }, at + 2 end
  if PARSERS[letter] then return { letter = letter }, at + 2 end
end

-- Adds a step; text behind text becomes one with it, for each step is a level of recursion.
local function add(steps, step)
  local last = steps[#steps]
  if step.text and last and last.parts then
    last.parts[#last.parts + 1] = step.text
  else
    if step.text then step.parts = { step.text } end
    steps[#steps + 1] = step
  end
end

-- The format as a list of steps, {letter=}, {space=true} or {text=}, and the place of each letter. Nil for a bad one.
local function compile(pattern)
  local steps, seen, at = {}, {}, 1
  while at <= #pattern do
    fuel.spend(10)
    local compound = PARSE_COMPOUND[match(pattern, "^%%(.)", at) or ""]
    if compound then pattern = compound .. sub(pattern, at + 2) at = 1 end
    local step, after = next_step(pattern, at)
    if not step then return nil end
    if step.letter and seen[step.letter] then raise("error", format("redefinition of group name '%s'", step.letter)) end
    add(steps, step)
    if step.letter then seen[step.letter] = #steps end
    at = after
  end
  for i = 1, #steps do
    if steps[i].parts then steps[i].text = table.concat(steps[i].parts) end
  end
  steps.places = seen
  return steps
end

local function ends_of(step, text, at)
  if step.letter then return PARSERS[step.letter](text, at) end
  if step.text then
    local after = at + #step.text
    return lower(sub(text, at, after - 1)) == step.text and { after } or {}
  end
  local _, e = find(text, "^%s+", at)
  local ends = {}
  for i = e or 0, at, -1 do ends[#ends + 1] = i + 1 end
  return ends
end

-- Where the steps from `i` on end; what they matched is put in `found`.
local function walk(steps, i, text, at, found)
  local step = steps[i]
  if not step then return at end
  local ends = ends_of(step, text, at)
  fuel.spend(20 + 2 * #ends)
  for k = 1, #ends do
    local last = walk(steps, i + 1, text, ends[k], found)
    if last then
      if step.letter then found[step.letter] = sub(text, at, ends[k] - 1) end
      return last
    end
  end
end

local function index_of(list, name, length)
  for i = 1, #list do
    if lower(length and sub(list[i], 1, length) or list[i]) == lower(name) then return i end
  end
end

local function parsed_offset(text)
  if text == "Z" then return 0 end
  local sign, h, m, rest = match(text, "^([+-])(%d%d):?(%d%d)(.*)$")
  local s, f = match(rest, "^:?(%d%d)%.?(%d*)$")
  local us = (tonumber(h) * 3600 + tonumber(m) * 60 + (tonumber(s) or 0)) * 1000000
  if f and f ~= "" then us = us + math.tointeger(tonumber(sub(f .. "00000", 1, 6))) end
  return sign == "-" and -us or us
end

-- Of several letters that say the same thing, the one that stands last in the format, and what it matched.
local function latest(found, ...)
  local letter
  for _, other in ipairs { ... } do
    if found[other] and (not letter or found.places[other] > found.places[letter]) then letter = other end
  end
  return letter, found[letter]
end

local function parsed_hour(found)
  local letter, text = latest(found, "H", "I")
  if letter ~= "I" then return tonumber(text or 0) end
  return tonumber(text) % 12 + (found.p and lower(found.p) == "pm" and 12 or 0)
end

local function parsed_weekday(found) -- Monday is 0
  local letter, text = latest(found, "A", "a", "w", "u")
  if letter == "A" then return index_of(WEEKDAYS, text) - 1 end
  if letter == "a" then return index_of(WEEKDAYS, text, 3) - 1 end
  if letter == "w" then return (tonumber(text) + 6) % 7 end
  if letter == "u" then return tonumber(text) - 1 end
end

local function parsed_year(found)
  local letter, text = latest(found, "Y", "y")
  local v = tonumber(text)
  if letter ~= "y" then return v end
  return v <= 68 and 2000 + v or 1900 + v
end

local function parsed_month(found)
  local letter, text = latest(found, "B", "b", "m")
  if letter == "B" then return index_of(MONTHS, text) end
  if letter == "b" then return index_of(MONTHS, text, 3) end
  return tonumber(text or 1)
end

local function day_of_week_number(y, week_number, weekday, from_monday)
  local first = calendar.weekday(calendar.day(y, 1, 1))
  if not from_monday then first, weekday = (first + 1) % 7, (weekday + 1) % 7 end
  if week_number == 0 then return weekday - first end
  return (7 - first) % 7 + 7 * (week_number - 1) + weekday
end

-- May these parts stand together? ISO year and week need each other, a weekday, and no other way to name the day.
local function is_consistent(found, y, weekday, week_number)
  if found.G and not y then return found.V and weekday and not found.j end
  return not found.V or week_number
end

local function parsed_day(found)
  local weekday = parsed_weekday(found)
  local week_letter, number_text = latest(found, "U", "W")
  local y, week_number = parsed_year(found), tonumber(number_text)
  if not is_consistent(found, y, weekday, week_number) then return nil end
  if found.G and not y and not week_number then
    return calendar.iso_day(tonumber(found.G), tonumber(found.V), weekday + 1)
  end
  y = y or 1900
  if y < 1 then return nil end
  if found.j then return calendar.day(y, 1, 1) + tonumber(found.j) - 1 end
  if week_number and weekday then
    return calendar.day(y, 1, 1) + day_of_week_number(y, week_number, weekday, week_letter == "W")
  end
  local month, d = parsed_month(found), tonumber(found.d or 1)
  if d > calendar.month_length(y, month) then return nil end
  return calendar.day(y, month, d)
end

--- The fields of a text; nil when it does not match, or is no moment.
---@return table?
function strftime.parse(text, pattern)
  fuel.bytes(#text + 8 * #pattern)
  local steps = compile(pattern)
  local found = { places = steps and steps.places }
  local last = steps and walk(steps, 1, text, 1, found)
  if last ~= #text + 1 then return nil end
  local day, seconds = parsed_day(found), tonumber(found.S or 0)
  if not day or day < calendar.FIRST or day > calendar.LAST or seconds > 59 then return nil end
  local us = found.f and math.tointeger(tonumber(sub(found.f .. "00000", 1, 6))) or 0
  return {
    day = day, us = ((parsed_hour(found) * 60 + tonumber(found.M or 0)) * 60 + seconds) * 1000000 + us,
    offset = found.z and parsed_offset(found.z), zone = found.z and found.Z and found.Z or nil,
  }
end

return strftime
