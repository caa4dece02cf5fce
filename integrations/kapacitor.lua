--- Kapacitor: the HTTP post event handler of TICKscripts and topics.
--- Wire format: https://docs.influxdata.com/kapacitor/v1/reference/event_handlers/post/ and influxdata/kapacitor alert/types.go (read 2026-11).
--- `details` is a dump of the same as HTML by default, and is left out. Nothing but `level` says the state: OK, INFO, WARNING or CRITICAL. `id` is {{ .Name }}:{{ .Group }} unless the script sets it.
return {
  name  = "Kapacitor",
  about = "Alerts of Kapacitor's TICKscripts and topics",
  connect = [=[
1. In `kapacitor.conf` name the address, and restart Kapacitor:

```
[[httppost]]
  endpoint = "tocsin"
  url = "{{ url }}"
```

2. In a TICKscript send to it:

```
    |alert()
        .id('{% raw %}{{ index .Tags "host" }}/cpu{% endraw %}')
        .message('{% raw %}CPU of {{ index .Tags "host" }} is {{ index .Fields "value" }}{% endraw %}')
        .crit(lambda: "value" > 90)
        .stateChangesOnly(10m)
        .post()
            .endpoint('tocsin')
```

3. `.id()` is what groups: the check and where, without level or value. `.stateChangesOnly()` keeps repeats away; the OK that ends an alert is sent in any case.
4. Or for a topic: `kapacitor define-topic-handler` with `kind: post` and `options: {endpoint: tocsin}`.
5. Try it: `kapacitor service-tests httppost`.
]=],

  grouping_id = "{{ payload.id or '' }}",
  resolve_condition = "{{ (payload.level or '') | upper == 'OK' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.id or payload.message or "Alert of Kapacitor" }}
{%- endif -%}
]],
  message = [=[
{%- if payload is mapping -%}
{{ payload.message or "" }}

- Level: {{ payload.level }}{% if payload.previousLevel %} (before: {{ payload.previousLevel }}){% endif %}
{%- if payload.time %}
- At: {{ payload.time }}
{%- endif %}
{%- for series in ((payload.data if payload.data is mapping else {}).series or [])[:3] if series is mapping %}
{%- for name, value in (series.tags if series.tags is mapping else {}).items() %}
- {{ name }}: {{ value }}
{%- endfor %}
{%- set columns = series.columns or [] %}
{%- for value in ((series["values"] or [[]])[0]) %}
{%- if columns[loop.index0] != "time" %}
- {{ columns[loop.index0] }}: {{ value }}
{%- endif %}
{%- endfor %}
{%- endfor -%}
{%- endif -%}
]=],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'WARNING': 'warning', 'WARN': 'warning', 'INFO': 'info'}.get((payload.level or '') | upper, '') }}",
  },

  examples = {
    { "an alert turns critical",
      payload = [=[{"id":"db-1/cpu","message":"CPU of db-1 is 97.3","details":"{&#34;Name&#34;:&#34;cpu&#34;}","time":"2026-11-04T02:11:42Z","duration":0,"level":"CRITICAL","previousLevel":"OK","recoverable":true,"data":{"series":[{"name":"cpu","tags":{"cpu":"cpu-total","host":"db-1"},"columns":["time","value"],"values":[["2026-11-04T02:11:42Z",97.3]]}]}}]=],
      expect = {
        grouping_id = "db-1/cpu",
        state = "firing",
        groups = 1,
        title = "db-1/cpu",
        message = [[
CPU of db-1 is 97.3

- Level: CRITICAL (before: OK)
- At: 2026-11-04T02:11:42Z
- cpu: cpu-total
- host: db-1
- value: 97.3]],
        labels = { severity = "critical" },
        phone_call = { title = "db 1 cpu" },
      } },
    { "a lower level is the same alert",
      payload = [[{"id":"db-1/cpu","message":"CPU of db-1 is 85","details":"","time":"2026-11-04T02:16:42Z","duration":300000000000,"level":"WARNING","previousLevel":"CRITICAL","recoverable":true,"data":{"series":[]}}]],
      expect = { grouping_id = "db-1/cpu", state = "firing", title = "db-1/cpu", groups = 1, alerts = 2 } },
    { "another id is another problem; older versions say no previous level",
      payload = [=[{"id":"db-2/cpu","message":"CPU of db-2 is 85","details":"","time":"2026-11-04T02:16:42Z","duration":0,"level":"WARNING","data":{"series":[{"name":"cpu","columns":["time","value"],"values":[["2026-11-04T02:16:42Z",85]]}]}}]=],
      expect = { grouping_id = "db-2/cpu", state = "firing", title = "db-2/cpu", groups = 2, labels = { severity = "warning" } } },
    { "OK resolves it",
      payload = [[{"id":"db-1/cpu","message":"CPU of db-1 is 12","details":"","time":"2026-11-04T02:26:42Z","duration":900000000000,"level":"OK","previousLevel":"WARNING","recoverable":true,"data":{"series":[]}}]],
      expect = { grouping_id = "db-1/cpu", state = "resolved", title = "db-1/cpu", groups = 2, alerts = 3 } },
    { "the service test",
      payload = [[{"id":"testAlertID","message":"test message","details":"","time":"2026-11-04T02:26:42Z","duration":0,"level":"CRITICAL","previousLevel":"OK","recoverable":true,"data":{"series":null}}]],
      expect = { grouping_id = "testAlertID", state = "firing", title = "testAlertID", groups = 3 } },
  },
}
