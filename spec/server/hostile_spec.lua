--- Hostile strings, paths and moments against a running server: never a 5xx, never a broken line, nothing lost.
local server <const> = require "server"
local raw <const> = require "raw_http"
local cjson <const> = require "cjson"

local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end

local NASTY <const> = {
  "'; DROP TABLE alert; --", '" OR 1=1 --', "<script>alert(1)</script>", "\u{202E}gnirts desrever", "a\nb\r\nX-Evil: 1",
  "%s%n%d", "{{ 7*7 }}", "../../etc/passwd", "\\", '\\"', "\u{0}nul", "\u{1F4A9}", "e\u{301}", "\u{FEFF}", "\u{7F}\u{85}\u{2028}",
  ("\u{1F469}\u{200D}"):rep(200), ("A"):rep(100000), "null", "None", "-1", "1e999", "\t", " ",
}

server.both_ways("a hostile string", function()
  local s, hook
  setup(function()
    s = server.start()
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "strings" })
  end)
  teardown(function() s:finish() end)

  it("in a payload comes back as it went in, and breaks nothing on its way", function()
    for i, text in ipairs(NASTY) do
      local body = cjson.encode { alert_uid = "n" .. i, title = text, message = text, [text] = text, nested = { [text] = { text } } }
      assert.equal(200, s:request("POST", path_of(hook), { body = body }).status, text)
      local alert = s:api("GET", "/alerts/?perpage=1").results[1]
      assert.same(cjson.decode(body), alert.payload)
      local group = s:api("GET", "/alert_groups/?perpage=1").results[1]
      assert.is_string(group.title)
      assert.is_true(utf8.len(group.title) <= 502)
      local found = s:api("GET", "/alerts/?perpage=1&search=" .. ("n" .. i))
      assert.is_true(found.count >= 1)
    end
  end)

  it("as a name is shown as it is, in JSON, in pages, in metrics and in the log", function()
    for i, text in ipairs(NASTY) do
      local answer = s:request("POST", "/api/v1/integrations/", { body = { type = "webhook", name = text, description_short = text } })
      assert.is_true(answer.status == 201 or answer.status == 400, text .. " " .. answer.body)
      if answer.status == 201 then
        assert.equal(text, answer.json.name)
        local page = s:request("GET", path_of(answer.json))
        assert.equal(200, page.status)
        assert.is_nil(page.body:find("<script>alert", 1, true))
        s:request("POST", path_of(answer.json), { body = ('{"n":%d}'):format(i) })
        s:request("POST", path_of(answer.json), { body = "{" })
      end
    end
    for line in s:request("GET", "/metrics").body:gmatch("[^\n]+") do
      assert.truthy(line:find("^# HELP [%w_]+ ") or line:find("^# TYPE [%w_]+ %a+$") or
        line:find('^[%w_]+ [%d.e+-]+$') or line:find('^[%w_]+{%a+=".*"} [%d.e+-]+$'), line)
    end
    for _, line in ipairs(s.log) do assert.is_table(cjson.decode(line)) end
  end)

  it("as a template, a token, a label, a route or a search is taken or refused by name", function()
    for _, text in ipairs(NASTY) do
      local function no_5xx(method, path, body)
        local answer = s:request(method, "/api/v1" .. path, { body = body })
        assert.is_true(answer.status < 500, method .. " " .. path .. ": " .. answer.body)
        return answer
      end
      local quoted = text:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
      if #text < 1000 then
        for _, query in ipairs { "search", "id", "alert_group_id", "page", "perpage" } do no_5xx("GET", "/alerts/?" .. query .. "=" .. quoted) end
        for _, query in ipairs { "state", "label", "started_at", "team_id", "integration_id", "route_id" } do
          no_5xx("GET", "/alert_groups/?" .. query .. "=" .. quoted)
          no_5xx("GET", "/alert_groups/?" .. query .. "=" .. quoted .. ":" .. quoted)
        end
        no_5xx("GET", "/integrations/" .. quoted .. "/")
        no_5xx("GET", "/integrations/?name=" .. quoted)
      end
      no_5xx("PUT", "/integrations/" .. hook.id .. "/", { labels = { { key = { name = text }, value = { name = text } } } })
      no_5xx("PUT", "/integrations/" .. hook.id .. "/", { templates = { web = { message = text } } })
      no_5xx("POST", "/routes/", { integration_id = hook.id, routing_regex = text })
      assert.equal(400, no_5xx("POST", "/integrations/", { type = "webhook", name = "t", token = text .. "!" }).status)
      assert.equal(400, no_5xx("POST", "/integrations/", { type = text }).status)
    end
    s:request("PUT", "/api/v1/integrations/" .. hook.id .. "/", { body = '{"labels":[]}' })
  end)

  it("of a megabyte, or ten thousand keys, is one alert", function()
    local before = s:api("GET", "/alerts/?perpage=1").count
    local keys = {}
    for i = 1, 10000 do keys[i] = ('"key %d \\u0000":{"v":[%d]}'):format(i, i) end
    for _, body in ipairs { '{"title":"' .. ("x"):rep(1 << 20) .. '"}', "{" .. table.concat(keys, ",") .. "}",
      '{"title":' .. ("9"):rep(100000) .. "}" } do
      assert.equal(200, s:request("POST", path_of(hook), { body = body }).status)
    end
    assert.equal(before + 3, s:api("GET", "/alerts/?perpage=1").count)
    local group = s:api("GET", "/alert_groups/?perpage=1").results[1]
    assert.is_true(#group.title < 600)
  end)
end)

server.both_ways("a hostile path", function()
  local s, hook
  setup(function()
    s = server.start()
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "paths" })
  end)
  teardown(function() s:finish() end)

  local function status_of(method, target)
    local answer = assert(raw.ask(s.port, raw.request(method, target, method == "POST" and "{}" or nil)))
    return answer.status, answer.body
  end

  it("reaches no other door", function()
    local base = "/integrations/v1/webhook/"
    local token = hook.token
    for target, expected in pairs {
      [base .. token] = 200,
      [base .. token .. "/"] = 200,
      [base .. token .. "/?x=1"] = 200,
      [base .. token .. "//"] = 404,
      [base .. token .. "/more/"] = 404,
      [base .. "/" .. token .. "/"] = 404,
      [base .. "../webhook/" .. token .. "/"] = 404,
      [base .. "%2e%2e/" .. token] = 404,
      [base .. token .. "%2f"] = 403,
      [base .. token .. "%00"] = 403,
      [base .. token:upper() .. "x"] = 403,
      ["/integrations/v1//" .. token .. "/"] = 404,
      ["/integrations/v1/./webhook/" .. token .. "/"] = 404,
      ["/integrations/v1/web%68ook/" .. token .. "/"] = 400,
      ["//integrations/v1/webhook/" .. token .. "/"] = 404,
      ["/integrations/v1/" .. ("t"):rep(5000) .. "/" .. token .. "/"] = 400,
      ["/integrations/v1/webhook/" .. ("t"):rep(5000) .. "/"] = 403,
      ["/integrations/v1/webhook/"] = 404,
      ["/integrations/v1/webhook"] = 404,
      ["/integrations/v1/"] = 404,
      ["/integrations/"] = 405, -- a page: it is read
      ["/../../etc/passwd"] = 404,
      ["/"] = 405,
    } do
      local status, body = status_of("POST", target)
      assert.equal(expected, status, target .. ": " .. body)
      local seen = status_of("GET", target)
      assert.is_true(seen < 500 and (expected == 200) == (seen == 200), target .. " " .. seen)
    end
    assert.equal(3, s:api("GET", "/alerts/").count)
  end)

  it("of the API is not found, however it is written", function()
    for _, target in ipairs { "/api/v1/", "/api/v1", "/api/v2/integrations/", "/api/v1//integrations/", "/api/v1/integrations//", "/api/v1/%2e%2e/",
      "/api/v1/integrations/" .. hook.id .. "/x/", "/api/v1/integrations/..%2f", "/api/v1/INTEGRATIONS/", "/API/v1/integrations/" } do
      assert.equal(404, s:request("GET", target).status, target)
    end
    assert.equal(414, s:request("GET", "/api/v1/alerts/?search=" .. ("x"):rep(9000)).status)
  end)
end)

describe("changes of an integration while alerts pour in", function()
  for _, workers in ipairs { 1, 4 } do
    it("lose none and misgroup none, with " .. workers .. " I/O loops", function()
      local s = server.start { args = { "--workers", tostring(workers) } }
      s:make_token()
      local hook = s:api("POST", "/integrations/", { type = "webhook", name = "changing", templates = { grouping_key = "0 {{ payload.i }}" } })
      local lines, rounds, sent = {}, 25, 0
      for i = 1, 8 do lines[i] = raw.connect(s.port) end
      for round = 1, rounds do
        for i, c in ipairs(lines) do
          for _ = 1, 6 do c:send(raw.request("POST", path_of(hook), ('{"i":%d}'):format(i))) end
          sent = sent + 6
        end
        s:api("PUT", "/integrations/" .. hook.id .. "/", { templates = { grouping_key = round .. " {{ payload.i }}" } })
        for _, c in ipairs(lines) do
          for _ = 1, 6 do assert.equal(200, assert(c:read()).status) end
        end
      end
      for _, c in ipairs(lines) do c:close() end
      local text = raw.shell(("sqlite3 -readonly %s/tocsin.db \"SELECT g.grouping_id || ' ' || json_extract(CAST(a.payload AS TEXT), '$.i') "
        .. "FROM alert AS a JOIN alert_group AS g ON g.id = a.alert_group_id ORDER BY a.id\""):format(s.data))
      local count, last = 0, 0
      for round, grouped, own in text:gmatch("(%d+) (%d+) (%d+)\n") do
        count = count + 1
        assert.equal(own, grouped)
        assert.is_true(tonumber(round) >= last, "an alert was judged by a template that was over")
        last = tonumber(round)
      end
      assert.equal(sent, count)
      assert.is_number(tonumber(s:request("GET", "/metrics").body:match("tocsin_stale_total (%d+)")))
      s:finish()
    end)
  end
end)
