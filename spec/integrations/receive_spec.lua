--- `receive` and `split`: the functions of an integration file, and what happens when they fail.
require "tocsin.core"
local json = require "tocsin.json"
local receive = require "receive"
local integration = require "integration"

local function spec_with(functions)
  local spec, problems = integration.load("x", { source = [==[return {
    name = "X", about = "x", connect = "x", grouping_id = "x", title = "x",
    examples = { { "one", payload = "{}", expect = {} } },
    ]==] .. functions .. "}" })
  return assert(spec, problems and table.concat(problems, "\n"))
end

local function parts(functions, body) return receive.parts(spec_with(functions), body) end

describe("split", function()
  it("keeps the parts in the order of the wire", function()
    assert.same({ '{"z":1,"a":{"c":null,"b":[null,2.5]},"big":123456789012345678901234567890}', '{"y":"é"}' },
      parts("split = function(p) return p.alerts end",
        [[{"alerts":[{"z":1,"a":{"c":null,"b":[null,2.5]},"big":123456789012345678901234567890},{"y":"é"}]}]]))
  end)
  it("may change and add", function()
    assert.same({ '{"b":2,"a":5,"from":"x","list":[1,2]}' },
      parts("split = function(p) local q = p.alerts[1] q.a = 5 q.from = p.r q.list = { 1, 2 } q.gone = nil return { q } end",
        [[{"r":"x","alerts":[{"b":2,"a":1,"gone":3}]}]]))
  end)
  it("of nil is one alert, of an empty list none", function()
    assert.is_nil(parts("split = function(p) return nil end", "{}"))
    assert.same({}, parts("split = function(p) return {} end", "{}"))
  end)
  it("keeps empty lists and objects what they were", function()
    assert.same({ '{"a":[],"b":{}}' }, parts("split = function(p) return { p.x } end", [[{"x":{"a":[],"b":{}}}]]))
  end)
  it("is not asked about a body that is no container", function()
    assert.is_nil(parts("split = function(p) return p.a.b end", "5"))
  end)
  it("that fails says why and leaves the body whole", function()
    for source, pattern in pairs {
      ["split = function(p) return p.a.b.c end"] = "index",
      ["split = function(p) while true do end end"] = "limit",
      ["split = function(p) return 5 end"] = "list of payloads",
      ["split = function(p) return { function() end } end"] = "cannot hold a function",
      ["split = function(p) local t = {} t.t = t return { t } end"] = "nested too deeply",
    } do
      local got, why = parts(source, "{}")
      assert.is_nil(got)
      assert.matches(pattern, why)
    end
  end)
  it("of a type without it is nil", function()
    assert.is_nil((receive.split("webhook", json.payload("{}"))))
    assert.is_nil((receive.split("nosuch", json.payload("{}"))))
  end)
  it("of grafana gives C a JSON array of texts", function()
    assert.same({ '{"status":"firing","labels":{"b":"1","a":"2"}}', '{"status":"resolved"}' }, json.decode(
      receive.split("grafana", json.payload [[{"alerts":[{"status":"firing","labels":{"b":"1","a":"2"}},{"status":"resolved"}]}]])))
    assert.equal("[]", receive.split("grafana", json.payload [[{"state":"paused"}]]))
    assert.is_nil((receive.split("grafana", json.payload [[{"state":"alerting","alerts":[]}]])))
    assert.is_nil((receive.split("grafana", json.payload "[1,2]")))
  end)
end)

describe("receive", function()
  local function request(functions, headers, body)
    return receive.apply(spec_with(functions), "POST", "a=1", json.encode(headers or {}), body or "{}", 0)
  end
  it("makes a payload from headers and body", function()
    local kind, texts = request([[receive = function(r)
      return { payload = { event = r.headers["x-event"], method = r.method, query = r.query, body = r.json } } end]],
      { ["x-event"] = "push" }, [[{"b":1,"a":2}]])
    assert.equal("alerts", kind)
    assert.same({ '{"body":{"b":1,"a":2},"event":"push","method":"POST","query":"a=1"}' }, json.decode(texts))
  end)
  it("is split afterwards", function()
    local kind, texts = request([[receive = function(r) return { payload = r.json } end,
      split = function(p) return p.list end]], nil, [[{"list":[{"a":1},{"a":2}]}]])
    assert.equal("alerts", kind)
    assert.same({ '{"a":1}', '{"a":2}' }, json.decode(texts))
  end)
  it("answers a handshake or ignores", function()
    assert.same({ "answer", 201, "text/plain", "token" }, { request [[receive = function(r)
      return { answer = { status = 201, content_type = "text/plain", body = "token" } } end]] })
    assert.equal("ignore", (request [[receive = function(r) return { ignore = true } end]]))
  end)
  it("sees a body that is no JSON as text", function()
    local kind, texts = request([[receive = function(r) return { payload = { text = r.body, none = r.json == nil } } end]], nil, "<a/>")
    assert.equal("alerts", kind)
    assert.same({ '{"none":true,"text":"<a/>"}' }, json.decode(texts))
  end)
  it("that fails or says nothing leaves the request alone", function()
    local kind, why = request "receive = function(r) return nil end"
    assert.is_nil(kind)
    assert.is_nil(why)
    kind, why = request "receive = function(r) return { } end"
    assert.is_nil(kind)
    assert.matches("neither payload, answer nor ignore", why)
    kind, why = request "receive = function(r) error('no') end"
    assert.is_nil(kind)
    assert.matches("no", why)
  end)
  it("finds no way out", function()
    for _, name in ipairs { "os", "io", "require", "load", "pcall", "setmetatable", "getmetatable", "rawset", "debug", "coroutine", "_G" } do
      local _, texts = request("receive = function(r) return { payload = { is = " .. name .. " == nil } } end")
      assert.same({ '{"is":true}' }, json.decode(texts), name)
    end
  end)
end)
