--- What pages do to alert groups: the forms of a group and of the table. Each deed is one request of the API.
local ask <const> = require "web.ask"
local form <const> = require "web.form"
local group <const> = require "web.groups.group"
local groups <const> = require "web.groups.table"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local sending_words <const> = require "sending.words"
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/alert_groups/"
local SELECTED_MAX <const> = 1000

-- One deed on one group: nil, or the problem.
local function act(request, verb, id, sent)
  local object = nil
  if verb == "silence" then object = { delay = tonumber(sent.delay) or sent.delay } end
  if verb == "resolve" then object = { note = sent.note } end
  local _, problem <const> = ask.send(request, "POST", PATH .. id .. "/" .. verb .. "/", object)
  return problem
end

local function is_verb(verb) return sending_words.is_verb(verb) or verb == "unattach" end

local function sentence_of(problem)
  local _, why <const> = next(problem.fields)
  return why or problem.detail
end

-- The group's page once more, with what was not done.
local function refused(request, id, problem, note)
  if not rights.find(request.actor, rights.resource("alert_group"), id) then return nil end
  request.id = id
  return group.show(request, { sentence = sentence_of(problem), note = note or "" })
end

-- What is to be done to which: the button of a row, or one verb for all that are selected, or that match (`all`).
local function wanted(request, sent)
  local verb <const>, one <const> = string.match(sent.one or "", "^(%l+) (%w+)$")
  if verb then return verb, { one } end
  if not form.is_ticked(sent, "all") then return sent.verb, form.all(request, "id") end
  return sent.verb, groups.matching(request, query_string.parse(string.match(sent.back or "", "%?(.*)$")))
end

-- How long a silence may be is the API's to say, but for a page that nobody made by a form of ours.
local function is_length(text)
  local delay <const> = math.tointeger(tonumber(text or "1800"))
  return delay ~= nil and delay >= 0 and delay <= 366 * 86400
end

-- POST /alert-groups/act: verb and the ids of groups, or both in `one`; `delay` of a silence in seconds; `note`; `back`.
local function act_on(request)
  local sent <const> = form.read(request)
  local verb <const>, list <const> = wanted(request, sent)
  if not is_verb(verb) or #list > SELECTED_MAX or not is_length(sent.delay) then return nil end
  sent.delay = sent.delay or "1800"
  local problem
  for _, id in ipairs(list) do
    if not string.find(id, "^%w+$") then return nil end
    problem = act(request, verb, id, sent) or problem
  end
  if problem and #list == 1 then return refused(request, list[1], problem, sent.note) end
  return page.see_other(request, page.own_path(sent.back))
end

local function done(request, problem, note)
  if problem then return refused(request, request.id, problem, note) end
  return page.see_other(request, "/alert-groups/" .. request.id)
end

-- POST …/note: what somebody writes about it.
local function note(request)
  local sent <const> = form.read(request)
  local _, problem <const> = ask.send(request, "POST", "/api/v1/resolution_notes/",
    { alert_group_id = request.id, text = sent.text })
  return done(request, problem, sent.text)
end

-- POST …/call: `who` is "user U…", "schedule S…" or "team T…".
local function call(request)
  local sent <const> = form.read(request)
  local kind <const>, id <const> = string.match(sent.who or "", "^(%l+) (%w+)$")
  local is_important <const> = form.is_ticked(sent, "important")
  if not kind then return done(request, { fields = {}, detail = texts.group.whom }) end
  local callee <const> = json.array { { id = id, important = is_important } }
  local object <const> = { alert_group_id = request.id, users = kind == "user" and callee or nil,
    schedules = kind == "schedule" and callee or nil, team = kind == "team" and id or nil,
    important_team_escalation = kind == "team" and is_important or nil }
  local _, problem <const> = ask.send(request, "POST", "/api/v1/escalation/", object)
  return done(request, problem)
end

-- POST …/uncall: this person is not called any more.
local function uncall(request)
  local _, problem <const> = ask.send(request, "POST", PATH .. request.id .. "/unpage/", { user_id = form.read(request).user_id })
  return done(request, problem)
end

-- POST …/attach: `root` is a number, with or without #, and perhaps its title behind it.
local function attach(request)
  local number <const> = math.tointeger(tonumber(string.match(form.read(request).root or "", "^%s*#?(%d+)") or ""))
  local root <const> = number and number > 0 and number < 1 << 50 and ids.encode("I", number) or ""
  local _, problem = ask.send(request, "POST", PATH .. request.id .. "/attach/", { root_alert_group_id = root })
  if problem and problem.fields.root_alert_group_id then problem = { fields = {}, detail = texts.group.no_root } end
  return done(request, problem)
end

local routes <const> = { { "/alert-groups/act", "POST", act_on, "alerts:write" } }
for name, handler in pairs { note = note, attach = attach } do
  routes[#routes + 1] = { "/alert-groups/:id/" .. name, "POST", handler, "alerts:write", "alert_group" }
end
for name, handler in pairs { call = call, uncall = uncall } do
  routes[#routes + 1] = { "/alert-groups/:id/" .. name, "POST", handler, "alerts:page", "alert_group" }
end

return { routes = routes }
