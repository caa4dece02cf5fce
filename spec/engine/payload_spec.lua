--- What a request's bytes mean: JSON in every dress, forms, text, and what is refused, through the core.
local world = require "world"
local json = require "tocsin.json"

local FORM <const> = { ["content-type"] = "application/x-www-form-urlencoded" }
local TEXT <const> = { ["content-type"] = "text/plain" }
local MULTIPART <const> = { ["content-type"] = 'multipart/form-data; boundary="xYz"' }

describe("a request's body", function()
  local w, hook
  before_each(function()
    w = world.open()
    hook = w:integration { templates = { grouping_key = "", web = { title = "{{ payload }}" } } }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  -- What templates see of it.
  local function seen(bytes, headers, query)
    local status, body = w:send(hook, bytes, headers, query)
    assert.equal(200, status, body)
    local groups = w:groups()
    local alert = w:alerts(groups[#groups].id)[1]
    return groups[#groups].title, alert.payload, alert.parsed
  end
  local function refused(status, bytes, headers, query)
    local before = #w:groups()
    local got, body, kind = w:send(hook, bytes, headers, query)
    assert.equal(status, got, body)
    assert.equal(before, #w:groups())
    assert.equal("application/json", kind)
    return json.decode(body).detail
  end

  it("is JSON when it parses as JSON, whatever its type says", function()
    for _, headers in ipairs { {}, TEXT, FORM, { ["content-type"] = "application/octet-stream" }, { ["content-type"] = "bad;;" } } do
      assert.equal("{'a': 1}", seen('{"a":1}', headers))
    end
    assert.equal("[1, 'x', None, True]", seen '[1,"x",null,true]')
    assert.equal("12", seen "12")
    assert.equal("text", seen '"text"')
    assert.equal("False", seen "false")
  end)

  it("keeps order, numbers of any length, and the last of equal keys at the first's place", function()
    local bytes = ' {"z":1,"a":123456789012345678901234567890,"f":1.50,"e":1e3,"z":2}\n'
    local title, stored = seen(bytes)
    assert.equal("{'z': 2, 'a': 123456789012345678901234567890, 'f': 1.5, 'e': 1000.0}", title)
    assert.equal(bytes, stored)
    assert.equal("{'a': -0.0, 'b': inf}", seen '{"a":-0.0,"b":1e400}')
  end)

  it("may begin with a byte order mark and hold lone surrogates", function()
    local title, stored = seen '\xEF\xBB\xBF{"a":1}'
    assert.equal("{'a': 1}", title)
    assert.equal('\xEF\xBB\xBF{"a":1}', stored)
    assert.equal(200, (w:send(hook, [[{"a":"\ud800"}]])))
    assert.same({ a = 1 }, w:api(200, "GET", "alerts/?perpage=1&page=2").results[1].payload)
  end)

  it("is an empty object when empty, or the query", function()
    local title, stored = seen ""
    assert.same({ "{}", "{}" }, { title, stored })
    assert.equal("{}", seen(" \r\n"))
    assert.equal("{'a': 'x y', 'b': 'é', 'c': ''}", seen("", {}, "?a=1&b=%C3%A9&a=x+y&c"))
    assert.equal("{'p': 1}", seen('{"p":1}', nil, "?a=1"))
  end)

  it("may be a form, one field of which may be JSON", function()
    assert.equal("{'a': '1', 'b': 'x & y'}", seen("a=0&b=x+%26+y&a=1", FORM))
    assert.equal("{'n': 1}", seen("payload=%7B%22n%22%3A1%7D", FORM))
    assert.equal("{'payload': 'text'}", seen("payload=text", FORM))
    assert.equal("{'other': '{\"n\":1}'}", seen("other=%7B%22n%22%3A1%7D", FORM))
    local _, stored, parsed = seen("a=1", FORM)
    assert.same({ "a=1", '{"a":"1"}' }, { stored, parsed })
    assert.same({ a = "1" }, w:api(200, "GET", "alerts/?perpage=1").results[1].payload)
    assert.matches("UTF%-8", refused(400, "a=%FF", FORM))
    local many = {}
    for i = 1, 1001 do many[i] = "k" .. i .. "=v" end
    assert.matches("1000 fields", refused(400, table.concat(many, "&"), FORM))
  end)

  it("is bad JSON when it begins as JSON, although it is called a form", function()
    assert.equal("[{'a': 1}]", seen(' \n[{"a":1}]', FORM))
    for _, body in ipairs { "{bad", '{"a":1', "  [1,", '{"a":1}}', "{a=1&b=2" } do
      assert.matches("^JSON parse error", refused(400, body, FORM), body)
    end
    assert.matches("128", refused(400, ("["):rep(200), FORM))
    assert.equal("{'{bad': ''}", seen("%7Bbad", FORM))
    assert.equal("{'a': '{bad'}", seen("a={bad", FORM))
  end)

  it("may be a multipart form without files", function()
    local function part(head, body) return "--xYz\r\nContent-Disposition: form-data; " .. head .. "\r\n\r\n" .. body .. "\r\n" end
    assert.equal("{'a': '1', 'b c': 'x\\r\\ny'}", seen(part('name="a"', "1") .. part('name="b c"', "x\r\ny") .. "--xYz--\r\n", MULTIPART))
    assert.equal("{'n': 1}", seen(part('name="payload"', '{"n":1}') .. "--xYz--", MULTIPART))
    assert.equal("{'e': ''}", seen(part('name="e"', "") .. "--xYz--", MULTIPART))
    assert.matches("File uploads are not allowed", refused(400, part('name="a"; filename="x.txt"', "1") .. "--xYz--", MULTIPART))
    assert.matches("without a name", refused(400, part('nom="a"', "1") .. "--xYz--", MULTIPART))
    assert.matches("cut off", refused(400, part('name="a"', "1"), MULTIPART))
    assert.matches("begin with its boundary", refused(400, "junk", MULTIPART))
    assert.matches("without a boundary", refused(400, "x", { ["content-type"] = "multipart/form-data" }))
    for cut = 1, 60 do -- cut anywhere: an answer, never a crash
      w:send(hook, (part('name="a"', "1") .. "--xYz--"):sub(1, cut), MULTIPART)
    end
  end)

  it("may be text, of which templates see the text", function()
    local title, stored, parsed = seen("disk full\non db-1", TEXT)
    assert.same({ "disk full\non db-1", "disk full\non db-1", '"disk full\\non db-1"' }, { title, stored, parsed })
    assert.equal("disk full\non db-1", w:api(200, "GET", "alerts/").results[1].payload)
    assert.matches("UTF%-8", refused(400, "\xff\xfe", TEXT))
  end)

  it("is refused by a sentence when it is none of these", function()
    assert.equal("Payload is required", refused(400, "null"))
    for _, bytes in ipairs { "{", '{"a":1', '{"a" 1}', "[1,]", "{'a':1}", '{"a":01}', '"\\x"', "nul", "1 2", '{"a":1}{"b":2}', "\0", '"a\nb"' } do
      assert.matches("^JSON parse error", refused(400, bytes), bytes)
    end
    assert.matches("^JSON parse error", refused(400, "{bad", TEXT))
    assert.matches("UTF%-8", refused(400, '{"a":"\xff"}'))
    assert.matches("128", refused(400, ("["):rep(129) .. ("]"):rep(129)))
    assert.equal(200, (w:send(hook, ("["):rep(128) .. ("]"):rep(128))))
    assert.equal('Unsupported media type "image/png" in request.', refused(415, "\137PNG", { ["content-type"] = "image/png" }))
    assert.equal('Unsupported media type "application/xml" in request.', refused(415, "<a/>", { ["content-type"] = "application/xml" }))
  end)

  it("may be large in every direction", function()
    local keys = {}
    for i = 1, 10000 do keys[i] = string.format('"k%d":%d', i, i) end
    w:send(hook, "{" .. table.concat(keys, ",") .. "}")
    assert.equal(502, utf8.len(w:groups()[1].title))
    w:send(hook, '{"t":"' .. ("x"):rep(1 << 20) .. '"}')
    w:send(hook, "[" .. ("1,"):rep(500000) .. "1]")
    assert.equal(3, #w:groups())
    for _, group in ipairs(w:groups()) do assert.is_true(utf8.len(group.title) <= 502) end
  end)
end)
