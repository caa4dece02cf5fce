--- A core in process with people who are called: users with rules, chains of steps, and who was called when. Nothing
--- leaves it unless it is opened with settings = {deliver = 1}.
local world = require "world"
local engine = require "tocsin.engine"
require("api_answers").watch(engine)
local json = require "tocsin.json"

local calling = setmetatable({}, { __index = world })
calling.__index = calling

function calling.open(options)
  options = options or {}
  options.settings = options.settings or {}
  options.settings.deliver = options.settings.deliver or 0
  options.settings.provider_refresh = options.settings.provider_refresh or 0 -- else chats are asked of themselves
  local c = setmetatable(world.open(options), calling)
  c.users, c.names = {}, {}
  return c
end

local function object(fields) return next(fields) and json.encode(fields) or "{}" end

local function insert(self, table_name, columns)
  local names, places, args = {}, {}, {}
  for name, v in pairs(columns) do
    names[#names + 1], args[#args + 1] = name, v
    places[#places + 1] = "$" .. #args
  end
  local sql = ("INSERT INTO %s (%s) VALUES (%s) RETURNING id"):format(table_name, table.concat(names, ", "), table.concat(places, ", "))
  return self:rows(sql, table.unpack(args))[1].id
end
calling.insert = insert

--- A person: user{name, role, rules = {"sms", 5, "email"}, important = {…}}; a number is a wait in minutes. Every channel
--- that a rule names gets a contact method, unless it stands in `without`. → user id
function calling:user(name, options)
  options = options or {}
  local id = insert(self, "user", { username = name, name = name, role = options.role or "editor", created_at = 1 })
  self.users[name], self.names[id] = id, name
  local has = {}
  for is_important, rules in pairs { [0] = options.rules or { "sms" }, options.important or {} } do
    for i, rule in ipairs(rules) do
      local is_wait = type(rule) == "number"
      insert(self, "notification_rule", { user_id = id, is_important = is_important, position = i - 1,
        channel = not is_wait and rule or json.null, wait_ms = is_wait and math.tointeger(rule * 60000) or json.null })
      if not is_wait and not has[rule] and not (options.without or {})[rule] then
        insert(self, "contact_method", { user_id = id, channel = rule, verified_at = 1,
          address = object((options.addresses or {})[rule] or {}), created_at = 1 })
        has[rule] = true
      end
    end
  end
  return id
end

--- An account at a destination. → provider id
function calling:provider(kind, settings)
  self.count = self.count + 1
  return insert(self, "provider", { type = kind, name = kind .. self.count, position = self.count, created_at = 1,
    settings = object(settings) })
end

--- What left since the last look: {id, method, url, headers, body}.
function calling:outgoing() return json.decode(assert(engine.port_text(self.core, "outgoing", "{}"))) end

--- The provider's answer to one of them: {status, headers, body} or {failure = "TIMEOUT"}.
function calling:answer(letter, with)
  local out = { id = letter.id }
  for key, v in pairs(with) do out[key] = v end
  assert(engine.port_text(self.core, "answer", json.encode(out)))
end

--- The values of a SELECT with one column.
function calling:column(sql, ...)
  local out = {}
  for i, row in ipairs(self:rows(sql, ...)) do out[i] = select(2, next(row)) end
  return out
end

--- A chain of steps, each a table of columns of escalation_step; users by name. → chain id
function calling:chain(steps)
  self.chains = (self.chains or 0) + 1
  local id = insert(self, "escalation_chain", { name = "chain " .. self.chains })
  for i, step in ipairs(steps) do
    local columns = { escalation_chain_id = id, position = i }
    for name, v in pairs(step) do columns[name] = v end
    if step.users then
      local ids = {}
      for n, name in ipairs(step.users) do ids[n] = self.users[name] or name end
      columns.users = "[" .. table.concat(ids, ",") .. "]"
    end
    insert(self, "escalation_step", columns)
  end
  return id
end

--- An integration whose default route has this chain.
function calling:hook(chain_id, fields)
  fields = fields or { templates = { grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}",
    acknowledge_signal = "{{ payload.ack }}" } }
  local integration = self:integration(fields)
  self:rows("UPDATE route SET escalation_chain_id = $1 WHERE id = (SELECT max(id) FROM route)", chain_id)
  self:rows("UPDATE integration SET version = version + 1 WHERE id = (SELECT max(id) FROM integration)")
  return integration
end

--- Who was called when since a group opened: "12:30 ada sms" (minutes and seconds), cancelled ones left out.
function calling:calls(group_id)
  local out = {}
  local rows = self:rows("SELECT n.user_id, n.channel, n.created_at - g.started_at AS after, n.is_important FROM notification AS n " ..
    "JOIN alert_group AS g ON g.id = n.alert_group_id WHERE n.alert_group_id = $1 ORDER BY n.id", group_id)
  for i, row in ipairs(rows) do
    local s = row.after // 1000000
    out[i] = ("%02d:%02d %s %s%s"):format(s // 60, s % 60, self.names[row.user_id], row.channel, row.is_important == 1 and "!" or "")
  end
  return out
end

--- The lines of a group's log that have one of these actions: "action reason".
function calling:lines(group_id, ...)
  local wanted, out = {}, {}
  for _, action in ipairs { ... } do wanted[action] = true end
  for _, line in ipairs(self:log(group_id)) do
    local action, reason = line:match("^(%S+) (%S+)")
    if wanted[action] then out[#out + 1] = action .. " " .. reason end
  end
  return out
end

function calling:escalation(group_id)
  return self:rows("SELECT escalation FROM alert_group WHERE id = $1", group_id)[1].escalation
end

return calling
