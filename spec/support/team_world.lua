--- An installation with three teams, one of which shares what it has, and things in each and in none: who may see what?
---
--- `own` is the team of the persons `viewer` and `editor`, `other` and `shared` are not; `none` stands for things of no team.
local client = require "api_client"
local json = require "tocsin.json"

local team_world = {}

team_world.PLACES = { "own", "other", "shared", "none" }

-- Keys are the core's secret: the newest row is the one that was just made.
local function newest(w, name)
  return client.write(w.c, { sql = "SELECT max(id) AS id FROM " .. name, args = {} }).rows[1].id
end

local function person(w, name, role)
  local made = client.expect(w.c, 201, "POST", "/api/v1/users/", { username = name, role = role })
  local key = newest(w, "user")
  return { id = made.id, key = key, token = (client.add_token(w.c, role, { user_id = key })) }
end

-- One request as somebody: a person of the world, or nil for the admin whose token belongs to nobody.
function team_world.ask(w, who, method, path, body)
  return client.request(w.c, method, "/api/v1/" .. path, body, { authorization = who and w[who].token or w.c.token })
end

local function make(w, path, body)
  return client.expect(w.c, 201, "POST", "/api/v1/" .. path .. "/", body).id
end

local MONDAY <const> = "2026-10-05T00:00:00"

-- One of everything that a team can have, and of what hangs on that.
local function things(w, place, team_id)
  local function put(t) t.team_id = team_id return t end
  local t, name = {}, place .. " thing"
  t.team_id = team_id
  t.escalation_chain = make(w, "escalation_chains", put { name = name })
  t.escalation_policy = make(w, "escalation_policies", { escalation_chain_id = t.escalation_chain, type = "wait", duration = 60 })
  local made = client.expect(w.c, 201, "POST", "/api/v1/integrations/", put { type = "webhook", name = name,
    labels = json.array { { key = { name = "place" }, value = { name = place } } } })
  t.integration, t.link = made.id, made.link
  t.route = make(w, "routes", { integration_id = t.integration, routing_regex = place, escalation_chain_id = t.escalation_chain })
  t.schedule = make(w, "schedules", put { name = name, type = "web" })
  t.on_call_shift = make(w, "on_call_shifts", put { name = name, type = "override", start = MONDAY, duration = 3600,
    users = json.array { w.editor.id } })
  t.schedule_shift = make(w, "on_call_shifts", { name = name .. " in", type = "override", start = MONDAY, duration = 3600,
    users = json.array { w.editor.id }, schedule = t.schedule })
  t.shift_swap = make(w, "shift_swaps", { schedule = t.schedule, swap_start = "2027-01-01T00:00:00Z",
    swap_end = "2027-01-02T00:00:00Z", beneficiary = w.editor.id })
  local hook = { name = name, url = "https://example.org/", trigger_type = "escalation", http_method = "POST" }
  hook.team = team_id
  t.webhook = make(w, "webhooks", hook)
  client.post(w.c, made, { title = "of " .. place })
  t.alert_group = client.expect(w.c, 200, "GET", "/api/v1/alert_groups/?integration_id=" .. t.integration).results[1].id
  t.alert = client.expect(w.c, 200, "GET", "/api/v1/alerts/?alert_group_id=" .. t.alert_group).results[1].id
  t.resolution_note = make(w, "resolution_notes", { alert_group_id = t.alert_group, text = "a note of " .. place })
  t.maintenance_window = make(w, "maintenance_windows", { mode = "debug", duration = 3600, start = "2027-01-01T00:00:00",
    integration_id = t.integration })
  client.write(w.c, { sql = "INSERT INTO notification (kind, alert_group_id, channel, target, state, reason, key, " ..
    "created_at) VALUES ('post', $1, 'slack', $2, 'sent', 'step_due', $2, 1) RETURNING id",
    args = { newest(w, "alert_group"), place } })
  t.notification = client.expect(w.c, 200, "GET", "/api/v1/notifications/?alert_group_id=" .. t.alert_group).results[1].id
  client.write(w.c, { sql = "INSERT INTO webhook_response (webhook_id, alert_group_id, trigger_type, at, content) " ..
    "VALUES ($1, $2, 'escalation', 1, $3)", args = { newest(w, "webhook"), newest(w, "alert_group"), place } })
  return t
end

---Opens the core and makes the world. Close it with `close`.
function team_world.open()
  local w = { c = client.open() }
  w.viewer, w.editor, w.admin = person(w, "vi", "viewer"), person(w, "ed", "editor"), person(w, "ad", "admin")
  local function team(name, members, is_sharing)
    return make(w, "teams", { name = name, members = json.array(members), is_sharing_resources_to_all = is_sharing })
  end
  w.teams = { own = team("own", { w.viewer.id, w.editor.id }, false), other = team("other", {}, false),
    shared = team("shared", {}, true) }
  for _, place in ipairs(team_world.PLACES) do w[place] = things(w, place, w.teams[place] or json.null) end
  return w
end

function team_world.close(w) client.close(w.c) end

return team_world
