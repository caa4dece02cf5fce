--- One webhook, `/webhooks/<id>`: its editor, what would be sent and what came back; and making one.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local json_text <const> = require "web.json_text"
local page <const> = require "web.page"
local rights <const> = require "api.rights"
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/webhooks/"
local PRESETS <const> = { "simple_webhook", "advanced_webhook" }
local METHODS <const> = { "POST", "PUT", "PATCH", "GET", "DELETE", "OPTIONS" }
local TRIGGERS <const> = { "escalation", "alert group created", "acknowledge", "resolve", "silence", "unsilence", "unresolve",
  "unacknowledge",
  "status change", "personal notification" }
local OPTIONAL <const> = { "trigger_template", "headers", "data", "username", "password", "authorization_header",
  "signing_secret" }
local HISTORY, COPIES_MAX <const> = 20, 20

local function text_of(v) return type(v) == "string" and v or nil end
local function plain(v) return v ~= json.null and v or "" end

-- JSON laid out, other text as it is.
local function readable(v)
  local text <const> = text_of(v) or ""
  return string.find(text, "^%s*[%[{]") and json.decode(text) ~= nil and json_text.indented(text) or text
end

local function values_of(hook)
  local values <const>, chosen = {}, {}
  for name, v in pairs(hook) do values[name] = plain(v) end
  for _, id in ipairs(type(hook.integration_filter) == "table" and hook.integration_filter or {}) do chosen[id] = true end
  values.chosen = chosen
  return values
end

local function choices(list, names)
  local out <const> = {}
  for i, value in ipairs(list) do out[i] = { value = value, text = names and names[value] or value } end
  return out
end

local function history_of(request, id)
  local list <const>, on <const> = {}, clock.of(request)
  local found <const> = ask.get(request, PATH .. id .. "/responses/", { perpage = HISTORY })
  for i, one in ipairs(found and found.results or {}) do
    local status <const> = math.type(one.status_code) == "integer" and one.status_code
    local group <const> = text_of(one.alert_group_id)
    list[i] = { at = one.timestamp, when = on:moment(clock.read(one.timestamp)), status = status or texts.webhook.verdicts.failed,
      is_bad = not status or status >= 400, url = text_of(one.url) or "",
        error = text_of(one.error) or text_of(one.request_trigger) or false,
      headers = text_of(one.request_headers) or "", data = readable(one.request_data), content = readable(one.content),
      latency = math.type(one.latency_ms) == "integer" and string.format(texts.webhook.ms, one.latency_ms) or "",
      group = group and { id = group, number = ids.decode("I", group) } or false }
  end
  return list
end

local function result_of(told)
  if not told then return false end
  local status <const> = math.type(told.status_code) == "integer" and told.status_code
  return { verdict = texts.webhook.verdicts[told.verdict], is_bad = told.verdict == "failed",
    reason = text_of(told.reason) or false,
    status = status and string.format(texts.webhook.answered, status) or false, url = text_of(told.url) or "",
      headers = text_of(told.request_headers) or "",
    data = readable(told.request_data), content = readable(told.content), known = readable(told.event_data) }
end

-- The editor. `more`: { values, problem } of what was not taken, `told` of a test, `said` why something was not done.
local function show(request, hook, more)
  more = more or {}
  local preset <const> = hook and text_of(hook.preset) or more.preset or "advanced_webhook"
  local is_managed <const> = hook and text_of(hook.managed_by) ~= nil or false
  return page.answer(request, "webhook.html", { hook = hook or false, form = form.state(more.values or values_of(hook),
    more.problem),
    preset = preset, is_simple = preset == "simple_webhook", presets = choices(PRESETS, texts.webhooks.presets),
      methods = choices(METHODS),
    triggers = choices(TRIGGERS, texts.webhooks.triggers), teams = form.choices(ask.list(request, "/api/v1/teams/") or {}),
    integrations = form.choices(ask.list(request, "/api/v1/integrations/") or {}), history = hook and history_of(request,
      hook.id) or false,
    told = result_of(more.told), said = more.said or false, group = more.group or "", is_managed = is_managed,
    may_write = rights.may(request.actor, "webhooks", "write") and not is_managed, work_css = page.static_url(request,
      "work.css") },
    more.problem and form.status(more.problem) or more.said and 422 or 200)
end

local function chosen_of(request)
  local list <const>, set <const> = json.array(form.all(request, "integration_filter")), {}
  for _, id in ipairs(list) do set[id] = true end
  return #list > 0 and list or json.null, set
end

-- What was sent, as the API takes it.
local function body_of(request, sent, is_simple)
  local object <const> = { name = sent.name, team = form.text_or_null(sent.team), url = sent.url,
    is_webhook_enabled = form.is_ticked(sent, "is_webhook_enabled") }
  if is_simple then return object end
  object.http_method, object.trigger_type, object.forward_all = sent.http_method, sent.trigger_type, form.is_ticked(sent,
    "forward_all")
  object.integration_filter, sent.chosen = chosen_of(request)
  for _, name in ipairs(OPTIONAL) do object[name] = form.text_or_null(sent[name]) end
  return object
end

local function new(request)
  local preset <const> = string.find(request.query_text, "preset=simple_webhook", 1, true) and PRESETS[1] or PRESETS[2]
  return show(request, nil, { preset = preset, values = { http_method = "POST", trigger_type = "alert group created",
    forward_all = true,
    is_webhook_enabled = true, chosen = {} } })
end

local function create(request)
  local sent <const> = form.read(request)
  local preset <const> = sent.preset == PRESETS[1] and PRESETS[1] or PRESETS[2]
  local object <const> = body_of(request, sent, preset == PRESETS[1])
  object.preset = preset
  if preset == PRESETS[1] then object.http_method, object.trigger_type = "POST", "escalation" end
  local made <const>, problem <const> = ask.send(request, "POST", PATH, object)
  if made then return page.see_other(request, "/webhooks/" .. made.id) end
  sent.chosen = sent.chosen or {}
  return show(request, nil, { preset = preset, values = sent, problem = problem })
end

local function hook_of(request) return ask.get(request, PATH .. request.id) end

local function save(request)
  local hook <const>, sent <const> = hook_of(request), form.read(request)
  local done <const>, problem <const> = ask.send(request, "PUT", PATH .. request.id .. "/", body_of(request, sent,
    hook.preset == PRESETS[1]))
  if done then return page.see_other(request, "/webhooks/" .. request.id) end
  sent.chosen = sent.chosen or {}
  return show(request, hook, { values = sent, problem = problem })
end

-- POST …/test: `how` is "show" or "send"; `group` the number of a group.
local function test(request)
  local hook <const>, sent <const> = hook_of(request), form.read(request)
  local number <const> = math.tointeger(tonumber(string.match(sent.group or "", "^%s*#?(%d+)%s*$") or ""))
  local wanted <const> = form.text_or_null(sent.group)
  local group <const> = number and number < 1 << 50 and ids.encode("I", number) or wanted
  local told <const>, problem <const> = ask.send(request, "POST", PATH .. request.id .. "/test/", { alert_group_id = group,
    is_sent = sent.how == "send" })
  if problem then return show(request, hook, { said = problem.fields.alert_group_id and texts.webhook.no_group or
    problem.detail, group = sent.group }) end
  return show(request, hook, { told = told, group = sent.group })
end

local function sentence(problem) return select(2, next(problem.fields)) or problem.detail end

local SECRET <const> = { password = true, authorization_header = true, signing_secret = true, id = true, managed_by = true,
  name = true }

-- A copy has no secrets: nobody but the house can read them.
local function copy(request)
  local hook <const>, object <const> = hook_of(request), { is_webhook_enabled = false }
  for name, v in pairs(hook) do
    if not SECRET[name] and name ~= "is_webhook_enabled" then object[name] = v end
  end
  local made, problem
  for i = 1, COPIES_MAX do
    object.name = string.format(texts.webhook.copy_name, hook.name) .. (i > 1 and " " .. i or "")
    made, problem = ask.send(request, "POST", PATH, object)
    if made or not problem.fields.name then break end
  end
  if not made then return show(request, hook, { said = sentence(problem) }) end
  return page.see_other(request, "/webhooks/" .. made.id)
end

local function delete(request)
  local _, problem <const> = ask.send(request, "DELETE", PATH .. request.id .. "/")
  if problem then return show(request, hook_of(request), { said = sentence(problem) }) end
  return page.see_other(request, "/webhooks")
end

return { routes = {
  { "/webhooks/new", "GET", new, "webhooks:write" },
  { "/webhooks/new", "POST", create, "webhooks:write" },
  { "/webhooks/:id", "GET", function(request) return show(request, hook_of(request)) end, "webhooks:read", "webhook" },
  { "/webhooks/:id", "POST", save, "webhooks:write", "webhook" },
  { "/webhooks/:id/test", "POST", test, "webhooks:write", "webhook" },
  { "/webhooks/:id/copy", "POST", copy, "webhooks:write", "webhook" },
  { "/webhooks/:id/delete", "POST", delete, "webhooks:write", "webhook" },
} }
