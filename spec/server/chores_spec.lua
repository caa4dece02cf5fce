--- What the real server asks chats of itself: Telegram's long poll and Slack's lists, over TLS, while pages leave.
require "tocsin.core"
local cjson = require "cjson"
local provider_world = require "provider_world"
local server = require "server"

local ADA <const> = 1111

describe("a server that asks chats", function()
  local w, telegram, slack, user

  setup(function()
    w = provider_world.open { args = { "--provider-refresh", "600" } }
    w.server.expects = '"message":"Provider P%w+ %(Slack%) was asked for its'
    slack, telegram = w:provider "slack", nil
    user = w:person("ada", "telegram", { id = tostring(ADA) })
    w:api("POST", "/contact_methods/", { user_id = user, channel = "slack", address = { id = "U0ADA" }, is_verified = true })
  end)
  teardown(function() w:close() end)

  local function change(name, state) w:ask { ["do"] = "change", name = name, state = state } end
  local function provider(id) return w:api("GET", "/providers/" .. id .. "/") end
  local function synced(id, what)
    for _, one in ipairs(provider(id).sync) do
      if one.what == what then return one.synced_at ~= cjson.null and one end
    end
  end
  local function urls(name)
    local out = {}
    for _, entry in ipairs(w:received()[name] or {}) do
      assert.same({}, entry.complaints or {})
      out[#out + 1] = entry.request.url:match "([%w%.]+)%f[?%z][^/]*$"
    end
    return out
  end

  it("fills rooms and user groups, page by page, and on demand", function()
    local rooms = {}
    for i = 1, 3 do rooms[i] = { id = "C00" .. i, name = "room-" .. i, is_archived = false } end
    change("slack", { rooms = rooms, groups = { { id = "S1", name = "On call", handle = "oncall", users = { "U0ADA", "U0OTHER" } } } })
    w:api("POST", "/providers/" .. slack.id .. "/sync/")
    server.wait(function() return synced(slack.id, "rooms") and w:api("GET", "/user_groups/").count == 1 end, "the lists")
    local list = w:api("GET", "/slack_channels/").results
    assert.same({ "room-1", "room-2", "room-3" }, { list[1].name, list[2].name, list[3].name })
    assert.equal("oncall", w:api("GET", "/user_groups/").results[1].slack.handle)
    table.remove(rooms, 2)
    change("slack", { rooms = rooms })
    w:api("POST", "/providers/" .. slack.id .. "/sync/")
    server.wait(function() return w:api("GET", "/slack_channels/").count == 2 end, "the room to go")
    urls "slack"
  end)

  it("says what is wrong with a list, and keeps what it knew", function()
    w:ask { ["do"] = "fault", name = "slack", kind = "unauthorized", count = 2 }
    w:api("POST", "/providers/" .. slack.id .. "/sync/")
    server.wait(function() return synced(slack.id, "rooms").failure ~= cjson.null end, "the failure")
    assert.matches("Put the app's current bot token into the settings", synced(slack.id, "rooms").failure)
    assert.equal(2, w:api("GET", "/slack_channels/").count)
  end)

  it("acts on a button in Telegram without a public address, at once, and tells the chat", function()
    telegram = w:provider("telegram", { api_url = ("https://telegram.provider.test:%d"):format(w.tls_port) })
    local group = w:alert(w:hook(w:chain { user }), { key = "a", title = "Disk" })
    local data
    server.wait(function()
      for _, entry in ipairs(w:received().telegram or {}) do
        assert.same({}, entry.complaints or {})
        local body = require("tocsin.crypto").unbase64(entry.request.body)
        if entry.request.url:find("/sendMessage", 1, true) then data = cjson.decode(body).reply_markup.inline_keyboard[1][1].callback_data end
      end
      return data
    end, "the page")
    local began = os.time()
    change("telegram", { updates = { { update_id = 70, callback_query = { id = "q1", from = { id = ADA, is_bot = false }, data = data } } } })
    server.wait(function() return w:api("GET", "/alert_groups/" .. group .. "/").state == "acknowledged" end, "the acknowledge")
    assert.is_true(os.time() - began <= 5)
    assert.equal(user, w:api("GET", "/alert_groups/" .. group .. "/").acknowledged_by)
    local seen = {}
    server.wait(function()
      for _, name in ipairs(urls "telegram") do seen[name] = true end
      return seen.answerCallbackQuery
    end, "the answer to the button")
    assert.equal("1", w:column "SELECT count(*) FROM group_log WHERE action = 'acknowledged'")
    assert.equal('{"at":71}', w:column "SELECT cursor FROM chore WHERE kind = 'updates'")
  end)

  it("ends at once although a poll is open, and goes on after it", function()
    local began = os.time()
    w.server:finish()
    assert.is_true(os.time() - began <= 10) -- the poll itself lasts 25 s
    w:start()
    w.server.expects = nil
    change("telegram", { updates = { { update_id = 71, message = { message_id = 5, chat = { id = 2222, type = "private" }, text = "/start" } } } })
    server.wait(function() return w:column "SELECT cursor FROM chore WHERE kind = 'updates'" == '{"at":72}' end, "the update")
    assert.is_table(provider(telegram.id).sync[1])
  end)
end)
