--- Pages of long lists of alert groups, far down too: by every filter and for every actor they hold what a walk through all of it
--- finds, also after groups have gone, closed, opened again and come.
local client = require "api_client"
require "tocsin.core"
local engine = require "tocsin.engine"
local ids = require "tocsin.ids"
local crypto = require "tocsin.crypto"
local uv = require "luv"

local GROUPS <const>, PER_PAGE <const> = 9000, 40
local AT <const> = 1750000000000000

-- Rows as they are when every list is filled, in more blocks than one (lua/api/block_lists.lua).
local ROWS <const> = { ([[INSERT INTO alert_group (id, integration_id, route_id, title, is_open, labels, alerts_count, first_alert_id, last_alert_id,
  last_alert_at, started_at, acknowledged_at, resolved_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
  SELECT i, r.integration_id, r.id, 'group ' || i, i %% 10 = 0, printf('{"env":"%%s","rack":"%%d"}', CASE i %% 3 WHEN 0 THEN 'test' ELSE 'prod' END, i %% 700),
  1, i, i, %d + i * 1000000, %d + i * 1000000, CASE WHEN i %% 30 = 0 THEN 1 END, CASE WHEN i %% 10 <> 0 THEN 1 END
  FROM n JOIN route AS r ON r.is_default = 1 AND r.integration_id = (i * 7) %% 5 + 1]]):format(GROUPS, AT, AT),
  "INSERT INTO alert (id, alert_group_id, received_at, payload) SELECT id, id, started_at, CAST('{}' AS BLOB) FROM alert_group",
  "INSERT INTO label (key, value, alert_group_id) SELECT 'env', labels ->> 'env', id FROM alert_group",
  "INSERT INTO label (key, value, alert_group_id) SELECT 'rack', labels ->> 'rack', id FROM alert_group",
  "INSERT INTO group_by_integration SELECT integration_id, id FROM alert_group",
  "INSERT INTO group_by_route SELECT route_id, id FROM alert_group",
  "INSERT INTO group_span SELECT MIN(id), MAX(id), MIN(started_at), MAX(started_at) FROM alert_group GROUP BY id / 2000",
  "INSERT INTO group_title (group_title) VALUES ('rebuild')",
  ("INSERT INTO setting (name, value) VALUES ('groups_indexed_to', '%d') ON CONFLICT (name) DO UPDATE SET value = excluded.value"):format(GROUPS),
}

describe("a long list of alert groups", function()
  local folder, c, hooks, routes, teams, actors, key

  local function rows(sql, ...) return assert(client.write(c, { sql = sql, args = { ... } })).rows end

  setup(function()
    folder = assert(uv.fs_mkdtemp((os.getenv("TMPDIR") or "/tmp") .. "/tocsin-spec-XXXXXX"))
    c = client.open { data = folder }
    hooks, routes, teams, actors = {}, {}, {}, { admin = c.token }
    for i = 1, 3 do teams[i] = client.expect(c, 201, "POST", "/api/v1/teams/", { name = "team " .. i }).id end
    for i = 1, 5 do
      hooks[i] = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "in " .. i, team_id = teams[i] or "",
        templates = { grouping_key = "{{ payload.n }}", resolve_signal = "{{ payload.over }}" } })
      routes[i] = hooks[i].default_route.id
    end
    local person = client.expect(c, 201, "POST", "/api/v1/users/", { username = "ada", role = "editor" }).id
    client.expect(c, 200, "PUT", "/api/v1/teams/" .. teams[2] .. "/", { members = { person } })
    actors.member = client.add_token(c, "editor", { user_id = rows("SELECT MAX(id) AS id FROM user")[1].id })
    local statements = {}
    for i, sql in ipairs(ROWS) do statements[i] = { sql = sql, args = {} } end
    assert(client.write(c, table.unpack(statements)))
    -- Keys are given from memory: those that follow are known to who opens it now.
    client.close(c)
    c = client.open { data = folder }
    actors.admin = c.token
    key = ids.new(crypto.unhex(rows("SELECT value FROM setting WHERE name = 'id_key'")[1].value))
  end)
  teardown(function()
    client.close(c)
    os.execute("rm -rf '" .. folder .. "'")
  end)

  local function hour(n) return os.date("!%Y-%m-%dT%H:%M:%S", AT // 1000000 + n) end

  -- Query → condition. Groups of integrations 2, 4 and 5 are what the member sees: of the own team, and of none.
  local function cases()
    local day = hour(2000) .. "_" .. hour(6500)
    return {
      [""] = "1 = 1", ["integration_id=" .. hooks[1].id] = "integration_id = 1", ["route_id=" .. routes[2]] = "integration_id = 2",
      ["team_id=" .. teams[2]] = "integration_id = 2", ["team_id=null"] = "integration_id IN (4, 5)", ["state=resolved"] = "is_open = 0",
      ["state=new"] = "is_open = 1 AND acknowledged_at IS NULL", ["label=env:prod"] = "labels ->> 'env' = 'prod'", ["label=rack:7"] = "labels ->> 'rack' = '7'",
      ["started_at=" .. day] = ("started_at BETWEEN %d AND %d"):format(AT + 2000000000, AT + 6500000000),
      ["label=env:prod&state=resolved"] = "labels ->> 'env' = 'prod' AND is_open = 0",
      ["label=env:prod&integration_id=" .. hooks[2].id] = "labels ->> 'env' = 'prod' AND integration_id = 2",
      ["label=env:test&label=rack:9"] = "labels ->> 'env' = 'test' AND labels ->> 'rack' = '9'",
      ["team_id=null&state=resolved&started_at=" .. day] = ("integration_id IN (4, 5) AND is_open = 0 AND started_at BETWEEN %d AND %d"):format(
        AT + 2000000000, AT + 6500000000),
      ["search=group&integration_id=" .. hooks[5].id] = "integration_id = 5 AND title LIKE 'group %'",
    }
  end

  local function check_one(actor, query, condition)
    if actor == "member" then condition = "(" .. condition .. ") AND integration_id IN (2, 4, 5)" end
    local wanted = rows("SELECT id FROM alert_group WHERE " .. condition .. " ORDER BY id DESC")
    local last = math.max(1, (#wanted + PER_PAGE - 1) // PER_PAGE)
    for _, n in ipairs { last // 2 + 1, 1, last, last // 3 + 1, 2, last + 7 } do
      local _, page = client.request(c, "GET", ("/api/v1/alert_groups/?perpage=%d&page=%d&%s"):format(PER_PAGE, n, query), nil,
        { authorization = actors[actor] })
      local at = math.min(n, last)
      local is, should = {}, {}
      for i, group in ipairs(page.results) do is[i] = key.decode("I", group.id) end
      for i = 1, PER_PAGE do should[i] = (wanted[(at - 1) * PER_PAGE + i] or {}).id end
      assert.same(should, is, actor .. " " .. query .. " page " .. n)
      assert.equal(at, page.current_page_number)
      assert.is_true(page.count == #wanted or page.count >= 1000 and page.count < #wanted and page.count > (at * PER_PAGE), query .. " " .. page.count)
      assert.equal(at < last, type(page.next) == "string", query)
    end
  end

  local function check_all()
    for query, condition in pairs(cases()) do
      for actor in pairs(actors) do
        if not (actor == "member" and query:find(hooks[1].id, 1, true)) then check_one(actor, query, condition) end
      end
    end
  end

  local function public(id) return key.encode("I", id) end

  it("has on each page what a walk through all of it finds", function()
    check_all()
    check_all() -- now that counts are kept
  end)

  it("heeds what has happened since", function()
    for _, id in ipairs { 8999, 5000, 4998, 4097, 4096, 4095, 2048, 3, 1 } do
      assert.equal(204, (client.request(c, "DELETE", "/api/v1/alert_groups/" .. public(id) .. "/")))
    end
    check_all()
    for id = 30, 6000, 990 do client.expect(c, 200, "POST", "/api/v1/alert_groups/" .. public(id) .. "/resolve/") end
    for id = 11, 6000, 1000 do client.expect(c, 200, "POST", "/api/v1/alert_groups/" .. public(id) .. "/unresolve/") end
    client.expect(c, 200, "POST", "/api/v1/alert_groups/" .. public(20) .. "/acknowledge/")
    check_all()
  end)

  it("heeds alerts that open groups and close them, indexed and not", function()
    for n = 1, 30 do client.post(c, hooks[n % 5 + 1], { n = n }) end
    check_all()
    for n = 1, 30, 4 do client.post(c, hooks[n % 5 + 1], { n = n, over = "true" }) end
    check_all()
    engine.advance(c.core, 60000)
    check_all()
  end)

  it("heeds who sees what now", function()
    local before = rows("SELECT count(*) AS n FROM alert_group WHERE integration_id = 3")[1].n
    assert.is_true(before > 1000)
    client.expect(c, 200, "PUT", "/api/v1/integrations/" .. hooks[2].id .. "/", { team_id = teams[3] })
    local function count(query)
      local _, page = client.request(c, "GET", "/api/v1/alert_groups/?page=100000&" .. query, nil, { authorization = actors.member })
      return page.count
    end
    local function rows_of(...) return rows("SELECT count(*) AS n FROM alert_group WHERE integration_id IN (" .. table.concat({ ... }, ", ") .. ")")[1].n end
    assert.equal(rows_of(4, 5), count "")
    assert.equal(0, count("route_id=" .. routes[2]))
    client.expect(c, 200, "PUT", "/api/v1/teams/" .. teams[3] .. "/", { is_sharing_resources_to_all = true })
    assert.equal(rows_of(2, 3, 4, 5), count "")
    assert.equal(rows_of(2, 3), count("team_id=" .. teams[3]))
    client.expect(c, 200, "PUT", "/api/v1/teams/" .. teams[3] .. "/", { is_sharing_resources_to_all = false })
    assert.equal(rows_of(4, 5), count "")
    client.expect(c, 200, "PUT", "/api/v1/integrations/" .. hooks[2].id .. "/", { team_id = teams[2] })
    check_all()
  end)

  it("starts again when the journal of changes does not reach back", function()
    check_one("admin", "", "1 = 1")
    assert.equal(204, (client.request(c, "DELETE", "/api/v1/alert_groups/" .. public(2000) .. "/")))
    assert(client.write(c, { sql = "DELETE FROM group_change", args = {} }, { sql = "INSERT INTO group_change (id, alert_group_id, integration_id) " ..
      "SELECT seq + 5, 1, 1 FROM sqlite_sequence WHERE name = 'group_change'", args = {} }))
    check_all()
  end)
end)
