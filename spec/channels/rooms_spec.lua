--- Acting from a message in a room, for every channel that has rooms: a button or a signed link to acknowledge while the
--- group fires, what undoes it afterwards, and nothing where nobody can reach us.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local encode = require "sending.encode"
local json = require "tocsin.json"

local BASE <const> = "https://tocsin.example.org/act/"
local VERBS <const> = { "acknowledge", "unacknowledge", "resolve", "unresolve", "silence", "unsilence" }
local OFFERED <const> = {
  firing = { acknowledge = true, resolve = true, silence = true }, acknowledged = { unacknowledge = true, resolve = true },
  silenced = { acknowledge = true, resolve = true, unsilence = true }, resolved = { unresolve = true },
}
local LINKS <const> = { inbound = "https://tocsin.example.org/callbacks/P1" }
for _, verb in ipairs(VERBS) do LINKS[verb] = BASE .. verb .. "-token" end

-- Ids of messages, as each provider gives them; Discord's and Zulip's are numbers.
local IDS <const> = { slack = "C024BE91L/1503435956.000247", telegram = "-1001234567890/77", mattermost = "8xk1ctb9ifn3fmmhgtjkkdpzbh",
  rocketchat = "GENERAL/jC9chsFddTvsbFQG7", webex = "Um9vbQ/TWVzc2FnZQ", matrix = "$YUwRidLecu:example.org", discord_bot = "199737254929760256/1503435956000247" }

local function bytes_of(name, over)
  local request = assert(channel.request(name, channel_examples.send(name, over)))
  local body = request.body:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  return (body:gsub("\\/", "/"))
end

-- What the message lets a person do at once: verbs of buttons that are verified, or of signed links.
local function offered(body)
  local out = {}
  for _, verb in ipairs(VERBS) do
    if body:find(BASE .. verb .. "-token", 1, true) or body:find('"' .. verb .. ":12", 1, true) then out[verb] = true end
  end
  return out
end

for _, room in ipairs(channel.rooms()) do
  describe("a room of " .. room.name, function()
    for state, verbs in pairs(OFFERED) do
      it("offers what can be done to a group that is " .. state, function()
        for _, kind in ipairs { "post", "update" } do
          if kind == "post" or channel.can(room.name, "update", room.name) then
            local over = { kind = kind, channel = room.name, group = { state = state }, links = LINKS }
            if kind == "update" then over.message = { external_id = IDS[room.name] or "42" } end
            assert.same(verbs, offered(bytes_of(room.name, over)), kind)
          end
        end
      end)
    end

    it("has no link when there is no public address", function()
      local silent = bytes_of(room.name, { kind = "post", channel = room.name, links = false })
      assert.is_nil(silent:find("/act/", 1, true))
    end)
  end)
end

describe("Slack without a signing secret", function()
  it("has links in place of buttons", function()
    local body = bytes_of("slack", { kind = "post", account = { signing_secret = false }, links = LINKS })
    assert.same(OFFERED.firing, offered(body))
    assert.is_nil(body:find('"actions"', 1, true))
  end)
end)

-- Where each channel's API reads who is called; who is not here cannot call a whole room.
local CALLED <const> = {
  slack = function(b) return b.blocks[2].text.text end, mattermost = function(b) return b.message end,
  discord = function(b) return b.allowed_mentions.parse[1] == "everyone" and b.content:match "^%S+" end,
  google_chat = function(b) return b.text end, matrix = function(b) return b["m.mentions"].room and b.body:match "^%S+" end,
  rocketchat = function(b) return b.text:match "^%S+" end, zulip = function(b) return b.content:match "^%S+" end,
  webex = function(b) return b.markdown:match "^%S+" end,
}
CALLED.discord_bot = CALLED.discord
local WORDS <const> = { slack = "<!channel>", mattermost = "@channel", discord = "@everyone", discord_bot = "@everyone", google_chat = "<users/all>",
  matrix = "@room", rocketchat = "@all", zulip = "@**all**", webex = "<@all>" }

describe("everybody in a room", function()
  for _, room in ipairs(channel.rooms()) do
    local name, mention = room.name, channel.load(room.name).mention
    it((mention and "is called in the words of " or "cannot be called by ") .. name, function()
      if not mention then return assert.is_nil(CALLED[name]) end
      assert.equal(WORDS[name], mention.everyone)
      local function sent(over)
        local request = assert(channel.request(name, channel_examples.send(name, over)))
        if request.headers[1][2] == "application/x-www-form-urlencoded" or name == "zulip" then return encode.read_form(request.body) end
        return json.decode(request.body)
      end
      assert.equal(WORDS[name], CALLED[name](sent { kind = "post", channel = name, group = false, links = false, mention = mention.everyone }))
      local silent = sent { kind = "post", channel = name, group = false, links = false }
      if name == "slack" then assert.is_nil(silent.blocks[2]) else assert.are_not.equal(WORDS[name], CALLED[name](silent)) end
    end)
  end
end)
