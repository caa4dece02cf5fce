--- One integration, `/integrations/<id>`: how it is connected, whether anything comes, its routes, a demo alert.
local ask <const> = require "web.ask"
local demo_alert <const> = require "api.demo_alert"
local form <const> = require "web.form"
local html <const> = require "channels.html"
local integration <const> = require "integration"
local json <const> = require "tocsin.json"
local json_text <const> = require "web.json_text"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local route_list <const> = require "web.integrations.route_list"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"
local view <const> = require "web.view"

local overview <const> = {}

local OURS <const> = { direct_paging = true, maintenance = true, manual = true }

local function connect_of(one)
  local spec <const> = integration.load(one.type)
  if not spec or not spec.connect or OURS[one.type] then return false end
  local email <const> = one.inbound_email ~= json.null and one.inbound_email or nil
  return view.html(html.from_markdown(integration.connect(spec, { url = one.link, name = one.name, email = email })))
end

local function health_of(request, now)
  local health <const> = ask.get(request, shared.api(request.id, "health/"))
  if not health then return false end
  for _, problem in ipairs(health.problems) do problem.moment = shared.moment(problem.at, now) end
  if health.rate_limit > 0 then
    health.used = string.format(texts.integration.limit_used, health.requests, health.rate_limit)
  end
  health.last = shared.moment(health.last_alert_at, now) or false
  return health
end

-- What a demo sends unless it is edited.
local function example_of(one, now)
  local alerts <const> = demo_alert.example_alerts(one.type, now)
  local text <const> = alerts and alerts[1]
  return text and (json.is_valid(text) and json_text.indented(text) or text) or ""
end

local function shown(request, one, demo, problem)
  demo = demo or { payload = example_of(one, request.now), mode = "debug" }
  local context <const> = { connect = connect_of(one), health = health_of(request, request.now),
    is_ours = OURS[one.type] or false, routes = route_list.of(request, one.id), demo = form.state(demo, problem) }
  return shared.answer_of(request, one, "overview", "integration.html", context, problem and form.status(problem))
end

---GET /integrations/<id>; with `part=status` what changes while one looks at it.
local function show(request)
  local one <const> = shared.get(request)
  if not one then return nil end
  if query_string.get(request.query, "part") == "status" then
    return page.answer(request, "integration_status.html", { one = one, health = health_of(request, request.now) })
  end
  return shown(request, one)
end

-- The payload that was typed; nil: the example as it is.
local function payload_of(one, sent, now)
  local text <const> = sent.payload or ""
  if text == example_of(one, now) or not string.find(text, "%S") then return nil end
  local payload <const>, why <const> = json.payload(text)
  if why then return nil, texts.demo.bad_json .. " " .. why end
  return payload
end

---POST /integrations/<id>/demo
local function send_demo(request)
  local one <const>, sent <const> = shared.get(request), form.read(request)
  if not one then return nil end
  local payload <const>, why <const> = payload_of(one, sent, request.now)
  if why then return shown(request, one, sent, { status = 400, fields = { payload = why }, detail = texts.form.look }) end
  local made <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "send_demo_alert/"),
    { demo_alert_payload = payload, mode = sent.mode })
  if made and made.alert_group_ids[1] then return page.see_other(request, "/alert-groups/" .. made.alert_group_ids[1]) end
  if made then return page.see_other(request, "/integrations/" .. one.id) end
  problem.fields.payload = problem.fields.demo_alert_payload
  return shown(request, one, sent, problem)
end

overview.routes = {
  { "/integrations/:id", "GET", show, "integrations:read", "integration" },
  { "/integrations/:id/demo", "POST", send_demo, "integrations:operate", "integration" },
}

return overview
