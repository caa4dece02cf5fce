--- Escalation chains without a script: listed, made, steps of every type added, edited, moved and deleted, copied, simulated.
require "tocsin.core"
local calling <const> = require "calling"
local pages <const> = require "pages"

describe("the pages of escalation chains", function()
  local p, w, chain

  before_each(function()
    p = pages.open { world = calling.open {} }
    w = p.world
    w:user("ada", { rules = { "sms" }, without = { sms = true } })
    chain = w:api(201, "POST", "escalation_chains/", { name = "Nights" })
  end)
  after_each(function() p:close() end)

  local function path() return "/escalation-chains/" .. chain.id end
  local function steps() return w:api(200, "GET", "escalation_policies/?escalation_chain_id=" .. chain.id).results end
  local function types()
    local list = {}
    for i, step in ipairs(steps()) do list[i] = step.type end
    return list
  end
  local function add(kind)
    local status, text, where = p:post(path() .. "/steps", { { "type", kind } })
    assert.equal(303, status, text)
    return where:match "edit=(%w+)", where
  end
  local function save(id, fields)
    local status, text = p:post("/escalation-steps/" .. id, fields)
    assert.equal(303, status, text)
  end

  it("list them with their steps and who uses them, and make one", function()
    local words = pages.words(p:get "/escalation-chains")
    assert.truthy(words:find("Nights 0 steps · used by no route", 1, true), words)
    local status, _, where = p:post("/escalation-chains", { { "name", "Days" }, { "team_id", "" } })
    assert.equal(303, status)
    assert.truthy(p:get(where):find("<h1>Days</h1>", 1, true))
    local text
    status, text = p:post("/escalation-chains", { { "name", "Days" } })
    assert.equal(422, status)
    assert.truthy(text:find("An escalation chain with this name already exists.", 1, true))
    assert.truthy(text:find('value="Days"', 1, true))
  end)

  it("add a step of every type and edit it", function()
    local ada = w:api(200, "GET", "users/?username=ada").results[1].id
    local schedule = w:api(201, "POST", "schedules/", { type = "web", name = "Primary" }).id
    local team = w:api(201, "POST", "teams/", { name = "Harbour", members = { ada } }).id
    local hook = w:api(201, "POST", "webhooks/", { name = "Ticket", url = "https://t.example.org", http_method = "POST",
      trigger_type = "escalation" }).id
    local group = w:rows("SELECT count(*) AS n FROM user_group")[1].n
    assert.equal(0, group)
    save(add "notify_on_call_from_schedule", { { "schedule", schedule }, { "important", "true" } })
    save(add "notify_persons", { { "users", ada } })
    save(add "wait", { { "minutes", "7" } })
    save(add "notify_team_members", { { "team", team } })
    save(add "notify_person_next_each_time", { { "users", ada }, { "important", "true" } })
    add "notify_user_group"
    add "notify_whole_channel"
    save(add "trigger_webhook", { { "webhook", hook } })
    save(add "notify_if_time_from_to", { { "from", "22:30" }, { "to", "06:00" } })
    save(add "notify_if_num_alerts_in_window", { { "alerts", "5" }, { "in_minutes", "10" } })
    add "repeat_escalation"
    add "resolve"
    local words = pages.words(p:get(path()))
    for _, text in ipairs { "1 Call who is on call: Primary important", "2 Call people: ada", "3 Wait: 7 min", "4 Call the whole team: Harbour",
      "5 Call the next in turn: ada important", "6 Call a user group: not chosen yet", "7 Call everybody in the room",
      "8 Send a webhook: Ticket", "9 Go on at certain hours only: between 22:30 and 06:00 UTC",
      "10 Go on when there are many alerts: more than 5 alerts in 10 min", "11 Begin again", "12 Resolve" } do
      assert.truthy(words:find(text, 1, true), text .. " in " .. words)
    end
    save(steps()[2].id, { { "important", "true" } })
    assert.truthy(pages.words(p:get(path())):find("2 Call people: nobody chosen yet important", 1, true))
  end)

  it("say at its field what is wrong with a step, and keep what was typed", function()
    local id = add "wait"
    for _, minutes in ipairs { "0", "1441", "x", "", "99999999999999999999", "-5", "1.5" } do
      local status, text = p:post("/escalation-steps/" .. id, { { "minutes", minutes } })
      assert.is_true(status == 422 or minutes == "" and status == 303, minutes .. " " .. status)
      if status == 422 then
        assert.truthy(text:find('name="minutes" type="number" value="' .. minutes .. '"', 1, true), text)
        assert.truthy(text:find('<strong class="wrong">', 1, true))
      end
    end
    local bad = add "notify_persons"
    local status = p:post("/escalation-steps/" .. bad, { { "users", "UNOBODY" } })
    assert.equal(422, status)
    assert.equal(422, (p:post(path() .. "/steps", { { "type", "dance" } })))
  end)

  it("move steps, delete them, and simulate what is there", function()
    add "wait"
    local last = add "resolve"
    assert.same({ "wait", "resolve" }, types())
    assert.equal(303, (p:post("/escalation-steps/" .. last .. "/move", { { "by", "-1" } })))
    assert.same({ "resolve", "wait" }, types())
    assert.equal(303, (p:post("/escalation-steps/" .. last .. "/move", { { "by", "-1" } })))
    assert.equal(303, (p:post("/escalation-steps/" .. last .. "/move", { { "by", "1" } })))
    assert.same({ "wait", "resolve" }, types())
    local words = pages.words(p:get(path()))
    assert.truthy(words:find("+ 5 min Step 2, resolve", 1, true), words)
    assert.equal(303, (p:post("/escalation-steps/" .. last .. "/delete", {})))
    assert.same({ "wait" }, types())
  end)

  it("copy one with its steps, rename, and say before the end who uses it", function()
    save(add "wait", { { "minutes", "9" } })
    local ada = w:api(200, "GET", "users/?username=ada").results[1].id
    save(add "notify_persons", { { "users", ada }, { "important", "true" } })
    for _, name in ipairs { "Copy of Nights", "Copy of Nights 2" } do
      local status, _, where = p:post(path() .. "/copy", {})
      assert.equal(303, status)
      local text = p:get(where)
      assert.truthy(text:find("<h1>" .. name .. "</h1>", 1, true))
      assert.truthy(pages.words(text):find("1 Wait: 9 min", 1, true))
      assert.truthy(pages.words(text):find("2 Call people: ada important", 1, true))
    end
    assert.equal(303, (p:post(path(), { { "name", "Late" }, { "team_id", "" } })))
    assert.truthy(p:get(path()):find("<h1>Late</h1>", 1, true))
    assert.equal(422, (p:post(path(), { { "name", "" } })))
    local hook = w:integration { name = "Backups" }
    local route = w:api(200, "GET", "routes/?integration_id=" .. hook.id).results[1]
    w:api(200, "PUT", "routes/" .. route.id .. "/", { escalation_chain_id = chain.id })
    assert.truthy(pages.words(p:get(path())):find("These routes use it and would call nobody: Backups default route", 1, true))
    assert.truthy(pages.words(p:get "/escalation-chains"):find("Late 2 steps · used by 1 route", 1, true))
    assert.equal(303, (p:post(path() .. "/delete", {})))
    assert.equal(404, (p:ask("GET", path())))
  end)

  it("are read by viewers and changed by admins", function()
    local viewer = { authorization = require("api_client").add_token(w.client, "viewer"), ["content-type"] = "application/x-www-form-urlencoded" }
    local id = add "wait"
    local status, text = p:ask("GET", path(), viewer)
    assert.equal(200, status)
    assert.is_nil(text:find("/escalation-steps/", 1, true))
    for _, where in ipairs { path(), path() .. "/copy", path() .. "/delete", path() .. "/steps", "/escalation-chains", "/escalation-steps/" .. id } do
      assert.equal(403, (p:ask("POST", where, viewer, "name=x")), where)
    end
  end)
end)
