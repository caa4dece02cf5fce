--- Backtests of a change of three templates over 20 integrations' stored payloads, each read, parsed and rendered twice anew:
--- payloads a second of one core.
local client <const> = require("api_client")
local engine <const> = require("tocsin.engine")
local integration <const> = require("integration")
local json <const> = require("tocsin.json")

local INTEGRATIONS <const>, ALERTS <const>, AT_ONCE <const> = 20, 2000, 50
local TYPES <const> = { "alertmanager", "grafana_alerting", "webhook", "zabbix", "grafana", "formatted_webhook" }
local TARGET <const> = 20000

local CHANGE <const> = { templates = {
  grouping_key = "{{ payload.groupKey or payload.host or payload.title }}",
  resolve_signal = "{{ payload.status == 'resolved' or payload.state == 'ok' }}",
  web = { title = "{{ payload.title or payload.status | upper }} ({{ integration_name }})" },
} }

-- An example that no other alert has the bytes of.
local function payload_of(spec, n)
  local text = spec.examples[n % #spec.examples + 1].payload
  return (text:gsub("^{%s*(}?)", function(ending) return '{"bench":' .. n .. (ending == "}" and "}" or ",") end, 1))
end

local function make(c, n)
  local kind = TYPES[n % #TYPES + 1]
  local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = kind, name = "bench " .. n })
  return { id = hook.id, spec = assert(integration.load(kind)), path = hook.link:match("//[^/]*(/.*)$"), name = kind }
end

-- Alerts of all integrations, mixed.
local function fill(c, hooks)
  local bytes = 0
  for from = 1, INTEGRATIONS * ALERTS, AT_ONCE do
    local list = {}
    for n = from, from + AT_ONCE - 1 do
      local hook = hooks[n % INTEGRATIONS + 1]
      local body = payload_of(hook.spec, n)
      bytes = bytes + #body
      list[#list + 1] = { "POST", hook.path, { ["content-type"] = "application/json" }, body }
    end
    for _, answer in ipairs(engine.together(c.core, list)) do assert(answer[1] == 200, answer[2]) end
  end
  return bytes
end

local function ask(c, arguments)
  return json.decode(assert(engine.port_text(c.core, "backtest", json.encode(arguments))))
end

local function run(c, hook)
  local seen = ask(c, { start = json.encode { integration = hook.id, changes = CHANGE } })
  while seen.state == "waiting" or seen.state == "running" do seen = ask(c, { id = seen.id }) end
  assert(seen.state == "done", seen.error)
  return json.decode(seen.report)
end

local c <const>, hooks <const> = client.open(), {}
for n = 1, INTEGRATIONS do hooks[n] = make(c, n) end
local bytes <const> = fill(c, hooks)
print(("backtest: %d integrations, %d payloads of %d bytes on average"):format(INTEGRATIONS, INTEGRATIONS * ALERTS,
  bytes // (INTEGRATIONS * ALERTS)))
local payloads, seconds, by_type = 0, 0, {}
for _, hook in ipairs(hooks) do
  local start = os.clock()
  local report = run(c, hook)
  local took = os.clock() - start
  payloads, seconds = payloads + report.payloads, seconds + took
  local t = by_type[hook.name] or { payloads = 0, seconds = 0 }
  t.payloads, t.seconds = t.payloads + report.payloads, t.seconds + took
  by_type[hook.name] = t
end
for _, name in ipairs(TYPES) do
  print(("  %-18s %7d/s"):format(name, by_type[name].payloads // by_type[name].seconds))
end
local rate <const> = payloads // seconds
print(("  all together       %7d/s of one core, target %d: %s"):format(rate, TARGET, rate >= TARGET and "held" or "MISSED"))
client.close(c)
os.exit(rate >= TARGET and 0 or 1)
