--- The pages in a real browser: signing in, live updates, keys, a phone, light and dark, without scripts, and what axe-core says.
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

describe("in a browser", function()
  local s, b, hook
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

  local function fire(title) assert.equal(200, s:request("POST", hook, { body = { title = title } }).status) end
  local function sign_in(options)
    b:open(options or { width = 1280 })
    b:run(SIGN_IN, { password = PASSWORD })
  end

  before_each(function()
    count = count + 1
    hook = s:api("POST", "/integrations/", { type = "webhook", name = "hook " .. count }).link:match "//[^/]*(/.*)$"
  end)

  it("a person signs in and sees what is open; nothing is said on the console", function()
    fire "Disk full"
    sign_in()
    assert.equal("Alert groups", b:run "return page.textContent('h1')")
    assert.equal("Disk full", b:run "return page.textContent('#rows tbody tr:first-child .c-title a')")
    b:run "await page.click('#rows tbody tr:first-child .c-title a'); await page.waitForSelector('#group')"
    assert.equal("Disk full", b:run "return page.textContent('h1')")
    assert.same({}, b:run "return tools.said")
  end)

  it("the table follows what happens, and what is selected stays so", function()
    fire "first"
    sign_in()
    b:run "await page.check('#rows tbody tr:first-child input[name=id]')"
    b:run "await page.evaluate(() => { window.isSame = true; })"
    fire "second"
    b:run [[await page.waitForFunction(() => document.querySelector('#rows tbody tr .c-title a').textContent === 'second')]]
    assert.is_true(b:run "return page.evaluate(() => window.isSame === true)")
    assert.same({ "first" }, b:run [[return page.evaluate(() =>
      [...document.querySelectorAll('#rows tbody tr')].filter((line) => line.querySelector('input:checked')).map((line) => line.querySelector('.c-title a').textContent))]])
    assert.same({}, b:run "return tools.said")
  end)

  it("keys move, act and search", function()
    fire "by keys"
    sign_in()
    b:run "await page.keyboard.press('j'); await page.keyboard.press('a'); await page.waitForSelector('#rows tr.acknowledged')"
    assert.equal("by Ada", b:run [[return page.textContent('#rows tr.acknowledged .by')]])
    b:run "await page.keyboard.press('/')"
    assert.equal("search", b:run "return page.evaluate(() => document.activeElement.id)")
    b:run "await page.keyboard.type('jkar')" -- letters in a field are letters
    assert.equal("jkar", b:run "return page.inputValue('#search')")
    b:run "await page.goto('/'); await page.keyboard.press('j'); await page.keyboard.press('Enter'); await page.waitForSelector('#group')"
  end)

  it("one thumb on a phone says mine, also without a script", function()
    for _, script in ipairs { true, false } do
      fire("on the phone " .. tostring(script))
      sign_in { width = 360, height = 740, script = script }
      assert.is_true(b:run [[return (await page.locator('body').boundingBox()).width <= 360]])
      b:run [[await page.click('#rows tbody tr:first-child .c-act button'); await page.waitForURL(tools.base + '/')]]
      assert.equal("Acknowledged", b:run "return page.textContent('#rows tbody tr:first-child .state')")
      b:run "await page.click('#rows tbody tr:first-child .c-title a'); await page.waitForSelector('#group')"
      assert.truthy(b:run("return page.textContent('#group header')"):find("by Ada", 1, true))
    end
  end)

  it("axe-core finds nothing to complain of, light and dark, wide and narrow", function()
    fire "Disk full"
    for _, options in ipairs { { width = 1280 }, { width = 360, height = 740, dark = true } } do
      sign_in(options)
      for _, state in ipairs { "open", "all" } do
        assert.same({}, b:run("await page.goto('/?state=' + args.state); return tools.axe(page)", { state = state }))
      end
      b:run "await page.click('#rows tbody tr:first-child .c-title a'); await page.waitForSelector('#group')"
      assert.same({}, b:run "return tools.axe(page)")
    end
  end)
end)
