--- ThousandEyes: a classic webhook of alert rules and agent notifications.
--- Wire format: https://docs.thousandeyes.com/product-documentation/alerts/standard-notification-methods/classic-webhooks-for-alert-notifs
--- (read 2026-11). eventId differs for each event; the alert's id is what a trigger and its clear have in common.
return {
  name  = "ThousandEyes",
  about = "Alerts and agent notifications of Cisco ThousandEyes",
  connect = [[
1. In ThousandEyes open **Alerts › Alert Rules**, expand a rule, and under **Notifications › Webhooks** press **Edit webhooks › Add New Webhook**.
2. Name `Tocsin`, URL `{{ url }}`, no authentication. Press **Test**: it shows here as resolved and calls nobody. Save.
3. Choose `Tocsin` under **Webhooks** of each alert rule, and of the agent notification rules.
4. A rule sends its clear to the same webhook: nothing else needs to be set.
]],

  grouping_id = [[
{%- set alert = payload.alert if payload.alert is mapping else (payload.agentAlert if payload.agentAlert is mapping else {}) -%}
{%- if payload.eventType == "WEBHOOK_TEST" %}test
{%- else %}{{ alert.alertId or alert.agentNotificationId or "" }}
{%- endif -%}
]],
  resolve_condition = "{{ payload.eventType is string and (payload.eventType.endswith('_CLEAR') or payload.eventType == 'WEBHOOK_TEST') }}",
  source_link = "{{ (payload.alert if payload.alert is mapping else {}).permalink or '' }}",

  title = [[
{%- set alert = payload.alert if payload.alert is mapping else (payload.agentAlert if payload.agentAlert is mapping else {}) -%}
{%- set where = alert.testName or alert.agentName or alert.hostname -%}
{%- if payload is string %}{{ payload }}
{%- elif payload.eventType == "WEBHOOK_TEST" %}Test of ThousandEyes
{%- else %}{{ alert.ruleName or alert.ruleExpression or "Alert of ThousandEyes" }}{% if where %}: {{ where }}{% endif %}
{%- endif -%}
]],
  message = [[
{%- set alert = payload.alert if payload.alert is mapping else (payload.agentAlert if payload.agentAlert is mapping else {}) -%}
{{ alert.ruleExpression or "" }}
{% if alert.text is string and alert.text %}
{{ alert.text }}
{% endif %}
{%- for agent in (alert.agents or [])[:10] if agent is mapping %}
- {{ agent.agentName or "Agent" }}: {{ agent.metricsAtEnd or agent.metricsAtStart or "" }}
{%- endfor %}
{%- if (alert.agents or []) | length > 10 %}
- And {{ (alert.agents or []) | length - 10 }} more agents.
{%- endif %}
{%- for monitor in (alert.monitors or [])[:10] if monitor is mapping %}
- {{ monitor.monitorName or "Monitor" }}: {{ monitor.metricsAtEnd or monitor.metricsAtStart or "" }}
{%- endfor %}
{%- if not alert.agents and (alert.metricsAtEnd or alert.metricsAtStart) %}
- {{ alert.metricsAtEnd or alert.metricsAtStart }}
{%- endif %}
{%- if alert.testTargetsDescription and alert.testTargetsDescription is not string %}
- Target: {{ alert.testTargetsDescription | join(", ") }}
{%- endif %}
{%- if alert.type %}
- Type: {{ alert.type }}
{%- endif %}
{%- if alert.dateStartZoned or alert.dateStart %}
- Since: {{ alert.dateStartZoned or alert.dateStart }}
{%- endif %}
{%- if alert.dateEndZoned or alert.dateEnd %}
- Until: {{ alert.dateEndZoned or alert.dateEnd }}
{%- endif -%}
]],

  labels = {
    severity = [[
{%- set alert = payload.alert if payload.alert is mapping else (payload.agentAlert if payload.agentAlert is mapping else {}) -%}
{{ {"critical": "critical", "major": "error", "minor": "warning", "warning": "warning", "info": "info"}.get((alert.severity or "") | lower, "") }}]],
    test = "{{ (payload.alert if payload.alert is mapping else {}).testName or '' }}",
  },

  examples = {
    { "an alert triggers",
      payload = [[{
   "eventType":"ALERT_NOTIFICATION_TRIGGER",
   "eventId":"49-35541",
   "alert":{
      "ruleId":173,
      "alertId":35541,
      "testId":5370,
      "testName":"https://www.example.com",
      "ruleExpression":"Page Load is incomplete",
      "severity":"Major",
      "dateStart":"2026-11-04 02:01:47",
      "dateStartZoned":"2026-11-04 02:01:47 UTC",
      "violationCount":2,
      "ruleName":"Default Page Load Alert Rule",
      "agents":[
         {"dateStart":"2026-11-04 02:01:47","active":1,"metricsAtStart":"Page load: Incomplete","metricsAtEnd":"","agentId":108,"agentName":"Boston, MA",
          "permalink":"https://app.thousandeyes.com/alerts/list?__a=11&alertId=35541&agentId=108"},
         {"dateStart":"2026-11-04 02:00:51","active":1,"metricsAtStart":"Page load: Incomplete","metricsAtEnd":"","agentId":107,"agentName":"Vancouver, Canada",
          "permalink":"https://app.thousandeyes.com/alerts/list?__a=11&alertId=35541&agentId=107"}
      ],
      "testTargetsDescription":["https://www.example.com"],
      "testLabels":[],
      "type":"Page Load",
      "permalink":"https://app.thousandeyes.com/alerts/list?__a=11&alertId=35541",
      "apiLinks":[{"rel":"related","href":"https://api.thousandeyes.com/v4/tests/5370"}]
   }
}]],
      expect = {
        grouping_id = "35541",
        state = "firing",
        groups = 1,
        title = "Default Page Load Alert Rule: https://www.example.com",
        message = [[
Page Load is incomplete

- Boston, MA: Page load: Incomplete
- Vancouver, Canada: Page load: Incomplete
- Target: https://www.example.com
- Type: Page Load
- Since: 2026-11-04 02:01:47 UTC]],
        source_link = "https://app.thousandeyes.com/alerts/list?__a=11&alertId=35541",
        labels = { severity = "error", test = "https://www.example.com" },
      } },
    { "an agent is another problem, and is said twice in one body",
      payload = [[{"eventId":"562949953436734-562949955000593","eventType":"ALERT_NOTIFICATION_TRIGGER",
  "alert":{"severity":"Info","dateStartZoned":"2026-11-04 02:28:40 UTC","agentId":562949953424211,"ipAddress":"172.17.0.2","agentName":"te","ruleExpression":"Last Contact ≥ 6 minutes ago","type":"Agent","hostname":"te","dateStart":"2026-11-04 02:28:40","ruleName":"Default Agent Offline Notification","alertId":562949955000593,"ruleId":562949953553310},
  "agentAlert":{"severity":"Info","agentId":562949953424211,"agentName":"te","ruleName":"Default Agent Offline Notification","alertId":562949955000593}}]],
      expect = { grouping_id = "562949955000593", state = "firing", title = "Default Agent Offline Notification: te", groups = 2, labels = { severity = "info" } } },
    { "an older body of an agent has a name of its own for everything",
      payload = [[{"eventType":"AGENT_ALERT_NOTIFICATION_TRIGGER","eventId":"164522-5744505","agentAlert":{"agentRuleId":43587,"agentNotificationId":5744505,"agentId":25694,"hostname":"agent-1.example.com","agentName":"agent-1","ipAddress":"192.0.2.171","active":1,"ruleExpression":"Clock Offset ≤ 60 seconds","ruleName":"Default Agent Clock Offset Notification","dateStart":1793758302,"metricsAtStart":"Clock Offset: 20 seconds","metricsAtEnd":""}}]],
      expect = { grouping_id = "5744505", state = "firing", title = "Default Agent Clock Offset Notification: agent-1", groups = 3, source_link = false } },
    { "the alert clears",
      payload = [[{"eventType":"ALERT_NOTIFICATION_CLEAR","eventId":"49-35546","alert":{"ruleId":173,"alertId":35541,"testId":5370,"testName":"https://www.example.com","ruleExpression":"Page Load is incomplete","dateStart":"2026-11-04 02:01:47","dateEnd":"2026-11-04 02:09:51","violationCount":2,"ruleName":"Default Page Load Alert Rule","agents":[{"dateStart":"2026-11-04 02:01:47","dateEnd":"2026-11-04 02:09:47","active":0,"metricsAtStart":"Page load: Incomplete","metricsAtEnd":"Page Load: Complete","agentId":108,"agentName":"Boston, MA"}],"type":"Page Load","permalink":"https://app.thousandeyes.com/alerts/list?__a=11&alertId=35541","apiLinks":[]}}]],
      expect = { grouping_id = "35541", state = "resolved", title = "Default Page Load Alert Rule: https://www.example.com", groups = 3, alerts = 2 } },
    { "the older agent clears",
      payload = [[{"eventType":"AGENT_ALERT_NOTIFICATION_CLEAR","eventId":"164534-5744505","agentAlert":{"agentRuleId":43587,"agentNotificationId":5744505,"agentId":25694,"hostname":"agent-1.example.com","agentName":"agent-1","active":0,"ruleExpression":"Clock Offset ≤ 60 seconds","ruleName":"Default Agent Clock Offset Notification","dateStart":1793758302,"dateEnd":1793759302,"metricsAtStart":"Clock Offset: 130 seconds","metricsAtEnd":"Clock Offset: 10 seconds"}}]],
      expect = { grouping_id = "5744505", state = "resolved", title = "Default Agent Clock Offset Notification: agent-1", groups = 3, alerts = 2 } },
    { "the test is recorded and pages nobody",
      payload = [[{"eventType":"WEBHOOK_TEST","eventId":"1415733887743"}]],
      expect = { grouping_id = "test", state = "resolved", title = "Test of ThousandEyes", groups = 4 } },
  },
}
