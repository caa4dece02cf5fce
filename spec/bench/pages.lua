--- How soon a page leaves: from the 200 of an alert to its request at the provider, with nothing else going on, and while
--- one integration storms, one channel hangs and one template loops: pages.lua FOLDER SECONDS
local uv <const> = require "luv"
local patience <const> = require "patience"
local percentile <const> = require "percentile"
local server <const> = require "server"

local FOLDER <const>, SECONDS <const> = arg[1], tonumber(arg[2])
local EVERY_MS <const>, ROUNDS <const> = 40, 3
-- A team has people who are called in turn; nobody is called twice in a run, so that nothing waits to be bundled.
local PEOPLE <const> = 20
local TEAMS <const> = math.ceil(ROUNDS * (SECONDS * 1000 / EVERY_MS + 50) / PEOPLE)
local HUNG <const> = 100 -- people who are reached only where nobody answers
local LOOPED <const> = 20 * (SECONDS + 4) -- people who are told of alerts whose templates loop, wherever a template is rendered
local LOOP <const> = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}"

local function rows(provider_port, silent_port)
  return ([[
INSERT INTO provider (id, type, name, position, settings, created_at) VALUES (1, 'gotify', 'quick', 0, '{"url":"http://127.0.0.1:%d"}', 1),
  (2, 'ntfy', 'hangs', 1, '{"url":"http://127.0.0.1:%d"}', 1);
CREATE TEMP TABLE n AS WITH RECURSIVE r(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM r WHERE i < %d) SELECT i + 1 AS id, i / %d + 1 AS team,
  CASE WHEN i < %d THEN 'quick' WHEN i < %d THEN 'hangs' ELSE 'loops' END AS kind FROM r;
INSERT INTO user (id, username, name, role, created_at) SELECT id, 'u' || id, 'U', 'editor', 1 FROM n;
INSERT INTO contact_method (user_id, channel, address, created_at) SELECT id, CASE kind WHEN 'hangs' THEN 'ntfy' ELSE 'gotify' END,
  json_object(CASE kind WHEN 'hangs' THEN 'topic' ELSE 'token' END, 't' || id), 1 FROM n;
INSERT INTO notification_rule (user_id, position, channel) SELECT user_id, 0, channel FROM contact_method;
INSERT INTO escalation_chain (id, name) SELECT DISTINCT team, 'quick' || team FROM n WHERE kind = 'quick' UNION ALL SELECT 100000, 'hangs'
  UNION ALL SELECT 100001, 'loops';
INSERT INTO escalation_step (escalation_chain_id, position, type, users)
  SELECT team, 0, 'notify_person_next_each_time', json_group_array(id) FROM n WHERE kind = 'quick' GROUP BY team UNION ALL
  SELECT 100000, 0, 'notify_persons', json_group_array(id) FROM n WHERE kind = 'hangs' UNION ALL
  SELECT 100001, 0, 'notify_person_next_each_time', json_group_array(id) FROM n WHERE kind = 'loops';
UPDATE route SET escalation_chain_id = (SELECT c.id FROM escalation_chain AS c JOIN integration AS i ON i.name = c.name
  WHERE i.id = route.integration_id);
]]):format(provider_port, silent_port, TEAMS * PEOPLE + HUNG + LOOPED - 1, PEOPLE, TEAMS * PEOPLE, TEAMS * PEOPLE + HUNG)
end

-- A server that answers every request at once and tells of it; or never, and counts who connects.
local function listen(on_body, connected)
  local tcp = uv.new_tcp()
  assert(tcp:bind("127.0.0.1", 0))
  tcp:listen(64, function()
    local client, got = uv.new_tcp(), ""
    tcp:accept(client)
    if connected then connected[#connected + 1] = client end
    client:read_start(function(_, bytes)
      if not bytes then return client:close() end
      if not on_body then return end
      got = got .. bytes
      local head_end = select(2, got:find("\r\n\r\n", 1, true))
      local length = tonumber(got:match("[Cc]ontent%-[Ll]ength: (%d+)"))
      if not head_end or not length or #got < head_end + length then return end
      on_body(got:sub(head_end + 1))
      got = ""
      client:write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"id\":1}")
    end)
  end)
  return tcp:getsockname().port
end

-- Posts bodies over one kept connection, to one path after the other; `on_answer(n)` for each.
local function poster(port, paths, body_of, on_answer)
  local p = { n = 0, tcp = uv.new_tcp(), is_busy = false }
  p.tcp:connect("127.0.0.1", port, function(why)
    assert(not why, why)
    p.tcp:read_start(function(_, bytes)
      if not bytes then return end
      p.is_busy = false
      if on_answer then on_answer(p.n) end
    end)
  end)
  function p.post()
    if p.is_busy then return end
    p.n, p.is_busy = p.n + 1, true
    local body, path = body_of(p.n), paths[p.n % #paths + 1]
    p.tcp:write(("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(path, #body, body))
  end
  return p
end

local function every(ms, f)
  local timer = uv.new_timer()
  timer:start(ms, ms, f)
  return timer
end

local posted, accepted, arrived, salt = {}, {}, {}, 0

-- One measurement of SECONDS → sorted latencies in ms, from the answer and from the post.
local function measure(s, path)
  posted, accepted, arrived, salt = {}, {}, {}, salt + 100000
  local base = salt
  local p = poster(s.port, path, function(n)
    posted[base + n] = uv.hrtime()
    return ('{"key":"p%d","title":"page %d"}'):format(base + n, base + n)
  end,
    function(n) accepted[base + n] = uv.hrtime() end)
  local timer = every(EVERY_MS, p.post)
  patience.pause(SECONDS * 1000)
  timer:close()
  patience.pause(1000)
  local out, missing = { whole = {} }, 0
  for n, at in pairs(accepted) do
    if arrived[n] then
      out[#out + 1] = math.max(0, arrived[n] - at) / 1e6
      out.whole[#out] = (arrived[n] - posted[n]) / 1e6
    else missing = missing + 1 end
  end
  table.sort(out)
  table.sort(out.whole)
  assert(missing == 0, missing .. " pages did not arrive")
  return out
end

local function report(what, list, target)
  print(("  %-34s %4d pages  p50 %6.2f ms  p99 %6.2f ms  most %6.2f ms (target: p99 %d); from its post p99 %6.2f ms"):format(
    what, #list, percentile.of(list, 0.5), percentile.of(list, 0.99), list[#list], target, percentile.of(list.whole, 0.99)))
end

os.execute("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER)
local data <const> = FOLDER .. "/pages"
local quick_port = listen(function(body)
  local n = tonumber(body:match("page (%d+)"))
  if n then arrived[n] = uv.hrtime() end
end)
local silent_heads = {}
local silent_port = listen(nil, silent_heads)
local s = server.start { data = data }
s:make_token()
local function integrate(name, text)
  return s:api("POST", "/integrations/", { type = "webhook", name = name, templates = { grouping_key = "{{ payload.key }}",
    web = text and { title = text }, sms = text and { title = text }, source_link = text } })
    .link:match("//[^/]*(/.*)$")
end
local quick, hangs, storms = {}, { integrate "hangs" }, integrate "storm"
local loops = { integrate("loops", LOOP) }
for i = 1, TEAMS do quick[i] = integrate("quick" .. i) end
assert(s:stop() == 0)
local file = assert(io.popen("sqlite3 -bail " .. data .. "/tocsin.db", "w"))
file:write(rows(quick_port, silent_port))
assert(file:close())
s = server.start { data = data }

local function count(sql)
  local pipe <close> = io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(data, sql))
  return tonumber(pipe:read("a"))
end

print("a page, from the 200 of its alert to its request at the provider")
measure(s, quick) -- warm
report("alone", measure(s, quick), 50)
local hanging = poster(s.port, hangs, function(n) return ('{"key":"h%d"}'):format(n) end)
local looping = poster(s.port, loops, function(n) return ('{"key":"l%d"}'):format(n) end)
local timers = { every(100, hanging.post), every(50, looping.post) }
local storm = assert(uv.spawn("wrk", { args = { "-t2", "-c160", "-d" .. SECONDS + 4 .. "s", "-s", "spec/bench/storm.wrk.lua",
  ("http://127.0.0.1:%d%s"):format(s.port, storms) } }, function() end))
patience.pause(2000)
local ALERTS <const> = "SELECT count(*) FROM alert"
local before = count(ALERTS)
local list = measure(s, quick)
local rate = (count(ALERTS) - before) / (SECONDS + 1)
report(("beside %.0f alerts/s, a hang, a loop"):format(rate), list, 250)
local hung, slow = #silent_heads, count "SELECT count(*) FROM alert WHERE signal & 8"
print(("  the storm had %.0f alerts/s (wanted: 10000); %d requests went where nobody answers; %d alerts looped into the slow lane"):format(rate, hung, slow))
assert(hung >= 48 and slow > 0, "nothing hung or looped")
for _, timer in ipairs(timers) do timer:close() end
storm:kill("sigkill")
s:stop("sigkill")
os.execute("rm -rf " .. FOLDER)
os.exit(0)
