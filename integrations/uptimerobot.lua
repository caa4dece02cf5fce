--- UptimeRobot: a webhook alert contact, as JSON, form or query string.
--- Wire format: the body in `connect`; variables of https://uptimerobot.com/help/web-hook-alert-contacts/, values as in
--- PagerTree/pager_tree-integrations test/models/pager_tree/integrations/uptime_robot/v3_test.rb (read 2026-11).
--- alertType is 1 for down, 2 for up, 3 for a certificate that ends soon. OnCall's body had no monitorID.
return {
  name  = "UptimeRobot",
  about = "Monitors of UptimeRobot going down and up, and certificates that end soon",
  connect = [[
1. In UptimeRobot open **Integrations › Webhook** (older: *My settings › Add alert contact*), name `Tocsin`, URL `{{ url }}`.
2. Paste this as **POST value** and tick **Send as JSON**:

```
{
  "monitorID": "*monitorID*",
  "monitorURL": "*monitorURL*",
  "monitorFriendlyName": "*monitorFriendlyName*",
  "alertType": "*alertType*",
  "alertTypeFriendlyName": "*alertTypeFriendlyName*",
  "alertDetails": "*alertDetails*",
  "alertDuration": "*alertDuration*",
  "sslExpiryDate": "*sslExpiryDate*",
  "sslExpiryDaysLeft": "*sslExpiryDaysLeft*"
}
```

3. Notify about **up and down** events (and about certificates). Save.
4. In your monitors add the contact. **Test** leaves the variables as they are, or sends sample values.
]],

  grouping_id = [[
{%- if payload is mapping -%}
{{ payload.monitorID or payload.monitorURL }}{% if payload.alertType | string == "3" %}/certificate{% endif %}
{%- endif -%}
]],
  -- Unexpanded variables are a test: recorded, nobody is paged.
  resolve_condition = "{{ payload.alertType | string in ('2', '*alertType*') or payload.alertTypeFriendlyName == 'Up' }}",
  source_link = "{{ payload.monitorURL or '' }}",

  title = [[
{%- set place = (payload.monitorURL or "") | regex_replace("^[a-z]+://", "") | regex_replace("[/?#].*$", "") -%}
{%- if payload is string %}{{ payload }}
{%- elif payload.alertType == "*alertType*" %}Test of the UptimeRobot contact
{%- else %}{{ "Certificate ends soon: " if payload.alertType | string == "3" }}{{ payload.monitorFriendlyName or place or "Monitor of UptimeRobot" }}
{{- " is up" if payload.alertType | string == "2" else (" is down" if payload.alertType | string != "3") }}
{%- if place and place not in (payload.monitorFriendlyName or place) %}: {{ place }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping and payload.alertType != "*alertType*" -%}
{%- if payload.alertDetails %}{{ payload.alertDetails }}
{% endif -%}
{%- if payload.alertType | string == "3" or payload.sslExpiryDaysLeft %}
- Certificate: {{ payload.sslExpiryDaysLeft }} days left{% if payload.sslExpiryDate %}, until {{ payload.sslExpiryDate }}{% endif %}
{%- endif %}
- Address: {{ payload.monitorURL }}
{%- if payload.alertDuration %}
- Lasted: {{ payload.alertDuration }} s
{%- endif -%}
{%- endif -%}
]],

  labels = {
    monitor = "{{ payload.monitorFriendlyName if payload.alertType != '*alertType*' else '' }}",
  },

  accepts_get = true,

  examples = {
    { "a monitor goes down",
      payload = [[{
  "monitorID": "123456789",
  "monitorURL": "https://shop.example.org/cart",
  "monitorFriendlyName": "Shop",
  "alertType": "1",
  "alertTypeFriendlyName": "Down",
  "alertDetails": "HTTP 500 - Internal Server Error",
  "alertDuration": "",
  "sslExpiryDate": "",
  "sslExpiryDaysLeft": ""
}]],
      expect = {
        grouping_id = "123456789",
        state = "firing",
        groups = 1,
        title = "Shop is down: shop.example.org",
        message = [[
HTTP 500 - Internal Server Error

- Address: https://shop.example.org/cart]],
        source_link = "https://shop.example.org/cart",
        labels = { monitor = "Shop" },
      } },
    { "the same as a query string with an empty body",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      query = "monitorID=123456789&monitorURL=https%3A%2F%2Fshop.example.org%2Fcart&monitorFriendlyName=Shop&alertType=1&alertTypeFriendlyName=Down&alertDetails=Connection%20Timeout",
      payload = "",
      expect = { grouping_id = "123456789", state = "firing", title = "Shop is down: shop.example.org", groups = 1, alerts = 2 } },
    { "a certificate that ends soon is a problem of its own",
      payload = [[{"monitorID":"123456789","monitorURL":"https://shop.example.org/cart","monitorFriendlyName":"Shop","alertType":"3","alertTypeFriendlyName":"SSL expiry","alertDetails":"","alertDuration":"","sslExpiryDate":"2026-11-18","sslExpiryDaysLeft":"14"}]],
      expect = { grouping_id = "123456789/certificate", state = "firing", title = "Certificate ends soon: Shop: shop.example.org", groups = 2,
                 message = "\n- Certificate: 14 days left, until 2026-11-18\n- Address: https://shop.example.org/cart" } },
    { "up again, as a form",
      headers = { ["content-type"] = "application/x-www-form-urlencoded" },
      payload = [[monitorID=123456789&monitorURL=https%3A%2F%2Fshop.example.org%2Fcart&monitorFriendlyName=Shop&alertType=2&alertTypeFriendlyName=Up&alertDetails=HTTP+200+-+OK&alertDuration=840]],
      expect = { grouping_id = "123456789", state = "resolved", title = "Shop is up: shop.example.org", groups = 2, alerts = 3,
                 message = "HTTP 200 - OK\n\n- Address: https://shop.example.org/cart\n- Lasted: 840 s" } },
    { "OnCall's body has no monitorID",
      payload = [[{"monitorURL":"https://api.example.org","monitorFriendlyName":"API","alertType":"1","alertTypeFriendlyName":"Down","alertDetails":"Connection Timeout","alertDuration":"300","sslExpiryDate":"","sslExpiryDaysLeft":""}]],
      expect = { grouping_id = "https://api.example.org", state = "firing", title = "API is down: api.example.org", groups = 3 } },
    { "a test that leaves the variables as they are is recorded and pages nobody",
      payload = [[{"monitorID":"*monitorID*","monitorURL":"*monitorURL*","monitorFriendlyName":"*monitorFriendlyName*","alertType":"*alertType*","alertTypeFriendlyName":"*alertTypeFriendlyName*","alertDetails":"*alertDetails*","alertDuration":"*alertDuration*","sslExpiryDate":"*sslExpiryDate*","sslExpiryDaysLeft":"*sslExpiryDaysLeft*"}]],
      expect = { grouping_id = "*monitorID*", state = "resolved", title = "Test of the UptimeRobot contact", groups = 4, source_link = false } },
    { "by GET, all in the query string", method = "GET", payload = "", headers = {},
      query = "monitorID=777&monitorURL=https%3A%2F%2Fpay.example.org&monitorFriendlyName=Payments&alertType=1&alertTypeFriendlyName=Down&alertDetails=Connection+Timeout",
      expect = { grouping_id = "777", state = "firing", title = "Payments is down: pay.example.org" } },
  },
}
