--- A person who is called, and who acts.
local ids = require("tocsin.ids")
local json = require("tocsin.json")
local managed = require("api.managed")
local query_string = require("api.query")
local recurrence = require("api.recurrence")
local store = require("tocsin.store")
local working_hours = require("api.working_hours")
local writer = require("api.writer")

local ROLES = { "admin", "editor", "viewer", "none" }
local IS_ROLE = {}
for _, role in ipairs(ROLES) do IS_ROLE[role] = true end
-- The reference filters by the number of a role.
local ROLE_NUMBERS = { ["0"] = "admin", ["1"] = "editor", ["2"] = "viewer", ["3"] = "none" }

local function check_email(value)
  if string.find(value, "^[^%s@]+@[^%s@]+$") then return value end
  return nil, "Enter a valid email address."
end

-- Repeated `roles=`: any of them.
local function add_roles(q, values)
  local marks, roles = {}, {}
  for i, text in ipairs(values) do
    marks[i], roles[i] = "?", ROLE_NUMBERS[text] or string.lower(text)
    if not IS_ROLE[roles[i]] then
      return string.format("Select a valid choice. %s is not one of the available choices.", text)
    end
  end
  q.add("AND t.role IN (" .. table.concat(marks, ", ") .. ")", table.unpack(roles))
end

-- `short=true` leaves out what takes further look-ups.
local function is_long(_, request)
  return string.lower(query_string.get(request.query, "short") or "") ~= "true"
end

local SLACK = { null = true, object = { { "user_id", "text?" }, { "team_id", "text?" } } }

local function show_slack(row)
  local method = store.row("SELECT m.address FROM contact_method AS m WHERE m.user_id = $1 AND m.channel = 'slack' " ..
    "ORDER BY m.id LIMIT 1", row.id)
  if not method then return nil end
  local address = json.decode(method.address)
  return writer.object("user_id", address.id, "team_id", nil)
end

local function show_teams(row)
  local list = {}
  for i, team in ipairs(store.rows("SELECT team_id FROM team_member WHERE user_id = $1 ORDER BY team_id", row.id)) do
    list[i] = ids.encode("T", team.team_id)
  end
  return writer.list(list)
end

local VERIFIED = "EXISTS (SELECT 1 FROM contact_method AS m WHERE m.user_id = t.id AND m.verified_at IS NOT NULL " ..
  "AND m.channel IN ('sms', 'phone_call')) AS is_phone_number_verified"

-- Logs go on naming a person who is deleted; how to reach them and what opens doors for them goes at once.
local function before_write(_, c)
  if c.kind == "create" then
    c.values.name = c.values.name or c.values.username
    c.values.created_at = c.now
  elseif c.kind == "update" and c.values.role and c.values.role ~= c.old.role then
    -- What somebody may do is what they may from their next sign-in on.
    c.before[1] = { sql = "DELETE FROM session WHERE user_id = $1", args = { c.old.id } }
  elseif c.kind == "delete" then
    for i, what in ipairs { "contact_method", "notification_rule", "team_member", "user_group_member",
      "chat_channel_member", "session", "sign_in_link", "recovery_code", "account" } do
      c.before[i] = { sql = "DELETE FROM " .. what .. " WHERE user_id = $1", args = { c.old.id } }
    end
    c.before[#c.before + 1] = { sql = "UPDATE api_token SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL",
      args = { c.now, c.old.id } }
  end
end

return {
  name = "user", table = "user", prefix = "U", path = "users", check_email = check_email,
  files = { { folder = "users", by = { "username" } } },
  examples = { { username = "new", role = "editor" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "users", belongs = {}, owner = "id",
  page_size = 100, order = "t.id",
  live = "deleted_at IS NULL",
  columns = "t.version, t.working_hours, " .. VERIFIED,
  filters = {
    { "email", "lower(t.email) = lower(?)" },
    { "username", "lower(t.username) = lower(?)" },
    { "roles", add = add_roles, is_repeated = true, about = "Any of several." },
  },
  unique = { ["user.username"] = { "username", "A user with this username already exists." } },
  fields = {
    { "id", type = "id", prefix = "U" },
    { "grafana_id", type = "integer", column = "id", readonly = true, when = is_long },
    { "email", needs = "others", type = "text", max = 254, nullable = true, blank_null = true, check_text = check_email },
    { "slack", shape = SLACK, show = show_slack, when = is_long },
    { "username", needs = "others", type = "text", max = 190, required = true },
    { "name", type = "text", max = 190, when = is_long },
    { "role", needs = "others", type = "choice", choices = ROLES },
    { "is_phone_number_verified", shape = "boolean", show = function(row) return row.is_phone_number_verified == 1 end },
    { "timezone", type = "text", max = 64, check_text = recurrence.check_timezone, when = is_long },
    { "working_hours", is_whole = true, usual = working_hours.USUAL, nullable = true,
      shape = working_hours.SHAPE, takes = working_hours.SENT, store = working_hours.store,
      show = working_hours.show, when = is_long },
    { "teams", shape = { list = "id" }, show = show_teams, when = is_long },
    managed.field "user",
  },
  guard = function(row) return { table = "user", id = row.id, version = row.version } end,
  delete_sql = "UPDATE user SET deleted_at = $1 WHERE id = $2",
  before_write = before_write,
}
