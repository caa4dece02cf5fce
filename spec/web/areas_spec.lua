--- Every page about people, settings, insights and oneself in a real browser: opened at a desk and on a phone, light and dark, with
--- forms used; the console stays empty, nothing is wider than the phone, and axe-core finds nothing.
local chromium <const> = require "chromium"
local server <const> = require "server"

local PASSWORD <const> = "correct horse battery staple"
local HOSTILE <const> = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{ 7*7 }} averyverylongwordthatneverendsaverylongwordthatneverends"

describe("in a browser, the pages", function()
  local s, b, me, paths

  setup(function()
    s = server.start {}
    assert.equal(0, (server.run({ "user", "create", "--data", s.data, "--email", "ada@example.org", "--name", "Ada Lovelace", "--role", "admin",
      "--password-stdin" }, PASSWORD)))
    s:make_token()
    local hook <const> = s:api("POST", "/integrations/", { type = "webhook", name = HOSTILE:sub(1, 140) }).link:match "//[^/]*(/.*)$"
    s:request("POST", hook, { body = { title = HOSTILE } })
    me = s:api("GET", "/users/?username=ada@example.org").results[1].id
    local bob <const> = s:api("POST", "/users/", { username = "bob", name = HOSTILE, role = "editor" })
    local team <const> = s:api("POST", "/teams/", { name = HOSTILE, members = { me, bob.id } })
    local provider <const> = s:api("POST", "/providers/", { type = "ntfy", name = HOSTILE:sub(1, 100) })
    s:api("POST", "/contact_methods/", { user_id = me, channel = "ntfy", name = HOSTILE:sub(1, 100), address = { topic = "ada" } })
    s:api("POST", "/personal_notification_rules/", { user_id = me, type = "notify_by_ntfy" })
    s:api("POST", "/personal_notification_rules/", { user_id = me, type = "wait", duration = 300 })
    paths = { "/people", "/people/new", "/people/" .. bob.id, "/people/" .. me .. "/contact-methods/new?channel=ntfy", "/teams", "/teams/new",
      "/teams/" .. team.id, "/profile", "/profile/tokens", "/account", "/settings", "/settings/channels/new", "/settings/channels/new?type=twilio",
      "/settings/channels/" .. provider.id, "/settings/columns", "/settings/server", "/audit", "/insights", "/", "/nothing-here", "/sign-out" }
    b = chromium.start("http://127.0.0.1:" .. s.port)
  end)
  teardown(function()
    b:stop()
    s:finish()
  end)

  local function sign_in(options)
    b:open(options)
    b:run([[
      await page.goto('/sign-in?next=/people');
      if ((await tools.axe(page)).length) throw new Error('sign-in: ' + await tools.axe(page));
      await page.fill('input[name=email]', 'ada@example.org');
      await page.fill('input[name=password]', args.password);
      await page.click('main button');
      await page.waitForURL(tools.base + '/people');
    ]], { password = PASSWORD })
  end

  for kind, options in pairs { ["at a desk"] = { width = 1280 }, ["on a phone, in the dark"] = { width = 360, height = 740, dark = true } } do
    it(kind .. " are quiet, fit, and readable for all", function()
      sign_in(options)
      for _, path in ipairs(paths) do
        local found <const> = b:run([[
          const answer = await page.goto(args.path);
          const said = answer.status() === 404 ? (tools.said, []) : tools.said;
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
          return { status: answer.status(), said, wide, axe: await tools.axe(page), h1: await page.locator('h1').count() };
        ]], { path = path })
        assert.same({ path = path, status = path == "/nothing-here" and 404 or 200, said = {}, wide = false, axe = {}, h1 = 1 },
          { path = path, status = found.status, said = found.said, wide = found.wide, axe = found.axe, h1 = found.h1 })
      end
    end)
  end

  it("take forms with good and bad input, without a script too", function()
    for _, script in ipairs { true, false } do
      sign_in { width = 360, height = 740, script = script }
      local name <const> = script and "Web" or "Db"
      local found <const> = b:run([[
        await page.goto('/people/new');
        await page.fill('#email', 'new' + args.name + '@example.org');
        await page.fill('#name', args.name);
        await page.click('main form button.mine');
        await page.waitForURL(/people\/U/);
        const person = await page.textContent('h1');
        await page.fill('#timezone', 'Atlantis/Centre');
        await page.click('.card form .submit button');
        await page.waitForSelector('#timezone-error');
        const wrong = await page.textContent('#timezone-error');
        const typed = await page.inputValue('#timezone');
        const described = await page.getAttribute('#timezone', 'aria-describedby');
        await page.goto('/teams/new');
        await page.fill('#name', args.name);
        await page.check('.ticks input >> nth=0');
        await page.click('main form button.mine');
        await page.waitForURL(/teams$/);
        await page.goto('/profile');
        await page.selectOption('#important-type', 'notify_by_ntfy');
        await page.click('#rules form:has(input[name=important]) button:last-of-type');
        await page.waitForURL(/profile/);
        const rules = await page.locator('#rules li').count();
        return { person, wrong, typed, described, teams: await page.locator('text=' + args.name).count(), rules };
      ]], { name = name })
      assert.same({ name, "Atlantis/Centre", "timezone-hint timezone-error" }, { found.person, found.typed, found.described })
      assert.truthy(#found.wrong > 0)
      assert.equal(script and 3 or 4, found.rules)
    end
    assert.equal(3, #s:api("GET", "/teams/").results)
  end)

  it("weigh little: the first load is far below 150 KB, the next below 20 KB", function()
    sign_in { width = 1280 }
    local weights <const> = b:run([[
      const fresh = await context.newPage();
      const cdp = await context.newCDPSession(fresh);
      await cdp.send('Network.enable');
      let sum = 0;
      cdp.on('Network.loadingFinished', (event) => { sum += event.encodedDataLength; });
      const list = [];
      for (const path of args.paths) {
        sum = 0;
        await fresh.goto(path);
        await fresh.waitForTimeout(100);
        list.push([path, sum]);
      }
      await fresh.close();
      return list;
    ]], { paths = paths })
    for i, one in ipairs(weights) do assert.truthy(one[2] < (i == 1 and 150000 or 20480), one[1] .. " weighs " .. one[2]) end
  end)
end)
