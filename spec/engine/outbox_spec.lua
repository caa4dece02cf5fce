--- The outbox through the core, on virtual time: what leaves, what an answer means, and who is not held up by whom.
local calling = require "calling"
local json = require "tocsin.json"

local SECOND <const>, MINUTE <const> = 1000, 60 * 1000

describe("the outbox", function()
  local w, hook

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    w:provider("ntfy", { token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function open(...)
    hook = hook or w:hook(w:chain { { type = "notify_persons", users = { ... } } })
    w:post(hook, { key = "a", title = "Disk of db-1 is full", host = "db-1" })
    local groups = w:groups()
    return groups[#groups].id
  end
  before_each(function() hook = nil end)
  local function states()
    local out = {}
    for i, row in ipairs(w:rows "SELECT state, attempt FROM notification ORDER BY id") do out[i] = row.state .. " " .. row.attempt end
    return out
  end

  it("sends a page the moment it was decided, to the provider that carries its channel", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    open "ada"
    local sent = w:outgoing()
    assert.equal(1, #sent)
    assert.same({ "POST", "https://ntfy.sh/", "Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" },
      { sent[1].method, sent[1].url, sent[1].headers.Authorization })
    local body = json.decode(sent[1].body)
    assert.equal("ada-phone", body.topic)
    assert.is_truthy(body.title:find("Disk of db-1 is full", 1, true))
  end)

  it("records what the provider said", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    local id = open "ada"
    w:answer(w:outgoing()[1], { status = 200, body = [[{"id":"m1","event":"message"}]] })
    assert.same({ "sent 1" }, states())
    local row = w:rows "SELECT state, status, external_id, address, channel FROM delivery"[1]
    assert.same({ "sent", 200, "m1", "ntfy" }, { row.state, row.status, row.external_id, row.channel })
    assert.is_nil(row.address:find("ada-phone", 1, true))
    assert.is_truthy(id)
  end)

  it("shows every attempt over the API, newest first, with the address masked", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone-2Kd8" } } })
    open "ada"
    w:answer(w:outgoing()[1], { status = 502 })
    w:advance(2 * SECOND)
    w:answer(w:outgoing()[1], { status = 200, body = [[{"id":"m1","event":"message"}]] })
    local group = w:api(200, "GET", "alert_groups/").results[1].id
    local list = w:api(200, "GET", "notifications/?alert_group_id=" .. group)
    assert.equal(1, list.count)
    local one = list.results[1]
    assert.same({ "page", "step_due", "sent", 2, group }, { one.kind, one.reason, one.state, one.attempts, one.alert_group_id })
    local second, first = one.deliveries[1], one.deliveries[2]
    assert.same({ "retry", 1, 502, "sent", 2, 200, "m1", "ad…d8" },
      { first.state, first.attempt, first.status, second.state, second.attempt, second.status, second.external_id, second.address })
    assert.equal(0, w:api(200, "GET", "notifications/?state=failed").count)
    assert.same(one, w:api(200, "GET", "notifications/" .. one.id .. "/"))
  end)

  it("tries again later and later, with the same key, and honours Retry-After", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    open "ada"
    w:answer(w:outgoing()[1], { status = 502 })
    assert.same({}, w:outgoing())
    w:advance(2 * SECOND)
    w:answer(w:outgoing()[1], { status = 429, headers = { ["retry-after"] = "30" }, body = "{}" })
    w:advance(29 * SECOND)
    assert.same({}, w:outgoing())
    w:advance(16 * SECOND)
    w:answer(w:outgoing()[1], { status = 200, body = "{}" })
    assert.same({ "sent 3" }, states())
    assert.same({ "retry", "retry", "sent" }, w:column "SELECT state FROM delivery ORDER BY id")
  end)

  it("gives up after an hour, visibly", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    local id = open "ada"
    for _ = 1, 90 * 6 do
      for _, letter in ipairs(w:outgoing()) do w:answer(letter, { failure = "TIMEOUT" }) end
      w:advance(10 * SECOND)
    end
    assert.equal("failed", w:rows "SELECT state FROM notification"[1].state)
    assert.same({ "page_failed not_delivered" }, w:lines(id, "page_failed"))
    assert.is_truthy(w:rows "SELECT failure FROM contact_method"[1].failure)
  end)

  it("goes on with the next rule at once when a message can never arrive", function()
    w:user("ada", { rules = { "ntfy", 15, "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    local id = open "ada"
    w:answer(w:outgoing()[1], { status = 403, body = [[{"code":40301,"http":403,"error":"forbidden"}]] })
    assert.same({ "00:00 ada ntfy", "00:00 ada ntfy" }, w:calls(id))
  end)

  it("asks the second provider when the first cannot", function()
    local second = w:provider("ntfy", { url = "https://push.example.org" })
    local ada = w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    w:rows("UPDATE contact_method SET second_provider_id = $1 WHERE user_id = $2", second, ada)
    open "ada"
    w:answer(w:outgoing()[1], { status = 403, body = "{}" })
    local again = w:outgoing()
    assert.equal("https://push.example.org/", again[1].url)
    w:answer(again[1], { status = 200, body = "{}" })
    assert.same({ "sent 2" }, states())
  end)

  it("says so when no provider carries the channel", function()
    w:user("ada", { rules = { "sms" }, addresses = { sms = { number = "+4915112345678" } } })
    open "ada"
    assert.same({ "failed 1" }, states())
    assert.equal("No provider carries sms. Add one, or switch one on.", w:rows "SELECT error FROM notification"[1].error)
  end)

  it("sends nothing any more once somebody has answered", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada-phone" } } })
    local id = open "ada"
    w:answer(w:outgoing()[1], { status = 502 })
    w:must(id, "acknowledge")
    w:advance(10 * MINUTE)
    assert.same({}, w:outgoing())
    assert.same({ "cancelled 1" }, states())
  end)

  it("lets a target that hangs hold up nobody else", function()
    for _, name in ipairs { "ada", "bob" } do
      w:user(name, { rules = { "ntfy", "ntfy", "ntfy" }, addresses = { ntfy = { topic = name } } })
    end
    open("ada", "bob")
    local first = w:outgoing()
    assert.equal(2, #first) -- one each, at a time
    w:answer(first[2], { status = 200, body = "{}" })
    w:advance(SECOND)
    local more = w:outgoing()
    assert.equal(1, #more)
    assert.equal("bob", json.decode(more[1].body).topic)
  end)

  it("keeps to the rate of a target", function()
    w:user("ada", { rules = { "ntfy", "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    open "ada"
    w:answer(w:outgoing()[1], { status = 200, body = "{}" })
    assert.same({}, w:outgoing())
    w:advance(SECOND)
    assert.equal(1, #w:outgoing())
  end)

  it("lets an important page to the same phone go while an ordinary one hangs", function()
    w:user("ada", { rules = { "ntfy" }, important = { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    open "ada"
    assert.equal(1, #w:outgoing()) -- and no answer
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" }, is_important = 1 } }), { key = "x", title = "Fire" })
    w:advance(SECOND) -- the rate of a target
    local more = w:outgoing()
    assert.equal(1, #more)
    assert.matches("Fire", more[1].body)
  end)

  it("lets a page that is tried again hold up no later one", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    open "ada"
    for _ = 1, 3 do
      w:answer(w:outgoing()[1], { status = 502 })
      w:advance(10 * SECOND)
    end
    w:answer(w:outgoing()[1], { status = 429, headers = { ["retry-after"] = "1800" }, body = "{}" })
    w:post(hook, { key = "b", title = "Another" })
    w:advance(SECOND)
    local more = w:outgoing()
    assert.equal(1, #more)
    assert.matches("Another", more[1].body)
  end)

  it("comes back to a provider that was away for long within 90 seconds", function()
    w:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    open "ada"
    for _ = 1, 40 * 6 do
      for _, letter in ipairs(w:outgoing()) do w:answer(letter, { status = 502 }) end
      w:advance(10 * SECOND)
    end
    local again = 0
    for _ = 1, 9 do
      for _, letter in ipairs(w:outgoing()) do
        w:answer(letter, { status = 200, body = "{}" })
        again = again + 1
      end
      w:advance(10 * SECOND)
    end
    assert.equal(1, again)
  end)

  it("gives up at once when the provider asks for more time than there is", function()
    w:user("ada", { rules = { "ntfy", 15, "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    local id = open "ada"
    w:answer(w:outgoing()[1], { status = 429, headers = { ["retry-after"] = "86400" }, body = "{}" })
    assert.same({ "page_failed not_delivered" }, w:lines(id, "page_failed"))
    assert.equal(2, #w:calls(id))
  end)

  it("does not send what was answered while a limit held it back", function()
    w:user("ada", { rules = { "ntfy", "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    local id = open "ada"
    w:answer(w:outgoing()[1], { status = 200, body = "{}" })
    w:must(id, "acknowledge")
    w:advance(MINUTE)
    assert.same({}, w:outgoing())
    assert.same({ "sent 1", "cancelled 0" }, states())
  end)

  it("keeps room for what is important when a provider's limit holds many back, and when it hangs", function()
    local everybody = {}
    for i = 1, 120 do
      everybody[i] = "u" .. i
      w:user(everybody[i], { rules = { "ntfy" }, addresses = { ntfy = { topic = everybody[i] } } })
    end
    w:user("boss", { rules = { "ntfy" }, important = { "ntfy" }, addresses = { ntfy = { topic = "boss" } } })
    open(table.unpack(everybody))
    assert.equal(48, #w:outgoing()) -- none is answered: the share of what is not important is full
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "boss" }, is_important = 1 } }), { key = "x", title = "Fire" })
    local more = w:outgoing()
    assert.equal(1, #more)
    assert.matches("Fire", more[1].body)
  end)

  it("gives the next turn of a provider that has a limit to what is important", function()
    local everybody = {}
    for i = 1, 120 do
      everybody[i] = "u" .. i
      w:user(everybody[i], { rules = { "ntfy" }, addresses = { ntfy = { topic = everybody[i] } } })
    end
    w:user("boss", { rules = { "ntfy" }, important = { "ntfy" }, addresses = { ntfy = { topic = "boss" } } })
    local function take()
      local out = {}
      repeat
        local letters = w:outgoing()
        for _, letter in ipairs(letters) do
          w:answer(letter, { status = 200, body = "{}" })
          out[#out + 1] = json.decode(letter.body)
        end
      until #letters == 0
      return out
    end
    open(table.unpack(everybody))
    assert.equal(60, #take()) -- the burst of ntfy, then one a second
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "boss" }, is_important = 1 } }), { key = "x", title = "Fire" })
    local after = 0
    repeat
      w:advance(SECOND)
      after = after + 1
      local letters = take()
    until letters[1] and letters[1].topic == "boss" or after > 20
    assert.is_true(after <= 5, after)
  end)

  it("lets one provider that hangs hold up no other one of the channel", function()
    local other = w:provider("ntfy", { url = "https://push.example.org" })
    local everybody = {}
    for i = 1, 100 do
      everybody[i] = "u" .. i
      w:user(everybody[i], { rules = { "ntfy" }, addresses = { ntfy = { topic = everybody[i] } } })
    end
    w:rows("UPDATE contact_method SET provider_id = $1 WHERE user_id = $2", other, w.users.u100)
    open(table.unpack(everybody))
    local hosts = {}
    for _, letter in ipairs(w:outgoing()) do
      local host = letter.url:match("//([^/]*)")
      hosts[host] = (hosts[host] or 0) + 1
    end
    assert.same({ ["ntfy.sh"] = 48, ["push.example.org"] = 1 }, hosts)
  end)

  it("lets one server that hangs hold up no other one where each address is a URL", function()
    w:provider("webhook", {})
    local everybody = {}
    for i = 1, 150 do
      everybody[i] = "u" .. i
      w:user(everybody[i], { rules = { "webhook" }, addresses = { webhook = { url = (i < 150 and "https://dead.example.org/" or "https://good.example.org:8443/") .. i } } })
    end
    open(table.unpack(everybody))
    local function hosts(answer)
      local out = {}
      for _, letter in ipairs(w:outgoing()) do
        local host = letter.url:match("//([^/]*)")
        out[host] = (out[host] or 0) + 1
        w:answer(letter, answer(host))
      end
      return out
    end
    local asked, at_a_time = 0, 0
    assert.same({ ["dead.example.org"] = 48, ["good.example.org:8443"] = 1 }, hosts(function(host)
      return host:find "dead" and { failure = "TIMEOUT" } or { status = 200, body = "" }
    end))
    for _ = 1, 20 do
      w:advance(200)
      local n = hosts(function() return { status = 200, body = "" } end)["dead.example.org"] or 0
      asked, at_a_time = asked + n, math.max(at_a_time, n)
    end
    assert.is_true(at_a_time <= 48)
    assert.equal(149, asked)
    assert.same({}, w:column "SELECT id FROM notification WHERE state <> 'sent'")
  end)

  it("leaves what was decided in the rows while it is switched off", function()
    local quiet = calling.open()
    quiet:provider("ntfy", {})
    quiet:user("ada", { rules = { "ntfy" }, addresses = { ntfy = { topic = "ada" } } })
    quiet:post(quiet:hook(quiet:chain { { type = "notify_persons", users = { "ada" } } }), { key = "a" })
    assert.same({}, quiet:outgoing())
    assert.equal("waiting", quiet:rows "SELECT state FROM notification"[1].state)
    quiet:close()
  end)
end)
