--- What 2,000 reads/s over the API cost those who send alerts, the server on one core: no more than the reads' own share of it.
--- reads.lua FOLDER
local patience <const> = require "patience"
local server <const> = require "server"

local FOLDER <const> = arg[1] .. "/reads"
local SECONDS <const>, ROUNDS <const>, READS <const>, CONNECTIONS <const> = 4, 3, 2000, 32
local NOISE <const> = 0.05 -- two runs of the same differ by as much

local function sh(command) assert(os.execute(command), command) end
local function output_of(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read "a"
end

sh("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER)
local s = server.start { data = FOLDER .. "/data", args = { "--workers", "1" } }
s:make_token()
sh("taskset -apc 0 " .. s.pid .. " > /dev/null")
local link = s:api("POST", "/integrations/", { type = "alertmanager", name = "bench" }).link:match "^https?://[^/]+(/.*)$"
local ALERTS <const> = ("taskset -c 1 wrk -t1 -c64 -d%ds -s spec/bench/alerts.wrk.lua http://127.0.0.1:%d%s -- tocsin 1000 7 2>&1"):format(SECONDS, s.port, link)

local function rate_of(text) return assert(tonumber(text:match "Requests/sec:%s*([%d.]+)"), text) end

rate_of(output_of(ALERTS)) -- a thousand groups are there to be read, and caches are warm
local group = s:api("GET", "/alert_groups/?perpage=1").results[1].id
local READING <const> = ([[cat > %s/read.lua <<'END'
wrk.headers["Authorization"] = "%s"
function delay() return %d end
END
taskset -c 1 wrk -t1 -c%d -d%ds -s %s/read.lua 'http://127.0.0.1:%d/api/v1/alert_groups/%s/' 2>&1]]):format(FOLDER, s.token,
  CONNECTIONS * 1000 // READS - 2, CONNECTIONS, SECONDS, FOLDER, s.port, group)

-- Seconds of CPU that the server has had.
local function cpu()
  local file <close> = assert(io.open("/proc/" .. s.pid .. "/stat"))
  local fields = {}
  for field in file:read("a"):match("%) (.*)"):gmatch "%S+" do fields[#fields + 1] = field end
  return (tonumber(fields[12]) + tonumber(fields[13])) / 100
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local alone, share, beside, reads, quiet_reads = {}, {}, {}, {}, {}
for round = 1, ROUNDS do
  alone[round] = rate_of(output_of(ALERTS))
  local before = cpu()
  quiet_reads[round] = rate_of(output_of(READING))
  share[round] = (cpu() - before) / SECONDS
  local readers = assert(io.popen(READING))
  patience.pause(50)
  beside[round] = rate_of(output_of(ALERTS))
  reads[round] = rate_of(readers:read "a")
  readers:close()
end
s:stop()
sh("rm -rf " .. FOLDER)

local a, b, r, q, own = median(alone), median(beside), median(reads), median(quiet_reads), median(share)
local lost, theirs = 1 - b / a, own * r / q
print(("reads beside alerts, the server on one core (median of %d rounds of %d s)"):format(ROUNDS, SECONDS))
print(("  %.0f alerts/s alone; %.0f reads/s alone take %.0f %% of the core"):format(a, q, own * 100))
print(("  %.0f alerts/s beside %.0f reads/s: %.0f %% fewer, and the reads' own share is %.0f %%"):format(b, r, lost * 100, theirs * 100))
assert(lost <= theirs + NOISE, "reads cost alerts more than their own share")
