--- What must be refused: each input is a way in which two programs on one path could read a request differently.
---
--- Every input is followed by a complete request. A refusal is exactly one answer with the status given here and a JSON
--- detail, then the end of the connection: nothing after the bad bytes is read. The second table holds near relatives
--- that are in order, so that a server which refuses everything fails too.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local socket <const> = require "socket"

local FOLLOWER <const> = "GET /status?code=299 HTTP/1.1\r\nHost: smuggled\r\n\r\n"

local function post(headers, body)
  return "POST /echo HTTP/1.1\r\nHost: spec\r\n" .. headers .. "\r\n" .. (body or "")
end

local function chunked(body) return post("Transfer-Encoding: chunked\r\n", body) end
local function get(line, headers) return line .. "\r\n" .. (headers or "Host: spec\r\n") .. "\r\n" end
local function host(value) return get("GET /big HTTP/1.1", "Host:" .. value .. "\r\n") end

local REFUSED <const> = {
  -- lengths
  { "both lengths", 400, post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") },
  { "both lengths, other order", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n") },
  { "two lengths", 400, post("Content-Length: 4\r\nContent-Length: 5\r\n", "body!") },
  { "the same length twice", 400, post("Content-Length: 4\r\nContent-Length: 4\r\n", "body") },
  { "a list of lengths", 400, post("Content-Length: 4, 4\r\n", "body") },
  { "a length with a plus", 400, post("Content-Length: +4\r\n", "body") },
  { "a negative length", 400, post("Content-Length: -4\r\n", "body") },
  { "a hexadecimal length", 400, post("Content-Length: 0x4\r\n", "body") },
  { "a length with an exponent", 400, post("Content-Length: 1e0\r\n", "b") },
  { "a length with a fraction", 400, post("Content-Length: 4.0\r\n", "body") },
  { "a length with an underscore", 400, post("Content-Length: 1_0\r\n", "0123456789") },
  { "a length with a space inside", 400, post("Content-Length: 1 0\r\n", "0123456789") },
  { "an empty length", 400, post("Content-Length: \r\n") },
  { "a length past 64 bits", 400, post("Content-Length: 18446744073709551620\r\n", "body") },
  { "a length past 63 bits", 400, post("Content-Length: 9223372036854775808\r\n", "body") },
  { "a length of full-width digits", 400, post("Content-Length: \xef\xbc\x94\r\n", "body") },
  { "a length with a vertical tab", 400, post("Content-Length: \v4\r\n", "body") },
  -- transfer codings
  { "two transfer codings", 400, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n") },
  { "chunked, then another", 400, post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n") },
  { "chunked twice in a list", 400, post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n") },
  { "chunked twice in two headers", 400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") },
  { "chunked and identity in two headers", 400,
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n") },
  { "an unknown coding", 400, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n") },
  { "identity", 400, post("Transfer-Encoding: identity\r\n") },
  { "an empty coding", 400, post("Transfer-Encoding:\r\n", "0\r\n\r\n") },
  { "a quoted coding", 400, post('Transfer-Encoding: "chunked"\r\n', "0\r\n\r\n") },
  { "a coding with a parameter", 400, post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n") },
  { "a comma before chunked", 400, post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n") },
  { "a comma after chunked", 400, post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n") },
  { "a vertical tab before chunked", 400, post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n") },
  { "a no-break space after chunked", 400, post("Transfer-Encoding: chunked\xa0\r\n", "0\r\n\r\n") },
  { "chunked on HTTP/1.0", 400, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
  { "a coding in a folded line", 400, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n") },
  -- line ends and white space
  { "bare LF after the request line", 400, "GET /big HTTP/1.1\nHost: spec\r\n\r\n" },
  { "bare LF after a header", 400, "GET /big HTTP/1.1\r\nHost: spec\nX: y\r\n\r\n" },
  { "bare LF at the end of the block", 400, "GET /big HTTP/1.1\r\nHost: spec\r\n\n" },
  { "bare LF throughout", 400, "GET /big HTTP/1.1\nHost: spec\n\n" },
  { "bare CR in a header value", 400, "GET /big HTTP/1.1\r\nHost: spec\r\nX: a\rY: b\r\n\r\n" },
  { "bare CR throughout", 400, "GET /big HTTP/1.1\rHost: spec\r\r" },
  { "CR CR LF", 400, "GET /big HTTP/1.1\r\nHost: spec\r\r\n\r\n" },
  { "CR CR LF at the end of the block", 400, "GET /big HTTP/1.1\r\nHost: spec\r\n\r\r\n" },
  { "a folded header", 400, "GET /big HTTP/1.1\r\nHost: spec\r\nX: a\r\n b\r\n\r\n" },
  { "a header folded with a tab", 400, "GET /big HTTP/1.1\r\nHost: spec\r\nX: a\r\n\tb\r\n\r\n" },
  { "white space before the first header", 400, "GET /big HTTP/1.1\r\n Host: spec\r\n\r\n" },
  { "a line of white space only", 400, "GET /big HTTP/1.1\r\nHost: spec\r\n \r\n\r\n" },
  { "a space before the colon", 400, post("Content-Length : 4\r\n", "body") },
  { "a tab before the colon", 400, post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n") },
  { "two empty lines first", 400, "\r\n\r\n" .. get("GET /big HTTP/1.1") },
  { "a space before the method", 400, get(" GET /big HTTP/1.1") },
  { "a bare LF first", 400, "\n" .. get("GET /big HTTP/1.1") },
  -- header names and values
  { "NUL in a header value", 400, get("GET /big HTTP/1.1", "Host: spec\r\nX: a\0b\r\n") },
  { "NUL in a header name", 400, get("GET /big HTTP/1.1", "Host: spec\r\nX\0: a\r\n") },
  { "NUL in the target", 400, get("GET /big\0 HTTP/1.1") },
  { "an escape in a header value", 400, get("GET /big HTTP/1.1", "Host: spec\r\nX: \x1b[2J\r\n") },
  { "DEL in a header value", 400, get("GET /big HTTP/1.1", "Host: spec\r\nX: \x7f\r\n") },
  { "a header without a colon", 400, get("GET /big HTTP/1.1", "Host: spec\r\nContent-Length\r\n") },
  { "a header without a name", 400, get("GET /big HTTP/1.1", "Host: spec\r\n: x\r\n") },
  { "a header name with brackets", 400, get("GET /big HTTP/1.1", "Host: spec\r\nX[1]: y\r\n") },
  { "a header name with high bytes", 400, get("GET /big HTTP/1.1", "Host: spec\r\nTransf\xc3\xa9r: y\r\n") },
  { "two Content-Encodings", 400, post("Content-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n", "x") },
  { "two Expects", 400, post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 1\r\n", "x") },
  -- host
  { "no Host", 400, get("GET /big HTTP/1.1", "X: y\r\n") },
  { "two Hosts", 400, get("GET /big HTTP/1.1", "Host: a\r\nHost: b\r\n") },
  { "the same Host twice", 400, get("GET /big HTTP/1.1", "Host: a\r\nHost: a\r\n") },
  { "two Hosts on HTTP/1.0", 400, get("GET /big HTTP/1.0", "Host: a\r\nHost: b\r\n") },
  { "an empty Host", 400, host("") },
  { "a Host with user info", 400, host(" user@spec") },
  { "a Host with a path", 400, host(" spec/admin") },
  { "a Host with a scheme", 400, host(" http://spec") },
  { "a Host with a query", 400, host(" spec?x") },
  { "a Host with a space", 400, host(" spec evil") },
  { "a list of Hosts", 400, host(" a, b") },
  { "a Host with a bad port", 400, host(" spec:80a") },
  { "a Host with an empty port", 400, host(" spec:") },
  { "a Host with a port past 65535", 400, host(" spec:65536") },
  { "a Host with two ports", 400, host(" spec:80:80") },
  { "a Host with quotes", 400, host(' spec"><script>') },
  { "a Host with an open bracket", 400, host(" [::1") },
  { "a Host that is no IPv6 address", 400, host(" [::zz]") },
  { "a Host with text behind the bracket", 400, host(" [::1]x") },
  -- request line
  { "two spaces before the target", 400, get("GET  /big HTTP/1.1") },
  { "two spaces before the version", 400, get("GET /big  HTTP/1.1") },
  { "a tab in the request line", 400, get("GET\t/big HTTP/1.1") },
  { "a space after the version", 400, get("GET /big HTTP/1.1 ") },
  { "a target with a space", 400, get("GET /big x HTTP/1.1") },
  { "HTTP/0.9", 400, "GET /big\r\n" },
  { "no target", 400, get("GET HTTP/1.1") },
  { "a lower-case protocol", 400, get("GET /big http/1.1") },
  { "another protocol", 400, get("GET /big HTCPCP/1.1") },
  { "a version without a dot", 400, get("GET /big HTTP/11") },
  { "a version with leading zeros", 400, get("GET /big HTTP/01.1") },
  { "a version with two digits", 400, get("GET /big HTTP/1.10") },
  { "HTTP/1.2", 505, get("GET /big HTTP/1.2") },
  { "HTTP/2.0", 505, get("GET /big HTTP/2.0") },
  { "HTTP/0.9 said aloud", 505, get("GET /big HTTP/0.9") },
  { "the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { "TRACE", 405, get("TRACE /big HTTP/1.1") },
  { "CONNECT", 405, get("CONNECT spec:443 HTTP/1.1") },
  { "an unknown method", 501, get("BREW /pot HTTP/1.1") },
  { "PROPFIND", 501, get("PROPFIND / HTTP/1.1") },
  { "a lower-case method", 501, get("get /big HTTP/1.1") },
  { "a method with a bracket", 400, get("GE(T /big HTTP/1.1") },
  { "no method", 400, get(" /big HTTP/1.1") },
  { "an absolute target of another scheme", 400, get("GET https://spec/big HTTP/1.1") },
  { "an absolute target without a host", 400, get("GET http:///big HTTP/1.1") },
  { "an absolute target that ends too soon", 400, get("GET http:// HTTP/1.1") },
  { "an absolute target with one slash", 400, get("GET http:/spec/big HTTP/1.1") },
  { "an absolute target with user info", 400, get("GET http://a@spec/big HTTP/1.1") },
  { "an absolute target with a bad port", 400, get("GET http://spec:/big HTTP/1.1") },
  { "an absolute target with an open bracket", 400, get("GET http://[::1/big HTTP/1.1") },
  { "an absolute target with a fragment", 400, get("GET http://spec/big#x HTTP/1.1") },
  { "an absolute target without a Host header", 400, get("GET http://spec/big HTTP/1.1", "X: y\r\n") },
  { "an absolute target and a bad Host header", 400, get("GET http://spec/big HTTP/1.1", "Host: a b\r\n") },
  { "an absolute target and two Hosts", 400, get("GET http://spec/big HTTP/1.1", "Host: spec\r\nHost: a\r\n") },
  { "an asterisk target", 400, get("GET * HTTP/1.1") },
  { "an asterisk target with OPTIONS", 400, get("OPTIONS * HTTP/1.1") },
  { "an authority target", 400, get("GET spec:80 HTTP/1.1") },
  { "a target that starts with a question mark", 400, get("GET ?x HTTP/1.1") },
  { "a target with a fragment", 400, get("GET /big#x HTTP/1.1") },
  { "a target with a backslash", 400, get("GET /big\\x HTTP/1.1") },
  { "a target with high bytes", 400, get("GET /b\xc3\xadg HTTP/1.1") },
  { "a target with DEL", 400, get("GET /big\x7f HTTP/1.1") },
  { "TLS to a plain port", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" },
  -- chunks
  { "a chunk size with a sign", 400, chunked "+4\r\nbody\r\n0\r\n\r\n" },
  { "a negative chunk size", 400, chunked "-4\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size with 0x", 400, chunked "0x4\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size with a space before it", 400, chunked " 4\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size with a space after it", 400, chunked "4 \r\nbody\r\n0\r\n\r\n" },
  { "a chunk size with a tab after it", 400, chunked "4\t\r\nbody\r\n0\r\n\r\n" },
  { "an empty chunk size", 400, chunked "\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size that is a word", 400, chunked "size\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size with an underscore", 400, chunked "0_4\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size past 32 bits", 400, chunked "100000004\r\nbody\r\n0\r\n\r\n" },
  { "a chunk size past 64 bits", 400, chunked "10000000000000004\r\nbody\r\n0\r\n\r\n" },
  { "an extension without a size", 400, chunked ";x=y\r\nbody\r\n0\r\n\r\n" },
  { "bare LF after a chunk size", 400, chunked "4\nbody\r\n0\r\n\r\n" },
  { "bare CR after a chunk size", 400, chunked "4\rbody\r\n0\r\n\r\n" },
  { "bare LF in a chunk extension", 400, chunked "4;x\nbody\r\n0\r\n\r\n" },
  { "bare CR in a chunk extension", 400, chunked "4;x\rybody\r\n0\r\n\r\n" },
  { "NUL in a chunk extension", 400, chunked "4;\0\r\nbody\r\n0\r\n\r\n" },
  { "a chunk extension without an end", 400, chunked("4;" .. ("x"):rep(300)) },
  { "endless chunk extensions", 400, chunked(("1;" .. ("x"):rep(250) .. "\r\ny\r\n"):rep(70)) },
  { "bare LF after a chunk", 400, chunked "4\r\nbody\n0\r\n\r\n" },
  { "nothing after a chunk", 400, chunked "4\r\nbody0\r\n\r\n" },
  { "a chunk longer than its size", 400, chunked "4\r\nbody!\r\n0\r\n\r\n" },
  { "other bytes than CR LF after a chunk", 400, chunked "4\r\nbodyXX0\r\n\r\n" },
  { "bare LF after the last chunk", 400, chunked "4\r\nbody\r\n0\n\r\n" },
  { "bare LF at the end", 400, chunked "4\r\nbody\r\n0\r\n\n" },
  { "a trailer that is a length", 400, chunked "0\r\nContent-Length: 4\r\n\r\nbody" },
  { "a trailer that is a coding", 400, chunked "0\r\nTRANSFER-encoding: chunked\r\n\r\n" },
  { "a trailer that is a Host", 400, chunked "0\r\nHost: other\r\n\r\n" },
  { "a folded trailer", 400, chunked "0\r\nX: y\r\n z\r\n\r\n" },
  { "a trailer with a space before the colon", 400, chunked "0\r\nX : y\r\n\r\n" },
  { "a trailer without a colon", 400, chunked "0\r\nX\r\n\r\n" },
  { "bare LF in a trailer", 400, chunked "0\r\nX: y\nZ: a\r\n\r\n" },
  { "bare CR in a trailer", 400, chunked "0\r\nX: y\rZ: a\r\n\r\n" },
  { "NUL in a trailer", 400, chunked "0\r\nX: \0\r\n\r\n" },
  -- expectations
  { "another expectation", 417, post("Expect: 100-continue, 200\r\nContent-Length: 1\r\n", "x") },
}

local ACCEPTED <const> = {
  { "a length with leading zeros", post("Content-Length: 0004\r\n", "body"), "body" },
  { "a length with white space around it", post("Content-Length:   4  \r\n", "body"), "body" },
  { "no space after the colon", post("Content-Length:4\r\n", "body"), "body" },
  { "chunked in capitals", post("TRANSFER-ENCODING: CHUNKED\r\n", "4\r\nbody\r\n0\r\n\r\n"), "body" },
  { "a chunk size in capitals and zeros", chunked "0000000A\r\n0123456789\r\n0\r\n\r\n", "0123456789" },
  { "chunk extensions", chunked '4;c="d e"\r\nbody\r\n0;last\r\n\r\n', "body" },
  { "several zeros for the last chunk", chunked "4\r\nbody\r\n000\r\n\r\n", "body" },
  { "trailers, which are dropped", chunked "4\r\nbody\r\n0\r\nX: y\r\nX-Sum: \xc3\xa9\r\n\r\n", "body" },
  { "a body that looks like a request", post("Content-Length: " .. #FOLLOWER .. "\r\n", FOLLOWER), FOLLOWER },
  { "a POST without a length", post(""), "" },
  { "a Host with a port", host(" spec:8080"), "" },
  { "a Host that is an IPv6 address", host(" [2001:db8::1]:80"), "" },
  { "a Host in capitals with an underscore", host(" My_Host.example."), "" },
  { "an absolute target", get("GET http://spec/big HTTP/1.1"), "" },
  { "an absolute target with a port, in capitals", get("GET HTTP://Spec:8080/big?x HTTP/1.1"), "" },
  { "an absolute target of an address", get("GET http://[::1]:80/big HTTP/1.1"), "" },
  { "an absolute target and another Host", get("GET http://spec/big HTTP/1.1", "Host: other\r\n"), "" },
  { "an absolute target on HTTP/1.0 without a Host", get("GET http://spec/big HTTP/1.0", "Connection: keep-alive\r\n"), "" },
  { "an absolute target without a path", get("GET http://spec HTTP/1.1"), "no such path" },
  { "an absolute target without a path but a query", get("GET http://spec?x=/big HTTP/1.1"), "no such path" },
  { "an absolute POST", "POST http://spec/echo HTTP/1.1\r\nHost: spec\r\nContent-Length: 4\r\n\r\nbody", "body" },
  { "no Host on HTTP/1.0", get("GET /big HTTP/1.0", "Connection: keep-alive\r\n"), "" },
  { "many slashes and percent signs", "GET //x//%2e%2e/%zz?? HTTP/1.1\r\nHost: a\r\n\r\n", "no such path" },
  { "a method name as a header", get("GET /big HTTP/1.1", "Host: a\r\nGET: /x HTTP/1.1\r\n"), "" },
  { "a header with an empty value", get("GET /big HTTP/1.1", "Host: a\r\nX:\r\nY: \r\n"), "" },
}

describe("a request that could be read in two ways", function()
  local server

  setup(function() server = raw.start_echo() end)

  teardown(function() server:finish() end)

  local function check_refusal(c, case)
    local name, status = case[1], case[2]
    local answer, reason = c:read()
    assert(answer, name .. ": " .. tostring(reason))
    assert.equal(status, answer.status, name)
    assert.equal("close", answer.headers.connection, name)
    local detail = cjson.decode(answer.body).detail
    assert.is_true(#detail > 10, name)
    assert.equal("", c:rest(), name .. ": nothing may follow the refusal")
  end

  it("is refused, whatever follows it: " .. #REFUSED .. " ways", function()
    local seen = {}
    for _, case in ipairs(REFUSED) do
      assert.is_nil(seen[case[3]], "the same input twice: " .. case[1])
      seen[case[3]] = true
      local c <close> = raw.connect(server.port)
      c:send(case[3] .. FOLLOWER)
      check_refusal(c, case)
    end
  end)

  it("is refused when it comes in two pieces", function()
    for i, case in ipairs(REFUSED) do
      local bytes = case[3] .. FOLLOWER
      local cut = 1 + i * 7919 % (#case[3] - 1)
      local c <close> = raw.connect(server.port)
      c:send(bytes:sub(1, cut))
      socket.sleep(0.0004)
      c:send(bytes:sub(cut + 1))
      check_refusal(c, case)
    end
  end)

  it("is refused behind a good request", function()
    for _, case in ipairs(REFUSED) do
      local c <close> = raw.connect(server.port)
      c:send(raw.request("POST", "/echo", "good") .. case[3] .. FOLLOWER)
      assert.equal("good", assert(c:read()).body)
      check_refusal(c, case)
    end
  end)

  it("has relatives that are in order: " .. #ACCEPTED, function()
    for _, case in ipairs(ACCEPTED) do
      local c <close> = raw.connect(server.port)
      c:send(case[2] .. FOLLOWER)
      assert.equal(case[3], assert(c:read()).body, case[1])
      assert.equal(299, assert(c:read()).status, case[1])
    end
  end)

  it("stays refused under 600 mutations: no answer follows a closing one, and the server lives", function()
    math.randomseed(20260505)
    local good = { raw.request("POST", "/echo", "one"), chunked "3;x=y\r\ntwo\r\n0\r\nT: v\r\n\r\n",
      raw.request("GET", "/big?n=3") }
    local stream = table.concat(good)
    local spice = { "\r", "\n", "\0", " ", "\t", ":", ",", "0", "9", "\r\n", "\r\n\r\n", "chunked",
      "Content-Length: 3\r\n", "\xff" }
    for i = 1, 600 do
      local bytes = stream
      for _ = 1, math.random(3) do
        local at, cut = math.random(#bytes), math.random(0, 3)
        bytes = bytes:sub(1, at - 1) .. spice[math.random(#spice)] .. bytes:sub(at + cut)
      end
      local c <close> = raw.connect(server.port)
      c:send(bytes)
      c:half_close()
      local is_over = false
      repeat
        local answer, reason = c:read()
        local note = ("mutation %d: %s: %q"):format(i, reason, bytes)
        if answer then assert.is_false(is_over, note) else assert.equal("closed", reason, note) end
        is_over = answer and answer.headers.connection == "close"
      until not answer
    end
    assert.equal(200, assert(raw.ask(server.port, good[1])).status)
  end)
end)
