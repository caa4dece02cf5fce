--- How a source does: when it last said something, what of it was refused, and which of its newest alerts had templates that
--- failed.
---
--- What is counted is counted since the start of the server; the newest alerts are looked up by the index of groups, and those
--- of the groups that no index has yet.
local errors = require("api.errors")
local group_sources = require("api.group_sources")
local ids = require("tocsin.ids")
local integration = require("integration")
local json = require("tocsin.json")
local keys = require("keys")
local port = require("tocsin.port")
local statement = require("api.statement")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local source_health = {}

local NEWEST <const> = 50 -- groups that are looked at

---Rows of `select` over the newest groups of an integration, `g`.
function source_health.newest(key, select, rest)
  local source, q = group_sources.integration(nil, key), statement.new()
  q.add(select .. " FROM (SELECT id FROM (")
  group_sources.add(q, source)
  q.add(") ORDER BY id DESC LIMIT " .. NEWEST .. ") AS s JOIN alert_group AS g ON g.id = s.id " .. rest)
  return store.rows(q.text(), table.unpack(q.args))
end

local function counted(key) return port.call("source", { integration = key }) end

---When the source last said something, µs: no demo counts. nil: never, as far as is known.
function source_health.last_alert_at(key)
  local at = counted(key).last_alert_at
  if at and at ~= json.null then return at end
  return source_health.newest(key, "SELECT MAX(g.last_alert_at) AS at", "WHERE g.is_demo = 0")[1].at
end

-- Fields whose templates failed, each with the newest alert in which it did.
local function problems_of(key)
  local list, seen = {}, {}
  for _, row in ipairs(source_health.newest(key, "SELECT a.id, a.received_at, a.problems, g.id AS group_id",
    "JOIN alert AS a ON a.id = g.last_alert_id WHERE g.wiped_at IS NULL ORDER BY a.id DESC")) do
    local problems = row.problems and json.decode(row.problems) or {}
    for _, field in ipairs(keys.sorted(problems)) do
      if not seen[field] then
        seen[field] = true
        list[#list + 1] = writer.object("field", field, "text", problems[field], "at", time.text(row.received_at),
          "alert_id", ids.encode("A", row.id), "alert_group_id", ids.encode("I", row.group_id))
      end
    end
  end
  return writer.list(list)
end

local PROBLEM <const> = { object = { { "field", "text" }, { "text", "text" }, { "at", "time" }, { "alert_id", "id" },
  { "alert_group_id", "id" } } }

---GET /integrations/<id>/health/
source_health.get = {
  about = "How a source does: its last alert, what was refused since the server started, and which templates failed lately.",
  gives = { object = { { "last_alert_at", "time?" }, { "alerts", "integer", about = "Stored since the server started." },
    { "refused", "integer", about = "Requests refused since then." },
    { "template_errors", "integer", about = "Alerts since then with a template that failed." },
    { "rate_limit", "integer", about = "Requests in five minutes; 0: no limit." },
    { "requests", "integer", about = "Requests in the window of the rate limit." },
    { "file_problem", "text?", about = "What is wrong with the file of its type." },
    { "problems", { list = PROBLEM } } } },
  answer = function(request)
    local key = ids.decode("C", request.id)
    local row = key and store.row("SELECT id, type, rate_limit FROM integration WHERE id = $1 AND deleted_at IS NULL", key)
    if not row then return errors.not_found() end
    local n, _, why = counted(key), integration.look(row.type)
    return { status = 200, value = writer.object("last_alert_at", time.text(source_health.last_alert_at(key)) or json.null,
      "alerts", n.alerts or 0, "refused", n.refused or 0, "template_errors", n.template_errors or 0,
      "rate_limit", row.rate_limit, "requests", n.requests or 0, "file_problem", why or json.null,
      "problems", problems_of(key)) }
  end,
}

return source_health
