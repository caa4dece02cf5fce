--- How much work the templates of one source may still make where others wait behind them: a stock of fuel that refills.
---
--- A template that loops costs its whole budget each time, on the one thread that sends everybody's messages. So each source
--- has a stock for about 50 ms of work; what it spends beyond is owed, and paid back at 20 ms a second. Until then its
--- templates get little, which is plenty for what does not loop.
local allowance = {}

local FULL <const> = 5000000 -- units of core/script/fuel.h: about 10 ns each
local REFILL <const> = 2 -- units a µs
local DEBT_MAX <const> = 20000000
allowance.LEAST = 100000 -- of each template: about 1 ms

--- @class stock
--- @field left integer units, below zero: owed
--- @field at integer µs of the last look

---@param now integer µs
---@return stock
function allowance.new(now) return { left = FULL, at = now } end

--- What one template may spend now.
---@param stock stock
---@param now integer µs; a clock that was set back refills nothing
---@param most integer units
---@return integer units
function allowance.fuel(stock, now, most)
  stock.left = math.min(FULL, stock.left + math.max(0, now - stock.at) * REFILL)
  stock.at = now
  return math.max(allowance.LEAST, math.min(most, stock.left))
end

--- How long until nothing is owed, for what may wait rather than get less.
---@param stock stock
---@param now integer µs
---@return integer ms
function allowance.wait_ms(stock, now)
  allowance.fuel(stock, now, 0)
  return stock.left < 0 and -stock.left // (REFILL * 1000) + 1 or 0
end

---@param stock stock
---@param units integer
function allowance.spend(stock, units) stock.left = math.max(-DEBT_MAX, stock.left - units) end

return allowance
