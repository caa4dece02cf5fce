--- A page through the real server: from the POST of an alert to the request at a provider.
local uv = require "luv"
local cjson = require "cjson"
local server = require "server"

local STEPS = [[
INSERT INTO user (id, username, name, role, created_at) VALUES (1, 'ada', 'Ada', 'editor', 1);
INSERT INTO provider (id, type, name, settings, created_at) VALUES (1, 'ntfy', 'ntfy', '{"url":"http://127.0.0.1:%d"}', 1);
INSERT INTO contact_method (user_id, channel, address, created_at) VALUES (1, 'ntfy', '{"topic":"ada-phone"}', 1);
INSERT INTO notification_rule (user_id, position, channel) VALUES (1, 0, 'ntfy');
INSERT INTO escalation_chain (id, name) VALUES (1, 'web');
INSERT INTO escalation_step (escalation_chain_id, position, type, users) VALUES (1, 0, 'notify_persons', '[1]');
UPDATE route SET escalation_chain_id = 1;
]]

-- An ntfy server that keeps what it was sent and answers as it is told.
local function fake_ntfy()
  local fake = { bodies = {}, status = "200 OK", clients = {} }
  fake.tcp = uv.new_tcp()
  assert(fake.tcp:bind("127.0.0.1", 0))
  fake.port = fake.tcp:getsockname().port
  fake.tcp:listen(16, function()
    local client, got = uv.new_tcp(), ""
    fake.tcp:accept(client)
    fake.clients[#fake.clients + 1] = client
    client:read_start(function(_, bytes)
      if not bytes then return end
      got = got .. bytes
      local length = tonumber(got:match("[Cc]ontent%-[Ll]ength: (%d+)"))
      local body = got:match("\r\n\r\n(.*)$")
      if not length or not body or #body < length then return end
      fake.bodies[#fake.bodies + 1] = cjson.decode(body)
      got = ""
      client:write("HTTP/1.1 " .. fake.status .. "\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"id\":\"m1\"}")
    end)
  end)
  function fake.stop()
    for _, client in ipairs(fake.clients) do client:close() end
    fake.tcp:close()
    uv.run("nowait")
  end
  return fake
end

describe("a page", function()
  local s, fake, folder

  before_each(function()
    folder, fake = server.folder(), fake_ntfy()
    s = server.start { data = folder }
    s:make_token()
    s.link = s:api("POST", "/integrations/", { type = "webhook", name = "hook" }).link:match("//[^/]*(/.*)$")
    assert.equal(0, s:stop())
    local file <close> = assert(io.popen("sqlite3 -bail " .. folder .. "/tocsin.db", "w"))
    file:write(STEPS:format(fake.port))
  end)
  before_each(function()
    local link = s.link
    s = server.start { data = folder }
    s.link = link
  end)
  after_each(function()
    fake.stop()
    assert.equal(0, s:stop())
    server.remove(folder)
  end)

  local function column(sql)
    local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(folder, sql)))
    return (pipe:read("a"):gsub("%s+$", ""))
  end

  it("reaches the provider, and the attempt is written down", function()
    assert.equal(200, (s:request("POST", s.link, { body = { title = "Disk of db-1 is full" } })).status)
    server.wait(function() return #fake.bodies == 1 end, "the page")
    assert.equal("ada-phone", fake.bodies[1].topic)
    assert.is_truthy(fake.bodies[1].title:find("Disk of db-1 is full", 1, true))
    server.wait(function() return column "SELECT state FROM notification" == "sent" end, "the record")
    assert.equal("sent|200|m1", column "SELECT state, status, external_id FROM delivery")
  end)

  it("is sent again after a failure, with the same key", function()
    fake.status = "502 Bad Gateway"
    s:request("POST", s.link, { body = { title = "x" } })
    server.wait(function() return #fake.bodies == 1 end, "the first attempt")
    fake.status = "200 OK"
    server.wait(function() return column "SELECT state FROM notification" == "sent" end, "the second attempt")
    assert.equal("retry\nsent", column "SELECT state FROM delivery ORDER BY id")
    assert.equal(2, #fake.bodies)
  end)
end)
