--- Posts single alerts over 64 connections to Alertmanager (in memory) and to Tocsin (templated, grouped, fsynced), turn
--- about in one run, and prints rates, latencies, CPU and memory of both with their ratio: bench.lua FOLDER SECONDS
local uv <const> = require "luv"
local cjson <const> = require "cjson"
local server <const> = require "server"
local socket <const> = require "socket"

local FOLDER <const>, SECONDS <const> = arg[1], tonumber(arg[2])
local CONNECTIONS <const>, GROUPS <const>, ROUNDS <const> = 64, 5000, 3
local WRK <const> = "spec/bench/alerts.wrk.lua"

local function read_file(path)
  local f <close> = assert(io.open(path))
  return f:read("a")
end

local function sh(command)
  assert(os.execute(command), command)
end

local function output_of(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("a")
end

--- CPU seconds a process has used, and its peak memory in MB.
local function cpu_of(pid)
  local fields = {}
  for field in read_file("/proc/" .. pid .. "/stat"):match("%) (.*)"):gmatch("%S+") do fields[#fields + 1] = field end
  return (tonumber(fields[12]) + tonumber(fields[13])) / 100
end

local function memory_of(pid, field)
  return tonumber(read_file("/proc/" .. pid .. "/status"):match(field .. ":%s+(%d+) kB")) / 1024
end

-- Numbers of alerts are never used twice in a bench, so that "opening" opens.
local salt = 0

--- One wrk run against a process → {rate, p50, p99, cpu, bad, requests}
local function load(pid, url, target, groups)
  salt = salt + 10000000
  local before = cpu_of(pid)
  local text = output_of(("wrk -t2 -c%d -d%ds -s %s %s -- %s %d %d"):format(CONNECTIONS, SECONDS, WRK, url, target, groups,
    groups == 0 and salt or 0))
  local r = cjson.decode((assert(text:match("RESULT (%b{})"), text)))
  assert(r.bad == 0 and r.lost == 0, text)
  return { rate = r.requests / r.us * 1e6, p50 = r.p50_us / 1000, p99 = r.p99_us / 1000, requests = r.requests,
    cpu = (cpu_of(pid) - before) / r.requests * 1e6 }
end

local function start_alertmanager()
  sh("rm -rf " .. FOLDER .. "/am && mkdir -p " .. FOLDER .. "/am")
  local f <close> = assert(io.open(FOLDER .. "/am.yml", "w"))
  f:write("route: {receiver: none}\nreceivers: [{name: none}]\n")
  f:close()
  local probe = assert(socket.bind("127.0.0.1", 0))
  local _, port = probe:getsockname()
  probe:close()
  local handle = assert(uv.spawn("prometheus-alertmanager", { args = { "--config.file=" .. FOLDER .. "/am.yml",
    "--storage.path=" .. FOLDER .. "/am", "--web.listen-address=127.0.0.1:" .. port, "--cluster.listen-address=",
    "--log.level=error" } }, function() end))
  local is_up = false
  for _ = 1, 100 do
    is_up = os.execute(("curl -sf -o /dev/null http://127.0.0.1:%d/-/ready"):format(port))
    if is_up then break end
    socket.sleep(0.1)
  end
  if not is_up then handle:kill("sigkill") end
  assert(is_up, "Alertmanager did not start")
  return { pid = handle:get_pid(), url = ("http://127.0.0.1:%d/api/v2/alerts"):format(port),
    stop = function() handle:kill("sigkill") end }
end

local function start_tocsin(name, keep)
  local data = FOLDER .. "/" .. name
  if not keep then sh("rm -rf " .. data) end
  sh("mkdir -p " .. FOLDER)
  local started = uv.hrtime()
  local s = server.start { data = data }
  s.start_ms = (uv.hrtime() - started) / 1e6
  return s
end

local function make_integration(s, templates)
  s:make_token()
  local made = s:api("POST", "/integrations/", { type = "alertmanager", name = "bench " .. salt .. tostring(templates),
    templates = templates })
  return made.link:gsub("^https?://[^/]+", "http://127.0.0.1:" .. s.port)
end

local function count(s, table_name)
  return tonumber(output_of(("sqlite3 -readonly %s/tocsin.db 'SELECT COUNT(*) FROM %s'"):format(s.data, table_name)))
end

local function median(list, key)
  local values = {}
  for i, r in ipairs(list) do values[i] = r[key] end
  table.sort(values)
  return values[(#values + 1) // 2]
end

local function summary(list)
  local out = {}
  for _, key in ipairs { "rate", "p50", "p99", "cpu" } do out[key] = median(list, key) end
  return out
end

local function row(what, r, memory)
  print(("  %-34s %8.0f alerts/s  p50 %6.2f ms  p99 %6.2f ms  %6.1f µs CPU an alert  peak %s"):format(
    what, r.rate, r.p50, r.p99, r.cpu, memory and ("%.0f MB"):format(memory) or "-"))
end

--- Both, turn about, ROUNDS times; the count in the database must equal what was answered.
local function side_by_side(title, groups)
  local am, ours, others = {}, {}, {}
  local am_memory, our_memory = 0, 0
  for round = 1, ROUNDS do
    local a = start_alertmanager()
    if groups > 0 then load(a.pid, a.url, "alertmanager", groups) end
    am[round] = load(a.pid, a.url, "alertmanager", groups)
    am_memory = math.max(am_memory, memory_of(a.pid, "VmHWM"))
    a.stop()

    local s = start_tocsin("tocsin")
    local url = make_integration(s)
    local warm = groups > 0 and load(s.pid, url, "tocsin", groups).requests or 0
    ours[round] = load(s.pid, url, "tocsin", groups)
    our_memory = math.max(our_memory, memory_of(s.pid, "VmHWM"))
    local stored = count(s, "alert")
    -- wrk stops reading in the middle of at most one answer a connection.
    assert(stored >= ours[round].requests + warm and stored <= ours[round].requests + warm + 2 * CONNECTIONS,
      ("%d alerts answered, %d stored"):format(ours[round].requests + warm, stored))
    if groups > 0 then assert(count(s, "alert_group") == groups) end
    local custom = make_integration(s, { web = { title = "{{ payload.commonLabels.alertname }} on {{ payload.commonLabels.instance }}"
      .. " ({{ payload.commonLabels.severity | upper }})" }, grouping_key = "{{ payload.groupLabels.alertname }}/{{ payload.groupLabels.instance }}" })
    if groups > 0 then load(s.pid, custom, "tocsin", groups) end
    others[round] = load(s.pid, custom, "tocsin", groups)
    assert(s:stop() == 0)
  end
  local a, o, c = summary(am), summary(ours), summary(others)
  print(("%s (median of %d rounds of %d s)"):format(title, ROUNDS, SECONDS))
  row("Alertmanager, in memory", a, am_memory)
  row("Tocsin, fsynced", o, our_memory)
  row("Tocsin, customised title and grouping", c)
  print(("  ratio %.2f (target 1.5); p99 %.2f of Alertmanager's (target 1 or less); customised %.2f of default (target 0.9)")
    :format(o.rate / a.rate, o.p99 / a.p99, c.rate / o.rate))
  return o
end

--- What each part of an alert costs, from the server's own counters.
local function stages(s)
  local text = s:request("GET", "/metrics").body
  local alerts = tonumber(text:match("tocsin_alerts_total{[^}]*} (%d+)"))
  print("  stages, µs an alert:")
  for name, seconds in text:gmatch('tocsin_stage_seconds_total{stage="([^"]+)"} (%S+)') do
    print(("    %-28s %6.2f"):format(name, tonumber(seconds) / alerts * 1e6))
  end
  print(("    %-28s %6.1f"):format("alerts in a batch", tonumber(text:match("tocsin_commit_batch_size_sum (%S+)"))
    / tonumber(text:match("tocsin_commit_batch_size_count (%S+)"))))
end

local function idle()
  local s = start_tocsin("idle")
  uv.sleep(1000)
  print(("idle memory %.1f MB RSS (target 20)"):format(memory_of(s.pid, "VmRSS")))
  assert(s:stop() == 0)
end

--- A database that already holds `wanted` alerts, each of which opened a group.
local function full_database(empty_rate, wanted)
  local s = start_tocsin("full")
  local url = make_integration(s)
  while count(s, "alert") < wanted do load(s.pid, url, "tocsin", 0) end
  stages(s)
  assert(s:stop() == 0)
  local held = count(s, "alert")
  local list = {}
  for round = 1, ROUNDS do
    s = start_tocsin("full", true)
    if round == 1 then
      print(("start to listening with %d alerts: %.0f ms (target 100); memory then %.1f MB"):format(held, s.start_ms,
        memory_of(s.pid, "VmRSS")))
    end
    list[round] = load(s.pid, url:gsub(":%d+/", ":" .. s.port .. "/", 1), "tocsin", 0)
    assert(s:stop() == 0)
  end
  local r = summary(list)
  row(("opening, on %d alerts"):format(held), r)
  print(("  %.2f of the rate on an empty database (target 0.9)"):format(r.rate / empty_rate))
end

sh("mkdir -p " .. FOLDER)
print(("machine: %d cores, %s"):format(#uv.cpu_info(), uv.cpu_info()[1].model))
local open = side_by_side("every alert opens a group", 0)
side_by_side(("every alert joins one of %d groups"):format(GROUPS), GROUPS)
idle()
full_database(open.rate, 1000000)
sh("rm -rf " .. FOLDER)
