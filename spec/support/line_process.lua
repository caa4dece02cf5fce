--- A program that is spoken to in JSON lines: asked on its standard input, heard on its standard output.
local uv <const> = require "luv"
local cjson <const> = require "cjson"
local patience <const> = require "patience"

local M <const> = {}

---@class LineProcess
---@field heard table[] what it said and nobody took
local Process <const> = {}
Process.__index = Process

local function read_lines(pipe, on_line)
  local pieces = {} -- of the line that has not ended
  pipe:read_start(function(_, bytes)
    if not bytes then
      pipe:close()
      return
    end
    local from = 1
    for at in bytes:gmatch "()\n" do
      pieces[#pieces + 1] = bytes:sub(from, at - 1)
      on_line(table.concat(pieces))
      pieces, from = {}, at + 1
    end
    pieces[#pieces + 1] = bytes:sub(from)
  end)
end

--- Starts it; `args` are its words, `env` as luv wants it.
function M.start(command, args, env)
  local self = setmetatable({ command = command, heard = {}, errors = {}, last_id = 0 }, Process)
  local stdin, stdout, stderr = uv.new_pipe(), uv.new_pipe(), uv.new_pipe()
  self.stdin = stdin
  self.handle = assert(uv.spawn(command, { args = args or {}, env = env, stdio = { stdin, stdout, stderr } },
    function(code, signal) self.code, self.signal = code, signal end))
  read_lines(stdout, function(line) self.heard[#self.heard + 1] = cjson.decode(line) end)
  read_lines(stderr, function(line) self.errors[#self.errors + 1] = line end)
  return self
end

--- Waits for a line that `is_it` says yes to, and takes it.
function Process:take(is_it, what)
  return patience.wait(function()
    for i, line in ipairs(self.heard) do
      if is_it(line) then return table.remove(self.heard, i) end
    end
    assert(not self.code, self.command .. " has ended: " .. table.concat(self.errors, "\n"))
    return nil
  end, what)
end

function Process:tell(message) self.stdin:write(cjson.encode(message) .. "\n") end

--- Tells it something that is answered later under this number.
function Process:begin(message)
  self.last_id = self.last_id + 1
  message.id = self.last_id
  self:tell(message)
  return message.id
end

--- The answer to what `begin` told.
function Process:finish(id)
  return self:take(function(line) return line.id == id end, "the answer to message " .. id)
end

--- Asks and waits for the answer with the same number.
function Process:ask(message) return self:finish(self:begin(message)) end

--- Asks what is answered at once, without a number.
function Process:ask_plain(message)
  self:tell(message)
  return self:take(function(line) return not line.id end, "an answer")
end

--- Ends its input and waits for its end: exit code, the lines nobody took, standard error.
function Process:stop()
  if not self.stdin:is_closing() then self.stdin:close() end
  patience.wait(function() return self.code end, self.command .. " to end")
  if not self.handle:is_closing() then self.handle:close() end
  uv.run("nowait")
  return self.code, self.heard, self.errors
end

return M
