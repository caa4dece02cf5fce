--- Schedules, `/schedules`: who is on call now and next, what is wrong; and making one of the three kinds.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local shared <const> = require "web.schedules.shared"
local texts <const> = require "web.texts"

local KINDS <const> = { "web", "calendar", "ical" }

local function shown(one, names, on)
  local next_one <const> = type(one.on_call_next) == "table" and one.on_call_next
  local count <const> = type(one.warnings) == "table" and #one.warnings or 0
  return { id = one.id, name = one.name, kind = texts.schedules.kinds[one.type],
    now = #one.on_call_now > 0 and shared.named(one.on_call_now, names),
    next = next_one and string.format(texts.schedules.next, shared.named(next_one.users, names),
      on:moment(clock.read(next_one.start))),
    warnings = count > 0 and (count == 1 and texts.schedules.warning or string.format(texts.schedules.warnings, count)) }
end

local function show(request)
  local _, names <const> = shared.people(request)
  local on <const>, list <const> = clock.of(request), {}
  for i, one in ipairs(ask.list(request, shared.PATH) or {}) do list[i] = shown(one, names, on) end
  table.sort(list, function(a, b) return a.name < b.name end)
  return shared.answer(request, "schedules.html", { schedules = list, may_write = rights.may(request.actor, "schedules",
    "write") })
end

---What a form of a schedule sends to the API.
local function body_of(sent, kind)
  local object <const> = { name = sent.name, team_id = form.text_or_null(sent.team_id) }
  if kind ~= "ical" then object.time_zone = sent.time_zone and sent.time_zone ~= "" and sent.time_zone or "UTC" end
  if kind == "ical" then object.ical_url_primary = form.text_or_null(sent.ical_url_primary) end
  if kind ~= "web" then object.ical_url_overrides = form.text_or_null(sent.ical_url_overrides) end
  if kind == "calendar" then object.enable_web_overrides = form.is_ticked(sent, "enable_web_overrides") end
  return object
end

local function kinds()
  local list <const> = {}
  for i, kind in ipairs(KINDS) do
    list[i] = { value = kind, text = texts.schedules.kinds[kind], about = texts.schedules.kinds_about[kind] }
  end
  return list
end

local function is_kind(kind) return kind == "web" or kind == "calendar" or kind == "ical" end

local function show_form(request, kind, sent, problem, one)
  return shared.answer(request, "schedule_form.html", { kind = kind, kinds = kinds(), one = one or false,
    form = form.state(sent, problem),
    teams = form.choices(ask.list(request, "/api/v1/teams/") or {}) }, problem and form.status(problem) or 200)
end

local function new(request)
  local query <const> = request.query_text
  local kind <const> = string.match(query, "kind=(%l+)")
  return show_form(request, is_kind(kind) and kind or "web", { time_zone = clock.of(request).zone })
end

local function create(request)
  local sent <const> = form.read(request)
  local kind <const> = is_kind(sent.kind) and sent.kind or "web"
  local object <const> = body_of(sent, kind)
  object.type = kind
  local made <const>, problem <const> = ask.send(request, "POST", shared.PATH, object)
  if not made then return show_form(request, kind, sent, problem) end
  return page.see_other(request, "/schedules/" .. made.id)
end

local function edit(request)
  local one <const> = ask.get(request, shared.PATH .. request.id)
  local values <const> = {}
  for name, v in pairs(one) do values[name] = v ~= json.null and v or "" end
  return show_form(request, one.type, values, nil, one)
end

local function save(request)
  local one <const>, sent <const> = ask.get(request, shared.PATH .. request.id), form.read(request)
  local done <const>, problem <const> = ask.send(request, "PUT", shared.PATH .. request.id .. "/", body_of(sent, one.type))
  if not done then return show_form(request, one.type, sent, problem, one) end
  return page.see_other(request, "/schedules/" .. request.id)
end

return {
  nav = { text = texts.schedules.title, path = "/schedules", right = "schedules:read" },
  routes = {
    { "/schedules", "GET", show, "schedules:read" },
    { "/schedules/new", "GET", new, "schedules:write" },
    { "/schedules/new", "POST", create, "schedules:write" },
    { "/schedules/:id/settings", "GET", edit, "schedules:write", "schedule" },
    { "/schedules/:id/settings", "POST", save, "schedules:write", "schedule" },
  },
}
