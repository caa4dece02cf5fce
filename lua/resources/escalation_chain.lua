--- An escalation chain: the steps by which people are called for a route's alert groups.
local managed = require("api.managed")
return {
  name = "escalation_chain", table = "escalation_chain", prefix = "F", path = "escalation_chains",
  files = { { folder = "escalation_chains", by = { "name" } } },
  examples = { { name = "new" } },
  methods = { "list", "get", "create", "update", "delete" }, area = "chains", belongs = { { "team", "team_id" } },
  page_size = 50, order = "t.id",
  columns = "t.version",
  filters = { { "name", "t.name = ?" }, { "team_id", "t.team_id = ?", type = "team" } },
  unique = { ["escalation_chain.name"] = { "name", "An escalation chain with this name already exists." } },
  fields = {
    { "id", type = "id", prefix = "F" },
    { "name", type = "text", max = 100, required = true },
    { "team_id", type = "ref", to = "team", nullable = true, loose_null = true },
    managed.field "escalation_chain",
  },
  guard = function(row) return { table = "escalation_chain", id = row.id, version = row.version } end,
  -- Routes that named it name none any more: their integrations have changed.
  before_write = function(_, c)
    if c.kind ~= "delete" then return end
    c.before[1] = { sql = "UPDATE integration SET version = version + 1 WHERE id IN " ..
      "(SELECT integration_id FROM route WHERE escalation_chain_id = $1)", args = { c.old.id } }
  end,
}
