--- What `tocsin plan` and `tocsin apply` make of files: changes, refusals, hostile files, marks; beside a running server too.
require "tocsin.core"
local patience <const> = require "patience"
local raw <const> = require "raw_http"
local server <const> = require "server"

local HEAD <const> = "format: 1\n"

-- Each command opens a core of its own and sends it many requests.
patience.ms = math.max(patience.ms, 40000)

describe("files of configuration", function()
  local folder, running

  before_each(function() folder = server.folder() end)
  after_each(function()
    if running then running:finish() end
    running = nil
    server.remove(folder)
  end)

  local function write(path, text)
    os.execute(("mkdir -p '%s/c/%s'"):format(folder, path:match("^(.*)/[^/]*$") or ""))
    local file <close> = assert(io.open(folder .. "/c/" .. path, "wb"))
    file:write(text)
  end
  local function run(...) return server.run({ ... }, nil, folder) end
  local function expect(code, ...)
    local got, out, err = run(...)
    assert.equal(code, got, table.concat({ ... }, " ") .. "\n" .. out .. err)
    return out, err
  end
  local function apply(code) return expect(code or 0, "apply", "c", "--data", "data") end
  local function plan(code) return expect(code, "plan", "c", "--data", "data") end
  local function exported(path)
    expect(0, "export", "--data", "data", "--to", "out")
    local file <close> = io.open(folder .. "/out/" .. path, "rb")
    return file and file:read("a")
  end
  local function small()
    write("tocsin.yaml", HEAD)
    write("users/ada.yaml", "username: ada\nrole: admin\n")
    write("escalation_chains/day.yaml", "name: Day\nsteps:\n- type: notify_persons\n  persons_to_notify: [ada]\n- type: wait\n  duration: 300\n")
    write("integrations/mon.yaml", "type: webhook\nname: Monitor\ndefault_route:\n  escalation_chain_id: day\ntoken: known-token-1234\n" ..
      "routes:\n- routing_regex: first\n- routing_regex: second\n- routing_regex: third\n")
  end

  it("are made so at once, told field by field, and are the same the second time", function()
    small()
    local out = apply()
    assert.truthy(out:find("+ integrations/mon.yaml\n", 1, true), out)
    assert.truthy(out:find('default_route.escalation_chain_id: "day"', 1, true), out)
    assert.matches("3 added, 0 changed, 0 removed", out)
    assert.matches("Nothing would change", plan(0))
    assert.matches("Nothing has changed", apply())

    write("escalation_chains/day.yaml", "name: Daytime\nsteps:\n- type: wait\n  duration: 600\n- type: notify_persons\n  persons_to_notify: [ada]\n")
    out = plan(2)
    assert.truthy(out:find('~ escalation_chains/day.yaml\n    name: "Day" → "Daytime"\n', 1, true), out)
    assert.truthy(out:find("steps[1].duration: (empty) → 600", 1, true), out)
    assert.matches("0 to add, 1 to change, 0 to remove", out)
    apply()
    plan(0)
    assert.matches("name: Daytime\nsteps:\n%- type: wait\n  duration: 600\n%- type: notify_persons", exported "escalation_chains/day.yaml")
  end)

  it("keep parts that only moved, and put them in order", function()
    small()
    apply()
    local before = exported "integrations/mon.yaml"
    write("integrations/mon.yaml", "type: webhook\nname: Monitor\ndefault_route:\n  escalation_chain_id: day\n" ..
      "routes:\n- routing_regex: third\n- routing_regex: new\n- routing_regex: first\n- routing_regex: second\n")
    apply()
    plan(0)
    local order = {}
    for term in exported("integrations/mon.yaml"):gmatch("routing_regex: (%w+)") do order[#order + 1] = term end
    assert.same({ "third", "new", "first", "second" }, order)
    assert.truthy(before)
  end)

  it("empty what they name no more, and leave to others the lists that they do not name", function()
    small()
    write("integrations/mon.yaml", "type: webhook\nname: Monitor\ndescription_short: here\ntemplates:\n  grouping_key: a\n  slack: {title: b}\n" ..
      "default_route: {escalation_chain_id: day, slack: {channel_id: C1, enabled: false}}\nroutes: [{routing_regex: x}]\n")
    apply()
    write("integrations/mon.yaml", "type: webhook\nname: Monitor\n")
    local out = plan(2)
    for _, line in ipairs { 'description_short: "here" → (empty)', 'templates.grouping_key: "a" → (empty)',
      'templates.slack.title: "b" → (empty)', 'default_route.escalation_chain_id: "day" → (empty)',
      'default_route.slack.enabled: false → (empty)' } do
      assert.truthy(out:find("    " .. line .. "\n", 1, true), line .. "\n" .. out)
    end
    apply()
    local text = exported "integrations/mon.yaml"
    assert.is_nil(text:find("here", 1, true))
    assert.is_nil(text:find("C1", 1, true))
    assert.matches("routes:\n%- routing_type: regex\n  routing_regex: x", text)
    plan(0)
  end)

  it("whose object was theirs and whose file is gone are deleted, and nothing else is", function()
    small()
    apply()
    running = server.start { data = folder .. "/data" }
    running:make_token()
    running:api("POST", "/teams/", { name = "by hand" })
    os.remove(folder .. "/c/integrations/mon.yaml")
    local out = apply()
    assert.truthy(out:find("- integrations/mon.yaml\n", 1, true), out)
    assert.matches("0 added, 0 changed, 1 removed", out)
    assert.equal(0, running:api("GET", "/integrations/").count)
    assert.equal(1, running:api("GET", "/teams/").count)
    plan(0)
  end)

  it("apply beside a running server, whose API names the file and refuses changes that are not asked for twice", function()
    running = server.start { data = folder .. "/data" }
    running:make_token()
    small()
    apply()
    local i = running:api("GET", "/integrations/").results[1]
    assert.equal("integrations/mon.yaml", i.managed_by)
    assert.truthy(i.link:find("/known-token-1234/", 1, true))
    local answer = running:request("POST", i.link:match("//[^/]*(/.*)$"), { body = { title = "x" } })
    assert.equal(200, answer.status)
    answer = running:request("PUT", "/api/v1/integrations/" .. i.id .. "/", { body = { name = "Other" } })
    assert.equal(409, answer.status)
    assert.truthy(answer.body:find("integrations/mon.yaml", 1, true), answer.body)
    local route = running:api("GET", "/routes/?integration_id=" .. i.id).results[1]
    assert.equal("integrations/mon.yaml", route.managed_by)
    assert.equal(409, running:request("DELETE", "/api/v1/routes/" .. route.id .. "/").status)
    assert.equal(409, running:request("POST", "/api/v1/routes/",
      { body = { integration_id = i.id, routing_regex = "y", } }).status)
    -- The default route stands in the integration's own fields, whether a list of routes does or not.
    write("integrations/bare.yaml", "type: webhook\nname: Bare\n")
    apply()
    local bare = running:api("GET", "/integrations/?name=Bare").results[1]
    local default = running:api("GET", "/routes/?integration_id=" .. bare.id).results[1]
    assert.equal("integrations/bare.yaml", default.managed_by)
    local change = { slack = { channel_id = "C9" } }
    assert.equal(409, running:request("PUT", "/api/v1/routes/" .. default.id .. "/", { body = change }).status)
    running:api("PUT", "/routes/" .. default.id .. "/?override=true", change)
    local other = running:api("POST", "/routes/", { integration_id = bare.id, routing_regex = "mine" })
    assert.is_nil(other.managed_by)
    running:api("PUT", "/routes/" .. other.id .. "/", { routing_regex = "mine too" })
    assert.truthy(plan(2):find('default_route.slack.channel_id: "C9" → (empty)', 1, true))
    apply()
    running:api("PUT", "/integrations/" .. i.id .. "/?override=true", { name = "Other" })
    assert.truthy(plan(2):find('name: "Other" → "Monitor"', 1, true))
    apply()
    assert.equal("Monitor", running:api("GET", "/integrations/" .. i.id .. "/").name)
    -- People without rules in a file go on looking after their own.
    local ada = running:api("GET", "/users/?username=ada").results[1]
    running:api("POST", "/contact_methods/", { user_id = ada.id, channel = "email", address = { email = "a@b.example" } })
    assert.is_nil(running:api("GET", "/contact_methods/").results[1].managed_by)
    plan(0)
  end)

  it("are refused whole with the file, line and field of everything that is wrong, and nothing is half done", function()
    small()
    write("users/bob.yaml", "username: bob\nrole: boss\n")
    write("escalation_chains/day.yaml", "name: Day\nsteps:\n- type: notify_persons\n  persons_to_notify: [adda]\n- type: wait\n  duration: 5\n")
    local _, err = apply(1)
    assert.truthy(err:find("c/users/bob.yaml:2: role: Must be one of: admin", 1, true), err)
    assert.truthy(err:find('c/escalation_chains/day.yaml:4: persons_to_notify.1: there is no user "adda" (did you mean \'ada\'?)', 1, true), err)
    assert.truthy(err:find("c/escalation_chains/day.yaml:6: duration: Ensure this value is greater than or equal to 60.", 1, true), err)
    assert.matches("Nothing was changed", err)
    local out = expect(0, "export", "--data", "data", "--to", "out")
    assert.matches("out: 2 files", out)
  end)

  it("are refused before anything is tried when they are no files of configuration", function()
    local long = "name: " .. ("x"):rep(1 << 20) .. "\n"
    local cases = {
      { "teams/a.yaml", "name: [1\n", "c/teams/a.yaml:2: did not find" },
      { "teams/a.yaml", "name: a\nname: b\n", 'c/teams/a.yaml:2: the key "name" is there twice' },
      { "teams/a.yaml", "name: &x a\nmembers: *x\n", "c/teams/a.yaml:1: anchors, aliases and tags" },
      { "teams/a.yaml", "name: !!binary aGk=\n", "c/teams/a.yaml:1: anchors, aliases and tags" },
      { "teams/a.yaml", "nmae: a\n", "c/teams/a.yaml:1: unknown field 'nmae' (did you mean 'name'?)" },
      { "teams/a.yaml", "members: []\n", "c/teams/a.yaml:1: 'name' is missing" },
      { "teams/a.yaml", "- a\n", "c/teams/a.yaml:1: a file holds one object" },
      { "teams/a.yaml", "", "c/teams/a.yaml:1: the file is empty" },
      { "teams/a.yaml", "name: a\n---\nname: b\n", "c/teams/a.yaml:2: a file holds one document" },
      { "teams/a.yaml", "name: \xff\n", "c/teams/a.yaml:1: invalid" },
      { "teams/a.yaml", ("["):rep(5000), "c/teams/a.yaml:1: this is nested too deep" },
      { "teams/a.yaml", long, "c/teams/a.yaml: the file is larger than 1024 KiB" },
      { "teams/a.txt", "name: a\n", "c/teams/a.txt: only files whose names end in .yaml belong here" },
      { "team/a.yaml", "name: a\n", "c/team: nothing of this name belongs here (did you mean 'teams'?)" },
      { "escalation_chains/a.yaml", "name: a\nsteps: 1\n", "c/escalation_chains/a.yaml:2: 'steps' must be a list" },
      { "escalation_chains/a.yaml", "name: a\nsteps:\n- 1\n", "c/escalation_chains/a.yaml:3: 'steps' must be a list of objects" },
      { "tocsin.yaml", "format: 2\n", "c/tocsin.yaml: this program knows format 1 only" },
      { "integrations/a.yaml", "type: webhook\nid: CABC\n", "c/integrations/a.yaml:2: unknown field 'id'" },
    }
    for _, case in ipairs(cases) do
      os.execute("rm -rf '" .. folder .. "/c'")
      write("tocsin.yaml", HEAD)
      write(case[1], case[2])
      local _, err = apply(1)
      assert.truthy(err:find(case[3], 1, true), case[3] .. "\n" .. err)
    end
    assert.equal("", raw.shell("ls -d " .. folder .. "/data 2>/dev/null || true"))
  end)

  it("with wrong types are answered in sentences, whatever the field", function()
    write("tocsin.yaml", HEAD)
    for _, value in ipairs { "1", "[]", "{}", "true", "[1, [2]]", "{a: {b: [c]}}", "text", "~" } do
      local lines = { "type: webhook\n" }
      for _, name in ipairs { "name", "description_short", "team_id", "default_route", "templates", "heartbeat", "rate_limit", "labels",
        "static_labels", "dynamic_labels", "multi_label_template", "allow_resolve", "auto_resolve_after" } do
        lines[#lines + 1] = name .. ": " .. value .. "\n"
      end
      write("integrations/a.yaml", table.concat(lines))
      write("users/a.yaml", ("username: a\nrole: %s\nworking_hours: %s\nemail: %s\n"):format(value, value, value))
      write("teams/a.yaml", ("name: a\nmembers: %s\n"):format(value))
      write("on_call_shifts/a.yaml", ("name: a\ntype: rolling_users\nstart: %s\nduration: %s\nrolling_users: %s\nby_day: %s\n"):format(value, value, value, value))
      local code, out, err = run("apply", "c", "--data", "data")
      assert.equal(1, code, out .. err)
      assert.is_nil(err:find("tocsin apply:", 1, true), err)
      assert.matches("^c/", (err:gsub("^tocsin: data had[^\n]*\n", "")))
    end
  end)

  it("are written only where they belong", function()
    small()
    apply()
    os.execute(("mkdir '%s/mine'; echo hi > '%s/mine/letter.txt'"):format(folder, folder))
    local _, err = expect(1, "export", "--data", "data", "--to", "mine")
    assert.matches("no folder of configuration", err)
    -- A name that leads elsewhere leads nowhere.
    running = server.start { data = folder .. "/data" }
    running:make_token()
    running:api("POST", "/teams/", { name = "../../../etc/passwd" })
    running:api("POST", "/teams/", { name = "..." })
    running:api("POST", "/teams/", { name = "\u{202e}live" })
    expect(0, "export", "--data", "data", "--to", "out")
    assert.same("etc-passwd.yaml\nlive.yaml\nteam.yaml\n", raw.shell("ls " .. folder .. "/out/teams"))
    running:api("DELETE", "/teams/" .. running:api("GET", "/teams/?name=...").results[1].id .. "/")
    expect(0, "export", "--data", "data", "--to", "out")
    assert.same("etc-passwd.yaml\nlive.yaml\n", raw.shell("ls " .. folder .. "/out/teams"))
  end)

  it("may carry secrets by hand: stored once, shown never, and kept when they are not there", function()
    write("tocsin.yaml", HEAD)
    write("webhooks/t.yaml", "name: T\nurl: https://t.example/\nhttp_method: POST\ntrigger_type: escalation\npassword: hidden-word\n")
    apply()
    assert.is_nil(exported("webhooks/t.yaml"):find("password", 1, true))
    plan(0)
    write("webhooks/t.yaml", "name: T\nurl: https://t.example/\nhttp_method: POST\ntrigger_type: escalation\npassword: another-word\n")
    assert.matches("Only secrets would change", plan(2))
    apply()
    plan(0)
    write("webhooks/t.yaml", "name: T\nurl: https://t.example/\nhttp_method: POST\ntrigger_type: escalation\n")
    plan(0)
  end)
end)
