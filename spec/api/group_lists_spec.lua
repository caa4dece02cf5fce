--- Lists of alert groups by every filter, before and after the indexes behind them are filled: the same groups, newest first.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"

describe("a list of alert groups", function()
  local c, hooks, team, routes
  before_each(function()
    c = client.open()
    team = client.expect(c, 201, "POST", "/api/v1/teams/", { name = "db" }).id
    hooks, routes = {}, {}
    for i, of_team in ipairs { team, "" } do
      hooks[i] = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "in " .. i, team_id = of_team,
        templates = { grouping_key = "{{ payload.n }}", web = { title = "{{ payload.title }}" } },
        dynamic_labels = { { key = { name = "env" }, value = { name = "{{ payload.env }}" } }, { key = { name = "tier" }, value = { name = "{{ payload.tier }}" } } } })
      routes[i] = client.expect(c, 201, "POST", "/api/v1/routes/", { integration_id = hooks[i].id, routing_type = "jinja2",
        routing_regex = "{{ payload.env == 'prod' }}" }).id
    end
  end)
  after_each(function() client.close(c) end)

  local TITLES <const> = { "Disk is full on db-1.example.org", "Disk is slow on web-1.example.org", "Café: kein Platz", "Checkout: 5xx (eu)" }

  local function open(from, to)
    for n = from, to do
      client.post(c, hooks[n % 2 + 1], { n = n, title = TITLES[n % 4 + 1], env = n % 3 == 0 and "prod" or "test", tier = n % 5 == 0 and "1" or "2" })
      engine.advance(c.core, 10)
    end
  end

  local function list(query)
    local page = client.expect(c, 200, "GET", "/api/v1/alert_groups/?perpage=1000&" .. query)
    assert.equal(#page.results, page.count, query)
    local ids = {}
    for i, group in ipairs(page.results) do ids[i] = group.id end
    return ids, page.results
  end

  -- What the list without a filter has of them, in its order.
  local function expected(is_it)
    local ids, all = {}, select(2, list "")
    for _, group in ipairs(all) do
      if is_it(group) then ids[#ids + 1] = group.id end
    end
    return ids
  end

  local function has(group, key, value)
    for _, label in ipairs(group.labels) do
      if label.key.name == key then return label.value.name == value end
    end
    return false
  end

  local function check_all()
    local all = select(2, list "")
    local from, to = all[#all - 3].created_at:sub(1, 19), all[3].created_at:sub(1, 19)
    local cases = {
      ["integration_id=" .. hooks[1].id] = function(g) return g.integration_id == hooks[1].id end,
      ["route_id=" .. routes[2]] = function(g) return g.route_id == routes[2] end,
      ["team_id=" .. team] = function(g) return g.team_id == team end,
      ["team_id=null"] = function(g) return g.team_id ~= team end,
      ["state=new"] = function(g) return g.state == "firing" end,
      ["state=acknowledged"] = function(g) return g.state == "acknowledged" end,
      ["state=silenced"] = function(g) return g.state == "silenced" end,
      ["state=resolved"] = function(g) return g.state == "resolved" end,
      ["started_at=" .. from .. "_" .. to] = function(g)
        local second = g.created_at:sub(1, 19)
        return second >= from and second <= to and not (second == to and g.created_at:find(".", 1, true))
      end,
      ["started_at=2001-01-01T00:00:00_2002-01-01T00:00:00"] = function() return false end,
      ["label=env:prod"] = function(g) return has(g, "env", "prod") end,
      ["label=env:prod&label=tier:1"] = function(g) return has(g, "env", "prod") and has(g, "tier", "1") end,
      ["label=env:nope"] = function() return false end,
      ["search=disk"] = function(g) return g.title:find "Disk" ~= nil end,
      ["search=DISK+ful"] = function(g) return g.title:find "full" ~= nil end,
      ["search=db-1"] = function(g) return g.title:find("db-1", 1, true) ~= nil end,
      ["search=5xx"] = function(g) return g.title:find "5xx" ~= nil end,
      ["search=nothing"] = function() return false end,
      ["search=disk&state=resolved&integration_id=" .. hooks[2].id] = function(g)
        return g.title:find "Disk" ~= nil and g.state == "resolved" and g.integration_id == hooks[2].id
      end,
      ["team_id=" .. team .. "&label=env:test&state=new"] = function(g) return g.team_id == team and has(g, "env", "test") and g.state == "firing" end,
    }
    for query, is_it in pairs(cases) do assert.same(expected(is_it), (list(query)), query) end
    assert.same({ all[#all].id }, (list "search=%231"))
    for _, nothing in ipairs { "%20", "%00", "%09" } do
      assert.is_table(client.expect(c, 400, "GET", "/api/v1/alert_groups/?search=" .. nothing).search)
    end
    for _, odd in ipairs { "%22", "%22*", "NEAR(a%20b)", "a%20AND", "-", "col:x", "a%00b", "%ff", "%ed%a0%80", ("x"):rep(3000), "^a", "%27;--" } do
      client.expect(c, 200, "GET", "/api/v1/alert_groups/?search=" .. odd)
    end
  end

  local function act()
    local all = select(2, list "")
    for i, group in ipairs(all) do
      local path = "/api/v1/alert_groups/" .. group.id
      if i % 4 == 1 then client.expect(c, 200, "POST", path .. "/acknowledge/") end
      if i % 4 == 2 then client.expect(c, 200, "POST", path .. "/silence/", { delay = 3600 }) end
      if i % 4 == 3 then client.expect(c, 200, "POST", path .. "/resolve/") end
    end
  end

  local function rows(sql) return assert(client.write(c, { sql = sql, args = {} })).rows end

  it("is the same by every filter while nothing is in the indexes, when all is, and in between", function()
    open(1, 40)
    act()
    check_all()
    assert.equal(0, #rows "SELECT 1 FROM group_by_integration")
    engine.advance(c.core, 5000)
    assert.equal(40, #rows "SELECT 1 FROM group_by_integration")
    check_all()
    open(41, 55)
    check_all()
    engine.advance(c.core, 5000)
    check_all()
  end)

  it("has what is found by no search once it is wiped or deleted, and its words leave the disk", function()
    open(1, 8)
    engine.advance(c.core, 5000)
    for i, mode in ipairs { "wipe", "delete" } do
      local ids = list "search=caf%C3%A9"
      assert.equal(3 - i, #ids)
      client.expect(c, 204, "DELETE", "/api/v1/alert_groups/" .. ids[1] .. "/", { mode = mode })
      assert.equal(2 - i, #(list "search=cafe"))
    end
    engine.advance(c.core, 10000)
    assert.equal(0, #rows "SELECT 1 FROM setting WHERE name = 'titles_to_forget'")
    for _, row in ipairs(rows "SELECT hex(block) AS bytes FROM group_title_data") do
      assert.is_nil(row.bytes:find("636166", 1, true)) -- caf
    end
    assert.equal(7, #(list ""))
    assert.equal(7, #rows "SELECT 1 FROM group_by_integration")
    rows "INSERT INTO group_title (group_title, rank) VALUES ('integrity-check', 1)" -- or it fails
  end)

  it("counts as far as it must, and goes on to the end", function()
    open(1, 3)
    rows [[WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100) INSERT INTO alert_group (integration_id, title, is_open,
      last_alert_at, started_at) SELECT 1, 'made ' || i, 0, 0, 0 FROM n]]
    local first = client.expect(c, 200, "GET", "/api/v1/alert_groups/?perpage=1000")
    assert.same({ 10000, 10 }, { first.count, first.total_pages })
    local last = client.expect(c, 200, "GET", "/api/v1/alert_groups/?perpage=1000&page=11")
    assert.same({ 10103, 11, 103, 11 }, { last.count, last.total_pages, #last.results, last.current_page_number })
    assert.same({ 11, 103 }, { client.expect(c, 200, "GET", "/api/v1/alert_groups/?perpage=1000&page=99").current_page_number, #last.results })
    local seen, page = 0, 1
    repeat
      local answer = client.expect(c, 200, "GET", "/api/v1/alert_groups/?perpage=1000&page=" .. page)
      seen, page = seen + #answer.results, page + 1
    until answer.next == require("tocsin.json").null
    assert.equal(10103, seen)
  end)

  it("is there for a viewer of many integrations", function()
    open(1, 3)
    for i = 1, 99 do client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "one of many " .. i }) end
    local status, answer = client.request(c, "GET", "/api/v1/alert_groups/", nil, { authorization = client.add_token(c, "viewer", {}) })
    assert.same({ 200, 2 }, { status, answer.count }) -- the third is the team's
  end)
end)
