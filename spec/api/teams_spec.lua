--- What a team does not share, others neither see nor change, by whatever way they ask.
local world = require "team_world"

describe("a team's resources, to who is in another team,", function()
  local w
  setup(function() w = world.open() end)
  teardown(function() world.close(w) end)

  local function status(who, method, path, body) return (world.ask(w, who, method, path, body)) end

  local function results(who, path)
    local got, answer = world.ask(w, who, "GET", path)
    assert.equal(200, got, path)
    return answer.results or answer, answer
  end

  local PATHS <const> = { escalation_chain = "escalation_chains", escalation_policy = "escalation_policies",
    integration = "integrations", route = "routes", schedule = "schedules", on_call_shift = "on_call_shifts",
    webhook = "webhooks", alert_group = "alert_groups", alert = "alerts", resolution_note = "resolution_notes",
    maintenance_window = "maintenance_windows", notification = "notifications", shift_swap = "shift_swaps" }

  it("are in no list, and everybody else's are", function()
    for name, path in pairs(PATHS) do
      for _, who in ipairs { "viewer", "editor" } do
        local seen = {}
        local list, answer = results(who, path .. "/?perpage=1000")
        for _, one in ipairs(list) do seen[one.id] = true end
        assert.equal(#list, answer.count, name)
        for _, place in ipairs(world.PLACES) do
          assert.equal(place ~= "other", seen[w[place][name]] == true, name .. " of " .. place .. " to a " .. who)
        end
      end
      assert.equal(true, status("admin", "GET", path .. "/" .. w.other[name] .. "/") == 200, name)
    end
  end)

  it("are as if they were not there", function()
    for name, path in pairs(PATHS) do
      assert.equal(404, status("editor", "GET", path .. "/" .. w.other[name] .. "/"), name)
      assert.equal(200, status("editor", "GET", path .. "/" .. w.shared[name] .. "/"), name)
      assert.equal(200, status("viewer", "GET", path .. "/" .. w.own[name] .. "/"), name)
    end
  end)
end)
