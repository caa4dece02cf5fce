--- What came back when a webhook was sent: one row an attempt, newest first.
return {
  name = "webhook_response", table = "webhook_response",
  methods = {}, area = "webhooks",
  belongs = { { "webhook", "webhook_id" }, { "alert_group", "alert_group_id", nullable = true } },
  page_size = 50, order = "t.at DESC, t.id DESC",
  weight = "COALESCE(length(t.content), 0) + COALESCE(length(t.event_data), 0) + COALESCE(length(t.request_data), 0)",
  fields = {
    { "timestamp", type = "time", column = "at" },
    { "url", type = "text", nullable = true },
    { "request_trigger", type = "text", column = "trigger_result", nullable = true },
    { "request_headers", type = "text", nullable = true },
    { "request_data", type = "text", nullable = true },
    { "status_code", type = "integer", column = "status", nullable = true },
    { "content", type = "text", nullable = true },
    { "event_data", type = "text", nullable = true },
    { "alert_group_id", type = "ref", to = "alert_group" },
    { "trigger_type", type = "text", nullable = true },
    { "latency_ms", type = "integer", nullable = true },
    { "error", type = "text", nullable = true },
  },
}
