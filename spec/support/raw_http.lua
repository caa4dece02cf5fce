--- Raw sockets and bytes for specs that speak HTTP: connect, send what no client library would, read answers one by one.
local socket <const> = require "socket"
local uv <const> = require "luv"

local M <const> = {}

--- Anything that waits gives up after this many seconds and fails the spec.
M.patience = 3

---@class Connection
local Connection <const> = {}
Connection.__index = Connection
Connection.__close = function(c) c:close() end

---@param port integer
---@param host? string
---@return Connection
function M.connect(port, host)
  local sock = assert((host or ""):find(":") and socket.tcp6() or socket.tcp())
  sock:settimeout(M.patience)
  assert(sock:connect(host or "127.0.0.1", port))
  sock:setoption("tcp-nodelay", true)
  return setmetatable({ sock = sock, buffer = "" }, Connection)
end

function Connection:close() self.sock:close() end

--- Sends all bytes; false and the reason when the peer has closed.
---@param bytes string
function Connection:send(bytes)
  local sent, reason = self.sock:send(bytes)
  return sent == #bytes, reason
end

--- Says that no more bytes come, but goes on reading.
function Connection:half_close() self.sock:shutdown("send") end

-- More bytes into the buffer; nil and "closed" or "timeout".
local function fill(c, patience)
  c.sock:settimeout(patience or M.patience)
  local bytes, reason, partial = c.sock:receive(65536)
  local got = bytes or partial
  if got and #got > 0 then
    c.buffer = c.buffer .. got
    return true
  end
  return nil, reason
end

-- luasocket waits for the whole pattern, so a short answer would wait for the timeout: ask select first, read what is there.
local function fill_some(c, patience)
  local ready = socket.select({ c.sock }, nil, patience or M.patience)
  if #ready == 0 then return nil, "timeout" end
  return fill(c, 0)
end

-- More bytes; raises what it was that did not come.
local function need(c, what)
  local more, reason = fill_some(c)
  if not more then error(reason .. " before " .. what, 0) end
end

-- Takes what stands before `mark` off the buffer, with the mark.
local function take_to(c, mark)
  local from, to = c.buffer:find(mark, 1, true)
  while not from do
    need(c, "the end of " .. (mark == "\r\n\r\n" and "the head" or "a line"))
    from, to = c.buffer:find(mark, 1, true)
  end
  local text = c.buffer:sub(1, from - 1)
  c.buffer = c.buffer:sub(to + 1)
  return text
end

--- The head of an answer that goes on in chunks.
---@return integer status
---@return table<string, string> headers names in lower case
function Connection:begin()
  local head, headers = take_to(self, "\r\n\r\n"), {}
  for name, value in head:gmatch("\r\n([^:\r\n]+): ([^\r\n]*)") do headers[name:lower()] = value end
  return assert(tonumber(head:match("^HTTP/1%.1 (%d%d%d) ")), "not an answer: " .. head), headers
end

--- So many bytes of a body.
function Connection:bytes(count)
  while #self.buffer < count do need(self, "the end of the body") end
  local text = self.buffer:sub(1, count)
  self.buffer = self.buffer:sub(count + 1)
  return text
end

--- The next chunk of it; nil at its proper end. Raises when the peer closes or says nothing.
function Connection:chunk()
  local size = assert(tonumber(take_to(self, "\r\n"), 16), "not a chunk")
  local bytes = self:bytes(size)
  assert(self:bytes(2) == "\r\n", "a chunk that does not end")
  if size > 0 then return bytes end
end

--- Walks the chunks up to the proper end.
function Connection:chunks()
  return function() return self:chunk() end
end

---@class Answer
---@field status integer
---@field headers table<string, string> names in lower case
---@field body string
---@field head string the raw status line and headers

--- The next answer; nil and "closed" when the peer ended the connection first, nil and "timeout" after the patience.
---@param options? { head: boolean?, patience: number? } head: the request was a HEAD
---@return Answer?, string?
function Connection:read(options)
  options = options or {}
  local stop
  repeat
    stop = select(2, self.buffer:find("\r\n\r\n", 1, true))
    if not stop then
      local more, reason = fill_some(self, options.patience)
      if not more then return nil, reason end
    end
  until stop
  local head = self.buffer:sub(1, stop)
  local status = assert(tonumber(head:match("^HTTP/1%.1 (%d%d%d) [^\r\n]+\r\n")), "not an answer: " .. head)
  local headers = {}
  for name, value in head:gmatch("\r\n([^:\r\n]+): ([^\r\n]*)") do
    assert(not headers[name:lower()] or name:lower() == "set-cookie", "the answer repeats " .. name)
    headers[name:lower()] = value
  end
  local length = (options.head or status < 200 or status == 204 or status == 304) and 0
    or assert(tonumber(headers["content-length"]), "an answer without Content-Length: " .. head)
  while #self.buffer < stop + length do
    local more, reason = fill_some(self, options.patience)
    if not more then return nil, reason .. " within a body" end
  end
  local body = self.buffer:sub(stop + 1, stop + length)
  self.buffer = self.buffer:sub(stop + length + 1)
  return { status = status, headers = headers, body = body, head = head }
end

--- Waits until the peer closes; returns the bytes that came before. Fails after the patience.
---@return string
function Connection:rest()
  local more, reason
  repeat more, reason = fill_some(self) until not more
  assert(reason == "closed", "the connection is still open")
  local bytes = self.buffer
  self.buffer = ""
  return bytes
end

--- Is the connection quiet and open for this long?
---@param seconds number
function Connection:is_quiet(seconds)
  local more, reason = fill_some(self, seconds)
  return not more and reason == "timeout"
end

--- One request on a connection of its own: the answer, and what followed it until the peer closed when `to_end`.
---@param port integer
---@param bytes string
---@param to_end? boolean
function M.ask(port, bytes, to_end)
  local c <close> = M.connect(port)
  c:send(bytes)
  local answer, reason = c:read()
  if not answer then return nil, reason end
  return answer, to_end and c:rest() or nil
end

--- A well-formed request.
---@param method string
---@param target string
---@param body? string
---@param headers? string complete lines
function M.request(method, target, body, headers)
  local length = body and ("Content-Length: %d\r\n"):format(#body) or ""
  return ("%s %s HTTP/1.1\r\nHost: spec\r\n%s%s\r\n%s"):format(method, target, headers or "", length, body or "")
end

--- A body in chunks of the given size.
function M.chunked(body, size)
  local out = {}
  for at = 1, #body, size do
    local piece = body:sub(at, at + size - 1)
    out[#out + 1] = ("%x\r\n%s\r\n"):format(#piece, piece)
  end
  return table.concat(out) .. "0\r\n\r\n"
end

--- Runs a shell command that is no part of what is tested; returns what it prints.
---@param command string
function M.shell(command)
  local pipe <close> = assert(io.popen(command))
  return pipe:read("a")
end

---@class Process
---@field port integer
---@field pid integer
local Process <const> = {}
Process.__index = Process

-- A spec that fails leaves its server behind; the pipe would wait for it for ever.
function Process:__gc()
  if io.type(self.pipe) == "file" then self:signal("KILL") end
end

--- Starts a program that prints `listening on … PORT pid PID` first; `before` is shell text in front of it.
---@param command string
---@param before? string
---@return Process
function M.start(command, before)
  collectgarbage() -- what a failed spec left open would be inherited, and stay open
  local log = os.tmpname()
  local pipe = assert(io.popen(("%s exec %s 2>%s"):format(before or "", command, log)))
  local line = pipe:read("l")
  if not line then
    local file <close> = assert(io.open(log))
    error("the program did not start: " .. file:read("a"))
  end
  local port, pid = line:match("(%d+) pid (%d+)$")
  return setmetatable({ pipe = pipe, log = log, port = tonumber(port), pid = tonumber(pid) }, Process)
end

--- The echo server of spec/net with limits as flags.
---@param flags? string
---@param before? string
function M.start_echo(flags, before)
  return M.start(("%s/http_echo %s"):format(assert(os.getenv "SPEC_BUILD"), flags or ""), before)
end

function Process:signal(name) uv.kill(self.pid, "sig" .. name:lower()) end

--- SIGTERM, then waits; returns the last lines of its output, whether it ended well, and its standard error.
---@return string output, boolean ended_well, string errors
function Process:stop()
  self:signal("TERM")
  return self:wait()
end

--- Stops the echo server and fails unless it had finished its work, held nothing, and had nothing to complain about.
function Process:finish()
  local output, ended_well, errors = self:stop()
  assert(errors == "", errors)
  assert(output == "stopped idle with 0 bytes in flight\n" and ended_well, "the server did not end well: " .. output)
end

function Process:wait()
  local output = self.pipe:read("a")
  local ended_well = self.pipe:close()
  local file <close> = assert(io.open(self.log))
  local errors = file:read("a")
  os.remove(self.log)
  return output, ended_well or false, errors
end

return M
