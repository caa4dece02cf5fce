--- What holds of ordered lists when many clients change them at the same moment, and after a hard end of the process.
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local server <const> = require "server"

local TOGETHER <const>, ROUNDS <const> = 8, 5

describe("a server whose lists are changed by many at once", function()
  local s
  before_each(function()
    s = server.start()
    s:make_token()
  end)
  after_each(function() s:finish() end)

  -- The requests leave before the first answer is read → statuses
  local function at_once(method, target, bodies)
    local open, statuses = {}, {}
    for i, body in ipairs(bodies) do
      open[i] = raw.connect(s.port)
      open[i]:send(raw.request(method, target, cjson.encode(body), "Authorization: " .. s.token .. "\r\n"))
    end
    for i, c in ipairs(open) do
      statuses[i] = assert(c:read { patience = server.patience_ms / 1000 }).status
      c:close()
    end
    return statuses
  end

  -- Each round's elements ask for the first place; none may share a place, and none may be lost.
  local function check(target, body, filter)
    for _ = 1, ROUNDS do
      local bodies = {}
      for i = 1, TOGETHER do bodies[i] = body end
      for _, status in ipairs(at_once("POST", "/api/v1" .. target, bodies)) do assert.equal(201, status) end
    end
    local seen, page = {}, s:api("GET", target .. "?perpage=1000&" .. filter)
    assert.equal(ROUNDS * TOGETHER, page.count)
    for _, one in ipairs(page.results) do
      assert.is_nil(seen[one.position])
      seen[one.position] = true
    end
    for position = 0, ROUNDS * TOGETHER - 1 do assert.is_true(seen[position], position) end
  end

  it("gives every step of a chain a place of its own", function()
    local chain = s:api("POST", "/escalation_chains/", { name = "ops" }).id
    check("/escalation_policies/", { escalation_chain_id = chain, type = "wait", duration = 60, position = 0 }, "escalation_chain_id=" .. chain)
  end)

  it("gives every rule of a person a place of its own", function()
    local ann = s:api("POST", "/users/", { username = "ann" }).id
    check("/personal_notification_rules/", { user_id = ann, type = "wait", position = 0 }, "user_id=" .. ann)
  end)

  it("keeps what was answered when the process is killed", function()
    local chain = s:api("POST", "/escalation_chains/", { name = "ops" }).id
    local step = s:api("POST", "/escalation_policies/", { escalation_chain_id = chain, type = "wait", duration = 60 })
    s:stop("sigkill")
    local again = server.start { data = s.data }
    again.token = s.token
    assert.same(step, again:api("GET", "/escalation_policies/" .. step.id))
    again:finish()
  end)
end)
