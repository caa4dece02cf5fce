--- Live events: what core/events.h hands to those who listen, in words, and who may listen to what.
--
-- A place in the stream of alert groups is two numbers, the last alert and the last line of the journal
-- `group_change`: together they say what has changed since, so a listener goes on after a restart, too.
local auth = require("api.auth")
local group = require("resources.alert_group")
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local port = require("tocsin.port")
local query_string = require("api.query")
local rights = require("api.rights")
local rows = require("api.rows")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

local events = {}

local TYPE <const> = "text/event-stream; charset=utf-8"
events.TYPE = TYPE
local HEADERS <const> = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n" -- a proxy that gathers would hold events back
local RETRY <const> = "retry: 3000\n"
local RESET <const> = "event: reset\ndata: {}\n\n"
local AWAY_MAX <const> = 5000   -- alerts, or other changes, that are looked through for who was away
local GROUPS_MAX <const> = 200  -- groups that are told one by one
local PIECE <const> = 50        -- rows read with one statement

-- What a row of a table needs; the group has more to tell to who asks for it.
local SHOWN <const> = { "id", "integration_id", "team_id", "route_id", "alerts_count", "state", "title", "labels", "created_at",
  "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "silenced_at", "silenced_until", "root_alert_group_id",
  "is_demo", "is_debug" }

local shape <const> = { fields = {} }
for i, name in ipairs(SHOWN) do
  for _, field in ipairs(group.fields) do
    if field[1] == name then shape.fields[i] = field end
  end
end

local FOUND <const> = "SELECT t.id, t.integration_id, t.alerts_count, t.title, t.labels, t.started_at, t.acknowledged_at, " ..
  "t.acknowledged_by, t.acknowledged_by_id, t.resolved_at, t.resolved_by, t.resolved_by_id, t.silenced_at, t.silenced_until, " ..
  "t.root_id, t.is_demo, t.is_debug, t.first_alert_id, t.last_alert_at, i.team_id, i.type, r.id AS live_route_id, l.action, " ..
  "l.at FROM alert_group AS t LEFT JOIN integration AS i ON i.id = t.integration_id LEFT JOIN route AS r ON r.id = t.route_id " ..
  "LEFT JOIN group_log AS l ON l.alert_group_id = t.id AND l.seq = (SELECT MAX(seq) FROM group_log " ..
  "WHERE alert_group_id = t.id) WHERE t.id IN (%s) ORDER BY t.id"

-- Places ---------------------------------------------------------------------------------------------------------------------

local PLACE_ALERT <const>, PLACE_CHANGE <const> = "EA", "EC"

local function id_text(alert_id, change_id)
  return "id: " .. ids.encode(PLACE_ALERT, alert_id) .. "." .. ids.encode(PLACE_CHANGE, change_id) .. "\n\n"
end

local function place_of(text)
  local alert, change = string.match(text, "^(%w+)%.(%w+)$")
  if not alert then return nil end
  local alert_id, change_id = ids.decode(PLACE_ALERT, alert), ids.decode(PLACE_CHANGE, change)
  if alert_id and change_id then return alert_id, change_id end
end

-- The newest alerts may have been deleted with their group; their ids are not used again.
local CURSOR <const> = "SELECT COALESCE((SELECT MAX(id) FROM alert), 0) AS newest, COALESCE((SELECT CAST(value AS INTEGER) " ..
  "FROM setting WHERE name = 'alert_floor'), 0) AS floor, COALESCE((SELECT MAX(id) FROM group_change), 0) AS change_id"

---Where things are now: read before the rows that are told with it.
---@return integer alert_id
---@return integer change_id
function events.cursor()
  local row = store.row(CURSOR)
  return math.max(row.newest, row.floor), row.change_id
end

-- Words ----------------------------------------------------------------------------------------------------------------------

---One event as it is sent.
function events.event(kind, object)
  return "event: " .. kind .. "\ndata: " .. writer.text(object) .. "\n\n"
end

-- What happened last: it opened, an alert joined, or the action of its newest line.
local function kind_of(row, alert_id)
  if (row.first_alert_id or 0) > alert_id or row.action == "registered" and row.alerts_count == 1 then return "opened" end
  return row.action and row.at >= row.last_alert_at and row.action or "alert"
end

local function show_group(row, alert_id)
  local object = rows.show(shape, row)
  writer.put(object, "updated_at", time.text(math.max(row.last_alert_at, row.at or 0)))
  writer.put(object, "change", kind_of(row, alert_id))
  return events.event("alert_group", object)
end

local function show_deleted(id)
  return events.event("alert_group", writer.object("id", ids.encode("I", id), "change", "deleted"))
end

-- Groups by id; those that are not there any more are missing.
local function find_groups(list)
  local found = {}
  for first = 1, #list, PIECE do
    local last = math.min(first + PIECE - 1, #list)
    local places = {}
    for i = 1, last - first + 1 do places[i] = "$" .. i end
    local sql = string.format(FOUND, table.concat(places, ", "))
    for _, row in ipairs(store.rows(sql, table.unpack(list, first, last))) do found[row.id] = row end
  end
  return found
end

local GONE <const> = "SELECT c.alert_group_id, i.team_id FROM group_change AS c LEFT JOIN integration AS i " ..
  "ON i.id = c.integration_id WHERE c.id > $1 ORDER BY c.id"

-- The teams of groups that were deleted: their rows cannot tell any more.
local function teams_of_gone(change_id)
  local teams = {}
  for _, row in ipairs(store.rows(GONE, change_id)) do teams[row.alert_group_id] = row.team_id or 0 end
  return teams
end

-- A group that collects for a maintenance window is told to who sees all teams.
local NOBODYS <const> = 1 << 53

-- The events of these groups: a list of { team, text }, in the groups' order.
local function tell(list, alert_id, change_id)
  local found, gone, out = find_groups(list), nil, {}
  for _, id in ipairs(list) do
    local row = found[id]
    if row then
      out[#out + 1] = { row.type == "maintenance" and NOBODYS or row.team_id or 0, show_group(row, alert_id) }
    else
      gone = gone or teams_of_gone(change_id)
      if gone[id] then out[#out + 1] = { gone[id], show_deleted(id) } end
    end
  end
  return out
end

---The events of groups that changed since a place; called by the core's thread.
---@param ids_json string
---@param alert_id integer
---@param change_id integer
---@return string text all events
---@return string index "team length" of each, with commas
---@return string id_text where a listener is after them
---@return integer alert_id
---@return integer change_id
function events.look(ids_json, alert_id, change_id)
  local next_alert, next_change = events.cursor()
  local texts, index = {}, {}
  for i, one in ipairs(tell(json.decode(ids_json), alert_id, change_id)) do
    texts[i], index[i] = one[2], one[1] .. " " .. #one[2]
  end
  return table.concat(texts), table.concat(index, ","), id_text(next_alert, next_change), next_alert, next_change
end

-- Who was away ---------------------------------------------------------------------------------------------------------------

local SINCE <const> = "SELECT alert_group_id AS id FROM alert WHERE id > $1 UNION SELECT alert_group_id FROM group_change " ..
  "WHERE id > $2 ORDER BY 1 LIMIT " .. GROUPS_MAX + 1
local OLDEST <const> = "SELECT MIN(id) AS id FROM group_change"

-- The groups that changed since a place, or nil: too many, or nobody knows any more.
local function changed_since(alert_id, change_id, now_alert, now_change)
  local is_near = now_alert - alert_id <= AWAY_MAX and now_change - change_id <= AWAY_MAX
  if not is_near or alert_id > now_alert or change_id > now_change then return nil end
  local oldest = store.row(OLDEST).id
  if oldest and oldest > change_id + 1 then return nil end
  local list = store.rows(SINCE, alert_id, change_id)
  if #list > GROUPS_MAX then return nil end
  for i, row in ipairs(list) do list[i] = row.id end
  return list
end

-- Everything that changed since the place that a listener names, as far as it sees it.
local function catch_up(place, sees, now_alert, now_change)
  local alert_id, change_id = place_of(place)
  local list = alert_id and changed_since(alert_id, change_id, now_alert, now_change)
  if not list then return RESET end
  local texts = {}
  for _, one in ipairs(tell(list, alert_id, change_id)) do
    if sees(one[1]) then texts[#texts + 1] = one[2] end
  end
  return table.concat(texts)
end

-- Who sees what --------------------------------------------------------------------------------------------------------------

-- The teams whose groups an actor sees, as core/events.h wants them; 0: of no team.
local function teams_of(actor)
  local list = rights.team_ids(actor)
  return not list and "*" or table.concat(table.move(list, 1, #list, 2, { 0 }), ",")
end

local function seeing(teams)
  local set = {}
  for id in string.gmatch(teams, "%d+") do set[tonumber(id)] = true end
  return function(team) return teams == "*" or set[team] == true end
end

---Whether a listener may go on, asked again by the core's thread: the same proof, and what it sees is the same.
function events.may_go_on(path, query, headers_json, client, base_url, spec, now)
  local request = { method = "GET", path = path, query = query_string.parse(query), headers = json.decode(headers_json),
    body = "", now = now, base_url = base_url, client = { address = client } }
  local actor = auth.of(request)
  local teams = string.match(spec, "^%d+ groups (.*)$")
  if not actor or not rights.may(actor, teams and "alerts" or "integrations", "read") then return false end
  return not teams or teams == teams_of(actor)
end

-- The request -----------------------------------------------------------------------------------------------------------------

---An answer that begins with `text` and goes on as `spec` says, in the words of core/events.h.
function events.stream(text, spec)
  return { status = 200, content_type = TYPE, headers = HEADERS, text = RETRY .. text, stream = spec }
end

---GET /events/: changes of alert groups, from a place (Last-Event-ID, or ?last_event_id=) or from now on.
events.groups = {
  about = "Changes of alert groups as server-sent events, from now on, or from the place that Last-Event-ID names.",
  query = { { "last_event_id", type = "text", about = "The place, where no header can be sent." } }, kind = TYPE, gives = "text",
  answer = function(request)
    local from = port.call("events", {}).from
    local teams = teams_of(request.actor)
    local alert_id, change_id = events.cursor()
    local place = request.headers["last-event-id"] or query_string.get(request.query, "last_event_id")
    local missed = place and place ~= "" and catch_up(place, seeing(teams), alert_id, change_id) or ""
    return events.stream(missed .. "event: ready\ndata: {}\n" .. id_text(alert_id, change_id), from .. " groups " .. teams)
  end,
}

return events
