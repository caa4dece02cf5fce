--- The timeline of an alert group: what its log, its messages and its notes tell, in one list of sentences.
local calling = require "calling"
local client = require "api_client"
local json = require "tocsin.json"

local MINUTE <const> = 60 * 1000

describe("the timeline of a group", function()
  local w, group

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    w:provider("ntfy", {})
    w:user("ada", { rules = { "ntfy", 1, "sms" }, addresses = { ntfy = { topic = "ada-phone" } }, without = { sms = true } })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function timeline(query) return (w:api(200, "GET", "alert_groups/" .. group .. "/timeline/" .. (query or ""))) end
  local function texts()
    local out = {}
    for i, item in ipairs(timeline().results) do out[i] = item.text end
    return out
  end
  local function open(...)
    w:post(w:hook(w:chain { ... }), { key = "a" })
    group = w:api(200, "GET", "alert_groups/").results[1].id
  end
  local function notify(...) return { type = "notify_persons", users = { ... } } end

  it("reads as a story", function()
    w:api(201, "POST", "webhooks/", { name = "ticket", url = "https://tickets.example.org/", http_method = "POST", trigger_type = "acknowledge" })
    open(notify "ada", { type = "notify_team_members", team_id = 99 }, { type = "wait", wait_ms = 5 * MINUTE }, notify "ada")
    w:answer(w:outgoing()[1], { status = 200, body = '{"id":"m1"}' })
    w:advance(MINUTE)
    local token = w:person "eve"
    w:must(1, "acknowledge", nil, token)
    for _, letter in ipairs(w:outgoing()) do w:answer(letter, { status = letter.url:find("tickets", 1, true) and 404 or 200, body = "{}" }) end
    client.request(w.client, "POST", "/api/v1/resolution_notes/", { alert_group_id = group, text = "Restarted" }, { authorization = token })
    w:must(1, "resolve")
    assert.same({ "The alert group was opened.", "Escalation step 1: notify ada.", "ada is called by their default rules.",
      "Escalation step 2: notify the team one that is gone. It failed: team gone.", "Escalation step 3: wait 5 min.",
      "Message to ada by ntfy: sent.", "ada could not be called by sms: there is no contact method for it.", "Acknowledged by eve.",
      'The webhook "ticket" could not be delivered.', "Resolved by the API.", "Calling off to ada by ntfy: sent.", "Restarted" }, texts())
  end)

  it("tells who, what and when as values, too", function()
    open(notify "ada")
    w:answer(w:outgoing()[1], { status = 503, body = '{"error":"later"}' })
    local list = timeline().results
    local ada = w:api(200, "GET", "users/?username=ada").results[1].id
    assert.same({ "alert_group", "page_started", "step_due", "system", json.null, ada, false }, { list[3].realm, list[3].type, list[3].reason,
      list[3].by, list[3].author, list[3].detail.user.id, list[3].detail.important })
    local message = list[#list]
    assert.same({ "user_notification", "page", "waiting", "ntfy", ada, 1, "retry", 503 }, { message.realm, message.type, message.state,
      message.channel, message.user.id, message.attempts, message.last_delivery.state, message.last_delivery.status })
    assert.equal(message.error, message.last_delivery.error)
    assert.equal(message.notification_id, w:api(200, "GET", "notifications/").results[1].id)
    w:advance(10)
    w:must(1, "silence", { delay = 600 }, (w:person "eve"))
    list = timeline().results
    local silenced = list[#list]
    assert.same({ "silenced", "user", "eve", "Silenced by eve." }, { silenced.type, silenced.by, silenced.author.username, silenced.text })
    assert.matches("^2026%-.*Z$", silenced.detail["until"])
  end)

  it("has a sentence for everything that the engine writes", function()
    local pipe <close> = assert(io.popen [[grep -rhoE 'add_line(_by)?\(.*' core/engine/*.c]])
    local seen, count = {}, 0
    for line in pipe:lines() do
      local action = line:match '"([%l_]+)"'
      if action and not seen[action] then seen[action], count = true, count + 1 end
    end
    assert.is_true(count > 15)
    open(notify "ada")
    local seq = w:rows("SELECT max(seq) AS n FROM group_log")[1].n
    for action in pairs(seen) do
      seq = seq + 1
      w:rows("INSERT INTO group_log (alert_group_id, seq, at, action, reason, by, detail) VALUES (1, $1, $2, $3, 'some_reason', 'system', $4)",
        seq, 1790000000000000 + seq, action, seq % 2 == 0 and "{}" or json.null)
    end
    for _, item in ipairs(timeline("?perpage=500").results) do
      assert.matches("^%u.*%.$", item.text:gsub("^ada ", "Ada "):gsub(": waiting$", "."))
      assert.is_nil(item.text:find("_", 1, true), item.text)
    end
  end)

  it("comes in pages, is read by viewers, and is gone with its group", function()
    open(notify "ada", { type = "wait", wait_ms = MINUTE }, { type = "repeat_escalation" })
    w:advance(10 * MINUTE)
    local all = timeline("?perpage=1000")
    local first, second = timeline("?perpage=5"), timeline("?perpage=5&page=2")
    assert.same({ all.count, 5, all.results[6].text }, { first.count, #first.results, second.results[1].text })
    local viewer = { authorization = (client.add_token(w.client, "viewer")) }
    assert.equal(200, (client.request(w.client, "GET", "/api/v1/alert_groups/" .. group .. "/timeline/", nil, viewer)))
    w:remove(1, "delete")
    w:api(404, "GET", "alert_groups/" .. group .. "/timeline/")
  end)

  it("shows no word of a group that was wiped", function()
    w:post(w:hook(w:chain { notify "ada" }), { key = "xyzzy4711", title = "xyzzy4711" })
    group = w:api(200, "GET", "alert_groups/").results[1].id
    w:answer(w:outgoing()[1], { status = 400, body = '{"error":"bad xyzzy4711"}' })
    assert.is_truthy(json.encode(timeline()):find("xyzzy4711", 1, true))
    w:remove(1, "wipe")
    assert.is_nil(json.encode(timeline()):find("xyzzy4711", 1, true))
  end)
end)
