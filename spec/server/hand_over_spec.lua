--- The room of a schedule hears of a hand-over from the real server.
local cjson = require "cjson"
local server = require "server"
local web_server = require "web_server"

describe("a hand-over", function()
  local s, web, folder

  local function sql(text)
    local file <close> = assert(io.popen("sqlite3 -bail " .. folder .. "/tocsin.db", "w"))
    file:write(text)
  end
  local function restart()
    local token = s.token
    assert.equal(0, s:stop())
    s = server.start { data = folder }
    s.token = token
  end

  before_each(function()
    folder, web = server.folder(), web_server.start()
    web.answer = function()
      local body = '{"ok":true,"channel":"C0ROOM","ts":"1.0"}'
      return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body)
    end
    s = server.start { data = folder }
    s:make_token()
    sql("INSERT INTO user (id, username, name, role, created_at) VALUES (1, 'ada', 'Ada', 'editor', 1), (2, 'bob', 'Bob', 'editor', 1);")
    restart()
    s:api("POST", "/providers/", { type = "slack", name = "slack", settings = { token = "xoxb-1", api_url = web.url } })
  end)
  after_each(function()
    web.stop()
    s:finish()
    server.remove(folder)
  end)

  -- The texts of what was posted so far; Slack is asked for its rooms besides.
  local function posted()
    local list = {}
    for i, head in ipairs(web.heads) do
      if head:find("^POST /chat%.postMessage ") then list[#list + 1] = cjson.decode(web.bodies[i]).text end
    end
    return list
  end
  local function user(name) return s:api("GET", "/users/?username=" .. name).results[1].id end
  local function always(name, level)
    return s:api("POST", "/on_call_shifts/", { name = name, type = "recurrent_event", frequency = "daily", start = "2020-01-01T00:00:00",
      duration = 86400, level = level, users = { user(name) } }).id
  end

  it("is told a moment after somebody else is on call, also when that happened while the server was down", function()
    local ada, bob = always("ada", 1), always("bob", 2)
    local made = s:api("POST", "/schedules/", { name = "sea watch", type = "calendar", time_zone = "UTC", shifts = { ada },
      slack = { channel_id = "C0ROOM" }, notify = { reports = false } })
    server.wait(function() return type(s:api("GET", "/schedules/" .. made.id .. "/").warnings) == "table" end, "the first look")
    assert.same({}, posted())
    s:api("PUT", "/schedules/" .. made.id .. "/", { shifts = { ada, bob } })
    server.wait(function() return #posted() == 1 end, "the message")
    assert.equal("sea watch: Bob is on call now", posted()[1])
    local token = s.token
    assert.equal(0, s:stop())
    sql("DELETE FROM schedule_shift WHERE shift_id = 2;")
    s = server.start { data = folder }
    s.token = token
    server.wait(function() return #posted() == 2 end, "the message after the start")
    assert.equal("sea watch: Ada is on call now", posted()[2])
    restart()
    s:api("GET", "/schedules/" .. made.id .. "/")
    assert.equal(2, #posted())
  end)
end)
