--- Every built-in integration is held to the rules of the house (spec/support/house_rules.lua), and every rule can fail.
require "tocsin.core"
local check <const> = require "command.check"
local command_core <const> = require "command.core"
local gaps <const> = require "gaps"
local house_rules <const> = require "house_rules"
local integration <const> = require "integration"

local core
local function open() core = command_core.new {} end
local function close() core:close() end

local function source_of(name)
  local file <close> = assert(io.open("integrations/" .. name .. ".lua"))
  return file:read "a"
end

-- Every sentence about a file, its examples posted to the core.
local function sentences(name, source)
  local spec, problems = integration.load(name, { source = source })
  assert(spec, problems and table.concat(problems, "\n"))
  local out = house_rules.of_file(name, spec, source)
  for i, actual in ipairs(check.actuals(core, spec)) do
    table.move(house_rules.of_example(name, spec.examples[i], actual), 1, 1000, #out + 1, out)
  end
  return table.concat(out, "\n")
end

describe("every integration", function()
  setup(open)
  teardown(close)
  for _, name in ipairs(integration.list()) do
    it("keeps the rules of the house: " .. name, function() assert.equal("", sentences(name, source_of(name))) end)

    it("shows no error where its source leaves something out: " .. name, function()
      local spec = assert(integration.load(name))
      if spec.is_hidden then return end -- the house writes these bodies
      local bodies = {}
      for _, actual in ipairs(check.actuals(core, spec)) do bodies[#bodies + 1] = actual.payload end
      local errors, count = gaps.errors(spec, bodies)
      assert.equal("", table.concat(errors, "\n", 1, math.min(#errors, 10)))
      assert.is_true(count > 20)
    end)
  end
end)

-- The sources that people look for: OnCall's, and those of the field.
local LISTED <const> = "alertmanager alertmanager_api grafana_alerting grafana webhook formatted_webhook goalert pagerduty opsgenie victorops zabbix " ..
  "nagios icinga2 checkmk uptime_kuma healthchecks datadog amazon_sns eventbridge azure_monitor stackdriver newrelic sentry inbound_email elastic " ..
  "opensearch splunk signalfx dynatrace graylog netdata gatus elastalert kapacitor influxdb pingdom uptimerobot better_stack site24x7 statuscake " ..
  "librenms prtg sensu proxmox cloudflare cronitor dead_mans_snitch hetrixtools checkly honeybadger rollbar jenkins github gitlab alerta solarwinds " ..
  "logicmonitor appdynamics thousandeyes coralogix axiom honeycomb instana sumologic mongodb_atlas falco wazuh flux argocd statuspage jira " ..
  "servicenow zendesk updown uptime_com fabric curler direct_paging manual maintenance monit"

it("has a file for every source that people look for", function()
  local missing = {}
  for name in LISTED:gmatch "%S+" do
    if not integration.load(name) then missing[#missing + 1] = name end
  end
  assert.same({}, missing)
end)

describe("the gallery", function()
  local describe_source <const> = require "describe"
  local page <const> = require("command.gallery").page()

  it("shows of every source its name, what it groups by, how it ends, and its instruction", function()
    local all = describe_source.all()
    assert.is_true(#all >= 75)
    for _, one in ipairs(all) do
      local section = page:match('<section id="' .. one.words.type .. '">(.-)</section>')
      assert(section, one.words.type .. " is missing")
      local escaped = one.words.name:gsub("'", "&#39;")
      for _, part in ipairs { "<h2>" .. escaped, "<dt>Groups by</dt><dd>", "<dt>Ends</dt><dd>", "<details>", "/integrations/v1/" .. one.words.type .. "/KEY/" } do
        assert.is_truthy(section:find(part, 1, true), one.words.type .. ": " .. part)
      end
      assert.is_nil(section:find("{{ url", 1, true), one.words.type)
    end
    assert.is_nil(page:find('id="maintenance"', 1, true))
  end)

  it("says in the source's own words how a problem ends, or that it does not", function()
    local words = describe_source.source(integration.load "zabbix")
    assert.same({ "alert_uid", "event_id", "trigger_id" }, words.group_fields)
    assert.equal("the recovery carries the problem's event id", words.ends[1])
    assert.same({ "an acknowledgement in Zabbix acknowledges the group" }, words.acknowledges)
    assert.same({}, describe_source.source(integration.load "splunk").ends)
  end)
end)

describe("a rule of the house", function()
  setup(open)
  teardown(close)

  local GOOD <const> = [==[
--- Tidewatch: harbour stations.
--- Wire format: https://tidewatch.example/docs/hooks (read 2026-11)
return {
  name = "Tidewatch", about = "Water levels",
  connect = [[
1. Open **Hooks**.
2. Paste `{{ url }}`.
3. Press **Test**.
]],
  grouping_id = "{{ payload.id }}", resolve_condition = "{{ payload.ok }}",
  title = "{{ payload.title }}", message = "{{ payload.text }}", labels = { severity = "{{ payload.level or '' }}" },
  examples = {
    { "high water", payload = [[{"id":"a","title":"High water","text":"Close gate 3.","list":["x"],"gone":null}]],
      expect = { grouping_id = "a", state = "firing", title = "High water" } },
    { "low water", payload = [[{"id":"a","title":"Low water","text":"","ok":true}]],
      expect = { grouping_id = "a", state = "resolved", title = "Low water" } },
  },
}
]==]

  it("lets a good file pass", function() assert.equal("", sentences("tide", GOOD)) end)

  local BROKEN <const> = {
    { "no resolved example", 'state = "resolved"', 'state = "firing"', "no example is resolved" },
    { "no document", "https://tidewatch.example/docs/hooks", "its manual", "names no document" },
    { "no date", "(read 2026-11)", "", "does not say when" },
    { "two steps", "3. Press **Test**.\n", "", "fewer than three" },
    { "no address", "{{ url }}", "the address", "does not contain {{ url }}" },
    { "an expect without its group", 'grouping_id = "a", state = "firing"', 'state = "firing"', "expect has no grouping_id" },
    { "an expect without its state", 'state = "firing", ', "", "expect has no state" },
    { "an expect without a title", ', title = "Low water"', "", "expect has no title" },
    { "an empty title", '"title":"Low water"', '"title":" "', "the title is empty" },
    { "a title of two lines", "High water\",\"text", "High\\nwater\",\"text", "more than one line" },
    { "a list as Python writes it", "{{ payload.text }}", "{{ payload.list }}", "shows \"['\"" },
    { "a dict as Python writes it", "{{ payload.text }}", "{{ payload }}", "shows \"{'\"" },
    { "null as Python writes it", "{{ payload.text }}", "x {{ payload.gone }}", 'shows "None"' },
    { "an error of a template", "{{ payload.text }}", "{{ payload.a.b }}", "Template Warning" },
    { "the payload for a message", "{{ payload.text }}", "{{ payload | tojson_pretty }}", "only the payload as JSON" },
    { "a severity of the source's own", "{{ payload.level or '' }}", "SEV1", "no word of the house: SEV1" },
    { "more than an SMS holds", '"High water"', '"High water' .. (" and higher"):rep(20) .. '"', "sms.title is longer" },
  }
  for _, case in ipairs(BROKEN) do
    it("fails " .. case[1], function()
      local from, to = GOOD:find(case[2], 1, true)
      assert.is_truthy(from)
      assert.matches(case[4], sentences("tide", GOOD:sub(1, from - 1) .. case[3] .. GOOD:sub(to + 1)), 1, true)
    end)
  end

  it("fails a request that became no alert unless that is expected", function()
    local nothing <const> = { channels = {}, errors = {}, status = 200, stored = 0, groups = 0 }
    local function of(expect) return house_rules.of_example("tide", { "a beat", expect = expect }, nothing) end
    assert.same({ 'tide, example "a beat": it is no alert, and expect does not say stored = 0' }, of {})
    assert.same({}, of { stored = 0 })
    assert.same({}, of { status = 400 })
  end)

  it("finds what a missing field breaks", function()
    local function errors(source)
      local spec = assert(integration.load("tide", { source = source }))
      return table.concat((gaps.errors(spec, { spec.examples[1].payload })), "\n")
    end
    assert.equal("", errors(GOOD))
    assert.matches("%.list missing, message: Template Warning", errors((GOOD:gsub("{{ payload.text }}", "{{ payload.list.a.b }}"))))
    assert.matches("%.id null, grouping_id: Template Warning", errors((GOOD:gsub("{{ payload.id }}", "{{ payload.id.upper() }}"))))
    assert.matches("%.title missing, split: ", errors((GOOD:gsub("  examples =", '  split = function(p) if p.id then string.len(p.title) end end,\n  examples ='))))
  end)

  it("takes a reason for a source that never resolves", function()
    local source = GOOD:gsub('"ok":true', '"ok":false'):gsub('state = "resolved"', 'state = "firing"')
    assert.matches("no example is resolved", sentences("tide", source), 1, true)
    assert.equal("", sentences("tide", (source:gsub("\nreturn", "\n--- No resolve: a station only ever calls.\nreturn"))))
  end)
end)
