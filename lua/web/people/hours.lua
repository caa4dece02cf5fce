--- Working hours as a person writes them: "09:00-12:00, 13:00-17:30" for each weekday.
local json <const> = require "tocsin.json"

local hours <const> = {}

hours.DAYS = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }

local function short(text) return string.sub(text, 1, 5) end

---The hours that the API tells, under the names of the form: hours_monday …
---@return table<string, string>
function hours.shown(of)
  local given <const> = {}
  for _, day in ipairs(hours.DAYS) do
    local parts <const> = {}
    for i, piece in ipairs(type(of) == "table" and of[day] or {}) do
      parts[i] = short(piece.start) .. "-" .. short(piece["end"])
    end
    given["hours_" .. day] = table.concat(parts, ", ")
  end
  return given
end

local function time_of(text)
  local hour <const>, minute <const> = string.match(text, "^%s*(%d%d?):?(%d?%d?)%s*$")
  if not hour then return text end -- the API says what is wrong with it
  return string.format("%02d:%02d:00", tonumber(hour), tonumber(minute) or 0)
end

local function piece_of(text)
  local from <const>, to <const> = string.match(text, "^(.-)[-–](.*)$")
  return { start = time_of(from or text), ["end"] = time_of(to or "") }
end

---What was sent, as the API takes it.
function hours.read(sent)
  local object <const> = {}
  for _, day in ipairs(hours.DAYS) do
    local list <const> = json.array()
    for part in string.gmatch(string.gsub(sent["hours_" .. day] or "", "–", "-"), "[^,;]+") do
      if string.find(part, "%S") then list[#list + 1] = piece_of(part) end
    end
    object[day] = list
  end
  return object
end

return hours
