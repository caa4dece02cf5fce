--- PagerDuty: events of version 2 and 1, and change events.
--- Wire format: https://developer.pagerduty.com/docs/send-alert-event (read 2026-09)
---
--- The door (lua/api/doors/pagerduty.lua) checks an event and gives it a key when it has none. A change is stored as what is over.
return {
  name  = "PagerDuty events",
  about = "Whatever sends to PagerDuty's Events API today and lets its URL be set",
  has_door = true, token_form = "hex",
  connect = [[
The integration's token, the last part of `{{ url }}`, is the *routing key* (version 1: service key). A key that senders know
already can be given when the integration is made.

1. In the sender set PagerDuty's URL to this server: `/v2/enqueue`, for version 1 `/generic/2010-04-15/create_event.json`.
   In Alertmanager: `pagerduty_url` under `global`, or `url` of the receiver. In Grafana: the contact point's URL.
2. Set the routing key to this integration's token.
3. Try it:

```
curl -d '{"event_action":"trigger","dedup_key":"try","payload":{"summary":"Try","source":"me","severity":"info"}}' {{ url }}
```
]],

  grouping_id = "{{ '' if payload.event_action == 'change' else payload.dedup_key or payload.incident_key or '' }}",
  resolve_condition = "{{ (payload.event_action or payload.event_type) in ('resolve', 'change') }}",
  acknowledge_condition = "{{ (payload.event_action or payload.event_type) == 'acknowledge' }}",
  source_link = "{{ payload.client_url or ((payload.links or [])[0] or {}).href or '' }}",
  title = [[
{%- set p = payload.payload or {} -%}
{{ "Change: " if payload.event_action == "change" }}{{ p.summary or payload.description or payload.dedup_key or payload.incident_key }}
]],
  message = [[
{%- set p = payload.payload or {} -%}
{%- set details = p.custom_details or payload.details -%}
{% for name in ("source", "component", "group", "class") if p[name] -%}
- {{ name }}: {{ p[name] }}
{% endfor -%}
{%- if details is mapping -%}
{% for name, value in details.items() -%}
- {{ name }}: {{ value if value is string or value is number else value | tojson }}
{% endfor -%}
{%- elif details %}
{{ details if details is string else details | tojson }}

{% endif -%}
{% for link in payload.links or [] if link.href -%}
- [{{ link.text or link.href }}]({{ link.href }})
{% endfor -%}
]],
  image_url = "{{ ((payload.images or [])[0] or {}).src or '' }}",

  labels = {
    severity = "{{ ((payload.payload or {}).severity or '') | lower }}",
  },

  examples = {
    { "a trigger opens a group",
      payload = [[{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","dedup_key":"web-1/cpu","payload":{"summary":"CPU of web-1 is at 98 %","timestamp":"2026-05-04T02:11:42.317Z","source":"web-1","severity":"critical","component":"cpu","group":"shop","class":"load","custom_details":{"load":"9.7","free":"2 %"}},"images":[{"src":"https://graphs.example.org/web-1.png","href":"https://graphs.example.org/"}],"links":[{"href":"https://runbooks.example.org/cpu","text":"Runbook"}],"client":"Monitor","client_url":"https://monitor.example.org/web-1"}]],
      expect = { grouping_id = "web-1/cpu", state = "firing", groups = 1, alerts = 1, title = "CPU of web-1 is at 98 %",
        message = "- source: web-1\n- component: cpu\n- group: shop\n- class: load\n- load: 9.7\n- free: 2 %\n- [Runbook](https://runbooks.example.org/cpu)\n",
        source_link = "https://monitor.example.org/web-1", image_url = "https://graphs.example.org/web-1.png",
        labels = { severity = "critical" } } },
    { "an acknowledge takes it on",
      payload = [[{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"acknowledge","dedup_key":"web-1/cpu"}]],
      expect = { grouping_id = "web-1/cpu", state = "acknowledged", groups = 1, alerts = 2, title = "web-1/cpu" } },
    { "a resolve ends it",
      payload = [[{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"resolve","dedup_key":"web-1/cpu"}]],
      expect = { grouping_id = "web-1/cpu", state = "resolved", groups = 1, alerts = 3, title = "web-1/cpu" } },
    { "version 1",
      payload = [[{"service_key":"0123456789abcdef0123456789abcdef","event_type":"trigger","incident_key":"srv01/HTTP","description":"FAILURE for production/HTTP on machine srv01.acme.example","client":"Sample Monitoring Service","client_url":"https://monitoring.example.org","details":{"ping time":"1500ms","load avg":0.75}}]],
      expect = { grouping_id = "srv01/HTTP", state = "firing", groups = 2,
        title = "FAILURE for production/HTTP on machine srv01.acme.example", message = "- ping time: 1500ms\n- load avg: 0.75\n",
        source_link = "https://monitoring.example.org" } },
    { "its end",
      payload = [[{"service_key":"0123456789abcdef0123456789abcdef","event_type":"resolve","incident_key":"srv01/HTTP","description":"up again"}]],
      expect = { grouping_id = "srv01/HTTP", state = "resolved", groups = 2, alerts = 2, title = "up again" } },
    { "a change calls nobody",
      payload = [[{"routing_key":"0123456789abcdef0123456789abcdef","payload":{"summary":"Deployed shop 4.2","timestamp":"2026-07-17T08:42:58.315+0000","source":"deploys","custom_details":{"build_state":"passed"}},"links":[{"href":"https://ci.example.org/4.2","text":"Build"}]}]],
      expect = { grouping_id = false, state = "resolved", groups = 3, title = "Change: Deployed shop 4.2",
        source_link = "https://ci.example.org/4.2" } },
    { "an acknowledge of nothing stores nothing",
      payload = [[{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"acknowledge","dedup_key":"unknown"}]],
      expect = { stored = 0, groups = 3 } },
  },
}
