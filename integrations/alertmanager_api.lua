--- Alertmanager's own API as a target: Prometheus, vmalert, Loki, Mimir and Thanos send their alerts straight here.
--- Wire format: https://github.com/prometheus/alertmanager (api/v2/openapi.yaml, read 2026-09)
---
--- The door (lua/api/doors/alertmanager_api.lua) makes each alert of a request one payload, as Alertmanager's webhook tells of it.
return {
  base = "alertmanager",
  name = "Alertmanager API",
  about = "Prometheus, vmalert, Loki, Mimir or Thanos without an Alertmanager in between",
  has_door = true,
  connect = [[
The address of this integration stands in for an Alertmanager's: `{{ url }}`.

1. In `prometheus.yml` name it as an Alertmanager, with the path behind the host:

```
alerting:
  alertmanagers:
    - scheme: https
      path_prefix: /integrations/v1/alertmanager_api/<token>
      static_configs:
        - targets: ["this.server"]
```

   vmalert: `-notifier.url={{ url }}`. The token can also be a bearer token or the password of basic auth, then without a prefix.
2. Reload Prometheus. Its alerts arrive with the next evaluation, and resolve when it says so or stops telling of them.
3. `amtool --alertmanager.url={{ url }} alert query` shows them; `amtool silence add` keeps those that match quiet.

Two Prometheus that watch the same may both send here: labels such as `replica` or `prometheus_replica` are dropped, and an alert is
over when neither fires any more.
]],

  heartbeat = {
    connect = [[
Prometheus has no heartbeat of its own: add the rule `- alert: Watchdog` with `expr: vector(1)`, and let something that sees it call
`{{ url }}` every minute, such as a probe that asks Prometheus for `ALERTS{alertname="Watchdog"}`.
]],
    missing = [[{"fingerprint":"heartbeat","status":"firing","groupLabels":{"alertname":"HeartbeatMissing"},"commonLabels":{"alertname":"HeartbeatMissing","severity":"critical"},"commonAnnotations":{"summary":"The heartbeat of this integration is missing","description":"Either the monitoring itself is down or it cannot reach Tocsin."},"alerts":[]}]],
    restored = [[{"fingerprint":"heartbeat","status":"resolved","groupLabels":{"alertname":"HeartbeatMissing"},"commonLabels":{"alertname":"HeartbeatMissing","severity":"critical"},"commonAnnotations":{"summary":"The heartbeat of this integration is back"},"alerts":[]}]],
  },

  grouping_id = "{{ payload.fingerprint }}",
  resolve_condition = "{{ payload.status == 'resolved' }}",

  examples = {
    { "a down instance opens a group",
      payload = [=[[{"annotations":{"description":"db-1:9100 has been unreachable for more than 5 minutes.","summary":"Instance db-1:9100 is down"},"endsAt":"2126-05-04T02:15:42.317Z","startsAt":"2020-05-04T02:11:42.317Z","generatorURL":"http://prometheus-a.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","labels":{"alertname":"InstanceDown","instance":"db-1:9100","job":"node","replica":"a","severity":"critical"}}]]=],
      expect = { grouping_id = "ffdd78bd7f1cd0ed", state = "firing", groups = 1, alerts = 1, title = "InstanceDown: db-1:9100",
        message = [[
Instance db-1:9100 is down
db-1:9100 has been unreachable for more than 5 minutes.
**Status:** firing
**Severity:** critical

- instance: db-1:9100
- job: node
]],
        source_link = "http://prometheus-a.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1", labels = { severity = "critical" } } },
    { "the other replica tells of the same",
      payload = [=[[{"annotations":{"summary":"Instance db-1:9100 is down"},"endsAt":"2126-05-04T02:15:42.317Z","startsAt":"2020-05-04T02:11:44.102Z","generatorURL":"http://prometheus-b.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","labels":{"alertname":"InstanceDown","instance":"db-1:9100","job":"node","replica":"b","severity":"critical"}}]]=],
      expect = { grouping_id = "ffdd78bd7f1cd0ed", state = "firing", groups = 1, alerts = 2, title = "InstanceDown: db-1:9100" } },
    { "one of them says that it is over: the other one fires",
      payload = [=[[{"annotations":{"summary":"Instance db-1:9100 is down"},"endsAt":"2020-05-04T02:21:42.317Z","startsAt":"2020-05-04T02:11:42.317Z","generatorURL":"http://prometheus-a.example.org:9090/graph?g0.expr=up+%3D%3D+0\u0026g0.tab=1","labels":{"alertname":"InstanceDown","instance":"db-1:9100","job":"node","replica":"a","severity":"critical"}}]]=],
      expect = { grouping_id = "ffdd78bd7f1cd0ed", state = "firing", groups = 1, alerts = 3, title = "InstanceDown: db-1:9100" } },
    { "another problem of the same rule, without replicas",
      payload = [=[[{"labels":{"alertname":"InstanceDown","instance":"db-2:9100","job":"node","severity":"critical"},"annotations":{},"startsAt":"2020-05-04T02:11:42.317Z","endsAt":"2126-05-04T02:15:42.317Z","generatorURL":"http://prometheus-a.example.org:9090/graph?g0.expr=up"}]]=],
      expect = { grouping_id = "b3849143346c2112", state = "firing", groups = 2, alerts = 1, title = "InstanceDown: db-2:9100" } },
    { "and its end",
      payload = [=[[{"labels":{"alertname":"InstanceDown","instance":"db-2:9100","job":"node","severity":"critical"},"annotations":{},"startsAt":"2020-05-04T02:11:42.317Z","endsAt":"2020-05-04T02:31:42.317Z","generatorURL":"http://prometheus-a.example.org:9090/graph?g0.expr=up"}]]=],
      expect = { grouping_id = "b3849143346c2112", state = "resolved", groups = 2, alerts = 2, title = "InstanceDown: db-2:9100" } },
  },
}
