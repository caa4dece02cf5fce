--- An escalation chain, as far as a route names it.
return {
  name = "escalation_chain", table = "escalation_chain", prefix = "F", path = "escalation_chains",
  methods = { "list", "get" }, read = "viewer",
  page_size = 50, order = "t.id",
  filters = { { "name", "t.name = ?" }, { "team_id", "t.team_id = ?", type = "team" } },
  fields = {
    { "id", type = "id", prefix = "F" },
    { "name", type = "text", max = 100 },
    { "team_id", type = "ref", to = "team", nullable = true, loose_null = true },
  },
}
