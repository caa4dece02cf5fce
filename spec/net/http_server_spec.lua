--- The HTTP server over real sockets: keep-alive, pipelining, bodies, methods, limits that need no clock.
local raw <const> = require "raw_http"
require "tocsin.core"

describe("the HTTP server", function()
  local server

  setup(function() server = raw.start_echo("--body_bytes 65536 --target_bytes 1000 --header_bytes 4000 --header_count 10") end)

  teardown(function()
    local output, ended_well, errors = server:stop()
    assert.equal("stopped idle with 0 bytes in flight\n", output)
    assert.is_true(ended_well)
    assert.equal("", errors)
  end)

  it("answers a POST with its body and keeps the connection", function()
    local c <close> = raw.connect(server.port)
    for i = 1, 3 do
      c:send(raw.request("POST", "/echo", "body " .. i))
      local answer = assert(c:read())
      assert.equal(200, answer.status)
      assert.equal("body " .. i, answer.body)
      assert.equal("nosniff", answer.headers["x-content-type-options"])
      assert.is_nil(answer.headers.connection)
      assert.matches("^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d GMT$", answer.headers.date)
    end
  end)
end)
