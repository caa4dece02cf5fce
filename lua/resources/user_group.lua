--- A list of people that a chat knows by a handle.
local writer = require("api.writer")

return {
  name = "user_group", table = "user_group", prefix = "G", path = "user_groups",
  methods = { "list" }, area = "providers", belongs = {},
  page_size = 50, order = "t.id",
  columns = "t.external_id, t.name, t.handle",
  filters = { { "slack_handle", "t.handle = ?" } },
  fields = {
    { "id", type = "id", prefix = "G" },
    { "type", shape = "text", show = function() return "slack_based" end },
    { "slack", shape = { object = { { "id", "text?" }, { "name", "text?" }, { "handle", "text?" } } },
      show = function(row) return writer.object("id", row.external_id, "name", row.name, "handle", row.handle) end },
  },
}
