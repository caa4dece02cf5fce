--- A server with a million alert groups of five integrations, a hundredth of them open: million.start(folder).
local server <const> = require "server"

local million <const> = { groups = 1000000 }

-- As the rows are when every list is filled.
local ROWS <const> = [[
PRAGMA synchronous = OFF;
CREATE TEMP TABLE n AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d) SELECT i, abs(random() %% 1000) AS r FROM r;
CREATE TEMP TABLE way AS SELECT row_number() OVER (ORDER BY id) - 1 AS k, id, integration_id FROM route WHERE is_default = 1;
CREATE TEMP TABLE word (k INTEGER PRIMARY KEY, w TEXT);
INSERT INTO word VALUES (0,'disk'),(1,'latency'),(2,'kafka'),(3,'replica'),(4,'memory'),(5,'certificate'),(6,'queue'),(7,'postgres'),(8,'backup'),(9,'node');
INSERT INTO alert_group (id, integration_id, route_id, title, is_open, labels, alerts_count, first_alert_id, last_alert_id, last_alert_at, started_at,
  acknowledged_at, resolved_at, silenced_at)
  SELECT i, integration_id, id, a.w || ' ' || b.w || ' on host-' || (r %% 500) || '.example.org', r < 10, printf('{"env":"%%s","host":"host-%%d"}',
    CASE r %% 2 WHEN 0 THEN 'prod' ELSE 'test' END, r %% 500), 1, i, i, 1750000000000000 + i * 20000000, 1750000000000000 + i * 20000000,
    CASE WHEN r < 3 THEN 1 END, CASE WHEN r >= 10 THEN 1 END, CASE WHEN r = 9 THEN 1 END
  FROM n JOIN way ON way.k = i %% 5 JOIN word AS a ON a.k = r %% 10 JOIN word AS b ON b.k = (r / 10) %% 10 ORDER BY i;
INSERT INTO alert (id, alert_group_id, received_at, payload) SELECT id, id, started_at, CAST('{"title":"' || title || '"}' AS BLOB) FROM alert_group;
INSERT INTO label (key, value, alert_group_id) SELECT 'env', labels ->> 'env', id FROM alert_group ORDER BY 2, 3;
INSERT INTO label (key, value, alert_group_id) SELECT 'host', labels ->> 'host', id FROM alert_group ORDER BY 2, 3;
INSERT INTO group_by_integration SELECT integration_id, id FROM alert_group ORDER BY 1, 2;
INSERT INTO group_by_route SELECT route_id, id FROM alert_group ORDER BY 1, 2;
INSERT INTO group_span SELECT MIN(id), MAX(id), MIN(started_at), MAX(started_at) FROM alert_group GROUP BY id / 2000;
INSERT INTO group_title (group_title) VALUES ('rebuild');
INSERT INTO setting (name, value) VALUES ('groups_indexed_to', '%d') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
DELETE FROM job;
]]


local function sh(command) assert(os.execute(command), command) end

--- A server that has them, in a new folder: server, id of a team, integrations, id of a route of the first one.
function million.start(folder)
  sh("rm -rf " .. folder .. " && mkdir -p " .. folder)
  local s = server.start { data = folder .. "/data" }
  s:make_token()
  local team, hooks = s:api("POST", "/teams/", { name = "db" }).id, {}
  for i = 1, 5 do
    hooks[i] = s:api("POST", "/integrations/", { type = "webhook", name = "in " .. i, team_id = i == 3 and team or nil })
  end
  local route = s:api("GET", "/routes/?integration_id=" .. hooks[1].id).results[1].id
  s:stop()
  local file <close> = assert(io.popen("sqlite3 " .. folder .. "/data/tocsin.db", "w"))
  file:write(ROWS:format(million.groups, million.groups))
  assert(file:close())
  s = server.start { data = folder .. "/data" }
  s:make_token()
  assert(s:api("GET", "/alert_groups/?perpage=1&page=" .. million.groups).count == million.groups)
  return s, team, hooks, route
end

--- Stops it and takes its folder away.
function million.stop(s, folder)
  s:stop()
  sh("rm -rf " .. folder)
end

return million
