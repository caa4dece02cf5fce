--- POST /providers/<id>/sync/: its lists are asked for now instead of within ten minutes.
local change = require("api.change")
local errors = require("api.errors")
local json = require("tocsin.json")
local port = require("tocsin.port")
local provider_resource = require("resources.provider")
local rows = require("api.rows")

local provider_sync = {}

-- A list is begun anew; what people did is asked for all the time. What has no row is due (engine/chores.h).
local STATEMENT = "UPDATE chore SET next_at = NULL, cursor = NULL WHERE provider_id = $1 AND kind <> 'updates'"

function provider_sync.run(request)
  local row = rows.by_id(provider_resource, request.id)
  if not row then return errors.not_found() end
  local statements = json.array({ { sql = STATEMENT, args = json.array({ row.id }) } })
  local result, sentence, code = port.call("write", { statements = statements })
  if not result then return change.port_error(sentence, code) end
  return { status = 200, value = rows.show(provider_resource, rows.by_key(provider_resource, row.id), request) }
end

return provider_sync
