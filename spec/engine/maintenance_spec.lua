--- Maintenance windows through the core, on virtual time: what they keep from people, and what happens at their end.
local calling = require "calling"
local crypto = require "tocsin.crypto"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local START <const> = 1779192000000000 -- Tuesday 2026-05-19 12:00 UTC
local SECOND <const>, MINUTE <const>, HOUR <const> = 1000, 60 * 1000, 3600 * 1000

local w, hook

local function open(options)
  options = options or {}
  options.start_at = options.start_at or START
  w = calling.open(options)
  w:user "ada"
  hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
end

local function close()
  w:check_invariants()
  local strays = w:rows "SELECT g.id FROM alert_group AS g JOIN maintenance AS m ON m.id = g.maintenance_id WHERE m.state <> 'running' AND g.resolved_at IS NULL"
  assert.same({}, strays, "groups that wait for a window that is over")
  w:close()
end

local function shown() return w:api(200, "GET", "integrations/" .. hook.id .. "/") end
local function start(mode, seconds, more)
  local body = { mode = mode, duration = seconds }
  for k, v in pairs(more or {}) do body[k] = v end
  return w:api(200, "POST", "integrations/" .. hook.id .. "/maintenance_start/", body)
end
local function stop() return w:api(200, "POST", "integrations/" .. hook.id .. "/maintenance_stop/") end
local function window(fields)
  fields.mode = fields.mode or "maintenance"
  fields.duration = fields.duration or 3600
  if not fields.labels and not fields.route_id then fields.integration_id = fields.integration_id or hook.id end
  return w:api(201, "POST", "maintenance_windows/", fields)
end
local function read(made) return w:api(200, "GET", "maintenance_windows/" .. made.id .. "/") end
local function change(made, fields, status) return w:api(status or 200, "PUT", "maintenance_windows/" .. made.id .. "/", fields) end
local function post(key, more)
  local body = { key = key }
  for k, v in pairs(more or {}) do body[k] = v end
  w:post(hook, body)
  local all = w:groups()
  return all[#all].id
end
local function group(id) return w:rows("SELECT * FROM alert_group WHERE id = $1", id)[1] end
local function collector()
  return w:rows("SELECT g.* FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id "
    .. "WHERE i.type = 'maintenance' ORDER BY g.id DESC LIMIT 1")[1]
end

describe("an integration under maintenance", function()
  before_each(open)
  after_each(close)

  it("shows it, and starts only once", function()
    local made = start("maintenance", 3600)
    assert.same({ "maintenance", "2026-05-19T12:00:00Z", "2026-05-19T13:00:00Z" },
      { made.maintenance_mode, made.maintenance_started_at, made.maintenance_end_at })
    assert.equal("Already on maintenance", w:api(400, "POST", "integrations/" .. hook.id .. "/maintenance_start/", { mode = "debug", duration = 60 }).detail)
    w:advance(HOUR)
    assert.same({ json.null, json.null, json.null }, { shown().maintenance_mode, shown().maintenance_started_at, shown().maintenance_end_at })
  end)

  it("collects new groups under one, where they stay listed, and calls nobody", function()
    start("maintenance", 3600)
    local a, b = post "a", post "b"
    local root = collector()
    assert.same({ root.id, root.id }, { group(a).root_id, group(b).root_id })
    assert.equal(hook.name, w:rows("SELECT i.name FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id WHERE g.id = $1", a)[1].name)
    assert.equal("Maintenance of " .. hook.name .. " for 1 hour", root.title)
    assert.matches("API token", json.decode(w:alerts(root.id)[1].payload).message)
    assert.same({ "attached maintenance" }, w:lines(a, "attached"))
    assert.same({}, w:rows "SELECT id FROM notification")
    assert.same({}, w:rows "SELECT kind FROM job WHERE kind IN ('escalate', 'page', 'watch_answer')")
  end)

  it("ends to the second: what still fires is released and escalates", function()
    start("maintenance", 3600)
    local a, b, c = post "a", post "b", post "c"
    w:post(hook, { key = "b", state = "ok" })
    w:post(hook, { key = "c", ack = true })
    w:advance(HOUR - 1)
    assert.same({}, w:rows "SELECT id FROM notification")
    w:advance(1)
    assert.same({ "60:00 ada sms" }, w:calls(a))
    assert.same({ "firing", "resolved", "acknowledged", "resolved" }, { w.state(group(a)), w.state(group(b)), w.state(group(c)), w.state(collector()) })
    assert.same({ "unattached maintenance_ended" }, w:lines(a, "unattached"))
    assert.same({ "resolved maintenance_ended" }, w:lines(collector().id, "resolved"))
    assert.is_nil(group(a).root_id)
    assert.same({}, w:calls(c))
    local later = post "d"
    assert.same({ "00:00 ada sms" }, w:calls(later))
  end)

  it("resolves what it collected if that was chosen at the start", function()
    start("maintenance", 600, { resolve_at_end = true })
    local a = post "a"
    w:advance(10 * MINUTE)
    assert.equal("resolved", w.state(group(a)))
    assert.same({ "resolved maintenance_ended" }, w:lines(a, "resolved"))
    assert.same({}, w:rows "SELECT id FROM notification")
    assert.same({ "00:00 ada sms" }, w:calls(post "a"))
  end)

  it("is stopped early, by a call or by resolving the group that collects", function()
    start("maintenance", 3600)
    local a = post "a"
    w:advance(MINUTE)
    assert.equal(json.null, stop().maintenance_mode)
    assert.same({ "01:00 ada sms" }, w:calls(a))
    start("maintenance", 3600)
    local b = post "b"
    assert.matches("acknowledge the alert group of a maintenance", w:refused(collector().id, "acknowledge"))
    w:must(collector().id, "resolve")
    assert.equal(json.null, shown().maintenance_mode)
    assert.equal("firing", w.state(group(b)))
    assert.same({ "00:00 ada sms" }, w:calls(b))
    assert.equal("api", w:rows("SELECT by FROM group_log WHERE alert_group_id = $1 AND action = 'resolved'", collector().id)[1].by)
    stop()
  end)

  it("ends at the moment that it shows, also on a clock that somebody sets", function()
    start("maintenance", 7200)
    local a = post "a"
    engine.port_text(w.core, "set_clock", tostring(HOUR))
    w:advance(HOUR - SECOND)
    assert.same({}, w:calls(a))
    w:advance(SECOND)
    assert.equal(1, #w:calls(a))
  end)

  it("lets groups that were open before go on", function()
    hook = w:hook(w:chain { { type = "wait", wait_ms = 5 * MINUTE }, { type = "notify_persons", users = { "ada" } } })
    local a = post "a"
    start("maintenance", 3600)
    w:post(hook, { key = "a", n = 2 })
    w:advance(5 * MINUTE)
    assert.same({ "05:00 ada sms" }, w:calls(a))
    assert.same({ 2 }, { group(a).alerts_count })
    assert.is_nil(group(a).root_id)
  end)

  it("lets a person take a group out of it", function()
    start("maintenance", 3600)
    local a = post "a"
    w:must(a, "unattach")
    assert.same({ "00:00 ada sms" }, w:calls(a))
    w:advance(HOUR)
    assert.same({ "00:00 ada sms" }, w:calls(a))
  end)

  it("releases a great many in pieces, each once", function()
    start("maintenance", 60)
    for i = 1, 175 do w:post(hook, { key = "k" .. i }) end
    w:advance(2 * MINUTE)
    assert.equal(175, #w:rows "SELECT alert_group_id FROM page")
    assert.equal(175, #w:rows "SELECT alert_group_id FROM group_log WHERE action = 'unattached'")
  end)

  it("collects under a group of its own each time, however soon after the last", function()
    for _, key in ipairs { "a", "b" } do
      start("maintenance", 60)
      post(key)
      w:advance(61 * SECOND)
    end
    local OF_WINDOWS <const> = "SELECT count(*) AS n FROM alert_group AS g JOIN integration AS i ON i.id = g.integration_id WHERE i.type = 'maintenance'"
    assert.equal(2, w:rows(OF_WINDOWS)[1].n)
    assert.equal(2, #w:rows "SELECT DISTINCT alert_group_id FROM group_log WHERE action = 'unattached'")
  end)

  it("tells no room and no webhook before the end, and both then", function()
    w:close()
    open { settings = { deliver = 1 } }
    w:provider("slack", { bot_token = "xoxb-1" })
    w:rows([[UPDATE route SET channels = '{"slack":{"channel_id":"C1","enabled":true}}' WHERE id = (SELECT max(id) FROM route)]])
    w:rows("UPDATE integration SET version = version + 1")
    w:api(201, "POST", "webhooks/", { name = "h", url = "http://example.org/", trigger_type = "alert group created",
      http_method = "POST", integration_filter = json.array { hook.id } })
    start("maintenance", 60)
    post "a"
    w:post(hook, { key = "a", n = 2 })
    w:advance(59 * SECOND)
    assert.same({}, w:outgoing())
    w:advance(1 * SECOND)
    assert.same({ "page", "post", "webhook" }, w:column "SELECT DISTINCT kind AS k FROM notification ORDER BY kind")
  end)
end)

describe("a group that was collected and is in debug mode at the end", function()
  before_each(function() open { settings = { deliver = 1 } } end)
  after_each(close)

  it("is shown to its room, where it says that nobody is called", function()
    w:provider("slack", { token = "xoxb-1111-2222-abcdefgh", signing_secret = "8f742231b10e8888" })
    w:rows([[UPDATE route SET channels = '{"slack":{"channel_id":"C1","enabled":true}}' WHERE id = (SELECT max(id) FROM route)]])
    w:rows("UPDATE integration SET version = version + 1")
    window { mode = "maintenance", duration = 60 }
    window { mode = "debug", duration = 3600, labels = json.array { { key = { name = "env" }, value = { name = "prod" } } } }
    w:configure(hook, { labels = json.array { { key = { name = "env" }, value = { name = "prod" } } } })
    local a = post "a"
    assert.same({}, w:outgoing())
    w:advance(60 * SECOND)
    assert.equal(1, group(a).is_debug)
    local letters = w:outgoing()
    assert.equal(1, #letters)
    assert.truthy(letters[1].body:find("Debug: nobody is called", 1, true), letters[1].body)
    assert.same({ "page_withheld debug" }, w:lines(a, "page_withheld", "page_started"))
  end)
end)

describe("an integration in debug mode", function()
  before_each(open)
  after_each(close)

  it("goes all the way but calls nobody, and the log says who would have been", function()
    start("debug", 3600)
    local a = post "a"
    assert.same({ "debug", 1 }, { shown().maintenance_mode, group(a).is_debug })
    assert.same({ "debug maintenance", "escalation_step notify_persons", "page_withheld debug" }, w:lines(a, "debug", "escalation_step", "page_withheld", "page_started"))
    assert.same({}, w:rows "SELECT id FROM notification")
    assert.equal(w.users.ada, json.decode(w:rows("SELECT detail FROM group_log WHERE action = 'page_withheld'")[1].detail).user)
  end)

  it("escalates what still fires at its end, from the first step", function()
    start("debug", 3600)
    local a, b = post "a", post "b"
    w:post(hook, { key = "b", state = "ok" })
    w:advance(HOUR)
    assert.same({ "60:00 ada sms" }, w:calls(a))
    assert.same({}, w:calls(b))
    assert.same({ "released maintenance_ended" }, w:lines(a, "released"))
    assert.equal(0, group(a).is_debug)
    w:must(a, "acknowledge")
  end)

  it("keeps an acknowledged group quiet, until it is not any more", function()
    start("debug", 60)
    local a = post "a"
    w:must(a, "acknowledge")
    w:advance(MINUTE)
    assert.same({}, w:calls(a))
    w:must(a, "unacknowledge")
    assert.same({ "01:00 ada sms" }, w:calls(a))
  end)
end)

describe("a maintenance window", function()
  before_each(open)
  after_each(close)

  it("that is planned starts and ends to the second", function()
    local made = window { start = "2026-05-19T12:30:00", duration = 600 }
    assert.same({ "planned", "2026-05-19T12:30:00Z" }, { made.state, made.next_start_at })
    w:advance(30 * MINUTE - 1)
    assert.equal("planned", read(made).state)
    w:advance(1)
    assert.same({ "running", "2026-05-19T12:40:00Z" }, { read(made).state, read(made).end_at })
    local a = post "a"
    w:advance(10 * MINUTE - 1)
    assert.same({}, w:calls(a))
    w:advance(1)
    assert.same({ "ended", 1 }, { read(made).state, #w:calls(a) })
  end)

  it("is extended, shortened and ended", function()
    local made = window { duration = 600 }
    local a = post "a"
    assert.equal("2026-05-19T12:20:00Z", change(made, { duration = 1200 }).end_at)
    w:advance(15 * MINUTE)
    assert.same({}, w:calls(a))
    assert.equal("2026-05-19T12:16:00Z", change(made, { end_at = "2026-05-19T12:16:00Z" }).end_at)
    w:advance(MINUTE)
    assert.equal(1, #w:calls(a))
    assert.matches("does not run", w:api(400, "POST", "maintenance_windows/" .. made.id .. "/stop/").detail)
  end)

  it("covers a route, or what has all of its labels", function()
    local chain = hook.default_route.escalation_chain_id
    local route = w:route(hook, { routing_regex = "special", escalation_chain_id = chain ~= json.null and chain or nil })
    window { route_id = route.id, mode = "debug" }
    local a, b = post("a", { what = "special" }), post "b"
    assert.same({ 1, 0 }, { group(a).is_debug, group(b).is_debug })
    w:configure(hook, { dynamic_labels = json.array { { key = { name = "env" }, value = { name = "{{ payload.env }}" } },
      { key = { name = "dc" }, value = { name = "{{ payload.dc }}" } } } })
    window { labels = json.array { { key = { name = "env" }, value = { name = "test" } }, { key = { name = "dc" }, value = { name = "1" } } } }
    local c, d, e = post("c", { env = "test", dc = "1" }), post("d", { env = "test", dc = "2" }), post("e", { env = "prod", dc = "1" })
    assert.is_truthy(group(c).root_id)
    assert.same({}, w:calls(c))
    assert.same({ 1, 1 }, { #w:calls(d), #w:calls(e) })
    assert.matches("alerts with env=test, dc=1", collector().title)
  end)

  it("that overlaps another hands its groups over to it", function()
    local long = window { duration = 3600 }
    local first = collector()
    local short = window { duration = 600, name = "second" }
    local a = post "a"
    assert.equal(first.id, group(a).root_id) -- who started first
    w:api(200, "POST", "maintenance_windows/" .. long.id .. "/stop/")
    assert.same({}, w:calls(a))
    assert.equal(collector().id, group(a).root_id)
    assert.are_not.equal(first.id, collector().id)
    w:advance(10 * MINUTE)
    assert.same({ "10:00 ada sms" }, w:calls(a))
    assert.equal("ended", read(short).state)
  end)

  it("in debug mode gives way to one that collects, and takes over from it", function()
    window { mode = "debug", duration = 3600 }
    local a = post "a"
    window { mode = "maintenance", duration = 600 }
    local b = post "b"
    assert.same({ 1, 0 }, { group(a).is_debug, group(b).is_debug })
    w:advance(10 * MINUTE)
    assert.same({ 1, 1 }, { group(a).is_debug, group(b).is_debug })
    assert.same({ "page_withheld debug" }, w:lines(b, "page_withheld"))
    assert.same({ "unattached maintenance_ended" }, w:lines(b, "unattached"))
    w:advance(50 * MINUTE)
    assert.same({ "60:00 ada sms", "60:00 ada sms" }, { w:calls(a)[1], w:calls(b)[1] })
  end)

  it("that ends in debug mode while another collects attaches its groups there", function()
    window { mode = "debug", duration = 600 }
    local a = post "a"
    window { mode = "maintenance", duration = 3600 }
    w:advance(10 * MINUTE)
    assert.equal(collector().id, group(a).root_id)
    w:advance(50 * MINUTE)
    assert.same({ "60:00 ada sms" }, w:calls(a))
  end)

  it("repeats, with a group of its own each time, and stops for one time only", function()
    local made = window { start = "2026-05-19T13:00:00", duration = 600, frequency = "daily" }
    w:advance(HOUR)
    local a, first = post "a", collector().id
    w:api(200, "POST", "maintenance_windows/" .. made.id .. "/stop/")
    assert.same({ "planned", "2026-05-20T13:00:00Z" }, { read(made).state, read(made).next_start_at })
    assert.equal(1, #w:calls(a))
    w:advance(24 * HOUR)
    assert.equal("running", read(made).state)
    assert.are_not.equal(first, collector().id)
    w:advance(10 * MINUTE)
    assert.equal("2026-05-21T13:00:00Z", read(made).next_start_at)
  end)

  it("repeats on weekdays until its last start", function()
    local made = window { start = "2026-05-19T13:00:00", duration = 60, frequency = "weekly", by_day = json.array { "TU", "FR" }, ["until"] = "2026-05-26T23:00:00" }
    local starts = {}
    for _ = 1, 6 do
      starts[#starts + 1] = read(made).next_start_at
      w:advance(4 * 24 * HOUR)
    end
    assert.same({ "2026-05-19T13:00:00Z", "2026-05-26T13:00:00Z" }, { starts[1], starts[2] })
    assert.equal("ended", read(made).state)
  end)

  it("keeps its hours on the clock on the wall when clocks are turned", function()
    w:close()
    open { start_at = 1792800000000000 } -- Saturday 2026-10-24 00:00 UTC; Berlin turns back on the 25th at 03:00
    local made = window { start = "2026-10-24T01:00:00", time_zone = "Europe/Berlin", duration = 4 * 3600, frequency = "daily" }
    assert.same({ "running", "2026-10-24T03:00:00Z" }, { made.state, made.end_at }) -- 01:00 is 23:00 UTC the day before
    w:advance(24 * HOUR)
    assert.same({ "running", "2026-10-25T04:00:00Z" }, { read(made).state, read(made).end_at }) -- 05:00 in winter, five hours long
    w:advance(24 * HOUR)
    assert.same({ "running", "2026-10-26T04:00:00Z" }, { read(made).state, read(made).end_at })
  end)

  it("that begins in the hour that is left out begins when the clock goes on", function()
    w:close()
    open { start_at = 1774656000000000 } -- Saturday 2026-03-28 00:00 UTC; Berlin leaves out 02:00 to 03:00 on the 29th
    local made = window { start = "2026-03-28T02:30:00", time_zone = "Europe/Berlin", duration = 3600, frequency = "daily" }
    local seen = { made.next_start_at }
    w:advance(3 * HOUR)
    seen[2] = read(made).next_start_at
    w:advance(24 * HOUR)
    seen[3] = read(made).next_start_at
    assert.same({ "2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z" }, seen)
  end)

  it("that is deleted while it runs lets go what it collected", function()
    local made = window { duration = 3600 }
    local a = post "a"
    w:api(204, "DELETE", "maintenance_windows/" .. made.id .. "/")
    assert.same({ "00:00 ada sms" }, w:calls(a))
    w:api(404, "GET", "maintenance_windows/" .. made.id .. "/")
  end)

  it("cannot be made into another one while it runs, only its end and what comes after", function()
    local made = window { duration = 600 }
    for name, value in pairs { mode = "debug", start = "2026-06-01T00:00:00", time_zone = "Europe/Paris",
      labels = json.array { { key = { name = "a" }, value = { name = "b" } } } } do
      assert.matches("while the window runs", change(made, { [name] = value }, 400)[name][1])
    end
    assert.equal("new", change(made, { name = "new", mode = "maintenance" }).name)
    assert.matches("future", change(made, { end_at = "2026-05-19T11:00:00Z" }, 400).end_at[1])
    stop()
  end)
end)

local function many_labels(count)
  local list = json.array {}
  for i = 1, count do list[i] = { key = { name = "k" .. i }, value = { name = "v" } } end
  return list
end

describe("a window is refused", function()
  setup(open)
  teardown(close)

  for name, case in pairs {
    ["without a mode"] = { { duration = 60 }, "mode", "required" },
    ["of another mode"] = { { mode = "quiet", duration = 60 }, "mode", "debug, maintenance" },
    ["without a length"] = { { mode = "debug" }, "duration", "required" },
    ["of no length"] = { { mode = "debug", duration = 0 }, "duration", "greater than or equal to 1" },
    ["longer than 366 days"] = { { mode = "debug", duration = 366 * 86400 + 1 }, "duration", "less than or equal to" },
    ["that covers nothing"] = { { mode = "debug", duration = 60, integration_id = json.null }, "integration_id", "at least one" },
    ["of an integration that is not there"] = { { mode = "debug", duration = 60, integration_id = "CXXXX" }, "integration_id", "does not exist" },
    ["of a zone that is none"] = { { mode = "debug", duration = 60, time_zone = "Mars/Base" }, "time_zone", "no time zone" },
    ["with a start that is no time"] = { { mode = "debug", duration = 60, start = "2026-02-30T00:00:00" }, "start", "wrong format" },
    ["with days it does not start on"] = { { mode = "debug", duration = 60, start = "2026-05-19T13:00:00",
      frequency = "weekly", by_day = json.array { "FR" } }, "start", "by_day" },
    ["with days but no frequency"] = { { mode = "debug", duration = 60, by_day = json.array { "FR" } }, "by_day", "frequency" },
    ["with an end before its start"] = { { mode = "debug", duration = 60, start = "2026-05-19T13:00:00",
      frequency = "daily", ["until"] = "2026-05-18T00:00:00" }, "until", "earlier" },
    ["with labels that are none"] = { { mode = "debug", duration = 60, labels = json.array { "x" } }, "labels", "Label 1" },
    ["with a name that is too long"] = { { mode = "debug", duration = 60, name = ("x"):rep(151) }, "name", "150" },
    ["with an end that is no time"] = { { mode = "debug", duration = 60, frequency = "daily", ["until"] = "soon" }, "until", "wrong format" },
    ["with days that are none"] = { { mode = "debug", duration = 60, frequency = "weekly", by_day = json.array { "XX" } }, "by_day", "MO to SU" },
    ["of another frequency"] = { { mode = "debug", duration = 60, frequency = "yearly" }, "frequency", "hourly, daily" },
    ["with an interval past a thousand"] = { { mode = "debug", duration = 60, frequency = "daily", interval = 1001 }, "interval", "1000" },
    ["with a choice for its end that is none"] = { { mode = "debug", duration = 60, resolve_at_end = "yes" }, "resolve_at_end", "boolean" },
    ["with a hundred labels and one"] = { { mode = "debug", duration = 60, labels = many_labels(101) }, "labels", "at most 100" },
    ["of a route of another integration"] = { { mode = "debug", duration = 60, route_id = "R0" }, "route_id", "does not exist" },
    ["with an interval of none"] = { { mode = "debug", duration = 60, frequency = "daily", interval = 0 }, "interval", "1" },
  } do
    it(name, function()
      local body = case[1]
      if body.integration_id == nil then body.integration_id = hook.id end
      local answer = w:api(400, "POST", "maintenance_windows/", body)
      assert.matches(case[3], answer[case[2]][1])
      assert.same({}, w:rows "SELECT id FROM maintenance")
    end)
  end

  it("at maintenance_start/ by the same fields", function()
    local function refused(body) return w:api(400, "POST", "integrations/" .. hook.id .. "/maintenance_start/", body) end
    assert.matches("required", refused({ duration = 60 }).mode[1])
    assert.matches("integer", refused({ mode = "debug", duration = "soon" }).duration[1])
    assert.matches("greater", refused({ mode = "debug", duration = -1 }).duration[1])
    w:api(404, "POST", "integrations/CXXXXXXXXXXXX/maintenance_start/", { mode = "debug", duration = 60 })
  end)
end)

describe("a restart in the middle of a window", function()
  local folder
  before_each(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
    open { data = folder }
  end)
  after_each(function()
    close()
    os.execute("rm -rf " .. folder)
  end)
  local function restart(after_ms)
    local now, users, names = engine.now(w.core), w.users, w.names
    w:close()
    w = calling.open { data = folder, start_at = now + after_ms * 1000 }
    w.users, w.names = users, names
    w:advance(1)
  end

  it("goes on, and ends when it should", function()
    start("maintenance", 3600)
    local a = post "a"
    restart(10 * MINUTE)
    local b = post "b"
    assert.equal(collector().id, group(b).root_id)
    w:advance(50 * MINUTE)
    assert.same({ 1, 1 }, { #w:calls(a), #w:calls(b) })
  end)
  it("that takes longer than the window releases what waits", function()
    start("maintenance", 3600)
    local a = post "a"
    restart(2 * HOUR)
    assert.equal(1, #w:calls(a))
    assert.equal(json.null, shown().maintenance_mode)
  end)
  it("in two windows at once, one within the other, keeps to both", function()
    local long, short = window { duration = 7200 }, window { mode = "debug", duration = 3600 }
    local a = post "a"
    restart(10 * MINUTE)
    w:api(200, "POST", "maintenance_windows/" .. long.id .. "/stop/")
    assert.same({ 1, 0 }, { group(a).is_debug, #w:calls(a) })
    restart(30 * MINUTE)
    assert.same({ 1, 0 }, { group(a).is_debug, #w:calls(a) })
    restart(20 * MINUTE)
    assert.same({ 0, 1 }, { group(a).is_debug, #w:calls(a) })
    assert.same({ "ended", "ended" }, { read(long).state, read(short).state })
  end)
  it("of a window that repeats across the turn of the clocks goes on", function()
    close()
    os.execute("rm -rf " .. folder .. "/*")
    open { data = folder, start_at = 1792800000000000 }
    local made = window { start = "2026-10-24T22:00:00", time_zone = "Europe/Berlin", duration = 6 * 3600, frequency = "weekly" }
    w:advance(21 * HOUR)
    local a = post "a"
    restart(5 * HOUR) -- 02:00 UTC, 03:00 in winter, after the hour that came twice
    assert.same({ "running", "2026-10-25T03:00:00Z" }, { read(made).state, read(made).end_at })
    assert.equal(collector().id, group(a).root_id)
    restart(HOUR)
    assert.same({ "planned", "2026-10-31T21:00:00Z" }, { read(made).state, read(made).next_start_at })
    assert.equal(1, #w:calls(a))
  end)
  it("joins one that should have started, and leaves out one that came and went", function()
    local missed = window { start = "2026-05-19T12:10:00", duration = 600, frequency = "daily" }
    local late = window { start = "2026-05-19T12:50:00", duration = 1200 }
    restart(HOUR)
    assert.same({ "planned", "2026-05-20T12:10:00Z" }, { read(missed).state, read(missed).next_start_at })
    assert.same({ "running", "2026-05-19T13:10:00Z" }, { read(late).state, read(late).end_at })
  end)
end)
