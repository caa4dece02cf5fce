--- What is set up of one integration without a script: settings, labels, heartbeat, maintenance.
require "tocsin.core"
local json <const> = require "tocsin.json"
local pages <const> = require "pages"

describe("the set-up of an integration", function()
  local p, hook

  before_each(function()
    p = pages.open()
    hook = p.world:integration { name = "Backups", labels = { { key = { name = "env" }, value = { name = "prod" } } } }
  end)
  after_each(function() p:close() end)

  local function has(text, part) assert.truthy(text:find(part, 1, true), part .. " is not in " .. pages.words(text)) end
  local function has_not(text, part) assert.is_nil(text:find(part, 1, true), part) end
  local function of(rest) return "/integrations/" .. hook.id .. rest end
  local function now() return p.world:api(200, "GET", "integrations/" .. hook.id .. "/") end

  describe("settings", function()
    it("are changed, and say at their field what is wrong", function()
      has(p:get(of "/settings"), "env:prod")
      local fields = { { "name", "Gates" }, { "description_short", "North" }, { "team_id", "" }, { "labels", "env:test\nsite: north:2" },
        { "rate_limit", "7" }, { "auto_resolve_after", "" }, { "signing_secret", "" } }
      assert.equal(303, (p:post(of "/settings", fields)))
      local one = now()
      assert.same({ "Gates", "North", 7, false, json.null }, { one.name, one.description_short, one.rate_limit, one.allow_resolve, one.auto_resolve_after })
      assert.same({ "env", "test", "north:2" }, { one.labels[1].key.name, one.labels[1].value.name, one.labels[2].value.name })
      for _, bad in ipairs { { "name", "" }, { "labels", "nonsense" }, { "rate_limit", "-1" }, { "auto_resolve_after", "5" } } do
        fields[#fields + 1] = bad
        local status, text = p:post(of "/settings", fields)
        assert.equal(422, status, bad[1])
        has(text, 'id="' .. bad[1] .. '-error"')
        fields[#fields] = nil
      end
    end)

    it("delete only who is sure", function()
      local status, text = p:post(of "/delete", {})
      assert.equal(422, status)
      has(text, "Tick this to delete")
      local done, _, where = p:post(of "/delete", { { "sure", "true" } })
      assert.same({ 303, "/integrations" }, { done, where })
      assert.equal(404, (p:ask("GET", of "")))
    end)
  end)

  describe("labels", function()
    it("are inherited with a switch each, static and dynamic, and by a template", function()
      has(p:get(of "/labels"), 'name="inherited" value="env" checked')
      local status = p:post(of "/labels", { { "key", "host" }, { "kind", "dynamic" }, { "value", "{{ payload.host }}" }, { "key", "tier" },
        { "kind", "static" }, { "value", "1" }, { "key", "" }, { "kind", "dynamic" }, { "value", "" }, { "multi_label_template", '{"a": "b"}' } })
      assert.equal(303, status)
      local one = now()
      assert.is_false(one.labels[1].inherited)
      assert.same({ "host", "tier", '{"a": "b"}' }, { one.dynamic_labels[1].key.name, one.static_labels[1].key.name, one.multi_label_template })
      has(p:get(of "/labels"), "{{ payload.host }}")
      p:post(of "/labels", { { "inherited", "env" }, { "key", "tier" }, { "kind", "static" }, { "value", "1" }, { "remove", "1" },
        { "multi_label_template", "" } })
      assert.same({ true, 0, 0, json.null }, { now().labels[1].inherited, #now().static_labels, #now().dynamic_labels, now().multi_label_template })
    end)

    it("can be tried before they are saved", function()
      p.world:post(hook, { host = "db-1" })
      p.world:configure(hook, { dynamic_labels = json.null })
      local function try(multi, value)
        local status, text = p:post(of "/labels", { { "do", "test" }, { "key", "host" }, { "kind", "dynamic" }, { "value", value or "{{ payload.host }}" },
          { "multi_label_template", multi } })
        assert.equal(200, status)
        return text
      end
      local text = try '{"a": "b"}'
      has(text, "This prints a JSON object.")
      has(pages.words(text), "newest alert would get a b host db-1")
      has(try "[1]", "This prints no JSON object.")
      has(try("", "{{ payload.a.b }}"), "Template Warning")
      assert.same({ 0, json.null }, { #now().dynamic_labels, now().multi_label_template })
      local _, more = p:post(of "/labels", { { "do", "add" }, { "key", "host" }, { "kind", "static" }, { "value", "1" } })
      assert.equal(3, select(2, more:gsub('name="key"', "")))
    end)

    it("say what is wrong", function()
      local status, text = p:post(of "/labels", { { "key", "x" }, { "kind", "dynamic" }, { "value", "{{ payload." } })
      assert.equal(422, status)
      has(text, "Label 1:")
      status, text = p:post(of "/labels", { { "multi_label_template", "{% if %}" } })
      assert.equal(422, status)
      has(text, 'id="multi_label_template-error"')
    end)
  end)

  describe("heartbeat", function()
    it("is set, armed and reset", function()
      has(p:get(of "/heartbeat"), hook.link .. "heartbeat/")
      assert.equal(303, (p:post(of "/heartbeat", { { "enabled", "true" }, { "interval", "120" }, { "text", "Call the port." } })))
      assert.same({ 120, "Call the port." }, { now().heartbeat.interval, now().heartbeat.text })
      assert.equal(303, (p:post(of "/heartbeat/arm", {})))
      assert.equal("alive", now().heartbeat.state)
      assert.equal(422, (p:post(of "/heartbeat/arm", {})))
      local words = pages.words(p:get(of "/heartbeat"))
      has(words, "Alive")
      has(words, "armed")
      p.world:advance(130000)
      has(pages.words(p:get(of "/heartbeat")), "Missing")
      assert.equal(303, (p:post(of "/heartbeat/reset", {})))
      assert.equal("inactive", now().heartbeat.state)
      local status, text = p:post(of "/heartbeat", { { "enabled", "true" }, { "interval", "5" } })
      assert.equal(422, status)
      has(text, 'id="interval-error"')
    end)
  end)

  describe("maintenance", function()
    it("is started and stopped", function()
      assert.equal(303, (p:post(of "/maintenance/start", { { "mode", "maintenance" }, { "duration", "3600" } })))
      assert.equal("maintenance", now().maintenance_mode)
      has(p:get(of "/maintenance"), of "/maintenance/stop")
      assert.equal(303, (p:post(of "/maintenance/stop", {})))
      assert.equal(json.null, now().maintenance_mode)
      local status, text = p:post(of "/maintenance/start", { { "mode", "nap" }, { "duration", "3600" } })
      assert.equal(422, status)
      has(text, "Must be one of: debug, maintenance.")
    end)

    it("is planned, stopped and taken back", function()
      local function plan(length, start, zone)
        return p:post(of "/maintenance/plan", { { "mode", "debug" }, { "name", "Cranes" }, { "start", start or "2030-01-01T10:00" }, { "length", length },
          { "time_zone", zone or "Europe/Berlin" }, { "frequency", "weekly" } })
      end
      assert.equal(303, (plan "2:30"))
      local words = pages.words(p:get(of "/maintenance"))
      has(words, "Cranes Debug 2030-01-01 10:00:00 Europe/Berlin · 2 h 30 min · every week")
      local id = p:get(of "/maintenance"):match "/maintenance%-windows/(MW%w+)/delete"
      assert.equal(422, (p:post("/maintenance-windows/" .. id .. "/stop", {})))
      assert.equal(303, (p:post("/maintenance-windows/" .. id .. "/delete", {})))
      has(p:get(of "/maintenance"), "Nothing is planned.")
      for field, bad in pairs { length = { "two" }, start = { "1:00", "never" }, time_zone = { "1:00", "2030-01-01T10:00", "Atlantis" } } do
        local status, text = plan(table.unpack(bad))
        assert.equal(422, status)
        has(text, 'id="' .. field .. '-error"')
      end
    end)
  end)

  it("is for who may: a viewer reads, an editor arms and maintains, and only an admin sets up", function()
    local client = require "api_client"
    local editor, viewer = client.add_token(p.world.client, "editor"), client.add_token(p.world.client, "viewer")
    local function as(token, method, path, body)
      return (p:ask(method, of(path), { authorization = token, ["content-type"] = "application/x-www-form-urlencoded" }, body))
    end
    for _, path in ipairs { "/settings", "/labels", "/heartbeat", "/maintenance" } do assert.equal(200, as(viewer, "GET", path), path) end
    for _, path in ipairs { "/settings", "/labels", "/heartbeat", "/maintenance/start", "/maintenance/stop", "/heartbeat/arm", "/delete" } do
      assert.equal(403, as(viewer, "POST", path, "x=y"), path)
    end
    for _, path in ipairs { "/settings", "/labels", "/heartbeat", "/delete" } do assert.equal(403, as(editor, "POST", path, "x=y"), path) end
    assert.equal(303, as(editor, "POST", "/heartbeat/arm", ""))
    assert.equal(303, as(editor, "POST", "/maintenance/start", "mode=debug&duration=3600"))
    has_not(select(2, p:ask("GET", of "/settings", { authorization = editor })), of "/delete")
  end)
end)
