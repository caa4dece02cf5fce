--- Splunk Observability Cloud (once SignalFx): detectors, by a webhook integration.
--- Wire format: https://docs.splunk.com/observability/en/admin/notif-services/webhook.html, as read by
--- keephq/keep keep/providers/signalfx_provider/signalfx_provider.py (read 2026-11). statusExtended is anomalous, ok, manually resolved or stopped.
return {
  name  = "Splunk Observability (SignalFx)",
  about = "Detectors of Splunk Observability Cloud",
  connect = [[
1. In Splunk Observability Cloud open **Data Management › Available integrations**, choose **Webhook** and **New integration**. Name `Tocsin`, URL `{{ url }}`.
2. Set a **shared secret** there and the same as `signing_secret` here: then only Splunk can send. **Save**.
3. In your detectors open each alert rule, **Alert recipients › Add recipient › Webhook**, and choose `Tocsin`.
4. Activate the rule. The end of an alert is sent without being asked for.
]],

  grouping_id = "{{ payload.incidentId or '' }}",
  resolve_condition = "{{ (payload.statusExtended or payload.status or '') | lower in ('ok', 'manually resolved', 'stopped') }}",
  source_link = "{{ (payload.detectorUrl or '') | replace(' ', '%20') }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else -%}
{%- set dimensions = payload.dimensions if payload.dimensions is mapping else {} -%}
{%- set where = dimensions.host or dimensions["host.name"] or dimensions.service or dimensions["service.name"] or dimensions.container_name -%}
{{ payload.detector or payload.rule or payload.messageTitle or "Detector" }}{% if where %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.description or payload.messageBody or payload.messageTitle or "" }}
{% if payload.tip %}
> {{ payload.tip }}
{% endif %}
- Rule: {{ payload.rule }}
{%- if payload.originatingMetric %}
- Metric: {{ payload.originatingMetric }}
{%- endif %}
{%- if payload.detectOnCondition %}
- Condition: `{{ payload.detectOnCondition }}`
{%- endif %}
{%- for name, value in (payload.dimensions if payload.dimensions is mapping else {}).items() %}
- {{ name }}: {{ value }}
{%- endfor %}
{%- if payload.runbookUrl %}
- [Runbook]({{ payload.runbookUrl }})
{%- endif -%}
{%- endif -%}
]],
  image_url = "{{ payload.imageUrl or '' }}",

  labels = {
    severity = "{{ {'critical': 'critical', 'major': 'error', 'minor': 'warning', 'warning': 'warning', 'info': 'info'}.get((payload.severity or '') | lower, '') }}",
  },

  verify = { algorithm = "hmac-sha256", header = "x-sfx-signature", encoding = "base64", secret = "the shared secret of the webhook integration" },

  examples = {
    { "a detector fires",
      payload = [[{"severity":"Critical","originatingMetric":"cpu.utilization","detectOnCondition":"when(A > threshold(90), lasting='5m')","messageBody":"Rule \"High CPU\" in detector \"CPU of web servers\" triggered at Wed, 4 Nov 2026 02:11:42 GMT.","inputs":{"A":{"value":"97.3","fragment":"data('cpu.utilization')","data":"data('cpu.utilization').publish(label='A')","key":{"host":"web-1"}}},"rule":"High CPU","description":"The value of cpu.utilization is above 90.","messageTitle":"Critical Alert: High CPU (CPU of web servers)","sf_schema":2,"eventType":"EGf9dzlAYAA_EGfvEhjAIAA_High_CPU","runbookUrl":"https://runbooks.example.org/cpu","triggeredWhileMuted":false,"dimensions":{"host":"web-1","env":"prod"},"detectorId":"EGfvEhjAIAA","imageUrl":"https://org.signalfx.com/preview.png","tip":"Look at the queue workers.","statusExtended":"anomalous","incidentId":"EGhBmyzAYAA","detector":"CPU of web servers","detectorUrl":"https://app.eu0.signalfx.com/#/detector/v2/EGfvEhjAIAA/edit?incidentId=EGhBmyzAYAA&is=anomalous","status":"anomalous","timestamp":"2026-11-04T02:11:42Z"}]],
      expect = {
        grouping_id = "EGhBmyzAYAA",
        state = "firing",
        groups = 1,
        title = "CPU of web servers: web-1",
        message = [[
The value of cpu.utilization is above 90.

> Look at the queue workers.

- Rule: High CPU
- Metric: cpu.utilization
- Condition: `when(A > threshold(90), lasting='5m')`
- host: web-1
- env: prod
- [Runbook](https://runbooks.example.org/cpu)]],
        image_url = "https://org.signalfx.com/preview.png",
        source_link = "https://app.eu0.signalfx.com/#/detector/v2/EGfvEhjAIAA/edit?incidentId=EGhBmyzAYAA&is=anomalous",
        labels = { severity = "critical" },
      } },
    { "a reminder joins it",
      payload = [[{"severity":"Critical","rule":"High CPU","description":"","messageTitle":"","dimensions":{"host":"web-1"},"detectorId":"EGfvEhjAIAA","statusExtended":"anomalous","incidentId":"EGhBmyzAYAA","detector":"CPU of web servers","detectorUrl":"","status":"anomalous","timestamp":"2026-11-04T03:11:42Z"}]],
      expect = { grouping_id = "EGhBmyzAYAA", state = "firing", title = "CPU of web servers: web-1", groups = 1, alerts = 2 } },
    { "another host of the same rule is another incident",
      payload = [[{"severity":"Minor","rule":"High CPU","description":"","messageTitle":"","dimensions":{"host":"web-2"},"detectorId":"EGfvEhjAIAA","statusExtended":"anomalous","incidentId":"EGhCzzzAYAA","detector":"CPU of web servers","detectorUrl":"","status":"anomalous","timestamp":"2026-11-04T03:11:42Z"}]],
      expect = { grouping_id = "EGhCzzzAYAA", state = "firing", title = "CPU of web servers: web-2", groups = 2, labels = { severity = "warning" }, source_link = false } },
    { "ok resolves it",
      payload = [[{"severity":"Critical","rule":"High CPU","description":"","messageTitle":"","dimensions":{"host":"web-1"},"detectorId":"EGfvEhjAIAA","statusExtended":"ok","incidentId":"EGhBmyzAYAA","detector":"CPU of web servers","detectorUrl":"","status":"ok","timestamp":"2026-11-04T03:21:42Z"}]],
      expect = { grouping_id = "EGhBmyzAYAA", state = "resolved", title = "CPU of web servers: web-1", groups = 2, alerts = 3 } },
    { "resolved by hand there, with a blank in the address",
      payload = [[{"severity":"Minor","rule":"High CPU","description":"","messageTitle":"","dimensions":{"host":"web-2"},"detectorId":"EGfvEhjAIAA","statusExtended":"manually resolved","incidentId":"EGhCzzzAYAA","detector":"CPU of web servers","detectorUrl":"https://app.eu0.signalfx.com/#/detector/v2/EGfvEhjAIAA/edit?incidentId=EGhCzzzAYAA&is=manually resolved","status":"manually resolved","timestamp":"2026-11-04T03:21:42Z"}]],
      expect = { grouping_id = "EGhCzzzAYAA", state = "resolved", title = "CPU of web servers: web-2", groups = 2, alerts = 2,
                 source_link = "https://app.eu0.signalfx.com/#/detector/v2/EGfvEhjAIAA/edit?incidentId=EGhCzzzAYAA&is=manually%20resolved" } },
  },
}
