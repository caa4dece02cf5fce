--- Who brings mails to a server in specs: lines out, replies in, over a plain socket.
local server <const> = require "server"
local socket <const> = require "socket"

local M <const> = {}
local Client <const> = {}
Client.__index = Client

--- A connection, greeted. The port is printed by the server as "taking mails on HOST:PORT".
function M.connect(port)
  local self = setmetatable({ tcp = assert(socket.connect("127.0.0.1", port)) }, Client)
  self.tcp:settimeout(20)
  self.greeting = self:reply()
  return self
end

--- The port where a server of spec/support/server.lua takes mails.
function M.port_of(s)
  return server.wait(function()
    for _, line in ipairs(s.out) do
      local port = line:match "^taking mails on 127%.0%.0%.1:(%d+)$"
      if port then return tonumber(port) end
    end
  end, "the mail listener")
end

--- One reply, its lines joined by "\n"; nil at the end of the connection.
function Client:reply()
  local lines = {}
  repeat
    local line = self.tcp:receive "*l"
    if not line then return nil end
    lines[#lines + 1] = line
  until line:sub(4, 4) ~= "-"
  return table.concat(lines, "\n")
end

function Client:send(bytes) return self.tcp:send(bytes) end

--- A line, and what is said to it.
function Client:say(line)
  self:send(line .. "\r\n")
  return self:reply()
end

--- A whole mail on a greeted connection → the last reply.
function Client:mail(to, text, from)
  local reply = self:say("MAIL FROM:<" .. (from or "a@example.org") .. ">")
  if not reply:find "^250" then return reply end
  for _, one in ipairs(type(to) == "table" and to or { to }) do
    reply = self:say("RCPT TO:<" .. one .. ">")
    if not reply:find "^250" then return reply end
  end
  self:say "DATA"
  return self:say((text:gsub("\r?\n", "\r\n")) .. "\r\n.")
end

function Client:close() self.tcp:close() end

return M
