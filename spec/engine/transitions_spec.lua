--- Every state of an alert group, and everything that can be done to it: the state afterwards, what becomes of its
--- escalation, and the lines of its log; or the sentence of the refusal.
local calling = require "calling"

local MINUTE <const> = 60 * 1000

-- state | verb | "state, escalation: lines" or the refusal. Lines are "action reason by".
local TABLE <const> = [[
firing            | acknowledge   | acknowledged, stopped: acknowledged acknowledged_by_user user
firing            | unacknowledge | Can't unacknowledge an unacknowledged alert group
firing            | resolve       | resolved, stopped: resolved resolved_by_user user
firing            | unresolve     | Can't unresolve an unresolved alert group
firing            | silence       | silenced, stopped: silenced silenced_by_user user
firing            | unsilence     | Can't unsilence an unsilenced alert group
firing            | attach        | firing attached, stopped: attached attached_by_user user
firing            | unattach      | Can't unattach an unattached alert group
firing            | confirm       | Can't confirm a firing alert group
firing            | wipe          | resolved, stopped: resolved wiped api; wiped wiped_by_api api
firing            | delete        | gone
acknowledged      | acknowledge   | Can't acknowledge an acknowledged alert group
acknowledged      | unacknowledge | firing, waiting: unacknowledged unacknowledged_by_user user; called anew
acknowledged      | resolve       | resolved, stopped: resolved resolved_by_user user
acknowledged      | unresolve     | Can't unresolve an unresolved alert group
acknowledged      | silence       | Can't silence an acknowledged alert group
acknowledged      | unsilence     | Can't unsilence an acknowledged alert group
acknowledged      | attach        | acknowledged attached, stopped: attached attached_by_user user
acknowledged      | unattach      | Can't unattach an unattached alert group
acknowledged      | confirm       | acknowledged, stopped: acknowledge_confirmed confirmed_by_user user
acknowledged      | wipe          | resolved, stopped: resolved wiped api; wiped wiped_by_api api
acknowledged      | delete        | gone
silenced          | acknowledge   | acknowledged, stopped: unsilenced acknowledged_by_user user; acknowledged acknowledged_by_user user
silenced          | unacknowledge | Can't unacknowledge an unacknowledged alert group
silenced          | resolve       | resolved, stopped: unsilenced resolved_by_user user; resolved resolved_by_user user
silenced          | unresolve     | Can't unresolve an unresolved alert group
silenced          | silence       | silenced, stopped: silenced silenced_by_user user
silenced          | unsilence     | firing, waiting: unsilenced unsilenced_by_user user; called anew
silenced          | attach        | silenced attached, stopped: attached attached_by_user user
silenced          | unattach      | Can't unattach an unattached alert group
silenced          | confirm       | Can't confirm a silenced alert group
silenced          | wipe          | resolved, stopped: unsilenced wiped api; resolved wiped api; wiped wiped_by_api api
silenced          | delete        | gone
silenced for ever | acknowledge   | acknowledged, stopped: unsilenced acknowledged_by_user user; acknowledged acknowledged_by_user user
silenced for ever | unacknowledge | Can't unacknowledge an unacknowledged alert group
silenced for ever | resolve       | resolved, stopped: unsilenced resolved_by_user user; resolved resolved_by_user user
silenced for ever | unresolve     | Can't unresolve an unresolved alert group
silenced for ever | silence       | silenced, stopped: silenced silenced_by_user user
silenced for ever | unsilence     | firing, waiting: unsilenced unsilenced_by_user user; called anew
silenced for ever | attach        | silenced attached, stopped: attached attached_by_user user
silenced for ever | unattach      | Can't unattach an unattached alert group
silenced for ever | confirm       | Can't confirm a silenced alert group
silenced for ever | wipe          | resolved, stopped: unsilenced wiped api; resolved wiped api; wiped wiped_by_api api
silenced for ever | delete        | gone
resolved          | acknowledge   | Can't acknowledge a resolved alert group
resolved          | unacknowledge | Can't unacknowledge a resolved alert group
resolved          | resolve       | Can't resolve a resolved alert group
resolved          | unresolve     | firing, waiting: unresolved unresolved_by_user user; called anew
resolved          | silence       | Can't silence a resolved alert group
resolved          | unsilence     | Can't unsilence a resolved alert group
resolved          | attach        | Can't attach a resolved alert group
resolved          | unattach      | Can't unattach an unattached alert group
resolved          | confirm       | Can't confirm a resolved alert group
resolved          | wipe          | resolved, stopped: wiped wiped_by_api api
resolved          | delete        | gone
wiped             | acknowledge   | Can't acknowledge a resolved alert group
wiped             | unacknowledge | Can't unacknowledge a resolved alert group
wiped             | resolve       | Can't resolve a resolved alert group
wiped             | unresolve     | Can't unresolve a wiped alert group
wiped             | silence       | Can't silence a resolved alert group
wiped             | unsilence     | Can't unsilence a resolved alert group
wiped             | attach        | Can't attach a resolved alert group
wiped             | unattach      | Can't unattach an unattached alert group
wiped             | confirm       | Can't confirm a resolved alert group
wiped             | wipe          | resolved, stopped:
wiped             | delete        | gone
attached          | acknowledge   | Can't acknowledge an attached alert group
attached          | unacknowledge | Can't unacknowledge an attached alert group
attached          | resolve       | Can't resolve an attached alert group
attached          | unresolve     | Can't unresolve an attached alert group
attached          | silence       | Can't silence an attached alert group
attached          | unsilence     | Can't unsilence an attached alert group
attached          | attach        | Can't attach an attached alert group
attached          | unattach      | firing, waiting: unattached unattached_by_user user; called anew
attached          | confirm       | Can't confirm an attached alert group
attached          | wipe          | resolved attached, stopped: resolved wiped api; wiped wiped_by_api api
attached          | delete        | gone
]]

describe("a person's deed", function()
  local w, hook, token, root, count

  setup(function()
    w, count = calling.open(), 0
    w:user "ada"
    token = w:person "bob"
    hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } }, { type = "wait", wait_ms = 60 * MINUTE } })
    w:post(hook, { key = "root" })
    root = w:api(200, "GET", "alert_groups/").results[1].id
  end)
  teardown(function()
    w:check_invariants()
    w:close()
  end)

  local BODIES <const> = { silence = function() return { delay = 600 } end, attach = function() return { root_alert_group_id = root } end }
  local WAYS <const> = {
    firing = function() end,
    acknowledged = function(id) w:must(id, "acknowledge", nil, token) end,
    silenced = function(id) w:must(id, "silence", { delay = 600 }, token) end,
    ["silenced for ever"] = function(id) w:must(id, "silence", { delay = -1 }, token) end,
    resolved = function(id) w:must(id, "resolve", nil, token) end,
    wiped = function(id) w:remove(id, "wipe") end,
    attached = function(id) w:must(id, "attach", { root_alert_group_id = root }, token) end,
  }

  local function outcome(id, from)
    local group = w:rows("SELECT * FROM alert_group WHERE id = $1", id)[1]
    if not group then return "gone" end
    local lines = table.concat(w:log(id), "; ", from + 1)
    return (("%s%s, %s: %s"):format(w.state(group), group.root_id and " attached" or "", group.escalation, lines)
      :gsub("; escalation_step notify_persons system; page_started step_due system; escalation_step wait system", "; called anew"):gsub("%s+$", ""))
  end

  local function do_it(id, verb)
    local from = #w:log(id)
    if verb == "wipe" or verb == "delete" then
      w:remove(id, verb)
      return outcome(id, from)
    end
    local status, answer = w:act(id, verb, BODIES[verb] and BODIES[verb]() or nil, token)
    if status ~= 200 then
      assert.equal(from, #w:log(id)) -- who is refused leaves no trace
      return answer.detail
    end
    return outcome(id, from)
  end

  for line in TABLE:gmatch "[^\n]+" do
    local state, verb, expected = line:match "^(.-)%s*|%s*(%S+)%s*|%s*(.-)%s*$"
    it(("%s: %s"):format(state, verb), function()
      count = count + 1
      w:post(hook, { key = "k" .. count })
      local id = w:rows("SELECT max(id) AS id FROM alert_group")[1].id
      WAYS[state](id)
      assert.equal(expected, do_it(id, verb))
    end)
  end
end)

describe("a silence of its own", function()
  it("that ended while the group followed another is over once it is unattached, and people are called", function()
    local w = calling.open()
    w:user "ada"
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "a" })
    w:post(hook, { key = "root" })
    w:must(1, "silence", { delay = 600 })
    w:must(1, "attach", { root_alert_group_id = w:api(200, "GET", "alert_groups/").results[1].id })
    w:advance(11 * MINUTE)
    w:must(1, "unattach")
    assert.equal("firing", w.state(w:groups()[1]))
    assert.same({ "00:00 ada sms", "11:00 ada sms" }, w:calls(1))
    assert.same({ "unsilenced silence_ended" }, w:lines(1, "unsilenced"))
    w:check_invariants()
    w:close()
  end)

  it("that has not ended goes on after it is unattached, and ends in time", function()
    local w = calling.open()
    w:user "ada"
    local hook = w:hook(w:chain { { type = "notify_persons", users = { "ada" } } })
    w:post(hook, { key = "a" })
    w:post(hook, { key = "root" })
    w:must(1, "silence", { delay = 600 })
    w:must(1, "attach", { root_alert_group_id = w:api(200, "GET", "alert_groups/").results[1].id })
    w:advance(5 * MINUTE)
    w:must(1, "unattach")
    assert.equal("silenced", w.state(w:groups()[1]))
    w:advance(5 * MINUTE)
    assert.same({ "00:00 ada sms", "10:00 ada sms" }, w:calls(1))
    w:close()
  end)
end)
