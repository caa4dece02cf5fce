--- The outgoing client (core/net/http_client.h) against servers that are slow, broken, hostile or simply right.
local cjson <const> = require "cjson"
local outgoing <const> = require "outgoing"
local uv <const> = require "luv"

-- How long the client's loop may stand still before it was blocked: all that could block it waits for seconds. A
-- sanitizer is slow.
local STALL_MS <const> = (os.getenv "SPEC_SAN" or "") == "" and 500 or 3000

describe("the outgoing client", function()
  local fakes, dns, web, six, tls, folder, client

  setup(function()
    fakes = outgoing.fakes()
    folder = assert(uv.fs_mkdtemp("/tmp/tocsin-spec-XXXXXX"))
    fakes:ask { ["do"] = "certificates", folder = folder }
    dns = fakes:open { ["do"] = "dns" }
    web = fakes:open { ["do"] = "http", host = "0.0.0.0" }
    six = fakes:open { ["do"] = "http", host = "::1" }
    tls = {}
    for _, label in ipairs { "good", "other", "old", "alone" } do
      tls[label] = fakes:open { ["do"] = "http", certificate = label }
    end
    fakes:dns { ["a.test"] = { A = { "127.0.0.1" } }, ["b.test"] = { A = { "127.0.0.1" } }, ["six.test"] = { AAAA = { "::1" } } }
  end)

  teardown(function()
    fakes:stop()
    os.execute("rm -r " .. folder)
  end)

  local function start(flags)
    flags = flags or {}
    flags.servers = flags.servers or "127.0.0.1:" .. dns
    flags.allow = flags.allow or "127.0.0.0/8, ::1"
    flags.ca_file = flags.ca_file or folder .. "/ca.pem"
    client = outgoing.client(flags)
    fakes:seen()
    client:stats()
    return client
  end

  after_each(function()
    if not client then return end
    local stall = client:stats().stall_ms
    client:end_clean()
    client = nil
    assert(stall < STALL_MS, ("the loop stood still for %d ms"):format(stall))
  end)

  local function url(path, host, port) return ("http://%s:%d%s"):format(host or "a.test", port or web, path) end

  --- A call must fail in this class, with these words in its sentence.
  local function fails(call, class, ...)
    local result = client:send(call)
    assert.equal(class, result.failure, result.sentence)
    for _, words in ipairs { ... } do assert(result.sentence:find(words, 1, true), result.sentence) end
    assert.matches("^%S.*%.$", result.sentence)
    return result
  end

  describe("sends", function()
    before_each(function() start() end)

    it("what it is told: method, headers, body; and tells all of the answer", function()
      for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE", "REPORT" } do
        local result = client:send { method = method, url = url "/echo?a=1&b=%20c", body = "x\1y",
          headers = { { "X-One", "1" }, { "Content-Type", "text/x" }, { "X-Empty", "" } } }
        assert.equal("NONE", result.failure, result.sentence)
        assert.equal("", result.sentence)
        assert.equal(200, result.status)
        local seen, headers = cjson.decode(result.body), {}
        for _, pair in ipairs(seen.headers) do
          assert.is_nil(headers[pair[1]], pair[1])
          headers[pair[1]] = pair[2]
        end
        assert.equal(method, seen.method)
        assert.equal("/echo?a=1&b=%20c", seen.target)
        assert.equal("x\1y", seen.body)
        assert.same({ host = "a.test:" .. web, ["user-agent"] = "tocsin/0.1.0", accept = "*/*", ["x-one"] = "1", ["x-empty"] = "",
          ["content-type"] = "text/x", ["content-length"] = "3" }, headers)
        assert.equal("127.0.0.1", result.peer)
        assert.is_true(result.latency_us > 0 and result.latency_us < 5e6)
        assert.equal(tostring(#result.body), result.headers["content-length"])
      end
    end)

    it("no body and no type where there is none, but a length for POST", function()
      for method, length in pairs { GET = false, DELETE = false, POST = "0", PUT = "0" } do
        local seen = cjson.decode(client:send({ method = method, url = url "/echo" }).body)
        local headers = {}
        for _, pair in ipairs(seen.headers) do headers[pair[1]] = pair[2] end
        assert.is_nil(headers["content-type"])
        assert.equal(length or nil, headers["content-length"])
        assert.equal("", seen.body)
      end
    end)

    it("HEAD and reads the headers alone", function()
      local result = client:send { method = "HEAD", url = url "/status/204?X-Here=yes" }
      assert.equal(204, result.status)
      assert.equal("yes", result.headers["x-here"])
      assert.equal("", result.body)
    end)

    it("a large body without waiting for 100 Continue", function()
      local body = ("z"):rep(2000000)
      local result = client:send { method = "POST", url = url "/echo", body = body, keep = 3000000 }
      assert.equal(body, cjson.decode(result.body).body)
      assert.is_nil(result.body:find('"expect"', 1, true))
    end)

    it("nothing of the environment's proxy", function()
      client:end_clean()
      local env = {}
      for _, name in ipairs { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" } do
        env[#env + 1] = name .. "=http://127.0.0.1:1"
      end
      start { env = env }
      assert.equal(200, client:send({ url = url "/" }).status)
    end)

    it("to a host that has only an IPv6 address", function()
      local result = client:send { url = url("/", "six.test", six) }
      assert.equal(200, result.status)
      assert.equal("::1", result.peer)
      assert.equal(200, client:send({ url = url("/", "[::1]", six) }).status)
    end)

    it("to the next address when the first refuses", function()
      fakes:dns { ["two.test"] = { A = { "127.0.0.1" }, AAAA = { "::1" } }, ["three.test"] = { A = { "127.0.0.9", "127.0.0.1" } } }
      assert.equal("::1", client:send({ url = url("/", "two.test", six) }).peer)
      assert.equal("127.0.0.1", client:send({ url = url("/", "three.test", tls.good):gsub("http:", "https:") }).peer)
    end)

    it("many calls at the same time, each with its own answer", function()
      local ids = {}
      for i = 1, 60 do ids[i] = client:begin_send { url = url("/slow?" .. i % 7 * 5, i % 2 == 0 and "a.test" or "b.test") } end
      for i = 1, 60 do assert.equal("slow", client:finish(ids[i]).body, i) end
    end)
  end)

  describe("takes", function()
    before_each(function() start() end)

    it("any status as an answer", function()
      for _, status in ipairs { 200, 204, 302, 400, 404, 429, 500, 503 } do
        local result = client:send { url = url("/status/" .. status .. "?Retry-After=7&X-RateLimit=0") }
        assert.equal(status, result.status)
        assert.equal("NONE", result.failure)
        assert.equal("7", result.headers["retry-after"])
        assert.equal("0", result.headers["x-ratelimit"])
      end
    end)

    it("as much of a body as it is told to keep", function()
      local result = client:send { url = url "/big?5000" }
      assert.equal(4096, #result.body)
      assert.is_true(result.is_cut)
      result = client:send { url = url "/big?5000", keep = 5000 }
      assert.equal(5000, #result.body)
      assert.is_false(result.is_cut)
      assert.is_true(result.is_reused)
    end)

    it("an answer without end as a cut one", function()
      local result = client:send { url = url "/endless", keep = 100 }
      assert.equal("NONE", result.failure, result.sentence)
      assert.equal(200, result.status)
      assert.equal(100, #result.body)
      assert.is_true(result.is_cut)
    end)

    it("the headers of the last answer, and not without end", function()
      local result = client:send { url = url "/continue" }
      assert.equal("1", result.headers["x-late"])
      assert.is_nil(result.headers["x-early"])
      result = client:send { url = url "/many?90" }
      local count = 0
      for _ in pairs(result.headers) do count = count + 1 end
      assert.equal(65, count) -- 64, and the one that client_test adds
    end)
  end)

  describe("says what went wrong:", function()
    before_each(function() start { try_ms = 20, limit_ms = 100 } end)

    it("a name that does not exist", function()
      fails({ url = url("/", "nobody.test") }, "NO_NAME", "nobody.test", "DNS")
    end)

    it("a name server that is down", function()
      fakes:dns { ["silent.test"] = { drop = true } }
      fails({ url = url("/", "silent.test") }, "NO_SERVERS", "silent.test", "no DNS server answered")
      fakes:dns { ["mute.test"] = { drop = true } }
      client:end_clean()
      start { try_ms = 5000, limit_ms = 60000 }
      fails({ url = url("/", "mute.test"), timeout = 50 }, "NO_SERVERS", "mute.test", "within 50 ms")
    end)

    it("nobody who listens", function()
      fails({ url = url("/", "a.test", 1) }, "REFUSED", "a.test (127.0.0.1) refuses connections on port 1")
    end)

    it("an answer that does not come, or does not end", function()
      fails({ url = url "/hang", timeout = 60 }, "TIMEOUT", "a.test (127.0.0.1) did not answer within 60 ms")
      local result = fails({ url = url "/slow?5000", timeout = 60 }, "TIMEOUT")
      assert.is_true(result.latency_us >= 59000 and result.latency_us < 3e6)
      fails({ url = ("https://a.test:%d/"):format(fakes:open { ["do"] = "silent" }), timeout = 60 }, "TIMEOUT",
        "did not complete the handshake within 60 ms")
    end)

    it("a connection that is cut", function()
      fails({ url = url "/reset" }, "RESET", "a.test (127.0.0.1) ended the connection")
      fails({ url = url "/close" }, "RESET", "ended the connection")
      assert.equal(200, fails({ url = url "/half" }, "RESET", "before its answer was complete").status)
    end)

    it("an answer that is no HTTP", function()
      fails({ url = url "/garbage" }, "PROTOCOL", "a.test", "HTTP")
    end)

    it("a certificate that is not to be trusted", function()
      local function secure(label, host) return { url = ("https://%s:%d/"):format(host or "a.test", tls[label]) } end
      assert.equal(200, client:send(secure "good").status)
      assert.equal(200, client:send(secure("good", "127.0.0.1")).status)
      fails(secure "other", "TLS", "a.test (127.0.0.1)", "certificate subject name")
      fails(secure "old", "TLS", "expired")
      fails(secure "alone", "TLS", "self")
      fails({ url = ("https://a.test:%d/"):format(fakes:open { ["do"] = "talk", replies = { "HTTP/1.1 400 Bad" } }) }, "TLS", "a.test")
      assert.equal(1 + 1, #fakes:seen().requests) -- nothing was said to the others
    end)

    it("a URL that cannot be used, without repeating it", function()
      for _, bad in ipairs { "", "secret", "/secret", "http://", "ftp://a.test/secret", "file:///etc/passwd", "http://a b/secret",
        "gopher://127.0.0.1:25/secret", "http://a.test:99999/secret", "http://[::1/secret", "http://[fe80::1%25lo]/secret",
        "http://a.test/secret\r\nX: y", "http://a.test/\0secret", "smtp://a.test/secret" } do
        local result = fails({ url = bad }, "CALL")
        assert.is_nil(result.sentence:find("secret", 1, true), result.sentence)
        assert.equal(0, result.status)
      end
    end)

    it("headers and methods that would smuggle", function()
      for _, header in ipairs { { "X-A", "1\r\nX-B: 2" }, { "X-A", "1\n" }, { "X A", "1" }, { "X-A:", "1" }, { "", "1" }, { "X-A\r\n", "" },
        { "X-A", "1\0" } } do
        fails({ url = url "/", headers = { header } }, "CALL", "header")
      end
      for _, method in ipairs { "GET /x HTTP/1.1\r\n", "G T", "GET\r\n" } do fails({ url = url "/", method = method }, "CALL", "method") end
      assert.equal(0, #fakes:seen().requests)
    end)

    it("and never with a line end of the peer's in it", function()
      local result = fails({ url = url("/", "alone.test") }, "NO_NAME")
      assert.is_nil(result.sentence:find "%c")
    end)
  end)

  it("tells a failure from the loop, never within the call, and cancels what it began", function()
    start()
    for _, target in ipairs { "nonsense", url "/", url "/reset", url("/", "127.0.0.9"), url("/", "nobody.test") } do
      client:tell { ["do"] = "send", id = 900, url = target, give_up = true }
      assert.equal(0, client:take(function(line) return line.done end, "the cancel").done)
    end
    local id
    for _, path in ipairs { "/hang", "/slow?2000" } do
      id = client:begin_send { url = url(path) }
      fakes:seen()
      assert.equal(0, client:ask_plain({ ["do"] = "cancel", id = id }).done)
    end
    fakes:dns { ["wait.test"] = { A = { "127.0.0.1" }, delay = 2000 } }
    id = client:begin_send { url = url("/", "wait.test") }
    assert.equal(0, client:ask_plain({ ["do"] = "cancel", id = id }).done)
    assert.equal(200, client:send({ url = url("/", "wait.test") }).status)
    fakes:dns { ["silent.test"] = { drop = true } }
    for _, path in ipairs { "/hang", "/slow?5000" } do client:begin_send { url = url(path) } end
    client:begin_send { url = url("/", "silent.test") } -- the client ends with all three under way
  end)

  describe("guards:", function()
    it("addresses in URLs, in every spelling", function()
      start { allow = "0" }
      for _, host in ipairs { "127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "[::]",
        "[::ffff:7f00:1]", "0.0.0.0", "0", "10.0.0.1", "169.254.169.254", "[64:ff9b::127.0.0.1]", "localhost", "user:pw@127.0.0.1",
        "127.0.0.1.", "１２７.0.0.1", "[2002:7f00:1::]" } do
        local result = client:send { url = url("/", host) }
        assert(result.failure == "GUARD" or result.failure == "NO_NAME" or result.failure == "CALL", host .. ": " .. result.failure)
        if host ~= "127.0.0.1." and host ~= "１２７.0.0.1" then
          assert.equal("GUARD", result.failure, host)
          assert(result.sentence:find("allow_private_webhooks", 1, true), result.sentence)
        end
      end
      assert.equal(0, #fakes:seen().requests)
    end)

    it("every address of a name: one bad one is enough", function()
      start { allow = "127.0.0.2" }
      fakes:dns { ["mixed.test"] = { A = { "127.0.0.2", "127.0.0.1" } }, ["hidden.test"] = { A = { "127.0.0.2" }, AAAA = { "::1" } },
        ["alias.test"] = { A = { "10.1.2.3" }, cname = "public.test" } }
      fails({ url = url("/", "mixed.test") }, "GUARD", "mixed.test leads to 127.0.0.1, this machine (loopback)")
      fails({ url = url("/", "hidden.test") }, "GUARD", "hidden.test leads to ::1")
      fails({ url = url("/", "alias.test") }, "GUARD", "10.1.2.3, a private network")
      assert.equal(0, #fakes:seen().requests)
    end)

    it("connects to what was judged, whatever the name says a moment later", function()
      start { allow = "127.0.0.2" }
      fakes:dns { ["rebind.test"] = { A = { { "127.0.0.2" }, { "127.0.0.1" } }, ttl = 10 } }
      local result = client:send { url = url("/", "rebind.test") }
      assert.equal(200, result.status)
      assert.equal("127.0.0.2", result.peer)
      local seen = fakes:seen()
      assert.equal("127.0.0.2", seen.requests[1]["local"])
      assert.equal(2, #seen.questions) -- A and AAAA, once: libcurl asked nobody
      client:advance(11000)
      fails({ url = url("/", "rebind.test") }, "GUARD", "127.0.0.1")
      assert.equal(0, #fakes:seen().requests)
    end)

    it("every hop of a redirect", function()
      start { allow = "127.0.0.2, ::1" }
      fakes:dns { ["open.test"] = { A = { "127.0.0.2" } }, ["inner.test"] = { A = { "127.0.0.1" } } }
      for _, target in ipairs { url("/", "127.0.0.1"), url("/", "inner.test"), url("/", "[::ffff:127.0.0.1]"), "http://169.254.169.254/latest/",
        "//127.0.0.1:" .. web .. "/", url("/", "0x7f.1") } do
        local result = fails({ url = url("/redirect/302?" .. target, "open.test"), redirects = 3 }, "GUARD", "A redirect to")
        assert.equal(1, result.redirects)
      end
      for _, request in ipairs(fakes:seen().requests) do assert.equal("127.0.0.2", request["local"]) end
      assert.equal("::1", client:send({ url = url("/redirect/302?" .. url("/", "[::1]", six), "open.test"), redirects = 3 }).peer)
    end)

    it("nothing that the operator chose", function()
      start { allow = "0" }
      assert.equal(200, client:send({ url = url "/", trusted = true }).status)
      fails({ url = url "/" }, "GUARD", "a.test leads to 127.0.0.1") -- and its kept connection serves no one else
    end)
  end)

  describe("follows redirects", function()
    before_each(function() start() end)

    it("only when it is told to", function()
      local result = client:send { url = url("/redirect/302?" .. url "/") }
      assert.equal(302, result.status)
      assert.equal(url "/", result.headers.location)
    end)

    it("and turns a POST into a GET where everybody does", function()
      for status, expected in pairs { [301] = "GET", [302] = "GET", [303] = "GET", [307] = "POST", [308] = "POST" } do
        local result = client:send { method = "POST", body = "text", headers = { { "Content-Type", "text/x" }, { "X-Key", "k" } },
          url = url("/redirect/" .. status .. "?/echo"), redirects = 1 }
        local seen, headers = cjson.decode(result.body), {}
        for _, pair in ipairs(seen.headers) do headers[pair[1]] = pair[2] end
        assert.equal(expected, seen.method)
        assert.equal(expected == "POST" and "text" or "", seen.body)
        assert.equal(expected == "POST" and "text/x" or nil, headers["content-type"])
        assert.equal("k", headers["x-key"]) -- the origin is the same
        assert.equal(1, result.redirects)
        assert.equal(url "/echo", result.url)
      end
    end)

    it("and leaves secrets behind at another host, port or scheme", function()
      for _, target in ipairs { url("/echo", "b.test"), url("/echo", "127.0.0.1"), ("https://a.test:%d/echo"):format(tls.good) } do
        local result = client:send { url = url("/redirect/307?" .. target), method = "POST", body = "b", redirects = 1,
          headers = { { "Authorization", "Bearer s3cret" }, { "X-Gotify-Key", "s3cret" }, { "Cookie", "s3cret" }, { "Accept", "a/b" },
            { "Content-Type", "text/x" } } }
        assert.equal(200, result.status, result.sentence)
        assert.is_nil(result.body:find("s3cret", 1, true))
        assert(result.body:find("a/b", 1, true) and result.body:find("text/x", 1, true))
      end
      -- once lost they stay lost, also on the way back
      local back = ("%s"):format(url("/redirect/302?" .. url("/echo", "a.test"), "b.test"))
      local result = client:send { url = url("/redirect/302?" .. back), redirects = 2, headers = { { "X-Key", "s3cret" } } }
      assert.equal(2, result.redirects)
      assert.is_nil(result.body:find("s3cret", 1, true))
    end)

    it("as often as it is told, and never down to plain HTTP or to something else", function()
      fails({ url = url("/redirect/302?/redirect/302?/redirect/302?/"), redirects = 2 }, "REDIRECT", "more than the 2 times")
      fails({ url = ("https://a.test:%d/redirect/302?%s"):format(tls.good, url "/"), redirects = 1 }, "REDIRECT", "from https to http")
      for _, target in ipairs { "file:///etc/passwd", "ftp://a.test/", "smtp://a.test/", "gopher://a.test/" } do
        fails({ url = url("/redirect/302?" .. target), redirects = 1 }, "REDIRECT", "redirect")
      end
    end)
  end)

  describe("keeps connections", function()
    it("for the same host at the same addresses, and for nobody else", function()
      start()
      fakes:dns { ["moves.test"] = { A = { { "127.0.0.1" }, { "127.0.0.2" } }, ttl = 10 } }
      local function send(host, trusted)
        local result = client:send { url = url("/", host), trusted = trusted }
        assert.equal(200, result.status, result.sentence)
        return result
      end
      assert.is_false(send("moves.test").is_reused)
      assert.is_true(send("moves.test").is_reused)
      assert.is_false(send("a.test").is_reused) -- the same address, another name
      client:advance(11000)
      local moved = send "moves.test"
      assert.is_false(moved.is_reused)
      assert.equal("127.0.0.2", moved.peer)
      assert.equal("127.0.0.2", fakes:seen().requests[4]["local"])
    end)

    it("by the certificate that was checked", function()
      start()
      local secure = { url = ("https://a.test:%d/"):format(tls.good) }
      assert.is_false(client:send(secure).is_reused)
      assert.is_true(client:send(secure).is_reused)
    end)

    it("and sends again on a new one when the old has died in the meantime", function()
      start()
      assert.equal(200, client:send({ url = url "/" }).status)
      client:send { url = url "/close" }
      assert.equal(200, client:send({ url = url "/", method = "POST", body = "again" }).status)
    end)

    it("no more than a number of them", function()
      start { kept = 2 }
      for _, host in ipairs { "a.test", "b.test", "127.0.0.1", "127.0.0.2" } do client:send { url = url("/", host) } end
      assert.is_false(client:send({ url = url("/", "a.test") }).is_reused)
    end)
  end)

  it("reads the system's authorities once, not for each connection", function()
    start { ca_file = "/etc/ssl/certs/ca-certificates.crt" }
    local used = client:stats().cpu_ms
    for _ = 1, 20 do fails({ url = ("https://a.test:%d/"):format(tls.good) }, "TLS") end
    used = client:stats().cpu_ms - used
    local most = (os.getenv "SPEC_SAN" or "") == "" and 400 or 4000 -- the bundle alone takes 30 ms and more each time
    assert(used < most, ("20 connections took %d ms of the processor"):format(used))
  end)

  it("does not start with a file of authorities that is none", function()
    for _, bad in ipairs { "/etc/hostname", "/nope" } do
      local pipe <close> = assert(io.popen(("%s/client_test --ca_file %s 2>&1 < /dev/null"):format(os.getenv "SPEC_BUILD", bad)))
      assert(pipe:read("a"):find("file of trusted authorities " .. bad .. " cannot be read", 1, true), bad)
    end
  end)

  it("serves calls while DNS is down from what it knew", function()
    fakes:dns { ["known.test"] = { A = { "127.0.0.1" }, ttl = 10 } }
    start { stale_ms = 20 }
    assert.is_false(client:send({ url = url("/", "known.test") }).is_stale_name)
    fakes:dns { ["known.test"] = { drop = true } }
    client:advance(11000)
    local result = client:send { url = url("/", "known.test") }
    assert.equal(200, result.status)
    assert.is_true(result.is_stale_name)
    assert.is_true(client:send({ url = url("/", "known.test") }).latency_us < 500000)
  end)

  describe("goes through a proxy when a setting names one", function()
    local proxy
    setup(function() proxy = fakes:open { ["do"] = "proxy" } end)
    before_each(function()
      fakes:dns { ["proxy.test"] = { A = { "127.0.0.1" } } }
      start { proxy = "http://proxy.test:" .. proxy, allow = "0" }
    end)

    it("which resolves names that are unknown here", function()
      local result = client:send { url = ("https://far.test:%d/"):format(tls.good) }
      assert.equal(200, result.status, result.sentence)
      assert.equal("hello by proxy", client:send({ url = "http://plain.test/" }).body)
      local seen = fakes:seen()
      assert.equal("CONNECT", seen.requests[1].method)
      for _, question in ipairs(seen.questions) do assert.equal("proxy.test", question.name) end
    end)

    it("and addresses in URLs are judged all the same", function()
      fails({ url = "http://127.0.0.1/" }, "GUARD", "127.0.0.1")
    end)

    it("and says when it refuses", function()
      fails({ url = "https://no.test/" }, "PROXY", "no.test", "403")
    end)

    it("and a URL that is none stops the start", function()
      for _, bad in ipairs { "proxy", "ftp://proxy.test", "http://" } do
        local pipe <close> = assert(io.popen(("%s/client_test --proxy '%s' 2>&1 < /dev/null"):format(os.getenv "SPEC_BUILD", bad)))
        assert(pipe:read("a"):find("outgoing_proxy must be a URL", 1, true), bad)
      end
    end)
  end)
end)
