--- The Jinja environment of every template here: Jinja2's own, OnCall's filters, and its `time`.
---
--- The clock is a value, set before a rendering: the same alert renders the same at the same moment, on virtual time too.
local args <const> = require("jinja.args")
local jinja <const> = require("jinja")
local oncall <const> = require("jinja.oncall")
local value <const> = require("jinja.value")
local setmetatable <const> = setmetatable

local environment = {}

local clock <const> = { now_us = 0 }

local time <const> = setmetatable({
  name = "time",
  call = args.bind({ name = "time", params = {} }, function() return oncall.time(clock.now_us) end),
}, value.FUNCTION)

--- Sets what `time()` says in the renderings of this state until it is set again.
---@param now_us integer microseconds since 1970
function environment.set_now(now_us)
  clock.now_us = now_us
end

environment.env = jinja.new { filters = oncall.filters, globals = { time = time }, is_oncall = true }

return environment
