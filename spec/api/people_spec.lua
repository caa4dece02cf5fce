--- Users, teams, what chats know, and personal notification rules over the API.
local client = require "api_client"
local json = require "tocsin.json"

local USERS <const>, TEAMS <const>, RULES <const> = "/api/v1/users/", "/api/v1/teams/", "/api/v1/personal_notification_rules/"

describe("people over the API", function()
  local c
  before_each(function() c = client.open() end)
  after_each(function() client.close(c) end)

  local function ask(sql, ...)
    return assert(client.write(c, { sql = sql, args = { ... } })).rows
  end

  local function user(name, body)
    body = body or {}
    body.username = name
    return client.expect(c, 201, "POST", USERS, body)
  end

  describe("users", function()
    it("are created, read, changed and deleted", function()
      local ann = user("ann", { name = "Ann Lee", email = "ann@example.com", role = "editor", timezone = "Europe/Paris" })
      assert.same({ id = ann.id, grafana_id = 1, email = "ann@example.com", slack = json.null, username = "ann", name = "Ann Lee",
        role = "editor", is_phone_number_verified = false, timezone = "Europe/Paris", teams = {}, working_hours = ann.working_hours }, ann)
      assert.same(ann, client.expect(c, 200, "GET", USERS .. ann.id))
      assert.same(ann, client.expect(c, 200, "PUT", USERS .. ann.id .. "/", ann))
      ann.role = "viewer"
      assert.same(ann, client.expect(c, 200, "PUT", USERS .. ann.id .. "/", { role = "viewer" }))
      ann.email = json.null
      assert.same(ann, client.expect(c, 200, "PUT", USERS .. ann.id .. "/", { email = "" }))
      client.expect(c, 204, "DELETE", USERS .. ann.id .. "/")
      client.expect(c, 404, "GET", USERS .. ann.id)
      client.expect(c, 404, "DELETE", USERS .. ann.id)
      assert.equal(0, client.expect(c, 200, "GET", USERS).count)
      local again = user "ann"
      assert.same({ "ann", "viewer", "UTC" }, { again.name, again.role, again.timezone })
      assert.is_true(again.id ~= ann.id)
    end)

    it("have working hours by weekday, on their own clocks", function()
      local ann = user "ann"
      local nine_to_five = { { start = "09:00:00", ["end"] = "17:00:00" } }
      for i, day in ipairs { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" } do
        assert.same(i <= 5 and nine_to_five or {}, ann.working_hours[day])
      end
      local night = { { start = "00:00:00", ["end"] = "06:30:00" }, { start = "22:00:00", ["end"] = "24:00:00" } }
      local changed = client.expect(c, 200, "PUT", USERS .. ann.id, { working_hours = { sunday = night } }).working_hours
      assert.same({ {}, night }, { changed.monday, changed.sunday })
      assert.same(changed, client.expect(c, 200, "PUT", USERS .. ann.id, { working_hours = changed }).working_hours)
      local usual = client.expect(c, 200, "PUT", USERS .. ann.id, { working_hours = json.null }).working_hours
      assert.same(nine_to_five, usual.friday)
      for _, bad in ipairs { '"x"', "[]", '{"funday":[]}', '{"monday":{}}', '{"monday":[1]}', '{"monday":[{"start":"09:00:00"}]}',
        '{"monday":[{"start":"09:00:00","end":"09:00:00"}]}', '{"monday":[{"start":"09:00","end":"10:00"}]}', '{"monday":[{"start":"09:00:00","end":"24:00:01"}]}',
        '{"monday":[{"start":"09:00:00","end":"17:00:00","x":1}]}', '{"monday":[{"start":"09:00:00","end":"17:00:00"},{"start":"16:00:00","end":"18:00:00"}]}' } do
        local status, answer = client.request(c, "PUT", USERS .. ann.id, '{"working_hours":' .. bad .. "}")
        assert.same({ 400, true }, { status, answer.working_hours ~= nil }, bad)
      end
    end)

    it("leave nothing behind by which they are reached or get in", function()
      local ann = user("ann", { role = "admin" })
      local team = client.expect(c, 201, "POST", TEAMS, { name = "db", members = { ann.id } })
      client.expect(c, 201, "POST", RULES, { user_id = ann.id, type = "wait" })
      ask "INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (1, 'sms', '{}', 1)"
      local headers = { authorization = (client.add_token(c, "admin", { user_id = 1 })) }
      assert.equal(200, (client.request(c, "GET", USERS .. "current/", nil, headers)))
      client.expect(c, 204, "DELETE", USERS .. ann.id)
      assert.equal(403, (client.request(c, "GET", USERS .. "current/", nil, headers)))
      assert.same({}, client.expect(c, 200, "GET", TEAMS .. team.id).members)
      assert.same({ { rules = 0, methods = 0, username = "ann" } }, ask("SELECT (SELECT count(*) FROM notification_rule) AS rules, " ..
        "(SELECT count(*) FROM contact_method) AS methods, username FROM user"))
    end)

    it("know who they are", function()
      user "ann"
      local headers = { authorization = (client.add_token(c, "viewer", { user_id = 1 })) }
      local _, me = client.request(c, "GET", USERS .. "current", nil, headers)
      assert.equal("ann", me.username)
    end)

    it("show what their contact methods tell", function()
      local ann = user "ann"
      ask("INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (1, 'slack', '{\"id\":\"U1\"}', 1)")
      ask "INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (1, 'sms', '{}', 1)"
      local shown = client.expect(c, 200, "GET", USERS .. ann.id)
      assert.same({ { user_id = "U1", team_id = json.null }, false }, { shown.slack, shown.is_phone_number_verified })
      ask "UPDATE contact_method SET verified_at = 5 WHERE channel = 'sms'"
      assert.is_true(client.expect(c, 200, "GET", USERS .. ann.id).is_phone_number_verified)
    end)

    it("are found by name, address and role, and listed in short", function()
      local ann, bob, cid = user("ann", { role = "admin", email = "A@x.test" }), user("Bob", { role = "editor" }), user("cid")
      local function names(query)
        local list = {}
        for i, one in ipairs(client.expect(c, 200, "GET", USERS .. query).results) do list[i] = one.username end
        return table.concat(list, " ")
      end
      assert.equal("Bob", names "?username=bob")
      assert.equal("ann", names "?email=a@X.test")
      assert.equal("ann cid", names "?roles=0&roles=2")
      assert.equal("Bob cid", names "?roles=editor&roles=viewer")
      client.expect(c, 400, "GET", USERS .. "?roles=5")
      assert.equal("Bob", names "?perpage=1&page=2")
      local short = client.expect(c, 200, "GET", USERS .. "?short=true").results[1]
      assert.same({ id = ann.id, email = "A@x.test", username = "ann", role = "admin", is_phone_number_verified = false }, short)
      assert.is_string(bob.id .. cid.id)
    end)

    it("refuse what is out of bounds and say which field it was", function()
      user "ann"
      local wrong = { username = { "ann", "", ("x"):rep(191), json.null, {}, "\0" }, email = { "x", "a b@c", "@", ("x"):rep(250) .. "@x.te", 5 },
        role = { "owner", "", 0, json.null }, timezone = { "Mars/Olympus", "", "../../etc/passwd", json.null, "UTC" .. ("x"):rep(70) },
        name = { ("x"):rep(191), json.null } }
      for field, values in pairs(wrong) do
        for _, value in ipairs(values) do
          local body = { username = "new", [field] = value }
          assert.is_table(client.expect(c, 400, "POST", USERS, body)[field], field .. " " .. json.encode { value })
        end
      end
      assert.is_table(client.expect(c, 400, "POST", USERS, {}).username)
      assert.equal(1, client.expect(c, 200, "GET", USERS).count)
    end)

    it("are written by admins, read by all", function()
      local ann = user "ann"
      for _, role in ipairs { "viewer", "editor" } do
        local headers = { authorization = (client.add_token(c, role)) }
        assert.equal(200, (client.request(c, "GET", USERS .. ann.id, nil, headers)))
        assert.equal(403, (client.request(c, "POST", USERS, { username = "x" }, headers)))
        assert.equal(403, (client.request(c, "PUT", USERS .. ann.id, { role = "admin" }, headers)))
        assert.equal(403, (client.request(c, "DELETE", USERS .. ann.id, nil, headers)))
      end
    end)
  end)

  describe("teams", function()
    it("are created with members, changed and deleted", function()
      local ann, bob = user("ann").id, user("bob").id
      local team = client.expect(c, 201, "POST", TEAMS, { name = "db", members = { bob, ann, bob } })
      assert.same({ id = team.id, grafana_id = 1, name = "db", email = json.null, avatar_url = json.null, members = { ann, bob },
        is_sharing_resources_to_all = false }, team)
      assert.same({ team.id }, client.expect(c, 200, "GET", USERS .. ann).teams)
      assert.same(team, client.expect(c, 200, "PUT", TEAMS .. team.id .. "/", team))
      assert.same(team, client.expect(c, 200, "PUT", TEAMS .. team.id .. "/", {}))
      assert.same({ bob }, client.expect(c, 200, "PUT", TEAMS .. team.id .. "/", { members = { bob } }).members)
      assert.same({ team.id }, client.expect(c, 200, "GET", USERS .. bob).teams)
      assert.equal(1, client.expect(c, 200, "GET", TEAMS .. "?name=db").count)
      local trail = ask "SELECT before, after FROM audit WHERE object = 'team' ORDER BY id"
      assert.same({ 2, "[1,2]", "[1,2]", "[2]" }, { #trail, json.decode(trail[1].after).members,
        json.decode(trail[2].before).members, json.decode(trail[2].after).members })
      client.expect(c, 204, "DELETE", TEAMS .. team.id)
      client.expect(c, 404, "GET", TEAMS .. team.id)
      assert.same({}, client.expect(c, 200, "GET", USERS .. bob).teams)
    end)

    it("refuse members that are no users, and names that are taken", function()
      client.expect(c, 201, "POST", TEAMS, { name = "db" })
      for _, members in ipairs { { "UNONE" }, "x", { json.null }, { 1 }, json.null } do
        assert.is_table(client.expect(c, 400, "POST", TEAMS, { name = "x", members = members }).members)
      end
      assert.is_table(client.expect(c, 400, "POST", TEAMS, { name = "db" }).name)
      assert.is_table(client.expect(c, 400, "POST", TEAMS, {}).name)
      assert.is_table(client.expect(c, 400, "POST", TEAMS, { name = ("x"):rep(301) }).name)
      assert.equal(403, (client.request(c, "POST", TEAMS, { name = "x" }, { authorization = (client.add_token(c, "editor")) })))
    end)

    it("that are deleted own nothing any more", function()
      local team = client.expect(c, 201, "POST", TEAMS, { name = "db" }).id
      local hook = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "a", team_id = team })
      local twin = client.expect(c, 201, "POST", "/api/v1/integrations/", { type = "webhook", name = "a" })
      assert.matches('"a"', client.expect(c, 400, "DELETE", TEAMS .. team).detail)
      client.expect(c, 204, "DELETE", "/api/v1/integrations/" .. twin.id)
      client.expect(c, 204, "DELETE", TEAMS .. team)
      assert.equal(json.null, client.expect(c, 200, "GET", "/api/v1/integrations/" .. hook.id).team_id)
    end)
  end)

  it("are in rooms and groups that a chat knows", function()
    ask "INSERT INTO provider (id, type, name, created_at) VALUES (1, 'slack', 'ws', 1), (2, 'discord', 'd', 1)"
    ask "INSERT INTO chat_channel (provider_id, external_id, name) VALUES (1, 'C2', 'zoo'), (1, 'C1', 'alerts'), (2, '9', 'alerts')"
    assert.same({ { name = "alerts", slack_id = "C1" }, { name = "zoo", slack_id = "C2" } },
      client.expect(c, 200, "GET", "/api/v1/slack_channels/").results)
    assert.equal(1, client.expect(c, 200, "GET", "/api/v1/slack_channels/?channel_name=alerts").count)
    client.expect(c, 405, "POST", "/api/v1/slack_channels/")
    ask "INSERT INTO user_group (provider_id, external_id, name, handle) VALUES (1, 'S1', 'On call', 'oncall')"
    assert.equal(1, client.expect(c, 200, "GET", "/api/v1/user_groups/?slack_handle=oncall").count)
    assert.equal(0, client.expect(c, 200, "GET", "/api/v1/user_groups/?slack_handle=x").count)
  end)

  describe("personal rules", function()
    local ann, bob

    before_each(function() ann, bob = user("ann").id, user("bob").id end)

    local function rule(body, status)
      body.user_id = body.user_id or ann
      return client.expect(c, status or 201, "POST", RULES, body)
    end

    local function put(one, body, status) return client.expect(c, status or 200, "PUT", RULES .. one.id .. "/", body) end

    local function list(query)
      local out = {}
      for i, one in ipairs(client.expect(c, 200, "GET", RULES .. (query or "")).results) do
        out[i] = (one.user_id == ann and "ann " or "bob ") .. (one.important and "!" or "") .. one.type .. "@" .. one.position
      end
      return out
    end

    it("wait or notify, and show no more than they have", function()
      local wait = rule { type = "wait", duration = 900 }
      assert.same({ id = wait.id, user_id = ann, position = 0, type = "wait", duration = 900, important = false,
        contact_method_id = json.null }, wait)
      assert.equal(300, rule({ type = "wait" }).duration)
      assert.equal(3600, rule({ type = "wait", duration = "01:00:00" }).duration)
      local sms = rule { type = "notify_by_sms", important = true }
      assert.same({ id = sms.id, user_id = ann, position = 0, type = "notify_by_sms", important = true,
        contact_method_id = json.null }, sms)
      for _, channel in ipairs { "slack", "phone_call", "telegram", "mobile_app", "mobile_app_critical", "email", "mattermost",
        "msteams", "webhook", "ntfy", "pushover" } do
        assert.equal("notify_by_" .. channel, rule({ type = "notify_by_" .. channel }).type)
      end
      for _, one in ipairs { wait, sms } do
        assert.same(one, put(one, one))
        assert.same(one, client.expect(c, 200, "GET", RULES .. one.id))
      end
    end)

    it("change their type, and with it their duration", function()
      local one = rule { type = "wait", duration = 60 }
      assert.same({ 120, "wait" }, { put(one, { duration = 120 }).duration, put(one, { type = "wait" }).type })
      assert.equal(120, put(one, { type = "wait" }).duration)
      assert.is_nil(put(one, { type = "notify_by_email" }).duration)
      assert.is_table(put(one, { duration = 60 }, 400).duration)
      assert.equal(300, put(one, { type = "wait" }).duration)
    end)

    it("refuse what is out of bounds and say which field it was", function()
      local wrong = { type = { "wait ", "notify_by_", "notify_by_pigeon", "", 1, true, json.null, {} },
        duration = { 59, 86401, 0.5, "x", true, "25:00:00" }, position = { -2, "x" }, important = { "yes", json.null },
        user_id = { "UNONE", json.null, 5 }, contact_method_id = { "XNONE" } }
      for field, values in pairs(wrong) do
        for _, value in ipairs(values) do
          assert.is_table(rule({ type = field ~= "type" and "wait" or nil, [field] = value }, 400)[field], field .. json.encode { value })
        end
      end
      assert.is_table(rule({}, 400).type)
      assert.is_table(rule({ type = "notify_by_sms", duration = 60 }, 400).duration)
      assert.is_table(client.expect(c, 400, "POST", RULES, { type = "wait" }).user_id)
      assert.same({}, list())
    end)

    it("belong to one person and one list for good", function()
      local one = rule { type = "wait", duration = 60 }
      assert.is_table(put(one, { user_id = bob }, 400).user_id)
      assert.is_table(put(one, { important = true }, 400).important)
      assert.same(one, put(one, { user_id = ann, important = false }))
    end)

    it("are listed by person, importance and position", function()
      rule { type = "wait", user_id = bob }
      rule { type = "notify_by_sms", important = true }
      rule { type = "notify_by_email" }
      local last = rule { type = "wait", position = 0 }
      rule { type = "notify_by_slack", important = true, position = 0 }
      assert.same({ "ann wait@0", "ann notify_by_email@1", "ann !notify_by_slack@0", "ann !notify_by_sms@1", "bob wait@0" }, list())
      assert.same({ "ann !notify_by_slack@0", "ann !notify_by_sms@1" }, list("?important=true&user_id=" .. ann))
      assert.same({ "bob wait@0" }, list("?user_id=" .. bob))
      assert.is_table(client.expect(c, 400, "GET", RULES .. "?important=maybe").important)
      put(last, { position = 1, manual_order = true })
      assert.same({ "ann notify_by_email@0", "ann wait@1" }, list("?important=false&user_id=" .. ann))
      client.expect(c, 204, "DELETE", RULES .. last.id)
      assert.same({ "ann notify_by_email@0" }, list("?important=false&user_id=" .. ann))
    end)

    it("count up the person's version with each write", function()
      local function version() return ask("SELECT version FROM user WHERE username = 'ann'")[1].version end
      local before = version()
      local one = rule { type = "wait" }
      put(one, { duration = 60 })
      client.expect(c, 204, "DELETE", RULES .. one.id)
      assert.equal(before + 3, version())
    end)

    it("are read by viewers, and written by editors for themselves and by admins for everybody", function()
      local one = rule { type = "wait" }
      client.expect(c, 200, "PUT", USERS .. ann, { role = "editor" })
      local own = ask("SELECT id FROM user WHERE username = 'ann'")[1].id
      local function ask_as(role, of, method, body)
        return (client.request(c, method, method == "POST" and RULES or RULES .. one.id, body,
          { authorization = (client.add_token(c, role, { user_id = of })) }))
      end
      assert.equal(200, ask_as("viewer", nil, "GET"))
      assert.equal(403, ask_as("viewer", own, "PUT", { duration = 60 }))
      assert.equal(403, ask_as("viewer", own, "DELETE"))
      assert.equal(403, ask_as("editor", nil, "PUT", { duration = 60 }))
      assert.equal(403, ask_as("editor", nil, "POST", { user_id = ann, type = "wait" }))
      assert.equal(200, ask_as("editor", own, "PUT", { duration = 60 }))
      assert.equal(201, ask_as("editor", own, "POST", { user_id = ann, type = "wait" }))
      assert.equal(201, ask_as("admin", nil, "POST", { user_id = ann, type = "wait" }))
      assert.equal(204, ask_as("editor", own, "DELETE"))
    end)

    it("are 100 of each kind and person at most", function()
      for _ = 1, 100 do rule { type = "wait" } end
      assert.is_table(rule({ type = "wait" }, 400).user_id)
      rule { type = "wait", important = true }
      put(rule { type = "wait", user_id = bob }, { position = 0 })
    end)

    it("keep places apart when each new one goes first", function()
      for _ = 1, 30 do rule { type = "wait", position = 0 } end
      local seen = {}
      for _, one in ipairs(client.expect(c, 200, "GET", RULES).results) do
        assert.is_nil(seen[one.position])
        seen[one.position] = true
      end
    end)
  end)
end)
