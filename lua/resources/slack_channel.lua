--- A room of a Slack workspace.
return {
  name = "slack_channel", table = "chat_channel", prefix = "H", path = "slack_channels",
  methods = { "list" }, area = "providers", belongs = {},
  page_size = 50, order = "t.name, t.id",
  live = "provider_id IN (SELECT id FROM provider WHERE type = 'slack')",
  filters = { { "channel_name", "t.name = ?" } },
  fields = {
    { "name", type = "text" },
    { "slack_id", type = "text", column = "external_id" },
  },
}
