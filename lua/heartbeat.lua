--- What is sent through an integration's templates when its heartbeat is missing, and when it is back.
---
--- A file has its own payloads (`heartbeat` in integrations/README.md), in the form that its templates understand. A type
--- without them gets the generic form, and a title beside it: the core groups and resolves that one itself.
local integration <const> = require("integration")
local json <const> = require("tocsin.json")
local pairs <const>, type <const> = pairs, type

local heartbeat = {}

-- Members that are read by people, in the payloads of all files.
local WORDS <const> = { message = true, description = true }

local function put_text(value, text)
  local has = false
  for key, member in pairs(value) do
    if WORDS[key] and type(member) == "string" then
      value[key] = text
      has = true
    elseif type(member) == "table" then
      has = put_text(member, text) or has
    end
  end
  return has
end

-- The operator's own words stand where the payload has words; where it has none they are its message.
local function with_text(payload, text)
  local value = json.decode(payload)
  if not put_text(value, text) then value.message = text end
  return json.encode(value)
end

local function generic(name, is_missing, text)
  local title = is_missing and name .. ": heartbeat is missing" or name .. ": heartbeat is back"
  local default = is_missing and "The source of this integration has not been heard of for too long."
    or "The source of this integration is heard of again."
  return '{"alert_uid":"heartbeat","title":' .. json.encode(title) .. ',"state":"' .. (is_missing and "alerting" or "ok")
    .. '","message":' .. json.encode(text or default) .. ',"is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":'
    .. (is_missing and "false" or "true") .. "}", title
end

--- The bytes of the alert.
---@param kind string type of the integration
---@param name string of the integration
---@param is_missing boolean else it is back
---@param text string? the operator's own words for a missing one
---@return string payload JSON
---@return string? title of the generic form; nil: the templates have one
function heartbeat.payload(kind, name, is_missing, text)
  if not is_missing then text = nil end
  local spec = integration.load(kind)
  local own = spec and spec.heartbeat
  if not own then return generic(name, is_missing, text) end
  local payload = is_missing and own.missing or own.restored
  return text and with_text(payload, text) or payload
end

return heartbeat
