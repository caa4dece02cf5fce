--- Fields of what recurs by the clock on the wall, in a zone: shifts and maintenance windows are sent in the same words.
local body = require("api.body")
local json = require("tocsin.json")
local time = require("api.time")
local writer = require("api.writer")
local zone = require("tocsin.zone")

local recurrence = {}

recurrence.DAYS = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" }
recurrence.FREQUENCIES = { "hourly", "daily", "weekly", "monthly" }
recurrence.INTERVAL_MAX = 1000 -- as core/engine/schedule.h

---A name of the tz database, as it is spelt there; nil and a sentence.
function recurrence.check_timezone(value)
  local name = zone.name(value)
  if name then return name end
  return nil, string.format('"%s" is no time zone: expected a name such as Europe/Paris.', value)
end

---A time on the clock on the wall: it has no zone.
function recurrence.check_wall(value)
  if time.parse(value) and not string.find(value, "^0000") then return value end
  return nil, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm:ss."
end

---The moment of a time on the clock on the wall of a zone (UTC when it has none), µs.
function recurrence.moment(wall, name)
  local at = time.parse(wall)
  if type(name) ~= "string" then return at end
  local guess = at // 1000000 - (zone.offset(name, at // 1000000) or 0)
  return at - (zone.offset(name, guess) or 0) * 1000000
end

---One of DAYS, whatever its case; nil for anything else.
function recurrence.day_of(value)
  for _, day in ipairs(recurrence.DAYS) do
    if type(value) == "string" and string.upper(value) == day then return day end
  end
end

---`store` of a field that is a list of words or numbers, each once, in the order that was sent. An empty one is none.
---@param what string of what, in the sentence
---@param check fun(value: any): any what is kept of one, nil when it is none of them
function recurrence.store_list(column, what, check)
  return function(value)
    if value == json.null then return { [column] = json.null } end
    if not body.is_list(value) then return nil, "Expected a list of " .. what .. "." end
    local list, seen = json.array(), {}
    for i = 1, #value do
      local item = check(value[i])
      if item == nil then return nil, "Expected a list of " .. what .. "." end
      if not seen[item] then list[#list + 1] = item end
      seen[item] = true
    end
    return { [column] = #list > 0 and json.encode(list) or json.null }
  end
end

---`show` of such a field.
function recurrence.show_list(column)
  return function(row) return row[column] and writer.raw(row[column]) or nil end
end

---The field of weekdays, kept in the column `by_day`.
function recurrence.by_day()
  return { "by_day", nullable = true, shape = { list = { choice = recurrence.DAYS }, null = true },
    show = recurrence.show_list("by_day"),
    store = recurrence.store_list("by_day", "weekdays, MO to SU", recurrence.day_of) }
end

return recurrence
