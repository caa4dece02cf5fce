--- The table of alert groups and a group's page, without a script: what they show, what their forms do.
require "tocsin.core"
local pages <const> = require "pages"

describe("the pages of alert groups", function()
  local p, hook

  before_each(function()
    p = pages.open()
    hook = p.world:integration { name = "Backups" }
  end)
  after_each(function() p:close() end)

  local function fire(title, more)
    local payload = { title = title, message = "of " .. title }
    for name, v in pairs(more or {}) do payload[name] = v end
    p.world:post(hook, payload)
  end
  local function titles(path)
    local list = {}
    for title in string.gmatch(p:get(path), '<a href="/alert%-groups/I%w+">([^<]*)</a>') do list[#list + 1] = title end
    return list
  end

  it("say that nothing is firing when nothing is", function()
    assert.truthy(string.find(p:get "/", "Nothing is firing", 1, true))
    assert.equal(0, #pages.links(p:get "/?state=all"))
  end)

  it("show what is open, newest first, and the rest by state", function()
    for _, title in ipairs { "one", "two", "three", "four" } do fire(title) end
    p.world:must(1, "acknowledge")
    p.world:must(2, "resolve")
    p.world:must(3, "silence", { delay = 3600 })
    assert.same({ "four", "three", "one" }, titles "/")
    assert.same({ "four" }, titles "/?state=firing")
    assert.same({ "one" }, titles "/?state=acknowledged")
    assert.same({ "three" }, titles "/?state=silenced")
    assert.same({ "two" }, titles "/?state=resolved")
    assert.same({ "four", "three", "two", "one" }, titles "/?state=all")
    local words = pages.words(p:get "/")
    assert.truthy(words:find("Open 3 Firing 1 Acknowledged 1 Silenced 1 Resolved All", 1, true), words)
    assert.truthy(words:find("Acknowledged by the API now #1", 1, true), words)
  end)

  it("filter by integration, label, team and time, and keep the filters in every link", function()
    local team = p.world:api(201, "POST", "teams/", { name = "Web" })
    local other = p.world:integration { name = "Web", team_id = team.id,
      labels = { { key = { name = "env" }, value = { name = "prod" } } } }
    fire "here"
    p.world:post(other, { title = "there" })
    assert.same({ "there" }, titles("/?integration_id=" .. other.id))
    assert.same({ "there" }, titles("/?team_id=" .. team.id))
    assert.same({ "here" }, titles "/?team_id=null")
    assert.same({ "there" }, titles "/?label=env:prod")
    assert.same({}, titles "/?label=env:test")
    assert.same({}, titles "/?to=1999-01-01")
    assert.same({ "there", "here" }, titles "/?from=1999-01-01&to=nonsense")
    local text = p:get "/?label=env:prod&state=firing"
    assert.truthy(text:find('href="/?state=acknowledged&amp;label=env%3Aprod"', 1, true)
      or text:find('href="/?label=env%3Aprod&amp;state=acknowledged"', 1, true), text)
    assert.truthy(text:find('<input type="hidden" name="state" value="firing">', 1, true))
  end)

  it("are searched by words of their titles, in pages", function()
    for i = 1, 60 do fire("Disk full on host-" .. i) end
    fire "Queue long"
    assert.same({ "Queue long" }, titles "/?search=queue")
    local first = p:get "/?search=disk"
    assert.equal(50, #pages.links(first))
    local older = first:match 'rel="next" href="([^"]*)"':gsub("&amp;", "&")
    assert.equal("Disk full on host-10", titles(older)[1])
    assert.same({}, titles "/?search=nothing")
    assert.same({ "Disk full on host-7" }, titles "/?search=%237")
  end)

  it("come in pages that stay where they are while new groups open", function()
    for i = 1, 120 do fire("g" .. i) end
    local first = p:get "/"
    assert.equal(50, #pages.links(first))
    local older = first:match 'rel="next" href="([^"]*)"':gsub("&amp;", "&")
    fire "newest"
    local second = p:get(older)
    assert.equal("g70", titles(older)[1])
    local third = titles((second:match 'rel="next" href="([^"]*)"':gsub("&amp;", "&")))
    assert.equal(20, #third)
    assert.equal("g1", third[20])
  end)

  it("act on one row, on several, and lead back to where one was", function()
    for _, title in ipairs { "one", "two", "three" } do fire(title) end
    local ids = {}
    for i, path in ipairs(pages.links(p:get "/")) do ids[i] = path:match "I%w+$" end
    local status, _, where = p:post("/alert-groups/act", { { "one", "acknowledge " .. ids[3] }, { "back", "/?state=firing" } })
    assert.same({ 303, "/?state=firing" }, { status, where })
    status, _, where = p:post("/alert-groups/act", { { "verb", "resolve" }, { "id", ids[1] }, { "id", ids[2] }, { "back", "/" } })
    assert.same({ 303, "/" }, { status, where })
    assert.same({ "one" }, titles "/")
    assert.same({ "three", "two" }, titles "/?state=resolved")
    local _, wiped = p:post("/alert-groups/act", { { "verb", "wipe" }, { "id", ids[1] } })
    assert.truthy(wiped:find("There is no such page", 1, true))
  end)

  it("act on all that match, also on other pages", function()
    for i = 1, 60 do fire("Disk full " .. i) end
    fire "Queue long"
    local status = p:post("/alert-groups/act", { { "verb", "resolve" }, { "all", "true" }, { "back", "/?search=disk" } })
    assert.equal(303, status)
    assert.same({ "Queue long" }, titles "/")
  end)

  it("lead to the source, and tell how many are attached", function()
    local of_source = p.world:integration { name = "Links", templates = { source_link = "{{ payload.url }}" } }
    p.world:post(of_source, { title = "linked", url = "https://prom.example.org/graph?g0" })
    local link = p:get "/":match 'href="(/alert%-groups/I%w+/source)"'
    local status, _, more = p:ask("GET", link)
    assert.same({ 303, "https://prom.example.org/graph?g0" }, { status, more:match "Location: ([^\r]*)" })
    fire "follows"
    local ids = p.world:api(200, "GET", "alert_groups/").results
    p.world:api(200, "POST", "alert_groups/" .. ids[1].id .. "/attach/", { root_alert_group_id = ids[2].id })
    assert.truthy(pages.words(p:get "/"):find("linked 1 attached", 1, true))
    p.world:post(of_source, { title = "not linked", url = "javascript:alert(1)" })
    assert.equal(404, (p:ask("GET", p:get "/":match 'href="(/alert%-groups/I%w+/source)"')))
  end)

  it("suggest labels: keys, then values of a key", function()
    local labelled = p.world:integration { name = "L", labels = { { key = { name = "env" }, value = { name = "prod" } } } }
    p.world:post(labelled, { title = "x" })
    assert.truthy(p:get "/alert-groups/labels?label=e":find('value="env:"', 1, true))
    assert.truthy(p:get "/alert-groups/labels?label=other:x&label=env:p":find('value="env:prod"', 1, true))
    assert.is_nil(p:get "/alert-groups/labels?label=env:t":find("prod", 1, true))
    assert.truthy(p:get "/alert-groups/labels?label=%3Cb%3E:")
  end)

  it("silence for a time", function()
    fire "one"
    local id = pages.links(p:get "/")[1]:match "I%w+$"
    p:post("/alert-groups/act", { { "verb", "silence" }, { "id", id }, { "delay", "3600" }, { "back", "/" } })
    local group = p.world:groups()[1]
    assert.equal(3600 * 1000000, group.silenced_until - group.silenced_at)
    for _, delay in ipairs { "-1", "1e99", "x", "999999999999" } do
      assert.equal(404, (p:post("/alert-groups/act", { { "verb", "silence" }, { "id", id }, { "delay", delay } })), delay)
    end
  end)

  it("say why a deed was not done, and lead nowhere else", function()
    fire "one"
    local id = pages.links(p:get "/")[1]:match "I%w+$"
    local status, text = p:post("/alert-groups/act", { { "verb", "unresolve" }, { "id", id }, { "back", "/" } })
    assert.equal(409, status)
    assert.truthy(text:find("unresolve an unresolved alert group", 1, true), text)
    for _, back in ipairs { "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1" } do
      local _, _, where = p:post("/alert-groups/act", { { "verb", "acknowledge" }, { "id", id }, { "back", back } })
      assert.equal("/", where or "/", back)
      p.world:must(1, "unacknowledge")
    end
  end)

  it("show a group whole: words, plan, timeline, what was computed, the payload in its own order", function()
    fire("Disk full", { z = 1, a = { 2.50, "x:{,}" }, e = {} })
    local text = p:get(pages.links(p:get "/")[1])
    local words = pages.words(text)
    assert.truthy(words:find("The alert group was opened.", 1, true), words)
    assert.truthy(words:find("Nobody else will be called.", 1, true), words)
    assert.truthy(words:find("Default route", 1, true))
    assert.truthy(text:find("<h1>Disk full</h1>", 1, true))
    assert.truthy(text:find('&#34;x:{,}&#34;', 1, true), text)
    assert.equal(404, (p:ask("GET", "/alert-groups/INONE")))
  end)

  it("are for who is signed in: others are led to the way in, and nothing is done for them", function()
    fire "one"
    local id = pages.links(p:get "/")[1]:match "I%w+$"
    local status, _, more = p:ask("GET", "/alert-groups/" .. id .. "?x=1", {})
    assert.equal(303, status)
    assert.truthy(more:find("Location: /sign-in?next=%2Falert-groups%2F" .. id .. "%3Fx%3D1", 1, true), more)
    for site, wanted in pairs { ["same-origin"] = 303, ["cross-site"] = 403 } do
      assert.equal(wanted, (p:ask("POST", "/alert-groups/act", { ["content-type"] = "application/x-www-form-urlencoded",
        ["sec-fetch-site"] = site }, "verb=resolve&id=" .. id)))
    end
    assert.is_nil(p.world:groups()[1].resolved_at)
    assert.equal(404, (p:ask("GET", "/nothing-here", {})))
  end)

  it("let a viewer read and not act", function()
    fire "one"
    local path = pages.links(p:get "/")[1]
    local viewer = require("api_client").add_token(p.world.client, "viewer")
    local status, text = p:ask("GET", path, { authorization = viewer })
    assert.equal(200, status)
    assert.is_nil(text:find("/alert-groups/act", 1, true))
    assert.equal(403, (p:ask("POST", "/alert-groups/act", { authorization = viewer,
      ["content-type"] = "application/x-www-form-urlencoded" }, "verb=resolve&id=" .. path:match "I%w+$")))
    assert.is_nil(p.world:groups()[1].resolved_at)
  end)

  it("give static files an address that changes with them, and no others", function()
    local style = p:get "/":match 'href="(/static/[^"]*style%.css)"'
    local status, _, more = p:ask("GET", style, {})
    assert.equal(200, status)
    assert.truthy(more:find("immutable", 1, true))
    _, _, more = p:ask("GET", "/static/0/style.css", {})
    assert.truthy(more:find("no-cache", 1, true))
    for _, path in ipairs { "/static/0/../page.lua", "/static/0/page.lua", "/static/0/", "/static/0/nope.css" } do
      assert.equal(404, (p:ask("GET", path, {})), path)
    end
  end)
end)
