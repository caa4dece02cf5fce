--- Outgoing webhooks of a real server, whose addresses lie: names that lead inside, that change between look and connection, and
--- redirects. What is refused is never connected to, and the history of answers says why.
local outgoing <const> = require "outgoing"
local server <const> = require "server"

describe("a webhook of a real server", function()
  local fakes, dns, web, six, s, hook

  setup(function()
    fakes = outgoing.fakes()
    dns = fakes:open { ["do"] = "dns" }
    web = fakes:open { ["do"] = "http", host = "0.0.0.0" }
    six = fakes:open { ["do"] = "http", host = "::1" }
  end)
  teardown(function() fakes:stop() end)
  after_each(function()
    s.expects = "notification_failed"
    s:finish()
  end)

  local function start(allow)
    s = server.start { args = { "--dns-servers", "127.0.0.1:" .. dns, "--allow-private-webhooks", allow } }
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "hook" }).link:match "//[^/]*(/.*)$"
    fakes:seen()
  end
  local function url(host, path, port) return ("http://%s:%d%s"):format(host, port or web, path or "/") end

  local count = 0
  -- Sends one webhook to this address → its line of the history, and what the servers saw.
  local function try(address)
    count = count + 1
    local id = s:api("POST", "/webhooks/", { name = "hook " .. count, url = address, http_method = "POST",
      trigger_type = "alert group created" }).id
    s:request("POST", hook, { body = { key = "k" .. count } })
    local found
    server.wait(function()
      found = s:api("GET", "/webhooks/" .. id .. "/responses/").results[1]
      return found
    end, "an answer of " .. address)
    s:request("DELETE", "/api/v1/webhooks/" .. id .. "/")
    return found, fakes:seen()
  end
  local function column(sql)
    local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(s.data, sql)))
    return (pipe:read("a"):gsub("%s+$", ""))
  end
  local function last_error() return column "SELECT error FROM delivery ORDER BY id DESC LIMIT 1" end
  local function refused(address, words)
    local _, seen = try(address)
    assert.equal(0, #seen.requests)
    assert.is_truthy(last_error():find(words, 1, true), last_error())
    assert.is_truthy(last_error():find("allow_private_webhooks", 1, true))
  end

  it("reaches nothing inside by default: addresses and names, of both families, in every spelling", function()
    start "0"
    fakes:dns { ["inner.test"] = { A = { "127.0.0.1" } }, ["six.test"] = { AAAA = { "::1" } }, ["mixed.test"] = { A = { "93.184.216.34" },
      AAAA = { "::1" } }, ["metadata.test"] = { A = { "169.254.169.254" } }, ["mapped.test"] = { AAAA = { "::ffff:127.0.0.1" } } }
    refused(url "127.0.0.1", "127.0.0.1")
    refused(url("[::1]", "/", six), "::1")
    refused(url "0x7f.1", "127.0.0.1")
    refused(url "[::ffff:127.0.0.1]", "127.0.0.1")
    refused(url "inner.test", "inner.test leads to 127.0.0.1, this machine (loopback)")
    refused(url("six.test", "/", six), "six.test leads to ::1")
    refused(url("mixed.test", "/", six), "mixed.test leads to ::1")
    refused(url "metadata.test", "169.254.169.254")
    refused(url "mapped.test", "127.0.0.1")
  end)

  it("connects to what was judged, whatever the name says a moment later", function()
    start "127.0.0.2/32"
    fakes:dns { ["rebind.test"] = { A = { { "127.0.0.2" }, { "127.0.0.1" } }, ttl = 1 } }
    for _ = 1, 2 do
      local answer, seen = try(url "rebind.test")
      assert.same({ 200, 1, "127.0.0.2" }, { answer.status_code, #seen.requests, seen.requests[1]["local"] })
    end
    fakes:dns { ["turned.test"] = { A = { { "127.0.0.1" }, { "127.0.0.2" } }, ttl = 1 } }
    refused(url "turned.test", "turned.test leads to 127.0.0.1")
  end)

  it("judges every redirect by the same list", function()
    start "127.0.0.2/32, ::1/128"
    fakes:dns { ["open.test"] = { A = { "127.0.0.2" } }, ["inner.test"] = { A = { "127.0.0.1" } } }
    for _, target in ipairs { url "127.0.0.1", url "inner.test", "http://169.254.169.254/latest/", url "[::ffff:127.0.0.1]" } do
      local _, seen = try(url("open.test", "/redirect/307?" .. target))
      for _, request in ipairs(seen.requests) do assert.equal("127.0.0.2", request["local"]) end
      assert.is_truthy(last_error():find("A redirect to", 1, true), last_error())
    end
    local answer = try(url("open.test", "/redirect/307?" .. url("[::1]", "/", six)))
    assert.equal(200, answer.status_code)
  end)

  it("reaches everything when the operator says so", function()
    start "1"
    local answer = try(url "127.0.0.1")
    assert.equal(200, answer.status_code)
  end)

  it("is guarded as a person's own contact method, too", function()
    start "0"
    local ada = s:api("POST", "/users/", { username = "ada", role = "editor" }).id
    s:api("POST", "/providers/", { type = "webhook", name = "webhook" })
    local method = s:api("POST", "/contact_methods/", { user_id = ada, channel = "webhook", address = { url = url "127.0.0.1" } }).id
    s:api("POST", "/contact_methods/" .. method .. "/test/")
    server.wait(function() return last_error() ~= "" end, "the refusal")
    assert.is_truthy(last_error():find("127.0.0.1", 1, true), last_error())
    assert.equal(0, #fakes:seen().requests)
  end)
end)
