--- Cloudflare: notifications to a generic webhook.
--- Wire format: https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/ and
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/cloudflare/v3_test.rb (read 2026-11).
--- Some kinds of alert have a start and an end (alert_event); the others happen once. The test has nothing but `text`.
return {
  name  = "Cloudflare",
  about = "Notifications of Cloudflare: origins, attacks, certificates, tunnels, load balancing",
  connect = [[
1. In the Cloudflare dashboard open **Notifications › Destinations** and at **Webhooks** choose **Create**.
2. Name `Tocsin`, URL `{{ url }}`; a **secret**, when you set one, goes here as `signing_secret` as well. **Save and test**: the test shows here as resolved and calls nobody.
3. Under **Notifications › All notifications** add the ones you want (for example *Passive origin monitoring*, *HTTP DDoS attack alert*, *Tunnel health alert*), with the destination `Tocsin`.
4. Kinds without an end stay open here until somebody resolves them.
]],

  grouping_id = [[
{%- if payload.alert_correlation_id %}{{ payload.alert_correlation_id }}
{%- elif payload.alert_type %}{{ payload.policy_id }}/{{ payload.alert_type }}
{%- endif -%}
]],
  resolve_condition = "{{ payload.alert_event == 'ALERT_STATE_EVENT_END'"
    .. " or (payload is mapping and not payload.alert_type and 'test message sent from https://cloudflare.com' in (payload.text or '')) }}",
  source_link = "{% if payload.account_id %}https://dash.cloudflare.com/{{ payload.account_id }}/notifications{% endif %}",

  title = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{%- set zones = data.unreachable_zones or [] -%}
{%- set where = data.zone_name or (zones[0].zone_name if zones and zones[0] is mapping) or data.tunnel_name or data.pool_name or data.target_hostname -%}
{%- if payload is string %}{{ payload }}
{%- elif payload.alert_type %}{{ payload.name or payload.policy_name or payload.alert_type | replace("_", " ") }}
{%- if where and where not in (payload.name or "") %}: {{ where }}{% endif %}
{%- elif payload.text %}{{ payload.text | regex_replace("[.!] .*$", "") | truncate(120) }}
{%- else %}Notification of Cloudflare
{%- endif -%}
]],
  message = [[
{%- set data = payload.data if payload.data is mapping else {} -%}
{{ payload.text or "" }}
{% if payload.alert_type %}
- Kind: {{ payload.alert_type | replace("_", " ") }}
{%- endif %}
{%- for name, value in (data.items() | list)[:15] if (value is string or value is number) and value is not boolean and value != "" %}
- {{ name | replace("_", " ") }}: {{ value }}
{%- endfor -%}
]],

  labels = {
    alert_type = "{{ payload.alert_type or '' }}",
    zone       = "{{ (payload.data if payload.data is mapping else {}).zone_name or '' }}",
  },

  verify = { algorithm = "plain", header = "cf-webhook-auth", secret = "the secret of the destination" },

  examples = {
    { "an attack starts",
      payload = [[{"name":"Security events","text":"A spike of security events was detected for example.org.","data":{"account_name":"Example","actions":"block","alert_start_time":"2026-11-04T02:11:42Z","events_count":"394","zone_name":"example.org","zone_tag":"a1b2"},"ts":1793757102,"account_id":"abc123","policy_id":"def456","policy_name":"Security events","alert_type":"clickhouse_alert_fw_anomaly","alert_correlation_id":"2099428449234980864","alert_event":"ALERT_STATE_EVENT_START"}]],
      expect = {
        grouping_id = "2099428449234980864",
        state = "firing",
        groups = 1,
        title = "Security events: example.org",
        message = [[
A spike of security events was detected for example.org.

- Kind: clickhouse alert fw anomaly
- account name: Example
- actions: block
- alert start time: 2026-11-04T02:11:42Z
- events count: 394
- zone name: example.org
- zone tag: a1b2]],
        source_link = "https://dash.cloudflare.com/abc123/notifications",
        labels = { alert_type = "clickhouse_alert_fw_anomaly", zone = "example.org" },
      } },
    { "and ends",
      payload = [[{"name":"Security events","text":"The spike is over.","data":{"zone_name":"example.org"},"ts":1793758102,"account_id":"abc123","policy_id":"def456","policy_name":"Security events","alert_type":"clickhouse_alert_fw_anomaly","alert_correlation_id":"2099428449234980864","alert_event":"ALERT_STATE_EVENT_END"}]],
      expect = { grouping_id = "2099428449234980864", state = "resolved", title = "Security events: example.org", groups = 1, alerts = 2 } },
    { "a kind without an end is grouped by its policy",
      payload = [[{"name":"Origin is down","text":"Requests to the following zone(s) have been failing for at least 5 minutes: shop.example.org","data":{"unreachable_zones":[{"zone_name":"shop.example.org","host":""}]},"ts":1793757148,"account_id":"abc123","policy_id":"def789","alert_type":"real_origin_monitoring"}]],
      expect = { grouping_id = "def789/real_origin_monitoring", state = "firing", title = "Origin is down: shop.example.org", groups = 2,
                 phone_call = { title = "Origin is down: shop.example.org" } } },
    { "and again joins it",
      payload = [[{"name":"Origin is down","text":"Requests to the following zone(s) have been failing for at least 5 minutes: shop.example.org","data":{"unreachable_zones":[{"zone_name":"shop.example.org","host":""}]},"ts":1793757448,"account_id":"abc123","policy_id":"def789","alert_type":"real_origin_monitoring"}]],
      expect = { grouping_id = "def789/real_origin_monitoring", state = "firing", title = "Origin is down: shop.example.org", groups = 2, alerts = 2 } },
    { "the test is recorded and pages nobody",
      payload = [[{"text":"Hello World! This is a test message sent from https://cloudflare.com. If you can see this, your webhook is configured properly."}]],
      expect = { grouping_id = false, state = "resolved", title = "Hello World", groups = 3 } },
  },
}
