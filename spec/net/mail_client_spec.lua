--- Mail through the outgoing client (core/net/http_client.h): against aiosmtpd, and against servers that misbehave.
local outgoing <const> = require "outgoing"
local uv <const> = require "luv"

-- What blocks waits for a peer: for seconds. A sanitizer is slow.
local STALL_MS <const> = (os.getenv "SPEC_SAN" or "") == "" and 500 or 3000

describe("mail", function()
  local fakes, dns, folder, client
  local port = {}

  setup(function()
    fakes = outgoing.fakes()
    folder = assert(uv.fs_mkdtemp("/tmp/tocsin-spec-XXXXXX"))
    fakes:ask { ["do"] = "certificates", folder = folder }
    dns = fakes:open { ["do"] = "dns" }
    fakes:dns { ["mail.test"] = { A = { "127.0.0.1" } } }
    port.plain = fakes:open { ["do"] = "smtp" }
    port.starttls = fakes:open { ["do"] = "smtp", certificate = "good", tls = "starttls", user = "tocsin", password = "p w/§" }
    port.tls = fakes:open { ["do"] = "smtp", certificate = "good", tls = "tls" }
    port.six = fakes:open { ["do"] = "smtp", host = "::1" }
    port.wrong = fakes:open { ["do"] = "smtp", certificate = "other", tls = "starttls" }
  end)

  teardown(function()
    fakes:stop()
    os.execute("rm -r " .. folder)
  end)

  before_each(function()
    client = outgoing.client { servers = "127.0.0.1:" .. dns, allow = "127.0.0.1", ca_file = folder .. "/ca.pem" }
    fakes:seen()
    client:stats()
  end)

  after_each(function()
    local stall = client:stats().stall_ms
    client:end_clean()
    assert(stall < STALL_MS, ("the loop stood still for %d ms"):format(stall))
  end)

  local DATA <const> = "Subject: high water\r\nFrom: <tocsin@example.org>\r\n\r\nClose gate 3.\r\n"

  --- Sends a mail to the server at this port; `other` overrides fields of the mail.
  local function send(at, other, call)
    local mail = { from = "tocsin@example.org", to = { "keeper@example.org" }, data = DATA }
    for key, value in pairs(other or {}) do mail[key] = value end
    local whole = { url = ("smtp://mail.test:%d"):format(at), mail = mail, timeout = 5000 }
    for key, value in pairs(call or {}) do whole[key] = value end
    return client:send(whole)
  end

  local function sent()
    local mails = fakes:seen().mails
    assert.equal(1, #mails)
    return mails[1]
  end

  it("reaches its recipients, byte for byte", function()
    local result = send(port.plain, { to = { "keeper@example.org", "second@example.org" } })
    assert.equal("NONE", result.failure, result.sentence)
    assert.equal(250, result.status)
    assert.equal("250 taken", result.reply)
    local mail = sent()
    assert.equal("tocsin@example.org", mail.from)
    assert.same({ "keeper@example.org", "second@example.org" }, mail.to)
    assert.equal(DATA, mail.data)
    assert.is_false(mail.tls)
  end)

  it("keeps lines that begin with a dot, and cannot be ended from within", function()
    for given, expected in pairs {
      [".first\r\nx\r\n.\r\n..two\r\n.end"] = ".first\r\nx\r\n.\r\n..two\r\n.end\r\n",
      ["a\n.\nMAIL FROM:<evil@example.org>\n"] = "a\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
      ["a\r.\rb"] = "a\r\n.\r\nb\r\n", ["a\r\n.\nb\r\r\n"] = "a\r\n.\r\nb\r\n\r\n", [""] = "", ["."] = ".\r\n" } do
      assert.equal("NONE", send(port.plain, { data = given }).failure)
      assert.equal(expected, sent().data)
    end
  end)

  it("goes through STARTTLS and a login", function()
    local result = send(port.starttls, { starttls = true, user = "tocsin", password = "p w/§" })
    assert.equal("NONE", result.failure, result.sentence)
    local mail = sent()
    assert.is_true(mail.tls)
    assert.equal("tocsin", mail.user)
  end)

  it("goes through TLS from the first byte", function()
    local result = send(port.tls, {}, { url = ("smtps://mail.test:%d"):format(port.tls) })
    assert.equal("NONE", result.failure, result.sentence)
    assert.equal(DATA, sent().data)
  end)

  local function fails(result, class, ...)
    assert.equal(class, result.failure, result.sentence)
    for _, words in ipairs { ... } do assert(result.sentence:find(words, 1, true), result.sentence) end
    return result
  end

  it("is not sent to a server that is not the one", function()
    fails(send(port.wrong, { starttls = true }), "TLS", "mail.test (127.0.0.1)")
    fails(send(port.plain, { starttls = true }), "TLS", "mail.test")
    fails(send(port.plain, {}, { url = ("smtps://mail.test:%d"):format(port.plain) }), "TLS")
    assert.equal(0, #fakes:seen().mails)
  end)

  it("says why a login, a recipient or the mail is refused", function()
    fails(send(port.starttls, { starttls = true, user = "tocsin", password = "s3cret" }), "LOGIN", "mail.test", "535")
    fails(send(port.plain, { to = { "nobody@example.org" } }), "MAIL_REFUSED", "550 5.1.1 no such mailbox")
    fails(send(port.plain, { to = { "later@example.org" } }), "MAIL_LATER", "451 4.7.1 greylisted")
    assert.equal(0, #fakes:seen().mails)
  end)

  it("takes no address or login that would be more than one", function()
    for _, address in ipairs { "", "a b@example.org", "a@example.org>\r\nRCPT TO:<b@example.org", "<a@example.org>", "a@example.org\n",
      ("a"):rep(400) } do
      fails(send(port.plain, { to = { "keeper@example.org", address } }), "CALL", "recipient")
      fails(send(port.plain, { from = address }), "CALL", "sender")
    end
    fails(send(port.plain, { to = setmetatable({}, require("cjson").empty_array_mt) }), "CALL", "no recipient")
    fails(send(port.plain, { user = "a\r\nb", password = "x" }), "CALL", "line end")
    fails(send(port.plain, {}, { url = "http://mail.test/" }), "CALL", "smtp://")
    assert.equal(0, #fakes:seen().talk)
  end)

  it("goes to the next address when the first does not answer", function()
    fakes:dns { ["twice.test"] = { A = { "127.0.0.1" }, AAAA = { "::1" } } }
    client:end_clean()
    client = outgoing.client { servers = "127.0.0.1:" .. dns, allow = "127.0.0.1, ::1" }
    local result = send(port.plain, {}, { url = ("smtp://twice.test:%d"):format(port.six) })
    assert.equal("NONE", result.failure, result.sentence)
    assert.equal("::1", result.peer)
  end)

  it("is guarded as any other call", function()
    fakes:dns { ["inner.test"] = { A = { "127.0.0.2" } } }
    fails(send(port.plain, {}, { url = ("smtp://inner.test:%d"):format(port.plain) }), "GUARD", "127.0.0.2")
    fails(send(1), "REFUSED", "port 1")
    fails(send(port.plain, {}, { url = "smtp://nobody.test" }), "NO_NAME", "nobody.test")
  end)

  -- A server of fixed replies. After the last it reads on and says nothing: so QUIT is never answered.
  local function talk(...) return fakes:open { ["do"] = "talk", replies = { ... }, certificate = "good" } end

  local WELL <const> = { "220 mail.test", "250 mail.test", "250 from", "250 to", "354 go on", "250 taken" }

  it("says goodbye and waits for nobody's", function()
    local result = send(talk(table.unpack(WELL)))
    assert.equal("NONE", result.failure, result.sentence)
    local said = fakes:seen().talk
    assert.matches("^EHLO ", said[1])
    assert.equal("QUIT", said[5])
  end)

  it("does not stand still when a server refuses and then falls silent", function()
    for count = 0, 5 do
      local replies = { table.unpack(WELL, 1, count) }
      replies[count + 1] = "554 5.7.1 go away"
      fails(send(talk(table.unpack(replies))), "MAIL_REFUSED", "554 5.7.1 go away")
    end
    fails(send(talk "421 4.3.2 too busy"), "MAIL_LATER", "421 4.3.2 too busy")
  end)

  it("gives up when a server says nothing at all", function()
    fails(send(fakes:open { ["do"] = "silent" }, {}, { timeout = 80 }), "TIMEOUT", "within 80 ms")
    fails(send(talk("220 mail.test", "HANG"), {}, { timeout = 80 }), "TIMEOUT")
    fails(send(talk("220 mail.test", "250-mail.test\r\n250 STARTTLS", "220 go", "this is no TLS", "HANG"),
      { starttls = true }, { timeout = 2000 }), "TLS")
    fails(send(talk("220 mail.test", "250-mail.test\r\n250 STARTTLS", "220 go", "HANG"), { starttls = true }, { timeout = 80 }), "TIMEOUT")
    fails(send(talk("220 mail.test", "250-mail.test\r\n250 STARTTLS", "554 5.7.1 no TLS today"), { starttls = true }), "MAIL_REFUSED",
      "no TLS today")
  end)

  it("tells nonsense from replies", function()
    for _, nonsense in ipairs { "HTTP/1.1 400 Bad", "", "2200 x", "22", "99 x", "220x", "120 x", "620 x", "220-a\r\n250 b", ("2"):rep(5000),
      ("220-x\r\n"):rep(200) .. "220 x", "\0\0\0" } do
      fails(send(talk(nonsense, "HANG")), "PROTOCOL", "mail.test", "its reply is none")
    end
    assert.equal("NONE", send(talk("220", "250", "250", "250-a\r\n250-b\r\n250", "354", "250")).failure)
  end)

  it("speaks to servers from before EHLO, unless it needs what they lack", function()
    local old = { "220 old", "500 what", "250 old", "250 from", "250 to", "354 go on", "250 taken" }
    assert.equal("NONE", send(talk(table.unpack(old))).failure)
    assert.matches("^HELO ", fakes:seen().talk[2])
    fails(send(talk(table.unpack(old)), { starttls = true }), "MAIL_REFUSED", "500 what")
    fails(send(talk("220 x", "250 x"), { user = "a", password = "b" }), "LOGIN", "offers no login by password")
    fails(send(talk("220 x", "250 x"), { to = { "kéeper@example.org" } }), "MAIL_REFUSED", "SMTPUTF8")
    local new = { table.unpack(WELL) }
    new[2] = "250-x\r\n250-8BITMIME\r\n250 SMTPUTF8"
    fakes:seen()
    assert.equal("NONE", send(talk(table.unpack(new)), { to = { "kéeper@example.org" }, data = "é" }).failure)
    assert(table.concat(fakes:seen().talk, "\n"):find("MAIL FROM:<tocsin@example.org> BODY=8BITMIME SMTPUTF8\n", 1, true))
  end)

  it("logs in by AUTH LOGIN where PLAIN is not offered", function()
    local replies = { "220 x", "250 AUTH LOGIN XOAUTH2", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 in" }
    local at = talk("220 x", "250-x\r\n250 AUTH LOGIN XOAUTH2", table.unpack(replies, 3))
    client:begin_send { url = "smtp://mail.test:" .. at, timeout = 300,
      mail = { from = "a@example.org", to = { "b@example.org" }, data = "x", user = "tocsin", password = "p" } }
    client:take(function(line) return line.failure == "TIMEOUT" end, "the time-out")
    local said = fakes:seen().talk
    assert.same({ "AUTH LOGIN", "dG9jc2lu", "cA==", "MAIL FROM:<a@example.org>" }, { table.unpack(said, 2, 5) })
  end)

  it("takes no orders that came before TLS", function() -- what CVE-2021-22946 and 22947 were
    fails(send(talk("220 mail.test", "250-mail.test\r\n250 STARTTLS", "220 go\r\n250 from\r\n250 to", "HANG"), { starttls = true },
      { timeout = 500 }), "PROTOCOL")
  end)

  it("is cancelled at any moment", function()
    for count = 0, 5 do
      local at = talk(table.unpack(WELL, 1, count))
      fakes:seen()
      local id = client:begin_send { url = "smtp://mail.test:" .. at, mail = { from = "a@example.org", to = { "b@example.org" }, data = "x" } }
      repeat local said = #fakes:seen().talk until said > 0 or count == 0
      assert.equal(0, client:ask_plain({ ["do"] = "cancel", id = id }).done)
    end
  end)
end)
