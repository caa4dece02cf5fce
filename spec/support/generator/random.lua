--- The generator's choices: the same for the same seed, on every machine.
local random <const> = {}
random.__index = random

-- xorshift64*: the same numbers on every machine.
local function next_random(g)
  local x = g.state
  x = x ~ (x >> 12)
  x = x ~ (x << 25)
  x = x ~ (x >> 27)
  g.state = x
  return (x * 2685821657736338717) >> 11
end

function random:up_to(n) return next_random(self) % n + 1 end
function random:chance(percent) return self:up_to(100) <= percent end
function random:pick(list) return list[self:up_to(#list)] end

--- Runs one of the functions or gives one of the texts.
function random:one(list, ...)
  local choice <const> = self:pick(list)
  if type(choice) == "function" then return choice(self, ...) end
  return choice
end

--- Nothing, or with a chance one of the texts.
function random:maybe(percent, list) return self:chance(percent) and self:pick(list) or "" end

--- Choices for a seed.
function random.new(seed)
  local g <const> = setmetatable({ state = (seed * 0x9E3779B97F4A7C15) ~ 0x1234567 }, random)
  if g.state == 0 then g.state = 1 end
  for _ = 1, 4 do next_random(g) end
  return g
end

return random
