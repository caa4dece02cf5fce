--- Uptime.com: a custom postback URL.
--- Wire format: https://support.uptime.com/hc/en-us/articles/360000926679-Custom-Postback-URL-Webhook-Notifications and
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/uptime/v3_test.rb (read 2026-11): alert_raised and alert_cleared.
return {
  name  = "Uptime.com",
  about = "Checks of Uptime.com",
  connect = [[
1. In Uptime.com open **Notifications › Integrations › New profile** and choose **Custom Postback URL (Webhook)**, name `Tocsin`.
2. URL `{{ url }}`. Leave the legacy payload off. Choose the contact groups whose checks shall call.
3. **Save**, and press **Test**: it shows here at once.
4. In your checks choose one of these contact groups.
]],

  grouping_id = "{{ ((payload.data if payload.data is mapping else {}).service or {}).id or '' }}",
  resolve_condition = "{{ payload.event == 'alert_cleared' }}",
  source_link = "{{ ((payload.data if payload.data is mapping else {}).links or {}).alert_details or '' }}",

  title = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set service = data.service or {} -%}
{%- set device = data.device or {} -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ service.display_name or service.name or "Check of Uptime.com" }} is {{ "up" if payload.event == "alert_cleared" else "down" }}
{%- if device.address and device.address not in (service.display_name or "") %}: {{ device.address }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set alert = data.alert or {} -%}
{%- set service = data.service or {} -%}
{%- if payload is mapping -%}
{{ alert.short_output or alert.output or "" }}
{% if service.monitoring_service_type_display %}
- Check: {{ service.monitoring_service_type_display }}
{%- endif %}
{%- if alert.state %}
- State: {{ alert.state }}
{%- endif %}
{%- if data.locations %}
- Seen from: {{ data.locations | join(", ") }}
{%- endif %}
{%- if service.msp_notes %}
- Notes: {{ service.msp_notes }}
{%- endif %}
{%- if service.tags %}
- Tags: {{ service.tags | join(", ") }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'WARNING': 'warning'}.get(((payload.data if payload.data is mapping else {}).alert or {}).state, '') }}",
  },

  examples = {
    { "a check goes down",
      payload = [[{"data":{"service":{"id":764692,"name":"Shop","device_id":422845,"monitoring_service_type":"ICMP","is_paused":false,"msp_address":"203.0.113.7","msp_notes":"Ask the network team","monitoring_service_type_display":"ICMP(Ping)","display_name":"Shop","short_name":"Shop","tags":["web"]},"account":{"id":123,"name":"Example"},"integration":{"id":456,"name":"Tocsin","module":"webhook"},"date":"2026-11-04T02:11:42.420Z","alert":{"id":789,"created_at":"2026-11-04T02:11:42.420Z","state":"CRITICAL","output":"PING CRITICAL - Packet loss = 100%\n\nrta=1200.000000ms","short_output":"PING CRITICAL - Packet loss = 100%","is_up":false},"global_alert_state":{"id":987,"num_locations_down":2,"state_is_up":false,"ignored":false},"device":{"id":654,"name":"","address":"203.0.113.7","display_name":"203.0.113.7"},"locations":["Canada","US West"],"links":{"alert_details":"https://uptime.com/alerting/alert-history/123456789","real_time_analysis":"https://uptime.com/devices/services/123456789/analysis"}},"event":"alert_raised"}]],
      expect = {
        grouping_id = "764692",
        state = "firing",
        groups = 1,
        title = "Shop is down: 203.0.113.7",
        message = [[
PING CRITICAL - Packet loss = 100%

- Check: ICMP(Ping)
- State: CRITICAL
- Seen from: Canada, US West
- Notes: Ask the network team
- Tags: web]],
        source_link = "https://uptime.com/alerting/alert-history/123456789",
        labels = { severity = "critical" },
      } },
    { "an escalation of it joins",
      payload = [[{"data":{"service":{"id":764692,"display_name":"Shop","tags":[]},"alert":{"state":"CRITICAL","output":""},"device":{"address":"203.0.113.7"},"locations":[],"links":{}},"event":"alert_raised"}]],
      expect = { grouping_id = "764692", state = "firing", title = "Shop is down: 203.0.113.7", groups = 1, alerts = 2, source_link = false } },
    { "another check is another problem",
      payload = [[{"data":{"service":{"id":764700,"display_name":"api.example.org","tags":[]},"alert":{"state":"WARNING","output":"slow"},"device":{"address":"api.example.org"},"locations":[],"links":{}},"event":"alert_raised"}]],
      expect = { grouping_id = "764700", state = "firing", title = "api.example.org is down", groups = 2, labels = { severity = "warning" } } },
    { "cleared",
      payload = [[{"data":{"service":{"id":764692,"display_name":"Shop","tags":[]},"alert":{"state":"OK","output":"PING OK"},"device":{"address":"203.0.113.7"},"locations":[],"links":{}},"event":"alert_cleared"}]],
      expect = { grouping_id = "764692", state = "resolved", title = "Shop is up: 203.0.113.7", groups = 2, alerts = 3 } },
  },
}
