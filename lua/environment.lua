--- The Jinja environment of every template here: OnCall's filters, its `time`, and its ban on `range`.
---
--- The clock is a value, set before a rendering: the same alert renders the same at the same moment, on virtual time too.
local args <const> = require("jinja.args")
local errors <const> = require("jinja.errors")
local jinja <const> = require("jinja")
local value <const> = require("jinja.value")
local oncall <const> = require("jinja.oncall")
local setmetatable <const> = setmetatable

local environment = {}

local clock <const> = { now_us = 0 }

local function global(name, params, f)
  return setmetatable({ name = name, call = args.bind({ name = name, params = params, required = 0 }, f) }, value.FUNCTION)
end

--- Sets what `time()` says in the renderings of this state until it is set again.
---@param now_us integer microseconds since 1970
function environment.set_now(now_us)
  clock.now_us = now_us
end

environment.env = jinja.new {
  filters = oncall.filters,
  globals = {
    time = global("time", {}, function() return oncall.time(clock.now_us) end),
    range = global("range", { "start", "stop", "step" }, function()
      errors.raise("SecurityError", "use of 'range' is restricted")
    end),
  },
}

return environment
