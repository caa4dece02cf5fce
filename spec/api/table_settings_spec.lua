--- The columns of the table of alert groups: those of all, each person's own, and the way back.
local world = require "world"
local client = require "api_client"
local json = require "tocsin.json"

local PATH <const> = "/api/v1/alertgroup_table_settings/"
local HOUSE <const> = { "status", "id", "title", "alerts", "integration", "created", "labels", "team", "users" }

describe("the columns of alert groups", function()
  local w, ada, bob
  before_each(function()
    w = world.open()
    ada, bob = w:person "ada", w:person "bob"
  end)
  after_each(function() w:close() end)

  local function ask(token, method, body, path)
    return client.request(w.client, method, PATH .. (path or ""), body, { authorization = token })
  end
  local function must(token, method, body, path)
    local status, answer = ask(token, method, body, path)
    assert.equal(200, status, json.encode(answer))
    return answer
  end
  local function refused(token, method, body)
    local status, answer = ask(token, method, body)
    assert.equal(400, status)
    return answer
  end
  local function label(key) return { id = key, type = "label" } end
  local function ids(list)
    local out = {}
    for i, column in ipairs(list) do out[i] = column.id end
    return table.concat(out, " ")
  end
  local function both(visible, hidden) return { visible = json.array(visible), hidden = json.array(hidden) } end
  local function without(...)
    local out, gone = {}, {}
    for _, id in ipairs { ... } do gone[id] = true end
    for _, id in ipairs(HOUSE) do out[#out + 1] = not gone[id] and id or nil end
    return out
  end

  it("are the house's own at first, all visible", function()
    local seen = must(ada, "GET")
    assert.same({ table.concat(HOUSE, " "), "", true }, { ids(seen.visible), ids(seen.hidden), seen.default })
    assert.same({ id = "id", name = "ID", type = "default" }, seen.visible[2])
  end)

  it("are each person's choice and order, until they give it up", function()
    local seen = must(ada, "PUT", both({ "title", "status" }, without("title", "status")))
    assert.same({ "title status", false }, { ids(seen.visible), seen.default })
    assert.is_true(must(bob, "GET").default)
    assert.same(seen, must(ada, "GET"))
    assert.is_true(must(ada, "POST", nil, "reset/").default)
    assert.equal(table.concat(HOUSE, " "), ids(must(ada, "GET").visible))
  end)

  it("are added for labels by admins, and taken away again", function()
    must(ada, "PUT", both({ "title" }, without "title"))
    local all = without()
    all[#all + 1] = label "team" -- the key of a label, not the house's column
    assert.equal(403, (ask(ada, "POST", both(all, {}))))
    must(w.client.token, "POST", both(all, { label "region" }))
    local seen = must(bob, "GET")
    assert.same({ "team", "label" }, { seen.visible[10].id, seen.visible[10].type })
    assert.equal("region", ids(seen.hidden))
    seen = must(ada, "GET")
    assert.same({ "title", 10 }, { ids(seen.visible), #seen.hidden })
    local rest = without "title"
    rest[#rest + 1] = label "team"
    must(ada, "PUT", both({ "title", label "region" }, rest))
    must(w.client.token, "POST", both(without(), {}))
    assert.same({ "title", 8 }, { ids(must(ada, "GET").visible), #must(ada, "GET").hidden })
    assert.equal(2, w:rows("SELECT count(*) AS n FROM audit WHERE object = 'alert_group_columns'")[1].n)
  end)

  it("are refused by the list that is wrong", function()
    local token = w.client.token
    assert.is_table(refused(ada, "PUT", both({}, without())).visible)
    assert.is_table(refused(ada, "PUT", both({ "title", "title" }, without "title")).visible)
    assert.is_table(refused(ada, "PUT", both({ "title" }, without())).hidden)
    assert.is_table(refused(ada, "PUT", both({ "title" }, {})).visible)
    assert.is_table(refused(ada, "PUT", both({ label "new" }, without())).visible)
    assert.is_table(refused(ada, "PUT", { visible = "title", hidden = json.array {} }).visible)
    assert.is_table(refused(ada, "PUT", { visible = json.array { "title" } }).hidden)
    assert.is_table(refused(token, "POST", both(without "team", {})).visible)
    assert.is_table(refused(token, "POST", both(without(), { label(("é"):rep(201)) })).hidden)
    assert.is_table(refused(token, "POST", both(without(), { label "" })).hidden)
    assert.is_table(refused(token, "POST", both(without(), { { id = "x", type = "default" } })).hidden)
    assert.is_table(refused(token, "POST", both(without(), { 7 })).hidden)
    must(token, "POST", both(without(), { label(("é"):rep(200)) }))
    assert.is_string(refused(token, "PUT", both(without(), {})).detail)
    local many = {}
    for n = 1, 101 do many[n] = label("l" .. n) end
    assert.is_table(refused(token, "POST", both(without(), many)).visible)
  end)

  it("go with their person", function()
    must(ada, "PUT", both(without(), {}))
    w:rows "DELETE FROM user WHERE name = 'ada'"
    assert.same({}, w:rows "SELECT * FROM alert_group_columns")
  end)
end)
