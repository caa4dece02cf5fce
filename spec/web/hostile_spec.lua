--- What strangers write into alerts is text on every page, whatever it looks like.
require "tocsin.core"
local pages <const> = require "pages"

-- Scripts in tags, attributes, addresses, entities, encodings, templates; ends of our own tags; odd characters.
local HOSTILE <const> = {}
local TAGS <const> = { "script", "img", "svg", "iframe", "object", "embed", "math", "video", "body", "details", "style", "link", "meta",
  "base", "form", "input", "textarea", "template", "noscript", "xmp" }
for _, tag in ipairs(TAGS) do
  for _, shape in ipairs { "<%s src=x onerror=alert(1)>", "</%s><%s onload=alert(1)>", "<%s\nonclick='alert(1)'//", "<%s/onfocus=alert`1` autofocus>",
    "&lt;%s&gt;alert(1)", "\"><%s onmouseover=\"alert(1)" } do
    HOSTILE[#HOSTILE + 1] = (shape:gsub("%%s", tag))
  end
end
for _, text in ipairs { "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)", "' onload='alert(1)", "\" onload=\"alert(1)", "` onload=`alert(1)", "-->", "<!--", "]]>", "<![CDATA[<script>", "{{ 7*7 }}",
  "{% include '/etc/passwd' %}", "${7*7}", "<%= 7*7 %>", "[x](javascript:alert(1))", "![x](javascript:alert(1))", "[x](<javascript:alert(1)>)",
  "<https://a.example\" onclick=alert(1)>", "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
  "</pre><script>alert(1)</script>", "</style><script>alert(1)</script>", "&#60;script&#62;alert(1)", "&quot;&gt;&lt;script&gt;",
  "\u{202E}gpj.exe", "\u{2028}alert(1)\u{2029}", "\u{0000}", "\u{FEFF}<script>", "\u{FF1C}script\u{FF1E}", "<a href=//evil.example>x</a>",
  "<a href='jav&#x0A;ascript:alert(1)'>x</a>", "<scr<script>ipt>alert(1)</scr</script>ipt>" } do
  HOSTILE[#HOSTILE + 1] = text
end

local NEVER <const> = {}
for _, tag in ipairs { "script", "svg", "iframe", "object", "embed", "math", "video", "style", "base", "template", "noscript", "xmp", "textarea" } do
  NEVER[tag] = true
end

-- Tags and attributes of a page that a stranger's text could have made: the page's own are known.
local function faults(text)
  local list = {}
  for tag in text:gmatch "<(%a[^>]*)>" do
    local own = tag:find '^script src="/static/%x+/%l+%.js" defer$' or tag:find '^textarea name="[%l_]+" ' or tag:find '^textarea id="[%w._-]+" name="[%l_.]+" '
    local name, bare = tag:match "^%a+":lower(), tag:gsub('="[^"]*"', "=")
    if NEVER[name] and not own or bare:find "%son%a+" or bare:find "[`'{]" or tag:lower():find '[fcn]="%s*javascript:' then
      list[#list + 1] = tag
    end
  end
  -- A template that ran has left nothing of itself but its result; digits stand in addresses of files, too.
  if text:find '[>"]%s*%$?49%s*[<"]' and not text:find("{{ 7*7 }}", 1, true) and text:find("7*7", 1, true) then list[#list + 1] = "49" end
  return list
end

describe("hostile texts", function()
  it("are text in every field of the table and of a group", function()
    assert.is_true(#HOSTILE >= 150)
    local p, seen, hook = pages.open(), 0, nil
    finally(function() p:close() end)
    for at, text in ipairs(HOSTILE) do
      if at % 20 == 1 then
        hook = p.world:integration { name = text:gsub("%z", "") .. at,
          labels = { { key = { name = "k" .. at }, value = { name = text:gsub("%z", "") } } } }
      end
      p.world:post(hook, { title = text, message = text, link_to_upstream_details = text, image_url = text, alert_uid = text })
    end
    local path = "/?state=all"
    repeat
      local page = p:get(path)
      assert.same({}, faults(page))
      for _, link in ipairs(pages.links(page)) do
        assert.same({}, faults(p:get(link)), link)
        seen = seen + 1
      end
      path = page:match 'rel="next" href="([^"]*)"'
      path = path and path:gsub("&amp;", "&")
    until not path
    assert.is_true(seen >= 150)
  end)

  -- The plots of insights are ours, with these tags and no others.
  local function without_plots(text)
    local known <const> = { svg = true, path = true, text = true, g = true, rect = true, title = true }
    return (text:gsub("<svg class=.-</svg>", function(plot)
      for tag in plot:gmatch "<(%a[^>]*)>" do
        assert.truthy(known[tag:match "^%a+"], tag)
        assert.is_nil((tag:gsub('="[^"]*"', "=")):find "%son%a+", tag)
      end
      return ""
    end))
  end

  it("are text as names of people, teams, channels and sources, in the trail of changes and in plots", function()
    local p <const> = pages.open()
    finally(function() p:close() end)
    for at, text in ipairs(HOSTILE) do
      local name <const> = text:gsub("%c", "")
      local user <const> = p.world:api(201, "POST", "users/", { username = "u" .. at, name = at .. name, role = "editor" })
      p.world:api(201, "POST", "teams/", { name = at .. name, members = { user.id } })
      if at % 10 == 1 then
        p.world:api(201, "POST", "providers/", { type = "ntfy", name = at .. name:sub(1, 90) })
        p.world:post(p.world:integration { name = at .. name:sub(1, 100) }, { title = text })
        assert.same({}, faults(p:get("/people/" .. user.id)))
      end
    end
    for _, path in ipairs { "/people", "/teams", "/teams/new", "/settings", "/audit" } do assert.same({}, faults(p:get(path)), path) end
    assert.same({}, faults(without_plots(p:get "/insights")))
  end)

  it("are text when forms show them again, and in their filters", function()
    local p <const> = pages.open()
    finally(function() p:close() end)
    for _, text in ipairs(HOSTILE) do
      local status <const>, page <const> = p:post("/people/new", { { "name", text }, { "email", text }, { "username", text }, { "role", text } })
      assert.equal(422, status)
      assert.same({}, faults(page))
      local encoded <const> = text:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end)
      for _, path in ipairs { "/people?search=", "/audit?object_id=", "/insights?days=", "/sign-in?next=" } do
        local _, shown = p:ask("GET", path .. encoded)
        assert.same({}, faults(without_plots(shown)), path)
      end
    end
  end)

  it("are text in what is searched and filtered for", function()
    local p = pages.open()
    finally(function() p:close() end)
    for _, text in ipairs(HOSTILE) do
      local encoded = text:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end)
      for _, name in ipairs { "search", "label", "from", "to", "state", "before", "person", "integration_id", "back" } do
        local _, page = p:ask("GET", "/?" .. name .. "=" .. encoded)
        assert.same({}, faults(page))
      end
    end
  end)

  it("are text on every page of an integration: its names, labels and routes, payloads, templates and what they make", function()
    local p = pages.open()
    finally(function() p:close() end)
    local channels = { "meaning", "web", "slack", "telegram", "sms", "phone_call", "email", "mobile_app", "mattermost", "msteams" }
    local function label(text) return { { key = { name = "k" }, value = { name = text } } } end
    for at, raw in ipairs(HOSTILE) do
      local text = raw == "\0" and "nul" or raw:gsub("%z", "")
      local hook = p.world:integration { name = text .. at, description_short = text, labels = label(text), static_labels = label(text) }
      p.world:api(201, "POST", "routes/", { integration_id = hook.id, routing_type = "labels", routing_labels = label(text),
        escalation_chain_id = p.world:api(201, "POST", "escalation_chains/", { name = text .. at }).id })
      p.world:post(hook, { title = text, message = text, image_url = text, [text .. "k"] = text })
      local channel, here = channels[at % #channels + 1], "/integrations/" .. hook.id
      local raw_template = "{% raw %}" .. text .. "{% endraw %}"
      local fields = { { "channel", channel }, { "do", "preview" }, { "payload", '{"title": "' .. at .. '"}' } }
      for _, name in ipairs { "title", "message", "image_url" } do fields[#fields + 1] = { "t." .. channel .. "." .. name, raw_template } end
      local pages_of = { "", "/settings", "/labels", "/heartbeat", "/maintenance", "/templates?channel=" .. channel }
      for _, rest in ipairs(pages_of) do assert.same({}, faults(p:get(here .. rest)), rest .. " " .. text) end
      assert.same({}, faults((select(2, p:post(here .. "/templates", fields)))), channel .. " " .. text)
      assert.same({}, faults((select(2, p:post(here .. "/labels", { { "key", text }, { "kind", "static" }, { "value", text }, { "do", "test" } })))), text)
      assert.same({}, faults((select(2, p:post("/integrations/new/webhook", { { "name", text .. at }, { "token", text } })))), text)
    end
    assert.same({}, faults(p:get "/integrations"))
  end)

  it("are text on the pages of chains, schedules, webhooks and columns, stored and sent back", function()
    local p = pages.open()
    finally(function() p:close() end)
    local w = p.world
    local me = w:api(201, "POST", "users/", { username = "ann", role = "editor" }).id
    local function clean(path) assert.same({}, faults(p:get(path)), path) end
    local function back(path, fields) assert.same({}, faults((select(2, p:post(path, fields)))), path) end
    local chain, schedule, hook
    for at, raw in ipairs(HOSTILE) do
      local text = raw == "\0" and "nul" or raw:gsub("%z", "")
      if at % 10 == 1 then
        w:api(201, "POST", "teams/", { name = text .. at, members = { me } })
        w:api(201, "POST", "users/", { username = text .. at, role = "editor" })
        chain = w:api(201, "POST", "escalation_chains/", { name = text .. at })
        w:api(201, "POST", "escalation_policies/", { escalation_chain_id = chain.id, type = "notify_persons", persons_to_notify = { me } })
        schedule = w:api(201, "POST", "schedules/", { type = "web", name = text .. at, time_zone = "UTC" })
        hook = w:api(201, "POST", "webhooks/", { name = text:sub(1, 80) .. at, url = "https://x.test/{% raw %}" .. text:gsub("%s", "") .. "{% endraw %}",
          data = "{% raw %}" .. text .. "{% endraw %}", forward_all = false, http_method = "POST", trigger_type = "escalation" })
      end
      w:api(200, "PUT", "escalation_chains/" .. chain.id .. "/", { name = text .. at })
      w:api(200, "PUT", "schedules/" .. schedule.id .. "/", { name = text .. at })
      w:api(200, "PUT", "webhooks/" .. hook.id .. "/", { name = text:sub(1, 80) .. at })
      local shift = w:api(201, "POST", "on_call_shifts/", { name = text, type = "rolling_users", schedule = schedule.id, start = "2026-01-05T09:00:00",
        rotation_start = "2026-01-05T09:00:00", duration = 86400, frequency = "daily", interval = 1, rolling_users = { { me } },
        start_rotation_from_user_index = 0, time_zone = "UTC" })
      w:api(201, "POST", "shift_swaps/", { schedule = schedule.id, beneficiary = me, swap_start = "2030-01-01T00:00:00Z",
        swap_end = "2030-01-02T00:00:00Z", description = text })
      for _, path in ipairs { "/escalation-chains/" .. chain.id, "/on-call-shifts/" .. shift.id, "/webhooks/" .. hook.id,
        "/schedules/" .. schedule.id .. "/settings" } do
        clean(path)
      end
      back("/escalation-chains", { { "name", text .. at }, { "team_id", text } })
      back("/escalation-chains/" .. chain.id .. "/steps", { { "type", text } })
      back("/schedules/new", { { "kind", text }, { "name", text }, { "time_zone", text } })
      back("/schedules/" .. schedule.id .. "/overrides", { { "user", text }, { "from", text }, { "to", text }, { "zone", text } })
      back("/schedules/" .. schedule.id .. "/swaps", { { "user", text }, { "from", "2030-01-01T00:00" }, { "to", "2030-01-02T00:00" }, { "description", text } })
      back("/schedules/" .. schedule.id .. "/shifts/new", { { "name", text }, { "start", text }, { "length", text }, { "interval", text }, { "frequency", text },
        { "turn1", text }, { "days", text }, { "until", text }, { "zone", text }, { "level", text } })
      back("/webhooks/new", { { "name", text }, { "url", text }, { "headers", text }, { "data", text }, { "trigger_type", text }, { "username", text } })
      back("/webhooks/" .. hook.id .. "/test", { { "how", "show" }, { "group", at % 2 == 0 and text or "" } })
      back("/alert-groups/columns/add", { { "label", text } })
      if at % 10 == 0 then clean "/alert-groups/columns" end
      back("/alert-groups/columns/remove", { { "label", text } })
      local encoded = text:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end)
      clean("/schedules/" .. schedule.id .. "?" .. ({ "view=", "date=", "zone=" })[at % 3 + 1] .. encoded)
      clean("/alert-groups/labels?label=" .. encoded)
    end
    for _, path in ipairs { "/escalation-chains", "/schedules", "/webhooks", "/" } do clean(path) end
  end)
end)
