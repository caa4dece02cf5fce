--- A real `tocsin serve` process for specs: started on a free port in a folder of its own, spoken to over HTTP only.
local uv <const> = require "luv"
require "tocsin.core"
local api_answers <const> = require "api_answers"
local cjson <const> = require "cjson"
local raw <const> = require "raw_http"
local busted <const> = require "busted"
local patience <const> = require "patience"

local M <const> = {}
M.binary = assert(os.getenv("TOCSIN"), "TOCSIN names the binary; run specs by spec/run.sh")

--- How long anything may take before the spec fails.
M.patience_ms = patience.ms

--- A new empty folder under the temporary folder.
function M.folder()
  return assert(uv.fs_mkdtemp((os.getenv("TMPDIR") or "/tmp") .. "/tocsin-spec-XXXXXX"))
end

function M.remove(folder)
  os.execute("rm -rf '" .. folder .. "'")
end

local function wait(is_done, what) return patience.wait(is_done, what, M.patience_ms) end
M.wait = wait

-- Reads a pipe into `into`, a list of lines.
local function read_lines(pipe, into)
  local rest = ""
  pipe:read_start(function(_, bytes)
    if not bytes then
      pipe:close()
      return
    end
    rest = rest .. bytes
    for line in rest:gmatch("([^\n]*)\n") do into[#into + 1] = line end
    rest = rest:match("[^\n]*$")
  end)
end

--- Describes the same twice: with servers of one and of four I/O loops.
function M.both_ways(name, body)
  for _, workers in ipairs { 1, 4 } do
    busted.describe(("%s, with %d I/O loops,"):format(name, workers), function()
      busted.setup(function() M.workers = workers end)
      busted.teardown(function() M.workers = nil end)
      body()
    end)
  end
end

---@class Server
---@field port integer
---@field data string the data folder
---@field out string[] lines of standard output
---@field log string[] lines of standard error
local Server <const> = {}
Server.__index = Server

--- The environment of a server with one of spec/fault's libraries preloaded, and these variables.
function M.preloaded(library, variables)
  local preload = os.getenv("SPEC_BUILD") .. "/" .. library .. ".so"
  if (os.getenv("SPEC_SAN") or "") ~= "" then preload = os.getenv("SPEC_PRELOAD") .. " " .. preload end
  local out = { "LD_PRELOAD=" .. preload }
  for _, name in ipairs { "PATH", "TZ", "ASAN_OPTIONS", "TSAN_OPTIONS" } do
    if os.getenv(name) then out[#out + 1] = name .. "=" .. os.getenv(name) end
  end
  for name, value in pairs(variables) do out[#out + 1] = name .. "=" .. value end
  return out
end

--- Starts the binary: M.start{data=, args={…}, env={…}}; waits until it listens.
function M.start(options)
  options = options or {}
  local self = setmetatable({ data = options.data or M.folder(), owns_data = not options.data, binary = options.binary or M.binary,
    out = {}, log = {} }, Server)
  local args = { "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--log-level", "info" }
  if M.workers then
    args[#args + 1] = "--workers"
    args[#args + 1] = tostring(M.workers)
  end
  for _, word in ipairs(options.args or {}) do args[#args + 1] = word end
  local stdout, stderr = uv.new_pipe(), uv.new_pipe()
  self.handle = assert(uv.spawn(self.binary, {
    args = args, env = options.env, stdio = { nil, stdout, stderr } },
    function(code, signal) self.code, self.signal = code, signal end))
  self.pid = self.handle:get_pid()
  read_lines(stdout, self.out)
  read_lines(stderr, self.log)
  if options.may_fail then
    wait(function() return self.code or self.out[1] end, "the server to start or end")
  else
    wait(function() return self.out[1] or self.code end, "the server to listen")
    assert(self.out[1], "the server ended: " .. table.concat(self.log, "\n"))
  end
  self.port = tonumber((self.out[1] or ""):match("^listening on https?://127%.0%.0%.1:(%d+)$"))
  return self
end

--- Sends a signal and waits for the end.
function Server:stop(signal)
  if not self.code then
    self.handle:kill(signal or "sigterm")
    wait(function() return self.code end, "the server to end")
  end
  if not self.handle:is_closing() then self.handle:close() end
  uv.run("nowait")
  return self.code, self.signal
end

--- Stops, checks a clean end and a quiet log, removes the folder.
function Server:finish()
  local code = self:stop()
  for _, line in ipairs(self.log) do
    assert(line:find('"level":"info"', 1, true) or self.expects and line:find(self.expects), "unexpected log line: " .. line)
  end
  assert(code == 0, ("the server ended with %s: %s"):format(tostring(code), table.concat(self.log, "\n")))
  if self.owns_data then M.remove(self.data) end
end

-- A server that does not answer has often just died: its last words come before its end.
function Server:explain_silence(what)
  pcall(wait, function() return self.code end, "its end")
  error(("%s; the server %s and wrote:\n%s"):format(what, self.code and "ended with " .. self.code or "lives",
    table.concat(self.log, "\n")), 0)
end

--- One request on a connection of its own → answer {status, headers, body}; `body` may be a table (sent as JSON).
function Server:request(method, path, options)
  options = options or {}
  local body = options.body
  local lines = { ("%s %s HTTP/1.1"):format(method, path), "Host: 127.0.0.1:" .. self.port, "Connection: close" }
  if type(body) == "table" then
    body = cjson.encode(body)
    lines[#lines + 1] = "Content-Type: application/json"
  end
  if self.token and not options.anonymous then lines[#lines + 1] = "Authorization: " .. self.token end
  for name, value in pairs(options.headers or {}) do lines[#lines + 1] = name .. ": " .. value end
  if body then lines[#lines + 1] = "Content-Length: " .. #body end
  local c <close> = raw.connect(self.port)
  assert(c:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")))
  local answer, why = c:read { head = method == "HEAD", patience = M.patience_ms / 1000 }
  if not answer then self:explain_silence(("%s %s: no answer, %s"):format(method, path, why)) end
  local kind = answer.headers["content-type"]
  if (kind or ""):find("application/json", 1, true) and #answer.body > 0 then answer.json = cjson.decode(answer.body) end
  if not options.is_unlike_api then api_answers.expect(method, path, answer.status, answer.body, kind) end
  return answer
end

--- An API call that must succeed → the decoded body.
function Server:api(method, path, body)
  local answer = self:request(method, "/api/v1" .. path, { body = body })
  assert(answer.status < 300, ("%s %s: %d %s"):format(method, path, answer.status, answer.body))
  return answer.json
end

--- Runs another command of the binary (or of `binary`) → exit code, standard output, standard error.
function M.run(args, input, folder, binary)
  local out, err = {}, {}
  local stdin, stdout, stderr = uv.new_pipe(), uv.new_pipe(), uv.new_pipe()
  local code
  local handle = assert(uv.spawn(binary or M.binary, { args = args, cwd = folder, stdio = { stdin, stdout, stderr } },
    function(c) code = c end))
  local open = 2
  for pipe, into in pairs { [stdout] = out, [stderr] = err } do
    pipe:read_start(function(_, bytes)
      if bytes then into[#into + 1] = bytes
      else
        pipe:close()
        open = open - 1
      end
    end)
  end
  if input then stdin:write(input) end
  stdin:shutdown(function() stdin:close() end)
  wait(function() return code and open == 0 end, table.concat(args, " "))
  handle:close()
  uv.run("nowait")
  return code, table.concat(out), table.concat(err)
end

--- Makes an admin token for this server and keeps it for its requests.
function Server:make_token(role)
  local args = { "token", "create", "--data", self.data, "--name", "spec", "--role", role or "admin" }
  local code, out, err = M.run(args, nil, nil, self.binary)
  assert(code == 0, err)
  local token = out:match("^(%x+)\n$")
  assert(token, out)
  self.token = self.token or token
  return token
end

return M
