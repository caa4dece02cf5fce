--- GET /schedules/<id>/warnings/: what is wrong in the next 30 days, looked at now.
local errors = require("api.errors")
local facts = require("watch.facts")
local rows = require("api.rows")
local schedule_resource = require("resources.schedule")
local warning = require("api.warning")
local writer = require("api.writer")

local schedule_warnings = {}

schedule_warnings.get = {
  about = "What is wrong with the schedule in the next thirty days, looked at now.",
  gives = { object = { { "results", { list = warning.SHAPE } } } },
  answer = function(request)
    local row = rows.by_id(schedule_resource, request.id)
    if not row then return errors.not_found() end
    local list, sentence = facts.ahead(row.id, request.now)
    if not list then return errors.detail(400, sentence) end
    return { status = 200, value = writer.object("results", warning.show_list(list)) }
  end,
}

return schedule_warnings
