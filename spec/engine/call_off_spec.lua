--- What was sent to a phone and can be called back is called back at once when somebody answers.
local calling = require "calling"
local encode = require "sending.encode"
local json = require "tocsin.json"

local MINUTE <const> = 60 * 1000
local CALL <const>, SID <const> = "/Calls/", "CA0123456789abcdef0123456789abcdef"

describe("a message that can be called off", function()
  local w, hook

  before_each(function()
    w = calling.open { settings = { deliver = 1 } }
    w:provider("twilio", { account_sid = "AC0123456789abcdef0123456789abcdef", auth_token = "12345", from = "+15550100" })
    w:provider("pushover", { token = "azGDORePK8gMaC0QOYAMyEEuzJnyUi" })
    w:provider("ntfy", {})
    local addresses = { phone_call = { phone = "+15558675310" }, sms = { phone = "+15558675310" }, ntfy = { topic = "ada-phone" },
      pushover = { user = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG" } }
    w:user("ada", { rules = { "phone_call", "sms" }, important = { "pushover" }, addresses = addresses })
    w:user("bob", { rules = { "phone_call" }, addresses = { phone_call = { phone = "+15558675399" } } })
    w:user("cid", { rules = { "ntfy", 1, "ntfy" }, addresses = addresses })
  end)
  after_each(function()
    w:check_invariants()
    w:close()
  end)

  local receipts = 0
  local function answer(letter)
    receipts = receipts + 1
    w:answer(letter, { status = 200, body = ('{"status":1,"sid":"%s","id":"m%d","receipt":"r%d"}'):format(SID, receipts, receipts) })
  end
  local function answer_all()
    for _ = 1, 4 do
      for _, letter in ipairs(w:outgoing()) do answer(letter) end
      w:advance(600)
    end
  end
  -- What leaves within a second: Twilio takes one request a second for one number.
  local function soon()
    local letters = w:outgoing()
    w:advance(1000)
    for _, letter in ipairs(w:outgoing()) do letters[#letters + 1] = letter end
    return letters
  end
  local function open(...)
    hook = w:hook(w:chain { ... })
    w:post(hook, { key = "a", title = "Disk" })
  end
  local function notify(name, important) return { type = "notify_persons", users = { name }, is_important = important and 1 or 0 } end
  local function form(letter) return (encode.read_form(letter.body)) end

  for _, case in ipairs {
    { "acknowledges", function() w:must(1, "acknowledge") end },
    { "resolves", function() w:must(1, "resolve") end },
    { "silences it", function() w:must(1, "silence", { delay = 600 }) end },
    { "says that it is over: its source", function() w:post(hook, { key = "a", state = "ok" }) end },
    { "wipes it", function() w:remove(1, "wipe") end },
    { "deletes it", function() w:remove(1, "delete") end },
  } do
    it("rings no more when somebody " .. case[1] .. "; what cannot be called back stays", function()
      open(notify "ada")
      answer_all()
      case[2]()
      local letters = soon()
      assert.equal(1, #letters)
      assert.is_truthy(letters[1].url:find(CALL .. SID .. ".json", 1, true), letters[1].url)
      assert.equal("canceled", form(letters[1]).Status)
      w:answer(letters[1], { status = 200, body = "{}" })
      w:advance(MINUTE)
      assert.same({}, w:outgoing())
      assert.same({ "sent" }, w:column "SELECT state FROM notification WHERE kind = 'cancel'")
    end)
  end

  it("rings no more when it was on its way at the moment of the answer", function()
    open(notify "bob")
    local on_its_way = w:outgoing()[1]
    w:must(1, "acknowledge")
    assert.same({}, w:outgoing())
    answer(on_its_way)
    local letters = soon()
    assert.equal(1, #letters)
    assert.equal("canceled", form(letters[1]).Status)
  end)

  it("is called off each by each where each rings by itself", function()
    open(notify("ada", true), { type = "wait", wait_ms = MINUTE }, notify("ada", true))
    answer_all()
    w:advance(MINUTE)
    answer_all()
    w:must(1, "acknowledge")
    local urls = {}
    for _ = 1, 3 do
      for _, letter in ipairs(w:outgoing()) do
        urls[#urls + 1] = letter.url:match "/receipts/(%w+)/cancel.json$"
        w:answer(letter, { status = 200, body = '{"status":1}' })
      end
      w:advance(1000)
    end
    assert.equal(2, #urls)
    assert.not_equal(urls[1], urls[2])
  end)

  it("is replaced once where a newer one replaces it anyway", function()
    open(notify "cid")
    answer_all()
    w:advance(MINUTE)
    answer_all()
    w:must(1, "acknowledge", nil, (w:person "eve"))
    w:advance(5000)
    local letters = w:outgoing()
    assert.equal(1, #letters)
    local body = json.decode(letters[1].body)
    assert.same({ "group-1", 2 }, { body.sequence_id, body.priority })
    assert.matches("^Acknowledged: ", body.title)
  end)

  it("rings on for others when one person is called off", function()
    open(notify "ada", notify "bob")
    answer_all()
    w:must(1, "unpage", { user_id = w:api(200, "GET", "users/?username=bob").results[1].id })
    local letters = soon()
    assert.equal(1, #letters)
    assert.same({ w.users.bob }, w:column "SELECT user_id FROM notification WHERE kind = 'cancel'")
  end)

  it("rings on when it tells of another group too, which has no answer", function()
    open(notify "bob")
    answer_all()
    w:post(hook, { key = "b" })
    w:post(hook, { key = "c" })
    w:advance(2 * MINUTE)
    answer_all()
    assert.same({ 3 }, w:column "SELECT alert_group_id FROM notification WHERE carrier_id IS NOT NULL")
    w:must(2, "acknowledge") -- its message told of the third, too
    assert.same({}, soon())
    w:must(1, "acknowledge")
    assert.equal(1, #soon())
  end)

  it("is called off once, and not hours later", function()
    open(notify "bob")
    answer_all()
    w:must(1, "acknowledge")
    assert.equal(1, #soon())
    w:must(1, "unacknowledge")
    w:advance(1000)
    answer_all()
    w:advance(4 * 60 * MINUTE)
    answer_all()
    w:must(1, "resolve")
    assert.same({}, soon())
    assert.same({ 1 }, w:column "SELECT count(*) FROM notification WHERE kind = 'cancel'")
  end)

  it("leaves the contact method alone when it cannot be called off any more", function()
    open(notify "bob")
    answer_all()
    w:must(1, "acknowledge")
    w:answer(soon()[1], { status = 404, body = '{"code":20404,"message":"not found"}' })
    assert.same({ "failed" }, w:column "SELECT state FROM notification WHERE kind = 'cancel'")
    assert.same({}, w:column "SELECT failed_at FROM contact_method WHERE failed_at IS NOT NULL")
    assert.same({}, w:lines(1, "page_failed"))
  end)
end)
