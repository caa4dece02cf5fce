--- kill -9 at random moments: nothing that was answered is lost. 2,000 cycles with `make fault`, 40 otherwise.
local server <const> = require "server"
local cjson <const> = require "cjson"

local is_long <const> = os.getenv("FAULT") == "long"
local cycles <const> = is_long and 2000 or ((os.getenv("SPEC_SAN") or "") == "" and 40 or 10)

describe("killed with SIGKILL again and again", function()
  it(("loses no answered alert in %d cycles"):format(cycles), function()
    local s = server.start()
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "formatted_webhook", name = "kill loop" })
    assert.equal(0, (s:stop()))
    local pipe <close> = assert(io.popen(("%s/kill_loop %s %s %s %d %d"):format(os.getenv("SPEC_BUILD"), server.binary, s.data,
      hook.token, cycles, 7)))
    local text = pipe:read("a")
    local found = cjson.decode((assert(text:match("%b{}"), text)))
    if is_long then print(text) end
    assert.same({ 0, 0, 0, 0, 0, "ok" }, { found.lost, found.twice, found.wrong_counts, found.outside, found.doubled_groups,
      found.integrity }, text)
    assert.is_true(found.answered > cycles, text)
    server.remove(s.data)
  end)
end)
