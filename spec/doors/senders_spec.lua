--- Real senders against a running server: Debian's Prometheus (two replicas), Alertmanager by the receivers of other systems, amtool,
--- and Nagios by its notification command. Each runs in a folder of its own, as the spec's child.
require "tocsin.core"
local uv <const> = require "luv"
local cjson <const> = require "cjson"
local server <const> = require "server"
local socket <const> = require "socket"

local function free_port()
  local probe = assert(socket.bind("127.0.0.1", 0))
  local _, port = probe:getsockname()
  probe:close()
  return tonumber(port)
end

local function write(path, text)
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
end

describe("a real sender:", function()
  local s, folder, children

  setup(function()
    s = server.start()
    s:make_token()
  end)
  teardown(function() s:finish() end)

  before_each(function() folder, children = server.folder(), {} end)
  after_each(function()
    for _, child in ipairs(children) do
      if child:is_active() then child:kill "sigkill" end
      server.wait(function() return not child:is_active() end, "its end")
      child:close()
    end
    uv.run "nowait"
    server.remove(folder)
  end)

  local function start(name, args)
    local child = assert(uv.spawn(name, { args = args, cwd = folder }, function() end))
    children[#children + 1] = child
    return child
  end

  local function wait_for_port(port, what)
    server.wait(function()
      local client = socket.connect("127.0.0.1", port)
      if client then client:close() end
      return client ~= nil
    end, what)
  end

  local function integration(kind, name) return s:api("POST", "/integrations/", { type = kind, name = name }) end
  local function groups_of(i) return s:api("GET", "/alert_groups/?integration_id=" .. i.id).results end
  local function eventually(i, is_right, what)
    local list
    server.wait(function()
      list = groups_of(i)
      return is_right(list)
    end, what)
    return list
  end
  local function is_one(state) return function(list) return #list == 1 and list[1].state == state end end

  describe("Prometheus", function()
    local function rules(path, expression)
      write(path, ("groups:\n- name: g\n  interval: 1s\n  rules:\n  - alert: Down\n    expr: %s\n    labels: {severity: critical, instance: web-1}\n"
        .. "    annotations: {summary: web-1 is down}\n"):format(expression))
    end

    -- One of a pair, which tells of its alerts straight to us.
    local function replica(name, hook)
      local port = free_port()
      rules(folder .. "/" .. name .. ".rules", "vector(1)")
      write(("%s/%s.yml"):format(folder, name), ([[
global: {evaluation_interval: 1s, external_labels: {replica: %s}}
rule_files: [%s.rules]
alerting:
  alertmanagers:
  - path_prefix: /integrations/v1/alertmanager_api/%s
    static_configs: [{targets: ["127.0.0.1:%d"]}]
]]):format(name, name, hook.token, s.port))
      local child = start("prometheus", { "--config.file=" .. folder .. "/" .. name .. ".yml", "--storage.tsdb.path=" .. folder .. "/" .. name,
        "--web.listen-address=127.0.0.1:" .. port, "--rules.alert.resend-delay=1s", "--log.level=error" })
      wait_for_port(port, "Prometheus")
      return child
    end

    local function told(group, name)
      for _, alert in ipairs(s:api("GET", "/alerts/?alert_group_id=" .. group.id).results) do
        if alert.payload.status == name then return true end
      end
    end

    -- How many places its alerts come from.
    local function senders(group)
      local seen, count = {}, 0
      for _, alert in ipairs(s:api("GET", "/alerts/?alert_group_id=" .. group.id).results) do
        local host = alert.payload.generatorURL:match "^%a+://[^/]+"
        if not seen[host] then seen[host], count = true, count + 1 end
      end
      return count
    end

    it("pair: what one stops telling of stays open while the other one fires, and ends with it", function()
      local hook = integration("alertmanager_api", "pair")
      local a, b = replica("a", hook), replica("b", hook)
      local group = eventually(hook, function(list) return #list == 1 and senders(list[1]) == 2 end, "both to tell")[1]
      assert.equal("Down: web-1", group.title)
      rules(folder .. "/a.rules", "vector(1) > 2")
      a:kill "sighup"
      server.wait(function() return told(group, "resolved") end, "replica a to say that it is over")
      local before = groups_of(hook)[1].alerts_count
      eventually(hook, function(list) return list[1].alerts_count >= before + 3 end, "more of both")
      assert.same({ 1, "firing" }, { #groups_of(hook), groups_of(hook)[1].state })
      rules(folder .. "/b.rules", "vector(1) > 2")
      b:kill "sighup"
      eventually(hook, is_one "resolved", "the end")
    end)

    it("that dies is taken at its word: resolved when it is not told of any more", function()
      local hook = integration("alertmanager_api", "alone")
      local a = replica("a", hook)
      eventually(hook, is_one "firing", "the alert")
      a:kill "sigkill"
      eventually(hook, is_one "resolved", "the end")
    end)
  end)

  it("Alertmanager, by its PagerDuty, Opsgenie and VictorOps receivers", function()
    local pagerduty, opsgenie, victorops = integration("pagerduty", "by pagerduty"), integration("opsgenie", "by opsgenie"),
      integration("victorops", "by victorops")
    local port, us = free_port(), "http://127.0.0.1:" .. s.port
    write(folder .. "/am.yml", ([[
global:
  pagerduty_url: %s/v2/enqueue
  opsgenie_api_url: %s/
  victorops_api_url: %s/integrations/generic/20131114/alert/
route: {receiver: all, group_by: [alertname], group_wait: 10ms, group_interval: 50ms, repeat_interval: 1h}
receivers:
- name: all
  pagerduty_configs: [{routing_key: "%s", severity: critical}]
  opsgenie_configs: [{api_key: "%s", priority: P1}]
  victorops_configs: [{api_key: "%s", routing_key: database}]
]]):format(us, us, us, pagerduty.token, opsgenie.token, victorops.token))
    start("prometheus-alertmanager", { "--config.file=" .. folder .. "/am.yml", "--storage.path=" .. folder .. "/am",
      "--web.listen-address=127.0.0.1:" .. port, "--cluster.listen-address=", "--log.level=error" })
    wait_for_port(port, "Alertmanager")
    local elsewhere = setmetatable({ port = port }, getmetatable(s))
    local function tell(ends_at)
      local alerts = cjson.encode { { labels = { alertname = "DiskFull", instance = "db-1" }, annotations = { summary = "97 % used" }, endsAt = ends_at } }
      assert.equal(200, elsewhere:request("POST", "/api/v2/alerts", { body = alerts, headers = { ["Content-Type"] = "application/json" } }).status)
    end
    tell(nil)
    for _, hook in ipairs { pagerduty, opsgenie, victorops } do
      local group = eventually(hook, is_one "firing", hook.name)[1]
      assert.matches("DiskFull", group.title)
    end
    tell "2020-01-01T00:00:00Z"
    for _, hook in ipairs { pagerduty, opsgenie, victorops } do eventually(hook, is_one "resolved", hook.name) end
  end)

  it("amtool adds, asks and silences", function()
    local hook = integration("alertmanager_api", "amtool")
    local url = ("http://127.0.0.1:%d/integrations/v1/alertmanager_api/%s"):format(s.port, hook.token)
    local function amtool(...)
      local code, out, err = server.run({ "--alertmanager.url=" .. url, ... }, nil, folder, "amtool")
      assert.equal(0, code, out .. err)
      return out
    end
    amtool("alert", "add", "DiskFull", "severity=critical", "instance=db-1", "--annotation=summary=97 % used")
    amtool("alert", "add", "HighLoad", "severity=warning", "instance=web-1")
    assert.equal(2, #groups_of(hook))
    assert.matches("DiskFull", amtool("alert", "query"))
    local found = amtool("alert", "query", "alertname=HighLoad")
    assert.matches("HighLoad", found)
    assert.not_matches("DiskFull", found)
    local id = amtool("silence", "add", "alertname=DiskFull", "--comment=upgrade", "--author=ada", "--duration=1h"):match "%x+%-[%x-]+"
    assert.is_string(id)
    local function state(title)
      for _, group in ipairs(groups_of(hook)) do
        if group.title:find(title, 1, true) then return group.state end
      end
    end
    assert.same({ "silenced", "firing" }, { state "DiskFull", state "HighLoad" })
    assert.matches("upgrade", amtool("silence", "query"))
    assert.matches(id, amtool("silence", "query", "--quiet"), 1, true)
    assert.not_matches("DiskFull", amtool("alert", "query"))
    assert.matches("DiskFull", amtool("alert", "query", "--silenced"))
    amtool("silence", "expire", id)
    assert.equal("firing", state "DiskFull")
    assert.matches("amtool", amtool("config", "show"))
    amtool("alert", "add", "DiskFull", "severity=critical", "instance=db-1", "--end=2020-01-01T00:00:00Z")
    assert.equal("resolved", state "DiskFull")
  end)

  it("Nagios, by the command that its integration explains", function()
    local hook = integration("nagios", "nagios")
    local spec = require("integration").load "nagios"
    local url = hook.link:gsub("^https?://[^/]+", "http://127.0.0.1:" .. s.port)
    local explained = require("integration").connect(spec, { url = url, name = "nagios" })
    local contact = assert(explained:match "```\n(define command.-)```")
    write(folder .. "/check", "#!/bin/sh\nif [ -e '" .. folder .. "/down' ]; then echo 'CRITICAL - 97 % used'; exit 2; fi\necho OK - 41 % used\n")
    assert(os.execute("chmod 755 " .. folder .. "/check && mkdir " .. folder .. "/results"))
    write(folder .. "/objects.cfg", contact .. [[
define timeperiod {
  timeperiod_name 24x7
  alias always
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}
define command {
  command_name check
  command_line ]] .. folder .. [[/check
}
define host {
  host_name db-1
  address 192.0.2.1
  max_check_attempts 1
  notification_period 24x7
  contacts tocsin
  active_checks_enabled 0
}
define service {
  host_name db-1
  service_description Disk
  check_command check
  max_check_attempts 1
  check_interval 1
  retry_interval 1
  check_period 24x7
  notification_period 24x7
  notification_interval 60
  notification_options w,u,c,r
  contacts tocsin
}
]])
    write(folder .. "/nagios.cfg", ([[
cfg_file=@/objects.cfg
log_file=@/nagios.log
object_cache_file=@/objects.cache
status_file=@/status.dat
state_retention_file=@/retention.dat
check_result_path=@/results
command_file=@/nagios.cmd
query_socket=@/nagios.qh
lock_file=@/nagios.lock
temp_file=@/nagios.tmp
temp_path=@
check_external_commands=0
interval_length=1
use_syslog=0
enable_notifications=1
execute_service_checks=1
nagios_user=]] .. (os.getenv "USER" or "root") .. "\nnagios_group=" .. io.popen("id -gn"):read "l" .. "\n"):gsub("@", folder))
    write(folder .. "/down", "")
    start("nagios4", { folder .. "/nagios.cfg" })
    local group = eventually(hook, is_one "firing", "the problem")[1]
    assert.equal("Disk: db-1", group.title)
    os.remove(folder .. "/down")
    eventually(hook, is_one "resolved", "the recovery")
  end)
end)
