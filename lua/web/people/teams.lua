--- Teams, /teams: who is in them, and whether others see what is theirs.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local tabs <const> = require "web.people.tabs"

local PATH <const> = "/api/v1/teams/"

local function people_of(request)
  local list <const> = ask.list(request, "/api/v1/users/") or {}
  table.sort(list, function(a, b) return string.lower(a.name) < string.lower(b.name) end)
  return list
end

-- GET /teams
local function show(request)
  local names <const>, list <const> = {}, {}
  for _, one in ipairs(people_of(request)) do names[one.id] = one.name end
  for i, team in ipairs(ask.list(request, PATH) or {}) do
    local members <const> = {}
    for _, id in ipairs(team.members) do members[#members + 1] = names[id] end
    table.sort(members)
    list[i] = { id = team.id, name = team.name, members = members, is_shared = team.is_sharing_resources_to_all }
  end
  return page.answer(request, "teams.html", { tabs = tabs.people(request), teams = list,
    may_change = rights.may(request.actor, "teams", "write") })
end

local function show_form(request, sent, members, problem, id, name, managed_by)
  local people <const>, has <const> = {}, {}
  for _, one in ipairs(members) do has[one] = true end
  for i, one in ipairs(people_of(request)) do
    people[i] = { id = one.id, name = one.name, username = one.username, is_in = has[one.id] == true }
  end
  return page.answer(request, "team.html", { id = id or false, name = name or false, form = form.state(sent, problem),
    people = people, managed_by = managed_by or false, wrong_members = problem and problem.fields.members or false,
    may_change = rights.may(request.actor, "teams", "write") }, problem and form.status(problem))
end

-- GET /teams/<id>
local function show_one(request)
  local team <const> = ask.get(request, PATH .. request.id)
  return team and show_form(request, { name = team.name, is_shared = team.is_sharing_resources_to_all }, team.members, nil,
    team.id, team.name, team.managed_by)
end

-- POST /teams/new and /teams/<id>: name, members, is_shared
local function save(request)
  local sent <const>, members <const> = form.read(request), json.array(form.all(request, "members"))
  local old <const> = request.id and ask.get(request, PATH .. request.id)
  local done <const>, problem <const> = ask.send(request, old and "PUT" or "POST", PATH .. (old and request.id or ""), {
    name = sent.name, members = members, is_sharing_resources_to_all = form.is_ticked(sent, "is_shared") })
  if done then return page.see_other(request, "/teams") end
  return show_form(request, sent, members, problem, request.id, old and old.name)
end

-- POST /teams/<id>/delete
local function delete(request)
  local done <const>, problem <const> = ask.send(request, "DELETE", PATH .. request.id)
  if done then return page.see_other(request, "/teams") end
  local team <const> = ask.get(request, PATH .. request.id)
  return show_form(request, { name = team.name, is_shared = team.is_sharing_resources_to_all }, team.members, problem,
    team.id, team.name)
end

return { routes = {
  { "/teams", "GET", show, "teams:read" },
  { "/teams/new", "GET", function(request) return show_form(request, { is_shared = true }, {}) end, "teams:write" },
  { "/teams/new", "POST", save, "teams:write" },
  { "/teams/:id", "GET", show_one, "teams:read", "team" },
  { "/teams/:id", "POST", save, "teams:write", "team" },
  { "/teams/:id/delete", "POST", delete, "teams:write", "team" },
} }
