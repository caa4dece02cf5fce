--- PRTG Network Monitor: a notification template that executes an HTTP action, with a form.
--- Wire format: the form in `connect`; statuses as in PagerTree/pager_tree-integrations test/models/pager_tree/integrations/prtg/v3_test.rb,
--- placeholders of https://www.paessler.com/manuals/prtg/list_of_placeholders_for_notifications (read 2026-11).
--- A recovery reads "Down ended (now: Up)", and "Down ended (now: Warning)" is none. OnCall's script sent alert_uid, title, state and message.
return {
  name  = "PRTG",
  about = "Sensors of PRTG Network Monitor, by an HTTP action",
  connect = [[
1. In PRTG open **Setup › Account Settings › Notification Templates** and add one named `Tocsin`.
2. Turn on **Execute HTTP Action**: URL `{{ url }}`, method **POST**, and this **Postdata** in one line:

```
sensorid=%sensorid&device=%device&sensor=%name&status=%status&group=%group&probe=%probe&priority=%priority&lastvalue=%lastvalue&datetime=%datetime&link=%linksensor&message=%message
```

3. Save, and press **Send test notification** at the template: its placeholders have sample texts or none, and it shows here as resolved.
4. On the **Root** group open **Notification Triggers** and add a **State Trigger**: when a sensor is **Down** for 60 seconds perform `Tocsin`, and when the condition clears perform `Tocsin`. Do the same for **Warning** if it shall call.
]],

  grouping_id = "{{ payload.sensorid or payload.alert_uid or '' }}",
  -- A test of the template knows no sensor.
  resolve_condition = [[
{%- set status = (payload.status or "") | lower -%}
{{ "now: up" in status or "now: paused" in status or status in ("up", "paused") or (payload.state or "") | lower in ("ok", "up")
   or (payload is mapping and "sensorid" in payload and payload.sensorid in ("", "0", "%sensorid")) }}]],
  acknowledge_condition = "{{ 'acknowledged' in (payload.status or '') | lower }}",
  source_link = "{{ payload.link or payload.link_to_upstream_details or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif payload is mapping and "sensorid" in payload and payload.sensorid in ("", "0", "%sensorid") %}Test of the PRTG notification
{%- elif payload.sensor or payload.device %}{{ payload.sensor or "Sensor" }}: {{ payload.device }}
{%- else %}{{ payload.title or payload.name or "Sensor of PRTG" }}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.message or payload.lastmessage or "" }}
{% if payload.status %}
- State: {{ payload.status }}
{%- endif %}
{%- if payload.lastvalue %}
- Value: {{ payload.lastvalue }}
{%- endif %}
{%- if payload.group %}
- Group: {{ payload.group }}{% if payload.probe %} on {{ payload.probe }}{% endif %}
{%- endif %}
{%- if payload.priority %}
- Priority: {{ payload.priority }}
{%- endif %}
{%- if payload.datetime %}
- At: {{ payload.datetime }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% set status = (payload.status or '') | lower %}{% if status.startswith('down') and 'now: up' not in status %}critical"
      .. "{% elif status.startswith('warning') or status.startswith('unusual') %}warning{% elif status.startswith('unknown') %}error{% endif %}",
    device = "{{ payload.device or '' }}",
  },

  examples = {
    { "a sensor is down",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[sensorid=2041&device=db-1&sensor=Free+disk+space&status=Down&group=Databases&probe=Local+Probe&priority=%2A%2A%2A&lastvalue=1+%25&datetime=04.11.2026+02%3A11%3A42&link=https%3A%2F%2Fprtg.example.org%2Fsensor.htm%3Fid%3D2041&message=1+%25+%28Free+Space%29+is+below+the+error+limit+of+5+%25]],
      expect = {
        grouping_id = "2041",
        state = "firing",
        groups = 1,
        title = "Free disk space: db-1",
        message = [[
1 % (Free Space) is below the error limit of 5 %

- State: Down
- Value: 1 %
- Group: Databases on Local Probe
- Priority: ***
- At: 04.11.2026 02:11:42]],
        source_link = "https://prtg.example.org/sensor.htm?id=2041",
        labels = { severity = "critical", device = "db-1" },
        phone_call = { title = "Free disk space: db 1" },
      } },
    { "an escalation of it joins",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[sensorid=2041&device=db-1&sensor=Free+disk+space&status=Down+escalation+%28for+600+s%29&group=Databases&probe=Local+Probe&priority=&lastvalue=&datetime=&link=&message=]],
      expect = { grouping_id = "2041", state = "firing", title = "Free disk space: db-1", groups = 1, alerts = 2 } },
    { "acknowledged in PRTG",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[sensorid=2041&device=db-1&sensor=Free+disk+space&status=Down+%28Acknowledged%29&group=Databases&probe=Local+Probe&priority=&lastvalue=&datetime=&link=&message=]],
      expect = { grouping_id = "2041", state = "acknowledged", title = "Free disk space: db-1", groups = 1, alerts = 3 } },
    { "another sensor is another problem, and down that has become a warning is not over",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[sensorid=2042&device=db-1&sensor=Ping&status=Down+ended+%28now%3A+Warning%29&group=Databases&probe=Local+Probe&priority=&lastvalue=412+msec&datetime=&link=&message=]],
      expect = { grouping_id = "2042", state = "firing", title = "Ping: db-1", groups = 2 } },
    { "now: Up resolves it",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[sensorid=2041&device=db-1&sensor=Free+disk+space&status=Down+ended+%28now%3A+Up%29&group=Databases&probe=Local+Probe&priority=&lastvalue=41+%25&datetime=&link=&message=OK]],
      expect = { grouping_id = "2041", state = "resolved", title = "Free disk space: db-1", groups = 2, alerts = 4 } },
    { "OnCall's script",
      payload = [[{"alert_uid":"2043 04.11.2026","title":"Traffic of wan-1 Down","image_url":"","state":"Down","link_to_upstream_details":"https://prtg.example.org/sensor.htm?id=2043","message":"No response"}]],
      expect = { grouping_id = "2043 04.11.2026", state = "firing", title = "Traffic of wan-1 Down", groups = 3,
                 source_link = "https://prtg.example.org/sensor.htm?id=2043" } },
    { "and its recovery",
      payload = [[{"alert_uid":"2043 04.11.2026","title":"Traffic of wan-1 Up","image_url":"","state":"Up","link_to_upstream_details":"","message":"OK"}]],
      expect = { grouping_id = "2043 04.11.2026", state = "resolved", title = "Traffic of wan-1 Up", groups = 3, alerts = 2 } },
    { "a test of the template is recorded and pages nobody",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[sensorid=0&device=&sensor=&status=&group=&probe=&priority=&lastvalue=&datetime=04.11.2026+02%3A31%3A42&link=&message=Test]],
      expect = { grouping_id = "0", state = "resolved", title = "Test of the PRTG notification", groups = 4 } },
  },
}
