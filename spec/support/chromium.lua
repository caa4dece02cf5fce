--- A real browser for specs: `chromium.start(url)`, then `open` (a new profile) and `run` (JavaScript; see chromium.js).
local line_process <const> = require "line_process"

---@class Chromium
local Chromium <const> = {}
Chromium.__index = Chromium

local chromium <const> = {}

--- Starts it; pages are those of this address.
function chromium.start(url)
  return setmetatable({ process = line_process.start("node", { "spec/support/chromium.js", url }) }, Chromium)
end

local function told(answer)
  if answer.error then error(answer.error, 3) end
  return answer.value
end

--- A new window with an empty profile: { width, height, dark, script }.
function Chromium:open(options) return told(self.process:ask { open = options }) end

--- Runs the body of an async function of (page, context, args, tools) → what it returns
function Chromium:run(js, args) return told(self.process:ask { js = js, args = args or {} }) end

function Chromium:stop() self.process:stop() end

return chromium
