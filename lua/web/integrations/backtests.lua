--- A backtest, `/backtests/<id>`: how far it is, and what would have been otherwise.
local ask <const> = require "web.ask"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local query_string <const> = require "api.query"
local shared <const> = require "web.integrations.shared"
local texts <const> = require "web.texts"

local backtests <const> = {}

local OVER <const> = { done = true, stopped = true, failed = true }

local function said(text) return type(text) == "string" and text or texts.backtest.nothing end

local function samples_of(list)
  local rows <const> = {}
  for i, s in ipairs(list or {}) do rows[i] = { group = s.alert_group_id, old = said(s.old), new = said(s.new) } end
  return rows
end

-- The report as rows: a name, how often, and what it was about.
local function rows_of(report)
  local rows <const>, t <const> = {}, texts.backtest
  local function add(name, counted, more)
    rows[#rows + 1] = { name = name, count = counted.count, more = more or false, samples = samples_of(counted.samples) }
  end
  if report.groups then
    local old <const>, new <const> = report.groups.old, report.groups.new
    add(t.groups, { count = new - old }, string.format(t.from_to, old, new))
    add(t.merged, report.groups.merged)
    add(t.split, report.groups.split)
    for _, name in ipairs { "resolves", "acknowledges" } do
      add(t[name .. "_missed"], report[name].missed)
      add(t[name .. "_added"], report[name].added)
    end
    for _, route in ipairs(report.routes) do add(t.routes, { count = route.count }) end
  end
  for _, d in ipairs(report.renderings) do
    local errors <const> = d.errors_old + d.errors_new > 0 and string.format(t.errors, d.errors_old, d.errors_new)
    add(d.field, d, errors or nil)
  end
  return rows
end

local function back_of(request)
  local id <const> = query_string.get(request.query, "integration") or ""
  return string.find(id, "^C%w+$") and "/integrations/" .. id .. "/templates" or "/integrations"
end

---GET /backtests/<id>; with `part=run` what changes while it runs.
local function show(request)
  local run <const> = ask.get(request, "/api/v1/backtests/" .. request.id .. "/")
  if not run then return nil end
  local report <const> = type(run.report) == "table" and run.report or false
  local context <const> = { run = { id = run.id, state = texts.backtest.states[run.state],
    is_over = OVER[run.state] or false, done = run.done,
    total = run.total ~= json.null and run.total or false, error = run.error ~= json.null and run.error or false },
    report = report, rows = report and rows_of(report) or {}, back = back_of(request) }
  if query_string.get(request.query, "part") == "run" then return page.answer(request, "backtest_run.html", context) end
  return shared.answer(request, "backtest.html", context)
end

---POST /backtests/<id>/stop
local function stop(request)
  local done <const> = ask.send(request, "POST", "/api/v1/backtests/" .. request.id .. "/stop/")
  return done and page.see_other(request, "/backtests/" .. request.id)
end

backtests.routes = {
  { "/backtests/:id", "GET", show, "integrations:read", "none" },
  { "/backtests/:id/stop", "POST", stop, "integrations:operate", "none" },
}

return backtests
