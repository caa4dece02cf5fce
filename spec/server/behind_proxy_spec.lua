--- Behind a proxy: under its path, with its scheme and host, and who is believed; what browsers are told; other sites' pages.
local server <const> = require "server"

describe("a server behind a proxy", function()
  local s
  before_each(function()
    s = server.start { args = { "--path-prefix", "/tocsin", "--trusted-proxies", "127.0.0.1", "--cors-origins", "https://a.example, http://b.example:1" } }
    s:make_token()
  end)
  after_each(function() s:finish() end)

  local SEEN <const> = { ["X-Forwarded-For"] = "192.0.2.1", ["X-Forwarded-Proto"] = "https", ["X-Forwarded-Host"] = "on.example" }
  local function with(more)
    local headers = {}
    for _, from in ipairs { SEEN, more or {} } do
      for name, value in pairs(from) do headers[name] = value end
    end
    return { headers = headers }
  end

  it("answers with and without the prefix, and writes all links with it", function()
    for _, prefix in ipairs { "", "/tocsin" } do
      assert.equal("https://on.example/tocsin", s:request("GET", prefix .. "/api/v1/info/", with()).json.url)
      assert.equal(200, s:request("GET", prefix .. "/health").status)
    end
    for _, path in ipairs { "/tocsinx/health", "/tocsin/tocsin/health", "/tocsi" } do assert.equal(404, s:request("GET", path).status, path) end
    local options = with()
    options.body = { type = "webhook", name = "shop" }
    local made = s:request("POST", "/tocsin/api/v1/integrations/", options).json
    local path = made.link:match "^https://on.example(/tocsin/integrations/v1/webhook/%w+/)$"
    assert.equal(200, s:request("POST", path, { body = { title = "x" } }).status)
    assert.matches("https://on.example/tocsin/integrations/v1/webhook/", s:request("GET", path, with()).body, 1, true)
    local next_page = s:request("GET", "/tocsin/api/v1/escalation_chains/?perpage=1&page=1", with()).json
    assert.is_not_nil(next_page.results)
    assert.matches("https://on.example/tocsin/alert%-groups/", s:request("GET", "/api/v1/alert_groups/", with()).body)
  end)

  it("keeps its pages' forms, links and redirects under the prefix", function()
    local page = s:request("GET", "/tocsin/sign-in", with()).body
    assert.matches('action="/tocsin/sign-in"', page, 1, true)
    assert.matches('href="/tocsin/reset"', page, 1, true)
    assert.is_nil(page:find('="/%f[^t]') and page:find('action="/sign', 1, true))
    local away = s:request("GET", "/tocsin/account", with())
    assert.equal(303, away.status)
    assert.matches("^/tocsin/sign%-in", away.headers.location)
  end)

  it("tells browsers what they may do, and to keep to TLS only where there is TLS", function()
    local api, page = s:request("GET", "/api/v1/info/", with()).headers, s:request("GET", "/sign-in", with()).headers
    assert.equal("default-src 'none'; frame-ancestors 'none'", api["content-security-policy"])
    assert.matches("frame-ancestors 'none'", page["content-security-policy"], 1, true)
    assert.is_nil(page["content-security-policy"]:find "unsafe")
    for _, headers in ipairs { api, page } do
      assert.equal("nosniff", headers["x-content-type-options"])
      assert.equal("same-origin", headers["referrer-policy"])
      assert.matches("max%-age=%d+", headers["strict-transport-security"])
    end
    assert.is_nil(s:request("GET", "/api/v1/info/").headers["strict-transport-security"])
  end)

  it("lets listed sites read the API, and nothing else", function()
    local answer = s:request("GET", "/api/v1/info/", with { Origin = "https://a.example" })
    assert.same({ "https://a.example", "Origin" }, { answer.headers["access-control-allow-origin"], answer.headers.vary })
    assert.is_nil(answer.headers["access-control-allow-credentials"])
    for _, origin in ipairs { "https://a.example.evil", "http://a.example", "null", "https://a.exampl", "*" } do
      assert.is_nil(s:request("GET", "/api/v1/info/", with { Origin = origin }).headers["access-control-allow-origin"], origin)
    end
    assert.is_nil(s:request("GET", "/sign-in", with { Origin = "https://a.example" }).headers["access-control-allow-origin"])
    local asked = s:request("OPTIONS", "/tocsin/api/v1/alert_groups/", { anonymous = true, headers = { Origin = "http://b.example:1",
      ["Access-Control-Request-Method"] = "POST", ["Access-Control-Request-Headers"] = "authorization" } })
    assert.equal(204, asked.status)
    assert.matches("POST", asked.headers["access-control-allow-methods"])
    assert.matches("authorization", asked.headers["access-control-allow-headers"])
    local refused = s:request("OPTIONS", "/api/v1/alert_groups/", { anonymous = true, headers = { Origin = "https://c.example",
      ["Access-Control-Request-Method"] = "POST" } })
    assert.is_true(refused.status >= 400)
    assert.is_nil(refused.headers["access-control-allow-origin"])
  end)
end)

describe("a server that stands alone", function()
  it("believes nobody, and lets no other site in", function()
    local s <const> = server.start {}
    s:make_token()
    local answer = s:request("GET", "/api/v1/info/", { headers = { ["X-Forwarded-Proto"] = "https", ["X-Forwarded-Host"] = "evil.example",
      Origin = "https://a.example" } })
    assert.equal("http://127.0.0.1:" .. s.port, answer.json.url)
    assert.is_nil(answer.headers.vary)
    assert.is_nil(answer.headers["access-control-allow-origin"])
    s:finish()
  end)

  it("refuses settings that it cannot keep to, and says which", function()
    for _, case in ipairs {
      { "--trusted-proxies", "1", "trusted_proxies must list addresses" },
      { "--trusted-proxies", "10.0.0.1/8", "trusted_proxies: '10.0.0.1/8' names one address within a range" },
      { "--trusted-proxies", "proxy.example", "trusted_proxies: 'proxy.example' is neither an address" },
      { "--path-prefix", "tocsin", "path_prefix must be a path such as /tocsin" },
      { "--path-prefix", "/tocsin/", "path_prefix must be a path" },
      { "--path-prefix", "/a//b", "path_prefix must be a path" },
      { "--path-prefix", "/../a", "path_prefix must be a path" },
      { "--path-prefix", '/a"b', "path_prefix must be a path" },
      { "--cors-origins", "*", "cors_origins: '*' is no origin" },
      { "--cors-origins", "https://a.example/x", "cors_origins: 'https://a.example/x' is no origin" },
    } do
      local s = server.start { args = { case[1], case[2] }, may_fail = true }
      assert.matches(case[3], table.concat(s.log, "\n"), 1, true)
      s:stop()
      server.remove(s.data)
    end
    local s = server.start { args = { "--path-prefix", "/tocsin", "--public-url", "https://on.example" }, may_fail = true }
    assert.matches("public_url is whole: it must end with the path_prefix /tocsin, not be 'https://on.example'", table.concat(s.log, "\n"), 1, true)
    s:stop()
    server.remove(s.data)
  end)
end)
