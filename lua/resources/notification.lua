--- One message to one target, and what became of it. The address is not shown.
return {
  name = "notification", table = "notification", prefix = "NT", path = "notifications",
  methods = { "get" }, read = "viewer",
  live = "kind <> 'request'",
  fields = {
    { "id", type = "id", prefix = "NT" },
    { "kind", type = "text", readonly = true },
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
  },
}
