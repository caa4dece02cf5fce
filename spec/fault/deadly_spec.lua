--- A request that breaks the process: it does so once, however long its sender tries and whatever comes in between.
local server <const> = require "server"
local raw <const> = require "raw_http"

local build <const> = os.getenv("SPEC_BUILD")
local sanitized <const> = (os.getenv("SPEC_SAN") or "") ~= ""
local RAW <const> = 16

describe("a request that breaks the process", function()
  local data, token, hook, other
  setup(function() data = server.folder() end)
  teardown(function() server.remove(data) end)

  local function start()
    local preload = build .. "/deadly.so"
    if sanitized then preload = os.getenv("SPEC_PRELOAD") .. " " .. preload end
    local s = server.start { data = data, env = { "LD_PRELOAD=" .. preload, "PATH=" .. os.getenv("PATH") } }
    s.token = token
    return s
  end

  local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end

  -- Posts what must be answered → the status; or nil when the server dies of it.
  local function post(s, path, body)
    local c <close> = raw.connect(s.port)
    assert(c:send(raw.request("POST", path, body)))
    local answer = c:read { patience = server.patience_ms / 1000 }
    return answer and answer.status
  end

  local function last_signal(s)
    return tonumber(raw.shell(("sqlite3 -readonly %s/tocsin.db 'SELECT signal FROM alert ORDER BY id DESC LIMIT 1'"):format(s.data)))
  end

  it("is known at the next start, and stored as it came; others of its integration are rendered", function()
    local s = start()
    token = s:make_token()
    local templates = { grouping_key = "{{ payload.x | regex_search('a') }}{{ payload.n }}" }
    hook = path_of(s:api("POST", "/integrations/", { type = "webhook", name = "hook", templates = templates }))
    other = path_of(s:api("POST", "/integrations/", { type = "webhook", name = "other" }))
    for n, how in ipairs { "deadly trap.", "deadly abort", "deadly stack" } do
      local body = ('{"x":"%s","n":%d}'):format(how, n)
      assert.is_nil(post(s, hook, body), how)
      s:stop()
      s = start()
      assert.truthy(table.concat(s.log, "\n"):find('"event":"broke_by_a_request"', 1, true))
      for round = 1, 3 do
        assert.equal(200, post(s, hook, body))
        assert.equal(RAW, last_signal(s) & RAW, how)
        -- From the second on the next requests of the integration are stored as they come, too; then it is tried again.
        for _ = 1, 6 do assert.equal(200, post(s, hook, ('{"x":"a","n":"%d"}'):format(round))) end
        assert.equal(0, last_signal(s) & RAW, how)
        assert.equal(200, post(s, other, body))
        assert.equal(0, last_signal(s) & RAW, how)
      end
      s.expects = "broke_by_a_request"
    end
    s.expects = "starts_without_rendering"
    s:stop()
  end)
end)
