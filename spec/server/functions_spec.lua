--- Functions of integration files in a running server: parts on several threads, and a death in the middle of one.
local server <const> = require "server"
local raw <const> = require "raw_http"

local HEAD <const> = [==[name = "Test", about = "t", connect = "c", grouping_id = "{{ payload.id }}",
  title = "{% if payload.slow %}{% for i in range(3000) %}{% endfor %}{% endif %}{{ payload.id }}",
  examples = { { "one", payload = "{}", expect = { state = "firing" } } }, ]==]

-- A folder with these types: name → functions
local function types(list)
  local folder = server.folder()
  for name, functions in pairs(list) do
    local file <close> = assert(io.open(folder .. "/" .. name .. ".lua", "w"))
    file:write("return { " .. HEAD .. functions .. " }")
  end
  return folder
end

local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end

server.both_ways("a request of many alerts", function()
  it("is stored whole and in order, wherever its alerts are rendered", function()
    local folder = types { many = "split = function(payload) return payload.list end" }
    local s = server.start { args = { "--integrations", folder, "--fuel-inline", "20000" } }
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "many", name = "many" })
    local lines, rounds, parts <const> = {}, 6, 24
    for i = 1, 4 do lines[i] = raw.connect(s.port) end
    for round = 1, rounds do
      for i, c in ipairs(lines) do
        local list = {}
        for n = 1, parts do list[n] = ('{"id":"%d-%d","n":%d,"slow":%s}'):format(round, i, n, (n + i) % 3 == 0) end
        c:send(raw.request("POST", path_of(hook), '{"list":[' .. table.concat(list, ",") .. "]}"))
      end
      for _, c in ipairs(lines) do assert.equal(200, assert(c:read { patience = server.patience_ms / 1000 }).status) end
    end
    for _, c in ipairs(lines) do c:close() end
    assert.equal(rounds * #lines * parts, s:api("GET", "/alerts/?perpage=1").count)
    for _, group in ipairs(s:api("GET", "/alert_groups/?perpage=100").results) do
      local alerts = s:api("GET", "/alerts/?perpage=100&alert_group_id=" .. group.id).results
      assert.equal(parts, #alerts)
      for n, alert in ipairs(alerts) do assert.equal(parts + 1 - n, alert.payload.n) end
    end
    s:finish()
    server.remove(folder)
  end)
end)
