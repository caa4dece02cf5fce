--- A team: who an integration, a chain or a schedule belongs to.
return {
  name = "team", table = "team", prefix = "T", path = "teams",
  methods = { "list", "get" }, read = "viewer",
  page_size = 50, order = "t.id",
  filters = { { "name", "t.name = ?" } },
  fields = {
    { "id", type = "id", prefix = "T" },
    { "grafana_id", type = "integer", column = "id" },
    { "name", type = "text", max = 300 },
    { "email", show = function() return nil end },
    { "avatar_url", show = function() return nil end },
  },
}
