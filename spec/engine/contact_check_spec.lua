--- Tests of contact methods and providers, and codes that verify an address, through the core.
local calling = require "calling"
local client = require "api_client"
local encode = require "sending.encode"
local json = require "tocsin.json"

local MINUTE <const> = 60000
local SETTINGS <const> = { account_sid = "AC0123456789abcdef0123456789abcdef", auth_token = "12345", from = "+15550100" }

describe("checking how people are reached", function()
  local w, ada, token, other

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    ada = w:user("ada", { rules = {} })
    token = client.add_token(w.client, "editor", { user_id = ada })
    other = client.add_token(w.client, "editor", { user_id = w:user("bob", { rules = {} }) })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local function ask(status, path, body, as, method)
    local got, answer, extra = client.request(w.client, method or "POST", "/api/v1/" .. path, body or {}, { authorization = as or token })
    if got ~= status then error(path .. ": " .. got .. " " .. json.encode(answer), 2) end
    return answer, extra
  end
  local function add(channel, address)
    return ask(201, "contact_methods/", { user_id = ask(200, "users/current/", nil, nil, "GET").id, channel = channel, address = address })
  end
  local function phone()
    w:provider("twilio", SETTINGS)
    return add("sms", { phone = "+15558675310" })
  end
  local function path(m, verb) return "contact_methods/" .. m.id .. "/" .. verb .. "/" end
  local function state(id) return ask(200, "notifications/" .. id .. "/", nil, nil, "GET") end
  local function text_of(letter) return (encode.read_form(letter.body)).Body end
  local function is_verified(m) return ask(200, "contact_methods/" .. m.id .. "/", nil, nil, "GET").is_verified end
  local function code_of(m)
    ask(202, path(m, "verify_start"))
    local letter = w:outgoing()[1]
    w:answer(letter, { status = 201, body = [[{"sid":"SM1"}]] })
    return text_of(letter):match("code is (%d%d%d%d%d%d)")
  end
  local function wrong_of(code) return ("%06d"):format((tonumber(code) + 1) % 1000000) end

  it("sends a test, and its state can be read", function()
    local m = phone()
    local id = ask(202, path(m, "test")).id
    assert.equal("waiting", state(id).state)
    local letter = w:outgoing()[1]
    assert.matches("^Test notification", text_of(letter))
    w:answer(letter, { status = 400, body = [[{"code":21211,"message":"not a number"}]] })
    local now = state(id)
    assert.same({ "test", "sms", "failed", 1, m.id }, { now.kind, now.channel, now.state, now.attempts, now.contact_method_id })
    assert.matches("Check the phone number", now.error)
    w:advance(1000)
    ask(202, path(m, "test"))
    w:answer(w:outgoing()[1], { status = 201, body = [[{"sid":"SM1"}]] })
    assert.same({ "failed", "sent" }, w:column "SELECT state FROM notification ORDER BY id")
    assert.equal(json.null, ask(200, "contact_methods/" .. m.id .. "/", nil, nil, "GET").failure)
  end)

  it("sends tests and codes for oneself and for admins only, ten an hour", function()
    local m = phone()
    for _, verb in ipairs { "test", "verify_start", "verify" } do ask(403, path(m, verb), { code = "123456" }, other) end
    ask(404, "contact_methods/CMNOBODY/test/")
    for _ = 1, 10 do ask(202, path(m, "test"), nil, w.client.token) end
    local _, headers = ask(429, path(m, "test"))
    assert.matches("Retry%-After: %d+", headers)
    ask(429, path(m, "verify_start"))
    w:advance(61 * MINUTE)
    ask(202, path(m, "test"))
  end)

  it("verifies an address by the code that was sent there", function()
    local m = phone()
    local code = code_of(m)
    assert.is_false(is_verified(m))
    for _, table_name in ipairs { "contact_code", "notification", "delivery" } do
      assert.is_nil(json.encode(w:rows("SELECT * FROM " .. table_name)):find(code, 1, true), table_name)
    end
    ask(400, path(m, "verify"), { code = wrong_of(code) })
    assert.is_true(ask(200, path(m, "verify"), { code = code }).is_verified)
    assert.is_true(is_verified(m))
    assert.matches("no code that is still good", ask(400, path(m, "verify"), { code = code }).code[1])
    assert.equal(1, #w:rows "SELECT 1 AS n FROM audit WHERE object = 'contact_method' AND action = 'update'")
  end)

  it("takes no code after five tries, ten minutes, or a change of the address", function()
    local m = phone()
    local code = code_of(m)
    for _ = 1, 5 do ask(400, path(m, "verify"), { code = wrong_of(code) }) end
    ask(400, path(m, "verify"), { code = code })
    ask(429, path(m, "verify_start"))
    w:advance(MINUTE)
    code = code_of(m)
    w:advance(10 * MINUTE)
    ask(400, path(m, "verify"), { code = code })
    code = code_of(m)
    ask(200, "contact_methods/" .. m.id .. "/", { address = { phone = "+15558675311" } }, nil, "PUT")
    ask(400, path(m, "verify"), { code = code })
    for _, odd in ipairs { 123456, "12345", "abcdef", "", json.null, "1234567" } do ask(400, path(m, "verify"), { code = odd }) end
    assert.is_false(is_verified(m))
  end)

  it("reads a code aloud digit by digit, and sends none where none can be read", function()
    w:provider("twilio", SETTINGS)
    ask(202, path(add("phone_call", { phone = "+15558675310" }), "verify_start"))
    assert.matches("code is %d, %d, %d, %d, %d, %d%.", (encode.read_form(w:outgoing()[1].body)).Twiml)
    w:provider("ntfy", {})
    ask(400, path(add("ntfy", { topic = "ada-phone" }), "verify_start"))
  end)

  it("tests a provider with an address, or with one's own", function()
    local admin = w.client.token
    local id = w:api(201, "POST", "providers/", { type = "twilio", settings = SETTINGS }).id
    local function test(status, body, as) return ask(status, "providers/" .. id .. "/test/", body, as or admin) end
    test(403, { address = { phone = "+15558675310" } }, token)
    assert.matches("Say where", test(400).address[1])
    test(400, { address = { phone = "home" } })
    test(400, { channel = "email", address = { phone = "+15558675310" } })
    local made = test(202, { channel = "sms", address = { phone = "+15558675310" } })
    local letter = w:outgoing()[1]
    assert.equal("+15558675310", (encode.read_form(letter.body)).To)
    w:answer(letter, { status = 401, body = [[{"code":20003,"message":"Authenticate"}]] })
    assert.matches("Check account SID and auth token", state(made.id).error)
    add("sms", { phone = "+15558675399" })
    w:rows("UPDATE user SET role = 'admin' WHERE id = $1", ada)
    test(202, { channel = "sms" }, client.add_token(w.client, "admin", { user_id = ada }))
    assert.equal("+15558675399", (encode.read_form(w:outgoing()[1].body)).To)
    w:api(200, "PUT", "providers/" .. id .. "/", { is_enabled = false })
    test(400, { channel = "sms", address = { phone = "+15558675310" } })
    ask(404, "providers/PNOBODY/test/", nil, admin)
  end)
end)
