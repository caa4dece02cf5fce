--- A real server with one person who is called by an ntfy server of the spec's own: Ada, by the chain of every route.
local uv <const> = require "luv"
local cjson <const> = require "cjson"
local server <const> = require "server"

local paged <const> = {}

local STEPS <const> = [[
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

local Paged <const> = {}
Paged.__index = Paged

--- paged.open(arguments of `tocsin serve`) → {server, fake, folder, link}: a server, and the address of its integration.
function paged.open(args)
  local self = setmetatable({ folder = server.folder(), fake = fake_ntfy(), args = args }, Paged)
  local first = server.start { data = self.folder }
  first:make_token()
  self.link = first:api("POST", "/integrations/", { type = "webhook", name = "hook" }).link:match("//[^/]*(/.*)$")
  assert(first:stop() == 0)
  self:write(STEPS:format(self.fake.port))
  self.server = server.start { data = self.folder, args = args }
  self.server.token = first.token
  return self
end

--- Runs SQL that writes, while no server runs.
function Paged:write(sql)
  local file <close> = assert(io.popen("sqlite3 -bail " .. self.folder .. "/tocsin.db", "w"))
  file:write(sql)
end

--- What a SELECT prints, read beside the server.
function Paged:read(sql)
  local pipe <close> = assert(io.popen(("sqlite3 -readonly %s/tocsin.db \"%s\""):format(self.folder, sql)))
  return (pipe:read("a"):gsub("%s+$", ""))
end

--- Sends an alert and waits for the page → what the ntfy server got.
function Paged:page(payload)
  local count = #self.fake.bodies
  assert(self.server:request("POST", self.link, { body = payload }).status == 200)
  server.wait(function() return #self.fake.bodies > count end, "the page")
  return self.fake.bodies[#self.fake.bodies]
end

function Paged:close()
  self.fake.stop()
  assert(self.server:stop() == 0)
  server.remove(self.folder)
end

return paged
