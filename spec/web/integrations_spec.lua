--- The pages of integrations without a script: the list, the gallery, making one, its overview, routes and demo.
require "tocsin.core"
local pages <const> = require "pages"

describe("the pages of integrations", function()
  local p

  before_each(function() p = pages.open() end)
  after_each(function() p:close() end)

  local function has(text, part) assert.truthy(text:find(part, 1, true), part .. " is not in " .. pages.words(text)) end
  local function has_not(text, part) assert.is_nil(text:find(part, 1, true), part) end
  local function of(hook, rest) return "/integrations/" .. hook.id .. (rest or "") end
  local function names(text)
    local list = {}
    for name in text:gmatch '<a class="name" href="/integrations/C%w+">([^<]*)</a>' do list[#list + 1] = name end
    return list
  end

  describe("list", function()
    it("says what to do when there is nothing", function()
      has(p:get "/integrations", "No integration yet")
      has(p:get "/integrations", 'href="/integrations/new"')
    end)

    it("shows what is connected, by words, source, team and labels", function()
      local team = p.world:api(201, "POST", "teams/", { name = "Harbour" })
      local web = p.world:integration { name = "Web", team_id = team.id, description_short = "Cranes & gates",
        labels = { { key = { name = "env" }, value = { name = "prod" } } } }
      p.world:integration { name = "Zabbix of the port", type = "zabbix" }
      local all = p:get "/integrations"
      assert.same({ "Web", "Zabbix of the port" }, names(all))
      has(pages.words(all), "Webhook · Harbour Cranes &amp; gates env prod Last alert nothing yet")
      assert.same({ "Web" }, names(p:get "/integrations?search=crane"))
      assert.same({ "Zabbix of the port" }, names(p:get "/integrations?type=zabbix"))
      assert.same({ "Web" }, names(p:get("/integrations?team_id=" .. team.id)))
      assert.same({ "Zabbix of the port" }, names(p:get "/integrations?team_id=null"))
      assert.same({ "Web" }, names(p:get "/integrations?label=env:prod"))
      has(p:get "/integrations?label=env:test", "No integration is like this.")
      has(p:get "/integrations/labels?label=e", 'value="env:"')
      has(p:get "/integrations/labels?label=env:p", 'value="env:prod"')
      p.world:post(web, { title = "x" })
      has(pages.words(p:get "/integrations"), "Last alert now")
    end)

    it("has badges of maintenance and heartbeat, and pages", function()
      local hook = p.world:integration { name = "Backups" }
      p.world:api(200, "POST", "integrations/" .. hook.id .. "/maintenance_start/", { mode = "debug", duration = 3600 })
      p.world:api(200, "POST", "integrations/" .. hook.id .. "/heartbeat_arm/")
      local words = pages.words(p:get "/integrations")
      has(words, "Debug until")
      has(words, "Heartbeat alive")
      for i = 1, 51 do p.world:integration { name = "more " .. i } end
      local first = p:get "/integrations"
      assert.equal(50, #names(first))
      assert.same({ "more 50", "more 51" }, names(p:get(first:match 'rel="next" href="([^"]*)"')))
    end)
  end)

  describe("gallery", function()
    it("has a tile for every source, found by words; who finds none is offered a webhook", function()
      local count = select(2, p:get "/integrations/new":gsub('href="/integrations/new/', ""))
      assert.is_true(count >= 60)
      local found = p:get "/integrations/new?search=ALERTMANAGER"
      has(found, 'href="/integrations/new/alertmanager"')
      has_not(found, 'href="/integrations/new/zabbix"')
      local none = p:get "/integrations/new?search=no%20such%20source"
      has(none, "There is no source like this.")
      has(none, 'href="/integrations/new/webhook"')
    end)

    it("opens every tile: instruction, templates and example", function()
      for name in p:get "/integrations/new":gmatch 'href="/integrations/new/([%w_]+)"' do
        local text = p:get("/integrations/new/" .. name)
        has(text, "How it is connected")
        has(text, "/integrations/v1/" .. name .. "/")
      end
      assert.equal(404, (p:ask("GET", "/integrations/new/nothing")))
      assert.equal(404, (p:ask("GET", "/integrations/new/maintenance")))
    end)

    it("makes an integration, and says at its field what is wrong", function()
      local team = p.world:api(201, "POST", "teams/", { name = "Harbour" })
      local status, _, where = p:post("/integrations/new/webhook", { { "name", " Gates " }, { "description_short", "North" },
        { "team_id", team.id }, { "token", "key-of-my-own" } })
      assert.equal(303, status)
      local text = p:get(where)
      has(text, "<h1>Gates</h1>")
      has(text, "/integrations/v1/webhook/key-of-my-own/")
      has(text, "Waiting for the first alert")
      local bad, again = p:post("/integrations/new/webhook", { { "name", "Gates" }, { "team_id", team.id }, { "token", "short" } })
      assert.equal(422, bad)
      has(again, 'id="token-error"')
      has(again, 'value="short"')
      assert.equal(303, (p:post("/integrations/new/webhook", { { "name", "" }, { "token", "" } })))
    end)
  end)

  describe("overview", function()
    it("tells how to connect, what came, and which templates failed", function()
      local hook = p.world:integration { name = "Backups", rate_limit = 5, templates = { grouping_key = "{{ payload.a.b }}" } }
      has(p:get(of(hook)), hook.link)
      p.world:post(hook, { title = "<b>x</b>" })
      local words = pages.words(p:get(of(hook)))
      has(words, "Last alert received now")
      has(words, "1 of 5 requests in five minutes")
      has(words, "grouping_id failed in an alert of now")
      local part = p:get(of(hook, "?part=status"))
      has(part, 'id="status"')
      has_not(part, "<html")
    end)

    it("sends a demo alert that calls nobody unless it is asked to, and takes an edited payload", function()
      local hook = p.world:integration { name = "Backups" }
      local status, _, where = p:post(of(hook, "/demo"), { { "mode", "debug" }, { "payload", "" } })
      assert.equal(303, status)
      has(where, "/alert-groups/I")
      assert.same({ 1, 1 }, { p.world:groups()[1].is_demo, p.world:groups()[1].is_debug })
      p:post(of(hook, "/demo"), { { "mode", "page" }, { "payload", '{"title": "mine"}' } })
      assert.same({ "mine", 0 }, { p.world:groups()[2].title, p.world:groups()[2].is_debug })
      local bad, text = p:post(of(hook, "/demo"), { { "mode", "page" }, { "payload", '{"title": ' } })
      assert.equal(422, bad)
      has(text, 'id="payload-error"')
      has(text, "{&#34;title&#34;: ")
      assert.equal(422, (p:post(of(hook, "/demo"), { { "mode", "page" }, { "payload", "7" } })))
      assert.equal(2, #p.world:groups())
    end)
  end)

  describe("routes", function()
    local hook, chain

    before_each(function()
      hook = p.world:integration { name = "Backups" }
      chain = p.world:api(201, "POST", "escalation_chains/", { name = "Night watch" })
    end)

    local function make(term, more)
      local fields = { { "routing_type", "jinja2" }, { "routing_regex", term }, { "escalation_chain_id", chain.id } }
      for _, field in ipairs(more or {}) do fields[#fields + 1] = field end
      return p:post(of(hook, "/routes/new"), fields)
    end
    local function list() return p.world:api(200, "GET", "routes/?integration_id=" .. hook.id).results end

    it("are added, shown, changed, moved and deleted", function()
      assert.equal(303, (make("{{ payload.n == 1 }}", { { "slack.enabled", "true" }, { "slack.channel_id", "c0123456" } })))
      assert.equal(303, (make "{{ payload.n == 2 }}"))
      local words = pages.words(p:get(of(hook)))
      has(words, "If {{ payload.n == 1 }} → Night watch · posts to Slack C0123456")
      has(words, "Everything else")
      local first, second = list()[1], list()[2]
      has(p:get("/routes/" .. first.id), 'value="C0123456"')
      p:post("/routes/" .. second.id .. "/move", { { "position", "0" } })
      assert.equal(second.id, list()[1].id)
      p:post("/routes/" .. first.id, { { "routing_type", "labels" }, { "routing_labels", "env: prod\nsite:north" } })
      local changed = p.world:api(200, "GET", "routes/" .. first.id .. "/")
      assert.same({ "labels", "north" }, { changed.routing_type, changed.routing_labels[2].value.name })
      assert.is_false(changed.slack.enabled)
      assert.equal(303, (p:post("/routes/" .. first.id .. "/delete", {})))
      assert.equal(2, #list())
    end)

    it("say what is wrong with a condition, and whether the newest alert would take them", function()
      local status, text = make "{{ payload."
      assert.equal(422, status)
      has(text, 'id="routing_regex-error"')
      status, text = p:post(of(hook, "/routes/new"), { { "routing_type", "labels" }, { "routing_labels", "nonsense" } })
      assert.equal(422, status)
      has(text, 'id="routing_labels-error"')
      has(select(2, make("{{ payload.n == 1 }}", { { "do", "test" } })), "example does not take this route")
      p.world:post(hook, { n = 1 })
      has(select(2, make("{{ payload.n == 1 }}", { { "do", "test" } })), "The newest alert takes this route.")
      has(select(2, make("{{ payload.n == 2 }}", { { "do", "test" } })), "does not take this route")
      has(select(2, make("{{ payload.a.b }}", { { "do", "test" } })), "Template Warning")
      assert.equal(1, #list())
    end)

    it("end with the default one, of which only the chain and the chats change", function()
      local default = list()[1]
      local text = p:get("/routes/" .. default.id)
      has_not(text, 'name="routing_regex"')
      has_not(text, "/delete")
      assert.equal(303, (p:post("/routes/" .. default.id, { { "escalation_chain_id", chain.id } })))
      assert.equal(chain.id, list()[1].escalation_chain_id)
      assert.equal(422, (p:post("/routes/" .. default.id .. "/delete", {})))
      assert.equal(422, (p:post("/routes/" .. default.id .. "/move", { { "position", "7" } })))
    end)
  end)

  it("let a viewer look and change nothing", function()
    local hook = p.world:integration { name = "Backups" }
    local viewer = require("api_client").add_token(p.world.client, "viewer")
    local function as_viewer(method, path)
      return p:ask(method, path, { authorization = viewer, ["content-type"] = "application/x-www-form-urlencoded" }, method == "POST" and "name=x" or nil)
    end
    for _, path in ipairs { "/integrations", "/integrations/new", "/integrations/new/webhook", of(hook) } do
      local status, text = as_viewer("GET", path)
      assert.equal(200, status, path)
      has_not(text, '<form method="post" action="/integrations')
    end
    for _, path in ipairs { "/integrations/new/webhook", of(hook, "/demo"), of(hook, "/routes/new") } do
      assert.equal(403, (as_viewer("POST", path)), path)
    end
  end)
end)
