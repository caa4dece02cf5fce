--- Mails that are alerts: the listener of a real server, by hand, by swaks and by a real mail server (Debian's exim).
local certificates <const> = require "certificates"
local raw <const> = require "raw_http"
local server <const> = require "server"
local smtp <const> = require "smtp_client"

local LISTEN <const> = { "--smtp-listen", "127.0.0.1:0" }
local TOKEN <const> = "0f8f4f5e-8a4c-4c0b-9d3f-0a1b2c3d4e5f"
local TO <const> = TOKEN .. "@alerts.example.org"

local s, port

local function start(args, data)
  local all = { table.unpack(LISTEN) }
  for _, arg in ipairs(args or {}) do all[#all + 1] = arg end
  s = server.start { args = all, data = data }
  s:make_token()
  port = smtp.port_of(s)
end
local function integration(fields)
  fields.type = fields.type or "inbound_email"
  return s:api("POST", "/integrations/", fields)
end
local function groups() return s:api("GET", "/alert_groups/").results end
local function payloads(group)
  local out = {}
  for i, alert in ipairs(s:api("GET", "/alerts/?alert_group_id=" .. group.id).results) do out[i] = alert.payload end
  return out
end
local function mail(to, text, from)
  local c = smtp.connect(port)
  c:say "EHLO spec"
  local reply = c:mail(to, text, from)
  c:close()
  return reply
end

describe("a mail listener", function()
  before_each(function()
    start()
    integration { name = "mails", token = TOKEN }
  end)
  after_each(function() s:finish() end)

  it("answers when the alert is there to be seen, with what the mail says", function()
    assert.equal("250 2.0.0 Stored", mail(TO, "From: UPS <ups@x.example>\nSubject: PROBLEM: =?utf-8?Q?Ger=C3=A4t?= 3\nMessage-ID: <1@x>\n\non battery\n"))
    local list = groups()
    assert.equal(1, #list)
    assert.equal("PROBLEM: Gerät 3", list[1].title)
    local got = payloads(list[1])[1]
    assert.same({ "PROBLEM: Gerät 3", "on battery", "ups@x.example", TO, "<1@x>" }, { got.subject, got.message, got.sender, got.recipient, got.message_id })
  end)

  it("is there after a kill that follows the answer", function()
    for n = 1, 20 do assert.matches("^250", mail(TO, "Subject: problem " .. n .. "\n\nx")) end
    s:stop "sigkill"
    local data = s.data
    start(nil, data)
    s.owns_data = true
    assert.equal(20, s:api("GET", "/alert_groups/").count)
  end)

  it("groups by the subject without its state, and knows what is over", function()
    mail(TO, "Subject: [FIRING:2] Queue is long\n\nx")
    mail(TO, "Subject: Re: Queue is long\n\nstill")
    assert.equal("firing", groups()[1].state)
    mail(TO, "Subject: RESOLVED: Queue is long\n\nx")
    local list = groups()
    assert.same({ 1, 3, "resolved" }, { #list, list[1].alerts_count, list[1].state })
  end)

  it("groups by what stands behind the plus, and resolves so", function()
    local to = TOKEN .. "+disk-db1@alerts.example.org"
    mail(to, "Subject: Disk full\n\nx")
    mail(to, "Subject: Disk fuller\n\nx")
    assert.equal(1, #groups())
    mail(TO, "Subject: Disk full\n\nx")
    assert.equal(2, #groups())
    mail(to, "Subject: anything\n\nOK\n")
    local state = {}
    for _, group in ipairs(groups()) do state[#state + 1] = group.title .. " " .. group.state end
    table.sort(state)
    assert.same({ "Disk full firing", "Disk full resolved" }, state)
  end)

  it("knows the tokens of every type, in capitals and in quotes, and no others", function()
    local hook = integration { type = "formatted_webhook", name = "hook" }
    for _, to in ipairs { TO, TOKEN:upper() .. "@x.example", '"' .. TOKEN .. '"@x.example', hook.link:match "([^/]+)/$" .. "@any.where", "@relay.example:" .. TO } do
      assert.equal("250 2.0.0 Stored", mail(to, "Subject: s\n\nx"), to)
    end
    for _, to in ipairs { "nobody@x.example", "@x.example", TOKEN .. "x@x.example", "+a@x.example" } do
      assert.matches("^550 5%.1%.1 ", mail(to, "Subject: s\n\nx"), to)
    end
    assert.matches("^501 5%.1%.3 ", mail(TOKEN, "Subject: s\n\nx"))
  end)

  it("knows GoAlert's keys for mails, which group by subject and text", function()
    local service = integration { type = "goalert", name = "service" }
    local function key(kind) return s:api("POST", "/integration_keys/", { integration_id = service.id, name = kind, type = kind }).token end
    local token = key "email"
    assert.matches("^550", mail(key "grafana" .. "@x.example", "Subject: s\n\nx"))
    for _, m in ipairs { { "", "Disk full", "97 %" }, { "", "Disk full", "97 %" }, { "", "Disk full", "98 %" }, { "+db-1", "Disk full", "97 %" }, { "+db-1", "OK", "fine" } } do
      assert.equal("250 2.0.0 Stored", mail(token .. m[1] .. "@x.example", ("Subject: %s\n\n%s"):format(m[2], m[3]), "nas@x.example"))
    end
    local list, counts = groups(), {}
    for i, group in ipairs(list) do counts[i] = group.alerts_count end
    assert.same({ 2, 1, 2 }, counts)
    assert.same({ "Disk full", "From: nas@x.example\n\n97 %" }, { list[1].title, payloads(list[3])[1].details })
  end)

  it("takes one mail for several, and tells when trying again may help one of them", function()
    local second = integration { name = "two", token = "second-integration" }
    local both = { TO, "second-integration@x.example" }
    assert.equal("250 2.0.0 Stored", mail(both, "Subject: for both\n\nx"))
    assert.equal(2, #groups())
    s:api("PUT", "/integrations/" .. second.id .. "/", { rate_limit = 1 })
    mail("second-integration@x.example", "Subject: fills it\n\nx")
    assert.matches("^451 4%.7%.1 Rate limit of integration two is exceeded: 1 requests in 5 minutes%.", mail(both, "Subject: once more\n\nx"))
  end)

  it("refuses bounces, automatic answers and its own mails, and stores nothing of them", function()
    assert.matches("^550 5%.7%.1 Bounces", mail(TO, "Subject: s\n\nx", ""))
    assert.equal("550 5.7.1 This mail is an automatic answer, which is no alert", mail(TO, "Subject: away\nAuto-Submitted: auto-replied\n\nx"))
    assert.equal("550 5.7.1 This mail was sent by Tocsin, which is no alert", mail(TO, "Subject: away\nX-Tocsin: notification\n\nx"))
    assert.equal(0, #groups())
  end)

  it("ends a text at CRLF . CRLF and nowhere else, and takes doubled dots apart", function()
    local c = smtp.connect(port)
    c:say "EHLO spec"
    c:say "MAIL FROM:<a@x>"
    c:say("RCPT TO:<" .. TO .. ">")
    c:say "DATA"
    c:send "Subject: dots\r\n\r\n..one\r\n.\nMAIL FROM:<b@x>\n.\r\nx\r.\rtwo\n.\n"
    c:send "...\r\n.two\r\n"
    assert.equal("250 2.0.0 Stored", c:say ".")
    c:close()
    local got = payloads(groups()[1])[1].message
    assert.equal(".one\n\nMAIL FROM:<b@x>\n.\nx\r.\rtwo\n.\n...\ntwo", got)
    assert.equal(1, #groups())
  end)

  it("takes what is sent ahead, whole or byte by byte", function()
    local one = ("MAIL FROM:<a@x> SIZE=10 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: n\r\n\r\nx\r\n.\r\n"):format(TO)
    local c = smtp.connect(port)
    c:send("EHLO spec\r\n" .. one:rep(3) .. "QUIT\r\n")
    local replies = {}
    for reply in function() return c:reply() end do replies[#replies + 1] = reply:sub(1, 3) end
    assert.equal("250 250 250 354 250 250 250 354 250 250 250 354 250 221", table.concat(replies, " "))
    c = smtp.connect(port)
    c:say "HELO spec"
    for byte in one:gmatch "." do c:send(byte) end
    for _ = 1, 3 do c:reply() end
    assert.matches("^250 2.0.0", c:reply())
    c:close()
    assert.equal(4, groups()[1].alerts_count)
  end)

  it("answers every line of the dialogue", function()
    local rows = {
      { "EHLO a", "^250%-[^\n]+\n250%-PIPELINING\n250%-SIZE 4194304\n250%-8BITMIME\n250%-SMTPUTF8\n250 ENHANCEDSTATUSCODES$" },
      { "HELO a", "^250 " }, { "EHLO", "^501 5%.5%.4" }, { "NOOP", "^250 2%.0%.0" }, { "noop x", "^250 " }, { "RSET", "^250 2%.0%.0" },
      { "VRFY x", "^252 " }, { "AUTH PLAIN x", "^502 5%.5%.1" }, { "STARTTLS", "^502 5%.5%.1" }, { "NONSENSE", "^500 5%.5%.2" }, { "", "^500 5%.5%.2" },
      { "RCPT TO:<a@b>", "^503 5%.5%.1" }, { "DATA", "^503 5%.5%.1" }, { "MAIL FROM:a b c", "^555 5%.5%.4" }, { "MAIL FROM:<a@b", "^501 5%.5%.4" },
      { "MAIL FROM:<a b@c>", "^501 5%.1%.7" }, { "MAIL FROM:<a@b> SIZE=4194305", "^552 5%.3%.4" }, { "MAIL FROM:<a@b> RET=FULL", "^555 5%.5%.4" },
      { "MAIL FROM: <a@b>", "^250 2%.1%.0" }, { "MAIL FROM:<>", "^550 5%.7%.1" }, { "mail from:a@b", "^250 2%.1%.0" }, { "MAIL FROM:<\"a>b\"@c> BODY=7BIT", "^250 " },
    }
    for _, row in ipairs(rows) do
      local c = smtp.connect(port)
      assert.matches("^220 [%w.-]+ ESMTP Tocsin$", c.greeting)
      if not row[1]:find "^EHLO" and not row[1]:find "^HELO" then c:say "EHLO spec" end
      assert.matches(row[2], c:say(row[1]), row[1])
      c:close()
    end
    local c = smtp.connect(port)
    assert.matches("^503 5%.5%.1", c:say "MAIL FROM:<a@b>")
    c:say "EHLO x"
    c:say "MAIL FROM:<a@b>"
    assert.matches("^503 5%.5%.1", c:say "MAIL FROM:<a@b>")
    assert.matches("^503 5%.5%.1", c:say "DATA")
    assert.matches("^555 5%.5%.4", c:say("RCPT TO:<" .. TO .. "> NOTIFY=NEVER"))
    for _ = 1, 20 do assert.matches("^250 ", c:say("RCPT TO:<" .. TO .. ">")) end
    assert.matches("^452 4%.5%.3", c:say("RCPT TO:<" .. TO .. ">"))
    assert.matches("^501 5%.5%.4", c:say "DATA now")
    c:close()
  end)

  it("parts with who makes too many mistakes, speaks HTTP or TLS, or has no end", function()
    local function last(bytes)
      local c, reply = smtp.connect(port), nil
      c:send(bytes)
      for one in function() return c:reply() end do reply = one end
      return reply
    end
    assert.equal("421 4.7.0 Too many mistakes", last(("x\r\n"):rep(10)))
    assert.equal("421 4.7.0 Too many mistakes", last("EHLO x\r\nMAIL FROM:<a@b>\r\n" .. ("RCPT TO:<guess@x>\r\n"):rep(10)))
    assert.matches("^554 5%.5%.0", last "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert.matches("^554 5%.5%.0", last "POST /integrations/v1/x HTTP/1.1\r\n\r\n")
    assert.matches("^554 5%.5%.0", last "\22\3\1\2\0\n")
    assert.matches("^500 5%.5%.2", last(("x"):rep(3000)))
    assert.equal(0, #groups())
  end)
end)

describe("a mail listener with limits", function()
  it("refuses a mail that is too long, keeps nothing of it, and goes on", function()
    start { "--body-limit", "20000" }
    integration { name = "mails", token = TOKEN }
    local c = smtp.connect(port)
    assert.matches("SIZE 20000", c:say "EHLO spec")
    assert.matches("^552 5%.3%.4", c:mail(TO, "Subject: long\n\n" .. ("x"):rep(30000)))
    assert.matches("^250", c:mail(TO, "Subject: short\n\n" .. ("x"):rep(15000)))
    c:say "MAIL FROM:<a@b>"
    c:say("RCPT TO:<" .. TO .. ">")
    c:say "DATA"
    c:send(("x"):rep(60000))
    assert.matches("^552 5%.3%.4", c:reply()) -- and no end is waited for
    assert.is_nil(c:reply())
    assert.equal(1, #groups())
    s:finish()
  end)

  it("takes mails for its own domain only, when it has one, and shows the address", function()
    start { "--email-domain", "Alerts.example.org" }
    local made = integration { name = "mails", token = TOKEN }
    assert.equal(TOKEN .. "@Alerts.example.org", made.inbound_email)
    assert.matches("^550", mail(TOKEN .. "@x.example", "Subject: s\n\nx"))
    assert.matches("^250", mail(TOKEN .. "@ALERTS.example.org", "Subject: s\n\nx"))
    local page = s:request("GET", made.link:match "//[^/]+(/.*)$").body
    assert.matches(TOKEN .. "@Alerts.example.org", page, 1, true)
    s:finish()
  end)

  it("holds a thousand silent connections, and takes mails beside them", function()
    start()
    integration { name = "mails", token = TOKEN }
    local silent = {}
    for i = 1, 1000 do silent[i] = smtp.connect(port) end
    for n = 1, 20 do assert.matches("^250", mail(TO, "Subject: problem " .. n .. "\n\nx")) end
    assert.matches("^250", silent[1]:say "EHLO still there")
    assert.matches("^250", silent[1]:mail(TO, "Subject: problem 21\n\nx"))
    for i = 1, 1000 do silent[i]:close() end
    s:finish()
  end)

  it("tells those who wait that it stops", function()
    start()
    local c = smtp.connect(port)
    c:say "EHLO spec"
    s:stop()
    assert.equal("421 4.3.2 The server is stopping", c:reply())
    assert.is_nil(c:reply())
    s:finish()
  end)

  it("is named when its setting is wrong, or its place is taken", function()
    local code, _, err = server.run { "serve", "--data", "/nonexistent", "--smtp-listen", "nowhere" }
    assert.equal(2, code)
    assert.matches("smtp_listen must be HOST:PORT", err)
    start()
    local other = server.start { args = { "--smtp-listen", "127.0.0.1:" .. port }, may_fail = true }
    assert.matches("smtp_listen 127.0.0.1:%d+: Address already in use", table.concat(other.log))
    other:stop()
    server.remove(other.data)
    s:finish()
  end)
end)

describe("a mail listener with a certificate", function()
  local folder, certificate

  setup(function()
    local key
    folder = server.folder()
    certificate, key = certificates.make(folder, "mail")
    start { "--tls-certificate", certificate, "--tls-key", key }
    -- The API stands behind the same certificate: the integration is made by a command's way, before.
    raw.shell(("curl -sS --cacert %s -H 'Authorization: %s' --json '{\"type\":\"inbound_email\",\"name\":\"m\",\"token\":\"%s\"}' https://localhost:%d/api/v1/integrations/")
      :format(certificate, s.token, TOKEN, s.port))
  end)
  teardown(function()
    s:finish()
    server.remove(folder)
  end)

  local function swaks(more)
    return raw.shell(("swaks --server 127.0.0.1:%d --to %s --from ups@x.example --h-Subject 'Over TLS' %s 2>&1"):format(port, TO, more))
  end

  it("offers STARTTLS, and forgets what was said before it", function()
    local said = swaks "--tls --body hello"
    assert.matches("=== TLS started with cipher TLSv1%.[23]:", said)
    assert.matches("250 2%.0%.0 Stored", said)
    assert.is_nil(said:match "~> EHLO[^~]*STARTTLS")
  end)

  it("parts with who speaks on before TLS begins", function()
    local c = smtp.connect(port)
    assert.matches("STARTTLS", c:say "EHLO spec")
    c:send "STARTTLS\r\nMAIL FROM:<a@x>\r\n"
    assert.matches("^554 5%.5%.1", c:reply())
    assert.is_nil(c:reply())
    c = smtp.connect(port)
    c:say "EHLO spec"
    assert.matches("^220", c:say "STARTTLS")
    c:send "MAIL FROM:<a@x>\r\n" -- in the clear: no handshake
    assert.is_nil((c:reply() or ""):match "^250")
    c:close()
  end)
end)

describe("a mail by swaks", function()
  before_each(function()
    start()
    integration { name = "mails", token = TOKEN }
  end)
  after_each(function() s:finish() end)

  it("arrives with its attachments named, pipelined, from HTML", function()
    local file = os.tmpname()
    io.open(file, "w"):write(("x"):rep(5000)):close()
    local html = '<p>See <a href="https://nas.example.org/log">the log</a></p>'
    local said = raw.shell(("swaks --pipeline --server 127.0.0.1:%d --to %s --from nas@x.example --h-Subject 'Backup failed' "):format(port, TO)
      .. ("--attach-type text/html --attach-body '%s' --attach-type application/gzip --attach-name log.gz --attach @%s 2>&1"):format(html, file))
    os.remove(file)
    assert.matches("250 2%.0%.0 Stored", said)
    local got = payloads(groups()[1])[1]
    assert.equal("See the log (https://nas.example.org/log)", got.message)
    assert.same({ { name = "log.gz", type = "application/gzip", size = 5000 } }, got.attachments)
  end)
end)

describe("a mail server of Debian's", function()
  local EXIM <const> = [[
primary_hostname = mta.example.org
spool_directory = %s/spool
log_file_path = %s/log/%%slog
keep_environment =
qualify_domain = example.org
begin routers
tocsin:
  driver = manualroute
  route_list = * 127.0.0.1::%d byname
  self = send
  transport = tocsin
begin transports
tocsin:
  driver = smtp
  allow_localhost
  hosts_require_tls = %s
begin retry
* * F,1h,1s
]]
  local folder

  local function configure(to_port, tls)
    local file <close> = assert(io.open(folder .. "/exim.conf", "w"))
    file:write(EXIM:format(folder, folder, to_port, tls and "*" or ""))
  end
  local function exim(args, input)
    local name = os.tmpname()
    io.open(name, "w"):write(input or ""):close()
    local out = raw.shell(("/usr/sbin/exim4 -C %s/exim.conf %s < %s 2>&1"):format(folder, args, name))
    os.remove(name)
    return out
  end
  local function log()
    local file <close> = io.open(folder .. "/log/mainlog")
    return file and file:read "a" or ""
  end

  before_each(function()
    folder = server.folder()
    raw.shell(("mkdir %s/spool %s/log; chmod 755 %s; chown -R Debian-exim %s/spool %s/log 2>/dev/null"):format(folder, folder, folder, folder, folder))
  end)
  after_each(function() server.remove(folder) end)

  it("delivers, and is believed when it waits for a server that was away", function()
    start()
    integration { name = "mails", token = TOKEN }
    configure(port)
    local data, was = s.data, port
    exim("-odf -f cron@web-1.example.org " .. TO, "Subject: Cron <root@web-1> backup\nTo: x@y\n\nbackup failed\n")
    assert.matches("250 2%.0%.0 Stored", log())
    s:stop()
    exim("-odf -f cron@web-1.example.org " .. TO, "Subject: while nobody listened\n\nx\n")
    assert.matches("Connection refused", log())
    s = server.start { data = data, args = { "--smtp-listen", "127.0.0.1:" .. was } }
    s.owns_data = true
    s:make_token()
    exim "-qff"
    local titles = {}
    for i, group in ipairs(groups()) do titles[i] = group.title end
    table.sort(titles)
    assert.same({ "Cron <root@web-1> backup", "while nobody listened" }, titles)
    s:finish()
  end)

  it("sends a refused mail back to its sender, not to us in circles", function()
    start()
    configure(port)
    exim("-odf -f cron@web-1.example.org nobody@x.example", "Subject: to nobody\n\nx\n")
    assert.matches("550 5%.1%.1 This address is not known", log())
    assert.equal(0, #groups())
    s:finish()
  end)

  it("delivers by TLS", function()
    local certificate, key = certificates.make(folder, "mail")
    start { "--tls-certificate", certificate, "--tls-key", key }
    raw.shell(("curl -sS --cacert %s -H 'Authorization: %s' --json '{\"type\":\"inbound_email\",\"name\":\"m\",\"token\":\"%s\"}' https://localhost:%d/api/v1/integrations/")
      :format(certificate, s.token, TOKEN, s.port))
    configure(port, true)
    exim("-odf -f cron@web-1.example.org " .. TO, "Subject: by TLS\n\nx\n")
    assert.matches("X=TLS1%.[23].*250 2%.0%.0 Stored", log())
    s:finish()
  end)
end)
