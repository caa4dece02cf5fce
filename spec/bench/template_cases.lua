--- The templates that `make bench` measures, with a payload each, and how ours renders them: as a channel's text is.
---
--- Loaded by template_bench.c into a Lua state of the server under the name "integrations.template_cases".
local alertmanager <const> = require("integrations.alertmanager")
local grafana_alerting <const> = require("integrations.grafana_alerting")
local json <const> = require("tocsin.json")
local template <const> = require("template")

local cases <const> = {}

--- What Alertmanager, and Grafana after it, sends for a group of three alerts.
local GROUP <const> = [[{"receiver":"tocsin","status":"firing","alerts":[
{"status":"firing","labels":{"alertname":"HighErrorRate","cluster":"eu-1","container":"cart","instance":"10.4.7.21:8080","namespace":"shop","pod":"cart-7d4b9c6f8-x2kqz","service":"cart","severity":"critical"},"annotations":{"description":"7.2% of the requests to cart on cart-7d4b9c6f8-x2kqz failed in the last 5 minutes.","runbook_url":"https://runbooks.example.org/HighErrorRate","summary":"More than 5% of requests fail"},"startsAt":"2026-05-04T02:11:42.317Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=job%3Aerrors%3Arate5m+%3E+0.05\u0026g0.tab=1","fingerprint":"1a30ba71cca2921f","silenceURL":"https://grafana.example.org/alerting/silence/new?alertmanager=grafana\u0026matcher=alertname%3DHighErrorRate","dashboardURL":"https://grafana.example.org/d/a1b2c3","panelURL":"https://grafana.example.org/d/a1b2c3?viewPanel=4","values":{"B":0.072,"C":1}},
{"status":"firing","labels":{"alertname":"HighErrorRate","cluster":"eu-1","container":"checkout","instance":"10.4.7.33:8080","namespace":"shop","pod":"checkout-5c8f7d9b4-m8n4t","service":"checkout","severity":"critical"},"annotations":{"description":"11.8% of the requests to checkout on checkout-5c8f7d9b4-m8n4t failed in the last 5 minutes.","runbook_url":"https://runbooks.example.org/HighErrorRate","summary":"More than 5% of requests fail"},"startsAt":"2026-05-04T02:12:12.317Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=job%3Aerrors%3Arate5m+%3E+0.05\u0026g0.tab=1","fingerprint":"7f3b1c86d1a40e22","silenceURL":"https://grafana.example.org/alerting/silence/new?alertmanager=grafana\u0026matcher=alertname%3DHighErrorRate","dashboardURL":"https://grafana.example.org/d/a1b2c3","panelURL":"https://grafana.example.org/d/a1b2c3?viewPanel=4","values":{"B":0.118,"C":1}},
{"status":"resolved","labels":{"alertname":"HighErrorRate","cluster":"eu-1","container":"search","instance":"10.4.9.12:8080","namespace":"shop","pod":"search-6b5d8c7f5-q7w2e","service":"search","severity":"warning"},"annotations":{"description":"5.1% of the requests to search on search-6b5d8c7f5-q7w2e failed in the last 5 minutes.","runbook_url":"https://runbooks.example.org/HighErrorRate","summary":"More than 5% of requests fail"},"startsAt":"2026-05-04T01:58:42.317Z","endsAt":"2026-05-04T02:10:12.317Z","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=job%3Aerrors%3Arate5m+%3E+0.05\u0026g0.tab=1","fingerprint":"0c5e91b8a7d3f642","silenceURL":"","dashboardURL":"","panelURL":"","values":{"B":0.031,"C":0}}],
"groupLabels":{"alertname":"HighErrorRate","cluster":"eu-1"},"commonLabels":{"alertname":"HighErrorRate","cluster":"eu-1","namespace":"shop"},"commonAnnotations":{"runbook_url":"https://runbooks.example.org/HighErrorRate","summary":"More than 5% of requests fail"},"externalURL":"http://alertmanager.example.org:9093","version":"4","groupKey":"{}/{namespace=\"shop\"}:{alertname=\"HighErrorRate\", cluster=\"eu-1\"}","truncatedAlerts":0,"numFiring":2,"numResolved":1,"orgId":1,"title":"[FIRING:2] HighErrorRate eu-1 (shop)","state":"alerting","message":"**Firing**\n"}]]

local list <const> = {
  { name = "Alertmanager's web message", template = alertmanager.message, payload = GROUP },
  { name = "Grafana Alerting's web message", template = grafana_alerting.message, payload = GROUP },
}

local function add(name, payload, source)
  list[#list + 1] = { name = name, template = source, payload = payload }
end

-- As people customised OnCall's: a copy of the annotations, from which each is taken that has a place of its own.
add("pasted: annotations taken one by one", GROUP, [=[
{%- set annotations = payload.commonAnnotations.copy() -%}
{%- set severity = payload.commonLabels.severity | default("unknown", true) -%}
**Severity:** {{ severity | upper }} {{ ":fire:" if severity == "critical" else ":warning:" }}
**Status:** {{ payload.status }} ({{ payload.numFiring }} firing, {{ payload.numResolved }} resolved)
{%- if "summary" in annotations %}
**Summary:** {{ annotations.pop("summary") | trim }}
{%- endif %}
{%- if "description" in annotations %}
**Description:** {{ annotations.pop("description") | trim }}
{%- endif %}
{%- if "runbook_url" in annotations %}
:green_book: [Runbook]({{ annotations.pop("runbook_url") }})
{%- endif %}
{%- if payload.externalURL %}
:bell: [Alertmanager]({{ payload.externalURL }}/#/alerts?receiver={{ payload.receiver | urlencode }})
{%- endif %}

Group labels:
{%- for k, v in payload.groupLabels.items() | sort %}
- {{ k }}: {{ v }}
{%- endfor %}
{% if payload.commonLabels %}
Common labels:
{%- for k, v in payload.commonLabels | dictsort if k not in payload.groupLabels %}
- {{ k }}: {{ v }}
{%- endfor %}
{% endif %}
{%- for k, v in annotations.items() %}
- {{ k | replace("_", " ") | title }}: {{ v }}
{%- endfor %}
{%- for alert in payload.alerts %}
{%- set labels = alert.labels.copy() %}
{%- for k in payload.commonLabels %}{% set _ = labels.pop(k, none) %}{% endfor %}
{{ loop.index }}. {{ alert.status | upper }} since {{ alert.startsAt[:19] | replace("T", " ") }}: {% for k, v in labels.items() %}{{ k }}={{ v }}{{ ", " if not loop.last }}{% endfor %}
   [Source]({{ alert.generatorURL }})
{%- endfor %}
]=])

-- Text filters, regular expressions, times: what a monitoring system's raw event needs.
add("pasted: an event in words", [[{"id":"7512837401233","event_type":"query_alert_monitor","title":"[Triggered] [prod] Disk usage is high on host:db-1.example.org","text":"%%%\nDisk usage of **/var/lib/postgresql** is above 90 %.\n\nRunbook: https://runbooks.example.org/disk\n@oncall-dba @slack-alerts\n%%%","date":1777860702000,"last_updated":"2026-05-04T02:11:42Z","priority":"P2","alert_transition":"Triggered","alert_metric":"system.disk.in_use","alert_query":"avg(last_5m):avg:system.disk.in_use{env:prod} by {host,device} > 0.9","org":{"id":"1200055","name":"Example"},"tags":"device:/dev/nvme1n1,env:prod,host:db-1.example.org,role:postgres,team:dba","value":0.9312,"threshold":0.9,"link":"https://app.example.org/monitors/8812731?to_ts=1777860702000&from_ts=1777859802000","snapshot":"https://p.example.org/snapshot/view/7c1f/2026-05-04/a8d1.png","user":{"name":"","email":null},"metrics":[{"name":"in_use","points":[0.88,0.9,0.93]},{"name":"free_gb","points":[61.5,52,38.25]}]}]], [=[
{%- set title = payload.title | regex_replace("^\\[(Triggered|Recovered|Re-Triggered|Warn)[^\\]]*\\] *", "") -%}
{%- set env = "prod" if "env:prod" in payload.tags else "other" -%}
*{{ payload.alert_transition | upper }}* {{ title | truncate(80) }} ({{ payload.priority | default("P5") }}, {{ env }})
{% if payload.text %}
{{ payload.text | replace("%%%", "") | trim | regex_replace("@[a-z0-9-]+ ?", "") }}
{% endif -%}
{%- set tags = payload.tags.split(",") -%}
{% for tag in tags if ":" in tag -%}
{%- set parts = tag.split(":", 1) -%}
{% if loop.first %}| tag | value |
|---|---|
{% endif %}| {{ parts[0] }} | {{ parts[1] | escape }} |
{% endfor %}
Value {{ "%.1f" | format(payload.value * 100) }} % (threshold {{ (payload.threshold * 100) | round(1) }} %)
{%- for m in payload.metrics %}, {{ m.name }} {{ m.points | first }} to {{ m.points | last }} (mean {{ (m.points | sum / m.points | length) | round(3) }}){% endfor %}.
Last updated {{ (payload.last_updated | iso8601_to_time) | datetimeformat("%d.%m.%Y %H:%M") }} UTC, query `{{ payload.alert_query }}`
{% if payload.user and payload.user.name %}Muted by {{ payload.user.name }}{% else %}Nobody muted it{% endif %}
{% if payload.link %}[Monitor]({{ payload.link }}){% endif %}{% if payload.snapshot is defined and payload.snapshot.endswith(".png") %} [Graph]({{ payload.snapshot }}){% endif %}
]=])

-- Macros, a namespace, grouped and sorted lists: the largest that people write.
add("pasted: a digest with macros", GROUP, [=[
{%- macro link(text, url) -%}{% if url %}[{{ text }}]({{ url }}){% else %}{{ text }}{% endif %}{%- endmacro -%}
{%- macro field(name, value, unit="") -%}
{% if value is not none and value != "" %}
- *{{ name }}:* {{ value }}{{ unit }}{% endif %}
{%- endmacro -%}
{%- macro workload(labels) -%}
{{ labels.namespace or "default" }}/{{ labels.service or labels.job or "?" }}
{%- if labels.pod %} (pod `{{ labels.pod }}`{% if labels.container %}, container `{{ labels.container }}`{% endif %}){% endif %}
{%- endmacro -%}
{%- set ns = namespace(firing=0, worst="info", services=[]) -%}
{%- set order = {"critical": 3, "error": 2, "warning": 1, "info": 0} -%}
{%- for alert in payload.alerts -%}
  {%- if alert.status == "firing" -%}{%- set ns.firing = ns.firing + 1 -%}{%- endif -%}
  {%- set severity = alert.labels.get("severity", "info") -%}
  {%- if order.get(severity, 0) > order[ns.worst] -%}{%- set ns.worst = severity -%}{%- endif -%}
  {%- if alert.labels.service not in ns.services -%}{%- set ns.services = ns.services + [alert.labels.service] -%}{%- endif -%}
{%- endfor -%}
# {{ payload.groupLabels.alertname or payload.commonLabels.alertname }}: {{ ns.firing }} of {{ payload.alerts | length }} firing, worst {{ ns.worst }}
{% if ns.firing == 0 %}All is well again.{% elif ns.firing == 1 %}One alert is left.{% else %}{{ ns.firing }} alerts need a look: {{ ns.services | sort | join(", ") }}.{% endif %}
{{- field("Cluster", payload.commonLabels.cluster) }}
{{- field("Summary", payload.commonAnnotations.summary) }}
{{- field("Region", payload.commonLabels.region) }}
{{- field("Cut off", payload.truncatedAlerts, " alerts") }}
{% for severity, alerts in payload.alerts | groupby("labels.severity") %}
## {{ severity | capitalize }} ({{ alerts | length }})
{% for alert in alerts | sort(attribute="startsAt") -%}
{{ loop.index }}. {{ workload(alert.labels) }}
   {{ alert.annotations.description | default(alert.annotations.summary, true) | wordwrap(100) | indent(3) }}
   {% for name, value in alert["values"].items() -%}
   {{ name }} = {{ value }}{% if not loop.last %}, {% endif %}
   {%- endfor %}
   {{ link("Dashboard", alert.dashboardURL) }} · {{ link("Panel", alert.panelURL) }} · {{ link("Silence", alert.silenceURL) }} · {{ link("Source", alert.generatorURL) }}
{% endfor -%}
{% endfor %}
{%- set open = payload.alerts | selectattr("status", "equalto", "firing") | map(attribute="labels.instance") | list %}
{%- if open %}Still open: {{ open | join("; ") }}{% endif %}
{%- if payload.commonAnnotations.runbook_url %}
{{ link("Runbook", payload.commonAnnotations.runbook_url) }}
{%- endif %}
]=])

-- The contexts and templates of the cases, ready.
local compiled <const>, context <const> = {}, {}

--- All cases as JSON: name, template, payload text.
function cases.all()
  local out <const> = {}
  for i, case in ipairs(list) do
    compiled[i] = template.compile(case.template)
    out[i] = { name = case.name, template = case.template, payload = case.payload }
  end
  return json.encode(json.array(out))
end

--- Compiles a case's template, as when it is first needed.
function cases.compile(i)
  template.compile(list[i].template)
end

--- The same with its Lua function, as when C gives up at the first rendering.
function cases.finish(i)
  template.compile(list[i].template).run:finish()
end

--- One rendering.
function cases.render(i, payload)
  context.payload = payload
  return (template.render(compiled[i], context))
end

return cases
