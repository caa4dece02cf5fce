--- /insights: what came in and when, how fast people were, what was noisy, whose nights were disturbed; as plots and as numbers.
local ask <const> = require "web.ask"
local clock <const> = require "web.clock"
local form <const> = require "web.form"
local json <const> = require "tocsin.json"
local page <const> = require "web.page"
local plot <const> = require "web.insights.plot"
local query_string <const> = require "api.query"
local texts <const> = require "web.texts"
local times <const> = require "web.times"

local PERIODS <const> = { "1", "7", "30", "90" }
local SERIES_MAX <const> = 6 -- colours that can be told apart

local function periods()
  local list <const> = {}
  for i, days in ipairs(PERIODS) do list[i] = { value = days, text = texts.insights.periods[days] } end
  return list
end

-- The busiest integrations each by itself, the rest as one.
local function series_of(told)
  local list <const> = {}
  for i, one in ipairs(told.integrations) do
    local at <const> = math.min(i, SERIES_MAX)
    if not list[at] then
      local is_rest <const> = at == SERIES_MAX and #told.integrations > SERIES_MAX
      list[at] = { name = is_rest and texts.insights.others or one.name ~= json.null and one.name or
        texts.insights.deleted, counts = {} }
      for k = 1, #one.counts do list[at].counts[k] = 0 end
    end
    for k, count in ipairs(one.counts) do list[at].counts[k] = list[at].counts[k] + count end
  end
  return list
end

-- What stands under the bars: the moment at which each begins.
local function moments(told, on)
  local from <const>, list <const> = clock.read(told.from), {}
  local count <const> = told.integrations[1] and #told.integrations[1].counts or 0
  for i = 1, count do
    local at <const> = from + (i - 1) * told.bucket * 1000000
    list[i] = told.bucket < 86400 and on:day(at) .. " " .. on:minute(at) or on:day(at)
  end
  return list
end

local function span_of(spans)
  local function words(v) return v ~= json.null and times.span(v) or "–" end
  return { count = spans.count, median = words(spans.median), p90 = words(spans.p90) }
end

local function bars(list, name, value)
  local most = 1
  for _, one in ipairs(list) do most = math.max(most, one[value]) end
  local out <const> = {}
  for i, one in ipairs(list) do
    out[i] = { id = one.id or one.user_id or one.integration_id,
      name = one[name] ~= json.null and one[name] or texts.insights.deleted, value = one[value],
      groups = one.groups or false, times = one.times or false, bar = plot.bar(one[value] / most) }
  end
  return out
end

-- GET /insights
local function show(request)
  local given <const> = {}
  for _, name in ipairs { "days", "integration_id", "team_id" } do given[name] = query_string.get(request.query, name) or "" end
  if given.days == "" then given.days = "7" end
  local told <const>, problem <const> = ask.get(request, "/api/v1/insights/", { days = given.days,
    integration_id = given.integration_id ~= "" and given.integration_id or false,
    team_id = given.team_id ~= "" and given.team_id or false })
  local context <const> = { form = form.state(given, problem), periods = periods(), told = false,
    integrations = form.choices(ask.list(request, "/api/v1/integrations/") or {}),
    teams = form.choices(ask.list(request, "/api/v1/teams/") or {}) }
  if told then
    local on <const>, series <const> = clock.of(request), series_of(told)
    local labels <const> = moments(told, on)
    context.told = { is_cut = told.is_cut, acknowledge = span_of(told.acknowledge), resolve = span_of(told.resolve),
      by_integration = bars(told.integrations, "name", "alerts"), noisiest = bars(told.noisiest, "title", "alerts"),
      nights = bars(told.nights, "name", "nights"), zone = on.zone, is_by_hour = told.bucket < 86400 }
    context.plot = #series > 0 and plot.stacked(series, labels, texts.insights.plot) or false
    context.series = series
    context.busy = plot.table_of(series, labels)
  end
  return page.answer(request, "insights.html", context, problem and form.status(problem))
end

return {
  nav = { text = texts.insights.title, path = "/insights", right = "alerts:read" },
  routes = { { "/insights", "GET", show, "alerts:read" } },
}
