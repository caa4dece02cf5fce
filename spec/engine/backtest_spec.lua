--- A backtest: what another configuration would have made of the stored alerts of an integration.
local world = require "world"
require "tocsin.core"
local json = require "tocsin.json"

local function label(key, value) return { key = { name = key }, value = { name = value } } end

describe("a backtest", function()
  local w, hook
  before_each(function()
    w = world.open()
    hook = w:integration { templates = { grouping_key = "{{ payload.host }}", resolve_signal = "{{ payload.state == 'ok' }}",
      web = { title = "{{ payload.title }}" } } }
  end)
  after_each(function() w:close() end)

  local function run(changes, integration)
    local started = w:api(202, "POST", "integrations/" .. (integration or hook).id .. "/backtest/", changes)
    local seen = w:api(200, "GET", "backtests/" .. started.id .. "/")
    assert.equal("done", seen.state, seen.error)
    assert.equal(seen.done, seen.total)
    return seen.report
  end

  it("tells which groups would be merged, split, and what they would be called", function()
    for _, payload in ipairs { { host = "a", rule = "disk", title = "1" }, { host = "a", rule = "cpu", title = "2" },
      { host = "b", rule = "disk", title = "3" } } do w:post(hook, payload) end
    local groups = w:api(200, "GET", "alert_groups/").results
    local report = run { templates = { grouping_key = "{{ payload.rule }}", web = { title = "{{ payload.title }}!" } } }
    assert.equal(3, report.payloads)
    assert.same({ 2, 2, 1, 1 }, { report.groups.old, report.groups.new, report.groups.merged.count, report.groups.split.count })
    local split, merged = report.groups.split.samples[1], report.groups.merged.samples[1]
    assert.same({ "a", "cpu", groups[2].id }, { split.old, split.new, split.alert_group_id })
    assert.same({ "b", "disk", groups[1].id }, { merged.old, merged.new, merged.alert_group_id })
    assert.equal("web.title", report.renderings[1].field)
    assert.same({ 3, "1", "1!" }, { report.renderings[1].count, report.renderings[1].samples[1].old, report.renderings[1].samples[1].new })
  end)

  it("tells which resolves would be missed, which would be new, and which would find nothing open", function()
    w:post(hook, { host = "a" })
    w:post(hook, { host = "a", state = "ok" })
    w:post(hook, { host = "b", state = "over" })
    local report = run { templates = { resolve_signal = "{{ payload.state == 'over' }}" } }
    assert.same({ 1, 1, 1, 1 }, { report.resolves.old, report.resolves.new, report.resolves.missed.count, report.resolves.added.count })
    assert.same({ 0, 1 }, { report.resolves.without_group.old, report.resolves.without_group.new })
    assert.same({ 1, 0 }, (function()
      local r = run { allow_resolve = false }
      return { r.resolves.missed.count, r.resolves.new }
    end)())
  end)

  it("tells which alerts would take another route", function()
    local route = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.n > 1 }}" })
    for n = 1, 4 do w:post(hook, { host = "h" .. n, n = n }) end
    local report = run { routes = json.array { { routing_type = "jinja2", routing_regex = "{{ payload.n > 3 }}" },
      { id = route.id, routing_type = "jinja2", routing_regex = "{{ payload.n > 2 }}" } } }
    local seen = {}
    for _, r in ipairs(report.routes) do seen[r.from .. " " .. r.to] = r.count end
    assert.same({ [route.id .. " " .. hook.default_route.id] = 1, [route.id .. " routes[1]"] = 1 }, seen)
    report = run { routes = json.array {} }
    assert.same({ from = route.id, to = hook.default_route.id, count = 3 }, report.routes[1])
  end)

  it("tells which labels and texts would differ, and how many templates would fail", function()
    w:configure(hook, { dynamic_labels = { label("n", "{{ payload.n }}") } })
    for n = 1, 7 do w:post(hook, { host = "h", n = n }) end
    local report = run { dynamic_labels = { label("n", "{{ payload.n // 4 }}") }, templates = {
      slack = { title = "{{ payload.n.x.y }}", message = "{{ labels.n }} {{ payload.n }}" }, sms = { title = "{{ payload.n % 7 }}" } } }
    local by = {}
    for _, r in ipairs(report.renderings) do by[r.field] = r end
    assert.equal(7, by.labels.count)
    assert.same({ '{"n":"1"}', '{"n":"0"}' }, { by.labels.samples[1].old, by.labels.samples[1].new })
    assert.same({ 0, 7 }, { by["slack.title"].errors_old, by["slack.title"].errors_new })
    assert.equal("0 1", by["slack.message"].samples[1].new)
    assert.same({ 7, 5 }, { by["sms.title"].count, #by["sms.title"].samples })
    assert.equal(0, report.groups.merged.count)
  end)

  it("leaves groups alone where they cannot differ", function()
    w:post(hook, { host = "a" })
    local report = run { templates = { email = { title = "{{ payload.host }}" } } }
    assert.is_nil(report.groups)
    assert.equal("email.title", report.renderings[1].field)
    assert.same({}, run({}).renderings)
    assert.equal(0, run({ templates = { grouping_key = "x" } }, w:integration {}).payloads)
  end)

  it("takes the last alerts of this integration alone, in order, through long groups and short ones", function()
    local other = w:integration {}
    for n = 1, 30 do
      w:post(hook, { host = n % 3 == 0 and "long" or "h" .. n, n = n, title = tostring(n) })
      w:post(other, { n = n })
    end
    for _, last in ipairs { 1, 2, 7, 30, 1000 } do
      local report = run { last = last, templates = { web = { title = "x" } } }
      assert.equal(math.min(last, 30), report.payloads)
      assert.equal(tostring(31 - math.min(last, 30)), report.renderings[1].samples[1].old)
    end
    w:remove(w:groups()[1].id, "wipe")
    assert.equal(29, run({ last = 1000 }).payloads)
  end)

  it("takes the last alerts of a group of thousands, and of those beside it", function()
    for n = 1, 2300 do w:post(hook, '{"host":"h' .. (n % 100 == 0 and n or "") .. '","n":' .. n .. ',"title":"' .. n .. '"}') end
    for _, last in ipairs { 1150, 2200 } do
      local report = run { last = last, templates = { web = { title = "{{ payload.n - 1 }}" } } }
      assert.same({ last, last }, { report.payloads, report.renderings[1].count })
      assert.equal(tostring(2301 - last), report.renderings[1].samples[1].old)
    end
  end)

  it("reads forms, texts and long payloads as they were read", function()
    w:send(hook, "host=a&title=form", { ["content-type"] = "application/x-www-form-urlencoded" })
    w:post(hook, { host = "b", title = "long", more = ("x"):rep(100000) })
    local report = run { templates = { web = { title = "{{ payload.title }} {{ payload.more | length }}" } } }
    assert.same({ 2, "form", "long 100000" }, { report.payloads, report.renderings[1].samples[1].old, report.renderings[1].samples[2].new })
  end)

  it("that spends too much shows it, and goes on", function()
    for n = 1, 3 do w:post(hook, { host = "a", n = n }) end
    local report = run { templates = { web = { title = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}" } } }
    assert.equal(3, report.payloads)
    assert.matches("ran past its budget", report.renderings[1].samples[1].new)
  end)

  it("changes nothing", function()
    w:post(hook, { host = "a", state = "ok" })
    local before = json.encode(w:rows "SELECT * FROM alert_group")
    run { templates = { grouping_key = "x" } }
    assert.equal(before, json.encode(w:rows "SELECT * FROM alert_group"))
    assert.equal("{{ payload.host }}", w:api(200, "GET", "integrations/" .. hook.id .. "/").templates.grouping_key)
  end)

  it("is refused by the fields that are wrong", function()
    local function refused(changes) return w:api(400, "POST", "integrations/" .. hook.id .. "/backtest/", changes) end
    assert.is_table(refused({ templates = { grouping_key = "{{" } }).templates)
    assert.is_table(refused({ templates = { grouping = "x" } }).templates)
    assert.is_table(refused({ template = {} }).template)
    for _, last in ipairs { 0, 100001, "7", 1.5 } do assert.is_table(refused({ last = last }).last) end
    for _, routes in ipairs { "x", { { routing_type = "no" } }, { { routing_regex = "(" } }, { { routing_type = "jinja2", routing_regex = "{{" } },
      { { id = hook.default_route.id, routing_regex = "x" } }, { { id = "RAAAAAAAAAAAA", routing_regex = "x" } }, { { routing_regex = json.null } } } do
      assert.is_table(refused({ routes = type(routes) == "table" and json.array(routes) or routes }).routes)
    end
    assert.is_table(refused({ labels = { label("k", "v"), label("k", "v") } }).labels)
    assert.is_table(refused({ multi_label_template = "{{" }).multi_label_template)
    assert.is_table(refused({ allow_resolve = 1 }).allow_resolve)
    w:api(404, "POST", "integrations/CAAAAAAAAAAAA/backtest/", {})
    w:api(404, "GET", "backtests/BAAAAAAAAAAAA/")
  end)
end)
