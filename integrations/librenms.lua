--- LibreNMS: the API transport, which puts its options into the query string.
--- Wire format: the options in `connect`; librenms/librenms LibreNMS/Alert/Transport/Api.php and values as in
--- keephq/keep keep/providers/libre_nms_provider/alerts_mock.py (read 2026-11). All values are text.
--- state is 0 ok, 1 alert, 2 acknowledged, 3 worse, 4 better, 5 changed. LibreNMS does not escape what it puts into a JSON body, hence no body.
return {
  name  = "LibreNMS",
  about = "Alert rules of LibreNMS, by its API transport",
  connect = [[
1. In LibreNMS open **Alerts › Alert transports › Create alert transport**, name `Tocsin`, type **API**, method **POST**.
2. API URL `{{ url }}`. Leave the body empty and paste this as **Options**, with your own address in `link`:

```
{% raw %}alert_id={{ $alert_id }}
rule_id={{ $rule_id }}
device_id={{ $device_id }}
hostname={{ $hostname }}
sysName={{ $sysName }}
display={{ $display }}
name={{ $name }}
state={{ $state }}
severity={{ $severity }}
title={{ $title }}
msg={{ $msg }}
elapsed={{ $elapsed }}
location={{ $location }}
link=https://librenms.example.org/device/{{ $device_id }}/alerts{% endraw %}
```

3. Tick **Default alert**, or choose the transport in your alert rules. In the rules leave **Recovery alerts** on.
4. Press the test button of the transport: it shows here at once.
]],

  grouping_id = [[
{%- if payload is mapping -%}
{%- if payload.device_id or payload.rule_id %}{{ payload.device_id }}/{{ payload.rule_id }}{% elif payload.alert_id %}{{ payload.alert_id }}{% endif %}
{%- endif -%}
]],
  resolve_condition = "{{ payload.state | string == '0' }}",
  acknowledge_condition = "{{ payload.state | string == '2' }}",
  source_link = "{{ payload.link or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else -%}
{%- set where = payload.display or payload.sysName or payload.hostname -%}
{{ payload.name or "Alert rule of LibreNMS" }}{% if where and where not in (payload.name or "") %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{%- if payload.state | string == "3" %}**It has become worse.**

{% elif payload.state | string == "4" %}**It has become better.**

{% endif -%}
{{ payload.msg or "" }}
{% if payload.hostname %}
- Device: {{ payload.hostname }}{% if payload.sysName and payload.sysName != payload.hostname %} ({{ payload.sysName }}){% endif %}
{%- endif %}
{%- if payload.severity %}
- Severity: {{ payload.severity }}
{%- endif %}
{%- if payload.elapsed %}
- For: {{ payload.elapsed }}
{%- endif %}
{%- if payload.location %}
- Location: {{ payload.location }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'critical': 'critical', 'warning': 'warning'}.get((payload.severity or '') | lower, '') }}",
    host     = "{{ payload.hostname or '' }}",
  },

  examples = {
    { "a device is down",
      headers = { ["content-type"] = "text/plain" },
      query = "alert_id=26&rule_id=13&device_id=2&hostname=10.10.1.147&sysName=core-sw-1&display=core-sw-1&name=Devices%20up%2Fdown&state=1&severity=critical&title=Alert%20for%20device%2010.10.1.147%20-%20Devices%20up%2Fdown&msg=Device%2010.10.1.147%20is%20down%20%28icmp%29&elapsed=5m&location=Rack%204&link=https%3A%2F%2Flibrenms.example.org%2Fdevice%2F2%2Falerts",
      payload = "",
      expect = {
        grouping_id = "2/13",
        state = "firing",
        groups = 1,
        title = "Devices up/down: core-sw-1",
        message = [[
Device 10.10.1.147 is down (icmp)

- Device: 10.10.1.147 (core-sw-1)
- Severity: critical
- For: 5m
- Location: Rack 4]],
        source_link = "https://librenms.example.org/device/2/alerts",
        labels = { severity = "critical", host = "10.10.1.147" },
        phone_call = { title = "Devices up down: core sw 1" },
      } },
    { "an acknowledgement there acknowledges it",
      headers = { ["content-type"] = "text/plain" },
      query = "alert_id=26&rule_id=13&device_id=2&hostname=10.10.1.147&sysName=core-sw-1&display=core-sw-1&name=Devices%20up%2Fdown&state=2&severity=critical&title=&msg=&elapsed=7m&location=&link=",
      payload = "",
      expect = { grouping_id = "2/13", state = "acknowledged", title = "Devices up/down: core-sw-1", groups = 1, alerts = 2 } },
    { "it becomes worse: the same problem",
      headers = { ["content-type"] = "text/plain" },
      query = "alert_id=26&rule_id=13&device_id=2&hostname=10.10.1.147&sysName=&display=core-sw-1&name=Devices%20up%2Fdown&state=3&severity=critical&title=&msg=Two%20ports&elapsed=9m&location=&link=",
      payload = "",
      expect = { grouping_id = "2/13", state = "acknowledged", title = "Devices up/down: core-sw-1", groups = 1, alerts = 3,
                 message = "**It has become worse.**\n\nTwo ports\n\n- Device: 10.10.1.147\n- Severity: critical\n- For: 9m" } },
    { "the same rule of another device is another problem",
      headers = { ["content-type"] = "text/plain" },
      query = "alert_id=27&rule_id=13&device_id=3&hostname=10.10.1.148&sysName=core-sw-2&display=&name=Devices%20up%2Fdown&state=1&severity=warning&title=&msg=&elapsed=&location=&link=",
      payload = "",
      expect = { grouping_id = "3/13", state = "firing", title = "Devices up/down: core-sw-2", groups = 2, labels = { severity = "warning" }, source_link = false } },
    { "recovered, in a JSON body of one's own",
      payload = [[{"title":"Device 10.10.1.147 recovered from Devices up/down","hostname":"10.10.1.147","device_id":"2","sysName":"core-sw-1","display":"core-sw-1","alert_id":"26","rule_id":"13","id":"38","faults":"","uid":"41","severity":"ok","name":"Devices up/down","timestamp":"2026-11-04 02:21:41","state":"0","elapsed":"13m 7s","msg":"Device 10.10.1.147 recovered"}]],
      expect = { grouping_id = "2/13", state = "resolved", title = "Devices up/down: core-sw-1", groups = 2, alerts = 4 } },
  },
}
