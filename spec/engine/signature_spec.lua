--- Signed requests: what an integration file's `verify` and `challenge` say is checked before anything is stored.
local world = require "world"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local SECRET <const> = "s3cr€t of 32 bytes and some more!"

local function hmac(algorithm, text, secret) return crypto.hmac(algorithm, secret or SECRET, text) end

-- Each type, a body of its, and how its sender proves who it is: (body, secret) → headers, query, body.
local SENDERS <const> = {
  github = { '{"zen":"x","action":"completed","workflow_run":{"id":1,"name":"CI","workflow_id":2,"head_branch":"main","conclusion":"failure"},"repository":{"full_name":"o/r"}}',
    function(b, s) return { ["x-github-event"] = "workflow_run", ["x-hub-signature-256"] = "sha256=" .. crypto.hex(hmac("sha256", b, s)) } end },
  sentry = { '{"action":"triggered","data":{"event":{"issue_id":"1","title":"t"}}}',
    function(b, s) return { ["sentry-hook-signature"] = crypto.hex(hmac("sha256", b, s)) } end },
  flux = { '{"involvedObject":{"kind":"K","name":"n","namespace":"ns"},"severity":"error","message":"m","reason":"r"}',
    function(b, s) return { ["x-signature"] = "sha256=" .. crypto.hex(hmac("sha256", b, s)) } end },
  mongodb_atlas = { '{"id":"1","status":"OPEN","eventTypeName":"HOST_DOWN","clusterName":"c"}',
    function(b, s) return { ["x-mms-event"] = "alert.open", ["x-mms-signature"] = crypto.base64(hmac("sha1", b, s)) } end },
  signalfx = { '{"incidentId":"1","detector":"d","statusExtended":"anomalous"}',
    function(b, s) return { ["x-sfx-signature"] = crypto.base64(hmac("sha256", b, s)) } end },
  checkly = { '{"check_id":"1","check":"c","alert_type":"ALERT_FAILURE"}',
    function(b, s) return { ["x-checkly-signature"] = crypto.hex(hmac("sha256", b, s)) } end },
  grafana_alerting = { '{"status":"firing","groupKey":"k","alerts":[]}',
    function(b, s) return { ["x-grafana-alerting-signature"] = crypto.hex(hmac("sha256", b, s)) } end },
  jira = { '{"webhookEvent":"jira:issue_created","issue":{"id":"1","key":"OPS-1","fields":{"summary":"s"}}}',
    function(b, s) return { ["x-hub-signature"] = "sha256=" .. crypto.hex(hmac("sha256", b, s)) } end },
  zendesk = { '{"ticket":{"id":"1","status":"New","title":"t"}}', function(b, s)
    local at = "2026-11-22T01:02:03Z"
    return { ["x-zendesk-webhook-signature-timestamp"] = at, ["x-zendesk-webhook-signature"] = crypto.base64(hmac("sha256", at .. b, s)) }
  end },
  gitlab = { '{"object_kind":"pipeline","object_attributes":{"ref":"main","status":"failed"},"project":{"id":1}}',
    function(_, s) return { ["x-gitlab-token"] = s } end },
  cloudflare = { '{"name":"n","text":"t","alert_type":"a","policy_id":"p"}', function(_, s) return { ["cf-webhook-auth"] = s } end },
  honeycomb = { '{"id":"1","name":"n","status":"TRIGGERED"}', function(_, s) return { ["x-honeycomb-webhook-token"] = s } end },
  datadog = { '{"id":"1","title":"t","transition":"Triggered"}', function(_, s) return { ["x-tocsin-secret"] = s } end },
  eventbridge = { '{"source":"aws.cloudwatch","detail-type":"x","id":"1","detail":{}}', function(_, s) return { ["x-api-key"] = s } end },
  webhook = { '{"a":1}', function(_, s) return { authorization = "Bearer " .. s } end },
  formatted_webhook = { '{"alert_uid":"1","title":"t"}', function(_, s) return { authorization = "bearer " .. s } end },
  alertmanager = { '{"status":"firing","groupKey":"k","alerts":[]}', function(_, s) return { authorization = "Bearer " .. s } end },
  newrelic = { '{"id":"1","title":["t"],"state":"ACTIVATED"}', function(_, s) return { authorization = "Bearer " .. s } end },
  stackdriver = { '{"version":"1.2","incident":{"incident_id":"1","state":"open"}}',
    function(_, s) return { authorization = "Basic " .. crypto.base64(s) } end },
  statuscake = { "", function(_, s)
    return { ["content-type"] = "application/x-www-form-urlencoded" }, nil,
      "Status=Down&TestID=1&Name=n&Token=" .. s:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
  end },
}

describe("a signed request", function()
  local w, before
  setup(function() w = world.open {} end)
  teardown(function()
    w:check_invariants()
    w:close()
  end)
  before_each(function() before = w:rows("SELECT count(*) AS n FROM alert")[1].n end)

  local function send(hook, sender, secret, change)
    local headers, query, body = sender[2](sender[1], secret)
    headers["content-type"] = headers["content-type"] or "application/json"
    return w:send(hook, (body or sender[1]) .. (change or ""), headers, query)
  end
  local function alerts() return w:rows("SELECT count(*) AS n FROM alert")[1].n - before end

  for kind, sender in pairs(SENDERS) do
    it("of " .. kind .. " is taken, and nothing of it is stored when the secret is another", function()
      local hook = w:integration { type = kind, signing_secret = SECRET }
      local status, body = send(hook, sender, "another")
      assert.equal(403, status, body)
      assert.equal(0, alerts())
      assert.equal(200, (send(hook, sender, SECRET)))
      assert.equal(1, alerts())
    end)

    it("of " .. kind .. " that lacks its sign is refused by name", function()
      local hook = w:integration { type = kind, signing_secret = SECRET }
      local headers = sender[2](sender[1], SECRET)
      local status, body = w:send(hook, sender[1] ~= "" and sender[1] or "Status=Down", { ["content-type"] = headers["content-type"] })
      assert.equal(401, status)
      local name = sender[1] == "" and "Token" or nil
      for header in pairs(headers) do
        if header ~= "content-type" and not header:find "event$" and not header:find "timestamp$" then name = header end
      end
      assert.is_truthy(body:find(name, 1, true), body)
      assert.equal(0, alerts())
    end)
  end

  it("is signed over its very bytes", function()
    local hook = w:integration { type = "github", signing_secret = SECRET }
    assert.equal(403, (send(hook, SENDERS.github, SECRET, " ")))
    assert.equal(0, alerts())
  end)

  it("is not asked for without a secret, and no more when the secret is taken away", function()
    local hook = w:integration { type = "gitlab" }
    w:post(hook, SENDERS.gitlab[1])
    w:configure(hook, { signing_secret = SECRET })
    assert.equal(401, (w:send(hook, SENDERS.gitlab[1])))
    w:configure(hook, { name = "renamed" })
    assert.equal(401, (w:send(hook, SENDERS.gitlab[1])))
    w:configure(hook, { signing_secret = json.null })
    w:post(hook, SENDERS.gitlab[1])
    assert.equal(2, alerts())
  end)

  it("is counted and logged, and its secret is shown to nobody", function()
    local hook = w:integration { type = "gitlab", signing_secret = SECRET }
    for _ = 1, 3 do w:send(hook, "{}", { ["x-gitlab-token"] = "guess" }) end
    local metrics = select(2, engine.request(w.core, "GET", "/metrics"))
    assert.matches('tocsin_requests_badly_signed_total{integration="' .. hook.name .. '",type="gitlab",id="' .. hook.id .. '"} 3\n', metrics)
    assert.matches('tocsin_requests_refused_total{integration="' .. hook.name .. '",[^}]*} 3\n', metrics)
    assert.equal("****************", hook.signing_secret)
    assert.matches("^sealed:", w:rows("SELECT signing_secret FROM integration WHERE name = $1", hook.name)[1].signing_secret)
    assert.equal("****************", w:api(200, "GET", "integrations/" .. hook.id .. "/").signing_secret)
  end)

  it("of a type that signs nothing cannot be asked for", function()
    local answer = w:api(400, "POST", "integrations/", { type = "prtg", name = "p", signing_secret = "x" })
    assert.matches("sign nothing", answer.signing_secret[1])
    local hook = w:integration { type = "prtg" }
    assert.is_table(w:api(400, "PUT", "integrations/" .. hook.id .. "/", { signing_secret = "x" }).signing_secret)
  end)

  it("asks a browser for a name only where the source sends one", function()
    local hook = w:integration { type = "stackdriver", signing_secret = "ada:pass:word" }
    local status, _, _, headers = w:send(hook, "{}")
    assert.equal(401, status)
    assert.matches("WWW%-Authenticate: Basic", headers)
    assert.equal(403, (w:send(hook, "{}", { authorization = "Bearer ada:pass:word" })))
    assert.equal(200, (w:send(hook, "{}", { authorization = "BASIC " .. crypto.base64 "ada:pass:word" })))
  end)

  it("is looked at before the limit of requests, which a stranger cannot use up", function()
    local hook = w:integration { type = "gitlab", signing_secret = SECRET, rate_limit = 1 }
    for _ = 1, 5 do assert.equal(403, (w:send(hook, "{}", { ["x-gitlab-token"] = "guess" }))) end
    assert.equal(200, (send(hook, SENDERS.gitlab, SECRET)))
  end)

  describe("in a file of one's own", function()
    local folder
    local outer
    setup(function() outer = w end)
    teardown(function() w = outer end)
    before_each(function()
      folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
      assert(os.execute("mkdir " .. folder))
    end)
    after_each(function()
      w:close()
      w = outer
      os.execute("rm -rf " .. folder)
    end)

    local function with(rule)
      local file <close> = assert(io.open(folder .. "/own.lua", "w"))
      file:write([==[return { name = "Own", about = "t", connect = "c", grouping_id = "{{ payload.id }}", title = "{{ payload.id }}",
        examples = { { "one", payload = "{}", expect = { state = "firing" } } }, ]==] .. rule .. " }")
      file:close()
      if w ~= outer then w:close() end
      w = world.open { integrations = folder }
      return w:integration { type = "own", signing_secret = SECRET }
    end

    it("has a moment that must be near, in seconds, milliseconds or words", function()
      local hook = with [[verify = { algorithm = "hmac-sha512", header = "x-sign", signed = "v0:{timestamp}:{body}", timestamp_header = "x-time",
        tolerance = 300, secret = "s" }]]
      local function at(text) return (w:send(hook, "{}", { ["x-time"] = text, ["x-sign"] = crypto.hex(hmac("sha512", "v0:" .. text .. ":{}")) })) end
      local now = engine.now(w.core) // 1000000
      for _, good in ipairs { now, now - 299, now + 299 } do
        assert.equal(200, at(("%d"):format(good)))
        assert.equal(200, at(("%d000"):format(good)))
        assert.equal(200, at(os.date("!%Y-%m-%dT%H:%M:%SZ", good)))
      end
      for _, bad in ipairs { tostring(now - 301), tostring(now + 301), "", "soon", "-5", "99999999999999999999" } do
        assert.equal(403, at(bad), bad)
      end
      assert.equal(403, (w:send(hook, "{}", { ["x-sign"] = crypto.hex(hmac("sha512", "v0::{}")) })))
    end)

    it("may stand among several signatures, as of a secret that is being changed", function()
      local hook = with [[verify = { algorithm = "hmac-sha256", header = "x-pagerduty-signature", prefix = "v1=", secret = "s" }]]
      local good, bad = crypto.hex(hmac("sha256", "{}")), ("0"):rep(64)
      local function try(value) return (w:send(hook, "{}", { ["x-pagerduty-signature"] = value })) end
      assert.equal(200, try("v1=" .. good))
      assert.equal(200, try("v1=" .. bad .. ",v1=" .. good))
      assert.equal(200, try("v1=" .. bad .. ", v1=" .. good:upper()))
      for _, value in ipairs { "", ",", "v1=", good, "v2=" .. good, "v1=" .. bad, "v1=" .. good:sub(2), "v1=" .. good .. "00", "v1=zz", ("v1=" .. bad .. ","):rep(500) } do
        assert.equal(403, try(value), value)
      end
    end)

    it("may stand in the query or in a field of a field", function()
      local hook = with [[verify = { algorithm = "plain", query = "token", secret = "s" }]]
      local quoted = SECRET:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
      assert.equal(401, (w:send(hook, "{}")))
      assert.equal(403, (w:send(hook, "{}", nil, "?token=x")))
      assert.equal(200, (w:send(hook, "{}", nil, "?token=" .. quoted)))
      hook = with [[verify = { algorithm = "plain", field = "auth.token", secret = "s" }]]
      assert.equal(200, (w:send(hook, json.encode { auth = { token = SECRET } })))
      for _, body in ipairs { "{}", '{"auth":{"token":5}}', '{"auth":"' .. SECRET .. '"}', '{"auth.token":"x"}', "[1]", "{", "" } do
        assert.equal(401, (w:send(hook, body)), body)
      end
    end)

    it("is checked by the rule that was there when the secret was set, also when the file is gone", function()
      local hook = with [[verify = { algorithm = "plain", header = "x-token", secret = "s" }]]
      os.remove(folder .. "/own.lua")
      assert.equal(401, (w:send(hook, "{}")))
      assert.equal(200, (w:send(hook, "{}", { ["x-token"] = SECRET })))
    end)
  end)
end)

describe("a question of a sender", function()
  local w, before
  setup(function() w = world.open {} end)
  teardown(function() w:close() end)
  local function groups() return #w:groups() - before end
  before_each(function() before = #w:groups() end)
  local function get(hook, query) return engine.request(w.core, "GET", world.path(hook) .. query) end

  it("whether we know the secret is answered (Netdata Cloud)", function()
    local hook = w:integration { type = "netdata", signing_secret = SECRET }
    local status, body, kind = get(hook, "?crc_token=abc%20%22def")
    assert.equal(200, status)
    assert.equal("application/json", kind)
    assert.same({ response_token = "sha256=" .. crypto.base64(hmac("sha256", 'abc "def')) }, json.decode(body))
    assert.equal(200, (w:send(hook, '{"host":"h","alert":"a","severity":"critical"}')))
    assert.equal(1, groups())
  end)

  it("is not answered with a guess when there is no secret", function()
    local hook = w:integration { type = "netdata" }
    local _, body = get(hook, "?crc_token=abc")
    assert.is_nil(body:find("response_token", 1, true))
  end)

  it("whether we are there is answered with its own word (Slack's way)", function()
    local hook = w:integration { type = "webhook" }
    local status, body = w:send(hook, '{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}')
    assert.same({ 200, "3eZbrw1aB" }, { status, body })
    assert.equal(0, groups())
    for _, alert in ipairs { '{"challenge":"x"}', '{"type":"url_verification"}', '{"challenge":5,"type":"url_verification"}', '{"type":"other","challenge":"url_verification"}' } do
      w:post(hook, alert)
    end
    assert.equal(4, groups())
  end)

  it("by GET is an alert only for a type that sends so, and only with something in it", function()
    local hook = w:integration { type = "uptimerobot" }
    assert.equal(200, (get(hook, "?monitorID=5&monitorFriendlyName=Shop&alertType=1&monitorURL=https%3A%2F%2Fshop.example.org")))
    assert.equal("Shop is down: shop.example.org", w:groups()[before + 1].title)
    assert.matches("<html", (select(2, get(hook, ""))))
    assert.matches("<html", (select(2, get(w:integration { type = "webhook" }, "?a=1"))))
    assert.equal(1, groups())
  end)
end)
