--- Which route an alert takes, and which labels its group gets, through the core.
local world = require "world"
local json = require "tocsin.json"

local function static(key, value) return { key = { name = key }, value = { name = value } } end

describe("the route of an alert", function()
  local w, hook
  before_each(function()
    w = world.open()
    hook = w:integration { templates = { grouping_key = "{{ payload.key }}" } }
  end)
  after_each(function() w:close() end)

  -- The route that an alert takes, as a public id.
  local function route_of(payload)
    w:post(hook, payload)
    return w:api(200, "GET", "alert_groups/").results[1].route_id
  end

  it("is the first that matches, in order of position; without one it is the default", function()
    local second = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.n > 1 }}" })
    local third = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.n > 2 }}" })
    local default = hook.default_route.id
    assert.equal(default, route_of { key = "a", n = 1 })
    assert.equal(second.id, route_of { key = "b", n = 3 })
    w:api(200, "PUT", "routes/" .. third.id .. "/", { position = 0 })
    assert.equal(third.id, route_of { key = "c", n = 3 })
    assert.equal(second.id, route_of { key = "d", n = 2 })
    assert.equal(default, route_of { key = "e", n = "x" }) -- '>' of text and number: an error matches nothing
    assert.matches("^Template Warning: '>' not supported", w:problems()["route:" .. w:rows("SELECT max(id) - 1 AS id FROM route")[1].id])
  end)

  it("is searched by a regular expression in Python's JSON of the payload", function()
    local route = w:route(hook, { routing_regex = [["level": "(high|critical)", "n": 1\b]] })
    local unicode = w:route(hook, { routing_regex = [[\\u00e9t\\u00e9]] })
    assert.equal(route.id, route_of '{"key":"a","level":"high",\n"n":1}')
    assert.equal(hook.default_route.id, route_of '{"key":"b","level":"HIGH","n":1}')
    assert.equal(hook.default_route.id, route_of '{"key":"c","level":"high","n":12}')
    assert.equal(unicode.id, route_of '{"key":"été"}')
    assert.equal(route.id, route_of '["level", {"level": "critical", "n": 1}]')
  end)

  it("is none of those without a condition", function()
    w:route(hook, { routing_type = "jinja2", routing_regex = "true" })
    w:route(hook, { routing_type = "regex", routing_regex = "." })
    w:route(hook, { routing_type = "labels", routing_regex = json.null })
    w:rows "UPDATE route SET routing_regex = '' WHERE routing_type = 'jinja2'"
    w:rows "UPDATE route SET routing_regex = NULL WHERE routing_type = 'regex'"
    w:configure(hook, { name = "read again" })
    assert.equal(hook.default_route.id, route_of { key = "a" })
  end)

  it("is true by the words 1, true and ok alone", function()
    local route = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.say }}" })
    local function takes(word) return route_of { key = word, say = word } == route.id end
    for _, word in ipairs { "1", "true", "TRUE", " ok\n", "Ok" } do assert.is_true(takes(word), word) end
    for _, word in ipairs { "yes", "2", "on", "oks", "true!", "", "None", "ok 1" } do assert.is_false(takes(word), word) end
  end)

  it("may be chosen by the alert's labels, all of which must be there", function()
    w:configure(hook, { labels = { static("site", "north") }, dynamic_labels = { static("level", "{{ payload.level }}") } })
    local route = w:route(hook, { routing_type = "labels", routing_regex = json.null,
      routing_labels = { static("site", "north"), static("level", "high") } })
    local jinja = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ labels.level == 'low' and labels.site == 'north' }}" })
    assert.equal(route.id, route_of { key = "a", level = "high" })
    assert.equal(jinja.id, route_of { key = "b", level = "low" })
    assert.equal(hook.default_route.id, route_of { key = "c", level = "middle" })
  end)

  it("is not moved by a broken condition of another route", function()
    local broken = w:route(hook, { routing_type = "jinja2", routing_regex = "{{ payload.a.b.c }}" })
    local good = w:route(hook, { routing_type = "jinja2", routing_regex = "true" })
    assert.equal(good.id, route_of { key = "a" })
    assert.not_equal(broken.id, good.id)
  end)
end)

describe("the labels of a group", function()
  local w
  before_each(function() w = world.open() end)
  after_each(function() w:close() end)

  local function labels_of(fields, payload)
    local hook = w:integration(fields)
    w:post(hook, payload)
    local groups = w:groups()
    return groups[#groups].labels
  end

  it("come from the integration, its templates and the multi-label template, later ones win", function()
    assert.equal('{"a":"static","b":"dynamic","c":"multi","n":"1.5","t":"True"}', labels_of({
      labels = { static("a", "static"), static("b", "static"), static("c", "static") },
      dynamic_labels = { static("b", "{{ payload.b }}"), static("c", "x"), static("empty", ""), static("none", " NONE ") },
      multi_label_template = '{"c": "{{ payload.c }}", "n": 1.5, "t": true, "l": [1], "o": {}, "z": null}' },
      { b = "dynamic", c = "multi" }))
  end)

  it("are the first 15 by key", function()
    local list = {}
    for i = 1, 20 do list[i] = static(string.format("k%02d", 21 - i), "v") end
    local stored = json.decode(labels_of({ labels = list }, {}))
    local keys = {}
    for key in pairs(stored) do keys[#keys + 1] = key end
    table.sort(keys)
    assert.same({ 15, "k01", "k15" }, { #keys, keys[1], keys[15] })
  end)

  it("are dropped, not cut, when too long", function()
    assert.equal('{"short":"é"}', labels_of({ dynamic_labels = { static("long", "{{ 'x' * 201 }}"), static("short", "é") },
      multi_label_template = '{"{{ "k" * 201 }}": "v"}' }, {}))
  end)

  it("lose only those whose template fails, visibly", function()
    assert.equal('{"good":"1"}', labels_of({ dynamic_labels = { static("bad", "{{ payload.a.b }}"), static("good", "1") },
      multi_label_template = "no json" }, {}))
    local problems = w:problems()
    assert.matches("^Template Warning", problems["label:bad"])
    assert.equal("the template did not print a JSON object", problems.multi_label_template)
  end)

  it("are fixed when the group opens, but templates see those of each alert", function()
    local hook = w:integration { dynamic_labels = { static("level", "{{ payload.level }}") }, templates = {
      grouping_key = "{{ payload.key }}", resolve_signal = "{{ labels.level == 'over' }}", web = { title = "{{ labels.level }}" } } }
    w:post(hook, { key = "a", level = "high" })
    w:post(hook, { key = "a", level = "over" })
    local group = w:groups()[1]
    assert.same({ '{"level":"high"}', "high", "resolved" }, { group.labels, group.title, w.state(group) })
  end)

  it("find their groups before and after the index job ran, and after one was deleted", function()
    local hook = w:integration { dynamic_labels = { static("env", "{{ payload.env }}") }, templates = { grouping_key = "{{ payload.key }}" } }
    local function count(label) return w:api(200, "GET", "alert_groups/?label=" .. label).count end
    w:post(hook, { key = "a", env = "pr%_\"'o\\d" })
    w:post(hook, { key = "b", env = "prod" })
    assert.equal(0, #w:rows "SELECT * FROM label")
    for _ = 1, 2 do
      assert.equal(1, count "env:prod")
      assert.equal(1, count "env:pr%25_%22%27o%5Cd")
      assert.equal(0, count "env:pr")
      assert.equal(0, count "env:p%25")
      assert.equal(0, count "env:_rod")
      w:advance(5000)
      assert.equal(2, #w:rows "SELECT * FROM label")
    end
    w:post(hook, { key = "c", env = "prod" })
    assert.equal(2, count "env:prod")
    w:advance(5000)
    assert.equal(2, count "env:prod")
    w:remove(w:groups()[3].id, "delete")
    assert.equal(1, count "env:prod")
    assert.equal(0, #w:rows "SELECT * FROM job WHERE id > 0")
  end)

  it("of more groups than one turn of the job takes are all indexed", function()
    local hook = w:integration { dynamic_labels = { static("n", "{{ payload.n % 2 }}") }, templates = { grouping_key = "{{ payload.n }}" } }
    for n = 1, 1100 do w:post(hook, '{"n":' .. n .. "}") end
    w:advance(10000)
    assert.equal(1100, w:rows("SELECT count(*) AS n FROM label")[1].n)
    assert.equal(550, w:api(200, "GET", "alert_groups/?label=n:1").count)
  end)
end)
