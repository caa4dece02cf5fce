--- A web server for specs that take what a real process sends out: it keeps every request and answers 200, or as told.
local uv <const> = require "luv"

local M <const> = {}
local Receiver <const> = {}
Receiver.__index = Receiver

-- One whole request off the front of `got` → head, body, rest; nil when it is not all there.
local function take(got)
  local head, rest = got:match("^(.-\r\n\r\n)(.*)$")
  local length = head and tonumber(head:lower():match("content%-length: (%d+)") or 0)
  if length and #rest >= length then return head, rest:sub(1, length), rest:sub(length + 1) end
end

local function answer(client, status)
  client:write(("HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"id\":1}"):format(status))
end

local function serve(receiver, client)
  local got = ""
  receiver.clients[#receiver.clients + 1] = client
  client:read_start(function(_, bytes)
    if not bytes then return end
    got = got .. bytes
    local head, body, rest = take(got)
    while head do
      got = rest
      local request = { path = head:match("^%S+ (%S+)"), head = head, body = body, at_ns = uv.hrtime() }
      receiver.requests[#receiver.requests + 1] = request
      if receiver.on_request then receiver.on_request(request) end
      if receiver.status then answer(client, receiver.status)
      else receiver.unanswered[#receiver.unanswered + 1] = client end
      head, body, rest = take(got)
    end
  end)
end

--- M.open(address) → { port, requests = { { path, head, body, at_ns }, … }, status = 200, on_request }; without a status nothing
--- is answered until `answer`.
function M.open(address)
  local receiver = setmetatable({ requests = {}, clients = {}, unanswered = {}, status = 200, tcp = uv.new_tcp() }, Receiver)
  assert(receiver.tcp:bind(address or "127.0.0.1", 0))
  receiver.port = receiver.tcp:getsockname().port
  receiver.tcp:listen(64, function()
    local client = uv.new_tcp()
    receiver.tcp:accept(client)
    serve(receiver, client)
  end)
  return receiver
end

--- How many requests went to a path.
function Receiver:count(path)
  local n = 0
  for _, request in ipairs(self.requests) do n = n + (request.path == path and 1 or 0) end
  return n
end

--- Answers what waits for it, and from now on at once.
function Receiver:answer(status)
  self.status = status
  for _, client in ipairs(self.unanswered) do answer(client, status) end
  self.unanswered = {}
end

function Receiver:close()
  for _, client in ipairs(self.clients) do client:close() end
  self.tcp:close()
  uv.run("nowait")
end

return M
