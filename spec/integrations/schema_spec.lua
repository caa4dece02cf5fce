--- What is wrong with an integration file comes back as sentences with an address.
require "tocsin.core"
local integration = require "integration"
local schema = require "schema"

local MINIMAL = [==[
return {
  name = "X", about = "x", connect = "Paste {{ url }}",
  grouping_id = "{{ payload.id }}", title = "{{ payload.t }}",
  examples = { { "one", payload = "{}", expect = { state = "firing" } } },
  %s
}]==]

local function load(text, options)
  options = options or {}
  options.source = text
  return integration.load(options.name or "x", options)
end

local function problems_of(extra, options)
  local spec, problems = load((MINIMAL:gsub("%%s", function() return extra end)), options)
  assert.is_nil(spec)
  return table.concat(problems, "\n")
end

describe("an integration file", function()
  it("loads and has its templates flat", function()
    local spec = assert(load((MINIMAL:gsub("%%s", function() return
      [[message = "m", slack = { message = "*m*" }, sms = { title = "s" }, labels = { b = "2", a = "1" },]] end))))
    assert.equal("x", spec.type)
    assert.same({ grouping_id = "{{ payload.id }}", title = "{{ payload.t }}", message = "m", slack_message = "*m*",
                  sms_title = "s" }, integration.templates(spec))
    assert.same({ { key = "a", template = "1" }, { key = "b", template = "2" } }, integration.labels(spec))
  end)

  it("says what an unknown field was meant to be", function()
    assert.equal("integrations/x.lua: unknown field 'groupping_id' (did you mean 'grouping_id'?)",
      problems_of [[groupping_id = "x",]])
    assert.equal("integrations/x.lua: unknown field 'slack.mesage' (did you mean 'message'?)",
      problems_of [[slack = { mesage = "x" },]])
    assert.equal("integrations/x.lua: unknown field 'qqqqqqqqqqqq'", problems_of [[qqqqqqqqqqqq = 1,]])
    assert.equal("integrations/x.lua: unknown field 'sms.message'", problems_of [[sms = { message = "x" },]])
    assert.matches("unknown field '1'", problems_of [["loose",]], 1, true)
  end)

  it("checks types", function()
    for extra, sentence in pairs {
      ["message = 5,"] = "field 'message' must be a template (text), not a number",
      ["slack = 'x',"] = "field 'slack' must be a table, not a string",
      ["split = 'alerts',"] = "field 'split' must be a function, not a string",
      ["title = function() end,"] = "field 'title' must be a template (text), not a function",
      ["labels = { severity = 1 },"] = "field 'labels.severity' must be a template (text), not a number",
      ["labels = { 'x' },"] = "field 'labels' has a key that is no label key: 1",
      ["verify = { algorithm = 'md5', header = 'x' },"] = "field 'verify.algorithm' must be one of hmac-sha1, hmac-sha256, hmac-sha512, plain, basic, sns",
      ["verify = { algorithm = 'hmac-sha1', secret = 's' },"] = "field 'verify' says one place: header or query or field",
      ["verify = { algorithm = 'plain', header = 'x' },"] = "field 'verify.secret' is missing",
      ["verify = { algorithm = 'plain', header = 'X-Token', secret = 's' },"] = "field 'verify.header' is written in lower case",
      ["verify = { algorithm = 'plain', header = 'x', query = 'y', secret = 's' },"] = "field 'verify' says one place: header or query or field",
      ["verify = { algorithm = 'plain', header = 'x', encoding = 'hex', secret = 's' },"] = "field 'verify.encoding' goes with hmac only",
      ["verify = { algorithm = 'hmac-sha1', header = 'x', tolerance = 5, secret = 's' },"] = "field 'verify.tolerance' needs timestamp_header",
      ["verify = { algorithm = 'hmac-sha1', header = 'x', signed = '{timestamp}', secret = 's' },"] = "field 'verify.signed' must contain {body}",
      ["challenge = { answer = '{challenge}' },"] = "field 'challenge' says one place: query or field",
      ["heartbeat = { missing = '{', restored = '{}' },"] = "field 'heartbeat.missing' is not JSON: ",
      ["examples = {},"] = "field 'examples' is empty",
      ["examples = { { 'a', payload = '{}' } },"] = "field 'examples[1].expect' is missing",
      ["examples = { { 'a', payload = '{}', expect = { state = 'open' } } },"] =
        "field 'examples[1].expect.state' must be one of firing, acknowledged, resolved",
      ["examples = { { 'a', payload = '{}', expect = { tilte = 'x' } } },"] =
        "unknown field 'examples[1].expect.tilte' (did you mean 'title'?)",
      ["examples = { { 'a', payload = '{}', expcet = {} } },"] = "unknown field 'examples[1].expcet' (did you mean 'expect'?)",
    } do
      assert.matches("integrations/x.lua: " .. sentence, problems_of(extra), 1, true)
    end
  end)

  it("names what is missing", function()
    local _, problems = load [[return { name = "X" }]]
    local text = table.concat(problems, "\n")
    for _, field in ipairs { "about", "connect", "grouping_id", "title", "examples" } do
      assert.matches("integrations/x.lua: field '" .. field .. "' is missing", text, 1, true)
    end
  end)

  it("compiles every template and says where it breaks", function()
    local text = problems_of "message = \"a\\n{% if x %}\","
    assert.matches("^integrations/x.lua: field 'message', line 2: Template Error: ", text)
    assert.matches("field 'slack.title', line 1: Template Error", problems_of [[slack = { title = "{{ 1 | nosuch }}" },]], 1, true)
  end)

  it("takes missing fields from its base, one level deep", function()
    local files = {
      one = [[return { base = "two", name = "One", about = "a", connect = "c", title = "own", examples = {
        { "x", payload = "{}", expect = {} } } }]],
      two = (MINIMAL:gsub("%%s", 'slack = { title = "s" }, message = "base",')),
      three = [[return { base = "one", name = "Three", about = "a", connect = "c", examples = {
        { "x", payload = "{}", expect = {} } } }]],
      four = [[return { base = "nosuch", name = "4" }]],
    }
    local read = function(name) return files[name] end
    local spec = assert(integration.load("one", { read = read }))
    assert.same({ "own", "base", "s", "{{ payload.id }}", "One" },
      { spec.title, spec.message, spec.slack.title, spec.grouping_id, spec.name })
    local _, problems = integration.load("three", { read = read })
    assert.matches("bases are one level deep", table.concat(problems, "\n"), 1, true)
    _, problems = integration.load("four", { read = read })
    assert.matches("base 'nosuch' is not an integration", table.concat(problems, "\n"), 1, true)
  end)

  it("runs in a closed environment with limits", function()
    for source, pattern in pairs {
      ["return os.getenv('HOME')"] = "integrations/x.lua:1: ",
      ["while true do end"] = "limit",
      ["local t = {} for i = 1, 1e9 do t[i] = i end return t"] = "integrations/x.lua: ?",
      ["return ('x'):rep(10)"] = "integrations/x.lua:1: ",
      ["return 5"] = "integrations/x.lua: the file must return a table",
      ["return {"] = "integrations/x.lua:1: ",
      ["\27Lua"] = "integrations/x.lua: an integration file is text",
      ["return require('os')"] = "integrations/x.lua:1: ",
    } do
      local spec, problems = load(source)
      assert.is_nil(spec)
      assert.matches(pattern, problems[1])
    end
  end)

  it("is found by a name that is a file name", function()
    for _, name in ipairs { "nosuch", "../main", "", "a.b", "a/b" } do
      local spec, problems = integration.load(name)
      assert.is_nil(spec)
      assert.same({ "integrations/" .. name .. ".lua: there is no such integration" }, problems)
    end
  end)

  it("gives the flags that C needs", function()
    assert.same({ 2, 0, 0 }, { integration.flags "grafana", integration.flags "webhook", integration.flags "nosuch" })
  end)
end)

describe("the nearest word", function()
  it("is one that is near", function()
    local words = { "title", "message", "image_url", "source_link" }
    assert.equal("title", schema.nearest("tilte", words))
    assert.equal("image_url", schema.nearest("imageurl", words))
    assert.equal("source_link", schema.nearest("sourcelink", words))
    assert.is_nil(schema.nearest("zzzzzzz", words))
    assert.is_nil(schema.nearest(("title"):rep(1000), words))
  end)
end)
