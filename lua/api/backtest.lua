--- Backtests over the API: begun for an integration, looked at while they run, stopped.
local backtest_plan = require("api.backtest_plan")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local events = require("api.events")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local port = require("tocsin.port")
local rights = require("api.rights")
local writer = require("api.writer")

local backtest = {}

local PREFIX <const> = "B"

local function show(run)
  return writer.object("id", ids.encode(PREFIX, run.id), "state", run.state, "done", run.done, "total", run.total,
    "error", run.error, "report", run.report and writer.raw(run.report))
end

local STATES <const> = { "waiting", "running", "done", "stopped", "failed" }
local RUN <const> = { object = { { "id", "id" }, { "state", { choice = STATES } }, { "done", "integer" }, { "total", "integer?" },
  { "error", "text?" }, { "report", { map = "any", null = true } } } }

local function answer(status, result)
  return { status = status, value = show(result) }
end

local function call(status, arguments)
  local result, sentence, code = port.call("backtest", arguments)
  if result then return answer(status, result) end
  if code == "FULL" then return errors.detail(503, "Too many backtests are waiting; try again later.", "Retry-After: 30\r\n") end
  return change.port_error(sentence, code)
end

---POST /integrations/<id>/backtest/ with the changes → 202 {id, state …}: it runs in the background.
backtest.create = {
  about = "Renders stored alerts with the changes that are sent and without, in the background, and tells what would differ.",
  takes = backtest_plan.SHAPE, gives = RUN, status = 202,
  answer = function(request)
    local id = ids.decode("C", request.id)
    local row = id and backtest_plan.find(request.id)
    if not row or row.id ~= id then return errors.not_found() end
    local sent, refusal = body.object(request)
    if not sent then return refusal end
    local made
    made, refusal = backtest_plan.make(row, sent)
    if not made then return refusal end
    local changes = string.find(request.body, "%S") and request.body or "{}"
    return call(202, { start = '{"integration":' .. writer.quote(request.id) .. ',"changes":' .. changes .. "}" })
  end,
}

-- The run that a request names, for who sees its integration: it shows titles of its alerts.
local function find(request)
  local id = ids.decode(PREFIX, request.id)
  if not id then return nil, errors.not_found() end
  local run, sentence, code = port.call("backtest", { id = id })
  if not run then return nil, change.port_error(sentence, code) end
  if rights.is_limited(request.actor) then
    local key = ids.decode("C", run.integration)
    local is_seen = key and rights.sees(request.actor, rights.resource("integration"), key, true)
    if not is_seen then return nil, errors.not_found() end
  end
  return run
end

---GET /backtests/<id>/ → how far it is, and what differs so far.
backtest.get = {
  about = "How far a backtest is, and what differs so far.", gives = RUN,
  answer = function(request)
    local run, refusal = find(request)
    return refusal or answer(200, run)
  end,
}

local OVER = { done = true, stopped = true, failed = true }

local function tell(run)
  return events.event(OVER[run.state] and "end" or "progress", show(run)), OVER[run.state] or false
end

---How a run is, as an event: `progress`, and `end` with what it found. Called by the core's thread.
---@param text string JSON as the port tells it
---@return string text
---@return boolean is_over
function backtest.event(text)
  return tell(json.decode(text))
end

---GET /backtests/<id>/events/ → the same as a stream, until it is over.
backtest.events = {
  about = "The same as a stream of server-sent events, until it is over.", kind = events.TYPE, gives = "text",
  answer = function(request)
    local from = port.call("events", {}).from
    local run, refusal = find(request)
    if not run then return refusal end
    local text, is_over = tell(run)
    return events.stream(text, not is_over and from .. " run " .. run.id or nil)
  end,
}

---POST /backtests/<id>/stop/: it ends with what it has found.
backtest.stop = {
  about = "Ends a backtest with what it has found.", gives = RUN,
  answer = function(request)
    local run, refusal = find(request)
    return refusal or call(200, { id = run.id, stop = true })
  end,
}

return backtest
