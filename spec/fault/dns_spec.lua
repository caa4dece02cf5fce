--- DNS down while a real server calls people: names that it knew go on working, what needs another name is tried again, and
--- nobody else waits for it.
local uv <const> = require "luv"
local called <const> = require "called"
local outgoing <const> = require "outgoing"
local receiver <const> = require "receiver"
local server <const> = require "server"

local SLOW <const> = (os.getenv("SPEC_SAN") or "") == "" and 1 or 5

describe("DNS that is down", function()
  local c, fake, fakes, file

  setup(function()
    fake, fakes, file = receiver.open(), outgoing.fakes(), os.tmpname()
    local dns = fakes:open { ["do"] = "dns" }
    local numeric, named = "http://127.0.0.1:" .. fake.port, "http://known.test:" .. fake.port
    c = called.new { env = server.preloaded("set_clock", { SET_CLOCK = file }), args = { "--dns-servers", "127.0.0.1:" .. dns },
      people = { ada = { named .. "/ada", numeric .. "/ada-next" }, bob = { numeric .. "/bob" } },
      steps = { { type = "notify_persons", user = "ada" }, { type = "notify_persons", user = "bob" } } }
    c:start()
  end)
  teardown(function()
    assert.equal(0, c:stop(), table.concat(c.server.log, "\n"))
    fake:close()
    fakes:stop()
    os.remove(file)
    server.remove(c.data)
  end)

  local function ms_until(from, path, count)
    server.wait(function() return fake:count(path) >= count end, path)
    return (uv.hrtime() - from) // 1000000
  end

  it("brings the next rule in its time, lets nobody else wait, and the page itself when DNS is back", function()
    fakes:dns { ["known.test"] = { drop = true } }
    local from = uv.hrtime()
    assert.equal(200, c:post "a")
    assert.is_true(ms_until(from, "/bob", 1) < 500 * SLOW)
    local next_rule = ms_until(from, "/ada-next", 1)
    assert.is_true(next_rule >= 1000 and next_rule < 2000 * SLOW, next_rule .. " ms")
    server.wait(function() return c:ask "SELECT count(*) FROM delivery WHERE state = 'retry'" ~= "0" end, "the failed attempt")
    assert.matches("known%.test", c:ask "SELECT error FROM delivery WHERE state = 'retry'")
    assert.equal(0, fake:count "/ada")
    fakes:dns { ["known.test"] = { A = { "127.0.0.1" }, ttl = 10 } }
    ms_until(from, "/ada", 1)
    server.wait(function() return c:ask "SELECT count(*) FROM notification WHERE due_at IS NOT NULL" == "0" end, "the record")
    assert.equal(1, fake:count "/ada")
  end)

  it("takes nothing from the names that are known, long after their time", function()
    fakes:dns { ["known.test"] = { drop = true } }
    local f <close> = assert(io.open(file, "w"))
    f:write("1200 1200") -- twenty minutes of sleep
    f:flush()
    local from = uv.hrtime()
    assert.equal(200, c:post "b")
    assert.is_true(ms_until(from, "/ada", 2) < 1000 * SLOW)
    assert.equal(0, c:count_log "clock_was_set")
  end)
end)
