--- The pages as an app: the manifest, the service worker with push messages, the page without a network; and answers made small.
require "tocsin.core"
local chromium <const> = require "chromium"
local json <const> = require "tocsin.json"
local pages <const> = require "pages"
local server <const> = require "server"

local PASSWORD <const> = "correct horse battery staple"

describe("pages as an app", function()
  it("tell browsers how they are installed, under the path of a proxy too", function()
    for _, root in ipairs { "", "/tocsin" } do
      local p <const> = pages.open { settings = { path_prefix = root ~= "" and root or nil } }
      finally(function() p:close() end)
      assert.truthy(p:get(root .. "/"):find('<link rel="manifest" href="' .. root .. '/manifest.webmanifest">', 1, true))
      local status, text = p:ask("GET", root .. "/manifest.webmanifest", {})
      local manifest <const> = json.decode(text)
      assert.same({ 200, root .. "/", root .. "/", "standalone" }, { status, manifest.start_url, manifest.scope, manifest.display })
      assert.equal(200, (p:ask("GET", manifest.icons[1].src, {})))
      local _, _, more = p:ask("GET", root .. "/service-worker.js", {})
      assert.truthy(more:find("no-cache", 1, true))
      local _, offline = p:ask("GET", root .. "/offline")
      assert.truthy(offline:find("No connection", 1, true))
      assert.is_nil(offline:find("<nav", 1, true))
    end
  end)

  describe("in a browser", function()
    local s, b
    setup(function()
      s = server.start {}
      assert.equal(0, (server.run({ "user", "create", "--data", s.data, "--email", "ada@example.org", "--name", "Ada", "--role", "admin",
        "--password-stdin" }, PASSWORD)))
      s:make_token()
      b = chromium.start("http://127.0.0.1:" .. s.port)
      b:open { width = 360, height = 740 }
      b:run([[
        await page.goto('/sign-in');
        await page.fill('input[name=email]', 'ada@example.org');
        await page.fill('input[name=password]', args.password);
        await page.click('main button');
        await page.waitForURL(tools.base + '/');
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
        await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      ]], { password = PASSWORD })
    end)
    teardown(function()
      b:stop()
      s:finish()
    end)

    it("show a push message, and the next one of its group in its place", function()
      local shown <const> = b:run([[
        await context.grantPermissions(['notifications']);
        const cdp = await context.newCDPSession(page);
        const registrations = [];
        cdp.on('ServiceWorker.workerRegistrationUpdated', (event) => registrations.push(...event.registrations));
        await cdp.send('ServiceWorker.enable');
        while (!registrations.length) await new Promise((done) => setTimeout(done, 50));
        const push = (told) => cdp.send('ServiceWorker.deliverPushMessage', { origin: tools.base, registrationId: registrations[0].registrationId, data: JSON.stringify(told) });
        const list = () => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications())
          .map((one) => [one.title, one.body, one.tag, one.actions.map((action) => action.action).join(), one.data.url]));
        const until = async (wanted) => { let found; for (let i = 0; i < 100; i++) { found = await list(); if (found[0] && found[0][1] === wanted) break; ]] ..
          [[await new Promise((done) => setTimeout(done, 50)); } return found; };
        const url = tools.base + '/alert-groups/I1';
        await push({ version: 1, kind: 'page', title: 'Disk full', body: 'db-1', tag: 'group-1', url, links: { acknowledge: tools.base + '/act/x' } });
        const first = await until('db-1');
        await push({ version: 1, kind: 'cancel', title: 'Disk full', body: 'Acknowledged by Ada', tag: 'group-1', url });
        return [first, await until('Acknowledged by Ada')];
      ]])
      local url <const> = "http://127.0.0.1:" .. s.port .. "/alert-groups/I1"
      assert.same({ { { "Disk full", "db-1", "group-1", "acknowledge", url } }, { { "Disk full", "Acknowledged by Ada", "group-1", "", url } } }, shown)
    end)

    it("offer push messages on this device where a provider sends them", function()
      s:api("POST", "/providers/", { type = "webpush", settings = { subject = "mailto:ops@example.org" } })
      assert.is_true(b:run [[await page.goto('/profile'); return page.isVisible('#push button')]])
      -- A subscription as a browser gives it becomes a contact method; headless Chromium has no push service of its own.
      b:run [[
        await page.evaluate(() => {
          PushManager.prototype.subscribe = async () => ({ toJSON: () => ({ endpoint: 'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
            keys: { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }) });
        });
        await page.click('#push button');
        await page.waitForURL(/method=/);
      ]]
      local method <const> = s:api("GET", "/contact_methods/?channel=webpush").results[1]
      assert.truthy(method.name:find("Chrome", 1, true))
      assert.same({}, b:run "return tools.said")
    end)

    it("show a page of their own when the server is out of reach", function()
      s:stop()
      local text <const> = b:run "await page.goto('/people'); return page.textContent('main')"
      assert.truthy(text:find("No connection", 1, true), text)
    end)
  end)
end)

describe("a page", function()
  it("goes compressed to who takes it, and says that it depends on that", function()
    local s <const> = server.start {}
    finally(function() s:finish() end)
    local function ask(accept)
      return s:request("GET", "/sign-in", { headers = { ["Accept-Encoding"] = accept }, anonymous = true })
    end
    local plain <const> = ask(nil)
    assert.is_nil(plain.headers["content-encoding"])
    assert.equal("Accept-Encoding", plain.headers.vary)
    for _, accept in ipairs { "gzip", "deflate, GZIP;q=0.5, br", "br;q=1.0, gzip" } do
      local small <const> = ask(accept)
      assert.equal("gzip", small.headers["content-encoding"], accept)
      assert.truthy(#small.body < #plain.body / 2)
      local name <const> = os.tmpname()
      local file <const> = assert(io.open(name, "wb"))
      file:write(small.body)
      file:close()
      local pipe <close> = assert(io.popen("gzip -dc < " .. name))
      assert.equal(plain.body, pipe:read "a")
      os.remove(name)
    end
    for _, accept in ipairs { "br", "gzip;q=0", "gzip;q=0.000", "identity", "xgzip" } do assert.is_nil(ask(accept).headers["content-encoding"], accept) end
  end)
end)
