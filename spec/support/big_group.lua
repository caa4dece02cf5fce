--- A data folder with one alert group of many alerts, and an integration beside it.
local world = require "world"

local big_group = {}

-- As if every alert had been posted: a chain from the first to the last.
local CHAIN = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) " ..
  "INSERT INTO alert (id, alert_group_id, previous_id, received_at, payload) SELECT g.last_alert_id + n.i, g.id, " ..
  "g.last_alert_id + n.i - 1, g.started_at, CAST('{\"key\":\"secret\",\"n\":' || n.i || ',\"text\":\"' || " ..
  "substr(hex(zeroblob(800)), 1, $2) || '\"}' AS BLOB) FROM alert_group AS g, n"

--- big_group.fill(folder, count, bytes of each payload) → {token, path, name: of the integration, id: the group's public id}
function big_group.fill(folder, count, bytes)
  local w = world.open { data = folder }
  local hook = w:integration { templates = { grouping_key = "{{ payload.key }}" } }
  w:post(hook, { key = "secret" })
  w:rows(CHAIN, count - 1, bytes)
  w:rows("UPDATE alert_group SET alerts_count = $1, last_alert_id = last_alert_id + $1 - 1", count)
  local made = { token = w.client.token, path = world.path(hook), hook = hook,
    id = w:api(200, "GET", "alert_groups/").results[1].id }
  w:check_invariants()
  w:close()
  return made
end

return big_group
