--- Names to addresses (core/net/resolver.h), against a name server that misbehaves; the clock of the cache is virtual.
local outgoing <const> = require "outgoing"

describe("the resolver", function()
  local fakes, port, client

  setup(function()
    fakes = outgoing.fakes()
    port = fakes:open { ["do"] = "dns" }
  end)
  teardown(function() fakes:stop() end)

  local function start(flags)
    flags = flags or {}
    flags.servers = flags.servers or "127.0.0.1:" .. port
    client = outgoing.client(flags)
    fakes:seen()
    return client
  end

  after_each(function()
    if client then client:end_clean() end
    client = nil
  end)

  --- How often the server was asked for an A record of this name since the last time.
  local function asked(name)
    local count = 0
    for _, question in ipairs(fakes:seen().questions) do
      if question.name == name and question.type == "A" then count = count + 1 end
    end
    return count
  end

  it("finds both families and asks for both at once", function()
    fakes:dns { ["both.test"] = { A = { "192.0.2.1", "192.0.2.2" }, AAAA = { "2001:db8::1" } } }
    local answer = start():resolve("both.test")
    assert.equal("FOUND", answer.state)
    table.sort(answer.addresses)
    assert.same({ "192.0.2.1", "192.0.2.2", "2001:db8::1" }, answer.addresses)
    local questions = fakes:seen().questions
    assert.equal(2, #questions)
    assert.not_equal(questions[1].type, questions[2].type)
  end)

  it("finds a host with one family only", function()
    fakes:dns { ["six.test"] = { AAAA = { "2001:db8::6" } }, ["four.test"] = { A = { "192.0.2.4" } } }
    start()
    assert.same({ "2001:db8::6" }, client:resolve("six.test").addresses)
    assert.same({ "192.0.2.4" }, client:resolve("four.test").addresses)
  end)

  it("waits no longer than a moment for a family whose questions are dropped", function()
    fakes:dns { ["dropped.test"] = { A = { "192.0.2.7" }, AAAA = {}, drop = "AAAA" } }
    start { limit_ms = 60000, try_ms = 60000 }
    assert.same({ "192.0.2.7" }, client:resolve("dropped.test").addresses)
  end)

  it("follows an alias and keeps the answer for the shortest life on the way", function()
    fakes:dns { ["alias.test"] = { A = { "192.0.2.9" }, cname = "real.test", cname_ttl = 20, ttl = 600 } }
    start()
    assert.same({ "192.0.2.9" }, client:resolve("alias.test").addresses)
    client:advance(19000)
    client:resolve("alias.test")
    assert.equal(1, asked("alias.test"))
    client:advance(2000)
    client:resolve("alias.test")
    assert.equal(1, asked("alias.test"))
  end)

  it("asks again over TCP when the answer did not fit", function()
    local many = {}
    for i = 1, 40 do many[i] = "192.0.2." .. i end
    fakes:dns { ["big.test"] = { A = many, cut = true } }
    local answer = start():resolve("big.test")
    assert.equal("FOUND", answer.state)
    assert.equal(16, #answer.addresses)
    local has_tcp = false
    for _, question in ipairs(fakes:seen().questions) do has_tcp = has_tcp or question.tcp end
    assert.is_true(has_tcp)
  end)

  it("answers an address with itself and asks nobody", function()
    start()
    assert.same({ "127.0.0.1" }, client:resolve("127.0.0.1").addresses)
    assert.same({ "2001:db8::1" }, client:resolve("2001:db8::1").addresses)
    assert.equal(0, #fakes:seen().questions)
  end)

  it("refuses what is no name, and asks nobody", function()
    start()
    for _, name in ipairs { "", ".", "a..b", ".a.test", "a b.test", "a/b", "a\0.test", "ü.test", ("a"):rep(254), "a%2e.test", "a\n.test" } do
      assert.equal("NO_NAME", client:resolve(name).state, name)
    end
    assert.equal(0, #fakes:seen().questions)
  end)

  it("does not mind upper case and a dot at the end", function()
    fakes:dns { ["case.test"] = { A = { "192.0.2.3" } } }
    start()
    assert.same({ "192.0.2.3" }, client:resolve("Case.TEST").addresses)
    assert.same({ "192.0.2.3" }, client:resolve("case.test").addresses)
    assert.equal(1, asked("case.test"))
    assert.same({ "192.0.2.3" }, client:resolve("case.test.").addresses)
  end)

  it("keeps an answer for its life, at least 5 s", function()
    fakes:dns { ["kept.test"] = { A = { "192.0.2.1" }, ttl = 30 }, ["short.test"] = { A = { "192.0.2.2" }, ttl = 0 } }
    start()
    for _ = 1, 3 do client:resolve("kept.test"); client:resolve("short.test") end
    client:advance(4000)
    client:resolve("short.test")
    local seen = fakes:seen().questions
    assert.equal(4, #seen)
    client:advance(2000)
    client:resolve("short.test")
    assert.equal(1, asked("short.test"))
    client:advance(25000)
    client:resolve("kept.test")
    assert.equal(1, asked("kept.test"))
  end)

  it("lets questions for one name wait for one look-up", function()
    fakes:dns { ["slow.test"] = { A = { "192.0.2.5" }, delay = 50 } }
    start()
    local ids = {}
    for i = 1, 5 do ids[i] = client:begin { ["do"] = "ask", name = "slow.test" } end
    for _, id in ipairs(ids) do assert.same({ "192.0.2.5" }, client:finish(id).addresses) end
    assert.equal(1, asked("slow.test"))
  end)

  it("answers nothing to a question that was cancelled", function()
    fakes:dns { ["slow.test"] = { A = { "192.0.2.5" }, delay = 20 } }
    start()
    client:tell { ["do"] = "ask", id = 900, name = "slow.test", give_up = true }
    client:take(function(line) return line.done end, "the cancel")
    assert.same({ "192.0.2.5" }, client:resolve("slow.test").addresses)
    assert.equal(1, asked("slow.test"))
  end)

  it("ends cleanly with questions that wait", function()
    fakes:dns { ["never.test"] = { drop = true } }
    start()
    client:begin { ["do"] = "ask", name = "never.test" }
    client:stats()
  end)

  it("believes that a name does not exist, for 5 s", function()
    start()
    assert.equal("NO_NAME", client:resolve("nobody.test").state)
    client:resolve("nobody.test")
    assert.equal(1, asked("nobody.test"))
    fakes:dns { ["nobody.test"] = { A = { "192.0.2.8" } } }
    client:advance(4000)
    assert.equal("NO_NAME", client:resolve("nobody.test").state)
    client:advance(2000)
    assert.equal("FOUND", client:resolve("nobody.test").state)
  end)

  it("says that no server answered: silent, refused, or failing", function()
    fakes:dns { ["silent.test"] = { drop = true }, ["failing.test"] = { rcode = 2 }, ["refused.test"] = { rcode = 5 } }
    start { try_ms = 20, limit_ms = 100 }
    for _, name in ipairs { "silent.test", "failing.test", "refused.test" } do
      assert.equal("NO_SERVERS", client:resolve(name).state, name)
    end
    client:end_clean()
    client = outgoing.client { servers = "127.0.0.1:1", try_ms = 20, limit_ms = 100 }
    assert.equal("NO_SERVERS", client:resolve("any.test").state)
  end)

  it("asks the second server when the first is silent", function()
    fakes:dns { ["two.test"] = { A = { "192.0.2.2" } } }
    local silent = fakes:open { ["do"] = "silent" }
    start { servers = ("127.0.0.1:%d, 127.0.0.1:%d"):format(silent, port), try_ms = 30 }
    assert.same({ "192.0.2.2" }, client:resolve("two.test").addresses)
  end)

  it("asks a failing server at most once a second", function()
    fakes:dns { ["later.test"] = { rcode = 2 } }
    start { try_ms = 20, limit_ms = 200 }
    assert.equal("NO_SERVERS", client:resolve("later.test").state)
    asked("later.test")
    fakes:dns { ["later.test"] = { A = { "192.0.2.1" } } }
    assert.equal("NO_SERVERS", client:resolve("later.test").state)
    assert.equal(0, asked("later.test"))
    client:advance(1100)
    assert.equal("FOUND", client:resolve("later.test").state)
  end)

  describe("when the servers fall silent", function()
    it("serves the old addresses, at once after the first time", function()
      fakes:dns { ["old.test"] = { A = { "192.0.2.1" }, ttl = 10 } }
      start { try_ms = 500, limit_ms = 1500, stale_ms = 30 }
      assert.is_false(client:resolve("old.test").is_stale)
      fakes:dns { ["old.test"] = { drop = true } }
      client:advance(11000)
      local answer = client:resolve("old.test") -- waits 30 ms for the servers
      assert.same({ "192.0.2.1" }, answer.addresses)
      assert.is_true(answer.is_stale)
      asked("old.test")
      answer = client:resolve("old.test") -- their look-up still runs: no wait, no second one
      assert.is_true(answer.is_stale)
      assert.equal(2, client:stats().looked_up)
    end)

    it("takes their new answer as soon as it is there", function()
      fakes:dns { ["back.test"] = { A = { { "192.0.2.1" }, { "192.0.2.2" } }, ttl = 10 } }
      start { stale_ms = 20 }
      client:resolve("back.test")
      fakes:dns { ["back.test"] = { A = { "192.0.2.2" }, ttl = 10, delay = 60 } }
      client:advance(11000)
      assert.same({ "192.0.2.1" }, client:resolve("back.test").addresses)
      local answer
      repeat answer = client:resolve("back.test") until not answer.is_stale
      assert.same({ "192.0.2.2" }, answer.addresses)
    end)

    it("serves them for a day and no longer", function()
      fakes:dns { ["day.test"] = { A = { "192.0.2.1" }, ttl = 10 } }
      start { try_ms = 10, limit_ms = 50, stale_ms = 10 }
      client:resolve("day.test")
      fakes:dns { ["day.test"] = { rcode = 2 } }
      client:advance(86400000)
      assert.is_true(client:resolve("day.test").is_stale)
      client:advance(20000)
      assert.equal("NO_SERVERS", client:resolve("day.test").state)
    end)

    it("does not serve them when the servers say that the name is gone", function()
      fakes:dns { ["gone.test"] = { A = { "192.0.2.1" }, ttl = 10 } }
      start()
      client:resolve("gone.test")
      fakes:dns { ["gone.test"] = { rcode = 3 } }
      client:advance(11000)
      assert.equal("NO_NAME", client:resolve("gone.test").state)
    end)
  end)

  it("keeps a bounded number of names: the longest unused goes", function()
    local names = {}
    for i = 1, 6 do names[("n%d.test"):format(i)] = { A = { "192.0.2." .. i }, ttl = 600 } end
    fakes:dns(names)
    start { names = 4 }
    for i = 1, 4 do
      client:resolve(("n%d.test"):format(i))
      client:advance(1)
    end
    client:resolve("n1.test")
    client:resolve("n5.test")
    assert.equal(4, client:stats().names)
    fakes:seen()
    client:resolve("n1.test")
    assert.equal(0, #fakes:seen().questions)
    client:resolve("n2.test")
    assert.equal(1, asked("n2.test"))
  end)

  it("knows localhost, whatever the servers say", function()
    fakes:dns { ["localhost"] = { A = { "192.0.2.66" } }, ["a.localhost"] = { A = { "192.0.2.66" } } }
    start()
    for _, name in ipairs { "localhost", "LOCALHOST.", "a.localhost", "a.localhost." } do
      assert.same({ "127.0.0.1", "::1" }, client:resolve(name).addresses)
    end
    assert.equal(0, #fakes:seen().questions)
  end)

  it("reads the system's list of hosts, and forgets on demand", function()
    local listed
    for line in io.lines "/etc/hosts" do
      local name = line:match "^[%x.:]+%s+([%w.-]+)"
      if name and not name:find "localhost$" then listed = name:lower() end
    end
    assert(listed, "/etc/hosts names nothing but localhost")
    start()
    assert.equal("FOUND", client:resolve(listed).state)
    assert.equal(1, client:stats().names)
    assert.equal(0, client:ask_plain({ ["do"] = "forget" }).names)
  end)

  it("names a list of servers that is none", function()
    for list, words in pairs { ["dns.example"] = "'dns.example' is no name server", ["127.0.0.1:0"] = "is no name server",
      ["127.0.0.1:99999"] = "is no name server", ["[::1]:x"] = "is no name server", ["::1]:53"] = "is no name server",
      [("127.0.0.1,"):rep(9)] = "at most 8" } do
      local pipe <close> = assert(io.popen(("%s/client_test --servers '%s' 2>&1 < /dev/null"):format(os.getenv "SPEC_BUILD", list)))
      local said = pipe:read("a")
      assert(said:find(words, 1, true), list .. ": " .. said)
    end
    for _, list in ipairs { "127.0.0.1", "::1", "[::1]", "[2001:db8::1]:5353 , 192.0.2.1:54", "" } do
      outgoing.client({ servers = list }):end_clean()
    end
  end)
end)
