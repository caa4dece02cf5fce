--- Opsgenie's alert API: alerts are made on the loop; deeds on one, by id, tiny id or alias, and questions need rows.
---
--- There every request is answered 202 before it is done, and a request's id tells what became of it. Here it is done when
--- it is answered: the id says so by itself, in the digits of a UUID.
local json = require("tocsin.json")
local wire = require("api.doors.wire")

local NAME <const>, ROLE <const> = "opsgenie", "opsgenie:generic"
local encode <const> = json.encode

local ACTIONS <const> = { "Create", "Close", "Acknowledge", "UnAcknowledge", "Snooze", "AddNote", "Delete" }
-- What became of a request: of alerts made, closed and acknowledged on the loop the word depends on the action.
local NOTHING <const>, OPENED <const>, JOINED <const>, REFUSED <const> = 3, 1, 2, 4
local DONE <const> = { Create = "Created alert", Close = "Closed alert", Acknowledge = "Acknowledged alert",
  UnAcknowledge = "UnAcknowledged alert", Snooze = "Snoozed alert", AddNote = "Added note" }

local function place_in(list, word)
  for i, one in ipairs(list) do
    if one == word then return i end
  end
end

local function request_id(action, outcome, group_id)
  return string.format("%08x-%04x-4%03x-8000-%012x", 0, place_in(ACTIONS, action), outcome, group_id)
end

-- The same, before it is known what becomes of it (wire.FILLS).
local UNKNOWN <const> = {}
for i, action in ipairs(ACTIONS) do UNKNOWN[action] = string.format("00000000-%04x-400\2-8000-\1", i) end

local function accepted(id, words)
  return 202, wire.JSON, '{"result":' .. encode(words or "Request will be processed") .. ',"took":0.001,"requestId":"' ..
    id .. '"}'
end

local function failure(status, sentence, errors)
  return status, wire.JSON, '{"message":' .. encode(sentence) .. (errors and ',"errors":' .. encode(errors) or "") ..
    ',"took":0.0,"requestId":"' .. wire.new_name() .. '"}'
end

local function refuse(...)
  local status, content_type, body = failure(...)
  return wire.answer(NAME, status, content_type, body)
end

local UNREADABLE <const> = "Request body is not processable. Please check the errors."
local PRIORITIES <const> = { P1 = true, P2 = true, P3 = true, P4 = true, P5 = true }

-- What is wrong with an alert: nil and sentences by field.
local function read_closely(body)
  local alert, why = wire.object(body)
  if not alert then return nil, { body = why } end
  local alias, priority = alert.alias, alert.priority
  if not wire.text(alert, "message") then return nil, { message = "Message can not be empty." } end
  if alias ~= nil and alias ~= json.null and (type(alias) ~= "string" or #alias > 512) then
    return nil, { alias = "Alias must be text of up to 512 characters." }
  end
  if priority ~= nil and priority ~= json.null and not PRIORITIES[priority] then
    return nil, { priority = "Priority should be one of [P1, P2, P3, P4, P5]." }
  end
  return alert
end

-- Whether it is one; nearly all are, and no tables are made of those.
local function read(body)
  local count, message, alias, priority = json.pick(body, "message", "alias", "priority")
  local is_alias = alias == nil or type(alias) == "string" and #alias <= 512
  if count and type(message) == "string" and message ~= "" and is_alias and (priority == nil
    or PRIORITIES[priority]) then return true end
  return read_closely(body)
end

local function create(request)
  if request.method ~= "POST" then return nil end
  local token = wire.authorization(request.authorization, "geniekey")
  if not token then return refuse(401, "Could not authenticate: send Authorization: GenieKey and the key.") end
  local alert, errors = read(request.body)
  if not alert then return refuse(422, UNREADABLE, errors) end
  return wire.alert(NAME, token, ROLE, nil, wire.FILLS, accepted(UNKNOWN.Create))
end

-- Close and acknowledge by alias are alerts like any: they join what is open under it.
local BY_ALIAS <const> = { close = "Close", acknowledge = "Acknowledge" }

local function unescape(text)
  return (string.gsub(text, "%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function deed(request)
  local identifier, verb = string.match(string.sub(request.path, #request.at + 1), "^([^/]+)/(%a+)/?$")
  local action = request.method == "POST" and BY_ALIAS[verb]
  if not action or not string.find("&" .. request.query .. "&", "&identifierType=alias&", 1, true) then return nil end
  local token = wire.authorization(request.authorization, "geniekey")
  if not token then return refuse(401, "Could not authenticate: send Authorization: GenieKey and the key.") end
  local sent, why = {}
  if string.find(request.body, "%S") then
    sent, why = wire.object(request.body)
    if not sent then return refuse(400, why) end
  end
  sent.alias, sent.action = wire.utf8(unescape(identifier)), action
  return wire.alert(NAME, token, ROLE, encode(sent), wire.NEEDS_OPEN | wire.FILLS, accepted(UNKNOWN[action]))
end

local PINGS <const> = { GET = true, HEAD = true, POST = true, PUT = true, PATCH = true }

local function beat(request)
  local name = string.match(string.sub(request.path, #request.at + 1), "^([^/]+)/ping/?$")
  if not name or not PINGS[request.method] then return nil end
  local token = wire.authorization(request.authorization, "geniekey")
  if not token then return refuse(401, "Could not authenticate: send Authorization: GenieKey and the key.") end
  return wire.beat(NAME, token, ROLE, accepted(wire.new_name(), "PONG - Heartbeat received"))
end

-- What needs rows. These modules are a worker's.
local function worker() return require("api.doors.opsgenie_rows") end

local opsgenie = { NOTHING = NOTHING, OPENED = OPENED, JOINED = JOINED, REFUSED = REFUSED, request_id = request_id,
  accepted = accepted, failure = failure,
  unescape = unescape }

--- What a request's id tells: {action, group_id, outcome, status}; nil: it is none.
function opsgenie.told_by(id)
  local action, outcome, group_id = string.match(id, "^00000000%-(%x%x%x%x)%-4(%x%x%x)%-8000%-(%x%x%x%x%x%x%x%x%x%x%x%x)$")
  action, outcome = action and ACTIONS[tonumber(action, 16)], tonumber(outcome or "0", 16)
  if not action then return nil end
  local status = DONE[action]
  if outcome == NOTHING then status = "Alert does not exist"
  elseif outcome == REFUSED then status = "Refused: see the alert's state"
  elseif action == "Create" and outcome == JOINED then status = "Alert count incremented" end
  return { action = action, group_id = tonumber(group_id, 16), is_success = outcome < NOTHING, status = status }
end

opsgenie.paths = { ["/v2/alerts"] = create, ["/v2/alerts/"] = deed, ["/v2/heartbeats/"] = beat }
opsgenie.rows = {
  ["/v2/alerts"] = function(request) return worker().list(request) end,
  ["/v2/alerts/"] = function(request) return worker().alert(request) end,
  ["/v2/heartbeats/"] = function(request) return worker().heartbeat(request) end,
}

--- The same body under /integrations/v1/opsgenie/<token>/.
function opsgenie.payload(request)
  local alert, errors = read(request.body)
  if not alert then return refuse(422, UNREADABLE, errors) end
  return wire.alert(NAME, "", "")
end

function opsgenie.refuse(status, sentence)
  return failure(status, status == 401 and "Could not authenticate: this key is not known." or sentence)
end

return opsgenie
