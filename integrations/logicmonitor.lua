--- LogicMonitor: a custom HTTP integration.
--- Wire format: the body in `connect`; tokens' values as in
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/logic_monitor/v3_test.rb (read 2026-11).
--- alertstatus is active, ack, clear or test; the internal id stays the same from the alert to its clear.
return {
  name  = "LogicMonitor",
  about = "Alerts of LogicMonitor, by a custom HTTP integration",
  connect = [[
1. In LogicMonitor open **Settings › Integrations** and add **Custom HTTP Delivery**, name `Tocsin`.
2. Choose **Use the same URL and data to notify on various alert activity**, tick new alerts, acknowledged, cleared and escalated.
3. Method **POST**, URL `{{ url }}`, **Raw**, format **JSON**, and this data:

```
{
  "internalid": "##INTERNALID##",
  "alertid": "##ALERTID##",
  "alertstatus": "##ALERTSTATUS##",
  "level": "##LEVEL##",
  "host": "##HOST##",
  "datasource": "##DATASOURCE##",
  "instance": "##INSTANCE##",
  "datapoint": "##DATAPOINT##",
  "value": "##VALUE##",
  "threshold": "##THRESHOLD##",
  "description": "##DPDESCRIPTION##",
  "duration": "##DURATION##",
  "link": "##ALERTDETAILURL##"
}
```

4. Press **Test alert delivery**: it shows here as resolved and calls nobody. Save, and use the integration in your escalation chains.
]],

  grouping_id = "{{ payload.internalid or payload.alertid or '' }}",
  resolve_condition = "{{ (payload.alertstatus or '') | lower in ('clear', 'cleared', 'test') }}",
  acknowledge_condition = "{{ (payload.alertstatus or '') | lower in ('ack', 'acked', 'acknowledged') }}",
  source_link = "{{ payload.link or payload.serviceurl or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif (payload.alertstatus or "") | lower == "test" %}Test of the LogicMonitor integration
{%- else -%}
{{ payload.datasource or payload.eventmsg or "Alert of LogicMonitor" }}{% if payload.datapoint %} {{ payload.datapoint }}{% endif %}{% if payload.host %}: {{ payload.host }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if payload.value %}**{{ payload.datapoint or "Value" }}** is {{ payload.value }}{% if payload.threshold %} (threshold {{ payload.threshold }}){% endif %}
{% endif -%}
{{ payload.description or payload.eventmsg or payload.eventlogmsg or "" }}
{% if payload.level %}
- Level: {{ payload.level }}
{%- endif %}
{%- if payload.instance %}
- Instance: {{ payload.instance }}
{%- endif %}
{%- if payload.duration %}
- For: {{ payload.duration }}
{%- endif %}
{%- if payload.alertid %}
- Alert: {{ payload.alertid }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'critical': 'critical', 'error': 'error', 'warn': 'warning', 'warning': 'warning'}.get((payload.level or '') | lower, '') }}",
    host     = "{{ payload.host or '' }}",
  },

  examples = {
    { "a volume is full",
      payload = [[{
  "internalid": "LMD41-9",
  "alertid": "LMD41",
  "alertstatus": "active",
  "level": "critical",
  "host": "win-1",
  "datasource": "Volume usage C:\\",
  "instance": "C:\\",
  "datapoint": "PercentUsed",
  "value": "97",
  "threshold": "> 90 95",
  "description": "Percentage used on the volume",
  "duration": "5m",
  "link": "https://example.logicmonitor.com/santaba/uiv4/alerts/LMD41"
}]],
      expect = {
        grouping_id = "LMD41-9",
        state = "firing",
        groups = 1,
        title = "Volume usage C:\\ PercentUsed: win-1",
        message = [[
**PercentUsed** is 97 (threshold > 90 95)
Percentage used on the volume

- Level: critical
- Instance: C:\
- For: 5m
- Alert: LMD41]],
        source_link = "https://example.logicmonitor.com/santaba/uiv4/alerts/LMD41",
        labels = { severity = "critical", host = "win-1" },
      } },
    { "acknowledged there",
      payload = [[{"internalid":"LMD41-9","alertid":"LMD41","alertstatus":"ack","level":"critical","host":"win-1","datasource":"Volume usage C:\\","instance":"C:\\","datapoint":"PercentUsed","value":"97","threshold":"","description":"","duration":"","link":""}]],
      expect = { grouping_id = "LMD41-9", state = "acknowledged", title = "Volume usage C:\\ PercentUsed: win-1", groups = 1, alerts = 2 } },
    { "another alert is another problem",
      payload = [[{"internalid":"LMD42-1","alertid":"LMD42","alertstatus":"active","level":"warn","host":"win-2","datasource":"Ping","instance":"","datapoint":"PingLossPercent","value":"40","threshold":"","description":"","duration":"","link":""}]],
      expect = { grouping_id = "LMD42-1", state = "firing", title = "Ping PingLossPercent: win-2", groups = 2, labels = { severity = "warning" }, source_link = false,
                 phone_call = { title = "Ping Ping Loss Percent: win 2" } } },
    { "clear resolves it",
      payload = [[{"internalid":"LMD41-9","alertid":"LMD41","alertstatus":"clear","level":"critical","host":"win-1","datasource":"Volume usage C:\\","instance":"C:\\","datapoint":"PercentUsed","value":"61","threshold":"","description":"","duration":"","link":""}]],
      expect = { grouping_id = "LMD41-9", state = "resolved", title = "Volume usage C:\\ PercentUsed: win-1", groups = 2, alerts = 3 } },
    { "a test is recorded and pages nobody",
      payload = [[{"internalid":"","alertid":"LMT1","alertstatus":"test","level":"warn","host":"","datasource":"","instance":"","datapoint":"","value":"","threshold":"","description":"","duration":"","link":""}]],
      expect = { grouping_id = "LMT1", state = "resolved", title = "Test of the LogicMonitor integration", groups = 3 } },
  },
}
