--- numFiring and numResolved: what Grafana's own OnCall contact point sends and plain Alertmanager does not.
---
--- Templates of these types see them whoever sent the alert; the stored payload stays the bytes that came. Adding them
--- copies the payload, so it is done only for an integration whose templates could notice.
local value <const> = require("jinja.value")
local find <const>, sub <const>, match <const> = string.find, string.sub, string.match

local counts = {}

local TYPES <const> = { alertmanager = true, grafana_alerting = true }

-- Names on a payload that walk over all of it.
local WALKS <const> = { items = true, keys = true, values = true, copy = true, popitem = true, pop = true }

-- Whether the template uses the payload in a way that shows the two fields: by name, or as a whole.
local function notices(source)
  if find(source, "numFiring", 1, true) or find(source, "numResolved", 1, true) then return true end
  local at = 1
  while true do
    local _, last = find(source, "%f[%w_]payload%f[^%w_]", at)
    if not last then return false end
    local rest = sub(source, last + 1, last + 60)
    local name = match(rest, "^%.([%a_][%w_]*)")
    local is_step = name and (name ~= "get" and not WALKS[name] or name == "get" and find(rest, "^%.get%(%s*[\"'][%w_]+[\"']"))
      or find(rest, "^%[%s*[\"'][%w_ ]+[\"']%s*%]") or find(rest, "^ +is +string%f[^%w]")
      or find(rest, "^ +if +payload +is +string%f[^%w]") -- a text has no counts
    if not is_step then return true end
    at = last + 1
  end
end

--- Whether payloads of this type need the two fields for these templates.
---@param type_name string
---@param sources string[]
---@return boolean
function counts.are_needed(type_name, sources)
  if not TYPES[type_name] then return false end
  for _, source in ipairs(sources) do
    if notices(source) then return true end
  end
  return false
end

--- The payload with both fields, or the payload itself when it has them or is no Alertmanager payload.
---@param payload any
---@return any
function counts.add(payload)
  local object = value.plain(payload)
  if type(object) ~= "table" or value.type_of(object) ~= value.DICT or object.v.numFiring ~= nil then return payload end
  local alerts = value.plain(object.v.alerts)
  if type(alerts) ~= "table" or value.type_of(alerts) ~= value.LIST then return payload end
  local firing, resolved = 0, 0
  for i = 1, alerts.n do
    local alert = value.plain(alerts[i])
    local status = type(alert) == "table" and value.type_of(alert) == value.DICT and alert.v.status
    if status == "firing" then firing = firing + 1 elseif status == "resolved" then resolved = resolved + 1 end
  end
  local copy = value.dict_copy(object)
  value.dict_set(copy, "numFiring", firing)
  value.dict_set(copy, "numResolved", resolved)
  return copy
end

return counts
