--- A real server whose alerts call people at addresses of their own: for specs that break what is around it.
local server <const> = require "server"

local M <const> = {}
local Called <const> = {}
Called.__index = Called

-- `people`: { name = url }; `steps`: rows of escalation_step, users by name.
local function rows(people, steps)
  local out, ids, n = { "INSERT INTO provider (id, type, name, created_at) VALUES (1, 'webhook', 'hooks', 1);",
    "INSERT INTO escalation_chain (id, name) VALUES (1, 'c'); UPDATE route SET escalation_chain_id = 1;" }, {}, 0
  for name, urls in pairs(people) do
    n = n + 1
    ids[name] = n
    out[#out + 1] = ("INSERT INTO user (id, username, name, role, created_at) VALUES (%d, '%s', 'U', 'editor', 1);"):format(n, name)
    for i, url in ipairs(urls) do
      out[#out + 1] = ("INSERT INTO contact_method (id, user_id, channel, address, created_at) VALUES (%d, %d, 'webhook', '{\"url\":\"%s\"}', 1);"):format(10 * n + i, n, url)
      out[#out + 1] = ("INSERT INTO notification_rule (user_id, position, channel, contact_method_id) VALUES (%d, %d, 'webhook', %d);"):format(n, 2 * i, 10 * n + i)
      out[#out + 1] = ("INSERT INTO notification_rule (user_id, position, wait_ms) VALUES (%d, %d, 1000);"):format(n, 2 * i + 1)
    end
  end
  for i, step in ipairs(steps) do
    out[#out + 1] = ("INSERT INTO escalation_step (escalation_chain_id, position, type, users, wait_ms) VALUES (1, %d, '%s', '[%s]', %s);"):format(
      i, step.type, step.user and ids[step.user] or "", step.wait_ms or "NULL")
  end
  return table.concat(out, "\n")
end

--- M.new { data, binary, args, env, people, steps } → a folder with all that, and no server yet.
function M.new(options)
  local called = setmetatable({ options = options, data = options.data or server.folder() }, Called)
  options.args = options.args or {}
  for _, word in ipairs { "--allow-private-webhooks", "1" } do options.args[#options.args + 1] = word end
  called:start()
  called.server:make_token()
  called.token = called.server.token
  called.path = called.server:api("POST", "/integrations/", { type = "webhook", name = "hook",
    templates = { grouping_key = "{{ payload.key }}", acknowledge_signal = "{{ payload.ack == 1 }}" } }).link:match("//[^/]*(/.*)$")
  assert(called:stop() == 0)
  called:sql(rows(options.people, options.steps))
  return called
end

-- Programs that see its folder; a small disk has its own.
local function shell(called, command)
  if called.options.disk then return called.options.disk:run(command) end
  local pipe <close> = assert(io.popen(command))
  return (pipe:read("a"):gsub("%s+$", ""))
end

function Called:sql(text)
  local file = os.tmpname()
  local f <close> = assert(io.open(file, "w"))
  f:write(text)
  f:flush()
  shell(self, ("sqlite3 -bail %s/tocsin.db < %s"):format(self.data, file))
  os.remove(file)
end

--- What a query prints, columns with | between them.
function Called:ask(sql) return shell(self, ("sqlite3 -readonly %s/tocsin.db \"%s\""):format(self.data, sql)) end

function Called:start()
  self.server = server.start { data = self.data, binary = self.options.binary, args = self.options.args, env = self.options.env }
  self.server.token = self.token
  return self.server
end

function Called:stop(signal) return self.server:stop(signal) end

--- Posts an alert → status
function Called:post(key, more)
  return self.server:request("POST", self.path, { body = ('{"key":"%s","title":"%s"%s}'):format(key, key, more or "") }).status
end

--- Whether a line of the log of the server that runs holds this text, and how many do.
function Called:count_log(text)
  local n = 0
  for _, line in ipairs(self.server.log) do n = n + (line:find(text, 1, true) and 1 or 0) end
  return n
end

return M
