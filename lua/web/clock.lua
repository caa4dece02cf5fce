--- Moments on the clock of the person who looks: the zone of their profile, else UTC.
local ask <const> = require "web.ask"
local calendar <const> = require "jinja.calendar"
local time <const> = require "api.time"
local zone <const> = require "tocsin.zone"

local clock <const> = {}
clock.__index = clock

local DAY <const> = 86400000000
local WEEKDAYS <const> = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local MONTHS <const> = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

---@class Clock
---@field zone string
---@field now integer µs UTC

---A clock of a zone; one that does not exist is UTC.
---@return Clock
function clock.in_zone(name, now)
  return setmetatable({ zone = name and zone.offset(name, 0) and name or "UTC", now = now }, clock)
end

---The clock of who asks.
---@return Clock
function clock.of(request)
  local me <const> = request.actor.user_id and ask.get(request, "/api/v1/users/current/")
  return clock.in_zone(me and me.timezone, request.now)
end

-- µs on the wall, of µs UTC.
local function wall(self, at) return at + (zone.offset(self.zone, at // 1000000) or 0) * 1000000 end

---µs UTC of a number that is what the wall shows.
function clock:utc(shown)
  local at <const> = shown - (zone.offset(self.zone, shown // 1000000) or 0) * 1000000
  return shown - (zone.offset(self.zone, at // 1000000) or 0) * 1000000
end

---What the wall shows at a moment, as a number of µs.
clock.wall = wall

---µs UTC of a text of the API.
function clock.read(text) return time.parse_moment(text) end

local function parts(shown)
  local year, month, day = calendar.date(shown // DAY)
  return year, month, day, shown % DAY // 1000000
end

---"03:12:07"
function clock:time(at)
  local s <const> = wall(self, at) % DAY // 1000000
  return string.format("%02d:%02d:%02d", s // 3600, s // 60 % 60, s % 60)
end

---"03:12"
function clock:minute(at) return string.sub(self:time(at), 1, 5) end

---"Sun 22 Nov", of a moment
function clock:day(at)
  local shown <const> = wall(self, at)
  local _, month, day <const> = parts(shown)
  return string.format("%s %d %s", WEEKDAYS[calendar.weekday(shown // DAY) + 1], day, MONTHS[month])
end

---"2026-11-22"
function clock:date(at)
  local year <const>, month <const>, day <const> = parts(wall(self, at))
  return string.format("%04d-%02d-%02d", year, month, day)
end

---"03:12" today, "Sun 22 Nov, 03:12" on other days.
function clock:moment(at)
  local is_today <const> = wall(self, at) // DAY == wall(self, self.now) // DAY
  return (is_today and "" or self:day(at) .. ", ") .. self:minute(at)
end

return clock
