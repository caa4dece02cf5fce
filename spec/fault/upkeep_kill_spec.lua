--- kill -9 while maintenance windows run and heartbeats come and go: what was armed stays armed, no silence is told of twice or
--- left open, and nothing that a window collected is forgotten. 100 lives with `make fault`, a few otherwise.
local cjson <const> = require "cjson"
local server <const> = require "server"

local is_long <const> = os.getenv("FAULT") == "long"
local is_slow <const> = (os.getenv("SPEC_SAN") or "") ~= ""
local lives <const> = is_long and 100 or (is_slow and 4 or 8)
local LEAST_MS <const>, MOST_MS <const> = is_slow and 2000 or 300, is_slow and 6000 or 2500 -- of a life
local SILENT <const>, BEATING <const> = 3, 3 -- heartbeats that are silent now and then, and that never are

local function random_ms(least, most) return math.random(least, most) end

-- One life: requests until it is killed at a moment that nobody here knows.
local function live(w, work)
  local s = server.start { data = w.data, args = { "--log-level", "warn" } }
  s.token = w.token
  os.execute(("(sleep %.3f; kill -9 %d) 2>/dev/null &"):format(random_ms(LEAST_MS, MOST_MS) / 1000, s.pid))
  local ok, why = true, nil
  while ok do ok, why = pcall(work, s) end
  assert(tostring(why):find("no answer", 1, true) or tostring(why):find("ended with", 1, true) or tostring(why):find("connect", 1, true), why)
  s:stop "sigkill"
end

local function count(w, sql)
  local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(w.data, sql)))
  return tonumber((pipe:read("a")))
end

-- The rows of a query with one column and how often each came.
local function tally(w, sql)
  local out = {}
  local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(w.data, sql)))
  for line in pipe:lines() do out[line] = (out[line] or 0) + 1 end
  return out
end

-- Groups that a window keeps from calling people.
local HELD <const> = "SELECT count(*) FROM alert_group WHERE maintenance_id IS NOT NULL OR (is_open = 1 AND (root_id IS NOT NULL OR is_debug = 1))"

describe("killed with SIGKILL again and again", function()
  it(("keeps heartbeats and maintenance whole over %d lives"):format(lives), function()
    math.randomseed(11)
    local w = { data = server.folder(), armed = {}, answered = {}, windows = 0 }
    local s = server.start { data = w.data }
    w.token = s:make_token()
    local user = s:api("POST", "/users/", { username = "ada", role = "editor" })
    local chain = s:api("POST", "/escalation_chains/", { name = "c" })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "notify_persons", persons_to_notify = { user.id } })
    local hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "works", default_route = { escalation_chain_id = chain.id } })
    local hearts = {}
    for i = 1, SILENT + BEATING do hearts[i] = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "heart " .. i }) end
    local fresh = {}
    for i = 1, lives do fresh[i] = s:api("POST", "/integrations/", { type = "webhook", name = "fresh " .. i }) end
    assert.equal(0, (s:stop()))
    -- Shorter than people may have it, so that silences fit into a life.
    assert(os.execute(("sqlite3 %s/tocsin.db \"UPDATE heartbeat SET interval_ms = 700 WHERE integration_id IN (SELECT id FROM integration WHERE name LIKE 'heart %%')\"")
      :format(w.data)))

    local function beat(at, one, kind)
      return at:request("POST", ("/integrations/v1/%s/%s/heartbeat/"):format(kind or "formatted_webhook", one.token), { anonymous = true }).status
    end
    local n = 0
    for life = 1, lives do
      live(w, function(at)
        n = n + 1
        if beat(at, fresh[life], "webhook") == 200 then w.armed[life] = true end
        for i = 1, BEATING do beat(at, hearts[i]) end
        if n % 40 < 3 then
          for i = BEATING + 1, BEATING + SILENT do beat(at, hearts[i]) end
        end
        if n % 5 == 0 then
          local status = at:request("POST", "/api/v1/integrations/" .. hook.id .. "/maintenance_start/", { body = {
            mode = n % 10 == 0 and "debug" or "maintenance", duration = 1 } }).status
          if status == 200 then w.windows = w.windows + 1 end
        end
        local uid = "k" .. n
        if at:request("POST", "/integrations/v1/formatted_webhook/" .. hook.token .. "/", { anonymous = true, body = { alert_uid = uid, title = uid } }).status == 200 then
          w.answered[#w.answered + 1] = uid
        end
      end)
    end

    -- The last life: everybody is silent for long enough, the windows end, and then everybody is heard of.
    s = server.start { data = w.data, args = { "--log-level", "warn" } }
    s.token = w.token
    server.wait(function() return count(w, "SELECT count(*) FROM heartbeat WHERE state = 'missing'") == SILENT + BEATING end, "the silence")
    server.wait(function() return count(w, "SELECT count(*) FROM maintenance WHERE state = 'running'") == 0 end, "the end of the windows")
    server.wait(function() return count(w, HELD) == 0 end, "the release, which goes in pieces", 60)
    for i = 1, #hearts do assert.equal(200, beat(s, hearts[i])) end
    server.wait(function() return count(w, "SELECT count(*) FROM heartbeat WHERE state = 'missing'") == 0 end, "what is back")
    assert.equal(0, (s:stop()))

    local text = cjson.encode { lives = lives, armed = #w.armed, answered = #w.answered, windows = w.windows,
      silences = count(w, "SELECT count(*) FROM heartbeat_event WHERE event = 'missing'"),
      collected = count(w, "SELECT count(*) FROM group_log WHERE action = 'attached'") }
    if is_long then print(text) end
    assert.is_true(w.windows >= lives // 2 and #w.answered > lives, text)
    local alive = tally(w, "SELECT i.name FROM heartbeat AS h JOIN integration AS i ON i.id = h.integration_id WHERE h.state = 'alive'")
    for life in pairs(w.armed) do assert.equal(1, alive["fresh " .. life], text) end
    -- By what was sent: an integration at whose alerts the process died again and again goes on without their words.
    local stored = tally(w, "SELECT json_extract(CAST(payload AS TEXT), '$.alert_uid') FROM alert")
    for _, uid in ipairs(w.answered) do assert.equal(1, stored[uid], uid .. " " .. text) end
    -- Each silence is told of once and ends: missing, restored, missing, restored.
    assert.equal(0, count(w, [[SELECT count(*) FROM (SELECT event, lag(event) OVER (PARTITION BY integration_id ORDER BY id) AS before FROM heartbeat_event
      WHERE event IN ('missing', 'restored')) WHERE event = before OR (before IS NULL AND event = 'restored')]]), text)
    assert.equal(0, count(w, "SELECT count(*) FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id WHERE i.name LIKE 'heart %' AND g.is_open = 1"), text)
    assert.equal(count(w, "SELECT count(*) FROM heartbeat_event WHERE event IN ('missing', 'restored')"),
      count(w, "SELECT count(*) FROM alert AS a JOIN alert_group AS g ON g.id = a.alert_group_id "
        .. "JOIN integration AS i ON i.id = g.integration_id WHERE i.name LIKE 'heart %'"), text)
    -- Nothing waits for a window that is over, and who was kept from a group was called after all, once.
    assert.equal(0, count(w, HELD), text)
    assert.equal(0, count(w, "SELECT count(*) FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id WHERE i.type = 'maintenance' AND g.is_open = 1"), text)
    assert.equal(0, count(w, [[SELECT count(*) FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id WHERE i.name = 'works'
      AND (SELECT count(*) FROM group_log AS l WHERE l.alert_group_id = g.id AND l.action = 'page_started') <> 1]]), text)
    server.remove(w.data)
  end)
end)
