--- One person, /people/<id>, and oneself, /profile: who they are, how they are reached, by which rules, and where they read when
--- they are on call.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local hours <const> = require "web.people.hours"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local methods <const> = require "web.people.methods"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local rules <const> = require "web.people.rules"
local tabs <const> = require "web.people.tabs"
local texts <const> = require "web.texts"
local user <const> = require "resources.user"

local person <const> = {}

local PATH <const> = "/api/v1/users/"

local function roles()
  local list <const> = {}
  for i, role in ipairs { "viewer", "editor", "admin", "none" } do list[i] = { value = role, text = texts.roles[role] } end
  return list
end

local function days()
  local list <const> = {}
  for i, day in ipairs(hours.DAYS) do list[i] = { name = "hours_" .. day, text = texts.days[day] } end
  return list
end

local function given_of(one)
  local given <const> = hours.shown(one.working_hours)
  for _, name in ipairs { "name", "username", "email", "role", "timezone" } do given[name] = one[name] end
  return given
end

local function own_id(request) return request.actor.user_id and ids.encode(user.prefix, request.actor.user_id) end

---Where the page of a person is, for who asks.
function person.path(request, id) return id == own_id(request) and "/profile" or "/people/" .. id end

local function teams_of(request, one)
  local list <const>, has <const> = {}, {}
  for _, id in ipairs(one.teams) do has[id] = true end
  for _, team in ipairs(ask.list(request, "/api/v1/teams/") or {}) do
    if has[team.id] then list[#list + 1] = { id = team.id, name = team.name } end
  end
  return list
end

---The page. `more`: `sent` and `problem` of the form about the person, `method` what the part about contact methods was told,
---`rule` the same of rules, `invitation`, `calendar` an address that is shown once.
function person.show(request, id, more)
  local one <const> = ask.get(request, PATH .. id)
  if not one then return nil end
  more = more or {}
  local is_own <const> = id == own_id(request)
  local problem <const> = more.problem or more.method and more.method.problem or more.rule and more.rule.problem
  local may_all <const> = rights.may(request.actor, "users", "others")
  return page.answer(request, "person.html", {
    managed_by = one.managed_by or false, tabs = is_own and tabs.own(request) or tabs.people(request),
    person = one, role = texts.roles[one.role], is_own = is_own,
    may_change = (is_own or may_all) and rights.may(request.actor, "users", "write"),
    may_all = may_all, roles = roles(), days = days(),
    form = form.state(more.sent or given_of(one), more.problem), teams = teams_of(request, one),
    methods = methods.frame(request, one, more.method), rules = rules.frame(request, one, more.rule),
    invitation = more.invitation or false, calendar = more.calendar or false,
    may_calendar = is_own or may_all, now_there = clock.in_zone(one.timezone, request.now):minute(request.now),
  }, problem and form.status(problem) or 200)
end

-- POST /people/<id>: what may be changed of a person.
local function save(request)
  local sent <const> = form.read(request)
  local object <const> = { name = sent.name, timezone = sent.timezone, working_hours = hours.read(sent) }
  if rights.may(request.actor, "users", "others") then
    object.username, object.role, object.email = sent.username, sent.role, form.text_or_null(sent.email)
  end
  local done <const>, problem <const> = ask.send(request, "PUT", PATH .. request.id, object)
  if done then return page.see_other(request, person.path(request, request.id)) end
  return person.show(request, request.id, { sent = sent, problem = problem })
end

-- POST /people/<id>/invite: a way in, by mail or to hand over.
local function invite(request)
  local made <const>, problem <const> = ask.send(request, "POST", PATH .. request.id .. "/invite/")
  if not made then return person.show(request, request.id, { problem = problem }) end
  return person.show(request, request.id, { invitation = { link = made.link ~= json.null and made.link or false,
    is_reset = made.kind == "reset" } })
end

-- POST /people/<id>/totp-reset
local function reset_totp(request)
  local done <const>, problem <const> = ask.send(request, "POST", PATH .. request.id .. "/totp_reset/")
  if done then return page.see_other(request, person.path(request, request.id)) end
  return person.show(request, request.id, { problem = problem })
end

-- POST /people/<id>/delete
local function delete(request)
  local done <const>, problem <const> = ask.send(request, "DELETE", PATH .. request.id)
  if done then return page.see_other(request, "/people") end
  return person.show(request, request.id, { problem = problem })
end

-- POST /people/<id>/calendar: do = new, or drop.
local function calendar(request)
  local is_new <const> = form.read(request)["do"] == "new"
  local made <const>, problem <const> = ask.send(request, is_new and "POST" or "DELETE",
    PATH .. request.id .. "/schedule_export_token/")
  if not made then return person.show(request, request.id, { problem = problem }) end
  if not is_new then return page.see_other(request, person.path(request, request.id)) end
  return person.show(request, request.id, { calendar = made.export_url })
end

-- GET /profile
local function show_own(request)
  local id <const> = own_id(request)
  return id and person.show(request, id)
end

person.routes = {
  { "/profile", "GET", show_own, "users:read" },
  { "/people/:id", "GET", function(request) return person.show(request, request.id) end, "users:read", "user" },
  { "/people/:id", "POST", save, "users:write", "user" },
  { "/people/:id/invite", "POST", invite, "users:create", "user" },
  { "/people/:id/totp-reset", "POST", reset_totp, "users:create", "user" },
  { "/people/:id/delete", "POST", delete, "users:delete", "user" },
  { "/people/:id/calendar", "POST", calendar, "users:export", "user" },
}

return person
