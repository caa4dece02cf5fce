--- Netdata: the agent's custom notification, and the webhook of Netdata Cloud.
--- Wire format: the form in `connect` (variables of https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/agent-dispatched-notifications/custom),
--- Cloud's alert and reachability bodies of https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/centralized-cloud-notifications/webhook
--- (read 2026-11). Cloud asks a new address a signed question unless mutual TLS is used.
return {
  name  = "Netdata",
  about = "Alerts of Netdata agents and parents, and of Netdata Cloud",
  connect = [[
1. On the agent (or on the parent) run `sudo /etc/netdata/edit-config health_alarm_notify.conf`.
2. Set these, in place of the lines that are there:

```
SEND_CUSTOM="YES"
DEFAULT_RECIPIENT_CUSTOM="tocsin"
custom_sender() {
  if curl -fsS -m 20 --data-urlencode "host=$host" --data-urlencode "alert=$name" --data-urlencode "chart=$chart" \
    --data-urlencode "severity=$status" --data-urlencode "value=$value_string" --data-urlencode "info=$info" \
    --data-urlencode "duration=$duration_txt" --data-urlencode "alert_url=$goto_url" "{{ url }}"; then
    sent=$((sent + 1))
  fi
}
```

3. Send test alerts: `sudo -u netdata /usr/libexec/netdata/plugins.d/alarm-notify.sh test` (Debian: `/usr/lib/netdata/plugins.d/`). A warning, a critical and a clear of `test_alarm` show here, as one resolved group.
4. *Netdata Cloud* instead: **Space settings › Alerts & Notifications › Add configuration › Webhook**, URL `{{ url }}`, authentication *Basic* or *Bearer* with any values. The **challenge secret** that it shows is set as `signing_secret` here before the URL is saved: Cloud asks whether we know it.
]],

  grouping_id = [[
{%- if payload.alert or payload.alarm %}{{ payload.host or payload.space }}/{{ payload.chart }}/{{ payload.alert or payload.alarm }}
{%- elif payload.status is mapping %}{{ payload.host }}
{%- endif -%}
]],
  resolve_condition = [[
{%- if payload.status is mapping %}{{ payload.status.reachable }}
{%- else %}{{ (payload.severity or "") | lower in ("clear", "removed") }}
{%- endif -%}
]],
  source_link = "{{ payload.alert_url or payload.alarm_url or payload.url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif payload.status is mapping %}Node is {{ payload.status.text or "unreachable" }}: {{ payload.host }}
{%- else %}{{ payload.alert or payload.alarm or payload.message or "Alert of Netdata" }}{% if payload.host %}: {{ payload.host }}{% elif payload.family %}: {{ payload.family }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.info or payload.message or "" }}
{% if payload.value %}
- Value: {{ payload.value }}
{%- endif %}
{%- if payload.severity and payload.status is not mapping %}
- State: {{ payload.severity | lower }}{% if payload.duration %}, {{ payload.duration }}{% endif %}
{%- endif %}
{%- if payload.chart %}
- Chart: {{ payload.chart }}
{%- endif %}
{%- if payload.space %}
- Space: {{ payload.space }}
{%- endif %}
{%- if payload.additional_active_critical_alerts or payload.additional_active_warning_alerts %}
- More on this node: {{ payload.additional_active_critical_alerts or 0 }} critical, {{ payload.additional_active_warning_alerts or 0 }} warning
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'critical': 'critical', 'warning': 'warning'}.get((payload.severity or '') | lower, '') }}",
    host     = "{{ payload.host or '' }}",
  },

  challenge = { query = "crc_token", encoding = "base64", answer = [[{"response_token": "sha256={hmac}"}]],
    secret = "the challenge secret that Netdata Cloud shows" },

  examples = {
    { "an agent's alert",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[host=db-1&alert=disk_space_usage&chart=disk_space._var&severity=WARNING&value=91.2%25&info=disk%20%2Fvar%20space%20utilization&duration=was%20ok%20for%205%20hours&alert_url=https%3A%2F%2Fregistry.my-netdata.io%2Fgoto-host-from-alarm.html%3Fhost%3Ddb-1]],
      expect = {
        grouping_id = "db-1/disk_space._var/disk_space_usage",
        state = "firing",
        groups = 1,
        title = "disk_space_usage: db-1",
        message = [[
disk /var space utilization

- Value: 91.2%
- State: warning, was ok for 5 hours
- Chart: disk_space._var]],
        source_link = "https://registry.my-netdata.io/goto-host-from-alarm.html?host=db-1",
        labels = { severity = "warning", host = "db-1" },
        phone_call = { title = "disk space usage: db 1" },
      } },
    { "it becomes critical and joins",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[host=db-1&alert=disk_space_usage&chart=disk_space._var&severity=CRITICAL&value=98.7%25&info=disk%20%2Fvar%20space%20utilization&duration=&alert_url=]],
      expect = { grouping_id = "db-1/disk_space._var/disk_space_usage", state = "firing", title = "disk_space_usage: db-1", groups = 1, alerts = 2 } },
    { "another chart of the same alert is another problem",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[host=db-1&alert=disk_space_usage&chart=disk_space._home&severity=WARNING&value=90.2%25&info=disk%20%2Fhome%20space%20utilization&duration=&alert_url=]],
      expect = { grouping_id = "db-1/disk_space._home/disk_space_usage", state = "firing", title = "disk_space_usage: db-1", groups = 2, source_link = false } },
    { "clear resolves it",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[host=db-1&alert=disk_space_usage&chart=disk_space._var&severity=CLEAR&value=41.0%25&info=disk%20%2Fvar%20space%20utilization&duration=&alert_url=]],
      expect = { grouping_id = "db-1/disk_space._var/disk_space_usage", state = "resolved", title = "disk_space_usage: db-1", groups = 2, alerts = 3 } },
    { "an alert of Netdata Cloud names no host of its own",
      payload = [[{"message":"cpu_usage on web-1 is critical","alert":"cpu_usage","info":"CPU utilization too high","chart":"system.cpu","context":"system.cpu","space":"prod","rooms":{"web":"https://app.netdata.cloud/spaces/prod/rooms/web"},"family":"cpu","class":"Utilization","severity":"critical","date":"2026-11-04T02:11:42Z","duration":"5m","additional_active_critical_alerts":2,"additional_active_warning_alerts":1,"alert_url":"https://app.netdata.cloud/spaces/prod/alerts/123"}]],
      expect = {
        grouping_id = "prod/system.cpu/cpu_usage", state = "firing", groups = 3, title = "cpu_usage: cpu", labels = { severity = "critical" },
        message = "CPU utilization too high\n\n- State: critical, 5m\n- Chart: system.cpu\n- Space: prod\n- More on this node: 2 critical, 1 warning",
      } },
    { "a node that Netdata Cloud cannot reach",
      payload = [[{"message":"web-2 is unreachable","url":"https://app.netdata.cloud/spaces/prod/nodes/web-2","host":"web-2","severity":"critical","status":{"reachable":false,"text":"unreachable"}}]],
      expect = { grouping_id = "web-2", state = "firing", groups = 4, title = "Node is unreachable: web-2", message = "web-2 is unreachable\n",
                 source_link = "https://app.netdata.cloud/spaces/prod/nodes/web-2" } },
    { "and is back",
      payload = [[{"message":"web-2 is reachable","url":"https://app.netdata.cloud/spaces/prod/nodes/web-2","host":"web-2","severity":"info","status":{"reachable":true,"text":"reachable"}}]],
      expect = { grouping_id = "web-2", state = "resolved", groups = 4, alerts = 2, title = "Node is reachable: web-2" } },
  },
}
