--- Backtests over the API: begun for an integration, looked at while they run, stopped.
local backtest_plan = require("api.backtest_plan")
local body = require("api.body")
local change = require("api.change")
local errors = require("api.errors")
local ids = require("tocsin.ids")
local port = require("tocsin.port")
local writer = require("api.writer")

local backtest = {}

local PREFIX <const> = "B"

local function answer(status, result)
  return { status = status, value = writer.object("id", ids.encode(PREFIX, result.id), "state", result.state,
    "done", result.done, "total", result.total, "error", result.error, "report", result.report and writer.raw(result.report)) }
end

local function call(status, arguments)
  local result, sentence, code = port.call("backtest", arguments)
  if result then return answer(status, result) end
  if code == "FULL" then return errors.detail(503, "Too many backtests are waiting; try again later.", "Retry-After: 30\r\n") end
  return change.port_error(sentence, code)
end

---POST /integrations/<id>/backtest/ with the changes → 202 {id, state …}: it runs in the background.
function backtest.create(request)
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
end

local function with_id(arguments)
  return function(request)
    local id = ids.decode(PREFIX, request.id)
    if not id then return errors.not_found() end
    local all = { id = id }
    for name, v in pairs(arguments) do all[name] = v end
    return call(200, all)
  end
end

---GET /backtests/<id>/ → how far it is, and what differs so far.
backtest.get = with_id {}

---POST /backtests/<id>/stop/: it ends with what it has found.
backtest.stop = with_id { stop = true }

return backtest
