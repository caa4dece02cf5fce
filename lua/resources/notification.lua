--- One message to one target, and what became of it: every attempt, with what the provider said. Addresses are masked.
local json = require("tocsin.json")
local store = require("tocsin.store")
local time = require("api.time")
local writer = require("api.writer")

-- The newest attempts come first; after many there is no more to learn from the oldest.
local DELIVERIES_MAX = 100

local DELIVERIES = { list = { object = { { "attempt", "integer" }, { "at", "time" }, { "address", "text?" }, { "state", "text" },
  { "status", "integer?" }, { "latency_ms", "integer?" }, { "external_id", "text?" }, { "error", "text?" } } } }

local function deliveries(row)
  local list = {}
  for i, d in ipairs(store.rows("SELECT * FROM delivery WHERE notification_id = $1 ORDER BY id DESC LIMIT $2", row.id,
    DELIVERIES_MAX)) do
    list[i] = writer.object("attempt", d.attempt, "at", time.text(d.at), "address", d.address, "state", d.state,
      "status", d.status or json.null, "latency_ms", d.latency_ms or json.null, "external_id", d.external_id or json.null,
      "error", d.error or json.null)
  end
  return writer.list(list)
end

return {
  name = "notification", table = "notification", prefix = "NT", path = "notifications",
  methods = { "list", "get" }, area = "alerts",
  belongs = { { "alert_group", "alert_group_id" } }, also = { "@.user_id = ?" }, is_also_listed = true,
  page_size = 50, order = "t.id DESC",
  live = "kind <> 'request'",
  filters = {
    { "alert_group_id", "t.alert_group_id = ?", type = "alert_group" },
    { "user_id", "t.user_id = ?", type = "user" },
    { "state", "t.state = ?" },
  },
  fields = {
    { "id", type = "id", prefix = "NT" },
    { "kind", type = "text", readonly = true },
    { "reason", type = "text", readonly = true },
    { "alert_group_id", type = "ref", to = "alert_group", readonly = true },
    { "user_id", type = "ref", to = "user", readonly = true },
    { "contact_method_id", type = "ref", to = "contact_method", readonly = true },
    { "provider_id", type = "ref", to = "provider", readonly = true },
    { "channel", type = "text", readonly = true },
    { "state", type = "text", readonly = true },
    { "attempts", type = "integer", column = "attempt", readonly = true },
    { "error", type = "text", readonly = true },
    { "created_at", type = "time" },
    { "ended_at", type = "time" },
    { "deliveries", shape = DELIVERIES, show = deliveries },
  },
}
