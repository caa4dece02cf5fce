--- The pages of integrations in a real browser: every page wide and narrow, light and dark, what happens as it happens, dragging
--- and keys, the editor with colours, errors under their lines and previews as one types.
local chromium <const> = require "chromium"
local server <const> = require "server"

local PASSWORD <const> = "correct horse battery staple"
local SIGN_IN <const> = [[
  await page.goto('/');
  await page.fill('form input[autocomplete=username]', 'ada@example.org');
  await page.fill('form input[type=password]', args.password);
  await page.click('main form button');
  await page.waitForURL(tools.base + '/');
]]

describe("integrations in a browser", function()
  local s, b, hook, path
  local count = 0

  setup(function()
    s = server.start {}
    assert.equal(0, (server.run({ "user", "create", "--data", s.data, "--email", "ada@example.org", "--name", "Ada", "--role", "admin",
      "--password-stdin" }, PASSWORD)))
    s:make_token()
    b = chromium.start("http://127.0.0.1:" .. s.port)
  end)
  teardown(function()
    b:stop()
    s:finish()
  end)

  local function sign_in(options)
    b:open(options or { width = 1280 })
    b:run(SIGN_IN, { password = PASSWORD })
  end
  local function visit(rest) b:run("await page.goto(args.path)", { path = path .. (rest or "") }) end
  local function fire(title) assert.equal(200, s:request("POST", hook.link:match "//[^/]*(/.*)$", { body = { title = title, host = "db-1" } }).status) end
  local function quiet() assert.same({}, b:run "return tools.said") end

  before_each(function()
    count = count + 1
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "hook " .. count })
    path = "/integrations/" .. hook.id
  end)

  it("every page is quiet, fits a phone, and axe-core finds nothing", function()
    fire "Disk full"
    for _ = 1, 2 do s:api("POST", "/routes/", { integration_id = hook.id, routing_type = "jinja2", routing_regex = "{{ payload.n }}" }) end
    local routes = s:api("GET", "/routes/?integration_id=" .. hook.id).results
    s:api("POST", "/integrations/" .. hook.id .. "/maintenance_start/", { mode = "debug", duration = 3600 })
    local run = s:api("POST", "/integrations/" .. hook.id .. "/backtest/", { templates = { grouping_key = "{{ payload.host }}" } })
    local paths = { "/integrations", "/integrations?search=nothing", "/integrations/new", "/integrations/new?search=nothing", "/integrations/new/zabbix",
      path, path .. "/routes/new", "/routes/" .. routes[1].id, path .. "/settings", path .. "/labels", path .. "/heartbeat", path .. "/maintenance",
      path .. "/templates", path .. "/templates?channel=slack", path .. "/templates?channel=sms", "/backtests/" .. run.id }
    for _, options in ipairs { { width = 1280, height = 900 }, { width = 360, height = 740, dark = true } } do
      sign_in(options)
      for _, one in ipairs(paths) do
        local width = b:run("await page.goto(args.path); return page.evaluate(() => document.documentElement.scrollWidth)", { path = one })
        assert.is_true(width <= options.width, one .. " is " .. width .. " wide")
        assert.same({}, b:run "return tools.axe(page)", one)
        assert.same({}, b:run "return tools.said", one)
      end
    end
  end)

  it("the first alert is told as it comes", function()
    sign_in()
    visit()
    assert.truthy(b:run("return page.textContent('#status')"):find("Waiting for the first alert", 1, true))
    fire "first"
    b:run "await page.waitForFunction(() => document.getElementById('status').textContent.includes('Last alert received'))"
    quiet()
  end)

  it("sources are found as one types, and one is connected in a minute", function()
    sign_in()
    b:run [[
      await page.goto('/integrations/new');
      await page.fill('#search', 'no such source');
      await page.waitForSelector('#tiles .empty');
      await page.fill('#search', 'alertman');
      await page.waitForSelector('#tiles a[href$="/alertmanager"]');
      await page.click('#tiles a[href$="/alertmanager"]');
      await page.fill('#name', 'Prometheus');
      await page.click('form button.mine');
      await page.waitForSelector('#status');
    ]]
    assert.equal("Prometheus", b:run "return page.textContent('h1')")
    quiet()
  end)

  it("labels are suggested as one types", function()
    s:api("PUT", "/integrations/" .. hook.id .. "/", { labels = { { key = { name = "zone" }, value = { name = "north" } } } })
    sign_in()
    b:run [[
      await page.goto('/integrations?label=x');
      await page.fill('input[name=label]', 'zon');
      await page.waitForFunction(() => [...document.querySelectorAll('#known-labels option')].some((o) => o.value === 'zone:'));
      await page.fill('input[name=label]', 'zone:');
      await page.waitForFunction(() => [...document.querySelectorAll('#known-labels option')].some((o) => o.value === 'zone:north'));
    ]]
    quiet()
  end)

  it("routes are moved by dragging and by keys", function()
    for i = 1, 3 do s:api("POST", "/routes/", { integration_id = hook.id, routing_type = "jinja2", routing_regex = "{{ payload.n == " .. i .. " }}" }) end
    local function order()
      local list = {}
      for i, route in ipairs(s:api("GET", "/routes/?integration_id=" .. hook.id).results) do list[i] = tostring(route.routing_regex):match "%d" end
      return table.concat(list, " ")
    end
    sign_in()
    visit()
    assert.equal("1 2 3", order())
    b:run [[
      await page.dragAndDrop('.routes li:nth-child(3) .route', '.routes li:nth-child(1) .route', { targetPosition: { x: 20, y: 2 } });
      await page.waitForFunction(() => document.querySelector('.routes li code').textContent.includes('3'));
    ]]
    server.wait(function() return order() == "3 1 2" end, "the order")
    b:run [[
      await page.waitForLoadState();
      await page.focus('.routes li:nth-child(1) button[aria-label^="Move down"]');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('.routes li code').textContent.includes('1'));
    ]]
    assert.equal("1 3 2", order())
    quiet()
  end)

  it("the editor previews as one types, and underlines what is wrong", function()
    fire "Disk full"
    sign_in()
    visit "/templates?channel=slack"
    b:run [[
      await page.waitForSelector('.look.slack');
      const title = page.locator('.template .editor .cm-content').first();
      await title.click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('Oh: {{ payload.title }}');
      await page.waitForFunction(() => document.querySelector('.look.slack').textContent.includes('Oh: Disk full'));
      await title.click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('{% if %}');
      await page.waitForSelector('#problems [data-template="slack.title"]');
      await page.waitForFunction(() => document.querySelector('.template .editor').shadowRoot.querySelector('.cm-lintRange-error'));
    ]]
    assert.equal("{% if %}", b:run "return page.inputValue('textarea[name=\"t.slack.title\"]')")
    b:run [[
      await page.locator('.template .editor .cm-content').first().click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('Mine');
      await page.waitForFunction(() => document.querySelector('.look.slack').textContent.includes('Mine'));
      await page.click('button[value=save]');
      await page.waitForSelector('.difference .in', { state: 'attached' });
    ]]
    assert.equal("Mine", s:api("GET", "/integrations/" .. hook.id .. "/").templates.slack.title)
    quiet()
  end)

  it("another payload is shown as soon as it is chosen", function()
    fire "first"
    s:request("POST", hook.link:match "//[^/]*(/.*)$", { body = { title = "second", host = "db-2" } })
    sign_in()
    visit "/templates?channel=sms"
    b:run [[
      await page.waitForFunction(() => document.querySelector('.look.sms').textContent.includes('second'));
      await page.selectOption('#alert_id', { index: 1 });
      await page.waitForFunction(() => document.querySelector('.look.sms').textContent.includes('first'));
    ]]
    quiet()
  end)

  it("a backtest goes on while one looks at it, and ends", function()
    for i = 1, 20 do fire("t" .. i) end
    sign_in()
    visit "/templates"
    b:run [[
      await page.locator('.template .editor .cm-content').first().click();
      await page.keyboard.press('Control+A');
      await page.keyboard.type('{{ payload.host }}');
      await page.click('button[value=backtest]');
      await page.waitForURL(/backtests/);
      await page.waitForSelector('#run[data-over]');
    ]]
    assert.truthy(b:run("return page.textContent('#run')"):find("20 of 20", 1, true))
    quiet()
  end)

  it("templates are tried and saved without a script", function()
    fire "Disk full"
    sign_in { width = 360, height = 740, script = false }
    visit "/templates?channel=sms"
    b:run [[
      await page.fill('textarea[name="t.sms.title"]', 'Short: {{ payload.title }}');
      await page.click('button[value=preview]');
      await page.waitForSelector('.look.sms');
    ]]
    assert.truthy(b:run("return page.textContent('.look.sms')"):find("Short: Disk full", 1, true))
    b:run "await page.click('button[value=save]'); await page.waitForSelector('.difference .in', { state: 'attached' })"
    assert.equal("Short: {{ payload.title }}", s:api("GET", "/integrations/" .. hook.id .. "/").templates.sms.title)
  end)
end)
