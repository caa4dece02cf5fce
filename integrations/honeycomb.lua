--- Honeycomb: a trigger's webhook recipient.
--- Wire format: https://docs.honeycomb.io/notify/alert/triggers/webhooks/ with the bodies that the vendor's example receiver and
--- others show (read 2026-11). status is TRIGGERED or OK, in either case; is_test marks a test; older bodies have no id.
return {
  name  = "Honeycomb",
  about = "Triggers of Honeycomb",
  connect = [[
1. In Honeycomb open **Team settings › Integrations** and add a **Webhook**: name `Tocsin`, URL `{{ url }}`; a **shared secret**, when you set one, goes here as `signing_secret` as well.
2. Press **Test**: it shows here as resolved and calls nobody. Save.
3. In your triggers add the recipient `Tocsin`.
4. Leave the alert type at *on change*: then Honeycomb says once that a trigger fires, and once that it is OK.
]],

  grouping_id = "{{ payload.id or payload.name or '' }}",
  resolve_condition = "{{ (payload.status or '') | upper == 'OK' or payload.is_test == true }}",
  source_link = "{{ payload.result_url or payload.trigger_url or '' }}",

  title = [[
{%- set group = (payload.result_groups_triggered or [{}])[0] -%}
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.name or "Trigger of Honeycomb" }}
{%- for value in ((group.Group or {}) if group is mapping else {}).values() if value is string and value %}{{ ": " if loop.first else ", " }}{{ value }}{% endfor %}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.description or payload.summary or "" }}
{% if payload.trigger_description %}
{{ payload.trigger_description }}
{% endif %}
{%- for group in (payload.result_groups_triggered or [])[:10] if group is mapping %}
- {% for name, value in (group.Group or {}).items() %}{{ name }} {{ value }}, {% endfor %}result {{ group.Result }}
{%- endfor %}
{%- if payload.operator %}
- Condition: {{ payload.operator }} {{ payload.threshold }}
{%- endif %}
{%- if payload.trigger_url %}
- [Trigger]({{ payload.trigger_url }})
{%- endif -%}
{%- endif -%}
]],

  labels = {
    trigger = "{{ payload.name or '' }}",
  },

  verify = { algorithm = "plain", header = "x-honeycomb-webhook-token", secret = "the shared secret of the webhook" },

  examples = {
    { "a trigger fires",
      payload = [[{"version":"v0.1.0","shared_secret":"","name":"Slow requests","id":"HpPzqZtCNA5","trigger_description":"See the runbook web/slow.","status":"TRIGGERED","alert_type":"on_change","summary":"Triggered: Slow requests","description":"Currently greater than threshold value (2000) for service:checkout (value 4812)","operator":"greater than","threshold":2000,"result_url":"https://ui.honeycomb.io/example/datasets/web/result/g8Pwij7UvK7","result_groups":[{"Group":{"service":"checkout"},"Result":4812},{"Group":{"service":"search"},"Result":120}],"result_groups_triggered":[{"Group":{"service":"checkout"},"Result":4812}],"trigger_url":"https://ui.honeycomb.io/example/datasets/web/triggers/HpPzqZtCNA5"}]],
      expect = {
        grouping_id = "HpPzqZtCNA5",
        state = "firing",
        groups = 1,
        title = "Slow requests: checkout",
        message = [[
Currently greater than threshold value (2000) for service:checkout (value 4812)

See the runbook web/slow.

- service checkout, result 4812
- Condition: greater than 2000
- [Trigger](https://ui.honeycomb.io/example/datasets/web/triggers/HpPzqZtCNA5)]],
        source_link = "https://ui.honeycomb.io/example/datasets/web/result/g8Pwij7UvK7",
        labels = { trigger = "Slow requests" },
      } },
    { "another group of results is the same trigger",
      payload = [[{"version":"v0.1.0","name":"Slow requests","id":"HpPzqZtCNA5","status":"TRIGGERED","summary":"","description":"","operator":"greater than","threshold":2000,"result_url":"","result_groups":[],"result_groups_triggered":[{"Group":{"service":"search"},"Result":2120}]}]],
      expect = { grouping_id = "HpPzqZtCNA5", state = "firing", title = "Slow requests: search", groups = 1, alerts = 2 } },
    { "an older body has no id, and its name is the problem",
      payload = [[{"version":"v0.1.0","shared_secret":"x","name":"No orders","status":"TRIGGERED","summary":"Triggered: No orders","description":"Currently less than threshold value (1)","result_url":"","result_groups":[{"Group":{},"Result":0}],"result_groups_triggered":[{"Group":{},"Result":0}]}]],
      expect = { grouping_id = "No orders", state = "firing", title = "No orders", groups = 2, source_link = false } },
    { "OK resolves it",
      payload = [[{"version":"v0.1.0","name":"Slow requests","id":"HpPzqZtCNA5","status":"OK","summary":"Resolved: Slow requests","description":"","operator":"greater than","threshold":2000,"result_url":"","result_groups":[],"result_groups_triggered":[]}]],
      expect = { grouping_id = "HpPzqZtCNA5", state = "resolved", title = "Slow requests", groups = 2, alerts = 3 } },
    { "the test is recorded and pages nobody",
      payload = [[{"version":"v0.1.0","name":"Sample Honeycomb Alert","id":"","trigger_description":"","status":"triggered","alert_type":"on_change","summary":"","description":"Validate Honeycomb Webhook Integration","operator":"","threshold":0,"result_url":"https://honeycomb.io/sample/trigger","result_groups":null,"result_groups_triggered":null,"trigger_url":"","is_test":true}]],
      expect = { grouping_id = "Sample Honeycomb Alert", state = "resolved", title = "Sample Honeycomb Alert", groups = 3 } },
  },
}
