--- PagerDuty's events: version 2, version 1 and changes. Bodies go to the templates as they come.
local json = require("tocsin.json")
local text = require("tocsin.text")
local wire = require("api.doors.wire")

local NAME <const>, ROLE <const> = "pagerduty", "pagerduty:generic"
local encode <const>, pick <const> = json.encode, json.pick

local function invalid(sentences)
  return '{"status":"invalid event","message":"Event object is invalid","errors":' .. encode(json.array(sentences)) .. "}"
end

local function refuse(...) return wire.answer(NAME, 400, wire.JSON, invalid { ... }) end

local SEVERITIES <const> = { critical = true, error = true, warning = true, info = true }

-- What is wrong with an event of version 2.
local function problem_of(event)
  local payload, action = event.payload, event.event_action
  if action == "acknowledge" or action == "resolve" then
    return not wire.text(event, "dedup_key") and "'dedup_key' is missing or blank" or nil
  end
  if action ~= "trigger" then
    return "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')"
  end
  if type(payload) ~= "table" or getmetatable(payload) then return "'payload' is missing or blank" end
  for _, name in ipairs { "summary", "source", "severity" } do
    if not wire.text(payload, name) then return "'payload." .. name .. "' is missing or blank" end
  end
  if not SEVERITIES[string.lower(payload.severity)] then
    return "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
  end
end

-- The body that templates see, with a key, and the key; nil and what is wrong with it.
local function take(event, body, name, problem)
  problem = problem or #(wire.text(event, name) or "") > 255 and "'" .. name .. "' is too long (maximum is 255 characters)"
  if problem then return nil, problem end
  local key = wire.text(event, name)
  if key then return nil, nil, key end
  key = wire.new_name()
  return wire.with(body, event, name, key), nil, key
end

local function bits_of(action) return action == "acknowledge" and wire.NEEDS_OPEN or 0 end

local function not_allowed(request)
  if request.method == "POST" then return nil end
  return wire.answer(NAME, 405, wire.JSON, '{"status":"error","message":"Method not allowed"}', "Allow: POST\r\n")
end

local function is_given(value) return type(value) == "string" and value ~= "" end

-- What nearly all events are, read without making tables of them; nil: look closer.
local function usual(body)
  local count, token, action, key, summary, source, severity = pick(body, "routing_key", "event_action", "dedup_key",
    "payload.summary", "payload.source", "payload.severity")
  if not count or not is_given(token) or not is_given(key) or #key > 255 then return nil end
  if action == "trigger" then
    if not is_given(summary) or not is_given(source) or not is_given(severity) or not SEVERITIES[severity] then return nil end
  elseif action ~= "acknowledge" and action ~= "resolve" then return nil end
  return token, action, key
end

local function processed(key)
  return '{"status":"success","message":"Event processed","dedup_key":' .. text.json_string(key) .. "}"
end

local function enqueue(request)
  if request.method ~= "POST" then return not_allowed(request) end
  local token, action, known = usual(request.body)
  if token then return wire.alert(NAME, token, ROLE, nil, bits_of(action), 202, wire.JSON, processed(known)) end
  local event, why = wire.object(request.body)
  if not event then return refuse(why) end
  token = wire.text(event, "routing_key")
  if not token then return refuse "'routing_key' is missing or blank" end
  local payload, problem, key = take(event, request.body, "dedup_key", problem_of(event))
  if problem then return refuse(problem) end
  return wire.alert(NAME, token, ROLE, payload, bits_of(event.event_action), 202, wire.JSON, processed(key))
end

local function change_problem(event)
  local payload = event.payload
  return not (type(payload) == "table" and wire.text(payload, "summary")) and "'payload.summary' is missing or blank" or nil
end

-- A change is no problem of anybody's: it is stored as what is over already.
local function change(request)
  if request.method ~= "POST" then return not_allowed(request) end
  local event, why = wire.object(request.body)
  if not event then return refuse(why) end
  local token = wire.text(event, "routing_key")
  why = not token and "'routing_key' is missing or blank" or change_problem(event)
  if why then return refuse(why) end
  return wire.alert(NAME, token, ROLE, wire.with(request.body, event, "event_action", "change"), 0, 202, wire.JSON,
    '{"status":"success","message":"Change event processed"}')
end

local function first_problem(event)
  local kind = event.event_type
  if kind == "trigger" then return not wire.text(event, "description") and "Description is missing or blank" or nil end
  if kind ~= "acknowledge" and kind ~= "resolve" then return "Event type is invalid" end
  return not wire.text(event, "incident_key") and "Incident key is missing or blank" or nil
end

local function create_event(request)
  if request.method ~= "POST" then return not_allowed(request) end
  local event, why = wire.object(request.body)
  if not event then return refuse(why) end
  local token = wire.text(event, "service_key")
  if not token then return refuse "Service key is required" end
  local payload, problem, key = take(event, request.body, "incident_key", first_problem(event))
  if problem then return refuse(problem) end
  return wire.alert(NAME, token, ROLE, payload, bits_of(event.event_type), 200, wire.JSON,
    '{"status":"success","message":"Event processed","incident_key":' .. text.json_string(key) .. "}")
end

local pagerduty = {}

pagerduty.paths = {
  ["/v2/enqueue"] = enqueue,
  ["/v2/change/enqueue"] = change,
  ["/generic/2010-04-15/create_event.json"] = create_event,
}

--- The same bodies under /integrations/v1/pagerduty/<token>/: the address says whose they are.
function pagerduty.payload(request)
  local event, why = wire.object(request.body)
  if not event then return refuse(why) end
  local is_first, name, problem = event.event_type ~= nil, "dedup_key"
  if is_first then name, problem = "incident_key", first_problem(event)
  elseif event.event_action == nil or event.event_action == "change" then
    problem = change_problem(event)
    if not problem then return wire.alert(NAME, "", "", wire.with(request.body, event, "event_action", "change"), 0) end
  else problem = problem_of(event) end
  local payload
  payload, problem = take(event, request.body, name, problem)
  if problem then return refuse(problem) end
  return wire.alert(NAME, "", "", payload, bits_of(event.event_action or event.event_type))
end

function pagerduty.refuse(status, sentence)
  if status == 401 then return 400, wire.JSON, invalid { "Invalid routing key" } end
  if status == 429 then return 429, wire.JSON, '{"status":"throttle exceeded","message":' .. encode(sentence) .. "}" end
  if status == 400 then return 400, wire.JSON, invalid { sentence } end
  return status, wire.JSON, '{"status":"error","message":' .. encode(sentence) .. "}"
end

return pagerduty
