--- Coralogix: a generic outbound webhook.
--- Wire format: https://coralogix.com/docs/user-guides/alerting/outbound-webhooks/generic-outbound-webhooks-alert-webhooks/ with its
--- own body, as in keephq/keep keep/providers/coralogix_provider/alerts_mock.py (read 2026-11). alert_action is trigger or resolve;
--- most stands in fields, and a variable that has no value stays as $NAME.
return {
  name  = "Coralogix",
  about = "Alerts of Coralogix",
  connect = [[
1. In Coralogix open **Integrations › Outbound Webhooks › Generic Webhook** and add one: name `Tocsin`, URL `{{ url }}`, method **POST**.
2. Leave the body as it is. Press **Test**: it must show here at once. **Save**.
3. In your alerts choose `Tocsin` under **Notifications**, and let them *notify when resolved*: else nothing is resolved here.
]],

  grouping_id = [[
{%- if payload is mapping -%}
{%- for field in (payload.fields or []) if field is mapping and field.key == "dedupKey" and field.value is string and not field.value.startswith("$") %}{{ field.value }}
{%- else -%}
{{ payload.alert_id or payload.name or "" }}
{%- for field in (payload.fields or []) if field is mapping and field.key is string and field.key.startswith("Group-by Value")
      and field.value is string and field.value and not field.value.startswith("$") %}/{{ field.value }}{% endfor -%}
{%- endfor -%}
{%- endif -%}
]],
  resolve_condition = "{{ (payload.alert_action or '') | lower in ['resolve', 'resolved'] }}",
  source_link = "{{ payload.alert_url or payload.log_url or '' }}",

  title = [[
{%- if payload is string %}{{ payload }}
{%- else %}{{ payload.name or "Alert of Coralogix" }}
{%- for field in (payload.fields or []) if field is mapping and field.key is string and field.key.startswith("Group-by Value")
      and field.value is string and field.value and not field.value.startswith("$") %}{{ ": " if loop.first else ", " }}{{ field.value }}{% endfor %}
{%- endif -%}
]],
  message = [[
{%- set named = {"application": "Application", "subsystem": "Subsystem", "computer": "Computer", "ipAddress": "Address", "severity": "Severity",
                 "priority": "Priority", "hitCount": "Hits", "text": "Log", "queryText": "Query"} -%}
{{ payload.description or "" }}
{% if payload is mapping -%}
{%- for field in (payload.fields or []) if field is mapping and field.key in named and field.value is string and field.value and not field.value.startswith("$") and field.value != "null" %}
- {{ named[field.key] }}: {{ field.value | truncate(1500) }}
{%- endfor %}
{%- if payload.log_url and payload.log_url is string and payload.alert_url and not payload.log_url.startswith("$") %}
- [Logs]({{ payload.log_url }})
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{% for field in (payload.fields or []) if field is mapping and field.key == 'severity' and field.value is string %}"
      .. "{{ {'CRITICAL': 'critical', 'ERROR': 'error', 'WARN': 'warning', 'WARNING': 'warning', 'INFO': 'info'}.get(field.value | upper, '') }}{% endfor %}",
    application = "{% for field in (payload.fields or []) if field is mapping and field.key == 'application' and field.value is string and not field.value.startswith('$') %}"
      .. "{{ field.value }}{% endfor %}",
  },

  examples = {
    { "an alert triggers",
      payload = [[{
  "uuid": "36fa9188-d097-439f-aad8-eb492169ac87",
  "alert_id": "49a4afb5-9231-418d-94ea-3a7546779658",
  "name": "Errors of checkout",
  "description": "More than 100 errors in 10 minutes.",
  "threshold": "100",
  "timewindow": "10",
  "group_by_labels": "[host]",
  "alert_action": "trigger",
  "alert_url": "https://example.app.coralogix.in/#/insights?id=a6a74b7a",
  "log_url": "https://example.app.coralogix.in/#/query-new/logs?id=uQAA2Puh",
  "icon_url": "https://dashboard.coralogix.com/assets/invite.png",
  "service": "$SERVICE",
  "duration": "$DURATION",
  "fields": [
    {"key": "team", "value": "shop"},
    {"key": "application", "value": "shop"},
    {"key": "subsystem", "value": "checkout"},
    {"key": "severity", "value": "ERROR"},
    {"key": "priority", "value": "P2"},
    {"key": "severityLowercase", "value": "error"},
    {"key": "computer", "value": ""},
    {"key": "ipAddress", "value": "Multiple IPs"},
    {"key": "timestamp", "value": "2026/11/04 02:11:42 GMT"},
    {"key": "hitCount", "value": "131"},
    {"key": "text", "value": "payment gateway: connection refused"},
    {"key": "Custom field", "value": "$JSON_KEY"},
    {"key": "Group-by Field1", "value": "host"},
    {"key": "Group-by Value1", "value": "web-1"},
    {"key": "Group-by Field2", "value": "$GROUP_BY_FIELD_2"},
    {"key": "Group-by Value2", "value": "$GROUP_BY_VALUE_2"},
    {"key": "timestampMs", "value": 1793758302254},
    {"key": "category", "value": "null"},
    {"key": "queryText", "value": ""},
    {"key": "metaLabelsList", "value": ["alert_type:shop"]},
    {"key": "dedupKey", "value": "2980ce54addeaebc580fdf3b787ddf26"},
    {"key": "alertUniqueIdentifier", "value": "780c892f-f4db-43cb-a833-5f13a5523e96"}
  ]
}]],
      expect = {
        grouping_id = "2980ce54addeaebc580fdf3b787ddf26",
        state = "firing",
        groups = 1,
        title = "Errors of checkout: web-1",
        message = [[
More than 100 errors in 10 minutes.

- Application: shop
- Subsystem: checkout
- Severity: ERROR
- Priority: P2
- Address: Multiple IPs
- Hits: 131
- Log: payment gateway: connection refused
- [Logs](https://example.app.coralogix.in/#/query-new/logs?id=uQAA2Puh)]],
        source_link = "https://example.app.coralogix.in/#/insights?id=a6a74b7a",
        labels = { severity = "error", application = "shop" },
      } },
    { "a body without a key of its own: the alert and the groups are the problem",
      payload = [[{"alert_id":"71aa","name":"Slow","description":"","alert_action":"trigger","alert_url":"https://example.app.coralogix.in/#/insights?id=71aa","fields":[{"key":"severity","value":"CRITICAL"},{"key":"Group-by Value1","value":"web-1"},{"key":"Group-by Value2","value":"eu"},{"key":"dedupKey","value":"$DEDUP_KEY"}]}]],
      expect = { grouping_id = "71aa/web-1/eu", state = "firing", title = "Slow: web-1, eu", groups = 2, labels = { severity = "critical" } } },
    { "the alert resolves",
      payload = [[{"uuid":"36fa9188-d097-439f-aad8-eb492169ac87","alert_id":"49a4afb5-9231-418d-94ea-3a7546779658","name":"Errors of checkout","description":"More than 100 errors in 10 minutes.","alert_action":"resolve","alert_url":"https://example.app.coralogix.in/#/insights?id=a6a74b7a","log_url":"","fields":[{"key":"severity","value":"ERROR"},{"key":"Group-by Value1","value":"web-1"},{"key":"dedupKey","value":"2980ce54addeaebc580fdf3b787ddf26"}]}]],
      expect = { grouping_id = "2980ce54addeaebc580fdf3b787ddf26", state = "resolved", title = "Errors of checkout: web-1", groups = 2, alerts = 2 } },
    { "the other resolves",
      payload = [[{"alert_id":"71aa","name":"Slow","description":"","alert_action":"resolve","alert_url":"https://example.app.coralogix.in/#/insights?id=71aa","fields":[{"key":"severity","value":"CRITICAL"},{"key":"Group-by Value1","value":"web-1"},{"key":"Group-by Value2","value":"eu"},{"key":"dedupKey","value":"$DEDUP_KEY"}]}]],
      expect = { grouping_id = "71aa/web-1/eu", state = "resolved", title = "Slow: web-1, eu", groups = 2, alerts = 2 } },
  },
}
