--- Random templates, rendered by the real Jinja2 and by ours: the same bytes, or an error of the same class.
---
--- GENERATED is how many, SEED where to begin; one case is rerun by `SEED=… GENERATED=1 spec/run.sh build "" <this file>`.
require "tocsin.core"
local differential <const> = require "differential"
local generator <const> = require "differential_generator"

local COUNT <const> = math.tointeger(tonumber(os.getenv "GENERATED" or 1000))
local SEED <const> = math.tointeger(tonumber(os.getenv "SEED" or 1))
local BATCH <const>, SHOWN_MAX <const> = 2000, 8

local in_c = 0 -- how many C rendered

local function differs(case, answer)
  for _, how in ipairs { { "plain", false }, { "payload", false }, { "plain", true }, { "payload", true } } do
    local env <const> = differential.environment(case, how[2])
    local text <const>, e <const>, is_in_c <const> = differential.render(case, env, how[1])
    if how[2] and how[1] == "payload" and is_in_c then in_c = in_c + 1 end
    local found <const> = differential.difference(case, answer, text, e)
    if found then return (how[2] and "in C: " or "") .. found end
  end
end

-- Leaves parts out as long as the two still differ.
local function minimised(case, found)
  while true do
    local list <const> = generator.smaller(case)
    local answers <const> = differential.ask(list)
    local next_case
    for i, smaller in ipairs(list) do
      local why <const> = not next_case and differs(smaller, answers[i])
      if why then next_case, found = smaller, why end
    end
    if not next_case then return found end
    case = next_case
  end
end

local function run(first, count, found)
  local cases <const> = {}
  for i = 1, count do cases[i] = generator.case(first + i - 1) end
  local answers <const> = differential.ask(cases)
  local outputs = 0
  for i, case in ipairs(cases) do
    if answers[i].output then outputs = outputs + 1 end
    local why <const> = differs(case, answers[i])
    if why then
      found.n = found.n + 1
      if found.n <= SHOWN_MAX then
        found[found.n] = string.format("SEED=%d options %s templates %s\n%s", case.seed, case.options,
          require("cjson").encode(case.templates), minimised(case, why))
      end
    end
  end
  return outputs
end

-- A random template may ask for more memory than there is: each side is refused then. A sanitizer maps all there is itself.
local function limit_memory(most)
  if os.getenv "SPEC_SAN" == "" then assert(os.execute("prlimit --pid $PPID --as=" .. most .. ":unlimited")) end
end

describe("Jinja2 and ours, on random templates,", function()
  setup(function() limit_memory(3 << 30) end)
  teardown(function() limit_memory "unlimited" end)

  it("agree", function()
    local found <const>, outputs = { n = 0 }, 0
    for first = SEED, SEED + COUNT - 1, BATCH do
      outputs = outputs + run(first, math.min(BATCH, SEED + COUNT - first), found)
    end
    io.write(string.format("generator: %d templates from SEED=%d, %d with text (%d rendered in C), %d with an error of the reference; %d differ\n",
      COUNT, SEED, outputs, in_c, COUNT - outputs, found.n))
    assert.equal("", table.concat(found, "\n\n"))
    assert.is_true(outputs > COUNT // 4)
  end)
end)
