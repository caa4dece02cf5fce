--- A calendar fetched by the real server from a web server beside it.
local uv = require "luv"
local server = require "server"
local web_server = require "web_server"

local function calendar(who)
  return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20200101T000000Z\r\nDURATION:P1D\r\nRRULE:FREQ=DAILY\r\nSUMMARY:" .. who ..
    "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
end

local function ok(body, headers) return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s"):format(#body, headers or "", body) end

describe("a calendar on a web server", function()
  local s, web

  local folder

  local function start(args)
    folder, web = server.folder(), web_server.start()
    s = server.start { data = folder }
    s:make_token()
    local token = s.token
    assert.equal(0, s:stop())
    local file <close> = assert(io.popen("sqlite3 -bail " .. folder .. "/tocsin.db", "w"))
    file:write("INSERT INTO user (username, name, role, created_at) VALUES ('ada', 'Ada', 'editor', 1);")
    file:close()
    s = server.start { data = folder, args = args }
    s.token = token
    web.answer = function() return ok(calendar "ada", "ETag: \"one\"\r\n") end
  end
  after_each(function()
    web.stop()
    s:finish()
    server.remove(folder)
  end)

  local function make() return s:api("POST", "/schedules/", { name = "on call", type = "ical", ical_url_primary = web.url .. "/on-call.ics" }) end
  local function shown(made) return s:api("GET", "/schedules/" .. made.id .. "/") end
  local function reload(made) s:api("POST", "/schedules/" .. made.id .. "/reload/", {}) end
  local function error_of(made)
    local primary = shown(made).calendars.primary
    return type(primary) == "table" and type(primary.error) == "string" and primary.error
  end
  local function open() start { "--allow-private-webhooks", "127.0.0.0/8" } end

  it("says who is on call within a moment of its address being written", function()
    open()
    local made = make()
    server.wait(function() return #shown(made).on_call_now == 1 end, "the calendar")
    server.wait(function()
      local list = shown(made).warnings
      return type(list) == "table" and list[1] and list[1].kind == "unreachable_person"
    end, "the look at the days ahead")
    assert.is_truthy(web.heads[1]:find("^GET /on%-call%.ics HTTP/1%.1\r\n"))
  end)

  it("keeps who is on call while its server fails, says so in the API, the log and the metrics, and is taken up again", function()
    open()
    s.expects = "calendar_not_fetched"
    local made = make()
    server.wait(function() return #shown(made).on_call_now == 1 end, "the calendar")
    web.answer = function() return "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n" end
    reload(made)
    server.wait(function() return error_of(made) end, "the failure")
    assert.equal("The calendar's server answered with the status 503.", error_of(made))
    assert.equal(1, #shown(made).on_call_now)
    assert.is_truthy(s:request("GET", "/metrics").body:find("\ntocsin_calendars_failed_total 1\n", 1, true))
    web.answer = function() return ok(calendar "nobody we know") end
    reload(made)
    server.wait(function() return #shown(made).on_call_now == 0 end, "the next calendar")
    assert.is_false(error_of(made))
    server.wait(function() return table.concat(s.log, "\n"):find("calendar_fetched_again", 1, true) end, "the line")
    assert.is_truthy(table.concat(s.log, "\n"):find('"event":"calendar_not_fetched"', 1, true))
  end)

  it("that never ends is cut off, and others are fetched meanwhile", function()
    open()
    s.expects = "calendar_not_fetched"
    local big = ("X"):rep(1 << 20)
    web.answer = function() return "HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n" .. big:rep(20) end
    local made = make()
    server.wait(function() return error_of(made) end, "the limit")
    assert.equal("The calendar is larger than 8 MiB.", error_of(made))
    web.answer = function() return ok(calendar "ada") end
    reload(made)
    server.wait(function() return #shown(made).on_call_now == 1 end, "the calendar")
  end)

  it("behind a user and a password that stand in its address is asked for with them, and the log does not name them", function()
    open()
    s.expects = "calendar_not_fetched"
    local made = s:api("POST", "/schedules/", { name = "on call", type = "ical", ical_url_primary = web.url:gsub("//", "//ann:s3cret@") .. "/on-call.ics" })
    server.wait(function() return #shown(made).on_call_now == 1 end, "the calendar")
    assert.is_truthy(web.heads[1]:find("\r\nAuthorization: Basic YW5uOnMzY3JldA==\r\n", 1, true), web.heads[1])
    assert.is_falsy(web.heads[1]:find("@", 1, true))
    web.answer = function() return "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" end
    reload(made)
    server.wait(function() return table.concat(s.log, "\n"):find("calendar_not_fetched", 1, true) end, "the line")
    assert.is_falsy((table.concat(s.log, "\n") .. error_of(made)):find("s3cret", 1, true))
  end)

  it("whose server says nothing holds up neither other calendars nor the stop", function()
    open()
    web.answer = function() return "" end
    make()
    server.wait(function() return #web.heads == 1 end, "the question")
    web.answer = function() return ok(calendar "ada") end
    local other = s:api("POST", "/schedules/", { name = "other", type = "ical", ical_url_primary = web.url .. "/on-call.ics?2" })
    server.wait(function() return #shown(other).on_call_now == 1 end, "the other calendar")
    local from = uv.hrtime()
    assert.equal(0, s:stop())
    assert.is_true(uv.hrtime() - from < 5e9)
  end)

  it("at a private address is not asked for unless the setting allows it", function()
    start {}
    s.expects = "calendar_not_fetched"
    local made = make()
    server.wait(function() return error_of(made) end, "the refusal")
    assert.is_truthy(error_of(made):find("127.0.0.1", 1, true))
    assert.equal(0, #web.heads)
  end)
end)
