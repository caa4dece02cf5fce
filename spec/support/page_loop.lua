--- Kills a server with SIGKILL over and over while people are being called, then looks who was: for spec/fault.
---
--- Each unanswered group calls two people twice and tells one webhook: five messages. The receiver is the provider: it
--- counts by idempotency key, and in which life of the server each came.
local uv <const> = require "luv"
local cjson <const> = require "cjson"
local server <const> = require "server"

local M <const> = {}
local Loop <const> = {}
Loop.__index = Loop

local PEOPLE <const> = 500 -- of each step; each is called for one group, so that nothing is bundled
local MESSAGES <const> = 5
local POSTERS <const>, POSTS_MAX <const> = 2, 8
local LIFE_MS <const> = (os.getenv("SPEC_SAN") or "") == "" and 1500 or 8000 -- a point that is not come to by then is given up
local KEY_HEADERS <const> = { "webhook%-id", "x%-tocsin%-delivery" }

--- Where a server dies: a named point of spec/fault/kill_at.c, in the middle of an answer, or at a random moment.
M.POINTS = { "before_commit", "after_commit", "before_sync", "after_sync", "before_send", "before_record", "cut_off", "random" }

local function rows(port)
  return ([[
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
  INSERT INTO user (id, username, name, role, created_at) SELECT i, 'u' || i, 'U', 'editor', 1 FROM n;
INSERT INTO provider (id, type, name, created_at) VALUES (1, 'webhook', 'hooks', 1);
INSERT INTO contact_method (user_id, channel, address, created_at)
  SELECT id, 'webhook', '{"url":"http://127.0.0.1:%d/u' || id || '"}', 1 FROM user;
INSERT INTO notification_rule (user_id, position, channel, wait_ms) SELECT u.id, r.p, r.c, r.w FROM user AS u, (SELECT 0 AS p,
  'webhook' AS c, NULL AS w UNION ALL SELECT 1, NULL, 150 UNION ALL SELECT 2, 'webhook', NULL) AS r;
INSERT INTO webhook (id, name, trigger_type, url, created_at) VALUES (1, 'hook', 'escalation', 'http://127.0.0.1:%d/hook', 1);
INSERT INTO escalation_chain (id, name) VALUES (1, 'c');
INSERT INTO escalation_step (escalation_chain_id, position, type, users, wait_ms, webhook_id) VALUES
  (1, 0, 'notify_person_next_each_time', (SELECT json_group_array(id) FROM user WHERE id <= %d), NULL, NULL), (1, 1, 'wait', '[]', 250, NULL),
  (1, 2, 'trigger_webhook', '[]', NULL, 1),
  (1, 3, 'notify_person_next_each_time', (SELECT json_group_array(id) FROM user WHERE id > %d), NULL, NULL);
UPDATE route SET escalation_chain_id = 1;
]]):format(2 * PEOPLE, port, port, PEOPLE, PEOPLE)
end

-- The receiver --------------------------------------------------------------------------------------------------------

local function key_of(head)
  for _, name in ipairs(KEY_HEADERS) do
    local key = head:lower():match("\r\n" .. name .. ": (%x+)")
    if key then return key end
  end
end

local function on_request(loop, client, head, body)
  local key = assert(key_of(head), "a request without an idempotency key: " .. head)
  local group = body:match("g%d+x%d+")
  local known = loop.received[key] or { group = group, lives = {} }
  loop.received[key] = known
  known.lives[#known.lives + 1] = loop.life
  if known.group ~= group then loop.mixed = loop.mixed + 1 end
  if loop.cut_after then
    loop.cut_after = loop.cut_after - 1
    if loop.cut_after == 0 then return loop:kill(true) end -- and no answer
  end
  client:write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
end

local function on_client(loop, client)
  local got = ""
  client:read_start(function(_, bytes)
    if not bytes then return client:close() end
    got = got .. bytes
    local head, rest = got:match("^(.-\r\n\r\n)(.*)$")
    local length = head and tonumber(head:lower():match("content%-length: (%d+)"))
    if not length or #rest < length then return end
    got = rest:sub(length + 1)
    on_request(loop, client, head, rest:sub(1, length))
  end)
end

local function listen(loop)
  loop.tcp = uv.new_tcp()
  assert(loop.tcp:bind("127.0.0.1", 0))
  loop.tcp:listen(64, function()
    local client = uv.new_tcp()
    loop.tcp:accept(client)
    on_client(loop, client)
  end)
  return loop.tcp:getsockname().port
end

-- Those who post ------------------------------------------------------------------------------------------------------

local function write_alert(loop, tcp, body)
  tcp:write(("POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(loop.path, #body, body))
end

-- Opens a group a post; every fifth group is acknowledged as soon as it is accepted.
local function start_poster(loop, port)
  local tcp, said, left = uv.new_tcp(), nil, POSTS_MAX
  local function next_post()
    if said and not said.ack and said.n % 5 == 0 then said = { ack = true, n = said.n }
    elseif left == 0 then return tcp:close()
    else
      left, loop.posts = left - 1, loop.posts + 1
      said = { n = loop.posts }
    end
    said.key = ("g%dx%d"):format(said.n, loop.salt)
    write_alert(loop, tcp, ('{"key":"%s","title":"%s","ack":%s}'):format(said.key, said.key, said.ack and 1 or 0))
  end
  tcp:connect("127.0.0.1", port, function(why)
    if why then return tcp:close() end
    next_post()
    tcp:read_start(function(_, bytes)
      if not bytes then return tcp:is_closing() or tcp:close() end
      if not bytes:find("^HTTP/1.1 200") then loop.refused = loop.refused + 1 return next_post() end
      loop[said.ack and "answered" or "accepted"][said.key] = true
      loop.count = loop.count + (said.ack and 0 or 1)
      next_post()
    end)
  end)
end

-- Lives ---------------------------------------------------------------------------------------------------------------

local function start(loop, kill_at)
  local env = kill_at and server.preloaded("kill_at", { KILL_AT = kill_at }) or nil
  loop.server = server.start { data = loop.data, args = { "--allow-private-webhooks", "1" }, env = env, may_fail = true }
  return loop.server
end

--- Kills the server that runs; `is_point`: that is where it had to die.
function Loop:kill(is_point)
  if not self.server.code then self.server.handle:kill("sigkill") end
  self.is_at_point = self.is_at_point or is_point
end

--- One life of the server, that ends at a point. `at`: the how manieth time, or milliseconds.
function Loop:live(point, at)
  self.life, self.is_at_point = self.life + 1, point == "random"
  self.cut_after = point == "cut_off" and at or nil
  local is_named = point ~= "cut_off" and point ~= "random"
  local s = start(self, is_named and point .. ":" .. at or nil)
  local before = self.count
  if s.port then
    for _ = 1, POSTERS do start_poster(self, s.port) end
  end
  local until_ns, random_ns = uv.hrtime() + LIFE_MS * 1000000, nil
  server.wait(function()
    if point == "random" and not random_ns and self.count > before then random_ns = uv.hrtime() + at * 1000000 end
    if uv.hrtime() > (random_ns or until_ns) and not s.code then self:kill() end
    return s.code
  end, "the server to die at " .. point)
  self.is_at_point = self.is_at_point or (is_named and uv.hrtime() < until_ns)
  if self.is_at_point then self.reached[point] = (self.reached[point] or 0) + 1 end
  s:stop()
  for _, line in ipairs(s.log) do
    -- Killed in the middle of a rendering twice, the next request is stored as it comes.
    if line:find('"level":"error"', 1, true) and not line:find("starts_without_rendering", 1, true) then self.errors[#self.errors + 1] = line end
  end
end

local function query(loop, sql)
  local pipe <close> = assert(io.popen(("sqlite3 -json -readonly %s/tocsin.db \"%s\""):format(loop.data, sql)))
  local text = pipe:read("a")
  return text == "" and {} or cjson.decode(text)
end

--- A last life without an end, until nothing is left to do.
function Loop:rest()
  self.life, self.cut_after = self.life + 1, nil
  local s = start(self)
  local looked_ns, patience_ms = 0, server.patience_ms
  server.patience_ms = 6 * patience_ms -- hundreds of messages on a machine that does something else, too
  server.wait(function()
    if uv.hrtime() - looked_ns < 200 * 1000000 then return false end
    looked_ns = uv.hrtime()
    return query(self, "SELECT (SELECT count(*) FROM notification WHERE due_at IS NOT NULL) + "
      .. "(SELECT count(*) FROM job WHERE kind IN ('page', 'escalate')) AS n")[1].n == 0
  end, "everybody to be called")
  server.patience_ms = patience_ms
  assert(s:stop() == 0, table.concat(s.log, "\n"))
  self.tcp:close()
  uv.run("nowait")
end

-- What was found ------------------------------------------------------------------------------------------------------

-- A group is known by the payload of its first alert: what was stored without being rendered has no grouping id.
local GROUPS <const> = "SELECT g.id, json_extract(CAST(f.payload AS TEXT), '$.key') AS name, g.acknowledged_at AS answered_at, "
  .. "n.state, n.created_at, n.key, c.key AS carried_by, "
  .. "(SELECT count(*) FROM delivery AS d WHERE d.notification_id = n.id AND d.state = 'sent') AS sent "
  .. "FROM alert_group AS g JOIN alert AS f ON f.id = g.first_alert_id LEFT JOIN notification AS n ON n.alert_group_id = g.id "
  .. "LEFT JOIN notification AS c ON c.id = n.carrier_id"
local ALERTS <const> = "SELECT json_extract(CAST(payload AS TEXT), '$.key') AS name, json_extract(CAST(payload AS TEXT), '$.ack') AS ack, "
  .. "max(signal & 16) AS is_raw FROM alert GROUP BY 1, 2"

local function is_number(v) return type(v) == "number" end

-- One row of the outbox, against what the receiver got.
local function judge_row(loop, found, group, row)
  local own, by_other = loop.received[row.key], loop.received[row.carried_by]
  group.rows = group.rows + 1
  if row.sent > 1 then found.twice = found.twice + 1 end
  if own and own.group ~= row.name then found.mixed = found.mixed + 1 end
  if row.state == "sent" and (own or by_other) then group.sent = group.sent + 1
  elseif row.state ~= "cancelled" or not is_number(row.answered_at) then found.lost = found.lost + 1 end
  if is_number(row.answered_at) and row.created_at > row.answered_at then found.after_answer = found.after_answer + 1 end
end

local function judge_group(found, group)
  found.groups = found.groups + 1
  found.pages = found.pages + group.sent
  if is_number(group.answered_at) then return end
  found.lost = found.lost + math.max(0, MESSAGES - group.rows)
  found.twice = found.twice + math.max(0, group.rows - MESSAGES)
end

local function judge_groups(loop, found)
  local groups, answered = {}, {}
  for _, row in ipairs(query(loop, GROUPS)) do
    local group = groups[row.id] or { rows = 0, sent = 0, answered_at = row.answered_at }
    groups[row.id], answered[row.name] = group, is_number(row.answered_at)
    if type(row.key) == "string" then judge_row(loop, found, group, row) end
  end
  for _, group in pairs(groups) do judge_group(found, group) end
  return answered
end

-- What was accepted is there, and an acknowledge that was accepted and read had its effect.
local function judge_alerts(loop, found, answered)
  local stored = { [0] = {}, {} }
  for _, row in ipairs(query(loop, ALERTS)) do stored[row.ack][row.name] = row end
  for name in pairs(loop.accepted) do
    if not stored[0][name] then found.lost = found.lost + 1 end
  end
  for name in pairs(loop.answered) do
    local is_read = stored[1][name] and stored[0][name].is_raw + stored[1][name].is_raw == 0
    if not stored[1][name] or is_read and not answered[name] then found.lost = found.lost + 1 end
  end
end

--- → { cycles, groups, pages, lost, twice, repeated, … }: `lost` counts accepted alerts and messages that are missing, `twice`
--- messages decided or recorded twice or sent twice in one life, `repeated` those sent again after an answer was cut off.
function Loop:verify()
  local found = { cycles = self.life - 1, accepted = self.count, groups = 0, pages = 0, lost = 0, twice = 0, repeated = 0, after_answer = 0,
    mixed = self.mixed, errors = #self.errors, reached = self.reached }
  judge_alerts(self, found, judge_groups(self, found))
  for _, known in pairs(self.received) do
    found.repeated = found.repeated + #known.lives - 1
    for i = 2, #known.lives do
      if known.lives[i] == known.lives[i - 1] then found.twice = found.twice + 1 end
    end
  end
  return found
end

--- Changes the rows behind everybody's back, so that a spec sees what is noticed.
function Loop:spoil(sql)
  local file <close> = assert(io.popen("sqlite3 -bail " .. self.data .. "/tocsin.db", "w"))
  file:write(sql)
end

--- A server's folder with everything that it takes, and nobody killed yet.
function M.open(seed)
  local loop = setmetatable({ data = server.folder(), received = {}, accepted = {}, answered = {}, reached = {}, errors = {},
    life = 0, posts = 0, count = 0, refused = 0, mixed = 0, salt = seed }, Loop)
  local s = server.start { data = loop.data }
  s:make_token()
  loop.path = s:api("POST", "/integrations/", { type = "webhook", name = "hook",
    templates = { grouping_key = "{{ payload.key }}", acknowledge_signal = "{{ payload.ack == 1 }}" } }).link:match("//[^/]*(/.*)$")
  assert(s:stop() == 0)
  local file <close> = assert(io.popen("sqlite3 -bail " .. loop.data .. "/tocsin.db", "w"))
  file:write(rows(listen(loop)))
  return loop
end

return M
