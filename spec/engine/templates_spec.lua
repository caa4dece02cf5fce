--- What an integration's templates decide about its alerts, through the core: grouping, titles, errors, changes.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

describe("an integration's templates", function()
  local w
  before_each(function() w = world.open() end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  -- How many groups these payloads make under a grouping template.
  local function groups_of(grouping, ...)
    local hook = w:integration { templates = { grouping_key = grouping } }
    local before = #w:groups()
    for _, payload in ipairs { ... } do w:post(hook, payload) end
    return #w:groups() - before
  end

  describe("for grouping", function()
    it("join what prints the same and part what does not", function()
      assert.equal(2, groups_of("{{ payload.a }}", '{"a":1}', '{"a":1.0}', '{"a":1,"b":2}'))
      assert.equal(1, groups_of("always", "{}", '{"a":2}'))
    end)
    it("make a group of each alert when they print nothing or fail", function()
      assert.equal(2, groups_of("{{ payload.missing }}", "{}", '{"b":1}'))
      assert.equal(2, groups_of("{{ payload.a.b.c }}", "{}", '{"b":1}'))
      assert.matches("^Template Warning", w:problems().grouping_id)
      assert.equal(2, groups_of("", "{}", '{"b":1}'))
    end)
    it("take the text None as a text", function()
      assert.equal(1, groups_of("{{ none }}", "{}", '{"a":1}'))
      assert.equal(1, groups_of("{{ payload.get('x') }}", "{}", '{"a":1}'))
    end)
    it("keep apart what differs past what people see of it", function()
      local long = ("é"):rep(1200)
      assert.equal(2, groups_of("{{ payload.a }}", { a = long .. "1" }, { a = long .. "2" }, { a = long .. "1" }))
      local groups = w:groups()
      assert.is_true(#groups[#groups].grouping_id <= 1000)
      assert.is_truthy(utf8.len(groups[#groups].grouping_id))
    end)
    it("see every byte of the payload: NUL, quotes, other scripts", function()
      assert.equal(3, groups_of("{{ payload.a }}", '{"a":"x\\u0000y"}', '{"a":"x"}', '{"a":"x\\u0000z"}', '{"a":"x\\u0000y"}'))
      assert.equal(2, groups_of("{{ payload.a }}", [[{"a":"'; DROP TABLE alert; --"}]], [[{"a":"';"}]]))
    end)
    it("are the default when null or never set, and empty when empty", function()
      local hook = w:integration()
      w:post(hook, { a = 1 })
      w:post(hook, { a = 1 })
      assert.equal(1, #w:groups())
      w:configure(hook, { templates = { grouping_key = "" } })
      w:post(hook, { a = 2 })
      w:post(hook, { a = 3 })
      assert.equal(3, #w:groups())
      w:configure(hook, { templates = { grouping_key = json.null } })
      w:post(hook, { a = 1 })
      assert.equal(3, #w:groups())
      assert.equal(3, w:groups()[1].alerts_count)
    end)
  end)

  describe("for the title", function()
    local function title_of(template, payload)
      local hook = w:integration { templates = { web = { title = template } } }
      w:post(hook, payload or "{}")
      local groups = w:groups()
      return groups[#groups].title
    end
    it("show their error as the title", function()
      assert.equal("Template Warning: 'dict object' has no attribute 'a'", title_of "{{ payload.a.b }}")
      assert.equal("Template Warning: 'dict object' has no attribute 'a'", w:problems().web_title)
    end)
    it("are cut at 500 characters, not bytes", function()
      assert.equal(("é"):rep(500) .. "..", title_of("{{ 'é' * 600 }}"))
    end)
    it("print nothing for None and for an empty template", function()
      assert.equal("", title_of "{{ none }}")
      assert.equal("", title_of "")
    end)
    it("know the integration and its source link", function()
      local hook = w:integration { name = "Door 7", templates = { source_link = "https://x/{{ payload.id }}",
        web = { title = "{{ integration_name }} {{ source_link }}" } } }
      w:post(hook, { id = 3 })
      assert.equal("Door 7 https://x/3", w:groups()[1].title)
    end)
  end)

  it("fail alone: a broken resolve or acknowledge is no, and says so", function()
    local hook = w:integration { templates = { grouping_key = "k", resolve_signal = "{{ payload.x.y }}", acknowledge_signal = "{{ 1/0 }}",
      web = { title = "fine" } } }
    w:post(hook, "{}")
    local group = w:groups()[1]
    assert.same({ "firing", "fine" }, { w.state(group), group.title })
    local problems = w:problems()
    assert.matches("^Template", problems.resolve_condition)
    assert.matches("division by zero", problems.acknowledge_condition)
  end)

  it("change no payload: neither for the next template nor on disk", function()
    local hook = w:integration { templates = { grouping_key = "{% set _ = payload.pop('a') %}{{ payload.update({'b': 9}) }}{{ payload.l.append(4) }}g",
      resolve_signal = "{{ payload.a != 1 or payload.b != 2 or payload.l|length != 3 }}", web = { title = "{{ payload }}" } } }
    local bytes = '{"a":1,"b":2,"l":[1,2,3]}'
    w:post(hook, bytes)
    local group = w:groups()[1]
    assert.same({ "firing", "{'a': 1, 'b': 2, 'l': [1, 2, 3]}" }, { w.state(group), group.title })
    assert.equal(bytes, w:alerts(group.id)[1].payload)
  end)

  it("see the time of the clock", function()
    local hook = w:integration { templates = { web = { title = "{{ time().timestamp()|int }}" } } }
    w:advance(123000)
    w:post(hook, "{}")
    assert.equal(tostring(engine.now(w.core) // 1000000), w:groups()[1].title)
  end)

  it("that changed while an alert was on its way are those it is judged by", function()
    w:close()
    w = world.open { settings = { fuel_inline = 1000 } } -- the slow lane is the long way
    local work = "{% for i in range(3000) %}{% endfor %}"
    local hook = w:integration { templates = { grouping_key = work .. "old {{ payload.n }}" } }
    local token = w.client.token
    local redone = 0
    for round = 1, 12 do
      local list = {}
      for n = 1, 4 do
        list[#list + 1] = { "POST", world.path(hook), { ["content-type"] = "application/json" }, '{"n":' .. n .. "}" }
        if n == 2 then
          list[#list + 1] = { "PUT", "/api/v1/integrations/" .. hook.id .. "/", { authorization = token },
            json.encode { templates = { grouping_key = work .. "round " .. round .. " {{ payload.n }}" } } }
        end
      end
      for _, answer in ipairs(engine.together(w.core, list)) do assert.equal(200, answer[1]) end
      redone = tonumber(select(2, engine.request(w.core, "GET", "/metrics")):match "\ntocsin_stale_total (%d+)")
    end
    assert.is_true(redone > 0, "no alert was overtaken by a change")
    -- Whatever was accepted after a change committed is grouped by it: never by a text older than the round before.
    for _, row in ipairs(w:rows "SELECT g.grouping_id, a.id FROM alert AS a JOIN alert_group AS g ON g.id = a.alert_group_id ORDER BY a.id") do
      local round = (row.id - 1) // 4 + 1
      local own = tonumber(row.grouping_id:match "^round (%d+)") or 0
      assert.is_true(own == round or own == round - 1, row.grouping_id .. " in round " .. round)
    end
    assert.equal(48, w:rows("SELECT count(*) AS n FROM alert")[1].n)
  end)

  it("of a deleted integration take nothing more", function()
    local hook = w:integration()
    local answers = engine.together(w.core, {
      { "POST", world.path(hook), {}, "{}" },
      { "DELETE", "/api/v1/integrations/" .. hook.id .. "/", { authorization = w.client.token } },
      { "POST", world.path(hook), {}, "{}" } })
    assert.equal(204, answers[2][1])
    local taken = 0
    for _, i in ipairs { 1, 3 } do
      assert.is_true(answers[i][1] == 200 or answers[i][1] == 403)
      if answers[i][1] == 200 then taken = taken + 1 end
    end
    assert.equal(taken, w:rows("SELECT count(*) AS n FROM alert")[1].n)
    assert.equal(403, (w:send(hook, "{}")))
  end)
end)
