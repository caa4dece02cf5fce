--- Backtests in a running server and from the command line: what they print, that they end when asked to, and that the
--- server ends while one runs.
local server <const> = require "server"
local cjson <const> = require "cjson"
local event_stream <const> = require "event_stream"
local uv <const> = require "luv"

-- About the whole budget of one template, for each alert.
local SLOW <const> = { templates = { web = { title = "{% for a in range(3000) %}{% for b in range(60) %}{% endfor %}{% endfor %}x" } } }
local CHANGE <const> = '{"templates":{"grouping_key":"{{ payload.n % 2 }}","web":{"title":"{{ payload.title }}!"}}}'

describe("a backtest", function()
  local s, hook
  before_each(function()
    s = server.start {}
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "shop", templates = { grouping_key = "{{ payload.host }}",
      web = { title = "{{ payload.title }}" } } })
  end)
  after_each(function() s:finish() end)

  local function send(count)
    local path = hook.link:match("//[^/]*(/.*)$")
    for n = 1, count do
      local answer = s:request("POST", path, { body = { host = "h" .. n % 4, n = n, title = "t" .. n } })
      assert.equal(200, answer.status)
    end
  end
  local function look(run) return s:api("GET", "/backtests/" .. run.id .. "/") end
  local function wait_for(run, is_it)
    for _ = 1, 1000 do
      local seen = look(run)
      if is_it(seen) then return seen end
      uv.sleep(10)
    end
    error "it never came so far"
  end
  local function command(words, input)
    return server.run(table.move(words, 1, #words, 4, { "backtest", "--data", s.data }), input)
  end

  it("shows how far it is, and its report when it is done", function()
    send(40)
    local started = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", cjson.decode(CHANGE))
    local seen = wait_for(started, function(run) return run.state == "done" end)
    assert.same({ 40, 40, 40 }, { seen.done, seen.total, seen.report.payloads })
    assert.same({ 4, 2, 2, 0 }, { seen.report.groups.old, seen.report.groups.new, seen.report.groups.merged.count, seen.report.groups.split.count })
  end)

  local function follow(run)
    return event_stream.open(s.port, "/api/v1/backtests/" .. run.id .. "/events/", { Authorization = s.token })
  end

  it("is told while it runs to who listens, up to its report; and at once when it is over", function()
    send(130)
    local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", SLOW)
    local l <close> = follow(run)
    local last, count = -1, 0
    for e in l.next, l do
      assert.equal(run.id, e.data.id)
      assert.is_true(e.data.done >= last)
      last, count = e.data.done, count + 1
      if e.kind == "end" then
        assert.same({ "done", 130, 130, 130 }, { e.data.state, e.data.done, e.data.total, e.data.report.payloads })
        break
      end
      assert.equal("progress", e.kind)
    end
    assert.is_nil(l:next())
    assert.is_true(count > 2, count)
    local late <close> = follow(run)
    assert.equal(130, late:find("end").report.payloads)
    assert.is_nil(late:next())
    assert.equal(404, s:request("GET", "/api/v1/backtests/B111111111111/events/").status)
  end)

  it("tells who listens that it was stopped, with what it has found", function()
    send(130)
    local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", SLOW)
    local l <close> = follow(run)
    l:find("progress", function(e) return e.done > 0 end)
    s:api("POST", "/backtests/" .. run.id .. "/stop/")
    local last = l:find "end"
    assert.equal("stopped", last.state)
    assert.is_true(last.report.payloads < 130)
  end)

  it("ends when it is asked to, with what it has found; and with the server", function()
    send(130)
    local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", SLOW)
    wait_for(run, function(seen) return seen.state == "running" and seen.total == 130 and seen.done > 0 end)
    s:api("POST", "/backtests/" .. run.id .. "/stop/")
    local seen = wait_for(run, function(one) return one.state ~= "running" end)
    assert.equal("stopped", seen.state)
    assert.is_true(seen.report.payloads > 0 and seen.report.payloads < 130, seen.report.payloads)
    run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", SLOW)
    wait_for(run, function(one) return one.state == "running" end)
    local from = uv.hrtime()
    s:stop()
    assert.is_true(uv.hrtime() - from < 2e9)
  end)

  -- What a command asks of the running server.
  local function ask(arguments)
    local pipe, said, is_over = uv.new_pipe(), {}, false
    pipe:connect(s.data .. "/control.sock", function(why)
      assert(not why, why)
      pipe:write("backtest " .. cjson.encode(arguments) .. "\n")
      pipe:read_start(function(_, bytes)
        if bytes then said[#said + 1] = bytes else is_over = true end
      end)
    end)
    while not is_over do uv.run("once") end
    pipe:close()
    uv.run("nowait")
    return cjson.decode((table.concat(said):match("^ok (.*)$")))
  end

  it("of a command that went away ends by itself", function()
    send(130)
    local run = ask { start = cjson.encode { integration = hook.id, changes = SLOW }, lease_ms = 200 }
    for _ = 1, 8 do -- somebody looks: it goes on
      uv.sleep(50)
      assert.is_truthy(({ waiting = true, running = true })[ask({ id = run.id }).state])
    end
    uv.sleep(1000)
    assert.equal("stopped", ask({ id = run.id }).state)
  end)

  it("is there for who sees its integration, and for nobody else", function()
    send(4)
    local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", cjson.decode(CHANGE))
    wait_for(run, function(seen) return seen.state == "done" end)
    local _, out = server.run { "token", "create", "--data", s.data, "--role", "editor", "--name", "outside" }
    local outside = { anonymous = true, headers = { Authorization = out:match("%x+") } }
    local function ask_all()
      local path = "/api/v1/backtests/" .. run.id
      return { s:request("GET", path .. "/", outside).status, s:request("GET", path .. "/events/", outside).status,
        s:request("POST", path .. "/stop/", outside).status }
    end
    assert.same({ 200, 200, 200 }, ask_all())
    local team = s:api("POST", "/teams/", { name = "secret" })
    s:api("PUT", "/integrations/" .. hook.id .. "/", { team_id = team.id })
    assert.same({ 404, 404, 404 }, ask_all())
    assert.equal("done", look(run).state)
  end)

  it("is told to a command as it goes on, and who waits for that holds up nobody", function()
    send(130)
    local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", SLOW)
    local id = ask({ start = cjson.encode { integration = hook.id, changes = SLOW } }).id -- waits for the first
    local waiting = uv.new_pipe()
    waiting:connect(s.data .. "/control.sock", function()
      waiting:write("backtest " .. cjson.encode { id = id, wait_ms = 1000, state = "waiting", done = 0 } .. "\n")
    end)
    local from, seen, news = uv.hrtime(), look(run), 0
    local first = ask({ id = id }).id - 1
    while seen.state ~= "done" do
      local next_one = ask { id = first, wait_ms = 1000, state = seen.state, done = seen.done }
      news = news + (next_one.done > seen.done and 1 or 0)
      seen = next_one
    end
    assert.is_true(news > 2, news)
    assert.is_true(uv.hrtime() - from < 60e9)
    waiting:close()
    uv.run("nowait")
  end)

  it("waits for its turn, and too many are refused", function()
    send(130)
    local runs = {}
    for n = 1, 20 do
      local answer = s:request("POST", "/api/v1/integrations/" .. hook.id .. "/backtest/", { body = SLOW })
      if answer.status ~= 202 then
        assert.same({ 503, "30" }, { answer.status, answer.headers["retry-after"] })
        assert.is_true(n > 8)
        break
      end
      runs[n] = answer.json
    end
    assert.is_true(#runs < 20)
    for _, run in ipairs(runs) do s:api("POST", "/backtests/" .. run.id .. "/stop/") end
    for _, run in ipairs(runs) do wait_for(run, function(seen) return seen.state == "stopped" end) end
  end)

  it("is a command, with a server and without", function()
    send(12)
    local words = { "--integration", "shop", "--changes", "-", "--last", "9" }
    local code, out, err = command(words, CHANGE)
    assert.same({ 0, "9 alerts" }, { code, out:match("^[^\n]*") }, err)
    assert.truthy(out:find("groups: 4, would be 2\n  merged: 2\n", 1, true), out)
    assert.truthy(out:find('web.title: 9 differ\n', 1, true), out)
    assert.truthy(out:find('"t4" -> "t4!"', 1, true), out)
    words[#words + 1] = "--json"
    local _, lines = command(words, CHANGE)
    local last
    for line in lines:gmatch("[^\n]+") do last = cjson.decode(line) end
    assert.same({ "done", 9 }, { last.state, last.report.payloads })
    s:stop()
    words[#words] = nil
    local again, same = command(words, CHANGE)
    assert.same({ 0, out }, { again, same })
  end)

  it("says what is wrong with a command", function()
    local function fails(code, sentence, words, input)
      local c, out, err = command(words, input)
      assert.same({ code, "" }, { c, out })
      assert.truthy(err:find(sentence, 1, true), err)
    end
    fails(2, "--integration is missing", {})
    fails(2, "--changes is missing", { "--integration", "shop" })
    fails(2, "--last must be", { "--integration", "shop", "--changes", "-", "--last", "0" })
    fails(2, "unexpected '--lst'", { "--lst", "1" })
    fails(1, "not a JSON object", { "--integration", "shop", "--changes", "-" }, "[]")
    fails(1, "nope", { "--integration", "nope", "--changes", "-" }, "{}")
    fails(1, "grouping", { "--integration", "shop", "--changes", "-" }, '{"templates":{"grouping":"x"}}')
    fails(1, "/nowhere.json", { "--integration", "shop", "--changes", "/nowhere.json" })
  end)
end)
