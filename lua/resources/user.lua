--- A person who is called, and who acts.
local writer = require("api.writer")

return {
  name = "user", table = "user", prefix = "U", path = "users",
  methods = { "list", "get" }, read = "viewer",
  page_size = 100, order = "t.id",
  filters = {
    { "email", "lower(t.email) = lower(?)" },
    { "username", "lower(t.username) = lower(?)" },
    { "roles", "t.role = ?" },
  },
  fields = {
    { "id", type = "id", prefix = "U" },
    { "grafana_id", type = "integer", column = "id" },
    { "email", type = "text" },
    { "slack", show = function() return nil end },
    { "username", type = "text" },
    { "name", type = "text" },
    { "role", type = "text" },
    { "is_phone_number_verified", show = function() return false end },
    { "timezone", type = "text" },
    { "teams", show = function() return writer.list({}) end },
  },
}
