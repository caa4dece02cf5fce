--- Who may do what: role × resource × verb × whose team, with the status that is expected in every cell.
---
--- A row is a request; its three columns are what a viewer, an editor and an admin are answered. Where an object has a place,
--- each column has four: in the person's own team, in another one, in another one that shares, in none. A route of the API that
--- has no row here fails.
local client = require "api_client"
require "tocsin.core"
local api = require "api"
local json = require "tocsin.json"
local world = require "team_world"

-- What most rows have, by the roles of lua/api/rights.lua. In each: own, other's, shared, no team.
local SEE <const>     = { "200 404 200 200", "200 404 200 200", "200 200 200 200" } -- whoever sees it
local EDITORS <const> = { "403 403 403 403", "200 404 200 200", "200 200 200 200" } -- editors, of what they see
local ADMINS <const>  = { "403 403 403 403", "403 403 403 403", "200 200 200 200" }
local MADE_BY_ADMINS <const>  = { "403 403 403 403", "403 403 403 403", "201 201 201 201" }
local MADE_BY_EDITORS <const> = { "403 403 403 403", "201 400 201 201", "201 201 201 201" } -- under what they see
local PUT_IN_TEAM <const>     = { "403 403 403 403", "201 400 400 201", "201 201 201 201" } -- into teams that they are in
local MOVED <const>           = { "403 403 403 403", "200 400 400 200", "200 200 200 200" } -- the same, of what is there
local GONE_BY_ADMINS <const>  = { "403 403 403 403", "403 403 403 403", "204 204 204 204" }
local GONE_BY_EDITORS <const> = { "403 403 403 403", "204 404 204 204", "204 204 204 204" }
local STARTED <const>         = { "403 403 403 403", "202 404 202 202", "202 202 202 202" }
local LINKED <const>          = { "403 403 403 403", "201 404 201 201", "201 201 201 201" }
local NAMED <const>           = { "403 403 403 403", "200 400 200 200", "200 200 200 200" } -- by an id in the body

-- Without a place.
local ALL <const>           = { "200", "200", "200" }
local ONLY_EDITORS <const>  = { "403", "200", "200" }
local ONLY_ADMINS <const>   = { "403", "403", "200" }

local NO_FILES <const> = { files = { ["tocsin.yaml"] = "format: 1\n" } }

describe("the matrix of rights:", function()
  local w, count
  setup(function() w, count = world.open(), 0 end)
  teardown(function() world.close(w) end)

  local function ask(who, method, path, body) return world.ask(w, who, method, path, body) end

  -- Made anew for each cell ---------------------------------------------------------------------------------------------------

  local function make(path, body)
    count = count + 1
    for key, value in pairs(body) do
      if value == "#" then body[key] = "made for a cell " .. count end
    end
    local status, answer = ask(nil, "POST", path .. "/", body)
    assert(status == 201, path .. " " .. json.encode(answer))
    return answer.id
  end

  local function of_team(path, more)
    return function(place)
      local body = { name = "#", team_id = w[place].team_id }
      for key, value in pairs(more or {}) do body[key] = value end
      return make(path, body)
    end
  end

  -- A group in this place on which deeds have been done already.
  local function group(...)
    local deeds = { ... }
    return function(place)
      count = count + 1
      client.post(w.c, { link = w[place].link }, { title = "cell " .. count })
      local _, list = ask(nil, "GET", "alert_groups/?perpage=1&integration_id=" .. w[place].integration)
      local id = list.results[1].id
      for _, deed in ipairs(deeds) do
        local status, answer = ask(nil, "POST", "alert_groups/" .. id .. "/" .. deed[1] .. "/", deed[2])
        assert(status == 200, json.encode(answer))
      end
      return id
    end
  end

  local SHIFT <const> = { type = "override", start = "2026-10-05T00:00:00", duration = 3600 }

  local function with(more, body)
    local out = {}
    for _, part in ipairs { more, body } do
      for key, value in pairs(part) do out[key] = value end
    end
    return out
  end

  local function window(place)
    return make("maintenance_windows", { mode = "debug", duration = 3600, integration_id = w[place].integration })
  end

  local function swap(place)
    return make("shift_swaps", { schedule = w[place].schedule, swap_start = "2027-02-01T00:00:00Z", swap_end = "2027-02-02T00:00:00Z",
      beneficiary = w.viewer.id })
  end

  local function person() return make("users", { username = "#", role = "editor" }) end
  local function email(of) return make("contact_methods", { user_id = of, channel = "email", address = { email = "a@example.org" } }) end
  local function rule(of) return make("personal_notification_rules", { user_id = of, type = "wait" }) end
  local function provider() return make("providers", { type = "ntfy", name = "#" }) end

  local function own_token(who)
    return select(2, ask(who, "POST", "api_tokens/", { name = "cell" })).id
  end

  local function test_run(place)
    local status, answer = ask(nil, "POST", "integrations/" .. w[place].integration .. "/backtest/", {})
    assert(status == 202)
    return answer.id
  end

  local function new_key(place)
    return make("integration_keys", { integration_id = of_team("integrations", { type = "goalert" })(place), name = "x", type = "generic" })
  end

  -- The table -------------------------------------------------------------------------------------------------------------------
  -- In a path `:name` is that thing of the place; `:fresh` is what `fresh(place, who)` makes for the cell. A body may be a
  -- function of the place and who asks.

  local function matrix() return {
    { "GET", "info", ALL },
    { "GET", "insights", ALL },
    { "GET", "settings", ONLY_ADMINS },
    { "GET", "organizations", ALL },
    { "GET", "organizations/:organization", ALL },
    { "GET", "users/current", ALL },
    { "GET", "labels/keys", ALL },
    { "GET", "labels/values?key=place", ALL },
    { "GET", "alertgroup_table_settings", ALL },
    { "GET", "settings", ONLY_ADMINS },
    { "PUT", "alertgroup_table_settings", ALL, body = w.columns },
    { "POST", "alertgroup_table_settings/reset", ALL },
    { "POST", "alertgroup_table_settings", ONLY_ADMINS, body = w.columns },
    { "GET", "settings", ONLY_ADMINS },
    { "GET", "audit", ONLY_ADMINS },
    { "GET", "audit/:line", ONLY_ADMINS },
    { "GET", "audit/export", ONLY_ADMINS },
    { "POST", "configuration/plan", ONLY_ADMINS, body = NO_FILES },
    { "POST", "configuration/apply", ONLY_ADMINS, body = NO_FILES },
    { "GET", "events", ALL },

    { "GET", "integrations", ALL },
    { "POST", "integrations", MADE_BY_ADMINS, body = function(place) return { type = "webhook", name = "new " .. count, team_id = w[place].team_id } end },
    { "GET", "integrations/:integration", SEE },
    { "PUT", "integrations/:integration", ADMINS, body = { description_short = "x" } },
    { "DELETE", "integrations/:fresh", GONE_BY_ADMINS, fresh = of_team("integrations", { type = "webhook" }) },
    { "POST", "integrations/:integration/heartbeat_arm", EDITORS, before = "heartbeat_reset" },
    { "POST", "integrations/:integration/heartbeat_reset", EDITORS },
    { "GET", "integrations/:integration/heartbeat_history", SEE },
    { "GET", "integrations/:integration/health", SEE },
    { "GET", "integrations/:integration/templates", SEE },
    { "POST", "integrations/:integration/preview", EDITORS, body = {} },
    { "POST", "integrations/:integration/file", EDITORS, body = {} },
    { "POST", "integrations/:integration/maintenance_start", EDITORS, body = { mode = "debug", duration = 3600 }, before = "maintenance_stop" },
    { "POST", "integrations/:integration/maintenance_stop", EDITORS },
    { "POST", "integrations/:integration/send_demo_alert", EDITORS, body = { demo_alert_payload = { a = 1 } } },
    { "POST", "integrations/:integration/backtest", STARTED, body = {} },
    { "GET", "backtests/:fresh", SEE, fresh = test_run },
    { "GET", "backtests/:fresh/events", SEE, fresh = test_run },
    { "POST", "backtests/:fresh/stop", EDITORS, fresh = test_run },

    { "GET", "integration_keys", ALL },
    { "POST", "integration_keys", MADE_BY_ADMINS, body = function(place)
        return { integration_id = of_team("integrations", { type = "goalert" })(place), name = "x", type = "generic" }
      end },
    { "GET", "integration_keys/:fresh", SEE, fresh = new_key },
    { "PUT", "integration_keys/:fresh", ADMINS, body = { name = "y" }, fresh = new_key },
    { "DELETE", "integration_keys/:fresh", GONE_BY_ADMINS, fresh = new_key },

    { "GET", "routes", ALL },
    { "POST", "routes", MADE_BY_ADMINS, body = function(place) return { integration_id = w[place].integration, routing_regex = "x" } end },
    { "GET", "routes/:route", SEE },
    { "PUT", "routes/:route", ADMINS, body = { routing_regex = "y" } },
    { "DELETE", "routes/:fresh", GONE_BY_ADMINS,
      fresh = function(place) return make("routes", { integration_id = w[place].integration, routing_regex = "z" }) end },

    { "GET", "escalation_chains", ALL },
    { "POST", "escalation_chains", MADE_BY_ADMINS, body = function(place) return { name = "chain " .. count, team_id = w[place].team_id } end },
    { "GET", "escalation_chains/:escalation_chain", SEE },
    { "PUT", "escalation_chains/:escalation_chain", ADMINS, body = {} },
    { "DELETE", "escalation_chains/:fresh", GONE_BY_ADMINS, fresh = of_team "escalation_chains" },
    { "GET", "escalation_policies", ALL },
    { "POST", "escalation_policies", MADE_BY_ADMINS,
      body = function(place) return { escalation_chain_id = w[place].escalation_chain, type = "wait", duration = 60 } end },
    { "GET", "escalation_policies/:escalation_policy", SEE },
    { "PUT", "escalation_policies/:escalation_policy", ADMINS, body = {} },
    { "DELETE", "escalation_policies/:fresh", GONE_BY_ADMINS, fresh = function(place)
      return make("escalation_policies", { escalation_chain_id = w[place].escalation_chain, type = "resolve" })
    end },

    { "GET", "alert_groups", ALL },
    { "GET", "alert_groups/:alert_group", SEE },
    { "GET", "alert_groups/:alert_group/timeline", SEE },
    { "GET", "alert_groups/:alert_group/explanation", SEE },
    { "GET", "escalation_chains/:escalation_chain/plan", SEE },
    { "GET", "alert_groups/:alert_group/escalation_plan", SEE },
    { "POST", "alert_groups/:fresh/acknowledge", EDITORS, fresh = group() },
    { "POST", "alert_groups/:fresh/unacknowledge", EDITORS, fresh = group { "acknowledge" } },
    { "POST", "alert_groups/:fresh/resolve", EDITORS, fresh = group() },
    { "POST", "alert_groups/:fresh/unresolve", EDITORS, fresh = group { "resolve" } },
    { "POST", "alert_groups/:fresh/silence", EDITORS, fresh = group(), body = { delay = 60 } },
    { "POST", "alert_groups/:fresh/unsilence", EDITORS, fresh = group { "silence", { delay = 60 } } },
    { "POST", "alert_groups/:fresh/attach", EDITORS, fresh = group(), body = function(place) return { root_alert_group_id = w[place].alert_group } end },
    { "POST", "alert_groups/:root/attach", NAMED, fresh = group(), root = true,
      body = function(_, _, fresh) return { root_alert_group_id = fresh } end },
    { "POST", "alert_groups/:fresh/unattach", EDITORS,
      fresh = function(place) return group { "attach", { root_alert_group_id = w[place].alert_group } }(place) end },
    { "POST", "alert_groups/:fresh/confirm", { "403 403 403 403", "400 404 400 400", "400 400 400 400" }, fresh = group { "acknowledge" } },
    { "POST", "alert_groups/:fresh/page", EDITORS, fresh = group(), body = { user_id = w.admin.id } },
    { "POST", "alert_groups/:fresh/unpage", EDITORS, body = { user_id = w.admin.id },
      fresh = group { "page", { user_id = w.admin.id } } },
    { "DELETE", "alert_groups/:fresh", GONE_BY_EDITORS, fresh = group(), body = { mode = "delete" } },
    { "GET", "alerts", ALL },
    { "GET", "alerts/:alert", SEE },
    { "GET", "notifications", ALL },
    { "GET", "notifications/:notification", SEE },
    { "GET", "resolution_notes", ALL },
    { "POST", "resolution_notes", MADE_BY_EDITORS, body = function(place) return { alert_group_id = w[place].alert_group, text = "x" } end },
    { "GET", "resolution_notes/:resolution_note", SEE },
    { "PUT", "resolution_notes/:resolution_note", EDITORS, body = { text = "y" } },
    { "DELETE", "resolution_notes/:fresh", GONE_BY_EDITORS,
      fresh = function(place) return make("resolution_notes", { alert_group_id = w[place].alert_group, text = "z" }) end },
    { "POST", "escalation", NAMED, body = function(place) return { alert_group_id = w[place].alert_group, users = json.array { { id = w.admin.id } } } end },
    { "POST", "escalation", NAMED, body = function(place) return { schedules = json.array { { id = w[place].schedule } }, title = "x" } end },
    { "POST", "escalation", ONLY_EDITORS, body = { team = w.teams.other, title = "help" } },
    { "POST", "make_call", { "403", "404", "404" }, body = { email = "nobody@example.org", message = "x" } },
    { "POST", "send_sms", { "403", "404", "404" }, body = { email = "nobody@example.org", message = "x" } },

    { "GET", "schedules", ALL },
    { "POST", "schedules", PUT_IN_TEAM, body = function(place) return { name = "rota " .. count, type = "web", team_id = w[place].team_id } end },
    { "GET", "schedules/:schedule", SEE },
    { "PUT", "schedules/:schedule", EDITORS, body = { notify = { reports = true } } },
    { "PUT", "schedules/:moved", MOVED, body = function(place) return { team_id = w[place].team_id } end },
    { "DELETE", "schedules/:fresh", GONE_BY_EDITORS, fresh = of_team("schedules", { type = "web" }) },
    { "POST", "schedules/:schedule/export_token", LINKED },
    { "DELETE", "schedules/:schedule/export_token", GONE_BY_EDITORS },
    { "GET", "schedules/:schedule/warnings", SEE },
    { "GET", "schedules/:schedule/quality", SEE },
    { "GET", "schedules/:schedule/slots?start_date=2026-10-01&end_date=2026-10-02", SEE },
    { "GET", "schedules/:schedule/final_shifts?start_date=2026-10-01&end_date=2026-10-02", SEE },
    { "POST", "schedules/:schedule/reload", EDITORS },
    { "GET", "on_call_shifts", ALL },
    { "POST", "on_call_shifts", PUT_IN_TEAM, body = function(place) return with(SHIFT, { name = "s", team_id = w[place].team_id }) end },
    { "POST", "on_call_shifts", MADE_BY_EDITORS, body = function(place) return with(SHIFT, { name = "s", schedule = w[place].schedule }) end },
    { "GET", "on_call_shifts/:on_call_shift", SEE },
    { "GET", "on_call_shifts/:schedule_shift", SEE },
    { "PUT", "on_call_shifts/:on_call_shift", EDITORS, body = { name = "t" } },
    { "DELETE", "on_call_shifts/:fresh", GONE_BY_EDITORS, fresh = of_team("on_call_shifts", SHIFT) },
    { "GET", "shift_swaps", ALL },
    { "POST", "shift_swaps", MADE_BY_EDITORS, body = function(place) return { schedule = w[place].schedule, beneficiary = w.viewer.id,
      swap_start = "2027-02-01T00:00:00Z", swap_end = "2027-02-02T00:00:00Z" } end },
    { "GET", "shift_swaps/:shift_swap", SEE },
    { "PUT", "shift_swaps/:shift_swap", EDITORS, body = { description = "x" } },
    { "POST", "shift_swaps/:fresh/take", EDITORS, fresh = swap, body = { benefactor = w.editor.id } },
    { "DELETE", "shift_swaps/:fresh", GONE_BY_EDITORS, fresh = swap },

    { "GET", "maintenance_windows", ALL },
    { "POST", "maintenance_windows", MADE_BY_EDITORS,
      body = function(place) return { mode = "debug", duration = 3600, start = "2027-03-01T00:00:00", integration_id = w[place].integration } end },
    { "POST", "maintenance_windows", { "403", "400", "201" }, -- by labels alone it covers what an editor does not see
      body = { mode = "debug", duration = 3600, start = "2027-03-01T00:00:00", labels = { { key = { name = "a" }, value = { name = "b" } } } } },
    { "GET", "maintenance_windows/:maintenance_window", SEE },
    { "PUT", "maintenance_windows/:maintenance_window", EDITORS, body = { name = "x" } },
    { "POST", "maintenance_windows/:fresh/stop", EDITORS, fresh = window },
    { "DELETE", "maintenance_windows/:fresh", GONE_BY_EDITORS, fresh = window },

    { "GET", "webhooks", ALL },
    { "POST", "webhooks", MADE_BY_ADMINS, body = function(place)
      return { name = "hook " .. count, url = "https://example.org/", http_method = "POST", trigger_type = "resolve", team = w[place].team_id }
    end },
    { "GET", "webhooks/:webhook", SEE },
    { "PUT", "webhooks/:webhook", ADMINS, body = {} },
    { "DELETE", "webhooks/:fresh", GONE_BY_ADMINS, fresh = function(place)
      return make("webhooks", { name = "#", url = "https://example.org/", http_method = "POST", trigger_type = "resolve", team = w[place].team_id })
    end },
    { "GET", "webhooks/:webhook/responses", SEE },
    { "POST", "webhooks/:webhook/test", ADMINS, body = { is_sent = false } },
    { "GET", "actions", ALL },
    { "POST", "actions", MADE_BY_ADMINS,
      body = function(place) return { name = "action " .. count, url = "https://example.org/", team_id = w[place].team_id } end },
    { "GET", "actions/:webhook", SEE },
    { "PUT", "actions/:webhook", ADMINS, body = {} },
    { "DELETE", "actions/:fresh", GONE_BY_ADMINS, fresh = of_team("actions", { url = "https://example.org/" }) },

    { "GET", "teams", ALL },
    { "POST", "teams", { "403", "403", "201" }, body = function() return { name = "team " .. count } end },
    { "GET", "teams/:team", ALL },
    { "PUT", "teams/:team", ONLY_ADMINS, body = {} },
    { "DELETE", "teams/:fresh", { "403", "403", "204" }, fresh = function() return make("teams", { name = "#" }) end },
    { "GET", "users", ALL },
    { "POST", "users", { "403", "403", "201" }, body = function() return { username = "user " .. count } end },
    { "GET", "users/:admin", ALL },
    { "PUT", "users/:me", ONLY_EDITORS, body = { name = "Me" } },
    { "PUT", "users/:me", ONLY_ADMINS, body = { email = "me@example.org" } },
    { "PUT", "users/:fresh", ONLY_ADMINS, fresh = person, body = { name = "You" } },
    { "PUT", "users/:fresh", ONLY_ADMINS, fresh = person, body = { role = "admin" } },
    { "DELETE", "users/:fresh", { "403", "403", "204" }, fresh = person },
    { "POST", "users/:fresh/invite", ONLY_ADMINS, fresh = person },
    { "POST", "users/:fresh/totp_reset", { "403", "403", "204" }, fresh = person },
    { "POST", "users/:me/schedule_export_token", { "201", "201", "201" } },
    { "DELETE", "users/:me/schedule_export_token", { "204", "204", "204" } },
    { "POST", "users/:fresh/schedule_export_token", { "403", "403", "201" }, fresh = person },
    { "DELETE", "users/:fresh/schedule_export_token", { "403", "403", "204" }, fresh = person },
    { "GET", "sessions", ALL },
    { "GET", "sessions/:session", { "404", "404", "200" } }, -- of the world's admin; one's own in sign_in_spec.lua
    { "DELETE", "sessions/:session", { "404", "404", "204" } },
    { "GET", "api_tokens", ALL },
    { "POST", "api_tokens", { "201", "201", "201" }, body = { name = "x" } },
    { "POST", "api_tokens", { "403", "403", "201" }, body = { name = "x", user_id = json.null } },
    { "GET", "api_tokens/:fresh", ALL, fresh = function(_, who) return own_token(who) end },
    { "GET", "api_tokens/:token", { "404", "404", "200" } },
    { "PUT", "api_tokens/:fresh", ALL, fresh = function(_, who) return own_token(who) end, body = { name = "y" } },
    { "PUT", "api_tokens/:token", { "404", "404", "200" }, body = { name = "y" } },
    { "DELETE", "api_tokens/:fresh", { "204", "204", "204" }, fresh = function(_, who) return own_token(who) end },
    { "DELETE", "api_tokens/:token", { "404", "404", "204" } },

    { "GET", "personal_notification_rules", ALL },
    { "POST", "personal_notification_rules", { "403", "201", "201" }, body = function(_, who) return { user_id = w[who].id, type = "wait" } end },
    { "POST", "personal_notification_rules", { "403", "403", "201" }, body = function() return { user_id = w.viewer.id, type = "wait" } end },
    { "GET", "personal_notification_rules/:fresh", ALL, fresh = function() return rule(w.viewer.id) end },
    { "PUT", "personal_notification_rules/:fresh", ONLY_EDITORS, fresh = function(_, who) return rule(w[who].id) end, body = { duration = 120 } },
    { "PUT", "personal_notification_rules/:fresh", ONLY_ADMINS, fresh = function() return rule(w.viewer.id) end, body = { duration = 120 } },
    { "DELETE", "personal_notification_rules/:fresh", { "403", "204", "204" }, fresh = function(_, who) return rule(w[who].id) end },
    { "DELETE", "personal_notification_rules/:fresh", { "403", "403", "204" }, fresh = function() return rule(w.viewer.id) end },
    { "GET", "contact_methods", ALL },
    { "POST", "contact_methods", { "403", "201", "201" },
      body = function(_, who) return { user_id = w[who].id, channel = "email", address = { email = "a@example.org" } } end },
    { "POST", "contact_methods", { "403", "403", "201" },
      body = function() return { user_id = w.viewer.id, channel = "email", address = { email = "a@example.org" } } end },
    { "GET", "contact_methods/:fresh", ALL, fresh = function() return email(w.viewer.id) end },
    { "PUT", "contact_methods/:fresh", ONLY_EDITORS, fresh = function(_, who) return email(w[who].id) end, body = { name = "x" } },
    { "PUT", "contact_methods/:fresh", ONLY_ADMINS, fresh = function() return email(w.viewer.id) end, body = { name = "x" } },
    { "DELETE", "contact_methods/:fresh", { "403", "204", "204" }, fresh = function(_, who) return email(w[who].id) end },
    { "DELETE", "contact_methods/:fresh", { "403", "403", "204" }, fresh = function() return email(w.viewer.id) end },
    { "POST", "contact_methods/:fresh/test", { "403", "202", "202" }, fresh = function(_, who) return email(w[who].id) end },
    { "POST", "contact_methods/:fresh/test", { "403", "403", "202" }, fresh = function() return email(w.viewer.id) end },
    { "POST", "contact_methods/:fresh/verify_start", { "403", "202", "202" }, fresh = function(_, who) return email(w[who].id) end },
    { "POST", "contact_methods/:fresh/verify_start", { "403", "403", "202" }, fresh = function() return email(w.viewer.id) end },
    { "POST", "contact_methods/:fresh/verify", { "403", "400", "400" }, fresh = function(_, who) return email(w[who].id) end, body = { code = "123456" } },
    { "POST", "contact_methods/:fresh/verify", { "403", "403", "400" }, fresh = function() return email(w.viewer.id) end, body = { code = "123456" } },

    { "GET", "providers", ALL },
    { "POST", "providers", { "403", "403", "201" }, body = function() return { type = "ntfy", name = "p " .. count } end },
    { "GET", "providers/:fresh", ALL, fresh = provider },
    { "PUT", "providers/:fresh", ONLY_ADMINS, fresh = provider, body = {} },
    { "DELETE", "providers/:fresh", { "403", "403", "204" }, fresh = provider },
    { "POST", "providers/:fresh/test", { "403", "403", "202" }, fresh = provider, body = { address = { topic = "t" } } },
    { "POST", "providers/:fresh/sync", ONLY_ADMINS, fresh = provider },
    { "GET", "slack_channels", ALL },
    { "GET", "user_groups", ALL },
  } end

  -- Its cells -------------------------------------------------------------------------------------------------------------------

  local ROLES <const> = { "viewer", "editor", "admin" }

  local function statuses(text)
    local list = {}
    for status in string.gmatch(text, "%d+") do list[#list + 1] = tonumber(status) end
    return list
  end

  local function prepare(row, place, who)
    local things = { me = w[who].id, admin = w.admin.id, team = w.teams.other, token = w.token, line = w.line, session = w.session,
      organization = w.organization, moved = w.moved }
    if row.before then ask(nil, "POST", "integrations/" .. w[place].integration .. "/" .. row.before .. "/") end
    things.fresh = row.fresh and row.fresh(place, who)
    things.root = row.root and group()("own")
    local path = string.gsub(row[2], ":([%l_]+)", function(name) return things[name] or w[place][name] end)
    local body = row.body
    if type(body) == "function" then body = body(place, who, things.fresh) end
    return path, body
  end

  local function cell(row, place, who, expected)
    count = count + 1
    local path, body = prepare(row, place, who)
    local status, answer = ask(who, row[1], path, body)
    local what = string.format("%s %s by a %s, %s: %s", row[1], row[2], who, place, type(answer) == "table" and json.encode(answer) or "")
    assert.equal(expected, status, what)
  end

  -- Sessions and columns that rows speak of.
  local function complete()
    local _, settings = ask("viewer", "GET", "alertgroup_table_settings/")
    w.columns = { visible = settings.visible, hidden = settings.hidden }
    w.line = select(2, ask(nil, "GET", "audit/?perpage=1")).results[1].id
    w.organization = select(2, ask(nil, "GET", "organizations/")).results[1].id
    w.token = select(2, ask("admin", "POST", "api_tokens/", { name = "of the admin" })).id
    w.moved = make("schedules", { name = "to be moved", type = "web" })
    client.write(w.c, { sql = "INSERT INTO session (digest, user_id, method, created_at, seen_at, expires_at) " ..
      "VALUES ('x', $1, 'password', 1, 1, 9000000000000000)", args = { w.admin.key } })
    w.session = select(2, ask("admin", "GET", "sessions/")).results[1].id
  end

  it("every cell is as the table says", function()
    complete()
    for _, row in ipairs(matrix()) do
      for i, who in ipairs(ROLES) do
        local expected = statuses(row[3][i])
        for j, status in ipairs(expected) do cell(row, #expected == 1 and "none" or world.PLACES[j], who, status) end
      end
    end
  end)

  it("every route of the API has a row", function()
    local has = {}
    for _, row in ipairs(matrix()) do
      has[row[1] .. " " .. string.gsub(string.gsub(row[2], "?.*", ""), ":[%l_]+", ":id")] = true
    end
    for _, route in ipairs(api.routes()) do
      if route[4] ~= "open" then
        local name = route[2] .. " " .. route[1]
        assert.is_true(has[name] or false, name .. " has no row in the matrix of rights")
      end
    end
  end)
end)
