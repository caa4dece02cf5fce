--- Which addresses outgoing requests may reach (core/net/address_guard.h).
local outgoing <const> = require "outgoing"

describe("the address guard", function()
  local client

  setup(function() client = outgoing.client() end)
  teardown(function() client:end_clean() end)

  local function judge(list, addresses)
    return client:ask_plain { ["do"] = "judge", list = list, addresses = addresses }
  end

  local function allows(list, address) return judge(list, { address }).kinds[1] == "" end

  it("lets the public Internet be reached", function()
    for _, address in ipairs { "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
      "198.20.0.0", "223.255.255.255", "192.0.1.1", "2606:4700::1111", "2001:4860:4860::8888", "2001:200::1", "2a00::1", "3ffe::1",
      "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1" } do
      assert.is_true(allows("", address), address)
    end
  end)

  -- Each first and last address of IANA's special-purpose ranges, both families.
  it("refuses every special range, at both ends, and names it", function()
    for address, word in pairs {
      ["0.0.0.0"] = "this", ["0.255.255.255"] = "this", ["10.0.0.0"] = "private", ["10.255.255.255"] = "private", ["100.64.0.0"] = "CGNAT",
      ["100.127.255.255"] = "CGNAT", ["127.0.0.1"] = "loopback", ["127.255.255.255"] = "loopback", ["169.254.0.0"] = "link%-local",
      ["169.254.169.254"] = "metadata", ["169.254.255.255"] = "link%-local", ["172.16.0.0"] = "private", ["172.31.255.255"] = "private",
      ["192.0.0.0"] = "protocols", ["192.0.0.255"] = "protocols", ["192.0.2.1"] = "documentation", ["192.88.99.1"] = "6to4",
      ["192.168.0.0"] = "private", ["192.168.255.255"] = "private", ["198.18.0.0"] = "benchmarks", ["198.19.255.255"] = "benchmarks",
      ["198.51.100.7"] = "documentation", ["203.0.113.7"] = "documentation", ["224.0.0.1"] = "multicast",
      ["239.255.255.255"] = "multicast", ["240.0.0.0"] = "reserved", ["255.255.255.255"] = "reserved", ["::"] = "loopback",
      ["::1"] = "loopback", ["::2"] = "no address", ["::7f00:1"] = "no address", ["100::1"] = "no address", ["fc00::1"] = "private",
      ["fdff:ffff::1"] = "private", ["fe80::1"] = "link%-local", ["febf::1"] = "link%-local", ["fec0::1"] = "private",
      ["ff02::1"] = "multicast", ["2001::1"] = "protocols", ["2001:1ff:ffff::1"] = "protocols", ["2001:db8::1"] = "documentation",
      ["3fff::1"] = "documentation", ["3fff:fff:ffff::1"] = "documentation", ["4000::1"] = "no address", ["1fff::1"] = "no address",
      ["5f00::1"] = "no address", ["64:ff9b:1::1"] = "no address" } do
      local kind = judge("", { address }).kinds[1]
      assert(kind:find(word), ("%s is called '%s'"):format(address, kind))
    end
  end)

  it("looks through what carries an IPv4 address", function()
    for _, address in ipairs { "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:192.168.1.1", "64:ff9b::169.254.169.254", "2002:7f00:1::",
      "2002:c0a8:101::5" } do
      assert.is_false(allows("", address), address)
    end
    assert.is_true(allows("10.0.0.0/8", "::ffff:10.0.0.1"))
    assert.is_true(allows("10.0.0.0/8", "64:ff9b::10.1.2.3"))
    assert.is_false(allows("10.0.0.0/8", "::ffff:127.0.0.1"))
  end)

  it("opens what the operator lists, to the bit", function()
    assert.is_true(allows("10.20.0.0/15", "10.21.255.255"))
    assert.is_false(allows("10.20.0.0/15", "10.22.0.0"))
    assert.is_false(allows("10.20.0.0/15", "10.19.255.255"))
    assert.is_true(allows("fd00:1::/33", "fd00:1:7fff::1"))
    assert.is_false(allows("fd00:1::/33", "fd00:1:8000::1"))
    assert.is_true(allows(" 192.168.1.5 , fd00::/8\t127.0.0.1/32", "192.168.1.5"))
    assert.is_true(allows("192.168.1.5,fd00::/8", "fdab::1"))
    assert.is_false(allows("192.168.1.5", "192.168.1.6"))
    assert.is_true(allows("0.0.0.0/0", "127.0.0.1"))
    assert.is_false(allows("0.0.0.0/0", "::1"))
    assert.is_true(allows("::/0", "::1"))
  end)

  it("is a switch, too", function()
    for _, on in ipairs { "1", "true", "ON", " 1 " } do
      for _, address in ipairs { "127.0.0.1", "::1", "169.254.169.254", "10.0.0.1" } do assert.is_true(allows(on, address), on) end
    end
    for _, off in ipairs { "", "0", "false", "off", "  " } do assert.is_false(allows(off, "10.0.0.1"), off) end
  end)

  it("says what is wrong with a list", function()
    for list, words in pairs {
      ["10.0.0.0/33"] = "'10.0.0.0/33' must be a number from 0 to 32", ["fd00::/129"] = "from 0 to 128", ["10.0.0.0/"] = "number from 0",
      ["10.0.0.0/-1"] = "number from 0", ["10.0.0.0/8x"] = "number from 0", ["10.1.2.3/8"] = "the range is 10.0.0.0/8",
      ["fd00::1/8"] = "the range is fd00::/8", ["intranet"] = "'intranet' is neither", ["10.0.0/8"] = "'10.0.0/8' is neither",
      ["1,10.0.0.0/8"] = "'1' is neither", ["010.0.0.0/8"] = "is neither", ["[::1]"] = "is neither", ["fe80::1%eth0"] = "is neither",
      ["yes"] = "'yes' is neither" } do
      local answer = judge(list, {})
      assert.equal("INVALID", answer.err, list)
      assert(answer.why:find(words, 1, true), answer.why)
    end
    local many = {}
    for i = 0, 64 do many[#many + 1] = "10.0.0." .. i end
    assert.equal("LIMIT", judge(table.concat(many, ","), {}).err)
    table.remove(many)
    assert.equal("OK", judge(table.concat(many, ","), {}).err)
  end)

  it("takes addresses in the usual notation only", function()
    for _, text in ipairs { "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "[::1]", "::1%lo", "", "1.1.1.1\0.com",
      ("1"):rep(100) } do
      assert.equal("no address", judge("1", { text }).kinds[1])
    end
  end)
end)
