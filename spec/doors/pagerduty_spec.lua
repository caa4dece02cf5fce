--- PagerDuty's senders at its paths: what each event does, what each answer says.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

describe("PagerDuty's door", function()
  local w, hook
  local V2 <const>, V1 <const>, CHANGE <const> = "/v2/enqueue", "/generic/2010-04-15/create_event.json", "/v2/change/enqueue"

  before_each(function()
    w = world.open()
    hook = w:integration { type = "pagerduty" }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function post(path, body)
    local status, answer, kind, headers = engine.request(w.core, "POST", path, { ["content-type"] = "application/json" },
      type(body) == "table" and json.encode(body) or body)
    assert.equal("application/json", kind)
    return status, json.decode(answer), headers
  end
  local function event(action, key, more)
    local e = { routing_key = hook.token, event_action = action, dedup_key = key }
    if action == "trigger" then e.payload = { summary = "CPU", source = "web-1", severity = "critical" } end
    for name, value in pairs(more or {}) do e[name] = value end
    return e
  end
  local function invalid(body, path)
    local before = #w:groups()
    local status, answer = post(path or V2, body)
    assert.same({ 400, "invalid event", "Event object is invalid", before },
      { status, answer.status, answer.message, #w:groups() })
    return answer.errors[1]
  end
  local function state(n) return world.state(w:groups()[n or 1]) end

  it("makes routing keys of 32 digits, and takes one of another form", function()
    assert.matches("^%x+$", hook.token)
    assert.equal(32, #hook.token)
    local old = w:integration { type = "pagerduty", token = "R0UTINGKEYOF32CHARACTERSLONG_OLD" }
    assert.equal(202, (post(V2, event("trigger", "a", { routing_key = old.token }))))
  end)

  it("triggers, joins, acknowledges and resolves by dedup_key", function()
    local status, answer = post(V2, event("trigger", "k"))
    assert.same({ 202, { status = "success", message = "Event processed", dedup_key = "k" } }, { status, answer })
    post(V2, event("trigger", "k"))
    assert.same({ 1, 2, "firing" }, { #w:groups(), w:groups()[1].alerts_count, state() })
    assert.equal(202, (post(V2, event("acknowledge", "k"))))
    assert.equal("acknowledged", state())
    assert.equal(202, (post(V2, event("resolve", "k"))))
    assert.equal("resolved", state())
    post(V2, event("trigger", "k"))
    assert.equal(2, #w:groups())
  end)

  it("gives a key where there is none, and the templates see it", function()
    local _, answer = post(V2, event "trigger")
    assert.matches("^%x+$", answer.dedup_key)
    local _, other = post(V2, event("trigger", ""))
    assert.not_equal(answer.dedup_key, other.dedup_key)
    assert.equal(2, #w:groups())
    post(V2, event("resolve", answer.dedup_key))
    assert.same({ "resolved", "firing" }, { state(1), state(2) })
    assert.equal(json.encode(event "trigger"), w:alerts(1)[1].payload) -- as it came
  end)

  it("stores nothing for an acknowledge with nothing open, and records a resolve", function()
    assert.equal(202, (post(V2, event("acknowledge", "k"))))
    assert.equal(0, #w:groups())
    assert.equal(202, (post(V2, event("resolve", "k"))))
    assert.equal("resolved", state())
  end)

  it("says what is wrong, in PagerDuty's words", function()
    assert.equal("'routing_key' is missing or blank", invalid { event_action = "trigger" })
    assert.equal("Invalid routing key", invalid(event("trigger", "k", { routing_key = "0123456789abcdef0123456789abcdef" })))
    assert.matches("event_action", invalid(event("close", "k")))
    assert.matches("event_action", invalid(event(nil, "k")))
    assert.equal("'payload' is missing or blank", invalid(event("trigger", "k", { payload = "x" })))
    for _, name in ipairs { "summary", "source", "severity" } do
      local e = event("trigger", "k")
      e.payload[name] = nil
      assert.equal("'payload." .. name .. "' is missing or blank", invalid(e))
    end
    local e = event("trigger", "k")
    e.payload.severity = "none"
    assert.matches("must be one of the following: 'critical', 'warning', 'error' or 'info'", invalid(e))
    assert.equal("'dedup_key' is missing or blank", invalid(event "resolve"))
    assert.equal("'dedup_key' is missing or blank", invalid(event "acknowledge"))
    assert.matches("too long", invalid(event("trigger", ("k"):rep(256))))
    for _, body in ipairs { "", "[]", "{", "null", '"x"', "7", "\xff" } do invalid(body) end
    e.payload.severity = "CRITICAL"
    assert.equal(202, (post(V2, e)), "Robusta writes capitals")
    assert.equal(405, (engine.request(w.core, "GET", V2, {}, "")))
  end)

  it("takes the first version of events", function()
    local function first(kind, more)
      local e = { service_key = hook.token, event_type = kind, incident_key = "i", description = "HTTP fails" }
      for name, value in pairs(more or {}) do e[name] = value end
      return e
    end
    local status, answer = post(V1, first "trigger")
    assert.same({ 200, { status = "success", message = "Event processed", incident_key = "i" } }, { status, answer })
    assert.equal("HTTP fails", w:groups()[1].title)
    post(V1, first "acknowledge")
    assert.equal("acknowledged", state())
    post(V1, first "resolve")
    assert.equal("resolved", state())
    local _, made = post(V1, first("trigger", { incident_key = json.null }))
    assert.matches("^%x+$", made.incident_key)
    assert.equal("Service key is required", invalid({ event_type = "trigger" }, V1))
    assert.equal("Event type is invalid", invalid(first "odd", V1))
    assert.matches("Description", invalid(first("trigger", { description = "" }), V1))
    assert.matches("Incident key", invalid(first("resolve", { incident_key = "" }), V1))
    assert.equal("Invalid routing key", invalid(first("trigger", { service_key = "nobody-has-this" }), V1))
  end)

  it("records changes, and calls nobody for them", function()
    local change = { routing_key = hook.token, payload = { summary = "Deployed 4.2", source = "ci" } }
    local status, answer = post(CHANGE, change)
    assert.same({ 202, { status = "success", message = "Change event processed" } }, { status, answer })
    post(CHANGE, change)
    assert.same({ 2, "resolved", "Change: Deployed 4.2" }, { #w:groups(), state(), w:groups()[1].title })
    for _, line in ipairs(w:log(1)) do assert.not_matches("escalation", line) end
    assert.equal("'payload.summary' is missing or blank", invalid({ routing_key = hook.token, payload = {} }, CHANGE))
    assert.equal("'routing_key' is missing or blank", invalid({ payload = { summary = "x" } }, CHANGE))
  end)

  it("answers 429 in its own words past the integration's limit", function()
    w:configure(hook, { rate_limit = 1 })
    post(V2, event("trigger", "k"))
    local status, answer, headers = post(V2, event("trigger", "k"))
    assert.equal(429, status)
    assert.matches("Rate limit", answer.message)
    assert.matches("Retry%-After: %d+", headers)
  end)

  it("takes keys of no other type", function()
    local other = w:integration { type = "webhook" }
    assert.equal("Invalid routing key", invalid(event("trigger", "k", { routing_key = other.token })))
  end)
end)
