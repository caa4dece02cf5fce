--- The in-process core as `tocsin check` and specs use it: make an integration, post to it, look at the groups.
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local core = {}
core.__index = core

local function run(self, statements)
  local out, sentence = engine.port_text(self.engine, "write", json.encode { statements = json.array(statements) })
  if not out then error(sentence, 0) end
  return json.decode(out).rows
end

--- core.new{integrations=folder|nil, lua=folder|nil, start_at=µs|nil} → an empty core; an error when it cannot open
function core.new(options)
  local self = setmetatable({ options = options or {}, count = 0, before = 0 }, core)
  local opened, sentence = engine.open(self.options)
  if not opened then error(sentence, 0) end
  self.engine = opened
  return self
end

--- Starts again: the integrations are gone, and nobody speaks of their groups. Opening another core takes 0.1 s, and groups
--- of two integrations never meet.
function core:reset()
  self.before = run(self, {
    { sql = "UPDATE integration SET deleted_at = $1 WHERE deleted_at IS NULL", args = json.array { engine.now(self.engine) } },
    { sql = "SELECT coalesce(max(id), 0) AS last FROM alert_group" } })[1].last
end

function core:close()
  if self.engine then engine.close(self.engine) end
  self.engine = nil
end

--- Makes an integration as the API would: core:create{type=, name=, templates=, dynamic_labels=, rate_limit=} → token
--- `rule` is what integration.rule gives; `templates` is the flat table that integration.templates gives, `dynamic_labels` the
--- list of integration.labels.
function core:create(spec)
  self.count = self.count + 1
  local token = string.format("check%020d", self.count)
  local now = engine.now(self.engine)
  run(self, {
    { sql = "INSERT INTO integration (type, name, token, templates_default, dynamic_labels, rate_limit, created_at, verify) "
        .. "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
      args = json.array { spec.type, spec.name, token, json.encode(spec.templates),
        json.encode(json.array(spec.dynamic_labels or {})), spec.rate_limit or 0, now, spec.rule or json.null } },
    { sql = "INSERT INTO route (integration_id, is_default) VALUES ($1, 1) RETURNING id",
      args = json.array { { ref = 1, column = "id" } } },
  })
  return token
end

--- Posts bytes to an integration's URL, which may have a query → status, body
function core:post(kind, token, bytes, headers, query, method)
  local target = "/integrations/v1/" .. kind .. "/" .. token .. "/" .. (query and "?" .. query or "")
  return engine.request(self.engine, method or "POST", target, headers, bytes)
end

--- Moves the clock.
function core:advance(ms) engine.advance(self.engine, ms) end

local function state_of(row)
  if row.resolved_at then return "resolved" end
  if row.acknowledged_at then return "acknowledged" end
  return row.silenced_at and "silenced" or "firing"
end

local function not_null(v) if v ~= json.null then return v end end

--- Every group since the last reset, oldest first: {id, grouping_id, state, title, labels, alerts_count, problems, and
--- payload: JSON text of its last alert, as templates see it}
function core:groups()
  local rows = run(self, { { sql = "SELECT g.id, g.grouping_id, g.title, g.labels, g.alerts_count, g.acknowledged_at, "
    .. "g.resolved_at, g.silenced_at, a.problems, coalesce(a.parsed, CAST(a.payload AS TEXT)) AS payload "
    .. "FROM alert_group g LEFT JOIN alert a ON a.id = g.last_alert_id WHERE g.id > $1 ORDER BY g.id",
    args = json.array { self.before } } })
  local groups = {}
  for i, row in ipairs(rows) do
    for name, value in pairs(row) do row[name] = not_null(value) end
    groups[i] = {
      id = row.id, grouping_id = row.grouping_id, title = row.title, alerts_count = row.alerts_count,
      state = state_of(row), labels = row.labels and json.decode(row.labels) or {},
      problems = row.problems and json.decode(row.problems) or {}, payload = row.payload,
    }
  end
  return groups
end

return core
