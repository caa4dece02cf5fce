--- Elastic: rules of Kibana (Observability, Security, Stack), by a webhook connector.
--- Wire format: the body in `connect`; variables of https://www.elastic.co/docs/explore-analyze/alerts-cases/alerts/rule-action-variables
--- and keephq/keep keep/providers/kibana_provider/kibana_provider.py (read 2026-11).
--- The action for recovered alerts sends the same body with actionGroup `recovered`. A watch of Watcher has no recovery.
return {
  name  = "Elastic",
  about = "Rules of Kibana and watches of Watcher, by a webhook connector",
  connect = [[
1. In Kibana open **Stack Management › Connectors**, create a **Webhook** connector named `Tocsin`: method **POST**, URL `{{ url }}`, no authentication, header `Content-Type` = `application/json`.
2. In a rule add an action with this connector, **For each alert**, *On status changes*, run when the rule is active (for example *Threshold met*), and paste this body:

```
{% raw %}{
  "rule_id": "{{rule.id}}",
  "rule": "{{rule.name}}",
  "type": "{{rule.type}}",
  "tags": "{{rule.tags}}",
  "alert_id": "{{alert.id}}",
  "action_group": "{{alert.actionGroup}}",
  "reason": "{{context.reason}}",
  "message": "{{context.message}}",
  "value": "{{context.value}}",
  "link": "{{context.alertDetailsUrl}}",
  "rule_link": "{{rule.url}}",
  "date": "{{date}}"
}{% endraw %}
```

3. Add a second action with the same connector and the same body, run when **Recovered**. Without it nothing is ever resolved.
4. Press **Test** at the connector with that body: its variables stay as they are, and it shows here as resolved. Links need `server.publicBaseUrl` in `kibana.yml`.
5. A watch of Watcher: its webhook action posts `{% raw %}{"rule_id": "{{ctx.watch_id}}", "rule": "{{ctx.watch_id}}", "action_group": "watch", "date": "{{ctx.execution_time}}"}{% endraw %}`.
]],

  -- alert.id is the group-by value ("host-1", "*"); alert.uuid would be another one each time.
  grouping_id = "{% if payload is mapping %}{{ payload.rule_id }}{% if payload.alert_id %}:{{ payload.alert_id }}{% endif %}{% endif %}",
  -- Unexpanded variables are the connector's Test: recorded, nobody is paged.
  resolve_condition = "{{ payload.action_group == 'recovered' or (payload.rule_id or '').startswith('{' ~ '{') }}",
  source_link = "{{ payload.link or payload.rule_link or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif (payload.rule or "").startswith("{" ~ "{") %}Test of the Kibana connector
{%- else %}{{ payload.rule or "Rule of Kibana" }}
{%- if payload.alert_id and payload.alert_id not in ("*", "query matched", payload.rule_id) and payload.alert_id not in (payload.rule or "")
   and not payload.alert_id | regex_match("[0-9a-f]{8}-[0-9a-f-]{27}") %}: {{ payload.alert_id }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if not (payload.rule or "").startswith("{" ~ "{") -%}
{{ payload.reason or payload.message or ("Recovered" if payload.action_group == "recovered" else "The rule's condition is met.") }}
{% if payload.value %}
- Value: {{ payload.value }}
{%- endif %}
{%- if payload.tags %}
- Tags: {{ payload.tags }}
{%- endif %}
{%- if payload.rule_link %}
- [Rule]({{ payload.rule_link }})
{%- endif -%}
{%- else -%}
The connector reaches Tocsin.
{%- endif -%}
{%- endif -%}
]],

  -- Some rules have a group for each severity.
  labels = {
    severity = "{% if payload is mapping %}{% set group = payload.action_group or '' %}{% if 'warning' in group or group.endswith('.medium') %}warning"
      .. "{% elif group.endswith('.high') %}error{% elif group.endswith('.low') %}info"
      .. "{% elif group and group != 'recovered' and not group.startswith('{') %}critical{% endif %}{% endif %}",
  },

  examples = {
    { "a rule's condition is met for one host",
      payload = [[{
  "rule_id": "8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11",
  "rule": "CPU of the web servers",
  "type": "metrics.alert.threshold",
  "tags": "web,prod",
  "alert_id": "web-1",
  "action_group": "metrics.threshold.fired",
  "reason": "system.cpu.total.norm.pct is 97.3% in the last 5 mins for web-1. Alert when above 90%.",
  "message": "",
  "value": "",
  "link": "https://kibana.example.org/app/observability/alerts/5d2c3b43-7f6a-4a8e-9d4e-3f1f6f0a9b11",
  "rule_link": "https://kibana.example.org/app/observability/alerts/rules/8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11",
  "date": "2026-11-04T02:11:42.317Z"
}]],
      expect = {
        grouping_id = "8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11:web-1",
        state = "firing",
        groups = 1,
        title = "CPU of the web servers: web-1",
        message = [[
system.cpu.total.norm.pct is 97.3% in the last 5 mins for web-1. Alert when above 90%.

- Tags: web,prod
- [Rule](https://kibana.example.org/app/observability/alerts/rules/8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11)]],
        source_link = "https://kibana.example.org/app/observability/alerts/5d2c3b43-7f6a-4a8e-9d4e-3f1f6f0a9b11",
        labels = { severity = "critical" },
        phone_call = { title = "CPU of the web servers: web 1" },
      } },
    { "it goes on, as a warning",
      payload = [[{"rule_id":"8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11","rule":"CPU of the web servers","type":"metrics.alert.threshold","tags":"web,prod","alert_id":"web-1","action_group":"metrics.threshold.warning","reason":"system.cpu.total.norm.pct is 85%","message":"","value":"","link":"","rule_link":"","date":"2026-11-04T02:12:42.317Z"}]],
      expect = { grouping_id = "8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11:web-1", state = "firing", title = "CPU of the web servers: web-1", groups = 1, alerts = 2 } },
    { "another host of the rule is another problem",
      payload = [[{"rule_id":"8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11","rule":"CPU of the web servers","type":"metrics.alert.threshold","tags":"","alert_id":"web-2","action_group":"metrics.threshold.warning","reason":"system.cpu.total.norm.pct is 85%","message":"","value":"","link":"","rule_link":"","date":"2026-11-04T02:12:42.317Z"}]],
      expect = { grouping_id = "8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11:web-2", state = "firing", title = "CPU of the web servers: web-2", groups = 2,
                 source_link = false, labels = { severity = "warning" } } },
    { "recovered",
      payload = [[{"rule_id":"8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11","rule":"CPU of the web servers","type":"metrics.alert.threshold","tags":"","alert_id":"web-1","action_group":"recovered","reason":"","message":"","value":"","link":"","rule_link":"","date":"2026-11-04T02:22:42.317Z"}]],
      expect = { grouping_id = "8a1d3f60-52a1-11ee-9a2e-0b1d6c1c2f11:web-1", state = "resolved", title = "CPU of the web servers: web-1", groups = 2, alerts = 3,
                 message = "Recovered\n" } },
    { "an Elasticsearch query rule has one alert, with a name that says nothing",
      payload = [[{"rule_id":"c7d2","rule":"Failed payments","type":".es-query","tags":"","alert_id":"query matched","action_group":"query matched","reason":"","message":"Document count is 41 in the last 10m. Alert when greater than 10.","value":"41","link":"","rule_link":"","date":"2026-11-04T02:22:42.317Z"}]],
      expect = { grouping_id = "c7d2:query matched", state = "firing", title = "Failed payments", groups = 3,
                 message = "Document count is 41 in the last 10m. Alert when greater than 10.\n\n- Value: 41" } },
    { "a watch",
      payload = [[{"rule_id": "disk_watch", "rule": "disk_watch", "action_group": "watch", "date": "2026-11-04T02:22:42.317Z"}]],
      expect = { grouping_id = "disk_watch", state = "firing", title = "disk_watch", groups = 4, phone_call = { title = "disk watch" } } },
    { "the connector's Test leaves the variables as they are",
      payload = [[{"rule_id":"{{rule.id}}","rule":"{{rule.name}}","type":"{{rule.type}}","tags":"{{rule.tags}}","alert_id":"{{alert.id}}","action_group":"{{alert.actionGroup}}","reason":"{{context.reason}}","message":"{{context.message}}","value":"{{context.value}}","link":"{{context.alertDetailsUrl}}","rule_link":"{{rule.url}}","date":"{{date}}"}]],
      expect = { grouping_id = "{{rule.id}}:{{alert.id}}", state = "resolved", title = "Test of the Kibana connector", groups = 5 } },
  },
}
