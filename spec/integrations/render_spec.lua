--- One alert on one channel: which template is taken, what it sees, and what becomes of its text.
require "tocsin.core"
local render = require "render"

local function alert(fields)
  local o = { integration = { name = "Shop alerts", type = "webhook" }, defaults = {}, payload_text = "{}", channel = "web" }
  for key, v in pairs(fields) do o[key] = v end
  return render.alert(o)
end

describe("the template of a field", function()
  local defaults = { title = "neutral", web_title = "web default", slack_title = "*slack default*", message = "**m**" }
  local function title(channel, custom) return alert({ channel = channel, defaults = defaults, templates = custom }).title end

  it("is the customised one, the channel's default, the neutral one", function()
    assert.equal("mine", title("slack", { slack_title = "mine" }))
    assert.equal("*slack default*", title("slack", {}))
    assert.equal("web default", title "web")
    assert.equal("neutral", title "telegram")
    assert.equal("neutral", title "sms")
  end)
  it("is the web default for mail, push, Mattermost and Teams, never the customised web template", function()
    for _, channel in ipairs { "email", "mobile_app", "mattermost", "msteams" } do
      assert.equal("web default", title(channel, { web_title = "customised" }))
      assert.equal("own", title(channel, { [channel .. "_title"] = "own" }))
    end
  end)
  it("converts neutral text only", function()
    assert.equal("*m*", alert({ channel = "slack", defaults = defaults }).message)
    assert.equal("**m**", alert({ channel = "slack", defaults = { slack_message = "**m**" } }).message)
    assert.equal("<p><strong>m</strong></p>", alert({ channel = "web", templates = { web_message = "**m**" } }).message)
  end)
  it("that is empty is empty; none at all is nothing", function()
    assert.equal("", alert({ channel = "slack", defaults = defaults, templates = { slack_message = "" } }).message)
    assert.is_nil(alert({ channel = "slack" }).message)
  end)
  it("shows the fields that the channel has", function()
    assert.is_nil(alert({ channel = "sms", defaults = defaults }).message)
    assert.is_nil(alert({ channel = "email", defaults = { image_url = "https://a.b/c.png" } }).image_url)
  end)
end)

describe("a template that changes what it is given", function()
  local defaults = {
    title = "{{ labels.update({'team': 'x'}) }}{{ payload.l.append(1) }}{{ labels.team }}{{ payload.l }}",
    message = "{{ labels.team }} {{ payload.l }} {{ payload.numFiring }}.",
  }
  it("does so for itself alone", function()
    local o = { channel = "slack", defaults = defaults, labels = { team = "core" }, payload_text = '{"l":[7],"alerts":[]}' }
    for _, type_name in ipairs { "webhook", "alertmanager" } do
      o.integration = { name = "a", type = type_name }
      local out = alert(o)
      assert.equal("NoneNonex[7, 1]", out.title)
      assert.equal("core [7] " .. (type_name == "webhook" and "." or "0."), out.message)
    end
  end)
end)

describe("a title", function()
  it("falls back when nothing is shown", function()
    for channel, text in pairs { web = "Alert", slack = "Incident", sms = "Incident", email = "Incident" } do
      assert.equal(text, alert({ channel = channel }).title)
      assert.equal(text, alert({ channel = channel, defaults = { title = "{{ none }}" } }).title)
      assert.equal(text, alert({ channel = channel, defaults = { title = " " } }).title)
    end
  end)
  it("has at most 500 characters, a message 50,000", function()
    local out = alert { defaults = { title = "{{ payload.t }}", message = "{{ payload.m }}" },
      payload_text = ('{"t":"%s","m":"%s"}'):format(("é"):rep(600), ("x"):rep(50001)) }
    assert.equal(("é"):rep(500) .. "..", out.title)
    assert.equal("<p>" .. ("x"):rep(50000) .. "..</p>", out.message)
  end)
end)

describe("variables", function()
  local function text(source, fields)
    local o = { channel = "slack", templates = { slack_message = source } }
    for key, v in pairs(fields or {}) do o[key] = v end
    return alert(o).message
  end
  it("are the payload, labels, names, number and link of the group", function()
    assert.equal("1 x Shop alerts 7 7 https://t/7", text(
      "{{ payload.a }} {{ labels.team }} {{ integration_name }} {{ grafana_oncall_alert_group_id }} {{ grafana_oncall_incident_id }} {{ grafana_oncall_link }}",
      { payload_text = '{"a":1}', labels = { team = "x" }, variables = { number = 7, link = "https://t/7" } }))
  end)
  it("hold the rendered source link", function()
    assert.equal("https://a/1", text("{{ source_link }}", { payload_text = '{"a":1}', defaults = { source_link = "https://a/{{ payload.a }}" } }))
    assert.equal("no", text("{{ 'yes' if source_link else 'no' }}"))
  end)
  it("hold the web texts, or say that they are not set", function()
    assert.equal("t **m** web_image_url is not set", text("{{ web_title }} {{ web_message }} {{ web_image_url }}",
      { defaults = { web_title = "default" , web_message = "**m**" }, templates = { web_title = "t",
        slack_message = "{{ web_title }} {{ web_message }} {{ web_image_url }}" } }))
  end)
  it("escape the payload for customised Telegram templates", function()
    local out = alert { channel = "telegram", payload_text = [[{"a":"<b> & c","l":["<"]}]], templates = {
      telegram_message = "<i>{{ payload.a }}</i>{{ payload.l[0] }}" } }
    assert.equal("<i>&lt;b&gt; &amp; c</i>&lt;", out.message)
  end)
  it("count the alerts of Alertmanager", function()
    assert.equal("1/1", text("{{ payload.numFiring }}/{{ payload.numResolved }}", { integration = { name = "x", type = "alertmanager" },
      payload_text = [[{"alerts":[{"status":"firing"},{"status":"resolved"}]}]] }))
  end)
end)

describe("an error", function()
  it("is the field's text, without markup, and named", function()
    local out = alert { defaults = { title = "{{ payload.a.b }}", message = "{{ 1 | nosuch }}" } }
    assert.matches("^Template Warning: ", out.title)
    assert.matches("^Template Error: ", out.message)
    assert.matches("&#39;", out.message, 1, true)
    assert.same({ "message", "title" }, { next(out.errors) and "message", out.errors.title and "title" })
    assert.matches("^Template Warning: &?", alert({ channel = "slack", defaults = { title = "{{ payload.a.b }}" } }).title)
  end)
  it("of the source link is no link", function()
    local out = alert { defaults = { source_link = "{{ payload.a.b }}" } }
    assert.is_nil(out.source_link)
    assert.matches("^Template Warning", out.errors.source_link)
  end)
end)

describe("addresses", function()
  it("of images and sources are http or https", function()
    for url, kept in pairs { ["https://a.b/c.png"] = true, ["javascript:x"] = false, ["c.png"] = false, [""] = false, ["None"] = false } do
      local out = alert { defaults = { image_url = url, source_link = url } }
      assert.equal(kept and url or nil, out.image_url)
      assert.equal(kept and url or nil, out.source_link)
    end
  end)
end)
