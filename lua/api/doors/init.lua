--- The doors: addresses at which other systems take alerts in, so that their senders are heard without an edit.
---
--- A door is one file beside this one. On an I/O loop its `read` turns a request into alerts of the integration that the
--- sender's key belongs to, as payloads for the templates of integrations/<type>.lua; there are no rows to read there. What
--- needs rows goes to a worker: `rows`. Results are a list in the order of core/engine/intake_door.c, made by the helpers
--- of `wire`.
local json = require("tocsin.json")
local wire = require("api.doors.wire")

local doors = {}

local BY_NAME <const> = {
  alertmanager_api = require("api.doors.alertmanager_api"),
  goalert = require("api.doors.goalert"),
  mail_providers = require("api.doors.mail_providers"),
  opsgenie = require("api.doors.opsgenie"),
  pagerduty = require("api.doors.pagerduty"),
  victorops = require("api.doors.victorops"),
}

-- Whole paths, and beginnings that end in a slash.
local WHOLE <const>, BEGINS <const> = {}, {}
for name, door in pairs(BY_NAME) do
  for path in pairs(door.paths) do
    if string.sub(path, -1) == "/" then BEGINS[#BEGINS + 1] = { path, name } else WHOLE[path] = name end
  end
end
table.sort(BEGINS, function(a, b) return #a[1] > #b[1] end)

-- The door of a path, and which of its paths it is.
local function find(path)
  local name = WHOLE[path]
  if name then return BY_NAME[name], path end
  for _, begin in ipairs(BEGINS) do
    if string.find(path, begin[1], 1, true) == 1 then return BY_NAME[begin[2]], begin[1] end
  end
end

-- One request at a time is read in a state: its table is used again by the next one.
local current <const> = {}

--- A request on an I/O loop. Without a result it needs rows.
function doors.read(method, path, query, authorization, content_type, accept, body, now, peer)
  local door, at = find(path)
  if not door then return nil end
  local r <const> = current
  r.method, r.path, r.at, r.query, r.authorization, r.content_type = method, path, at, query, authorization, content_type
  r.accept, r.body, r.now, r.peer = accept, body, now, peer
  return door.paths[at](r)
end

--- A body that came to /integrations/v1/<type>/<token>/.
function doors.payload(type_name, method, query, content_type, body, now, peer)
  local door = BY_NAME[type_name]
  if not door then return nil end
  return door.payload { method = method, query = query, content_type = content_type, body = body, now = now, peer = peer }
end

--- The answer for a request of which nothing was stored, in the door's own words.
---@return integer status
---@return string content_type
---@return string body
function doors.refuse(name, status, sentence, token, note)
  return BY_NAME[name].refuse(status, sentence, token, note)
end

--- The answer for what is stored, where it needs something of that.
---@param token string the integration's own
function doors.stored(name, note, group_id, alert_id, is_new, token)
  return BY_NAME[name].stored(note, { group_id = group_id, alert_id = alert_id, is_new = is_new, token = token })
end

--- A request that needs rows, on a worker.
function doors.handle(method, path, query, headers_json, body, now, base_url)
  local door, at = find(path)
  local handler = door and door.rows and door.rows[at]
  if not handler then return wire.not_found() end
  return handler { method = method, path = path, at = at, query = query, headers = json.decode(headers_json),
    body = body, now = now, base_url = base_url }
end

return doors
