--- A page through the real server: from the POST of an alert to the request at a provider.
local paged = require "paged"
local server = require "server"

describe("a page", function()
  local p

  before_each(function() p = paged.open() end)
  after_each(function() p:close() end)

  it("reaches the provider, and the attempt is written down", function()
    local body = p:page { title = "Disk of db-1 is full" }
    assert.equal("ada-phone", body.topic)
    assert.is_truthy(body.title:find("Disk of db-1 is full", 1, true))
    server.wait(function() return p:read "SELECT state FROM notification" == "sent" end, "the record")
    assert.equal("sent|200|m1", p:read "SELECT state, status, external_id FROM delivery")
  end)

  it("is sent again after a failure, with the same key", function()
    p.fake.status = "502 Bad Gateway"
    p:page { title = "x" }
    p.fake.status = "200 OK"
    server.wait(function() return p:read "SELECT state FROM notification" == "sent" end, "the second attempt")
    assert.equal("retry\nsent", p:read "SELECT state FROM delivery ORDER BY id")
    assert.equal(2, #p.fake.bodies)
  end)
end)
