--- Axiom: a monitor's custom webhook notifier.
--- Wire format: https://axiom.co/docs/monitor-data/custom-webhook-notifier with the default template, or the one in `connect`,
--- that adds the groups (read 2026-11). action is Open or Closed; a match monitor never closes.
return {
  name  = "Axiom",
  about = "Monitors of Axiom",
  connect = [[
1. In Axiom open **Monitors › Manage notifiers › New notifier**: name `Tocsin`, type **Custom webhook**, webhook URL `{{ url }}`.
2. Leave the body as it is, and **Create**. Add the notifier `Tocsin` to your monitors.
3. A monitor with *Notify by group* needs its groups in the body, below `"title"`, else one group's end is the end of all:

```
    "groupValues": {{ '{{jsonArray .GroupValues}}' }},
```

4. A match monitor says nothing when all is well again: resolve its alert groups here, or add an auto-resolve to the route.
]],

  grouping_id = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{{ event.monitorID or event.title or "" }}
{%- for value in (event.groupValues or []) %}/{{ value }}{% endfor -%}
]],
  resolve_condition = "{{ (payload.action or '') | lower == 'closed' }}",

  title = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ event.title or "Monitor of Axiom" }}
{%- for value in (event.groupValues or []) %}{{ ": " if loop.first else ", " }}{{ value }}{% endfor %}
{%- endif -%}
]],
  message = [[
{%- set event = payload.event if payload.event is mapping else {} -%}
{{ event.body or "" }}
{% if event.description %}
{{ event.description }}
{% endif %}
{%- for name, value in (event.matchedEvent if event.matchedEvent is mapping else {}).items() %}
{%- if loop.index <= 20 %}
- {{ name }}: {{ value }}
{%- endif %}
{%- endfor %}
{%- if event.timestamp %}
- At: {{ event.timestamp }}
{%- endif -%}
]],

  labels = {
    monitor = "{{ (payload.event if payload.event is mapping else {}).title or '' }}",
  },

  examples = {
    { "a threshold monitor triggers",
      payload = [[{
  "action": "Open",
  "event": {
    "monitorID": "CabI3w142069etTgd0",
    "body": "Current value of 57347 is above or equal to the threshold value of 50000",
    "description": "Too many errors of checkout.",
    "queryEndTime": "2026-11-04 02:11:57.631364493 +0000 UTC",
    "queryStartTime": "2026-11-04 02:01:57.631364493 +0000 UTC",
    "timestamp": "2026-11-04 02:11:57 +0000 UTC",
    "title": "Checkout errors",
    "value": 57347,
    "matchedEvent": null
  }
}]],
      expect = {
        grouping_id = "CabI3w142069etTgd0",
        state = "firing",
        groups = 1,
        title = "Checkout errors",
        message = [[
Current value of 57347 is above or equal to the threshold value of 50000

Too many errors of checkout.

- At: 2026-11-04 02:11:57 +0000 UTC]],
        labels = { monitor = "Checkout errors" },
      } },
    { "a match monitor is another problem",
      payload = [[{"action":"Open","event":{"monitorID":"Bx2kF1a8","body":"","description":"","queryEndTime":"","queryStartTime":"","timestamp":"2026-11-04 02:12:57 +0000 UTC","title":"Root has logged in","value":null,"matchedEvent":{"host":"web-1","user":"root"}}}]],
      expect = { grouping_id = "Bx2kF1a8", state = "firing", title = "Root has logged in", groups = 2 } },
    { "a group of a monitor that notifies by group",
      payload = [[{"action":"Open","event":{"monitorID":"Zr71","body":"Current value of 12 is above the threshold value of 10","description":"","timestamp":"2026-11-04 02:12:57 +0000 UTC","title":"Slow","groupValues":["web-1","eu"],"value":12,"matchedEvent":null}}]],
      expect = { grouping_id = "Zr71/web-1/eu", state = "firing", title = "Slow: web-1, eu", groups = 3 } },
    { "another group is another problem",
      payload = [[{"action":"Open","event":{"monitorID":"Zr71","body":"Current value of 14 is above the threshold value of 10","description":"","timestamp":"2026-11-04 02:12:58 +0000 UTC","title":"Slow","groupValues":["web-2","eu"],"value":14,"matchedEvent":null}}]],
      expect = { grouping_id = "Zr71/web-2/eu", state = "firing", title = "Slow: web-2, eu", groups = 4 } },
    { "the threshold monitor resolves",
      payload = [[{"action":"Closed","event":{"monitorID":"CabI3w142069etTgd0","body":"Current value of 11 is below the threshold value of 50000","description":"Too many errors of checkout.","queryEndTime":"2026-11-04 02:21:57 +0000 UTC","queryStartTime":"2026-11-04 02:11:57 +0000 UTC","timestamp":"2026-11-04 02:21:57 +0000 UTC","title":"Checkout errors","value":11,"matchedEvent":null}}]],
      expect = { grouping_id = "CabI3w142069etTgd0", state = "resolved", title = "Checkout errors", groups = 4, alerts = 2 } },
  },
}
