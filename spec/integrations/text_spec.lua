--- Every shipped integration shows a plain text that was posted to it as what it is: a text has methods, but no fields.
local world = require "world"
local integration = require "integration"
local channels = require "channels"
local json = require "tocsin.json"
local render = require "render"

local TEXT <const> = "disk full on db1"

-- The types that people can choose: what the house makes itself is nobody's to post to, and a door has a form of its own.
local function chosen()
  local out = {}
  for _, name in ipairs(integration.list()) do
    local spec = integration.load(name)
    if not spec.is_hidden and not spec.has_door then out[#out + 1] = name end
  end
  return out
end

describe("a text posted to", function()
  local w
  setup(function() w = world.open() end)
  teardown(function() w:close() end)

  for _, name in ipairs(chosen()) do
    it(name .. " is its alert's title, and no method is shown on any channel", function()
      local hook = w:integration { type = name, name = name }
      assert.equal(200, (w:send(hook, TEXT, { ["content-type"] = "text/plain" })))
      assert.equal(200, (w:send(hook, json.encode(TEXT))))
      for _, row in ipairs(w:rows "SELECT title, labels FROM alert_group ORDER BY id DESC LIMIT 1") do
        assert.equal(TEXT, row.title)
        assert.is_nil(row.labels)
      end
      assert.same({}, w:problems())
      local defaults = assert(integration.defaults(name))
      for _, channel in ipairs(channels.names) do
        local shown = render.alert { integration = { name = name, type = name }, defaults = defaults.templates, channel = channel,
          payload_text = json.encode(TEXT) }
        for field, text in pairs(shown) do assert.is_nil(tostring(text):find("built-in", 1, true), channel .. " " .. field) end
        assert.is_nil(shown.errors)
        assert.truthy(shown.title:find(TEXT, 1, true), channel .. ": " .. shown.title)
      end
    end)
  end
end)
