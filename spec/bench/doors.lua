--- Posts single alerts through each door and to the plain webhook, turn about in one run, and prints their rates and the ratio:
--- doors.lua FOLDER SECONDS
local cjson <const> = require "cjson"
local server <const> = require "server"

local FOLDER <const>, SECONDS <const> = arg[1], tonumber(arg[2])
local CONNECTIONS <const>, GROUPS <const>, ROUNDS <const>, TARGET <const> = 64, 5000, 3, 0.9

-- @ is the alert's number; TOKEN the integration's token.
local JSON <const> = { "Content-Type: application/json" }
local CASES <const> = {
  { "webhook", "webhook", "/integrations/v1/webhook/TOKEN/", JSON,
    '{"title":"Disk of db-@ is full","host":"db-@.example.org","severity":"critical","message":"97 percent of /var are used","state":"alerting"}' },
  { "GoAlert, JSON", "goalert", "/api/v2/generic/incoming?token=TOKEN", JSON,
    '{"summary":"Disk of db-@ is full","details":"97 percent of /var are used on db-@.example.org","dedup":"db-@/disk"}' },
  { "GoAlert, form", "goalert", "/api/v2/generic/incoming", { "Content-Type: application/x-www-form-urlencoded" },
    "token=TOKEN&summary=Disk+of+db-@+is+full&details=97+percent+of+%2Fvar+are+used&dedup=db-@%2Fdisk" },
  { "PagerDuty v2", "pagerduty", "/v2/enqueue", JSON,
    '{"routing_key":"TOKEN","event_action":"trigger","dedup_key":"db-@/disk","payload":{"summary":"Disk of db-@ is full","source":"db-@","severity":"critical",' ..
    '"custom_details":{"used":"97 percent"}}}' },
  { "PagerDuty v1", "pagerduty", "/generic/2010-04-15/create_event.json", JSON,
    '{"service_key":"TOKEN","event_type":"trigger","incident_key":"db-@/disk","description":"Disk of db-@ is full","details":{"used":"97 percent"}}' },
  { "Opsgenie", "opsgenie", "/v2/alerts", { "Content-Type: application/json", "Authorization: GenieKey TOKEN" },
    '{"message":"Disk of db-@ is full","alias":"db-@/disk","description":"97 percent of /var are used","priority":"P1","entity":"db-@"}' },
  { "VictorOps", "victorops", "/integrations/generic/20131114/alert/TOKEN/database", JSON,
    '{"message_type":"CRITICAL","entity_id":"db-@/disk","entity_display_name":"Disk of db-@ is full","state_message":"97 percent of /var are used"}' },
  { "Alertmanager", "alertmanager_api", "/api/v2/alerts", { "Content-Type: application/json", "Authorization: Bearer TOKEN" },
    '[{"labels":{"alertname":"DiskFull","instance":"db-@","severity":"critical"},"annotations":{"summary":"Disk of db-@ is full"},'
    .. '"endsAt":"2126-05-04T02:15:42.317Z","generatorURL":"http://prometheus.example:9090/graph"}]' },
}

local function write(path, text)
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
end

local function load(s, file)
  local pipe <close> = assert(io.popen(("wrk -t2 -c%d -d%ds -s spec/bench/doors.wrk.lua http://127.0.0.1:%d/ -- %s %d"):format(
    CONNECTIONS, SECONDS, s.port, file, GROUPS)))
  local text = pipe:read("a")
  local r = cjson.decode((assert(text:match("RESULT (%b{})"), text)))
  assert(r.bad == 0 and r.lost == 0 and r.requests > 0, text)
  return { rate = r.requests / r.us * 1e6, p99 = r.p99_us / 1000 }
end

local function median(list, key)
  local values = {}
  for i, r in ipairs(list) do values[i] = r[key] end
  table.sort(values)
  return values[(#values + 1) // 2]
end

os.execute("mkdir -p " .. FOLDER)
local s <const> = server.start { data = FOLDER .. "/doors" }
s:make_token()
local tokens, results = {}, {}
for i, case in ipairs(CASES) do
  local _, kind, path, headers, body = table.unpack(case)
  tokens[kind] = tokens[kind] or s:api("POST", "/integrations/", { type = kind, name = kind .. i }).token
  local text = path .. "\n" .. table.concat(headers, "\n") .. "\n\n" .. body:gsub("@", "@@@@@@@@@")
  case.file = ("%s/door%d"):format(FOLDER, i)
  write(case.file, (text:gsub("TOKEN", (tokens[kind]:gsub("%%", "%%%%")))))
  results[i] = {}

end
for round = 0, ROUNDS do
  for i, case in ipairs(CASES) do
    local r = load(s, case.file)
    if round > 0 then results[i][round] = r end -- the first opens the groups
  end
end
assert(s:stop() == 0)
os.execute("rm -rf " .. FOLDER .. "/doors")

print(("doors beside the plain webhook (median of %d rounds of %d s, joining %d groups)"):format(ROUNDS, SECONDS, GROUPS))
local plain = median(results[1], "rate")
local is_good = true
for i, case in ipairs(CASES) do
  local rate = median(results[i], "rate")
  is_good = is_good and rate >= TARGET * plain
  print(("  %-16s %8.0f alerts/s  p99 %6.2f ms  ratio %.2f"):format(case[1], rate, median(results[i], "p99"), rate / plain))
end
print(("  target: %.1f each: %s"):format(TARGET, is_good and "met" or "MISSED"))
