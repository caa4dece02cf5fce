--- What bounds one integration: the slow lane, the crash marker, the rate limit; on the virtual clock.
local world = require "world"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local WORK <const> = "{% for i in range(3000) %}{% endfor %}" -- past 20,000 units of fuel, well within the slow lane's
local SLOW <const>, RAW <const> = 8, 16

local function number_of(w, name)
  return tonumber(select(2, engine.request(w.core, "GET", "/metrics")):match("\ntocsin_" .. name .. " (%d+)"))
end

describe("the slow lane", function()
  local w
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  it("renders what leaves the inline budget, marks it, and groups it as ever", function()
    w = world.open { settings = { fuel_inline = 20000 } }
    local hook = w:integration { templates = { grouping_key = "{% if payload.slow %}" .. WORK .. "{% endif %}{{ payload.k }}", web = { title = "t{{ payload.k }}" } } }
    w:post(hook, '{"k":1}')
    w:post(hook, '{"k":1,"slow":true}')
    w:post(hook, '{"k":2,"slow":true}')
    local groups = w:groups()
    assert.same({ 2, "t1", "t2" }, { #groups, groups[1].title, groups[2].title })
    local alerts = w:alerts(groups[1].id)
    assert.same({ 0, SLOW }, { alerts[1].signal & SLOW, alerts[2].signal & SLOW })
    assert.equal(2, number_of(w, "slow_lane_total"))
    assert.same({}, w:problems())
  end)

  it("shows what is past its budget too as that field's error, and keeps the others", function()
    w = world.open { settings = { fuel_inline = 20000, fuel_slow = 100000 } }
    local hook = w:integration { templates = { grouping_key = "k", web = { title = "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}" },
      resolve_signal = "{{ payload.over }}" } }
    w:post(hook, '{"over":true}')
    local group = w:groups()[1]
    assert.same({ "k", "resolved" }, { group.grouping_id, w.state(group) })
    assert.matches("^Template Error: the template ran past its budget", group.title)
    assert.equal(group.title, w:problems().web_title)
  end)

  it("that is full stores the bytes, raw, grouped by themselves", function()
    w = world.open { settings = { fuel_inline = 20000, slow_lane_waiting = 1 } }
    local hook = w:integration { name = "Heavy", templates = { grouping_key = "k", web = { title = WORK .. "title" } } }
    local light = w:integration { templates = { grouping_key = "k", web = { title = "title" } } }
    local list = {}
    for n = 1, 30 do
      list[n] = { "POST", world.path(n % 10 == 0 and light or hook), {}, '{"n":' .. n % 7 .. "}" }
    end
    for _, answer in ipairs(engine.together(w.core, list)) do assert.equal(200, answer[1]) end
    local raw = w:rows("SELECT g.title, a.problems FROM alert AS a JOIN alert_group AS g ON g.id = a.alert_group_id WHERE a.signal & 16")
    assert.is_true(#raw > 0)
    assert.equal(#raw, number_of(w, "raw_total"))
    for _, row in ipairs(raw) do
      assert.matches('^Heavy: {"n":%d}$', row.title)
      assert.matches("slow lane", json.decode(row.problems).alert)
    end
    assert.equal(30, w:rows("SELECT count(*) AS n FROM alert")[1].n)
    assert.equal(3, w:rows("SELECT alerts_count AS n FROM alert_group WHERE title = 'title' ORDER BY alerts_count")[1].n)
    assert.equal(0, number_of(w, "slow_lane_waiting"))
  end)
end)

describe("the crash marker", function()
  local folder
  before_each(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
  end)
  after_each(function() os.execute("rm -rf " .. folder) end)

  local function mark(slot, id)
    local file <close> = assert(io.open(folder .. "/rendering", "r+b"))
    file:seek("set", slot * 8)
    file:write(string.pack("<i8", id))
  end

  it("starts who killed the process in the slow lane, until a rendering went well", function()
    local w = world.open { data = folder }
    local hook, other = w:integration {}, w:integration {}
    local id = w:rows("SELECT min(id) AS id FROM integration")[1].id
    w:close()
    for slot = 0, 64, 64 do
      mark(slot, id)
      w = world.open { data = folder }
      for n = 1, 3 do
        w:post(hook, { n = n, slot = slot })
        w:post(other, { n = n, slot = slot })
      end
      local slow = {}
      for i, row in ipairs(w:rows "SELECT signal FROM alert ORDER BY id DESC LIMIT 6") do slow[7 - i] = row.signal & (SLOW | RAW) end
      assert.same({ SLOW, 0, 0, 0, 0, 0 }, slow)
      w:close()
    end
    w = world.open { data = folder }
    w:post(hook, { n = "clean" })
    assert.equal(0, w:rows("SELECT signal FROM alert ORDER BY id DESC LIMIT 1")[1].signal & SLOW)
    w:close()
  end)

  it("stores requests as they come after a second death in a row, then tries again; each death doubles how many", function()
    local w = world.open { data = folder }
    local hook, other = w:integration {}, w:integration {}
    local id = w:rows("SELECT min(id) AS id FROM integration")[1].id
    w:close()
    -- How requests are taken at a start after this one died with the integration's mark
    local function ways(count)
      mark(0, id)
      mark(64, id)
      w = world.open { data = folder }
      local list = {}
      for n = 1, count do
        w:post(hook, { n = n, crash = tostring(w) })
        list[n] = w:rows("SELECT signal FROM alert ORDER BY id DESC LIMIT 1")[1].signal & (SLOW | RAW)
      end
      w:post(other, {})
      assert.equal(0, w:rows("SELECT signal FROM alert ORDER BY id DESC LIMIT 1")[1].signal & (SLOW | RAW))
      w:check_invariants()
      return list
    end
    assert.same({}, ways(0))
    w:close()
    assert.same({ RAW }, ways(1))
    assert.matches("died again and again", w:rows("SELECT problems FROM alert WHERE signal & 16")[1].problems)
    w:close()
    assert.same({ RAW, RAW, SLOW, 0 }, ways(4))
    w:close()
    assert.same({ SLOW, 0 }, ways(2))
    w:close()
    for _ = 1, 2 do
      ways(0)
      w:close()
    end
    ways(0)
    for body, status in pairs { ["{"] = 200, [""] = 200, ["\255"] = 400 } do assert.equal(status, (w:send(hook, body)), body) end
    assert.equal(200, (w:page(hook)))
    w:api(200, "GET", "alerts/")
    w:close()
  end)

  it("knows the request that broke the process for a day, and blames no other thread's", function()
    local w = world.open { data = folder }
    local hook, other = w:integration {}, w:integration {}
    local ids = w:rows("SELECT id FROM integration ORDER BY id")
    w:close()
    local function note(slot, body)
      local hash = 0xcbf29ce484222325 ~ 0xff
      for i = 1, #body do hash = (hash ~ body:byte(i)) * 1099511628211 end
      mark(3 * 66 + slot, hash | 1)
    end
    local function way(to, body)
      assert.equal(200, (w:send(to, body)))
      return w:rows("SELECT signal FROM alert ORDER BY id DESC LIMIT 1")[1].signal & (SLOW | RAW)
    end
    mark(1, ids[1].id)
    mark(2, ids[2].id)
    note(1, '{"deadly":1}')
    w = world.open { data = folder }
    assert.same({ 0, RAW, SLOW, 0, RAW }, { way(other, '{"deadly":1}'), way(hook, '{"deadly":1}'), way(hook, "{}"), way(hook, "{}"), way(hook, '{"deadly":1}') })
    w:close()
    w = world.open { data = folder }
    assert.same({ RAW, 0 }, { way(hook, '{"deadly":1}'), way(hook, "{}") })
    w:close()
    -- Another one of the same integration: its requests keep changing, so the next one is not looked at either.
    mark(1, ids[1].id)
    note(1, '{"deadly":2}')
    w = world.open { data = folder }
    assert.same({ RAW, SLOW, RAW, RAW, 0 }, { way(hook, "{}"), way(hook, "{}"), way(hook, '{"deadly":1}'), way(hook, '{"deadly":2}'), way(hook, "{}") })
    w:advance(24 * 3600 * 1000)
    assert.equal(0, way(hook, '{"deadly":1}'))
    w:close()
  end)

  it("has the functions of a file run in the slow lane as well, until what they read went well", function()
    local types = folder .. "/types"
    assert(os.execute("mkdir " .. types))
    local file <close> = assert(io.open(types .. "/reads.lua", "w"))
    file:write [==[return { name = "Reads", about = "t", connect = "c", grouping_id = "{{ payload.id }}", title = "{{ payload.id }}",
      receive = function(r)
        if r.json.hello then return { answer = { status = 202, body = "hi" } } end
        if r.json.drop then return { ignore = true } end
      end,
      split = function(payload) return payload.list end,
      examples = { { "one", payload = "{}", expect = { state = "firing" } } } }]==]
    file:close()
    local options = { data = folder, integrations = types, settings = { slow_lane_waiting = 2 } }
    local w = world.open(options)
    local hook = w:integration { type = "reads" }
    w:close()
    local function restart()
      mark(0, 1)
      w = world.open(options)
    end
    -- How many of requests that come together find no room in the lane
    local function refused(bytes)
      local list, count = {}, 0
      for n = 1, 40 do list[n] = { "POST", world.path(hook), {}, bytes } end
      for _, answer in ipairs(engine.together(w.core, list)) do
        if answer[1] == 503 then
          assert.matches("Too many requests of this integration", answer[2])
          count = count + 1
        else
          assert.is_true(answer[1] < 300)
        end
      end
      return count
    end
    for _, bytes in ipairs { '{"hello":1}', '{"drop":1}', '{"list":[]}' } do
      local first = 0
      for seed = 1, 8 do -- how many come before the lane's first turn
        options.seed = seed
        restart()
        first = first + refused(bytes)
        assert.equal(0, refused(bytes))
        w:close()
      end
      assert.is_true(first > 0)
    end
    restart()
    assert.equal(400, (w:send(hook, '{"list":[null]}')))
    assert.equal(202, (w:send(hook, '{"hello":1}')))
    w:post(hook, '{"list":[{"id":"a"},{"id":"b"}]}')
    w:close()
    restart()
    w:post(hook, '{"list":[{"id":"a"},{"id":"b"}]}')
    w:post(hook, '{"list":[{"id":"a"}]}')
    local slow = {}
    for i, row in ipairs(w:rows "SELECT signal FROM alert ORDER BY id") do slow[i] = row.signal & SLOW end
    assert.same({ 0, 0, SLOW, SLOW, 0 }, slow)
    w:close()
  end)

  it("does not mind a file of any content", function()
    for _, bytes in ipairs { "", "x", ("\255"):rep(4096), ("\1"):rep(7) } do
      local file <close> = assert(io.open(folder .. "/rendering", "wb"))
      file:write(bytes)
      file:close()
      local w = world.open { data = folder }
      w:post(w:integration { name = "of " .. #bytes }, "{}")
      w:close()
    end
  end)
end)

describe("the rate limit of an integration", function()
  local w, hook
  before_each(function()
    w = world.open()
    hook = w:integration { name = "Tight", rate_limit = 3 }
  end)
  after_each(function() w:close() end)

  it("counts requests in windows of five minutes, and says when the next begins", function()
    local other = w:integration { rate_limit = 3 }
    for n = 1, 3 do
      w:post(hook, { n = n })
      w:advance(20000)
    end
    local status, body, kind, headers = w:send(hook, "{}")
    assert.equal(429, status)
    assert.equal("Rate limit of integration Tight is exceeded: 3 requests in 5 minutes. Try again in 240 seconds.", body)
    assert.matches("^text/plain", kind)
    assert.equal("Retry-After: 240\r\n", headers)
    w:post(other, "{}")
    w:advance(239999)
    assert.equal(429, (w:send(hook, "{}")))
    assert.equal("Retry-After: 1\r\n", (select(4, w:send(hook, "{}"))))
    w:advance(1)
    w:post(hook, "{}")
    assert.equal(5, w:rows("SELECT count(*) AS n FROM alert")[1].n)
    assert.equal(3, tonumber(select(2, engine.request(w.core, "GET", "/metrics")):match 'refused_total{integration="Tight",[^}]*} (%d+)'))
  end)

  it("counts bad bodies too, but neither looks nor other people's mistakes", function()
    assert.equal(400, (w:send(hook, "{")))
    for _ = 1, 5 do
      assert.equal(200, (engine.request(w.core, "GET", world.path(hook))))
      assert.equal(400, (engine.request(w.core, "POST", (world.path(hook):gsub("webhook", "zabbix")), {}, "{}")))
    end
    w:post(hook, "{}")
    w:post(hook, "{}")
    assert.equal(429, (w:send(hook, "{}")))
  end)

  it("counts exactly when threads meet at the turn of a window", function()
    local pipe <close> = assert(io.popen(os.getenv "SPEC_BUILD" .. "/rate_test 2 200000 3"))
    assert.equal("2 threads, 200000 windows: 600000 passed of 800000, 0 windows not exact\n", pipe:read("a"))
    assert.is_true(pipe:close())
  end)

  it("gives room at once when it is raised, whoever was refused", function()
    for n = 1, 20 do w:send(hook, tostring(n)) end
    assert.equal(3, w:rows("SELECT count(*) AS n FROM alert")[1].n)
    w:configure(hook, { rate_limit = 5 })
    w:post(hook, "{}")
    w:post(hook, "{}")
    assert.equal(429, (w:send(hook, "{}")))
  end)

  it("follows a change at once", function()
    for n = 1, 3 do w:post(hook, { n = n }) end
    assert.equal(429, (w:send(hook, "{}")))
    w:configure(hook, { rate_limit = 0 })
    for n = 1, 10 do w:post(hook, { n = n }) end
    w:configure(hook, { rate_limit = 1 })
    w:advance(300000)
    w:post(hook, "{}")
    assert.equal(429, (w:send(hook, "{}")))
  end)
end)
