--- One alert group, `/alert-groups/<id>`: what is wrong, who has it, what happened, what comes next, and what was made of it.
local ask <const> = require "web.ask"
local channels <const> = require "channels"
local clock <const> = require "web.clock"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local json_text <const> = require "web.json_text"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local rights <const> = require "api.rights"
local sending_words <const> = require "sending.words"
local silences <const> = require "web.groups.silences"
local texts <const> = require "web.texts"
local times <const> = require "web.times"
local told <const> = require "web.groups.told"
local view <const> = require "web.view"

local group <const> = {}

local PATH <const> = "/api/v1/alert_groups/"
local LISTED <const> = 50 -- attached groups, alerts, groups that it could be attached to

local function text_of(v) return type(v) == "string" and v or nil end
local function number_of(id) return ids.decode("I", id) end

local function link_to(one) return { id = one.id, number = number_of(one.id), title = one.title } end

local function links_to(list, but)
  local links <const> = {}
  for _, one in ipairs(list or {}) do
    if one.id ~= but then links[#links + 1] = link_to(one) end
  end
  return links
end

-- "Acknowledged", since when, by whom, and until when it is silenced.
local function state_of(one, on)
  local at <const> = text_of(one.resolved_at) or text_of(one.acknowledged_at) or text_of(one.silenced_at)
  local ends <const> = one.state == "silenced" and text_of(one.silenced_until)
  return { id = one.state, by = text_of(one.state_by) or false, at = at or one.created_at,
    since = times.apart(clock.read(at or one.created_at), on.now), ends = ends and on:moment(clock.read(ends)) or false,
    is_for_ever = one.state == "silenced" and not ends }
end

-- The words of one channel, as it shows them.
local function shown_on(explanation, channel)
  local one <const> = explanation.words[1] or {}
  local message <const> = text_of(one.message)
  return { channel = channel, title = text_of(one.title) or "", image_url = text_of(one.image_url),
    message = message and one.is_html and view.html(message) or message or "", is_html = one.is_html or false,
    is_web = channel == "web" }
end

local function channel_of(request)
  local wanted <const> = query_string.get(request.query, "as")
  for _, name in ipairs(channels.names) do
    if name == wanted then return name end
  end
  return "web"
end

local function channel_links(current)
  local list <const> = {}
  for i, name in ipairs(channels.names) do
    list[i] = { id = name, text = texts.channels[name] or name, is_current = name == current }
  end
  return list
end

local CONDITIONS <const> = { "resolve_condition", "acknowledge_condition" }

-- What was computed, each with why.
local function computed_of(one, explanation, integration)
  local list <const> = {}
  for i, name in ipairs(CONDITIONS) do
    local said <const> = explanation[name]
    if type(said) == "table" then
      list[#list + 1] = { name = texts.group.conditions[i], template = text_of(said.template), text = said.text,
        is_true = said.is_true, has_failed = said.has_failed }
    end
  end
  local grouping <const> = explanation.grouping_id
  return { grouping_id = text_of(one.grouping_id) or "", conditions = list, routes = explanation.routes,
    grouping = type(grouping) == "table" and { template = text_of(grouping.template), text = grouping.text,
      is_other = grouping.text ~= one.grouping_id } or false,
    integration = integration and { id = integration.id, name = integration.name } or false, route_id = text_of(one.route_id) }
end

local function payload_of(explanation)
  local text <const> = text_of(explanation.payload) or ""
  return string.find(text, "^%s*[%[{]") and json_text.indented(text) or text
end

-- People by id, for their names.
local function people(request)
  local list <const>, names = ask.list(request, "/api/v1/users/", { short = "true" }) or {}, {}
  for _, user in ipairs(list) do names[user.id] = user.username end
  return list, names
end

local function called(one, names, on)
  local list <const> = {}
  for i, user in ipairs(one.paged_users) do
    list[i] = { id = user.id, name = names[user.id] or texts.group.gone, is_important = user.important,
      state = texts.group.page_states[user.state] or user.state, is_running = user.state == "running",
      since = times.apart(clock.read(user.started_at), on.now) }
  end
  return list
end

-- Whom one can call: a list for one select, grouped.
local function callees(request, users)
  local list <const> = { { text = texts.group.persons, options = {} } }
  for _, user in ipairs(users) do
    if user.role ~= "viewer" then table.insert(list[1].options, { value = "user " .. user.id, text = user.username }) end
  end
  for _, kind in ipairs { { "schedule", "schedules" }, { "team", "teams" } } do
    local options <const> = {}
    for i, row in ipairs(ask.list(request, "/api/v1/" .. kind[2] .. "/") or {}) do
      options[i] = { value = kind[1] .. " " .. row.id, text = row.name }
    end
    if #options > 0 then list[#list + 1] = { text = texts.group[kind[2]], options = options } end
  end
  return list
end

-- What stands beside the group when one may act on it.
local function forms_of(request, one, users)
  if not rights.may(request.actor, "alerts", "write") then return false end
  local attachable <const> = ask.get(request, PATH, { state = "new", perpage = LISTED })
  return { verbs = sending_words.verbs(one.state), silences = silences.list(), callees = callees(request, users),
    attachable = one.state ~= "resolved" and links_to(attachable and attachable.results, one.id) or {},
    is_called_by_hand = one.state ~= "resolved" and one.root_alert_group_id == json.null }
end

local function alerts_of(request, one, on)
  local list <const> = {}
  if one.alerts_count < 2 then return list end
  for i, alert in ipairs((ask.get(request, "/api/v1/alerts/", { alert_group_id = one.id,
    perpage = LISTED }) or {}).results or {}) do
    list[i] = { id = alert.id, when = on:moment(clock.read(alert.created_at)) }
  end
  return list
end

local function root_of(request, one)
  local root <const> = text_of(one.root_alert_group_id)
  local found <const> = root and ask.get(request, PATH .. root)
  return found and link_to(found) or false
end

-- What a form said that was not taken: { verb, sentence, note }.
local function frame(request, one, said)
  local on <const>, channel <const> = clock.of(request), channel_of(request)
  local alert <const> = query_string.get(request.query, "alert")
  local explanation <const> = ask.get(request, PATH .. one.id .. "/explanation/", { channel = channel,
    alert_id = alert or false })
  local timeline <const> = ask.get(request, PATH .. one.id .. "/timeline/", { page = 1000000 })
  local plan <const> = ask.get(request, PATH .. one.id .. "/escalation_plan/")
  local users <const>, names <const> = people(request)
  local integration <const> = ask.get(request, "/api/v1/integrations/" .. one.integration_id)
  return { id = one.id, number = number_of(one.id), title = one.title, group = one, state = state_of(one, on),
    said = said or false,
    opened = on:moment(clock.read(one.created_at)), shows = shown_on(explanation, channel), channels = channel_links(channel),
    source_link = text_of(explanation.source_link), computed = computed_of(one, explanation, integration),
    may_edit_templates = integration ~= nil and rights.may(request.actor, "integrations", "operate"),
    payload = payload_of(explanation), alert_id = alert or false, alerts = alerts_of(request, one, on),
    timeline = told.timeline(timeline.results, on), plan = told.plan(plan.plan, on), called = called(one, names, on),
    acts = forms_of(request, one, users), root_group = root_of(request, one), zone = on.zone,
    attached = links_to((ask.get(request, PATH, { root_alert_group_id = one.id, perpage = LISTED }) or {}).results) }
end

---GET /alert-groups/<id>: `as` a channel, `alert` one of its alerts instead of the last. `said`: why what was asked of it was not
---done, with what was written.
---@param said {sentence: string, note: string}|nil
function group.show(request, said)
  local one <const> = ask.get(request, PATH .. request.id)
  return one and page.answer(request, "group.html", frame(request, one, said), said and 409 or 200)
end

-- GET …/source: where the source shows it, which is computed when somebody wants to go there.
local function to_source(request)
  local explanation <const> = ask.get(request, PATH .. request.id .. "/explanation/", { channel = "sms" })
  local link <const> = explanation and text_of(explanation.source_link)
  return link and page.lead_to(link) or page.failed(request, 404, texts.group.no_source)
end

group.routes = {
  { "/alert-groups/:id/source", "GET", to_source, "alerts:read", "alert_group" },
  { "/alert-groups/:id", "GET", function(request) return group.show(request) end, "alerts:read", "alert_group" },
}

return group
