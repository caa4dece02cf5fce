--- How many mails a second become alerts, each on disk before its 250, and how much CPU that takes: mail.lua FOLDER
local server <const> = require "server"
local uv <const> = require "luv"

local FOLDER <const> = arg[1] .. "/mail"
local CONNECTIONS <const>, SECONDS <const>, WANTED <const> = 32, 10, 1000

local function sh(command) assert(os.execute(command), command) end

local function cpu_of(pid)
  local sum = 0
  for task in io.popen("ls /proc/" .. pid .. "/task"):lines() do
    local f = io.open(("/proc/%d/task/%s/schedstat"):format(pid, task))
    if f then
      sum = sum + tonumber(f:read("n"))
      f:close()
    end
  end
  return sum / 1e9
end

-- What a monitor mails: both forms of its text, in quoted-printable and base64.
local MAIL <const> = table.concat({ "From: Monitor <monitor@example.org>", "To: %s", "Subject: =?utf-8?Q?PROBLEM:_Ger=C3=A4t_%d_ist_voll?=",
  "Message-ID: <%d@example.org>", "Date: Sat, 21 Nov 2026 03:12:44 +0000", "Received: from a by b; Sat, 21 Nov 2026 03:12:44 +0000", "MIME-Version: 1.0",
  "Content-Type: multipart/alternative; boundary=B", "", "--B", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
  "Auf /var sind 97 % belegt=2E" .. (" Die Platte l=C3=A4uft voll."):rep(20), "--B", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "",
  ("PHA+PGI+OTcgJTwvYj48L3A+"):rep(3), ("PHA+PGI+OTcgJTwvYj48L3A+"):rep(3), "--B--", ".", "" }, "\r\n"):gsub("97 %%", "97 %%%%")

sh("rm -rf " .. FOLDER .. " && mkdir -p " .. FOLDER)
local s = server.start { data = FOLDER .. "/data", args = { "--smtp-listen", "127.0.0.1:0" } }
s:make_token()
local token = s:api("POST", "/integrations/", { type = "inbound_email", name = "mails" }).token or
  s:api("GET", "/integrations/").results[1].link:match "([^/]+)/$"
local port = require("smtp_client").port_of(s)

local sent, stored, stopping = 0, 0, false
for _ = 1, CONNECTIONS do
  local tcp, rest, ready = uv.new_tcp(), "", false
  local function bring()
    if stopping then return tcp:write("QUIT\r\n") end
    sent = sent + 1
    tcp:write(("MAIL FROM:<a@example.org>\r\nRCPT TO:<%s@x.example>\r\nDATA\r\n"):format(token) .. MAIL:format(token, sent % 200, sent))
  end
  tcp:connect("127.0.0.1", port, function(why)
    assert(not why, why)
    tcp:write "EHLO bench\r\n"
    tcp:read_start(function(_, bytes)
      rest = rest .. (bytes or "")
      for line in rest:gmatch "([^\r\n]*)\r\n" do
        if line:find "^250 ENHANCED" and not ready then
          ready = true
          bring()
        elseif line:find "^250 2.0.0" then
          stored = stored + 1
          bring()
        else assert(not line:find "^[45]", line) end
      end
      rest = rest:match "[^\n]*$"
    end)
  end)
end
uv.update_time()
local function run(seconds)
  local over, timer = false, uv.new_timer()
  timer:start(seconds * 1000, 0, function() over = true end)
  while not over do uv.run "once" end
  timer:close()
end
run(1)
local from, cpu, started = stored, cpu_of(s.pid), uv.hrtime()
run(SECONDS)
local seconds = (uv.hrtime() - started) / 1e9
local count, spent = stored - from, cpu_of(s.pid) - cpu
stopping = true
run(1)
local alerts = 0
for _, group in ipairs(s:api("GET", "/alert_groups/?perpage=1000").results) do alerts = alerts + group.alerts_count end
assert(alerts == stored, ("%d alerts of %d mails"):format(alerts, stored))
s:stop()
sh("rm -rf " .. FOLDER)
print(("mails: %.0f/s, %.2f ms of CPU each: %.0f/s on one core"):format(count / seconds, spent / count * 1000, count / spent))
assert(count / spent >= WANTED, "fewer than " .. WANTED .. " mails a second on one core")
