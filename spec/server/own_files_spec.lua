--- Integration files of one's own (`--integrations`) are read again while the server runs, and no request is dropped for it.
require "tocsin.core"
local server <const> = require "server"
local raw <const> = require "raw_http"
local crypto <const> = require "tocsin.crypto"

local EACH <const> = 400 -- alerts of each of three senders, a hundred a second

local FILE <const> = [==[
return { name = "Tide", about = "Water", connect = "c", grouping_id = "{{ payload.id }}", title = "{{ payload.id }} {{ payload.by }}",
  receive = function(request) return { payload = { id = request.json.id, by = "@VERSION@" } } end,
  examples = { { "one", payload = "{}", expect = { state = "firing" } } } }
]==]

describe("integration files of one's own", function()
  local folder, s, path, count
  before_each(function()
    folder, count = "/tmp/tocsin-spec-" .. crypto.random_token(12), 0
    raw.shell("mkdir " .. folder)
  end)
  after_each(function()
    s:finish()
    raw.shell("rm -rf " .. folder)
  end)

  local function write(name, text)
    local file <close> = assert(io.open(folder .. "/." .. name, "w"))
    file:write(text)
    file:close()
    assert(os.rename(folder .. "/." .. name, folder .. "/" .. name .. ".lua"))
  end
  local function version(n) write("tide", (FILE:gsub("@VERSION@", n))) end
  local function start()
    s = server.start { args = { "--integrations", folder } }
    s:make_token()
  end
  local function connect(kind)
    path = s:api("POST", "/integrations/", { type = kind, name = kind }).link:match "//[^/]*(/.*)$"
  end
  local function logged(word, from)
    for i = from or 1, #s.log do
      if s.log[i]:find(word, 1, true) then return s.log[i] end
    end
  end
  -- Posts one alert, which must be taken.
  local function post()
    count = count + 1
    local answer = s:request("POST", path, { body = { id = "n" .. count } })
    assert.equal(200, answer.status, answer.body)
  end
  -- Which version read the last alert.
  local function reader() return s:api("GET", "/alert_groups/").results[1].title:match "(%S+)$" end
  local function read_by(expected)
    server.wait(function()
      post()
      return reader() == expected
    end, "alerts read by " .. expected)
  end

  it("are read again when they change, and a broken one is refused while the last good one goes on", function()
    version "first"
    start()
    connect "tide"
    post()
    assert.equal("first", reader())
    version "second"
    read_by "second"
    for text, words in pairs { ["return {"] = "unexpected symbol", [(FILE:gsub("title", "titel"))] = "did you mean 'title'",
      ["while true do end"] = "integrations/tide.lua" } do
      local from = #s.log + 1
      write("tide", text)
      server.wait(function()
        post()
        return logged("integration_file_refused", from)
      end, "the refusal")
      assert.is_truthy(logged(words, from), logged("integration_file_refused", from))
      assert.equal("second", reader())
    end
    version "third"
    read_by "third"
    s.expects = "integration_file_refused"
  end)

  it("may come and go, and a base takes what stands on it along, or stays", function()
    start()
    write("base", (FILE:gsub("@VERSION@", "base")))
    server.wait(function() return s:request("POST", "/api/v1/integrations/", { body = { type = "base", name = "b" } }).status == 201 end, "the new type")
    write("tide", [[return { base = "base", name = "Tide", about = "a", connect = "c", examples = { { "one", payload = "{}", expect = { state = "firing" } } } }]])
    server.wait(function() return s:request("POST", "/api/v1/integrations/", { body = { type = "tide", name = "t" } }).status == 201 end, "the type on a base")
    path = s:api("GET", "/integrations/?name=t").results[1].link:match "//[^/]*(/.*)$"
    read_by "base"
    local from = #s.log + 1
    write("base", (FILE:gsub("grouping_id = ", "about_grouping = ")))
    server.wait(function() return logged("integration_file_refused", from) end, "the refusal of the base")
    write("base", (FILE:gsub("@VERSION@", "base2")))
    read_by "base2"
    os.remove(folder .. "/tide.lua")
    server.wait(function() return logged "integration_file_gone" end, "the end of the file")
    local answer = s:request("POST", path, { body = { id = "x", by = "itself" } })
    assert.equal(200, answer.status)
    assert.equal("itself", reader())
    s.expects = "integration_file_refused"
  end)

  it("change under load without a dropped request, and each is read by one version or the other", function()
    version "v0"
    start()
    s.expects = "integration_file_refused"
    connect "tide"
    for _, name in ipairs { "a", "b", "c" } do
      local plan = assert(io.open(folder .. "/" .. name .. ".curl", "w"))
      for n = 1, EACH do
        plan:write(('%surl = "http://127.0.0.1:%d%s"\ndata = "{\\"id\\":\\"%s%d\\"}"\nwrite-out = "%%{http_code}\\n"\noutput = /dev/null\n'):format(
          n > 1 and "next\n" or "", s.port, path, name, n))
      end
      plan:close()
      assert(os.execute(("curl -s --rate 100/s -K %s/%s.curl > %s/%s.txt &"):format(folder, name, folder, name)))
    end
    local function done()
      local n, codes = 0, {}
      for _, name in ipairs { "a", "b", "c" } do
        for line in io.lines(folder .. "/" .. name .. ".txt") do n, codes[line] = n + 1, true end
      end
      return n, codes
    end
    local changes, from = 0, 1
    server.wait(function()
      if logged("integration_file_read", from) or logged("integration_file_refused", from) or changes == 0 then
        changes, from = changes + 1, #s.log + 1
        if changes % 3 == 0 then write("tide", "return {") else version("v" .. changes) end
      end
      return done() >= 3 * EACH
    end, "the alerts")
    local _, codes = done()
    assert.same({ ["200"] = true }, codes)
    assert.is_true(changes >= 3, changes .. " changes in that time")
    local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"SELECT count(*), count(DISTINCT alert_group_id) FROM alert;"
      .. "SELECT DISTINCT json_extract(CAST(payload AS TEXT), '$.by') IS NOT NULL FROM alert\""):format(s.data)))
    assert.equal(("%d|%d\n1\n"):format(3 * EACH, 3 * EACH), pipe:read "a")
    s.expects = "integration_file_refused"
  end)
end)
