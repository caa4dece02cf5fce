--- Rotations that people change or delete while they run (it is Monday 2026-09-21 14:13:20).
local client <const> = require "api_client"
local engine <const> = require "tocsin.engine"
local json <const> = require "tocsin.json"

local API <const>, HOUR <const> = "/api/v1/", 3600 * 1000

describe("a rotation of a web schedule", function()
  local c, people, made

  local function ask(status, method, path, body) return client.expect(c, status, method, API .. path, body) end

  before_each(function()
    c, people = client.open(), {}
    for _, name in ipairs { "ada", "bob", "eve" } do
      people[name] = ask(201, "POST", "users/", { username = name, email = name .. "@example.com", role = "editor" }).id
    end
    made = ask(201, "POST", "schedules/", { name = "sea watch", type = "web", time_zone = "Europe/Paris" })
  end)
  after_each(function() client.close(c) end)

  local function groups(...)
    local list = json.array {}
    for i, name in ipairs { ... } do list[i] = json.array { people[name] } end
    return list
  end

  local function rotation(fields)
    for name, v in pairs { name = "watch", type = "rolling_users", start = "2026-09-18T00:00:00", duration = 86400, frequency = "daily",
      rolling_users = groups("ada", "bob", "eve"), start_rotation_from_user_index = 0, source = 0, schedule = made.id } do
      if fields[name] == nil then fields[name] = v end
    end
    return ask(201, "POST", "on_call_shifts/", fields)
  end

  local function final(from, to)
    local lines = {}
    for i, row in ipairs(ask(200, "GET", ("schedules/%s/final_shifts?start_date=%s&end_date=%s"):format(made.id, from, to)).results) do
      lines[i] = row.shift_start:sub(6, 16) .. " " .. row.shift_end:sub(6, 16) .. " " .. row.user_username
    end
    return lines
  end
  local function put(one, fields, status) return ask(status or 200, "PUT", "on_call_shifts/" .. one.id, fields) end
  local function get(one, status) return ask(status or 200, "GET", "on_call_shifts/" .. one.id) end

  -- 18 ada, 19 bob, 20 eve, 21 ada, 22 bob, 23 eve

  describe("that is changed while it runs", function()
    it("keeps its past, and goes on with whose turn it is", function()
      local one = rotation {}
      local two = put(one, { duration = 12 * 3600 })
      assert.are_not.equal(one.id, two.id)
      assert.same({ "2026-09-21T14:13:20", "2026-09-18T00:00:00", 1 }, { two.rotation_start, two.start, two.start_rotation_from_user_index })
      assert.same({ "2026-09-21T14:13:20", two.id }, { get(one)["until"], get(one).successor })
      assert.same({ "09-20T00:00 09-21T00:00 eve", "09-21T00:00 09-21T14:13 ada", "09-22T00:00 09-22T12:00 bob", "09-23T00:00 09-23T12:00 eve" },
        final("2026-09-20", "2026-09-23"))
    end)

    it("in the middle of a turn goes on with the same people", function()
      local two = put(rotation {}, { level = 3 })
      assert.equal(3, two.level)
      assert.same({ "09-21T00:00 09-21T14:13 ada", "09-21T14:13 09-22T00:00 ada", "09-22T00:00 09-23T00:00 bob" }, final("2026-09-21", "2026-09-22"))
    end)

    it("on other days of the rotation finds the turn of that day", function()
      for day, name in pairs { [22] = "bob", [23] = "eve", [24] = "ada" } do
        local one = rotation { name = "of " .. day }
        local two = put(one, { rotation_start = ("2026-09-%dT00:00:00"):format(day), level = 1 })
        assert.equal(name, ({ "ada", "bob", "eve" })[two.start_rotation_from_user_index + 1])
        ask(204, "DELETE", "on_call_shifts/" .. one.id .. "?force=true")
        ask(204, "DELETE", "on_call_shifts/" .. two.id .. "?force=true")
      end
    end)

    it("goes on with the same people although others were put before them, and with who has their place when they left", function()
      local one = rotation {}
      engine.advance(c.core, 24 * HOUR) -- bob's
      local two = put(one, { rolling_users = groups("eve", "ada", "bob") })
      assert.equal(2, two.start_rotation_from_user_index)
      assert.same({ "09-22T14:13 09-23T00:00 bob", "09-23T00:00 09-24T00:00 eve", "09-24T00:00 09-25T00:00 ada" }, { table.unpack(final("2026-09-22", "2026-09-24"), 2) })
      local three = put(two, { rolling_users = groups("eve", "ada") })
      assert.equal(0, three.start_rotation_from_user_index)
    end)

    it("begins with whom it is told to begin with", function()
      assert.equal(2, put(rotation {}, { duration = 3600, start_rotation_from_user_index = 2 }).start_rotation_from_user_index)
    end)

    it("from a later day on leaves everything before as it was", function()
      put(rotation {}, { rotation_start = "2026-09-23T00:00:00", rolling_users = groups("bob") })
      assert.same({ "09-21T00:00 09-22T00:00 ada", "09-22T00:00 09-23T00:00 bob", "09-23T00:00 09-24T00:00 bob", "09-24T00:00 09-25T00:00 bob" },
        final("2026-09-21", "2026-09-24"))
    end)

    it("counts weeks as they were counted", function()
      local one = rotation { frequency = "weekly", week_start = "MO", start = "2026-08-31T09:00:00", duration = 7 * 86400 } -- 14 Sep eve, 21 Sep ada
      local before = final("2026-09-21", "2026-10-20")
      local two = put(one, { duration = 7 * 86400 - 3600 })
      assert.equal(0, two.start_rotation_from_user_index)
      local after = final("2026-09-21", "2026-10-20")
      for i = #after, #after - 3, -1 do
        assert.equal(before[i - 1 + #before - #after + 1]:match "%w+$", after[i]:match "%w+$")
      end
    end)

    it("on the clock of its own zone", function()
      local one = rotation { time_zone = "Asia/Kathmandu" } -- 14:13 UTC is 19:58:20 there
      local two = put(one, { level = 1 })
      assert.equal("2026-09-21T19:58:20", two.rotation_start)
      assert.same({ "09-21T00:00 09-21T14:13 ada", "09-21T14:13 09-21T18:15 ada", "09-21T18:15 09-22T00:00 bob" }, final("2026-09-21", "2026-09-21"))
    end)

    it("is changed in place when only its name is another one, or its end, which is not before now", function()
      local one = rotation {}
      assert.equal(one.id, put(one, { name = "night watch" }).id)
      assert.equal("2026-09-30T00:00:00", put(one, { ["until"] = "2026-09-30T00:00:00" })["until"])
      assert.equal("2026-09-21T14:13:20", put(one, { ["until"] = "2026-09-19T00:00:00" })["until"])
      assert.is_nil(get(one).successor)
      local read = get(one)
      assert.equal(one.id, put(one, read).id)
    end)

    it("is changed in place when somebody insists", function()
      local one = rotation {}
      assert.equal(one.id, put(one, { duration = 3600, force_update = true }).id)
      assert.same({ "09-19T00:00 09-19T01:00 bob" }, final("2026-09-19", "2026-09-19"))
      assert.is_not_nil(put(one, { force_update = "yes" }, 400).force_update)
    end)

    it("is changed once: what it goes on as is changed after that", function()
      local one = rotation {}
      local two = put(one, { level = 1 })
      assert.is_truthy(put(one, { level = 2 }, 400).detail:find(two.id, 1, true))
      assert.equal(one.id, put(one, { name = "old" }).id)
      engine.advance(c.core, HOUR)
      assert.are_not.equal(two.id, put(two, { level = 2 }).id)
    end)

    it("does not fill the time in which it had ended", function()
      local one = rotation { ["until"] = "2026-09-20T00:00:00" }
      local two = put(one, { ["until"] = json.null })
      assert.are_not.equal(one.id, two.id)
      assert.same({ "09-19T00:00 09-20T00:00 bob", "09-21T14:13 09-22T00:00 ada" }, final("2026-09-19", "2026-09-21"))
    end)

    it("and not at all from the web is changed in place, as is one that has not begun", function()
      local terraform = rotation { source = 3, name = "of Terraform" }
      assert.equal(terraform.id, put(terraform, { level = 1 }).id)
      local later = rotation { start = "2026-09-25T00:00:00", name = "later" }
      assert.equal(later.id, put(later, { level = 1 }).id)
    end)
  end)

  describe("that is deleted", function()
    it("while it runs ends now", function()
      local one = rotation {}
      ask(204, "DELETE", "on_call_shifts/" .. one.id)
      assert.equal("2026-09-21T14:13:20", get(one)["until"])
      assert.same({ "09-20T00:00 09-21T00:00 eve", "09-21T00:00 09-21T14:13 ada" }, final("2026-09-20", "2026-09-25"))
      engine.advance(c.core, HOUR)
      ask(204, "DELETE", "on_call_shifts/" .. one.id)
      assert.equal("2026-09-21T14:13:20", get(one)["until"])
    end)

    it("before it begins, or by force, is gone", function()
      local later, one = rotation { start = "2026-09-25T00:00:00" }, rotation {}
      ask(204, "DELETE", "on_call_shifts/" .. later.id)
      get(later, 404)
      ask(204, "DELETE", "on_call_shifts/" .. one.id .. "?force=true")
      get(one, 404)
      assert.same({}, final("2026-09-18", "2026-09-30"))
    end)
  end)

  it("is covered by an override that ends now when it is deleted, and stays when it has passed", function()
    rotation {}
    local function cover(start) return ask(201, "POST", "on_call_shifts/", { name = "cover", type = "override", schedule = made.id, source = 0,
      start = start, duration = 4 * 3600, users = json.array { people.bob } }) end
    local running, past, later = cover "2026-09-21T12:00:00", cover "2026-09-20T12:00:00", cover "2026-09-23T12:00:00"
    for _, one in ipairs { running, past, later } do ask(204, "DELETE", "on_call_shifts/" .. one.id) end
    assert.equal(2 * 3600 + 13 * 60 + 20, get(running).duration)
    assert.equal(4 * 3600, get(past).duration)
    get(later, 404)
    assert.same({ "09-21T00:00 09-21T12:00 ada", "09-21T12:00 09-21T14:13 bob", "09-21T14:13 09-22T00:00 ada" }, final("2026-09-21", "2026-09-21"))
  end)
end)
