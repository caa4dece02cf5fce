--- A server that listens with TLS: its settings, what its links say, streams, and a certificate that changes while it runs.
local server <const> = require "server"
local certificates <const> = require "certificates"
local raw <const> = require "raw_http"

local CURL <const> = "curl -sS --cacert %s --max-time 10 %s 'https://localhost:%d%s' 2>&1"

describe("a server with TLS", function()
  local folder, certificate, key, s

  setup(function()
    folder = server.folder()
    certificate, key = certificates.make(folder, "one")
  end)
  teardown(function() server.remove(folder) end)
  before_each(function()
    s = server.start { args = { "--tls-certificate", certificate, "--tls-key", key } }
    s:make_token()
  end)
  after_each(function() s:finish() end)

  local function curl(path, flags)
    return raw.shell(CURL:format(certificate, ("-H 'Authorization: %s' %s"):format(s.token, flags or ""), s.port, path))
  end
  local function log_line(event)
    server.wait(function() return table.concat(s.log):find(event, 1, true) end, event)
  end

  it("says where it listens, and writes its links so", function()
    assert.matches("^listening on https://127%.0%.0%.1:%d+$", s.out[1])
    local made = curl("/api/v1/integrations/", "--json '{\"type\":\"webhook\",\"name\":\"shop\"}'")
    assert.matches('"link":"https://localhost:' .. s.port .. '/integrations/v1/webhook/', made, 1, true)
    log_line '"days_left":1'
  end)

  it("streams its events", function()
    local made = curl("/api/v1/integrations/", "--json '{\"type\":\"webhook\",\"name\":\"shop\"}'")
    local path = made:match('"link":"https://[^/]+([^"]+)"')
    local stream <close> = assert(io.popen(CURL:format(certificate, "-N -H 'Authorization: " .. s.token .. "'", s.port, "/api/v1/events/")))
    local line
    repeat line = stream:read "l" until line == "event: ready"
    curl(path, "--json '{\"title\":\"over tls\"}'")
    repeat line = stream:read "l" until line:find "over tls"
    assert.matches('^data: {.*"change":"opened"}$', line)
    s:stop()
    stream:read "a"
  end)

  it("takes a new certificate on SIGHUP, and keeps the old one when the new cannot be used", function()
    local second, second_key = certificates.make(folder, "two")
    raw.shell(("cp %s %s.kept; cp %s %s.kept"):format(certificate, certificate, key, key))
    raw.shell(("cp %s %s; cp %s %s"):format(second, certificate, second_key, key))
    s.handle:kill "sighup"
    server.wait(function() return #table.concat(s.log, "\n"):gsub("[^\n]*certificate_read[^\n]*", "+"):gsub("[^+]", "") == 2 end, "a reload")
    assert.matches('{"url":"https://localhost', curl("/api/v1/info/"), 1, true)
    raw.shell("echo > " .. key)
    s.handle:kill "sighup"
    log_line "certificate_not_read"
    assert.matches('{"url":"https://localhost', curl("/api/v1/info/"), 1, true)
    s.expects = "certificate_not_read"
    raw.shell(("mv %s.kept %s; mv %s.kept %s"):format(certificate, certificate, key, key))
  end)
end)

describe("TLS settings", function()
  it("belong together, and name the file that is wrong", function()
    for _, case in ipairs {
      { { "--tls-certificate", "a.pem" }, "tls_certificate and tls_key belong together: tls_key is missing" },
      { { "--tls-key", "a.key" }, "tls_certificate and tls_key belong together: tls_certificate is missing" },
      { { "--tls-certificate", "nowhere/a.pem", "--tls-key", "a.key" }, "tls_certificate: nowhere/a.pem cannot be read: No such file or directory" },
    } do
      local s = server.start { args = case[1], may_fail = true }
      assert.matches(case[2], table.concat(s.log, "\n"), 1, true)
      s:stop()
      server.remove(s.data)
    end
  end)
end)
