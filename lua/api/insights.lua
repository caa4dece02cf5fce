--- GET /insights/: how much came in, how fast people answered, what made most noise, whose nights were disturbed.
--
-- Ids rise with time, so the beginning of the period is found by halving and everything is read from there on: as many groups
-- and messages as GROUPS_MAX and MESSAGES_MAX at most, the newest ones, however many there ever were.
local errors = require("api.errors")
local group = require("resources.alert_group")
local ids = require("tocsin.ids")
local query_string = require("api.query")
local rights = require("api.rights")
local statement = require("api.statement")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")
local zone = require("tocsin.zone")

local insights = {}

local SECOND <const>, HOUR <const>, DAY <const> = 1000000, 3600, 86400
local DAYS_MAX <const>, BY_HOUR_MAX <const> = 90, 7 -- days of a period; up to how many it is told by hour
local GROUPS_MAX <const>, MESSAGES_MAX <const> = 50000, 50000
local NOISIEST <const> = 10
local SLOT <const> = 900 -- seconds: offsets of zones are multiples of it
local NIGHT_FROM <const>, NIGHT_TO <const> = 22, 7 -- o'clock

-- The period ------------------------------------------------------------------------------------------------------------------

local function first_since(table_name, column, from)
  local at <const> = string.format("SELECT id, %s AS at FROM %s WHERE id >= $1 ORDER BY id LIMIT 1", column, table_name)
  local last <const> = store.row("SELECT COALESCE(max(id), 0) AS id FROM " .. table_name).id
  local low, high = 1, last + 1
  while low < high do
    local middle <const> = (low + high) // 2
    local row <const> = store.row(at, middle)
    if not row or row.at >= from then high = middle else low = row.id + 1 end
  end
  return low
end

-- What was asked for, or nil and the refusal.
local function asked_of(request)
  local days <const> = query_string.get(request.query, "days") or "7"
  local count <const> = string.find(days, "^%d%d?$") and math.tointeger(tonumber(days))
  if not count or count < 1 or count > DAYS_MAX then
    return nil, errors.field("days", "Must be a number from 1 to " .. DAYS_MAX .. ".")
  end
  local bucket_s <const> = count <= BY_HOUR_MAX and HOUR or DAY
  local from <const> = request.now - count * DAY * SECOND
  local asked <const> = { from = from - from % (bucket_s * SECOND), bucket_s = bucket_s }
  for name, prefix in pairs { integration_id = "C", team_id = "T" } do
    local given <const> = query_string.get(request.query, name)
    asked[name] = given and ids.decode(prefix, given)
    if given and not asked[name] then return nil, errors.field(name, "There is no such object.") end
  end
  return asked
end

-- Appends the groups of the period that this actor sees, as a table `t`.
local function add_groups(q, request, asked)
  q.add("FROM (SELECT t.id, t.integration_id, t.title, t.alerts_count, t.started_at, t.acknowledged_at, t.acknowledged_by, " ..
    "t.resolved_at FROM alert_group AS t WHERE t.id >= ?", asked.first_group)
  if asked.integration_id then q.add("AND t.integration_id = ?", asked.integration_id) end
  if asked.team_id then q.add("AND t.integration_id IN (SELECT id FROM integration WHERE team_id = ?)", asked.team_id) end
  rights.add_list(q, group, request.actor)
  q.add("ORDER BY t.id DESC LIMIT ?) AS t", GROUPS_MAX)
end

local function read(request, asked, before, after, ...)
  local q <const> = statement.new()
  q.add(before)
  add_groups(q, request, asked)
  q.add(after, ...)
  return store.rows(q.text(), table.unpack(q.args))
end

-- Parts of the answer -----------------------------------------------------------------------------------------------------------

-- Alerts and groups of each integration, those with most alerts first, with how many groups began in each piece of the period.
local function by_integration(request, asked)
  local pieces <const> = (request.now - asked.from) // (asked.bucket_s * SECOND) + 1
  local known <const>, list <const> = {}, {}
  for _, row in ipairs(read(request, asked, "SELECT t.integration_id, (t.started_at - " .. asked.from .. ") / " ..
    asked.bucket_s * SECOND .. " AS piece, count(*) AS groups, sum(t.alerts_count) AS alerts", "GROUP BY 1, 2")) do
    local one = known[row.integration_id]
    if not one then
      one = { id = row.integration_id, alerts = 0, groups = 0, counts = {} }
      for i = 1, pieces do one.counts[i] = 0 end
      known[row.integration_id], list[#list + 1] = one, one
    end
    one.alerts, one.groups = one.alerts + row.alerts, one.groups + row.groups
    local at <const> = math.max(1, math.min(pieces, row.piece + 1))
    one.counts[at] = one.counts[at] + row.groups
  end
  table.sort(list, function(a, b) return a.alerts > b.alerts or a.alerts == b.alerts and a.id < b.id end)
  for i, one in ipairs(list) do
    local row <const> = store.row("SELECT name FROM integration WHERE id = $1", one.id)
    list[i] = writer.object("integration_id", ids.encode("C", one.id), "name", row and row.name, "alerts", one.alerts,
      "groups", one.groups, "counts", writer.list(one.counts))
  end
  return writer.list(list)
end

-- Seconds from the opening to another moment: how many, the middle one, the one that nine of ten are below.
local function spans(request, asked, column, more)
  local list <const> = read(request, asked, "SELECT t." .. column .. " - t.started_at AS us", "WHERE t." .. column ..
    " IS NOT NULL " .. more .. " ORDER BY 1")
  local function at(share)
    local row <const> = list[math.max(1, math.ceil(#list * share))]
    return row and row.us // SECOND
  end
  return writer.object("count", #list, "median", at(0.5), "p90", at(0.9))
end

local function noisiest(request, asked)
  local list <const> = {}
  for i, row in ipairs(read(request, asked, "SELECT t.id, t.title, t.alerts_count",
    "ORDER BY t.alerts_count DESC, t.id DESC LIMIT ?", NOISIEST)) do
    list[i] = writer.object("id", ids.encode("I", row.id), "number", row.id, "title", row.title, "alerts", row.alerts_count)
  end
  return writer.list(list)
end

local MESSAGES <const> = "SELECT DISTINCT user_id, created_at / $1 AS slot FROM (" ..
  "SELECT user_id, created_at, kind, state FROM notification WHERE id >= $2 ORDER BY id DESC LIMIT $3) " ..
  "WHERE kind = 'page' AND user_id IS NOT NULL AND state IN ('sent', 'delivered')"
local PERSON <const> = "SELECT id, name, timezone FROM user WHERE id = $1"

-- The night that a moment lies in, on the clocks of a zone: the day on which it began; nil by day.
local function night_of(seconds, zone_name)
  local wall <const> = seconds + (zone.offset(zone_name, seconds) or 0)
  local hour <const> = wall % DAY // HOUR
  if hour < NIGHT_FROM and hour >= NIGHT_TO then return nil end
  return (wall - NIGHT_TO * HOUR) // DAY
end

-- People whose nights had a message in them: in how many, and how many quarters of an hour.
local function nights(asked)
  local people <const>, list <const> = {}, {}
  for _, row in ipairs(store.rows(MESSAGES, SLOT * SECOND, asked.first_message, MESSAGES_MAX)) do
    local one = people[row.user_id]
    if not one then
      one = store.row(PERSON, row.user_id) or { id = row.user_id, name = "?", timezone = "UTC" }
      one.nights, one.count, one.times = {}, 0, 0
      people[row.user_id], list[#list + 1] = one, one
    end
    local night <const> = row.slot * SLOT * SECOND >= asked.from and night_of(row.slot * SLOT, one.timezone)
    if night then
      if not one.nights[night] then one.nights[night], one.count = true, one.count + 1 end
      one.times = one.times + 1
    end
  end
  table.sort(list, function(a, b) return a.count > b.count or a.count == b.count and a.id < b.id end)
  local out <const> = {}
  for _, one in ipairs(list) do
    if one.count > 0 then
      out[#out + 1] = writer.object("user_id", ids.encode("U", one.id), "name", one.name, "nights", one.count, "times", one.times)
    end
  end
  return writer.list(out)
end

local SPANS <const> = { object = { { "count", "integer" }, { "median", "integer?", about = "Seconds." }, { "p90", "integer?" } } }

insights.get = {
  about = "Numbers about the days that have passed: what came in, how fast people were, what was noisy, " ..
    "whose nights were disturbed.",
  query = { { "days", type = "integer", min = 1, max = DAYS_MAX, about = "How many; 7 unless it is said." },
    { "integration_id", type = "text" }, { "team_id", type = "text" } },
  gives = { object = { { "from", "time" }, { "bucket", "integer", about = "Seconds of one count." }, { "is_cut", "boolean",
      about = "There were more groups than are looked at: the newest are." },
    { "integrations", { list = { object = { { "integration_id", "id" }, { "name", "text?" }, { "alerts", "integer" },
      { "groups", "integer" },
      { "counts", { list = "integer" }, about = "Groups that began in each piece of the period." } } } } },
    { "acknowledge", SPANS }, { "resolve", SPANS },
    { "noisiest", { list = { object = { { "id", "id" }, { "number", "integer" }, { "title", "text" },
      { "alerts", "integer" } } } } },
    { "nights", { list = { object = { { "user_id", "id" }, { "name", "text" }, { "nights", "integer" },
      { "times", "integer", about = "Quarters of an hour with a message in them." } } } } } } },
  answer = function(request)
    local asked <const>, refusal <const> = asked_of(request)
    if not asked then return refusal end
    asked.first_group = first_since("alert_group", "started_at", asked.from)
    asked.first_message = first_since("notification", "created_at", asked.from)
    local count <const> = read(request, asked, "SELECT count(*) AS n", "")[1].n
    return { status = 200, value = writer.object("from", time.text(asked.from), "bucket", asked.bucket_s,
      "is_cut", count >= GROUPS_MAX, "integrations", by_integration(request, asked),
      "acknowledge", spans(request, asked, "acknowledged_at", "AND t.acknowledged_by IN ('user', 'room', 'api')"),
      "resolve", spans(request, asked, "resolved_at", ""), "noisiest", noisiest(request, asked), "nights", nights(asked)) }
  end,
}

return insights
