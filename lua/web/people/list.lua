--- Everybody, /people: who they are, how they are reached, and who cannot be; and a new person.
local ask <const> = require "web.ask"
local channel_fields <const> = require "web.channel_fields"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local tabs <const> = require "web.people.tabs"
local texts <const> = require "web.texts"

local USERS <const> = "/api/v1/users/"
local CALLED <const> = { editor = true, admin = true }

-- Id of a person → the names of the channels on which they are reached.
local function ways(request)
  local by_person <const> = {}
  for _, method in ipairs(ask.list(request, "/api/v1/contact_methods/") or {}) do
    local list <const> = by_person[method.user_id] or {}
    by_person[method.user_id] = list
    if method.is_enabled and method.failed_at == json.null then list[#list + 1] = channel_fields.name_of(method.channel) end
  end
  return by_person
end

-- Id of a person → the names of their teams.
local function teams_of(request)
  local by_person <const> = {}
  for _, team in ipairs(ask.list(request, "/api/v1/teams/") or {}) do
    for _, id in ipairs(team.members) do
      by_person[id] = (by_person[id] and by_person[id] .. ", " or "") .. team.name
    end
  end
  return by_person
end

local function matches(user, search)
  if search == "" then return true end
  local text <const> = string.lower(user.name .. " " .. user.username .. " " .. (user.email ~= json.null and user.email or ""))
  return string.find(text, string.lower(search), 1, true) ~= nil
end

local function rows_of(request, search)
  local list <const>, ways_of <const>, teams <const> = {}, ways(request), teams_of(request)
  for _, user in ipairs(ask.list(request, USERS) or {}) do
    local own <const> = ways_of[user.id] or {}
    if matches(user, search) then
      list[#list + 1] = { id = user.id, name = user.name, username = user.username, role = texts.roles[user.role], ways = own,
        teams = teams[user.id] or "", is_unreachable = CALLED[user.role] and #own == 0 }
    end
  end
  table.sort(list, function(a, b) return string.lower(a.name) < string.lower(b.name) end)
  return list
end

-- GET /people
local function show(request)
  local search <const> = query_string.get(request.query, "search") or ""
  return page.answer(request, "people.html", { tabs = tabs.people(request), people = rows_of(request, search), search = search,
    may_add = rights.may(request.actor, "users", "create") })
end

local function role_choices()
  local list <const> = {}
  for i, role in ipairs { "viewer", "editor", "admin", "none" } do list[i] = { value = role, text = texts.roles[role] } end
  return list
end

local function show_new(request, sent, problem)
  return page.answer(request, "person_new.html", { form = form.state(sent or { role = "editor" }, problem),
    roles = role_choices() }, problem and form.status(problem))
end

-- POST /people/new: makes the person; their page then offers the way in.
local function add(request)
  local sent <const> = form.read(request)
  local email <const> = form.text_or_null(sent.email)
  local username <const> = form.text_or_null(sent.username)
  local object <const> = { username = username ~= json.null and username or email, name = form.text_or_null(sent.name),
    email = email, role = sent.role }
  if object.name == json.null then object.name = nil end
  local made <const>, problem <const> = ask.send(request, "POST", USERS, object)
  if made then return page.see_other(request, "/people/" .. made.id) end
  return show_new(request, sent, problem)
end

return {
  nav = { text = texts.people.nav, path = "/people", right = "users:read", also = "/teams" },
  routes = {
    { "/people", "GET", show, "users:read" },
    { "/people/new", "GET", function(request) return show_new(request) end, "users:create" },
    { "/people/new", "POST", add, "users:create" },
  },
}
