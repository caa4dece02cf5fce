--- What came back when a webhook was sent: one row an attempt, newest first.
return {
  name = "webhook_response", table = "webhook_response",
  methods = {}, area = "webhooks",
  belongs = { { "webhook", "webhook_id" }, { "alert_group", "alert_group_id", nullable = true } },
  page_size = 50, order = "t.at DESC, t.id DESC",
  weight = "COALESCE(length(t.content), 0) + COALESCE(length(t.event_data), 0) + COALESCE(length(t.request_data), 0)",
  fields = {
    { "timestamp", type = "time", column = "at" },
    { "url", type = "text" },
    { "request_trigger", type = "text", column = "trigger_result" },
    { "request_headers", type = "text" },
    { "request_data", type = "text" },
    { "status_code", type = "integer", column = "status" },
    { "content", type = "text" },
    { "event_data", type = "text" },
    { "alert_group_id", type = "ref", to = "alert_group" },
    { "trigger_type", type = "text" },
    { "latency_ms", type = "integer" },
    { "error", type = "text" },
  },
}
