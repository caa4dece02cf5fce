--- Handlers that have the server look at something now instead of in some minutes: they change the row that says when.
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rows = require("api.rows")

local refresh = {}

-- What was never tried is due, and without these two the server is not asked whether anything changed (engine/calendars.h).
local CALENDARS = "UPDATE schedule_copy SET tried_at = NULL, etag = NULL, modified = NULL WHERE schedule_id = $1"
-- A list is begun anew; what people did is asked for all the time (engine/chores.h).
local LISTS = "UPDATE chore SET next_at = NULL, cursor = NULL WHERE provider_id = $1 AND kind <> 'updates'"

local function handler(resource, sql, about, name)
  return { about = about, gives = { ref = name }, answer = function(request)
    local row = rows.by_id(resource, request.id)
    if not row then return errors.not_found() end
    local statements = json.array({ { sql = sql, args = json.array({ row.id }) } })
    local result, sentence, code = port.call("write", { statements = statements })
    if not result then return change.port_error(sentence, code) end
    return { status = 200, value = rows.show(resource, rows.by_key(resource, row.id), request) }
  end }
end

-- POST /schedules/<id>/reload/
refresh.schedule = handler(require("resources.schedule"), CALENDARS, "Has the calendars fetched at once.", "Schedule")
-- POST /providers/<id>/sync/
refresh.provider = handler(require("resources.provider"), LISTS, "Asks for the provider's lists at once.", "Provider")

return refresh
