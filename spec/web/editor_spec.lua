--- The template editor and backtests without a script: previews of every channel, errors at their lines, saving, defaults.
require "tocsin.core"
local json <const> = require "tocsin.json"
local pages <const> = require "pages"

describe("the template editor", function()
  local p, hook

  before_each(function()
    p = pages.open()
    hook = p.world:integration { name = "Backups" }
  end)
  after_each(function() p:close() end)

  local function has(text, part) assert.truthy(text:find(part, 1, true), part .. " is not in " .. text) end
  local function has_not(text, part) assert.is_nil(text:find(part, 1, true), part) end
  local function of(rest) return "/integrations/" .. hook.id .. "/templates" .. (rest or "") end
  local function templates() return p.world:api(200, "GET", "integrations/" .. hook.id .. "/").templates end
  local function submit(deed, fields, path)
    local list = { { "do", deed } }
    for name, text in pairs(fields) do list[#list + 1] = { name, text } end
    return p:post(path or of(), list)
  end

  it("opens for every channel, with the type's example before anything came", function()
    has(p:get(of()), "Disk is full")
    for _, channel in ipairs { "meaning", "web", "slack", "telegram", "sms", "phone_call", "email", "mobile_app", "mattermost", "msteams" } do
      local text = p:get(of("?channel=" .. channel))
      has(text, 'name="channel" value="' .. channel .. '"')
      has(text, 'id="result"')
      if channel ~= "meaning" then has(text, '<div class="look ' .. channel .. '">') end
    end
  end)

  it("shows recent payloads to choose, and each when it is asked for", function()
    p.world:post(hook, { title = "first", alert_uid = "1" })
    p.world:post(hook, { title = "second", alert_uid = "2" })
    local text = p:get(of "?channel=sms")
    has(text, "&#34;second&#34;")
    local ids = {}
    for id in text:gmatch '<option value="(A%w+)"' do ids[#ids + 1] = id end
    assert.equal(2, #ids)
    has(p:get(of("?channel=sms&alert_id=" .. ids[2])), "#1 first")
    has(p:get(of("/payload?alert_id=" .. ids[2])), '"title": "first"')
    assert.equal(404, (p:ask("GET", of "/payload?alert_id=ANONE")))
    local _, loaded = submit("load", { channel = "sms", alert_id = ids[2], payload = "{}" })
    has(loaded, "&#34;first&#34;")
  end)

  it("is reached from an alert group, with the alert that one looks at", function()
    p.world:post(hook, { title = "Disk full", host = "db-1" })
    local group = p:get(pages.links(p:get "/")[1])
    has(p:get(group:match 'href="(/integrations/C%w+/templates%?alert_id=A%w+)"'), "&#34;Disk full&#34;")
  end)

  it("previews what is typed, as each channel shows it, and saves nothing", function()
    local function look(channel, fields)
      fields.channel, fields.payload = channel, '{"title": "Disk <1>", "host": "db-1"}'
      local status, text = submit("preview", fields, of "/preview")
      assert.equal(200, status)
      has_not(text, "<html")
      return text
    end
    local slack = look("slack", { ["t.slack.title"] = "{{ payload.host }}", ["t.slack.message"] = "*{{ payload.title }}* <https://a.example|more>" })
    has(slack, "#1 db-1")
    has(slack, '<a href="https://a.example"')
    has(slack, '<span class="fake">Acknowledge</span>')
    has(slack, '<div class="box firing">')
    has(look("sms", { ["t.sms.title"] = string.rep("x", 150) }), "2 messages")
    has(look("sms", { ["t.sms.title"] = "ж" }), "UCS-2")
    has(look("phone_call", { ["t.phone_call.title"] = "{{ payload.host }} \"is\" full" }), "“Alert group 1. db-1 is full.”")
    has(look("email", { ["t.email.title"] = "Mail {{ payload.host }}", ["t.email.message"] = "**x** {{ payload.title }}" }), "<strong>x</strong> Disk &lt;1&gt;")
    has(look("telegram", { ["t.telegram.message"] = "<b>{{ payload.title }}</b><script>x</script>" }), "<b>Disk &lt;1&gt;</b>&lt;script&gt;")
    local meaning = look("meaning", { ["t.grouping_key"] = "{{ payload.host }}", ["t.resolve_signal"] = "{{ payload.host == 'db-1' }}" })
    has(meaning, "<code>db-1</code>")
    has(meaning, "This alert resolves its group.")
    assert.equal(json.null, templates().slack.title)
  end)

  it("says what is wrong and at which line, of templates and of the payload", function()
    local _, text = submit("preview", { channel = "web", payload = '{"a": 1}', ["t.web.message"] = "one\n{{ payload.b.c }}" })
    has(text, 'data-template="web.message" data-line="2"')
    _, text = submit("preview", { channel = "web", payload = '{"a": ', ["t.web.message"] = "one" })
    has(text, "This is no JSON.")
    local status
    status, text = submit("save", { channel = "web", payload = "{}", ["t.web.title"] = "{% if %}" })
    assert.equal(422, status)
    has(text, 'id="t.web.title-error"')
    has(text, "{% if %}</textarea>")
    assert.equal(json.null, templates().web.title)
  end)

  it("saves one channel's templates, shows how they differ from the default, and takes them back", function()
    local default = p:get(of "?channel=web"):match 'name="t%.web%.message".->\n(.-)</textarea>'
    assert.equal(303, (submit("save", { channel = "web", payload = "{}", ["t.web.title"] = "Mine\n", ["t.web.message"] =
      (default:gsub("&#34;", '"'):gsub("&#39;", "'"):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&amp;", "&")) })))
    assert.same({ "Mine\n", json.null }, { templates().web.title, templates().web.message })
    local text = p:get(of "?channel=web")
    has(text, '<span class="in">+ Mine')
    has(text, "customised")
    assert.equal(303, (submit("save", { channel = "web", payload = "{}", ["t.web.title"] = "Mine", ["default.web.title"] = "true" })))
    assert.equal(json.null, templates().web.title)
    assert.equal(303, (submit("save", { channel = "sms", payload = "{}", ["t.sms.title"] = "" })))
    assert.equal("", templates().sms.title)
  end)

  it("tries a change on stored alerts", function()
    for i = 1, 3 do p.world:post(hook, { title = "t" .. i, host = "db-1" }) end
    local status, _, where = submit("backtest", { channel = "meaning", payload = "{}", ["t.grouping_key"] = "{{ payload.host }}" })
    assert.equal(303, status)
    p.world:advance(1000)
    local words = pages.words(p:get(where))
    has(words, "Done")
    has(words, "3 of 3")
    has(words, "Alert groups: -2 3, would be 1")
    has(words, "Groups merged: 1")
    has(p:get(where .. "&part=run"), "data-over")
    assert.equal(404, (p:ask("GET", "/backtests/BNONE")))
    assert.equal(422, (submit("backtest", { channel = "meaning", payload = "{}", ["t.grouping_key"] = "{% if %}" })))
  end)

  it("gives the integration as a file of its own, with what is typed and payloads that came", function()
    p.world:post(hook, { title = "Disk full", host = "db-1", state = "firing" })
    local status, text, more = p:ask("POST", of(), { authorization = p.world.client.token, ["content-type"] = "application/x-www-form-urlencoded" },
      "do=file&channel=slack&t.slack.title=" .. ("%7B%7B payload.host %7D%7D"):gsub(" ", "+"))
    assert.equal(200, status)
    has(more, 'Content-Disposition: attachment; filename="backups.lua"')
    local integration = require "integration"
    local spec, problems = integration.load("backups", { source = text })
    assert.truthy(spec, problems and problems[1])
    assert.equal("{{ payload.host }}", spec.slack.title)
    assert.equal("Backups", spec.name)
    has(spec.examples[1].payload, '"db-1"')
    assert.equal(422, (submit("file", { channel = "slack", payload = "{}", ["t.slack.title"] = "{% if %}" })))
  end)

  it("is for who may operate: a viewer sees templates nowhere", function()
    local client = require "api_client"
    local editor, viewer = client.add_token(p.world.client, "editor"), client.add_token(p.world.client, "viewer")
    assert.equal(403, (p:ask("GET", of(), { authorization = viewer })))
    has_not(select(2, p:ask("GET", "/integrations/" .. hook.id, { authorization = viewer })), of())
    local status, text = p:ask("GET", of(), { authorization = editor })
    assert.equal(200, status)
    has_not(text, 'value="save"')
    status = p:ask("POST", of(), { authorization = editor, ["content-type"] = "application/x-www-form-urlencoded" }, "do=save&channel=web&t.web.title=x")
    assert.equal(403, status)
    assert.equal(json.null, templates().web.title)
  end)
end)
