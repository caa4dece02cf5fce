--- Wiping or deleting a group of many alerts: gone for everyone at once, its rows in pieces, whatever happens between them.
local world = require "world"
local big_group = require "big_group"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"

local COUNT <const> = 3456

describe("a group of many alerts", function()
  local folder, made, w

  before_each(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
    made = big_group.fill(folder, COUNT, 100)
    w = world.open { data = folder }
    w.client.token = made.token
  end)
  after_each(function()
    w:close()
    os.execute("rm -rf " .. folder)
  end)

  local function count(condition)
    return w:rows("SELECT count(*) AS n FROM alert WHERE " .. condition)[1].n
  end
  local function restart()
    local now = engine.now(w.core)
    w:close()
    w = world.open { data = folder, start_at = now }
    w.client.token = made.token
  end
  local function shown() return w:api(200, "GET", "alerts/?perpage=1000") end

  it("is gone at once when deleted, and its alerts piece by piece", function()
    local alert = shown().results[2].id
    w:api(204, "DELETE", "alert_groups/" .. made.id .. "/", { mode = "delete" })
    w:api(404, "GET", "alert_groups/" .. made.id .. "/")
    assert.is_true(count "1 = 1" > COUNT / 2)
    assert.same({ 0, 0 }, { shown().count, #shown().results })
    assert.same({ 0, 0 }, { w:api(200, "GET", "alerts/?search=secret").count, w:api(200, "GET", "alerts/?id=" .. alert).count })
    w:api(404, "GET", "alerts/" .. alert .. "/")
    w:post(made.hook, { key = "secret" })
    assert.equal(1, shown().count)
    w:advance(60000)
    assert.equal(1, count "1 = 1")
    assert.same({}, w:rows "SELECT * FROM job WHERE id > 0")
    w:check_invariants()
  end)

  it("says nothing more from the moment it is wiped", function()
    local alert = shown().results[1000].id
    w:api(204, "DELETE", "alert_groups/" .. made.id .. "/", { mode = "wipe" })
    assert.is_true(count "length(payload) > 0" > COUNT / 2)
    assert.same({}, w:api(200, "GET", "alerts/" .. alert .. "/").payload)
    for _, shown_alert in ipairs(shown().results) do assert.same({}, shown_alert.payload) end
    assert.equal(0, w:api(200, "GET", "alerts/?search=secret").count)
    local group = w:api(200, "GET", "alert_groups/" .. made.id .. "/")
    assert.same({ "resolved", COUNT, {} }, { group.state, group.alerts_count, group.last_alert.payload })
    w:advance(60000)
    assert.same({ 0, COUNT }, { count "length(payload) > 0", count "1 = 1" })
    assert.same({}, w:rows "SELECT * FROM job WHERE id > 0")
    w:check_invariants()
  end)

  it("is erased in pieces that a restart between them does not stop, and no id comes twice", function()
    local newest = w:rows("SELECT max(id) AS id FROM alert")[1].id
    w:api(204, "DELETE", "alert_groups/" .. made.id .. "/", { mode = "delete" })
    for _ = 1, 3 do
      local before = count "1 = 1"
      restart()
      assert.equal(before, count "1 = 1")
      w:advance(40)
      assert.is_true(before == 0 or count "1 = 1" < before)
    end
    w:post(made.hook, { key = "new" })
    assert.is_true(w:rows("SELECT max(id) AS id FROM alert")[1].id > newest)
    w:advance(60000)
    assert.equal(1, count "1 = 1")
  end)

  it("that is deleted while it is wiped is gone", function()
    w:api(204, "DELETE", "alert_groups/" .. made.id .. "/", { mode = "wipe" })
    w:advance(0)
    w:api(204, "DELETE", "alert_groups/" .. made.id .. "/", { mode = "delete" })
    w:advance(60000)
    assert.equal(0, count "1 = 1")
    assert.same({}, w:rows "SELECT * FROM job WHERE id > 0")
    w:check_invariants()
  end)

  it("takes fewer alerts a piece when they are large", function()
    local big = string.rep("x", 200000)
    for n = 1, 30 do w:post(made.hook, { key = "large", n = n, text = big }) end
    local id = w:api(200, "GET", "alert_groups/?perpage=1").results[1].id
    w:api(204, "DELETE", "alert_groups/" .. id .. "/", { mode = "delete" })
    assert.is_true(count "length(payload) > 100000" >= 15)
    w:advance(60000)
    assert.equal(0, count "length(payload) > 100000")
    w:check_invariants()
  end)
end)
