--- Every channel through the real server, over TLS, to a fake of its vendor that refuses what is undocumented; and every
--- way in which a provider can fail, once for each of them.
require "tocsin.core"
local channel = require "channel"
local crypto = require "tocsin.crypto"
local json = require "tocsin.json"
local line_process = require "line_process"
local provider_world = require "provider_world"
local server = require "server"

-- Each carried channel of each type that speaks HTTP: { type, channel }.
local function carried()
  local out = {}
  for _, name in ipairs(channel.list()) do
    if name ~= "email" then
      for _, one in ipairs(channel.carries(name)) do out[#out + 1] = { name, one } end
    end
  end
  return out
end

describe("a server among providers", function()
  local w, rooms
  local all <const> = carried()

  setup(function()
    w, rooms = provider_world.open(), {}
    local seen = {}
    for _, one in ipairs(all) do
      if not seen[one[1]] then
        local provider = w:provider(one[1])
        local spec = channel.load(one[1])
        if spec.room then
          local first = spec.address[1]
          rooms[one[1]] = { [spec.room.key] = first and w.addresses[one[1]][first[1]] or provider.id, enabled = true }
        end
      end
      seen[one[1]] = true
    end
  end)
  teardown(function() w:close() end)

  -- A person on each, whom nobody has called before: those who were called a moment ago are called for several groups at once.
  local function new_hook(title, with_rooms)
    local people = {}
    for i, one in ipairs(all) do people[i] = w:person(one[2] .. " " .. title, one[2], w.addresses[one[1]]) end
    return w:hook(w:chain(people), with_rooms)
  end

  local function no_complaints(received)
    for name, list in pairs(received) do
      for _, entry in ipairs(list) do assert.same({}, entry.complaints or {}, name .. " was asked what it does not document") end
    end
  end

  -- Waits until every page is in the state that `is_so` says yes to. → pages by channel
  local function wait_for(group, kind, count, is_so, what)
    local pages
    server.wait(function()
      pages = w:notifications(group, kind)
      local n = 0
      for _, page in pairs(pages) do n = n + (is_so(page) and 1 or 0) end
      return n == count
    end, what)
    return pages
  end
  local function is_sent(page) return page.state == "sent" end

  -- A request's headers by their lower-cased names.
  local function headers_of(request)
    local out = {}
    for _, header in ipairs(request.headers) do out[header[1]:lower()] = header[2] end
    return out
  end

  -- What libraries of others make of what was sealed and signed.
  local function ask_judges(received)
    local judge = line_process.start("node", { "spec/support/judge.js" })
    local push, hook = received.webpush[1].request, received.webhook[1].request
    local read = judge:ask { ["do"] = "push", body = push.body, authorization = headers_of(push).authorization,
      audience = push.url:match "^https://[^/]+", private = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", auth = w.addresses.webpush.auth }
    assert.is_nil(read.error)
    assert.is_truthy(json.decode(read.text).title:find("Disk of db-1 is full", 1, true))
    assert.is_true(read.claims.exp > os.time() and read.claims.exp <= os.time() + 86400)
    assert.equal("mailto:ops@example.org", read.claims.sub)
    local verified = { ["do"] = "webhook", secret = w.addresses.webhook.secret, body = hook.body, headers = headers_of(hook) }
    assert.is_nil(judge:ask(verified).error)
    verified.body = crypto.base64(crypto.unbase64(hook.body) .. " ")
    assert.is_truthy(judge:ask(verified).error)
    judge:stop()
  end

  it("reaches them all by what they document, and brings what it posted up to date", function()
    local group = w:alert(new_hook("all", rooms), { key = "all", title = "Disk of db-1 is full", message = "97 % used" })
    wait_for(group, "page", #all, is_sent, "every page")
    local posts = wait_for(group, "post", #channel.rooms(), is_sent, "every post")
    for _, one in ipairs(all) do
      local page = w:notifications(group, "page")[one[2]]
      assert.same({ 1, "sent" }, { #page.deliveries, page.deliveries[1].state }, one[2])
      assert.is_truthy(page.deliveries[1].status >= 200 and page.deliveries[1].status < 300)
    end
    w:api("POST", "/alert_groups/" .. group .. "/acknowledge/")
    local updates = 0
    for name in pairs(posts) do updates = updates + (channel.can(name, "update", name) and 1 or 0) end
    assert.is_true(updates >= 8)
    wait_for(group, "update", updates, is_sent, "every update")
    local threads = 0
    for name in pairs(posts) do threads = threads + (channel.can(name, "notes", name) and 1 or 0) end
    assert.equal(7, threads)
    wait_for(group, "thread", threads, is_sent, "what happened to be told in every thread")
    local received = w:received()
    no_complaints(received)
    ask_judges(received)
  end)

  -- The fault befalls the first request of each; the second one arrives.
  local function befall(kind, ms)
    local path = new_hook(kind)
    w:received()
    for _, name in ipairs(channel.list()) do w:ask { ["do"] = "fault", name = name, kind = kind, ms = ms, count = #channel.carries(name) } end
    return w:alert(path, { key = kind, title = kind })
  end

  for _, fault in ipairs {
    { "500", error = "%f[%d]500%f[%D]" }, { "reset", error = "ended the connection" }, { "certificate", error = "certificate" },
    { "hang", error = "did not answer within" },
  } do
    it("tries again after a fault with the same key, and writes both attempts down: " .. fault[1], function()
      server.patience_ms = server.patience_ms * 3
      finally(function() server.patience_ms = server.patience_ms // 3 end)
      local group = befall(fault[1])
      local pages = wait_for(group, "page", #all, function(p) return is_sent(p) or p.state == "failed" end, "the second attempts")
      for name, page in pairs(pages) do
        assert.same({ "sent", 2 }, { page.state, #page.deliveries }, name .. ": " .. tostring(page.error))
        assert.same({ "sent", "retry" }, { page.deliveries[1].state, page.deliveries[2].state })
        assert.matches(fault.error, page.deliveries[2].error, 1, false, name)
      end
      local received = w:received()
      for _, one in ipairs(all) do assert.is_true(#received[one[1]] >= 2, one[1]) end
      local first, second = received.webhook[1].request, received.webhook[2].request
      if first then assert.equal(headers_of(first)["webhook-id"], headers_of(second)["webhook-id"]) end
      no_complaints(received)
    end)
  end

  it("waits for a slow one, and the others are not late for it", function()
    local path = new_hook "slow"
    w:ask { ["do"] = "fault", name = "ntfy", kind = "slow", ms = 4000 }
    local group = w:alert(path, { key = "slow", title = "slow" })
    local pages = wait_for(group, "page", #all - 1, is_sent, "the others")
    assert.equal("waiting", pages.ntfy.state)
    pages = wait_for(group, "page", #all, is_sent, "the slow one")
    assert.is_true(pages.ntfy.deliveries[1].latency_ms >= 4000)
    for _, page in pairs(pages) do assert.equal(1, #page.deliveries) end
  end)

  it("gives up at once on what cannot get better, and says why", function()
    local group = befall "unauthorized"
    local pages = wait_for(group, "page", #all, function(p) return p.state == "failed" or p.state == "sent" end, "the end of each")
    local failed = 0
    for name, page in pairs(pages) do
      if page.state == "failed" then
        failed = failed + 1
        assert.equal(1, #page.deliveries)
        assert.matches("%. %u", page.error, 1, false, name)
      end
    end
    assert.equal(#all, failed)
  end)

  it("comes back when it was told to, not before", function()
    local group = befall "limited"
    local pages = wait_for(group, "page", #all, function(p) return #p.deliveries > 0 end, "the first attempts")
    for _, one in ipairs(all) do
      local fake = dofile("spec/channels/fake/" .. one[1] .. ".lua")
      local page = pages[one[2]]
      assert.equal("retry", page.deliveries[#page.deliveries].state)
      local waits = tonumber(w:column(("SELECT (COALESCE(max(n.due_at), max(d.at)) - min(d.at)) / 1000 FROM notification AS n " ..
        "JOIN delivery AS d ON d.notification_id = n.id WHERE n.channel = '%s' AND n.kind = 'page' GROUP BY n.id ORDER BY n.id DESC LIMIT 1"):format(one[2])))
      assert.is_true(waits >= (fake.limited_ms or 900), one[2] .. " comes back after " .. waits)
    end
    w:api("POST", "/alert_groups/" .. group .. "/resolve/")
  end)
end)
