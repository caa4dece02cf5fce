--- The heartbeat of an integration: its address, its settings, what became of it.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local html <const> = require "channels.html"
local integration <const> = require "integration"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local shared <const> = require "web.integrations.shared"
local template <const> = require "template"
local view <const> = require "web.view"

local beat <const> = {}

local function connect_of(one)
  local spec <const> = integration.load(one.type)
  local text <const> = spec and spec.heartbeat and spec.heartbeat.connect
  if not text then return false end
  return view.html(html.from_markdown((template.render(template.compile(text), { url = one.heartbeat.link, name = one.name }))))
end

local function history_of(request)
  local events <const> = (ask.get(request, shared.api(request.id, "heartbeat_history/")) or {}).results or {}
  for _, event in ipairs(events) do event.moment = shared.moment(event.at, request.now) end
  return events
end

local function shown(request, one, given, problem)
  local now <const> = one.heartbeat
  return shared.answer_of(request, one, "heartbeat", "integration_heartbeat.html", { form = form.state(given or {
    enabled = now.enabled, interval = now.interval, text = now.text }, problem), beat = now, connect = connect_of(one),
    last = shared.moment(now.last_beat_at, request.now) or false, due = shared.moment(now.due_at, request.now) or false,
    history = history_of(request) }, problem and form.status(problem))
end

---GET /integrations/<id>/heartbeat
local function show(request)
  local one <const> = shared.get(request)
  return one and shown(request, one)
end

-- What the API says of members of the block, at their fields.
local function named(problem)
  for name, why in pairs(problem.fields) do problem.fields[string.match(name, "([^.]*)$")] = why end
  return problem
end

---POST /integrations/<id>/heartbeat
local function save(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local saved <const>, problem <const> = ask.send(request, "PUT", shared.api(one.id), { heartbeat = {
    enabled = form.is_ticked(sent, "enabled"), interval = form.number_or_null(sent.interval),
    text = string.find(sent.text or "", "%S") and sent.text or json.null } })
  if saved then return page.see_other(request, "/integrations/" .. one.id .. "/heartbeat") end
  return shown(request, one, sent, named(problem))
end

-- POST /integrations/<id>/heartbeat/arm and …/reset
local function deed(name)
  return function(request)
    local done <const>, problem <const> = ask.send(request, "POST", shared.api(request.id, "heartbeat_" .. name .. "/"))
    if done then return page.see_other(request, "/integrations/" .. request.id .. "/heartbeat") end
    local one <const> = shared.get(request)
    return one and shown(request, one, nil, problem)
  end
end

beat.routes = {
  { "/integrations/:id/heartbeat", "GET", show, "integrations:read", "integration" },
  { "/integrations/:id/heartbeat", "POST", save, "integrations:write", "integration" },
  { "/integrations/:id/heartbeat/arm", "POST", deed "arm", "integrations:operate", "integration" },
  { "/integrations/:id/heartbeat/reset", "POST", deed "reset", "integrations:operate", "integration" },
}

return beat
