--- Answers that go on: pieces made on another thread, peers that stall or vanish, thousands that are silent, and the end.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local socket <const> = require "socket"

local function stats(server)
  return cjson.decode(assert(raw.ask(server.port, raw.request("GET", "/stats"))).body)
end

local function wait_for(what, check)
  local until_at = socket.gettime() + 3 * raw.patience
  while not check() do
    assert(socket.gettime() < until_at, "not in time: " .. what)
    socket.sleep(0.005)
  end
end

local function wait_until_alone(server)
  wait_for("the other connections to go", function() return stats(server).open_connections == 1 end)
end

local function open(server, target, version)
  local c <const> = raw.connect(server.port)
  c:send((raw.request("GET", target):gsub("HTTP/1.1", version or "HTTP/1.1", 1)))
  return c
end

local function all_of(c)
  local pieces = {}
  for piece in c:chunks() do pieces[#pieces + 1] = piece end
  return pieces
end

for _, loops in ipairs { 1, 2 } do
  describe("an answer that goes on, with " .. loops .. " loops,", function()
    local server

    setup(function()
      server = raw.start_echo(("--loops %d --silence_ms 80 --body_ms 300 --idle_ms 100 --header_ms 100 --stream_bytes 100000")
        :format(loops))
    end)

    teardown(function() server:finish() end)

    it("comes piece by piece as they are made, outlives the idle time, and ends its connection", function()
      local c <close> = open(server, "/stream?count=6&ms=25&size=3")
      local status, headers = c:begin()
      assert.equal(200, status)
      assert.equal("chunked", headers["transfer-encoding"])
      assert.equal("close", headers["connection"])
      assert.equal("text/event-stream", headers["content-type"])
      assert.is_nil(headers["content-length"])
      local started_at = socket.gettime()
      assert.equal("begin\n", c:chunk())
      assert.is_true(socket.gettime() - started_at < 0.1)
      assert.same({ "xxx", "xxx", "xxx", "xxx", "xxx", "xxx" }, all_of(c))
      assert.is_true(socket.gettime() - started_at > 0.14)
      assert.equal("", c:rest())
    end)

    it("says something now and then in a silence, and only then", function()
      local c <close> = open(server, "/stream?count=2&ms=300&size=3")
      c:begin()
      local first, second = table.concat(all_of(c)):match("^begin\nxxx([:\n]+)xxx([:\n]+)$")
      assert.matches("^:\n:\n:?\n?$", first)
      assert.matches("^:\n:\n:?\n?$", second)
    end)

    it("is plain bytes up to the end for HTTP/1.0, and only a head for HEAD", function()
      local old <close> = open(server, "/stream?count=2&ms=0&size=3", "HTTP/1.0")
      local bytes = old:rest()
      assert.matches("^HTTP/1%.1 200 ", bytes)
      assert.is_nil(bytes:find("chunked", 1, true))
      assert.equal("begin\nxxxxxx", bytes:match("\r\n\r\n(.*)$"))
      local head <close> = raw.connect(server.port)
      head:send(raw.request("HEAD", "/stream?count=2&ms=0"))
      assert.equal(200, head:read({ head = true }).status)
      assert.is_true(head:is_quiet(0.02))
    end)

    it("is sent in its turn, and what was asked behind it is not answered", function()
      local c <close> = raw.connect(server.port)
      c:send(raw.request("GET", "/slow?ms=60&text=first") .. raw.request("GET", "/stream?count=2&ms=5&size=2")
        .. raw.request("GET", "/big?n=1") .. raw.request("POST", "/echo", ("y"):rep(5000)))
      assert.equal("first", assert(c:read()).body)
      assert.equal(200, (c:begin()))
      assert.equal("begin\nxxxx", table.concat(all_of(c)))
      assert.equal("", c:rest())
    end)

    it("throws away what the peer sends meanwhile, as much as it likes", function()
      local c <close> = open(server, "/stream?count=20&ms=10&size=1")
      c:begin()
      for _ = 1, 20 do c:send(("GET / HTTP/1.1\r\n"):rep(10000)) end
      assert.equal("begin\n" .. ("x"):rep(20), table.concat(all_of(c)))
      assert.equal(#raw.request("GET", "/stats"), stats(server).bodies_in_flight) -- its own
    end)

    it("notices a peer that closes, resets or says that it is done, without sending anything", function()
      for _, how in ipairs { "close", "reset", "half" } do
        local c <close> = open(server, "/stream?count=1&ms=60000")
        c:begin()
        assert.equal("begin\n", c:chunk())
        if how == "reset" then c.sock:setoption("linger", { on = true, timeout = 0 }) end
        if how == "half" then c:half_close() else c:close() end
        wait_until_alone(server)
      end
    end)

    it("cuts off a peer that stalls once its bound is reached, and holds no more than that for it", function()
      local c <close> = open(server, "/stream?count=100000&ms=0&size=60000")
      wait_until_alone(server)
      -- 100,000 pieces would be 6 GB; the sockets' own buffers take some MB.
      assert.is_true(stats(server).bytes_out < 60000000)
      c:begin()
      assert.has_error(function() all_of(c) end, "closed before the end of a line")
    end)

    it("cuts off a peer that reads nothing for the time an answer may take, below the bound too", function()
      local c <close> = raw.connect(server.port)
      c.sock:setoption("recv-buffer-size", 4096)
      local fill = raw.request("GET", "/big?n=6000000")
      c:send(fill .. raw.request("GET", "/stream?count=1000&ms=10&size=10"))
      wait_until_alone(server)
    end)

    it("goes on for a peer that is slow but reads", function()
      local c <close> = open(server, "/stream?count=40&ms=5&size=50000")
      c:begin()
      local bytes = 0
      for piece in c:chunks() do
        bytes = bytes + #piece
        socket.sleep(0.004)
      end
      assert.equal(6 + 40 * 50000, bytes)
    end)
  end)
end

describe("answers that go on", function()
  it("end properly when the server stops, wherever they are", function()
    local server = raw.start_echo "--loops 2"
    local c = {}
    for i = 1, 40 do
      c[i] = open(server, ("/stream?count=100000&ms=%d&size=100"):format(i % 2 == 0 and 1 or 60000))
      assert.equal(200, (c[i]:begin()))
    end
    local stalled <close> = open(server, "/stream?count=100000&ms=1&size=2000")
    socket.sleep(0.02)
    server:signal("TERM")
    for i = 1, 40 do
      assert.equal("begin\n", table.concat(all_of(c[i])):sub(1, 6))
      assert.equal("", c[i]:rest())
      c[i]:close()
    end
    stalled:close()
    server:finish()
  end)

  it("cost nothing while they are silent: no time, and little memory", function()
    local server = raw.start_echo "--loops 2 --connections 6000"
    local function resident()
      return tonumber(raw.shell("awk '/VmRSS/{print $2}' /proc/" .. server.pid .. "/status"))
    end
    local function ticks()
      local user, system = raw.shell("cut -d' ' -f14,15 /proc/" .. server.pid .. "/stat"):match("(%d+) (%d+)")
      return user + system
    end
    local before, c = resident(), {}
    for i = 1, 900 do
      c[i] = open(server, "/stream?count=1&ms=600000")
      c[i]:begin()
    end
    local each = (resident() - before) * 1024 / #c
    local used = ticks()
    socket.sleep(0.5)
    assert.is_true(ticks() - used <= 1, "silent streams use the processor")
    if (os.getenv("SPEC_SAN") or "") == "" then assert.is_true(each < 6000, ("%.0f bytes a stream"):format(each)) end
    assert.equal(#raw.request("GET", "/stats"), stats(server).bodies_in_flight) -- its own
    for _, one in ipairs(c) do one:close() end
    wait_until_alone(server)
    server:finish()
  end)
end)
