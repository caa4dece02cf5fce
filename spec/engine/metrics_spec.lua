--- /metrics as a Prometheus server reads it: no series twice, histograms that add up.
local world = require "world"
local engine = require "tocsin.engine"

describe("metrics", function()
  local w
  before_each(function() w = world.open() end)
  after_each(function() w:close() end)

  local function series()
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

  it("tell integrations of one name in two teams apart", function()
    w:rows "INSERT INTO team (id, name) VALUES (1, 'one')"
    local team = w:api(200, "GET", "teams/").results[1].id
    local a, b = w:integration { name = "same" }, w:integration { name = "same", team_id = team }
    w:post(a, "{}")
    w:post(b, "{}")
    w:post(b, "{}")
    local list = series()
    assert.equal(1, list['tocsin_alerts_total{integration="same",type="webhook",id="' .. a.id .. '"}'])
    assert.equal(2, list['tocsin_alerts_total{integration="same",type="webhook",id="' .. b.id .. '"}'])
  end)

  it("add up", function()
    local hook = w:integration {}
    for n = 1, 20 do w:post(hook, { n = n }) end
    local list = series()
    for _, name in ipairs { "tocsin_commit_seconds", "tocsin_commit_batch_size" } do
      assert.equal(list[name .. "_count"], list[name .. '_bucket{le="+Inf"}'])
      for key, value in pairs(list) do
        if key:find(name .. "_bucket", 1, true) then assert.is_true(value <= list[name .. "_count"]) end
      end
    end
    assert.equal(20, list.tocsin_groups_opened_total)
  end)
end)
