--- The meaning of one alert: grouping id, conditions, routes, labels, title and problems.
require "tocsin.core"
local json = require "tocsin.json"
local signal = require "signal"

local next_id = 100

local function config(fields)
  local out = { type = "webhook", name = "Shop alerts", templates_default = {}, templates_custom = {},
    labels = json.array {}, dynamic_labels = json.array {},
    routes = json.array { { id = 9, is_default = true, type = "jinja2", term = json.null } } }
  for key, v in pairs(fields or {}) do out[key] = v end
  return out
end

local function render(fields, payload)
  next_id = next_id + 1
  signal.configure(next_id, 1, json.encode(config(fields)))
  return signal.render(next_id, assert(json.payload(payload or "{}")), 1777882320000000)
end

-- The result by name.
local function outcome(fields, payload)
  local grouping_id, is_resolve, is_acknowledge, route, title, labels, problems = render(fields, payload)
  return { grouping_id = grouping_id, is_resolve = is_resolve, is_acknowledge = is_acknowledge, route = route,
    title = title, labels = labels and json.decode(labels), problems = problems and json.decode(problems) }
end

local function templates(t, payload) return outcome({ templates_default = t }, payload) end

describe("a grouping id", function()
  it("is the text that the template prints", function()
    assert.equal("a/1", templates({ grouping_id = "{{ payload.h }}/{{ payload.n }}" }, [[{"h":"a","n":1}]]).grouping_id)
    assert.equal("None", templates({ grouping_id = "{{ none }}" }).grouping_id)
    assert.equal(" ", templates({ grouping_id = " " }).grouping_id)
  end)
  it("is none when it is empty, missing or an error", function()
    assert.is_nil(templates({ grouping_id = "" }).grouping_id)
    assert.is_nil(templates({}).grouping_id)
    local out = templates { grouping_id = "{{ payload.a.b }}", title = "t" }
    assert.is_nil(out.grouping_id)
    assert.matches("^Template Warning: ", out.problems.grouping_id)
    assert.equal("t", out.title)
  end)
  it("of a whole payload is Python's text in the order of the wire", function()
    assert.equal("{'b': 1, 'a': [True, None, \"it's\"]}",
      templates({ grouping_id = "{{ payload }}" }, [[{"b":1,"a":[true,null,"it's"]}]]).grouping_id)
  end)
end)

describe("a condition", function()
  local function is_resolve(text) return templates({ resolve_condition = text }).is_resolve end
  it("is true for True, 1 and ok, trimmed and in any case", function()
    for _, text in ipairs { "True", "true", " TRUE\n", "1", "ok", " Ok ", "{{ 1 == 1 }}" } do
      assert.is_true(is_resolve(text), text)
    end
  end)
  it("is false for everything else", function()
    for _, text in ipairs { "", "yes", "2", "on", "None", "True True", "ok!", "{{ 1 == 2 }}", "{{ payload.a.b }}", "truex", (" "):rep(40000) } do
      assert.is_false(is_resolve(text), text)
    end
    assert.is_false(templates({}).is_resolve)
  end)
  it("of acknowledging is its own", function()
    local out = templates { acknowledge_condition = "ok", resolve_condition = "no" }
    assert.same({ true, false }, { out.is_acknowledge, out.is_resolve })
  end)
  it("that fails is false and a problem", function()
    assert.matches("^Template Warning", templates({ resolve_condition = "{{ x.y }}" }).problems.resolve_condition)
  end)
end)

describe("custom templates", function()
  local function title(custom) return outcome({ templates_default = { title = "default" }, templates_custom = custom }).title end
  it("win, even when they are empty; null is the default", function()
    assert.equal("mine", title { web_title = "mine" })
    assert.equal("", title { web_title = "" })
    assert.equal("default", title { web_title = json.null })
    assert.equal("default", title { slack_title = "slack" })
  end)
end)

describe("a title", function()
  it("sees payload, labels and the integration's name; the group's variables are empty", function()
    assert.equal("db-1 x Shop alerts []", outcome({ labels = json.array { { key = "team", value = "x" } }, templates_default = {
      title = "{{ payload.h }} {{ labels.team }} {{ integration_name }} [{{ grafana_oncall_link }}]" } }, [[{"h":"db-1"}]]).title)
  end)
  it("sees the source link", function()
    assert.equal("https://a/b", templates({ title = "{{ source_link }}", source_link = "https://a/{{ payload.p }}" }, [[{"p":"b"}]]).title)
  end)
  it("is cut at 500 characters, not bytes", function()
    assert.equal(("é"):rep(500) .. "..", templates({ title = "{{ payload }}" }, '"' .. ("é"):rep(501) .. '"').title)
    assert.equal(("é"):rep(500), templates({ title = "{{ payload }}" }, '"' .. ("é"):rep(500) .. '"').title)
  end)
  it("that fails is the error's text", function()
    local out = templates { title = "{{ payload.a.b }}" }
    assert.matches("^Template Warning: ", out.title)
    assert.equal(out.title, out.problems.web_title)
    out = templates { title = "{% if %}" }
    assert.matches("^Template Error: ", out.title)
  end)
  it("takes a template no longer than 50,000 characters", function()
    assert.equal("Template Error: Template exceeds length limit (50001 > 50000)", templates({ title = ("x"):rep(50001) }).title)
  end)
end)

describe("routes", function()
  local function route(routes, payload, more)
    for i, r in ipairs(routes) do r.id = i end
    routes[#routes + 1] = { id = 9, is_default = true, type = "jinja2", term = json.null }
    local fields = more or {}
    fields.routes = json.array(routes)
    return outcome(fields, payload)
  end
  local function chosen(...) return route(...).route end

  it("are tried in order, the default last", function()
    assert.equal(9, chosen { { type = "jinja2", term = "False" } })
    assert.equal(2, chosen { { type = "jinja2", term = "no" }, { type = "jinja2", term = "True" }, { type = "jinja2", term = "1" } })
  end)
  it("without a term match nothing", function()
    assert.equal(9, chosen { { type = "jinja2", term = "" }, { type = "regex", term = "" }, { type = "regex", term = json.null },
      { type = "jinja2", term = json.null }, { type = "labels", labels = json.array {} } })
  end)
  it("with a template see payload and labels", function()
    assert.equal(1, chosen({ { type = "jinja2", term = "{{ payload.s == 'x' and labels.team == 'a' }}" } }, [[{"s":"x"}]],
      { labels = json.array { { key = "team", value = "a" } } }))
  end)
  it("by regex search Python's JSON text of the payload", function()
    assert.equal(1, chosen({ { type = "regex", term = [["a": 1, "b": "\\u00e9"]] } }, [[{"a":1,"b":"é"}]]))
    assert.equal(9, chosen({ { type = "regex", term = [["A": 1]] } }, [[{"a":1}]]))
    assert.equal(1, chosen({ { type = "regex", term = "^\\{.*db-\\d+" } }, [[{"h":"db-12"}]]))
  end)
  it("by labels want all of them", function()
    local labels = { labels = json.array { { key = "team", value = "a" }, { key = "env", value = "prod" } } }
    assert.equal(1, chosen({ { type = "labels", labels = json.array { { key = "env", value = "prod" }, { key = "team", value = "a" } } } }, "{}", labels))
    assert.equal(9, chosen({ { type = "labels", labels = json.array { { key = "env", value = "prod" }, { key = "team", value = "b" } } } }, "{}", labels))
  end)
  it("that fail do not match and are a problem", function()
    local out = route { { type = "jinja2", term = "{{ payload.a.b }}" } }
    assert.equal(9, out.route)
    assert.matches("^Template Warning", out.problems["route:1"])
  end)
end)

describe("labels", function()
  local function labels(fields, payload) return outcome(fields, payload).labels end
  local function dynamic(t)
    local list = json.array {}
    for key, text in pairs(t) do list[#list + 1] = { key = key, template = text } end
    return { dynamic_labels = list }
  end

  it("come from static, dynamic and multi-label, the later winning", function()
    assert.same({ team = "m", a = "1", env = "prod" }, labels({
      labels = json.array { { key = "team", value = "s" }, { key = "a", value = "1" } },
      dynamic_labels = json.array { { key = "team", template = "d" }, { key = "env", template = "{{ payload.env }}" } },
      multi_label_template = '{"team": "m"}' }, [[{"env":"prod"}]]))
  end)
  it("leave out what is empty, none, too long or failing", function()
    assert.is_nil(labels(dynamic { a = "", b = " None ", c = "{{ none }}", d = ("x"):rep(201), e = "{{ payload.a.b }}" }))
    assert.same({ a = ("é"):rep(200) }, labels(dynamic { a = ("é"):rep(200), [("k"):rep(201)] = "x" }))
    assert.matches("^Template Warning", outcome(dynamic { e = "{{ payload.a.b }}" }).problems["label:e"])
  end)
  it("of the multi-label template are texts, numbers and booleans", function()
    assert.same({ i = "5", f = "1.5", b = "True", s = "x" }, labels {
      multi_label_template = [[{"i": 5, "f": 1.5, "b": true, "s": "x", "n": null, "l": [1], "o": {}}]] })
    assert.is_nil(labels { multi_label_template = "[1]" })
    assert.matches("JSON object", outcome({ multi_label_template = "not json" }).problems.multi_label_template, 1, true)
  end)
  it("keep numbers as numbers in templates, and match routes by their text", function()
    local out = outcome { multi_label_template = [[{"n": 5}]], templates_default = { title = "{{ labels.n + 1 }}" },
      routes = json.array { { id = 1, type = "labels", labels = json.array { { key = "n", value = "5" } } }, { id = 9, is_default = true } } }
    assert.same({ "6", 1 }, { out.title, out.route })
  end)
  it("are at most 15, the first by key", function()
    local t = {}
    for i = 1, 20 do t[("k%02d"):format(i)] = "v" end
    local out = labels(dynamic(t))
    local n = 0
    for _ in pairs(out) do n = n + 1 end
    assert.equal(15, n)
    assert.equal("v", out.k15)
    assert.is_nil(out.k16)
  end)
  it("are an empty dict in templates when there are none", function()
    assert.equal("{} ", templates({ title = "{{ labels }} {{ labels.x }}" }).title)
  end)
  it("changed by one template are not changed for the next", function()
    local out = outcome { labels = json.array { { key = "a", value = "1" } }, templates_default = {
      grouping_id = "{% set _ = labels.pop('a') %}x", title = "{{ labels }}" } }
    assert.equal("{'a': '1'}", out.title)
  end)
end)

describe("the payload", function()
  it("changed by one template is not changed for the next", function()
    assert.equal("{'a': 1}", templates({ grouping_id = "{% set _ = payload.pop('a') %}x", title = "{{ payload }}" }, [[{"a":1}]]).title)
  end)
  it("may be any JSON", function()
    for text, shown in pairs { ["[1,2]"] = "[1, 2]", ['"x"'] = "x", ["5"] = "5", ["true"] = "True" } do
      assert.equal(shown, templates({ title = "{{ payload }}" }, text).title)
    end
  end)
end)

describe("an alert that will join an open group", function()
  local function render_with(fields, answer)
    local asked = {}
    next_id = next_id + 1
    signal.configure(next_id, 1, json.encode(config(fields)))
    local results = table.pack(signal.render(next_id, json.payload [[{"k":"a","env":"dev"}]], 0, nil, function(grouping_id, route)
      asked[#asked + 1] = grouping_id .. " " .. route
      return answer
    end))
    return results, asked
  end
  local FIELDS <const> = { templates_default = { grouping_id = "{{ payload.k }}", resolve_condition = "true", title = "{{ 1 / 0 }}" },
    dynamic_labels = json.array { { key = "env", template = "{{ payload.env }}" } } }

  it("is rendered no title and no labels", function()
    local results, asked = render_with(FIELDS, true)
    assert.same({ "a 9" }, asked)
    assert.same({ "a", true, false, 9, n = 8 }, results)
  end)
  it("is rendered whole when no group is open, or it has no grouping id", function()
    local results = render_with(FIELDS, false)
    assert.same({ "a", [[{"env":"dev"}]] }, { results[1], results[6] })
    assert.matches("web_title", results[7])
    local _, asked = render_with({ templates_default = { title = "t" } }, true)
    assert.same({}, asked)
  end)
  it("has its labels where the decision needs them", function()
    local by_label = json.array { { id = 8, type = "labels", labels = json.array { { key = "env", value = "dev" } } },
      { id = 9, is_default = true, type = "jinja2" } }
    local results, asked = render_with({ templates_default = { grouping_id = "{{ labels.env }}", title = "t" }, routes = by_label,
      dynamic_labels = FIELDS.dynamic_labels }, true)
    assert.same({ { "dev 8" }, "dev", 8 }, { asked, results[1], results[4] })
    assert.is_nil(results[5])
  end)
end)

describe("numFiring and numResolved", function()
  local BODY = [[{"alerts":[{"status":"firing"},{"status":"resolved"},{"status":"firing"},5]}]]
  local function title(type_name, text, body)
    return outcome({ type = type_name, templates_default = { title = text } }, body or BODY).title
  end
  it("are counted for alertmanager and grafana_alerting", function()
    assert.equal("2 1", title("alertmanager", "{{ payload.numFiring }} {{ payload.numResolved }}"))
    assert.equal("2 1", title("grafana_alerting", "{{ payload['numFiring'] }} {{ payload.get('numResolved') }}"))
    assert.equal(" ", title("webhook", "{{ payload.numFiring }} {{ payload.numResolved }}"))
  end)
  it("stay as they came when they are there", function()
    assert.equal("7", title("alertmanager", "{{ payload.numFiring }}", [[{"numFiring":7,"alerts":[]}]]))
  end)
  it("are seen by templates that walk over the payload", function()
    assert.equal("{'alerts': [], 'numFiring': 0, 'numResolved': 0}", title("alertmanager", "{{ payload }}", [[{"alerts":[]}]]))
    assert.equal("alerts,numFiring,numResolved,", title("alertmanager", "{% for k in payload.keys() %}{{ k }},{% endfor %}", [[{"alerts":[]}]]))
  end)
  it("cost no copy of the payload in the shipped integration", function()
    local counts, integration = require "counts", require "integration"
    local file = assert(integration.load "alertmanager")
    assert.is_false(counts.are_needed("alertmanager", { file.grouping_id, file.resolve_condition, file.source_link, file.title }))
    assert.is_true(counts.are_needed("alertmanager", { "{{ payload if payload is mapping }}" }))
  end)
  it("are no trouble for other bodies", function()
    assert.equal("", title("alertmanager", "{{ payload.numFiring }}", [[{"alerts":"x"}]]))
    assert.equal("[1]", title("alertmanager", "{{ payload }}", "[1]"))
  end)
end)

describe("configuring", function()
  it("takes null for what is not set", function()
    local out = outcome { templates_default = { title = "t" }, templates_custom = json.null, labels = json.null,
      dynamic_labels = json.array { { key = "a", template = json.null } }, multi_label_template = json.null }
    assert.same({ "t", 9 }, { out.title, out.route })
    assert.is_nil(out.problems)
  end)
  it("again replaces, and forgetting forgets", function()
    signal.configure(1, 1, json.encode(config { templates_default = { title = "one" } }))
    signal.configure(1, 2, json.encode(config { templates_default = { title = "two" } }))
    assert.equal("two", (select(5, signal.render(1, json.payload("{}"), 0))))
    signal.forget(1)
    assert.has_error(function() signal.render(1, json.payload("{}"), 0) end, "signal.render: integration 1 is not configured")
  end)
end)
