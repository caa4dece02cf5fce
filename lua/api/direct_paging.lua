--- POST /escalation: people, a team or who is on call are called for a problem that a person tells of, or for a group that is
--- there.
---
--- A new problem is an alert of the team's integration of type direct_paging, which is made at the first page.
local auth = require("api.auth")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local field = require("api.field")
local group_resource = require("resources.alert_group")
local integration_resource = require("resources.integration")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rights = require("api.rights")
local rows = require("api.rows")
local shape = require("api.shape")
local store = require("tocsin.store")
local token_form = require("api.token_form")
local writer = require("api.writer")

local direct_paging = {}

local FIELDS <const> = {
  { "team", type = "ref", to = "team" },
  { "important_team_escalation", type = "boolean" },
  { "alert_group_id", type = "text", max = 64 },
  { "title", type = "text", max = 1000 },
  { "message", type = "text", max = 10000 },
  { "source_url", type = "text", max = 2000, check_text = function(value)
    if string.find(value, "^https?://[^%s/]") then return value end
    return nil, "Enter a valid URL."
  end },
}
local LIST_MAX <const> = 100
local IMPORTANT <const> = { "important", type = "boolean" }

local CALLEES <const> = { null = true, max = LIST_MAX, list = { object = { { "id", "id" }, { "important", "boolean",
  optional = true } } } }
local SENT <const> = { object = { { "users", CALLEES, optional = true }, { "schedules", CALLEES, optional = true } } }
for _, f in ipairs(FIELDS) do table.insert(SENT.object, { f[1], shape.or_null(field.sent_shape(f)), optional = true }) end

local function user_of(id)
  local user = store.row("SELECT id, username AS name, role FROM user WHERE id = $1", id)
  if user.role ~= "editor" and user.role ~= "admin" then return nil, "Only editors and admins are called." end
  return user
end

local function schedule_of(id) return store.row("SELECT id, name FROM schedule WHERE id = $1", id) end

-- Who can stand in a list: what an id of it is, what it is called, and its row or why not.
local USER <const> = { { "id", type = "ref", to = "user" }, "User", user_of }
local SCHEDULE <const> = { { "id", type = "ref", to = "schedule" }, "Schedule", schedule_of }

local function callee_of(kind, sent, request)
  if not body.is_object(sent) then return nil, "Expected a dictionary." end
  local id = field.check_of(kind[1])(kind[1], sent.id, request)
  if not id then
    return nil, string.format("%s %s does not exist", kind[2], type(sent.id) == "string" and sent.id or "without an id")
  end
  local important, why = 0, nil
  if sent.important ~= nil then important, why = field.check_of(IMPORTANT)(IMPORTANT, sent.important) end
  if important == nil then return nil, why end
  local row
  row, why = kind[3](id)
  if not row then return nil, why end
  return { id = row.id, name = row.name, important = important == 1 }
end

local function callees_of(kind, list, request)
  if list == nil or list == json.null then return {} end
  if not body.is_list(list) then return nil, 'Expected a list of items but got type "' .. type(list) .. '".' end
  if #list > LIST_MAX then return nil, string.format("Ensure this field has no more than %d elements.", LIST_MAX) end
  local out = {}
  for i = 1, #list do
    local one, why = callee_of(kind, list[i], request)
    if not one then return nil, why end
    out[i] = one
  end
  return out
end

-- What was sent, checked; or the 400.
local function take(request)
  local sent, refusal = body.object(request)
  if not sent then return nil, refusal end
  local c, wrong = {}, {}
  for _, f in ipairs(FIELDS) do
    local value, why = sent[f[1]]
    if value ~= nil and value ~= json.null and value ~= "" then
      c[f[1]], why = field.check_of(f)(f, value, request)
      if c[f[1]] == nil then wrong[#wrong + 1] = { f[1], why } end
    end
  end
  for _, of in ipairs { { "users", USER }, { "schedules", SCHEDULE } } do
    local name, list, why = of[1], callees_of(of[2], sent[of[1]], request)
    c[name] = list
    if not list then wrong[#wrong + 1] = { name, why } end
  end
  if #wrong > 0 then return nil, errors.fields(wrong) end
  return c
end

local function refused(c, actor)
  local function conflict(sentence) return errors.field("non_field_errors", sentence) end
  if #c.users > 0 and c.team then return conflict("users and team are mutually exclusive") end
  if #c.schedules > 0 and c.team then return conflict("schedules and team are mutually exclusive") end
  if c.alert_group_id and (c.title or c.message or c.source_url) then
    return conflict("alert_group_id and (title, message, source_url) are mutually exclusive")
  end
  if c.alert_group_id then
    c.group = rights.find(actor, group_resource, c.alert_group_id)
    if not c.group then return conflict("Alert group " .. c.alert_group_id .. " does not exist") end
  end
  if #c.users == 0 and #c.schedules == 0 and not c.team then return errors.detail(400, "No team or user(s) specified") end
end

-- The integration -----------------------------------------------------------------------------------------------------

local NAME_MAX <const> = 100

local function found(team_id)
  local row = store.row("SELECT id FROM integration WHERE type = 'direct_paging' AND COALESCE(team_id, 0) = $1 " ..
    "AND deleted_at IS NULL ORDER BY id LIMIT 1", team_id or 0)
  return row and row.id
end

local function name_of(team)
  local name = team and team.name or "No"
  local cut = utf8.offset(name, NAME_MAX + 1)
  return "Direct paging (" .. (cut and string.sub(name, 1, cut - 1) or name) .. " team)"
end

-- Important pages can take a way of their own: the first route, which goes nowhere yet, as the default one.
local function important_route(key)
  return change.insert("route", { integration_id = key, position = 0, routing_type = "jinja2",
    routing_regex = "{{ payload.oncall.important }}" })
end

local ATTEMPTS <const> = 5 -- others may make it, or take its name, at the same moment

local function integration_of(team, request)
  for _ = 1, ATTEMPTS do
    local id = found(team and team.id)
    if id then return id end
    local key, refusal = change.make(integration_resource, request, {
      type = "direct_paging", name = integration_resource.free_name(name_of(team), team and team.id or 0),
      team_id = team and team.id or json.null, allow_resolve = 0 }, { important_route })
    if not key and refusal then return nil, refusal end
  end
  return nil, errors.detail(409, "Others kept changing this at the same moment. Read it and try again.")
end

-- The alert -----------------------------------------------------------------------------------------------------------

local function payload_of(c, team, author)
  local names = {}
  for _, list in ipairs { c.users, c.schedules } do
    for _, one in ipairs(list) do names[#names + 1] = one.name end
  end
  local title = c.title or
    string.format("%s is paging %s to join escalation", author, team and team.name or table.concat(names, ", "))
  return writer.text(writer.object("oncall", writer.object("title", title, "message", c.message, "uid", token_form.uuid(),
    "author_username", author, "permalink", c.source_url, "important", c.important_team_escalation == 1)))
end

local function listed(callees)
  local list = json.array()
  for i, one in ipairs(callees) do list[i] = { id = one.id, important = one.important } end
  return list
end

local function people_of(c, request)
  local by, by_id = auth.by(request.actor)
  return { users = listed(c.users), schedules = listed(c.schedules), team = c.team or 0,
    team_important = c.important_team_escalation == 1, by = by, by_id = by_id }
end

local function open_group(c, call, request)
  local team = c.team and store.row("SELECT id, name FROM team WHERE id = $1", c.team)
  local refusal
  call.integration, refusal = integration_of(team, request)
  if not call.integration then return nil, refusal end
  call.payload = payload_of(c, team, request.actor.name)
  local result, sentence, code = port.call("alert", call)
  if not result then return nil, change.port_error(sentence, code) end
  return result.group
end

local function join_group(c, call)
  call.group = c.group
  local result, sentence, code = port.call("page", call)
  if not result then return nil, change.port_error(sentence, code) end
  return c.group
end

---POST /escalation/ → the alert group.
direct_paging.create = {
  about = "Calls people, a team or who is on call for a new problem, or for an alert group that is there.",
  takes = SENT, gives = { ref = "AlertGroup" },
  answer = function(request)
    local c, refusal = take(request)
    refusal = refusal or refused(c, request.actor)
    if refusal then return refusal end
    local key
    local call = people_of(c, request)
    if c.group then key, refusal = join_group(c, call) else key, refusal = open_group(c, call, request) end
    if not key then return refusal end
    local row = rows.by_key(group_resource, key)
    return row and { status = 200, value = rows.show(group_resource, row, request) } or errors.not_found()
  end,
}

return direct_paging
