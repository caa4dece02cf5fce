--- /metrics as a Prometheus server reads it: no series twice, histograms that add up, alert groups by what they are.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"
local raw = require "raw_http"

local function series(w)
  local list = {}
  for line in select(2, engine.request(w.core, "GET", "/metrics")):gmatch("[^\n]+") do
    local name, value = line:match("^([%w_]+{?.*}?) (%S+)$")
    if line:sub(1, 1) ~= "#" then
      assert.is_nil(list[name], "twice: " .. name)
      list[name] = assert(tonumber(value), line)
    end
  end
  return list
end

describe("metrics", function()
  local w
  before_each(function() w = world.open() end)
  after_each(function() w:close() end)

  it("tell integrations of one name in two teams apart", function()
    w:rows "INSERT INTO team (id, name) VALUES (1, 'one')"
    local team = w:api(200, "GET", "teams/").results[1].id
    local a, b = w:integration { name = "same" }, w:integration { name = "same", team_id = team }
    w:post(a, "{}")
    w:post(b, "{}")
    w:post(b, "{}")
    local list = series(w)
    assert.equal(1, list['tocsin_alerts_total{integration="same",type="webhook",id="' .. a.id .. '"}'])
    assert.equal(2, list['tocsin_alerts_total{integration="same",type="webhook",id="' .. b.id .. '"}'])
  end)

  it("add up", function()
    local hook = w:integration {}
    for n = 1, 20 do w:post(hook, { n = n }) end
    local list = series(w)
    for _, name in ipairs { "tocsin_commit_seconds", "tocsin_commit_batch_size" } do
      assert.equal(list[name .. "_count"], list[name .. '_bucket{le="+Inf"}'])
      for key, value in pairs(list) do
        if key:find(name .. "_bucket", 1, true) then assert.is_true(value <= list[name .. "_count"]) end
      end
    end
    assert.equal(20, list.tocsin_groups_opened_total)
  end)
end)

describe("metrics of alert groups", function()
  local TOTAL <const>, TIME <const> = "oncall_alert_groups_total", "oncall_alert_groups_response_time_seconds"
  local STATES <const> = { "firing", "acknowledged", "resolved", "silenced" }
  local w, hook

  local function open(options)
    w = world.open(options)
    hook = w:integration { name = "h", dynamic_labels = { { key = { name = "service_name" }, value = { name = "{{ payload.s }}" } } } }
  end
  after_each(function() w:close() end)

  local function labels(value, more)
    return ('{integration="h",team="No team",id="%s",service_name="%s",%s}'):format(hook.id, value, more)
  end
  -- "1 0 2 0": how many groups are firing, acknowledged, resolved and silenced.
  local function states(value, of)
    local list, out = of or series(w), {}
    for i, state in ipairs(STATES) do
      out[i] = ("%d"):format(list[TOTAL .. labels(value or "No service", 'state="' .. state .. '"')] or -1)
    end
    return table.concat(out, " ")
  end
  local function next_of(list)
    for name in pairs(list) do
      if name:find("oncall_", 1, true) then return name end
    end
  end
  -- What the rows say, whatever has been counted.
  local function check()
    local list, wanted = series(w), {}
    for _, row in ipairs(w:rows "SELECT * FROM alert_group") do
      local value = row.labels and json.decode(row.labels).service_name or "No service"
      wanted[value] = wanted[value] or { firing = 0, acknowledged = 0, resolved = 0, silenced = 0 }
      wanted[value][world.state(row)] = wanted[value][world.state(row)] + 1
    end
    for value, counts in pairs(wanted) do
      assert.equal(("%d %d %d %d"):format(counts.firing, counts.acknowledged, counts.resolved, counts.silenced), states(value, list))
    end
    for name, count in pairs(list) do
      if name:find(TOTAL, 1, true) then assert.is_true(count >= 0, name) end
    end
  end

  it("follow every change of state", function()
    open()
    for n = 1, 4 do w:post(hook, { s = "shop", n = n }) end
    assert.equal("4 0 0 0", states "shop")
    w:must(1, "acknowledge")
    w:must(2, "silence", { delay = 60 })
    w:must(3, "resolve")
    assert.equal("1 1 1 1", states "shop")
    w:must(1, "unacknowledge")
    w:must(3, "unresolve")
    w:advance(60000)
    assert.equal("4 0 0 0", states "shop")
    w:must(4, "acknowledge")
    w:remove(4, "delete")
    assert.equal("3 0 0 0", states "shop")
    w:remove(3, "wipe")
    assert.equal("2 0 0 0", states "shop")
    assert.equal("0 0 1 0", states())
    check()
  end)

  it("are left alone by what is refused and by what joins", function()
    open()
    w:configure(hook, { templates = { grouping_key = "{{ payload.k }}", resolve_signal = "{{ payload.over }}" } })
    for _ = 1, 3 do w:post(hook, { k = "a" }) end
    w:refused(1, "unresolve")
    assert.equal("1 0 0 0", states())
    w:post(hook, { k = "a", over = "1" })
    w:post(hook, { k = "a", over = "1" })
    w:refused(1, "resolve")
    assert.equal("0 0 1 0", states())
    check()
  end)

  it("tell how soon somebody answered, once a group", function()
    open()
    w:post(hook, { s = "a" })
    w:post(hook, { s = "a", n = 2 })
    w:advance(240000)
    w:must(1, "acknowledge")
    w:must(1, "unacknowledge")
    w:must(1, "acknowledge")
    w:advance(3600000)
    w:must(2, "resolve")
    local list, counts = series(w), {}
    for i, le in ipairs { "60", "300", "600", "3600", "+Inf" } do
      counts[i] = ("%d"):format(list[TIME .. "_bucket" .. labels("a", 'le="' .. le .. '"')])
    end
    assert.equal("0 1 1 1 2", table.concat(counts, " "))
    local rest = labels("a", ""):gsub(",}", "}")
    assert.equal(2, list[TIME .. "_count" .. rest])
    assert.equal(4080, list[TIME .. "_sum" .. rest])
  end)

  it("tell how soon somebody answered the groups of seven days, and of no more, also after a restart", function()
    local DAY <const> = 86400 * 1000
    local folder = raw.shell("mktemp -d"):gsub("\n", "")
    open { data = folder }
    local function answers() return series(w)[TIME .. "_count" .. labels("a", ""):gsub(",}", "}")] end
    w:post(hook, { s = "a" })
    w:must(1, "acknowledge")
    w:advance(4 * DAY)
    w:post(hook, { s = "a", n = 2 })
    w:must(2, "acknowledge")
    assert.equal(2, answers())
    w:advance(4 * DAY)
    assert.equal(1, answers())
    w:must(1, "unacknowledge") -- what is counted no more is not taken back either
    assert.equal(1, answers())
    local now = engine.now(w.core)
    w:close()
    w = world.open { data = folder, start_at = now }
    w:advance(1000)
    assert.equal(1, answers())
    w:advance(4 * DAY)
    assert.equal(0, answers())
    w:post(hook, { s = "a", n = 3 })
    w:advance(1000)
    w:must(3, "resolve")
    assert.equal(1, answers())
    w:must(3, "unresolve")
    w:remove(3, "delete")
    assert.equal(0, answers())
    w:close()
    raw.shell("rm -r " .. folder)
    w = world.open()
  end)

  it("count those of earlier lives in pieces, whatever happens to groups meanwhile", function()
    local folder = raw.shell("mktemp -d"):gsub("\n", "")
    open { data = folder }
    local values = { "a", "b" }
    for n = 1, 2300 do w:post(hook, { s = values[n % 3], n = n }) end
    w:rows "UPDATE alert_group SET acknowledged_at = 1, acknowledged_by = 'api' WHERE id % 5 = 0"
    local now = engine.now(w.core)
    w:close()
    w = world.open { data = folder, start_at = now }
    local ids = {}
    for page = 3, 1, -1 do
      local list = w:api(200, "GET", "alert_groups/?perpage=1000&page=" .. page).results
      for i = #list, 1, -1 do ids[#ids + 1] = list[i].id end
    end
    local function act(n, verb, body) w:api(200, "POST", "alert_groups/" .. ids[n] .. "/" .. verb .. "/", body) end
    assert.is_nil(next_of(series(w)))
    w:advance(1) -- the first thousand
    assert.is_nil(next_of(series(w)))
    act(1, "resolve")
    act(2200, "resolve")
    w:post(hook, { s = "new" })
    w:api(204, "DELETE", "alert_groups/" .. ids[2] .. "/", { mode = "delete" })
    w:api(204, "DELETE", "alert_groups/" .. ids[2299] .. "/", { mode = "delete" })
    act(4, "silence", { delay = -1 })
    for n = 1, 5 do
      w:advance(100)
      if n == 1 then act(4, "unsilence") end
    end
    assert.equal("1 0 0 0", states "new")
    check()
    assert.equal(0, w:rows("SELECT count(*) AS n FROM job WHERE kind = 'count_groups'")[1].n)
    w:close()
    raw.shell("rm -r " .. folder)
    w = world.open()
  end)

  it("are those of what is on disk, whatever was undone or rolled back, for who looks meanwhile too", function()
    open()
    for seed = 1, 3 do
      local pipe <close> = assert(io.popen(("%s/counts_test 20000 %d"):format(os.getenv "SPEC_BUILD", seed)))
      assert.equal("0 wrong\n", pipe:read "a")
    end
  end)

  it("name the team as it is called now", function()
    open()
    local team = w:api(201, "POST", "teams/", { name = "red" })
    w:configure(hook, { team_id = team.id })
    w:post(hook, {})
    local function name() return select(2, engine.request(w.core, "GET", "/metrics")):match(TOTAL .. '{integration="h",team="([^"]*)"') end
    assert.equal("red", name())
    w:api(200, "PUT", "teams/" .. team.id .. "/", { name = "green" })
    assert.equal("green", name())
    w:api(204, "DELETE", "teams/" .. team.id .. "/")
    assert.equal("No team", name())
  end)

  it("are told apart by the values of the chosen label, to an end", function()
    open { settings = { metrics_label = "team" } }
    w:configure(hook, { dynamic_labels = { { key = { name = "team" }, value = { name = "{{ payload.s }}" } } } })
    local function count(value) return series(w)[('%s{integration="h",team="No team",id="%s",label_team="%s",state="firing"}'):format(TOTAL, hook.id, value)] end
    w:post(hook, { s = 'a"b\\' })
    w:post(hook, { s = 'a"b\\', n = 2 })
    w:post(hook, { n = 3 })
    assert.equal(2, count [[a\"b\\]])
    assert.equal(1, count "")
    for n = 1, 205 do w:post(hook, { s = "v" .. n }) end
    assert.equal(1, count "v198")
    assert.is_nil(count "v199")
    assert.equal(7, count '",rest="1')
    w:must(208, "resolve")
    assert.equal(6, count '",rest="1')
  end)

  it("are told apart by no label when none is chosen", function()
    open { settings = { metrics_label = "" } }
    w:post(hook, { s = "a" })
    assert.equal(1, series(w)[('%s{integration="h",team="No team",id="%s",state="firing"}'):format(TOTAL, hook.id)])
  end)
end)
