--- What providers are asked without a message: what people did (`poll` of a channel's file), and their rooms, user groups and
--- members (`lists`).
--
-- A worker runs this for engine/chores.c: `plan` says what is due and how to ask, `take` what an answer means. What is asked
-- goes on where the row of `chore` says, so an answer that was read and not written down is read again.
local callbacks = require("api.callbacks")
local channel = require("channel")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local people_at = require("api.people_at")
local port = require("tocsin.port")
local secrets = require("api.secrets")
local store = require("tocsin.store")

local chores = {}

local UPDATES = "updates"
local SECOND = 1000000
local BROKEN_US = 60 * SECOND -- after no answer or a broken one
local POLL_BROKEN_US = 10 * SECOND

-- What there is -------------------------------------------------------------------------------------------------------

-- Rooms whose members are called by a step.
local function called_rooms(type_name)
  local room, out, seen = (channel.load(type_name).room or {}).key, {}, {}
  for _, row in ipairs(store.rows("SELECT DISTINCT r.id, r.channels FROM route AS r JOIN escalation_step AS s " ..
    "ON s.escalation_chain_id = r.escalation_chain_id WHERE s.type = 'notify_whole_channel' ORDER BY r.id")) do
    local blocks = json.decode(row.channels or "{}")
    local block = blocks and blocks[type_name]
    local id = block and block.enabled and room and block[room]
    if type(id) == "string" and not seen[id] then out[#out + 1], seen[id] = id, true end
  end
  return out
end

-- The kinds of chores of a provider.
local function kinds_of(type_name, spec)
  local out, lists = {}, spec.lists or {}
  if spec.poll then out[1] = UPDATES end
  for _, name in ipairs { "rooms", "groups" } do
    if lists[name] then out[#out + 1] = name end
  end
  for _, room in ipairs(lists.members and called_rooms(type_name) or {}) do out[#out + 1] = "members " .. room end
  return out
end

local function row_of(provider_id, kind)
  return store.row("SELECT next_at, cursor, synced_at, failed_at, failure FROM chore WHERE provider_id = $1 AND kind = $2",
    provider_id, kind) or {}
end

local function cursor_of(row)
  local cursor = row.cursor and json.decode(row.cursor)
  return type(cursor) == "table" and cursor or {}
end

---What a provider is asked, for people: {what, synced_at, failed_at, failure} each, times in µs.
---@param provider table id and type
---@return table[]
function chores.states(provider)
  local spec, out = channel.load(provider.type), {}
  for i, kind in ipairs(spec and kinds_of(provider.type, spec) or {}) do
    local row = row_of(provider.id, kind)
    out[i] = { what = kind, synced_at = row.synced_at, failed_at = row.failed_at, failure = row.failure }
  end
  return out
end

-- Asking --------------------------------------------------------------------------------------------------------------

local function request_of(provider, kind, row)
  local spec = channel.load(provider.type)
  local account = secrets.open(spec.settings, provider.settings)
  if not account then return nil end
  local cursor = cursor_of(row)
  if kind == UPDATES then return channel.poll_request(provider.type, account, cursor.at) end
  local which, room = string.match(kind, "^(%l+) ?(.*)$")
  return channel.list_request(provider.type, which, account, cursor.at, room)
end

local function shown(provider, kind, request)
  local headers = json.array()
  for i, header in ipairs(request.headers or {}) do headers[i] = json.array { header[1], header[2] } end
  return { provider = provider.id, kind = kind, method = request.method, url = request.url, headers = headers,
    body = request.body, keep = request.keep, timeout_ms = request.timeout_ms, trusted = true }
end

-- A moment that lies further ahead than any pause was written by a clock that was wrong.
local function due_at(row, now, refresh)
  local at = row.next_at or 0
  return at > now + refresh + 3600 * SECOND and 0 or at
end

---What is due and nobody is asking: {requests: […], next: the moment of the next} as JSON.
---@param busy_text string "12 updates,12 rooms": what is being asked
---@param now integer µs
---@param refresh integer µs between two looks at a list
---@return string
function chores.plan(busy_text, now, refresh)
  local busy, due, next_at = {}, {}, nil
  for one in string.gmatch(busy_text, "[^,]+") do busy[one] = true end
  for _, provider in ipairs(store.rows("SELECT id, type, settings FROM provider WHERE is_enabled = 1 ORDER BY position, id")) do
    local spec = channel.load(provider.type)
    for _, kind in ipairs(spec and kinds_of(provider.type, spec) or {}) do
      local row = row_of(provider.id, kind)
      local at = due_at(row, now, refresh)
      if busy[provider.id .. " " .. kind] then at = nil end
      if at and at <= now then
        local request = request_of(provider, kind, row) -- none: it calls us instead, or its secrets cannot be opened
        if request then due[#due + 1] = { at = at, request = shown(provider, kind, request) } end
      elseif at then next_at = math.min(next_at or at, at) end
    end
  end
  table.sort(due, function(a, b) return a.at < b.at or a.at == b.at and a.request.kind > b.request.kind end)
  local requests = json.array()
  for i, one in ipairs(due) do requests[i] = one.request end
  return json.encode { requests = requests, next = next_at }
end

-- Writing down --------------------------------------------------------------------------------------------------------

local function write(statements)
  for _, statement in ipairs(statements) do json.array(statement.args) end
  local result, sentence = port.call("write", { statements = json.array(statements), is_outbox = true })
  if not result then error("what a provider said could not be written down: " .. sentence, 0) end
end

-- The provider may be gone by now: then nothing is written.
local PUT = "INSERT INTO chore (provider_id, kind, next_at, cursor, synced_at, failed_at, failure) " ..
  "SELECT id, $1, $2, $3, $4, $5, $6 FROM provider WHERE id = $7 ON CONFLICT (provider_id, kind) DO UPDATE SET " ..
  "next_at = excluded.next_at, cursor = excluded.cursor, synced_at = COALESCE(excluded.synced_at, chore.synced_at), " ..
  "failed_at = excluded.failed_at, failure = excluded.failure"

local function put(provider, kind, values)
  local null = json.null
  return { sql = PUT, args = { kind, values.next_at or null, values.cursor and json.encode(values.cursor) or null,
    values.synced_at or null, values.failed_at or null, values.failure or null, provider.id } }
end

local function tell(provider, kind, failure)
  local name = string.format("Provider %s (%s)", ids.encode("P", provider.id), provider.name)
  local message = failure and string.format("%s was asked for its %s: %s", name, kind, failure)
    or string.format("%s tells its %s again.", name, kind)
  port.call("log", { level = failure and "warn" or "info", message = message })
end

-- It goes on from where it was, some time later.
local function fail(c, failure, pause)
  if failure ~= c.row.failure then tell(c.provider, c.kind, failure) end
  write { put(c.provider, c.kind, { next_at = c.now + pause, cursor = c.row.cursor and cursor_of(c.row), failed_at = c.now,
    failure = failure }) }
end

local function take_updates(c)
  local events = channel.poll_read(c.provider.type, c.response, c.account)
  if events.error then return fail(c, events.error, math.max((events.after_ms or 0) * 1000, POLL_BROKEN_US)) end
  callbacks.take(c.provider, c.spec, events, c.now)
  if c.row.failure then tell(c.provider, c.kind) end
  if events.next or c.row.failure or not c.row.synced_at then
    write { put(c.provider, c.kind, { cursor = { at = events.next or cursor_of(c.row).at }, synced_at = c.now }) }
  end
end

-- Lists ---------------------------------------------------------------------------------------------------------------

local PUT_ROOM = "INSERT INTO chat_channel (provider_id, external_id, name, seen_at) SELECT id, $1, $2, $3 FROM provider " ..
  "WHERE id = $4 ON CONFLICT (provider_id, external_id) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at"
local PUT_GROUP = "INSERT INTO user_group (provider_id, external_id, name, handle, seen_at) SELECT id, $1, $2, $3, $4 " ..
  "FROM provider WHERE id = $5 ON CONFLICT (provider_id, external_id) DO UPDATE SET name = excluded.name, " ..
  "handle = excluded.handle, seen_at = excluded.seen_at"

-- Statements that make `wanted` the members of one list: only what differs is written.
local function set_members(c, out, list, member, external_id, wanted)
  local of_list = string.format("(SELECT id FROM %s WHERE provider_id = $1 AND external_id = $2)", list)
  local there = {}
  for _, row in ipairs(store.rows(string.format("SELECT user_id FROM %s WHERE %s_id = %s", member, list, of_list), c.provider.id,
    external_id)) do
    there[row.user_id] = true
    if not wanted[row.user_id] then
      out[#out + 1] = { sql = string.format("DELETE FROM %s WHERE %s_id = %s AND user_id = $3", member, list, of_list),
        args = { c.provider.id, external_id, row.user_id } }
    end
  end
  for user in pairs(wanted) do
    if not there[user] then
      out[#out + 1] = { args = { c.provider.id, external_id, user },
        sql = string.format("INSERT INTO %s (%s_id, user_id) SELECT l.id, u.id FROM %s AS l, user AS u " ..
          "WHERE l.provider_id = $1 AND l.external_id = $2 AND u.id = $3 ON CONFLICT DO NOTHING", member, list, list) }
    end
  end
end

local UNSEEN = " WHERE provider_id = $1 AND (seen_at IS NULL OR seen_at < $2)"

local function forget_unseen(c, out, list, since, unless)
  out[#out + 1] = { sql = "DELETE FROM " .. list .. UNSEEN .. (unless or ""), args = { c.provider.id, since } }
end

-- A group that a step names stays, without anybody: the step says so, and knows it again when it comes back.
local function forget_groups(c, out, since)
  out[#out + 1] = { sql = "DELETE FROM user_group_member WHERE user_group_id IN (SELECT id FROM user_group" .. UNSEEN .. ")",
    args = { c.provider.id, since } }
  forget_unseen(c, out, "user_group", since,
    " AND id NOT IN (SELECT user_group_id FROM escalation_step WHERE user_group_id IS NOT NULL)")
end

local TAKE = {} -- (c, out, page, pass): statements of one page; `pass` lives until the last page

function TAKE.rooms(c, out, page, pass)
  for _, room in ipairs(page.items) do
    out[#out + 1] = { sql = PUT_ROOM, args = { room.id, room.name, c.now, c.provider.id } }
  end
  if not page.next then forget_unseen(c, out, "chat_channel", pass.since) end
end

function TAKE.groups(c, out, page, pass)
  local people = people_at.map(c.provider, c.spec)
  for _, group in ipairs(page.items) do
    local wanted = {}
    for _, address in ipairs(group.members) do
      if people[address] then wanted[people[address]] = true end
    end
    out[#out + 1] = { sql = PUT_GROUP, args = { group.id, group.name, group.handle, c.now, c.provider.id } }
    set_members(c, out, "user_group", "user_group_member", group.id, wanted)
  end
  if not page.next then forget_groups(c, out, pass.since) end
end

function TAKE.members(c, out, page, pass)
  local people, wanted = people_at.map(c.provider, c.spec), {}
  pass.users = pass.users or {}
  for _, address in ipairs(page.items) do
    if people[address] then pass.users[#pass.users + 1] = people[address] end
  end
  if page.next then return end
  for _, user in ipairs(pass.users) do wanted[user] = true end
  out[1] = { sql = "INSERT INTO chat_channel (provider_id, external_id, name, seen_at) SELECT id, $1, $1, $2 FROM provider " ..
    "WHERE id = $3 ON CONFLICT (provider_id, external_id) DO NOTHING", args = { c.room, c.now, c.provider.id } }
  set_members(c, out, "chat_channel", "chat_channel_member", c.room, wanted)
end

local function take_list(c)
  local page = channel.list_read(c.provider.type, c.which, c.response, c.account, c.now, cursor_of(c.row).at)
  if page.error then
    local is_broken = page.after_ms or c.response.status == 429 or c.response.status >= 500
    return fail(c, page.error, is_broken and math.max((page.after_ms or 0) * 1000, BROKEN_US) or math.max(c.refresh, BROKEN_US))
  end
  local pass, out = cursor_of(c.row), {}
  if pass.since and pass.since > c.now then -- the clock was set back: what was seen would look unseen
    return write { put(c.provider, c.kind, { next_at = c.now }) }
  end
  pass.since = pass.since or c.now
  TAKE[c.which](c, out, page, pass)
  pass.at = page.next
  local pause = (c.spec.lists[c.which].pause_ms or 0) * 1000
  out[#out + 1] = put(c.provider, c.kind, page.next and { next_at = c.now + pause, cursor = pass }
    or { next_at = c.now + c.refresh, synced_at = c.now })
  if c.row.failure then tell(c.provider, c.kind) end
  write(out)
end

---What an answer means, done and written down.
---@param provider_id integer
---@param kind string
---@param status integer 0: there was no answer
---@param headers_json string
---@param body string
---@param failure string why there was none, or ""
---@param now integer µs
---@param refresh integer µs
function chores.take(provider_id, kind, status, headers_json, body, failure, now, refresh)
  local provider = store.row("SELECT id, type, name, settings FROM provider WHERE id = $1 AND is_enabled = 1", provider_id)
  local spec = provider and channel.load(provider.type)
  local account = spec and secrets.open(spec.settings, provider.settings)
  if not account then return end
  local which, room = string.match(kind, "^(%l+) ?(.*)$")
  local response = { status = status, headers = json.decode(headers_json) or {}, body = body }
  local c = { provider = provider, spec = spec, account = account, kind = kind, which = which, room = room, now = now,
    refresh = refresh, row = row_of(provider_id, kind), response = response }
  if failure ~= "" then return fail(c, failure, kind == UPDATES and POLL_BROKEN_US or BROKEN_US) end
  return (kind == UPDATES and take_updates or take_list)(c)
end

return chores
