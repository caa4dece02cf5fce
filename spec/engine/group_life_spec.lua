--- The life of an alert group through the core: what sources, people and the clock do to it, and what its log says.
local world = require "world"
local crypto = require "tocsin.crypto"

local MINUTE <const>, HOUR <const> = 60 * 1000, 3600 * 1000

describe("an alert group", function()
  local w, hook

  before_each(function()
    w = world.open()
    hook = w:integration { templates = { grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}",
      acknowledge_signal = "{{ payload.ack }}", web = { title = "T {{ payload.key }} {{ payload.n }}" } } }
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function post(key, state, more)
    more = more or {}
    more.key, more.state = key, state
    w:post(hook, more)
  end
  local function only()
    local groups = w:groups()
    assert.equal(1, #groups)
    return groups[1]
  end
  local function state_of(id)
    for _, group in ipairs(w:groups()) do
      if group.id == id then return w.state(group) end
    end
  end

  describe("and its source", function()
    it("is opened by the first alert and joined by the next, whose title changes nothing", function()
      post("a", nil, { n = 1 })
      post("a", nil, { n = 2 })
      local group = only()
      assert.same({ 2, "T a 1", "firing", "a" }, { group.alerts_count, group.title, w.state(group), group.grouping_id })
      assert.same({ "registered first_alert source" }, w:log(group.id))
      assert.equal(w:alerts(group.id)[1].id, w:alerts(group.id)[2].previous_id)
    end)

    it("is acknowledged and resolved by signals", function()
      post "a"
      post("a", nil, { ack = true })
      local group = only()
      assert.same({ "acknowledged", "source" }, { w.state(group), group.acknowledged_by })
      post("a", nil, { ack = true })
      post("a", "ok")
      group = only()
      assert.same({ "resolved", "source", 4 }, { w.state(group), group.resolved_by, group.alerts_count })
      assert.same({ "registered first_alert source", "acknowledged acknowledge_signal source", "resolved resolve_signal source" },
        w:log(group.id))
    end)

    it("takes both signals of one alert, acknowledge first", function()
      post "a"
      post("a", "ok", { ack = "1" })
      assert.same({ "registered first_alert source", "acknowledged acknowledge_signal source", "resolved resolve_signal source" },
        w:log(only().id))
      local group = only()
      assert.equal("resolved", w.state(group))
      assert.is_truthy(group.acknowledged_at)
      assert.equal(3, w:alerts(group.id)[2].signal & 3)
    end)

    it("is silent when it begins with its end", function()
      post("a", "ok")
      local group = only()
      assert.same({ "resolved", 0, 0 }, { w.state(group), group.is_open, group.response_ms })
      assert.same({ "registered resolve_without_open_group source", "resolved resolve_without_open_group source" }, w:log(group.id))
      assert.same({}, w:rows "SELECT id FROM job WHERE id > 0")
      post("a", "ok")
      assert.equal(2, only().alerts_count)
      post "a"
      assert.equal(2, #w:groups())
    end)

    it("collects late resolves where the problem was: the latest resolved group", function()
      post "a"
      post("a", "ok")
      post "a"
      post("a", "ok")
      post("a", "ok")
      local groups = w:groups()
      assert.same({ 2, 3 }, { groups[1].alerts_count, groups[2].alerts_count })
      assert.equal(2, #w:log(groups[2].id))
      post("a", "ok", { ack = true })
      assert.is_nil(w:groups()[2].acknowledged_at)
    end)

    it("stays acknowledged or silenced when more alerts come", function()
      post "a"
      w:must(only().id, "acknowledge")
      post "a"
      assert.equal("acknowledged", w.state(only()))
      post "b"
      local id = w:groups()[2].id
      w:must(id, "silence", { delay = 60 })
      post "b"
      assert.equal("silenced", state_of(id))
    end)

    it("marks repeats of the same bytes, and counts them", function()
      w:post(hook, '{"key":"a","n":1}')
      w:post(hook, '{"key":"a","n":1}')
      w:post(hook, '{"key":"a","n": 1}')
      w:post(hook, '{"key":"a","n":1}')
      local group = only()
      assert.equal(4, group.alerts_count)
      local marks = {}
      for i, alert in ipairs(w:alerts(group.id)) do marks[i] = alert.signal & 4 end
      assert.same({ 0, 4, 0, 0 }, marks)
      post("b", "ok")
      post("b", "ok")
      assert.equal(4, w:alerts(w:groups()[2].id)[2].signal & 4)
    end)

    it("is not resolved by a source that may not", function()
      w:configure(hook, { allow_resolve = false })
      post "a"
      post("a", "ok")
      assert.same({ "firing", 2 }, { w.state(only()), only().alerts_count })
      post("new", "ok")
      assert.equal("firing", w.state(w:groups()[2]))
      w:configure(hook, { allow_resolve = true })
      post("a", "ok")
      assert.equal("resolved", w.state(w:groups()[1]))
    end)
  end)

  describe("on several routes", function()
    local route
    before_each(function()
      route = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.team == 'db' }}" })
    end)

    it("is one group a route, and a resolve by another route ends them all", function()
      post("a", nil, { team = "db" })
      post("a", nil, { team = "web" })
      local groups = w:groups()
      assert.equal(2, #groups)
      assert.not_equal(groups[1].route_id, groups[2].route_id)
      w:must(groups[1].id, "silence", { delay = 600 })
      post("a", "ok", { team = "web" })
      groups = w:groups()
      assert.same({ 2, "resolved", "resolved" }, { #groups, w.state(groups[1]), w.state(groups[2]) })
      assert.same({ 1, 2 }, { groups[1].alerts_count, groups[2].alerts_count })
      assert.same({ "registered first_alert source", "silenced silenced_by_api api",
        "unsilenced resolve_signal_on_other_route source", "resolved resolve_signal_on_other_route source" }, w:log(groups[1].id))
      assert.same({}, w:rows "SELECT id FROM job WHERE id > 0")
    end)

    it("is found by a resolve whose own route has none", function()
      post("a", nil, { team = "db" })
      post("a", "ok", { team = "web" })
      assert.same({ "resolved", 2 }, { w.state(only()), only().alerts_count })
    end)

    it("ends on however many routes it is open", function()
      for n = 1, 20 do
        w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.team == 't" .. n .. "' }}" })
        post("a", nil, { team = "t" .. n })
      end
      assert.equal(20, #w:groups())
      post("a", nil, { team = "t3" })
      assert.equal(20, #w:groups())
      post("a", "ok", { team = "nobody" })
      for _, group in ipairs(w:groups()) do assert.equal("resolved", w.state(group)) end
    end)

    it("keeps its group when the route is deleted", function()
      post("a", nil, { team = "db" })
      w:api(204, "DELETE", "routes/" .. route.id .. "/")
      post("a", nil, { team = "db" })
      local groups = w:groups()
      assert.equal(2, #groups)
      post("a", "ok")
      for _, group in ipairs(w:groups()) do assert.equal("resolved", w.state(group)) end
    end)
  end)

  describe("and people", function()
    it("goes through every state that they ask for, and the log says who and why", function()
      local token, user = w:person "ann"
      post "a"
      local id = only().id
      for _, step in ipairs { { "acknowledge", "acknowledged" }, { "unacknowledge", "firing" }, { "silence", "silenced", { delay = 0 } },
        { "unsilence", "firing" }, { "silence", "silenced", { delay = 60 } }, { "acknowledge", "acknowledged" },
        { "resolve", "resolved" }, { "unresolve", "firing" }, { "silence", "silenced", { delay = -1 } }, { "resolve", "resolved" } } do
        w:must(id, step[1], step[3], token)
        assert.equal(step[2], state_of(id), step[1])
      end
      assert.same({ "registered first_alert source", "acknowledged acknowledged_by_user user",
        "unacknowledged unacknowledged_by_user user", "silenced silenced_by_user user", "unsilenced unsilenced_by_user user",
        "silenced silenced_by_user user", "unsilenced acknowledged_by_user user", "acknowledged acknowledged_by_user user",
        "resolved resolved_by_user user", "unresolved unresolved_by_user user", "silenced silenced_by_user user",
        "unsilenced resolved_by_user user", "resolved resolved_by_user user" }, w:log(id))
      for _, row in ipairs(w:rows("SELECT by_id FROM group_log WHERE by = 'user'")) do assert.equal(user, row.by_id) end
      assert.equal(user, only().resolved_by_id)
    end)

    it("tells a token of the installation from a person", function()
      post "a"
      w:must(only().id, "acknowledge")
      local row = w:rows("SELECT by, by_id, reason FROM group_log ORDER BY seq DESC LIMIT 1")[1]
      assert.same({ "api", "acknowledged_by_api" }, { row.by, row.reason })
      assert.equal(w:rows("SELECT id FROM api_token LIMIT 1")[1].id, row.by_id)
      post "b"
      w:must(2, "silence", { delay = 600 })
      assert.equal(0, w:rows("SELECT coalesce(silenced_by_id, 0) AS id FROM alert_group WHERE id = 2")[1].id) -- of a person
    end)

    it("refuses what its state does not allow, changing nothing", function()
      post "a"
      local id = only().id
      local function refuse(verb, sentence, body)
        local before = only().version
        assert.equal(sentence, w:refused(id, verb, body))
        assert.equal(before, only().version)
      end
      refuse("unacknowledge", "Can't unacknowledge an unacknowledged alert group")
      refuse("unresolve", "Can't unresolve an unresolved alert group")
      refuse("unsilence", "Can't unsilence an unsilenced alert group")
      w:must(id, "acknowledge")
      refuse("acknowledge", "Can't acknowledge an acknowledged alert group")
      refuse("silence", "Can't silence an acknowledged alert group", { delay = 1 })
      refuse("unsilence", "Can't unsilence an acknowledged alert group")
      w:must(id, "resolve")
      for _, verb in ipairs { "acknowledge", "unacknowledge", "resolve", "unsilence" } do
        refuse(verb, "Can't " .. verb .. " a resolved alert group")
      end
      refuse("silence", "Can't silence a resolved alert group", { delay = 1 })
    end)

    it("opens again when unresolved, and new alerts join it", function()
      post "a"
      w:must(only().id, "acknowledge")
      w:must(only().id, "resolve")
      w:must(only().id, "unresolve")
      local group = only()
      assert.same({ "firing", 1 }, { w.state(group), group.is_open })
      assert.is_nil(group.acknowledged_at)
      post "a"
      assert.equal(2, only().alerts_count)
      post("a", "ok")
      assert.equal("resolved", w.state(only()))
    end)

    it("is followed by one with words of its own, however it ended", function()
      for n, last in ipairs { function() post("a", "ok") end, function() w:must(w:groups()[2].id, "resolve") end,
        function() w:remove(w:groups()[3].id, "delete") end } do
        post("a", nil, { n = n })
        post("a", nil, { n = "joins" })
        last()
      end
      post("a", nil, { n = 4 })
      local titles = {}
      for i, group in ipairs(w:groups()) do titles[i] = group.title end
      assert.same({ "T a 1", "T a 2", "T a 4" }, titles)
    end)

    it("stays closed while a newer one of the same problem is open", function()
      post "a"
      w:must(only().id, "resolve")
      post "a"
      local groups = w:groups()
      assert.equal("Can't unresolve an alert group while a newer one of the same problem is open", w:refused(groups[1].id, "unresolve"))
      w:must(groups[2].id, "resolve")
      w:must(groups[1].id, "unresolve")
      post "a"
      assert.equal(2, w:groups()[1].alerts_count)
    end)

    it("remembers how long the first response took", function()
      post "a"
      assert.is_nil(only().response_ms)
      w:advance(90500)
      w:must(only().id, "silence", { delay = 10 })
      w:advance(60000)
      w:must(only().id, "resolve")
      assert.equal(90500, only().response_ms)
    end)
  end)

  describe("that is silenced", function()
    local id
    before_each(function()
      post "a"
      id = only().id
    end)

    it("wakes at the moment, not before, by the timer", function()
      w:must(id, "silence", { delay = 600 })
      w:advance(10 * MINUTE - 1)
      assert.equal("silenced", state_of(id))
      w:advance(1)
      assert.equal("firing", state_of(id))
      assert.equal("unsilenced silence_ended timer", w:log(id)[3])
      assert.same({}, w:rows "SELECT id FROM job WHERE id > 0")
    end)

    it("wakes later when it is silenced again, and never when that is for ever", function()
      w:must(id, "silence", { delay = 600 })
      w:advance(5 * MINUTE)
      w:must(id, "silence", { delay = 600 })
      w:advance(9 * MINUTE)
      assert.equal("silenced", state_of(id))
      assert.equal(1, #w:rows "SELECT id FROM job WHERE id > 0")
      w:advance(MINUTE)
      assert.equal("firing", state_of(id))
      w:must(id, "silence", { delay = 600 })
      w:must(id, "silence", { delay = -1 })
      assert.same({}, w:rows "SELECT id FROM job WHERE id > 0")
      w:advance(1000 * HOUR)
      assert.equal("silenced", state_of(id))
    end)

    it("wakes earlier when it is silenced for less", function()
      w:must(id, "silence", { delay = 600 })
      w:must(id, "silence", { delay = 60 })
      w:advance(MINUTE)
      assert.equal("firing", state_of(id))
      w:advance(HOUR)
      assert.equal(4, #w:log(id))
    end)

    it("is woken by nobody once it is acknowledged, resolved or unsilenced", function()
      for _, verb in ipairs { "acknowledge", "unsilence", "resolve" } do
        w:must(id, "silence", { delay = 60 })
        w:must(id, verb)
        assert.same({}, w:rows "SELECT id FROM job WHERE id > 0", verb)
        local lines = #w:log(id)
        w:advance(HOUR)
        assert.equal(lines, #w:log(id))
        if verb == "acknowledge" then w:must(id, "unacknowledge") end
      end
    end)

    it("is woken by a source's acknowledge and resolve, which end its silence", function()
      w:must(id, "silence", { delay = 60 })
      post("a", nil, { ack = 1 })
      assert.equal("acknowledged", state_of(id))
      assert.same({}, w:rows "SELECT id FROM job WHERE id > 0")
      assert.equal("unsilenced acknowledge_signal source", w:log(id)[3])
    end)

    it("holds the moment in its log", function()
      w:must(id, "silence", { delay = 600 })
      local detail = w:rows("SELECT detail, at FROM group_log WHERE action = 'silenced'")[1]
      assert.equal(string.format('{"until":%d}', detail.at + 600000000), detail.detail)
    end)
  end)

  describe("that is thrown away", function()
    it("keeps nothing of its content when wiped, and is over for good", function()
      for n = 1, 3 do post("secret", nil, { n = n }) end
      local id = only().id
      w:must(id, "silence", { delay = 60 })
      w:remove(id, "wipe")
      local group = only()
      assert.same({ "resolved", "wiped", 3 }, { w.state(group), group.resolved_by, group.alerts_count })
      assert.is_nil(group.grouping_id)
      assert.matches("^Wiped at %d%d%d%d%-%d%d%-%d%d$", group.title)
      for _, alert in ipairs(w:alerts(id)) do assert.same({ "", nil }, { alert.payload, alert.problems }) end
      assert.same({ "registered first_alert source", "silenced silenced_by_api api", "unsilenced wiped api", "resolved wiped api",
        "wiped wiped_by_api api" }, w:log(id))
      assert.equal("Can't unresolve a wiped alert group", w:refused(id, "unresolve"))
      w:remove(id, "wipe")
      assert.equal(5, #w:log(id))
      post("secret", "ok")
      assert.equal(2, #w:groups())
    end)

    it("is gone with everything of it when deleted", function()
      post "keep"
      for n = 1, 3 do post("a", nil, { n = n }) end
      local id = w:groups()[2].id
      w:must(id, "silence", { delay = 60 })
      w:remove(id, "delete")
      assert.equal(1, #w:groups())
      for _, from in ipairs { "alert WHERE alert_group_id", "group_log WHERE alert_group_id", "job WHERE alert_group_id",
        "label WHERE alert_group_id" } do
        assert.same({}, w:rows("SELECT * FROM " .. from .. " = $1", id), from)
      end
      assert.equal(1, w:api(200, "GET", "alerts/").count)
      w:advance(HOUR)
    end)
  end)
end)

describe("a core that starts again", function()
  local folder
  before_each(function()
    folder = "/tmp/tocsin-spec-" .. crypto.random_token(12)
    assert(os.execute("mkdir " .. folder))
  end)
  after_each(function() os.execute("rm -rf " .. folder) end)

  it("ends a silence that became due meanwhile, and keeps one that did not", function()
    local w = world.open { data = folder }
    local hook = w:integration { templates = { grouping_key = "{{ payload.key }}" } }
    w:post(hook, { key = "a" })
    w:post(hook, { key = "b" })
    local start = w:groups()[1].started_at
    w:must(w:groups()[1].id, "silence", { delay = 60 })
    w:must(w:groups()[2].id, "silence", { delay = 3600 })
    w:close()
    w = world.open { data = folder, start_at = start + 600 * 1000000 }
    w:advance(0)
    assert.equal("firing", w.state(w:groups()[1]))
    assert.equal("silenced", w.state(w:groups()[2]))
    w:advance(3600 * 1000)
    assert.equal("firing", w.state(w:groups()[2]))
    w:post(hook, { key = "a" })
    assert.equal(2, #w:groups())
    w:check_invariants()
    w:close()
  end)

  it("never gives an id twice, whatever was deleted", function()
    local w = world.open { data = folder }
    local hook = w:integration { templates = { grouping_key = "{{ payload.key }}" } }
    for n = 1, 3 do w:post(hook, { key = "k" .. n }) end
    local last = w:groups()[3].id
    local last_alert = w:rows("SELECT max(id) AS id FROM alert")[1].id
    w:remove(last, "delete")
    w:close()
    w = world.open { data = folder }
    w:post(hook, { key = "new" })
    assert.is_true(w:groups()[3].id > last)
    assert.is_true(w:rows("SELECT max(id) AS id FROM alert")[1].id > last_alert)
    for _, group in ipairs(w:groups()) do w:remove(group.id, "delete") end
    w:close()
    w = world.open { data = folder }
    w:post(hook, { key = "newer" })
    assert.is_true(w:groups()[1].id > last + 1)
    w:close()
  end)
end)
