--- Every channel's file through its own examples, and the proof that the examples leave nothing out.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local channel_schema = require "channel_schema"

describe("channel files", function()
  it("are all right", function()
    assert.equal("", channel.problems())
    assert.is_true(#channel.list() >= 3)
  end)

  for _, name in ipairs(channel.list()) do
    local spec = require("channels." .. name)
    for _, example in ipairs(spec.examples) do
      it(name .. ": " .. example[1], function()
        assert.same({}, channel_examples.run(name, example))
      end)
    end

    it(name .. " has an example of everything it can", function()
      assert.same({}, channel_schema.untested(spec, name .. ".lua"))
    end)
  end
end)
