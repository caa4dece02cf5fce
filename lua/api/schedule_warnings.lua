--- GET /schedules/<id>/warnings/: gaps, shifts without anybody and people who cannot be reached, in the next 30 days.
local errors = require("api.errors")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local rows = require("api.rows")
local schedule = require("tocsin.schedule")
local schedule_resource = require("resources.schedule")
local store = require("tocsin.store")
local time = require("api.time")
local warnings = require("schedule_warnings")
local writer = require("api.writer")

local schedule_warnings = {}

local AHEAD = 30 * 86400000000

local function is_reachable(id)
  return store.row("SELECT id FROM contact_method WHERE user_id = $1 AND is_enabled = 1 AND verified_at IS NOT NULL " ..
    "AND failed_at IS NULL", id) ~= nil
end

local function show(warning)
  return writer.object("kind", warning.kind, "start", time.text(warning.from), "end", time.text(warning.to),
    "shift", math.type(warning.shift) == "integer" and ids.encode("O", warning.shift) or nil,
    "user", warning.user and ids.encode("U", warning.user), "text", warning.text)
end

function schedule_warnings.get(request)
  local row = rows.by_id(schedule_resource, request.id)
  if not row then return errors.not_found() end
  local answer, sentence = schedule.ask({ what = "final", id = row.id, from = request.now, to = request.now + AHEAD })
  if not answer then return errors.detail(400, sentence) end
  local list = {}
  if answer.problem ~= json.null then list[1] = writer.object("kind", "problem", "text", answer.problem) end
  for _, warning in ipairs(warnings.list(answer, is_reachable)) do list[#list + 1] = show(warning) end
  return { status = 200, value = writer.object("results", writer.list(list)) }
end

return schedule_warnings
