--- The explanation of an alert group: what its last alert is made into now, and why.
require "tocsin.core"
local json = require "tocsin.json"
local world = require "world"

describe("the explanation of a group", function()
  local w, hook
  before_each(function()
    w = world.open()
    hook = w:integration { type = "webhook", name = "Tides", templates = {
      grouping_key = "{{ payload.station }}", resolve_signal = "{{ payload.state == 'calm' }}",
      web = { title = "{{ payload.station }}", message = "*{{ payload.note }}*" } } }
  end)
  after_each(function() w:close() end)

  local function path(query) return "alert_groups/" .. w:api(200, "GET", "alert_groups/").results[1].id .. "/" .. (query or "") end
  local function explained(query) return w:api(200, "GET", path("explanation/" .. (query or ""))) end

  it("tells each condition with its template and what it printed, and every route until one takes the alert", function()
    local chain = w:api(201, "POST", "escalation_chains/", { name = "tide" })
    local first = w:route(hook, { routing_regex = "{{ payload.level > 9 }}", routing_type = "jinja2" })
    local second = w:route(hook, { routing_regex = "Brest", routing_type = "regex", escalation_chain_id = chain.id })
    w:post(hook, { station = "Brest", level = 7, note = "Close gate 3" })
    local e = explained()
    assert.same({ "{{ payload.station }}", "Brest" }, { e.grouping_id.template, e.grouping_id.text })
    assert.same({ "False", false, false }, { e.resolve_condition.text, e.resolve_condition.is_true, e.resolve_condition.has_failed })
    assert.equal(json.null, e.acknowledge_condition)
    assert.same({ { first.id, "False", false, false }, { second.id, "True", true, true } }, {
      { e.routes[1].id, e.routes[1].text, e.routes[1].is_true, e.routes[1].is_taken },
      { e.routes[2].id, e.routes[2].text, e.routes[2].is_true, e.routes[2].is_taken } })
    assert.same({ true, false, json.null }, { e.routes[3].is_default, e.routes[3].is_taken, e.routes[3].condition })
  end)

  it("shows the words of every channel, or of one", function()
    w:post(hook, { title = "Brest", station = "Brest", note = "Close <gate> 3" })
    local by_channel = {}
    for _, one in ipairs(explained().words) do by_channel[one.channel] = one end
    assert.same({ "Brest", "<p><em>Close &lt;gate&gt; 3</em></p>", true },
      { by_channel.web.title, by_channel.web.message, by_channel.web.is_html })
    assert.equal("Brest", by_channel.sms.title)
    local one = explained("?channel=telegram").words
    assert.same({ 1, "telegram" }, { #one, one[1].channel })
    w:api(400, "GET", path "explanation/?channel=pigeon")
  end)

  it("says that a condition has failed, and takes the next route", function()
    w:route(hook, { routing_regex = "{{ payload.level / 0 }}", routing_type = "jinja2" })
    w:post(hook, { station = "Brest", level = 7 })
    local e = explained()
    assert.same({ true, false }, { e.routes[1].has_failed, e.routes[1].is_taken })
    assert.truthy(e.routes[1].text:find("division", 1, true))
    assert.is_true(e.routes[2].is_taken)
  end)

  it("has nothing to tell of what is wiped, and goes on when a payload is no JSON", function()
    w:send(hook, "just words", { ["content-type"] = "text/plain" })
    assert.truthy(explained().alert_id:find "^A")
    w:api(204, "DELETE", path(), { mode = "wipe" })
    assert.same({ json.null, {} }, { explained().alert_id, explained().words })
  end)
end)
