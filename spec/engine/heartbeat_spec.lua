--- Heartbeats through the core, on virtual time: armed, missed, restored, reset, and what a restart does to them.
local calling = require "calling"
local engine = require "tocsin.engine"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"
local time = require "api.time"

local START <const> = 1779192000000000 -- 2026-05-19 12:00 UTC
local SECOND <const>, MINUTE <const>, HOUR <const> = 1000, 60 * 1000, 3600 * 1000

describe("a heartbeat", function()
  local w, hook
  before_each(function()
    w = calling.open()
    w:user "ada"
    hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } }, { type = "webhook", heartbeat = { interval = 60 } })
    w:advance(SECOND)
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function beat(method, integration)
    return engine.request(w.core, method or "POST", w.path(integration or hook) .. "heartbeat/", {}, "")
  end
  local function block(integration) return w:api(200, "GET", "integrations/" .. (integration or hook).id .. "/").heartbeat end
  local function events()
    local list = {}
    for i, e in ipairs(w:api(200, "GET", "integrations/" .. hook.id .. "/heartbeat_history/").results) do list[i] = e.event .. " " .. e.reason end
    return list
  end
  local function do_(action, status) return w:api(status or 200, "POST", "integrations/" .. hook.id .. "/heartbeat_" .. action .. "/") end

  describe("answers", function()
    it("a GET, a HEAD and a POST", function()
      assert.same({ 200, ":)" }, { table.unpack({ beat "GET" }, 1, 2) })
      assert.same({ 200, "" }, { table.unpack({ beat "POST" }, 1, 2) })
      assert.equal(200, (beat "HEAD"))
      local status, _, _, headers = beat "PUT"
      assert.equal(405, status)
      assert.matches("Allow: GET, HEAD, POST", headers)
    end)
    it("with or without the last slash, whatever is sent", function()
      local status = engine.request(w.core, "POST", w.path(hook) .. "heartbeat", { ["content-type"] = "text/x" }, "\0\255{")
      assert.equal(200, status)
      assert.equal("alive", block().state)
    end)
    it("403 for an unknown key and 400 for another type's", function()
      assert.equal(403, (engine.request(w.core, "POST", "/integrations/v1/webhook/nobodysnobodysnobodys/heartbeat/", {}, "")))
      local status, text = engine.request(w.core, "POST", (w.path(hook):gsub("webhook", "zabbix")) .. "heartbeat/", {}, "")
      assert.same({ 400, "This url is for integration with zabbix. Key is for webhook" }, { status, text })
      assert.equal("inactive", block().state)
    end)
    it("for a type that has its heartbeat from its base too", function()
      local other = w:integration { type = "grafana_alerting" }
      assert.equal(other.link .. "heartbeat/", other.heartbeat.link)
      assert.equal(200, (beat("GET", other)))
      assert.equal("alive", block(other).state)
    end)
  end)

  it("is not watched before the first beat", function()
    assert.same({ "inactive", 60, true, json.null }, { hook.heartbeat.state, hook.heartbeat.interval, hook.heartbeat.enabled, hook.heartbeat.last_beat_at })
    w:advance(24 * HOUR)
    assert.same({}, w:groups())
  end)

  it("that is missed calls people, at its due time and once", function()
    beat()
    assert.equal("alive", block().state)
    w:advance(MINUTE - 1)
    assert.same({}, w:groups())
    w:advance(1)
    local group = w:groups()[1]
    assert.equal("Heartbeat is missing", group.title)
    assert.same({ "00:00 ada sms" }, w:calls(group.id))
    assert.equal("missing", block().state)
    w:advance(24 * HOUR)
    assert.equal(1, #w:groups())
    assert.equal(1, w:groups()[1].alerts_count)
    assert.same({ "missing no_beat", "armed first_beat" }, events())
  end)

  it("that keeps coming is never missed", function()
    beat()
    for _ = 1, 30 do
      w:advance(59 * SECOND)
      beat()
    end
    assert.same({}, w:groups())
  end)

  it("that comes back resolves its alert", function()
    beat()
    w:advance(10 * MINUTE)
    assert.equal("firing", w.state(w:groups()[1]))
    beat()
    local group = w:groups()[1]
    assert.same({ "resolved", 2 }, { w.state(group), group.alerts_count })
    assert.same({ "resolved resolve_signal" }, w:lines(group.id, "resolved"))
    assert.same({ "restored beat", "missing no_beat", "armed first_beat" }, events())
    w:advance(MINUTE)
    assert.equal(2, #w:groups())
    assert.equal("firing", w.state(w:groups()[2]))
  end)

  it("is armed explicitly, and its silence counts from then", function()
    local shown = do_ "arm".heartbeat
    assert.equal("alive", shown.state)
    assert.matches("already", do_("arm", 400).detail)
    w:advance(MINUTE)
    assert.equal(1, #w:groups())
    assert.equal("armed by_api", events()[2])
  end)

  describe("reset", function()
    it("is as new: what was missing is resolved, and the next beat is a first one", function()
      beat()
      w:advance(2 * MINUTE)
      assert.same({ "inactive", json.null }, { do_ "reset".heartbeat.state, block().last_beat_at })
      assert.equal("resolved", w.state(w:groups()[1]))
      w:advance(HOUR)
      assert.equal(1, #w:groups())
      beat()
      assert.same({ 1, "alive", "armed first_beat" }, { w:groups()[1].alerts_count, block().state, events()[1] })
    end)
    it("while it is alive ends the watch", function()
      beat()
      do_ "reset"
      w:advance(HOUR)
      assert.same({}, w:groups())
    end)
  end)

  describe("disabled", function()
    local function set(fields) return w:configure(hook, { heartbeat = fields }).heartbeat end
    it("is not watched, still answers, and goes on when it is enabled", function()
      beat()
      assert.is_false(set { enabled = false }.enabled)
      w:advance(HOUR)
      assert.equal(200, (beat()))
      assert.same({}, w:groups())
      w:advance(HOUR)
      set { enabled = true }
      w:advance(MINUTE - 1)
      assert.same({}, w:groups())
      w:advance(1)
      assert.equal(1, #w:groups())
    end)
    it("while it is missing resolves what was told of it", function()
      beat()
      w:advance(MINUTE)
      assert.equal("inactive", set { enabled = false }.state)
      assert.equal("resolved", w.state(w:groups()[1]))
      assert.same({ "disabled by_api", "missing no_beat", "armed first_beat" }, events())
    end)
  end)

  describe("with an interval", function()
    it("that is changed counts anew", function()
      beat()
      w:advance(50 * SECOND)
      assert.equal(120, w:configure(hook, { heartbeat = { interval = 120 } }).heartbeat.interval)
      w:advance(2 * MINUTE - 1)
      assert.same({}, w:groups())
      w:advance(1)
      assert.equal(1, #w:groups())
    end)
    it("from a minute to 9,000 hours, and a 400 that names it for the rest", function()
      for _, bad in ipairs { 59, 32400001, "x", 60.5, json.null, true } do
        local body = w:api(400, "PUT", "integrations/" .. hook.id .. "/", { heartbeat = { interval = bad } })
        assert.is_string(body.heartbeat.interval[1], tostring(bad))
      end
      assert.equal(32400000, w:configure(hook, { heartbeat = { interval = 32400000 } }).heartbeat.interval)
    end)
  end)

  it("refuses what it does not understand, by field", function()
    local function refused(fields) return w:api(400, "PUT", "integrations/" .. hook.id .. "/", { heartbeat = fields }).heartbeat end
    assert.matches("boolean", refused { enabled = 1 }.enabled[1])
    assert.matches("6144", refused { text = ("x"):rep(6145) }.text[1])
    assert.matches("dictionary", refused(json.array { 1 })[1])
    assert.equal(60, block().interval)
  end)

  describe("is told of", function()
    it("in the operator's own words", function()
      w:configure(hook, { heartbeat = { text = "Look at db-3: runbook 7." } })
      beat()
      w:advance(MINUTE)
      assert.equal("Look at db-3: runbook 7.", json.decode(w:alerts(1)[1].payload).message)
      beat()
      assert.equal("ok", json.decode(w:alerts(1)[2].payload).state)
    end)
    it("through own templates, and what is back is over whatever they say", function()
      w:configure(hook, { templates = { grouping_key = "{{ payload }}", resolve_signal = "", web = { title = "T: {{ payload.title }}" } } })
      beat()
      w:advance(MINUTE)
      assert.equal("T: Heartbeat is missing", w:groups()[1].title)
      beat()
      assert.same({ 1, "resolved" }, { #w:groups(), w.state(w:groups()[1]) })
    end)
    it("on the route that it matches", function()
      local route = w:route(hook, { routing_regex = "is_oncall_heartbeat" })
      beat()
      w:advance(MINUTE)
      assert.equal(w:rows("SELECT id FROM route WHERE is_default = 0")[1].id, w:groups()[1].route_id)
      assert.is_string(route.id)
    end)
  end)

  it("of a source that was resolved by hand stays missing, silently, until it is back", function()
    beat()
    w:advance(MINUTE)
    w:must(1, "resolve")
    w:advance(HOUR)
    assert.same({ 1, "missing" }, { #w:groups(), block().state })
    beat()
    assert.same({ 1, "alive" }, { #w:groups(), block().state })
  end)

  it("of an integration that is deleted ends with it", function()
    beat()
    w:api(204, "DELETE", "integrations/" .. hook.id .. "/")
    w:advance(HOUR)
    assert.same({}, w:groups())
  end)

  it("is not missed because somebody sets the clock, nor found late", function()
    beat()
    w:advance(30 * SECOND)
    engine.port_text(w.core, "set_clock", tostring(24 * HOUR))
    w:advance(20 * SECOND)
    assert.same({}, w:groups())
    engine.port_text(w.core, "set_clock", tostring(-48 * HOUR))
    w:advance(10 * SECOND)
    assert.equal(1, #w:groups())
    beat()
    assert.equal("resolved", w.state(w:groups()[1]))
  end)

  it("has a limit of its own, not that of the alerts", function()
    w:configure(hook, { rate_limit = 2 })
    for _ = 1, 3 do w:send(hook, "{}") end
    assert.same({ 200, 200 }, { (beat()), (beat()) })
    local status, _, _, headers = beat()
    assert.equal(429, status)
    assert.matches("Retry%-After: %d+", headers)
  end)

  it("is found with thousands of others, each within a second", function()
    local others = {}
    for i = 1, 200 do others[i] = w:integration { heartbeat = { interval = 60 } } end
    for _, one in ipairs(others) do
      beat("GET", one)
      w:advance(7)
    end
    w:advance(2 * MINUTE)
    local late = w:rows([[SELECT max(e.at - b.at - 60000000) AS us, count(*) AS n FROM heartbeat_event AS e JOIN heartbeat_event AS b
      ON b.integration_id = e.integration_id AND b.event = 'armed' WHERE e.event = 'missing']])[1]
    assert.equal(200, late.n)
    assert.is_true(late.us <= 1000000, late.us)
  end)
end)

describe("a heartbeat of a type whose file has none", function()
  local folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
  setup(function()
    assert(os.execute("mkdir " .. folder))
    local file <close> = assert(io.open(folder .. "/plain.lua", "w"))
    file:write [==[return { name = "Plain", about = "t", connect = "c", grouping_id = "{{ payload.id }}", title = "{{ payload.id }}",
      examples = { { "one", payload = "{}", expect = { state = "firing" } } } }]==]
  end)
  teardown(function() os.execute("rm -rf " .. folder) end)

  it("is told of in the generic form, grouped and resolved by the core", function()
    local w = calling.open { integrations = folder }
    local hook = w:integration { type = "plain", name = "Tide", heartbeat = { interval = 60 } }
    local function beat() return engine.request(w.core, "GET", w.path(hook) .. "heartbeat/", {}, "") end
    w:post(hook, '{"id":"other"}')
    w:advance(SECOND)
    assert.equal(200, (beat()))
    w:advance(MINUTE)
    local group = w:groups()[2]
    assert.same({ "Tide: heartbeat is missing", "heartbeat", "firing" }, { group.title, group.grouping_id, w.state(group) })
    assert.equal("alerting", json.decode(w:alerts(2)[1].payload).state)
    beat()
    assert.same({ "firing", "resolved" }, { w.state(w:groups()[1]), w.state(w:groups()[2]) })
    w:check_invariants()
    w:close()
  end)
end)

describe("a restart", function()
  local folder, w, hook
  before_each(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
    w = calling.open { data = folder, start_at = START }
    hook = w:integration { heartbeat = { interval = 60 } }
    w:advance(SECOND)
  end)
  after_each(function()
    w:close()
    os.execute("rm -rf " .. folder)
  end)
  local function beat() return engine.request(w.core, "GET", w.path(hook) .. "heartbeat/", {}, "") end
  local function restart(after_ms)
    local now = engine.now(w.core)
    w:close()
    w = calling.open { data = folder, start_at = now + after_ms * 1000 }
    w:advance(1)
  end
  local function events() return w:column "SELECT event || ' ' || reason AS e FROM heartbeat_event ORDER BY id DESC" end

  it("grants a whole interval to what is armed, and says so", function()
    beat()
    w:advance(10 * SECOND)
    restart(HOUR)
    w:advance(MINUTE - 2)
    assert.same({}, w:groups())
    assert.same({ "grace server_started", "armed first_beat" }, events())
    assert.is_string(w:api(200, "GET", "integrations/" .. hook.id .. "/").heartbeat.grace_until)
    w:advance(1)
    assert.equal(1, #w:groups())
    assert.equal("missing no_beat", events()[1])
  end)
  it("in the middle of an outage tells of it no second time, and sees its end", function()
    beat()
    w:advance(MINUTE)
    restart(HOUR)
    w:advance(HOUR)
    assert.same({ 1, 1 }, { #w:groups(), w:groups()[1].alerts_count })
    beat()
    assert.same({ 1, "resolved" }, { #w:groups(), w.state(w:groups()[1]) })
  end)
  it("arms nothing that was not", function()
    restart(HOUR)
    w:advance(24 * HOUR)
    assert.same({}, events())
    assert.same({}, w:groups())
  end)
  it("remembers the last beats of a minute ago", function()
    beat()
    w:advance(30 * SECOND)
    local last = engine.now(w.core)
    beat()
    w:advance(15 * SECOND)
    restart(SECOND)
    assert.equal(time.text(last), w:api(200, "GET", "integrations/" .. hook.id .. "/").heartbeat.last_beat_at)
  end)
end)
