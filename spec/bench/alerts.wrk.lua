--- wrk script: single-alert POSTs. Arguments: TARGET (tocsin|alertmanager) GROUPS (0: every alert opens a group) SALT.
--- Prints one line `RESULT {json}` at the end.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("thread_id", threads)
end

local TOCSIN = '{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"HighLatency",'
  .. '"instance":"node-%d.example:9100","job":"api","severity":"critical","zone":"eu-1"},"annotations":{"summary":'
  .. '"Latency is high on node %d","description":"p99 latency above 500 ms for 10 minutes"},"startsAt":"2026-05-01T10:00:00Z",'
  .. '"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example/graph?g0.expr=latency","fingerprint":"%016x"}],'
  .. '"groupLabels":{"alertname":"HighLatency","instance":"node-%d.example:9100"},"commonLabels":{"alertname":"HighLatency",'
  .. '"instance":"node-%d.example:9100","job":"api","severity":"critical","zone":"eu-1"},"commonAnnotations":{"summary":'
  .. '"Latency is high on node %d"},"externalURL":"http://alertmanager.example","version":"4","groupKey":'
  .. '"{}:{alertname=\\"HighLatency\\", instance=\\"node-%d\\"}","truncatedAlerts":0}'
local ALERTMANAGER = '[{"labels":{"alertname":"HighLatency","instance":"node-%d.example:9100","job":"api","severity":"critical",'
  .. '"zone":"eu-1"},"annotations":{"summary":"Latency is high on node %d","description":"p99 latency above 500 ms for 10 '
  .. 'minutes"},"generatorURL":"http://prometheus.example/graph?g0.expr=latency"}]'

local count = 0

function init(args)
  target, groups, salt = args[1], tonumber(args[2]), tonumber(args[3]) or 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  count = count + 1
  local n = salt + count * 2 + thread_id
  if groups > 0 then n = n % groups end
  local body
  if target == "tocsin" then body = string.format(TOCSIN, n, n, n, n, n, n, n)
  else body = string.format(ALERTMANAGER, n, n) end
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"bad":%d,"lost":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, e.status,
    e.connect + e.read + e.write + e.timeout))
end
