--- The table of alert groups with a million of them, as a browser has it: how long the server takes, what a page weighs, and when
--- the first of it is painted on a throttled phone: web.lua FOLDER
local chromium <const> = require "chromium"
local million <const> = require "million"
local percentile <const> = require "percentile"
local server <const> = require "server"
local uv <const> = require "luv"

local FOLDER <const> = arg[1] .. "/web"
local TRIES <const>, FIRST <const> = 300, 10 -- the first requests read what is read once
local SERVER_MS <const>, SEARCH_MS <const>, FIRST_KB <const>, NEXT_KB <const>, PAINT_MS <const> = 20, 50, 150, 20, 1000
local PASSWORD <const> = "correct horse battery staple"

local s, team, hooks = million.start(FOLDER)
local bad = {}
local function judge(name, value, limit, unit)
  print(("  %-34s %7.1f %s (at most %d)"):format(name, value, unit, limit))
  if value > limit then bad[#bad + 1] = name end
end

-- The time of a whole request, its answer read: more than the server has of it.
local function times_of(path)
  local list = {}
  for i = 1 - FIRST, TRIES do
    local from = uv.hrtime()
    local answer = s:request("GET", path)
    if i > 0 then list[i] = (uv.hrtime() - from) / 1e6 end
    assert(answer.status == 200, path .. ": " .. answer.status)
  end
  table.sort(list)
  return list
end

print("the table of a million alert groups, 50 rows a page, p99 of " .. TRIES .. ":")
local middle = s:api("GET", "/alert_groups/?perpage=1&page=500000").results[1].id
for _, one in ipairs { { "open", "/" }, { "firing", "/?state=firing" }, { "acknowledged", "/?state=acknowledged" },
  { "silenced", "/?state=silenced" }, { "resolved", "/?state=resolved" }, { "all", "/?state=all" },
  { "all, from the middle on", "/?state=all&before=" .. middle }, { "an integration", "/?integration_id=" .. hooks[2].id },
  { "an integration, from the middle on", "/?state=all&integration_id=" .. hooks[2].id .. "&before=" .. middle },
  { "a team", "/?team_id=" .. team }, { "a label of half of them", "/?state=all&label=env:prod" },
  { "a rare label", "/?state=all&label=host:host-7" }, { "a search", "/?state=all&search=kafka+replica", SEARCH_MS },
  { "what changes while one looks", "/?part=rows" } } do
  local list = times_of(one[2])
  judge(one[1] .. " (p50 " .. ("%.1f"):format(percentile.of(list, 0.5)) .. ")", percentile.of(list, 0.99), one[3] or SERVER_MS, "ms")
end

-- A browser -----------------------------------------------------------------------------------------------------------------

assert(server.run({ "user", "create", "--data", s.data, "--email", "ada@example.org", "--name", "Ada", "--role", "admin",
  "--password-stdin" }, PASSWORD) == 0)
local b = chromium.start("http://127.0.0.1:" .. s.port)
local function load(options)
  b:open { width = 360, height = 740 }
  return b:run([[
    await page.goto('/sign-in');
    await page.fill('form input[type=password]', args.password);
    await page.fill('form input[autocomplete=username]', 'ada@example.org');
    await page.click('main form button');
    await page.waitForURL(tools.base + '/');
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    await cdp.send('Network.clearBrowserCache');
    await cdp.send('Network.setBypassServiceWorker', { bypass: true }); // what it keeps is no part of a first load
    let bytes = 0;
    cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
    if (args.profile) await cdp.send('Network.emulateNetworkConditions', { offline: false, ...args.profile });
    if (args.cpu) await cdp.send('Emulation.setCPUThrottlingRate', { rate: args.cpu });
    await page.goto('about:blank');
    bytes = 0;
    const visit = async () => {
      bytes = 0;
      await page.goto('/', { waitUntil: 'load' });
      await page.waitForTimeout(300);
      const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
      return { kb: bytes / 1024, paint };
    };
    return { first: await visit(), next: await visit() };
  ]], { password = PASSWORD, profile = options.profile, cpu = options.cpu })
end

local plain = load {}
print "a browser's load of it:"
judge("first load, compressed", plain.first.kb, FIRST_KB, "KB")
judge("after", plain.next.kb, NEXT_KB, "KB")
-- "Fast 4G" of Chromium's developer tools, and a processor a quarter as fast.
local slow = load { profile = { latency = 165, downloadThroughput = 9e6 / 8 * 0.9, uploadThroughput = 1.5e6 / 8 * 0.9 }, cpu = 4 }
judge("first paint, Fast 4G, CPU 4 times slower", slow.first.paint, PAINT_MS, "ms")
print(("  %-34s %7.1f ms"):format("the same, once more", slow.next.paint))
b:stop()
million.stop(s, FOLDER)
assert(#bad == 0, "not as it should be: " .. table.concat(bad, ", "))
