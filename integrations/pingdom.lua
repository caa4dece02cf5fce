--- Pingdom: the webhook integration.
--- Wire format: https://www.pingdom.com/resources/webhooks/, with the fixture of zulip/zulip
--- zerver/webhooks/pingdom/fixtures/http_up_to_down.json (read 2026-11). A check is UP or DOWN, a transaction SUCCESS or FAILING.
return {
  name  = "Pingdom",
  about = "Uptime and transaction checks of Pingdom",
  connect = [[
1. In Pingdom open **Integrations › Add integration**, type **Webhook**, name `Tocsin`, URL `{{ url }}`, **Active**. Save.
2. Open each check (or several at once) and tick `Tocsin` under **Connect integrations**.
3. Leave the alert on recovery on: it resolves the group here.
4. Try it: open the check and choose **Test** at its alert settings; it shows here as resolved and calls nobody.
]],

  grouping_id = "{{ payload.check_id or '' }}",
  -- The test is of a user of My Pingdom, as its long description says.
  resolve_condition = "{{ (payload.current_state or '') | upper in ('UP', 'SUCCESS')"
    .. " or 'test message triggered by a user' in (payload.long_description or '') }}",
  source_link = "{% set params = payload.check_params if payload.check_params is mapping else {} %}{{ params.full_url or '' }}",

  title = [[
{%- set params = payload.check_params if payload.check_params is mapping else {} -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.check_name or "Check of Pingdom" }} {{ {"UP": "is up", "SUCCESS": "works", "FAILING": "fails"}.get(payload.current_state, "is down") }}
{%- if params.hostname and params.hostname not in (payload.check_name or "") %}: {{ params.hostname }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set params = payload.check_params if payload.check_params is mapping else {} -%}
{%- set first = payload.first_probe if payload.first_probe is mapping else {} -%}
{%- set second = payload.second_probe if payload.second_probe is mapping else {} -%}
{%- if payload is mapping -%}
{{ payload.long_description or payload.description or "" }}
{% if payload.custom_message %}
{{ payload.custom_message }}
{% endif %}
- State: {{ payload.current_state }} (before: {{ payload.previous_state }})
- Check: {{ payload.check_type }}{% if params.full_url %} {{ params.full_url }}{% endif %}
{%- if first.location %}
- Seen from: {{ first.location }}{% if second.location %}, {{ second.location }}{% endif %}
{%- endif %}
{%- if payload.tags %}
- Tags: {{ payload.tags | join(", ") }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'HIGH': 'critical', 'LOW': 'warning'}.get(payload.importance_level or '', '') }}",
  },

  examples = {
    { "a check goes down",
      payload = [[{"check_id":2048467,"check_name":"Shop","check_type":"HTTP","check_params":{"basic_auth":false,"encryption":true,"full_url":"https://shop.example.org/cart","header":"User-Agent:Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)","hostname":"shop.example.org","ipv6":false,"port":443,"url":"/cart"},"tags":["web","prod"],"previous_state":"UP","current_state":"DOWN","importance_level":"HIGH","state_changed_timestamp":1793757102,"state_changed_utc_time":"2026-11-04T02:11:42","long_description":"HTTP Server Error 502 Bad Gateway","description":"HTTP Error 502","custom_message":"Look at the load balancer.","first_probe":{"ip":"85.17.156.99","ipv6":"2001:1af8:4100:a09b::454","location":"Amsterdam 5, Netherlands"},"second_probe":{"ip":"64.141.100.136","ipv6":"","location":"Calgary, Canada","version":1}}]],
      expect = {
        grouping_id = "2048467",
        state = "firing",
        groups = 1,
        title = "Shop is down: shop.example.org",
        message = [[
HTTP Server Error 502 Bad Gateway

Look at the load balancer.

- State: DOWN (before: UP)
- Check: HTTP https://shop.example.org/cart
- Seen from: Amsterdam 5, Netherlands, Calgary, Canada
- Tags: web, prod]],
        source_link = "https://shop.example.org/cart",
        labels = { severity = "critical" },
      } },
    { "a reminder joins it",
      payload = [[{"check_id":2048467,"check_name":"Shop","check_type":"HTTP","check_params":{"full_url":"https://shop.example.org/cart","hostname":"shop.example.org"},"tags":[],"previous_state":"DOWN","current_state":"DOWN","importance_level":"HIGH","state_changed_timestamp":1793757402,"long_description":"Timeout","description":"Timeout","first_probe":{},"second_probe":{}}]],
      expect = { grouping_id = "2048467", state = "firing", title = "Shop is down: shop.example.org", groups = 1, alerts = 2 } },
    { "a transaction that fails is another problem",
      payload = [[{"check_id":1234,"check_name":"Checkout steps","check_type":"TRANSACTION","check_params":[],"tags":[],"previous_state":"SUCCESS","current_state":"FAILING","importance_level":"LOW","state_changed_timestamp":1793757502,"long_description":"Step 3: element not found","description":"failed","custom_message":"","first_probe":{"ip":"","ipv6":"","location":"Frankfurt, Germany"}}]],
      expect = { grouping_id = "1234", state = "firing", title = "Checkout steps fails", groups = 2, labels = { severity = "warning" }, source_link = false } },
    { "up resolves it",
      payload = [[{"check_id":2048467,"check_name":"Shop","check_type":"HTTP","check_params":{"full_url":"https://shop.example.org/cart","hostname":"shop.example.org"},"tags":[],"previous_state":"DOWN","current_state":"UP","importance_level":"HIGH","state_changed_timestamp":1793758102,"long_description":"OK","description":"OK","first_probe":{},"second_probe":{}}]],
      expect = { grouping_id = "2048467", state = "resolved", title = "Shop is up: shop.example.org", groups = 2, alerts = 3 } },
    { "success resolves a transaction",
      payload = [[{"check_id":1234,"check_name":"Checkout steps","check_type":"TRANSACTION","check_params":[],"tags":[],"previous_state":"FAILING","current_state":"SUCCESS","importance_level":"LOW","state_changed_timestamp":1793758502,"long_description":"","description":""}]],
      expect = { grouping_id = "1234", state = "resolved", title = "Checkout steps works", groups = 2, alerts = 2 } },
    { "a test of a user is recorded and pages nobody",
      payload = [[{"second_probe":{},"check_type":"HTTP","first_probe":{},"tags":[],"check_id":803318,"current_state":"DOWN","check_params":{"url":"/","encryption":false,"hostname":"api.example.org","basic_auth":false,"port":80,"header":"","ipv6":false,"full_url":"http://api.example.org/"},"previous_state":"UP","check_name":"API","version":1,"state_changed_timestamp":1793758602,"importance_level":"HIGH","state_changed_utc_time":"2026-11-04T02:36:42","long_description":"This is a test message triggered by a user in My Pingdom","description":"test"}]],
      expect = { grouping_id = "803318", state = "resolved", title = "API is down: api.example.org", groups = 3 } },
  },
}
