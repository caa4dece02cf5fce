--- Writes calendars (RFC 5545): events in, text out. Pure.
local calendar <const> = require("jinja.calendar")

local ical_text = {}

local DAY <const>, LINE_MAX <const> = 86400000000, 75

local ESCAPES <const> = { ["\\"] = "\\\\", [";"] = "\\;", [","] = "\\,", ["\n"] = "\\n", ["\r"] = "" }

local function escape(text)
  return (string.gsub(string.gsub(text, "[\\;,\r\n]", ESCAPES), "%c", ""))
end

---`20260519T123701Z` of microseconds UTC.
function ical_text.moment(at)
  local year, month, day = calendar.date(at // DAY)
  local seconds = at % DAY // 1000000
  return string.format("%04d%02d%02dT%02d%02d%02dZ", year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60)
end

-- A line of at most 75 bytes, the rest in continuations; no character is cut apart.
local function put(out, line)
  local room = LINE_MAX
  while #line > room do
    local cut = room
    while cut > 1 and (string.byte(line, cut + 1) & 0xC0) == 0x80 do cut = cut - 1 end
    out[#out + 1] = string.sub(line, 1, cut) .. "\r\n "
    line = string.sub(line, cut + 1)
    room = LINE_MAX - 1
  end
  out[#out + 1] = line .. "\r\n"
end

---A calendar's text.
---@param options table name; now: µs UTC
---@param events table list of {uid, from, to, summary, is_override, sequence, is_cancelled}
function ical_text.write(options, events)
  local out = {}
  for _, line in ipairs { "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tocsin//Schedule//EN", "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH", "X-WR-CALNAME:" .. escape(options.name), "X-WR-TIMEZONE:UTC", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H" } do
    put(out, line)
  end
  for _, e in ipairs(events) do
    for _, line in ipairs { "BEGIN:VEVENT", "UID:" .. escape(e.uid), "DTSTAMP:" .. ical_text.moment(options.now),
      "DTSTART:" .. ical_text.moment(e.from), "DTEND:" .. ical_text.moment(e.to), "SUMMARY:" .. escape(e.summary),
      "PRIORITY:" .. (e.is_override and 1 or 0), "STATUS:" .. (e.is_cancelled and "CANCELLED" or "CONFIRMED"),
      "SEQUENCE:" .. (e.sequence or 0), "TRANSP:TRANSPARENT", "END:VEVENT" } do -- on call is not busy
      put(out, line)
    end
  end
  put(out, "END:VCALENDAR")
  return table.concat(out)
end

return ical_text
