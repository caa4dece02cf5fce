--- Checkly: a webhook alert channel, with the body in `connect`.
--- Wire format: the body in `connect`; variables and kinds of alert of https://www.checklyhq.com/docs/integrations/alerts/webhooks/ and
--- https://www.checklyhq.com/docs/communicate/alerts/states/ (read 2026-11). ALERT_FAILURE_DEGRADED is better, but not over.
return {
  name  = "Checkly",
  about = "API, browser, heartbeat and TCP checks of Checkly",
  connect = [[
1. In Checkly open **Alerts › Alert channels** and add a **Webhook**: name `Tocsin`, **POST**, URL `{{ url }}`, header `Content-Type` = `application/json`.
2. Paste this as **Body**:

```
{% raw %}{
  "check_id": "{{CHECK_ID}}",
  "check": "{{CHECK_NAME}}",
  "check_type": "{{CHECK_TYPE}}",
  "alert_type": "{{ALERT_TYPE}}",
  "title": "{{ALERT_TITLE}}",
  "location": "{{RUN_LOCATION}}",
  "response_time": "{{RESPONSE_TIME}}",
  "started_at": "{{STARTED_AT}}",
  "tags": "{{TAGS}}",
  "group": "{{GROUP_NAME}}",
  "ssl_days": "{{SSL_DAYS_REMAINING}}",
  "link": "{{RESULT_LINK}}"
}{% endraw %}
```

3. Set a **webhook secret** there and the same as `signing_secret` here: then only Checkly can send.
4. Tick failure, degraded, recovery and SSL under *Send this alert*, choose the checks, and **Save**.
5. Press **Send test**: it shows here with sample values.
]],

  grouping_id = "{% if payload.check_id %}{{ payload.check_id }}{% if payload.alert_type == 'ALERT_SSL' %}/certificate{% endif %}{% endif %}",
  resolve_condition = "{{ payload.alert_type in ('ALERT_RECOVERY', 'ALERT_DEGRADED_RECOVERY', 'NO_ALERT') }}",
  source_link = "{{ payload.link or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ "Certificate ends soon: " if payload.alert_type == "ALERT_SSL" }}{{ payload.check or payload.title or "Check of Checkly" }}
{{- {"ALERT_RECOVERY": " recovered", "ALERT_DEGRADED_RECOVERY": " recovered", "NO_ALERT": " recovered", "ALERT_SSL": "", "ALERT_DEGRADED": " is degraded",
   "ALERT_DEGRADED_REMAIN": " is degraded", "ALERT_FAILURE_DEGRADED": " is degraded"}.get(payload.alert_type, " fails") }}
{%- if payload.group %}: {{ payload.group }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload["title"] or "" }}
{% if payload.check_type %}
- Check: {{ payload.check_type }}
{%- endif %}
{%- if payload.location %}
- From: {{ payload.location }}
{%- endif %}
{%- if payload.response_time %}
- Response time: {{ payload.response_time }} ms
{%- endif %}
{%- if payload.alert_type == "ALERT_SSL" and payload.ssl_days %}
- Days left: {{ payload.ssl_days }}
{%- endif %}
{%- if payload.started_at %}
- At: {{ payload.started_at }}
{%- endif %}
{%- if payload.tags %}
- Tags: {{ payload.tags }}
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% if payload.alert_type in ('ALERT_FAILURE', 'ALERT_FAILURE_REMAIN', 'ALERT_DEGRADED_FAILURE') %}critical"
      .. "{% elif payload.alert_type in ('ALERT_DEGRADED', 'ALERT_DEGRADED_REMAIN', 'ALERT_FAILURE_DEGRADED', 'ALERT_SSL') %}warning{% endif %}",
  },

  verify = { algorithm = "hmac-sha256", header = "x-checkly-signature", secret = "the webhook secret of the alert channel" },

  examples = {
    { "a check fails",
      payload = [[{
  "check_id": "ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11",
  "check": "Checkout API",
  "check_type": "API",
  "alert_type": "ALERT_FAILURE",
  "title": "Check Checkout API has failed",
  "location": "Frankfurt",
  "response_time": "1203",
  "started_at": "2026-11-04T02:11:42.317Z",
  "tags": "shop,prod",
  "group": "shop",
  "ssl_days": "",
  "link": "https://app.checklyhq.com/checks/ad877ba6/results/1"
}]],
      expect = {
        grouping_id = "ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11",
        state = "firing",
        groups = 1,
        title = "Checkout API fails: shop",
        message = [[
Check Checkout API has failed

- Check: API
- From: Frankfurt
- Response time: 1203 ms
- At: 2026-11-04T02:11:42.317Z
- Tags: shop,prod]],
        source_link = "https://app.checklyhq.com/checks/ad877ba6/results/1",
        labels = { severity = "critical" },
      } },
    { "degraded after a failure is better, but not over",
      payload = [[{"check_id":"ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11","check":"Checkout API","check_type":"API","alert_type":"ALERT_FAILURE_DEGRADED","title":"Check Checkout API is degraded","location":"Frankfurt","response_time":"9203","started_at":"","tags":"","group":"shop","ssl_days":"","link":""}]],
      expect = { grouping_id = "ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11", state = "firing", title = "Checkout API is degraded: shop", groups = 1, alerts = 2 } },
    { "the end of its certificate is a problem of its own",
      payload = [[{"check_id":"ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11","check":"Checkout API","check_type":"API","alert_type":"ALERT_SSL","title":"SSL certificate for shop.example.org will expire","location":"","response_time":"","started_at":"","tags":"","group":"","ssl_days":"14","link":""}]],
      expect = { grouping_id = "ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11/certificate", state = "firing", title = "Certificate ends soon: Checkout API", groups = 2,
                 labels = { severity = "warning" }, source_link = false } },
    { "recovered",
      payload = [[{"check_id":"ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11","check":"Checkout API","check_type":"API","alert_type":"ALERT_DEGRADED_RECOVERY","title":"Check Checkout API has recovered","location":"Frankfurt","response_time":"203","started_at":"","tags":"","group":"shop","ssl_days":"","link":""}]],
      expect = { grouping_id = "ad877ba6-8e5c-4f2c-9b3a-0e2a1f6f0a11", state = "resolved", title = "Checkout API recovered: shop", groups = 2, alerts = 3 } },
  },
}
