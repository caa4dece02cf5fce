--- Integration files with `receive` and `split`, through the core: lists, answers, requests to ignore, failures.
local world = require "world"
local crypto = require "tocsin.crypto"

local HEAD <const> = [==[name = "Test", about = "t", connect = "c", grouping_id = "{{ payload.id }}", title = "{{ payload }}",
  resolve_condition = "{{ payload.state == 'ok' }}",
  examples = { { "one", payload = "{}", expect = { state = "firing" } } }, ]==]

describe("an integration file's", function()
  local w, folder

  before_each(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
  end)
  after_each(function()
    w:check_invariants()
    w:close()
    os.execute("rm -rf " .. folder)
  end)

  -- A core with the type "test" that has these functions → an integration of it
  local function with(functions, settings, seed)
    local file <close> = assert(io.open(folder .. "/test.lua", "w"))
    file:write("return { " .. HEAD .. functions .. " }")
    file:close()
    w = world.open { integrations = folder, settings = settings, seed = seed }
    return w:integration { type = "test" }
  end

  local function payloads()
    local list = {}
    for i, row in ipairs(w:rows "SELECT CAST(payload AS TEXT) AS payload FROM alert ORDER BY id") do list[i] = row.payload end
    return list
  end

  describe("split", function()
    it("makes several alerts of one request, each with its own part as it stood on the wire", function()
      local hook = with "split = function(payload) return payload.list end"
      w:post(hook, '{"list":[{"id":"a","z":1,"b":2.50},{"id":"b"},{"id":"a","state":"ok"}]}')
      assert.same({ '{"id":"a","z":1,"b":2.5}', '{"id":"b"}', '{"id":"a","state":"ok"}' }, payloads())
      local groups = w:groups()
      assert.same({ 2, "resolved", "firing" }, { #groups, w.state(groups[1]), w.state(groups[2]) })
    end)

    it("leaves one alert by returning nothing, and ignores a request by an empty list", function()
      local hook = with "split = function(payload) if payload.drop then return {} end end"
      w:post(hook, '{"id":1}')
      w:post(hook, '{"drop":true}')
      assert.same({ '{"id":1}' }, payloads())
    end)

    it("that fails loses nothing: the request is one alert", function()
      for _, body in ipairs { "error('no')", "return payload.x.y", "return 7", "while true do end",
        "return { payload, function() end }", "local t = {} t.t = t return { t }", "return { 0/0, payload }", "return { 1, 2, nil, 4, [9] = {} }" } do
        local hook = with("split = function(payload) " .. body .. " end")
        w:post(hook, '{"id":"a"}')
        local list = payloads()
        assert.is_true(#list >= 1, body)
        if #list == 1 then assert.equal('{"id":"a"}', list[1], body) end
        w:check_invariants()
        w:close()
      end
      with "split = function() end"
    end)

    it("makes a thousand alerts and no more", function()
      local hook = with "split = function(payload) return payload.list end"
      local function list(n) return '{"list":[' .. ("{},"):rep(n - 1) .. "{}]}" end
      w:post(hook, list(1000))
      assert.equal(1000, #payloads())
      w:post(hook, list(1001))
      assert.equal(1001, #payloads())
      assert.equal(list(1001), payloads()[1001])
    end)

    it("stores all parts or none when one of them is no payload", function()
      local hook = with "split = function(payload) return payload.list end"
      local status = w:send(hook, '{"list":[{"id":"a"},null,{"id":"b"}]}')
      assert.equal(400, status)
      assert.same({}, payloads())
    end)

    it("sends its parts through the slow lane as well, and judges them by the newest templates", function()
      local WORK <const> = "{% for i in range(3000) %}{% endfor %}" -- past the inline budget
      local hook = with("split = function(payload) return payload.list end", { fuel_inline = 20000 })
      w:configure(hook, { templates = { grouping_key = WORK .. "{{ payload.id }}" } })
      local engine = require "tocsin.engine"
      local json = require "tocsin.json"
      for round = 1, 6 do
        local answers = engine.together(w.core, {
          { "POST", world.path(hook), {}, '{"list":[{"id":"a"},{"id":"b"},{"id":"c"}]}' },
          { "PUT", "/api/v1/integrations/" .. hook.id .. "/", { authorization = w.client.token }, json.encode { templates = {
            grouping_key = WORK .. "{{ payload.id }} " .. round } } },
          { "POST", world.path(hook), {}, '{"list":[{"id":"a"},{"id":"b"},{"id":"c"}]}' } })
        for _, answer in ipairs(answers) do assert.equal(200, answer[1]) end
      end
      assert.equal(36, #payloads())
      assert.equal(36, w:rows("SELECT count(*) AS n FROM alert WHERE signal & 8 = 8")[1].n)
    end)
  end)

  describe("a split request", function()
    local SPLIT <const> = "split = function(payload) return payload.list end"
    local SLOW <const> = "{% if payload.slow %}{% for i in range(3000) %}{% endfor %}{% endif %}"
    local engine = require "tocsin.engine"
    local json = require "tocsin.json"

    -- A body of n alerts of request r, of which those for which is_slow(i) leave the inline budget.
    local function body(r, n, is_slow)
      local list = {}
      for i = 1, n do list[i] = ('{"id":"%s-%d","r":"%s","slow":%s}'):format(r, i, r, is_slow and is_slow(i) or false) end
      return '{"list":[' .. table.concat(list, ",") .. "]}"
    end

    -- request → how many of its alerts are stored
    local function stored()
      local counts = {}
      for _, payload in ipairs(payloads()) do
        local r = json.decode(payload).r
        counts[r] = (counts[r] or 0) + 1
      end
      return counts
    end

    it("is stored whole or not at all, whatever room there is for it", function()
      local hook = with(SPLIT, { commit_waiting = 10, fuel_inline = 20000 })
      w:configure(hook, { templates = { web = { title = SLOW .. "{{ payload.id }}" } } })
      assert.equal(200, (w:send(hook, body("alone", 50))))
      assert.equal(200, (w:send(hook, body("slow", 50, function(i) return i % 7 == 0 end))))
      assert.same({ alone = 50, slow = 50 }, stored())
      local requests, refused = {}, 0
      for r = 1, 300 do
        requests[r] = { "POST", world.path(hook), {}, body("r" .. r, 5, function(i) return r % 5 == 0 and i == 2 end) }
      end
      local answers = engine.together(w.core, requests)
      local counts = stored()
      for r, answer in ipairs(answers) do
        assert.is_true(answer[1] == 200 or answer[1] == 503, answer[1])
        if answer[1] == 503 then refused = refused + 1 end
        assert.equal(answer[1] == 200 and 5 or nil, counts["r" .. r])
      end
      assert.is_true(refused > 0)
    end)

    it("of which one cannot be written leaves nothing, and the requests beside it unharmed", function()
      local hook = with(SPLIT)
      w:rows [[CREATE TRIGGER poison BEFORE INSERT ON alert WHEN instr(CAST(NEW.payload AS TEXT), 'poison') BEGIN
        SELECT RAISE(ABORT, 'poison'); END]]
      local requests = {}
      for r = 1, 6 do
        requests[r] = { "POST", world.path(hook), {}, r == 3 and '{"list":[{"r":"3","id":"a"},{"r":"3","id":"poison"}]}' or body(r, 3) }
      end
      for r, answer in ipairs(engine.together(w.core, requests)) do assert.equal(r == 3 and 503 or 200, answer[1]) end
      assert.same({ ["1"] = 3, ["2"] = 3, ["4"] = 3, ["5"] = 3, ["6"] = 3 }, stored())
      w:post(hook, '{"list":[{"r":"7","id":"a"}]}')
      assert.equal(1, stored()["7"])
    end)

    it("is judged by one version of the templates, also when some of it goes through the slow lane", function()
      for seed = 1, 12 do
        local hook = with(SPLIT, { fuel_inline = 20000 }, seed)
        local requests = {}
        for n = 1, 12 do
          requests[2 * n - 1] = { "POST", world.path(hook), {}, body(n, 4, function(i) return i % 2 == n % 2 end) }
          requests[2 * n] = { "PUT", "/api/v1/integrations/" .. hook.id .. "/", { authorization = w.client.token },
            json.encode { templates = { grouping_key = n .. " {{ payload.id }}", web = { title = SLOW .. "{{ payload.id }}" } } } }
        end
        for _, answer in ipairs(engine.together(w.core, requests)) do assert.equal(200, answer[1]) end
        local version = {}
        for _, row in ipairs(w:rows("SELECT g.grouping_id AS g, CAST(a.payload AS TEXT) AS p FROM alert AS a "
          .. "JOIN alert_group AS g ON g.id = a.alert_group_id")) do
          local r, of = json.decode(row.p).r, row.g:match("^(%d*) ?")
          assert.equal(version[r] or of, of, "seed " .. seed)
          version[r] = of
        end
        assert.equal(48, #payloads())
        if seed < 12 then w:close() end
      end
    end)

    it("has room in the slow lane for as many as may wait; the others are stored raw", function()
      local hook = with(SPLIT, { fuel_inline = 20000, slow_lane_waiting = 4 })
      w:configure(hook, { templates = { web = { title = SLOW .. "{{ payload.id }}" } } })
      w:post(hook, body("a", 10, function(i) return i ~= 5 end))
      local seen = {}
      for i, row in ipairs(w:rows "SELECT signal FROM alert ORDER BY id") do seen[i] = row.signal & 24 end
      assert.same({ 8, 8, 8, 8, 0, 16, 16, 16, 16, 16 }, seen)
    end)
  end)

  describe("receive", function()
    it("makes the payload of a request", function()
      local hook = with [[receive = function(r) return { payload = { id = r.headers["x-id"], method = r.method, query = r.query, text = r.body } } end]]
      assert.equal(200, (w:send(hook, "<xml/>", { ["x-id"] = "7", ["content-type"] = "text/xml" }, "?a=1")))
      assert.equal('{"id":"7","method":"POST","query":"a=1","text":"<xml/>"}', payloads()[1])
    end)

    it("answers a handshake, ignores, or leaves the request alone", function()
      local hook = with [[receive = function(r)
        if r.json and r.json.hello then return { answer = { status = 201, content_type = "text/plain", body = "hi " .. r.json.hello } } end
        if r.json and r.json.drop then return { ignore = true } end
      end]]
      local status, body, kind = w:send(hook, '{"hello":"you"}')
      assert.same({ 201, "hi you", "text/plain" }, { status, body, kind })
      status, body = w:send(hook, '{"drop":1}')
      assert.same({ 200, '"Ok."' }, { status, body })
      assert.same({}, payloads())
      w:post(hook, '{"id":1}')
      assert.same({ '{"id":1}' }, payloads())
      assert.equal(400, (w:send(hook, "{")))
    end)

    it("cannot forge an answer's head", function()
      local hook = with [[receive = function(r) return { answer = { status = 200, content_type = "text/plain\r\nX-Evil: 1", body = "x" } } end]]
      local _, _, kind = w:send(hook, "{}")
      assert.is_nil(kind:find("[\r\n]"))
      with("receive = function(r) return { answer = { status = 99999 } } end")
      local status = w:send(w:integration { type = "test" }, "{}")
      assert.is_true(status >= 200 and status <= 599)
    end)

    it("that fails loses nothing: the request is taken as it is", function()
      for _, body in ipairs { "error('no')", "return r.x.y", "return 7", "return {}", "while true do end",
        "return { payload = function() end }", "local s = 'x' while true do s = s .. s end" } do
        local hook = with("receive = function(r) " .. body .. " end")
        w:post(hook, '{"id":"a"}')
        assert.same({ '{"id":"a"}' }, payloads(), body)
        w:check_invariants()
        w:close()
      end
      with "receive = function() end"
    end)

    it("and split work together", function()
      local hook = with [[receive = function(r) return { payload = { list = r.json } } end, split = function(p) return p.list end]]
      w:post(hook, '[{"id":"a"},{"id":"b"}]')
      assert.same({ '{"id":"a"}', '{"id":"b"}' }, payloads())
    end)
  end)

  describe("file that breaks", function()
    -- A core on the same data after the file was written anew → the integration
    local function with_broken(functions, text)
      with(functions)
      w:close()
      local data = folder .. "/data"
      assert(os.execute("mkdir " .. data))
      w = world.open { integrations = folder, data = data }
      local hook = w:integration { type = "test" }
      local token = w.client.token
      w:close()
      local file <close> = assert(io.open(folder .. "/test.lua", "w"))
      file:write(text)
      file:close()
      w = world.open { integrations = folder, data = data }
      w.client.token = token
      return hook
    end
    local RECEIVE <const> = "receive = function(r) return { payload = { id = r.body } } end"

    it("is not taken for one without functions: requests are stored as they come", function()
      for _, text in ipairs { "return {", "return 5", "error('x')", "return { " .. HEAD .. RECEIVE .. ", unknown = 1 }",
        "return { " .. HEAD .. "split = 5 }" } do
        local hook = with_broken(RECEIVE, text)
        w:post(hook, '{"id":"a","state":"ok"}')
        assert.equal(200, (w:send(hook, "<xml/>", { ["content-type"] = "text/xml" })))
        assert.equal(400, (w:send(hook, "\xff", { ["content-type"] = "text/xml" })))
        assert.same({ '{"id":"a","state":"ok"}', "<xml/>" }, payloads(), text)
        for _, row in ipairs(w:rows "SELECT signal, problems FROM alert") do
          assert.equal(16, row.signal & 19, text)
          assert.matches("integrations/test%.lua", row.problems)
        end
        assert.equal("firing", w.state(w:groups()[1]))
        local _, page = w:page(hook)
        assert.matches("alerts are stored as they come, without its templates: integrations/test%.lua", page)
        w:check_invariants()
        w:close()
        os.execute("rm -r " .. folder .. "/data")
      end
      with "split = function() end"
    end)

    it("but has no functions, or is gone, leaves its templates working", function()
      for text, sentence in pairs { ["return { " .. HEAD .. "unknown = 1 }"] = "templates go on working: integrations/test%.lua: unknown field",
        [""] = "There is no file for this type any more" } do
        local hook = with_broken("", text)
        if text == "" then os.remove(folder .. "/test.lua") end
        w:post(hook, '{"id":"a"}')
        w:post(hook, '{"id":"a","state":"ok"}')
        assert.same({ "resolved", "a" }, { w.state(w:groups()[1]), w:groups()[1].grouping_id })
        local _, page = w:page(hook)
        assert.matches(sentence, page)
        w:check_invariants()
        w:close()
        os.execute("rm -r " .. folder .. "/data")
      end
      with "split = function() end"
    end)
  end)
end)
