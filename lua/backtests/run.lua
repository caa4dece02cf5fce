--- One backtest from start to end, in pieces of some milliseconds: it can be stopped between any two.
---
--- Called by the backtest's thread (core/backtests.h), in a Lua state of its own that reads rows and writes none. Each read
--- is short, so that no checkpoint waits for it.
local backtest <const> = require("backtest")
local body <const> = require("api.body")
local history <const> = require("backtests.history")
local ids <const> = require("tocsin.ids")
local fuel <const> = require("tocsin.fuel")
local json <const> = require("tocsin.json")
local plan <const> = require("api.backtest_plan")
local store <const> = require("tocsin.store")
local writer <const> = require("api.writer")
local concat <const> = table.concat

local run = {}

local ALERTS_AT_ONCE <const> = 60
local BYTES_AT_ONCE <const> = 64 * 1024 -- a longer payload is read by itself
local REPORT_EVERY <const> = 50         -- pieces: what differs so far
local PIECE_FUEL <const> = fuel.SLOW    -- of a piece: some 50 ms

local function marks_of(count)
  local marks = {}
  for i = 1, count do marks[i] = "$" .. i end
  return concat(marks, ",")
end

local ALERTS <const> = "SELECT id, alert_group_id, received_at, parsed, CASE WHEN length(payload) <= " .. BYTES_AT_ONCE ..
  " THEN payload END AS payload FROM alert WHERE id IN (" .. marks_of(ALERTS_AT_ONCE) .. ") ORDER BY id"
local PAYLOAD <const> = "SELECT payload FROM alert WHERE id = $1"

local current -- {test, history, ids, rows: read and not yet rendered, from `row` on, read, at: done, pieces}

--- Begins one.
---@param request_json string {integration: public id or name, changes: the body of POST …/backtest/}
---@return string|nil why a sentence: it cannot be run
function run.start(request_json)
  local request = json.decode(request_json)
  local row, why = plan.find(request.integration)
  if not row then return why end
  if not body.is_object(request.changes) then return "the changes are not a JSON object" end
  local made, refusal = plan.make(row, request.changes)
  if not made then return writer.text(refusal.value) end
  current = { test = backtest.new(made.old, made.new), history = history.new(made.integration_id, made.last),
    at = 0, read = 0, rows = {}, pieces = 0 }
end

-- Report -----------------------------------------------------------------------------------------------------------------

local function sample(s)
  return writer.object("alert_id", ids.encode("A", s.alert_id), "alert_group_id", ids.encode("I", s.alert_group_id),
    "old", s.old, "new", s.new)
end

local function samples(list)
  local out = {}
  for i, s in ipairs(list) do out[i] = sample(s) end
  return writer.list(out)
end

local function counted(t) return writer.object("count", t.count, "samples", samples(t.samples)) end

local function flags(t)
  local object = writer.object("old", t.old, "new", t.new, "missed", counted(t.missed), "added", counted(t.added))
  if t.without_group then
    writer.put(object, "without_group", writer.object("old", t.without_group.old, "new", t.without_group.new))
  end
  return object
end

-- A route of the database by its id, one of the changes by its place there.
local function route_name(id)
  return id > 0 and ids.encode("R", id) or string.format("routes[%d]", -id)
end

local function routes(list)
  local out = {}
  for i, r in ipairs(list) do
    out[i] = writer.object("from", route_name(r.from), "to", route_name(r.to), "count", r.count)
  end
  return writer.list(out)
end

local function renderings(list)
  local out = {}
  for i, d in ipairs(list) do
    out[i] = writer.object("field", d.field, "count", d.count, "errors_old", d.errors_old, "errors_new", d.errors_new,
      "samples", samples(d.samples))
  end
  return writer.list(out)
end

local function report_of(test)
  local r = test:report()
  local object = writer.object("payloads", r.payloads, "unreadable", r.unreadable)
  if r.groups then
    local g = r.groups
    writer.put(object, "groups",
      writer.object("old", g.old, "new", g.new, "merged", counted(g.merged), "split", counted(g.split)))
    writer.put(object, "resolves", flags(r.resolves))
    writer.put(object, "acknowledges", flags(r.acknowledges))
    writer.put(object, "routes", routes(r.routes))
  end
  writer.put(object, "renderings", renderings(r.renderings))
  return object
end

-- Pieces -----------------------------------------------------------------------------------------------------------------

local function text_of(row)
  return row.parsed or row.payload or (store.row(PAYLOAD, row.id) or { payload = "" }).payload
end

-- Some alerts: those that were read, as far as a piece goes.
local function replay(c)
  if #c.rows == 0 then
    local args = {}
    for i = 1, ALERTS_AT_ONCE do args[i] = c.ids[c.read + i] or json.null end
    c.rows, c.row, c.read = store.rows(ALERTS, table.unpack(args)), 1, math.min(c.read + ALERTS_AT_ONCE, #c.ids)
  end
  local enough = fuel.left() - PIECE_FUEL
  while c.rows[c.row] and fuel.left() > enough do
    c.test:add(c.rows[c.row], text_of(c.rows[c.row]))
    c.row, c.at = c.row + 1, c.at + 1
  end
  if not c.rows[c.row] then c.rows, c.at = {}, c.read end -- some may have been deleted meanwhile
  return c.at == #c.ids
end

--- One piece.
---@param is_stopping boolean the last: what differs so far is told
---@return boolean is_done
---@return integer done
---@return integer? total nil while it is looked what there is
---@return string? report JSON, now and then and at the end
function run.step(is_stopping)
  local c, is_done = current, is_stopping
  if not is_stopping then
    c.pieces = c.pieces + 1
    if c.ids then is_done = replay(c) else c.ids = c.history:step() end
  end
  local has_report = is_done or c.pieces % REPORT_EVERY == 0
  if is_done then current = nil end
  return is_done, c.at, c.ids and #c.ids, has_report and writer.text(report_of(c.test)) or nil
end

return run
