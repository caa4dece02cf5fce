--- Numbers about the days that have passed: what is counted, for whom, and from when.
require "tocsin.core"
local client <const> = require "api_client"
local pages <const> = require "pages"
local world <const> = require "world"

local HOUR_MS <const>, DAY_MS <const> = 3600000, 86400000

describe("insights", function()
  local w, hook
  before_each(function()
    w = world.open()
    hook = w:integration { name = "Backups" }
  end)
  after_each(function() w:close() end)

  local function get(query) return w:api(200, "GET", "insights/" .. (query or "")) end
  local function fire(title, times)
    for _ = 1, times or 1 do w:post(hook, { title = title, grouping = title }) end
  end

  it("are nothing where nothing was", function()
    local told <const> = get()
    assert.same({ 0, 0, 0, 0, false }, { #told.integrations, #told.noisiest, #told.nights, told.acknowledge.count, told.is_cut })
  end)

  it("count alerts and groups by integration and hour, of the period alone", function()
    fire "old"
    w:advance(8 * DAY_MS)
    fire "one"
    w:advance(2 * HOUR_MS)
    local other <const> = w:integration { name = "Web" }
    for _ = 1, 3 do w:post(other, { title = "two" }) end
    local told <const> = get()
    assert.same({ "Web", 3, 1, "Backups", 1, 1 }, { told.integrations[1].name, told.integrations[1].alerts, told.integrations[1].groups,
      told.integrations[2].name, told.integrations[2].alerts, told.integrations[2].groups })
    assert.equal(3600, told.bucket)
    local counts <const> = told.integrations[2].counts
    assert.same({ 169, 0, 1, 0 }, { #counts, counts[#counts], counts[#counts - 2], counts[1] })
    assert.equal(86400, get "?days=30".bucket)
    assert.equal(2, get "?days=30".integrations[2].groups)
    assert.same({ "Backups" }, { get("?integration_id=" .. hook.id).integrations[1].name })
    assert.equal("two", told.noisiest[1].title)
    assert.equal(3, told.noisiest[1].alerts)
  end)

  it("tell how long people took to acknowledge, and all to resolve", function()
    for i = 1, 10 do
      fire("g" .. i)
      w:advance(i * 1000)
      w:must(i, "acknowledge")
      w:advance(1000)
      w:must(i, "resolve")
    end
    local told <const> = get()
    assert.same({ 10, 5, 9 }, { told.acknowledge.count, told.acknowledge.median, told.acknowledge.p90 })
    assert.same({ 10, 6, 10 }, { told.resolve.count, told.resolve.median, told.resolve.p90 })
  end)

  it("count the nights of people on their own clocks", function()
    local ada <const> = w:api(201, "POST", "users/", { username = "ada", role = "editor", timezone = "UTC" })
    local bob <const> = w:api(201, "POST", "users/", { username = "bob", role = "editor", timezone = "Asia/Tokyo" })
    local function key(id) return w:rows("SELECT id FROM user WHERE username = $1", id)[1].id end
    local now <const> = require("tocsin.engine").now(w.core)
    local midnight <const> = now - now % (DAY_MS * 1000)
    -- 03:00 and 03:20 UTC of one night, 23:00 UTC of another; noon in Tokyo, and 8 in the morning.
    for _, name in ipairs { "ada", "bob" } do
      for i, hours in ipairs { 3, 3 + 1 / 3, 23 - 48 } do
        assert(client.write(w.client, { sql = "INSERT INTO notification (kind, user_id, channel, target, state, reason, key, created_at) " ..
          "VALUES ('page', $1, 'sms', 't', 'sent', 'step_due', $2, $3)", args = { key(name), name .. i, midnight + math.tointeger(hours * 60 // 1) * 60000000 } }))
      end
    end
    w:advance(DAY_MS)
    local told <const> = get "?days=7".nights
    assert.same({ { user_id = ada.id, name = "ada", nights = 2, times = 3 } }, told)
    assert.truthy(bob)
  end)

  it("refuse other periods, and show nobody what they do not see", function()
    for _, query in ipairs { "?days=0", "?days=91", "?days=x", "?days=7.5", "?team_id=nonsense", "?integration_id=T1" } do w:api(400, "GET", "insights/" .. query) end
    local team <const> = w:api(201, "POST", "teams/", { name = "Secret" })
    local secret <const> = w:integration { name = "Hidden", team_id = team.id }
    w:post(secret, { title = "not for all" })
    local viewer <const> = client.add_token(w.client, "viewer")
    local _, told = require("tocsin.engine").request(w.core, "GET", "/api/v1/insights/", { authorization = viewer }, "")
    assert.equal(1, #get().integrations)
    assert.is_nil(told:find("Hidden", 1, true))
    assert.is_nil(told:find("not for all", 1, true))
    assert.equal(1, #get("?team_id=" .. team.id).integrations)
  end)

  it("are a page with plots, and numbers for who does not see them", function()
    local p <const> = pages.open()
    finally(function() p:close() end)
    assert.truthy(p:get "/insights":find("Nothing came in", 1, true))
    local source <const> = p.world:integration { name = "A <b> & \"c\"" }
    for i = 1, 9 do p.world:post(source, { title = "g" .. i }) end
    local text <const> = p:get "/insights?days=1"
    assert.truthy(text:find('<svg class="plot"', 1, true))
    assert.truthy(text:find("A &lt;b&gt; &amp; &quot;c&quot;: 9", 1, true), text)
    assert.is_nil(text:find("A <b>", 1, true))
    assert.equal(422, (p:ask("GET", "/insights?days=1000")))
  end)
end)
