--- Alertmanager as a target: alerts of Prometheus, several replicas, silences, and what its tools ask.
local world = require "world"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local time = require "api.time"

describe("Alertmanager's door", function()
  local w, hook, now

  before_each(function()
    w = world.open()
    hook = w:integration { type = "alertmanager_api", name = "Prometheus" }
    now = engine.now and engine.now(w.core)
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function prefix() return "/integrations/v1/alertmanager_api/" .. hook.token end
  local function ask(method, path, body, headers)
    local status, answer, kind = engine.request(w.core, method, prefix() .. "/api/v2/" .. path,
      headers or { ["content-type"] = "application/json" }, type(body) == "table" and json.encode(body) or body or "")
    return status, kind == "application/json" and answer ~= "" and json.decode(answer) or answer
  end
  local function clock() return w:rows("SELECT max(started_at) AS at FROM alert_group")[1].at end
  local function moment(seconds) return time.text(now + seconds * 1000000) end

  -- An alert that its sender stands by for so many seconds from now.
  local function alert(name, seconds, more)
    local a = { labels = { alertname = name, instance = "web-1", severity = "warning" }, annotations = { summary = name .. " is odd" },
      startsAt = "2020-01-01T00:00:00Z", endsAt = seconds and moment(seconds) or nil, generatorURL = "http://prometheus-a:9090/graph" }
    for key, value in pairs(more or {}) do
      if key == "labels" then for label, text in pairs(value) do a.labels[label] = text end else a[key] = value end
    end
    return a
  end
  local function post(...)
    local status, answer = ask("POST", "alerts", json.array { ... })
    assert.same({ 200, "" }, { status, answer })
  end
  local function advance(seconds)
    w:advance(seconds * 1000)
    now = now + seconds * 1000000
  end
  local function state(n) return world.state(w:groups()[n or 1]) end

  before_each(function()
    -- The engine's clock, as the first group of all tells it.
    w:send(hook, json.encode(json.array { { labels = { alertname = "first" }, endsAt = "2020-01-02T00:00:00Z" } }))
    now = clock()
    w:rows "DELETE FROM alert"
    w:rows "DELETE FROM alert_group"
  end)

  it("stores each alert by its fingerprint, resolves by endsAt", function()
    post(alert("Load", 240), alert("Disk", 240), alert("Load", 240, { labels = { instance = "web-2" } }))
    assert.equal(3, #w:groups())
    post(alert("Load", 300), alert("Disk", -10))
    assert.same({ "firing", "resolved", "firing" }, { state(1), state(2), state(3) })
    assert.equal(2, w:groups()[1].alerts_count)
    assert.equal("Load: web-1", w:groups()[1].title)
  end)

  it("has Alertmanager's own fingerprints", function()
    post(alert("Load", 240))
    -- model.LabelSet{"alertname": "Load", "instance": "web-1", "severity": "warning"}.Fingerprint()
    local function fnv(parts)
      local sum = -3750763034362895579
      for _, part in ipairs(parts) do
        for c in (part .. "\255"):gmatch "." do sum = (sum ~ c:byte()) * 1099511628211 end
      end
      return ("%016x"):format(sum)
    end
    assert.equal(fnv { "alertname", "Load", "instance", "web-1", "severity", "warning" }, w:groups()[1].grouping_id)
  end)

  it("resolves what is not told of any more, and not before", function()
    post(alert("Load", 240))
    advance(200)
    post(alert("Load", 240))
    advance(200)
    assert.equal("firing", state())
    advance(41)
    assert.equal("resolved", state())
    assert.matches("resolved source_silent timer", table.concat(w:log(w:groups()[1].id), ";"))
  end)

  it("gives an alert without endsAt five minutes", function()
    post(alert "Load")
    advance(299)
    assert.equal("firing", state())
    advance(2)
    assert.equal("resolved", state())
    post(alert("Load", nil, { endsAt = "0001-01-01T00:00:00Z" }))
    assert.equal("firing", state(2))
  end)

  for name, tell in pairs {
    ["by a label"] = function(which) return { labels = { replica = which } } end,
    ["by a label of its own name"] = function(which) return { labels = { prometheus_replica = "prom-" .. which } } end,
    ["by where they are"] = function(which) return { generatorURL = "http://prometheus-" .. which .. ":9090/graph" } end,
  } do
    it("keeps open what one of two replicas still fires, told apart " .. name, function()
      local function of(which, seconds) return alert("Load", seconds, tell(which)) end
      post(of("a", 240))
      post(of("b", 240))
      assert.equal(1, #w:groups())
      for _ = 1, 3 do post(of("a", -1)) end
      assert.equal("firing", state())
      assert.equal(5, w:groups()[1].alerts_count)
      post(of("b", -1))
      assert.equal("resolved", state())
    end)

    it("closes when the other replica falls silent, told apart " .. name, function()
      local function of(which, seconds) return alert("Load", seconds, tell(which)) end
      post(of("a", 240))
      post(of("b", 240))
      post(of("a", -1))
      advance(239)
      assert.equal("firing", state())
      advance(2)
      assert.equal("resolved", state())
    end)
  end

  it("does not wait for a replica that fell silent before", function()
    post(alert("Load", 60, { labels = { replica = "a" } }))
    post(alert("Load", 600, { labels = { replica = "b" } }))
    advance(100)
    post(alert("Load", -1, { labels = { replica = "b" } }))
    assert.equal("resolved", state())
  end)

  it("remembers who fires across a resolve of another, in rows", function()
    post(alert("Load", 240, { labels = { replica = "a" } }))
    post(alert("Load", 240, { labels = { replica = "b" } }))
    assert.equal(2, #w:rows "SELECT * FROM firing_until")
    post(alert("Load", -1, { labels = { replica = "a" } }))
    post(alert("Load", -1, { labels = { replica = "b" } }))
    assert.equal(0, #w:rows "SELECT * FROM firing_until")
  end)

  it("takes the token as Bearer, as Basic password and in the path", function()
    local function status(headers, path, method, body)
      return (engine.request(w.core, method or "POST", path or "/api/v2/alerts", headers, body or json.encode(json.array { alert("Load", 9) })))
    end
    assert.equal(200, status { authorization = "Bearer " .. hook.token })
    assert.equal(200, status { authorization = "Basic " .. crypto.base64("x:" .. hook.token) })
    assert.equal(200, status({}, prefix() .. "/api/v2/alerts"))
    assert.equal(401, status {})
    assert.equal(401, status { authorization = "Bearer nobody-has-this" })
    assert.equal(401, status({}, "/integrations/v1/alertmanager_api/nobody-has-this/api/v2/alerts"))
    for _, path in ipairs { "alerts", "alerts/groups", "silences", "status", "receivers" } do
      assert.equal(200, status({ authorization = "Bearer " .. hook.token }, "/api/v2/" .. path, "GET", ""), path)
      assert.equal(401, status({}, "/api/v2/" .. path, "GET", ""), path)
    end
    local other = w:integration { type = "webhook" }
    assert.equal(401, status { authorization = "Bearer " .. other.token })
  end)

  it("refuses what is no list of alerts, and stores nothing of it", function()
    local good = alert("Load", 240)
    for _, bad in ipairs { "", "{}", "[", "null", "[1]", '[{"labels":[]}]', '[{"labels":{}}]', '[{"labels":{"a":1}}]', '[{"labels":{"0a":"x"}}]',
      '[{"labels":{"a":""}}]', '[{"labels":{"replica":"a"}}]', '[{"labels":{"a":"x"},"annotations":[]}]', '[{"labels":{"a":"x"},"startsAt":"soon"}]',
      '[{"labels":{"a":"x"},"endsAt":7}]', '[{"labels":{"a":"x"},"startsAt":"2030-01-01T00:00:00Z","endsAt":"2029-01-01T00:00:00Z"}]',
      "[" .. json.encode(good) .. ',{"labels":{}}]' } do
      local status, answer = ask("POST", "alerts", bad)
      assert.equal(400, status, bad)
      assert.equal(400, answer.code, bad)
      assert.is_string(answer.message)
    end
    assert.equal(0, #w:groups())
    assert.equal(200, (ask("POST", "alerts", "[]")))
    local many = json.array {}
    for i = 1, 1001 do many[i] = good end
    assert.equal(400, (ask("POST", "alerts", many)))
    assert.equal(0, #w:groups())
    assert.equal(404, (ask("GET", "nothing")))
    assert.equal(405, (ask("DELETE", "alerts")))
    assert.equal(405, (ask("PUT", "silences")))
  end)

  it("shows alerts, groups, status and receivers as its tools read them", function()
    post(alert("Load", 240), alert("Disk", 240))
    local _, list = ask("GET", "alerts")
    assert.equal(2, #list)
    local first = list[1]
    assert.same({ alertname = "Load", instance = "web-1", severity = "warning" }, first.labels)
    assert.same({ "active", 0, 0 }, { first.status.state, #first.status.silencedBy, #first.status.inhibitedBy })
    assert.matches("^%x+$", first.fingerprint)
    assert.equal("Prometheus", first.receivers[1].name)
    for _, name in ipairs { "startsAt", "endsAt", "updatedAt" } do assert.matches("^%d+%-%d+%-%d+T.*Z$", first[name]) end
    local function count(query) return #select(2, ask("GET", "alerts?" .. query)) end
    assert.equal(1, count "filter=alertname%3D%22Disk%22")
    assert.equal(2, count "filter=alertname%3D~%22Di.*%7CLo.*%22")
    assert.equal(1, count "filter=alertname%21%3DDisk&filter=severity=warning")
    assert.equal(0, count "active=false")
    assert.equal(400, (ask("GET", "alerts?filter=nonsense")))
    local _, groups = ask("GET", "alerts/groups")
    assert.same({ 2, "Load", 1, "Prometheus" }, { #groups, groups[1].labels.alertname, #groups[1].alerts, groups[1].receiver.name })
    local _, status = ask("GET", "status")
    assert.matches("receiver:", status.config.original)
    assert.equal("disabled", status.cluster.status)
    assert.is_string(status.versionInfo.version)
    assert.equal("Prometheus", select(2, ask("GET", "receivers"))[1].name)
    post(alert("Load", -1), alert("Disk", -1))
    assert.equal(0, count "")
  end)

  describe("silences:", function()
    local function silence(matchers, from, to, more)
      local s = { matchers = json.array(matchers), startsAt = moment(from or 0), endsAt = moment(to or 3600), createdBy = "ada", comment = "upgrade" }
      for name, value in pairs(more or {}) do s[name] = value end
      return s
    end
    local function equal(name, value) return { name = name, value = value, isRegex = false, isEqual = true } end
    local function make(...)
      local status, answer = ask("POST", "silences", silence(...))
      assert.equal(200, status, type(answer) == "string" and answer or json.encode(answer))
      return answer.silenceID
    end

    it("keep quiet what opens under them, until they end", function()
      local id = make({ equal("alertname", "Load") }, 0, 600)
      post(alert("Load", 3000), alert("Disk", 3000))
      assert.same({ "silenced", "firing" }, { state(1), state(2) })
      assert.matches("silenced silence_matched source", table.concat(w:log(w:groups()[1].id), ";"))
      local _, list = ask("GET", "alerts?active=false")
      assert.same({ 1, "suppressed", id }, { #list, list[1].status.state, list[1].status.silencedBy[1] })
      assert.equal(1, #select(2, ask("GET", "alerts?silenced=false")))
      advance(601)
      assert.equal("firing", state(1))
      post(alert("Load", 3000))
      assert.equal("firing", state(1))
    end)

    it("quiet what is open already, and wake it when they are expired", function()
      post(alert("Load", 3000), alert("Disk", 3000))
      local id = make { equal("alertname", "Load") }
      assert.same({ "silenced", "firing" }, { state(1), state(2) })
      assert.equal(200, (ask("DELETE", "silence/" .. id)))
      assert.same({ "firing", "firing" }, { state(1), state(2) })
      assert.equal("expired", select(2, ask("GET", "silence/" .. id)).status.state)
      assert.equal(200, (ask("DELETE", "silence/" .. id)), "again")
    end)

    it("begin when they say, with the next alert", function()
      make({ equal("alertname", "Load") }, 300, 900)
      post(alert("Load", 3000))
      assert.equal("firing", state())
      assert.equal("pending", select(2, ask("GET", "silences"))[1].status.state)
      advance(301)
      post(alert("Load", 3000))
      assert.equal("silenced", state())
    end)

    it("match as Alertmanager's matchers do", function()
      local function matches(m)
        local id = make { m, equal("severity", "warning") }
        post(alert("Load", 3000))
        local is_quiet = world.state(w:groups()[#w:groups()]) == "silenced"
        ask("DELETE", "silence/" .. id)
        post(alert("Load", -1))
        return is_quiet
      end
      local function m(name, value, is_regex, is_equal) return { name = name, value = value, isRegex = is_regex, isEqual = is_equal } end
      for _, row in ipairs {
        { true, m("alertname", "Load", false, true) }, { false, m("alertname", "Loa", false, true) },
        { true, m("alertname", "L.*|X", true, true) }, { false, m("alertname", "oa", true, true) },
        { true, m("alertname", "Disk", false, false) }, { false, m("alertname", "Load", false, false) },
        { false, m("alertname", "L.+", true, false) }, { true, m("team", "", false, true) }, { true, m("team", "sre", false, false) },
        { false, m("team", ".+", true, true) }, { true, m("alertname", "Load", false, nil) }, { false, m("alertname", 'a"b\\}}', false, true) },
      } do assert.equal(row[1], matches(row[2]), json.encode(row[2])) end
    end)

    it("leave those alone whom somebody has answered, and people's own silences", function()
      post(alert("Load", 3000), alert("Disk", 3000))
      w:must(w:groups()[1].id, "acknowledge")
      local token = w:person "ada"
      w:must(w:groups()[2].id, "silence", { delay = 7200 }, token)
      local id = make { equal("severity", "warning") }
      post(alert("Load", 3000))
      assert.equal("acknowledged", state(1))
      ask("DELETE", "silence/" .. id)
      assert.equal("silenced", state(2))
    end)

    it("can be changed under their id", function()
      post(alert("Load", 3000), alert("Disk", 3000))
      local id = make { equal("alertname", "Load") }
      assert.equal(id, make({ equal("alertname", "Disk") }, 0, 600, { id = id }))
      assert.same({ "firing", "silenced" }, { state(1), state(2) })
      assert.equal(404, (ask("POST", "silences", silence({ equal("a", "b") }, 0, 60, { id = "00000000-0000-4000-8000-000000000000" }))))
    end)

    it("are listed and found", function()
      local id = make { equal("alertname", "Load") }
      make { equal("alertname", "Disk") }
      local _, list = ask("GET", "silences")
      assert.equal(2, #list)
      local _, one = ask("GET", "silence/" .. id)
      assert.same({ id, "active", "ada", "upgrade", "alertname" }, { one.id, one.status.state, one.createdBy, one.comment, one.matchers[1].name })
      assert.equal(1, #select(2, ask("GET", "silences?filter=alertname=Disk")))
      assert.equal(404, (ask("GET", "silence/00000000-0000-4000-8000-000000000000")))
      assert.equal(404, (ask("DELETE", "silence/00000000-0000-4000-8000-000000000000")))
    end)

    it("that say nothing or too much are refused", function()
      local function refused(s)
        local status, answer = ask("POST", "silences", s)
        assert.equal(400, status, json.encode(s))
        assert.is_true(type(answer) == "string" or answer.code == 400)
      end
      refused "{"
      refused "[]"
      refused(silence {})
      refused(silence { equal("alertname", "") })
      refused(silence { { name = "a", value = ".*", isRegex = true } })
      refused(silence { { name = "a", value = "(", isRegex = true } })
      refused(silence { { name = "0", value = "x" } })
      refused(silence { { name = "a", value = 7 } })
      refused(silence({ equal("a", "b") }, 60, 30))
      refused(silence({ equal("a", "b") }, -60, -30))
      refused(silence({ equal("a", "b") }, 0, 60, { startsAt = "soon" }))
      refused(silence({ equal("a", "b") }, 0, 60, { createdBy = "" }))
      assert.equal(0, #select(2, ask("GET", "silences")))
    end)

    it("let nobody be called and rooms be told only when they end", function()
      local chain = w:api(201, "POST", "escalation_chains/", { name = "c" }).id
      w:api(201, "POST", "escalation_policies/", { escalation_chain_id = chain, type = "wait", duration = 3600 })
      w:configure(hook, { default_route = { escalation_chain_id = chain, slack = { channel_id = "C1", enabled = true } } })
      local function told() return { #w:rows "SELECT 1 FROM notification WHERE kind = 'post'", #w:rows "SELECT 1 FROM escalation" } end
      make({ equal("alertname", "Load") }, 0, 600)
      post(alert("Load", 3000))
      assert.same({ 0, 0 }, told())
      advance(601)
      assert.same({ 1, 1 }, told())
      post(alert("Disk", 3000))
      assert.same({ 2, 2 }, told())
    end)

    it("of one integration cover no other's alerts", function()
      make { equal("alertname", "Load") }
      hook = w:integration { type = "alertmanager_api" }
      post(alert("Load", 3000))
      assert.equal("firing", state())
      assert.equal(0, #select(2, ask("GET", "silences")))
    end)
  end)

end)
