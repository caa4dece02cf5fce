--- Live events of a running server: what listeners are told, from where they go on, what they may see, and the end.
local server <const> = require "server"
local event_stream <const> = require "event_stream"
local raw <const> = require "raw_http"
local uv <const> = require "luv"

local PATH <const> = "/api/v1/events/"

describe("live events", function()
  local s, hook, path

  local function start(args)
    s = server.start { args = args }
    s:make_token()
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "shop", templates = { grouping_key = "{{ payload.host }}",
      resolve_signal = "{{ payload.ok }}", web = { title = "{{ payload.title }}" } } })
    path = hook.link:match("//[^/]*(/.*)$")
  end
  before_each(function() start {} end)
  after_each(function() s:finish() end)

  local function send(host, more)
    local body = { host = host, title = "about " .. host }
    for name, value in pairs(more or {}) do body[name] = value end
    assert.equal(200, s:request("POST", path, { body = body }).status)
  end
  local function listen(last_id, token)
    return event_stream.open(s.port, PATH, { Authorization = token or s.token, ["Last-Event-ID"] = last_id })
  end
  local function restart()
    s:stop()
    local token, data, log = s.token, s.data, s.log
    local owns = s.owns_data
    s = server.start { data = data }
    s.token, s.owns_data = token, owns
    for _, line in ipairs(log) do assert.matches('"level":"info"', line) end
  end
  local function delete(id)
    assert.equal(204, s:request("DELETE", "/api/v1/alert_groups/" .. id .. "/", { body = { mode = "delete" } }).status)
  end
  -- As a command would that writes to the running server.
  local function write(sql)
    local pipe <const>, answer = uv.new_pipe(), ""
    pipe:connect(s.data .. "/control.sock", function()
      pipe:write('write {"statements":[{"sql":"' .. sql .. '","args":[]}]}\n')
      pipe:read_start(function(_, bytes)
        answer = answer .. (bytes or "")
        if not bytes then pipe:close() end
      end)
    end)
    server.wait(function() return pipe:is_closing() end, "the control socket")
    assert.matches("^ok ", answer)
  end
  local function about(title)
    return function(e) return e.title == title end
  end

  it("tell of a group that opens, of alerts that join it, of what people do and of its end, with a whole row each", function()
    local l <close> = listen()
    assert.same({}, l:ready())
    send "db1"
    local opened = l:find "alert_group"
    local shown = s:api("GET", "/alert_groups/" .. opened.id .. "/")
    for _, name in ipairs { "id", "integration_id", "team_id", "route_id", "alerts_count", "state", "title", "labels", "created_at",
      "acknowledged_at", "resolved_at", "silenced_at", "silenced_until", "root_alert_group_id", "is_demo" } do
      assert.same(shown[name], opened[name], name)
    end
    assert.same({ "opened", "firing", "about db1", 1, shown.created_at },
      { opened.change, opened.state, opened.title, opened.alerts_count, opened.updated_at })
    send "db1"
    assert.equal("alert", l:find("alert_group", function(e) return e.alerts_count == 2 end).change)
    s:api("POST", "/alert_groups/" .. opened.id .. "/acknowledge/")
    local acked = l:find("alert_group", function(e) return e.state == "acknowledged" end)
    assert.equal("acknowledged", acked.change)
    assert.is_true(acked.updated_at >= acked.acknowledged_at)
    send("db1", { ok = "true" })
    local resolved = l:find("alert_group", function(e) return e.state == "resolved" end)
    assert.equal("resolved", resolved.change)
    assert.equal(3, resolved.alerts_count)
    delete(opened.id)
    assert.same({ id = opened.id, change = "deleted" }, l:find("alert_group", function(e) return e.change == "deleted" end))
  end)

  it("reach a hundred listeners within a moment, and a group that storms is told now and then", function()
    local listeners = {}
    for i = 1, 100 do
      listeners[i] = listen()
      listeners[i]:ready()
    end
    for _ = 1, 300 do send "db1" end
    for _, l in ipairs(listeners) do
      local last, before = l:find("alert_group", function(e) return e.alerts_count == 300 end)
      assert.equal("about db1", last.title)
      assert.is_true(before < 60, before)
      l:close()
    end
  end)

  it("go on where a listener was, also after a restart", function()
    local l = listen()
    l:ready()
    send "seen"
    local seen = l:find "alert_group"
    while not l.id do l:find "alert_group" end
    l:close()
    send "missed"
    s:api("POST", "/alert_groups/" .. seen.id .. "/silence/", { delay = 3600 })
    local again = listen(l.id)
    local missed = again:ready()
    assert.equal(2, #missed)
    assert.same({ "seen", "silenced" }, { missed[1].data.title:match("%w+$"), missed[1].data.state })
    assert.same({ "about missed", "opened" }, { missed[2].data.title, missed[2].data.change })
    local id = again.id
    again:close()
    s:api("POST", "/alert_groups/" .. seen.id .. "/resolve/")
    delete(missed[2].data.id)
    restart()
    local third <close> = listen(id)
    missed = third:ready()
    assert.same({ { "resolved", nil }, { nil, "deleted" } },
      { { missed[1].data.state, nil }, { missed[2].data.state, missed[2].data.change } })
    send "after"
    assert.equal("opened", third:find("alert_group", about "about after").change)
  end)

  it("say where a listener is by the query as well; and begin at now without a place", function()
    local l = listen()
    l:ready()
    local id = l.id
    l:close()
    send "db1"
    local by_query <close> = event_stream.open(s.port, PATH .. "?last_event_id=" .. id, { Authorization = s.token })
    assert.equal("about db1", by_query:ready()[1].data.title)
    local from_now <close> = listen()
    assert.same({}, from_now:ready())
  end)

  it("tell a listener to load again when its place is unknown, of another server, or too far back", function()
    for _, place in ipairs { "", "1", "x.y", "EAAAAAAAAAAAAA.ECAAAAAAAAAAAA", ("A"):rep(5000), "\u{1F525}" } do
      local l <close> = listen(place)
      local before = l:ready()
      assert.same(place == "" and {} or { { kind = "reset", data = {} } }, before)
    end
    local l = listen()
    l:ready()
    l:close()
    for i = 1, 201 do send("host" .. i) end
    local again <close> = listen(l.id)
    assert.same({ { kind = "reset", data = {} } }, again:ready())
  end)

  it("tell listeners to load again when more changes at once than anybody can follow, and then what follows", function()
    local l <close> = listen()
    l:ready()
    local c <close> = raw.connect(s.port)
    local many = {}
    for i = 1, 1000 do
      many[i] = raw.request("POST", path, ('{"host":"many%d","title":"many"}'):format(i), "Content-Type: application/json\r\n")
    end
    c:send(table.concat(many))
    for _ = 1, 1000 do assert.equal(200, assert(c:read()).status) end
    l:find "reset"
    uv.sleep(2300)
    send "after"
    assert.equal("opened", l:find("alert_group", about "about after").change)
  end)

  it("keep their place while nothing happens that a listener sees, and are no page for the wrong", function()
    assert.equal(403, s:request("GET", PATH, { anonymous = true }).status)
    assert.equal(405, s:request("POST", PATH).status)
    local head = s:request("HEAD", PATH)
    assert.same({ 200, "" }, { head.status, head.body })
  end)

  it("show a team's groups to its members and to admins only, and end when that changes", function()
    write "INSERT INTO team (name) VALUES ('secret')"
    local team = s:api("GET", "/teams/").results[1]
    local admin <close> = listen()
    admin:ready()
    local code, viewer = server.run { "token", "create", "--data", s.data, "--role", "viewer", "--name", "v" }
    assert.equal(0, code)
    viewer = viewer:match("%x+")
    local outside = listen(nil, viewer)
    outside:ready()
    send "open"
    outside:find("alert_group", about "about open")
    admin:find("alert_group", about "about open")
    s:api("PUT", "/integrations/" .. hook.id .. "/", { team_id = team.id })
    send "closed"
    assert.equal(team.id, admin:find("alert_group", about "about closed").team_id)
    write "INSERT INTO user (username, name, role, created_at) VALUES ('vera', 'Vera', 'viewer', 1)"
    write "UPDATE api_token SET user_id = (SELECT MAX(id) FROM user) WHERE name = 'v'"
    write "INSERT INTO team_member (team_id, user_id) SELECT team.id, user.id FROM team, user WHERE username = 'vera'"
    for e in outside.next, outside do assert.not_equal("about closed", e.data.title) end -- ended, for it may see more now
    local inside <close> = listen(outside.id, viewer)
    assert.equal("about closed", inside:ready()[1].data.title)
    outside:close()
  end)

  it("are there for a browser that has signed in, until it signs out", function()
    local code, out, err = server.run({ "user", "create", "--data", s.data, "--email", "ann@example.org", "--name", "ann", "--role", "viewer",
      "--password-stdin" }, "a long enough passphrase\n")
    assert.equal(0, code, out .. err)
    local origin = "http://127.0.0.1:" .. s.port
    local answer = s:request("POST", "/sign-in", { anonymous = true, headers = { Origin = origin },
      body = { name = "ann@example.org", password = "a long enough passphrase" } })
    local cookie = assert(answer.headers["set-cookie"], answer.body):match("^[^;]+")
    local l <close> = event_stream.open(s.port, PATH, { Cookie = cookie })
    l:ready()
    send "db1"
    assert.equal("about db1", l:find("alert_group").title)
    write "DELETE FROM session"
    assert.is_nil(l:next())
  end)

  it("end with the token that asked for them", function()
    local _, text = server.run { "token", "create", "--data", s.data, "--role", "viewer", "--name", "short" }
    local l <close> = listen(nil, text:match("%x+"))
    l:ready()
    local stays <close> = listen()
    stays:ready()
    write "UPDATE api_token SET revoked_at = 1 WHERE name = 'short'"
    assert.is_nil(l:next())
    send "db1"
    assert.equal("about db1", stays:find("alert_group").title)
  end)

  it("are bounded in number", function()
    s:finish()
    start { "--listeners", "2" }
    local first <close> = listen()
    local second = listen()
    first:ready()
    second:ready()
    local refused = s:request("GET", PATH)
    assert.same({ 503, "10" }, { refused.status, refused.headers["retry-after"] })
    assert.matches("\ntocsin_listeners 2\n", s:request("GET", "/metrics").body)
    second:close()
    for _ = 1, 200 do
      if pcall(function() listen():close() end) then return end
      uv.sleep(10)
    end
    error "the place of one that left was not given to another"
  end)

  it("end properly with the server, at once", function()
    local l = {}
    for i = 1, 20 do
      l[i] = listen()
      l[i]:ready()
    end
    local from = uv.hrtime()
    s:stop()
    assert.is_true(uv.hrtime() - from < 2e9)
    for i = 1, 20 do
      assert.is_nil(l[i]:next())
      l[i]:close()
    end
  end)
end)
