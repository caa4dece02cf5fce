--- GoAlert's senders at their own paths: the tables of its reference, row by row.
local world = require "world"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local FORM <const>, JSON <const> = "application/x-www-form-urlencoded", "application/json"
local GENERIC <const> = "/api/v2/generic/incoming"

describe("GoAlert's door", function()
  local w, service

  before_each(function()
    w = world.open()
    service = w:integration { type = "goalert" }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function ask(method, path, headers, body)
    local status, answer, kind = engine.request(w.core, method, path, headers or {}, body or "")
    return status, answer, kind
  end
  local function post(path, headers, body) return ask("POST", path, headers, body) end
  local function url(extra) return GENERIC .. "?token=" .. service.token .. (extra or "") end
  local function key(kind, fields)
    fields = fields or {}
    fields.integration_id, fields.name, fields.type = service.id, fields.name or kind, kind
    return w:api(201, "POST", "integration_keys/", fields)
  end
  local function payload(n)
    local row = w:rows "SELECT CAST(payload AS TEXT) AS payload, parsed FROM alert ORDER BY id"
    return json.decode(row[n or #row].parsed or row[n or #row].payload)
  end
  local function count(table_name) return w:rows("SELECT count(*) AS n FROM " .. table_name)[1].n end
  local function state() return world.state(w:groups()[1]) end

  describe("generic:", function()
    it("takes query, form, multipart and JSON alike, 204", function()
      local boundary = "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
      local multipart = boundary:format("summary", "a b") .. boundary:format("dedup", "k") .. "--b--\r\n"
      for _, sent in ipairs {
        { url "&summary=a+b&dedup=k", {}, "" },
        { url(), { ["content-type"] = FORM }, "summary=a+b&dedup=k" },
        { url(), { ["content-type"] = "multipart/form-data; boundary=b" }, multipart },
        { url(), { ["content-type"] = JSON .. "; charset=utf-8" }, '{"summary":"a b","dedup":"k"}' },
      } do
        local status, body = post(table.unpack(sent))
        assert.same({ 204, "" }, { status, body })
        assert.same({ "a b", "user:1:k", "trigger" }, { payload().summary, payload().dedup, payload().action })
      end
      assert.equal(1, #w:groups())
      assert.equal(4, w:groups()[1].alerts_count)
    end)

    it("finds the token in form and query, in their order, then in Authorization", function()
      local function is_taken(path, headers, body) return (post(path, headers, body)) == 204 end
      for _, name in ipairs { "token", "integrationKey", "integration_key", "key" } do
        assert.is_true(is_taken(GENERIC .. "?" .. name .. "=" .. service.token), name)
        assert.is_true(is_taken(GENERIC, { ["content-type"] = FORM }, name .. "=" .. service.token), name)
      end
      assert.is_true(is_taken(GENERIC .. "?token=&key=" .. service.token), "an empty one falls through")
      assert.is_true(is_taken(GENERIC .. "?key=nobody&token=" .. service.token), "token comes first")
      assert.is_false(is_taken(GENERIC .. "?token=nobody&key=" .. service.token))
      assert.is_true(is_taken(GENERIC .. "?token=nobody", { ["content-type"] = FORM }, "token=" .. service.token), "the body wins")
      for _, header in ipairs { "Bearer " .. service.token, service.token, "Basic " .. crypto.base64("x:" .. service.token) } do
        assert.is_true(is_taken(GENERIC, { authorization = header }), header)
        assert.is_true(is_taken(GENERIC .. "?token=" .. service.token, { authorization = "nonsense" }))
      end
    end)

    it("answers bad credentials as there", function()
      local unknown = "0c1a3c4e-9d7a-4d2e-8f3a-1b2c3d4e5f60"
      key("grafana", { token = "11111111-2222-3333-4444-555555555555" })
      for _, row in ipairs {
        { 401, GENERIC }, { 401, GENERIC .. "?token=" .. unknown }, { 401, GENERIC .. "?token=11111111-2222-3333-4444-555555555555" },
        { 400, GENERIC .. "?token=zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz" }, { 400, GENERIC .. "?token=short" },
      } do
        local status, body, kind = post(row[2] .. (row[2]:find("?", 1, true) and "&" or "?") .. "summary=x")
        assert.equal(row[1], status, row[2])
        assert.matches("^text/plain", kind)
        assert.equal(row[1] == 401 and "unauthorized\n" or "invalid token\n", body)
      end
      assert.equal(401, (post(GENERIC, { ["content-type"] = JSON }, json.encode { token = service.token, summary = "x" })), "not in JSON")
      assert.equal(404, (ask("GET", url())))
      for _, method in ipairs { "PUT", "DELETE", "PATCH" } do assert.equal(405, (ask(method, url())), method) end
      assert.same({ 0, 0 }, { count "alert", count "alert_group" })
    end)

    it("lets the body win over the query, and JSON members that are not null", function()
      post(url "&summary=query&details=kept", { ["content-type"] = FORM }, "summary=")
      assert.same({ "", "kept" }, { payload().summary, payload().details })
      post(url "&summary=query", { ["content-type"] = "multipart/form-data; boundary=b" },
        "--b\r\nContent-Disposition: form-data; name=\"summary\"\r\n\r\nbody\r\n--b--\r\n")
      assert.equal("body", payload().summary)
      post(url "&summary=query&details=d", { ["content-type"] = JSON }, '{"SUMMARY":"","Details":null,"other":1}')
      assert.same({ "", "d" }, { payload().summary, payload().details })
      post(url "&summary=query", { ["content-type"] = JSON }, "null")
      assert.equal("query", payload().summary)
      for _, kind in ipairs { "text/json", "text/plain", "application/vnd.api+json" } do
        post(url "&summary=query", { ["content-type"] = kind }, '{"summary":"json"}')
        assert.equal("query", payload().summary, kind)
      end
      post(url "&summary=a;b&details=%zz&dedup=d")
      assert.same({ "", "", "user:1:d" }, { payload().summary, payload().details, payload().dedup })
    end)

    it("refuses JSON that is none, or of the wrong kind, and stores nothing", function()
      for _, body in ipairs { "", "[]", "{", '{"summary":1}', '{"meta":[]}', '{"meta":"x"}', '{"summary":"a"} x', '"text"', "7" } do
        local status, answer, kind = post(url "&summary=x", { ["content-type"] = JSON }, body)
        assert.equal(400, status, body)
        assert.matches("^text/plain", kind)
        assert.matches("\n$", answer)
      end
      assert.equal(400, (post(url "&summary=x", { ["content-type"] = "multipart/form-data; boundary=b" }, "no multipart")))
      assert.equal(0, count "alert")
    end)

    it("makes texts printable and cuts them", function()
      local function of(summary, details)
        post(url(), { ["content-type"] = JSON }, json.encode { summary = summary, details = details or "", dedup = "d" })
        return payload().summary, payload().details
      end
      assert.equal("a b c", (of " a\r b\n\tc "):gsub("\t", " "):gsub("  ", " "))
      assert.equal("ab", (of "a\u{200B}\1b"))
      assert.equal("a b", (of "a\u{A0}b"))
      assert.equal("a b", (of "a\nb"))
      assert.equal("é" .. ("x"):rep(1022) .. "…", (of("é" .. ("x"):rep(2000))))
      assert.equal(("x"):rep(1024), (of(("x"):rep(1024))))
      local _, details = of("s", "line \t\nnext\n\n\n\n\n\nend\n")
      assert.equal("line\nnext\n\n\n\nend", details)
      local _, long = of("s", ("é"):rep(7000))
      assert.equal(6144, utf8.len(long))
      post(url(), { ["content-type"] = JSON }, json.encode { summary = "s", dedup = ("k"):rep(600) })
      assert.equal("user:1:" .. ("k"):rep(511) .. "…", payload().dedup)
      post(url "&summary=%ff%fea&dedup=u")
      assert.equal("\u{FFFD}\u{FFFD}a", payload().summary)
    end)

    it("knows a problem by its dedup, or else by summary and details", function()
      post(url "&summary=a")
      assert.equal("auto:1:" .. crypto.sha512_hex "a", payload().dedup)
      post(url "&summary=a&details=b")
      assert.equal("auto:1:" .. crypto.sha512_hex "a\nb", payload().dedup)
      post(url "&summary=+a+&details=")
      assert.equal("auto:1:" .. crypto.sha512_hex "a", payload().dedup)
      post(url "&summary=other&dedup=a")
      assert.equal("user:1:a", payload().dedup)
      assert.equal(3, #w:groups())
    end)

    it("joins what is open, logs that, and closes by the very word", function()
      post(url "&summary=a&dedup=k")
      post(url "&summary=b&details=new&dedup=k")
      assert.same({ 1, 2 }, { #w:groups(), w:groups()[1].alerts_count })
      assert.equal("a", w:groups()[1].title)
      assert.matches("duplicate_suppressed joined_open_group source", table.concat(w:log(w:groups()[1].id), ";"))
      for _, word in ipairs { "Close", "resolve", "ack", "acknowledge" } do
        post(url("&dedup=k&action=" .. word))
        assert.equal("firing", state(), word)
      end
      assert.equal(204, (post(url "&dedup=k&action=close")))
      assert.equal("resolved", state())
      post(url "&summary=a&dedup=k")
      assert.equal(2, #w:groups())
    end)

    it("logs repeats once in five seconds", function()
      post(url "&summary=a&dedup=k")
      for _ = 1, 30 do
        post(url "&summary=a&dedup=k")
        w:advance(1000)
      end
      local lines = 0
      for _, line in ipairs(w:log(w:groups()[1].id)) do lines = lines + (line:find("^duplicate_suppressed") and 1 or 0) end
      assert.is_true(lines >= 6 and lines <= 8, tostring(lines))
      assert.equal(31, w:groups()[1].alerts_count)
    end)

    it("leaves an acknowledged one acknowledged", function()
      post(url "&summary=a&dedup=k")
      w:must(w:groups()[1].id, "acknowledge")
      post(url "&summary=a&dedup=k")
      assert.equal("acknowledged", state())
      assert.equal(1, #w:groups())
      post(url "&dedup=k&action=close", { ["content-type"] = JSON }, '{"summary":"the query has the action"}')
      assert.equal("resolved", state())
    end)

    it("answers JSON when exactly that is asked for", function()
      local accept = { accept = JSON }
      local status, body, kind = post(url "&summary=a&dedup=k", accept)
      assert.same({ 200, JSON }, { status, kind })
      local id, service_id = body:match '^{"AlertID":(%d+),"ServiceID":"(%x+%-%x+%-%x+%-%x+%-%x+)","IsNew":true}$'
      assert.equal(w:groups()[1].id, tonumber(id))
      local _, again = post(url "&summary=a&dedup=k", accept)
      assert.equal(('{"AlertID":%s,"ServiceID":"%s","IsNew":false}'):format(id, service_id), again)
      local own = key("generic")
      local _, other = post(GENERIC .. "?token=" .. own.token .. "&summary=b", accept)
      assert.matches(service_id, other, 1, true)
      local _, closed = post(url "&dedup=k&action=close", accept)
      assert.equal(('{"AlertID":%s,"ServiceID":"%s","IsNew":false}'):format(id, service_id), closed)
      local before = count "alert"
      local _, nothing = post(url "&dedup=k&action=close", accept)
      assert.equal('{"AlertID":0,"ServiceID":"","IsNew":false}', nothing)
      assert.equal(before, count "alert")
      for _, other_accept in ipairs { "application/json, text/plain", "application/json; q=1", "*/*", "Application/json" } do
        assert.equal(204, (post(url "&summary=a&dedup=k", { accept = other_accept })), other_accept)
      end
    end)

    it("takes meta data: the query wins for the same key, JSON replaces all", function()
      post(url "&summary=a&dedup=1&meta=x=query&meta=none&meta=y=1=2", { ["content-type"] = FORM }, "meta=x=body&meta=z=3")
      assert.same({ x = "query", y = "1=2", z = "3" }, payload().meta)
      post(url "&summary=a&dedup=2&meta=x=query", { ["content-type"] = JSON }, '{"meta":{"j":"1"}}')
      assert.same({ j = "1" }, payload().meta)
      post(url "&summary=a&dedup=3&meta=x=query", { ["content-type"] = JSON }, '{"meta":null}')
      assert.same({ x = "query" }, payload().meta)
      local before = count "alert"
      for _, meta in ipairs { { [""] = "x" }, { ["é"] = "x" }, { [("k"):rep(256)] = "x" }, { a = ("x"):rep(32768) }, { a = 1 } } do
        assert.equal(400, (post(url "&summary=new&dedup=4", { ["content-type"] = JSON }, json.encode { meta = meta })))
      end
      assert.equal(before, count "alert")
      assert.equal(204, (post(url "&dedup=1&action=close&meta=%C3%A9=x")), "a close looks at none")
    end)

    it("has a title without a summary", function()
      post(url "&dedup=k")
      assert.equal("No summary provided", w:groups()[1].title)
    end)

    it("works at the old path and under a prefix", function()
      assert.equal(204, (post("/v1/api/alerts?integrationKey=" .. service.token .. "&summary=a")))
      assert.equal(1, #w:groups())
    end)

    it("keeps the integration's rate limit, in its own words", function()
      w:configure(service, { rate_limit = 1 })
      assert.equal(204, (post(url "&summary=a")))
      local status, body, kind, headers = engine.request(w.core, "POST", url "&summary=b", {}, "")
      assert.equal(429, status)
      assert.matches("Rate limit", body)
      assert.matches("^text/plain", kind)
      assert.matches("Retry%-After", headers)
    end)
  end)

  describe("a Grafana key:", function()
    local path
    before_each(function() path = "/api/v2/grafana/incoming?token=" .. key("grafana").token end)

    local function alert(n, status)
      return { status = status or "firing", labels = { alertname = "Load " .. n, severity = "warning" }, annotations = { summary = "Load of web-" .. n },
        fingerprint = "f" .. n, generatorURL = "https://grafana.example.org/g", silenceURL = "https://grafana.example.org/s",
        valueString = "[ value=1 ]" }
    end

    it("takes every alert of unified alerting, each by its fingerprint", function()
      local alerts = json.array {}
      for i = 1, 25 do alerts[i] = alert(i) end
      local status, body = post(path, {}, json.encode { version = "1", alerts = alerts })
      assert.same({ 200, "" }, { status, body })
      assert.equal(25, #w:groups())
      assert.equal("Load of web-1", w:groups()[1].title)
      assert.matches("[Silence](https://grafana.example.org/s)", payload(1).details, 1, true)
      post(path, {}, json.encode { version = "1", alerts = json.array { alert(1, "resolved") } })
      assert.equal("resolved", state())
    end)

    it("refuses the whole request for a status that it does not know", function()
      assert.equal(400, (post(path, {}, json.encode { version = "1", alerts = json.array { alert(1), alert(2, "odd") } })))
      assert.equal(400, (post(path, {}, json.encode { version = "2", alerts = json.array { alert(1) } })))
      assert.equal(400, (post(path, {}, "{")))
      assert.equal(400, (post(path, {}, "[]")))
      assert.equal(0, count "alert")
      assert.equal(200, (post(path, {}, json.encode { version = "1", alerts = json.array {} })))
    end)

    it("takes legacy alerts, and closes by the rule", function()
      local function legacy(state_, message) return json.encode { ruleName = "High load", ruleId = 7, state = state_, message = message,
        ruleUrl = "https://grafana.example.org/r", imageUrl = "https://grafana.example.org/i.png" } end
      assert.equal(200, (post(path, {}, legacy("alerting", "load is 9"))))
      assert.equal("High load", w:groups()[1].title)
      assert.matches("[Panel Snapshot](https://grafana.example.org/i.png)", payload().details, 1, true)
      assert.equal(200, (post(path, {}, legacy("no_data", ""))))
      assert.equal(1, count "alert")
      assert.equal(200, (post(path, {}, legacy("ok", "load is 1"))))
      assert.equal("resolved", state())
      for _, odd in ipairs { "paused", "pending", "" } do assert.equal(400, (post(path, {}, legacy(odd, ""))), odd) end
      assert.equal(200, (post(path .. "&dedup=own", {}, legacy("alerting", ""))))
      assert.equal("user:1:own", payload().dedup)
    end)

    it("works at the old path, and for no other kind of key", function()
      assert.equal(200, (post((path:gsub("/api/v2/grafana/incoming", "/v1/webhooks/grafana")), {}, json.encode { ruleName = "a", state = "alerting" })))
      assert.equal(401, (post("/api/v2/grafana/incoming?token=" .. service.token, {}, json.encode { ruleName = "a", state = "alerting" })))
      assert.equal(404, (ask("GET", path)))
      assert.equal(405, (ask("PUT", path, {}, "{}")))
    end)
  end)

  it("takes Site24x7's", function()
    local path = "/api/v2/site24x7/incoming?token=" .. key("site24x7").token
    local function body(status) return json.encode { STATUS = status, MONITORNAME = "shop", MONITOR_DASHBOARD_LINK = "https://site24x7.example/d" } end
    for _, status in ipairs { "DOWN", "CRITICAL", "TROUBLE" } do assert.equal(200, (post(path, {}, body(status)))) end
    assert.same({ 1, "shop" }, { #w:groups(), w:groups()[1].title })
    assert.equal(400, (post(path, {}, body "ODD")))
    assert.equal(400, (post(path, {}, "x")))
    assert.equal(200, (post(path, {}, body "UP")))
    assert.equal("resolved", state())
  end)

  describe("an Alertmanager key:", function()
    local path
    before_each(function() path = "/api/v2/prometheusalertmanager/incoming?token=" .. key("prometheusAlertmanager").token end)

    local function body(status, instances, more)
      local alerts = json.array {}
      for i, instance in ipairs(instances) do
        alerts[i] = { status = status, labels = { alertname = "Down", instance = instance }, annotations = { description = instance .. " is down" },
          generatorURL = "http://prometheus.example/g" }
      end
      local out = { status = status, alerts = alerts, groupKey = "{}:{alertname=\"Down\"}", commonLabels = { alertname = "Down" },
        commonAnnotations = {}, externalURL = "http://alertmanager.example" }
      for name, value in pairs(more or {}) do out[name] = value end
      return json.encode(out)
    end

    it("is one problem a group, whatever its members are", function()
      assert.equal(200, (post(path, {}, body("firing", { "a" }))))
      assert.equal("Down a", w:groups()[1].title)
      assert.equal(200, (post(path, {}, body("firing", { "a", "b" }))))
      assert.same({ 1, 2 }, { #w:groups(), w:groups()[1].alerts_count })
      assert.matches("a is down", payload().details, 1, true)
      assert.equal(200, (post(path, {}, body("resolved", { "a", "b" }))))
      assert.equal("resolved", state())
    end)

    it("is named by the reference's rules", function()
      post(path, {}, body("firing", { "a" }, { groupKey = "1", commonAnnotations = { summary = "Its summary" } }))
      post(path, {}, body("firing", { "a", "b", "c" }, { groupKey = "2", commonLabels = {} }))
      post(path, {}, body("firing", { "a" }, { groupKey = "3", commonLabels = { alertname = "Down", instance = "only" } }))
      local titles = {}
      for i, group in ipairs(w:groups()) do titles[i] = group.title end
      assert.same({ "Its summary", "Down a and 2 others", "Down only" }, titles)
    end)

    it("survives an empty list, and refuses what it does not know", function()
      assert.equal(200, (post(path, {}, body("firing", {}, { commonLabels = {} }))))
      assert.equal(400, (post(path, {}, body("odd", { "a" }))))
      assert.equal(400, (post(path, {}, "not json")))
    end)
  end)

  it("shares groups among the keys of a service, and among no others", function()
    local other = w:integration { type = "goalert" }
    local generic = key "generic"
    post(url "&summary=a&dedup=k")
    post(GENERIC .. "?token=" .. generic.token .. "&summary=a&dedup=k")
    assert.equal(1, #w:groups())
    post(GENERIC .. "?token=" .. other.token .. "&summary=a&dedup=k")
    assert.equal(2, #w:groups())
  end)

  it("takes beats: POST, of any token of the service, and no unknown one", function()
    local function beats() return w:rows("SELECT state FROM heartbeat WHERE integration_id = 1")[1].state end
    local status, body = post("/api/v2/heartbeat/" .. service.token)
    assert.same({ 200, "" }, { status, body })
    assert.equal("alive", beats())
    assert.equal(200, (post("/v1/api/heartbeat/" .. key("generic").token)))
    assert.equal(401, (post "/api/v2/heartbeat/0c1a3c4e-9d7a-4d2e-8f3a-1b2c3d4e5f60"))
    assert.equal(400, (post "/api/v2/heartbeat/a%20b"))
    assert.equal(404, (ask("GET", "/api/v2/heartbeat/" .. service.token)))
    local hook = w:integration { type = "webhook" }
    assert.not_equal(200, (post("/api/v2/heartbeat/" .. hook.token)))
  end)

  describe("keys", function()
    it("are made, listed, renamed and deleted", function()
      local made = key("grafana", { name = "Grafana of prod" })
      assert.matches("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4", made.token)
      assert.matches("/api/v2/grafana/incoming%?token=" .. made.token:gsub("%-", "%%-") .. "$", made.link)
      assert.equal(1, #w:api(200, "GET", "integration_keys/?integration_id=" .. service.id).results)
      assert.equal("x", w:api(200, "PUT", "integration_keys/" .. made.id .. "/", { name = "x" }).name)
      local path = "/api/v2/grafana/incoming?token=" .. made.token
      local body = json.encode { ruleName = "a", state = "alerting" }
      assert.equal(200, (post(path, {}, body)))
      w:api(204, "DELETE", "integration_keys/" .. made.id .. "/")
      assert.equal(401, (post(path, {}, body)))
    end)

    it("have tokens that nothing else has, and integrations too", function()
      local function refused(status, path, body) return json.encode((w:api(status, "POST", path, body))) end
      local made = key("generic", { token = "22222222-2222-3333-4444-555555555555" })
      local same = { integration_id = service.id, name = "other", type = "generic", token = made.token }
      assert.matches("token", refused(400, "integration_keys/", same))
      same.token = service.token
      assert.matches("token", refused(400, "integration_keys/", same))
      assert.matches("token", refused(400, "integrations/", { type = "webhook", name = "x", token = made.token }))
      assert.matches("name", refused(400, "integration_keys/", { integration_id = service.id, name = "GENERIC", type = "generic" }))
      local hook = w:integration { type = "webhook" }
      assert.matches("one token", refused(400, "integration_keys/", { integration_id = hook.id, name = "x", type = "generic" }))
    end)

    it("go with their integration, and their tokens are free again", function()
      local made = key "generic"
      w:api(204, "DELETE", "integrations/" .. service.id .. "/")
      assert.equal(401, (post(GENERIC .. "?token=" .. made.token .. "&summary=x")))
      service = w:integration { type = "goalert", token = made.token }
      assert.equal(204, (post(url "&summary=x")))
    end)
  end)

  it("makes tokens that are UUIDs, unless one is given", function()
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", service.token)
    local old = w:integration { type = "goalert", token = "a_token_of_old" }
    assert.equal(204, (post(GENERIC .. "?token=" .. old.token .. "&summary=x")))
  end)

  it("is heard at the integration's own address too", function()
    local status, body = w:send(service, "summary=a&dedup=k", { ["content-type"] = FORM })
    assert.same({ 200, '"Ok."' }, { status, body })
    assert.equal("a", w:groups()[1].title)
    assert.equal(400, (w:send(service, "{", { ["content-type"] = JSON })))
    assert.equal(200, (w:send(service, "", {}, "?action=close&dedup=k")))
    assert.equal("resolved", state())
  end)
end)
