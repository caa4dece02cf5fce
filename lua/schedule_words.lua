--- What is said of a schedule: titles, and messages in neutral Markdown. Pure.
local calendar <const> = require("jinja.calendar")
local zone <const> = require("tocsin.zone")
local find <const>, format <const>, gsub <const> = string.find, string.format, string.gsub

local schedule_words = {}

local DAYS <const> = { [0] = "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local MONTHS <const> = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }
local LINES_MAX <const> = 10

-- What people wrote has no markup of its own.
local function escape(text) return (gsub(gsub(text, "%p", "\\%0"), "%c+", " ")) end

-- A mark of emphasis would take a star of the name for its end.
local function bold(name) return find(name, "*", 1, true) and escape(name) or "**" .. escape(name) .. "**" end

local function joined(names, each)
  local list = {}
  for i, name in ipairs(names) do list[i] = each and each(name) or name end
  local last = table.remove(list)
  return #list > 0 and table.concat(list, ", ") .. " and " .. last or last
end

---`Mon 28 Sep 09:00` on the clock of a zone.
---@param at integer µs
---@param zone_name string
---@return string
function schedule_words.moment(at, zone_name)
  local seconds = at // 1000000
  seconds = seconds + (zone.offset(zone_name, seconds) or 0)
  local day = seconds // 86400
  local _, month, date = calendar.date(day)
  return format("%s %d %s %02d:%02d", DAYS[calendar.weekday(day)], date, MONTHS[month], seconds % 86400 // 3600,
    seconds % 3600 // 60)
end

local function span(o, from, to)
  return format("from %s to %s (%s)", schedule_words.moment(from, o.zone), schedule_words.moment(to, o.zone), escape(o.zone))
end

local function verb(names, one, many) return #names == 1 and one or many end

local function next_line(o)
  if #o.next == 0 then return "Nobody is planned to follow." end
  return format("Next: %s, %s (%s).", joined(o.next, bold), schedule_words.moment(o.next_at, o.zone), escape(o.zone))
end

---Other people are on call now.
---@param o {schedule: string, zone: string, users: string[], before: string[], next: string[], next_at: integer?} names
---@return {title: string, message: string}
function schedule_words.hand_over(o)
  local line = next_line(o)
  if #o.users > 0 then
    return { title = format("%s: %s %s on call now", o.schedule, joined(o.users), verb(o.users, "is", "are")), message = line }
  end
  if #o.before > 0 then
    line = format("%s %s until now.\n%s", joined(o.before, bold), verb(o.before, "was", "were"), line)
  end
  return { title = o.schedule .. ": nobody is on call now", message = line }
end

local function shift_name(o, warning) return warning.shift and bold(o.shifts[warning.shift] or "?") end

local SAYS <const> = {
  gap = function(o, w) return "Nobody is on call " .. span(o, w.from, w.to) .. "." end,
  empty_shift = function(o, w)
    local shift = shift_name(o, w)
    local who = w.text and w.text ~= "" and format("nobody is known as “%s”", escape(w.text)) or "has nobody"
    shift = shift and "The shift " .. shift or "A shift"
    return format("%s %s%s%s.", shift, span(o, w.from, w.to), w.text and ": " or " ", who)
  end,
  unreachable_person = function(o, w)
    local who, times = bold(o.people[w.user] or "?"), span(o, w.from, w.to)
    return format("%s cannot be reached: %s. On call %s.", who, escape(w.text), times)
  end,
  missing_person = function(o, w) return format("The shift %s: %s", shift_name(o, w), escape(w.text)) end,
  calendar_failed = function(_, w)
    return "The calendar cannot be fetched, the last good copy counts. " .. escape(w.text)
  end,
  problem = function(_, w) return format("A part cannot be used. %s", escape(w.text)) end,
}

---What is wrong ahead.
---@param o {schedule: string, zone: string, people: table<integer, string>, shifts: table<integer, string>, is_new: boolean}
---@param list schedule_warning[]
---@return {title: string, message: string}
function schedule_words.report(o, list)
  local lines = {}
  for i, warning in ipairs(list) do
    if i <= LINES_MAX then lines[i] = "- " .. SAYS[warning.kind](o, warning) end
  end
  if #list > LINES_MAX then lines[#lines + 1] = format("- And %d more.", #list - LINES_MAX) end
  local title = o.is_new and "%s: something is wrong ahead" or "%s: still wrong in the next 30 days"
  return { title = format(title, o.schedule), message = table.concat(lines, "\n") }
end

local SWAP_TITLES <const> = {
  asked = "%s: %s asks for a swap", reminder = "%s: %s still looks for somebody to swap with",
}

---@class schedule_swap_facts
---@field schedule string
---@field zone string
---@field step "asked"|"reminder"|"taken"|"withdrawn"
---@field from integer µs
---@field to integer
---@field beneficiary string
---@field benefactor string?
---@field text string what the beneficiary wrote

---Somebody wants to be replaced for a time, or will be.
---@param o schedule_swap_facts
---@return {title: string, message: string}
function schedule_words.swap(o)
  local times = span(o, o.from, o.to)
  if o.step == "taken" then
    return { title = format("%s: %s takes over from %s", o.schedule, o.benefactor, o.beneficiary),
      message = format("%s is on call instead of %s %s.", bold(o.benefactor), bold(o.beneficiary), times) }
  end
  if o.step == "withdrawn" then
    return { title = format("%s: %s needs no swap any more", o.schedule, o.beneficiary),
      message = format("What %s has %s stays theirs.", bold(o.beneficiary), times) }
  end
  local message = format("Who takes what %s has %s?", bold(o.beneficiary), times)
  if o.text ~= "" then message = message .. "\n\n" .. escape(o.text) end
  return { title = format(SWAP_TITLES[o.step], o.schedule, o.beneficiary), message = message }
end

return schedule_words
