--- Datadog: its Webhooks integration, with the body in `connect`, or with Datadog's default body.
--- Wire format: the body in `connect`; variables of https://docs.datadoghq.com/integrations/webhooks/ (read 2026-11).
--- $ALERT_ID is the monitor: of a multi alert it is the same for every host. $ALERT_CYCLE_KEY is one trigger and its recovery.
return {
  name  = "Datadog",
  about = "Monitors of Datadog, by its Webhooks integration",
  connect = [[
1. In Datadog open **Integrations**, search for **Webhooks**, and under **Webhooks** choose **New**.
2. Name `tocsin`, URL `{{ url }}`, and paste this as **Payload**:

```
{
  "id": "$ID",
  "monitor": "$ALERT_ID",
  "cycle_key": "$ALERT_CYCLE_KEY",
  "transition": "$ALERT_TRANSITION",
  "alert_type": "$ALERT_TYPE",
  "priority": "$ALERT_PRIORITY",
  "title": "$EVENT_TITLE",
  "body": "$TEXT_ONLY_MSG",
  "scope": "$ALERT_SCOPE",
  "status": "$ALERT_STATUS",
  "metric": "$ALERT_METRIC",
  "hostname": "$HOSTNAME",
  "tags": "$TAGS",
  "link": "$LINK",
  "snapshot": "$SNAPSHOT"
}
```

3. Leave **Encode as form** off. Save.
4. In your monitors put `@webhook-tocsin` into the notification message, outside of any condition, so that recoveries come too.
5. Try it: open a monitor, **Test Notifications**, choose **Alert**, then **Alert Recovery**.
]],

  -- Datadog's default body has neither key nor scope: there the title without its state word is the problem.
  grouping_id = [[
{%- if payload.cycle_key and payload.cycle_key != "null" %}{{ payload.cycle_key }}
{%- elif payload.monitor %}{{ payload.monitor }}/{{ payload.scope }}
{%- elif payload is mapping %}{{ (payload.title or "") | regex_replace("\\[(Triggered|Re-Triggered|Recovered|Warn|Re-Warn|No [Dd]ata|Re-No [Dd]ata|Renotify)", "[") }}
{%- endif -%}
]],
  resolve_condition = [[
{%- if payload is mapping -%}
{{ payload.transition == "Recovered" or payload.alert_type == "success"
   or (not payload.transition and (payload.title or "") | regex_search("^(\\[TEST\\] *)?\\[Recovered")) }}
{%- endif -%}
]],
  source_link = "{{ payload.link or '' }}",

  title = [=[
{%- if payload is string %}{{ payload }}
{%- else -%}
{%- set name = (payload.title or "Datadog monitor") | regex_replace("^(\\[TEST\\] *)?\\[(Triggered|Re-Triggered|Recovered|Warn|Re-Warn|No [Dd]ata|Re-No [Dd]ata|Renotify)[^\\]]*\\] *", "") -%}
{{ "No data: " if "No Data" in (payload.transition or "") }}{{ name }}
{%- set where = payload.scope or payload.hostname
   or ((payload.title or "") | regex_replace("^[^{]* on \\{([^}]*)\\}\\].*$", "\\1") if " on {" in (payload.title or "")) -%}
{%- if where and where != "*" and where not in name %}: {{ where | replace(",", ", ") }}{% endif %}
{%- endif -%}
]=],
  message = [[
{%- if payload is mapping -%}
{{ (payload.body or "") | replace("%%%", "") | regex_replace("@[a-z]+-[^ \\n]+", "") | trim }}
{%- if payload.status %}

**{{ payload.status }}**
{%- endif %}
{% if payload.transition %}
- State: {{ payload.transition }}
{%- endif %}
{%- if payload.priority and payload.priority != "null" %}
- Priority: {{ payload.priority }}
{%- endif %}
{%- if payload.tags %}
- Tags: {{ payload.tags | replace(",", ", ") }}
{%- endif -%}
{%- endif -%}
]],
  image_url = "{% if payload.snapshot and payload.snapshot != 'null' %}{{ payload.snapshot }}{% endif %}",

  -- A monitor's priority says more than "error", but a warning is a warning.
  labels = {
    severity = "{% if 'Warn' in (payload.transition or '') or payload.alert_type == 'warning' %}warning"
      .. "{% else %}{{ {'P1': 'critical', 'P2': 'error', 'P3': 'warning', 'P4': 'info', 'P5': 'info'}.get(payload.priority, '')"
      .. " or ('critical' if payload.alert_type == 'error' else '') }}{% endif %}",
    host = "{{ payload.hostname or '' }}",
  },

  verify = { algorithm = "plain", header = "x-tocsin-secret",
    secret = "the value of X-Tocsin-Secret among the webhook's custom headers" },

  examples = {
    { "a monitor triggers for one host",
      payload = [[{
  "id": "6993513513416021",
  "monitor": "1234567",
  "cycle_key": "2d84ffcb1c0e4cbe9ee9bd0c6f5fd2bd",
  "transition": "Triggered",
  "alert_type": "error",
  "priority": "P2",
  "title": "[Triggered on {host:db-1,env:prod}] Load of the databases is high",
  "body": "Look for long queries before you add replicas. @webhook-tocsin",
  "scope": "host:db-1,env:prod",
  "status": "system.load.1 over env:prod,host:db-1 was > 8.0 on average during the last 5m.",
  "metric": "system.load.1",
  "hostname": "db-1",
  "tags": "env:prod,host:db-1,monitor",
  "link": "https://app.datadoghq.eu/monitors/1234567?group=host%3Adb-1",
  "snapshot": "https://p.datadoghq.eu/snapshot/view/dd-snapshots-prod/load.png"
}]],
      expect = {
        grouping_id = "2d84ffcb1c0e4cbe9ee9bd0c6f5fd2bd",
        state = "firing",
        groups = 1,
        title = "Load of the databases is high: host:db-1, env:prod",
        message = [[
Look for long queries before you add replicas.

**system.load.1 over env:prod,host:db-1 was > 8.0 on average during the last 5m.**

- State: Triggered
- Priority: P2
- Tags: env:prod, host:db-1, monitor]],
        image_url = "https://p.datadoghq.eu/snapshot/view/dd-snapshots-prod/load.png",
        source_link = "https://app.datadoghq.eu/monitors/1234567?group=host%3Adb-1",
        labels = { severity = "error", host = "db-1" },
        phone_call = { title = "Load of the databases is high: host:db 1, env:prod" },
      } },
    { "a renotification joins it",
      payload = [[{"id":"6993513513416999","monitor":"1234567","cycle_key":"2d84ffcb1c0e4cbe9ee9bd0c6f5fd2bd","transition":"Re-Triggered","alert_type":"error","priority":"P2","title":"[Re-Triggered on {host:db-1,env:prod}] Load of the databases is high","body":"","scope":"host:db-1,env:prod","status":"","metric":"system.load.1","hostname":"db-1","tags":"","link":"","snapshot":"null"}]],
      expect = { grouping_id = "2d84ffcb1c0e4cbe9ee9bd0c6f5fd2bd", state = "firing", groups = 1, alerts = 2, image_url = false,
                 title = "Load of the databases is high: host:db-1, env:prod" } },
    { "another host of the same monitor is another problem",
      payload = [[{"id":"6993513513417002","monitor":"1234567","cycle_key":"77a1f09c5d4a4f0c8d51cc4b5a4c9a10","transition":"Warn","alert_type":"warning","priority":"P2","title":"[Warn on {host:db-2,env:prod}] Load of the databases is high","body":"","scope":"host:db-2,env:prod","status":"","metric":"system.load.1","hostname":"db-2","tags":"","link":"","snapshot":"null"}]],
      expect = { grouping_id = "77a1f09c5d4a4f0c8d51cc4b5a4c9a10", state = "firing", groups = 2,
                 title = "Load of the databases is high: host:db-2, env:prod", labels = { severity = "warning", host = "db-2" } } },
    { "recovered resolves its own host only",
      payload = [[{"id":"6993513513418000","monitor":"1234567","cycle_key":"2d84ffcb1c0e4cbe9ee9bd0c6f5fd2bd","transition":"Recovered","alert_type":"success","priority":"P2","title":"[Recovered on {host:db-1,env:prod}] Load of the databases is high","body":"","scope":"host:db-1,env:prod","status":"","metric":"system.load.1","hostname":"db-1","tags":"","link":"","snapshot":"null"}]],
      expect = { grouping_id = "2d84ffcb1c0e4cbe9ee9bd0c6f5fd2bd", state = "resolved", groups = 2, alerts = 3,
                 title = "Load of the databases is high: host:db-1, env:prod" } },
    { "a monitor without data says so",
      payload = [[{"id":"6993513513419000","monitor":"7654321","cycle_key":"e0b7c1d94a7f4f2a","transition":"No Data","alert_type":"error","priority":"null","title":"[No Data] Orders per minute","body":"","scope":"*","status":"","metric":"shop.orders","hostname":"","tags":"","link":"","snapshot":"null"}]],
      expect = { grouping_id = "e0b7c1d94a7f4f2a", state = "firing", groups = 3, title = "No data: Orders per minute",
                 labels = { severity = "critical" } } },
    { "Datadog's default body is grouped by its title",
      payload = [[{"body":"%%%\nQueue is long. @webhook-tocsin\n%%%","last_updated":"1793757702000","event_type":"query_alert_monitor","title":"[Triggered on {queue:mail}] Queue length","date":"1793757702000","org":{"id":"501","name":"Example"},"id":"6993513513420000"}]],
      expect = { grouping_id = "[ on {queue:mail}] Queue length", state = "firing", groups = 4, title = "Queue length: queue:mail", message = "Queue is long.\n",
                 source_link = false } },
    { "and resolved by it",
      payload = [[{"body":"","last_updated":"1793758702000","event_type":"query_alert_monitor","title":"[Recovered on {queue:mail}] Queue length","date":"1793758702000","org":{"id":"501","name":"Example"},"id":"6993513513421000"}]],
      expect = { grouping_id = "[ on {queue:mail}] Queue length", state = "resolved", groups = 4, alerts = 2, title = "Queue length: queue:mail" } },
    { "Test Notifications of a monitor",
      payload = [[{"id":"6993513513422000","monitor":"1234567","cycle_key":"null","transition":"Triggered","alert_type":"error","priority":"P2","title":"[TEST] [Triggered] Load of the databases is high","body":"This is a test.","scope":"*","status":"","metric":"system.load.1","hostname":"","tags":"","link":"https://app.datadoghq.eu/monitors/1234567","snapshot":"null"}]],
      expect = { grouping_id = "1234567/*", state = "firing", groups = 5, title = "Load of the databases is high" } },
    { "and of its recovery",
      payload = [[{"id":"6993513513423000","monitor":"1234567","cycle_key":"null","transition":"Recovered","alert_type":"success","priority":"P2","title":"[TEST] [Recovered] Load of the databases is high","body":"This is a test.","scope":"*","status":"","metric":"system.load.1","hostname":"","tags":"","link":"https://app.datadoghq.eu/monitors/1234567","snapshot":"null"}]],
      expect = { grouping_id = "1234567/*", state = "resolved", groups = 5, alerts = 2, title = "Load of the databases is high" } },
  },
}
