--- VictorOps (Splunk On-Call): the generic REST endpoint.
--- Wire format: https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/ (read 2026-09)
---
--- The door (lua/api/doors/victorops.lua) adds the path's routing key, and an entity_id where there is none.
return {
  name  = "VictorOps",
  about = "Whatever sends to VictorOps' (Splunk On-Call's) generic REST endpoint and lets its URL be set",
  has_door = true, token_form = "uuid",
  connect = [[
The integration's token, the last part of `{{ url }}`, is the API key of the REST endpoint. A key that senders know already can be
given when the integration is made.

1. In the sender set the URL to `/integrations/generic/20131114/alert/<token>/<routing key>` on this server. In Alertmanager
   `victorops_api_url` ends before the key: `…/integrations/generic/20131114/alert/`.
2. The routing key is any word; make routes by `payload.routing_key` where it should matter.
3. Try it:

```
curl -d '{"message_type":"CRITICAL","entity_id":"try","entity_display_name":"Try"}' {{ url }}
```
]],

  -- What is only told (INFO) is a group of its own that is over at once.
  grouping_id = "{{ '' if payload.message_type | upper == 'INFO' else payload.entity_id }}",
  resolve_condition = "{{ payload.message_type | upper in ('RECOVERY', 'OK', 'INFO') }}",
  acknowledge_condition = "{{ payload.message_type | upper in ('ACKNOWLEDGEMENT', 'ACK') }}",
  source_link = "{{ payload.alert_url or payload.monitor_url or '' }}",
  title = "{{ payload.entity_display_name or payload.entity_id }}",
  message = [[
{%- if payload.state_message %}{{ payload.state_message }}
{% endif -%}
{%- if payload.ack_msg %}{{ payload.ack_msg }}{% if payload.ack_author %} ({{ payload.ack_author }}){% endif %}
{% endif -%}
{%- for name, value in (payload if payload is mapping else {}).items() if name not in ("message_type", "entity_id", "entity_display_name", "state_message",
   "state_start_time", "timestamp", "ack_msg", "ack_author") and (value is string or value is number) and value != "" -%}
{%- if loop.first %}
{% endif -%}
- {{ name }}: {{ value }}
{% endfor -%}
]],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'WARNING': 'warning', 'INFO': 'info'}[payload.message_type | upper] or '' }}",
    routing_key = "{{ payload.routing_key or '' }}",
  },

  examples = {
    { "critical opens a group",
      payload = [[{"message_type":"CRITICAL","entity_id":"db-1/disk","entity_display_name":"Disk of db-1 is full","state_message":"97 % of /var are used","state_start_time":1777860702,"monitoring_tool":"nagios","routing_key":"database","alert_url":"https://monitor.example.org/db-1"}]],
      expect = { grouping_id = "db-1/disk", state = "firing", groups = 1, title = "Disk of db-1 is full",
        message = "97 % of /var are used\n\n- monitoring_tool: nagios\n- routing_key: database\n- alert_url: https://monitor.example.org/db-1\n",
        source_link = "https://monitor.example.org/db-1", labels = { severity = "critical", routing_key = "database" } } },
    { "an acknowledgement takes it on",
      payload = [[{"message_type":"ACKNOWLEDGEMENT","entity_id":"db-1/disk","ack_author":"ada","ack_msg":"On it"}]],
      expect = { grouping_id = "db-1/disk", state = "acknowledged", groups = 1, alerts = 2, title = "db-1/disk", message = "On it (ada)\n" } },
    { "info is told, and nobody is called",
      payload = [[{"message_type":"INFO","entity_id":"db-1/disk","state_message":"Growing the volume"}]],
      expect = { grouping_id = false, state = "resolved", groups = 2, title = "db-1/disk", message = "Growing the volume\n" } },
    { "recovery resolves",
      payload = [[{"message_type":"RECOVERY","entity_id":"db-1/disk","entity_display_name":"Disk of db-1 is full","state_message":"41 % used"}]],
      expect = { grouping_id = "db-1/disk", state = "resolved", groups = 2, alerts = 3, title = "Disk of db-1 is full" } },
    { "a warning opens one too",
      payload = [[{"message_type":"warning","entity_id":"web-1/load","state_message":"load is 9"}]],
      expect = { grouping_id = "web-1/load", state = "firing", groups = 3, title = "web-1/load", labels = { severity = "warning" } } },
  },
}
