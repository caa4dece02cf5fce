--- POST /schedules/<id>/reload/: its calendars are fetched now instead of within ten minutes.
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rows = require("api.rows")
local schedule_resource = require("resources.schedule")

local schedule_reload = {}

-- What was never tried is due, and without these two the server is not asked whether anything changed (engine/calendars.h).
local STATEMENT = "UPDATE schedule_copy SET tried_at = NULL, etag = NULL, modified = NULL WHERE schedule_id = $1"

function schedule_reload.run(request)
  local row = rows.by_id(schedule_resource, request.id)
  if not row then return errors.not_found() end
  local statements = json.array({ { sql = STATEMENT, args = json.array({ row.id }) } })
  local result, sentence, code = port.call("write", { statements = statements })
  if not result then return change.port_error(sentence, code) end
  return { status = 200, value = rows.show(schedule_resource, rows.by_key(schedule_resource, row.id), request) }
end

return schedule_reload
