--- A contributor's loop with the binary: a file from a body, from an integration, captured requests, checks on save, and CI.
local server <const> = require "server"
local raw <const> = require "raw_http"
local uv <const> = require "luv"

describe("a contributor", function()
  local folder, s
  before_each(function()
    folder = server.folder()
    raw.shell("mkdir " .. folder .. "/integrations")
  end)
  after_each(function()
    if s then s:finish() end
    s = nil
    server.remove(folder)
  end)

  local function write(name, text)
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
  end
  local function read(name)
    local file <close> = assert(io.open(folder .. "/" .. name))
    return file:read "a"
  end
  local function run(...) return server.run({ ... }, nil, folder) end
  local function good(...)
    local code, out, err = run(...)
    assert.equal(0, code, out .. err)
    return out
  end

  local BODY <const> = '{"alertId":4711,"alertName":"High CPU","status":"TRIGGERED","priority":"P1","entity":{"hostname":"web-3"},' ..
    '"details":"CPU is at 97%","links":[{"href":"https://mon.example.org/alerts/4711"}],"apiKey":"abcdef0123456789"}'

  it("has a file that passes from one captured body, with reasons and without its secrets", function()
    write("body.json", BODY)
    good("new", "integration", "acme", "--from", "body.json")
    local text = read "integrations/acme.lua"
    assert.is_nil(text:find("abcdef0123456789", 1, true))
    for _, part in ipairs { '-- `payload.alertId` looks like the number of one problem\n  grouping_id = "{{ payload.alertId }}"', 'its end is probably "RESOLVED"',
      "is an address", "says how bad it is", 'title = "High CPU: web-3"', 'state = "resolved"', "---@type tocsin.integration" } do
      assert.is_truthy(text:find(part, 1, true), part .. "\n" .. text)
    end
    assert.matches("3 of 3 examples as expected", good("check", "integrations/acme.lua"))
    local code, _, err = run("new", "integration", "acme", "--from", "body.json")
    assert.equal(1, code, err)
    assert.equal(text, read "integrations/acme.lua")
  end)

  it("is told what is wrong with what was given", function()
    for words, sentence in pairs { [{ "acme", "--from", "none.json" }] = "none.json", [{ "acme", "--from-integration", "x" }] = "--data is missing",
      [{ "Acme" }] = "is no name for an integration", [{ "acme", "--count", "0" }] = "--count must be" } do
      local code, _, err = run("new", "integration", table.unpack(words))
      assert.is_true(code > 0)
      assert.is_truthy(err:find(sentence, 1, true), err)
    end
  end)

  it("takes the templates that were edited and the alerts that came, from a running server", function()
    s = server.start()
    s:make_token()
    local hook = s:api("POST", "/integrations/", { type = "webhook", name = "Edited here", templates = {
      grouping_key = "{{ payload.id }}", resolve_signal = "{{ payload.state == 'fine' }}", web = { title = "{{ payload.what }} on \"{{ payload.where }}\"" } } })
    local path = hook.link:match "//[^/]*(/.*)$"
    for _, body in ipairs { '{"id":1,"what":"Disk","where":"db-1","state":"bad","token":"geheim12"}', '{"id":2,"what":"Load","where":"db-2","state":"bad"}',
      '{"id":1,"what":"Disk","where":"db-1","state":"fine"}' } do
      assert.equal(200, s:request("POST", path, { body = body, headers = { ["Content-Type"] = "application/json" } }).status)
    end
    good("new", "integration", "edited", "--from-integration", "Edited here", "--data", s.data)
    local text = read "integrations/edited.lua"
    for _, part in ipairs { 'grouping_id = "{{ payload.id }}"', "resolve_condition = \"{{ payload.state == 'fine' }}\"", 'Disk on \\"db-1\\"', 'name  = "Edited here"' } do
      assert.is_truthy(text:find(part, 1, true), part .. "\n" .. text)
    end
    assert.is_nil(text:find("geheim12", 1, true))
    assert.matches("3 of 3 examples as expected", select(2, run("check", "integrations/edited.lua")))
    local alerts = s:api("GET", "/alerts/?integration_id=" .. hook.id).results
    good("new", "integration", "chosen", "--from-integration", hook.id, "--data", s.data, "--alerts", alerts[#alerts].id)
    assert.equal(1, select(2, read("integrations/chosen.lua"):gsub("payload = ", "")))
  end)

  it("sees requests as they come in, also those that are refused, as examples without secrets", function()
    s = server.start()
    s:make_token()
    s.expects = "signature_refused"
    local hook = s:api("POST", "/integrations/", { type = "gitlab", name = "Builds", signing_secret = "right" })
    local other = s:api("POST", "/integrations/", { type = "webhook", name = "Other" })
    local out, err, ended = uv.new_pipe(), uv.new_pipe(), nil
    local child = assert(uv.spawn(server.binary, { args = { "capture", "--data", s.data, "--integration", "Builds", "--count", "2" }, stdio = { nil, out, err } },
      function(code) ended = code end))
    local text, said = {}, {}
    out:read_start(function(_, bytes) text[#text + 1] = bytes end)
    err:read_start(function(_, bytes) said[#said + 1] = bytes end)
    server.wait(function() return table.concat(said):find("Waiting", 1, true) ~= nil end, "capture to wait")
    local function post(integration, token)
      return s:request("POST", integration.link:match "//[^/]*(/.*)$" .. "?api_key=k3y&n=1", { anonymous = true,
        body = '{"object_kind":"pipeline","secret":"s3cr3t"}', headers = { ["Content-Type"] = "application/json", ["X-Gitlab-Token"] = token,
          ["X-Gitlab-Event"] = "Pipeline Hook" } }).status
    end
    server.wait(function()
      post(other, "x")
      assert.equal(403, post(hook, "wrong"))
      assert.equal(200, post(hook, "right"))
      return ended
    end, "two requests to be captured")
    server.wait(function() return not child:is_active() end, "the end of capture")
    for _, handle in ipairs { child, out, err } do handle:close() end
    assert.equal(0, ended)
    local all = table.concat(text)
    for _, secret in ipairs { "right", "wrong", "s3cr3t", "k3y" } do assert.is_nil(all:find(secret, 1, true), all) end
    local examples = assert(load("return {" .. all .. "}"))()
    assert.equal(2, #examples)
    assert.same({ "Pipeline Hook", "***", "api_key=***&n=1", '{"object_kind":"pipeline","secret":"***"}' },
      { examples[1].headers["x-gitlab-event"], examples[1].headers["x-gitlab-token"], examples[1].query, examples[1].payload })
  end)

  it("is told by capture when no server runs", function()
    s = server.start()
    s:make_token()
    s:api("POST", "/integrations/", { type = "webhook", name = "Hook" })
    s:stop()
    local code, _, err = run("capture", "--data", s.data, "--integration", "Hook")
    s = nil
    assert.equal(1, code)
    assert.matches("no server runs", err)
  end)

  it("sees a file checked again whenever it is saved", function()
    good("new", "integration", "tide")
    local out = uv.new_pipe()
    local child = assert(uv.spawn(server.binary, { args = { "check", "--watch", "integrations/tide.lua" }, cwd = folder, stdio = { nil, out, nil } }, function() end))
    local text = ""
    out:read_start(function(_, bytes) text = text .. (bytes or "") end)
    local function said(words) server.wait(function() return text:find(words, 1, true) ~= nil end, words) end
    said "Watching"
    assert.matches("3 of 3 examples as expected", text)
    local source = read "integrations/tide.lua"
    write("integrations/tide.lua", (source:gsub("title   =", "titel   =")))
    said "did you mean 'title'"
    text = ""
    write("integrations/tide.lua", (source:gsub("disk full: db%-1", "disk full: db-7")))
    said "2 of 3 examples as expected"
    text = ""
    write("integrations/tide.lua", source)
    said "3 of 3 examples as expected"
    child:kill("sigkill")
    server.wait(function() return not child:is_active() end, "the end of check")
    child:close()
    out:close()
  end)

  it("has types for the editor and busted for CI in one command each", function()
    good("new", "types")
    assert.matches("^%-%-%-@meta\n", read "tocsin_types.lua")
    raw.shell("mkdir " .. folder .. "/spec")
    good("new", "spec")
    good("new", "integration", "tide")
    local busted = ("cd %s && TOCSIN=%s busted -o TAP spec 2>&1"):format(folder, server.binary)
    assert.matches("ok 2 %- the integration files in integrations integrations/tide.lua passes", raw.shell(busted))
    write("integrations/tide.lua", (read("integrations/tide.lua"):gsub("disk full: db%-1", "disk full: db-7")))
    local out = raw.shell(busted .. "; echo")
    assert.matches("not ok 2", out)
    assert.matches("2 of 3 examples as expected", out)
  end)
end)
