--- wrk script: about 10,000 single-alert POSTs/s over 160 connections, each joining one of a thousand groups.
local count, thread = 0, 0
function setup(t)
  thread = thread + 1
  t:set("thread_id", thread)
end
function delay() return 9 end
function request()
  count = count + 1
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" },
    ('{"key":"s%d","title":"storm","n":%d}'):format(count % 1000, count * 10 + thread_id))
end
