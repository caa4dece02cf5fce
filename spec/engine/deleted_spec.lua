--- What an escalation needs is deleted over the API while it runs: a visible line of failure, and the chain goes on.
local calling = require "calling"

local MINUTE <const> = 60 * 1000

describe("a running escalation", function()
  local w, public

  before_each(function()
    w, public = calling.open { settings = { deliver = 1 } }, {}
    w:provider("ntfy", {})
    for _, name in ipairs { "ada", "bob" } do
      w:user(name, { rules = { "ntfy", 5, "ntfy" }, addresses = { ntfy = { topic = name .. "-phone" } } })
      public[name] = w:api(200, "GET", "users/?username=" .. name).results[1].id
    end
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  -- A chain made over the API: wait a minute, the step, then Bob.
  local function open(step)
    local chain = w:api(201, "POST", "escalation_chains/", { name = "chain" }).id
    step.escalation_chain_id = chain
    w:api(201, "POST", "escalation_policies/", { escalation_chain_id = chain, type = "wait", duration = 60 })
    w:api(201, "POST", "escalation_policies/", step)
    w:api(201, "POST", "escalation_policies/", { escalation_chain_id = chain, type = "notify_persons", persons_to_notify = { public.bob } })
    w:post(w:hook(w:rows("SELECT id FROM escalation_chain")[1].id), { key = "a" })
    return chain
  end
  local function lived(failure)
    w:advance(MINUTE)
    assert.same({ "escalation_failed " .. failure }, w:lines(1, "escalation_failed"))
    assert.same({ "01:00 bob ntfy" }, w:calls(1))
  end

  it("says that the schedule is gone", function()
    local made = w:api(201, "POST", "schedules/", { name = "rota", type = "calendar", time_zone = "UTC" }).id
    open { type = "notify_on_call_from_schedule", notify_on_call_from_schedule = made }
    w:api(204, "DELETE", "schedules/" .. made .. "/")
    lived "schedule_gone"
  end)

  it("says that nobody is on call on a schedule whose shifts are gone", function()
    local shift = w:api(201, "POST", "on_call_shifts/", { name = "all day", type = "recurrent_event", start = "2026-01-01T00:00:00",
      duration = 86400, frequency = "daily", users = { public.ada } }).id
    local made = w:api(201, "POST", "schedules/", { name = "rota", type = "calendar", time_zone = "UTC", shifts = { shift } }).id
    open { type = "notify_on_call_from_schedule", notify_on_call_from_schedule = made }
    w:api(204, "DELETE", "on_call_shifts/" .. shift .. "/")
    lived "no_one_on_call"
  end)

  it("says that the webhook is gone, or switched off", function()
    local made = w:api(201, "POST", "webhooks/", { name = "ticket", url = "https://tickets.example.org/", http_method = "POST",
      trigger_type = "escalation" }).id
    open { type = "trigger_webhook", action_to_trigger = made }
    w:post(w:hook(1), { key = "b" })
    w:api(200, "PUT", "webhooks/" .. made .. "/", { is_webhook_enabled = false })
    w:advance(MINUTE)
    assert.same({ "escalation_failed webhook_disabled" }, w:lines(2, "escalation_failed"))
    w:post(w:hook(1), { key = "c" })
    w:api(204, "DELETE", "webhooks/" .. made .. "/")
    w:advance(MINUTE)
    assert.same({ "escalation_failed webhook_gone" }, w:lines(3, "escalation_failed"))
  end)

  it("says that the team is gone", function()
    local made = w:api(201, "POST", "teams/", { name = "db", members = { public.ada } }).id
    open { type = "notify_team_members", team_to_notify = made }
    w:api(204, "DELETE", "teams/" .. made .. "/")
    lived "team_gone"
  end)

  it("says that the user group is gone", function()
    local group = w:insert("user_group", { external_id = "S1", name = "On call", handle = "oncall" })
    open { type = "notify_user_group", group_to_notify = w:api(200, "GET", "user_groups/").results[1].id }
    w:rows("DELETE FROM user_group WHERE id = $1", group)
    lived "user_group_gone"
  end)

  it("says that there is nobody when the only person of a step is gone, and takes turns among those who are left", function()
    open { type = "notify_persons", persons_to_notify = { public.ada } }
    w:api(204, "DELETE", "users/" .. public.ada .. "/")
    lived "no_one_to_notify"
  end)

  it("goes on with the rest when one of several people is gone", function()
    open { type = "notify_person_next_each_time", persons_to_notify_next_each_time = { public.ada, public.bob } }
    w:api(204, "DELETE", "users/" .. public.ada .. "/")
    w:advance(MINUTE)
    assert.same({}, w:lines(1, "escalation_failed"))
    assert.equal("01:00 bob ntfy", w:calls(1)[1])
  end)

  it("tells of a person who is deleted while they are being called, and calls them no more", function()
    open { type = "notify_persons", persons_to_notify = { public.ada } }
    w:advance(MINUTE)
    for _, letter in ipairs(w:outgoing()) do w:answer(letter, { status = 200, body = "{}" }) end
    w:api(204, "DELETE", "users/" .. public.ada .. "/")
    w:advance(30 * MINUTE)
    assert.same({ "page_failed user_gone" }, w:lines(1, "page_failed"))
    assert.same({ "01:00 ada ntfy", "01:00 bob ntfy", "06:00 bob ntfy" }, w:calls(1))
    assert.equal("unanswered", w:escalation(1))
  end)

  it("tells of a person who may not be called any more", function()
    open { type = "notify_persons", persons_to_notify = { public.ada } }
    w:advance(MINUTE)
    w:api(200, "PUT", "users/" .. public.ada .. "/", { role = "viewer" })
    w:advance(30 * MINUTE)
    assert.same({ "page_failed role_may_not_be_notified" }, w:lines(1, "page_failed"))
    assert.same({ "01:00 ada ntfy", "01:00 bob ntfy", "06:00 bob ntfy" }, w:calls(1))
  end)

  it("tells of a contact method that is deleted before its message leaves", function()
    local letters = {}
    for i = 1, 2 do
      w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" } } }), { key = "k" .. i })
      for _, letter in ipairs(w:outgoing()) do letters[#letters + 1] = letter end
    end
    assert.equal(1, #letters) -- the second waits for the end of the two minutes
    w:answer(letters[1], { status = 200, body = "{}" })
    local method = w:api(200, "GET", "contact_methods/?user_id=" .. public.ada).results[1].id
    w:api(204, "DELETE", "contact_methods/" .. method .. "/")
    w:advance(3 * MINUTE)
    assert.same({ "page_failed not_delivered" }, { w:lines(2, "page_failed")[1] })
    assert.same({ "The contact method was deleted before the message left." }, w:column "SELECT error FROM delivery WHERE state = 'failed'")
  end)

  it("calls by another provider when the one of a contact method is deleted, and by the second one when it is switched off", function()
    local one, two = w:provider("ntfy", { url = "https://one.example.org" }), w:provider("ntfy", { url = "https://two.example.org" })
    w:rows("UPDATE contact_method SET provider_id = $1, second_provider_id = $2", one, two)
    local function page(key)
      w:post(w:hook(w:chain { { type = "notify_persons", users = { "ada" } } }), { key = key })
      return w:outgoing()
    end
    w:rows("UPDATE provider SET is_enabled = 0 WHERE id = $1", one)
    local letters = page "a"
    assert.same({ "https://two.example.org/" }, { letters[1].url })
    assert.same({ "failed The provider of this message is switched off, or it is gone." }, w:column "SELECT state || ' ' || error FROM delivery")
    w:answer(letters[1], { status = 502, body = "" })
    for _, provider in ipairs(w:api(200, "GET", "providers/").results) do
      if provider.name ~= "ntfy1" then w:api(204, "DELETE", "providers/" .. provider.id .. "/") end
    end
    w:advance(MINUTE)
    assert.same({ "https://ntfy.sh/" }, { w:outgoing()[1].url })
    assert.same({}, w:lines(1, "page_failed"))
  end)

  it("keeps its steps when its chain is deleted, and so does a group whose route or integration goes", function()
    local chain = open { type = "notify_persons", persons_to_notify = { public.ada } }
    w:api(204, "DELETE", "escalation_chains/" .. chain .. "/")
    w:advance(MINUTE)
    assert.same({ "01:00 ada ntfy", "01:00 bob ntfy" }, w:calls(1))
    local other = w:hook(w:chain { { type = "wait", wait_ms = MINUTE }, { type = "notify_persons", users = { "ada" } } })
    w:post(other, { key = "b" })
    w:api(204, "DELETE", "integrations/" .. other.id .. "/")
    w:advance(MINUTE)
    assert.same({ "01:00 ada ntfy" }, w:calls(2))
  end)
end)
