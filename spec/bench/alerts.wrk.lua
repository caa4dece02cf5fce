--- wrk script: single-alert POSTs. Arguments: TARGET (tocsin|alertmanager) GROUPS (0: every alert opens a group) SALT.
--- The request is one concatenation around the alert's number, so that the load generator takes as little of the machine
--- as it can from either server. Prints one line `RESULT {json}` at the end.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("thread_id", threads)
end

-- "@" stands for the alert's number, nine digits.
local BODY = {
  tocsin = '{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"HighLatency",'
    .. '"instance":"node-@.example:9100","job":"api","severity":"critical","zone":"eu-1"},"annotations":{"summary":'
    .. '"Latency is high","description":"p99 latency above 500 ms for 10 minutes"},"startsAt":"2026-05-01T10:00:00Z",'
    .. '"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example/graph?g0.expr=latency","fingerprint":'
    .. '"c4f3a2b1@"}],"groupLabels":{"alertname":"HighLatency","instance":"node-@.example:9100"},"commonLabels":'
    .. '{"alertname":"HighLatency","instance":"node-@.example:9100","job":"api","severity":"critical","zone":"eu-1"},'
    .. '"commonAnnotations":{"summary":"Latency is high"},"externalURL":"http://alertmanager.example","version":"4",'
    .. '"groupKey":"{}:{alertname=\\"HighLatency\\", instance=\\"node-@\\"}","truncatedAlerts":0}',
  alertmanager = '[{"labels":{"alertname":"HighLatency","instance":"node-@.example:9100","job":"api","severity":"critical",'
    .. '"zone":"eu-1"},"annotations":{"summary":"Latency is high","description":"p99 latency above 500 ms for 10 minutes"},'
    .. '"generatorURL":"http://prometheus.example/graph?g0.expr=latency"}]',
}

local count = 0
local pieces = {}
local groups, salt, make

function init(args)
  groups, salt = tonumber(args[2]), tonumber(args[3]) or 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local body = BODY[args[1]]:gsub("@", "@@@@@@@@@")
  local whole = wrk.format(nil, nil, nil, body)
  for piece in (whole .. "@@@@@@@@@"):gmatch("(.-)@@@@@@@@@") do pieces[#pieces + 1] = piece end
  local p = pieces
  if #p == 2 then
    make = function(n) return p[1] .. n .. p[2] end
  else
    assert(#p == 6)
    make = function(n) return p[1] .. n .. p[2] .. n .. p[3] .. n .. p[4] .. n .. p[5] .. n .. p[6] end
  end
end

function request()
  count = count + 1
  local n = salt + count * 2 + thread_id
  if groups > 0 then n = n % groups end
  return make(string.format("%09d", n))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"bad":%d,"lost":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, e.status,
    e.connect + e.read + e.write + e.timeout))
end
