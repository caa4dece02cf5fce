--- What a team does not share, others neither see nor change, by whatever way they ask.
local client = require "api_client"
local json = require "tocsin.json"
local world = require "team_world"

describe("a team's resources, to who is in another team,", function()
  local w
  setup(function() w = world.open() end)
  teardown(function() world.close(w) end)

  local function status(who, method, path, body) return (world.ask(w, who, method, path, body)) end

  local function results(who, path)
    local got, answer = world.ask(w, who, "GET", path)
    assert.equal(200, got, path)
    return answer.results or answer, answer
  end

  local PATHS <const> = { escalation_chain = "escalation_chains", escalation_policy = "escalation_policies",
    integration = "integrations", route = "routes", schedule = "schedules", on_call_shift = "on_call_shifts",
    webhook = "webhooks", alert_group = "alert_groups", alert = "alerts", resolution_note = "resolution_notes",
    maintenance_window = "maintenance_windows", notification = "notifications", shift_swap = "shift_swaps" }

  it("are in no list, and everybody else's are", function()
    for name, path in pairs(PATHS) do
      for _, who in ipairs { "viewer", "editor" } do
        local seen = {}
        local list, answer = results(who, path .. "/?perpage=1000")
        for _, one in ipairs(list) do seen[one.id] = true end
        assert.equal(#list, answer.count, name)
        for _, place in ipairs(world.PLACES) do
          assert.equal(place ~= "other", seen[w[place][name]] == true, name .. " of " .. place .. " to a " .. who)
        end
      end
      assert.equal(true, status("admin", "GET", path .. "/" .. w.other[name] .. "/") == 200, name)
    end
  end)

  it("are as if they were not there", function()
    for name, path in pairs(PATHS) do
      assert.equal(404, status("editor", "GET", path .. "/" .. w.other[name] .. "/"), name)
      assert.equal(200, status("editor", "GET", path .. "/" .. w.shared[name] .. "/"), name)
      assert.equal(200, status("viewer", "GET", path .. "/" .. w.own[name] .. "/"), name)
    end
  end)

  it("are found by no filter, search or name", function()
    local other = w.other
    local function count(path)
      local got, answer = world.ask(w, "editor", "GET", path)
      assert.equal(200, got, path)
      assert.equal(answer.count, #answer.results, path)
      return answer.count
    end
    for _, path in ipairs { "alert_groups/?integration_id=" .. other.integration, "alert_groups/?route_id=" .. other.route,
      "alert_groups/?id=" .. other.alert_group, "alerts/?alert_group_id=" .. other.alert_group, "alerts/?id=" .. other.alert,
      "alerts/?search=of%20other", "routes/?integration_id=" .. other.integration, "routes/?routing_regex=other",
      "escalation_policies/?escalation_chain_id=" .. other.escalation_chain, "escalation_chains/?name=other%20thing",
      "integrations/?name=other%20thing", "integrations/?label=place:other", "alert_groups/?label=place:other",
      "schedules/?name=other%20thing", "on_call_shifts/?name=other%20thing", "on_call_shifts/?name=other%20thing%20in",
      "on_call_shifts/?schedule_id=" .. other.schedule, "shift_swaps/?schedule_id=" .. other.schedule, "webhooks/?name=other%20thing",
      "actions/?name=other%20thing", "resolution_notes/?alert_group_id=" .. other.alert_group,
      "notifications/?alert_group_id=" .. other.alert_group, "maintenance_windows/?integration_id=" .. other.integration,
      "maintenance_windows/?route_id=" .. other.route } do
      assert.equal(0, count(path), path)
      local _, all = world.ask(w, nil, "GET", path)
      assert.is_true(all.count > 0 or string.find(path, "route_id", 1, true) ~= nil or string.find(path, "label=", 1, true) ~= nil
        or string.find(path, "actions", 1, true) ~= nil, path .. " finds nothing for an admin")
    end
    for _, path in ipairs { "integrations", "schedules", "escalation_chains", "webhooks", "alert_groups", "on_call_shifts" } do
      assert.equal(400, status("editor", "GET", path .. "/?team_id=" .. w.teams.other), path)
      assert.is_true(count(path .. "/?team_id=" .. w.teams.own) > 0, path)
      assert.is_true(count(path .. "/?team_id=" .. w.teams.shared) > 0, path)
      assert.is_true(count(path .. "/?team_id=null") > 0, path)
    end
  end)

  it("are suggested in no label", function()
    local function values(who)
      local seen = {}
      for _, one in ipairs(results(who, "labels/values/?key=place")) do seen[one.name] = true end
      return { seen.own, seen.other, seen.shared, seen.none }
    end
    assert.same({ true, nil, true, true }, values "editor")
    assert.same({ true, true, true, true }, values "admin")
  end)

  -- The answer to an id that nothing has is the same.
  it("can be named in nothing that is written", function()
    local nothing = { schedule = "SNOBODY", on_call_shift = "ONOBODY", alert_group = "INOBODY", integration = "CNOBODY", webhook = "WHNOBODY" }
    local function refused(method, path, name, body)
      local function try(id)
        local got, answer = world.ask(w, "editor", method, path, body(id))
        assert.equal(400, got, path)
        return (string.gsub(json.encode(answer), id, "ID"))
      end
      assert.equal(try(nothing[name]), try(w.other[name]), path)
    end
    refused("POST", "resolution_notes/", "alert_group", function(id) return { alert_group_id = id, text = "x" } end)
    refused("POST", "shift_swaps/", "schedule", function(id)
      return { schedule = id, swap_start = "2027-01-01T00:00:00Z", swap_end = "2027-01-02T00:00:00Z", beneficiary = w.editor.id }
    end)
    refused("POST", "maintenance_windows/", "integration", function(id) return { mode = "debug", duration = 60, integration_id = id } end)
    refused("PUT", "maintenance_windows/" .. w.own.maintenance_window .. "/", "integration", function(id) return { integration_id = id } end)
    refused("POST", "schedules/", "on_call_shift", function(id)
      return { name = "x", type = "calendar", time_zone = "UTC", shifts = json.array { id } }
    end)
    refused("PUT", "schedules/" .. w.own.schedule .. "/", "on_call_shift", function(id) return { shifts = json.array { id } } end)
    refused("POST", "on_call_shifts/", "schedule", function(id)
      return { name = "x", type = "override", start = "2026-10-05T00:00:00", duration = 60, schedule = id }
    end)
    refused("POST", "escalation/", "alert_group", function(id) return { alert_group_id = id, users = json.array { { id = w.admin.id } } } end)
    refused("POST", "escalation/", "schedule", function(id) return { title = "x", schedules = json.array { { id = id } } } end)
    refused("POST", "alert_groups/" .. w.own.alert_group .. "/attach/", "alert_group", function(id) return { root_alert_group_id = id } end)
    refused("POST", "contact_methods/", "webhook", function(id)
      return { user_id = w.editor.id, channel = "webhook", address = { webhook = id } }
    end)
  end)

  it("stay where they are named already, and may be sent back", function()
    local made = client.expect(w.c, 201, "POST", "/api/v1/schedules/", { name = "linked", type = "calendar", time_zone = "UTC",
      shifts = json.array { w.other.on_call_shift } })
    local got, answer = world.ask(w, "editor", "PUT", "schedules/" .. made.id .. "/",
      { name = "linked too", shifts = json.array { w.other.on_call_shift, w.own.on_call_shift } })
    assert.equal(200, got, json.encode(answer))
    assert.equal(2, #answer.shifts)
    assert.equal(400, status("editor", "PUT", "schedules/" .. made.id .. "/", { shifts = json.array { w.other.schedule_shift } }))
    assert.equal(204, status("admin", "DELETE", "schedules/" .. made.id .. "/"))
  end)

  it("are told of in no answer of a webhook that is not theirs", function()
    client.write(w.c, { sql = "INSERT INTO webhook_response (webhook_id, alert_group_id, trigger_type, at, content) " ..
      "SELECT h.id, g.id, 'escalation', 1, 'a secret' FROM webhook AS h, alert_group AS g JOIN integration AS i ON i.id = g.integration_id " ..
      "WHERE h.name = 'none thing' AND i.name = 'other thing' LIMIT 1", args = {} })
    local path = "webhooks/" .. w.none.webhook .. "/responses/"
    assert.equal(1, #results("editor", path))
    assert.equal(2, #results("admin", path))
  end)

  it("are collected by a window's group that only who sees the window sees", function()
    for _, place in ipairs { "own", "other" } do
      local window = client.expect(w.c, 201, "POST", "/api/v1/maintenance_windows/", { mode = "maintenance", duration = 3600,
        integration_id = w[place].integration })
      client.post(w.c, { link = w[place].link }, { title = "while " .. place })
      window = client.expect(w.c, 200, "GET", "/api/v1/maintenance_windows/" .. window.id .. "/")
      local wanted = place == "own" and 200 or 404
      assert.is_string(window.alert_group_id)
      assert.equal(wanted, status("editor", "GET", "alert_groups/" .. window.alert_group_id .. "/"), place)
      assert.equal(wanted, status("editor", "POST", "alert_groups/" .. window.alert_group_id .. "/resolve/"), place)
      assert.equal(204, status("admin", "DELETE", "maintenance_windows/" .. window.id .. "/"))
    end
  end)

  it("are seen and answered by who was called for them", function()
    client.post(w.c, { link = w.other.link }, { title = "for who is called" })
    local group = results("admin", "alert_groups/?perpage=1&integration_id=" .. w.other.integration)[1].id
    local path = "alert_groups/" .. group .. "/"
    assert.equal(404, status("editor", "POST", path .. "acknowledge/"))
    assert.equal(200, status("admin", "POST", path .. "page/", { user_id = w.editor.id }))
    assert.equal(200, status("editor", "GET", path))
    assert.equal(200, status("editor", "GET", path .. "timeline/"))
    assert.equal(1, #results("editor", "alerts/?alert_group_id=" .. group))
    assert.equal(200, status("editor", "POST", path .. "acknowledge/"))
    assert.equal(404, status("viewer", "GET", path))
    for _, one in ipairs(results("editor", "alert_groups/?perpage=1000")) do assert.not_equal(group, one.id) end
    assert.equal(404, status("editor", "GET", "integrations/" .. w.other.integration .. "/"))
  end)

  it("may be called by everybody: a team's members are for others to call", function()
    local got, group = world.ask(w, "editor", "POST", "escalation/", { team = w.teams.other, title = "we need you" })
    assert.equal(200, got)
    assert.equal(404, status("editor", "GET", "alert_groups/" .. group.id .. "/"))
    assert.equal(200, status("admin", "GET", "alert_groups/" .. group.id .. "/"))
  end)

  it("are there or not by no other way to write a path", function()
    local id = w.other.schedule
    for _, method in ipairs { "GET", "HEAD", "PUT", "PATCH", "DELETE" } do
      for _, path in ipairs { "schedules/" .. id, "schedules/" .. id .. "/", "schedules/" .. id .. "?team_id=null" } do
        assert.equal(404, status("editor", method, path, method ~= "GET" and {} or nil), method .. " " .. path)
      end
    end
    assert.equal(200, status("admin", "GET", "schedules/" .. id .. "/"))
  end)

  it("come and go with membership and sharing, at once", function()
    local path = "integrations/" .. w.other.integration .. "/"
    local function set(body) client.expect(w.c, 200, "PUT", "/api/v1/teams/" .. w.teams.other .. "/", body) end
    set { members = json.array { w.editor.id } }
    assert.same({ 200, 404 }, { status("editor", "GET", path), status("viewer", "GET", path) })
    set { members = json.array {}, is_sharing_resources_to_all = true }
    assert.same({ 200, 200 }, { status("editor", "GET", path), status("viewer", "GET", path) })
    set { is_sharing_resources_to_all = false }
    assert.same({ 404, 404 }, { status("editor", "GET", path), status("viewer", "GET", path) })
  end)

  it("are nothing to a token that belongs to nobody and is no admin's", function()
    local text = client.add_token(w.c, "editor")
    local function of(place)
      return (client.request(w.c, "GET", "/api/v1/schedules/" .. w[place].schedule .. "/", nil, { authorization = text }))
    end
    assert.same({ 404, 404, 200, 200 }, { of "own", of "other", of "shared", of "none" })
  end)
end)
