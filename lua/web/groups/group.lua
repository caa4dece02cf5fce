--- One alert group, `/alert-groups/<id>`: what is wrong, who has it, what happened, what comes next; and the forms that act.
local alert_group <const> = require "resources.alert_group"
local auth <const> = require "api.auth"
local escalation_plan <const> = require "api.escalation_plan"
local group_timeline <const> = require "api.group_timeline"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local json_text <const> = require "web.json_text"
local page <const> = require "web.page"
local port <const> = require "tocsin.port"
local query_string <const> = require "api.query"
local render <const> = require "render"
local rights <const> = require "api.rights"
local rows <const> = require "api.rows"
local store <const> = require "tocsin.store"
local texts <const> = require "web.texts"
local times <const> = require "web.times"
local view <const> = require "web.view"
local writer <const> = require "api.writer"

local FUEL <const> = 5000000 -- of each template, as in the slow lane
local VERBS <const> = { firing = { "acknowledge", "resolve", "silence" }, acknowledged = { "unacknowledge", "resolve" },
  silenced = { "acknowledge", "resolve", "unsilence" }, resolved = { "unresolve" } }
local SILENCES <const> = { 1800, 3600, 14400, 43200, 86400, 0 } -- seconds; 0: for ever
local SELECTED_MAX <const> = 200

-- What it looks like ------------------------------------------------------------------------------------------------------

local FACTS <const> = "SELECT g.id, g.title, g.labels, g.grouping_id, g.wiped_at, g.root_id, i.name AS integration, i.type, " ..
  "i.templates_default, i.templates, a.payload, a.parsed, r.is_default, r.routing_regex, " ..
  "c.name AS chain FROM alert_group AS g LEFT JOIN integration AS i ON i.id = g.integration_id " ..
  "LEFT JOIN alert AS a ON a.id = g.last_alert_id LEFT JOIN route AS r ON r.id = g.route_id " ..
  "LEFT JOIN escalation_chain AS c ON c.id = r.escalation_chain_id WHERE g.id = $1"
local ATTACHED <const> = "SELECT id, title FROM alert_group WHERE root_id = $1 ORDER BY id DESC LIMIT 100"
local ROOT <const> = "SELECT id, title FROM alert_group WHERE id = $1"

-- Its last alert as the web shows it: a title as text, a message as HTML.
local function rendered(facts)
  if not facts.payload or facts.wiped_at then return { title = facts.title } end
  local ok <const>, shows <const> = pcall(render.alert, {
    integration = { name = facts.integration or "", type = facts.type },
    defaults = json.decode(facts.templates_default or "{}"), templates = json.decode(facts.templates or "{}"),
    payload_text = facts.parsed or facts.payload, labels = json.decode(facts.labels or "{}"),
    variables = { number = facts.id }, channel = "web", fuel = FUEL })
  return ok and shows or { title = facts.title }
end

local function state_of(row)
  if row.resolved_at then return "resolved" end
  if row.acknowledged_at then return "acknowledged" end
  return row.silenced_at and "silenced" or "firing"
end

-- Links to other groups, as far as this actor sees them.
local function links_to(request, found)
  local list <const> = {}
  for _, row in ipairs(found) do
    if rights.sees(request.actor, alert_group, row.id) then
      list[#list + 1] = { id = ids.encode("I", row.id), number = row.id, title = row.title }
    end
  end
  return list
end

local function silences()
  local list <const> = {}
  for i, seconds in ipairs(SILENCES) do list[i] = { seconds = seconds, text = texts.silences[tostring(seconds)] } end
  return list
end

-- An answer of the API as Lua tables.
local function told(answer) return answer.status == 200 and json.decode(writer.text(answer.value)) or {} end

local function words(text) return (string.gsub(text, "_", " ")) end

-- What happened, newest first. The last page of it is enough for a person; all of it is in the API.
local function timeline_of(request)
  local last <const> = setmetatable({ query = { { "page", "1000000" } } }, { __index = request })
  local list <const> = {}
  for _, item in ipairs(told(group_timeline.get.answer(last)).results or {}) do
    local delivery <const> = item.last_delivery
    local why <const> = type(delivery) == "table" and type(delivery.error) == "string" and delivery.error
    local problem <const> = why and not string.find(item.text, why, 1, true) and why
    table.insert(list, 1, { at = item.at, text = item.text, realm = item.realm, problem = problem })
  end
  return list
end

local function names_of(users)
  local names <const> = {}
  for i, user in ipairs(users or {}) do names[i] = user.username end
  return table.concat(names, ", ")
end

local function plan_text(event)
  if event.event == "notification" then
    return string.format(texts.group.by_channel, event.user.username, words(event.channel))
  end
  if event.event == "step" then
    local names <const> = names_of(event.users)
    return string.format(texts.group.step, event.step, words(event.type)) .. (names ~= "" and ": " .. names or "")
  end
  return words(event.event) .. (event.user and ": " .. event.user.username or "")
end

-- What comes next if nobody does anything.
local function plan_of(request)
  local list <const> = {}
  for i, event in ipairs(told(escalation_plan.get.answer(request)).plan or {}) do
    local problem <const> = type(event.problem) == "string" and words(event.problem)
    list[i] = { at = event.at, when = times.apart(request.now + event.after_ms * 1000, request.now), text = plan_text(event),
      problem = problem }
  end
  return list
end

-- The payload as text: what is not UTF-8 cannot be shown.
local function payload_of(facts)
  local bytes <const> = not facts.wiped_at and (facts.parsed or facts.payload) or ""
  if not utf8.len(bytes) then return "" end
  return string.find(bytes, "^%s*[%[{]") and json_text.indented(bytes) or bytes
end

-- Who resolved or acknowledged it last: a person's name, or what did it.
local function who_of(row)
  local by, id = row.acknowledged_by, row.acknowledged_by_id
  if row.resolved_at then by, id = row.resolved_by, row.resolved_by_id end
  local user <const> = by == "user" and store.row("SELECT name FROM user WHERE id = $1", id)
  return user and user.name or by
end

local function computed(facts)
  return { integration = facts.integration or "", chain = facts.chain or "", grouping_id = facts.grouping_id or "",
    route = facts.is_default == 1 and texts.group.default_route or facts.routing_regex or "" }
end

-- GET /alert-groups/<id>. `said`: why what was asked of it was not done.
local function show(request, said)
  local row <const> = rows.by_id(alert_group, request.id)
  if not row then return nil end
  local facts <const> = store.row(FACTS, row.id)
  local shows <const> = rendered(facts)
  return page.answer(request, "group.html", {
    number = row.id, title = facts.title,
    group = view.of_answer(rows.show(alert_group, row, request)), message = shows.message and view.html(shows.message),
    image_url = shows.image_url,
    source_link = shows.source_link, facts = computed(facts), by = who_of(row), opened = times.apart(row.started_at, request.now),
    root = facts.root_id and links_to(request, store.rows(ROOT, facts.root_id))[1], payload = payload_of(facts),
    attached = links_to(request, store.rows(ATTACHED, row.id)), timeline = timeline_of(request), plan = plan_of(request),
    verbs = VERBS[state_of(row)], silences = silences(), said = said, may_act = rights.may(request.actor, "alerts", "write"),
  }, said and 409 or 200)
end

-- What is done --------------------------------------------------------------------------------------------------------------

local VERB <const> = {}
for _, list in pairs(VERBS) do
  for _, verb in ipairs(list) do VERB[verb] = true end
end

-- One deed on one group: nil, or the sentence that refuses.
local function act(request, verb, id, silence_s)
  local key <const> = rights.find(request.actor, alert_group, id)
  if not key then return texts.errors.not_found end
  local by <const>, by_id <const> = auth.by(request.actor)
  local arguments <const> = { group = key, verb = verb, by = by, by_id = by_id }
  if verb == "silence" then arguments.silence_ms = silence_s * 1000 end
  local result <const>, sentence <const> = port.call("act", arguments)
  return not result and sentence or nil
end

-- A way back that stays on this server.
local function back_of(form)
  local back <const> = query_string.get(form, "back") or "/"
  return string.find(back, "^/[^/\\]") and not string.find(back, "%c") and back or "/"
end

-- What is to be done to which: the button of a row, or one verb for all that are selected.
local function wanted(form)
  local verb <const>, one <const> = string.match(query_string.get(form, "one") or "", "^(%l+) (%w+)$")
  if verb then return verb, { one } end
  return query_string.get(form, "verb"), query_string.all(form, "id")
end

-- POST /alert-groups/act: verb and the ids of groups, or both in `one`; `delay` of a silence in seconds; `back`.
local function act_on(request)
  local form <const> = query_string.parse(request.body)
  local verb <const>, list <const> = wanted(form)
  local delay <const> = math.tointeger(tonumber(query_string.get(form, "delay") or "1800"))
  if not VERB[verb] or #list > SELECTED_MAX or not delay or delay < 0 or delay > 366 * 86400 then return nil end
  local said
  for _, id in ipairs(list) do said = act(request, verb, id, delay) or said end
  if said and #list == 1 then
    request.id = rights.find(request.actor, alert_group, list[1]) and list[1] or ""
    return show(request, said)
  end
  return page.see_other(request, back_of(form))
end

return { routes = {
  { "/alert-groups/act", "POST", act_on, "alerts:write" },
  { "/alert-groups/:id", "GET", show, "alerts:read", "alert_group" },
} }
