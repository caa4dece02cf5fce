--- The loader: what it refuses in a file, in values and in a request; and the pieces that the channels share.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local channel_schema = require "channel_schema"
local cut = require "sending.cut"
local encode = require "sending.encode"
local inbound = require "sending.inbound"
local reply = require "sending.reply"

local function minimal(changes)
  local data = {
    name = "X", about = "x", docs = "https://example.org/docs",
    settings = { { "token", type = "text", secret = true, required = true, about = "Token" } },
    address = { { "id", type = "text", required = true, about = "Id" } },
    sample = { account = { token = "t" }, address = { id = "1" } },
    request = function() end, result = function() end,
    examples = { { "a page", send = {}, expect = { request = {} } } },
  }
  for key, value in pairs(changes) do data[key] = value end
  return data
end

describe("a channel's file", function()
  it("is right when it has what it needs", function()
    assert.same({}, channel.check("x", minimal {}))
  end)

  it("is refused with the address of what is wrong", function()
    for sentence, changes in pairs {
      ["unknown field 'settigns' (did you mean 'settings'?)"] = { settigns = {} },
      ["unknown field 'settings[1].secrte' (did you mean 'secret'?)"] = { settings = { { "token", type = "text", about = "x", secrte = true } } },
      ["field 'settings[1].type' must be one of boolean, choice, integer, text, url"] = { settings = { { "token", type = "string", about = "x" } } },
      ["field 'settings[1].about' is missing"] = { settings = { { "token", type = "text" } } },
      ["field 'settings[2]' is no new name: token"] = { settings = { { "token", type = "text", about = "x" }, { "token", type = "text", about = "x" } } },
      ["field 'settings[1].default': Enter a valid URL that begins with http:// or https://."] = { settings = { { "url", type = "url", about = "x", default = "ftp://x" } } },
      ["field 'limits.per_target' must be {count, per_ms}"] = { limits = { per_target = { 1 } } },
      ["field 'can.update' must be a list"] = { can = { update = "yes" } },
      ["field 'docs[1]' must be the address of a page"] = { docs = "the manual" },
      ["field 'request' must be a function, not a table"] = { request = {} },
      ["unknown field 'examples[1].expect.request.jsno' (did you mean 'json'?)"] = { examples = { { "a", send = {}, expect = { request = { jsno = {} } } } } },
      ["field 'examples[1]' sends nothing and reads nothing"] = { examples = { { "a", expect = {} } } },
      ["field 'sample.account.token': This field is required."] = { sample = { account = {}, address = { id = "1" } } },
      ["field 'sample.address.name': There is no such field."] = { sample = { account = { token = "t" }, address = { id = "1", name = "x" } } },
    } do
      assert.same({ "lua/channels/x.lua: " .. sentence }, channel.check("x", minimal(changes)))
    end
    assert.same({ "lua/channels/x.lua: the file must return a table" }, channel.check("x", 5))
  end)

  it("is told what its examples leave out", function()
    local text = table.concat(channel_schema.untested(minimal { room = { key = "id" }, can = { update = true }, inbound = function() end }, "x.lua"), "\n")
    for _, part in ipairs { "posts to a room", 'kind = "update"', 'state = "sent"', 'state = "retry"', 'state = "failed"', "what comes in", "is refused" } do
      assert.matches(part, text, 1, true)
    end
  end)

  it("is found by a name that can send", function()
    for _, name in ipairs { "nosuch", "html", "plain", "init", "web", "../core", "", "Slack" } do
      local spec, problems = channel.load(name)
      assert.is_nil(spec)
      assert.same({ "lua/channels/" .. name .. ".lua: there is no such channel" }, problems)
    end
  end)

  it("says what it carries, and in which look", function()
    assert.same({ "sms", "phone_call" }, channel.carries "twilio")
    assert.same({ "twilio" }, channel.carriers "phone_call")
    assert.same({}, channel.carriers "pigeon")
    local carried = " " .. table.concat(channel.carried(), " ") .. " "
    for _, name in ipairs { "sms", "phone_call", "slack", "telegram", "email", "ntfy", "webhook" } do assert.matches(" " .. name .. " ", carried, 1, true) end
    assert.same({ "slack", "sms", "plain" }, { channel.look("slack", "slack"), channel.look("twilio", "sms"), channel.look("ntfy", "ntfy") })
    assert.same({ true, false }, { channel.can("twilio", "cancel", "phone_call"), channel.can("twilio", "cancel", "sms") })
  end)
end)

describe("values of an account or address", function()
  local FIELDS <const> = {
    { "name", type = "text", required = true, max = 3, pattern = "^%l+$", hint = "Small letters.", about = "Name" },
    { "url", type = "url", about = "Address" }, { "port", type = "integer", min = 1, max = 65535, default = 25, about = "Port" },
    { "tls", type = "choice", choices = { "none", "tls" }, about = "TLS" }, { "on", type = "boolean", about = "On" },
  }

  it("are checked field by field", function()
    assert.same({}, channel.check_values(FIELDS, { name = "abc", url = "https://x.org", port = 1, tls = "tls", on = true }))
    assert.same({
      { "nmae", "There is no such field (did you mean 'name'?)." }, { "name", "This field is required." },
      { "url", "Enter a valid URL that begins with http:// or https://." }, { "port", "Ensure this value is less than or equal to 65535." },
      { "tls", "Must be one of: none, tls." }, { "on", "Must be a valid boolean." },
    }, channel.check_values(FIELDS, { nmae = "x", url = "mailto:a@b.c", port = 65536, tls = "ssl", on = "yes" }))
    for value, sentence in pairs { abcd = "Ensure this field has no more than 3 characters.", ABC = "Small letters.", ["a\nb"] = "Control characters are not allowed here.",
      [" "] = "This field may not be blank.", ["\xff"] = "Not a valid string." } do
      assert.same({ { "name", sentence } }, channel.check_values(FIELDS, { name = value }))
    end
    assert.same({ { "url", "Leave user and password out of the URL: there are fields for them." } },
      channel.check_values(FIELDS, { name = "a", url = "https://u:p@x.org/" }))
  end)

  it("are filled with defaults", function()
    assert.same({ name = "a", port = 25 }, channel.with_defaults(FIELDS, { name = "a", other = 1 }))
  end)

  it("show no secret in a queue's name, nor to people", function()
    assert.equal("C024BE91L", channel.target("slack", { id = "C024BE91L" }))
    assert.matches("^%x+$", channel.target("ntfy", { topic = "ann-phone-2Kd8" }))
    assert.not_equal(channel.target("ntfy", { topic = "a" }), channel.target("ntfy", { topic = "b" }))
    assert.same({ "+1…10", "an…d8", "…", "C024BE91L" }, { channel.masked("twilio", { phone = "+15558675310" }), channel.masked("ntfy", { topic = "ann-phone-2Kd8" }),
      channel.masked("ntfy", { topic = "short" }), channel.masked("slack", { id = "C024BE91L" }) })
  end)
end)

describe("a request", function()
  it("cannot carry a line break or a blank where none may be", function()
    for name, over in pairs { slack = { account = { token = "xoxb-1\r\nX: y" } }, ntfy = { account = { url = "https://x.org/ y" } },
      twilio = { account = { account_sid = "AC1 HTTP/1.1\r\nX: y" } } } do
      local request, why = channel.request(name, channel_examples.send(name, over))
      assert.is_nil(request)
      assert.matches("holds characters that a request cannot carry", why)
    end
  end)

  it("is never given a secret in its sentence", function()
    local send = channel_examples.send("ntfy", { account = { token = "tk_secret+1" } })
    for _, echo in ipairs { "tk_secret+1", "tk_secret%2B1", "dGtfc2VjcmV0KzE=" } do
      local result = channel.result("ntfy", { status = 400, headers = {}, body = '{"error":"bad token ' .. echo .. ' for ann-phone-2Kd8"}' }, send)
      assert.equal("ntfy answered 400: bad token **** for ****", result.error)
    end
  end)
end)

describe("a cut", function()
  it("keeps whole characters in every unit", function()
    assert.equal("ab🚒", cut.to("ab🚒", 3, "points"))
    assert.equal("a…", cut.to("ab🚒", 2, "utf16"))
    assert.equal("ab…", cut.to("ab🚒", 5, "bytes"))
    assert.equal("…", cut.to("🚒🚒", 6, "bytes"))
    assert.equal("", cut.to("🚒🚒", 2, "bytes"))
    assert.same({ 3, 4, 6 }, { cut.size("ab🚒", "points"), cut.size("ab🚒", "utf16"), cut.size("ab🚒", "bytes") })
  end)

  it("keeps the tail", function()
    assert.equal("aaaa… link", cut.keep(("a"):rep(99), " link", 10, "points"))
    assert.equal("lin…", cut.keep("aaa", "link and more", 4, "points"))
  end)

  it("takes marks away before it cuts", function()
    local markup = { strip = function(t) return (t:gsub("</?b>", "")) end, escape = function(t) return (t:gsub("&", "&amp;")) end }
    assert.equal("<b>ab</b>!", cut.keep_markup("<b>ab</b>", "!", 10, "points", markup))
    assert.equal("abcd…!", cut.keep_markup("<b>abcdefghij</b>", "!", 6, "points", markup))
    local grown = cut.keep_markup("<b>" .. ("&"):rep(100) .. "</b>", "!", 60, "points", markup)
    assert.matches("^&amp;&amp;&amp;&amp;&amp;&amp;[&amp;]*…!$", grown)
    assert.is_true(utf8.len(grown) <= 60)
  end)

  it("makes clean text of any bytes", function()
    assert.equal("a\u{FFFD}\u{FFFD}b c\nd\te", cut.clean "a\xff\xfeb\0c\r\nd\te")
    for _ = 1, 200 do
      local bytes = {}
      for i = 1, 50 do bytes[i] = string.char(math.random(0, 255)) end
      local text = cut.clean(table.concat(bytes))
      assert.is_truthy(utf8.len(text))
      assert.is_nil(text:find "[%z\1-\8\11-\31\127]")
    end
  end)
end)

describe("Retry-After", function()
  local function after(text) return reply.retry_after({ headers = { ["retry-after"] = text } }, 784111777000000) end
  it("is seconds or a date, within an hour", function()
    assert.same({ 30000, 1500, 0 }, { after "30", after "1.5", after "0" })
    assert.equal(10000, after "Sun, 06 Nov 1994 08:49:47 GMT")
    assert.equal(0, after "Sun, 06 Nov 1994 08:49:30 GMT")
    assert.equal(3600000, after "Tue, 29 Feb 2000 00:00:00 GMT")
    assert.same({}, { after "soon", after "-1", after "Sun, 06 Foo 1994 08:49:37 GMT" })
  end)
end)

describe("a reply", function()
  it("is a number and a code, in any order", function()
    for text, verb in pairs { ["12a"] = "acknowledge", [" 12 ACK "] = "acknowledge", ["ack 12"] = "acknowledge", ["#12 resolve."] = "resolve", ["12c"] = "resolve",
      s12 = "silence", ["12 Silence!"] = "silence" } do
      assert.same({ verb, 12 }, { (inbound.reply(text, "x") or {}).verb, (inbound.reply(text, "x") or {}).group })
    end
    for _, text in ipairs { "", "12", "a", "STOP", "ack", "12a 13a", "12 delete", ("1"):rep(30) .. "a", ("x"):rep(5000) } do
      assert.is_nil(inbound.reply(text, "x"))
    end
  end)

  it("of a button is nothing but a button's value", function()
    assert.same({ verb = "silence", group = 12, silence_ms = 1800000, user_address = "u" }, inbound.event("silence:12:1800000", "u"))
    for _, value in ipairs { "", "delete:12", "acknowledge:", "acknowledge:-1", "acknowledge:12x", "acknowledge:99999999999999999999", ("a"):rep(500), 5, {}, false } do
      assert.is_nil(inbound.event(value, "u"))
    end
  end)
end)

describe("signatures", function()
  it("are checked as in Slack's own example", function()
    local request = { method = "POST", url = "https://x.example.org/", now = 1531420618000000, headers = {
      ["x-slack-request-timestamp"] = "1531420618",
      ["x-slack-signature"] = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" },
      body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA" ..
        "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554" ..
        "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c" }
    local account = { signing_secret = "8f742231b10e8888abcd99yyyzzz85a5" }
    local _, why = channel.inbound("slack", request, account)
    assert.equal("Slack: there is no payload", why) -- a command: signed, and no button
    request.body = request.body .. "x"
    _, why = channel.inbound("slack", request, account)
    assert.matches("signature is wrong", why)
  end)

  it("are checked as in Twilio's own example", function()
    local request = { method = "POST", url = "https://mycompany.com/myapp.php?foo=1&bar=2", headers = { ["x-twilio-signature"] = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=" },
      body = "To=%2B18005551212&CallSid=CA1234567890ABCDE&Digits=1234&From=%2B12349013030&Caller=%2B12349013030" }
    assert.is_truthy(channel.inbound("twilio", request, { auth_token = "12345" }))
    for key, value in pairs { url = "https://mycompany.com/myapp.php?foo=1&bar=3", body = request.body .. "&X=1", headers = {} } do
      local forged = { method = "POST", url = request.url, headers = request.headers, body = request.body }
      forged[key] = value
      local _, why = channel.inbound("twilio", forged, { auth_token = "12345" })
      assert.equal("Twilio: the signature is wrong", why)
    end
  end)
end)

describe("a mail", function()
  local mail = require "sending.mail"

  it("is dated right in leap years and on the last day", function()
    for us, text in pairs { [0] = "Thu, 01 Jan 1970 00:00:00 +0000", [951782399] = "Mon, 28 Feb 2000 23:59:59 +0000", [951782400] = "Tue, 29 Feb 2000 00:00:00 +0000",
      [1709164800] = "Thu, 29 Feb 2024 00:00:00 +0000", [1767225599] = "Wed, 31 Dec 2025 23:59:59 +0000", [4107542400] = "Mon, 01 Mar 2100 00:00:00 +0000" } do
      assert.equal(text, mail.date(us * 1000000))
    end
  end)

  it("has headers of ASCII in lines that are short enough, whatever the text", function()
    for _, text in ipairs { "plain", "Straße", ("é"):rep(300), ("🚒"):rep(100), "a\r\nBcc: x@y.z", "=?UTF-8?B?eA==?=", ("x"):rep(400), "\xff\0", "" } do
      local words = mail.words(text)
      assert.is_nil(words:gsub("\r\n ", ""):find "[%c\128-\255]")
      for line in (words .. "\r\n"):gmatch "(.-)\r\n" do assert.is_true(#line <= 76, line) end
      local back = words:gsub("%?=\r\n =%?", "?==?"):gsub("=%?UTF%-8%?B%?([^?]*)%?=", function(code) return require("tocsin.crypto").unbase64(code) end)
      assert.equal((cut.clean(text):gsub("%s+", " ")), back)
    end
  end)

  it("quotes a name that would be more than a name", function()
    assert.equal('"Ann, <x@y.z>" <a@b.c>', mail.mailbox("Ann, <x@y.z>", "a@b.c"))
    assert.equal('"Ann. X: y" <a@b.c>', mail.mailbox("Ann.\r\nX: y", "a@b.c"))
    assert.equal("Ann <a@b.c>", mail.mailbox("Ann", "a@b.c"))
    assert.equal("<a@b.c>", mail.mailbox(nil, "a@b.c"))
  end)
end)

describe("web push", function()
  local crypto = require "tocsin.crypto"
  local web_push = require "sending.web_push"
  local RECEIVER <const> = crypto.unbase64 "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
  local PRIVATE <const> = crypto.unbase64 "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"

  it("encrypts as RFC 8291 shows it", function()
    local body = web_push.encrypt("When I grow up, I want to be a watermelon", RECEIVER, crypto.unbase64 "BTBZMqHH6r4Tts7J_aSIgg",
      crypto.unbase64 "DGv6ra1nlYgDCS1FRnbzlw", PRIVATE)
    assert.equal("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXzt" ..
      "LVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN", crypto.base64url(body))
    assert.is_nil(web_push.encrypt("x", "no key", "a", ("s"):rep(16), PRIVATE))
    assert.is_nil(web_push.encrypt("x", RECEIVER, "a", ("s"):rep(16), "no key"))
  end)

  it("names its sender for less than a day, to this push service only", function()
    local value = web_push.authorization("https://push.example.net:8443/x/y?z=1", "mailto:a@b.c", PRIVATE, 1767229199000000)
    local head, claims, key = value:match "^vapid t=([^.]+)%.([^.]+)%.[%w_-]+, k=([%w_-]+)$"
    assert.equal('{"typ":"JWT","alg":"ES256"}', crypto.unbase64(head))
    assert.equal('{"aud":"https://push.example.net:8443","exp":1767268800,"sub":"mailto:a@b.c"}', crypto.unbase64(claims))
    assert.equal(crypto.base64url(crypto.p256_public(PRIVATE)), key)
    assert.is_nil(web_push.authorization("https://x/", "mailto:a@b.c", "x", 0))
  end)

  it("makes a pair of keys for a provider that has none, and the other half for one that has", function()
    local made, again = channel.fresh("webpush", { subject = "mailto:a@b.c" }), channel.fresh("webpush", {})
    assert.equal("mailto:a@b.c", made.subject)
    assert.not_equal(made.private_key, again.private_key)
    assert.equal(made.public_key, crypto.base64url(crypto.p256_public(crypto.unbase64(made.private_key))))
    assert.same({ private_key = crypto.base64url(PRIVATE), public_key = crypto.base64url(crypto.p256_public(PRIVATE)) },
      channel.fresh("webpush", { private_key = crypto.base64url(PRIVATE) }))
    assert.same({ private_key = "x" }, channel.fresh("webpush", { private_key = "x" }))
    assert.same({ {}, { token = "t" } }, { channel.fresh("slack", {}), channel.fresh("slack", { token = "t" }) })
    assert.same({}, channel.check_values(require("channels.webpush").settings, made))
  end)
end)

describe("forms", function()
  it("come back as they were", function()
    local text = "a b+c&d=e%ü🚒\n\"<>'"
    local fields, list = encode.read_form(encode.form { { "x", text }, { "y", 5 }, { "z", nil } })
    assert.same({ x = text, y = "5" }, fields)
    assert.same({ { "x", text }, { "y", "5" } }, list)
    assert.equal("https://x.org/?a=1&b=%26", encode.with_query("https://x.org/?a=1", { { "b", "&" } }))
  end)
end)
