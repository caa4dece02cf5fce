--- One escalation chain, `/escalation-chains/<id>`: its steps, each edited in place, who uses it, and what would happen.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local steps <const> = require "web.chains.steps"
local texts <const> = require "web.texts"
local told <const> = require "web.groups.told"

local PATH <const>, STEPS <const> = "/api/v1/escalation_chains/", "/api/v1/escalation_policies/"
local COPIES_MAX <const> = 20 -- names that are tried

local function where_of(chain_id, step_id)
  return "/escalation-chains/" .. chain_id .. (step_id and "?edit=" .. step_id .. "#" .. step_id or "")
end

local function list_of(request, id) return ask.list(request, STEPS, { escalation_chain_id = id }) or {} end

-- The routes that escalate by it, with the names of their integrations.
local function users_of(request, id)
  local list <const> = {}
  for _, route in ipairs(ask.list(request, "/api/v1/routes/") or {}) do
    if route.escalation_chain_id == id then
      local integration <const> = ask.get(request, "/api/v1/integrations/" .. route.integration_id)
      list[#list + 1] = { id = route.integration_id, name = integration and integration.name or "?",
        condition = route.is_the_last_route and texts.chain.default_route or route.routing_regex ~= json.null and
          route.routing_regex or "" }
    end
  end
  return list
end

local function type_choices()
  local list <const> = {}
  for i, kind in ipairs(steps.TYPES) do
    list[i] = { value = kind[1], text = (string.gsub(texts.steps[kind[1]], "^%l", string.upper)) }
  end
  return list
end

-- `tried`: { id, sent, users, problem } of a step that was not taken.
local function shown_steps(request, list, world, tried)
  local out <const>, edited <const> = {}, query_string.get(request.query, "edit")
  for i, step in ipairs(list) do
    local is_tried <const> = tried and tried.id == step.id
    local values <const> = is_tried and tried.sent or steps.values(step)
    if is_tried then values.users, values.type = tried.users, step.type end
    local kind <const> = type(step.type) == "string" and step.type or ""
    out[i] = { id = step.id, number = i, text = steps.sentence(step, world), kind = kind, has = steps.fields(kind),
      is_first = i == 1,
      is_last = i == #list, is_open = is_tried or edited == step.id, important = step.important == true,
      form = form.state(values, is_tried and steps.named(tried.problem) or nil) }
  end
  return out
end

local function frame(request, chain, more)
  local world <const>, on <const> = steps.world(request), clock.of(request)
  local plan <const> = ask.get(request, PATH .. chain.id .. "/plan/")
  local is_managed <const> = type(chain.managed_by) == "string"
  local about <const> = more.about or { name = chain.name, team_id = chain.team_id ~= json.null and chain.team_id or "" }
  return { chain = chain, steps = shown_steps(request, list_of(request, chain.id), world, more.tried), world = world,
    types = type_choices(), used = users_of(request, chain.id), plan = told.plan(plan.plan, on, request.now),
    may_write = rights.may(request.actor, "chains", "write") and not is_managed, is_managed = is_managed,
    teams = world.team, form = form.state(about, more.problem), is_renamed = more.problem ~= nil and more.about ~= nil,
    said = more.problem and not more.about and (select(2, next(more.problem.fields)) or more.problem.detail) or false,
    work_css = page.static_url(request, "work.css") }
end

local function show(request, more)
  local chain <const> = ask.get(request, PATH .. request.id)
  if not chain then return nil end
  more = more or {}
  local problem <const> = more.problem or more.tried and more.tried.problem
  return page.answer(request, "chain.html", frame(request, chain, more), problem and form.status(problem) or 200)
end

local function save(request)
  local sent <const> = form.read(request)
  local done <const>, problem <const> = ask.send(request, "PUT", PATH .. request.id .. "/",
    { name = sent.name, team_id = form.text_or_null(sent.team_id) })
  if not done then return show(request, { about = sent, problem = problem }) end
  return page.see_other(request, where_of(request.id))
end

local function delete(request)
  local done <const>, problem <const> = ask.send(request, "DELETE", PATH .. request.id .. "/")
  if not done then return show(request, { problem = problem }) end
  return page.see_other(request, "/escalation-chains")
end

-- A step without what only the API gives it.
local function bare(step, chain_id)
  local copy <const> = { escalation_chain_id = chain_id }
  for name, v in pairs(step) do
    if name ~= "id" and name ~= "escalation_chain_id" and name ~= "position" and name ~= "managed_by" then copy[name] = v end
  end
  return copy
end

local function copy(request)
  local chain <const> = ask.get(request, PATH .. request.id)
  local made, problem
  for i = 1, COPIES_MAX do
    local name <const> = string.format(texts.chain.copy_name, chain.name) .. (i > 1 and " " .. i or "")
    made, problem = ask.send(request, "POST", PATH, { name = name, team_id = chain.team_id })
    if made or not problem.fields.name then break end
  end
  if not made then return show(request, { problem = problem }) end
  for _, step in ipairs(list_of(request, request.id)) do
    local _, why <const> = ask.send(request, "POST", STEPS, bare(step, made.id))
    if why then return show(request, { problem = why }) end
  end
  return page.see_other(request, where_of(made.id))
end

local function add(request)
  local kind <const> = form.read(request).type or ""
  local object <const> = steps.first(kind)
  object.escalation_chain_id = request.id
  local made <const>, problem <const> = ask.send(request, "POST", STEPS, object)
  if not made then return show(request, { problem = problem }) end
  return page.see_other(request, where_of(request.id, made.id))
end

-- Steps ---------------------------------------------------------------------------------------------------------------------

local function step_of(request) return ask.get(request, STEPS .. request.id) end

local function refused(request, step, more)
  request.id = step.escalation_chain_id
  return show(request, more)
end

local function save_step(request)
  local step <const>, sent <const> = step_of(request), form.read(request)
  local object <const> = steps.body(request, sent, step.type)
  local done <const>, problem <const> = ask.send(request, "PUT", STEPS .. step.id .. "/", object)
  if done then return page.see_other(request, "/escalation-chains/" .. step.escalation_chain_id .. "#" .. step.id) end
  return refused(request, step, { tried = { id = step.id, sent = sent, users = form.all(request, "users"), problem = problem } })
end

local function delete_step(request)
  local step <const> = step_of(request)
  local done <const>, problem <const> = ask.send(request, "DELETE", STEPS .. step.id .. "/")
  if not done then return refused(request, step, { problem = problem }) end
  return page.see_other(request, where_of(step.escalation_chain_id))
end

-- POST …/move: `by` is -1 or 1: it takes the place of the one before or behind it.
local function move_step(request)
  local step <const>, by <const> = step_of(request), form.read(request).by == "-1" and -1 or 1
  local list <const> = list_of(request, step.escalation_chain_id)
  for i, other in ipairs(list) do
    local target <const> = other.id == step.id and list[i + by]
    if target then
      local done <const>, problem <const> = ask.send(request, "PUT", STEPS .. step.id .. "/", { position = target.position })
      if not done then return refused(request, step, { problem = problem }) end
    end
  end
  return page.see_other(request, "/escalation-chains/" .. step.escalation_chain_id .. "#" .. step.id)
end

return { routes = {
  { "/escalation-chains/:id", "GET", function(request) return show(request) end, "chains:read", "escalation_chain" },
  { "/escalation-chains/:id", "POST", save, "chains:write", "escalation_chain" },
  { "/escalation-chains/:id/copy", "POST", copy, "chains:write", "escalation_chain" },
  { "/escalation-chains/:id/delete", "POST", delete, "chains:write", "escalation_chain" },
  { "/escalation-chains/:id/steps", "POST", add, "chains:write", "escalation_chain" },
  { "/escalation-steps/:id", "POST", save_step, "chains:write", "escalation_policy" },
  { "/escalation-steps/:id/move", "POST", move_step, "chains:write", "escalation_policy" },
  { "/escalation-steps/:id/delete", "POST", delete_step, "chains:write", "escalation_policy" },
} }
