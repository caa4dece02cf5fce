--- One random history of alerts and actions under many orders of the core's parts: always consistent, and the same
--- again under the same seed.
local world = require "world"
local engine = require "tocsin.engine"
local json = require "tocsin.json"

local STEPS <const>, SEEDS <const> = 300, 20

-- A generator of its own, so that the history is the same on every machine.
local function random_from(seed)
  local state = seed
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return ((state >> 33) % n) + 1
  end
end

local VERBS <const> = { "acknowledge", "unacknowledge", "resolve", "unresolve", "silence", "unsilence" }

local function alert(random, hooks)
  local payload = { key = "k" .. random(6), team = random(3), n = random(4) }
  if random(4) == 1 then payload.state = "ok" end
  if random(6) == 1 then payload.ack = 1 end
  return { "POST", world.path(hooks[random(#hooks)]), { ["content-type"] = "application/json" },
    '{"key":"' .. payload.key .. '","team":' .. payload.team .. ',"n":' .. payload.n .. ',"state":"' .. (payload.state or "") ..
    '","ack":' .. (payload.ack or 0) .. (random(9) == 1 and ',"slow":1' or "") .. "}" }
end

local function action(random, ids, token)
  local id, verb = ids[random(#ids)], VERBS[random(#VERBS)]
  local headers = { authorization = token }
  if random(20) == 1 then
    return { "DELETE", "/api/v1/alert_groups/" .. id .. "/", headers, random(2) == 1 and '{"mode":"delete"}' or "" }
  end
  return { "POST", "/api/v1/alert_groups/" .. id .. "/" .. verb .. "/", headers,
    verb == "silence" and '{"delay":' .. random(120) - 1 .. "}" or "" }
end

local function setup_hooks(w)
  local hooks = {}
  for i = 1, 2 do
    hooks[i] = w:integration { templates = { grouping_key = "{{ payload.key }}", resolve_signal = "{{ payload.state == 'ok' }}",
      acknowledge_signal = "{{ payload.ack }}",
      web = { title = "{% if payload.slow %}{% for i in range(3000) %}{% endfor %}{% endif %}T" } } }
    w:route(hooks[i], { routing_type = "jinja2", routing_regex = "{{ payload.team == 1 }}" })
    w:route(hooks[i], { routing_regex = '"team": 2' })
  end
  return hooks
end

-- Plays the history; returns the outcome as text.
local function play(seed)
  local w <close> = setmetatable(world.open { seed = seed, settings = { fuel_inline = 20000 } }, { __index = world, __close = world.close })
  local hooks, random, left = setup_hooks(w), random_from(7), STEPS
  local ids, taken = {}, 0
  while left > 0 do
    local batch = {}
    for i = 1, math.min(left, random(8)) do
      batch[i] = (#ids > 0 and random(3) == 1) and action(random, ids, w.client.token) or alert(random, hooks)
    end
    left = left - #batch
    for i, answer in ipairs(engine.together(w.core, batch)) do
      assert(answer[1] < 500, answer[2])
      local is_alert = batch[i][2]:find("^/integrations")
      assert(not is_alert or answer[1] == 200, answer[2])
      if is_alert then taken = taken + 1 end
    end
    if random(3) == 1 then w:advance(random(90) * 1000) end
    ids = {}
    for i, group in ipairs(w:api(200, "GET", "alert_groups/?perpage=30").results) do ids[i] = group.id end
  end
  w:check_invariants()
  local lines = {}
  for _, group in ipairs(w:groups()) do
    lines[#lines + 1] = json.encode { group.id, group.grouping_id or "", group.route_id, w.state(group), group.alerts_count,
      table.concat(w:log(group.id), ",") }
  end
  return table.concat(lines, "\n"), taken
end

describe("a random history", function()
  it("is consistent in whatever order the core's parts run, and the same under the same seed", function()
    local outcomes, different = {}, 0
    for seed = 1, SEEDS do
      local outcome, taken = play(seed)
      assert.is_true(taken > STEPS / 3)
      if seed % 5 == 0 then assert.equal(outcome, (play(seed)), "seed " .. seed) end
      if not outcomes[outcome] then different = different + 1 end
      outcomes[outcome] = true
    end
    assert.is_true(different > 1, "the order of the parts changed nothing: the seeds are not used")
  end)
end)
