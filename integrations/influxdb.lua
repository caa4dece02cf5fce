--- InfluxDB 2: checks and notification rules, by an HTTP endpoint.
--- Wire format: a flat row of the check's result, https://docs.influxdata.com/influxdb/v2/monitor-alert/notification-endpoints/create/
--- (read 2026-11, with the rows that two receivers keep as samples). Columns that begin with _ are InfluxDB's; of the others texts are
--- tags and numbers are values.
return {
  name  = "InfluxDB",
  about = "Checks of InfluxDB 2 and InfluxDB Cloud, by an HTTP notification endpoint",
  connect = [[
1. In InfluxDB open **Alerts › Notification Endpoints › Create**, destination **HTTP**, method **POST**, authentication **None**, URL `{{ url }}`.
2. Under **Notification Rules** create a rule: when status **is equal to CRIT** (and another for **WARN**), send to this endpoint.
3. Create one more rule: when status **changes from** ANY **to** OK, same endpoint. Without it nothing is ever resolved.
4. In your checks keep tags such as `host` in the query: each combination of tags is an alert group.
5. Try it with a check whose threshold is always exceeded.
]],

  -- The check and its series: values change with every row, tags do not.
  grouping_id = [[
{%- if payload is mapping and payload["_check_id"] -%}
{{ payload["_check_id"] }}
{%- for name in payload | sort if name[:1] != "_" and payload[name] is string %}/{{ payload[name] }}{% endfor -%}
{%- endif -%}
]],
  resolve_condition = "{{ payload['_level'] == 'ok' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else -%}
{{ payload["_check_name"] or payload["_message"] or "Check of InfluxDB" }}
{%- set where = payload.host or payload.hostname or payload.device or payload.name -%}
{%- if where and where is string and where not in (payload["_check_name"] or "") %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload["_message"] or "" }}
{% if payload["_level"] %}
- Level: {{ payload["_level"] }}{% if payload["_level"] == "unknown" %} (no data){% endif %}
{%- endif %}
{%- for name, value in payload.items() if name[:1] != "_" and (value is string or value is number) and value is not boolean %}
- {{ name }}: {{ value }}
{%- endfor %}
{%- if payload["_source_measurement"] %}
- Measurement: {{ payload["_source_measurement"] }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'crit': 'critical', 'warn': 'warning', 'info': 'info', 'unknown': 'error'}.get(payload['_level'] or '', '') }}",
    host     = "{{ payload.host if payload.host is string else '' }}",
  },

  examples = {
    { "a check is critical for one host",
      payload = [[{"_check_id":"0a5257d77fe9a000","_check_name":"CPU of the servers","_level":"crit","_measurement":"notifications","_message":"CPU of the servers is crit: idle 3.2","_notification_endpoint_id":"0a5256d6c145c000","_notification_endpoint_name":"Tocsin","_notification_rule_id":"0a45729bccb49000","_notification_rule_name":"Critical","_source_measurement":"cpu","_source_timestamp":1793757060000000000,"_start":"2026-11-04T01:11:00Z","_status_timestamp":1793757060000000000,"_stop":"2026-11-04T02:11:00Z","_time":"2026-11-04T02:11:00Z","_type":"threshold","_version":1,"cpu":"cpu-total","host":"db-1","usage_idle":3.2}]],
      expect = {
        grouping_id = "0a5257d77fe9a000/cpu-total/db-1",
        state = "firing",
        groups = 1,
        title = "CPU of the servers: db-1",
        message = [[
CPU of the servers is crit: idle 3.2

- Level: crit
- cpu: cpu-total
- host: db-1
- usage_idle: 3.2
- Measurement: cpu]],
        labels = { severity = "critical", host = "db-1" },
        phone_call = { title = "CPU of the servers: db 1" },
      } },
    { "another value is the same problem",
      payload = [[{"_check_id":"0a5257d77fe9a000","_check_name":"CPU of the servers","_level":"warn","_measurement":"notifications","_message":"","_source_measurement":"cpu","_time":"2026-11-04T02:12:00Z","_type":"threshold","_version":1,"cpu":"cpu-total","host":"db-1","usage_idle":12}]],
      expect = { grouping_id = "0a5257d77fe9a000/cpu-total/db-1", state = "firing", title = "CPU of the servers: db-1", groups = 1, alerts = 2 } },
    { "another host is another problem, also when the columns come in another order",
      payload = [[{"host":"db-2","cpu":"cpu-total","usage_idle":1.5,"_check_id":"0a5257d77fe9a000","_check_name":"CPU of the servers","_level":"unknown","_message":"no data"}]],
      expect = { grouping_id = "0a5257d77fe9a000/cpu-total/db-2", state = "firing", title = "CPU of the servers: db-2", groups = 2, labels = { severity = "error" } } },
    { "ok resolves it",
      payload = [[{"_check_id":"0a5257d77fe9a000","_check_name":"CPU of the servers","_level":"ok","_measurement":"notifications","_message":"","_source_measurement":"cpu","_time":"2026-11-04T02:22:00Z","_type":"threshold","_version":1,"cpu":"cpu-total","host":"db-1","usage_idle":71.4}]],
      expect = { grouping_id = "0a5257d77fe9a000/cpu-total/db-1", state = "resolved", title = "CPU of the servers: db-1", groups = 2, alerts = 3 } },
    { "a deadman check has a flag instead of a value",
      payload = [[{"_check_id":"0b1157d77fe9a111","_check_name":"Sensors report","_level":"crit","_message":"Sensors report is crit","_type":"deadman","dead":true,"device":"tide-7"}]],
      expect = { grouping_id = "0b1157d77fe9a111/tide-7", state = "firing", title = "Sensors report: tide-7", groups = 3 } },
  },
}
