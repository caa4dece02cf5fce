--- Pictures of the main pages as the README shows them, of a server with a day's life in it. They are looked at for what they must
--- show; with SCREENSHOTS=spec/web/screenshots they are also kept.
local chromium <const> = require "chromium"
local server <const> = require "server"

local PASSWORD <const> = "correct horse battery staple"
local FOLDER <const> = os.getenv "SCREENSHOTS"
local SHOWN <const> = { ["alert-groups"] = true, ["alert-group"] = true, editor = true, schedule = true, insights = true, phone = true } -- in the README

local ALERTS <const> = {
  { "Grafana", "Latency of checkout above 2 s", "p95 is **2.4 s** for five minutes.", { service = "checkout", severity = "critical" } },
  { "Backups", "Backup of orders-db is late", "The last good one is 26 hours old.", { service = "orders-db", severity = "warning" } },
  { "Grafana", "Disk of db-2 is 93 % full", "At this rate it is full in four hours.", { service = "orders-db", severity = "critical" } },
  { "Certificates", "Certificate of shop.example ends in three days", "Issued by R11, for shop.example and www.shop.example.", { severity = "warning" } },
  { "Grafana", "Queue of mails grows", "1,204 mails wait.", { service = "mail", severity = "warning" } },
}

describe("pictures of the main pages", function()
  local s, b
  local groups, people, sources, chain, schedule

  local function furnish()
    people = {}
    for _, name in ipairs { "Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov" } do
      local first <const> = name:match "^%a+":lower()
      people[#people + 1] = first == "ada" and s:api("GET", "/users/?username=ada@example.org").results[1] or
        s:api("POST", "/users/", { username = first, name = name, email = first .. "@example.org", role = "editor" })
    end
    s:api("POST", "/providers/", { type = "ntfy" })
    for _, one in ipairs(people) do
      s:api("POST", "/contact_methods/", { user_id = one.id, channel = "ntfy", address = { topic = "t" .. one.id } })
      s:api("POST", "/personal_notification_rules/", { user_id = one.id, type = "notify_by_ntfy" })
      s:api("POST", "/personal_notification_rules/", { user_id = one.id, type = "wait", duration = 300 })
      s:api("POST", "/personal_notification_rules/", { user_id = one.id, type = "notify_by_ntfy" })
    end
    local team <const> = s:api("POST", "/teams/", { name = "Shop", members = { people[1].id, people[2].id } })
    schedule = s:api("POST", "/schedules/", { type = "web", name = "Shop on call", time_zone = "Europe/Berlin" })
    s:api("POST", "/on_call_shifts/", { name = "Week", type = "rolling_users", schedule = schedule.id, start = os.date("!%Y-%m-%dT08:00:00", os.time() - 6 * 86400),
      duration = 604800, frequency = "weekly", week_start = "MO", interval = 1, start_rotation_from_user_index = 0,
      rolling_users = { { people[1].id }, { people[2].id }, { people[3].id } }, time_zone = "UTC" })
    chain = s:api("POST", "/escalation_chains/", { name = "Shop, day and night" })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "notify_on_call_from_schedule", notify_on_call_from_schedule = schedule.id })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "wait", duration = 300 })
    s:api("POST", "/escalation_policies/", { escalation_chain_id = chain.id, type = "notify_persons", persons_to_notify = { people[2].id, people[4].id } })
    sources = {}
    for _, name in ipairs { "Grafana", "Backups", "Certificates" } do
      local one <const> = s:api("POST", "/integrations/", { type = "webhook", name = name, team_id = name ~= "Certificates" and team.id or nil,
        default_route = { escalation_chain_id = chain.id }, dynamic_labels = { { key = { name = "service" }, value = { name = "{{ payload.service }}" } },
          { key = { name = "severity" }, value = { name = "{{ payload.severity }}" } } } })
      sources[name] = one
    end
    groups = {}
    for _, alert in ipairs(ALERTS) do
      local payload <const> = { title = alert[2], message = alert[3], service = alert[4].service, severity = alert[4].severity, alert_uid = alert[2] }
      for _ = 1, #groups == 2 and 4 or 1 do s:request("POST", sources[alert[1]].link:match "//[^/]*(/.*)$", { body = payload }) end
      groups[#groups + 1] = s:api("GET", "/alert_groups/").results[1].id
    end
    s:api("POST", "/alert_groups/" .. groups[2] .. "/acknowledge/")
    s:api("POST", "/alert_groups/" .. groups[4] .. "/silence/", { delay = 86400 })
  end

  setup(function()
    s = server.start {}
    assert.equal(0, (server.run({ "user", "create", "--data", s.data, "--email", "ada@example.org", "--name", "Ada Lovelace", "--role", "admin",
      "--password-stdin" }, PASSWORD)))
    s:make_token()
    furnish()
    b = chromium.start("http://127.0.0.1:" .. s.port)
  end)
  teardown(function()
    b:stop()
    s.expects = "ntfy" -- nobody is there for the messages
    s:finish()
  end)

  local function sign_in(options)
    b:open(options)
    b:run([[
      await page.goto('/sign-in?next=/profile');
      await page.fill('input[name=email]', 'ada@example.org');
      await page.fill('input[name=password]', args.password);
      await page.click('main button');
      await page.waitForURL(tools.base + '/profile');
      await context.addCookies([{ name: 'tocsin_guide', value: 'off', url: tools.base }]);
    ]], { password = PASSWORD })
  end

  local function take(name, path, words)
    local text <const> = b:run([[
      await page.goto(args.path);
      await page.waitForTimeout(300);
      const bytes = await page.screenshot(args.file ? { path: args.file } : {});
      if (bytes.length < 5000) throw new Error('an empty picture');
      return page.innerText('main');
    ]], { path = path, file = FOLDER and SHOWN[name] and FOLDER .. "/" .. name .. ".png" })
    for _, one in ipairs(words) do assert.truthy(text:find(one, 1, true), name .. " does not show " .. one .. ": " .. text) end
  end

  it("at a desk", function()
    sign_in { width = 1280, height = 760 }
    take("alert-groups", "/", { "Latency of checkout above 2 s", "Acknowledged", "Shop" })
    take("alert-group", "/alert-groups/" .. groups[1], { "Latency of checkout above 2 s", "2.4 s" })
    take("integration", "/integrations/" .. sources.Grafana.id, { "Grafana" })
    take("editor", "/integrations/" .. sources.Grafana.id .. "/templates", { "title" })
    take("chain", "/escalation-chains/" .. chain.id, { "Shop, day and night" })
    take("schedule", "/schedules/" .. schedule.id, { "Shop on call" })
    take("insights", "/insights", { "Noisiest groups" })
  end)

  it("on a phone", function()
    sign_in { width = 390, height = 760, dark = true }
    take("phone", "/", { "Latency of checkout above 2 s" })
  end)
end)
