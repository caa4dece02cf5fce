--- One group's page, without a script: words of each channel, what was computed and why, and every form on it.
require "tocsin.core"
local calling <const> = require "calling"
local json <const> = require "tocsin.json"
local pages <const> = require "pages"

describe("the page of an alert group", function()
  local p, w, path

  before_each(function()
    p = pages.open { world = calling.open { settings = { deliver = 1 } } }
    w = p.world
    w:provider("ntfy", {})
    w:user("ada", { rules = { "ntfy", 5, "sms" }, addresses = { ntfy = { topic = "ada-phone" } }, without = { sms = true } })
    w:user("bob", { rules = { "ntfy" }, addresses = { ntfy = { topic = "bob-phone" } } })
    w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" } }, { type = "wait", wait_ms = 240000 },
      { type = "notify_persons", users = { "bob" } } }), { title = "Disk full", message = "of *db-1*", z = 1, a = { 2.5 } })
    path = pages.links(p:get "/")[1]
  end)
  after_each(function()
    w:check_invariants()
    p:close()
  end)

  local function words() return pages.words(p:get(path)) end
  local function has(text, where)
    assert.truthy((where or words()):find(text, 1, true), text .. " in " .. (where or words()))
  end
  local function id_of(name) return w:api(200, "GET", "users/?username=" .. name).results[1].id end

  it("tells what comes: who is called when, and why not", function()
    has "in 4 min Call bob by ntfy"
    has "in 5 min ada cannot be called no contact method"
    has "Nobody has answered: an operator is told"
  end)

  it("tells each message with what became of it", function()
    w:answer(w:outgoing()[1], { status = 503, body = '{"error":"later"}' })
    has "Message to ada by ntfy: waiting, ntfy answered 503: later retry at 14:13:20"
  end)

  it("shows the words of each channel", function()
    has("<em>db-1</em>", p:get(path))
    has("Disk full", pages.words(p:get(path .. "?as=sms")))
    assert.is_nil(p:get(path .. "?as=slack"):find("<em>db-1</em>", 1, true))
    has("<em>db-1</em>", p:get(path .. "?as=pigeon"))
  end)

  it("tells what was computed, and which route took it", function()
    has "Default route: what no other takes taken"
    has "Grouping id – {{ payload.key }} Resolves? no printed False"
    has("&#34;a&#34;: [\n    2.5\n  ]", p:get(path))
  end)

  it("resolves with a note, which is then in the timeline", function()
    local status, _, where = p:post("/alert-groups/act", { { "id", path:match "I%w+$" }, { "verb", "resolve" }, { "note", "Grew the disk" },
      { "back", path } })
    assert.same({ 303, path }, { status, where })
    has "Resolved by the API"
    has "Grew the disk"
  end)

  it("takes notes, and says what is wrong with one", function()
    assert.equal(303, (p:post(path .. "/note", { { "text", "Looking" } })))
    has "Looking"
    local status, text = p:post(path .. "/note", { { "text", "" } })
    assert.equal(409, status)
    has("Not done: This field may not be blank.", pages.words(text))
  end)

  it("calls a person, who is on call, or a team, and stops calling", function()
    assert.equal(303, (p:post(path .. "/call", { { "who", "user " .. id_of "bob" }, { "important", "true" } })))
    assert.same({ "bob" }, { (w:rows("SELECT u.username FROM page AS p JOIN user AS u ON u.id = p.user_id WHERE p.is_important = 1")[1] or {}).username })
    has("bob", p:get(path))
    assert.equal(303, (p:post(path .. "/uncall", { { "user_id", id_of "ada" } })))
    has "ada not called any more"
    local schedule = w:api(201, "POST", "schedules/", { type = "web", name = "nights" })
    local status = p:post(path .. "/call", { { "who", "schedule " .. schedule.id } })
    assert.is_true(status == 303 or status == 409)
    local team = w:api(201, "POST", "teams/", { name = "Harbour", members = { id_of "ada" } })
    assert.equal(303, (p:post(path .. "/call", { { "who", "team " .. team.id } })))
    local refused, text = p:post(path .. "/call", { { "who", "" } })
    assert.same({ 409, true }, { refused, text:find("Choose whom to call.", 1, true) ~= nil })
    status = p:post(path .. "/call", { { "who", "user UNOBODY" } })
    assert.equal(409, status)
  end)

  it("attaches to another group by its number, and detaches", function()
    w:post(w:integration { name = "Other" }, { title = "The cause" })
    assert.equal(303, (p:post(path .. "/attach", { { "root", "#2 The cause" } })))
    has "Attached to #2 The cause"
    local root = p:get(pages.links(p:get "/?search=cause")[1])
    has("Attached groups #1 Disk full", pages.words(root))
    assert.equal(303, (p:post("/alert-groups/act", { { "id", path:match "I%w+$" }, { "verb", "unattach" }, { "back", path } })))
    assert.is_nil(words():find("Attached to #2", 1, true))
    for _, root_text in ipairs { "", "x", "#99", "99999999999999999999" } do
      local status, text = p:post(path .. "/attach", { { "root", root_text } })
      assert.same({ 409, true }, { status, text:find("There is no such alert group.", 1, true) ~= nil }, root_text)
    end
  end)

  it("says by whom: a person, the source, a timer", function()
    local token = w:person "eve"
    w:must(1, "acknowledge", nil, token)
    has "Acknowledged by eve"
    w:must(1, "unacknowledge", nil, token)
    w:must(1, "silence", { delay = 3600 }, token)
    has "Silenced by eve now until 15:13"
    assert.equal("eve", w:api(200, "GET", "alert_groups/").results[1].state_by)
    w:post(w:integration { name = "Backups" }, { title = "b", alert_uid = "b" })
    w:post(w:integration { name = "Backups 2" }, { title = "c", alert_uid = "c" })
    assert.equal(json.null, w:api(200, "GET", "alert_groups/").results[1].state_by)
  end)
end)
