--- A team: who an integration, a chain or a schedule belongs to, and people who can be called together.
local errors = require("api.errors")
local field = require("api.field")
local json = require("tocsin.json")
local managed = require("api.managed")
local store = require("tocsin.store")

local MEMBERS = { type = "refs", to = "user" }

local function members_of(team_id)
  local list = json.array()
  for i, member in ipairs(store.rows("SELECT user_id FROM team_member WHERE team_id = $1 ORDER BY user_id", team_id)) do
    list[i] = member.user_id
  end
  return json.encode(list)
end

local function show_members(row) return field.show_of(MEMBERS)(MEMBERS, members_of(row.id)) end

local function add_member(user_id)
  return function(team_id)
    return { sql = "INSERT INTO team_member (team_id, user_id) VALUES ($1, $2)", args = { team_id, user_id }, expect = 1 }
  end
end

-- The whole list of members, in the same write as the team.
local function store_members(value, request, c)
  local text, why = field.check_of(MEMBERS)(MEMBERS, value, request)
  if not text then return nil, why end
  local list = json.decode(text)
  table.sort(list)
  text = json.encode(list)
  if c.old then
    c.old.members = members_of(c.old.id)
    if text == c.old.members then return {} end
    c.before[#c.before + 1] = { sql = "DELETE FROM team_member WHERE team_id = $1", args = { c.old.id } }
  end
  for _, user_id in ipairs(list) do c.after[#c.after + 1] = add_member(user_id) end
  c.trail = { members = text }
  return {}
end

-- What belongs to a team belongs to none afterwards, and there a name may be taken.
local TWIN = "SELECT a.name FROM integration AS a JOIN integration AS b ON b.name = a.name AND b.team_id IS NULL " ..
  "WHERE a.team_id = $1 AND a.deleted_at IS NULL AND b.deleted_at IS NULL"

local function before_write(_, c)
  local touch = { sql = "UPDATE integration SET version = version + 1 WHERE team_id = $1", args = { c.old and c.old.id } }
  if c.kind == "update" and c.values.name and c.values.name ~= c.old.name then c.before[#c.before + 1] = touch end
  if c.kind ~= "delete" then return end
  local twin = store.row(TWIN, c.old.id)
  if twin then
    return errors.detail(400, string.format('Rename the integration "%s" of this team first: without the team it would ' ..
      'have the name of another one.', twin.name))
  end
  c.before[1] = { sql = "UPDATE escalation_chain SET version = version + 1 WHERE team_id = $1", args = { c.old.id } }
  c.before[2] = touch
end

return {
  name = "team", table = "team", prefix = "T", path = "teams",
  files = { { folder = "teams", by = { "name" } } },
  examples = { { name = "new" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "teams", belongs = {},
  page_size = 50, order = "t.id",
  filters = { { "name", "t.name = ?" } },
  unique = { ["team.name"] = { "name", "A team with this name already exists." } },
  fields = {
    { "id", type = "id", prefix = "T" },
    { "grafana_id", type = "integer", column = "id", readonly = true },
    { "name", type = "text", max = 300, required = true },
    { "email", shape = "text?", show = function() return nil end },
    { "avatar_url", shape = "text?", show = function() return nil end },
    { "members", names = "user", is_set = true, shape = { list = "id" }, show = show_members, store = store_members },
    { "is_sharing_resources_to_all", type = "boolean", column = "is_sharing_resources" },
    managed.field "team",
  },
  before_write = before_write,
}
