--- wrk script: POSTs as another system's sender writes them. Arguments: a file with the request's lines (method and path, then
--- headers) and its body behind an empty line, and GROUPS; "@@@@@@@@@" in the body stands for the alert's number.
--- Prints one line `RESULT {json}` at the end.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("thread_id", threads)
end

local count, pieces, groups = 0, {}, 1

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local head, body = file:read("a"):match("^(.-)\n\n(.*)$")
  file:close()
  groups = tonumber(args[2])
  local path = head:match("^(%S+)")
  for name, value in head:gmatch("\n([^:\n]+): ([^\n]+)") do wrk.headers[name] = value end
  local whole = wrk.format("POST", path, nil, body)
  for piece in (whole .. "@@@@@@@@@"):gmatch("(.-)@@@@@@@@@") do pieces[#pieces + 1] = piece end
end

function request()
  count = count + 1
  local n = string.format("%09d", (count * 2 + thread_id) % groups)
  return table.concat(pieces, n)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,"bad":%d,"lost":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout))
end
