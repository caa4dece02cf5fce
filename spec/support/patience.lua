--- Waiting with the loop of luv: for something, as long as the specs' patience lasts, or for a time.
local uv <const> = require "luv"

local M <const> = {}

--- How long anything may take, in milliseconds: sanitizers are slow.
M.ms = (os.getenv("SPEC_SAN") or "") == "" and 10000 or 60000

--- Runs the loop until `is_done()`, asked at every event and every 10 ms. Raises when `ms` (the patience) are over.
---@param what string  what is waited for
---@return any what `is_done` gave
function M.wait(is_done, what, ms)
  local tick <const>, until_ns <const> = uv.new_timer(), uv.hrtime() + (ms or M.ms) * 1000000
  tick:start(10, 10, function() end)
  local done = is_done()
  while not done and uv.hrtime() < until_ns do
    uv.run("once")
    done = is_done()
  end
  tick:close()
  uv.run("nowait")
  return assert(done, "waited too long for " .. what)
end

--- Runs the loop for that long.
function M.pause(ms)
  local timer <const> = uv.new_timer()
  local is_over = false
  timer:start(math.floor(ms), 0, function() is_over = true end)
  while not is_over do uv.run("once") end
  timer:close()
end

return M
