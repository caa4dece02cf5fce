--- What commands print of a plan: what is wrong, what would change, and a line that sums it up.
local console <const> = require("tocsin.console")
local difference <const> = require("config.difference")

local format <const> = string.format

local telling = {}

---Everything that is wrong, on standard error: `FOLDER/path:line: sentence`.
function telling.wrong(prefix, wrong)
  for _, one in ipairs(wrong) do
    local place = one.path and prefix .. one.path or prefix
    if one.line then place = place .. ":" .. one.line end
    console.err(format("%s: %s\n", place, one.sentence))
  end
end

---The differences, one object after the other.
function telling.differences(plan)
  for _, one in ipairs(plan.differences) do console.out(difference.text(one)) end
end

local function counts(plan)
  local n = { add = 0, change = 0, remove = 0 }
  for _, one in ipairs(plan.differences) do n[one.what] = n[one.what] + 1 end
  return n
end

---`2 to add, 1 to change, 0 to remove.`
function telling.sum(plan, words)
  local n = counts(plan)
  if plan.has_secrets then console.out(words.secrets .. "\n")
  elseif #plan.differences == 0 then console.out(words.same .. "\n")
  else console.out(format(words.sum .. "\n", n.add, n.change, n.remove)) end
end

return telling
