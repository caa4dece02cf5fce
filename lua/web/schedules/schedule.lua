--- One schedule, `/schedules/<id>`: its calendar, overrides, swaps, rotations, links and what is wrong with it.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local drawn <const> = require "web.schedules.calendar"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local shared <const> = require "web.schedules.shared"
local shifts <const> = require "web.schedules.shifts"
local texts <const> = require "web.texts"
local time <const> = require "api.time"

local PATH <const>, DAY <const> = shared.PATH, drawn.DAY
local DAYS <const> = { week = 7, weeks = 14, month = 35 }
local VIEWS <const> = { "week", "weeks", "month" }
local WARNINGS <const> = 12 -- that are shown

-- What is looked at: the view, the first day on the wall, how many days.
local function window(request, on)
  local view <const> = query_string.get(request.query, "view") or "week"
  local date <const> = query_string.get(request.query, "date")
  local day <const> = date and string.find(date, "^%d%d%d%d%-%d%d%-%d%d$") and time.parse(date .. "T00:00:00")
  local known <const> = DAYS[view] and view or "week"
  return known, drawn.monday(day or on:wall(request.now)), DAYS[known]
end

local function address(request, view, first, zone)
  local query <const> = { { "view", view }, { "date", string.sub(time.text(first), 1, 10) } }
  if zone then query[3] = { "zone", zone } end
  return "/schedules/" .. request.id .. "?" .. query_string.text(query)
end

local function ways(request, view, first, days, on, zone)
  local list <const> = {}
  for i, name in ipairs(VIEWS) do
    list[i] = { text = texts.schedule.views[name], path = address(request, name, first, zone), is_current = name == view }
  end
  local step <const> = view == "month" and 28 or days
  return { views = list, before = address(request, view, first - step * DAY, zone), after = address(request, view,
    first + step * DAY, zone),
    today = address(request, view, drawn.monday(on:wall(request.now)), zone) }
end

local function slots_of(request, on, first, days)
  local function minute(at) return string.sub(time.text(at), 1, 16) end
  return ask.get(request, PATH .. request.id .. "/slots/", { start_date = minute(on:utc(first)),
    end_date = minute(on:utc(first + days * DAY)) })
    or { final = {}, gaps = {}, empty = {}, slots = {}, problem = json.null }
end

local function warnings_of(one, names, on)
  local list <const> = {}
  for i, w in ipairs(type(one.warnings) == "table" and one.warnings or {}) do
    if i > WARNINGS then break end
    local from <const> = shared.text_of(w.start)
    local who <const>, kind <const> = shared.text_of(w.user), texts.schedule.kinds[w.kind] or string.gsub(w.kind, "_", " ")
    local text <const> = (who and (names[who] or "?") .. ": " or "") .. kind
    list[i] = { text = text .. (shared.text_of(w.text) and w.text ~= "" and ": " .. w.text or ""),
      from = from and on:moment(clock.read(from)) or false }
  end
  return list
end

local function swaps_of(request, names, on)
  local list <const> = {}
  for i, swap in ipairs(ask.list(request, shared.SWAPS, { schedule_id = request.id }) or {}) do
    local from <const>, by <const> = names[swap.beneficiary] or "?", shared.text_of(swap.benefactor)
    list[i] = { id = swap.id, text = by and string.format(texts.schedule.swap_taken, names[by] or "?", from) or
      string.format(texts.schedule.swap_open, from), times = on:moment(clock.read(swap.swap_start)) .. " – " ..
        on:moment(clock.read(swap.swap_end)),
      description = swap.description, is_open = swap.status == "open", beneficiary = swap.beneficiary }
  end
  return list
end

local function calendars_of(one, on)
  local list <const> = {}
  for _, part in ipairs { "primary", "overrides" } do
    local copy <const> = type(one.calendars) == "table" and one.calendars[part]
    if type(copy) == "table" then
      local at <const> = shared.text_of(copy.fetched_at)
      list[#list + 1] = { part = part, when = at and string.format(texts.schedule.fetched,
        on:moment(clock.read(at))) or texts.schedule.never,
        error = shared.text_of(copy.error) or false }
    end
  end
  return list
end

-- The zones that one can look at it in.
local function zones(request, one, on)
  local list <const>, seen <const> = {}, {}
  for _, name in ipairs { clock.of(request).zone, shared.text_of(one.time_zone) or "UTC", "UTC" } do
    if not seen[name] then list[#list + 1], seen[name] = { name = name, is_current = name == on.zone }, true end
  end
  return list
end

local function frame(request, one, more)
  local zone <const> = query_string.get(request.query, "zone")
  local on <const> = zone and clock.in_zone(zone, request.now) or clock.of(request)
  local view <const>, first <const>, days <const> = window(request, on)
  local slots <const>, users <const>, names <const> = slots_of(request, on, first, days), shared.people(request)
  local may_write <const> = rights.may(request.actor, "schedules", "write")
  local hour <const> = request.now // 3600000000 * 3600000000
  local next_one <const> = type(one.on_call_next) == "table" and one.on_call_next
  return { one = one, kind = texts.schedules.kinds[one.type], view = view, ways = ways(request, view, first, days, on, zone),
    lanes = view ~= "month" and drawn.lanes(slots, on, first, days) or false, days = drawn.days(on, first, days),
      cells = drawn.CELLS,
    weeks = view == "month" and drawn.weeks(slots, on, first, days // 7) or false, list = drawn.list(slots, on),
      first = string.sub(time.text(first), 1, 10),
    problem = shared.text_of(slots.problem) or false, warnings = warnings_of(one, names, on), zone = on.zone,
      zones = zones(request, one, on),
    here = address(request, view, first), now = #one.on_call_now > 0 and shared.named(one.on_call_now, names) or false,
    next = next_one and string.format(texts.schedules.next, shared.named(next_one.users, names),
      on:moment(clock.read(next_one.start))) or false,
    swaps = swaps_of(request, names, on), shifts = shifts.list(request, one, names), users = form.choices(users, "username"),
    calendars = calendars_of(one, on), me = request.actor.user_id and ask.get(request, "/api/v1/users/current/").id or false,
    may_write = may_write and type(one.managed_by) ~= "string", may_act = may_write,
      is_managed = type(one.managed_by) == "string",
    may_override = may_write and (one.type == "web" or one.enable_web_overrides == true), has_shifts = one.type ~= "ical",
    said = more.said or false, export = more.export or false, may_export = rights.may(request.actor, "schedules", "export"),
    given = more.given or { ["from"] = shared.field_of(hour + 3600000000, on), to = shared.field_of(hour + 5 * 3600000000, on) },
    open = more.open or false }
end

local function show(request, more)
  local one <const> = ask.get(request, PATH .. request.id)
  more = more or {}
  return one and shared.answer(request, "schedule.html", frame(request, one, more), more.said and 422 or 200)
end

local function back(request) return page.see_other(request, "/schedules/" .. request.id) end

-- From and until of a form, in µs UTC; or the sentence about them.
local function times_of(sent, request)
  local on <const> = clock.in_zone(sent.zone, request.now)
  local from <const>, to <const> = shared.moment(sent["from"], on), shared.moment(sent.to, on)
  if not from or not to then return nil, texts.schedule.wrong_time end
  if from >= to then return nil, texts.schedule.order end
  return from, to, on
end

-- POST …/overrides: somebody else is on call for a while.
local function override(request)
  local sent <const> = form.read(request)
  local from <const>, to <const> = times_of(sent, request)
  if not from then return show(request, { said = to, given = sent, open = "override" }) end
  local utc <const> = clock.in_zone("UTC", request.now)
  local _, problem <const> = ask.send(request, "POST", shared.SHIFTS, { type = "override", schedule = request.id,
    name = texts.schedule.override,
    start = shared.wall_text(from, utc), rotation_start = shared.wall_text(from, utc), duration = (to - from) // 1000000,
      time_zone = "UTC",
    users = json.array { sent.user or "" } })
  if problem then return show(request, { said = shared.sentence(problem), given = sent, open = "override" }) end
  return back(request)
end

-- POST …/swaps: somebody gives their shifts of a time away.
local function swap(request)
  local sent <const> = form.read(request)
  local from <const>, to <const> = times_of(sent, request)
  if not from then return show(request, { said = to, given = sent, open = "swap" }) end
  local _, problem <const> = ask.send(request, "POST", shared.SWAPS, { schedule = request.id, beneficiary = sent.user,
    swap_start = time.text(from),
    swap_end = time.text(to), description = sent.description })
  if problem then return show(request, { said = shared.sentence(problem), given = sent, open = "swap" }) end
  return back(request)
end

local function on_swap(request, method, path, object)
  local one <const> = ask.get(request, shared.SWAPS .. request.id)
  local _, problem <const> = ask.send(request, method, shared.SWAPS .. request.id .. path, object)
  request.id = one.schedule
  if problem then return show(request, { said = shared.sentence(problem) }) end
  return back(request)
end

local function take(request)
  local me <const> = ask.get(request, "/api/v1/users/current/")
  return on_swap(request, "POST", "/take/", { benefactor = me and me.id or "" })
end

local function withdraw(request) return on_swap(request, "DELETE", "/") end

local function done(path, method)
  return function(request)
    local made <const>, problem <const> = ask.send(request, method or "POST", PATH .. request.id .. path)
    if problem then return show(request, { said = shared.sentence(problem) }) end
    if type(made) == "table" and made.export_url then return show(request, { export = made.export_url }) end
    return back(request)
  end
end

local function delete(request)
  local _, problem <const> = ask.send(request, "DELETE", PATH .. request.id .. "/")
  if problem then return show(request, { said = shared.sentence(problem) }) end
  return page.see_other(request, "/schedules")
end

local function quality(request)
  local one <const> = ask.get(request, PATH .. request.id)
  local found <const> = ask.get(request, PATH .. request.id .. "/quality/") or {}
  local lines <const> = { string.format(texts.schedule.covered, math.floor((found.covered or 0) + 0.5)) }
  if type(found.balance) == "number" then lines[2] = string.format(texts.schedule.balance, math.floor(found.balance + 0.5)) end
  for _, user in ipairs(found.overloaded_users or {}) do
    lines[#lines + 1] = string.format(texts.schedule.overloaded, user.username, math.floor(user.score + 0.5))
  end
  return shared.answer(request, "schedule_quality.html", { one = one, lines = lines,
    score = string.format(texts.schedule.score, math.floor((found.total_score or 0) + 0.5)) })
end

return { routes = {
  { "/schedules/:id", "GET", function(request) return show(request) end, "schedules:read", "schedule" },
  { "/schedules/:id/overrides", "POST", override, "schedules:write", "schedule" },
  { "/schedules/:id/swaps", "POST", swap, "schedules:write", "schedule" },
  { "/shift-swaps/:id/take", "POST", take, "schedules:write", "shift_swap" },
  { "/shift-swaps/:id/delete", "POST", withdraw, "schedules:write", "shift_swap" },
  { "/schedules/:id/quality", "GET", quality, "schedules:read", "schedule" },
  { "/schedules/:id/reload", "POST", done "/reload/", "schedules:write", "schedule" },
  { "/schedules/:id/link", "POST", done "/export_token/", "schedules:export", "schedule" },
  { "/schedules/:id/unlink", "POST", done("/export_token/", "DELETE"), "schedules:export", "schedule" },
  { "/schedules/:id/delete", "POST", delete, "schedules:write", "schedule" },
} }
