--- Every channel's file through its own examples, and the proof that the examples leave nothing out.
require "tocsin.core"
local channel = require "channel"
local channel_examples = require "channel_examples"
local channel_schema = require "channel_schema"
local script_process = require "script_process"

describe("channel files", function()
  it("run in a script of the server as they do here", function()
    local source = [[local channel = require("channel")
      local channel_examples = require("channel_examples")
      return { main = function(name)
        local out = {}
        for _, example in ipairs(channel.load(name).examples) do
          for _, problem in ipairs(channel_examples.run(name, example)) do out[#out + 1] = example[1] .. ": " .. problem end
        end
        return table.concat(out, "\n"), #channel.load(name).examples
      end }]]
    local names, requests = channel.list(), {}
    for i, name in ipairs(names) do requests[i] = script_process.call("run_examples", "main", { name }, 1000000000) end
    for i, answer in ipairs(script_process.run({ run_examples = source }, requests, { tree = "." })) do
      assert.same({ "OK", "" }, { answer.err, answer.results and answer.results[1] }, names[i] .. ": " .. answer.why)
      assert.equal(#channel.load(names[i]).examples, answer.results[2])
    end
  end)

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
