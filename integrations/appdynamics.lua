--- AppDynamics: an HTTP request template and a policy's action.
--- Wire format: the body in `connect`, with OnCall's fields; variables as in
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/app_dynamics/v3_test.rb (read 2026-11).
--- A violation opens and becomes worse as POLICY_OPEN_… and POLICY_UPGRADED, and is over as POLICY_CLOSE_…, …_ENDED or …_CANCELED.
return {
  name  = "AppDynamics",
  about = "Health rule violations of AppDynamics",
  connect = [[
1. In AppDynamics open **Alert & Respond › HTTP Request Templates** and create one named `Tocsin`: method **POST**, raw URL `{{ url }}`, no authentication.
2. MIME type **application/json**, and this payload:

```
{"event": {
  "eventType": "${latestEvent.eventType}", "id": "${latestEvent.id}", "guid": "${latestEvent.guid}",
  "eventTime": "${latestEvent.eventTime}", "displayName": "${latestEvent.displayName}",
  "summaryMessage": "${latestEvent.summaryMessage}", "eventMessage": "${latestEvent.eventMessage}",
  "application": {"name": "${latestEvent.application.name}"}, "tier": {"name": "${latestEvent.tier.name}"},
  "node": {"name": "${latestEvent.node.name}"},
  "severity": "${latestEvent.severity}", "deepLink": "${latestEvent.deepLink}"
}}
```

3. Tick **One request per event**. Press **Test** with a triggered event: it shows here at once. **Save**.
4. In **Policies** add the action **HTTP request › Tocsin** for health rule violations: started, upgraded, downgraded, ended and canceled.
]],

  grouping_id = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{%- if event.application -%}
{{ event.application.name }}/{{ (event.node or {}).name or (event.tier or {}).name or "" }}
{%- else %}{{ payload.incident_key or "" }}
{%- endif -%}
]],
  resolve_condition = [[
{%- set kind = ((payload.event if payload.event is mapping else {}).eventType or payload.event_type or "") | upper -%}
{{ kind.startswith("POLICY_CLOSE") or kind.startswith("POLICY_CANCELED") or kind.endswith("_ENDED") or kind.endswith("_CANCELED") or kind == "RESOLVE" }}]],
  source_link = "{{ (payload.event if payload.event is mapping else {}).deepLink or payload.client_url or '' }}",

  title = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{%- set where = (event.node or {}).name or (event.tier or {}).name -%}
{%- if payload is string %}{{ payload }}
{%- else -%}
{{ event.displayName or payload.description or "Event of AppDynamics" }}{% if event.application %}: {{ event.application.name }}{% if where %}, {{ where }}{% endif %}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set event = payload.event if payload.event is mapping else (payload.details if payload.details is mapping else {}) -%}
{%- if payload is mapping -%}
{{ event.summaryMessage or event.summary or event.eventMessage or "" }}
{% if event.eventMessage and event.eventMessage != event.summaryMessage and event.summaryMessage %}
{{ event.eventMessage | truncate(1500) }}
{% endif %}
{%- if event.severity %}
- Severity: {{ event.severity }}
{%- endif %}
{%- if event.eventTime %}
- At: {{ event.eventTime }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'ERROR': 'critical', 'CRITICAL': 'critical', 'WARN': 'warning', 'WARNING': 'warning', 'INFO': 'info'}"
      .. ".get(((payload.event if payload.event is mapping else {}).severity or '') | upper, '') }}",
    application = "{{ ((payload.event if payload.event is mapping else {}).application or {}).name or '' }}",
  },

  examples = {
    { "a violation starts",
      payload = [[{"event": {
  "eventType": "POLICY_OPEN_CRITICAL", "id": "1741", "guid": "8a1d3f60",
  "eventTime": "Wed Nov 04 02:11:42 UTC 2026", "displayName": "Health Rule Violation Started - Critical",
  "summaryMessage": "Business transaction health of checkout is critical", "eventMessage": "Average response time is 4,812 ms, above 2,000 ms.",
  "application": {"name": "Shop"}, "tier": {"name": "web"},
  "node": {"name": "web-1"},
  "severity": "ERROR", "deepLink": "https://example.saas.appdynamics.com/#location=APP_EVENT_VIEWER_MODAL&eventSummary=1741"
}}]],
      expect = {
        grouping_id = "Shop/web-1",
        state = "firing",
        groups = 1,
        title = "Health Rule Violation Started - Critical: Shop, web-1",
        message = [[
Business transaction health of checkout is critical

Average response time is 4,812 ms, above 2,000 ms.

- Severity: ERROR
- At: Wed Nov 04 02:11:42 UTC 2026]],
        source_link = "https://example.saas.appdynamics.com/#location=APP_EVENT_VIEWER_MODAL&eventSummary=1741",
        labels = { severity = "critical", application = "Shop" },
      } },
    { "it goes on",
      payload = [[{"event":{"eventType":"POLICY_CONTINUES_CRITICAL","id":"1742","displayName":"Health Rule Violation Continues - Critical","summaryMessage":"","application":{"name":"Shop"},"tier":{"name":"web"},"node":{"name":"web-1"},"severity":"ERROR","deepLink":""}}]],
      expect = { grouping_id = "Shop/web-1", state = "firing", title = "Health Rule Violation Continues - Critical: Shop, web-1", groups = 1, alerts = 2 } },
    { "a tier without a node is another problem",
      payload = [[{"event":{"eventType":"POLICY_OPEN_WARNING","id":"1743","displayName":"Health Rule Violation Started - Warning","summaryMessage":"Slow","application":{"name":"Shop"},"tier":{"name":"search"},"node":{"name":""},"severity":"WARN","deepLink":""}}]],
      expect = { grouping_id = "Shop/search", state = "firing", title = "Health Rule Violation Started - Warning: Shop, search", groups = 2,
                 labels = { severity = "warning" }, source_link = false } },
    { "it ends",
      payload = [[{"event":{"eventType":"POLICY_CLOSE_CRITICAL","id":"1744","displayName":"Health Rule Violation Ended - Critical","summaryMessage":"","application":{"name":"Shop"},"tier":{"name":"web"},"node":{"name":"web-1"},"severity":"INFO","deepLink":""}}]],
      expect = { grouping_id = "Shop/web-1", state = "resolved", title = "Health Rule Violation Ended - Critical: Shop, web-1", groups = 2, alerts = 3 } },
    { "the other is canceled",
      payload = [[{"event":{"eventType":"POLICY_CANCELED_WARNING","id":"1745","displayName":"Health Rule Violation Canceled - Warning","summaryMessage":"","application":{"name":"Shop"},"tier":{"name":"search"},"node":{"name":""},"severity":"INFO","deepLink":""}}]],
      expect = { grouping_id = "Shop/search", state = "resolved", title = "Health Rule Violation Canceled - Warning: Shop, search", groups = 2, alerts = 2 } },
  },
}
