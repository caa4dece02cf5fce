--- VictorOps' (Splunk On-Call's) generic REST endpoint. Bodies go to the templates with the routing key of the path.
local json = require("tocsin.json")
local text = require("tocsin.text")
local wire = require("api.doors.wire")

local NAME <const>, ROLE <const> = "victorops", "victorops:generic"
local encode <const> = json.encode

local TYPES <const> = { critical = true, warning = true, info = true, acknowledgement = true, recovery = true }

local SOME <const> = { message_type = "" } -- an object that is not empty

local function failure(sentence) return '{"result":"failure","messages":' .. encode(sentence) .. "}" end
local function refuse(status, sentence) return wire.answer(NAME, status, wire.JSON, failure(sentence)) end

-- What nearly all messages are, read without making tables of them: what it is known by and its kind; nil: look closer.
local function usual(body, routing_key)
  local count, kind, entity, own_key = json.pick(body, "message_type", "entity_id", "routing_key")
  if not count or type(kind) ~= "string" or type(entity) ~= "string" or entity == "" then return nil end
  kind = string.lower(kind)
  if not TYPES[kind] or routing_key and own_key ~= nil then return nil end
  return entity, kind
end

-- The payload, what it is known by, and what kind it is; nil and a sentence.
local function read(body, routing_key)
  local known, sort = usual(body, routing_key)
  if known then return routing_key and wire.with(body, SOME, "routing_key", routing_key) or "", known, sort end
  local event, why = wire.object(body)
  if not event then return nil, why end
  local kind = string.lower(wire.text(event, "message_type") or "")
  if kind == "ack" then kind = "acknowledgement" elseif kind == "ok" then kind = "recovery" end
  if not TYPES[kind] then
    return nil, "message_type must be one of CRITICAL, WARNING, ACKNOWLEDGEMENT, INFO, RECOVERY"
  end
  local entity, payload = wire.text(event, "entity_id"), body
  if not entity then
    entity = wire.new_name()
    payload = wire.with(payload, event, "entity_id", entity)
  end
  if routing_key and not wire.text(event, "routing_key") then payload = wire.with(payload, event, "routing_key", routing_key) end
  return payload ~= body and payload or "", entity, kind
end

local function bits_of(kind) return kind == "acknowledgement" and wire.NEEDS_OPEN or 0 end

local function alert(request)
  if request.method ~= "POST" then return refuse(405, "Only POST is allowed.") end
  local token, rest = string.match(string.sub(request.path, #request.at + 1), "^([%w_-]+)(.*)$")
  local routing_key = rest and string.match(rest, "^/([^/]+)/?$")
  if not token or not routing_key and rest ~= "" and rest ~= "/" then return refuse(404, "Not found.") end
  local payload, entity, kind = read(request.body, routing_key)
  if not payload then return refuse(400, entity) end
  return wire.alert(NAME, token, ROLE, payload, bits_of(kind), 200, wire.JSON,
    '{"result":"success","entity_id":' .. text.json_string(entity) .. "}")
end

local victorops = {}

victorops.paths = { ["/integrations/generic/20131114/alert/"] = alert }

--- The same body under /integrations/v1/victorops/<token>/.
function victorops.payload(request)
  local payload, entity, kind = read(request.body)
  if not payload then return refuse(400, entity) end
  return wire.alert(NAME, "", "", payload, bits_of(kind))
end

function victorops.refuse(status, sentence)
  return status == 401 and 404 or status, wire.JSON, failure(status == 401 and "This API key is not known." or sentence)
end

return victorops
