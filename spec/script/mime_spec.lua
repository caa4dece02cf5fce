--- Mails as alerts have them: what of a mail is its text, in every encoding, charset and form, and what is no alert.
require "tocsin.core"
local json = require "tocsin.json"
local mime = require "tocsin.mime"

local ENVELOPE <const> = { sender = "bounce@example.org", recipient = "key@example.org" }

local LIMIT_S <const> = (os.getenv "SPEC_SAN" or "") == "" and 1 or 10

local function read(mail, envelope)
  local text, refusal = mime.payload((mail:gsub("\r?\n", "\r\n")), envelope or ENVELOPE)
  return json.decode(text), refusal
end
local function message(mail) return read(mail).message end

local function multipart(kind, parts)
  local out = { "Subject: s\nMIME-Version: 1.0\nContent-Type: multipart/" .. kind .. "; boundary=B\n\n" }
  for _, part in ipairs(parts) do out[#out + 1] = "--B\n" .. part .. "\n" end
  out[#out + 1] = "--B--\n"
  return table.concat(out)
end

describe("a mail", function()
  it("is its subject, text and sender, and what else headers say", function()
    local got = read [[
Received: from a by b; Sat, 21 Nov 2026 03:12:44 +0000
From: "RAID, of the NAS" <raid@nas.example.org>
To: key@example.org
Cc: ops@example.org
Subject: Disk sdc failed
Date: Sat, 21 Nov 2026 03:12:44 +0000
Message-ID: <1@nas.example.org>
In-Reply-To: <0@nas.example.org>

1 of 4 disks is missing.

See the front panel.
]]
    assert.same({ subject = "Disk sdc failed", message = "1 of 4 disks is missing.\n\nSee the front panel.", sender = "raid@nas.example.org",
      recipient = "key@example.org", dedup = json.null, to = "key@example.org", cc = "ops@example.org", date = "Sat, 21 Nov 2026 03:12:44 +0000",
      message_id = "<1@nas.example.org>", in_reply_to = "<0@nas.example.org>", attachments = {} }, got)
  end)

  it("without a From is from its envelope's sender, and one without anything is a mail too", function()
    assert.equal("bounce@example.org", read("Subject: s\n\nx").sender)
    assert.equal("A printer", read("From: A printer\n\nx").sender)
    local got = read ""
    assert.same({ "", "", "bounce@example.org" }, { got.subject, got.message, got.sender })
    for _, nothing in ipairs { "\n", "Content-Type: text/html\n", "Content-Type: text/html\n\n", "Content-Type: text/plain\n" } do
      assert.equal("", message(nothing))
    end
    assert.equal("no header at all", message "\nno header at all")
  end)

  it("is read in encoded words, base64, quoted-printable and the charsets of all countries", function()
    assert.equal("Störung · 障害", read("Subject: =?iso-8859-1?Q?St=F6rung?= =?utf-8?B?IMK3IOmanOWusw==?=\n\nx").subject)
    assert.equal("Störung", message "Content-Type: text/plain; charset=iso-8859-15\nContent-Transfer-Encoding: quoted-printable\n\nSt=F6rung")
    assert.equal("障害", message "Content-Type: text/plain; charset=iso-2022-jp\n\n\27$B>c32\27(B")
    assert.equal("авария", message "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\nwdfB0snR")
    assert.equal("50 €", message "Content-Type: text/plain; charset=windows-1252\n\n50 \x80")
  end)

  it("that lies about its charset is read as what it mostly is then", function()
    assert.equal("Störung", message "Content-Type: text/plain; charset=utf-8\n\nSt\xf6rung")
    assert.equal("Störung", message "Content-Type: text/plain; charset=us-ascii\n\nStörung")
    assert.equal("Störung", message "Content-Type: text/plain; charset=no-such-charset\n\nStörung")
    assert.equal("Störung", read("Subject: St\xf6rung\n\nx").subject)
  end)

  it("in several forms is the plain one, unless that is blank", function()
    local plain, html = "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>as <b>HTML</b></p>"
    assert.equal("plain", message(multipart("alternative", { plain, html })))
    assert.equal("plain", message(multipart("alternative", { html, plain })))
    assert.equal("as HTML", message(multipart("alternative", { "Content-Type: text/plain\n\n \n", html })))
    assert.equal("as HTML", message("Content-Type: text/html\n\n<p>as <b>HTML</b></p>"))
    assert.equal("plain\n\nfooter", message(multipart("mixed", { plain, "Content-Type: text/plain\n\nfooter" })))
    assert.equal("as HTML\n\nfooter", message(multipart("mixed", { html, "Content-Type: text/plain\n\nfooter" })))
  end)

  it("names its attachments, by what they are and how long when decoded", function()
    local got = read(multipart("mixed", { "Content-Type: text/plain\n\nsee", "Content-Type: text/plain; name=log.txt\nContent-Disposition: attachment\n\n12345",
      "Content-Type: image/png\nContent-Disposition: inline; filename*=utf-8''K%C3%BCche.png\nContent-Transfer-Encoding: base64\n\nAAAAAAAA",
      "Content-Type: message/rfc822\n\nSubject: the first\n\nold" }))
    assert.equal("see", got.message)
    assert.same({ { name = "log.txt", type = "text/plain", size = 5 }, { name = "Küche.png", type = "image/png", size = 6 },
      { name = "the first", type = "message/rfc822", size = 0 } }, got.attachments)
  end)

  it("is sent on by who is no alert's source: automatic answers, bounces, reports, circles, ours", function()
    local function refused(headers) return (select(2, read(headers .. "\nSubject: s\n\nx"))) end
    for _, headers in ipairs { "Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: auto-notified; owner-email=x",
      "Precedence: auto_reply", "Precedence: junk", "Precedence: bulk\nIn-Reply-To: <1@x>", "X-Autoreply: yes", "X-Autorespond: x" } do
      assert.equal("is an automatic answer", refused(headers), headers)
    end
    assert.equal("is a bounce", refused "Return-Path: <>")
    assert.equal("was sent by Tocsin", refused "X-Tocsin: notification")
    assert.matches("is a report", refused "Content-Type: multipart/report; boundary=B; report-type=delivery-status")
    assert.matches("in circles", refused(("Received: from a by b\n"):rep(101):sub(1, -2)))
    -- What monitors, cron and lists say of their own mails.
    for _, headers in ipairs { "Auto-Submitted: auto-generated", "Auto-Submitted: no", "Precedence: bulk", "Precedence: list", "Return-Path: <a@b>",
      ("Received: from a by b\n"):rep(20):sub(1, -2), "X-Mailer: mdadm" } do
      assert.is_nil(refused(headers), headers)
    end
  end)

  it("that means harm is read in bounded time, and is text in UTF-8 whatever it holds", function()
    local deep = {}
    for i = 1, 3000 do deep[i] = ("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"):format(i, i) end
    local hostile = { table.concat(deep), ("--B\n\n"):rep(20000), "Content-Type: multipart/mixed; boundary=B\n\n" .. ("--B\n\nx\n"):rep(50000),
      "Subject: " .. ("=?utf-8?Q?"):rep(20000) .. "\n\n", ("a: b\n"):rep(100000), "Subject: \0\0\n\n\0\0\0", ("\n"):rep(100000),
      "Content-Type: multipart/mixed; boundary=B\n\n" .. ("--B\n\nx\n"):rep(500000), ("a: b\n"):rep(800000), "To: " .. ("a@b,"):rep(1000000) .. "\n\n",
      "From: " .. ("<"):rep(50000) .. "\n\n", "From: " .. ("a:"):rep(20000) .. "\n\n", "To: " .. ("a@b,"):rep(50000) .. "\n\n",
      "Content-Type: text/plain; charset=" .. ("x"):rep(10000) .. "\n\n\xff\xfe", "Content-Type: text/html\n\n" .. ("<"):rep(100000) }
    for i, mail in ipairs(hostile) do
      local started = os.clock()
      local text = mime.payload(mail, ENVELOPE)
      assert.is_true(os.clock() - started < LIMIT_S, "number " .. i)
      assert.is_truthy(utf8.len(text), "number " .. i)
      assert.is_table(json.decode(text), "number " .. i)
    end
  end)
end)

describe("HTML as text", function()
  local function is(want, html) assert.equal(want, mime.html(html), html) end

  it("has lines where people see them, and no empty ones", function()
    is("one\ntwo\nthree", "<p>one</p>\n\n<p>two<br>three</p>")
    is("a b", "  a \n\t b  ")
    is("x\n* one\n* two\nend", "<div>x<ul><li>one</li><li>two</li></ul>end</div>")
    is("a\n" .. ("-"):rep(32) .. "\nb", "a<hr>b")
    is("Host db-1\nState down", "<table><tr><td>Host</td><td>db-1</td></tr><tr><td>State</td><td>down</td></tr></table>")
    is("a\n  b\nc", "<pre>a\n  b</pre>c")
    is("one\ntwo", "<pre>one\n<b>two</b></pre>")
  end)

  it("says where links lead", function()
    is("see the graph (https://g.example.org/?a=1&b=2)", '<a class=x href="https://g.example.org/?a=1&amp;b=2">see the graph</a>')
    is("https://g.example.org", "<a href='https://g.example.org'>https://g.example.org</a>")
    is("top and go", '<a href="#top">top</a> and <a href="javascript:x()">go</a>')
    is("", '<a href="https://t.example.org/pixel"><img src=x></a>')
    is("a (u) b (v)", "<a href=u>a <a href=v>b")
    is("nowhere", "<a href=''>nowhere</a>")
    is("nothing", "<a href='&#1;'>nothing</a>")
  end)

  it("knows references, images by their words, and what says nothing", function()
    is("5 < 6 & ü €", "5 &lt; 6 &amp; &uuml; &#8364;")
    is("CPU graph", "<img alt='CPU graph' src=x>")
    is("text", "<!DOCTYPE html><html><head><title>T</title><style>p{}</style><script>if (a<b) {}</script></head><!-- c --><body>text</body>")
    is("a<b and 3 < 4", "a&lt;b and 3 < 4")
  end)

  it("goes on at what is no HTML", function()
    is("a<", "a<")
    is("a", "a<b")
    is("a", "a<!--")
    is("a", "a<script>b")
    is("a </> b", "a </> b")
    is("a", 'a<b title="')
  end)
end)
