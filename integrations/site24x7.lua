--- Site24x7: a webhook integration, with its default JSON.
--- Wire format: https://www.site24x7.com/help/admin/third-party-integration/webhooks.html and
--- PagerTree/pager_tree-integrations app/models/pager_tree/integrations/site24x7/v3.rb (read 2026-11).
--- STATUS is DOWN, CRITICAL, TROUBLE or UP. Trouble and critical are still open when a DOWN becomes one of them.
return {
  name  = "Site24x7",
  about = "Monitors of Site24x7: websites, servers, clouds",
  connect = [[
1. In Site24x7 open **Admin › Third-Party Integrations › Webhooks**, name `Tocsin`, URL `{{ url }}`, method **POST**.
2. Tick **Post as JSON**, and send **incident parameters** (`$INCIDENT_PARAMS`, the default payload).
3. Choose **Alert types** Down, Critical, Trouble and Up, and the monitors. **Save**.
4. Try it: open a monitor and choose **Test alert**, integration `Tocsin`.
]],

  grouping_id = "{{ payload.MONITOR_ID or payload.MONITORNAME or '' }}",
  resolve_condition = "{{ (payload.STATUS or '') | upper == 'UP' }}",
  source_link = "{{ payload.MONITOR_DASHBOARD_LINK or payload.MONITORURL or '' }}",

  title = [[
{%- set place = (payload.MONITORURL or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.MONITORNAME or "Monitor of Site24x7" }} is {{ {"UP": "up", "TROUBLE": "in trouble", "CRITICAL": "critical"}.get((payload.STATUS or "") | upper, "down") }}{% if place and place not in (payload.MONITORNAME or "") %}: {{ place }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.INCIDENT_REASON or payload.INCIDENT_DETAILS or "" }}
{% if payload.STATUS %}
- State: {{ payload.STATUS }}
{%- endif %}
{%- if payload.MONITORTYPE %}
- Check: {{ payload.MONITORTYPE }}
{%- endif %}
{%- if payload.MONITORURL %}
- Address: {{ payload.MONITORURL }}
{%- endif %}
{%- if payload.FAILED_LOCATIONS %}
- Failed from: {{ payload.FAILED_LOCATIONS }}
{%- endif %}
{%- if payload.INCIDENT_TIME_ISO or payload.INCIDENT_TIME %}
- At: {{ payload.INCIDENT_TIME_ISO or payload.INCIDENT_TIME }}
{%- endif %}
{%- if payload.MONITOR_GROUPNAME %}
- Group: {{ payload.MONITOR_GROUPNAME }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'DOWN': 'critical', 'CRITICAL': 'error', 'TROUBLE': 'warning'}.get((payload.STATUS or '') | upper, '') }}",
  },

  examples = {
    { "a monitor goes down",
      payload = [[{"MONITOR_DASHBOARD_LINK":"https://www.site24x7.com/app/client#/home/monitors/142/Summary","MONITORTYPE":"URL","MONITOR_ID":142000000040001,"STATUS":"DOWN","MONITORNAME":"Shop","FAILED_LOCATIONS":"Frankfurt, London","INCIDENT_REASON":"Host unavailable","OUTAGE_TIME_UNIX_FORMAT":"1793757102000","MONITORURL":"https://shop.example.org/cart","MONITOR_GROUPNAME":"Web","INCIDENT_TIME":"November 4, 2026 2:11 AM UTC","INCIDENT_TIME_ISO":"2026-11-04T02:11:42+0000","RCA_LINK":"https://www.site24x7.com/rca.do?id=1","TAGS":["env:prod"]}]],
      expect = {
        grouping_id = "142000000040001",
        state = "firing",
        groups = 1,
        title = "Shop is down: shop.example.org",
        message = [[
Host unavailable

- State: DOWN
- Check: URL
- Address: https://shop.example.org/cart
- Failed from: Frankfurt, London
- At: 2026-11-04T02:11:42+0000
- Group: Web]],
        source_link = "https://www.site24x7.com/app/client#/home/monitors/142/Summary",
        labels = { severity = "critical" },
      } },
    { "trouble is not up",
      payload = [[{"MONITOR_DASHBOARD_LINK":"","MONITORTYPE":"URL","MONITOR_ID":142000000040001,"STATUS":"TROUBLE","MONITORNAME":"Shop","INCIDENT_REASON":"Response time above 4 s","MONITORURL":"https://shop.example.org/cart"}]],
      expect = { grouping_id = "142000000040001", state = "firing", title = "Shop is in trouble: shop.example.org", groups = 1, alerts = 2 } },
    { "a server is another problem",
      payload = [[{"MONITOR_DASHBOARD_LINK":"https://www.site24x7.com/app/client#/home/monitors/143/Summary","MONITORTYPE":"SERVER","MONITOR_ID":142000000040077,"STATUS":"TROUBLE","MONITORNAME":"db-1","INCIDENT_REASON":"Memory is 97%","INCIDENT_TIME_ISO":"2026-11-04T02:12:42+0000"}]],
      expect = { grouping_id = "142000000040077", state = "firing", title = "db-1 is in trouble", groups = 2, labels = { severity = "warning" } } },
    { "up resolves it",
      payload = [[{"MONITOR_DASHBOARD_LINK":"","MONITORTYPE":"URL","MONITOR_ID":142000000040001,"STATUS":"UP","MONITORNAME":"Shop","INCIDENT_REASON":"","MONITORURL":"https://shop.example.org/cart"}]],
      expect = { grouping_id = "142000000040001", state = "resolved", title = "Shop is up: shop.example.org", groups = 2, alerts = 3 } },
  },
}
