--- What happens to an apply when others change something between its copy and its write, and when the write fails.
require "tocsin.core"
local engine <const> = require "tocsin.engine"
local json <const> = require "tocsin.json"
local server <const> = require "server"
local world <const> = require "world"

local port <const> = {}
local port_before, apply_before

describe("an apply", function()
  local folder, w, writes, before_write, apply, kinds_of

  setup(function()
    port_before, apply_before = package.loaded["tocsin.port"], package.loaded["config.apply"]
    package.loaded["tocsin.port"], package.loaded["config.apply"] = port, nil
    apply, kinds_of = require "config.apply", require "config.kinds"
  end)
  teardown(function() package.loaded["tocsin.port"], package.loaded["config.apply"] = port_before, apply_before end)
  before_each(function()
    folder = server.folder()
    w = world.open { data = folder, start_at = 1790000000000000 }
    writes, before_write = 0, nil
    function port.call(name, arguments)
      writes = writes + 1
      if before_write then
        local code, sentence = before_write(writes)
        if code then return nil, sentence, code end
      end
      local text, sentence, code = engine.port_text(w.core, name, json.encode(arguments))
      if text then return json.decode(text) end
      return nil, sentence, code
    end
  end)
  after_each(function()
    w:close()
    server.remove(folder)
  end)

  local function desired()
    local kinds = kinds_of.list()
    local function wanted(kind, slug, document)
      return { kind = kinds[kind], slug = slug, path = kinds[kind].place.folder .. "/" .. slug .. ".yaml", document = document }
    end
    return { objects = {
      team = { wanted("team", "a", { name = "A" }), wanted("team", "b", { name = "B" }) },
      escalation_chain = { wanted("escalation_chain", "c", { name = "C", team_id = "b", steps = json.array { { type = "wait", duration = 60 } } }) },
    } }
  end
  local function make() return apply.make(folder, desired, { now = 1790000000000000, is_marking = true, who = { actor = { via = "files" } } }) end
  local function teams()
    local names = {}
    for i, team in ipairs(w:api(200, "GET", "teams/").results) do names[i] = team.name end
    return names
  end

  it("starts again on what is there then, so that ids and references are right", function()
    function before_write(n)
      if n == 1 then w:api(201, "POST", "teams/", { name = "Meanwhile" }) end
    end
    local plan, why = make()
    assert.is_nil(why)
    assert.same({}, plan.wrong)
    assert.equal(2, writes)
    assert.same({ "Meanwhile", "A", "B" }, teams())
    local chain = w:api(200, "GET", "escalation_chains/").results[1]
    assert.equal("B", w:api(200, "GET", "teams/" .. chain.team_id .. "/").name)
    assert.equal("escalation_chains/c.yaml", chain.managed_by)
    plan = make()
    assert.same({ 0, 0, 2 }, { #plan.differences, #plan.statements, writes })
  end)

  it("sees a change that makes nothing new, too", function()
    local id = w:api(201, "POST", "teams/", { name = "A" }).id
    function before_write(n)
      if n == 1 then w:api(200, "PUT", "teams/" .. id .. "/", { name = "Renamed" }) end
    end
    assert(make())
    assert.equal(2, writes)
    assert.same({ "Renamed", "A", "B" }, teams())
  end)

  it("gives up when others never stop, and nothing has changed", function()
    function before_write(n) w:api(201, "POST", "teams/", { name = "Meanwhile " .. n }) end
    local plan, why = make()
    assert.is_nil(plan)
    assert.equal("others kept changing the configuration at the same moment; nothing was changed", why)
    assert.equal(5, #teams())
  end)

  it("says why nothing can be written", function()
    function before_write() return "DISK_FULL", "The disk is full." end
    local plan, why = make()
    assert.same({ nil, "The disk is full.", 1 }, { plan, why, writes })
    assert.same({}, teams())
  end)
end)
