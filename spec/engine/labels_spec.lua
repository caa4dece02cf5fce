--- Where the labels of a group come from, who wins, what is kept, and where they show.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local function label(key, value, inherited) return { key = { name = key }, value = { name = value }, inherited = inherited } end

describe("labels", function()
  local w
  before_each(function() w = world.open() end)
  after_each(function() w:close() end)

  local function labels_of(fields, payload)
    local hook = w:integration(fields)
    w:post(hook, payload or {})
    local groups = w:groups()
    return groups[#groups].labels and json.decode(groups[#groups].labels) or {}
  end

  local function names(list)
    local out = {}
    for i, one in ipairs(list) do out[i] = one.name end
    return out
  end

  it("go down from the integration unless their switch is off", function()
    assert.same({ a = "1", c = "3" }, labels_of { labels = { label("a", "1"), label("b", "2", false), label("c", "3", true) } })
  end)

  it("keep their switch when they are sent without one", function()
    local hook = w:integration { labels = { label("a", "1", false), label("b", "2") } }
    assert.same({ false, true }, { hook.labels[1].inherited, hook.labels[2].inherited })
    hook = w:configure(hook, { labels = { label("b", "3"), label("a", "4") } })
    assert.same({ "3", true, "4", false }, { hook.labels[1].value.name, hook.labels[1].inherited, hook.labels[2].value.name,
      hook.labels[2].inherited })
    hook = w:configure(hook, { labels = { label("a", "4", true) } })
    assert.is_true(hook.labels[1].inherited)
  end)

  it("of a later source win: inherited, static, dynamic, multi", function()
    local fields = { labels = { label("k", "inherited"), label("own", "1") } }
    assert.equal("inherited", labels_of(fields).k)
    fields.static_labels, fields.name = { label("k", "static") }, nil
    assert.equal("static", labels_of(fields).k)
    fields.dynamic_labels, fields.name = { label("k", "{{ payload.k }}") }, nil
    assert.equal("dynamic", labels_of(fields, { k = "dynamic" }).k)
    fields.multi_label_template, fields.name = '{"k": "{{ payload.m }}"}', nil
    assert.same({ k = "multi", own = "1" }, labels_of(fields, { k = "dynamic", m = "multi" }))
  end)

  it("of a later source that print nothing or none leave the earlier one", function()
    local fields = { static_labels = { label("k", "static") }, dynamic_labels = { label("k", "{{ payload.k }}") } }
    for _, k in ipairs { "", "none", " None ", ("x"):rep(201) } do
      fields.name = nil
      assert.equal("static", labels_of(fields, { k = k }).k)
    end
  end)

  it("of the JSON of a multi-label template are texts, numbers and truths", function()
    assert.same({ s = "x", i = "7", f = "1.5", t = "True", n = "False" }, labels_of { multi_label_template =
      '{"s":"x","i":7,"f":1.5,"t":true,"n":false,"z":null,"l":[1],"o":{"a":1},"":"v","long":"' .. ("v"):rep(201) .. '"}' })
    local fields = { multi_label_template = '{"n": 1}', templates = { web = { title = "{{ labels.n + 1 }}" } } }
    assert.equal("1", labels_of(fields).n)
    assert.equal("2", w:groups()[2].title)
  end)

  it("are sorted, and past fifteen the last by name are left out, whatever their source", function()
    local static, multi = {}, {}
    for i = 1, 10 do static[i] = label(("s%02d"):format(i), "v") end
    for i = 1, 10 do multi[("a%02d"):format(i)] = "w" end
    local hook = w:integration { static_labels = static, multi_label_template = json.encode(multi) }
    w:post(hook, {})
    local list = w:api(200, "GET", "alert_groups/").results[1].labels
    assert.equal(15, #list)
    assert.same({ "a01", "a10", "s01", "s05" }, { list[1].key.name, list[10].key.name, list[11].key.name, list[15].key.name })
  end)

  it("are those of the opening: neither a later alert nor the integration changes them", function()
    local hook = w:integration { static_labels = { label("a", "1") }, dynamic_labels = { label("k", "{{ payload.k }}") },
      templates = { grouping_key = "g", slack = { title = "{{ labels.k }}" } } }
    w:post(hook, { k = "first" })
    w:post(hook, { k = "second" })
    w:configure(hook, { static_labels = { label("a", "2") } })
    w:post(hook, { k = "third" })
    assert.same({ '{"a":"1","k":"first"}' }, { w:groups()[1].labels, w:groups()[2] })
  end)

  it("choose the route of each alert, numbers by their text", function()
    local hook = w:integration { multi_label_template = '{"n": {{ payload.n }}}' }
    local route = w:route(hook, { routing_type = "labels", routing_regex = json.null, routing_labels = { label("n", "5") } })
    w:post(hook, { n = 5 })
    assert.equal(route.id, w:api(200, "GET", "alert_groups/").results[1].route_id)
    w:api(200, "PUT", "routes/" .. route.id .. "/", { routing_labels = { label("n", "6") } })
    w:post(hook, { n = 6 })
    w:post(hook, { n = 5 })
    local groups = w:api(200, "GET", "alert_groups/").results
    assert.same({ hook.default_route.id, route.id }, { groups[1].route_id, groups[2].route_id })
  end)

  it("are refused by field when they are too long, there twice or no label", function()
    for _, field in ipairs { "labels", "static_labels", "dynamic_labels" } do
      local function refused(list)
        local answer = w:api(400, "POST", "integrations/", { type = "webhook", name = "x", [field] = list })
        assert.is_table(answer[field])
        return answer[field][1]
      end
      refused { label(("k"):rep(201), "v") }
      refused { label("", "v") }
      refused { { key = "k" } }
      refused "text"
      assert.equal('Label 2: the key "k" is there twice.', refused { label("k", "v"), label("k", "w") })
      if field ~= "dynamic_labels" then refused { label("k", ("v"):rep(201)) } end
    end
    assert.is_table(w:api(400, "POST", "integrations/", { type = "webhook", name = "x", labels = { label("k", "v", "maybe") } }).labels)
    assert.is_table(w:api(400, "POST", "integrations/", { type = "webhook", name = "x", multi_label_template = "{{" }).multi_label_template)
    local keys = { label(("é"):rep(200), ("ü"):rep(200)) }
    assert.equal(("ü"):rep(200), labels_of { static_labels = keys }[("é"):rep(200)])
  end)

  it("filter integrations, exactly and all of them", function()
    w:integration { name = "a", labels = { label("team", "db"), label("env", "prod", false) } }
    w:integration { name = "b", labels = { label("team", "db") } }
    w:integration { name = "c", labels = { label("team", "web") }, static_labels = { label("env", "prod") } }
    local function found(query)
      return table.concat(names(w:api(200, "GET", "integrations/?" .. query).results), " ")
    end
    assert.equal("a b", found "label=team:db")
    assert.equal("a", found "label=team:db&label=env:prod")
    assert.equal("", found "label=team:DB")
    assert.equal("", found "label=team:d")
    assert.equal("a b c", found "label=nonsense")
  end)

  it("filter groups exactly, whether they are in the index yet or not", function()
    w:post(w:integration { labels = { label("env", "prod") } }, {})
    for _ = 1, 2 do
      assert.equal(1, w:api(200, "GET", "alert_groups/?label=env:prod").count)
      assert.equal(0, w:api(200, "GET", "alert_groups/?label=env:PROD").count)
      assert.equal(0, w:api(200, "GET", "alert_groups/?label=Env:prod").count)
      w:advance(5000)
    end
  end)

  it("are suggested from what exists", function()
    local hook = w:integration { labels = { label("team", "db") }, static_labels = { label("env", "prod") },
      dynamic_labels = { label("tier", "{{ payload.tier }}") } }
    w:route(hook, { routing_type = "labels", routing_regex = json.null, routing_labels = { label("team", "web") } })
    for n = 1, 130 do w:post(hook, { tier = ("t%03d"):format(n) }) end
    w:advance(5000)
    local function keys(query) return names(w:api(200, "GET", "labels/keys/" .. (query or ""))) end
    local function values(query) return names(w:api(200, "GET", "labels/values/?" .. query)) end
    assert.same({ "env", "team", "tier" }, keys())
    assert.same({ "team", "tier" }, keys "?search=t")
    assert.same({ "db", "web" }, values "key=team")
    assert.equal(100, #values "key=tier")
    assert.same({ "t129" }, values "key=tier&search=t129")
    assert.same({}, values "key=other")
    assert.is_table(w:api(400, "GET", "labels/values/").key)
  end)

  it("reach webhooks as plain objects", function()
    local hook = w:integration { labels = { label("own", "1", false), label("a", "b") } }
    w:api(201, "POST", "webhooks/", { name = "n", url = "https://hooks.example.org/", trigger_type = "alert group created",
      http_method = "POST", forward_all = false, data = "{{ alert_group.labels | tojson }}{{ integration.labels | tojson }}" })
    w:post(hook, {})
    local letter = json.decode(assert(engine.port_text(w.core, "outgoing", "{}")))[1]
    assert.equal('{"a": "b"}{"a": "b", "own": "1"}', letter.body)
  end)
end)
