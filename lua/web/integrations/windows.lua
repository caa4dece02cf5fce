--- Maintenance of an integration: started and stopped now, and planned.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"
local times <const> = require "web.times"

local windows <const> = {}

local MODES <const> = { "debug", "maintenance" }
local DURATIONS <const> = { "3600", "10800", "21600", "43200", "86400" }
local FREQUENCIES <const> = { "hourly", "daily", "weekly", "monthly" }

local function choices(list, words)
  local out <const> = {}
  for i, name in ipairs(list) do out[i] = { value = name, text = words[name] } end
  return out
end

-- Windows that are not over, as people read them.
local function planned(request)
  local list <const> = {}
  for _, w in ipairs(ask.list(request, "/api/v1/maintenance_windows/", { integration_id = request.id }) or {}) do
    if w.state ~= "ended" then
      list[#list + 1] = { id = w.id, name = w.name, mode = w.mode, start = string.gsub(w.start, "T", " "), zone = w.time_zone,
        length = times.span(w.duration), frequency = w.frequency ~= json.null and w.frequency or false,
        is_running = w.state == "running", till = shared.moment(w.end_at, request.now) or false,
        next = shared.moment(w.next_start_at, request.now) or false, managed_by = w.managed_by or false }
    end
  end
  return list
end

local function zone_of(request)
  local me <const> = ask.get(request, "/api/v1/users/current/")
  return me and type(me.timezone) == "string" and me.timezone or "UTC"
end

-- `at`: which of the two forms the problem is about.
local function shown(request, one, given, problem, at)
  local empty <const> = { mode = "debug", duration = "3600", time_zone = zone_of(request), length = "2:00" }
  local now <const>, later <const> = at ~= "plan" and given or empty, at == "plan" and given or empty
  return shared.answer_of(request, one, "maintenance", "integration_maintenance.html", {
    form = form.state(now, at ~= "plan" and problem or nil), plan = form.state(later, at == "plan" and problem or nil),
    modes = choices(MODES, texts.windows.modes), durations = choices(DURATIONS, texts.windows.durations),
    frequencies = choices(FREQUENCIES, texts.windows.frequencies), windows = planned(request),
    till = shared.moment(one.maintenance_end_at, request.now) or false, is_on = one.maintenance_mode ~= json.null,
    may_maintain = shared.may(request, "write", "maintenance") }, problem and form.status(problem))
end

---GET /integrations/<id>/maintenance
local function show(request)
  local one <const> = shared.get(request)
  return one and shown(request, one)
end

local function back(request, id) return page.see_other(request, "/integrations/" .. id .. "/maintenance") end

---POST /integrations/<id>/maintenance/start
local function start(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local done <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "maintenance_start/"), { mode = sent.mode,
    duration = form.number_or_null(sent.duration), name = form.text_or_null(sent.name),
    resolve_at_end = form.is_ticked(sent, "resolve_at_end") })
  return done and back(request, one.id) or shown(request, one, sent, problem)
end

---POST /integrations/<id>/maintenance/stop
local function stop(request)
  local done <const>, problem <const> = ask.send(request, "POST", shared.api(request.id, "maintenance_stop/"))
  if done then return back(request, request.id) end
  local one <const> = shared.get(request)
  return one and shown(request, one, nil, problem)
end

-- "2:30" as seconds; nil: it is no length.
local function seconds_of(text)
  local hours <const>, minutes <const> = string.match(text or "", "^%s*(%d?%d?%d?%d):([0-5]%d)%s*$")
  return hours and (tonumber(hours) or 0) * 3600 + tonumber(minutes) * 60
end

-- What a field of a form for a moment gives, to the second.
local function wall_of(text)
  return string.find(text or "", "T%d%d:%d%d$") and text .. ":00" or form.text_or_null(text)
end

---POST /integrations/<id>/maintenance/plan
local function plan(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local seconds <const> = seconds_of(sent.length)
  if not seconds then
    local problem <const> = { status = 400, fields = { length = texts.windows.bad_length }, detail = texts.form.look }
    return shown(request, one, sent, problem, "plan")
  end
  local made <const>, problem <const> = ask.send(request, "POST", "/api/v1/maintenance_windows/", { mode = sent.mode,
    integration_id = one.id, name = form.text_or_null(sent.name), start = wall_of(sent.start), duration = seconds,
    time_zone = form.text_or_null(sent.time_zone), frequency = form.text_or_null(sent.frequency),
    resolve_at_end = form.is_ticked(sent, "resolve_at_end") })
  if made then return back(request, one.id) end
  problem.fields.length = problem.fields.duration
  return shown(request, one, sent, problem, "plan")
end

-- POST /maintenance-windows/<id>/stop and …/delete
local function of_window(act)
  return function(request)
    local path <const> = "/api/v1/maintenance_windows/" .. request.id .. "/"
    local w <const> = ask.get(request, path)
    if not w then return nil end
    local done <const>, problem <const> = act(request, path)
    if not done then return page.failed(request, form.status(problem), texts.errors.not_done, problem.detail) end
    return w.integration_id ~= json.null and back(request, w.integration_id) or page.see_other(request, "/integrations")
  end
end

local function stop_window(request, path) return ask.send(request, "POST", path .. "stop/") end
local function delete_window(request, path) return ask.send(request, "DELETE", path) end

windows.routes = {
  { "/integrations/:id/maintenance", "GET", show, "maintenance:read", "integration" },
  { "/integrations/:id/maintenance/start", "POST", start, "maintenance:write", "integration" },
  { "/integrations/:id/maintenance/stop", "POST", stop, "maintenance:write", "integration" },
  { "/integrations/:id/maintenance/plan", "POST", plan, "maintenance:write", "integration" },
  { "/maintenance-windows/:id/stop", "POST", of_window(stop_window), "maintenance:write", "maintenance_window" },
  { "/maintenance-windows/:id/delete", "POST", of_window(delete_window), "maintenance:write", "maintenance_window" },
}

return windows
