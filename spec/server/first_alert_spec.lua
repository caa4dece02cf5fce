--- The server as a black box, with one and with four I/O loops: a POST becomes a durable, grouped alert group.
local server <const> = require "server"
local raw <const> = require "raw_http"

local ALERT <const> = '{"alert_uid":"db-1","title":"Disk is full","state":"alerting","message":"97 %"}'
local CALM <const> = '{"alert_uid":"db-1","title":"Disk is full","state":"ok"}'

server.both_ways("the server", function()
  local s, hook

  setup(function()
    s = server.start()
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "door" })
    hook.path = hook.link:match("^https?://[^/]+(/.*)$")
  end)

  teardown(function() s:finish() end)

  local function groups(state)
    return s:api("GET", "/alert_groups/?integration_id=" .. hook.id .. (state and "&state=" .. state or "")).results
  end

  it("opens a group, joins it, and resolves it", function()
    assert.equal('"Ok."', s:request("POST", hook.path, { body = ALERT }).body)
    local open = groups()
    assert.equal(1, #open)
    assert.equal("firing", open[1].state)
    assert.equal("Disk is full", open[1].title)
    s:request("POST", hook.path, { body = ALERT })
    assert.equal(2, groups()[1].alerts_count)
    s:request("POST", hook.path, { body = CALM })
    local over = groups()[1]
    assert.equal("resolved", over.state)
    assert.equal(3, over.alerts_count)
    -- A late repeat of the end stays where the problem was; a new beginning is a new problem.
    s:request("POST", hook.path, { body = CALM })
    assert.equal(4, groups()[1].alerts_count)
    s:request("POST", hook.path, { body = ALERT })
    assert.equal(2, #groups())
  end)

  it("keeps the bytes of the wire in the database", function()
    local bytes = '{ "b" : 1,"a":2.50,  "title":"wire ✓", "n":123456789012345678901234567890 }'
    assert.equal(200, s:request("POST", hook.path, { body = bytes }).status)
    local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db 'SELECT payload FROM alert ORDER BY id DESC LIMIT 1'"):format(s.data)))
    assert.equal(bytes .. "\n", pipe:read("a"))
  end)

  it("answers with or without the final slash, and explains itself to a GET", function()
    assert.equal(200, s:request("POST", hook.path:sub(1, -2), { body = '{"alert_uid":"slash"}' }).status)
    local page = s:request("GET", hook.path, { anonymous = true })
    assert.equal(200, page.status)
    assert.truthy(page.headers["content-type"]:find("text/html", 1, true))
    assert.truthy(page.body:find(hook.token, 1, true))
    assert.truthy(page.headers["content-security-policy"])
  end)

  it("takes a target in absolute form, whose authority is the host", function()
    assert.equal(200, s:request("POST", "http://alerts.example:81" .. hook.path, { body = '{"alert_uid":"absolute"}' }).status)
    local page = s:request("GET", "http://alerts.example:81" .. hook.path, { anonymous = true })
    assert.truthy(page.body:find("http://alerts.example:81" .. hook.path, 1, true))
  end)

  it("refuses what it cannot accept, clearly, and stores nothing", function()
    local before = #groups()
    local deep = ("["):rep(200) .. ("]"):rep(200)
    for _, case in ipairs {
      { 400, "wrong type", hook.path:gsub("formatted_webhook", "zabbix"), ALERT },
      { 403, "unknown token", "/integrations/v1/formatted_webhook/nonsense/", ALERT },
      { 404, "no token", "/integrations/v1/formatted_webhook/", ALERT },
      { 400, "bad JSON", hook.path, '{"a":' },
      { 400, "JSON null", hook.path, "null" },
      { 400, "invalid UTF-8", hook.path, '{"a":"\xff"}' },
      { 400, "deep nesting", hook.path, deep },
      { 413, "too large", hook.path, '{"a":"' .. ("x"):rep(4 * 1024 * 1024) .. '"}' },
      { 415, "no known type", hook.path, "\0\1\2binary", { ["Content-Type"] = "application/octet-stream" } },
    } do
      local answer = s:request("POST", case[3], { body = case[4], headers = case[5], anonymous = true })
      assert.equal(case[1], answer.status, case[2] .. ": " .. answer.body)
      assert.is_true(#answer.body > 0, case[2])
    end
    local refused = s:request("PUT", hook.path, { body = ALERT })
    assert.same({ 405, "GET, HEAD, POST" }, { refused.status, refused.headers.allow })
    refused = s:request("POST", "/health/", { body = "{}" })
    assert.same({ 405, "GET, HEAD" }, { refused.status, refused.headers.allow })
    assert.equal(before, #groups())
  end)

  it("takes an empty body, forms and gzip", function()
    local function title_of_newest() return groups()[1].title end
    assert.equal(200, s:request("POST", hook.path).status)
    s:request("POST", hook.path, { body = "title=From+a+form&alert_uid=f%201",
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } })
    assert.equal("From a form", title_of_newest())
    s:request("POST", hook.path, { body = 'payload={"title":"JSON in a form"}',
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } })
    assert.equal("JSON in a form", title_of_newest())
    s:request("POST", hook.path .. "?title=From+a+query&alert_uid=q")
    assert.equal("From a query", title_of_newest())
    local pipe <close> = assert(io.popen([[printf '{"title":"Zipped","alert_uid":"z"}' | gzip -c]]))
    s:request("POST", hook.path, { body = pipe:read("a"), headers = { ["Content-Encoding"] = "gzip", ["Content-Type"] = "application/json" } })
    assert.equal("Zipped", title_of_newest())
  end)

  it("limits the rate of one integration and says when to come back", function()
    local tight = s:api("POST", "/integrations/", { type = "webhook", name = "tight", rate_limit = 3 })
    local path = tight.link:match("^https?://[^/]+(/.*)$")
    for _ = 1, 3 do assert.equal(200, s:request("POST", path, { body = "{}" }).status) end
    local answer = s:request("POST", path, { body = "{}" })
    assert.equal(429, answer.status)
    local wait = tonumber(answer.headers["retry-after"])
    assert.is_true(wait >= 1 and wait <= 300)
    assert.equal(200, s:request("POST", hook.path, { body = '{"alert_uid":"other"}' }).status)
  end)

  it("shows every loop a change before the change is answered", function()
    -- Connections spread over the loops; each must see the title template that was saved a moment ago.
    local lines <const> = 8
    local c = {}
    for i = 1, lines do c[i] = raw.connect(s.port) end
    for round = 1, 5 do
      s:api("PUT", "/integrations/" .. hook.id .. "/", { templates = { grouping_key = "round " .. round .. " {{ payload.i }}" } })
      for i = 1, lines do
        local body = ('{"i":%d}'):format(i)
        c[i]:send(("POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(hook.path, #body, body))
      end
      for i = 1, lines do assert.equal(200, assert(c[i]:read()).status) end
      local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"SELECT COUNT(*) FROM alert_group WHERE grouping_id LIKE 'round %d %%'\""):format(s.data, round)))
      assert.equal(lines, tonumber(pipe:read("a")))
    end
    for i = 1, lines do c[i]:close() end
  end)

  it("survives its own end: what was answered is there after a restart", function()
    local before = s:api("GET", "/alerts/").count
    s:request("POST", hook.path, { body = '{"alert_uid":"last words"}' })
    local token, data = s.token, s.data
    assert.equal(0, (s:stop()))
    s = server.start { data = data }
    s.token, s.owns_data = token, true
    assert.equal(before + 1, s:api("GET", "/alerts/").count)
  end)
end)
