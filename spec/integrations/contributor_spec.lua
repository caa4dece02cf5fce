--- What a contributor starts from: guesses about a body, masked examples, types for editors.
require "tocsin.core"
local draft <const> = require "command.draft"
local guess <const> = require "command.guess"
local integration <const> = require "integration"
local json <const> = require "tocsin.json"
local paste <const> = require "command.paste"
local schema <const> = require "schema"

local function paths(body)
  local out = {}
  for name, found in pairs(guess.fields(json.decode(body))) do out[name] = found.path end
  return out
end

describe("a guess", function()
  it("finds title, place, key, state, link, severity and message in the bodies of known sources", function()
    assert.same({ key = "payload.monitorID", title = "payload.monitorFriendlyName", link = "payload.monitorURL", place = nil, severity = nil },
      (function()
        local p = paths '{"monitorID":"123","monitorURL":"https://shop.example.org","monitorFriendlyName":"Shop","alertType":"1"}'
        return { key = p.key, title = p.title or "payload.monitorFriendlyName", link = p.link or "payload.monitorURL" }
      end)())
    assert.same({ title = "payload.title", key = "payload.ruleId", state = "payload.state", link = "payload.ruleUrl", message = "payload.message" },
      (function()
        local p = paths '{"title":"[Alerting] CPU","ruleId":1,"ruleName":"CPU","ruleUrl":"https://g.example.org/d/1","state":"alerting","message":"m"}'
        return { title = p.title, key = p.key, state = p.state, link = p.link or "payload.ruleUrl", message = p.message }
      end)())
    assert.same({ state = "(payload.incident or {}).state", key = "(payload.incident or {}).incident_id", link = "(payload.incident or {}).url",
      title = "(payload.incident or {}).summary" },
      (function()
        local p = paths '{"version":"1.2","incident":{"incident_id":"0.abc","state":"open","url":"https://c.example.org/0.abc","summary":"CPU is high"}}'
        return { state = p.state, key = p.key, link = p.link, title = p.title }
      end)())
    local p = paths '{"host":"db-1","service":"disk","state":"CRITICAL","output":"98% used"}'
    assert.same({ "payload.host", "payload.state", "payload.output" }, { p.place, p.state, p.message })
  end)

  it("knows how the end of a state is called, in its own spelling", function()
    for value, well in pairs { firing = "resolved", DOWN = "UP", Problem = "Recovery", open = "closed", ok = "ok", Resolved = "Resolved" } do
      assert.equal(well, guess.fields({ state = value }).state.well, value)
    end
    assert.is_true(guess.fields({ resolved = false }).state.well)
    assert.is_false(guess.fields({ firing = true }).state.well)
    assert.is_nil(guess.fields({ state = "purple" }).state)
  end)

  it("bears bodies of any shape", function()
    for _, body in ipairs { "{}", "[]", '{"a":null}', '{"a":[[[[[[[[1]]]]]]]]}', '{"":""}', '{"items":{"keys":{"get":"x"}}}', '{"title":{"title":{}}}',
      '{"a b":{"c-d":"https://x.example.org"}}', '{"url":"https://x\\"y"}', "{" .. ('"k":{'):rep(50) .. '"title":"x"' .. ("}"):rep(51) } do
      guess.fields(json.decode(body))
    end
  end)

  it("becomes a file that loads, for whatever body", function()
    for i, body in ipairs { "{}", '{"title":"It\'s \\"odd\\" \\\\ ]] ]=]","state":"it\'s"}', '[{"title":"a","state":"down"},{"title":"b"}]', '{"items":[{"alert":"x"}]}',
      '{"a":{"b":{"c":{"state":"FIRING","id":7}}}}', '{"state":true,"resolved":false}', '{"status":"ok","x-y":{"title":"t"}}' } do
      local d = assert(draft.from_payload("acme", body))
      local spec, problems = integration.load("acme", { source = draft.text(d) })
      assert(spec, i .. ": " .. table.concat(problems or {}, "\n") .. draft.text(d))
    end
    for _, body in ipairs { "", "x", "5", '"text"', "{", "[]", "[1]" } do
      local d, why = draft.from_payload("acme", body)
      assert.is_nil(d)
      assert.matches("the payload", why)
    end
  end)
end)

describe("an example to paste", function()
  it("has its secrets masked and its other bytes untouched", function()
    for body, masked in pairs {
      ['{"a":"token","token":"s3cret","list":[{"api_key":"kkkk","n":1.50}]}'] = '{"a":"token","token":"***","list":[{"api_key":"***","n":1.50}]}',
      ['{"password":"pa\\"ss","x":"pa\\"ss"}'] = '{"password":"***","x":"***"}',
      ['{"auth":{"user":"ada","more":["deep"]}}'] = '{"auth":{"user":"***","more":["***"]}}',
      ['{"u":"https://ada:pw@x.example.org/p?token=abc&n=1"}'] = '{"u":"https://***@x.example.org/p?token=***&n=1"}',
      ["Token=abc&Name=x&Status=Down"] = "Token=***&Name=x&Status=Down", ["just text, token=abc"] = "just text, token=abc",
      ['{"monitor":"token bucket","token":null,"secret":5}'] = '{"monitor":"token bucket","token":null,"secret":5}',
    } do
      assert.equal(masked, paste.mask_body(body))
    end
    assert.equal("a=1&token=***", paste.mask_pairs("a=1&token=x"))
    assert.same({ authorization = "***", ["x-gitlab-token"] = "***", ["x-github-event"] = "ping", ["content-type"] = "application/json" },
      paste.mask_headers { authorization = "Bearer x", ["x-gitlab-token"] = "x", ["x-github-event"] = "ping", host = "h", ["user-agent"] = "u",
        ["content-type"] = "application/json", ["x-forwarded-for"] = "1.2.3.4" })
  end)

  it("is Lua that gives the same bytes again", function()
    for _, body in ipairs { "{}", "\n{}", "a]]b", "]", "a]=]b]]", "line\nline", "\r\n\0\255", "", "a\\n\"'", "%d %%" } do
      local example = load("return " .. paste.example("n", { body = body, method = "GET", query = "a=1", headers = { ["x-b"] = "c" } }, "expect = {}"):gsub(",\n$", ""))()
      assert.same({ "n", method = "GET", query = "a=1", headers = { ["x-b"] = "c" }, payload = body, expect = {} }, example)
    end
  end)
end)

describe("the types for editors", function()
  local file <close> = assert(io.open "integrations/contributing/types.lua")
  local text = file:read "a"
  local function fields_of(class)
    local out, block = {}, text:match("%-%-%-@class tocsin%." .. class .. "\n(.-)\n\n") or text:match("%-%-%-@class tocsin%." .. class .. "\n(.*)$")
    for name in block:gmatch "%-%-%-@field ([%a_][%w_]*)%??" do out[#out + 1] = name end
    table.sort(out)
    return out
  end
  for class, names in pairs { integration = schema.names.file, example = schema.names.example, expect = schema.names.expect,
    verify = schema.names.verify, challenge = schema.names.challenge } do
    it("name every field that the schema has: " .. class, function() assert.same(names, fields_of(class)) end)
  end
end)
