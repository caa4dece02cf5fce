--- GoAlert's integration keys: a service with one key for each kind of sender.
--- Wire format: https://github.com/target/goalert (genericapi/handler.go, grafana/, site24x7/, prometheusalertmanager/, read 2026-09)
---
--- The door (lua/api/doors/goalert.lua) makes one payload of every kind: summary, details, action, dedup, meta, type, source.
return {
  name  = "GoAlert",
  about = "Scripts and systems that send to GoAlert's integration keys today",
  has_door = true, has_keys = true, token_form = "uuid",
  connect = [[
One integration stands for one GoAlert service. Its own token, the last part of `{{ url }}`, is a *generic* key; further keys
(generic, Grafana, Site24x7, Alertmanager, e-mail) are made beside it and share its alert groups.

1. Make a key for each sender, and give it the token that the sender knows already, if you move here from GoAlert.
2. In the sender change the host of the URL to this server's. Paths and parameters stay: `/api/v2/generic/incoming?token=…`,
   `/api/v2/grafana/incoming?token=…`, `/api/v2/heartbeat/…`.
3. Try it:

```
curl -d 'summary=Disk of db-1 is full' -d 'dedup=db-1/disk' {{ url }}
curl -d 'action=close' -d 'dedup=db-1/disk' {{ url }}
```

The same `dedup` is the same problem; without one it is the same summary and details. `action=close` resolves it.
]],

  grouping_id = "{{ payload.dedup }}",
  resolve_condition = "{{ payload.action == 'close' }}",
  source_link = "{% set s = payload.source or {} %}{{ s.generatorURL or s.externalURL or s.ruleUrl or s.MONITOR_DASHBOARD_LINK"
    .. " or (payload.meta or {}).url or '' }}",
  title = "{{ payload.summary or 'No summary provided' }}",
  message = [[
{{ payload.details }}
{%- for name, value in (payload.meta or {}).items() %}
{%- if loop.first %}
{% endif %}
- {{ name }}: {{ value }}
{%- endfor -%}
]],
  image_url = "{% set s = payload.source or {} %}{{ s.imageURL or s.imageUrl or '' }}",

  labels = {
    severity = "{% set s = payload.source or {} %}{{ (payload.meta or {}).severity or (s.labels or s.commonLabels or {}).severity or '' }}",
  },

  heartbeat = {
    connect = [[
A heartbeat monitor of GoAlert becomes the heartbeat of an integration that has its id as token. Change the host only:

```
curl -X POST https://…/api/v2/heartbeat/<id>
```

The address of this one is {{ url }} too.
]],
    missing = [[{"summary":"Heartbeat of this service is missing","details":"Nothing was heard of it in time.","dedup":"heartbeat"}]],
    restored = [[{"summary":"Heartbeat of this service is back","action":"close","dedup":"heartbeat"}]],
  },

  examples = {
    { "a trigger opens a group",
      payload = [[{"summary":"Disk of db-1 is full","details":"97 % of /var are used. See the [runbook](https://runbooks.example.org/disk).","dedup":"db-1/disk","meta":{"severity":"critical","url":"https://graphs.example.org/db-1"}}]],
      expect = { grouping_id = "user:1:db-1/disk", state = "firing", groups = 1, alerts = 1,
        title = "Disk of db-1 is full",
        message = "97 % of /var are used. See the [runbook](https://runbooks.example.org/disk).\n\n- severity: critical\n- url: https://graphs.example.org/db-1",
        source_link = "https://graphs.example.org/db-1",
        labels = { severity = "critical" } } },
    { "a repeat joins it, as a form",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = "summary=Disk+of+db-1+is+full&details=98+%25+of+%2Fvar+are+used.&dedup=db-1%2Fdisk",
      expect = { grouping_id = "user:1:db-1/disk", state = "firing", groups = 1, alerts = 2, title = "Disk of db-1 is full",
        message = "98 % of /var are used." } },
    { "close with the same dedup resolves",
      payload = [[{"action":"close","dedup":"db-1/disk"}]],
      expect = { grouping_id = "user:1:db-1/disk", state = "resolved", groups = 1, alerts = 3, title = "No summary provided" } },
    { "close of nothing stores nothing",
      payload = [[{"action":"close","dedup":"db-9/disk"}]],
      expect = { stored = 0, groups = 1 } },
    { "without dedup the texts name the problem",
      payload = [[{"summary":"Backup of db-2 failed","details":"Exit code 3"}]],
      expect = { state = "firing", groups = 2, title = "Backup of db-2 failed", message = "Exit code 3",
        grouping_id = "auto:1:d2a07225010a08ee8a0a325afb04a0890a3bad55c25566b76d9410b03aec3a46ae054ba9390f57870c296c3fd46f8b2be57ff404eba2247ec626e7993d2268ed" } },
    { "a trigger that says nothing",
      payload = [[{"dedup":"x"}]],
      expect = { grouping_id = "user:1:x", state = "firing", groups = 3, title = "No summary provided" } },
  },
}
