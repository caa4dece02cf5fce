--- Chains, schedules, webhooks and a group in a real browser: an empty console, axe-core, a phone, and what only a script does.
local chromium <const> = require "chromium"
local server <const> = require "server"

local PASSWORD <const> = "correct horse battery staple"

describe("in a browser, the pages of", function()
  local s, b, paths, hook = nil, nil, {}, nil

  setup(function()
    s = server.start {}
    assert.equal(0, (server.run({ "user", "create", "--data", s.data, "--email", "ada@example.org", "--name", "Ada", "--role", "admin",
      "--password-stdin" }, PASSWORD)))
    s:make_token()
    local ada = s:api("GET", "/users/").results[1].id
    local schedule = s:api("POST", "/schedules/", { type = "web", name = "Primary", time_zone = "UTC" })
    local shift = s:api("POST", "/on_call_shifts/", { name = "days", type = "rolling_users", schedule = schedule.id, start = "2026-01-05T09:00:00",
      rotation_start = "2026-01-05T09:00:00", duration = 86400, frequency = "daily", interval = 1, level = 1, rolling_users = { { ada } },
      start_rotation_from_user_index = 0, time_zone = "UTC" })
    local chain = s:api("POST", "/escalation_chains/", { name = "Nights" })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "notify_on_call_from_schedule", notify_on_call_from_schedule = schedule.id })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "wait", duration = 300 })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "notify_persons", persons_to_notify = { ada }, important = true })
    local webhook = s:api("POST", "/webhooks/", { name = "Ticket", url = "http://127.0.0.1:9/", http_method = "POST", trigger_type = "unresolve" })
    local one = s:api("POST", "/integrations/", { type = "webhook", name = "Backups",
      labels = { { key = { name = "env" }, value = { name = "prod" } } } })
    hook = one.link:match "//[^/]*(/.*)$"
    s:request("POST", hook, { body = { title = "Disk full", message = "of **db-1**" } })
    paths = { "/escalation-chains", "/escalation-chains/" .. chain.id, "/schedules", "/schedules/new?kind=ical", "/schedules/" .. schedule.id,
      "/schedules/" .. schedule.id .. "?view=weeks", "/schedules/" .. schedule.id .. "?view=month", "/schedules/" .. schedule.id .. "/settings",
      "/schedules/" .. schedule.id .. "/quality", "/schedules/" .. schedule.id .. "/shifts/new", "/on-call-shifts/" .. shift.id, "/webhooks",
      "/webhooks/new", "/webhooks/new?preset=simple_webhook", "/webhooks/" .. webhook.id, "/alert-groups/columns",
      "/alert-groups/" .. s:api("GET", "/alert_groups/").results[1].id, schedule = "/schedules/" .. schedule.id, webhook = "/webhooks/" .. webhook.id }
    b = chromium.start("http://127.0.0.1:" .. s.port)
  end)
  teardown(function()
    b:stop()
    s:finish()
  end)

  local function sign_in(options)
    b:open(options)
    b:run([[
      await page.goto('/sign-in');
      await page.fill('form input[autocomplete=username]', 'ada@example.org');
      await page.fill('form input[type=password]', args.password);
      await page.click('main form button');
      await page.waitForURL(tools.base + '/');
    ]], { password = PASSWORD })
  end

  for _, look in ipairs { { "wide and light", { width = 1280 } }, { "on a phone and dark", { width = 360, height = 740, dark = true } } } do
    it(look[1] .. " say nothing on the console, content axe-core and fit", function()
      sign_in(look[2])
      for _, path in ipairs(paths) do
        local width, opened = table.unpack(b:run([[
          await page.goto(args.path);
          await page.evaluate(() => document.querySelectorAll('main details').forEach((part) => { part.open = true; }));
          return [await page.evaluate(() => document.documentElement.scrollWidth), await page.evaluate(() => document.querySelectorAll('h1').length)];
        ]], { path = path }))
        assert.same({ path, true, 1 }, { path, width <= look[2].width, opened })
        assert.same({}, b:run "return tools.axe(page)", path)
      end
      assert.same({}, b:run "return tools.said")
    end)
  end

  it("a schedule take a drag over its days as an override", function()
    sign_in { width = 1280 }
    local override = b:run([[
      await page.goto(args.path + '?date=2027-03-01');
      const day = await page.locator('.lanes thead th').nth(2).boundingBox();
      const lane = await page.locator('.lanes tbody.final').boundingBox();
      await page.mouse.move(day.x + day.width / 4 + 1, lane.y + 8);
      await page.mouse.down();
      await page.mouse.move(day.x + day.width / 2 - 1, lane.y + 8, { steps: 4 });
      await page.mouse.up();
      const asked = [await page.inputValue('#override input[name=from]'), await page.inputValue('#override input[name=to]')];
      await page.selectOption('#override select[name=user]', { index: 1 });
      await page.click('#override form button');
      await page.waitForURL((url) => !url.search);
      return asked;
    ]], { path = paths.schedule })
    assert.same({ "2027-03-03T06:00", "2027-03-03T12:00" }, override)
    local shifts = s:api("GET", "/on_call_shifts/").results
    assert.same({ "override", "2027-03-03T06:00:00", 6 * 3600 }, { shifts[#shifts].type, shifts[#shifts].start, shifts[#shifts].duration })
    assert.same({}, b:run "return tools.said")
  end)

  it("a webhook tell what became of a test that is sent", function()
    sign_in { width = 1280 }
    b:run([[await page.goto(args.path); await page.click('button[value=send]'); await page.waitForSelector('.told')]], { path = paths.webhook })
    assert.truthy(b:run("return page.textContent('#told')"):find("It failed", 1, true)) -- an address of this machine, and nobody listens
    assert.same({}, b:run "return tools.said")
  end)

  it("the table suggest labels and count what a filter leaves, after it is shown", function()
    sign_in { width = 1280 }
    b:run [[await page.goto('/?label=env:prod'); await page.waitForSelector('.tab.open b')]]
    assert.equal("1", b:run "return page.textContent('.tab.open b')")
    assert.same({ "env:prod" }, b:run [[
      await page.locator('input[list=labels]').pressSequentially('env:');
      await page.waitForFunction(() => [...document.querySelectorAll('#labels option')].some((o) => o.value === 'env:prod'));
      return page.evaluate(() => [...document.querySelectorAll('#labels option')].map((o) => o.value));
    ]])
    assert.same({}, b:run "return tools.said")
  end)

  it("a group follow what happens, and work without a script", function()
    sign_in { width = 360, height = 740, script = false }
    b:run([[await page.goto(args.path); await page.click('.acts .mine'); await page.waitForSelector('.state.acknowledged');]], { path = paths[17] })
    assert.truthy(b:run("return page.textContent('#group header')"):find("by Ada", 1, true))
    b:run([[await page.click('section[aria-labelledby=timeline] .more summary'); await page.fill('textarea[name=text]', 'Grew the disk'); ]] ..
      [[await page.click('text=Add the note'); await page.waitForSelector('.timeline .resolution_note');]])
    sign_in { width = 1280 }
    b:run([[await page.goto(args.path); await page.waitForTimeout(300);]], { path = paths[17] })
    s:request("POST", hook, { body = { title = "Disk full", message = "of **db-1**" } })
    s:api("POST", "/alert_groups/" .. paths[17]:match "I%w+$" .. "/resolve/")
    b:run "await page.waitForSelector('.group.resolved')"
    assert.same({}, b:run "return tools.said")
  end)
end)
