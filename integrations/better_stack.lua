--- Better Stack (Uptime): an outgoing webhook for incidents.
--- Wire format: https://betterstack.com/docs/uptime/webhooks/ and the incident of
--- https://raw.githubusercontent.com/api-evangelist/better-stack/refs/heads/main/json-schema/better-stack-incident-attributes-schema.json
--- (read 2026-11): JSON:API, sent when an incident starts, is acknowledged and is resolved.
return {
  name  = "Better Stack",
  about = "Incidents of Better Stack Uptime (monitors, heartbeats, cron jobs)",
  connect = [[
1. In Better Stack open **Integrations › Exporting data › Outgoing webhooks** and choose **Add**, trigger **Incident change**.
2. Name `Tocsin`, URL `{{ url }}`, method **POST**. Tick **incident started**, **acknowledged** and **resolved**.
3. Leave the request template empty: the default body is read.
4. Save, and press **Send test request**: it shows here at once.
]],

  grouping_id = "{{ (payload.data if payload.data is mapping else {}).id or '' }}",
  resolve_condition = [[
{%- set incident = (payload.data if payload.data is mapping else {}).attributes or {} -%}
{{ incident.resolved_at is string or (incident.status or "") | lower == "resolved" }}]],
  acknowledge_condition = [[
{%- set incident = (payload.data if payload.data is mapping else {}).attributes or {} -%}
{{ incident.acknowledged_at is string and not incident.resolved_at }}]],
  source_link = [[
{%- set incident = (payload.data if payload.data is mapping else {}).attributes or {} -%}
{{ incident.origin_url or incident.url or "" }}]],

  title = [[
{%- set incident = (payload.data if payload.data is mapping else {}).attributes or {} -%}
{%- set place = (incident.url or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") -%}
{%- if payload is string %}{{ payload }}
{%- elif place %}{{ incident.name or "Monitor" }} is {{ "up" if incident.resolved_at else "down" }}
{%- if place not in (incident.name or "") %}: {{ place }}{% endif %}
{%- else %}{{ incident.name or "Incident of Better Stack" }}{% if incident.cause %}: {{ incident.cause | truncate(80) }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set incident = (payload.data if payload.data is mapping else {}).attributes or {} -%}
{%- if payload is mapping -%}
{{ incident.cause or "" }}
{% if incident.url %}
- Address: {{ incident.url }}
{%- endif %}
{%- if incident.started_at %}
- Since: {{ incident.started_at }}
{%- endif %}
{%- if incident.acknowledged_by %}
- Acknowledged by: {{ incident.acknowledged_by }}
{%- endif %}
{%- if incident.team_name %}
- Team: {{ incident.team_name }}
{%- endif %}
{%- if incident.regions %}
- Regions: {{ incident.regions | join(", ") }}
{%- endif -%}
{%- endif -%}
]],
  image_url = "{{ ((payload.data if payload.data is mapping else {}).attributes or {}).screenshot_url or '' }}",

  labels = {
    monitor = "{{ ((payload.data if payload.data is mapping else {}).attributes or {}).name or '' }}",
  },

  examples = {
    { "an incident starts",
      payload = [[{"data":{"id":"789012","type":"incident","attributes":{"name":"Shop","url":"https://shop.example.org/","http_method":"get","cause":"Status 502","incident_group_id":null,"started_at":"2026-11-04T02:11:42.000Z","acknowledged_at":null,"acknowledged_by":null,"resolved_at":null,"resolved_by":null,"status":"Started","team_name":"Web","response_content":"","response_options":"","regions":["eu","us"],"response_url":null,"screenshot_url":"https://uptime.betterstack.com/shots/1.png","origin_url":null,"escalation_policy_id":null,"call":false,"sms":false,"email":true,"push":true,"critical_alert":false,"metadata":{}},"relationships":{"monitor":{"data":{"id":"2","type":"monitor"}}}},"included":[]}]],
      expect = {
        grouping_id = "789012",
        state = "firing",
        groups = 1,
        title = "Shop is down: shop.example.org",
        message = [[
Status 502

- Address: https://shop.example.org/
- Since: 2026-11-04T02:11:42.000Z
- Team: Web
- Regions: eu, us]],
        image_url = "https://uptime.betterstack.com/shots/1.png",
        source_link = "https://shop.example.org/",
        labels = { monitor = "Shop" },
      } },
    { "an acknowledgement there acknowledges it",
      payload = [[{"data":{"id":"789012","type":"incident","attributes":{"name":"Shop","url":"https://shop.example.org/","cause":"Status 502","started_at":"2026-11-04T02:11:42.000Z","acknowledged_at":"2026-11-04T02:14:42.000Z","acknowledged_by":"mira@example.org","resolved_at":null,"resolved_by":null,"status":"Acknowledged","team_name":"Web","regions":[]}},"included":[]}]],
      expect = { grouping_id = "789012", state = "acknowledged", title = "Shop is down: shop.example.org", groups = 1, alerts = 2 } },
    { "a heartbeat that is missing is another incident, without an address",
      payload = [[{"data":{"id":"789013","type":"incident","attributes":{"name":"Nightly backup","url":null,"cause":"Missed heartbeat","started_at":"2026-11-04T02:20:42.000Z","acknowledged_at":null,"resolved_at":null,"status":"Started","team_name":"Web","regions":null}},"included":[]}]],
      expect = { grouping_id = "789013", state = "firing", title = "Nightly backup: Missed heartbeat", groups = 2, source_link = false } },
    { "resolved, although it stays acknowledged",
      payload = [[{"data":{"id":"789012","type":"incident","attributes":{"name":"Shop","url":"https://shop.example.org/","cause":"Status 502","started_at":"2026-11-04T02:11:42.000Z","acknowledged_at":"2026-11-04T02:14:42.000Z","acknowledged_by":"mira@example.org","resolved_at":"2026-11-04T02:31:42.000Z","resolved_by":null,"status":"Resolved","team_name":"Web","regions":[]}},"included":[]}]],
      expect = { grouping_id = "789012", state = "resolved", title = "Shop is up: shop.example.org", groups = 2, alerts = 3 } },
  },
}
