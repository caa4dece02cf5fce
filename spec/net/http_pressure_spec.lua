--- Too many of them, peers that vanish, and the end of the server.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local socket <const> = require "socket"

local function stats(server)
  return cjson.decode(assert(raw.ask(server.port, raw.request("GET", "/stats"))).body)
end

local function wait_for(what, check)
  local until_at = socket.gettime() + raw.patience
  while not check() do
    assert(socket.gettime() < until_at, "not in time: " .. what)
    socket.sleep(0.005)
  end
end

local function ask_on(c, target)
  c:send(raw.request("GET", target))
  return c:read()
end

for _, loops in ipairs { 1, 2 } do
  describe("the connection limit with " .. loops .. " loops", function()
    local server

    setup(function() server = raw.start_echo("--connections 8 --loops " .. loops) end)

    teardown(function() server:finish() end)

    it("makes the longest idle connection go", function()
      local c = {}
      for i = 1, 8 do
        c[i] = raw.connect(server.port)
        assert(ask_on(c[i], "/big?n=1"))
        socket.sleep(0.003)
      end
      assert(ask_on(c[1], "/big?n=1")) -- now the second has idled longest
      local ninth <close> = raw.connect(server.port)
      assert.equal(200, assert(ask_on(ninth, "/big?n=1")).status)
      assert.equal("", c[2]:rest())
      for _, i in ipairs { 1, 3, 4, 5, 6, 7, 8 } do
        assert.equal(200, assert(ask_on(c[i], "/big?n=1"), "connection " .. i).status)
        c[i]:close()
      end
    end)

    it("turns a new connection away when all are busy, and says so whatever it sends", function()
      local c = { raw.connect(server.port) }
      wait_for("the connections of the spec before to go", function()
        return cjson.decode(assert(ask_on(c[1], "/stats")).body).open_connections == 1
      end)
      for i = 2, 8 do c[i] = raw.connect(server.port) end
      wait_for("all to be counted", function()
        return cjson.decode(assert(ask_on(c[1], "/stats")).body).open_connections == 8
      end)
      for i = 1, 8 do c[i]:send(raw.request("GET", "/slow?ms=250&text=kept" .. i)) end
      socket.sleep(0.05)
      local ninth <close> = raw.connect(server.port)
      ninth:send(raw.request("POST", "/echo", ("x"):rep(100000)))
      local answer = assert(ninth:read())
      assert.equal(503, answer.status)
      assert.equal("1", answer.headers["retry-after"])
      assert.matches("all 8 connections", cjson.decode(answer.body).detail)
      assert.equal("", ninth:rest())
      for i = 1, 8 do
        assert.equal("kept" .. i, assert(c[i]:read()).body)
        c[i]:close()
      end
    end)

    it("stays usable under a crowd", function()
      local crowd = {}
      for i = 1, 100 do crowd[i] = raw.connect(server.port) end
      wait_for("an answer for a newcomer", function()
        local answer = raw.ask(server.port, raw.request("GET", "/big?n=1"))
        return answer and answer.status == 200
      end)
      wait_for("the crowd to shrink", function() return stats(server).open_connections <= 8 end)
      for i = 1, 100 do crowd[i]:close() end
    end)
  end)
end

describe("a server short of file descriptors", function()
  it("keeps half of a small allowance free, says so, and goes on answering", function()
    local server = raw.start_echo("", "ulimit -n 140;")
    local crowd = {}
    for i = 1, 120 do crowd[i] = raw.connect(server.port) end
    wait_for("an answer for a newcomer", function()
      local answer = raw.ask(server.port, raw.request("GET", "/big?n=1"))
      return answer and answer.status == 200
    end)
    for i = 1, 120 do crowd[i]:close() end
    local _, ended_well, errors = server:stop()
    assert.is_true(ended_well)
    assert.matches('"event":"connections_capped".-"connections":70', errors)
    assert.is_nil(errors:find "accept_failed")
  end)

  it("lets idle connections go when there is not one left", function()
    local server = raw.start_echo()
    local idle = raw.connect(server.port)
    assert(ask_on(idle, "/big?n=1"))
    local taken, first_free = {}, 0
    for fd in raw.shell(("ls /proc/%d/fd"):format(server.pid)):gmatch "%d+" do taken[tonumber(fd)] = true end
    while taken[first_free] do first_free = first_free + 1 end
    assert.equal("", raw.shell(("prlimit --pid %d --nofile=%d 2>&1"):format(server.pid, first_free)))
    assert.is_nil(raw.ask(server.port, ""))
    assert.equal("", idle:rest())
    assert.equal(200, assert(raw.ask(server.port, raw.request("GET", "/big?n=1"))).status)
    local output, ended_well, errors = server:stop()
    assert.equal("stopped idle with 0 bytes in flight\n", output)
    assert.is_true(ended_well)
    assert.matches('"event":"accept_failed"', errors)
    idle:close()
  end)
end)

describe("a peer that vanishes", function()
  local server

  setup(function() server = raw.start_echo("--loops 2") end)

  teardown(function() server:finish() end)

  local function reset(c)
    c.sock:setoption("linger", { on = true, timeout = 0 })
    c:close()
  end

  local requests <const> = {
    { "before the answer", raw.request("POST", "/slow?ms=10", ("b"):rep(5000)) },
    { "before any of several answers", raw.request("GET", "/slow?ms=10"):rep(20) },
    { "with answers that wait behind one", raw.request("GET", "/slow?ms=10") .. raw.request("GET", "/big?n=1000"):rep(5) },
    { "within a header block", "GET / HTTP/1.1\r\nHost: sp" },
    { "within a body", "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 5000\r\n\r\nxx" },
    { "within a gzip body",
      "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Encoding: gzip\r\nContent-Length: 5000\r\n\r\n\x1f\x8b" },
    { "within a large answer", raw.request("GET", "/big?n=10000000"), 4 },
    { "without a byte", "" },
  }

  for _, case in ipairs(requests) do
    it(case[1] .. " leaves nothing behind, by FIN or by reset", function()
      for i = 1, case[3] or 40 do
        local c = raw.connect(server.port)
        c:send(case[2])
        if i % 4 < 2 then socket.sleep(0.001) end
        if i % 2 == 0 then reset(c) else c:close() end
      end
      wait_for("the connections to go", function() return stats(server).open_connections == 1 end)
      wait_for("the bytes in flight to go", function() return stats(server).bodies_in_flight < 200 end)
    end)
  end
end)

describe("the end of the server", function()
  it("answers what it took, refuses what is half there, and closes the rest", function()
    for _, loops in ipairs { 1, 3 } do
      local server = raw.start_echo("--loops " .. loops)
      local idle <close> = raw.connect(server.port)
      local busy <close> = raw.connect(server.port)
      local half <close> = raw.connect(server.port)
      local body <close> = raw.connect(server.port)
      local both <close> = raw.connect(server.port)
      assert(ask_on(idle, "/big?n=1"))
      busy:send(raw.request("GET", "/slow?ms=100&text=taken"))
      half:send "GET /big HTTP/1.1\r\nHos"
      body:send "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 10\r\n\r\nhalf"
      both:send(raw.request("GET", "/slow?ms=100&text=one") .. raw.request("GET", "/slow?ms=60&text=two"))
      socket.sleep(0.03)
      server:signal "TERM"
      assert.equal("", idle:rest())
      for _, c in ipairs { half, body } do
        local answer = assert(c:read())
        assert.equal(503, answer.status)
        assert.equal("1", answer.headers["retry-after"])
        assert.equal("", c:rest())
      end
      assert.is_nil(socket.connect("127.0.0.1", server.port))
      local answer = assert(busy:read())
      assert.equal("taken", answer.body)
      assert.equal("close", answer.headers.connection)
      assert.equal("one", assert(both:read()).body)
      assert.equal("two", assert(both:read()).body)
      assert.equal("", both:rest())
      local output, ended_well, errors = server:wait()
      assert.equal("stopped idle with 0 bytes in flight\n", output)
      assert.is_true(ended_well)
      assert.equal("", errors)
    end
  end)

  it("loses no answer of a busy pipeline: each is whole, and the last says close or the connection just ends", function()
    local server = raw.start_echo("--loops 2")
    local c <close> = raw.connect(server.port)
    c:send(raw.request("GET", "/slow?ms=5&text=abc"):rep(200))
    assert(c:read())
    server:signal "TERM"
    local answer, reason
    repeat
      answer, reason = c:read()
      if answer then assert.equal("abc", answer.body) end
    until not answer
    assert.equal("closed", reason)
    local output, ended_well = server:wait()
    assert.equal("stopped idle with 0 bytes in flight\n", output)
    assert.is_true(ended_well)
  end)
end)

describe("the listen address", function()
  it("may be IPv6, and peers are named by their address", function()
    local server = raw.start_echo "--listen '[::1]:0'"
    local c <close> = raw.connect(server.port, "::1")
    assert.equal("::1", cjson.decode(assert(ask_on(c, "/request")).body).peer)
    c:close()
    server:finish()
  end)

  it("may be all of them; a mapped address is named as IPv4", function()
    local server = raw.start_echo "--listen '[::]:0'"
    local c <close> = raw.connect(server.port)
    assert.equal("127.0.0.1", cjson.decode(assert(ask_on(c, "/request")).body).peer)
    c:close()
    server:finish()
  end)

  it("that is wrong or taken ends with a sentence that holds it", function()
    local server = raw.start_echo()
    for _, listen in ipairs { "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "::1:80", "[::zz]:0",
      "nowhere.invalid:0", "127.0.0.1:" .. server.port } do
      local ok, message = pcall(raw.start_echo, "--listen '" .. listen .. "'")
      assert.is_false(ok, listen)
      assert.matches("listen " .. listen:gsub("%p", "%%%0") .. ": %w+", message)
    end
    server:stop()
  end)
end)
