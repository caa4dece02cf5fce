--- TLS on the listener: who is let in, what is agreed on, slow and hostile handshakes, new certificates while it runs.
local certificates <const> = require "certificates"
local raw <const> = require "raw_http"
local socket <const> = require "socket"

local QUIET <const> = "openssl s_client -connect 127.0.0.1:%d -CAfile %s -verify_return_error -servername localhost %s 2>&1"

describe("a listener with TLS", function()
  local folder, certificate, key, server

  setup(function()
    folder = raw.shell("mktemp -d"):match("%S+")
    certificate, key = certificates.make(folder, "first")
    server = raw.start_echo(("--loops 2 --certificate %s --key %s --header_ms 300 --idle_ms 2000"):format(certificate, key))
  end)

  teardown(function()
    server:finish()
    raw.shell("rm -rf " .. folder)
  end)

  -- What `openssl s_client` prints when it sends a request.
  local function client(flags, request)
    local file <close> = assert(io.open(folder .. "/request", "wb"))
    file:write(request or raw.request("GET", "/request", nil, "Connection: close\r\n"))
    file:flush()
    return raw.shell(("(cat %s/request; sleep 0.4) | " .. QUIET):format(folder, server.port, certificate, flags or ""))
  end
  local function peer(case)
    return (raw.shell(("python3 spec/net/tls_peer.py %d %s %s 2>&1"):format(server.port, certificate, case)):gsub("%s+$", ""))
  end
  local function stats()
    return client("-quiet", raw.request("GET", "/stats", nil, "Connection: close\r\n"))
  end

  it("answers with its certificate by TLS 1.2 and 1.3, over HTTP/1.1, and says so to the handler", function()
    for version, name in pairs { tls1_2 = "TLSv1.2", tls1_3 = "TLSv1.3" } do
      local out = client("-alpn h2,http/1.1 -" .. version)
      assert.matches("Verification: OK", out)
      assert.matches(name, out, 1, true)
      assert.matches("ALPN protocol: http/1.1", out, 1, true)
      assert.matches("HTTP/1.1 200 OK", out, 1, true)
      assert.matches('"scheme":"https"', out, 1, true)
      assert.matches("close notify", client("-alpn http/1.1 -msg -" .. version):lower():gsub("_", " "))
    end
  end)

  it("refuses older versions and protocols it does not speak", function()
    for _, flags in ipairs { "-tls1_1 -cipher DEFAULT@SECLEVEL=0", "-alpn h2" } do
      local out = client(flags)
      assert.matches("alert", out)
      assert.is_nil(out:find("HTTP/1.1 200", 1, true))
    end
  end)

  it("resumes a session, with either version", function()
    for _, version in ipairs { "tls1_2", "tls1_3" } do
      client(("-%s -sess_out %s/session"):format(version, folder))
      assert.matches("Reused, TLSv1", client(("-%s -sess_in %s/session"):format(version, folder)))
    end
  end)

  it("tells who speaks plain HTTP that this is not the place for it", function()
    local answer, rest = raw.ask(server.port, raw.request("GET", "/"), true)
    assert.same({ 400, '{"detail":"this port speaks TLS: the address begins with https://"}', "" }, { answer.status, answer.body, rest })
  end)

  it("understands bytes that come one by one, many requests at once, large bodies and a peer that has said all", function()
    assert.equal("xxxxx", peer "by_bytes")
    assert.equal("40 True", peer "pipelined")
    assert.equal("True", peer "big")
    assert.equal("True", peer "half_closed")
  end)

  it("ends a handshake that is not complete in the time of a header block", function()
    local how, seconds = peer("cut_short"):match("(%w+) ([%d.]+)")
    assert.equal("closed", how)
    assert.is_true(tonumber(seconds) > 0.2 and tonumber(seconds) < 1, seconds)
    seconds = tonumber(peer("trickle"):match("[%d.]+"))
    assert.is_true(seconds > 0.2 and seconds < 1, seconds)
  end)

  it("ends who says nothing, nonsense, or something that was changed on its way", function()
    local silent <close> = raw.connect(server.port)
    assert.equal("", silent:rest())
    for _, bytes in ipairs { "\0\1\2\3\4\5\6\7\8", ("\x16\x03\x01"):rep(1000), "\x16\x03\x01\xff\xff" .. ("x"):rep(70000), "SSH-2.0-x\r\n" } do
      local c <close> = raw.connect(server.port)
      c:send(bytes)
      c:rest()
    end
    assert.matches("closed", peer "tampered")
    assert.matches('"open_connections":1,', stats(), 1, true)
  end)

  it("cuts the line when many shake hands and never end it, while others are answered", function()
    local slow = {}
    for i = 1, 200 do
      slow[i] = raw.connect(server.port)
      slow[i]:send "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    end
    local started_at = socket.gettime()
    assert.matches("HTTP/1.1 200 OK", client "-quiet", 1, true)
    assert.is_true(socket.gettime() - started_at < 2)
    for i = 1, 200 do
      assert.equal("", slow[i]:rest())
      slow[i]:close()
    end
  end)

  it("shows a new certificate after SIGHUP, goes on with the old one when the new cannot be used, and drops nobody", function()
    local open = assert(io.popen(("(sleep 1.2; printf 'GET /big?n=3 HTTP/1.1\\r\\nHost: s\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.3) | "
      .. QUIET):format(server.port, certificate, "-quiet")))
    socket.sleep(0.3)
    local second, second_key = certificates.make(folder, "second", "rsa:2048")
    raw.shell(("cp %s %s; cp %s %s"):format(second, certificate, second_key, key))
    server:signal "HUP"
    assert.equal("reloaded", server.pipe:read "l")
    assert.matches("CN = second", client())
    raw.shell("echo rubbish > " .. certificate)
    server:signal "HUP"
    assert.equal(("tls_certificate: %s holds no certificate in PEM"):format(certificate), server.pipe:read "l")
    raw.shell(("cp %s %s"):format(second, certificate))
    assert.matches("CN = second", client())
    local text = open:read "a"
    open:close()
    assert.matches("\r\n\r\nxxx", text)
  end)
end)

describe("a certificate that cannot be used", function()
  local folder = raw.shell("mktemp -d"):match("%S+")
  local certificate, key = certificates.make(folder, "one")
  local other, other_key = certificates.make(folder, "other", "rsa:2048")
  local locked = folder .. "/locked.key"
  raw.shell(("openssl ec -in %s -aes256 -passout pass:x -out %s 2>/dev/null"):format(key, locked))
  raw.shell(("cp %s %s/unreadable; rm %s/unreadable; mkdir %s/unreadable"):format(key, folder, folder, folder))
  teardown(function() raw.shell("rm -rf " .. folder) end)

  for _, case in ipairs {
    { folder .. "/none", key, "tls_certificate: " .. folder .. "/none cannot be read: No such file or directory" },
    { certificate, folder .. "/none", "tls_key: " .. folder .. "/none cannot be read: No such file or directory" },
    { key, key, "tls_certificate: " .. key .. " holds no certificate in PEM" },
    { certificate, certificate, "tls_key: " .. certificate .. " holds no private key in PEM" },
    { certificate, other_key, "tls_key: " .. other_key .. " does not belong to the certificate in " .. certificate },
    { other, key, "tls_key: " .. key .. " does not belong to the certificate in " .. other },
    { certificate, locked, "tls_key: " .. locked .. " is locked with a passphrase; write it without one" },
    { folder .. "/unreadable", key, "tls_certificate: " .. folder .. "/unreadable holds no certificate in PEM" },
  } do
    it("is named: " .. case[3]:gsub(folder, ""), function()
      local ok, why = pcall(raw.start_echo, ("--certificate %s --key %s"):format(case[1], case[2]))
      assert.is_false(ok)
      assert.matches(case[3], why, 1, true)
    end)
  end
end)
