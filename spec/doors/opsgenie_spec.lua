--- Opsgenie's senders at its Alert API: create, and deeds by id, tiny id and alias; heartbeats.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

describe("Opsgenie's door", function()
  local w, hook

  before_each(function()
    w = world.open()
    hook = w:integration { type = "opsgenie" }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function ask(method, path, body, key)
    local status, answer, kind = engine.request(w.core, method, path,
      { authorization = "GenieKey " .. (key or hook.token), ["content-type"] = "application/json" },
      type(body) == "table" and json.encode(body) or body or "")
    assert.equal("application/json", kind)
    return status, json.decode(answer)
  end
  local function accepted(method, path, body)
    local status, answer = ask(method, path, body)
    assert.equal(202, status, json.encode(answer))
    assert.equal("Request will be processed", answer.result)
    assert.is_number(answer.took)
    assert.matches("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-8%x%x%x%-%x+$", answer.requestId)
    local code, told = ask("GET", "/v2/alerts/requests/" .. answer.requestId)
    assert.equal(200, code)
    return told.data
  end
  local function create(fields) return accepted("POST", "/v2/alerts", fields or { message = "Disk full", alias = "disk" }) end
  local function state(n) return world.state(w:groups()[n or 1]) end

  it("makes an alert, and tells what became of the request", function()
    local told = create()
    assert.same({ true, true, "Create", "Created alert", "disk" }, { told.success, told.isSuccess, told.action, told.status, told.alias })
    assert.equal("Disk full", w:groups()[1].title)
    assert.equal("Alert count incremented", create().status)
    assert.same({ 1, 2 }, { #w:groups(), w:groups()[1].alerts_count })
    create { message = "no alias" }
    create { message = "no alias either" }
    assert.equal(3, #w:groups())
    assert.is_string(create { message = "no alias", alias = json.null }.alertId)
  end)

  local IDENTIFIERS <const> = {
    id = function(told) return told.alertId, "" end,
    ["id, named"] = function(told) return told.alertId, "?identifierType=id" end,
    tiny = function() return tostring(w:groups()[1].id), "?identifierType=tiny" end,
    alias = function() return "a%2Fb", "?identifierType=alias" end,
  }
  for name, identify in pairs(IDENTIFIERS) do
    it("acknowledges, snoozes, notes and closes by " .. name, function()
      local told = create { message = "Disk full", alias = "a/b" }
      local id, query = identify(told)
      local function deed(verb, body) return accepted("POST", "/v2/alerts/" .. id .. "/" .. verb .. query, body) end
      assert.equal("Snoozed alert", deed("snooze", { endTime = "2100-01-01T00:00:00.000Z" }).status)
      assert.equal("silenced", state())
      assert.equal("Added note", deed("notes", { note = "Growing it", user = "ada" }).status)
      assert.equal("Growing it", w:rows("SELECT text FROM resolution_note")[1].text)
      local acknowledged = deed("acknowledge", { user = "ada", source = "cli" })
      assert.same({ "Acknowledge", "Acknowledged alert", told.alertId }, { acknowledged.action, acknowledged.status, acknowledged.alertId })
      assert.equal("acknowledged", state())
      local closed = deed "close"
      assert.same({ "Close", "Closed alert", true }, { closed.action, closed.status, closed.isSuccess })
      assert.equal("resolved", state())
      assert.equal(1, #w:groups())
    end)
  end

  it("accepts deeds on what is not there, as there, and says so afterwards", function()
    for _, path in ipairs { "INOBODY/close", "9/close?identifierType=tiny", "x/close?identifierType=alias", "x/acknowledge?identifierType=alias",
      "x/snooze?identifierType=alias", "x/notes?identifierType=alias" } do
      local told = accepted("POST", "/v2/alerts/" .. path, { note = "n", endTime = "2100-01-01T00:00:00Z" })
      assert.same({ false, "Alert does not exist", "" }, { told.isSuccess, told.status, told.alertId }, path)
    end
    assert.equal(0, #w:groups())
  end)

  it("leaves other integrations' alerts alone", function()
    local told = create()
    local other = w:integration { type = "opsgenie" }
    assert.equal(202, (ask("POST", "/v2/alerts/" .. told.alertId .. "/close", {}, other.token)))
    assert.equal(202, (ask("POST", "/v2/alerts/disk/close?identifierType=alias", {}, other.token)))
    assert.equal(404, (ask("GET", "/v2/alerts/" .. told.alertId, nil, other.token)))
    assert.equal("firing", state())
  end)

  it("shows an alert and lists them", function()
    local told = create()
    local status, answer = ask("GET", "/v2/alerts/" .. told.alertId)
    assert.same({ 200, "Disk full", "disk", "open", 1, tostring(w:groups()[1].id) },
      { status, answer.data.message, answer.data.alias, answer.data.status, answer.data.count, answer.data.tinyId })
    assert.equal(200, (ask("GET", "/v2/alerts/disk?identifierType=alias")))
    local _, list = ask("GET", "/v2/alerts?limit=5")
    assert.equal(1, #list.data)
    assert.equal(404, (ask("GET", "/v2/alerts/INOBODY")))
    assert.equal(404, (ask("GET", "/v2/alerts/requests/0000")))
    assert.equal(404, (ask("GET", "/v2/alerts/requests/ffffffff-ffff-4fff-8fff-ffffffffffff")))
  end)

  it("takes beats under any name, by any method", function()
    for _, method in ipairs { "GET", "POST", "PUT", "PATCH" } do
      local status, answer = ask(method, "/v2/heartbeats/backup/ping", method ~= "GET" and "{}" or nil)
      assert.same({ 202, "PONG - Heartbeat received" }, { status, answer.result }, method)
    end
    assert.equal("alive", w:rows("SELECT state FROM heartbeat WHERE integration_id = 1")[1].state)
    local status, answer = ask("GET", "/v2/heartbeats/backup")
    assert.same({ 200, "backup", 10, "minutes", false }, { status, answer.data.name, answer.data.interval, answer.data.intervalUnit, answer.data.expired })
    assert.equal(401, (ask("GET", "/v2/heartbeats/backup/ping", nil, "unknown-key")))
  end)

  it("says what is wrong, in Opsgenie's shape, and stores nothing", function()
    local function failure(status, ...)
      local got, answer = ask(...)
      assert.equal(status, got, json.encode(answer))
      assert.is_string(answer.message)
      assert.is_string(answer.requestId)
      return answer
    end
    assert.equal("Message can not be empty.", failure(422, "POST", "/v2/alerts", {}).errors.message)
    failure(422, "POST", "/v2/alerts", { message = 7 })
    failure(422, "POST", "/v2/alerts", { message = "x", alias = ("a"):rep(513) })
    failure(422, "POST", "/v2/alerts", { message = "x", priority = "P9" })
    for _, body in ipairs { "", "[]", "{", "x", "null" } do failure(422, "POST", "/v2/alerts", body) end
    failure(401, "POST", "/v2/alerts", { message = "x" }, "unknown-key")
    failure(401, "POST", "/v2/alerts/x/close?identifierType=alias", "", "unknown-key")
    failure(401, "POST", "/v2/alerts/x/close", "", "unknown-key")
    failure(400, "POST", "/v2/alerts/x/close?identifierType=alias", "[")
    failure(405, "DELETE", "/v2/alerts", "")
    failure(404, "POST", "/v2/alerts/x/dance", "")
    assert.equal(0, #w:groups())
    local told = create()
    failure(422, "POST", "/v2/alerts/" .. told.alertId .. "/snooze", { endTime = "2001-01-01T00:00:00Z" })
    failure(422, "POST", "/v2/alerts/" .. told.alertId .. "/snooze", "")
    failure(422, "POST", "/v2/alerts/" .. told.alertId .. "/notes", {})
    failure(400, "POST", "/v2/alerts/" .. told.alertId .. "/close", "[")
    assert.equal("firing", state())
  end)

  it("tells of a deed that the alert's state refuses", function()
    local told = create()
    accepted("POST", "/v2/alerts/" .. told.alertId .. "/close")
    local again = accepted("POST", "/v2/alerts/" .. told.alertId .. "/close")
    assert.is_false(again.isSuccess)
  end)

  it("takes the key as a Basic password too, and no other scheme", function()
    local crypto = require "tocsin.crypto"
    local function with(header)
      return (engine.request(w.core, "POST", "/v2/alerts", header and { authorization = header } or {}, '{"message":"x"}'))
    end
    assert.equal(202, with("Basic " .. crypto.base64(":" .. hook.token)))
    assert.equal(202, with("geniekey " .. hook.token))
    assert.equal(401, with("Bearer " .. hook.token))
    assert.equal(401, with(nil))
  end)
end)
