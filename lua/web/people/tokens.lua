--- One's own API tokens, /profile/tokens; a new one is shown once.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local methods <const> = require "web.people.methods"
local rights <const> = require "api.rights"
local tabs <const> = require "web.people.tabs"
local texts <const> = require "web.texts"
local time <const> = require "api.time"

local PATH <const> = "/api/v1/api_tokens/"
local DAY <const> = 86400000000

local function roles(request)
  local list <const> = {}
  for _, role in ipairs { "viewer", "editor", "admin" } do
    list[#list + 1] = { value = role, text = texts.roles[role] }
    if role == request.actor.role then break end
  end
  return list
end

local function lives()
  local list <const> = {}
  for i, days in ipairs { 30, 90, 365 } do list[i] = { value = tostring(days), text = string.format(texts.tokens.days, days) } end
  return list
end

local function list_of(request)
  local on <const>, list <const> = clock.of(request), {}
  local function when(text) return text ~= json.null and on:date(clock.read(text)) or false end
  local whose <const> = methods.own(request)
  for i, token in ipairs(ask.list(request, PATH, { user_id = whose or false }) or {}) do
    list[i] = { id = token.id, name = token.name, role = texts.roles[token.role], made = when(token.created_at),
      used = when(token.last_used_at), ends = when(token.expires_at),
      scopes = token.scopes ~= json.null and table.concat(token.scopes, ", ") or false }
  end
  return list
end

local function show(request, sent, problem, made)
  return page.answer(request, "tokens.html", { tabs = tabs.own(request), tokens = list_of(request),
    roles = roles(request), lives = lives(), form = form.state(sent or { role = request.actor.role, days = "365" }, problem),
    made = made or false,
    may_change = rights.may(request.actor, "tokens", "write") }, problem and form.status(problem))
end

local function moment_in(request, days) return time.text(request.now + days * DAY) end

-- POST /profile/tokens: name, role, scopes, days
local function add(request)
  local sent <const> = form.read(request)
  local days <const> = form.number_or_null(sent.days)
  local scopes <const> = json.array()
  for scope in string.gmatch(sent.scopes or "", "[^%s,]+") do scopes[#scopes + 1] = scope end
  local made <const>, problem <const> = ask.send(request, "POST", PATH, { name = sent.name, role = sent.role,
    scopes = #scopes > 0 and scopes or json.null,
    expires_at = math.type(days) == "integer" and moment_in(request, days) or json.null })
  return show(request, not made and sent or nil, problem, made and made.token)
end

-- POST /api-tokens/<id>/delete
local function delete(request)
  local done <const>, problem <const> = ask.send(request, "DELETE", PATH .. request.id)
  if done then return page.see_other(request, "/profile/tokens") end
  return show(request, nil, problem)
end

return { routes = {
  { "/profile/tokens", "GET", function(request) return show(request) end, "tokens:read" },
  { "/profile/tokens", "POST", add, "tokens:write" },
  { "/api-tokens/:id/delete", "POST", delete, "tokens:write", "api_token" },
} }
