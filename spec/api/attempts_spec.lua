--- How often passwords and codes may be tried: the counting in the core, and which addresses are one.
require "tocsin.core"
local attempts = require "api.attempts"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

describe("tries", function()
  local core
  before_each(function() core = assert(engine.open { start_at = 1790000000000000 }) end)
  after_each(function() engine.close(core) end)

  local function ask(message) return json.decode(assert(engine.port_text(core, "attempt", json.encode(message)))) end
  local function take(...)
    local keys = json.array()
    for i, key in ipairs { ... } do keys[i] = { key = key, burst = 3, every_ms = 10000 } end
    return ask({ keys = keys }).wait
  end

  it("are as many as the burst at once, then one for each interval, and all of them again after a rest", function()
    for _ = 1, 3 do assert.equal(0, take "a") end
    assert.equal(10, take "a")
    assert.equal(10, take "a") -- to ask too soon costs nothing
    engine.advance(core, 9001)
    assert.equal(1, take "a")
    engine.advance(core, 999)
    assert.equal(0, take "a")
    assert.equal(10, take "a")
    engine.advance(core, 3600000)
    for _ = 1, 3 do assert.equal(0, take "a") end
    assert.equal(10, take "a")
  end)

  it("count for all keys or for none", function()
    for _ = 1, 3 do take "a" end
    assert.equal(10, take("a", "b"))
    for _ = 1, 3 do assert.equal(0, take "b") end
  end)

  it("are given back, forgotten one by one, and all together", function()
    for _ = 1, 3 do take "a" end
    ask { keys = json.array { { key = "a", every_ms = 10000 } }, give_back = true }
    assert.same({ 0, 10 }, { take "a", take "a" })
    ask { keys = json.array { { key = "a" } }, forget = true }
    for _ = 1, 3 do assert.equal(0, take "a") end
    for _ = 1, 3 do take "b" end
    ask { forget_all = true }
    assert.same({ 0, 0 }, { take "a", take "b" })
  end)

  it("of very many keys take no more memory, and the one that owes most is not forgotten for them", function()
    for _ = 1, 3 do take "a" end
    for i = 1, 40000, 8 do
      local keys = json.array()
      for k = i, i + 7 do keys[#keys + 1] = { key = "k" .. k, burst = 3, every_ms = 1000 } end
      ask { keys = keys }
    end
    assert.equal(10, take "a")
  end)

  it("are refused when they make no sense", function()
    for _, keys in ipairs { { { key = "a", burst = 0 } }, { { key = "a", every_ms = 0 } }, { { key = "a", every_ms = 1 << 40 } }, { {}, {}, {}, {}, {}, {}, {}, {}, {} } } do
      assert.is_nil(engine.port_text(core, "attempt", json.encode { keys = json.array(keys) }))
    end
  end)

  it("are counted by network where one has a whole network", function()
    for address, network in pairs { ["192.0.2.1"] = "192.0.2.1", ["::ffff:192.0.2.1"] = "192.0.2.1", ["2001:db8:1:2:3:4:5:6"] = "2001:db8:1:2::",
      ["2001:db8::1"] = "2001:db8:0:0::", ["::1"] = "0:0:0:0::", ["2001:0db8:0001:0002::"] = "2001:db8:1:2::", ["fe80::1:2:3:4"] = "fe80:0:0:0::", [""] = "" } do
      assert.equal(network, attempts.network_of(address), address)
    end
  end)
end)
