--- Whatever is configured over the API comes back from its files, byte by byte; and what YAML is written reads as the same.
require "tocsin.core"
local columns <const> = require "config.columns"
local crypto <const> = require "tocsin.crypto"
local folder <const> = require "config.folder"
local ids <const> = require "tocsin.ids"
local json <const> = require "tocsin.json"
local kinds_of <const> = require "config.kinds"
local make <const> = require "config.make"
local server <const> = require "server"
local state <const> = require "config.state"
local world <const> = require "world"
local yaml <const> = require "config.yaml"

local NOW <const> = 1790000000000000
local BITS <const> = { "a", "B", " ", "-", "_", ".", "/", "é", "Ж", "日本", "\u{1F692}", "\u{1F600}", ":", "#", "'", '"', "{{ x }}", "{", "[", "|", ">",
  "%", "@", "&", "*", "!", "?", ",", "\\", "true", "null", "~", "0", "1", "-1", "007", "1e3", "0x1", "+49", "yes", "=", "<<", "\u{e000}", "\u{2028}",
  "\u{feff}", "\u{85}", "\u{202e}" }
local BREAKS <const> = { "\n", "\n\n", "\t", "\n  ", " \n", "\r\n", "- ", "---\n", "...\n", "\127" }

-- What a seed gives, always the same.
local function chance(seed)
  local own = seed
  return function(n)
    own = (own * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
    return (own >> 33) % n + 1
  end
end

local function text(pick, has_breaks)
  local parts = {}
  for i = 1, pick(6) do
    parts[i] = has_breaks and pick(4) == 1 and BREAKS[pick(#BREAKS)] or BITS[pick(#BITS)]
  end
  return table.concat(parts)
end

describe("yaml", function()
  local function value(pick, depth)
    local k = pick(depth > 3 and 6 or 9)
    if k == 1 then return pick(2000000) - 1000000 end
    if k == 2 then return (pick(2000000) - 1000000) / pick(1000) end
    if k == 3 then return pick(2) == 1 end
    if k == 4 then return json.null end
    if k <= 6 then return text(pick, true) end
    local out = k == 7 and json.array() or {}
    for i = 1, pick(5) - 1 do out[k == 7 and i or text(pick, true)] = value(pick, depth + 1) end
    return out
  end

  it("reads as what was written, whatever the texts", function()
    for seed = 1, 5000 do
      local v = value(chance(seed), 0)
      local written = yaml.text(v)
      local read, why = yaml.parse(written)
      assert.same(v, read, seed .. ": " .. written .. tostring(why))
      assert.equal(written, yaml.text(read))
    end
  end)
end)

describe("a configuration", function()
  local dir
  before_each(function() dir = server.folder() end)
  after_each(function() server.remove(dir) end)

  -- Random objects of most kinds; what the API refuses (a name taken, a blank text) is left out.
  local function fill(w, pick)
    local function try(path, body)
      local status, answer = require("api_client").request(w.client, "POST", "/api/v1/" .. path .. "/", body)
      assert.is_true(status == 201 or status == 400, path .. ": " .. tostring(status) .. " " .. json.encode(answer))
      return status == 201 and answer.id or nil
    end
    local function some(list, most)
      local out, seen = json.array(), {}
      for _ = 1, #list > 0 and pick(most + 1) - 1 or 0 do
        local one = list[pick(#list)]
        if not seen[one] then out[#out + 1] = one end
        seen[one] = true
      end
      return out
    end
    local function one(list) return #list > 0 and pick(3) > 1 and list[pick(#list)] or json.null end
    local users, teams, hooks, shifts, schedules, chains, integrations = {}, {}, {}, {}, {}, {}, {}
    for i = 1, 5 do users[#users + 1] = try("users", { username = text(pick) .. i, name = text(pick), role = pick(2) == 1 and "admin" or "viewer" }) end
    for _, user in ipairs(users) do
      for _ = 1, pick(4) - 1 do
        try("contact_methods", { user_id = user, channel = "email", name = text(pick), address = { email = "x" .. pick(99) .. "@example.org" } })
        try("personal_notification_rules", { user_id = user, type = pick(2) == 1 and "wait" or "notify_by_email", important = pick(2) == 1,
          position = pick(3) - 1 })
      end
    end
    for _ = 1, 3 do teams[#teams + 1] = try("teams", { name = text(pick), members = some(users, 3) }) end
    for _ = 1, 3 do
      hooks[#hooks + 1] = try("webhooks", { name = text(pick), url = "https://x.example/" .. pick(9), http_method = "PUT", trigger_type = "escalation",
        data = text(pick, true), headers = pick(2) == 1 and '{"a": "b"}' or json.null, team = one(teams), username = text(pick) })
    end
    for _ = 1, 2 do
      shifts[#shifts + 1] = try("on_call_shifts", { name = text(pick), type = "recurrent_event", start = "2026-01-05T08:00:00", duration = pick(90000),
        frequency = "daily", users = some(users, 3) })
    end
    for i = 1, 3 do
      local kind = ({ "web", "calendar", "ical" })[i]
      local schedule = try("schedules", { name = text(pick), type = kind, team_id = one(teams), time_zone = i == 2 and "Asia/Tokyo" or nil,
        shifts = i == 2 and some(shifts, 2) or nil, ical_url_primary = i == 3 and "https://c.example/a.ics" or nil,
        slack = { channel_id = pick(2) == 1 and "C" .. pick(9) or json.null } })
      schedules[#schedules + 1] = schedule
      for _ = 1, i == 1 and schedule and 3 or 0 do
        try("on_call_shifts", { name = text(pick), type = pick(2) == 1 and "override" or "single_event", schedule = schedule, start = "2031-01-05T08:00:00",
          duration = pick(9000), users = some(users, 2) })
      end
    end
    for _ = 1, 3 do
      local chain = try("escalation_chains", { name = text(pick), team_id = one(teams) })
      chains[#chains + 1] = chain
      for _ = 1, chain and pick(5) - 1 or 0 do
        try("escalation_policies", ({
          { escalation_chain_id = chain, type = "wait", duration = 60 * pick(60) },
          { escalation_chain_id = chain, type = "notify_persons", persons_to_notify = some(users, 3), important = pick(2) == 1 },
          { escalation_chain_id = chain, type = "notify_on_call_from_schedule", notify_on_call_from_schedule = one(schedules) },
          { escalation_chain_id = chain, type = "trigger_webhook", action_to_trigger = one(hooks), position = 0 },
          { escalation_chain_id = chain, type = "notify_team_members", team_to_notify = one(teams) },
        })[pick(5)])
      end
    end
    for _ = 1, 4 do
      local integration = try("integrations", { name = text(pick), type = ({ "webhook", "alertmanager", "grafana" })[pick(3)], team_id = one(teams),
        description_short = text(pick), templates = { web = { title = text(pick, true), message = pick(2) == 1 and "" or json.null },
          grouping_key = pick(2) == 1 and text(pick) or json.null }, labels = { { key = { name = text(pick) }, value = { name = text(pick) } } },
        dynamic_labels = pick(2) == 1 and json.array() or nil, rate_limit = pick(2) == 1 and pick(100) or nil,
        default_route = { escalation_chain_id = one(chains), slack = { enabled = pick(2) == 1 } }, heartbeat = { interval = 60 * pick(9) } })
      integrations[#integrations + 1] = integration
      for _ = 1, integration and pick(5) - 1 or 0 do
        try("routes", { integration_id = integration, routing_regex = text(pick), position = pick(3) - 1, escalation_chain_id = one(chains),
          telegram = { enabled = pick(2) == 1 } })
      end
    end
    for _, hook in ipairs(hooks) do
      w:api(200, "PUT", "webhooks/" .. hook .. "/", { integration_filter = some(integrations, 2) })
    end
    if #integrations > 0 then
      try("maintenance_windows", { name = text(pick), mode = "debug", integration_id = integrations[1], start = "2031-01-06T02:00:00", duration = 60 })
    end
  end

  local function client_of(w)
    return function(method, path, body) return require("api_client").request(w.client, method, path .. (method == "GET" and "" or "?override=true"), body) end
  end

  local function files_of(w, kinds)
    local client = client_of(w)
    return folder.files(state.read(client, kinds, NOW), kinds, columns.read(client))
  end

  local function marker(w)
    local key = require("api_client").write(w.client, { sql = "SELECT value FROM setting WHERE name = 'id_key'", args = {} }).rows[1].value
    local own = ids.new(crypto.unhex(key))
    return function(kind, id, path, parts)
      assert(require("api_client").write(w.client, { sql = "INSERT INTO managed (object, object_id, path, parts) VALUES ($1, $2, $3, $4)",
        args = { kind, own.decode(require("resources." .. kind).prefix, id), path, parts } }))
    end
  end

  it("comes back from its files, whatever it is", function()
    local kinds = kinds_of.list()
    for seed = 1, 12 do
      local w = world.open { start_at = NOW }
      fill(w, chance(seed * 7919))
      local files = files_of(w, kinds)
      assert.same(files, files_of(w, kinds))
      w:close()
      local where = dir .. "/" .. seed
      assert(folder.write(where, kinds, files))
      local desired, wrong = folder.read(folder.on_disk(where), kinds)
      assert.same({}, wrong)
      w = world.open { start_at = NOW + 1 }
      local client = client_of(w)
      wrong = make.all(client, kinds, state.read(client, kinds, NOW), desired, { is_marking = true, mark = marker(w) })
      for _, one in ipairs(wrong) do error(seed .. " " .. one.path .. ":" .. tostring(one.line) .. " " .. one.sentence) end
      local again = files_of(w, kinds)
      for path, is in pairs(files) do assert.equal(is, again[path], seed .. " " .. path) end
      for path in pairs(again) do assert.truthy(files[path], path) end
      w:close()
    end
  end)
end)
