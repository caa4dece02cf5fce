--- A web server beside the one that is tested: it keeps what it was asked and answers as it is told.
local uv <const> = require "luv"

local web_server <const> = {}

--- `web.answer(head, body)` makes the answer's bytes; `web.heads` and `web.bodies` are what came, `web.url` is where it is.
function web_server.start()
  local web = { heads = {}, bodies = {}, clients = {} }
  web.tcp = uv.new_tcp()
  assert(web.tcp:bind("127.0.0.1", 0))
  web.url = ("http://127.0.0.1:%d"):format(web.tcp:getsockname().port)
  web.tcp:listen(16, function()
    local client, got = uv.new_tcp(), ""
    web.tcp:accept(client)
    web.clients[#web.clients + 1] = client
    client:read_start(function(_, bytes)
      got = got .. (bytes or "")
      local head, body = got:match("^(.-\r\n\r\n)(.*)$")
      if not head or #body < tonumber(head:match("[Cc]ontent%-[Ll]ength: (%d+)") or 0) then return end
      web.heads[#web.heads + 1], web.bodies[#web.bodies + 1] = head, body
      got = ""
      client:write(web.answer(head, body))
    end)
  end)
  function web.stop()
    for _, client in ipairs(web.clients) do client:close() end
    web.tcp:close()
    uv.run("nowait")
  end
  return web
end

return web_server
