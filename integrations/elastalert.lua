--- ElastAlert 2: its http_post2 alerter.
--- Wire format: the payload in `connect`; https://elastalert2.readthedocs.io/en/latest/alerts.html#http-post-2 (read 2026-11). OnCall's users send
--- alert_uid, title, state and message by the older http_post; both are read.
--- A rule never says that it is over. A second rule that finds the good state may send `"state": "ok"`.
return {
  name  = "ElastAlert",
  about = "Rules of ElastAlert 2 over Elasticsearch and OpenSearch",
  connect = [[
1. In a rule (or in `config.yaml` for all rules) add this alerter. Fields of the match stand in it as Jinja; `host.name` is the rule's `query_key` here.

```
{% raw %}alert: http_post2
http_post2_url: URL
http_post2_headers:
  Content-Type: application/json
http_post2_payload:
  alert_uid: "Many 5xx answers {{ host.name }}"
  title: "Many 5xx answers: {{ host.name }}"
  state: "alerting"
  message: "{{ num_hits }} hits. {{ message }}"
  link_to_upstream_details: "https://kibana.example.org/app/discover"
  severity: "error"{% endraw %}
```

2. As `http_post2_url` write `{{ url }}`.
3. `alert_uid` is what groups: the rule and its `query_key`, and no time or count. With the same `alert_uid`, a body with `state: "ok"` resolves the group.
4. Try it: `elastalert-test-rule --alert rule.yaml`.
]],

  grouping_id = "{{ payload.alert_uid or payload.rule_name or '' }}",
  resolve_condition = "{{ (payload.state or '') | upper == 'OK' }}",
  source_link = "{{ payload.link_to_upstream_details or payload.kibana_url or payload.kibana_discover_url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.title or payload.rule_name or payload.alert_uid or "Rule of ElastAlert" }}
{%- endif -%}
]],
  -- Without a payload of its own, http_post sends the document that matched.
  message = [[
{%- if payload is mapping -%}
{%- if payload.message is string %}{{ payload.message }}
{% elif payload.alert_text is string %}{{ payload.alert_text }}
{% endif -%}
{%- for name, value in (payload.items() | list)[:20]
   if name not in ("alert_uid", "title", "state", "message", "alert_text", "severity", "link_to_upstream_details", "image_url", "rule_name")
   and (value is string or value is number) and value != "" %}
- {{ name }}: {{ value }}
{%- endfor -%}
{%- endif -%}
]],
  image_url = "{{ payload.image_url or '' }}",

  labels = {
    severity = "{{ {'critical': 'critical', 'high': 'error', 'error': 'error', 'warning': 'warning', 'medium': 'warning', 'info': 'info', 'low': 'info'}"
      .. ".get((payload.severity or '') | lower, '') if payload.severity is string else '' }}",
  },

  examples = {
    { "a rule matches",
      payload = [[{"alert_uid":"Many 5xx answers web-1","title":"Many 5xx answers: web-1","state":"alerting","message":"57 hits. GET /cart 502","link_to_upstream_details":"https://kibana.example.org/app/discover","severity":"error"}]],
      expect = {
        grouping_id = "Many 5xx answers web-1",
        state = "firing",
        groups = 1,
        title = "Many 5xx answers: web-1",
        message = "57 hits. GET /cart 502\n",
        source_link = "https://kibana.example.org/app/discover",
        labels = { severity = "error" },
        phone_call = { title = "Many 5xx answers: web 1" },
      } },
    { "the next run joins it",
      payload = [[{"alert_uid":"Many 5xx answers web-1","title":"Many 5xx answers: web-1","state":"alerting","message":"61 hits. GET /cart 502","link_to_upstream_details":"","severity":"error"}]],
      expect = { grouping_id = "Many 5xx answers web-1", state = "firing", title = "Many 5xx answers: web-1", groups = 1, alerts = 2 } },
    { "another value of the query key is another problem",
      payload = [[{"alert_uid":"Many 5xx answers web-2","title":"Many 5xx answers: web-2","state":"alerting","message":"12 hits.","link_to_upstream_details":"","severity":"error"}]],
      expect = { grouping_id = "Many 5xx answers web-2", state = "firing", title = "Many 5xx answers: web-2", groups = 2, source_link = false } },
    { "a rule that finds the good state resolves it",
      payload = [[{"alert_uid":"Many 5xx answers web-1","title":"Many 5xx answers: web-1","state":"ok","message":"none in 10 minutes"}]],
      expect = { grouping_id = "Many 5xx answers web-1", state = "resolved", title = "Many 5xx answers: web-1", groups = 2, alerts = 3 } },
    { "without a payload the matching document comes as it is",
      payload = [[{"@timestamp":"2026-11-04T02:11:42.317Z","rule_name":"Disk errors","host":"db-1","num_hits":3,"num_matches":1,"message":"I/O error, dev sda, sector 1"}]],
      expect = { grouping_id = "Disk errors", state = "firing", title = "Disk errors", groups = 3,
                 message = "I/O error, dev sda, sector 1\n\n- @timestamp: 2026-11-04T02:11:42.317Z\n- host: db-1\n- num_hits: 3\n- num_matches: 1" } },
  },
}
