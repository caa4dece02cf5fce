--- Files of configuration for a server that is somewhere else: what `--url --token` does is what `--data` does, in the same words,
--- and the trail of changes says that it came from files and who had it done.
require "tocsin.core"
local cjson <const> = require "cjson"
local patience <const> = require "patience"
local raw <const> = require "raw_http"
local server <const> = require "server"

patience.ms = math.max(patience.ms, 40000)

describe("files of configuration over HTTP", function()
  local folder, running

  before_each(function()
    folder = server.folder()
    running = server.start { data = folder .. "/data" }
    running:make_token()
  end)
  after_each(function()
    running:finish()
    server.remove(folder)
  end)

  local function write(path, text)
    os.execute(("mkdir -p '%s/c/%s'"):format(folder, path:match("^(.*)/[^/]*$") or ""))
    local file <close> = assert(io.open(folder .. "/c/" .. path, "wb"))
    file:write(text)
  end
  local function small()
    write("tocsin.yaml", "format: 1\n")
    write("users/ada.yaml", "username: ada\nrole: admin\n")
    write("escalation_chains/day.yaml", "name: Day\nsteps:\n- type: notify_persons\n  persons_to_notify: [ada]\n")
    write("integrations/mon.yaml", "type: webhook\nname: Monitor\ntemplates:\n  grouping_key: a\n  web: {title: b}\ndefault_route:\n  escalation_chain_id: day\n" ..
      "routes:\n- routing_regex: first\nstatic_labels: [{key: env, value: prod}]\n")
  end
  local function run(command, ...) return server.run({ command, "c", ... }, running.token .. "\n", folder) end
  local function there(command) return run(command, "--url", "http://127.0.0.1:" .. running.port, "--token", "-") end
  local function here(command) return run(command, "--data", "data") end

  -- The same both ways: exit code and everything that is printed.
  local function plan(code)
    local got, out, err = there "plan"
    assert.equal(code, got, out .. err)
    assert.same({ here "plan" }, { got, out, err })
    return out, err
  end
  local function apply(code)
    local got, out, err = there "apply"
    assert.equal(code, got, out .. err)
    return out, err
  end
  local function lines(query) return running:api("GET", "/audit/?perpage=200&" .. query).results end

  it("are planned and applied as beside the data folder, and are the same the second time", function()
    small()
    local columns = running:api("GET", "/alertgroup_table_settings/")
    local names = { visible = {}, hidden = {} }
    for list, of in pairs(names) do
      for i, column in ipairs(columns[list]) do of[#columns[list] + 1 - i] = column.id end
    end
    write("table_columns.yaml", ("visible: [%s]\nhidden: [%s]\n"):format(table.concat(names.visible, ", "), table.concat(names.hidden, ", ")))
    local out = plan(2)
    local applied = apply(0)
    assert.equal((out:gsub("%d+ to add.*", "")), (applied:gsub("%d+ added.*", "")))
    assert.matches("3 added, 1 changed, 0 removed", applied)
    assert.matches("Nothing would change", (plan(0)))
    assert.equal("Nothing has changed.\n", (apply(0)))
    assert.equal("integrations/mon.yaml", running:api("GET", "/integrations/").results[1].managed_by)
    write("integrations/mon.yaml", "type: webhook\nname: Monitoring\nroutes: []\n")
    os.remove(folder .. "/c/escalation_chains/day.yaml")
    out = plan(2)
    assert.truthy(out:find('~ integrations/mon.yaml\n    default_route.escalation_chain_id: "day" → (empty)\n    name: "Monitor" → "Monitoring"\n' ..
      '    routes[1].routing_regex: "first" → (empty)\n', 1, true), out)
    assert.truthy(out:find("- escalation_chains/day.yaml\n", 1, true), out)
    apply(0)
    plan(0)
  end)

  it("are refused with the same file, line and sentence, and nothing is half done", function()
    local cases = {
      { "users/bob.yaml", "username: bob\nrole: boss\n", "c/users/bob.yaml:2: role: Must be one of: admin" },
      { "teams/a.yaml", "nmae: a\n", "c/teams/a.yaml:1: unknown field 'nmae' (did you mean 'name'?)" },
      { "teams/a.yaml", "name: \xff\n", "c/teams/a.yaml:1: invalid" },
      { "teams/a.txt", "name: a\n", "c/teams/a.txt: only files whose names end in .yaml belong here" },
      { "team/a.yaml", "name: a\n", "c/team: nothing of this name belongs here (did you mean 'teams'?)" },
      { "tocsin.yaml", "format: 2\n", "c/tocsin.yaml: this program knows format 1 only" },
      { "escalation_chains/x.yaml", "name: X\nsteps:\n- type: notify_persons\n  persons_to_notify: [adda]\n", "there is no user \"adda\"" },
    }
    for _, case in ipairs(cases) do
      os.execute("rm -rf '" .. folder .. "/c'")
      small()
      write(case[1], case[2])
      local _, err = plan(1)
      assert.truthy(err:find(case[3], 1, true), case[3] .. "\n" .. err)
      _, err = apply(1)
      assert.matches("Nothing was changed", err)
    end
    os.execute(("rm -rf '%s/c' && mkdir -p '%s/c/team'"):format(folder, folder))
    write("tocsin.yaml", "format: 1\n")
    plan(1)
    assert.equal(0, running:api("GET", "/integrations/").count)
    assert.same({}, lines "via=files")
  end)

  it("stand in the trail as files, with the token, the person and the address that sent them", function()
    small()
    apply(0)
    local told = lines "via=files"
    assert.is_true(#told >= 4)
    for _, line in ipairs(told) do
      assert.same({ "api", "spec", "127.0.0.1" }, { line.by.type, line.by.name, line.address })
      assert.equal(running:api("GET", "/api_tokens/").results[1].id, line.token_id)
    end
    -- A person's token: it was that person.
    local code, token = server.run({ "token", "create", "--data", folder .. "/data", "--name", "hers", "--user", "ada" })
    assert.equal(0, code)
    write("teams/sre.yaml", "name: SRE\n")
    running.token = token:match "%x+"
    apply(0)
    local line = lines("via=files&object=team")[1]
    assert.same({ "user", "ada", "create" }, { line.by.type, line.by.name, line.action })
  end)

  it("that are applied beside the data folder stand there by the name of who ran the command", function()
    small()
    assert.equal(0, (here "apply"))
    local user = os.getenv "SUDO_USER" or raw.shell("id -un"):match "%S+"
    local told = lines "via=files"
    assert.is_true(#told >= 4)
    for _, line in ipairs(told) do assert.same({ "system", user, cjson.null }, { line.by.type, line.by.name, line.token_id }) end
    assert.same({ "system", user }, { lines("via=command")[1].by.type, lines("via=command")[1].by.name })
    assert.equal(1, running:api("GET", "/api_tokens/").count)
    local _, exported = server.run { "audit", "export", "--data", folder .. "/data", "--format", "csv" }
    assert.matches(",system,0," .. user .. ",files,", exported)
  end)

  it("need an admin's token that is for everything", function()
    small()
    local function refused(...)
      local code, token, err = server.run { "token", "create", "--data", folder .. "/data", "--name", "x", ... }
      assert.equal(0, code, err)
      running.token = token:match "%x+"
      local out
      for _, command in ipairs { "plan", "apply" } do
        code, out, err = there(command)
        assert.equal(1, code, out)
        assert.matches("403.*permission", err)
      end
    end
    refused("--role", "editor")
    refused("--scope", "settings:write")
    refused("--scope", "read")
    running.token = ("0"):rep(64)
    local _, _, err = there "plan"
    assert.matches("403: Invalid token", err)
    local code
    code, _, err = run("plan", "--url", "http://127.0.0.1:1", "--token", "x")
    assert.equal(1, code)
    assert.matches("^tocsin plan: .*127.0.0.1", err)
    code, _, err = run("apply", "--url", "http://127.0.0.1:1")
    assert.same({ 2, "tocsin apply: --token is missing: an API token of an admin there\n" }, { code, err })
    code, _, err = run("apply", "--url", "http://127.0.0.1:1", "--token", "x", "--data", "data")
    assert.equal(2, code)
    assert.matches("by %-%-data, or its address by %-%-url", err)
    running.token = nil
    running:make_token()
  end)

  it("that are no files at all are refused by field", function()
    for _, body in ipairs { "{}", '{"files":[]}', '{"files":{"a":1}}', '{"files":null}', '{"files":{"' .. ("x"):rep(1001) .. '":""}}' } do
      local answer = running:request("POST", "/api/v1/configuration/apply/", { body = body })
      assert.equal(400, answer.status, answer.body)
      assert.truthy(answer.json.files, answer.body)
    end
    local answer = running:request("POST", "/api/v1/configuration/plan", { body = { files = { ["../../../etc/passwd"] = "x" } } })
    assert.same({ 400, ".." }, { answer.status, answer.json.wrong[1].path })
    assert.equal(405, running:request("GET", "/api/v1/configuration/plan/").status)
  end)

  it("of several at the same time wait for each other, and none is lost", function()
    small()
    local commands = {}
    for i = 1, 3 do
      commands[i] = ("'%s' apply '%s/c' --url http://127.0.0.1:%d --token %s 2>&1 &"):format(server.binary, folder, running.port, running.token)
    end
    local out = raw.shell(table.concat(commands, " ") .. " wait")
    local _, unchanged = out:gsub("Nothing has changed", "")
    local _, added = out:gsub("3 added, 0 changed, 0 removed", "")
    assert.same({ 2, 1 }, { unchanged, added }, out)
    assert.equal(1, running:api("GET", "/integrations/").count)
  end)
end)
