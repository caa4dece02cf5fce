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
