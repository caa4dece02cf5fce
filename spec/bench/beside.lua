--- What a backtest over 100,000 stored payloads costs the alerts that come meanwhile: rounds of alerts alone and beside one, turn
--- about: beside.lua FOLDER
local cjson <const> = require "cjson"
local server <const> = require "server"

local FOLDER <const>, SECONDS <const>, ROUNDS <const>, STORED <const> = arg[1] .. "/beside", 5, 5, 100000
local CONNECTIONS <const>, GROUPS <const> = 64, 5000
local TARGET <const> = 0.95 -- of the rate alone: more is the noise of one round

local CHANGE <const> = { templates = { grouping_key = "{{ payload.groupKey }}!", resolve_signal = "{{ payload.status == 'resolved' }}",
  web = { title = "{{ payload.status }} {{ integration_name }}" } }, last = STORED }

local function load(hook)
  local command = ("wrk -t2 -c%d -d%ds -s spec/bench/alerts.wrk.lua %s -- tocsin %d 0"):format(CONNECTIONS, SECONDS, hook.link, GROUPS)
  local pipe <close> = assert(io.popen(command))
  local text = pipe:read("a")
  local r = cjson.decode((assert(text:match("RESULT (%b{})"), text)))
  assert(r.bad == 0 and r.lost == 0, text)
  return r.requests / r.us * 1e6, r.p99_us / 1000, r.requests
end

local function median(list)
  table.sort(list)
  return list[#list // 2 + 1]
end

assert(os.execute("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER))
local s <const> = server.start { data = FOLDER .. "/data" }
s:make_token()
local hook <const> = s:api("POST", "/integrations/", { type = "alertmanager", name = "beside" })
local stored = 0
while stored < STORED do stored = stored + select(3, load(hook)) end

local alone, beside, ratios, late, done = {}, {}, {}, {}, 0
for i = 1, ROUNDS do
  alone[i] = load(hook)
  local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", CHANGE)
  beside[i], late[i] = load(hook)
  local seen = s:api("GET", "/backtests/" .. run.id .. "/")
  done = done + seen.done
  if seen.state ~= "done" then s:api("POST", "/backtests/" .. run.id .. "/stop/") end
  ratios[i] = beside[i] / alone[i]
end
local ratio <const> = median(ratios)
print(("alerts alone %.0f/s, beside a backtest %.0f/s, p99 %.1f ms: %.2f times (medians of %d rounds, target %.2f): %s"):format(
  median(alone), median(beside), median(late), ratio, ROUNDS, TARGET, ratio >= TARGET and "held" or "MISSED"))
print(("  the backtests read %d payloads/s in what was left"):format(done // (ROUNDS * SECONDS)))
s:finish()
os.exit(ratio >= TARGET and 0 or 1)
