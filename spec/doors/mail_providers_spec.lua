--- Mails by providers' webhooks: each in its own form, signed or with its password, and what is refused.
local world = require "world"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local PATH <const> = "/integrations/v1/inbound_email_webhook"
local KEY <const>, SECRET <const> = "key-3ax6xnjp29jd6fds4gc373sgvjxteol0", "provider:pass:word"
local NOW <const> = 1779192000 -- of world

describe("mails by a provider", function()
  local w, hook

  before_each(function()
    w = world.open { start_at = NOW * 1000000, settings = { inbound_email_secret = SECRET, inbound_email_mailgun_key = KEY, email_domain = "in.example.org" } }
    hook = w:integration { type = "inbound_email" }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function ask(method, headers, body, path) return engine.request(w.core, method, path or PATH, headers, body) end
  local function count() return w:rows("SELECT count(*) AS n FROM alert")[1].n end
  local function payload()
    local rows = w:rows "SELECT CAST(payload AS TEXT) AS payload FROM alert ORDER BY id DESC LIMIT 1"
    return json.decode(rows[1].payload)
  end
  local function basic(secret) return { authorization = "Basic " .. crypto.base64(secret or SECRET), ["content-type"] = "application/json" } end
  local function to(dedup) return hook.token .. (dedup and "+" .. dedup or "") .. "@in.example.org" end

  local function multipart(fields, files)
    local out = {}
    for _, field in ipairs(fields) do
      out[#out + 1] = ('--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'):format(field[1], field[2])
    end
    for _, file in ipairs(files or {}) do
      out[#out + 1] = ('--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n'):format(table.unpack(file))
    end
    return table.concat(out) .. "--b--\r\n"
  end
  local MULTIPART <const> = { ["content-type"] = "multipart/form-data; boundary=b" }

  it("are waited for at their address", function()
    assert.equal(200, (ask("HEAD", {})))
    assert.equal(200, (ask("HEAD", {}, nil, PATH .. "/")))
    assert.equal(405, (ask("GET", {})))
    for _, body in ipairs { "", "x", "{}", "[]", "null", "7", '{"Recipient":1}', "a=b" } do
      assert.equal(400, (ask("POST", {}, body)), body)
      assert.equal(400, (ask("POST", { ["content-type"] = "application/x-www-form-urlencoded" }, body)), body)
    end
    assert.equal(0, count())
  end)

  describe("Mailgun", function()
    local function fields(changes)
      local at = tostring(NOW)
      local f = { sender = "bounce@nas.example.org", recipient = to(), from = "NAS <nas@nas.example.org>", subject = "PROBLEM: Disk full",
        ["body-plain"] = "97 %\r\n", ["stripped-text"] = "97 %", ["message-headers"] = '[["Message-Id","<1@nas>"],["Date","Sat, 21 Nov 2026 03:12:44 +0000"]]',
        timestamp = at, token = "t0k3n", signature = crypto.hex(crypto.hmac("sha256", KEY, at .. "t0k3n")) }
      for name, value in pairs(changes or {}) do f[name] = value or nil end
      local list = {}
      for name, value in pairs(f) do list[#list + 1] = { name, value } end
      return list
    end
    local function post(changes, files, path) return ask("POST", MULTIPART, multipart(fields(changes), files), path) end

    it("is heard when it has signed, with attachments, at GoAlert's address too", function()
      assert.equal(200, (post({}, { { "attachment-1", "log.gz", "application/gzip", ("x"):rep(500) } })))
      local got = payload()
      assert.same({ "PROBLEM: Disk full", "97 %", "nas@nas.example.org", to(), "<1@nas>" },
        { got.subject, got.message, got.sender, got.recipient, got.message_id })
      assert.same({ { name = "log.gz", type = "application/gzip", size = 500 } }, got.attachments)
      assert.equal(200, (post { subject = "RESOLVED: Disk full" }))
      assert.equal("resolved", world.state(w:groups()[1]))
      assert.equal(200, (post({ recipient = "x@elsewhere.org, " .. to "k" }, nil, "/api/v2/mailgun/incoming")))
      assert.equal(200, (post({ recipient = to "k", subject = "other" }, nil, "/v1/webhooks/mailgun")))
      assert.same({ 2, 2 }, { #w:groups(), w:groups()[2].alerts_count })
    end)

    it("is heard with HTML alone, with the whole mail, and as a plain form", function()
      post { ["body-plain"] = false, ["body-html"] = "<p>See <a href='https://x.example/'>this</a></p>" }
      assert.equal("See this (https://x.example/)", payload().message)
      post { ["body-mime"] = "From: a@b.example\r\nSubject: =?utf-8?Q?=C3=A4?=\r\n\r\nraw\r\n" }
      assert.same({ "ä", "raw", "a@b.example" }, { payload().subject, payload().message, payload().sender })
      local form = {}
      for i, field in ipairs(fields { subject = "as a form" }) do
        form[i] = field[1] .. "=" .. field[2]:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
      end
      assert.equal(200, (ask("POST", { ["content-type"] = "application/x-www-form-urlencoded" }, table.concat(form, "&"))))
      assert.equal("as a form", payload().subject)
    end)

    it("is told 406, at which it gives up, when it is not", function()
      local old = tostring(NOW - 86401)
      for _, changes in ipairs { { signature = ("0"):rep(64) }, { signature = false }, { token = "other" }, { timestamp = "x" },
        { timestamp = old, signature = crypto.hex(crypto.hmac("sha256", KEY, old .. "t0k3n")) }, { recipient = "nobody@in.example.org" },
        { recipient = hook.token .. "@elsewhere.org" } } do
        assert.equal(406, (post(changes)), json.encode(changes))
      end
      assert.equal(0, count())
    end)
  end)

  it("Postmark is heard with its password", function()
    local mail = { FromName = "UPS", From = "ups@x.example", FromFull = { Email = "ups@x.example", Name = "UPS" }, To = "someone@x.example", OriginalRecipient = to "ups-1",
      Subject = "On battery", MessageID = "22c74902", Date = "Sat, 21 Nov 2026 03:12:44 +0000", TextBody = "0 V", HtmlBody = "<p>0 V</p>",
      Headers = { { Name = "Message-ID", Value = "<9@ups>" } }, Attachments = { { Name = "a.png", ContentType = "image/png", ContentLength = 12, Content = "AAAA" } } }
    assert.equal(200, (ask("POST", basic(), json.encode(mail))))
    local got = payload()
    assert.same({ "On battery", "0 V", "ups@x.example", to "ups-1", "ups-1", "<9@ups>", "someone@x.example" },
      { got.subject, got.message, got.sender, got.recipient, got.dedup, got.message_id, got.to })
    assert.same({ { name = "a.png", type = "image/png", size = 12 } }, got.attachments)
    mail.Headers = { { Name = "Auto-Submitted", Value = "auto-replied" } }
    local status, said = ask("POST", basic(), json.encode(mail))
    assert.same({ 200, "Ignored: this mail is an automatic answer, which is no alert." }, { status, said })
    assert.equal(401, (ask("POST", {}, json.encode(mail))))
    assert.equal(403, (ask("POST", basic "provider:wrong", json.encode(mail))))
    assert.equal(403, (ask("POST", basic "provider", json.encode(mail))))
    assert.equal(1, count())
  end)

  it("SendGrid is heard in parts, in their charsets, and with the whole mail", function()
    local envelope = json.encode { to = json.array { to(), "x@elsewhere.org" }, from = "bounce@x.example" }
    local headers = { authorization = basic().authorization, ["content-type"] = MULTIPART["content-type"] }
    assert.equal(200, (ask("POST", headers, multipart({ { "headers", "Message-ID: <7@x>\nDate: Sat, 21 Nov 2026 03:12:44 +0000\n" }, { "from", "Mon <mon@x.example>" },
      { "to", "x" }, { "subject", "St\xf6rung" }, { "text", "l\xe4uft voll" }, { "envelope", envelope }, { "charsets", '{"subject":"iso-8859-1","text":"iso-8859-1"}' },
      { "attachments", "1" }, { "attachment-info", '{"attachment1":{"filename":"a.txt","name":"a.txt","type":"text/plain"}}' } },
      { { "attachment1", "a.txt", "text/plain", "12345" } }))))
    local got = payload()
    assert.same({ "Störung", "läuft voll", "mon@x.example", "<7@x>" }, { got.subject, got.message, got.sender, got.message_id })
    assert.same({ { name = "a.txt", type = "text/plain", size = 5 } }, got.attachments)
    assert.equal(200, (ask("POST", headers, multipart { { "email", "Subject: raw\r\nFrom: r@x.example\r\n\r\nwhole\r\n" }, { "envelope", envelope } })))
    assert.same({ "raw", "whole", "r@x.example" }, { payload().subject, payload().message, payload().sender })
    assert.equal(401, (ask("POST", MULTIPART, multipart { { "email", "x" }, { "envelope", envelope } })))
    assert.equal(2, count())
  end)

  it("Mailjet is heard", function()
    local mail = { Sender = "bounce@x.example", Recipient = to(), Date = "20261121T031244", From = "Backup <backup@x.example>", Subject = "Backup failed",
      Headers = { ["Message-ID"] = "<5@x>", Received = json.array { "by a", "by b" }, ["Bad name:"] = "x\r\nAuto-Submitted: auto-replied" },
      Parts = json.array { { Headers = { ["Content-Type"] = "text/plain; charset=utf-8" }, ContentRef = "Text-part" },
        { Headers = { ["Content-Type"] = "application/gzip; name=x", ["Content-Disposition"] = 'attachment; filename="log.gz"' }, ContentRef = "Attachment1" } },
      ["Text-part"] = "disk full", Attachment1 = "AAAAAAAA" }
    assert.equal(200, (ask("POST", basic(), json.encode(mail))))
    local got = payload()
    assert.same({ "Backup failed", "disk full", "backup@x.example", "<5@x>" }, { got.subject, got.message, got.sender, got.message_id })
    assert.same({ { name = "log.gz", type = "application/gzip", size = 6 } }, got.attachments)
    mail.Recipient = "nobody@in.example.org"
    assert.equal(400, (ask("POST", basic(), json.encode(mail))))
    assert.equal(403, (ask("POST", basic "x:y", json.encode(mail))))
    assert.equal(1, count())
  end)

  it("reach integrations of every type, and GoAlert's keys for mails", function()
    local service = w:integration { type = "goalert" }
    local token = w:api(201, "POST", "integration_keys/", { integration_id = service.id, name = "m", type = "email" })
    assert.equal("mailto:" .. token.token .. "@in.example.org", token.link)
    local mail = { Sender = "a@x.example", Recipient = token.token .. "@in.example.org", Subject = "Disk full", ["Text-part"] = "97 %" }
    for _ = 1, 2 do assert.equal(200, (ask("POST", basic(), json.encode(mail)))) end
    local group = w:groups()[1]
    assert.same({ 2, "Disk full" }, { group.alerts_count, group.title })
    assert.equal("From: a@x.example\n\n97 %", payload().details)
    local grafana = w:api(201, "POST", "integration_keys/", { integration_id = service.id, name = "g", type = "grafana" })
    mail.Recipient = grafana.token .. "@in.example.org"
    assert.equal(400, (ask("POST", basic(), json.encode(mail))))
  end)

  it("with the wrong types of everything are a 400 or a 403, and nothing is stored", function()
    local wrong = { 7, true, json.null, json.array {}, json.array { 7 }, { x = 1 }, "text" }
    for _, name in ipairs { "FromFull", "To", "OriginalRecipient", "Subject", "Headers", "Attachments", "TextBody", "Recipient", "Sender", "Parts", "From", "Type", "Message" } do
      for _, value in ipairs(wrong) do
        for _, base in ipairs { { ToFull = json.array {} }, { Recipient = "x@in.example.org", Sender = "y" }, { Type = "Notification", TopicArn = "t" } } do
          base[name] = value
          local status = ask("POST", basic(), json.encode(base))
          assert.is_true(status == 400 or status == 403, name .. " " .. status)
        end
      end
    end
    assert.equal(0, count())
  end)
end)

describe("mails by a provider whose setting is empty", function()
  it("are refused, with the setting named", function()
    local w = world.open()
    local function said(headers, body) return (select(2, engine.request(w.core, "POST", PATH, headers, body))) end
    assert.matches("inbound_email_secret", said({}, '{"ToFull":[]}'))
    assert.matches("inbound_email_secret", said({}, '{"Recipient":"a","Sender":"b"}'))
    assert.matches("inbound_email_sns_topics", said({}, '{"Type":"Notification","TopicArn":"b"}'))
    assert.matches("inbound_email_mailgun_key", said({ ["content-type"] = "application/x-www-form-urlencoded" }, "recipient=a"))
    w:close()
  end)
end)
