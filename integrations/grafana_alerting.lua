--- Grafana Alerting (unified alerting, Grafana 8.3 and later): a webhook or OnCall contact point.
--- Wire format: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
--- (read 2026-05): Alertmanager's body with version "1" and orgId, title, state, message, links and values added.
return {
  base  = "alertmanager",
  name  = "Grafana Alerting",
  about = "Alert rules of Grafana 8.3 and later, self-hosted or Cloud",
  connect = [[
1. In Grafana open **Alerting › Contact points** and choose **Add contact point**.
2. Name it `Tocsin`, choose the integration **Webhook** and paste the URL:

   `{{ url }}`

3. Leave **Disable resolved message** off. Press **Test**: a test alert shows here at once.
4. Save, then open **Alerting › Notification policies** and set `Tocsin` as the contact point of the default policy (or of one of your own).
5. Each notification group becomes one alert group here. Without **Group by** labels in the policy, Grafana puts all alerts into one group; `grafana_folder`, `alertname` is a good start.
]],

  -- The alert's own page, panel first: that is where the graph is.
  source_link = "{% if payload.alerts %}{{ payload.alerts[0].panelURL or payload.alerts[0].dashboardURL or payload.alerts[0].generatorURL"
    .. " or payload.externalURL }}{% else %}{{ payload.externalURL }}{% endif %}",

  -- DatasourceNoData and DatasourceError are Grafana's names for a rule that could not be evaluated.
  title = [[
{%- set common = payload.commonLabels or payload.labels or {} -%}
{%- set group = payload.groupLabels if payload.groupLabels is mapping else {} -%}
{%- set name = common.alertname or group.alertname -%}
{%- if name == "DatasourceNoData" %}No data: {{ common.rulename or name }}
{%- elif name == "DatasourceError" %}Query failed: {{ common.rulename or name }}
{%- elif payload is string %}{{ payload }}
{%- elif not name %}{{ payload.title or "Alert" }}
{%- else %}{{ name }}
{%- for key, value in group.items() if key not in ("alertname", "grafana_folder") %}{{ ": " if loop.first else ", " }}{{ value }}
{%- else -%}
{%- set where = common.instance or common.pod or common.node or common.host or common.service or common.job -%}
{%- if where %}: {{ where }}
{%- elif (payload.alerts or []) | length > 1 %} ({{ payload.alerts | length }} alerts)
{%- endif -%}
{%- endfor -%}
{%- endif -%}
]],

  message = [[
{%- set common = payload.commonLabels or payload.labels or {} -%}
{%- set notes = payload.commonAnnotations or payload.annotations or {} -%}
{%- set alerts = payload.alerts if payload.alerts and payload.alerts is sequence and payload.alerts is not mapping else [] -%}
{%- if notes.summary %}{{ notes.summary }}
{% endif -%}
{%- if notes.description %}{{ notes.description }}
{% endif -%}
**Status:** {{ payload.status or "firing" }}
{%- if alerts | length > 1 %} ({{ payload.numFiring }} firing, {{ payload.numResolved }} resolved){% endif %}
{%- if common.severity %}
**Severity:** {{ common.severity }}
{%- endif %}
{%- if notes.runbook_url %}
[Runbook]({{ notes.runbook_url }})
{%- endif %}

{% for alert in alerts[:10] if alert is mapping -%}
- {{ alert.status }}
{%- for name, value in (alert.labels or {}).items() if name not in ("alertname", "grafana_folder", "severity") %}, {{ name }} {{ value }}{% endfor %}
{%- if not notes.summary and alert.annotations and alert.annotations.summary %}: {{ alert.annotations.summary }}{% endif %}
{%- set values = alert.get("values") -%}
{%- if values is mapping %} ({% for name, value in values.items() %}{{ ", " if not loop.first }}{{ name }} = {{ value }}{% endfor %}){% endif %}
{%- if alert.silenceURL %} [silence]({{ alert.silenceURL }}){% endif %}
{% endfor -%}
{%- if alerts | length > 10 %}- and {{ alerts | length - 10 }} more
{% endif -%}
]],

  image_url = "{% for alert in payload.alerts or [] if alert.imageURL %}{{ alert.imageURL if loop.first }}{% endfor %}",

  labels = {
    severity     = "{{ (payload.commonLabels or payload.labels or {}).severity }}",
    service_name = "{{ (payload.commonLabels or payload.labels or {}).service_name }}",
  },

  verify = { algorithm = "hmac-sha256", header = "x-grafana-alerting-signature",
    secret = "the secret of HMAC signature in the contact point, whose timestamp header stays empty" },

  examples = {
    { "two rules of one team fire",
      payload = [[{"receiver":"Tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"HighMemory","grafana_folder":"Shop","instance":"cart-1","service_name":"cart","severity":"critical"},"annotations":{"runbook_url":"https://runbooks.example.org/memory","summary":"Memory above 90% for 5 minutes"},"startsAt":"2026-05-04T09:51:03.157+02:00","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://grafana.example.org/alerting/grafana/1afz29v7z/view?orgId=1","fingerprint":"c6eadffa33fcdf37","silenceURL":"https://grafana.example.org/alerting/silence/new?alertmanager=grafana\u0026matcher=alertname%3DHighMemory\u0026orgId=1","dashboardURL":"https://grafana.example.org/d/a1b2c3?orgId=1","panelURL":"https://grafana.example.org/d/a1b2c3?orgId=1\u0026viewPanel=4","values":{"B":94.25,"C":1},"valueString":"[ var='B' labels={instance=cart-1} value=94.25 ]","orgId":1}],"groupLabels":{"alertname":"HighMemory","grafana_folder":"Shop"},"commonLabels":{"alertname":"HighMemory","grafana_folder":"Shop","instance":"cart-1","service_name":"cart","severity":"critical"},"commonAnnotations":{"runbook_url":"https://runbooks.example.org/memory","summary":"Memory above 90% for 5 minutes"},"externalURL":"https://grafana.example.org/","appVersion":"12.0.0","version":"1","groupKey":"{}/{team=\"shop\"}:{alertname=\"HighMemory\", grafana_folder=\"Shop\"}","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1] HighMemory Shop (cart-1 cart critical)","state":"alerting","message":"**Firing**\n\nValue: B=94.25, C=1\nLabels:\n - alertname = HighMemory\n"}]],
      expect = {
        grouping_id = '{}/{team="shop"}:{alertname="HighMemory", grafana_folder="Shop"}',
        state = "firing",
        groups = 1,
        title = "HighMemory: cart-1",
        message = [[
Memory above 90% for 5 minutes
**Status:** firing
**Severity:** critical
[Runbook](https://runbooks.example.org/memory)

- firing, instance cart-1, service_name cart (B = 94.25, C = 1) [silence](https://grafana.example.org/alerting/silence/new?alertmanager=grafana&matcher=alertname%3DHighMemory&orgId=1)
]],
        source_link = "https://grafana.example.org/d/a1b2c3?orgId=1&viewPanel=4",
        labels = { severity = "critical", service_name = "cart" },
      } },
    { "a query without data is named after its rule, and values may be null",
      payload = [[{"receiver":"Tocsin","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"DatasourceNoData","datasource_uid":"P8E80F9AEF21F6940","grafana_folder":"Shop","ref_id":"A","rulename":"Orders per minute"},"annotations":{},"startsAt":"2026-05-04T10:02:30Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://grafana.example.org/alerting/grafana/d1rdpdv7k/view?orgId=1","fingerprint":"5e1a0f8b3c27d964","silenceURL":"https://grafana.example.org/alerting/silence/new?alertmanager=grafana\u0026orgId=1","dashboardURL":"","panelURL":"","values":null,"valueString":"","orgId":1}],"groupLabels":{"alertname":"DatasourceNoData","grafana_folder":"Shop"},"commonLabels":{"alertname":"DatasourceNoData","datasource_uid":"P8E80F9AEF21F6940","grafana_folder":"Shop","ref_id":"A","rulename":"Orders per minute"},"commonAnnotations":{},"externalURL":"https://grafana.example.org/","version":"1","groupKey":"{}/{team=\"shop\"}:{alertname=\"DatasourceNoData\", grafana_folder=\"Shop\"}","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1] DatasourceNoData Shop (P8E80F9AEF21F6940 A Orders per minute)","state":"alerting","message":"**Firing**\n"}]],
      expect = {
        grouping_id = '{}/{team="shop"}:{alertname="DatasourceNoData", grafana_folder="Shop"}',
        state = "firing",
        groups = 2,
        title = "No data: Orders per minute",
        source_link = "https://grafana.example.org/alerting/grafana/d1rdpdv7k/view?orgId=1",
      } },
    { "resolved",
      payload = [[{"receiver":"Tocsin","status":"resolved","alerts":[{"status":"resolved","labels":{"alertname":"HighMemory","grafana_folder":"Shop","instance":"cart-1","service_name":"cart","severity":"critical"},"annotations":{"summary":"Memory above 90% for 5 minutes"},"startsAt":"2026-05-04T09:51:03.157+02:00","endsAt":"2026-05-04T10:11:03.157+02:00","generatorURL":"https://grafana.example.org/alerting/grafana/1afz29v7z/view?orgId=1","fingerprint":"c6eadffa33fcdf37","silenceURL":"","dashboardURL":"","panelURL":"","values":{"B":41.5,"C":0},"orgId":1}],"groupLabels":{"alertname":"HighMemory","grafana_folder":"Shop"},"commonLabels":{"alertname":"HighMemory","grafana_folder":"Shop","instance":"cart-1","service_name":"cart","severity":"critical"},"commonAnnotations":{"summary":"Memory above 90% for 5 minutes"},"externalURL":"https://grafana.example.org/","version":"1","groupKey":"{}/{team=\"shop\"}:{alertname=\"HighMemory\", grafana_folder=\"Shop\"}","truncatedAlerts":0,"orgId":1,"title":"[RESOLVED] HighMemory Shop (cart-1 cart critical)","state":"ok","message":"**Resolved**\n","numFiring":0,"numResolved":1}]],
      expect = { grouping_id = '{}/{team="shop"}:{alertname="HighMemory", grafana_folder="Shop"}', title = "HighMemory: cart-1", state = "resolved", groups = 2, alerts = 2 } },
    { "the contact point's Test button",
      payload = [[{"receiver":"test","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"TestAlert","instance":"Grafana"},"annotations":{"summary":"Notification test"},"startsAt":"2026-05-04T08:12:00.120Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"57c6d9296de2ad39","silenceURL":"https://grafana.example.org/alerting/silence/new?alertmanager=grafana\u0026matcher=alertname%3DTestAlert","dashboardURL":"","panelURL":"","values":null,"valueString":"[ metric='foo' labels={instance=bar} value=10 ]"}],"groupLabels":{"alertname":"TestAlert","instance":"Grafana"},"commonLabels":{"alertname":"TestAlert","instance":"Grafana"},"commonAnnotations":{"summary":"Notification test"},"externalURL":"https://grafana.example.org/","version":"1","groupKey":"test-57c6d9296de2ad39-1777882320","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1] TestAlert Grafana ","state":"alerting","message":"**Firing**\n"}]],
      expect = { grouping_id = "test-57c6d9296de2ad39-1777882320", state = "firing", groups = 3, title = "TestAlert: Grafana", source_link = "https://grafana.example.org/" } },
  },
}
