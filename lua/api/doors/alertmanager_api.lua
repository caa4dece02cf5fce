--- Alertmanager as a target: Prometheus and what is like it send their alerts here, and its tools find what they ask for.
---
--- Each alert of a request is known by its labels' fingerprint, without the labels that tell replicas apart. `endsAt` says
--- until when its sender stands by it; which sender it is follows from those labels, or from where it comes.
local crypto = require("tocsin.crypto")
local json = require("tocsin.json")
local text = require("tocsin.text")
local wire = require("api.doors.wire")
local zone = require("tocsin.zone")

local NAME <const>, ROLE <const> = "alertmanager_api", "alertmanager_api:generic"
local PREFIX <const> = "/integrations/v1/alertmanager_api/"
local TIMEOUT_US <const> = 300000000 -- of an alert that does not say when it ends
local encode <const>, quote <const> = json.encode, text.json_string
local find <const>, match <const>, concat <const> = string.find, string.match, table.concat

local REPLICA_LABELS <const> = { replica = true, __replica__ = true, prometheus_replica = true, rule_replica = true,
  ruler_replica = true, thanos_ruler_replica = true, receive_replica = true }

local function failure(status, sentence) return status, wire.JSON, '{"code":' .. status .. ',"message":' ..
  encode(sentence) .. "}" end

local function refuse(...)
  local status, content_type, body = failure(...)
  return wire.answer(NAME, status, content_type, body)
end

-- Alerts ------------------------------------------------------------------------------------------------------------------

-- Microseconds of a moment; nil for none, the zero moment too; false when it is no moment.
local function moment(value)
  if value == nil or value == json.null or value == "" then return nil end
  if type(value) ~= "string" then return false end
  if string.sub(value, 1, 5) == "0001-" then return nil end
  return zone.moment(value) or false
end

-- Names of labels in order, without those of replicas; what those say. nil and a sentence: they are none.
local function read_labels(labels)
  if type(labels) ~= "table" or getmetatable(labels) then return nil, "labels must be an object" end
  local names, replica = {}, ""
  for name, value in pairs(labels) do
    if type(value) ~= "string" then return nil, "label " .. name .. " must be text" end
    if not find(name, "^[%a_][%w_]*$") then return nil, "invalid label name " .. name end
    if REPLICA_LABELS[name] then replica = replica .. name .. "=" .. value .. "\n"
    elseif value ~= "" then names[#names + 1] = name end
  end
  if #names == 0 then return nil, "invalid label set: at least one label pair required" end
  table.sort(names)
  return names, replica
end

-- The labels as JSON, and Alertmanager's fingerprint of them: names and values in order, each ended by a byte 255.
local function labels_json(names, labels)
  local out, bytes = {}, {}
  for i, name in ipairs(names) do
    local value = labels[name]
    out[i] = '"' .. name .. '":' .. quote(value)
    bytes[i] = name .. "\255" .. value .. "\255"
  end
  return "{" .. concat(out, ",") .. "}", crypto.fnv1a_hex(concat(bytes))
end

local function annotations_json(annotations)
  if annotations == nil or annotations == json.null then return "{}" end
  if type(annotations) ~= "table" or getmetatable(annotations) then return nil, "annotations must be an object" end
  local out = {}
  for name, value in pairs(annotations) do
    if type(value) ~= "string" then return nil, "annotation " .. name .. " must be text" end
    out[#out + 1] = quote(name) .. ":" .. quote(value)
  end
  if #out > 1 then table.sort(out) end
  return "{" .. concat(out, ",") .. "}"
end

-- One alert → its payload as JSON, [until, sender] as JSON; nil and a sentence.
local function read_alert(alert, now, peer)
  if type(alert) ~= "table" or getmetatable(alert) then return nil, "an alert must be an object" end
  local names, replica = read_labels(alert.labels)
  if not names then return nil, replica end
  local notes, why = annotations_json(alert.annotations)
  if not notes then return nil, why end
  local starts, ends = moment(alert.startsAt), moment(alert.endsAt)
  if starts == false or ends == false then return nil, "startsAt and endsAt must be moments such as 2026-05-04T02:11:42Z" end
  if starts and ends and ends < starts then return nil, "start time must be before end time" end
  ends = ends or now + TIMEOUT_US
  local link = type(alert.generatorURL) == "string" and alert.generatorURL or ""
  local labels, fingerprint = labels_json(names, alert.labels)
  local sender = replica ~= "" and replica or (match(link, "^%a+://[^/]*") or "") .. " " .. peer
  return '{"status":"' .. (ends <= now and "resolved" or "firing") .. '","labels":' .. labels .. ',"annotations":' .. notes ..
    ',"startsAt":"' .. zone.stamp(starts or now) .. '","endsAt":"' .. zone.stamp(ends) .. '","generatorURL":' .. quote(link) ..
    ',"fingerprint":"' .. fingerprint .. '"}', "[" .. ends .. "," .. quote(sender) .. "]"
end

-- Texts and marks of a body's alerts, or nil and a sentence.
local function read_alerts(body, now, peer)
  local list, why = json.decode(body)
  if why then return nil, why end
  if type(list) ~= "table" or not getmetatable(list) then return nil, "the body must be a list of alerts" end
  local texts, marks = {}, {}
  for i = 1, #list do
    local mark
    texts[i], mark = read_alert(list[i], now, peer)
    if not texts[i] then return nil, mark end
    marks[i] = mark
  end
  return texts, "[" .. concat(marks, ",") .. "]"
end

-- Requests ----------------------------------------------------------------------------------------------------------------

-- What is asked for, and by which token.
local function address(request)
  local token, rest = match(request.path, "^" .. PREFIX .. "([%w_-]+)/api/v2/(.-)/?$")
  if token then return rest, token end
  rest = match(request.path, "^/api/v2/(.-)/?$")
  return rest, wire.authorization(request.authorization or request.headers and request.headers.authorization, "bearer")
end

local function post(request)
  local what, token = address(request)
  if what ~= "alerts" or request.method ~= "POST" then return nil end
  if not token then return refuse(401, "Send the integration's token as Bearer, as Basic password, or in the path.") end
  local texts, marks = read_alerts(request.body, request.now, request.peer)
  if not texts then return refuse(400, marks) end
  if #texts == 0 then return wire.answer(NAME, 200, "", "") end
  if #texts == 1 then return "alert", NAME, token, ROLE, texts[1], marks, wire.IS_WHOLE, 200, "", "" end
  return wire.alerts(NAME, token, ROLE, encode(json.array(texts)), marks, 0, 200, "", "")
end

-- These modules are a worker's.
local function rows(request)
  local what, token = address(request)
  return require("api.doors.alertmanager_rows").answer(request, what or "", token)
end

local alertmanager_api = { failure = failure }

alertmanager_api.paths, alertmanager_api.rows = { [PREFIX] = post }, { [PREFIX] = rows }
for _, path in ipairs { "alerts", "alerts/", "silences", "silence/", "status", "receivers" } do
  alertmanager_api.paths["/api/v2/" .. path] = post
  alertmanager_api.rows["/api/v2/" .. path] = rows
end

--- The same body under /integrations/v1/alertmanager_api/<token>/; a single alert needs no list.
function alertmanager_api.payload(request)
  local body = find(request.body, "^%s*{") and "[" .. request.body .. "]" or request.body
  local texts, marks = read_alerts(body, request.now, request.peer)
  if not texts then return refuse(400, marks) end
  if #texts == 0 then return wire.answer(NAME, 200, wire.JSON, '"Ok."') end
  return wire.alerts(NAME, "", "", encode(json.array(texts)), marks, 0)
end

function alertmanager_api.refuse(status, sentence) return failure(status, sentence) end

return alertmanager_api
