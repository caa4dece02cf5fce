--- New Relic: workflows with a webhook destination, and the older notification channels.
--- Wire format: the default body of a workflow, zulip/zulip zerver/webhooks/newrelic/fixtures/incident_default_base_with_zulip_custom_fields.json,
--- variables of https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-incident-workflows/ (read 2026-11).
--- A workflow has `id` and `state` (CREATED, ACTIVATED, CLOSED); a channel has `incident_id` and `current_state` (open, acknowledged, closed).
return {
  name  = "New Relic",
  about = "Issues of New Relic workflows, and incidents of its older notification channels",
  connect = [[
1. In New Relic open **Alerts › Destinations**, choose **Webhook**, name it `Tocsin` and paste `{{ url }}`. Save.
2. Open **Alerts › Workflows**, add or edit one, filter the issues that shall call, and under **Notify** add the **Webhook** destination.
3. Leave the payload at its default, and add this line below its first `{` (it lets an acknowledgement in New Relic acknowledge here):

```
{% raw %}  "acknowledgedAt": {{ json issueAcknowledgedAt }},{% endraw %}
```

4. Press **Send test notification**: it shows here with sample values; resolve it by hand. **Save message**, **Activate workflow**.
5. Under *Additional settings* let the workflow notify when an issue is activated, acknowledged and closed.
]],

  grouping_id = "{{ payload.id or payload.incident_id or '' }}",
  resolve_condition = "{{ (payload.state or payload.current_state or '') | lower in ('closed', 'test') }}",
  acknowledge_condition = [[
{%- set state = (payload.state or payload.current_state or "") | lower -%}
{{ state == "acknowledged" or (state not in ("", "closed") and (payload.acknowledgedAt or "") not in ("", "null", "N/A")) }}]],
  source_link = "{{ payload.issueUrl or payload.incident_url or '' }}",

  -- The condition, then the entity; the sentence of New Relic, which says both, stands in the message.
  title = [[
{%- set targets = payload.targets or [] -%}
{%- set entities = payload.impactedEntities or [] -%}
{%- set what = (payload.alertConditionNames or [])[0] or payload.condition_name -%}
{%- set where = entities[0] if entities and entities is not string else (targets[0].name if targets and targets[0] is mapping) -%}
{%- if payload is string %}{{ payload }}
{%- elif what %}{{ what }}
{%- if where and where not in what %}: {{ where }}{% endif %}
{%- if entities is sequence and entities is not string and entities | length > 1 %} and {{ entities | length - 1 }} more{% endif %}
{%- else %}{{ payload.title or payload.details or "New Relic issue" }}
{%- endif -%}
]],
  message = [[
{%- if payload is mapping -%}
{{ payload.title or payload.details or "" }}
{% if payload.alertPolicyNames or payload.policy_name %}
- Policy: {{ payload.alertPolicyNames | join(", ") if payload.alertPolicyNames else payload.policy_name }}
{%- endif %}
{%- if payload.priority or payload.severity %}
- Priority: {{ payload.priority or payload.severity }}
{%- endif %}
{%- for entity in (payload.impactedEntities or [])[:10] if payload.impactedEntities is not string %}
- Entity: {{ entity }}
{%- endfor %}
{%- for target in (payload.targets or [])[:10] if target is mapping %}
- Target: {{ target.name }}
{%- endfor %}
{%- if (payload.totalIncidents or 0) | int > 1 %}
- Incidents: {{ payload.totalIncidents }}
{%- endif %}
{%- if payload.workflowName %}
- Workflow: {{ payload.workflowName }}
{%- endif %}
{%- if payload.runbook_url %}
- [Runbook]({{ payload.runbook_url }})
{%- endif -%}
{%- endif -%}
]],

  labels = {
    severity = "{{ {'CRITICAL': 'critical', 'HIGH': 'error', 'MEDIUM': 'warning', 'WARNING': 'warning', 'LOW': 'info', 'INFO': 'info'}"
      .. ".get((payload.priority or payload.severity or '') | upper, '') }}",
  },

  verify = { algorithm = "plain", header = "authorization", prefix = "Bearer ", secret = "the bearer token of the destination" },

  examples = {
    { "an issue is activated",
      payload = [[{
  "acknowledgedAt": null,
  "id": "13bbcdca-f0b6-470d-b0be-b34583c58869",
  "issueUrl": "https://radar-api.service.newrelic.com/accounts/4420147/issues/13bbcdca-f0b6-470d-b0be-b34583c58869?notifier=WEBHOOK",
  "title": "db-1 query result is > 90.0 for 5 minutes on 'Disk of the databases is full'",
  "priority": "CRITICAL",
  "impactedEntities": ["db-1","db-2"],
  "totalIncidents": 2,
  "state": "ACTIVATED",
  "trigger": "STATE_CHANGE",
  "isCorrelated": false,
  "createdAt": 1793757102493,
  "updatedAt": 1793757102494,
  "sources": ["newrelic"],
  "alertPolicyNames": ["Golden Signals"],
  "alertConditionNames": ["Disk of the databases is full"],
  "workflowName": "to Tocsin"
}]],
      expect = {
        grouping_id = "13bbcdca-f0b6-470d-b0be-b34583c58869",
        state = "firing",
        groups = 1,
        title = "Disk of the databases is full: db-1 and 1 more",
        message = [[
db-1 query result is > 90.0 for 5 minutes on 'Disk of the databases is full'

- Policy: Golden Signals
- Priority: CRITICAL
- Entity: db-1
- Entity: db-2
- Incidents: 2
- Workflow: to Tocsin]],
        source_link = "https://radar-api.service.newrelic.com/accounts/4420147/issues/13bbcdca-f0b6-470d-b0be-b34583c58869?notifier=WEBHOOK",
        labels = { severity = "critical" },
        phone_call = { title = "Disk of the databases is full: db 1 and 1 more" },
      } },
    { "an acknowledgement in New Relic acknowledges it",
      payload = [[{"acknowledgedAt":1793757202494,"id":"13bbcdca-f0b6-470d-b0be-b34583c58869","issueUrl":"https://radar-api.service.newrelic.com/accounts/4420147/issues/13bbcdca","title":"db-1 query result is > 90.0 for 5 minutes on 'Disk of the databases is full'","priority":"CRITICAL","impactedEntities":["db-1"],"totalIncidents":1,"state":"ACTIVATED","trigger":"ISSUE_ACKNOWLEDGED","isCorrelated":false,"createdAt":1793757102493,"updatedAt":1793757202494,"sources":["newrelic"],"alertPolicyNames":["Golden Signals"],"alertConditionNames":["Disk of the databases is full"],"workflowName":"to Tocsin"}]],
      expect = { grouping_id = "13bbcdca-f0b6-470d-b0be-b34583c58869", state = "acknowledged", title = "Disk of the databases is full: db-1",
                 groups = 1, alerts = 2 } },
    { "another issue of the same condition is another problem",
      payload = [[{"id":"95a9344a-2590-48ce-8d83-07e28b6d22c6","issueUrl":"https://radar-api.service.newrelic.com/accounts/1/issues/95a9344a","title":"db-7 query result is > 90.0 for 5 minutes on 'Disk of the databases is full'","priority":"HIGH","impactedEntities":["db-7"],"totalIncidents":1,"state":"CREATED","trigger":"STATE_CHANGE","isCorrelated":false,"createdAt":1793757302493,"updatedAt":1793757302494,"sources":["newrelic"],"alertPolicyNames":["Golden Signals"],"alertConditionNames":["Disk of the databases is full"],"workflowName":"to Tocsin"}]],
      expect = { grouping_id = "95a9344a-2590-48ce-8d83-07e28b6d22c6", state = "firing", title = "Disk of the databases is full: db-7",
                 groups = 2, labels = { severity = "error" } } },
    { "closed resolves it",
      payload = [[{"acknowledgedAt":1793757202494,"id":"13bbcdca-f0b6-470d-b0be-b34583c58869","issueUrl":"https://radar-api.service.newrelic.com/accounts/4420147/issues/13bbcdca","title":"db-1 query result is > 90.0 for 5 minutes on 'Disk of the databases is full'","priority":"CRITICAL","impactedEntities":["db-1"],"totalIncidents":1,"state":"CLOSED","trigger":"STATE_CHANGE","isCorrelated":false,"createdAt":1793757102493,"updatedAt":1793758202494,"sources":["newrelic"],"alertPolicyNames":["Golden Signals"],"alertConditionNames":["Disk of the databases is full"],"workflowName":"to Tocsin"}]],
      expect = { grouping_id = "13bbcdca-f0b6-470d-b0be-b34583c58869", state = "resolved", title = "Disk of the databases is full: db-1",
                 groups = 2, alerts = 3 } },
    { "the body of an older notification channel",
      payload = [[{"account_id":4420147,"account_name":"Example","condition_id":3107312,"condition_name":"Apdex (Low)","current_state":"open","details":"Apdex < 0.5 for at least 5 minutes on 'shop'","duration":300000,"event_type":"INCIDENT","incident_acknowledge_url":"https://alerts.newrelic.com/accounts/4420147/incidents/41/acknowledge","incident_id":41,"incident_url":"https://alerts.newrelic.com/accounts/4420147/incidents/41","owner":"","policy_name":"Web","policy_url":"https://alerts.newrelic.com/accounts/4420147/policies/7","runbook_url":"https://runbooks.example.org/apdex","severity":"CRITICAL","targets":[{"id":"1","name":"shop","link":"https://rpm.newrelic.com/accounts/4420147/applications/1","labels":{},"product":"APM","type":"Application"}],"timestamp":1793757102493,"version":"1.0"}]],
      expect = {
        grouping_id = "41", state = "firing", groups = 3, title = "Apdex (Low): shop", labels = { severity = "critical" },
        source_link = "https://alerts.newrelic.com/accounts/4420147/incidents/41",
        message = "Apdex < 0.5 for at least 5 minutes on 'shop'\n\n- Policy: Web\n- Priority: CRITICAL\n- Target: shop\n- [Runbook](https://runbooks.example.org/apdex)",
      } },
    { "and its acknowledgement",
      payload = [[{"condition_name":"Apdex (Low)","current_state":"acknowledged","details":"","event_type":"INCIDENT_ACKNOWLEDGED","incident_id":41,"incident_url":"https://alerts.newrelic.com/accounts/4420147/incidents/41","policy_name":"Web","severity":"CRITICAL","targets":[]}]],
      expect = { grouping_id = "41", state = "acknowledged", groups = 3, alerts = 2, title = "Apdex (Low)" } },
    { "and its end",
      payload = [[{"condition_name":"Apdex (Low)","current_state":"closed","details":"","event_type":"INCIDENT_RESOLVED","incident_id":41,"incident_url":"https://alerts.newrelic.com/accounts/4420147/incidents/41","policy_name":"Web","severity":"CRITICAL","targets":[]}]],
      expect = { grouping_id = "41", state = "resolved", groups = 3, alerts = 3, title = "Apdex (Low)" } },
    { "an older channel's test is recorded and pages nobody",
      payload = [[{"condition_name":"New Relic Alert - Test Condition","current_state":"test","details":"New Relic Alert - Channel Test","event_type":"NOTIFICATION","incident_id":0,"policy_name":"New Relic Alert - Test Policy","severity":"INFO","targets":[]}]],
      expect = { grouping_id = false, state = "resolved", groups = 4, title = "New Relic Alert - Test Condition" } },
    { "Send test notification has sample values",
      payload = [[{"acknowledgedAt":null,"id":"0ea2df1c-adab-45d2-aae0-042b609d2322","issueUrl":"https://radar-api.service.newrelic.com/accounts/1/issues/0ea2df1c-adab-45d2-aae0-042b609d2322?notifier=SLACK","title":"main_app-UBUNTU query result is > 2.0 for 1 minutes on 'High CPU'","priority":"CRITICAL","impactedEntities":["logs.itg.cloud","MonitorTTFB query"],"totalIncidents":3,"state":"ACTIVATED","trigger":"INCIDENT_ADDED","isCorrelated":true,"createdAt":1617881246260,"updatedAt":1617881246260,"sources":["newrelic"],"alertPolicyNames":["Policy1","Policy2"],"alertConditionNames":["condition1","condition2"],"workflowName":"DBA Team workflow"}]],
      expect = { grouping_id = "0ea2df1c-adab-45d2-aae0-042b609d2322", state = "firing", groups = 5, title = "condition1: logs.itg.cloud and 1 more" } },
  },
}
