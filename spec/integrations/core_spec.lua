--- What a change of an integration file does to integrations that were made of it.
local tocsin = require "tocsin.core"
local engine = tocsin.engine or require "tocsin.engine"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local FILE <const> = [==[return { name = "Tide", about = "t", connect = "c", grouping_id = "%s", title = "%s",
  resolve_condition = "{{ payload.ok }}", labels = { level = "%s" },
  examples = { { "one", payload = "{}", expect = { state = "firing" } } } }]==]

describe("a change of a file", function()
  local folder, e, token

  local function api(method, path, body)
    local status, text = engine.request(e, method, "/api/v1/" .. path, { authorization = token, ["content-type"] = "application/json" },
      body and json.encode(body))
    return status, json.decode(text)
  end

  local function open()
    e = assert(engine.open { data = folder .. "/data", integrations = folder })
    local secret = crypto.random_bytes(32)
    token = crypto.hex(secret)
    assert(engine.port_text(e, "write", json.encode { statements = json.array { {
      sql = "INSERT INTO api_token (name, role, token_key, digest, created_at) VALUES ($1, $2, $3, $4, $5)",
      args = json.array { "spec", "admin", token:sub(1, 8), crypto.sha512_hex(secret), engine.now(e) } } } }))
  end

  local function create(name)
    local status, made = api("POST", "integrations/", { type = "tide", name = name })
    assert.equal(201, status, json.encode(made))
    return made
  end

  local function post(made, body)
    assert.equal(200, (engine.request(e, "POST", (made.link:gsub("^https?://[^/]+", "")), { ["content-type"] = "application/json" }, body)))
    local _, groups = api("GET", "alert_groups/?integration_id=" .. made.id)
    return groups.results[1]
  end

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -p " .. folder .. "/data"))
  end)
  after_each(function()
    if e then engine.close(e) end
    e = nil
    os.execute("rm -rf " .. folder)
  end)

  it("leaves an existing integration as it is, and a new one has it", function()
    write(folder .. "/tide.lua", FILE:format("{{ payload.h }}", "old {{ payload.h }}", "{{ payload.l }}"))
    open()
    local old = create "before"
    assert.equal("old Brest", post(old, '{"h":"Brest","l":"high"}').title)
    engine.close(e)

    write(folder .. "/tide.lua", FILE:format("always", "new {{ payload.h }}", ""))
    open()
    local group = post(old, '{"h":"Nantes","l":"low"}')
    assert.equal("old Nantes", group.title)
    assert.equal(1, group.alerts_count)
    local new = create "after"
    assert.equal("new Brest", post(new, '{"h":"Brest","l":"high"}').title)
    assert.equal(2, post(new, '{"h":"Nantes","l":"high"}').alerts_count)
  end)

  it("that takes it away leaves its integrations with their copy", function()
    write(folder .. "/tide.lua", FILE:format("{{ payload.h }}", "old {{ payload.h }}", "x"))
    open()
    local old = create "before"
    engine.close(e)
    os.remove(folder .. "/tide.lua")
    open()
    assert.equal("old Brest", post(old, '{"h":"Brest"}').title)
    assert.equal(400, (api("POST", "integrations/", { type = "tide", name = "after" })))
  end)
end)
