--- A resolution note: what people wrote about how an alert group was dealt with.
local errors = require("api.errors")

local TEXT_MAX = 3000

local function before_write(request, c)
  if c.kind == "create" then
    c.values.source = "web"
    c.values.author_id = request.actor.user_id
    c.values.created_at = c.now
  elseif c.kind == "update" and c.old.source ~= "web" then
    return errors.detail(400, "This note was written in a chat: change it there.")
  end
end

return {
  name = "resolution_note", table = "resolution_note", prefix = "M", path = "resolution_notes",
  examples = { { alert_group_id = "@alert_group", text = "done" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "alerts",
  belongs = { { "alert_group", "alert_group_id" } },
  page_size = 50, order = "t.alert_group_id, t.id",
  live = "deleted_at IS NULL AND alert_group_id IN (SELECT id FROM alert_group)",
  filters = { { "alert_group_id", "t.alert_group_id = ?", type = "alert_group" } },
  fields = {
    { "id", type = "id", prefix = "M" },
    { "alert_group_id", type = "ref", to = "alert_group", required = true, create_only = true },
    { "author", type = "ref", to = "user", column = "author_id", readonly = true },
    { "source", type = "text", readonly = true },
    { "created_at", type = "time" },
    { "text", type = "text", max = TEXT_MAX, required = true },
  },
  delete_sql = "UPDATE resolution_note SET deleted_at = $1 WHERE id = $2",
  before_write = before_write,
}
