--- Webhook: any JSON. The templates guess; whoever sets it up makes them exact.
--- Wire format: whatever the sender writes.
return {
  name  = "Webhook",
  about = "Any JSON over HTTP, when no other integration fits; adjust its templates to your payload",
  connect = [[
Send any JSON (or a form, or text) by POST to:

`{{ url }}`

Try it:

```
curl -X POST -H 'Content-Type: application/json' \
  -d '{"title":"Disk of db-1 is full","host":"db-1","severity":"critical"}' \
  {{ url }}
```

1. Send one alert, then open the integration's templates: they are shown beside that payload.
2. Set **Grouping id** to what names the problem, for example `{% raw %}{{ payload.host }}/{{ payload.check }}{% endraw %}`. Until then two alerts join one group only when their whole bodies are equal.
3. Set **Resolve condition** to what says that it is over, for example `{% raw %}{{ payload.status == "recovered" }}{% endraw %}`. By default it is `state` = `ok`.
]],

  -- As OnCall: the whole payload, and a heartbeat by its own id.
  grouping_id = [[
{%- if payload is mapping and ("is_oncall_heartbeat" in payload or "is_amixr_heartbeat" in payload) -%}
{{ payload.alert_uid }}
{%- else -%}
{{ payload }}
{%- endif -%}
]],
  resolve_condition = [[
{%- if payload is mapping and "is_amixr_heartbeat_restored" in payload -%}
{{ payload.is_amixr_heartbeat_restored }}
{%- else -%}
{{ (payload.state or "") | upper == "OK" }}
{%- endif -%}
]],
  source_link = "{{ payload.url or payload.link or '' }}",

  -- What is broken: the first field that usually says so, then where, unless the words already do.
  title = [[
{%- set what = payload.title or payload.summary or payload.subject or payload.alertname or payload.alert_name
   or payload.name or payload.check or payload.event or payload.message or payload.text or payload.description -%}
{%- set where = payload.host or payload.hostname or payload.instance or payload.server or payload.service -%}
{%- if payload is string %}{{ payload }}
{%- elif what is string or what is number %}{{ what }}
{%- if where is string and where not in what | string %}: {{ where }}{% endif %}
{%- else %}Alert without a title
{%- endif -%}
]],
  message = [[
{%- set text = payload.message or payload.description or payload.text or payload.details -%}
{%- if text is string and text != payload.title %}{{ text }}

{% endif -%}
```
{{ payload | tojson_pretty }}
```]],
  image_url = "{{ payload.image_url or '' }}",

  labels = {
    severity = "{{ payload.severity or payload.priority }}",
  },

  heartbeat = {
    connect = [[
Call this address regularly, for example from cron:

```
* * * * * curl -fsS -m 10 {{ url }} > /dev/null
```
]],
    missing  = [[{"alert_uid":"7973c835-ff3f-46e4-9444-06df127b6f8e","title":"Heartbeat is missing","state":"alerting","message":"The source of this integration has not been heard of for too long.","is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":false}]],
    restored = [[{"alert_uid":"7973c835-ff3f-46e4-9444-06df127b6f8e","title":"Heartbeat is back","state":"ok","message":"The source of this integration is heard of again.","is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":true}]],
  },

  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ",
    secret = "what the sender puts behind `Authorization: Bearer`" },
  challenge = { field = "challenge", only = { type = "url_verification" }, answer = "{challenge}" },

  examples = {
    { "any JSON opens a group, grouped by the whole body",
      payload = [[{"title":"Disk is full","host":"db-1","severity":"critical","used":98.5,"mount":"/var","url":"https://monitor.example.org/hosts/db-1"}]],
      expect = {
        grouping_id = "{'title': 'Disk is full', 'host': 'db-1', 'severity': 'critical', 'used': 98.5, 'mount': '/var', 'url': 'https://monitor.example.org/hosts/db-1'}",
        state = "firing",
        groups = 1,
        title = "Disk is full: db-1",
        message = [[
```
{
    "host": "db-1",
    "mount": "/var",
    "severity": "critical",
    "title": "Disk is full",
    "url": "https://monitor.example.org/hosts/db-1",
    "used": 98.5
}
```]],
        source_link = "https://monitor.example.org/hosts/db-1",
        labels = { severity = "critical" },
      } },
    { "the same body joins it",
      payload = [[{"title":"Disk is full","host":"db-1","severity":"critical","used":98.5,"mount":"/var","url":"https://monitor.example.org/hosts/db-1"}]],
      expect = { grouping_id = "{'title': 'Disk is full', 'host': 'db-1', 'severity': 'critical', 'used': 98.5, 'mount': '/var', 'url': 'https://monitor.example.org/hosts/db-1'}", title = "Disk is full: db-1", state = "firing", groups = 1, alerts = 2 } },
    { "another body is another problem",
      payload = [[{"message":"Backup of db-1 failed","service":"backup"}]],
      expect = { grouping_id = "{'message': 'Backup of db-1 failed', 'service': 'backup'}", state = "firing", groups = 2,
                 title = "Backup of db-1 failed: backup" } },
    { "state ok is a resolve signal; nothing has this body open, so it is a resolved group",
      payload = [[{"message":"Backup of db-1 is fine","state":"ok"}]],
      expect = { grouping_id = "{'message': 'Backup of db-1 is fine', 'state': 'ok'}", title = "Backup of db-1 is fine", state = "resolved", groups = 3 } },
    { "a heartbeat is grouped by its id",
      payload = [[{"alert_uid":"7973c835-ff3f-46e4-9444-06df127b6f8e","title":"Heartbeat is missing","state":"alerting","message":"Not heard of.","is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":false}]],
      expect = { grouping_id = "7973c835-ff3f-46e4-9444-06df127b6f8e", state = "firing", groups = 4, title = "Heartbeat is missing" } },
    { "and so is its return",
      payload = [[{"alert_uid":"7973c835-ff3f-46e4-9444-06df127b6f8e","title":"Heartbeat is back","state":"ok","message":"Heard of again.","is_oncall_heartbeat":true,"is_oncall_heartbeat_restored":true}]],
      expect = { grouping_id = "7973c835-ff3f-46e4-9444-06df127b6f8e", title = "Heartbeat is back", state = "resolved", groups = 4, alerts = 2 } },
    { "a list at the top is a payload too",
      payload = [=[[{"check":"dns"},{"check":"http"}]]=],
      expect = { grouping_id = "[{'check': 'dns'}, {'check': 'http'}]", state = "firing", groups = 5, title = "Alert without a title" } },
    { "a question in Slack's way is answered and not shown", payload = [[{"type":"url_verification","challenge":"3eZbrw1aB","token":"x"}]],
      expect = { stored = 0 } },
  },
}
