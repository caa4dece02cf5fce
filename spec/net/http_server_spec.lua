--- The HTTP server over real sockets: keep-alive, pipelining, bodies, methods, and the limits that need no clock.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local socket <const> = require "socket"

local GZIP_HELLO <const> = -- printf hello | gzip -n
  "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00"

for _, loops in ipairs { 1, 3 } do
  describe("the HTTP server with " .. loops .. " loops", function()
    local server

    local function ask(...) return assert(raw.ask(server.port, raw.request(...))) end

    setup(function()
      server = raw.start_echo("--body_bytes 65536 --target_bytes 1000 --header_bytes 4000 --header_count 10"
        .. " --bodies_in_flight 200000 --loops " .. loops)
    end)

    teardown(function() server:finish() end)

    describe("answers", function()
      it("a POST with its body and keeps the connection", function()
        local c <close> = raw.connect(server.port)
        for i = 1, 3 do
          c:send(raw.request("POST", "/echo", "body " .. i))
          local answer = assert(c:read())
          assert.equal(200, answer.status)
          assert.equal("body " .. i, answer.body)
          assert.equal("text/plain", answer.headers["content-type"])
          assert.equal("nosniff", answer.headers["x-content-type-options"])
          assert.is_nil(answer.headers.connection)
          assert.matches("^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d GMT$", answer.headers.date)
        end
      end)

      it("with what the handler was given", function()
        local seen = cjson.decode(ask("PUT", "/request?a=b?c=%20d", "x\0y",
          "User-AGENT: me\r\nX-Padded: \t two words \t\r\nX-Empty:\r\nX-High: \xc3\xa9\r\n").body)
        assert.equal("PUT", seen.method)
        assert.equal("/request", seen.path)
        assert.equal("a=b?c=%20d", seen.query)
        assert.equal("127.0.0.1", seen.peer)
        assert.equal("x\0y", seen.body)
        assert.equal("me", seen.agent)
        assert.same({ { "host", "spec" }, { "user-agent", "me" }, { "x-padded", "two words" }, { "x-empty", "" },
          { "x-high", "\xc3\xa9" }, { "content-length", "3" } }, seen.headers)
        assert.is_true(math.abs(seen.received_at / 1e6 - socket.gettime()) < 5)
      end)

      it("every method it knows", function()
        for _, method in ipairs { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" } do
          assert.equal(method, cjson.decode(ask(method, "/request").body).method)
        end
      end)

      it("HEAD with the headers of GET and no body, and reads on behind it", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("HEAD", "/big?n=10") .. raw.request("GET", "/big?n=3"))
        local head = assert(c:read { head = true })
        assert.equal("10", head.headers["content-length"])
        assert.equal("xxx", assert(c:read()).body)
      end)

      it("204 and 304 without a body or a length", function()
        local c <close> = raw.connect(server.port)
        for _, status in ipairs { 204, 304 } do
          c:send(raw.request("GET", "/status?code=" .. status))
          local answer = assert(c:read())
          assert.equal(status, answer.status)
          assert.is_nil(answer.headers["content-length"])
        end
        c:send(raw.request("GET", "/status"))
        assert.equal("status 200", assert(c:read()).body)
      end)

      it("HTTP/1.0 and closes, or keeps the connection when asked to", function()
        local c <close> = raw.connect(server.port)
        c:send("GET /big?n=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert.equal("keep-alive", assert(c:read()).headers.connection)
        c:send("POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
        local answer = assert(c:read())
        assert.equal("hi", answer.body)
        assert.equal("close", answer.headers.connection)
        assert.equal("", c:rest())
      end)

      it("the last request of a connection and reads nothing after it", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/big?n=1", nil, "Connection: close\r\n") .. raw.request("GET", "/big?n=2"))
        assert.equal("close", assert(c:read()).headers.connection)
        assert.equal("", c:rest())
      end)

      it("with a close when the handler wants one", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/status?code=403&close=1") .. raw.request("GET", "/slow?ms=1")
          .. raw.request("GET", "/big"))
        local answer = assert(c:read())
        assert.equal(403, answer.status)
        assert.equal("close", answer.headers.connection)
        assert.equal("", c:rest())
      end)

      it("a peer that has closed its sending side", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/slow?ms=20&text=late") .. raw.request("POST", "/echo", "too"))
        c:half_close()
        assert.equal("late", assert(c:read()).body)
        assert.equal("too", assert(c:read()).body)
        assert.equal("", c:rest())
      end)

      it("what was complete when the peer stops within a request", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/slow?ms=20&text=whole")
          .. "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 9\r\n\r\nhal")
        c:half_close()
        assert.equal("whole", assert(c:read()).body)
        assert.equal("", c:rest())
      end)

      it("long answers whole", function()
        assert.equal(("x"):rep(5000000), ask("GET", "/big?n=5000000").body)
      end)

      it("one empty line before a request is forgiven", function()
        local c <close> = raw.connect(server.port)
        for _ = 1, 2 do
          c:send("\r\n" .. raw.request("GET", "/big?n=1"))
          assert.equal(200, assert(c:read()).status)
        end
      end)

      it("an offered upgrade as if it were not there", function()
        local answer = ask("POST", "/echo", "plain", "Connection: Upgrade\r\nUpgrade: h2c\r\n")
        assert.equal("plain", answer.body)
      end)
    end)

    describe("pipelining", function()
      it("keeps the order when later answers are ready earlier", function()
        local c <close> = raw.connect(server.port)
        local expected, requests = {}, {}
        for i = 1, 60 do
          local text = "answer" .. i
          expected[i] = text
          requests[i] = i % 3 == 0 and raw.request("POST", "/echo", text)
            or raw.request("GET", ("/slow?ms=%d&text=%s"):format(i * 7 % 11, text))
        end
        c:send(table.concat(requests))
        local got = {}
        for i = 1, 60 do got[i] = assert(c:read()).body end
        assert.same(expected, got)
      end)

      it("takes the same requests at any cut", function()
        local stream = raw.request("POST", "/echo", "one") .. raw.request("GET", "/slow?ms=0&text=two")
          .. "POST /echo HTTP/1.1\r\nHost: spec\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nthr\r\n2\r\nee\r\n0\r\nT: v\r\n\r\n"
        for cut = 1, #stream - 1 do
          local c <close> = raw.connect(server.port)
          c:send(stream:sub(1, cut))
          if cut % 2 == 0 then socket.sleep(0.0005) end
          c:send(stream:sub(cut + 1))
          assert.equal("one", assert(c:read()).body)
          assert.equal("two", assert(c:read()).body)
          assert.equal("three", assert(c:read()).body)
        end
      end)

      it("reads at most 16 requests ahead", function()
        local before = cjson.decode(ask("GET", "/stats").body).requests
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/slow?ms=100&text=first") .. raw.request("GET", "/big?n=1"):rep(40))
        socket.sleep(0.03)
        local during = cjson.decode(ask("GET", "/stats").body).requests
        assert.equal(1 + 16, during - before)
        assert.equal("first", assert(c:read()).body)
        for _ = 1, 40 do assert.equal("x", assert(c:read()).body) end
      end)

      it("answers what came before a bad request, then the refusal, then nothing", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/slow?ms=20&text=good") .. "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"
          .. raw.request("GET", "/big?n=1"))
        assert.equal("good", assert(c:read()).body)
        assert.equal(400, assert(c:read()).status)
        assert.equal("", c:rest())
      end)
    end)

    describe("bodies", function()
      it("in chunks of every size", function()
        local body = ("0123456789abcdef"):rep(40)
        for _, size in ipairs { 1, 2, 15, 16, 17, 255, 256, 640 } do
          local answer = assert(raw.ask(server.port,
            "POST /echo HTTP/1.1\r\nHost: spec\r\nTransfer-Encoding: Chunked\r\n\r\n" .. raw.chunked(body, size)))
          assert.equal(body, answer.body)
        end
      end)

      it("in chunks that arrive byte by byte", function()
        local c <close> = raw.connect(server.port)
        c:send "POST /echo HTTP/1.1\r\nHost: spec\r\nTransfer-Encoding: chunked\r\n\r\n"
        for byte in raw.chunked("slowly but whole", 5):gmatch(".") do
          c:send(byte)
          socket.sleep(0.0003)
        end
        assert.equal("slowly but whole", assert(c:read()).body)
      end)

      it("compressed with gzip, in one piece and byte by byte, with a length and in chunks", function()
        assert.equal("hello", ask("POST", "/echo", GZIP_HELLO, "Content-Encoding: gzip\r\n").body)
        assert.equal("hello", ask("POST", "/echo", GZIP_HELLO, "Content-Encoding: X-GZIP\r\n").body)
        assert.equal("hellohello", ask("POST", "/echo", GZIP_HELLO:rep(2), "Content-Encoding: gzip\r\n").body)
        assert.equal("hello", assert(raw.ask(server.port, "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Encoding: gzip\r\n"
          .. "Transfer-Encoding: chunked\r\n\r\n" .. raw.chunked(GZIP_HELLO, 1))).body)
        assert.equal("plain", ask("POST", "/echo", "plain", "Content-Encoding: identity\r\n").body)
        assert.equal("", ask("POST", "/echo", "", "Content-Encoding: gzip\r\n").body)
      end)

      it("inflated as large as the limit allows, and no larger", function()
        for size, status in pairs { [65536] = 200, [65537] = 413, [1000000] = 413 } do
          local packed = raw.shell(("head -c %d /dev/zero | gzip"):format(size))
          local answer = ask("POST", "/echo", packed, "Content-Encoding: gzip\r\n")
          assert.equal(status, answer.status)
          if status == 413 then assert.matches("65536", answer.body) else assert.equal(size, #answer.body) end
        end
      end)

      it("that are not the gzip they claim to be", function()
        for name, body in pairs {
          ["plain text"] = "hello",
          ["cut short"] = GZIP_HELLO:sub(1, -2),
          ["a wrong checksum"] = GZIP_HELLO:sub(1, -9) .. "XXXXXXXX",
          ["bytes behind the end"] = GZIP_HELLO .. "more",
        } do
          local answer = ask("POST", "/echo", body, "Content-Encoding: gzip\r\n")
          assert.equal(400, answer.status, name)
          assert.matches("gzip", cjson.decode(answer.body).detail)
        end
      end)

      it("in a coding nobody asked for: 415 says what would do", function()
        for _, coding in ipairs { "br", "deflate", "gzip, gzip", "", "gzip;q=1" } do
          local answer = ask("POST", "/echo", "x", "Content-Encoding: " .. coding .. "\r\n")
          assert.equal(415, answer.status, coding)
          assert.equal("gzip, identity", answer.headers["accept-encoding"])
        end
      end)

      it("past the limit are refused by their announced length, before they are sent", function()
        local answer, rest = raw.ask(server.port, "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 65537\r\n\r\n", true)
        assert.equal(413, answer.status)
        assert.matches("65536", cjson.decode(answer.body).detail)
        assert.equal("", rest)
      end)

      it("past the limit are refused in chunks", function()
        local answer = assert(raw.ask(server.port, "POST /echo HTTP/1.1\r\nHost: spec\r\nTransfer-Encoding: chunked\r\n\r\n"
          .. raw.chunked(("x"):rep(65537), 1000)))
        assert.equal(413, answer.status)
      end)

      it("as large as the limit are taken, both ways", function()
        local body = ("y"):rep(65536)
        assert.equal(body, ask("POST", "/echo", body).body)
        assert.equal(body, assert(raw.ask(server.port, "POST /echo HTTP/1.1\r\nHost: spec\r\nTransfer-Encoding: chunked\r\n\r\n"
          .. raw.chunked(body, 4096))).body)
      end)

      it("past what all requests may hold: 503, and room again afterwards", function()
        local holding, head = {}, "POST /echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 65000\r\n\r\n"
        for i = 1, 3 do
          holding[i] = raw.connect(server.port)
          holding[i]:send(head .. ("z"):rep(60000))
        end
        socket.sleep(0.02)
        local answer = assert(raw.ask(server.port, head))
        assert.equal(503, answer.status)
        assert.equal("1", answer.headers["retry-after"])
        assert.matches("200000", cjson.decode(answer.body).detail)
        for i = 1, 3 do
          holding[i]:send(("z"):rep(5000))
          assert.equal(200, assert(holding[i]:read()).status)
          holding[i]:close()
        end
        assert.equal(200, ask("POST", "/echo", ("z"):rep(65000)).status)
      end)
    end)

    describe("Expect", function()
      local HEAD <const> = "POST /echo HTTP/1.1\r\nHost: spec\r\nExpect: 100-Continue\r\nContent-Length: %d\r\n\r\n"

      it("100-continue is met once, when the body is wanted", function()
        local c <close> = raw.connect(server.port)
        c:send(HEAD:format(4))
        assert.equal(100, assert(c:read()).status)
        assert.is_true(c:is_quiet(0.01))
        c:send("body")
        assert.equal("body", assert(c:read()).body)
      end)

      it("100-continue is not met when the body comes along, is empty, or is refused", function()
        assert.equal(200, assert(raw.ask(server.port, HEAD:format(4) .. "body")).status)
        assert.equal(200, assert(raw.ask(server.port, HEAD:format(0))).status)
        assert.equal(413, assert(raw.ask(server.port, HEAD:format(65537))).status)
      end)

      it("100-continue waits for the answers before it", function()
        local c <close> = raw.connect(server.port)
        c:send(raw.request("GET", "/slow?ms=20&text=before") .. HEAD:format(4))
        assert.equal("before", assert(c:read()).body)
        assert.equal(100, assert(c:read()).status)
        c:send("body")
        assert.equal("body", assert(c:read()).body)
      end)

      it("100-continue means nothing to HTTP/1.0", function()
        local c <close> = raw.connect(server.port)
        c:send("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert.is_true(c:is_quiet(0.01))
        c:send("body")
        assert.equal("body", assert(c:read()).body)
      end)

      it("anything else is 417", function()
        assert.equal(417, ask("POST", "/echo", "x", "Expect: 200-ok\r\n").status)
      end)
    end)

    describe("limits", function()
      local function refusal_of(bytes)
        local answer, rest = raw.ask(server.port, bytes, true)
        assert.equal("", rest)
        assert.equal("close", answer.headers.connection)
        assert.equal("application/json", answer.headers["content-type"])
        return answer.status, cjson.decode(answer.body).detail
      end

      it("of the target: 414, complete or endless", function()
        for _, bytes in ipairs { raw.request("GET", "/" .. ("a"):rep(1000)), "GET /" .. ("a"):rep(3000), ("A"):rep(2000) } do
          local status, detail = refusal_of(bytes)
          assert.equal(414, status)
          assert.matches("1000 bytes", detail)
        end
        assert.equal(404, ask("GET", "/" .. ("a"):rep(999)).status)
      end)

      it("of the header block: 431, complete or endless", function()
        for _, bytes in ipairs { raw.request("GET", "/big", nil, "X: " .. ("a"):rep(4000) .. "\r\n"),
          "GET / HTTP/1.1\r\nX: " .. ("a"):rep(9000) } do
          local status, detail = refusal_of(bytes)
          assert.equal(431, status)
          assert.matches("4000 bytes", detail)
        end
      end)

      it("of the number of headers: 431", function()
        local status, detail = refusal_of(raw.request("GET", "/big", nil, ("X: y\r\n"):rep(10)))
        assert.equal(431, status)
        assert.matches("limit of 10", detail)
        assert.equal(200, ask("GET", "/big", nil, ("X: y\r\n"):rep(9)).status)
      end)

      it("of trailers: 431", function()
        local start = "POST /echo HTTP/1.1\r\nHost: spec\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        assert.equal(431, (refusal_of(start .. ("T: v\r\n"):rep(11) .. "\r\n")))
        assert.equal(431, (refusal_of(start .. "T: " .. ("v"):rep(4000))))
      end)
    end)

    it("shares its connections evenly and counts", function()
      local c = {}
      for i = 1, 6 do
        c[i] = raw.connect(server.port)
        c[i]:send(raw.request("GET", "/stats"))
        assert(c[i]:read())
      end
      c[1]:send(raw.request("GET", "/stats"))
      local stats = cjson.decode(assert(c[1]:read()).body)
      assert.is_true(stats.open_connections >= 6)
      assert.is_true(stats.requests >= 6 and stats.bytes_in > 300 and stats.bytes_out > 300)
      for i = 1, 6 do c[i]:close() end
    end)
  end)
end
