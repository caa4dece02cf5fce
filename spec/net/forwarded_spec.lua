--- Who asks when proxies stand in front: what is believed, from whom, and what a client may have written itself.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"

describe("who asks", function()
  local near, far

  setup(function()
    near = raw.start_echo "--loops 1 --proxies '127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48'"
    far = raw.start_echo "--loops 1 --proxies 10.0.0.0/8"
  end)
  teardown(function()
    near:finish()
    far:finish()
  end)

  local function ask(server, headers)
    local lines = {}
    for i, line in ipairs(headers) do lines[i] = line .. "\r\n" end
    local answer = assert(raw.ask(server.port, raw.request("GET", "/request", nil, table.concat(lines))))
    assert.equal(200, answer.status)
    local seen = cjson.decode(answer.body)
    return { seen.client, seen.scheme, seen.host }
  end

  it("is the peer for whom nobody is believed", function()
    assert.same({ "127.0.0.1", "http", "spec" }, ask(far, { "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https",
      "X-Forwarded-Host: evil.example", "Forwarded: for=192.0.2.1;proto=https;host=evil.example" }))
  end)

  for name, case in pairs {
    ["nothing said"] = { {}, "127.0.0.1" },
    ["one hop"] = { { "X-Forwarded-For: 192.0.2.1" }, "192.0.2.1" },
    ["what the client wrote itself"] = { { "X-Forwarded-For: 6.6.6.6, 7.7.7.7, 192.0.2.1" }, "192.0.2.1" },
    ["a chain of ours"] = { { "X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.1.2.3,10.3.2.1" }, "192.0.2.1" },
    ["over several headers"] = { { "X-Forwarded-For: 6.6.6.6, 192.0.2.1", "X-Forwarded-For: 10.1.2.3" }, "192.0.2.1" },
    ["ours alone"] = { { "X-Forwarded-For: 10.1.2.3, 10.3.2.1" }, "10.1.2.3" },
    ["with ports"] = { { "X-Forwarded-For: 192.0.2.1:4711" }, "192.0.2.1" },
    ["IPv6"] = { { "X-Forwarded-For: 2001:DB8::7, 2001:db8:1::2" }, "2001:db8::7" },
    ["IPv6 in brackets, with a port"] = { { "X-Forwarded-For: [2001:db8::7]:99" }, "2001:db8::7" },
    ["IPv4 in IPv6"] = { { "X-Forwarded-For: ::ffff:192.0.2.9" }, "192.0.2.9" },
    ["nonsense at the right"] = { { "X-Forwarded-For: 192.0.2.1, nonsense" }, "127.0.0.1" },
    ["nonsense behind a proxy of ours"] = { { "X-Forwarded-For: <script>, 10.1.2.3" }, "10.1.2.3" },
    ["nothing between commas"] = { { "X-Forwarded-For: ,,192.0.2.1,," }, "127.0.0.1" },
    ["very many"] = { { "X-Forwarded-For: " .. ("6.6.6.6,"):rep(5000) .. "192.0.2.1" }, "192.0.2.1" },
    ["very many of ours"] = { { "X-Forwarded-For: 192.0.2.1" .. (",10.0.0.1"):rep(5000) }, "10.0.0.1" },
    ["the standard"] = { { "Forwarded: for=192.0.2.1;by=10.0.0.1" }, "192.0.2.1" },
    ["the standard, quoted"] = { { 'Forwarded: for=6.6.6.6, FOR="[2001:db8::7]:47\\11" , for=10.2.2.2' }, "2001:db8::7" },
    ["the standard, hidden"] = { { "Forwarded: for=192.0.2.1, for=_hidden" }, "127.0.0.1" },
    ["a quote without an end"] = { { 'Forwarded: for="192.0.2.1, for=192.0.2.2' }, "127.0.0.1" },
    ["both, and the same"] = { { "X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1" }, "192.0.2.1" },
    ["both, and one passed through"] = { { "X-Forwarded-For: 192.0.2.1", "Forwarded: for=6.6.6.6" }, "127.0.0.1" },
    ["both, and one empty"] = { { "X-Forwarded-For: nonsense", "Forwarded: for=6.6.6.6" }, "127.0.0.1" },
  } do
    it("is found: " .. name, function() assert.equal(case[2], ask(near, case[1])[1]) end)
  end

  for name, case in pairs {
    ["one value"] = { { "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: HTTPS", "X-Forwarded-Host: a.example:8443" }, "https", "a.example:8443" },
    ["a value of each hop"] = { { "X-Forwarded-For: 192.0.2.1, 10.0.0.2", "X-Forwarded-Proto: https, http", "X-Forwarded-Host: a.example, inner" },
      "https", "a.example" },
    ["more than hops"] = { { "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https, http", "X-Forwarded-Host: evil, inner" }, "http", "inner" },
    ["no schemes and hosts"] = { { "X-Forwarded-Proto: javascript", "X-Forwarded-Host: a/b" }, "http", "spec" },
    ["a host that is a page"] = { { "X-Forwarded-Host: a.example<b>" }, "http", "spec" },
    ["a host that is too long"] = { { "X-Forwarded-Host: " .. ("a"):rep(256) }, "http", "spec" },
    ["the standard"] = { { 'Forwarded: for=192.0.2.1;proto=https;host="a.example:1"' }, "https", "a.example:1" },
    ["the standard of the client's hop"] = { { "Forwarded: for=6.6.6.6;proto=http;host=evil, for=192.0.2.1;proto=https;host=a.example, for=10.0.0.1" },
      "https", "a.example" },
    ["different clients"] = { { "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "Forwarded: for=6.6.6.6;host=evil" }, "http", "spec" },
  } do
    it("says scheme and host: " .. name, function()
      local seen = ask(near, case[1])
      assert.same({ case[2], case[3] }, { seen[2], seen[3] })
    end)
  end
end)
