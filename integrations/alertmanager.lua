--- Prometheus Alertmanager: one request is one notification of one Alertmanager group.
--- Wire format: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config (version "4", read 2026-05)
--- Mimir's and Cortex's Alertmanager and vmalert behind an Alertmanager send the same.
return {
  name  = "Alertmanager",
  about = "Prometheus Alertmanager: alerts of Prometheus, Mimir, Loki, VictoriaMetrics and Thanos",
  connect = [[
1. Open `alertmanager.yml` and add a receiver:

```
receivers:
  - name: tocsin
    webhook_configs:
      - url: {{ url }}
        send_resolved: true
        max_alerts: 100
```

2. Send alerts to it: set `receiver: tocsin` in `route:` (or in one of its `routes:`).
3. In `route:` check `group_by`. Each group becomes one alert group here; `group_by: ['alertname', 'cluster', 'service']` is a good start.
4. Reload: `curl -X POST http://localhost:9093/-/reload` or restart Alertmanager.
5. Try it: `amtool alert add TestAlert severity=warning --alertmanager.url=http://localhost:9093`. It shows here after `group_wait` (30 s by default).
]],

  -- Alertmanager's own key of a group. Bodies without one: a single alert by its fingerprint or labels.
  grouping_id = "{{ payload.groupKey or payload.fingerprint or payload.labels or payload.commonLabels or '' }}",
  resolve_condition = "{{ payload.status == 'resolved' }}",
  source_link = "{% if payload.alerts %}{{ payload.alerts[0].generatorURL or payload.externalURL }}"
    .. "{% else %}{{ payload.generatorURL or payload.externalURL }}{% endif %}",

  -- What is broken, then where: what the group is grouped by, else the one thing that all its alerts share.
  title = [[
{%- set common = payload.commonLabels or payload.labels or {} -%}
{%- set notes = payload.commonAnnotations or payload.annotations or {} -%}
{%- set group = payload.groupLabels if payload.groupLabels is mapping else {} -%}
{{ common.alertname or group.alertname or notes.summary or notes.message or (payload if payload is string) or "Alert without a name" }}
{%- for name, value in group.items() if name != "alertname" %}{{ ": " if loop.first else ", " }}{{ value }}
{%- else -%}
{%- set where = common.instance or common.pod or common.node or common.service or common.job -%}
{%- if where %}: {{ where }}
{%- elif (payload.alerts or []) | length > 1 %} ({{ payload.alerts | length }} alerts)
{%- endif -%}
{%- endfor -%}
]],

  message = [[
{%- set common = payload.commonLabels or payload.labels or {} -%}
{%- set notes = payload.commonAnnotations or payload.annotations or {} -%}
{%- set alerts = payload.alerts or [] -%}
{%- if notes.summary %}{{ notes.summary }}
{% endif -%}
{%- if notes.description or notes.message %}{{ notes.description or notes.message }}
{% endif -%}
**Status:** {{ payload.status or "firing" }}
{%- if alerts | length > 1 %} ({{ payload.numFiring }} firing, {{ payload.numResolved }} resolved){% endif %}
{%- if common.severity %}
**Severity:** {{ common.severity }}
{%- endif %}
{%- if notes.runbook_url %}
[Runbook]({{ notes.runbook_url }})
{%- endif %}
{%- if common is mapping %}

{% for name, value in common.items() if name not in ("alertname", "severity") -%}
- {{ name }}: {{ value }}
{% endfor -%}
{%- endif %}
{%- if alerts | length > 1 %}
**Alerts**
{% for alert in alerts[:10] if alert is mapping -%}
- {{ alert.status }}
{%- for name, value in (alert.labels or {}).items() if name not in common %}, {{ name }} {{ value }}{% endfor %}
{%- if not notes.summary and alert.annotations and alert.annotations.summary %}: {{ alert.annotations.summary }}{% endif %}
{% endfor -%}
{%- if alerts | length > 10 %}- and {{ alerts | length - 10 }} more
{% endif -%}
{%- endif -%}
{%- if payload.truncatedAlerts %}
{{ payload.truncatedAlerts }} more alerts were cut off by `max_alerts`.
{%- endif -%}
]],

  labels = {
    severity = "{{ (payload.commonLabels or payload.labels or {}).severity }}",
  },

  heartbeat = {
    connect = [[
Alertmanager has no heartbeat of its own: let an alert that always fires call the heartbeat address.

1. In Prometheus add the rule `- alert: Watchdog` with `expr: vector(1)`.
2. In `alertmanager.yml` route it to a receiver of its own, every minute:

```
route:
  routes:
    - matchers: [alertname="Watchdog"]
      receiver: tocsin-heartbeat
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 50s
receivers:
  - name: tocsin-heartbeat
    webhook_configs:
      - url: {{ url }}
        send_resolved: false
```
]],
    missing = [[{"version":"4","groupKey":"{}:{alertname=\"HeartbeatMissing\"}","status":"firing","receiver":"tocsin","groupLabels":{"alertname":"HeartbeatMissing"},"commonLabels":{"alertname":"HeartbeatMissing","severity":"critical"},"commonAnnotations":{"summary":"The heartbeat of this integration is missing","description":"Either the monitoring itself is down or it cannot reach Tocsin."},"externalURL":"","truncatedAlerts":0,"numFiring":1,"numResolved":0,"alerts":[{"status":"firing","labels":{"alertname":"HeartbeatMissing","severity":"critical"},"annotations":{"summary":"The heartbeat of this integration is missing"},"generatorURL":"","fingerprint":"6d69737365646265"}]}]],
    restored = [[{"version":"4","groupKey":"{}:{alertname=\"HeartbeatMissing\"}","status":"resolved","receiver":"tocsin","groupLabels":{"alertname":"HeartbeatMissing"},"commonLabels":{"alertname":"HeartbeatMissing","severity":"critical"},"commonAnnotations":{"summary":"The heartbeat of this integration is back"},"externalURL":"","truncatedAlerts":0,"numFiring":0,"numResolved":1,"alerts":[{"status":"resolved","labels":{"alertname":"HeartbeatMissing","severity":"critical"},"annotations":{"summary":"The heartbeat of this integration is back"},"generatorURL":"","fingerprint":"6d69737365646265"}]}]],
  },

  -- Bodies as Alertmanager 0.25 writes them: fields in this order, no blanks, "<" and "&" escaped.
  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ",
    secret = "the credentials of `http_config: {authorization: {credentials: …}}` of the receiver" },

  examples = {
    { "a down instance opens a group",
      payload = [[{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"InstanceDown","instance":"db-1.example.org:9100","job":"node","severity":"critical"},"annotations":{"description":"db-1.example.org:9100 of job node has been unreachable for more than 5 minutes.","runbook_url":"https://runbooks.example.org/InstanceDown","summary":"Instance db-1.example.org:9100 is down"},"startsAt":"2026-05-04T02:11:42.317Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","fingerprint":"1a30ba71cca2921f"}],"groupLabels":{"alertname":"InstanceDown"},"commonLabels":{"alertname":"InstanceDown","instance":"db-1.example.org:9100","job":"node","severity":"critical"},"commonAnnotations":{"description":"db-1.example.org:9100 of job node has been unreachable for more than 5 minutes.","runbook_url":"https://runbooks.example.org/InstanceDown","summary":"Instance db-1.example.org:9100 is down"},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}:{alertname=\"InstanceDown\"}","truncatedAlerts":0}]],
      expect = {
        grouping_id = '{}:{alertname="InstanceDown"}',
        state = "firing",
        groups = 1,
        title = "InstanceDown: db-1.example.org:9100",
        message = [[
Instance db-1.example.org:9100 is down
db-1.example.org:9100 of job node has been unreachable for more than 5 minutes.
**Status:** firing
**Severity:** critical
[Runbook](https://runbooks.example.org/InstanceDown)

- instance: db-1.example.org:9100
- job: node
]],
        source_link = "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
        labels = { severity = "critical" },
        phone_call = { title = "Instance Down: db 1.example.org port 9100" },
      } },
    { "a second instance joins it, one of both is back",
      payload = [[{"receiver":"tocsin","status":"firing","alerts":[{"status":"resolved","labels":{"alertname":"InstanceDown","instance":"db-1.example.org:9100","job":"node","severity":"critical"},"annotations":{"summary":"Instance db-1.example.org:9100 is down"},"startsAt":"2026-05-04T02:11:42.317Z","endsAt":"2026-05-04T02:16:42.317Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","fingerprint":"1a30ba71cca2921f"},{"status":"firing","labels":{"alertname":"InstanceDown","instance":"db-2.example.org:9100","job":"node","severity":"critical"},"annotations":{"summary":"Instance db-2.example.org:9100 is down"},"startsAt":"2026-05-04T02:14:42.317Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","fingerprint":"7f3b1c86d1a40e22"}],"groupLabels":{"alertname":"InstanceDown"},"commonLabels":{"alertname":"InstanceDown","job":"node","severity":"critical"},"commonAnnotations":{},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}:{alertname=\"InstanceDown\"}","truncatedAlerts":0}]],
      expect = {
        grouping_id = '{}:{alertname="InstanceDown"}',
        state = "firing",
        groups = 1,
        alerts = 2,
        title = "InstanceDown: node",
        message = [[
**Status:** firing (1 firing, 1 resolved)
**Severity:** critical

- job: node

**Alerts**
- resolved, instance db-1.example.org:9100: Instance db-1.example.org:9100 is down
- firing, instance db-2.example.org:9100: Instance db-2.example.org:9100 is down
]],
      } },
    { "another group is another problem, named by what it is grouped by",
      payload = [[{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"HighErrorRate","cluster":"eu-1","service":"checkout","severity":"warning"},"annotations":{"summary":"7.2% of requests fail"},"startsAt":"2026-05-04T02:20:10Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=job%3Aerrors%3Arate5m+%3E+0.05\u0026g0.tab=1","fingerprint":"0c5e91b8a7d3f642"}],"groupLabels":{"alertname":"HighErrorRate","cluster":"eu-1","service":"checkout"},"commonLabels":{"alertname":"HighErrorRate","cluster":"eu-1","service":"checkout","severity":"warning"},"commonAnnotations":{"summary":"7.2% of requests fail"},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}/{severity=\"warning\"}:{alertname=\"HighErrorRate\", cluster=\"eu-1\", service=\"checkout\"}","truncatedAlerts":0}]],
      expect = {
        grouping_id = '{}/{severity="warning"}:{alertname="HighErrorRate", cluster="eu-1", service="checkout"}',
        state = "firing",
        groups = 2,
        title = "HighErrorRate: eu-1, checkout",
        labels = { severity = "warning" },
      } },
    { "resolved only when all its alerts are",
      payload = [[{"receiver":"tocsin","status":"resolved","alerts":[{"status":"resolved","labels":{"alertname":"InstanceDown","instance":"db-1.example.org:9100","job":"node","severity":"critical"},"annotations":{"summary":"Instance db-1.example.org:9100 is down"},"startsAt":"2026-05-04T02:11:42.317Z","endsAt":"2026-05-04T02:16:42.317Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","fingerprint":"1a30ba71cca2921f"},{"status":"resolved","labels":{"alertname":"InstanceDown","instance":"db-2.example.org:9100","job":"node","severity":"critical"},"annotations":{"summary":"Instance db-2.example.org:9100 is down"},"startsAt":"2026-05-04T02:14:42.317Z","endsAt":"2026-05-04T02:25:12.317Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","fingerprint":"7f3b1c86d1a40e22"}],"groupLabels":{"alertname":"InstanceDown"},"commonLabels":{"alertname":"InstanceDown","job":"node","severity":"critical"},"commonAnnotations":{},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}:{alertname=\"InstanceDown\"}","truncatedAlerts":0}]],
      expect = { title = "InstanceDown: node", grouping_id = '{}:{alertname="InstanceDown"}', state = "resolved", groups = 2, alerts = 3 } },
    { "the same problem again opens a new group",
      payload = [[{"receiver":"tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"InstanceDown","instance":"db-1.example.org:9100","job":"node","severity":"critical"},"annotations":{"summary":"Instance db-1.example.org:9100 is down"},"startsAt":"2026-05-04T03:01:42.317Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","fingerprint":"1a30ba71cca2921f"}],"groupLabels":{"alertname":"InstanceDown"},"commonLabels":{"alertname":"InstanceDown","instance":"db-1.example.org:9100","job":"node","severity":"critical"},"commonAnnotations":{"summary":"Instance db-1.example.org:9100 is down"},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}:{alertname=\"InstanceDown\"}","truncatedAlerts":0}]],
      expect = { grouping_id = '{}:{alertname="InstanceDown"}', title = "InstanceDown: db-1.example.org:9100", state = "firing", groups = 3, alerts = 1 } },
    { "one bare alert, as the older integration split them",
      payload = [[{"status":"firing","labels":{"alertname":"KubePodCrashLooping","namespace":"shop","pod":"cart-7d4b9","severity":"warning"},"annotations":{"message":"Pod shop/cart-7d4b9 restarts 3 times in 5 minutes."},"startsAt":"2026-05-04T03:10:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=restarts"}]],
      expect = {
        grouping_id = "{'alertname': 'KubePodCrashLooping', 'namespace': 'shop', 'pod': 'cart-7d4b9', 'severity': 'warning'}",
        state = "firing",
        title = "KubePodCrashLooping: cart-7d4b9",
        source_link = "http://prometheus.example.org:9090/graph?g0.expr=restarts",
      } },
    { "a body that is nothing like it still gets a title",
      payload = [[{"text":"hello from a template"}]],
      expect = { grouping_id = false, state = "firing", title = "Alert without a name", source_link = false } },
  },
}
