--- Schedules without a script: the three kinds made and changed, rotations, overrides, swaps, calendars, links.
require "tocsin.core"
local calling <const> = require "calling"
local pages <const> = require "pages"

describe("the pages of schedules", function()
  local p, w, ada, bob, schedule

  before_each(function()
    p = pages.open { world = calling.open {} } -- it is Monday, 2026-09-21, 14:13 UTC
    w = p.world
    w:user "ada"
    w:user "bob"
    ada, bob = w:api(200, "GET", "users/?username=ada").results[1].id, w:api(200, "GET", "users/?username=bob").results[1].id
    schedule = w:api(201, "POST", "schedules/", { type = "web", name = "Primary", time_zone = "UTC" })
  end)
  after_each(function() p:close() end)

  local function path(rest) return "/schedules/" .. schedule.id .. (rest or "") end
  local function words(where) return pages.words(p:get(where)) end
  local function has(text, where) assert.truthy(words(where):find(text, 1, true), text .. " in " .. words(where)) end
  local WEEKLY <const> = { name = "week", start = "2026-09-21T09:00", frequency = "weekly", interval = "1", length = "7", length_unit = "days",
    level = "1", zone = "UTC", ["until"] = "" }
  local function rotation(changes, turns)
    local fields, all = {}, setmetatable(changes or {}, { __index = WEEKLY })
    for name in pairs(WEEKLY) do fields[#fields + 1] = { name, all[name] } end
    for i, turn in ipairs(turns or { ada, bob }) do fields[#fields + 1] = { "turn" .. i, turn } end
    if all.day then fields[#fields + 1] = { "days", all.day } end
    return p:post(path "/shifts/new", fields)
  end

  it("list who is on call now and next", function()
    has("Primary On call now: nobody Made here", "/schedules")
    assert.equal(303, (rotation()))
    has("Primary On call now: ada then bob, Mon 28 Sep, 09:00", "/schedules")
  end)

  it("make and change each of the three kinds", function()
    for kind, fields in pairs { web = { { "time_zone", "Europe/Berlin" } }, calendar = { { "time_zone", "UTC" }, { "enable_web_overrides", "true" } },
      ical = { { "ical_url_primary", "https://cal.example.org/b.ics" } } } do
      local sent = { { "kind", kind }, { "name", "new " .. kind }, table.unpack(fields) }
      local status, text, where = p:post("/schedules/new", sent)
      assert.equal(303, status, text)
      has("new " .. kind, where)
      assert.equal(200, (p:ask("GET", "/schedules/new?kind=" .. kind)))
      sent[2][2] = "other " .. kind
      assert.equal(303, (p:post(where .. "/settings", sent)))
      has("other " .. kind, where)
      assert.truthy(p:get(where .. "/settings"):find('value="' .. fields[#fields][2] .. '"', 1, true) or kind == "calendar")
    end
    local status, text = p:post("/schedules/new", { { "kind", "ical" }, { "name", "Primary" }, { "ical_url_primary", "javascript:alert(1)" } })
    assert.equal(422, status)
    assert.truthy(text:find('id="ical_url_primary-error"', 1, true))
    status, text = p:post("/schedules/new", { { "kind", "web" }, { "name", "x" }, { "time_zone", "Mars/Base" } })
    assert.same({ 422, true }, { status, text:find('id="time_zone-error"', 1, true) ~= nil })
  end)

  it("add a rotation, show it by week, two weeks and month, and in another zone", function()
    assert.equal(303, (rotation({}, { ada, bob })))
    has("ada, bob, every week from 2026-09-21 09:00", path())
    local week = p:get(path())
    assert.truthy(week:find('title="Nobody is on call, Mon 21 Sep 00:00 – Mon 21 Sep 09:00"', 1, true), week)
    assert.truthy(week:find('<td colspan="318" class="slot person0" title="ada, Mon 21 Sep 09:00', 1, true), week)
    assert.truthy(p:get(path "?view=weeks"):find("bob, Mon 28 Sep 09:00", 1, true))
    has("21 Sep Nobody is on call 00:00–09:00 ada", path "?view=month")
    assert.truthy(p:get(path "?zone=Asia/Tokyo"):find("ada, Mon 21 Sep 18:00", 1, true))
    has("Times in Asia/Tokyo.", path "?zone=Asia/Tokyo")
    assert.truthy(p:get(path "?date=2026-10-08"):find("ada, Mon 5 Oct 09:00", 1, true))
    for _, odd in ipairs { "?view=x", "?date=9999-99-99", "?date=x", "?zone=../../etc/passwd", "?view=month&date=2026-02-30" } do p:get(path(odd)) end
  end)

  it("change a rotation and say at its field what is wrong", function()
    assert.equal(303, (rotation()))
    local shift = w:api(200, "GET", "on_call_shifts/").results[1]
    local form = p:get("/on-call-shifts/" .. shift.id)
    assert.truthy(form:find('value="2026-09-21T09:00"', 1, true))
    assert.truthy(form:find('<option value="weeks"', 1, true) or form:find('<option value="weekly" selected>weeks</option>', 1, true))
    for name, bad in pairs { name = "", start = "yesterday", interval = "0", length = "-1", level = "x", zone = "Mars/Base", ["until"] = "soon" } do
      local status, text = rotation { [name] = bad }
      assert.equal(422, status, name)
      assert.truthy(text:find('<strong class="wrong"', 1, true) or text:find('<p class="bad"', 1, true), name .. text)
    end
    local status, text = rotation({}, { "UNOBODY" })
    assert.same({ 422, true }, { status, text:find("User does not exist", 1, true) ~= nil })
    local fields = {}
    for name, v in pairs(WEEKLY) do fields[#fields + 1] = { name, name == "name" and "renamed" or v } end
    for _, turn in ipairs { { "turn1", bob }, { "turn1", ada } } do fields[#fields + 1] = turn end
    assert.equal(303, (p:post("/on-call-shifts/" .. shift.id, fields)))
    has("bob + ada", path())
    has("renamed", path())
  end)

  it("override, and refuse what makes no sense with what was typed", function()
    assert.equal(303, (rotation()))
    assert.equal(303, (p:post(path "/overrides", { { "user", bob }, { "from", "2026-09-22T10:00" }, { "to", "2026-09-22T18:00" }, { "zone", "UTC" } })))
    assert.truthy(p:get(path()):find('title="bob, Tue 22 Sep 10:00 – Tue 22 Sep 18:00"', 1, true))
    has("Overrides", path())
    for _, times in ipairs { { "", "" }, { "2026-09-22T10:00", "2026-09-22T10:00" }, { "2026-09-22T10:00", "2026-09-21T10:00" }, { "x", "y" } } do
      local status, text = p:post(path "/overrides", { { "user", bob }, { "from", times[1] }, { "to", times[2] }, { "zone", "UTC" } })
      assert.same({ 422, true }, { status, text:find('<p class="bad" role="alert">', 1, true) ~= nil })
    end
  end)

  it("ask for a swap, take it, withdraw it", function()
    assert.equal(303, (rotation()))
    local me, my_id = w:person "eve"
    local fields = { { "user", ada }, { "from", "2026-09-23T00:00" }, { "to", "2026-09-24T00:00" }, { "zone", "UTC" }, { "description", "Dentist <b>" } }
    assert.equal(303, (p:post(path "/swaps", fields)))
    has("ada gives away", path())
    local id = p:get(path()):match "/shift%-swaps/(%w+)/delete"
    assert.truthy(my_id)
    local status = p:ask("POST", "/shift-swaps/" .. id .. "/take", { authorization = me, ["content-type"] = "application/x-www-form-urlencoded" }, "")
    assert.equal(303, status)
    has("eve takes over from ada", path())
    assert.truthy(p:get(path()):find("eve, Wed 23 Sep 00:00", 1, true))
    assert.equal(422, (p:post("/shift-swaps/" .. id .. "/take", {})))
    assert.equal(303, (p:post("/shift-swaps/" .. id .. "/delete", {})))
    assert.equal(422, (p:post(path "/swaps", { { "user", ada }, { "from", "2020-09-23T00:00" }, { "to", "2020-09-24T00:00" }, { "zone", "UTC" } })))
  end)

  it("show the iCal link once, the quality, and delete", function()
    assert.equal(303, (rotation()))
    local status, text = p:post(path "/link", {})
    local link = text:match "<code>[^<]*(/api/v1/schedules/%w+/export%?token=%x+)</code>"
    assert.equal(200, status)
    assert.truthy(link, text)
    assert.equal(200, (p:ask("GET", link, {})))
    assert.equal(303, (p:post(path "/unlink", {})))
    assert.is_not_equal(200, (p:ask("GET", link, {})))
    has("of 100", path "/quality")
    local shift = w:api(200, "GET", "on_call_shifts/").results[1]
    assert.equal(303, (p:post("/on-call-shifts/" .. shift.id .. "/delete", {})))
    assert.equal(303, (p:post(path "/delete", {})))
    assert.equal(404, (p:ask("GET", path())))
  end)

  it("are read by viewers, who change nothing", function()
    assert.equal(303, (rotation()))
    local viewer = { authorization = require("api_client").add_token(w.client, "viewer"), ["content-type"] = "application/x-www-form-urlencoded" }
    local status, text = p:ask("GET", path(), viewer)
    assert.equal(200, status)
    assert.is_nil(text:find("/overrides", 1, true))
    for _, where in ipairs { "/overrides", "/swaps", "/delete", "/link", "/shifts/new", "/settings" } do
      assert.equal(403, (p:ask("POST", path(where), viewer, "name=x")), where)
    end
  end)
end)
