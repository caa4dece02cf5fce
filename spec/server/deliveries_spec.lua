--- An event that is delivered again to a server that was killed before it could answer pages once.
local server <const> = require "server"

describe("a delivery that is tried again after a kill -9", function()
  it("joins the group of the first one", function()
    local data = server.folder()
    local s = server.start { data = data }
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "webhook", name = "hook", templates = { grouping_key = "" } })
    local path = hook.link:match "//[^/]*(/.*)$"
    local function send(n) return s:request("POST", path, { body = { n = n } }).status end
    assert.equal(200, send(1))
    assert.equal(200, send(2))
    s:stop "sigkill"
    local token = s.token
    s = server.start { data = data }
    s.token = token
    assert.equal(200, send(1))
    local counts = {}
    for i, group in ipairs(s:api("GET", "/alert_groups/").results) do counts[i] = group.alerts_count end
    assert.same({ 1, 2 }, counts)
    s:finish()
    server.remove(data)
  end)
end)
