--- `tocsin token` with scopes, expiry and tokens of another installation, and `tocsin audit export`.
local server <const> = require "server"
local raw <const> = require "raw_http"
require "tocsin.core"
local json <const> = require "tocsin.json"

describe("the commands for rights", function()
  local folder
  before_each(function()
    folder = server.folder()
    raw.shell("mkdir " .. folder .. "/d")
  end)
  after_each(function() server.remove(folder) end)

  local function run(...) return server.run({ ... }, nil, folder) end
  local function rows(sql) return raw.shell(("sqlite3 -readonly %s/d/tocsin.db %q"):format(folder, sql)) end

  local function refused(code, sentence, ...)
    local got, out, err = run(...)
    assert.same({ code, "" }, { got, out }, err)
    assert.is_truthy(err:find(sentence, 1, true), err)
  end

  it("make tokens that may do less, end, and belong to a person", function()
    assert.equal(0, (run("user", "create", "--data", "d", "--email", "ann@example.org", "--role", "editor")))
    local code, token = run("token", "create", "--data", "d", "--name", "ci", "--user", "ANN@example.org", "--role", "editor",
      "--scope", "alerts:write,read", "--expires", "90d")
    assert.equal(0, code)
    assert.matches("^%x+\n$", token)
    assert.equal('ci|editor|1|["alerts:write","read"]|90\n',
      rows "SELECT name, role, user_id, scopes, (expires_at - created_at) / 86400000000 FROM api_token")
    refused(2, "--scope: 'alerts:page' is none", "token", "create", "--data", "d", "--name", "x", "--scope", "alerts:page")
    refused(2, "--scope names no scope", "token", "create", "--data", "d", "--name", "x", "--scope", ",")
    refused(2, "--expires must be like", "token", "create", "--data", "d", "--name", "x", "--expires", "soon")
    refused(2, "--expires lies in the past", "token", "create", "--data", "d", "--name", "x", "--expires", "2020-01-01T00:00:00Z")
    refused(1, "nobody has the username", "token", "create", "--data", "d", "--name", "x", "--user", "bob")
  end)

  it("take over a token by what is stored of it, once", function()
    local digest = ("0a"):rep(64)
    assert.equal(0, (run("token", "import", "--data", "d", "--name", "old", "--token-key", "DEADbeef", "--digest", digest)))
    assert.equal("deadbeef|" .. digest .. "\n", rows "SELECT token_key, digest FROM api_token")
    refused(1, "this token is here already", "token", "import", "--data", "d", "--name", "old", "--token-key", "deadbeef", "--digest", digest)
    refused(2, "--token-key must be", "token", "import", "--data", "d", "--name", "x", "--token-key", "dead", "--digest", digest)
    refused(2, "--digest must be", "token", "import", "--data", "d", "--name", "x", "--token-key", "deadbeef", "--digest", "00")
    refused(2, "unexpected '--digest'", "token", "create", "--data", "d", "--name", "x", "--digest", digest)
  end)

  it("print the trail of changes without a secret", function()
    local _, token = run("token", "create", "--data", "d", "--name", "=first")
    local code, out = run("audit", "export", "--data", "d")
    local line = json.decode(out)
    assert.same({ 0, "create", "api_token", "command", "=first", "(hidden)" },
      { code, line.action, line.object, line.via, line.after.name, line.after.digest })
    assert.is_nil(out:find(token:sub(1, 8), 1, true))
    code, out = run("audit", "export", "--data", "d", "--format", "csv")
    assert.equal(0, code)
    assert.matches("^id,at,by,by_id,by_name,via,token_id,session_id,address,action,object,object_id,before,after\r\n1,[^\n]+\r\n$", out)
    assert.same({ 0, "", "" }, { run("audit", "export", "--data", "d", "--to", "2020-01-01T00:00:00Z") })
    refused(2, "--from must be like", "audit", "export", "--data", "d", "--from", "soon")
    refused(2, "--format must be", "audit", "export", "--data", "d", "--format", "xml")
    refused(2, "audit export", "audit", "list")
  end)
end)
