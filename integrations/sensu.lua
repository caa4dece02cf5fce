--- Sensu Go: a pipe handler that posts the event; events of Sensu Core 1 (Sensu Classic) are read too.
--- Wire format: https://docs.sensu.io/sensu-go/latest/observability-pipeline/observe-events/events/ (read 2026-11): entity and check, each
--- with its metadata. check.status is 0 ok, 1 warning, 2 critical, else unknown. Classic has client, check and action.
return {
  name  = "Sensu",
  about = "Events of Sensu Go (and of Sensu Classic), by a handler",
  connect = [[
1. Write this into `tocsin.yml` and run `sensuctl create -f tocsin.yml`:

```
type: Handler
api_version: core/v2
metadata:
  name: tocsin
spec:
  type: pipe
  command: "curl -fsS -m 20 -H 'Content-Type: application/json' --data-binary @- {{ url }}"
  timeout: 30
  filters:
    - is_incident
    - not_silenced
```

2. Add the handler to your checks: `sensuctl check set-handlers CHECK tocsin` (or put it into the handler set that they use). `curl` must be there on the backend.
3. For hosts that vanish add it to the keepalive handler: a handler set named `keepalive` with `tocsin` among its handlers.
4. Try it: `sensuctl event resolve ENTITY CHECK` after a failing check; or let a check run `exit 2` once.
]],

  grouping_id = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- set entity = payload.entity if payload.entity is mapping else (payload.client if payload.client is mapping else {}) -%}
{%- set name = (check.metadata or {}).name or check.name -%}
{%- if name -%}
{{ (check.metadata or {}).namespace or (payload.metadata or {}).namespace or "default" }}/{{ (entity.metadata or {}).name or entity.name }}/{{ name }}
{%- endif -%}
]],
  resolve_condition = "{{ (payload.check if payload.check is mapping else {}).status | string == '0' or payload.action == 'resolve' }}",

  title = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- set entity = payload.entity if payload.entity is mapping else (payload.client if payload.client is mapping else {}) -%}
{%- set name = (check.metadata or {}).name or check.name -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ "No sign of life" if name == "keepalive" else name or "Event of Sensu" }}
{%- if (entity.metadata or {}).name or entity.name %}: {{ (entity.metadata or {}).name or entity.name }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set check = payload.check if payload.check is mapping else {} -%}
{%- set entity = payload.entity if payload.entity is mapping else {} -%}
{%- if payload is mapping -%}
{{ (check.output or "") | string | trim | truncate(1500) }}
{% if check.occurrences and check.occurrences != 1 %}
- Seen {{ check.occurrences }} times
{%- endif %}
{%- if entity.system and entity.system.hostname %}
- Host: {{ entity.system.hostname }}
{%- elif payload.client is mapping and payload.client.address %}
- Address: {{ payload.client.address }}
{%- endif %}
{%- for name, value in ((check.metadata or {}).annotations or {}).items() if value is string %}
- {{ name }}: {{ value }}
{%- endfor -%}
{%- endif -%}
]],

  labels = {
    severity  = "{{ {'1': 'warning', '2': 'critical'}.get((payload.check or {}).status | string, 'error' if (payload.check or {}).status else '') if payload.check is mapping else '' }}",
    namespace = "{{ ((payload.check if payload.check is mapping else {}).metadata or {}).namespace or '' }}",
  },

  -- Metrics without a check are no alert.
  split = function(payload)
    if payload.metrics and not payload.check then return {} end
    return nil
  end,

  examples = {
    { "a check is critical",
      payload = [[{"check":{"command":"check-cpu.sh -w 75 -c 90","duration":1.07,"executed":1793757102,"handlers":["tocsin"],"high_flap_threshold":0,"history":[{"status":0,"executed":1793757042},{"status":2,"executed":1793757102}],"interval":60,"is_silenced":false,"issued":1793757102,"last_ok":1793757042,"low_flap_threshold":0,"metadata":{"name":"check-cpu","namespace":"prod","annotations":{"runbook":"https://runbooks.example.org/cpu"}},"occurrences":3,"occurrences_watermark":3,"output":"CPU CRITICAL - Usage:97.3\n","proxy_entity_name":"","publish":true,"state":"failing","status":2,"subscriptions":["linux"],"timeout":0,"total_state_change":0,"ttl":0},"entity":{"entity_class":"agent","system":{"hostname":"web-1.example.org","os":"linux"},"subscriptions":["linux","entity:web-1"],"last_seen":1793757102,"metadata":{"name":"web-1","namespace":"prod"}},"id":"3a5948f3-6ffd-4ea2-a41e-334f4a72ca2f","metadata":{"namespace":"prod"},"sequence":41,"timestamp":1793757102}]],
      expect = {
        grouping_id = "prod/web-1/check-cpu",
        state = "firing",
        groups = 1,
        title = "check-cpu: web-1",
        message = [[
CPU CRITICAL - Usage:97.3

- Seen 3 times
- Host: web-1.example.org
- runbook: https://runbooks.example.org/cpu]],
        labels = { severity = "critical", namespace = "prod" },
        phone_call = { title = "check cpu: web 1" },
      } },
    { "a warning of it joins",
      payload = [[{"check":{"metadata":{"name":"check-cpu","namespace":"prod"},"occurrences":1,"output":"CPU WARNING - Usage:81","state":"failing","status":1},"entity":{"metadata":{"name":"web-1","namespace":"prod"}},"id":"3a5948f4","metadata":{"namespace":"prod"},"timestamp":1793757162}]],
      expect = { grouping_id = "prod/web-1/check-cpu", state = "firing", title = "check-cpu: web-1", groups = 1, alerts = 2 } },
    { "a keepalive of another host is another problem",
      payload = [[{"check":{"handlers":["keepalive"],"metadata":{"name":"keepalive","namespace":"prod"},"occurrences":1,"output":"No keepalive sent from db-1 for 120 seconds (>= 120)","state":"failing","status":127},"entity":{"metadata":{"name":"db-1","namespace":"prod"}},"id":"3a5948f5","metadata":{"namespace":"prod"},"timestamp":1793757162}]],
      expect = { grouping_id = "prod/db-1/keepalive", state = "firing", title = "No sign of life: db-1", groups = 2, labels = { severity = "error" } } },
    { "status 0 resolves it",
      payload = [[{"check":{"metadata":{"name":"check-cpu","namespace":"prod"},"occurrences":1,"output":"CPU OK - Usage:3.96\n","state":"passing","status":0},"entity":{"metadata":{"name":"web-1","namespace":"prod"}},"id":"3a5948f6","metadata":{"namespace":"prod"},"timestamp":1793757762}]],
      expect = { grouping_id = "prod/web-1/check-cpu", state = "resolved", title = "check-cpu: web-1", groups = 2, alerts = 3 } },
    { "metrics alone are no alert",
      payload = [[{"entity":{"metadata":{"name":"web-1","namespace":"prod"}},"metrics":{"handlers":["influx"],"points":[{"name":"cpu","value":3.9,"timestamp":1793757762,"tags":[]}]},"metadata":{"namespace":"prod"},"timestamp":1793757762}]],
      expect = { stored = 0, groups = 2 } },
    { "Sensu Classic",
      payload = [[{"id":"ef6b87d2","client":{"name":"mail-1","address":"10.20.0.51","subscriptions":["all"]},"check":{"name":"check_disk","status":2,"output":"DISK CRITICAL","occurrences":2},"occurrences":2,"action":"create","timestamp":1793757762}]],
      expect = { grouping_id = "default/mail-1/check_disk", state = "firing", title = "check_disk: mail-1", groups = 3,
                 message = "DISK CRITICAL\n\n- Seen 2 times\n- Address: 10.20.0.51" } },
    { "and its end",
      payload = [[{"id":"ef6b87d3","client":{"name":"mail-1","address":"10.20.0.51"},"check":{"name":"check_disk","status":0,"output":"DISK OK"},"action":"resolve","timestamp":1793758762}]],
      expect = { grouping_id = "default/mail-1/check_disk", state = "resolved", title = "check_disk: mail-1", groups = 3, alerts = 2 } },
  },
}
