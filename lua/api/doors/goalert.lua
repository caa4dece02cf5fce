--- GoAlert's integration keys: generic, Grafana, Site24x7 and Alertmanager requests, and heartbeats. What differs: README.md.
---
--- Every kind of key becomes the same payload: summary, details, action (trigger or close), dedup, meta, type, and for those that
--- are told of other systems' alerts `source`, what was told.
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")
local text = require("tocsin.text")
local wire = require("api.doors.wire")

local NAME <const> = "goalert"
local BITS <const> = wire.NEEDS_OPEN | wire.LOGS_REPEATS
local SUMMARY_MAX <const>, DETAILS_MAX <const>, DEDUP_MAX <const> = 1024, 6144, 512
local META_MAX <const>, META_KEY_MAX <const> = 32768, 255
local INPUT_MAX <const> = 262144 -- bytes of a text that are looked at
local encode <const>, quote <const> = json.encode, text.json_string

local function refuse(status, sentence) return wire.answer(NAME, status, wire.TEXT, sentence .. "\n") end

-- Texts -----------------------------------------------------------------------------------------------------------------

local function clean_char(char)
  if text.is(char, "space") then return " " end
  return text.is(char, "printable") and char or ""
end

-- GoAlert's SanitizeText: what can be printed, no line that ends in blanks, no two empty lines in a row.
local function sanitize(value, max)
  local s = #value > INPUT_MAX and string.sub(value, 1, INPUT_MAX) or value
  if string.find(s, "[^\32-\126]") then
    s = string.gsub(string.gsub(wire.utf8(s), "[\0-\8\11-\31\127]", clean_char), "[\xC2-\xFD][\x80-\xBF]*", clean_char)
    s = string.gsub(string.gsub(s, "[ \t]+\n", "\n"), "\n\n\n", "\n\n")
  end
  if (string.byte(s, 1) or 33) <= 32 or (string.byte(s, -1) or 33) <= 32 then s = string.match(s, "^%s*(.-)%s*$") end
  if #s <= max or not utf8.offset(s, max + 2) then return s end
  return wire.cut(s, max - 1) .. "…"
end

local function auto_dedup(summary, details)
  return "auto:1:" .. crypto.sha512_hex(details == "" and summary or summary .. "\n" .. details)
end

-- The payload as JSON. `dedup`: the sender's own, or empty; `known_by`: what a fault is known by when it sent none.
local function payload_of(type_name, a)
  local summary = sanitize(a.summary, SUMMARY_MAX)
  if string.find(summary, "\n", 1, true) then summary = string.gsub(summary, "\n", " ") end
  if string.find(summary, "  ", 1, true) then summary = string.gsub(summary, "  ", " ") end
  local details, dedup = sanitize(a.details, DETAILS_MAX), sanitize(a.dedup or "", DEDUP_MAX)
  if dedup ~= "" then dedup = "user:1:" .. dedup
  elseif a.known_by then dedup = auto_dedup(a.known_by, "")
  else dedup = auto_dedup(summary, details) end
  return '{"summary":' .. quote(summary) .. ',"details":' .. quote(details) .. ',"action":"' ..
    (a.is_close and "close" or "trigger") .. '","dedup":' .. quote(dedup) .. ',"meta":' .. (a.meta or "{}") ..
    ',"type":"' .. type_name .. '"' .. (a.source and ',"source":' .. encode(a.source) or "") .. "}"
end

-- Fields of a request -----------------------------------------------------------------------------------------------------

-- Fields of query and form, the body's first. nil and a sentence: the body cannot be read.
local function fields_of(request)
  local kind = wire.essence(request.content_type)
  local query = request.query ~= "" and wire.form(request.query) or {}
  if kind == "application/x-www-form-urlencoded" then return wire.form(request.body), query end
  if kind ~= "multipart/form-data" then return {}, query end
  local body = wire.multipart(request.content_type, request.body)
  if not body then return nil, "request body is no multipart form" end
  return body, query
end

local TOKENS <const> = { "token", "integrationKey", "integration_key", "key" }

local function given(body, query, name)
  local value = #body > 0 and wire.first(body, name)
  if not value or value == "" then value = wire.first(query, name) end
  return value ~= "" and value or nil
end

local function token_of(request, body, query)
  for _, name in ipairs(TOKENS) do
    local value = given(body, query, name)
    if value then return value end
  end
  local header = request.authorization or ""
  local basic = string.match(header, "^[Bb][Aa][Ss][Ii][Cc] +(%S+)$")
  if basic then return string.match(crypto.unbase64(basic) or "", "^[^:]*:(.*)$") end
  return string.match(header, "^[Bb]earer (.*)$") or header
end

-- Generic ---------------------------------------------------------------------------------------------------------------

local FIELDS <const> = { summary = true, details = true, action = true, dedup = true }

-- Members of a JSON body by lower-case name: those that are not null beat the query.
local function json_fields(body)
  local count, summary, details, action, dedup = json.pick(body, "summary", "details", "action", "dedup")
  local given_count = (summary and 1 or 0) + (details and 1 or 0) + (action and 1 or 0) + (dedup and 1 or 0)
  -- Nearly all have no other members, and no null: nothing is made of those but what they say.
  if count == given_count and summary ~= json.null and details ~= json.null and action ~= json.null and dedup ~= json.null then
    return { summary = summary, details = details, action = action, dedup = dedup }
  end
  local value, why = json.decode(body)
  if why then return nil, why end
  if value == json.null then return {} end
  if type(value) ~= "table" or getmetatable(value) then return nil, "request body must be an object" end
  local out = {}
  for key, member in pairs(value) do
    local name = FIELDS[key] and key or string.lower(key)
    if FIELDS[name] and member ~= json.null then
      if type(member) ~= "string" then return nil, name .. " must be text" end
      out[name] = member
    elseif name == "meta" and member ~= json.null then
      if type(member) ~= "table" or getmetatable(member) then return nil, "meta must be an object" end
      out.meta = member
    end
  end
  return out
end

local function form_meta(body, query)
  local out
  for _, fields in ipairs { body, query } do
    for _, field in ipairs(fields) do
      local key, value = string.match(field[1] == "meta" and field[2] or "", "^([^=]*)=(.*)$")
      if key then
        out = out or {}
        out[key] = value
      end
    end
  end
  return out
end

-- JSON of the meta data, or nil and what is wrong with it.
local function check_meta(meta)
  if not meta or next(meta) == nil then return "{}" end
  local size = 0
  for key, value in pairs(meta) do
    if type(value) ~= "string" then return nil, "invalid value for 'Meta': values must be text" end
    if #key == 0 or #key > META_KEY_MAX or string.find(key, "[^\32-\126]") then
      return nil, "invalid value for 'Meta': keys must be 1 to 255 printable ASCII characters"
    end
    meta[key] = wire.utf8(value)
    size = size + #key + #value
  end
  if size > META_MAX then return nil, "invalid value for 'Meta': must be up to 32768 bytes" end
  return encode(meta)
end

-- The payload of a generic request, or nil and a sentence.
local function read_generic(request, body, query)
  local kind, sent = wire.essence(request.content_type), nil
  if kind == "application/json" then
    local why
    sent, why = json_fields(request.body)
    if not sent then return nil, why end
  end
  local has_body = #body > 0
  local function value_of(name)
    return sent and sent[name] or has_body and wire.first(body, name) or wire.first(query, name) or ""
  end
  local is_close = value_of "action" == "close"
  local meta, why = "{}"
  if not is_close then
    meta, why = check_meta(sent and sent.meta or form_meta(body, query))
    if not meta then return nil, why end
  end
  return payload_of("generic", { summary = value_of "summary", details = value_of "details", dedup = value_of "dedup",
    is_close = is_close, meta = meta })
end

-- Other systems that have a key of their own kind -------------------------------------------------------------------------

local function object_of(value) return type(value) == "table" and not getmetatable(value) and value or {} end
local function list_of(value) return type(value) == "table" and getmetatable(value) and value or {} end
local function text_of(value) return type(value) == "string" and value or "" end
local function link_of(value) return string.find(text_of(value), "^%a[%w+.-]*://[^/]") and value or nil end

local function sorted_names(object)
  local names = {}
  for name, value in pairs(object) do
    if type(value) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function add_table(out, title, object)
  local names = sorted_names(object)
  if #names == 0 then return end
  out[#out + 1] = title
  for _, name in ipairs(names) do
    out[#out + 1] = string.format("- %s: %s", name, (string.gsub(object[name], "\n", " ")))
  end
  out[#out + 1] = ""
end

local function grafana_details(alert)
  local out = {}
  add_table(out, "**Labels**", object_of(alert.labels))
  add_table(out, "**Annotations**", object_of(alert.annotations))
  if link_of(alert.generatorURL) then out[#out + 1] = "[Source](" .. alert.generatorURL .. ")" end
  if link_of(alert.silenceURL) then out[#out + 1] = "[Silence](" .. alert.silenceURL .. ")" end
  if link_of(alert.imageURL) then out[#out + 1] = "[Image](" .. alert.imageURL .. ")" end
  if text_of(alert.valueString) ~= "" then out[#out + 1] = "\n```\n" .. string.gsub(alert.valueString, "`", "'") .. "\n```" end
  return table.concat(out, "\n")
end

local function unified(alert)
  local status = alert.status
  if status ~= "firing" and status ~= "resolved" then return nil, "invalid status of an alert" end
  local labels, annotations = object_of(alert.labels), object_of(alert.annotations)
  local summary = text_of(annotations.summary)
  return { summary = summary ~= "" and summary or text_of(labels.alertname), details = grafana_details(alert),
    dedup = text_of(alert.fingerprint), known_by = encode(labels), is_close = status == "resolved", source = alert }
end

local function grafana_legacy(body, dedup)
  local state = body.state
  if state == "no_data" then return {} end
  if state ~= "alerting" and state ~= "ok" then return nil, "invalid state" end
  local details = { link_of(body.ruleUrl) or "", text_of(body.message), "" }
  if link_of(body.imageUrl) then details[3] = "[Panel Snapshot](" .. body.imageUrl .. ")" end
  local id = body.ruleId
  return { { summary = text_of(body.ruleName), details = table.concat(details, "\n\n"), dedup = dedup, is_close = state == "ok",
    known_by = text_of(body.ruleName) .. " " .. (math.type(id) == "integer" and id or ""), source = body } }
end

local function grafana(body, dedup)
  if body.version == nil or body.version == json.null or body.version == "" then return grafana_legacy(body, dedup) end
  if body.version ~= "1" then return nil, "invalid version" end
  local out = {}
  for i, alert in ipairs(list_of(body.alerts)) do
    local a, why = unified(object_of(alert))
    if not a then return nil, why end
    out[i] = a
  end
  return out
end

local SITE_FIRES <const> = { DOWN = true, CRITICAL = true, TROUBLE = true }

local function site24x7(body, dedup)
  local status, name = body.STATUS, text_of(body.MONITORNAME)
  if status ~= "UP" and not SITE_FIRES[status] then return nil, "invalid state" end
  return { { summary = name, details = (link_of(body.MONITOR_DASHBOARD_LINK) or "") .. "\n\n" .. name, dedup = dedup,
    known_by = name, is_close = status == "UP", source = body } }
end

local function name_of(alert)
  local annotations, labels = object_of(object_of(alert).annotations), object_of(object_of(alert).labels)
  local summary = text_of(annotations.summary)
  return summary ~= "" and summary or text_of(labels.alertname) .. " " .. text_of(labels.instance)
end

local function alertmanager_summary(body, alerts)
  local common, notes = object_of(body.commonLabels), object_of(body.commonAnnotations)
  if text_of(notes.summary) ~= "" then return notes.summary end
  local name = text_of(common.alertname)
  if name == "" then
    local others = #alerts > 1 and string.format(" and %d others", #alerts - 1) or ""
    return alerts[1] and name_of(alerts[1]) .. others or ""
  end
  if text_of(common.instance) ~= "" then return name .. " " .. common.instance end
  local instances = {}
  for _, alert in ipairs(alerts) do instances[#instances + 1] = object_of(object_of(alert).labels).instance end
  return name .. (#instances > 0 and " " .. table.concat(instances, ",") or "")
end

local function alertmanager_details(body, alerts)
  local out, notes = {}, object_of(body.commonAnnotations)
  if link_of(body.externalURL) then out[1] = "[Prometheus Alertmanager UI](" .. body.externalURL .. ")\n" end
  for _, name in ipairs { "description", "details", "message" } do
    if text_of(notes[name]) ~= "" then out[#out + 1] = notes[name] .. "\n" end
  end
  for _, alert in ipairs(alerts) do
    alert = object_of(alert)
    local annotations, link = object_of(alert.annotations), link_of(alert.generatorURL)
    local words = text_of(annotations.details)
    if words == "" then words = text_of(annotations.description) end
    out[#out + 1] = string.format("- %s: %s%s %s", text_of(alert.status), name_of(alert), link and " [View](" .. link .. ")"
      or "",
      words)
  end
  return table.concat(out, "\n")
end

-- One Alertmanager group is one alert, known by the group's own key: its summary changes with its members.
local function alertmanager(body, dedup)
  local status, alerts = body.status, list_of(body.alerts)
  if status ~= "firing" and status ~= "resolved" then return nil, "invalid status" end
  local summary, key = alertmanager_summary(body, alerts), text_of(body.groupKey)
  if key == "" then key = text_of(object_of(alerts[1]).fingerprint) end
  return { { summary = summary, details = alertmanager_details(body, alerts), dedup = dedup ~= "" and dedup or key,
    known_by = summary, is_close = status == "resolved", source = body } }
end

-- Requests --------------------------------------------------------------------------------------------------------------

local function is_refused_method(request)
  if request.method == "POST" then return nil end
  local is_get = request.method == "GET" or request.method == "HEAD"
  return { is_get and 404 or 405, is_get and "not found" or "method not allowed" }
end

local UNAUTHORIZED <const> = "unauthorized"

local function generic(request)
  local refused = is_refused_method(request)
  if refused then return refuse(refused[1], refused[2]) end
  local body, query = fields_of(request)
  if not body then return refuse(400, query) end
  local token = token_of(request, body, query)
  if not token or token == "" then return refuse(401, UNAUTHORIZED) end
  local payload, why = read_generic(request, body, query)
  if not payload then return refuse(400, why) end
  if request.accept == "application/json" then
    return wire.alert(NAME, token, "goalert:generic", payload, BITS)
  end
  return wire.alert(NAME, token, "goalert:generic", payload, BITS, 204, "", "")
end

-- A key of `kind`, whose JSON body `convert` makes alerts of.
local function of_kind(kind, convert)
  return function(request)
    local refused = is_refused_method(request)
    if refused then return refuse(refused[1], refused[2]) end
    local form, query = fields_of(request)
    if not form then form, query = {}, wire.form(request.query) end
    local token = token_of(request, form, query)
    if not token or token == "" then return refuse(401, UNAUTHORIZED) end
    local body, why = json.decode(request.body)
    if why or type(body) ~= "table" or getmetatable(body) then return refuse(400, why or "request body must be an object") end
    local alerts
    alerts, why = convert(body, given(form, query, "dedup") or "")
    if not alerts then return refuse(400, why) end
    if #alerts == 0 then return wire.answer(NAME, 200, "", "") end
    local texts = {}
    for i, alert in ipairs(alerts) do texts[i] = payload_of(kind, alert) end
    local role = "goalert:" .. kind
    if #texts == 1 then return wire.alert(NAME, token, role, texts[1], BITS, 200, "", "") end
    return wire.alerts(NAME, token, role, encode(json.array(texts)), nil, BITS, 200, "", "")
  end
end

local function beat(request)
  local refused = is_refused_method(request)
  if refused then return refuse(refused[1], refused[2]) end
  local id = string.match(string.sub(request.path, #request.at + 1), "^([%w_-]+)/?$")
  if not id then return refuse(400, "invalid heartbeat id") end
  return wire.beat(NAME, id, "goalert:", 200, "", "")
end

local goalert = {}

goalert.paths = {
  ["/api/v2/generic/incoming"] = generic,
  ["/v1/api/alerts"] = generic,
  ["/api/v2/grafana/incoming"] = of_kind("grafana", grafana),
  ["/v1/webhooks/grafana"] = of_kind("grafana", grafana),
  ["/api/v2/site24x7/incoming"] = of_kind("site24x7", site24x7),
  ["/api/v2/prometheusalertmanager/incoming"] = of_kind("prometheusAlertmanager", alertmanager),
  ["/api/v2/heartbeat/"] = beat,
  ["/v1/api/heartbeat/"] = beat,
}

--- The same body under /integrations/v1/goalert/<token>/.
function goalert.payload(request)
  if string.find(request.body, "^%s*{") then request.content_type = wire.JSON end
  local body, query = fields_of(request)
  if not body then return wire.answer(NAME, 400, wire.TEXT, query) end
  local payload, why = read_generic(request, body, query)
  if not payload then return wire.answer(NAME, 400, wire.TEXT, why) end
  return wire.alert(NAME, "", "", payload, BITS)
end

local function is_uuid(token)
  return #token == 36 and string.find(token, "^%x+%-%x+%-%x+%-%x+%-%x+$") ~= nil
end

--- What is no key in form is a bad request, as there; keys of every form are taken here.
function goalert.refuse(status, sentence, token)
  if status ~= 401 then return status, wire.TEXT, sentence .. "\n" end
  if string.find(sentence, "key", 1, true) and token ~= "" and not is_uuid(token) then
    return 400, wire.TEXT, "invalid token\n"
  end
  return 401, wire.TEXT, UNAUTHORIZED .. "\n"
end

-- The service's id: a UUID that says nothing of its keys.
local function service_id(token)
  local h = crypto.sha256_hex("service of " .. token)
  return string.format("%s-%s-5%s-a%s-%s", string.sub(h, 1, 8), string.sub(h, 9, 12), string.sub(h, 14, 16),
    string.sub(h, 18, 20), string.sub(h, 21, 32))
end

--- Accept: application/json.
function goalert.stored(_, stored)
  local group_id, is_new = stored.group_id, stored.is_new
  local service = group_id ~= 0 and service_id(stored.token) or ""
  return 200, wire.JSON, string.format('{"AlertID":%d,"ServiceID":"%s","IsNew":%s}', group_id, service, tostring(is_new))
end

return goalert
