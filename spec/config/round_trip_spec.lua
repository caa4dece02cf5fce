--- `tocsin export`, `plan` and `apply` on a configuration with something of every kind.
require "tocsin.core"
local patience <const> = require "patience"
local raw <const> = require "raw_http"
local server <const> = require "server"
local whole <const> = require "whole_configuration"
local world <const> = require "world"

-- Each command opens a core of its own and sends it many requests.
patience.ms = math.max(patience.ms, 40000)

describe("a folder of configuration", function()
  local folder, data, w

  before_each(function()
    folder = server.folder()
    data = folder .. "/data"
    assert(os.execute("mkdir " .. data))
  end)
  after_each(function()
    if w then w:close() end
    w = nil
    server.remove(folder)
  end)

  local function open(where)
    w = world.open { data = where or data, start_at = 1790000000000000 }
    return w
  end
  local function close()
    w:close()
    w = nil
  end
  local function run(...) return server.run({ ... }, nil, folder) end
  local function expect(code, ...)
    local got, out, err = run(...)
    assert.equal(code, got, table.concat({ ... }, " ") .. "\n" .. out .. err)
    return out, err
  end
  local function sh(command) return raw.shell("cd " .. folder .. " && " .. command) end

  it("comes back byte by byte from another data folder", function()
    whole.fill(open())
    close()
    expect(0, "export", "--data", data, "--to", "one")
    assert.equal("", sh "grep -rlE 'hunter2|geheim|\\*{16}' one || true")
    local again = expect(0, "export", "--data", data, "--to", "one")
    assert.matches(", 0 of them changed", again)
    expect(0, "apply", "one", "--data", "fresh")
    expect(0, "export", "--data", "fresh", "--to", "two")
    assert.equal("", sh "diff -r one two || true")
    assert.matches("Nothing would change", expect(0, "plan", "one", "--data", "fresh"))
    assert.matches("Nothing has changed", expect(0, "apply", "one", "--data", "fresh"))
    local running = server.start { data = folder .. "/fresh" }
    running.expects = '"event":"calendar_not_fetched"'
    running:make_token()
    expect(0, "export", "--url", "http://127.0.0.1:" .. running.port, "--token", running.token, "--to", "three")
    assert.equal("", sh "diff -r one three || true")
    local _, err = expect(1, "export", "--url", "http://127.0.0.1:" .. running.port, "--token", "x", "--to", "four")
    assert.truthy(err:find("Invalid token", 1, true), err)
    running:finish()
  end)
end)
