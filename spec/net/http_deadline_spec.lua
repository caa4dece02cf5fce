--- Slow peers: each kind of wait has its deadline, measured from its start and not from the last byte.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local socket <const> = require "socket"

local LIMIT <const> = 0.12 -- seconds; the deadlines of this server

describe("a deadline of the HTTP server", function()
  local server

  setup(function() server = raw.start_echo "--header_ms 120 --body_ms 120 --idle_ms 120 --loops 2" end)

  teardown(function() server:finish() end)

  -- Sends a byte every 10 ms until the server answers or the time is over; returns the answer and the seconds it took.
  local function trickle(c, start, bytes)
    local started_at = socket.gettime()
    c:send(start)
    for byte in bytes:gmatch(".") do
      local answer, reason = c:read { patience = 0.01 }
      if answer or reason == "closed" then return answer, socket.gettime() - started_at end
      c:send(byte)
    end
    error("the server waited for all of it")
  end

  local function open_connections()
    local answer = assert(raw.ask(server.port, raw.request("GET", "/stats")))
    return cjson.decode(answer.body).open_connections
  end

  -- Other connections of this spec are gone; the one that asks is left.
  local function wait_until_alone()
    local until_at = socket.gettime() + raw.patience
    while open_connections() > 1 do
      assert(socket.gettime() < until_at, "a connection stays open")
      socket.sleep(0.01)
    end
  end

  it("ends a header block that trickles: 408", function()
    local c <close> = raw.connect(server.port)
    local answer, seconds = trickle(c, "GET / HTTP/1.1\r\n", ("X-Slow: y\r\n"):rep(10))
    assert.equal(408, answer.status)
    assert.matches("header block .* 120 ms", cjson.decode(answer.body).detail)
    assert.equal("close", answer.headers.connection)
    assert.is_true(seconds > LIMIT * 0.9 and seconds < LIMIT * 3, seconds)
    assert.equal("", c:rest())
  end)

  it("counts for each header block, not for the connection", function()
    local c <close> = raw.connect(server.port)
    for _ = 1, 3 do
      c:send "GET /big HTTP/1.1\r\nHo"
      socket.sleep(LIMIT * 0.6)
      c:send "st: spec\r\n\r\n"
      assert.equal(200, assert(c:read()).status)
    end
  end)

  it("ends a body that trickles: 408, by length and in chunks", function()
    for _, framing in ipairs { "Content-Length: 1000", "Transfer-Encoding: chunked" } do
      local c <close> = raw.connect(server.port)
      local answer, seconds = trickle(c, "POST /echo HTTP/1.1\r\nHost: spec\r\n" .. framing .. "\r\n\r\n", ("1\r\nx\r\n"):rep(15))
      assert.equal(408, answer.status)
      assert.matches("body .* 120 ms", cjson.decode(answer.body).detail)
      assert.is_true(seconds > LIMIT * 0.9 and seconds < LIMIT * 3, seconds)
      assert.equal("", c:rest())
    end
  end)

  it("answers in its turn when an earlier answer is still due", function()
    local c <close> = raw.connect(server.port)
    c:send(raw.request("GET", "/slow?ms=160&text=first") .. "GET / HTTP/1.1\r\nHos")
    assert.equal("first", assert(c:read()).body)
    assert.equal(408, assert(c:read()).status)
  end)

  it("ends an idle connection without a word, new or used", function()
    local new <close> = raw.connect(server.port)
    local used <close> = raw.connect(server.port)
    used:send(raw.request("GET", "/big?n=1"))
    assert(used:read())
    local started_at = socket.gettime()
    assert.equal("", new:rest())
    assert.equal("", used:rest())
    assert.is_true(socket.gettime() - started_at < LIMIT * 3)
  end)

  it("does not hurry a handler", function()
    assert.equal("late", assert(raw.ask(server.port, raw.request("GET", "/slow?ms=200&text=late"))).body)
  end)

  it("ends a peer that does not read its answer", function()
    local c <close> = raw.connect(server.port)
    c:send(raw.request("GET", "/big?n=40000000"))
    socket.sleep(LIMIT * 0.5)
    assert.equal(2, open_connections())
    wait_until_alone()
  end)

  it("ends a peer that asks on and on without reading; meanwhile little is read and answered", function()
    local before = cjson.decode(assert(raw.ask(server.port, raw.request("GET", "/stats"))).body)
    local c <close> = raw.connect(server.port)
    c.sock:settimeout(0.05)
    local sent = c:send(raw.request("GET", "/big?n=1000000"):rep(200000))
    assert.is_false(sent)
    local after = cjson.decode(assert(raw.ask(server.port, raw.request("GET", "/stats"))).body)
    assert.is_true(after.requests - before.requests < 60, after.requests - before.requests)
    assert.is_true(after.bytes_in - before.bytes_in < 3000000)
    wait_until_alone()
  end)

  it("ends a peer that neither reads nor closes after its last answer", function()
    local c <close> = raw.connect(server.port)
    c:send "BAD\r\n\r\n"
    socket.sleep(0.02)
    assert.equal(2, open_connections())
    wait_until_alone()
    assert.equal(400, assert(c:read()).status)
  end)

  it("is over when the bytes are there, even if the loop was held up meanwhile", function()
    local one_loop = raw.start_echo "--idle_ms 100 --loops 1"
    local first <close> = raw.connect(one_loop.port)
    local idle <close> = raw.connect(one_loop.port)
    local second <close> = raw.connect(one_loop.port)
    first:send(raw.request("GET", "/block?ms=40"))
    socket.sleep(0.01) -- while the loop is blocked, both of these arrive and are read in one turn
    idle:send(raw.request("GET", "/slow?ms=1&text=in+time"))
    second:send(raw.request("GET", "/block?ms=80"))
    assert.equal("in time", assert(idle:read()).body)
    assert.equal("blocked", assert(second:read()).body)
    one_loop:finish()
  end)

  it("of 200 slow peers at once holds up nobody else", function()
    local slow = {}
    for i = 1, 200 do
      slow[i] = raw.connect(server.port)
      slow[i]:send "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 10\r\n\r\nx"
    end
    local started_at = socket.gettime()
    for _ = 1, 20 do assert.equal(200, assert(raw.ask(server.port, raw.request("GET", "/big?n=1"))).status) end
    assert.is_true(socket.gettime() - started_at < LIMIT)
    for i = 1, 200 do
      assert.equal(408, assert(slow[i]:read()).status)
      slow[i]:close()
    end
    wait_until_alone()
  end)
end)
