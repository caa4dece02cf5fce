--- HetrixTools: webhooks for uptime, blacklists and resource usage, all to one address.
--- Wire format: https://docs.hetrixtools.com/uptime-monitoring-webhook-notifications/ and its sisters, as in
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/hetrix_tools/v3_test.rb (read 2026-11).
--- Uptime says offline and online; a blacklist report is a list of monitors, each with a count; resource usage has no end.
return {
  name  = "HetrixTools",
  about = "Uptime, blacklist and resource monitors of HetrixTools",
  connect = [[
1. In HetrixTools open **Contact lists** and edit the list that your monitors use.
2. Under **Webhook** paste `{{ url }}`.
3. Save. Leave the authentication token empty.
4. Press the test button beside the address, for each kind of notification that is offered.
]],

  grouping_id = [[
{%- if payload is mapping -%}
{%- if payload.resource_usage is mapping %}{{ payload.monitor_id }}/{{ payload.resource_usage.resource_type }}
{%- elif payload.blacklisted_now is defined %}blacklist/{{ payload.monitor }}
{%- else %}{{ payload.monitor_id or "" }}
{%- endif -%}
{%- endif -%}
]],
  resolve_condition = "{{ payload.monitor_status == 'online' or payload.blacklisted_now | string == '0' }}",
  source_link = [[
{%- if payload.links is mapping %}{{ payload.links.report_link }}
{%- elif (payload.monitor_target or "").startswith("http") %}{{ payload.monitor_target }}
{%- endif -%}
]],

  title = [[
{%- if payload is string %}{{ payload }}
{%- elif payload.blacklisted_now is defined %}On blacklists: {{ payload.label or payload.monitor }}
{%- elif payload.resource_usage is mapping %}High use of {{ payload.resource_usage.resource_type }}: {{ payload.monitor_name }}
{%- else -%}
{%- set place = (payload.monitor_target or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") -%}
{{ payload.monitor_name or "Monitor of HetrixTools" }}{% if payload.monitor_status %} is {{ payload.monitor_status }}{% endif %}{% if place and place not in (payload.monitor_name or "") %}: {{ place }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload.blacklisted_now is defined -%}
{{ payload.monitor }} is on {{ payload.blacklisted_now }} blacklists (before: {{ payload.blacklisted_before }}).
{% for list in (payload.blacklisted_on or [])[:10] if list is mapping %}
- {{ list.rbl }}{% if list.delist %}: [delist]({{ list.delist }}){% endif %}
{%- endfor -%}
{%- elif payload.resource_usage is mapping -%}
{%- set usage = payload.resource_usage -%}
Now {{ usage.current_usage }} %, on average {{ usage.average_usage }} % over {{ usage.average_minutes }} minutes.
{%- elif payload is mapping -%}
{{ payload.monitor_target }} is {{ payload.monitor_status or "in trouble" }}.
{% for place, error in (payload.monitor_errors if payload.monitor_errors is mapping else {}).items() %}
- {{ place }}: {{ error }}
{%- endfor %}
{%- if payload.monitor_category %}
- Category: {{ payload.monitor_category }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    monitor = "{{ payload.monitor_name or payload.label or '' }}",
  },

  -- A blacklist report is one alert for each monitor in it.
  split = function(payload)
    if type(payload[1]) == "table" and payload[1].monitor then return payload end
    return nil
  end,

  examples = {
    { "a monitor is offline",
      payload = [[{"monitor_id":"ThisWillBeTheMonitorID32CharLong","monitor_name":"Shop","monitor_target":"https://shop.example.org/","monitor_type":"website","monitor_category":"Web","monitor_status":"offline","timestamp":1793757102,"monitor_errors":{"New York":"http code 502","Dallas":"timeout"}}]],
      expect = {
        grouping_id = "ThisWillBeTheMonitorID32CharLong",
        state = "firing",
        groups = 1,
        title = "Shop is offline: shop.example.org",
        message = [[
https://shop.example.org/ is offline.

- New York: http code 502
- Dallas: timeout
- Category: Web]],
        source_link = "https://shop.example.org/",
        labels = { monitor = "Shop" },
      } },
    { "high use of a resource is another problem of the same monitor",
      payload = [[{"monitor_id":"ThisWillBeTheMonitorID32CharLong","monitor_name":"Shop","timestamp":1793757113,"resource_usage":{"resource_type":"cpu","current_usage":"97.60","average_usage":"95.29","average_minutes":"3"}}]],
      expect = { grouping_id = "ThisWillBeTheMonitorID32CharLong/cpu", state = "firing", title = "High use of cpu: Shop", groups = 2,
                 message = "Now 97.60 %, on average 95.29 % over 3 minutes.", source_link = false } },
    { "a blacklist report is an alert for each address",
      payload = [=[[{"monitor":"190.129.206.24","label":"mail-2","blacklisted_before":"2","blacklisted_now":"0","blacklisted_on":null,"links":{"report_link":"https://hetrixtools.com/report/blacklist/4255/","whitelabel_report_link":""}},{"monitor":"98.88.89.102","label":"mail-1","blacklisted_before":"0","blacklisted_now":"1","blacklisted_on":[{"rbl":"zen.spamhaus.org","delist":"https://www.spamhaus.org/query/ip/98.88.89.102"}],"links":{"report_link":"https://hetrixtools.com/report/blacklist/c855/","whitelabel_report_link":""}}]]=],
      expect = {
        stored = 2, groups = 4, grouping_id = "blacklist/98.88.89.102", state = "firing", title = "On blacklists: mail-1",
        message = "98.88.89.102 is on 1 blacklists (before: 0).\n\n- zen.spamhaus.org: [delist](https://www.spamhaus.org/query/ip/98.88.89.102)",
        source_link = "https://hetrixtools.com/report/blacklist/c855/",
      } },
    { "delisted",
      payload = [=[[{"monitor":"98.88.89.102","label":"mail-1","blacklisted_before":"1","blacklisted_now":"0","blacklisted_on":null,"links":{"report_link":"https://hetrixtools.com/report/blacklist/c855/","whitelabel_report_link":""}}]]=],
      expect = { grouping_id = "blacklist/98.88.89.102", state = "resolved", title = "On blacklists: mail-1", groups = 4, alerts = 2 } },
    { "online again",
      payload = [[{"monitor_id":"ThisWillBeTheMonitorID32CharLong","monitor_name":"Shop","monitor_target":"https://shop.example.org/","monitor_type":"website","monitor_category":"Web","monitor_status":"online","timestamp":1793758102,"monitor_errors":{}}]],
      expect = { grouping_id = "ThisWillBeTheMonitorID32CharLong", state = "resolved", title = "Shop is online: shop.example.org", groups = 4, alerts = 2 } },
  },
}
