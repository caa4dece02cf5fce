--- Real senders: Icinga 2, Monit, Netdata and Zabbix's script engine follow the instructions of our own integration files,
--- word for word, and deliver firing and recovery into a running server.
require "tocsin.core"
local uv <const> = require "luv"
local socket <const> = require "socket"
local server <const> = require "server"
local integration <const> = require "integration"
local json <const> = require "tocsin.json"

local USER <const> = os.getenv "USER" or "root"

describe("a real", function()
  local s, folder, child
  setup(function()
    s = server.start()
    s:make_token()
  end)
  teardown(function() s:finish() end)
  before_each(function() folder = server.folder() end)
  after_each(function()
    if child then
      uv.kill(-child:get_pid(), "sigkill") -- with what it has started
      server.wait(function() return not child:is_active() end, "the sender's end")
      child:close()
      child = nil
    end
    server.remove(folder)
  end)

  local function write(name, text)
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
  end
  local function start(program, args, env)
    local log = assert(uv.fs_open(folder .. "/sender.log", "w", 420))
    local why
    child, why = uv.spawn(program, { args = args, env = env, detached = true, stdio = { nil, log, log } }, function() end)
    uv.fs_close(log)
    assert(child, program .. ": " .. tostring(why) .. " (vendor/install.sh test brings it)")
  end
  -- A new integration → itself, and the code blocks of its instructions.
  local function connect(kind)
    local hook = s:api("POST", "/integrations/", { type = kind, name = kind })
    local blocks = {}
    for block in integration.connect(integration.load(kind), { url = hook.link, name = kind }):gmatch "\n```\n(.-)\n```" do
      blocks[#blocks + 1] = block
    end
    return hook, blocks
  end
  local function groups(hook) return s:api("GET", "/alert_groups/?integration_id=" .. hook.id).results end
  local function is(hook, state)
    server.wait(function()
      local list = groups(hook)
      return #list == 1 and list[1].state == state
    end, hook.name .. ": one group that is " .. state)
    return groups(hook)[1]
  end
  local function free_port()
    local probe = assert(socket.bind("127.0.0.1", 0))
    local _, port = probe:getsockname()
    probe:close()
    return math.tointeger(tonumber(port))
  end

  it("Icinga 2 fires, is acknowledged and recovers by the commands of icinga2.lua", function()
    local hook, blocks = connect "icinga2"
    write("check", "#!/bin/sh\ncat " .. folder .. "/output\nexit $(cat " .. folder .. "/code)\n")
    write("output", "DISK OK")
    write("code", "0")
    write("icinga2.conf", ([[
include <itl>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
object CheckerComponent "checker" { }
object NotificationComponent "notification" { }
object ExternalCommandListener "command" { command_path = "@/pipe" }
object CheckCommand "file" { command = [ "/bin/sh", "@/check" ] }
object Host "db-1" { check_command = "dummy", address = "10.20.0.11" }
object Service "disk" { host_name = "db-1", check_command = "file", check_interval = 0.2s, retry_interval = 0.2s, max_check_attempts = 1 }
]]):gsub("@", folder) .. blocks[1])
    uv.fs_mkdir(folder .. "/icinga2", 448)
    local args = { "--no-stack-rlimit", "daemon", "-c", folder .. "/icinga2.conf", "-D", "NodeName=spec", "-D", "ZoneName=spec" }
    for _, name in ipairs { "DataDir", "CacheDir", "LogDir", "SpoolDir", "InitRunDir" } do
      args[#args + 1], args[#args + 2] = "-D", name .. "=" .. folder
    end
    start("icinga2", args, { "PATH=" .. os.getenv "PATH", "ICINGA2_USER=" .. USER, "ICINGA2_GROUP=" .. USER })
    server.wait(function() return uv.fs_stat(folder .. "/pipe") ~= nil end, "Icinga 2")
    write("output", "DISK CRITICAL - 98% used on /var")
    write("code", "2")
    local group = is(hook, "firing")
    assert.equal("disk: db-1", group.title)
    local pipe = assert(io.open(folder .. "/pipe", "w"))
    pipe:write(("[%d] ACKNOWLEDGE_SVC_PROBLEM;db-1;disk;1;1;0;ada;I am on it\n"):format(os.time()))
    pipe:close()
    is(hook, "acknowledged")
    write("output", "DISK OK")
    write("code", "0")
    is(hook, "resolved")
  end)

  it("Monit fires and recovers by the script of monit.lua", function()
    local hook, blocks = connect "monit"
    write("tocsin", blocks[1])
    write("check", "#!/bin/sh\nexit $(cat " .. folder .. "/code)\n")
    write("code", "0")
    os.execute(("chmod 755 %s/tocsin %s/check"):format(folder, folder))
    -- The test of the instructions is one of a filesystem; here a program is told what to say.
    local test = blocks[2]:gsub("check filesystem rootfs with path /", "check program backup with path " .. folder .. "/check")
      :gsub("space usage > 90%%", "status != 0"):gsub("/usr/local/bin", folder)
    write("monitrc", ("set daemon 1\nset idfile @/id\nset statefile @/state\nset pidfile @/pid\n"):gsub("@", folder) .. test .. "\n")
    os.execute(("chmod 600 %s/monitrc"):format(folder))
    start("monit", { "-I", "-c", folder .. "/monitrc" })
    server.wait(function() return uv.fs_stat(folder .. "/pid") ~= nil end, "Monit")
    write("code", "1")
    local group = is(hook, "firing")
    assert.matches("^backup: status failed on ", group.title)
    write("code", "0")
    is(hook, "resolved")
  end)

  it("Netdata fires and recovers by the function of netdata.lua", function()
    local hook, blocks = connect "netdata"
    local web, statsd = free_port(), free_port()
    for _, name in ipairs { "health.d", "cache", "lib", "log", "none" } do uv.fs_mkdir(folder .. "/" .. name, 448) end
    write("health_alarm_notify.conf", blocks[1])
    write("health.d/tide.conf", "alarm: tide\non: statsd_tide.gauge\ncalc: $gauge\nevery: 1s\ncrit: $this > 5\ninfo: Water is high\nto: sysadmin\n")
    write("netdata.conf", ([[
[global]
  run as user = %s
  hostname = harbour-1
[db]
  mode = ram
  retention = 300
  update every = 1
[directories]
  config = @
  cache = @/cache
  lib = @/lib
  log = @/log
  health config = @/health.d
  stock health config = @/none
[plugins]
  proc = no
  diskspace = no
  cgroups = no
  tc = no
  idlejitter = no
  checks = no
  apps = no
  timex = no
  netdata monitoring = no
  profile = no
  enable running new plugins = no
  statsd = yes
[statsd]
  bind to = udp:127.0.0.1:%d
  update every (flushInterval) = 1
[web]
  bind to = 127.0.0.1:%d
[health]
  run at least every seconds = 1
  script to execute on alarm = /usr/lib/netdata/plugins.d/alarm-notify.sh
[ml]
  enabled = no
]]):format(USER, statsd, web):gsub("@", folder))
    start("netdata", { "-D", "-c", folder .. "/netdata.conf" })
    local udp <const> = socket.udp()
    local function level(n)
      return function() udp:sendto(("tide:%d|g"):format(n), "127.0.0.1", statsd) end
    end
    local function is_while(state, tell)
      server.wait(function()
        tell()
        socket.sleep(0.1)
        local list = groups(hook)
        return #list == 1 and list[1].state == state
      end, "Netdata: one group that is " .. state)
    end
    is_while("firing", level(9))
    assert.equal("tide: harbour-1", groups(hook)[1].title)
    is_while("resolved", level(1))
    udp:close()
  end)

  -- Zabbix's own engine for the scripts of media types, with the parameters as its server fills them in.
  it("Zabbix media type fires, is acknowledged and recovers by the script of zabbix.lua", function()
    local hook, blocks = connect "zabbix"
    write("script.js", blocks[2])
    local macros = { EVENT = { ID = "204611", SOURCE = "0", TAGSJSON = "[]", NSEVERITY = "5", SEVERITY = "Disaster", OPDATA = "98 %", NAME = "Disk is full" },
      TRIGGER = { ID = "17824" }, HOST = { NAME = "db-1", IP = "10.20.0.11" }, ALERT = { SUBJECT = "Problem: Disk is full", MESSAGE = "It is \"full\"." } }
    local function send(value, update, acknowledged)
      macros.EVENT.VALUE, macros.EVENT.UPDATE = value, update
      local parameters = {}
      for name, text in (blocks[1] .. "\n"):gmatch "([%w_]+) +([^\n]+)\n" do
        text = text:gsub("{EVENT%.UPDATE%.STATUS}", update):gsub("{EVENT%.ACK%.STATUS}", acknowledged):gsub("{%$ZABBIX%.URL}", "https://zabbix.example.org")
          :gsub("{(%u+)%.(%u+)}", function(a, b) return (macros[a] or {})[b] end)
        assert.is_nil(text:find "{%u", name .. " has a macro that the spec does not know: " .. text)
        parameters[name] = text
      end
      write("input", json.encode(parameters))
      local code, out, err = server.run({ "-s", folder .. "/script.js", "-i", folder .. "/input" }, nil, nil, "zabbix_js")
      assert.equal(0, code, err)
      assert.matches("OK", out)
    end
    send("1", "0", "No")
    local group = is(hook, "firing")
    assert.equal("Disk is full: db-1", group.title)
    assert.same({ "critical", "Disaster" }, { (function()
      local found = {}
      for _, label in ipairs(group.labels) do found[label.key.name] = label.value.name end
      return found.severity, found.zabbix_severity
    end)() })
    send("1", "1", "Yes")
    is(hook, "acknowledged")
    send("0", "0", "Yes")
    is(hook, "resolved")
  end)
end)
