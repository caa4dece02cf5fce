--- The binary's commands as a new user meets them: render, check, new, token, help; and the folders a server may be given.
local server <const> = require "server"
local raw <const> = require "raw_http"

describe("make run", function()
  it("sends and shows a first alert as it says, keeps its keys to itself, and ends well", function()
    local folder = server.folder()
    local script = raw.shell("pwd"):gsub("\n", "") .. "/spec/support/run.sh"
    local out = raw.shell(([[cd %s || exit
      sh %s %s 127.0.0.1:0 > said 2> log & run=$!
      until grep -qs '^Stop with' said || ! kill -0 $run 2>/dev/null; do sleep 0.05; done
      sed -n '/^  curl -d/,/formatted_webhook/p' said > send
      sed -n '/^  curl -H "Auth/p' said > show
      sh send 2>/dev/null; sh show 2>/dev/null
      kill -TERM $run; wait $run; echo " ended with $?"
      find var ! -type s -perm /077]]):format(folder, script, server.binary))
    assert.matches('^"Ok%."{"next":null.*"title":"Disk is full on db%-1".* ended with 0\n$', out)
    server.remove(folder)
  end)
end)

describe("the command", function()
  local folder
  before_each(function() folder = server.folder() end)
  after_each(function() server.remove(folder) end)

  local function write(name, text)
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
    return name
  end
  local function read(name)
    local file <close> = assert(io.open(folder .. "/" .. name))
    return file:read("a")
  end
  local function run(words, input) return server.run(words, input, folder) end
  local function is(code, out, err, words, input)
    local c, o, e = run(words, input)
    assert.same({ code, out, err }, { c, o, e }, table.concat(words, " "))
  end
  local function is_like(code, out, err, words, input)
    local c, o, e = run(words, input)
    local what = table.concat(words, " ") .. " → " .. c .. "\n" .. o .. e
    assert.equal(code, c, what)
    assert.truthy(o:find(out, 1, true), what)
    assert.truthy(e:find(err, 1, true), what)
  end

  it("line explains itself, and each command", function()
    local code, out, err = run {}
    assert.same({ 2, "" }, { code, out })
    local _, help = run { "--help" }
    assert.equal(help, err)
    is(0, help, "", { "-h" })
    for name in help:gmatch("\n  tocsin (%a+)") do
      local c, text, e = run { name, "--help" }
      assert.same({ 0, "" }, { c, e }, name)
      assert.truthy(text:find("tocsin " .. name, 1, true) or name == "version", name)
      for line in text:gmatch("[^\n]+") do assert.is_true(utf8.len(line) <= 120, line) end
    end
    is_like(2, "", "unknown command 'bogus'", { "bogus" })
    assert.matches("^tocsin %d+%.%d+%.%d+\n$", (select(2, run { "version" })))
    local _, serve = run { "serve", "--help" }
    for _, flag in ipairs { "--config", "--data", "--listen", "--public-url", "--workers", "--body-limit", "--api-rate-limit", "--metrics" } do
      assert.truthy(serve:find("\n  " .. flag .. " ", 1, true), flag)
    end
  end)

  describe("render", function()
    it("prints the exact rendering: nothing added, nothing cut", function()
      is(0, "a 3\n", "", { "render", "a {{ 1 + 2 }}\n\n" })
      is(0, "", "", { "render", "" })
      local _, out = run { "render", "{{ 'é' * 60000 }}" }
      assert.equal(60000, utf8.len(out))
      is(0, "-x", "", { "render", "-x" })
    end)
    it("reads the template from standard input, and the context from a file", function()
      is(0, "hi", "", { "render", "-" }, "h{{ 'i' }}")
      write("c.json", '{"x":{"b":1,"a":[null,true,1.0]},"big":123456789012345678901234567890}')
      is(0, "{'b': 1, 'a': [None, True, 1.0]} 123456789012345678901234567890", "", { "render", "--context", "c.json", "{{ x }} {{ big }}" })
      is(0, "1", "", { "render", "--context=c.json", "-" }, "{{ x.b }}")
      write("list.json", '{"payload":[' .. ("1,"):rep(500000) .. "1]}")
      is(0, "", "", { "render", "--context", "list.json", "{% set t = payload | tojson_pretty %}{{ payload.state }}" })
      is(0, "2", "", { "render", "--context", "-", "{{ y }}" }, '{"y":2}')
    end)
    it("says the line of an error and ends with 1", function()
      is(1, "", "line 3: 'x' is undefined\n", { "render", "a\nb\n{{ x.y }}" })
      is_like(1, "", "line 2: ", { "render", "-" }, "\n{% if %}")
    end)
    it("is bounded as a rendering of the server is", function()
      for _, bomb in ipairs { "{{ 'a' * 10**9 }}", "{{ 'a' * 5 * 10**7 }}", "{% for i in range(10**9) %}{% endfor %}", "{{ range(10**8) | list | length }}",
        "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(l=[]) %}{% for i in range(200000) %}{% set _ = ns.l.append([[], i]) %}{% endfor %}{{ ns.l | length }}",
        "{{ 1 }}" .. ("{{ x.y.z }}"):rep(30000) } do
        is_like(1, "", "line 1: ", { "render", "-" }, bomb)
      end
      local _, out = run { "render", "{{ 'a' * 10**6 }}" }
      assert.equal(10 ^ 6, #out)
    end)
    it("has as much memory for one case as for another", function()
      local cases = {}
      for i = 1, 12 do cases[i] = ('{"id":%d,"template":"{{ \'%d\' ~ \'a\' * 5000000 }}"}'):format(i, i % 10) end
      local code, out = run({ "render", "--cases", "-" }, table.concat(cases, "\n"))
      assert.equal(0, code)
      assert.is_nil(out:find('"error"', 1, true))
    end)
    it("says which file is bad", function()
      is(1, "", "no.json: No such file or directory\n", { "render", "--context", "no.json", "x" })
      is_like(1, "", "bad.json: JSON parse error", { "render", "--context", write("bad.json", "{"), "x" })
      is(1, "", "list.json: the context must be a JSON object\n", { "render", "--context", write("list.json", "[1]"), "x" })
      for _, words in ipairs { { "render" }, { "render", "a", "b" }, { "render", "--wat", "x" }, { "render", "--context" }, { "render", "--cases", "f", "x" } } do
        local code, out, err = run(words)
        assert.same({ 2, "" }, { code, out })
        assert.matches("^tocsin render: ", err)
      end
    end)
    it("renders cases by the line, in ASCII, whatever some of them hold", function()
      write("cases.jsonl", table.concat({ '{"id":1,"template":"{{ a }}","context":{"a":"ü\\n😀"}}', '{"id":"b","template":"{{","context":{}}',
        "no json", '{"id":3,"template":"{{ a.b }}"}', '{"id":4,"template":"{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"}',
        '{"id":{"x":[5]},"template":"ok","context":{}}' }, "\n"))
      local code, out, err = run { "render", "--cases", "cases.jsonl" }
      assert.same({ 0, "" }, { code, err })
      local lines = {}
      for line in out:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
      assert.equal('{"id":1,"output":"\\u00fc\\n\\ud83d\\ude00"}', lines[1])
      assert.matches('^{"id":"b","error":"line 1: ', lines[2])
      assert.matches('^{"id":null,"error":"JSON parse error', lines[3])
      assert.equal('{"id":3,"error":"line 1: \'a\' is undefined"}', lines[4])
      assert.equal('{"id":4,"error":"line 1: the template ran past its budget"}', lines[5])
      assert.equal('{"id":{"x":[5]},"output":"ok"}', lines[6])
      assert.equal(6, #lines)
      is(0, '{"id":1,"output":"x"}\n', "", { "render", "--cases", "-" }, '{"id":1,"template":"x"}')
    end)
    it("fails when nobody can read its output", function()
      assert.equal("1\n", raw.shell(server.binary .. " render x 2>/dev/null >/dev/full; echo $?"))
    end)
  end)

  describe("new", function()
    it("writes a file that passes check as it is, and never over another", function()
      is_like(0, "my_tool.lua\n", "", { "new", "integration", "my_tool" })
      is_like(0, "my_tool.lua: 3 of 3 examples as expected\n", "", { "check", "my_tool.lua" })
      local before = read "my_tool.lua"
      is(1, "", "tocsin new: my_tool.lua: File exists\n", { "new", "integration", "my_tool" })
      assert.equal(before, read "my_tool.lua")
      raw.shell("mkdir " .. folder .. "/integrations")
      is_like(0, "integrations/other.lua\n", "", { "new", "integration", "other" })
      is_like(0, "integrations/other.lua: 3 of 3 examples as expected\n", "", { "check", "integrations/other.lua" })
      for _, name in ipairs { "Bad", "bad-name", "../x", "", "9x", "a/b", ("x"):rep(61) } do
        is_like(2, "", "is no name for an integration", { "new", "integration", name })
      end
      is_like(2, "", "tocsin new integration NAME", { "new" })
    end)
  end)

  describe("check", function()
    local function new(name)
      run { "new", "integration", name }
      return read(name .. ".lua")
    end
    it("shows each channel and an expect to paste, which then passes", function()
      local source = new "tide"
      local code, out = run { "check", "--show", "tide.lua" }
      assert.equal(0, code)
      for _, channel in ipairs { "web", "slack", "telegram", "sms", "phone_call", "email", "mobile_app", "mattermost", "msteams" } do
        assert.truthy(out:find("\n    " .. channel .. " ", 1, true), channel)
      end
      local paste = out:match("\n    (expect = {.-\n    }),?\n")
      assert.truthy(paste)
      local first = source:find("expect  = {", 1, true)
      local stop = source:find("labels = { severity = \"critical\" } } },", first, true)
      write("tide.lua", source:sub(1, first - 1) .. paste .. " }," .. source:sub(stop + #'labels = { severity = "critical" } } },'))
      is_like(0, "tide.lua: 3 of 3 examples as expected", "", { "check", "tide.lua" })
    end)
    it("fails with the difference when a template breaks", function()
      local source = new "tide"
      write("tide.lua", (source:gsub("payload.state == 'ok'", "false")))
      is_like(1, 'tide.lua: state is "firing", expected "resolved"', "", { "check", "tide.lua" })
      write("tide.lua", (source:gsub("{{ payload.host }}/{{ payload.check }}", "same")))
      is_like(1, "groups is 1, expected 2", "", { "check", "tide.lua" })
      write("tide.lua", (source:gsub('title   = "[^"]*"', 'title   = "{{ payload.x.y }}"')))
      is_like(1, "Template Warning", "", { "check", "tide.lua" })
    end)
    it("says what is wrong with a file that cannot be one, and goes on to the next", function()
      new "good"
      write("typo.lua", 'return { name = "x", groupping_id = "y" }')
      is_like(1, "typo.lua: unknown field 'groupping_id' (did you mean 'grouping_id'?)", "", { "check", "typo.lua" })
      write("broken.lua", "return {")
      is_like(1, "good.lua: 3 of 3", "", { "check", "broken.lua", "good.lua" })
      is_like(1, "broken.lua:1: unexpected symbol", "", { "check", "broken.lua", "good.lua" })
      is_like(1, "ran past its limit", "", { "check", write("loop.lua", "while true do end") })
      is_like(1, "fat.lua", "", { "check", write("fat.lua", "return { name = string.rep('x', 10^10) }") })
      is_like(1, "'os'", "", { "check", write("evil.lua", "os.execute 'true'") })
      is_like(1, "return", "", { "check", write("empty.lua", "") })
      is_like(1, "no.lua: No such file", "", { "check", "no.lua" })
      is_like(1, "there is no such integration", "", { "check", "no" })
      is_like(1, "ends in .lua", "", { "check", "/dev/null" })
      is_like(2, "", "unknown option", { "check", "--bad" })
    end)
    it("checks the built-in integrations without a file, and one by its name", function()
      local code, out = run { "check" }
      assert.equal(0, code, out)
      for _, name in ipairs { "alertmanager", "grafana_alerting", "grafana", "zabbix", "webhook", "formatted_webhook" } do
        assert.matches("integrations/" .. name .. "%.lua: (%d+) of %1 examples as expected", out)
      end
      is_like(0, "integrations/zabbix.lua: ", "", { "check", "zabbix" })
    end)
  end)

  describe("token", function()
    it("prints a token alone, keeps only a digest, in a folder that others cannot read", function()
      local code, out, err = run { "token", "create", "--data", "d", "--name", "x" }
      assert.same({ 0, "tocsin: d had no tocsin.db: a new one was made.\n" }, { code, err })
      local token = out:match("^(%x+)\n$")
      assert.equal(64, #token)
      assert.equal("", raw.shell(("grep -l %s %s/d/*"):format(token, folder)))
      assert.equal("x|admin\n", raw.shell(("sqlite3 -readonly %s/d/tocsin.db 'SELECT name, role FROM api_token'"):format(folder)))
      assert.equal("600\n", raw.shell(("stat -c %%a %s/d/tocsin.db"):format(folder)))
      is_like(0, "\n", "", { "token", "create", "--data=d", "--name=y", "--role=viewer" })
    end)
    it("waits for another command, and leaves what a crash noted for the server", function()
      raw.shell(("mkdir %s/d; printf 'marked!!' > %s/d/rendering"):format(folder, folder))
      local out = raw.shell(("cd %s; for i in 1 2 3 4 5 6; do %s token create --data d --name n$i & done 2>&1; wait"):format(folder, server.binary))
      local count = select(2, out:gsub("%f[%x]%x+\n", function(token) assert.equal(65, #token) end))
      assert.equal(6, count, out)
      assert.equal("6\n", raw.shell(("sqlite3 -readonly %s/d/tocsin.db 'SELECT COUNT(*) FROM api_token'"):format(folder)))
      assert.equal("marked!!", read "d/rendering")
    end)
    it("says which word is wrong", function()
      for _, case in ipairs {
        { { "token" }, "token create" }, { { "token", "list" }, "token create" }, { { "token", "create" }, "--data is missing" },
        { { "token", "create", "--data", "d" }, "--name is missing" }, { { "token", "create", "--data", "d", "--name" }, "--name needs a value" },
        { { "token", "create", "--data", "d", "--name", "x", "--role", "king" }, "--role must be" },
        { { "token", "create", "--data", "d", "--name", ("é"):rep(201) }, "--name must be UTF-8 of at most 200 characters" },
        { { "token", "create", "--data", "d", "--name", "x", "extra" }, "unexpected 'extra'" } } do
        is_like(2, "", case[2], case[1])
      end
      is_like(1, "", "No such file or directory", { "token", "create", "--data", "a/b/c", "--name", "x" })
      write("file", "")
      is_like(1, "", "Not a directory", { "token", "create", "--data", "file", "--name", "x" })
    end)
  end)

  describe("serve", function()
    local function serve(args)
      local s = server.start { args = args }
      s:make_token()
      return s
    end
    local function path_of(made) return made.link:match("^https?://[^/]+(/.*)$") end

    it("takes integration files of a folder, before the built-in ones", function()
      run { "new", "integration", "tide" }
      raw.shell(("mkdir %s/own && mv %s/tide.lua %s/own/"):format(folder, folder, folder))
      local s = serve { "--integrations", folder .. "/own" }
      local hook = s:api("POST", "/integrations/", { type = "tide" })
      assert.equal("Tide", hook.name)
      s:request("POST", path_of(hook), { body = '{"host":"db-1","check":"disk full","state":"critical"}' })
      assert.equal("disk full: db-1", s:api("GET", "/alert_groups/").results[1].title)
      s:api("POST", "/integrations/", { type = "zabbix", name = "built in" })
      s:finish()
    end)

    it("keeps taking alerts of a type whose file is broken or gone, and its page and the log say which it is", function()
      run { "new", "integration", "tide" }
      local data, hook = folder .. "/data", nil
      raw.shell("mkdir " .. data)
      for _, case in ipairs {
        { "whole", "Alarms of Tide</p>", "true", title = "disk full: whole" },
        { "broken", "The file of this type is broken, so alerts are stored as they come, without its templates: integrations/tide.lua:",
          "echo 'return {' > tide.lua", title = 'Tide: {"host":"broken","check":"disk full"}', logged = 2 },
        { "gone", "There is no file for this type any more; its templates go on working.</p>", "rm tide.lua", title = "disk full: gone" },
      } do
        raw.shell("cd " .. folder .. ";" .. case[3])
        local s = server.start { data = data, args = { "--integrations", folder } }
        s:make_token()
        hook = hook or s:api("POST", "/integrations/", { type = "tide" })
        for _ = 1, 3 do
          assert.equal(200, s:request("POST", path_of(hook), { body = '{"host":"' .. case[1] .. '","check":"disk full"}' }).status)
        end
        assert.equal(case.title, s:api("GET", "/alert_groups/").results[1].title)
        assert.truthy(s:request("GET", path_of(hook)).body:find('<p class="hint">' .. case[2], 1, true), case[1])
        s.expects = case.logged and '"event":"integration_file_broken".*integrations/tide%.lua'
        s:finish()
        local lines = 0 -- once at the start, once at the first alert
        for _, line in ipairs(s.log) do lines = lines + (line:find("integration_file_broken", 1, true) and 1 or 0) end
        assert.equal(case.logged or 0, lines, case[1])
      end
    end)

    it("reads its Lua from a checkout", function()
      raw.shell(("cp -r lua integrations %s/"):format(folder))
      raw.shell(("sed -i 's/Not found\\./Not here./' %s/lua/api/errors.lua"):format(folder))
      local s = serve { "--lua", folder }
      assert.equal('{"detail":"Not here."}', s:request("GET", "/api/v1/nothing/").body)
      s:finish()
    end)

    it("names its public URL in links, pages and paging, else the request's host", function()
      write("conf", "# what people see\npublic_url = https://alerts.example.org/base/\n\nworkers = 1\n")
      for url, s in pairs { ["https://alerts.example.org/base"] = serve { "--config", folder .. "/conf" }, [""] = serve {} } do
        local base = url ~= "" and url or "http://127.0.0.1:" .. s.port
        local hook = s:api("POST", "/integrations/", { type = "webhook", name = "a", token = "token-0123" })
        s:api("POST", "/integrations/", { type = "webhook", name = "b" })
        assert.equal(base .. "/integrations/v1/webhook/token-0123/", hook.link)
        assert.equal(base .. "/api/v1/integrations/?perpage=1&page=2", s:api("GET", "/integrations/?perpage=1").next)
        assert.truthy(s:request("GET", "/integrations/v1/webhook/token-0123/").body:find(base .. "/integrations/v1/webhook/token-0123/", 1, true))
        s:request("POST", "/integrations/v1/webhook/token-0123/", { body = "{}" })
        local group = s:api("GET", "/alert_groups/").results[1]
        assert.equal(base .. "/alert-groups/" .. group.id, group.permalinks.web)
        s:finish()
      end
    end)

    it("lets a flag win over the environment, and that over the file", function()
      write("conf", "workers = nonsense\n")
      local path = "PATH=" .. os.getenv("PATH")
      local function log_of(args, env)
        local s = server.start { args = args, env = env, may_fail = true }
        s:stop()
        server.remove(s.data)
        return s.code, table.concat(s.log, "\n")
      end
      assert.equal(2, (log_of({ "--config", folder .. "/conf" })))
      write("conf", "public_url = ftp://file\n")
      local code, log = log_of({ "--config", folder .. "/conf" })
      assert.equal(2, code)
      assert.truthy(log:find("ftp://file", 1, true))
      code, log = log_of({ "--config", folder .. "/conf" }, { path, "TOCSIN_PUBLIC_URL=ftp://environment" })
      assert.equal(2, code)
      assert.truthy(log:find("ftp://environment", 1, true))
      assert.equal(0, (log_of({ "--config", folder .. "/conf", "--public-url", "https://flag" }, { path, "TOCSIN_PUBLIC_URL=ftp://environment" })))
    end)

    it("says which of its sources a bad setting came from, and makes no folder before all are good", function()
      local data = folder .. "/none"
      local function refused(needle, args, env)
        local s = server.start { data = data, args = args, env = env, may_fail = true }
        s:stop()
        local log = table.concat(s.log, "\n")
        assert.equal(2, s.code, log)
        assert.truthy(log:find(needle, 1, true), log)
        assert.falsy(os.rename(data, data), "there is a data folder")
      end
      local path = "PATH=" .. os.getenv("PATH")
      refused("--config " .. folder .. ": Is a directory", { "--config", folder })
      write("long", "# " .. ("workers = 2 "):rep(1000) .. "\nworkers = two\n")
      refused(folder .. "/long line 2: workers", { "--config", folder .. "/long" })
      refused("TOCSIN_WORKERS: workers", {}, { path, "TOCSIN_WORKERS=two" })
      refused("TOCSIN_BOGUS: unknown setting 'bogus'", {}, { path, "TOCSIN_BOGUS=1" })
      for _, listen in ipairs { "nonsense", "127.0.0.1", "::1:80", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:" } do
        refused("listen must be HOST:PORT", { "--listen", listen })
      end
      refused("data must name a folder", { "--data", "" })
    end)

    it("says an address where it listens on all", function()
      for _, listen in ipairs { ":0", "*:0" } do
        local s = server.start { args = { "--listen", listen } }
        s:stop()
        assert.matches("^listening on http://0%.0%.0%.0:%d+$", s.out[1])
        server.remove(s.data)
      end
    end)

    it("does not start with a setting that cannot be", function()
      for word, args in pairs { log_level = { "--log-level", "banana" }, public_url = { "--public-url", "example.org" }, lua = { "--lua", "/nope" },
        ["spaces, quotes"] = { "--public-url", "https://a.example.org/?x" },
        integrations = { "--integrations", "/nope" }, config = { "--config", "/nope" }, extra = { "extra" }, workers = { "--workers" },
        ["allow_private_webhooks: '10.1.0.0/8' names one address"] = { "--allow-private-webhooks", "10.1.0.0/8" },
        ["dns_servers: 'ns.example' is no name server"] = { "--dns-servers", "ns.example" },
        ["outgoing_proxy must be a URL"] = { "--outgoing-proxy", "proxy.example" }, ca_file = { "--ca-file", "/nope" } } do
        local s = server.start { args = args, may_fail = true }
        assert.equal(2, (s:stop()), word)
        assert.truthy(table.concat(s.log, "\n"):find(word, 1, true), word)
        server.remove(s.data)
      end
    end)
  end)
end)
