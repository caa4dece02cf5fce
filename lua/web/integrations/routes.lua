--- A route: made, changed, tried, moved and deleted.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local route_channels <const> = require "api.route_channels"
local route_list <const> = require "web.integrations.route_list"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"

local routes <const> = {}

local KINDS <const> = { "jinja2", "labels", "regex" }

local function kinds()
  local list <const> = {}
  for i, kind in ipairs(KINDS) do list[i] = { value = kind, text = texts.routes.kinds[kind] } end
  return list
end

-- What a stored route fills the form with.
local function given_of(route)
  local given <const> = { routing_type = route.routing_type, escalation_chain_id = route.escalation_chain_id,
    routing_regex = route.routing_regex,
    routing_labels = shared.lines_of(route.routing_labels or {}) }
  for _, one in ipairs(route_channels.CHANNELS) do
    local block <const> = route[one[1]]
    if type(block) == "table" then
      given[one[1] .. ".enabled"], given[one[1] .. "." .. one.address] = block.enabled, block[one.address]
    end
  end
  return given
end

-- The chats of the form: those with an account, or with a room already, come first.
local function chats_of(request, given)
  local used <const>, first <const>, more <const> = {}, {}, {}
  for _, provider in ipairs(ask.list(request, "/api/v1/providers/") or {}) do used[provider.type] = true end
  for _, one in ipairs(route_channels.CHANNELS) do
    local room <const> = given[one[1] .. "." .. one.address]
    local is_used <const> = used[one[1]] or type(room) == "string" and room ~= ""
    table.insert(is_used and first or more, { name = route_list.chat_name(one[1]), enabled = one[1] .. ".enabled",
      room = one[1] .. "." .. one.address, has_room = not one.whole })
  end
  return first, more
end

local function shown(request, one, route, given, problem, tried)
  local first <const>, more <const> = chats_of(request, given)
  return shared.answer_of(request, one, "overview", "integration_route.html", { form = form.state(given, problem),
    route = route or false, is_default = route and route.is_the_last_route or false,
    kinds = kinds(), chats = first, more_chats = more,
    chains = form.choices(ask.list(request, "/api/v1/escalation_chains/") or {}), tried = tried or false,
    action = route and "/routes/" .. route.id or "/integrations/" .. one.id .. "/routes/new" }, problem and form.status(problem))
end

-- What was sent, as the API takes it; or nil and the problem.
local function taken(sent, is_default)
  local object <const> = { escalation_chain_id = form.text_or_null(sent.escalation_chain_id) }
  if not is_default then
    object.routing_type = sent.routing_type
    object.routing_regex = sent.routing_type == "labels" and json.null or sent.routing_regex or ""
    if sent.routing_type == "labels" then
      local list <const>, why <const> = shared.labels_of(sent.routing_labels or "")
      if not list then return nil, { status = 400, fields = { routing_labels = why }, detail = texts.form.look } end
      object.routing_labels = list
    end
  end
  for _, one in ipairs(route_channels.CHANNELS) do
    object[one[1]] = { enabled = form.is_ticked(sent, one[1] .. ".enabled") }
    if not one.whole then object[one[1]][one.address] = form.text_or_null(sent[one[1] .. "." .. one.address]) end
  end
  return object
end

-- Whether the newest alert, or the type's example, takes this condition.
local function try(request, one, object)
  local answer <const>, problem <const> = ask.send(request, "POST", shared.api(one.id, "preview/"), { routes = json.array {
    { routing_type = object.routing_type, routing_regex = object.routing_regex, routing_labels = object.routing_labels } } })
  if not answer then
    return nil, { status = problem.status, detail = problem.detail, fields = { routing_regex = problem.fields.routes } }
  end
  local name <const> = answer.payload_from == "example" and "example_holds" or "holds"
  local text <const> = texts.routes[answer.is_default_route and name .. "_not" or name]
  for _, p in ipairs(answer.problems) do
    if p.template == "route:1" then return { text = p.text, is_bad = true } end
  end
  return { text = text, is_bad = answer.is_default_route }
end

-- Tries or saves what was sent: `save` asks the API.
local function submitted(request, one, route, save)
  local sent <const> = form.read(request)
  local object, problem = taken(sent, route and route.is_the_last_route)
  if object and sent["do"] == "test" then
    local tried
    tried, problem = try(request, one, object)
    return shown(request, one, route, sent, problem, tried)
  end
  local made
  if object then made, problem = save(object) end
  if made then return page.see_other(request, "/integrations/" .. one.id .. "#routes") end
  return shown(request, one, route, sent, problem)
end

---GET /integrations/<id>/routes/new
local function new(request)
  local one <const> = shared.get(request)
  return one and shown(request, one, nil, { routing_type = "jinja2", ["slack.enabled"] = true })
end

---POST /integrations/<id>/routes/new
local function create(request)
  local one <const> = shared.get(request)
  return one and submitted(request, one, nil, function(object)
    object.integration_id = one.id
    return ask.send(request, "POST", "/api/v1/routes/", object)
  end)
end

local function of(request)
  local route <const> = ask.get(request, "/api/v1/routes/" .. request.id .. "/")
  local one <const> = route and ask.get(request, shared.api(route.integration_id))
  return route, one
end

---GET /routes/<id>
local function edit(request)
  local route <const>, one <const> = of(request)
  return one and shown(request, one, route, given_of(route))
end

---POST /routes/<id>
local function save(request)
  local route <const>, one <const> = of(request)
  return one and submitted(request, one, route, function(object)
    return ask.send(request, "PUT", "/api/v1/routes/" .. route.id .. "/", object)
  end)
end

---POST /routes/<id>/move with `position`, from 0.
local function move(request)
  local route <const>, one <const> = of(request)
  if not one then return nil end
  local position <const> = form.number_or_null(form.read(request).position)
  local moved <const>, problem <const> = ask.send(request, "PUT", "/api/v1/routes/" .. route.id .. "/", { position = position })
  if moved then return page.see_other(request, "/integrations/" .. one.id .. "#routes") end
  return page.failed(request, form.status(problem), texts.errors.not_done, problem.fields.position or problem.detail)
end

---POST /routes/<id>/delete
local function delete(request)
  local route <const>, one <const> = of(request)
  if not one then return nil end
  local gone <const>, problem <const> = ask.send(request, "DELETE", "/api/v1/routes/" .. route.id .. "/")
  if gone then return page.see_other(request, "/integrations/" .. one.id .. "#routes") end
  return page.failed(request, form.status(problem), texts.errors.not_done, problem.detail)
end

routes.routes = {
  { "/integrations/:id/routes/new", "GET", new, "integrations:write", "integration" },
  { "/integrations/:id/routes/new", "POST", create, "integrations:write", "integration" },
  { "/routes/:id", "GET", edit, "integrations:read", "route" },
  { "/routes/:id", "POST", save, "integrations:write", "route" },
  { "/routes/:id/move", "POST", move, "integrations:write", "route" },
  { "/routes/:id/delete", "POST", delete, "integrations:write", "route" },
}

return routes
