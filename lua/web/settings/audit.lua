--- The trail of changes, /audit: who changed what and when, with filters, and as a file.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local keys <const> = require "keys"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local tabs_of <const> = require("web.settings.tabs").of
local texts <const> = require "web.texts"

local PATH <const> = "/api/v1/audit/"
local OBJECTS <const> = { "integration", "route", "escalation_chain", "escalation_policy", "schedule", "on_call_shift",
  "shift_swap", "user", "team", "notification_rule", "contact_method", "provider", "webhook", "maintenance_window", "api_token",
  "alert_group", "resolution_note", "alert_group_columns" }
local VIAS <const> = { "session", "token", "command", "files", "system" }
local SHOWN_MAX <const> = 300 -- bytes of a value

-- A day of the form in the words of the API.
local function moment_of(text, rest)
  return string.find(text, "^%d%d%d%d%-%d%d%-%d%d$") and text .. rest or false
end

local function filters_of(given)
  return { object = given.object ~= "" and given.object or false, user_id = given.user_id ~= "" and given.user_id or false,
    via = given.via ~= "" and given.via or false, object_id = given.object_id ~= "" and given.object_id or false,
    from = moment_of(given.from, "T00:00:00Z"), to = moment_of(given.to, "T23:59:59Z") }
end

local function text_of(v)
  if v == nil or v == json.null then return "–" end
  local text <const> = type(v) == "table" and json.encode(v) or tostring(v)
  return #text > SHOWN_MAX and string.sub(text, 1, (utf8.offset(text, 0, SHOWN_MAX) or 1) - 1) .. "…" or text
end

-- What changed, field by field.
local function changes(line)
  local before <const> = line.before ~= json.null and line.before or {}
  local after <const> = line.after ~= json.null and line.after or {}
  local names <const>, list <const> = {}, {}
  for name in pairs(before) do names[name] = true end
  for name in pairs(after) do names[name] = true end
  for i, name in ipairs(keys.sorted(names)) do
    list[i] = { name = name, before = before[name] ~= nil and text_of(before[name]) or false,
      after = after[name] ~= nil and text_of(after[name]) or false }
  end
  return list
end

local function shown(line, on)
  local at <const> = clock.read(line.at)
  return { at = line.at, day = on:date(at), time = on:time(at),
    by = line.by.name ~= json.null and line.by.name or texts.audit.system, via = line.via ~= json.null and line.via or "",
    address = line.address ~= json.null and line.address or "",
    action = (string.gsub(line.action, "_", " ")), object = (string.gsub(line.object, "_", " ")),
    object_id = line.object_id ~= json.null and line.object_id or "", changes = changes(line) }
end

local function options(list)
  local out <const> = {}
  for i, name in ipairs(list) do out[i] = { value = name, text = (string.gsub(name, "_", " ")) } end
  return out
end

local function people(request)
  return form.choices(ask.list(request, "/api/v1/users/") or {})
end

-- GET /audit
local function show(request)
  local given <const>, query <const> = {}, {}
  for _, name in ipairs { "object", "user_id", "via", "object_id", "from", "to" } do
    given[name] = query_string.get(request.query, name) or ""
    if given[name] ~= "" then query[#query + 1] = { name, given[name] } end
  end
  local asked <const> = filters_of(given)
  asked.before_id = query_string.get(request.query, "before_id") or false
  local found <const>, problem <const> = ask.get(request, PATH, asked)
  local on <const>, lines <const> = clock.of(request), {}
  for i, line in ipairs(found and found.results or {}) do lines[i] = shown(line, on) end
  local export <const> = {}
  for name, v in pairs(filters_of(given)) do
    if v then export[#export + 1] = { name, v } end
  end
  local last <const> = found and found.next ~= json.null and found.results[#found.results]
  return page.answer(request, "audit.html", { tabs = tabs_of(request), lines = lines, form = form.state(given, problem),
    objects = options(OBJECTS), vias = options(VIAS), people = people(request), query = query_string.text(query),
    export = query_string.text(export), zone = on.zone, older = last and last.id or false }, problem and form.status(problem))
end

return { routes = { { "/audit", "GET", show, "audit:read" } } }
