--- Hostile templates stop within their limits, become a visible error of their field, and delay no neighbour.
local server <const> = require "server"
local raw <const> = require "raw_http"
local uv <const> = require "luv"

local BOMBS <const> = {
  "{% for i in range(10**9) %}x{% endfor %}",
  "{{ 'a' * 10**9 }}",
  "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{{ a }}{% endfor %}{% endfor %}{% endfor %}",
  "{{ 10 ** (10 ** 8) }}",
  "{% macro m(x) %}{{ m(x) }}{{ m(x) }}{% endmacro %}{{ m(1) }}",
  "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
  "{{ ('a' * 5000) | regex_search('(a+)+$b') }}",
  "{{ '%999999999d' % 1 }}",
  "{{ 'x'.center(10**12) }}",
  "{{ range(10**8) | list | length }}",
}

server.both_ways("a hostile template", function()
  local s, neighbour, victims

  setup(function()
    s = server.start()
    s:make_token()
    local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end
    neighbour = path_of(s:api("POST", "/integrations/", { type = "formatted_webhook", name = "neighbour" }))
    victims = {}
    for i, bomb in ipairs(BOMBS) do
      local made = s:api("POST", "/integrations/", { type = "webhook", name = "bomb " .. i, templates = { web = { title = bomb } } })
      victims[i] = { path = path_of(made), id = made.id, bomb = bomb }
    end
  end)

  teardown(function() s:finish() end)

  it("is stopped: the alert is stored and its field shows the error", function()
    for _, v in ipairs(victims) do
      local answer = s:request("POST", v.path, { body = '{"a":1}' })
      assert.equal(200, answer.status, v.bomb)
      local list = s:api("GET", "/alert_groups/?integration_id=" .. v.id).results
      assert.equal(1, #list, v.bomb)
      assert.is_true(#list[1].title <= 600, v.bomb)
      assert.truthy(list[1].title:find("Template", 1, true) or list[1].title == "False" or list[1].title == "None",
        v.bomb .. " → " .. list[1].title)
    end
  end)

  it("makes no neighbour slow", function()
    local function latencies(count)
      local c <close> = raw.connect(s.port)
      local list = {}
      for i = 1, count do
        local body = ('{"alert_uid":"n%d","title":"t"}'):format(i)
        local start = uv.hrtime()
        c:send(("POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(neighbour, #body, body))
        assert.equal(200, assert(c:read()).status)
        list[i] = (uv.hrtime() - start) / 1e6
      end
      table.sort(list)
      return list[#list // 2], list[math.ceil(#list * 0.95)]
    end
    local quiet = latencies(200)
    -- The bombs are sent without waiting for their answers, then the neighbour's alerts beside them.
    local bombs = {}
    for round = 1, 3 do
      for i, v in ipairs(victims) do
        local c = raw.connect(s.port)
        local body = ('{"a":%d}'):format(round)
        c:send(("POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(v.path, #body, body))
        bombs[#bombs + 1] = c
        assert(i)
      end
    end
    local loud = latencies(200)
    for _, c in ipairs(bombs) do
      assert.equal(200, assert(c:read { patience = server.patience_ms / 1000 }).status)
      c:close()
    end
    -- Both cores are busy with the slow lane and the loops at most: no neighbour waits for a bomb to end.
    assert.is_true(loud < quiet * 10 + 20, ("median %.1f ms beside bombs, %.1f ms without"):format(loud, quiet))
  end)
end)

server.both_ways("a body of a megabyte", function()
  local s
  local MIB <const> = 1 << 20
  setup(function()
    s = server.start()
    s:make_token()
  end)
  teardown(function() s:finish() end)

  -- Posts to a new integration → its one group.
  local function group_of(body, fields)
    fields = fields or {}
    fields.type, fields.name = "webhook", fields.name or "big"
    local made = s:api("POST", "/integrations/", fields)
    assert.equal(200, s:request("POST", made.link:match("^https?://[^/]+(/.*)$"), { body = body }).status)
    local list = s:api("GET", "/alert_groups/?integration_id=" .. made.id).results
    assert.equal(1, #list)
    return list[1]
  end

  local function list_of(item, size) return "[" .. (item .. ","):rep(size // (#item + 1)) .. item .. "]" end

  it("is rendered, whatever it is made of", function()
    local alert = '{"name":"node_disk","host":"web-1.example.org","value":98.5,"labels":{"job":"node","instance":"web-1:9100"}}'
    local shapes = { alert, "1", '"a"', "[]", "{}", '{"a":1}', '""', '{"a":{"b":null}}' }
    for _, item in ipairs(shapes) do
      assert.equal("Alert without a title", group_of(list_of(item, MIB), { name = "list of " .. item }).title, item)
      local object = '{"title":"disks","host":"db-1","list":' .. list_of(item, MIB) .. "}"
      assert.equal("disks: db-1", group_of(object, { name = "object with " .. item }).title, item)
    end
    assert.equal("x", group_of('{"title":"x","text":"' .. ("a"):rep(MIB) .. '"}', { name = "text" }).title)
    assert.truthy(s:request("GET", "/metrics").body:find("\ntocsin_raw_total 0\n", 1, true))
  end)

  it("costs a template that needs more memory than there is its own field only", function()
    local greedy, labels = "{% for x in payload.list %}{% endfor %}", {}
    for n = 1, 8 do labels[n] = { key = { name = "l" .. n }, value = { name = greedy .. "v" } } end
    local group = group_of('{"title":"disks","list":' .. list_of("{}", MIB) .. "}", { name = "greedy", dynamic_labels = labels,
      templates = { source_link = greedy, resolve_signal = greedy, acknowledge_signal = greedy, grouping_key = "k",
        web = { title = "{{ payload.title }}" } } })
    assert.equal("disks", group.title)
    assert.equal("firing", group.state)
    assert.truthy(s:request("GET", "/metrics").body:find("\ntocsin_raw_total 0\n", 1, true))
  end)
end)
