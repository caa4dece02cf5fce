--- A core in process for specs of the rules: integrations made over the API, alerts posted, rows read as they stand.
local client = require "api_client"
local engine = require "tocsin.engine"
require("api_answers").watch(engine)
local json = require "tocsin.json"

local world = {}
world.__index = world

--- world.open(options of engine.open) → a core with one admin token
function world.open(options)
  local c = client.open(options)
  return setmetatable({ client = c, core = c.core, count = 0 }, world)
end

function world:close() client.close(self.client) end

function world:advance(ms) engine.advance(self.core, ms) end

--- An API call that must have this status → its body.
function world:api(status, method, path, body) return client.expect(self.client, status, method, "/api/v1/" .. path, body) end

--- A new integration; type defaults to webhook.
function world:integration(fields)
  self.count = self.count + 1
  fields = fields or {}
  fields.type = fields.type or "webhook"
  fields.name = fields.name or "integration " .. self.count
  return self:api(201, "POST", "integrations/", fields)
end

function world:configure(integration, fields)
  return self:api(200, "PUT", "integrations/" .. integration.id .. "/", fields)
end

function world:route(integration, fields)
  fields.integration_id = integration.id
  return self:api(201, "POST", "routes/", fields)
end

function world.path(integration) return string.match(integration.link, "//[^/]*(/.*)$") end

--- A POST with any bytes → status, body, content type, extra headers
function world:send(integration, bytes, headers, query)
  return engine.request(self.core, "POST", world.path(integration) .. (query or ""),
    headers or { ["content-type"] = "application/json" }, bytes)
end

--- The page of an integration → status, text
function world:page(integration) return engine.request(self.core, "GET", world.path(integration)) end

--- An alert that must be taken; a table goes as JSON.
function world:post(integration, payload)
  local status, body = self:send(integration, type(payload) == "table" and json.encode(payload) or payload)
  if status ~= 200 then error(status .. " " .. body, 2) end
end

local function plain(row)
  for name, v in pairs(row) do
    if v == json.null then row[name] = nil end
  end
  return row
end

--- Rows of a SELECT; null is nil.
function world:rows(sql, ...)
  local result, why = client.write(self.client, { sql = sql, args = { ... } })
  if not result then error(why, 2) end
  for _, row in ipairs(result.rows) do plain(row) end
  return result.rows
end

--- Every group, oldest first.
function world:groups() return self:rows("SELECT * FROM alert_group ORDER BY id") end

--- The alerts of a group, oldest first, their payloads as text.
function world:alerts(group_id)
  return self:rows("SELECT id, previous_id, received_at, signal, CAST(payload AS TEXT) AS payload, parsed, problems " ..
    "FROM alert WHERE alert_group_id = $1 ORDER BY id", group_id)
end

--- The problems of the newest alert, by field.
function world:problems()
  local row = self:rows("SELECT problems FROM alert ORDER BY id DESC LIMIT 1")[1]
  return row.problems and json.decode(row.problems) or {}
end

--- "action reason by" for each line of a group's log.
function world:log(group_id)
  local lines = {}
  for i, row in ipairs(self:rows("SELECT seq, action, reason, by, by_id FROM group_log WHERE alert_group_id = $1 ORDER BY seq", group_id)) do
    assert(row.seq == i, "the log has a hole")
    lines[i] = row.action .. " " .. row.reason .. " " .. row.by
  end
  return lines
end

function world.state(group)
  if group.resolved_at then return "resolved" end
  if group.acknowledged_at then return "acknowledged" end
  return group.silenced_at and "silenced" or "firing"
end

local function public_id(self, group_id)
  local all = self:api(200, "GET", "alert_groups/?perpage=1000").results
  local newest_first = self:rows("SELECT id FROM alert_group ORDER BY id DESC")
  for i, row in ipairs(newest_first) do
    if row.id == group_id then return all[i].id end
  end
end

--- A person's action by the group's row id → status, body
function world:act(group_id, verb, body, token)
  return client.request(self.client, "POST", "/api/v1/alert_groups/" .. public_id(self, group_id) .. "/" .. verb .. "/",
    body, { authorization = token or self.client.token })
end

--- An action that must succeed.
function world:must(group_id, verb, body, token)
  local status, answer = self:act(group_id, verb, body, token)
  if status ~= 200 then error(status .. " " .. (type(answer) == "table" and json.encode(answer) or answer), 2) end
end

--- An action that must be refused → the sentence
function world:refused(group_id, verb, body)
  local status, answer = self:act(group_id, verb, body)
  if status ~= 400 then error("not refused: " .. status, 2) end
  return answer.detail
end

function world:remove(group_id, mode)
  return self:api(204, "DELETE", "alert_groups/" .. public_id(self, group_id) .. "/", { mode = mode })
end

--- A token of a person → token, user id
function world:person(name)
  local id = self:rows("INSERT INTO user (username, name, role, created_at) VALUES ($1, $1, 'editor', 1) RETURNING id", name)[1].id
  return client.add_token(self.client, "editor", { user_id = id }), id
end

--- What must hold whatever happened: counts are chains, logs have no holes, one open group a grouping id and route.
function world:check_invariants()
  for _, group in ipairs(self:groups()) do
    local chain = self:rows("WITH RECURSIVE c(id, previous_id) AS (SELECT id, previous_id FROM alert WHERE id = $1 UNION ALL " ..
      "SELECT a.id, a.previous_id FROM c JOIN alert AS a ON a.id = c.previous_id) SELECT count(*) AS n, min(id) AS first FROM c",
      group.last_alert_id)[1]
    assert(chain.n == group.alerts_count, "alerts_count is not the chain's length")
    assert(chain.first == group.first_alert_id, "the chain does not begin at the first alert")
    assert((group.is_open == 1) == (group.resolved_at == nil), "open and resolved")
    self:log(group.id)
  end
  local strays = self:rows("SELECT a.id FROM alert AS a LEFT JOIN alert_group AS g ON g.id = a.alert_group_id WHERE g.id IS NULL")
  assert(#strays == 0, "alerts without a group")
  local count = self:rows("SELECT (SELECT count(*) FROM alert) = (SELECT coalesce(sum(alerts_count), 0) FROM alert_group) AS ok")[1]
  assert(count.ok == 1, "alerts and counts differ")
  local twice = self:rows("SELECT grouping_hash FROM alert_group WHERE is_open = 1 AND grouping_hash IS NOT NULL " ..
    "GROUP BY integration_id, grouping_hash, route_id HAVING count(*) > 1")
  assert(#twice == 0, "two open groups of one grouping id and route")
  -- Nobody is forgotten: what goes on by itself has the job that makes it go on, and what has to leave has its moment.
  local stuck = self:rows("SELECT 'escalation of ' || g.id AS what FROM alert_group AS g JOIN escalation AS e ON e.alert_group_id = g.id " ..
    "WHERE g.escalation = 'waiting' AND NOT EXISTS (SELECT 1 FROM job AS j WHERE j.alert_group_id = g.id AND j.kind = 'escalate' " ..
    "AND j.detail LIKE e.epoch || ' %') UNION ALL SELECT 'page of ' || p.user_id || ' for ' || p.alert_group_id FROM page AS p " ..
    "WHERE p.state = 'running' AND NOT EXISTS (SELECT 1 FROM job AS j WHERE j.alert_group_id = p.alert_group_id AND j.kind = 'page' " ..
    "AND j.detail = p.epoch || ' ' || p.user_id) UNION ALL SELECT 'notification ' || id FROM notification " ..
    "WHERE (state = 'waiting') IS NOT (due_at IS NOT NULL)")
  assert(#stuck == 0, "nothing goes on with: " .. tostring(stuck[1] and stuck[1].what))
  local queues = self:rows("SELECT COALESCE(q.target, n.target) AS target FROM (SELECT target, is_important, MIN(due_at) AS due_at " ..
    "FROM notification WHERE due_at IS NOT NULL GROUP BY target, is_important) AS n FULL JOIN outbox_queue AS q " ..
    "ON q.target = n.target AND q.is_important = n.is_important WHERE q.due_at IS NOT MAX(n.due_at, q.resting_until)")
  assert(#queues == 0, "the queue of " .. tostring(queues[1] and queues[1].target) .. " is not what waits in it")
end

return world
