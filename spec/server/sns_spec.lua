--- Amazon SNS and a real server: certificates are fetched from Amazon alone, signatures checked, subscriptions confirmed.
require "tocsin.core"
local outgoing <const> = require "outgoing"
local server <const> = require "server"
local raw <const> = require "raw_http"
local crypto <const> = require "tocsin.crypto"
local json <const> = require "tocsin.json"
local sns <const> = require "sns"

local HOST <const> = "https://sns.eu-central-1.amazonaws.com"
local CERTIFICATE <const> = HOST .. "/SimpleNotificationService-9c6465fa7f48f5cacd23014631ec1136.pem"
local TOPIC <const> = "arn:aws:sns:eu-central-1:123456789012:alarms"
local SUBSCRIBE <const> = "/?Action=ConfirmSubscription&TopicArn=" .. TOPIC .. "&Token=2336412f37"

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

describe("messages of Amazon SNS", function()
  local fakes, folder, s, pem, web

  setup(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    raw.shell("mkdir " .. folder)
    raw.shell(("openssl req -x509 -newkey rsa:2048 -nodes -keyout %s/k -out %s/c -days 2 -subj /CN=sns.amazonaws.com 2>&1"):format(folder, folder))
    raw.shell(("openssl req -x509 -newkey rsa:2048 -nodes -keyout %s/other -out %s/o -days 2 -subj /CN=sns.amazonaws.com 2>&1"):format(folder, folder))
    pem = read(folder .. "/c")
    fakes = outgoing.fakes()
    local ca = fakes:ask { ["do"] = "certificates", folder = folder }.ca
    web = fakes:open { ["do"] = "http", certificate = "good", pages = { [CERTIFICATE:sub(#HOST + 1)] = pem, [SUBSCRIBE] = "<ConfirmSubscriptionResponse/>" } }
    local proxy = fakes:open { ["do"] = "proxy", to = web }
    s = server.start { args = { "--outgoing-proxy", "http://127.0.0.1:" .. proxy, "--ca-file", ca, "--inbound-email-sns-topics", TOPIC } }
    s:make_token()
  end)
  teardown(function()
    s.expects = "signature_refused"
    s:finish()
    fakes:stop()
    raw.shell("rm -rf " .. folder)
  end)
  before_each(function() fakes:seen() end)

  -- The signature as OpenSSL's own command makes it.
  local function sign(envelope, key)
    local digest = envelope.SignatureVersion == "2" and "sha256" or "sha1"
    local file = assert(io.open(folder .. "/text", "wb"))
    file:write(sns.signed_text(envelope))
    file:close()
    raw.shell(("openssl dgst -%s -sign %s/%s -out %s/signature %s/text"):format(digest, folder, key or "k", folder, folder))
    envelope.Signature = crypto.base64(read(folder .. "/signature"))
    return envelope
  end
  local count = 0
  local function message(fields)
    count = count + 1
    local envelope = { Type = "Notification", MessageId = "m-" .. count, TopicArn = TOPIC, Subject = "Subject " .. count, Message = "Message " .. count,
      Timestamp = "2026-11-22T01:02:03.004Z", SignatureVersion = "1", SigningCertURL = CERTIFICATE }
    for name, value in pairs(fields or {}) do envelope[name] = value or nil end
    return envelope
  end
  local function subscription(fields)
    local all = { Type = "SubscriptionConfirmation", Subject = false, Token = "2336412f37", SubscribeURL = HOST .. SUBSCRIBE }
    for name, value in pairs(fields or {}) do all[name] = value end
    return message(all)
  end
  local function integration(secret)
    count = count + 1
    return s:api("POST", "/integrations/", { type = "amazon_sns", name = "sns " .. count, signing_secret = secret })
  end
  local function post(hook, envelope)
    local answer = s:request("POST", hook.link:match "//[^/]*(/.*)$", { body = type(envelope) == "table" and json.encode(envelope) or envelope,
      headers = { ["Content-Type"] = "text/plain; charset=UTF-8" } })
    return answer.status, answer.body
  end
  local function stored(hook) return #s:api("GET", "/alert_groups/?integration_id=" .. hook.id).results end
  local function refused(words, hook, envelope)
    local status, body = post(hook, envelope)
    assert.equal(403, status, body)
    assert.is_truthy(body:find(words, 1, true), body)
    assert.equal(0, stored(hook))
  end

  it("with the topic named are taken when Amazon signed them, by both signature versions", function()
    local hook = integration(TOPIC)
    assert.equal(200, (post(hook, sign(message()))))
    assert.equal(200, (post(hook, sign(message { SignatureVersion = "2" }))))
    assert.equal(200, (post(hook, sign(message { Subject = false }))))
    assert.equal(3, stored(hook))
    assert.is_true(#fakes:seen().requests <= 4, "the certificate is fetched once by each worker")
  end)

  it("bring the mails that SES has taken in, when Amazon signed them and the topic is named", function()
    local hook = s:api("POST", "/integrations/", { type = "inbound_email", name = "mails" })
    local function bring(envelope, key)
      return s:request("POST", "/integrations/v1/inbound_email_webhook", { body = json.encode(sign(envelope, key)), headers = { ["Content-Type"] = "text/plain" } })
    end
    local function notification(content, encoding, more)
      local n = { notificationType = "Received", mail = { source = "nas@x.example", messageId = "m1" }, content = content,
        receipt = { recipients = json.array { hook.token .. "@in.example.org" }, action = { type = "SNS", encoding = encoding } } }
      for name, value in pairs(more or {}) do n[name] = value end
      return message { Message = json.encode(n) }
    end
    local MAIL <const> = "From: NAS <nas@x.example>\r\nSubject: Disk full\r\n\r\n97 %\r\n"
    assert.equal(200, bring(notification(MAIL, "UTF-8")).status)
    assert.equal(200, bring(notification(crypto.base64(MAIL), "BASE64")).status)
    local groups = s:api("GET", "/alert_groups/?integration_id=" .. hook.id).results
    assert.same({ 1, "Disk full", 2 }, { #groups, groups[1].title, groups[1].alerts_count })
    assert.equal(403, bring(notification(MAIL), "other").status)
    assert.equal(403, bring(message { Message = "{}", TopicArn = TOPIC .. "x" }).status)
    assert.equal(200, bring(message { Message = "{}" }).status) -- signed, but no mail
    assert.matches("give the receipt rule an SNS action", bring(notification(nil, nil)).body)
    local answer = s:request("POST", "/integrations/v1/inbound_email_webhook", { body = json.encode(sign(subscription())) })
    assert.same({ 200, "Confirmed" }, { answer.status, answer.body })
    assert.equal(2, s:api("GET", "/alert_groups/?integration_id=" .. hook.id).results[1].alerts_count)
  end)

  it("are refused when they are forged, changed, raw, or of another topic", function()
    local hook = integration(TOPIC .. ", arn:aws:sns:eu-central-1:123456789012:other")
    refused("does not go with the certificate", hook, sign(message(), "other"))
    local changed = sign(message())
    changed.Message = "everything is fine"
    refused("does not go with the certificate", hook, changed)
    refused("does not go with the certificate", hook, message { Signature = "bm8=" })
    local version = sign(message())
    version.SignatureVersion = "3"
    refused("does not go with the certificate", hook, version)
    refused("does not name", hook, sign(message { TopicArn = TOPIC .. "x" }))
    refused("raw message delivery", hook, '{"AlarmName":"a","NewStateValue":"ALARM"}')
    refused("raw message delivery", hook, "text")
  end)

  it("name no other server than Amazon's to fetch from", function()
    local hook = integration(TOPIC)
    for _, url in ipairs { "http://sns.eu-central-1.amazonaws.com/x.pem", "https://sns.eu-central-1.amazonaws.com.evil.test/x.pem",
      "https://evil.test/sns.eu-central-1.amazonaws.com/x.pem", "https://sns.eu-central-1.amazonaws.com@evil.test/x.pem",
      "https://sns.eu-central-1.amazonaws.com:8443/x.pem", "https://evil-sns.eu-central-1.amazonaws.com/x.pem", "https://127.0.0.1/x.pem",
      "https://sns.a.b.amazonaws.com/x.pem", "https://sns.eu-central-1.amazonaws.com/x", "https://bucket.s3.amazonaws.com/x.pem", "", "x" } do
      refused("not an address of Amazon SNS", hook, sign(message { SigningCertURL = url }))
    end
    refused("cannot be fetched", hook, sign(message { SigningCertURL = HOST .. "/status/404?X=.pem" }))
    local seen = fakes:seen().requests
    assert.equal("/status/404?X=.pem", seen[#seen].target)
    assert.is_true(#seen <= 2, "nothing but the last one was asked for")
  end)

  it("that ask to confirm a subscription are confirmed, once Amazon has signed them", function()
    local hook = integration()
    assert.equal(200, (post(hook, sign(subscription()))))
    local targets = {}
    for _, request in ipairs(fakes:seen().requests) do targets[request.target] = true end
    assert.is_true(targets[SUBSCRIBE])
    assert.equal(0, stored(hook))
    refused("SubscribeURL is not an address", hook, sign(subscription { SubscribeURL = "https://evil.test/confirm" }))
    refused("does not go with the certificate", hook, sign(subscription(), "other"))
    for _, request in ipairs(fakes:seen().requests) do assert.are_not.equal(SUBSCRIBE, request.target) end
  end)

  it("that cannot be confirmed from here show the link to a person", function()
    local hook = integration()
    assert.equal(200, (post(hook, sign(subscription { SubscribeURL = HOST .. "/status/500" }))))
    assert.equal(1, stored(hook))
  end)

  it("are taken by the key in the address alone where no topic is named", function()
    local hook = integration()
    assert.equal(200, (post(hook, message { Signature = "bm8=" })))
    assert.equal(200, (post(hook, '{"AlarmName":"a","AlarmArn":"arn:a","NewStateValue":"ALARM"}')))
    assert.equal(2, stored(hook))
    assert.same({}, fakes:seen().requests)
  end)
end)
