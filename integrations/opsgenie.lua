--- Opsgenie: alerts of its Alert API.
--- Wire format: https://docs.opsgenie.com/docs/alert-api (read 2026-09)
---
--- The door is lua/api/doors/opsgenie.lua. Close and acknowledge by alias come as {"alias", "action"}; other deeds need no payload.
return {
  name  = "Opsgenie",
  about = "Whatever sends to Opsgenie's Alert API today and lets its URL be set",
  has_door = true, token_form = "uuid",
  connect = [[
The integration's token, the last part of `{{ url }}`, is the API key (`Authorization: GenieKey …`). A key that senders know already
can be given when the integration is made.

1. In the sender set Opsgenie's API URL to this server. In Alertmanager: `opsgenie_api_url` under `global`, or `api_url` of the
   receiver. In Grafana: the contact point's API URL with `/v2/alerts`.
2. Set the API key to this integration's token.
3. Try it:

```
curl -d '{"message":"Try","alias":"try"}' {{ url }}
```

Alerts without `alias` are groups of their own; `/v2/alerts/<id>/close` ends one by the id that it was answered with.
A heartbeat (`/v2/heartbeats/<any name>/ping`) is that of this integration: make one for each.
]],

  grouping_id = "{{ payload.alias or '' }}",
  resolve_condition = "{{ payload.action == 'Close' }}",
  acknowledge_condition = "{{ payload.action == 'Acknowledge' }}",
  source_link = "{{ (payload.details or {}).url or (payload.details or {}).generatorURL or '' }}",
  title = "{{ payload.message or payload.alias }}",
  message = [[
{{ payload.description or payload.note or '' }}
{%- set details = payload.details if payload.details is mapping else {} -%}
{%- for name, value in details.items() %}
{%- if loop.first %}
{% endif %}
- {{ name }}: {{ value }}
{%- endfor -%}
{%- if payload.entity %}
- entity: {{ payload.entity }}
{%- endif -%}
{%- if payload.tags %}

Tags: {{ payload.tags | join(", ") }}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'P1': 'critical', 'P2': 'error', 'P3': 'warning', 'P4': 'info', 'P5': 'info'}[payload.priority] or '' }}",
  },

  examples = {
    { "an alert opens a group",
      payload = [[{"message":"Disk of db-1 is full","alias":"db-1/disk","description":"97 % of /var are used.","responders":[{"name":"storage","type":"team"}],"tags":["disk","prod"],"details":{"volume":"/var","url":"https://monitor.example.org/db-1"},"entity":"db-1","priority":"P1","source":"monitor"}]],
      expect = { grouping_id = "db-1/disk", state = "firing", groups = 1, title = "Disk of db-1 is full",
        message = "97 % of /var are used.\n\n- volume: /var\n- url: https://monitor.example.org/db-1\n- entity: db-1\n\nTags: disk, prod",
        source_link = "https://monitor.example.org/db-1", labels = { severity = "critical" } } },
    { "the same alias joins it",
      payload = [[{"message":"Disk of db-1 is full","alias":"db-1/disk","description":"98 % of /var are used.","priority":"P2"}]],
      expect = { grouping_id = "db-1/disk", state = "firing", groups = 1, alerts = 2, title = "Disk of db-1 is full", message = "98 % of /var are used." } },
    { "another one",
      payload = [[{"message":"Load of web-1","alias":"web-1/load","priority":"P3"}]],
      expect = { grouping_id = "web-1/load", state = "firing", groups = 2, title = "Load of web-1", labels = { severity = "warning" } } },
    { "without an alias it is a group of its own",
      payload = [[{"message":"Backup failed"}]],
      expect = { grouping_id = false, state = "firing", groups = 3, title = "Backup failed" } },
    { "acknowledged, as the door passes it on",
      payload = [[{"message":"-","alias":"web-1/load","action":"Acknowledge","note":"On it"}]],
      expect = { grouping_id = "web-1/load", state = "acknowledged", groups = 3, alerts = 2, title = "-", message = "On it" } },
    { "closed, likewise",
      payload = [[{"message":"-","alias":"web-1/load","action":"Close","user":"ada"}]],
      expect = { grouping_id = "web-1/load", state = "resolved", groups = 3, alerts = 3, title = "-" } },
  },
}
