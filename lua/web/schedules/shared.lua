--- What the pages of schedules share: a schedule, people's names, moments of forms.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local page <const> = require "web.page"
local time <const> = require "api.time"

local shared <const> = {}

shared.PATH, shared.SHIFTS, shared.SWAPS = "/api/v1/schedules/", "/api/v1/on_call_shifts/", "/api/v1/shift_swaps/"

function shared.text_of(v) return type(v) == "string" and v or nil end

---People in order of their names, as rows and by id.
function shared.people(request)
  local list <const>, names <const> = ask.list(request, "/api/v1/users/", { short = "true" }) or {}, {}
  table.sort(list, function(a, b) return a.username < b.username end)
  for _, user in ipairs(list) do names[user.id] = user.username end
  return list, names
end

---Names of ids, with commas between.
function shared.named(ids, names)
  local list <const> = {}
  for i, id in ipairs(ids) do list[i] = names[id] or "?" end
  return table.concat(list, ", ")
end

---A moment of a form (`2026-11-22T09:00`) on a clock → µs UTC; nil when it is none.
function shared.moment(text, on)
  local bare <const> = string.match(text or "", "^%s*(.-)%s*$")
  local shown <const> = time.parse(#bare == 16 and bare .. ":00" or bare)
  return shown and on:utc(shown)
end

---µs UTC as a field of a form has it.
function shared.field_of(at, on) return string.sub(time.text(on:wall(at)), 1, 16) end

---The same without a zone, as the API has times of shifts.
function shared.wall_text(at, on) return string.sub(time.text(on:wall(at) // 1000000 * 1000000), 1, 19) end

---A clock on the zone of a shift, a schedule or UTC.
function shared.clock_of(zone, request) return clock.in_zone(shared.text_of(zone), request.now) end

---A page with the style and script of these pages.
function shared.answer(request, name, context, status)
  context.work_css, context.work_js = page.static_url(request, "work.css"), page.static_url(request, "work.js")
  return page.answer(request, name, context, status)
end

---The sentence of a problem about a form that shows only one.
function shared.sentence(problem)
  local _, why <const> = next(problem.fields)
  return why or problem.detail
end

return shared
