--- The outgoing client (build/client_test) and the servers that misbehave for it (fakes.py), for specs of net/.
local line_process <const> = require "line_process"

local M <const> = {}

--- The fake servers: an object with `ask`.
function M.fakes()
  local fakes = line_process.start("/usr/bin/python3", { "-W", "ignore", "spec/support/fakes.py" })
  function fakes:open(message) return math.tointeger(self:ask(message).port) end
  function fakes:dns(table) self:ask { ["do"] = "answers", table = table } end
  --- What came since the last time: requests, questions, mails.
  function fakes:seen() return self:ask { ["do"] = "seen" } end
  return fakes
end

--- The client; `flags` as client_test.c lists them.
function M.client(flags)
  local words = {}
  for name, value in pairs(flags or {}) do
    words[#words + 1] = "--" .. name
    words[#words + 1] = tostring(value)
  end
  local client = line_process.start(assert(os.getenv "SPEC_BUILD") .. "/client_test", words, flags and flags.env)
  client:take(function(line) return line.started end, "the client to start")
  function client:send(call)
    call["do"] = "send"
    return self:ask(call)
  end
  function client:begin_send(call)
    call["do"] = "send"
    return self:begin(call)
  end
  function client:resolve(name) return self:ask { ["do"] = "ask", name = name } end
  function client:advance(ms) return self:ask_plain { ["do"] = "advance", ms = ms } end
  function client:stats() return self:ask_plain { ["do"] = "stats" } end
  --- Ends it; it must have nothing open and nothing left to say.
  function client:end_clean()
    local code, heard, errors = self:stop()
    assert(code == 0, ("ended with %s: %s"):format(code, table.concat(errors, "\n")))
    assert(#errors == 0, table.concat(errors, "\n"))
    assert(#heard == 1 and heard[1].ended, "it said more than it was asked for")
  end
  return client
end

return M
